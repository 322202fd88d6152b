/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.h - one draw of all that the analyst does not know, and the clocks' coefficients that follow from it. */
#ifndef FOOTHOLD_WORLD_H
#define FOOTHOLD_WORLD_H
#include "sim/engine/design.h"

struct world {
    uint64_t *point; /* per input; of DESIGN_SOBOL, per coordinate */
    struct design_place place;
    double *value;    /* per slot */
    double *uniform;  /* per input: its rank, in (0, 1) */
    double *own;      /* per clock: ratio before effects */
    double *rate;     /* per clock with odds; per step: rate times scale, after n_clocks */
    double *factor;   /* per link: what its switch multiplies by */
    double *variance; /* per dependence */
};

void world_init(struct world *world, const struct plan *plan);
void world_free(struct world *world);

/* Draw a world: point, uniform and value. */
void world_draw(struct world *world, const struct plan *plan, const struct design *design, uint64_t index);

/* The coefficients that follow. */
void world_derive(struct world *world, const struct plan *plan);

static inline double world_step_rate(const struct world *world, const struct plan *plan, uint32_t step)
{
    return world->rate[plan->n_clocks + step];
}
#endif
