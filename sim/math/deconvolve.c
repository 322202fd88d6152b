#include "sim/math/deconvolve.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/system/memory.h"

enum { ITERATIONS = 200 };

/* p at a place of the grid, which may lie between points. */
static double probability(const struct unmix *unmix, double place)
{
    const double s = sin(0.5 * M_PI * fmin(1.0, fmax(0.0, place / (double)(unmix->n_grid - 1))));

    return s * s;
}

static double log_choose(double n, double k)
{
    return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0);
}

static double binomial(double n, double k, double p)
{
    if (p <= 0.0)
        return k == 0.0 ? 1.0 : 0.0;
    if (p >= 1.0)
        return k == n ? 1.0 : 0.0;
    return exp(log_choose(n, k) + k * log(p) + (n - k) * log1p(-p));
}

static void fill_row(struct unmix *unmix, size_t count)
{
    double *row = unmix->likelihood + count * unmix->n_grid;

    unmix->first[count] = unmix->n_grid;
    for (size_t g = 0; g < unmix->n_grid; g++) {
        row[g] = binomial((double)unmix->n_runs, (double)count, probability(unmix, (double)g));
        if (row[g] > 1e-12) {
            unmix->first[count] = g < unmix->first[count] ? g : unmix->first[count];
            unmix->end[count] = g + 1;
        }
    }
}

void unmix_init(struct unmix *unmix, size_t n_runs)
{
    /* the noise, 1 / (2 sqrt N) in arcsin sqrt p, spans two steps */
    const size_t grid = (size_t)ceil(2.0 * M_PI * sqrt((double)n_runs)) + 1;

    *unmix = (struct unmix){.n_runs = n_runs,
                            .n_grid = grid,
                            .likelihood = memory_new((n_runs + 1) * grid, sizeof(double)),
                            .first = memory_new(n_runs + 1, sizeof(size_t)),
                            .end = memory_new(n_runs + 1, sizeof(size_t)),
                            .weight = memory_new(grid, sizeof(double)),
                            .next = memory_new(grid, sizeof(double))};
    for (size_t count = 0; count <= n_runs; count++)
        fill_row(unmix, count);
}

void unmix_free(struct unmix *unmix)
{
    free(unmix->likelihood);
    free(unmix->first);
    free(unmix->end);
    free(unmix->weight);
    free(unmix->next);
}

/* One step of EM: share out the worlds of each count among the points by how likely each is to have made it. */
static void share_out(struct unmix *unmix, const uint64_t *worlds, double all)
{
    double *const swap = unmix->weight;

    memset(unmix->next, 0, unmix->n_grid * sizeof *unmix->next);
    for (size_t count = 0; count <= unmix->n_runs; count++) {
        const double *row = unmix->likelihood + count * unmix->n_grid;
        double sum = 0.0, share;

        if (!worlds[count])
            continue;
        for (size_t g = unmix->first[count]; g < unmix->end[count]; g++)
            sum += unmix->weight[g] * row[g];
        share = sum > 0.0 ? (double)worlds[count] / (all * sum) : 0.0;
        for (size_t g = unmix->first[count]; g < unmix->end[count]; g++)
            unmix->next[g] += unmix->weight[g] * row[g] * share;
    }
    unmix->weight = unmix->next;
    unmix->next = swap;
}

void unmix_quantiles(struct unmix *unmix, double *quantile, const double *level, size_t n, const uint64_t *worlds)
{
    double all = 0.0;

    for (size_t count = 0; count <= unmix->n_runs; count++)
        all += (double)worlds[count];
    for (size_t g = 0; g < unmix->n_grid; g++)
        unmix->weight[g] = 1.0 / (double)unmix->n_grid;
    for (int i = 0; i < ITERATIONS; i++)
        share_out(unmix, worlds, all);
    for (size_t i = 0; i < n; i++) {
        double seen = 0.0;
        size_t g = 0;

        while (g + 1 < unmix->n_grid && seen + unmix->weight[g] < level[i])
            seen += unmix->weight[g++];
        /* a point's weight is spread evenly over its step */
        quantile[i] = probability(unmix, (double)g - 0.5 + (level[i] - seen) / fmax(unmix->weight[g], 1e-300));
    }
}

double unmix_resolution(const struct unmix *unmix, double p)
{
    return 0.25 * M_PI * sqrt(fmax(0.0, p * (1.0 - p))) / (double)(unmix->n_grid - 1);
}
