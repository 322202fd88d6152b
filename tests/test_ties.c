/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens in the same month goes in one order, whatever things are called: endings, then levers and events with causes first,
 * then bases, evenly. Each case is a scenario and how likely something is, known exactly. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "sim/engine/play.h"
#include "tests/fixture.h"

static const char frame[] = "format = 1; as_of = \"2025-01-01\"; horizon = 12.0; model = \"hazard\";"
                            "states = { LOST = { held = false; final = true; }; NOTICE = { held = true; };"
                            "  LIMBO = { held = true; initial = true; }; DEAL = { held = true; deal = true; }; };"
                            "bases = { field = { }; port = { }; };"
                            "%s questions = { q = { %s }; };";

/* Two that influence each other and what is named are not exogenous: nor is that, which is then simulated. */
static const char circle[] =
    "yes = { chance = 1e-12; when = (\"uniform\", 0, 12); effects = { yet = 1.0; & = 1.0; }; };"
    "yet = { chance = 1e-12; when = (\"uniform\", 0, 12); effects = { yes = 1.0; & = 1.0; }; };";

static const char rates[] = "transitions = { exit = { from = \"LIMBO\"; to = \"LOST\"; per_month = 0.1; }; };";

/* A text with one name for each @, another for each &. */
static void fill(char *out, size_t size, const char *text, const char *first, const char *second)
{
    size_t n = 0;

    for (; *text && n + 1 < size; text++)
        if (*text == '@' || *text == '&')
            n += (size_t)snprintf(out + n, size - n, "%s", *text == '@' ? first : second);
        else
            out[n++] = *text;
    assert_true(n + 1 < size);
    out[n] = '\0';
}

/* Plays a scenario: how far the question's probability is from what it is, in binomial standard errors where it was drawn. */
static void judge(const char *body, const char *question, double exact, enum estimator estimator)
{
    char text[4096];
    struct fixture *it;
    const struct plan *plan;
    const struct play_settings settings = {
        .seed = 11, .n_worlds = 256, .n_runs = 16, .precision = NAN, .design = DESIGN_MC, .estimator = estimator};
    struct play_result result;
    double p, se, limit;

    snprintf(text, sizeof text, frame, body, question);
    it = fixture_make(text);
    assert_non_null(it);
    plan = it->plan;
    play(&result, &plan, 1, &settings);
    assert_true(result.complete);
    p = tally_share(&result.arm[0].tally, result.arm[0].tally.at.question, &se);
    limit = result.arm[0].computed ? 2e-6 + 6.0 * se : 6.0 * sqrt(exact * (1.0 - exact) / 4096.0) + 1e-12;
    if (!(fabs(p - exact) <= limit))
        fail_msg("%.6f is not %.6f (estimator %d)\n%s%s", p, exact, (int)estimator, body, question);
    play_free(&result);
    fixture_free(it);
}

/* Of levers, in either naming, known beforehand and walked, computed and drawn. @ is the cause, & what it bears on. */
static void judge_levers(const char *levers, double exact)
{
    for (int i = 0; i < 8; i++) {
        const char *cause = i & 1 ? "zeal" : "lure", *effect = i & 1 ? "aid" : "man";
        char both[1024], extra[1024], body[3072], question[64];

        fill(both, sizeof both, levers, cause, effect);
        fill(extra, sizeof extra, i & 4 ? circle : "", cause, effect);
        snprintf(body, sizeof body, "%s levers = { %s %s };", rates, both, extra);
        snprintf(question, sizeof question, "happens = \"%s\"; month = 6.0;", effect);
        judge(body, question, exact, i & 2 ? ESTIMATOR_DRAW : ESTIMATOR_AUTO);
    }
}

static void causes_come_before_what_they_enable(void **state)
{
    (void)state;
    judge_levers("@ = { at = 6.0; }; & = { at = 6.0; requires = \"@\"; };", 1.0);
    judge_levers("@ = { at = 6.0; }; & = { chance = 1.0; when = (\"discrete\", (6.0, 1)); requires = \"@\"; };", 1.0);
    judge_levers("@ = { chance = 0.5; when = (\"discrete\", (6.0, 1)); };"
                 "& = { chance = 0.4; when = (\"discrete\", (6.0, 1)); requires = \"@\"; };",
                 0.2);
    judge_levers("@ = { at = 6.0; }; gate = { at = 6.0; requires = \"@\"; };"
                 "& = { at = 6.0; requires = \"gate\"; };",
                 1.0);
}

