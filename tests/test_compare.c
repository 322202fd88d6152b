/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios held against each other: what differs, what lies between them, what makes the difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/analysis/comparison.h"
#include "sim/analysis/pooling.h"
#include "sim/analysis/scoring.h"
#include "sim/analysis/sweep.h"
#include "sim/report/figure.h"
#include "sim/report/render.h"
#include "sim/report/result.h"
#include "sim/text/diag.h"

enum { MOST = 4 };

/* Scenarios written for a test, and their comparison. */
struct bench {
    struct arena arena;
    struct diag diag;
    char *folder;
    const struct scenario *scenario[MOST];
    size_t n;
    struct comparison comparison;
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

    comparison_free(&bench->comparison);
    for (size_t i = 0; i < bench->n; i++) {
        union {
            const struct scenario *borrowed;
            struct scenario *owned;
        } it = {bench->scenario[i]};

        scenario_free(it.owned);
    }
    diag_free(&bench->diag);
    arena_free(&bench->arena);
    free(bench);
    return status;
}

static void add_file(struct bench *bench, const char *path)
{
    bench->scenario[bench->n++] = scenario_read(path, NULL, 0, model_schemas(&bench->arena), model_count, &bench->diag);
    if (bench->diag.n_errors)
        fail_msg("%s", diag_first_error(&bench->diag));
}

/* " for '. */
static void add_text(struct bench *bench, const char *text)
{
    const char *path = arena_print(&bench->arena, "%s/case%zu.cfg", bench->folder, bench->n);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    for (; *text; text++)
        fputc(*text == '\'' ? '"' : *text, file);
    assert_int_equal(fclose(file), 0);
    add_file(bench, path);
}

static struct play_settings settings_of(uint64_t worlds, uint64_t runs)
{
    return (struct play_settings){.seed = 11, .n_worlds = worlds, .n_runs = runs};
}

static struct comparison *play_comparison(struct bench *bench, enum attribute_by by, struct play_settings settings)
{
    const struct comparison_wish wish = {.by = by, .worlds_given = true};
    const char *runaway;

    targets_make(&bench->comparison.targets, bench->scenario, bench->n, GIVEN_START);
    assert_true(comparison_play(&bench->comparison, bench->scenario, bench->n, &wish, &settings, &runaway));
    return &bench->comparison;
}

static size_t question(const struct comparison *comparison, const char *id)
{
    for (size_t q = 0; q < comparison->targets.n; q++)
        if (!strcmp(comparison->targets.item[q].id, id))
            return q;
    fail_msg("no question %s", id);
    return 0;
}

static size_t player(const struct attribution *attribution, const char *name)
{
    for (size_t i = 0; i < attribution->n_players; i++)
        if (!strcmp(attribution->player[i].name, name))
            return i;
    fail_msg("no player %s", name);
    return 0;
}

static const struct difference *find(const struct differences *differences, const char *path)
{
    for (size_t i = 0; i < differences->n; i++)
        if (!strcmp(differences->item[i].path, path))
            return &differences->item[i];
    return NULL;
}

#define HEAD                                                                                                           \
    "format = 1; as_of = '2025-01-01'; horizon = 24.0; bases = { port = { }; };\n"                                     \
    "states = { LOST = { held = false; final = true; }; LIMBO = { held = true; initial = true; }; };\n"
#define ASKED "questions = { kept = { are = 'held'; month = 12.0; }; relief = { happens = 'aid'; month = 12.0; }; };\n"

/* ---- what differs ---- */

