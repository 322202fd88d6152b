/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/propagate_simd.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "sim/engine/rate_path.h"

enum { MAX_TERMS = 40 };
static const float tolerance = 1e-7f;

/* Lanes whose series is long enough, their last term being `size` in all, go on no more: what is left is at most
 * size (r + r^2 + ...), r = |Q h| / (k + 1), |Q h| being at most twice how fast the fastest node is left, times h. Both sides times
 * k + 1: no division. */
static bool close_lanes(float *h, const float *size, const float *length, const float *fastest, uint32_t k)
{
    const float next = (float)(k + 1);
    bool open = false;

    for (size_t lane = 0; lane < RATE_PATH_LANES; lane++) {
        const float r = 2.0f * fastest[lane] * length[lane];
        const bool closed = (r < 0.9f * next && size[lane] * r <= tolerance * (next - r)) || k >= MAX_TERMS;

        h[lane] = closed ? 0.0f : h[lane];
        open = open || h[lane] > 0.0f;
    }
    return open;
}

#define WIDTH 4
#define TARGET
#define NAME(x) x##_4
#include "sim/engine/propagate_simd_kernel.h"

#ifdef __x86_64__
#define WIDTH   8
#define TARGET  __attribute__((target("avx2")))
#define NAME(x) x##_8
#include "sim/engine/propagate_simd_kernel.h"

#define WIDTH   16
#define TARGET  __attribute__((target("avx512f")))
#define NAME(x) x##_16
#include "sim/engine/propagate_simd_kernel.h"

const struct propagate_simd *propagate_simd_of_processor(void)
{
    const char *wish =
        getenv("FOOTHOLD_VECTORS"); /* fewer bits than the processor has, to see that results are the same */
    const long bits = wish ? strtol(wish, NULL, 10) : 512;

    if (bits >= 512 && __builtin_cpu_supports("avx512f"))
        return &propagate_simd_16;
    return bits >= 256 && __builtin_cpu_supports("avx2") ? &propagate_simd_8 : &propagate_simd_4;
}
#else
const struct propagate_simd *propagate_simd_of_processor(void)
{
    return &propagate_simd_4;
}
#endif
