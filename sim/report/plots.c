/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/plots.h"
#include "sim/report/plot.h"
#include "sim/report/svg.h"

/* The questions and states, as the first scenario asks. */
static struct plot_name *name_items(struct arena *arena, const struct targets *targets)
{
    const size_t *order = agenda_order(arena, targets);
    struct plot_name *row = arena_new(arena, targets->n, sizeof *row);

    for (size_t i = 0; i < targets->n; i++) {
        const char *id = targets->item[order[i]].id;

        row[i] = (struct plot_name){id, id, NULL};
    }
    return row;
}

/* The analysts, each in its colour. */
static struct plot_name *name_analysts(struct arena *arena, const struct pooling *pooling)
{
    const char **id = arena_new(arena, pooling->n, sizeof *id);
    unsigned *wished = arena_new(arena, pooling->n, sizeof *wished);
    size_t *colour = arena_new(arena, pooling->n, sizeof *colour);
    struct plot_name *series = arena_new(arena, pooling->n, sizeof *series);

    for (size_t k = 0; k < pooling->n; k++) {
        id[k] = pooling->scenario[k]->id;
        wished[k] = pooling->scenario[k]->analyst_colour;
    }
    svg_assign(colour, id, wished, pooling->n);
    for (size_t k = 0; k < pooling->n; k++)
        series[k] = (struct plot_name){id[k], id[k], svg_line_colour(colour[k])};
    return series;
}

void plots_pool(struct output *output, const struct pooling *pooling)
{
    static const struct plot_name linear = {"linear", "pooled, linear", "#000000"};
    static const struct dataset pooled = {.name = "pool"}, analysts = {.name = "analysts"};
    const struct plot_name *row = name_items(&output->arena, &pooling->targets);
    const struct plot over = {.dataset = &pooled,
                              .x = "value",
                              .row_column = "question",
                              .row = row,
                              .n_rows = pooling->targets.n,
                              .series_column = "method",
                              .series = &linear,
                              .n_series = 1,
                              .x_axis = {"probability", 0.0, 1.0}};
    const struct plot plot = {.kind = PLOT_INTERVALS,
                              .name = "pool",
                              .dataset = &analysts,
                              .x = "value",
                              .low = "low",
                              .high = "high",
                              .row_column = "question",
                              .row = row,
                              .n_rows = pooling->targets.n,
                              .series_column = "scenario_id",
                              .series = name_analysts(&output->arena, pooling),
                              .n_series = pooling->n,
                              .x_axis = {"probability; bars: one standard deviation over input uncertainty", 0.0, 1.0},
                              .over = &over};

    plot_gnuplot(output, &plot);
    plot_vega(output, &plot);
}
