/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/playing.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include "sim/analysis/targets.h"
#include "sim/command/command.h"
#include "sim/engine/history.h"
#include "sim/system/visible.h"

/* Runs a world: few where what bases do is computed, fewer still where only the mean counts. A difference is twice as sure
 * from 4 runs a world as from 16, at as many draws. */
enum { DEFAULT_WORLDS = 4096, RUNS_DRAWN = 256, RUNS_COMPUTED = 16, RUNS_PRECISE = 4 };
enum { ARMS_DRAWS = 1 << 16, ARMS_RUNS_COMPUTED = 4, ARMS_RUNS_DRAWN = 64 };

static const char *const format_name[] = {[FORMAT_TEXT] = "text", [FORMAT_JSON] = "json", [FORMAT_CSV] = "csv", NULL};

const char *const playing_design_name[] = {
    [DESIGN_STRATIFIED] = "stratified", [DESIGN_SOBOL] = "sobol", [DESIGN_MC] = "mc", NULL};

const char *const playing_estimator_name[] = {
    [ESTIMATOR_AUTO] = "auto", [ESTIMATOR_CONDITIONAL] = "conditional", [ESTIMATOR_DRAW] = "draw", NULL};

const char *const playing_given_name[] = {[GIVEN_START] = "start", [GIVEN_HELD] = "held", NULL};

static const struct option_row option[] = {
    {"set", "PATH=VALUE", OPTION_OVERRIDE, offsetof(struct playing, overrides),
     "lay a value on top of every scenario, in the file's own syntax; may be repeated", NULL},
    {"worlds", "K", OPTION_COUNT, offsetof(struct playing, worlds),
     "draws of what the analyst does not know (4096 if left out)", NULL},
    {"runs", "N", OPTION_COUNT, offsetof(struct playing, runs),
     "histories played in each world (if left out 16; 4 with a precision; 256 where all is drawn)", NULL},
    {"precision", "SE", OPTION_POSITIVE, offsetof(struct playing, precision),
     "play more worlds until the standard error of every question is below SE", NULL},
    {"seed", "S", OPTION_SEED, offsetof(struct playing, seed),
     "0 to 2^64 - 1; the same seed gives the same results. Chosen and shown if left out", NULL},
    {"design", "NAME", OPTION_CHOICE, offsetof(struct playing, design),
     "how worlds are laid out: stratified (default), sobol or mc", playing_design_name},
    {"estimator", "NAME", OPTION_CHOICE, offsetof(struct playing, estimator),
     "what bases do: conditional (computed, given levers and events), draw, or auto (computed if possible; default)",
     playing_estimator_name},
    {"threads", "T", OPTION_COUNT, offsetof(struct playing, threads),
     "as many as there are processors if left out; results do not depend on it", NULL},
    {"out", "DIR", OPTION_TEXT, offsetof(struct playing, out),
     "where results go: results/SCENARIO/VERB if left out; of several scenarios DIR/SCENARIO", NULL},
    {"force", NULL, OPTION_FLAG, offsetof(struct playing, force),
     "write results even into a folder that holds other files", NULL},
    {"format", "NAME", OPTION_CHOICE, offsetof(struct playing, format),
     "what standard output shows: text (default), json or csv", format_name},
    {"watch", NULL, OPTION_FLAG, offsetof(struct playing, watch),
     "do it all again, with the same seed, whenever a scenario file changes, until Ctrl-C", NULL},
    {"quiet", NULL, OPTION_FLAG, offsetof(struct playing, quiet), "no progress, notes or warnings", NULL},
};
const struct option_set playing_options = {option, sizeof option / sizeof *option, 0, NULL};

volatile sig_atomic_t playing_caught;

/* The first signal ends the run in good order; the second, by then with its default action, at once. */
static void on_signal(int number)
{
    playing_caught = number;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}, before;

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* a terminal that goes away; whoever started the program under nohup has said that it shall not care */
    if (!sigaction(SIGHUP, NULL, &before) && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
}

bool playing_check(const char *verb, const struct playing *playing)
{
    if (playing->threads <= PLAY_MAX_THREADS)
        return true;
    fprintf(stderr, "foothold %s: %" PRIu64 " threads are too many\n  hint: %d at most\n", verb, playing->threads,
            (int)PLAY_MAX_THREADS);
    return false;
}

void playing_check_plan(const struct playing *playing, const struct loaded *loaded, bool drawn, struct diag *diag)
{
    const struct place start = {.source = loaded->scenario->file ? loaded->scenario->file[0] : NULL};
    struct play_settings settings;

    if (!loaded->plan)
        return;
    settings = playing_settings(playing, loaded->plan, drawn);
    if (playing->estimator == ESTIMATOR_CONDITIONAL && loaded->plan->why_drawn)
        diag_error(diag, start, "--estimator auto draws what cannot be computed", "--estimator conditional: %s",
                   loaded->plan->why_drawn);
    if ((double)settings.n_worlds * (double)settings.n_runs > PLAY_MAX_RUNS)
        diag_error(diag, start, "no more than 17,179,869,184 runs in all can be counted",
                   "--worlds %" PRIu64 " times --runs %" PRIu64 " is too many", settings.n_worlds, settings.n_runs);
}

