/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rates, survival and competing causes against published and independently computed numbers (models.md, A15 and D4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include "sim/engine/stream.h"
#include "sim/math/survival.h"
#include "sim/system/memory.h"

static void near(double a, double b, double within)
{
    if (!(fabs(a - b) <= within))
        fail_msg("%.12g is not %.12g", a, b);
}

/* ---- rates ---- */

static void rates_have_exact_limits(void **state)
{
    static const struct {
        double events, exposure, rate, low, high;
    } known[] = {
        {36.0, 1655.0, 0.021752, 0.015235, 0.030114}, /* models.md, A15 */
        /* what Python with scipy and R agree on for the presence of US troops */
        {13.0, 1481.0, 0.00878, 0.00467, 0.01501},
        {13.0, 1280.0, 0.01016, 0.00541, 0.01737},
        {62.0, 2178.0, 0.02847, 0.02183, 0.03649},
        {11.0, 1606.0, 0.00685, 0.00342, 0.01226},
        {10.0, 1375.0, 0.00727, 0.00349, 0.01337},
        {55.0, 2252.0, 0.02442, 0.01840, 0.03179},
        {14.0, 1426.0, 0.00982, 0.00537, 0.01647},
        {14.0, 1244.0, 0.01125, 0.00615, 0.01888},
        {48.0, 2004.0, 0.02395, 0.01766, 0.03176},
        {12.0, 1551.0, 0.00774, 0.00400, 0.01351},
        {11.0, 1339.0, 0.00822, 0.00410, 0.01470},
        {43.0, 2139.0, 0.02010, 0.01455, 0.02708},
        {13.0, 1250.0, 0.01040, 0.00554, 0.01778},
        {13.0, 1088.0, 0.01195, 0.00636, 0.02043},
        {38.0, 1711.0, 0.02221, 0.01572, 0.03048},
        {12.0, 1310.0, 0.00916, 0.00473, 0.01600},
        {12.0, 1138.0, 0.01054, 0.00545, 0.01842},
        {36.0, 1794.0, 0.02007, 0.01405, 0.02778},
        {2.0, 1280.0, 0.00156, 0.00019, 0.00564},
        {8.0, 1088.0, 0.00735, 0.00317, 0.01449},
        {3.0, 288.6, 0.010395, 0.002144, 0.030380},
        {1.0, 244.6, 0.004089, 0.000104, 0.022783},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct limits it = survival_rate_limits(known[i].events, known[i].exposure, 0.95);
        const double within = i && known[i].exposure > 1000.0 ? 6e-6 : 2.5e-6; /* to the digits printed */

        near(known[i].events / known[i].exposure, known[i].rate, within);
        near(it.low, known[i].low, within);
        near(it.high, known[i].high, within * 2.0);
    }
}

/* No events: from 0 to -ln(alpha / 2) over the exposure, in closed form. */
static void no_events_have_a_largest_rate(void **state)
{
    const struct limits it = survival_rate_limits(0.0, 100.0, 0.95);

    (void)state;
    assert_true(it.low == 0.0);
    near(it.high, -log(0.025) / 100.0, 1e-14);
    near(survival_rate_posterior(0.0, 96.0, 0.05), 0.000020, 6e-7);
    near(survival_rate_posterior(0.0, 96.0, 0.95), 0.020008, 6e-7);
}

static void posteriors_are_gamma(void **state)
{
    static const struct {
        double events, exposure, p05, p50, p95;
    } known[] = {
        {3.0, 288.6, 0.003755, 0.010995, 0.024372},   {4.0, 10042.1, 0.000166, 0.000415, 0.000842},
        {11.0, 784.1, 0.008347, 0.014244, 0.022429},  {7.0, 651.4, 0.005573, 0.011006, 0.019186},
        {10.0, 1630.3, 0.003555, 0.006237, 0.010020}, {0.0, 276.0, 0.000007, 0.000824, 0.006959},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        near(survival_rate_posterior(known[i].events, known[i].exposure, 0.05), known[i].p05, 2e-6);
        near(survival_rate_posterior(known[i].events, known[i].exposure, 0.50), known[i].p50, 2e-6);
        near(survival_rate_posterior(known[i].events, known[i].exposure, 0.95), known[i].p95, 5e-6);
    }
}

/* From very few to very many events, the quantile's probability is the one asked for; by the Poisson, summed. */
static void limits_hold_at_every_size(void **state)
{
    (void)state;
    for (double d = 0.0; d < 1e7; d = d < 3.0 ? d + 1.0 : floor(d * 2.7)) {
        const struct limits it = survival_rate_limits(d, 1.0, 0.95);
        double above = 0.0, below = 0.0;

        for (double k = d < 1e4 ? 0.0 : floor(d - 12.0 * sqrt(d)); k <= d; k++) {
            below += exp(k * log(it.high) - it.high - lgamma(k + 1.0));
            if (k < d && d > 0.0)
                above += exp(k * log(it.low) - it.low - lgamma(k + 1.0));
        }
        near(below, 0.025, 1e-7);
        if (d > 0.0)
            near(above, 0.975, 1e-7);
        assert_true(survival_rate_posterior(d, 1.0, 0.05) < survival_rate_posterior(d, 1.0, 0.95));
    }
}

static void ratios_have_exact_limits(void **state)
{
    static const struct {
        double a, in_a, b, in_b, ratio, low, high;
    } known[] = {
        {3, 24.05, 4, 836.84, 26.098, 3.823, 154.265},  {2, 40.19, 4, 836.84, 10.412, 0.942, 72.647},
        {4, 378.02, 4, 836.84, 2.214, 0.412, 11.885},   {3, 29.05, 3, 888.34, 30.581, 4.096, 228.320},
        {1, 47.11, 3, 888.34, 6.286, 0.120, 78.290},    {3, 411.10, 3, 888.34, 2.161, 0.289, 16.134},
        {3, 25.09, 5, 782.09, 18.701, 2.904, 96.119},   {2, 41.70, 5, 782.09, 7.502, 0.714, 45.822},
        {4, 393.21, 5, 782.09, 1.591, 0.316, 7.393},    {3, 30.09, 4, 833.58, 20.775, 3.043, 122.803},
        {1, 48.62, 4, 833.58, 4.286, 0.087, 43.314},    {3, 426.29, 4, 833.58, 1.467, 0.215, 8.669},
        {3, 23.61, 4, 682.08, 21.667, 3.174, 128.074},  {2, 38.69, 4, 682.08, 8.816, 0.797, 61.512},
        {4, 341.71, 4, 682.08, 1.996, 0.372, 10.717},   {3, 28.61, 4, 688.08, 18.038, 2.642, 106.621},
        {1, 45.60, 4, 688.08, 3.772, 0.077, 38.118},    {4, 374.30, 4, 688.08, 1.838, 0.342, 9.870},
        {3, 24.05, 10, 1255.05, 15.656, 2.769, 60.804}, {3, 29.05, 7, 1346.54, 19.866, 3.315, 87.021},
        {3, 23.61, 10, 1062.48, 13.500, 2.387, 52.432}, {3, 24.05, 4, 378.02, 11.79, 1.73, 69.68},
        {2, 24.05, 10, 1255.05, 10.44, 1.11, 48.98},    {4, 24.05, 9, 1255.05, 23.19, 5.22, 83.10},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct rate_ratio it = survival_rate_ratio(known[i].a, known[i].in_a, known[i].b, known[i].in_b, 0.95);

        /* exposures are printed to a hundredth, limits to two or three decimals */
        near(it.ratio, known[i].ratio, 2.5e-3 * known[i].ratio);
        near(it.low, known[i].low, 2.5e-3 * known[i].low + 2e-3);
        near(it.high, known[i].high, 2.5e-3 * known[i].high + 2e-3);
        assert_true((it.p < 0.05) == (it.low > 1.0 || it.high < 1.0)); /* the limits are those of the test */
    }
}

static void ratios_without_events_are_open(void **state)
{
    const struct rate_ratio none = survival_rate_ratio(0, 10.0, 0, 20.0, 0.95);
    const struct rate_ratio no_a = survival_rate_ratio(0, 10.0, 5, 20.0, 0.95);
    const struct rate_ratio no_b = survival_rate_ratio(5, 10.0, 0, 20.0, 0.95);

    (void)state;
    assert_true(isnan(none.ratio) && none.low == 0.0 && isinf(none.high) && none.p == 1.0);
    assert_true(no_a.ratio == 0.0 && no_a.low == 0.0);
    assert_true(isinf(no_b.ratio) && isinf(no_b.high));
    near(no_a.high * no_b.low, 4.0, 1e-9); /* (20/10)^2 / ... : each is the other's inverse with exposures exchanged */
}

/* ---- curves ---- */

static struct spells_sorted sorted(struct arena *arena, const struct spell_row *row, size_t n, size_t n_causes,
                                   size_t n_clusters)
{
    struct spells_sorted out;

    survival_sort(&out, arena, row, n, n_causes, n_clusters);
    return out;
}

/* R 4.2.2, survival 3.5-3: time, cause (1 deal, 2 exit); then survival and the two incidences. */
static const struct spell_row ten[] = {{0, 1, 1, 0}, {0, 2, 2, 1}, {0, 2, 0, 2}, {0, 3, 1, 3}, {0, 4, 1, 4},
                                       {0, 5, 0, 5}, {0, 5, 2, 6}, {0, 6, 1, 7}, {0, 8, 2, 8}, {0, 9, 0, 9}};
static const double ten_known[][4] = {{1, 0.9, 0.1, 0},
                                      {2, 0.8, 0.1, 0.1},
                                      {3, 0.6857143, 0.2142857, 0.1},
                                      {4, 0.5714286, 0.3285714, 0.1},
                                      {5, 0.4571429, 0.3285714, 0.2142857},
                                      {6, 0.3047619, 0.4809524, 0.2142857},
                                      {8, 0.1523810, 0.4809524, 0.3666667}};

static void competing_causes_match_r(void **state)
{
    struct arena arena = {0};
    const struct spells_sorted it = sorted(&arena, ten, 10, 2, 10);
    struct survival_curve curve;

    (void)state;
    survival_curve(&curve, &arena, &it);
    assert_int_equal(curve.n, 7);
    for (size_t i = 0; i < curve.n; i++) {
        near(curve.time[i], ten_known[i][0], 0.0);
        for (size_t k = 0; k < 3; k++)
            near(survival_at(&curve, &it, ten_known[i][0] + 0.5, k).value, ten_known[i][1 + k], 6e-8);
        near(curve.survival[i] + curve.incidence[2 * i] + curve.incidence[2 * i + 1], 1.0, 1e-15);
    }
    assert_true(survival_at(&curve, &it, 0.99, 0).value == 1.0);
    assert_true(isnan(survival_at(&curve, &it, 9.01, 0).value)); /* nobody was seen so long */
    arena_free(&arena);
}

/* Without censoring the estimates are plain shares and their errors the binomial's. */
static void without_censoring_shares_are_binomial(void **state)
{
    struct arena arena = {0};
    struct spell_row row[40];
    struct spells_sorted it;
    struct survival_curve curve;

    (void)state;
    for (size_t i = 0; i < 40; i++)
        row[i] = (struct spell_row){0.0, 1.0 + (double)(i % 13), 1 + i % 3 / 2, i};
    it = sorted(&arena, row, 40, 2, 40);
    survival_curve(&curve, &arena, &it);
    for (double t = 1.0; t < 13.0; t++) {
        double n[3] = {0, 0, 0}, robust[3];

        for (size_t i = 0; i < 40; i++)
            n[row[i].exit > t ? 0 : row[i].cause]++;
        survival_robust(robust, &curve, &it, t);
        for (size_t k = 0; k < 3; k++) {
            const double p = n[k] / 40.0, se = sqrt(p * (1.0 - p) / 40.0);

            near(survival_at(&curve, &it, t, k).value, p, 1e-14);
            near(survival_at(&curve, &it, t, k).se, se, 1e-14);
            near(robust[k], se, 1e-14);
        }
    }
    arena_free(&arena);
}

/* Numbers that look random but are not: the same everywhere. */
static double scramble(size_t i, size_t which)
{
    return fmod(0.6180339887498949 * (double)(i + 1) + 0.7548776662466927 * (double)((i * (which + 3)) % 97), 1.0);
}

static void fill(struct spell_row *row, size_t n, size_t n_clusters, bool late)
{
    for (size_t i = 0; i < n; i++) {
        const double entry = late && i % 3 ? floor(20.0 * scramble(i, 1)) : 0.0;

        row[i] = (struct spell_row){entry, entry + 1.0 + floor(60.0 * scramble(i, 2)), i % 4 ? i % 4 % 3 : 0,
                                    i % n_clusters};
    }
}

/* One row a cluster, none late: the influences' squares add up to Greenwood's and the multinomial's variances. */
static void influences_give_the_same_errors(void **state)
{
    struct arena arena = {0};
    struct spell_row row[200];
    struct survival_curve curve;
    struct spells_sorted it;

    (void)state;
    fill(row, 200, 200, false);
    it = sorted(&arena, row, 200, 2, 200);
    survival_curve(&curve, &arena, &it);
    for (double t = 3.0; t < 60.0; t += 7.0) {
        double robust[3];

        survival_robust(robust, &curve, &it, t);
        for (size_t k = 0; k < 3; k++)
            near(robust[k], survival_at(&curve, &it, t, k).se, 1e-13);
    }
    arena_free(&arena);
}

/* Rows of a cluster counted together: the influence of a cluster is what the estimate moves by, per unit of its weight. */
static void influences_are_derivatives(void **state)
{
    enum { CLUSTERS = 17, TIMES = 4 };
    static const double time[TIMES] = {5.0, 12.0, 24.0, 45.0};
    struct arena arena = {0};
    struct spell_row row[120];
    struct survival_curve curve;
    struct spells_sorted it;
    double sum[TIMES][3] = {{0}}, robust[3];

    (void)state;
    fill(row, 120, CLUSTERS, true);
    it = sorted(&arena, row, 120, 2, CLUSTERS);
    survival_curve(&curve, &arena, &it);
    for (size_t c = 0; c < CLUSTERS; c++) {
        double weight[CLUSTERS], up[TIMES * 3], down[TIMES * 3];
        const double step = 1e-5;

        for (size_t i = 0; i < CLUSTERS; i++)
            weight[i] = 1.0 + (i == c ? step : 0.0);
        survival_weighted(up, &it, weight, time, TIMES);
        weight[c] = 1.0 - step;
        survival_weighted(down, &it, weight, time, TIMES);
        for (size_t i = 0; i < TIMES; i++)
            for (size_t k = 0; k < 3; k++) {
                const double u = (up[i * 3 + k] - down[i * 3 + k]) / (2.0 * step);

                sum[i][k] += u * u;
            }
    }
    for (size_t i = 0; i < TIMES; i++) {
        survival_robust(robust, &curve, &it, time[i]);
        for (size_t k = 0; k < 3; k++)
            near(robust[k], sqrt(sum[i][k]), 1e-8);
    }
    arena_free(&arena);
}

static void equal_weights_give_the_curve(void **state)
{
    static const double time[] = {0.5, 7.0, 30.0, 70.0, 1000.0};
    struct arena arena = {0};
    struct spell_row row[120];
    struct survival_curve curve;
    struct spells_sorted it;
    double weight[11], out[15];

    (void)state;
    for (size_t c = 0; c < 11; c++)
        weight[c] = 3.0;
    fill(row, 120, 11, true);
    it = sorted(&arena, row, 120, 2, 11);
    survival_curve(&curve, &arena, &it);
    survival_weighted(out, &it, weight, time, 5);
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 3; k++) {
            const double value = survival_at(&curve, &it, time[i], k).value;

            assert_true(isnan(value) == isnan(out[3 * i + k]));
            if (!isnan(value))
                near(out[3 * i + k], value, 1e-14);
        }
    arena_free(&arena);
}

