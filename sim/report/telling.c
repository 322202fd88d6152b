/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/telling.h"
#include <math.h>
#include <time.h>
#include "sim/scenario/scenario.h"

/* PHRASE at the end of a text. */
#define APPEND(text, words, ...) ((text) = document_join(document, (text), PHRASE(document, words, __VA_ARGS__)))

const char *telling_date(struct arena *arena, const struct scenario *scenario, double month)
{
    const time_t seconds = (time_t)floor((scenario->as_of_day + month * MONTH_DAYS) * 86400.0);
    struct tm day;
    char text[40];

    if (!gmtime_r(&seconds, &day) || !strftime(text, sizeof text, "%Y-%m-%d", &day))
        return "";
    return arena_print(arena, "%s", text);
}

const char *telling_kind(enum event_kind kind)
{
    static const char *const name[] = {[EVENT_COMES] = "comes", [EVENT_ENDS] = "ends", [EVENT_MOVES] = "moves"};

    return name[kind];
}

struct phrase telling_what(struct document *document, const struct plan *plan, const struct event *what)
{
    if (what->kind != EVENT_MOVES)
        return PHRASE(document, "{} {}", value_text(plan->factor[what->which].id),
                      value_text(telling_kind(what->kind)));
    return PHRASE(document, "{}: {} to {} ({})", value_text(plan->base[what->which].id),
                  value_text(plan->state[what->from]), value_text(plan->state[what->to]),
                  value_text(what->clock == HISTORY_NO_CLOCK ? "decided by the model" : plan->clock[what->clock].id));
}

/* In whole percent. */
static struct value round_percent(double p)
{
    return value_percent(p, 0.01);
}

/* "khmeimim lost", "khmeimim NOTICE or DEAL". */
static struct phrase describe_condition(struct document *document, const struct plan *plan,
                                        const struct plan_condition *it)
{
    const uint64_t all = plan->n_states < PLAN_MAX_STATES ? (UINT64_C(1) << plan->n_states) - 1 : UINT64_MAX;
    const struct value base = value_text(plan->base[it->base].id);
    struct phrase text = PHRASE(document, "{}", base);
    bool any = false;

    if ((it->states & all) == (plan->held & all))
        return PHRASE(document, "{} held", base);
    if ((it->states & all) == (~plan->held & all))
        return PHRASE(document, "{} lost", base);
    for (size_t s = 0; s < plan->n_states; s++)
        if (it->states >> s & 1) {
            APPEND(text, any ? " or {}" : " {}", value_text(plan->state[s]));
            any = true;
        }
    return text;
}

struct phrase telling_reason(struct document *document, const struct plan *plan, const struct story_event *event,
                             const struct story_reason *reason)
{
    switch (reason->why) {
    case STORY_OWN:
        return PHRASE(document, "{} itself", value_text(plan->base[event->what.which].id));
    case STORY_BALANCE:
        return plain("the balance of the actors");
    case STORY_ON:
        return PHRASE(document, "{}", value_text(plan->factor[reason->which].id));
    case STORY_OTHERWISE:
        return PHRASE(document, "no {}", value_text(plan->factor[reason->which].id));
    case STORY_COUPLING:
        return describe_condition(document, plan, &plan->condition[reason->which]);
    case STORY_FRAILTY:
        break;
    }
    return PHRASE(document, "frailty ({})", value_text(plan->dependence[reason->which].id));
}

struct phrase telling_why(struct document *document, const struct plan *plan, const struct story_event *event)
{
    struct phrase text;

    if (isnan(event->likely))
        return plain("");
    text = PHRASE(document, "probability of having fired by then: {}", round_percent(event->likely));
    if (!isnan(event->rate))
        APPEND(text, "; hazard {} a month", value_number(event->rate));
    if (event->n_reasons)
        APPEND(text, isnan(event->rate) ? "; {}:" : " {}:", value_hazard_ratio(event->ratio));
    for (size_t i = 0; i < event->n_reasons; i++)
        APPEND(text, i ? ", {} {}" : " {} {}",
               document_value(document, telling_reason(document, plan, event, &event->reason[i])),
               value_hazard_ratio(event->reason[i].ratio));
    return text;
}

