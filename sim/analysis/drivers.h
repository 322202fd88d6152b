/* SPDX-License-Identifier: GPL-3.0-or-later */
/* drivers.h - which uncertain inputs the input uncertainty of a question comes from. */
#ifndef FOOTHOLD_DRIVERS_H
#define FOOTHOLD_DRIVERS_H
#include "sim/analysis/estimate.h"

/* First-order indices, index[input * n_questions + question], inside [0, 1]: the share of the variance of p over worlds
 * that goes when the input is known (Sobol 1993, Sensitivity estimates for nonlinear mathematical models). From the worlds that
 * are kept; error by the jackknife over replicates. NAN where no input uncertainty is measurable. */
void drivers_estimate(const struct counts *counts, struct estimate *index);
#endif
