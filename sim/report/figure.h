/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure.h - numbers as people read them: no more digits than their error supports, and bars.
 *
 * Probabilities are told in percent. Strings live in the arena. */
#ifndef FOOTHOLD_FIGURE_H
#define FOOTHOLD_FIGURE_H
#include <stdint.h>
#include "sim/analysis/answer.h"

/* "57.3", "<0.01", "100"; "-" for NAN. se: of the probability. */
const char *figure_percent(struct arena *arena, double p, double se);

/* "+4.2", "-17": a difference of probabilities, in points. */
const char *figure_points(struct arena *arena, double difference, double se);

/* "0.2": a standard error in percent or points, never rounded down to nothing. */
const char *figure_error(struct arena *arena, double se);

/* "44 to 75": from one probability to another, in percent; se: the larger of their errors. */
const char *figure_range(struct arena *arena, double low, double high, double se);

/* "9.4" months; "-" for NAN. */
const char *figure_months(struct arena *arena, double months, double se);

/* "2,048,000". */
const char *figure_count(struct arena *arena, uint64_t n);

/* A bar to p of 1, so many columns wide, that shades the band from low to high: ███▓▓▓░░░····. */
const char *figure_band(struct arena *arena, int columns, double p, double low, double high);

/* A small bar to share of 1, in eighths of a column, no longer than it needs: ███▌. */
const char *figure_bar(struct arena *arena, int columns, double share);
#endif
