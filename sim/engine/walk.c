/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/walk.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/model.h"
#include "sim/engine/reach.h"
#include "sim/engine/settle.h"
#include "sim/system/portable.h"
#include "sim/system/vectors.h"

static void aim(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];

    walk->soon_is_stale = true;
    if (walk->waits[c] || !(walk->aimed_ratio[c] > 0.0) || (clock->baseline == BASELINE_AT && walk->rung[c]))
        walk->ring[c] = INFINITY;
    else if (clock->baseline == BASELINE_DATE)
        walk->ring[c] =
            reach_date(walk->world, clock, walk->month, walk->passed[c], walk->aimed_left[c] / walk->aimed_ratio[c]);
    else
        walk->ring[c] = reach_at(walk->world, clock, walk->month);
}

/* Bring an aimed clock's hazard up to the present; a month is all or nothing. A date that can be this very month is still to
 * come, unless it is the one that has just come: so what changes a clock in a month changes what happens to it then. */
static void catch_up(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];

    if (clock->baseline == BASELINE_DATE && walk->month > 0.0)
        walk->passed[c] = larger(walk->passed[c], reach_dated_hazard_before(walk->world, clock, walk->month));
}

/* And what is left of its threshold, if it is enabled and has one. */
static void settle(struct walk *walk, uint32_t c)
{
    const double before = walk->passed[c];

    if (walk->waits[c] || walk->spent[c])
        return;
    catch_up(walk, c);
    if (walk->aimed_ratio[c] > 0.0)
        walk->aimed_left[c] = larger(0.0, walk->aimed_left[c] - walk->aimed_ratio[c] * (walk->passed[c] - before));
}

/* Where bases are followed */

/* Before the speed of a followed clock changes: it was the same up to now. */
static void go_on(struct walk *walk)
{
    for (uint32_t i = 0; i < walk->n_followed; i++)
        walk->speed[i] = walk->waits[walk->followed[i]] ? 0.0 : walk->hazard[walk->n_padded + i];
    course_go(walk->course, walk->month, walk->speed);
}

/* A clock's ratio, from scratch. */
static double ratio_anew(const struct walk *walk, uint32_t c)
{
    return walk_ratio(walk, walk->is_on, c) * walk_frailty(walk, c);
}

/* Whether or not it has rung. */
static double ratio_now(const struct walk *walk, uint32_t c)
{
    return walk->way[c] == WALK_AIMED ? walk->aimed_ratio[c] : ratio_anew(walk, c);
}

static bool is_held_back(const struct walk *walk, const struct plan_clock *clock)
{
    for (uint32_t i = clock->requires.first; i < clock->requires.first + clock->requires.n; i++)
        if (!walk->is_on[walk->plan->index[i] * SWITCHES_A_FACTOR + SWITCH_ON])
            return true;
    return false;
}

static double baseline_hazard(const struct walk *walk, uint32_t c, double month)
{
    return reach_baseline(walk->plan, walk->world, c, month);
}

/* Before anything bears on a clock that is asked about, and is not settled; or at last, when nothing more does. What a date adds
 * at the very month of a change depends on the change, at that of the question on all of them. */
static void ask(struct walk *walk, bool at_last)
{
    for (uint32_t i = 0; i < walk->n_asked; i++) {
        struct walk_asked *asked = &walk->asked[i];
        const uint32_t c = asked->clock;
        const double month = walk->plan->question[asked->question].month, until = smaller(walk->month, month);
        const bool closes = at_last || walk->month > month;
        double ratio;

        if (walk->way[c] == WALK_SETTLED || asked->since == INFINITY)
            continue;
        ratio = ratio_now(walk, c);
        if (ratio > 0.0 && !is_held_back(walk, &walk->plan->clock[c])) {
            const double before = reach_baseline_before(walk->plan, walk->world, c, asked->since);

            if (before < INFINITY)
                asked->hazard += ratio * ((closes ? baseline_hazard(walk, c, until)
                                                  : reach_baseline_before(walk->plan, walk->world, c, until)) -
                                          before);
        }
        asked->since = closes ? INFINITY : until;
    }
}

