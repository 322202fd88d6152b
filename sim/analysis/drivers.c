/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Var(E[p | input]) = Var(p) - E[Var(p | input)], and the latter is what is left of p about a curve through the worlds in the
 * order of the input. It is estimated twice:
 *
 * - about straight lines in strata of the input's rank, narrower in the tails. That averages over many worlds and so is sure, also where the
 *   input has no effect; but part of the variance of a curve that bends or jumps inside a stratum is counted
 *   as residual.
 * - from each world and its two neighbours (Gasser, Sroka & Jennen-Steinmetz 1986, Residual variance and residual pattern in
 *   nonlinear regression, Biometrika 73). That follows any curve, but is less sure where other inputs have large effects.
 *
 * What the first has too much, their difference, is taken out as far as it stands out from its own noise. The only uncertain
 * input has an index of 1 to three digits or better; an input without effect has 0, with an error of about 7 / worlds. */
#include "sim/analysis/drivers.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/analysis/uncertainty.h"

/* Strata of rank: sixteenths, the outer ones halved three times. */
enum { SIXTEENTHS = 16, HALVINGS = 3, STRATA = SIXTEENTHS + 2 * HALVINGS };

static const double edge[STRATA + 1] = {0.0,         1.0 / 128.0, 1.0 / 64.0,  1.0 / 32.0,    1.0 / 16.0,  2.0 / 16.0,
                                        3.0 / 16.0,  4.0 / 16.0,  5.0 / 16.0,  6.0 / 16.0,    7.0 / 16.0,  8.0 / 16.0,
                                        9.0 / 16.0,  10.0 / 16.0, 11.0 / 16.0, 12.0 / 16.0,   13.0 / 16.0, 14.0 / 16.0,
                                        15.0 / 16.0, 31.0 / 32.0, 63.0 / 64.0, 127.0 / 128.0, 1.0};

static size_t find_stratum(double rank)
{
    size_t stratum = rank < 1.0 / SIXTEENTHS ? 0 : HALVINGS + (size_t)(rank * SIXTEENTHS);

    while (stratum + 1 < STRATA && rank >= edge[stratum + 1])
        stratum++;
    return stratum;
}

struct world_share {
    double p, local; /* local: its square about its neighbours */
    float rank;      /* of the input, in (0, 1) */
    uint32_t world, replicate;
};

/* Sums over worlds, those of each replicate, and of all. */
struct driver_sums {
    double worlds, p, squares;
    double stratum_worlds[STRATA], stratum_p[STRATA];
    double local; /* squares about neighbours: of a replicate, by how much they fall when it is left out */
};

struct driver {
    const struct counts *counts;
    size_t question;
    struct driver_sums all, replicate[REPLICATES];
};

/* Sort by rank, ties by world: ranks are nearly even, so each world starts near its place. room: as many again. */
static void sort_by_rank(struct world_share *share, struct world_share *room, size_t n)
{
    size_t *start = memory_new(n + 1, sizeof *start);

    for (size_t i = 0; i < n; i++)
        start[(size_t)(share[i].rank * (float)n * 0.999999f) + 1]++;
    for (size_t i = 0; i < n; i++)
        start[i + 1] += start[i];
    for (size_t i = 0; i < n; i++)
        room[start[(size_t)(share[i].rank * (float)n * 0.999999f)]++] = share[i];
    for (size_t i = 0; i < n; i++) {
        const struct world_share it = room[i];
        size_t to = i;

        for (; to > 0 && share[to - 1].rank > it.rank; to--)
            share[to] = share[to - 1];
        share[to] = it;
    }
    free(start);
}

static const size_t nowhere = SIZE_MAX;

/* The next world before or after one that is of another replicate. */
static size_t find_before(const struct world_share *share, size_t i, uint32_t replicate)
{
    while (i-- > 0)
        if (share[i].replicate != replicate)
            return i;
    return nowhere;
}

static size_t find_after(const struct world_share *share, size_t n, size_t i, uint32_t replicate)
{
    while (++i < n)
        if (share[i].replicate != replicate)
            return i;
    return nowhere;
}

