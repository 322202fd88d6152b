/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_layout.c - what all paths of a plan have in common: how each clock is handled, and which slots events act on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/model.h"
#include "sim/engine/exogenous.h"
#include "sim/engine/path.h"
#include "sim/system/portable.h"

/* By what a clock is; exogenous ones are found afterwards. Odds are a constant rate (world.c). */
static enum clock_method choose_method(const struct path *path, const struct plan_clock *clock)
{
    const struct plan *plan = path->plan;

    if (clock->moves_base && path->rate_path)
        return CLOCK_MARGINALISED;
    if (clock->moves_base && !plan->model->balance_ratio)
        return CLOCK_OFF;
    return clock->baseline == BASELINE_RATE || clock->baseline == BASELINE_ODDS ? CLOCK_INTEGRATED : CLOCK_SCHEDULED;
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

/* The months at which rates change, in order. Only steps inside (0, horizon) do: those before are in the first row of world.rates. Several
 * changes of one month are one entry of the calendar. */
static void list_changes(struct path *path)
{
    const struct plan *plan = path->plan;
    size_t n = 0;

    for (uint32_t c = 0; c < plan->n_clocks; c++)
        n += plan->clock[c].steps.n;
    path->layout.change = path_new(&path->layout.arena, n, sizeof *path->layout.change);
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        const struct span steps = plan->clock[c].steps;

        for (uint32_t s = steps.first; path_has_slot(&path->layout, c) && s < steps.first + steps.n; s++)
            if (plan->step[s].from > 0.0 && plan->step[s].from < plan->horizon)
                path->layout.change[path->layout.n_changes++] = (struct path_change){plan->step[s].from, c, s};
    }
    if (path->layout.n_changes)
        qsort(path->layout.change, path->layout.n_changes, sizeof *path->layout.change, compare_months);
    path->layout.change_month =
        path_new(&path->layout.arena, path->layout.n_changes, sizeof *path->layout.change_month);
    for (uint32_t i = 0; i < path->layout.n_changes; i++)
        if (!i || path->layout.change[i].month > path->layout.change[i - 1].month)
            path->layout.change_month[path->layout.n_change_months++] = path->layout.change[i].month;
}

/* Exogenous clocks in topological order: again and again take those whose influences have all been taken, until there are no more. */
static void list_exogenous(struct path *path)
{
    uint32_t before;

    do {
        before = path->layout.n_exogenous;
        for (uint32_t c = 0; c < path->plan->n_clocks; c++)
            if (path->layout.method[c] != CLOCK_EXOGENOUS && exogenous_qualifies(path, c)) {
                path->layout.method[c] = CLOCK_EXOGENOUS;
                path->layout.exogenous[path->layout.n_exogenous++] = c;
            }
    } while (path->layout.n_exogenous > before);
}

/* Choose each clock's method and give slots: integrated clocks first, then, from the next whole group on, marginalised ones. */
static void sort_clocks(struct path *path)
{
    for (uint32_t c = 0; c < path->plan->n_clocks; c++)
        path->layout.method[c] = choose_method(path, &path->plan->clock[c]);
    list_exogenous(path);
    for (uint32_t c = 0; c < path->plan->n_clocks; c++) {
        if (path->layout.method[c] == CLOCK_SCHEDULED)
            path->layout.scheduled[path->layout.n_scheduled++] = c;
        if (path->layout.method[c] == CLOCK_INTEGRATED) {
            path->layout.slot[c] = path->layout.n_integrated;
            path->layout.integrated[path->layout.n_integrated++] = c;
        }
    }
    path->layout.n_padded = round_to_groups(path->layout.n_integrated);
    for (uint32_t c = 0; c < path->plan->n_clocks; c++)
        if (path->layout.method[c] == CLOCK_MARGINALISED) {
            path->layout.slot[c] = path->layout.n_padded + path->layout.n_marginalised;
            path->layout.marginalised[path->layout.n_marginalised++] = c;
        }
    path->layout.n_slots = path->layout.n_padded + round_to_groups(path->layout.n_marginalised);
    for (uint32_t f = 0; f < path->plan->n_factors; f++)
        if (path->plan->clock[path->plan->factor[f].clock].lasts &&
            path->layout.method[path->plan->factor[f].clock] != CLOCK_EXOGENOUS)
            path->layout.lasting[path->layout.n_lasting++] = f;
}

