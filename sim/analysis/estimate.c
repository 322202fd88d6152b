/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/estimate.h"
#include <stdlib.h>
#include "sim/analysis/jackknife.h"

static void sum_tally(struct counts *counts)
{
    const size_t size = counts->tally->at.size;

    counts->tally_total = memory_new(size, sizeof *counts->tally_total);
    for (size_t r = 0; r < REPLICATES; r++)
        for (size_t i = 0; i < size; i++)
            counts->tally_total[i] += tally_block(counts->tally, r)[i];
}

static void sum_spread(struct counts *counts)
{
    const struct world_stats *stats = counts->stats;
    const size_t cells = stats->n_columns * (stats->n_bins + 1);

    counts->sums_total = memory_new(stats->n_columns, sizeof *counts->sums_total);
    counts->histogram_total = memory_new(cells, sizeof *counts->histogram_total);
    for (size_t r = 0; r < REPLICATES; r++) {
        counts->worlds_total += (double)stats->worlds[r];
        for (size_t c = 0; c < stats->n_columns; c++) {
            const struct world_stats_sums *sums = &stats->sums[r * stats->n_columns + c];

            counts->sums_total[c].p += sums->p;
            counts->sums_total[c].p2 += sums->p2;
            counts->sums_total[c].noise += sums->noise;
            counts->sums_total[c].chance += sums->chance;
        }
        for (size_t i = 0; i < cells; i++)
            counts->histogram_total[i] += stats->histogram[r * cells + i];
    }
}

void counts_init(struct counts *counts, const struct plan *plan, const struct arm_result *arm, uint64_t n_runs)
{
    *counts = (struct counts){.plan = plan, .tally = &arm->tally, .stats = &arm->world_stats, .n_runs = (double)n_runs};
    sum_tally(counts);
    sum_spread(counts);
}

void counts_free(struct counts *counts)
{
    free(counts->tally_total);
    free(counts->sums_total);
    free(counts->histogram_total);
}

double counts_of(const struct counts *counts, size_t cell, size_t of)
{
    const uint64_t total = counts->tally_total[cell];

    if (of == ALL)
        return (double)total;
    /* in whole numbers: a cell may count downwards */
    return of >= ONLY ? (double)tally_block(counts->tally, of - ONLY)[cell]
                      : (double)(total - tally_block(counts->tally, of)[cell]);
}

double counts_worlds_of(const struct counts *counts, size_t of)
{
    const double part = of == ALL ? 0.0 : (double)counts->stats->worlds[counts_replicate(of)];

    return counts_choose(counts->worlds_total, part, of);
}

struct estimate estimate_share(const struct counts *counts, size_t cell)
{
    struct estimate estimate = {.n = tally_counted(counts->tally, cell)};

    estimate.value = tally_share(counts->tally, cell, &estimate.se);
    return estimate;
}

/* The statistic of every replicate that has runs, for `choice` ALL_BUT or ONLY each of them. Returns their number. */
static size_t list_replicates(const struct counts *counts, estimate_statistic *statistic, const void *what,
                              size_t choice, double value[REPLICATES])
{
    size_t n = 0;

    for (size_t r = 0; r < REPLICATES; r++)
        if (tally_block(counts->tally, r)[counts->tally->at.runs])
            value[n++] = statistic(counts, choice + r, what);
    return n;
}

static struct estimate estimate_all(const struct counts *counts, estimate_statistic *statistic, const void *what,
                                    double se)
{
    return (struct estimate){
        .value = statistic(counts, ALL, what), .se = se, .n = tally_counted(counts->tally, counts->tally->at.runs)};
}

struct estimate estimate_jackknife(const struct counts *counts, estimate_statistic *statistic, const void *what)
{
    double value[REPLICATES];
    const size_t n = list_replicates(counts, statistic, what, ALL_BUT, value);

    return estimate_all(counts, statistic, what, jackknife_se(value, n));
}

struct estimate estimate_batches(const struct counts *counts, estimate_statistic *statistic, const void *what)
{
    double value[REPLICATES];
    const size_t n = list_replicates(counts, statistic, what, ONLY, value);

    return estimate_all(counts, statistic, what, jackknife_batch_se(value, n));
}
