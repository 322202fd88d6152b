/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/baserate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/engine/stream.h"

const double baserate_confidence = 0.95;

const char *baserate_cause(const struct baserate *it, size_t c)
{
    return c ? it->spells->cause[c - 1] : "all";
}

/* ---- one group ---- */

static void span_of(const struct baserate *it, size_t span, double *from, double *to)
{
    const double *grid = it->settings.grid;

    *from = span ? grid[span - 1] : 0.0;
    *to = span && span < it->settings.n_grid ? grid[span] : INFINITY;
}

static void estimate_rates(struct baserate *it, struct baserate_group *group)
{
    const size_t m = 1 + it->n_causes;
    double *events = memory_new(it->spells->n_causes + 1, sizeof *events);

    group->rate = arena_new(&it->arena, it->n_spans * m, sizeof *group->rate);
    for (size_t span = 0; span < it->n_spans; span++) {
        double from, to, exposure, all = 0.0;

        span_of(it, span, &from, &to);
        exposure = survival_tally(&group->spells, from, to, events);
        for (size_t k = 0; k < it->spells->n_causes; k++)
            all += events[k];
        for (size_t c = 0; c < m; c++) {
            const double d = c ? events[c - 1] : all;
            struct baserate_rate *rate = &group->rate[span * m + c];

            *rate = (struct baserate_rate){.from = from, .to = to, .events = d, .exposure = exposure};
            rate->rate = rate->p05 = rate->p50 = rate->p95 = rate->limits.low = rate->limits.high = NAN;
            if (!(exposure > 0.0))
                continue;
            rate->rate = d / exposure;
            rate->limits = survival_rate_limits(d, exposure, baserate_confidence);
            rate->p05 = survival_rate_posterior(d, exposure, 0.05);
            rate->p50 = survival_rate_posterior(d, exposure, 0.50);
            rate->p95 = survival_rate_posterior(d, exposure, 0.95);
        }
    }
    free(events);
}

static void estimate_points(struct baserate *it, struct baserate_group *group)
{
    const size_t m = 1 + it->n_causes;
    double *robust = memory_new(it->spells->n_causes + 1, sizeof *robust);

    group->point = arena_new(&it->arena, it->n_points * m, sizeof *group->point);
    for (size_t i = 0; i < it->n_points; i++) {
        const double month = it->settings.grid[i + 1];

        survival_robust(robust, &group->curve, &group->spells, month);
        for (size_t c = 0; c < m; c++) {
            const struct survival_point at = survival_at(&group->curve, &group->spells, month, c);

            group->point[i * m + c] = (struct baserate_point){
                .month = month,
                .at_risk = at.at_risk,
                .value = at.value,
                .se = at.se,
                .limits = survival_limits(at.value, at.se, baserate_confidence),
                .robust = survival_limits(at.value, robust[c], baserate_confidence),
            };
        }
    }
    free(robust);
}

/* ---- bootstrap of hosts ---- */

struct resampled {
    const struct baserate *it;
    const struct baserate_group *group;
    struct key128 key;
    double *tally;  /* of each host and span: exposure, then events of each cause */
    double *sum;    /* scratch: of a span */
    double *points; /* scratch */
};

/* Sum up each host's contribution to each span, so that a replicate does not pass over the rows. */
static void tally_hosts(struct resampled *of)
{
    const size_t K = of->it->spells->n_causes, n_spans = of->it->n_spans;

    for (size_t span = 0; span < n_spans; span++) {
        double from, to;

        span_of(of->it, span, &from, &to);
        for (size_t i = 0; i < of->group->spells.n; i++) {
            const struct spell_row *row = &of->group->spells.row[i];
            double *tally = &of->tally[(row->cluster * n_spans + span) * (1 + K)];

            tally[0] += fmax(fmin(row->exit, to) - fmax(row->entry, from), 0.0);
            if (row->cause && row->exit > from && row->exit <= to)
                tally[row->cause] += 1.0;
        }
    }
}

static uint64_t draw_host(void *context, uint64_t replicate, uint64_t i)
{
    const struct resampled *of = context;
    uint64_t word[STREAM_LANES];

    stream_words(word, of->it->settings.seed, of->key,
                 (struct stream_place){.world = replicate, .group = i / STREAM_LANES, .kind = STREAM_WORLD});
    return word[i % STREAM_LANES];
}

