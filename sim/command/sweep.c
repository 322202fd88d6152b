/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep - a scenario's answers over a grid of values for some of its numbers. */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/analysis/sweep.h"
#include "sim/command/command.h"
#include "sim/command/playing.h"
#include "sim/command/provenance.h"
#include "sim/command/terminal.h"
#include "sim/report/output.h"
#include "sim/report/result.h"
#include "sim/system/visible.h"

struct sweep_options {
    struct playing playing;
    struct option_overrides vary;
};

static const struct option_row option[] = {
    {"vary", "PATH=VALUES", OPTION_RANGE, offsetof(struct sweep_options, vary),
     "the values of a number: LO:HI:STEPS, so many points from LO to HI, or a list a,b,c; may be repeated", NULL},
};
static const struct option_set options_of_sweep = {option, sizeof option / sizeof *option, 0, &playing_options};

struct job {
    const struct sweep_options *options;
    struct batch *batch;
    struct sweep *sweep;
    struct progress progress;
    int argc;
    char **argv;
};

/* ---- what is varied ---- */

/* A number that ends where one of `ends` stands, or the text does; *text moves on past that. */
static bool number(const char **text, const char *ends, double *x)
{
    char *end;

    *x = strtod(*text, &end);
    if (end == *text || !isfinite(*x) || strspn(*text, " \t\n\v\f\rxXpPiInN") || (*end && !strchr(ends, *end)))
        return false;
    *text = end + (*end != '\0');
    return true;
}

static void wrong(struct diag *diag, const struct override *vary, const char *hint, const char *what)
{
    diag_error(diag, (struct place){0}, hint, "--vary %s=%s: %s", vary->path, vary->value, what);
}

static bool list(struct sweep_path *path, struct arena *arena, const char *text)
{
    size_t capacity = 0;
    bool more = true;

    while (more) {
        const char *before = text;

        path->value = arena_grow(arena, path->value, path->n, &capacity, sizeof *path->value);
        if (!number(&text, ",", &path->value[path->n]))
            return false;
        path->n++;
        more = text > before && text[-1] == ',';
    }
    return true;
}

static void range(struct sweep_path *path, struct arena *arena, const struct override *vary, struct diag *diag)
{
    const char *text = vary->value;
    double low, high;
    uint64_t steps;

    if (!number(&text, ":", &low) || !number(&text, ":", &high)) {
        wrong(diag, vary, "LO:HI:STEPS, for instance 0.1:0.9:9", "not a range");
    } else if (!options_count(text, &steps) || steps > SWEEP_MOST_POINTS) {
        wrong(diag, vary, arena_print(arena, "a whole number of points, 2 to %d", (int)SWEEP_MOST_POINTS),
              "not a number of steps");
    } else if (!(low < high)) {
        wrong(diag, vary, "LO:HI:STEPS, LO below HI", "LO is not below HI");
    } else if (steps < 2) {
        wrong(diag, vary, "2 or more: LO and HI themselves are points", "one point is no range");
    } else {
        path->n = (size_t)steps;
        path->value = arena_new(arena, path->n, sizeof *path->value);
        for (size_t i = 0; i < path->n; i++) /* the ends exactly */
            path->value[i] = i + 1 == path->n ? high : low + (high - low) * (double)i / (double)(path->n - 1);
    }
}

static void read_vary(struct sweep *sweep, const struct option_overrides *vary, struct diag *diag)
{
    double points = 1.0;

    sweep->path = arena_new(&sweep->arena, vary->n, sizeof *sweep->path);
    sweep->n_paths = vary->n;
    for (size_t k = 0; k < vary->n; k++) {
        struct sweep_path *path = &sweep->path[k];

        path->path = vary->item[k].path;
        if (strchr(vary->item[k].value, ':'))
            range(path, &sweep->arena, &vary->item[k], diag);
        else if (!list(path, &sweep->arena, vary->item[k].value))
            wrong(diag, &vary->item[k], "numbers with commas between them, for instance 0.2,0.5,0.9", "not a list");
        for (size_t i = 0; i < path->n; i++)
            for (size_t j = 0; j < i; j++)
                if (path->value[i] == path->value[j])
                    wrong(diag, &vary->item[k], NULL, "has a value twice");
        points *= (double)path->n;
    }
    if (points > SWEEP_MOST_POINTS)
        diag_error(diag, (struct place){0}, "fewer steps", "--vary: %.0f points are too many: %d at most", points,
                   (int)SWEEP_MOST_POINTS);
}

/* ---- playing ---- */

/* All that is said of the sweep, to its files and to the terminal. */
static void deliver(const struct job *job, const struct provenance *provenance, struct output *output,
                    const char *folder)
{
    const struct playing *playing = &job->options->playing;
    struct result result;

    result_begin(&result, "", provenance);
    sweep_tables(&result, job->sweep);
    sweep_document(&result, job->sweep);
    result_deliver(&result, output);
    result_show(&result, stdout, (enum result_format)playing->format, terminal_has_colour(stdout), terminal_width());
    if (!playing->quiet)
        visible_line(stderr, "%s: %" PRIu64 " draws, seed %" PRIu64 ", written to %s/", job->batch->item[0].path,
                     provenance->n_draws, provenance->seed, folder);
    result_free(&result);
}

