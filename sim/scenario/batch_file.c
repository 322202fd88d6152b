/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/scenario/batch_file.h"
#include <stddef.h>
#include <string.h>
#include "sim/scenario/read.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct draft { /* begins with the entry's entity, which the common keys fill */
    struct batch_entry entry;
    struct names scenario, set;
    const struct node *seeds, *worlds, *runs, *precision;
};

static const struct key entry_key[] = {
    {"scenario", read_names, offsetof(struct draft, scenario)},
    {"set", read_names, offsetof(struct draft, set)},
    {"seeds", read_node, offsetof(struct draft, seeds)},
    {"worlds", read_node, offsetof(struct draft, worlds)},
    {"runs", read_node, offsetof(struct draft, runs)},
    {"precision", read_node, offsetof(struct draft, precision)},
    {"design", read_name, offsetof(struct draft, entry.design)},
    {"estimator", read_name, offsetof(struct draft, entry.estimator)},
};

/* A whole number of at least `least`; 0 when it is none, which is reported. */
static uint64_t read_whole(struct reader *reader, const struct node *node, const char *path, double least)
{
    if (!node)
        return 0;
    if (node->kind == NODE_NUMBER && node->integer && node->number >= least && node->number <= 0x1p53)
        return (uint64_t)node->number;
    diag_error(reader->diag, node->at, NULL, "%s: a whole number of %.0f or more is expected here", path, least);
    return 0;
}

static void read_seeds(struct reader *reader, const struct node *node, const char *path, struct batch_entry *entry)
{
    const size_t n = !node ? 0 : node->kind == NODE_LIST ? node->n : 1;

    entry->seed = arena_new(&reader->scenario->arena, n, sizeof *entry->seed);
    for (size_t i = 0; i < n; i++) {
        const struct node *one = node->kind == NODE_LIST ? node->child[i] : node;

        entry->seed[entry->n_seeds++] = read_whole(reader, one, path, 0.0);
        for (size_t k = 0; k < i; k++)
            if (entry->seed[k] == entry->seed[i])
                diag_error(reader->diag, one->at, NULL, "%s: the same seed twice", path);
    }
}

/* "PATH = VALUE", as after --set. */
static void read_sets(struct reader *reader, const struct names *set, const char *path, struct batch_entry *entry)
{
    struct arena *arena = &reader->scenario->arena;

    entry->set = arena_new(arena, set->n, sizeof *entry->set);
    for (size_t i = 0; i < set->n; i++) {
        const char *text = set->item[i].text, *equals = strchr(text, '=');
        size_t length = equals ? (size_t)(equals - text) : 0;

        while (length && text[length - 1] == ' ')
            length--;
        if (!length || !equals[1 + strspn(equals + 1, " ")])
            diag_error(reader->diag, set->item[i].place, "for instance set = [\"levers.debt_relief.chance = 0.9\"];",
                       "%s: not PATH = VALUE", path);
        else
            entry->set[entry->n_sets++] = (struct override){arena_copy(arena, text, length), equals + 1, path};
    }
}

/* Paths of scenarios are relative to the batch file's folder. */
static void read_paths(struct reader *reader, const struct names *scenario, const char *path, const char *file,
                       struct batch_entry *entry)
{
    struct arena *arena = &reader->scenario->arena;
    const char *slash = strrchr(file, '/');

    if (!scenario->n)
        diag_error(reader->diag, entry->entity.place, "scenario = \"2024-12.cfg\";", "%s: names no scenario", path);
    entry->path = arena_new(arena, scenario->n, sizeof *entry->path);
    for (size_t i = 0; i < scenario->n; i++) {
        const char *text = scenario->item[i].text;

        entry->path[entry->n_paths++] = slash && text[0] != '/'
                                            ? arena_print(arena, "%.*s/%s", (int)(slash - file), file, text)
                                        : strcmp(text, "-") ? text
                                                            : "./-"; /* a file of that name, not standard input */
    }
}

static void read_entry(struct reader *reader, const struct draft *draft, const char *path, const char *file,
                       struct batch_entry *out)
{
    *out = draft->entry;
    read_paths(reader, &draft->scenario, path, file, out);
    read_sets(reader, &draft->set, read_path(reader, path, "set"), out);
    read_seeds(reader, draft->seeds, read_path(reader, path, "seeds"), out);
    out->worlds = read_whole(reader, draft->worlds, read_path(reader, path, "worlds"), 1.0);
    out->runs = read_whole(reader, draft->runs, read_path(reader, path, "runs"), 1.0);
    if (draft->precision) {
        read_number(reader, draft->precision, read_path(reader, path, "precision"), &out->precision);
        if (!(out->precision > 0.0))
            diag_error(reader->diag, draft->precision->at, NULL, "%s.precision: a number above 0 is expected here",
                       path);
    }
}

void batch_file_interpret(struct batch_file *batch, struct scenario *file, const char *path, struct diag *diag)
{
    static const struct key root_key[] = {
        {"format", read_nothing, 0}, {"title", read_nothing, 0}, {"text", read_nothing, 0}, {"batch", read_nothing, 0}};
    static const struct keys root_keys = {root_key, COUNT(root_key), NULL},
                             keys = {entry_key, COUNT(entry_key), &read_entity_keys};
    struct reader reader = {.diag = diag};
    struct draft *draft;
    int nothing;
    size_t n;

    *batch = (struct batch_file){.file = file};
    reader.scenario = batch->file;
    if (!batch->file->root)
        return;
    read_object(&reader, batch->file->root, "", &root_keys, &nothing);
    draft = read_entities(&reader, "batch", sizeof *draft, &keys, &n);
    if (!n)
        diag_error(diag, (struct place){.source = batch->file->file[0]},
                   "batch = { base = { scenario = \"2024-12.cfg\"; }; };", "the batch is empty");
    batch->entry = arena_new(&batch->file->arena, n, sizeof *batch->entry);
    for (size_t i = 0; i < n; i++)
        if (draft[i].entry.entity.is_group)
            read_entry(&reader, &draft[i], read_path(&reader, "batch", draft[i].entry.entity.id), path,
                       &batch->entry[batch->n++]);
}

void batch_file_read(struct batch_file *batch, const char *path, struct diag *diag)
{
    batch_file_interpret(batch, scenario_parse(path, diag), path, diag);
}

void batch_file_free(struct batch_file *batch)
{
    scenario_free(batch->file);
}
