/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_explain.c - histories explained, for programs: events.csv, as `run --histories` writes it of all runs (data_histories.h), and
 * explain.json, whose tables nest: endings with the events of their typical history, these with their reasons and changes.
 *
 * A nested table's source is the part of the explanation that holds its rows; its context is the whole. */
#include "sim/report/data_histories.h"
#include "sim/report/explain.h"
#include "sim/report/telling.h"
#include "sim/scenario/scenario.h"

struct context {
    struct document *document; /* texts are made in its pool */
    const struct explanation *explanation;
};

#define NESTED(of) .nested = (of), .n_nested = sizeof(of) / sizeof *(of)

/* Rows of a table in the context of another. */
#define ROWS(columns, rows, fill, of)                                                                                  \
    ((struct dataset){DATASET_COLUMNS(columns), .n_rows = (rows), .fill_row = (fill), .source = (of),                  \
                      .context = outer->context})

static const struct context *context_of(const struct dataset *dataset)
{
    return dataset->context;
}

static const struct explanation *explanation_of(const struct dataset *dataset)
{
    return context_of(dataset)->explanation;
}

static const char *print_words(const struct dataset *dataset, struct phrase phrase)
{
    return phrase_print(&context_of(dataset)->document->arena, &phrase, NULL);
}

/* ---- events.csv ---- */

static void fill_happening(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct explanation *it = explanation_of(dataset);
    const struct story *story = it->story;

    for (; i >= story->n_events; story++)
        i -= story->n_events;
    histories_event(cell, it->plan, story->world, story->run, &story->event[i].what);
}

/* ---- an event ---- */

static const struct column reason_column[] = {
    {"because", COLUMN_TEXT, false, NULL, "what multiplies the hazard"},
    {"ratio", COLUMN_RATIO, false, NULL, "by how much"},
};

static void fill_reason(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct story_event *event = dataset->source;

    cell[0].text = print_words(dataset, telling_reason(context_of(dataset)->document, explanation_of(dataset)->plan,
                                                       event, &event->reason[i]));
    cell[1].number = event->reason[i].ratio;
}

static const struct column change_column[] = {
    {"clock", COLUMN_ID, false, NULL, "the clock whose hazard ratio changes"},
    {"before", COLUMN_RATIO, false, NULL, "its ratio before the event"},
    {"after", COLUMN_RATIO, false, NULL, "its ratio after it"},
};

static void fill_change(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct story_change *change = &((const struct story_event *)dataset->source)->change[i];

    cell[0].text = explanation_of(dataset)->plan->clock[change->clock].name;
    cell[1].number = change->before;
    cell[2].number = change->after;
}

static const struct column event_column[] = {
    {"month", COLUMN_MONTHS, false, NULL, "when it happens"},
    {"date", COLUMN_ID, false, NULL, "its day"},
    {"kind", COLUMN_ID, false, NULL, "comes, ends or moves"},
    {"id", COLUMN_ID, false, NULL, "what it happens to"},
    {"from", COLUMN_ID, false, NULL, "a base's state before"},
    {"to", COLUMN_ID, false, NULL, "and after"},
    {"clock", COLUMN_ID, false, NULL, "the clock that fired"},
    {"likely_by_then", COLUMN_PROBABILITY, false, NULL, "probability of having fired by then, as the hazard went"},
    {"rate_per_month", COLUMN_NUMBER, false, "per month", "hazard when it fired, before its ratio"},
    {"ratio", COLUMN_RATIO, false, NULL, "product of the reasons"},
};

static void fill_event(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct plan *plan = explanation_of(dataset)->plan;
    const struct story_event *event = &((const struct story *)dataset->source)->event[i];
    const struct event *what = &event->what;
    const bool moves = what->kind == EVENT_MOVES;

    cell[0].number = what->month;
    cell[1].text = telling_date(&context_of(dataset)->document->arena, explanation_of(dataset)->scenario, what->month);
    cell[2].text = telling_kind(what->kind);
    cell[3].text = moves ? plan->base[what->which].id : plan->factor[what->which].id;
    cell[4].text = moves ? plan->state[what->from] : NULL;
    cell[5].text = moves ? plan->state[what->to] : NULL;
    cell[6].text = what->clock == HISTORY_NO_CLOCK ? NULL : plan->clock[what->clock].name;
    cell[7].number = event->likely;
    cell[8].number = event->rate;
    cell[9].number = event->ratio;
}

