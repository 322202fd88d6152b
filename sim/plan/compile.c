/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/plan/compile.h"
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/model.h"
#include "sim/math/tables.h"

struct key128 plan_key(const char *name)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx context;
    struct key128 key = {{0, 0}, 0};

    sha256_init(&context);
    sha256_update(&context, strlen(name), (const uint8_t *)name);
    sha256_digest(&context, sizeof digest, digest);
    for (int i = 0; i < 16; i++)
        key.word[i / 8] = key.word[i / 8] << 8 | digest[i];
    return key;
}

long compile_find(const struct id_list *list, const char *id)
{
    size_t low = 0, high = list->n;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = strcmp(id, list->id[middle]);

        if (!order)
            return (long)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

long compile_require(struct compiler *compiler, const struct id_list *list, struct name name, const char *path,
                     const char *what)
{
    const long found = compile_find(list, name.text);
    const char *near;

    if (found >= 0)
        return found;
    near = diag_nearest(name.text, list->id, list->n);
    diag_error(compiler->diag, name.place, near ? arena_print(compiler->arena, "did you mean \"%s\"?", near) : NULL,
               "%s: there is no %s \"%s\"", path, what, name.text);
    return -1;
}

uint64_t compile_states(struct compiler *compiler, struct name name, const char *path)
{
    const struct plan *plan = compiler->plan;
    const uint64_t all = plan->n_states == 64 ? UINT64_MAX : (UINT64_C(1) << plan->n_states) - 1;
    const char *known[PLAN_MAX_STATES + 2], *near;
    size_t n = 0;
    long state;

    if (!strcmp(name.text, "held"))
        return plan->held;
    if (!strcmp(name.text, "lost"))
        return all & ~plan->held;
    state = compile_find(&compiler->states, name.text);
    if (state >= 0)
        return UINT64_C(1) << compiler->states.original[state];
    for (size_t s = 0; s < plan->n_states; s++)
        known[n++] = plan->state[s];
    known[n++] = "held";
    known[n++] = "lost";
    near = diag_nearest(name.text, known, n);
    diag_error(compiler->diag, name.place,
               near ? arena_print(compiler->arena, "did you mean \"%s\"?", near) : "held, lost or a state's id",
               "%s: there is no state \"%s\"", path, name.text);
    return 0;
}

static int by_first(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* An id and where its owner stands in the scenario. */
struct id_row {
    const char *id;
    uint32_t original;
};

static void sort_ids(struct compiler *compiler, struct id_list *list, struct id_row *row, size_t n)
{
    if (n)
        qsort(row, n, sizeof *row, by_first);
    list->n = n;
    list->id = arena_new(compiler->arena, n, sizeof *list->id);
    list->original = arena_new(compiler->arena, n, sizeof *list->original);
    for (size_t i = 0; i < n; i++) {
        list->id[i] = row[i].id;
        list->original[i] = row[i].original;
    }
}

/* items begin with a struct entity */
static void list_ids(struct compiler *compiler, struct id_list *list, const void *items, size_t size, size_t n)
{
    struct id_row *row = arena_new(compiler->arena, n, sizeof *row);

    for (size_t i = 0; i < n; i++) {
        const struct entity *entity = (const void *)((const char *)items + i * size);

        row[i] = (struct id_row){entity->id, (uint32_t)i};
    }
    sort_ids(compiler, list, row, n);
}

static void list_clocks(struct compiler *compiler, struct id_list *list, bool transitions)
{
    const struct scenario *scenario = compiler->scenario;
    struct id_row *row = arena_new(compiler->arena, scenario->n_clocks, sizeof *row);
    size_t n = 0;

    for (size_t i = 0; i < scenario->n_clocks; i++)
        if ((scenario->clock[i].kind == CLOCK_TRANSITION) == transitions)
            row[n++] = (struct id_row){scenario->clock[i].entity.id, (uint32_t)i};
    sort_ids(compiler, list, row, n);
}

static void list_parameters(struct compiler *compiler)
{
    const struct keyed_quantities *parameters = &compiler->scenario->parameters;
    struct id_row *row = arena_new(compiler->arena, parameters->n, sizeof *row);

    for (size_t i = 0; i < parameters->n; i++)
        row[i] = (struct id_row){parameters->item[i].key.text, (uint32_t)i};
    sort_ids(compiler, &compiler->parameters, row, parameters->n);
}

/* Transitions, levers and events share one space of ids. */
static void check_one_space(struct compiler *compiler)
{
    const struct scenario *scenario = compiler->scenario;
    struct id_row *row = arena_new(compiler->arena, scenario->n_clocks, sizeof *row);

    for (size_t i = 0; i < scenario->n_clocks; i++)
        row[i] = (struct id_row){scenario->clock[i].entity.id, (uint32_t)i};
    if (scenario->n_clocks)
        qsort(row, scenario->n_clocks, sizeof *row, by_first);
    for (size_t i = 1; i < scenario->n_clocks; i++) {
        const uint32_t later = row[i].original > row[i - 1].original ? row[i].original : row[i - 1].original;

        if (!strcmp(row[i].id, row[i - 1].id))
            diag_error(compiler->diag, scenario->clock[later].entity.place,
                       "transitions, levers and events share one space of ids", "\"%s\" is the id of two things",
                       row[i].id);
    }
}

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
                         "states.%s: does not say whether the base is held: taken as lost", state->entity.id);
        plan->held |= (uint64_t)state->held << s;
        plan->final |= (uint64_t)state->final << s;
        plan->deal |= (uint64_t)state->deal << s;
        deal_given = deal_given || state->deal_given;
        if (state->initial && initial >= 0)
            diag_error(compiler->diag, state->entity.place, "bases.ID.initial = \"STATE\"; begins one base elsewhere",
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
        diag_error(compiler->diag, start, "list them from worst to best, or extend a frame that does",
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

static void list_all(struct compiler *compiler)
{
    const struct scenario *s = compiler->scenario;
    struct plan *plan = compiler->plan;

    list_ids(compiler, &compiler->bases, s->base, sizeof *s->base, s->n_bases);
    list_ids(compiler, &compiler->states, s->state, sizeof *s->state, s->n_states);
    list_ids(compiler, &compiler->actors, s->actor, sizeof *s->actor, s->n_actors);
    list_ids(compiler, &compiler->dependences, s->dependence, sizeof *s->dependence, s->n_dependences);
    list_clocks(compiler, &compiler->transitions, true);
    list_clocks(compiler, &compiler->factors, false);
    list_parameters(compiler);
    plan->n_bases = s->n_bases;
    plan->n_states = s->n_states;
    plan->n_factors = compiler->factors.n;
    plan->n_transitions = compiler->transitions.n;
    plan->transition = compiler->transitions.id;
}

/* Number the names that are drawn for. */
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

/* Frailties are tabled for the variances they can have. */
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
        given->base[i] = (uint32_t)compile_find(&compiler->bases, known->base[i]);
        given->states[i] =
            known->state ? UINT64_C(1) << compiler->states.original[compile_find(&compiler->states, known->state[i])]
                         : plan->held;
    }
    given->n_bases = (uint32_t)known->n_bases;
    for (uint32_t f = 0; f < plan->n_factors; f++)
        for (size_t i = 0; i < known->n_absent; i++)
            if (!strcmp(plan->factor[f].id, known->absent[i]))
                given->absent[given->n_absent++] = f;
}

/* Fill in a plan; it is freed, and NULL returned, when there are mistakes. */
static struct plan *compile(struct plan *plan, const struct scenario *scenario, const struct model *model,
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
    list_all(&compiler);
    check_sections(&compiler);
    if (diag->n_errors == errors) {
        check_one_space(&compiler);
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
        compile_warnings(&compiler); /* mistakes would make for false ones */
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
    return compile(memory_new(1, sizeof(struct plan)), scenario, model, &(struct known_then){0}, NULL, diag);
}

struct plan *plan_compile_answers(const struct scenario *scenario, const struct model *model,
                                  const struct known_then *known, struct tables *tables, struct diag *diag)
{
    struct plan *plan = memory_new(1, sizeof *plan);

    plan->answers_only = true;
    return compile(plan, scenario, model, known ? known : &(struct known_then){0}, tables, diag);
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    arena_free(&plan->arena);
    tables_free(&plan->tables);
    free(plan);
}
