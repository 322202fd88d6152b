/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_svg.c - figures of a page, drawn from the dataset they name. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/figure.h"
#include "sim/report/plot.h"
#include "sim/report/svg.h"

enum { WIDTH = 800, HEIGHT = 300, LEFT = 56, NAMES = 170, TOP = 24, BOTTOM = 46 };

static bool is_cell(const struct plot *plot, const union cell *cell, const char *column, const char *value)
{
    return !column || !value || strcmp(cell[dataset_column(plot->dataset, column)].text, value) == 0;
}

size_t plot_read(const struct plot *plot, const char *facet, const char *series, const char *row, const char *column,
                 double *x, double *y)
{
    const struct dataset *dataset = plot->dataset;
    const size_t x_at = dataset_column(dataset, plot->x), y_at = dataset_column(dataset, column);
    union cell *cell = memory_new(dataset->n_columns, sizeof *cell);
    size_t n = 0;

    for (size_t i = 0; i < dataset->n_rows; i++) {
        dataset->fill_row(dataset, i, cell);
        if (!is_cell(plot, cell, plot->filter_column, plot->filter) ||
            !is_cell(plot, cell, plot->facet_column, facet) || !is_cell(plot, cell, plot->series_column, series) ||
            !is_cell(plot, cell, plot->row_column, row))
            continue;
        x[n] = cell[x_at].number;
        y[n++] = cell[y_at].number;
    }
    free(cell);
    return n;
}

/* A drawing in the making. */
struct drawing {
    const struct plot *plot;
    const char *facet; /* NULL: none */
    struct svg svg;
    struct arena arena;
    double *x, *y, *se, *low, *high, *last; /* room for all rows; last: a series */
    const char **name;
};

static void begin(struct drawing *it, FILE *out, const struct plot *plot, const struct plot_name *facet)
{
    const size_t n = plot->dataset->n_rows * (plot->is_step ? 2 : 1);

    *it = (struct drawing){.plot = plot, .facet = facet ? facet->id : NULL};
    it->x = arena_new(&it->arena, 5 * n + plot->n_series, sizeof *it->x);
    it->y = it->x + n;
    it->se = it->y + n;
    it->low = it->se + n;
    it->high = it->low + n;
    it->last = it->high + n;
    it->name = arena_new(&it->arena, plot->n_series, sizeof *it->name);
    svg_begin(&it->svg, out, facet ? arena_print(&it->arena, "%s: %s", facet->label, plot->title) : plot->title, WIDTH,
              HEIGHT, LEFT, NAMES, TOP, BOTTOM);
}

static void end(struct drawing *it, const struct plot_name *facet)
{
    svg_end(&it->svg, facet ? arena_print(&it->arena, "%s: %s", facet->label, it->plot->caption) : it->plot->caption);
    arena_free(&it->arena);
}

static void draw_axes(struct drawing *it, double top)
{
    const struct plot_axis *x = &it->plot->x_axis;

    svg_axes(&it->svg, x->from, x->to, 0.0, top);
    svg_ticks_y(&it->svg, it->plot->kind == PLOT_STACK ? 0.25 : top > 0.5 ? 0.2 : top > 0.2 ? 0.1 : 0.02, 100.0, "%");
    svg_ticks_x(&it->svg, svg_months(x->to), x->title);
}

static void draw_stack(struct drawing *it)
{
    const struct plot *plot = it->plot;
    size_t n_named = 0;

    draw_axes(it, 1.0);
    for (size_t s = 0; s < plot->n_series; s++) {
        const size_t n = plot_read(plot, it->facet, plot->series[s].id, NULL, plot->y, it->x, it->y);

        for (size_t i = 0; i < n; i++) {
            it->low[i] = it->high[i];
            it->high[i] = fmin(1.0, it->low[i] + it->y[i]);
        }
        svg_area(&it->svg, it->x, it->low, it->high, n, plot->series[s].colour, 0.85);
        if (!n || it->high[n - 1] - it->low[n - 1] <= 0.002)
            continue;
        plot_read(plot, it->facet, plot->series[s].id, NULL, plot->error, it->x, it->se);
        it->last[n_named] = 0.5 * (it->low[n - 1] + it->high[n - 1]);
        it->name[n_named++] = arena_print(&it->arena, "%s %s %%", plot->series[s].label,
                                          figure_percent(&it->arena, it->y[n - 1], it->se[n - 1]));
    }
    svg_names(&it->svg, it->last, it->name, n_named);
}

/* A curve that holds its values: each point twice, first at the height of the one before. There is room for twice the rows. */
static size_t make_steps(double *x, double *low, double *y, double *high, size_t n)
{
    for (size_t i = n; i-- > 0;) {
        const size_t from = i ? i - 1 : 0;
        const double at = x[i], last[] = {low[from], y[from], high[from]};

        x[2 * i + 1] = at;
        low[2 * i + 1] = low[i];
        y[2 * i + 1] = y[i];
        high[2 * i + 1] = high[i];
        x[2 * i] = at;
        low[2 * i] = last[0];
        y[2 * i] = last[1];
        high[2 * i] = last[2];
    }
    return 2 * n;
}

static double highest(struct drawing *it)
{
    double top = 0.05;

    for (size_t s = 0; s < it->plot->n_series; s++) {
        const size_t n = plot_read(it->plot, it->facet, it->plot->series[s].id, NULL, it->plot->y, it->x, it->y);

        for (size_t i = 0; i < n; i++)
            top = fmax(top, it->y[i]);
    }
    return 1.05 * top;
}

