/* SPDX-License-Identifier: GPL-3.0-or-later */
/* walk_world.c - what the runs of a plan, of a world and of a batch have in common. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/model.h"
#include "sim/engine/settle.h"
#include "sim/engine/walk.h"
#include "sim/math/gamma.h"
#include "sim/system/portable.h"

static enum walk_way way_of(const struct walk *walk, const struct plan_clock *clock)
{
    const struct plan *plan = walk->plan;

    if (clock->moves_base && walk->course)
        return WALK_FOLLOWED;
    if (clock->moves_base && !plan->model->balance_ratio)
        return WALK_IDLE;
    return clock->baseline == BASELINE_RATE || clock->baseline == BASELINE_ODDS ? WALK_RATED : WALK_AIMED;
}

static bool has_slot(const struct walk *walk, uint32_t c)
{
    return walk->way[c] == WALK_RATED || walk->way[c] == WALK_FOLLOWED;
}

static uint32_t whole_groups(uint32_t n)
{
    return (n + WALK_PAD - 1) / WALK_PAD * WALK_PAD;
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

        for (uint32_t s = steps.first; has_slot(walk, c) && s < steps.first + steps.n; s++)
            if (plan->step[s].from > 0.0 && plan->step[s].from < plan->horizon)
                walk->change[walk->n_changes++] = (struct walk_change){plan->step[s].from, c, s};
    }
    if (walk->n_changes)
        qsort(walk->change, walk->n_changes, sizeof *walk->change, by_month);
    walk->change_month = memory_new(walk->n_changes, sizeof *walk->change_month);
    for (uint32_t i = 0; i < walk->n_changes; i++)
        if (!i || walk->change[i].month > walk->change[i - 1].month)
            walk->change_month[walk->n_change_months++] = walk->change[i].month;
}

/* Each after all that bear on it. */
static void list_settled(struct walk *walk)
{
    uint32_t before;

    do {
        before = walk->n_settled;
        for (uint32_t c = 0; c < walk->plan->n_clocks; c++)
            if (walk->way[c] != WALK_SETTLED && settle_can(walk, c)) {
                walk->way[c] = WALK_SETTLED;
                walk->settled[walk->n_settled++] = c;
            }
    } while (walk->n_settled > before);
}

static void sort_clocks(struct walk *walk)
{
    for (uint32_t c = 0; c < walk->plan->n_clocks; c++)
        walk->way[c] = way_of(walk, &walk->plan->clock[c]);
    list_settled(walk);
    for (uint32_t c = 0; c < walk->plan->n_clocks; c++) {
        if (walk->way[c] == WALK_AIMED)
            walk->aimed[walk->n_aimed++] = c;
        if (walk->way[c] == WALK_RATED) {
            walk->slot[c] = walk->n_rated;
            walk->rated[walk->n_rated++] = c;
        }
    }
    walk->n_padded = whole_groups(walk->n_rated);
    for (uint32_t i = walk->n_rated; i < walk->n_padded; i++)
        walk->left[i] = walk->after[i] = 1.0; /* their hazard stays 0 */
    for (uint32_t c = 0; c < walk->plan->n_clocks; c++)
        if (walk->way[c] == WALK_FOLLOWED) {
            walk->slot[c] = walk->n_padded + walk->n_followed;
            walk->followed[walk->n_followed++] = c;
        }
    walk->n_slots = walk->n_padded + whole_groups(walk->n_followed);
    for (uint32_t f = 0; f < walk->plan->n_factors; f++)
        if (walk->plan->clock[walk->plan->factor[f].clock].lasts &&
            walk->way[walk->plan->factor[f].clock] != WALK_SETTLED)
            walk->lasting[walk->n_lasting++] = f;
}

/* Frailties that bear on slots. */
static void list_frail(struct walk *walk)
{
    const struct plan *plan = walk->plan;
    size_t n = 0;

    for (uint32_t c = 0; c < plan->n_clocks; c++)
        n += plan->clock[c].frailties.n;
    walk->frail = memory_new(n, sizeof *walk->frail);
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        const struct span frailties = plan->clock[c].frailties;

        for (uint32_t i = frailties.first; has_slot(walk, c) && i < frailties.first + frailties.n; i++)
            walk->frail[walk->n_frail++] = (struct walk_frail){walk->slot[c], plan->index[i]};
    }
}

