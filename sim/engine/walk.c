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

void walk_init(struct walk *walk, const struct plan *plan)
{
    const size_t n = plan->n_clocks;

    *walk = (struct walk){.plan = plan,
                          .threshold = memory_new(n * WALK_BATCH, sizeof(double)),
                          .way = memory_new(n, sizeof *walk->way),
                          .aimed = memory_new(n, sizeof(uint32_t)),
                          .lasting = memory_new(plan->n_factors, sizeof(uint32_t)),
                          .start_ratio = memory_new(n, sizeof(double)),
                          .start_rate = memory_new(n, sizeof(double)),
                          .start_waits = memory_new(n, sizeof(uint32_t)),
                          .start_on = memory_new(plan->n_switches, sizeof(bool)),
                          .standing = memory_new(n, sizeof(bool)),
                          .frailty = memory_new(plan->n_dependences, sizeof(double)),
                          .ends = memory_new(plan->n_factors, sizeof(double)),
                          .is_on = memory_new(plan->n_switches, sizeof(bool)),
                          .left = memory_new(n, sizeof(double)),
                          .ratio = memory_new(n, sizeof(double)),
                          .rate = memory_new(n, sizeof(double)),
                          .speed = memory_new(n, sizeof(double)),
                          .ring = memory_new(n, sizeof(double)),
                          .passed = memory_new(n, sizeof(double)),
                          .rung = memory_new(n, sizeof(uint32_t)),
                          .waits = memory_new(n, sizeof(uint32_t)),
                          .running = memory_new(n, sizeof(uint32_t)),
                          .place = memory_new(n, sizeof(uint32_t)),
                          .queue = memory_new(plan->n_factors, sizeof *walk->queue)};
    for (uint32_t c = 0; c < n; c++) {
        walk->way[c] = way_of(plan, &plan->clock[c]);
        if (walk->way[c] == WALK_AIMED)
            walk->aimed[walk->n_aimed++] = c;
    }
    for (uint32_t f = 0; f < plan->n_factors; f++)
        if (plan->clock[plan->factor[f].clock].lasts)
            walk->lasting[walk->n_lasting++] = f;
    list_changes(walk);
}

void walk_free(struct walk *walk)
{
    void *const part[] = {walk->threshold, walk->way,     walk->aimed,   walk->lasting, walk->change,   walk->start_ratio,
                          walk->start_rate, walk->start_waits, walk->start_on, walk->standing, walk->frailty, walk->ends,
                          walk->is_on,     walk->left,    walk->ratio,   walk->rate,    walk->speed,    walk->ring,
                          walk->passed,    walk->rung,    walk->waits,   walk->running, walk->place,    walk->queue};

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

static double reach_date(const struct walk *walk, uint32_t c, double amount)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const double chance = chance_of(walk, clock), passed = walk->passed[c];
    const double u = (1.0 - portable_exp(-(passed + amount))) / chance;

    if (u < 1.0)
        return larger(walk->month, distribution_quantile(clock->date, larger(u, 0x1p-60)));
    return chance >= 1.0 && passed < INFINITY ? larger(walk->month, distribution_high(clock->date)) : INFINITY;
}

/* A month that is past rings no more; but what began before as_of is there from the start. */
static double reach_at(const struct walk *walk, const struct plan_clock *clock)
{
    const double at = walk->world->value[clock->at];

    return at >= walk->month ? at : walk->month > 0.0 ? INFINITY : 0.0;
}

static double reach_steadily(const struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const double amount = walk->left[c] / walk->ratio[c];

    if (!(walk->ratio[c] > 0.0))
        return INFINITY;
    switch (clock->baseline) {
    case BASELINE_RATE:
        return reach_steps(walk, clock->steps, amount);
    case BASELINE_ODDS:
        return walk->rate[c] > 0.0 ? amount / walk->rate[c] : INFINITY;
    case BASELINE_DATE:
        return reach_date(walk, c, amount);
    case BASELINE_AT:
        break;
    }
    return reach_at(walk, clock);
}

static void aim(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];

    if (walk->waits[c] || !(walk->ratio[c] > 0.0))
        walk->ring[c] = INFINITY;
    else if (clock->baseline == BASELINE_DATE)
        walk->ring[c] = reach_date(walk, c, walk->left[c] / walk->ratio[c]);
    else
        walk->ring[c] = reach_at(walk, clock);
}

/* Bring what is left of an aimed clock's threshold up to the present; a month is all or nothing. */
static void settle(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const double before = walk->passed[c];

    if (clock->baseline != BASELINE_DATE || !(walk->month > 0.0))
        return;
    walk->passed[c] = dated_hazard(walk, clock);
    if (!walk->waits[c] && walk->ratio[c] > 0.0)
        walk->left[c] = larger(0.0, walk->left[c] - walk->ratio[c] * (walk->passed[c] - before));
}

/* What changes a clock: its ratio, and reasons to wait */

/* Large enough for "at once", small enough to stay finite when multiplied. */
static double bounded(double speed)
{
    return smaller(speed, 1e300);
}

static void set_ratio(struct walk *walk, uint32_t c, double ratio)
{
    if (walk->way[c] == WALK_AIMED)
        settle(walk, c);
    walk->ratio[c] = ratio;
    if (walk->way[c] == WALK_AIMED)
        aim(walk, c);
    else
        walk->speed[c] = bounded(ratio * walk->rate[c]);
}

static void start_running(struct walk *walk, uint32_t c)
{
    walk->place[c] = walk->n_running;
    walk->running[walk->n_running++] = c;
}

static void stop_running(struct walk *walk, uint32_t c)
{
    const uint32_t last = walk->running[--walk->n_running];

    walk->running[walk->place[c]] = last;
    walk->place[last] = walk->place[c];
}

