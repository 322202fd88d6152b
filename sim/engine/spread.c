/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/spread.h"
#include <math.h>
#include <stdlib.h>

size_t spread_columns(const struct plan *plan)
{
    return plan->answers_only ? plan->n_questions + 1 : plan->n_questions + plan->n_bases * plan->n_states;
}

void spread_init(struct spread *spread, const struct plan *plan, uint64_t n_runs, bool drawn)
{
    const bool whole = !plan->answers_only;
    const size_t columns = spread_columns(plan), inputs = whole ? plan->n_inputs : 0;
    const size_t bins = whole && drawn && n_runs <= SPREAD_MAX_BINS ? (size_t)n_runs : 0;
    const size_t strata = REPLICATES * inputs * SPREAD_STRATA;

    *spread = (struct spread){.n_columns = columns,
                              .n_bins = bins,
                              .n_inputs = inputs,
                              .n_questions = plan->n_questions,
                              .weighted = plan->answers_only,
                              .sums = memory_new(REPLICATES * columns, sizeof *spread->sums),
                              .kept = memory_new(whole ? columns * SPREAD_KEPT : 0, sizeof *spread->kept),
                              .histogram = memory_new(REPLICATES * columns * (bins + 1), sizeof *spread->histogram),
                              .strata_worlds = memory_new(strata, sizeof *spread->strata_worlds),
                              .strata_p = memory_new(strata * plan->n_questions, sizeof *spread->strata_p)};
}

void spread_free(struct spread *spread)
{
    free(spread->sums);
    free(spread->kept);
    free(spread->histogram);
    free(spread->strata_worlds);
    free(spread->strata_p);
}

/* The share of a question among what came true: a ratio, with its noise by the delta method. */
static void add_weighted(struct spread *spread, const struct spread_column *column, double n)
{
    const struct spread_column *weight = &column[spread->n_columns - 1];
    const double all = (double)weight->p, weight2 = (double)weight->p2 * TALLY_ONE;

    if (!weight->p)
        return;
    spread->weight += all / TALLY_ONE / n;
    for (size_t c = 0; c + 1 < spread->n_columns; c++) {
        const double p = (double)column[c].p / all;
        const double square = ((double)column[c].p2 - 2.0 * p * (double)column[c].pw) * TALLY_ONE + p * p * weight2;
        const double off = square / (all * all);

        spread->sums[c].p += all / TALLY_ONE / n * p;
        spread->sums[c].p2 += all / TALLY_ONE / n * p * p;
        spread->sums[c].noise += n > 1.0 ? all / TALLY_ONE / n * fmax(0.0, off) * n / (n - 1.0) : 0.0;
    }
}

void spread_world(struct spread *spread, uint64_t index, const double *uniform, const struct spread_column *column,
                  uint64_t n_runs)
{
    const size_t replicate = index % REPLICATES;
    const double n = (double)n_runs;

    spread->worlds[replicate]++;
    spread->n_kept += index < SPREAD_KEPT;
    if (spread->weighted) {
        add_weighted(spread, column, n);
        return;
    }
    for (size_t c = 0; c < spread->n_columns; c++) {
        const size_t cell = replicate * spread->n_columns + c;
        const double p = spread_p(&column[c], n_runs), p2 = (double)column[c].p2 / TALLY_ONE / n;
        const double noise = n > 1.0 ? fmax(0.0, p2 - p * p) / (n - 1.0) : 0.0;

        spread->sums[cell].p += p;
        spread->sums[cell].p2 += p * p;
        spread->sums[cell].noise += noise;
        spread->sums[cell].chance += n > 1.0 ? p * (1.0 - p) + noise : 0.0;
        if (index < SPREAD_KEPT)
            spread->kept[c * SPREAD_KEPT + index] = p;
        if (spread->n_bins)
            spread->histogram[cell * (spread->n_bins + 1) + (size_t)lround(p * (double)spread->n_bins)]++;
    }
    for (size_t i = 0; i < spread->n_inputs; i++) {
        const size_t stratum = (size_t)(uniform[i] * SPREAD_STRATA);
        const size_t cell = (replicate * spread->n_inputs + i) * SPREAD_STRATA + stratum;

        spread->strata_worlds[cell]++;
        for (size_t q = 0; q < spread->n_questions; q++)
            spread->strata_p[cell * spread->n_questions + q] += spread_p(&column[q], n_runs);
    }
}

double spread_ignorance(const struct spread *spread, size_t question)
{
    const struct spread_sums *sums = &spread->sums[question];
    const double mean = sums->p / spread->weight;

    return sqrt(fmax(0.0, sums->p2 / spread->weight - mean * mean - sums->noise / spread->weight));
}
