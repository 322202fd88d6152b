/* SPDX-License-Identifier: GPL-3.0-or-later */
/* design_place.h - a world's place in its design, and how a run's first draws follow from it: pure functions of bits.
 *
 * Apart from design.h, since design.c takes its random words from stream.h and streams lay out their first draws by these
 * functions. What they are for is said in design.h. */
#ifndef FOOTHOLD_DESIGN_PLACE_H
#define FOOTHOLD_DESIGN_PLACE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REPLICATES = 32, DESIGN_BITS = 32 };

/* Where a world stands in its design, for what its runs draw. */
struct design_place {
    bool laid_out;         /* else all draws are independent */
    uint32_t strata;       /* its number in the replicate, highest digit last: a van der Corput sequence */
    uint32_t below;        /* bits of the world's own, for below the strata */
    const uint64_t *point; /* per coordinate; of DESIGN_SOBOL; else NULL */
    size_t in_net;         /* coordinates [0, in_net) are Sobol's */
};

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
