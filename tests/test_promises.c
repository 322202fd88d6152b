/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What foothold promises of its random numbers: the same bytes for any number of threads and any order of the
 * file, worlds that do not depend on how many there are, standard errors that are honest, and an end in good
 * order when it is stopped. The program itself is run (FOOTHOLD, or build/foothold), from the root of the
 * repository. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "sim/command/load.h"
#include "sim/engine/play.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SYRIA        "scenarios/syria/2024-12.cfg"

/* Everything a run writes but the manifest, which tells of time and threads. */
static const char *const files[] = {"summary.csv", "curves.csv", "levers.csv", "worlds.csv", "summary.json"};

/* ---- a folder to write into ---- */

struct bench {
    struct arena arena;
    char *folder;
};

static int open_bench(void **state)
{
    struct bench *bench = memory_new(1, sizeof *bench);
    const char *tmp = getenv("TMPDIR");

    gsl_set_error_handler_off();
    bench->folder = arena_print(&bench->arena, "%s/foothold-XXXXXX", tmp ? tmp : "/tmp");
    *state = bench;
    return mkdtemp(bench->folder) ? 0 : 1;
}

static int close_bench(void **state)
{
    struct bench *bench = *state;
    const int status = system(arena_print(&bench->arena, "rm -rf '%s'", bench->folder));

    arena_free(&bench->arena);
    free(bench);
    return status;
}

static const char *in_folder(struct bench *bench, const char *name)
{
    return arena_print(&bench->arena, "%s/%s", bench->folder, name);
}

static char *contents(struct bench *bench, const char *path)
{
    FILE *file = fopen(path, "r");
    char *text;
    long size;

    if (!file)
        fail_msg("%s is not there", path);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    text = arena_new(&bench->arena, (size_t)size + 1, 1);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    fclose(file);
    return text;
}

