/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_setup.c - what the runs of a plan, of a world and of a batch have in common. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/model.h"
#include "sim/engine/exogenous.h"
#include "sim/engine/path.h"
#include "sim/math/gamma.h"
#include "sim/system/portable.h"

static enum clock_method choose_method(const struct path *path, const struct plan_clock *clock)
{
    const struct plan *plan = path->plan;

    if (clock->moves_base && path->rate_path)
        return CLOCK_MARGINALISED;
    if (clock->moves_base && !plan->model->balance_ratio)
        return CLOCK_OFF;
    return clock->baseline == BASELINE_RATE || clock->baseline == BASELINE_ODDS ? CLOCK_INTEGRATED : CLOCK_SCHEDULED;
}

static bool has_slot(const struct path *path, uint32_t c)
{
    return path->method[c] == CLOCK_INTEGRATED || path->method[c] == CLOCK_MARGINALISED;
}

static uint32_t round_to_groups(uint32_t n)
{
    return (n + PATH_PAD - 1) / PATH_PAD * PATH_PAD;
}

static int compare_months(const void *a, const void *b)
{
    const struct path_change *x = a, *y = b;

    if (x->month != y->month)
        return x->month < y->month ? -1 : 1;
    return x->clock < y->clock ? -1 : x->clock > y->clock;
}

static void list_changes(struct path *path)
{
    const struct plan *plan = path->plan;
    size_t n = 0;

    for (uint32_t c = 0; c < plan->n_clocks; c++)
        n += plan->clock[c].steps.n;
    path->change = memory_new(n, sizeof *path->change);
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        const struct span steps = plan->clock[c].steps;

        for (uint32_t s = steps.first; has_slot(path, c) && s < steps.first + steps.n; s++)
            if (plan->step[s].from > 0.0 && plan->step[s].from < plan->horizon)
                path->change[path->n_changes++] = (struct path_change){plan->step[s].from, c, s};
    }
    if (path->n_changes)
        qsort(path->change, path->n_changes, sizeof *path->change, compare_months);
    path->change_month = memory_new(path->n_changes, sizeof *path->change_month);
    for (uint32_t i = 0; i < path->n_changes; i++)
        if (!i || path->change[i].month > path->change[i - 1].month)
            path->change_month[path->n_change_months++] = path->change[i].month;
}

/* Each after all that bear on it. */
static void list_exogenous(struct path *path)
{
    uint32_t before;

    do {
        before = path->n_exogenous;
        for (uint32_t c = 0; c < path->plan->n_clocks; c++)
            if (path->method[c] != CLOCK_EXOGENOUS && exogenous_qualifies(path, c)) {
                path->method[c] = CLOCK_EXOGENOUS;
                path->exogenous[path->n_exogenous++] = c;
            }
    } while (path->n_exogenous > before);
}

static void sort_clocks(struct path *path)
{
    for (uint32_t c = 0; c < path->plan->n_clocks; c++)
        path->method[c] = choose_method(path, &path->plan->clock[c]);
    list_exogenous(path);
    for (uint32_t c = 0; c < path->plan->n_clocks; c++) {
        if (path->method[c] == CLOCK_SCHEDULED)
            path->scheduled[path->n_scheduled++] = c;
        if (path->method[c] == CLOCK_INTEGRATED) {
            path->slot[c] = path->n_integrated;
            path->integrated[path->n_integrated++] = c;
        }
    }
    path->n_padded = round_to_groups(path->n_integrated);
    for (uint32_t i = path->n_integrated; i < path->n_padded; i++)
        path->residual[i] = path->residual_then[i] = 1.0; /* their hazard stays 0 */
    for (uint32_t c = 0; c < path->plan->n_clocks; c++)
        if (path->method[c] == CLOCK_MARGINALISED) {
            path->slot[c] = path->n_padded + path->n_marginalised;
            path->marginalised[path->n_marginalised++] = c;
        }
    path->n_slots = path->n_padded + round_to_groups(path->n_marginalised);
    for (uint32_t f = 0; f < path->plan->n_factors; f++)
        if (path->plan->clock[path->plan->factor[f].clock].lasts &&
            path->method[path->plan->factor[f].clock] != CLOCK_EXOGENOUS)
            path->lasting[path->n_lasting++] = f;
}

