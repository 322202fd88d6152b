#include "sim/engine/walk.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/model.h"
#include "sim/engine/reach.h"
#include "sim/engine/settle.h"
#include "sim/system/portable.h"

/* Slots that a processor's vector holds, for compilers that would not make one of a loop. */
#if defined __AVX512F__
enum { WIDTH = 8 };
#elif defined __AVX__
enum { WIDTH = 4 };
#else
enum { WIDTH = 2 };
#endif
typedef double walk_vector __attribute__((vector_size(WIDTH * sizeof(double)), may_alias));
typedef int64_t walk_bits __attribute__((vector_size(WIDTH * sizeof(int64_t))));

static void aim(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];

    walk->soon_is_stale = true;
    if (walk->waits[c] || !(walk->aimed_ratio[c] > 0.0))
        walk->ring[c] = INFINITY;
    else if (clock->baseline == BASELINE_DATE)
        walk->ring[c] =
            reach_date(walk->world, clock, walk->month, walk->passed[c], walk->aimed_left[c] / walk->aimed_ratio[c]);
    else
        walk->ring[c] = reach_at(walk->world, clock, walk->month);
}

/* Bring an aimed clock's hazard up to the present; a month is all or nothing. */
static void catch_up(struct walk *walk, uint32_t c)
{
    if (walk->plan->clock[c].baseline == BASELINE_DATE && walk->month > 0.0)
        walk->passed[c] = reach_dated_hazard(walk->world, &walk->plan->clock[c], walk->month);
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

/* A clock's ratio, whether or not it has rung. */
static double ratio_now(const struct walk *walk, uint32_t c)
{
    return walk->way[c] == WALK_AIMED ? walk->aimed_ratio[c] : walk_ratio(walk, walk->is_on, c) * walk_frailty(walk, c);
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

/* Before anything bears on a clock that is asked about, and is not settled. */
static void ask(struct walk *walk)
{
    for (uint32_t i = 0; i < walk->n_asked; i++) {
        struct walk_asked *asked = &walk->asked[i];
        const double until = smaller(walk->month, walk->plan->question[asked->question].month);
        double ratio;

        if (walk->way[asked->clock] == WALK_SETTLED)
            continue;
        ratio = ratio_now(walk, asked->clock);
        if (until > asked->since && ratio > 0.0 && !is_held_back(walk, &walk->plan->clock[asked->clock])) {
            const double before = baseline_hazard(walk, asked->clock, asked->since);

            if (before < INFINITY)
                asked->hazard += ratio * (baseline_hazard(walk, asked->clock, until) - before);
        }
        asked->since = larger(asked->since, until);
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
    if (walk->way[c] == WALK_FOLLOWED)
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
        for (size_t k = 0; k < WALK_PAD; k += WIDTH)
            *(walk_vector *)(hazard + k) *= *(const walk_vector *)(by + k);
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
        ask(walk);
    walk->is_on[a_switch] = on;
    if (on || reach->can_return) {
        multiply(walk, reach->first, reach->n, walk->row + (on ? reach->on : reach->off));
        if (!reach->can_return)
            tame(walk, reach);
        for (uint32_t i = reach->aimed.first; i < reach->aimed.first + reach->aimed.n; i++) {
            const uint32_t link = walk->aimed_link[i], c = plan->link[link].clock;

            set_ratio(walk, c,
                      on ? walk->aimed_ratio[c] * walk->world->factor[link]
                         : walk_ratio(walk, walk->is_on, c) * walk_frailty(walk, c));
        }
        return;
    }
    for (uint32_t l = links.first; l < links.first + links.n; l++) {
        const uint32_t c = plan->link[l].clock;

        if (walk->way[c] != WALK_IDLE && walk->way[c] != WALK_SETTLED)
            set_ratio(walk, c, walk_ratio(walk, walk->is_on, c) * walk_frailty(walk, c));
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
        ask(walk);
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
        ask(walk);
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
            set_ratio(walk, c, walk_ratio(walk, walk->is_on, c) * walk_frailty(walk, c));
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

/* Of what happens at the same month endings come first, by factor, then changes of rates, then rings, by clock; at last
 * endings, by factor, of what ends at the very month it comes. */
static uint32_t order_of_change(const struct plan *plan)
{
    return (uint32_t)plan->n_factors;
}

uint32_t walk_order_of_ring(const struct plan *plan, uint32_t c)
{
    return order_of_change(plan) + 1 + c;
}

static uint32_t order_of_end(const struct plan *plan, uint32_t f, double comes, double ends)
{
    return f + (uint32_t)(ends <= comes) * walk_order_of_ring(plan, (uint32_t)plan->n_clocks);
}

static bool is_before(struct walk_known a, struct walk_known b)
{
    return a.month != b.month ? a.month < b.month : a.order < b.order;
}

static uint32_t what_is(uint32_t c, enum walk_kind kind)
{
    return c * WALK_KINDS + kind;
}

static void await(struct walk *walk, double month, uint32_t order, uint32_t what)
{
    walk->queue[walk->n_queue] = (struct walk_known){month, order, what};
    walk->n_queue += month <= walk->plan->horizon;
}

enum { FEW = 48 };
static const double most_stretches = 1e9; /* a month; more would not fit numbers */

/* Many are dealt out into as many stretches of time, so that the work grows with their number and no faster. */
static void deal(struct walk *walk, double stretches)
{
    const size_t n = walk->n_queue;

    memset(walk->stretch, 0, (n + 2) * sizeof *walk->stretch);
    for (size_t i = 0; i < n; i++)
        walk->stretch[(size_t)(walk->queue[i].month * stretches) + 1]++;
    for (size_t i = 1; i < n + 2; i++)
        walk->stretch[i] += walk->stretch[i - 1];
    for (size_t i = 0; i < n; i++)
        walk->dealt[walk->stretch[(size_t)(walk->queue[i].month * stretches)]++] = walk->queue[i];
}

/* Few, into as many as a word has bits. */
static void deal_few(struct walk *walk, double stretches)
{
    enum { NONE = UINT8_MAX };
    uint8_t first[64], next[FEW];
    uint64_t busy = 0;
    size_t n = 0;

    memset(first, NONE, sizeof first);
    for (size_t i = 0; i < walk->n_queue; i++) {
        const size_t at = (size_t)(walk->queue[i].month * stretches);

        next[i] = first[at];
        first[at] = (uint8_t)i;
        busy |= (uint64_t)1 << at;
    }
    for (; busy; busy &= busy - 1)
        for (uint8_t i = first[__builtin_ctzll(busy)]; i != NONE; i = next[i])
            walk->dealt[n++] = walk->queue[i];
}

/* By month, then by order. */
static void sort_queue(struct walk *walk)
{
    struct walk_known *const swap = walk->queue;
    const bool few = walk->n_queue <= FEW;
    const double stretches = (few ? 63.0 : (double)walk->n_queue) / walk->plan->horizon;

    if (stretches < most_stretches) {
        if (few)
            deal_few(walk, stretches);
        else
            deal(walk, stretches);
        walk->queue = walk->dealt;
        walk->dealt = swap;
    }
    for (size_t i = 1; i < walk->n_queue; i++) { /* what fell into one stretch */
        const struct walk_known known = walk->queue[i];
        size_t k = i;

        if (known.month > walk->queue[i - 1].month)
            continue;
        for (; k && is_before(known, walk->queue[k - 1]); k--)
            walk->queue[k] = walk->queue[k - 1];
        walk->queue[k] = known;
    }
}

static void make_room(struct walk *walk, size_t n)
{
    if (n <= walk->room)
        return;
    free(walk->queue);
    free(walk->dealt);
    free(walk->stretch);
    walk->room = 2 * n;
    walk->queue = memory_new(walk->room, sizeof *walk->queue);
    walk->dealt = memory_new(walk->room, sizeof *walk->dealt);
    walk->stretch = memory_new(walk->room + 2, sizeof *walk->stretch);
}

/* All that settled clocks do in a lane, and all else that is known. */
static void fill_queue(struct walk *walk, struct history *history, size_t lane)
{
    const struct plan *plan = walk->plan;
    const struct walk_spells *more = &walk->spells[lane];

    walk->n_queue = 0;
    make_room(walk, 2 * (walk->n_settled + more->n) + walk->n_change_months + 2);
    for (uint32_t i = 0; i < walk->n_awaited; i++) {
        const struct walk_awaited *ring = &walk->awaited[i];
        const double month = ring->month[lane];

        history->first[ring->clock] = month <= plan->horizon ? month : INFINITY;
        await(walk, month, ring->order, ring->what);
    }
    for (uint32_t i = 0; i < walk->n_ending; i++) {
        const struct walk_awaited *end = &walk->ending[i];

        await(walk, end->month[lane],
              order_of_end(plan, end->clock, walk->comes[end->clock * WALK_BATCH + lane], end->month[lane]), end->what);
    }
    for (size_t i = 0; i < more->n; i++) {
        const struct walk_spell *spell = &more->spell[i];

        await(walk, spell->comes, walk_order_of_ring(plan, spell->clock), what_is(spell->clock, WALK_RINGS_AGAIN));
        await(walk, spell->ends, order_of_end(plan, spell->clock, spell->comes, spell->ends),
              what_is(spell->clock, WALK_ENDS));
    }
    for (uint32_t i = 0; i < walk->n_change_months; i++)
        await(walk, walk->change_month[i], order_of_change(plan), what_is((uint32_t)plan->n_clocks, 0) + i);
    await(walk, plan->horizon, UINT32_MAX, WALK_HORIZON);
    sort_queue(walk);
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
        walk->hazard[walk->frail[i].slot] *= walk->frailty[walk->frail[i].dependence];
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
    fill_queue(walk, history, lane);
    for (uint32_t i = 0; i < walk->n_asked; i++)
        walk->asked[i].since = walk->asked[i].hazard = 0.0;
}

static void begin(struct walk *walk, struct history *history, size_t lane)
{
    const struct plan *plan = walk->plan;

    walk->month = 0.0;
    walk->soon_is_stale = true;
    walk->next_known = walk->next_change = 0;
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

/* What comes first of aimed clocks and of endings; of those at the same month an ending, then by order. No branch: which comes
 * first cannot be foreseen. */
static struct walk_known soonest(const struct walk *walk)
{
    double ring = INFINITY, end = INFINITY;
    uint32_t ringing = UINT32_MAX, ending = UINT32_MAX;

    for (uint32_t i = 0; i < walk->n_aimed; i++) {
        const uint32_t c = walk->aimed[i];
        const bool sooner = walk->ring[c] < ring;

        ring = sooner ? walk->ring[c] : ring;
        ringing = sooner ? c : ringing;
    }
    for (uint32_t i = 0; i < walk->n_lasting; i++) {
        const uint32_t f = walk->lasting[i];
        const bool sooner = walk->ends[f] < end;

        end = sooner ? walk->ends[f] : end;
        ending = sooner ? f : ending;
    }
    if (end <= ring && end < INFINITY)
        return (struct walk_known){end, ending, what_is(walk->plan->factor[ending].clock, WALK_ENDS)};
    return (struct walk_known){ring, walk_order_of_ring(walk->plan, ringing), what_is(ringing, WALK_RINGS)};
}

/* What is known to come next. */
static const struct walk_known *what_comes(struct walk *walk)
{
    const struct walk_known *known = &walk->queue[walk->next_known];

    if (walk->soon_is_stale) {
        walk->soon = soonest(walk);
        walk->soon_is_stale = false;
    }
    return walk->soon.month <= known->month && is_before(walk->soon, *known) ? &walk->soon : known;
}

/* Let some time pass for the rated clocks; whether any rings: has less than nothing left, so that the sign of a number says it.
 * No division, no branch. */
static bool use_up(struct walk *walk, double time)
{
    const double *left = walk->left, *hazard = walk->hazard;
    walk_bits all = {0};
    int64_t any = 0;

    for (double *after = walk->after, *end = after + walk->n_padded; after < end;
         after += WALK_PAD, left += WALK_PAD, hazard += WALK_PAD)
#pragma GCC unroll 4
        for (size_t k = 0; k < WALK_PAD; k += WIDTH) {
            const walk_vector now = *(const walk_vector *)(left + k) - *(const walk_vector *)(hazard + k) * time;

            *(walk_vector *)(after + k) = now;
            all |= (walk_bits)now;
        }
    for (size_t i = 0; i < WIDTH; i++)
        any |= all[i];
    return any < 0;
}

/* The rated clock that rings first by a month, given that one does. */
static uint32_t first_to_ring(const struct walk *walk, double by, double *month)
{
    uint32_t found = 0, n = 0;

    for (uint32_t i = 0; i < walk->n_rated; i++) { /* no branch */
        walk->some[n] = i;
        n += walk->after[i] < 0.0;
    }
    *month = INFINITY;
    for (uint32_t k = 0; k < n; k++) {
        const uint32_t i = walk->some[k];
        const double when = smaller(by, walk->month + walk->left[i] / walk->hazard[i]);

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
    const struct walk_known *known = what_comes(walk);
    const uint32_t what = known->what;

    if (use_up(walk, known->month - walk->month)) {
        double month;
        const uint32_t slot = first_to_ring(walk, known->month, &month);

        use_up(walk, month - walk->month);
        for (uint32_t i = 0; i < walk->n_rated; i++)
            walk->after[i] = larger(walk->after[i], 0x1p-1000);
        advance(walk, month);
        rings(walk, history, walk->rated[slot]);
        return walk->n_moving || !walk->bases_only || history->told;
    }
    advance(walk, known->month);
    if (what == WALK_HORIZON)
        return false;
    walk->next_known += known != &walk->soon;
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
        ask(walk);
        ask_settled(walk, lane);
    }
    for (size_t f = 0; plan->model->decide && f < plan->n_factors; f++)
        history->on[f] = walk->is_on[f * SWITCHES_A_FACTOR + SWITCH_ON];
    if (plan->model->decide)
        plan->model->decide(plan, walk->world->value, &walk->luck, history);
    history_end(history);
    walk->luck.run = first_run;
}
