/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deconvolve.h - the distribution of probabilities over worlds, seen through a few runs a world.
 *
 * Of a world with probability p we see the share of N runs, binomial(N, p) / N, so that shares spread wider than probabilities. The
 * distribution of p that makes the counts seen most likely (nonparametric maximum likelihood: Laird 1978, J. Am. Stat.
 * Assoc. 73) is found by EM on a grid even in arcsin sqrt p, where the noise is the same everywhere (a variance-stabilising
 * transformation: Anscombe 1948, Biometrika 35).
 *
 * Example: with 2 runs a world, counts of 0, 1 and 2 in shares 1/4, 1/2 and 1/4 are what p = 1/2 in all worlds gives: the shares
 * spread, the probabilities do not. */
#ifndef FOOTHOLD_DECONVOLVE_H
#define FOOTHOLD_DECONVOLVE_H
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
