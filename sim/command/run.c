/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run - play scenarios and write down what came of it. */
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "sim/command/command.h"
#include "sim/command/single.h"
#include "sim/command/terminal.h"
#include "sim/command/work.h"
#include "sim/report/output.h"
#include "sim/report/report.h"
#include "sim/system/visible.h"

enum { RUNS_TOLD = 16 }; /* a world, if --runs is left out: many more would fill disks */

struct run_options {
    struct playing playing;
    const char *draws;
    bool histories, resume;
};

static const struct option_row option[] = {
    {"draws", "FILE.npy", OPTION_TEXT, offsetof(struct run_options, draws),
     "write what became of each base in each run, as a NumPy array; all is drawn then", NULL},
    {"histories", NULL, OPTION_FLAG, offsetof(struct run_options, histories),
     "write runs.csv and events.csv too: what became of each base in each run, and all that happened; all is "
     "drawn then, in 16 runs a world if --runs is left out",
     NULL},
    {"resume", NULL, OPTION_FLAG, offsetof(struct run_options, resume),
     "skip what an earlier call left whole and unchanged", NULL},
};
static const struct option_set options_of_run = {option, sizeof option / sizeof *option, 0, &playing_options};

/* What was played now, for programs; work_write shows people a table of all, and one scenario alone has shown itself. */
static void show_data(const struct work *work, const struct run_options *options)
{
    const struct answer **answer = memory_new(work->n, sizeof *answer);
    size_t n = 0;

    for (size_t i = 0; i < work->n; i++)
        if (work->item[i].answer && work->item[i].status != BATCH_SKIPPED)
            answer[n++] = work->item[i].answer;
    if (options->playing.format == FORMAT_JSON && n)
        json_summary(stdout, answer, n);
    else if (options->playing.format == FORMAT_CSV && n)
        csv_summary(stdout, answer, n);
    free(answer);
}

/* A call of the program. */
struct call {
    const struct run_options *options;
    struct progress progress;
    int argc;
    char **argv;
};

static void play_item(const struct work *work, struct work_item *item, struct call *call)
{
    const struct run_options *options = call->options;
    const struct single single = {.loaded = item->loaded,
                                  .playing = &item->playing,
                                  .draws = options->draws,
                                  .histories = options->histories,
                                  .progress = &call->progress,
                                  .alone = !work->several,
                                  .argc = call->argc,
                                  .argv = call->argv};

    item->exit = EXIT_FINE;
    item->answer = single_play(&single, item->folder, &item->exit, &item->message);
    if (item->exit != EXIT_FINE) {
        item->status = BATCH_FAILED;
    } else if (item->answer) {
        item->answer->name = item->name;
        item->status = item->answer->complete ? BATCH_DONE : BATCH_STOPPED;
    }
}

/* What equals an earlier entry of a batch is not played again; a scenario named for itself is. */
static void settle(struct work *work, bool resume)
{
    work_find_same(work);
    for (size_t i = 0; i < work->n; i++)
        if (work->n_files && work->item[i].same_as != i && work->item[i].status == BATCH_TO_DO)
            work->item[i].status = BATCH_SAME;
    if (resume)
        work_resume(work);
}

/* Seeds are the command line's but where a batch says them. */
static void choose_seeds(struct work *work, struct run_options *options)
{
    struct option_seed *seed = &options->playing.seed;

    if (!seed->given && options->resume)
        seed->given = work_resume_seed(work, &seed->seed);
    playing_begin(&options->playing);
    for (size_t i = 0; i < work->n; i++)
        if (!work->item[i].playing.seed.given)
            work->item[i].playing.seed = *seed;
}

/* How much there is to do for an item, in draws; where a precision decides, all count alike. */
static double effort(const struct work *work, const struct work_item *item, const struct run_options *options)
{
    struct play_settings settings;

    for (size_t i = 0; i < work->n; i++)
        if (work->item[i].playing.precision > 0.0)
            return 1.0;
    settings = playing_settings(&item->playing, item->loaded->plan, options->draws || options->histories);
    return (double)settings.n_worlds * (double)settings.n_runs;
}

static void play_items(struct work *work, struct call *call)
{
    double *part = memory_new(work->n, sizeof *part), all = 0.0, before = 0.0;

    for (size_t i = 0; i < work->n; i++) {
        part[i] = work->item[i].status == BATCH_TO_DO ? effort(work, &work->item[i], call->options) : 0.0;
        all += part[i];
    }
    progress_begin(&call->progress, "", call->options->playing.quiet);
    for (size_t i = 0; i < work->n && !playing_caught; i++) {
        if (work->item[i].status != BATCH_TO_DO)
            continue;
        progress_part(&call->progress, work->item[i].name, before / all, part[i] / all);
        play_item(work, &work->item[i], call);
        before += part[i];
    }
    free(part);
}

static int play_work(struct work *work, struct run_options *options, int argc, char **argv)
{
    const bool chosen = !options->playing.seed.given;
    struct call call = {.options = options, .argc = argc, .argv = argv};
    struct output output;
    int status = EXIT_FINE;

    if (work->several) {
        const enum delivery delivery = playing_claim("run", &options->playing, &output, work->folder);

        if (delivery != DELIVER_FINE)
            return playing_refused(delivery);
    }
    choose_seeds(work, options);
    settle(work, options->resume);
    play_items(work, &call);
    for (size_t i = 0; i < work->n; i++)
        if (work->item[i].status == BATCH_FAILED && status != EXIT_INPUT)
            status = work->item[i].exit ? work->item[i].exit : EXIT_INPUT;
    if (work->several)
        work_write(work, &output, &options->playing, chosen, argc, argv);
    show_data(work, options);
    if (work->several && !options->playing.quiet)
        work_tell(work);
    return playing_status(status);
}

