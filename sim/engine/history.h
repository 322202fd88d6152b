/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.h - what happened in one run: when each clock first fired, and the bases' moves in order of time.
 *
 * If events are to be recorded, also all that happened, levers and events coming and going included. */
#ifndef FOOTHOLD_HISTORY_H
#define FOOTHOLD_HISTORY_H
#include <stdbool.h>
#include <stdint.h>
#include "sim/plan/plan.h"

#define HISTORY_NO_CLOCK UINT32_MAX

struct move {
    double month;
    uint32_t base, from, to;
    uint32_t clock; /* which fired, or HISTORY_NO_CLOCK */
    bool first;     /* the first time that clock fired */
};

struct event {
    double month;
    enum event_kind {
        EVENT_COMES, /* a lever or an event */
        EVENT_ENDS,
        EVENT_MOVES /* a base */
    } kind;
    uint32_t which;    /* factor, or base */
    uint32_t from, to; /* states of a base */
    uint32_t clock;    /* which fired (of what ends: had fired), or HISTORY_NO_CLOCK */
};

struct history {
    /* valid for the run just played */
    double *first;   /* per clock: month it first fired, INFINITY if it did not within the horizon */
    bool *on;        /* per factor: in force at the horizon; for models that decide bases (model.h) */
    uint32_t *state; /* per base: at the horizon */
    struct move *move;
    uint32_t n_moves;
    bool overflow;       /* more moves than HISTORY_MAX: the scenario's rates are beyond reason */
    bool recorded;       /* set by the owner: keep all that happens, */
    struct event *event; /* here, in order of time */
    size_t n_events, capacity;
};

enum { HISTORY_MAX = 16384 };

void history_init(struct history *history, const struct plan *plan);
void history_free(struct history *history);
void history_begin(struct history *history, const struct plan *plan);

/* A base goes to a state. Moves need not come in order of time; history_end sorts them. */
void history_move(struct history *history, double month, uint32_t base, uint32_t to, uint32_t clock);
void history_end(struct history *history);

/* Keep what happened; history_record: where it is asked for. */
void history_keep(struct history *history, struct event event);
static inline void history_record(struct history *history, struct event event)
{
    if (history->recorded)
        history_keep(history, event);
}

/* A base's state at a month, moves at that very month included. */
uint32_t history_state(const struct history *history, const struct plan *plan, uint32_t base, double month);
#endif
