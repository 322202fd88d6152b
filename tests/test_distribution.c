/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/distribution.h"
#include "sim/math/tables.h"
#include "sim/text/diag.h"
#include "sim/scenario/quantity.h"

/* What one test makes and is told. */
struct desk {
    struct arena arena;
    struct tables tables;
    struct diag diag;
};

static int open_desk(void **state)
{
    *state = memory_new(1, sizeof(struct desk));
    return 0;
}

static int close_desk(void **state)
{
    struct desk *desk = *state;

    tables_free(&desk->tables);
    arena_free(&desk->arena);
    diag_free(&desk->diag);
    free(desk);
    return 0;
}

static struct quantity written(enum quantity_form form, double a, double b, double c)
{
    return (struct quantity){.form = form, .arg = {a, b, c}, .path = "levers.relief.when"};
}

static struct quantity number(double x)
{
    return written(QUANTITY_NUMBER, x, 0.0, 0.0);
}

/* The parts and weights stay the caller's. */
static struct quantity weighed(enum quantity_form form, struct quantity *part, double *weight, size_t n)
{
    static struct place nowhere[8];
    struct quantity q = written(form, 0.0, 0.0, 0.0);

    q.part = part;
    q.weight = weight;
    q.weight_place = nowhere;
    q.n_parts = n;
    return q;
}

static struct quantity limited(enum quantity_form form, struct quantity *base, double low, double high)
{
    struct quantity q = written(form, low, high, 0.0);

    q.part = base;
    q.n_parts = 1;
    return q;
}

static const struct bounds unbounded = {-INFINITY, INFINITY}, unit = {0.0, 1.0}, positive = {0.0, INFINITY};

static const struct distribution *made_within(void **state, struct quantity q, struct bounds bounds)
{
    struct desk *desk = *state;
    const struct distribution *d = distribution_make(&desk->arena, &desk->tables, &q, bounds, &desk->diag);

    diag_print(&desk->diag, stderr, false);
    assert_int_equal(desk->diag.n_errors, 0);
    assert_non_null(d);
    return d;
}

static const struct distribution *made(void **state, struct quantity q)
{
    return made_within(state, q, unbounded);
}

static struct quantity five(double p05, double p25, double p50, double p75, double p95)
{
    return (struct quantity){
        .form = QUANTITY_FIVE_QUANTILES, .arg = {p05, p25, p50, p75, p95}, .path = "levers.relief.when"};
}

static void near(double value, double expected, double error)
{
    if (!(fabs(value - expected) <= error))
        fail_msg("%.12g is not within %g of %.12g", value, error, expected);
}

static void quantiles_are(const struct distribution *d, size_t n, const double u[], const double x[], double error)
{
    for (size_t i = 0; i < n; ++i)
        near(distribution_quantile(d, u[i]), x[i], error);
}

/* From both ends inwards, 1e-9 among them, and a fine comb. */
static double grid_u(int i, int n)
{
    static const double edge[] = {1e-300, 1e-15, 1e-9, 1e-7, 4.7e-7, 4.8e-7, 1e-5};
    enum { EDGES = sizeof edge / sizeof edge[0] };

    if (i < EDGES)
        return edge[i];
    if (i >= n - EDGES)
        return fmin(1.0 - edge[n - 1 - i], 1.0 - DBL_EPSILON / 2.0);
    return (double)i / (double)n;
}

enum { GRID = 4001 };

/* On continuous distributions cdf(quantile(u)) is u; error: what rounding of x and the table may add. */
static void cdf_undoes_quantile(const struct distribution *d, double error)
{
    for (int i = 0; i < GRID; ++i)
        near(distribution_cdf(d, distribution_quantile(d, grid_u(i, GRID))), grid_u(i, GRID), error);
}

static void quantiles_rise_inside_the_support(const struct distribution *d)
{
    double before = distribution_low(d);

    for (int i = 0; i < GRID; ++i) {
        const double x = distribution_quantile(d, grid_u(i, GRID));

        assert_true(isfinite(x));
        assert_true(x >= before && x <= distribution_high(d));
        before = x;
    }
}

/* The definition of a quantile, which holds at atoms and gaps too: P(X < x) <= u <= P(X <= x). */
static void quantiles_fit_the_cdf(const struct distribution *d, double error)
{
    for (int i = 0; i < GRID; ++i) {
        const double u = grid_u(i, GRID), x = distribution_quantile(d, u);

        assert_true(distribution_cdf_below(d, x) <= u + error);
        assert_true(distribution_cdf(d, x) >= u - error);
    }
}

/* ---- published and computed numbers ---- */

static void pert_has_the_published_quantiles(void **state)
{
    const struct distribution *d = made(state, written(QUANTITY_PERT, 10.0, 20.0, 40.0));

    quantiles_are(d, 3, (double[]){0.05, 0.5, 0.95}, (double[]){13.284972, 21.274375, 31.398622}, 1e-6);
    assert_true(distribution_low(d) == 10.0 && distribution_high(d) == 40.0);
}

static void pert_has_the_mean_and_sd_of_its_formula(void **state)
{
    const struct distribution *d = made(state, written(QUANTITY_PERT, 10.0, 20.0, 40.0));
    const int n = 100000;
    double sum = 0.0, squares = 0.0;

    for (int i = 0; i < n; ++i) {
        const double x = distribution_quantile(d, (i + 0.5) / n);

        sum += x;
        squares += x * x;
    }
    near(sum / n, 130.0 / 6.0, 1e-6);
    near(sqrt(squares / n - gsl_pow_2(sum / n)), 5.527708, 1e-5);
}

static void beta_has_the_published_quantiles(void **state)
{
    const struct distribution *d = made(state, written(QUANTITY_BETA, 0.3, 20.0, 0.0));

    quantiles_are(d, 3, (double[]){0.05, 0.5, 0.95}, (double[]){0.147470, 0.293220, 0.475797}, 1e-6);
}

