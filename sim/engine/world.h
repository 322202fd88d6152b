/* world.h - one draw of all that the analyst does not know, and the clocks' coefficients that follow from it. */
#ifndef FOOTHOLD_WORLD_H
#define FOOTHOLD_WORLD_H
#include <stdint.h>
#include "sim/plan/plan.h"

/* How worlds are laid out. Both: world k is the same however many worlds there are, and an input's draws do not depend on
 * what other inputs there are. */
enum design {
    DESIGN_STRATIFIED, /* each input runs evenly through its quantiles: a scrambled van der Corput sequence of its own,
                          in an order of its own (Owen 1995), repeated in independent replicates */
    DESIGN_MC          /* independent draws */
};

/* World k belongs to replicate k % REPLICATES; where nothing is uncertain, runs are dealt out instead. Replicates are
 * independent, so their spread tells the error of any mean over worlds, whatever the design. */
enum { REPLICATES = 32 };

struct world {
    double *value;    /* per slot */
    double *uniform;  /* per input: its rank, in (0, 1) */
    double *own;      /* per clock: ratio before effects */
    double *rate;     /* per clock with odds; per step: rate times scale, after n_clocks */
    double *factor;   /* per link: what its switch multiplies by */
    double *variance; /* per dependence */
};

void world_init(struct world *world, const struct plan *plan);
void world_free(struct world *world);

/* Draw the inputs of a world: value and uniform only. */
void world_draw(struct world *world, const struct plan *plan, enum design design, uint64_t seed, uint64_t index);

/* The coefficients that follow. */
void world_settle(struct world *world, const struct plan *plan);

static inline double world_step_rate(const struct world *world, const struct plan *plan, uint32_t step)
{
    return world->rate[plan->n_clocks + step];
}
#endif