/* A spell cut in pieces at any times is the same spell. */
static void pieces_of_a_spell_are_the_spell(void **state)
{
    struct arena arena = {0};
    struct spell_row row[60], piece[180];
    struct survival_curve whole, cut;
    struct spells_sorted a, b;
    size_t n = 0;

    (void)state;
    fill(row, 60, 60, true);
    for (size_t i = 0; i < 60; i++) {
        const double at = row[i].entry + 0.37 * (row[i].exit - row[i].entry);

        piece[n++] = (struct spell_row){row[i].entry, at, 0, row[i].cluster};
        piece[n++] = (struct spell_row){at, row[i].exit, row[i].cause, row[i].cluster};
    }
    a = sorted(&arena, row, 60, 2, 60);
    b = sorted(&arena, piece, n, 2, 60);
    survival_curve(&whole, &arena, &a);
    survival_curve(&cut, &arena, &b);
    assert_int_equal(whole.n, cut.n);
    for (size_t i = 0; i < whole.n; i++) {
        double se[2][3];

        near(whole.survival[i], cut.survival[i], 1e-15);
        near(whole.survival_se[i], cut.survival_se[i], 1e-15);
        near(whole.incidence[2 * i + 1], cut.incidence[2 * i + 1], 1e-15);
        survival_robust(se[0], &whole, &a, whole.time[i]);
        survival_robust(se[1], &cut, &b, whole.time[i]);
        near(se[0][0], se[1][0], 1e-13);
        near(se[0][2], se[1][2], 1e-13);
    }
    near(survival_weibull(&a, 0.95).shape, survival_weibull(&b, 0.95).shape, 1e-9);
    near(survival_weibull(&a, 0.95).shape_robust.low, survival_weibull(&b, 0.95).shape_robust.low, 1e-8);
    arena_free(&arena);
}

