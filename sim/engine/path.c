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

static void schedule_clock(struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];

    path->next_is_stale = true;
    if (path->n_blocks[c] || !(path->clock_ratio[c] > 0.0) || (clock->baseline == BASELINE_AT && path->n_fired[c]))
        path->fires_at[c] = INFINITY;
    else if (clock->baseline == BASELINE_DATE)
        path->fires_at[c] = hazard_inverse_date(path->world, clock, path->month, path->used_baseline[c],
                                                path->clock_residual[c] / path->clock_ratio[c]);
    else
        path->fires_at[c] = hazard_inverse_at(path->world, clock, path->month);
}

/* Bring an aimed clock's hazard up to the present; a month is all or nothing. A date that can be this very month is still to
 * come, unless it is the one that has just come: so what changes a clock in a month changes what happens to it then. */
static void update_baseline(struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];

    if (clock->baseline == BASELINE_DATE && path->month > 0.0)
        path->used_baseline[c] = larger(path->used_baseline[c], hazard_date_before(path->world, clock, path->month));
}

/* And what is left of its threshold, if it is enabled and has one. */
static void update_residual(struct path *path, uint32_t c)
{
    const double before = path->used_baseline[c];

    if (path->n_blocks[c] || path->spent[c])
        return;
    update_baseline(path, c);
    if (path->clock_ratio[c] > 0.0)
        path->clock_residual[c] =
            larger(0.0, path->clock_residual[c] - path->clock_ratio[c] * (path->used_baseline[c] - before));
}

/* Where bases are followed */

/* Before the speed of a followed clock changes: it was the same up to now. */
static void extend_rate_path(struct path *path)
{
    for (uint32_t i = 0; i < path->n_marginalised; i++)
        path->marginal_hazard[i] = path->n_blocks[path->marginalised[i]] ? 0.0 : path->hazard[path->n_padded + i];
    rate_path_extend(path->rate_path, path->month, path->marginal_hazard);
}

/* A clock's ratio, from scratch. */
static double compute_ratio(const struct path *path, uint32_t c)
{
    return path_ratio(path, path->is_on, c) * path_frailty(path, c);
}

/* Whether or not it has rung. */
static double get_ratio(const struct path *path, uint32_t c)
{
    return path->method[c] == CLOCK_SCHEDULED ? path->clock_ratio[c] : compute_ratio(path, c);
}

static bool is_blocked(const struct path *path, const struct plan_clock *clock)
{
    for (uint32_t i = clock->requires.first; i < clock->requires.first + clock->requires.n; i++)
        if (!path->is_on[path->plan->index[i] * SWITCHES_A_FACTOR + SWITCH_ON])
            return true;
    return false;
}

static double compute_baseline(const struct path *path, uint32_t c, double month)
{
    return hazard_at(path->plan, path->world, c, month);
}

/* Before anything bears on a clock that is asked about, and is not settled; or at last, when nothing more does. What a date adds
 * at the very month of a change depends on the change, at that of the question on all of them. */
static void add_asked_hazard(struct path *path, bool at_last)
{
    for (uint32_t i = 0; i < path->n_asked; i++) {
        struct path_asked *asked = &path->asked[i];
        const uint32_t c = asked->clock;
        const double month = path->plan->question[asked->question].month, until = smaller(path->month, month);
        const bool closes = at_last || path->month > month;
        double ratio;

        if (path->method[c] == CLOCK_EXOGENOUS || asked->since == INFINITY)
            continue;
        ratio = get_ratio(path, c);
        if (ratio > 0.0 && !is_blocked(path, &path->plan->clock[c])) {
            const double before = hazard_before(path->plan, path->world, c, asked->since);

            if (before < INFINITY)
                asked->hazard += ratio * ((closes ? compute_baseline(path, c, until)
                                                  : hazard_before(path->plan, path->world, c, until)) -
                                          before);
        }
        asked->since = closes ? INFINITY : until;
    }
}