/* What clocks can ring in each state of each base, and whether nothing but they can change what is not settled. */
static void list_leaving(struct walk *walk)
{
    const struct plan *plan = walk->plan;
    size_t n = 0;

    for (uint32_t c = 0; c < plan->n_clocks; c++)
        n += plan->clock[c].moves_base ? plan->n_states : 0;
    walk->leaving = memory_new(n, sizeof *walk->leaving);
    walk->bases_only = !walk->course && !plan->model->decide;
    n = 0;
    for (uint32_t b = 0; b < plan->n_bases; b++) {
        const struct span clocks = plan->base[b].clocks;

        for (uint32_t s = 0; s < plan->n_states; s++) {
            struct span *leaves = &walk->leaves[b * plan->n_states + s];

            leaves->first = (uint32_t)n;
            for (uint32_t c = clocks.first; c < clocks.first + clocks.n; c++)
                if (plan->clock[c].from >> s & 1)
                    walk->leaving[n++] = c;
            leaves->n = (uint32_t)n - leaves->first;
        }
        walk->n_movable += walk->leaves[b * plan->n_states + plan->base[b].initial].n > 0;
    }
    for (uint32_t c = 0; c < plan->n_clocks; c++)
        walk->bases_only = walk->bases_only && (plan->clock[c].moves_base || walk->way[c] == WALK_SETTLED);
}

/* What one switch reaches. */
static void list_links(struct walk *walk, size_t a_switch, uint32_t *n_aimed_links)
{
    const struct plan *plan = walk->plan;
    const struct span links = plan->switch_links[a_switch];
    struct walk_reach *reach = &walk->reach[a_switch];
    uint32_t first = UINT32_MAX, end = 0;

    reach->aimed.first = *n_aimed_links;
    for (uint32_t l = links.first; l < links.first + links.n; l++) {
        const uint32_t c = plan->link[l].clock;

        if (walk->way[c] == WALK_AIMED)
            walk->aimed_link[(*n_aimed_links)++] = l;
        reach->followed = reach->followed || walk->way[c] == WALK_FOLLOWED;
        for (uint32_t a = 0; a < walk->n_asked; a++)
            reach->asked = reach->asked || walk->asked[a].clock == c;
        if (has_slot(walk, c)) {
            first = walk->slot[c] < first ? walk->slot[c] : first;
            end = walk->slot[c] + 1 > end ? walk->slot[c] + 1 : end;
        }
    }
    reach->aimed.n = *n_aimed_links - reach->aimed.first;
    reach->first = end ? first / WALK_PAD * WALK_PAD : 0;
    reach->n = end ? whole_groups(end - reach->first) : 0;
}

/* A row for what two switches do at once. */
static struct walk_turn turn_of_both(const struct walk_reach *a, const struct walk_reach *b, size_t at)
{
    const uint32_t end_a = a->first + a->n, end_b = b->first + b->n;
    const uint32_t first = !a->n || b->first < a->first ? b->first : a->first;

    return (struct walk_turn){.first = first, .n = (end_a > end_b ? end_a : end_b) - first, .at = at};
}

/* The slots that each switch reaches, as one stretch of whole groups: multiplying a few by 1 costs less than looking them up.
 * And where there are few slots, less than a loop whose end cannot be foreseen: all stretches are the same then. */
static void list_reach(struct walk *walk)
{
    enum { FEW_SLOTS = 32 };
    const struct plan *plan = walk->plan;
    uint32_t n_aimed_links = 0;
    size_t size = 0;

    for (size_t i = 0; i < plan->n_switches; i++) {
        struct walk_reach *reach = &walk->reach[i];

        list_links(walk, i, &n_aimed_links);
        if (reach->n && walk->n_slots <= FEW_SLOTS) {
            reach->first = 0;
            reach->n = walk->n_slots;
        }
        reach->on = size;
        reach->off = size + reach->n;
        size += 2 * reach->n;
    }
    for (uint32_t f = 0; f < plan->n_factors; f++) {
        const struct walk_reach *on = &walk->reach[f * SWITCHES_A_FACTOR + SWITCH_ON];
        const struct walk_reach *otherwise = &walk->reach[f * SWITCHES_A_FACTOR + SWITCH_OTHERWISE];
        struct walk_turn *turn = &walk->turn[f * WALK_KINDS];

        turn[WALK_RINGS_AGAIN] = (struct walk_turn){.first = on->first, .n = on->n, .at = on->on};
        turn[WALK_ENDS] = (struct walk_turn){.first = on->first, .n = on->n, .at = on->off};
        turn[WALK_RINGS] = turn[WALK_RINGS_AGAIN];
        if (otherwise->n) {
            turn[WALK_RINGS] = turn_of_both(on, otherwise, size);
            size += turn[WALK_RINGS].n;
        }
    }
    for (uint32_t i = 0; i < walk->n_change_months; i++) {
        walk->turn[plan->n_clocks * WALK_KINDS + i] = (struct walk_turn){.n = walk->n_slots, .at = size};
        size += walk->n_slots;
    }
    walk->row = memory_vectors(size, sizeof *walk->row);
}

