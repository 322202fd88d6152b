/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/story.h"
#include <math.h>
#include "sim/system/portable.h"

/* The state of the run while its events are gone through again. The path simulator does not record which ratios were in force; they are
 * recomputed by applying each event to the switches, as the simulator did (is_on), and asking for every clock's ratio. */
struct telling {
    struct story *story;
    const struct replay *replay;
    bool *is_on;       /* per switch */
    double *ratio;     /* per clock, frailties excluded */
    uint32_t *n_fired; /* per clock */
    uint32_t *state;   /* per base */
};

/* ---- why a clock has the ratio it has ---- */

static void add_reason(struct story_event *event, enum story_why why, size_t which, double ratio)
{
    if (ratio != 1.0)
        event->reason[event->n_reasons++] = (struct story_reason){why, (uint32_t)which, ratio};
}

/* Add the reason behind a switch: those of levers and events come first, those of conditions after them. */
static void add_switch(struct telling *it, struct story_event *event, uint32_t a_switch, double ratio)
{
    const struct plan *plan = it->story->plan;

    if (a_switch < plan->n_factors * SWITCHES_A_FACTOR) {
        add_reason(event, a_switch % SWITCHES_A_FACTOR == SWITCH_ON ? STORY_ON : STORY_OTHERWISE,
                   a_switch / SWITCHES_A_FACTOR, ratio);
        return;
    }
    for (size_t i = 0; i < plan->n_conditions; i++)
        if (plan->condition[i].its_switch == a_switch)
            add_reason(event, STORY_COUPLING, i, ratio);
}

static void give_reasons(struct telling *it, struct story_event *event, uint32_t c)
{
    const struct plan *plan = it->story->plan;
    const struct world *world = &it->replay->world;
    const struct plan_clock *clock = &plan->clock[c];
    const struct span incoming = clock->incoming, frailties = clock->frailties;
    const double own = plan_value(world->value, clock->own, 1.0);

    event->reason = arena_new(&it->story->arena, 2 + incoming.n + frailties.n, sizeof *event->reason);
    add_reason(event, STORY_OWN, 0, own);
    add_reason(event, STORY_BALANCE, 0, own > 0.0 ? world->own[c] / own : 1.0);
    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++) {
        const struct plan_link *link = &plan->link[plan->incoming[i]];

        if (it->is_on[link->from_switch])
            add_switch(it, event, link->from_switch, world->factor[plan->incoming[i]]);
    }
    for (uint32_t i = frailties.first; i < frailties.first + frailties.n; i++)
        add_reason(event, STORY_FRAILTY, plan->index[i], it->replay->path.run.frailty[plan->index[i]]);
    event->ratio = it->ratio[c] * path_frailty(&it->replay->path, c);
}

/* ---- what happens ---- */

/* Whether a clock cannot fire any more. */
static bool is_over(const struct telling *it, uint32_t c)
{
    const struct plan *plan = it->story->plan;
    const struct plan_clock *clock = &plan->clock[c];

    if (it->replay->path.layout.method[c] == CLOCK_OFF)
        return true;
    return clock->moves_base ? plan->final >> it->state[clock->base] & 1 : it->n_fired[c] > 0 && !clock->recurs;
}

/* Set the switches that an event turns on or off. */
static void set_switches(struct telling *it, const struct event *what)
{
    const struct plan *plan = it->story->plan;
    const struct span conditions = what->kind == EVENT_MOVES ? plan->base[what->which].conditions : (struct span){0, 0};

    for (uint32_t i = conditions.first; i < conditions.first + conditions.n; i++)
        it->is_on[plan->condition[i].its_switch] = plan->condition[i].states >> what->to & 1;
    if (what->kind == EVENT_COMES)
        it->is_on[what->which * SWITCHES_A_FACTOR + SWITCH_OTHERWISE] = false;
    if (what->kind != EVENT_MOVES)
        it->is_on[what->which * SWITCHES_A_FACTOR + SWITCH_ON] = what->kind == EVENT_COMES;
}

