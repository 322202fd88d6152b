/* SPDX-License-Identifier: GPL-3.0-or-later */
/* propagate_simd.h - the arithmetic of propagating a chain along RATE_PATH_LANES rate paths at once.
 *
 * A row has one number, a float, for each path. The same source is compiled for each width of vectors (propagate_simd_kernel.h); a processor
 * gets the widest it has. All do the same operations in the same order, none fused, so results agree to the last bit. */
#ifndef FOOTHOLD_PROPAGATE_SIMD_H
#define FOOTHOLD_PROPAGATE_SIMD_H
#include <stddef.h>
#include "sim/plan/chain.h"

enum { PROPAGATE_SIMD_VALUES = 3 };

struct propagate_simd {
    /* The rates of a step from the clocks' speeds and the couplings' factors; how fast each node is left, and the fastest. */
    void (*set_rates)(const struct chain *chain, const struct chain_group *group, const float *factor,
                      const float *speed, float *rate, float *exit_rate, float *fastest);

    /* p becomes p exp(Q h), by its series until what is left out is below 1e-7; stay: the months spent in each node, the integral
     * of p(s) over [0, h]; mean: the mean over the step of the months spent by then, that of (1 - s / h) p(s); NULL: not wanted.
     * length: h; term, next: room for a row a node. */
    void (*take_step)(const struct chain_group *group, const float *length, const float *fastest, const float *rate,
                      const float *exit_rate, float *p, float *term, float *next, float *sojourn, float *mean);

    /* Add to n counting processes (count[0] that of the first) what flows along their edges while nodes are occupied for so long. */
    void (*add_counts)(const struct chain_group *group, uint32_t first, uint32_t n, const float *rate,
                       const float *sojourn, float *count);

    /* The same for the group's first n, of PROPAGATE_SIMD_VALUES kinds of numbers of nodes in place of one. */
    void (*add_counts_together)(const struct chain_group *group, uint32_t n, const float *rate,
                                const float *const value[PROPAGATE_SIMD_VALUES],
                                float *const count[PROPAGATE_SIMD_VALUES]);

    /* The probability of each state of each base of the group: shown[base * n_states + state]. */
    void (*show)(const struct chain_group *group, size_t n_states, const float *p, float *shown);
};

const struct propagate_simd *propagate_simd_of_processor(void);
#endif
