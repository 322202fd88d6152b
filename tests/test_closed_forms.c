/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine estimates against what is known exactly: every case is a scenario as an analyst would write it, played
 * from its text to its tallies with a fixed seed, and right within six binomial standard errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sim/analysis/summarise.h"
#include "sim/command/load.h"
#include "sim/engine/play.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MANY = 4000000, SOME = 500000, QUICKER = 50, SEED = 7 };
static const double tolerance = 6.0; /* standard errors */

/* ---- a scenario played, and what is known of it ---- */

struct stage {
    struct arena arena;
    char *path; /* of the scenario's file, in a folder of its own */
    struct diag diag;
    struct batch batch;
    struct play_result result;
    uint64_t n; /* runs played; 0: none */
};

/* How likely something is by a month: that a clock has rung ("relief"), that a base is in a state ("port DEAL", "port
 * held"), that all or any are ("all held", "any LOST"). */
struct known {
    const char *what;
    double month, exact;
};
#define KNOWN(...) ((const struct known[]){__VA_ARGS__, {NULL, 0.0, 0.0}})

/* Scenarios are written with ' for ". */
static const char one_base[] = "horizon = 24.0; bases = { port = { }; };"
                               "states = { LOST = { held = false; final = true; };"
                               "           LIMBO = { held = true; initial = true; }; DEAL = { held = true; }; };";
static const char two_bases[] = "horizon = 24.0; bases = { airfield = { }; port = { }; };"
                                "states = { LOST = { held = false; final = true; };"
                                "           LIMBO = { held = true; initial = true; }; DEAL = { held = true; }; };";

static uint64_t scaled(uint64_t draws)
{
    return getenv("FOOTHOLD_QUICK") ? draws / QUICKER : draws;
}

static void clear(struct stage *stage)
{
    if (stage->n)
        play_free(&stage->result);
    load_free(&stage->batch);
    diag_free(&stage->diag);
    stage->batch = (struct batch){0};
    stage->n = 0;
}

static const struct plan *plan_of(const struct stage *stage)
{
    return stage->batch.item[0].plan;
}

static void write_text(const struct stage *stage, const char *text)
{
    FILE *file = fopen(stage->path, "w");

    assert_non_null(file);
    fputs("format = 1; as_of = \"2025-01-01\";\n", file);
    for (; *text; text++)
        fputc(*text == '\'' ? '"' : *text, file);
    assert_int_equal(fclose(file), 0);
}

static void load_text(struct stage *stage, const char *text)
{
    const char *path = stage->path;
    const struct operands operands = {&path, 1};
    const struct option_overrides none = {0};

    clear(stage);
    write_text(stage, text);
    load(&stage->batch, &operands, &none, &stage->diag);
    if (stage->diag.n_errors)
        diag_print(&stage->diag, stderr, false);
    assert_int_equal(stage->diag.n_errors, 0);
}

/* As a question of the scenario: q0, q1 ... */
static const char *question(struct arena *arena, size_t i, const struct known *known)
{
    const char *state = strchr(known->what, ' ');
    const int length = state ? (int)(state - known->what) : 0;

    if (!state)
        return arena_print(arena, "q%zu = { happens = '%s'; month = %.17g; };", i, known->what, known->month);
    if (!strncmp(known->what, "all ", 4) || !strncmp(known->what, "any ", 4))
        return arena_print(arena, "q%zu = { count = '%.*s'; are = '%s'; month = %.17g; };", i, length, known->what,
                           state + 1, known->month);
    return arena_print(arena, "q%zu = { bases = ['%.*s']; are = '%s'; month = %.17g; };", i, length, known->what,
                       state + 1, known->month);
}

/* Drawn, within so many binomial errors; computed, within as many of the error it says itself, which is had from 32
 * replicates and so is a little uncertain too, and what series and sums of rounded shares leave. */
static void compare(const struct stage *stage, const struct play_settings *settings, size_t i,
                    const struct known *known, const char *text)
{
    const struct tally *tally = &stage->result.arm[0].tally;
    const double exact = known->exact;
    double found, se, limit;
    size_t q = 0;

    while (plan_of(stage)->question[q].rank != i)
        q++;
    found = tally_share(tally, tally->at.question + q, &se);
    limit = 1.5 * tolerance * se + 2e-6;
    if (!stage->result.arm[0].computed) {
        se = sqrt(exact * (1.0 - exact) / (double)stage->n);
        limit = tolerance * se + 1e-12;
    }
    if (!(fabs(found - exact) <= limit))
        fail_msg("%s by month %g: %.8f, exactly %.8f: %.1f standard errors off (design %d, estimator %d)\n%s",
                 known->what, known->month, found, exact, (found - exact) / se, (int)settings->design,
                 (int)settings->estimator, text);
}

static void play_stage(struct stage *stage, const struct play_settings *settings, const struct known *known,
                       const char *text)
{
    const struct plan *plan = plan_of(stage);

    if (stage->n)
        play_free(&stage->result);
    play(&stage->result, &plan, 1, settings);
    assert_true(stage->result.complete);
    stage->n = settings->n_worlds * settings->n_runs;
    for (size_t i = 0; known[i].what; i++)
        compare(stage, settings, i, &known[i], text);
}

static void load_case(struct stage *stage, const char *frame, const char *text, const struct known *known)
{
    const char *questions = "";

    for (size_t i = 0; known[i].what; i++)
        questions = arena_print(&stage->arena, "%s %s", questions, question(&stage->arena, i, &known[i]));
    load_text(stage, arena_print(&stage->arena, "%s\n%s\nquestions = {%s };\n", frame, text, questions));
}

static void judge_worlds(struct stage *stage, uint64_t worlds, uint64_t runs, const char *frame, const char *text,
                         const struct known *known)
{
    const struct play_settings settings = {
        .seed = SEED, .n_worlds = worlds, .n_runs = runs, .estimator = ESTIMATOR_DRAW};

    load_case(stage, frame, text, known);
    play_stage(stage, &settings, known, text);
}

/* Play a scenario in which nothing is uncertain: computed, in every design, where its plan allows; drawn, for which one
 * world will do; and with fewer draws in the other designs. */
static void judge(struct stage *stage, uint64_t draws, const char *frame, const char *text, const struct known *known)
{
    static const enum design_kind design[] = {DESIGN_SOBOL, DESIGN_MC, DESIGN_STRATIFIED};

    load_case(stage, frame, text, known);
    for (size_t d = 0; d < COUNT(design); d++) {
        struct play_settings settings = {
            .seed = SEED, .n_worlds = 512, .n_runs = 8, .design = design[d], .estimator = ESTIMATOR_AUTO};

        play_stage(stage, &settings, known, text);
        settings.n_worlds = d + 1 < COUNT(design) ? 4096 : 1;
        settings.n_runs = d + 1 < COUNT(design) ? 8 : scaled(draws);
        settings.estimator = ESTIMATOR_DRAW;
        play_stage(stage, &settings, known, text);
    }
}

