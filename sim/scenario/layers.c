/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/scenario/layers.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "sim/text/diag.h"

enum { MAX_LAYERS = 16 };

/* The folder part of a path, "." if it has none. */
static const char *folder_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ".";
    return arena_copy(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

/* "a/b/../c" as "a/c": how a path is shown. */
static const char *tidy_path(struct arena *arena, const char *path)
{
    char *out = arena_new(arena, strlen(path) + 2, 1);
    size_t n = 0;
    const size_t floor = path[0] == '/' ? 1 : 0;

    if (floor)
        out[n++] = '/';
    for (const char *part = path; *part;) {
        const size_t length = strcspn(part, "/");
        char *last = out + n;

        while (last > out + floor && last[-1] != '/')
            last--;
        if (length == 2 && !strncmp(part, "..", 2) && n > floor && strcmp(last, "..")) {
            n = last > out + floor ? (size_t)(last - out) - 1 : floor;
            out[n] = '\0';
        } else if (length && !(length == 1 && *part == '.')) {
            if (n > floor)
                out[n++] = '/';
            memcpy(out + n, part, length);
            n += length;
            out[n] = '\0';
        }
        part += length + (part[length] == '/');
    }
    return n ? out : ".";
}

static bool is_below(const char *path, const char *folder)
{
    const size_t n = strlen(folder);

    return !strncmp(path, folder, n) && (path[n] == '/' || (n && folder[n - 1] == '/'));
}

/* Whether a file that exists lies below the working folder or the folder above the given file's. */
static bool is_in_tree(struct arena *arena, const char *path, const char *given)
{
    const char *base = strcmp(given, "-") ? folder_of(arena, given) : ".";
    char real[PATH_MAX], root[PATH_MAX], given_real[PATH_MAX];

    if (!realpath(path, real))
        return true; /* a missing file: source_read reports it better */
    if (realpath(arena_print(arena, "%s/..", base), root) && is_below(real, root) && strcmp(root, "/"))
        return true;
    return realpath(".", root) && realpath(base, given_real) && strcmp(root, "/") &&
           (!strcmp(given_real, root) || is_below(given_real, root)) && is_below(real, root);
}

static const char *extended_path(struct scenario *scenario, const struct source *from, const struct node *extends,
                                 const char *given, struct diag *diag)
{
    struct arena *arena = &scenario->arena;
    const char *path;

    if (extends->kind != NODE_STRING || !*extends->text) {
        diag_error(diag, extends->at, "for instance extends = \"../base-politics.cfg\";",
                   "extends: a path in quotes is expected");
        return NULL;
    }
    path = tidy_path(arena, arena_print(arena, "%s/%s", strcmp(from->name, "-") ? folder_of(arena, from->name) : ".",
                                        extends->text));
    if (!strcmp(path, "-"))
        path = "./-"; /* a file of that name, not standard input */
    if (extends->text[0] == '/' || !is_in_tree(arena, path, given)) {
        diag_error(diag, extends->at, "give a path from this file's folder that stays inside the scenarios' tree",
                   "extends: \"%s\" leads outside the tree", extends->text);
        return NULL;
    }
    for (size_t i = 0; i < scenario->n_files; i++)
        if (!strcmp(scenario->file[i]->name, path)) {
            diag_error(diag, extends->at, NULL, "extends: \"%s\" extends itself, directly or through other files",
                       extends->text);
            return NULL;
        }
    if (scenario->n_files >= MAX_LAYERS) {
        diag_error(diag, extends->at, NULL, "extends: more than %d files on top of each other", MAX_LAYERS);
        return NULL;
    }
    return path;
}

/* Parse the given file and its ancestors into tree[], the given file first. False, with diagnostics, when any has mistakes. */
static bool read_chain(struct scenario *scenario, const char *given, struct node **tree, struct diag *diag)
{
    const size_t before = diag->n_errors;
    const struct node *extends = NULL;
    const char *path = given;

    while (path) {
        struct source *source = source_read(&scenario->arena, path);
        const size_t i = scenario->n_files;

        if (!diag_check_source(diag, source)) {
            if (extends)
                diag_error(diag, extends->at, NULL, "extends: \"%s\" cannot be read", extends->text);
            return false;
        }
        source->layer = (unsigned)(MAX_LAYERS - i); /* below the files read before it */
        scenario->file[scenario->n_files++] = source;
        tree[i] = tree_parse(&scenario->arena, source, diag);
        extends = tree_get(tree[i], "extends");
        path = extends ? extended_path(scenario, source, extends, given, diag) : NULL;
    }
    return diag->n_errors == before;
}

static const char *option_of(const struct override *override)
{
    return override->option ? override->option : "--set";
}

/* Whether the entity that an override changes exists; otherwise that is reported. tree: the parsed override; value: what it sets. */
static bool override_fits(struct arena *arena, const struct node *root, const struct override *override,
                          const struct node *tree, const struct node *value, struct diag *diag)
{
    static const char *const sections[] = {"actors", "bases",      "states",     "transitions", "levers",
                                           "events", "parameters", "dependence", "questions",   "sources"};
    const size_t first = strcspn(override->path, ".");
    const char *section = arena_copy(arena, override->path, first);
    const char *rest = override->path[first] ? override->path + first + 1 : NULL;
    const struct node *group = tree_get(root, section);
    const char *id;
    bool has_ids = false;

    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        has_ids = has_ids || !strcmp(section, sections[i]);
    if (!rest || !has_ids)
        return true;
    id = arena_copy(arena, rest, strcspn(rest, "."));
    if (!tree_get(group, id) && (strchr(rest, '.') || value->kind != NODE_GROUP || !strcmp(section, "parameters"))) {
        const char **name = arena_new(arena, group ? group->n : 0, sizeof *name);
        const char *near;

        for (size_t i = 0; group && i < group->n; i++)
            name[i] = group->child[i]->name;
        near = diag_nearest(id, name, group ? group->n : 0);
        diag_error(diag, tree->child[0]->child[0]->at_name,
                   near ? arena_print(arena, "did you mean %s.%s?", section, near) : NULL, "%s %s: there is no %s.%s",
                   option_of(override), override->path, section, id);
        return false;
    }
    return true;
}

static bool is_path(const char *path)
{
    bool start = true;

    for (const char *c = path; *c; c++) {
        const bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');

        if (*c == '.' ? start : start ? !letter : !(letter || (*c >= '0' && *c <= '9') || *c == '_' || *c == '-'))
            return false;
        start = *c == '.';
    }
    return !start;
}

/* "transitions.notice.per_month.1": the rate of a step, as reports name it. */
static bool is_step(const char *path)
{
    const char *last = strrchr(path, '.');

    return last && last[1] && !last[1 + strspn(last + 1, "0123456789")];
}

/* Replace the rate of a step, the second of its pair. */
static void set_step(struct scenario *scenario, struct node *root, const struct override *override, struct diag *diag)
{
    struct arena *arena = &scenario->arena;
    const char *text = arena_print(arena, "value = %s;", override->value), *rest = override->path;
    struct source *source = source_from_text(arena, option_of(override), text, strlen(text));
    struct node *tree, *node = root;
    size_t index;

    source->layer = UINT_MAX;
    tree = tree_parse(arena, source, diag);
    for (; node && strchr(rest, '.'); rest = strchr(rest, '.') + 1)
        node = tree_get(node, arena_copy(arena, rest, strcspn(rest, ".")));
    index = strtoul(rest, NULL, 10);
    if (!node || node->kind != NODE_LIST || index >= node->n || node->child[index]->kind != NODE_LIST ||
        node->child[index]->n != 2)
        diag_error(diag, (struct place){0}, "steps count from 0", "%s %s: there is no such step of a rate",
                   option_of(override), override->path);
    else if (tree && tree->n == 1) {
        if (tree_equal(node->child[index]->child[1], tree->child[0]))
            diag_warning(diag, tree->child[0]->at, NULL, "%s: changes nothing: %s:%u has the same value",
                         override->path, node->at.source->name, node->child[index]->child[1]->at.line);
        *node->child[index]->child[1] = *tree->child[0];
    }
}

/* Of two overrides of one path the later one applies, and the earlier is reported. A sweep's --vary is meant to replace a --set. */
static void warn_overruled(const struct override *override, size_t n, struct diag *diag)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            if (!strcmp(override[i].path, override[j].path) && strcmp(option_of(&override[j]), "--vary")) {
                diag_warning(diag, (struct place){0}, NULL, "%s %s=%s: changes nothing: a later %s replaces it",
                             option_of(&override[i]), override[i].path, override[i].value, option_of(&override[j]));
                break;
            }
}

