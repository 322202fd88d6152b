/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_explain.c - told runs for programs: JSON and CSV. */
#include "sim/report/data_histories.h"
#include "sim/report/explain.h"
#include "sim/report/json_tree.h"
#include "sim/report/telling.h"
#include "sim/scenario/scenario.h"

/* ---- explain.json ---- */

static json_t *reasons(const struct plan *plan, const struct story_event *event, struct arena *arena)
{
    json_t *all = json_tree_array();

    for (size_t i = 0; i < event->n_reasons; i++) {
        json_t *it = json_tree_object();

        json_tree_put(it, "because", json_tree_string(telling_reason(arena, plan, event, &event->reason[i])));
        json_tree_put(it, "ratio", json_tree_number(event->reason[i].ratio));
        json_tree_append(all, it);
    }
    return all;
}

static json_t *changes(const struct plan *plan, const struct story_event *event)
{
    json_t *all = json_tree_array();

    for (size_t i = 0; i < event->n_changes; i++) {
        json_t *it = json_tree_object();

        json_tree_put(it, "clock", json_tree_string(plan->clock[event->change[i].clock].name));
        json_tree_put(it, "before", json_tree_number(event->change[i].before));
        json_tree_put(it, "after", json_tree_number(event->change[i].after));
        json_tree_append(all, it);
    }
    return all;
}

static json_t *event_of(const struct explanation *explanation, const struct story_event *event, struct arena *arena)
{
    const struct plan *plan = explanation->plan;
    const struct happening *what = &event->what;
    const bool moves = what->kind == HAPPENING_MOVES;
    json_t *it = json_tree_object();

    json_tree_put(it, "month", json_tree_number(what->month));
    json_tree_put(it, "date", json_tree_string(telling_date(arena, explanation->scenario, what->month)));
    json_tree_put(it, "kind", json_tree_string(telling_kind(what->kind)));
    json_tree_put(it, "id", json_tree_string(moves ? plan->base[what->which].id : plan->factor[what->which].id));
    json_tree_put(it, "from", json_tree_string(moves ? plan->state[what->from] : NULL));
    json_tree_put(it, "to", json_tree_string(moves ? plan->state[what->to] : NULL));
    json_tree_put(it, "clock",
                  json_tree_string(what->clock == HISTORY_NO_CLOCK ? NULL : plan->clock[what->clock].name));
    json_tree_put(it, "likely_by_then", json_tree_number(event->likely));
    json_tree_put(it, "rate_per_month", json_tree_number(event->rate));
    json_tree_put(it, "ratio", json_tree_number(event->ratio));
    json_tree_put(it, "reasons", reasons(plan, event, arena));
    json_tree_put(it, "changes", changes(plan, event));
    return it;
}

static json_t *base_of(const struct plan *plan, const struct story_base *base)
{
    json_t *it = json_tree_object(), *rivals = json_tree_array();

    json_tree_put(it, "state", json_tree_string(plan->state[base->state]));
    json_tree_put(it, "since_month", json_tree_number(base->since));
    for (size_t i = 0; i < base->n_rivals; i++) {
        json_t *rival = json_tree_object();

        json_tree_put(rival, "clock", json_tree_string(plan->clock[base->rival[i].clock].name));
        json_tree_put(rival, "likely_by_then", json_tree_number(base->rival[i].likely));
        json_tree_put(rival, "ratio", json_tree_number(base->rival[i].ratio));
        json_tree_append(rivals, rival);
    }
    json_tree_put(it, "did_not_ring", rivals);
    return it;
}

static json_t *story_of(const struct explanation *explanation, const struct story *story)
{
    json_t *it = json_tree_object(), *events = json_tree_array(), *bases = json_tree_object();
    struct arena arena = {0};

    json_tree_put(it, "world", json_tree_count(story->world));
    json_tree_put(it, "run", json_tree_count(story->run));
    for (size_t i = 0; i < story->n_events; i++)
        json_tree_append(events, event_of(explanation, &story->event[i], &arena));
    json_tree_put(it, "events", events);
    for (size_t b = 0; b < explanation->plan->n_bases; b++)
        json_tree_put(bases, explanation->plan->base[b].id, base_of(explanation->plan, &story->base[b]));
    json_tree_put(it, "bases", bases);
    arena_free(&arena);
    return it;
}

