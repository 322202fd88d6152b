/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rate_path.h - the hazards of the bases' transitions along one run, constant from one month to the next, as levers and events come
 * and go.
 *
 * The path simulator writes one rate path a run (path.h); propagate.h keeps up to RATE_PATH_RUNS of them and propagates
 * RATE_PATH_LANES at once. A rate path is a list of steps, each of a length in months; the steps of a stretch have the same
 * hazards, one a transition. Steps end where hazards change and at the *stops*: whole months, the months of questions, the horizon. They
 * are so short that a base hardly moves twice in one, as the series of propagate.h needs: a step lasts at most
 *
 *     1 / (max(2, boost / 2) x sum of all hazards),
 *
 * boost being the largest product of couplings. Example: two bases whose hazards add up to 0.2 a month take one step a month.
 *
 * Numbers are floats: probabilities are then right to six or seven digits, well below what any input is known to, at twice the speed
 * of doubles. A path of RATE_PATH_MAX_STEPS steps or more, or with hazards beyond floats, is marked too_fast, and that run is
 * drawn. */
#ifndef FOOTHOLD_RATE_PATH_H
#define FOOTHOLD_RATE_PATH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sim/plan/plan.h"

enum { RATE_PATH_LANES = 16, RATE_PATH_RUNS = 64, RATE_PATH_MAX_STEPS = 4096 /* of a run */ };

struct rate_path {
    uint32_t n_clocks; /* marginalised: transitions of bases */
    /* months where steps end: whole ones, the questions', the horizon; of a plan of answers only the questions' and that of
     * what is given */
    double *stop;
    uint32_t n_stops;
    size_t most_runs;  /* at once: RATE_PATH_RUNS, or fewer of many clocks */
    float *length;     /* [step]: months; of all runs, one after the other */
    uint32_t *stretch; /* [step]: its stretch */
    float *hazard;     /* [stretch * n_clocks + clock]: per month */
    size_t capacity;   /* steps */
    struct rate_path_run {
        size_t first, n;    /* steps */
        size_t n_stretches; /* of this run and those before it */
    } run[RATE_PATH_RUNS];
    uint32_t *reached;      /* [run * n_stops + stop]: how many of its steps it takes to get there */
    bool too_fast;          /* the run being written would take RATE_PATH_MAX_STEPS or more; */
    uint32_t fastest_clock; /* then this is the fastest clock it ever had, */
    double fastest_hazard;  /* and its hazard, per month */
    /* the run being written */
    size_t writing;
    uint32_t next_stop;
    double month, boost;
    double fastest; /* steps per month that the present hazards take, before rounding up */
};

void rate_path_init(struct rate_path *rate_path, const struct plan *plan);
void rate_path_free(struct rate_path *rate_path);

/* For each run, from 0 on: begin, then extend to later and later months at given hazards (one for each clock), up to the horizon. A
 * run that is begun again is written over. */
void rate_path_begin(struct rate_path *rate_path, size_t run, double boost);
void rate_path_extend(struct rate_path *rate_path, double month, const double *hazard);

/* The place of a month among the stops. */
uint32_t rate_path_stop_index(const struct rate_path *rate_path, double month);
#endif
