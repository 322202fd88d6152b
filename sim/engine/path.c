/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/path.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/model.h"
#include "sim/engine/hazard.h"
#include "sim/engine/exogenous.h"
#include "sim/system/portable.h"
#include "sim/system/vectors.h"

static void init_run(struct path *path)
{
    const struct plan *plan = path->plan;
    const size_t n = plan->n_clocks, slots = path->layout.n_slots;
    struct path_run *run = &path->run;

    run->is_on = path_new(&run->arena, plan->n_switches, sizeof *run->is_on);
    run->ends = path_new(&run->arena, plan->n_factors, sizeof *run->ends);
    run->frailty = path_new(&run->arena, plan->n_dependences, sizeof *run->frailty);
    run->n_fired = path_new(&run->arena, n, sizeof *run->n_fired);
    run->n_blocks = path_new(&run->arena, n, sizeof *run->n_blocks);
    run->spent = path_new(&run->arena, n, sizeof *run->spent);
    run->residual = path_new(&run->arena, slots, sizeof *run->residual);
    run->residual_then = path_new(&run->arena, slots, sizeof *run->residual_then);
    run->residual_kept = path_new(&run->arena, slots, sizeof *run->residual_kept);
    run->hazard = path_new(&run->arena, slots, sizeof *run->hazard);
    run->marginal_hazard = path_new(&run->arena, n, sizeof *run->marginal_hazard);
    run->clock_residual = path_new(&run->arena, n, sizeof *run->clock_residual);
    run->clock_ratio = path_new(&run->arena, n, sizeof *run->clock_ratio);
    run->fires_at = path_new(&run->arena, n, sizeof *run->fires_at);
    run->used_baseline = path_new(&run->arena, n, sizeof *run->used_baseline);
    run->asked = path_new(&run->arena, path->layout.n_asked, sizeof *run->asked);
    for (uint32_t i = path->layout.n_integrated; i < path->layout.n_padded; i++)
        run->residual[i] = run->residual_then[i] =
            1.0; /* slots of no clock: their hazard stays 0, so that they never fire */
}

/* In this order: a world's arrays have the sizes that the layout says. */
void path_init(struct path *path, const struct plan *plan, struct rate_path *rate_path)
{
    *path = (struct path){.plan = plan, .rate_path = rate_path};
    path_layout_init(path);
    path_world_init(path);
    path_batch_init(path);
    path_times_init(path);
    init_run(path);
}

void path_free(struct path *path)
{
    arena_free(&path->layout.arena);
    arena_free(&path->world.arena);
    arena_free(&path->batch.arena);
    arena_free(&path->times.arena);
    arena_free(&path->run.arena);
    calendar_free(&path->run.calendar);
}

/* Find the month a scheduled clock fires if nothing changes any more: where its baseline has grown by residual / ratio. */
static void schedule_clock(struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];

    path->run.next_is_stale = true;
    if (path->run.n_blocks[c] || !(path->run.clock_ratio[c] > 0.0) ||
        (clock->baseline == BASELINE_AT && path->run.n_fired[c]))
        path->run.fires_at[c] = INFINITY;
    else if (clock->baseline == BASELINE_DATE)
        path->run.fires_at[c] =
            hazard_inverse_date(path->world.drawn, clock, path->run.month, path->run.used_baseline[c],
                                path->run.clock_residual[c] / path->run.clock_ratio[c]);
    else
        path->run.fires_at[c] = hazard_inverse_at(path->world.drawn, clock, path->run.month);
}

/* Bring a scheduled clock's cumulative baseline hazard up to the present. A date that can be this very month is still to come, unless
 * it is the one that has just come: so what changes a clock in a month also changes whether it fires then. */
static void update_baseline(struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];

    if (clock->baseline == BASELINE_DATE && path->run.month > 0.0)
        path->run.used_baseline[c] =
            larger(path->run.used_baseline[c], hazard_date_before(path->world.drawn, clock, path->run.month));
}

/* Before its ratio changes or it is blocked: subtract what it has used of its threshold since the last change, ratio x growth of the
 * baseline. While it is blocked, or has fired, it uses nothing. */
static void update_residual(struct path *path, uint32_t c)
{
    const double before = path->run.used_baseline[c];

    if (path->run.n_blocks[c] || path->run.spent[c])
        return;
    update_baseline(path, c);
    if (path->run.clock_ratio[c] > 0.0)
        path->run.clock_residual[c] =
            larger(0.0, path->run.clock_residual[c] - path->run.clock_ratio[c] * (path->run.used_baseline[c] - before));
}

