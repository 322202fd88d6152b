/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_svg.c - figures of a page, drawn from the dataset they name. */
#include <assert.h>
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

static double number_of(const struct column *column, union cell cell)
{
    return column->kind == COLUMN_COUNT || column->kind == COLUMN_FLAG ? (double)cell.count : cell.number;
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
        x[n] = number_of(&dataset->column[x_at], cell[x_at]);
        y[n++] = number_of(&dataset->column[y_at], cell[y_at]);
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

    const struct column *column = &it->plot->dataset->column[dataset_column(it->plot->dataset, it->plot->x)];

    svg_axes(&it->svg, x->from, x->to, 0.0, top);
    svg_ticks_y(&it->svg, top == 1.0 ? 0.25 : top > 0.5 ? 0.2 : top > 0.2 ? 0.1 : 0.02, 100.0, "%");
    svg_ticks_x(&it->svg, column->kind == COLUMN_MONTHS ? svg_months(x->to) : svg_step(x->to - x->from, 6), x->title);
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

struct place {
    double x;
    size_t row;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *p = a, *q = b;

    return p->x != q->x ? (p->x < q->x ? -1 : 1) : p->row < q->row ? -1 : p->row > q->row;
}

/* The places of a series' rows in the order of x. */
static struct place *sort_rows(struct drawing *it, size_t n)
{
    struct place *place = arena_new(&it->arena, n, sizeof *place);

    for (size_t i = 0; i < n; i++)
        place[i] = (struct place){it->x[i], i};
    if (n)
        qsort(place, n, sizeof *place, compare_places);
    return place;
}

static void reorder(struct drawing *it, const struct place *place, double *value, size_t n)
{
    double *copy = arena_new(&it->arena, n, sizeof *copy);

    for (size_t i = 0; i < n; i++)
        copy[i] = value[place[i].row];
    for (size_t i = 0; i < n; i++)
        value[i] = copy[i];
}

/* The band of a series: from low to high, or else two standard errors to each side. */
static void read_band(struct drawing *it, const char *series, size_t n, double top)
{
    const struct plot *plot = it->plot;

    if (plot->low) {
        plot_read(plot, it->facet, series, NULL, plot->low, it->x, it->low);
        plot_read(plot, it->facet, series, NULL, plot->high, it->x, it->high);
        return;
    }
    if (!plot->error)
        return;
    plot_read(plot, it->facet, series, NULL, plot->error, it->x, it->se);
    for (size_t i = 0; i < n; i++) {
        it->low[i] = fmax(0.0, it->y[i] - 2.0 * it->se[i]);
        it->high[i] = fmin(top, it->y[i] + 2.0 * it->se[i]);
    }
}

static void draw_lines(struct drawing *it)
{
    const struct plot *plot = it->plot;
    const double top = isnan(plot->y_axis.to) ? highest(it) : plot->y_axis.to;

    draw_axes(it, top);
    for (size_t s = 0; s < plot->n_series; s++) {
        size_t n = plot_read(plot, it->facet, plot->series[s].id, NULL, plot->y, it->x, it->y);

        const struct place *place = sort_rows(it, n);
        double *const value[] = {it->x, it->y, it->low, it->high};

        read_band(it, plot->series[s].id, n, top);
        for (size_t i = 0; i < sizeof value / sizeof *value; i++)
            reorder(it, place, value[i], n);
        if (plot->is_step)
            n = make_steps(it->x, it->low, it->y, it->high, n);
        if (plot->error || plot->low)
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

    *it = (struct interval){.se = NAN, .low = NAN, .high = NAN};
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
    if (!isfinite(it->low) || !isfinite(it->high)) /* an interval without ends is not drawn */
        it->low = it->high = NAN;
    return found;
}

static const char *print_label(struct arena *arena, const struct plot *plot, const struct interval *it)
{
    const bool is_difference = plot->dataset->column[dataset_column(plot->dataset, plot->x)].kind == COLUMN_DIFFERENCE;

    if (plot->kind == PLOT_STEPS && it->low != it->high)
        return figure_points(arena, it->high - it->low, it->se);
    return is_difference ? figure_points(arena, it->x, it->se) : figure_percent(arena, it->x, it->se);
}

/* The axis as it is asked for, or as wide as the bars: of steps with a margin, else with 0 within. */
static void set_range(struct svg *svg, const struct plot *plot)
{
    const double margin = plot->kind == PLOT_STEPS ? 0.01 : 0.0;
    double from = margin > 0.0 ? NAN : 0.0, to = from;
    struct interval it;

    for (size_t r = 0; r < plot->n_rows; r++)
        for (size_t s = 0; s < (plot->n_series ? plot->n_series : 1); s++)
            if (read_interval(plot, plot->n_series ? plot->series[s].id : NULL, plot->row[r].id, &it)) {
                from = fmin(from, fmin(it.x, it.low)); /* passes over NAN */
                to = fmax(to, fmax(it.x, it.high));
            }
    from = isnan(plot->x_axis.from) ? from - margin : plot->x_axis.from;
    to = isnan(plot->x_axis.to) ? to + margin : plot->x_axis.to;
    svg_axes(svg, 100.0 * from, 100.0 * to, 0.0, 1.0);
    svg_ticks_x(svg, svg_step(100.0 * (to - from), 5), plot->x_axis.title);
    if (from < 0.0 && to > 0.0)
        svg_rule(svg, 0.0);
}

static void draw_interval(const struct svg *svg, const struct plot_name *row, const struct plot_name *series,
                          const struct interval *it, double y)
{
    if (!isnan(it->low))
        svg_bar(svg, 100.0 * it->low, 100.0 * it->high, y, series ? 3.0 : 9.0, series ? series->colour : svg_colour(3),
                0.8);
    svg_dot(svg, 100.0 * it->x, y, series ? series->colour : row->colour ? row->colour : svg_colour(4));
}

/* One colour for what raises, one for what lowers; where a step leads nowhere, as at both ends, a dot and a line. */
static void draw_step(const struct svg *svg, const struct interval *it, double y)
{
    if (it->low != it->high) {
        svg_bar(svg, 100.0 * it->low, 100.0 * it->high, y, 12.0, svg_colour(it->high > it->low ? 4 : 0), 0.9);
        return;
    }
    svg_rule(svg, 100.0 * it->x);
    svg_dot(svg, 100.0 * it->x, y, "#1a1a1a");
}

/* What is drawn over a row, in its middle. */
static void draw_over(const struct svg *svg, const struct plot *over, size_t r, double y)
{
    const size_t n = over->dataset->n_rows;
    double *x = memory_new(2 * n, sizeof *x);

    for (size_t s = 0; s < over->n_series; s++)
        if (plot_read(over, NULL, over->series[s].id, over->row[r].id, over->x, x, x + n))
            svg_diamond(svg, 100.0 * x[0], y, over->series[s].colour);
    free(x);
}

/* In percent or points. Several series share a row, one below the other. */
static void draw_intervals(FILE *out, const struct plot *plot)
{
    const size_t n_series = plot->n_series ? plot->n_series : 1;
    const double row = 12.0 + 14.0 * (double)n_series;
    struct interval it;
    struct arena arena = {0};
    struct svg svg;

    svg_begin(&svg, out, plot->title, WIDTH, 60.0 + row * (double)plot->n_rows,
              plot->kind == PLOT_STEPS ? 260.0 : 180.0, n_series > 1 ? NAMES : 60.0, 14.0, 46.0);
    set_range(&svg, plot);
    for (size_t r = 0; r < plot->n_rows; r++) {
        const double top = svg.top + row * (double)r;

        svg_label(&svg, svg.left - 8.0, top + 0.5 * row + 4.0, "end", plot->row[r].label);
        for (size_t s = 0; s < n_series; s++) {
            const struct plot_name *series = plot->n_series ? &plot->series[s] : NULL;
            const double y = top + 13.0 + 14.0 * (double)s;

            if (!read_interval(plot, series ? series->id : NULL, plot->row[r].id, &it))
                continue;
            if (plot->kind == PLOT_STEPS)
                draw_step(&svg, &it, y);
            else
                draw_interval(&svg, &plot->row[r], series, &it, y);
            svg_label(&svg, svg.left + svg.width + 8.0, y + 4.0, "start",
                      series ? series->label : print_label(&arena, plot, &it));
        }
        if (plot->over)
            draw_over(&svg, plot->over, r, top + 0.5 * row);
    }
    svg_end(&svg, plot->caption);
    arena_free(&arena);
}

/* ---- points ---- */

/* In percent, with the diagonal; beside each how many it stands for. Rows without a value are not drawn. */
static void draw_points(FILE *out, const struct plot *plot)
{
    const double ends[] = {0.0, 100.0};
    const size_t n_rows = plot->dataset->n_rows;
    struct arena arena = {0};
    double *x = arena_new(&arena, 3 * n_rows, sizeof *x), *y = x + n_rows, *value = y + n_rows;
    const size_t n = plot_read(plot, NULL, NULL, NULL, plot->y, x, y);
    struct svg svg;

    plot_read(plot, NULL, NULL, NULL, plot->value, x, value);
    svg_begin(&svg, out, plot->title, WIDTH, 380.0, 120.0, 300.0, 24.0, 46.0);
    svg_axes(&svg, 0.0, 100.0, 0.0, 100.0);
    svg_ticks_y(&svg, 25.0, 1.0, arena_print(&arena, "%s, %%", plot->y_axis.title));
    svg_ticks_x(&svg, 25.0, arena_print(&arena, "%s, %%", plot->x_axis.title));
    svg_line(&svg, ends, ends, 2, svg_colour(7), 1);
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i]) || isnan(y[i]))
            continue;
        svg_dot(&svg, 100.0 * x[i], svg_y(&svg, 100.0 * y[i]), svg_colour(4));
        svg_label(&svg, svg_x(&svg, 100.0 * x[i]) + 7.0, svg_y(&svg, 100.0 * y[i]) - 5.0, "start",
                  arena_print(&arena, "%.0f", value[i]));
    }
    svg_end(&svg, plot->caption);
    arena_free(&arena);
}

