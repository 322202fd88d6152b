/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv.h - a table as other programs write it: RFC 4180, one header line, each field with its place.
 *
 * Lines end with LF or CR LF; empty lines are passed over; a byte order mark, as spreadsheets write one, too. What is not such a table
 * is told with its place: bytes that are no text, quotes that are not closed, rows of too few or too many fields. */
#ifndef FOOTHOLD_CSV_H
#define FOOTHOLD_CSV_H
#include <stdbool.h>
#include "sim/text/source.h"

struct diag;

struct csv_field {
    const char *text;      /* without its quotes, ended by NUL */
    size_t offset, length; /* as it stands in the source */
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

/* Read a table; rows that are broken are told and left out. false: there is no header that could be used. Fields live in the arena. */
bool csv_read(struct csv *csv, struct arena *arena, const struct source *source, struct diag *diag);

struct place csv_place(const struct csv *csv, const struct csv_field *field);

/* The number of a column, or n_columns when there is none of that name. */
size_t csv_find(const struct csv *csv, const char *name);

/* The name of a column that is nearest to a misspelt one; NULL: none is near. */
const char *csv_nearest(const struct csv *csv, const char *name);
#endif
