/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scores.h - proper scores of a forecast whose outcome is known. Lower is better for all.
 *
 * Brier (1950), Verification of forecasts expressed in terms of probability, Mon. Wea. Rev. 78; Epstein (1969), A scoring system for
 * probability forecasts of ranked categories, J. Appl. Meteor. 8; Murphy (1973), A new vector partition of the probability score,
 * J. Appl. Meteor. 12; Gneiting & Raftery (2007), Strictly proper scoring rules, J. Am. Stat. Assoc. 102. */
#ifndef FOOTHOLD_SCORES_H
#define FOOTHOLD_SCORES_H
#include <stdbool.h>
#include <stddef.h>

/* Of k probabilities, the outcome being number o. Brier: the sum of squares over categories, 0 to 2; with two categories half of
 * it, (p - o)^2, 0 to 1. RPS: over k ordered categories, divided by k - 1, 0 to 1. */
double score_brier(const double *p, size_t k, size_t o);
double score_log(const double *p, size_t k, size_t o); /* -ln p[o]; INFINITY where the outcome had probability 0 */
double score_rps(const double *p, size_t k, size_t o);

enum { SCORE_BINS = 10 };

#define SCORE_EDGE 1e-6

/* Yes-or-no forecasts in bins of a tenth: from its lower edge, which belongs to it, to the next one's, which does not; 1 is in
 * the last. What is within SCORE_EDGE below an edge counts as on it. All scores are NAN where n is 0. */
struct calibration {
    struct calibration_bin {
        size_t n, came;
        double forecast; /* mean */
    } bin[SCORE_BINS];
    size_t n, came;
    double brier; /* mean (p - o)^2 = reliability - resolution + uncertainty + within (Murphy 1973) */
    double reliability, resolution, uncertainty;
    double within; /* what forecasts of one bin differ by */
};

struct calibration score_calibration(const double *p, const bool *came, size_t n);
#endif