/* Frailties that bear on slots. */
static void list_frail(struct path *path)
{
    const struct plan *plan = path->plan;
    size_t n = 0;

    for (uint32_t c = 0; c < plan->n_clocks; c++)
        n += plan->clock[c].frailties.n;
    path->frail = memory_new(n, sizeof *path->frail);
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        const struct span frailties = plan->clock[c].frailties;

        for (uint32_t i = frailties.first; has_slot(path, c) && i < frailties.first + frailties.n; i++)
            path->frail[path->n_frail++] = (struct path_frail){path->slot[c], plan->index[i]};
    }
}

/* What clocks can ring in each state of each base, and whether nothing but they can change what is not settled. */
static void list_leaving(struct path *path)
{
    const struct plan *plan = path->plan;
    size_t n = 0;

    for (uint32_t c = 0; c < plan->n_clocks; c++)
        n += plan->clock[c].moves_base ? plan->n_states : 0;
    path->leaving = memory_new(n, sizeof *path->leaving);
    path->bases_only = !path->rate_path && !plan->model->decide;
    n = 0;
    for (uint32_t b = 0; b < plan->n_bases; b++) {
        const struct span clocks = plan->base[b].clocks;

        for (uint32_t s = 0; s < plan->n_states; s++) {
            struct span *leaves = &path->leaves[b * plan->n_states + s];

            leaves->first = (uint32_t)n;
            for (uint32_t c = clocks.first; c < clocks.first + clocks.n; c++)
                if (plan->clock[c].from >> s & 1)
                    path->leaving[n++] = c;
            leaves->n = (uint32_t)n - leaves->first;
        }
        path->n_movable += path->leaves[b * plan->n_states + plan->base[b].initial].n > 0;
    }
    for (uint32_t c = 0; c < plan->n_clocks; c++)
        path->bases_only = path->bases_only && (plan->clock[c].moves_base || path->method[c] == CLOCK_EXOGENOUS);
}

/* What one switch reaches. */
static void list_links(struct path *path, size_t a_switch, uint32_t *n_scheduled_links)
{
    const struct plan *plan = path->plan;
    const struct span links = plan->switch_links[a_switch];
    struct path_effect *effect = &path->effect[a_switch];
    uint32_t first = UINT32_MAX, end = 0;

    effect->scheduled.first = *n_scheduled_links;
    for (uint32_t l = links.first; l < links.first + links.n; l++) {
        const uint32_t c = plan->link[l].clock;

        if (path->method[c] == CLOCK_SCHEDULED)
            path->scheduled_link[(*n_scheduled_links)++] = l;
        effect->marginalised = effect->marginalised || path->method[c] == CLOCK_MARGINALISED;
        for (uint32_t a = 0; a < path->n_asked; a++)
            effect->asked = effect->asked || path->asked[a].clock == c;
        if (has_slot(path, c)) {
            first = path->slot[c] < first ? path->slot[c] : first;
            end = path->slot[c] + 1 > end ? path->slot[c] + 1 : end;
        }
    }
    effect->scheduled.n = *n_scheduled_links - effect->scheduled.first;
    effect->first = end ? first / PATH_PAD * PATH_PAD : 0;
    effect->n = end ? round_to_groups(end - effect->first) : 0;
}

/* A row for what two switches do at once. */
static struct path_update update_of_both(const struct path_effect *a, const struct path_effect *b, size_t at)
{
    const uint32_t end_a = a->first + a->n, end_b = b->first + b->n;
    const uint32_t first = !a->n || b->first < a->first ? b->first : a->first;

    return (struct path_update){.first = first, .n = (end_a > end_b ? end_a : end_b) - first, .at = at};
}

/* The slots that each switch reaches, as one stretch of whole groups: multiplying a few by 1 costs less than looking them up.
 * And where there are few slots, less than a loop whose end cannot be foreseen: all stretches are the same then. */