static struct dataset make_reasons(const struct dataset *outer, size_t i)
{
    const struct story_event *event = &((const struct story *)outer->source)->event[i];

    return ROWS(reason_column, event->n_reasons, fill_reason, event);
}

static struct dataset make_changes(const struct dataset *outer, size_t i)
{
    const struct story_event *event = &((const struct story *)outer->source)->event[i];

    return ROWS(change_column, event->n_changes, fill_change, event);
}

static const struct dataset_nested in_event[] = {{make_reasons, {.path = {"reasons"}, .is_list = true}},
                                                 {make_changes, {.path = {"changes"}, .is_list = true}}};

/* ---- a base at the horizon ---- */

static const struct column rival_column[] = {
    {"clock", COLUMN_ID, false, NULL, "a clock that could have moved the base on"},
    {"likely_by_then", COLUMN_PROBABILITY, false, NULL, "probability of having fired by the horizon"},
    {"ratio", COLUMN_RATIO, false, NULL, "its hazard ratio there"},
};

static void fill_rival(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct story_rival *rival = &((const struct story_base *)dataset->source)->rival[i];

    cell[0].text = explanation_of(dataset)->plan->clock[rival->clock].name;
    cell[1].number = rival->likely;
    cell[2].number = rival->ratio;
}

static const struct column base_column[] = {
    {"id", COLUMN_ID, true, NULL, "the base"},
    {"state", COLUMN_ID, false, NULL, "its state at the horizon"},
    {"since_month", COLUMN_MONTHS, false, NULL, "since when"},
};

static void fill_base(const struct dataset *dataset, size_t b, union cell *cell)
{
    const struct plan *plan = explanation_of(dataset)->plan;
    const struct story_base *base = &((const struct story *)dataset->source)->base[b];

    cell[0].text = plan->base[b].id;
    cell[1].text = plan->state[base->state];
    cell[2].number = base->since;
}

static struct dataset make_rivals(const struct dataset *outer, size_t b)
{
    const struct story_base *base = &((const struct story *)outer->source)->base[b];

    return ROWS(rival_column, base->n_rivals, fill_rival, base);
}

static const struct dataset_nested in_base[] = {{make_rivals, {.path = {"did_not_ring"}, .is_list = true}}};

/* ---- a history: its columns stand in the row of its ending, or alone ---- */

static const struct column story_column[] = {
    {"world", COLUMN_COUNT, false, NULL, "index of the world"},
    {"run", COLUMN_COUNT, false, NULL, "index of the run within the world"},
};

static void fill_story(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct story *story = &explanation_of(dataset)->story[i];

    cell[0].count = story->world;
    cell[1].count = story->run;
}

static struct dataset make_events(const struct dataset *outer, size_t i)
{
    const struct story *story = &explanation_of(outer)->story[i];

    return ROWS(event_column, story->n_events, fill_event, story);
}

static struct dataset make_bases(const struct dataset *outer, size_t i)
{
    return ROWS(base_column, explanation_of(outer)->plan->n_bases, fill_base, &explanation_of(outer)->story[i]);
}

static const struct dataset_nested in_story[] = {{make_events, {.path = {"events"}, .is_list = true, NESTED(in_event)}},
                                                 {make_bases, {.path = {"bases"}, NESTED(in_base)}}};

/* ---- an ending ---- */

#define SHARE_COLUMNS(within)                                                                                          \
    {within "share", COLUMN_PROBABILITY, false, NULL, "share of histories"},                                           \
        {within "se", COLUMN_PROBABILITY, false, NULL, "standard error of share"},                                     \
    {                                                                                                                  \
        within "n", COLUMN_COUNT, false, "runs", "runs behind it"                                                      \
    }

static void fill_share(union cell *cell, struct estimate share)
{
    cell[0].number = share.value;
    cell[1].number = share.se;
    cell[2].count = share.n;
}

static const struct column order_column[] = {
    SHARE_COLUMNS(""),
    {"order", COLUMN_TEXT, false, NULL, "what happens, in order"},
};

static void fill_order(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct typical_order *order = &((const struct typical_order *)dataset->source)[i];

    fill_share(cell, order->share);
    cell[3].text =
        print_words(dataset, telling_order(context_of(dataset)->document, explanation_of(dataset)->plan, order));
}

static const struct column factor_column[] = {
    {"id", COLUMN_ID, true, NULL, "the lever or event that comes"},
    SHARE_COLUMNS("here."),
    SHARE_COLUMNS("all."),
};