static void beta_of_two_observations_at_a_half_is_uniform(void **state)
{
    const struct distribution *d = made(state, written(QUANTITY_BETA, 0.5, 2.0, 0.0));

    for (int i = 0; i < GRID; ++i)
        near(distribution_quantile(d, grid_u(i, GRID)), grid_u(i, GRID), 1e-12);
}

static void beta_of_one_observation_at_a_half_is_the_arcsine_law(void **state)
{
    const struct distribution *d = made(state, written(QUANTITY_BETA, 0.5, 1.0, 0.0));

    for (int i = 0; i < GRID; ++i)
        near(distribution_quantile(d, grid_u(i, GRID)), gsl_pow_2(sin(M_PI_2 * grid_u(i, GRID))), 1e-8);
}

static void lognormal_has_the_published_mu_and_sigma(void **state)
{
    const struct distribution *d = made(state, written(QUANTITY_LOGNORMAL, 1.0, 10.0, 0.0));

    quantiles_are(d, 3, (double[]){0.05, 0.5, 0.95}, (double[]){1.0, exp(1.1512925465), 10.0}, 1e-9);
    near(log(distribution_quantile(d, 0.8413447460685429)), 1.151293 + 0.699936, 1e-6);
    assert_true(distribution_low(d) == 0.0 && isinf(distribution_high(d)));
}

static void normal_has_its_tabled_quantiles(void **state)
{
    const struct distribution *d = made(state, written(QUANTITY_NORMAL, 3.0, 2.0, 0.0));

    quantiles_are(d, 3, (double[]){0.025, 0.5, 0.95}, (double[]){3.0 - 2.0 * 1.959963985, 3.0, 3.0 + 2.0 * 1.644853627},
                  1e-8);
}

static void metalog_has_the_published_quantiles(void **state)
{
    const struct distribution *d = made(state, written(QUANTITY_QUANTILES, 4.0, 9.0, 20.0));

    quantiles_are(d, 7, (double[]){0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95},
                  (double[]){4.0, 5.020114, 6.636943, 9.0, 12.606772, 16.959772, 20.0}, 1e-6);
}

static void metalog_has_the_published_coefficients(void **state)
{
    const struct distribution *d = made(state, written(QUANTITY_QUANTILES, 4.0, 9.0, 20.0));
    const double l = log(3.0), up = distribution_quantile(d, 0.75), down = distribution_quantile(d, 0.25);

    near((up - down) / (2.0 * l), 2.716986175, 1e-9);        /* a2 */
    near((up + down - 18.0) / (0.5 * l), 2.264155146, 1e-8); /* a3 */
}

static void logit_metalog_has_the_published_quantiles(void **state)
{
    const struct distribution *d = made_within(state, written(QUANTITY_QUANTILES, 0.2, 0.5, 0.7), unit);

    quantiles_are(d, 7, (double[]){0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95},
                  (double[]){0.2, 0.266560, 0.384012, 0.5, 0.589241, 0.658052, 0.7}, 1e-6);
    assert_true(distribution_low(d) == 0.0 && distribution_high(d) == 1.0);
    cdf_undoes_quantile(d, 1e-12);
    quantiles_rise_inside_the_support(d);
}

static void triangular_has_its_closed_form(void **state)
{
    const struct distribution *d = made(state, written(QUANTITY_TRIANGULAR, 0.0, 1.0, 4.0));

    quantiles_are(d, 3, (double[]){0.0625, 0.25, 0.8125}, (double[]){0.5, 1.0, 2.5}, 1e-12);
    quantiles_are(d, 1, (double[]){1.0 - 1.0 / 12.0}, (double[]){3.0}, 1e-12);
}

/* ---- every continuous form ---- */

static void quantile_and_cdf_are_inverse_for_every_form(void **state)
{
    const struct quantity form[] = {
        written(QUANTITY_PERT, 10.0, 20.0, 40.0),    written(QUANTITY_PERT, -3.0, -3.0, 1.0),
        written(QUANTITY_PERT, 0.0, 5.0, 5.0),       written(QUANTITY_TRIANGULAR, 1.0, 2.0, 4.0),
        written(QUANTITY_TRIANGULAR, 1.0, 1.0, 4.0), written(QUANTITY_TRIANGULAR, 1.0, 4.0, 4.0),
        written(QUANTITY_UNIFORM, -2.0, 7.0, 0.0),   written(QUANTITY_NORMAL, 3.0, 2.0, 0.0),
        written(QUANTITY_LOGNORMAL, 0.005, 0.03, 0), written(QUANTITY_QUANTILES, 4.0, 9.0, 20.0),
        written(QUANTITY_QUANTILES, 0.0, 1.3, 10.0),
    };

    for (size_t i = 0; i < sizeof form / sizeof form[0]; ++i) {
        const struct distribution *d = made(state, form[i]);

        cdf_undoes_quantile(d, 1e-11);
        quantiles_rise_inside_the_support(d);
    }
}

static void quantile_and_cdf_are_inverse_for_many_beta_shapes(void **state)
{
    static const double mean[] = {0.01, 0.1, 0.3, 0.5, 0.8}, ess[] = {0.5, 2.0, 6.0, 20.0, 100.0, 1e4, 1e6, 1e8};

    for (size_t i = 0; i < sizeof mean / sizeof mean[0]; ++i)
        for (size_t j = 0; j < sizeof ess / sizeof ess[0]; ++j) {
            const struct distribution *d = made(state, written(QUANTITY_BETA, mean[i], ess[j], 0.0));
            const double a = mean[i] * ess[j], b = ess[j] - a;

            if (a >= 0.05 && b > 0.4) /* else x is too near 0 or 1 */
                cdf_undoes_quantile(d, b >= 1.0 ? 1e-10 : 1e-8);
            quantiles_rise_inside_the_support(d);
        }
}

