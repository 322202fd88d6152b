/* SPDX-License-Identifier: GPL-3.0-or-later */
/* typical.h - how runs end, and for each ending the typical run and the commonest orders of events.
 *
 * The typical run of an ending is its medoid: among the first TYPICAL_COMPARED runs, the one with the smallest sum of distances to the
 * others (Kaufman & Rousseeuw 1987, Clustering by means of medoids). A medoid is a run that was simulated, so it can be replayed and
 * explained, which a mean of runs cannot.
 *
 * The distance between two runs is measured in events: the k-th firing of a clock counts 1 where only one run has it, otherwise the
 * difference of its months divided by half the horizon, at most 1. Example, horizon 24: {relief at 3, exit at 10} and {exit at 16} have
 * distance 1 + 6 / 12 = 1.5. It resembles the distance of spike trains of Victor & Purpura (1996, J. Neurophysiol. 76); with theirs, where
 * moving an event may cost as much as deleting it and adding another (2), the medoid would be a run in which hardly anything happens. */
#ifndef FOOTHOLD_TYPICAL_H
#define FOOTHOLD_TYPICAL_H
#include "sim/analysis/answer.h"
#include "sim/engine/play.h"

enum { TYPICAL_COMPARED = 512, TYPICAL_ORDERS = 3, TYPICAL_ENDINGS = 1024 };

/* A sequence of events in order: the clocks that fired, or n_clocks + base * n_states + state where a model decides. */
struct typical_order {
    uint32_t *label;
    size_t n;
    struct estimate share; /* of the runs compared */
};

struct typical_factor { /* a lever or an event */
    uint32_t factor;
    struct estimate here, all; /* share of runs in which it occurred: of those with this ending, and of all */
};

struct typical_ending {
    const uint32_t *state; /* per base, at the horizon; or by a question: */
    bool yes;
    struct estimate share;
    uint64_t n;          /* runs with this ending */
    uint64_t world, run; /* the typical one */
    double distance;     /* its mean distance to the others, in events */
    size_t n_compared;
    struct typical_order *moves, *all;  /* of moves of bases alone; with levers and events up to the last move */
    size_t n_moves, n_all, n_different; /* n_different: number of distinct orders `all` among the runs compared */
    struct typical_factor *factor;      /* per lever and event, by the difference of their shares, largest first */
};

struct typical {
    struct arena arena;
    const struct plan *plan;
    size_t question; /* SIZE_MAX: endings are the states of the bases at the horizon */
    uint64_t n_runs;
    struct typical_ending *ending; /* the commonest first */
    size_t n_endings;
    struct estimate rest;                                    /* share of those beyond TYPICAL_ENDINGS */
    struct typical_class *class;                             /* while runs are added */
    uint64_t tried[REPLICATES], left_out[REPLICATES], *came; /* [factor * REPLICATES + replicate] */
    uint32_t *state;                                         /* scratch: per base */
    bool *seen;                                              /* scratch: per lever or event, whether it occurred */
};

void typical_init(struct typical *typical, const struct plan *plan, size_t question);
void typical_add(struct typical *typical, const struct play_recorded *recorded);

/* Compute the endings from the runs added, at most `most` of them. */
void typical_finish(struct typical *typical, size_t most);
void typical_free(struct typical *typical);
#endif