static int give_up(const struct sweep *sweep, const char *runaway)
{
    if (!sweep->why_not)
        return playing_given_up("sweep", runaway);
    visible_line(stderr, "foothold sweep: a point between makes no sense: %s", sweep->why_not);
    return EXIT_INPUT;
}

static int play_sweep(struct job *job)
{
    const struct playing *playing = &job->options->playing;
    const struct loaded *loaded = &job->batch->item[0];
    struct play_settings settings = playing_arms_settings(playing, loaded->plan->chain != NULL);
    const double started = terminal_seconds(), cpu = terminal_cpu_seconds();
    const char *runaway, *folder = playing->out;
    struct provenance made;
    struct output output;
    enum delivery delivery;
    bool good;

    if (!folder)
        folder = arena_print(&job->sweep->arena, "results/%s/sweep", loaded->scenario->id);
    delivery = playing_claim("sweep", playing, &output, folder);
    if (delivery != DELIVER_FINE)
        return playing_refused(delivery);
    settings.progress = progress_show;
    settings.context = &job->progress;
    progress_begin(&job->progress, loaded->scenario->id, playing->quiet);
    good = sweep_play(job->sweep, playing->worlds > 0, &settings, &runaway);
    progress_end(&job->progress);
    if (!good) {
        output_abandon(&output);
        return give_up(job->sweep, runaway);
    }
    made = provenance_of_arms(&job->sweep->arena, "sweep", playing, &settings, loaded, &job->sweep->outcome[0].computed,
                              1, job->sweep->n_points);
    made.argc = job->argc;
    made.argv = (const char *const *)job->argv;
    made.seconds = terminal_seconds() - started;
    made.cpu_seconds = terminal_cpu_seconds() - cpu;
    deliver(job, &made, &output, folder);
    return EXIT_FINE;
}

static int sweep_file(struct job *job, struct diag *diag)
{
    const struct playing *playing = &job->options->playing;
    const struct batch *batch = job->batch;
    int status = EXIT_INPUT;

    if (!diag->n_errors && batch->n > 1)
        diag_error(diag, (struct place){0}, "one after the other", "a sweep is of one scenario");
    if (!diag->n_errors)
        playing_check_plan(playing, &batch->item[0], false, diag);
    playing_check_arms(playing, diag);
    read_vary(job->sweep, &job->options->vary, diag);
    if (!diag->n_errors) {
        sweep_init(job->sweep, batch->item[0].scenario, batch->item[0].path, playing->overrides.item,
                   playing->overrides.n, diag);
        sweep_check(job->sweep);
    }
    if (diag->n_errors || !playing->quiet)
        diag_print(diag, stderr, terminal_has_colour(stderr));
    if (!diag->n_errors)
        status = play_sweep(job);
    return status;
}

static bool check_line(const struct operands *operands, const struct sweep_options *options)
{
    if (operands->n && options->vary.n)
        return true;
    fprintf(stderr,
            "foothold sweep: %s\n"
            "  hint: foothold sweep scenarios/first.cfg --vary levers.debt_relief.chance=0:1:11\n",
            operands->n ? "nothing to vary" : "no scenario given");
    return false;
}

static int run(int argc, char **argv)
{
    struct sweep_options options = {0};
    struct operands operands;
    struct diag diag = {0};
    struct batch batch = {0};
    struct sweep sweep = {0};
    struct job job = {.options = &options, .batch = &batch, .sweep = &sweep, .argc = argc, .argv = argv};
    int status = EXIT_INPUT;

    if (options_parse("sweep", &options_of_sweep, argc, argv, &options, &operands) &&
        playing_check("sweep", &options.playing) && check_line(&operands, &options)) {
        playing_begin(&options.playing);
        load_to_play(&batch, &operands, &options.playing.overrides, &diag);
        status = sweep_file(&job, &diag);
        sweep_free(&sweep);
        load_free(&batch);
    }
    options_free(&operands, &options.playing.overrides);
    options_free(&(struct operands){0}, &options.vary);
    diag_free(&diag);
    output_check_stdout();
    return status;
}

const struct command command_sweep = {
    .name = "sweep",
    .summary = "answers over a grid of values for one or more numbers of a scenario, under common random numbers",
    .usage = "foothold sweep [options] FILE --vary PATH=LO:HI:STEPS [--vary ...]",
    .detail = "A number that is varied has no uncertainty of its own. Written to results/SCENARIO/sweep or --out: "
              "sweep.txt,\n"
              "sweep.csv (a point and a question a row, with the slope to the next point), sweep.json, report.html, "
              "manifest.json.\n",
    .options = &options_of_sweep,
    .run = run,
};
