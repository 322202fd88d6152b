/* walk_world.c - what the runs of a plan, of a world and of a batch have in common. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/model.h"
#include "sim/engine/settle.h"
#include "sim/engine/walk.h"
#include "sim/plan/gamma.h"
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
    walk->n_padded = (walk->n_rated + WALK_PAD - 1) / WALK_PAD * WALK_PAD;
    for (uint32_t i = walk->n_rated; i < walk->n_padded; i++)
        walk->left[i] = walk->after[i] = 1.0; /* their pace stays 0 */
    for (uint32_t c = 0; c < walk->plan->n_clocks; c++)
        if (walk->way[c] == WALK_FOLLOWED)
            walk->slot[c] = walk->n_padded + walk->n_followed++;
    for (uint32_t c = 0; c < walk->plan->n_clocks; c++)
        if (has_slot(walk, c) && walk->plan->clock[c].frailties.n)
            walk->frail[walk->n_frail++] = c;
    for (uint32_t f = 0; f < walk->plan->n_factors; f++)
        if (walk->plan->clock[walk->plan->factor[f].clock].lasts &&
            walk->way[walk->plan->factor[f].clock] != WALK_SETTLED)
            walk->lasting[walk->n_lasting++] = f;
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
    reach->n = end ? (end - reach->first + WALK_PAD - 1) / WALK_PAD * WALK_PAD : 0;
}

/* The slots that each switch reaches, as one stretch of whole vectors: multiplying a few by 1 costs less than looking them up.
 * And where there are few slots, less than a loop whose end cannot be foreseen: all stretches are the same then. */
static void list_reach(struct walk *walk)
{
    enum { FEW_SLOTS = 32 };
    const size_t n = walk->plan->n_switches;
    uint32_t n_aimed_links = 0, first = UINT32_MAX, end = 0;
    size_t size = 0;

    for (size_t i = 0; i < n; i++) {
        list_links(walk, i, &n_aimed_links);
        if (walk->reach[i].n) {
            first = walk->reach[i].first < first ? walk->reach[i].first : first;
            end = walk->reach[i].first + walk->reach[i].n > end ? walk->reach[i].first + walk->reach[i].n : end;
        }
    }
    for (size_t i = 0; i < n; i++) {
        struct walk_reach *reach = &walk->reach[i];

        if (reach->n && walk->n_padded + walk->n_followed <= FEW_SLOTS) {
            reach->first = first;
            reach->n = end - first;
        }
        reach->at = size;
        size += reach->n;
    }
    walk->gain = memory_vectors(size, sizeof *walk->gain);
    walk->loss = memory_vectors(size, sizeof *walk->loss);
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
        PART(slot, n),
        PART(lasting, factors),
        PART(reach, switches),
        PART(aimed_link, plan->n_links),
        PART(frail, n),
        PART(start_ratio, n),
        PART(start_ratios, n + 2 * WALK_PAD),
        PART(start_rates, n + 2 * WALK_PAD),
        PART(start_pace, n + 2 * WALK_PAD),
        PART(start_waits, n),
        PART(start_on, switches),
        PART(standing, n),
        PART(awaited, n),
        PART(stand, n),
        PART(is_plain, n),
        PART(frailty, plan->n_dependences),
        PART(ends, factors),
        PART(is_on, switches),
        PART(rung, n),
        PART(waits, n),
        PART(spent, n),
        PART(left, n + 2 * WALK_PAD),
        PART(after, n + 2 * WALK_PAD),
        PART(ratio, n + 2 * WALK_PAD),
        PART(rate, n + 2 * WALK_PAD),
        PART(pace, n + 2 * WALK_PAD),
        PART(speed, n),
        PART(some, n + 1),
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
    list_changes(walk);
    list_reach(walk);
}

