/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Input uncertainty: closed forms, each figure within its error, and a point where nothing is uncertain. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "sim/analysis/summarise.h"
#include "tests/fixture.h"

#define HEAD                                                                                                           \
    "format = 1; as_of = \"2025-01-01\"; horizon = 24.0;"                                                              \
    "states = { LOST = { held = false; final = true; }; IN = { held = true; initial = true; }; };"                     \
    "bases = { port = { }; };"

static struct answer *answer_of(const struct fixture *it, enum design_kind design, enum estimator estimator,
                                uint64_t seed, uint64_t worlds, uint64_t runs)
{
    const struct play_settings settings = {.seed = seed,
                                           .n_worlds = worlds,
                                           .n_runs = runs,
                                           .precision = NAN,
                                           .design = design,
                                           .estimator = estimator,
                                           .threads = 1};
    const struct plan *plan = it->plan;
    struct play_result result;
    struct answer *answer;

    play(&result, &plan, 1, &settings);
    answer = summarise(plan, &result, 0, runs);
    play_free(&result);
    return answer;
}

static void is_near(struct estimate estimate, double truth)
{
    assert_true(estimate.se > 0.0 && fabs(estimate.value - truth) < 6.0 * estimate.se);
}

/* models.md A6: sd over worlds .02242, 5 to 95 % .1472 to .2209, all of it from one quantity. */
static void a_lever_carries_all_uncertainty(void **state)
{
    struct fixture *it = fixture_make(
        HEAD "transitions = { exit = { from = \"IN\"; to = \"LOST\"; per_month = 0.02; }; };"
             "levers = { lever = { chance = (\"beta\", 0.5, 200); within = 12.0; effects = { exit = 20.0; }; }; };"
             "questions = { kept = { are = \"held\"; bases = (\"port\"); month = 24.0; }; };");

    (void)state;
    assert_non_null(it);
    for (int d = 0; d < 4; d++) { /* the last: few runs */
        struct answer *answer = answer_of(it, d < 3 ? (enum design_kind)d : DESIGN_STRATIFIED,
                                          d % 2 ? ESTIMATOR_CONDITIONAL : ESTIMATOR_DRAW, 20, d < 3 ? 4096 : 16384,
                                          d == 3   ? 4
                                          : d == 1 ? 16
                                                   : 64);
        const struct answer_spread *spread = &answer->question[0].spread;

        assert_true(spread->measurable);
        is_near((struct estimate){spread->sd_epistemic, spread->sd_se, 0}, 0.02242);
        is_near((struct estimate){spread->quantile[0], spread->se[0], 0}, 0.1472);
        is_near((struct estimate){spread->quantile[1], spread->se[1], 0}, 0.18241);
        is_near((struct estimate){spread->quantile[2], spread->se[2], 0}, 0.2209);
        is_near((struct estimate){answer->driver[0].index[0], answer->driver[0].se[0], 0}, 1.0);
        answer_free(answer);
    }
    fixture_free(it);
}

/* A rate of lognormal 5 and 95 % points 1e-4 and 3e-4 a month, lost by 12: .120 to .359 %. */
static void narrow_ranges_have_all_their_digits(void **state)
{
    struct fixture *it = fixture_make(
        HEAD "transitions = { exit = { from = \"IN\"; to = \"LOST\"; per_month = (\"lognormal\", 1e-4, 3e-4); }; };"
             "questions = { gone = { are = \"lost\"; bases = (\"port\"); month = 12.0; };"
             "              kept = { are = \"held\"; bases = (\"port\"); month = 12.0; }; };");
    const double truth[] = {-expm1(-12e-4), -expm1(-12.0 * sqrt(3e-8)), -expm1(-36e-4)};
    struct answer *answer;

    (void)state;
    assert_non_null(it);
    answer = answer_of(it, DESIGN_STRATIFIED, ESTIMATOR_AUTO, 3, 4096, 16);
    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        const struct answer_spread *gone = &answer->question[0].spread, *kept = &answer->question[1].spread;

        is_near((struct estimate){gone->quantile[i], gone->se[i], 0}, truth[i]);
        is_near((struct estimate){kept->quantile[i], kept->se[i], 0}, 1.0 - truth[ANSWER_LEVELS - 1 - i]);
        assert_true(gone->se[i] < 0.03 * truth[i]);
    }
    answer_free(answer);
    fixture_free(it);
}

/* Probabilities of a few units of what counts are made of are no surer than that unit: 1.2e-9 to 1.2e-8, of 9.3e-10. */
static void tiny_probabilities_are_no_surer_than_counts(void **state)
{
    struct fixture *it = fixture_make(
        HEAD "transitions = { exit = { from = \"IN\"; to = \"LOST\"; per_month = (\"lognormal\", 1e-10, 1e-9); }; };"
             "questions = { gone = { are = \"lost\"; bases = (\"port\"); month = 12.0; }; };");
    const double truth[] = {12e-10, 12.0 * sqrt(1e-19), 12e-9};
    struct answer *answer;

    (void)state;
    assert_non_null(it);
    answer = answer_of(it, DESIGN_STRATIFIED, ESTIMATOR_AUTO, 3, 4096, 16);
    assert_true(answer->question[0].spread.measurable);
    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        const struct answer_spread *gone = &answer->question[0].spread;

        is_near((struct estimate){gone->quantile[i], gone->se[i], 0}, truth[i]);
        assert_true(gone->se[i] < 1e-9);
    }
    answer_free(answer);
    fixture_free(it);
}

