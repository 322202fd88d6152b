/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/telling.h"
#include <math.h>
#include <string.h>
#include <time.h>
#include "sim/report/figure.h"
#include "sim/scenario/scenario.h"

const char *telling_date(struct arena *arena, const struct scenario *scenario, double month)
{
    const time_t seconds = (time_t)floor((scenario->as_of_day + month * MONTH_DAYS) * 86400.0);
    struct tm day;
    char text[40];

    if (!gmtime_r(&seconds, &day) || !strftime(text, sizeof text, "%Y-%m-%d", &day))
        return "";
    return arena_print(arena, "%s", text);
}

const char *telling_kind(enum happening_kind kind)
{
    static const char *const name[] = {
        [HAPPENING_COMES] = "comes", [HAPPENING_ENDS] = "ends", [HAPPENING_MOVES] = "moves"};

    return name[kind];
}

const char *telling_what(struct arena *arena, const struct plan *plan, const struct happening *what)
{
    if (what->kind != HAPPENING_MOVES)
        return arena_print(arena, "%s %s", plan->factor[what->which].id, telling_kind(what->kind));
    return arena_print(arena, "%s: %s to %s (%s)", plan->base[what->which].id, plan->state[what->from],
                       plan->state[what->to],
                       what->clock == HISTORY_NO_CLOCK ? "the model decides" : plan->clock[what->clock].id);
}

/* "0.5 %": few digits, never nothing and never all. */
static const char *likely(struct arena *arena, double p)
{
    return arena_print(arena, p > 0.995 ? "over 99 %%" : p < 0.005 ? "under 1 %%" : "%.0f %%", 100.0 * p);
}

/* "khmeimim lost", "khmeimim NOTICE or DEAL". */
static const char *condition(struct arena *arena, const struct plan *plan, const struct plan_condition *it)
{
    const uint64_t all = plan->n_states < PLAN_MAX_STATES ? (UINT64_C(1) << plan->n_states) - 1 : UINT64_MAX;
    const char *text = plan->base[it->base].id;
    bool any = false;

    if ((it->states & all) == (plan->held & all))
        return arena_print(arena, "%s held", text);
    if ((it->states & all) == (~plan->held & all))
        return arena_print(arena, "%s lost", text);
    for (size_t s = 0; s < plan->n_states; s++)
        if (it->states >> s & 1) {
            text = arena_print(arena, "%s %s%s", text, any ? "or " : "", plan->state[s]);
            any = true;
        }
    return text;
}

const char *telling_reason(struct arena *arena, const struct plan *plan, const struct story_event *event,
                           const struct story_reason *reason)
{
    switch (reason->why) {
    case STORY_OWN:
        return arena_print(arena, "%s itself", plan->base[event->what.which].id);
    case STORY_BALANCE:
        return "the balance of the actors";
    case STORY_ON:
        return plan->factor[reason->which].id;
    case STORY_OTHERWISE:
        return arena_print(arena, "no %s", plan->factor[reason->which].id);
    case STORY_COUPLING:
        return condition(arena, plan, &plan->condition[reason->which]);
    case STORY_FRAILTY:
        break;
    }
    return arena_print(arena, "frailty (%s)", plan->dependence[reason->which].id);
}

static const char *times(struct arena *arena, double ratio)
{
    return arena_print(arena, "×%.3g", ratio);
}

const char *telling_why(struct arena *arena, const struct plan *plan, const struct story_event *event)
{
    const char *text = "";

    if (isnan(event->likely))
        return text;
    text = arena_print(arena, "%s likely by then", likely(arena, event->likely));
    if (!isnan(event->rate))
        text = arena_print(arena, "%s; %.3g a month", text, event->rate);
    if (event->n_reasons)
        text = arena_print(arena, "%s%s %s:", text, isnan(event->rate) ? ";" : "", times(arena, event->ratio));
    for (size_t i = 0; i < event->n_reasons; i++)
        text = arena_print(arena, "%s%s %s %s", text, i ? "," : "",
                           telling_reason(arena, plan, event, &event->reason[i]), times(arena, event->reason[i].ratio));
    return text;
}