static void wait_more(struct walk *walk, uint32_t c)
{
    if (walk->way[c] == WALK_AIMED)
        settle(walk, c);
    if (!walk->waits[c]++ && walk->way[c] == WALK_RATED)
        stop_running(walk, c);
    walk->ring[c] = INFINITY;
}

static void wait_less(struct walk *walk, uint32_t c)
{
    if (walk->way[c] == WALK_AIMED)
        settle(walk, c);
    if (--walk->waits[c])
        return;
    if (walk->way[c] == WALK_RATED)
        start_running(walk, c);
    else
        aim(walk, c);
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

        if (walk->way[c] != WALK_IDLE)
            set_ratio(walk, c,
                      on ? walk->ratio[c] * walk->world->factor[l]
                         : ratio_in_force(walk, walk->is_on, c) * frailty(walk, c));
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

static void next_threshold(struct walk *walk, uint32_t c)
{
    walk->rung[c]++;
    walk->left[c] = stream_exponential(&walk->luck, walk->plan->clock[c].key, walk->rung[c]);
}

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
    if (clock->recurs)
        next_threshold(walk, c);
    else
        walk->rung[c]++;
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

static void rate_changes(struct walk *walk, const struct walk_change *change)
{
    walk->rate[change->clock] = world_step_rate(walk->world, walk->plan, change->step);
    walk->speed[change->clock] = bounded(walk->ratio[change->clock] * walk->rate[change->clock]);
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

void walk_world(struct walk *walk, const struct world *world, uint64_t seed, uint64_t index)
{
    const struct plan *plan = walk->plan;

    walk->world = world;
    walk->luck = (struct luck){.seed = seed, .world = index};
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

void walk_batch(struct walk *walk, uint64_t first_run)
{
    const struct plan *plan = walk->plan;

    walk->luck.run = first_run;
    for (size_t c = 0; c < plan->n_clocks; c++)
        if (plan->clock[c].baseline != BASELINE_AT && walk->way[c] != WALK_IDLE)
            stream_exponentials(walk->threshold + c * WALK_BATCH, WALK_BATCH, walk->luck.seed, plan->clock[c].key,
                                walk->luck.world, first_run);
}

/* A run */

/* Steady clocks that ring within the horizon, by month, then by clock. */
static void enqueue(struct walk *walk, uint32_t c)
{
    const struct walk_known known = {reach_steadily(walk, c), c};
    uint32_t i = walk->n_queue;

    if (!(known.month <= walk->plan->horizon))
        return;
    walk->n_queue++;
    for (; i && walk->queue[i - 1].month > known.month; i--)
        walk->queue[i] = walk->queue[i - 1];
    walk->queue[i] = known;
}

static void begin_clock(struct walk *walk, struct history *history, uint32_t c, size_t lane)
{
    walk->left[c] = walk->threshold[c * WALK_BATCH + lane];
    walk->ratio[c] = walk->start_ratio[c] * frailty(walk, c);
    walk->rate[c] = walk->start_rate[c];
    walk->speed[c] = bounded(walk->ratio[c] * walk->rate[c]);
    walk->passed[c] = 0.0;
    walk->rung[c] = 0;
    walk->waits[c] = walk->start_waits[c];
    if (walk->standing[c])
        history->first[c] = 0.0;
    else if (walk->way[c] == WALK_STEADY)
        enqueue(walk, c);
    else if (walk->way[c] == WALK_AIMED)
        aim(walk, c);
    else if (walk->way[c] == WALK_RATED && !walk->waits[c])
        start_running(walk, c);
}

static void begin(struct walk *walk, struct history *history, size_t lane)
{
    const struct plan *plan = walk->plan;

    walk->month = 0.0;
    walk->n_queue = walk->n_running = walk->next_known = walk->next_change = 0;
    memcpy(walk->is_on, walk->start_on, plan->n_switches * sizeof *walk->is_on);
    for (uint32_t i = 0; i < walk->n_lasting; i++)
        walk->ends[walk->lasting[i]] = INFINITY;
    for (size_t d = 0; d < plan->n_dependences; d++)
        walk->frailty[d] = stream_gamma(&walk->luck, plan->dependence[d].key, walk->world->variance[d]);
    for (uint32_t c = 0; c < plan->n_clocks; c++)
        begin_clock(walk, history, c, lane);
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

/* The rated clock that uses up its threshold first, by a month; UINT32_MAX when none does. No division but for those that
 * do. */
static uint32_t first_to_ring(const struct walk *walk, double by, double *month)
{
    const double time = by - walk->month;
    uint32_t found = UINT32_MAX;

    *month = by;
    for (uint32_t i = 0; i < walk->n_running; i++) {
        const uint32_t c = walk->running[i];

        if (walk->left[c] <= walk->speed[c] * time && walk->speed[c] > 0.0) {
            const double when = smaller(by, walk->month + walk->left[c] / walk->speed[c]);

            if (when < *month || found == UINT32_MAX || (when == *month && c < found)) {
                *month = when;
                found = c;
            }
        }
    }
    return found;
}

static void advance(struct walk *walk, double month)
{
    const double time = month - walk->month;

    for (uint32_t i = 0; i < walk->n_running; i++) {
        const uint32_t c = walk->running[i];

        walk->left[c] = larger(0.0, walk->left[c] - walk->speed[c] * time);
    }
    walk->month = month;
}

/* Play up to the next thing that happens, and let it happen; false at the horizon. */
static bool step(struct walk *walk, struct history *history)
{
    const struct coming coming = what_comes(walk);
    double month;
    const uint32_t c = first_to_ring(walk, coming.month, &month);

    advance(walk, month);
    if (c != UINT32_MAX) {
        rings(walk, history, c);
        return true;
    }
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
