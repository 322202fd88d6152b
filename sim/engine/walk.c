#include "sim/engine/walk.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/model.h"
#include "sim/engine/portable.h"
#include "sim/plan/distribution.h"

/* The C library's are calls. */
static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

static enum walk_way way_of(const struct plan *plan, const struct plan_clock *clock)
{
    if (clock->moves_base && !plan->model->balance_ratio)
        return WALK_IDLE;
    if (clock->steady)
        return WALK_STEADY;
    return clock->baseline == BASELINE_RATE || clock->baseline == BASELINE_ODDS ? WALK_RATED : WALK_AIMED;
}

static int by_month(const void *a, const void *b)
{
    const struct walk_change *x = a, *y = b;

    if (x->month != y->month)
        return x->month < y->month ? -1 : 1;
    return x->clock < y->clock ? -1 : x->clock > y->clock;
}

static void list_changes(struct walk *walk)
{
    const struct plan *plan = walk->plan;
    size_t n = 0;

    for (uint32_t c = 0; c < plan->n_clocks; c++)
        n += plan->clock[c].steps.n;
    walk->change = memory_new(n, sizeof *walk->change);
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        const struct span steps = plan->clock[c].steps;

        for (uint32_t s = steps.first; walk->way[c] == WALK_RATED && s < steps.first + steps.n; s++)
            if (plan->step[s].from > 0.0 && plan->step[s].from < plan->horizon)
                walk->change[walk->n_changes++] = (struct walk_change){plan->step[s].from, c, s};
    }
    if (walk->n_changes)
        qsort(walk->change, walk->n_changes, sizeof *walk->change, by_month);
}

static void sort_clocks(struct walk *walk)
{
    for (uint32_t c = 0; c < walk->plan->n_clocks; c++) {
        walk->way[c] = way_of(walk->plan, &walk->plan->clock[c]);
        if (walk->way[c] == WALK_STEADY)
            walk->steady[walk->n_steady++] = c;
        if (walk->way[c] == WALK_AIMED)
            walk->aimed[walk->n_aimed++] = c;
        if (walk->way[c] == WALK_RATED) {
            walk->slot[c] = walk->n_rated;
            walk->rated[walk->n_rated++] = c;
        }
    }
    for (uint32_t f = 0; f < walk->plan->n_factors; f++)
        if (walk->plan->clock[walk->plan->factor[f].clock].lasts)
            walk->lasting[walk->n_lasting++] = f;
}

/* The slots that each switch reaches, as one stretch: multiplying a few by 1 costs less than looking them up. */
static void list_reach(struct walk *walk)
{
    const struct plan *plan = walk->plan;
    size_t size = 0;
    uint32_t n_aimed_links = 0;

    for (size_t i = 0; i < plan->n_switches; i++) {
        const struct span links = plan->switch_links[i];
        uint32_t first = UINT32_MAX, end = 0;
        struct walk_reach *reach = &walk->reach[i];

        reach->aimed.first = n_aimed_links;
        for (uint32_t l = links.first; l < links.first + links.n; l++) {
            const uint32_t c = plan->link[l].clock;

            if (walk->way[c] == WALK_AIMED)
                walk->aimed_link[n_aimed_links++] = l;
            if (walk->way[c] == WALK_RATED) {
                first = walk->slot[c] < first ? walk->slot[c] : first;
                end = walk->slot[c] + 1 > end ? walk->slot[c] + 1 : end;
            }
        }
        reach->aimed.n = n_aimed_links - reach->aimed.first;
        reach->first = end ? first : 0;
        reach->n = end ? end - first : 0;
        reach->at = size;
        size += reach->n;
    }
    walk->gain = memory_new(size, sizeof *walk->gain);
    walk->loss = memory_new(size, sizeof *walk->loss);
}

