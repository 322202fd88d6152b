/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pooling.h - pooled answers of several analysts (an opinion pool), and how far the analysts disagree.
 *
 * Genest & Zidek (1986), Combining probability distributions, Statist. Sci. 1; Satopää et al. (2014), Combining multiple
 * probability predictions using a simple logit model, Int. J. Forecasting 30 (extremising); Lin (1991), Divergence measures based
 * on the Shannon entropy, IEEE Trans. Inf. Theory 37. */
#ifndef FOOTHOLD_POOLING_H
#define FOOTHOLD_POOLING_H
#include "sim/analysis/targets.h"
#include "sim/analysis/arm_estimates.h"

enum { POOLING_LEAST = 10 };

enum pooling_method { POOL_LINEAR, POOL_LOGARITHMIC, POOL_EXTREMISED, POOL_METHODS };

/* Of n probabilities with weights that sum to 1. Logarithmic: the odds' weighted geometric mean; extremised: these odds to the
 * power of `extreme`. */
double pooling_probability(enum pooling_method method, const double *p, const double *weight, size_t n, double extreme);

/* Pool n distributions over k states, p[analyst * k + state], in the same way, normalised, into out[k]. All 0 where no state is possible
 * according to every analyst (logarithmic). */
void pooling_distribution(enum pooling_method method, const double *p, const double *weight, size_t n, size_t k,
                          double extreme, double *out);

/* Jensen-Shannon divergence of such distributions, in bits: 0 where all are equal, at most log2 n. */
double pooling_divergence(const double *p, const double *weight, size_t n, size_t k);

struct pooled {
    struct estimate value[POOL_METHODS]; /* NAN where the method was left out */
    double divergence;                   /* of a question: of its yes and no; of a base's state: of all its states */
    double between, within;              /* sd between analysts; root mean square of their own sds over worlds */
    double lowest, highest;              /* analyst's answer */
    const char *no_odds;                 /* why there is neither logarithmic nor extremised pool; NULL: there is */
    const char *veto; /* who calls it impossible or certain, which alone decides those pools; NULL: nobody */
};

struct pooling {
    struct arena arena;
    const struct scenario *const *scenario;
    size_t n;       /* analysts */
    double *weight; /* sum to 1 */
    struct targets targets;
    struct arm_estimates *outcome; /* per analyst */
    double extreme;                /* the power of the odds; NAN: not extremised */
    const char *
        shared; /* what two analysts share (a source, a frame's numbers, nearly all numbers), in words; NULL: nothing */
    struct pooled *item; /* per item of the targets */
    uint64_t n_worlds, n_runs;
};

/* For n scenarios (two or more, read without mistakes). False, with a diagnostic, when no weight is above 0 or they have no target in
 * common. Free with pooling_free in any case. */
bool pooling_init(struct pooling *pooling, const struct scenario *const *scenario, size_t n, enum agenda_given given,
                  struct diag *diag);
void pooling_free(struct pooling *pooling);

/* Simulate them on common random numbers and pool their answers; false when stopped or on a runaway (arms.h). A drawn frequency with fewer
 * than POOLING_LEAST hits or misses is too imprecise for odds: then there is no logarithmic pool. */
bool pooling_play(struct pooling *pooling, const struct play_settings *settings, const char **runaway);
#endif
