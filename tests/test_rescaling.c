/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time rescaling: the hazard that a clock has used up when it fires is Exp(1), whatever speeds it up, slows it down or holds it back.
 * (Doob-Meyer; Brown et al. 2002, The time-rescaling theorem and its application to neural spike train data analysis, Neural
 * Computation 14.) Histories are played and told; what each clock used up is integrated here, from what happened alone.
 *
 * The number of times that a clock fires minus the hazard used up is a martingale, clocks that have not fired by the horizon included;
 * so it is if only the time counts in which the hazard used up so far is in some interval, or some effect is in force. Its variance is
 * the expected hazard used up, so that (fired - hazard) / sqrt(hazard) is a standard normal number: |z| > 7 once in 4e11 times, and
 * there are some hundreds of them. Over intervals their squares add up to chi^2. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include "sim/engine/path.h"
#include "sim/plan/distribution.h"
#include "tests/fixture.h"

enum { INTERVALS = 20, MOST_CLOCKS = 64, MOST_SWITCHES = 64, MOST_TRANSITIONS = 32 };
static const double most_z = 7.0, least_chi2 = 1e-10;
static const double enough = 1000.0; /* hazard, for a normal number */

struct martingale {
    double hazard, fired;
};

struct check {
    const struct plan *plan;
    const struct world *world;
    const struct path *path; /* for its frailties */
    uint32_t wrong_switch;   /* whose ratios are taken to be 1.01 times as large; UINT32_MAX: none's */
    /* the run */
    double month, used[MOST_CLOCKS];
    bool on[MOST_CLOCKS], came[MOST_CLOCKS];
    uint32_t state[MOST_CLOCKS];
    /* all runs */
    struct martingale interval[INTERVALS]; /* of what was used up before: 1 / INTERVALS of Exp(1) each */
    struct martingale clock[MOST_CLOCKS];  /* each clock */
    struct martingale in_force[MOST_SWITCHES +
                               1]; /* clocks that a switch bears on, while it is on; the last: all clocks at any time */
};

/* ---- the integral ---- */

static bool is_enabled(const struct check *it, uint32_t c)
{
    const struct plan_clock *clock = &it->plan->clock[c];

    if (clock->baseline == BASELINE_AT)
        return false; /* has no hazard */
    for (uint32_t i = clock->requires.first; i < clock->requires.first + clock->requires.n; i++)
        if (!it->on[it->plan->index[i]])
            return false;
    if (clock->moves_base)
        return clock->from >> it->state[clock->base] & 1;
    return !it->on[clock->factor] && (!it->came[clock->factor] || clock->recurs);
}

static bool is_in_force(const struct check *it, uint32_t a_switch)
{
    const struct plan *plan = it->plan;
    const uint32_t f = a_switch / SWITCHES_A_FACTOR;

    if (f < plan->n_factors)
        return a_switch % SWITCHES_A_FACTOR == SWITCH_ON ? it->on[f] : !it->came[f];
    for (size_t i = 0; i < plan->n_conditions; i++)
        if (plan->condition[i].its_switch == a_switch)
            return plan->condition[i].states >> it->state[plan->condition[i].base] & 1;
    return false;
}

static double ratio_of(const struct check *it, uint32_t c)
{
    const struct span incoming = it->plan->clock[c].incoming;
    double ratio = it->world->own[c] * path_frailty(it->path, c);

    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++) {
        const uint32_t link = it->plan->incoming[i], its_switch = it->plan->link[link].from_switch;

        if (is_in_force(it, its_switch))
            ratio *= it->world->factor[link] * (its_switch == it->wrong_switch ? 1.01 : 1.0);
    }
    return ratio;
}

/* A clock's cumulative baseline hazard. */
static double baseline(const struct check *it, uint32_t c, double month)
{
    const struct plan *plan = it->plan;
    const struct plan_clock *clock = &plan->clock[c];
    const uint32_t end = clock->steps.first + clock->steps.n;
    double hazard = 0.0;

    if (clock->baseline == BASELINE_ODDS)
        return -log1p(-it->world->value[clock->chance]) / plan_value(it->world->value, clock->within, plan->horizon) *
               month;
    if (clock->baseline == BASELINE_DATE)
        return -log1p(-plan_value(it->world->value, clock->chance, 1.0) * distribution_cdf(clock->date, month));
    for (uint32_t s = clock->steps.first; s < end && plan->step[s].from < month; s++)
        hazard += it->world->value[plan->step[s].rate] * clock->scale *
                  (fmin(month, s + 1 < end ? plan->step[s + 1].from : INFINITY) - plan->step[s].from);
    return hazard;
}

