/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/stream.h"
#include <Random123/threefry.h>
#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <string.h>
#include "sim/system/portable.h"

void stream_words(uint64_t word[STREAM_LANES], uint64_t seed, struct key128 key, struct stream_place place)
{
    const threefry4x64_ctr_t counter = {{place.world, place.group, place.occurrence, (uint64_t)place.kind}};
    const threefry4x64_key_t name = {{seed, key.word[0], key.word[1], 0}};
    const threefry4x64_ctr_t out = threefry4x64_R(STREAM_ROUNDS, counter, name);

    memcpy(word, out.v, sizeof out.v);
}

enum { CALLS = 16 };

/* Calls side by side, so that compilers make vectors of them. */
void stream_words_of_names(uint64_t *first, uint64_t *second, uint64_t seed, const struct key128 *key, size_t n,
                           struct stream_place place)
{
    for (size_t done = 0; done < n; done += CALLS) {
        const size_t left = n - done < CALLS ? n - done : CALLS;
        uint64_t high[CALLS] = {0}, low[CALLS] = {0}, word[2][CALLS];

        for (size_t i = 0; i < left; i++) {
            high[i] = key[done + i].word[0];
            low[i] = key[done + i].word[1];
        }
        for (size_t i = 0; i < CALLS; i++) {
            const threefry4x64_ctr_t counter = {{place.world, place.group, place.occurrence, (uint64_t)place.kind}};
            const threefry4x64_key_t name = {{seed, high[i], low[i], 0}};
            const threefry4x64_ctr_t bits = threefry4x64_R(STREAM_ROUNDS, counter, name);

            word[0][i] = bits.v[0];
            word[1][i] = bits.v[1];
        }
        memcpy(first + done, word[0], left * sizeof *first);
        memcpy(second + done, word[1], left * sizeof *second);
    }
}

/* Where first draws come from: the world's replicate, if they are laid out. */
static struct stream_place first_place(const struct stream *stream)
{
    return stream->place.laid_out ? (struct stream_place){.world = stream->world % REPLICATES, .kind = STREAM_REPLICATE}
                                  : (struct stream_place){.world = stream->world, .kind = STREAM_WORLD};
}

static uint64_t lay_out_one(uint64_t word, const struct design_place *place, struct key128 key)
{
    return key.coordinate < place->in_net ? word ^ place->point[key.coordinate]
                                          : design_first(word, place->strata, place->below);
}

double stream_uniform(const struct stream *stream, struct key128 key, uint64_t occurrence)
{
    const bool designed = stream->place.laid_out && !occurrence;
    struct stream_place place = designed ? first_place(stream) : (struct stream_place){.world = stream->world};
    uint64_t word[STREAM_LANES], bits;

    place.group = stream->run / STREAM_LANES;
    place.occurrence = occurrence;
    stream_words(word, stream->seed, key, place);
    bits = word[stream->run % STREAM_LANES];
    return design_to_uniform(designed ? lay_out_one(bits, &stream->place, key) : bits);
}

double stream_exponential(const struct stream *stream, struct key128 key, uint64_t occurrence)
{
    return -portable_log(stream_uniform(stream, key, occurrence));
}

double stream_normal(const struct stream *stream, struct key128 key, uint64_t occurrence)
{
    return gsl_cdf_ugaussian_Pinv(stream_uniform(stream, key, occurrence));
}

static void side_by_side(uint64_t word[STREAM_LANES][CALLS], size_t calls, threefry4x64_key_t name,
                         struct stream_place place)
{
    for (size_t i = 0; i < calls; i++) {
        const threefry4x64_ctr_t counter = {{place.world, place.group + i, place.occurrence, (uint64_t)place.kind}};
        const threefry4x64_ctr_t bits = threefry4x64_R(STREAM_ROUNDS, counter, name);

        word[0][i] = bits.v[0];
        word[1][i] = bits.v[1];
        word[2][i] = bits.v[2];
        word[3][i] = bits.v[3];
    }
}

/* First draws of runs, laid out. */
static void lay_out(uint64_t word[STREAM_LANES][CALLS], size_t calls, const struct design_place *place,
                    struct key128 key)
{
    const bool in_net = key.coordinate < place->in_net;
    const uint64_t point = in_net ? place->point[key.coordinate] : 0;
    const uint32_t strata = place->strata, below = place->below;

    for (size_t lane = 0; in_net && lane < STREAM_LANES; lane++)
        for (size_t i = 0; i < calls; i++)
            word[lane][i] ^= point;
    for (size_t lane = 0; !in_net && lane < STREAM_LANES; lane++)
        for (size_t i = 0; i < calls; i++)
            word[lane][i] = design_first(word[lane][i], strata, below);
}

void stream_uniforms(double *out, size_t n, const struct stream *stream, struct key128 key, uint64_t occurrence)
{
    const bool designed = stream->place.laid_out && !occurrence;
    const threefry4x64_key_t name = {{stream->seed, key.word[0], key.word[1], 0}};
    struct stream_place place = designed ? first_place(stream) : (struct stream_place){.world = stream->world};
    uint64_t word[STREAM_LANES][CALLS];

    place.occurrence = occurrence;
    assert(n % STREAM_LANES == 0 && stream->run % STREAM_LANES == 0);
    for (size_t done = 0; done < n; done += CALLS * STREAM_LANES) {
        const size_t left = (n - done) / STREAM_LANES, calls = left < CALLS ? left : CALLS;

        place.group = (stream->run + done) / STREAM_LANES;
        if (calls == CALLS)
            side_by_side(word, CALLS, name, place);
        else
            side_by_side(word, calls, name, place);
        if (designed)
            lay_out(word, calls, &stream->place, key);
        for (size_t i = 0; i < calls; i++)
            for (size_t lane = 0; lane < STREAM_LANES; lane++)
                out[done + i * STREAM_LANES + lane] = design_to_uniform(word[lane][i]);
    }
}

void stream_exponentials(double *out, size_t n, const struct stream *stream, struct key128 key, uint64_t occurrence)
{
    stream_uniforms(out, n, stream, key, occurrence);
    for (size_t i = 0; i < n; i++)
        out[i] = -portable_log(out[i]);
}