void walk_init(struct walk *walk, const struct plan *plan)
{
    const size_t n = plan->n_clocks, factors = plan->n_factors, switches = plan->n_switches;

    *walk = (struct walk){.plan = plan};
    const struct {
        void *field;
        size_t n, size;
    } part[] = {
#define PART(field, n) {&walk->field, n, sizeof *walk->field}
        PART(threshold, n * WALK_BATCH), PART(way, n), PART(steady, n), PART(aimed, n), PART(rated, n), PART(slot, n),
        PART(lasting, factors), PART(reach, switches), PART(aimed_link, plan->n_links), PART(start_ratio, n),
        PART(start_rate, n), PART(start_waits, n), PART(start_on, switches), PART(standing, n),
        PART(frailty, plan->n_dependences), PART(ends, factors), PART(is_on, switches), PART(rung, n), PART(waits, n), PART(spent, n),
        PART(left, n), PART(after, n), PART(ratio, n), PART(rate, n), PART(speed, n), PART(aimed_left, n),
        PART(aimed_ratio, n), PART(ring, n), PART(passed, n), PART(queue, factors),
#undef PART
    };
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        void *memory = memory_new(part[i].n, part[i].size);

        memcpy(part[i].field, &memory, sizeof memory);
    }
    sort_clocks(walk);
    list_changes(walk);
    list_reach(walk);
}

void walk_free(struct walk *walk)
{
    void *const part[] = {
        walk->threshold, walk->way,      walk->steady,  walk->aimed,       walk->rated,       walk->slot,
        walk->lasting,   walk->change,   walk->reach,   walk->aimed_link,  walk->gain,        walk->start_ratio,
        walk->loss,
        walk->start_rate, walk->start_waits, walk->start_on, walk->standing, walk->frailty,   walk->ends,
        walk->is_on,     walk->rung,     walk->waits,  walk->spent,   walk->left,        walk->after,       walk->ratio,
        walk->rate,      walk->speed,    walk->aimed_left, walk->aimed_ratio, walk->ring,     walk->passed,
        walk->queue};

    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        free(part[i]);
}

/* When a clock that nothing reaches, or a date, will ring */

static double reach_steps(const struct walk *walk, const struct span steps, double amount)
{
    const struct plan *plan = walk->plan;
    const uint32_t last = steps.first + steps.n - 1;

    for (uint32_t s = steps.first; s <= last; s++) {
        const double rate = world_step_rate(walk->world, plan, s), begin = plan->step[s].from;
        const double end = s < last ? plan->step[s + 1].from : INFINITY;

        if (rate <= 0.0)
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
static double dated_hazard(const struct walk *walk, const struct plan_clock *clock)
{
    const double left = 1.0 - chance_of(walk, clock) * distribution_cdf(clock->date, walk->month);

    return left > 0.0 ? -portable_log(left) : INFINITY;
}

/* The month by which a share u of a date's chance has passed; beyond all of it: never, or its end where it must come. */
static double month_of_share(const struct plan_clock *clock, double u, bool certain)
{
    if (u < 1.0)
        return distribution_quantile(clock->date, larger(u, 0x1p-60));
    return certain ? distribution_high(clock->date) : INFINITY;
}

static double reach_date(const struct walk *walk, const struct plan_clock *clock, double passed, double amount)
{
    const double chance = chance_of(walk, clock);
    const double u = (1.0 - portable_exp(-(passed + amount))) / chance;

    return larger(walk->month, month_of_share(clock, u, chance >= 1.0 && passed < INFINITY));
}

/* A month that is past rings no more; but what began before as_of is there from the start. */
static double reach_at(const struct walk *walk, const struct plan_clock *clock)
{
    const double at = walk->world->value[clock->at];

    return at >= walk->month ? at : walk->month > 0.0 ? INFINITY : 0.0;
}

/* Nothing changes a steady clock, so its ratio is the world's. */
static double reach_steadily(const struct walk *walk, uint32_t c, double threshold)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const double ratio = walk->start_ratio[c];

    if (!(ratio > 0.0))
        return INFINITY;
    switch (clock->baseline) {
    case BASELINE_RATE:
        return reach_steps(walk, clock->steps, threshold / ratio);
    case BASELINE_ODDS:
        return walk->start_rate[c] > 0.0 ? threshold / (ratio * walk->start_rate[c]) : INFINITY;
    case BASELINE_DATE:
        return reach_date(walk, clock, 0.0, threshold / ratio);
    case BASELINE_AT:
        break;
    }
    return reach_at(walk, clock);
}

static void aim(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];

    if (walk->waits[c] || !(walk->aimed_ratio[c] > 0.0))
        walk->ring[c] = INFINITY;
    else if (clock->baseline == BASELINE_DATE)
        walk->ring[c] = reach_date(walk, clock, walk->passed[c], walk->aimed_left[c] / walk->aimed_ratio[c]);
    else
        walk->ring[c] = reach_at(walk, clock);
}

