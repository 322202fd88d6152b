/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check - read, merge and compile; tell every mistake at once; run nothing. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/command/command.h"
#include "sim/command/load.h"
#include "sim/command/terminal.h"
#include "sim/report/json_tree.h"
#include "sim/report/output.h"
#include "sim/report/quantities.h"
#include "sim/scenario/batch_file.h"
#include "sim/scenario/resolution.h"
#include "sim/system/visible.h"

enum check_format { CHECK_TEXT, CHECK_CSV, CHECK_JSON };

struct check_options {
    struct option_overrides overrides;
    int format;
    bool effective, quantities, watch, quiet; /* watch: seen to by watch.h */
};

static const char *const format_name[] = {[CHECK_TEXT] = "text", [CHECK_CSV] = "csv", [CHECK_JSON] = "json", NULL};

static const struct option_row option[] = {
    {"set", "PATH=VALUE", OPTION_OVERRIDE, offsetof(struct check_options, overrides),
     "lay a value on top of every scenario, in the file's own syntax; may be repeated", NULL},
    {"effective", NULL, OPTION_FLAG, offsetof(struct check_options, effective),
     "print the scenario after merging, with the file and line that set each value", NULL},
    {"quantities", NULL, OPTION_FLAG, offsetof(struct check_options, quantities),
     "print what each uncertain quantity implies: its 5, 50 and 95 % quantiles", NULL},
    {"format", "NAME", OPTION_CHOICE, offsetof(struct check_options, format),
     "of --quantities: text (default), csv or json", format_name},
    {"watch", NULL, OPTION_FLAG, offsetof(struct check_options, watch),
     "check again whenever a scenario file changes, until Ctrl-C", NULL},
    {"quiet", NULL, OPTION_FLAG, offsetof(struct check_options, quiet), "print mistakes only", NULL},
};
static const struct option_set options_of_check = {option, sizeof option / sizeof *option, 0, NULL};

static void print_count(size_t n, const char *what)
{
    printf(", %zu %s%s", n, what, n == 1 ? "" : "s");
}

static void put_path(const struct loaded *loaded)
{
    visible_put(stdout, loaded->path, strlen(loaded->path));
}

static void describe(const struct loaded *loaded)
{
    const struct plan *plan = loaded->plan;
    size_t n_levers = 0;

    if (loaded->is_wrong)
        return;
    if (loaded->scenario->kind != KIND_SCENARIO) {
        put_path(loaded);
        printf(": fine: %s\n",
               loaded->scenario->kind == KIND_BATCH ? "a batch, for foothold run" : "what came, for foothold score");
        return;
    }
    if (loaded->scenario->is_frame) {
        put_path(loaded);
        puts(": a frame for other scenarios, fine as far as it goes");
        return;
    }
    for (size_t f = 0; f < plan->n_factors; f++)
        n_levers += plan->factor[f].is_lever;
    put_path(loaded);
    printf(": fine: %s", loaded->scenario->id);
    print_count(plan->n_bases, "base");
    print_count(plan->n_states, "state");
    print_count(plan->n_transitions, "transition");
    print_count(n_levers, "lever");
    print_count(plan->n_factors - n_levers, "event");
    print_count(plan->n_questions, "question");
    printf(", %zu of its numbers uncertain; what bases do %s%s\n", plan->n_inputs,
           plan->why_drawn ? "can only be drawn: " : "can be computed", plan->why_drawn ? plan->why_drawn : "");
}

/* What is no scenario has a reader of its own. */
struct others {
    struct resolutions *resolutions;
    struct batch_file *batch;
    size_t n_resolutions, n_batches, resolutions_capacity, batch_capacity;
};