/* The square of how far a world is off the line through two others, in units that make its mean the variance; 0 at the ends. */
static double local_square(const struct world_share *share, size_t before, size_t i, size_t after)
{
    const struct world_share *a, *b;
    double from_a, from_b, wide, off;

    if (before == nowhere || after == nowhere)
        return 0.0;
    a = &share[before];
    b = &share[after];
    from_a = (double)share[i].rank - (double)a->rank;
    from_b = (double)b->rank - (double)share[i].rank;
    if (from_a + from_b == 0.0)
        from_a = from_b = 1.0;
    wide = from_a + from_b;
    off = wide * share[i].p - from_b * a->p - from_a * b->p;
    return off * off / (wide * wide + from_a * from_a + from_b * from_b);
}

/* By how much the sum of local squares falls when a world's replicate goes: its own square, and what those of its neighbours
 * change. A neighbour between two worlds of the replicate counts once, as what stands before the latter. */
static double local_fall(const struct world_share *share, size_t n, size_t i)
{
    const uint32_t r = share[i].replicate;
    double fall = share[i].local;

    if (i > 0 && share[i - 1].replicate != r)
        fall += share[i - 1].local -
                local_square(share, find_before(share, i - 1, r), i - 1, find_after(share, n, i - 1, r));
    if (i + 1 < n && share[i + 1].replicate != r && (i + 2 == n || share[i + 2].replicate != r))
        fall += share[i + 1].local -
                local_square(share, find_before(share, i + 1, r), i + 1, find_after(share, n, i + 1, r));
    return fall;
}

static void add_world(struct driver_sums *sums, const struct world_share *share)
{
    const size_t stratum = find_stratum(share->rank);

    sums->worlds += 1.0;
    sums->p += share->p;
    sums->squares += share->p * share->p;
    sums->stratum_worlds[stratum] += 1.0;
    sums->stratum_p[stratum] += share->p;
}

static void sum_worlds(struct driver *driver, struct world_share *share, size_t n)
{
    for (size_t i = 0; i < n; i++)
        share[i].local = local_square(share, i > 0 ? i - 1 : nowhere, i, i + 1 < n ? i + 1 : nowhere);
    for (size_t i = 0; i < n; i++) {
        struct driver_sums *replicate = &driver->replicate[share[i].replicate];

        add_world(&driver->all, &share[i]);
        add_world(replicate, &share[i]);
        driver->all.local += share[i].local;
        replicate->local += local_fall(share, n, i);
    }
}

/* Worlds and the mean of p in a stratum of an input's rank, its middle and width. */
struct stratum {
    double worlds, p, middle, width;
};

/* What E[p | input] varies inside the strata, as straight lines through the means of their neighbours: slope squared / 12,
 * minus what the noise of those means adds. */
static double inside_strata(const struct stratum *stratum, size_t n, double all, double within)
{
    double sum = 0.0;

    for (size_t s = 0; s < n && n > 2; s++) {
        const struct stratum *low = &stratum[s > 0 ? s - 1 : s], *high = &stratum[s + 1 < n ? s + 1 : s];
        const double part = stratum[s].width / (high->middle - low->middle), rise = high->p - low->p;
        const double noise = within * (1.0 / low->worlds + 1.0 / high->worlds);

        sum += stratum[s].worlds / all * (rise * rise - noise) * part * part / 12.0;
    }
    return sum;
}

/* The variance of p about straight lines in strata; `total` is that about its mean. NAN with no more worlds than strata. */
static double variance_in_strata(const struct driver_sums *sums, double total)
{
    struct stratum strata[STRATA];
    double between = 0.0, within;
    size_t n = 0;

    for (size_t s = 0; s < STRATA; s++)
        if (sums->stratum_worlds[s] > 0.0)
            strata[n++] = (struct stratum){.worlds = sums->stratum_worlds[s],
                                           .p = sums->stratum_p[s] / sums->stratum_worlds[s],
                                           .middle = 0.5 * (edge[s] + edge[s + 1]),
                                           .width = edge[s + 1] - edge[s]};
    if (!(sums->worlds > (double)n))
        return NAN;
    for (size_t s = 0; s < n; s++)
        between += strata[s].worlds * pow(strata[s].p - sums->p / sums->worlds, 2.0);
    within = (total * (sums->worlds - 1.0) - between) / (sums->worlds - (double)n);
    return within - inside_strata(strata, n, sums->worlds, within);
}