static void assert_published(double x, double published)
{
    assert_true(fabs(x - published) < 1e-8);
}

static int open_stage(void **state)
{
    struct stage *stage = memory_new(1, sizeof *stage);
    const char *tmp = getenv("TMPDIR");
    char *folder = arena_print(&stage->arena, "%s/foothold-XXXXXX", tmp ? tmp : "/tmp");

    gsl_set_error_handler_off();
    if (!mkdtemp(folder))
        return 1;
    stage->path = arena_print(&stage->arena, "%s/case.cfg", folder);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;

    clear(stage);
    unlink(stage->path);
    *strrchr(stage->path, '/') = '\0';
    rmdir(stage->path);
    arena_free(&stage->arena);
    free(stage);
    return 0;
}

/* ---- deal and exit compete, at rates that change, under a frailty they share ---- */

enum { MAX_CELLS = 3, MAX_TIMES = 3 };

struct cell {
    double from, deal, exit;
};

struct competing {
    uint64_t draws;
    double variance; /* of the frailty; 0: none */
    size_t n_cells;
    struct cell cell[MAX_CELLS];
    struct {
        double month, deal, exit; /* published shares, or 0: the formula alone is the judge */
    } at[MAX_TIMES];
};

static const struct competing competing[] = {
    {MANY,
     0.0,
     1,
     {{0, .04, .02}},
     {{6, .201549116, .100774558}, {12, .342165163, .171082581}, {24, .508714828, .254357414}}},
    {MANY,
     0.0,
     3,
     {{0, .02, .05}, {6, .06, .02}, {18, .03, .01}},
     {{12, .285844493, .307585847}, {18, .402087823, .346333624}, {36, .498929417, .378614155}}},
    {MANY, 0.5, 1, {{0, .04, .02}}, {{12, .306228374, .153114187}, {24, .441319632, .220659816}}},
    {MANY,
     0.5,
     3,
     {{0, .02, .05}, {6, .06, .02}, {18, .03, .01}},
     {{12, .246109483, .278266260}, {36, .424362476, .337683925}}},
    {SOME, 0.0, 1, {{0, .3, .001}}, {{0.5, 0, 0}, {7.25, 0, 0}, {36, 0, 0}}},
    {SOME, 0.0, 2, {{0, 0, .02}, {2.5, .1, 0}}, {{2, 0, 0}, {5, 0, 0}, {30, 0, 0}}},
    {SOME, 2.0, 2, {{0, .01, .03}, {12, .05, .002}}, {{6, 0, 0}, {15, 0, 0}, {36, 0, 0}}},
    {SOME, 0.05, 1, {{0, .02, .02}}, {{3, 0, 0}, {20, 0, 0}}},
};

/* Still in limbo when the cumulative hazard is h: the mean of exp(-z h) over a gamma z of mean 1. */
static double survivor(double variance, double h)
{
    return variance > 0.0 ? pow(1.0 + variance * h, -1.0 / variance) : exp(-h);
}

static void incidence(const struct competing *c, double month, double *deal, double *exit)
{
    double h = 0.0;

    *deal = *exit = 0.0;
    for (size_t i = 0; i < c->n_cells && c->cell[i].from < month; i++) {
        const double end = i + 1 < c->n_cells ? fmin(c->cell[i + 1].from, month) : month;
        const double rate = c->cell[i].deal + c->cell[i].exit, next = h + rate * (end - c->cell[i].from);
        const double jumped = survivor(c->variance, h) - survivor(c->variance, next);

        *deal += c->cell[i].deal / rate * jumped;
        *exit += c->cell[i].exit / rate * jumped;
        h = next;
    }
}

static char *steps(struct arena *arena, const struct competing *c, bool deal)
{
    char *text = arena_print(arena, "(");

    for (size_t i = 0; i < c->n_cells; i++)
        text = arena_print(arena, "%s%s(%g, %g)", text, i ? ", " : "", c->cell[i].from,
                           deal ? c->cell[i].deal : c->cell[i].exit);
    return arena_print(arena, "%s)", text);
}

static const char *competing_text(struct arena *arena, const struct competing *c)
{
    return arena_print(arena,
                       "transitions = { sign = { from = 'LIMBO'; to = 'DEAL'; per_month = %s; };"
                       "                exit = { from = 'LIMBO'; to = 'LOST'; per_month = %s; }; };"
                       "dependence = { z = { variance = %g; on = ['sign', 'exit']; }; };",
                       steps(arena, c, true), steps(arena, c, false), c->variance);
}

static void causes_compete(void **state)
{
    static const char frame[] = "horizon = 36.0; bases = { port = { }; };"
                                "states = { LOST = { held = false; final = true; };"
                                "           LIMBO = { held = true; initial = true; }; DEAL = { held = true; }; };";
    struct stage *stage = *state;

    for (size_t i = 0; i < COUNT(competing); i++) {
        const struct competing *c = &competing[i];
        struct known known[2 * MAX_TIMES + 1] = {{0}}, *next = known;

        for (size_t j = 0; j < MAX_TIMES && c->at[j].month > 0.0; j++) {
            double deal, exit;

            incidence(c, c->at[j].month, &deal, &exit);
            if (c->at[j].deal > 0.0) {
                assert_published(deal, c->at[j].deal);
                assert_published(exit, c->at[j].exit);
            }
            *next++ = (struct known){"port DEAL", c->at[j].month, deal};
            *next++ = (struct known){"port LOST", c->at[j].month, exit};
        }
        judge(stage, c->draws, frame, competing_text(&stage->arena, c), known);
    }
}

/* ---- two bases: a frailty they share, a loss that hastens the other's ---- */

static void bases_share_a_frailty(void **state)
{
    static const struct {
        uint64_t draws;
        double airfield, port, variance, month;
    } row[] = {{MANY, .03, .05, 0.5, 12}, {SOME, .01, .2, 1.5, 18}, {SOME, .04, .04, 0.1, 24}};
    static const char frame[] =
        "horizon = 24.0; states = { LOST = { held = false; }; LIMBO = { held = true; initial = true; }; };";
    struct stage *stage = *state;

    assert_published(survivor(0.5, .96), .456537619);
    for (size_t i = 0; i < COUNT(row); i++) {
        const double v = row[i].variance, t = row[i].month, h1 = row[i].airfield * t, h2 = row[i].port * t;
        const double held1 = survivor(v, h1), held2 = survivor(v, h2), both = survivor(v, h1 + h2);

        judge(stage, row[i].draws, frame,
              arena_print(&stage->arena,
                          "bases = { airfield = { }; port = { rates = { exit = %.17g; }; }; };"
                          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = %g; }; };"
                          "dependence = { z = { variance = %g; on = 'exit'; }; };",
                          row[i].port / row[i].airfield, row[i].airfield, v),
              KNOWN({"airfield held", t, held1}, {"port held", t, held2}, {"all held", t, both},
                    {"all lost", t, 1.0 - held1 - held2 + both}));
    }
}

