/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain.h - told runs written down. */
#ifndef FOOTHOLD_REPORT_EXPLAIN_H
#define FOOTHOLD_REPORT_EXPLAIN_H
#include "sim/analysis/explanation.h"
#include "sim/report/report.h"

void text_explain(FILE *out, const struct explanation *explanation, const struct provenance *provenance, bool colour,
                  int width);
void html_explain(FILE *out, const struct explanation *explanation, const struct provenance *provenance);
void json_explain(FILE *out, const struct explanation *explanation);

/* What happened in the told runs, a row each, as `run --histories` writes it of all runs (data_histories.h). */
void csv_explain(FILE *out, const struct explanation *explanation);
#endif
