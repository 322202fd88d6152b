#include "sim/analysis/outcome.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

void outcome_init(struct outcome *outcome, const struct arm_result *arm)
{
    const struct tally *tally = &arm->tally;
    const double one = TALLY_ONE;
    double runs = 0.0, squares = 0.0, tried = 0.0;

    *outcome =
        (struct outcome){.n_questions = tally->plan->n_questions, .computed = arm->computed, .too_fast = arm->too_fast};
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
        outcome->ignorance[q] = spread_ignorance(&arm->spread, q);
    outcome->evidence = tried > 0.0 ? runs / tried : NAN;
    outcome->ess = squares > 0.0 ? runs * runs / squares : 0.0;
}

void outcome_free(struct outcome *outcome)
{
    free(outcome->yes);
    free(outcome->ignorance);
}

double outcome_share(const struct outcome *outcome, size_t question, size_t leave_out)
{
    uint64_t yes = 0, runs = 0;

    for (size_t r = 0; r < REPLICATES; r++)
        if (r != leave_out) {
            yes += outcome->yes[question * REPLICATES + r];
            runs += outcome->runs[r];
        }
    return runs ? (double)yes / (double)runs : NAN;
}

static uint64_t runs_of(const struct outcome *outcome)
{
    uint64_t runs = 0;

    for (size_t r = 0; r < REPLICATES; r++)
        runs += outcome->runs[r];
    return (uint64_t)((double)runs / TALLY_ONE);
}

struct estimate outcome_estimate(const struct outcome *outcome, size_t question)
{
    struct estimate estimate = {.n = runs_of(outcome)};

    estimate.value = tally_share_of(outcome->yes + question * REPLICATES, outcome->runs, &estimate.se);
    return estimate;
}

double outcome_open(const struct outcome *outcome, double p)
{
    const double least = 0.5 / ((double)runs_of(outcome) + 1.0);

    return outcome->computed ? p : fmin(fmax(p, least), 1.0 - least);
}

struct estimate outcome_jackknife(outcome_statistic *statistic, const void *what, const struct outcome *like)
{
    struct estimate estimate = {.value = statistic(what, REPLICATES), .se = NAN, .n = runs_of(like)};
    double value[REPLICATES], mean = 0.0, squares = 0.0;
    size_t n = 0;

    for (size_t r = 0; r < REPLICATES; r++)
        if (like->runs[r]) {
            value[n] = statistic(what, r);
            mean += value[n++];
        }
    mean /= (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (value[i] - mean) * (value[i] - mean);
    if (n > 1)
        estimate.se = sqrt(squares * (double)(n - 1) / (double)n);
    return estimate;
}

double outcome_interval(const struct outcome *outcome, double se)
{
    size_t n = 0;

    for (size_t r = 0; r < REPLICATES; r++)
        n += outcome->runs[r] > 0;
    return n > 1 ? gsl_cdf_tdist_Pinv(0.975, (double)(n - 1)) * se : NAN;
}

struct pair {
    const struct outcome *a, *b;
    size_t question;
};

static double difference(const void *what, size_t leave_out)
{
    const struct pair *pair = what;

    return outcome_share(pair->b, pair->question, leave_out) - outcome_share(pair->a, pair->question, leave_out);
}

static double ratio(const void *what, size_t leave_out)
{
    const struct pair *pair = what;
    const double a = outcome_share(pair->a, pair->question, leave_out);

    return a > 0.0 ? outcome_share(pair->b, pair->question, leave_out) / a : NAN;
}

static bool is_same(const struct outcome *a, const struct outcome *b, size_t question)
{
    for (size_t r = 0; r < REPLICATES; r++)
        if (a->yes[question * REPLICATES + r] != b->yes[question * REPLICATES + r] || a->runs[r] != b->runs[r])
            return false;
    return true;
}

struct outcome_difference outcome_compare(const struct outcome *a, const struct outcome *b, size_t question)
{
    const struct pair pair = {a, b, question};
    struct outcome_difference out = {.a = outcome_estimate(a, question),
                                     .b = outcome_estimate(b, question),
                                     .delta = outcome_jackknife(difference, &pair, a)};
    const struct estimate times = outcome_jackknife(ratio, &pair, a);
    const double unpaired = hypot(out.a.se, out.b.se);

    /* that no drawn run came out differently proves no more than that such runs are rare */
    if (is_same(a, b, question) && !(a->computed && b->computed) && a != b)
        out.delta.se = sqrt(0.5) / ((double)out.delta.n + 1.0);
    out.low = out.delta.value - outcome_interval(a, out.delta.se);
    out.high = out.delta.value + outcome_interval(a, out.delta.se);
    out.ratio = times.value;
    out.ratio_se = times.se;
    out.narrower = out.delta.se > 0.0 ? unpaired / out.delta.se : NAN;
    return out;
}
