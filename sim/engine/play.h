/* SPDX-License-Identifier: GPL-3.0-or-later */
/* play.h - the parallel loop: every arm's plan, played on the same random numbers, into tallies.
 *
 * The only user of OpenMP. What is counted depends on the settings alone: not on threads, nor on where it is stopped and
 * how it is cut into blocks. */
#ifndef FOOTHOLD_PLAY_H
#define FOOTHOLD_PLAY_H
#include <signal.h>
#include "sim/engine/world_stats.h"
#include "sim/engine/tally.h"

/* How base trajectories are obtained once lever and event times are known. */
enum estimator {
    ESTIMATOR_AUTO,        /* computed where the plan allows */
    ESTIMATOR_CONDITIONAL, /* computed: needs plan->chain */
    ESTIMATOR_DRAW
};

/* How a base fared in a run that was drawn. */
struct play_draw {
    uint32_t world, run;
    uint16_t base, state; /* at the horizon */
    float lost, deal;     /* first month not held, and in a deal; NAN: not within the horizon */
};

/* A run that was drawn, with all that happened in it. */
struct play_recorded {
    uint64_t world, run;
    const struct event *event; /* in order of time */
    size_t n;
    const bool *yes; /* per question */
};

struct play_settings {
    uint64_t seed;
    uint64_t n_worlds, n_runs; /* runs a world; with a precision n_worlds are the least */
    double precision;          /* stop when the standard error of every question is below; NAN: play n_worlds */
    /* per arm, its plan of answers only: of many worlds that a precision asks for, all but the first PLAY_WHOLE_WORLDS or so are
     * played with it; NULL: none are */
    const struct plan *const *answers;
    enum design_kind design;
    enum estimator estimator;
    int threads;                       /* 0: as many as there are processors */
    const volatile sig_atomic_t *stop; /* non-zero: finish the running blocks and return; may be NULL */
    /* called by one thread, now and then. fraction is of all that is to be played; 0 where that is not known yet; with a
     * precision it may fall, since what is wanted is learnt on the way */
    void (*progress)(void *context, uint64_t n_draws, double fraction);
    /* called for each world, in order, by one thread, with the values of its inputs and its probability of each
     * question; NULL: not wanted. Not with plans of answers only */
    void (*world)(void *context, size_t arm, uint64_t index, const double *input, const double *p);
    /* called in the same way with each world's runs, base after base; NULL: not wanted. Needs ESTIMATOR_DRAW */
    void (*draws)(void *context, size_t arm, const struct play_draw *draw, size_t n);
    /* called in the same way for each run, in order; NULL: not wanted. Needs ESTIMATOR_DRAW */
    void (*recorded)(void *context, size_t arm, const struct play_recorded *recorded);
    void *context;
};

/* Runs of an arm that is computed which were drawn nevertheless: their transitions fire too fast (rate_path.h). */
struct play_too_fast {
    uint64_t n;
    const char *clock; /* the name of the fastest of all in them; NULL: there are none */
    double speed;      /* a month */
};

/* Input uncertainty rests on all worlds, but where the runs of a world are not independent (DESIGN_SOBOL) or so few that their
 * noise hides how probabilities are distributed: then on a sample of its own, of more runs in some of the same worlds. */
struct arm_result {
    struct tally tally;
    struct world_stats world_stats;
    uint64_t world_stats_runs; /* a world, behind spread */
    bool computed;             /* what bases do is; else drawn */
    struct play_too_fast too_fast;
};

struct play_result {
    struct arm_result *arm;
    size_t n_arms;
    uint64_t n_worlds; /* played to their end */
    uint64_t n_draws;  /* a run of every arm */
    int threads;
    bool complete;
    const char *runaway; /* id of a clock in a run that fired more than HISTORY_MAX times; else NULL */
};

void play(struct play_result *result, const struct plan *const *arm, size_t n_arms,
          const struct play_settings *settings);
void play_free(struct play_result *result);

enum { PLAY_MAX_THREADS = 1024, PLAY_WHOLE_WORLDS = 8192 };

/* The most runs that can be counted, and the most of one world that can be kept at a time, or recorded. */
#define PLAY_MAX_RUNS     0x1p34
#define PLAY_MAX_KEPT     1e8
#define PLAY_MAX_RECORDED 1e7

/* How many threads OpenMP would use. */
int play_processors(void);
#endif
