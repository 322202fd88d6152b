/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told while a scenario is played: how far it is, of all that there is. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "sim/command/load.h"
#include "sim/command/playing.h"
#include "sim/command/terminal.h"

enum { MOST = 1 << 20 };

struct told {
    double *fraction;
    double *draws;
    size_t n;
};

static void note(void *context, uint64_t n_draws, double fraction)
{
    struct told *told = context;

    assert_true(told->n < MOST);
    told->fraction[told->n] = fraction;
    told->draws[told->n++] = (double)n_draws;
}

/* Play the shipped example; returns the draws that were played. */
static double play_told(struct told *told, struct playing *playing)
{
    const char *path = "scenarios/first.cfg";
    const struct operands operands = {&path, 1};
    const struct option_overrides none = {0};
    struct play_settings settings;
    struct play_result result;
    struct diag diag = {0};
    struct batch batch;
    double draws;

    *told = (struct told){malloc(MOST * sizeof(double)), malloc(MOST * sizeof(double)), 0};
    assert_true(told->fraction && told->draws);
    load_to_play(&batch, &operands, &none, &diag);
    assert_int_equal(diag.n_errors, 0);
    playing->seed = (struct option_seed){1, true};
    playing->threads = 1; /* so that every unit is told of */
    settings = playing_settings(playing, batch.item[0].plan, false);
    settings.progress = note;
    settings.context = told;
    settings.stop = NULL;
    playing_play(&result, batch.item[0].plan, &settings);
    assert_true(result.complete);
    draws = (double)result.n_draws;
    play_free(&result);
    load_free(&batch);
    diag_free(&diag);
    return draws;
}

static void free_told(struct told *told)
{
    free(told->fraction);
    free(told->draws);
}

/* Three chunks of worlds and a bit: what is told is the share of all of them. */
static void the_fraction_is_of_all(void **state)
{
    struct playing playing = {.worlds = 3 * 4096 + 100, .runs = 2, .estimator = ESTIMATOR_CONDITIONAL};
    struct told told;
    const double all = play_told(&told, &playing);

    (void)state;
    assert_true(told.n > 100);
    for (size_t i = 0; i < told.n; i++) {
        assert_true(fabs(told.fraction[i] - told.draws[i] / all) < 1e-12);
        assert_true(i == 0 || told.draws[i] > told.draws[i - 1]);
    }
    assert_true(told.fraction[told.n - 1] == 1.0);
    free_told(&told);
}

/* What a precision will take is learnt from the error so far. By a quarter of the way it is known within a factor of two, and the
 * end is the end; draws go on counting where most of a world is left out. */
static void a_precision_is_foreseen(void **state)
{
    struct playing playing = {.precision = 0.0006, .design = DESIGN_MC};
    struct told told;
    const double all = play_told(&told, &playing);

    (void)state;
    for (size_t i = 0; i < told.n; i++) {
        const double truth = told.draws[i] / all;

        assert_true(i == 0 || told.draws[i] > told.draws[i - 1]);
        assert_true(truth < 0.25 || fabs(log(told.fraction[i] / truth)) < log(2.0));
    }
    assert_true(told.draws[told.n - 1] == all);
    assert_true(told.fraction[told.n - 1] > 0.8);
    free_told(&told);
}

/* Of work in parts the whole is told, and it never falls. */
static void parts_add_up(void **state)
{
    struct progress progress;

    (void)state;
    progress_begin(&progress, "all", true);
    progress_part(&progress, "one", 0.0, 0.25);
    progress_show(&progress, 10, 0.5);
    assert_true(progress.reached == 0.125);
    progress_show(&progress, 20, 0.4);
    assert_true(progress.reached == 0.125);
    progress_part(&progress, "two", 0.25, 0.75);
    progress_show(&progress, 30, 0.0);
    assert_true(progress.reached == 0.25);
    assert_int_equal(progress.draws, 50);
    progress_show(&progress, 60, 1.0);
    assert_true(progress.reached == 1.0);
    progress_end(&progress);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fraction_is_of_all),
        cmocka_unit_test(a_precision_is_foreseen),
        cmocka_unit_test(parts_add_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
