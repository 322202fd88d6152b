/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compiler.h - the state of compiling a scenario into a plan, and the steps in order. Internal to the plan folder.
 *
 * plan_compile (compile.c) calls the steps. They report mistakes and continue, so that one call finds all. What several steps
 * need stands below them: names (lookup.h) and quantities (value.h). */
#ifndef FOOTHOLD_COMPILER_H
#define FOOTHOLD_COMPILER_H
#include "sim/plan/distribution.h"
#include "sim/plan/plan.h"
#include "sim/text/diag.h"
#include "sim/scenario/scenario.h"

struct id_list { /* sorted ids, each with its index in the scenario's array */
    const char **id;
    uint32_t *original;
    size_t n;
};

struct tables;

struct pending_term { /* a term of a link that is not built yet */
    uint32_t from_switch, clock;
    struct plan_term term;
    const char *path;
};

struct compiler {
    const struct scenario *scenario;
    struct plan *plan;
    struct diag *diag;
    struct arena *arena; /* the plan's */
    struct tables *tables;
    struct id_list bases, transitions, factors, actors, states, parameters, dependences;
    slot_t *parameter_slot; /* per shared parameter; NO_SLOT until something needs it */
    bool *parameter_used;
    struct distribution **parameter;
    const struct note *note; /* basis of the entity being compiled, which applies to numbers that state none */
    size_t value_capacity, input_capacity, drawn_capacity, step_capacity, term_capacity;
    struct pending_term *pending;
    size_t n_pending;
};

/* In this order; each is in the file named. */
void compile_clocks(
    struct compiler *compiler); /* clock.c: levers, events, bases, transitions and their baseline hazards */
void compile_links(struct compiler *compiler); /* link.c: effects, moves and couplings as links; requires; frailties */
void compile_order(struct plan *plan);         /* order.c: which of the clocks that fire in the same month goes first */
void compile_questions(struct compiler *compiler);    /* ask.c: questions with their names resolved */
void compile_settings(struct compiler *compiler);     /* setting.c: the model's own fields */
void compile_correlations(struct compiler *compiler); /* correlate.c: the Gaussian copula of correlated inputs */
void compile_warnings(struct compiler *compiler);     /* warn.c: what is valid but probably not intended */
void compile_never(struct compiler *compiler);        /* never.c: what can never happen; called by compile_warnings */
void compile_chain(struct compiler *compiler);        /* chain.c: the bases' joint Markov chain */
void compile_computed(struct plan *plan);             /* ask.c: which questions can be answered by computation */
#endif