/* What a clock uses up, and where that counts; fired: at the end of it. */
static void use_up(struct check *it, uint32_t c, double hazard, bool fired)
{
    const struct span incoming = it->plan->clock[c].incoming;
    struct martingale *counts[2] = {&it->clock[c], &it->in_force[MOST_SWITCHES]};

    for (size_t i = 0; i < 2; i++) {
        counts[i]->hazard += hazard;
        counts[i]->fired += fired;
    }
    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++) {
        const uint32_t its_switch = it->plan->link[it->plan->incoming[i]].from_switch;

        if (is_in_force(it, its_switch)) {
            it->in_force[its_switch].hazard += hazard;
            it->in_force[its_switch].fired += fired;
        }
    }
    it->used[c] += hazard;
}

/* A clock has fired, or will not by the horizon. */
static void close_interval(struct check *it, uint32_t c, bool fired)
{
    double begin = 0.0;

    for (int i = 0; i < INTERVALS && it->used[c] > begin; i++) {
        const double end = i + 1 < INTERVALS ? -log1p(-(i + 1.0) / INTERVALS) : INFINITY;

        it->interval[i].hazard += fmin(it->used[c], end) - begin;
        it->interval[i].fired += fired && it->used[c] <= end;
        begin = end;
    }
    it->used[c] = 0.0;
}

static void pass(struct check *it, double month, uint32_t fires)
{
    for (uint32_t c = 0; c < it->plan->n_clocks; c++)
        if (is_enabled(it, c))
            use_up(it, c, ratio_of(it, c) * (baseline(it, c, month) - baseline(it, c, it->month)), c == fires);
    it->month = month;
}

static void check_run(struct check *it, const struct history *history)
{
    const struct plan *plan = it->plan;

    memset(it->used, 0, sizeof it->used);
    memset(it->on, 0, sizeof it->on);
    memset(it->came, 0, sizeof it->came);
    it->month = 0.0;
    for (uint32_t b = 0; b < plan->n_bases; b++)
        it->state[b] = plan->base[b].initial;
    for (size_t i = 0; i < history->n_events; i++) {
        const struct event *what = &history->event[i];
        const bool fires = what->kind != EVENT_ENDS;

        pass(it, what->month, fires ? what->clock : UINT32_MAX);
        if (fires)
            close_interval(it, what->clock, true);
        if (what->kind == EVENT_MOVES)
            it->state[what->which] = what->to;
        else
            it->on[what->which] = fires;
        it->came[what->which] = it->came[what->which] || what->kind == EVENT_COMES;
    }
    pass(it, plan->horizon, UINT32_MAX);
    for (uint32_t c = 0; c < plan->n_clocks; c++)
        close_interval(it, c, false);
}

/* ---- what it comes to ---- */

static double z_of(const struct martingale *it)
{
    return it->hazard >= enough ? (it->fired - it->hazard) / sqrt(it->hazard) : 0.0;
}

static void judge(const struct check *it, size_t n_least)
{
    double chi2 = 0.0;
    size_t n = 0;

    for (int i = 0; i < INTERVALS; i++) {
        const double z = z_of(&it->interval[i]);

        n += it->interval[i].hazard >= enough;
        chi2 += z * z;
        if (!(fabs(z) < most_z))
            fail_msg("interval %d: fired %g, hazard %g, z %g", i, it->interval[i].fired, it->interval[i].hazard, z);
    }
    if (!(gsl_cdf_chisq_Q(chi2, (double)n) > least_chi2))
        fail_msg("chi^2 %g of %zu", chi2, n);
    for (uint32_t c = 0; c < it->plan->n_clocks; c++)
        if (!(fabs(z_of(&it->clock[c])) < most_z))
            fail_msg("%s: fired %g, hazard %g", it->plan->clock[c].name, it->clock[c].fired, it->clock[c].hazard);
    for (size_t s = 0; s <= MOST_SWITCHES; s++)
        if (!(fabs(z_of(&it->in_force[s])) < most_z))
            fail_msg("switch %zu: fired %g, hazard %g", s, it->in_force[s].fired, it->in_force[s].hazard);
    assert_true(it->in_force[MOST_SWITCHES].fired >= (double)n_least);
}