static void list_effects(struct path *path)
{
    enum { FEW_SLOTS = 32 };
    const struct plan *plan = path->plan;
    uint32_t n_scheduled_links = 0;
    size_t size = 0;

    for (size_t i = 0; i < plan->n_switches; i++) {
        struct path_effect *effect = &path->effect[i];

        list_links(path, i, &n_scheduled_links);
        if (effect->n && path->n_slots <= FEW_SLOTS) {
            effect->first = 0;
            effect->n = path->n_slots;
        }
        effect->on = size;
        effect->off = size + effect->n;
        size += 2 * effect->n;
    }
    for (uint32_t f = 0; f < plan->n_factors; f++) {
        const struct path_effect *on = &path->effect[f * SWITCHES_A_FACTOR + SWITCH_ON];
        const struct path_effect *otherwise = &path->effect[f * SWITCHES_A_FACTOR + SWITCH_OTHERWISE];
        struct path_update *update = &path->update[f * PATH_KINDS];

        update[PATH_FIRES_AGAIN] = (struct path_update){.first = on->first, .n = on->n, .at = on->on};
        update[PATH_ENDS] = (struct path_update){.first = on->first, .n = on->n, .at = on->off};
        update[PATH_FIRES] = update[PATH_FIRES_AGAIN];
        if (otherwise->n) {
            update[PATH_FIRES] = update_of_both(on, otherwise, size);
            size += update[PATH_FIRES].n;
        }
    }
    for (uint32_t i = 0; i < path->n_change_months; i++) {
        path->update[plan->n_clocks * PATH_KINDS + i] = (struct path_update){.n = path->n_slots, .at = size};
        size += path->n_slots;
    }
    path->row = memory_vectors(size, sizeof *path->row);
}

static void list_asked(struct path *path)
{
    const struct plan *plan = path->plan;

    for (uint32_t q = 0; path->rate_path && q < plan->n_questions; q++)
        if (plan->question[q].computed)
            path->asked[path->n_asked++] =
                (struct path_asked){.question = q, .clock = plan->factor[plan->question[q].factor].clock};
}

void path_init(struct path *path, const struct plan *plan, struct rate_path *rate_path)
{
    const size_t n = plan->n_clocks, factors = plan->n_factors, switches = plan->n_switches;

    *path = (struct path){.plan = plan, .rate_path = rate_path};
    const struct {
        void *field;
        size_t n, size;
    } part[] = {
#define PART(field, n) {&path->field, n, sizeof *path->field}
        PART(threshold, n * PATH_BATCH),
        PART(comes, n * PATH_BATCH),
        PART(ends_by, n * PATH_BATCH),
        PART(again, n * PATH_BATCH),
        PART(frailties, plan->n_dependences * PATH_BATCH),
        PART(method, n),
        PART(exogenous, n),
        PART(scheduled, n),
        PART(integrated, n),
        PART(marginalised, n),
        PART(slot, n),
        PART(lasting, factors),
        PART(effect, switches),
        PART(scheduled_link, plan->n_links),
        PART(leaves, plan->n_bases * plan->n_states),
        PART(start_ratio, n),
        PART(start_hazard, n + 2 * PATH_PAD),
        PART(start_blocked, n + 2 * PATH_PAD),
        PART(start_n_blocks, n),
        PART(start_on, switches),
        PART(is_in_force, n),
        PART(awaited, n),
        PART(ending, n),
        PART(in_force, n),
        PART(frailty, plan->n_dependences),
        PART(ends, factors),
        PART(is_on, switches),
        PART(n_fired, n),
        PART(n_blocks, n),
        PART(spent, n),
        PART(residual, n + 2 * PATH_PAD),
        PART(residual_then, n + 2 * PATH_PAD),
        PART(residual_kept, n + 2 * PATH_PAD),
        PART(hazard, n + 2 * PATH_PAD),
        PART(marginal_hazard, n),
        PART(clock_residual, n),
        PART(clock_ratio, n),
        PART(fires_at, n),
        PART(used_baseline, n),
        PART(asked, plan->n_questions),
#undef PART
    };
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        void *memory = memory_vectors(part[i].n, part[i].size);

        memcpy(part[i].field, &memory, sizeof memory);
    }
    sort_clocks(path);
    list_asked(path);
    list_frail(path);
    list_leaving(path);
    list_changes(path);
    path->update = memory_new(n * PATH_KINDS + path->n_change_months, sizeof *path->update);
    path->rates = memory_new((path->n_change_months + 1) * path->n_slots, sizeof *path->rates);
    list_effects(path);
}

