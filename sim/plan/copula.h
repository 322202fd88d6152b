/* SPDX-License-Identifier: GPL-3.0-or-later */
/* copula.h - the correlation of two normals behind which two quantities have a given rank correlation.
 *
 * A Gaussian copula draws X = F^-1(Phi(Z1)) and Y = G^-1(Phi(Z2)) from normals with correlation rho. Where X and Y are
 * continuous Spearman's rho_s is 6 / pi asin(rho / 2), whatever F and G. Where a value has a probability of its own (discrete,
 * clamped, mixed quantities) ranks are tied, rho_s is the correlation of mid-ranks, and is smaller in size, with a largest and a
 * smallest value that no joint distribution exceeds (Hoeffding 1940; Frechet 1951): they are those of Y rising, and falling,
 * with X. Of two coins with probabilities .5 and .1 the largest is 1/3. */
#ifndef FOOTHOLD_COPULA_H
#define FOOTHOLD_COPULA_H

struct distribution;

/* Ranks that can be had: from least to most, to 4 digits. */
struct copula_limits {
    double least, most;
};

/* The rho for a rank correlation, -1 < spearman < 1. Where that is out of reach the closest to it, at most 1 - 1e-6 in size;
 * limits receives what can be had: -1 and 1 where both are continuous. */
double copula_rho(const struct distribution *x, const struct distribution *y, double spearman,
                  struct copula_limits *limits);
#endif
