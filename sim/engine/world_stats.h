/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world_stats.h - how probabilities differ between worlds, in memory that does not grow with their number.
 *
 * Fed one world at a time, in order. */
#ifndef FOOTHOLD_WORLD_STATS_H
#define FOOTHOLD_WORLD_STATS_H
#include <stdint.h>
#include "sim/engine/tally.h"

enum { WORLD_STATS_MAX_BINS = 1024, WORLD_STATS_KEPT = 8192 };

/* One column of one world: its runs' probabilities (0 or 1 where they were drawn), their squares, and in a plan of answers only
 * their products with the runs' weights, summed, in 1 / TALLY_ONE. */
struct world_stats_column {
    uint64_t p, p2, pw;
};

struct
    world_stats_sums { /* of one column over worlds, p the mean of a world's runs; weighted where something is given */
    double p, p2;
    double noise;  /* variance of p for that of the world */
    double chance; /* p (1 - p) with p that of the world: the variance of one run's outcome */
};

/* Columns: the questions, then each base x state at the horizon. Of a plan of answers only: the questions, then the weight of
 * what is given, by which each world counts; no histogram and no ranks. */
struct world_stats {
    size_t n_columns, n_bins, n_inputs, n_questions;
    uint64_t worlds[REPLICATES];
    bool weighted;
    double weight;                 /* of all worlds, where they are weighted */
    struct world_stats_sums *sums; /* [replicate * n_columns + column] */
    uint64_t n_kept;               /* worlds whose p is kept, for quantiles: the first WORLD_STATS_KEPT */
    double *kept;                  /* [column * WORLD_STATS_KEPT + world] */
    /* [(replicate * n_columns + column) * (n_bins + 1) + bin]: p = bin / n_bins; n_bins is 0 where p is computed, or a share
     * of more than WORLD_STATS_MAX_BINS runs */
    uint32_t *histogram;
    float *kept_rank; /* [input * WORLD_STATS_KEPT + world], of the same worlds: the rank of an input, in (0, 1) */
};

/* How many columns a plan has. */
size_t world_stats_columns(const struct plan *plan);

/* drawn: p is a share of n_runs outcomes, and the histogram has a bin for each where they are few. Worlds are fed up to a
 * number before any later one is. */
void world_stats_init(struct world_stats *stats, const struct plan *plan, uint64_t n_runs, bool drawn);
void world_stats_free(struct world_stats *stats);
void world_stats_add(struct world_stats *stats, uint64_t index, const double *uniform,
                     const struct world_stats_column *column, uint64_t n_runs);

/* Of a plan of answers only: the standard deviation of a question's probability over worlds, the noise of finitely many runs
 * taken out; NAN without any weight. */
double world_stats_epistemic_sd(const struct world_stats *stats, size_t question);

static inline double world_stats_p(const struct world_stats_column *column, uint64_t n_runs)
{
    return (double)column->p / TALLY_ONE / (double)n_runs;
}
#endif