static void effects_act_in_their_own_month(void **state)
{
    (void)state;
    judge_levers("@ = { at = 6.0; effects = { & = 4.0; }; };"
                 "& = { chance = 0.3; when = (\"discrete\", (6.0, 1)); };",
                 1.0 - pow(0.7, 4.0));
    judge_levers("@ = { at = 6.0; effects = { & = 0.0; }; }; & = { at = 6.0; };", 0.0);
    judge_levers("@ = { at = 6.0; }; gate = { at = 6.0; requires = \"@\"; effects = { & = 2.0; }; };"
                 "& = { chance = 0.3; when = (\"discrete\", (3.0, 0.5), (6.0, 0.5)); };",
                 1.0 - 0.85 * pow(0.7 / 0.85, 2.0));
    judge_levers("@ = { at = 6.0; otherwise = { & = 0.0; }; }; & = { at = 6.0; };", 1.0);
    judge_levers("@ = { at = 6.0; otherwise = { & = 3.0; }; };"
                 "& = { chance = 0.3; when = (\"discrete\", (6.0, 1)); };",
                 0.3);
    judge_levers("@ = { at = 7.0; otherwise = { & = 3.0; }; };"
                 "& = { chance = 0.3; when = (\"discrete\", (6.0, 1)); };",
                 1.0 - pow(0.7, 3.0));
}

static void what_ends_is_off_before_anything_comes(void **state)
{
    (void)state;
    judge_levers("@ = { at = 3.0; lasts = 3.0; }; & = { at = 6.0; requires = \"@\"; };", 0.0);
    judge_levers("@ = { at = 3.0; lasts = 3.0; };"
                 "& = { chance = 1.0; when = (\"discrete\", (6.0, 1)); requires = \"@\"; };",
                 0.0);
    judge_levers("@ = { at = 3.0; lasts = 3.0; effects = { & = 0.0; }; };"
                 "& = { chance = 0.3; when = (\"discrete\", (6.0, 1)); };",
                 0.3);
    judge_levers("@ = { at = 3.0; lasts = 3.5; }; & = { at = 6.0; requires = \"@\"; };", 1.0);
    judge_levers("@ = { at = 0.0; lasts = 3.0; }; & = { on = \"2024-12-15\"; requires = \"@\"; };", 1.0);
    judge_levers("@ = { on = \"2024-06-01\"; lasts = 3.0; }; & = { on = \"2024-12-15\"; requires = \"@\"; };",
                 0.0); /* has come and gone */
    judge_levers("@ = { on = \"2024-06-01\"; lasts = 3.0; };"
                 "& = { chance = 1.0; when = (\"discrete\", (0.0, 1)); requires = \"@\"; };",
                 0.0);
}

static void levers_that_bear_on_each_other_are_even(void **state)
{
    static const char levers[] = "levers = { @ = { at = 6.0; effects = { & = 0.0; }; };"
                                 "  & = { at = 6.0; effects = { @ = 0.0; }; }; };";
    char body[1024], all[2048];

    (void)state;
    for (int i = 0; i < 2; i++) {
        fill(body, sizeof body, levers, i ? "zeal" : "aid", i ? "aid" : "zeal");
        snprintf(all, sizeof all, "%s %s", rates, body);
        judge(all, "happens = \"aid\"; month = 6.0;", 0.5, ESTIMATOR_DRAW);
        judge(all, "happens = \"zeal\"; month = 6.0;", 0.5, ESTIMATOR_AUTO);
    }
}

/* Of transitions, @ named so that it goes first by id, and last. */
static void judge_bases(const char *text, const char *question, double exact)
{
    for (int i = 0; i < 2; i++) {
        char body[2048];

        fill(body, sizeof body, text, i ? "zexit" : "exit", "");
        judge(body, question, exact, ESTIMATOR_AUTO);
    }
}

static const char port_lost[] = "bases = [\"port\"]; are = \"LOST\"; month = 6.0;";
static const char field_lost[] = "bases = [\"field\"]; are = \"LOST\"; month = 6.0;";

