/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doc_batch.c - what is said of several scenarios played by one call: each question over all of them, and where each one's page
 * is. */
#include <math.h>
#include "sim/report/batch.h"

/* A question in all entries. */
struct asked {
    const struct answer_question *first; /* as the first entry asks it */
    const struct batch_row **row;        /* those that ask it */
    size_t n;
};

struct summing_up {
    struct document *document;
    struct arena *arena;
    const struct batch_row *row;
    size_t n, n_asked, room;
    struct asked *asked; /* in the order of the files, each once */
};

static const struct answer_question *find_question(const struct batch_row *row, const struct asked *asked)
{
    return answer_find(row->answer, asked->first->id);
}

static void add_question(struct summing_up *it, const struct answer_question *question)
{
    struct asked asked = {question, arena_new(it->arena, it->n, sizeof *asked.row), 0};

    for (size_t i = 0; i < it->n_asked; i++)
        if (!strcmp(it->asked[i].first->id, question->id))
            return;
    for (size_t i = 0; i < it->n; i++)
        if (it->row[i].answer && find_question(&it->row[i], &asked))
            asked.row[asked.n++] = &it->row[i];
    it->asked = arena_grow(it->arena, it->asked, it->n_asked, &it->room, sizeof *it->asked);
    it->asked[it->n_asked++] = asked;
}

static bool has_spread(const struct answer_question *question)
{
    return question->spread.measurable && !isnan(question->spread.quantile[0]);
}

static struct value percent_of(const struct answer_question *question)
{
    return value_percent(question->p.value, question->p.se);
}

/* ---- in a sentence ---- */

static void tell_stopped(struct summing_up *it)
{
    struct document *document = it->document;

    for (size_t i = 0; i < it->n; i++) {
        const struct answer *answer = it->row[i].answer;
        const struct phrase before = document->warning;

        if (answer && !answer->complete)
            document->warning =
                document_join(document, before.text ? before : plain("STOPPED EARLY:"),
                              PHRASE(document, before.text ? "; {}, after {} draws" : " {}, after {} draws",
                                     value_text(answer->name), value_count(answer->n_draws)));
    }
}

/* The first question, from its lowest to its highest probability. */
static void tell_lead(struct summing_up *it)
{
    const struct asked *asked = it->asked;
    const struct answer_question *low = asked->first, *high = low;
    const char *low_name = asked->row[0]->name, *high_name = low_name;
    struct document *document = it->document;
    const struct value title = value_text(*low->text ? low->text : low->id);

    for (size_t i = 1; i < asked->n; i++) {
        const struct answer_question *question = find_question(asked->row[i], asked);

        if (question->p.value < low->p.value) {
            low = question;
            low_name = asked->row[i]->name;
        } else if (question->p.value > high->p.value) {
            high = question;
            high_name = asked->row[i]->name;
        }
    }
    document_paragraph(
        document, SHOWN_IN_FULL, STYLE_LEAD,
        low == high ? PHRASE(document, "{} Yes in {} of histories ({}).", title, percent_of(low), value_text(low_name))
                    : PHRASE(document, "{} Yes in {} of histories ({}) to {} ({}).", title, percent_of(low),
                             value_text(low_name), percent_of(high), value_text(high_name)));
}

/* ---- a drawing for each question ---- */

static const struct column entry_column[] = {
    {"batch_id", COLUMN_ID, true, NULL, "the entry's name"},
    {"probability", COLUMN_PROBABILITY, false, NULL, "of yes"},
    {"se", COLUMN_PROBABILITY, false, NULL, "its Monte Carlo standard error"},
    {"p05", COLUMN_PROBABILITY, false, NULL, "5 % quantile over worlds"},
    {"p95", COLUMN_PROBABILITY, false, NULL, "95 % quantile over worlds"},
};

static void fill_entry(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct asked *asked = dataset->source;
    const struct answer_question *question = find_question(asked->row[i], asked);
    const bool known = has_spread(question);

    cell[0].text = asked->row[i]->name;
    cell[1].number = question->p.value;
    cell[2].number = question->p.se;
    cell[3].number = known ? question->spread.quantile[0] : NAN;
    cell[4].number = known ? question->spread.quantile[ANSWER_LEVELS - 1] : NAN;
}

static void draw_question(struct summing_up *it, const struct asked *asked)
{
    const struct answer_question *first = asked->first;
    struct plot_name *row = arena_new(it->arena, asked->n, sizeof *row);
    struct dataset *dataset = arena_new(it->arena, 1, sizeof *dataset);

    for (size_t i = 0; i < asked->n; i++)
        row[i] = (struct plot_name){.id = asked->row[i]->name, .label = asked->row[i]->name};
    *dataset =
        (struct dataset){DATASET_COLUMNS(entry_column), .n_rows = asked->n, .fill_row = fill_entry, .source = asked};
    document_figure(it->document,
                    &(struct plot){
                        .kind = PLOT_INTERVALS,
                        .title = arena_print(it->arena, "%s in all scenarios", first->id),
                        .caption = arena_print(it->arena, "%s Bars: input uncertainty (5 to 95 %% range).",
                                               *first->text ? first->text : first->id),
                        .dataset = dataset,
                        .x = "probability",
                        .error = "se",
                        .low = "p05",
                        .high = "p95",
                        .row_column = "batch_id",
                        .row = row,
                        .n_rows = asked->n,
                        .x_axis = {"probability, %", 0.0, 1.0},
                    });
}