void path_free(struct path *path)
{
    void *const part[] = {
        path->threshold,     path->comes,         path->ends_by,         path->again,          path->frailties,
        path->method,        path->exogenous,     path->scheduled,       path->integrated,     path->marginalised,
        path->slot,          path->lasting,       path->change,          path->asked,          path->change_month,
        path->effect,        path->update,        path->scheduled_link,  path->frail,          path->leaves,
        path->leaving,       path->row,           path->rates,           path->awaited,        path->start_ratio,
        path->start_hazard,  path->start_blocked, path->start_n_blocks,  path->ending,         path->start_on,
        path->in_force,      path->is_in_force,   path->frailty,         path->ends,           path->is_on,
        path->n_fired,       path->n_blocks,      path->spent,           path->residual,       path->residual_then,
        path->residual_kept, path->hazard,        path->marginal_hazard, path->clock_residual, path->clock_ratio,
        path->fires_at,      path->used_baseline};

    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        free(part[i]);
    calendar_free(&path->calendar);
    for (size_t lane = 0; lane < PATH_BATCH; lane++)
        free(path->spells[lane].spell);
}

double path_ratio(const struct path *path, const bool *is_on, uint32_t c)
{
    const struct plan *plan = path->plan;
    const struct span incoming = plan->clock[c].incoming;
    double ratio = path->world->own[c];

    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++) {
        const uint32_t link = plan->incoming[i];

        if (is_on[plan->link[link].from_switch])
            ratio *= path->world->factor[link];
    }
    return smaller(ratio, PATH_MAX_HAZARD);
}

double path_rate(const struct path *path, uint32_t c, double month)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    double rate = 0.0;

    if (clock->baseline == BASELINE_DATE || clock->baseline == BASELINE_AT)
        return NAN;
    if (clock->baseline == BASELINE_ODDS)
        return path->world->rate[c];
    for (uint32_t s = clock->steps.first; s < clock->steps.first + clock->steps.n; s++)
        if (path->plan->step[s].from <= month)
            rate = world_step_rate(path->world, path->plan, s);
    return rate;
}

/* How a world's runs begin */

/* A factor whose month has come before the start and that nothing can hold back or end is simply in force. */
static bool starts_in_force(const struct path *path, const struct plan_clock *clock)
{
    return clock->steady && clock->baseline == BASELINE_AT && !clock->lasts && path->world->value[clock->at] <= 0.0;
}

static void begin_factors(struct path *path)
{
    const struct plan *plan = path->plan;

    memset(path->start_on, 0, plan->n_switches * sizeof *path->start_on);
    for (size_t c = 0; c < plan->n_clocks; c++) {
        path->start_n_blocks[c] = plan->clock[c].requires.n;
        path->is_in_force[c] = false;
    }
    for (size_t f = 0; f < plan->n_factors; f++) {
        const uint32_t c = plan->factor[f].clock;
        const struct span unlocks = plan->clock[c].unlocks;

        path->is_in_force[c] = starts_in_force(path, &plan->clock[c]);
        path->start_on[f * SWITCHES_A_FACTOR + (path->is_in_force[c] ? SWITCH_ON : SWITCH_OTHERWISE)] = true;
        for (uint32_t i = unlocks.first; path->is_in_force[c] && i < unlocks.first + unlocks.n; i++)
            path->start_n_blocks[plan->index[i]]--;
    }
}