/* Of those that are. */
static void add_exogenous_hazard(struct path *path, size_t lane)
{
    for (uint32_t i = 0; i < path->n_asked; i++)
        if (path->method[path->asked[i].clock] == CLOCK_EXOGENOUS)
            path->asked[i].hazard =
                exogenous_hazard(path, lane, path->asked[i].clock, path->plan->question[path->asked[i].question].month);
}

double path_asked_probability(const struct path *path, uint32_t i)
{
    return 1.0 - portable_exp(-path->asked[i].hazard);
}

double path_used_threshold(const struct path *path, const struct stream *stream, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    double residual;

    if (path->method[c] == CLOCK_INTEGRATED)
        residual = (path->n_blocks[c] ? path->residual_kept : path->residual)[path->slot[c]];
    else
        residual = path->clock_residual[c];
    if (path->method[c] == CLOCK_SCHEDULED && !path->n_blocks[c] && path->clock_ratio[c] > 0.0)
        residual -= path->clock_ratio[c] * (compute_baseline(path, c, path->month) - path->used_baseline[c]);
    return larger(0.0, stream_exponential(stream, clock->key, path->n_fired[c]) - residual);
}

const char *path_busiest(const struct path *path)
{
    uint32_t most = 0;

    for (uint32_t c = 0; c < path->plan->n_clocks; c++)
        most = path->n_fired[c] > path->n_fired[most] ? c : most;
    return path->plan->clock[most].id;
}

/* What changes a clock: its ratio, and reasons to wait */

static void block_clock(struct path *path, uint32_t c)
{
    if (path->method[c] == CLOCK_SCHEDULED) {
        update_residual(path, c);
        path->fires_at[c] = INFINITY;
        path->next_is_stale = true;
    } else if (path->method[c] == CLOCK_MARGINALISED) {
        extend_rate_path(path);
    } else if (!path->n_blocks[c]) {
        path->residual_kept[path->slot[c]] = path->residual[path->slot[c]];
        path->residual[path->slot[c]] = INFINITY;
    }
    path->n_blocks[c]++;
}

/* A clock that has rung needs a new threshold, if it is ever enabled again. */
static void draw_next_threshold(struct path *path, uint32_t c)
{
    const double threshold = stream_exponential(&path->stream, path->plan->clock[c].key, path->n_fired[c]);

    path->spent[c] = false;
    if (path->method[c] == CLOCK_INTEGRATED)
        path->residual_kept[path->slot[c]] = threshold;
    else
        path->clock_residual[c] = threshold;
}

static void unblock_clock(struct path *path, uint32_t c)
{
    if (path->method[c] == CLOCK_MARGINALISED && path->n_blocks[c] == 1)
        extend_rate_path(path);
    if (--path->n_blocks[c])
        return;
    if (path->spent[c])
        draw_next_threshold(path, c);
    if (path->method[c] == CLOCK_SCHEDULED) {
        update_baseline(path, c);
        schedule_clock(path, c);
    } else if (path->method[c] == CLOCK_INTEGRATED) {
        path->residual[path->slot[c]] = path->residual_kept[path->slot[c]];
    }
}

double path_frailty(const struct path *path, uint32_t c)
{
    const struct span frailties = path->plan->clock[c].frailties;
    double product = 1.0;

    for (uint32_t i = frailties.first; i < frailties.first + frailties.n; i++)
        product *= path->frailty[path->plan->index[i]];
    return product;
}

static void set_ratio(struct path *path, uint32_t c, double ratio)
{
    if (path->method[c] == CLOCK_SCHEDULED) {
        update_residual(path, c);
        path->clock_ratio[c] = ratio;
        schedule_clock(path, c);
    } else if (path->method[c] == CLOCK_INTEGRATED || path->method[c] == CLOCK_MARGINALISED) {
        path->hazard[path->slot[c]] = smaller(ratio * path->rate[path->slot[c]], PATH_MAX_HAZARD);
    }
}

