/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/plots.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/json_tree.h"
#include "sim/report/svg.h"

/* ---- gnuplot ---- */

/* A script that draws a table twice, as SVG and as PNG. */
static FILE *script(struct output *output, const char *name, const char *table)
{
    FILE *out = output_open(output, arena_print(&output->arena, "%s.gp", name));

    fprintf(out,
            "# draws %s; run in its folder: gnuplot %s.gp\n"
            "set datafile separator ','\n"
            "set datafile missing NaN\n"
            "set terminal svg size 900,540 enhanced background 'white' font 'Arial,14'\n"
            "set output '%s.svg'\n"
            "set border 3\nset tics nomirror out\nset grid y lc rgb '#dddddd'\n",
            table, name, name);
    return out;
}

/* After the plot: once more as PNG. */
static void again(FILE *out, const char *name)
{
    fprintf(out,
            "set terminal pngcairo size 1350,810 noenhanced background 'white' font 'Arial,18'\n"
            "set output '%s.png'\nreplot\nset output\n",
            name);
}

/* ---- Vega-Lite ---- */

static json_t *channel(const char *field, const char *type, const char *title)
{
    json_t *out = json_tree_object();

    json_tree_put(out, "field", json_tree_string(field));
    json_tree_put(out, "type", json_tree_string(type));
    if (title)
        json_tree_put(out, "title", json_tree_string(title));
    return out;
}

static json_t *spec(const char *table)
{
    json_t *root = json_tree_object(), *data = json_tree_object();

    json_tree_put(root, "$schema", json_tree_string("https://vega.github.io/schema/vega-lite/v5.json"));
    json_tree_put(data, "url", json_tree_string(table));
    json_tree_put(root, "data", data);
    json_tree_put(root, "width", json_tree_count(640));
    return root;
}

static void filter(json_t *root, const char *expression)
{
    json_t *list = json_tree_array(), *step = json_tree_object();

    json_tree_put(step, "filter", json_tree_string(expression));
    json_tree_append(list, step);
    json_tree_put(root, "transform", list);
}

static json_t *mark(const char *type)
{
    json_t *out = json_tree_object();

    json_tree_put(out, "type", json_tree_string(type));
    return out;
}

static void add_scale(json_t *channel_of, json_t *domain, json_t *range)
{
    json_t *scale = json_tree_object();

    json_tree_put(scale, "domain", domain);
    json_tree_put(scale, "range", range);
    json_tree_put(channel_of, "scale", scale);
}

/* Names with the colours svg_assign gave them. */
static json_t *assigned(const char *field, const char *const *name, const size_t *colour, size_t n)
{
    json_t *out = channel(field, "nominal", ""), *domain = json_tree_array(), *range = json_tree_array();

    for (size_t i = 0; i < n; i++) {
        json_tree_append(domain, json_tree_string(name[i]));
        json_tree_append(range, json_tree_string(svg_line_colour(colour[i])));
    }
    add_scale(out, domain, range);
    return out;
}

static void write_spec(struct output *output, const char *name, json_t *root)
{
    json_tree_write(output_open(output, arena_print(&output->arena, "%s.vl.json", name)), root);
}

/* ---- comparisons ---- */

/* Dots with intervals, a row each; those of a scenario in its colour. */
static json_t *interval_spec(const char *table, const char *row, const char *value, const char *title, json_t *colour)
{
    json_t *root = spec(table), *layers = json_tree_array(), *encoding = json_tree_object();

    for (size_t layer = 0; layer < 2; layer++) {
        json_t *it = json_tree_object(), *own = json_tree_object();

        json_tree_put(it, "mark", mark(layer ? "point" : "rule"));
        json_tree_put(own, "x", channel(layer ? value : "ci_low", "quantitative", title));
        if (!layer)
            json_tree_put(own, "x2", channel("ci_high", "quantitative", NULL));
        json_tree_put(it, "encoding", own);
        json_tree_append(layers, it);
    }
    json_tree_put(encoding, "y", channel(row, "nominal", ""));
    json_tree_put(encoding, "color", colour);
    json_tree_put(root, "layer", layers);
    json_tree_put(root, "encoding", encoding);
    return root;
}

