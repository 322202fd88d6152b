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
                          .left = memory_new(n, sizeof(double)),
                          .since = memory_new(n, sizeof(double)),
                          .ratio = memory_new(n, sizeof(double)),
                          .own = memory_new(n, sizeof(double)),
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
    free(walk->own);
    free(walk->rung);
    free(walk->waits);
    free(walk->ends);
    free(walk->is_on);
    free(walk->queue);
    free(walk->busy);
    free(walk->lasting);
    free(walk->frailty);
}

void walk_batch(struct walk *walk, const struct world *world, uint64_t seed, uint64_t index, uint64_t first_run)
{
    const struct plan *plan = walk->plan;

    walk->world = world;
    walk->luck = (struct luck){seed, index, first_run};
    for (size_t c = 0; c < plan->n_clocks; c++)
        if (plan->clock[c].baseline != BASELINE_AT)
            stream_exponentials(walk->threshold + c * WALK_BATCH, WALK_BATCH, seed, plan->clock[c].key, index, first_run);
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

static double reach_dated(const struct walk *walk, const struct plan_clock *clock, double from, double amount)
{
    const double chance = chance_of(walk, clock);
    const double gone = from > 0.0 ? dated_hazard(walk, clock, from) : 0.0;
    const double u = (1.0 - portable_exp(-(gone + amount))) / chance;

    if (!(gone < INFINITY) || !(u < 1.0))
        return chance >= 1.0 && gone < INFINITY ? fmax(from, distribution_high(clock->date)) : INFINITY;
    return fmax(from, distribution_quantile(clock->date, fmax(u, 0x1p-60)));
}

static double grown(const struct walk *walk, uint32_t c, double from, double to)
{
    const struct plan_clock *clock = &walk->plan->clock[c];

    if (!(to > from))
        return 0.0;
    switch (clock->baseline) {
    case BASELINE_RATE:
        return grown_steps(walk, clock, from, to);
    case BASELINE_ODDS:
        return walk->world->rate[c] * (to - from);
    case BASELINE_DATE:
        return dated_hazard(walk, clock, to) - (from > 0.0 ? dated_hazard(walk, clock, from) : 0.0);
    case BASELINE_AT:
        break;
    }
    return 0.0; /* all or nothing */
}

static double reach(const struct walk *walk, uint32_t c, double from, double amount)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    double rate;

    switch (clock->baseline) {
    case BASELINE_RATE:
        if (clock->steps.n == 1 && from >= walk->plan->step[clock->steps.first].from) {
            rate = world_step_rate(walk->world, walk->plan, clock->steps.first);
            return rate > 0.0 ? from + amount / rate : INFINITY;
        }
        return reach_steps(walk, clock, from, amount);
    case BASELINE_ODDS:
        rate = walk->world->rate[c];
        return rate > 0.0 ? from + amount / rate : INFINITY;
    case BASELINE_DATE:
        return reach_dated(walk, clock, from, amount);
    case BASELINE_AT:
        break;
    }
    rate = walk->world->value[clock->at]; /* a month */
    return rate >= from ? rate : from > 0.0 || walk->rung[c] ? INFINITY : 0.0;
}

/* ---- clocks ---- */

static bool runs(const struct walk *walk, uint32_t c)
{
    return !walk->waits[c];
}

/* Bring what is left of a threshold up to the present. */
static void settle(struct walk *walk, uint32_t c)
{
    if (runs(walk, c) && walk->ratio[c] > 0.0)
        walk->left[c] = fmax(0.0, walk->left[c] - walk->ratio[c] * grown(walk, c, walk->since[c], walk->month));
    walk->since[c] = walk->month;
}

static void aim(struct walk *walk, uint32_t c)
{
    walk->ring[c] = runs(walk, c) && walk->ratio[c] > 0.0 ? reach(walk, c, walk->month, walk->left[c] / walk->ratio[c])
                                                          : INFINITY;
}

static void wait_more(struct walk *walk, uint32_t c)
{
    settle(walk, c);
    walk->waits[c]++;
    walk->ring[c] = INFINITY;
}

static void wait_less(struct walk *walk, uint32_t c)
{
    settle(walk, c);
    walk->waits[c]--;
    aim(walk, c);
}

/* From scratch, so that a switch that goes off leaves no rounding behind and a ratio can come back from 0. */
static double full_ratio(const struct walk *walk, uint32_t c)
{
    const struct plan *plan = walk->plan;
    const struct span incoming = plan->clock[c].incoming;
    double ratio = walk->own[c];

    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++) {
        const uint32_t link = plan->incoming[i];

        if (walk->is_on[plan->link[link].from_switch])
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

        settle(walk, c);
        walk->ratio[c] = on ? walk->ratio[c] * walk->world->factor[l] : full_ratio(walk, c);
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

static void begin_switches(struct walk *walk)
{
    const struct plan *plan = walk->plan;

    memset(walk->is_on, 0, plan->n_switches * sizeof *walk->is_on);
    for (size_t f = 0; f < plan->n_factors; f++) {
        walk->is_on[f * SWITCHES_A_FACTOR + SWITCH_OTHERWISE] = true;
        walk->ends[f] = INFINITY;
    }
    for (size_t i = 0; i < plan->n_conditions; i++)
        walk->is_on[plan->condition[i].its_switch] =
            plan->condition[i].states >> plan->base[plan->condition[i].base].initial & 1;
}

static double frailty(const struct walk *walk, const struct plan_clock *clock)
{
    double product = 1.0;

    for (uint32_t i = clock->frailties.first; i < clock->frailties.first + clock->frailties.n; i++)
        product *= walk->frailty[walk->plan->index[i]];
    return product;
}

static void begin(struct walk *walk, size_t lane)
{
    const struct plan *plan = walk->plan;

    walk->month = 0.0;
    walk->n_queue = walk->next = 0;
    begin_switches(walk);
    for (size_t d = 0; d < plan->n_dependences; d++)
        walk->frailty[d] = stream_gamma(&walk->luck, plan->dependence[d].key, walk->world->variance[d]);
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        const struct plan_clock *clock = &plan->clock[c];

        walk->left[c] = walk->threshold[c * WALK_BATCH + lane];
        walk->since[c] = 0.0;
        walk->rung[c] = 0;
        walk->own[c] = walk->world->own[c] * frailty(walk, clock);
        walk->ratio[c] = full_ratio(walk, c);
        walk->waits[c] = clock->requires.n;
        if (clock->moves_base)
            walk->waits[c] += !(clock->from >> plan->base[clock->base].initial & 1) || !plan->model->balance_ratio;
        aim(walk, c);
        if (clock->steady && walk->ring[c] <= plan->horizon)
            enqueue(walk, c);
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
    begin(walk, lane);
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
