/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doc_sweep.c - what is said of a sweep: how far the answer moves along each path, a figure, the points. */
#include <math.h>
#include "sim/analysis/sweep.h"
#include "sim/report/rank.h"
#include "sim/report/result.h"
#include "sim/report/svg.h"

enum {
    MOST_BRIEF = 41, /* rows in brief */
    MOST_ACROSS = 9, /* columns of a grid, in brief */
    MOST_ROWS = 200, /* in full; sweep.csv has all */
    MOST_LINES = 7,  /* of a figure */
    MOST_CELLS = 32  /* of a map's side */
};

/* What the parts below need at hand. */
struct telling {
    struct result *result;
    struct document *document;
    struct arena *arena;
    const struct sweep *sweep;
    size_t *asked; /* the targets's questions, in the file's order */
    size_t n_asked;
};

static struct value percent_at(const struct telling *it, size_t point, size_t q)
{
    const struct estimate p = arm_estimates_of(&it->sweep->outcome[point], q);

    return value_percent(p.value, p.se);
}

static const struct target *get_first(const struct telling *it)
{
    return &it->sweep->targets.item[it->asked[0]];
}

/* ---- how far the answer moves ---- */

/* The last point along a path, the others at their first value. */
static size_t find_last(const struct sweep *sweep, size_t path)
{
    size_t last = 0, next;

    while ((next = sweep_next(sweep, last, path)) != SIZE_MAX)
        last = next;
    return last;
}

static void tell_path(const struct telling *it, size_t k)
{
    const struct sweep_path *path = &it->sweep->path[k];
    const struct arm_difference moved =
        arm_compare(&it->sweep->outcome[0], &it->sweep->outcome[find_last(it->sweep, k)], it->asked[0]);
    struct document *document = it->document;
    struct phrase text =
        PHRASE(document, "As {} goes from {} to {}, the probability goes from {} to {}: ", value_text(path->path),
               value_input(path->value[0]), value_input(path->value[path->n - 1]),
               value_percent(moved.a.value, moved.a.se), value_percent(moved.b.value, moved.b.se));

    text = document_join(document, text,
                         PHRASE(document,
                                rank_stands_out(moved.delta.value, moved.delta.se)
                                    ? "{}\u00a0±\u00a0{} points."
                                    : "{}\u00a0±\u00a0{} points, which is not significant.",
                                value_points(moved.delta.value, moved.delta.se), value_error(moved.delta.se)));
    document_paragraph(document, SHOWN_ALWAYS, k ? STYLE_PLAIN : STYLE_LEAD, text);
}

static void tell_head(const struct telling *it)
{
    const struct scenario *scenario = it->sweep->scenario;
    struct document *document = it->document;

    document->title = *scenario->title ? scenario->title : scenario->id;
    document_paragraph(document, SHOWN_ALWAYS, STYLE_DIM,
                       PHRASE(document, "{} · {} · as\u00a0of\u00a0{}", value_text(scenario->id),
                              value_text(scenario->analyst_id), value_text(scenario->as_of)));
    document_heading(document, SHOWN_ALWAYS,
                     PHRASE(document, "{}", value_text(doc_item_words(it->arena, get_first(it)))),
                     *get_first(it)->text ? PHRASE(document, "{}", value_text(get_first(it)->id)) : plain(""));
    for (size_t k = 0; k < it->sweep->n_paths; k++)
        tell_path(it, k);
}

/* ---- figures ---- */

static const char *input_column(const struct telling *it, size_t k)
{
    return arena_print(it->arena, "in.%s", it->sweep->path[k].path);
}

static struct plot_axis make_axis(const struct sweep_path *path)
{
    struct plot_axis axis = {path->path, path->value[0], path->value[0]};

    for (size_t i = 1; i < path->n; i++) {
        axis.from = fmin(axis.from, path->value[i]);
        axis.to = fmax(axis.to, path->value[i]);
    }
    return axis;
}

static struct plot_name *name_lines(const struct telling *it)
{
    struct plot_name *series = arena_new(it->arena, it->n_asked, sizeof *series);

    for (size_t i = 0; i < it->n_asked; i++) {
        const char *id = it->sweep->targets.item[it->asked[i]].id;

        series[i] = (struct plot_name){id, id, svg_line_colour(i)};
    }
    return series;
}

