/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/table.h"
#include <assert.h>
#include <stdlib.h>

enum { GAP = 2, SHORTEST_LABEL = 20 };

void table_add(struct table *table, enum page_style style, const char *text)
{
    table->cell = memory_grow(table->cell, table->n, &table->capacity, sizeof *table->cell);
    table->cell[table->n++] = (struct table_cell){text, style};
}

void table_free(struct table *table)
{
    free(table->cell);
    table->cell = NULL;
    table->n = table->capacity = 0;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int natural_width(const struct table *table, size_t column)
{
    int width = page_columns(table->column[column].head);

    for (size_t i = column; i < table->n; i += table->n_columns)
        width = larger(width, page_columns(table->cell[i].text));
    return width;
}

/* The first column gives way to the others, down to a length at which it can still be read; no other is wider
 * than what a page leaves beside it. */
static void measure(const struct table *table, const struct page *page, int *width)
{
    int total = table->indent;

    for (size_t i = 0; i < table->n_columns; i++) {
        width[i] = natural_width(table, i);
        total += width[i] + (i > 0 ? GAP : 0);
    }
    if (total > page->width && width[0] > SHORTEST_LABEL)
        width[0] = larger(SHORTEST_LABEL, width[0] - (total - page->width));
    for (size_t i = 1; i < table->n_columns; i++)
        width[i] = smaller(width[i], page->width - table->indent - width[0] - GAP);
}

struct block { /* the columns shown side by side: the first and [from, to) */
    const int *width;
    size_t from, to;
};

static void put_row(const struct table *table, const struct block *block, struct page *page,
                    const struct table_cell *row)
{
    int owed = table->indent; /* spaces due before the next text, so that no line ends in spaces */

    for (size_t i = 0; i < block->to; i = i == 0 ? block->from : i + 1) {
        const char *text = page_cut(page, row[i].text, block->width[i]);
        const int slack = block->width[i] - page_columns(text);

        if (*text) {
            page_spaces(page, owed + (table->column[i].right ? slack : 0));
            page_put(page, row[i].style, text);
            owed = table->column[i].right ? 0 : slack;
        } else {
            owed += slack;
        }
        owed += GAP;
    }
    page_end_line(page);
}

static void put_heads(const struct table *table, const struct block *block, struct page *page)
{
    struct table_cell *head = memory_new(table->n_columns, sizeof *head);
    bool any = false;

    for (size_t i = 0; i < table->n_columns; i++)
        head[i] = (struct table_cell){table->column[i].head, PAGE_DIM};
    for (size_t i = block->from; i < block->to; i++)
        any = any || *head[i].text;
    if (any)
        put_row(table, block, page, head);
    free(head);
}

/* The end of the block that begins at a column: one column more at least. */
static size_t block_end(const struct table *table, const struct page *page, const int *width, size_t from)
{
    int total = table->indent + width[0];
    size_t to = from;

    while (to < table->n_columns && (to == from || total + GAP + width[to] <= page->width))
        total += GAP + width[to++];
    return to;
}

void table_print(const struct table *table, struct page *page)
{
    int *width = memory_new(table->n_columns, sizeof *width);

    assert(table->n_columns > 1 && table->n % table->n_columns == 0);
    measure(table, page, width);
    for (size_t from = 1, to; from < table->n_columns; from = to) {
        struct block block;

        to = block_end(table, page, width, from);
        block = (struct block){width, from, to};
        if (from > 1)
            page_end_line(page);
        put_heads(table, &block, page);
        for (size_t i = 0; i < table->n; i += table->n_columns)
            put_row(table, &block, page, &table->cell[i]);
    }
    free(width);
}