/* folder/NAME/case.cfg, so that every scenario has the same id; " for '. */
static const char *write_case(struct bench *bench, const char *name, const char *text)
{
    const char *folder = in_folder(bench, name), *path = arena_print(&bench->arena, "%s/case.cfg", folder);
    FILE *file;

    assert_int_equal(mkdir(folder, 0777), 0);
    file = fopen(path, "w");
    assert_non_null(file);
    for (; *text; text++)
        fputc(*text == '\'' ? '"' : *text, file);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* ---- the program ---- */

/* Begin `foothold run PATH --seed 7 --quiet --out folder/NAME ...`, the rest split at blanks. */
static pid_t start(struct bench *bench, const char *path, const char *name, const char *more)
{
    const char *program = getenv("FOOTHOLD") ? getenv("FOOTHOLD") : "build/foothold";
    const char *line = arena_print(&bench->arena, "exec '%s' run '%s' --seed 7 --quiet --out '%s' %s", program, path,
                                   in_folder(bench, name), more);
    const pid_t child = fork();

    assert_true(child >= 0);
    if (!child) {
        const int nowhere = open("/dev/null", O_WRONLY);

        dup2(nowhere, STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    return child;
}

static int finish(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void run(struct bench *bench, const char *path, const char *name, const char *more)
{
    assert_int_equal(finish(start(bench, path, name, more)), 0);
}

static char *result(struct bench *bench, const char *name, const char *file)
{
    return contents(bench, arena_print(&bench->arena, "%s/%s/%s", bench->folder, name, file));
}

static void assert_same(struct bench *bench, const char *a, const char *b, const char *file)
{
    const char *x = result(bench, a, file), *y = result(bench, b, file);
    size_t line = 1;

    for (; *x && *x == *y; x++, y++)
        line += *x == '\n';
    if (*x || *y)
        fail_msg("%s differs between %s and %s at line %zu", file, a, b, line);
}

static void assert_all_same(struct bench *bench, const char *a, const char *b)
{
    for (size_t i = 0; i < COUNT(files); i++)
        assert_same(bench, a, b, files[i]);
}

/* Whether fewer draws are wanted. */
static bool is_quick(void)
{
    return getenv("FOOTHOLD_QUICK") != NULL;
}

/* ---- threads ---- */

static void results_do_not_depend_on_threads(void **state)
{
    static const char *const options[] = {"--worlds 200 --runs 48 --estimator draw",
                                          "--worlds 2 --runs 9001 --estimator draw",
                                          "--worlds 77 --runs 5 --design mc --estimator draw",
                                          "--worlds 200 --runs 5 --estimator conditional",
                                          "--worlds 2 --runs 9001 --estimator conditional",
                                          "--worlds 77 --runs 50 --design sobol --estimator conditional"};
    static const int threads[] = {1, 3, 16};
    const size_t n_threads = is_quick() ? 2 : COUNT(threads);
    struct bench *bench = *state;

    for (size_t i = 0; i < COUNT(options); i++)
        for (size_t t = 0; t < n_threads; t++) {
            const char *name = arena_print(&bench->arena, "threads-%zu-%d", i, threads[t]);

            run(bench, SYRIA, name, arena_print(&bench->arena, "%s --threads %d", options[i], threads[t]));
            assert_all_same(bench, arena_print(&bench->arena, "threads-%zu-1", i), name);
        }
}

/* Nor on how many bits a vector has. */
static void results_do_not_depend_on_vectors(void **state)
{
    static const char *const bits[] = {"512", "256", "128"};
    struct bench *bench = *state;

    for (size_t i = 0; i < COUNT(bits); i++) {
        setenv("FOOTHOLD_VECTORS", bits[i], 1);
        run(bench, SYRIA, arena_print(&bench->arena, "vectors-%s", bits[i]), "--worlds 50 --runs 20");
        assert_all_same(bench, "vectors-512", arena_print(&bench->arena, "vectors-%s", bits[i]));
    }
    unsetenv("FOOTHOLD_VECTORS");
}

/* ---- the order of the file, and what else is in it ---- */

/* Scenarios are written with ' for ". */
static const char frame[] = "format = 1; as_of = '2025-01-01'; horizon = 24.0;\n"
                            "states = { LOST = { held = false; final = true; }; NOTICE = { held = true; };"
                            "           LIMBO = { held = true; initial = true; }; DEAL = { held = true; }; };\n"
                            "parameters = { goodwill = ('pert', 1, 1.4, 3); };\n"
                            "couplings = ({ when = 'airfield lost'; effects = { port = { exit = 3.0; }; }; });\n"
                            "dependence = { host = { variance = 0.5; on = ['exit', 'unrest']; }; };\n"
                            "correlations = (('levers.debt.chance', 'levers.fuel.chance', 0.5),"
                            "                ('levers.fuel.chance', 'transitions.exit.per_month', -0.3));\n";

/* Sections whose members may stand in any order. */
static const struct section {
    const char *name, *member[6];
} sections[] = {
    {"bases",
     {
         "airfield = { kind = 'air'; };",
         "port = { rates = { exit = ('lognormal', 0.7, 1.2); }; };",
         "depot = { initial = 'NOTICE'; };",
     }},
    {"actors",
     {
         "guest = { role = 'guest'; capability = 70; salience = ('pert', 60, 75, 90); position = 95; };",
         "host = { role = 'host'; capability = 60; salience = 85; position = ('pert', 20, 40, 60); };",
         "third = { role = 'third'; capability = 33.3; salience = 47.1; position = 12.7; };",
     }},
    {"transitions",
     {
         "exit = { from = ['LIMBO', 'NOTICE']; to = 'LOST'; per_month = ('lognormal', 0.01, 0.05); pull = -0.2; };",
         "notice = { from = 'LIMBO'; to = 'NOTICE'; per_month = ((0.0, 0.02), (6.0, ('pert', 0, 0.01, 0.03))); };",
         "sign = { from = ['NOTICE', 'LIMBO']; to = 'DEAL'; chance = 0.4; within = 24.0; pull = 0.15; };",
         "calm = { from = 'NOTICE'; to = 'LIMBO'; per_month = 0.2; };",
     }},
    {"levers",
     {
         "debt = { chance = ('pert', 0.1, 0.3, 0.6); when = ('pert', 3, 9, 20); moves = { host = 7.3; guest = -2.1; };"
         "         effects = { sign = 'goodwill'; exit = 0.9; }; };",
         "fuel = { chance = ('beta', 0.4, 9); within = 12; effects = { debt = 1.7; exit = 0.83; sign = 1.13; }; };",
         "arms = { per_month = 0.05; requires = 'fuel'; effects = { sign = 'goodwill'; unrest = 1.9; exit = 0.77; }; "
         "};",
         "lease = { chance = 'unlikely'; otherwise = { sign = 0.61; }; effects = { port = { sign = 1.7; exit = 0.7; }; "
         "}; };",
     }},
    {"events",
     {
         "unrest = { per_month = 0.1; lasts = ('pert', 1, 2, 4); recurs = true; effects = { exit = 1.37; notice = 1.9; "
         "}; };",
         "vote = { on = '2025-06-15'; effects = { sign = 1.11; exit = 0.93; }; };",
         "strike = { when = ('uniform', 2, 30); lasts = 5.0; effects = { exit = 1.21; airfield = { notice = 1.3; }; }; "
         "};",
     }},
    {"questions",
     {
         "all_held = { are = 'held'; month = 12.0; };",
         "some_deal = { are = 'DEAL'; count = 'any'; };",
         "comes = { happens = 'arms'; month = 18.0; };",
         "two = { bases = ['port', 'airfield']; are = ['LIMBO', 'DEAL']; count = 1; on = '2025-09-01'; };",
     }},
};

/* The scenario with its members turned round by so many places, or written backwards. */
static const char *arranged(struct arena *arena, size_t turn, bool backwards, const char *more_levers)
{
    const char *text = frame;

    for (size_t i = 0; i < COUNT(sections); i++) {
        const struct section *section = &sections[i];
        size_t n = 0;

        while (n < COUNT(section->member) && section->member[n])
            n++;
        text = arena_print(arena, "%s%s = {\n", text, section->name);
        for (size_t j = 0; j < n; j++)
            text = arena_print(arena, "%s  %s\n", text, section->member[backwards ? n - 1 - j : (j + turn) % n]);
        text = arena_print(arena, "%s%s};\n", text, strcmp(section->name, "levers") ? "" : more_levers);
    }
    return text;
}

static void results_do_not_depend_on_the_files_order(void **state)
{
    static const char *const designs[] = {"stratified", "mc"};
    struct bench *bench = *state;
    const char *const path[] = {
        write_case(bench, "written", arranged(&bench->arena, 0, false, "")),
        write_case(bench, "turned", arranged(&bench->arena, 1, false, "")),
        write_case(bench, "reversed", arranged(&bench->arena, 0, true, "")),
    };

    for (size_t d = 0; d < COUNT(designs); d++)
        for (size_t i = 0; i < COUNT(path); i++) {
            const char *name = arena_print(&bench->arena, "order-%zu-%s", i, designs[d]);

            run(bench, path[i], name, arena_print(&bench->arena, "--worlds 100 --runs 40 --design %s", designs[d]));
            assert_all_same(bench, arena_print(&bench->arena, "order-0-%s", designs[d]), name);
        }
}

static void an_idle_lever_changes_no_other_number(void **state)
{
    struct bench *bench = *state;
    const char *with = write_case(bench, "idle",
                                  arranged(&bench->arena, 0, false,
                                           "aardvark = { chance = ('beta', 0.5, 4); };"
                                           " middle = { per_month = 0.3; lasts = 1.0; recurs = true; };"));
    const char *without = write_case(bench, "plain", arranged(&bench->arena, 0, false, ""));

    run(bench, with, "with", "--worlds 100 --runs 40");
    run(bench, without, "without", "--worlds 100 --runs 40");
    assert_same(bench, "with", "without", "summary.csv");
    assert_same(bench, "with", "without", "curves.csv");
}

static void a_world_is_the_same_among_any_number(void **state)
{
    static const char *const designs[] = {"stratified", "mc"};
    struct bench *bench = *state;

    for (size_t d = 0; d < COUNT(designs); d++) {
        const char *few = arena_print(&bench->arena, "few-%s", designs[d]),
                   *many = arena_print(&bench->arena, "many-%s", designs[d]);
        const char *few_worlds, *many_worlds;

        run(bench, SYRIA, few, arena_print(&bench->arena, "--worlds 64 --runs 20 --design %s", designs[d]));
        run(bench, SYRIA, many, arena_print(&bench->arena, "--worlds 256 --runs 20 --design %s", designs[d]));
        few_worlds = result(bench, few, "worlds.csv");
        many_worlds = result(bench, many, "worlds.csv");
        assert_true(strlen(many_worlds) > strlen(few_worlds));
        assert_true(!strncmp(few_worlds, many_worlds, strlen(few_worlds)));
    }
}

/* ---- errors ---- */

/* An uncertain rate, uniform from low to high: the mean of exp(-rate t) is known. */
static const double low = 0.01, high = 0.09, month = 12.0;
static const char uncertain[] =
    "format = 1; as_of = '2025-01-01'; horizon = 12.0; bases = { port = { }; };\n"
    "states = { LOST = { held = false; final = true; }; LIMBO = { held = true; initial = true; }; };\n"
    "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = ('uniform', 0.01, 0.09); }; };\n"
    "questions = { port_held = { are = 'held'; }; };\n";

static double covered(const struct plan *plan, enum design_kind design, enum estimator estimator, uint64_t worlds,
                      uint64_t runs, uint64_t seeds)
{
    const double exact = (exp(-low * month) - exp(-high * month)) / ((high - low) * month);
    size_t n = 0;

    for (uint64_t seed = 0; seed < seeds; seed++) {
        const struct play_settings settings = {
            .seed = seed, .n_worlds = worlds, .n_runs = runs, .design = design, .estimator = estimator};
        struct play_result played;
        double p, se;

        play(&played, &plan, 1, &settings);
        p = tally_share(&played.arm[0].tally, played.arm[0].tally.at.question, &se);
        n += fabs(p - exact) <= 1.96 * se;
        play_free(&played);
    }
    return (double)n / (double)seeds;
}

static void standard_errors_are_honest(void **state)
{
    static const struct {
        enum design_kind design;
        enum estimator estimator;
        uint64_t worlds, runs;
    } row[] = {{DESIGN_STRATIFIED, ESTIMATOR_DRAW, 64, 16},   {DESIGN_MC, ESTIMATOR_DRAW, 64, 16},
               {DESIGN_STRATIFIED, ESTIMATOR_DRAW, 256, 1},   {DESIGN_STRATIFIED, ESTIMATOR_DRAW, 100, 64},
               {DESIGN_SOBOL, ESTIMATOR_DRAW, 128, 4},        {DESIGN_STRATIFIED, ESTIMATOR_CONDITIONAL, 64, 2},
               {DESIGN_SOBOL, ESTIMATOR_CONDITIONAL, 128, 1}, {DESIGN_MC, ESTIMATOR_CONDITIONAL, 100, 2}};
    const uint64_t seeds = is_quick() ? 100 : 500;
    const double slack = is_quick() ? 0.07 : 0.03; /* around 95 % */
    struct bench *bench = *state;
    const char *path = write_case(bench, "honest", uncertain);
    const struct operands operands = {&path, 1};
    const struct option_overrides none = {0};
    struct batch batch;
    struct diag diag = {0};

    load(&batch, &operands, &none, &diag);
    assert_int_equal(diag.n_errors, 0);
    for (size_t i = 0; i < COUNT(row); i++) {
        const double share =
            covered(batch.item[0].plan, row[i].design, row[i].estimator, row[i].worlds, row[i].runs, seeds);

        if (!(fabs(share - 0.95) <= slack + 1e-9))
            fail_msg("95 %% intervals of row %zu, %d worlds and %d runs, cover %.3f", i, (int)row[i].worlds,
                     (int)row[i].runs, share);
    }
    load_free(&batch);
    diag_free(&diag);
}

/* The largest se of a question's mean in summary.json. */
static double largest_se(struct bench *bench, const char *name)
{
    json_t *root = json_load_file(arena_print(&bench->arena, "%s/%s/summary.json", bench->folder, name), 0, NULL);
    json_t *questions = json_object_get(root, "questions"), *question;
    const char *id;
    double largest = 0.0;

    assert_true(json_object_size(questions) > 0);
    json_object_foreach(questions, id, question) largest =
        fmax(largest, json_number_value(json_object_get(question, "se")));
    json_decref(root);
    return largest;
}

static void precision_is_reached_alike_by_any_threads(void **state)
{
    struct bench *bench = *state;

    run(bench, SYRIA, "precise-1", "--precision 0.001 --runs 4 --threads 1");
    run(bench, SYRIA, "precise-3", "--precision 0.001 --runs 4 --threads 3");
    assert_true(largest_se(bench, "precise-1") < 0.001);
    assert_all_same(bench, "precise-1", "precise-3");
    run(bench, SYRIA, "rough", "--precision 0.5 --runs 4");
    assert_true(strlen(result(bench, "rough", "worlds.csv")) < strlen(result(bench, "precise-1", "worlds.csv")));
}

/* ---- computed and drawn ---- */

static double number_at(json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

/* Each number of an object of objects with `probability` and `se`; errors from 32 replicates are a little uncertain too. */
static void assert_near(json_t *computed, json_t *drawn, const char *where)
{
    const char *key;
    json_t *it;

    assert_true(json_object_size(computed) > 0);
    json_object_foreach(computed, key, it)
    {
        json_t *other = json_object_get(drawn, key);
        const double gap = number_at(it, "probability") - number_at(other, "probability");
        const double se = hypot(number_at(it, "se"), number_at(other, "se"));

        if (!(fabs(gap) <= 8.0 * se + 2e-6))
            fail_msg("%s.%s: computed %.6f, drawn %.6f: %.1f standard errors apart", where, key,
                     number_at(it, "probability"), number_at(other, "probability"), gap / se);
    }
}

/* Two ports that bear on each other, come back, and are asked about what may ring again; one more that stands alone. */
static const char tangled[] =
    "format = 1; as_of = '2025-01-01'; horizon = 20.5;\n"
    "states = { LOST = { held = false; }; NOTICE = { held = true; }; LIMBO = { held = true; initial = true; };"
    "           DEAL = { held = true; deal = true; }; };\n"
    "bases = { a = { }; b = { rates = { back = 0.5; }; }; c = { initial = 'NOTICE'; }; };\n"
    "transitions = { exit = { from = ['LIMBO', 'NOTICE']; to = 'LOST'; per_month = ('lognormal', 0.02, 0.06); };\n"
    "  notice = { from = 'LIMBO'; to = 'NOTICE'; per_month = ((0.0, 0.05), (7.5, 0.02)); };\n"
    "  back = { from = 'LOST'; to = 'LIMBO'; chance = 0.5; within = 15.0; };\n"
    "  sign = { from = 'LIMBO'; to = 'DEAL'; per_month = 0.06; }; };\n"
    "levers = { aid = { chance = ('uniform', 0.2, 0.8); when = ('uniform', 0, 12); lasts = ('uniform', 1, 9);"
    "                   effects = { sign = 3.0; ring = 2.0; }; otherwise = { exit = 1.5; }; };"
    "           ring = { per_month = 0.1; requires = 'aid'; effects = { exit = 0.0; b = { notice = 2.5; }; }; }; };\n"
    "events = { storm = { per_month = 0.2; recurs = true; lasts = 0.7; effects = { exit = 4.0; }; }; };\n"
    "couplings = ({ when = 'a lost'; effects = { b = { exit = 3.0; sign = 0.4; }; }; },"
    "             { when = 'b DEAL'; effects = { a = { sign = 2.0; }; }; });\n"
    "dependence = { host = { variance = ('uniform', 0.2, 2.0); on = ['exit', 'notice']; }; };\n"
    "questions = { two = { are = 'held'; count = 2; month = 9.25; }; b_deal = { bases = ['b']; are = 'DEAL'; month = "
    "20.5; };"
    "              any_lost = { are = 'lost'; count = 'any'; month = 12.0; }; back = { happens = 'back'; month = 8.0; "
    "};"
    "              ring = { happens = 'ring'; month = 11.0; }; aid = { happens = 'aid'; month = 6.0; };"
    "              storm = { happens = 'storm'; month = 3.0; }; start = { are = 'held'; month = 0.0; }; };\n";

static void computed_and_drawn_agree(void **state)
{
    struct bench *bench = *state;
    const char *const path[] = {SYRIA, write_case(bench, "tangled", tangled)};

    for (size_t i = 0; i < COUNT(path); i++) {
        const char *name[2];
        json_t *root[2], *base;
        const char *id;

        for (size_t way = 0; way < 2; way++) {
            name[way] = arena_print(&bench->arena, "way-%zu-%zu", i, way);
            run(bench, path[i], name[way],
                way ? is_quick() ? "--worlds 1024 --runs 32 --estimator draw"
                                 : "--worlds 1024 --runs 128 --estimator draw"
                    : "--worlds 1024 --runs 8 --estimator conditional");
            root[way] =
                json_load_file(arena_print(&bench->arena, "%s/%s/summary.json", bench->folder, name[way]), 0, NULL);
        }
        assert_near(json_object_get(root[0], "questions"), json_object_get(root[1], "questions"), "questions");
        json_object_foreach(json_object_get(root[0], "states"), id, base)
            assert_near(base, json_object_get(json_object_get(root[1], "states"), id), id);
        json_decref(root[0]);
        json_decref(root[1]);
    }
}

/* Rates that no float holds, states that empty, bases that are sure to move: probabilities stay probabilities. */
static void extremes_stay_probabilities(void **state)
{
#define HEAD                                                                                                           \
    "format = 1; as_of = '2025-01-01'; horizon = 24.0; bases = { p = { }; q = { }; };"                                 \
    "states = { LOST = { held = false; final = true; }; LIMBO = { held = true; initial = true; };"                     \
    "           DEAL = { held = true; }; };"
    static const char *const text[] = {
        HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 2.0; }; };",
        HEAD "actors = { g = { capability = 100; salience = 100; position = 100; }; };"
             "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = ((0.0, 0.0), (5.0, 0.1)); pull = "
             "200.0; }; };",
        HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.05; };"
             "                sign = { from = 'LIMBO'; to = 'DEAL'; per_month = 0.1; requires = 'a'; }; };"
             "levers = { a = { chance = 0.5; }; };"
             "couplings = ({ when = 'p lost'; effects = { q = { sign = 1e39; }; }; });",
        HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; chance = 1.0; within = 3.0; }; };"
             "events = { e = { chance = 1.0; effects = { exit = 0.0; }; }; };"};
    struct bench *bench = *state;

    for (size_t i = 0; i < COUNT(text); i++) {
        const char *name = arena_print(&bench->arena, "extreme-%zu", i),
                   *out = arena_print(&bench->arena, "out-%zu", i);
        const char *line;

        run(bench, write_case(bench, name, text[i]), out, "--worlds 64 --runs 16");
        for (line = strchr(result(bench, out, "curves.csv"), '\n') + 1; *line; line = strchr(line, '\n') + 1) {
            double value;

            assert_int_equal(sscanf(line, "%*[^,],%*[^,],%*[^,],%*[^,],%*[^,],%lf", &value), 1);
            assert_true(value >= 0.0 && value <= 1.000001);
        }
    }
#undef HEAD
}

