/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.h - one run, played again by itself: the same as among all the others, but all that happens in it is kept. */
#ifndef FOOTHOLD_REPLAY_H
#define FOOTHOLD_REPLAY_H
#include "sim/engine/path.h"

struct replay {
    const struct plan *plan;
    struct design design;
    struct world world;
    struct path path; /* as it stands at the horizon */
    struct history history;
    struct stream stream; /* of the run */
};

void replay_init(struct replay *replay, const struct plan *plan, enum design_kind design, uint64_t seed);
void replay_free(struct replay *replay);

/* Play a run, its bases drawn. False when it never ends (history.h, overflow). */
bool replay_run(struct replay *replay, uint64_t world, uint64_t run);
#endif
