/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/hazard.h"
#include <math.h>
#include "sim/plan/distribution.h"
#include "sim/system/portable.h"

/* Go through the pieces until the amount is used up: within one, hazard = rate x time. */
double hazard_inverse_steps(const struct plan *plan, const struct world *world, struct span steps, double amount)
{
    const uint32_t last = steps.first + steps.n - 1;

    for (uint32_t s = steps.first; s <= last; s++) {
        const double rate = world_step_rate(world, plan, s), begin = plan->step[s].from;
        const double end = s < last ? plan->step[s + 1].from : INFINITY;

        if (rate <= 0.0)
            continue;
        if (amount <= rate * (end - begin))
            return begin + amount / rate;
        amount -= rate * (end - begin);
    }
    return INFINITY;
}

double hazard_steps(const struct plan *plan, const struct world *world, struct span steps, double month)
{
    const uint32_t last = steps.first + steps.n - 1;
    double hazard = 0.0;

    for (uint32_t s = steps.first; s <= last && plan->step[s].from < month; s++) {
        const double end = s < last ? smaller(plan->step[s + 1].from, month) : month;

        hazard += world_step_rate(world, plan, s) * (end - larger(0.0, plan->step[s].from));
    }
    return hazard;
}

double hazard_chance(const struct world *world, const struct plan_clock *clock)
{
    return plan_value(world->value, clock->chance, 1.0);
}

/* -ln(1 - p G) for a share G of the date's distribution; infinite when a certain date has passed. */
static double hazard_of_share(const struct world *world, const struct plan_clock *clock, double share)
{
    const double left = 1.0 - hazard_chance(world, clock) * share;

    return left > 0.0 ? -portable_log(left) : INFINITY;
}

double hazard_date(const struct world *world, const struct plan_clock *clock, double month)
{
    return hazard_of_share(world, clock, distribution_cdf(clock->date, month));
}

double hazard_date_before(const struct world *world, const struct plan_clock *clock, double month)
{
    return hazard_of_share(world, clock, distribution_cdf_below(clock->date, month));
}

double hazard_at(const struct plan *plan, const struct world *world, uint32_t c, double month)
{
    const struct plan_clock *clock = &plan->clock[c];

    if (clock->baseline == BASELINE_DATE)
        return month > 0.0 ? hazard_date(world, clock, month) : 0.0;
    if (clock->baseline == BASELINE_ODDS)
        return world->rate[c] * month;
    return hazard_steps(plan, world, clock->steps, month);
}

double hazard_before(const struct plan *plan, const struct world *world, uint32_t c, double month)
{
    const struct plan_clock *clock = &plan->clock[c];

    if (clock->baseline == BASELINE_DATE && month > 0.0)
        return hazard_date_before(world, clock, month);
    return hazard_at(plan, world, c, month);
}

static double month_beyond(const struct plan_clock *clock, bool certain)
{
    return certain ? distribution_high(clock->date) : INFINITY;
}

static const double least_share = 0x1p-60; /* quantiles are of shares above 0 */

/* Shares that are reached are gathered, inverted together, and put back where they belong. */
void hazard_inverse_shares(const struct plan_clock *clock, const double *u, double *month, size_t n, bool certain)
{
    const double never = month_beyond(clock, certain);
    double share[HAZARD_MOST] = {0.0}, by[HAZARD_MOST];
    size_t which[HAZARD_MOST] = {0}, reached = 0;

    for (size_t i = 0; i < n; i++) {
        month[i] = never;
        which[reached] = i;
        share[reached] = larger(u[i], least_share);
        reached += u[i] < 1.0;
    }
    distribution_quantiles(clock->date, share, by, reached);
    for (size_t k = 0; k < reached; k++)
        month[which[k]] = by[k];
}

/* The inverse of L(t) = -ln(1 - p G(t)): G(t) = (1 - exp(-L)) / p; beyond the whole chance: never. */
double hazard_inverse_date(const struct world *world, const struct plan_clock *clock, double now, double passed,
                           double amount)
{
    const double chance = hazard_chance(world, clock);
    const double u = (1.0 - portable_exp(-(passed + amount))) / chance;

    if (u < 1.0)
        return larger(now, distribution_quantile(clock->date, larger(u, least_share)));
    return larger(now, month_beyond(clock, chance >= 1.0 && passed < INFINITY));
}

double hazard_inverse_at(const struct world *world, const struct plan_clock *clock, double now)
{
    const double at = world->value[clock->at];

    return at >= now ? at : now > 0.0 ? INFINITY : 0.0;
}

/* What has come at a month, and lasts so long. */
static double end_after(const struct world *world, const struct plan_clock *clock, double month, double length)
{
    double begins = month;

    if (clock->baseline == BASELINE_AT) /* a date before as_of has begun to last then */
        begins = smaller(begins, world->value[clock->at]);
    return larger(month, begins + length);
}

double hazard_end(const struct world *world, const struct plan_clock *clock, double month, double uniform)
{
    return end_after(world, clock, month, distribution_quantile(clock->lasts, uniform));
}

void hazard_ends(const struct world *world, const struct plan_clock *clock, const double *month, double *end,
                 const double *uniform, size_t n, double horizon)
{
    double u[HAZARD_MOST] = {0.0}, length[HAZARD_MOST];
    size_t which[HAZARD_MOST] = {0}, came = 0;

    for (size_t i = 0; i < n; i++) {
        end[i] = INFINITY;
        which[came] = i;
        u[came] = uniform[i];
        came += month[i] <= horizon;
    }
    distribution_quantiles(clock->lasts, u, length, came);
    for (size_t k = 0; k < came; k++)
        end[which[k]] = end_after(world, clock, month[which[k]], length[k]);
}
