#include "sim/analysis/times.h"
#include <math.h>

struct cells {
    size_t bins, sum;
    double level;
};

static double happened(const struct counts *counts, size_t bins, size_t of)
{
    double n = 0.0;

    for (size_t bin = 0; bin < TALLY_BINS; bin++)
        n += counts_of(counts, bins + bin, of);
    return n;
}

/* The month by which a share `level` of runs have seen it, linear inside a bin; NAN when fewer see it by the horizon. */
static double quantile(const struct counts *counts, size_t of, const void *what)
{
    const struct cells *cells = what;
    const double wanted = cells->level * counts_of(counts, counts->tally->at.runs, of);
    const double width = counts->plan->horizon / TALLY_BINS;
    double seen = 0.0;

    for (size_t bin = 0; bin < TALLY_BINS; bin++) {
        const double here = counts_of(counts, cells->bins + bin, of);

        if (here > 0.0 && seen + here >= wanted)
            return width * ((double)bin + (wanted - seen) / here);
        seen += here;
    }
    return NAN;
}

static double mean(const struct counts *counts, size_t of, const void *what)
{
    const struct cells *cells = what;
    const double n = happened(counts, cells->bins, of);

    return n > 0.0 ? counts_of(counts, cells->sum, of) * 0x1p-20 / n : NAN;
}

static struct estimate by_horizon(const struct counts *counts, size_t bins)
{
    uint64_t yes[REPLICATES] = {0}, n[REPLICATES];
    struct estimate estimate = {.n = counts->tally_total[counts->tally->at.runs]};

    for (size_t r = 0; r < REPLICATES; r++) {
        const uint64_t *block = tally_block(counts->tally, r);

        n[r] = block[counts->tally->at.runs];
        for (size_t bin = 0; bin < TALLY_BINS; bin++)
            yes[r] += block[bins + bin];
    }
    estimate.value = tally_share_of(counts->plan, yes, n, &estimate.se);
    return estimate;
}

struct answer_time times_estimate(const struct counts *counts, size_t bins, size_t sum, size_t place)
{
    struct cells cells = {bins + place * TALLY_BINS, sum + place, 0.0};
    struct answer_time time = {.by_horizon = by_horizon(counts, cells.bins),
                               .mean = estimate_jackknife(counts, mean, &cells)};

    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        struct estimate estimate;

        cells.level = answer_level[i];
        estimate = estimate_batches(counts, quantile, &cells);
        time.quantile[i] = estimate.value;
        time.se[i] = estimate.se;
    }
    return time;
}
