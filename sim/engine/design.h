/* SPDX-License-Identifier: GPL-3.0-or-later */
/* design.h - where worlds lie: randomised low-discrepancy points over everything that is drawn once.
 *
 * World k belongs to replicate k % REPLICATES; replicates are independent, so their spread tells the error of any mean over
 * worlds, whatever the design. World k is the same however many worlds there are. Where it lies in one coordinate depends
 * on that coordinate's name and on no other, but for what is said below of Sobol.
 *
 * Coordinates are the inputs, and every name for which each run draws something once (a clock's first threshold, how long it
 * first lasts, a frailty ...). An input takes its world's point as it stands. What a run draws is spread as evenly over the
 * worlds of a replicate:
 *
 * - stratified: in an order of that run and name. So the runs of one world are to each other as two coordinates are,
 *   independent given the inputs, and their variance within worlds tells how noisy a world's mean is.
 * - sobol: by the point of that name, XORed with bits of the run's own, so that it keeps even with the inputs. But two runs
 *   then differ by the same pattern in every world of a replicate: no number of worlds would tell noise from input
 *   uncertainty by the variance within worlds, so that this is told from a sample of its own (play.h). */
#ifndef FOOTHOLD_DESIGN_H
#define FOOTHOLD_DESIGN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sim/plan/plan.h"

enum design_kind {
    DESIGN_STRATIFIED, /* runs evenly through each coordinate, in an order of its own: a van der Corput sequence with
                          scrambled digits and a scrambled index */
    DESIGN_SOBOL, /* and nearly so through pairs of them: a Sobol sequence with scrambled digits. Its dimensions go by
                          the order of names, so that a new name moves the luck of those after it */
    DESIGN_MC     /* independent draws */
};

enum { REPLICATES = 32, DESIGN_BITS = 32 };

struct design {
    const struct plan *plan;
    enum design_kind kind;
    bool own_orders; /* what runs draw goes by orders of their own in any design */
    uint64_t seed;
    uint32_t *direction; /* [bit * n_coordinates + coordinate], lowest digit first; of DESIGN_SOBOL */
};

/* A plan's design for a seed. Constant once made; any thread may read it. Free with design_free. */
void design_init(struct design *design, const struct plan *plan, enum design_kind kind, uint64_t seed);
void design_free(struct design *design);

/* The point of a world: 64 bits for each of the plan's inputs; of DESIGN_SOBOL, for each of its coordinates. */
void design_point(const struct design *design, uint64_t *point, uint64_t index);

/* Where a world stands in its design, for what its runs draw. */
struct design_place {
    bool laid_out;         /* else all draws are independent */
    uint32_t strata;       /* its number in the replicate, highest digit last: a van der Corput sequence */
    uint32_t below;        /* bits of the world's own, for below the strata */
    const uint64_t *point; /* per coordinate; of DESIGN_SOBOL; else NULL */
    size_t in_net;         /* coordinates [0, in_net) are Sobol's */
};

/* The place of a world. point: its design_point, used as long as the place is. */
struct design_place design_place(const struct design *design, const uint64_t *point, uint64_t index);

/* A random Owen scramble of x's bits read from the lowest: each is flipped by what the ones below it and the key make of
 * it. Laine & Karras (2011), Stratified sampling for stochastic transparency; Burley (2020), Practical hash-based Owen
 * scrambling, J. Comput. Graph. Tech. 9; with the constants found by N. Vegdahl (2021). */
static inline uint32_t design_scramble(uint32_t x, uint32_t key)
{
    x ^= x * UINT32_C(0x3d20adea);
    x += key;
    x *= key >> 16 | 1;
    x ^= x * UINT32_C(0x05526c56);
    x ^= x * UINT32_C(0x53a22864);
    return x;
}

/* What a run draws first for a name, from the word of that run and name in the world's replicate. The word's low half
 * scrambles the order of worlds: any aligned 2^m of them still fill all 2^m strata, since a digit of the sequence is flipped
 * by later digits only. Then digits are flipped by earlier ones, so that draws stand elsewhere in each stratum (a linear
 * scramble: Matousek 1998, On the L2-discrepancy for anchored boxes, J. Complexity 14). The word's high half moves all alike,
 * so that each draw is uniform given the world. */
static inline uint64_t design_first(uint64_t word, uint32_t strata, uint32_t below)
{
    uint32_t digits = design_scramble(strata, (uint32_t)word);

    digits ^= digits >> 5;
    digits ^= digits >> 11;
    return word ^ ((uint64_t)digits << DESIGN_BITS | below);
}

/* A 52-bit uniform in the open interval (0, 1). */
static inline double design_to_uniform(uint64_t bits)
{
    const union {
        uint64_t bits;
        double x;
    } one_to_two = {bits >> 12 | UINT64_C(0x3ff0000000000000)};

    return one_to_two.x - 1.0 + 0x1p-53;
}
#endif
