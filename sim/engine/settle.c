/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/settle.h"
#include <math.h>
#include <string.h>
#include "sim/engine/reach.h"
#include "sim/plan/distribution.h"
#include "sim/system/portable.h"

/* The clock of the lever or event whose switch it is. */
static uint32_t clock_of(const struct plan *plan, uint32_t a_switch)
{
    return plan->factor[a_switch / SWITCHES_A_FACTOR].clock;
}

/* The clocks of what bears on a clock that can be settled: by an effect, or because it is required. */
static uint32_t n_bearers(const struct plan *plan, uint32_t c)
{
    return plan->clock[c].incoming.n + plan->clock[c].requires.n;
}

static uint32_t bearer(const struct plan *plan, uint32_t c, uint32_t i)
{
    const struct span incoming = plan->clock[c].incoming, needs = plan->clock[c].requires;

    return i < incoming.n ? clock_of(plan, plan->link[plan->incoming[incoming.first + i]].from_switch)
                          : plan->factor[plan->index[needs.first + i - incoming.n]].clock;
}

bool settle_can(const struct walk *walk, uint32_t c)
{
    const struct plan *plan = walk->plan;
    const struct plan_clock *clock = &plan->clock[c];
    const struct span incoming = clock->incoming;

    if (clock->moves_base || (clock->baseline == BASELINE_AT && !clock->steady))
        return false;
    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++)
        if (plan->link[plan->incoming[i]].from_switch >= plan->n_factors * SWITCHES_A_FACTOR)
            return false; /* a coupling's */
    for (uint32_t i = 0; i < n_bearers(plan, c); i++)
        if (walk->way[bearer(plan, c, i)] != WALK_SETTLED)
            return false;
    return true;
}

/* What bears on a clock */

/* What a settled factor does from a month on: whether it is on, whether it has ever come, and when that changes. */
struct presence {
    bool on, came;
    double until;
};

static void take_spell(struct presence *at, double comes, double ends, double month)
{
    at->came = at->came || comes <= month;
    at->on = at->on || (comes <= month && month < ends);
    if (comes > month)
        at->until = smaller(at->until, comes);
    else if (ends > month)
        at->until = smaller(at->until, ends);
}

/* How many of a clock's later spells have begun by a month. */
static uint32_t n_begun(const struct walk_spell *spell, uint32_t n, double month)
{
    uint32_t begun = 0, beyond = n;

    while (begun < beyond) {
        const uint32_t middle = begun + (beyond - begun) / 2;

        if (spell[middle].comes <= month)
            begun = middle + 1;
        else
            beyond = middle;
    }
    return begun;
}

static struct presence presence_at(const struct walk *walk, size_t lane, uint32_t c, double month)
{
    const struct span again = walk->again[c * WALK_BATCH + lane];
    struct presence at = {.until = INFINITY};

    take_spell(&at, walk->comes[c * WALK_BATCH + lane], walk->ends_by[c * WALK_BATCH + lane], month);
    if (again.n) {
        const struct walk_spell *spell = walk->spells[lane].spell + again.first;
        const uint32_t begun = n_begun(spell, again.n, month);

        for (uint32_t i = begun ? begun - 1 : 0; i < again.n && i <= begun; i++)
            take_spell(&at, spell[i].comes, spell[i].ends, month);
    }
    return at;
}

/* A clock's ratio from a month on, 0 while it is held back, and until when. */
struct bearing {
    double ratio, until;
};

static struct bearing bearing_at(const struct walk *walk, size_t lane, uint32_t c, double month)
{
    const struct plan *plan = walk->plan;
    const struct plan_clock *clock = &plan->clock[c];
    const struct span incoming = clock->incoming, needs = clock->requires, frailties = clock->frailties;
    struct bearing now = {walk->world->own[c], INFINITY};

    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++) {
        const struct plan_link *link = &plan->link[plan->incoming[i]];
        const struct presence at = presence_at(walk, lane, clock_of(plan, link->from_switch), month);

        if (link->from_switch % SWITCHES_A_FACTOR == SWITCH_ON ? at.on : !at.came)
            now.ratio *= walk->world->factor[plan->incoming[i]];
        now.until = smaller(now.until, at.until);
    }
    for (uint32_t i = frailties.first; i < frailties.first + frailties.n; i++)
        now.ratio *= walk->frailties[plan->index[i] * WALK_BATCH + lane];
    for (uint32_t i = needs.first; i < needs.first + needs.n; i++) {
        const struct presence at = presence_at(walk, lane, plan->factor[plan->index[i]].clock, month);

        if (!at.on)
            now.ratio = 0.0;
        now.until = smaller(now.until, at.until);
    }
    return now;
}

/* Its hazard, and its months. What bears on it changes before it fires in that month: up to then it has used up what came before
 * that month, and what a date that can be that very month adds is for what comes after the change. */

