/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_quantity.c - numbers and distributions as written, and the groups of them. */
#include <stddef.h>
#include <string.h>
#include "sim/scenario/read.h"

/* A distribution is a list ("name", arguments ...). n_args counts its numbers; discrete, mixture, truncate and clamp have parts too. */
struct form {
    const char *name;
    enum quantity_form form;
    size_t n_args;
    const char *shape;
};

static const struct form form_row[] = {
    {"pert", QUANTITY_PERT, 3, "(\"pert\", low, mode, high)"},
    {"triangular", QUANTITY_TRIANGULAR, 3, "(\"triangular\", low, mode, high)"},
    {"uniform", QUANTITY_UNIFORM, 2, "(\"uniform\", low, high)"},
    {"normal", QUANTITY_NORMAL, 2, "(\"normal\", mean, sd)"},
    {"lognormal", QUANTITY_LOGNORMAL, 2, "(\"lognormal\", p05, p95)"},
    {"beta", QUANTITY_BETA, 2, "(\"beta\", mean, ess)"},
    {"quantiles", QUANTITY_QUANTILES, 3, "(\"quantiles\", p05, p50, p95) or (\"quantiles\", p05, p25, p50, p75, p95)"},
    {"discrete", QUANTITY_DISCRETE, 0, "(\"discrete\", (value, weight), ...)"},
    {"mixture", QUANTITY_MIXTURE, 0, "(\"mixture\", (quantity, weight), ...)"},
    {"truncate", QUANTITY_TRUNCATE, 2, "(\"truncate\", quantity, low, high)"},
    {"clamp", QUANTITY_CLAMP, 2, "(\"clamp\", quantity, low, high)"},
};
enum { N_FORMS = sizeof form_row / sizeof *form_row };

/* The probability phrases of ICD 203 (2015), both columns. A phrase stands for its whole band, not for one value. */
static const struct phrase {
    const char *text;
    double low, high;
} phrase_row[] = {
    {"almost no chance", 0.01, 0.05},  {"remote", 0.01, 0.05},
    {"very unlikely", 0.05, 0.20},     {"highly improbable", 0.05, 0.20},
    {"unlikely", 0.20, 0.45},          {"improbable", 0.20, 0.45},
    {"roughly even", 0.45, 0.55},      {"roughly even chance", 0.45, 0.55},
    {"roughly even odds", 0.45, 0.55}, {"likely", 0.55, 0.80},
    {"probable", 0.55, 0.80},          {"very likely", 0.80, 0.95},
    {"highly probable", 0.80, 0.95},   {"almost certain", 0.95, 0.99},
    {"almost certainly", 0.95, 0.99},  {"nearly certain", 0.95, 0.99},
};
enum { N_PHRASES = sizeof phrase_row / sizeof *phrase_row };

static const struct phrase *find_phrase(const char *text)
{
    for (size_t i = 0; i < N_PHRASES; i++)
        if (!strcmp(text, phrase_row[i].text))
            return &phrase_row[i];
    return NULL;
}

static void read_any(struct reader *reader, const struct node *node, const char *path, bool probability,
                     struct quantity *quantity);

static void read_string(struct reader *reader, const struct node *node, const char *path, bool probability,
                        struct quantity *quantity)
{
    const struct node *parameters = tree_get(reader->scenario->root, "parameters");
    const struct phrase *phrase = find_phrase(node->text);
    const char *near, *name[N_PHRASES];

    if (tree_get(parameters, node->text)) {
        quantity->form = QUANTITY_PARAMETER;
        quantity->parameter = node->text;
    } else if (phrase && probability) {
        *quantity = (struct quantity){
            .form = QUANTITY_UNIFORM, .arg = {phrase->low, phrase->high}, .arg_place = {node->at, node->at}};
    } else if (phrase) {
        diag_error(reader->diag, node->at, "write a number or a distribution",
                   "%s: \"%s\" is a verbal probability, and this field is not a probability", path, node->text);
    } else {
        const size_t n = parameters ? parameters->n : 0;
        const char **parameter = arena_new(&reader->scenario->arena, n, sizeof *parameter);

        for (size_t i = 0; i < n; i++)
            parameter[i] = parameters->child[i]->name;
        for (size_t i = 0; i < N_PHRASES; i++)
            name[i] = phrase_row[i].text;
        near = diag_nearest(node->text, parameter, n);
        if (!near && probability)
            near = diag_nearest(node->text, name, N_PHRASES);
        diag_error(reader->diag, node->at,
                   near ? arena_print(&reader->scenario->arena, "did you mean \"%s\"?", near)
                        : "text names a quantity under parameters, or on a probability an ICD 203 phrase",
                   "%s: there is no parameter \"%s\"", path, node->text);
    }
}

