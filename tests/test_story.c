/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Told runs: what a story says of each ring follows from what happened before it, and the typical run is the one in the
 * middle. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "sim/analysis/explanation.h"
#include "sim/engine/hazard.h"
#include "tests/fixture.h"

/* All that can bear on a clock. */
static const char text[] =
    "format = 1; as_of = \"2025-01-01\"; horizon = 24.0;"
    "actors = { guest = { role = \"guest\"; capability = 60; salience = 80; position = 95; };"
    "  host = { role = \"host\"; capability = 60; salience = 85; position = (\"pert\", 20, 40, 60); }; };"
    "states = { LOST = { held = false; final = true; }; NOTICE = { held = true; };"
    "  LIMBO = { held = true; initial = true; }; DEAL = { held = true; }; };"
    "bases = { port = { rates = { exit = 1.4; }; }; field = { }; };"
    "transitions = { exit = { from = [\"LIMBO\", \"NOTICE\"]; to = \"LOST\"; per_month = (\"uniform\", 0.01, 0.09); "
    "pull = -0.2; };"
    "  notice = { from = \"LIMBO\"; to = \"NOTICE\"; per_month = ((0.0, 0.02), (6.0, 0.08)); };"
    "  calm = { from = \"NOTICE\"; to = \"LIMBO\"; per_month = 0.2; };"
    "  sign = { from = [\"LIMBO\", \"NOTICE\"]; to = \"DEAL\"; chance = 0.4; within = 24.0; pull = 0.15; }; };"
    "levers = { relief = { chance = 0.7; when = (\"pert\", 3, 9, 20); effects = { sign = 2.5; exit = 0.7; };"
    "    moves = { host = 10.0; }; otherwise = { sign = 0.6; }; }; };"
    "events = { storm = { per_month = 0.2; lasts = (\"pert\", 1, 2, 4); recurs = true; effects = { exit = 2.0; port = "
    "{ exit = 1.2; }; relief = 1.3; }; };"
    "  vote = { on = \"2025-05-01\"; effects = { storm = 0.5; }; };"
    "  aftermath = { per_month = 0.1; requires = \"storm\"; effects = { notice = 1.7; }; }; };"
    "couplings = ( { when = \"port lost\"; effects = { field = { exit = 3.0; }; }; } );"
    "dependence = { exit = { variance = 0.5; on = [\"exit\"]; }; };"
    "questions = { both = { are = \"held\"; month = 12.0; }; };";