/* By how much a ratio is multiplied; INFINITY: it was 0. */
static double factor_of(const struct story_change *change)
{
    return change->before > 0.0 ? change->after / change->before : INFINITY;
}

static bool is_same(double a, double b)
{
    return a == b || fabs(a - b) <= 1e-9 * fabs(a);
}

/* Whether a change does the same to all bases that have the transition; the first of them then speaks for all. */
static bool speaks_for_all(const struct plan *plan, const struct story_event *event, size_t i, bool *is_first)
{
    const struct plan_clock *clock = &plan->clock[event->change[i].clock];
    size_t n = 0, n_same = 0;

    *is_first = true;
    for (size_t c = 0; c < plan->n_clocks; c++)
        n += plan->clock[c].moves_base && plan->clock[c].transition == clock->transition;
    for (size_t k = 0; k < event->n_changes; k++) {
        const struct plan_clock *other = &plan->clock[event->change[k].clock];

        if (!other->moves_base || other->transition != clock->transition ||
            !is_same(factor_of(&event->change[k]), factor_of(&event->change[i])))
            continue;
        n_same++;
        *is_first = *is_first && k >= i;
    }
    return n > 1 && n_same == n;
}

static const char *multiplied(struct arena *arena, double factor)
{
    return factor == 0.0 ? "cannot ring" : isinf(factor) ? "can ring again" : times(arena, factor);
}

const char *telling_changes(struct arena *arena, const struct plan *plan, const struct story_event *event)
{
    const char *text = "";

    for (size_t i = 0; i < event->n_changes; i++) {
        const struct plan_clock *clock = &plan->clock[event->change[i].clock];
        const double factor = factor_of(&event->change[i]);
        bool is_first = true;
        const bool all = clock->moves_base && speaks_for_all(plan, event, i, &is_first);

        if ((all && !is_first) || fabs(factor - 1.0) < 0.005) /* would be told as 1 */
            continue;
        text = arena_print(arena, "%s%s%s %s", text, *text ? ", " : "", all ? clock->id : clock->name,
                           multiplied(arena, factor));
    }
    return text;
}

const char *telling_end(struct arena *arena, const struct explanation *it, const struct story *story, size_t b)
{
    const struct plan *plan = it->plan;
    const struct story_base *base = &story->base[b];
    const char *text = arena_print(arena, "%s: %s %s%s", plan->base[b].id, plan->state[base->state],
                                   base->since > 0.0 ? "since " : "all along",
                                   base->since > 0.0 ? telling_date(arena, it->scenario, base->since) : "");

    for (size_t i = 0; i < base->n_rivals; i++) {
        const struct story_rival *rival = &base->rival[i];

        text =
            arena_print(arena, "%s%s %s%s", text, i ? "," : "; did not ring:", plan->clock[rival->clock].id,
                        isnan(rival->likely) ? "" : arena_print(arena, " (%s likely)", likely(arena, rival->likely)));
    }
    return text;
}

const char *telling_question(const struct plan_question *question)
{
    return *question->text ? question->text : question->id;
}

const char *telling_ending(struct arena *arena, const struct explanation *it, const struct typical_ending *ending)
{
    const char *text = "";

    if (it->question != SIZE_MAX)
        return ending->yes ? "yes" : "no";
    for (size_t b = 0; b < it->plan->n_bases; b++)
        text = arena_print(arena, "%s%s%s %s", text, b ? ", " : "", it->plan->base[b].id,
                           it->plan->state[ending->state[b]]);
    return text;
}

const char *telling_order(struct arena *arena, const struct plan *plan, const struct typical_order *order)
{
    const char *text = "";

    for (size_t i = 0; i < order->n; i++) {
        const uint32_t label = order->label[i];
        const size_t decided = label < plan->n_clocks ? 0 : label - plan->n_clocks;

        text = arena_print(arena, "%s%s%s", text, i ? ", " : "",
                           label < plan->n_clocks ? plan->clock[label].name
                                                  : arena_print(arena, "%s %s", plan->base[decided / plan->n_states].id,
                                                                plan->state[decided % plan->n_states]));
    }
    return order->n ? text : "nothing";
}
