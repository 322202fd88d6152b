/* SPDX-License-Identifier: GPL-3.0-or-later */
/* models - the models, their fields, ranges, defaults and papers. */
#include <math.h>
#include <stdio.h>
#include "sim/plan/model.h"
#include "sim/command/command.h"
#include "sim/report/output.h"

static void print_field(const struct model *model, const struct field *field)
{
    static const char *const shape[] = {[FIELD_QUANTITY] = "a quantity",
                                        [FIELD_MONTH] = "a date distribution",
                                        [FIELD_STATE] = "a state",
                                        [FIELD_BY_CLOCK] = "a quantity for each lever or event",
                                        [FIELD_BY_TRANSITION] = "a quantity for each transition"};
    char path[96];

    switch (field->place) {
    case FIELD_OF_MODEL:
        snprintf(path, sizeof path, "%s.%s", model->name, field->key);
        break;
    case FIELD_OF_TRANSITION:
        snprintf(path, sizeof path, "transitions.ID.%s", field->key);
        break;
    case FIELD_OF_BASE:
        snprintf(path, sizeof path, "bases.ID.%s.TRANSITION", field->key);
        break;
    case FIELD_OF_DEPENDENCE:
        snprintf(path, sizeof path, "dependence.ID.%s", field->key);
    }
    printf("  %s\n      %s\n      %s", path, field->help, shape[field->kind]);
    if (field->kind != FIELD_STATE && field->kind != FIELD_MONTH)
        printf(", %g to %g", field->low, field->high);
    printf(", %s", field->unit);
    if (isnan(field->fallback))
        putchar('\n');
    else
        printf("; %g if left out\n", field->fallback);
}

static int run(int argc, char **argv)
{
    struct operands operands;
    bool good = options_parse("models", NULL, argc, argv, NULL, &operands);

    for (size_t i = 0; good && i < model_count; i++) {
        const struct model *model = model_list[i];

        printf("%s%s - %s\n  %s\n", i ? "\n" : "", model->name, model->summary, model->paper);
        for (size_t f = 0; f < model->n_fields; f++)
            print_field(model, &model->field[f]);
        for (size_t f = 0; f < model->n_fields; f++)
            if (model->field[f].place == FIELD_OF_MODEL) {
                printf("  each may be narrowed to one base: %s.bases.ID.FIELD\n", model->name);
                break;
            }
    }
    options_free(&operands, NULL);
    output_check_stdout();
    return good ? EXIT_FINE : EXIT_INPUT;
}

const struct command command_models = {
    .name = "models",
    .summary = "list the models, their fields, ranges, defaults and papers",
    .usage = "foothold models",
    .run = run,
};
