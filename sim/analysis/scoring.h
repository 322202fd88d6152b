/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scoring.h - forecasts scored against actual outcomes: scenarios, which are simulated for it, or forecasts frozen by earlier runs. */
#ifndef FOOTHOLD_SCORING_H
#define FOOTHOLD_SCORING_H
#include "sim/scenario/frozen.h"
#include "sim/analysis/arm_estimates.h"
#include "sim/math/scores.h"
#include "sim/plan/plan.h"
#include "sim/scenario/resolution.h"

struct verdict {         /* a forecast on a resolution */
    const char *why_not; /* why it is not scored; NULL: it is */
    size_t k, o;         /* number of categories, and the index of the actual one */
    double *p;
    struct estimate brier, log, rps; /* se: simulation; NAN for a frozen forecast */
    size_t first;                    /* of the plan's questions it is read from */
};

struct forecast {
    const char *path;
    const struct scenario *scenario;
    const struct frozen *frozen; /* NULL: the scenario is simulated */
    struct verdict *verdict;     /* per resolution */
    size_t n_scored;
    double brier, log, rps; /* means over the scored resolutions; NAN without any; log may be INFINITY */
};

struct scoring {
    struct arena arena;
    const struct resolutions *resolutions;
    struct forecast *forecast;
    size_t n;
    struct tables tables;
    struct calibration calibration; /* of all yes-or-no forecasts of all */
    uint64_t n_worlds, n_runs;
};

/* Match forecasts (path, scenario, frozen set) with resolutions. A question or a state
 * that none has is a mistake, told through diag; a base that none has is warned of. Free with scoring_free in any case. */
void scoring_init(struct scoring *scoring, const struct resolutions *resolutions, struct forecast *forecast, size_t n,
                  struct diag *diag);
void scoring_free(struct scoring *scoring);

/* Play what is to be played and score all; false when stopped or on a runaway (arms.h). */
bool scoring_play(struct scoring *scoring, const struct play_settings *settings, const char **runaway);
#endif
