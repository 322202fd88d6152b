/* SPDX-License-Identifier: GPL-3.0-or-later */
/* typical.h - how runs end, and of each ending the typical run and the commonest orders of events.
 *
 * The typical run of an ending is its medoid: of the first TYPICAL_COMPARED, the one with the least sum of distances to the
 * others. The distance between two runs is in things that happened: the k-th time that a clock rings counts 1 where only one
 * run has it, and else how far apart they ring, half the horizon or more being 1. (Kaufman & Rousseeuw 1987, Clustering by
 * means of medoids; Victor & Purpura 1996, Nature and precision of temporal coding in visual cortex, for distances between
 * trains of events. With theirs, where moving an event may cost as much as leaving it out and adding another, the run in the
 * middle would be one in which hardly anything happens.) */
#ifndef FOOTHOLD_TYPICAL_H
#define FOOTHOLD_TYPICAL_H
#include "sim/analysis/answer.h"
#include "sim/engine/play.h"

enum { TYPICAL_COMPARED = 512, TYPICAL_ORDERS = 3, TYPICAL_ENDINGS = 1024 };

/* What rang, in order: a clock, or n_clocks + base * n_states + state where a model decides. */
struct typical_order {
    uint32_t *label;
    size_t n;
    struct estimate share; /* of the runs compared */
};

struct typical_factor { /* a lever or an event */
    uint32_t factor;
    struct estimate here, all; /* share of runs in which it came: with this ending, and of all */
};

struct typical_ending {
    const uint32_t *state; /* per base, at the horizon; or by a question: */
    bool yes;
    struct estimate share;
    uint64_t n;          /* runs that end so */
    uint64_t world, run; /* the typical one */
    double distance;     /* its mean distance to the others, in things that happen */
    size_t n_compared;
    struct typical_order *moves, *all;  /* of bases alone; and with levers and events up to the last move */
    size_t n_moves, n_all, n_different; /* n_different: orders of all there are among those compared */
    struct typical_factor *factor;      /* per factor, those that tell the endings apart most first */
};

struct typical {
    struct arena arena;
    const struct plan *plan;
    size_t question; /* SIZE_MAX: endings are where the bases stand at the horizon */
    uint64_t n_runs;
    struct typical_ending *ending; /* the commonest first */
    size_t n_endings;
    struct estimate rest;                                    /* share of those beyond TYPICAL_ENDINGS */
    struct typical_class *class;                             /* while runs are added */
    uint64_t tried[REPLICATES], left_out[REPLICATES], *came; /* [factor * REPLICATES + replicate] */
    uint32_t *state;                                         /* scratch: per base */
    bool *seen;                                              /* likewise: per factor */
};

void typical_init(struct typical *typical, const struct plan *plan, size_t question);
void typical_add(struct typical *typical, const struct play_recorded *recorded);

/* What they come to; at most so many endings are told of. */
void typical_finish(struct typical *typical, size_t most);
void typical_free(struct typical *typical);
#endif