static void a_bases_tied_transitions_are_even(void **state)
{
    static const char *const two[] = {
        "transitions = { @ = { from = \"LIMBO\"; to = \"LOST\"; at = 6.0; };"
        "  sign = { from = \"LIMBO\"; to = \"DEAL\"; at = 6.0; }; };",
        "transitions = { sign = { from = \"LIMBO\"; to = \"DEAL\"; at = 6.0; };"
        "  @ = { from = \"LIMBO\"; to = \"LOST\"; chance = 1.0; when = (\"discrete\", (6.0, 1)); }; };",
    };

    (void)state;
    for (int i = 0; i < 2; i++) {
        judge_bases(two[i], port_lost, 0.5);
        judge_bases(two[i], "count = \"all\"; are = \"LOST\"; month = 6.0;", 0.25); /* each base by itself */
    }
    judge_bases("transitions = { @ = { from = \"LIMBO\"; to = \"LOST\"; at = 6.0; };"
                "  note = { from = \"LIMBO\"; to = \"NOTICE\"; at = 6.0; };"
                "  sign = { from = \"LIMBO\"; to = \"DEAL\"; at = 6.0; }; };",
                port_lost, 1.0 / 3.0);
    judge_bases("transitions = { @ = { from = [\"LIMBO\", \"NOTICE\"]; to = \"LOST\"; at = 6.0; };"
                "  note = { from = \"LIMBO\"; to = \"NOTICE\"; at = 6.0; }; };",
                port_lost, 1.0); /* at once, or after the notice */
}

static void levers_and_events_come_before_bases(void **state)
{
    (void)state;
    judge_bases("transitions = { @ = { from = \"LIMBO\"; to = \"LOST\"; at = 6.0; }; };"
                "levers = { zoo = { at = 6.0; effects = { @ = 0.0; }; }; };",
                port_lost, 0.0);
    judge_bases("transitions = { @ = { from = \"LIMBO\"; to = \"LOST\"; at = 6.0; requires = \"zoo\"; }; };"
                "levers = { zoo = { at = 6.0; }; };",
                port_lost, 1.0);
    judge_bases("transitions = { @ = { from = \"LIMBO\"; to = \"LOST\"; chance = 0.3; when = (\"discrete\", (6.0, 1)); "
                "  requires = \"zoo\"; }; };"
                "levers = { zoo = { at = 6.0; effects = { @ = 2.0; }; }; };",
                port_lost, 0.51);
    judge_bases("transitions = { @ = { from = \"LIMBO\"; to = \"LOST\"; at = 6.0; requires = \"zoo\"; }; };"
                "levers = { zoo = { at = 3.0; lasts = 3.0; }; };",
                port_lost, 0.0);
}

/* Which of two bases goes first is even too: the port's loss keeps the field where it goes first. */
static void bases_are_even_among_themselves(void **state)
{
    static const char text[] = "transitions = { @ = { from = \"LIMBO\"; to = \"LOST\"; at = 6.0; }; };"
                               "couplings = ( { when = \"port lost\"; effects = { field = { @ = 0.0; }; }; } );";

    (void)state;
    judge_bases(text, port_lost, 1.0);
    judge_bases(text, field_lost, 0.5);
    judge_bases("transitions = { @ = { from = \"LIMBO\"; to = \"LOST\"; at = 6.0; }; };"
                "couplings = ( { when = \"field lost\"; effects = { port = { @ = 0.0; }; }; } );",
                port_lost, 0.5);
}

static void a_date_comes_once(void **state)
{
    (void)state;
    judge_bases("transitions = { @ = { from = \"LIMBO\"; to = \"DEAL\"; at = 6.0; };"
                "  back = { from = \"DEAL\"; to = \"LIMBO\"; at = 6.0; }; };",
                "bases = [\"port\"]; are = \"LIMBO\"; month = 6.0;", 1.0);
    judge_bases(
        "transitions = { @ = { from = \"LIMBO\"; to = \"DEAL\"; chance = 1.0; when = (\"discrete\", (6.0, 1)); };"
        "  back = { from = \"DEAL\"; to = \"LIMBO\"; chance = 1.0; when = (\"discrete\", (6.0, 1)); }; };",
        "bases = [\"port\"]; are = \"LIMBO\"; month = 6.0;", 1.0);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(causes_come_before_what_they_enable),
        cmocka_unit_test(effects_act_in_their_own_month),
        cmocka_unit_test(what_ends_is_off_before_anything_comes),
        cmocka_unit_test(levers_that_bear_on_each_other_are_even),
        cmocka_unit_test(a_bases_tied_transitions_are_even),
        cmocka_unit_test(levers_and_events_come_before_bases),
        cmocka_unit_test(bases_are_even_among_themselves),
        cmocka_unit_test(a_date_comes_once),
    };

    return cmocka_run_group_tests(test, NULL, NULL);
}
