/* SPDX-License-Identifier: GPL-3.0-or-later */
/* differ.h - where two scenarios assume different things, and scenarios between them.
 *
 * Notes (sources, tags, names ...), questions and evidence are no assumptions. What says when a thing rings is one assumption
 * where the ways to say it differ; a thing that only one scenario has is one; so are the states, the couplings, the
 * correlations, and the date a scenario starts on together with its horizon. */
#ifndef FOOTHOLD_DIFFER_H
#define FOOTHOLD_DIFFER_H
#include "sim/scenario/scenario.h"

enum { DIFFER_SIDES = 2 };

struct difference {
    enum { DIFFERENCE_VALUE, DIFFERENCE_TIMING, DIFFERENCE_START } what;
    const char
        *path; /* levers.debt_relief.chance; levers.debt_relief where only one has it; levers.debt_relief.timing */
    const char *owner; /* the thing it is said of: levers.debt_relief; the path where there is none */
    const char *group; /* `group` of the value or of its owner; the owner where neither has one */
    const struct node *value[DIFFER_SIDES]; /* NULL: that side does not have it */
    const char *text[DIFFER_SIDES];         /* the value as a file says it, "-" for NULL */
    struct place place[DIFFER_SIDES];       /* of the value; source NULL with it */
    size_t bundle; /* differences of one bundle can only change together: one names what the other brings */
    bool bears;    /* it can bear on a base, or on a question about a lever or event */
};

struct differences {
    struct arena arena;
    const struct scenario *side[DIFFER_SIDES];
    struct difference *item; /* by path */
    size_t n, capacity, n_bundles;
};

/* Compare two scenarios that were read without mistakes; they must outlive the differences. Free with differences_free. */
void differences_find(struct differences *differences, const struct scenario *a, const struct scenario *b);
void differences_free(struct differences *differences);

/* The first scenario's tree with the bundles from_other[] taken from the second: no questions, no evidence, no notes; names
 * sorted, so that what is the same has the same tree from whichever side it was made. Nodes live in the arena. */
struct node *differences_blend(const struct differences *differences, struct arena *arena, const bool *from_other);
#endif