/* All rates, then all points, in their order. */
static void compute_statistics(void *data, const double *weight, double *out)
{
    const struct resampled *of = data;
    const struct baserate *it = of->it;
    const size_t m = 1 + it->n_causes, all_causes = it->spells->n_causes;

    for (size_t span = 0; span < it->n_spans; span++) {
        double all = 0.0;

        memset(of->sum, 0, (1 + all_causes) * sizeof *of->sum);
        for (size_t h = 0; h < of->group->n_hosts; h++)
            for (size_t k = 0; weight[h] > 0.0 && k <= all_causes; k++)
                of->sum[k] += weight[h] * of->tally[(h * it->n_spans + span) * (1 + all_causes) + k];
        for (size_t k = 1; k <= all_causes; k++)
            all += of->sum[k];
        for (size_t c = 0; c < m; c++)
            *out++ = of->sum[0] > 0.0 ? (c ? of->sum[c] : all) / of->sum[0] : NAN;
    }
    survival_weighted(of->points, &of->group->spells, weight, it->settings.grid + 1, it->n_points);
    for (size_t i = 0; i < it->n_points; i++)
        for (size_t c = 0; c < m; c++)
            *out++ = of->points[i * (1 + all_causes) + c];
}

static void bootstrap_group(struct baserate *it, struct baserate_group *group)
{
    const size_t m = 1 + it->n_causes, n_rates = it->n_spans * m, n = n_rates + it->n_points * m;
    const size_t all_causes = it->spells->n_causes;
    struct limits *limits = memory_new(n, sizeof *limits);
    struct resampled of = {
        .it = it, .group = group, .key = plan_key(arena_print(&it->arena, "baserate.%s", group->name))};

    of.tally = memory_new(group->n_hosts * it->n_spans * (1 + all_causes), sizeof *of.tally);
    of.sum = memory_new(1 + all_causes, sizeof *of.sum);
    of.points = memory_new(it->n_points * (1 + all_causes) + 1, sizeof *of.points);
    tally_hosts(&of);
    survival_bootstrap(limits, n, compute_statistics, &of, group->n_hosts, it->settings.n_replicates,
                       baserate_confidence, draw_host, &of);
    for (size_t i = 0; i < n_rates; i++)
        group->rate[i].bootstrap = limits[i];
    for (size_t i = 0; i < it->n_points * m; i++)
        group->point[i].bootstrap = limits[n_rates + i];
    free(of.tally);
    free(of.sum);
    free(of.points);
    free(limits);
}

/* ---- groups ---- */

static void estimate_group(struct baserate *it, size_t g)
{
    const struct spells_group *from = &it->spells->group[g];
    struct baserate_group *group = &it->group[g];

    group->name = from->name;
    group->n = from->n;
    group->n_hosts = from->n_hosts;
    survival_sort(&group->spells, &it->arena, from->row, from->n, it->spells->n_causes, from->n_hosts);
    survival_curve(&group->curve, &it->arena, &group->spells);
    group->weibull = survival_weibull(&group->spells, baserate_confidence);
    estimate_rates(it, group);
    estimate_points(it, group);
    bootstrap_group(it, group);
}

static struct rate_ratio compare_rates(const struct baserate_rate *a, double events, double exposure)
{
    if (!(a->exposure > 0.0 && exposure > 0.0))
        return (struct rate_ratio){NAN, NAN, NAN, NAN};
    return survival_rate_ratio(a->events, a->exposure, events, exposure, baserate_confidence);
}

/* Of all causes, over all time. */
static void compare_groups(struct baserate *it)
{
    const struct baserate_rate *all = &it->group[0].rate[0];

    for (size_t g = 1; g < it->n_groups; g++)
        if (!it->reference || it->group[g].rate[0].exposure > it->group[it->reference].rate[0].exposure)
            it->reference = g;
    for (size_t g = 1; g < it->n_groups; g++) {
        const struct baserate_rate *mine = &it->group[g].rate[0], *most = &it->group[it->reference].rate[0];
        const double others = all->exposure - mine->exposure;

        /* summed in another order, so the remainder may be a rounding error */
        it->group[g].to_others =
            compare_rates(mine, all->events - mine->events, others > 1e-9 * all->exposure ? others : 0.0);
        it->group[g].to_reference = compare_rates(mine, most->events, most->exposure);
    }
}

void baserate_estimate(struct baserate *it, const struct spells *spells, const struct baserate_settings *settings)
{
    *it = (struct baserate){.spells = spells, .settings = *settings};
    it->n_causes = spells->n_causes > 1 ? spells->n_causes : 0;
    it->n_spans = 1 + settings->n_grid;
    it->n_points = settings->n_grid - 1;
    it->n_groups = spells->n_groups;
    it->group = arena_new(&it->arena, it->n_groups, sizeof *it->group);
    for (size_t g = 0; g < it->n_groups; g++)
        estimate_group(it, g);
    compare_groups(it);
}

void baserate_free(struct baserate *it)
{
    arena_free(&it->arena);
}
