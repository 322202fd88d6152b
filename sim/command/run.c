/* run - play scenarios and write down what came of it. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "sim/analysis/summarise.h"
#include "sim/command/command.h"
#include "sim/command/load.h"
#include "sim/command/terminal.h"
#include "sim/engine/play.h"
#include "sim/report/npy.h"
#include "sim/report/output.h"
#include "sim/report/report.h"

/* Runs a world: few where what bases do is computed, fewer still where only the mean counts. */
enum { DEFAULT_WORLDS = 4096, RUNS_DRAWN = 256, RUNS_COMPUTED = 16, RUNS_PRECISE = 4 };

static const char *const format_name[] = {"text", "json", "csv", NULL};
enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

static const char *const design_name[] = {
    [DESIGN_STRATIFIED] = "stratified", [DESIGN_SOBOL] = "sobol", [DESIGN_MC] = "mc", NULL};

static const char *const estimator_name[] = {
    [ESTIMATOR_AUTO] = "auto", [ESTIMATOR_CONDITIONAL] = "conditional", [ESTIMATOR_DRAW] = "draw", NULL};

struct run_options {
    struct option_overrides overrides;
    struct option_seed seed;
    uint64_t worlds, runs, threads;
    double precision;
    const char *out, *draws;
    int format, design, estimator;
    bool quiet;
};

static const struct option_row option[] = {
    {"set", "PATH=VALUE", OPTION_OVERRIDE, offsetof(struct run_options, overrides),
     "lay a value on top of every scenario, in the file's own syntax; may be repeated", NULL},
    {"worlds", "K", OPTION_COUNT, offsetof(struct run_options, worlds),
     "draws of what the analyst does not know (4096 if left out)", NULL},
    {"runs", "N", OPTION_COUNT, offsetof(struct run_options, runs),
     "histories played in each world (if left out 16; 4 with a precision; 256 where all is drawn)", NULL},
    {"precision", "SE", OPTION_POSITIVE, offsetof(struct run_options, precision),
     "play more worlds until the standard error of every question is below SE", NULL},
    {"seed", "S", OPTION_SEED, offsetof(struct run_options, seed),
     "0 to 2^64 - 1; the same seed gives the same results. Chosen and shown if left out", NULL},
    {"design", "NAME", OPTION_CHOICE, offsetof(struct run_options, design),
     "how worlds are laid out: stratified (default), sobol or mc", design_name},
    {"estimator", "NAME", OPTION_CHOICE, offsetof(struct run_options, estimator),
     "what bases do: conditional (computed, given levers and events), draw, or auto (computed if possible; default)",
     estimator_name},
    {"threads", "T", OPTION_COUNT, offsetof(struct run_options, threads),
     "as many as there are processors if left out; results do not depend on it", NULL},
    {"out", "DIR", OPTION_TEXT, offsetof(struct run_options, out),
     "where results go: results/SCENARIO/run if left out; of several scenarios DIR/SCENARIO", NULL},
    {"draws", "FILE.npy", OPTION_TEXT, offsetof(struct run_options, draws),
     "write what became of each base in each run, as a NumPy array; all is drawn then", NULL},
    {"format", "NAME", OPTION_CHOICE, offsetof(struct run_options, format),
     "what standard output shows: text (default), json (as summary.json), csv (as summary.csv)", format_name},
    {"quiet", NULL, OPTION_FLAG, offsetof(struct run_options, quiet), "no progress, notes or warnings", NULL},
};

static volatile sig_atomic_t caught;

/* The first signal ends the run in good order; the second, by then with its default action, at once. */
static void on_signal(int number)
{
    caught = number;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

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
    struct play_settings settings = {.seed = options->seed.seed,
                                     .precision = options->precision,
                                     .design = (enum design_kind)options->design,
                                     .estimator = options->draws ? ESTIMATOR_DRAW : (enum estimator)options->estimator,
                                     .threads = (int)options->threads,
                                     .stop = &caught,
                                     .progress = on_progress,
                                     .world = on_world,
                                     .draws = options->draws ? on_draws : NULL,
                                     .context = job};

    settings.n_worlds = DEFAULT_WORLDS;
    settings.n_runs = !job->loaded->plan->chain || settings.estimator == ESTIMATOR_DRAW ? RUNS_DRAWN
                      : options->precision > 0.0                                        ? RUNS_PRECISE
                                                                                        : RUNS_COMPUTED;
    if (options->precision > 0.0)
        settings.n_worlds = REPLICATES * REPLICATES; /* the least that a precision is judged by */
    if (options->worlds)
        settings.n_worlds = options->worlds;
    if (options->runs)
        settings.n_runs = options->runs;
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
    json_manifest(output_open(&job->output, "manifest.json"), answer, provenance);
    output_commit(&job->output);
}