static void list_asked(struct walk *walk)
{
    const struct plan *plan = walk->plan;

    for (uint32_t q = 0; walk->course && q < plan->n_questions; q++)
        if (plan->question[q].computed)
            walk->asked[walk->n_asked++] =
                (struct walk_asked){.question = q, .clock = plan->factor[plan->question[q].factor].clock};
}

void walk_init(struct walk *walk, const struct plan *plan, struct course *course)
{
    const size_t n = plan->n_clocks, factors = plan->n_factors, switches = plan->n_switches;

    *walk = (struct walk){.plan = plan, .course = course};
    const struct {
        void *field;
        size_t n, size;
    } part[] = {
#define PART(field, n) {&walk->field, n, sizeof *walk->field}
        PART(threshold, n * WALK_BATCH),
        PART(comes, n * WALK_BATCH),
        PART(ends_by, n * WALK_BATCH),
        PART(again, n * WALK_BATCH),
        PART(frailties, plan->n_dependences * WALK_BATCH),
        PART(way, n),
        PART(settled, n),
        PART(aimed, n),
        PART(rated, n),
        PART(followed, n),
        PART(slot, n),
        PART(lasting, factors),
        PART(reach, switches),
        PART(aimed_link, plan->n_links),
        PART(leaves, plan->n_bases * plan->n_states),
        PART(start_ratio, n),
        PART(start_hazard, n + 2 * WALK_PAD),
        PART(start_shut, n + 2 * WALK_PAD),
        PART(start_waits, n),
        PART(start_on, switches),
        PART(standing, n),
        PART(awaited, n),
        PART(ending, n),
        PART(stand, n),
        PART(frailty, plan->n_dependences),
        PART(ends, factors),
        PART(is_on, switches),
        PART(rung, n),
        PART(waits, n),
        PART(spent, n),
        PART(left, n + 2 * WALK_PAD),
        PART(after, n + 2 * WALK_PAD),
        PART(kept, n + 2 * WALK_PAD),
        PART(hazard, n + 2 * WALK_PAD),
        PART(speed, n),
        PART(aimed_left, n),
        PART(aimed_ratio, n),
        PART(ring, n),
        PART(passed, n),
        PART(asked, plan->n_questions),
#undef PART
    };
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        void *memory = memory_vectors(part[i].n, part[i].size);

        memcpy(part[i].field, &memory, sizeof memory);
    }
    sort_clocks(walk);
    list_asked(walk);
    list_frail(walk);
    list_leaving(walk);
    list_changes(walk);
    walk->turn = memory_new(n * WALK_KINDS + walk->n_change_months, sizeof *walk->turn);
    walk->rates = memory_new((walk->n_change_months + 1) * walk->n_slots, sizeof *walk->rates);
    list_reach(walk);
}

void walk_free(struct walk *walk)
{
    void *const part[] = {
        walk->threshold,   walk->comes,        walk->ends_by,      walk->again,       walk->frailties, walk->way,
        walk->settled,     walk->aimed,        walk->rated,        walk->followed,    walk->slot,      walk->lasting,
        walk->change,      walk->asked,        walk->change_month, walk->reach,       walk->turn,      walk->aimed_link,
        walk->frail,       walk->leaves,       walk->leaving,      walk->row,         walk->rates,     walk->awaited,
        walk->start_ratio, walk->start_hazard, walk->start_shut,   walk->start_waits, walk->ending,    walk->start_on,
        walk->stand,       walk->standing,     walk->frailty,      walk->ends,        walk->is_on,     walk->rung,
        walk->waits,       walk->spent,        walk->left,         walk->after,       walk->kept,      walk->hazard,
        walk->speed,       walk->aimed_left,   walk->aimed_ratio,  walk->ring,        walk->passed};

    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        free(part[i]);
    calendar_free(&walk->calendar);
    for (size_t lane = 0; lane < WALK_BATCH; lane++)
        free(walk->spells[lane].spell);
}

double walk_ratio(const struct walk *walk, const bool *is_on, uint32_t c)
{
    const struct plan *plan = walk->plan;
    const struct span incoming = plan->clock[c].incoming;
    double ratio = walk->world->own[c];

    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++) {
        const uint32_t link = plan->incoming[i];

        if (is_on[plan->link[link].from_switch])
            ratio *= walk->world->factor[link];
    }
    return smaller(ratio, WALK_MOST);
}