static void differences_are_found_where_they_are(void **state)
{
    struct bench *bench = *state;
    struct differences differences;

    add_text(bench, HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.02; source = 's'; }; };\n"
                         "sources = { s = { title = 'A'; }; };\n"
                         "levers = { aid = { chance = 0.5; when = ('pert', 1, 6, 12); effects = { exit = 0.5; }; };\n"
                         "           same = { chance = 0.5; effects = { exit = 0.9; }; }; };\n" ASKED);
    add_text(
        bench, HEAD
        "transitions = { exit = { to = 'LOST'; from = 'LIMBO'; per_month = { value = 0.02; tag = 'guess'; }; }; };\n"
        "levers = { same = { effects = { exit = { value = 0.9; }; }; chance = 0.5; because = 'so'; };\n"
        "           aid = { chance = 0.5; within = 12.0; effects = { exit = 0.4; }; };\n"
        "           more = { chance = 0.2; effects = { aid = 2.0; }; }; };\n" ASKED);
    differences_find(&differences, bench->scenario[0], bench->scenario[1]);
    assert_int_equal(differences.n, 3); /* nothing for notes, order, or a number with its notes */
    assert_non_null(find(&differences, "levers.aid.effects.exit"));
    assert_string_equal(find(&differences, "levers.aid.effects.exit")->text[1], "0.4");
    assert_int_equal(find(&differences, "levers.aid.effects.exit")->place[1].line, 5);
    assert_non_null(find(&differences, "levers.aid.timing"));
    assert_string_equal(find(&differences, "levers.more")->text[0], "-");
    assert_null(find(&differences, "levers.more")->value[0]);
    assert_int_equal(differences.n_bundles, 3);
    differences_free(&differences);
}

static void what_needs_each_other_changes_together(void **state)
{
    struct bench *bench = *state;
    struct differences differences;

    add_text(bench, HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.02; }; };\n"
                         "levers = { aid = { chance = 0.5; effects = { exit = 0.5; }; }; };\n" ASKED);
    add_text(bench, HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 'pace'; }; };\n"
                         "parameters = { pace = ('lognormal', 0.01, 0.04); };\n"
                         "levers = { aid = { chance = 0.6; effects = { exit = 0.5; }; requires = 'talks'; }; };\n"
                         "events = { talks = { chance = 0.5; }; };\n" ASKED);
    differences_find(&differences, bench->scenario[0], bench->scenario[1]);
    assert_int_equal(differences.n, 5);
    assert_int_equal(differences.n_bundles, 3);
    assert_int_equal(find(&differences, "parameters.pace")->bundle,
                     find(&differences, "transitions.exit.per_month")->bundle);
    assert_int_equal(find(&differences, "events.talks")->bundle, find(&differences, "levers.aid.requires")->bundle);
    assert_true(find(&differences, "events.talks")->bundle != find(&differences, "levers.aid.chance")->bundle);
    differences_free(&differences);
}

/* Shipped scenarios of different structure: taking all is the other one, and coalitions compile. */
static void the_last_blend_is_the_other_scenario(void **state)
{
    struct bench *bench = *state;
    struct differences there, back;
    struct arena arena = {0};
    bool *all, *none;

    add_file(bench, "scenarios/syria/s0-inss.cfg");
    add_file(bench, "scenarios/syria/s2-ipsc.cfg");
    differences_find(&there, bench->scenario[0], bench->scenario[1]);
    differences_find(&back, bench->scenario[1], bench->scenario[0]);
    assert_int_equal(there.n_bundles, back.n_bundles);
    all = arena_new(&arena, there.n_bundles, sizeof *all);
    none = arena_new(&arena, there.n_bundles, sizeof *none);
    for (size_t i = 0; i < there.n_bundles; i++)
        all[i] = true;
    assert_true(tree_equal(differences_blend(&there, &arena, all), differences_blend(&back, &arena, none)));
    assert_true(tree_equal(differences_blend(&there, &arena, none), differences_blend(&back, &arena, all)));
    assert_false(tree_equal(differences_blend(&there, &arena, none), differences_blend(&there, &arena, all)));
    arena_free(&arena);
    differences_free(&there);
    differences_free(&back);
}

/* ---- shares ---- */

