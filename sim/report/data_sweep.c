/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_sweep.c - a sweep's table: a point of the grid and a question a row. */
#include <math.h>
#include "sim/analysis/sweep.h"
#include "sim/report/result.h"

enum { SWEEP_FORMAT = 1 };

/* What takes a jackknife is computed once, since figures read the table several times. */
struct sweep_row {
    struct arm_difference moved; /* the point against the first */
    struct estimate *slope;      /* a path's */
};

struct sweep_table {
    const struct sweep *sweep;
    struct sweep_row *row;
};

static const struct column point_column[] = {{"point", COLUMN_COUNT, true, NULL, "index of the point"}};
static const struct column answer_column[] = {
    {"question", COLUMN_ID, true, NULL, "a question's id, or a base's and its state's"},
    {"value", COLUMN_PROBABILITY, false, NULL, "the answer at the point"},
    {"se", COLUMN_PROBABILITY, false, NULL, "Monte Carlo standard error of value"},
    {"ci_low", COLUMN_PROBABILITY, false, NULL, "lower end of the value's 95 % interval"},
    {"ci_high", COLUMN_PROBABILITY, false, NULL, "upper end of the value's 95 % interval"},
    {"delta", COLUMN_DIFFERENCE, false, NULL, "value minus that at the first point"},
    {"delta_se", COLUMN_DIFFERENCE, false, NULL, "Monte Carlo standard error of delta"},
};
static const struct column place_column[] = {
    {"scenario_id", COLUMN_ID, false, NULL, "the scenario"},
    {"location", COLUMN_ID, false, NULL, "the base, or all"},
    {"month", COLUMN_MONTHS, false, NULL, "months after as_of"},
    {"n", COLUMN_COUNT, false, "runs", "runs behind value"},
};

static struct column *add_columns(struct column *to, const struct column *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *to++ = from[i];
    return to;
}

#define ADD(to, from) to = add_columns(to, from, sizeof(from) / sizeof *(from))

static void set_columns(struct dataset *dataset, struct arena *arena, const struct sweep *sweep)
{
    struct column *column = arena_new(arena, 3 * sweep->n_paths + 12, sizeof *column), *next = column;

    ADD(next, point_column);
    for (size_t k = 0; k < sweep->n_paths; k++)
        *next++ = (struct column){arena_print(arena, "in.%s", sweep->path[k].path), COLUMN_NUMBER, false,
                                  "that of the setting", "a varied setting's value at the point"};
    ADD(next, answer_column);
    for (size_t k = 0; k < sweep->n_paths; k++) {
        *next++ = (struct column){arena_print(arena, "slope.%s", sweep->path[k].path), COLUMN_NUMBER, false,
                                  "probability per unit of the setting",
                                  "how fast value rises to the next point along the path; NA at the last"};
        *next++ = (struct column){arena_print(arena, "slope_se.%s", sweep->path[k].path), COLUMN_NUMBER, false,
                                  "probability per unit of the setting", "Monte Carlo standard error of the slope"};
    }
    ADD(next, place_column);
    dataset->column = column;
    dataset->n_columns = (size_t)(next - column);
}

static void fill_point(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct sweep_table *table = dataset->source;
    const struct sweep *sweep = table->sweep;
    const size_t point = i / sweep->targets.n;
    const struct target *item = &sweep->targets.item[i % sweep->targets.n];
    const struct arm_difference *it = &table->row[i].moved;
    const double half = arm_interval(&sweep->outcome[point], it->b.se);

    (cell++)->count = point;
    for (size_t k = 0; k < sweep->n_paths; k++)
        (cell++)->number = sweep->path[k].value[sweep_place(sweep, point, k)];
    (cell++)->text = item->id;
    (cell++)->number = it->b.value;
    (cell++)->number = it->b.se;
    (cell++)->number = it->b.value - half < 0.0 ? 0.0 : it->b.value - half;
    (cell++)->number = it->b.value + half > 1.0 ? 1.0 : it->b.value + half;
    (cell++)->number = it->delta.value;
    (cell++)->number = it->delta.se;
    for (size_t k = 0; k < sweep->n_paths; k++) {
        (cell++)->number = table->row[i].slope[k].value;
        (cell++)->number = table->row[i].slope[k].se;
    }
    (cell++)->text = sweep->scenario->id;
    (cell++)->text = item->base ? item->base : "all";
    (cell++)->number = item->month;
    cell->count = it->b.n;
}

static struct dataset points_of(struct arena *arena, const struct sweep *sweep)
{
    const size_t n = sweep->n_points * sweep->targets.n;
    struct sweep_table *table = arena_new(arena, 1, sizeof *table);
    struct dataset dataset = {
        .name = "sweep", .row = "a point of the grid and a question or a base's state", .n_rows = n};

    *table = (struct sweep_table){sweep, arena_new(arena, n, sizeof *table->row)};
    for (size_t i = 0; i < n; i++) {
        const size_t point = i / sweep->targets.n, q = i % sweep->targets.n;

        table->row[i] = (struct sweep_row){arm_compare(&sweep->outcome[0], &sweep->outcome[point], q),
                                           arena_new(arena, sweep->n_paths, sizeof(struct estimate))};
        for (size_t k = 0; k < sweep->n_paths; k++)
            table->row[i].slope[k] = sweep_slope(sweep, q, point, k);
    }
    set_columns(&dataset, arena, sweep);
    dataset.fill_row = fill_point;
    dataset.source = table;
    return dataset;
}

/* ---- sweep.json ---- */

static const struct column head_column[] = {
    {"format", COLUMN_COUNT, false, NULL, "version of the object's shape"},
    {"scenario_id", COLUMN_ID, false, NULL, "the scenario"},
};

static const struct column size_column[] = {
    {"worlds", COLUMN_COUNT, false, NULL, "draws of the uncertain quantities, at each point"},
    {"runs", COLUMN_COUNT, false, NULL, "histories a world"},
};

static void add_points(struct result *result, const struct sweep *sweep, const struct dataset *table)
{
    static const struct dataset_field answer[] = {
        {"question", "question", true}, {"value", "probability", false}, {"se", "se", false}};
    struct arena *arena = &result->document.arena;
    struct dataset_field *at = arena_new(arena, sweep->n_paths, sizeof *at);

    for (size_t k = 0; k < sweep->n_paths; k++)
        at[k] = (struct dataset_field){table->column[1 + k].name, sweep->path[k].path, false};
    result_part(result, dataset_view(arena, table, 0, sweep->n_points, NULL, 0),
                (struct dataset_part){.path = {"points"}, .is_list = true}); /* an empty object a point */
    for (size_t point = 0; point < sweep->n_points; point++) {
        result_part(result, dataset_view(arena, table, point * sweep->targets.n, 1, at, sweep->n_paths),
                    (struct dataset_part){.path = {"points", "at"}, .element = point + 1, .has_literal_names = true});
        result_part(result, dataset_view(arena, table, point * sweep->targets.n, sweep->targets.n, answer, 3),
                    (struct dataset_part){.path = {"points", "questions"}, .element = point + 1});
    }
}

void sweep_tables(struct result *result, const struct sweep *sweep)
{
    const struct dataset *table = result_dataset(result, points_of(&result->document.arena, sweep));

    result->json_name = "sweep.json";
    result_record(result, head_column, 2, (const union cell[]){{.count = SWEEP_FORMAT}, {.text = sweep->scenario->id}},
                  (struct dataset_part){0});
    add_points(result, sweep, table);
    result_record(result, size_column, 2, (const union cell[]){{.count = sweep->n_worlds}, {.count = sweep->n_runs}},
                  (struct dataset_part){0});
}
