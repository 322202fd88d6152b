/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arms.h - simulate many arms (plans of answers only) on common random numbers; they are made and freed a few at a time. */
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
                 struct arm *arm); /* arm zeroed; false: it cannot be made, and the simulation is given up */
    void *context;
    const struct play_settings
        *settings; /* its progress callback gets the total of all arms; world and draws are not called */
};

/* Simulate them; outcome has room for all, which the caller frees. False, without outcomes, when one could not be made, when stopped, or when
 * a run did not end (*runaway is then the id of its clock, owned by the scenario). */
bool arms_play(const struct arms *arms, struct arm_estimates *outcome, const char **runaway);
#endif