/* Neither 0 nor so far from 1 that hazards would lose digits. */
static bool is_moderate(double ratio)
{
    return ratio > 1e-9 && ratio < 1e9;
}

/* The greatest ratio of a switch, 1 at least. */
static double fill_switch(struct path *path, size_t a_switch)
{
    const struct plan *plan = path->plan;
    const struct span links = plan->switch_links[a_switch];
    struct path_effect *effect = &path->effect[a_switch];
    double *on = path->row + effect->on, *off = path->row + effect->off, most = 1.0;

    effect->can_return = true;
    for (uint32_t k = 0; k < effect->n; k++)
        on[k] = off[k] = 1.0;
    for (uint32_t l = links.first; l < links.first + links.n; l++)
        if (has_slot(path, plan->link[l].clock)) {
            const uint32_t k = path->slot[plan->link[l].clock] - effect->first;

            on[k] = smaller(path->world->factor[l], PATH_MAX_HAZARD);
            off[k] = 1.0 / on[k];
            most = larger(most, on[k]);
            effect->can_return = effect->can_return && is_moderate(on[k]);
        }
    return most;
}

static void fill_switches(struct path *path)
{
    const double most = 1e100; /* a base's own ratio is no more than that either */
    double all = 1.0;

    for (size_t i = 0; i < path->plan->n_switches; i++)
        all = smaller(all * fill_switch(path, i), PATH_MAX_HAZARD);
    for (size_t i = 0; i < path->plan->n_switches && all > most; i++)
        path->effect[i].can_return = false;
}

static void multiply_row(const struct path *path, const struct path_update *update, const struct path_effect *effect,
                         size_t by)
{
    for (uint32_t k = 0; k < effect->n; k++)
        path->row[update->at + effect->first - update->first + k] *= path->row[by + k];
}

/* It bears on slots only, and on nothing that is asked about or followed. */
static bool is_plain(const struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    const size_t f = clock->factor;
    bool plain = path->method[c] == CLOCK_EXOGENOUS;

    for (size_t i = f * SWITCHES_A_FACTOR; i < (f + 1) * SWITCHES_A_FACTOR; i++) {
        const struct path_effect *effect = &path->effect[i];

        plain = plain && effect->can_return && !effect->marginalised && !effect->asked && !effect->scheduled.n;
    }
    for (uint32_t i = clock->unlocks.first; i < clock->unlocks.first + clock->unlocks.n; i++)
        plain = plain && path->method[path->plan->index[i]] == CLOCK_EXOGENOUS;
    return plain;
}

static void fill_updates(struct path *path, uint32_t f)
{
    const struct path_effect *on = &path->effect[f * SWITCHES_A_FACTOR + SWITCH_ON];
    const struct path_effect *otherwise = &path->effect[f * SWITCHES_A_FACTOR + SWITCH_OTHERWISE];
    struct path_update *update = &path->update[f * PATH_KINDS];
    const bool plain = is_plain(path, path->plan->factor[f].clock);

    for (size_t kind = PATH_ENDS; kind <= PATH_FIRES; kind++)
        update[kind].plain = plain;
    if (!otherwise->n)
        return;
    for (uint32_t k = 0; k < update[PATH_FIRES].n; k++)
        path->row[update[PATH_FIRES].at + k] = 1.0;
    multiply_row(path, &update[PATH_FIRES], on, on->on);
    multiply_row(path, &update[PATH_FIRES], otherwise, otherwise->off);
}

/* The rates up to the first month of change, and after each of them. */
static void fill_rates(struct path *path)
{
    double *before, *rate = path->rates;
    uint32_t done = 0;

    for (uint32_t c = 0; c < path->plan->n_clocks; c++)
        if (has_slot(path, c))
            rate[path->slot[c]] = path_rate(path, c, 0.0);
    for (uint32_t i = 0; i < path->n_change_months; i++) {
        struct path_update *update = &path->update[path->plan->n_clocks * PATH_KINDS + i];
        double *ratio = path->row + update->at;

        before = rate;
        rate += path->n_slots;
        memcpy(rate, before, path->n_slots * sizeof *rate);
        update->anew = false;
        for (uint32_t k = 0; k < path->n_slots; k++)
            ratio[k] = 1.0;
        for (; done < path->n_changes && path->change[done].month == path->change_month[i]; done++) {
            const uint32_t slot = path->slot[path->change[done].clock];

            rate[slot] = world_step_rate(path->world, path->plan, path->change[done].step);
            ratio[slot] = rate[slot] / before[slot];
            update->anew = update->anew || !is_moderate(ratio[slot]);
        }
    }
}

