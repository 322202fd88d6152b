/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baserate - how often what is like this ends: rates with a denominator, from anybody's table. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "sim/analysis/baserate.h"
#include "sim/command/command.h"
#include "sim/command/playing.h"
#include "sim/command/terminal.h"
#include "sim/report/baserate.h"
#include "sim/report/output.h"
#include "sim/scenario/filter.h"
#include "sim/scenario/scenario.h"
#include "sim/system/visible.h"
#include "sim/text/diag.h"

struct baserate_options {
    const char *columns, *where, *censor, *by, *until, *grid, *out;
    double follow;
    uint64_t replicates;
    struct option_seed seed;
    int unit, format;
    bool force, quiet;
};

enum { AS_TEXT, AS_JSON, AS_CSV, AS_CFG, MOST_SPANS = 100, MOST_REPLICATES = 100000 };
static const char *const format_name[] = {"text", "json", "csv", "cfg", NULL};
static const char default_grid[] = "0,12,24,60";
static const uint64_t default_replicates = 4000;

#define FIELD(member) offsetof(struct baserate_options, member)
static const struct option_row option[] = {
    {"columns", "ROLE=COLUMN", OPTION_TEXT, FIELD(columns),
     "the columns of host, start, end, event, cause, exposure, entry, year, where they have other names; several by "
     "commas",
     NULL},
    {"unit", "UNIT", OPTION_CHOICE, FIELD(unit),
     "of exposure, entry and of plain numbers in start and end: years (default), months or days", spells_unit_name},
    {"where", "EXPR", OPTION_TEXT, FIELD(where),
     "the rows that count, for instance 'guest == \"USA\" && threshold >= 300'", NULL},
    {"censor", "EXPR", OPTION_TEXT, FIELD(censor), "rows whose event does not count as one: they end unseen", NULL},
    {"by", "COLUMN", OPTION_TEXT, FIELD(by),
     "groups by the values of a column, or of several joined by commas; ratios between them", NULL},
    {"grid", "MONTHS", OPTION_TEXT, FIELD(grid),
     "months at which hazards change and survival is told: 0,12,24,60 if left out", NULL},
    {"until", "DATE", OPTION_TEXT, FIELD(until), "count no time after this date; spells without an end last until then",
     NULL},
    {"follow", "MONTHS", OPTION_POSITIVE, FIELD(follow), "count no more than this much of each spell", NULL},
    {"bootstrap", "N", OPTION_COUNT, FIELD(replicates), "how often hosts are drawn anew: 4000 if left out", NULL},
    {"seed", "S", OPTION_SEED, FIELD(seed), "of the bootstrap, 0 to 2^64 - 1. Chosen and shown if left out", NULL},
    {"out", "DIR", OPTION_TEXT, FIELD(out), "where results go: results/TABLE/baserate if left out", NULL},
    {"force", NULL, OPTION_FLAG, FIELD(force), "write results even into a folder that holds other files", NULL},
    {"format", "FORMAT", OPTION_CHOICE, FIELD(format),
     "of standard output: text (default), json, csv (rates), or cfg (the scenario to extend)", format_name},
    {"quiet", NULL, OPTION_FLAG, FIELD(quiet), "no notes on standard error", NULL},
};
static const struct option_set options_of_baserate = {option, sizeof option / sizeof *option, 0, NULL};

struct job {
    const struct baserate_options *options;
    struct arena arena;
    struct spells spells;
    struct baserate result;
    double grid[MOST_SPANS];
    size_t n_grid;
};

/* Increasing months; a 0 is put before them. */
static void read_grid(struct job *job, struct diag *diag)
{
    const char *text = job->options->grid ? job->options->grid : default_grid;
    const struct source *source = source_from_text(&job->arena, "--grid", text, strlen(text));

    job->grid[job->n_grid++] = 0.0;
    for (const char *at = text;; at++) {
        const size_t length = strcspn(at, ",");
        const struct place place = source_place(source, (size_t)(at - text), length);
        double month = NAN;

        if (!filter_number(arena_copy(&job->arena, at, length), &month) || month < 0.0)
            diag_error(diag, place, "for instance 0,12,24,60", "\"%.*s\" is not a month", (int)length, at);
        else if (job->n_grid == MOST_SPANS)
            diag_error(diag, place, NULL, "more than %d months", (int)MOST_SPANS);
        else if (month > job->grid[job->n_grid - 1])
            job->grid[job->n_grid++] = month;
        else if (month > 0.0 || at > text)
            diag_error(diag, place, "months in increasing order", "%g does not come after %g", month,
                       job->grid[job->n_grid - 1]);
        at += length;
        if (!*at)
            return;
    }
}

/* The file's name without its folder and ending, as an id. */
static const char *name_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    const size_t length = dot && dot > name ? (size_t)(dot - name) : strlen(name);
    char *id = strcmp(path, "-") ? arena_copy(arena, name, length < 64 ? length : 64) : arena_copy(arena, "table", 5);

    for (char *c = id; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-')
            *c = '_';
    if (!isalpha((unsigned char)*id))
        *id = 'x';
    return id;
}

static void show(const struct result *result, const struct job *job, const struct baserate_origin *origin,
                 const char *folder)
{
    static const enum result_format form[] = {[AS_TEXT] = RESULT_TEXT, [AS_JSON] = RESULT_JSON, [AS_CSV] = RESULT_CSV};

    if (job->options->format == AS_CFG)
        baserate_fragment(stdout, &job->result, origin);
    else
        result_show(result, stdout, form[job->options->format], terminal_has_colour(stdout), terminal_width());
    if (!job->options->quiet)
        visible_line(stderr, "seed %" PRIu64 ", written to %s/", result->provenance->seed, folder);
}

