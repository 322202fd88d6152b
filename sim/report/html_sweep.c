/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_sweep.c - the page of a sweep: how far the answer moves, a drawing, the whole table. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include "sim/report/compare.h"
#include "sim/report/figure.h"
#include "sim/report/html.h"
#include "sim/report/rank.h"
#include "sim/report/svg.h"
#include "sim/report/sweep.h"

enum { WIDTH = 800, MOST_ROWS = 200, MOST_LINES = 7, MOST_CELLS = 32 };

struct shown {
    FILE *out;
    const struct sweep *sweep;
    size_t first; /* the question told at length */
    struct arena arena;
};

/* The last point along a path, the others at their first value. */
static size_t last_along(const struct sweep *sweep, size_t path)
{
    size_t last = 0, next;

    while ((next = sweep_next(sweep, last, path)) != SIZE_MAX)
        last = next;
    return last;
}

static void lead(struct shown *it)
{
    const struct sweep *sweep = it->sweep;
    struct arena *arena = &it->arena;

    for (size_t k = 0; k < sweep->n_paths; k++) {
        const struct sweep_path *path = &sweep->path[k];
        const struct arm_difference moved =
            arm_compare(&sweep->outcome[0], &sweep->outcome[last_along(sweep, k)], it->first);

        html_paragraph(
            it->out, k ? NULL : "lead",
            arena_print(arena,
                        "%s%sAs %s goes from %.6g to %.6g, yes goes from %s to %s in 100 histories: %s points%s.",
                        k ? "" : compare_words(arena, &sweep->targets.item[it->first]), k ? "" : " ", path->path,
                        path->value[0], path->value[path->n - 1], figure_percent(arena, moved.a.value, moved.a.se),
                        figure_percent(arena, moved.b.value, moved.b.se),
                        figure_points(arena, moved.delta.value, moved.delta.se),
                        rank_stands_out(moved.delta.value, moved.delta.se) ? "" : ", which cannot be told from zero"));
    }
    html_paragraph(it->out, "dim",
                   arena_print(arena,
                               "%s, analyst %s, as of %s. %s points of %s worlds x %s runs, all on the same luck.",
                               sweep->scenario->id, sweep->scenario->analyst_id, sweep->scenario->as_of,
                               figure_count(arena, sweep->n_points), figure_count(arena, sweep->n_worlds),
                               figure_count(arena, sweep->n_runs)));
}

/* ---- one path: a line for each question ---- */

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* The points in the order of their values: a list may be given in any. */
static size_t *sorted(struct shown *it)
{
    const struct sweep_path *path = &it->sweep->path[0];
    double *value = arena_new(&it->arena, path->n, sizeof *value);
    size_t *place = arena_new(&it->arena, path->n, sizeof *place);

    for (size_t i = 0; i < path->n; i++)
        value[i] = path->value[i];
    qsort(value, path->n, sizeof *value, by_value);
    for (size_t i = 0; i < path->n; i++)
        for (size_t k = 0; k < path->n; k++)
            if (path->value[k] == value[i])
                place[i] = k;
    return place;
}

static void draw_lines(struct shown *it)
{
    const struct sweep *sweep = it->sweep;
    const struct targets *targets = &sweep->targets;
    const struct sweep_path *path = &sweep->path[0];
    const size_t n = path->n, *place = sorted(it);
    double *x = memory_new(4 * n, sizeof *x), *y = x + n, *low = y + n, *high = low + n;
    double last[MOST_LINES];
    const char *name[MOST_LINES];
    size_t n_lines = 0;
    struct svg svg;

    for (size_t i = 0; i < n; i++)
        x[i] = path->value[place[i]];
    svg_begin(&svg, it->out, arena_print(&it->arena, "Answers over %s", path->path), WIDTH, 340.0, 56.0, 170.0, 24.0,
              46.0);
    svg_axes(&svg, x[0], x[n - 1], 0.0, 1.0);
    svg_ticks_y(&svg, 0.25, 100.0, "%");
    svg_ticks_x(&svg, svg_step(x[n - 1] - x[0], 6), path->path);
    for (size_t q = 0; q < targets->n && n_lines < MOST_LINES; q++) {
        if (targets->item[q].base)
            continue;
        for (size_t i = 0; i < n; i++) {
            const struct estimate p = arm_estimates_of(&sweep->outcome[place[i]], q);

            y[i] = p.value;
            low[i] = fmax(0.0, p.value - 2.0 * p.se);
            high[i] = fmin(1.0, p.value + 2.0 * p.se);
        }
        svg_area(&svg, x, low, high, n, svg_line_colour(n_lines), 0.25);
        svg_line(&svg, x, y, n, svg_line_colour(n_lines), (int)(n_lines % 4));
        last[n_lines] = y[n - 1];
        name[n_lines++] = targets->item[q].id;
    }
    svg_names(&svg, last, name, n_lines);
    svg_end(&svg, "Probability of each question; shaded: two simulation errors.");
    free(x);
}

/* ---- two paths: a map of the first question ---- */

