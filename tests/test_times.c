/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Months until a base is lost, where what bases do is computed, against what is known exactly: means and quantiles are off by their
 * errors and no more, for slow rates and fast ones, along changes of rates and couplings. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "sim/analysis/summarise.h"
#include "tests/fixture.h"

static const char frame[] = "format = 1; as_of = \"2025-01-01\"; horizon = %.17g; model = \"hazard\";"
                            "states = { LOST = { held = false; final = true; }; NOTICE = { held = true; };"
                            "  LIMBO = { held = true; initial = true; }; }; %s"
                            "questions = { q = { are = \"held\"; month = %.17g; }; };";

/* Errors are had from 32 replicates, so that an error is a little uncertain itself: |t| of 31 degrees of freedom is beyond 9 once in
 * 2e9 times. The rest is of floats (rate_path.h) and of bins (tally.h). */
static const double most_errors = 9.0, of_floats = 1e-5;

/* The probability that something has happened by a month. */
typedef double distribution(double month, const double *parameter);

struct known {
    distribution *by;
    const double *parameter;
    double horizon;
};

static double exponential(double month, const double *rate)
{
    return -expm1(-rate[0] * month);
}

/* One move after the other. */
static double hypoexponential(double month, const double *rate)
{
    const double a = rate[0], b = rate[1];

    return 1.0 - (b * exp(-a * month) - a * exp(-b * month)) / (b - a);
}

/* rate[0] up to the month rate[2], rate[1] from then on. */
static double stepped(double month, const double *rate)
{
    const double before = fmin(month, rate[2]);

    return -expm1(-rate[0] * before - rate[1] * (month - before));
}

/* A base at rate[0] until another, which goes at rate[1], is lost, then rate[2] times as fast. */
static double coupled(double month, const double *rate)
{
    const double a = rate[0], b = rate[1], c = rate[0] * rate[2];

    return 1.0 - exp(-(a + b) * month) - b * (exp(-c * month) - exp(-(a + b) * month)) / (a + b - c);
}

static double quantile_of(const struct known *known, double level)
{
    double low = 0.0, high = known->horizon;

    for (int i = 0; i < 200; i++) {
        const double middle = 0.5 * (low + high);

        *(known->by(middle, known->parameter) < level ? &low : &high) = middle;
    }
    return high;
}

/* Of months within the horizon, by Simpson's rule in the square root of the month, where even fast rates are smooth. */
static double mean_of(const struct known *known)
{
    enum { STEPS = 200000 };
    const double all = known->by(known->horizon, known->parameter), width = sqrt(known->horizon) / STEPS;
    double sum = 0.0;

    for (int i = 0; i <= STEPS; i++) {
        const double root = i * width, f = (all - known->by(root * root, known->parameter)) * 2.0 * root;

        sum += f * (i % STEPS == 0 ? 1.0 : i % 2 ? 4.0 : 2.0);
    }
    return sum * width / 3.0 / all;
}

static void judge_number(const char *what, double found, double se, double exact, const char *text)
{
    if (!(fabs(found - exact) <= most_errors * se + of_floats * exact))
        fail_msg("%s: %.9g +- %.2g is not %.9g\n%s", what, found, se, exact, text);
}

static void judge_place(const struct answer_place *place, const struct known *known, const char *text)
{
    const struct answer_time *time = &place->loss;

    judge_number("mean", time->mean.value, time->mean.se, mean_of(known), text);
    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        const bool reached = known->by(known->horizon, known->parameter) > answer_level[i];

        assert_true(isnan(time->quantile[i]) == !reached);
        if (reached)
            judge_number("quantile", time->quantile[i], time->se[i], quantile_of(known, answer_level[i]), text);
    }
}

/* Plays a scenario; known: of its bases by id, then of the first of all. */
static void judge(const char *body, double horizon, const struct known *known, size_t n, enum design_kind design)
{
    const struct play_settings settings = {
        .seed = 5, .n_worlds = getenv("FOOTHOLD_QUICK") ? 1024 : 4096, .n_runs = 8, .precision = NAN, .design = design};
    struct play_result result;
    struct fixture *it;
    struct answer *answer;
    char text[2048];

    snprintf(text, sizeof text, frame, horizon, body, horizon);
    it = fixture_make(text);
    assert_non_null(it);
    play(&result, &(const struct plan *){it->plan}, 1, &settings);
    assert_true(result.arm[0].computed);
    answer = summarise(it->plan, &result, 0, settings.n_runs);
    assert_int_equal(answer->n_bases, n - 1);
    for (size_t b = 0; b + 1 < n; b++)
        judge_place(&answer->base[b], &known[b], text);
    judge_place(&answer->all, &known[n - 1], text);
    answer_free(answer);
    play_free(&result);
    fixture_free(it);
}