static void fill_factor(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct typical_factor *factor = &((const struct typical_factor *)dataset->source)[i];

    cell[0].text = explanation_of(dataset)->plan->factor[factor->factor].id;
    fill_share(cell + 1, factor->here);
    fill_share(cell + 4, factor->all);
}

static const struct column ending_column[] = {
    SHARE_COLUMNS(""),
    {"ending", COLUMN_TEXT, false, NULL, "where the bases stand at the horizon, or the question's answer"},
    {"typical.world", COLUMN_COUNT, false, NULL, "of the typical history"},
    {"typical.run", COLUMN_COUNT, false, NULL, "of the typical history"},
    {"mean_distance", COLUMN_NUMBER, false, "events", "from the typical history to the others"},
    {"compared", COLUMN_COUNT, false, "runs", "histories compared"},
    {"different_orders", COLUMN_COUNT, false, NULL, "orders of events among them"},
};

static void fill_ending(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct explanation *it = explanation_of(dataset);
    const struct typical_ending *ending = &it->typical.ending[i];

    fill_share(cell, ending->share);
    cell[3].text = print_words(dataset, telling_ending(context_of(dataset)->document, it, ending));
    fill_story(dataset, i, cell + 4);
    cell[6].number = ending->distance;
    cell[7].count = ending->n_compared;
    cell[8].count = ending->n_different;
}

static struct dataset make_moves(const struct dataset *outer, size_t i)
{
    const struct typical_ending *ending = &explanation_of(outer)->typical.ending[i];

    return ROWS(order_column, ending->n_moves, fill_order, ending->moves);
}

static struct dataset make_orders(const struct dataset *outer, size_t i)
{
    const struct typical_ending *ending = &explanation_of(outer)->typical.ending[i];

    return ROWS(order_column, ending->n_all, fill_order, ending->all);
}

static struct dataset make_factors(const struct dataset *outer, size_t i)
{
    const struct explanation *it = explanation_of(outer);

    return ROWS(factor_column, it->plan->n_factors, fill_factor, it->typical.ending[i].factor);
}

static const struct dataset_nested in_ending[] = {
    {make_events, {.path = {"typical", "events"}, .is_list = true, NESTED(in_event)}},
    {make_bases, {.path = {"typical", "bases"}, NESTED(in_base)}},
    {make_moves, {.path = {"orders_of_moves"}, .is_list = true}},
    {make_orders, {.path = {"orders"}, .is_list = true}},
    {make_factors, {.path = {"came"}}},
};

/* ---- all ---- */

static const struct column head_column[] = {
    {"scenario_id", COLUMN_ID, false, NULL, "the scenario"},
    {"as_of", COLUMN_ID, false, NULL, "its first day"},
    {"horizon", COLUMN_MONTHS, false, NULL, "how far ahead it looks"},
    {"question", COLUMN_ID, false, NULL, "by whose answer endings are told apart; null: by where the bases stand"},
    SHARE_COLUMNS("rest."),
};
enum { HEAD_OF_ONE = 3 }; /* columns that one history has too */

static void fill_head(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct explanation *it = explanation_of(dataset);

    (void)i;
    cell[0].text = it->scenario->id;
    cell[1].text = it->scenario->as_of;
    cell[2].number = it->plan->horizon;
    if (it->single)
        return;
    cell[HEAD_OF_ONE].text = it->question == SIZE_MAX ? NULL : it->plan->question[it->question].id;
    fill_share(cell + HEAD_OF_ONE + 1, it->typical.rest);
}

void explain_tables(struct result *result, const struct explanation *explanation)
{
    struct context *context = arena_new(&result->document.arena, 1, sizeof *context);
    struct dataset events = run_events(), head;
    const struct dataset *outer;

    *context = (struct context){&result->document, explanation};
    events.fill_row = fill_happening;
    events.context = context;
    for (size_t s = 0; s < explanation->n; s++)
        events.n_rows += explanation->story[s].n_events;
    outer = result_dataset(result, events);
    head = ROWS(head_column, 1, fill_head, NULL);
    if (explanation->single)
        head.n_columns = HEAD_OF_ONE;
    result_part(result, head, (struct dataset_part){.between = NULL});
    if (explanation->single)
        result_part(result, ROWS(story_column, 1, fill_story, NULL),
                    (struct dataset_part){.path = {"story"}, NESTED(in_story)});
    else
        result_part(result, ROWS(ending_column, explanation->n, fill_ending, NULL),
                    (struct dataset_part){.path = {"endings"}, .is_list = true, NESTED(in_ending)});
}
