/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_world.c - how the runs of one world begin, and by what their hazards are multiplied when something happens. */
#include <math.h>
#include <string.h>
#include "sim/engine/path.h"
#include "sim/plan/model.h"
#include "sim/system/portable.h"

void path_world_init(struct path *path)
{
    const struct plan *plan = path->plan;
    const struct path_layout *layout = &path->layout;
    const size_t n = plan->n_clocks, kinds = n * PATH_KINDS + layout->n_change_months;
    struct path_world *world = &path->world;

    world->row = path_new(&world->arena, layout->n_row, sizeof *world->row);
    world->rates = path_new(&world->arena, (layout->n_change_months + 1) * layout->n_slots, sizeof *world->rates);
    world->can_return = path_new(&world->arena, plan->n_switches, sizeof *world->can_return);
    world->is_plain = path_new(&world->arena, kinds, sizeof *world->is_plain);
    world->is_anew = path_new(&world->arena, kinds, sizeof *world->is_anew);
    world->start_ratio = path_new(&world->arena, n, sizeof *world->start_ratio);
    world->start_hazard = path_new(&world->arena, layout->n_slots, sizeof *world->start_hazard);
    world->start_blocked = path_new(&world->arena, layout->n_slots, sizeof *world->start_blocked);
    world->start_n_blocks = path_new(&world->arena, n, sizeof *world->start_n_blocks);
    world->start_on = path_new(&world->arena, plan->n_switches, sizeof *world->start_on);
    world->is_in_force = path_new(&world->arena, n, sizeof *world->is_in_force);
    world->in_force = path_new(&world->arena, n, sizeof *world->in_force);
    world->awaited = path_new(&world->arena, n, sizeof *world->awaited);
    world->ending = path_new(&world->arena, n, sizeof *world->ending);
}

double path_ratio(const struct path *path, const bool *is_on, uint32_t c)
{
    const struct plan *plan = path->plan;
    const struct span incoming = plan->clock[c].incoming;
    double ratio = path->world.drawn->own[c];

    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++) {
        const uint32_t link = plan->incoming[i];

        if (is_on[plan->link[link].from_switch])
            ratio *= path->world.drawn->factor[link];
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
        return path->world.drawn->rate[c];
    for (uint32_t s = clock->steps.first; s < clock->steps.first + clock->steps.n; s++)
        if (path->plan->step[s].from <= month)
            rate = world_step_rate(path->world.drawn, path->plan, s);
    return rate;
}

/* How a world's runs begin */

/* A factor whose month has come before the start and that nothing can hold back or end is simply in force. */
static bool starts_in_force(const struct path *path, const struct plan_clock *clock)
{
    return clock->steady && clock->baseline == BASELINE_AT && !clock->lasts &&
           path->world.drawn->value[clock->at] <= 0.0;
}

static void begin_factors(struct path *path)
{
    const struct plan *plan = path->plan;

    memset(path->world.start_on, 0, plan->n_switches * sizeof *path->world.start_on);
    for (size_t c = 0; c < plan->n_clocks; c++) {
        path->world.start_n_blocks[c] = plan->clock[c].requires.n;
        path->world.is_in_force[c] = false;
    }
    for (size_t f = 0; f < plan->n_factors; f++) {
        const uint32_t c = plan->factor[f].clock;
        const struct span unlocks = plan->clock[c].unlocks;

        path->world.is_in_force[c] = starts_in_force(path, &plan->clock[c]);
        path->world.start_on[f * SWITCHES_A_FACTOR + (path->world.is_in_force[c] ? SWITCH_ON : SWITCH_OTHERWISE)] =
            true;
        for (uint32_t i = unlocks.first; path->world.is_in_force[c] && i < unlocks.first + unlocks.n; i++)
            path->world.start_n_blocks[plan->index[i]]--;
    }
}

/* Neither 0 nor so far from 1 that hazards would lose digits. */
static bool is_moderate(double ratio)
{
    return ratio > 1e-9 && ratio < 1e9;
}

