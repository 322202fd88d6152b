/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare - differences between scenarios under common random numbers, and the assumptions that account for them. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/analysis/comparison.h"
#include "sim/command/command.h"
#include "sim/command/playing.h"
#include "sim/command/provenance.h"
#include "sim/command/terminal.h"
#include "sim/report/output.h"
#include "sim/report/result.h"
#include "sim/system/visible.h"

static const char *const by_name[] = {
    [BY_ASSUMPTION] = "assumption", [BY_THING] = "thing", [BY_GROUP] = "group", [BY_NONE] = "none", NULL};

struct compare_options {
    struct playing playing;
    const char *baseline;
    int by;
    uint64_t orders;
    int given;
};

static const struct option_row option[] = {
    {"baseline", "ID", OPTION_TEXT, offsetof(struct compare_options, baseline),
     "the scenario the others are held against, by id or file: the first if left out", NULL},
    {"by", "NAME", OPTION_CHOICE, offsetof(struct compare_options, by),
     "whose shares of the difference: each assumption's (default), thing's, group's, or none", by_name},
    {"orders", "N", OPTION_COUNT, offsetof(struct compare_options, orders),
     "pairs of orders to sample where over 12 assumptions differ (some thousand arms in all if left out)", NULL},
    {"given", "WHAT", OPTION_CHOICE, offsetof(struct compare_options, given),
     "what scenarios that start earlier are conditioned on: start (default: the last one's start: its bases' states, "
     "and nothing "
     "come that can still come there) or held (the bases still held)",
     playing_given_name},
};
static const struct option_set options_of_compare = {option, sizeof option / sizeof *option, 0, &playing_options};

struct job {
    const struct compare_options *options;
    struct batch *batch;
    struct progress progress;
    int argc;
    char **argv;
};

/* The baseline comes first. */
static void choose_baseline(struct batch *batch, const char *name, struct diag *diag)
{
    const char **known;
    const char *near;

    if (!name)
        return;
    for (size_t i = 0; i < batch->n; i++)
        if (!strcmp(batch->item[i].path, name) || !strcmp(batch->item[i].scenario->id, name)) {
            const struct loaded chosen = batch->item[i];

            memmove(batch->item + 1, batch->item, i * sizeof *batch->item);
            batch->item[0] = chosen;
            return;
        }
    known = arena_new(&batch->arena, batch->n, sizeof *known);
    for (size_t i = 0; i < batch->n; i++)
        known[i] = batch->item[i].scenario->id;
    near = diag_nearest(name, known, batch->n);
    diag_error(diag, (struct place){0},
               near ? arena_print(&batch->arena, "did you mean %s?", near) : "the id of one of the scenarios compared",
               "--baseline %s: no scenario of that name", name);
}

static void check(struct batch *batch, const struct compare_options *options, struct diag *diag)
{
    for (size_t i = 0; i < batch->n && !diag->n_errors; i++)
        playing_check_plan(&options->playing, &batch->item[i], false, diag);
    if (!diag->n_errors && batch->n < 2)
        diag_error(diag, (struct place){0},
                   "for instance foothold compare scenarios/syria/s0-inss.cfg scenarios/syria/s1-column.cfg",
                   "two or more scenarios are needed to compare");
    if (!diag->n_errors)
        choose_baseline(batch, options->baseline, diag);
    playing_check_arms(&options->playing, diag);
}

static struct provenance provenance(struct arena *arena, const struct job *job, const struct comparison *comparison,
                                    const struct play_settings *settings)
{
    bool *computed = arena_new(arena, comparison->n_arms, sizeof *computed);
    struct provenance out;

    for (size_t i = 0; i < comparison->n_arms; i++)
        computed[i] = comparison->arm[i].outcome.computed;
    out = provenance_of_arms(arena, "compare", &job->options->playing, settings, job->batch->item, computed,
                             comparison->n_arms, comparison->n_played);
    out.argc = job->argc;
    out.argv = (const char *const *)job->argv;
    return out;
}

/* All that is said of the comparison, to its files and to the terminal. */
static void deliver(const struct job *job, const struct comparison *comparison, const struct provenance *provenance,
                    struct output *output, const char *folder)
{
    struct result result;

    result_begin(&result, "", provenance);
    compare_tables(&result, comparison);
    compare_document(&result, comparison);
    result_deliver(&result, output);
    result_show(&result, stdout, (enum result_format)job->options->playing.format, terminal_has_colour(stdout),
                terminal_width());
    if (!job->options->playing.quiet)
        visible_line(stderr, "%" PRIu64 " draws, seed %" PRIu64 ", written to %s/", provenance->n_draws,
                     provenance->seed, folder);
    result_free(&result);
}

static struct play_settings settings_of(struct job *job)
{
    struct play_settings settings;
    bool computed = true;

