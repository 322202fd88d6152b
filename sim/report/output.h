/* output.h - a set of files that appear whole or not at all.
 *
 * Each is written under NAME.part beside its place; output_commit flushes them to disk and renames them, in the order
 * opened. Until then what stood there before is untouched. A failure (disk full, no permission) removes the parts, prints
 * one line and exits 1. */
#ifndef FOOTHOLD_OUTPUT_H
#define FOOTHOLD_OUTPUT_H
#include <stdio.h>
#include "sim/system/memory.h"

struct output {
    struct pool pool;
    const char *folder;
    struct output_file *file;
    size_t n, capacity;
};

/* Begin a set in a folder, which is made, with its parents, when missing. */
void output_begin(struct output *output, const char *folder);

/* A new file of the set, to write to; closed by output_commit or output_abandon. */
FILE *output_open(struct output *output, const char *name);

void output_commit(struct output *output);
void output_abandon(struct output *output);

/* Flush standard output and make sure all of it arrived, else exit 1. */
void output_check_stdout(void);
#endif