static void tallies_add_up_over_a_grid(void **state)
{
    static const double grid[] = {0.0, 12.0, 24.0, 60.0, INFINITY};
    struct arena arena = {0};
    struct spell_row row[90];
    struct spells_sorted it;
    double all[2], sum[2] = {0, 0}, exposure, parts = 0.0;

    (void)state;
    fill(row, 90, 9, true);
    it = sorted(&arena, row, 90, 2, 9);
    exposure = survival_tally(&it, 0.0, INFINITY, all);
    for (size_t i = 0; i < 4; i++) {
        double events[2];

        parts += survival_tally(&it, grid[i], grid[i + 1], events);
        sum[0] += events[0];
        sum[1] += events[1];
    }
    near(parts, exposure, 1e-9);
    near(sum[0], all[0], 0.0);
    near(sum[1], all[1], 0.0);
    arena_free(&arena);
}

/* 24 of 26 at 12 months: what R and Python print for log-log limits. */
static void log_log_limits_match_r(void **state)
{
    static const struct {
        double kept, n, low, high;
    } known[] = {{24, 26, 0.726, 0.980},
                 {23, 26, 0.684, 0.961},
                 {20, 26, 0.557, 0.889},
                 {21, 22, 0.719, 0.993},
                 {22, 24, 0.706, 0.978}};

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const double p = known[i].kept / known[i].n;
        const struct limits it = survival_limits(p, sqrt(p * (1.0 - p) / known[i].n), 0.95);

        near(it.low, known[i].low, 6e-4);
        near(it.high, known[i].high, 6e-4);
    }
    assert_true(isnan(survival_limits(1.0, 0.0, 0.95).low) && isnan(survival_limits(0.0, 0.0, 0.95).high));
}

