/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/math/gamma.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include "sim/system/memory.h"
#include "sim/system/portable.h"

/* The table holds y = ln(x) / sd as a function of t = ln(u / (1 - u)) and of sd. y is smooth in both, tails included, and tends to the normal
 * quantile as sd tends to 0. Between nodes it is interpolated by cubics in both directions. */
enum { T_NODES = 305, MOST_ROWS = 400 };
static const double t_first = -38.0, t_step = 0.25, sd_step = 0.05;

struct gamma {
    double first_sd;
    size_t n_rows;
    double *y; /* [row * T_NODES + node] */
};

/* ln P(X <= x), or ln P(X > x). */
static double log_tail(double shape, double ln_x, bool above)
{
    const double x = exp(ln_x);
    const double tail = above ? gsl_cdf_gamma_Q(x, shape, 1.0 / shape) : gsl_cdf_gamma_P(x, shape, 1.0 / shape);

    if (tail > 1e-290)
        return log(tail);
    /* the series' first term; the other tail never gets there */
    return shape * (ln_x + log(shape)) - lgamma(shape + 1.0);
}

/* Where x is below the range of doubles, as nearly all of it is at variances from 1e4 on, the first term of the series equals P and is
 * inverted; GSL would return Q = 1 for an x that has become 0. */
static const double least_ln_x = -690.0;

static double first_term_inverse(double shape, double t)
{
    return (-log1p(exp(-t)) + lgamma(shape + 1.0)) / shape - log(shape);
}

/* Newton's method on the logarithm of the smaller tail, from an initial ln x. */
static double solve_quantile(double shape, double t, double ln_x)
{
    const double far = first_term_inverse(shape, t);
    const bool above = t > 0.0;
    const double wanted = -log1p(exp(fabs(t))); /* ln of the tail */

    if (far < least_ln_x)
        return far;
    for (int i = 0; i < 100; i++) {
        const double tail = log_tail(shape, ln_x, above);
        const double log_density = shape * log(shape) + shape * ln_x - shape * exp(ln_x) - lgamma(shape); /* of ln x */
        double off = (wanted - tail) * exp(tail - log_density) * (above ? -1.0 : 1.0);

        if (!isfinite(off))
            off = above ? -0.1 : 0.1;
        off = fmax(-2.0 - 0.5 * fabs(ln_x), fmin(2.0 + 0.5 * fabs(ln_x), off));
        ln_x += off;
        if (fabs(off) < 1e-13 * fmax(1.0, fabs(ln_x)))
            break;
    }
    return ln_x;
}

static double middle_of_table(double variance)
{
    const double c = 1.0 - variance / 9.0; /* Wilson & Hilferty (1931) */

    return c > 0.3 ? 3.0 * log(c) : -0.7 * variance;
}

/* Compute a row's nodes from the median outwards, each extrapolated from the two before and then solved for. */
static void fill_row(double *y, double sd)
{
    const size_t median = (size_t)(-t_first / t_step);
    const double shape = 1.0 / (sd * sd);

    for (size_t i = 0; i < T_NODES; i++)
        y[i] = NAN;
    for (int side = 0; side < 2; side++) {
        double last = middle_of_table(sd * sd), slope = 0.0;

        for (size_t i = median; i < T_NODES; i += side ? 1 : (size_t)-1) {
            const double t = t_first + t_step * (double)i;
            const double ln_x = sd > 0.0 ? solve_quantile(shape, t, last + slope) : 0.0;

            slope = i == median ? 0.0 : ln_x - last;
            last = ln_x;
            y[i] = ln_x / sd;
        }
    }
}

static void fill_normal(double *y)
{
    for (size_t i = 0; i < T_NODES; i++) {
        const double t = t_first + t_step * (double)i, tail = 1.0 / (1.0 + exp(fabs(t)));

        y[i] = t > 0.0 ? gsl_cdf_ugaussian_Qinv(tail) : gsl_cdf_ugaussian_Pinv(tail);
    }
}

struct gamma *gamma_make(struct arena *arena, double low, double high)
{
    struct gamma *gamma = arena_new(arena, 1, sizeof *gamma);
    const double first = floor(sqrt(low) / sd_step) - 1.0, last = ceil(sqrt(high) / sd_step) + 1.0;

    gamma->first_sd = fmax(0.0, first) * sd_step;
    gamma->n_rows = (size_t)fmin(MOST_ROWS, fmax(4.0, last - fmax(0.0, first) + 1.0));
    gamma->y = arena_new(arena, gamma->n_rows * T_NODES, sizeof *gamma->y);
    for (size_t row = 0; row < gamma->n_rows; row++) {
        const double sd = gamma->first_sd + sd_step * (double)row;

        if (sd > 0.0)
            fill_row(gamma->y + row * T_NODES, sd);
        else
            fill_normal(gamma->y + row * T_NODES);
    }
    return gamma;
}

/* Weights of the cubic through four nodes, at a place between the middle two. */
static void cubic_weights(double weight[4], double at)
{
    weight[0] = -at * (at - 1.0) * (at - 2.0) / 6.0;
    weight[1] = (at + 1.0) * (at - 1.0) * (at - 2.0) / 2.0;
    weight[2] = -(at + 1.0) * at * (at - 2.0) / 2.0;
    weight[3] = (at + 1.0) * at * (at - 1.0) / 6.0;
}

/* The node before a place among n, chosen so that there are two nodes on either side where possible. */
static size_t first_of_four(double place, size_t n)
{
    const double node = floor(place) - 1.0;

    return node < 0.0 ? 0 : node > (double)n - 4.0 ? n - 4 : (size_t)node;
}

/* exp(sd y), y from four rows with their weights. */
static double from_rows(const double *row, const double weight[4], double sd, double t)
{
    const double node = (t - t_first) / t_step;
    const size_t first = first_of_four(node, T_NODES);
    double across[4], y = 0.0;

    cubic_weights(across, node - (double)first - 1.0);
    for (size_t i = 0; i < 4; i++) {
        const double *four = row + i * T_NODES + first;

        y += weight[i] * (across[0] * four[0] + across[1] * four[1] + across[2] * four[2] + across[3] * four[3]);
    }
    return portable_exp(sd * y);
}

void gamma_quantiles(const struct gamma *gamma, double variance, const double *u, double *x, size_t n)
{
    const double sd = sqrt(variance), row = (sd - gamma->first_sd) / sd_step;
    const bool is_tabled = row >= 0.0 && row <= (double)(gamma->n_rows - 1);
    const size_t first = is_tabled ? first_of_four(row, gamma->n_rows) : 0;
    double down[4];

    cubic_weights(down, row - (double)first - 1.0);
    for (size_t i = 0; i < n; i++)
        x[i] = portable_log(u[i]) - portable_log(1.0 - u[i]);
    for (size_t i = 0; i < n; i++)
        if (!(variance > 0.0))
            x[i] = 1.0;
        else if (is_tabled)
            x[i] = from_rows(gamma->y + first * T_NODES, down, sd, x[i]);
        else
            x[i] = portable_exp(solve_quantile(1.0 / variance, x[i], middle_of_table(variance)));
}
