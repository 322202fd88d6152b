/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/world.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/model.h"
#include "sim/system/portable.h"
#include "sim/plan/distribution.h"

void world_init(struct world *world, const struct plan *plan)
{
    *world = (struct world){.point = memory_new(plan->n_coordinates, sizeof *world->point),
                            .value = memory_new(plan->n_values, sizeof(double)),
                            .uniform = memory_new(plan->n_inputs, sizeof(double)),
                            .own = memory_new(plan->n_clocks, sizeof(double)),
                            .rate = memory_new(plan->n_clocks + plan->n_steps, sizeof(double)),
                            .factor = memory_new(plan->n_links, sizeof(double)),
                            .variance = memory_new(plan->n_dependences, sizeof(double))};
}

void world_free(struct world *world)
{
    free(world->point);
    free(world->value);
    free(world->uniform);
    free(world->own);
    free(world->rate);
    free(world->factor);
    free(world->variance);
}

static double keep_inside(double u)
{
    return u < 0x1p-60 ? 0x1p-60 : u > 1.0 - 0x1p-53 ? 1.0 - 0x1p-53 : u;
}

/* Gaussian copula: z = L x, with x the independent normal scores. */
static void correlate_inputs(struct world *world, const struct plan *plan)
{
    const size_t n = plan->n_correlated;

    for (size_t i = n; i-- > 0;) { /* from the last, since row i needs scores 0 to i only */
        double z = 0.0;

        for (size_t j = 0; j <= i; j++)
            z += plan->cholesky[i * n + j] * gsl_cdf_ugaussian_Pinv(world->uniform[plan->correlated[j]]);
        world->uniform[plan->correlated[i]] = keep_inside(gsl_cdf_ugaussian_P(z));
    }
}

void world_draw(struct world *world, const struct plan *plan, const struct design *design, uint64_t index)
{
    if (plan->n_values)
        memcpy(world->value, plan->value, plan->n_values * sizeof *world->value);
    design_point(design, world->point, index);
    world->place = design_place(design, world->point, index);
    for (size_t i = 0; i < plan->n_inputs; i++)
        world->uniform[i] = design_to_uniform(world->point[i]);
    correlate_inputs(world, plan);
    for (size_t i = 0; i < plan->n_inputs; i++)
        world->value[plan->input[i].slot] = distribution_quantile(plan->input[i].distribution, world->uniform[i]);
}

/* B = sum(c s x) / sum(c s); 50 when nobody has any weight. *weight receives sum(c s). */
static double compute_balance(const struct plan *plan, const double *value, double *weight)
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

/* The constant rate that gives a chance within so many months; a chance of 1 fires at once. */
static double odds_rate(double chance, double within)
{
    return chance < 1.0 ? fmin(fastest, -portable_log(1.0 - chance) / within) : fastest;
}

void world_derive(struct world *world, const struct plan *plan)
{
    const double *value = world->value;
    double weight;
    const double points = compute_balance(plan, value, &weight) - 50.0;

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