void playing_begin(struct playing *playing)
{
    struct option_seed *seed = &playing->seed;

    if (!seed->given && getrandom(&seed->seed, sizeof seed->seed, 0) != (ssize_t)sizeof seed->seed)
        die("no random seed to be had: %s", strerror(errno));
    catch_signals();
}

enum delivery playing_claim(const char *verb, const struct playing *playing, struct output *output, const char *folder)
{
    struct arena arena = {0};
    const char *why = "";
    const enum delivery delivery = deliver_begin(output, folder, playing->force, &arena, &why);

    if (delivery != DELIVER_FINE) {
        visible_line(stderr, "foothold %s: %s", verb, why);
        fprintf(stderr, "  hint: %s\n",
                delivery == DELIVER_BUSY ? "wait for it to end, or name another folder with --out"
                                         : "name another folder with --out, or add --force to write over them");
    }
    arena_free(&arena);
    return delivery;
}

int playing_refused(enum delivery delivery)
{
    return delivery == DELIVER_BUSY ? EXIT_MACHINE : EXIT_INPUT;
}

int playing_status(int status)
{
    return playing_caught ? 128 + (int)playing_caught : status;
}

struct play_settings playing_settings(const struct playing *playing, const struct plan *plan, bool drawn)
{
    struct play_settings settings = {.seed = playing->seed.seed,
                                     .precision = playing->precision,
                                     .design = (enum design_kind)playing->design,
                                     .estimator = drawn ? ESTIMATOR_DRAW : (enum estimator)playing->estimator,
                                     .threads = (int)playing->threads,
                                     .stop = &playing_caught};

    settings.n_worlds = DEFAULT_WORLDS;
    settings.n_runs = !plan->chain || settings.estimator == ESTIMATOR_DRAW ? RUNS_DRAWN
                      : playing->precision > 0.0                           ? RUNS_PRECISE
                                                                           : RUNS_COMPUTED;
    if (playing->precision > 0.0)
        settings.n_worlds = REPLICATES * REPLICATES; /* the least that a precision is judged by */
    if (playing->worlds)
        settings.n_worlds = playing->worlds;
    if (playing->runs)
        settings.n_runs = playing->runs;
    return settings;
}

void playing_play(struct play_result *result, const struct plan *plan, const struct play_settings *settings)
{
    struct play_settings precise = *settings;
    struct plan *answers = NULL;
    const struct plan *const *borrowed;
    struct diag diag = {0};

    if (settings->precision > 0.0 && plan->chain && settings->estimator != ESTIMATOR_DRAW)
        answers = plan_compile_answers(plan->scenario, plan->model, NULL, NULL, &diag);
    borrowed = (const struct plan *const *)&answers;
    precise.answers = answers ? borrowed : NULL;
    play(result, &plan, 1, &precise);
    plan_free(answers);
    diag_free(&diag);
}

void playing_check_arms(const struct playing *playing, struct diag *diag)
{
    if (playing->precision > 0.0)
        diag_error(diag, (struct place){0}, "say --worlds", "--precision: all arms play the same worlds");
    if (playing->design == DESIGN_SOBOL)
        diag_error(diag, (struct place){0}, "--design stratified",
                   "--design sobol: where the names of two scenarios differ their luck would too");
}

struct play_settings playing_arms_settings(const struct playing *playing, bool computed)
{
    struct play_settings settings = {.seed = playing->seed.seed,
                                     .design = (enum design_kind)playing->design,
                                     .estimator = (enum estimator)playing->estimator,
                                     .threads = (int)playing->threads,
                                     .stop = &playing_caught};

    computed = computed && settings.estimator != ESTIMATOR_DRAW;
    settings.n_runs = playing->runs ? playing->runs : computed ? ARMS_RUNS_COMPUTED : ARMS_RUNS_DRAWN;
    settings.n_worlds = ARMS_DRAWS / settings.n_runs;
    if (settings.n_worlds < REPLICATES * REPLICATES)
        settings.n_worlds = REPLICATES * REPLICATES;
    if (playing->worlds)
        settings.n_worlds = playing->worlds;
    return settings;
}

int playing_too_rare(const char *verb, const struct scenario *scenario, double kept, const struct scenario *last)
{
    fprintf(stderr,
            "foothold %s: only %.2g %% of the histories of %s come to where %s starts: too few to go by\n"
            "  hint: --given held asks only that the bases are still held then\n",
            verb, 100.0 * kept, scenario->id, last->id);
    return EXIT_INPUT;
}

int playing_given_up(const char *verb, const char *runaway)
{
    if (!runaway)
        return playing_status(EXIT_MACHINE);
    fprintf(stderr,
            "foothold %s: \"%s\" rings over and over: more than %d rings in one run\n"
            "  hint: a rate or a hazard ratio is far too high\n",
            verb, runaway, HISTORY_MAX);
    return EXIT_INPUT;
}