static double hazard_before(const struct walk *walk, uint32_t c, double month)
{
    return reach_baseline_before(walk->plan, walk->world, c, month);
}

/* The month where the baseline hazard, `passed` by now, has grown by the amount. */
static double reach_from(const struct walk *walk, uint32_t c, double now, double passed, double amount)
{
    const struct plan_clock *clock = &walk->plan->clock[c];

    if (clock->baseline == BASELINE_DATE)
        return reach_date(walk->world, clock, now, passed, amount);
    if (clock->baseline == BASELINE_ODDS)
        return walk->world->rate[c] > 0.0 ? now + amount / walk->world->rate[c] : INFINITY;
    return larger(now, reach_steps(walk->plan, walk->world, clock->steps, passed + amount));
}

/* The month a clock rings that has so much of its threshold left, from a month on. */
static double ring_from(const struct walk *walk, size_t lane, uint32_t c, double now, double left)
{
    double passed = hazard_before(walk, c, now);

    if (!n_bearers(walk->plan, c) && !walk->plan->clock[c].frailties.n)
        return walk->start_ratio[c] > 0.0 ? reach_from(walk, c, now, passed, left / walk->start_ratio[c]) : INFINITY;
    while (now <= walk->plan->horizon && passed < INFINITY) {
        const struct bearing bearing = bearing_at(walk, lane, c, now);
        double before = passed;

        if (bearing.ratio > 0.0) {
            const double month = reach_from(walk, c, now, passed, left / bearing.ratio);

            if (month < bearing.until)
                return month;
        }
        if (bearing.until > walk->plan->horizon)
            break;
        now = bearing.until;
        passed = hazard_before(walk, c, now);
        if (bearing.ratio > 0.0)
            left = larger(0.0, left - bearing.ratio * (passed - before));
    }
    return INFINITY;
}

double settle_hazard(const struct walk *walk, size_t lane, uint32_t c, double until)
{
    double now = 0.0, passed = 0.0, hazard = 0.0;

    while (now <= until && passed < INFINITY) { /* what changes at `until` bears on what a date adds then */
        const struct bearing bearing = bearing_at(walk, lane, c, now);
        const double before = passed;

        now = bearing.until;
        passed = now > until ? reach_baseline(walk->plan, walk->world, c, until) : hazard_before(walk, c, now);
        if (bearing.ratio > 0.0)
            hazard += bearing.ratio * (passed - before);
    }
    return hazard;
}

/* A batch */

/* The months by which a date comes that nothing bears on. A threshold E is the logarithm of a uniform U, so that what has passed
 * of the date's chance when it is reached, (1 - exp(-E)) / chance, needs neither. */
static void reach_dates(const struct walk *walk, uint32_t c, double *month, const double *uniform)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const double chance = reach_chance(walk->world, clock);
    double share[WALK_BATCH];

    for (size_t lane = 0; lane < walk->n_lanes; lane++)
        share[lane] = (1.0 - uniform[lane]) / chance;
    reach_shares(clock, share, month, walk->n_lanes, chance >= 1.0);
}

/* The month it rings if its ratio stays that of the start. */
static double reach_steadily(const struct walk *walk, uint32_t c, double threshold)
{
    const double ratio = walk->start_ratio[c];

    return ratio > 0.0 ? reach_from(walk, c, 0.0, 0.0, threshold / ratio) : INFINITY;
}

/* Until what month, in each lane, all that bears on a clock stays as at the start. */
static void first_changes(const struct walk *walk, uint32_t c, double first[WALK_BATCH])
{
    for (size_t lane = 0; lane < walk->n_lanes; lane++)
        first[lane] = INFINITY;
    for (uint32_t i = 0; i < n_bearers(walk->plan, c); i++) {
        const uint32_t from = bearer(walk->plan, c, i);
        const double *comes = walk->comes + from * WALK_BATCH;

        for (size_t lane = 0; lane < walk->n_lanes && !walk->standing[from]; lane++)
            first[lane] = smaller(first[lane], comes[lane]);
    }
}

/* The largest its hazard can be by the horizon, frailties apart, with a little to spare. */
static double most_hazard(const struct walk *walk, uint32_t c)
{
    const struct plan *plan = walk->plan;
    const struct span incoming = plan->clock[c].incoming;
    double ratio = walk->world->own[c];

    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++)
        ratio *= larger(1.0, walk->world->factor[plan->incoming[i]]);
    return ratio * reach_baseline(plan, walk->world, c, plan->horizon) * (1.0 + 1e-9);
}