static void losses_are_contagious(void **state)
{
    static const struct {
        uint64_t draws;
        double rate, kappa, month;
    } row[] = {{MANY, .04, 2.5, 12}, {MANY, .04, 2.0, 12}, {SOME, .1, 0.3, 20}, {SOME, .02, 10.0, 24}};
    struct stage *stage = *state;

    for (size_t i = 0; i < COUNT(row); i++) {
        const double l = row[i].rate, k = row[i].kappa, t = row[i].month, two = exp(-2.0 * l * t);
        const double one = k == 2.0 ? 2.0 * l * t * two : 2.0 / (k - 2.0) * (two - exp(-k * l * t));

        if (!i)
            assert_published(one, .326794696);
        judge(stage, row[i].draws, two_bases,
              arena_print(&stage->arena,
                          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = %g; }; };"
                          "couplings = ({ when = 'airfield lost'; effects = { port = { exit = %g; }; }; },"
                          "             { when = 'port lost'; effects = { airfield = { exit = %g; }; }; });",
                          l, k, k),
              KNOWN({"all held", t, two}, {"any held", t, one + two}, {"all lost", t, 1.0 - one - two}));
    }
}

static void a_coupling_takes_any_state(void **state)
{
    const double l = 0.05, t = 15.0; /* once the airfield has signed, the port does so three times as fast */

    judge(*state, SOME, two_bases,
          "transitions = { sign = { from = 'LIMBO'; to = 'DEAL'; per_month = 0.05; }; };"
          "couplings = ({ when = 'airfield DEAL'; effects = { port = { sign = 3.0; }; }; });",
          KNOWN({"airfield DEAL", t, -expm1(-l * t)},
                {"port DEAL", t, 1.0 - exp(-2.0 * l * t) - exp(-3.0 * l * t) * expm1(l * t)}));
}

/* ---- several states ---- */

enum { MAX_STATES = 4, MAX_ARROWS = 8, N_MONTHS = 3 };

struct graph {
    uint64_t draws;
    size_t n_states, n_arrows; /* it begins in S0; the last state is lost */
    struct {
        int from, to;
        double rate;
    } arrow[MAX_ARROWS];
    double month[N_MONTHS];
    double published[MAX_STATES]; /* at month[0]; 0: none */
};

static const struct graph graphs[] = {
    {MANY,
     4,
     6,
     {{0, 1, .10}, {0, 3, .02}, {1, 0, .05}, {1, 2, .08}, {1, 3, .03}, {2, 3, .005}},
     {6, 24, 60},
     {.52785714, .26750072, .08418718, .12045496}},
    {MANY,
     4,
     4,
     {{0, 1, .02}, {0, 2, .03}, {1, 3, .095}, {1, 2, .02}},
     {12, 24, 60},
     {.54881164, .09145633, .28619459, .07353744}},
    {SOME, 3, 3, {{0, 1, .5}, {1, 0, .7}, {1, 2, .01}}, {1, 10, 60}, {0}},
    {SOME, 4, 5, {{0, 1, .2}, {1, 2, .3}, {2, 0, .4}, {0, 3, .01}, {2, 3, .02}}, {2, 8, 50}, {0}},
};

/* The first row of exp(Q t). */
static void occupancy(const struct graph *graph, double month, double *p)
{
    gsl_matrix *q = gsl_matrix_calloc(graph->n_states, graph->n_states);
    gsl_matrix *e = gsl_matrix_alloc(graph->n_states, graph->n_states);

    for (size_t i = 0; i < graph->n_arrows; i++) {
        const size_t from = (size_t)graph->arrow[i].from, to = (size_t)graph->arrow[i].to;

        *gsl_matrix_ptr(q, from, to) += graph->arrow[i].rate * month;
        *gsl_matrix_ptr(q, from, from) -= graph->arrow[i].rate * month;
    }
    assert_int_equal(gsl_linalg_exponential_ss(q, e, GSL_PREC_DOUBLE), GSL_SUCCESS);
    for (size_t s = 0; s < graph->n_states; s++)
        p[s] = gsl_matrix_get(e, 0, s);
    gsl_matrix_free(q);
    gsl_matrix_free(e);
}

static const char *graph_text(struct arena *arena, const struct graph *graph)
{
    const char *states = "", *transitions = "";

    for (size_t s = graph->n_states; s-- > 0;)
        states = arena_print(arena, "%sS%zu = { held = %s; initial = %s; }; ", states, s,
                             s + 1 < graph->n_states ? "true" : "false", s ? "false" : "true");
    for (size_t i = 0; i < graph->n_arrows; i++)
        transitions = arena_print(arena, "%st%zu = { from = 'S%d'; to = 'S%d'; per_month = %g; }; ", transitions, i,
                                  graph->arrow[i].from, graph->arrow[i].to, graph->arrow[i].rate);
    return arena_print(arena, "states = { %s}; transitions = { %s};", states, transitions);
}

static void states_follow_the_matrix_exponential(void **state)
{
    static const char *const in_state[] = {"port S0", "port S1", "port S2", "port S3"};
    struct stage *stage = *state;

    for (size_t i = 0; i < COUNT(graphs); i++) {
        const struct graph *graph = &graphs[i];
        struct known known[N_MONTHS * MAX_STATES + 1] = {{0}}, *next = known;

        for (size_t m = 0; m < N_MONTHS; m++) {
            double p[MAX_STATES];

            occupancy(graph, graph->month[m], p);
            for (size_t s = 0; s < graph->n_states; s++) {
                if (!m && graph->published[s] > 0.0)
                    assert_published(p[s], graph->published[s]);
                *next++ = (struct known){in_state[s], graph->month[m], p[s]};
            }
        }
        judge(stage, graph->draws, "horizon = 60.0; bases = { port = { }; };", graph_text(&stage->arena, graph), known);
    }
}

/* The first graph to the end: a deal before the exit, and the mean months to the exit. What is still held at the horizon
 * has its own mean to go. */
static void absorption_is_as_the_chain_says(void **state)
{
    static const double to_go[] = {0.0, 200.0, 147.18309859, 130.98591549}; /* from EXIT, DEAL, TALKS, OLD */
    struct stage *stage = *state;
    const struct tally *tally;
    double mean;

    judge(stage, SOME,
          "horizon = 1200.0; bases = { port = { }; };"
          "states = { EXIT = { held = false; final = true; }; DEAL = { held = true; };"
          "           TALKS = { held = true; }; OLD = { held = true; initial = true; }; };",
          "transitions = { open = { from = 'OLD'; to = 'TALKS'; per_month = 0.10; };"
          "                end = { from = 'OLD'; to = 'EXIT'; per_month = 0.02; };"
          "                stall = { from = 'TALKS'; to = 'OLD'; per_month = 0.05; };"
          "                sign = { from = 'TALKS'; to = 'DEAL'; per_month = 0.08; };"
          "                fail = { from = 'TALKS'; to = 'EXIT'; per_month = 0.03; };"
          "                lapse = { from = 'DEAL'; to = 'EXIT'; per_month = 0.005; }; };",
          KNOWN({"sign", 1200.0, .56338028}));
    tally = &stage->result.arm[0].tally;
    mean = 1200.0 / TALLY_ONE * (double)tally_total(tally, tally->at.loss.months);
    for (size_t s = 1; s < COUNT(to_go); s++)
        mean += (1200.0 + to_go[s]) * (double)tally_total(tally, tally->at.state + s) / TALLY_ONE;
    mean /= (double)stage->n;
    assert_true(fabs(mean - 130.98591549) < tolerance * 200.0 / sqrt((double)stage->n));
}

