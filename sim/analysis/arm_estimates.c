/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/arm_estimates.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include "sim/analysis/jackknife.h"

void arm_estimates_init(struct arm_estimates *outcome, const struct arm_result *arm)
{
    const struct tally *tally = &arm->tally;
    const double one = TALLY_ONE;
    double runs = 0.0, squares = 0.0, tried = 0.0;

    *outcome = (struct arm_estimates){
        .n_questions = tally->plan->n_questions, .computed = arm->computed, .too_fast = arm->too_fast};
    outcome->yes = memory_new(outcome->n_questions * REPLICATES, sizeof *outcome->yes);
    for (size_t r = 0; r < REPLICATES; r++) {
        const uint64_t *block = tally_block(tally, r);

        outcome->runs[r] = block[tally->at.runs];
        runs += (double)block[tally->at.runs] / one;
        squares += (double)block[tally->at.squares] / one;
        tried += (double)block[tally->at.tried] / one;
        for (size_t q = 0; q < outcome->n_questions; q++)
            outcome->yes[q * REPLICATES + r] = block[tally->at.question + q];
    }
    outcome->ignorance = memory_new(outcome->n_questions, sizeof *outcome->ignorance);
    for (size_t q = 0; q < outcome->n_questions; q++)
        outcome->ignorance[q] = world_stats_epistemic_sd(&arm->world_stats, q);
    outcome->evidence = tried > 0.0 ? runs / tried : NAN;
    outcome->ess = squares > 0.0 ? runs * runs / squares : 0.0;
}

void arm_estimates_free(struct arm_estimates *outcome)
{
    free(outcome->yes);
    free(outcome->ignorance);
}

double arm_estimates_share(const struct arm_estimates *outcome, size_t question, size_t leave_out)
{
    uint64_t yes = 0, runs = 0;

    for (size_t r = 0; r < REPLICATES; r++)
        if (r != leave_out) {
            yes += outcome->yes[question * REPLICATES + r];
            runs += outcome->runs[r];
        }
    return runs ? (double)yes / (double)runs : NAN;
}

static uint64_t runs_of(const struct arm_estimates *outcome)
{
    uint64_t runs = 0;

    for (size_t r = 0; r < REPLICATES; r++)
        runs += outcome->runs[r];
    return (uint64_t)((double)runs / TALLY_ONE);
}

struct estimate arm_estimates_of(const struct arm_estimates *outcome, size_t question)
{
    struct estimate estimate = {.n = runs_of(outcome)};

    estimate.value = tally_share_of(outcome->yes + question * REPLICATES, outcome->runs, &estimate.se);
    return estimate;
}

double arm_estimates_open(const struct arm_estimates *outcome, double p)
{
    const double least = 0.5 / ((double)runs_of(outcome) + 1.0);

    return outcome->computed ? p : fmin(fmax(p, least), 1.0 - least);
}

struct estimate arm_jackknife(arm_statistic *statistic, const void *what, const struct arm_estimates *like)
{
    double value[REPLICATES];
    size_t n = 0;

    for (size_t r = 0; r < REPLICATES; r++)
        if (like->runs[r])
            value[n++] = statistic(what, r);
    return (struct estimate){.value = statistic(what, REPLICATES), .se = jackknife_se(value, n), .n = runs_of(like)};
}

double arm_interval(const struct arm_estimates *outcome, double se)
{
    size_t n = 0;

    for (size_t r = 0; r < REPLICATES; r++)
        n += outcome->runs[r] > 0;
    return n > 1 ? gsl_cdf_tdist_Pinv(0.975, (double)(n - 1)) * se : NAN;
}

struct pair {
    const struct arm_estimates *a, *b;
    size_t question;
};

static double difference_without(const void *what, size_t leave_out)
{
    const struct pair *pair = what;

    return arm_estimates_share(pair->b, pair->question, leave_out) -
           arm_estimates_share(pair->a, pair->question, leave_out);
}

static double ratio_without(const void *what, size_t leave_out)
{
    const struct pair *pair = what;
    const double a = arm_estimates_share(pair->a, pair->question, leave_out);

    return a > 0.0 ? arm_estimates_share(pair->b, pair->question, leave_out) / a : NAN;
}

static bool is_same(const struct arm_estimates *a, const struct arm_estimates *b, size_t question)
{
    for (size_t r = 0; r < REPLICATES; r++)
        if (a->yes[question * REPLICATES + r] != b->yes[question * REPLICATES + r] || a->runs[r] != b->runs[r])
            return false;
    return true;
}

struct arm_difference arm_compare(const struct arm_estimates *a, const struct arm_estimates *b, size_t question)
{
    const struct pair pair = {a, b, question};
    struct arm_difference out = {.a = arm_estimates_of(a, question),
                                 .b = arm_estimates_of(b, question),
                                 .delta = arm_jackknife(difference_without, &pair, a)};
    const struct estimate times = arm_jackknife(ratio_without, &pair, a);
    const double unpaired = hypot(out.a.se, out.b.se);

    /* No drawn run differed, which shows only that such runs are rare: the error is that of half a run in n + 1. */
    if (is_same(a, b, question) && !(a->computed && b->computed) && a != b)
        out.delta.se = sqrt(0.5) / ((double)out.delta.n + 1.0);
    out.low = out.delta.value - arm_interval(a, out.delta.se);
    out.high = out.delta.value + arm_interval(a, out.delta.se);
    out.ratio = times.value;
    out.ratio_se = times.se;
    out.efficiency = out.delta.se > 0.0 ? unpaired / out.delta.se : NAN;
    return out;
}