static void an_exponential_time_has_its_mean_and_quantiles(void **state)
{
    static const double rate[] = {1e-4, 0.003, 0.05, 0.3, 1.0, 3.0, 10.0}, horizon[] = {1.0, 12.0, 12.5, 120.0};

    (void)state;
    for (size_t r = 0; r < 7; r++)
        for (size_t h = 0; h < 4 && rate[r] * horizon[h] < 200.0; h++) { /* more takes long */
            const struct known known = {exponential, &rate[r], horizon[h]}, both[2] = {known, known};
            char body[512];

            snprintf(body, sizeof body,
                     "bases = { port = { }; };"
                     "transitions = { exit = { from = \"LIMBO\"; to = \"LOST\"; per_month = %.17g; }; };",
                     rate[r]);
            judge(body, horizon[h], both, 2, h % 2 ? DESIGN_SOBOL : DESIGN_STRATIFIED);
        }
}

static void the_first_of_several_bases_is_too(void **state)
{
    static const double rate[] = {1e-4, 0.05, 0.3, 1.0, 5.0};

    (void)state;
    for (size_t r = 0; r < 5; r++) {
        const double own[] = {rate[r], 1.5 * rate[r], 4.0 * rate[r], 6.5 * rate[r]};
        struct known known[4];
        char body[512];

        for (size_t i = 0; i < 4; i++)
            known[i] = (struct known){exponential, &own[i], 12.0};
        snprintf(body, sizeof body,
                 "bases = { a = { }; b = { rates = { exit = 1.5; }; }; c = { rates = { exit = 4.0; }; }; };"
                 "transitions = { exit = { from = \"LIMBO\"; to = \"LOST\"; per_month = %.17g; }; };",
                 rate[r]);
        judge(body, 12.0, known, 4, r % 2 ? DESIGN_SOBOL : DESIGN_STRATIFIED);
    }
}

static void one_move_after_the_other(void **state)
{
    static const double rate[][2] = {{0.3, 0.31}, {1.0, 2.5}, {0.02, 5.0}, {8.0, 0.1}};

    (void)state;
    for (size_t r = 0; r < 4; r++) {
        const struct known known = {hypoexponential, rate[r], 12.0}, both[2] = {known, known};
        char body[512];

        snprintf(body, sizeof body,
                 "bases = { port = { }; };"
                 "transitions = { notice = { from = \"LIMBO\"; to = \"NOTICE\"; per_month = %.17g; };"
                 "  expel = { from = \"NOTICE\"; to = \"LOST\"; per_month = %.17g; }; };",
                 rate[r][0], rate[r][1]);
        judge(body, 12.0, both, 2, r % 2 ? DESIGN_SOBOL : DESIGN_STRATIFIED);
    }
}

/* The month 4.3 of a change is no whole one: by a change of the rate, and by a lever's effect. */
static void rates_change_on_the_way(void **state)
{
    static const double rate[] = {0.2, 0.8, 4.3};
    const struct known known = {stepped, rate, 12.0}, both[2] = {known, known};

    (void)state;
    judge("bases = { port = { }; }; transitions = { exit = { from = \"LIMBO\"; to = \"LOST\"; "
          "per_month = ((0.0, 0.2), (4.3, 0.8)); }; };",
          12.0, both, 2, DESIGN_SOBOL);
    judge("bases = { port = { }; }; transitions = { exit = { from = \"LIMBO\"; to = \"LOST\"; per_month = 0.2; }; };"
          "levers = { aid = { at = 4.3; effects = { exit = 4.0; }; }; };",
          12.0, both, 2, DESIGN_STRATIFIED);
}

static void couplings_make_rates_jump(void **state)
{
    static const double field[] = {0.1, 0.25, 20.0}, port[] = {0.25}, all[] = {0.35};
    const struct known known[] = {{coupled, field, 12.0}, {exponential, port, 12.0}, {exponential, all, 12.0}};

    (void)state;
    judge("bases = { field = { rates = { exit = 0.4; }; }; port = { }; };"
          "transitions = { exit = { from = \"LIMBO\"; to = \"LOST\"; per_month = 0.25; }; };"
          "couplings = ( { when = \"port lost\"; effects = { field = { exit = 20.0; }; }; } );",
          12.0, known, 3, DESIGN_SOBOL);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(an_exponential_time_has_its_mean_and_quantiles),
        cmocka_unit_test(the_first_of_several_bases_is_too),
        cmocka_unit_test(one_move_after_the_other),
        cmocka_unit_test(rates_change_on_the_way),
        cmocka_unit_test(couplings_make_rates_jump),
    };

    return cmocka_run_group_tests(test, NULL, NULL);
}
