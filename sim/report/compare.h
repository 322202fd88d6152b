/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare.h - a comparison written down. */
#ifndef FOOTHOLD_REPORT_COMPARE_H
#define FOOTHOLD_REPORT_COMPARE_H
#include "sim/analysis/comparison.h"
#include "sim/report/page.h"
#include "sim/report/report.h"

/* The page people read. */
void text_compare(FILE *out, const struct comparison *comparison, const struct provenance *provenance, bool colour,
                  int width);

void csv_compare(FILE *out, const struct comparison *comparison);     /* a question or a base's state, an arm */
void csv_assumptions(FILE *out, const struct comparison *comparison); /* an assumption that differs, an arm */
void csv_attribution(FILE *out, const struct comparison *comparison); /* a question, an assumption, an arm */
void json_compare(FILE *out, const struct comparison *comparison);
void html_compare(FILE *out, const struct comparison *comparison, const struct provenance *provenance);

/* "both_held (12)", "khmeimim DEAL": an item of an targets, a question with its month after the first scenario's start. */
const char *compare_item(struct page *page, const struct target *item);

/* The same without the month. */
const char *compare_name(struct arena *arena, const struct target *item);

/* What is asked, in words; where there are none, that name. */
const char *compare_words(struct arena *arena, const struct target *item);

/* What a scenario that starts earlier is conditioned on, in words: "histories that by then ...". */
const char *compare_given(const struct targets *targets);

/* "file.cfg:12", "-" where there is none. */
const char *compare_place(struct arena *arena, struct place place);
#endif