/* ---- where bases are computed: their hazards go to the rate path ---- */

/* Before the hazard of any marginalised clock changes: all were constant up to now. */
static void extend_rate_path(struct path *path)
{
    for (uint32_t i = 0; i < path->layout.n_marginalised; i++)
        path->run.marginal_hazard[i] =
            path->run.n_blocks[path->layout.marginalised[i]] ? 0.0 : path->run.hazard[path->layout.n_padded + i];
    rate_path_extend(path->rate_path, path->run.month, path->run.marginal_hazard);
}

/* A clock's ratio from scratch, where multiplying by what changed would lose digits or divide by 0. */
static double compute_ratio(const struct path *path, uint32_t c)
{
    return path_ratio(path, path->run.is_on, c) * path_frailty(path, c);
}

/* A clock's ratio, whether or not it has fired. */
static double get_ratio(const struct path *path, uint32_t c)
{
    return path->layout.method[c] == CLOCK_SCHEDULED ? path->run.clock_ratio[c] : compute_ratio(path, c);
}

/* Whether something that a clock requires is off. */
static bool is_blocked(const struct path *path, const struct plan_clock *clock)
{
    for (uint32_t i = clock->requires.first; i < clock->requires.first + clock->requires.n; i++)
        if (!path->run.is_on[path->plan->index[i] * SWITCHES_A_FACTOR + SWITCH_ON])
            return true;
    return false;
}

static double compute_baseline(const struct path *path, uint32_t c, double month)
{
    return hazard_at(path->plan, path->world.drawn, c, month);
}

/* A question about a lever or event is answered by 1 - exp(-its cumulative hazard, as if it had not fired), which has less noise than
 * whether it fired (conditional Monte Carlo again). So before anything changes such a clock, and at last, add what has accrued since
 * the last change, up to the question's month. What a date adds at the very month of a change depends on the change; what it
 * adds at the question's month is added when the question closes, after all changes of that month. */
static void add_asked_hazard(struct path *path, bool at_last)
{
    for (uint32_t i = 0; i < path->layout.n_asked; i++) {
        struct path_hazard *asked = &path->run.asked[i];
        const uint32_t c = path->layout.asked[i].clock;
        const double month = path->plan->question[path->layout.asked[i].question].month,
                     until = smaller(path->run.month, month);
        const bool closes = at_last || path->run.month > month;
        double ratio;

        if (path->layout.method[c] == CLOCK_EXOGENOUS || asked->since == INFINITY)
            continue;
        ratio = get_ratio(path, c);
        if (ratio > 0.0 && !is_blocked(path, &path->plan->clock[c])) {
            const double before = hazard_before(path->plan, path->world.drawn, c, asked->since);

            if (before < INFINITY)
                asked->hazard += ratio * ((closes ? compute_baseline(path, c, until)
                                                  : hazard_before(path->plan, path->world.drawn, c, until)) -
                                          before);
        }
        asked->since = closes ? INFINITY : until;
    }
}

/* The same of exogenous clocks, whose ratios are known at once. */
static void add_exogenous_hazard(struct path *path, size_t lane)
{
    for (uint32_t i = 0; i < path->layout.n_asked; i++)
        if (path->layout.method[path->layout.asked[i].clock] == CLOCK_EXOGENOUS)
            path->run.asked[i].hazard = exogenous_hazard(path, lane, path->layout.asked[i].clock,
                                                         path->plan->question[path->layout.asked[i].question].month);
}

/* It fires by the month with probability 1 - exp(-hazard). */
double path_asked_probability(const struct path *path, uint32_t i)
{
    return 1.0 - portable_exp(-path->run.asked[i].hazard);
}

/* The threshold is drawn again by its name; what was used is what is not left. A scheduled clock that is enabled has used more since its
 * residual was last brought up to date. */
double path_used_threshold(const struct path *path, const struct stream *stream, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    double residual;

    if (path->layout.method[c] == CLOCK_INTEGRATED)
        residual = (path->run.n_blocks[c] ? path->run.residual_kept : path->run.residual)[path->layout.slot[c]];
    else
        residual = path->run.clock_residual[c];
    if (path->layout.method[c] == CLOCK_SCHEDULED && !path->run.n_blocks[c] && path->run.clock_ratio[c] > 0.0)
        residual -=
            path->run.clock_ratio[c] * (compute_baseline(path, c, path->run.month) - path->run.used_baseline[c]);
    return larger(0.0, stream_exponential(stream, clock->key, path->run.n_fired[c]) - residual);
}