static void wrong_shape(struct reader *reader, const struct node *node, const char *path, const struct form *form)
{
    diag_error(reader->diag, node->at, arena_print(&reader->scenario->arena, "write it as %s", form->shape),
               "%s: this %s has the wrong arguments", path, form->name);
}

/* Read n numbers, node->child[from] and those after it, into arg[]. */
static void read_args(struct reader *reader, const struct node *node, const char *path, size_t from, size_t n,
                      struct quantity *quantity)
{
    for (size_t i = 0; i < n; i++) {
        const struct node *arg = node->child[from + i];

        quantity->arg_place[i] = arg->at;
        if (!read_is_kind(reader, arg, NODE_NUMBER, path, "a number"))
            quantity->form = QUANTITY_ABSENT;
        else
            quantity->arg[i] = arg->number;
    }
}

static void read_weighted(struct reader *reader, const struct node *node, const char *path, bool probability,
                          const struct form *form, struct quantity *quantity)
{
    struct arena *arena = &reader->scenario->arena;

    quantity->n_parts = node->n - 1;
    quantity->part = arena_new(arena, quantity->n_parts, sizeof *quantity->part);
    quantity->weight = arena_new(arena, quantity->n_parts, sizeof *quantity->weight);
    quantity->weight_place = arena_new(arena, quantity->n_parts, sizeof *quantity->weight_place);
    for (size_t i = 0; i < quantity->n_parts; i++) {
        const struct node *pair = node->child[i + 1];

        if (pair->kind != NODE_LIST || pair->n != 2 || pair->child[1]->kind != NODE_NUMBER ||
            (form->form == QUANTITY_DISCRETE && pair->child[0]->kind != NODE_NUMBER)) {
            wrong_shape(reader, pair, path, form);
            quantity->form = QUANTITY_ABSENT;
            continue;
        }
        read_any(reader, pair->child[0], path, probability, &quantity->part[i]);
        if (quantity->part[i].form == QUANTITY_ABSENT)
            quantity->form = QUANTITY_ABSENT;
        quantity->weight[i] = pair->child[1]->number;
        quantity->weight_place[i] = pair->child[1]->at;
    }
}

static void read_list(struct reader *reader, const struct node *node, const char *path, bool probability,
                      struct quantity *quantity)
{
    const struct form *form = NULL;
    const char *name[N_FORMS], *near;

    if (!node->n || node->child[0]->kind != NODE_STRING) {
        diag_error(reader->diag, node->at, "for instance (\"pert\", low, mode, high)",
                   "%s: a distribution begins with its name in quotes", path);
        return;
    }
    for (size_t i = 0; i < N_FORMS; i++) {
        name[i] = form_row[i].name;
        if (!strcmp(name[i], node->child[0]->text))
            form = &form_row[i];
    }
    if (!form) {
        near = diag_nearest(node->child[0]->text, name, N_FORMS);
        diag_error(reader->diag, node->child[0]->at,
                   near ? arena_print(&reader->scenario->arena, "did you mean \"%s\"?", near)
                        : "known: pert, triangular, uniform, normal, lognormal, beta, quantiles, discrete, mixture, "
                          "truncate, clamp",
                   "%s: unknown distribution \"%s\"", path, node->child[0]->text);
        return;
    }
    quantity->form = form->form;
    if (form->form == QUANTITY_DISCRETE || form->form == QUANTITY_MIXTURE) {
        read_weighted(reader, node, path, probability, form, quantity);
    } else if (form->form == QUANTITY_TRUNCATE || form->form == QUANTITY_CLAMP) {
        if (node->n != 4) {
            wrong_shape(reader, node, path, form);
            quantity->form = QUANTITY_ABSENT;
            return;
        }
        quantity->n_parts = 1;
        quantity->part = arena_new(&reader->scenario->arena, 1, sizeof *quantity->part);
        read_any(reader, node->child[1], path, probability, quantity->part);
        if (quantity->part->form == QUANTITY_ABSENT)
            quantity->form = QUANTITY_ABSENT;
        read_args(reader, node, path, 2, 2, quantity);
    } else if (form->form == QUANTITY_QUANTILES && node->n == 6) {
        quantity->form = QUANTITY_FIVE_QUANTILES;
        read_args(reader, node, path, 1, 5, quantity);
    } else if (node->n != form->n_args + 1) {
        wrong_shape(reader, node, path, form);
        quantity->form = QUANTITY_ABSENT;
    } else {
        read_args(reader, node, path, 1, form->n_args, quantity);
    }
}

