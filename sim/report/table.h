/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h - rows of cells, set in columns as wide as they need be and as the page allows.
 *
 * On a narrow page the first column is cut; columns that still do not fit follow in a further block under the
 * same first column. */
#ifndef FOOTHOLD_TABLE_H
#define FOOTHOLD_TABLE_H
#include "sim/report/page.h"

struct table_column {
    const char *head;
    bool right; /* set to the right */
};

struct table_cell {
    const char *text;
    enum page_style style;
};

/* Set columns and indent, zero the rest. Texts are borrowed. */
struct table {
    const struct table_column *column;
    size_t n_columns;
    int indent;
    struct table_cell *cell; /* row by row */
    size_t n, capacity;
};

void table_add(struct table *table, enum page_style style, const char *text);
void table_print(const struct table *table, struct page *page);
void table_free(struct table *table);
#endif
