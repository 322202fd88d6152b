/* run - play scenarios and write down what came of it. */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "sim/analysis/summarise.h"
#include "sim/command/command.h"
#include "sim/command/load.h"
#include "sim/command/playing.h"
#include "sim/command/provenance.h"
#include "sim/command/terminal.h"
#include "sim/engine/play.h"
#include "sim/report/npy.h"
#include "sim/report/output.h"
#include "sim/report/report.h"

struct run_options {
    struct playing playing;
    const char *draws;
};

static const struct option_row option[] = {
    {"draws", "FILE.npy", OPTION_TEXT, offsetof(struct run_options, draws),
     "write what became of each base in each run, as a NumPy array; all is drawn then", NULL},
};
static const struct option_set options_of_run = {option, sizeof option / sizeof *option, 0, &playing_options};

/* What the playing of one scenario needs at hand. */
struct job {
    const struct loaded *loaded;
    const struct run_options *options;
    bool alone; /* not one of several */
    int argc;
    char **argv;
    struct output output;
    FILE *worlds; /* worlds.csv */
    struct output draws_output;
    FILE *draws; /* NULL: not wanted */
    uint64_t n_draws;
    struct progress progress;
};

static void on_progress(void *context, uint64_t n_draws, double fraction)
{
    struct job *job = context;

    progress_show(&job->progress, n_draws, fraction);
}