/* Of those that are. */
static void ask_settled(struct walk *walk, size_t lane)
{
    for (uint32_t i = 0; i < walk->n_asked; i++)
        if (walk->way[walk->asked[i].clock] == WALK_SETTLED)
            walk->asked[i].hazard =
                settle_hazard(walk, lane, walk->asked[i].clock, walk->plan->question[walk->asked[i].question].month);
}

double walk_asked_probability(const struct walk *walk, uint32_t i)
{
    return 1.0 - portable_exp(-walk->asked[i].hazard);
}

double walk_used(const struct walk *walk, const struct luck *luck, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    double left;

    if (walk->way[c] == WALK_RATED)
        left = (walk->waits[c] ? walk->kept : walk->left)[walk->slot[c]];
    else
        left = walk->aimed_left[c];
    if (walk->way[c] == WALK_AIMED && !walk->waits[c] && walk->aimed_ratio[c] > 0.0)
        left -= walk->aimed_ratio[c] * (baseline_hazard(walk, c, walk->month) - walk->passed[c]);
    return larger(0.0, stream_exponential(luck, clock->key, walk->rung[c]) - left);
}

const char *walk_busiest(const struct walk *walk)
{
    uint32_t most = 0;

    for (uint32_t c = 0; c < walk->plan->n_clocks; c++)
        most = walk->rung[c] > walk->rung[most] ? c : most;
    return walk->plan->clock[most].id;
}

/* What changes a clock: its ratio, and reasons to wait */

static void wait_more(struct walk *walk, uint32_t c)
{
    if (walk->way[c] == WALK_AIMED) {
        settle(walk, c);
        walk->ring[c] = INFINITY;
        walk->soon_is_stale = true;
    } else if (walk->way[c] == WALK_FOLLOWED) {
        go_on(walk);
    } else if (!walk->waits[c]) {
        walk->kept[walk->slot[c]] = walk->left[walk->slot[c]];
        walk->left[walk->slot[c]] = INFINITY;
    }
    walk->waits[c]++;
}

/* A clock that has rung needs a new threshold, if it is ever enabled again. */
static void next_threshold(struct walk *walk, uint32_t c)
{
    const double threshold = stream_exponential(&walk->luck, walk->plan->clock[c].key, walk->rung[c]);

    walk->spent[c] = false;
    if (walk->way[c] == WALK_RATED)
        walk->kept[walk->slot[c]] = threshold;
    else
        walk->aimed_left[c] = threshold;
}

static void wait_less(struct walk *walk, uint32_t c)
{
    if (walk->way[c] == WALK_FOLLOWED && walk->waits[c] == 1)
        go_on(walk);
    if (--walk->waits[c])
        return;
    if (walk->spent[c])
        next_threshold(walk, c);
    if (walk->way[c] == WALK_AIMED) {
        catch_up(walk, c);
        aim(walk, c);
    } else if (walk->way[c] == WALK_RATED) {
        walk->left[walk->slot[c]] = walk->kept[walk->slot[c]];
    }
}

double walk_frailty(const struct walk *walk, uint32_t c)
{
    const struct span frailties = walk->plan->clock[c].frailties;
    double product = 1.0;

    for (uint32_t i = frailties.first; i < frailties.first + frailties.n; i++)
        product *= walk->frailty[walk->plan->index[i]];
    return product;
}

static void set_ratio(struct walk *walk, uint32_t c, double ratio)
{
    if (walk->way[c] == WALK_AIMED) {
        settle(walk, c);
        walk->aimed_ratio[c] = ratio;
        aim(walk, c);
    } else if (walk->way[c] == WALK_RATED || walk->way[c] == WALK_FOLLOWED) {
        walk->hazard[walk->slot[c]] = smaller(ratio * walk->rate[walk->slot[c]], WALK_MOST);
    }
}