static int estimate(struct job *job, const char *path, const struct spells_request *request, int argc, char **argv)
{
    const struct baserate_options *options = job->options;
    const double started = terminal_seconds(), cpu = terminal_cpu_seconds();
    struct baserate_settings settings = {.grid = job->grid,
                                         .n_grid = job->n_grid,
                                         .n_replicates = options->replicates ? options->replicates : default_replicates,
                                         .seed = options->seed.seed};
    struct baserate_origin origin = {.path = path, .request = request, .id = name_of(&job->arena, path)};
    const char *folder = options->out ? options->out : arena_print(&job->arena, "results/%s/baserate", origin.id);
    struct provenance made = {.command = "baserate",
                              .argc = argc,
                              .argv = (const char *const *)argv,
                              .seed_chosen = !options->seed.given,
                              .design = "bootstrap of hosts",
                              .n_draws = settings.n_replicates,
                              .complete = true,
                              .threads = 1,
                              .precision = NAN,
                              .libconfig_version = tree_libconfig_version(),
                              .data = path};
    const struct playing claim = {.force = options->force};
    enum delivery delivery;
    struct output output;
    struct result result;
    char hex[65];

    delivery = playing_claim("baserate", &claim, &output, folder);
    if (delivery != DELIVER_FINE)
        return playing_refused(delivery);
    if (!options->seed.given && getrandom(&settings.seed, sizeof settings.seed, 0) != (ssize_t)sizeof settings.seed)
        die("no random seed to be had: %s", strerror(errno));
    scenario_sha256(job->spells.source->text, job->spells.source->size, hex);
    origin.sha256 = made.data_sha256 = hex;
    made.seed = settings.seed;
    baserate_estimate(&job->result, &job->spells, &settings);
    made.seconds = terminal_seconds() - started;
    made.cpu_seconds = terminal_cpu_seconds() - cpu;
    result_begin(&result, arena_print(&job->arena, "Base rates: %s", origin.id), &made);
    baserate_tables(&result, &job->result, &origin);
    baserate_document(&result, &job->result, &origin);
    baserate_fragment(output_open(&output, "baserate.cfg"), &job->result, &origin);
    result_deliver(&result, &output);
    show(&result, job, &origin, folder);
    result_free(&result);
    return EXIT_FINE;
}

static int read_and_estimate(struct job *job, const char *path, int argc, char **argv)
{
    const struct baserate_options *options = job->options;
    const struct spells_request request = {.columns = options->columns,
                                           .where = options->where,
                                           .censor = options->censor,
                                           .by = options->by,
                                           .until = options->until,
                                           .follow = options->follow,
                                           .unit = (enum spells_unit)options->unit};
    struct diag diag = {0};
    int status = EXIT_INPUT;

    read_grid(job, &diag);
    spells_read(&job->spells, path, &request, &diag);
    if (diag.n_errors || !options->quiet)
        diag_print(&diag, stderr, terminal_has_colour(stderr));
    if (!diag.n_errors)
        status = estimate(job, path, &request, argc, argv);
    baserate_free(&job->result);
    spells_free(&job->spells);
    arena_free(&job->arena);
    diag_free(&diag);
    return status;
}

static bool is_scenario(const char *path)
{
    const size_t length = strlen(path);

    return length > 4 && !strcmp(path + length - 4, ".cfg");
}

static int run(int argc, char **argv)
{
    struct baserate_options options = {0};
    struct operands operands;
    struct job job = {.options = &options};
    int status = EXIT_INPUT;
    bool good = options_parse("baserate", &options_of_baserate, argc, argv, &options, &operands);

    if (good && operands.n != 1) {
        fprintf(stderr,
                "foothold baserate: %s\n  hint: foothold baserate scenarios/reference/presence.csv --by since\n",
                operands.n ? "one table at a time" : "no table given");
        good = false;
    }
    if (good && is_scenario(operands.item[0])) {
        fputs("foothold baserate: a scenario is no table\n"
              "  hint: a CSV file of spells, for instance scenarios/reference/presence.csv\n",
              stderr);
        good = false;
    }
    if (good && options.replicates > MOST_REPLICATES) {
        fprintf(stderr,
                "foothold baserate: --bootstrap %" PRIu64 " is too many\n  hint: 4000 settle the second digit\n",
                options.replicates);
        good = false;
    }
    if (good)
        status = read_and_estimate(&job, operands.item[0], argc, argv);
    options_free(&operands, NULL);
    output_check_stdout();
    return status;
}

const struct command command_baserate = {
    .name = "baserate",
    .summary =
        "base rates from a table of spells: how often they end, by cause and time, with limits; a scenario to extend",
    .usage = "foothold baserate [options] TABLE.csv",
    .detail = "A row of the table is a spell, or a host and a year: host, event (1 or 0), cause, and exposure, or "
              "start and end, or "
              "year.\n"
              "Rates have exact limits, survival and incidence by cause log-log and robust ones, and all are resampled "
              "by host.\n"
              "Written to results/TABLE/baserate or --out: baserate.txt, report.html, baserate.csv (exposure in years, "
              "rates a\n"
              "year), survival.csv, survival_at.csv, weibull.csv, ratios.csv (with --by), baserate.json, plots, "
              "manifest.json, and\n"
              "baserate.cfg: rates a month as shared parameters, for extends.\n",
    .options = &options_of_baserate,
    .run = run,
};