const char *path_busiest(const struct path *path)
{
    uint32_t most = 0;

    for (uint32_t c = 0; c < path->plan->n_clocks; c++)
        most = path->run.n_fired[c] > path->run.n_fired[most] ? c : most;
    return path->plan->clock[most].id;
}

/* ---- what changes a clock: its ratio, and what blocks it ---- */

/* One more reason for a clock not to be enabled: a requirement is off, it is on itself, its base is in another state. An integrated
 * clock that is blocked has an infinite residual, so that use_up_residuals needs no branch for it. */
static void block_clock(struct path *path, uint32_t c)
{
    if (path->layout.method[c] == CLOCK_SCHEDULED) {
        update_residual(path, c);
        path->run.fires_at[c] = INFINITY;
        path->run.next_is_stale = true;
    } else if (path->layout.method[c] == CLOCK_MARGINALISED) {
        extend_rate_path(path);
    } else if (!path->run.n_blocks[c]) {
        path->run.residual_kept[path->layout.slot[c]] = path->run.residual[path->layout.slot[c]];
        path->run.residual[path->layout.slot[c]] = INFINITY;
    }
    path->run.n_blocks[c]++;
}

/* A clock that has fired needs a new threshold, if it is ever enabled again: the next number of its stream. */
static void draw_next_threshold(struct path *path, uint32_t c)
{
    const double threshold = stream_exponential(&path->run.stream, path->plan->clock[c].key, path->run.n_fired[c]);

    path->run.spent[c] = false;
    if (path->layout.method[c] == CLOCK_INTEGRATED)
        path->run.residual_kept[path->layout.slot[c]] = threshold;
    else
        path->run.clock_residual[c] = threshold;
}

/* One reason less. */
static void unblock_clock(struct path *path, uint32_t c)
{
    if (path->layout.method[c] == CLOCK_MARGINALISED && path->run.n_blocks[c] == 1)
        extend_rate_path(path);
    if (--path->run.n_blocks[c])
        return;
    if (path->run.spent[c])
        draw_next_threshold(path, c);
    if (path->layout.method[c] == CLOCK_SCHEDULED) {
        update_baseline(path, c);
        schedule_clock(path, c);
    } else if (path->layout.method[c] == CLOCK_INTEGRATED) {
        path->run.residual[path->layout.slot[c]] = path->run.residual_kept[path->layout.slot[c]];
    }
}

double path_frailty(const struct path *path, uint32_t c)
{
    const struct span frailties = path->plan->clock[c].frailties;
    double product = 1.0;

    for (uint32_t i = frailties.first; i < frailties.first + frailties.n; i++)
        product *= path->run.frailty[path->plan->index[i]];
    return product;
}

/* A scheduled clock first pays for the time up to now at its old ratio; an integrated one needs its new hazard only, since residuals are
 * always up to date. */
static void set_ratio(struct path *path, uint32_t c, double ratio)
{
    if (path->layout.method[c] == CLOCK_SCHEDULED) {
        update_residual(path, c);
        path->run.clock_ratio[c] = ratio;
        schedule_clock(path, c);
    } else if (path->layout.method[c] == CLOCK_INTEGRATED || path->layout.method[c] == CLOCK_MARGINALISED) {
        path->run.hazard[path->layout.slot[c]] = smaller(ratio * path->run.rate[path->layout.slot[c]], PATH_MAX_HAZARD);
    }
}

/* Multiply the hazards of some slots, in whole groups, by numbers of a row; those of slots that are not meant are 1. */
static void multiply_hazards(struct path *path, uint32_t first, uint32_t n, const double *by)
{
    double *hazard = path->run.hazard + first;

    for (const double *end = by + n; by < end; by += PATH_PAD, hazard += PATH_PAD)
#pragma GCC unroll 4
        for (size_t k = 0; k < PATH_PAD; k += VECTOR_WIDTH)
            *vector_at(hazard + k) *= vector_of(by + k);
}

/* Hazards are kept finite: products of large ratios are cut off. */
static void cap_hazards(struct path *path, const struct path_effect *effect)
{
    for (uint32_t i = effect->first; i < effect->first + effect->n; i++)
        path->run.hazard[i] = smaller(path->run.hazard[i], PATH_MAX_HAZARD);
}

