/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explanation.h - runs chosen for explanation: one given by number, or the typical one of each ending. */
#ifndef FOOTHOLD_EXPLANATION_H
#define FOOTHOLD_EXPLANATION_H
#include "sim/analysis/story.h"
#include "sim/analysis/typical.h"

struct explanation {
    const struct scenario *scenario;
    const struct plan *plan;
    bool single;            /* of one run given by number: `typical` is empty */
    size_t question;        /* SIZE_MAX: none */
    struct typical typical; /* ending[i] is explained by story[i] */
    struct story *story;
    size_t n;
    struct play_result result; /* of all the runs played */
    const char *runaway;       /* id of a clock that fired without end; NULL: none */
};

enum { EXPLANATION_ENDINGS = 6 };

/* Explain one run. False when it does not end. Free with explanation_free in any case. */
bool explanation_of_run(struct explanation *explanation, const struct plan *plan, const struct play_settings *settings,
                        uint64_t world, uint64_t run);

/* Simulate, and explain the typical run of each of the commonest endings, which are the answers to a question, or the states of the bases
 * (SIZE_MAX). False when no run was completed, or one does not end. */
bool explanation_of_endings(struct explanation *explanation, const struct plan *plan,
                            const struct play_settings *settings, size_t question);
void explanation_free(struct explanation *explanation);
#endif
