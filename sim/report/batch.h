/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch.h - several scenarios played by one call: batch.csv, summary.csv of all, and what people read. */
#ifndef FOOTHOLD_BATCH_H
#define FOOTHOLD_BATCH_H
#include "sim/report/result.h"

enum batch_status {
    BATCH_TO_DO,
    BATCH_FAILED,
    BATCH_SAME,    /* as an earlier entry, so not played again */
    BATCH_SKIPPED, /* its results of an earlier call are whole and unchanged */
    BATCH_STOPPED, /* early, by a signal */
    BATCH_DONE
};

/* An entry. */
struct batch_row {
    const char *name, *scenario_id, *model_id; /* ids: NULL if unknown */
    uint64_t seed;
    const char *sha256; /* of the effective scenario; NULL: unknown */
    enum batch_status status;
    const char *same_as;         /* name of an earlier entry with the same numbers; NULL: none */
    const char *folder;          /* of its results */
    const char *message;         /* why it failed; NULL */
    const char *page;            /* its report.html, as a path from the batch's folder; NULL: there is none */
    const struct answer *answer; /* NULL: there is none; its questions are all that is shown */
};

/* Rows live as long as the result. */
void batch_tables(struct result *result, const struct batch_row *row, size_t n);
void batch_document(struct result *result, const struct batch_row *row, size_t n);

/* summary.csv of all: the rows of each entry's own file, those that were skipped included, with its name and seed behind;
 * once the result has its tables. */
void batch_summary(FILE *out, const struct result *result, const struct batch_row *row, size_t n);
#endif