static void draw_lines(struct drawing *it)
{
    const struct plot *plot = it->plot;
    const double top = highest(it);

    draw_axes(it, top);
    for (size_t s = 0; s < plot->n_series; s++) {
        size_t n = plot_read(plot, it->facet, plot->series[s].id, NULL, plot->y, it->x, it->y);

        if (plot->error)
            plot_read(plot, it->facet, plot->series[s].id, NULL, plot->error, it->x, it->se);
        for (size_t i = 0; i < n; i++) {
            it->low[i] = fmax(0.0, it->y[i] - 2.0 * it->se[i]);
            it->high[i] = fmin(top, it->y[i] + 2.0 * it->se[i]);
        }
        if (plot->is_step)
            n = make_steps(it->x, it->low, it->y, it->high, n);
        if (plot->error)
            svg_area(&it->svg, it->x, it->low, it->high, n, plot->series[s].colour, 0.25);
        svg_line(&it->svg, it->x, it->y, n, plot->series[s].colour, (int)(s % 4));
        it->last[s] = n ? it->y[n - 1] : 0.0;
        it->name[s] = plot->series[s].label;
    }
    svg_names(&it->svg, it->last, it->name, plot->n_series);
}

/* A dot and its bar, or nothing where the dataset has no such row. */
struct interval {
    double x, low, high, se;
};

static bool read_interval(const struct plot *plot, const char *series, const char *row, struct interval *it)
{
    const size_t n = plot->dataset->n_rows;
    double *x = memory_new(2 * n, sizeof *x), *y = x + n;
    bool found;

    *it = (struct interval){.se = NAN};
    if (plot->error && plot_read(plot, NULL, series, row, plot->error, x, y))
        it->se = y[0];
    if (plot_read(plot, NULL, series, row, plot->low, x, y))
        it->low = y[0];
    found = plot_read(plot, NULL, series, row, plot->high, x, y) > 0;
    if (found) {
        it->high = y[0];
        it->x = x[0];
    }
    free(x);
    return found;
}

/* The axis as it is asked for, or as wide as the bars, 0 within. */
static void set_range(struct svg *svg, const struct plot *plot)
{
    double from = 0.0, to = 0.0;
    struct interval it;

    for (size_t r = 0; r < plot->n_rows; r++)
        for (size_t s = 0; s < (plot->n_series ? plot->n_series : 1); s++)
            if (read_interval(plot, plot->n_series ? plot->series[s].id : NULL, plot->row[r].id, &it)) {
                from = fmin(from, fmin(it.x, it.low)); /* fmin passes over NAN */
                to = fmax(to, fmax(it.x, it.high));
            }
    from = isnan(plot->x_axis.from) ? from : plot->x_axis.from;
    to = isnan(plot->x_axis.to) ? to : plot->x_axis.to;
    svg_axes(svg, 100.0 * from, 100.0 * to, 0.0, 1.0);
    svg_ticks_x(svg, svg_step(100.0 * (to - from), 5), plot->x_axis.title);
    if (from < 0.0 && to > 0.0)
        svg_rule(svg, 0.0);
}

/* In percent or points. Several series share a row, one below the other. */
static void draw_intervals(FILE *out, const struct plot *plot)
{
    const size_t n_series = plot->n_series ? plot->n_series : 1;
    const double row = 12.0 + 14.0 * (double)n_series;
    struct interval it;
    struct arena arena = {0};
    struct svg svg;

    svg_begin(&svg, out, plot->title, WIDTH, 60.0 + row * (double)plot->n_rows, 180.0, n_series > 1 ? NAMES : 60.0,
              14.0, 46.0);
    set_range(&svg, plot);
    for (size_t r = 0; r < plot->n_rows; r++) {
        const double top = svg.top + row * (double)r;

        svg_label(&svg, svg.left - 8.0, top + 0.5 * row + 4.0, "end", plot->row[r].label);
        for (size_t s = 0; s < n_series; s++) {
            const struct plot_name *series = plot->n_series ? &plot->series[s] : NULL;
            const double y = top + 13.0 + 14.0 * (double)s;

            if (!read_interval(plot, series ? series->id : NULL, plot->row[r].id, &it))
                continue;
            if (!isnan(it.low))
                svg_bar(&svg, 100.0 * it.low, 100.0 * it.high, y, series ? 3.0 : 9.0,
                        series ? series->colour : svg_colour(3), 0.8);
            svg_dot(&svg, 100.0 * it.x, y, series ? series->colour : svg_colour(4));
            if (series)
                svg_label(&svg, svg.left + svg.width + 8.0, y + 4.0, "start", series->label);
            else
                svg_label(&svg, svg.left + svg.width + 8.0, y + 4.0, "start", figure_percent(&arena, it.x, it.se));
        }
    }
    svg_end(&svg, plot->caption);
    arena_free(&arena);
}

void plot_svg(FILE *out, const struct plot *plot)
{
    if (plot->kind == PLOT_INTERVALS) {
        draw_intervals(out, plot);
        return;
    }
    for (size_t f = 0; f < (plot->n_facets ? plot->n_facets : 1); f++) {
        const struct plot_name *facet = plot->n_facets ? &plot->facet[f] : NULL;
        struct drawing it;

        begin(&it, out, plot, facet);
        if (plot->kind == PLOT_STACK)
            draw_stack(&it);
        else
            draw_lines(&it);
        end(&it, facet);
    }
}