/* Find the clocks that can still fire and whose ratio the event has changed. */
static void find_changes(struct telling *it, struct story_event *event)
{
    size_t capacity = 0;

    for (uint32_t c = 0; c < it->story->plan->n_clocks; c++) {
        const double before = it->ratio[c];

        it->ratio[c] = path_ratio(&it->replay->path, it->is_on, c);
        if (it->ratio[c] == before || is_over(it, c))
            continue;
        event->change =
            arena_grow(&it->story->arena, event->change, event->n_changes, &capacity, sizeof *event->change);
        event->change[event->n_changes++] = (struct story_change){c, before, it->ratio[c]};
    }
}

static void explain_event(struct telling *it, struct story_event *event, const struct event *what)
{
    const uint32_t c = what->clock;
    const bool fires = what->kind != EVENT_ENDS && c != HISTORY_NO_CLOCK;

    *event = (struct story_event){.what = *what, .likely = NAN, .rate = NAN, .ratio = NAN};
    if (fires && it->story->plan->clock[c].baseline != BASELINE_AT) {
        give_reasons(it, event, c);
        event->rate = path_rate(&it->replay->path, c, what->month);
        event->likely =
            1.0 - portable_exp(-stream_exponential(&it->replay->stream, it->story->plan->clock[c].key, it->n_fired[c]));
    }
    if (fires)
        it->n_fired[c]++;
    if (what->kind == EVENT_MOVES)
        it->state[what->which] = what->to;
    set_switches(it, what); /* after the reasons, which are those in force when it fired */
    find_changes(it, event);
}

/* ---- the last states of the bases ---- */

static void explain_base(struct telling *it, uint32_t b)
{
    const struct plan *plan = it->story->plan;
    const struct path *path = &it->replay->path;
    struct story_base *base = &it->story->base[b];
    const struct span clocks = plan->base[b].clocks;

    base->state = it->replay->history.state[b];
    for (size_t i = 0; i < it->story->n_events; i++)
        if (it->story->event[i].what.kind == EVENT_MOVES && it->story->event[i].what.which == b)
            base->since = it->story->event[i].what.month;
    base->rival = arena_new(&it->story->arena, clocks.n, sizeof *base->rival);
    for (uint32_t c = clocks.first; c < clocks.first + clocks.n; c++) {
        const double ratio = it->ratio[c] * path_frailty(path, c);

        if (path->layout.method[c] == CLOCK_OFF || !(plan->clock[c].from >> base->state & 1))
            continue;
        base->rival[base->n_rivals++] =
            (struct story_rival){c, 1.0 - portable_exp(-path_used_threshold(path, &it->replay->stream, c)), ratio};
    }
}

void story_init(struct story *story, const struct replay *replay, uint64_t world, uint64_t run)
{
    const struct plan *plan = replay->plan;
    const struct history *history = &replay->history;
    struct telling it = {.story = story, .replay = replay};

    *story = (struct story){.plan = plan, .world = world, .run = run, .n_events = history->n_events};
    it.is_on = arena_new(&story->arena, plan->n_switches, sizeof *it.is_on);
    it.ratio = arena_new(&story->arena, plan->n_clocks, sizeof *it.ratio);
    it.n_fired = arena_new(&story->arena, plan->n_clocks, sizeof *it.n_fired);
    it.state = arena_new(&story->arena, plan->n_bases, sizeof *it.state);
    for (size_t i = 0; i < plan->n_switches; i++)
        it.is_on[i] = replay->path.world.start_on[i];
    for (uint32_t c = 0; c < plan->n_clocks; c++)
        it.ratio[c] = path_ratio(&replay->path, it.is_on, c);
    for (size_t b = 0; b < plan->n_bases; b++)
        it.state[b] = plan->base[b].initial;
    story->event = arena_new(&story->arena, story->n_events, sizeof *story->event);
    for (size_t i = 0; i < story->n_events; i++)
        explain_event(&it, &story->event[i], &history->event[i]);
    story->base = arena_new(&story->arena, plan->n_bases, sizeof *story->base);
    for (uint32_t b = 0; b < plan->n_bases; b++)
        explain_base(&it, b);
}

void story_free(struct story *story)
{
    arena_free(&story->arena);
    *story = (struct story){0};
}
