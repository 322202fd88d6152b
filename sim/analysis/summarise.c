/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/summarise.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/analysis/drivers.h"
#include "sim/analysis/uncertainty.h"
#include "sim/analysis/estimate.h"
#include "sim/analysis/times.h"
#include "sim/plan/plan.h"
#include "sim/scenario/scenario.h"

const double answer_level[ANSWER_LEVELS] = {0.05, 0.5, 0.95};

struct context {
    struct answer *answer;
    const struct plan *plan;
    const struct counts *counts;
    const struct tally_layout *at;
    bool computed;
    struct deconvolve *deconvolve; /* NULL: too many runs a world to need it */
};

static void answer_drivers(const struct context *context)
{
    struct answer *answer = context->answer;
    const struct plan *plan = context->plan;
    struct estimate *index = memory_new(plan->n_inputs * plan->n_questions, sizeof *index);

    drivers_estimate(context->counts, index);
    answer->n_inputs = plan->n_inputs;
    answer->driver = arena_new(&answer->arena, plan->n_inputs, sizeof *answer->driver);
    for (size_t i = 0; i < plan->n_inputs; i++) {
        struct answer_driver *driver = &answer->driver[i];

        driver->path = plan->input[i].path;
        driver->tag = plan->input[i].tag;
        driver->index = arena_new(&answer->arena, plan->n_questions, sizeof *driver->index);
        driver->se = arena_new(&answer->arena, plan->n_questions, sizeof *driver->se);
        for (size_t q = 0; q < plan->n_questions; q++) {
            driver->index[q] = index[i * plan->n_questions + q].value;
            driver->se[q] = index[i * plan->n_questions + q].se;
        }
    }
    free(index);
}

/* Levers and events */

struct factor_cells {
    size_t came, came_yes, yes;
    enum { IF_COMES, IF_NOT, DIFFERENCE } which;
};

static double conditional_share(const struct counts *counts, size_t of, const void *what)
{
    const struct factor_cells *cells = what;
    const double came = counts_of(counts, cells->came, of);
    const double came_yes = counts_of(counts, cells->came_yes, of);
    const double missed = counts_of(counts, counts->tally->at.runs, of) - came;
    const double if_comes = came > 0.0 ? came_yes / came : NAN;
    const double if_not = missed > 0.0 ? (counts_of(counts, cells->yes, of) - came_yes) / missed : NAN;

    return cells->which == IF_COMES ? if_comes : cells->which == IF_NOT ? if_not : if_comes - if_not;
}

static void answer_factors(const struct context *context)
{
    struct answer *answer = context->answer;
    const struct plan *plan = context->plan;
    const struct tally_layout *at = context->at;

    answer->n_factors = plan->n_factors;
    answer->factor = arena_new(&answer->arena, plan->n_factors, sizeof *answer->factor);
    for (size_t f = 0; f < plan->n_factors; f++) {
        struct answer_factor *factor = &answer->factor[f];

        factor->id = plan->factor[f].id;
        factor->is_lever = plan->factor[f].is_lever;
        factor->by_question = arena_new(&answer->arena, plan->n_questions, sizeof *factor->by_question);
        for (size_t q = 0; q < plan->n_questions; q++) {
            struct factor_cells cells = {at->came + f * plan->n_questions + q, at->came_yes + f * plan->n_questions + q,
                                         at->as_drawn + q, IF_COMES};

            factor->by_question[q].comes = estimate_share(context->counts, cells.came);
            factor->by_question[q].if_comes = estimate_jackknife(context->counts, conditional_share, &cells);
            cells.which = IF_NOT;
            factor->by_question[q].if_not = estimate_jackknife(context->counts, conditional_share, &cells);
            cells.which = DIFFERENCE;
            factor->by_question[q].difference = estimate_jackknife(context->counts, conditional_share, &cells);
        }
    }
}

/* Bases */

/* Occupancy and incidence are counted as changes from month to month; their sums are the curves. */
static void accumulate_curve(const struct context *context, size_t first, size_t n_rows, struct estimate *out)
{
    const struct tally *tally = context->counts->tally;
    uint64_t yes[REPLICATES], n[REPLICATES];

    for (size_t r = 0; r < REPLICATES; r++)
        n[r] = tally_block(tally, r)[context->at->runs];
    for (size_t row = 0; row < n_rows; row++) {
        memset(yes, 0, sizeof yes);
        for (size_t m = 0; m < tally->n_months; m++) {
            struct estimate *estimate = &out[row * tally->n_months + m];

            for (size_t r = 0; r < REPLICATES; r++)
                yes[r] += tally_block(tally, r)[first + row * tally->n_months + m];
            estimate->value = tally_share_of(yes, n, &estimate->se);
            estimate->n = tally_counted(tally, context->at->runs);
        }
    }
}

