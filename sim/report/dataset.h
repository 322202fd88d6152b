/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dataset.h - a result's table for programs: named, typed columns and rows read one at a time.
 *
 * A dataset is a view: it computes row i from the result when asked, so large tables are never held in memory. Tables that grow
 * while scenarios are played (worlds.csv, runs.csv, events.csv) have columns only; their rows are handed to dataset_csv_row as they
 * arise. Every output (CSV, JSON, plots, the data dictionary) reads the same columns, so names cannot drift apart. */
#ifndef FOOTHOLD_DATASET_H
#define FOOTHOLD_DATASET_H
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "sim/system/memory.h"

enum column_kind {
    COLUMN_ID,          /* text: an id of the scenario or of the program */
    COLUMN_TEXT,        /* text: anything */
    COLUMN_FLAG,        /* count: 0 or 1 */
    COLUMN_COUNT,       /* count */
    COLUMN_PROBABILITY, /* number, as are all below; 0 to 1 */
    COLUMN_DIFFERENCE,  /* of two probabilities */
    COLUMN_MONTHS,
    COLUMN_RATIO,
    COLUMN_NUMBER /* in the unit that the column says */
};

struct column {
    const char *name; /* snake_case; in.PATH, p.QUESTION */
    enum column_kind kind;
    bool is_key;         /* keys together name a row */
    const char *unit;    /* NULL: that of its kind */
    const char *meaning; /* one line, for the data dictionary */
};

/* The member that the column's kind says. Not applicable: NULL, NAN. */
union cell {
    const char *text;
    uint64_t count;
    double number;
};

struct dataset {
    const char *name; /* its file is NAME.csv */
    const char *row;  /* what a row is, in one line */
    const struct column *column;
    size_t n_columns, n_rows;
    /* Row i; texts live as long as the source. NULL: rows are handed over while scenarios are played. */
    void (*fill_row)(const struct dataset *dataset, size_t i, union cell *cell);
    const void *source;  /* what fill_row reads */
    const void *context; /* what else it needs; NULL: nothing */
};

/* A dataset's columns from an array of them: {DATASET_COLUMNS(summary_column), .n_rows = ...}. */
#define DATASET_COLUMNS(of) .column = (of), .n_columns = sizeof(of) / sizeof *(of)

/* Index of the column of a name, which must exist. */
size_t dataset_column(const struct dataset *dataset, const char *name);

/* CSV: RFC 4180 but for LF; doubles round-trip, NA where not applicable. */
void dataset_csv(FILE *out, const struct dataset *dataset);
void dataset_csv_head(FILE *out, const struct dataset *dataset);
void dataset_csv_row(FILE *out, const struct dataset *dataset, const union cell *cell);

/* Some of a dataset's rows with some of its columns, perhaps renamed: how JSON shows what a CSV file holds. */
struct dataset_field {
    const char *column, *name;
    bool is_key;
};
struct dataset dataset_view(struct arena *arena, const struct dataset *of, size_t first, size_t n_rows,
                            const struct dataset_field *field, size_t n_fields);

/* JSON: a dataset within a larger object, below a path of names. Rows become objects that nest by their keys,
 * root.PATH.KEY1.BETWEEN.KEY2 = { other columns }; without keys the columns go into root.PATH itself; as a list, rows become
 * the elements of an array there. A column "a.b" becomes b within a, unless names are literal. Parts with the same path are merged. With an element, path[0]
 * is an array that an earlier part made, and the rest of the path begins at that element, counted from 1. A plain list has the values of
 * its one column. */
enum { PART_DEPTH = 4 };

struct dataset_part {
    const struct dataset *dataset;
    const char *path[PART_DEPTH]; /* NULL: none */
    size_t element;
    const char *between; /* a name after the first key; NULL: none */
    bool is_list, is_plain, has_literal_names;
    const struct dataset_nested *nested; /* within the object of each row */
    size_t n_nested;
};

/* A table within a row of another: a scenario's events, the reasons of an event. */
struct dataset_nested {
    struct dataset (*make)(const struct dataset *outer, size_t i); /* that of row i */
    struct dataset_part part;                                      /* its dataset is made for each row */
};
json_t *dataset_json(const struct dataset_part *part, size_t n);

/* The data dictionary's entry of a dataset, in the shape of a Table Schema (https://specs.frictionlessdata.io/table-schema/). */
json_t *dataset_describe(const struct dataset *dataset);
#endif