/* Fill the rows of a switch; its greatest ratio, 1 at least. */
static double fill_switch(struct path *path, size_t a_switch)
{
    const struct plan *plan = path->plan;
    const struct span links = plan->switch_links[a_switch];
    const struct path_effect *effect = &path->layout.effect[a_switch];
    double *on = path->world.row + effect->on, *off = path->world.row + effect->off, most = 1.0;
    bool can_return = true;

    for (uint32_t k = 0; k < effect->n; k++)
        on[k] = off[k] = 1.0;
    for (uint32_t l = links.first; l < links.first + links.n; l++)
        if (path_has_slot(&path->layout, plan->link[l].clock)) {
            const uint32_t k = path->layout.slot[plan->link[l].clock] - effect->first;

            on[k] = smaller(path->world.drawn->factor[l], PATH_MAX_HAZARD);
            off[k] = 1.0 / on[k];
            most = larger(most, on[k]);
            can_return = can_return && is_moderate(on[k]);
        }
    path->world.can_return[a_switch] = can_return;
    return most;
}

/* Where the product of all ratios could overflow, none is undone by dividing. */
static void fill_switches(struct path *path)
{
    const double most = 1e100; /* a base's own ratio is no more than that either */
    double all = 1.0;

    for (size_t i = 0; i < path->plan->n_switches; i++)
        all = smaller(all * fill_switch(path, i), PATH_MAX_HAZARD);
    for (size_t i = 0; i < path->plan->n_switches && all > most; i++)
        path->world.can_return[i] = false;
}

/* Into the row of an update goes what two effects do at once. */
static void multiply_row(const struct path *path, const struct path_update *update, const struct path_effect *effect,
                         size_t by)
{
    for (uint32_t k = 0; k < effect->n; k++)
        path->world.row[update->at + effect->first - update->first + k] *= path->world.row[by + k];
}

/* Whether a factor does nothing but multiply hazards of slots: it has no scheduled, marginalised or asked-about clock to change and nothing
 * waits for it. */
static bool is_plain(const struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];
    const size_t f = clock->factor;
    bool plain = path->layout.method[c] == CLOCK_EXOGENOUS;

    for (size_t i = f * SWITCHES_A_FACTOR; i < (f + 1) * SWITCHES_A_FACTOR; i++) {
        const struct path_effect *effect = &path->layout.effect[i];

        plain = plain && path->world.can_return[i] && !effect->marginalised && !effect->asked && !effect->scheduled.n;
    }
    for (uint32_t i = clock->unlocks.first; i < clock->unlocks.first + clock->unlocks.n; i++)
        plain = plain && path->layout.method[path->plan->index[i]] == CLOCK_EXOGENOUS;
    return plain;
}

/* Whether a factor's updates are plain, in this world; and the row of its first firing, which ends `otherwise` too. */
static void fill_updates(struct path *path, uint32_t f)
{
    const struct path_effect *on = &path->layout.effect[f * SWITCHES_A_FACTOR + SWITCH_ON];
    const struct path_effect *otherwise = &path->layout.effect[f * SWITCHES_A_FACTOR + SWITCH_OTHERWISE];
    const struct path_update *update = &path->layout.update[f * PATH_KINDS];
    const bool plain = is_plain(path, path->plan->factor[f].clock);

    for (size_t kind = PATH_ENDS; kind <= PATH_FIRES; kind++)
        path->world.is_plain[f * PATH_KINDS + kind] = plain;
    if (!otherwise->n)
        return;
    for (uint32_t k = 0; k < update[PATH_FIRES].n; k++)
        path->world.row[update[PATH_FIRES].at + k] = 1.0;
    multiply_row(path, &update[PATH_FIRES], on, on->on);
    multiply_row(path, &update[PATH_FIRES], otherwise, otherwise->off);
}