/* Multiply the hazards of some slots, in whole groups. */
static void multiply(struct walk *walk, uint32_t first, uint32_t n, const double *by)
{
    double *hazard = walk->hazard + first;

    for (const double *end = by + n; by < end; by += WALK_PAD, hazard += WALK_PAD)
#pragma GCC unroll 4
        for (size_t k = 0; k < WALK_PAD; k += VECTOR_WIDTH)
            *vector_at(hazard + k) *= vector_of(by + k);
}

/* Slots whose hazards grow past all bounds. */
static void tame(struct walk *walk, const struct walk_reach *reach)
{
    for (uint32_t i = reach->first; i < reach->first + reach->n; i++)
        walk->hazard[i] = smaller(walk->hazard[i], WALK_MOST);
}

static void turn(struct walk *walk, uint32_t a_switch, bool on)
{
    const struct plan *plan = walk->plan;
    const struct walk_reach *reach = &walk->reach[a_switch];
    const struct span links = plan->switch_links[a_switch];

    if (walk->is_on[a_switch] == on)
        return;
    if (reach->followed)
        go_on(walk);
    if (reach->asked)
        ask(walk, false);
    walk->is_on[a_switch] = on;
    if (on || reach->can_return) {
        multiply(walk, reach->first, reach->n, walk->row + (on ? reach->on : reach->off));
        if (!reach->can_return)
            tame(walk, reach);
        for (uint32_t i = reach->aimed.first; i < reach->aimed.first + reach->aimed.n; i++) {
            const uint32_t link = walk->aimed_link[i], c = plan->link[link].clock;

            set_ratio(walk, c, on ? walk->aimed_ratio[c] * walk->world->factor[link] : ratio_anew(walk, c));
        }
        return;
    }
    for (uint32_t l = links.first; l < links.first + links.n; l++) {
        const uint32_t c = plan->link[l].clock;

        if (walk->way[c] != WALK_IDLE && walk->way[c] != WALK_SETTLED)
            set_ratio(walk, c, ratio_anew(walk, c));
    }
}

static void unlock(struct walk *walk, const struct plan_clock *clock, bool on)
{
    for (uint32_t i = clock->unlocks.first; i < clock->unlocks.first + clock->unlocks.n; i++) {
        const uint32_t c = walk->plan->index[i];

        if (walk->way[c] == WALK_SETTLED)
            continue;
        if (on)
            wait_less(walk, c);
        else
            wait_more(walk, c);
    }
}

/* What happens when something rings */

static void begin_to_last(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const double u = stream_uniform(&walk->luck, clock->key_lasts, walk->rung[c]);

    walk->soon_is_stale = true;
    walk->ends[clock->factor] = reach_end(walk->world, clock, walk->month, u);
}

static void factor_comes(struct walk *walk, struct history *history, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const uint32_t f = clock->factor;

    history->first[c] = smaller(history->first[c], walk->month);
    history_tell(history, (struct happening){walk->month, HAPPENING_COMES, f, 0, 0, c});
    if (clock->unlocks.n)
        ask(walk, false);
    if (walk->way[c] != WALK_SETTLED) {
        if (clock->lasts)
            begin_to_last(walk, c);
        walk->spent[c] = true;
        wait_more(walk, c); /* while it is on, or for good */
    }
    walk->rung[c]++;
    turn(walk, f * SWITCHES_A_FACTOR + SWITCH_OTHERWISE, false);
    turn(walk, f * SWITCHES_A_FACTOR + SWITCH_ON, true);
    unlock(walk, clock, true);
}

static void factor_ends(struct walk *walk, struct history *history, uint32_t f)
{
    const uint32_t c = walk->plan->factor[f].clock;

    history_tell(history, (struct happening){walk->month, HAPPENING_ENDS, f, 0, 0, c});
    if (walk->plan->clock[c].unlocks.n)
        ask(walk, false);
    turn(walk, f * SWITCHES_A_FACTOR + SWITCH_ON, false);
    unlock(walk, &walk->plan->clock[c], false);
    if (walk->way[c] == WALK_SETTLED)
        return;
    walk->ends[f] = INFINITY;
    walk->soon_is_stale = true;
    if (walk->plan->clock[c].recurs)
        wait_less(walk, c);
}

