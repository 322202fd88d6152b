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
    return p[o] > 0.0 ? -log(p[o]) : INFINITY;
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

struct calibration score_calibration(const double *p, const bool *came, size_t n)
{
    struct calibration out = {.n = n};
    double rate;

    for (size_t i = 0; i < n; i++) {
        const size_t at = p[i] < 1.0 ? (size_t)(p[i] * SCORE_BINS) : SCORE_BINS - 1;

        out.bin[at].n++;
        out.bin[at].came += came[i];
        out.bin[at].forecast += p[i];
        out.came += came[i];
        out.brier += (p[i] - came[i]) * (p[i] - came[i]) / (double)n;
    }
    rate = n ? (double)out.came / (double)n : NAN;
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
