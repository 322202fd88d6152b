/* SPDX-License-Identifier: GPL-3.0-or-later */
/* design.h - where worlds lie: randomised low-discrepancy points over everything that is drawn once.
 *
 * World k belongs to replicate k % REPLICATES; replicates are independent, so the error of any mean over worlds is estimated from
 * how they differ, whatever the design (randomised quasi-Monte Carlo: Owen 1998, Scrambling Sobol' and Niederreiter-Xing points,
 * J. Complexity 14). World k is the same however many worlds there are. Where it lies in one coordinate depends on that coordinate's
 * name and on no other, but for what is said below of Sobol.
 *
 * Invariant: of the points of a replicate, any aligned 2^m in a row (k / REPLICATES from j 2^m on) lie one in each of the 2^m equal
 * strata of every coordinate (not so of DESIGN_MC). Example: of worlds 0, 32, 64 and 96 one lies in each quarter of every coordinate.
 *
 * Coordinates are the inputs, and every name for which each run draws something once (a clock's first threshold, how long it
 * first lasts, a frailty ...). An input takes its world's point as it stands. What a run draws is spread as evenly over the
 * worlds of a replicate (design_first, design_place.h):
 *
 * - stratified: in an order of that run and name. So the runs of one world are to each other as two coordinates are,
 *   independent given the inputs, and their variance within worlds shows how noisy a world's mean is.
 * - sobol: by the point of that name, XORed with bits of the run's own, so that it keeps even with the inputs. But two runs
 *   then differ by the same pattern in every world of a replicate: no number of worlds would separate noise from input
 *   uncertainty by the variance within worlds, so that a sample of its own is played for that (play.h). */
#ifndef FOOTHOLD_DESIGN_H
#define FOOTHOLD_DESIGN_H
#include "sim/engine/design_place.h"
#include "sim/plan/plan.h"

enum design_kind {
    DESIGN_STRATIFIED, /* runs evenly through each coordinate, in an order of its own: a van der Corput sequence with
                          scrambled digits and a scrambled index */
    DESIGN_SOBOL, /* and nearly so through pairs of them: a Sobol sequence with scrambled digits, direction numbers of Joe & Kuo
                     (2008, SIAM J. Sci. Comput. 30). Its dimensions go by the order of names, so that a new name moves the
                     numbers of those after it */
    DESIGN_MC /* independent draws */
};

struct design {
    const struct plan *plan;
    enum design_kind kind;
    bool own_orders; /* what runs draw goes by orders of their own in any design */
    uint64_t seed;
    uint32_t *direction; /* [bit * n_coordinates + coordinate], lowest digit first; of DESIGN_SOBOL */
};

/* A plan's design for a seed. Constant once made; any thread may read it. Free with design_free. */
void design_init(struct design *design, const struct plan *plan, enum design_kind kind, uint64_t seed);
void design_free(struct design *design);

/* The point of a world: 64 bits for each of the plan's inputs; of DESIGN_SOBOL, for each of its coordinates. */
void design_point(const struct design *design, uint64_t *point, uint64_t index);

/* The place of a world. point: its design_point, used as long as the place is. */
struct design_place design_place(const struct design *design, const uint64_t *point, uint64_t index);
#endif
