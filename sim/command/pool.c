/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool - make one answer of several analysts', and say how far they disagree. */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include "sim/analysis/pooling.h"
#include "sim/command/command.h"
#include "sim/command/playing.h"
#include "sim/command/provenance.h"
#include "sim/command/terminal.h"
#include "sim/report/output.h"
#include "sim/report/result.h"
#include "sim/system/visible.h"

struct pool_options {
    struct playing playing;
    double extreme;
    bool even_shared;
    int given;
};

static const struct option_row option[] = {
    {"extremise", "A", OPTION_POSITIVE, offsetof(struct pool_options, extreme),
     "raise the pooled odds to the power A (1.5 if left out and no two analysts share a source)", NULL},
    {"even-shared", NULL, OPTION_FLAG, offsetof(struct pool_options, even_shared),
     "extremise even analysts who share sources", NULL},
    {"given", "WHAT", OPTION_CHOICE, offsetof(struct pool_options, given),
     "what scenarios that start earlier are conditioned on: start (default: the last one's start: its bases' states, "
     "and nothing "
     "come that can still come there) or held (the bases still held)",
     playing_given_name},
};
static const struct option_set options_of_pool = {option, sizeof option / sizeof *option, 0, &playing_options};

static const double usual_extreme = 1.5;

struct job {
    const struct pool_options *options;
    struct batch *batch;
    struct pooling *pooling;
    struct progress progress;
    int argc;
    char **argv;
};

/* Analysts who read the same sources agree for that reason too: to take it for knowledge would count it twice. */
static void choose_extreme(struct job *job, struct diag *diag)
{
    const struct pool_options *options = job->options;
    struct pooling *pooling = job->pooling;

    if (options->extreme > 0.0 && options->extreme <= 1.0)
        diag_error(diag, (struct place){0}, "for instance 1.5", "--extremise: %g would not make the pool more extreme",
                   options->extreme);
    else if (options->extreme > 0.0 && pooling->shared && !options->even_shared)
        diag_error(diag, (struct place){0}, "leave --extremise out, or add --even-shared", "--extremise: %s",
                   pooling->shared);
    else if (options->extreme > 0.0)
        pooling->extreme = options->extreme;
    else if (!pooling->shared || options->even_shared)
        pooling->extreme = usual_extreme;
}

/* All that is said of the pool, to its files and to the terminal. */
static void deliver(const struct job *job, const struct provenance *provenance, struct output *output,
                    const char *folder)
{
    const struct playing *playing = &job->options->playing;
    struct result result;

    result_begin(&result, "", provenance);
    pool_tables(&result, job->pooling);
    pool_document(&result, job->pooling);
    result_deliver(&result, output);
    result_show(&result, stdout, (enum result_format)playing->format, terminal_has_colour(stdout), terminal_width());
    if (!playing->quiet)
        visible_line(stderr, "%" PRIu64 " draws, seed %" PRIu64 ", written to %s/", provenance->n_draws,
                     provenance->seed, folder);
    result_free(&result);
}

