/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/plan/lookup.h"
#include <stdlib.h>
#include <string.h>

long lookup_find(const struct id_list *list, const char *id)
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

long lookup_require(struct compiler *compiler, const struct id_list *list, struct name name, const char *path,
                    const char *what)
{
    const long found = lookup_find(list, name.text);
    const char *near;

    if (found >= 0)
        return found;
    near = diag_nearest(name.text, list->id, list->n);
    diag_error(compiler->diag, name.place, near ? arena_print(compiler->arena, "did you mean \"%s\"?", near) : NULL,
               "%s: there is no %s \"%s\"", path, what, name.text);
    return -1;
}

uint64_t lookup_states(struct compiler *compiler, struct name name, const char *path)
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
    state = lookup_find(&compiler->states, name.text);
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

bool lookup_is_own(const struct scenario *scenario, struct place place)
{
    return !place.source || !scenario->n_files || place.source->layer >= scenario->file[0]->layer;
}

static int by_first(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* An id, and its index in the scenario's array. */
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

/* Each item begins with a struct entity. */
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

void lookup_check_namespace(struct compiler *compiler)
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
                       "transitions, levers and events share one namespace", "\"%s\" is the id of two things",
                       row[i].id);
    }
}

void lookup_list_all(struct compiler *compiler)
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