/* Bring what is left of an aimed clock's threshold up to the present; a month is all or nothing. */
static void settle(struct walk *walk, uint32_t c)
{
    const double before = walk->passed[c];

    if (walk->plan->clock[c].baseline != BASELINE_DATE || !(walk->month > 0.0))
        return;
    walk->passed[c] = dated_hazard(walk, &walk->plan->clock[c]);
    if (!walk->waits[c] && walk->aimed_ratio[c] > 0.0)
        walk->aimed_left[c] = larger(0.0, walk->aimed_left[c] - walk->aimed_ratio[c] * (walk->passed[c] - before));
}

/* What changes a clock: its ratio, and reasons to wait */

static void wait_more(struct walk *walk, uint32_t c)
{
    if (walk->way[c] == WALK_AIMED) {
        settle(walk, c);
        walk->ring[c] = INFINITY;
    } else if (walk->way[c] == WALK_RATED) {
        walk->speed[walk->slot[c]] = 0.0;
    }
    walk->waits[c]++;
}

/* A clock that has rung needs a new threshold, if it is ever enabled again. */
static void next_threshold(struct walk *walk, uint32_t c)
{
    const double threshold = stream_exponential(&walk->luck, walk->plan->clock[c].key, walk->rung[c]);

    walk->spent[c] = false;
    if (walk->way[c] == WALK_RATED)
        walk->left[walk->slot[c]] = threshold;
    else
        walk->aimed_left[c] = threshold;
}

static void wait_less(struct walk *walk, uint32_t c)
{
    const uint32_t slot = walk->slot[c];

    if (walk->way[c] == WALK_AIMED)
        settle(walk, c);
    if (--walk->waits[c])
        return;
    if (walk->spent[c])
        next_threshold(walk, c);
    if (walk->way[c] == WALK_AIMED)
        aim(walk, c);
    else
        walk->speed[slot] = walk->ratio[slot] * walk->rate[slot];
}

static double frailty(const struct walk *walk, uint32_t c)
{
    const struct span frailties = walk->plan->clock[c].frailties;
    double product = 1.0;

    for (uint32_t i = frailties.first; i < frailties.first + frailties.n; i++)
        product *= walk->frailty[walk->plan->index[i]];
    return product;
}

/* The product of what is in force, from scratch, so that a ratio can come back from 0. */
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

static void set_ratio(struct walk *walk, uint32_t c, double ratio)
{
    const uint32_t slot = walk->slot[c];

    if (walk->way[c] == WALK_AIMED) {
        settle(walk, c);
        walk->aimed_ratio[c] = ratio;
        aim(walk, c);
    } else if (walk->way[c] == WALK_RATED) {
        walk->ratio[slot] = ratio;
        walk->speed[slot] = walk->waits[c] ? 0.0 : ratio * walk->rate[slot];
    }
}

static void multiply(struct walk *walk, const struct walk_reach *reach, const double *by)
{
    const double *restrict gain = by + reach->at;
    double *restrict ratio = walk->ratio + reach->first, *restrict speed = walk->speed + reach->first;

    for (uint32_t i = 0; i < reach->n; i++) {
        ratio[i] *= gain[i];
        speed[i] *= gain[i];
    }
}

