/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/jackknife.h"
#include <math.h>

/* Sum of squared deviations from the mean. */
static double sum_squares(const double *value, size_t n)
{
    double mean = 0.0, squares = 0.0;

    for (size_t i = 0; i < n; i++)
        mean += value[i];
    mean /= (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (value[i] - mean) * (value[i] - mean);
    return squares;
}

double jackknife_se(const double *without, size_t n)
{
    return n > 1 ? sqrt(sum_squares(without, n) * (double)(n - 1) / (double)n) : NAN;
}

double jackknife_batch_se(const double *single, size_t n)
{
    return n > 1 ? sqrt(sum_squares(single, n) / (double)(n - 1) / (double)n) : NAN;
}
