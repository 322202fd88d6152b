/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/plan/copula.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include "sim/plan/distribution.h"

/* Method. Each distribution is discretised into cells of probability: an atom is a cell, the continuous rest is cut into pieces of at most
 * 1 / PIECES; ranks inside a cell count as equal. The covariance of mid-ranks as a function of rho is then a double sum over the cells'
 * edges, whose derivative has a closed form (covariance_slope). It is integrated from rho = 0 until it reaches the wanted value: no
 * bivariate normal probability is needed. The discretisation errs by about 1 / PIECES^2 of a rank correlation.
 *
 * Example. Two fair coins: one inner edge each, at z = 0, where the mid-rank rises by 1/2. The slope in theta is 1/4 / 2 pi, so the covariance
 * is theta / 8 pi; divided by the variance of mid-ranks, 1/16, rho_s = 2 theta / pi = 2 / pi asin(rho). */
enum { PIECES = 64, MOST_CELLS = 4 * PIECES + 4 };

static const double least_tie = 1e-4; /* smallest atom treated as a tie: its weight in the variance is its cube */

struct cells {
    double edge[MOST_CELLS + 1]; /* cell i runs from probability edge[i] to edge[i + 1] */
    size_t n;
    bool has_ties;
};

static void add_cell(struct cells *cells, double upto)
{
    if (upto - cells->edge[cells->n] > 1e-9)
        cells->edge[++cells->n] = upto;
}

static void make_cells(struct cells *cells, const struct distribution *d)
{
    double at = 0.0;

    *cells = (struct cells){.n = 0};
    while (at < 1.0 - 1e-9) { /* every step advances by at least half a piece, so it ends */
        const double x = distribution_quantile(d, fmin(at + 0.5 / PIECES, 1.0 - 1e-9));
        const double low = distribution_cdf_below(d, x), high = distribution_cdf(d, x);

        if (high - low > least_tie) {
            cells->has_ties = true;
            add_cell(cells, fmax(low, at));
            at = fmax(high, at + 0.5 / PIECES);
        } else {
            at += 1.0 / PIECES;
        }
        at = at > 1.0 - 1e-9 ? 1.0 : at;
        add_cell(cells, at);
    }
    cells->edge[cells->n] = 1.0;
}

static double cell_middle(const struct cells *cells, size_t i)
{
    return (cells->edge[i] + cells->edge[i + 1]) / 2.0;
}

/* The standard deviation of mid-ranks. Ties reduce the variance of a uniform variate to (1 - sum of p^3) / 12, p being the cells'
 * probabilities. */
static double rank_sd(const struct cells *cells)
{
    double cubes = 0.0;

    for (size_t i = 0; i < cells->n; i++)
        cubes += pow(cells->edge[i + 1] - cells->edge[i], 3.0);
    return sqrt((1.0 - cubes) / 12.0);
}

/* The largest covariance of mid-ranks: that of x and y taken at the same u (comonotone). `turned`: the smallest, y taken at 1 - u. */
static double extreme_covariance(const struct cells *x, const struct cells *y, bool turned)
{
    double sum = 0.0, at = 0.0;
    size_t i = 0, j = 0;

    while (i < x->n && j < y->n) {
        const double to_x = x->edge[i + 1], to_y = turned ? 1.0 - y->edge[y->n - 1 - j] : y->edge[j + 1];
        const double to = fmin(to_x, to_y), rank = cell_middle(y, turned ? y->n - 1 - j : j);

        sum += (to - at) * (cell_middle(x, i) - 0.5) * (rank - 0.5);
        at = to;
        i += to_x <= to;
        j += to_y <= to;
    }
    return sum;
}

/* A mid-rank as a step function of the normal deviate: at z[i], an inner edge, it rises by half of the two adjacent cells. */
struct steps {
    double z[MOST_CELLS], rise[MOST_CELLS];
    size_t n;
};

static void make_steps(struct steps *steps, const struct cells *cells)
{
    steps->n = cells->n - 1;
    for (size_t i = 0; i < steps->n; i++) {
        steps->z[i] = gsl_cdf_ugaussian_Pinv(cells->edge[i + 1]);
        steps->rise[i] = (cells->edge[i + 2] - cells->edge[i]) / 2.0;
    }
}

/* The derivative of the covariance with respect to theta, rho = sin(theta). By Plackett's identity (1954, Biometrika 41) the derivative of
 * P(Z1 > a, Z2 > b) with respect to rho is the bivariate normal density at (a, b), and mid-ranks are sums of such steps. The density's
 * singularity at rho = 1 vanishes in theta: each term is exp(-(a^2 - 2 rho a b + b^2) / (2 cos^2 theta)) / 2 pi. */
static double covariance_slope(const struct steps *x, const struct steps *y, double theta)
{
    const double rho = sin(theta), half = 0.5 / (cos(theta) * cos(theta));
    double sum = 0.0;

    for (size_t i = 0; i < x->n; i++) {
        double row = 0.0;

        for (size_t j = 0; j < y->n; j++) {
            const double a = x->z[i], b = y->z[j];

            row += y->rise[j] * exp(-(a * a - 2.0 * rho * a * b + b * b) * half);
        }
        sum += x->rise[i] * row;
    }
    return sum / (2.0 * M_PI);
}

/* The theta at which the covariance, 0 at theta = 0, equals `wanted`. It is integrated by Simpson's rule until it passes `wanted`; the
 * last step is interpolated linearly. The slope is positive throughout, so there is one solution, of the sign of `wanted`. */
static double find_theta(const struct steps *x, const struct steps *y, double wanted, double last)
{
    enum { STEPS = 128 };
    const double step = copysign(last / STEPS, wanted);
    double covariance = 0.0, theta = 0.0, slope = covariance_slope(x, y, 0.0);

    for (int i = 0; i < STEPS; i++) {
        const double amid = covariance_slope(x, y, theta + step / 2.0), next = covariance_slope(x, y, theta + step);
        const double gain = step * (slope + 4.0 * amid + next) / 6.0;

        if (fabs(covariance + gain) >= fabs(wanted))
            return theta + step * (wanted - covariance) / gain;
        covariance += gain;
        theta += step;
        slope = next;
    }
    return theta;
}

double copula_rho(const struct distribution *x, const struct distribution *y, double spearman,
                  struct copula_limits *limits)
{
    struct cells cell_x, cell_y;
    struct steps step_x, step_y;
    double scale, wanted;

    make_cells(&cell_x, x);
    make_cells(&cell_y, y);
    *limits = (struct copula_limits){-1.0, 1.0};
    if ((!cell_x.has_ties && !cell_y.has_ties) || cell_x.n < 2 || cell_y.n < 2)
        return 2.0 * sin(M_PI * spearman / 6.0);
    scale = rank_sd(&cell_x) * rank_sd(&cell_y);
    limits->least = extreme_covariance(&cell_x, &cell_y, true) / scale;
    limits->most = extreme_covariance(&cell_x, &cell_y, false) / scale;
    make_steps(&step_x, &cell_x);
    make_steps(&step_y, &cell_y);
    wanted = fmin(fmax(spearman, limits->least), limits->most) * scale;
    return wanted == 0.0 ? 0.0 : sin(find_theta(&step_x, &step_y, wanted, asin(1.0 - 1e-6)));
}