/* A switch goes on or off: multiply the hazards of the slots it acts on by its row, which was made when the world was set up, and set
 * the ratios of scheduled clocks one by one. Where a ratio is too near 0 or too large to be divided out again, all are computed
 * anew when it goes off. */
static void set_switch(struct path *path, uint32_t a_switch, bool on)
{
    const struct plan *plan = path->plan;
    const struct path_effect *effect = &path->layout.effect[a_switch];
    const struct span links = plan->switch_links[a_switch];
    const bool can_return = path->world.can_return[a_switch];

    if (path->run.is_on[a_switch] == on)
        return;
    if (effect->marginalised)
        extend_rate_path(path);
    if (effect->asked)
        add_asked_hazard(path, false);
    path->run.is_on[a_switch] = on;
    if (on || can_return) {
        multiply_hazards(path, effect->first, effect->n, path->world.row + (on ? effect->on : effect->off));
        if (!can_return)
            cap_hazards(path, effect);
        for (uint32_t i = effect->scheduled.first; i < effect->scheduled.first + effect->scheduled.n; i++) {
            const uint32_t link = path->layout.scheduled_link[i], c = plan->link[link].clock;

            set_ratio(path, c,
                      on ? path->run.clock_ratio[c] * path->world.drawn->factor[link] : compute_ratio(path, c));
        }
        return;
    }
    for (uint32_t l = links.first; l < links.first + links.n; l++) {
        const uint32_t c = plan->link[l].clock;

        if (path->layout.method[c] != CLOCK_OFF && path->layout.method[c] != CLOCK_EXOGENOUS)
            set_ratio(path, c, compute_ratio(path, c));
    }
}

/* The clocks that require a factor are enabled or blocked; exogenous ones are done already. */
static void update_dependents(struct path *path, const struct plan_clock *clock, bool on)
{
    for (uint32_t i = clock->unlocks.first; i < clock->unlocks.first + clock->unlocks.n; i++) {
        const uint32_t c = path->plan->index[i];

        if (path->layout.method[c] == CLOCK_EXOGENOUS)
            continue;
        if (on)
            unblock_clock(path, c);
        else
            block_clock(path, c);
    }
}

/* ---- what happens when a clock fires ---- */

/* How long it lasts: the n-th number for its n-th spell. */
static void draw_duration(struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    const double u = stream_uniform(&path->run.stream, clock->key_lasts, path->run.n_fired[c]);

    path->run.next_is_stale = true;
    path->run.ends[clock->factor] = hazard_end(path->world.drawn, clock, path->run.month, u);
}

/* A lever or event comes. First its `otherwise` goes off, then it goes on; what it acts on and what requires it follow at the same
 * month. A clock is blocked by its own firing, for as long as what it brought is on, or for good. */
static void start_factor(struct path *path, struct history *history, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    const uint32_t f = clock->factor;

    history->first[c] = smaller(history->first[c], path->run.month);
    history_record(history, (struct event){path->run.month, EVENT_COMES, f, 0, 0, c});
    if (clock->unlocks.n)
        add_asked_hazard(path, false);
    if (path->layout.method[c] != CLOCK_EXOGENOUS) {
        if (clock->lasts)
            draw_duration(path, c);
        path->run.spent[c] = true;
        block_clock(path, c); /* while it is on, or for good */
    }
    path->run.n_fired[c]++;
    set_switch(path, f * SWITCHES_A_FACTOR + SWITCH_OTHERWISE, false);
    set_switch(path, f * SWITCHES_A_FACTOR + SWITCH_ON, true);
    update_dependents(path, clock, true);
}

/* It ends; what recurs may come again. */
static void end_factor(struct path *path, struct history *history, uint32_t f)
{
    const uint32_t c = path->plan->factor[f].clock;

    history_record(history, (struct event){path->run.month, EVENT_ENDS, f, 0, 0, c});
    if (path->plan->clock[c].unlocks.n)
        add_asked_hazard(path, false);
    set_switch(path, f * SWITCHES_A_FACTOR + SWITCH_ON, false);
    update_dependents(path, &path->plan->clock[c], false);
    if (path->layout.method[c] == CLOCK_EXOGENOUS)
        return;
    path->run.ends[f] = INFINITY;
    path->run.next_is_stale = true;
    if (path->plan->clock[c].recurs)
        unblock_clock(path, c);
}

/* The same for what does nothing but multiply hazards of slots, which most events of exogenous clocks do: coming and ending share one
 * code without a branch, since which of the two it is cannot be predicted. */
