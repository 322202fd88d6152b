/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doc_explain.c - what is said of histories: how they end, then the typical one of each ending, drawn and event by event. */
#include <math.h>
#include "sim/report/explain.h"
#include "sim/report/rank.h"
#include "sim/report/svg.h"
#include "sim/report/telling.h"
#include "sim/scenario/scenario.h"

enum {
    MOST_LINES = 40, /* of a drawing: bases, then levers and events */
    MOST_FACTORS = 8,
    BRIEF_FACTORS = 4
};

/* What the parts below need at hand. */
struct explaining {
    struct document *document;
    const struct explanation *explanation;
    const struct plan *plan;
    const struct plan_question *question; /* NULL: none */
};

static struct value percent_of(struct estimate share)
{
    return value_percent(share.value, share.se);
}

/* ---- how histories end ---- */

static void tell_title(struct explaining *it)
{
    const struct scenario *scenario = it->explanation->scenario;
    struct document *document = it->document;

    if (!it->explanation->single && !it->explanation->result.complete)
        document->warning = plain("STOPPED EARLY: all below rests on what was played until then.");
    document_paragraph(document, SHOWN_ALWAYS, STYLE_DIM,
                       PHRASE(document, "{} · {} · as\u00a0of\u00a0{} · {}\u00a0months\u00a0ahead",
                              value_text(scenario->id), value_text(scenario->analyst_id), value_text(scenario->as_of),
                              value_number(it->plan->horizon)));
}

static struct value title_of(const struct plan_question *question)
{
    return value_text(*question->text ? question->text : question->id);
}

static void tell_lead(struct explaining *it)
{
    const struct typical_ending *first = it->explanation->typical.ending;
    struct document *document = it->document;
    const struct value ending = document_value(document, telling_ending(document, it->explanation, first));

    document_paragraph(document, SHOWN_IN_FULL, STYLE_LEAD,
                       it->question ? PHRASE(document, "{} Most often {}: in {} of histories.", title_of(it->question),
                                             ending, percent_of(first->share))
                                    : PHRASE(document, "It ends most often with {}: in {} of histories.", ending,
                                             percent_of(first->share)));
}

static void add_ending(struct doc_table *table, struct value ending, struct estimate share)
{
    doc_table_row(table, SHOWN_ALWAYS);
    doc_table_cell(table, ending);
    doc_table_cell(table, value_styled(percent_of(share), STYLE_STRONG));
    doc_table_cell(table, value_error(share.se));
}

static void tell_endings(struct explaining *it)
{
    static const struct doc_column column[] = {{"ending", NULL, true},
                                               {"%", NULL, false},
                                               {"±", NULL, false},
                                               {"typical: world", NULL, false},
                                               {"run", NULL, false}};
    const struct typical *typical = &it->explanation->typical;
    struct document *document = it->document;
    struct doc_table *table;

    if (it->question)
        document_heading(
            document, SHOWN_ALWAYS, PHRASE(document, "{}", title_of(it->question)),
            PHRASE(document, "{}, month {}", value_text(it->question->id), value_number(it->question->month)));
    else
        document_heading(document, SHOWN_ALWAYS,
                         PHRASE(document, "How it ends in month {}", value_number(it->plan->horizon)),
                         plain("share of all histories ± simulation error, and the typical history of each ending"));
    table = document_table(document, column, sizeof column / sizeof *column);
    for (size_t i = 0; i < typical->n_endings; i++) {
        const struct typical_ending *ending = &typical->ending[i];

        add_ending(table, document_value(document, telling_ending(document, it->explanation, ending)), ending->share);
        doc_table_cell(table, value_index(ending->world));
        doc_table_cell(table, value_index(ending->run));
    }
    if (typical->rest.value > 0.0) {
        add_ending(table, value_text("otherwise"), typical->rest);
        doc_table_cell(table, value_text(""));
        doc_table_cell(table, value_text(""));
    }
}

/* ---- one history, drawn: a line for each base, then for each lever and event that comes ---- */

struct spell {
    const char *line, *state;
    double since, until;
};

static const struct column spell_column[] = {
    {"line", COLUMN_ID, true, NULL, "a base, a lever or an event"},
    {"state", COLUMN_ID, false, NULL, "the base's state; of others, in force: \"\""},
    {"since", COLUMN_MONTHS, true, NULL, "from when"},
    {"until", COLUMN_MONTHS, false, NULL, "to when"},
};

static void fill_spell(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct spell *spell = &((const struct spell *)dataset->source)[i];

    cell[0].text = spell->line;
    cell[1].text = spell->state;
    cell[2].number = spell->since;
    cell[3].number = spell->until;
}

/* A drawing in the making. */
struct timeline {
    struct spell *spell;
    struct plot_name *line;
    size_t n_spells, n_lines;
};

