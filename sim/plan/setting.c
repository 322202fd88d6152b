/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setting.c - the model's own fields, one value for each base. */
#include <math.h>
#include <string.h>
#include "sim/plan/model.h"
#include "sim/plan/lookup.h"
#include "sim/plan/value.h"

static struct range range_of(struct compiler *compiler, const struct field *field)
{
    return (struct range){.low = field->low,
                          .high = field->high,
                          .what = arena_print(compiler->arena, "within %g to %g", field->low, field->high),
                          .hint = field->help};
}

static void compile_setting(struct compiler *compiler, const struct model_setting *source, struct plan_setting *setting)
{
    const struct field *field = source->field;
    const struct range range = range_of(compiler, field);
    struct plan *plan = compiler->plan;
    long state;

    switch (field->kind) {
    case FIELD_QUANTITY:
        setting->slot = compile_value(compiler, &source->quantity, &range);
        break;
    case FIELD_MONTH:
        setting->month = compile_distribution(compiler, &source->quantity, &range_month);
        break;
    case FIELD_STATE:
        state =
            source->state.text ? lookup_require(compiler, &compiler->states, source->state, source->path, "state") : -1;
        setting->state = state < 0 ? UINT32_MAX : compiler->states.original[state];
        break;
    case FIELD_BY_CLOCK:
    case FIELD_BY_TRANSITION:
        if (!setting->by_factor) {
            setting->by_factor = arena_new(compiler->arena, plan->n_factors, sizeof *setting->by_factor);
            for (size_t f = 0; f < plan->n_factors; f++)
                setting->by_factor[f] = NO_SLOT;
        }
        for (size_t i = 0; i < source->keyed.n; i++) {
            const struct keyed_quantity *item = &source->keyed.item[i];
            const long f =
                lookup_require(compiler, &compiler->factors, item->key, item->quantity.path, "lever or event");

            if (f >= 0)
                setting->by_factor[f] = compile_value(compiler, &item->quantity, &range);
        }
    }
}

static void copy_by_factor(struct compiler *compiler, struct plan_setting *setting)
{
    slot_t *copy = arena_new(compiler->arena, compiler->plan->n_factors, sizeof *copy);

    if (setting->by_factor && compiler->plan->n_factors)
        memcpy(copy, setting->by_factor, compiler->plan->n_factors * sizeof *copy);
    setting->by_factor = setting->by_factor ? copy : NULL;
}

/* A field's values: the general ones, then those given for single bases, which replace them. */
static void compile_field(struct compiler *compiler, size_t f)
{
    struct plan *plan = compiler->plan;
    const struct scenario *scenario = compiler->scenario;
    const struct field *field = &plan->model->field[f];
    struct plan_setting general = {.slot = NO_SLOT, .state = UINT32_MAX};

    for (size_t i = 0; i < scenario->n_settings; i++)
        if (scenario->setting[i].field == field && !scenario->setting[i].base.text)
            compile_setting(compiler, &scenario->setting[i], &general);
    for (uint32_t b = 0; b < plan->n_bases; b++) {
        struct plan_setting *setting = &plan->setting[f * plan->n_bases + b];

        *setting = general;
        copy_by_factor(compiler, setting);
        for (size_t i = 0; i < scenario->n_settings; i++)
            if (scenario->setting[i].field == field && scenario->setting[i].base.text &&
                !strcmp(scenario->setting[i].base.text, plan->base[b].id))
                compile_setting(compiler, &scenario->setting[i], setting);
    }
}

static void check_setting(struct compiler *compiler, const struct model_setting *setting)
{
    if (setting->base.text)
        lookup_require(compiler, &compiler->bases, setting->base,
                       arena_print(compiler->arena, "%s.bases", setting->model), "base");
    if (strcmp(setting->model, compiler->plan->model->name) && compiler->scenario->n_models == 1)
        diag_warning(compiler->diag, setting->place, NULL, "%s: the model in use, %s, does not read it", setting->path,
                     compiler->plan->model->name);
}

void compile_settings(struct compiler *compiler)
{
    struct plan *plan = compiler->plan;

    for (size_t i = 0; i < compiler->scenario->n_settings; i++)
        check_setting(compiler, &compiler->scenario->setting[i]);
    compiler->note = NULL;
    plan->setting = arena_new(compiler->arena, plan->model->n_fields * plan->n_bases, sizeof *plan->setting);
    for (size_t f = 0; f < plan->model->n_fields; f++)
        if (plan->model->field[f].place == FIELD_OF_MODEL)
            compile_field(compiler, f);
}
