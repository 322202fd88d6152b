#include "sim/engine/walk.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/model.h"
#include "sim/engine/portable.h"
#include "sim/plan/distribution.h"

void walk_init(struct walk *walk, const struct plan *plan)
{
    const size_t n = plan->n_clocks;

    *walk = (struct walk){.plan = plan,
                          .threshold = memory_new(n * WALK_BATCH, sizeof(double)),
                          .ring = memory_new(n, sizeof(double)),
                          .start_ratio = memory_new(n, sizeof(double)),
                          .steady_rate = memory_new(n, sizeof(double)),
                          .start_waits = memory_new(n, sizeof(uint32_t)),
                          .start_on = memory_new(plan->n_switches, sizeof(bool)),
                          .standing = memory_new(n, sizeof(bool)),
                          .left = memory_new(n, sizeof(double)),
                          .since = memory_new(n, sizeof(double)),
                          .ratio = memory_new(n, sizeof(double)),
                          .passed = memory_new(n, sizeof(double)),
                          .rung = memory_new(n, sizeof(uint32_t)),
                          .waits = memory_new(n, sizeof(uint32_t)),
                          .frailty = memory_new(plan->n_dependences, sizeof(double)),
                          .ends = memory_new(plan->n_factors, sizeof(double)),
                          .is_on = memory_new(plan->n_switches, sizeof(bool)),
                          .queue = memory_new(plan->n_factors, sizeof(uint32_t)),
                          .busy = memory_new(n, sizeof(uint32_t)),
                          .lasting = memory_new(plan->n_factors, sizeof(uint32_t))};
    for (uint32_t f = 0; f < plan->n_factors; f++)
        if (plan->clock[plan->factor[f].clock].lasts)
            walk->lasting[walk->n_lasting++] = f;
    for (uint32_t c = 0; c < n; c++)
        if (!plan->clock[c].steady && !(plan->clock[c].moves_base && !plan->model->balance_ratio))
            walk->busy[walk->n_busy++] = c;
}

void walk_free(struct walk *walk)
{
    free(walk->threshold);
    free(walk->ring);
    free(walk->left);
    free(walk->since);
    free(walk->ratio);
    free(walk->passed);
    free(walk->start_ratio);
    free(walk->steady_rate);
    free(walk->start_waits);
    free(walk->start_on);
    free(walk->standing);
    free(walk->rung);
    free(walk->waits);
    free(walk->ends);
    free(walk->is_on);
    free(walk->queue);
    free(walk->busy);
    free(walk->lasting);
    free(walk->frailty);
}

/* ---- baselines: the cumulative hazard L between two months, and the month where it has grown by so much ---- */

static double grown_steps(const struct walk *walk, const struct plan_clock *clock, double from, double to)
{
    const struct plan *plan = walk->plan;
    const uint32_t last = clock->steps.first + clock->steps.n - 1;
    double sum = 0.0;

    for (uint32_t s = clock->steps.first; s <= last; s++) {
        const double begin = fmax(plan->step[s].from, from);
        const double end = s < last ? fmin(plan->step[s + 1].from, to) : to;

        if (end > begin)
            sum += world_step_rate(walk->world, plan, s) * (end - begin);
    }
    return sum;
}

static double reach_steps(const struct walk *walk, const struct plan_clock *clock, double from, double amount)
{
    const struct plan *plan = walk->plan;
    const uint32_t last = clock->steps.first + clock->steps.n - 1;

    for (uint32_t s = clock->steps.first; s <= last; s++) {
        const double rate = world_step_rate(walk->world, plan, s);
        const double begin = fmax(plan->step[s].from, from);
        const double end = s < last ? plan->step[s + 1].from : INFINITY;

        if (end <= begin || rate <= 0.0)
            continue;
        if (amount <= rate * (end - begin))
            return begin + amount / rate;
        amount -= rate * (end - begin);
    }
    return INFINITY;
}

static double chance_of(const struct walk *walk, const struct plan_clock *clock)
{
    return plan_value(walk->world->value, clock->chance, 1.0);
}

/* L(t) = -ln(1 - p G(t)) */
static double dated_hazard(const struct walk *walk, const struct plan_clock *clock, double month)
{
    const double left = 1.0 - chance_of(walk, clock) * distribution_cdf(clock->date, month);

    return left > 0.0 ? -portable_log(left) : INFINITY;
}

static double reach_dated(const struct walk *walk, uint32_t c, double amount)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const double chance = chance_of(walk, clock), passed = walk->passed[c];
    const double u = (1.0 - portable_exp(-(passed + amount))) / chance;

    if (u < 1.0)
        return fmax(walk->month, distribution_quantile(clock->date, fmax(u, 0x1p-60)));
    return chance >= 1.0 && passed < INFINITY ? fmax(walk->month, distribution_high(clock->date)) : INFINITY;
}