static void shares_are_zero_where_nothing_hangs_on_it(void **state)
{
    struct bench *bench = *state;
    const struct comparison *comparison;
    const struct attribution *attribution;
    size_t kept, relief;

    add_text(bench, HEAD
             "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.02; }; };\n"
             "levers = { aid = { chance = 0.5; effects = { exit = 0.5; }; }; };\n"
             "events = { idle = { chance = 0.5; }; echo = { chance = 0.3; effects = { idle = 2.0; }; }; };\n" ASKED);
    add_text(bench, HEAD
             "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.03; }; };\n"
             "levers = { aid = { chance = 0.5; effects = { exit = 0.5; }; }; };\n"
             "events = { idle = { chance = 0.6; }; echo = { chance = 0.3; effects = { idle = 3.0; }; }; };\n" ASKED);
    comparison = play_comparison(bench, BY_ASSUMPTION, settings_of(256, 4));
    attribution = &comparison->other[0].attribution;
    kept = question(comparison, "kept");
    relief = question(comparison, "relief");
    assert_int_equal(attribution->n_players, 3);
    assert_int_equal(attribution->n_bearing, 1); /* the others are not even played */
    assert_int_equal(comparison->n_played, 2);
    for (size_t i = 0; i < attribution->n_players; i++) {
        const bool is_exit = i == player(attribution, "transitions.exit.per_month");

        assert_true((attribution->share[kept][i].value != 0.0) == is_exit);
        assert_true(attribution->share[relief][i].value == 0.0);
        assert_true(attribution->share[relief][i].se == 0.0);
    }
    assert_true(attribution->share[kept][player(attribution, "transitions.exit.per_month")].value ==
                comparison->other[0].difference[kept].delta.value);
}

/* With fixed numbers the answer is exp(-rate ratio 12): the shares of a product of two are known. */
static void shares_of_a_product_are_known(void **state)
{
    struct bench *bench = *state;
    const struct comparison *comparison;
    const struct attribution *attribution;
    double v[4];
    size_t kept;

    add_text(bench, HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.02; }; };\n"
                         "events = { since = { at = 0.0; effects = { exit = 1.0; }; }; };\n" ASKED
                         "levers = { aid = { chance = 0.5; effects = { exit = 1.0; }; }; };\n");
    add_text(bench, HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.03; }; };\n"
                         "events = { since = { at = 0.0; effects = { exit = 2.5; }; }; };\n" ASKED
                         "levers = { aid = { chance = 0.5; effects = { exit = 1.0; }; }; };\n");
    comparison = play_comparison(bench, BY_ASSUMPTION, settings_of(64, 4));
    attribution = &comparison->other[0].attribution;
    kept = question(comparison, "kept");
    for (size_t c = 0; c < 4; c++)
        v[c] = exp(-12.0 * (c & 1 ? 0.03 : 0.02) * (c & 2 ? 2.5 : 1.0));
    assert_true(fabs(comparison->other[0].difference[kept].delta.value - (v[3] - v[0])) < 2e-7);
    assert_true(fabs(attribution->share[kept][player(attribution, "transitions.exit.per_month")].value -
                     0.5 * (v[1] - v[0] + v[3] - v[2])) < 2e-7);
    assert_true(fabs(attribution->share[kept][player(attribution, "events.since.effects.exit")].value -
                     0.5 * (v[2] - v[0] + v[3] - v[1])) < 2e-7);
}

static void compare_analysts(struct bench *bench, const char *a, const char *b)
{
    add_file(bench, a);
    add_file(bench, b);
    play_comparison(bench, BY_THING, settings_of(32, 2));
}

/* INSS and IPSC: another date, another base, other levers. */
static void analysts_can_be_swapped(void **state)
{
    struct bench *bench = *state;
    void *other_state;
    struct bench *other;
    const struct attribution *there, *back;

    assert_int_equal(open_bench(&other_state), 0);
    other = other_state;
    compare_analysts(bench, "scenarios/syria/s0-inss.cfg", "scenarios/syria/s2-ipsc.cfg");
    compare_analysts(other, "scenarios/syria/s2-ipsc.cfg", "scenarios/syria/s0-inss.cfg");
    there = &bench->comparison.other[0].attribution;
    back = &other->comparison.other[0].attribution;
    assert_int_equal(there->n_players, back->n_players);
    assert_true(bench->comparison.targets.n == other->comparison.targets.n && bench->comparison.targets.n >= 8);
    for (size_t q = 0; q < bench->comparison.targets.n; q++) {
        const struct arm_difference *delta = &bench->comparison.other[0].difference[q];
        double sum = 0.0;

        assert_true(delta->delta.value == -other->comparison.other[0].difference[q].delta.value);
        for (size_t i = 0; i < there->n_players; i++) {
            assert_string_equal(there->player[i].name, back->player[i].name);
            assert_true(there->share[q][i].value == -back->share[q][i].value);
            sum += there->share[q][i].value;
        }
        assert_true(fabs(sum - delta->delta.value) < 1e-12);
    }
    player(there, "actors.israel"); /* is among them */
    assert_int_equal(close_bench(&other_state), 0);
}