/* ---- maps ---- */

/* The different values of a map's column, in numeric order. */
struct ticks {
    double *value;
    size_t n;
};

static int compare_numbers(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Reads the column twice, as x and as y, of all rows of the plot. */
static struct ticks read_ticks(struct arena *arena, const struct plot *plot, const char *column)
{
    double *x = arena_new(arena, 2 * plot->dataset->n_rows, sizeof *x), *value = x + plot->dataset->n_rows;
    const size_t n = plot_read(plot, NULL, NULL, NULL, column, x, value);
    struct ticks ticks = {value, 0};

    if (n)
        qsort(value, n, sizeof *value, compare_numbers);
    for (size_t i = 0; i < n; i++)
        if (!ticks.n || value[i] != value[ticks.n - 1])
            value[ticks.n++] = value[i];
    return ticks;
}

static size_t find_tick(const struct ticks *ticks, double value)
{
    size_t i = 0;

    while (ticks->value[i] != value)
        i++;
    return i;
}

double plot_half_step(const struct plot *plot, const char *column)
{
    struct arena arena = {0};
    const struct ticks ticks = read_ticks(&arena, plot, column);
    double step = INFINITY;

    for (size_t i = 1; i < ticks.n; i++)
        step = fmin(step, ticks.value[i] - ticks.value[i - 1]);
    arena_free(&arena);
    return isfinite(step) ? 0.5 * step : 0.5;
}

enum { MOST_LABELLED = 16 }; /* columns whose cells have room for a number */

static void draw_map(FILE *out, const struct plot *plot)
{
    const double row = 26.0;
    struct arena arena = {0};
    const struct ticks across = read_ticks(&arena, plot, plot->x), up = read_ticks(&arena, plot, plot->y);
    const size_t n_rows = plot->dataset->n_rows, every = across.n > MOST_LABELLED ? (across.n + 9) / 10 : 1;
    double *x = arena_new(&arena, 4 * n_rows, sizeof *x), *y = x + n_rows, *value = y + n_rows, *se = value + n_rows;
    const size_t n = plot_read(plot, NULL, NULL, NULL, plot->y, x, y);
    struct svg svg;

    plot_read(plot, NULL, NULL, NULL, plot->value, x, value);
    plot_read(plot, NULL, NULL, NULL, plot->error, x, se);
    svg_begin(&svg, out, plot->title, WIDTH, 70.0 + row * (double)up.n, 90.0, 20.0, 26.0, 44.0);
    svg_axes(&svg, 0.0, (double)across.n, 0.0, (double)up.n);
    svg_label(&svg, svg.left, svg.top - 10.0, "start", plot->y_axis.title);
    svg_label(&svg, svg.left + svg.width, svg.top + svg.height + 34.0, "end", plot->x_axis.title);
    for (size_t i = 0; i < n; i++) {
        const double column = (double)find_tick(&across, x[i]), line = (double)find_tick(&up, y[i]) + 0.5;

        svg_cell(&svg, column, column + 1.0, svg_y(&svg, line), row,
                 (value[i] - plot->value_axis.from) / (plot->value_axis.to - plot->value_axis.from),
                 across.n <= MOST_LABELLED ? figure_percent(&arena, value[i], se[i]) : "");
    }
    for (size_t i = 0; i < up.n; i++)
        svg_label(&svg, svg.left - 6.0, svg_y(&svg, (double)i + 0.5) + 4.0, "end",
                  arena_print(&arena, "%.4g", up.value[i]));
    for (size_t i = 0; i < across.n; i += every)
        svg_label(&svg, svg_x(&svg, (double)i + 0.5), svg.top + svg.height + 17.0, "middle",
                  arena_print(&arena, "%.4g", across.value[i]));
    svg_end(&svg, plot->caption);
    arena_free(&arena);
}

/* ---- timelines ---- */

/* The spells of a line of names in one state. Those that last to the axis' end are named behind it. */
static void draw_spells(const struct svg *svg, const struct plot *plot, size_t row, const struct plot_name *series,
                        double y)
{
    double *since = memory_new(2 * plot->dataset->n_rows, sizeof *since), *until = since + plot->dataset->n_rows;
    const size_t n = plot_read(plot, NULL, series->id, plot->row[row].id, plot->high, since, until);
    const bool is_named = *series->label != '\0';

    for (size_t i = 0; i < n; i++) {
        svg_bar(svg, since[i], until[i], y, is_named ? 18.0 : 7.0, series->colour, is_named ? 0.85 : 0.9);
        if (!is_named)
            svg_dot(svg, since[i], y, svg_colour(4));
        if (is_named && svg_x(svg, until[i]) - svg_x(svg, since[i]) > 70.0)
            svg_label(svg, svg_x(svg, since[i]) + 5.0, y + 4.0, "start", series->label);
        if (is_named && until[i] >= plot->x_axis.to)
            svg_label(svg, svg->left + svg->width + 8.0, y + 4.0, "start", series->label);
    }
    free(since);
}

static void draw_timeline(FILE *out, const struct plot *plot)
{
    const double row = 24.0;
    struct svg svg;

    svg_begin(&svg, out, plot->title, WIDTH, 60.0 + row * (double)plot->n_rows, 180.0, 110.0, 14.0, 46.0);
    svg_axes(&svg, 0.0, plot->x_axis.to, 0.0, 1.0);
    svg_ticks_x(&svg, svg_months(plot->x_axis.to), plot->x_axis.title);
    for (size_t r = 0; r < plot->n_rows; r++) {
        const double y = svg.top + ((double)r + 0.5) * row;

        svg_label(&svg, svg.left - 8.0, y + 4.0, "end", plot->row[r].label);
        for (size_t s = 0; s < plot->n_series; s++)
            draw_spells(&svg, plot, r, &plot->series[s], y);
    }
    if (!isnan(plot->rule))
        svg_rule(&svg, plot->rule);
    svg_end(&svg, plot->caption);
}

/* ---- all ---- */

void plot_svg(FILE *out, const struct plot *plot)
{
    if (plot->kind == PLOT_INTERVALS || plot->kind == PLOT_STEPS) {
        draw_intervals(out, plot);
        return;
    }
    if (plot->kind == PLOT_TIMELINE) {
        draw_timeline(out, plot);
        return;
    }
    if (plot->kind == PLOT_MAP) {
        draw_map(out, plot);
        return;
    }
    if (plot->kind == PLOT_POINTS) {
        draw_points(out, plot);
        return;
    }
    assert(plot->kind == PLOT_STACK || plot->kind == PLOT_LINES);
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
