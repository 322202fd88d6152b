/* SPDX-License-Identifier: GPL-3.0-or-later */
/* work.h - what one call of `run` has to play: scenarios from files, folders and batches, each with its settings and folder.
 *
 * Of several one may fail, and the others are played all the same. */
#ifndef FOOTHOLD_WORK_H
#define FOOTHOLD_WORK_H
#include "sim/analysis/answer.h"
#include "sim/command/playing.h"
#include "sim/report/batch.h"
#include "sim/scenario/batch_file.h"

struct work_item {
    const char *name, *folder;
    struct loaded *loaded;  /* belongs to the work */
    struct playing playing; /* the command line's, with what a batch says */
    enum batch_status status;
    const char *message;   /* why it failed; "" */
    int exit;              /* what the program then ends with */
    const char *sha256;    /* of the effective scenario */
    size_t same_as;        /* an earlier item with the same numbers, settings and seed; its own place: none */
    struct answer *answer; /* of what was played now; of what was skipped, as far as it is stored (stored.h) */
};

struct work {
    struct arena arena;
    struct work_item *item;
    size_t n, capacity;
    struct batch *source; /* loaded scenarios, a set for each operand or entry */
    struct batch_file *file;
    size_t n_sources, n_files;
    bool several;       /* a table tells of all */
    bool histories;     /* set by the owner: results without runs.csv and events.csv are not whole */
    const char *folder; /* of that table; NULL where there is one scenario */
};

/* Collect what the operands name; mistakes go to diag, and mark their items as failed. Free with work_free in any case. */
void work_collect(struct work *work, const struct operands *operands, const struct playing *playing, struct diag *diag);
void work_free(struct work *work);

/* Look for items that equal an earlier one; once seeds are known. */
void work_find_same(struct work *work);

/* Mark items as skipped whose folder holds their results, whole and unchanged. Where no seed was given, that of such results
 * is taken for all: work_resume_seed finds it first. */
bool work_resume_seed(const struct work *work, uint64_t *seed);
void work_resume(struct work *work);

/* Write summary.csv, batch.csv, summary.txt and report.html of all into the work's folder, which is claimed. The arguments and
 * the settings are what it is to be played again with. Where text is asked for, it goes to standard output too. */
void work_write(const struct work *work, struct output *output, const struct playing *playing, bool seed_chosen,
                int argc, char **argv);

/* Say in words, on standard error, which were skipped, are the same, failed. */
void work_tell(const struct work *work);
#endif
