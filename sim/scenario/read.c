/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/scenario/read.h"
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *read_path(struct reader *reader, const char *path, const char *name)
{
    return *path ? arena_print(&reader->scenario->arena, "%s.%s", path, name) : name;
}

static const char *kind_name(const struct node *node)
{
    static const char *const name[] = {[NODE_GROUP] = "a group",
                                       [NODE_LIST] = "a list",
                                       [NODE_NUMBER] = "a number",
                                       [NODE_BOOL] = "true or false",
                                       [NODE_STRING] = "text"};

    return name[node->kind];
}

bool read_is_kind(struct reader *reader, const struct node *node, enum node_kind kind, const char *path,
                  const char *wanted)
{
    if (node->kind == kind)
        return true;
    diag_error(reader->diag, node->at, NULL, "%s: %s is expected here, not %s", path, wanted, kind_name(node));
    return false;
}

static bool is_one_of(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(word, list[i]))
            return true;
    return false;
}

/* Whether programs that read tables would change an id by taking it for a number: "1e5", "007", "Inf". A plain integer such as "12"
 * survives unchanged. */
static bool is_changed_as_number(const char *id)
{
    const size_t length = strlen(id);
    char *end;

    (void)strtod(id, &end);
    if (!length || *end)
        return false;
    return id[strspn(id, "0123456789")] || (id[0] == '0' && length > 1) || length > 15;
}

const char *read_misread_as(const char *id)
{
    static const char *const missing[] = {"NA", "na", "NaN", "nan", "NULL", "null", "None"};
    static const char *const truth[] = {"T", "F", "TRUE", "FALSE", "True", "False", "true", "false"};

    if (is_one_of(id, missing, sizeof missing / sizeof *missing))
        return "R and Python read it as a missing value; choose another";
    if (is_one_of(id, truth, sizeof truth / sizeof *truth))
        return "R and Python read it as true or false; choose another";
    return is_changed_as_number(id) ? "R and Python read it as a number; choose another" : NULL;
}

bool read_check_id(struct reader *reader, const char *id, struct place place, const char *path)
{
    const char *misread = read_misread_as(id);
    const size_t length = strlen(id);
    bool good = isalpha((unsigned char)id[0]) && length <= 64;

    for (size_t i = 0; i < length; i++)
        good = good && (isalnum((unsigned char)id[i]) || id[i] == '_' || id[i] == '-') && !(id[i] & 0x80);
    if (!good)
        diag_error(reader->diag, place, "an id is a letter, then letters, digits, _ or -, 64 at most",
                   "%s: \"%s\" is not an id", path, id);
    else if (misread)
        diag_error(reader->diag, place, misread, "%s: \"%s\" cannot be an id", path, id);
    else
        return true;
    return false;
}

/* Report ids that have a fixed meaning wherever an id of this section can be written. */
static bool check_word(struct reader *reader, const char *section, const struct node *node, const char *path)
{
    static const char *const section_word[][2] = {{"bases", "all"},    {"bases", "any"},        {"bases", "value"},
                                                  {"states", "held"},  {"states", "lost"},      {"levers", "value"},
                                                  {"events", "value"}, {"transitions", "value"}};

    for (size_t i = 0; i < sizeof section_word / sizeof *section_word; i++)
        if (!strcmp(section, section_word[i][0]) && !strcmp(node->name, section_word[i][1])) {
            diag_error(reader->diag, node->at_name, "scenarios use this word for something else; choose another",
                       "%s: \"%s\" cannot be an id here", path, node->name);
            return false;
        }
    return true;
}

static size_t count_keys(const struct keys *keys)
{
    return keys ? keys->n + count_keys(keys->more) : 0;
}

static const struct key *find_key(const struct keys *keys, const char *name)
{
    for (; keys; keys = keys->more)
        for (size_t i = 0; i < keys->n; i++)
            if (!strcmp(keys->key[i].name, name))
                return &keys->key[i];
    return NULL;
}

static void unknown_key(struct reader *reader, const struct node *node, const char *path, const struct keys *keys)
{
    struct arena *arena = &reader->scenario->arena;
    const char **name = arena_new(arena, count_keys(keys), sizeof *name);
    const char *near, *list = "";
    size_t n = 0;

    for (; keys; keys = keys->more)
        for (size_t i = 0; i < keys->n; i++) {
            name[n++] = keys->key[i].name;
            list = arena_print(arena, "%s%s%s", list, *list ? ", " : "", keys->key[i].name);
        }
    near = diag_nearest(node->name, name, n);
    diag_error(reader->diag, node->at_name,
               near ? arena_print(arena, "did you mean %s?", near) : arena_print(arena, "known here: %s", list),
               "%s: unknown key \"%s\"", *path ? path : "scenario", node->name);
}

void read_object(struct reader *reader, const struct node *node, const char *path, const struct keys *keys,
                 void *object)
{
    if (!read_is_kind(reader, node, NODE_GROUP, path, "a group { ... }"))
        return;
    for (size_t i = 0; i < node->n; i++) {
        const struct key *key = find_key(keys, node->child[i]->name);

        if (key)
            key->read(reader, node->child[i], read_path(reader, path, key->name), (char *)object + key->offset);
        else
            unknown_key(reader, node->child[i], path, keys);
    }
}

