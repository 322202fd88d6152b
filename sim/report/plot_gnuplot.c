/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_gnuplot.c - figures as gnuplot scripts, which read the CSV file beside them by column name. */
#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include "sim/report/plot.h"

static const char *const png = "set terminal pngcairo size 1350,810 noenhanced background 'white' font 'Arial,18'\n";

/* A script in the making. */
struct script {
    FILE *out;
    struct arena *arena;
    const struct plot *plot;
    const char *facet; /* NULL: none */
    const char *name;
};

static void begin(struct script *it)
{
    fprintf(it->out,
            "# draws %s.csv; run in its folder: gnuplot %s.gp\n"
            "set datafile separator ','\n"
            "set datafile missing NaN\n"
            "set terminal svg size 900,540 enhanced background 'white' font 'Arial,14'\n"
            "set output '%s.svg'\n"
            "set border 3\nset tics nomirror out\nset grid y lc rgb '#dddddd'\n"
            "set key outside right top noenhanced\nset xlabel '%s' noenhanced\n",
            it->plot->dataset->name, it->name, it->name, it->plot->x_axis.title);
    if (it->plot->y_axis.title)
        fprintf(it->out, "set ylabel '%s' noenhanced\n", it->plot->y_axis.title);
    if (it->facet)
        fprintf(it->out, "set title '%s' noenhanced\n", it->facet);
}

static void put_range(FILE *out, const char *axis, const struct plot_axis *it)
{
    fprintf(out, "set %srange [", axis);
    fprintf(out, isnan(it->from) ? "*" : "%.10g", it->from);
    fprintf(out, isnan(it->to) ? ":*]\n" : ":%.10g]\n", it->to);
}

/* Written as SVG; once more as PNG. */
static void replot(const struct script *it)
{
    fprintf(it->out, "%sset output '%s.png'\nreplot\nset output\n", png, it->name);
}

/* "strcol('location') eq 'port' && strcol('name') eq 'LOST'": whether a row belongs to the drawing and a series of it. */
static const char *condition(const struct script *it, const char *series)
{
    const struct plot *plot = it->plot;
    const char *text = series ? arena_print(it->arena, "strcol('%s') eq '%s'", plot->series_column, series) : "1";

    if (plot->filter)
        text = arena_print(it->arena, "strcol('%s') eq '%s' && %s", plot->filter_column, plot->filter, text);
    if (it->facet)
        text = arena_print(it->arena, "strcol('%s') eq '%s' && %s", plot->facet_column, it->facet, text);
    return text;
}

/* How many grid points the dataset has on x: the last, rounded up, and 0. */
static size_t count_places(const struct plot *plot)
{
    return (size_t)ceil(plot->x_axis.to) + 1;
}

/* Each series fills what is below its top; drawn from the top down, `rest` keeps what is left below at each month. */
static void write_stack(const struct script *it)
{
    const struct plot *plot = it->plot;
    const size_t n = count_places(plot);

    fprintf(it->out,
            "array rest[%zu]\n"
            "begin(n) = sum [i=1:n] (rest[i] = 1, 0)\n"
            "down(x, v) = (k = int(ceil(x)) + 1, h = rest[k], rest[k] = h - v, h)\n"
            "draw = \"plot",
            n);
    for (size_t s = plot->n_series; s-- > 0;) {
        const char *is = condition(it, plot->series[s].id);

        fprintf(it->out,
                "%s '%s.csv' using (%s ? column('%s') : NaN):(%s ? down(column('%s'), column('%s')) : NaN) with "
                "filledcurves y1=0 lc rgb '%s' title '%s'",
                s + 1 < plot->n_series ? "," : "", plot->dataset->name, is, plot->x, is, plot->x, plot->y,
                plot->series[s].colour, plot->series[s].label);
    }
    fprintf(it->out,
            "\"\nbegun = begin(%zu)\neval draw\n%sset output '%s.png'\nbegun = begin(%zu)\neval draw\nset output\n", n,
            png, it->name, n);
}

