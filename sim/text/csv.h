/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv.h - a table as other programs write it: RFC 4180, one header line, each field with its place.
 *
 * Lines end with LF or CR LF; empty lines are skipped, and so is a byte order mark as spreadsheets write it. What is malformed is
 * reported with its place: bytes that are not text, quotes that are not closed, rows with too few or too many fields. */
#ifndef FOOTHOLD_CSV_H
#define FOOTHOLD_CSV_H
#include <stdbool.h>
#include "sim/text/source.h"

struct diag;

struct csv_field {
    const char *text;      /* without its quotes, ended by NUL */
    size_t offset, length; /* of the field in the source, quotes included */
};

struct csv_row {
    const struct csv_field *field; /* n_columns of them */
};

struct csv {
    const struct source *source;
    const struct csv_field *column; /* the header */
    size_t n_columns;
    const struct csv_row *row;
    size_t n, capacity;
};

/* Read a table. Malformed rows are reported and left out. False when there is no usable header. Fields live in the arena. */
bool csv_read(struct csv *csv, struct arena *arena, const struct source *source, struct diag *diag);

struct place csv_place(const struct csv *csv, const struct csv_field *field);

/* Index of the column with this name; n_columns when there is none. */
size_t csv_find(const struct csv *csv, const char *name);

/* The column name nearest to a misspelt one; NULL when none is close. */
const char *csv_nearest(const struct csv *csv, const char *name);
#endif