/* Spells of a base in its states, or of a lever or an event in force; one that never comes has no line. */
static void add_line(struct timeline *timeline, const struct explaining *it, const struct story *story, bool is_base,
                     uint32_t which)
{
    const char *id = is_base ? it->plan->base[which].id : it->plan->factor[which].id;
    const char *line = arena_print(&it->document->arena, is_base ? "base %s" : "factor %s", id);
    const char *state = is_base ? it->plan->state[it->plan->base[which].initial] : NULL;
    const size_t before = timeline->n_spells;
    double since = 0.0;

    for (size_t i = 0; i <= story->n_events; i++) {
        const struct event *what = i < story->n_events ? &story->event[i].what : NULL;

        if (what && ((what->kind == EVENT_MOVES) != is_base || what->which != which))
            continue;
        if (state)
            timeline->spell[timeline->n_spells++] =
                (struct spell){line, state, since, what ? what->month : it->plan->horizon};
        if (what) {
            state = is_base ? it->plan->state[what->to] : what->kind == EVENT_COMES ? "" : NULL;
            since = what->month;
        }
    }
    if (timeline->n_spells > before)
        timeline->line[timeline->n_lines++] = (struct plot_name){.id = line, .label = id};
}

static void draw_story(struct explaining *it, const struct story *story)
{
    const struct plan *plan = it->plan;
    struct timeline timeline = {
        .spell = arena_new(&it->document->arena, story->n_events + plan->n_bases, sizeof *timeline.spell),
        .line = arena_new(&it->document->arena, plan->n_bases + plan->n_factors, sizeof *timeline.line)};
    struct plot_name *series = arena_new(&it->document->arena, plan->n_states + 1, sizeof *series);
    struct dataset *spells = arena_new(&it->document->arena, 1, sizeof *spells);

    for (uint32_t b = 0; b < plan->n_bases; b++)
        add_line(&timeline, it, story, true, b);
    for (uint32_t f = 0; f < plan->n_factors && timeline.n_lines < MOST_LINES; f++)
        add_line(&timeline, it, story, false, f);
    for (size_t s = 0; s < plan->n_states; s++)
        series[s] = (struct plot_name){plan->state[s], plan->state[s], svg_colour(s)};
    series[plan->n_states] = (struct plot_name){"", "", svg_colour(7)};
    *spells = (struct dataset){DATASET_COLUMNS(spell_column), .n_rows = timeline.n_spells, .fill_row = fill_spell,
                               .source = timeline.spell};
    document_figure(
        it->document,
        &(struct plot){.kind = PLOT_TIMELINE,
                       .title = "What happens when",
                       .caption = it->question
                                      ? "Above: states of the bases. Below: levers and events, while in force. "
                                        "Broken line: the question's month."
                                      : "Above: states of the bases. Below: levers and events, while in force.",
                       .dataset = spells,
                       .x = "since",
                       .low = "since",
                       .high = "until",
                       .row_column = "line",
                       .series_column = "state",
                       .row = timeline.line,
                       .n_rows = timeline.n_lines,
                       .series = series,
                       .n_series = plan->n_states + 1,
                       .x_axis = {"months", 0.0, plan->horizon},
                       .rule = it->question ? it->question->month : NAN});
}

/* ---- and event by event ---- */

static struct doc_event describe_event(const struct explaining *it, double month, struct phrase what)
{
    return (struct doc_event){.date = telling_date(&it->document->arena, it->explanation->scenario, month),
                              .month = month,
                              .what = what,
                              .why = plain(""),
                              .since = plain("")};
}

/* Where bases start, what happens, the question's answer in its month, where bases end. */
static void list_events(struct explaining *it, size_t s)
{
    const struct story *story = &it->explanation->story[s];
    const struct plan_question *question = it->question;
    struct document *document = it->document;
    struct doc_event *event = arena_new(&it->document->arena, story->n_events + it->plan->n_bases + 2, sizeof *event);
    size_t n = 0;

    event[n++] = describe_event(it, 0.0, telling_states(document, it->plan, NULL));
    for (size_t i = 0; i <= story->n_events; i++) {
        const struct story_event *next = i < story->n_events ? &story->event[i] : NULL;

        if (question && (!next || next->what.month > question->month)) {
            event[n] = describe_event(it, question->month,
                                      PHRASE(document, "{}: {}", value_text(question->id),
                                             value_text(it->explanation->typical.ending[s].yes ? "yes" : "no")));
            event[n++].style = STYLE_STRONG;
            question = NULL;
        }
        if (!next)
            break;
        event[n] = describe_event(it, next->what.month, telling_what(document, it->plan, &next->what));
        event[n].style = next->what.kind == EVENT_MOVES ? STYLE_STRONG : STYLE_PLAIN;
        event[n].why = telling_why(document, it->plan, next);
        event[n++].since = telling_changes(document, it->plan, next);
    }
    for (size_t b = 0; b < it->plan->n_bases; b++) {
        event[n] = describe_event(it, it->plan->horizon, telling_end(document, it->explanation, story, b));
        event[n++].why = telling_rivals(document, it->plan, &story->base[b]);
    }
    document_events(document, event, n);
}