static void list_awaited(struct path *path)
{
    const struct plan *plan = path->plan;

    path->n_awaited = path->n_ending = path->n_in_force = 0;
    for (uint32_t i = 0; i < path->n_exogenous; i++) {
        const uint32_t c = path->exogenous[i];

        if (path->is_in_force[c])
            path->in_force[path->n_in_force++] = c;
        else
            path->awaited[path->n_awaited++] = (struct path_awaited){
                path->comes + c * PATH_BATCH, c, path_order_of_firing(plan, c), path_what(c, PATH_FIRES)};
        if (plan->clock[c].lasts)
            path->ending[path->n_ending++] =
                (struct path_awaited){path->ends_by + c * PATH_BATCH, c, 0, path_what(c, PATH_ENDS)};
    }
}

void path_setup(struct path *path, const struct world *world, const struct design *design, uint64_t index)
{
    const struct plan *plan = path->plan;

    path->world = world;
    path->stream = (struct stream){.seed = design->seed, .world = index, .place = world->place};
    fill_switches(path);
    fill_rates(path);
    begin_factors(path);
    for (size_t i = 0; i < plan->n_conditions && !path->rate_path; i++)
        path->start_on[plan->condition[i].its_switch] =
            plan->condition[i].states >> plan->base[plan->condition[i].base].initial & 1;
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        const struct plan_clock *clock = &plan->clock[c];

        path->start_ratio[c] = path_ratio(path, path->start_on, c);
        if (clock->moves_base && !path->rate_path && !(clock->from >> plan->base[clock->base].initial & 1))
            path->start_n_blocks[c]++;
        if (has_slot(path, c)) {
            const uint32_t slot = path->slot[c];

            path->start_hazard[slot] = smaller(path->start_ratio[c] * path->rates[slot], PATH_MAX_HAZARD);
            path->start_blocked[slot] = path->start_n_blocks[c] ? INFINITY : 0.0;
        }
    }
    for (uint32_t f = 0; f < plan->n_factors; f++)
        fill_updates(path, f);
    list_awaited(path);
}

static void draw_thresholds(struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];

    if (clock->baseline != BASELINE_AT)
        stream_exponentials(path->threshold + c * PATH_BATCH, path->n_lanes, &path->stream, clock->key, 0);
}

static void draw_frailties(struct path *path, size_t d)
{
    const struct plan_dependence *dependence = &path->plan->dependence[d];
    double uniform[PATH_BATCH];

    stream_uniforms(uniform, path->n_lanes, &path->stream, dependence->key, 0);
    gamma_quantiles(dependence->gamma, path->world->variance[d], uniform, path->frailties + d * PATH_BATCH,
                    path->n_lanes);
}

void path_draw_batch(struct path *path, uint64_t first_run, uint64_t n_runs)
{
    const struct plan *plan = path->plan;
    const uint64_t whole = (n_runs + STREAM_LANES - 1) / STREAM_LANES * STREAM_LANES;

    path->n_lanes = whole < PATH_BATCH ? (size_t)whole : PATH_BATCH;
    path->stream.run = first_run;
    for (size_t d = 0; d < plan->n_dependences; d++)
        draw_frailties(path, d);
    exogenous_resolve_batch(path);
    for (uint32_t c = 0; c < plan->n_clocks; c++)
        if (path->method[c] == CLOCK_SCHEDULED || path->method[c] == CLOCK_INTEGRATED)
            draw_thresholds(path, c);
}
