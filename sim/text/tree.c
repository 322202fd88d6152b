/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/text/tree.h"
#include <assert.h>
#include <libconfig.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "sim/text/diag.h"
#include "sim/text/scan.h"

struct builder {
    struct arena *arena;
    const struct marks *marks;
    size_t next; /* index of the next setting's mark */
};

static void read_value(struct node *node, const config_setting_t *setting)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
        node->kind = NODE_NUMBER;
        node->integer = true;
        node->number = config_setting_get_int(setting);
        break;
    case CONFIG_TYPE_INT64:
        node->kind = NODE_NUMBER;
        node->integer = true;
        node->number = (double)config_setting_get_int64(setting);
        break;
    case CONFIG_TYPE_FLOAT:
        node->kind = NODE_NUMBER;
        node->number = config_setting_get_float(setting);
        break;
    case CONFIG_TYPE_BOOL:
        node->kind = NODE_BOOL;
        node->truth = config_setting_get_bool(setting);
        break;
    case CONFIG_TYPE_STRING:
        node->kind = NODE_STRING;
        break;
    case CONFIG_TYPE_GROUP:
        node->kind = NODE_GROUP;
        break;
    default:
        node->kind = NODE_LIST;
    }
}

/* Whether the scan's mark and libconfig's node are the same setting: equal name, and a first byte that fits the kind of the value. The
 * two grammars are separate, so every node is compared with its mark: a place must never belong to another value. */
static bool mark_agrees(const struct mark *mark, const config_setting_t *setting, enum node_kind kind)
{
    const char *name = config_setting_name(setting);
    const struct place at = mark->name.source ? mark->name : mark->value;
    const struct source *source = at.source;
    const char first = source->text[source->start[mark->value.line - 1] + mark->value.column - 1];
    const char *word = source->text + source->start[at.line - 1] + at.column - 1;

    if (!name != !mark->name.source || (name && (strlen(name) != at.length || strncmp(name, word, at.length) != 0)))
        return false;
    return kind == NODE_GROUP    ? first == '{'
           : kind == NODE_LIST   ? first == '(' || first == '['
           : kind == NODE_STRING ? first == '"'
                                 : !strchr("{([\"", first);
}

static struct node *build_node(struct builder *builder, const config_setting_t *setting)
{
    struct node *node = arena_new(builder->arena, 1, sizeof *node);
    const char *text;

    read_value(node, setting);
    if (!config_setting_is_root(setting)) {
        const struct mark *mark = &builder->marks->mark[builder->next++];

        assert(builder->next <= builder->marks->n && mark_agrees(mark, setting, node->kind));
        node->at = mark->value;
        node->at_name = mark->name.source ? mark->name : mark->value;
    }
    if (config_setting_name(setting))
        node->name = arena_copy(builder->arena, config_setting_name(setting), strlen(config_setting_name(setting)));
    if (node->kind == NODE_STRING) {
        text = config_setting_get_string(setting);
        node->text = arena_copy(builder->arena, text ? text : "", text ? strlen(text) : 0);
    }
    if (node->kind == NODE_GROUP || node->kind == NODE_LIST) {
        node->n = (size_t)config_setting_length(setting);
        node->child = arena_new(builder->arena, node->n, sizeof *node->child);
        for (size_t i = 0; i < node->n; i++)
            node->child[i] = build_node(builder, config_setting_get_elem(setting, (unsigned)i));
    }
    return node;
}

struct node *tree_parse(struct arena *arena, const struct source *source, struct diag *diag)
{
    struct marks marks = {0};
    struct builder builder = {.arena = arena, .marks = &marks};
    struct node *root = NULL;
    config_t config;

    if (!scan(source, arena, &marks, diag))
        return NULL;
    config_init(&config);
    if (config_read_string(&config, source->text)) {
        root = build_node(&builder, config_root_setting(&config));
        assert(builder.next == marks.n);
        if (root->n) {
            root->at = root->child[0]->at_name;
            root->at_name = root->at;
        } else {
            root->at = root->at_name = (struct place){.source = source};
        }
    } else {
        diag_error(diag, (struct place){.source = source, .line = (unsigned)config_error_line(&config)}, NULL, "%s",
                   config_error_text(&config));
    }
    config_destroy(&config);
    return root;
}

struct node *tree_get(const struct node *group, const char *name)
{
    for (size_t i = 0; group && i < group->n; i++)
        if (group->child[i]->name && !strcmp(group->child[i]->name, name))
            return group->child[i];
    return NULL;
}

