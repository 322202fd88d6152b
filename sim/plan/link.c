/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link.c - which clocks influence which: effects, moves and couplings become links from switches to clocks; requirements and frailties. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/lookup.h"
#include "sim/plan/value.h"

static void add_term(struct compiler *compiler, uint32_t from_switch, uint32_t clock, struct plan_term term,
                     const char *path)
{
    compiler->pending = arena_grow(compiler->arena, compiler->pending, compiler->n_pending, &compiler->term_capacity,
                                   sizeof *compiler->pending);
    compiler->pending[compiler->n_pending++] = (struct pending_term){from_switch, clock, term, path};
}

static void report_unknown_target(struct compiler *compiler, struct name target, const char *path)
{
    const struct id_list *list[] = {&compiler->transitions, &compiler->factors, &compiler->bases};
    const char **name = arena_new(compiler->arena, list[0]->n + list[1]->n + list[2]->n, sizeof *name);
    const char *near;
    size_t n = 0;

    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < list[i]->n; j++)
            name[n++] = list[i]->id[j];
    near = diag_nearest(target.text, name, n);
    near = near && strcmp(near, target.text) ? near : NULL;
    diag_error(compiler->diag, target.place,
               near ? arena_print(compiler->arena, "did you mean %s?", near)
                    : "an effect applies to a transition, a lever or an event; a base's id restricts it to that base",
               "%s: \"%s\" is not a transition, lever or event", path, target.text);
}

static const struct clock *source_of(const struct compiler *compiler, const struct plan_clock *clock)
{
    const uint32_t i = clock->moves_base ? compiler->transitions.original[clock->transition]
                                         : compiler->factors.original[clock->factor];

    return &compiler->scenario->clock[i];
}

/* Warn of an effect on something that occurs at a fixed month, which no hazard ratio can change; not where another file fixed the month. */
static void warn_fixed(struct compiler *compiler, uint32_t clock, struct place place, const char *path)
{
    const struct clock *source = source_of(compiler, &compiler->plan->clock[clock]);

    if (compiler->plan->clock[clock].baseline == BASELINE_AT && source->timing.place.source == place.source)
        diag_warning(compiler->diag, place, "give its timing as a rate, a chance or a date distribution",
                     "%s: has no effect: \"%s\" occurs at a fixed month", path, compiler->plan->clock[clock].id);
}

static void add_effect(struct compiler *compiler, const struct effect *effect, uint32_t from_switch)
{
    const struct plan *plan = compiler->plan;
    const char *path = effect->ratio.path;
    const long t = lookup_find(&compiler->transitions, effect->target.text);
    const long f = lookup_find(&compiler->factors, effect->target.text);
    const long b = effect->base.text ? lookup_find(&compiler->bases, effect->base.text) : -1;
    const struct plan_term term = {compile_value(compiler, &effect->ratio, &range_ratio), UINT32_MAX};

    if (effect->base.text && b < 0) {
        report_unknown_target(compiler, effect->base, path);
        return;
    }
    if (t < 0 && (f < 0 || effect->base.text)) {
        if (f >= 0)
            diag_error(compiler->diag, effect->target.place, "take it out of the base's group",
                       "%s: a lever or event is the same for all bases", path);
        else
            report_unknown_target(compiler, effect->target, path);
        return;
    }
    if (f >= 0) {
        warn_fixed(compiler, plan->factor[f].clock, effect->target.place, path);
        if (from_switch / SWITCHES_A_FACTOR == (uint32_t)f && from_switch < plan->n_factors * SWITCHES_A_FACTOR)
            diag_error(compiler->diag, effect->target.place, NULL, "%s: an effect on itself", path);
        add_term(compiler, from_switch, plan->factor[f].clock, term, path);
        return;
    }
    for (uint32_t base = 0; base < plan->n_bases; base++)
        if (b < 0 || b == (long)base)
            add_term(compiler, from_switch, plan->base[base].clocks.first + (uint32_t)t, term, path);
}

static void add_effects(struct compiler *compiler, const struct effects *effects, uint32_t from_switch)
{
    for (size_t i = 0; i < effects->n; i++)
        add_effect(compiler, &effects->item[i], from_switch);
}

/* A move of an actor influences every transition that has a pull. */
static void add_moves(struct compiler *compiler, const struct clock *source, uint32_t from_switch)
{
    const struct plan *plan = compiler->plan;

    for (size_t i = 0; i < source->moves.n; i++) {
        const struct keyed_quantity *move = &source->moves.item[i];
        const long actor = lookup_require(compiler, &compiler->actors, move->key, move->quantity.path, "actor");
        const struct plan_term term = {compile_value(compiler, &move->quantity, &range_points), (uint32_t)actor};

        for (uint32_t c = 0; actor >= 0 && c < plan->n_clocks; c++)
            if (plan->clock[c].moves_base && plan->clock[c].pull != NO_SLOT)
                add_term(compiler, from_switch, c, term, move->quantity.path);
    }
}

