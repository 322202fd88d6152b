/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream.h - random numbers that are pure functions of what they are for.
 *
 * A number depends on the seed, the world, the run, the name of what is drawn and how often it has been drawn, and on
 * nothing else: not on threads, blocks, or what other names there are. Threefry4x64 with 13 rounds of Random123 (Salmon et
 * al. 2011, Parallel random numbers: as easy as 1, 2, 3); one call's four words serve four neighbouring runs.
 *
 * The first number for a name is laid out by the design over the worlds of a replicate (design.h): one word of a run and name
 * serves them all. */
#ifndef FOOTHOLD_STREAM_H
#define FOOTHOLD_STREAM_H
#include <stddef.h>
#include <stdint.h>
#include "sim/engine/design_place.h"
#include "sim/plan/plan.h"

enum { STREAM_ROUNDS = 13, STREAM_LANES = 4 };

struct stream { /* the random streams of a run */
    uint64_t seed, world, run;
    struct design_place place; /* of the world; zero: all draws are independent */
};

/* What a call of the generator is for. */
struct stream_place {
    uint64_t world; /* or its replicate */
    uint64_t group; /* of runs: 4 group ... 4 group + 3 */
    uint64_t occurrence;
    enum { STREAM_WORLD, STREAM_REPLICATE, STREAM_DESIGN } kind;
};

/* All four words of a call. */
void stream_words(uint64_t word[STREAM_LANES], uint64_t seed, struct key128 key, struct stream_place place);

/* The first two words of a call for each of n names. */
void stream_words_of_names(uint64_t *first, uint64_t *second, uint64_t seed, const struct key128 *key, size_t n,
                           struct stream_place place);

double stream_uniform(const struct stream *stream, struct key128 key, uint64_t occurrence);
double stream_exponential(const struct stream *stream, struct key128 key, uint64_t occurrence); /* mean 1 */
double stream_normal(const struct stream *stream, struct key128 key, uint64_t occurrence);

/* The same of n runs from stream->run on; n and that run are multiples of STREAM_LANES. */
void stream_uniforms(double *out, size_t n, const struct stream *stream, struct key128 key, uint64_t occurrence);
void stream_exponentials(double *out, size_t n, const struct stream *stream, struct key128 key, uint64_t occurrence);
#endif