/* ---- Weibull ---- */

/* Quantiles of a Weibull as data: the estimates come near, and with shape 1 wanted the likelihood's derivative is 0 where it should. */
static void weibull_finds_its_own(void **state)
{
    struct arena arena = {0};
    struct spell_row row[400];
    struct spells_sorted it;
    struct weibull_fit fit;

    (void)state;
    for (size_t i = 0; i < 400; i++) {
        const double u = ((double)i + 0.5) / 400.0, t = 30.0 * pow(-log(u), 1.0 / 0.6);

        row[i] = (struct spell_row){0.0, fmin(t, 120.0), t <= 120.0, i};
    }
    it = sorted(&arena, row, 400, 1, 400);
    fit = survival_weibull(&it, 0.95);
    assert_true(fit.found);
    near(fit.shape, 0.6, 0.01);
    near(fit.scale, 30.0, 1.0);
    assert_true(fit.shape_limits.low < 0.6 && fit.shape_limits.high > 0.6);
    arena_free(&arena);
}

static void weibull_of_nothing_is_not_found(void **state)
{
    static const struct spell_row censored[] = {{0, 3, 0, 0}, {0, 5, 0, 1}}, tied[] = {{0, 4, 1, 0}, {0, 4, 1, 1}};
    struct arena arena = {0};
    const struct spells_sorted none = sorted(&arena, censored, 2, 1, 2), one = sorted(&arena, tied, 2, 1, 2);

    (void)state;
    assert_false(survival_weibull(&none, 0.95).found);
    assert_false(survival_weibull(&one, 0.95).found);
    arena_free(&arena);
}