/* A month that is past rings no more; but what began before as_of is there from the start. */
static double reach_at(const struct walk *walk, const struct plan_clock *clock)
{
    const double at = walk->world->value[clock->at];

    return at >= walk->month ? at : walk->month > 0.0 ? INFINITY : 0.0;
}

/* ---- clocks ---- */

static bool runs(const struct walk *walk, uint32_t c)
{
    return !walk->waits[c];
}

/* How much the cumulative hazard has grown since the clock was last settled. */
static double grown(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    double before;

    switch (clock->baseline) {
    case BASELINE_RATE:
        return grown_steps(walk, clock, walk->since[c], walk->month);
    case BASELINE_DATE:
        before = walk->passed[c];
        walk->passed[c] = dated_hazard(walk, clock, walk->month);
        return walk->passed[c] - before;
    case BASELINE_ODDS:
    case BASELINE_AT:
        break;
    }
    return 0.0; /* a month is all or nothing */
}

/* Bring what is left of a running clock's threshold up to the present. */
static void settle(struct walk *walk, uint32_t c)
{
    const double rate = walk->steady_rate[c], ratio = walk->ratio[c];

    if (walk->month > walk->since[c] && ratio > 0.0) {
        const double amount = rate >= 0.0 ? rate * (walk->month - walk->since[c]) : grown(walk, c);

        walk->left[c] = fmax(0.0, walk->left[c] - ratio * amount);
    }
    walk->since[c] = walk->month;
}

/* Begin to count from the present, after a time in which the clock did not run. */
static void restart(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];

    walk->since[c] = walk->month;
    if (clock->baseline == BASELINE_DATE)
        walk->passed[c] = walk->month > 0.0 ? dated_hazard(walk, clock, walk->month) : 0.0;
}

/* When the clock will ring if nothing changes. */
static void aim(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const double rate = walk->steady_rate[c], ratio = walk->ratio[c];

    if (!(ratio > 0.0) || rate == 0.0)
        walk->ring[c] = INFINITY;
    else if (rate > 0.0)
        walk->ring[c] = walk->month + walk->left[c] / (ratio * rate);
    else if (clock->baseline == BASELINE_RATE)
        walk->ring[c] = reach_steps(walk, clock, walk->month, walk->left[c] / ratio);
    else if (clock->baseline == BASELINE_DATE)
        walk->ring[c] = reach_dated(walk, c, walk->left[c] / ratio);
    else
        walk->ring[c] = reach_at(walk, clock);
}

static void wait_more(struct walk *walk, uint32_t c)
{
    if (runs(walk, c))
        settle(walk, c);
    walk->waits[c]++;
    walk->ring[c] = INFINITY;
}

static void wait_less(struct walk *walk, uint32_t c)
{
    walk->waits[c]--;
    if (runs(walk, c)) {
        restart(walk, c);
        aim(walk, c);
    }
}

static double frailty(const struct walk *walk, uint32_t c)
{
    const struct span frailties = walk->plan->clock[c].frailties;
    double product = 1.0;

    for (uint32_t i = frailties.first; i < frailties.first + frailties.n; i++)
        product *= walk->frailty[walk->plan->index[i]];
    return product;
}

/* The product of what is in force, from scratch: a switch that goes off leaves no rounding behind, and a ratio can come
 * back from 0. */
static double ratio_in_force(const struct walk *walk, const bool *is_on, uint32_t c)
{
    const struct plan *plan = walk->plan;
    const struct span incoming = plan->clock[c].incoming;
    double ratio = walk->world->own[c];

    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++) {
        const uint32_t link = plan->incoming[i];

        if (is_on[plan->link[link].from_switch])
            ratio *= walk->world->factor[link];
    }
    return ratio;
}

static void turn(struct walk *walk, uint32_t a_switch, bool on)
{
    const struct plan *plan = walk->plan;
    const struct span links = plan->switch_links[a_switch];

    if (walk->is_on[a_switch] == on)
        return;
    walk->is_on[a_switch] = on;
    for (uint32_t l = links.first; l < links.first + links.n; l++) {
        const uint32_t c = plan->link[l].clock;

        if (runs(walk, c))
            settle(walk, c);
        walk->ratio[c] = on ? walk->ratio[c] * walk->world->factor[l]
                            : ratio_in_force(walk, walk->is_on, c) * frailty(walk, c);
        if (runs(walk, c))
            aim(walk, c);
    }
}

static void unlock(struct walk *walk, const struct plan_clock *clock, bool on)
{
    for (uint32_t i = clock->unlocks.first; i < clock->unlocks.first + clock->unlocks.n; i++) {
        if (on)
            wait_less(walk, walk->plan->index[i]);
        else
            wait_more(walk, walk->plan->index[i]);
    }
}

