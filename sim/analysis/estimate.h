/* SPDX-License-Identifier: GPL-3.0-or-later */
/* estimate.h - estimates with standard errors, from replicate counts.
 *
 * The replicates of a design are independent, so any statistic of their sums has a jackknife error over replicates; quantiles have one
 * from the replicates' own values (jackknife.h). */
#ifndef FOOTHOLD_ESTIMATE_H
#define FOOTHOLD_ESTIMATE_H
#include "sim/analysis/answer.h"
#include "sim/engine/play.h"

/* A choice of replicates: ALL_BUT + r is all but number r, ALL is all, ONLY + r is number r alone. */
enum { ALL_BUT = 0, ALL = REPLICATES, ONLY = REPLICATES + 1 };

/* An arm's counts, and their sums over replicates, so that leaving one out is a subtraction. */
struct counts {
    const struct plan *plan;
    const struct tally *tally;
    const struct world_stats *stats;
    uint64_t *tally_total;
    struct world_stats_sums *sums_total;
    uint64_t *histogram_total;
    double worlds_total, n_runs;
};

void counts_init(struct counts *counts, const struct plan *plan, const struct arm_result *arm, uint64_t n_runs);
void counts_free(struct counts *counts);

/* The replicate that a choice names; and the sum over a choice, from the total and that replicate's part of it. */
static inline size_t counts_replicate(size_t of)
{
    return of >= ONLY ? of - ONLY : of;
}
static inline double counts_choose(double total, double part, size_t of)
{
    return of == ALL ? total : of >= ONLY ? part : total - part;
}

/* A cell of the tally, and the number of worlds, of a choice of replicates. */
double counts_of(const struct counts *counts, size_t cell, size_t of);
double counts_worlds_of(const struct counts *counts, size_t of);

/* The share of runs in a cell. */
struct estimate estimate_share(const struct counts *counts, size_t cell);

/* A statistic of the counts of a choice of replicates; NAN where it is not defined. */
typedef double estimate_statistic(const struct counts *counts, size_t of, const void *what);

/* The statistic of all replicates and its jackknife error (NAN with fewer than two that were played). */
struct estimate estimate_jackknife(const struct counts *counts, estimate_statistic *statistic, const void *what);

/* The same with the error from the replicates' own values, for quantiles, for which the jackknife is inconsistent. */
struct estimate estimate_batches(const struct counts *counts, estimate_statistic *statistic, const void *what);
#endif
