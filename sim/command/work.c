/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/work.h"
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sim/analysis/summarise.h"
#include "sim/command/terminal.h"
#include "sim/report/output.h"
#include "sim/report/report.h"
#include "sim/report/stored.h"
#include "sim/system/visible.h"
#include "sim/text/diag.h"

/* ---- collecting ---- */

static struct batch *new_source(struct work *work)
{
    struct batch *grown = memory_new(work->n_sources + 1, sizeof *grown);

    if (work->n_sources)
        memcpy(grown, work->source, work->n_sources * sizeof *grown);
    free(work->source);
    work->source = grown;
    return &work->source[work->n_sources++];
}

static struct work_item *add(struct work *work, struct loaded *loaded, const struct playing *playing)
{
    char *effective, hex[65];
    struct work_item *item;

    work->item = arena_grow(&work->arena, work->item, work->n, &work->capacity, sizeof *work->item);
    item = &work->item[work->n];
    *item = (struct work_item){.name = loaded->scenario->id ? loaded->scenario->id : loaded->path,
                               .loaded = loaded,
                               .playing = *playing,
                               .message = "",
                               .sha256 = "",
                               .same_as = work->n};
    work->n++;
    if (loaded->is_wrong) {
        item->status = BATCH_FAILED;
        item->message = "has mistakes";
    }
    if (!loaded->scenario->root)
        return item;
    effective = scenario_print(loaded->scenario, true);
    scenario_sha256(effective, strlen(effective), hex);
    free(effective);
    item->sha256 = arena_copy(&work->arena, hex, 64);
    return item;
}

/* Settings that an entry makes for itself. */
static int choice(const struct name *name, const char *const *known, int otherwise, const char *what, struct diag *diag)
{
    for (int i = 0; known[i] && name->text; i++)
        if (!strcmp(known[i], name->text))
            return i;
    if (name->text)
        diag_error(diag, name->place, "`foothold help run` lists them", "there is no %s \"%s\"", what, name->text);
    return otherwise;
}

static struct playing settings_of(const struct batch_entry *entry, const struct playing *playing, struct diag *diag)
{
    struct playing out = *playing;

    out.worlds = entry->worlds ? entry->worlds : out.worlds;
    out.runs = entry->runs ? entry->runs : out.runs;
    out.precision = entry->precision > 0.0 ? entry->precision : out.precision;
    out.design = choice(&entry->design, playing_design_name, out.design, "design", diag);
    out.estimator = choice(&entry->estimator, playing_estimator_name, out.estimator, "estimator", diag);
    return out;
}

/* The command line's overrides, then the entry's. */
static struct option_overrides overrides_of(struct work *work, const struct batch_entry *entry,
                                            const struct option_overrides *given)
{
    struct option_overrides out = {.n = given->n + entry->n_sets};

    out.item = arena_new(&work->arena, out.n, sizeof *out.item);
    if (given->n)
        memcpy(out.item, given->item, given->n * sizeof *out.item);
    if (entry->n_sets)
        memcpy(out.item + given->n, entry->set, entry->n_sets * sizeof *out.item);
    return out;
}

static void add_entry(struct work *work, const struct batch_entry *entry, const struct playing *playing,
                      const char *folder, struct diag *diag)
{
    struct playing settings = settings_of(entry, playing, diag);
    const struct option_overrides overrides = overrides_of(work, entry, &playing->overrides);
    const struct operands operands = {entry->path, entry->n_paths};
    const size_t source = work->n_sources;

    load_to_play(new_source(work), &operands, &overrides, diag);
    for (size_t i = 0; i < work->source[source].n; i++)
        for (size_t s = 0; s < (entry->n_seeds ? entry->n_seeds : 1); s++) {
            struct work_item *item;
            const char *name = entry->entity.id;

            if (entry->n_seeds)
                settings.seed = (struct option_seed){entry->seed[s], true};
            item = add(work, &work->source[source].item[i], &settings);
            if (work->source[source].n > 1)
                name = arena_print(&work->arena, "%s-%s", name, item->name);
            if (entry->n_seeds > 1)
                name = arena_print(&work->arena, "%s-seed%" PRIu64, name, entry->seed[s]);
            item->name = name;
            item->folder = arena_print(&work->arena, "%s/%s", folder, name);
        }
}

