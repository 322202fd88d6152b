/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer.h - the results of a run: every estimate with its standard error, chance separated from input uncertainty.
 *
 * Plain data, ready for reports; NAN means "not applicable". Ids and texts belong to the scenario. */
#ifndef FOOTHOLD_ANSWER_H
#define FOOTHOLD_ANSWER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "sim/system/memory.h"

struct estimate {
    double value, se; /* se: Monte Carlo standard error, for the design of worlds used */
    uint64_t n;       /* runs behind it */
};

enum { ANSWER_LEVELS = 3 };
extern const double answer_level[ANSWER_LEVELS]; /* 0.05, 0.5, 0.95 */

/* The distribution of a probability over worlds, corrected for the noise of finitely many runs a world. */
struct answer_spread {
    double quantile[ANSWER_LEVELS], se[ANSWER_LEVELS]; /* NAN with fewer than two worlds */
    double sd_epistemic, sd_se;                        /* of the conditional probability */
    bool measurable; /* the variance over worlds is above twice its error; else quantiles are the probability itself */
    double sd_aleatory; /* of one run's outcome within a world */
};

struct answer_question {
    const char *id, *text; /* text: never NULL, may be "" */
    double month;
    struct estimate p;
    struct answer_spread spread;
};

/* Months until something first happens; censored at the horizon. */
struct answer_time {
    struct estimate by_horizon;                        /* probability that it happens within the horizon */
    double quantile[ANSWER_LEVELS], se[ANSWER_LEVELS]; /* NAN: not reached within the horizon */
    struct estimate mean;                              /* months, given that it happens within the horizon */
};

struct answer_place { /* one base, or all of them */
    const char *id, *name;
    struct estimate *state;       /* per state, at the horizon; NULL for `all` */
    struct answer_spread *spread; /* per state, at the horizon; NULL for `all` */
    struct answer_time loss;      /* first month not held; for `all`: the first base lost */
    struct answer_time deal;      /* first month in a deal state; for `all`: the first base */
    struct estimate *occupancy;   /* [state * n_months + month] */
    struct estimate *incidence;   /* [transition * n_months + month]: has happened at least once by then */
};

struct answer_factor { /* a lever or an event */
    const char *id;
    bool is_lever;
    struct { /* per question, by its month; NAN where nothing can be said */
        struct estimate comes, if_comes, if_not, difference;
    } * by_question;
};

/* An uncertain input and its first-order sensitivity index on each question: Var(E[p | input]) / Var(p). */
struct answer_driver {
    const char *path, *tag; /* tag may be NULL */
    double *index, *se;     /* per question; NAN where Var(p) is not measurable */
};

struct answer {
    const char *scenario_id, *analyst_id, *title; /* none NULL */
    const char *name;                             /* among others: the scenario's id, or that of a batch's entry */
    const char *model, *as_of;                    /* as_of: YYYY-MM-DD */
    double horizon;
    uint64_t n_worlds, n_runs; /* runs a world */
    uint64_t n_draws;          /* runs in total */
    bool complete;             /* false: stopped by a signal; the results are of the runs before it */
    bool computed;             /* bases are computed given levers and events; otherwise drawn */
    const char *why_drawn;     /* why it could not be computed; NULL: it could */
    uint64_t n_too_fast;       /* runs drawn where the others are computed: transitions fire too fast in them */
    const char *fastest;       /* the fastest of these, "exit@port"; NULL: there are none */
    double fastest_rate;       /* a month; NAN: there are none */
    size_t n_questions, n_states, n_bases, n_transitions, n_factors, n_inputs, n_months;
    struct answer_question *question; /* by id, as in every table */
    size_t *asked;                    /* indices of the questions in the order of the scenario file, for readers */
    const char **state;               /* ids, worst to best for the guest */
    const char **transition;          /* ids */
    bool *held;                       /* per state */
    double *month;                    /* the grid of the curves */
    struct answer_place *base;
    struct answer_place all;
    struct estimate *bases_held; /* n_bases + 1: probability that exactly so many are held at the horizon */
    struct answer_factor *factor;
    struct answer_driver *driver;
    size_t n_stated, n_reading, n_guess, n_untagged; /* numbers of the scenario, by tag */
    bool has_deal;                                   /* some state is a deal */
    struct arena arena;
};

/* The question of an id; NULL: it asks none. */
static inline const struct answer_question *answer_find(const struct answer *answer, const char *id)
{
    for (size_t i = 0; i < answer->n_questions; i++)
        if (strcmp(answer->question[i].id, id) == 0)
            return &answer->question[i];
    return NULL;
}
#endif