/* ---- luck ---- */

static void a_single_ratio_is_told_five_times_as_sharply(void **state)
{
    struct bench *bench = *state;
    const struct comparison *comparison;
    const struct arm_difference *it;

    add_file(bench, "scenarios/syria/2024-12.cfg");
    bench->scenario[bench->n++] =
        scenario_read("scenarios/syria/2024-12.cfg",
                      &(struct override){"levers.debt_relief.effects.sign", "(\"lognormal\", 1.4, 3.9)", NULL}, 1,
                      model_schemas(&bench->arena), model_count, &bench->diag);
    comparison = play_comparison(bench, BY_NONE, settings_of(1024, 4));
    it = &comparison->other[0].difference[question(comparison, "deal_24")];
    assert_true(it->delta.value > 4.0 * it->delta.se);
    assert_true(it->efficiency >= 5.0);
    it = &comparison->other[0].difference[question(comparison, "both_held")];
    assert_true(it->efficiency >= 5.0);
}

static void a_copy_is_the_same_to_the_last_bit(void **state)
{
    struct bench *bench = *state;
    const struct comparison *comparison;

    add_file(bench, "scenarios/first.cfg");
    add_file(bench, "scenarios/first.cfg");
    comparison = play_comparison(bench, BY_ASSUMPTION, settings_of(64, 4));
    assert_int_equal(comparison->arm[1].same_as, 0);
    assert_int_equal(comparison->other[0].differences.n, 0);
    for (size_t q = 0; q < comparison->targets.n; q++)
        assert_true(comparison->other[0].difference[q].delta.value == 0.0);
}

/* ---- dates, and what has come true ---- */

/* A rate of Gamma(2, rate 50): 0.04 times a frailty of variance 0.5. Survived to month 13.6, then to 24 (models.md, A7). */
static void survivors_weigh_as_they_should(void **state)
{
    static const char *const held[] = {"port"};
    struct bench *bench = *state;
    struct play_settings settings = settings_of(1 << 14, 1);
    struct play_result result;
    struct scenario *scenario;
    struct arm_estimates outcome;
    struct estimate kept;
    const struct plan *plan;
    struct plan *made;

    add_text(bench, HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.04; }; };\n"
                         "dependence = { will = { variance = 0.5; on = 'exit'; }; };\n"
                         "questions = { kept = { are = 'held'; month = 24.0; }; };\n");
    scenario = scenario_of_tree(bench->scenario[0]->root, bench->scenario[0], model_schemas(&bench->arena), model_count,
                                &bench->diag);
    for (size_t drawn = 0; drawn < 2; drawn++) {
        settings.estimator = drawn ? ESTIMATOR_DRAW : ESTIMATOR_CONDITIONAL;
        made =
            plan_compile_answers(scenario, model_find("hazard"),
                                 &(struct known_then){.month = 13.6, .base = held, .n_bases = 1}, NULL, &bench->diag);
        plan = made;
        assert_non_null(plan);
        play(&result, &plan, 1, &settings);
        arm_estimates_init(&outcome, &result.arm[0]);
        kept = arm_estimates_of(&outcome, 0);
        /* limits: where computed, strata of frailty at 2^14 points are far closer than 1e-4; where drawn six standard errors */
        assert_true(fabs(outcome.evidence - 0.618053083) < (drawn ? 6.0 * 0.0038 : 1e-4));
        assert_true(fabs(kept.value - 0.738670562) < (drawn ? 6.0 * 0.0044 : 1e-4));
        if (!drawn)
            assert_true(fabs(outcome.ess / (1 << 14) - 0.910638792) < 1e-4);
        arm_estimates_free(&outcome);
        play_free(&result);
        plan_free(made);
    }
    scenario_free(scenario);
}

