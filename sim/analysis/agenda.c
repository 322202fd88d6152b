#include "sim/analysis/agenda.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct question *find(const struct scenario *scenario, const char *id)
{
    for (size_t q = 0; q < scenario->n_questions; q++)
        if (!strcmp(scenario->question[q].entity.id, id))
            return &scenario->question[q];
    return NULL;
}

static bool has_base(const struct scenario *scenario, const char *id)
{
    for (size_t b = 0; b < scenario->n_bases; b++)
        if (!strcmp(scenario->base[b].entity.id, id))
            return true;
    return false;
}

static bool is_common(const struct agenda *agenda, const char *id)
{
    for (size_t b = 0; b < agenda->n_bases; b++)
        if (!strcmp(agenda->base[b], id))
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

static void find_span(struct agenda *agenda, const struct scenario *const *scenario, size_t n)
{
    agenda->start = -INFINITY;
    agenda->end = INFINITY;
    agenda->same_start = true;
    for (size_t i = 0; i < n; i++) {
        agenda->start = fmax(agenda->start, scenario[i]->as_of_day);
        agenda->end = fmin(agenda->end, day_of(scenario[i], scenario[i]->horizon));
        agenda->same_start = agenda->same_start && scenario[i]->as_of_day == scenario[0]->as_of_day;
    }
}

static void find_bases(struct agenda *agenda, const struct scenario *const *scenario, size_t n)
{
    agenda->base = pool_new(&agenda->pool, scenario[0]->n_bases, sizeof *agenda->base);
    for (size_t b = 0; b < scenario[0]->n_bases; b++) {
        const char *id = scenario[0]->base[b].entity.id;
        bool common = true;

        for (size_t i = 1; i < n; i++)
            common = common && has_base(scenario[i], id);
        if (common)
            agenda->base[agenda->n_bases++] = id;
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

/* Whether a lever or event is in force when its scenario starts, or was before: then there is nothing to wait for. */
static bool has_come(const struct clock *clock)
{
    const struct timing *timing = &clock->timing;

    return (timing->form == TIMING_AT && timing->at.form == QUANTITY_NUMBER && timing->at.arg[0] <= 0.0) ||
           (timing->form == TIMING_ON && timing->on <= 0.0);
}

/* What the last scenario's start says of the others' histories. */
static void find_start(struct agenda *agenda, const struct scenario *const *scenario, size_t n)
{
    for (size_t i = 0; i < n && !agenda->last; i++)
        agenda->last = scenario[i]->as_of_day == agenda->start ? scenario[i] : NULL;
    agenda->state = pool_new(&agenda->pool, agenda->n_bases, sizeof *agenda->state);
    for (size_t b = 0; b < agenda->n_bases; b++)
        agenda->state[b] = initial_of(agenda->last, agenda->base[b]);
    agenda->absent = pool_new(&agenda->pool, agenda->last->n_clocks, sizeof *agenda->absent);
    for (size_t c = 0; c < agenda->last->n_clocks; c++) {
        const struct clock *clock = &agenda->last->clock[c];

        if (clock->kind != CLOCK_TRANSITION && !clock->recurs && !has_come(clock))
            agenda->absent[agenda->n_absent++] = clock->entity.id;
    }
}

static void leave_out(struct agenda *agenda, const char *id, const char *why)
{
    agenda->left_out[agenda->n_left_out++] = (struct agenda_left_out){id, why};
}

/* Asked of all bases, it is asked of those that all scenarios have. */
static void name_bases(struct agenda *agenda, struct question *question)
{
    if (question->bases.n || question->happens.text)
        return;
    question->bases.item = pool_new(&agenda->pool, agenda->n_bases, sizeof *question->bases.item);
    for (size_t b = 0; b < agenda->n_bases; b++)
        question->bases.item[question->bases.n++].text = agenda->base[b];
}

/* Why a question cannot be asked of all; NULL: it can. */
static const char *obstacle(const struct agenda *agenda, const struct question *question,
                            const struct scenario *const *scenario, size_t n, double day)
{
    for (size_t i = 1; i < n; i++) {
        const struct question *other = find(scenario[i], question->entity.id);

        if (!other)
            return "not all scenarios ask it";
        if (!same_content(question, other))
            return "the scenarios mean different things by it";
    }
    for (size_t b = 0; b < question->bases.n; b++)
        if (!is_common(agenda, question->bases.item[b].text))
            return "not all scenarios have its bases";
    return day < agenda->start ? "it is asked for a date before the last of the scenarios starts" : NULL;
}

static void add_question(struct agenda *agenda, const struct scenario *const *scenario, size_t n, size_t q)
{
    const struct question *question = &scenario[0]->question[q];
    struct agenda_item *item = &agenda->item[agenda->n];
    const char *why;

    *item = (struct agenda_item){.id = question->entity.id,
                                 .text = question->entity.text ? question->entity.text : "",
                                 .day = INFINITY,
                                 .rank = q,
                                 .asked = *question};
    for (size_t i = 0; i < n; i++) {
        const struct question *asked = find(scenario[i], question->entity.id);

        if (asked && day_of(scenario[i], asked->month) < item->day) {
            item->day = day_of(scenario[i], asked->month);
            item->asked_month = asked->month;
            item->asked_from = scenario[i]->as_of_day;
        }
    }
    why = obstacle(agenda, question, scenario, n, item->day);
    if (why) {
        leave_out(agenda, item->id, why);
        return;
    }
    name_bases(agenda, &item->asked);
    agenda->n++;
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

static void add_state(struct agenda *agenda, const struct scenario *first, const char *base, size_t s)
{
    struct agenda_item *item = &agenda->item[agenda->n];
    struct names *bases = &item->asked.bases, *are = &item->asked.are;

    *item = (struct agenda_item){
        .id = pool_print(&agenda->pool, "state.%s.%s", base, first->state[s].entity.id),
        .text = "",
        .base = base,
        .state = first->state[s].entity.id,
        .day = agenda->end,
        .rank = first->n_questions + agenda->n,
        .asked_month = (agenda->end - agenda->start) / MONTH_DAYS,
        .asked_from = agenda->start,
    };
    item->asked.entity = (struct entity){.id = item->id, .label = item->id, .text = ""};
    item->asked.count = COUNT_ALL;
    *bases = (struct names){pool_new(&agenda->pool, 1, sizeof *bases->item), 1};
    bases->item[0].text = base;
    *are = (struct names){pool_new(&agenda->pool, 1, sizeof *are->item), 1};
    are->item[0].text = item->state;
    agenda->n++;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct agenda_item *)a)->id, ((const struct agenda_item *)b)->id);
}

void agenda_make(struct agenda *agenda, const struct scenario *const *scenario, size_t n, enum agenda_given given)
{
    const struct scenario *first = scenario[0];
    size_t room, n_others = 0;

    *agenda = (struct agenda){.given = given};
    for (size_t i = 1; i < n; i++)
        n_others += scenario[i]->n_questions;
    room = first->n_questions + first->n_bases * first->n_states;
    agenda->item = pool_new(&agenda->pool, room, sizeof *agenda->item);
    agenda->left_out = pool_new(&agenda->pool, room + n_others, sizeof *agenda->left_out);
    find_span(agenda, scenario, n);
    find_bases(agenda, scenario, n);
    find_start(agenda, scenario, n);
    for (size_t q = 0; q < first->n_questions; q++)
        add_question(agenda, scenario, n, q);
    for (size_t i = 1; i < n; i++)
        for (size_t q = 0; q < scenario[i]->n_questions; q++) {
            bool known = false;

            for (size_t k = 0; k < i; k++)
                known = known || find(scenario[k], scenario[i]->question[q].entity.id);
            if (!known)
                leave_out(agenda, scenario[i]->question[q].entity.id, "not all scenarios ask it");
        }
    for (size_t b = 0; b < agenda->n_bases && agenda->end > agenda->start && same_states(scenario, n); b++)
        for (size_t s = 0; s < first->n_states; s++)
            add_state(agenda, first, agenda->base[b], s);
    for (size_t i = 0; i < agenda->n; i++)
        agenda->item[i].month = (agenda->item[i].day - first->as_of_day) / MONTH_DAYS;
    if (agenda->n)
        qsort(agenda->item, agenda->n, sizeof *agenda->item, by_id);
}

void agenda_free(struct agenda *agenda)
{
    tables_free(&agenda->tables);
    pool_free(&agenda->pool);
}

size_t agenda_first(const struct agenda *agenda)
{
    size_t first = 0;

    for (size_t i = 1; i < agenda->n; i++)
        if (agenda->item[i].rank < agenda->item[first].rank)
            first = i;
    return first;
}

/* Whether a scenario knows a state, so that its bases can be in it. */
static bool knows_states(const struct agenda *agenda, const struct scenario *scenario)
{
    for (size_t b = 0; b < agenda->n_bases; b++) {
        bool known = false;

        for (size_t s = 0; s < scenario->n_states; s++)
            known = known || !strcmp(scenario->state[s].entity.id, agenda->state[b]);
        if (!known)
            return false;
    }
    return true;
}

struct plan *agenda_compile(struct agenda *agenda, struct scenario *scenario, struct diag *diag)
{
    const struct model *model = model_find(scenario->model[0].name.text);
    const bool earlier = scenario->as_of_day < agenda->start;
    struct known_then known = {0};

    scenario->n_questions = agenda->n;
    scenario->question = pool_new(&scenario->pool, agenda->n, sizeof *scenario->question);
    for (size_t i = 0; i < agenda->n; i++) {
        const struct agenda_item *item = &agenda->item[i];

        scenario->question[i] = item->asked;
        scenario->question[i].month = /* months that need no conversion stay as they are */
            fmin(scenario->horizon, item->asked_month + (item->asked_from - scenario->as_of_day) / MONTH_DAYS);
    }
    if (earlier) {
        known.month = (agenda->start - scenario->as_of_day) / MONTH_DAYS;
        known.base = agenda->base;
        known.n_bases = agenda->n_bases;
    }
    if (earlier && agenda->given == GIVEN_START) {
        known.state = knows_states(agenda, scenario) ? agenda->state : NULL;
        known.absent = agenda->absent;
        known.n_absent = agenda->n_absent;
    }
    return plan_compile_answers(scenario, model ? model : model_list[0], &known, &agenda->tables, diag);
}