static void apply_plain_update(struct path *path, struct history *history, uint32_t what)
{
    const struct path_update *update = &path->layout.update[what];
    const uint32_t f = what / PATH_KINDS; /* the first clocks are the factors', by their numbers */
    const bool comes = what % PATH_KINDS != PATH_ENDS;
    bool *is_on = &path->run.is_on[f * SWITCHES_A_FACTOR];

    history_record(history, (struct event){path->run.month, comes ? EVENT_COMES : EVENT_ENDS, f, 0, 0, f});
    path->run.n_fired[f] += comes;
    is_on[SWITCH_OTHERWISE] = false;
    is_on[SWITCH_ON] = comes;
    multiply_hazards(path, update->first, update->n, path->world.row + update->at);
}

/* A base moves. Its clocks are blocked or enabled as their sets of states are left or entered, only those whose set holds one of the
 * two states but not the other; conditions of couplings on it are switched. */
static void move_base(struct path *path, struct history *history, uint32_t c)
{
    const struct plan *plan = path->plan;
    const uint32_t b = plan->clock[c].base, from = history->state[b], to = plan->clock[c].to;
    const struct plan_base *base = &plan->base[b];
    const struct span left = path->layout.leaves[b * plan->n_states + from],
                      entered = path->layout.leaves[b * plan->n_states + to];

    history_move(history, path->run.month, b, to, c);
    path->run.n_fired[c]++;
    if (plan->clock[c].baseline == BASELINE_DATE) /* it will not come again by the same date */
        path->run.used_baseline[c] = hazard_date(path->world.drawn, &plan->clock[c], path->run.month);
    path->run.spent[c] = true;
    path->run.n_moving -= !entered.n;
    for (uint32_t i = left.first; i < left.first + left.n; i++)
        if (!(plan->clock[path->layout.leaving[i]].from >> to & 1))
            block_clock(path, path->layout.leaving[i]);
    for (uint32_t i = entered.first; i < entered.first + entered.n; i++)
        if (!(plan->clock[path->layout.leaving[i]].from >> from & 1))
            unblock_clock(path, path->layout.leaving[i]);
    for (uint32_t i = base->conditions.first; i < base->conditions.first + base->conditions.n; i++)
        set_switch(path, plan->condition[i].its_switch, plan->condition[i].states >> to & 1);
}

/* Rates change: all changes of a month. rates[] has a row for each such month; hazards are multiplied by new rate / old rate, or computed
 * anew where that is not a moderate number. */
static void change_rates(struct path *path, uint32_t what)
{
    const struct path_update *update = &path->layout.update[what];
    const bool is_anew = path->world.is_anew[what];

    if (path->layout.n_marginalised)
        extend_rate_path(path);
    path->run.rate += path->layout.n_slots;
    if (!is_anew)
        multiply_hazards(path, update->first, update->n, path->world.row + update->at);
    for (; path->run.next_change < path->layout.n_changes &&
           path->layout.change[path->run.next_change].month == path->run.month;
         path->run.next_change++) {
        const uint32_t c = path->layout.change[path->run.next_change].clock;

        if (is_anew)
            set_ratio(path, c, compute_ratio(path, c));
    }
}

/* Any clock but one whose update is plain. */
static void fire_clock(struct path *path, struct history *history, uint32_t c)
{
    if (path->plan->clock[c].moves_base)
        move_base(path, history, c);
    else
        start_factor(path, history, c);
}

/* ---- a run ---- */

/* What ends at the very month it comes ends after it has come. */
static uint32_t order_of_end(const struct plan *plan, uint32_t f, double comes, double ends)
{
    return ends <= comes ? path_order_of_firing(plan, plan->factor[f].clock) + 1 : f;
}

/* What is known before the run: all firings and endings of exogenous clocks in this lane, the months at which rates change, and the
 * horizon. A calendar queue gives them back in order. */