/* Of a constant rate nothing is left of the six months: both dates tell the same of the same day. */
static void later_starts_are_met_at_their_dates(void **state)
{
    struct bench *bench = *state;
    const struct comparison *comparison;
    const struct arm_difference *it;

    add_text(bench,
             "format = 1; as_of = '2025-01-01'; horizon = 24.0; bases = { port = { }; annex = { }; };\n"
             "states = { LOST = { held = false; final = true; }; LIMBO = { held = true; initial = true; }; };\n"
             "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.02; }; };\n"
             "questions = { kept = { are = 'held'; month = 12.0; }; soon = { are = 'held'; month = 2.0; }; };\n");
    add_text(bench,
             "format = 1; as_of = '2025-07-01'; horizon = 24.0; bases = { port = { }; other = { }; };\n"
             "states = { LOST = { held = false; final = true; }; LIMBO = { held = true; initial = true; }; };\n"
             "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.02; }; };\n"
             "questions = { kept = { are = 'held'; month = 12.0; }; soon = { are = 'held'; month = 2.0; }; };\n");
    comparison = play_comparison(bench, BY_ASSUMPTION, settings_of(64, 4));
    it = &comparison->other[0].difference[question(comparison, "kept")];
    assert_true(fabs(it->a.value - exp(-0.02 * (12.0 - 181.0 / MONTH_DAYS))) < 2e-7);
    assert_true(fabs(it->delta.value) < 2e-7);
    assert_true(fabs(comparison->arm[0].outcome.evidence - exp(-0.02 * 181.0 / MONTH_DAYS)) < 2e-7);
    assert_int_equal(comparison->targets.n_left_out, 1); /* soon is before the later start */
    assert_string_equal(comparison->targets.left_out[0].id, "soon");
}

/* ---- what is said ---- */

/* A result in its three forms. */
struct said {
    char *text, *page;
    json_t *json;
};

static char *print_form(const struct result *result, int form)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    if (form == 2)
        render_html(out, &result->document);
    else
        result_show(result, out, form ? RESULT_JSON : RESULT_TEXT, false, 200);
    assert_int_equal(fclose(out), 0);
    return text;
}

static struct said say(struct result *result)
{
    char *json = print_form(result, 1);
    const struct said said = {print_form(result, 0), print_form(result, 2), json_loads(json, 0, NULL)};

    assert_non_null(said.json);
    free(json);
    result_free(result);
    return said;
}

static void said_free(struct said *said)
{
    free(said->text);
    free(said->page);
    json_decref(said->json);
}

/* Whether a table has a row of that name with those cells, in their order, between `before` the name and `after` the row. */
static bool has_row(const char *form, const char *before, const char *name, const char *after, const char *const *cell,
                    size_t n)
{
    struct arena arena = {0};
    const char *head = arena_print(&arena, "%s%s", before, name), *row = form;
    bool found = false;

    while (!found && (row = strstr(row, head)) != NULL) {
        const char *at = row += strlen(head), *end = strstr(row, after);

        found = end != NULL;
        for (size_t i = 0; found && i < n; i++) {
            at = strstr(at, cell[i]);
            found = at && at + strlen(cell[i]) <= end;
            at += found ? strlen(cell[i]) : 0;
        }
    }
    arena_free(&arena);
    return found;
}

static void check_row(const struct said *said, const char *name, const char *const *cell, size_t n)
{
    if (!has_row(said->text, "\n  ", name, "\n", cell, n))
        fail_msg("not in the text: %s %s", name, cell[0]);
    if (!has_row(said->page, "<th scope=\"row\">", name, "</tr>", cell, n))
        fail_msg("not in the page: %s %s", name, cell[0]);
}

static double number_at(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static const struct provenance provenance = {.command = "test", .design = "stratified"};

static struct said say_comparison(struct bench *bench, enum attribute_by by)
{
    struct comparison *comparison = play_comparison(bench, by, settings_of(64, 4));
    struct result result;

    result_begin(&result, "", &provenance);
    compare_tables(&result, comparison);
    compare_document(&result, comparison);
    return say(&result);
}

static void add_pair(struct bench *bench)
{
    add_text(bench,
             HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = ('lognormal', 0.01, 0.05); }; };\n"
                  "levers = { aid = { chance = 0.4; effects = { exit = 0.5; }; }; };\n" ASKED);
    add_text(bench,
             HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = ('lognormal', 0.02, 0.1); }; };\n"
                  "levers = { aid = { chance = 0.8; effects = { exit = 0.5; }; }; };\n" ASKED);
}