static void check_others(struct batch *batch, struct others *others, struct diag *diag)
{
    for (size_t i = 0; i < batch->n; i++) {
        const struct scenario *scenario = batch->item[i].scenario;
        const size_t errors = diag->n_errors;

        if (scenario->kind == KIND_RESOLUTIONS) {
            others->resolutions = memory_grow(others->resolutions, others->n_resolutions, &others->resolutions_capacity,
                                              sizeof *others->resolutions);
            resolutions_read(&others->resolutions[others->n_resolutions++], batch->item[i].path, diag);
        } else if (scenario->kind == KIND_BATCH) {
            others->batch =
                memory_grow(others->batch, others->n_batches, &others->batch_capacity, sizeof *others->batch);
            batch_file_read(&others->batch[others->n_batches++], batch->item[i].path, diag);
        }
        batch->item[i].is_wrong = batch->item[i].is_wrong || diag->n_errors > errors;
    }
}

static void free_others(struct others *others)
{
    for (size_t i = 0; i < others->n_resolutions; i++)
        resolutions_free(&others->resolutions[i]);
    for (size_t i = 0; i < others->n_batches; i++)
        batch_file_free(&others->batch[i]);
    free(others->resolutions);
    free(others->batch);
}

/* What is shown as \xNN stands in strings, where the language reads it so, and in comments. */
static void print_effective(const struct loaded *loaded)
{
    char *text = loaded->scenario->root ? scenario_print(loaded->scenario, false) : NULL;

    if (text)
        visible_line(stdout, "# %s after merging", loaded->path);
    for (const char *line = text; line && *line; line += strcspn(line, "\n") + 1) {
        visible_put(stdout, line, strcspn(line, "\n"));
        putchar('\n');
    }
    free(text);
}

/* Of all scenarios that compile, in one format. */
static void print_quantities(const struct batch *batch, const struct check_options *options)
{
    json_t *all = json_tree_array();

    if (options->format == CHECK_CSV)
        quantities_csv_head(stdout);
    for (size_t i = 0; i < batch->n; i++) {
        const struct plan *plan = batch->item[i].plan;

        if (options->format == CHECK_TEXT && !options->quiet)
            describe(&batch->item[i]);
        if (!plan)
            continue;
        if (options->format == CHECK_CSV)
            quantities_csv(stdout, plan);
        else if (options->format == CHECK_JSON)
            json_tree_append(all, quantities_json(plan));
        else
            quantities_text(stdout, plan);
    }
    if (options->format == CHECK_JSON)
        json_tree_write(stdout, all);
    else
        json_decref(all);
}

static int run(int argc, char **argv)
{
    struct check_options options = {0};
    struct operands operands;
    struct batch batch;
    struct diag diag = {0};
    struct others others = {0};
    int status = EXIT_INPUT;

    if (!options_parse("check", &options_of_check, argc, argv, &options, &operands)) {
        /* told */
    } else if (!operands.n) {
        fputs("foothold check: no scenario given\n  hint: foothold check scenarios/first.cfg\n", stderr);
    } else if (options.effective ? options.quantities : options.format != CHECK_TEXT && !options.quantities) {
        fputs(options.effective ? "foothold check: --effective and --quantities print different things\n"
                                  "  hint: one after the other\n"
                                : "foothold check: --format is of --quantities\n  hint: add --quantities\n",
              stderr);
    } else {
        load(&batch, &operands, &options.overrides, &diag);
        check_others(&batch, &others, &diag);
        if (!batch.n && !diag.n_errors)
            diag_error(&diag, (struct place){0}, "scenarios end in .cfg", "%s: no scenario in it", operands.item[0]);
        diag_print(&diag, stderr, terminal_has_colour(stderr));
        if (options.quantities)
            print_quantities(&batch, &options);
        for (size_t i = 0; i < batch.n && !options.quantities; i++) {
            if (options.effective)
                print_effective(&batch.item[i]);
            else if (!options.quiet)
                describe(&batch.item[i]);
        }
        status = diag.n_errors ? EXIT_INPUT : EXIT_FINE;
        load_free(&batch);
        free_others(&others);
    }
    options_free(&operands, &options.overrides);
    diag_free(&diag);
    output_check_stdout();
    return status;
}

const struct command command_check = {
    .name = "check",
    .summary = "read, merge and compile scenarios; report every mistake at once; run nothing",
    .usage = "foothold check [options] FILE...",
    .detail = "A FILE may be a folder, for all *.cfg in it, or - for standard input.\n",
    .options = &options_of_check,
    .run = run,
};
