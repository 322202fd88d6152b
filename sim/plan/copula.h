/* SPDX-License-Identifier: GPL-3.0-or-later */
/* copula.h - the correlation of the normals in a Gaussian copula that gives two quantities a wanted rank correlation.
 *
 * A Gaussian copula draws X = F^-1(Phi(Z1)) and Y = G^-1(Phi(Z2)) from normals with correlation rho. Where X and Y are
 * continuous, Spearman's rho_s is 6 / pi asin(rho / 2) whatever F and G are. Where they have atoms (discrete, clamped, mixed
 * quantities) ranks are tied: rho_s is the correlation of mid-ranks, it is smaller in size than without ties, and no joint distribution
 * exceeds the values it has when Y is an increasing, or a decreasing, function of X (Hoeffding 1940; Frechet 1951). Example: for two
 * Bernoulli variables with probabilities .5 and .1 the largest is 1/3. */
#ifndef FOOTHOLD_COPULA_H
#define FOOTHOLD_COPULA_H

struct distribution;

/* The attainable rank correlations, to 4 digits. */
struct copula_limits {
    double least, most;
};

/* The rho that gives a rank correlation, -1 < spearman < 1; where that is not attainable, the rho of the closest one, at most 1 - 1e-6 in
 * size. *limits receives the attainable range: -1 to 1 where both are continuous. */
double copula_rho(const struct distribution *x, const struct distribution *y, double spearman,
                  struct copula_limits *limits);
#endif
