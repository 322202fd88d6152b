/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/targets.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_common(const struct targets *targets, const char *id)
{
    for (size_t b = 0; b < targets->n_bases; b++)
        if (!strcmp(targets->base[b], id))
            return true;
    return false;
}

static bool has_name(const struct names *names, const char *text)
{
    for (size_t i = 0; i < names->n; i++)
        if (!strcmp(names->item[i].text, text))
            return true;
    return false;
}

static bool same_names(const struct names *a, const struct names *b)
{
    for (size_t i = 0; i < a->n; i++)
        if (!has_name(b, a->item[i].text))
            return false;
    return a->n == b->n;
}

static bool same_content(const struct question *a, const struct question *b)
{
    if (a->happens.text || b->happens.text)
        return a->happens.text && b->happens.text && !strcmp(a->happens.text, b->happens.text);
    return same_names(&a->bases, &b->bases) && same_names(&a->are, &b->are) && a->count == b->count;
}

static double day_of(const struct scenario *scenario, double month)
{
    return scenario->as_of_day + month * MONTH_DAYS;
}

static void find_span(struct targets *targets, const struct scenario *const *scenario, size_t n)
{
    targets->start = -INFINITY;
    targets->end = INFINITY;
    targets->same_start = true;
    for (size_t i = 0; i < n; i++) {
        targets->start = fmax(targets->start, scenario[i]->as_of_day);
        targets->end = fmin(targets->end, day_of(scenario[i], scenario[i]->horizon));
        targets->same_start = targets->same_start && scenario[i]->as_of_day == scenario[0]->as_of_day;
    }
}

static void find_bases(struct targets *targets, const struct scenario *const *scenario, size_t n)
{
    targets->base = arena_new(&targets->arena, scenario[0]->n_bases, sizeof *targets->base);
    for (size_t b = 0; b < scenario[0]->n_bases; b++) {
        const char *id = scenario[0]->base[b].entity.id;
        bool common = true;

        for (size_t i = 1; i < n; i++)
            common = common && scenario_has_base(scenario[i], id);
        if (common)
            targets->base[targets->n_bases++] = id;
    }
}

static const char *initial_of(const struct scenario *scenario, const char *base)
{
    for (size_t b = 0; b < scenario->n_bases; b++)
        if (!strcmp(scenario->base[b].entity.id, base) && scenario->base[b].initial.text)
            return scenario->base[b].initial.text;
    for (size_t s = 0; s < scenario->n_states; s++)
        if (scenario->state[s].initial)
            return scenario->state[s].entity.id;
    return scenario->state[0].entity.id;
}

/* Whether a lever or event occurs at or before the start of its scenario, so that it cannot occur later. */
static bool occurs_before_start(const struct clock *clock)
{
    const struct timing *timing = &clock->timing;

    return (timing->form == TIMING_AT && timing->at.form == QUANTITY_NUMBER && timing->at.arg[0] <= 0.0) ||
           (timing->form == TIMING_ON && timing->on <= 0.0);
}

/* Find the condition that the start of the last scenario imposes on the others. */
static void find_start(struct targets *targets, const struct scenario *const *scenario, size_t n)
{
    for (size_t i = 0; i < n && !targets->last; i++)
        targets->last = scenario[i]->as_of_day == targets->start ? scenario[i] : NULL;
    targets->state = arena_new(&targets->arena, targets->n_bases, sizeof *targets->state);
    for (size_t b = 0; b < targets->n_bases; b++)
        targets->state[b] = initial_of(targets->last, targets->base[b]);
    targets->absent = arena_new(&targets->arena, targets->last->n_clocks, sizeof *targets->absent);
    for (size_t c = 0; c < targets->last->n_clocks; c++) {
        const struct clock *clock = &targets->last->clock[c];

        if (clock->kind != CLOCK_TRANSITION && !clock->recurs && !occurs_before_start(clock))
            targets->absent[targets->n_absent++] = clock->entity.id;
    }
}

static void leave_out(struct targets *targets, const char *id, const char *why)
{
    targets->left_out[targets->n_left_out++] = (struct target_left_out){id, why};
}

/* A question about all bases becomes one about those that all scenarios have. */
static void name_bases(struct targets *targets, struct question *question)
{
    if (question->bases.n || question->happens.text)
        return;
    question->bases.item = arena_new(&targets->arena, targets->n_bases, sizeof *question->bases.item);
    for (size_t b = 0; b < targets->n_bases; b++)
        question->bases.item[question->bases.n++].text = targets->base[b];
}

/* Why a question is not common to all scenarios; NULL: it is. */
static const char *why_not_common(const struct targets *targets, const struct question *question,
                                  const struct scenario *const *scenario, size_t n, double day)
{
    for (size_t i = 1; i < n; i++) {
        const struct question *other = scenario_question(scenario[i], question->entity.id);

        if (!other)
            return "not all scenarios ask it";
        if (!same_content(question, other))
            return "it differs between the scenarios";
    }
    for (size_t b = 0; b < question->bases.n; b++)
        if (!is_common(targets, question->bases.item[b].text))
            return "not all scenarios have its bases";
    return day < targets->start ? "it is asked for a date before the last of the scenarios starts" : NULL;
}