/* ---- the static logit ---- */

static const char logit_frame[] = "model = 'logit'; horizon = 24.0; bases = { airfield = { }; port = { }; };"
                                  "states = { LOST = { held = false; final = true; }; REDUCED = { held = true; };"
                                  "           LIMBO = { held = true; initial = true; }; KEPT = { held = true; }; };";

static double logistic(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

/* The mean over a standard normal u of P(low < eta + sd u + e <= high)^power, by the trapezoidal rule. */
static double logit_share(double eta, double sd, double low, double high, int power)
{
    const double step = 1.0 / 128.0;
    double sum = 0.0;

    for (double u = -9.0; u <= 9.0; u += step) {
        const double p = logistic(high - eta - sd * u) - logistic(low - eta - sd * u);

        sum += exp(-0.5 * u * u) / sqrt(2.0 * M_PI) * pow(p, power) * step;
    }
    return sum;
}

static void logit_cuts_a_logistic(void **state)
{
    static const struct {
        double eta, sd, low, high;
    } row[] = {{.4, 0, -1, .5}, {.4, 1, -1, .5}, {-1.5, .5, -2, 1}, {2, 3, 0, .1}};
    struct stage *stage = *state;

    assert_published(logit_share(.4, 0, -1, .5, 1), .327163076);
    assert_published(logit_share(.4, 1, -1, .5, 1), .284032926);
    assert_published(logit_share(.4, 1, .5, INFINITY, 2), .273039048);
    for (size_t i = 0; i < COUNT(row); i++) {
        const double eta = row[i].eta, sd = row[i].sd, low = row[i].low, high = row[i].high;

        judge(stage, SOME, logit_frame,
              arena_print(&stage->arena,
                          "logit = { intercept = %g; shared_sd = %g; cut_lost = %g; cut_reduced = %g;"
                          "          lost = 'LOST'; reduced = 'REDUCED'; held = 'KEPT'; };",
                          eta, sd, low, high),
              KNOWN({"port LOST", 24, logit_share(eta, sd, -INFINITY, low, 1)},
                    {"port REDUCED", 24, logit_share(eta, sd, low, high, 1)},
                    {"port KEPT", 24, logit_share(eta, sd, high, INFINITY, 1)},
                    {"all KEPT", 24, logit_share(eta, sd, high, INFINITY, 2)}));
    }
}

/* Weights count while their lever is in force at the horizon; a base may have its own intercept. */
static void logit_weighs_what_is_in_force(void **state)
{
    judge(*state, SOME, logit_frame,
          "levers = { relief = { chance = 0.3; }; past = { at = 1.0; lasts = 2.0; }; };"
          "logit = { intercept = 9.0; bases = { port = { intercept = -0.5; }; };"
          "          weights = { relief = 1.5; past = 50.0; }; cut_lost = -1.0; cut_reduced = 0.5;"
          "          lost = 'LOST'; reduced = 'REDUCED'; held = 'KEPT'; };",
          KNOWN({"port LOST", 24, 0.7 * logistic(-0.5) + 0.3 * logistic(-2.0)},
                {"port KEPT", 24, 0.7 * logistic(-1.0) + 0.3 * logistic(0.5)}));
}

/* ---- when a lever or an event comes ---- */

static void a_chance_is_kept_by_its_month(void **state)
{
    judge(*state, SOME, one_base, "levers = { a = { chance = 0.3; within = 12.0; }; b = { chance = 0.8; }; };",
          KNOWN({"a", 6, 1.0 - sqrt(0.7)}, {"a", 12, 0.3}, {"a", 24, 1.0 - 0.7 * 0.7}, {"b", 6, 1.0 - pow(0.2, 0.25)},
                {"b", 24, 0.8}));
}

static double pert_cdf(double low, double mode, double high, double x)
{
    const double width = high - low;

    return gsl_cdf_beta_P((x - low) / width, 1.0 + 4.0 * (mode - low) / width, 1.0 + 4.0 * (high - mode) / width);
}

static void a_dated_chance_follows_its_dates(void **state)
{
    judge(*state, SOME, one_base,
          "levers = { even = { chance = 0.6; when = ('uniform', 3, 13); };"
          "           peak = { chance = 0.5; when = ('pert', 2, 8, 20); };"
          "           fixed = { chance = 0.7; when = ('discrete', (2, 0.2), (6, 0.5), (30, 0.3)); };"
          "           sure = { when = ('uniform', 0, 48); };"
          "           point = { chance = 0.4; when = 5.0; }; };",
          KNOWN({"even", 2.9, 0.0}, {"even", 8, 0.3}, {"even", 24, 0.6}, {"peak", 5, 0.5 * pert_cdf(2, 8, 20, 5)},
                {"peak", 12, 0.5 * pert_cdf(2, 8, 20, 12)}, {"fixed", 5.9, 0.14}, {"fixed", 24, 0.49},
                {"sure", 24, 0.5}, {"point", 4.9, 0.0}, {"point", 5, 0.4}));
}

static void rates_may_be_yearly_and_change(void **state)
{
    judge(*state, SOME, one_base,
          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_year = 0.3; }; };"
          "events = { late = { per_month = ((4.0, 0.1), (10.0, 0.0), (20.0, 0.5)); };"
          "           yearly = { per_year = ((0.0, 1.2), (6.0, 0.6)); }; };",
          KNOWN({"port held", 18, exp(-0.3 * 1.5)}, {"late", 4, 0.0}, {"late", 8, -expm1(-0.4)},
                {"late", 20, -expm1(-0.6)}, {"late", 22, -expm1(-1.6)}, {"yearly", 10, -expm1(-0.8)}));
}