/* When it first comes, in each lane: as if nothing bore on it, and once more where something does before. */
static void come_first(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const bool is_free = clock->baseline == BASELINE_DATE && walk->start_ratio[c] == 1.0;
    const bool frail = clock->frailties.n > 0, waits = walk->start_waits[c] > 0;
    double *month = walk->comes + c * WALK_BATCH, draw[WALK_BATCH], change[WALK_BATCH], most;
    uint8_t again[WALK_BATCH] = {0};
    size_t n = 0;

    if (clock->baseline == BASELINE_AT) {
        for (size_t lane = 0; lane < walk->n_lanes; lane++)
            month[lane] = reach_at(walk->world, clock, 0.0);
        return;
    }
    if (is_free) {
        stream_uniforms(draw, walk->n_lanes, &walk->luck, clock->key, 0);
        reach_dates(walk, c, month, draw);
    } else {
        stream_exponentials(draw, walk->n_lanes, &walk->luck, clock->key, 0);
        for (size_t lane = 0; lane < walk->n_lanes; lane++)
            month[lane] = reach_steadily(walk, c, draw[lane]);
    }
    if (clock->steady)
        return;
    first_changes(walk, c, change);
    for (size_t lane = 0; lane < walk->n_lanes; lane++) { /* no branch */
        again[n] = (uint8_t)lane;
        n += frail || waits || change[lane] <= smaller(month[lane], walk->plan->horizon);
    }
    most = frail ? INFINITY : most_hazard(walk, c);
    for (size_t i = 0; i < n; i++) {
        const double left = is_free ? -portable_log(draw[again[i]]) : draw[again[i]];

        month[again[i]] = left <= most ? ring_from(walk, again[i], c, 0.0, left) : INFINITY;
    }
}

/* As walk.h has it: what does not come by the horizon never comes. */
static void forget_beyond(const struct walk *walk, double month[WALK_BATCH])
{
    for (size_t lane = 0; lane < walk->n_lanes; lane++)
        month[lane] = month[lane] <= walk->plan->horizon ? month[lane] : INFINITY;
}

static void end_first(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const double *comes = walk->comes + c * WALK_BATCH;
    double *ends = walk->ends_by + c * WALK_BATCH, uniform[WALK_BATCH];

    if (!clock->lasts) {
        for (size_t lane = 0; lane < walk->n_lanes; lane++)
            ends[lane] = INFINITY;
        return;
    }
    stream_uniforms(uniform, walk->n_lanes, &walk->luck, clock->key_lasts, 0);
    reach_ends(walk->world, clock, comes, ends, uniform, walk->n_lanes, walk->plan->horizon);
}

static bool any_ends(const struct walk *walk, const double *ends)
{
    bool any = false;

    for (size_t lane = 0; lane < walk->n_lanes; lane++)
        any = any || ends[lane] <= walk->plan->horizon;
    return any;
}

/* What has ended comes again. More often than a history can tell is not pursued: the run is a runaway. */
static void come_again(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const size_t most = HISTORY_MAX + walk->n_changes;
    double comes[WALK_BATCH] = {0.0}, ends[WALK_BATCH], left[WALK_BATCH], uniform[WALK_BATCH];

    memcpy(ends, walk->ends_by + c * WALK_BATCH, sizeof ends);
    for (size_t lane = 0; lane < walk->n_lanes; lane++)
        walk->again[c * WALK_BATCH + lane] = (struct span){(uint32_t)walk->spells[lane].n, 0};
    for (uint64_t times = 1; any_ends(walk, ends); times++) {
        stream_exponentials(left, walk->n_lanes, &walk->luck, clock->key, times);
        stream_uniforms(uniform, walk->n_lanes, &walk->luck, clock->key_lasts, times);
        for (size_t lane = 0; lane < walk->n_lanes; lane++)
            comes[lane] = ends[lane] <= walk->plan->horizon && walk->spells[lane].n <= most
                              ? ring_from(walk, lane, c, ends[lane], left[lane])
                              : INFINITY;
        reach_ends(walk->world, clock, comes, ends, uniform, walk->n_lanes, walk->plan->horizon);
        for (size_t lane = 0; lane < walk->n_lanes; lane++) {
            struct walk_spells *more = &walk->spells[lane];

            if (comes[lane] > walk->plan->horizon)
                continue;
            more->spell = memory_grow(more->spell, more->n, &more->capacity, sizeof *more->spell);
            walk->again[c * WALK_BATCH + lane].n++;
            more->spell[more->n++] = (struct walk_spell){comes[lane], ends[lane], c};
        }
    }
}

void settle_batch(struct walk *walk)
{
    for (size_t lane = 0; lane < WALK_BATCH; lane++)
        walk->spells[lane].n = 0;
    for (uint32_t i = 0; i < walk->n_settled; i++) {
        const uint32_t c = walk->settled[i];

        come_first(walk, c);
        forget_beyond(walk, walk->comes + c * WALK_BATCH);
        end_first(walk, c);
        if (walk->plan->clock[c].recurs && walk->plan->clock[c].lasts)
            come_again(walk, c);
    }
}
