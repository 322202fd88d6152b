/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paths - what --set and --vary take: the path of each value of a scenario, its value, and the line that sets it. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "sim/command/command.h"
#include "sim/command/load.h"
#include "sim/command/terminal.h"
#include "sim/report/csv_field.h"
#include "sim/report/output.h"

enum paths_format { PATHS_TEXT, PATHS_CSV };

struct paths_options {
    struct option_overrides overrides;
    int format;
    bool names, numbers, quiet;
};

static const char *const format_name[] = {[PATHS_TEXT] = "text", [PATHS_CSV] = "csv", NULL};

static const struct option_row option[] = {
    {"set", "PATH=VALUE", OPTION_OVERRIDE, offsetof(struct paths_options, overrides),
     "lay a value on top of every scenario, in the file's own syntax; may be repeated", NULL},
    {"numbers", NULL, OPTION_FLAG, offsetof(struct paths_options, numbers), "numbers and their distributions only",
     NULL},
    {"names", NULL, OPTION_FLAG, offsetof(struct paths_options, names), "the paths alone, one a line", NULL},
    {"format", "NAME", OPTION_CHOICE, offsetof(struct paths_options, format),
     "what standard output shows: text (default) or csv", format_name},
    {"quiet", NULL, OPTION_FLAG, offsetof(struct paths_options, quiet), "no notes or warnings", NULL},
};
static const struct option_set options_of_paths = {option, sizeof option / sizeof *option, 0, NULL};

struct listing {
    const struct paths_options *options;
    const struct scenario *scenario;
    struct arena arena;
};

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(name, *list))
            return true;
    return false;
}

/* A number, a distribution, or what stands for one: a phrase on a chance, a shared parameter's name. */
static bool is_quantity(const struct listing *it, const struct node *node)
{
    static const char *const of_names[] = {"from", "bases", "requires", NULL};
    const struct node *parameters = tree_get(it->scenario->root, "parameters");

    switch (node->kind) {
    case NODE_NUMBER:
        return true;
    case NODE_LIST:
        return node->n && !is_one_of(node->name, of_names);
    case NODE_STRING:
        return !strcmp(node->name, "chance") || (parameters && tree_get(parameters, node->text));
    case NODE_GROUP: /* with a value */
        return is_quantity(it, tree_get(node, "value"));
    case NODE_BOOL:
        break;
    }
    return false;
}

static void put(const struct listing *it, const char *path, const struct node *node)
{
    struct arena arena = {0};
    const char *value = scenario_print_value(&arena, node), *file = node->at.source ? node->at.source->name : "",
               *place;

    place = arena_print(&arena, "%s:%u", file, node->at.line);
    if (it->options->names) {
        puts(path);
    } else if (it->options->format == PATHS_CSV) {
        csv_text(stdout, it->scenario->id);
        csv_next_text(stdout, path);
        csv_next_text(stdout, value);
        csv_next_text(stdout, file);
        printf(",%u\n", node->at.line);
    } else {
        printf("%s = ", path);
        diag_put_safe(stdout, value, strlen(value));
        fputs("  # ", stdout);
        diag_put_safe(stdout, place, strlen(place));
        putchar('\n');
    }
    arena_free(&arena);
}

static void list(struct listing *it, const struct node *group, const char *prefix)
{
    static const char *const no_value[] = {"format", "extends", "sources", NULL};

    for (size_t i = 0; i < group->n; i++) {
        const struct node *node = group->child[i];
        const char *path = arena_print(&it->arena, "%s%s%s", prefix, *prefix ? "." : "", node->name);

        if (node->kind == NODE_GROUP && !tree_get(node, "value") && !is_one_of(path, no_value))
            list(it, node, path);
        else if (!tree_is_note(node) && !is_one_of(path, no_value) && (!it->options->numbers || is_quantity(it, node)))
            put(it, path, node);
    }
}

static int list_all(const struct operands *operands, const struct paths_options *options)
{
    struct diag diag = {0};
    struct batch batch;
    int status;

    load(&batch, operands, &options->overrides, &diag);
    if (diag.n_errors || !options->quiet)
        diag_print(&diag, stderr, terminal_has_colour(stderr));
    if (options->format == PATHS_CSV && !options->names)
        puts("scenario_id,path,value,file,line");
    for (size_t i = 0; i < batch.n; i++) {
        struct listing it = {.options = options, .scenario = batch.item[i].scenario};

        if (it.scenario->root && it.scenario->kind == KIND_SCENARIO)
            list(&it, it.scenario->root, "");
        arena_free(&it.arena);
    }
    status = diag.n_errors ? EXIT_INPUT : EXIT_FINE;
    load_free(&batch);
    diag_free(&diag);
    return status;
}

static int run(int argc, char **argv)
{
    struct paths_options options = {0};
    struct operands operands;
    int status = EXIT_INPUT;
    const bool good = options_parse("paths", &options_of_paths, argc, argv, &options, &operands);

    if (good && operands.n)
        status = list_all(&operands, &options);
    else if (good)
        fputs("foothold paths: no scenario given\n  hint: foothold paths scenarios/first.cfg\n", stderr);
    options_free(&operands, &options.overrides);
    output_check_stdout();
    return status;
}

const struct command command_paths = {
    .name = "paths",
    .summary = "list what --set and --vary take: the path of each value, the value, the line that sets it",
    .usage = "foothold paths [options] FILE...",
    .options = &options_of_paths,
    .run = run,
};
