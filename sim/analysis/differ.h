/* SPDX-License-Identifier: GPL-3.0-or-later */
/* differ.h - the assumptions in which two scenarios differ, and blends of the two.
 *
 * Notes (sources, tags, names ...), questions and evidence are not assumptions. One assumption each are: a value; the timing of a clock
 * where its form differs; an entity that only one scenario has; the list of states, of couplings, of correlations; the start date
 * together with the horizon. Differences that cannot change alone are bundled: the bundle is the unit of attribution.
 *
 * Example. The other scenario adds a lever `loan` and an effect on it elsewhere: the effect would refer to nothing without the lever, so both
 * are one bundle. */
#ifndef FOOTHOLD_DIFFER_H
#define FOOTHOLD_DIFFER_H
#include "sim/scenario/scenario.h"

enum { DIFFER_SIDES = 2 };

struct difference {
    enum { DIFFERENCE_VALUE, DIFFERENCE_TIMING, DIFFERENCE_START } what;
    const char
        *path; /* levers.debt_relief.chance; levers.debt_relief where only one has it; levers.debt_relief.timing */
    const char *owner; /* the entity it belongs to: levers.debt_relief; the path where there is none */
    const char *group; /* `group` of the value or of its owner; the owner where neither has one */
    const struct node *value[DIFFER_SIDES]; /* NULL: that side does not have it */
    const char *text[DIFFER_SIDES];         /* the value as a file says it, "-" for NULL */
    struct place place[DIFFER_SIDES];       /* of the value; source NULL with it */
    size_t bundle; /* differences of one bundle can only change together: one refers to what the other adds */
    bool bears;    /* it can influence a base, or a question about a lever or event */
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

/* The first scenario's tree with the bundles from_other[] taken from the second, without questions, evidence and notes; names are sorted, so
 * that a blend has the same tree from whichever side it was made. Nodes live in the arena. */
struct node *differences_blend(const struct differences *differences, struct arena *arena, const bool *from_other);
#endif