static int by_switch_and_clock(const void *a, const void *b)
{
    const struct pending_term *x = a, *y = b;

    if (x->from_switch != y->from_switch)
        return x->from_switch < y->from_switch ? -1 : 1;
    if (x->clock != y->clock)
        return x->clock < y->clock ? -1 : 1;
    return strcmp(x->path, y->path);
}

static void build_links(struct compiler *compiler)
{
    struct plan *plan = compiler->plan;
    const size_t n = compiler->n_pending;

    if (n)
        qsort(compiler->pending, n, sizeof *compiler->pending, by_switch_and_clock);
    plan->term = arena_new(compiler->arena, n, sizeof *plan->term);
    plan->link = arena_new(compiler->arena, n, sizeof *plan->link);
    plan->switch_links = arena_new(compiler->arena, plan->n_switches, sizeof *plan->switch_links);
    for (size_t i = 0; i < n; i++) {
        const struct pending_term *pending = &compiler->pending[i];

        if (i == 0 || pending[-1].from_switch != pending->from_switch || pending[-1].clock != pending->clock) {
            struct span *links = &plan->switch_links[pending->from_switch];

            if (!links->n)
                links->first = (uint32_t)plan->n_links;
            links->n++;
            plan->link[plan->n_links++] = (struct plan_link){pending->from_switch, pending->clock, {(uint32_t)i, 0}};
        }
        plan->link[plan->n_links - 1].terms.n++;
        plan->term[plan->n_terms++] = pending->term;
    }
}

/* For each clock, list the links that influence it. */
static void build_incoming(struct compiler *compiler)
{
    struct plan *plan = compiler->plan;
    uint32_t n = 0;

    plan->incoming = arena_new(compiler->arena, plan->n_links, sizeof *plan->incoming);
    for (size_t l = 0; l < plan->n_links; l++)
        plan->clock[plan->link[l].clock].incoming.n++;
    for (size_t c = 0; c < plan->n_clocks; c++) {
        plan->clock[c].incoming.first = n;
        n += plan->clock[c].incoming.n;
        plan->clock[c].incoming.n = 0;
    }
    for (uint32_t l = 0; l < plan->n_links; l++) {
        struct span *incoming = &plan->clock[plan->link[l].clock].incoming;

        plan->incoming[incoming->first + incoming->n++] = l;
    }
}

static void add_index(struct compiler *compiler, struct span *span, uint32_t index)
{
    struct plan *plan = compiler->plan;

    assert(!span->n || span->first + span->n == plan->n_indices);
    if (!span->n)
        span->first = (uint32_t)plan->n_indices;
    plan->index[plan->n_indices++] = index;
    span->n++;
}

static const char *clock_path(struct compiler *compiler, const struct plan_clock *clock)
{
    static const char *const section[] = {
        [CLOCK_TRANSITION] = "transitions", [CLOCK_LEVER] = "levers", [CLOCK_EVENT] = "events"};

    return arena_print(compiler->arena, "%s.%s", section[source_of(compiler, clock)->kind], clock->id);
}

static void link_requires(struct compiler *compiler)
{
    struct plan *plan = compiler->plan;

    for (size_t c = 0; c < plan->n_clocks; c++) {
        struct plan_clock *clock = &plan->clock[c];
        const struct names *requires = &source_of(compiler, clock)->requires;

        for (size_t i = 0; i < requires->n; i++) {
            const char *path = arena_print(compiler->arena, "%s.requires", clock_path(compiler, clock));
            const long f = lookup_require(compiler, &compiler->factors, requires->item[i], path, "lever or event");

            if (f >= 0 && (uint32_t)f == clock->factor)
                diag_error(compiler->diag, requires->item[i].place, NULL, "%s: it requires itself", path);
            else if (f >= 0)
                add_index(compiler, &clock->requires, (uint32_t)f);
        }
    }
    for (uint32_t f = 0; f < plan->n_factors; f++)
        for (uint32_t c = 0; c < plan->n_clocks; c++)
            for (uint32_t i = 0; i < plan->clock[c].requires.n; i++)
                if (plan->index[plan->clock[c].requires.first + i] == f)
                    add_index(compiler, &plan->clock[plan->factor[f].clock].unlocks, c);
}

