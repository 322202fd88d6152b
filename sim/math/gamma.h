/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gamma.h - the gamma distribution of mean 1, tabulated over a range of variances: the shared frailty.
 *
 * Constant once made; any thread may read it. */
#ifndef FOOTHOLD_GAMMA_H
#define FOOTHOLD_GAMMA_H
#include <stddef.h>

struct gamma;
struct arena;

/* For variances from low to high, high finite. Memory from the arena. */
struct gamma *gamma_make(struct arena *arena, double low, double high);

/* The quantiles of n uniform numbers, 0 < u < 1; x and u are different arrays. Accurate in probability to 1e-5 plus one part in a thousand;
 * monotone in u. Variance 0: the constant 1. Variances outside the table are solved for, which is slow. */
void gamma_quantiles(const struct gamma *gamma, double variance, const double *u, double *x, size_t n);
#endif
