/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baserate.h - base rates written down: for people, for programs, and as a scenario to extend. */
#ifndef FOOTHOLD_REPORT_BASERATE_H
#define FOOTHOLD_REPORT_BASERATE_H
#include <stdio.h>
#include "sim/analysis/baserate.h"
#include "sim/report/result.h"

/* How the table was read, as far as reports say it; texts NULL where not given. */
struct baserate_origin {
    const char *path, *sha256;
    const struct spells_request *request;
    const char *id; /* names the source in the fragment: letters, digits, _ and - */
};

/* Tables: baserate (a group, a cause, a span: exposure in years, rates a year), survival (a curve, a time of an event), survival_at (the
 * same at the months of the grid, with all limits), weibull, and ratios where there are groups. */
void baserate_tables(struct result *result, const struct baserate *it, const struct baserate_origin *origin);
void baserate_document(struct result *result, const struct baserate *it, const struct baserate_origin *origin);

/* A scenario that has nothing but shared parameters, to be extended: for each group, cause and span a rate a month as a lognormal with
 * the 5 and 95 % of its posterior, its source and tag. */
void baserate_fragment(FILE *out, const struct baserate *it, const struct baserate_origin *origin);

/* Names of groups and causes as ids of scenarios and plots: a letter, then letters, digits and _, 64 at most; other than the n
 * taken before it. */
const char *baserate_id(struct arena *arena, const char *name, const char *const *taken, size_t n);
#endif
