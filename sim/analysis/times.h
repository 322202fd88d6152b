/* SPDX-License-Identifier: GPL-3.0-or-later */
/* times.h - months until something first happens, from counts by bins of time. */
#ifndef FOOTHOLD_TIMES_H
#define FOOTHOLD_TIMES_H
#include "sim/analysis/estimate.h"

/* at: the tally's cells for them. place: a base, or n_bases for the first of all bases. */
struct answer_time times_estimate(const struct counts *counts, const struct tally_times *at, size_t place);
#endif
