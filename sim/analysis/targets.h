/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets.h - what several scenarios can be compared on: the same question at the same date.
 *
 * A question is about the bases that all scenarios have, at the earliest of the dates that they ask it for, and never before the last of
 * them starts. Scenarios that start earlier are conditioned on the situation in which the last one starts, so that all answer from the same
 * information: with GIVEN_START each of these bases is, at that date, in its initial state there, and none of the levers and events has
 * occurred that can still occur there (those that recur, or are in force there from the start, are left open); with GIVEN_HELD these bases are
 * held, in whatever state.
 *
 * Besides the questions, the state of each such base at the last date that all of them simulate. */
#ifndef FOOTHOLD_TARGETS_H
#define FOOTHOLD_TARGETS_H
#include "sim/plan/model.h"
#include "sim/plan/plan.h"
#include "sim/scenario/scenario.h"

struct target {
    const char *id, *text;
    const char *base, *state;       /* of a base's state: which; else NULL */
    double day;                     /* since 1970-01-01 */
    double month;                   /* after the first scenario's start */
    size_t rank;                    /* position in the first scenario's file; states come after questions */
    struct question asked;          /* but for its month */
    double asked_month, asked_from; /* as one scenario has it: that month after that day */
};

enum agenda_given { GIVEN_START, GIVEN_HELD };

struct target_left_out {
    const char *id, *why;
};

struct targets {
    struct arena arena;
    struct target *item; /* by id */
    size_t n;
    struct target_left_out *left_out; /* questions that cannot be compared */
    size_t n_left_out;
    double start, end; /* days: the last start, the first end */
    const char **base; /* that all have */
    size_t n_bases;
    bool same_start;
    enum agenda_given given;
    const struct scenario *last; /* the one that starts last, whose start the others are conditioned on */
    const char **state;          /* per base: where it begins there */
    const char **absent;         /* levers and events that can still occur there */
    size_t n_absent;
    struct tables tables; /* of all plans compiled for it, which it must outlive */
};

/* The scenarios (two or more, without mistakes) must outlive the targets. Free with targets_free. */
void targets_make(struct targets *targets, const struct scenario *const *scenario, size_t n, enum agenda_given given);
void targets_free(struct targets *targets);

/* Places of the items in the order of the first scenario's file, states by base after questions. The pool holds them. */
size_t *targets_order(struct arena *arena, const struct targets *targets);

/* A plan that answers the targets' questions, in its order, for a scenario of these or a blend of them, whose questions are
 * replaced. NULL with diagnostics when it does not compile. */
struct plan *targets_compile(struct targets *targets, struct scenario *scenario, struct diag *diag);

/* Conditioning on less than this share of a scenario's histories is refused: the rest is not representative of it. */
#define AGENDA_LEAST_KEPT 0.01
#endif
