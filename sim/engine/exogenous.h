/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exogenous.h - levers and events whose comings and goings are known before a run is played.
 *
 * What nothing reaches but others that are settled has its months from its threshold and theirs alone, so they are found one
 * clock after the other, for a batch of runs at a time. What bases bear on, and what bears on itself, cannot be settled. */
#ifndef FOOTHOLD_EXOGENOUS_H
#define FOOTHOLD_EXOGENOUS_H
#include "sim/engine/path.h"

/* Whether a clock can be settled once those are whose way is CLOCK_EXOGENOUS. */
bool exogenous_qualifies(const struct path *path, uint32_t c);

/* Find walk->comes, walk->ends_by and walk->spells of all settled clocks in the runs of a batch; its frailties are drawn. */
void exogenous_resolve_batch(struct path *path);

/* A settled clock's hazard in a lane of the batch from the start to a month, as if it had not rung. */
double exogenous_hazard(const struct path *path, size_t lane, uint32_t c, double until);
#endif
