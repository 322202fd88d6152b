/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/exogenous.h"
#include <math.h>
#include <string.h>
#include "sim/engine/hazard.h"
#include "sim/plan/distribution.h"
#include "sim/system/portable.h"

/* The clock of the lever or event whose switch it is. */
static uint32_t clock_of_switch(const struct plan *plan, uint32_t a_switch)
{
    return plan->factor[a_switch / SWITCHES_A_FACTOR].clock;
}

/* How many clocks influence an exogenous clock, by an effect or because they are required; influencing_clock gives one of them. */
static uint32_t count_influences(const struct plan *plan, uint32_t c)
{
    return plan->clock[c].incoming.n + plan->clock[c].requires.n;
}

static uint32_t influencing_clock(const struct plan *plan, uint32_t c, uint32_t i)
{
    const struct span incoming = plan->clock[c].incoming, needs = plan->clock[c].requires;

    return i < incoming.n ? clock_of_switch(plan, plan->link[plan->incoming[incoming.first + i]].from_switch)
                          : plan->factor[plan->index[needs.first + i - incoming.n]].clock;
}

bool exogenous_qualifies(const struct path *path, uint32_t c)
{
    const struct plan *plan = path->plan;
    const struct plan_clock *clock = &plan->clock[c];
    const struct span incoming = clock->incoming;

    if (clock->moves_base || (clock->baseline == BASELINE_AT && !clock->steady))
        return false;
    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++)
        if (plan->link[plan->incoming[i]].from_switch >= plan->n_factors * SWITCHES_A_FACTOR)
            return false; /* a coupling's */
    for (uint32_t i = 0; i < count_influences(plan, c); i++)
        if (path->layout.method[influencing_clock(plan, c, i)] != CLOCK_EXOGENOUS)
            return false;
    return true;
}

/* ---- what influences a clock ---- */

/* An exogenous factor at a month: whether it is on, whether it has ever come, and until when that holds. */
struct presence {
    bool on, came;
    double until;
};

/* One spell of a factor: [comes, ends). Its next boundary after the month limits how long the present state holds. */
static void take_spell(struct presence *at, double comes, double ends, double month)
{
    at->came = at->came || comes <= month;
    at->on = at->on || (comes <= month && month < ends);
    if (comes > month)
        at->until = smaller(at->until, comes);
    else if (ends > month)
        at->until = smaller(at->until, ends);
}

/* How many of a clock's later spells have begun by a month, by bisection: they are in order of time. */
static uint32_t count_begun(const struct path_spell *spell, uint32_t n, double month)
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

/* The first spell is kept apart; of later ones only the last that has begun and the next can matter. */
static struct presence find_presence(const struct path *path, size_t lane, uint32_t c, double month)
{
    const struct span again = path->times.again[c * PATH_BATCH + lane];
    struct presence at = {.until = INFINITY};

    take_spell(&at, path->times.comes[c * PATH_BATCH + lane], path->times.ends_by[c * PATH_BATCH + lane], month);
    if (again.n) {
        const struct path_spell *spell = path->times.spells[lane].spell + again.first;
        const uint32_t begun = count_begun(spell, again.n, month);

        for (uint32_t i = begun ? begun - 1 : 0; i < again.n && i <= begun; i++)
            take_spell(&at, spell[i].comes, spell[i].ends, month);
    }
    return at;
}

/* A clock's ratio from a month on, 0 while it is held back, and until when. */
struct influence {
    double ratio, until;
};

static struct influence find_influence(const struct path *path, size_t lane, uint32_t c, double month)
{
    const struct plan *plan = path->plan;
    const struct plan_clock *clock = &plan->clock[c];
    const struct span incoming = clock->incoming, needs = clock->requires, frailties = clock->frailties;
    struct influence now = {path->world.drawn->own[c], INFINITY};

    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++) {
        const struct plan_link *link = &plan->link[plan->incoming[i]];
        const struct presence at = find_presence(path, lane, clock_of_switch(plan, link->from_switch), month);

        if (link->from_switch % SWITCHES_A_FACTOR == SWITCH_ON ? at.on : !at.came)
            now.ratio *= path->world.drawn->factor[plan->incoming[i]];
        now.until = smaller(now.until, at.until);
    }
    for (uint32_t i = frailties.first; i < frailties.first + frailties.n; i++)
        now.ratio *= path->batch.frailties[plan->index[i] * PATH_BATCH + lane];
    for (uint32_t i = needs.first; i < needs.first + needs.n; i++) {
        const struct presence at = find_presence(path, lane, plan->factor[plan->index[i]].clock, month);

        if (!at.on)
            now.ratio = 0.0;
        now.until = smaller(now.until, at.until);
    }
    return now;
}

