/* SPDX-License-Identifier: GPL-3.0-or-later */
/* story.h - the explanation of one run: what happened in order, what each event changed, and why bases moved or stayed.
 *
 * A clock fires when its integrated hazard along this run reaches its threshold E, an Exp(1) number: 1 - exp(-E) was the probability of
 * having fired by then. For a clock that has not fired, the hazard it has integrated so far takes the place of E. Example: rate 0.1 a month for
 * 10 months, ratio 2 throughout: 1 - exp(-2) = 86 %. */
#ifndef FOOTHOLD_STORY_H
#define FOOTHOLD_STORY_H
#include "sim/engine/history.h"
#include "sim/engine/replay.h"

/* A change of a clock's hazard ratio, frailties excluded. Either may be 0: the clock is disabled. */
struct story_change {
    uint32_t clock;
    double before, after;
};

/* Something that multiplies a clock's ratio. */
struct story_reason {
    enum story_why {
        STORY_OWN,       /* the base's own ratio */
        STORY_BALANCE,   /* of the actors, as it stood at the start */
        STORY_ON,        /* a lever or an event that is on */
        STORY_OTHERWISE, /* one that has not occurred yet */
        STORY_COUPLING,  /* the state of another base */
        STORY_FRAILTY    /* the random hazard ratio that bases share */
    } why;
    uint32_t which; /* factor, condition, dependence */
    double ratio;
};

struct story_event {
    struct event what;
    double
        likely; /* probability that it had fired by then; NAN: not applicable (a certain date, an ending, a model that decides) */
    double rate;  /* baseline hazard per month when it fired; NAN: not applicable, or a date distribution */
    double ratio; /* the product of the reasons; NAN: not applicable */
    struct story_reason *reason;
    struct story_change *change;
    size_t n_reasons, n_changes;
};

/* A transition that could have moved a base on from its last state, and did not. */
struct story_rival {
    uint32_t clock;
    double likely; /* probability of having fired by the horizon; NAN: it has a fixed month */
    double ratio;  /* at the horizon */
};

struct story_base {
    uint32_t state;
    double since; /* month */
    struct story_rival *rival;
    size_t n_rivals;
};

struct story {
    struct arena arena;
    const struct plan *plan;
    uint64_t world, run;
    struct story_event *event;
    size_t n_events;
    struct story_base *base; /* per base */
};

/* Explain a run that was just replayed. Free with story_free. */
void story_init(struct story *story, const struct replay *replay, uint64_t world, uint64_t run);
void story_free(struct story *story);
#endif