static void fill_calendar(struct path *path, struct history *history, size_t lane)
{
    const struct plan *plan = path->plan;
    const struct path_spells *more = &path->times.spells[lane];
    struct calendar *calendar = &path->run.calendar;

    calendar_begin(calendar, 2 * (path->layout.n_exogenous + more->n) + path->layout.n_change_months + 1,
                   plan->horizon);
    for (uint32_t i = 0; i < path->world.n_awaited; i++) {
        const struct path_awaited *fires_at = &path->world.awaited[i];

        history->first[fires_at->clock] = fires_at->month[lane];
        calendar_add(calendar, fires_at->month[lane], fires_at->order, fires_at->what);
    }
    for (uint32_t i = 0; i < path->world.n_ending; i++) {
        const struct path_awaited *end = &path->world.ending[i];

        calendar_add(
            calendar, end->month[lane],
            order_of_end(plan, end->clock, path->times.comes[end->clock * PATH_BATCH + lane], end->month[lane]),
            end->what);
    }
    for (size_t i = 0; i < more->n; i++) {
        const struct path_spell *spell = &more->spell[i];

        calendar_add(calendar, spell->comes, path_order_of_firing(plan, spell->clock),
                     path_what(spell->clock, PATH_FIRES_AGAIN));
        calendar_add(calendar, spell->ends, order_of_end(plan, spell->clock, spell->comes, spell->ends),
                     path_what(spell->clock, PATH_ENDS));
    }
    for (uint32_t i = 0; i < path->layout.n_change_months; i++)
        calendar_add(calendar, path->layout.change_month[i], path_order_of_change(plan),
                     path_what((uint32_t)plan->n_clocks, 0) + i);
    calendar_add(calendar, plan->horizon, UINT32_MAX, PATH_HORIZON);
    calendar_deal(calendar);
    path->run.next_known = calendar_next(calendar);
}

/* Residuals are first thresholds, INFINITY where blocked (threshold + INFINITY, without a branch); hazards are the world's, times the
 * run's frailties. */
static void begin_slots(struct path *path, size_t lane)
{
    const double *threshold = path->batch.threshold + lane;

    for (uint32_t i = 0; i < path->layout.n_integrated; i++) {
        path->run.residual_kept[i] = threshold[path->layout.integrated[i] * PATH_BATCH];
        path->run.residual[i] = path->run.residual_kept[i] + path->world.start_blocked[i];
    }
    path->run.rate = path->world.rates;
    memcpy(path->run.hazard, path->world.start_hazard, path->layout.n_slots * sizeof *path->run.hazard);
    for (uint32_t i = 0; i < path->layout.n_frail; i++)
        path->run.hazard[path->layout.frail[i].slot] =
            smaller(path->run.hazard[path->layout.frail[i].slot] * path->run.frailty[path->layout.frail[i].dependence],
                    PATH_MAX_HAZARD);
}

/* It has come before the start. */
static void record_in_force(const struct path *path, struct history *history, uint32_t c)
{
    history->first[c] = 0.0;
    history_record(history, (struct event){0.0, EVENT_COMES, path->plan->clock[c].factor, 0, 0, c});
}

/* All clocks as they stand at month 0. */
static void begin_clocks(struct path *path, struct history *history, size_t lane)
{
    const double *threshold = path->batch.threshold + lane;

    for (uint32_t i = 0; i < path->world.n_in_force; i++)
        record_in_force(path, history, path->world.in_force[i]);
    for (uint32_t i = 0; i < path->layout.n_scheduled; i++) {
        const uint32_t c = path->layout.scheduled[i];

        path->run.used_baseline[c] = 0.0;
        path->run.clock_residual[c] = threshold[c * PATH_BATCH];
        path->run.clock_ratio[c] = path->world.start_ratio[c] * path_frailty(path, c);
        schedule_clock(path, c);
    }
    begin_slots(path, lane);
    fill_calendar(path, history, lane);
    for (uint32_t i = 0; i < path->layout.n_asked; i++)
        path->run.asked[i] = (struct path_hazard){0.0, 0.0};
}

static void begin_run(struct path *path, struct history *history, size_t lane)
{
    const struct plan *plan = path->plan;

    path->run.month = 0.0;
    path->run.next_is_stale = true;
    path->run.next_change = 0;
    path->run.n_ties = 0;
    path->run.n_moving = path->layout.n_movable;
    memcpy(path->run.is_on, path->world.start_on, plan->n_switches * sizeof *path->run.is_on);
    memcpy(path->run.n_blocks, path->world.start_n_blocks, plan->n_clocks * sizeof *path->run.n_blocks);
    memset(path->run.n_fired, 0, plan->n_clocks * sizeof *path->run.n_fired);
    memset(path->run.spent, 0, plan->n_clocks * sizeof *path->run.spent);
    for (uint32_t i = 0; i < path->layout.n_lasting; i++)
        path->run.ends[path->layout.lasting[i]] = INFINITY;
    for (size_t d = 0; d < plan->n_dependences; d++)
        path->run.frailty[d] = path->batch.frailties[d * PATH_BATCH + lane];
    begin_clocks(path, history, lane);
}

