#include "sim/analysis/estimate.h"
#include <math.h>
#include <stdlib.h>

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
    const struct spread *spread = counts->spread;
    const size_t cells = spread->n_columns * (spread->n_bins + 1), strata = spread->n_inputs * SPREAD_STRATA;

    counts->sums_total = memory_new(spread->n_columns, sizeof *counts->sums_total);
    counts->histogram_total = memory_new(cells, sizeof *counts->histogram_total);
    counts->strata_worlds_total = memory_new(strata, sizeof *counts->strata_worlds_total);
    counts->strata_p_total = memory_new(strata * spread->n_questions, sizeof *counts->strata_p_total);
    for (size_t r = 0; r < REPLICATES; r++) {
        counts->worlds_total += (double)spread->worlds[r];
        for (size_t c = 0; c < spread->n_columns; c++) {
            const struct spread_sums *sums = &spread->sums[r * spread->n_columns + c];

            counts->sums_total[c].p += sums->p;
            counts->sums_total[c].p2 += sums->p2;
            counts->sums_total[c].within += sums->within;
        }
        for (size_t i = 0; i < cells; i++)
            counts->histogram_total[i] += spread->histogram[r * cells + i];
        for (size_t i = 0; i < strata; i++)
            counts->strata_worlds_total[i] += spread->strata_worlds[r * strata + i];
        for (size_t i = 0; i < strata * spread->n_questions; i++)
            counts->strata_p_total[i] += spread->strata_p[r * strata * spread->n_questions + i];
    }
}

void counts_init(struct counts *counts, const struct plan *plan, const struct arm_result *arm, uint64_t n_runs)
{
    *counts =
        (struct counts){.plan = plan, .tally = &arm->tally, .spread = &arm->spread, .n_runs = (double)n_runs};
    sum_tally(counts);
    sum_spread(counts);
}

void counts_free(struct counts *counts)
{
    free(counts->tally_total);
    free(counts->sums_total);
    free(counts->histogram_total);
    free(counts->strata_worlds_total);
    free(counts->strata_p_total);
}

double counts_without(const struct counts *counts, size_t cell, size_t without)
{
    uint64_t n = counts->tally_total[cell];

    if (without < REPLICATES)
        n -= tally_block(counts->tally, without)[cell];
    return (double)n;
}

double counts_worlds_without(const struct counts *counts, size_t without)
{
    return counts->worlds_total - (without < REPLICATES ? (double)counts->spread->worlds[without] : 0.0);
}

struct estimate estimate_share(const struct counts *counts, size_t cell)
{
    struct estimate estimate = {.n = counts->tally_total[counts->tally->at.runs]};

    estimate.value = tally_share(counts->tally, cell, &estimate.se);
    return estimate;
}

struct estimate estimate_jackknife(const struct counts *counts, estimate_statistic *statistic, const void *what)
{
    struct estimate estimate = {.value = statistic(counts, NONE_LEFT_OUT, what),
                                .se = NAN,
                                .n = counts->tally_total[counts->tally->at.runs]};
    double mean = 0.0, sum = 0.0, left_out[REPLICATES];
    size_t n = 0;

    for (size_t r = 0; r < REPLICATES; r++) {
        if (!tally_block(counts->tally, r)[counts->tally->at.runs])
            continue;
        left_out[n] = statistic(counts, r, what);
        mean += left_out[n++];
    }
    if (n < 2)
        return estimate;
    mean /= (double)n;
    for (size_t i = 0; i < n; i++)
        sum += (left_out[i] - mean) * (left_out[i] - mean);
    estimate.se = sqrt(sum * (double)(n - 1) / (double)n);
    return estimate;
}