static struct driver_sums leave_out(const struct driver *driver, size_t r)
{
    const struct driver_sums *part = &driver->replicate[r];
    struct driver_sums sums = driver->all;

    sums.worlds -= part->worlds;
    sums.p -= part->p;
    sums.squares -= part->squares;
    sums.local -= part->local;
    for (size_t s = 0; s < STRATA; s++) {
        sums.stratum_worlds[s] -= part->stratum_worlds[s];
        sums.stratum_p[s] -= part->stratum_p[s];
    }
    return sums;
}

static double driver_index(const struct counts *counts, size_t of, const void *what)
{
    const struct driver *driver = what;
    const struct driver_sums sums = of < REPLICATES ? leave_out(driver, of) : driver->all;
    const double noise = uncertainty_noise(counts, driver->question, of), worlds = sums.worlds;
    const double total = (sums.squares - sums.p * sums.p / worlds) / (worlds - 1.0);
    double rest = variance_in_strata(&sums, total);

    if (!(worlds > 2.0 && total > noise) || isnan(rest))
        return NAN;
    {
        /* of normal residuals the difference has a variance of about (35 / 9 - 2) / worlds of their variance squared */
        const double local = sums.local / (worlds - 2.0), excess = fmax(0.0, rest - local);
        const double chance = 1.9 * local * local / worlds, stands_out = excess * excess / (9.0 * chance);

        if (excess > 0.0)
            rest -= chance > 0.0 ? excess * stands_out * stands_out / (1.0 + stands_out * stands_out) : excess;
    }
    return 1.0 - (rest - noise) / (total - noise);
}

/* One input; share and room have a place for each world that is kept. */
static void estimate_input(const struct counts *counts, size_t input, const bool *measurable, struct world_share *share,
                           struct world_share *room, struct estimate *index)
{
    const struct world_stats *stats = counts->stats;
    const size_t n = (size_t)stats->n_kept;
    struct driver driver;

    for (size_t w = 0; w < n; w++)
        share[w] = (struct world_share){.rank = stats->kept_rank[input * WORLD_STATS_KEPT + w],
                                        .world = (uint32_t)w,
                                        .replicate = (uint32_t)(w % REPLICATES)};
    sort_by_rank(share, room, n);
    for (size_t q = 0; q < stats->n_questions; q++) {
        index[q] = (struct estimate){NAN, NAN, 0};
        if (!measurable[q])
            continue;
        for (size_t i = 0; i < n; i++)
            share[i].p = stats->kept[q * WORLD_STATS_KEPT + share[i].world];
        driver = (struct driver){.counts = counts, .question = q};
        sum_worlds(&driver, share, n);
        index[q] = estimate_jackknife(counts, driver_index, &driver);
        index[q].value = fmin(1.0, fmax(0.0, index[q].value));
    }
}

void drivers_estimate(const struct counts *counts, struct estimate *index)
{
    const struct world_stats *stats = counts->stats;
    const size_t n = (size_t)stats->n_kept, questions = stats->n_questions;
    struct world_share *share = memory_new(n, sizeof *share), *room = memory_new(n, sizeof *room);
    bool *measurable = memory_new(questions, sizeof *measurable);

    for (size_t q = 0; q < questions; q++)
        measurable[q] = uncertainty_is_measurable(counts, q);
    for (size_t i = 0; i < stats->n_inputs; i++)
        estimate_input(counts, i, measurable, share, room, index + i * questions);
    free(measurable);
    free(room);
    free(share);
}