/* Frailties that act on slots. */
static void list_frail(struct path *path)
{
    const struct plan *plan = path->plan;
    size_t n = 0;

    for (uint32_t c = 0; c < plan->n_clocks; c++)
        n += plan->clock[c].frailties.n;
    path->layout.frail = path_new(&path->layout.arena, n, sizeof *path->layout.frail);
    for (uint32_t c = 0; c < plan->n_clocks; c++) {
        const struct span frailties = plan->clock[c].frailties;

        for (uint32_t i = frailties.first; path_has_slot(&path->layout, c) && i < frailties.first + frailties.n; i++)
            path->layout.frail[path->layout.n_frail++] = (struct path_frail){path->layout.slot[c], plan->index[i]};
    }
}

/* What clocks can fire in each state of each base; whether all others are exogenous, so that a run ends when no base can move. */
static void list_leaving(struct path *path)
{
    const struct plan *plan = path->plan;
    size_t n = 0;

    for (uint32_t c = 0; c < plan->n_clocks; c++)
        n += plan->clock[c].moves_base ? plan->n_states : 0;
    path->layout.leaving = path_new(&path->layout.arena, n, sizeof *path->layout.leaving);
    path->layout.bases_only = !path->rate_path && !plan->model->decide;
    n = 0;
    for (uint32_t b = 0; b < plan->n_bases; b++) {
        const struct span clocks = plan->base[b].clocks;

        for (uint32_t s = 0; s < plan->n_states; s++) {
            struct span *leaves = &path->layout.leaves[b * plan->n_states + s];

            leaves->first = (uint32_t)n;
            for (uint32_t c = clocks.first; c < clocks.first + clocks.n; c++)
                if (plan->clock[c].from >> s & 1)
                    path->layout.leaving[n++] = c;
            leaves->n = (uint32_t)n - leaves->first;
        }
        path->layout.n_movable += path->layout.leaves[b * plan->n_states + plan->base[b].initial].n > 0;
    }
    for (uint32_t c = 0; c < plan->n_clocks; c++)
        path->layout.bases_only =
            path->layout.bases_only && (plan->clock[c].moves_base || path->layout.method[c] == CLOCK_EXOGENOUS);
}

/* What one switch acts on. */
static void list_links(struct path *path, size_t a_switch, uint32_t *n_scheduled_links)
{
    const struct plan *plan = path->plan;
    const struct span links = plan->switch_links[a_switch];
    struct path_effect *effect = &path->layout.effect[a_switch];
    uint32_t first = UINT32_MAX, end = 0;

    effect->scheduled.first = *n_scheduled_links;
    for (uint32_t l = links.first; l < links.first + links.n; l++) {
        const uint32_t c = plan->link[l].clock;

        if (path->layout.method[c] == CLOCK_SCHEDULED)
            path->layout.scheduled_link[(*n_scheduled_links)++] = l;
        effect->marginalised = effect->marginalised || path->layout.method[c] == CLOCK_MARGINALISED;
        for (uint32_t a = 0; a < path->layout.n_asked; a++)
            effect->asked = effect->asked || path->layout.asked[a].clock == c;
        if (path_has_slot(&path->layout, c)) {
            first = path->layout.slot[c] < first ? path->layout.slot[c] : first;
            end = path->layout.slot[c] + 1 > end ? path->layout.slot[c] + 1 : end;
        }
    }
    effect->scheduled.n = *n_scheduled_links - effect->scheduled.first;
    effect->first = end ? first / PATH_PAD * PATH_PAD : 0;
    effect->n = end ? round_to_groups(end - effect->first) : 0;
}

/* A row for what two switches do at once: the first firing of a factor turns its `otherwise` off. */
static struct path_update update_of_both(const struct path_effect *a, const struct path_effect *b, size_t at)
{
    const uint32_t end_a = a->first + a->n, end_b = b->first + b->n;
    const uint32_t first = !a->n || b->first < a->first ? b->first : a->first;

