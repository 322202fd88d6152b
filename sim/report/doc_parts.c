/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doc_parts.c - parts that documents share: what is asked, how it was sampled, sources, how to get the same results again. */
#include <inttypes.h>
#include <string.h>
#include "sim/report/result.h"
#include "sim/scenario/scenario.h"

enum { MOST_LINES = 24 };

/* ---- questions asked of several scenarios ---- */

const char *doc_item_name(struct arena *arena, const struct target *item)
{
    return item->base ? arena_print(arena, "%s %s", item->base, item->state) : item->id;
}

const char *doc_item_words(struct arena *arena, const struct target *item)
{
    return *item->text ? item->text : doc_item_name(arena, item);
}

const char *doc_place(struct arena *arena, struct place place)
{
    return place.source ? arena_print(arena, "%s:%u", place.source->name, place.line) : "-";
}

void doc_dates(struct document *document, const struct targets *targets)
{
    if (!targets->same_start)
        document_paragraph(
            document, SHOWN_ALWAYS, STYLE_PLAIN,
            PHRASE(document,
                   "The scenarios start on different dates: each question is asked at the earliest date one of them "
                   "asks it for. What starts earlier counts by the histories that by the start of {} {}.",
                   value_text(targets->last->id),
                   value_text(targets->given == GIVEN_HELD
                                  ? "still hold the common bases"
                                  : "have every common base in the state in which it begins there, and in which no "
                                    "lever or event has come that can still come there")));
}

void doc_kept(struct document *document, const struct targets *targets, const struct scenario *scenario,
              const struct arm_estimates *estimates)
{
    if (!targets->same_start && scenario->as_of_day < targets->start)
        document_remark(document, SHOWN_ALWAYS, STYLE_PLAIN,
                        PHRASE(document, "{}: {} of its histories; effective number of runs {}",
                               value_text(scenario->id), value_percent(estimates->evidence, 0.001),
                               value_count((uint64_t)estimates->ess)));
}

void doc_left_out(struct document *document, const struct targets *targets, const char *words)
{
    for (size_t i = 0; i < targets->n_left_out; i++)
        document_paragraph(
            document, SHOWN_ALWAYS, STYLE_DIM,
            PHRASE(document, words, value_text(targets->left_out[i].id), value_text(targets->left_out[i].why)));
}

/* A column for each question: why. */
void result_left_out(struct result *result, const struct targets *targets, const char *name)
{
    struct column *column = arena_new(&result->document.arena, targets->n_left_out, sizeof *column);
    union cell *why = arena_new(&result->document.arena, targets->n_left_out, sizeof *why);

    for (size_t i = 0; i < targets->n_left_out; i++) {
        column[i] = (struct column){targets->left_out[i].id, COLUMN_TEXT, false, NULL, "why it is left out"};
        why[i].text = targets->left_out[i].why;
    }
    result_record(result, column, targets->n_left_out, why, (struct dataset_part){.path = {name}});
}

/* ---- probabilities side by side ---- */

static const struct column dot_column[] = {
    {"row", COLUMN_ID, true, NULL, "index of the line, since labels may be alike"},
    {"p", COLUMN_PROBABILITY, false, NULL, "the probability"},
    {"se", COLUMN_PROBABILITY, false, NULL, "its standard error"},
    {"low", COLUMN_PROBABILITY, false, NULL, "lower end of the band"},
    {"high", COLUMN_PROBABILITY, false, NULL, "upper end of the band"},
};

struct dots {
    const struct doc_dot *dot;
    struct plot_name *row;
};

static void fill_dot(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct dots *it = dataset->source;

    cell[0].text = it->row[i].id;
    cell[1].number = it->dot[i].p.value;
    cell[2].number = it->dot[i].p.se;
    cell[3].number = it->dot[i].low;
    cell[4].number = it->dot[i].high;
}

void doc_dots(struct document *document, const char *title, const char *caption, const char *axis,
              const struct doc_dot *dot, size_t n)
{
    struct arena *arena = &document->arena;
    struct dots *it = arena_new(arena, 1, sizeof *it);
    struct dataset *dataset = arena_new(arena, 1, sizeof *dataset);
    struct plot *plot = arena_new(arena, 1, sizeof *plot);

    *it = (struct dots){dot, arena_new(arena, n, sizeof *it->row)};
    for (size_t i = 0; i < n; i++)
        it->row[i] = (struct plot_name){arena_print(arena, "%zu", i), dot[i].label, dot[i].colour};
    *dataset = (struct dataset){.name = "dots",
                                .column = dot_column,
                                .n_columns = sizeof dot_column / sizeof *dot_column,
                                .n_rows = n,
                                .fill_row = fill_dot,
                                .source = it};
    *plot = (struct plot){.kind = PLOT_INTERVALS,
                          .title = title,
                          .caption = caption,
                          .dataset = dataset,
                          .x = "p",
                          .error = "se",
                          .low = "low",
                          .high = "high",
                          .row_column = "row",
                          .row = it->row,
                          .n_rows = n,
                          .x_axis = {axis, 0.0, 1.0}};
    document_figure(document, plot);
}

