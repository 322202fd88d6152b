/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/world_stats.h"
#include <math.h>
#include <stdlib.h>

size_t world_stats_columns(const struct plan *plan)
{
    return plan->answers_only ? plan->n_questions + 1 : plan->n_questions + plan->n_bases * plan->n_states;
}

void world_stats_init(struct world_stats *stats, const struct plan *plan, uint64_t n_runs, bool drawn)
{
    const bool whole = !plan->answers_only;
    const size_t columns = world_stats_columns(plan), inputs = whole ? plan->n_inputs : 0;
    const size_t bins = whole && drawn && n_runs <= WORLD_STATS_MAX_BINS ? (size_t)n_runs : 0;

    *stats = (struct world_stats){.n_columns = columns,
                                  .n_bins = bins,
                                  .n_inputs = inputs,
                                  .n_questions = plan->n_questions,
                                  .weighted = plan->answers_only,
                                  .sums = memory_new(REPLICATES * columns, sizeof *stats->sums),
                                  .kept = memory_new(whole ? columns * WORLD_STATS_KEPT : 0, sizeof *stats->kept),
                                  .histogram = memory_new(REPLICATES * columns * (bins + 1), sizeof *stats->histogram),
                                  .kept_rank = memory_new(inputs * WORLD_STATS_KEPT, sizeof *stats->kept_rank)};
}

void world_stats_free(struct world_stats *stats)
{
    free(stats->sums);
    free(stats->kept);
    free(stats->histogram);
    free(stats->kept_rank);
}

/* The share of a question among what came true: a ratio, with its noise by the delta method. */
static void add_weighted(struct world_stats *stats, const struct world_stats_column *column, double n)
{
    const struct world_stats_column *weight = &column[stats->n_columns - 1];
    const double all = (double)weight->p, weight2 = (double)weight->p2 * TALLY_ONE;

    if (!weight->p)
        return;
    stats->weight += all / TALLY_ONE / n;
    for (size_t c = 0; c + 1 < stats->n_columns; c++) {
        const double p = (double)column[c].p / all;
        const double square = ((double)column[c].p2 - 2.0 * p * (double)column[c].pw) * TALLY_ONE + p * p * weight2;
        const double off = square / (all * all);

        stats->sums[c].p += all / TALLY_ONE / n * p;
        stats->sums[c].p2 += all / TALLY_ONE / n * p * p;
        stats->sums[c].noise += n > 1.0 ? all / TALLY_ONE / n * fmax(0.0, off) * n / (n - 1.0) : 0.0;
    }
}

void world_stats_add(struct world_stats *stats, uint64_t index, const double *uniform,
                     const struct world_stats_column *column, uint64_t n_runs)
{
    const size_t replicate = index % REPLICATES;
    const double n = (double)n_runs;

    stats->worlds[replicate]++;
    stats->n_kept += index < WORLD_STATS_KEPT;
    if (stats->weighted) {
        add_weighted(stats, column, n);
        return;
    }
    for (size_t c = 0; c < stats->n_columns; c++) {
        const size_t cell = replicate * stats->n_columns + c;
        const double p = world_stats_p(&column[c], n_runs), p2 = (double)column[c].p2 / TALLY_ONE / n;
        const double noise = n > 1.0 ? fmax(0.0, p2 - p * p) / (n - 1.0) : 0.0;

        stats->sums[cell].p += p;
        stats->sums[cell].p2 += p * p;
        stats->sums[cell].noise += noise;
        stats->sums[cell].chance += n > 1.0 ? p * (1.0 - p) + noise : 0.0;
        if (index < WORLD_STATS_KEPT)
            stats->kept[c * WORLD_STATS_KEPT + index] = p;
        if (stats->n_bins)
            stats->histogram[cell * (stats->n_bins + 1) + (size_t)lround(p * (double)stats->n_bins)]++;
    }
    for (size_t i = 0; i < stats->n_inputs && index < WORLD_STATS_KEPT; i++)
        stats->kept_rank[i * WORLD_STATS_KEPT + index] = (float)uniform[i];
}

double world_stats_epistemic_sd(const struct world_stats *stats, size_t question)
{
    const struct world_stats_sums *sums = &stats->sums[question];
    const double mean = sums->p / stats->weight;

    return sqrt(fmax(0.0, sums->p2 / stats->weight - mean * mean - sums->noise / stats->weight));
}
