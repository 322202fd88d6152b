/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jackknife.h - standard errors from independent replicates.
 *
 * A design is randomised REPLICATES times, independently, so a statistic's error follows from how it varies between them. The delete-one
 * jackknife (Miller 1974, The jackknife - a review, Biometrika 61) takes the statistic of all replicates but one, n times: it suits
 * smooth functions of counts (shares, ratios, differences, variances) and removes no more than one replicate's data at a time. It is
 * inconsistent for quantiles, for which the spread of the single replicates' own statistics is used (batch means).
 *
 * Example. Replicates with shares 0.4, 0.5, 0.6: leaving one out gives 0.55, 0.5, 0.45, with sum of squares 0.005 about their mean, so the
 * error is sqrt(2 / 3 x 0.005) = 0.0577; so is the standard error of the mean, 0.1 / sqrt 3. */
#ifndef FOOTHOLD_JACKKNIFE_H
#define FOOTHOLD_JACKKNIFE_H
#include <stddef.h>

/* Standard error from the statistic computed without each of n replicates in turn; NAN with fewer than two. */
double jackknife_se(const double *without, size_t n);

/* Standard error of a mean-like statistic from its values in n single replicates; NAN with fewer than two. */
double jackknife_batch_se(const double *single, size_t n);
#endif
