/* design.h - where worlds lie: randomised low-discrepancy points over everything that is drawn once.
 *
 * Every name that numbers are drawn for (an input, a clock's first threshold, how long it first lasts, a frailty ...) is a
 * coordinate. World k belongs to replicate k % REPLICATES; replicates are independent, so their spread tells the error of
 * any mean over worlds, whatever the design. World k is the same however many worlds there are. Where it lies in one
 * coordinate depends on that coordinate's name and on no other, but for what is said below of Sobol.
 *
 * An input takes its world's point as it stands. What is drawn for each run takes the point XORed with bits of the run's
 * own: over the worlds of a replicate a run's draws are spread as evenly as the inputs are, within a world they are
 * independent. */
#ifndef FOOTHOLD_DESIGN_H
#define FOOTHOLD_DESIGN_H
#include <stdint.h>
#include "sim/plan/plan.h"

enum design_kind {
    DESIGN_STRATIFIED, /* runs evenly through each coordinate, in an order of its own: a van der Corput sequence with
                          scrambled digits and a scrambled index */
    DESIGN_SOBOL, /* and nearly so through pairs of them: a Sobol sequence with scrambled digits. Its dimensions go by
                          the order of names, so that a new name moves the luck of those after it */
    DESIGN_MC     /* independent draws */
};

enum { REPLICATES = 32, DESIGN_BITS = 32 };

struct design {
    const struct plan *plan;
    enum design_kind kind;
    uint64_t seed;
    uint32_t *direction; /* [bit * n_coordinates + coordinate], lowest digit first; of DESIGN_SOBOL */
};

/* A plan's design for a seed. Constant once made; any thread may read it. Free with design_free. */
void design_init(struct design *design, const struct plan *plan, enum design_kind kind, uint64_t seed);
void design_free(struct design *design);

/* The point of a world: 64 bits for each of the plan's coordinates. */
void design_point(const struct design *design, uint64_t *point, uint64_t index);

/* A 52-bit uniform in the open interval (0, 1). */
static inline double design_to_uniform(uint64_t bits)
{
    const union {
        uint64_t bits;
        double x;
    } one_to_two = {bits >> 12 | UINT64_C(0x3ff0000000000000)};

    return one_to_two.x - 1.0 + 0x1p-53;
}
#endif