double walk_rate(const struct walk *walk, uint32_t c, double month)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    double rate = 0.0;

    if (clock->baseline == BASELINE_DATE || clock->baseline == BASELINE_AT)
        return NAN;
    if (clock->baseline == BASELINE_ODDS)
        return walk->world->rate[c];
    for (uint32_t s = clock->steps.first; s < clock->steps.first + clock->steps.n; s++)
        if (walk->plan->step[s].from <= month)
            rate = world_step_rate(walk->world, walk->plan, s);
    return rate;
}

/* How a world's runs begin */

/* A factor whose month has come before the start and that nothing can hold back or end is simply in force. */
static bool stands(const struct walk *walk, const struct plan_clock *clock)
{
    return clock->steady && clock->baseline == BASELINE_AT && !clock->lasts && walk->world->value[clock->at] <= 0.0;
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

/* Neither 0 nor so far from 1 that hazards would lose digits. */
static bool is_moderate(double ratio)
{
    return ratio > 1e-9 && ratio < 1e9;
}

/* The greatest ratio of a switch, 1 at least. */
static double fill_switch(struct walk *walk, size_t a_switch)
{
    const struct plan *plan = walk->plan;
    const struct span links = plan->switch_links[a_switch];
    struct walk_reach *reach = &walk->reach[a_switch];
    double *on = walk->row + reach->on, *off = walk->row + reach->off, most = 1.0;

    reach->can_return = true;
    for (uint32_t k = 0; k < reach->n; k++)
        on[k] = off[k] = 1.0;
    for (uint32_t l = links.first; l < links.first + links.n; l++)
        if (has_slot(walk, plan->link[l].clock)) {
            const uint32_t k = walk->slot[plan->link[l].clock] - reach->first;

            on[k] = smaller(walk->world->factor[l], WALK_MOST);
            off[k] = 1.0 / on[k];
            most = larger(most, on[k]);
            reach->can_return = reach->can_return && is_moderate(on[k]);
        }
    return most;
}

static void fill_switches(struct walk *walk)
{
    const double most = 1e100; /* a base's own ratio is no more than that either */
    double all = 1.0;

    for (size_t i = 0; i < walk->plan->n_switches; i++)
        all = smaller(all * fill_switch(walk, i), WALK_MOST);
    for (size_t i = 0; i < walk->plan->n_switches && all > most; i++)
        walk->reach[i].can_return = false;
}

static void multiply_row(const struct walk *walk, const struct walk_turn *turn, const struct walk_reach *reach,
                         size_t by)
{
    for (uint32_t k = 0; k < reach->n; k++)
        walk->row[turn->at + reach->first - turn->first + k] *= walk->row[by + k];
}

/* It bears on slots only, and on nothing that is asked about or followed. */
static bool is_plain(const struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];
    const size_t f = clock->factor;
    bool plain = walk->way[c] == WALK_SETTLED;

    for (size_t i = f * SWITCHES_A_FACTOR; i < (f + 1) * SWITCHES_A_FACTOR; i++) {
        const struct walk_reach *reach = &walk->reach[i];

        plain = plain && reach->can_return && !reach->followed && !reach->asked && !reach->aimed.n;
    }
    for (uint32_t i = clock->unlocks.first; i < clock->unlocks.first + clock->unlocks.n; i++)
        plain = plain && walk->way[walk->plan->index[i]] == WALK_SETTLED;
    return plain;
}

static void fill_turns(struct walk *walk, uint32_t f)
{
    const struct walk_reach *on = &walk->reach[f * SWITCHES_A_FACTOR + SWITCH_ON];
    const struct walk_reach *otherwise = &walk->reach[f * SWITCHES_A_FACTOR + SWITCH_OTHERWISE];
    struct walk_turn *turn = &walk->turn[f * WALK_KINDS];
    const bool plain = is_plain(walk, walk->plan->factor[f].clock);

    for (size_t kind = WALK_ENDS; kind <= WALK_RINGS; kind++)
        turn[kind].plain = plain;
    if (!otherwise->n)
        return;
    for (uint32_t k = 0; k < turn[WALK_RINGS].n; k++)
        walk->row[turn[WALK_RINGS].at + k] = 1.0;
    multiply_row(walk, &turn[WALK_RINGS], on, on->on);
    multiply_row(walk, &turn[WALK_RINGS], otherwise, otherwise->off);
}

