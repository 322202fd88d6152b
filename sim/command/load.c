/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/load.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_FOLDER_DEPTH = 8 };

static void add(struct batch *batch, const char *path)
{
    for (size_t i = 0; i < batch->n; i++)
        if (!strcmp(batch->item[i].path, path))
            return; /* named twice, or in a folder that is named too */
    batch->item = arena_grow(&batch->arena, batch->item, batch->n, &batch->capacity, sizeof *batch->item);
    batch->item[batch->n++].path = path;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_folder(const char *path)
{
    struct stat status;

    return strcmp(path, "-") && !stat(path, &status) && S_ISDIR(status.st_mode);
}

static bool is_link(const char *path)
{
    struct stat status;

    return !lstat(path, &status) && S_ISLNK(status.st_mode);
}

static void add_folder(struct batch *batch, const char *folder, int depth, struct diag *diag)
{
    DIR *stream = opendir(folder);
    const char **name = NULL;
    size_t n = 0, capacity = 0;
    const struct dirent *entry;

    if (!stream || depth > MAX_FOLDER_DEPTH) {
        diag_error(diag, (struct place){0}, NULL, "%s: %s", folder,
                   stream ? "folders inside folders, too deep to be meant" : strerror(errno));
        if (stream)
            closedir(stream);
        return;
    }
    while ((entry = readdir(stream))) {
        name = memory_grow(name, n, &capacity, sizeof *name);
        if (entry->d_name[0] != '.')
            name[n++] = arena_print(&batch->arena, "%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/",
                                    entry->d_name);
    }
    closedir(stream);
    if (n)
        qsort(name, n, sizeof *name, by_text);
    for (size_t i = 0; i < n; i++) {
        const size_t length = strlen(name[i]);

        if (is_folder(name[i]) && !is_link(name[i]))
            add_folder(batch, name[i], depth + 1, diag);
        else if (length > 4 && !strcmp(name[i] + length - 4, ".cfg") && !is_folder(name[i]))
            add(batch, name[i]);
    }
    free(name);
}

/* Without a plan when anything was wrong with the scenario; errors: how many there were before it was read. */
static void compile(struct loaded *loaded, struct diag *diag, size_t errors)
{
    const struct scenario *scenario = loaded->scenario;

    for (size_t i = 0; i < scenario->n_models; i++) {
        const struct model *model = model_find(scenario->model[i].name.text);
        struct plan *plan = plan_compile(scenario, model ? model : model_list[0], diag);

        if (loaded->plan)
            plan_free(plan);
        else
            loaded->plan = plan;
    }
    if (diag->n_errors > errors) {
        plan_free(loaded->plan);
        loaded->plan = NULL;
    }
}

/* Results are filed by id, so two of one batch may not share it. */
static void check_ids(const struct batch *batch, struct diag *diag)
{
    for (size_t i = 0; i < batch->n; i++)
        for (size_t j = 0; j < i; j++)
            if (batch->item[i].plan && batch->item[j].plan &&
                !strcmp(batch->item[i].scenario->id, batch->item[j].scenario->id)) {
                batch->item[i].is_wrong = true;
                diag_error(diag, (struct place){.source = batch->item[i].scenario->file[0]},
                           "give one an id = \"...\";", "has the same id \"%s\" as %s", batch->item[i].scenario->id,
                           batch->item[j].path);
            }
}

void load(struct batch *batch, const struct operands *operands, const struct option_overrides *overrides,
          struct diag *diag)
{
    const struct model_schema *schema;

    *batch = (struct batch){0};
    schema = model_schemas(&batch->arena);
    for (size_t i = 0; i < operands->n; i++) {
        if (is_folder(operands->item[i])) {
            batch->from_folder = true;
            add_folder(batch, operands->item[i], 0, diag);
        } else {
            add(batch, operands->item[i]);
        }
    }
    for (size_t i = 0; i < batch->n; i++) {
        struct loaded *loaded = &batch->item[i];
        const size_t errors = diag->n_errors;

        loaded->scenario = scenario_read(loaded->path, overrides->item, overrides->n, schema, model_count, diag);
        if (loaded->scenario->root && !loaded->scenario->is_frame)
            compile(loaded, diag, errors); /* also after mistakes, to tell those that only show now */
        loaded->is_wrong = diag->n_errors > errors;
    }
    check_ids(batch, diag);
}

void load_free(struct batch *batch)
{
    for (size_t i = 0; i < batch->n; i++) {
        plan_free(batch->item[i].plan);
        scenario_free(batch->item[i].scenario);
    }
    arena_free(&batch->arena);
}

static void check_playable(const struct loaded *loaded, struct diag *diag)
{
    const struct scenario *scenario = loaded->scenario;
    const struct place start = {.source = scenario->file ? scenario->file[0] : NULL};

    if (scenario->kind == KIND_BATCH) {
        diag_error(diag, start, "foothold run this", "holds a batch: not a scenario to play");
        return;
    }
    if (scenario->kind == KIND_RESOLUTIONS) {
        diag_error(diag, start, "foothold score FILE... --resolved this", "holds resolutions: not a scenario to play");
        return;
    }
    if (scenario->is_frame) {
        diag_error(diag, start, "run a scenario that extends it, or add as_of = \"YYYY-MM-DD\"; and a horizon",
                   "has no as_of: it is a frame for others, not a scenario to run");
        return;
    }
    if (scenario->n_models > 1)
        diag_error(diag, scenario->model[0].name.place, "name one: model = \"hazard\";",
                   "model: mixtures can be checked, but not run yet");
    else if (!model_find(scenario->model[0].name.text))
        diag_error(diag, scenario->model[0].name.place, "`foothold models` lists those that can run",
                   "model: \"%s\" can be checked, but not run yet", scenario->model[0].name.text);
    if (scenario->n_evidence)
        diag_error(diag, scenario->evidence[0].entity.place,
                   "take it out to run the scenario as if nothing had been seen",
                   "evidence: can be checked, but not weighed in a run yet");
}

bool load_check_playable(struct loaded *loaded, struct diag *diag)
{
    const size_t errors = diag->n_errors;

    if (!loaded->is_wrong)
        check_playable(loaded, diag);
    loaded->is_wrong = loaded->is_wrong || diag->n_errors > errors;
    return !loaded->is_wrong;
}

/* Frames found in a folder are there to be extended; named outright they are a mistake. */
static void drop_frames(struct batch *batch)
{
    size_t kept = 0;

    for (size_t i = 0; i < batch->n; i++) {
        if (batch->from_folder && batch->item[i].scenario->is_frame && batch->item[i].scenario->root)
            scenario_free(batch->item[i].scenario);
        else
            batch->item[kept++] = batch->item[i];
    }
    batch->n = kept;
}

void load_to_play(struct batch *batch, const struct operands *operands, const struct option_overrides *overrides,
                  struct diag *diag)
{
    load(batch, operands, overrides, diag);
    drop_frames(batch);
    for (size_t i = 0; i < batch->n; i++)
        load_check_playable(&batch->item[i], diag);
    if (!batch->n && !diag->n_errors)
        diag_error(diag, (struct place){0}, "scenarios end in .cfg and have an as_of", "%s: no scenario to run in it",
                   operands->item[0]);
}
