/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/times.h"
#include <math.h>

struct cells {
    const struct tally_times *at;
    size_t place;
    double level;
};

static double count_happened(const struct counts *counts, const struct cells *cells, size_t of)
{
    double n = 0.0;

    for (size_t bin = 0; bin < TALLY_BINS; bin++)
        n += counts_of(counts, tally_bin(cells->at, cells->place, bin), of);
    return n;
}

/* The place x in a bin by which a share of its times has come, where their density is 1 + slope (x - 1/2): the root of
 * x + slope (x^2 - x) / 2 = share. */
static double share_of_bin(double slope, double share)
{
    const double half = 1.0 - 0.5 * slope;

    return 2.0 * share / (half + sqrt(half * half + 2.0 * slope * share));
}

/* The time inside a bin by which a share of its times has come. Where they fill the bin their density is taken to be a straight
 * line with their mean, so that what is off goes by its curvature; else, as of a fixed date, they are taken to be even about their
 * mean with their spread. A straight line has a variance of 1/18 at least. */
static double count_inside(const struct counts *counts, const struct cells *cells, size_t bin, double share, size_t of)
{
    const size_t cell = tally_bin(cells->at, cells->place, bin);
    const double n = counts_of(counts, cell, of);
    const double mean = counts_of(counts, cell + 1, of) / n, square = counts_of(counts, cell + 2, of) / n;
    const double variance = fmax(0.0, square - mean * mean), slope = 12.0 * (mean - 0.5);
    double place = mean + sqrt(3.0 * variance) * (2.0 * share - 1.0);

    if (variance >= 1.0 / 18.0 && fabs(slope) < 2.0)
        place = share_of_bin(slope, share);
    return tally_month(counts->tally, (double)bin + fmin(1.0, fmax(0.0, place)));
}

/* The month by which it has happened in a share `level` of runs; NAN when it happens in fewer by the horizon. */
static double quantile_month(const struct counts *counts, size_t of, const void *what)
{
    const struct cells *cells = what;
    const double wanted = cells->level * counts_of(counts, counts->tally->at.runs, of);
    double seen = 0.0;

    for (size_t bin = 0; bin < TALLY_BINS; bin++) {
        const double here = counts_of(counts, tally_bin(cells->at, cells->place, bin), of);

        if (here > 0.0 && seen + here >= wanted)
            return count_inside(counts, cells, bin, (wanted - seen) / here, of);
        seen += here;
    }
    return NAN;
}

static double mean_month(const struct counts *counts, size_t of, const void *what)
{
    const struct cells *cells = what;
    const double n = count_happened(counts, cells, of);

    return n > 0.0 ? counts->plan->horizon * counts_of(counts, cells->at->months + cells->place, of) / n : NAN;
}

static struct estimate by_horizon(const struct counts *counts, const struct cells *cells)
{
    uint64_t yes[REPLICATES] = {0}, n[REPLICATES];
    struct estimate estimate = {.n = tally_counted(counts->tally, counts->tally->at.runs)};

    for (size_t r = 0; r < REPLICATES; r++) {
        const uint64_t *block = tally_block(counts->tally, r);

        n[r] = block[counts->tally->at.runs];
        for (size_t bin = 0; bin < TALLY_BINS; bin++)
            yes[r] += block[tally_bin(cells->at, cells->place, bin)];
    }
    estimate.value = tally_share_of(yes, n, &estimate.se);
    return estimate;
}

struct answer_time times_estimate(const struct counts *counts, const struct tally_times *at, size_t place)
{
    struct cells cells = {at, place, 0.0};
    struct answer_time time = {.by_horizon = by_horizon(counts, &cells),
                               .mean = estimate_jackknife(counts, mean_month, &cells)};

    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        struct estimate estimate;

        cells.level = answer_level[i];
        estimate = estimate_batches(counts, quantile_month, &cells);
        time.quantile[i] = estimate.value;
        time.se[i] = estimate.se;
    }
    return time;
}