/* The rates up to the first month of change, and after each of them. */
static void fill_rates(struct walk *walk)
{
    double *before, *rate = walk->rates;
    uint32_t done = 0;

    for (uint32_t c = 0; c < walk->plan->n_clocks; c++)
        if (has_slot(walk, c))
            rate[walk->slot[c]] = walk_rate(walk, c, 0.0);
    for (uint32_t i = 0; i < walk->n_change_months; i++) {
        struct walk_turn *turn = &walk->turn[walk->plan->n_clocks * WALK_KINDS + i];
        double *ratio = walk->row + turn->at;

        before = rate;
        rate += walk->n_slots;
        memcpy(rate, before, walk->n_slots * sizeof *rate);
        turn->anew = false;
        for (uint32_t k = 0; k < walk->n_slots; k++)
            ratio[k] = 1.0;
        for (; done < walk->n_changes && walk->change[done].month == walk->change_month[i]; done++) {
            const uint32_t slot = walk->slot[walk->change[done].clock];

            rate[slot] = world_step_rate(walk->world, walk->plan, walk->change[done].step);
            ratio[slot] = rate[slot] / before[slot];
            turn->anew = turn->anew || !is_moderate(ratio[slot]);
        }
    }
}

static void list_awaited(struct walk *walk)
{
    const struct plan *plan = walk->plan;

    walk->n_awaited = walk->n_ending = walk->n_stand = 0;
    for (uint32_t i = 0; i < walk->n_settled; i++) {
        const uint32_t c = walk->settled[i];

        if (walk->standing[c])
            walk->stand[walk->n_stand++] = c;
        else
            walk->awaited[walk->n_awaited++] = (struct walk_awaited){
                walk->comes + c * WALK_BATCH, c, walk_order_of_ring(plan, c), walk_what(c, WALK_RINGS)};
        if (plan->clock[c].lasts)
            walk->ending[walk->n_ending++] =
                (struct walk_awaited){walk->ends_by + c * WALK_BATCH, c, 0, walk_what(c, WALK_ENDS)};
    }
}

void walk_world(struct walk *walk, const struct world *world, const struct design *design, uint64_t index)
{
    const struct plan *plan = walk->plan;

    walk->world = world;
    walk->luck = (struct luck){.seed = design->seed, .world = index, .place = world->place};
    fill_switches(walk);
    fill_rates(walk);
    begin_factors(walk);
    for (size_t i = 0; i < plan->n_conditions && !walk->course; i++)
        walk->start_on[plan->condition[i].its_switch] =
            plan->condition[i].states >> plan->base[plan->condition[i].base].initial & 1;
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        const struct plan_clock *clock = &plan->clock[c];

        walk->start_ratio[c] = walk_ratio(walk, walk->start_on, c);
        if (clock->moves_base && !walk->course && !(clock->from >> plan->base[clock->base].initial & 1))
            walk->start_waits[c]++;
        if (has_slot(walk, c)) {
            const uint32_t slot = walk->slot[c];

            walk->start_hazard[slot] = smaller(walk->start_ratio[c] * walk->rates[slot], WALK_MOST);
            walk->start_shut[slot] = walk->start_waits[c] ? INFINITY : 0.0;
        }
    }
    for (uint32_t f = 0; f < plan->n_factors; f++)
        fill_turns(walk, f);
    list_awaited(walk);
}

static void draw_thresholds(struct walk *walk, uint32_t c)
{
    const struct plan_clock *clock = &walk->plan->clock[c];

    if (clock->baseline != BASELINE_AT)
        stream_exponentials(walk->threshold + c * WALK_BATCH, walk->n_lanes, &walk->luck, clock->key, 0);
}

static void draw_frailties(struct walk *walk, size_t d)
{
    const struct plan_dependence *dependence = &walk->plan->dependence[d];
    double uniform[WALK_BATCH];

    stream_uniforms(uniform, walk->n_lanes, &walk->luck, dependence->key, 0);
    gamma_quantiles(dependence->gamma, walk->world->variance[d], uniform, walk->frailties + d * WALK_BATCH,
                    walk->n_lanes);
}

void walk_batch(struct walk *walk, uint64_t first_run, uint64_t n_runs)
{
    const struct plan *plan = walk->plan;
    const uint64_t whole = (n_runs + STREAM_LANES - 1) / STREAM_LANES * STREAM_LANES;

    walk->n_lanes = whole < WALK_BATCH ? (size_t)whole : WALK_BATCH;
    walk->luck.run = first_run;
    for (size_t d = 0; d < plan->n_dependences; d++)
        draw_frailties(walk, d);
    settle_batch(walk);
    for (uint32_t c = 0; c < plan->n_clocks; c++)
        if (walk->way[c] == WALK_AIMED || walk->way[c] == WALK_RATED)
            draw_thresholds(walk, c);
}