/* What is uncertain bears on nothing that is asked. */
static void nothing_uncertain_is_a_point(void **state)
{
    struct fixture *it = fixture_make(
        HEAD
        "transitions = { exit = { from = \"IN\"; to = \"LOST\"; per_month = 0.02; }; };"
        "events = { other = { per_month = (\"lognormal\", 0.01, 0.1); }; half = { chance = 0.5; within = 12.0; }; };"
        "questions = { half = { happens = \"half\"; month = 12.0; };"
        "              kept = { are = \"held\"; bases = (\"port\"); month = 24.0; }; };");

    (void)state;
    assert_non_null(it);
    for (int k = 0; k < 4; k++) {
        const bool drawn = k % 2;
        struct answer *answer = answer_of(it, k / 2 ? DESIGN_SOBOL : DESIGN_STRATIFIED,
                                          drawn ? ESTIMATOR_DRAW : ESTIMATOR_AUTO, 1, 4096, drawn ? 64 : 16);

        for (size_t q = 0; q < answer->n_questions; q++) {
            const struct answer_question *question = &answer->question[q];

            assert_false(question->spread.measurable);
            for (size_t i = 0; i < ANSWER_LEVELS; i++)
                assert_true(question->spread.quantile[i] == question->p.value);
        }
        answer_free(answer);
    }
    fixture_free(it);
}

/* Shares of two rates whose probability is exp(-12 (a + b)): .90459 and .09462, by quadrature (tests/coverage/closed.py). */
static void tails_of_an_input_count(void **state)
{
    struct fixture *it = fixture_make(
        HEAD "transitions = { exit = { from = \"IN\"; to = \"LOST\"; per_month = (\"lognormal\", 0.005, 0.03); };"
             "                flee = { from = \"IN\"; to = \"LOST\"; per_month = (\"lognormal\", 0.004, 0.012); }; };"
             "questions = { kept = { are = \"held\"; bases = (\"port\"); month = 12.0; }; };");

    (void)state;
    assert_non_null(it);
    for (int design = 0; design < 3; design++) {
        struct answer *answer = answer_of(it, (enum design_kind)design, ESTIMATOR_AUTO, 1, 4096, 16);

        for (size_t i = 0; i < 2; i++) {
            const struct answer_driver *driver = &answer->driver[i];
            const bool is_exit = strcmp(driver->path, "transitions.exit.per_month") == 0;

            is_near((struct estimate){driver->index[0], driver->se[0], 0}, is_exit ? 0.90459 : 0.09462);
            assert_true(driver->se[0] < 0.03);
        }
        answer_free(answer);
    }
    fixture_free(it);
}

/* All that there is, of a quantity with a long tail and of one that jumps; another bears on nothing. */
static void one_input_may_be_all_there_is(void **state)
{
    struct fixture *it =
        fixture_make(HEAD "transitions = { exit = { from = \"IN\"; to = \"LOST\"; per_month = 0.02; }; };"
                          "events = { rare = { chance = (\"beta\", 0.1, 30); within = 12.0; };"
                          "           jump = { chance = (\"discrete\", (0.2, 0.3), (0.6, 0.7)); within = 12.0; }; };"
                          "questions = { jump = { happens = \"jump\"; month = 12.0; };"
                          "              rare = { happens = \"rare\"; month = 12.0; }; };");
    struct answer *answer;

    (void)state;
    assert_non_null(it);
    answer = answer_of(it, DESIGN_STRATIFIED, ESTIMATOR_AUTO, 1, 4096, 16);
    for (size_t i = 0; i < 2; i++)
        for (size_t q = 0; q < 2; q++) {
            const struct answer_driver *driver = &answer->driver[i];
            const bool same = strncmp(driver->path + strlen("events."), answer->question[q].id, 4) == 0;

            assert_true(driver->index[q] >= 0.0 && driver->index[q] <= 1.0);
            assert_true(fabs(driver->index[q] - same) < (same ? 0.001 : 0.02));
        }
    answer_free(answer);
    fixture_free(it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lever_carries_all_uncertainty),
        cmocka_unit_test(narrow_ranges_have_all_their_digits),
        cmocka_unit_test(tiny_probabilities_are_no_surer_than_counts),
        cmocka_unit_test(nothing_uncertain_is_a_point),
        cmocka_unit_test(tails_of_an_input_count),
        cmocka_unit_test(one_input_may_be_all_there_is),
    };

    return cmocka_run_group_tests_name("doubt", tests, NULL, NULL);
}
