/* estimate.h - numbers with honest errors, from the counts of a run's replicates.
 *
 * The replicates of a design are independent, so whatever is computed from all of them has a standard error from leaving
 * each out in turn (the jackknife: Miller 1974, The jackknife - a review, Biometrika 61). */
#ifndef FOOTHOLD_ESTIMATE_H
#define FOOTHOLD_ESTIMATE_H
#include "sim/analysis/answer.h"
#include "sim/engine/play.h"

enum { NONE_LEFT_OUT = REPLICATES };

/* An arm's counts, and their sums over replicates, so that leaving one out is a subtraction. */
struct counts {
    const struct plan *plan;
    const struct tally *tally;
    const struct spread *spread;
    uint64_t *tally_total;
    struct spread_sums *sums_total;
    uint64_t *histogram_total, *strata_worlds_total;
    double *strata_p_total;
    double worlds_total, n_runs;
};

void counts_init(struct counts *counts, const struct plan *plan, const struct arm_result *arm, uint64_t n_runs);
void counts_free(struct counts *counts);

/* A cell of the tally, summed over all replicates but one. */
double counts_without(const struct counts *counts, size_t cell, size_t without);
double counts_worlds_without(const struct counts *counts, size_t without);

/* The share of runs in a cell. */
struct estimate estimate_share(const struct counts *counts, size_t cell);

/* A statistic of the counts with a replicate left out; NAN where it cannot be had. */
typedef double estimate_statistic(const struct counts *counts, size_t without, const void *what);

/* The statistic of all replicates and its jackknife error (NAN with fewer than two that were played). */
struct estimate estimate_jackknife(const struct counts *counts, estimate_statistic *statistic, const void *what);
#endif