static void text_page_and_json_of_a_comparison_say_the_same(void **state)
{
    struct bench *bench = *state;
    struct said said;
    const json_t *questions, *question, *shares, *share;
    const char *id, *name;
    double sum = 0.0;

    add_pair(bench);
    said = say_comparison(bench, BY_ASSUMPTION);
    questions = json_object_get(json_array_get(json_object_get(said.json, "scenarios"), 0), "questions");
    assert_int_equal(json_object_size(questions), 4);
    for (size_t q = 0; q < 2; q++) {
        struct arena *arena = &bench->arena;
        double delta, se;

        id = q ? "relief" : "kept";
        question = json_object_get(questions, id);
        delta = number_at(question, "delta");
        se = number_at(question, "se");
        check_row(&said, id,
                  (const char *const[]){
                      figure_percent(arena, number_at(question, "baseline"), number_at(question, "baseline_se")),
                      figure_percent(arena, number_at(question, "value"), number_at(question, "value_se")),
                      arena_print(arena, "%s ± %s", figure_points(arena, delta, se), figure_error(arena, se)),
                      arena_print(arena, "%s to %s", figure_points(arena, number_at(question, "ci_low"), se),
                                  figure_points(arena, number_at(question, "ci_high"), se)),
                      arena_print(arena, "%.2f", number_at(question, "ratio"))},
                  5);
    }
    shares = json_object_get(json_object_get(questions, "kept"), "attribution");
    assert_int_equal(json_object_size(shares), 2);
    for (size_t i = 0; i < 2; i++) {
        double contribution, se;

        name = i ? "levers.aid.chance" : "transitions.exit.per_month";
        share = json_object_get(shares, name);
        contribution = number_at(share, "contribution");
        se = number_at(share, "se");
        check_row(
            &said, name,
            (const char *const[]){arena_print(&bench->arena, "%s ± %s", figure_points(&bench->arena, contribution, se),
                                              figure_error(&bench->arena, se))},
            1);
        sum += contribution;
    }
    assert_true(fabs(sum - number_at(json_object_get(questions, "kept"), "delta")) < 1e-12);
    said_free(&said);
}

/* Shares that lower the answer are negative wherever they are told. */
static void a_share_has_one_sign_everywhere(void **state)
{
    struct bench *bench = *state;
    struct said said;
    const json_t *question, *share;
    const char *told;

    add_pair(bench);
    said = say_comparison(bench, BY_ASSUMPTION);
    question = json_object_get(json_object_get(json_array_get(json_object_get(said.json, "scenarios"), 0), "questions"),
                               "kept");
    share = json_object_get(json_object_get(question, "attribution"), "transitions.exit.per_month");
    assert_true(number_at(share, "contribution") < 0.0 && number_at(question, "delta") < 0.0);
    told = arena_print(&bench->arena, " view of transitions.exit.per_month accounts for %s of the %s points.",
                       figure_points(&bench->arena, number_at(share, "contribution"), number_at(share, "se")),
                       figure_points(&bench->arena, number_at(question, "delta"), number_at(question, "se")));
    assert_non_null(strstr(said.text, told));
    assert_non_null(strstr(said.page, told));
    said_free(&said);
}

static void a_copy_is_called_the_same_in_all_forms(void **state)
{
    static const char scenario[] =
        HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.02; }; };\n"
             "questions = { kept = { are = 'held'; month = 12.0; }; };\n";
    static const char told[] = "case1 is the same as case0: nothing in it changes a number.";
    struct bench *bench = *state;
    struct said said;
    const json_t *other;

    add_text(bench, scenario);
    add_text(bench, scenario);
    said = say_comparison(bench, BY_ASSUMPTION);
    other = json_array_get(json_object_get(said.json, "scenarios"), 0);
    assert_non_null(strstr(said.text, told));
    assert_non_null(strstr(said.page, told));
    assert_string_equal(json_string_value(json_object_get(other, "same_as")), "case0");
    said_free(&said);
}

