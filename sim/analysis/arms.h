/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arms.h - many plans of answers only, made, played on the same luck and freed a few at a time. */
#ifndef FOOTHOLD_ARMS_H
#define FOOTHOLD_ARMS_H
#include "sim/analysis/arm_estimates.h"
#include "sim/scenario/scenario.h"

struct arm {
    struct arena arena;        /* of its tree, if need be */
    struct scenario *scenario; /* freed with the arm; NULL: not its own */
    struct plan *plan;
};

struct arms {
    size_t n;
    bool (*make)(void *context, size_t i,
                 struct arm *arm); /* arm zeroed; false: it cannot be made, and the rest is off */
    void *context;
    const struct play_settings
        *settings; /* its progress is told of all arms together; world and draws are not called */
};

/* Play them; outcome has room for all, which are to be freed. False when one could not be made, when a run never ended
 * (*runaway is then its clock's id, for as long as the scenarios) or when stopped: then no outcome is left. */
bool arms_play(const struct arms *arms, struct arm_estimates *outcome, const char **runaway);
#endif