static void append_child(struct arena *arena, struct node *group, struct node *child)
{
    struct node **grown = arena_new(arena, group->n + 1, sizeof *grown);

    if (group->n)
        memcpy(grown, group->child, group->n * sizeof *grown);
    grown[group->n++] = child;
    group->child = grown;
}

/* The value of a group { value = ...; source = ...; }. */
static const struct node *value_of(const struct node *node)
{
    const struct node *value = node;

    while (value && value->kind == NODE_GROUP)
        value = tree_get(value, "value");
    return value ? value : node;
}

/* Whether a value adds nothing to the one it replaces. A plain number adds nothing to the same number with a source; the same number
 * with a source does add something to a plain one. */
static bool adds_nothing(const struct node *lower, const struct node *upper)
{
    return tree_equal(lower, upper) || (upper->kind != NODE_GROUP && tree_equal(value_of(lower), upper));
}

/* Merging only adds and replaces; an empty group does neither, and does not clear what is below. */
static void warn_empty(const struct node *upper, const char *path, struct diag *diag)
{
    diag_warning(diag, upper->at_name, "groups merge member by member: list what should change; nothing can be removed",
                 "%s: changes nothing: an empty group", path);
}

/* Whether an empty group in an override has no effect although nothing is below it: a section, or a group inside an entity such as
 * effects. (An empty entity of a section does have one: it is created.) */
static bool is_idle_override(const struct node *upper, const char *path)
{
    const char *dot = strchr(path, '.');

    return upper->kind == NODE_GROUP && !upper->n && upper->at.source->layer == UINT_MAX &&
           (!dot || strchr(dot + 1, '.'));
}

static void merge_at(struct arena *arena, const char *path, struct node *below, struct node *above, bool warn,
                     struct diag *diag)
{
    for (size_t i = 0; i < above->n; i++) {
        struct node *upper = above->child[i];
        struct node *lower = tree_get(below, upper->name);
        const char *here = *path ? arena_print(arena, "%s.%s", path, upper->name) : upper->name;

        if (!lower) {
            if (warn && is_idle_override(upper, here))
                warn_empty(upper, here, diag);
            append_child(arena, below, upper);
        } else if (lower->kind == NODE_GROUP && upper->kind == NODE_GROUP) {
            if (warn && !upper->n)
                warn_empty(upper, here, diag);
            merge_at(arena, here, lower, upper, warn, diag);
        } else {
            if (warn && adds_nothing(lower, upper) && strcmp(here, "format"))
                diag_warning(diag, upper->at_name, NULL, "%s: changes nothing: %s:%u has the same value", here,
                             lower->at.source->name, lower->at.line);
            *lower = *upper;
        }
    }
}

struct node *tree_merge(struct arena *arena, struct node *below, struct node *above, bool warn, struct diag *diag)
{
    merge_at(arena, "", below, above, warn, diag);
    return below;
}

bool tree_is_note(const struct node *node)
{
    static const char *const key[] = {"source", "tag",        "because",     "group",       "name", "text",
                                      "kind",   "offered_by", "demanded_by", "red_line_of", "role"};

    for (size_t i = 0; i < sizeof key / sizeof *key && node->name && node->kind == NODE_STRING; i++)
        if (!strcmp(node->name, key[i]))
            return true;
    return false;
}

bool tree_cites(const struct node *node, const char *source)
{
    for (size_t i = 0; i < node->n; i++) {
        const struct node *child = node->child[i];

        if (child->kind == NODE_STRING && child->name && !strcmp(child->name, "source") && !strcmp(child->text, source))
            return true;
        if (tree_cites(child, source))
            return true;
    }
    return false;
}

void tree_remove(struct node *group, const struct node *child)
{
    size_t kept = 0;

    for (size_t i = 0; i < group->n; i++)
        if (group->child[i] != child)
            group->child[kept++] = group->child[i];
    group->n = kept;
}

bool tree_equal(const struct node *a, const struct node *b)
{
    if (a->kind != b->kind || a->n != b->n)
        return false;
    switch (a->kind) {
    case NODE_NUMBER:
        return a->number == b->number;
    case NODE_BOOL:
        return a->truth == b->truth;
    case NODE_STRING:
        return !strcmp(a->text, b->text);
    default:
        break;
    }
    for (size_t i = 0; i < a->n; i++) {
        const struct node *other = a->kind == NODE_GROUP ? tree_get(b, a->child[i]->name) : b->child[i];

        if (!other || !tree_equal(a->child[i], other))
            return false;
    }
    return true;
}

const char *tree_libconfig_version(void)
{
    static const char version[] = {'0' + LIBCONFIG_VER_MAJOR, '.', '0' + LIBCONFIG_VER_MINOR, '\0'};

    return version;
}