static void draw_map(struct shown *it)
{
    const struct sweep *sweep = it->sweep;
    const struct sweep_path *down = &sweep->path[0], *across = &sweep->path[1];
    const double row = 26.0;
    struct estimate low = arm_estimates_of(&sweep->outcome[0], it->first), high = low;
    struct arena *arena = &it->arena;
    struct svg svg;

    for (size_t i = 0; i < sweep->n_points; i++) {
        const struct estimate p = arm_estimates_of(&sweep->outcome[i], it->first);

        low = p.value < low.value ? p : low;
        high = p.value > high.value ? p : high;
    }
    svg_begin(&svg, it->out,
              arena_print(arena, "%s over %s and %s", sweep->targets.item[it->first].id, down->path, across->path),
              WIDTH, 70.0 + row * (double)down->n, 90.0, 20.0, 26.0, 44.0);
    svg_axes(&svg, 0.0, (double)across->n, 0.0, (double)down->n);
    svg_label(&svg, svg.left, svg.top - 10.0, "start", down->path);
    svg_label(&svg, svg.left + svg.width, svg.top + svg.height + 34.0, "end", across->path);
    for (size_t i = 0; i < down->n; i++) {
        const double y = svg.top + row * ((double)(down->n - i) - 0.5); /* upwards */

        svg_label(&svg, svg.left - 6.0, y + 4.0, "end", arena_print(arena, "%.4g", down->value[i]));
        for (size_t k = 0; k < across->n; k++) {
            const struct estimate p = arm_estimates_of(&sweep->outcome[i * across->n + k], it->first);

            svg_cell(&svg, (double)k, (double)k + 1.0, y, row,
                     (p.value - low.value) / fmax(1e-9, high.value - low.value),
                     across->n <= 16 ? figure_percent(arena, p.value, p.se) : "");
        }
    }
    for (size_t k = 0; k < across->n; k++)
        if (across->n <= 16 || k % ((across->n + 9) / 10) == 0)
            svg_label(&svg, svg_x(&svg, (double)k + 0.5), svg.top + svg.height + 17.0, "middle",
                      arena_print(arena, "%.4g", across->value[k]));
    svg_end(&svg, arena_print(arena, "%s In %%; colours run from the lowest, %s, to the highest, %s.",
                              compare_words(arena, &sweep->targets.item[it->first]),
                              figure_percent(arena, low.value, low.se), figure_percent(arena, high.value, high.se)));
}

/* ---- the table ---- */

static double largest_error(const struct sweep *sweep)
{
    double largest = 0.0;

    for (size_t i = 0; i < sweep->n_points; i++)
        for (size_t q = 0; q < sweep->targets.n; q++)
            if (!sweep->targets.item[q].base)
                largest = fmax(largest, arm_estimates_of(&sweep->outcome[i], q).se);
    return largest;
}

static void list_points(struct shown *it)
{
    const struct sweep *sweep = it->sweep;
    const struct targets *targets = &sweep->targets;
    const size_t shown = sweep->n_points < MOST_ROWS ? sweep->n_points : MOST_ROWS;
    struct arena *arena = &it->arena;
    const char **head = arena_new(arena, sweep->n_paths + targets->n, sizeof *head);
    size_t n = 0;

    for (size_t k = 0; k < sweep->n_paths; k++)
        head[n++] = sweep->path[k].path;
    for (size_t q = 0; q < targets->n; q++)
        if (!targets->item[q].base)
            head[n++] = targets->item[q].id;
    html_table_begin(it->out,
                     arena_print(arena, "In %%; simulation: ± %s at most%s", figure_error(arena, largest_error(sweep)),
                                 shown < sweep->n_points
                                     ? arena_print(arena, "; the first %zu points: sweep.csv has all", shown)
                                     : ""),
                     head, n, NULL);
    for (size_t i = 0; i < shown; i++) {
        html_row_begin(it->out, arena_print(arena, "%.6g", sweep->path[0].value[sweep_place(sweep, i, 0)]));
        for (size_t k = 1; k < sweep->n_paths; k++)
            html_cell(it->out, "n", arena_print(arena, "%.6g", sweep->path[k].value[sweep_place(sweep, i, k)]));
        for (size_t q = 0; q < targets->n; q++) {
            const struct estimate p = arm_estimates_of(&sweep->outcome[i], q);

            if (!targets->item[q].base)
                html_cell(it->out, "n", figure_percent(arena, p.value, p.se));
        }
        html_row_end(it->out);
    }
    html_table_end(it->out);
}

void html_sweep(FILE *out, const struct sweep *sweep, const struct provenance *provenance)
{
    struct shown it = {.out = out, .sweep = sweep, .first = targets_first(&sweep->targets)};

    html_begin(out, *sweep->scenario->title ? sweep->scenario->title : sweep->scenario->id);
    lead(&it);
    if (sweep->n_paths == 1)
        draw_lines(&it);
    else if (sweep->n_paths == 2 && sweep->path[0].n <= MOST_CELLS && sweep->path[1].n <= MOST_CELLS)
        draw_map(&it);
    list_points(&it);
    html_reproduce(out, provenance);
    html_end(out);
    arena_free(&it.arena);
}
