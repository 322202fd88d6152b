/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pools of probabilities and distributions, and what analysts disagree by (models.md, A7). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>
#include "sim/analysis/arms.h"
#include "sim/analysis/uncertainty.h"
#include "sim/analysis/pooling.h"
#include "sim/analysis/summarise.h"
#include "sim/text/diag.h"

#define NEAR(a, b, limit) assert_true(fabs((a) - (b)) < (limit))

static const double third[] = {1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0};

static void probabilities_pool_as_published(void **state)
{
    static const double p[] = {0.2, 0.5, 0.7};

    (void)state;
    NEAR(pooling_probability(POOL_LINEAR, p, third, 3, 1.0), 0.466667, 5e-7);
    NEAR(pooling_probability(POOL_LOGARITHMIC, p, third, 3, 1.0), 0.455204, 5e-7);
    NEAR(pooling_probability(POOL_EXTREMISED, p, third, 3, 1.5), 0.433030, 5e-7);
    NEAR(pooling_probability(POOL_EXTREMISED, p, third, 3, 2.5), 0.389560, 5e-7);
}

static void distributions_pool_as_published(void **state)
{
    static const double p[] = {0.6, 0.3, 0.1, 0.2, 0.5, 0.3}, half[] = {0.5, 0.5};
    double out[3];

    (void)state;
    pooling_distribution(POOL_LINEAR, p, half, 2, 3, 1.0, out);
    NEAR(out[0], 0.4, 1e-15);
    NEAR(out[1], 0.4, 1e-15);
    NEAR(out[2], 0.2, 1e-15);
    pooling_distribution(POOL_LOGARITHMIC, p, half, 2, 3, 1.0, out);
    NEAR(out[0], 0.381966, 5e-7);
    NEAR(out[1], 0.427051, 5e-7);
    NEAR(out[2], 0.190983, 5e-7);
}

static void certainties_and_weights_keep_their_meaning(void **state)
{
    static const double p[] = {0.0, 0.5, 1.0}, first[] = {1.0, 0.0, 0.0}, two[] = {0.5, 0.5, 0.0};

    (void)state;
    assert_true(pooling_probability(POOL_LINEAR, p, first, 3, 1.0) == 0.0);
    assert_true(pooling_probability(POOL_LOGARITHMIC, p, two, 3, 1.0) == 0.0); /* one says never */
}

static void divergence_is_none_or_all(void **state)
{
    static const double same[] = {0.3, 0.7, 0.3, 0.7}, apart[] = {1.0, 0.0, 0.0, 1.0}, half[] = {0.5, 0.5};

    (void)state;
    assert_true(pooling_divergence(same, half, 2, 2) < 1e-15);
    NEAR(pooling_divergence(apart, half, 2, 2), 1.0, 1e-15);
}

/* The spread over worlds from answers alone is that of a whole run. */
static void ignorance_is_that_of_a_whole_run(void **state)
{
    struct arena arena = {0};
    struct diag diag = {0};
    const struct play_settings settings = {.seed = 5, .n_worlds = 2048, .n_runs = 16};
    struct scenario *scenario =
        scenario_read("scenarios/first.cfg", NULL, 0, model_schemas(&arena), model_count, &diag);
    struct plan *whole = plan_compile(scenario, model_find("hazard"), &diag),
                *answers = plan_compile_answers(scenario, model_find("hazard"), NULL, NULL, &diag);
    const struct plan *const plan[] = {whole, answers};
    struct play_result result;
    struct arm_estimates outcome;
    struct answer *answer;

    (void)state;
    gsl_set_error_handler_off();
    play(&result, plan, 2, &settings);
    answer = summarise(whole, &result, 0, settings.n_runs);
    arm_estimates_init(&outcome, &result.arm[1]);
    NEAR(arm_estimates_share(&outcome, 0, REPLICATES), answer->question[0].p.value, 1e-7);
    NEAR(outcome.ignorance[0], answer->question[0].spread.sd_epistemic, 1e-4);
    assert_true(outcome.ignorance[0] > 0.05);
    arm_estimates_free(&outcome);
    answer_free(answer);
    play_free(&result);
    plan_free(whole);
    plan_free(answers);
    scenario_free(scenario);
    diag_free(&diag);
    arena_free(&arena);
}

/* Later worlds of a precise run are played for their answers alone: no one can tell from these. */
static void shortcuts_of_precision_do_not_show(void **state)
{
    if (getenv("FOOTHOLD_QUICK"))
        skip();

    struct arena arena = {0};
    struct diag diag = {0};
    struct play_settings settings = {.seed = 5, .n_worlds = 1024, .n_runs = 1, .precision = 4e-5};
    struct scenario *scenario =
        scenario_read("scenarios/first.cfg", NULL, 0, model_schemas(&arena), model_count, &diag);
    struct plan *whole = plan_compile(scenario, model_find("hazard"), &diag),
                *answers = plan_compile_answers(scenario, model_find("hazard"), NULL, NULL, &diag);
    const struct plan *const plan = whole, *const short_plan = answers;
    struct play_result result[2];
    double p[2], se[2];

    (void)state;
    gsl_set_error_handler_off();
    for (size_t i = 0; i < 2; i++) {
        const struct tally *tally;

        settings.answers = i ? &short_plan : NULL;
        play(&result[i], &plan, 1, &settings);
        tally = &result[i].arm[0].tally;
        p[i] = tally_share(tally, tally->at.question, &se[i]);
        assert_true(se[i] < settings.precision);
        assert_true(tally_counted(tally, tally->at.question) == tally_runs(tally));
    }
    assert_true(result[0].n_worlds == result[1].n_worlds && result[0].n_worlds > 2 * PLAY_WHOLE_WORLDS);
    assert_true(tally_counted(&result[1].arm[0].tally, result[1].arm[0].tally.at.state) < result[1].n_worlds);
    NEAR(p[0], p[1], 1e-7);
    NEAR(se[0], se[1], 1e-8);
    play_free(&result[0]);
    play_free(&result[1]);
    plan_free(whole);
    plan_free(answers);
    scenario_free(scenario);
    diag_free(&diag);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probabilities_pool_as_published),
        cmocka_unit_test(distributions_pool_as_published),
        cmocka_unit_test(certainties_and_weights_keep_their_meaning),
        cmocka_unit_test(divergence_is_none_or_all),
        cmocka_unit_test(ignorance_is_that_of_a_whole_run),
        cmocka_unit_test(shortcuts_of_precision_do_not_show),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
