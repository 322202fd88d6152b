/* SPDX-License-Identifier: GPL-3.0-or-later */
/* course.h - what bases meet in a few runs: the rates of their transitions, constant from one month to the next, as levers
 * and events come and go.
 *
 * Written by a walk, one run after the other, for the chain (chain.h) to be followed along COURSE_LANES of them at once. Their
 * numbers are floats: what comes of them is right to six digits, which is more than any of it is known, in half the time of
 * doubles. */
#ifndef FOOTHOLD_COURSE_H
#define FOOTHOLD_COURSE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sim/plan/plan.h"

enum { COURSE_LANES = 16, COURSE_RUNS = 64, COURSE_MAX_STEPS = 4096 /* of a run */ };

struct course {
    uint32_t n_clocks; /* followed */
    uint32_t
        n_stops; /* months that matter: whole ones, the questions', the horizon; of a plan of answers only the questions'
                          and that of what is given */
    double *stop;
    size_t most_runs;  /* at once: COURSE_RUNS, or fewer of many clocks */
    float *length;     /* [step]: months; of all runs, one after the other */
    uint32_t *stretch; /* [step]: all steps of a stretch have the same speeds */
    float *speed;      /* [stretch * n_clocks + clock]: a month */
    size_t capacity;   /* steps */
    struct course_run {
        size_t first, n;    /* steps */
        size_t n_stretches; /* of this run and those before it */
    } run[COURSE_RUNS];
    uint32_t *reached;      /* [run * n_stops + stop]: how many of its steps it takes to get there */
    bool too_fast;          /* the run being written would take more than COURSE_MAX_STEPS; */
    uint32_t fastest_clock; /* then it had this one of its clocks going */
    double its_speed;       /* so fast, a month */
    /* the run being written */
    size_t writing;
    uint32_t next_stop;
    double month, boost, fastest; /* no base moves faster */
};

void course_init(struct course *course, const struct plan *plan);
void course_free(struct course *course);

/* For each run, from 0 on, begin, go on to later and later months at speeds (one for each clock), end at the horizon. A run that
 * is begun again is written over. Steps are so short that even when couplings multiply speeds by `boost` bases hardly move twice
 * in one. */
void course_begin(struct course *course, size_t run, double boost);
void course_go(struct course *course, double month, const double *speed);

/* The place of a month among the stops. */
uint32_t course_stop(const struct course *course, double month);
#endif
