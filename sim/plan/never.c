/* SPDX-License-Identifier: GPL-3.0-or-later */
/* never.c - warnings of what can never happen, from the months in which each clock can fire.
 *
 * Method. A window is an interval that contains every month in which a clock can fire: the support of its own timing, cut to the months in
 * which all that it requires can be on; for a transition also from the first month in which its base can be in a state it leads from. Windows
 * are found by fixed-point iteration: they start as the supports and only shrink, so the iteration ends. It is an over-approximation
 * (interval analysis): nothing possible is ever reported as impossible, while something impossible may go unreported (a state that is
 * certainly left before, a chance of 0).
 *
 * Example: relief = { at = 9.0; } and vote = { on = month 6; requires = "relief"; }: vote's window is 6 to 6, relief is on
 * from 9, so vote never occurs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/model.h"
#include "sim/plan/compiler.h"

/* A closed interval of months; empty where from > until. */
struct window {
    double from, until;
};

static bool is_empty(struct window window)
{
    return !(window.from <= window.until);
}

/* The smallest and the largest value that a slot can have. */
static struct window slot_range(const struct plan *plan, slot_t slot)
{
    for (size_t i = 0; i < plan->n_inputs; i++)
        if (plan->input[i].slot == slot)
            return (struct window){distribution_low(plan->input[i].distribution),
                                   distribution_high(plan->input[i].distribution)};
    return (struct window){plan->value[slot], plan->value[slot]};
}

/* When a clock can fire by its own timing, to the horizon. */
static struct window own_window(const struct plan *plan, const struct plan_clock *clock)
{
    struct window window = {0.0, plan->horizon};

    if (clock->baseline == BASELINE_AT)
        window = slot_range(plan, clock->at);
    else if (clock->baseline == BASELINE_DATE)
        window = (struct window){distribution_low(clock->date), distribution_high(clock->date)};
    if (clock->baseline == BASELINE_DATE && distribution_cdf(clock->date, plan->horizon) <= 0.0)
        window.from = INFINITY; /* the support begins at the horizon, with probability 0 up to there */
    if (window.until < 0.0)
        return (struct window){0.0, 0.0}; /* before as_of: in force from the start */
    return (struct window){fmax(window.from, 0.0), fmin(window.until, plan->horizon)};
}

/* The last month in which a lever or event can be on, given its window. */
static double on_until(const struct plan *plan, const struct plan_clock *clock, struct window fires)
{
    if (is_empty(fires))
        return -INFINITY;
    if (!clock->lasts || clock->recurs)
        return INFINITY;
    if (clock->baseline == BASELINE_AT && slot_range(plan, clock->at).until < 0.0)
        return slot_range(plan, clock->at).until + distribution_high(clock->lasts);
    return fires.until + distribution_high(clock->lasts);
}

/* A window cut to the months in which everything that the clock requires can be on. */
static struct window within_requires(const struct plan *plan, const struct plan_clock *clock, struct window window,
                                     const struct window *fires)
{
    for (uint32_t i = clock->requires.first; i < clock->requires.first + clock->requires.n; i++) {
        const uint32_t f = plan->index[i];

        window.from = fmax(window.from, is_empty(fires[f]) ? INFINITY : fires[f].from);
        window.until = fmin(window.until, on_until(plan, &plan->clock[plan->factor[f].clock], fires[f]));
    }
    return window;
}

static struct window *find_factor_windows(const struct plan *plan)
{
    struct window *fires = memory_new(plan->n_factors + 1, sizeof *fires);
    bool more = true;

    for (size_t f = 0; f < plan->n_factors; f++)
        fires[f] = own_window(plan, &plan->clock[plan->factor[f].clock]);
    for (size_t pass = 0; more && pass <= plan->n_factors; pass++) {
        more = false;
        for (size_t f = 0; f < plan->n_factors; f++) {
            const struct window cut = within_requires(plan, &plan->clock[plan->factor[f].clock], fires[f], fires);

            more = more || cut.from != fires[f].from || cut.until != fires[f].until;
            fires[f] = cut;
        }
    }
    return fires;
}

/* Explain which requirement keeps a clock from firing. */
static const char *explain_requires(struct compiler *compiler, const struct plan_clock *clock, struct window own,
                                    const struct window *fires)
{
    const struct plan *plan = compiler->plan;

    for (uint32_t i = clock->requires.first; i < clock->requires.first + clock->requires.n; i++) {
        const uint32_t f = plan->index[i];
        const double end = on_until(plan, &plan->clock[plan->factor[f].clock], fires[f]);

        if (is_empty(fires[f]))
            return arena_print(compiler->arena, "it requires %s, which never occurs", plan->factor[f].id);
        if (fires[f].from > own.until)
            return arena_print(
                compiler->arena,
                "it requires %s, which cannot occur before month %.4g, while itself it can occur only until month %.4g",
                plan->factor[f].id, fires[f].from, own.until);
        if (end < own.from)
            return arena_print(
                compiler->arena,
                "it requires %s, which is over by month %.4g, while itself it cannot occur before month %.4g",
                plan->factor[f].id, end, own.from);
    }
    return "the things it requires are never on together";
}

