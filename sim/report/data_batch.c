/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_batch.c - tables of several scenarios played by one call. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/batch.h"
#include "sim/report/csv_field.h"

/* ---- batch.csv ---- */

static const struct column batch_column[] = {
    {"batch_id", COLUMN_ID, true, NULL, "the entry's name"},
    {"scenario_id", COLUMN_ID, false, NULL, "its scenario"},
    {"model_id", COLUMN_ID, false, NULL, "its analyst"},
    {"seed", COLUMN_COUNT, false, NULL, "seed of its random numbers"},
    {"sha256", COLUMN_ID, false, NULL, "of the scenario after merging"},
    {"status", COLUMN_ID, false, NULL, "complete, stopped, same, failed or not_played"},
    {"same_as", COLUMN_ID, false, NULL, "an earlier entry with the same numbers; NA: none"},
    {"folder", COLUMN_TEXT, false, NULL, "where its results are"},
    {"message", COLUMN_TEXT, false, NULL, "why it failed; NA: it did not"},
};

static void fill_batch(const struct dataset *dataset, size_t i, union cell *cell)
{
    static const char *const status[] = {
        [BATCH_TO_DO] = "not_played", [BATCH_FAILED] = "failed",   [BATCH_SAME] = "same",
        [BATCH_SKIPPED] = "complete", [BATCH_STOPPED] = "stopped", [BATCH_DONE] = "complete"};
    const struct batch_row *row = &((const struct batch_row *)dataset->source)[i];

    cell[0].text = row->name;
    cell[1].text = row->scenario_id;
    cell[2].text = row->model_id;
    cell[3].count = row->seed;
    cell[4].text = row->sha256;
    cell[5].text = status[row->status];
    cell[6].text = row->same_as;
    cell[7].text = row->folder;
    cell[8].text = row->message;
}

/* ---- summary.csv ---- */

static struct dataset summary_of(struct arena *arena)
{
    struct dataset it = run_summary();
    struct column *column = arena_new(arena, it.n_columns + 2, sizeof *column);

    memcpy(column, it.column, it.n_columns * sizeof *column);
    column[it.n_columns] = (struct column){"batch_id", COLUMN_ID, true, NULL, "the entry's name"};
    column[it.n_columns + 1] = (struct column){"seed", COLUMN_COUNT, false, NULL, "seed of its random numbers"};
    it.column = column;
    it.n_columns += 2;
    return it;
}

/* Lines are copied as they stand, so that an entry that was skipped has the digits it was written with. */
static void copy_rows(FILE *out, const struct batch_row *row)
{
    struct arena arena = {0};
    FILE *file = fopen(arena_print(&arena, "%s/summary.csv", row->folder), "r");
    char *line = NULL;
    size_t size = 0;

    for (bool is_head = true; file && getline(&line, &size, file) > 0; is_head = false) {
        if (is_head)
            continue;
        line[strcspn(line, "\r\n")] = '\0';
        fputs(line, out);
        csv_next_text(out, row->name);
        fprintf(out, ",%" PRIu64 "\n", row->seed);
    }
    free(line);
    if (file)
        (void)fclose(file);
    arena_free(&arena);
}

void batch_summary(FILE *out, const struct result *result, const struct batch_row *row, size_t n)
{
    dataset_csv_head(out, result_find(result, "summary"));
    for (size_t i = 0; i < n; i++)
        if (row[i].status >= BATCH_SKIPPED)
            copy_rows(out, &row[i]);
}

void batch_tables(struct result *result, const struct batch_row *row, size_t n)
{
    result_dataset(result, (struct dataset){.name = "batch",
                                            .row = "an entry: a scenario with its settings and seed",
                                            DATASET_COLUMNS(batch_column),
                                            .n_rows = n,
                                            .fill_row = fill_batch,
                                            .source = row});
    result_dataset(result, summary_of(&result->document.arena));
}
