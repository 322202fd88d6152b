/* SPDX-License-Identifier: GPL-3.0-or-later */
/* logit - a static ordered logit: the transparent baseline.
 *
 * Each base has a propensity to be kept, y = intercept + sum of the weights of the levers and events that are in force at
 * the horizon + shared_sd U + e, U standard normal and shared by all bases, e standard logistic. It is lost when
 * y <= cut_lost, reduced when cut_lost < y <= cut_reduced, held otherwise; the move comes at a month drawn from the
 * outcome's own distribution. McCullagh (1980), Regression models for ordinal data, J. R. Stat. Soc. B 42. */
#include <math.h>
#include <stddef.h>
#include "sim/plan/model.h"
#include "sim/engine/history.h"
#include "sim/system/portable.h"
#include "sim/engine/stream.h"
#include "sim/plan/distribution.h"
#include "sim/plan/plan.h"

enum {
    INTERCEPT,
    WEIGHTS,
    SHARED_SD,
    CUT_LOST,
    CUT_REDUCED,
    LOST,
    REDUCED,
    HELD,
    MONTH_LOST,
    MONTH_REDUCED,
    MONTH_HELD
};

static const struct field field[] = {
    [INTERCEPT] = {"intercept", FIELD_OF_MODEL, FIELD_QUANTITY, -100.0, 100.0, 0.0, "log-odds",
                   "propensity to be kept with no lever in force"},
    [WEIGHTS] = {"weights", FIELD_OF_MODEL, FIELD_BY_CLOCK, -100.0, 100.0, 0.0, "log-odds",
                 "what a lever or event adds while it is in force at the horizon"},
    [SHARED_SD] = {"shared_sd", FIELD_OF_MODEL, FIELD_QUANTITY, 0.0, 100.0, 0.0, "log-odds",
                   "standard deviation of what all bases share in a run"},
    [CUT_LOST] = {"cut_lost", FIELD_OF_MODEL, FIELD_QUANTITY, -100.0, 100.0, 0.0, "log-odds", "at or below it: lost"},
    [CUT_REDUCED] = {"cut_reduced", FIELD_OF_MODEL, FIELD_QUANTITY, -100.0, 100.0, -100.0, "log-odds",
                     "at or below it, but not lost: reduced"},
    [LOST] = {"lost", FIELD_OF_MODEL, FIELD_STATE, 0.0, 0.0, NAN, "state",
              "where a lost base goes; the worst state if left out"},
    [REDUCED] = {"reduced", FIELD_OF_MODEL, FIELD_STATE, 0.0, 0.0, NAN, "state",
                 "where a reduced base goes; it stays where it is if left out"},
    [HELD] = {"held", FIELD_OF_MODEL, FIELD_STATE, 0.0, 0.0, NAN, "state",
              "where a base that is kept goes; it stays where it is if left out"},
    [MONTH_LOST] = {"month_lost", FIELD_OF_MODEL, FIELD_MONTH, 0.0, INFINITY, NAN, "months",
                    "when a loss comes; uniform up to the horizon if left out, at the horizon when later"},
    [MONTH_REDUCED] = {"month_reduced", FIELD_OF_MODEL, FIELD_MONTH, 0.0, INFINITY, NAN, "months",
                       "when a reduction comes; likewise"},
    [MONTH_HELD] = {"month_held", FIELD_OF_MODEL, FIELD_MONTH, 0.0, INFINITY, NAN, "months",
                    "when a base that is kept goes to its state; likewise"},
};

static const struct plan_setting *setting(const struct plan *plan, size_t f, uint32_t base)
{
    return &plan->setting[f * plan->n_bases + base];
}

static double quantity(const struct plan *plan, const double *value, size_t f, uint32_t base)
{
    return plan_value(value, setting(plan, f, base)->slot, field[f].fallback);
}

static double propensity(const struct plan *plan, const double *value, const struct stream *stream,
                         const struct history *history, uint32_t base)
{
    const slot_t *weight = setting(plan, WEIGHTS, base)->by_factor;
    const double u = stream_uniform(stream, plan->base[base].key_decision, 0);
    double y = quantity(plan, value, INTERCEPT, base) + portable_log(u / (1.0 - u));

    y += quantity(plan, value, SHARED_SD, base) * stream_normal(stream, plan->key_shared, 0);
    for (size_t f = 0; weight && f < plan->n_factors; f++)
        if (weight[f] != NO_SLOT && history->on[f])
            y += value[weight[f]];
    return y;
}

/* The month of an outcome whose date distribution is field f. */
static double month_of(const struct plan *plan, const struct stream *stream, size_t f, uint32_t base)
{
    const struct distribution *month = setting(plan, f, base)->month;
    const double u = stream_uniform(stream, plan->base[base].key_month, 0);
    const double when = month ? distribution_quantile(month, u) : u * plan->horizon;

    return when < plan->horizon ? when : plan->horizon;
}

static void decide(const struct plan *plan, const double *value, const struct stream *stream, struct history *history)
{
    for (uint32_t b = 0; b < plan->n_bases; b++) {
        const double y = propensity(plan, value, stream, history, b);
        uint32_t to;
        size_t when;

        if (y <= quantity(plan, value, CUT_LOST, b)) {
            to = setting(plan, LOST, b)->state == UINT32_MAX ? 0 : setting(plan, LOST, b)->state;
            when = MONTH_LOST;
        } else if (y <= quantity(plan, value, CUT_REDUCED, b)) {
            to = setting(plan, REDUCED, b)->state;
            when = MONTH_REDUCED;
        } else {
            to = setting(plan, HELD, b)->state;
            when = MONTH_HELD;
        }
        if (to != UINT32_MAX && to != plan->base[b].initial)
            history_move(history, month_of(plan, stream, when, b), b, to, HISTORY_NO_CLOCK);
    }
}

const struct model model_logit = {
    .name = "logit",
    .summary = "static ordered logit on what is in force at the horizon: the transparent baseline",
    .paper = "McCullagh 1980",
    .field = field,
    .n_fields = sizeof field / sizeof *field,
    .decide = decide,
};