/* ---- how it was sampled ---- */

void doc_sampling(struct document *document, size_t n, const char *singular, const char *plural, uint64_t n_worlds,
                  uint64_t n_runs, const struct provenance *provenance)
{
    document_heading(document, SHOWN_ALWAYS, plain("How it was computed"), plain(""));
    document_remark(document, SHOWN_ALWAYS, STYLE_PLAIN,
                    PHRASE(document, "{} {} of {} worlds x {} runs, on common random numbers; seed\u00a0{}{}",
                           value_count(n), value_text(n == 1 ? singular : plural), value_count(n_worlds),
                           value_count(n_runs), value_text(arena_print(&document->arena, "%" PRIu64, provenance->seed)),
                           value_text(provenance->seed_chosen ? " (chosen by the program)" : "")));
}

/* ---- sources ---- */

/* The lines that cite a source; n: how many there are. */
static void find_lines(struct arena *arena, const struct node *node, const char *source, const char **text, size_t *n)
{
    for (size_t i = 0; i < node->n; i++) {
        const struct node *child = node->child[i];

        if (child->kind == NODE_STRING && child->name && !strcmp(child->name, "source") &&
            !strcmp(child->text, source) && child->at.source && (*n)++ < MOST_LINES)
            *text = arena_print(arena, "%s%s%s:%u", *text, **text ? ", " : "", child->at.source->name, child->at.line);
        find_lines(arena, child, source, text, n);
    }
}

/* "Title. Author. Date. URL". */
static const char *cite(struct arena *arena, const struct node *source, const char *title)
{
    static const char *const detail[] = {"author", "date", "url"};

    for (size_t d = 0; source && d < sizeof detail / sizeof *detail; d++) {
        const struct node *value = tree_get(source, detail[d]);

        if (value && value->kind == NODE_STRING)
            title = arena_print(arena, "%s. %s", title, value->text);
    }
    return title;
}

void doc_sources(struct document *document, const struct scenario *scenario)
{
    static const struct doc_column column[] = {
        {"Source", NULL, true}, {"numbers", NULL, false}, {"set at", NULL, true}};
    const struct node *sources;
    struct arena *arena = &document->arena;
    struct doc_table *table;

    if (!scenario || !scenario->n_sources)
        return;
    sources = tree_get(scenario->root, "sources");
    document_heading(document, SHOWN_IN_FULL, plain("Sources"), plain("and the numbers that each supports"));
    table = document_table(document, column, sizeof column / sizeof *column);
    for (size_t s = 0; s < scenario->n_sources; s++) {
        const char *id = scenario->source[s].id, *lines = "";
        const struct node *source = sources ? tree_get(sources, id) : NULL;
        size_t n = 0;

        find_lines(arena, scenario->root, id, &lines, &n);
        if (n > MOST_LINES)
            lines = arena_print(arena, "%s and %zu more", lines, n - MOST_LINES);
        doc_table_row(table, SHOWN_IN_FULL);
        doc_table_cell(table, value_text(cite(arena, source, scenario->source[s].label)));
        doc_table_cell(table, value_count(n));
        doc_table_cell(table, value_text(lines));
    }
}

/* ---- how to get the same again ---- */

/* An argument as a shell takes it. */
static const char *quote(struct arena *arena, const char *argument)
{
    static const char unquoted[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:+";
    const char *quoted = "'";

    if (*argument && !argument[strspn(argument, unquoted)])
        return argument;
    for (const char *c = argument; *c; c++)
        quoted = *c == '\'' ? arena_print(arena, "%s'\\''", quoted) : arena_print(arena, "%s%c", quoted, *c);
    return arena_print(arena, "%s'", quoted);
}

void doc_reproduce(struct document *document, const struct provenance *provenance)
{
    struct arena *arena = &document->arena;
    const char *command = "foothold", *sums = "";

    for (int i = 0; i < provenance->argc; i++)
        command = arena_print(arena, "%s %s", command, quote(arena, provenance->argv[i]));
    if (provenance->seed_chosen)
        command = arena_print(arena, "%s --seed %" PRIu64, command, provenance->seed);
    for (size_t i = 0; i < provenance->n_scenarios; i++)
        sums = arena_print(arena, "%s%s  %s\n", sums, provenance->scenario[i].id, provenance->scenario[i].sha256);
    if (provenance->data)
        sums = arena_print(arena, "%s  %s\n", provenance->data, provenance->data_sha256);
    document_heading(document, SHOWN_IN_FULL, plain("How to reproduce these results"), plain(""));
    document_verbatim(document, SHOWN_IN_FULL, command);
    document_paragraph(
        document, SHOWN_IN_FULL, STYLE_DIM,
        PHRASE(document,
               provenance->data
                   ? "foothold {}, seed {}, {}. SHA-256 of the table:"
                   : "foothold {}, seed {}, design {}. manifest.json holds the scenarios after merging; their SHA-256:",
               value_text(FOOTHOLD_VERSION), value_text(arena_print(arena, "%" PRIu64, provenance->seed)),
               value_text(provenance->design)));
    document_verbatim(document, SHOWN_IN_FULL, sums);
}