/* Of scheduled clocks that fire at the same month the one that goes first: by rank; where ranks are equal, by a draw for each clock, so
 * that neither names nor places in the file decide. */
static uint32_t break_tie(struct path *path, double month)
{
    uint32_t first = UINT32_MAX;
    double least = INFINITY;

    path->run.n_ties++; /* the first number of a name is the design's, and not used here */
    for (uint32_t i = 0; i < path->layout.n_scheduled; i++) {
        const uint32_t c = path->layout.scheduled[i];
        double draw;

        if (path->run.fires_at[c] != month)
            continue;
        draw = (double)path->plan->clock[c].rank +
               stream_uniform(&path->run.stream, path->plan->clock[c].key_tie, path->run.n_ties);
        first = draw < least ? c : first;
        least = smaller(draw, least);
    }
    return first;
}

/* What comes first of scheduled clocks and of endings that are not exogenous; of those at the same month an ending. Selections, not
 * branches: which comes first cannot be predicted. */
static struct calendar_entry find_next_scheduled(struct path *path)
{
    double fires_at = INFINITY, end = INFINITY;
    uint32_t firing = UINT32_MAX, ending = UINT32_MAX;
    bool tied = false;

    for (uint32_t i = 0; i < path->layout.n_scheduled; i++) {
        const uint32_t c = path->layout.scheduled[i];
        const bool sooner = path->run.fires_at[c] < fires_at;

        tied = (tied & !sooner) | (path->run.fires_at[c] == fires_at);
        fires_at = sooner ? path->run.fires_at[c] : fires_at;
        firing = sooner ? c : firing;
    }
    if (tied && fires_at <= path->plan->horizon)
        firing = break_tie(path, fires_at);
    for (uint32_t i = 0; i < path->layout.n_lasting; i++) {
        const uint32_t f = path->layout.lasting[i];
        const bool sooner = path->run.ends[f] < end;

        end = sooner ? path->run.ends[f] : end;
        ending = sooner ? f : ending;
    }
    if (end <= fires_at && end < INFINITY)
        return (struct calendar_entry){end, ending, path_what(path->plan->factor[ending].clock, PATH_ENDS)};
    if (firing == UINT32_MAX)
        return (struct calendar_entry){INFINITY, 0, 0};
    return (struct calendar_entry){fires_at, path_order_of_firing(path->plan, firing), path_what(firing, PATH_FIRES)};
}

/* What comes next unless an integrated clock fires before: of the calendar, or of scheduled clocks and endings. */
static const struct calendar_entry *choose_next(struct path *path)
{
    if (path->run.next_is_stale) {
        path->run.next_scheduled = find_next_scheduled(path);
        path->run.next_is_stale = false;
    }
    return path->run.next_scheduled.month <= path->run.next_known->month &&
                   calendar_is_before(&path->run.next_scheduled, path->run.next_known)
               ? &path->run.next_scheduled
               : path->run.next_known;
}

/* Let some time pass for the integrated clocks: residual_then = residual - hazard x time. Whether any fires, that is, is left below 0:
 * the sign bits of all are or-ed together. No division, no branch. This is the inner loop of the program. */
static bool use_up_residuals(struct path *path, double time)
{
    const double *residual = path->run.residual, *hazard = path->run.hazard;
    vector_bits all = {0};
    int64_t any = 0;

    for (double *residual_then = path->run.residual_then, *end = residual_then + path->layout.n_padded;
         residual_then < end; residual_then += PATH_PAD, residual += PATH_PAD, hazard += PATH_PAD)
#pragma GCC unroll 4
        for (size_t k = 0; k < PATH_PAD; k += VECTOR_WIDTH) {
            const vector_double now = vector_of(residual + k) - vector_of(hazard + k) * time;

            *vector_at(residual_then + k) = now;
            all |= (vector_bits)now;
        }
    for (size_t i = 0; i < VECTOR_WIDTH; i++)
        any |= all[i];
    return any < 0;
}

/* The slot that fires first, given that several do: the one with the shortest time, residual / hazard. */
static uint32_t find_first_of_several(const struct path *path)
{
    double find_next_scheduled = INFINITY;
    uint32_t slot = 0;

    for (uint32_t i = 0; i < path->layout.n_integrated; i++)
        if (path->run.residual_then[i] < 0.0 && path->run.residual[i] / path->run.hazard[i] < find_next_scheduled) {
            find_next_scheduled = path->run.residual[i] / path->run.hazard[i];
            slot = i;
        }
    return slot;
}