static void extreme_beta_shapes_stay_finite_and_rise(void **state)
{
    static const double shape[][2] = {{0.5, 0.01},  {0.1, 0.01},   {0.99, 0.1},      {1e-5, 1e9}, {0.5, 1e12},
                                      {0.5, 1e100}, {1e-90, 1e-9}, {0.999999, 1e-6}, {1e-9, 1e-9}};

    for (size_t i = 0; i < sizeof shape / sizeof shape[0]; ++i)
        quantiles_rise_inside_the_support(made(state, written(QUANTITY_BETA, shape[i][0], shape[i][1], 0.0)));
}

static void neighbouring_u_never_give_falling_quantiles(void **state)
{
    static const double centre[] = {0x1p-21, 0x1p-10, 0.0625, 0.2578125, 0.5, 0.7578125, 1.0 - 0x1p-21};
    const struct quantity form[] = {written(QUANTITY_PERT, 0.0, 1.0, 10.0), written(QUANTITY_BETA, 0.1, 4.0, 0.0)};

    for (size_t f = 0; f < 2; ++f) {
        const struct distribution *d = made(state, form[f]);

        for (size_t i = 0; i < sizeof centre / sizeof centre[0]; ++i) {
            double u = centre[i], before = 0.0;

            for (int back = 0; back < 200; ++back)
                u = nextafter(u, 0.0);
            for (int step = 0; step < 400; ++step, u = nextafter(u, 1.0)) {
                const double x = distribution_quantile(d, u);

                assert_true(x >= before);
                before = x;
            }
        }
    }
}

static void probabilities_of_a_beta_are_near_the_exact_ones(void **state)
{
    static const double shape[][2] = {{1.0, 5.0}, {5.0, 1.0},  {2.4, 3.6},   {0.4, 3.6},  {0.5, 0.5},
                                      {1.5, 1.0}, {6.0, 14.0}, {0.03, 29.0}, {30.0, 1e4}, {1e5, 1e5}};

    for (size_t i = 0; i < sizeof shape / sizeof shape[0]; ++i) {
        const double a = shape[i][0], b = shape[i][1];
        const struct distribution *d = made(state, written(QUANTITY_BETA, a / (a + b), a + b, 0.0));

        for (int k = 0; k < GRID; ++k) {
            const double x = distribution_quantile(d, grid_u(k, GRID));

            near(distribution_cdf(d, x), gsl_cdf_beta_P(x, a, b), 1e-8);
        }
    }
}

/* Where steps of the table meet, in their midst and beyond the table. */
static void neighbouring_x_never_have_falling_probabilities(void **state)
{
    static const double centre[] = {0x1p-22, 0x1p-21, 0x1p-10, 0.0625, 0.28125, 0.3, 0.5, 0.71875, 0.9999};
    const struct quantity form[] = {written(QUANTITY_PERT, 0.0, 1.0, 10.0), written(QUANTITY_PERT, 0.0, 5.0, 5.0),
                                    written(QUANTITY_BETA, 0.1, 4.0, 0.0)};

    for (size_t f = 0; f < sizeof form / sizeof form[0]; ++f) {
        const struct distribution *d = made(state, form[f]);

        for (size_t i = 0; i < sizeof centre / sizeof centre[0]; ++i) {
            double x = distribution_quantile(d, centre[i]), before = 0.0;

            for (int back = 0; back < 200; ++back)
                x = nextafter(x, 0.0);
            for (int step = 0; step < 400; ++step, x = nextafter(x, 1e9)) {
                const double u = distribution_cdf(d, x);

                assert_true(u >= before - (before < 0x1p-21 ? 1e-20 : 0.0)); /* beyond the table GSL may waver */
                before = u;
            }
        }
    }
}

static void a_pert_of_one_sided_mode_is_a_power_law(void **state)
{
    const struct distribution *d = made(state, written(QUANTITY_PERT, 0.0, 1.0, 1.0)); /* shapes 5 and 1 */

    for (int i = 0; i < GRID; ++i)
        near(distribution_quantile(d, grid_u(i, GRID)), pow(grid_u(i, GRID), 0.2), 1e-7);
}

/* ---- atoms ---- */

static void a_number_is_constant(void **state)
{
    const struct distribution *d = made(state, number(-2.5));

    assert_true(distribution_is_constant(d));
    assert_true(distribution_quantile(d, 1e-9) == -2.5 && distribution_quantile(d, 0.999) == -2.5);
    assert_true(distribution_cdf(d, -2.5) == 1.0 && distribution_cdf_below(d, -2.5) == 0.0);
    assert_false(distribution_is_constant(made(state, written(QUANTITY_UNIFORM, 0.0, 1.0, 0.0))));
}

static void discrete_values_are_sorted_and_equal_ones_merged(void **state)
{
    struct quantity value[] = {number(3.0), number(1.0), number(3.0), number(9.0)};
    double weight[] = {1.0, 2.0, 1.0, 0.0};
    const struct distribution *d = made(state, weighed(QUANTITY_DISCRETE, value, weight, 4));

    assert_true(distribution_low(d) == 1.0 && distribution_high(d) == 3.0);
    assert_true(distribution_quantile(d, 0.5) == 1.0 && distribution_quantile(d, 0.5000001) == 3.0);
    near(distribution_cdf(d, 1.0), 0.5, 1e-15);
    near(distribution_cdf_below(d, 3.0), 0.5, 1e-15);
    assert_true(distribution_cdf(d, 3.0) == 1.0 && distribution_cdf_below(d, 1.0) == 0.0);
    quantiles_fit_the_cdf(d, 0.0);
}

