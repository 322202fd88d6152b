/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dataset_json.c - datasets as one JSON object, nested by their keys. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/dataset.h"
#include "sim/report/json_tree.h"

static json_t *value_of(const struct column *column, union cell cell)
{
    switch (column->kind) {
    case COLUMN_ID:
    case COLUMN_TEXT:
        return json_tree_string(cell.text);
    case COLUMN_FLAG:
        return json_boolean(cell.count != 0);
    case COLUMN_COUNT:
        return json_tree_count(cell.count);
    default:
        return json_tree_number(cell.number);
    }
}

/* The object or array of a name within another, made where it is missing. */
static json_t *descend(json_t *object, const char *name, bool is_list)
{
    json_t *child = json_object_get(object, name);

    if (!child) {
        child = is_list ? json_tree_array() : json_tree_object();
        json_tree_put(object, name, child);
    }
    return child;
}

/* "typical.world": world within typical. */
static void put_value(json_t *to, const char *name, json_t *value)
{
    const char *dot = strchr(name, '.');
    struct arena arena = {0};

    if (dot)
        put_value(descend(to, arena_copy(&arena, name, (size_t)(dot - name)), false), dot + 1, value);
    else
        json_tree_put(to, name, value);
    arena_free(&arena);
}

static void add_part(json_t *root, const struct dataset_part *part);

static void add_row(const struct dataset_part *part, json_t *to, size_t row, const union cell *cell)
{
    const struct dataset *dataset = part->dataset;
    bool is_first = true;

    if (part->is_plain) {
        json_tree_append(to, value_of(&dataset->column[0], cell[0]));
        return;
    }
    if (part->is_list) {
        json_t *record = json_tree_object();

        json_tree_append(to, record);
        to = record;
    }
    for (size_t i = 0; i < dataset->n_columns; i++)
        if (dataset->column[i].is_key && !part->is_list) {
            to = descend(to, cell[i].text, false);
            if (is_first && part->between)
                to = descend(to, part->between, false);
            is_first = false;
        }
    for (size_t i = 0; i < dataset->n_columns; i++)
        if (!dataset->column[i].is_key || part->is_list)
            (part->has_literal_names ? json_tree_put : put_value)(to, dataset->column[i].name,
                                                                  value_of(&dataset->column[i], cell[i]));
    for (size_t i = 0; i < part->n_nested; i++) {
        struct dataset_part nested = part->nested[i].part;
        const struct dataset made = part->nested[i].make(dataset, row);

        nested.dataset = &made;
        add_part(to, &nested);
    }
}

static void add_part(json_t *root, const struct dataset_part *part)
{
    union cell *cell = memory_new(part->dataset->n_columns, sizeof *cell);

    for (size_t i = 0; i < PART_DEPTH && part->path[i]; i++) {
        root = descend(root, part->path[i], part->is_list && (i + 1 == PART_DEPTH || !part->path[i + 1]));
        if (part->element && i == 0)
            root = json_array_get(root, part->element - 1);
    }
    assert(root);
    for (size_t i = 0; i < part->dataset->n_rows; i++) {
        part->dataset->fill_row(part->dataset, i, cell);
        add_row(part, root, i, cell);
    }
    free(cell);
}

json_t *dataset_json(const struct dataset_part *part, size_t n)
{
    json_t *root = json_tree_object();

    for (size_t i = 0; i < n; i++)
        add_part(root, &part[i]);
    return root;
}
