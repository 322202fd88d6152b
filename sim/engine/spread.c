#include "sim/engine/spread.h"
#include <math.h>
#include <stdlib.h>

void spread_init(struct spread *spread, const struct plan *plan, uint64_t n_runs, bool drawn)
{
    const size_t questions = plan->answers_only ? 0 : plan->n_questions;
    const size_t columns = plan->answers_only ? 0 : questions + plan->n_bases * plan->n_states;
    const size_t inputs = plan->answers_only ? 0 : plan->n_inputs;
    const size_t bins = drawn && n_runs < SPREAD_MAX_BINS ? (size_t)n_runs : SPREAD_MAX_BINS;
    const size_t strata = REPLICATES * inputs * SPREAD_STRATA;

    *spread = (struct spread){.n_columns = columns,
                              .n_bins = bins,
                              .n_inputs = inputs,
                              .n_questions = questions,
                              .sums = memory_new(REPLICATES * columns, sizeof *spread->sums),
                              .histogram = memory_new(REPLICATES * columns * (bins + 1), sizeof *spread->histogram),
                              .strata_worlds = memory_new(strata, sizeof *spread->strata_worlds),
                              .strata_p = memory_new(strata * questions, sizeof *spread->strata_p)};
}

void spread_free(struct spread *spread)
{
    free(spread->sums);
    free(spread->histogram);
    free(spread->strata_worlds);
    free(spread->strata_p);
}

void spread_world(struct spread *spread, uint64_t index, const double *uniform, const struct spread_column *column,
                  uint64_t n_runs)
{
    const size_t replicate = index % REPLICATES;
    const double n = (double)n_runs;

    spread->worlds[replicate]++;
    for (size_t c = 0; c < spread->n_columns; c++) {
        const size_t cell = replicate * spread->n_columns + c;
        const double p = spread_p(&column[c], n_runs), p2 = (double)column[c].p2 / TALLY_ONE / n;
        const double noise = n > 1.0 ? fmax(0.0, p2 - p * p) / (n - 1.0) : 0.0;

        spread->sums[cell].p += p;
        spread->sums[cell].p2 += p * p;
        spread->sums[cell].noise += noise;
        spread->sums[cell].chance += n > 1.0 ? p * (1.0 - p) + noise : 0.0;
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
