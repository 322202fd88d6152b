/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deliver.h - a folder of results: claimed before anything is played, filled, and delivered whole with a manifest.
 *
 *     if (deliver_begin(&output, "results/first/run", false, &why)) ... told, nothing to undo
 *     csv_summary(output_open(&output, "summary.csv"), ...);
 *     deliver_end(&output, &provenance);                      or output_abandon(&output)
 *
 * The manifest lists every other file with its length and SHA-256. The old one goes before the first file of the new set
 * takes its place, and the new one comes last: a folder with a manifest that fits holds one result and all of it. What the
 * old manifest lists and the new set lacks is removed with it, unless it was changed since. */
#ifndef FOOTHOLD_DELIVER_H
#define FOOTHOLD_DELIVER_H
#include <jansson.h>
#include "sim/report/output.h"
#include "sim/report/report.h"

#define DELIVER_MANIFEST "manifest.json"

enum delivery {
    DELIVER_FINE,
    DELIVER_BUSY,   /* another process is writing there */
    DELIVER_FOREIGN /* it holds files but no manifest of ours */
};

/* Claim a folder, which is made when missing. overwrite: whatever it holds. Where it is not DELIVER_FINE, *why says why
 * in words that live in the arena, and there is nothing to end. */
enum delivery deliver_begin(struct output *output, const char *folder, bool overwrite, struct arena *arena,
                            const char **why);

/* Write the manifest and put all in place. */
void deliver_end(struct output *output, const struct provenance *provenance);

/* ---- what was delivered ---- */

struct manifest {
    json_t *root;
    struct arena arena;
    struct output_sum *file;
    size_t n;
};

/* The manifest of a folder; false, and nothing to free, where there is none of ours that lists its files. */
bool manifest_read(struct manifest *manifest, const char *folder);
void manifest_free(struct manifest *manifest);

/* NULL: not listed. */
const struct output_sum *manifest_find(const struct manifest *manifest, const char *name);

/* Whether a file of the folder is as it is listed; all of them. */
bool manifest_fits(const struct output_sum *listed, const char *folder);
bool manifest_fits_all(const struct manifest *manifest, const char *folder);
#endif