/* ---- its hazard, and when it fires ----
 *
 * At equal months an influence changes before a clock fires. So up to a change a clock has used what accrued before that month, and what
 * a date that can be that very month adds counts under the new ratio. */

static double baseline_before(const struct path *path, uint32_t c, double month)
{
    return hazard_before(path->plan, path->world.drawn, c, month);
}

/* The month where the baseline hazard, `passed` by now, has grown by the amount. */
static double invert_baseline(const struct path *path, uint32_t c, double now, double used_baseline, double amount)
{
    const struct plan_clock *clock = &path->plan->clock[c];

    if (clock->baseline == BASELINE_DATE)
        return hazard_inverse_date(path->world.drawn, clock, now, used_baseline, amount);
    if (clock->baseline == BASELINE_ODDS)
        return path->world.drawn->rate[c] > 0.0 ? now + amount / path->world.drawn->rate[c] : INFINITY;
    return larger(now, hazard_inverse_steps(path->plan, path->world.drawn, clock->steps, used_baseline + amount));
}

/* The month in which a clock fires, given its residual threshold at an earlier month. Piece by piece: while the ratio is constant, the month is
 * that where the baseline has grown by residual / ratio; if an influence changes first, take off what was used and go on from there.
 * Example: residual 0.3, rate 0.1, blocked until month 7: nothing is used in [0, 7), and 7 + 0.3 / 0.1 = 10. */
static double find_firing(const struct path *path, size_t lane, uint32_t c, double now, double residual)
{
    double used_baseline = baseline_before(path, c, now);

    if (!count_influences(path->plan, c) && !path->plan->clock[c].frailties.n)
        return path->world.start_ratio[c] > 0.0
                   ? invert_baseline(path, c, now, used_baseline, residual / path->world.start_ratio[c])
                   : INFINITY;
    while (now <= path->plan->horizon && used_baseline < INFINITY) {
        const struct influence influence = find_influence(path, lane, c, now);
        double before = used_baseline;

        if (influence.ratio > 0.0) {
            const double month = invert_baseline(path, c, now, used_baseline, residual / influence.ratio);

            if (month < influence.until)
                return month;
        }
        if (influence.until > path->plan->horizon)
            break;
        now = influence.until;
        used_baseline = baseline_before(path, c, now);
        if (influence.ratio > 0.0)
            residual = larger(0.0, residual - influence.ratio * (used_baseline - before));
    }
    return INFINITY;
}

double exogenous_hazard(const struct path *path, size_t lane, uint32_t c, double until)
{
    double now = 0.0, used_baseline = 0.0, hazard = 0.0;

    while (now <= until && used_baseline < INFINITY) { /* what changes at `until` counts for what a date adds then */
        const struct influence influence = find_influence(path, lane, c, now);
        const double before = used_baseline;

        now = influence.until;
        used_baseline =
            now > until ? hazard_at(path->plan, path->world.drawn, c, until) : baseline_before(path, c, now);
        if (influence.ratio > 0.0)
            hazard += influence.ratio * (used_baseline - before);
    }
    return hazard;
}

/* ---- a batch: the same clock in all lanes ---- */

/* Firing times of a dated clock with no influences: the inverse of L(t) = -ln(1 - p G(t)). A threshold E is -ln U, so that G(t) =
 * (1 - exp(-E)) / p = (1 - U) / p: neither logarithm nor exponential is needed. */