/* Rows of names from the top down. */
static void name_rows(FILE *out, const char *const *name, size_t n)
{
    fprintf(out, "set yrange [%zu:-1]\nset ytics noenhanced (", n);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s'%s' %zu", i ? ", " : "", name[i], i);
    fputs(")\nset grid x lc rgb '#dddddd'\nset arrow from 0, graph 0 to 0, graph 1 nohead dt 3\n", out);
}

/* As the first scenario asks. */
static void list_items(const struct targets *targets, const char **name)
{
    for (size_t rank = 0, i = 0; i < targets->n; rank++)
        for (size_t k = 0; k < targets->n; k++)
            if (targets->item[k].rank == rank)
                name[i++] = targets->item[k].id;
}

static void compare_script(struct output *output, const struct comparison *comparison, const size_t *colour)
{
    const struct targets *targets = &comparison->targets;
    const char **name = arena_new(&output->arena, targets->n, sizeof *name);
    FILE *out = script(output, "compare", "compare.csv");

    list_items(targets, name);
    fprintf(out, "set xlabel 'difference from %s' noenhanced\nset key outside right top noenhanced\n",
            comparison->arm[0].scenario->id);
    name_rows(out, name, targets->n);
    fputs("plot", out);
    for (size_t o = 0; o + 1 < comparison->n_arms; o++)
        for (size_t i = 0; i < targets->n; i++)
            fprintf(out,
                    "%s 'compare.csv' using (strcol(1) eq '%s' && strcol(2) eq '%s' ? $6 : NaN):(%.2f):8:9 with "
                    "xerrorbars pt 7 "
                    "ps 0.7 lc rgb '%s' %s%s%s",
                    o + i ? "," : "", name[i], comparison->arm[o + 1].scenario->id, (double)i + 0.15 * (double)o,
                    svg_line_colour(colour[o + 1]), i ? "notitle" : "title '",
                    i ? "" : comparison->arm[o + 1].scenario->id, i ? "" : "'");
    putc('\n', out);
    again(out, "compare");
}

struct ranked_share {
    double size;
    const char *name;
};

static int by_size(const void *a, const void *b)
{
    const struct ranked_share *x = a, *y = b;

    return x->size != y->size ? (x->size > y->size ? -1 : 1) : strcmp(x->name, y->name);
}

/* Shares of the first question's difference between the baseline and one other scenario, the largest first. */
static void attribution_script(struct output *output, const struct comparison *comparison, size_t question)
{
    const struct attribution *attribution = &comparison->other[0].attribution;
    const char *asked = comparison->targets.item[question].id, *other = comparison->arm[1].scenario->id;
    struct ranked_share *ranked = arena_new(&output->arena, attribution->n_players, sizeof *ranked);
    const char **name = arena_new(&output->arena, attribution->n_players, sizeof *name);
    FILE *out = script(output, "attribution", "attribution.csv");

    for (size_t i = 0; i < attribution->n_players; i++)
        ranked[i] = (struct ranked_share){fabs(attribution->share[question][i].value), attribution->player[i].name};
    qsort(ranked, attribution->n_players, sizeof *ranked, by_size);
    for (size_t i = 0; i < attribution->n_players; i++)
        name[i] = ranked[i].name;
    fprintf(out, "set xlabel 'share of the difference in %s between %s and %s' noenhanced\nunset key\n", asked, other,
            comparison->arm[0].scenario->id);
    name_rows(out, name, attribution->n_players);
    fputs("plot", out);
    for (size_t i = 0; i < attribution->n_players; i++)
        fprintf(out,
                "%s 'attribution.csv' using (strcol(1) eq '%s' && strcol(2) eq '%s' && strcol(7) eq '%s' ? $3 : "
                "NaN):(%zu):5:6 with "
                "xerrorbars pt 7 lc rgb '%s'",
                i ? "," : "", asked, name[i], other, i, svg_line_colour(0));
    putc('\n', out);
    again(out, "attribution");
}

