/* SPDX-License-Identifier: GPL-3.0-or-later */
/* propagate.h - the conditional estimator: probabilities of the bases along given rate paths, computed.
 *
 * Along one step of a rate path the generator Q is constant, so p(t + h) = p(t) exp(Q h). It is evaluated by its Taylor series
 *
 *     p exp(Q h) = sum over k of term_k,   term_0 = p,   term_k = term_{k-1} Q h / k,
 *
 * cut where the remainder is below 1e-7: with m the fastest exit rate of a node, |Q h| <= 2 m h in the 1-norm, so what is left
 * after term k is at most |term_k| r / (1 - r) with r = 2 m h / (k + 1) < 1. Steps are so short that m h is at most 1/2, and at most 2
 * where couplings multiply hazards (rate_path.h), which keeps the series free of cancellation. Scaling and squaring would
 * need the matrix exp(Q h); uniformisation (Jensen 1953, Markoff chains as an aid in the study of Markoff processes, Skand.
 * Aktuarietidskr. 36) is the same series for Q + m I, without negative terms, and could take longer steps of more terms.
 *
 * The time spent in each node during the step, which counting processes need (chain.h), is the integral of the same series: sum over k
 * of term_k h / (k + 1).
 *
 * Example. One base, exit at 0.1 a month, h = 1: the terms of its first state, 1, -0.1, 0.005, -0.000167 ..., add up to
 * 0.904837 = exp(-0.1).
 *
 * Layout. RATE_PATH_LANES rate paths are propagated side by side: a row has one float a lane, so that every operation is a vector
 * operation, and where a path ends the next takes its lane. What comes of one path does not depend on its neighbours, which may be
 * of other worlds. Floats are enough: see rate_path.h.
 *
 * Only the month of a first loss or deal is drawn, one from its distribution along each rate path (tally_place).
 *
 * Order of work. Set a world; begin a run of it, let a path simulate it, and keep it; propagate all paths kept; tally them, a
 * world at a time, in fixed point, so that sums are the same in any order; clear. */
#ifndef FOOTHOLD_PROPAGATE_H
#define FOOTHOLD_PROPAGATE_H
#include "sim/engine/path.h"
#include "sim/engine/rate_path.h"
#include "sim/engine/tally.h"
#include "sim/engine/world_stats.h"

struct propagate_simd;

struct propagate_world { /* neighbouring runs of one world */
    uint64_t index;
    uint32_t first, n;
};

struct propagate_lane {                    /* the path that is propagated in it */
    const struct rate_path_run *rate_path; /* NULL: nothing more */
    size_t run, step;                      /* step: so many are done */
    uint32_t next_stop, stretch;           /* stretch: whose hazards it has, UINT32_MAX: of none */
};

/* What is kept of each counting process of losses and deals in each round, that is, in a step of each lane's path: its value at the
 * end of the step; its speed, per month, at both ends; and the mean over the step of its growth since the step began. */
enum { PROPAGATE_BY, PROPAGATE_FIRST_SPEED, PROPAGATE_LAST_SPEED, PROPAGATE_MEAN_GROWTH, PROPAGATE_TIMES };

/* A row has RATE_PATH_LANES numbers, one for each lane, a wide row RATE_PATH_RUNS, one for each run. */
struct propagation {
    const struct plan *plan;
    const struct chain *chain;
    const struct propagate_simd *simd;
    struct rate_path rate_path;
    struct propagate_world world[RATE_PATH_RUNS];
    uint32_t n_worlds, n_runs;
    uint32_t world_of[RATE_PATH_RUNS];
    uint32_t order[RATE_PATH_RUNS]; /* the runs, the longest paths first */
    double *in_world;               /* per rate: the product of its couplings' ratios, in the world set last */
    double boost;                   /* the greatest of them */
    uint64_t index;                 /* the number of that world */
    float *by_world;                /* [world * n_rates + rate]: in_world, of all worlds of runs that are kept */
    /* wide rows of what levers and events did in the runs: */
    double *came;     /* [factor] the month it first came; INFINITY: it did not */
    double *as_drawn; /* [question] about a lever or event, as drawn */
    double *answer;   /* [question] its probability */
    /* rows, of the group being propagated: */
    struct propagate_lane lane[RATE_PATH_LANES];
    float *length, *speed;            /* of the step being taken; per clock */
    float *factor, *rate, *exit_rate; /* per rate; per node: the sum of the rates out of it */
    float *p, *term, *next, *sojourn,
        *mean;    /* per node: probability; terms of its series; months spent there; their mean (propagate_simd.h) */
    float *count; /* per counting process, so far */
    float *shown; /* per base and state of the group */
    /* of all groups: */
    float
        *times; /* [times_of[group] + (round * PROPAGATE_TIMES + which) * n_times of the group + process], a row each */
    size_t *times_of, n_times, times_capacity; /* in rows */
    struct propagate_begun {                   /* [group * RATE_PATH_RUNS + run]: its first round, and its lane */
        uint32_t round, lane;
    } * began;
    struct
        propagate_place { /* per base, then of all in each group: its loss among the group's counting processes; its deal is the next */
        uint32_t group, counting;
    } * place;
    /* wide rows: */
    double *asked;   /* [(stop * n_groups + group) * n_asked]: COUNT_ASKED by a stop */
    double *matches; /* [question * (n_bases + 1) + k]: k of its bases are as asked; the last question: are held */
    double *state;   /* [base * n_states + state] at the horizon */
    double *uniform; /* for the months of losses and deals */
    double *weight;  /* [group], the last for all: the probability that what is given came true; 1 where nothing is */
    uint8_t **
        hits; /* per group: [question * n_nodes + node], how many of its bases are as asked there; index and count as in `matches` */
    bool *is_asked; /* per stop: by a question about bases */
    uint32_t n_asked;
    /* sums over the runs of a world, in units of 1 / TALLY_ONE, so that they are the same in any order: */
    int64_t *occupancy; /* [((world * n_stops + stop) * n_bases + base) * n_states + state] */
    int64_t *incidence; /* [(world * n_stops + stop) * n_marginalised + clock] */
    double *own;        /* scratch */
};

void propagate_init(struct propagation *propagation, const struct plan *plan);
void propagate_free(struct propagation *propagation);

/* Start with no runs. */
void propagate_clear(struct propagation *propagation);

/* Set the world of the next runs; its coefficients are derived. */
void propagate_set_world(struct propagation *propagation, const struct world *world, uint64_t index);

/* Begin the rate path of a run of that world. When it has been simulated, keep it, with what its levers and events did; a path that
 * is not kept is written over. At most rate_path.most_runs are kept. */
void propagate_begin_run(struct propagation *propagation);
void propagate_keep_run(struct propagation *propagation, const struct path *path, const struct history *history);

/* Propagate the bases along all paths kept. */
void propagate_paths(struct propagation *propagation);

/* Count the outcomes of the paths of one of the worlds kept. */
void propagate_tally(struct propagation *propagation, const struct propagate_world *world, struct tally *tally,
                     struct world_stats_column *column);
#endif