    return (struct path_update){.first = first, .n = (end_a > end_b ? end_a : end_b) - first, .at = at};
}

/* The slots that each switch acts on, as one stretch of whole groups: multiplying a few by 1 costs less than looking them up.
 * And where there are few slots, less than a loop whose end cannot be foreseen: all stretches are the same then. */
static void list_effects(struct path *path)
{
    enum { FEW_SLOTS = 32 };
    const struct plan *plan = path->plan;
    uint32_t n_scheduled_links = 0;
    size_t size = 0;

    for (size_t i = 0; i < plan->n_switches; i++) {
        struct path_effect *effect = &path->layout.effect[i];

        list_links(path, i, &n_scheduled_links);
        if (effect->n && path->layout.n_slots <= FEW_SLOTS) {
            effect->first = 0;
            effect->n = path->layout.n_slots;
        }
        effect->on = size;
        effect->off = size + effect->n;
        size += 2 * effect->n;
    }
    for (uint32_t f = 0; f < plan->n_factors; f++) {
        const struct path_effect *on = &path->layout.effect[f * SWITCHES_A_FACTOR + SWITCH_ON];
        const struct path_effect *otherwise = &path->layout.effect[f * SWITCHES_A_FACTOR + SWITCH_OTHERWISE];
        struct path_update *update = &path->layout.update[f * PATH_KINDS];

        update[PATH_FIRES_AGAIN] = (struct path_update){.first = on->first, .n = on->n, .at = on->on};
        update[PATH_ENDS] = (struct path_update){.first = on->first, .n = on->n, .at = on->off};
        update[PATH_FIRES] = update[PATH_FIRES_AGAIN];
        if (otherwise->n) {
            update[PATH_FIRES] = update_of_both(on, otherwise, size);
            size += update[PATH_FIRES].n;
        }
    }
    for (uint32_t i = 0; i < path->layout.n_change_months; i++) {
        path->layout.update[plan->n_clocks * PATH_KINDS + i] =
            (struct path_update){.n = path->layout.n_slots, .at = size};
        size += path->layout.n_slots;
    }
    path->layout.n_row = size;
}

/* Questions whose probability is computed given the rest of the run: where bases are computed only. */
static void list_asked(struct path *path)
{
    const struct plan *plan = path->plan;

    for (uint32_t q = 0; path->rate_path && q < plan->n_questions; q++)
        if (plan->question[q].computed)
            path->layout.asked[path->layout.n_asked++] =
                (struct path_asked){.question = q, .clock = plan->factor[plan->question[q].factor].clock};
}

/* Order matters: slots need methods, effects need slots. */
void path_layout_init(struct path *path)
{
    const struct plan *plan = path->plan;
    const size_t n = plan->n_clocks;
    struct path_layout *layout = &path->layout;

    layout->method = path_new(&layout->arena, n, sizeof *layout->method);
    layout->exogenous = path_new(&layout->arena, n, sizeof *layout->exogenous);
    layout->scheduled = path_new(&layout->arena, n, sizeof *layout->scheduled);
    layout->integrated = path_new(&layout->arena, n, sizeof *layout->integrated);
    layout->marginalised = path_new(&layout->arena, n, sizeof *layout->marginalised);
    layout->slot = path_new(&layout->arena, n, sizeof *layout->slot);
    layout->lasting = path_new(&layout->arena, plan->n_factors, sizeof *layout->lasting);
    layout->effect = path_new(&layout->arena, plan->n_switches, sizeof *layout->effect);
    layout->scheduled_link = path_new(&layout->arena, plan->n_links, sizeof *layout->scheduled_link);
    layout->leaves = path_new(&layout->arena, plan->n_bases * plan->n_states, sizeof *layout->leaves);
    layout->asked = path_new(&layout->arena, plan->n_questions, sizeof *layout->asked);
    sort_clocks(path);
    list_asked(path);
    list_frail(path);
    list_leaving(path);
    list_changes(path);
    layout->update = path_new(&layout->arena, n * PATH_KINDS + layout->n_change_months, sizeof *layout->update);
    list_effects(path);
}
