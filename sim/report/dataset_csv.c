/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dataset_csv.c - datasets as CSV. */
#include <inttypes.h>
#include <stdlib.h>
#include "sim/report/csv_field.h"
#include "sim/report/dataset.h"

void dataset_csv_head(FILE *out, const struct dataset *dataset)
{
    for (size_t i = 0; i < dataset->n_columns; i++) {
        if (i)
            putc_unlocked(',', out);
        csv_text(out, dataset->column[i].name);
    }
    putc_unlocked('\n', out);
}

static void put_cell(FILE *out, const struct column *column, union cell cell)
{
    static const uint64_t largest_whole = UINT64_C(1000000000000000); /* from 1e15 on csv_number writes exponents */

    switch (column->kind) {
    case COLUMN_ID:
    case COLUMN_TEXT:
        csv_text(out, cell.text ? cell.text : "NA");
        return;
    case COLUMN_FLAG:
    case COLUMN_COUNT:
        if (cell.count < largest_whole)
            csv_number(out, (double)cell.count);
        else
            fprintf(out, "%" PRIu64, cell.count);
        return;
    default:
        csv_number(out, cell.number);
    }
}

void dataset_csv_row(FILE *out, const struct dataset *dataset, const union cell *cell)
{
    for (size_t i = 0; i < dataset->n_columns; i++) {
        if (i)
            putc_unlocked(',', out);
        put_cell(out, &dataset->column[i], cell[i]);
    }
    putc_unlocked('\n', out);
}

void dataset_csv(FILE *out, const struct dataset *dataset)
{
    union cell *cell = memory_new(dataset->n_columns, sizeof *cell);

    dataset_csv_head(out, dataset);
    for (size_t i = 0; i < dataset->n_rows; i++) {
        dataset->fill_row(dataset, i, cell);
        dataset_csv_row(out, dataset, cell);
    }
    free(cell);
}