/* Multiply the hazards of some slots, in whole groups. */
static void multiply_hazards(struct path *path, uint32_t first, uint32_t n, const double *by)
{
    double *hazard = path->hazard + first;

    for (const double *end = by + n; by < end; by += PATH_PAD, hazard += PATH_PAD)
#pragma GCC unroll 4
        for (size_t k = 0; k < PATH_PAD; k += VECTOR_WIDTH)
            *vector_at(hazard + k) *= vector_of(by + k);
}

/* Slots whose hazards grow past all bounds. */
static void cap_hazards(struct path *path, const struct path_effect *effect)
{
    for (uint32_t i = effect->first; i < effect->first + effect->n; i++)
        path->hazard[i] = smaller(path->hazard[i], PATH_MAX_HAZARD);
}

static void set_switch(struct path *path, uint32_t a_switch, bool on)
{
    const struct plan *plan = path->plan;
    const struct path_effect *effect = &path->effect[a_switch];
    const struct span links = plan->switch_links[a_switch];

    if (path->is_on[a_switch] == on)
        return;
    if (effect->marginalised)
        extend_rate_path(path);
    if (effect->asked)
        add_asked_hazard(path, false);
    path->is_on[a_switch] = on;
    if (on || effect->can_return) {
        multiply_hazards(path, effect->first, effect->n, path->row + (on ? effect->on : effect->off));
        if (!effect->can_return)
            cap_hazards(path, effect);
        for (uint32_t i = effect->scheduled.first; i < effect->scheduled.first + effect->scheduled.n; i++) {
            const uint32_t link = path->scheduled_link[i], c = plan->link[link].clock;

            set_ratio(path, c, on ? path->clock_ratio[c] * path->world->factor[link] : compute_ratio(path, c));
        }
        return;
    }
    for (uint32_t l = links.first; l < links.first + links.n; l++) {
        const uint32_t c = plan->link[l].clock;

        if (path->method[c] != CLOCK_OFF && path->method[c] != CLOCK_EXOGENOUS)
            set_ratio(path, c, compute_ratio(path, c));
    }
}

static void update_dependents(struct path *path, const struct plan_clock *clock, bool on)
{
    for (uint32_t i = clock->unlocks.first; i < clock->unlocks.first + clock->unlocks.n; i++) {
        const uint32_t c = path->plan->index[i];

        if (path->method[c] == CLOCK_EXOGENOUS)
            continue;
        if (on)
            unblock_clock(path, c);
        else
            block_clock(path, c);
    }
}

/* What happens when something rings */

static void draw_duration(struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    const double u = stream_uniform(&path->stream, clock->key_lasts, path->n_fired[c]);

    path->next_is_stale = true;
    path->ends[clock->factor] = hazard_end(path->world, clock, path->month, u);
}

static void start_factor(struct path *path, struct history *history, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    const uint32_t f = clock->factor;

    history->first[c] = smaller(history->first[c], path->month);
    history_record(history, (struct event){path->month, EVENT_COMES, f, 0, 0, c});
    if (clock->unlocks.n)
        add_asked_hazard(path, false);
    if (path->method[c] != CLOCK_EXOGENOUS) {
        if (clock->lasts)
            draw_duration(path, c);
        path->spent[c] = true;
        block_clock(path, c); /* while it is on, or for good */
    }
    path->n_fired[c]++;
    set_switch(path, f * SWITCHES_A_FACTOR + SWITCH_OTHERWISE, false);
    set_switch(path, f * SWITCHES_A_FACTOR + SWITCH_ON, true);
    update_dependents(path, clock, true);
}