static void invert_dates(const struct path *path, uint32_t c, double *month, const double *uniform)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    const double chance = hazard_chance(path->world.drawn, clock);
    double share[PATH_BATCH];

    for (size_t lane = 0; lane < path->batch.n_lanes; lane++)
        share[lane] = (1.0 - uniform[lane]) / chance;
    hazard_inverse_shares(clock, share, month, path->batch.n_lanes, chance >= 1.0);
}

/* The month it fires if its ratio stays that of the start. */
static double invert_steady(const struct path *path, uint32_t c, double threshold)
{
    const double ratio = path->world.start_ratio[c];

    return ratio > 0.0 ? invert_baseline(path, c, 0.0, 0.0, threshold / ratio) : INFINITY;
}

/* Until what month, in each lane, all that influences a clock stays as at the start: the least first firing of any influence. Factors in
 * force from the start, for good, never change. */
static void find_first_changes(const struct path *path, uint32_t c, double first[PATH_BATCH])
{
    for (size_t lane = 0; lane < path->batch.n_lanes; lane++)
        first[lane] = INFINITY;
    for (uint32_t i = 0; i < count_influences(path->plan, c); i++) {
        const uint32_t from = influencing_clock(path->plan, c, i);
        const double *comes = path->times.comes + from * PATH_BATCH;

        for (size_t lane = 0; lane < path->batch.n_lanes && !path->world.is_in_force[from]; lane++)
            first[lane] = smaller(first[lane], comes[lane]);
    }
}

/* A bound of its cumulative hazard by the horizon, frailties apart, with a little to spare for rounding: what has a larger threshold
 * cannot fire, and need not be gone through piece by piece. */
static double bound_hazard(const struct path *path, uint32_t c)
{
    const struct plan *plan = path->plan;
    const struct span incoming = plan->clock[c].incoming;
    double ratio = path->world.drawn->own[c];

    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++)
        ratio *= larger(1.0, path->world.drawn->factor[plan->incoming[i]]);
    return ratio * hazard_at(plan, path->world.drawn, c, plan->horizon) * (1.0 + 1e-9);
}

/* When it first fires, in each lane. First of all lanes as if its ratio stayed that of the start; then once more, piece by piece, in those
 * lanes (listed in again[] without a branch) where an influence changes before, or that have a frailty or wait for something. */
static void resolve_first(struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    const bool is_free = clock->baseline == BASELINE_DATE && path->world.start_ratio[c] == 1.0;
    const bool frail = clock->frailties.n > 0, n_blocks = path->world.start_n_blocks[c] > 0;
    double *month = path->times.comes + c * PATH_BATCH, draw[PATH_BATCH], change[PATH_BATCH], most;
    uint8_t again[PATH_BATCH] = {0};
    size_t n = 0;

    if (clock->baseline == BASELINE_AT) {
        for (size_t lane = 0; lane < path->batch.n_lanes; lane++)
            month[lane] = hazard_inverse_at(path->world.drawn, clock, 0.0);
        return;
    }
    if (is_free) {
        stream_uniforms(draw, path->batch.n_lanes, &path->batch.stream, clock->key, 0);
        invert_dates(path, c, month, draw);
    } else {
        stream_exponentials(draw, path->batch.n_lanes, &path->batch.stream, clock->key, 0);
        for (size_t lane = 0; lane < path->batch.n_lanes; lane++)
            month[lane] = invert_steady(path, c, draw[lane]);
    }
    if (clock->steady)
        return;
    find_first_changes(path, c, change);
    for (size_t lane = 0; lane < path->batch.n_lanes; lane++) { /* no branch */
        again[n] = (uint8_t)lane;
        n += frail || n_blocks || change[lane] <= smaller(month[lane], path->plan->horizon);
    }
    most = frail ? INFINITY : bound_hazard(path, c);
    for (size_t i = 0; i < n; i++) {
        const double residual = is_free ? -portable_log(draw[again[i]]) : draw[again[i]];

        month[again[i]] = residual <= most ? find_firing(path, again[i], c, 0.0, residual) : INFINITY;
    }
}