static void a_mixture_of_a_number_and_a_pert_has_an_atom(void **state)
{
    struct quantity part[] = {number(0.0), written(QUANTITY_PERT, 2.0, 3.0, 6.0)};
    double weight[] = {3.0, 7.0};
    const struct distribution *d = made(state, weighed(QUANTITY_MIXTURE, part, weight, 2));
    const struct distribution *pert = made(state, part[1]);

    assert_true(distribution_quantile(d, 0.3) == 0.0);
    assert_true(distribution_quantile(d, 0.3 + 1e-9) > 2.0);
    near(distribution_quantile(d, 0.3 + 0.7 * 0.4), distribution_quantile(pert, 0.4), 1e-7);
    near(distribution_cdf(d, 1.0), 0.3, 1e-15);
    assert_true(distribution_cdf_below(d, 0.0) == 0.0);
    quantiles_fit_the_cdf(d, 1e-12);
    quantiles_rise_inside_the_support(d);
}

static void an_atom_inside_a_mixture_takes_its_share_of_u(void **state)
{
    struct quantity part[] = {number(0.5), written(QUANTITY_UNIFORM, 0.0, 1.0, 0.0)};
    double weight[] = {0.5, 0.5};
    const struct distribution *d = made(state, weighed(QUANTITY_MIXTURE, part, weight, 2));

    quantiles_are(d, 5, (double[]){0.2, 0.26, 0.5, 0.74, 0.8}, (double[]){0.4, 0.5, 0.5, 0.5, 0.6}, 1e-12);
    quantiles_fit_the_cdf(d, 1e-15);
}

static void a_mixture_has_the_least_x_whose_probability_reaches_u(void **state)
{
    struct quantity part[] = {written(QUANTITY_PERT, 1.0, 2.0, 9.0), written(QUANTITY_PERT, 2.0, 6.0, 12.0),
                              written(QUANTITY_UNIFORM, 5.0, 6.0, 0.0), number(5.5)};
    double weight[] = {3.0, 7.0, 1.0, 1.0};
    const struct distribution *d = made(state, weighed(QUANTITY_MIXTURE, part, weight, 4));

    for (int i = 0; i < GRID; ++i) {
        const double u = grid_u(i, GRID), x = distribution_quantile(d, u);

        assert_true(distribution_cdf(d, x) >= u);
        assert_true(distribution_cdf(d, nextafter(x, 0.0)) < u);
    }
    quantiles_rise_inside_the_support(d);
}

static void a_mixture_of_normals_is_unbounded_yet_finite(void **state)
{
    struct quantity part[] = {written(QUANTITY_NORMAL, -1.0, 1.0, 0.0), written(QUANTITY_NORMAL, 1.0, 0.1, 0.0),
                              written(QUANTITY_NORMAL, 50.0, 9.0, 0.0)};
    double weight[] = {1.0, 1.0, 0.1};
    const struct distribution *d = made(state, weighed(QUANTITY_MIXTURE, part, weight, 3));

    assert_true(isinf(distribution_low(d)) && isinf(distribution_high(d)));
    quantiles_fit_the_cdf(d, 1e-15);
    quantiles_rise_inside_the_support(d);
}

static void truncate_conditions_where_clamp_piles_up(void **state)
{
    struct quantity normal = written(QUANTITY_NORMAL, 0.0, 1.0, 0.0);
    const struct distribution *cut = made(state, limited(QUANTITY_TRUNCATE, &normal, 0.0, 1.0));
    const struct distribution *held = made(state, limited(QUANTITY_CLAMP, &normal, 0.0, 1.0));

    near(distribution_quantile(cut, 0.5), 0.4417705467, 1e-6); /* the normal's quantile at 1/2 + 0.3413447 / 2 */
    near(distribution_cdf(cut, 0.5), 0.1914624613 / 0.3413447461, 1e-9);
    near(distribution_cdf(cut, 0.0), 0.0, 1e-15);
    assert_true(distribution_quantile(held, 0.5) == 0.0 && distribution_quantile(held, 0.4) == 0.0);
    assert_true(distribution_quantile(held, 0.85) == 1.0);
    near(distribution_cdf(held, 0.0), 0.5, 1e-15);
    near(distribution_cdf_below(held, 1.0), 0.8413447461, 1e-9);
    assert_true(distribution_cdf(held, 1.0) == 1.0 && distribution_cdf_below(held, 0.0) == 0.0);
    cdf_undoes_quantile(cut, 1e-12);
    quantiles_fit_the_cdf(held, 1e-15);
    quantiles_rise_inside_the_support(held);
}

static void truncate_keeps_atoms_at_its_limits(void **state)
{
    struct quantity value[] = {number(1.0), number(2.0), number(3.0), number(4.0)};
    double weight[] = {1.0, 1.0, 1.0, 1.0};
    struct quantity discrete = weighed(QUANTITY_DISCRETE, value, weight, 4);
    const struct distribution *d = made(state, limited(QUANTITY_TRUNCATE, &discrete, 2.0, 3.0));

    near(distribution_cdf(d, 2.0), 0.5, 1e-15);
    assert_true(distribution_cdf_below(d, 2.0) == 0.0);
    assert_true(distribution_quantile(d, 0.4) == 2.0 && distribution_quantile(d, 0.6) == 3.0);
    quantiles_fit_the_cdf(d, 1e-15);
}

static void a_clamp_wholly_beyond_its_quantity_is_constant(void **state)
{
    struct quantity uniform = written(QUANTITY_UNIFORM, 0.0, 1.0, 0.0);

    assert_true(distribution_is_constant(made(state, limited(QUANTITY_CLAMP, &uniform, 2.0, 3.0))));
}

static void truncating_far_in_a_tail_stays_inside(void **state)
{
    struct quantity normal = written(QUANTITY_NORMAL, 0.0, 1.0, 0.0);
    const struct distribution *d = made(state, limited(QUANTITY_TRUNCATE, &normal, 5.5, 9.0));

    quantiles_rise_inside_the_support(d);
    cdf_undoes_quantile(d, 1e-7);
}