struct wrapper { /* { value = ...; source = ...; tag = ...; because = ...; group = ...; } */
    struct entity entity;
    const struct node *value;
};

static void read_group(struct reader *reader, const struct node *node, const char *path, bool probability,
                       struct quantity *quantity)
{
    static const struct key value_key[] = {{"value", read_node, offsetof(struct wrapper, value)}};
    static const struct keys keys = {value_key, 1, &read_entity_keys};
    struct wrapper wrapper = {0};

    read_object(reader, node, path, &keys, &wrapper);
    if (!wrapper.value) {
        diag_error(reader->diag, node->at_name, "for instance { value = 0.5; source = \"...\"; tag = \"guess\"; }",
                   "%s: the group has no value", path);
        return;
    }
    read_any(reader, wrapper.value, path, probability, quantity);
    quantity->note = wrapper.entity.note;
}

static void read_any(struct reader *reader, const struct node *node, const char *path, bool probability,
                     struct quantity *quantity)
{
    switch (node->kind) {
    case NODE_NUMBER:
        quantity->form = QUANTITY_NUMBER;
        quantity->arg[0] = node->number;
        quantity->arg_place[0] = node->at;
        break;
    case NODE_STRING:
        read_string(reader, node, path, probability, quantity);
        break;
    case NODE_LIST:
        read_list(reader, node, path, probability, quantity);
        break;
    case NODE_GROUP:
        read_group(reader, node, path, probability, quantity);
        break;
    default:
        read_is_kind(reader, node, NODE_NUMBER, path, "a number or a distribution");
    }
    quantity->path = path;
    if (node->kind != NODE_GROUP)
        quantity->place = node->at;
}

void read_quantity(struct reader *reader, const struct node *node, const char *path, void *into)
{
    read_any(reader, node, path, false, into);
}

void read_probability(struct reader *reader, const struct node *node, const char *path, void *into)
{
    read_any(reader, node, path, true, into);
}

void read_keyed_quantities(struct reader *reader, const struct node *node, const char *path, void *into)
{
    struct keyed_quantities *keyed = into;

    if (!read_is_kind(reader, node, NODE_GROUP, path, "a group { id = quantity; }"))
        return;
    keyed->item = arena_new(&reader->scenario->arena, node->n, sizeof *keyed->item);
    keyed->n = node->n;
    for (size_t i = 0; i < node->n; i++) {
        const struct node *child = node->child[i];

        keyed->item[i].key = (struct name){child->name, child->at_name};
        read_quantity(reader, child, read_path(reader, path, child->name), &keyed->item[i].quantity);
    }
}

static void read_effect(struct reader *reader, const struct node *node, const char *path, const struct node *base,
                        struct effects *effects)
{
    struct effect *effect = &effects->item[effects->n++];

    effect->target = (struct name){node->name, node->at_name};
    if (base)
        effect->base = (struct name){base->name, base->at_name};
    read_quantity(reader, node, read_path(reader, path, node->name), &effect->ratio);
}

void read_effects(struct reader *reader, const struct node *node, const char *path, void *into)
{
    struct effects *effects = into;
    size_t room = node->n;

    if (!read_is_kind(reader, node, NODE_GROUP, path, "a group { id = hazard ratio; }"))
        return;
    for (size_t i = 0; i < node->n; i++)
        room += node->child[i]->n;
    effects->item = arena_new(&reader->scenario->arena, room, sizeof *effects->item);
    for (size_t i = 0; i < node->n; i++) {
        const struct node *child = node->child[i];
        const char *here = read_path(reader, path, child->name);

        if (child->kind != NODE_GROUP || tree_get(child, "value")) {
            read_effect(reader, child, path, NULL, effects);
            continue;
        }
        for (size_t j = 0; j < child->n; j++)
            read_effect(reader, child->child[j], here, child, effects);
    }
}