static int play_pool(struct job *job)
{
    const struct playing *playing = &job->options->playing;
    const struct batch *batch = job->batch;
    struct pooling *pooling = job->pooling;
    struct arena *arena = &pooling->arena;
    bool *computed = arena_new(arena, batch->n, sizeof *computed), all = true;
    const double started = terminal_seconds(), cpu = terminal_cpu_seconds();
    const char *runaway, *folder = playing->out;
    struct play_settings settings;
    struct provenance made;
    struct output output;
    enum delivery delivery;
    bool good;

    if (!folder)
        folder = arena_print(arena, "results/%s/pool", batch->item[0].scenario->id);
    delivery = playing_claim("pool", playing, &output, folder);
    if (delivery != DELIVER_FINE)
        return playing_refused(delivery);
    for (size_t i = 0; i < batch->n; i++)
        all = all && batch->item[i].plan->chain;
    settings = playing_arms_settings(playing, all);
    settings.progress = progress_show;
    settings.context = &job->progress;
    progress_begin(&job->progress, "pool", playing->quiet);
    good = pooling_play(pooling, &settings, &runaway);
    progress_end(&job->progress);
    if (!good) {
        output_abandon(&output);
        return playing_given_up("pool", runaway);
    }
    for (size_t i = 0; i < batch->n; i++)
        if (pooling->outcome[i].evidence < AGENDA_LEAST_KEPT) {
            output_abandon(&output);
            return playing_too_rare("pool", pooling->scenario[i], pooling->outcome[i].evidence, pooling->targets.last);
        }
    for (size_t i = 0; i < batch->n; i++)
        computed[i] = pooling->outcome[i].computed;
    made = provenance_of_arms(arena, "pool", playing, &settings, batch->item, computed, batch->n, batch->n);
    made.argc = job->argc;
    made.argv = (const char *const *)job->argv;
    made.seconds = terminal_seconds() - started;
    made.cpu_seconds = terminal_cpu_seconds() - cpu;
    deliver(job, &made, &output, folder);
    return EXIT_FINE;
}

static int pool_batch(struct job *job, struct diag *diag)
{
    const struct batch *batch = job->batch;
    const struct playing *playing = &job->options->playing;
    const struct scenario **scenario = memory_new(batch->n, sizeof *scenario);
    int status = EXIT_INPUT;

    for (size_t i = 0; i < batch->n; i++)
        scenario[i] = batch->item[i].scenario;
    if (!diag->n_errors && batch->n < 2)
        diag_error(diag, (struct place){0}, "for instance foothold pool scenarios/syria", "one analyst is no pool");
    for (size_t i = 0; i < batch->n && !diag->n_errors; i++)
        playing_check_plan(playing, &batch->item[i], false, diag);
    playing_check_arms(playing, diag);
    if (!diag->n_errors && pooling_init(job->pooling, scenario, batch->n, (enum agenda_given)job->options->given, diag))
        choose_extreme(job, diag);
    if (diag->n_errors || !playing->quiet)
        diag_print(diag, stderr, terminal_has_colour(stderr));
    if (!diag->n_errors)
        status = play_pool(job);
    pooling_free(job->pooling);
    free(scenario);
    return status;
}

static int run(int argc, char **argv)
{
    struct pool_options options = {0};
    struct operands operands;
    struct diag diag = {0};
    struct batch batch = {0};
    struct pooling pooling = {0};
    struct job job = {.options = &options, .batch = &batch, .pooling = &pooling, .argc = argc, .argv = argv};
    int status = EXIT_INPUT;
    bool good = options_parse("pool", &options_of_pool, argc, argv, &options, &operands);

    good = good && playing_check("pool", &options.playing);
    if (good && !operands.n) {
        fputs("foothold pool: no scenarios given\n  hint: foothold pool scenarios/syria\n", stderr);
        good = false;
    }
    if (good) {
        playing_begin(&options.playing);
        load_to_play(&batch, &operands, &options.playing.overrides, &diag);
        status = pool_batch(&job, &diag);
        load_free(&batch);
    }
    options_free(&operands, &options.playing.overrides);
    diag_free(&diag);
    output_check_stdout();
    return status;
}

const struct command command_pool = {
    .name = "pool",
    .summary = "make one answer of several analysts', and say how far they disagree",
    .usage = "foothold pool [options] FILE...",
    .detail = "Analysts count by analyst.weight. Pools: linear, logarithmic (of the odds) and extremised, which is "
              "refused where two\n"
              "analysts share a source, a frame's numbers or nearly all numbers. Written to results/FIRST/pool or "
              "--out: pool.txt, pool.csv, analysts.csv,\n"
              "pool.json, report.html, manifest.json.\n",
    .options = &options_of_pool,
    .run = run,
};
