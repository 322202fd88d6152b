#include "sim/engine/stream.h"
#include <Random123/threefry.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <assert.h>
#include <string.h>
#include "sim/engine/portable.h"

void stream_words(uint64_t word[STREAM_LANES], uint64_t seed, struct key128 key, uint64_t world, uint64_t group,
                  uint64_t occurrence)
{
    const threefry4x64_ctr_t counter = {{world, group, occurrence, 0}};
    const threefry4x64_key_t name = {{seed, key.word[0], key.word[1], 0}};
    const threefry4x64_ctr_t out = threefry4x64_R(STREAM_ROUNDS, counter, name);

    memcpy(word, out.v, sizeof out.v);
}

double stream_uniform(const struct luck *luck, struct key128 key, uint64_t occurrence)
{
    uint64_t word[STREAM_LANES];

    stream_words(word, luck->seed, key, luck->world, luck->run / STREAM_LANES, occurrence);
    return stream_to_uniform(word[luck->run % STREAM_LANES]);
}

double stream_exponential(const struct luck *luck, struct key128 key, uint64_t occurrence)
{
    return -portable_log(stream_uniform(luck, key, occurrence));
}

double stream_normal(const struct luck *luck, struct key128 key, uint64_t occurrence)
{
    return gsl_cdf_ugaussian_Pinv(stream_uniform(luck, key, occurrence));
}

/* Calls side by side, so that compilers make vectors of them. */
void stream_uniforms(double *out, size_t n, uint64_t seed, struct key128 key, uint64_t world, uint64_t first_run)
{
    enum { CALLS = 16 };
    const threefry4x64_key_t name = {{seed, key.word[0], key.word[1], 0}};
    uint64_t word[STREAM_LANES][CALLS];

    assert(n % STREAM_LANES == 0 && first_run % STREAM_LANES == 0);
    for (size_t done = 0; done < n; done += CALLS * STREAM_LANES) {
        const uint64_t group = (first_run + done) / STREAM_LANES;

        for (size_t i = 0; i < CALLS; i++) {
            const threefry4x64_ctr_t counter = {{world, group + i, 0, 0}};
            const threefry4x64_ctr_t bits = threefry4x64_R(STREAM_ROUNDS, counter, name);

            word[0][i] = bits.v[0];
            word[1][i] = bits.v[1];
            word[2][i] = bits.v[2];
            word[3][i] = bits.v[3];
        }
        for (size_t i = 0; i < CALLS && done + i * STREAM_LANES < n; i++)
            for (size_t lane = 0; lane < STREAM_LANES; lane++)
                out[done + i * STREAM_LANES + lane] = stream_to_uniform(word[lane][i]);
    }
}

void stream_exponentials(double *out, size_t n, uint64_t seed, struct key128 key, uint64_t world, uint64_t first_run)
{
    stream_uniforms(out, n, seed, key, world, first_run);
    for (size_t i = 0; i < n; i++)
        out[i] = -portable_log(out[i]);
}

/* The stream as a generator of GSL, which asks for as many numbers as it needs. */
struct generator {
    struct luck luck;
    struct key128 key;
    uint64_t drawn;
};

static double generator_double(void *state)
{
    struct generator *generator = state;

    return stream_uniform(&generator->luck, generator->key, generator->drawn++);
}

static unsigned long generator_get(void *state)
{
    return (unsigned long)(generator_double(state) * 0x1p32);
}

static void generator_set(void *state, unsigned long seed)
{
    (void)state;
    (void)seed;
}

static const gsl_rng_type generator_type = {.name = "foothold",
                                            .max = 0xffffffffUL,
                                            .min = 0,
                                            .size = sizeof(struct generator),
                                            .set = generator_set,
                                            .get = generator_get,
                                            .get_double = generator_double};

double stream_gamma(const struct luck *luck, struct key128 key, double variance)
{
    struct generator state = {*luck, key, 0};
    const gsl_rng rng = {&generator_type, &state};

    return variance > 0.0 ? gsl_ran_gamma(&rng, 1.0 / variance, variance) : 1.0;
}
