/* course.h - what bases meet in a few runs: the rates of their transitions, constant from one month to the next, as levers
 * and events come and go.
 *
 * Written by a walk, a lane at a time; lanes then lie side by side, for the chain (chain.h) to be followed along all of
 * them at once. Their numbers are floats: what comes of them is right to six digits, which is more than any of it is known,
 * in half the time of doubles. */
#ifndef FOOTHOLD_COURSE_H
#define FOOTHOLD_COURSE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sim/plan/plan.h"

enum { COURSE_LANES = 16, COURSE_MAX_STEPS = 4096 };

struct course {
    uint32_t n_clocks; /* followed */
    uint32_t
        n_stops; /* months that matter: whole ones, the questions', the horizon; of a plan of answers only the questions'
                          and that of what is given */
    double *stop;
    size_t n_steps;    /* of the longest lane; shorter ones end in steps of length 0 */
    float *length;     /* [step * COURSE_LANES + lane]: months */
    float *speed;      /* [(step * n_clocks + clock) * COURSE_LANES + lane]: a month */
    uint32_t *reached; /* [stop * COURSE_LANES + lane]: how many steps it takes to get there */
    size_t capacity;   /* steps */
    bool too_fast;     /* the lane being written would take more than COURSE_MAX_STEPS */
    /* the lane being written */
    size_t lane, lane_steps[COURSE_LANES];
    uint32_t next_stop;
    double month, boost, fastest; /* no base moves faster */
};

void course_init(struct course *course, const struct plan *plan);
void course_free(struct course *course);

/* Start anew; then for each lane begin, go on to later and later months at speeds (one for each clock), end at the
 * horizon. Steps are so short that even when couplings multiply speeds by `boost` bases hardly move twice in one. */
void course_clear(struct course *course);
void course_begin(struct course *course, size_t lane, double boost);
void course_go(struct course *course, double month, const double *speed);

/* Fill up the shorter lanes. */
void course_close(struct course *course);

/* The place of a month among the stops. */
uint32_t course_stop(const struct course *course, double month);
#endif
