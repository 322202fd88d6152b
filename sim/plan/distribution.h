/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distribution.h - the distribution of a quantity: support, cdf and quantiles.
 *
 * Every draw is the quantile of one uniform number (inversion), so that stratification, correlation and common random numbers work alike
 * for all forms. A distribution is constant once made; any thread may read it. */
#ifndef FOOTHOLD_DISTRIBUTION_H
#define FOOTHOLD_DISTRIBUTION_H
#include <stdbool.h>
#include <stddef.h>

struct diag;
struct distribution;
struct arena;
struct quantity;
struct tables;

/* The range of values that a field admits; infinite where it is unbounded. */
struct bounds {
    double low, high;
};

/* The distribution of a quantity other than QUANTITY_ABSENT and QUANTITY_PARAMETER. NULL when its numbers are wrong (low above high, a
 * negative weight, infeasible quantiles, an empty truncation ...); each mistake is reported at its place. bounds: within which
 * metalogs through quantiles lie; other forms have the support that was written. Inside a truncation or clamp, which bounds the
 * result itself, metalogs are unbounded, except for probabilities, which keep 0 and 1. Memory from the arena; tables are kept in `tables`. */
struct distribution *distribution_make(struct arena *arena, struct tables *tables, const struct quantity *quantity,
                                       struct bounds bounds, struct diag *diag);

/* The support's ends, infinite where it has none. */
double distribution_low(const struct distribution *d);
double distribution_high(const struct distribution *d);

/* Whether it has a single value. */
bool distribution_is_constant(const struct distribution *d);

/* inf{x : P(X <= x) >= u}, 0 < u < 1; never decreases in u; always inside the support. */
double distribution_quantile(const struct distribution *d, double u);

/* The same for n numbers, faster. */
void distribution_quantiles(const struct distribution *d, const double *u, double *x, size_t n);

/* P(X <= x) and P(X < x). */
double distribution_cdf(const struct distribution *d, double x);
double distribution_cdf_below(const struct distribution *d, double x);
#endif
