/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unmixing: the distribution of probabilities behind shares of a few runs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "sim/math/deconvolve.h"

enum { RUNS = 64, WORLDS = 100000, LEVELS = 3 };

static const double level[LEVELS] = {0.05, 0.5, 0.95};

static double binomial(double n, double k, double p)
{
    return exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) + k * log(p) + (n - k) * log1p(-p));
}

/* Counts as many worlds would show them on average, p spread evenly over [low, high] of weight `weight`. */
static void add(uint64_t *worlds, double weight, double low, double high)
{
    enum { POINTS = 400 };

    for (size_t count = 0; count <= RUNS; count++) {
        double sum = 0.0;

        for (int i = 0; i < POINTS; i++)
            sum += binomial(RUNS, (double)count, low + (high - low) * (i + 0.5) / POINTS) / POINTS;
        worlds[count] += (uint64_t)llround(weight * WORLDS * sum);
    }
}

static void check(const uint64_t *worlds, const double *expected)
{
    struct deconvolve deconvolve;
    double quantile[LEVELS];

    deconvolve_init(&deconvolve, RUNS);
    deconvolve_quantiles(&deconvolve, quantile, level, LEVELS, worlds);
    for (size_t i = 0; i < LEVELS; i++)
        assert_true(fabs(quantile[i] - expected[i]) < 4.0 * deconvolve_resolution(&deconvolve, expected[i]));
    deconvolve_free(&deconvolve);
}

static void an_even_spread_is_found(void **state)
{
    uint64_t worlds[RUNS + 1] = {0};

    (void)state;
    add(worlds, 1.0, 0.2, 0.8);
    check(worlds, (const double[]){0.23, 0.5, 0.77});
}

static void a_few_values_are_found(void **state)
{
    uint64_t worlds[RUNS + 1] = {0};

    (void)state;
    add(worlds, 0.3, 0.1, 0.1);
    add(worlds, 0.4, 0.5, 0.5);
    add(worlds, 0.3, 0.9, 0.9);
    check(worlds, (const double[]){0.1, 0.5, 0.9});
}

static void certainty_is_found(void **state)
{
    uint64_t worlds[RUNS + 1] = {0};

    (void)state;
    worlds[RUNS] = WORLDS;
    check(worlds, (const double[]){1.0 - 1e-3, 1.0 - 1e-3, 1.0 - 1e-3});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_even_spread_is_found),
        cmocka_unit_test(a_few_values_are_found),
        cmocka_unit_test(certainty_is_found),
    };

    return cmocka_run_group_tests_name("unmix", tests, NULL, NULL);
}
