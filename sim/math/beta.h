/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beta.h - the beta distribution on (0, 1), tabulated so that quantiles and probabilities take nanoseconds.
 *
 * beta_cdf is the inverse of beta_quantile: both use the same table, which is accurate to 1e-8 in probability.
 * Constant once made; any thread may read it. */
#ifndef FOOTHOLD_BETA_H
#define FOOTHOLD_BETA_H

#include <stddef.h>

struct beta;
struct arena;

/* The distribution with these shapes, both from 1e-300 to 1e100. Where a shape is so small that the probability strictly between 0
 * and 1 is below double precision, quantiles are 0 (or the least number above) and 1. Memory from the arena. */
struct beta *beta_make(struct arena *arena, double a, double b);

/* The x with P(X <= x) = u, 0 < u < 1; never decreases in u; from 0 to 1. */
double beta_quantile(const struct beta *beta, double u);

/* The same for n numbers, faster; x may be u. */
void beta_quantiles(const struct beta *beta, const double *u, double *x, size_t n);

/* P(X <= x), monotone in x up to GSL's rounding outside the table. y is 1 - x, passed separately because x may round to 1. */
double beta_cdf(const struct beta *beta, double x, double y);

/* The upper tail, precise for small probabilities: P(X > x), and the x with P(X > x) = v. */
double beta_upper(const struct beta *beta, double x, double y);
double beta_upper_quantile(const struct beta *beta, double v);
#endif