void plots_compare(struct output *output, const struct comparison *comparison)
{
    const size_t first = targets_first(&comparison->targets), n = comparison->n_arms;
    const char **arm = arena_new(&output->arena, n, sizeof *arm);
    unsigned *wished = arena_new(&output->arena, n, sizeof *wished);
    size_t *colour = arena_new(&output->arena, n, sizeof *colour);
    json_t *root;

    for (size_t i = 0; i < n; i++) {
        arm[i] = comparison->arm[i].scenario->id;
        wished[i] = comparison->arm[i].scenario->analyst_colour;
    }
    svg_assign(colour, arm, wished, n);
    compare_script(output, comparison, colour);
    write_spec(output, "compare",
               interval_spec("compare.csv", "question", "delta", "difference",
                             assigned("scenario_id", arm + 1, colour + 1, n - 1)));
    if (!comparison->other[0].attribution.share || !comparison->other[0].attribution.n_players)
        return;
    attribution_script(output, comparison, first);
    root = interval_spec("attribution.csv", "assumption", "contribution", "share of the difference",
                         assigned("scenario_id", arm + 1, colour + 1, n - 1));
    filter(root, arena_print(&output->arena, "datum.question == '%s'", comparison->targets.item[first].id));
    write_spec(output, "attribution", root);
}

/* ---- pools ---- */

void plots_pool(struct output *output, const struct pooling *pooling)
{
    const struct targets *targets = &pooling->targets;
    const char **name = arena_new(&output->arena, targets->n, sizeof *name);
    const char **analyst = arena_new(&output->arena, pooling->n, sizeof *analyst);
    unsigned *wished = arena_new(&output->arena, pooling->n, sizeof *wished);
    size_t *colour = arena_new(&output->arena, pooling->n, sizeof *colour);
    FILE *out = script(output, "pool", "analysts.csv and pool.csv");
    json_t *root = spec("analysts.csv"), *encoding = json_tree_object();

    list_items(targets, name);
    for (size_t k = 0; k < pooling->n; k++) {
        analyst[k] = pooling->scenario[k]->id;
        wished[k] = pooling->scenario[k]->analyst_colour;
    }
    svg_assign(colour, analyst, wished, pooling->n);
    fputs("set xlabel 'probability; bars: one standard deviation of what the analyst does not know'\nset xrange [0:1]\n"
          "set key outside right top noenhanced\n",
          out);
    name_rows(out, name, targets->n);
    fputs("unset arrow\nplot", out);
    for (size_t k = 0; k < pooling->n; k++)
        for (size_t i = 0; i < targets->n; i++)
            fprintf(out,
                    "%s 'analysts.csv' using (strcol(1) eq '%s' && strcol(2) eq '%s' ? $5 : NaN):(%.3f):8:9 with "
                    "xerrorbars pt %zu ps 0.7 lc rgb '%s' %s%s%s",
                    k + i ? "," : "", name[i], pooling->scenario[k]->id,
                    (double)i + 0.6 * ((double)k + 0.5) / (double)pooling->n - 0.3, k % 2 ? (size_t)5 : 7,
                    svg_line_colour(colour[k]), i ? "notitle" : "title '", i ? "" : pooling->scenario[k]->id,
                    i ? "" : "'");
    for (size_t i = 0; i < targets->n; i++)
        fprintf(out,
                ", 'pool.csv' using (strcol(1) eq '%s' && strcol(2) eq 'linear' ? $3 : NaN):(%zu) with points pt 13 ps "
                "1.6 lc "
                "rgb 'black' %s",
                name[i], i, i ? "notitle" : "title 'pooled, linear'");
    putc('\n', out);
    again(out, "pool");
    json_tree_put(root, "mark", mark("point"));
    json_tree_put(encoding, "x", channel("value", "quantitative", "probability"));
    json_tree_put(encoding, "y", channel("question", "nominal", ""));
    json_tree_put(encoding, "color", assigned("scenario_id", analyst, colour, pooling->n));
    json_tree_put(root, "encoding", encoding);
    write_spec(output, "pool", root);
}

/* ---- sweeps and scores ---- */

static const char *name_of_first(const struct targets *targets)
{
    return targets->item[targets_first(targets)].id;
}

static void sweep_line(struct output *output, const struct sweep *sweep)
{
    FILE *out = script(output, "sweep", "sweep.csv");
    bool more = false;

    fprintf(out,
            "set xlabel '%s' noenhanced\nset ylabel 'probability'\nset yrange [0:1]\nset key outside right top "
            "noenhanced\nplot",
            sweep->path[0].path);
    for (size_t q = 0; q < sweep->targets.n; q++)
        if (!sweep->targets.item[q].base) {
            fprintf(out,
                    "%s 'sweep.csv' skip 1 using (strcol(3) eq '%s' ? $2 : NaN):4:6:7 with yerrorlines lw 2 dt %zu pt "
                    "7 ps 0.5 lc rgb '%s' title '%s'",
                    more ? "," : "", sweep->targets.item[q].id, q % 5 + 1, svg_line_colour(q),
                    sweep->targets.item[q].id);
            more = true;
        }
    putc('\n', out);
    again(out, "sweep");
}

