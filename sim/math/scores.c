/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/math/scores.h"
#include <math.h>

double score_brier(const double *p, size_t k, size_t o)
{
    double sum = 0.0;

    for (size_t i = 0; i < k; i++)
        sum += (p[i] - (i == o)) * (p[i] - (i == o));
    return k == 2 ? 0.5 * sum : sum;
}

double score_log(const double *p, size_t k, size_t o)
{
    (void)k;
    if (!(p[o] > 0.0))
        return INFINITY;
    return p[o] < 1.0 ? -log(p[o]) : 0.0; /* -log(1) would be -0 */
}

double score_rps(const double *p, size_t k, size_t o)
{
    double sum = 0.0, below = 0.0;

    for (size_t i = 0; i + 1 < k; i++) {
        below += p[i];
        sum += (below - (o <= i)) * (below - (o <= i));
    }
    return k > 1 ? sum / (double)(k - 1) : 0.0;
}

/* A tenth belongs to the bin that it begins. Few tenths are exact in floating point, and computed answers are rounded, so a value within
 * SCORE_EDGE of a tenth counts as it: 0.3 is in the bin 30 to 40 %, however it was computed. */
static size_t bin_of(double p)
{
    const double at = floor((p + SCORE_EDGE) * SCORE_BINS);

    return at < SCORE_BINS ? (size_t)fmax(at, 0.0) : SCORE_BINS - 1;
}

struct calibration score_calibration(const double *p, const bool *came, size_t n)
{
    struct calibration out = {.n = n};
    double rate;

    if (!n) {
        out.brier = out.reliability = out.resolution = out.uncertainty = out.within = NAN;
        return out;
    }
    for (size_t i = 0; i < n; i++) {
        const size_t at = bin_of(p[i]);

        out.bin[at].n++;
        out.bin[at].came += came[i];
        out.bin[at].forecast += p[i];
        out.came += came[i];
        out.brier += (p[i] - came[i]) * (p[i] - came[i]) / (double)n;
    }
    rate = (double)out.came / (double)n;
    out.uncertainty = rate * (1.0 - rate);
    for (size_t b = 0; b < SCORE_BINS; b++) {
        struct calibration_bin *bin = &out.bin[b];
        const double share = (double)bin->n / (double)n, here = (double)bin->came / (double)bin->n;

        if (!bin->n)
            continue;
        bin->forecast /= (double)bin->n;
        out.reliability += share * (bin->forecast - here) * (bin->forecast - here);
        out.resolution += share * (here - rate) * (here - rate);
    }
    out.within = out.brier - (out.reliability - out.resolution + out.uncertainty);
    return out;
}
