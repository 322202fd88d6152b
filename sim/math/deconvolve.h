/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deconvolve.h - how probabilities spread over worlds, seen through a few runs a world.
 *
 * Of a world with probability p we see a share of N runs, binomial(N, p), so that shares spread wider than probabilities.
 * The distribution of p that makes the shares seen most likely is found by EM on a grid even in arcsin sqrt p, where the
 * noise is the same everywhere: Laird (1978), Nonparametric maximum likelihood estimation of a mixing distribution,
 * J. Am. Stat. Assoc. 73. */
#ifndef FOOTHOLD_UNMIX_H
#define FOOTHOLD_UNMIX_H
#include <stddef.h>
#include <stdint.h>

struct deconvolve {
    size_t n_runs, n_grid;
    double *likelihood;    /* [count * n_grid + point] */
    size_t *first, *end;   /* per count: the points that matter */
    double *weight, *next; /* per point */
};

/* Shares of n_runs runs, n_runs of at least 2. */
void deconvolve_init(struct deconvolve *deconvolve, size_t n_runs);
void deconvolve_free(struct deconvolve *deconvolve);

/* Quantiles of p, given how many worlds had each count of 0 to n_runs. */
void deconvolve_quantiles(struct deconvolve *deconvolve, double *quantile, const double *level, size_t n,
                          const uint64_t *worlds);

/* How finely probabilities near p can be told apart by that: a quarter of a step of the grid. */
double deconvolve_resolution(const struct deconvolve *deconvolve, double p);
#endif
