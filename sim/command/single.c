/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/single.h"
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "sim/analysis/summarise.h"
#include "sim/command/command.h"
#include "sim/command/load.h"
#include "sim/command/provenance.h"
#include "sim/command/terminal.h"
#include "sim/engine/play.h"
#include "sim/report/data_histories.h"
#include "sim/report/npy.h"
#include "sim/report/output.h"
#include "sim/report/result.h"
#include "sim/system/visible.h"

/* What the playing of a scenario needs at hand. */
struct job {
    const struct single *single;
    const struct loaded *loaded;
    struct output output;
    struct arena arena;
    FILE *worlds; /* worlds.csv */
    struct dataset worlds_table;
    union cell *world; /* a row of it */
    struct output draws_output;
    FILE *draws; /* NULL: not wanted */
    uint64_t n_draws;
    FILE *runs, *events; /* NULL: not wanted */
    struct histories histories;
};

static void on_progress(void *context, uint64_t n_draws, double fraction)
{
    struct job *job = context;

    progress_show(job->single->progress, n_draws, fraction);
}

static void on_world(void *context, size_t arm, uint64_t index, const double *input, const double *p)
{
    struct job *job = context;
    const struct plan *plan = job->loaded->plan;

    (void)arm;
    job->world[0].text = job->loaded->scenario->id;
    job->world[1].count = index;
    for (size_t i = 0; i < plan->n_inputs; i++)
        job->world[2 + i].number = input[i];
    for (size_t q = 0; q < plan->n_questions; q++)
        job->world[2 + plan->n_inputs + q].number = p[q];
    dataset_csv_row(job->worlds, &job->worlds_table, job->world);
}

static void on_draws(void *context, size_t arm, const struct play_draw *draw, size_t n)
{
    struct job *job = context;

    (void)arm;
    for (size_t i = 0; i < n; i++) {
        const struct npy_draw record = {draw[i].world, draw[i].run,  draw[i].base,
                                        draw[i].state, draw[i].lost, draw[i].deal};

        npy_write(job->draws, &record, 1);
    }
    job->n_draws += n;
}

static void on_recorded(void *context, size_t arm, const struct play_recorded *recorded)
{
    struct job *job = context;

    (void)arm;
    histories_write(&job->histories, recorded);
}

static void begin_histories(struct job *job)
{
    if (!job->single->histories)
        return;
    job->runs = output_open(&job->output, "runs.csv");
    job->events = output_open(&job->output, "events.csv");
    histories_begin(&job->histories, job->loaded->plan, job->runs, job->events);
}

/* The file of draws is a set of its own: it may stand anywhere. */
static void begin_draws(struct job *job)
{
    const char *path = job->single->draws, *slash = path ? strrchr(path, '/') : NULL;
    char *folder;

    if (!path)
        return;
    folder = slash ? strndup(path, (size_t)(slash - path) + (slash == path)) : strdup(".");
    if (!folder)
        die("out of memory");
    output_begin(&job->draws_output, folder);
    job->draws = output_open(&job->draws_output, slash ? slash + 1 : path);
    npy_begin(job->draws);
    free(folder);
}

static void end_draws(struct job *job, bool whole)
{
    if (job->draws && whole) {
        npy_end(job->draws, job->n_draws);
        output_commit(&job->draws_output);
    } else if (job->draws) {
        output_abandon(&job->draws_output);
    }
}

static void begin_worlds(struct job *job)
{
    const struct plan *plan = job->loaded->plan;
    const char **path = arena_new(&job->arena, plan->n_inputs + plan->n_questions, sizeof *path);
    const char **question = path + plan->n_inputs;

    for (size_t i = 0; i < plan->n_inputs; i++)
        path[i] = plan->input[i].path;
    for (size_t q = 0; q < plan->n_questions; q++)
        question[q] = plan->question[q].id;
    job->worlds = output_open(&job->output, "worlds.csv");
    job->worlds_table = run_worlds(&job->arena, path, plan->n_inputs, question, plan->n_questions);
    job->world = arena_new(&job->arena, job->worlds_table.n_columns, sizeof *job->world);
    dataset_csv_head(job->worlds, &job->worlds_table);
}