static void apply_override(struct scenario *scenario, struct node *root, const struct override *override,
                           struct diag *diag)
{
    struct arena *arena = &scenario->arena;
    const char *open = "", *close = "", *path = override->path;
    struct source *source;
    const struct node *value;
    struct node *tree;

    if (!strcmp(path, "extends")) {
        diag_error(diag, (struct place){0}, "write a file that extends it",
                   "%s extends: an override applies on top of files", option_of(override));
        return;
    }
    if (is_step(path)) {
        set_step(scenario, root, override, diag);
        return;
    }
    if (!is_path(path)) {
        diag_error(diag, (struct place){0}, "for instance --set levers.debt_relief.chance=0.5",
                   "%s %s: not a path of names joined by dots", option_of(override), path);
        return;
    }
    for (; strchr(path, '.'); path = strchr(path, '.') + 1) {
        open = arena_print(arena, "%s%.*s = { ", open, (int)strcspn(path, "."), path);
        close = arena_print(arena, "%s };", close);
    }
    open = arena_print(arena, "%s%s = %s;%s", open, path, override->value, close);
    source = source_from_text(arena, option_of(override), open, strlen(open));
    source->layer = UINT_MAX;
    tree = tree_parse(arena, source, diag);
    if (!tree)
        return;
    value = tree;
    for (const char *part = override->path; part; part = strchr(part, '.') ? strchr(part, '.') + 1 : NULL) {
        if (value->n != 1) {
            diag_error(diag, value->child[1]->at_name, "one option for each", "%s %s: sets more than one thing",
                       option_of(override), override->path);
            return;
        }
        value = value->child[0];
    }
    if (override_fits(arena, root, override, tree, value, diag))
        tree_merge(arena, root, tree, true, diag);
}