void walk_free(struct walk *walk)
{
    void *const part[] = {
        walk->threshold,   walk->comes,      walk->ends_by,      walk->again,       walk->frailties,
        walk->way,         walk->settled,    walk->aimed,        walk->rated,       walk->slot,
        walk->lasting,     walk->change,     walk->change_month, walk->reach,       walk->aimed_link,
        walk->frail,       walk->gain,       walk->loss,         walk->start_ratio, walk->start_ratios,
        walk->start_rates, walk->start_pace, walk->start_waits,  walk->start_on,    walk->standing,
        walk->awaited,     walk->stand,      walk->is_plain,     walk->frailty,     walk->ends,
        walk->is_on,       walk->rung,       walk->waits,        walk->spent,       walk->left,
        walk->after,       walk->ratio,      walk->rate,         walk->pace,        walk->speed,
        walk->some,        walk->aimed_left, walk->aimed_ratio,  walk->ring,        walk->passed,
        walk->queue,       walk->asked,      walk->dealt,        walk->stretch};

    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        free(part[i]);
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
    return smaller(ratio, WALK_MOST_RATIO);
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

/* The greatest gain of a switch, 1 at least. */
static double fill_row(struct walk *walk, size_t a_switch)
{
    const struct plan *plan = walk->plan;
    const struct span links = plan->switch_links[a_switch];
    struct walk_reach *reach = &walk->reach[a_switch];
    double *gain = walk->gain + reach->at, *loss = walk->loss + reach->at, most = 1.0;

    reach->can_return = true;
    for (uint32_t k = 0; k < reach->n; k++)
        gain[k] = loss[k] = 1.0;
    for (uint32_t l = links.first; l < links.first + links.n; l++)
        if (has_slot(walk, plan->link[l].clock)) {
            const uint32_t k = walk->slot[plan->link[l].clock] - reach->first;

            gain[k] = smaller(walk->world->factor[l], WALK_MOST_RATIO);
            loss[k] = 1.0 / gain[k];
            most = larger(most, gain[k]);
            reach->can_return = reach->can_return && gain[k] > 1e-9 && gain[k] < 1e9;
        }
    return most;
}

static void fill_gain(struct walk *walk)
{
    const double most = 1e100; /* a base's own ratio is no more than that either */
    double all = 1.0;

    for (size_t i = 0; i < walk->plan->n_switches; i++)
        all = smaller(all * fill_row(walk, i), WALK_MOST_RATIO);
    for (size_t i = 0; i < walk->plan->n_switches && all > most; i++)
        walk->reach[i].can_return = false;
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

void walk_world(struct walk *walk, const struct world *world, const struct design *design, uint64_t index)
{
    const struct plan *plan = walk->plan;

    walk->world = world;
    walk->luck =
        (struct luck){.seed = design->seed, .world = index, .point = design->kind == DESIGN_MC ? NULL : world->point};
    fill_gain(walk);
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

            walk->start_ratios[slot] = walk->start_ratio[c];
            walk->start_rates[slot] = walk_rate(walk, c, 0.0);
            walk->start_pace[slot] = walk->start_waits[c] ? 0.0 : walk->start_rates[slot];
        }
    }
    walk->n_awaited = walk->n_stand = 0;
    for (uint32_t i = 0; i < walk->n_settled; i++) {
        const uint32_t c = walk->settled[i];

        if (walk->standing[c])
            walk->stand[walk->n_stand++] = c;
        else
            walk->awaited[walk->n_awaited++] = c;
    }
    for (size_t f = 0; f < plan->n_factors; f++)
        walk->is_plain[plan->factor[f].clock] = is_plain(walk, plan->factor[f].clock);
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
    double *frailty = walk->frailties + d * WALK_BATCH;

    stream_uniforms(frailty, walk->n_lanes, &walk->luck, dependence->key, 0);
    for (size_t lane = 0; lane < walk->n_lanes; lane++)
        frailty[lane] = gamma_quantile(dependence->gamma, walk->world->variance[d], frailty[lane]);
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