/* ---- mistakes ---- */

/* What diag_print shows after a quantity was refused; the caller frees it. */
static char *told(struct desk *desk, const struct quantity *q, bool on_probability)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_null(distribution_make(&desk->arena, &desk->tables, q, on_probability ? unit : unbounded, &desk->diag));
    diag_print(&desk->diag, out, false);
    fclose(out);
    return text;
}

/* The quantity is refused with so many errors, whose text holds every fragment (up to NULL). */
static void refused(struct quantity q, bool on_probability, size_t n_errors, const char *const fragment[])
{
    struct desk desk = {0};
    char *text = told(&desk, &q, on_probability);

    for (size_t i = 0; fragment[i]; ++i)
        if (!strstr(text, fragment[i]))
            fail_msg("\"%s\" is not told in:\n%s", fragment[i], text);
    assert_int_equal(desk.diag.n_errors, n_errors);
    free(text);
    diag_free(&desk.diag);
    tables_free(&desk.tables);
    arena_free(&desk.arena);
}

#define TELLS(...) ((const char *const[]){"levers.relief.when: ", __VA_ARGS__, NULL})

/* Of a truncation to [low, high] in the upper tail: the x at u, from upper tail probabilities. */
static double normal_cut_quantile(double low, double high, double u)
{
    const double from = gsl_cdf_ugaussian_Q(low), beyond = gsl_cdf_ugaussian_Q(high);

    return gsl_cdf_ugaussian_Qinv(beyond + (1.0 - u) * (from - beyond));
}

static void a_truncation_in_a_far_tail_keeps_its_digits(void **state)
{
    struct quantity normal = written(QUANTITY_NORMAL, 0.0, 1.0, 0.0);
    struct quantity wide = limited(QUANTITY_TRUNCATE, &normal, -9.0, 9.0);
    const struct distribution *d = made(state, limited(QUANTITY_TRUNCATE, &normal, 6.0, 9.0));
    const struct distribution *below = made(state, limited(QUANTITY_TRUNCATE, &normal, -9.0, -6.0));
    const struct distribution *twice = made(state, limited(QUANTITY_TRUNCATE, &wide, 6.0, 9.0));
    const struct distribution *farther = made(state, limited(QUANTITY_TRUNCATE, &normal, 30.0, 99.0));

    for (int i = 1; i < 100; ++i) {
        const double u = i / 100.0, x = normal_cut_quantile(6.0, 9.0, u);

        near(distribution_quantile(d, u), x, 1e-13);
        near(distribution_quantile(below, 1.0 - u), -x, 1e-12);
        near(distribution_quantile(twice, u), x, 1e-12);
        near(distribution_quantile(farther, u), gsl_cdf_ugaussian_Qinv((1.0 - u) * gsl_cdf_ugaussian_Q(30.0)), 1e-12);
    }
    cdf_undoes_quantile(d, 1e-11);
    quantiles_rise_inside_the_support(d);
    quantiles_rise_inside_the_support(farther);
}

/* Cut far out in their upper tails, quantile and cdf undo each other, which they could not where 1 - cdf has lost the
 * digits. */
static void every_form_can_be_cut_in_its_upper_tail(void **state)
{
    struct quantity part[] = {written(QUANTITY_NORMAL, 0.0, 1.0, 0.0), written(QUANTITY_NORMAL, 1.0, 1.0, 0.0)};
    double weight[] = {0.7, 0.3};
    struct quantity normal = written(QUANTITY_NORMAL, 0.0, 1.0, 0.0);
    struct {
        struct quantity q;
        double low;
    } row[] = {
        {written(QUANTITY_PERT, 0.0, 1.0, 10.0), 9.99},
        {written(QUANTITY_TRIANGULAR, 0.0, 1.0, 4.0), 3.9999999},
        {written(QUANTITY_LOGNORMAL, 1.0, 10.0, 0.0), 1e4},
        {written(QUANTITY_BETA, 0.3, 20.0, 0.0), 0.99},
        {written(QUANTITY_QUANTILES, 4.0, 9.0, 20.0), 120.0},
        {five(2.0, 5.0, 9.0, 14.0, 22.0), 150.0},
        {weighed(QUANTITY_MIXTURE, part, weight, 2), 8.0},
        {limited(QUANTITY_CLAMP, &normal, -1.0, 50.0), 8.0},
        {limited(QUANTITY_TRUNCATE, &normal, -1.0, 50.0), 8.0},
    };

    for (size_t i = 0; i < sizeof row / sizeof *row; ++i) {
        const struct distribution *d = made(state, limited(QUANTITY_TRUNCATE, &row[i].q, row[i].low, 1e99));

        for (int k = 1; k < 1000; ++k)
            near(distribution_cdf(d, distribution_quantile(d, k / 1000.0)), k / 1000.0, 1e-6);
        quantiles_rise_inside_the_support(d);
    }
}

static void a_truncation_to_unlikely_values_weighs_them(void **state)
{
    struct quantity value[] = {number(1.0), number(2.0), number(3.0)};
    double weight[] = {1.0, 3e-18, 1e-18};
    struct quantity discrete = weighed(QUANTITY_DISCRETE, value, weight, 3);
    const struct distribution *d = made(state, limited(QUANTITY_TRUNCATE, &discrete, 1.5, 3.0));

    assert_true(distribution_quantile(d, 0.74) == 2.0 && distribution_quantile(d, 0.76) == 3.0);
    near(distribution_cdf(d, 2.0), 0.75, 1e-12);
}

/* ---- beta distributions that are hardly any more ---- */

static void a_beta_of_next_to_no_observations_is_refused(void **state)
{
    (void)state;
    refused(written(QUANTITY_BETA, 0.3, 4.9e-324, 0.0), false, 1, TELLS("ess 4.940656458e-324", "discrete"));
    refused(written(QUANTITY_BETA, 1e-300, 0.5, 0.0), false, 1, TELLS("mean 1e-300"));
}