static void play_runs(struct check *it, const struct plan *plan, uint64_t n_worlds)
{
    struct design design;
    struct world world;
    struct path path;
    struct history history;

    assert_true(plan->n_clocks <= MOST_CLOCKS && plan->n_switches <= MOST_SWITCHES);
    design_init(&design, plan, DESIGN_MC, 17);
    world_init(&world, plan);
    path_init(&path, plan, NULL);
    history_init(&history, plan);
    history.recorded = true;
    it->plan = plan;
    it->world = &world;
    it->path = &path;
    for (uint64_t w = 0; w < n_worlds; w++) {
        world_draw(&world, plan, &design, w);
        world_derive(&world, plan);
        path_setup(&path, &world, &design, w);
        path_draw_batch(&path, 0, PATH_BATCH);
        for (size_t lane = 0; lane < PATH_BATCH; lane++) {
            path_simulate(&path, &history, lane);
            assert_false(history.overflow);
            check_run(it, &history);
        }
    }
    history_free(&history);
    path_free(&path);
    world_free(&world);
    design_free(&design);
}

static void check_scenario(const char *text, uint64_t n_worlds, size_t n_least)
{
    struct fixture *fixture = fixture_make(text);
    struct check check = {.wrong_switch = UINT32_MAX};

    assert_non_null(fixture);
    play_runs(&check, fixture->plan, n_worlds);
    judge(&check, n_least);
    fixture_free(fixture);
}

#define FRAME                                                                                                          \
    "format = 1; as_of = \"2025-01-01\"; horizon = 24.0; model = \"hazard\";"                                          \
    "states = { LOST = { held = false; final = true; }; NOTICE = { held = true; };"                                    \
    "  LIMBO = { held = true; initial = true; }; DEAL = { held = true; deal = true; }; };"                             \
    "bases = { port = { rates = { notice = 1.4; }; }; field = { }; };"                                                 \
    "questions = { both = { are = \"held\"; month = 12.0; }; };"

/* Bases that go to and fro, under an effect that is in force almost always. */
static const char busy[] =
    FRAME "transitions = { notice = { from = \"LIMBO\"; to = \"NOTICE\"; per_month = 28; };"
          "  calm = { from = \"NOTICE\"; to = \"LIMBO\"; per_month = ((0.0, 40), (11.3, 55)); }; };"
          "events = { aid = { at = 0.2; effects = { notice = 1.5; }; };"
          "  storm = { per_month = 3; lasts = 0.2; recurs = true; effects = { calm = 0.8; }; }; };"
          "couplings = ( { when = \"port NOTICE\"; effects = { field = { notice = 1.7; calm = 0.7; }; }; } );";