static void text_page_and_json_of_a_sweep_say_the_same(void **state)
{
    struct bench *bench = *state;
    double value[] = {0.05, 0.01, 0.03};
    struct sweep_path path = {"transitions.exit.per_month", value, 3};
    struct sweep sweep = {.path = &path, .n_paths = 1};
    struct play_settings settings = settings_of(64, 4);
    const char *runaway;
    struct result result;
    struct said said;

    add_text(bench, HEAD "transitions = { exit = { from = 'LIMBO'; to = 'LOST'; per_month = 0.02; }; };\n"
                         "questions = { kept = { are = 'held'; month = 12.0; }; };\n"
                         "levers = { aid = { chance = ('beta', 0.4, 5); effects = { exit = 0.5; }; }; };\n");
    sweep_init(&sweep, bench->scenario[0], arena_print(&bench->arena, "%s/case0.cfg", bench->folder), NULL, 0,
               &bench->diag);
    sweep_check(&sweep);
    assert_int_equal(bench->diag.n_errors, 0);
    assert_true(sweep_play(&sweep, true, &settings, &runaway));
    result_begin(&result, "", &provenance);
    sweep_tables(&result, &sweep);
    sweep_document(&result, &sweep);
    assert_string_equal(result.plot[0]->x, "in.transitions.exit.per_month");
    assert_true(result.plot[0]->x_axis.from == 0.01 && result.plot[0]->x_axis.to == 0.05);
    said = say(&result);
    for (size_t i = 0; i < path.n; i++) {
        const json_t *point = json_array_get(json_object_get(said.json, "points"), i),
                     *kept = json_object_get(json_object_get(point, "questions"), "kept");

        assert_true(number_at(json_object_get(point, "at"), path.path) == value[i]);
        check_row(
            &said, arena_print(&bench->arena, "%.6g", value[i]),
            (const char *const[]){figure_percent(&bench->arena, number_at(kept, "probability"), number_at(kept, "se"))},
            1);
    }
    said_free(&said);
    sweep_free(&sweep);
}

static void text_page_and_json_of_a_pool_say_the_same(void **state)
{
    struct bench *bench = *state;
    struct arena *arena = &bench->arena;
    struct pooling pooling = {0};
    struct play_settings settings = settings_of(64, 4);
    const json_t *questions, *analysts;
    const char *runaway;
    struct result result;
    struct said said;

    add_pair(bench);
    assert_true(pooling_init(&pooling, bench->scenario, bench->n, GIVEN_START, &bench->diag));
    pooling.extreme = 1.5;
    assert_true(pooling_play(&pooling, &settings, &runaway));
    result_begin(&result, "", &provenance);
    pool_tables(&result, &pooling);
    pool_document(&result, &pooling);
    said = say(&result);
    questions = json_object_get(said.json, "questions");
    analysts = json_object_get(said.json, "analysts");
    assert_int_equal(json_object_size(questions), 4);
    for (size_t q = 0; q < 2; q++) {
        const char *id = q ? "relief" : "kept", *cell[3], *own[2];
        const json_t *question = json_object_get(questions, id);
        double se = number_at(json_object_get(question, "linear"), "se");

        for (size_t m = 0; m < 3; m++) {
            const json_t *method = json_object_get(question, pool_method_name[m]);

            cell[m] = figure_percent(arena, number_at(method, "probability"), number_at(method, "se"));
        }
        check_row(&said, id, cell, 3);
        check_row(&said, id,
                  (const char *const[]){figure_percent(arena, number_at(question, "sd_between"), se),
                                        figure_percent(arena, number_at(question, "sd_within"), se),
                                        arena_print(arena, "%.3f", number_at(question, "divergence_bits"))},
                  3);
        for (size_t k = 0; k < 2; k++) {
            const json_t *answer = json_object_get(json_object_get(json_array_get(analysts, k), "questions"), id);

            own[k] = figure_percent(arena, number_at(answer, "probability"), number_at(answer, "se"));
        }
        check_row(&said, id, own, 2);
    }
    said_free(&said);
    pooling_free(&pooling);
}

