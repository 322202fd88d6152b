/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load.h - the scenarios that a command line names, read and compiled together. */
#ifndef FOOTHOLD_LOAD_H
#define FOOTHOLD_LOAD_H
#include "sim/plan/model.h"
#include "sim/command/options.h"
#include "sim/plan/plan.h"
#include "sim/text/diag.h"

struct loaded {
    const char *path;
    struct scenario *scenario;
    struct plan *plan; /* NULL: a frame, or mistakes */
    bool is_wrong;
};

struct batch {
    struct arena arena;
    struct loaded *item;
    size_t n, capacity;
    bool from_folder; /* frames in it are passed over, since they are there to be extended */
};

/* Read and compile all that the operands name: files, "-", folders (their *.cfg, sub-folders included, in order of
 * names). All mistakes go to diag. Free with load_free in any case. */
void load(struct batch *batch, const struct operands *operands, const struct option_overrides *overrides,
          struct diag *diag);
void load_free(struct batch *batch);

/* The same for a verb that plays them: frames, batches and resolutions that were found in a folder are passed over; why a
 * scenario that checks cannot be played yet, or that there is none, is told through diag. */
void load_to_play(struct batch *batch, const struct operands *operands, const struct option_overrides *overrides,
                  struct diag *diag);

/* Whether a scenario can be played; if not is_wrong is set, and why is told. */
bool load_check_playable(struct loaded *loaded, struct diag *diag);
#endif
