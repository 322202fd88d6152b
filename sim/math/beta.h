/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beta.h - the beta distribution on (0, 1), tabled so that quantiles and probabilities cost nanoseconds.
 *
 * beta_cdf undoes beta_quantile: both read the same table, which is within 1e-8 in probability of the truth.
 * Constant once made; any thread may read it. */
#ifndef FOOTHOLD_BETA_H
#define FOOTHOLD_BETA_H

#include <stddef.h>

struct beta;
struct arena;

/* The distribution with these shapes, both from 1e-300 to 1e100. Where a shape is so small that what lies between 0 and 1 is
 * lost in rounding, quantiles are 0 (or the least number above) and 1. Memory from the arena. */
struct beta *beta_make(struct arena *arena, double a, double b);

/* The x with P(X <= x) = u, 0 < u < 1; never decreases in u; from 0 to 1. */
double beta_quantile(const struct beta *beta, double u);

/* The same of n numbers, in less time; x may be u. */
void beta_quantiles(const struct beta *beta, const double *u, double *x, size_t n);

/* P(X <= x), which never falls as x rises, but by GSL's rounding where the table does not reach; y is 1 - x, given
 * apart because x may be too near 1 to tell. */
double beta_cdf(const struct beta *beta, double x, double y);

/* The same from the other end, with all digits of small probabilities: P(X > x), and the x with P(X > x) = v. */
double beta_upper(const struct beta *beta, double x, double y);
double beta_upper_quantile(const struct beta *beta, double v);
#endif