static int set_up(void **state)
{
    *state = fixture_make(text);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

static void assert_near(double a, double b, double distance)
{
    if (!(fabs(a - b) <= distance))
        print_error("%.17g is not %.17g\n", a, b);
    assert_true(fabs(a - b) <= distance);
}

/* ---- a story against what it is told of ---- */

enum { MOST = 32 };

struct check { /* kept apart from the walk: ratios by the story's changes, hazards by what was enabled when */
    const struct plan *plan;
    const struct replay *replay;
    double ratio[MOST], hazard[MOST], month;
    uint32_t state[MOST];
    bool on[MOST], rang[MOST];
    size_t n_checked;
};

static bool is_enabled(const struct check *it, uint32_t c)
{
    const struct plan_clock *clock = &it->plan->clock[c];

    if (clock->moves_base)
        return clock->from >> it->state[clock->base] & 1;
    for (uint32_t i = clock->requires.first; i < clock->requires.first + clock->requires.n; i++)
        if (!it->on[it->plan->index[i]])
            return false;
    return !it->on[clock->factor] && (!it->rang[c] || clock->recurs);
}

static double baseline(const struct check *it, uint32_t c, double month)
{
    const struct plan_clock *clock = &it->plan->clock[c];

    switch (clock->baseline) {
    case BASELINE_RATE:
        return hazard_steps(it->plan, &it->replay->world, clock->steps, month);
    case BASELINE_ODDS:
        return it->replay->world.rate[c] * month;
    case BASELINE_DATE:
        return month > 0.0 ? hazard_date(&it->replay->world, clock, month) : 0.0;
    case BASELINE_AT:
        break;
    }
    return 0.0;
}

static void pass(struct check *it, double month)
{
    for (uint32_t c = 0; c < it->plan->n_clocks; c++)
        if (is_enabled(it, c))
            it->hazard[c] += it->ratio[c] * (baseline(it, c, month) - baseline(it, c, it->month));
    it->month = month;
}

static void assert_likely(struct check *it, uint32_t c, double likely)
{
    if (isnan(likely))
        return;
    assert_near(1.0 - exp(-it->hazard[c]), likely, 1e-7);
    it->n_checked++;
}

static double product(const struct story_event *event)
{
    double ratio = 1.0;

    for (size_t i = 0; i < event->n_reasons; i++)
        ratio *= event->reason[i].ratio;
    return ratio;
}

static void follow(struct check *it, const struct story_event *event)
{
    const struct event *what = &event->what;

    pass(it, what->month);
    if (what->kind != EVENT_ENDS) {
        if (!isnan(event->likely)) {
            assert_near(event->ratio / it->ratio[what->clock], 1.0, 1e-12);
            assert_near(product(event) / event->ratio, 1.0, 1e-12);
        }
        assert_likely(it, what->clock, event->likely);
        it->hazard[what->clock] = 0.0;
        it->rang[what->clock] = true;
    }
    if (what->kind == EVENT_MOVES) {
        assert_int_equal(it->state[what->which], what->from);
        it->state[what->which] = what->to;
    } else {
        assert_true(it->on[what->which] == (what->kind == EVENT_ENDS));
        it->on[what->which] = what->kind == EVENT_COMES;
    }
    for (size_t i = 0; i < event->n_changes; i++)
        it->ratio[event->change[i].clock] *= event->change[i].after / event->change[i].before;
}

static void check_story(struct check *it, const struct story *story)
{
    const struct plan *plan = it->plan;

    for (uint32_t c = 0; c < plan->n_clocks; c++)
        it->ratio[c] =
            path_ratio(&it->replay->path, it->replay->path.world.start_on, c) * path_frailty(&it->replay->path, c);
    for (uint32_t b = 0; b < plan->n_bases; b++)
        it->state[b] = plan->base[b].initial;
    for (size_t i = 0; i < story->n_events; i++)
        follow(it, &story->event[i]);
    pass(it, plan->horizon);
    for (uint32_t b = 0; b < plan->n_bases; b++) {
        assert_int_equal(story->base[b].state, it->state[b]);
        for (size_t i = 0; i < story->base[b].n_rivals; i++)
            assert_likely(it, story->base[b].rival[i].clock, story->base[b].rival[i].likely);
    }
}

static void what_is_likely_follows_from_what_happened(void **state)
{
    const struct fixture *it = *state;
    size_t n_checked = 0;

    assert_true(it->plan->n_clocks <= MOST);
    for (int design = DESIGN_STRATIFIED; design <= DESIGN_MC; design++) {
        struct replay replay;

        replay_init(&replay, it->plan, (enum design_kind)design, 3);
        for (uint64_t world = 0; world < 40; world++)
            for (uint64_t run = 0; run < 7; run++) {
                struct check check = {.plan = it->plan, .replay = &replay};
                struct story story;

                assert_true(replay_run(&replay, world, run));
                story_init(&story, &replay, world, run);
                check_story(&check, &story);
                n_checked += check.n_checked;
                story_free(&story);
            }
        replay_free(&replay);
    }
    assert_true(n_checked > 3000);
}

/* ---- the same run among others ---- */

struct listening {
    struct replay *replay;
    uint64_t n;
};

static void on_recorded(void *context, size_t arm, const struct play_recorded *recorded)
{
    struct listening *it = context;

    assert_int_equal(arm, 0);
    assert_int_equal(recorded->world * 10 + recorded->run, it->n++);
    assert_true(replay_run(it->replay, recorded->world, recorded->run));
    assert_int_equal(recorded->n, it->replay->history.n_events);
    for (size_t i = 0; i < recorded->n; i++) {
        const struct event *a = &recorded->event[i], *b = &it->replay->history.event[i];

        assert_true(a->month == b->month && a->kind == b->kind && a->which == b->which && a->clock == b->clock);
    }
}

static void a_replayed_run_is_the_one_that_was_played(void **state)
{
    const struct fixture *it = *state;
    const struct plan *plan = it->plan;
    struct replay replay;
    struct listening listening = {.replay = &replay};
    const struct play_settings settings = {.seed = 5,
                                           .n_worlds = 100,
                                           .n_runs = 10,
                                           .precision = NAN,
                                           .estimator = ESTIMATOR_DRAW,
                                           .threads = 3,
                                           .recorded = on_recorded,
                                           .context = &listening};
    struct play_result result;

    replay_init(&replay, plan, DESIGN_STRATIFIED, 5);
    play(&result, &plan, 1, &settings);
    assert_int_equal(listening.n, 1000);
    play_free(&result);
    replay_free(&replay);
}

/* ---- typical runs ---- */

/* So many runs in which the field is lost at some months, after the storm came or not. */
static void add(struct typical *typical, uint64_t world, double storm, double lost)
{
    const struct plan *plan = typical->plan;
    const bool yes[1] = {lost == INFINITY};
    struct event event[2];
    struct play_recorded recorded = {.world = world, .event = event, .yes = yes};

    for (uint32_t f = 0; f < plan->n_factors; f++)
        if (!strcmp(plan->factor[f].id, "storm") && storm < INFINITY)
            event[recorded.n++] = (struct event){storm, EVENT_COMES, f, 0, 0, plan->factor[f].clock};
    for (uint32_t c = 0; c < plan->n_clocks; c++)
        if (!strcmp(plan->clock[c].name, "exit@field") && lost < INFINITY)
            event[recorded.n++] = (struct event){
                lost, EVENT_MOVES, plan->clock[c].base, plan->base[plan->clock[c].base].initial, plan->clock[c].to, c};
    typical_add(typical, &recorded);
}

static void the_typical_run_is_in_the_middle(void **state)
{
    const struct fixture *it = *state;
    static const double lost[] = {1.0, 2.0, 4.0, 5.0, 11.0}; /* the median is 4 */
    struct typical typical;

    typical_init(&typical, it->plan, 0);
    for (uint64_t i = 0; i < 5; i++)
        add(&typical, i, INFINITY, lost[i]);
    add(&typical, 5, 3.0, 4.0); /* one thing more, so further from the others */
    for (uint64_t i = 6; i < 8; i++)
        add(&typical, i, INFINITY, INFINITY);
    typical_finish(&typical, 6);
    assert_int_equal(typical.n_endings, 2);
    assert_false(typical.ending[0].yes);
    assert_int_equal(typical.ending[0].world, 2);
    assert_int_equal(typical.ending[0].n, 6);
    assert_near(typical.ending[0].share.value, 0.75, 1e-15);
    /* to the others: 3, 2, 1 and 7 months of which 12 count 1, and the storm 1 */
    assert_near(typical.ending[0].distance, (13.0 / 12.0 + 1.0) / 5.0, 1e-12);
    assert_int_equal(typical.ending[0].n_different, 2);
    assert_int_equal(typical.ending[0].n_all, 1); /* the storm's came but once */
    assert_int_equal(typical.ending[0].n_moves, 1);
    assert_near(typical.ending[0].moves[0].share.value, 1.0, 1e-15);
    assert_int_equal(typical.ending[0].all[0].n, 1);
    assert_near(typical.ending[0].all[0].share.value, 5.0 / 6.0, 1e-15);
    assert_near(typical.rest.value, 0.0, 0.0);
    typical_free(&typical);
}

static void endings_beyond_those_told_are_the_rest(void **state)
{
    const struct fixture *it = *state;
    struct typical typical;

    typical_init(&typical, it->plan, SIZE_MAX);
    for (uint64_t i = 0; i < 30; i++)
        add(&typical, i, 1.0, i % 3 ? INFINITY : 2.0);
    typical_finish(&typical, 1);
    assert_int_equal(typical.n_endings, 1);
    assert_near(typical.ending[0].share.value, 2.0 / 3.0, 1e-15);
    assert_near(typical.rest.value, 1.0 / 3.0, 1e-15);
    for (size_t f = 0; f < it->plan->n_factors; f++)
        assert_near(typical.ending[0].factor[f].here.value,
                    !strcmp(it->plan->factor[typical.ending[0].factor[f].factor].id, "storm"), 0.0);
    typical_free(&typical);
}

/* The shares are those that `run` counts. */
static void shares_are_those_of_the_tally(void **state)
{
    const struct fixture *it = *state;
    const struct play_settings settings = {
        .seed = 9, .n_worlds = 512, .n_runs = 8, .precision = NAN, .estimator = ESTIMATOR_DRAW};
    struct explanation explanation;
    double se, p;

    assert_true(explanation_of_endings(&explanation, it->plan, &settings, 0));
    p = tally_share(&explanation.result.arm[0].tally, explanation.result.arm[0].tally.at.question, &se);
    assert_int_equal(explanation.n, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct typical_ending *ending = &explanation.typical.ending[i];

        assert_near(ending->share.value, ending->yes ? p : 1.0 - p, 1e-12);
        assert_near(ending->share.se, se, 1e-12);
        assert_int_equal(explanation.story[i].world, ending->world);
    }
    explanation_free(&explanation);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(what_is_likely_follows_from_what_happened),
        cmocka_unit_test(a_replayed_run_is_the_one_that_was_played),
        cmocka_unit_test(the_typical_run_is_in_the_middle),
        cmocka_unit_test(endings_beyond_those_told_are_the_rest),
        cmocka_unit_test(shares_are_those_of_the_tally),
    };

    return cmocka_run_group_tests(test, set_up, tear_down);
}