/* Whether a clock's own window is empty, which is reported at its `at` or `when`; for `on` it was reported when it was read. */
static bool warn_beyond_horizon(struct compiler *compiler, const struct clock *source, struct window own)
{
    const struct quantity *quantity = source->timing.form == TIMING_WHEN ? &source->timing.when : &source->timing.at;
    const double horizon = compiler->plan->horizon;

    if (!is_empty(own) || source->timing.form == TIMING_ON)
        return is_empty(own);
    diag_warning(compiler->diag, quantity->place, "extend the horizon, or choose an earlier month",
                 "%s: lies after the horizon, month %.6g: it never %s", quantity->path, horizon,
                 source->kind == CLOCK_TRANSITION ? "fires" : "occurs");
    return true;
}

static void warn_factors(struct compiler *compiler, const struct window *fires)
{
    const struct plan *plan = compiler->plan;

    for (size_t f = 0; f < plan->n_factors; f++) {
        const struct plan_clock *clock = &plan->clock[plan->factor[f].clock];
        const struct clock *source = &compiler->scenario->clock[compiler->factors.original[f]];
        const struct window own = own_window(plan, clock);

        if (!is_empty(fires[f]) || warn_beyond_horizon(compiler, source, own))
            continue;
        diag_warning(compiler->diag, source->requires.n ? source->requires.item[0].place : source->entity.place, NULL,
                     "%s.%s: never occurs: %s", plan->factor[f].is_lever ? "levers" : "events", plan->factor[f].id,
                     explain_requires(compiler, clock, own, fires));
    }
}

/* The first month in which a base can be in a state of a set. */
static double first_in(uint64_t states, const double *entered, size_t n_states)
{
    double first = INFINITY;

    for (size_t s = 0; s < n_states; s++)
        if (states & UINT64_C(1) << s)
            first = fmin(first, entered[s]);
    return first;
}

/* When a base can first be in each state: entered[b * n_states + s]. */
static double *find_entries(const struct plan *plan, const struct window *fires)
{
    double *entered = memory_new(plan->n_bases * plan->n_states, sizeof *entered);
    bool more = true;

    for (size_t b = 0; b < plan->n_bases; b++)
        for (size_t s = 0; s < plan->n_states; s++)
            entered[b * plan->n_states + s] = s == plan->base[b].initial ? 0.0 : INFINITY;
    while (more) { /* ends: entries only decrease, to one of finitely many months */
        more = false;
        for (size_t c = plan->n_factors; c < plan->n_clocks; c++) {
            const struct plan_clock *clock = &plan->clock[c];
            double *own = entered + clock->base * plan->n_states;
            struct window window = within_requires(plan, clock, own_window(plan, clock), fires);

            window.from = fmax(window.from, first_in(clock->from, own, plan->n_states));
            if (!is_empty(window) && window.from < own[clock->to]) {
                own[clock->to] = window.from;
                more = true;
            }
        }
    }
    return entered;
}

static void warn_transitions(struct compiler *compiler, const struct window *fires, const double *entered)
{
    const struct plan *plan = compiler->plan;

    for (size_t t = 0; t < plan->n_transitions && plan->n_bases; t++) {
        const struct plan_clock *clock = &plan->clock[plan->base[0].clocks.first + t];
        const struct clock *source = &compiler->scenario->clock[compiler->transitions.original[t]];
        const struct window own = own_window(plan, clock), window = within_requires(plan, clock, own, fires);
        double first = INFINITY;

        for (size_t b = 0; b < plan->n_bases; b++)
            first = fmin(first, first_in(clock->from, entered + b * plan->n_states, plan->n_states));
        if (warn_beyond_horizon(compiler, source, own))
            continue;
        if (is_empty(window))
            diag_warning(compiler->diag, source->requires.item[0].place, NULL, "transitions.%s: never fires: %s",
                         clock->id, explain_requires(compiler, clock, own, fires));
        else if (isfinite(first) && first > window.until)
            diag_warning(
                compiler->diag, source->timing.place, "let it fire later, or let the base reach the state earlier",
                "transitions.%s: never fires: it can only until month %.4g, and no base can be in a state it leads "
                "from before month %.4g",
                clock->id, window.until, first);
    }
}

static void warn_unreachable(struct compiler *compiler, const double *entered)
{
    const struct plan *plan = compiler->plan;

    for (size_t s = 0; s < plan->n_states; s++) {
        double first = INFINITY;

        for (size_t b = 0; b < plan->n_bases; b++)
            first = fmin(first, entered[b * plan->n_states + s]);
        if (isinf(first))
            diag_warning(compiler->diag, compiler->scenario->state[s].entity.place, NULL,
                         "states.%s: no base can reach it", plan->state[s]);
    }
}

void compile_never(struct compiler *compiler)
{
    struct window *fires = find_factor_windows(compiler->plan);

    if (compiler->plan->model->balance_ratio) {
        double *entered = find_entries(compiler->plan, fires);

        warn_unreachable(compiler, entered);
        warn_transitions(compiler, fires, entered);
        free(entered);
    }
    warn_factors(compiler, fires);
    free(fires);
}
