/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/dataset.h"
#include <assert.h>
#include <string.h>
#include "sim/report/json_tree.h"

size_t dataset_column(const struct dataset *dataset, const char *name)
{
    size_t i = 0;

    while (i < dataset->n_columns && strcmp(dataset->column[i].name, name) != 0)
        i++;
    assert(i < dataset->n_columns);
    return i;
}

struct view {
    const struct dataset *of;
    size_t first;
    size_t *column; /* of each field */
    union cell *cell;
};

static void fill_view(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct view *view = dataset->source;

    view->of->fill_row(view->of, view->first + i, view->cell);
    for (size_t f = 0; f < dataset->n_columns; f++)
        cell[f] = view->cell[view->column[f]];
}

struct dataset dataset_view(struct arena *arena, const struct dataset *of, size_t first, size_t n_rows,
                            const struct dataset_field *field, size_t n_fields)
{
    struct view *view = arena_new(arena, 1, sizeof *view);
    struct column *column = arena_new(arena, n_fields, sizeof *column);

    *view = (struct view){of, first, arena_new(arena, n_fields, sizeof *view->column),
                          arena_new(arena, of->n_columns, sizeof *view->cell)};
    for (size_t f = 0; f < n_fields; f++) {
        view->column[f] = dataset_column(of, field[f].column);
        column[f] = of->column[view->column[f]];
        column[f].name = field[f].name;
        column[f].is_key = field[f].is_key;
    }
    return (struct dataset){.row = of->row,
                            .column = column,
                            .n_columns = n_fields,
                            .n_rows = n_rows,
                            .fill_row = fill_view,
                            .source = view};
}

static const char *type_of(const struct column *column)
{
    switch (column->kind) {
    case COLUMN_ID:
    case COLUMN_TEXT:
        return "string";
    case COLUMN_FLAG:
        return "boolean";
    case COLUMN_COUNT:
        return "integer";
    default:
        return "number";
    }
}

static const char *unit_of(const struct column *column)
{
    if (column->unit)
        return column->unit;
    return column->kind == COLUMN_PROBABILITY  ? "probability"
           : column->kind == COLUMN_DIFFERENCE ? "difference of probabilities"
           : column->kind == COLUMN_MONTHS     ? "months"
           : column->kind == COLUMN_RATIO      ? "ratio"
                                               : NULL;
}

static json_t *describe_column(const struct column *column)
{
    json_t *it = json_tree_object();

    json_tree_put(it, "name", json_tree_string(column->name));
    json_tree_put(it, "type", json_tree_string(type_of(column)));
    if (unit_of(column))
        json_tree_put(it, "unit", json_tree_string(unit_of(column)));
    json_tree_put(it, "description", json_tree_string(column->meaning));
    return it;
}

json_t *dataset_describe(const struct dataset *dataset)
{
    json_t *it = json_tree_object(), *schema = json_tree_object(), *fields = json_tree_array(),
           *keys = json_tree_array(), *missing = json_tree_array();
    struct arena arena = {0};

    for (size_t i = 0; i < dataset->n_columns; i++) {
        json_tree_append(fields, describe_column(&dataset->column[i]));
        if (dataset->column[i].is_key)
            json_tree_append(keys, json_tree_string(dataset->column[i].name));
    }
    json_tree_append(missing, json_tree_string("NA"));
    json_tree_put(schema, "fields", fields);
    json_tree_put(schema, "primaryKey", keys);
    json_tree_put(schema, "missingValues", missing);
    json_tree_put(it, "path", json_tree_string(arena_print(&arena, "%s.csv", dataset->name)));
    json_tree_put(it, "description", json_tree_string(arena_print(&arena, "a row is %s", dataset->row)));
    json_tree_put(it, "schema", schema);
    arena_free(&arena);
    return it;
}
