/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exogenous.h - levers and events whose times are known before a run is simulated.
 *
 * A clock is exogenous if only exogenous clocks influence it (by an effect, or because it requires them): no base does, and it does
 * not influence itself by a detour. Its firing times then follow from its own threshold and theirs. Such clocks are resolved in
 * topological order, one after the other, for a batch of up to PATH_BATCH runs at a time: the same few operations on 64 numbers
 * vectorise, and the simulation itself is left with the bases and with what they influence (of the 38 clocks of
 * scenarios/syria/2024-12.cfg 24 are exogenous). A clock that goes by the month alone
 * (`at`, `on`) and has to wait for something is not resolved here: a month that passes while it waits is lost.
 *
 * Method. L(t) is a clock's cumulative baseline hazard, E its threshold. Where nothing influences it before it fires, the month is
 * L^-1(E / r) with r its ratio at the start. For a date distribution G with chance p, L(t) = -ln(1 - p G(t)); with E = -ln U, U
 * uniform, and r = 1 the month is G^-1((1 - U) / p), without a logarithm. Where an influence changes first, or a frailty or a
 * requirement is involved, the time is gone through piece by piece: find_influence gives the ratio at a month and until when it holds.
 *
 * Example. Money requires the lifting of sanctions and has rate 0.1; sanctions go at month 7 for good and E = 0.3: money comes
 * at month 7 + 0.3 / 0.1 = 10.
 *
 * Invariant. With the same thresholds a path would find the same times, but for rounding (tests/test_exogenous.c: to 1e-9
 * months): whether a clock is exogenous moves no result. */
#ifndef FOOTHOLD_EXOGENOUS_H
#define FOOTHOLD_EXOGENOUS_H
#include "sim/engine/path.h"

/* Whether a clock can be resolved once those are whose method is CLOCK_EXOGENOUS. */
bool exogenous_qualifies(const struct path *path, uint32_t c);

/* Fill path->times, of all exogenous clocks in the runs of a batch; frailties are drawn. */
void exogenous_resolve_batch(struct path *path);

/* An exogenous clock's cumulative hazard in a lane of the batch from the start to a month, as if it had not fired. */
double exogenous_hazard(const struct path *path, size_t lane, uint32_t c, double until);
#endif