static void on_world(void *context, size_t arm, uint64_t index, const double *input, const double *p)
{
    struct job *job = context;
    const struct plan *plan = job->loaded->plan;

    (void)arm;
    csv_worlds_row(job->worlds, job->loaded->scenario->id, index, input, plan->n_inputs, p, plan->n_questions);
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

/* The file of draws is a set of its own: it may stand anywhere. */
static void begin_draws(struct job *job)
{
    const char *path = job->options->draws, *slash = path ? strrchr(path, '/') : NULL;
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
    const char **path = memory_new(plan->n_inputs + plan->n_questions, sizeof *path);
    const char **question = path + plan->n_inputs;

    for (size_t i = 0; i < plan->n_inputs; i++)
        path[i] = plan->input[i].path;
    for (size_t q = 0; q < plan->n_questions; q++)
        question[q] = plan->question[q].id;
    job->worlds = output_open(&job->output, "worlds.csv");
    csv_worlds_header(job->worlds, path, plan->n_inputs, question, plan->n_questions);
    free(path);
}

static struct play_settings settings_of(struct job *job)
{
    const struct run_options *options = job->options;
    struct play_settings settings = playing_settings(&options->playing, job->loaded->plan, options->draws != NULL);

    settings.progress = on_progress;
    settings.world = on_world;
    settings.draws = options->draws ? on_draws : NULL;
    settings.context = job;
    return settings;
}

/* As on the screen, but for the seconds: a file of results is the same for the same seed. */
static void write_text(FILE *out, const struct answer *answer, const struct provenance *provenance)
{
    struct provenance timeless = *provenance;

    timeless.seconds = timeless.cpu_seconds = 0.0;
    text_summary(out, answer, &timeless, false, 100);
}

static void write_files(struct job *job, const struct answer *answer, const struct provenance *provenance)
{
    write_text(output_open(&job->output, "summary.txt"), answer, provenance);
    csv_summary(output_open(&job->output, "summary.csv"), &answer, 1);
    csv_curves(output_open(&job->output, "curves.csv"), answer);
    csv_levers(output_open(&job->output, "levers.csv"), answer);
    json_summary(output_open(&job->output, "summary.json"), &answer, 1);
    json_manifest(output_open(&job->output, "manifest.json"), provenance);
    output_commit(&job->output);
}

/* One scenario is told at length; of a batch each has its summary.txt, and a table compares them at the end. */
static void show(const struct job *job, const struct answer *answer, const struct provenance *provenance,
                 const char *folder)
{
    if (job->options->playing.format == FORMAT_TEXT && job->alone)
        text_summary(stdout, answer, provenance, terminal_has_colour(stdout), terminal_width());
    if (!job->options->playing.quiet)
        fprintf(stderr, "%s: %" PRIu64 " draws, seed %" PRIu64 ", written to %s/\n", job->loaded->path, answer->n_draws,
                provenance->seed, folder);
}

static bool tell_runaway(const struct play_result *result, const struct loaded *loaded)
{
    if (result->runaway)
        fprintf(stderr,
                "%s: error: \"%s\" rings over and over: more than %d rings in one run\n"
                "  hint: a rate or a hazard ratio is far too high\n",
                loaded->path, result->runaway, HISTORY_MAX);
    return result->runaway != NULL;
}

/* Play one scenario into its folder. NULL when there is nothing to tell; *status then says why. */
static struct answer *play_one(struct job *job, const char *folder, int *status)
{
    const struct plan *plan = job->loaded->plan;
    const struct play_settings settings = settings_of(job);
    const double started = terminal_seconds(), cpu = terminal_cpu_seconds();
    struct answer *answer = NULL;
    struct play_result result;
    struct pool pool = {0};

    output_begin(&job->output, folder);
    begin_worlds(job);
    begin_draws(job);
    progress_begin(&job->progress, job->loaded->scenario->id, job->options->playing.quiet);
    play(&result, &plan, 1, &settings);
    progress_end(&job->progress);
    if (tell_runaway(&result, job->loaded)) {
        *status = EXIT_INPUT;
        output_abandon(&job->output);
    } else if (!result.n_draws) {
        output_abandon(&job->output);
    } else {
        struct provenance provenance =
            provenance_of(&pool, "run", &job->options->playing, &settings, &result, job->loaded, 1);

        provenance.argc = job->argc;
        provenance.argv = (const char *const *)job->argv;
        answer = summarise(plan, &result, 0, settings.n_runs);
        provenance.seconds = terminal_seconds() - started;
        provenance.cpu_seconds = terminal_cpu_seconds() - cpu;
        write_files(job, answer, &provenance);
        show(job, answer, &provenance, folder);
    }
    end_draws(job, answer != NULL);
    play_free(&result);
    pool_free(&pool);
    return answer;
}

static const char *folder_of(struct pool *pool, const struct run_options *options, const struct batch *batch, size_t i)
{
    const char *id = batch->item[i].scenario->id;

    if (!options->playing.out)
        return pool_print(pool, "results/%s/run", id);
    return batch->n > 1 ? pool_print(pool, "%s/%s", options->playing.out, id) : options->playing.out;
}

static void show_all(const struct run_options *options, const struct answer *const *answer, size_t n)
{
    if (options->playing.format == FORMAT_JSON && n)
        json_summary(stdout, answer, n);
    else if (options->playing.format == FORMAT_CSV && n)
        csv_summary(stdout, answer, n);
    else if (n > 1)
        text_batch(stdout, answer, n, terminal_has_colour(stdout), terminal_width());
}

static int play_batch(struct batch *batch, const struct run_options *options, int argc, char **argv)
{
    struct answer **answer = memory_new(batch->n, sizeof *answer);
    int status = EXIT_FINE;
    size_t n = 0;

    for (size_t i = 0; i < batch->n && !playing_caught && status == EXIT_FINE; i++) {
        struct job job = {
            .loaded = &batch->item[i], .options = options, .alone = batch->n == 1, .argc = argc, .argv = argv};

        answer[n] = play_one(&job, folder_of(&batch->pool, options, batch, i), &status);
        n += answer[n] != NULL;
    }
    show_all(options, (const struct answer *const *)answer, n);
    for (size_t i = 0; i < n; i++)
        answer_free(answer[i]);
    free(answer);
    return playing_status(status);
}

/* The draws of one world are kept until it is handed on. */
static void check_draws_fit(const struct loaded *loaded, const struct run_options *options, struct diag *diag)
{
    struct play_settings settings;

    if (!loaded->plan || !options->draws)
        return;
    settings = playing_settings(&options->playing, loaded->plan, true);
    if ((double)settings.n_runs * (double)loaded->plan->n_bases > PLAY_MAX_KEPT || settings.n_worlds > UINT32_MAX)
        diag_error(diag, (struct place){.source = loaded->scenario->file[0]}, "more worlds of fewer runs each",
                   "--draws: a world of %" PRIu64 " runs is too large", settings.n_runs);
}

static int run_files(const struct operands *operands, struct run_options *options, int argc, char **argv)
{
    struct diag diag = {0};
    struct batch batch;
    int status = EXIT_INPUT;

    load_to_play(&batch, operands, &options->playing.overrides, &diag);
    for (size_t i = 0; i < batch.n && !diag.n_errors; i++) {
        playing_check_plan(&options->playing, &batch.item[i], options->draws != NULL, &diag);
        check_draws_fit(&batch.item[i], options, &diag);
    }
    if (batch.n > 1 && options->draws)
        diag_error(&diag, (struct place){0}, "run them one by one",
                   "--draws: one file cannot hold the draws of %zu scenarios", batch.n);
    if (diag.n_errors || !options->playing.quiet)
        diag_print(&diag, stderr, terminal_has_colour(stderr));
    if (!diag.n_errors) {
        playing_begin(&options->playing);
        status = play_batch(&batch, options, argc, argv);
    }
    load_free(&batch);
    diag_free(&diag);
    return status;
}

/* What the options ask of each other. */
static bool check_draws(const struct run_options *options)
{
    const size_t length = options->draws ? strlen(options->draws) : 0;
    bool good = true;

    if (!options->draws)
        return true;
    if (length < 5 || strcmp(options->draws + length - 4, ".npy") != 0 || options->draws[length - 5] == '/') {
        fprintf(stderr, "foothold run: --draws: not usable: %s\n  hint: a file whose name ends in .npy\n",
                options->draws);
        good = false;
    }
    if (options->playing.estimator == ESTIMATOR_CONDITIONAL) {
        fputs("foothold run: --draws: with --estimator conditional nothing is drawn for the bases\n"
              "  hint: leave one of them out\n",
              stderr);
        good = false;
    }
    return good;
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
    if (good)
        status = run_files(&operands, &options, argc, argv);
    options_free(&operands, &options.playing.overrides);
    output_check_stdout();
    return status;
}

const struct command command_run = {
    .name = "run",
    .summary = "play scenarios; write their results and show the answers",
    .usage = "foothold run [options] FILE...",
    .detail =
        "A FILE may be a folder, for all scenarios in it, or - for standard input. Each scenario's folder receives\n"
        "summary.txt, summary.csv, curves.csv, worlds.csv, levers.csv, summary.json and manifest.json. Ctrl-C "
        "finishes\n"
        "what is running, keeps what is done and marks it incomplete.\n",
    .options = &options_of_run,
    .run = run,
};