/* The same for what is plain, with no branch for which of the two it is: that cannot be foreseen. */
static void plain_turns(struct walk *walk, struct history *history, uint32_t what)
{
    const struct walk_turn *turn = &walk->turn[what];
    const uint32_t f = what / WALK_KINDS; /* the first clocks are the factors', by their numbers */
    const bool comes = what % WALK_KINDS != WALK_ENDS;
    bool *is_on = &walk->is_on[f * SWITCHES_A_FACTOR];

    history_tell(history, (struct happening){walk->month, comes ? HAPPENING_COMES : HAPPENING_ENDS, f, 0, 0, f});
    walk->rung[f] += comes;
    is_on[SWITCH_OTHERWISE] = false;
    is_on[SWITCH_ON] = comes;
    multiply(walk, turn->first, turn->n, walk->row + turn->at);
}

/* The base's clocks stop or start as their sets of states are left or entered. */
static void base_moves(struct walk *walk, struct history *history, uint32_t c)
{
    const struct plan *plan = walk->plan;
    const uint32_t b = plan->clock[c].base, from = history->state[b], to = plan->clock[c].to;
    const struct plan_base *base = &plan->base[b];
    const struct span left = walk->leaves[b * plan->n_states + from], entered = walk->leaves[b * plan->n_states + to];

    history_move(history, walk->month, b, to, c);
    walk->rung[c]++;
    if (plan->clock[c].baseline == BASELINE_DATE) /* it will not come again by the same date */
        walk->passed[c] = reach_dated_hazard(walk->world, &plan->clock[c], walk->month);
    walk->spent[c] = true;
    walk->n_moving -= !entered.n;
    for (uint32_t i = left.first; i < left.first + left.n; i++)
        if (!(plan->clock[walk->leaving[i]].from >> to & 1))
            wait_more(walk, walk->leaving[i]);
    for (uint32_t i = entered.first; i < entered.first + entered.n; i++)
        if (!(plan->clock[walk->leaving[i]].from >> from & 1))
            wait_less(walk, walk->leaving[i]);
    for (uint32_t i = base->conditions.first; i < base->conditions.first + base->conditions.n; i++)
        turn(walk, plan->condition[i].its_switch, plan->condition[i].states >> to & 1);
}

/* All changes of a month. */
static void rates_change(struct walk *walk, const struct walk_turn *turn)
{
    if (walk->n_followed)
        go_on(walk);
    walk->rate += walk->n_slots;
    if (!turn->anew)
        multiply(walk, turn->first, turn->n, walk->row + turn->at);
    for (; walk->next_change < walk->n_changes && walk->change[walk->next_change].month == walk->month;
         walk->next_change++) {
        const uint32_t c = walk->change[walk->next_change].clock;

        if (turn->anew)
            set_ratio(walk, c, ratio_anew(walk, c));
    }
}

static void rings(struct walk *walk, struct history *history, uint32_t c)
{
    if (walk->plan->clock[c].moves_base)
        base_moves(walk, history, c);
    else
        factor_comes(walk, history, c);
}

/* A run */

/* Of what happens at the same month endings come first, by factor, then changes of rates, then what fires, causes first
 * (plan_clock.rank), each followed by its ending where it ends at the very month it comes. */
static uint32_t order_of_change(const struct plan *plan)
{
    return (uint32_t)plan->n_factors;
}

uint32_t walk_order_of_ring(const struct plan *plan, uint32_t c)
{
    return order_of_change(plan) + 1 + 2 * plan->clock[c].rank;
}

static uint32_t order_of_end(const struct plan *plan, uint32_t f, double comes, double ends)
{
    return ends <= comes ? walk_order_of_ring(plan, plan->factor[f].clock) + 1 : f;
}

