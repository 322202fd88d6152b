/* SPDX-License-Identifier: GPL-3.0-or-later */
#define design_to_uniform uncounted_to_uniform
#include "../../../../../sim/engine/design_place.h"
#undef design_to_uniform
#ifndef FOOTHOLD_COUNTED_DESIGN_PLACE_H
#define FOOTHOLD_COUNTED_DESIGN_PLACE_H
#include "../../count.h"

static inline double design_to_uniform(uint64_t bits)
{
    count_uniforms++;
    return uncounted_to_uniform(bits);
}
#endif
