/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain - one run, or the typical run of each ending: what happened, when and why. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/analysis/explanation.h"
#include "sim/command/command.h"
#include "sim/command/playing.h"
#include "sim/command/provenance.h"
#include "sim/command/terminal.h"
#include "sim/report/explain.h"
#include "sim/report/output.h"
#include "sim/scenario/scenario.h"
#include "sim/system/visible.h"

enum { DEFAULT_WORLDS = 4096, DEFAULT_RUNS = 16 };

struct explain_options {
    struct playing playing;
    struct option_seed world, run;
    const char *question;
};

static const struct option_row option[] = {
    {"question", "ID", OPTION_TEXT, offsetof(struct explain_options, question),
     "explain a typical run that says yes and one that says no; if left out, one for each way the bases end", NULL},
    {"world", "K", OPTION_SEED, offsetof(struct explain_options, world),
     "explain one run of this world, as numbered in worlds.csv, runs.csv and the like: from 0", NULL},
    {"run", "N", OPTION_SEED, offsetof(struct explain_options, run), "which of its runs (0 if left out)", NULL},
};
static const struct option_set options_of_explain = {option, sizeof option / sizeof *option, 0, &playing_options};

struct job {
    const struct explain_options *options;
    struct batch batch;
    struct explanation explanation;
    size_t question; /* SIZE_MAX: none */
    struct progress progress;
    int argc;
    char **argv;
};

/* All that is said of the histories, written into the folder that was claimed, and shown. */
static void deliver(const struct job *job, struct output *output, const struct provenance *provenance,
                    const char *folder)
{
    static const enum result_format format[] = {
        [FORMAT_TEXT] = RESULT_TEXT, [FORMAT_JSON] = RESULT_JSON, [FORMAT_CSV] = RESULT_CSV};
    const struct playing *playing = &job->options->playing;
    const struct scenario *scenario = job->explanation.scenario;
    struct result result;

    result_begin(&result, *scenario->title ? scenario->title : scenario->id, provenance);
    result.text_name = "explain.txt";
    result.json_name = "explain.json";
    explain_tables(&result, &job->explanation);
    explain_document(&result, &job->explanation);
    result_deliver(&result, output);
    result_show(&result, stdout, format[playing->format], terminal_has_colour(stdout), terminal_width());
    result_free(&result);
    if (!playing->quiet)
        visible_line(stderr, "%s: seed %" PRIu64 ", written to %s/", job->batch.item[0].path, provenance->seed, folder);
}

static struct play_settings settings_of(struct job *job)
{
    const struct playing *playing = &job->options->playing;
    struct play_settings settings = playing_settings(playing, job->batch.item[0].plan, true);

    settings.n_worlds = playing->worlds ? playing->worlds : DEFAULT_WORLDS;
    settings.n_runs = playing->runs ? playing->runs : DEFAULT_RUNS;
    settings.progress = progress_show;
    settings.context = &job->progress;
    return settings;
}

static bool play_it(struct job *job, const struct play_settings *settings)
{
    const struct explain_options *options = job->options;
    const struct plan *plan = job->batch.item[0].plan;
    bool good;

    if (options->world.given)
        return explanation_of_run(&job->explanation, plan, settings, options->world.seed, options->run.seed);
    progress_begin(&job->progress, job->batch.item[0].scenario->id, options->playing.quiet);
    good = explanation_of_endings(&job->explanation, plan, settings, job->question);
    progress_end(&job->progress);
    return good;
}

/* One run is a draw by itself. */
static struct provenance provenance_of_job(struct job *job, struct arena *arena, const struct play_settings *settings)
{
    const bool computed = false;
    struct play_settings played = *settings;
    struct provenance made;

    if (job->explanation.single)
        played.n_worlds = played.n_runs = 1;
    made = provenance_of_arms(arena, "explain", &job->options->playing, &played, job->batch.item, &computed, 1, 1);
    if (!job->explanation.single) {
        made.complete = job->explanation.result.complete;
        made.n_worlds = job->explanation.result.n_worlds;
        made.n_draws = job->explanation.result.n_draws;
    }
    made.argc = job->argc;
    made.argv = (const char *const *)job->argv;
    return made;
}

static int explain(struct job *job)
{
    const struct playing *playing = &job->options->playing;
    const struct play_settings settings = settings_of(job);
    const double started = terminal_seconds(), cpu = terminal_cpu_seconds();
    const char *folder = playing->out;
    struct provenance made;
    struct arena arena = {0};
    struct output output;
    enum delivery delivery;

    if (!folder)
        folder = arena_print(&arena, "results/%s/explain", job->batch.item[0].scenario->id);
    delivery = playing_claim("explain", playing, &output, folder);
    if (delivery != DELIVER_FINE) {
        arena_free(&arena);
        return playing_refused(delivery);
    }
    if (!play_it(job, &settings)) {
        output_abandon(&output);
        arena_free(&arena);
        return playing_given_up("explain", job->explanation.runaway);
    }
    made = provenance_of_job(job, &arena, &settings);
    made.seconds = terminal_seconds() - started;
    made.cpu_seconds = terminal_cpu_seconds() - cpu;
    deliver(job, &output, &made, folder);
    arena_free(&arena);
    return playing_status(EXIT_FINE);
}