/* ---- bootstrap ---- */

static uint64_t draw(void *context, uint64_t replicate, uint64_t i)
{
    const struct key128 key = *(const struct key128 *)context;
    uint64_t word[STREAM_LANES];

    stream_words(word, 1, key, (struct stream_place){.world = replicate, .group = i / STREAM_LANES});
    return word[i % STREAM_LANES];
}

static void mean_of(void *data, const double *weight, double *out)
{
    const double *x = data;

    out[0] = 0.0;
    for (size_t c = 0; c < 100; c++)
        out[0] += x[c] * weight[c] / 100.0;
    out[1] = weight[0] > 0.0 ? NAN : 1.0; /* defined in a third of all replicates */
}

/* Limits of a mean of 100: those of the normal, but for the error of 4,000 replicates. */
static void bootstrap_of_a_mean_is_normal(void **state)
{
    struct key128 key = {.word = {1, 2}};
    double x[100], mean = 0.0, square = 0.0;
    struct limits out[2], again[2];

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        x[i] = sin((double)i * 1.7);
        mean += x[i] / 100.0;
        square += x[i] * x[i] / 100.0;
    }
    survival_bootstrap(out, 2, mean_of, x, 100, 4000, 0.95, draw, &key);
    survival_bootstrap(again, 2, mean_of, x, 100, 4000, 0.95, draw, &key);
    near(out[0].low, mean - 1.96 * sqrt((square - mean * mean) / 100.0), 0.02);
    near(out[0].high, mean + 1.96 * sqrt((square - mean * mean) / 100.0), 0.02);
    assert_true(out[0].low == again[0].low && out[0].high == again[0].high);
    assert_true(isnan(out[1].low));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_have_exact_limits),
        cmocka_unit_test(no_events_have_a_largest_rate),
        cmocka_unit_test(posteriors_are_gamma),
        cmocka_unit_test(limits_hold_at_every_size),
        cmocka_unit_test(ratios_have_exact_limits),
        cmocka_unit_test(ratios_without_events_are_open),
        cmocka_unit_test(competing_causes_match_r),
        cmocka_unit_test(without_censoring_shares_are_binomial),
        cmocka_unit_test(influences_give_the_same_errors),
        cmocka_unit_test(influences_are_derivatives),
        cmocka_unit_test(equal_weights_give_the_curve),
        cmocka_unit_test(pieces_of_a_spell_are_the_spell),
        cmocka_unit_test(tallies_add_up_over_a_grid),
        cmocka_unit_test(log_log_limits_match_r),
        cmocka_unit_test(weibull_finds_its_own),
        cmocka_unit_test(weibull_of_nothing_is_not_found),
        cmocka_unit_test(bootstrap_of_a_mean_is_normal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