/* Forms of timing exclude each other. Where a file gives an entity another form than the file it extends, the inherited form is
 * removed: otherwise merging would leave both. */
static void drop_superseded(struct node *entity)
{
    static const char *const key[] = {"per_month", "per_year", "chance", "within", "when", "on", "at"};
    enum { PER_MONTH, PER_YEAR, CHANCE, WITHIN, WHEN, ON, AT, N };
    const struct node *node[N];

    for (size_t i = 0; i < N; i++)
        node[i] = tree_get(entity, key[i]);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            const bool together =
                i == j || (i == CHANCE && (j == WITHIN || j == WHEN)) || (j == CHANCE && (i == WITHIN || i == WHEN));

            if (!together && node[i] && node[j] && node[i]->at.source->layer > node[j]->at.source->layer) {
                tree_remove(entity, node[j]);
                node[j] = NULL;
            }
        }
}

/* The same for a question's date: `on` and `month` exclude each other. */
static void drop_superseded_date(struct node *question)
{
    const struct node *on = tree_get(question, "on"), *month = tree_get(question, "month");

    if (on && month && on->at.source->layer != month->at.source->layer)
        tree_remove(question, on->at.source->layer < month->at.source->layer ? on : month);
}

static void drop_all_superseded(const struct node *root)
{
    static const char *const section[] = {"transitions", "levers", "events"};
    const struct node *questions = tree_get(root, "questions");

    for (size_t i = 0; questions && i < questions->n; i++)
        if (questions->child[i]->kind == NODE_GROUP)
            drop_superseded_date(questions->child[i]);

    for (size_t i = 0; i < sizeof section / sizeof *section; i++) {
        const struct node *group = tree_get(root, section[i]);

        for (size_t j = 0; group && j < group->n; j++)
            if (group->child[j]->kind == NODE_GROUP)
                drop_superseded(group->child[j]);
    }
}

struct node *layers_parse(struct scenario *scenario, const char *path, struct diag *diag)
{
    struct node *tree[MAX_LAYERS] = {0};
    const size_t before = diag->n_errors;
    struct node *root;

    scenario->file = arena_new(&scenario->arena, MAX_LAYERS, sizeof *scenario->file);
    if (!read_chain(scenario, path, tree, diag))
        return NULL;
    root = tree[scenario->n_files - 1];
    for (size_t i = scenario->n_files - 1; i-- > 0;) {
        const struct node *id = tree_get(root, "id");

        if (id)
            tree_remove(root, id); /* a name belongs to its own file */
        root = tree_merge(&scenario->arena, root, tree[i], true, diag);
    }
    return diag->n_errors == before ? root : NULL;
}

bool layers_override(struct scenario *scenario, struct node *root, const struct override *override, size_t n_overrides,
                     struct diag *diag)
{
    const size_t before = diag->n_errors;

    for (size_t i = 0; i < n_overrides; i++)
        apply_override(scenario, root, &override[i], diag);
    warn_overruled(override, n_overrides, diag);
    drop_all_superseded(root);
    return diag->n_errors == before;
}
