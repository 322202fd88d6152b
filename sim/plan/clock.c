/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.c - levers, events and the transitions of bases as clocks with baseline hazards. */
#include <math.h>
#include <string.h>
#include "sim/plan/model.h"
#include "sim/plan/lookup.h"
#include "sim/plan/value.h"

static void add_steps(struct compiler *compiler, struct plan_clock *clock, const struct timing *timing)
{
    struct plan *plan = compiler->plan;

    clock->steps = (struct span){(uint32_t)plan->n_steps, (uint32_t)timing->n_steps};
    clock->scale = timing->per_year ? 1.0 / 12.0 : 1.0;
    for (size_t i = 0; i < timing->n_steps; i++) {
        plan->step =
            arena_grow(compiler->arena, plan->step, plan->n_steps, &compiler->step_capacity, sizeof *plan->step);
        plan->step[plan->n_steps++] =
            (struct plan_step){timing->step[i].from, compile_value(compiler, &timing->step[i].rate, &range_rate)};
    }
}

static slot_t constant_slot(struct compiler *compiler, double value, const char *path)
{
    static const struct range any = {-INFINITY, INFINITY, false, "a number", NULL};
    const struct quantity quantity = {.form = QUANTITY_NUMBER, .arg = {value}, .path = path, .note = {.tag = "stated"}};
    const size_t n_stated = compiler->plan->n_stated;
    const slot_t slot = compile_value(compiler, &quantity, &any);

    compiler->plan->n_stated = n_stated; /* a date is not an estimate: it is not counted as one */
    return slot;
}

static void warn_certain(struct compiler *compiler, const struct quantity *chance)
{
    if (chance->form == QUANTITY_NUMBER && chance->arg[0] == 1.0)
        diag_warning(compiler->diag, chance->place, "for something certain give at, on, or when",
                     "%s: a chance of 1 at a constant rate occurs at once", chance->path);
}

static void compile_timing(struct compiler *compiler, struct plan_clock *clock, const struct timing *timing)
{
    clock->chance = clock->within = clock->at = NO_SLOT;
    switch (timing->form) {
    case TIMING_RATE:
        clock->baseline = BASELINE_RATE;
        add_steps(compiler, clock, timing);
        break;
    case TIMING_WITHIN:
        clock->baseline = BASELINE_ODDS;
        clock->chance = compile_value(compiler, &timing->chance, &range_probability);
        clock->within = compile_value(compiler, &timing->within, &range_months);
        warn_certain(compiler, &timing->chance);
        break;
    case TIMING_WHEN:
        clock->baseline = BASELINE_DATE;
        clock->chance = compile_value(compiler, &timing->chance, &range_probability);
        clock->date = compile_distribution(compiler, &timing->when, &range_month);
        break;
    case TIMING_AT:
        clock->baseline = BASELINE_AT;
        clock->at = compile_value(compiler, &timing->at, &range_month);
        break;
    case TIMING_ON:
        clock->baseline = BASELINE_AT;
        clock->at = constant_slot(compiler, timing->on, "on");
        break;
    case TIMING_NONE:
        break; /* reported when it was read */
    }
}

static void compile_factor(struct compiler *compiler, uint32_t f, const struct clock *source)
{
    struct plan *plan = compiler->plan;
    struct plan_clock *clock = &plan->clock[f];
    const char *section = source->kind == CLOCK_LEVER ? "levers" : "events";

    compiler->note = &source->entity.note;
    clock->id = clock->name = source->entity.id;
    clock->factor = f;
    clock->own = clock->pull = NO_SLOT;
    clock->recurs = source->recurs;
    clock->key = plan_key(clock->name);
    clock->key_lasts = plan_key(arena_print(compiler->arena, "%s.lasts", clock->name));
    clock->key_tie = plan_key(arena_print(compiler->arena, "%s.tie", clock->name));
    compile_timing(compiler, clock, &source->timing);
    clock->lasts = compile_distribution(compiler, &source->lasts, &range_months);
    plan->factor[f] = (struct plan_factor){clock->id, source->kind == CLOCK_LEVER, f};
    if (source->recurs && clock->baseline != BASELINE_RATE && clock->baseline != BASELINE_ODDS)
        diag_error(compiler->diag, source->timing.place, "give per_month, or chance and within",
                   "%s.%s: what recurs needs a rate", section, clock->id);
    else if (source->recurs && !clock->lasts)
        diag_warning(compiler->diag, source->entity.place, "give lasts, how long it is on",
                     "%s.%s: recurs, but never ends once it has occurred", section, clock->id);
}

static uint64_t from_states(struct compiler *compiler, const struct clock *source, const char *path)
{
    const struct plan *plan = compiler->plan;
    const char *here = arena_print(compiler->arena, "%s.from", path);
    uint64_t from = 0;

    if (!source->from.n)
        diag_error(compiler->diag, source->entity.place, "from = [\"LIMBO\", \"NOTICE\"];", "%s: from is missing",
                   path);
    for (size_t i = 0; i < source->from.n; i++) {
        const uint64_t states = lookup_states(compiler, source->from.item[i], here);

        if (states & plan->final)
            diag_error(compiler->diag, source->from.item[i].place, "nothing leaves a final state",
                       "%s: \"%s\" is final", here, source->from.item[i].text);
        from |= states;
    }
    return from;
}

