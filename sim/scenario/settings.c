/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.c - the choice of a model, and values for the models' own fields. */
#include <string.h>
#include "sim/scenario/read.h"

/* Models that are designed but not implemented: a scenario may name them and be checked, but not run. */
static const char *const announced[] = {"bargain", "spatial"};
enum { N_ANNOUNCED = sizeof announced / sizeof *announced };

static bool is_model(const struct reader *reader, const char *name)
{
    for (size_t i = 0; i < reader->n_models; i++)
        if (!strcmp(reader->model[i].name, name))
            return true;
    return false;
}

static void check_model(struct reader *reader, struct name name)
{
    const char **known = arena_new(&reader->scenario->arena, reader->n_models + N_ANNOUNCED, sizeof *known);
    const char *near;
    size_t n = 0;

    if (is_model(reader, name.text))
        return;
    for (size_t i = 0; i < reader->n_models; i++)
        known[n++] = reader->model[i].name;
    for (size_t i = 0; i < N_ANNOUNCED; i++) {
        if (!strcmp(announced[i], name.text)) {
            diag_warning(reader->diag, name.place, "`foothold models` lists those that can run",
                         "model: \"%s\" is not implemented yet: the scenario can be checked, not run", name.text);
            return;
        }
        known[n++] = announced[i];
    }
    near = diag_nearest(name.text, known, n);
    diag_error(reader->diag, name.place,
               near ? arena_print(&reader->scenario->arena, "did you mean \"%s\"?", near)
                    : "`foothold models` lists them",
               "model: there is no model \"%s\"", name.text);
}

static void add_model(struct reader *reader, struct name name, double weight)
{
    struct scenario *scenario = reader->scenario;

    check_model(reader, name);
    scenario->model[scenario->n_models++] = (struct model_choice){name, weight};
}

static void choose_models(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    const struct node *node = tree_get(scenario->root, "model");

    scenario->model = arena_new(&scenario->arena, node && node->n ? node->n : 1, sizeof *scenario->model);
    if (!node) {
        add_model(reader, (struct name){.text = "hazard"}, 1.0);
    } else if (node->kind == NODE_STRING) {
        add_model(reader, (struct name){node->text, node->at}, 1.0);
    } else if (read_is_kind(reader, node, NODE_GROUP, "model", "a model's name, or a mixture { hazard = 0.6; ... },")) {
        for (size_t i = 0; i < node->n; i++) {
            const struct node *child = node->child[i];
            double weight = 1.0;

            read_number(reader, child, read_path(reader, "model", child->name), &weight);
            if (!(weight > 0.0))
                diag_error(reader->diag, child->at, "leave out a model that has no weight",
                           "model.%s: %g is not a weight", child->name, weight);
            add_model(reader, (struct name){child->name, child->at_name}, weight);
        }
        if (!node->n)
            diag_error(reader->diag, node->at, NULL, "model: an empty mixture");
    }
}

static void read_setting(struct reader *reader, const char *model, const struct node *node, const char *path,
                         const struct field *field, const struct node *base)
{
    struct scenario *scenario = reader->scenario;
    struct model_setting *setting;

    scenario->setting = arena_grow(&scenario->arena, scenario->setting, scenario->n_settings,
                                   &scenario->setting_capacity, sizeof *setting);
    setting = &scenario->setting[scenario->n_settings++];
    setting->field = field;
    setting->model = model;
    setting->path = path;
    setting->place = node->at_name;
    if (base)
        setting->base = (struct name){base->name, base->at_name};
    if (field->kind == FIELD_STATE)
        read_name(reader, node, path, &setting->state);
    else if (field->kind == FIELD_QUANTITY || field->kind == FIELD_MONTH)
        read_quantity(reader, node, path, &setting->quantity);
    else
        read_keyed_quantities(reader, node, path, &setting->keyed);
}

static void read_settings(struct reader *reader, const struct model_schema *model, const struct node *group,
                          const char *path, const struct node *base)
{
    const char **name = arena_new(&reader->scenario->arena, model->n_fields + 1, sizeof *name);

    if (!read_is_kind(reader, group, NODE_GROUP, path, "a group { ... }"))
        return;
    for (size_t i = 0; i < group->n; i++) {
        const struct node *node = group->child[i];
        const char *here = read_path(reader, path, node->name), *near;
        size_t n = 0;
        bool found = false;

        for (size_t f = 0; f < model->n_fields; f++) {
            if (model->field[f].place != FIELD_OF_MODEL)
                continue;
            name[n++] = model->field[f].key;
            if (!strcmp(model->field[f].key, node->name)) {
                read_setting(reader, model->name, node, here, &model->field[f], base);
                found = true;
            }
        }
        if (!base && !strcmp(node->name, "bases") && read_is_kind(reader, node, NODE_GROUP, here, "a group { ... }")) {
            for (size_t b = 0; b < node->n; b++)
                read_settings(reader, model, node->child[b], read_path(reader, here, node->child[b]->name),
                              node->child[b]);
            found = true;
        }
        if (found)
            continue;
        name[n++] = "bases";
        near = diag_nearest(node->name, name, n);
        diag_error(reader->diag, node->at_name,
                   near ? arena_print(&reader->scenario->arena, "did you mean %s?", near)
                        : "`foothold models` lists the fields",
                   "%s: unknown key \"%s\"", path, node->name);
    }
}

void read_models(struct reader *reader)
{
    choose_models(reader);
    for (size_t i = 0; i < reader->n_models; i++) {
        const struct node *group = tree_get(reader->scenario->root, reader->model[i].name);

        if (group)
            read_settings(reader, &reader->model[i], group, reader->model[i].name, NULL);
    }
}
