/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comparison.h - scenarios compared with one of them, the baseline, on common random numbers. */
#ifndef FOOTHOLD_COMPARISON_H
#define FOOTHOLD_COMPARISON_H
#include "sim/analysis/attribute.h"

struct comparison_arm {
    const struct scenario *scenario;
    struct arm_estimates outcome;
    size_t same_as; /* the first arm whose numbers are the same; its own place when it is the first */
};

struct comparison_other { /* an arm that is not the baseline */
    size_t arm;
    struct arm_difference *difference; /* per question of the targets */
    struct differences differences;
    struct attribution attribution; /* without players where none was requested */
};

struct comparison {
    struct arena arena;
    struct targets targets;
    struct comparison_arm *arm; /* the baseline first */
    size_t n_arms;
    struct comparison_other *other; /* n_arms - 1 */
    enum attribute_by by;
    size_t n_played;           /* arms simulated, coalitions included */
    uint64_t n_worlds, n_runs; /* of each */
};

struct comparison_wish {
    enum attribute_by by;
    size_t n_pairs;    /* of orders, where there are too many assumptions for all coalitions; 0: chosen automatically */
    bool worlds_given; /* otherwise the number of worlds is chosen so that all arms together take about a minute */
};

/* Compare scenarios (two or more, read without mistakes; the first is the baseline). The targets must have been made. False when stopped
 * or on a runaway (arms_play): then only the targets are left. Free with comparison_free in any case. */
bool comparison_play(struct comparison *comparison, const struct scenario *const *scenario, size_t n,
                     const struct comparison_wish *wish, struct play_settings *settings, const char **runaway);
void comparison_free(struct comparison *comparison);
#endif
