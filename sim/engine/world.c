#include "sim/engine/world.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/model.h"
#include "sim/engine/portable.h"
#include "sim/engine/stream.h"
#include "sim/plan/distribution.h"

enum { SCRAMBLED_BITS = 32 };

void world_init(struct world *world, const struct plan *plan)
{
    *world = (struct world){.value = memory_new(plan->n_values, sizeof(double)),
                            .uniform = memory_new(plan->n_inputs, sizeof(double)),
                            .own = memory_new(plan->n_clocks, sizeof(double)),
                            .rate = memory_new(plan->n_clocks + plan->n_steps, sizeof(double)),
                            .factor = memory_new(plan->n_links, sizeof(double)),
                            .variance = memory_new(plan->n_dependences, sizeof(double))};
}

void world_free(struct world *world)
{
    free(world->value);
    free(world->uniform);
    free(world->own);
    free(world->rate);
    free(world->factor);
    free(world->variance);
}

/* A well-mixed bit for a node of the scrambling tree: the finaliser of SplitMix64 (Steele, Lea & Flood 2014). */
static uint32_t node_bit(uint64_t key, uint64_t node)
{
    uint64_t x = key + node * UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((x ^ x >> 31) >> 63);
}

/* Owen's nested uniform scramble: each bit is flipped by a coin that belongs to the bits above it. */
static uint32_t scramble(uint32_t x, uint64_t key)
{
    uint32_t out = 0;

    for (int bit = SCRAMBLED_BITS - 1; bit >= 0; bit--) {
        const uint64_t above = bit == SCRAMBLED_BITS - 1 ? 0 : (uint64_t)x >> (bit + 1);
        const uint64_t node = above | UINT64_C(1)
                                          << (SCRAMBLED_BITS - 1 - bit); /* a leading 1 tells the levels apart */

        out |= ((x >> bit & 1) ^ node_bit(key, node)) << bit;
    }
    return out;
}

static uint32_t reverse(uint32_t x)
{
    x = (x & 0x55555555u) << 1 | (x >> 1 & 0x55555555u);
    x = (x & 0x33333333u) << 2 | (x >> 2 & 0x33333333u);
    x = (x & 0x0f0f0f0fu) << 4 | (x >> 4 & 0x0f0f0f0fu);
    x = (x & 0x00ff00ffu) << 8 | (x >> 8 & 0x00ff00ffu);
    return x << 16 | x >> 16;
}

/* The index is scrambled too: any aligned run of 2^m points still fills all 2^m strata, in an order that differs between
 * inputs. Below the strata the point is uniform. */
static double stratified(const struct plan_input *input, uint64_t seed, uint64_t index)
{
    const uint64_t replicate = index % REPLICATES, k = index / REPLICATES;
    const uint64_t epoch = k >> SCRAMBLED_BITS; /* a new sequence after 2^32 points */
    uint64_t key[STREAM_LANES], within[STREAM_LANES];
    uint32_t stratum;

    stream_words(key, seed, input->key, UINT64_MAX - replicate, epoch, 0);
    stream_words(within, seed, input->key, index, 0, 0);
    stratum = scramble(reverse(scramble((uint32_t)k, key[0])), key[1]);
    return (stratum + stream_to_uniform(within[0])) * 0x1p-32;
}

static double independent(const struct plan_input *input, uint64_t seed, uint64_t index)
{
    uint64_t word[STREAM_LANES];

    stream_words(word, seed, input->key, index, 0, 0);
    return stream_to_uniform(word[0]);
}

static double inside(double u)
{
    return u < 0x1p-60 ? 0x1p-60 : u > 1.0 - 0x1p-53 ? 1.0 - 0x1p-53 : u;
}

/* Gaussian copula: z = L x, with x the independent normal scores. */
static void correlate(struct world *world, const struct plan *plan)
{
    const size_t n = plan->n_correlated;

    for (size_t i = n; i-- > 0;) { /* from the last, since row i needs scores 0 to i only */
        double z = 0.0;

        for (size_t j = 0; j <= i; j++)
            z += plan->cholesky[i * n + j] * gsl_cdf_ugaussian_Pinv(world->uniform[plan->correlated[j]]);
        world->uniform[plan->correlated[i]] = inside(gsl_cdf_ugaussian_P(z));
    }
}

void world_draw(struct world *world, const struct plan *plan, enum design design, uint64_t seed, uint64_t index)
{
    if (plan->n_values)
        memcpy(world->value, plan->value, plan->n_values * sizeof *world->value);
    for (size_t i = 0; i < plan->n_inputs; i++)
        world->uniform[i] = inside(design == DESIGN_MC ? independent(&plan->input[i], seed, index)
                                                       : stratified(&plan->input[i], seed, index));
    correlate(world, plan);
    for (size_t i = 0; i < plan->n_inputs; i++)
        world->value[plan->input[i].slot] = distribution_quantile(plan->input[i].distribution, world->uniform[i]);
}

/* B = sum(c s x) / sum(c s); 50 when nobody has any weight. *weight receives sum(c s). */
static double balance(const struct plan *plan, const double *value, double *weight)
{
    double sum = 0.0;

    *weight = 0.0;
    for (size_t a = 0; a < plan->n_actors; a++) {
        const double w = value[plan->actor[a].capability] * value[plan->actor[a].salience];

        *weight += w;
        sum += w * value[plan->actor[a].position];
    }
    return *weight > 0.0 ? sum / *weight : 50.0;
}

static double term_factor(const struct plan *plan, const double *value, const struct plan_clock *clock,
                          const struct plan_term *term, double weight)
{
    const struct plan_actor *actor;
    double share;

    if (term->actor == UINT32_MAX)
        return value[term->ratio];
    if (!plan->model->balance_ratio || !(weight > 0.0))
        return 1.0;
    actor = &plan->actor[term->actor];
    share = value[actor->capability] * value[actor->salience] / weight;
    return plan->model->balance_ratio(value[clock->pull], value[term->ratio] * share);
}

/* Fast enough for "at once", and still finite when multiplied. */
static const double fastest = 1e150;

/* The constant rate that gives a chance within so many months; a chance of 1 rings at once. */
static double odds_rate(double chance, double within)
{
    return chance < 1.0 ? fmin(fastest, -portable_log(1.0 - chance) / within) : fastest;
}

void world_settle(struct world *world, const struct plan *plan)
{
    const double *value = world->value;
    double weight;
    const double points = balance(plan, value, &weight) - 50.0;

    for (size_t c = 0; c < plan->n_clocks; c++) {
        const struct plan_clock *clock = &plan->clock[c];

        world->own[c] = plan_value(value, clock->own, 1.0);
        if (clock->pull != NO_SLOT && plan->n_actors && plan->model->balance_ratio)
            world->own[c] *= plan->model->balance_ratio(value[clock->pull], points);
        if (clock->baseline == BASELINE_ODDS)
            world->rate[c] = odds_rate(value[clock->chance], value[clock->within]);
        for (uint32_t s = clock->steps.first; s < clock->steps.first + clock->steps.n; s++)
            world->rate[plan->n_clocks + s] = fmin(fastest, value[plan->step[s].rate] * clock->scale);
    }
    for (size_t l = 0; l < plan->n_links; l++) {
        const struct plan_link *link = &plan->link[l];

        world->factor[l] = 1.0;
        for (uint32_t t = link->terms.first; t < link->terms.first + link->terms.n; t++)
            world->factor[l] *= term_factor(plan, value, &plan->clock[link->clock], &plan->term[t], weight);
    }
    for (size_t d = 0; d < plan->n_dependences; d++)
        world->variance[d] = value[plan->dependence[d].variance];
}
