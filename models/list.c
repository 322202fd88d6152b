/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/plan/model.h"
#include <string.h>
#include "sim/scenario/scenario.h"

const struct model *const model_list[] = {
    &model_hazard,
    &model_logit,
};
const size_t model_count = sizeof model_list / sizeof *model_list;

const struct model *model_find(const char *name)
{
    for (size_t i = 0; i < model_count; i++)
        if (!strcmp(model_list[i]->name, name))
            return model_list[i];
    return NULL;
}

const struct model_schema *model_schemas(struct arena *arena)
{
    struct model_schema *schema = arena_new(arena, model_count, sizeof *schema);

    for (size_t i = 0; i < model_count; i++)
        schema[i] = (struct model_schema){model_list[i]->name, model_list[i]->field, model_list[i]->n_fields};
    return schema;
}
