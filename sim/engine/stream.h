/* stream.h - random numbers that are pure functions of what they are for.
 *
 * A number depends on the seed, the world, the run, the name of what is drawn and how often it has been drawn, and on
 * nothing else: not on threads, blocks, or what other names there are. Threefry4x64 with 13 rounds of Random123 (Salmon et
 * al. 2011, Parallel random numbers: as easy as 1, 2, 3); one call's four words serve four neighbouring runs. */
#ifndef FOOTHOLD_STREAM_H
#define FOOTHOLD_STREAM_H
#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "sim/plan/plan.h"

enum { STREAM_ROUNDS = 13, STREAM_LANES = 4 };

struct luck { /* whose history is played */
    uint64_t seed, world, run;
};

/* All four words of a call, for runs 4 group ... 4 group + 3. */
void stream_words(uint64_t word[STREAM_LANES], uint64_t seed, struct key128 key, uint64_t world, uint64_t group,
                  uint64_t occurrence);

/* A 52-bit uniform in the open interval (0, 1). */
static inline double stream_to_uniform(uint64_t bits)
{
    const uint64_t one_to_two = bits >> 12 | UINT64_C(0x3ff0000000000000);
    double x;

    memcpy(&x, &one_to_two, sizeof x);
    return x - 1.0 + 0x1p-53;
}

double stream_uniform(const struct luck *luck, struct key128 key, uint64_t occurrence);
double stream_exponential(const struct luck *luck, struct key128 key, uint64_t occurrence); /* mean 1 */
double stream_normal(const struct luck *luck, struct key128 key, uint64_t occurrence);

/* First-occurrence uniforms, and exponentials, of n runs from a first one; n and the first are multiples of STREAM_LANES. */
void stream_uniforms(double *out, size_t n, uint64_t seed, struct key128 key, uint64_t world, uint64_t first_run);
void stream_exponentials(double *out, size_t n, uint64_t seed, struct key128 key, uint64_t world, uint64_t first_run);

/* A gamma variate of mean 1 and the given variance (0: the constant 1), by GSL's sampler on this stream. */
double stream_gamma(const struct luck *luck, struct key128 key, double variance);
#endif
