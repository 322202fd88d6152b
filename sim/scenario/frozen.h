/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frozen.h - a forecast from an earlier run: its summary.csv, and the scenario from the manifest.json in the same folder. */
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

/* Read PATH, which ends in .csv. model: all models that its scenario may use. Mistakes go to diag, among them probabilities outside 0 to
 * 1, distributions that sum to more than 1, and repeated rows. Free with frozen_free in any case. */
void frozen_read(struct frozen *frozen, const char *path, const struct model_schema *model, size_t n_models,
                 struct diag *diag);
void frozen_free(struct frozen *frozen);

/* The row of a target, location (a base or "all"), type (mean, pmf) and type id; NULL when there is none. */
const struct frozen_row *frozen_find(const struct frozen *frozen, const char *target, const char *location,
                                     const char *type, const char *type_id);
#endif