/* The rates up to the first month of change, and after each of them; the row of an update has new / old rate. Example: rates 0.1, from month 6
 * on 0.2: the row multiplies that clock's hazard by 2 at month 6, whatever effects are in force. From 0 no ratio leads to 0.2: anew. */
static void fill_rates(struct path *path)
{
    double *before, *rate = path->world.rates;
    uint32_t done = 0;

    for (uint32_t c = 0; c < path->plan->n_clocks; c++)
        if (path_has_slot(&path->layout, c))
            rate[path->layout.slot[c]] = path_rate(path, c, 0.0);
    for (uint32_t i = 0; i < path->layout.n_change_months; i++) {
        const size_t what = path->plan->n_clocks * PATH_KINDS + i;
        const struct path_update *update = &path->layout.update[what];
        double *ratio = path->world.row + update->at;

        before = rate;
        rate += path->layout.n_slots;
        memcpy(rate, before, path->layout.n_slots * sizeof *rate);
        path->world.is_anew[what] = false;
        for (uint32_t k = 0; k < path->layout.n_slots; k++)
            ratio[k] = 1.0;
        for (; done < path->layout.n_changes && path->layout.change[done].month == path->layout.change_month[i];
             done++) {
            const uint32_t slot = path->layout.slot[path->layout.change[done].clock];

            rate[slot] = world_step_rate(path->world.drawn, path->plan, path->layout.change[done].step);
            ratio[slot] = rate[slot] / before[slot];
            path->world.is_anew[what] = path->world.is_anew[what] || !is_moderate(ratio[slot]);
        }
    }
}

/* What fill_calendar has to enter in each run. */
static void list_awaited(struct path *path)
{
    const struct plan *plan = path->plan;

    path->world.n_awaited = path->world.n_ending = path->world.n_in_force = 0;
    for (uint32_t i = 0; i < path->layout.n_exogenous; i++) {
        const uint32_t c = path->layout.exogenous[i];

        if (path->world.is_in_force[c])
            path->world.in_force[path->world.n_in_force++] = c;
        else
            path->world.awaited[path->world.n_awaited++] = (struct path_awaited){
                path->times.comes + c * PATH_BATCH, c, path_order_of_firing(plan, c), path_what(c, PATH_FIRES)};
        if (plan->clock[c].lasts)
            path->world.ending[path->world.n_ending++] =
                (struct path_awaited){path->times.ends_by + c * PATH_BATCH, c, 0, path_what(c, PATH_ENDS)};
    }
}

/* All runs of a world begin alike but for their frailties and thresholds: whatever these do not touch is worked out here, once. */
void path_setup(struct path *path, const struct world *world, const struct design *design, uint64_t index)
{
    const struct plan *plan = path->plan;

    path->world.drawn = world;
    path->world.stream = (struct stream){.seed = design->seed, .world = index, .place = world->place};
    fill_switches(path);
    fill_rates(path);
    begin_factors(path);
    for (size_t i = 0; i < plan->n_conditions && !path->rate_path; i++)
        path->world.start_on[plan->condition[i].its_switch] =
            plan->condition[i].states >> plan->base[plan->condition[i].base].initial & 1;
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        const struct plan_clock *clock = &plan->clock[c];

        path->world.start_ratio[c] = path_ratio(path, path->world.start_on, c);
        if (clock->moves_base && !path->rate_path && !(clock->from >> plan->base[clock->base].initial & 1))
            path->world.start_n_blocks[c]++;
        if (path_has_slot(&path->layout, c)) {
            const uint32_t slot = path->layout.slot[c];

            path->world.start_hazard[slot] =
                smaller(path->world.start_ratio[c] * path->world.rates[slot], PATH_MAX_HAZARD);
            path->world.start_blocked[slot] = path->world.start_n_blocks[c] ? INFINITY : 0.0;
        }
    }
    for (uint32_t f = 0; f < plan->n_factors; f++)
        fill_updates(path, f);
    list_awaited(path);
}
