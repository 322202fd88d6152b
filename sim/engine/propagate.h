/* SPDX-License-Identifier: GPL-3.0-or-later */
/* propagate.h - the conditional estimator: what bases do along given courses of levers and events, computed.
 *
 * Along a step of a course p' = p Q with Q constant, so p(t + h) = p(t) exp(Q h), by its Taylor series up to where the terms
 * left out are below 1e-7 in all. Only the month of a first loss or deal is drawn, one from its distribution along each
 * course (tally_place). Asmussen & Glynn (2007), Stochastic Simulation, V.4 (conditional Monte Carlo).
 *
 * As many courses as a row has numbers are followed at once; where one ends, the next begins. What comes of one does not depend
 * on the others, which may be of other worlds. */
#ifndef FOOTHOLD_PROPAGATE_H
#define FOOTHOLD_PROPAGATE_H
#include "sim/engine/rate_path.h"
#include "sim/engine/world_stats.h"
#include "sim/engine/stream.h"
#include "sim/engine/tally.h"
#include "sim/engine/world.h"

struct propagate_simd;

struct propagate_world { /* neighbouring runs of one world */
    uint64_t index;
    uint32_t first, n;
};

struct propagate_lane {                    /* what is being followed in it */
    const struct rate_path_run *rate_path; /* NULL: nothing more */
    size_t run, step;                      /* step: so many are done */
    uint32_t next_stop, stretch;           /* stretch: whose speeds it has, UINT32_MAX: of none */
};

/* What is kept of each counter of losses and deals in each round, that is, in a step of each lane's course: its value at the end of
 * the step; its speed, a month, at both ends; and the mean over the step of its growth since the beginning. */
enum { PROPAGATE_BY, PROPAGATE_FIRST_SPEED, PROPAGATE_LAST_SPEED, PROPAGATE_MEAN_GROWTH, PROPAGATE_TIMES };

/* A row has RATE_PATH_LANES numbers, one for each lane, a wide row RATE_PATH_RUNS, one for each run. A float is enough for what is
 * followed (rate_path.h). */
struct propagation {
    const struct plan *plan;
    const struct chain *chain;
    const struct propagate_simd *simd;
    struct rate_path rate_path;
    struct propagate_world world[RATE_PATH_RUNS];
    uint32_t n_worlds, n_runs;
    uint32_t world_of[RATE_PATH_RUNS];
    uint32_t order[RATE_PATH_RUNS]; /* the runs, the longest courses first */
    double *in_world;               /* per rate: its couplings, in the world taken up last */
    double boost;                   /* the greatest of them */
    uint64_t index;                 /* its number */
    float *by_world;                /* [world * n_rates + rate]: likewise, of all worlds taken up */
    /* wide rows that the caller fills in, for each run it adds: */
    double *came;     /* [factor] the month it first came */
    double *as_drawn; /* [question] about a lever or event, as drawn */
    double *answer;   /* [question] likewise, its probability; of others the result */
    /* rows, of the group being followed: */
    struct propagate_lane lane[RATE_PATH_LANES];
    float *length, *speed;            /* of the step being taken; per clock */
    float *factor, *rate, *exit_rate; /* per rate; per node: how fast it is left */
    float *p, *term, *next, *sojourn,
        *mean;    /* per node: probability; terms of its series; months spent there (propagate_simd.h) */
    float *count; /* per counter, so far */
    float *shown; /* per base and state of the group */
    /* of all groups: */
    float
        *times; /* [times_of[group] + (round * PROPAGATE_TIMES + which) * n_times of the group + counter], a row each */
    size_t *times_of, n_times, times_capacity; /* in rows */
    struct propagate_begun {                   /* [group * RATE_PATH_RUNS + run]: its first round, and its lane */
        uint32_t round, lane;
    } * began;
    struct
        propagate_place { /* per base, then of all in each group: its loss among the group's counters; its deal is the next */
        uint32_t group, counting;
    } * place;
    /* wide rows: */
    double *asked;   /* [(stop * n_groups + group) * n_asked]: COUNT_ASKED by a stop */
    double *matches; /* [question * (n_bases + 1) + k]: k of its bases are as asked; the last question: are held */
    double *state;   /* [base * n_states + state] at the horizon */
    double *uniform; /* for the months of losses and deals */
    double *weight;  /* [group], the last for all: the probability that what is given came true; 1 where nothing is */
    uint8_t **hits; /* per group: [question * n_nodes + node], how many of its bases are as asked there; as `matches` */
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

/* Take up a world whose coefficients are settled. */
void propagate_set_world(struct propagation *propagation, const struct world *world, uint64_t index);

/* Begin the course of a run of that world, and return its place; once it is written, keep it. One that is not kept is written
 * over. */
size_t propagate_begin_run(struct propagation *propagation);
void propagate_keep_run(struct propagation *propagation, const struct stream *stream);

/* Follow the bases along the courses kept. */
void propagate_paths(struct propagation *propagation);

/* Count what came of the courses of a world. */
void propagate_tally(struct propagation *propagation, const struct propagate_world *world, struct tally *tally,
                     struct world_stats_column *column);
#endif