/* Points may come in any order of x: `smooth unique` sorts them, and each has a bar of its own. */
static void write_sorted_lines(const struct script *it)
{
    const struct plot *plot = it->plot;

    fputs("plot", it->out);
    for (size_t s = 0; s < plot->n_series; s++) {
        const char *is = condition(it, plot->series[s].id), *colour = plot->series[s].colour;

        fprintf(
            it->out,
            "%s '%s.csv' using (%s ? column('%s') : NaN):(column('%s')) smooth unique with lines lw 2 dt %zu lc rgb "
            "'%s' title '%s',"
            " '' using (%s ? column('%s') : NaN):(column('%s')):(column('%s')):(column('%s')) with yerrorbars pt 7 "
            "ps 0.5 lc rgb '%s' notitle",
            s ? "," : "", plot->dataset->name, is, plot->x, plot->y, s % 5 + 1, colour, plot->series[s].label, is,
            plot->x, plot->y, plot->low, plot->high, colour);
    }
    putc('\n', it->out);
    replot(it);
}

/* Steps go without their bands, which would not be drawn in steps. */
static void write_lines(const struct script *it)
{
    const struct plot *plot = it->plot;

    fputs("set style fill transparent solid 0.25 noborder\nplot", it->out);
    for (size_t s = 0; s < plot->n_series; s++) {
        const char *is = condition(it, plot->series[s].id), *colour = plot->series[s].colour;

        fprintf(it->out, "%s '%s.csv'", s ? "," : "", plot->dataset->name);
        if (!plot->is_step)
            fprintf(it->out,
                    " using (%s ? column('%s') : NaN):(column('%s') - 2 * column('%s')):(column('%s') + 2 * "
                    "column('%s')) with filledcurves lc rgb '%s' notitle, ''",
                    is, plot->x, plot->y, plot->error, plot->y, plot->error, colour);
        fprintf(it->out, " using (%s ? column('%s') : NaN):(column('%s')) with %s lw 2 dt %zu lc rgb '%s' title '%s'",
                is, plot->x, plot->y, plot->is_step ? "steps" : "lines", s % 5 + 1, colour, plot->series[s].label);
    }
    putc('\n', it->out);
    replot(it);
}

/* One series of one row, at a height: a dot with its bar, or a diamond. The first row of a series gives it its title. */
static void write_mark(const struct script *it, const struct plot_name *series, size_t r, double y, bool is_odd)
{
    const struct plot *plot = it->plot;
    const char *is = condition(it, series ? series->id : NULL), *colour = series ? series->colour : "#0072B2";

    fprintf(it->out, " '%s.csv' using (%s && strcol('%s') eq '%s' ? column('%s') : NaN):(%.3f)", plot->dataset->name,
            is, plot->row_column, plot->row[r].id, plot->x, y);
    if (plot->low)
        fprintf(it->out, ":(column('%s')):(column('%s')) with xerrorbars pt %d ps 0.7 lc rgb '%s'", plot->low,
                plot->high, is_odd ? 5 : 7, colour);
    else
        fprintf(it->out, " with points pt 13 ps 1.6 lc rgb '%s'", colour);
    if (series && r == 0)
        fprintf(it->out, " title '%s'", series->label);
    else
        fputs(" notitle", it->out);
}

/* Rows of names from the top down; the series of a row stand below one another, those drawn over them in its middle. */
static void write_intervals(const struct script *it)
{
    const struct plot *plot = it->plot;
    const size_t n_series = plot->n_series ? plot->n_series : 1;
    struct script over = *it;

    fprintf(it->out, "set yrange [%zu:-1]\nset ytics noenhanced (", plot->n_rows);
    for (size_t r = 0; r < plot->n_rows; r++)
        fprintf(it->out, "%s'%s' %zu", r ? ", " : "", plot->row[r].label, r);
    fputs(")\nset grid x lc rgb '#dddddd'\n", it->out);
    if (isnan(plot->x_axis.from))
        fputs("set arrow from 0, graph 0 to 0, graph 1 nohead dt 3\n", it->out);
    fputs("plot", it->out);
    for (size_t s = 0; s < n_series; s++)
        for (size_t r = 0; r < plot->n_rows; r++) {
            fputs(s + r ? "," : "", it->out);
            write_mark(it, plot->n_series ? &plot->series[s] : NULL, r,
                       (double)r + 0.6 * ((double)s + 0.5) / (double)n_series - 0.3, s % 2);
        }
    over.plot = plot->over;
    for (size_t s = 0; plot->over && s < plot->over->n_series; s++)
        for (size_t r = 0; r < plot->over->n_rows; r++) {
            putc(',', it->out);
            write_mark(&over, &plot->over->series[s], r, (double)r, false);
        }
    putc('\n', it->out);
    replot(it);
}

