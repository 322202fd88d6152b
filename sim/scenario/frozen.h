/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frozen.h - a forecast as an earlier run left it: its summary.csv, and the scenario from the manifest.json beside it. */
#ifndef FOOTHOLD_FROZEN_H
#define FOOTHOLD_FROZEN_H
#include "sim/scenario/scenario.h"

struct frozen_row {
    const char *target, *location, *type, *type_id;
    double horizon, value, se; /* NAN: NA */
    struct place at;           /* of the value */
};

struct frozen {
    struct arena arena;
    struct scenario *scenario; /* of the manifest */
    struct frozen_row *row;
    size_t n, capacity;
};

/* Read PATH, which ends in .csv; model: what its scenario may be played by. Mistakes go to diag, also probabilities outside 0 to 1,
 * distributions that sum to more than 1, and rows that are there twice. Free with frozen_free in any case. */
void frozen_read(struct frozen *frozen, const char *path, const struct model_schema *model, size_t n_models,
                 struct diag *diag);
void frozen_free(struct frozen *frozen);

/* The row of a target, a place (a base or "all"), a type (mean, pmf) and its id; NULL: none. */
const struct frozen_row *frozen_find(const struct frozen *frozen, const char *target, const char *location,
                                     const char *type, const char *type_id);
#endif
