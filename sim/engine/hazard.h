/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hazard.h - cumulative baseline hazards of clocks, and their inverses: the months where they reach an amount.
 *
 * Before any ratio is applied (path.h). Example: with rate 0.1 up to month 6 and 0.2 from then on the hazard by month 8 is 0.6 + 0.4 = 1,
 * and 8 is the month that hazard_inverse_steps gives for 1. */
#ifndef FOOTHOLD_HAZARD_H
#define FOOTHOLD_HAZARD_H
#include "sim/engine/world.h"

/* Rates that change with time, from month 0; INFINITY: never. */
double hazard_inverse_steps(const struct plan *plan, const struct world *world, struct span steps, double amount);

/* Their hazard from month 0 up to a month. */
double hazard_steps(const struct plan *plan, const struct world *world, struct span steps, double month);

/* A clock's cumulative baseline hazard from the start to a month; of one that goes by the month alone there is none. */
double hazard_at(const struct plan *plan, const struct world *world, uint32_t c, double month);

/* The chance of a dated clock; 1 where it has none. */
double hazard_chance(const struct world *world, const struct plan_clock *clock);

/* The same up to a month but without what a date that can be that very month adds to it: what has changed a clock in a month
 * changes that too. */
double hazard_before(const struct plan *plan, const struct world *world, uint32_t c, double month);

/* L(t) = -ln(1 - p G(t)) of a dated clock; before: of its limit from below, p P(date < t). */
double hazard_date(const struct world *world, const struct plan_clock *clock, double month);
double hazard_date_before(const struct world *world, const struct plan_clock *clock, double month);

enum { HAZARD_MOST = 64 }; /* so many at once */

/* The months by which shares u of a date's chance have passed, n of them; beyond all of it: never, or its end where it must
 * come. */
void hazard_inverse_shares(const struct plan_clock *clock, const double *u, double *month, size_t n, bool certain);

/* The month where a dated clock's hazard, `passed` by now, has grown by the amount. */
double hazard_inverse_date(const struct world *world, const struct plan_clock *clock, double now, double passed,
                           double amount);

/* A month that is past fires no more; but what began before as_of is there from the start. */
double hazard_inverse_at(const struct world *world, const struct plan_clock *clock, double now);

/* The month a lever or event ends that comes at one; the uniform says for how long it lasts. */
double hazard_end(const struct world *world, const struct plan_clock *clock, double month, double uniform);

/* The same of n that come at months; INFINITY for what does not come by the horizon. */
void hazard_ends(const struct world *world, const struct plan_clock *clock, const double *month, double *end,
                 const double *uniform, size_t n, double horizon);
#endif