    for (size_t i = 0; i < job->batch->n; i++)
        computed = computed && job->batch->item[i].plan->chain;
    settings = playing_arms_settings(&job->options->playing, computed);
    settings.progress = progress_show;
    settings.context = &job->progress;
    return settings;
}

static int compare(struct job *job, struct comparison *comparison, const struct scenario *const *scenario)
{
    const struct compare_options *options = job->options;
    struct play_settings settings = settings_of(job);
    const struct comparison_wish wish = {(enum attribute_by)options->by, options->orders, options->playing.worlds > 0};
    const double started = terminal_seconds(), cpu = terminal_cpu_seconds();
    const char *runaway, *folder = options->playing.out;
    struct arena arena = {0};
    struct provenance made;
    struct output output;
    enum delivery delivery;
    bool good;

    if (!folder)
        folder = arena_print(&arena, "results/%s/compare", scenario[0]->id);
    delivery = playing_claim("compare", &options->playing, &output, folder);
    if (delivery != DELIVER_FINE) {
        arena_free(&arena);
        return playing_refused(delivery);
    }
    progress_begin(&job->progress, "compare", options->playing.quiet);
    good = comparison_play(comparison, scenario, job->batch->n, &wish, &settings, &runaway);
    progress_end(&job->progress);
    if (!good) {
        output_abandon(&output);
        arena_free(&arena);
        return playing_given_up("compare", runaway);
    }
    for (size_t i = 0; i < comparison->n_arms; i++)
        if (comparison->arm[i].outcome.evidence < AGENDA_LEAST_KEPT) {
            output_abandon(&output);
            arena_free(&arena);
            return playing_too_rare("compare", scenario[i], comparison->arm[i].outcome.evidence,
                                    comparison->targets.last);
        }
    made = provenance(&arena, job, comparison, &settings);
    made.seconds = terminal_seconds() - started;
    made.cpu_seconds = terminal_cpu_seconds() - cpu;
    deliver(job, comparison, &made, &output, folder);
    arena_free(&arena);
    return EXIT_FINE;
}

static int compare_batch(struct job *job, struct diag *diag)
{
    const struct batch *batch = job->batch;
    const struct scenario **scenario = memory_new(batch->n, sizeof *scenario);
    struct comparison comparison = {0};
    int status = EXIT_INPUT;

    for (size_t i = 0; i < batch->n; i++)
        scenario[i] = batch->item[i].scenario;
    targets_make(&comparison.targets, scenario, batch->n, (enum agenda_given)job->options->given);
    if (!comparison.targets.n)
        diag_error(
            diag, (struct place){.source = scenario[0]->file[0]},
            "they need a question of the same id and meaning, or a base and the same states, at dates that both play",
            "the scenarios have nothing in common that could be compared");
    if (diag->n_errors || !job->options->playing.quiet)
        diag_print(diag, stderr, terminal_has_colour(stderr));
    if (!diag->n_errors)
        status = compare(job, &comparison, scenario);
    comparison_free(&comparison);
    free(scenario);
    return status;
}

static int run(int argc, char **argv)
{
    struct compare_options options = {0};
    struct operands operands;
    struct diag diag = {0};
    struct batch batch = {0};
    struct job job = {.options = &options, .batch = &batch, .argc = argc, .argv = argv};
    int status = EXIT_INPUT;
    bool good = options_parse("compare", &options_of_compare, argc, argv, &options, &operands);

    good = good && playing_check("compare", &options.playing);
    if (good && !operands.n) {
        fputs("foothold compare: no scenarios given\n"
              "  hint: foothold compare scenarios/syria/s0-inss.cfg scenarios/syria/s1-column.cfg\n",
              stderr);
        good = false;
    }
    if (good) {
        load_to_play(&batch, &operands, &options.playing.overrides, &diag);
        check(&batch, &options, &diag);
        playing_begin(&options.playing);
        if (diag.n_errors)
            diag_print(&diag, stderr, terminal_has_colour(stderr));
        else
            status = compare_batch(&job, &diag);
        load_free(&batch);
    }
    options_free(&operands, &options.playing.overrides);
    diag_free(&diag);
    output_check_stdout();
    return status;
}

const struct command command_compare = {
    .name = "compare",
    .summary = "differences between scenarios under common random numbers, and which assumptions account for them",
    .usage = "foothold compare [options] A B [C...]",
    .detail =
        "All scenarios use common random numbers, clock by clock, so that a difference is far more precise than "
        "either\n"
        "answer.\n"
        "Written to results/BASELINE/compare or --out: compare.txt, compare.csv, assumptions.csv, attribution.csv,\n"
        "compare.json, report.html, manifest.json. Shares are Shapley values: they add up to the difference.\n",
    .options = &options_of_compare,
    .run = run,
};
