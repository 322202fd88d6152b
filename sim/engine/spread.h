/* spread.h - how probabilities differ between worlds, in memory that does not grow with their number.
 *
 * Fed one world at a time, in order. */
#ifndef FOOTHOLD_SPREAD_H
#define FOOTHOLD_SPREAD_H
#include <stdint.h>
#include "sim/engine/world.h"

enum { SPREAD_MAX_BINS = 1024, SPREAD_STRATA = 16 };

struct spread_sums { /* of one column over worlds, p the share of a world's runs */
    double p, p2;
    double within; /* p (1 - p) n / (n - 1): the variance of one run within the world */
};

/* Columns: the questions, then each base x state at the horizon. */
struct spread {
    size_t n_columns, n_bins, n_inputs, n_questions;
    uint64_t worlds[REPLICATES];
    struct spread_sums *sums; /* [replicate * n_columns + column] */
    uint32_t *histogram;      /* [(replicate * n_columns + column) * (n_bins + 1) + bin]: p = bin / n_bins */
    /* inputs against questions: worlds and sums of p by stratum of the input's rank */
    uint32_t *strata_worlds; /* [(replicate * n_inputs + input) * SPREAD_STRATA + stratum] */
    double *strata_p;        /* [((replicate * n_inputs + input) * SPREAD_STRATA + stratum) * n_questions + q] */
};

void spread_init(struct spread *spread, const struct plan *plan, uint64_t n_runs);
void spread_free(struct spread *spread);
void spread_world(struct spread *spread, uint64_t index, const double *uniform, const uint64_t *yes, uint64_t n_runs);
#endif
