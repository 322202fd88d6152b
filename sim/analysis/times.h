/* times.h - months until something first happens, from counts by bins of time. */
#ifndef FOOTHOLD_TIMES_H
#define FOOTHOLD_TIMES_H
#include "sim/analysis/estimate.h"

/* bins, sum: where the tally counts the first times of a place and sums them (struct tally_layout's loss and loss_sum, or
 * those of a deal). place: a base, or n_bases for the first of all. */
struct answer_time times_estimate(const struct counts *counts, size_t bins, size_t sum, size_t place);
#endif
