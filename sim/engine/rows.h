/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.h - the arithmetic of following a chain along COURSE_LANES courses at once.
 *
 * A row has one number, a float, for each course. The same source is compiled for each width of vectors (rows_kernel.h); a processor
 * gets the widest it has. All do the same operations in the same order, none fused, so results agree to the last bit. */
#ifndef FOOTHOLD_ROWS_H
#define FOOTHOLD_ROWS_H
#include <stddef.h>
#include "sim/plan/chain.h"

enum { ROWS_VALUES = 3 };

struct rows {
    /* The rates of a step from the clocks' speeds and the couplings' factors; how fast each node is left, and the fastest. */
    void (*set_rates)(const struct chain *chain, const struct chain_group *group, const float *factor,
                      const float *speed, float *rate, float *gone, float *fastest);

    /* p becomes p exp(Q h), by its series until what is left out is below 1e-7; stay: the months spent in each node, the integral
     * of p(s) over [0, h]; mean: the mean over the step of the months spent by then, that of (1 - s / h) p(s); NULL: not wanted.
     * length: h; term, next: room for a row a node. */
    void (*take_step)(const struct chain_group *group, const float *length, const float *fastest, const float *rate,
                      const float *gone, float *p, float *term, float *next, float *stay, float *mean);

    /* Add to n counters (count[0] that of the first) what flows into them while nodes are occupied for so long. */
    void (*flow_into)(const struct chain_group *group, uint32_t first, uint32_t n, const float *rate, const float *stay,
                      float *count);

    /* The same for the group's first n counters, of ROWS_VALUES kinds of numbers of nodes in place of one. */
    void (*flow_side_by_side)(const struct chain_group *group, uint32_t n, const float *rate,
                              const float *const value[ROWS_VALUES], float *const count[ROWS_VALUES]);

    /* The probability of each state of each base of the group: shown[base * n_states + state]. */
    void (*show)(const struct chain_group *group, size_t n_states, const float *p, float *shown);
};

const struct rows *rows_of_processor(void);
#endif
