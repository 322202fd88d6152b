/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/math/deconvolve.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/system/memory.h"

enum { ITERATIONS = 200 }; /* of EM; a limit on its iterations also limits how far it fits noise by isolated points */

/* p = sin^2 of an angle that is even in the grid; place: a point, or between points. */
static double grid_probability(const struct deconvolve *deconvolve, double place)
{
    const double s = sin(0.5 * M_PI * fmin(1.0, fmax(0.0, place / (double)(deconvolve->n_grid - 1))));

    return s * s;
}

static double log_choose(double n, double k)
{
    return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0);
}

static double binomial_probability(double n, double k, double p)
{
    if (p <= 0.0)
        return k == 0.0 ? 1.0 : 0.0;
    if (p >= 1.0)
        return k == n ? 1.0 : 0.0;
    return exp(log_choose(n, k) + k * log(p) + (n - k) * log1p(-p));
}

static void fill_row(struct deconvolve *deconvolve, size_t count)
{
    double *row = deconvolve->likelihood + count * deconvolve->n_grid;

    deconvolve->first[count] = deconvolve->n_grid;
    for (size_t g = 0; g < deconvolve->n_grid; g++) {
        row[g] =
            binomial_probability((double)deconvolve->n_runs, (double)count, grid_probability(deconvolve, (double)g));
        if (row[g] > 1e-12) {
            deconvolve->first[count] = g < deconvolve->first[count] ? g : deconvolve->first[count];
            deconvolve->end[count] = g + 1;
        }
    }
}

void deconvolve_init(struct deconvolve *deconvolve, size_t n_runs)
{
    /* arcsin sqrt of a share has standard deviation 1 / (2 sqrt N) whatever p is: the step is half of that */
    const size_t grid = (size_t)ceil(2.0 * M_PI * sqrt((double)n_runs)) + 1;

    *deconvolve = (struct deconvolve){.n_runs = n_runs,
                                      .n_grid = grid,
                                      .likelihood = memory_new((n_runs + 1) * grid, sizeof(double)),
                                      .first = memory_new(n_runs + 1, sizeof(size_t)),
                                      .end = memory_new(n_runs + 1, sizeof(size_t)),
                                      .weight = memory_new(grid, sizeof(double)),
                                      .next = memory_new(grid, sizeof(double))};
    for (size_t count = 0; count <= n_runs; count++)
        fill_row(deconvolve, count);
}

void deconvolve_free(struct deconvolve *deconvolve)
{
    free(deconvolve->likelihood);
    free(deconvolve->first);
    free(deconvolve->end);
    free(deconvolve->weight);
    free(deconvolve->next);
}

/* One EM step. E: each count's worlds are divided among the points in proportion to weight x likelihood. M: a point's new weight is its share of
 * all worlds. The weights keep summing to 1, and the likelihood never decreases. */
static void take_em_step(struct deconvolve *deconvolve, const uint64_t *worlds, double all)
{
    double *const swap = deconvolve->weight;

    memset(deconvolve->next, 0, deconvolve->n_grid * sizeof *deconvolve->next);
    for (size_t count = 0; count <= deconvolve->n_runs; count++) {
        const double *row = deconvolve->likelihood + count * deconvolve->n_grid;
        double sum = 0.0, share;

        if (!worlds[count])
            continue;
        for (size_t g = deconvolve->first[count]; g < deconvolve->end[count]; g++)
            sum += deconvolve->weight[g] * row[g];
        share = sum > 0.0 ? (double)worlds[count] / (all * sum) : 0.0;
        for (size_t g = deconvolve->first[count]; g < deconvolve->end[count]; g++)
            deconvolve->next[g] += deconvolve->weight[g] * row[g] * share;
    }
    deconvolve->weight = deconvolve->next;
    deconvolve->next = swap;
}

void deconvolve_quantiles(struct deconvolve *deconvolve, double *quantile, const double *level, size_t n,
                          const uint64_t *worlds)
{
    double all = 0.0;

    for (size_t count = 0; count <= deconvolve->n_runs; count++)
        all += (double)worlds[count];
    for (size_t g = 0; g < deconvolve->n_grid; g++)
        deconvolve->weight[g] = 1.0 / (double)deconvolve->n_grid;
    for (int i = 0; i < ITERATIONS; i++)
        take_em_step(deconvolve, worlds, all);
    for (size_t i = 0; i < n; i++) {
        double seen = 0.0;
        size_t g = 0;

        while (g + 1 < deconvolve->n_grid && seen + deconvolve->weight[g] < level[i])
            seen += deconvolve->weight[g++];
        /* interpolate: a point's weight is spread evenly over its step of the grid */
        quantile[i] =
            grid_probability(deconvolve, (double)g - 0.5 + (level[i] - seen) / fmax(deconvolve->weight[g], 1e-300));
    }
}

double deconvolve_resolution(const struct deconvolve *deconvolve, double p)
{
    return 0.25 * M_PI * sqrt(fmax(0.0, p * (1.0 - p))) / (double)(deconvolve->n_grid - 1);
}