static void next_threshold(struct walk *walk, uint32_t c)
{
    walk->rung[c]++;
    walk->left[c] = stream_exponential(&walk->luck, walk->plan->clock[c].key, walk->rung[c]);
    walk->since[c] = walk->month;
}

static void factor_comes(struct walk *walk, struct history *history, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const uint32_t f = clock->factor;
    double begins = walk->month;

    if (history->first[c] == INFINITY)
        history->first[c] = walk->month;
    if (clock->baseline == BASELINE_AT) /* a date before as_of has begun to last then */
        begins = fmin(begins, walk->world->value[clock->at]);
    if (clock->lasts)
        walk->ends[f] = fmax(walk->month, begins + distribution_quantile(clock->lasts,
                                                                        stream_uniform(&walk->luck, clock->key_lasts,
                                                                                       walk->rung[c])));
    if (clock->recurs)
        next_threshold(walk, c);
    else
        walk->rung[c]++;
    wait_more(walk, c); /* while it is on, or for good */
    turn(walk, f * SWITCHES_A_FACTOR + SWITCH_OTHERWISE, false);
    turn(walk, f * SWITCHES_A_FACTOR + SWITCH_ON, true);
    unlock(walk, clock, true);
}

static void factor_ends(struct walk *walk, uint32_t f)
{
    const uint32_t c = walk->plan->factor[f].clock;

    walk->ends[f] = INFINITY;
    turn(walk, f * SWITCHES_A_FACTOR + SWITCH_ON, false);
    unlock(walk, &walk->plan->clock[c], false);
    if (walk->plan->clock[c].recurs)
        wait_less(walk, c);
}

/* A clock of the base stops or starts where its set of states is left or entered. */
static void base_moves(struct walk *walk, struct history *history, uint32_t c)
{
    const struct plan *plan = walk->plan;
    const uint32_t b = plan->clock[c].base, from = history->state[b], to = plan->clock[c].to;
    const struct plan_base *base = &plan->base[b];

    history_move(history, walk->month, b, to, c);
    next_threshold(walk, c);
    for (uint32_t i = base->clocks.first; i < base->clocks.first + base->clocks.n; i++) {
        const bool was = plan->clock[i].from >> from & 1, is = plan->clock[i].from >> to & 1;

        if (was && !is)
            wait_more(walk, i);
        else if (is && !was)
            wait_less(walk, i);
    }
    for (uint32_t i = base->conditions.first; i < base->conditions.first + base->conditions.n; i++)
        turn(walk, plan->condition[i].its_switch, plan->condition[i].states >> to & 1);
}

/* ---- a run ---- */

/* Into the queue of steady factors, kept by month, then by clock. */
static void enqueue(struct walk *walk, uint32_t c)
{
    uint32_t i = walk->n_queue++;

    for (; i && walk->ring[walk->queue[i - 1]] > walk->ring[c]; i--)
        walk->queue[i] = walk->queue[i - 1];
    walk->queue[i] = c;
}

/* A factor whose month has come before the start and that nothing can hold back or end is simply in force. */
static bool stands(const struct walk *walk, const struct plan_clock *clock)
{
    return clock->steady && clock->baseline == BASELINE_AT && !clock->lasts && walk->world->value[clock->at] <= 0.0;
}

static double constant_rate(const struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];

    if (clock->baseline == BASELINE_ODDS)
        return walk->world->rate[c];
    if (clock->baseline == BASELINE_RATE && clock->steps.n == 1 && walk->plan->step[clock->steps.first].from <= 0.0)
        return world_step_rate(walk->world, walk->plan, clock->steps.first);
    return -1.0;
}

static void begin_factors(struct walk *walk)
{
    const struct plan *plan = walk->plan;

    memset(walk->start_on, 0, plan->n_switches * sizeof *walk->start_on);
    for (size_t c = 0; c < plan->n_clocks; c++) {
        walk->start_waits[c] = plan->clock[c].requires.n;
        walk->standing[c] = false;
    }
    for (size_t f = 0; f < plan->n_factors; f++) {
        const uint32_t c = plan->factor[f].clock;
        const struct span unlocks = plan->clock[c].unlocks;

        walk->standing[c] = stands(walk, &plan->clock[c]);
        walk->start_on[f * SWITCHES_A_FACTOR + (walk->standing[c] ? SWITCH_ON : SWITCH_OTHERWISE)] = true;
        for (uint32_t i = unlocks.first; walk->standing[c] && i < unlocks.first + unlocks.n; i++)
            walk->start_waits[plan->index[i]]--;
    }
}