/* ---- a line each question, a column each scenario ---- */

static struct value describe(const struct answer_question *question)
{
    struct value cell;

    if (!question)
        return value_text("-");
    cell = percent_of(question);
    if (has_spread(question)) {
        cell.with_range = true;
        cell.low = question->spread.quantile[0];
        cell.high = question->spread.quantile[ANSWER_LEVELS - 1];
        cell.range_se = question->p.se; /* stored results have no errors of quantiles; both must look alike */
    }
    return cell;
}

static void tell_questions(struct summing_up *it)
{
    struct doc_column *column = arena_new(it->arena, it->n + 1, sizeof *column);
    struct document *document = it->document;
    struct doc_table *table;
    size_t n_columns = 0;
    double error = 0.0;

    column[n_columns++] = (struct doc_column){"question", NULL, true};
    for (size_t i = 0; i < it->n; i++)
        if (it->row[i].answer)
            column[n_columns++] = (struct doc_column){it->row[i].name, NULL, false};
    table = document_table(document, column, n_columns);
    for (size_t q = 0; q < it->n_asked; q++) {
        doc_table_row(table, SHOWN_ALWAYS);
        doc_table_cell(table, value_text(it->asked[q].first->id));
        for (size_t i = 0; i < it->n; i++)
            if (it->row[i].answer)
                doc_table_cell(table, describe(find_question(&it->row[i], &it->asked[q])));
        for (size_t i = 0; i < it->asked[q].n; i++)
            error = fmax(error, find_question(it->asked[q].row[i], &it->asked[q])->p.se);
    }
    document_paragraph(
        document, SHOWN_ALWAYS, STYLE_DIM,
        PHRASE(document,
               "Probabilities in %, with input uncertainty (5 to 95\u00a0% range) where it is measurable; "
               "simulation error: at most ±\u00a0{}.",
               value_error(error)));
    for (size_t q = 0; q < it->n_asked; q++)
        if (*it->asked[q].first->text)
            document_paragraph(
                document, SHOWN_ALWAYS, STYLE_DIM,
                PHRASE(document, "{}: {}", value_text(it->asked[q].first->id), value_text(it->asked[q].first->text)));
}

/* ---- all entries ---- */

static struct value remark_on(struct document *document, const struct batch_row *row)
{
    static const char *const remark[] = {[BATCH_TO_DO] = "not played",
                                         [BATCH_SKIPPED] = "skipped: whole and unchanged",
                                         [BATCH_STOPPED] = "stopped early",
                                         [BATCH_DONE] = NULL};

    if (row->status == BATCH_FAILED)
        return document_value(
            document, PHRASE(document, "failed: {}", value_text(row->message ? row->message : "no reason given")));
    if (remark[row->status])
        return value_text(remark[row->status]);
    return row->same_as ? document_value(document, PHRASE(document, "the same as {}", value_text(row->same_as)))
                        : value_text("");
}

static void list_rows(struct summing_up *it)
{
    static const struct doc_column column[] = {{"scenario", NULL, true}, {"analyst", NULL, true},
                                               {"as of", NULL, true},    {"draws", NULL, false},
                                               {"page", NULL, true},     {"remark", NULL, true}};
    struct document *document = it->document;
    struct doc_table *table;
    size_t n_played = 0;

    for (size_t i = 0; i < it->n; i++)
        n_played += it->row[i].answer != NULL;
    document_heading(document, SHOWN_IN_FULL,
                     PHRASE(document, "{} of {} played", value_count(n_played), value_count(it->n)), plain(""));
    table = document_table(document, column, sizeof column / sizeof *column);
    for (size_t i = 0; i < it->n; i++) {
        const struct batch_row *row = &it->row[i];

        doc_table_row(table, SHOWN_IN_FULL);
        doc_table_cell(table, value_text(row->name));
        doc_table_cell(table, value_text(row->answer ? row->answer->analyst_id : ""));
        doc_table_cell(table, value_text(row->answer ? row->answer->as_of : ""));
        doc_table_cell(table, row->answer ? value_count(row->answer->n_draws) : value_text(""));
        doc_table_cell(table, value_link("report.html", row->page));
        doc_table_cell(table, remark_on(document, row));
    }
}

void batch_document(struct result *result, const struct batch_row *row, size_t n)
{
    struct summing_up it = {.document = &result->document, .arena = &result->document.arena, .row = row, .n = n};

    for (size_t i = 0; i < n; i++)
        for (size_t q = 0; row[i].answer && q < row[i].answer->n_questions; q++)
            add_question(&it, &row[i].answer->question[row[i].answer->asked[q]]);
    if (it.n_asked) {
        tell_stopped(&it);
        tell_lead(&it);
        for (size_t q = 0; q < it.n_asked; q++)
            draw_question(&it, &it.asked[q]);
        tell_questions(&it);
    } else {
        document_paragraph(it.document, SHOWN_IN_FULL, STYLE_LEAD, plain("Nothing was played."));
    }
    list_rows(&it);
    doc_reproduce(it.document, result->provenance);
}