static void end_factor(struct path *path, struct history *history, uint32_t f)
{
    const uint32_t c = path->plan->factor[f].clock;

    history_record(history, (struct event){path->month, EVENT_ENDS, f, 0, 0, c});
    if (path->plan->clock[c].unlocks.n)
        add_asked_hazard(path, false);
    set_switch(path, f * SWITCHES_A_FACTOR + SWITCH_ON, false);
    update_dependents(path, &path->plan->clock[c], false);
    if (path->method[c] == CLOCK_EXOGENOUS)
        return;
    path->ends[f] = INFINITY;
    path->next_is_stale = true;
    if (path->plan->clock[c].recurs)
        unblock_clock(path, c);
}

/* The same for what is plain, with no branch for which of the two it is: that cannot be foreseen. */
static void apply_plain_update(struct path *path, struct history *history, uint32_t what)
{
    const struct path_update *update = &path->update[what];
    const uint32_t f = what / PATH_KINDS; /* the first clocks are the factors', by their numbers */
    const bool comes = what % PATH_KINDS != PATH_ENDS;
    bool *is_on = &path->is_on[f * SWITCHES_A_FACTOR];

    history_record(history, (struct event){path->month, comes ? EVENT_COMES : EVENT_ENDS, f, 0, 0, f});
    path->n_fired[f] += comes;
    is_on[SWITCH_OTHERWISE] = false;
    is_on[SWITCH_ON] = comes;
    multiply_hazards(path, update->first, update->n, path->row + update->at);
}

/* The base's clocks stop or start as their sets of states are left or entered. */
static void move_base(struct path *path, struct history *history, uint32_t c)
{
    const struct plan *plan = path->plan;
    const uint32_t b = plan->clock[c].base, from = history->state[b], to = plan->clock[c].to;
    const struct plan_base *base = &plan->base[b];
    const struct span left = path->leaves[b * plan->n_states + from],
                      entered = path->leaves[b * plan->n_states + to];

    history_move(history, path->month, b, to, c);
    path->n_fired[c]++;
    if (plan->clock[c].baseline == BASELINE_DATE) /* it will not come again by the same date */
        path->used_baseline[c] = hazard_date(path->world, &plan->clock[c], path->month);
    path->spent[c] = true;
    path->n_moving -= !entered.n;
    for (uint32_t i = left.first; i < left.first + left.n; i++)
        if (!(plan->clock[path->leaving[i]].from >> to & 1))
            block_clock(path, path->leaving[i]);
    for (uint32_t i = entered.first; i < entered.first + entered.n; i++)
        if (!(plan->clock[path->leaving[i]].from >> from & 1))
            unblock_clock(path, path->leaving[i]);
    for (uint32_t i = base->conditions.first; i < base->conditions.first + base->conditions.n; i++)
        set_switch(path, plan->condition[i].its_switch, plan->condition[i].states >> to & 1);
}

/* All changes of a month. */
static void change_rates(struct path *path, const struct path_update *update)
{
    if (path->n_marginalised)
        extend_rate_path(path);
    path->rate += path->n_slots;
    if (!update->anew)
        multiply_hazards(path, update->first, update->n, path->row + update->at);
    for (; path->next_change < path->n_changes && path->change[path->next_change].month == path->month;
         path->next_change++) {
        const uint32_t c = path->change[path->next_change].clock;

        if (update->anew)
            set_ratio(path, c, compute_ratio(path, c));
    }
}

static void fire_clock(struct path *path, struct history *history, uint32_t c)
{
    if (path->plan->clock[c].moves_base)
        move_base(path, history, c);
    else
        start_factor(path, history, c);
}

/* A run */

/* Of what happens at the same month endings come first, by factor, then changes of rates, then what fires, causes first
 * (plan_clock.rank), each followed by its ending where it ends at the very month it comes. */
static uint32_t order_of_change(const struct plan *plan)
{
    return (uint32_t)plan->n_factors;
}

uint32_t path_order_of_firing(const struct plan *plan, uint32_t c)
{
    return order_of_change(plan) + 1 + 2 * plan->clock[c].rank;
}