static struct batch_file *new_file(struct work *work)
{
    struct batch_file *grown = memory_new(work->n_files + 1, sizeof *grown);

    if (work->n_files)
        memcpy(grown, work->file, work->n_files * sizeof *grown);
    free(work->file);
    work->file = grown;
    return &work->file[work->n_files++];
}

/* The file's name without folder and ending. */
static const char *name_of(struct arena *arena, const char *path)
{
    const char *name = !strcmp(path, "-") ? "stdin" : strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    const size_t length = strlen(name);

    return arena_copy(arena, name, length > 4 && !strcmp(name + length - 4, ".cfg") ? length - 4 : length);
}

static void add_file(struct work *work, const char *path, const struct playing *playing, struct diag *diag)
{
    struct batch_file *file = new_file(work);
    const size_t errors = diag->n_errors;
    bool good;

    batch_file_read(file, path, diag);
    work->several = true;
    work->folder =
        playing->out ? playing->out : arena_print(&work->arena, "results/%s/batch", name_of(&work->arena, path));
    for (size_t i = 0; i < file->n; i++)
        settings_of(&file->entry[i], playing, diag);
    good = diag->n_errors == errors; /* mistakes of the batch itself stop all of it, those of a scenario do not */
    for (size_t i = 0; i < file->n && good; i++)
        add_entry(work, &file->entry[i], playing, work->folder, diag);
}

/* A batch file stands alone: its folder is its own. */
static bool is_batch(const struct operands *operands, struct diag *diag)
{
    for (size_t i = 0; i < operands->n; i++) {
        struct diag none = {0};
        struct arena arena = {0};
        const struct source *source = source_read(&arena, operands->item[i]);
        const struct node *tree = source->problem ? NULL : tree_parse(&arena, source, &none);
        const bool found = tree && tree_get(tree, "batch");

        diag_free(&none);
        arena_free(&arena);
        if (found && operands->n > 1)
            diag_error(diag, (struct place){0}, "one after the other", "%s: a batch is run by itself",
                       operands->item[i]);
        if (found)
            return true;
    }
    return false;
}

void work_collect(struct work *work, const struct operands *operands, const struct playing *playing, struct diag *diag)
{
    struct batch *source;

    *work = (struct work){0};
    if (is_batch(operands, diag)) {
        if (operands->n == 1)
            add_file(work, operands->item[0], playing, diag);
        return;
    }
    source = new_source(work);
    load_to_play(source, operands, &playing->overrides, diag);
    work->several = source->n > 1;
    if (work->several)
        work->folder = playing->out ? playing->out : "results/batch";
    for (size_t i = 0; i < source->n; i++) {
        struct work_item *item = add(work, &source->item[i], playing);

        item->folder = !playing->out   ? arena_print(&work->arena, "results/%s/run", item->name)
                       : work->several ? arena_print(&work->arena, "%s/%s", playing->out, item->name)
                                       : playing->out;
    }
}

void work_free(struct work *work)
{
    for (size_t i = 0; i < work->n; i++)
        answer_free(work->item[i].answer);
    for (size_t i = 0; i < work->n_sources; i++)
        load_free(&work->source[i]);
    for (size_t i = 0; i < work->n_files; i++)
        batch_file_free(&work->file[i]);
    free(work->source);
    free(work->file);
    arena_free(&work->arena);
}

/* ---- what is the same ---- */

static bool same_settings(const struct playing *a, const struct playing *b)
{
    return a->seed.seed == b->seed.seed && a->worlds == b->worlds && a->runs == b->runs &&
           a->precision == b->precision && a->design == b->design && a->estimator == b->estimator;
}

void work_find_same(struct work *work)
{
    char **numbers = memory_new(work->n, sizeof *numbers);

    for (size_t i = 0; i < work->n; i++) {
        struct work_item *item = &work->item[i];

        if (item->status == BATCH_FAILED)
            continue;
        numbers[i] = scenario_print_numbers(item->loaded->scenario);
        for (size_t k = 0; k < i && item->same_as == i; k++)
            if (numbers[k] && same_settings(&work->item[k].playing, &item->playing) && !strcmp(numbers[k], numbers[i]))
                item->same_as = k;
    }
    for (size_t i = 0; i < work->n; i++)
        free(numbers[i]);
    free(numbers);
}

