/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/plan/copula.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include "sim/plan/distribution.h"

/* A distribution is looked at as cells of probability, each a value with its ties or a small piece of what is continuous;
 * ranks inside a cell count as equal. Pieces of 1/PIECES err by some 1 / PIECES^2 of a rank correlation. */
enum { PIECES = 64, MOST_CELLS = 4 * PIECES + 4 };

static const double least_tie = 1e-4; /* a probability whose ties matter: they weigh its cube */

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
    while (at < 1.0 - 1e-9) { /* each step goes on by half a piece or more */
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

static double middle(const struct cells *cells, size_t i)
{
    return (cells->edge[i] + cells->edge[i + 1]) / 2.0;
}

/* The standard deviation of mid-ranks: a uniform number's variance without what is tied, (1 - sum of p^3) / 12. */
static double rank_sd(const struct cells *cells)
{
    double cubes = 0.0;

    for (size_t i = 0; i < cells->n; i++)
        cubes += pow(cells->edge[i + 1] - cells->edge[i], 3.0);
    return sqrt((1.0 - cubes) / 12.0);
}

/* The covariance of mid-ranks where y is as high as it can be for every x: both are read at the same u. With y turned over
 * it is as low as it can be. */
static double extreme_covariance(const struct cells *x, const struct cells *y, bool turned)
{
    double sum = 0.0, at = 0.0;
    size_t i = 0, j = 0;

    while (i < x->n && j < y->n) {
        const double to_x = x->edge[i + 1], to_y = turned ? 1.0 - y->edge[y->n - 1 - j] : y->edge[j + 1];
        const double to = fmin(to_x, to_y), rank = middle(y, turned ? y->n - 1 - j : j);

        sum += (to - at) * (middle(x, i) - 0.5) * (rank - 0.5);
        at = to;
        i += to_x <= to;
        j += to_y <= to;
    }
    return sum;
}

/* The inner edges as normal deviates. At each the mid-rank rises by half of the cells on its two sides. */
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

/* The covariance's slope in theta, rho = sin(theta). By Plackett's identity (1954) P(Z1 > a, Z2 > b) rises with rho as the
 * normal density at (a, b), and mid-ranks are sums of such steps. In theta the density's pole at rho = 1 is gone:
 * each term is exp(-(a^2 - 2 rho a b + b^2) / (2 cos^2 theta)) / 2 pi. */
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

/* The theta at which the covariance has grown from 0 to `wanted`, its sign being theta's: step by step with Simpson's rule, the
 * last step by its share. The slope is positive all the way. */
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