/* By how much a ratio is multiplied; INFINITY: it was 0. */
static double factor_of(const struct story_change *change)
{
    return change->before > 0.0 ? change->after / change->before : INFINITY;
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
        const double a = factor_of(&event->change[k]), b = factor_of(&event->change[i]);

        if (!other->moves_base || other->transition != clock->transition ||
            (a != b && !(fabs(a - b) <= 1e-9 * fabs(a))))
            continue;
        n_same++;
        *is_first = *is_first && k >= i;
    }
    return n > 1 && n_same == n;
}

struct phrase telling_changes(struct document *document, const struct plan *plan, const struct story_event *event)
{
    struct phrase text = plain("");

    for (size_t i = 0; i < event->n_changes; i++) {
        const struct plan_clock *clock = &plan->clock[event->change[i].clock];
        const double factor = factor_of(&event->change[i]);
        bool is_first = true;
        const bool all = clock->moves_base && speaks_for_all(plan, event, i, &is_first);

        if ((all && !is_first) || fabs(factor - 1.0) < 0.005) /* would be shown as 1 */
            continue;
        APPEND(text, *text.text ? ", {} {}" : "{} {}", value_text(all ? clock->id : clock->name),
               factor == 0.0   ? value_text("cannot fire")
               : isinf(factor) ? value_text("can fire again")
                               : value_hazard_ratio(factor));
    }
    return text;
}

struct phrase telling_end(struct document *document, const struct explanation *it, const struct story *story, size_t b)
{
    const struct story_base *base = &story->base[b];
    const struct value id = value_text(it->plan->base[b].id), state = value_text(it->plan->state[base->state]);

    if (!(base->since > 0.0))
        return PHRASE(document, "{}: {} all along", id, state);
    return PHRASE(document, "{}: {} since {}", id, state,
                  value_text(telling_date(&document->arena, it->scenario, base->since)));
}

struct phrase telling_rivals(struct document *document, const struct plan *plan, const struct story_base *base)
{
    struct phrase text = plain(base->n_rivals ? "did not occur:" : "");

    for (size_t i = 0; i < base->n_rivals; i++) {
        const struct story_rival *rival = &base->rival[i];

        APPEND(text, i ? ", {}" : " {}", value_text(plan->clock[rival->clock].id));
        if (!isnan(rival->likely))
            APPEND(text, " ({} probability)", round_percent(rival->likely));
    }
    return text;
}

struct phrase telling_states(struct document *document, const struct plan *plan, const uint32_t *state)
{
    struct phrase text = plain("");

    for (size_t b = 0; b < plan->n_bases; b++)
        APPEND(text, b ? ", {} {}" : "{} {}", value_text(plan->base[b].id),
               value_text(plan->state[state ? state[b] : plan->base[b].initial]));
    return text;
}

struct phrase telling_ending(struct document *document, const struct explanation *it,
                             const struct typical_ending *ending)
{
    if (it->question != SIZE_MAX)
        return plain(ending->yes ? "yes" : "no");
    return telling_states(document, it->plan, ending->state);
}

struct phrase telling_order(struct document *document, const struct plan *plan, const struct typical_order *order)
{
    struct phrase text = plain(order->n ? "" : "nothing");

    for (size_t i = 0; i < order->n; i++) {
        const uint32_t label = order->label[i];
        const size_t decided = label < plan->n_clocks ? 0 : label - plan->n_clocks;

        if (label < plan->n_clocks)
            APPEND(text, i ? ", {}" : "{}", value_text(plan->clock[label].name));
        else
            APPEND(text, i ? ", {} {}" : "{} {}", value_text(plan->base[decided / plan->n_states].id),
                   value_text(plan->state[decided % plan->n_states]));
    }
    return text;
}
