/* SPDX-License-Identifier: GPL-3.0-or-later */
/* warn.c - warnings of what is valid but probably not intended: unused ids, ties, nothing uncertain; never.c has what cannot happen. */
#include <math.h>
#include <string.h>
#include "sim/plan/model.h"
#include "sim/plan/lookup.h"

/* The only month a transition can fire, NAN where there are several. */
static double only_month(const struct plan *plan, const struct plan_clock *clock)
{
    if (clock->baseline == BASELINE_DATE && distribution_low(clock->date) == distribution_high(clock->date))
        return distribution_low(clock->date);
    if (clock->baseline != BASELINE_AT)
        return NAN;
    for (size_t i = 0; i < plan->n_inputs; i++)
        if (plan->input[i].slot == clock->at)
            return NAN;
    return plan->value[clock->at];
}

static bool can_coincide(const struct plan *plan, const struct plan_clock *a, const struct plan_clock *b)
{
    const double x = only_month(plan, a), y = only_month(plan, b);
    const bool share = a->baseline == BASELINE_AT && b->baseline == BASELINE_AT && a->at == b->at; /* a parameter */

    return (a->from & b->from) != 0 && (share || (x == y && x <= plan->horizon));
}

/* Warn of transitions that fire in the same month from the same state. All bases have the same transitions, so the first is examined. */
static void warn_ties(struct compiler *compiler)
{
    const struct plan *plan = compiler->plan;

    for (size_t t = 0; t < plan->n_transitions; t++)
        for (size_t u = t + 1; u < plan->n_transitions; u++) {
            const struct plan_clock *first = &plan->clock[plan->base[0].clocks.first];
            uint32_t early = compiler->transitions.original[t], late = compiler->transitions.original[u];

            if (!can_coincide(plan, &first[t], &first[u]))
                continue;
            if (early > late) { /* reported at the one that is later in the file */
                const uint32_t swap = early;

                early = late;
                late = swap;
            }
            diag_warning(compiler->diag, compiler->scenario->clock[late].timing.place, "give them different months",
                         "transitions.%s: at the same month as %s, from the same state: which fires first is random, "
                         "with equal chances",
                         compiler->scenario->clock[late].entity.id, compiler->scenario->clock[early].entity.id);
        }
}

/* Warn of levers and events that require each other in a circle. */
static void warn_deadlock(struct compiler *compiler)
{
    const struct plan *plan = compiler->plan;
    bool *can_occur = arena_new(compiler->arena, plan->n_factors, sizeof *can_occur);
    bool more = true;

    while (more) {
        more = false;
        for (uint32_t f = 0; f < plan->n_factors; f++) {
            const struct span requires = plan->clock[plan->factor[f].clock].requires;
            uint32_t met = 0;

            for (uint32_t i = requires.first; i < requires.first + requires.n; i++)
                met += can_occur[plan->index[i]];
            if (!can_occur[f] && met == requires.n)
                can_occur[f] = more = true;
        }
    }
    for (uint32_t f = 0; f < plan->n_factors; f++)
        if (!can_occur[f])
            diag_warning(compiler->diag, compiler->scenario->clock[compiler->factors.original[f]].entity.place, NULL,
                         "%s.%s: can never occur: it requires itself, through others",
                         plan->factor[f].is_lever ? "levers" : "events", plan->factor[f].id);
}

static bool is_asked(const struct plan *plan, uint32_t factor)
{
    for (size_t q = 0; q < plan->n_questions; q++)
        if (plan->question[q].of_clock && plan->question[q].factor == factor)
            return true;
    return false;
}

static bool has_weight(const struct plan *plan, uint32_t factor)
{
    for (size_t i = 0; i < plan->model->n_fields * plan->n_bases; i++)
        if (plan->setting[i].by_factor && plan->setting[i].by_factor[factor] != NO_SLOT)
            return true;
    return false;
}

static void warn_idle_factors(struct compiler *compiler)
{
    const struct plan *plan = compiler->plan;

    for (uint32_t f = 0; f < plan->n_factors; f++) {
        const struct plan_clock *clock = &plan->clock[plan->factor[f].clock];
        const struct span *links = &plan->switch_links[f * SWITCHES_A_FACTOR];

        if (!links[SWITCH_ON].n && !links[SWITCH_OTHERWISE].n && !clock->unlocks.n && !is_asked(plan, f) &&
            !has_weight(plan, f))
            diag_warning(compiler->diag, compiler->scenario->clock[compiler->factors.original[f]].entity.place,
                         "give it effects, or ask about it", "%s.%s: nothing depends on it",
                         plan->factor[f].is_lever ? "levers" : "events", plan->factor[f].id);
    }
}

static void warn_unused(struct compiler *compiler)
{
    const struct scenario *scenario = compiler->scenario;
    bool pulled = false;

    /* a file that is extended may list parameters to choose from, and sources of values that are replaced here */
    for (size_t i = 0; i < compiler->parameters.n; i++) {
        const struct place place = scenario->parameters.item[compiler->parameters.original[i]].key.place;

        if (!compiler->parameter_used[i] && lookup_is_own(scenario, place))
            diag_warning(compiler->diag, place, NULL, "parameters.%s: no setting uses it", compiler->parameters.id[i]);
    }
    for (size_t i = 0; i < scenario->n_sources; i++)
        if (lookup_is_own(scenario, scenario->source[i].place) && !tree_cites(scenario->root, scenario->source[i].id))
            diag_warning(compiler->diag, scenario->source[i].place, NULL, "sources.%s: nothing cites it",
                         scenario->source[i].id);
    for (size_t c = 0; c < compiler->plan->n_clocks; c++)
        pulled = pulled || (compiler->plan->clock[c].moves_base && compiler->plan->clock[c].pull != NO_SLOT);
    if (scenario->n_actors && !pulled && compiler->plan->model->balance_ratio)
        diag_warning(compiler->diag, scenario->actor[0].entity.place, "give a transition a pull",
                     "actors: no transition depends on their balance");
    for (size_t i = 0; i < scenario->n_clocks; i++)
        if (!scenario->n_actors && scenario->clock[i].pull.form != QUANTITY_ABSENT)
            diag_warning(compiler->diag, scenario->clock[i].pull.place, "add actors, or leave the pull out",
                         "%s: there are no actors to pull", scenario->clock[i].pull.path);
}

/* A model that decides the bases itself does not use transitions, or anything that influences only them. */
static void warn_unused_by_model(struct compiler *compiler)
{
    const struct scenario *scenario = compiler->scenario;

    if (compiler->plan->n_transitions || scenario->n_couplings || scenario->n_dependences)
        diag_warning(compiler->diag, scenario->model[0].name.place, NULL,
                     "model: \"%s\" decides each base at once: it does not use transitions, couplings and dependence",
                     compiler->plan->model->name);
}

void compile_warnings(struct compiler *compiler)
{
    if (compiler->plan->model->balance_ratio)
        warn_ties(compiler);
    else
        warn_unused_by_model(compiler);
    compile_never(compiler);
    warn_deadlock(compiler);
    warn_idle_factors(compiler);
    warn_unused(compiler);
    if (!compiler->plan->n_inputs)
        diag_warning(compiler->diag, (struct place){.source = compiler->scenario->file[0]},
                     "write a distribution where a number is uncertain: (\"pert\", low, mode, high)",
                     "nothing is uncertain: every number is a single value");
}