static void link_dependences(struct compiler *compiler)
{
    struct plan *plan = compiler->plan;

    plan->dependence = arena_new(compiler->arena, compiler->dependences.n, sizeof *plan->dependence);
    plan->n_dependences = compiler->dependences.n;
    for (uint32_t d = 0; d < plan->n_dependences; d++) {
        const struct dependence *source = &compiler->scenario->dependence[compiler->dependences.original[d]];
        const char *path = arena_print(compiler->arena, "dependence.%s", source->entity.id);

        compiler->note = &source->entity.note;
        plan->dependence[d] = (struct plan_dependence){
            source->entity.id, compile_value(compiler, &source->variance, &range_variance), plan_key(path), NULL};
        if (source->variance.form == QUANTITY_ABSENT)
            diag_error(compiler->diag, source->entity.place, "variance = 0.5;", "%s: variance is missing", path);
        if (!source->on.n)
            diag_error(compiler->diag, source->entity.place, "on = [\"exit\"];", "%s: on is missing", path);
        for (size_t i = 0; i < source->on.n; i++)
            if (lookup_find(&compiler->transitions, source->on.item[i].text) < 0 &&
                lookup_find(&compiler->factors, source->on.item[i].text) < 0)
                report_unknown_target(compiler, source->on.item[i], arena_print(compiler->arena, "%s.on", path));
    }
    for (size_t c = 0; c < plan->n_clocks; c++)
        for (uint32_t d = 0; d < plan->n_dependences; d++) {
            const struct names *on = &compiler->scenario->dependence[compiler->dependences.original[d]].on;

            for (size_t i = 0; i < on->n; i++)
                if (!strcmp(on->item[i].text, plan->clock[c].id)) {
                    add_index(compiler, &plan->clock[c].frailties, d);
                    break;
                }
        }
}

/* Allocate all indices that are added below, so that add_index never grows the array. */
static void reserve_indices(struct compiler *compiler)
{
    const struct plan *plan = compiler->plan;
    size_t n = plan->n_clocks * compiler->dependences.n;

    for (size_t c = 0; c < plan->n_clocks; c++)
    n += 2 * source_of(compiler, &plan->clock[c])->requires.n;
    compiler->plan->index = arena_new(compiler->arena, n, sizeof *plan->index);
}

static const char *coupling_path(struct compiler *compiler, size_t i)
{
    return arena_print(compiler->arena, "couplings.%zu.when", i);
}

static void link_couplings(struct compiler *compiler)
{
    struct plan *plan = compiler->plan;
    const struct scenario *scenario = compiler->scenario;
    const uint32_t first = (uint32_t)(plan->n_factors * SWITCHES_A_FACTOR);

    plan->condition = arena_new(compiler->arena, scenario->n_couplings, sizeof *plan->condition);
    for (uint32_t b = 0; b < plan->n_bases; b++)
        plan->base[b].conditions = (struct span){0, 0};
    for (size_t i = 0; i < scenario->n_couplings; i++) {
        const struct coupling *coupling = &scenario->coupling[i];
        const char *path = coupling_path(compiler, i);

        compiler->note = &coupling->entity.note;
        add_effects(compiler, &coupling->effects, first + (uint32_t)i);
        if (!coupling->when.base.text)
            continue;
        lookup_require(compiler, &compiler->bases, coupling->when.base, path, "base");
        lookup_states(compiler, coupling->when.is, path);
    }
    for (uint32_t b = 0; b < plan->n_bases; b++) {
        plan->base[b].conditions.first = (uint32_t)plan->n_conditions;
        for (size_t i = 0; i < scenario->n_couplings; i++) {
            const struct condition *when = &scenario->coupling[i].when;

            if (!when->base.text || strcmp(when->base.text, plan->base[b].id))
                continue;
            plan->condition[plan->n_conditions++] = (struct plan_condition){
                b, first + (uint32_t)i, lookup_states(compiler, when->is, coupling_path(compiler, i))};
            plan->base[b].conditions.n++;
        }
    }
}

/* Mark the clocks that nothing influences: their firing time is known at the start of a run. */
static void mark_steady(struct plan *plan)
{
    for (size_t c = 0; c < plan->n_clocks; c++) {
        struct plan_clock *clock = &plan->clock[c];

        clock->steady =
            !clock->moves_base && !clock->incoming.n && !clock->requires.n && !clock->frailties.n && !clock->recurs;
    }
}

void compile_links(struct compiler *compiler)
{
    struct plan *plan = compiler->plan;

    plan->n_switches = plan->n_factors * SWITCHES_A_FACTOR + compiler->scenario->n_couplings;
    for (uint32_t f = 0; f < plan->n_factors; f++) {
        const struct clock *source = &compiler->scenario->clock[compiler->factors.original[f]];

        compiler->note = &source->entity.note;
        add_effects(compiler, &source->effects, f * SWITCHES_A_FACTOR + SWITCH_ON);
        add_effects(compiler, &source->otherwise, f * SWITCHES_A_FACTOR + SWITCH_OTHERWISE);
        add_moves(compiler, source, f * SWITCHES_A_FACTOR + SWITCH_ON);
    }
    link_couplings(compiler);
    build_links(compiler);
    build_incoming(compiler);
    reserve_indices(compiler);
    link_requires(compiler);
    link_dependences(compiler);
    mark_steady(plan);
    compile_order(plan);
}
