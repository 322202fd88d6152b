/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/uncertainty.h"
#include <math.h>
#include <stdlib.h>

struct moments {
    double mean;
    double ignorance; /* variance of p over worlds; the estimate can be negative */
    double noise;     /* mean variance of a world's share about its p, from finitely many runs */
    double chance;    /* variance of one run within a world */
    double shrink;    /* sd of p divided by the sd of the worlds' shares */
};

/* One-way analysis of variance: the variance of shares between worlds minus the noise of N runs a world (Sun, Apley & Staum 2011, Efficient
 * nested simulation for estimating the variance of a conditional expectation, Oper. Res. 59). Example: shares have variance 0.05,
 * p (1 - p) is 0.16 on average and N = 4: Var(p) = 0.05 - 0.16 / 4 = 0.01. */
static struct moments moments_of(const struct counts *counts, size_t column, size_t of)
{
    const struct world_stats *stats = counts->stats;
    const double worlds = counts_worlds_of(counts, of);
    struct world_stats_sums sums = counts->sums_total[column];
    struct moments moments;
    double between;

    if (of != ALL) {
        const struct world_stats_sums *part = &stats->sums[counts_replicate(of) * stats->n_columns + column];

        sums.p = counts_choose(sums.p, part->p, of);
        sums.p2 = counts_choose(sums.p2, part->p2, of);
        sums.noise = counts_choose(sums.noise, part->noise, of);
        sums.chance = counts_choose(sums.chance, part->chance, of);
    }
    moments.mean = sums.p / worlds;
    moments.noise = sums.noise / worlds;
    moments.chance = sums.chance / worlds;
    between = (sums.p2 - worlds * moments.mean * moments.mean) / (worlds - 1.0);
    moments.ignorance = between - moments.noise;
    moments.shrink = between > 0.0 && moments.ignorance > 0.0 ? sqrt(moments.ignorance / between) : 0.0;
    return moments;
}

static double variance_of(const struct counts *counts, size_t of, const void *what)
{
    return moments_of(counts, *(const size_t *)what, of).ignorance;
}

static double shrink_of(const struct counts *counts, size_t of, const void *what)
{
    return moments_of(counts, *(const size_t *)what, of).shrink;
}

/* Shares are counted in units of 1 / TALLY_ONE; a smaller spread is rounding. */
static const double least_variance = 16.0 / TALLY_ONE / TALLY_ONE;

static bool is_measurable(struct estimate variance)
{
    return variance.value > least_variance && variance.value > 2.0 * variance.se;
}

/* A world's share, and its replicate. */
struct share {
    double p;
    uint32_t replicate;
};

static int by_share(const void *a, const void *b)
{
    const struct share *x = a, *y = b;

    return (x->p > y->p) - (x->p < y->p);
}

static double interpolate_quantile(const struct share *share, size_t n, double level)
{
    const double place = fmin(fmax(level * (double)n - 0.5, 0.0), (double)(n - 1));
    const size_t below = (size_t)place, above = below + 1 < n ? below + 1 : below;

    return share[below].p + (place - (double)below) * (share[above].p - share[below].p);
}

/* Standard error of the share of worlds below x, from how it varies between replicates, plus half a world, since stratification can leave no
 * variation at all; ties count half. */
static double level_error(const struct share *share, size_t n, double x)
{
    double below[REPLICATES] = {0.0}, worlds[REPLICATES] = {0.0}, all = 0.0, sum = 0.0, replicates = 0.0;

    for (size_t i = 0; i < n; i++) {
        const double part = share[i].p < x ? 1.0 : share[i].p > x ? 0.0 : 0.5;

        below[share[i].replicate] += part;
        worlds[share[i].replicate] += 1.0;
        all += part;
    }
    for (size_t r = 0; r < REPLICATES; r++) {
        const double off = below[r] - all / (double)n * worlds[r];

        replicates += worlds[r] > 0.0;
        sum += off * off;
    }
    return replicates > 1.0 ? hypot(sqrt(sum * replicates / (replicates - 1.0)), 0.5) / (double)n : NAN;
}

/* Each run's probability is counted in units of 1 / TALLY_ONE, so a world's p is known to within half a unit. */
static const double least_error = 0.5 / TALLY_ONE;

/* Quantiles of the worlds' shares. The error of the level at the quantile is estimated, and converted to shares by the quantiles at the two
 * ends of its interval: Woodruff 1952, Confidence intervals for medians and other position measures, J. Am. Stat. Assoc. 47. */
static void share_quantiles(const struct counts *counts, size_t column, struct answer_spread *out)
{
    const struct world_stats *stats = counts->stats;
    const size_t n = (size_t)stats->n_kept;
    struct share *share = memory_new(n, sizeof *share);
    const double wide = 1.96;

    for (size_t w = 0; w < n; w++)
        share[w] = (struct share){stats->kept[column * WORLD_STATS_KEPT + w], (uint32_t)(w % REPLICATES)};
    qsort(share, n, sizeof *share, by_share);
    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        const double level = answer_level[i], x = interpolate_quantile(share, n, level), se = level_error(share, n, x);

        out->quantile[i] = x;
        out->se[i] = isnan(se) ? NAN
                               : hypot(least_error, (interpolate_quantile(share, n, level + wide * se) -
                                                     interpolate_quantile(share, n, level - wide * se)) /
                                                        2.0 / wide);
    }
    free(share);
}