/* All that settled clocks do in a lane, and all else that is known. */
static void fill_calendar(struct walk *walk, struct history *history, size_t lane)
{
    const struct plan *plan = walk->plan;
    const struct walk_spells *more = &walk->spells[lane];
    struct calendar *calendar = &walk->calendar;

    calendar_begin(calendar, 2 * (walk->n_settled + more->n) + walk->n_change_months + 1, plan->horizon);
    for (uint32_t i = 0; i < walk->n_awaited; i++) {
        const struct walk_awaited *ring = &walk->awaited[i];

        history->first[ring->clock] = ring->month[lane];
        calendar_add(calendar, ring->month[lane], ring->order, ring->what);
    }
    for (uint32_t i = 0; i < walk->n_ending; i++) {
        const struct walk_awaited *end = &walk->ending[i];

        calendar_add(calendar, end->month[lane],
                     order_of_end(plan, end->clock, walk->comes[end->clock * WALK_BATCH + lane], end->month[lane]),
                     end->what);
    }
    for (size_t i = 0; i < more->n; i++) {
        const struct walk_spell *spell = &more->spell[i];

        calendar_add(calendar, spell->comes, walk_order_of_ring(plan, spell->clock),
                     walk_what(spell->clock, WALK_RINGS_AGAIN));
        calendar_add(calendar, spell->ends, order_of_end(plan, spell->clock, spell->comes, spell->ends),
                     walk_what(spell->clock, WALK_ENDS));
    }
    for (uint32_t i = 0; i < walk->n_change_months; i++)
        calendar_add(calendar, walk->change_month[i], order_of_change(plan),
                     walk_what((uint32_t)plan->n_clocks, 0) + i);
    calendar_add(calendar, plan->horizon, UINT32_MAX, WALK_HORIZON);
    calendar_deal(calendar);
    walk->known = calendar_next(calendar);
}

static void begin_slots(struct walk *walk, size_t lane)
{
    const double *threshold = walk->threshold + lane;

    for (uint32_t i = 0; i < walk->n_rated; i++) {
        walk->kept[i] = threshold[walk->rated[i] * WALK_BATCH];
        walk->left[i] = walk->kept[i] + walk->start_shut[i];
    }
    walk->rate = walk->rates;
    memcpy(walk->hazard, walk->start_hazard, walk->n_slots * sizeof *walk->hazard);
    for (uint32_t i = 0; i < walk->n_frail; i++)
        walk->hazard[walk->frail[i].slot] =
            smaller(walk->hazard[walk->frail[i].slot] * walk->frailty[walk->frail[i].dependence], WALK_MOST);
}

/* It has come before anything begins. */
static void factor_stands(const struct walk *walk, struct history *history, uint32_t c)
{
    history->first[c] = 0.0;
    history_tell(history, (struct happening){0.0, HAPPENING_COMES, walk->plan->clock[c].factor, 0, 0, c});
}

static void begin_clocks(struct walk *walk, struct history *history, size_t lane)
{
    const double *threshold = walk->threshold + lane;

    for (uint32_t i = 0; i < walk->n_stand; i++)
        factor_stands(walk, history, walk->stand[i]);
    for (uint32_t i = 0; i < walk->n_aimed; i++) {
        const uint32_t c = walk->aimed[i];

        walk->passed[c] = 0.0;
        walk->aimed_left[c] = threshold[c * WALK_BATCH];
        walk->aimed_ratio[c] = walk->start_ratio[c] * walk_frailty(walk, c);
        aim(walk, c);
    }
    begin_slots(walk, lane);
    fill_calendar(walk, history, lane);
    for (uint32_t i = 0; i < walk->n_asked; i++)
        walk->asked[i].since = walk->asked[i].hazard = 0.0;
}