/* ---- draws ---- */

struct record {
    uint32_t world, run;
    uint16_t base, state;
    float lost, deal;
};

/* In order, whatever the threads; and what summary.json says of the states is what was counted in them. */
static void draws_are_whole_and_in_order(void **state)
{
    enum { WORLDS = 70, RUNS = 33, BASES = 2, HEADER = 192 };
    struct bench *bench = *state;
    const char *path = arena_print(&bench->arena, "%s/draws.npy", bench->folder);
    struct record record;
    json_t *root;
    size_t n = 0, lost = 0;
    char magic[6];
    FILE *file;

    run(bench, SYRIA, "draws",
        arena_print(&bench->arena, "--worlds %d --runs %d --threads 3 --draws %s", WORLDS, RUNS, path));
    root = json_load_file(arena_print(&bench->arena, "%s/draws/summary.json", bench->folder), 0, NULL);
    file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(magic, 1, sizeof magic, file), sizeof magic);
    assert_memory_equal(magic, "\x93NUMPY", sizeof magic);
    assert_int_equal(fseek(file, HEADER, SEEK_SET), 0);
    for (; fread(&record, sizeof record, 1, file) == 1; n++) {
        assert_int_equal(record.world, n / BASES / RUNS);
        assert_int_equal(record.run, n / BASES % RUNS);
        assert_int_equal(record.base, n % BASES);
        assert_true(record.state == 0 ? record.lost >= 0.0f && record.lost <= 24.0f : isnan(record.lost));
        lost += record.base == 0 && record.state == 0;
    }
    fclose(file);
    assert_int_equal(n, WORLDS * RUNS * BASES);
    assert_true(fabs(json_number_value(json_object_get(
                         json_object_get(json_object_get(json_object_get(root, "states"), "khmeimim"), "WITHDRAWN"),
                         "probability")) -
                     (double)lost / (WORLDS * RUNS)) < 1e-12);
    json_decref(root);
}