/* An effect of ratio r on what comes with chance p makes it come with chance 1 - (1 - p)^r. */
static void an_effect_reaches_a_levers_clock(void **state)
{
    const double before = 1.0 - 0.5 * 4.0 / 20.0, after = 1.0 - 0.5 * 15.0 / 20.0;

    judge(*state, SOME, one_base,
          "events = { push = { at = 0.0; effects = { odds = 2.5; dated = 0.4; }; };"
          "           later = { at = 4.0; effects = { mixed = 3.0; certain = 2.0; }; }; };"
          "levers = { odds = { chance = 0.3; within = 12.0; };"
          "           dated = { chance = 0.6; when = ('uniform', 0, 10); };"
          "           mixed = { chance = 0.5; when = ('uniform', 0, 20); };"
          "           certain = { when = ('uniform', 0, 16); }; };",
          KNOWN({"odds", 12, 1.0 - pow(0.7, 2.5)}, {"dated", 5, 1.0 - pow(0.7, 0.4)},
                {"dated", 24, 1.0 - pow(0.4, 0.4)}, {"mixed", 4, 1.0 - before},
                {"mixed", 15, 1.0 - before * pow(after / before, 3.0)},
                {"certain", 10, 1.0 - 12.0 / 16.0 * pow(6.0 / 12.0, 2.0)}, {"certain", 16, 1.0}));
}

/* The chance that a lever has occurred by a month counts the hazard up to that month only, though the run goes on and the hazard changes
 * later. first and second influence each other, so that neither is known before the run; aid has hazard 0.1 until first occurs, 0.3 then. It
 * has not occurred by t with probability exp(-0.3 t) (0.4 t - 1 + 2 exp(-0.1 t)). */
static void hazard_counts_up_to_the_questions_month(void **state)
{
    judge(*state, SOME, one_base,
          "levers = { first = { per_month = 0.1; effects = { second = 3.0; aid = 3.0; }; };"
          "           second = { per_month = 0.1; effects = { first = 3.0; }; }; aid = { per_month = 0.1; }; };",
          KNOWN({"aid", 6, 1.0 - exp(-1.8) * (2.4 - 1.0 + 2.0 * exp(-0.6))},
                {"aid", 12, 1.0 - exp(-3.6) * (4.8 - 1.0 + 2.0 * exp(-1.2))}));
}

/* What comes at a month has come by that month, be it asked of a base, a transition or a lever, and be it the horizon. */
static void what_comes_at_a_month_has_come_by_it(void **state)
{
    const double later = nextafter(6.0, 7.0), before = nextafter(6.0, 5.0);
    struct stage *stage = *state;

    judge(stage, SOME, one_base,
          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; at = 6.0; }; };"
          "levers = { early = { at = 6.0; }; last = { at = 24.0; }; };",
          KNOWN({"port LOST", before, 0.0}, {"port LOST", 6, 1.0}, {"port held", later, 0.0}, {"exit", before, 0.0},
                {"exit", 6, 1.0}, {"early", before, 0.0}, {"early", 6, 1.0}, {"last", 24, 1.0}));
    judge(stage, SOME, one_base, /* nothing but rates moves the base: computed */
          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.05; }; };"
          "levers = { early = { at = 6.0; effects = { exit = 0.0; }; }; last = { at = 24.0; };"
          "           dated = { when = ('discrete', (3, 0.5), (6, 0.5)); }; };",
          KNOWN({"early", before, 0.0}, {"early", 6, 1.0}, {"last", 24, 1.0}, {"dated", 3, 0.5}, {"dated", 6, 1.0},
                {"port LOST", 3, -expm1(-0.15)}, {"port LOST", 6, -expm1(-0.3)}, {"port LOST", 24, -expm1(-0.3)},
                {"exit", 6, -expm1(-0.3)}));
}

/* What requires another rings only while that is on, and its hazard only counts then. */
static void what_requires_another_waits(void **state)
{
    const double a = 0.1, b = 0.2, lasts = 3.0, t = 12.0;
    const double open = t - lasts; /* a door that opens by then has stood open for all of its time */
    const double quick = -expm1(-a * open) * -expm1(-b * lasts) + exp(-a * open) * -expm1(-a * lasts) -
                         a * exp(-b * t) * (exp((b - a) * t) - exp((b - a) * open)) / (b - a);

    judge(*state, SOME, one_base,
          "events = { gate = { per_month = 0.1; }; door = { per_month = 0.1; lasts = 3.0; };"
          "           window = { at = 5.0; }; };"
          "levers = { through = { per_month = 0.2; requires = 'gate'; };"
          "           quick = { per_month = 0.2; requires = 'door'; };"
          "           both = { at = 9.0; requires = ['gate', 'window']; };"
          "           dated = { chance = 0.8; when = ('uniform', 0, 10); requires = 'window'; };"
          "           missed = { at = 4.0; requires = 'window'; }; };",
          KNOWN({"through", t, 1.0 - (b * exp(-a * t) - a * exp(-b * t)) / (b - a)}, {"quick", t, quick},
                {"both", 24, -expm1(-a * 9.0)}, {"dated", 24, 1.0 - 0.2 / 0.6}, {"missed", 24, 0.0}));
}

/* A transition waits for a lever as well, and a coupling may be in force from the start: the airfield goes after the
 * port, two steps at one rate. */
static void transitions_wait_too(void **state)
{
    judge(*state, SOME, two_bases,
          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.05; };"
          "                sign = { from = 'LIMBO'; to = 'DEAL'; per_month = 0.2; requires = 'talks'; }; };"
          "levers = { talks = { at = 4.0; }; };"
          "couplings = ({ when = 'port LIMBO'; effects = { airfield = { exit = 0.0; }; }; });",
          KNOWN({"port DEAL", 12, exp(-0.2) * 0.8 * -expm1(-0.25 * 8.0)},
                {"airfield LOST", 4, -expm1(-0.2) - 0.2 * exp(-0.2)}));
}

/* What rings at rate a while it is off, and is then on for L months: f, the share still held and off, follows
 * f' = -(a + off) f + a exp(-on L) f(t - L); by the trapezoidal rule. Returns the share held; *is_off receives f. */
static double alternate(double a, double lasts, double off, double on, double month, double *is_off)
{
    enum { FINENESS = 2000 }; /* steps while it lasts */
    const double step = lasts / FINENESS, half = 0.5 * step * (a + off);
    const size_t n = (size_t)lround(month / step);
    double *f = memory_new(n + 1, sizeof *f), held;

    f[0] = 1.0;
    for (size_t i = 1; i <= n; i++) {
        const double ended = i > FINENESS ? f[i - FINENESS] + f[i - 1 - FINENESS] : 0.0;

        f[i] = (f[i - 1] * (1.0 - half) + 0.5 * step * a * exp(-on * lasts) * ended) / (1.0 + half);
    }
    held = *is_off = f[n];
    for (size_t i = n > FINENESS ? n - FINENESS : 0; i < n; i++) {
        const double age = step * (double)(n - i);

        held += 0.5 * step * a * (f[i] * exp(-on * age) + f[i + 1] * exp(-on * (age - step)));
    }
    free(f);
    return held;
}

