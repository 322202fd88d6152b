/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distribution.h - a quantity's distribution: where it lies, how likely, its quantiles.
 *
 * Every draw goes through the quantile function of one uniform number, so that strata, correlations and shared luck
 * work the same for all forms. A distribution is constant once made; any thread may read it. */
#ifndef FOOTHOLD_DISTRIBUTION_H
#define FOOTHOLD_DISTRIBUTION_H
#include <stdbool.h>
#include <stddef.h>

struct diag;
struct distribution;
struct arena;
struct quantity;
struct tables;

/* What the field of a quantity can be, infinite where it has no end. */
struct bounds {
    double low, high;
};

/* The distribution of a quantity other than QUANTITY_ABSENT and QUANTITY_PARAMETER; NULL, with every mistake in its
 * numbers told through diag at their places (low above high, a negative weight, infeasible quantiles, an empty truncation
 * ...). bounds: of metalogs through quantiles, which lie inside them; other forms lie where they were written. A truncation or
 * clamp sets bounds of its own: quantiles in it have none, but for those of a probability, 0 and 1. Memory from the arena,
 * and from tables for what is tabled. */
struct distribution *distribution_make(struct arena *arena, struct tables *tables, const struct quantity *quantity,
                                       struct bounds bounds, struct diag *diag);

/* The support's ends, infinite where it has none. */
double distribution_low(const struct distribution *d);
double distribution_high(const struct distribution *d);

/* One value with certainty. */
bool distribution_is_constant(const struct distribution *d);

/* inf{x : P(X <= x) >= u}, 0 < u < 1; never decreases in u; always inside the support. */
double distribution_quantile(const struct distribution *d, double u);

/* The same of n numbers, in less time. */
void distribution_quantiles(const struct distribution *d, const double *u, double *x, size_t n);

/* P(X <= x) and P(X < x). */
double distribution_cdf(const struct distribution *d, double x);
double distribution_cdf_below(const struct distribution *d, double x);
#endif