/* ---- what is wrong with the line ---- */

static void find_question(struct job *job, struct diag *diag)
{
    const struct plan *plan = job->batch.item[0].plan;
    const char *wanted = job->options->question, **name, *near;

    job->question = SIZE_MAX;
    if (!wanted)
        return;
    name = memory_new(plan->n_questions, sizeof *name);
    for (size_t q = 0; q < plan->n_questions; q++) {
        name[q] = plan->question[q].id;
        if (!strcmp(name[q], wanted))
            job->question = q;
    }
    near = diag_nearest(wanted, name, plan->n_questions);
    if (job->question == SIZE_MAX)
        diag_error(diag, (struct place){0}, near ? near : plan->question[0].id,
                   "--question: the scenario does not ask \"%s\"", wanted);
    free(name);
}

static void check(struct job *job, struct diag *diag)
{
    const struct explain_options *options = job->options;
    const struct play_settings settings = settings_of(job);

    if (job->batch.n > 1)
        diag_error(diag, (struct place){0}, "one after the other", "explain takes one scenario");
    if (options->world.given && options->question)
        diag_error(diag, (struct place){0}, "leave one of them out",
                   "--world explains one run, --question typical ones");
    if (options->run.given && !options->world.given)
        diag_error(diag, (struct place){0}, "--world K --run N", "--run: of which world?");
    if (options->world.seed > UINT32_MAX)
        diag_error(diag, (struct place){0}, "0 to 4294967295", "--world: there are no more worlds than that");
    if (options->run.seed >= (uint64_t)PLAY_MAX_RUNS)
        diag_error(diag, (struct place){0}, "0 to 17179869183", "--run: no world has more runs than that");
    if (options->playing.precision > 0.0)
        diag_error(diag, (struct place){0}, "say --worlds", "--precision: a history has no error to bring down");
    if (options->playing.estimator == ESTIMATOR_CONDITIONAL)
        diag_error(diag, (struct place){0}, "leave it out",
                   "--estimator conditional: what bases do is drawn, so that it can be explained");
    if ((double)settings.n_runs > PLAY_MAX_RECORDED)
        diag_error(diag, (struct place){0}, "more worlds of fewer runs each",
                   "--runs: a world of so many is too large");
    find_question(job, diag);
}

static int explain_file(struct job *job, struct diag *diag)
{
    const struct playing *playing = &job->options->playing;

    if (!diag->n_errors)
        check(job, diag);
    if (!diag->n_errors)
        playing_check_plan(playing, &job->batch.item[0], true, diag);
    if (diag->n_errors || !playing->quiet)
        diag_print(diag, stderr, terminal_has_colour(stderr));
    return diag->n_errors ? EXIT_INPUT : explain(job);
}

static int run(int argc, char **argv)
{
    struct explain_options options = {0};
    struct operands operands;
    struct diag diag = {0};
    struct job job = {.options = &options, .argc = argc, .argv = argv};
    int status = EXIT_INPUT;

    if (options_parse("explain", &options_of_explain, argc, argv, &options, &operands) &&
        playing_check("explain", &options.playing)) {
        if (operands.n) {
            playing_begin(&options.playing);
            load_to_play(&job.batch, &operands, &options.playing.overrides, &diag);
            status = explain_file(&job, &diag);
            explanation_free(&job.explanation);
            load_free(&job.batch);
        } else {
            fputs("foothold explain: no scenario given\n  hint: foothold explain scenarios/first.cfg\n", stderr);
        }
    }
    options_free(&operands, &options.playing.overrides);
    diag_free(&diag);
    output_check_stdout();
    return status;
}

const struct command command_explain = {
    .name = "explain",
    .summary = "show the typical history of each ending, or any one history: what happened, when and why",
    .usage = "foothold explain [options] FILE [--question ID | --world K --run N]",
    .detail = "The same seed, design, world and run give the same history as in `foothold run`. Each event is shown "
              "with its\n"
              "probability of having fired by then, what made its hazard larger or smaller, and what it changes.\n"
              "Written to results/SCENARIO/explain or --out: explain.txt, report.html, events.csv, explain.json, "
              "manifest.json.\n",
    .options = &options_of_explain,
    .run = run,
};