/* A watch rings at its month if the storm is on just then. */
static void what_recurs_alternates(void **state)
{
    double off5, off;
    const double held5 = alternate(0.25, 2.0, 0.05, 0.02, 5.0, &off);
    const double held30 = alternate(0.25, 2.0, 0.05, 0.02, 30.0, &off);

    alternate(0.25, 2.0, 0.0, 0.0, 5.0, &off5);
    judge(*state, SOME,
          "horizon = 100.0; bases = { port = { }; };"
          "states = { LOST = { held = false; }; LIMBO = { held = true; initial = true; }; };",
          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.05; }; };"
          "events = { storm = { per_month = 0.25; lasts = 2.0; recurs = true; effects = { exit = 0.4; }; };"
          "           watch = { at = 5.0; requires = 'storm'; };"
          "           late_watch = { at = 100.0; requires = 'storm'; }; };",
          KNOWN({"watch", 6, 1.0 - off5}, {"late_watch", 100, 2.0 / (2.0 + 1.0 / 0.25)}, {"port held", 5, held5},
                {"port held", 30, held30}));
}

/* ---- how what is in force bears on the bases ---- */

static void an_event_multiplies_a_hazard(void **state)
{
    static const struct {
        uint64_t draws;
        double event, exit, ratio, held12, held24; /* published, or 0 */
    } row[] = {{MANY, .05, .01, 4.0, .816830096, .601840577},
               {MANY, .05, .01, 6.0, .778803610, .521241069},
               {SOME, .3, .05, 0.2, 0, 0},
               {SOME, .01, .002, 100.0, 0, 0}};
    struct stage *stage = *state;

    for (size_t i = 0; i < COUNT(row); i++) {
        const double mu = row[i].event, h0 = row[i].exit, h1 = h0 * row[i].ratio, gap = mu + h0 - h1;
        double held[2];

        for (int j = 0; j < 2; j++) {
            const double t = 12.0 * (j + 1);

            held[j] = exp(-(mu + h0) * t) + mu * exp(-h1 * t) * (fabs(gap) < 1e-12 ? t : -expm1(-gap * t) / gap);
        }
        if (row[i].held12 > 0.0) {
            assert_published(held[0], row[i].held12);
            assert_published(held[1], row[i].held24);
        }
        judge(stage, row[i].draws, one_base,
              arena_print(&stage->arena,
                          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = %g; }; };"
                          "events = { coup = { per_month = %g; effects = { exit = %g; }; }; };",
                          h0, mu, row[i].ratio),
              KNOWN({"port held", 12, held[0]}, {"port held", 24, held[1]}));
    }
}

static void effects_hold_while_they_last(void **state)
{
    const double h = 0.03; /* for D months nothing: the mean of exp(h D) over a uniform D */
    const double spared = (exp(h * 9.0) - exp(h * 1.0)) / (h * 8.0);

    judge(*state, SOME, one_base,
          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.03; }; };"
          "events = { strike = { at = 3.0; lasts = 4.0; effects = { exit = 5.0; }; };"
          "           truce = { at = 10.0; lasts = ('uniform', 1, 9); effects = { exit = 0.0; }; }; };",
          KNOWN({"port held", 5, exp(-h * (3.0 + 5.0 * 2.0))}, {"port held", 9, exp(-h * (9.0 + 4.0 * 4.0))},
                {"port held", 24, exp(-h * (24.0 + 4.0 * 4.0)) * spared}));
}

/* All together they multiply a hazard past all that numbers hold, while it waits; then they are over. What would go wrong
 * would be far off, and 400 levers take their time: a few runs will do. */
static void no_number_of_effects_is_too_many(void **state)
{
    static const enum estimator estimator[] = {ESTIMATOR_AUTO, ESTIMATOR_DRAW};
    struct stage *stage = *state;
    const struct known *known = KNOWN({"port held", 12, exp(-0.05 * 9.0)});
    const char *levers = "", *text;

    for (int i = 0; i < 400; i++)
        levers =
            arena_print(&stage->arena, "%s l%d = { at = 0.5; lasts = 1.0; effects = { exit = 8.0; }; };", levers, i);
    text = arena_print(&stage->arena,
                       "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.05; requires = 'go'; }; };"
                       "levers = { go = { at = 3.0; }; %s };",
                       levers);
    load_case(stage, one_base, text, known);
    for (size_t i = 0; i < COUNT(estimator); i++) {
        const struct play_settings settings = {
            .seed = SEED, .n_worlds = 64, .n_runs = i ? 16 : 2, .estimator = estimator[i]};

        play_stage(stage, &settings, known, text);
    }
}

static void otherwise_holds_until_it_comes(void **state)
{
    const double a = 0.1, t = 12.0, slow = 0.4 * 0.05, fast = 2.0 * 0.05, gap = a + slow - fast;

    judge(*state, SOME, two_bases,
          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.05; }; };"
          "levers = { dated = { at = 6.0; otherwise = { airfield = { exit = 0.2; }; };"
          "                     effects = { airfield = { exit = 3.0; }; }; };"
          "           random = { per_month = 0.1; otherwise = { port = { exit = 0.4; }; };"
          "                      effects = { port = { exit = 2.0; }; }; }; };",
          KNOWN({"airfield held", 10, exp(-0.05 * (0.2 * 6.0 + 3.0 * 4.0))},
                {"port held", t, exp(-(a + slow) * t) + a * exp(-fast * t) * -expm1(-gap * t) / gap}));
}

/* 181 days to the first of July; the truce had begun 31 days before as_of, and the drill was over by then. */
static void dates_count_from_as_of(void **state)
{
    const double vote = 181.0 / MONTH_DAYS, truce_ends = 4.0 - 31.0 / MONTH_DAYS;

    judge(*state, SOME, two_bases,
          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.05; }; };"
          "events = { vote = { on = '2025-07-01'; effects = { airfield = { exit = 4.0; }; }; };"
          "           truce = { on = '2024-12-01'; lasts = 4.0; effects = { port = { exit = 0.0; }; }; };"
          "           drill = { on = '2024-06-01'; lasts = 2.0; effects = { exit = 5.0; }; }; };",
          KNOWN({"airfield held", 12, exp(-0.05 * (vote + 4.0 * (12.0 - vote)))},
                {"port held", 12, exp(-0.05 * (12.0 - truce_ends))}));
}

/* On one of two competing clocks, and on an event's. */
static void frailties_stand_where_they_are_named(void **state)
{
    const double exit = 0.04, sign = 0.06, v = 0.8, t = 12.0, step = 1.0 / 64.0;
    double deal = 0.0;

    for (double u = 0.5 * step; u < t; u += step)
        deal += step * sign * exp(-sign * u) * survivor(v, exit * u);
    judge(*state, SOME, one_base,
          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.04; };"
          "                sign = { from = 'LIMBO'; to = 'DEAL'; per_month = 0.06; }; };"
          "events = { coup = { per_month = 0.05; }; };"
          "dependence = { host = { variance = 0.8; on = 'exit'; }; street = { variance = 1.3; on = 'coup'; }; };",
          KNOWN({"port DEAL", t, deal}, {"port LIMBO", t, exp(-sign * t) * survivor(v, exit * t)},
                {"coup", t, 1.0 - survivor(1.3, 0.05 * t)}));
}

