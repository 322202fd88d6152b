#include "sim/engine/reach.h"
#include <math.h>
#include "sim/system/portable.h"
#include "sim/plan/distribution.h"

double reach_steps(const struct plan *plan, const struct world *world, struct span steps, double amount)
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

double reach_stepped_hazard(const struct plan *plan, const struct world *world, struct span steps, double month)
{
    const uint32_t last = steps.first + steps.n - 1;
    double hazard = 0.0;

    for (uint32_t s = steps.first; s <= last && plan->step[s].from < month; s++) {
        const double end = s < last ? fmin(plan->step[s + 1].from, month) : month;

        hazard += world_step_rate(world, plan, s) * (end - fmax(0.0, plan->step[s].from));
    }
    return hazard;
}

double reach_chance(const struct world *world, const struct plan_clock *clock)
{
    return plan_value(world->value, clock->chance, 1.0);
}

double reach_dated_hazard(const struct world *world, const struct plan_clock *clock, double month)
{
    const double left = 1.0 - reach_chance(world, clock) * distribution_cdf(clock->date, month);

    return left > 0.0 ? -portable_log(left) : INFINITY;
}

double reach_baseline(const struct plan *plan, const struct world *world, uint32_t c, double month)
{
    const struct plan_clock *clock = &plan->clock[c];

    if (clock->baseline == BASELINE_DATE)
        return month > 0.0 ? reach_dated_hazard(world, clock, month) : 0.0;
    if (clock->baseline == BASELINE_ODDS)
        return world->rate[c] * month;
    return reach_stepped_hazard(plan, world, clock->steps, month);
}

double reach_share(const struct plan_clock *clock, double u, bool certain)
{
    if (u < 1.0)
        return distribution_quantile(clock->date, u > 0x1p-60 ? u : 0x1p-60);
    return certain ? distribution_high(clock->date) : INFINITY;
}

double reach_date(const struct world *world, const struct plan_clock *clock, double now, double passed, double amount)
{
    const double chance = reach_chance(world, clock);
    const double u = (1.0 - portable_exp(-(passed + amount))) / chance;

    return fmax(now, reach_share(clock, u, chance >= 1.0 && passed < INFINITY));
}

double reach_at(const struct world *world, const struct plan_clock *clock, double now)
{
    const double at = world->value[clock->at];

    return at >= now ? at : now > 0.0 ? INFINITY : 0.0;
}

double reach_end(const struct world *world, const struct plan_clock *clock, double month, double uniform)
{
    double begins = month;

    if (clock->baseline == BASELINE_AT) /* a date before as_of has begun to last then */
        begins = fmin(begins, world->value[clock->at]);
    return fmax(month, begins + distribution_quantile(clock->lasts, uniform));
}
