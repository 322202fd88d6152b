/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model.h - how bases are kept or lost: one table a model.
 *
 * Levers and events are simulated in the same way for every model. A model either lets the bases move by the scenario's
 * transition clocks (it has `balance_ratio`), or decides them itself once levers and events are known (it has `decide`).
 * A new model is one file with such a table and one line in list.c. */
#ifndef FOOTHOLD_MODEL_H
#define FOOTHOLD_MODEL_H
#include <stddef.h>
#include "sim/scenario/field.h"

struct history;
struct stream;
struct model_schema;
struct plan;
struct arena;

struct model {
    const char *name, *summary, *paper;
    const struct field *field;
    size_t n_fields;
    /* The ratio on a transition of `pull` when the balance of the actors' positions stands, or moves, by so many points:
     * of B - 50 at the start, of what a lever moves while it is on. A product over shifts equals the ratio of their sum. */
    double (*balance_ratio)(double pull, double points);
    /* Add the bases' moves to a history with its levers and events. value: the world's numbers. Pure except for the draws from stream. */
    void (*decide)(const struct plan *plan, const double *value, const struct stream *stream, struct history *history);
};

extern const struct model model_hazard, model_logit;

/* All models, in the order `foothold models` lists them. */
extern const struct model *const model_list[];
extern const size_t model_count;

const struct model *model_find(const char *name); /* NULL: none of that name */

/* The schema of each, for reading scenarios, in that order. */
const struct model_schema *model_schemas(struct arena *arena);
#endif
