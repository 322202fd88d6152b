/* SPDX-License-Identifier: GPL-3.0-or-later */
/* uncertainty.h - input uncertainty (epistemic) separated from chance (aleatory), and which inputs it comes from.
 *
 * A world is one draw of the inputs; its probability p is a conditional expectation given the inputs. What is simulated is the share of N
 * runs of the world, whose variance between worlds is Var(p) plus E[p (1 - p)] / N. Var(p) is found by subtracting the noise term
 * (one-way analysis of variance), and the quantiles of p by shrinking, or deconvolving, the distribution of the shares. */
#ifndef FOOTHOLD_UNCERTAINTY_H
#define FOOTHOLD_UNCERTAINTY_H
#include "sim/analysis/estimate.h"
#include "sim/math/deconvolve.h"

/* The distribution over worlds of a column's probability (columns: questions, then base x state). NAN with fewer than two worlds, or with
 * one run a world, from which chance cannot be separated. deconvolve: for this number of runs a world; NULL when it is so large that
 * shrinking alone is accurate. */
struct answer_spread uncertainty_spread(const struct counts *counts, struct deconvolve *deconvolve, size_t column);

/* The variance that finitely many runs leave in a world's share of a column, of a choice of replicates (estimate.h). */
double uncertainty_noise(const struct counts *counts, size_t column, size_t of);

/* Whether a column's variance over worlds is above twice its error. */
bool uncertainty_is_measurable(const struct counts *counts, size_t column);
#endif