void *read_entities(struct reader *reader, const char *section, size_t size, const struct keys *keys, size_t *n)
{
    const struct node *group = tree_get(reader->scenario->root, section);
    char *object = NULL;

    *n = 0;
    if (!group || !read_is_kind(reader, group, NODE_GROUP, section, "a group { ... }"))
        return NULL;
    object = arena_new(&reader->scenario->arena, group->n, size);
    for (size_t i = 0; i < group->n; i++) {
        const struct node *node = group->child[i];
        struct entity *entity = (struct entity *)(void *)(object + *n * size);
        const char *path = read_path(reader, section, node->name);

        if (!read_check_id(reader, node->name, node->at_name, path) || !check_word(reader, section, node, path))
            continue;
        entity->id = entity->label = node->name;
        entity->place = node->at_name;
        entity->is_group = node->kind == NODE_GROUP;
        read_object(reader, node, path, keys, entity);
        ++*n;
    }
    return object;
}

void read_text(struct reader *reader, const struct node *node, const char *path, void *into)
{
    if (read_is_kind(reader, node, NODE_STRING, path, "text in quotes"))
        *(const char **)into = node->text;
}

void read_bool(struct reader *reader, const struct node *node, const char *path, void *into)
{
    if (read_is_kind(reader, node, NODE_BOOL, path, "true or false"))
        *(bool *)into = node->truth;
}

void read_number(struct reader *reader, const struct node *node, const char *path, void *into)
{
    if (read_is_kind(reader, node, NODE_NUMBER, path, "a number"))
        *(double *)into = node->number;
}

void read_nothing(struct reader *reader, const struct node *node, const char *path, void *into)
{
    (void)reader;
    (void)node;
    (void)path;
    (void)into;
}

void read_node(struct reader *reader, const struct node *node, const char *path, void *into)
{
    (void)reader;
    (void)path;
    *(const struct node **)into = node;
}

void read_name(struct reader *reader, const struct node *node, const char *path, void *into)
{
    if (read_is_kind(reader, node, NODE_STRING, path, "a name in quotes"))
        *(struct name *)into = (struct name){node->text, node->at};
}

void read_names(struct reader *reader, const struct node *node, const char *path, void *into)
{
    struct names *names = into;
    const bool one = node->kind == NODE_STRING;

    if (!one && !read_is_kind(reader, node, NODE_LIST, path, "a name in quotes, or a list of them,"))
        return;
    names->n = 0;
    names->item = arena_new(&reader->scenario->arena, one ? 1 : node->n, sizeof *names->item);
    if (one) {
        read_name(reader, node, path, &names->item[names->n++]);
        return;
    }
    for (size_t i = 0; i < node->n; i++) {
        struct name *name = &names->item[names->n];

        read_name(reader, node->child[i], path, name);
        names->n += name->text != NULL;
    }
    if (!node->n)
        diag_error(reader->diag, node->at, "leave the key out instead", "%s: an empty list", path);
}

/* "khmeimim lost" */
void read_condition(struct reader *reader, const struct node *node, const char *path, void *into)
{
    struct condition *condition = into;
    struct arena *arena = &reader->scenario->arena;
    size_t first, gap, second;

    if (!read_is_kind(reader, node, NODE_STRING, path, "a condition such as \"tartus lost\""))
        return;
    first = strcspn(node->text, " ");
    gap = strspn(node->text + first, " ");
    second = strcspn(node->text + first + gap, " ");
    if (!first || !second || node->text[first + gap + second]) {
        diag_error(reader->diag, node->at, "a base's id, then held, lost or a state: \"tartus lost\"",
                   "%s: \"%s\" is not a condition", path, node->text);
        return;
    }
    condition->base = (struct name){arena_copy(arena, node->text, first), node->at};
    condition->is = (struct name){arena_copy(arena, node->text + first + gap, second), node->at};
}

static void read_tag(struct reader *reader, const struct node *node, const char *path, void *into)
{
    static const char *const known[] = {"stated", "reading", "guess"};
    const char *near;

    if (!read_is_kind(reader, node, NODE_STRING, path, "\"stated\", \"reading\" or \"guess\""))
        return;
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(node->text, known[i])) {
            *(const char **)into = known[i];
            return;
        }
    near = diag_nearest(node->text, known, 3);
    diag_error(reader->diag, node->at,
               near ? arena_print(&reader->scenario->arena, "did you mean \"%s\"?", near)
                    : "a tag is \"stated\", \"reading\" or \"guess\"",
               "%s: \"%s\" is not a tag", path, node->text);
}

static void read_cited(struct reader *reader, const struct node *node, const char *path, void *into)
{
    const struct node *sources = tree_get(reader->scenario->root, "sources");

    read_text(reader, node, path, into);
    if (node->kind == NODE_STRING && !tree_get(sources, node->text)) {
        const char **name = arena_new(&reader->scenario->arena, sources ? sources->n : 0, sizeof *name);
        const char *near;

        for (size_t i = 0; sources && i < sources->n; i++)
            name[i] = sources->child[i]->name;
        near = diag_nearest(node->text, name, sources ? sources->n : 0);
        diag_warning(reader->diag, node->at,
                     near ? arena_print(&reader->scenario->arena, "did you mean \"%s\"?", near) : NULL,
                     "%s: no source \"%s\" is listed under sources", path, node->text);
    }
}

#define NOTE(member) offsetof(struct entity, note) + offsetof(struct note, member)
static const struct key entity_key[] = {
    {"name", read_text, offsetof(struct entity, label)},
    {"text", read_text, offsetof(struct entity, text)},
    {"source", read_cited, NOTE(source)},
    {"tag", read_tag, NOTE(tag)},
    {"because", read_text, NOTE(because)},
    {"group", read_text, NOTE(group)},
};
const struct keys read_entity_keys = {entity_key, sizeof entity_key / sizeof *entity_key, NULL};