static const struct plot *plot_lines(const struct telling *it)
{
    return result_plot(
        it->result, (struct plot){.kind = PLOT_LINES,
                                  .name = "sweep",
                                  .title = arena_print(it->arena, "Answers over %s", it->sweep->path[0].path),
                                  .caption = "Probability of each question; shaded: 95 % interval (simulation error).",
                                  .dataset = result_find(it->result, "sweep"),
                                  .x = input_column(it, 0),
                                  .y = "value",
                                  .error = "se",
                                  .low = "ci_low",
                                  .high = "ci_high",
                                  .series_column = "question",
                                  .filter_column = "location",
                                  .filter = "all",
                                  .series = name_lines(it),
                                  .n_series = it->n_asked < MOST_LINES ? it->n_asked : MOST_LINES,
                                  .x_axis = make_axis(&it->sweep->path[0]),
                                  .y_axis = {"probability", 0.0, 1.0}});
}

static const struct plot *plot_map(const struct telling *it)
{
    return result_plot(it->result,
                       (struct plot){.kind = PLOT_MAP,
                                     .name = "sweep",
                                     .title = arena_print(it->arena, "%s over %s and %s", get_first(it)->id,
                                                          it->sweep->path[1].path, it->sweep->path[0].path),
                                     .caption = arena_print(it->arena, "%s In %%; colours run from 0 to 100 %%.",
                                                            doc_item_words(it->arena, get_first(it))),
                                     .dataset = result_find(it->result, "sweep"),
                                     .x = input_column(it, 1),
                                     .y = input_column(it, 0),
                                     .value = "value",
                                     .error = "se",
                                     .filter_column = "question",
                                     .filter = get_first(it)->id,
                                     .x_axis = make_axis(&it->sweep->path[1]),
                                     .y_axis = make_axis(&it->sweep->path[0]),
                                     .value_axis = {get_first(it)->id, 0.0, 1.0}});
}

static void draw_points(const struct telling *it)
{
    const struct sweep *sweep = it->sweep;

    if (sweep->n_paths == 1) {
        document_figure(it->document, plot_lines(it));
    } else if (sweep->n_paths == 2) {
        const struct plot *plot = plot_map(it);

        if (sweep->path[0].n <= MOST_CELLS && sweep->path[1].n <= MOST_CELLS)
            document_figure(it->document, plot);
    }
}

/* ---- tables ---- */

/* Of n values those that are shown: all, or so many with the ends among them. */
static size_t count_shown(size_t n, size_t most)
{
    return n < most ? n : most;
}

static size_t place_shown(size_t i, size_t n, size_t most)
{
    return n <= most ? i : i * (n - 1) / (most - 1);
}

/* Two paths, in brief: a grid of the first question. */
static void tell_grid(const struct telling *it)
{
    const struct sweep_path *down = &it->sweep->path[0], *across = &it->sweep->path[1];
    const size_t n_across = count_shown(across->n, MOST_ACROSS), n_down = count_shown(down->n, MOST_BRIEF);
    struct doc_column *column = arena_new(it->arena, n_across + 1, sizeof *column);
    struct doc_table *table;

    document_remark(
        it->document, SHOWN_IN_BRIEF, STYLE_DIM,
        PHRASE(it->document, "in %; down: {}, across: {}", value_text(down->path), value_text(across->path)));
    column[0] = (struct doc_column){"", NULL, true};
    for (size_t k = 0; k < n_across; k++) {
        const struct value value = value_input(across->value[place_shown(k, across->n, MOST_ACROSS)]);

        column[k + 1] = (struct doc_column){value_print(it->arena, &value, false), NULL, false};
    }
    table = document_table(it->document, column, n_across + 1);
    for (size_t i = 0; i < n_down; i++) {
        const size_t row = place_shown(i, down->n, MOST_BRIEF);

        doc_table_row(table, SHOWN_IN_BRIEF);
        doc_table_cell(table, value_styled(value_input(down->value[row]), STYLE_DIM));
        for (size_t k = 0; k < n_across; k++)
            doc_table_cell(table,
                           percent_at(it, row * across->n + place_shown(k, across->n, MOST_ACROSS), it->asked[0]));
    }
}

static double find_largest_error(const struct telling *it)
{
    double largest = 0.0;

    for (size_t point = 0; point < it->sweep->n_points; point++)
        for (size_t i = 0; i < it->n_asked; i++)
            largest = fmax(largest, arm_estimates_of(&it->sweep->outcome[point], it->asked[i]).se);
    return largest;
}

