/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include "sim/plan/copula.h"
#include "sim/plan/distribution.h"
#include "sim/math/tables.h"
#include "sim/text/diag.h"
#include "sim/scenario/quantity.h"

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

static void near(double value, double expected, double error)
{
    if (!(fabs(value - expected) <= error))
        fail_msg("%.12g is not within %g of %.12g", value, error, expected);
}

static const struct distribution *made(void **state, struct quantity q)
{
    struct desk *desk = *state;
    const struct distribution *d =
        distribution_make(&desk->arena, &desk->tables, &q, (struct bounds){-INFINITY, INFINITY}, &desk->diag);

    assert_non_null(d);
    return d;
}

static const struct distribution *uniform(void **state)
{
    return made(state, (struct quantity){.form = QUANTITY_UNIFORM, .arg = {0.0, 1.0}, .path = "x"});
}

/* 1 with probability p, else 0. */
static const struct distribution *coin(void **state, double p)
{
    struct quantity value[] = {{.form = QUANTITY_NUMBER, .arg = {0.0}, .path = "x"},
                               {.form = QUANTITY_NUMBER, .arg = {1.0}, .path = "x"}};
    double weight[] = {1.0 - p, p};
    struct place nowhere[2] = {{0}};

    return made(state, (struct quantity){.form = QUANTITY_DISCRETE,
                                         .part = value,
                                         .weight = weight,
                                         .weight_place = nowhere,
                                         .n_parts = 2,
                                         .path = "x"});
}

/* A normal held between -0.5 and 2: continuous with an atom at each end. */
static const struct distribution *clamped(void **state)
{
    struct quantity normal = {.form = QUANTITY_NORMAL, .arg = {0.0, 1.0}, .path = "x"};

    return made(state, (struct quantity){
                           .form = QUANTITY_CLAMP, .arg = {-0.5, 2.0}, .part = &normal, .n_parts = 1, .path = "x"});
}

/* Two even coins: rho_s = 2 / pi asin(rho), from P(Z1 > 0, Z2 > 0) = 1/4 + asin(rho) / 2 pi (Sheppard 1899). */
static void even_coins_have_sheppards_correlation(void **state)
{
    static const double asked[] = {-0.9, -0.3, 0.0, 0.1, 0.5, 0.9, 0.99};
    struct copula_limits limits;

    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        near(copula_rho(coin(state, 0.5), coin(state, 0.5), asked[i], &limits), sin(M_PI * asked[i] / 2.0), 1e-5);
    near(limits.most, 1.0, 1e-12);
    near(limits.least, -1.0, 1e-12);
}

/* An even coin and a continuous quantity: rho_s = sqrt(12) / pi asin(rho / sqrt 2), at most sqrt(3) / 2. */
static void a_coin_and_a_uniform_have_their_closed_form(void **state)
{
    static const double asked[] = {-0.8, -0.2, 0.3, 0.6, 0.8};
    struct copula_limits limits;

    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        near(copula_rho(coin(state, 0.5), uniform(state), asked[i], &limits),
             M_SQRT2 * sin(M_PI * asked[i] / sqrt(12.0)), 5e-4);
    near(limits.most, sqrt(0.75), 3e-4);
    near(limits.least, -sqrt(0.75), 3e-4);
}

/* Of unlike coins p and q the largest is sqrt(q (1 - p) / (p (1 - q))), q < p. */
static void unlike_coins_have_a_largest_correlation(void **state)
{
    struct copula_limits limits;

    assert_true(copula_rho(coin(state, 0.5), coin(state, 0.1), 0.9, &limits) > 0.999);
    near(limits.most, 1.0 / 3.0, 1e-9);
    near(limits.least, -1.0 / 3.0, 1e-9);
    copula_rho(coin(state, 0.3), coin(state, 0.2), 0.9, &limits);
    near(limits.most, sqrt(0.2 * 0.7 / (0.3 * 0.8)), 1e-9);
    near(limits.least, -sqrt(0.2 * 0.3 / (0.7 * 0.8)), 1e-9);
}

static void continuous_quantities_keep_their_formula(void **state)
{
    struct copula_limits limits;

    assert_true(copula_rho(uniform(state), uniform(state), 0.7, &limits) == 2.0 * sin(M_PI * 0.7 / 6.0));
    assert_true(limits.most == 1.0 && limits.least == -1.0);
}

enum { DRAWS = 100000 };

static void mid_ranks(const double *x, double *rank)
{
    size_t *order = memory_new(DRAWS, sizeof *order);

    gsl_sort_index(order, x, 1, DRAWS);
    for (size_t i = 0, j; i < DRAWS; i = j) {
        for (j = i; j < DRAWS && x[order[j]] == x[order[i]]; j++) {
        }
        for (size_t k = i; k < j; k++)
            rank[order[k]] = (double)(i + j - 1) / 2.0;
    }
    free(order);
}

static double correlation(const double *x, const double *y)
{
    double xy = 0.0, xx = 0.0, yy = 0.0;

    for (size_t i = 0; i < DRAWS; i++) {
        const double a = x[i] - (DRAWS - 1) / 2.0, b = y[i] - (DRAWS - 1) / 2.0;

        xy += a * b;
        xx += a * a;
        yy += b * b;
    }
    return xy / sqrt(xx * yy);
}

/* The rank correlation of draws is the one asked for, to six of its errors. */
static void draws_realise(const struct distribution *a, const struct distribution *b, double asked)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double *x = memory_new(DRAWS, sizeof *x), *y = memory_new(DRAWS, sizeof *y),
           *rank = memory_new(2 * DRAWS, sizeof *rank);
    struct copula_limits limits;
    const double rho = copula_rho(a, b, asked, &limits);

    for (size_t i = 0; i < DRAWS; i++) {
        const double z1 = gsl_ran_gaussian(rng, 1.0),
                     z2 = rho * z1 + sqrt(1.0 - rho * rho) * gsl_ran_gaussian(rng, 1.0);

        x[i] = distribution_quantile(a, gsl_cdf_ugaussian_P(z1));
        y[i] = distribution_quantile(b, gsl_cdf_ugaussian_P(z2));
    }
    mid_ranks(x, rank);
    mid_ranks(y, rank + DRAWS);
    near(correlation(rank, rank + DRAWS), asked, 6.0 / sqrt(DRAWS));
    free(rank);
    free(y);
    free(x);
    gsl_rng_free(rng);
}

static void draws_have_the_correlation_asked_for(void **state)
{
    draws_realise(coin(state, 0.5), coin(state, 0.5), 0.9);
    draws_realise(coin(state, 0.3), uniform(state), 0.7);
    draws_realise(coin(state, 0.3), coin(state, 0.2), -0.3);
    draws_realise(clamped(state), uniform(state), 0.9);
    draws_realise(clamped(state), coin(state, 0.5), 0.6);
    draws_realise(clamped(state), clamped(state), -0.8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(even_coins_have_sheppards_correlation),   TEST(a_coin_and_a_uniform_have_their_closed_form),
        TEST(unlike_coins_have_a_largest_correlation), TEST(continuous_quantities_keep_their_formula),
        TEST(draws_have_the_correlation_asked_for),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests_name("copula", tests, NULL, NULL);
}