static void add_question(struct targets *targets, const struct scenario *const *scenario, size_t n, size_t q)
{
    const struct question *question = &scenario[0]->question[q];
    struct target *item = &targets->item[targets->n];
    const char *why;

    *item = (struct target){.id = question->entity.id,
                            .text = question->entity.text ? question->entity.text : "",
                            .day = INFINITY,
                            .rank = q,
                            .asked = *question};
    for (size_t i = 0; i < n; i++) {
        const struct question *asked = scenario_question(scenario[i], question->entity.id);

        if (asked && day_of(scenario[i], asked->month) < item->day) {
            item->day = day_of(scenario[i], asked->month);
            item->asked_month = asked->month;
            item->asked_from = scenario[i]->as_of_day;
        }
    }
    why = why_not_common(targets, question, scenario, n, item->day);
    if (why) {
        leave_out(targets, item->id, why);
        return;
    }
    name_bases(targets, &item->asked);
    targets->n++;
}

static bool same_states(const struct scenario *const *scenario, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (scenario[i]->n_states != scenario[0]->n_states)
            return false;
        for (size_t s = 0; s < scenario[0]->n_states; s++)
            if (strcmp(scenario[i]->state[s].entity.id, scenario[0]->state[s].entity.id) != 0)
                return false;
    }
    return true;
}

static void add_state(struct targets *targets, const struct scenario *first, const char *base, size_t s)
{
    struct target *item = &targets->item[targets->n];
    struct names *bases = &item->asked.bases, *are = &item->asked.are;

    *item = (struct target){
        .id = arena_print(&targets->arena, "state.%s.%s", base, first->state[s].entity.id),
        .text = "",
        .base = base,
        .state = first->state[s].entity.id,
        .day = targets->end,
        .rank = first->n_questions + targets->n,
        .asked_month = (targets->end - targets->start) / MONTH_DAYS,
        .asked_from = targets->start,
    };
    item->asked.entity = (struct entity){.id = item->id, .label = item->id, .text = ""};
    item->asked.count = COUNT_ALL;
    *bases = (struct names){arena_new(&targets->arena, 1, sizeof *bases->item), 1};
    bases->item[0].text = base;
    *are = (struct names){arena_new(&targets->arena, 1, sizeof *are->item), 1};
    are->item[0].text = item->state;
    targets->n++;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct target *)a)->id, ((const struct target *)b)->id);
}

void targets_make(struct targets *targets, const struct scenario *const *scenario, size_t n, enum agenda_given given)
{
    const struct scenario *first = scenario[0];
    size_t room, n_others = 0;

    *targets = (struct targets){.given = given};
    for (size_t i = 1; i < n; i++)
        n_others += scenario[i]->n_questions;
    room = first->n_questions + first->n_bases * first->n_states;
    targets->item = arena_new(&targets->arena, room, sizeof *targets->item);
    targets->left_out = arena_new(&targets->arena, room + n_others, sizeof *targets->left_out);
    find_span(targets, scenario, n);
    find_bases(targets, scenario, n);
    find_start(targets, scenario, n);
    for (size_t q = 0; q < first->n_questions; q++)
        add_question(targets, scenario, n, q);
    for (size_t i = 1; i < n; i++)
        for (size_t q = 0; q < scenario[i]->n_questions; q++) {
            bool known = false;

            for (size_t k = 0; k < i; k++)
                known = known || scenario_question(scenario[k], scenario[i]->question[q].entity.id);
            if (!known)
                leave_out(targets, scenario[i]->question[q].entity.id, "not all scenarios ask it");
        }
    for (size_t b = 0; b < targets->n_bases && targets->end > targets->start && same_states(scenario, n); b++)
        for (size_t s = 0; s < first->n_states; s++)
            add_state(targets, first, targets->base[b], s);
    for (size_t i = 0; i < targets->n; i++)
        targets->item[i].month = (targets->item[i].day - first->as_of_day) / MONTH_DAYS;
    if (targets->n)
        qsort(targets->item, targets->n, sizeof *targets->item, by_id);
}

void targets_free(struct targets *targets)
{
    tables_free(&targets->tables);
    arena_free(&targets->arena);
}

size_t *targets_order(struct arena *arena, const struct targets *targets)
{
    size_t *order = arena_new(arena, targets->n, sizeof *order);

    for (size_t i = 0; i < targets->n; i++) {
        size_t k = i;

        for (; k && targets->item[order[k - 1]].rank > targets->item[i].rank; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    return order;
}

/* Whether a scenario knows a state, so that its bases can be in it. */
static bool knows_states(const struct targets *targets, const struct scenario *scenario)
{
    for (size_t b = 0; b < targets->n_bases; b++) {
        bool known = false;

        for (size_t s = 0; s < scenario->n_states; s++)
            known = known || !strcmp(scenario->state[s].entity.id, targets->state[b]);
        if (!known)
            return false;
    }
    return true;
}

struct plan *targets_compile(struct targets *targets, struct scenario *scenario, struct diag *diag)
{
    const struct model *model = model_find(scenario->model[0].name.text);
    const bool earlier = scenario->as_of_day < targets->start;
    struct known_then known = {0};

    scenario->n_questions = targets->n;
    scenario->question = arena_new(&scenario->arena, targets->n, sizeof *scenario->question);
    for (size_t i = 0; i < targets->n; i++) {
        const struct target *item = &targets->item[i];

        scenario->question[i] = item->asked;
        scenario->question[i].month = /* months that need no conversion stay as they are */
            fmin(scenario->horizon, item->asked_month + (item->asked_from - scenario->as_of_day) / MONTH_DAYS);
    }
    if (earlier) {
        known.month = (targets->start - scenario->as_of_day) / MONTH_DAYS;
        known.base = targets->base;
        known.n_bases = targets->n_bases;
    }
    if (earlier && targets->given == GIVEN_START) {
        known.state = knows_states(targets, scenario) ? targets->state : NULL;
        known.absent = targets->absent;
        known.n_absent = targets->n_absent;
    }
    return plan_compile_answers(scenario, model ? model : model_list[0], &known, &targets->tables, diag);
}