/* Paths, the first question, how it moves to the next point where there is one path, the other questions. */
static struct doc_table *begin_points(const struct telling *it)
{
    const struct sweep *sweep = it->sweep;
    const bool has_steps = sweep->n_paths == 1;
    const size_t n = sweep->n_paths + it->n_asked + has_steps;
    struct doc_column *column = arena_new(it->arena, n, sizeof *column), *next = column;

    for (size_t k = 0; k < sweep->n_paths; k++)
        *next++ = (struct doc_column){sweep->path[k].path, NULL, k == 0}; /* the first names its row */
    for (size_t i = 0; i < it->n_asked; i++) {
        *next++ = (struct doc_column){sweep->targets.item[it->asked[i]].id, "%", false};
        if (i == 0 && has_steps)
            *next++ = (struct doc_column){"to the next", "points", false};
    }
    return document_table(it->document, column, n);
}

static struct value step_to_next(const struct telling *it, size_t point)
{
    const size_t next = sweep_next(it->sweep, point, 0);
    struct estimate step;
    struct value value;

    if (next == SIZE_MAX)
        return (struct value){0};
    step = arm_compare(&it->sweep->outcome[point], &it->sweep->outcome[next], it->asked[0]).delta;
    value = value_points(step.value, step.se);
    value.with_error = true;
    return value;
}

static void add_point(const struct telling *it, struct doc_table *table, enum shown shown, size_t point)
{
    const struct sweep *sweep = it->sweep;

    doc_table_row(table, shown);
    for (size_t k = 0; k < sweep->n_paths; k++)
        doc_table_cell(table, value_input(sweep->path[k].value[sweep_place(sweep, point, k)]));
    for (size_t i = 0; i < it->n_asked; i++) {
        struct value p = percent_at(it, point, it->asked[i]);

        p.with_bar = i == 0 && sweep->n_paths == 1;
        doc_table_cell(table, i == 0 ? value_styled(p, STYLE_STRONG) : p);
        if (i == 0 && sweep->n_paths == 1)
            doc_table_cell(table, step_to_next(it, point));
    }
}

/* In full the first points; in brief those of one path, some of them where they are many. */
static void list_points(const struct telling *it)
{
    const size_t n = it->sweep->n_points, n_brief = it->sweep->n_paths == 1 ? count_shown(n, MOST_BRIEF) : 0;
    struct doc_table *table = begin_points(it);
    size_t brief = 0;

    for (size_t point = 0; point < n; point++) {
        const bool in_brief = brief < n_brief && point == place_shown(brief, n, MOST_BRIEF),
                   in_full = point < MOST_ROWS;

        brief += in_brief;
        if (in_brief || in_full)
            add_point(it, table, !in_brief ? SHOWN_IN_FULL : in_full ? SHOWN_ALWAYS : SHOWN_IN_BRIEF, point);
    }
    document_remark(it->document, SHOWN_ALWAYS, STYLE_DIM,
                    PHRASE(it->document, "simulation error: ± {} at most", value_error(find_largest_error(it))));
    if (n > MOST_ROWS)
        document_remark(
            it->document, SHOWN_IN_FULL, STYLE_DIM,
            PHRASE(it->document, "The first {} points; sweep.csv has all {}.", value_count(MOST_ROWS), value_count(n)));
    if (it->sweep->n_paths > 2)
        document_paragraph(it->document, SHOWN_IN_BRIEF, STYLE_PLAIN,
                           plain("The grid has more than two paths: sweep.csv has it."));
}

void sweep_document(struct result *result, const struct sweep *sweep)
{
    struct arena *arena = &result->document.arena;
    struct telling it = {.result = result,
                         .document = &result->document,
                         .arena = arena,
                         .sweep = sweep,
                         .asked = targets_order(arena, &sweep->targets)};

    while (it.n_asked < sweep->targets.n && !sweep->targets.item[it.asked[it.n_asked]].base)
        it.n_asked++;
    result->text_name = "sweep.txt";
    tell_head(&it);
    draw_points(&it);
    if (sweep->n_paths == 2)
        tell_grid(&it);
    list_points(&it);
    doc_sampling(it.document, sweep->n_points, "point", "points", sweep->n_worlds, sweep->n_runs, result->provenance);
    doc_sources(it.document, sweep->scenario);
    doc_reproduce(it.document, result->provenance);
}
