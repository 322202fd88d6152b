/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.h - a set of files that appear whole or not at all.
 *
 * Each is written beside its place under a hidden name of its own, which no other process uses; output_commit brings all of
 * them to disk by one sync and renames them, in the order opened. Until then what stood there before is untouched. A failure
 * (disk full, no permission) removes the hidden files, prints one line and exits 1; those of a process that was killed are
 * removed by the next that writes there, for the lock on them died with it. */
#ifndef FOOTHOLD_OUTPUT_H
#define FOOTHOLD_OUTPUT_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "sim/system/memory.h"

#define OUTPUT_LOCK                                                                                                    \
    ".foothold.lock" /* in a folder that is being written to; what a killed process left means nothing */

struct output {
    struct arena arena;
    const char *folder;
    struct output_file *file;
    size_t n, capacity;
    const char **retired; /* names that are removed before the first rename */
    size_t n_retired, retired_capacity;
    int lock; /* descriptor of the folder's lock file, if `locked` */
    bool locked, renaming;
};

/* A file's length and contents. */
struct output_sum {
    const char *name;
    uint64_t bytes;
    char sha256[65]; /* lower-case hex */
};

/* Begin a set in a folder, which is made, with its parents, when missing. */
void output_begin(struct output *output, const char *folder);

/* Keep other processes out of the folder until the set is committed or abandoned. NULL: done (or the file system has no
 * locks, and nothing can be kept out); else who is writing there, in words that live in the set's pool. */
const char *output_lock(struct output *output);

/* A new file of the set, to write to; closed by output_commit or output_abandon. */
FILE *output_open(struct output *output, const char *name);

/* Length and SHA-256 of what each file holds so far, n of them, in the order opened; in the set's pool. */
const struct output_sum *output_sums(struct output *output, size_t *n);

/* Have a file of the folder removed, if it is there, just before the first rename. */
void output_retire(struct output *output, const char *name);

void output_commit(struct output *output);
void output_abandon(struct output *output);

/* The sum of a regular file that is there; false: it cannot be read. name: left alone. */
bool output_sum_file(const char *path, struct output_sum *sum);

/* Flush standard output and make sure all of it arrived, else exit 1. */
void output_check_stdout(void);
#endif
