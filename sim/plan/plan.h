/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.h - a scenario compiled for simulation: names resolved to indices, everything that can happen as a clock.
 *
 * A clock is a base's transition, a lever or an event; it fires when its integrated hazard reaches an Exp(1) threshold. Its hazard is a
 * baseline times the product of the hazard ratios in force. A ratio is applied by a link, which is on while its switch is on: switches
 * belong to levers and events (on, or not yet occurred) and to couplings (a base is in a set of states).
 *
 * "Factor" here means a lever or an event; factors are clocks 0 to n_factors - 1, and the transitions of each base follow.
 *
 * A plan is constant once compiled; any thread may read it. Strings belong to the scenario, which must outlive the plan. Arrays are
 * sorted by id, so that the order in a file changes no result. Months count from as_of; rates are per month. */
#ifndef FOOTHOLD_PLAN_H
#define FOOTHOLD_PLAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sim/math/tables.h"

struct diag;
struct chain;
struct distribution;
struct gamma;
struct model;
struct scenario;

enum { PLAN_MAX_STATES = 64 };

struct key128 { /* names a stream of random numbers: the first half of a SHA-256 */
    uint64_t word[2];
    uint32_t coordinate; /* index among the streams that are drawn from at least once in every world */
};

struct span { /* [first, first + n) of an array, which the comment names */
    uint32_t first, n;
};

/* An index into value[], the numbers of one world: constants, and the uncertain inputs drawn for it. */
typedef uint32_t slot_t;
#define NO_SLOT UINT32_MAX

struct plan_input {
    const char *path, *tag; /* tag may be NULL */
    slot_t slot;
    struct distribution *distribution;
    struct key128 key;
};

struct plan_drawn { /* a distribution drawn in every run: a date or a duration */
    const char *path;
    const struct distribution *distribution;
};

struct plan_step { /* a rate that applies from a month on */
    double from;
    slot_t rate;
};

/* A clock's baseline hazard as a function of time. */
enum baseline {
    BASELINE_RATE, /* step[]: piecewise constant, times scale */
    BASELINE_ODDS, /* the constant rate that fires with probability value[chance] within value[within] months */
    BASELINE_DATE, /* cumulative hazard -ln(1 - chance G(t)), G the cdf of the date distribution */
    BASELINE_AT    /* at month value[at] */
};

struct plan_clock {
    const char *id;   /* of the transition, lever or event */
    const char *name; /* of its random stream: "debt_relief", "exit@tartus" */
    struct key128 key, key_lasts, key_tie;
    bool moves_base; /* a base's transition; else a lever or an event */
    uint32_t
        rank; /* of the clocks that fire in the same month the smallest goes first, equal ones in random order (order.c) */
    enum baseline baseline;
    struct span steps; /* in step[] */
    double scale;
    slot_t chance, within, at; /* chance may be NO_SLOT: certain */
    struct distribution *date;
    /* transitions */
    uint32_t base, transition, to;
    uint64_t from;    /* bit s: can fire in state s */
    slot_t own, pull; /* base's own ratio; NO_SLOT: 1, or no pull */
    /* levers and events */
    uint32_t factor;
    struct distribution *lasts; /* NULL: for good */
    bool recurs;
    bool steady;                     /* nothing influences it: its firing time is known at the start of a run */
    struct span requires, frailties; /* in index[]: factors, dependences */
    struct span unlocks;             /* in index[]: clocks that require it */
    struct span incoming;            /* in incoming[]: links that change its ratio */
};

/* A switch is on or off and multiplies the ratios of clocks while it is on. */
enum { SWITCH_ON, SWITCH_OTHERWISE, SWITCHES_A_FACTOR }; /* of factor f: f * SWITCHES_A_FACTOR + one of these */

struct plan_link { /* the influence of a switch on one clock: the product of its terms */
    uint32_t from_switch, clock;
    struct span terms; /* in term[] */
};

struct plan_term {
    slot_t ratio;   /* a hazard ratio; with an actor, the shift of its position in points */
    uint32_t actor; /* UINT32_MAX: none */
};

struct plan_condition { /* of a coupling: its switch is on while the base's state is in the set */
    uint32_t base, its_switch;
    uint64_t states;
};

struct plan_actor {
    slot_t capability, salience, position;
};

struct plan_dependence {
    const char *id;
    slot_t variance;
    struct key128 key;
    const struct gamma *gamma;
};