/* Whatever is left of them is 0 or 1, as often as the mean says. Large ones are the mean, their small ends a gamma's. */
static void extreme_betas_have_their_limits(void **state)
{
    const struct distribution *d = made(state, written(QUANTITY_BETA, 0.3, 1e-299, 0.0));
    const struct distribution *near_0 = made(state, written(QUANTITY_BETA, 1e-10, 20.0, 0.0));
    const struct distribution *near_1 = made(state, written(QUANTITY_BETA, 1.0 - 1e-10, 20.0, 0.0));
    const struct distribution *large = made(state, written(QUANTITY_BETA, 0.5, 1e50, 0.0));
    const struct distribution *end = made(state, written(QUANTITY_BETA, 5e-49, 1e50, 0.0));

    assert_true(distribution_quantile(d, 0.69) < 1e-300 && distribution_quantile(d, 0.71) == 1.0);
    assert_true(distribution_quantile(near_0, 0.5) < 1e-300 && distribution_quantile(near_0, 0.999) < 1e-300);
    assert_true(distribution_quantile(near_0, 1.0 - 1e-12) > 0.001);
    assert_true(distribution_quantile(near_1, 0.5) == 1.0 && distribution_quantile(near_1, 1e-12) < 0.999);
    assert_true(distribution_cdf(near_1, 0.9999999) < 1e-6 && distribution_cdf(near_0, 1e-7) > 0.999999);
    near(distribution_quantile(large, 0.5), 0.5, 1e-15);
    for (int i = 1; i < 20; ++i)
        near(distribution_quantile(end, i / 20.0) * 1e50, gsl_cdf_gamma_Pinv(i / 20.0, 50.0, 1.0), 1e-4);
}

/* ---- metalogs in bounds ---- */

static void quantiles_of_a_rate_are_those_written(void **state)
{
    const struct distribution *d = made_within(state, written(QUANTITY_QUANTILES, 0.002, 0.015, 0.06), positive);
    const double a1 = log(0.015), a2 = log(30.0) / (2.0 * log(19.0));
    const double a3 = (log(0.002) + log(0.06) - 2.0 * a1) / (0.9 * log(19.0));

    quantiles_are(d, 3, (double[]){0.05, 0.5, 0.95}, (double[]){0.002, 0.015, 0.06}, 1e-15);
    near(distribution_quantile(d, 0.25), exp(a1 - a2 * log(3.0) + a3 * 0.25 * log(3.0)), 1e-14);
    assert_true(distribution_low(d) == 0.0 && isinf(distribution_high(d)));
    cdf_undoes_quantile(d, 1e-12);
    quantiles_rise_inside_the_support(d);
    d = made_within(state, written(QUANTITY_QUANTILES, 20.0, 60.0, 90.0), (struct bounds){0.0, 100.0});
    quantiles_are(d, 3, (double[]){0.05, 0.5, 0.95}, (double[]){20.0, 60.0, 90.0}, 1e-12);
    assert_true(distribution_low(d) == 0.0 && distribution_high(d) == 100.0);
}

static void five_quantiles_are_those_written(void **state)
{
    static const double level[] = {0.05, 0.25, 0.5, 0.75, 0.95};
    const struct distribution *d = made(state, five(2.0, 5.0, 9.0, 14.0, 22.0));

    quantiles_are(d, 5, level, (double[]){2.0, 5.0, 9.0, 14.0, 22.0}, 1e-12);
    cdf_undoes_quantile(d, 1e-11);
    quantiles_rise_inside_the_support(d);
    d = made_within(state, five(0.05, 0.2, 0.3, 0.45, 0.9), unit);
    quantiles_are(d, 5, level, (double[]){0.05, 0.2, 0.3, 0.45, 0.9}, 1e-14);
    quantiles_rise_inside_the_support(d);
    d = made_within(state, five(0.001, 0.004, 0.01, 0.02, 0.08), positive);
    quantiles_are(d, 5, level, (double[]){0.001, 0.004, 0.01, 0.02, 0.08}, 1e-15);
    quantiles_rise_inside_the_support(d);
    /* the two that three quantiles imply make the metalog of three terms again: its published 10 and 90 % */
    d = made(state, five(4.0, 6.636942889, 9.0, 12.60677189, 20.0));
    quantiles_are(d, 2, (double[]){0.1, 0.9}, (double[]){5.020114, 16.959772}, 1e-5);
}

static void five_quantiles_that_no_metalog_has_are_refused(void **state)
{
    (void)state;
    refused(five(0.0, 4.9, 5.0, 5.1, 10.0), false, 1, TELLS("no metalog", "p05, p50 and p95 alone"));
    refused(five(0.0, 1.0, 9.0, 9.1, 10.0), false, 1, TELLS("no metalog"));
    refused(five(1.0, 3.0, 2.0, 4.0, 5.0), false, 1, TELLS("p25 3 is not below p50 2"));
    refused(five(0.0, 0.3, 0.5, 0.7, 1.0), true, 2, TELLS("p05 0", "p95 1 is not strictly between 0 and 1"));
}

/* Of random sets of five: what is taken for feasible rises. */
static void what_is_feasible_rises(void **state)
{
    uint64_t seed = 1;
    size_t n_feasible = 0;

    (void)state;
    for (int i = 0; i < 400; ++i) {
        struct desk desk = {0};
        struct quantity q = five(0.0, 0.0, 0.0, 0.0, 0.0);
        const struct distribution *d;

        for (int k = 0; k < 5; ++k) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            q.arg[k] = (k ? q.arg[k - 1] : 0.0) + 0.01 + (double)(seed >> 40) / 0x1p24;
        }
        d = distribution_make(&desk.arena, &desk.tables, &q, unbounded, &desk.diag);
        n_feasible += d != NULL;
        if (d)
            quantiles_rise_inside_the_support(d);
        diag_free(&desk.diag);
        tables_free(&desk.tables);
        arena_free(&desk.arena);
    }
    assert_in_range(n_feasible, 40, 360);
}

