/* agenda.h - what several scenarios can be asked alike: the same question at the same date.
 *
 * A question is asked of the bases that all scenarios have, at the earliest of the dates that they ask it for, and never
 * before the last of them starts; in those that start earlier, of the histories in which these bases are still held then.
 * Beside the questions, the state of each such base at the last date that all of them play. */
#ifndef FOOTHOLD_AGENDA_H
#define FOOTHOLD_AGENDA_H
#include "sim/plan/model.h"
#include "sim/plan/plan.h"
#include "sim/scenario/scenario.h"

struct agenda_item {
    const char *id, *text;
    const char *base, *state;       /* of a base's state: which; else NULL */
    double day;                     /* since 1970-01-01 */
    double month;                   /* after the first scenario's start */
    size_t rank;                    /* place in the first scenario's file; states come after questions */
    struct question asked;          /* but for its month */
    double asked_month, asked_from; /* as one scenario has it: that month after that day */
};

struct agenda_left_out {
    const char *id, *why;
};

struct agenda {
    struct pool pool;
    struct agenda_item *item; /* by id */
    size_t n;
    struct agenda_left_out *left_out; /* questions that cannot be compared */
    size_t n_left_out;
    double start, end; /* days: the last start, the first end */
    const char **base; /* that all have */
    size_t n_bases;
    bool same_start;
    struct tables tables; /* of all plans compiled for it, which it must outlive */
};

/* The scenarios (two or more, without mistakes) must outlive the agenda. Free with agenda_free. */
void agenda_make(struct agenda *agenda, const struct scenario *const *scenario, size_t n);
void agenda_free(struct agenda *agenda);

/* The place of the item that the first scenario asks first. */
size_t agenda_first(const struct agenda *agenda);

/* A plan that answers the agenda's questions, in its order, for a scenario of these or a blend of them, whose questions are
 * replaced. NULL with diagnostics when it does not compile. */
struct plan *agenda_compile(struct agenda *agenda, struct scenario *scenario, struct diag *diag);
#endif
