/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compile.h - the steps of compiling a scenario into a plan. Internal to the plan folder. */
#ifndef FOOTHOLD_COMPILE_H
#define FOOTHOLD_COMPILE_H
#include "sim/plan/distribution.h"
#include "sim/plan/plan.h"
#include "sim/text/diag.h"
#include "sim/scenario/scenario.h"

struct id_list { /* ids in alphabetical order, each with its index in the scenario's array */
    const char **id;
    uint32_t *original;
    size_t n;
};

struct tables;

struct pending_term { /* a term on its way into a link */
    uint32_t from_switch, clock;
    struct plan_term term;
    const char *path;
};

struct compiler {
    const struct scenario *scenario;
    struct plan *plan;
    struct diag *diag;
    struct arena *arena;
    struct tables *tables;
    struct id_list bases, transitions, factors, actors, states, parameters, dependences;
    slot_t *parameter_slot;
    bool *parameter_used;
    struct distribution **parameter;
    const struct note
        *note; /* of the entity being compiled: what its numbers do not say themselves, it says for them */
    size_t value_capacity, input_capacity, drawn_capacity, step_capacity, term_capacity;
    struct pending_term *pending;
    size_t n_pending;
};

/* What may stand in a field. */
struct range {
    double low, high;
    bool above_low;   /* low itself is out */
    const char *what; /* "a probability" */
    const char *hint;
};
extern const struct range range_probability, range_rate, range_ratio, range_score, range_months, range_month,
    range_points, range_variance;

/* The slot of a quantity, NO_SLOT when absent or wrong. Told when it does not fit. */
slot_t compile_value(struct compiler *compiler, const struct quantity *quantity, const struct range *range);

/* The distribution of a quantity that is drawn once a run. */
struct distribution *compile_distribution(struct compiler *compiler, const struct quantity *quantity,
                                          const struct range *range);
void compile_parameters(struct compiler *compiler);

/* Whether something stands in the scenario's own file, or is set above it, and not in a file that it extends. */
bool compile_is_own(const struct scenario *scenario, struct place place);

/* Index in a list by id, or -1. */
long compile_find(const struct id_list *list, const char *id);

/* The same, told with the nearest known id when there is none. what: "state", "base" ... */
long compile_require(struct compiler *compiler, const struct id_list *list, struct name name, const char *path,
                     const char *what);

/* A state's bit, or the held or lost ones; 0 and told when it is none. */
uint64_t compile_states(struct compiler *compiler, struct name name, const char *path);

void compile_clocks(struct compiler *compiler);       /* clock.c: factors, bases, transitions and their baselines */
void compile_links(struct compiler *compiler);        /* link.c: effects, moves, couplings into links; requires */
void compile_order(struct plan *plan);                /* order.c: which of clocks that fire at once goes first */
void compile_correlations(struct compiler *compiler); /* correlate.c */
void compile_questions(struct compiler *compiler);    /* ask.c */
void compile_computed(struct plan *plan);             /* likewise: which questions can be computed */
void compile_settings(struct compiler *compiler);     /* setting.c: the model's own fields */
void compile_chain(struct compiler *compiler);        /* chain.c */
void compile_never(struct compiler *compiler);        /* never.c: what can never happen */
void compile_warnings(struct compiler *compiler);     /* warn.c: what is allowed but hardly meant */
#endif
