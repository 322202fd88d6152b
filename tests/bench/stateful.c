/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stateful.c - sim/engine/stream.h with the next number of a stateful generator in place of each named one: what it costs
 * that every number can be had by its name. For bench.sh only: one thread, and no promise is kept.
 *
 * xoshiro256++ (Blackman & Vigna 2021, Scrambled linear pseudorandom number generators), 16 side by side. */
#include <gsl/gsl_cdf.h>
#include "sim/engine/stream.h"
#include "sim/system/portable.h"

enum { LANES = 16, BUFFER = 64 * LANES };

static uint64_t state[4][LANES], buffer[BUFFER];
static size_t used = BUFFER;

static void seed_all(void)
{
    uint64_t x = 1;

    for (size_t i = 0; i < 4; i++)
        for (size_t lane = 0; lane < LANES; lane++) {
            x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9) + UINT64_C(0x9e3779b97f4a7c15);
            state[i][lane] = x ^ x >> 27;
        }
}

static uint64_t turn(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

static void fill(void)
{
    if (!state[0][0])
        seed_all();
    for (size_t first = 0; first < BUFFER; first += LANES)
        for (size_t i = 0; i < LANES; i++) {
            const uint64_t t = state[1][i] << 17;

            buffer[first + i] = turn(state[0][i] + state[3][i], 23) + state[0][i];
            state[2][i] ^= state[0][i];
            state[3][i] ^= state[1][i];
            state[1][i] ^= state[2][i];
            state[0][i] ^= state[3][i];
            state[2][i] ^= t;
            state[3][i] = turn(state[3][i], 45);
        }
    used = 0;
}

static uint64_t next(void)
{
    if (used == BUFFER)
        fill();
    return buffer[used++];
}

void stream_words(uint64_t word[STREAM_LANES], uint64_t seed, struct key128 key, struct stream_place place)
{
    (void)seed, (void)key, (void)place;
    for (size_t i = 0; i < STREAM_LANES; i++)
        word[i] = next();
}

void stream_words_of_names(uint64_t *first, uint64_t *second, uint64_t seed, const struct key128 *key, size_t n,
                           struct stream_place place)
{
    (void)seed, (void)key, (void)place;
    for (size_t i = 0; i < n; i++) {
        first[i] = next();
        second[i] = next();
    }
}

double stream_uniform(const struct stream *stream, struct key128 key, uint64_t occurrence)
{
    (void)stream, (void)key, (void)occurrence;
    return design_to_uniform(next());
}

double stream_exponential(const struct stream *stream, struct key128 key, uint64_t occurrence)
{
    return -portable_log(stream_uniform(stream, key, occurrence));
}

double stream_normal(const struct stream *stream, struct key128 key, uint64_t occurrence)
{
    return gsl_cdf_ugaussian_Pinv(stream_uniform(stream, key, occurrence));
}

void stream_uniforms(double *out, size_t n, const struct stream *stream, struct key128 key, uint64_t occurrence)
{
    (void)stream, (void)key, (void)occurrence;
    for (size_t i = 0; i < n; i++)
        out[i] = design_to_uniform(next());
}

void stream_exponentials(double *out, size_t n, const struct stream *stream, struct key128 key, uint64_t occurrence)
{
    stream_uniforms(out, n, stream, key, occurrence);
    for (size_t i = 0; i < n; i++)
        out[i] = -portable_log(out[i]);
}