/* A base's own hazard ratio on a transition, NO_SLOT where it has none. */
static slot_t own_ratio(struct compiler *compiler, const struct base *base, const char *transition)
{
    compiler->note = &base->entity.note;
    for (size_t i = 0; i < base->rates.n; i++)
        if (!strcmp(base->rates.item[i].key.text, transition))
            return compile_value(compiler, &base->rates.item[i].quantity, &range_ratio);
    return NO_SLOT;
}

/* One transition: compiled once, then a clock for each base. */
static void compile_transition(struct compiler *compiler, uint32_t t, const struct clock *source)
{
    struct plan *plan = compiler->plan;
    static const struct range any = {-INFINITY, INFINITY, false, "a number", NULL};
    const char *path = arena_print(compiler->arena, "transitions.%s", source->entity.id);
    struct plan_clock clock = {.id = source->entity.id, .moves_base = true, .transition = t, .factor = UINT32_MAX};
    long to;

    compiler->note = &source->entity.note;
    compile_timing(compiler, &clock, &source->timing);
    clock.from = from_states(compiler, source, path);
    if (!source->to.text) {
        diag_error(compiler->diag, source->entity.place, "to = \"DEAL\";", "%s: to is missing", path);
    } else {
        to = lookup_require(compiler, &compiler->states, source->to, arena_print(compiler->arena, "%s.to", path),
                            "state");
        clock.to = to < 0 ? 0 : compiler->states.original[to];
        if (to >= 0 && (clock.from & UINT64_C(1) << clock.to))
            diag_error(compiler->diag, source->to.place, NULL, "%s: leads from %s to itself", path, source->to.text);
    }
    clock.pull = compile_value(compiler, &source->pull, &any);
    for (uint32_t b = 0; b < plan->n_bases; b++) {
        struct plan_clock *own = &plan->clock[plan->base[b].clocks.first + t];

        *own = clock;
        own->base = b;
        own->name = arena_print(compiler->arena, "%s@%s", clock.id, plan->base[b].id);
        own->key = plan_key(own->name);
        own->key_tie = plan_key(arena_print(compiler->arena, "%s.tie", own->name));
        own->own = own_ratio(compiler, &compiler->scenario->base[compiler->bases.original[b]], clock.id);
    }
}

static void compile_base(struct compiler *compiler, uint32_t b)
{
    struct plan *plan = compiler->plan;
    const struct base *source = &compiler->scenario->base[compiler->bases.original[b]];
    struct plan_base *base = &plan->base[b];
    const char *path = arena_print(compiler->arena, "bases.%s", source->entity.id);
    long found = -1;

    base->id = source->entity.id;
    base->label = source->entity.label;
    base->key_decision = plan_key(arena_print(compiler->arena, "%s.decision", path));
    base->key_month = plan_key(arena_print(compiler->arena, "%s.month", path));
    base->clocks = (struct span){(uint32_t)(plan->n_factors + b * plan->n_transitions), (uint32_t)plan->n_transitions};
    if (source->initial.text) {
        found = lookup_require(compiler, &compiler->states, source->initial,
                               arena_print(compiler->arena, "%s.initial", path), "state");
        base->initial = found < 0 ? 0 : compiler->states.original[found];
    } else {
        for (uint32_t s = 0; s < plan->n_states && found < 0; s++)
            if (compiler->scenario->state[s].initial) {
                base->initial = s;
                found = s;
            }
        if (found < 0)
            diag_error(compiler->diag, source->entity.place, "mark one state initial = true;",
                       "%s: no state is initial, and the base names none", path);
    }
    for (size_t i = 0; i < source->rates.n; i++)
        lookup_require(compiler, &compiler->transitions, source->rates.item[i].key,
                       arena_print(compiler->arena, "%s.rates", path), "transition");
}

void compile_clocks(struct compiler *compiler)
{
    struct plan *plan = compiler->plan;

    plan->n_clocks = plan->n_factors + plan->n_bases * plan->n_transitions;
    plan->clock = arena_new(compiler->arena, plan->n_clocks, sizeof *plan->clock);
    plan->factor = arena_new(compiler->arena, plan->n_factors, sizeof *plan->factor);
    plan->base = arena_new(compiler->arena, plan->n_bases, sizeof *plan->base);
    for (uint32_t b = 0; b < plan->n_bases; b++)
        compile_base(compiler, b);
    for (uint32_t f = 0; f < plan->n_factors; f++)
        compile_factor(compiler, f, &compiler->scenario->clock[compiler->factors.original[f]]);
    for (uint32_t t = 0; t < plan->n_transitions; t++)
        compile_transition(compiler, t, &compiler->scenario->clock[compiler->transitions.original[t]]);
}
