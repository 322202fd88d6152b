/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summarise.h - from the counts of a simulation to its answer. */
#ifndef FOOTHOLD_SUMMARISE_H
#define FOOTHOLD_SUMMARISE_H
#include "sim/analysis/answer.h"
#include "sim/engine/play.h"

/* The answer of an arm that was simulated; needs at least one run. Borrows strings from the plan's scenario; free with
 * answer_free. */
struct answer *summarise(const struct plan *plan, const struct play_result *result, size_t arm, uint64_t n_runs);
void answer_free(struct answer *answer);
#endif