/* What is kept of one world's runs until it is handed on must fit. */
static void check_draws_fit(const struct work_item *item, const struct run_options *options, struct diag *diag)
{
    const struct loaded *loaded = item->loaded;
    const struct play_settings settings = playing_settings(&item->playing, loaded->plan, true);

    if (options->histories && (double)settings.n_runs > PLAY_MAX_RECORDED)
        diag_error(diag, (struct place){.source = loaded->scenario->file[0]}, "more worlds of fewer runs each",
                   "--histories: a world of %" PRIu64 " runs is too large", settings.n_runs);
    if (options->draws &&
        ((double)settings.n_runs * (double)loaded->plan->n_bases > PLAY_MAX_KEPT || settings.n_worlds > UINT32_MAX))
        diag_error(diag, (struct place){.source = loaded->scenario->file[0]}, "more worlds of fewer runs each",
                   "--draws: a world of %" PRIu64 " runs is too large", settings.n_runs);
}

/* What the settings ask of each scenario; those that cannot have it fail. */
static void check_items(struct work *work, const struct run_options *options, struct diag *diag)
{
    for (size_t i = 0; i < work->n; i++) {
        struct work_item *item = &work->item[i];
        const size_t errors = diag->n_errors;

        if (item->status == BATCH_FAILED)
            continue;
        playing_check_plan(&item->playing, item->loaded, options->draws || options->histories, diag);
        check_draws_fit(item, options, diag);
        if (diag->n_errors > errors) {
            item->status = BATCH_FAILED;
            item->message = "its settings cannot be had";
        }
    }
    if (work->several && options->draws)
        diag_error(diag, (struct place){0}, "run them one by one",
                   "--draws: one file cannot hold the draws of %zu scenarios", work->n);
}

static int run_files(const struct operands *operands, struct run_options *options, int argc, char **argv)
{
    struct diag diag = {0};
    struct work work;
    int status = EXIT_INPUT;
    size_t n_good = 0;

    work_collect(&work, operands, &options->playing, &diag);
    work.histories = options->histories;
    check_items(&work, options, &diag);
    for (size_t i = 0; i < work.n; i++)
        n_good += work.item[i].status != BATCH_FAILED;
    if (diag.n_errors || !options->playing.quiet)
        diag_print(&diag, stderr, terminal_has_colour(stderr));
    if (n_good && !(work.several && options->draws))
        status = play_work(&work, options, argc, argv);
    if (diag.n_errors && status == EXIT_FINE)
        status = EXIT_INPUT;
    work_free(&work);
    diag_free(&diag);
    return status;
}

static bool check_drawn(const struct run_options *options, const char *name)
{
    if (options->playing.estimator != ESTIMATOR_CONDITIONAL)
        return true;
    fprintf(stderr,
            "foothold run: %s: with --estimator conditional nothing is drawn for the bases\n"
            "  hint: leave one of them out\n",
            name);
    return false;
}

/* What the options ask of each other. */
static bool check_draws(const struct run_options *options)
{
    const size_t length = options->draws ? strlen(options->draws) : 0;
    bool good = true;

    if (options->draws &&
        (length < 5 || strcmp(options->draws + length - 4, ".npy") != 0 || options->draws[length - 5] == '/')) {
        visible_line(stderr, "foothold run: --draws: not usable: %s", options->draws);
        fputs("  hint: a file whose name ends in .npy\n", stderr);
        good = false;
    }
    if (options->draws)
        good = check_drawn(options, "--draws") && good;
    if (options->histories)
        good = check_drawn(options, "--histories") && good;
    return good;
}

/* What is to be written down of each run is drawn. */
static void settle_drawn(struct run_options *options)
{
    if (options->draws || options->histories)
        options->playing.estimator = ESTIMATOR_DRAW;
    if (options->histories && !options->playing.runs)
        options->playing.runs = RUNS_TOLD;
}

static int run(int argc, char **argv)
{
    struct run_options options = {0};
    struct operands operands;
    int status = EXIT_INPUT;
    bool good = options_parse("run", &options_of_run, argc, argv, &options, &operands);

    good = good && playing_check("run", &options.playing);
    good = good && check_draws(&options);
    if (good && !operands.n) {
        fputs("foothold run: no scenario given\n  hint: foothold run scenarios/first.cfg\n", stderr);
        good = false;
    }
    settle_drawn(&options);
    if (good)
        status = run_files(&operands, &options, argc, argv);
    options_free(&operands, &options.playing.overrides);
    if (playing_caught != SIGHUP) /* the terminal is gone, and standard output with it */
        output_check_stdout();
    return status;
}

const struct command command_run = {
    .name = "run",
    .summary = "play scenarios; write their results and show the answers",
    .usage = "foothold run [options] FILE...",
    .detail =
        "A FILE may be a folder, for all scenarios in it, or - for standard input. Each scenario's folder receives\n"
        "summary.txt, summary.csv, curves.csv, worlds.csv, levers.csv, summary.json, report.html and manifest.json. Of "
        "several, one "
        "that has\n"
        "mistakes is reported and the others are played; summary.txt, summary.csv, batch.csv and report.html of all go "
        "to --out, or "
        "results/batch. A FILE\n"
        "that holds a batch (scenarios x settings x seeds, scenarios/batch.cfg is one) is run by itself, into "
        "results/NAME/batch.\n"
        "Ctrl-C, or a terminal that is closed, finishes what is running, keeps what is done and marks it incomplete; "
        "--resume\n"
        "goes on from there. A folder is written to by one run at a time.\n",
    .options = &options_of_run,
    .run = run,
};