/* All that can bear on a clock. `relief` and `vote` follow from what is known beforehand, `talks` and what it bears on do not. */
static const char rich[] = FRAME
    "transitions = { exit = { from = [\"LIMBO\", \"NOTICE\"]; to = \"LOST\"; per_month = (\"uniform\", 0.01, 0.09); };"
    "  notice = { from = \"LIMBO\"; to = \"NOTICE\"; per_month = ((0.0, 0.1), (6.0, 0.3)); };"
    "  calm = { from = \"NOTICE\"; to = \"LIMBO\"; per_month = 0.4; requires = \"talks\"; };"
    "  sign = { from = [\"LIMBO\", \"NOTICE\"]; to = \"DEAL\"; chance = 0.4; within = 24.0; };"
    "  lapse = { from = \"DEAL\"; to = \"LIMBO\"; chance = 0.8; when = (\"uniform\", 4, 20); }; };"
    "levers = { relief = { chance = 0.7; when = (\"pert\", 3, 9, 20); effects = { sign = 2.5; exit = 0.7; };"
    "    otherwise = { sign = 0.6; }; };"
    "  talks = { chance = 0.9; when = (\"uniform\", 0, 9); lasts = (\"uniform\", 2, 9); effects = { relief = 1.8; }; "
    "}; };"
    "events = { storm = { per_month = 0.6; lasts = (\"pert\", 0.5, 1, 2); recurs = true;"
    "    effects = { exit = 2.0; port = { exit = 1.2; }; relief = 1.3; }; };"
    "  vote = { on = \"2025-05-01\"; lasts = 6.0; effects = { storm = 0.5; talks = 1.6; }; };"
    "  aftermath = { per_month = 0.4; requires = \"storm\"; lasts = 1.5; recurs = true; effects = { notice = 1.7; }; "
    "}; };"
    "couplings = ( { when = \"port lost\"; effects = { field = { exit = 3.0; }; }; },"
    "  { when = \"field NOTICE\"; effects = { storm = 1.5; talks = 0.5; }; } );"
    "dependence = { mood = { variance = 0.5; on = [\"exit\", \"storm\"]; };"
    "  host = { variance = (\"uniform\", 0.2, 1.0); on = [\"sign\", \"relief\", \"talks\"]; }; };";

/* The same without what bases bear on, so that all levers and events are known beforehand. */
static const char known[] = FRAME
    "transitions = { exit = { from = [\"LIMBO\", \"NOTICE\"]; to = \"LOST\"; chance = 0.6; when = (\"pert\", 0, 9, "
    "24); };"
    "  notice = { from = \"LIMBO\"; to = \"NOTICE\"; per_month = 0.2; requires = \"storm\"; };"
    "  calm = { from = \"NOTICE\"; to = \"LIMBO\"; per_month = 0.4; }; };"
    "levers = { relief = { chance = 0.7; when = (\"pert\", 3, 9, 20); effects = { gate = 2.5; exit = 0.7; };"
    "    otherwise = { gate = 0.6; storm = 1.4; }; };"
    "  gate = { chance = 0.6; when = (\"uniform\", 0, 20); lasts = 4.0; effects = { exit = 1.3; door = 1.5; }; };"
    "  door = { chance = 0.9; within = 12.0; requires = \"gate\"; effects = { storm = 0.5; }; }; };"
    "events = { storm = { per_month = ((0.0, 0.5), (9.0, 1.5)); lasts = (\"uniform\", 0.3, 1); recurs = true;"
    "    effects = { exit = 2.0; relief = 1.3; gate = 0.7; }; };"
    "  swell = { per_month = 0.8; requires = \"storm\"; lasts = 0.4; recurs = true; effects = { door = 2.0; }; }; };"
    "couplings = ( { when = \"port lost\"; effects = { field = { exit = 3.0; }; }; } );"
    "dependence = { mood = { variance = 0.7; on = [\"gate\", \"storm\", \"exit\"]; }; };";

static void hazards_used_up_are_exponential_where_all_bears_on_all(void **state)
{
    (void)state;
    check_scenario(rich, 800, 500000);
}

static void hazards_used_up_are_exponential_where_levers_are_known(void **state)
{
    (void)state;
    check_scenario(known, 600, 500000);
}

/* And a ratio that is wrong by a hundredth is found. */
static void a_wrong_ratio_is_caught(void **state)
{
    struct fixture *fixture = fixture_make(busy);
    struct check right = {.wrong_switch = UINT32_MAX}, wrong = {.wrong_switch = 0};

    (void)state;
    assert_non_null(fixture);
    assert_string_equal(fixture->plan->factor[0].id, "aid");
    play_runs(&right, fixture->plan, 14);
    judge(&right, 1500000);
    play_runs(&wrong, fixture->plan, 14);
    assert_true(right.in_force[SWITCH_ON].fired > 1e6);
    assert_true(z_of(&wrong.in_force[SWITCH_ON]) < -most_z);
    fixture_free(fixture);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(hazards_used_up_are_exponential_where_all_bears_on_all),
        cmocka_unit_test(hazards_used_up_are_exponential_where_levers_are_known),
        cmocka_unit_test(a_wrong_ratio_is_caught),
    };

    return cmocka_run_group_tests(test, NULL, NULL);
}