static json_t *estimate(struct estimate estimate)
{
    json_t *it = json_tree_object();

    json_tree_put(it, "share", json_tree_number(estimate.value));
    json_tree_put(it, "se", json_tree_number(estimate.se));
    json_tree_put(it, "n", json_tree_count(estimate.n));
    return it;
}

static json_t *orders(const struct plan *plan, const struct typical_order *order, size_t n, struct arena *arena)
{
    json_t *all = json_tree_array();

    for (size_t i = 0; i < n; i++) {
        json_t *it = estimate(order[i].share);

        json_tree_put(it, "order", json_tree_string(telling_order(arena, plan, &order[i])));
        json_tree_append(all, it);
    }
    return all;
}

static json_t *ending_of(const struct explanation *explanation, size_t i)
{
    const struct plan *plan = explanation->plan;
    const struct typical_ending *ending = &explanation->typical.ending[i];
    json_t *it = estimate(ending->share), *factors = json_tree_object();
    struct arena arena = {0};

    json_tree_put(it, "ending", json_tree_string(telling_ending(&arena, explanation, ending)));
    json_tree_put(it, "typical", story_of(explanation, &explanation->story[i]));
    json_tree_put(it, "mean_distance", json_tree_number(ending->distance));
    json_tree_put(it, "compared", json_tree_count(ending->n_compared));
    json_tree_put(it, "different_orders", json_tree_count(ending->n_different));
    json_tree_put(it, "orders_of_moves", orders(plan, ending->moves, ending->n_moves, &arena));
    json_tree_put(it, "orders", orders(plan, ending->all, ending->n_all, &arena));
    for (size_t f = 0; f < plan->n_factors; f++) {
        json_t *factor = json_tree_object();

        json_tree_put(factor, "here", estimate(ending->factor[f].here));
        json_tree_put(factor, "all", estimate(ending->factor[f].all));
        json_tree_put(factors, plan->factor[ending->factor[f].factor].id, factor);
    }
    json_tree_put(it, "came", factors);
    arena_free(&arena);
    return it;
}

void json_explain(FILE *out, const struct explanation *explanation)
{
    json_t *root = json_tree_object(), *endings = json_tree_array();

    json_tree_put(root, "scenario_id", json_tree_string(explanation->scenario->id));
    json_tree_put(root, "as_of", json_tree_string(explanation->scenario->as_of));
    json_tree_put(root, "horizon", json_tree_number(explanation->plan->horizon));
    if (explanation->single) {
        json_tree_put(root, "story", story_of(explanation, &explanation->story[0]));
        json_decref(endings);
    } else {
        json_tree_put(root, "question",
                      json_tree_string(explanation->question == SIZE_MAX
                                           ? NULL
                                           : explanation->plan->question[explanation->question].id));
        for (size_t i = 0; i < explanation->n; i++)
            json_tree_append(endings, ending_of(explanation, i));
        json_tree_put(root, "endings", endings);
        json_tree_put(root, "rest", estimate(explanation->typical.rest));
    }
    json_tree_write(out, root);
}

/* ---- events.csv ---- */

void csv_explain(FILE *out, const struct explanation *explanation)
{
    struct histories histories;

    histories_begin(&histories, explanation->plan, NULL, out);
    for (size_t s = 0; s < explanation->n; s++) {
        const struct story *story = &explanation->story[s];

        for (size_t i = 0; i < story->n_events; i++) {
            const struct play_told told = {
                .world = story->world, .run = story->run, .happening = &story->event[i].what, .n = 1};

            histories_write(&histories, &told);
        }
    }
    histories_free(&histories);
}
