/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Levers and events that are resolved before a run is simulated do what they would do if they were simulated with it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "sim/engine/replay.h"
#include "tests/fixture.h"

/* Much at the same months; %s: more levers. */
static const char text[] =
    "format = 1; as_of = \"2025-01-01\"; horizon = 24.0; model = \"hazard\";"
    "states = { LOST = { held = false; final = true; }; LIMBO = { held = true; initial = true; };"
    "  DEAL = { held = true; deal = true; }; };"
    "bases = { port = { }; field = { }; };"
    "transitions = {"
    "  exit = { from = [\"LIMBO\", \"DEAL\"]; to = \"LOST\"; per_month = ((0.0, 0.02), (5.0, 0.04)); };"
    "  sign = { from = \"LIMBO\"; to = \"DEAL\"; per_month = 0.05; };"
    "  back = { from = \"DEAL\"; to = \"LIMBO\"; per_month = 0.1; }; };"
    "levers = {"
    "  aid = { at = 5.0; lasts = 5.0; effects = { ban = 0.5; vow = 0.0; exit = 2.0; }; otherwise = { bid = 3.0; }; };"
    "  ban = { chance = 0.7; when = (\"discrete\", (5.0, 0.4), (10.0, 0.6)); effects = { exit = 1.5; cut = 2.0; }; };"
    "  bid = { per_month = 0.05; lasts = (\"discrete\", (2.0, 1), (5.0, 1)); recurs = true;"
    "    effects = { exit = 0.5; cut = 0.0; due = 4.0; }; };"
    "  cut = { per_month = ((0.0, 0.02), (10.0, 0.1)); lasts = 3.0; recurs = true; requires = \"ban\";"
    "    effects = { sign = 2.0; due = 0.3; }; otherwise = { sign = 0.9; }; };"
    "  due = { chance = 0.9; within = 12.0; requires = [\"ban\", \"old\"]; effects = { exit = 1.2; }; };"
    "  fee = { chance = 1.0; when = (\"discrete\", (5.0, 0.5), (24.0, 0.5)); effects = { sign = 1.1; }; };"
    "  gas = { per_month = 0.04; lasts = (\"uniform\", 0.5, 3); recurs = true; effects = { sign = 1.3; hub = 2.0; }; };"
    "  hub = { chance = (\"pert\", 0.2, 0.5, 0.8); when = (\"uniform\", 0, 20); effects = { sign = 1.3; law = 2.0; }; "
    "};"
    "  law = { chance = 0.6; when = (\"pert\", 1, 6, 20); effects = { exit = 1.4; }; };"
    "  men = { chance = 0.5; when = (\"uniform\", 2, 20); requires = \"hub\"; effects = { exit = 1.2; }; };"
    "  new = { at = 10.0; requires = \"aid\"; effects = { exit = 1.2; }; };"
    "  old = { at = 0.0; effects = { exit = 1.1; }; };"
    "  run = { at = 0.0; lasts = (\"uniform\", 1, 9); effects = { exit = 1.1; gas = 3.0; }; };"
    "  vow = { chance = 0.8; when = (\"discrete\", (5.0, 0.7), (12.0, 0.3)); lasts = 7.0; effects = { sign = 0.8; }; };"
    "  %s };"
    "dependence = { mood = { variance = (\"uniform\", 0.2, 0.8); on = [\"exit\", \"hub\", \"cut\"]; }; };"
    "couplings = ( { when = \"port lost\"; effects = { field = { exit = 3.0; }; }; } );"
    "questions = { both = { are = \"held\"; month = 12.0; }; due = { happens = \"due\"; month = 15.0; }; };";

/* Two that influence each other are not exogenous, nor is what they influence; they hardly ever come, and change nothing. */
static const char circle[] =
    "yes = { chance = 1e-12; when = (\"uniform\", 0, 24); effects = { yet = 1.0; aid = 1.0; ban = 1.0; bid = 1.0;"
    "  cut = 1.0; due = 1.0; fee = 1.0; gas = 1.0; hub = 1.0; law = 1.0; men = 1.0; new = 1.0; run = 1.0; vow = 1.0; "
    "}; };"
    "yet = { chance = 1e-12; when = (\"uniform\", 0, 24); effects = { yes = 1.0; }; };";

struct both {
    struct fixture *fixture[2];
    struct replay replay[2];
};

static void make(struct both *both)
{
    for (int i = 0; i < 2; i++) {
        char whole[sizeof text + sizeof circle];

        snprintf(whole, sizeof whole, text, i ? circle : "");
        both->fixture[i] = fixture_make(whole);
        assert_non_null(both->fixture[i]);
        replay_init(&both->replay[i], both->fixture[i]->plan, DESIGN_MC, 3);
    }
}

static void drop(struct both *both)
{
    for (int i = 0; i < 2; i++) {
        replay_free(&both->replay[i]);
        fixture_free(both->fixture[i]);
    }
}

static uint32_t n_exogenous(const struct replay *replay)
{
    return replay->path.layout.n_exogenous;
}

static void test_same_histories(void **state)
{
    struct both both;
    size_t n = 0;

    (void)state;
    make(&both);
    assert_int_equal(n_exogenous(&both.replay[0]), 13); /* all but `new`, which goes by the month and waits */
    assert_int_equal(n_exogenous(&both.replay[1]), 1);  /* `old` */
    for (uint64_t world = 0; world < 512; world++)
        for (uint64_t run = 0; run < 8; run++) {
            const struct history *a = &both.replay[0].history, *b = &both.replay[1].history;

            assert_true(replay_run(&both.replay[0], world, run) && replay_run(&both.replay[1], world, run));
            assert_int_equal(a->n_events, b->n_events);
            for (size_t i = 0; i < a->n_events; i++, n++) {
                const struct event *x = &a->event[i], *y = &b->event[i];

                assert_true(fabs(x->month - y->month) < 1e-9);
                assert_int_equal(x->kind, y->kind);
                assert_int_equal(x->which, y->which);
                assert_int_equal(x->to, y->to);
            }
        }
    assert_true(n > 40000);
    drop(&both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_histories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
