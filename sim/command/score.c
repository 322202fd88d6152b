/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score - score forecasts against what happened. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/analysis/scoring.h"
#include "sim/command/command.h"
#include "sim/command/playing.h"
#include "sim/command/provenance.h"
#include "sim/command/terminal.h"
#include "sim/report/output.h"
#include "sim/report/result.h"
#include "sim/system/visible.h"

struct score_options {
    struct playing playing;
    const char *resolved;
};

static const struct option_row option[] = {
    {"resolved", "FILE", OPTION_TEXT, offsetof(struct score_options, resolved),
     "what happened: a file of resolutions, such as scenarios/syria/resolved.cfg", NULL},
};
static const struct option_set options_of_score = {option, sizeof option / sizeof *option, 0, &playing_options};

struct job {
    const struct score_options *options;
    struct arena arena;
    struct batch batch;    /* scenarios to be played */
    struct frozen *frozen; /* earlier runs */
    size_t n_frozen;
    struct forecast *forecast; /* both */
    size_t n;
    struct resolutions resolutions;
    struct scoring scoring;
    struct progress progress;
    int argc;
    char **argv;
};

static bool is_frozen(const char *path)
{
    const size_t length = strlen(path);

    return length > 4 && !strcmp(path + length - 4, ".csv");
}

static void read_forecasts(struct job *job, const struct operands *operands, struct diag *diag)
{
    struct operands scenarios = {memory_new(operands->n, sizeof *scenarios.item), 0};
    const struct model_schema *const schemas = model_schemas(&job->arena);

    job->frozen = memory_new(operands->n, sizeof *job->frozen);
    for (size_t i = 0; i < operands->n; i++)
        if (is_frozen(operands->item[i]))
            frozen_read(&job->frozen[job->n_frozen++], operands->item[i], schemas, model_count, diag);
        else
            scenarios.item[scenarios.n++] = operands->item[i];
    if (scenarios.n)
        load_to_play(&job->batch, &scenarios, &job->options->playing.overrides, diag);
    for (size_t i = 0; i < job->batch.n && !diag->n_errors; i++)
        playing_check_plan(&job->options->playing, &job->batch.item[i], false, diag);
    job->forecast = memory_new(job->batch.n + job->n_frozen, sizeof *job->forecast);
    for (size_t i = 0; i < job->batch.n; i++)
        job->forecast[job->n++] =
            (struct forecast){.path = job->batch.item[i].path, .scenario = job->batch.item[i].scenario};
    for (size_t i = 0; i < job->n_frozen; i++)
        job->forecast[job->n++] = (struct forecast){.scenario = job->frozen[i].scenario, .frozen = &job->frozen[i]};
    free(scenarios.item);
}

/* All that is said of the scores, to their files and to the terminal. */
static void deliver(const struct job *job, const struct provenance *provenance, struct output *output,
                    const char *folder)
{
    const struct playing *playing = &job->options->playing;
    struct result result;

    result_begin(&result, "", provenance);
    score_tables(&result, &job->scoring);
    score_document(&result, &job->scoring);
    result_deliver(&result, output);
    result_show(&result, stdout, (enum result_format)playing->format, terminal_has_colour(stdout), terminal_width());
    if (!playing->quiet)
        visible_line(stderr, "seed %" PRIu64 ", written to %s/", playing->seed.seed, folder);
    result_free(&result);
}