static struct play_settings settings_of(struct job *job)
{
    const char *draws = job->single->draws;
    const bool histories = job->single->histories;
    struct play_settings settings =
        playing_settings(job->single->playing, job->loaded->plan, draws != NULL || histories);

    settings.progress = on_progress;
    settings.world = on_world;
    settings.draws = draws ? on_draws : NULL;
    settings.recorded = histories ? on_recorded : NULL;
    settings.context = job;
    return settings;
}

/* All that is said of the run: what programs read, then what people read. */
static void begin_result(struct result *result, const struct job *job, const struct answer *answer,
                         const struct provenance *provenance)
{
    result_begin(result, *answer->title ? answer->title : answer->scenario_id, provenance);
    run_tables(result, answer);
    if (job->single->histories) {
        result_dataset(result, job->histories.runs);
        result_dataset(result, job->histories.events);
    }
    run_document(result, answer, job->loaded->scenario);
}

/* One scenario is told at length; of a batch each has its summary.txt, and a table compares them at the end. */
static void show(const struct job *job, const struct answer *answer, const struct result *result, const char *folder)
{
    if (job->single->playing->format == FORMAT_TEXT && job->single->alone)
        result_show(result, stdout, RESULT_TEXT, terminal_has_colour(stdout), terminal_width());
    if (!job->single->playing->quiet)
        visible_line(stderr, "%s: %" PRIu64 " draws, seed %" PRIu64 ", written to %s/", job->loaded->path,
                     answer->n_draws, result->provenance->seed, folder);
}

static bool tell_runaway(const struct play_result *result, const struct loaded *loaded)
{
    if (result->runaway) {
        visible_line(stderr, "%s: error: \"%s\" rings over and over: more than %d rings in one run", loaded->path,
                     result->runaway, HISTORY_MAX);
        fputs("  hint: a rate or a hazard ratio is far too high\n", stderr);
    }
    return result->runaway != NULL;
}

/* Play into the folder that was claimed. */
static struct answer *play_job(struct job *job, const char *folder, int *status, const char **why)
{
    const struct plan *plan = job->loaded->plan;
    const struct play_settings settings = settings_of(job);
    const double started = terminal_seconds(), cpu = terminal_cpu_seconds();
    struct answer *answer = NULL;
    struct play_result result;
    struct result said;

    begin_worlds(job);
    begin_histories(job);
    begin_draws(job);
    playing_play(&result, plan, &settings);
    progress_end(job->single->progress);
    if (tell_runaway(&result, job->loaded)) {
        *status = EXIT_INPUT;
        *why = "rings over and over";
        output_abandon(&job->output);
    } else if (!result.n_draws) {
        output_abandon(&job->output);
    } else {
        struct provenance provenance =
            provenance_of(&job->arena, "run", job->single->playing, &settings, &result, job->loaded, 1);

        provenance.argc = job->single->argc;
        provenance.argv = (const char *const *)job->single->argv;
        answer = summarise(plan, &result, 0, settings.n_runs);
        provenance.seconds = terminal_seconds() - started;
        provenance.cpu_seconds = terminal_cpu_seconds() - cpu;
        begin_result(&said, job, answer, &provenance);
        result_deliver(&said, &job->output);
        show(job, answer, &said, folder);
        result_free(&said);
    }
    end_draws(job, answer != NULL);
    histories_free(&job->histories);
    play_free(&result);
    arena_free(&job->arena);
    return answer;
}

struct answer *single_play(const struct single *single, const char *folder, int *status, const char **why)
{
    struct job job = {.single = single, .loaded = single->loaded};
    const enum delivery delivery = playing_claim("run", single->playing, &job.output, folder);

    if (delivery == DELIVER_FINE)
        return play_job(&job, folder, status, why);
    *status = playing_refused(delivery);
    *why = delivery == DELIVER_BUSY ? "another process is writing to its folder" : "its folder holds other files";
    return NULL;
}
