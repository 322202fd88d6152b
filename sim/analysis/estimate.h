/* estimate.h - numbers with honest errors, from the counts of a run's replicates.
 *
 * The replicates of a design are independent, so whatever is computed from all of them has a standard error from leaving
 * each out in turn (the jackknife: Miller 1974, The jackknife - a review, Biometrika 61). */
#ifndef FOOTHOLD_ESTIMATE_H
#define FOOTHOLD_ESTIMATE_H
#include "sim/analysis/answer.h"
#include "sim/engine/play.h"

/* The share of runs in a cell. */
struct estimate estimate_share(const struct tally *tally, size_t cell);

/* A statistic of the tally with replicate `without` left out; REPLICATES: none. NAN where it cannot be had. */
typedef double estimate_statistic(const void *data, size_t without, const void *what);

/* The statistic of all replicates and its jackknife error (NAN with fewer than two that were played). */
struct estimate estimate_jackknife(const struct tally *tally, const void *data, estimate_statistic *statistic,
                                   const void *what);
#endif
