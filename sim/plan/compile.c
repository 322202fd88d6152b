/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compile.c - a scenario into a plan, step by step; each step is in a file of its own (compiler.h). */
#include <stdlib.h>
#include <string.h>
#include "sim/math/tables.h"
#include "sim/plan/lookup.h"
#include "sim/plan/model.h"
#include "sim/plan/value.h"

static void compile_states_table(struct compiler *compiler)
{
    const struct scenario *scenario = compiler->scenario;
    struct plan *plan = compiler->plan;
    bool deal_given = false;
    long initial = -1;

    plan->state = arena_new(compiler->arena, plan->n_states, sizeof *plan->state);
    for (uint32_t s = 0; s < plan->n_states; s++) {
        const struct state *state = &scenario->state[s];

        plan->state[s] = state->entity.id;
        if (!state->held_given)
            diag_warning(compiler->diag, state->entity.place, "say held = true; or held = false;",
                         "states.%s: does not say whether the base is held: it counts as lost", state->entity.id);
        plan->held |= (uint64_t)state->held << s;
        plan->final |= (uint64_t)state->final << s;
        plan->deal |= (uint64_t)state->deal << s;
        deal_given = deal_given || state->deal_given;
        if (state->initial && initial >= 0)
            diag_error(compiler->diag, state->entity.place,
                       "bases.ID.initial = \"STATE\"; is for one base that begins elsewhere",
                       "states.%s: a second initial state, after %s", state->entity.id, plan->state[initial]);
        else if (state->initial)
            initial = s;
        if (state->deal && !state->held)
            diag_error(compiler->diag, state->entity.place, NULL, "states.%s: a deal under which the base is not held",
                       state->entity.id);
    }
    for (uint32_t s = 0; !deal_given && s < plan->n_states; s++)
        if (initial >= 0 && s > initial && scenario->state[s].held)
            plan->deal |= UINT64_C(1) << s;
}

static void check_sections(struct compiler *compiler)
{
    const struct scenario *scenario = compiler->scenario;
    const struct place start = {.source = scenario->file[0]};

    if (!scenario->n_bases)
        diag_error(compiler->diag, start, "bases = { tartus = { }; };", "bases: the scenario has none");
    if (!scenario->n_states)
        diag_error(compiler->diag, start, "list them from worst to best, or extend a file that does",
                   "states: the scenario has none");
    if (scenario->n_states > PLAN_MAX_STATES)
        diag_error(compiler->diag, scenario->state[PLAN_MAX_STATES].entity.place, NULL, "states: more than %d",
                   PLAN_MAX_STATES);
    if (scenario->n_clocks > 100000 || scenario->n_bases > 1000 || scenario->n_clocks * scenario->n_bases > 1000000)
        diag_error(compiler->diag, start, NULL, "the scenario is too large: over a million clocks");
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct plan_input *)a)->path, ((const struct plan_input *)b)->path);
}

static void compile_actors(struct compiler *compiler)
{
    struct plan *plan = compiler->plan;

    plan->n_actors = compiler->actors.n;
    plan->actor = arena_new(compiler->arena, plan->n_actors, sizeof *plan->actor);
    for (size_t a = 0; a < plan->n_actors; a++) {
        const struct actor *source = &compiler->scenario->actor[compiler->actors.original[a]];
        const struct {
            const char *key;
            const struct quantity *quantity;
            slot_t *slot;
        } row[] = {{"capability", &source->capability, &plan->actor[a].capability},
                   {"salience", &source->salience, &plan->actor[a].salience},
                   {"position", &source->position, &plan->actor[a].position}};

        compiler->note = &source->entity.note;
        for (size_t i = 0; i < 3; i++) {
            *row[i].slot = compile_value(compiler, row[i].quantity, &range_score);
            if (row[i].quantity->form == QUANTITY_ABSENT)
                diag_error(compiler->diag, source->entity.place,
                           "an actor has capability, salience and position, 0 to 100", "actors.%s: %s is missing",
                           source->entity.id, row[i].key);
        }
    }
}