/* A forecast scored on its question, on the state of a base, and not at all on a date that it does not reach. */
static void text_page_and_json_of_scores_say_the_same(void **state)
{
    static const char resolved[] = "format = 1; resolutions = { kept = { outcome = false; date = \"2026-01-01\"; };\n"
                                   "  port = { base = \"port\"; state = \"LIMBO\"; date = \"2026-01-01\"; };\n"
                                   "  late = { base = \"port\"; state = \"LOST\"; date = \"2036-01-01\"; }; };\n";
    struct bench *bench = *state;
    struct arena *arena = &bench->arena;
    const char *path = arena_print(arena, "%s/resolved.cfg", bench->folder), *runaway;
    FILE *file = fopen(path, "w");
    struct play_settings settings = settings_of(64, 4);
    struct resolutions resolutions = {0};
    struct scoring scoring = {0};
    struct forecast forecast[2];
    size_t n_scored = 0;
    struct result result;
    struct said said;

    assert_non_null(file);
    fputs(resolved, file);
    assert_int_equal(fclose(file), 0);
    add_pair(bench);
    resolutions_read(&resolutions, path, &bench->diag);
    for (size_t i = 0; i < 2; i++)
        forecast[i] = (struct forecast){.path = bench->scenario[i]->id, .scenario = bench->scenario[i]};
    scoring_init(&scoring, &resolutions, forecast, 2, &bench->diag);
    if (bench->diag.n_errors)
        fail_msg("%s", diag_first_error(&bench->diag));
    assert_true(scoring_play(&scoring, &settings, &runaway));
    result_begin(&result, "", &provenance);
    score_tables(&result, &scoring);
    score_document(&result, &scoring);
    said = say(&result);
    for (size_t i = 0; i < 2; i++) {
        const json_t *it = json_array_get(json_object_get(said.json, "forecasts"), i),
                     *all = json_object_get(it, "resolutions");
        const char *id = json_string_value(json_object_get(it, "scenario_id")),
                   *why = json_string_value(json_object_get(json_object_get(all, "late"), "not_scored"));

        assert_string_equal(id, bench->scenario[i]->id);
        check_row(&said, id,
                  (const char *const[]){"2", arena_print(arena, "%.3f", number_at(it, "brier")),
                                        arena_print(arena, "%.3f", number_at(it, "log")),
                                        arena_print(arena, "%.3f", number_at(it, "rps"))},
                  4);
        for (size_t r = 0; r < resolutions.n; r++) {
            const json_t *verdict = json_object_get(all, resolutions.item[r].entity.id);
            const json_t *p = json_array_get(json_object_get(verdict, "p"),
                                             (size_t)json_integer_value(json_object_get(verdict, "outcome")));

            if (forecast[i].verdict[r].why_not)
                continue;
            n_scored++;
            assert_int_equal(json_array_size(json_object_get(verdict, "p")), 2);
            assert_true(fabs(number_at(verdict, "log") + log(json_number_value(p))) < 1e-12);
            check_row(
                &said, id,
                (const char *const[]){figure_percent(arena, json_number_value(p), forecast[i].verdict[r].brier.se),
                                      arena_print(arena, "%.3f", number_at(verdict, "brier")),
                                      arena_print(arena, "%.3f", number_at(verdict, "log")),
                                      arena_print(arena, "%.3f", number_at(verdict, "rps"))},
                4);
        }
        assert_non_null(why);
        assert_non_null(strstr(said.page, arena_print(arena, "%s is not scored: %s.", id, why)));
        assert_non_null(strstr(said.text, arena_print(arena, "%s is not scored: %s.", id, why)));
    }
    assert_int_equal(n_scored, 4);
    said_free(&said);
    scoring_free(&scoring);
    resolutions_free(&resolutions);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)
    const struct CMUnitTest tests[] = {
        TEST(differences_are_found_where_they_are),
        TEST(what_needs_each_other_changes_together),
        TEST(the_last_blend_is_the_other_scenario),
        TEST(shares_are_zero_where_nothing_hangs_on_it),
        TEST(shares_of_a_product_are_known),
        TEST(analysts_can_be_swapped),
        TEST(a_single_ratio_is_told_five_times_as_sharply),
        TEST(a_copy_is_the_same_to_the_last_bit),
        TEST(survivors_weigh_as_they_should),
        TEST(later_starts_are_met_at_their_dates),
        TEST(text_page_and_json_of_a_comparison_say_the_same),
        TEST(a_share_has_one_sign_everywhere),
        TEST(a_copy_is_called_the_same_in_all_forms),
        TEST(text_page_and_json_of_a_sweep_say_the_same),
        TEST(text_page_and_json_of_a_pool_say_the_same),
        TEST(text_page_and_json_of_scores_say_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
