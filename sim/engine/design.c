/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/design.h"
#include <stdlib.h>
#include "sim/math/joe_kuo.h"
#include "sim/engine/stream.h"

static inline uint32_t reverse_bits(uint32_t x)
{
    x = (x & UINT32_C(0x55555555)) << 1 | (x >> 1 & UINT32_C(0x55555555));
    x = (x & UINT32_C(0x33333333)) << 2 | (x >> 2 & UINT32_C(0x33333333));
    x = (x & UINT32_C(0x0f0f0f0f)) << 4 | (x >> 4 & UINT32_C(0x0f0f0f0f));
    x = (x & UINT32_C(0x00ff00ff)) << 8 | (x >> 8 & UINT32_C(0x00ff00ff));
    return x << 16 | x >> 16;
}

/* The finaliser of SplitMix64 (Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators). */
static const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);

static inline uint64_t mix_bits(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Direction numbers of a dimension. Bratley & Fox (1988), Algorithm 659, ACM Trans. Math. Softw. 14. */
static void set_directions(uint32_t direction[DESIGN_BITS], const struct joe_kuo *row)
{
    uint32_t degree = 0;

    while (row->polynomial >> (degree + 1))
        degree++;
    for (uint32_t i = 0; i < DESIGN_BITS; i++) {
        if (i < degree || !degree) {
            direction[i] = (uint32_t)(degree ? row->first[i] : 1) << (DESIGN_BITS - 1 - i);
            continue;
        }
        direction[i] = direction[i - degree] ^ direction[i - degree] >> degree;
        for (uint32_t j = 1; j < degree; j++)
            if (row->polynomial >> (degree - j) & 1)
                direction[i] ^= direction[i - j];
    }
}

static void list_directions(struct design *design)
{
    const size_t n = design->plan->n_coordinates;

    for (size_t c = 0; c < n && c < JOE_KUO_DIMENSIONS; c++) {
        uint32_t direction[DESIGN_BITS] = {0};

        set_directions(direction, &joe_kuo[c]);
        for (size_t bit = 0; bit < DESIGN_BITS; bit++)
            design->direction[bit * n + c] = reverse_bits(direction[bit]);
    }
}

void design_init(struct design *design, const struct plan *plan, enum design_kind kind, uint64_t seed)
{
    *design = (struct design){.plan = plan, .kind = kind, .seed = seed};
    if (kind == DESIGN_SOBOL) {
        design->direction = memory_new(plan->n_coordinates * DESIGN_BITS, sizeof *design->direction);
        list_directions(design);
    }
}

void design_free(struct design *design)
{
    free(design->direction);
}

/* The digits of a point, lowest first, before they are scrambled. */
static uint32_t sobol_digits(const struct design *design, size_t c, uint32_t k)
{
    uint32_t digits = 0;

    for (size_t bit = 0; k; bit++, k >>= 1)
        if (k & 1)
            digits ^= design->direction[bit * design->plan->n_coordinates + c];
    return digits;
}

/* The index is scrambled too: any aligned run of 2^m still fills all 2^m strata, in another order. */
static uint32_t stratified_digits(uint32_t k, uint32_t key)
{
    return reverse_bits(design_scramble(reverse_bits(k), key));
}

enum { BLOCK = 64 }; /* coordinates taken together */

static void place_block(const struct design *design, uint64_t *point, uint64_t index, size_t first, size_t n)
{
    const uint64_t k = index / REPLICATES;
    uint64_t keys[BLOCK], more[BLOCK];

    /* another scramble after 2^32 points */
    stream_words_of_names(
        keys, more, design->seed, design->plan->coordinate + first, n,
        (struct stream_place){.world = index % REPLICATES, .group = k >> DESIGN_BITS, .kind = STREAM_DESIGN});
    for (size_t i = 0; i < n; i++) {
        const bool in_net = design->kind == DESIGN_SOBOL && first + i < JOE_KUO_DIMENSIONS;
        uint32_t digits = in_net ? sobol_digits(design, first + i, (uint32_t)k)
                                 : stratified_digits((uint32_t)k, (uint32_t)(keys[i] >> 32));

        digits = reverse_bits(design_scramble(digits, (uint32_t)keys[i]));
        /* below the strata the point is uniform */
        point[first + i] = (uint64_t)digits << DESIGN_BITS | mix_bits(more[i] + index * golden) >> DESIGN_BITS;
    }
}

void design_point(const struct design *design, uint64_t *point, uint64_t index)
{
    const size_t n = design->kind == DESIGN_SOBOL ? design->plan->n_coordinates : design->plan->n_inputs;

    for (size_t first = 0; first < n; first += BLOCK) {
        const size_t block = n - first < BLOCK ? n - first : BLOCK;
        uint64_t unused[BLOCK];

        if (design->kind == DESIGN_MC)
            stream_words_of_names(point + first, unused, design->seed, design->plan->coordinate + first, block,
                                  (struct stream_place){.world = index});
        else
            place_block(design, point, index, first, block);
    }
}

struct design_place design_place(const struct design *design, const uint64_t *point, uint64_t index)
{
    const size_t n = design->plan->n_coordinates;

    return (struct design_place){.laid_out = design->kind != DESIGN_MC,
                                 .strata = reverse_bits((uint32_t)(index / REPLICATES)),
                                 .below = (uint32_t)(mix_bits(index * golden) >> DESIGN_BITS),
                                 .point = point,
                                 .in_net = design->kind != DESIGN_SOBOL || design->own_orders ? 0
                                           : n < JOE_KUO_DIMENSIONS                           ? n
                                                                                              : JOE_KUO_DIMENSIONS};
}