static uint32_t order_of_end(const struct plan *plan, uint32_t f, double comes, double ends)
{
    return ends <= comes ? path_order_of_firing(plan, plan->factor[f].clock) + 1 : f;
}

/* All that settled clocks do in a lane, and all else that is known. */
static void fill_calendar(struct path *path, struct history *history, size_t lane)
{
    const struct plan *plan = path->plan;
    const struct path_spells *more = &path->spells[lane];
    struct calendar *calendar = &path->calendar;

    calendar_begin(calendar, 2 * (path->n_exogenous + more->n) + path->n_change_months + 1, plan->horizon);
    for (uint32_t i = 0; i < path->n_awaited; i++) {
        const struct path_awaited *fires_at = &path->awaited[i];

        history->first[fires_at->clock] = fires_at->month[lane];
        calendar_add(calendar, fires_at->month[lane], fires_at->order, fires_at->what);
    }
    for (uint32_t i = 0; i < path->n_ending; i++) {
        const struct path_awaited *end = &path->ending[i];

        calendar_add(calendar, end->month[lane],
                     order_of_end(plan, end->clock, path->comes[end->clock * PATH_BATCH + lane], end->month[lane]),
                     end->what);
    }
    for (size_t i = 0; i < more->n; i++) {
        const struct path_spell *spell = &more->spell[i];

        calendar_add(calendar, spell->comes, path_order_of_firing(plan, spell->clock),
                     path_what(spell->clock, PATH_FIRES_AGAIN));
        calendar_add(calendar, spell->ends, order_of_end(plan, spell->clock, spell->comes, spell->ends),
                     path_what(spell->clock, PATH_ENDS));
    }
    for (uint32_t i = 0; i < path->n_change_months; i++)
        calendar_add(calendar, path->change_month[i], order_of_change(plan),
                     path_what((uint32_t)plan->n_clocks, 0) + i);
    calendar_add(calendar, plan->horizon, UINT32_MAX, PATH_HORIZON);
    calendar_deal(calendar);
    path->next_known = calendar_next(calendar);
}

static void begin_slots(struct path *path, size_t lane)
{
    const double *threshold = path->threshold + lane;

    for (uint32_t i = 0; i < path->n_integrated; i++) {
        path->residual_kept[i] = threshold[path->integrated[i] * PATH_BATCH];
        path->residual[i] = path->residual_kept[i] + path->start_blocked[i];
    }
    path->rate = path->rates;
    memcpy(path->hazard, path->start_hazard, path->n_slots * sizeof *path->hazard);
    for (uint32_t i = 0; i < path->n_frail; i++)
        path->hazard[path->frail[i].slot] =
            smaller(path->hazard[path->frail[i].slot] * path->frailty[path->frail[i].dependence], PATH_MAX_HAZARD);
}

/* It has come before anything begins. */
static void record_in_force(const struct path *path, struct history *history, uint32_t c)
{
    history->first[c] = 0.0;
    history_record(history, (struct event){0.0, EVENT_COMES, path->plan->clock[c].factor, 0, 0, c});
}

static void begin_clocks(struct path *path, struct history *history, size_t lane)
{
    const double *threshold = path->threshold + lane;

    for (uint32_t i = 0; i < path->n_in_force; i++)
        record_in_force(path, history, path->in_force[i]);
    for (uint32_t i = 0; i < path->n_scheduled; i++) {
        const uint32_t c = path->scheduled[i];

        path->used_baseline[c] = 0.0;
        path->clock_residual[c] = threshold[c * PATH_BATCH];
        path->clock_ratio[c] = path->start_ratio[c] * path_frailty(path, c);
        schedule_clock(path, c);
    }
    begin_slots(path, lane);
    fill_calendar(path, history, lane);
    for (uint32_t i = 0; i < path->n_asked; i++)
        path->asked[i].since = path->asked[i].hazard = 0.0;
}

