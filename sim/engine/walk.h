/* walk.h - one run: all clocks of a plan from as_of to the horizon, exactly, in continuous time.
 *
 * A clock rings when the integral of its ratio times its baseline hazard, over the time it is enabled, reaches its
 * threshold, an Exp(1) number of its own. Ratios change only when something rings, so between rings everything is in
 * closed form and there is no time step. */
#ifndef FOOTHOLD_WALK_H
#define FOOTHOLD_WALK_H
#include "sim/engine/history.h"
#include "sim/engine/stream.h"
#include "sim/engine/world.h"

enum { WALK_BATCH = 64 }; /* runs whose thresholds are drawn together */

struct walk {
    const struct plan *plan;
    const struct world *world;
    struct luck luck;
    double *threshold; /* [clock * WALK_BATCH + lane]: first thresholds of the batch */
    /* how every run of the world begins */
    double *start_ratio;   /* per clock, before frailties */
    double *steady_rate;   /* per clock: its rate where that is constant, else -1 */
    uint32_t *start_waits; /* per clock */
    bool *start_on;        /* per switch */
    bool *standing;        /* per clock: a factor in force from the start, for good, in every run */
    /* of the run being played, per clock */
    double *ring;     /* the month it rings if nothing changes; INFINITY: not enabled, or never */
    double *left;     /* of its threshold, at month `since` */
    double *since;
    double *passed;   /* cumulative hazard of a dated clock, at month `since` */
    double *ratio;
    uint32_t *rung;   /* how often */
    uint32_t *waits;  /* reasons why it is not enabled */
    double *frailty;  /* per dependence */
    double *ends;     /* per factor: the month it goes off; INFINITY: not on, or for good */
    bool *is_on;      /* per switch */
    uint32_t *queue;  /* steady factors that ring within the horizon, by month */
    uint32_t n_queue, next;
    uint32_t *busy;   /* clocks that may ring at times not known from the start */
    uint32_t n_busy;
    uint32_t *lasting; /* factors that may end */
    uint32_t n_lasting;
    double month;
};

void walk_init(struct walk *walk, const struct plan *plan);
void walk_free(struct walk *walk);

/* Draw the first thresholds of WALK_BATCH runs from a first one, a multiple of WALK_BATCH, in a world. */
void walk_batch(struct walk *walk, const struct world *world, uint64_t seed, uint64_t index, uint64_t first_run);

/* Play the batch's run of a lane, levers and events and the bases' moves, into a history. */
void walk_run(struct walk *walk, struct history *history, size_t lane);
#endif