static void turn(struct walk *walk, uint32_t a_switch, bool on)
{
    const struct plan *plan = walk->plan;
    const struct walk_reach *reach = &walk->reach[a_switch];
    const struct span links = plan->switch_links[a_switch];

    if (walk->is_on[a_switch] == on)
        return;
    walk->is_on[a_switch] = on;
    if (on || reach->can_return) {
        multiply(walk, reach, on ? walk->gain : walk->loss);
        for (uint32_t i = reach->aimed.first; i < reach->aimed.first + reach->aimed.n; i++) {
            const uint32_t link = walk->aimed_link[i], c = plan->link[link].clock;

            set_ratio(walk, c, on ? walk->aimed_ratio[c] * walk->world->factor[link]
                                  : ratio_in_force(walk, walk->is_on, c) * frailty(walk, c));
        }
        return;
    }
    for (uint32_t l = links.first; l < links.first + links.n; l++) {
        const uint32_t c = plan->link[l].clock;

        if (walk->way[c] != WALK_IDLE)
            set_ratio(walk, c, ratio_in_force(walk, walk->is_on, c) * frailty(walk, c));
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

/* What happens when something rings */

static void begin_to_last(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    double begins = walk->month;

    if (clock->baseline == BASELINE_AT) /* a date before as_of has begun to last then */
        begins = smaller(begins, walk->world->value[clock->at]);
    walk->ends[clock->factor] =
        larger(walk->month, begins + distribution_quantile(clock->lasts, stream_uniform(&walk->luck, clock->key_lasts,
                                                                                        walk->rung[c])));
}

static void factor_comes(struct walk *walk, struct history *history, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const uint32_t f = clock->factor;

    if (history->first[c] == INFINITY)
        history->first[c] = walk->month;
    if (clock->lasts)
        begin_to_last(walk, c);
    walk->rung[c]++;
    walk->spent[c] = true;
    if (walk->way[c] != WALK_STEADY)
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

/* The base's clocks stop or start as their sets of states are left or entered. */
static void base_moves(struct walk *walk, struct history *history, uint32_t c)
{
    const struct plan *plan = walk->plan;
    const uint32_t b = plan->clock[c].base, from = history->state[b], to = plan->clock[c].to;
    const struct plan_base *base = &plan->base[b];

    history_move(history, walk->month, b, to, c);
    walk->rung[c]++;
    walk->spent[c] = true;
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

static void rate_changes(struct walk *walk, const struct walk_change *change)
{
    const uint32_t slot = walk->slot[change->clock];

    walk->rate[slot] = world_step_rate(walk->world, walk->plan, change->step);
    walk->speed[slot] = walk->waits[change->clock] ? 0.0 : walk->ratio[slot] * walk->rate[slot];
}

static void rings(struct walk *walk, struct history *history, uint32_t c)
{
    if (walk->plan->clock[c].moves_base)
        base_moves(walk, history, c);
    else
        factor_comes(walk, history, c);
}

/* How a world's runs begin */

/* A factor whose month has come before the start and that nothing can hold back or end is simply in force. */
static bool stands(const struct walk *walk, const struct plan_clock *clock)
{
    return clock->steady && clock->baseline == BASELINE_AT && !clock->lasts && walk->world->value[clock->at] <= 0.0;
}

static double first_rate(const struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    double rate = 0.0;

    if (clock->baseline == BASELINE_ODDS)
        return walk->world->rate[c];
    for (uint32_t s = clock->steps.first; s < clock->steps.first + clock->steps.n; s++)
        if (walk->plan->step[s].from <= 0.0)
            rate = world_step_rate(walk->world, walk->plan, s);
    return rate;
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

static void fill_gain(struct walk *walk)
{
    const struct plan *plan = walk->plan;

    for (size_t i = 0; i < plan->n_switches; i++) {
        const struct span links = plan->switch_links[i];
        struct walk_reach *reach = &walk->reach[i];
        double *gain = walk->gain + reach->at, *loss = walk->loss + reach->at;

        reach->can_return = true;
        for (uint32_t k = 0; k < reach->n; k++)
            gain[k] = loss[k] = 1.0;
        for (uint32_t l = links.first; l < links.first + links.n; l++)
            if (walk->way[plan->link[l].clock] == WALK_RATED) {
                const uint32_t k = walk->slot[plan->link[l].clock] - reach->first;

                gain[k] = walk->world->factor[l];
                loss[k] = 1.0 / gain[k];
                reach->can_return = reach->can_return && gain[k] > 1e-9 && gain[k] < 1e9;
            }
    }
}

void walk_world(struct walk *walk, const struct world *world, uint64_t seed, uint64_t index)
{
    const struct plan *plan = walk->plan;

    walk->world = world;
    walk->luck = (struct luck){.seed = seed, .world = index};
    fill_gain(walk);
    begin_factors(walk);
    for (size_t i = 0; i < plan->n_conditions; i++)
        walk->start_on[plan->condition[i].its_switch] =
            plan->condition[i].states >> plan->base[plan->condition[i].base].initial & 1;
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        const struct plan_clock *clock = &plan->clock[c];

        walk->start_rate[c] = first_rate(walk, c);
        walk->start_ratio[c] = ratio_in_force(walk, walk->start_on, c);
        if (clock->moves_base && !(clock->from >> plan->base[clock->base].initial & 1))
            walk->start_waits[c]++;
    }
}

static void draw_thresholds(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];

    if (clock->baseline != BASELINE_AT)
        stream_exponentials(walk->threshold + c * WALK_BATCH, walk->n_lanes, walk->luck.seed, clock->key, walk->luck.world,
                            walk->luck.run);
}

/* A steady clock's months in all runs of the batch, in place of its thresholds. A threshold E is the logarithm of a
 * uniform U, so that what has passed of a date's chance when it is reached, (1 - exp(-E)) / chance, needs neither. */
static void ring_steadily(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const double chance = chance_of(walk, clock);
    double *month = walk->threshold + c * WALK_BATCH;

    if (clock->baseline == BASELINE_DATE && walk->start_ratio[c] == 1.0) {
        stream_uniforms(month, walk->n_lanes, walk->luck.seed, clock->key, walk->luck.world, walk->luck.run);
        for (size_t lane = 0; lane < walk->n_lanes; lane++)
            month[lane] = month_of_share(clock, (1.0 - month[lane]) / chance, chance >= 1.0);
        return;
    }
    draw_thresholds(walk, c);
    for (size_t lane = 0; lane < walk->n_lanes; lane++)
        month[lane] = reach_steadily(walk, c, month[lane]);
}

void walk_batch(struct walk *walk, uint64_t first_run, uint64_t n_runs)
{
    const struct plan *plan = walk->plan;
    const uint64_t whole = (n_runs + STREAM_LANES - 1) / STREAM_LANES * STREAM_LANES;

    walk->n_lanes = whole < WALK_BATCH ? (size_t)whole : WALK_BATCH;
    walk->luck.run = first_run;
    walk->month = 0.0;
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        if (walk->way[c] == WALK_STEADY && !walk->standing[c])
            ring_steadily(walk, c);
        else if (walk->way[c] != WALK_STEADY && walk->way[c] != WALK_IDLE)
            draw_thresholds(walk, c);
    }
}

/* A run */

/* Steady clocks that ring within the horizon, by month, then by clock. */
static void enqueue(struct walk *walk, uint32_t c, double month)
{
    const struct walk_known known = {month, c};
    uint32_t i = walk->n_queue;

    if (!(known.month <= walk->plan->horizon))
        return;
    walk->n_queue++;
    for (; i && walk->queue[i - 1].month > known.month; i--)
        walk->queue[i] = walk->queue[i - 1];
    walk->queue[i] = known;
}

static void begin_clocks(struct walk *walk, struct history *history, size_t lane)
{
    const double *threshold = walk->threshold + lane;

    for (uint32_t i = 0; i < walk->n_steady; i++) {
        const uint32_t c = walk->steady[i];

        if (walk->standing[c])
            history->first[c] = 0.0;
        else
            enqueue(walk, c, threshold[c * WALK_BATCH]);
    }
    for (uint32_t i = 0; i < walk->n_aimed; i++) {
        const uint32_t c = walk->aimed[i];

        walk->aimed_left[c] = threshold[c * WALK_BATCH];
        walk->aimed_ratio[c] = walk->start_ratio[c] * frailty(walk, c);
        aim(walk, c);
    }
    for (uint32_t i = 0; i < walk->n_rated; i++) {
        const uint32_t c = walk->rated[i];

        walk->left[i] = threshold[c * WALK_BATCH];
        walk->ratio[i] = walk->start_ratio[c] * frailty(walk, c);
        walk->rate[i] = walk->start_rate[c];
        walk->speed[i] = walk->waits[c] ? 0.0 : walk->ratio[i] * walk->rate[i];
    }
}

static void begin(struct walk *walk, struct history *history, size_t lane)
{
    const struct plan *plan = walk->plan;

    walk->month = 0.0;
    walk->n_queue = walk->next_known = walk->next_change = 0;
    memcpy(walk->is_on, walk->start_on, plan->n_switches * sizeof *walk->is_on);
    memcpy(walk->waits, walk->start_waits, plan->n_clocks * sizeof *walk->waits);
    memset(walk->rung, 0, plan->n_clocks * sizeof *walk->rung);
    memset(walk->spent, 0, plan->n_clocks * sizeof *walk->spent);
    memset(walk->passed, 0, plan->n_clocks * sizeof *walk->passed);
    for (uint32_t i = 0; i < walk->n_lasting; i++)
        walk->ends[walk->lasting[i]] = INFINITY;
    for (size_t d = 0; d < plan->n_dependences; d++)
        walk->frailty[d] = stream_gamma(&walk->luck, plan->dependence[d].key, walk->world->variance[d]);
    begin_clocks(walk, history, lane);
}

/* What is known to come next: at the same month endings come first, then changes of rates, then clocks by their order. */
struct coming {
    enum { NOTHING, ENDING, CHANGE, KNOWN, AIMED } what;
    double month;
    uint32_t which; /* factor or clock */
};

static struct coming what_comes(const struct walk *walk)
{
    struct coming coming = {NOTHING, walk->plan->horizon, UINT32_MAX};

    if (walk->next_known < walk->n_queue && walk->queue[walk->next_known].month <= coming.month)
        coming = (struct coming){KNOWN, walk->queue[walk->next_known].month, walk->queue[walk->next_known].clock};
    for (uint32_t i = 0; i < walk->n_aimed; i++) {
        const uint32_t c = walk->aimed[i];

        if (walk->ring[c] < coming.month || (walk->ring[c] == coming.month && c < coming.which))
            coming = (struct coming){AIMED, walk->ring[c], c};
    }
    if (walk->next_change < walk->n_changes && walk->change[walk->next_change].month <= coming.month)
        coming = (struct coming){CHANGE, walk->change[walk->next_change].month, 0};
    for (uint32_t i = 0; i < walk->n_lasting; i++) {
        const uint32_t f = walk->lasting[i];

        if (walk->ends[f] < coming.month || (walk->ends[f] == coming.month && coming.what != ENDING))
            coming = (struct coming){ENDING, walk->ends[f], f};
    }
    return coming;
}

/* What is left of each rated clock's threshold after some time; whether any is used up. No division, no branch. */
static bool use_up(struct walk *walk, double time)
{
    const double *restrict left = walk->left, *restrict speed = walk->speed;
    double *restrict after = walk->after;
    int64_t used_up = 0;

    for (uint32_t i = 0; i < walk->n_rated; i++) {
        after[i] = left[i] - speed[i] * time;
        used_up += after[i] <= 0.0;
    }
    return used_up;
}

/* The rated clock that rings first by a month, given that one does. */
static uint32_t first_to_ring(const struct walk *walk, double by, double *month)
{
    uint32_t found = 0;

    *month = INFINITY;
    for (uint32_t i = 0; i < walk->n_rated; i++) {
        const double when = walk->after[i] <= 0.0 ? smaller(by, walk->month + walk->left[i] / walk->speed[i]) : INFINITY;

        if (when < *month) {
            *month = when;
            found = i;
        }
    }
    return found;
}

/* Take over what use_up found, a month later. Thresholds that rounding has used up stay above 0. */
static void advance(struct walk *walk, double month)
{
    double *const swap = walk->left;

    walk->left = walk->after;
    walk->after = swap;
    walk->month = month;
}

/* Play up to the next thing that happens, and let it happen; false at the horizon. */
static bool step(struct walk *walk, struct history *history)
{
    const struct coming coming = what_comes(walk);

    if (use_up(walk, coming.month - walk->month)) {
        double month;
        const uint32_t slot = first_to_ring(walk, coming.month, &month);

        use_up(walk, month - walk->month);
        for (uint32_t i = 0; i < walk->n_rated; i++)
            walk->after[i] = larger(walk->after[i], 0x1p-1000);
        advance(walk, month);
        rings(walk, history, walk->rated[slot]);
        return true;
    }
    advance(walk, coming.month);
    switch (coming.what) {
    case NOTHING:
        return false;
    case ENDING:
        factor_ends(walk, coming.which);
        return true;
    case CHANGE:
        rate_changes(walk, &walk->change[walk->next_change++]);
        return true;
    case KNOWN:
        walk->next_known++;
        break;
    case AIMED:
        break;
    }
    rings(walk, history, coming.which);
    return true;
}

void walk_run(struct walk *walk, struct history *history, size_t lane)
{
    const struct plan *plan = walk->plan;
    const uint64_t first_run = walk->luck.run;
    uint32_t n_steps = 0;

    walk->luck.run = first_run + lane;
    history_begin(history, plan);
    begin(walk, history, lane);
    while (!history->overflow && step(walk, history))
        if (++n_steps > HISTORY_MAX)
            history->overflow = true;
    for (size_t f = 0; f < plan->n_factors; f++)
        history->on[f] = walk->is_on[f * SWITCHES_A_FACTOR + SWITCH_ON];
    if (plan->model->decide)
        plan->model->decide(plan, walk->world->value, &walk->luck, history);
    history_end(history);
    walk->luck.run = first_run;
}
