#include "sim/analysis/estimate.h"
#include <math.h>

struct estimate estimate_share(const struct tally *tally, size_t cell)
{
    struct estimate estimate = {.n = tally_total(tally, tally->at.runs)};

    estimate.value = tally_share(tally, cell, &estimate.se);
    return estimate;
}

struct estimate estimate_jackknife(const struct tally *tally, const void *data, estimate_statistic *statistic,
                                   const void *what)
{
    struct estimate estimate = {.value = statistic(data, REPLICATES, what),
                                .se = NAN,
                                .n = tally_total(tally, tally->at.runs)};
    double mean = 0.0, sum = 0.0, left_out[REPLICATES];
    size_t n = 0;

    for (size_t r = 0; r < REPLICATES; r++) {
        if (!tally_block(tally, r)[tally->at.runs])
            continue;
        left_out[n] = statistic(data, r, what);
        mean += left_out[n++];
    }
    if (n < 2)
        return estimate;
    mean /= (double)n;
    for (size_t i = 0; i < n; i++)
        sum += (left_out[i] - mean) * (left_out[i] - mean);
    estimate.se = sqrt(sum * (double)(n - 1) / (double)n);
    return estimate;
}
