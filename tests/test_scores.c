/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores against their published numbers (models.md, A7 and D6; evidence.md, B7), frozen forecasts against played ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "sim/math/scores.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 5e-7)

static void three_categories_score_as_published(void **state)
{
    static const double p[] = {0.2, 0.5, 0.3};
    static const double brier[] = {0.98, 0.38, 0.78}, log[] = {1.609438, 0.693147, 1.203973},
                        rps[] = {0.365, 0.065, 0.265};

    (void)state;
    for (size_t o = 0; o < 3; o++) {
        NEAR(score_brier(p, 3, o), brier[o]);
        NEAR(score_log(p, 3, o), log[o]);
        NEAR(score_rps(p, 3, o), rps[o]);
    }
}

static void yes_or_no_scores_as_published(void **state)
{
    static const double p[][2] = {{0.3, 0.7}, {0.7, 0.3}, {0.5, 0.5}}, brier[] = {0.09, 0.49, 0.25};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        NEAR(score_brier(p[i], 2, 1), brier[i]);
        NEAR(score_rps(p[i], 2, 1), brier[i]);
    }
    assert_true(isinf(score_log((const double[]){1.0, 0.0}, 2, 1)));
    assert_true(score_log((const double[]){0.0, 1.0}, 2, 1) == 0.0);
}

/* The five analysts on none, one or both coastal bases held after a year: both were. */
static void analysts_score_as_worked_out(void **state)
{
    static const double p[][3] = {
        {0.20, 0.20, 0.60}, {0.25, 0.25, 0.50}, {0.10, 0.20, 0.70}, {0.50, 0.25, 0.25}, {0.20, 0.25, 0.55}};
    static const double brier[] = {0.24, 0.375, 0.14, 0.875, 0.305}, log[] = {0.5108, 0.6931, 0.3567, 1.3863, 0.5978},
                        rps[] = {0.20, 0.3125, 0.10, 0.8125, 0.2425};

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        NEAR(score_brier(p[i], 3, 2), brier[i]);
        assert_true(fabs(score_log(p[i], 3, 2) - log[i]) < 5e-5);
        NEAR(2.0 * score_rps(p[i], 3, 2), rps[i]); /* theirs is not divided by k - 1 */
    }
}

static void brier_falls_into_murphys_parts(void **state)
{
    static const double p[] = {0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5, 0.9, 0.9};
    static const bool came[] = {false, false, true, false, true, false, true, false, true, true};
    const struct calibration it = score_calibration(p, came, 10);

    (void)state;
    NEAR(it.brier, 0.186);
    NEAR(it.reliability, 0.011);
    NEAR(it.resolution, 0.075);
    NEAR(it.uncertainty, 0.25);
    NEAR(it.within, 0.0);
    assert_int_equal(it.bin[1].n, 4);
    assert_int_equal(it.bin[9].came, 2);
}

static void parts_add_up_whatever_the_forecasts(void **state)
{
    double p[40];
    bool came[40];
    struct calibration it;

    (void)state;
    for (size_t i = 0; i < 40; i++) {
        p[i] = fmod(0.37 * (double)(i + 1), 1.0);
        came[i] = i % 3 == 0;
    }
    p[39] = 1.0;
    it = score_calibration(p, came, 40);
    NEAR(it.brier, it.reliability - it.resolution + it.uncertainty + it.within);
    assert_true(it.within != 0.0);
    assert_int_equal(it.n, 40);
}

/* No forecast is no perfect forecast; certainty that proves right scores 0, not -0. */
static void nothing_and_certainty_score_as_they_should(void **state)
{
    const struct calibration it = score_calibration(NULL, NULL, 0);

    (void)state;
    assert_true(isnan(it.brier) && isnan(it.reliability) && isnan(it.resolution) && isnan(it.uncertainty));
    assert_false(signbit(score_log((const double[]){0.0, 1.0}, 2, 1)));
    assert_false(signbit(score_log((const double[]){0.0, 1.0 + 1e-9}, 2, 1)));
}

/* Every tenth falls in the bin that it begins, however it was rounded. */
static void tenths_begin_their_bins(void **state)
{
    (void)state;
    for (size_t b = 0; b <= 10; b++)
        for (int side = -1; side <= 1; side++) {
            const double p = (double)b / 10.0 + side * 1e-7;
            const bool came = true;
            const struct calibration it = score_calibration(&p, &came, 1);

            assert_int_equal(it.bin[b < 10 ? b : 9].n, 1);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_categories_score_as_published),
        cmocka_unit_test(yes_or_no_scores_as_published),
        cmocka_unit_test(analysts_score_as_worked_out),
        cmocka_unit_test(brier_falls_into_murphys_parts),
        cmocka_unit_test(parts_add_up_whatever_the_forecasts),
        cmocka_unit_test(nothing_and_certainty_score_as_they_should),
        cmocka_unit_test(tenths_begin_their_bins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