/* The balance is the mean position by weights 80 * 50, 60 * 100 and 40 * 25; from month 6 on the host stands 12 points
 * higher. */
static void the_balance_pulls(void **state)
{
    const double balance = (4000.0 * 90.0 + 6000.0 * 20.0 + 1000.0 * 10.0) / 11000.0;
    const double exit = 0.05 * exp(-0.4 * (balance - 50.0) / 10.0);
    const double moved = 0.05 * exp(-0.4 * (balance + 12.0 * 6000.0 / 11000.0 - 50.0) / 10.0);

    judge(*state, SOME, one_base,
          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.05; pull = -0.4; }; };"
          "actors = { guest = { role = 'guest'; capability = 80; salience = 50; position = 90; };"
          "           host = { role = 'host'; capability = 60; salience = 100; position = 20; };"
          "           third = { role = 'third'; capability = 40; salience = 25; position = 10; }; };"
          "levers = { aid = { at = 6.0; moves = { host = 12.0; }; }; };",
          KNOWN({"port held", 6, exp(-6.0 * exit)}, {"port held", 20, exp(-6.0 * exit - 14.0 * moved)}));
}

/* ---- what the analyst does not know ---- */

/* The mean of exp(-rate t) over a uniform rate. */
static double mean_survivor(double low, double high, double t)
{
    return (exp(-low * t) - exp(-high * t)) / ((high - low) * t);
}

static void worlds_are_averaged(void **state)
{
    judge_worlds(*state, scaled(51200), 16, two_bases,
                 "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = ('uniform', 0.01, 0.09); }; };"
                 "parameters = { luck = ('uniform', 0.2, 0.6); };"
                 "levers = { a = { chance = 'luck'; within = 12; }; b = { chance = 'luck'; when = 3.0; };"
                 "           c = { chance = 'very likely'; }; };",
                 KNOWN({"all held", 12, mean_survivor(0.01, 0.09, 24.0)},
                       {"port held", 12, mean_survivor(0.01, 0.09, 12.0)}, {"a", 12, 0.4}, {"c", 24, 0.875}));
}

/* ---- what the answer makes of the tallies ---- */

static bool is_near(struct estimate found, double exact)
{
    return fabs(found.value - exact) <= tolerance * sqrt(exact * (1.0 - exact) / (double)found.n);
}

static void curves_and_times_are_exponential(void **state)
{
    const double exit = 0.06, sign = 0.04, all = exit + sign, end = 24.5;
    const double share = exit / all, lost = share * -expm1(-all * end);
    struct stage *stage = *state;
    struct answer *answer;
    const struct answer_place *base;

    judge(stage, SOME,
          "horizon = 24.5; bases = { port = { }; };"
          "states = { LOST = { held = false; }; LIMBO = { held = true; initial = true; }; DEAL = { held = true; }; };",
          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.06; };"
          "                sign = { from = 'LIMBO'; to = 'DEAL'; per_month = 0.04; }; };",
          KNOWN({"port LOST", end, lost}));
    answer = summarise(plan_of(stage), &stage->result, 0, stage->n);
    base = &answer->base[0];
    assert_int_equal(answer->n_months, 26);
    for (size_t m = 1; m < answer->n_months; m++) {
        const double gone = -expm1(-all * answer->month[m]);

        assert_true(is_near(base->occupancy[0 * answer->n_months + m], share * gone));
        assert_true(is_near(base->occupancy[1 * answer->n_months + m], 1.0 - gone));
        assert_true(is_near(base->incidence[0 * answer->n_months + m], share * gone));
        assert_true(is_near(base->incidence[1 * answer->n_months + m], (1.0 - share) * gone));
    }
    assert_true(is_near(base->loss.by_horizon, lost));
    for (size_t i = 0; i < 2; i++) { /* 5 and 50 % of all runs, not only of those that lose it */
        const double level = answer_level[i], month = -log1p(-level / share) / all;
        const double se = sqrt(level * (1.0 - level) / (double)stage->n) / (exit * exp(-all * month));

        assert_true(fabs(base->loss.quantile[i] - month) < tolerance * se + end / TALLY_BINS);
    }
    assert_true(isnan(base->loss.quantile[2])); /* 95 % are not lost within the horizon */
    assert_true(fabs(base->loss.mean.value - (1.0 / all - end * exp(-all * end) / -expm1(-all * end))) <
                tolerance / all / sqrt(lost * (double)stage->n));
    answer_free(answer);
}

/* The rate is uniform and p = exp(-rate t): chance within a world, ignorance between worlds. */
static void chance_and_ignorance_are_told_apart(void **state)
{
    enum { WORLDS = 4096, RUNS = 64 };
    const double low = 0.01, high = 0.09, t = 12.0;
    const double p = mean_survivor(low, high, t), p2 = mean_survivor(low, high, 2.0 * t);
    struct stage *stage = *state;
    const struct answer_question *question;
    struct answer *answer;

    judge_worlds(stage, WORLDS, RUNS, one_base,
                 "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = ('uniform', 0.01, 0.09); }; };"
                 "parameters = { idle = ('uniform', 0, 1); };",
                 KNOWN({"port held", t, p}));
    answer = summarise(plan_of(stage), &stage->result, 0, RUNS);
    question = &answer->question[0];
    assert_true(fabs(question->p.value - p) < tolerance * question->p.se);
    assert_true(fabs(question->spread.sd_epistemic - sqrt(p2 - p * p)) < 0.01);
    assert_true(fabs(question->spread.sd_aleatory - sqrt(p - p2)) < 0.01);
    for (size_t i = 0; i < ANSWER_LEVELS; i++)
        assert_true(fabs(question->spread.quantile[i] - exp(-t * (high - (high - low) * answer_level[i]))) < 0.02);
    for (size_t i = 0; i < answer->n_inputs; i++) {
        const bool idle = !strcmp(answer->driver[i].path, "parameters.idle");

        assert_true(fabs(answer->driver[i].index[0] - (idle ? 0.0 : 1.0)) < 0.05);
    }
    answer_free(answer);
}

static void a_lever_splits_the_runs(void **state)
{
    const double comes = 0.4, with = exp(-1.08), without = exp(-0.36);
    struct stage *stage = *state;
    struct answer *answer;
    double room;

    judge(stage, SOME, one_base,
          "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.03; }; };"
          "levers = { aid = { chance = 0.4; when = 0.0; effects = { exit = 3.0; }; }; };",
          KNOWN({"port held", 12, comes * with + (1.0 - comes) * without}));
    answer = summarise(plan_of(stage), &stage->result, 0, stage->n);
    room = tolerance * 0.5 / sqrt(comes * (double)stage->n);
    assert_true(is_near(answer->factor[0].by_question[0].comes, comes));
    assert_true(fabs(answer->factor[0].by_question[0].if_comes.value - with) < room);
    assert_true(fabs(answer->factor[0].by_question[0].if_not.value - without) < room);
    answer_free(answer);
}

