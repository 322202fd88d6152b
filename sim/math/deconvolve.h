/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deconvolve.h - the distribution of probabilities over worlds, estimated from a few runs a world.
 *
 * A world with probability p is observed through the number of N runs that say yes, binomial(N, p), so shares vary more than
 * probabilities do. The distribution of p that makes the observed counts most likely is estimated by EM: nonparametric maximum
 * likelihood of a mixing distribution (Laird 1978, J. Am. Stat. Assoc. 73). Its support is a grid that is even in arcsin sqrt p, in which
 * binomial noise has the same size everywhere (Anscombe 1948, Biometrika 35).
 *
 * Example. Two runs a world; counts 0, 1, 2 in shares 1/4, 1/2, 1/4. This is what p = 1/2 in every world gives: the shares vary, the
 * probabilities do not, and the estimate concentrates at 1/2.
 *
 * A deconvolve holds the likelihoods for one N, and scratch; it is reused for many distributions, by one thread at a time. */
#ifndef FOOTHOLD_DECONVOLVE_H
#define FOOTHOLD_DECONVOLVE_H
#include <stddef.h>
#include <stdint.h>

struct deconvolve {
    size_t n_runs, n_grid;
    double *likelihood;    /* P(count | p of the point): [count * n_grid + point] */
    size_t *first, *end;   /* per count: the range of points with a likelihood above 1e-12 */
    double *weight, *next; /* per point: probability before and after an EM step */
};

/* For n_runs runs a world, at least 2. Free with deconvolve_free. */
void deconvolve_init(struct deconvolve *deconvolve, size_t n_runs);
void deconvolve_free(struct deconvolve *deconvolve);

/* Quantiles of p at n levels. worlds[count], count 0 to n_runs: the number of worlds in which so many runs said yes. */
void deconvolve_quantiles(struct deconvolve *deconvolve, double *quantile, const double *level, size_t n,
                          const uint64_t *worlds);

/* The resolution of the estimate near p: a quarter of a step of the grid, as a difference of probabilities. */
double deconvolve_resolution(const struct deconvolve *deconvolve, double p);
#endif