static void bounded_quantiles_at_a_bound_are_told(void **state)
{
    struct desk *desk = *state;
    const struct quantity q = written(QUANTITY_QUANTILES, 0.0, 1.0, 2.0);

    assert_null(distribution_make(&desk->arena, &desk->tables, &q, positive, &desk->diag));
    assert_non_null(strstr(diag_first_error(&desk->diag), "p05 0 is not above 0"));
}

static void crossed_limits_are_told(void **state)
{
    (void)state;
    refused(written(QUANTITY_PERT, 5.0, 3.0, 9.0), false, 1,
            TELLS("low 5 is not below mode 3", "write the smaller number first"));
    refused(written(QUANTITY_PERT, 1.0, 9.0, 5.0), false, 1, TELLS("mode 9 is not below high 5"));
    refused(written(QUANTITY_TRIANGULAR, 3.0, 2.0, 1.0), false, 2,
            TELLS("low 3 is not below mode 2", "mode 2 is not below high 1"));
    refused(written(QUANTITY_TRIANGULAR, 2.0, 2.0, 2.0), false, 1, TELLS("all 2", "write the number alone"));
    refused(written(QUANTITY_PERT, 2.0, 2.0, 2.0), false, 1, TELLS("all 2", "write the number alone"));
    refused(written(QUANTITY_UNIFORM, 2.0, 1.0, 0.0), false, 1, TELLS("low 2 is not below high 1"));
    refused(written(QUANTITY_UNIFORM, 2.0, 2.0, 0.0), false, 1, TELLS("write the number alone"));
}

static void numbers_that_are_not_finite_are_told(void **state)
{
    (void)state;
    refused(number(NAN), false, 1, TELLS("value nan is not a usable number"));
    refused(written(QUANTITY_PERT, 0.0, INFINITY, NAN), false, 2, TELLS("mode inf", "high nan"));
    refused(written(QUANTITY_NORMAL, 1e200, 1.0, 0.0), false, 1, TELLS("mean 1e+200", "between -1e100 and 1e100"));
}

static void wrong_spreads_and_means_are_told(void **state)
{
    (void)state;
    refused(written(QUANTITY_NORMAL, 1.0, 0.0, 0.0), false, 1, TELLS("sd 0 is not above 0", "write the mean alone"));
    refused(written(QUANTITY_NORMAL, 1.0, -2.0, 0.0), false, 1, TELLS("sd -2 is not above 0"));
    refused(written(QUANTITY_LOGNORMAL, 0.0, 1.0, 0.0), false, 1, TELLS("p05 0 is not above 0"));
    refused(written(QUANTITY_LOGNORMAL, 3.0, 1.0, 0.0), false, 1, TELLS("p05 3 is not below p95 1"));
    refused(written(QUANTITY_LOGNORMAL, -1.0, -2.0, 0.0), false, 2, TELLS("not above 0", "not below p95 -2"));
    refused(written(QUANTITY_BETA, 1.0, 5.0, 0.0), false, 1, TELLS("mean 1 is not strictly between 0 and 1"));
    refused(written(QUANTITY_BETA, 0.0, 0.0, 0.0), false, 2, TELLS("mean 0", "ess 0 is not above 0"));
}

static void infeasible_quantiles_are_told_with_the_range_of_the_median(void **state)
{
    (void)state;
    refused(written(QUANTITY_QUANTILES, 5.0, 4.0, 20.0), false, 1, TELLS("p05 5 is not below p50 4"));
    refused(written(QUANTITY_QUANTILES, 5.0, 4.0, 3.0), false, 2, TELLS("p05 5", "p50 4 is not below p95 3"));
    refused(written(QUANTITY_QUANTILES, 0.0, 12.0, 100.0), false, 1, TELLS("p50 12", "between 12.49 and 87.51"));
    refused(written(QUANTITY_QUANTILES, 0.0, 88.0, 100.0), false, 1, TELLS("between 12.49 and 87.51"));
    refused(written(QUANTITY_QUANTILES, 0.1, 0.5, 1.0), true, 1, TELLS("p95 1 is not strictly between 0 and 1"));
    /* logits -ln 9 and ln 9: the median's lies within 0.7502 ln 9 of 0 */
    refused(written(QUANTITY_QUANTILES, 0.1, 0.12, 0.9), true, 1, TELLS("between 0.1613 and 0.8387"));
}

static void useless_weights_are_told(void **state)
{
    struct quantity part[] = {number(1.0), number(2.0)};
    double none[] = {0.0, 0.0}, bad[] = {-1.0, NAN};

    (void)state;
    refused(weighed(QUANTITY_DISCRETE, part, none, 2), false, 1, TELLS("all weights are 0"));
    refused(weighed(QUANTITY_MIXTURE, part, bad, 2), false, 2, TELLS("weight -1", "weight nan"));
    refused(weighed(QUANTITY_MIXTURE, NULL, NULL, 0), false, 1, TELLS("there are no parts"));
    refused(weighed(QUANTITY_DISCRETE, NULL, NULL, 0), false, 1, TELLS("there are no parts"));
}

