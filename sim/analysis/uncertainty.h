/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doubt.h - what the analyst does not know, apart from what chance decides; and which inputs it comes from. */
#ifndef FOOTHOLD_DOUBT_H
#define FOOTHOLD_DOUBT_H
#include "sim/analysis/estimate.h"
#include "sim/math/deconvolve.h"

/* How a column's probability (a question, then base x state) spreads over worlds. NAN with fewer than two worlds, or with
 * one run a world, which cannot tell chance from ignorance. deconvolve: for the runs a world, or NULL when they are so many that
 * their noise is drawn in well enough. */
struct answer_spread uncertainty_spread(const struct counts *counts, struct deconvolve *deconvolve, size_t column);

/* First-order index of an input on a question: the share of the variance of p that goes when the input is known. */
struct estimate uncertainty_driver(const struct counts *counts, size_t input, size_t question);
#endif
