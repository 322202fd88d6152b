/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rate_path.h - what bases meet in a few runs: the rates of their transitions, constant from one month to the next, as levers
 * and events come and go.
 *
 * Written by a walk, one run after the other, for the chain (chain.h) to be followed along RATE_PATH_LANES of them at once. Their
 * numbers are floats: what comes of them is right to six digits, which is more than any of it is known, in half the time of
 * doubles. */
#ifndef FOOTHOLD_RATE_PATH_H
#define FOOTHOLD_RATE_PATH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sim/plan/plan.h"

enum { RATE_PATH_LANES = 16, RATE_PATH_RUNS = 64, RATE_PATH_MAX_STEPS = 4096 /* of a run */ };

struct rate_path {
    uint32_t n_clocks; /* followed */
    uint32_t
        n_stops; /* months that matter: whole ones, the questions', the horizon; of a plan of answers only the questions'
                          and that of what is given */
    double *stop;
    size_t most_runs;  /* at once: RATE_PATH_RUNS, or fewer of many clocks */
    float *length;     /* [step]: months; of all runs, one after the other */
    uint32_t *stretch; /* [step]: all steps of a stretch have the same speeds */
    float *hazard;     /* [stretch * n_clocks + clock]: a month */
    size_t capacity;   /* steps */
    struct rate_path_run {
        size_t first, n;    /* steps */
        size_t n_stretches; /* of this run and those before it */
    } run[RATE_PATH_RUNS];
    uint32_t *reached;      /* [run * n_stops + stop]: how many of its steps it takes to get there */
    bool too_fast;          /* the run being written would take more than RATE_PATH_MAX_STEPS; */
    uint32_t fastest_clock; /* then it had this one of its clocks going */
    double fastest_hazard;  /* so fast, a month */
    /* the run being written */
    size_t writing;
    uint32_t next_stop;
    double month, boost, fastest; /* no base moves faster */
};

void rate_path_init(struct rate_path *rate_path, const struct plan *plan);
void rate_path_free(struct rate_path *rate_path);

/* For each run, from 0 on, begin, go on to later and later months at speeds (one for each clock), end at the horizon. A run that
 * is begun again is written over. Steps are so short that even when couplings multiply speeds by `boost` bases hardly move twice
 * in one. */
void rate_path_begin(struct rate_path *rate_path, size_t run, double boost);
void rate_path_extend(struct rate_path *rate_path, double month, const double *hazard);

/* The place of a month among the stops. */
uint32_t rate_path_stop_index(const struct rate_path *rate_path, double month);
#endif