static void tell_story(struct explaining *it, size_t s)
{
    draw_story(it, &it->explanation->story[s]);
    if (!it->explanation->story[s].n_events)
        document_paragraph(it->document, SHOWN_ALWAYS, STYLE_PLAIN, plain("Nothing happens."));
    list_events(it, s);
}

/* ---- of an ending ---- */

/* Levers and events that come more or less often with this ending than otherwise. */
static void list_factors(struct explaining *it, const struct typical_ending *ending)
{
    static const struct doc_column column[] = {{"lever or event", NULL, true},
                                               {"with this ending", "%", false},
                                               {"in all histories", "%", false},
                                               {"difference", "points", false}};
    struct doc_table *table = document_table(it->document, column, sizeof column / sizeof *column);
    size_t n_brief = 0;

    for (size_t f = 0; f < it->plan->n_factors && f < MOST_FACTORS; f++) {
        const struct typical_factor *factor = &ending->factor[f];
        struct value difference =
            value_points(factor->here.value - factor->all.value, hypot(factor->here.se, factor->all.se));
        const bool significant = rank_stands_out(difference.number, difference.se);

        difference.with_error = true;
        doc_table_row(table, significant && n_brief < BRIEF_FACTORS ? SHOWN_ALWAYS : SHOWN_IN_FULL);
        doc_table_cell(table, value_text(it->plan->factor[factor->factor].id));
        doc_table_cell(table, percent_of(factor->here));
        doc_table_cell(table, percent_of(factor->all));
        doc_table_cell(table, significant ? difference : value_text("not significant"));
        n_brief += significant;
    }
}

static void list_orders(struct explaining *it, struct phrase lead, const struct typical_order *order, size_t n)
{
    document_remark(it->document, SHOWN_ALWAYS, STYLE_PLAIN, lead);
    for (size_t i = 0; i < n; i++) {
        struct value share = percent_of(order[i].share);

        share.with_error = true;
        document_remark(it->document, SHOWN_ALWAYS, STYLE_DIM,
                        PHRASE(it->document, "{}: {}", share,
                               document_value(it->document, telling_order(it->document, it->plan, &order[i]))));
    }
}

static void tell_ending(struct explaining *it, size_t i)
{
    const struct typical_ending *ending = &it->explanation->typical.ending[i];
    struct document *document = it->document;

    document_heading(document, SHOWN_ALWAYS, telling_ending(document, it->explanation, ending),
                     PHRASE(document, "{} of histories; the typical one of {} compared: world {}, run {}",
                            percent_of(ending->share), value_count(ending->n_compared), value_index(ending->world),
                            value_index(ending->run)));
    tell_story(it, i);
    list_factors(it, ending);
    list_orders(it, plain("Most frequent orders of the bases' transitions:"), ending->moves, ending->n_moves);
    list_orders(it,
                PHRASE(document,
                       ending->n_all
                           ? "Most frequent orders of all events up to the last transition of a base ({} "
                             "different orders in {} histories):"
                           : "Orders of all events up to the last transition of a base: {} different ones in {} "
                             "histories, none more than twice.",
                       value_count(ending->n_different), value_count(ending->n_compared)),
                ending->all, ending->n_all);
}

/* ---- how it was done ---- */

static void tell_method(struct explaining *it, const struct provenance *provenance)
{
    struct document *document = it->document;
    const struct value seed = value_index(provenance->seed),
                       chosen = value_text(provenance->seed_chosen ? " (chosen by the program)" : "");

    document_heading(document, SHOWN_ALWAYS, plain("How it was computed"), plain(""));
    document_remark(document, SHOWN_ALWAYS, STYLE_PLAIN,
                    it->explanation->single
                        ? PHRASE(document, "seed\u00a0{}{}", seed, chosen)
                        : PHRASE(document,
                                 provenance->n_worlds == 1 ? "{} world x {} runs; seed\u00a0{}{}"
                                                           : "{} worlds x {} runs; seed\u00a0{}{}",
                                 value_count(provenance->n_worlds), value_count(provenance->n_runs), seed, chosen));
    document_remark(document, SHOWN_ALWAYS, STYLE_DIM,
                    plain("Probability of having fired by then: with the hazard as it went in this history. ×: hazard "
                          "ratios."));
}

void explain_document(struct result *result, const struct explanation *explanation)
{
    struct explaining it = {.document = &result->document, .explanation = explanation, .plan = explanation->plan};

    if (!explanation->single && explanation->question != SIZE_MAX)
        it.question = &explanation->plan->question[explanation->question];
    tell_title(&it);
    if (explanation->single) {
        document_heading(it.document, SHOWN_ALWAYS,
                         PHRASE(it.document, "World {}, run {}", value_index(explanation->story[0].world),
                                value_index(explanation->story[0].run)),
                         plain("one history of many: the one asked for"));
        tell_story(&it, 0);
    } else {
        tell_lead(&it);
        tell_endings(&it);
        for (size_t i = 0; i < explanation->n; i++)
            tell_ending(&it, i);
    }
    tell_method(&it, result->provenance);
    doc_reproduce(it.document, result->provenance);
}