/* What all runs of a world have in common. */
static void begin_world(struct walk *walk)
{
    const struct plan *plan = walk->plan;

    begin_factors(walk);
    for (size_t i = 0; i < plan->n_conditions; i++)
        walk->start_on[plan->condition[i].its_switch] =
            plan->condition[i].states >> plan->base[plan->condition[i].base].initial & 1;
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        const struct plan_clock *clock = &plan->clock[c];

        walk->steady_rate[c] = constant_rate(walk, c);
        walk->start_ratio[c] = ratio_in_force(walk, walk->start_on, c);
        if (clock->moves_base && !(plan->model->balance_ratio && clock->from >> plan->base[clock->base].initial & 1))
            walk->start_waits[c]++;
        if (walk->standing[c])
            walk->start_waits[c]++;
    }
}

void walk_batch(struct walk *walk, const struct world *world, uint64_t seed, uint64_t index, uint64_t first_run)
{
    const struct plan *plan = walk->plan;

    if (walk->world != world || walk->luck.world != index || !first_run || first_run < walk->luck.run) {
        walk->world = world;
        begin_world(walk);
    }
    walk->luck = (struct luck){seed, index, first_run};
    for (size_t c = 0; c < plan->n_clocks; c++)
        if (plan->clock[c].baseline != BASELINE_AT)
            stream_exponentials(walk->threshold + c * WALK_BATCH, WALK_BATCH, seed, plan->clock[c].key, index, first_run);
}

static void begin(struct walk *walk, struct history *history, size_t lane)
{
    const struct plan *plan = walk->plan;

    walk->month = 0.0;
    walk->n_queue = walk->next = 0;
    memcpy(walk->is_on, walk->start_on, plan->n_switches * sizeof *walk->is_on);
    for (uint32_t i = 0; i < walk->n_lasting; i++)
        walk->ends[walk->lasting[i]] = INFINITY;
    for (size_t d = 0; d < plan->n_dependences; d++)
        walk->frailty[d] = stream_gamma(&walk->luck, plan->dependence[d].key, walk->world->variance[d]);
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        walk->left[c] = walk->threshold[c * WALK_BATCH + lane];
        walk->since[c] = walk->passed[c] = 0.0;
        walk->rung[c] = 0;
        walk->ratio[c] = walk->start_ratio[c] * frailty(walk, c);
        walk->waits[c] = walk->start_waits[c];
        walk->ring[c] = INFINITY;
        if (runs(walk, c))
            aim(walk, c);
        if (plan->clock[c].steady && walk->ring[c] <= plan->horizon)
            enqueue(walk, c);
        if (walk->standing[c])
            history->first[c] = 0.0;
    }
}

/* The next thing to happen: a clock that rings, or (returned with *ends set) a factor that ends; UINT32_MAX: nothing
 * within the horizon. At the same month endings come first, then clocks in their order. */
static uint32_t next_ring(const struct walk *walk, double *month, bool *ends)
{
    const struct plan *plan = walk->plan;
    uint32_t found = UINT32_MAX;

    *month = plan->horizon;
    *ends = false;
    if (walk->next < walk->n_queue) {
        found = walk->queue[walk->next];
        *month = walk->ring[found];
    }
    for (uint32_t i = 0; i < walk->n_busy; i++) {
        const uint32_t c = walk->busy[i];

        if (walk->ring[c] < *month || (walk->ring[c] == *month && c < found)) {
            found = c;
            *month = walk->ring[c];
        }
    }
    for (uint32_t i = 0; i < walk->n_lasting; i++) {
        const uint32_t f = walk->lasting[i];

        if (walk->ends[f] < *month || (walk->ends[f] == *month && !*ends)) {
            found = f;
            *month = walk->ends[f];
            *ends = true;
        }
    }
    return found;
}

void walk_run(struct walk *walk, struct history *history, size_t lane)
{
    const struct plan *plan = walk->plan;
    const uint64_t first_run = walk->luck.run;
    uint32_t rings = 0;

    walk->luck.run = first_run + lane;
    history_begin(history, plan);
    begin(walk, history, lane);
    while (!history->overflow) {
        double month;
        bool ends;
        const uint32_t next = next_ring(walk, &month, &ends);

        if (next == UINT32_MAX)
            break;
        walk->month = month;
        if (++rings > HISTORY_MAX)
            history->overflow = true;
        if (ends) {
            factor_ends(walk, next);
            continue;
        }
        if (plan->clock[next].steady)
            walk->next++;
        if (plan->clock[next].moves_base)
            base_moves(walk, history, next);
        else
            factor_comes(walk, history, next);
    }
    for (size_t f = 0; f < plan->n_factors; f++)
        history->on[f] = walk->is_on[f * SWITCHES_A_FACTOR + SWITCH_ON];
    if (plan->model->decide)
        plan->model->decide(plan, walk->world->value, &walk->luck, history);
    history_end(history);
    walk->luck.run = first_run;
}
