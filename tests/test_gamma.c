/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tabled gamma quantile against GSL's cdf, and the mean and variance that come of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include "sim/math/gamma.h"
#include "sim/system/memory.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const double variance[] = {0.01, 0.1, 0.4, 0.73, 1.0, 2.0, 6.25, 30.0};

static double quantile(const struct gamma *gamma, double v, double u)
{
    double x;

    gamma_quantiles(gamma, v, &u, &x, 1);
    return x;
}

/* d ln P / d ln x is at most the shape or so in the lower tail: an error of x counts by what it does to the probability. */
static void quantiles_undo_the_cdf(void **state)
{
    struct arena arena = {0};
    const struct gamma *gamma = gamma_make(&arena, 0.0, 31.0);

    (void)state;
    for (size_t i = 0; i < COUNT(variance); i++) {
        const double v = variance[i];
        double last = 0.0;

        for (double t = -30.0; t <= 20.0; t += 0.37) { /* nearer to 1 the uniform itself has too few digits */
            const double u = 1.0 / (1.0 + exp(-t)), x = quantile(gamma, v, u);
            const double tail = t < 0.0 ? gsl_cdf_gamma_P(x, 1.0 / v, v) : gsl_cdf_gamma_Q(x, 1.0 / v, v);
            const double wanted = 1.0 / (1.0 + exp(fabs(t)));

            assert_true(x >= last);
            last = x;
            if ((x > 1e-300 && !(fabs(tail / wanted - 1.0) < 1e-3)) || !(fabs(tail - wanted) < 1e-5))
                fail_msg("variance %g, u %.10g: x %.10g has tail %.10g", v, u, x, tail);
        }
    }
    arena_free(&arena);
}

static void mean_and_variance_are_as_asked(void **state)
{
    enum { N = 200000 };
    struct arena arena = {0};
    const struct gamma *gamma = gamma_make(&arena, 0.05, 1.0);

    (void)state;
    for (size_t i = 0; i < COUNT(variance); i++) { /* outside the table, too */
        const double v = variance[i];
        double sum = 0.0, squares = 0.0;

        if (v > 2.5)
            continue;
        for (size_t k = 0; k < N; k++) {
            const double x = quantile(gamma, v, ((double)k + 0.5) / N);

            sum += x;
            squares += x * x;
        }
        assert_true(fabs(sum / N - 1.0) < 1e-4);
        assert_true(fabs(squares / N - 1.0 - v) < 2e-3 * v);
    }
    assert_true(quantile(gamma, 0.0, 0.3) == 1.0);
    arena_free(&arena);
}

/* Nearly all of it below the least double, the rest far above: E exp(-1.2 X) is (1 + 1.2 v)^(-1 / v), from strata of u. */
static void huge_variances_have_their_transform(void **state)
{
    enum { N = 20000 };
    static const double huge[] = {1e3, 1e4, 1e6, 1e50};
    struct arena arena = {0};
    const struct gamma *gamma = gamma_make(&arena, 0.0, 1.0);

    (void)state;
    for (size_t i = 0; i < COUNT(huge); i++) {
        double sum = 0.0, last = 0.0;

        for (size_t k = 0; k < N; k++) {
            const double x = quantile(gamma, huge[i], ((double)k + 0.5) / N);

            assert_true(x >= last);
            last = x;
            sum += exp(-1.2 * x);
        }
        assert_true(fabs(sum / N - exp(-log1p(1.2 * huge[i]) / huge[i])) < 1e-4);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_undo_the_cdf),
        cmocka_unit_test(mean_and_variance_are_as_asked),
        cmocka_unit_test(huge_variances_have_their_transform),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests_name("gamma", tests, NULL, NULL);
}