/* ---- stopping ---- */

static void assert_table(struct bench *bench, const char *name, const char *file)
{
    const char *text = result(bench, name, file);
    size_t wanted = 0, lines = 0, commas = 0;

    for (const char *c = text; *c; c++) {
        commas += *c == ',';
        if (*c != '\n')
            continue;
        wanted = lines ? wanted : commas;
        assert_int_equal(commas, wanted);
        commas = 0;
        lines++;
    }
    assert_true(lines > 1 && text[strlen(text) - 1] == '\n');
}

/* Until a run has locked its folder, which it does once signals are caught; on a busy machine that takes its time. */
static void wait_until_writing(struct bench *bench, const char *name)
{
    const char *path = arena_print(&bench->arena, "%s/%s/.foothold.lock", bench->folder, name);
    struct stat file;

    for (int i = 0; i < 1200 && (stat(path, &file) || file.st_size == 0); i++)
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
}

static void a_signal_ends_it_in_good_order(void **state)
{
    static const struct {
        const char *name;
        int number;
    } row[] = {{"interrupted", SIGINT}, {"terminated", SIGTERM}};
    struct bench *bench = *state;

    for (size_t i = 0; i < COUNT(row); i++) {
        const pid_t child = start(bench, SYRIA, row[i].name, "--worlds 1e9 --runs 16");
        json_t *manifest;

        wait_until_writing(bench, row[i].name);
        nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
        assert_int_equal(kill(child, row[i].number), 0);
        assert_int_equal(finish(child), 128 + row[i].number);
        for (size_t f = 0; f < 4; f++)
            assert_table(bench, row[i].name, files[f]);
        manifest =
            json_load_file(arena_print(&bench->arena, "%s/%s/manifest.json", bench->folder, row[i].name), 0, NULL);
        assert_true(json_is_false(json_object_get(manifest, "complete")));
        json_decref(manifest);
        assert_true(largest_se(bench, row[i].name) > 0.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_do_not_depend_on_threads),
        cmocka_unit_test(results_do_not_depend_on_vectors),
        cmocka_unit_test(results_do_not_depend_on_the_files_order),
        cmocka_unit_test(an_idle_lever_changes_no_other_number),
        cmocka_unit_test(a_world_is_the_same_among_any_number),
        cmocka_unit_test(standard_errors_are_honest),
        cmocka_unit_test(precision_is_reached_alike_by_any_threads),
        cmocka_unit_test(computed_and_drawn_agree),
        cmocka_unit_test(extremes_stay_probabilities),
        cmocka_unit_test(draws_are_whole_and_in_order),
        cmocka_unit_test(a_signal_ends_it_in_good_order),
    };

    return cmocka_run_group_tests(tests, open_bench, close_bench);
}
