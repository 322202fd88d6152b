/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch_file.h - a list of simulations to run: scenarios x settings x seeds, each with a name. Parsed like a scenario.
 *
 *   format = 1;
 *   batch = {
 *     base  = { scenario = "syria/2024-12.cfg"; };
 *     cheap = { scenario = "syria/2024-12.cfg"; set = ["levers.debt_relief.chance = 0.9"]; };
 *     five  = { scenario = ["syria/s0-inss.cfg", "syria/s1-column.cfg"]; seeds = [1, 2, 3]; worlds = 1024; runs = 16; };
 *   }; */
#ifndef FOOTHOLD_BATCH_FILE_H
#define FOOTHOLD_BATCH_FILE_H
#include <stdint.h>
#include "sim/scenario/scenario.h"

struct batch_entry {
    struct entity entity;
    const char **path; /* of its scenarios, relative to the working folder */
    size_t n_paths;
    struct override *set;
    size_t n_sets;
    uint64_t *seed; /* n_seeds 0: the command line's applies */
    size_t n_seeds;
    uint64_t worlds, runs; /* 0: the command line's apply */
    double precision;      /* 0: the command line's applies */
    struct name design, estimator;
};

struct batch_file {
    struct scenario *file; /* owns everything */
    struct batch_entry *entry;
    size_t n;
};

/* Interpret a file that scenario_parse has read and whose kind is KIND_BATCH. The batch takes ownership of the file, also when there
 * are mistakes, which go to diag. path: of the file, from which the paths in it are resolved. Free with batch_file_free. */
void batch_file_interpret(struct batch_file *batch, struct scenario *file, const char *path, struct diag *diag);

/* Parse and interpret. All mistakes go to diag. Free with batch_file_free in any case. */
void batch_file_read(struct batch_file *batch, const char *path, struct diag *diag);
void batch_file_free(struct batch_file *batch);
#endif
