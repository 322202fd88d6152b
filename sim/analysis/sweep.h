/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.h - a scenario's answers over a grid of values of some of its numbers, all points on common random numbers. */
#ifndef FOOTHOLD_SWEEP_H
#define FOOTHOLD_SWEEP_H
#include "sim/analysis/targets.h"
#include "sim/analysis/arms.h"

struct sweep_path {
    const char *path; /* levers.debt_relief.chance */
    double *value;    /* in the order given */
    size_t n;
};

struct sweep {
    struct arena arena;
    const struct scenario *scenario;
    const char *file;                /* it was read from */
    const struct override *override; /* applied at every point */
    size_t n_overrides;
    struct sweep_path *path;
    size_t n_paths;
    size_t n_points; /* the last path's values vary fastest */
    struct targets targets;
    struct arm_estimates *outcome; /* per point */
    uint64_t n_worlds, n_runs;     /* of each point */
    struct diag *diag;             /* for mistakes found before the simulation */
    struct scenario **wrong;       /* scenarios that its places point into */
    size_t n_wrong;
    const char *why_not; /* what is wrong with a point, found during the simulation; NULL: nothing */
};

enum { SWEEP_MOST_POINTS = 10000 };

/* For paths whose values are set. A path that is not a number, or a value it cannot have, goes to diag. Free with sweep_free in any
 * case. */
void sweep_init(struct sweep *sweep, const struct scenario *scenario, const char *file, const struct override *override,
                size_t n_overrides, struct diag *diag);
void sweep_check(struct sweep *sweep);
void sweep_free(struct sweep *sweep);

/* Simulate the grid. worlds_given: otherwise their number is chosen so that all points together take about ten seconds. False when stopped
 * or on a runaway (arms_play). */
bool sweep_play(struct sweep *sweep, bool worlds_given, struct play_settings *settings, const char **runaway);

/* The index of a point among a path's values, and the point one value further along that path; SIZE_MAX: there is none. */
size_t sweep_place(const struct sweep *sweep, size_t point, size_t path);
size_t sweep_next(const struct sweep *sweep, size_t point, size_t path);

/* The slope of a question's answer in a path's value, from a point to the next; NAN at the last. */
struct estimate sweep_slope(const struct sweep *sweep, size_t question, size_t point, size_t path);
#endif