/* ---- resuming ---- */

/* All that a run writes is listed, and as it was written. */
static bool has_files(const struct manifest *manifest, const char *folder, bool histories)
{
    static const char *const name[] = {"summary.txt",  "summary.csv", "curves.csv", "worlds.csv", "levers.csv",
                                       "summary.json", "report.html", "runs.csv",   "events.csv"};
    const size_t n = sizeof name / sizeof *name;

    for (size_t i = 0; i < (histories ? n : n - 2); i++)
        if (!manifest_find(manifest, name[i]))
            return false;
    return manifest_fits_all(manifest, folder);
}

static bool is_text(const json_t *object, const char *key, const char *wanted)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text && !strcmp(text, wanted);
}

static bool is_number(const json_t *object, const char *key, double wanted)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) && json_number_value(value) == wanted;
}

/* Whether an item's folder holds results of these very numbers and settings; *seed: the one they were played with. */
static bool holds_results(const struct work *work, const struct work_item *item, uint64_t *seed)
{
    const struct playing *playing = &item->playing;
    struct manifest manifest;
    const bool found = manifest_read(&manifest, item->folder);
    const json_t *root = found ? manifest.root : NULL;
    const json_t *parameters = json_object_get(root, "parameters"), *scenario = json_object_get(root, "scenario");
    const char *text = json_string_value(json_object_get(parameters, "seed"));
    bool good = text && item->loaded->plan && json_is_true(json_object_get(root, "complete"));

    if (good) {
        const struct play_settings settings = playing_settings(playing, item->loaded->plan, false);
        const bool computed = item->loaded->plan->chain && settings.estimator != ESTIMATOR_DRAW;

        *seed = strtoull(text, NULL, 10);
        good = is_text(scenario, "sha256", item->sha256) &&
               is_text(json_object_get(root, "software"), "version", FOOTHOLD_VERSION) &&
               is_text(parameters, "design", playing_design_name[settings.design]) &&
               is_text(parameters, "estimator", computed ? "conditional" : "draw") &&
               is_number(parameters, "runs", (double)settings.n_runs) &&
               (settings.precision > 0.0 ? is_number(parameters, "precision", settings.precision)
                                         : is_number(parameters, "worlds", (double)settings.n_worlds)) &&
               has_files(&manifest, item->folder, work->histories);
    }
    if (found)
        manifest_free(&manifest);
    return good;
}

bool work_resume_seed(const struct work *work, uint64_t *seed)
{
    for (size_t i = 0; i < work->n; i++)
        if (!work->item[i].playing.seed.given && work->item[i].status == BATCH_TO_DO &&
            holds_results(work, &work->item[i], seed))
            return true;
    return false;
}

void work_resume(struct work *work)
{
    for (size_t i = 0; i < work->n; i++) {
        struct work_item *item = &work->item[i];
        uint64_t seed;

        if (item->status == BATCH_TO_DO && holds_results(work, item, &seed) && seed == item->playing.seed.seed) {
            item->status = BATCH_SKIPPED;
            item->answer = stored_answer(item->folder, item->loaded->plan);
            if (item->answer)
                item->answer->name = item->name;
        }
    }
}

/* ---- what is written of all ---- */

/* A path from a folder to a file in another, both as they are named from the working folder. NULL: there is none that holds
 * wherever both are moved together. */
static const char *path_between(struct arena *arena, const char *folder, const char *file)
{
    const char *path = "";
    size_t same = 0;

    if ((*folder == '/') != (*file == '/') || strstr(folder, "..") || strstr(file, ".."))
        return NULL;
    for (size_t i = 0; folder[i] && folder[i] == file[i]; i++)
        if (file[i] == '/')
            same = i + 1;
    if (!strncmp(folder, file, strlen(folder)) && file[strlen(folder)] == '/')
        return file + strlen(folder) + 1;
    for (const char *rest = folder + same; *rest; rest += strspn(rest, "/")) {
        path = arena_print(arena, "%s../", path);
        rest += strcspn(rest, "/");
    }
    return arena_print(arena, "%s%s", path, file + same);
}