/* Number the streams that are drawn from at least once in every world. */
static void number_coordinates(struct plan *plan)
{
    const size_t most = plan->n_inputs + 2 * plan->n_clocks + plan->n_dependences + 2 * plan->n_bases + 1;
    struct key128 **key = memory_new(most, sizeof *key);
    size_t n = 0;

    for (size_t i = 0; i < plan->n_inputs; i++)
        key[n++] = &plan->input[i].key;
    for (size_t d = 0; d < plan->n_dependences; d++)
        key[n++] = &plan->dependence[d].key;
    for (size_t c = 0; c < plan->n_clocks; c++) {
        if (plan->clock[c].baseline != BASELINE_AT)
            key[n++] = &plan->clock[c].key;
        if (plan->clock[c].lasts)
            key[n++] = &plan->clock[c].key_lasts;
    }
    for (size_t b = 0; b < plan->n_bases; b++) {
        key[n++] = &plan->base[b].key_decision;
        key[n++] = &plan->base[b].key_month;
    }
    key[n++] = &plan->key_shared;
    plan->n_coordinates = n;
    plan->coordinate = arena_new(&plan->arena, n, sizeof *plan->coordinate);
    for (size_t c = 0; c < n; c++) {
        key[c]->coordinate = (uint32_t)c;
        plan->coordinate[c] = *key[c];
    }
    free(key);
}

/* Tabulate the quantiles of frailties over the range of their variances. */
static void table_frailties(const struct compiler *compiler)
{
    struct plan *plan = compiler->plan;

    for (size_t d = 0; d < plan->n_dependences; d++) {
        struct plan_dependence *dependence = &plan->dependence[d];
        double low = plan->value[dependence->variance], high = low;

        for (size_t i = 0; i < plan->n_inputs; i++)
            if (plan->input[i].slot == dependence->variance) {
                low = distribution_quantile(plan->input[i].distribution, 1e-9);
                high = distribution_quantile(plan->input[i].distribution, 1.0 - 1e-9);
            }
        dependence->gamma = tables_gamma(compiler->tables, low, high);
    }
}

static void compile_given(struct compiler *compiler, const struct known_then *known)
{
    struct plan *plan = compiler->plan;
    struct plan_given *given = &plan->given;

    given->month = known->month;
    given->base = arena_new(compiler->arena, known->n_bases, sizeof *given->base);
    given->states = arena_new(compiler->arena, known->n_bases, sizeof *given->states);
    given->absent = arena_new(compiler->arena, known->n_absent, sizeof *given->absent);
    for (size_t i = 0; i < known->n_bases; i++) {
        given->base[i] = (uint32_t)lookup_find(&compiler->bases, known->base[i]);
        given->states[i] =
            known->state ? UINT64_C(1) << compiler->states.original[lookup_find(&compiler->states, known->state[i])]
                         : plan->held;
    }
    given->n_bases = (uint32_t)known->n_bases;
    for (uint32_t f = 0; f < plan->n_factors; f++)
        for (size_t i = 0; i < known->n_absent; i++)
            if (!strcmp(plan->factor[f].id, known->absent[i]))
                given->absent[given->n_absent++] = f;
}

/* Fill in a plan; on mistakes it is freed and NULL returned. */
static struct plan *compile_into(struct plan *plan, const struct scenario *scenario, const struct model *model,
                                 const struct known_then *known, struct tables *tables, struct diag *diag)
{
    struct compiler compiler = {.scenario = scenario,
                                .plan = plan,
                                .diag = diag,
                                .arena = &plan->arena,
                                .tables = tables ? tables : &plan->tables};
    const size_t errors = diag->n_errors;

    plan->scenario = scenario;
    plan->model = model;
    plan->horizon = scenario->horizon;
    plan->key_shared = plan_key("bases.shared");
    lookup_list_all(&compiler);
    check_sections(&compiler);
    if (diag->n_errors == errors) {
        lookup_check_namespace(&compiler);
        compile_states_table(&compiler);
        compile_parameters(&compiler);
        compile_actors(&compiler);
        compile_clocks(&compiler);
        compile_links(&compiler);
        compile_questions(&compiler);
        compile_settings(&compiler);
        if (plan->n_inputs)
            qsort(plan->input, plan->n_inputs, sizeof *plan->input, by_path);
        compile_correlations(&compiler);
        number_coordinates(plan);
    }
    if (diag->n_errors == errors)
        compile_given(&compiler, known);
    if (!diag->n_errors)
        compile_warnings(&compiler); /* after mistakes some would be false */
    if (diag->n_errors == errors) {
        compile_chain(&compiler);
        compile_computed(plan);
        table_frailties(&compiler);
        return plan;
    }
    plan_free(plan);
    return NULL;
}

struct plan *plan_compile(const struct scenario *scenario, const struct model *model, struct diag *diag)
{
    return compile_into(memory_new(1, sizeof(struct plan)), scenario, model, &(struct known_then){0}, NULL, diag);
}

struct plan *plan_compile_answers(const struct scenario *scenario, const struct model *model,
                                  const struct known_then *known, struct tables *tables, struct diag *diag)
{
    struct plan *plan = memory_new(1, sizeof *plan);

    plan->answers_only = true;
    return compile_into(plan, scenario, model, known ? known : &(struct known_then){0}, tables, diag);
}