/* Half the smallest step between a path's values: so wide is a cell of the map. */
static double half_step(const struct sweep_path *path)
{
    double step = INFINITY;

    for (size_t i = 0; i < path->n; i++)
        for (size_t k = 0; k < i; k++)
            step = fmin(step, fabs(path->value[i] - path->value[k]));
    return isfinite(step) ? 0.5 * step : 0.5;
}

static void sweep_map(struct output *output, const struct sweep *sweep)
{
    const double dx = half_step(&sweep->path[0]), dy = half_step(&sweep->path[1]);
    FILE *out = script(output, "sweep", "sweep.csv");

    fprintf(
        out,
        "set xlabel '%s' noenhanced\nset ylabel '%s' noenhanced\nset cblabel '%s' noenhanced\n"
        "set palette defined (0 '#440154', 0.25 '#3b528b', 0.5 '#21918c', 0.75 '#5ec962', 1 '#fde725')\nunset key\n"
        "unset grid\nset style fill solid 1 noborder\n"
        "plot 'sweep.csv' skip 1 using (strcol(%zu) eq '%s' ? $2 : NaN):3:($2 - %.10g):($2 + %.10g):($3 - %.10g):($3 + "
        "%.10g):%zu with boxxyerror fc palette\n",
        sweep->path[0].path, sweep->path[1].path, name_of_first(&sweep->targets), sweep->n_paths + 2,
        name_of_first(&sweep->targets), dx, dx, dy, dy, sweep->n_paths + 3);
    again(out, "sweep");
}

/* A field whose name has dots, as Vega-Lite wants it. */
static const char *dotted(struct arena *arena, const char *path)
{
    char *text = arena_new(arena, 2 * strlen(path) + 8, 1), *out = text + sprintf(text, "in\\.");

    for (; *path; path++) {
        if (*path == '.')
            *out++ = '\\';
        *out++ = *path;
    }
    return text;
}

void plots_sweep(struct output *output, const struct sweep *sweep)
{
    json_t *root = spec("sweep.csv"), *encoding = json_tree_object();
    const bool map = sweep->n_paths > 1;

    if (map) {
        sweep_map(output, sweep);
        filter(root, arena_print(&output->arena, "datum.question == '%s'", name_of_first(&sweep->targets)));
    } else {
        sweep_line(output, sweep);
        filter(root, "datum.location == 'all'");
    }
    json_tree_put(root, "mark", mark(map ? "rect" : "line"));
    json_tree_put(
        encoding, "x",
        channel(dotted(&output->arena, sweep->path[0].path), map ? "ordinal" : "quantitative", sweep->path[0].path));
    json_tree_put(encoding, "y",
                  map ? channel(dotted(&output->arena, sweep->path[1].path), "ordinal", sweep->path[1].path)
                      : channel("value", "quantitative", "probability"));
    json_tree_put(encoding, "color",
                  map ? channel("value", "quantitative", "probability") : channel("question", "nominal", ""));
    json_tree_put(root, "encoding", encoding);
    write_spec(output, "sweep", root);
}

void plots_score(struct output *output)
{
    FILE *out = script(output, "calibration", "calibration.csv");
    json_t *root = spec("calibration.csv"), *encoding = json_tree_object();

    fprintf(out,
            "set xlabel 'forecast'\nset ylabel 'frequency'\nset xrange [0:1]\nset yrange [0:1]\nset size square\nunset "
            "key\n"
            "plot 'calibration.csv' skip 1 using 5:6:(0.5 + 0.2 * sqrt($3)) with points pt 7 ps variable lc rgb '%s', "
            "x with lines dt 3 lc rgb '#555555'\n",
            svg_line_colour(0));
    again(out, "calibration");
    filter(root, "datum.n > 0");
    json_tree_put(root, "mark", mark("point"));
    json_tree_put(encoding, "x", channel("forecast", "quantitative", "forecast"));
    json_tree_put(encoding, "y", channel("frequency", "quantitative", "frequency"));
    json_tree_put(encoding, "size", channel("n", "quantitative", "forecasts"));
    json_tree_put(root, "encoding", encoding);
    write_spec(output, "calibration", root);
}