/* What is known of how the answer came about; strings from the pool. */
static struct provenance provenance_of(struct pool *pool, const struct job *job, const struct play_settings *settings,
                                       int threads)
{
    const struct scenario *scenario = job->loaded->scenario;
    const char **file = pool_new(pool, scenario->n_files, sizeof *file);
    const char **sha256 = pool_new(pool, scenario->n_files, sizeof *sha256);
    char *effective = scenario_print(scenario, true), hex[65];
    struct provenance provenance = {.argc = job->argc,
                                    .argv = (const char *const *)job->argv,
                                    .seed = settings->seed,
                                    .seed_chosen = !job->options->seed.given,
                                    .design = design_name[settings->design],
                                    .threads = threads,
                                    .precision = settings->precision > 0.0 ? settings->precision : NAN,
                                    .libconfig_version = tree_libconfig_version()};

    for (size_t i = 0; i < scenario->n_files; i++) {
        scenario_sha256(scenario->file[i]->text, scenario->file[i]->size, hex);
        file[i] = scenario->file[i]->name;
        sha256[i] = pool_copy(pool, hex, 64);
    }
    provenance.file = file;
    provenance.file_sha256 = sha256;
    provenance.n_files = scenario->n_files;
    provenance.effective = pool_copy(pool, effective, strlen(effective));
    scenario_sha256(effective, strlen(effective), hex);
    provenance.sha256 = pool_copy(pool, hex, 64);
    free(effective);
    return provenance;
}