/* ---- draws of the worlds themselves ---- */

struct draws { /* of each input, by its place in the plan */
    double **value;
    size_t n, n_inputs;
};

static struct draws draw(struct arena *arena, const struct plan *plan, enum design_kind kind, size_t n)
{
    struct draws draws = {arena_new(arena, plan->n_inputs, sizeof(double *)), n, plan->n_inputs};
    struct design design;
    struct world world;

    for (size_t i = 0; i < plan->n_inputs; i++)
        draws.value[i] = arena_new(arena, n, sizeof(double));
    design_init(&design, plan, kind, SEED);
    world_init(&world, plan);
    for (size_t k = 0; k < n; k++) {
        world_draw(&world, plan, &design, k);
        for (size_t i = 0; i < plan->n_inputs; i++)
            draws.value[i][k] = world.value[plan->input[i].slot];
    }
    world_free(&world);
    design_free(&design);
    return draws;
}

static size_t input(const struct plan *plan, const char *path)
{
    for (size_t i = 0; i < plan->n_inputs; i++)
        if (!strcmp(plan->input[i].path, path))
            return i;
    fail_msg("there is no input %s", path);
    return 0;
}

static void draws_have_their_means(void **state)
{
    static const struct {
        const char *name, *quantity;
        double mean, sd;
    } row[] = {
        {"pert", "('pert', 10, 20, 40)", 21.666666666666668, 5.527708},
        {"triangular", "('triangular', 1, 2, 6)", 3.0, 1.0801234497346435},
        {"uniform", "('uniform', -1, 5)", 2.0, 1.7320508075688772},
        {"normal", "('normal', 4, 2)", 4.0, 2.0},
        {"beta", "('beta', 0.3, 20)", 0.3, 0.1},
        {"lognormal", "('lognormal', 1, 10)", 4.040012826945727, 3.212},
        {"discrete", "('discrete', (1, 0.2), (3, 0.5), (10, 0.3))", 4.7, 3.4928498393145961},
        {"mixture", "('mixture', (('uniform', 0, 1), 3), (5, 1))", 1.625, 2.0},
        {"truncate", "('truncate', ('uniform', 0, 10), 2, 4)", 3.0, 0.57735026918962573},
        {"clamp", "('clamp', ('uniform', 0, 10), 2, 4)", 3.4, 0.77459666924148338},
    };
    struct stage *stage = *state;
    const size_t n = 65536;
    const char *parameters = "";

    for (size_t i = 0; i < COUNT(row); i++)
        parameters = arena_print(&stage->arena, "%s %s = %s;", parameters, row[i].name, row[i].quantity);
    load_text(stage, arena_print(&stage->arena, "%s parameters = {%s };", one_base, parameters));
    for (enum design_kind design = DESIGN_STRATIFIED; design <= DESIGN_MC; design++) {
        const struct draws draws = draw(&stage->arena, plan_of(stage), design, n);

        for (size_t i = 0; i < COUNT(row); i++) {
            const char *path = arena_print(&stage->arena, "parameters.%s", row[i].name);
            const double mean = gsl_stats_mean(draws.value[input(plan_of(stage), path)], 1, n);

            if (!(fabs(mean - row[i].mean) < tolerance * row[i].sd / sqrt((double)n)))
                fail_msg("%s: mean %.6f, exactly %.6f", row[i].name, mean, row[i].mean);
        }
    }
}

static void draws_are_rank_correlated(void **state)
{
    static const struct {
        const char *a, *b;
        double spearman;
    } row[] = {{"parameters.a", "parameters.b", 0.6},
               {"parameters.b", "parameters.c", -0.3},
               {"parameters.a", "parameters.c", 0.0},
               {"parameters.a", "parameters.d", 0.0}};
    struct stage *stage = *state;
    const size_t n = 20000;
    double *work = arena_new(&stage->arena, 2 * n, sizeof *work);

    load_text(stage, arena_print(&stage->arena, "%s%s", one_base,
                                 "parameters = { a = ('uniform', 0, 1); b = ('lognormal', 1, 10);"
                                 "               c = ('pert', 0, 1, 5); d = ('normal', 0, 1); };"
                                 "correlations = (('parameters.a', 'parameters.b', 0.6),"
                                 "                ('parameters.c', 'parameters.b', -0.3));"));
    for (enum design_kind design = DESIGN_STRATIFIED; design <= DESIGN_MC; design++) {
        const struct draws draws = draw(&stage->arena, plan_of(stage), design, n);

        for (size_t i = 0; i < COUNT(row); i++) {
            const double *a = draws.value[input(plan_of(stage), row[i].a)];
            const double *b = draws.value[input(plan_of(stage), row[i].b)];
            const double found = gsl_stats_spearman(a, 1, b, 1, n, work);

            if (!(fabs(found - row[i].spearman) < tolerance / sqrt((double)n)))
                fail_msg("%s and %s: %.4f, wanted %.4f", row[i].a, row[i].b, found, row[i].spearman);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(causes_compete),
        cmocka_unit_test(bases_share_a_frailty),
        cmocka_unit_test(losses_are_contagious),
        cmocka_unit_test(states_follow_the_matrix_exponential),
        cmocka_unit_test(absorption_is_as_the_chain_says),
        cmocka_unit_test(an_event_multiplies_a_hazard),
        cmocka_unit_test(logit_cuts_a_logistic),
        cmocka_unit_test(logit_weighs_what_is_in_force),
        cmocka_unit_test(a_chance_is_kept_by_its_month),
        cmocka_unit_test(a_dated_chance_follows_its_dates),
        cmocka_unit_test(an_effect_reaches_a_levers_clock),
        cmocka_unit_test(hazard_counts_up_to_the_questions_month),
        cmocka_unit_test(what_comes_at_a_month_has_come_by_it),
        cmocka_unit_test(what_requires_another_waits),
        cmocka_unit_test(transitions_wait_too),
        cmocka_unit_test(what_recurs_alternates),
        cmocka_unit_test(effects_hold_while_they_last),
        cmocka_unit_test(no_number_of_effects_is_too_many),
        cmocka_unit_test(otherwise_holds_until_it_comes),
        cmocka_unit_test(dates_count_from_as_of),
        cmocka_unit_test(frailties_stand_where_they_are_named),
        cmocka_unit_test(a_coupling_takes_any_state),
        cmocka_unit_test(rates_may_be_yearly_and_change),
        cmocka_unit_test(the_balance_pulls),
        cmocka_unit_test(worlds_are_averaged),
        cmocka_unit_test(curves_and_times_are_exponential),
        cmocka_unit_test(chance_and_ignorance_are_told_apart),
        cmocka_unit_test(a_lever_splits_the_runs),
        cmocka_unit_test(draws_have_their_means),
        cmocka_unit_test(draws_are_rank_correlated),
    };

    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
