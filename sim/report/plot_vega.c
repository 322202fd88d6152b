/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_vega.c - figures as Vega-Lite specs, which read the CSV file beside them by column name. */
#include <string.h>
#include "sim/report/json_tree.h"
#include "sim/report/plot.h"

/* A field whose name has dots, as Vega-Lite wants it. */
static const char *field_name(struct arena *arena, const char *column)
{
    char *text = arena_new(arena, 2 * strlen(column) + 1, 1), *out = text;

    for (; *column; column++) {
        if (*column == '.')
            *out++ = '\\';
        *out++ = *column;
    }
    return text;
}

static json_t *make_channel(struct arena *arena, const char *column, const char *type, const char *title)
{
    json_t *it = json_tree_object();

    json_tree_put(it, "field", json_tree_string(field_name(arena, column)));
    json_tree_put(it, "type", json_tree_string(type));
    json_tree_put(it, "title", json_tree_string(title));
    return it;
}

/* Series with their colours, in their order. */
static json_t *make_colours(struct arena *arena, const struct plot *plot)
{
    json_t *it = make_channel(arena, plot->series_column, "nominal", ""), *domain = json_tree_array(),
           *range = json_tree_array(), *scale = json_tree_object();

    for (size_t i = 0; i < plot->n_series; i++) {
        json_tree_append(domain, json_tree_string(plot->series[i].id));
        json_tree_append(range, json_tree_string(plot->series[i].colour));
    }
    json_tree_put(scale, "domain", domain);
    json_tree_put(scale, "range", range);
    json_tree_put(it, "scale", scale);
    return it;
}

static void put_filter(json_t *root, struct arena *arena, const struct plot *plot)
{
    json_t *list = json_tree_array(), *step = json_tree_object();

    json_tree_put(step, "filter",
                  json_tree_string(arena_print(arena, "datum.%s == '%s'", plot->filter_column, plot->filter)));
    json_tree_append(list, step);
    json_tree_put(root, "transform", list);
}

/* Curves in steps may stand in a table with others, which are left out. */
static void put_series_filter(json_t *root, struct arena *arena, const struct plot *plot)
{
    json_t *list = json_tree_array(), *step = json_tree_object(), *test = json_tree_object(), *ids = json_tree_array();

    for (size_t i = 0; i < plot->n_series; i++)
        json_tree_append(ids, json_tree_string(plot->series[i].id));
    json_tree_put(test, "field", json_tree_string(field_name(arena, plot->series_column)));
    json_tree_put(test, "oneOf", ids);
    json_tree_put(step, "filter", test);
    json_tree_append(list, step);
    json_tree_put(root, "transform", list);
}

/* Of the first series: how many rows a bin has. */
static json_t *encode_histogram(struct arena *arena, const struct plot *plot)
{
    json_t *encoding = json_tree_object(), *bin = json_tree_object(), *y = json_tree_object();
    json_t *x = make_channel(arena, plot->series[0].id, "quantitative",
                             arena_print(arena, "%s: %s", plot->series[0].label, plot->x_axis.title));

    json_tree_put(bin, "step", json_tree_number(plot->bin));
    json_tree_put(x, "bin", bin);
    json_tree_put(y, "aggregate", json_tree_string("count"));
    json_tree_put(y, "title", json_tree_string(plot->dataset->name));
    json_tree_put(encoding, "x", x);
    json_tree_put(encoding, "y", y);
    return encoding;
}

static json_t *encode_map(struct arena *arena, const struct plot *plot)
{
    json_t *encoding = json_tree_object(), *scale = json_tree_object(), *domain = json_tree_array();
    json_t *y = make_channel(arena, plot->y, "ordinal", plot->y_axis.title),
           *colour = make_channel(arena, plot->value, "quantitative", plot->value_axis.title);

    json_tree_put(y, "sort", json_tree_string("descending")); /* upwards */
    json_tree_append(domain, json_tree_number(plot->value_axis.from));
    json_tree_append(domain, json_tree_number(plot->value_axis.to));
    json_tree_put(scale, "domain", domain);
    json_tree_put(colour, "scale", scale);
    json_tree_put(encoding, "x", make_channel(arena, plot->x, "ordinal", plot->x_axis.title));
    json_tree_put(encoding, "y", y);
    json_tree_put(encoding, "color", colour);
    return encoding;
}

static json_t *encode_points(struct arena *arena, const struct plot *plot)
{
    json_t *encoding = json_tree_object();

    json_tree_put(encoding, "x", make_channel(arena, plot->x, "quantitative", plot->x_axis.title));
    json_tree_put(encoding, "y", make_channel(arena, plot->y, "quantitative", plot->y_axis.title));
    json_tree_put(encoding, "size", make_channel(arena, plot->value, "quantitative", plot->value_axis.title));
    return encoding;
}