/* What does not come by the horizon never comes (path.h). */
static void drop_beyond_horizon(const struct path *path, double month[PATH_BATCH])
{
    for (size_t lane = 0; lane < path->batch.n_lanes; lane++)
        month[lane] = month[lane] <= path->plan->horizon ? month[lane] : INFINITY;
}

/* The month in which the first occurrence ends. */
static void resolve_first_end(struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    const double *comes = path->times.comes + c * PATH_BATCH;
    double *ends = path->times.ends_by + c * PATH_BATCH, uniform[PATH_BATCH];

    if (!clock->lasts) {
        for (size_t lane = 0; lane < path->batch.n_lanes; lane++)
            ends[lane] = INFINITY;
        return;
    }
    stream_uniforms(uniform, path->batch.n_lanes, &path->batch.stream, clock->key_lasts, 0);
    hazard_ends(path->world.drawn, clock, comes, ends, uniform, path->batch.n_lanes, path->plan->horizon);
}

static bool any_has_ended(const struct path *path, const double *ends)
{
    bool any = false;

    for (size_t lane = 0; lane < path->batch.n_lanes; lane++)
        any = any || ends[lane] <= path->plan->horizon;
    return any;
}

/* What has ended may come again, in any lane, until none ends by the horizon: the second spell of all lanes, then the third ... Each
 * has the next numbers of the clock's streams. More spells than a history can hold are not pursued: the run is a runaway. */
static void resolve_recurrences(struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    const size_t most = HISTORY_MAX + path->layout.n_changes;
    double comes[PATH_BATCH] = {0.0}, ends[PATH_BATCH], residual[PATH_BATCH], uniform[PATH_BATCH];

    memcpy(ends, path->times.ends_by + c * PATH_BATCH, sizeof ends);
    for (size_t lane = 0; lane < path->batch.n_lanes; lane++)
        path->times.again[c * PATH_BATCH + lane] = (struct span){(uint32_t)path->times.spells[lane].n, 0};
    for (uint64_t times = 1; any_has_ended(path, ends); times++) {
        stream_exponentials(residual, path->batch.n_lanes, &path->batch.stream, clock->key, times);
        stream_uniforms(uniform, path->batch.n_lanes, &path->batch.stream, clock->key_lasts, times);
        for (size_t lane = 0; lane < path->batch.n_lanes; lane++)
            comes[lane] = ends[lane] <= path->plan->horizon && path->times.spells[lane].n <= most
                              ? find_firing(path, lane, c, ends[lane], residual[lane])
                              : INFINITY;
        hazard_ends(path->world.drawn, clock, comes, ends, uniform, path->batch.n_lanes, path->plan->horizon);
        for (size_t lane = 0; lane < path->batch.n_lanes; lane++) {
            struct path_spells *more = &path->times.spells[lane];

            if (comes[lane] > path->plan->horizon)
                continue;
            more->spell = arena_grow(&path->times.arena, more->spell, more->n, &more->capacity, sizeof *more->spell);
            path->times.again[c * PATH_BATCH + lane].n++;
            more->spell[more->n++] = (struct path_spell){comes[lane], ends[lane], c};
        }
    }
}

void path_times_init(struct path *path)
{
    struct path_times *times = &path->times;
    const size_t n = path->plan->n_clocks * PATH_BATCH;

    times->comes = path_new(&times->arena, n, sizeof *times->comes);
    times->ends_by = path_new(&times->arena, n, sizeof *times->ends_by);
    times->again = path_new(&times->arena, n, sizeof *times->again);
}

/* In topological order (path_layout.c), so that all that influences a clock is there when its turn comes. */
void exogenous_resolve_batch(struct path *path)
{
    for (size_t lane = 0; lane < PATH_BATCH; lane++)
        path->times.spells[lane].n = 0;
    for (uint32_t i = 0; i < path->layout.n_exogenous; i++) {
        const uint32_t c = path->layout.exogenous[i];

        resolve_first(path, c);
        drop_beyond_horizon(path, path->times.comes + c * PATH_BATCH);
        resolve_first_end(path, c);
        if (path->plan->clock[c].recurs && path->plan->clock[c].lasts)
            resolve_recurrences(path, c);
    }
}