static void empty_truncations_and_crossed_limits_are_told(void **state)
{
    struct quantity normal = written(QUANTITY_NORMAL, 0.0, 1.0, 0.0);
    struct quantity uniform = written(QUANTITY_UNIFORM, 0.0, 1.0, 0.0);

    (void)state;
    refused(limited(QUANTITY_TRUNCATE, &normal, 40.0, 41.0), false, 1,
            TELLS("nothing of the quantity is left between 40 and 41"));
    refused(limited(QUANTITY_TRUNCATE, &normal, 1.0, 1.0 + 1e-12), false, 1,
            TELLS("too little of the quantity is left"));
    refused(limited(QUANTITY_TRUNCATE, &uniform, 2.0, 3.0), false, 1, TELLS("is left between 2 and 3"));
    refused(limited(QUANTITY_TRUNCATE, &uniform, -3.0, -2.0), false, 1, TELLS("is left between -3 and -2"));
    refused(limited(QUANTITY_TRUNCATE, &uniform, 1.0, 0.0), false, 1, TELLS("low 1 is not below high 0"));
    refused(limited(QUANTITY_CLAMP, &uniform, 0.5, 0.5), false, 1, TELLS("low 0.5 is not below high 0.5"));
}

static void mistakes_in_nested_parts_are_told_in_one_go(void **state)
{
    struct quantity pert = written(QUANTITY_PERT, 5.0, 3.0, 1.0);
    struct quantity part[] = {limited(QUANTITY_CLAMP, &pert, 4.0, 2.0), written(QUANTITY_NORMAL, 0.0, -1.0, 0.0)};
    double weight[] = {-1.0, 1.0};

    (void)state;
    refused(weighed(QUANTITY_MIXTURE, part, weight, 2), false, 5,
            TELLS("low 5", "mode 3", "low 4 is not below high 2", "sd -1", "weight -1"));
}

static void a_nested_parameter_or_a_discrete_distribution_of_distributions_is_told(void **state)
{
    struct quantity parameter = written(QUANTITY_PARAMETER, 0.0, 0.0, 0.0);
    struct quantity uniform = written(QUANTITY_UNIFORM, 0.0, 1.0, 0.0);
    double weight[] = {1.0};

    (void)state;
    refused(limited(QUANTITY_CLAMP, &parameter, 0.0, 1.0), false, 1,
            TELLS("a shared parameter cannot stand inside a distribution"));
    refused(weighed(QUANTITY_DISCRETE, &uniform, weight, 1), false, 1, TELLS("is not a number"));
}

static void a_mistake_points_at_its_argument(void **state)
{
    static const char text[] = "when = (\"pert\", 5, 3, 9);\n";
    struct desk *desk = *state;
    const struct source *source = source_from_text(&desk->arena, "a.cfg", text, strlen(text));
    struct quantity q = written(QUANTITY_PERT, 5.0, 3.0, 9.0);
    char *shown;

    for (size_t i = 0; i < 3; ++i)
        q.arg_place[i] = source_place(source, 16 + 3 * i, 1);
    shown = told(desk, &q, false);
    assert_non_null(strstr(shown, "a.cfg:1:17: error: levers.relief.when: low 5 is not below mode 3"));
    free(shown);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pert_has_the_published_quantiles),
        TEST(pert_has_the_mean_and_sd_of_its_formula),
        TEST(beta_has_the_published_quantiles),
        TEST(beta_of_two_observations_at_a_half_is_uniform),
        TEST(beta_of_one_observation_at_a_half_is_the_arcsine_law),
        TEST(lognormal_has_the_published_mu_and_sigma),
        TEST(normal_has_its_tabled_quantiles),
        TEST(metalog_has_the_published_quantiles),
        TEST(metalog_has_the_published_coefficients),
        TEST(logit_metalog_has_the_published_quantiles),
        TEST(triangular_has_its_closed_form),
        TEST(quantile_and_cdf_are_inverse_for_every_form),
        TEST(quantile_and_cdf_are_inverse_for_many_beta_shapes),
        TEST(extreme_beta_shapes_stay_finite_and_rise),
        TEST(neighbouring_u_never_give_falling_quantiles),
        TEST(probabilities_of_a_beta_are_near_the_exact_ones),
        TEST(neighbouring_x_never_have_falling_probabilities),
        TEST(a_pert_of_one_sided_mode_is_a_power_law),
        TEST(a_number_is_constant),
        TEST(discrete_values_are_sorted_and_equal_ones_merged),
        TEST(a_mixture_of_a_number_and_a_pert_has_an_atom),
        TEST(an_atom_inside_a_mixture_takes_its_share_of_u),
        TEST(a_mixture_has_the_least_x_whose_probability_reaches_u),
        TEST(a_mixture_of_normals_is_unbounded_yet_finite),
        TEST(truncate_conditions_where_clamp_piles_up),
        TEST(truncate_keeps_atoms_at_its_limits),
        TEST(a_clamp_wholly_beyond_its_quantity_is_constant),
        TEST(truncating_far_in_a_tail_stays_inside),
        TEST(a_truncation_in_a_far_tail_keeps_its_digits),
        TEST(every_form_can_be_cut_in_its_upper_tail),
        TEST(a_truncation_to_unlikely_values_weighs_them),
        TEST(a_beta_of_next_to_no_observations_is_refused),
        TEST(extreme_betas_have_their_limits),
        TEST(quantiles_of_a_rate_are_those_written),
        TEST(five_quantiles_are_those_written),
        TEST(five_quantiles_that_no_metalog_has_are_refused),
        TEST(what_is_feasible_rises),
        TEST(bounded_quantiles_at_a_bound_are_told),
        TEST(crossed_limits_are_told),
        TEST(numbers_that_are_not_finite_are_told),
        TEST(wrong_spreads_and_means_are_told),
        TEST(infeasible_quantiles_are_told_with_the_range_of_the_median),
        TEST(useless_weights_are_told),
        TEST(empty_truncations_and_crossed_limits_are_told),
        TEST(mistakes_in_nested_parts_are_told_in_one_go),
        TEST(a_nested_parameter_or_a_discrete_distribution_of_distributions_is_told),
        TEST(a_mistake_points_at_its_argument),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests_name("distribution", tests, NULL, NULL);
}