struct plan_question {
    const char *id, *text;
    double month;
    uint32_t *base; /* the bases it asks about */
    uint32_t n_bases;
    uint64_t states;     /* any of these */
    uint32_t at_least;   /* this number of bases */
    bool computed;       /* of a lever or event: by the conditional estimator, given the other levers and events */
    bool of_clock;       /* otherwise: has this clock fired by then */
    uint32_t factor;     /* a lever or event; or UINT32_MAX: */
    uint32_t transition; /* a transition of any base */
    uint32_t counting;   /* of a transition: index of its COUNT_ASKED in the chain */
    uint32_t rank;       /* position in the file */
};

struct plan_base {
    const char *id, *label;
    struct key128 key_decision, key_month; /* streams of models that decide a base's fate at once */
    uint32_t initial;
    struct span clocks;     /* in clock[] */
    struct span conditions; /* in condition[] */
};

struct plan_factor { /* a lever or an event */
    const char *id;
    bool is_lever;
    uint32_t clock;
};

/* A condition on histories at a month; those that do not meet it are not counted (conditional probabilities). */
struct plan_given {
    double month;
    uint32_t *base;   /* each of these bases is, at that month, */
    uint64_t *states; /* in one of these states (a set per such base) */
    uint32_t *absent; /* levers and events (factors) that have not occurred by that month */
    uint32_t n_bases, n_absent;
};

static inline bool plan_is_conditioned(const struct plan_given *given)
{
    return given->n_bases || given->n_absent;
}

/* A value for one of the model's own fields, for one base. */
struct plan_setting {
    slot_t slot;                /* FIELD_QUANTITY */
    struct distribution *month; /* FIELD_MONTH, or NULL */
    uint32_t state;             /* FIELD_STATE, or UINT32_MAX */
    slot_t *by_factor;          /* FIELD_BY_CLOCK: n_factors, NO_SLOT where left out */
};

struct plan {
    struct arena arena;
    struct tables tables; /* used unless the caller shares its own */
    const struct scenario *scenario;
    const struct model *model;
    double horizon;
    struct key128 key_shared;  /* stream that such a model shares between bases */
    struct key128 *coordinate; /* every stream with a coordinate, those of inputs first, in their order */
    struct plan_input *input;
    struct plan_drawn *drawn; /* as compiled */
    double *value;            /* the constants in their slots, 0 in those of inputs */
    struct plan_clock *clock; /* factors first, each at its own number, then each base's transitions */
    struct plan_step *step;
    struct plan_link *link;    /* by switch, then clock */
    struct span *switch_links; /* per switch, in link[] */
    struct plan_term *term;
    uint32_t *index, *incoming;
    struct plan_condition *condition; /* by base */
    struct plan_actor *actor;
    struct plan_dependence *dependence;
    struct plan_question *question;
    struct plan_base *base;
    struct plan_factor *factor;
    struct plan_setting *setting;     /* [field * n_bases + base] */
    const char **state, **transition; /* ids */
    uint64_t held, deal, final;       /* sets of states */
    size_t n_inputs, n_drawn, n_values, n_clocks, n_steps, n_links, n_terms, n_indices, n_conditions, n_actors,
        n_dependences, n_questions, n_bases, n_factors, n_states, n_transitions, n_switches, n_coordinates;
    /* correlated inputs: z = cholesky * independent normals (lower triangle, by rows) */
    uint32_t *correlated;
    double *cholesky;
    size_t n_correlated;
    size_t n_stated, n_reading, n_guess, n_untagged;
    bool answers_only; /* only the answers to questions are counted, no curves, times or states */
    struct plan_given given;
    struct chain *chain;   /* the bases' Markov chain given levers and events; NULL: bases can only be drawn, */
    const char *why_drawn; /* for this reason */
};

/* Compile a scenario for a model. Mistakes that show only now (a distribution outside the range of its field, unknown ids ...) go to
 * diag. A scenario with mistakes may be compiled to find more of them. NULL when there were errors; free with plan_free. */
struct plan *plan_compile(const struct scenario *scenario, const struct model *model, struct diag *diag);
void plan_free(struct plan *plan);

/* What is known at a month: each of n_bases bases is in the state named for it (NULL: is held), and none of n_absent levers and events
 * has occurred. Ids of the scenario, which must exist. */
struct known_then {
    double month;
    const char *const *base;
    const char *const *state; /* n_bases; NULL: all are held */
    size_t n_bases;
    const char *const *absent;
    size_t n_absent;
};

/* The same for a plan that answers its questions and nothing else, conditional on what is known (NULL: unconditional). tables: owned by
 * the caller and shared between several plans, or NULL. */
struct plan *plan_compile_answers(const struct scenario *scenario, const struct model *model,
                                  const struct known_then *known, struct tables *tables, struct diag *diag);

/* The key of a named stream. */
struct key128 plan_key(const char *name);

static inline double plan_value(const double *value, slot_t slot, double fallback)
{
    return slot == NO_SLOT ? fallback : value[slot];
}
#endif