static void begin(struct walk *walk, struct history *history, size_t lane)
{
    const struct plan *plan = walk->plan;

    walk->month = 0.0;
    walk->soon_is_stale = true;
    walk->next_change = 0;
    walk->n_ties = 0;
    walk->n_moving = walk->n_movable;
    memcpy(walk->is_on, walk->start_on, plan->n_switches * sizeof *walk->is_on);
    memcpy(walk->waits, walk->start_waits, plan->n_clocks * sizeof *walk->waits);
    memset(walk->rung, 0, plan->n_clocks * sizeof *walk->rung);
    memset(walk->spent, 0, plan->n_clocks * sizeof *walk->spent);
    for (uint32_t i = 0; i < walk->n_lasting; i++)
        walk->ends[walk->lasting[i]] = INFINITY;
    for (size_t d = 0; d < plan->n_dependences; d++)
        walk->frailty[d] = walk->frailties[d * WALK_BATCH + lane];
    begin_clocks(walk, history, lane);
}

/* Of the aimed clocks that fire at a month the one that goes first: by rank; where that is the same, evenly, by a draw for each. */
static uint32_t first_of_tied(struct walk *walk, double month)
{
    uint32_t first = UINT32_MAX;
    double least = INFINITY;

    walk->n_ties++; /* the first number of a name is the design's, and not used here */
    for (uint32_t i = 0; i < walk->n_aimed; i++) {
        const uint32_t c = walk->aimed[i];
        double draw;

        if (walk->ring[c] != month)
            continue;
        draw =
            (double)walk->plan->clock[c].rank + stream_uniform(&walk->luck, walk->plan->clock[c].key_tie, walk->n_ties);
        first = draw < least ? c : first;
        least = smaller(draw, least);
    }
    return first;
}

/* What comes first of aimed clocks and of endings; of those at the same month an ending. No branch: which comes first cannot be
 * foreseen. */
static struct calendar_entry soonest(struct walk *walk)
{
    double ring = INFINITY, end = INFINITY;
    uint32_t ringing = UINT32_MAX, ending = UINT32_MAX;
    bool tied = false;

    for (uint32_t i = 0; i < walk->n_aimed; i++) {
        const uint32_t c = walk->aimed[i];
        const bool sooner = walk->ring[c] < ring;

        tied = (tied & !sooner) | (walk->ring[c] == ring);
        ring = sooner ? walk->ring[c] : ring;
        ringing = sooner ? c : ringing;
    }
    if (tied && ring <= walk->plan->horizon)
        ringing = first_of_tied(walk, ring);
    for (uint32_t i = 0; i < walk->n_lasting; i++) {
        const uint32_t f = walk->lasting[i];
        const bool sooner = walk->ends[f] < end;

        end = sooner ? walk->ends[f] : end;
        ending = sooner ? f : ending;
    }
    if (end <= ring && end < INFINITY)
        return (struct calendar_entry){end, ending, walk_what(walk->plan->factor[ending].clock, WALK_ENDS)};
    if (ringing == UINT32_MAX)
        return (struct calendar_entry){INFINITY, 0, 0};
    return (struct calendar_entry){ring, walk_order_of_ring(walk->plan, ringing), walk_what(ringing, WALK_RINGS)};
}

/* What is known to come next. */
static const struct calendar_entry *what_comes(struct walk *walk)
{
    if (walk->soon_is_stale) {
        walk->soon = soonest(walk);
        walk->soon_is_stale = false;
    }
    return walk->soon.month <= walk->known->month && calendar_is_before(&walk->soon, walk->known) ? &walk->soon
                                                                                                  : walk->known;
}

/* Let some time pass for the rated clocks; whether any rings: has less than nothing left, so that the sign of a number says it.
 * No division, no branch. */
static bool use_up(struct walk *walk, double time)
{
    const double *left = walk->left, *hazard = walk->hazard;
    vector_bits all = {0};
    int64_t any = 0;

    for (double *after = walk->after, *end = after + walk->n_padded; after < end;
         after += WALK_PAD, left += WALK_PAD, hazard += WALK_PAD)
#pragma GCC unroll 4
        for (size_t k = 0; k < WALK_PAD; k += VECTOR_WIDTH) {
            const vector_double now = vector_of(left + k) - vector_of(hazard + k) * time;

            *vector_at(after + k) = now;
            all |= (vector_bits)now;
        }
    for (size_t i = 0; i < VECTOR_WIDTH; i++)
        any |= all[i];
    return any < 0;
}

