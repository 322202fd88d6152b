/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explanation.h - runs that are worth telling: one that is asked for, or the typical one of each ending. */
#ifndef FOOTHOLD_EXPLANATION_H
#define FOOTHOLD_EXPLANATION_H
#include "sim/analysis/story.h"
#include "sim/analysis/typical.h"

struct explanation {
    const struct scenario *scenario;
    const struct plan *plan;
    bool single;            /* of one run: there is no typical */
    size_t question;        /* SIZE_MAX: none */
    struct typical typical; /* ending[i] is what story[i] tells of */
    struct story *story;
    size_t n;
    struct play_result result; /* of all the runs played */
    const char *runaway;       /* id of a clock that rang over and over; NULL: none */
};

enum { EXPLANATION_ENDINGS = 6 };

/* Tell one run. False when it never ends. Free with explanation_free in any case. */
bool explanation_of_run(struct explanation *explanation, const struct plan *plan, const struct play_settings *settings,
                        uint64_t world, uint64_t run);

/* Play and tell the typical run of each of the commonest endings: by what a question says, or by where the bases stand.
 * False when nothing was played to its end, or a run never ends. */
bool explanation_of_endings(struct explanation *explanation, const struct plan *plan,
                            const struct play_settings *settings, size_t question);
void explanation_free(struct explanation *explanation);
#endif