static struct batch_row *make_rows(struct arena *arena, const struct work *work)
{
    struct batch_row *row = arena_new(arena, work->n, sizeof *row);

    for (size_t i = 0; i < work->n; i++) {
        const struct work_item *item = &work->item[i];
        const char *page = arena_print(arena, "%s/report.html", item->folder);

        row[i] = (struct batch_row){.name = item->name,
                                    .scenario_id = item->loaded->scenario->id,
                                    .model_id = item->loaded->scenario->analyst_id,
                                    .seed = item->playing.seed.seed,
                                    .sha256 = *item->sha256 ? item->sha256 : NULL,
                                    .status = item->status,
                                    .same_as = item->same_as == i ? NULL : work->item[item->same_as].name,
                                    .folder = item->folder,
                                    .message = *item->message ? item->message : NULL,
                                    .page = access(page, R_OK) ? NULL : path_between(arena, work->folder, page),
                                    .answer = item->answer};
    }
    return row;
}

static bool is_computed(const struct work_item *item)
{
    const struct plan *plan = item->loaded->plan;

    return plan && plan->chain && item->playing.estimator != ESTIMATOR_DRAW;
}

void work_write(const struct work *work, struct output *output, const struct playing *playing, bool seed_chosen,
                int argc, char **argv)
{
    struct arena arena = {0};
    struct provenance_scenario *scenario = arena_new(&arena, work->n, sizeof *scenario);
    const struct provenance provenance = {.command = "run",
                                          .argc = argc,
                                          .argv = (const char *const *)argv,
                                          .seed = playing->seed.seed,
                                          .seed_chosen = seed_chosen,
                                          .design = playing_design_name[playing->design],
                                          .complete = !playing_caught,
                                          .scenario = scenario,
                                          .n_scenarios = work->n,
                                          .threads = playing->threads ? (int)playing->threads : play_processors(),
                                          .precision = playing->precision > 0.0 ? playing->precision : NAN,
                                          .libconfig_version = tree_libconfig_version()};
    const struct batch_row *row = make_rows(&arena, work);
    struct result result;
    bool any = false;

    for (size_t i = 0; i < work->n; i++)
        scenario[i] = (struct provenance_scenario){
            .id = work->item[i].name, .sha256 = work->item[i].sha256, .computed = is_computed(&work->item[i])};
    result_begin(&result, "Scenarios played together", &provenance);
    result.json_name = NULL; /* each entry has its own */
    batch_tables(&result, row, work->n);
    batch_summary(output_open(output, "summary.csv"), &result, row, work->n);
    batch_document(&result, row, work->n);
    result_deliver(&result, output);
    for (size_t i = 0; i < work->n; i++)
        any = any || row[i].answer;
    if (any && playing->format == FORMAT_TEXT)
        result_show(&result, stdout, RESULT_TEXT, terminal_has_colour(stdout), terminal_width());
    result_free(&result);
    arena_free(&arena);
}

void work_tell(const struct work *work)
{
    size_t n[BATCH_DONE + 1] = {0};

    for (size_t i = 0; i < work->n; i++) {
        const struct work_item *item = &work->item[i];

        n[item->status]++;
        if (item->same_as != i)
            visible_line(stderr, "%s is the same as %s: nothing in it changes a number%s", item->name,
                         work->item[item->same_as].name,
                         item->status == BATCH_SAME ? ", so it is not played again" : "");
        if (item->status == BATCH_FAILED)
            visible_line(stderr, "%s: failed: %s", item->name, item->message);
    }
    fprintf(stderr, "%zu of %zu played", n[BATCH_DONE] + n[BATCH_STOPPED], work->n);
    if (n[BATCH_SKIPPED])
        fprintf(stderr, ", %zu skipped: whole and unchanged", n[BATCH_SKIPPED]);
    if (n[BATCH_FAILED])
        fprintf(stderr, ", %zu failed", n[BATCH_FAILED]);
    if (n[BATCH_TO_DO] || n[BATCH_STOPPED])
        fprintf(stderr, ", %zu stopped short; --resume goes on", n[BATCH_TO_DO] + n[BATCH_STOPPED]);
    visible_line(stderr, "; all together in %s/", work->folder);
}