static json_t *encode_curves(struct arena *arena, const struct plot *plot)
{
    json_t *encoding = json_tree_object();

    json_tree_put(encoding, "x", make_channel(arena, plot->x, "quantitative", plot->x_axis.title));
    json_tree_put(encoding, "y", make_channel(arena, plot->y, "quantitative", plot->y_axis.title));
    json_tree_put(encoding, "color", make_colours(arena, plot));
    if (plot->facet_column)
        json_tree_put(encoding, "row", make_channel(arena, plot->facet_column, "nominal", ""));
    return encoding;
}

static void put_mark(json_t *root, struct arena *arena, const struct plot *plot)
{
    json_t *mark = json_tree_object();

    json_tree_put(mark, "type",
                  json_tree_string(plot->kind == PLOT_STACK    ? "area"
                                   : plot->kind == PLOT_LINES  ? "line"
                                   : plot->kind == PLOT_MAP    ? "rect"
                                   : plot->kind == PLOT_POINTS ? "point"
                                                               : "bar"));
    if (plot->is_step)
        json_tree_put(mark, "interpolate", json_tree_string("step-after"));
    json_tree_put(root, "mark", mark);
    json_tree_put(root, "encoding",
                  plot->kind == PLOT_HISTOGRAM ? encode_histogram(arena, plot)
                  : plot->kind == PLOT_MAP     ? encode_map(arena, plot)
                  : plot->kind == PLOT_POINTS  ? encode_points(arena, plot)
                                               : encode_curves(arena, plot));
}

static void put_data(json_t *root, struct arena *arena, const struct plot *plot)
{
    json_t *data = json_tree_object();

    json_tree_put(data, "url", json_tree_string(arena_print(arena, "%s.csv", plot->dataset->name)));
    json_tree_put(root, "data", data);
}

/* Diamonds, of each series of another dataset a layer. */
static void put_over(json_t *layers, struct arena *arena, const struct plot *plot)
{
    for (size_t s = 0; s < plot->n_series; s++) {
        json_t *it = json_tree_object(), *mark = json_tree_object(), *own = json_tree_object(),
               *colour = json_tree_object();
        struct plot one = *plot;

        one.filter_column = plot->series_column;
        one.filter = plot->series[s].id;
        put_data(it, arena, plot);
        put_filter(it, arena, &one);
        json_tree_put(mark, "type", json_tree_string("point"));
        json_tree_put(mark, "shape", json_tree_string("diamond"));
        json_tree_put(colour, "value", json_tree_string(plot->series[s].colour));
        json_tree_put(own, "x", make_channel(arena, plot->x, "quantitative", plot->x_axis.title));
        json_tree_put(own, "color", colour);
        json_tree_put(it, "mark", mark);
        json_tree_put(it, "encoding", own);
        json_tree_append(layers, it);
    }
}

/* Bars below, dots above. */
static void put_intervals(json_t *root, struct arena *arena, const struct plot *plot)
{
    json_t *layers = json_tree_array(), *encoding = json_tree_object();

    for (size_t layer = 0; layer < 2; layer++) {
        json_t *it = json_tree_object(), *mark = json_tree_object(), *own = json_tree_object();

        json_tree_put(mark, "type", json_tree_string(layer ? "point" : "rule"));
        json_tree_put(it, "mark", mark);
        json_tree_put(own, "x", make_channel(arena, layer ? plot->x : plot->low, "quantitative", plot->x_axis.title));
        if (!layer) {
            json_t *x2 = json_tree_object();

            json_tree_put(x2, "field", json_tree_string(field_name(arena, plot->high)));
            json_tree_put(own, "x2", x2);
        }
        json_tree_put(it, "encoding", own);
        json_tree_append(layers, it);
    }
    if (plot->over)
        put_over(layers, arena, plot->over);
    json_tree_put(encoding, "y", make_channel(arena, plot->row_column, "nominal", ""));
    if (plot->n_series)
        json_tree_put(encoding, "color", make_colours(arena, plot));
    json_tree_put(root, "layer", layers);
    json_tree_put(root, "encoding", encoding);
}

void plot_vega(struct output *output, const struct plot *plot)
{
    struct arena *arena = &output->arena;
    json_t *root = json_tree_object();

    json_tree_put(root, "$schema", json_tree_string("https://vega.github.io/schema/vega-lite/v5.json"));
    put_data(root, arena, plot);
    json_tree_put(root, "width", json_tree_count(640));
    if (plot->filter)
        put_filter(root, arena, plot);
    else if (plot->is_step)
        put_series_filter(root, arena, plot);
    if (plot->kind == PLOT_INTERVALS)
        put_intervals(root, arena, plot);
    else
        put_mark(root, arena, plot);
    json_tree_write(output_open(output, arena_print(arena, "%s.vl.json", plot->name)), root);
}