static void begin_run(struct path *path, struct history *history, size_t lane)
{
    const struct plan *plan = path->plan;

    path->month = 0.0;
    path->next_is_stale = true;
    path->next_change = 0;
    path->n_ties = 0;
    path->n_moving = path->n_movable;
    memcpy(path->is_on, path->start_on, plan->n_switches * sizeof *path->is_on);
    memcpy(path->n_blocks, path->start_n_blocks, plan->n_clocks * sizeof *path->n_blocks);
    memset(path->n_fired, 0, plan->n_clocks * sizeof *path->n_fired);
    memset(path->spent, 0, plan->n_clocks * sizeof *path->spent);
    for (uint32_t i = 0; i < path->n_lasting; i++)
        path->ends[path->lasting[i]] = INFINITY;
    for (size_t d = 0; d < plan->n_dependences; d++)
        path->frailty[d] = path->frailties[d * PATH_BATCH + lane];
    begin_clocks(path, history, lane);
}

/* Of the aimed clocks that fire at a month the one that goes first: by rank; where that is the same, evenly, by a draw for each. */
static uint32_t break_tie(struct path *path, double month)
{
    uint32_t first = UINT32_MAX;
    double least = INFINITY;

    path->n_ties++; /* the first number of a name is the design's, and not used here */
    for (uint32_t i = 0; i < path->n_scheduled; i++) {
        const uint32_t c = path->scheduled[i];
        double draw;

        if (path->fires_at[c] != month)
            continue;
        draw = (double)path->plan->clock[c].rank +
               stream_uniform(&path->stream, path->plan->clock[c].key_tie, path->n_ties);
        first = draw < least ? c : first;
        least = smaller(draw, least);
    }
    return first;
}

/* What comes first of aimed clocks and of endings; of those at the same month an ending. No branch: which comes first cannot be
 * foreseen. */
static struct calendar_entry find_next_scheduled(struct path *path)
{
    double fires_at = INFINITY, end = INFINITY;
    uint32_t firing = UINT32_MAX, ending = UINT32_MAX;
    bool tied = false;

    for (uint32_t i = 0; i < path->n_scheduled; i++) {
        const uint32_t c = path->scheduled[i];
        const bool sooner = path->fires_at[c] < fires_at;

        tied = (tied & !sooner) | (path->fires_at[c] == fires_at);
        fires_at = sooner ? path->fires_at[c] : fires_at;
        firing = sooner ? c : firing;
    }
    if (tied && fires_at <= path->plan->horizon)
        firing = break_tie(path, fires_at);
    for (uint32_t i = 0; i < path->n_lasting; i++) {
        const uint32_t f = path->lasting[i];
        const bool sooner = path->ends[f] < end;

        end = sooner ? path->ends[f] : end;
        ending = sooner ? f : ending;
    }
    if (end <= fires_at && end < INFINITY)
        return (struct calendar_entry){end, ending, path_what(path->plan->factor[ending].clock, PATH_ENDS)};
    if (firing == UINT32_MAX)
        return (struct calendar_entry){INFINITY, 0, 0};
    return (struct calendar_entry){fires_at, path_order_of_firing(path->plan, firing), path_what(firing, PATH_FIRES)};
}

/* What is known to come next. */
static const struct calendar_entry *choose_next(struct path *path)
{
    if (path->next_is_stale) {
        path->next_scheduled = find_next_scheduled(path);
        path->next_is_stale = false;
    }
    return path->next_scheduled.month <= path->next_known->month &&
                   calendar_is_before(&path->next_scheduled, path->next_known)
               ? &path->next_scheduled
               : path->next_known;
}

/* Let some time pass for the rated clocks; whether any rings: has less than nothing left, so that the sign of a number says it.
 * No division, no branch. */