/* The slot that fires first, given that one does. Mostly there is no other: then the or of all places with a negative number is its
 * place. */
static uint32_t find_first_to_fire(const struct path *path)
{
    const double *residual_then = path->run.residual_then;
    vector_bits place = {0}, firing = {0}, minus_n = {0};
    int64_t slot = 0, n = 0;

    for (size_t k = 0; k < VECTOR_WIDTH; k++)
        place[k] = (int64_t)k;
    for (const double *end = residual_then + path->layout.n_padded; residual_then < end; residual_then += PATH_PAD)
#pragma GCC unroll 4
        for (size_t k = 0; k < PATH_PAD; k += VECTOR_WIDTH, place += VECTOR_WIDTH) {
            const vector_bits fires = vector_of(residual_then + k) < 0.0;

            firing |= fires & place;
            minus_n += fires;
        }
    for (size_t k = 0; k < VECTOR_WIDTH; k++) {
        slot |= firing[k];
        n -= minus_n[k];
    }
    return n == 1 ? (uint32_t)slot : find_first_of_several(path);
}

/* Take over what use_up_residuals found, up to a month: the two arrays change places. */
static void advance_to(struct path *path, double month)
{
    double *const swap = path->run.residual;

    path->run.residual = path->run.residual_then;
    path->run.residual_then = swap;
    path->run.month = month;
}

/* What the calendar or find_next_scheduled said comes next. */
static void apply_event(struct path *path, struct history *history, uint32_t what)
{
    const uint32_t c = what / PATH_KINDS;

    if (path->world.is_plain[what])
        apply_plain_update(path, history, what);
    else if (c >= path->plan->n_clocks)
        change_rates(path, what);
    else if (what % PATH_KINDS == PATH_ENDS)
        end_factor(path, history, path->plan->clock[c].factor);
    else
        fire_clock(path, history, c);
}

/* Go on to the next thing that happens, and let it happen; false when nothing more can change.
 *
 * Integrated clocks are taken to the next known month. If none is left below 0, that month is reached. Else the first to fire does so
 * at month + residual / hazard, and all are taken there from where they stood. Example: residuals 0.3 and 0.1, hazards 0.1 and
 * 0.02, and something known 4 months ahead: -0.1 and 0.02 would be left, so the first fires after 3 months, and the second is left
 * with 0.04. */
static bool simulate_step(struct path *path, struct history *history)
{
    const struct calendar_entry *next_known = choose_next(path);
    const uint32_t what = next_known->what;

    if (use_up_residuals(path, next_known->month - path->run.month)) {
        const uint32_t slot = find_first_to_fire(path);
        const double time = path->run.residual[slot] / path->run.hazard[slot],
                     most = next_known->month - path->run.month;

        use_up_residuals(path, smaller(larger(time, 0.0), most)); /* rounding may have left less than nothing */
        advance_to(path, smaller(larger(path->run.month + time, path->run.month), next_known->month));
        fire_clock(path, history, path->layout.integrated[slot]);
        return path->run.n_moving || !path->layout.bases_only || history->recorded;
    }
    advance_to(path, next_known->month);
    if (what == PATH_HORIZON)
        return false;
    if (next_known == path->run.next_known)
        path->run.next_known = calendar_next(&path->run.calendar);
    apply_event(path, history, what);
    return true;
}

/* Where a run takes more steps than a history holds moves (and rates change), its hazards are beyond reason: it overflows. */
void path_simulate(struct path *path, struct history *history, size_t lane)
{
    const struct plan *plan = path->plan;
    uint32_t n_steps = 0;

    path->run.stream = path->batch.stream;
    path->run.stream.run += lane;
    history_begin(history, plan);
    begin_run(path, history, lane);
    while (!history->overflow && simulate_step(path, history))
        if (++n_steps > HISTORY_MAX + path->layout.n_changes)
            history->overflow = true;
    if (path->rate_path) {
        path->run.month = plan->horizon;
        extend_rate_path(path);
        add_asked_hazard(path, true);
        add_exogenous_hazard(path, lane);
    }
    for (size_t f = 0; plan->model->decide && f < plan->n_factors; f++)
        history->on[f] = path->run.is_on[f * SWITCHES_A_FACTOR + SWITCH_ON];
    if (plan->model->decide)
        plan->model->decide(plan, path->world.drawn->value, &path->run.stream, history);
    history_end(history);
}