static void write_points(const struct script *it)
{
    const struct plot *plot = it->plot;

    fprintf(it->out,
            "set size square\nunset key\n"
            "plot '%s.csv' using (column('%s')):(column('%s')):(0.5 + 0.2 * sqrt(column('%s'))) with points pt 7 ps "
            "variable lc rgb '#0072B2', x with lines dt 3 lc rgb '#555555'\n",
            plot->dataset->name, plot->x, plot->y, plot->value);
    replot(it);
}

static void write_map(const struct script *it)
{
    const struct plot *plot = it->plot;
    const double dx = plot_half_step(plot, plot->x), dy = plot_half_step(plot, plot->y);

    put_range(it->out, "cb", &plot->value_axis);
    fprintf(it->out,
            "set cblabel '%s' noenhanced\n"
            "set palette defined (0 '#440154', 0.25 '#3b528b', 0.5 '#21918c', 0.75 '#5ec962', 1 '#fde725')\nunset key\n"
            "unset grid\nset style fill solid 1 noborder\n"
            "x(i) = column('%s') + i * %.10g\ny(i) = column('%s') + i * %.10g\n"
            "plot '%s.csv' using (%s ? x(0) : NaN):(y(0)):(x(-1)):(x(1)):(y(-1)):(y(1)):(column('%s')) with boxxyerror "
            "fc palette\n",
            plot->value_axis.title, plot->x, dx, plot->y, dy, plot->dataset->name, condition(it, NULL), plot->value);
    replot(it);
}

static void write_histogram(const struct script *it)
{
    const struct plot *plot = it->plot;

    fprintf(it->out,
            "stats '%s.csv' using (column('%s')) nooutput\nwidth = %.10g\n"
            "bin(p) = width * (floor(p / width) + 0.5)\nplot",
            plot->dataset->name, plot->series[0].id, plot->bin);
    for (size_t s = 0; s < plot->n_series; s++)
        fprintf(it->out,
                "%s '%s.csv' using (bin(column('%s'))):(1.0 / STATS_records) smooth frequency with histeps lw 2 dt %zu "
                "lc rgb '%s' title '%s'",
                s ? "," : "", plot->dataset->name, plot->series[s].id, s % 5 + 1, plot->series[s].colour,
                plot->series[s].label);
    putc('\n', it->out);
    replot(it);
}

static void write_plot(const struct script *it)
{
    const struct plot *plot = it->plot;

    if (plot->kind != PLOT_MAP)
        put_range(it->out, "x", &plot->x_axis);
    if (plot->kind != PLOT_MAP && plot->kind != PLOT_INTERVALS)
        put_range(it->out, "y", &plot->y_axis);
    switch (plot->kind) {
    case PLOT_STACK:
        write_stack(it);
        return;
    case PLOT_LINES:
        (plot->low && !plot->is_step ? write_sorted_lines : write_lines)(it);
        return;
    case PLOT_INTERVALS:
        write_intervals(it);
        return;
    case PLOT_HISTOGRAM:
        write_histogram(it);
        return;
    case PLOT_MAP:
        write_map(it);
        return;
    case PLOT_POINTS:
        write_points(it);
        return;
    case PLOT_STEPS:
    case PLOT_TIMELINE:
        break;
    }
    assert(false); /* a kind that files do not draw */
}

void plot_gnuplot(struct output *output, const struct plot *plot)
{
    for (size_t f = 0; f < (plot->n_facets ? plot->n_facets : 1); f++) {
        const char *facet = plot->n_facets ? plot->facet[f].id : NULL;
        struct script it = {.arena = &output->arena, .plot = plot, .facet = facet, .name = plot->name};

        if (facet)
            it.name = arena_print(it.arena, "%s-%s", plot->name, facet);
        it.out = output_open(output, arena_print(it.arena, "%s.gp", it.name));
        begin(&it);
        write_plot(&it);
    }
}