static bool use_up_residuals(struct path *path, double time)
{
    const double *residual = path->residual, *hazard = path->hazard;
    vector_bits all = {0};
    int64_t any = 0;

    for (double *residual_then = path->residual_then, *end = residual_then + path->n_padded; residual_then < end;
         residual_then += PATH_PAD, residual += PATH_PAD, hazard += PATH_PAD)
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

/* The slot that rings first, given that several do. */
static uint32_t find_first_of_several(const struct path *path)
{
    double find_next_scheduled = INFINITY;
    uint32_t slot = 0;

    for (uint32_t i = 0; i < path->n_integrated; i++)
        if (path->residual_then[i] < 0.0 && path->residual[i] / path->hazard[i] < find_next_scheduled) {
            find_next_scheduled = path->residual[i] / path->hazard[i];
            slot = i;
        }
    return slot;
}

/* The slot that rings first, given that one does. Mostly there is no other; no branch to find that one. */
static uint32_t find_first_to_fire(const struct path *path)
{
    const double *residual_then = path->residual_then;
    vector_bits place = {0}, firing = {0}, minus_n = {0};
    int64_t slot = 0, n = 0;

    for (size_t k = 0; k < VECTOR_WIDTH; k++)
        place[k] = (int64_t)k;
    for (const double *end = residual_then + path->n_padded; residual_then < end; residual_then += PATH_PAD)
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

/* Take over what use_up found, up to a month. */
static void advance_to(struct path *path, double month)
{
    double *const swap = path->residual;

    path->residual = path->residual_then;
    path->residual_then = swap;
    path->month = month;
}

static void apply_event(struct path *path, struct history *history, uint32_t what)
{
    const uint32_t c = what / PATH_KINDS;

    if (path->update[what].plain)
        apply_plain_update(path, history, what);
    else if (c >= path->plan->n_clocks)
        change_rates(path, &path->update[what]);
    else if (what % PATH_KINDS == PATH_ENDS)
        end_factor(path, history, path->plan->clock[c].factor);
    else
        fire_clock(path, history, c);
}

/* Play up to the next thing that happens, and let it happen; false when nothing more can change. */
static bool simulate_step(struct path *path, struct history *history)
{
    const struct calendar_entry *next_known = choose_next(path);
    const uint32_t what = next_known->what;

    if (use_up_residuals(path, next_known->month - path->month)) {
        const uint32_t slot = find_first_to_fire(path);
        const double time = path->residual[slot] / path->hazard[slot], most = next_known->month - path->month;

        use_up_residuals(path, smaller(larger(time, 0.0), most)); /* rounding may have left less than nothing */
        advance_to(path, smaller(larger(path->month + time, path->month), next_known->month));
        fire_clock(path, history, path->integrated[slot]);
        return path->n_moving || !path->bases_only || history->recorded;
    }
    advance_to(path, next_known->month);
    if (what == PATH_HORIZON)
        return false;
    if (next_known == path->next_known)
        path->next_known = calendar_next(&path->calendar);
    apply_event(path, history, what);
    return true;
}

void path_simulate(struct path *path, struct history *history, size_t lane)
{
    const struct plan *plan = path->plan;
    const uint64_t first_run = path->stream.run;
    uint32_t n_steps = 0;

    path->stream.run = first_run + lane;
    history_begin(history, plan);
    begin_run(path, history, lane);
    while (!history->overflow && simulate_step(path, history))
        if (++n_steps > HISTORY_MAX + path->n_changes)
            history->overflow = true;
    if (path->rate_path) {
        path->month = plan->horizon;
        extend_rate_path(path);
        add_asked_hazard(path, true);
        add_exogenous_hazard(path, lane);
    }
    for (size_t f = 0; plan->model->decide && f < plan->n_factors; f++)
        history->on[f] = path->is_on[f * SWITCHES_A_FACTOR + SWITCH_ON];
    if (plan->model->decide)
        plan->model->decide(plan, path->world->value, &path->stream, history);
    history_end(history);
    path->stream.run = first_run;
}