/* Where the tally counts a column. */
static size_t cell_of(const struct counts *counts, size_t column)
{
    const size_t questions = counts->plan->n_questions;

    return column < questions ? counts->tally->at.question + column : counts->tally->at.state + column - questions;
}

/* Without uncertain inputs all worlds are the same. */
static struct answer_spread spread_of_one_world(const struct counts *counts, size_t column)
{
    const struct estimate p = estimate_share(counts, cell_of(counts, column));
    struct answer_spread out = {.sd_aleatory = sqrt(fmax(0.0, p.value * (1.0 - p.value)))};

    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        out.quantile[i] = p.value;
        out.se[i] = p.se;
    }
    return out;
}

/* Replace shrunken quantiles by deconvolved ones. Shrinking is right about the spread but not always about the shape, deconvolution is right
 * about both; their difference, and the resolution of the grid, are added to the error. */
static void deconvolve_column(const struct counts *counts, struct deconvolve *deconvolve, size_t column,
                              struct answer_spread *out)
{
    double deconvolved[ANSWER_LEVELS];

    deconvolve_quantiles(deconvolve, deconvolved, answer_level, ANSWER_LEVELS,
                         counts->histogram_total + column * (counts->stats->n_bins + 1));
    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        out->se[i] = hypot(hypot(out->se[i], deconvolved[i] - out->quantile[i]),
                           deconvolve_resolution(deconvolve, deconvolved[i]));
        out->quantile[i] = deconvolved[i];
    }
}

/* Shrink the quantiles of shares towards the mean, so that their spread becomes that of p. This is exact for a normal distribution; for others
 * half of the shift is added to the error. */
static void shrink_quantiles(const struct counts *counts, size_t column, struct answer_spread *out)
{
    const struct moments moments = moments_of(counts, column, ALL);
    const struct estimate shrink = estimate_jackknife(counts, shrink_of, &column);

    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        const double off = out->quantile[i] - moments.mean;

        out->quantile[i] = fmin(1.0, fmax(0.0, moments.mean + shrink.value * off));
        out->se[i] = hypot(hypot(shrink.value * out->se[i], shrink.se * off), 0.5 * (1.0 - shrink.value) * off);
    }
}

/* Where Var(p) is not significantly above 0 all quantiles are the mean, with an error that covers the largest plausible spread. */
static void set_quantiles_to_mean(const struct counts *counts, size_t column, struct estimate variance,
                                  struct answer_spread *out)
{
    const struct estimate p = estimate_share(counts, cell_of(counts, column));
    const double least = variance.value > least_variance ? variance.value : 0.0;
    const double sd = variance.se > 0.0 ? sqrt(least + variance.se) : 0.0;

    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        out->quantile[i] = p.value;
        out->se[i] = hypot(p.se, (answer_level[i] == 0.5 ? 0.5 : 1.645) * sd);
    }
}

double uncertainty_noise(const struct counts *counts, size_t column, size_t of)
{
    return moments_of(counts, column, of).noise;
}

bool uncertainty_is_measurable(const struct counts *counts, size_t column)
{
    return counts->worlds_total >= 2.0 && counts->n_runs >= 2.0 &&
           is_measurable(estimate_jackknife(counts, variance_of, &column));
}

struct answer_spread uncertainty_spread(const struct counts *counts, struct deconvolve *deconvolve, size_t column)
{
    struct answer_spread out = {.sd_epistemic = NAN, .sd_se = NAN, .sd_aleatory = NAN};
    struct estimate variance;

    if (!counts->plan->n_inputs)
        return spread_of_one_world(counts, column);
    for (size_t i = 0; i < ANSWER_LEVELS; i++)
        out.quantile[i] = out.se[i] = NAN;
    if (counts->worlds_total < 2.0 || counts->n_runs < 2.0 || !counts->stats->n_kept)
        return out;
    variance = estimate_jackknife(counts, variance_of, &column);
    out.measurable = is_measurable(variance);
    out.sd_epistemic = sqrt(fmax(0.0, variance.value));
    /* the delta method, which diverges near 0: there the root of the variance's error */
    out.sd_se = fmin(variance.se / (2.0 * out.sd_epistemic), sqrt(variance.se));
    out.sd_aleatory = sqrt(fmax(0.0, moments_of(counts, column, ALL).chance));
    if (!out.measurable) {
        set_quantiles_to_mean(counts, column, variance, &out);
        return out;
    }
    share_quantiles(counts, column, &out);
    shrink_quantiles(counts, column, &out);
    if (deconvolve)
        deconvolve_column(counts, deconvolve, column, &out);
    return out;
}