static int play_forecasts(struct job *job)
{
    const struct playing *playing = &job->options->playing;
    const double started = terminal_seconds(), cpu = terminal_cpu_seconds();
    struct arena *arena = &job->scoring.arena;
    bool *computed = arena_new(arena, job->batch.n, sizeof *computed), all = true;
    const char *runaway, *folder = playing->out;
    struct play_settings settings;
    struct provenance made;
    struct output output;
    enum delivery delivery;
    bool good;

    if (!folder)
        folder = arena_print(arena, "results/%s/score", job->forecast[0].scenario->id);
    delivery = playing_claim("score", playing, &output, folder);
    if (delivery != DELIVER_FINE)
        return playing_refused(delivery);
    for (size_t i = 0; i < job->batch.n; i++) {
        computed[i] = job->batch.item[i].plan->chain && playing->estimator != ESTIMATOR_DRAW;
        all = all && job->batch.item[i].plan->chain;
    }
    settings = playing_arms_settings(playing, all);
    settings.progress = progress_show;
    settings.context = &job->progress;
    progress_begin(&job->progress, "score", playing->quiet);
    good = scoring_play(&job->scoring, &settings, &runaway);
    progress_end(&job->progress);
    if (!good) {
        output_abandon(&output);
        return playing_given_up("score", runaway);
    }
    made =
        provenance_of_arms(arena, "score", playing, &settings, job->batch.item, computed, job->batch.n, job->batch.n);
    made.argc = job->argc;
    made.argv = (const char *const *)job->argv;
    made.seconds = terminal_seconds() - started;
    made.cpu_seconds = terminal_cpu_seconds() - cpu;
    deliver(job, &made, &output, folder);
    return EXIT_FINE;
}

static int score(struct job *job, const struct operands *operands)
{
    struct diag diag = {0};
    int status = EXIT_INPUT;

    resolutions_read(&job->resolutions, job->options->resolved, &diag);
    read_forecasts(job, operands, &diag);
    playing_check_arms(&job->options->playing, &diag);
    if (!diag.n_errors)
        scoring_init(&job->scoring, &job->resolutions, job->forecast, job->n, &diag);
    if (diag.n_errors || !job->options->playing.quiet)
        diag_print(&diag, stderr, terminal_has_colour(stderr));
    if (!diag.n_errors)
        status = play_forecasts(job);
    scoring_free(&job->scoring);
    resolutions_free(&job->resolutions);
    for (size_t i = 0; i < job->n_frozen; i++)
        frozen_free(&job->frozen[i]);
    free(job->frozen);
    free(job->forecast);
    load_free(&job->batch);
    arena_free(&job->arena);
    diag_free(&diag);
    return status;
}

static int run(int argc, char **argv)
{
    struct score_options options = {0};
    struct operands operands;
    struct job job = {.options = &options, .argc = argc, .argv = argv};
    int status = EXIT_INPUT;
    bool good = options_parse("score", &options_of_score, argc, argv, &options, &operands);

    good = good && playing_check("score", &options.playing);
    if (good && (!operands.n || !options.resolved)) {
        fprintf(stderr,
                "foothold score: %s\n"
                "  hint: foothold score scenarios/syria/s0-inss.cfg --resolved scenarios/syria/resolved.cfg\n",
                operands.n ? "nothing says what happened: --resolved is missing" : "no forecasts given");
        good = false;
    }
    for (size_t i = 0; i < operands.n && good; i++)
        if (!strcmp(operands.item[i], "-") && !strcmp(options.resolved, "-")) {
            fputs("foothold score: -: standard input holds the forecast or what happened, not both\n"
                  "  hint: save one of them, and name the file\n",
                  stderr);
            good = false;
        }
    if (good) {
        playing_begin(&options.playing);
        status = score(&job, &operands);
    }
    options_free(&operands, &options.playing.overrides);
    output_check_stdout();
    return status;
}

const struct command command_score = {
    .name = "score",
    .summary = "score forecasts against what happened: Brier, log and ranked probability scores, calibration",
    .usage = "foothold score [options] FILE... --resolved FILE",
    .detail =
        "A FILE is a scenario, which is played, or the summary.csv of an earlier run: a frozen forecast, dated by the\n"
        "manifest.json beside it. A resolution says how a question turned out, in which state a base was on a date, or "
        "how many\n"
        "bases were held. Written to results/FIRST/score or --out: score.txt, score.csv, calibration.csv, score.json,\n"
        "report.html, manifest.json.\n",
    .options = &options_of_score,
    .run = run,
};