/* One scenario is told at length; of a batch each has its summary.txt, and a table compares them at the end. */
static void show(const struct job *job, const struct answer *answer, const struct provenance *provenance,
                 const char *folder)
{
    if (job->options->format == FORMAT_TEXT && job->alone)
        text_summary(stdout, answer, provenance, terminal_has_colour(stdout), terminal_width());
    if (!job->options->quiet)
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
    progress_begin(&job->progress, job->loaded->scenario->id, job->options->quiet);
    play(&result, &plan, 1, &settings);
    progress_end(&job->progress);
    if (tell_runaway(&result, job->loaded)) {
        *status = EXIT_INPUT;
        output_abandon(&job->output);
    } else if (!result.n_draws) {
        output_abandon(&job->output);
    } else {
        struct provenance provenance = provenance_of(&pool, job, &settings, result.threads);

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

    if (!options->out)
        return pool_print(pool, "results/%s/run", id);
    return batch->n > 1 ? pool_print(pool, "%s/%s", options->out, id) : options->out;
}

static void show_all(const struct run_options *options, const struct answer *const *answer, size_t n)
{
    if (options->format == FORMAT_JSON && n)
        json_summary(stdout, answer, n);
    else if (options->format == FORMAT_CSV && n)
        csv_summary(stdout, answer, n);
    else if (n > 1)
        text_batch(stdout, answer, n, terminal_has_colour(stdout), terminal_width());
}

static int play_batch(struct batch *batch, const struct run_options *options, int argc, char **argv)
{
    struct answer **answer = memory_new(batch->n, sizeof *answer);
    int status = EXIT_FINE;
    size_t n = 0;

    catch_signals();
    for (size_t i = 0; i < batch->n && !caught && status == EXIT_FINE; i++) {
        struct job job = {
            .loaded = &batch->item[i], .options = options, .alone = batch->n == 1, .argc = argc, .argv = argv};

        answer[n] = play_one(&job, folder_of(&batch->pool, options, batch, i), &status);
        n += answer[n] != NULL;
    }
    show_all(options, (const struct answer *const *)answer, n);
    for (size_t i = 0; i < n; i++)
        answer_free(answer[i]);
    free(answer);
    return caught ? 128 + (int)caught : status;
}

/* Frames found in a folder are there to be extended; named outright they are a mistake. */
static void drop_frames(struct batch *batch)
{
    size_t kept = 0;

    for (size_t i = 0; i < batch->n; i++) {
        if (batch->from_folder && batch->item[i].scenario->is_frame && batch->item[i].scenario->root)
            scenario_free(batch->item[i].scenario);
        else
            batch->item[kept++] = batch->item[i];
    }
    batch->n = kept;
}

static void choose_seed(struct option_seed *seed)
{
    if (!seed->given && getrandom(&seed->seed, sizeof seed->seed, 0) != (ssize_t)sizeof seed->seed)
        die("no random seed to be had: %s", strerror(errno));
}

/* What cannot be computed is drawn, unless it was to be computed; and no more runs are played than can be counted. */
static void check_settings(const struct loaded *loaded, const struct run_options *options, struct diag *diag)
{
    const struct place start = {.source = loaded->scenario->file ? loaded->scenario->file[0] : NULL};
    struct job job = {.loaded = loaded, .options = options};
    struct play_settings settings;

    if (!loaded->plan)
        return;
    settings = settings_of(&job);
    if (options->estimator == ESTIMATOR_CONDITIONAL && loaded->plan->why_drawn)
        diag_error(diag, start, "--estimator auto draws what cannot be computed", "--estimator conditional: %s",
                   loaded->plan->why_drawn);
    if ((double)settings.n_worlds * (double)settings.n_runs > PLAY_MAX_RUNS)
        diag_error(diag, start, "no more than 17,179,869,184 runs in all can be counted",
                   "--worlds %" PRIu64 " times --runs %" PRIu64 " is too many", settings.n_worlds, settings.n_runs);
    else if (options->draws && ((double)settings.n_runs * (double)loaded->plan->n_bases > PLAY_MAX_KEPT ||
                                settings.n_worlds > UINT32_MAX))
        diag_error(diag, start, "more worlds of fewer runs each", "--draws: a world of %" PRIu64 " runs is too large",
                   settings.n_runs);
}

static int run_files(const struct operands *operands, struct run_options *options, int argc, char **argv)
{
    struct diag diag = {0};
    struct batch batch;
    int status = EXIT_INPUT;

    load(&batch, operands, &options->overrides, &diag);
    drop_frames(&batch);
    for (size_t i = 0; i < batch.n && !diag.n_errors; i++) {
        load_check_runnable(&batch.item[i], &diag);
        check_settings(&batch.item[i], options, &diag);
    }
    if (batch.n > 1 && options->draws)
        diag_error(&diag, (struct place){0}, "run them one by one",
                   "--draws: one file cannot hold the draws of %zu scenarios", batch.n);
    if (!batch.n && !diag.n_errors)
        diag_error(&diag, (struct place){0}, "scenarios end in .cfg and have an as_of", "%s: no scenario to run in it",
                   operands->item[0]);
    if (diag.n_errors || !options->quiet)
        diag_print(&diag, stderr, terminal_has_colour(stderr));
    if (!diag.n_errors) {
        choose_seed(&options->seed);
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
    if (options->estimator == ESTIMATOR_CONDITIONAL) {
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
    bool good = options_parse("run", option, sizeof option / sizeof *option, argc, argv, &options, &operands);

    if (good && options.threads > PLAY_MAX_THREADS) {
        fprintf(stderr, "foothold run: %" PRIu64 " threads are too many\n  hint: %d at most\n", options.threads,
                (int)PLAY_MAX_THREADS);
        good = false;
    }
    good = good && check_draws(&options);
    if (good && !operands.n) {
        fputs("foothold run: no scenario given\n  hint: foothold run scenarios/first.cfg\n", stderr);
        good = false;
    }
    if (good)
        status = run_files(&operands, &options, argc, argv);
    options_free(&operands, &options.overrides);
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
    .option = option,
    .n_options = sizeof option / sizeof *option,
    .run = run,
};