/* The slot that rings first, given that several do. */
static uint32_t first_of_several(const struct walk *walk)
{
    double soonest = INFINITY;
    uint32_t slot = 0;

    for (uint32_t i = 0; i < walk->n_rated; i++)
        if (walk->after[i] < 0.0 && walk->left[i] / walk->hazard[i] < soonest) {
            soonest = walk->left[i] / walk->hazard[i];
            slot = i;
        }
    return slot;
}

/* The slot that rings first, given that one does. Mostly there is no other; no branch to find that one. */
static uint32_t first_to_ring(const struct walk *walk)
{
    const double *after = walk->after;
    vector_bits place = {0}, ringing = {0}, minus_n = {0};
    int64_t slot = 0, n = 0;

    for (size_t k = 0; k < VECTOR_WIDTH; k++)
        place[k] = (int64_t)k;
    for (const double *end = after + walk->n_padded; after < end; after += WALK_PAD)
#pragma GCC unroll 4
        for (size_t k = 0; k < WALK_PAD; k += VECTOR_WIDTH, place += VECTOR_WIDTH) {
            const vector_bits rings = vector_of(after + k) < 0.0;

            ringing |= rings & place;
            minus_n += rings;
        }
    for (size_t k = 0; k < VECTOR_WIDTH; k++) {
        slot |= ringing[k];
        n -= minus_n[k];
    }
    return n == 1 ? (uint32_t)slot : first_of_several(walk);
}

/* Take over what use_up found, up to a month. */
static void advance(struct walk *walk, double month)
{
    double *const swap = walk->left;

    walk->left = walk->after;
    walk->after = swap;
    walk->month = month;
}

static void happens(struct walk *walk, struct history *history, uint32_t what)
{
    const uint32_t c = what / WALK_KINDS;

    if (walk->turn[what].plain)
        plain_turns(walk, history, what);
    else if (c >= walk->plan->n_clocks)
        rates_change(walk, &walk->turn[what]);
    else if (what % WALK_KINDS == WALK_ENDS)
        factor_ends(walk, history, walk->plan->clock[c].factor);
    else
        rings(walk, history, c);
}

/* Play up to the next thing that happens, and let it happen; false when nothing more can change. */
static bool step(struct walk *walk, struct history *history)
{
    const struct calendar_entry *known = what_comes(walk);
    const uint32_t what = known->what;

    if (use_up(walk, known->month - walk->month)) {
        const uint32_t slot = first_to_ring(walk);
        const double time = walk->left[slot] / walk->hazard[slot], most = known->month - walk->month;

        use_up(walk, smaller(larger(time, 0.0), most)); /* rounding may have left less than nothing */
        advance(walk, smaller(larger(walk->month + time, walk->month), known->month));
        rings(walk, history, walk->rated[slot]);
        return walk->n_moving || !walk->bases_only || history->told;
    }
    advance(walk, known->month);
    if (what == WALK_HORIZON)
        return false;
    if (known == walk->known)
        walk->known = calendar_next(&walk->calendar);
    happens(walk, history, what);
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
        if (++n_steps > HISTORY_MAX + walk->n_changes)
            history->overflow = true;
    if (walk->course) {
        walk->month = plan->horizon;
        go_on(walk);
        ask(walk, true);
        ask_settled(walk, lane);
    }
    for (size_t f = 0; plan->model->decide && f < plan->n_factors; f++)
        history->on[f] = walk->is_on[f * SWITCHES_A_FACTOR + SWITCH_ON];
    if (plan->model->decide)
        plan->model->decide(plan, walk->world->value, &walk->luck, history);
    history_end(history);
    walk->luck.run = first_run;
}