static void answer_base(const struct context *context, size_t b)
{
    struct answer *answer = context->answer;
    const struct plan *plan = context->plan;
    const struct tally_layout *at = context->at;
    struct answer_place *place = &answer->base[b];
    const size_t months = context->counts->tally->n_months;

    place->id = plan->base[b].id;
    place->name = plan->base[b].label;
    place->state = arena_new(&answer->arena, plan->n_states, sizeof *place->state);
    place->spread = arena_new(&answer->arena, plan->n_states, sizeof *place->spread);
    for (size_t s = 0; s < plan->n_states; s++) {
        place->state[s] = estimate_share(context->counts, at->state + b * plan->n_states + s);
        place->spread[s] =
            uncertainty_spread(context->counts, context->deconvolve, plan->n_questions + b * plan->n_states + s);
    }
    place->occupancy = arena_new(&answer->arena, plan->n_states * months, sizeof *place->occupancy);
    place->incidence = arena_new(&answer->arena, plan->n_transitions * months, sizeof *place->incidence);
    accumulate_curve(context, at->occupancy + b * plan->n_states * months, plan->n_states, place->occupancy);
    accumulate_curve(context, at->incidence + b * plan->n_transitions * months, plan->n_transitions, place->incidence);
    place->loss = times_estimate(context->counts, &at->loss, b);
    place->deal = times_estimate(context->counts, &at->deal, b);
}

static void answer_bases(const struct context *context)
{
    struct answer *answer = context->answer;
    const struct plan *plan = context->plan;
    const struct tally_layout *at = context->at;

    answer->n_bases = plan->n_bases;
    answer->base = arena_new(&answer->arena, plan->n_bases, sizeof *answer->base);
    for (size_t b = 0; b < plan->n_bases; b++)
        answer_base(context, b);
    answer->all = (struct answer_place){.id = "all", .name = "all bases"};
    answer->all.loss = times_estimate(context->counts, &at->loss, plan->n_bases);
    answer->all.deal = times_estimate(context->counts, &at->deal, plan->n_bases);
    answer->bases_held = arena_new(&answer->arena, plan->n_bases + 1, sizeof *answer->bases_held);
    for (size_t n = 0; n <= plan->n_bases; n++)
        answer->bases_held[n] = estimate_share(context->counts, at->held + n);
}

static void answer_questions(const struct context *context)
{
    struct answer *answer = context->answer;
    const struct plan *plan = context->plan;

    answer->n_questions = plan->n_questions;
    answer->question = arena_new(&answer->arena, plan->n_questions, sizeof *answer->question);
    answer->asked = arena_new(&answer->arena, plan->n_questions, sizeof *answer->asked);
    for (size_t q = 0; q < plan->n_questions; q++)
        answer->asked[plan->question[q].rank] = q;
    for (size_t q = 0; q < plan->n_questions; q++)
        answer->question[q] =
            (struct answer_question){.id = plan->question[q].id,
                                     .text = plan->question[q].text,
                                     .month = plan->question[q].month,
                                     .p = estimate_share(context->counts, context->at->question + q),
                                     .spread = uncertainty_spread(context->counts, context->deconvolve, q)};
}

static void answer_too_fast(struct answer *answer, const struct play_too_fast *too_fast)
{
    answer->n_too_fast = too_fast->n;
    answer->fastest = too_fast->clock;
    answer->fastest_rate = too_fast->n ? too_fast->speed : NAN;
}

static void answer_head(const struct context *context, const struct play_result *result, uint64_t n_runs)
{
    struct answer *answer = context->answer;
    const struct plan *plan = context->plan;
    const struct scenario *scenario = plan->scenario;

    answer->scenario_id = answer->name = scenario->id;
    answer->analyst_id = scenario->analyst_id;
    answer->title = scenario->title;
    answer->model = scenario->model[0].name.text;
    answer->as_of = scenario->as_of;
    answer->horizon = plan->horizon;
    answer->n_worlds = result->n_worlds;
    answer->n_runs = n_runs;
    answer->n_draws = result->n_draws;
    answer->complete = result->complete;
    answer->computed = context->computed;
    answer->why_drawn = plan->why_drawn;
    answer->n_states = plan->n_states;
    answer->state = plan->state;
    answer->n_transitions = plan->n_transitions;
    answer->transition = plan->transition;
    answer->held = arena_new(&answer->arena, plan->n_states, sizeof *answer->held);
    for (size_t s = 0; s < plan->n_states; s++)
        answer->held[s] = plan->held >> s & 1;
    answer->has_deal = plan->deal != 0;
    answer->n_months = context->counts->tally->n_months;
    answer->month = arena_new(&answer->arena, answer->n_months, sizeof *answer->month);
    for (size_t m = 0; m < answer->n_months; m++)
        answer->month[m] = context->counts->tally->month[m];
    answer->n_stated = plan->n_stated;
    answer->n_reading = plan->n_reading;
    answer->n_guess = plan->n_guess;
    answer->n_untagged = plan->n_untagged;
}

struct answer *summarise(const struct plan *plan, const struct play_result *result, size_t arm, uint64_t n_runs)
{
    struct answer *answer = memory_new(1, sizeof *answer);
    const bool unmixes = plan->n_inputs && result->arm[arm].world_stats.n_bins > 1;
    struct counts counts;
    struct deconvolve deconvolve;
    const struct context context = {
        answer, plan, &counts, &result->arm[arm].tally.at, result->arm[arm].computed, unmixes ? &deconvolve : NULL};

    if (unmixes)
        deconvolve_init(&deconvolve, result->arm[arm].world_stats_runs);
    counts_init(&counts, plan, &result->arm[arm], result->arm[arm].world_stats_runs);
    answer_head(&context, result, n_runs);
    answer_too_fast(answer, &result->arm[arm].too_fast);
    answer_questions(&context);
    answer_bases(&context);
    answer_factors(&context);
    answer_drivers(&context);
    counts_free(&counts);
    if (unmixes)
        deconvolve_free(&deconvolve);
    return answer;
}

void answer_free(struct answer *answer)
{
    if (!answer)
        return;
    arena_free(&answer->arena);
    free(answer);
}
