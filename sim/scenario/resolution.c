/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/scenario/resolution.h"
#include <math.h>
#include <stddef.h>
#include <string.h>
#include "sim/scenario/layers.h"
#include "sim/scenario/read.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct draft { /* begins with the resolution's entity, which the common keys fill */
    struct resolution resolution;
    const struct node *outcome, *date, *held;
};

static const struct key resolution_key[] = {
    {"question", read_name, offsetof(struct draft, resolution.question)},
    {"outcome", read_node, offsetof(struct draft, outcome)},
    {"base", read_name, offsetof(struct draft, resolution.base)},
    {"state", read_name, offsetof(struct draft, resolution.state)},
    {"held", read_node, offsetof(struct draft, held)},
    {"of", read_names, offsetof(struct draft, resolution.of)},
    {"date", read_node, offsetof(struct draft, date)},
};

static const struct key source_key[] = {
    {"title", read_text, offsetof(struct entity, label)},
    {"author", read_nothing, 0},
    {"date", read_nothing, 0},
    {"url", read_nothing, 0},
    {"accessed", read_nothing, 0},
};

static void read_held(struct reader *reader, const struct draft *draft, const char *path, struct resolution *out)
{
    const struct node *node = draft->held;

    if (!out->of.n)
        diag_error(reader->diag, node->at_name, "of = [\"khmeimim\", \"tartus\"];", "%s: held of which bases?", path);
    else if (node->kind != NODE_NUMBER || !node->integer || node->number < 0.0 || node->number > (double)out->of.n)
        diag_error(reader->diag, node->at, NULL, "%s.held: a whole number from 0 to %zu is expected here", path,
                   out->of.n);
    else
        out->held = (size_t)node->number;
}

static void read_outcome(struct reader *reader, const struct draft *draft, const char *path, struct resolution *out)
{
    if (!out->question.text)
        out->question = (struct name){out->entity.id, out->entity.place};
    if (!draft->outcome)
        diag_error(reader->diag, out->entity.place, "outcome = true; or outcome = false;",
                   "%s: does not give the outcome", path);
    else
        read_bool(reader, draft->outcome, read_path(reader, path, "outcome"), &out->outcome);
}

/* Determine which of the three kinds a resolution is, and check that it has what the kind needs. */
static void check_draft(struct reader *reader, const struct draft *draft, const char *path, struct resolution *out)
{
    const struct place place = draft->resolution.entity.place;

    *out = draft->resolution;
    out->kind = out->base.text ? RESOLVED_STATE : draft->held ? RESOLVED_HELD : RESOLVED_QUESTION;
    out->day = NAN;
    if ((out->base.text != NULL) + (draft->held != NULL) + (out->question.text || draft->outcome) > 1)
        diag_error(reader->diag, place, "one resolution each", "%s: resolves more than one thing", path);
    else if (out->kind == RESOLVED_STATE && !out->state.text)
        diag_error(reader->diag, place, "state = \"LIMBO\";", "%s: does not say which state", path);
    else if (out->kind == RESOLVED_HELD)
        read_held(reader, draft, path, out);
    else if (out->kind == RESOLVED_QUESTION)
        read_outcome(reader, draft, path, out);
    if (draft->date) {
        out->date = draft->date->at;
        read_date(reader, draft->date, read_path(reader, path, "date"), &out->day);
    } else if (out->kind != RESOLVED_QUESTION) {
        diag_error(reader->diag, place, "date = \"2025-12-16\";", "%s: gives no date", path);
    }
}

static void read_root(struct reader *reader)
{
    static const struct key key[] = {
        {"format", read_nothing, 0},  {"title", read_nothing, 0},       {"text", read_nothing, 0},
        {"sources", read_nothing, 0}, {"resolutions", read_nothing, 0}, {"extends", read_nothing, 0},
    };
    static const struct keys keys = {key, COUNT(key), NULL},
                             sources = {source_key, COUNT(source_key), &read_entity_keys};
    struct scenario *file = reader->scenario;
    const struct node *format = tree_get(file->root, "format");
    const struct place start = {.source = file->file[0]};
    int nothing;

    read_object(reader, file->root, "", &keys, &nothing);
    if (!format || format->kind != NODE_NUMBER || format->number != 1.0)
        diag_error(reader->diag, format ? format->at : start, "begin the file with format = 1;",
                   "format: not a format known here");
    file->source = read_entities(reader, "sources", sizeof(struct entity), &sources, &file->n_sources);
}

void resolutions_read(struct resolutions *resolutions, const char *path, struct diag *diag)
{
    static const struct keys keys = {resolution_key, COUNT(resolution_key), &read_entity_keys};
    struct reader reader = {.diag = diag};
    struct draft *draft;
    size_t n;

    *resolutions = (struct resolutions){.file = memory_new(1, sizeof *resolutions->file)};
    reader.scenario = resolutions->file;
    resolutions->file->root = layers_parse(resolutions->file, path, diag);
    if (!resolutions->file->root)
        return;
    read_root(&reader);
    draft = read_entities(&reader, "resolutions", sizeof *draft, &keys, &n);
    if (!n)
        diag_error(diag, (struct place){.source = resolutions->file->file[0]},
                   "resolutions = { both_held = { outcome = true; date = \"2025-12-16\"; }; };", "has no resolutions");
    resolutions->item = arena_new(&resolutions->file->arena, n, sizeof *resolutions->item);
    for (size_t i = 0; i < n; i++)
        if (draft[i].resolution.entity.is_group)
            check_draft(&reader, &draft[i], read_path(&reader, "resolutions", draft[i].resolution.entity.id),
                        &resolutions->item[resolutions->n++]);
}

void resolutions_free(struct resolutions *resolutions)
{
    scenario_free(resolutions->file);
}
