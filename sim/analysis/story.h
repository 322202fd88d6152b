/* SPDX-License-Identifier: GPL-3.0-or-later */
/* story.h - one run told: what happened in order, what each thing changed, and why bases moved or stayed.
 *
 * A clock rings when its hazard, as things went, has used up its threshold E, an Exp(1) number: 1 - exp(-E) is how likely it
 * was to have rung by then. One that has not rung has used up less, and is as likely to have rung as that says. */
#ifndef FOOTHOLD_STORY_H
#define FOOTHOLD_STORY_H
#include "sim/engine/history.h"
#include "sim/engine/replay.h"

/* A clock's ratio, frailties apart, is no longer what it was. Either may be 0: it cannot ring meanwhile. */
struct story_change {
    uint32_t clock;
    double before, after;
};

/* Something that multiplies a clock's ratio. */
struct story_reason {
    enum story_why {
        STORY_OWN,       /* the base's own ratio */
        STORY_BALANCE,   /* of the actors, as it stood at the start */
        STORY_ON,        /* a lever or an event that has come */
        STORY_OTHERWISE, /* one that has not */
        STORY_COUPLING,  /* where another base stands */
        STORY_FRAILTY    /* what chance gave all bases in common */
    } why;
    uint32_t which; /* factor, condition, dependence */
    double ratio;
};

struct story_event {
    struct event what;
    double likely; /* that it had rung by then; NAN: nothing to say (a certain date, an ending, a model that decides) */
    double rate;   /* when it rang, a month, before its ratio; NAN likewise, or where it goes by a date */
    double ratio;  /* the product of the reasons; NAN: nothing to say */
    struct story_reason *reason;
    struct story_change *change;
    size_t n_reasons, n_changes;
};

/* What could have moved a base on from where it ended, and has not. */
struct story_rival {
    uint32_t clock;
    double likely; /* to have rung by the horizon; NAN: it goes by its month alone */
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

/* Tell a run that was just replayed. Free with story_free. */
void story_init(struct story *story, const struct replay *replay, uint64_t world, uint64_t run);
void story_free(struct story *story);
#endif
