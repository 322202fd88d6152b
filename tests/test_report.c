/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run leaves behind: the tables and documents of design.md section 9, the page people read, whole
 * files. */
#include <dirent.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "sim/report/batch.h"
#include "sim/report/deliver.h"
#include "sim/report/figure.h"
#include "sim/report/number.h"
#include "sim/report/output.h"
#include "sim/report/page.h"
#include "sim/report/render.h"
#include "sim/report/result.h"

/* An answer made by hand: two bases, two states, two questions, a lever, an event that never comes, two
 * inputs. */

enum { N_BASES = 2, N_STATES = 2, N_QUESTIONS = 2, N_FACTORS = 2, N_INPUTS = 2, N_MONTHS = 2 };

struct fixture {
    struct answer answer;
    struct answer_question question[N_QUESTIONS];
    size_t asked[N_QUESTIONS];
    const char *state[N_STATES], *transition[1];
    bool held[N_STATES];
    double month[N_MONTHS];
    struct answer_place base[N_BASES];
    struct estimate at_horizon[N_STATES], occupancy[N_STATES * N_MONTHS], incidence[N_MONTHS], count[N_BASES + 1];
    struct answer_spread spread[N_STATES];
    struct answer_factor factor[N_FACTORS];
    struct answer_driver driver[N_INPUTS];
    double index[N_INPUTS][N_QUESTIONS], index_se[N_INPUTS][N_QUESTIONS];
};

static const struct answer_spread wide = {.quantile = {0.25, 0.5, 0.75},
                                          .se = {0.01, 0.01, 0.01},
                                          .sd_epistemic = 0.2,
                                          .measurable = true,
                                          .sd_aleatory = 0.4};

static struct estimate estimate(double value, double se)
{
    return (struct estimate){value, se, 1000};
}

static void set_question(struct answer_question *question, const char *id, const char *text, double p)
{
    *question = (struct answer_question){id, text, 12.0, estimate(p, 0.002), wide};
}

static void set_factor(struct answer_factor *factor, const char *id, bool is_lever, double difference)
{
    factor->id = id;
    factor->is_lever = is_lever;
    factor->by_question = calloc(N_QUESTIONS, sizeof *factor->by_question);
    assert_non_null(factor->by_question);
    for (size_t q = 0; q < N_QUESTIONS; q++) {
        factor->by_question[q].comes = estimate(isnan(difference) ? 0.0 : 0.4, 0.001);
        factor->by_question[q].if_comes = estimate(0.5 + difference, 0.002);
        factor->by_question[q].if_not = estimate(0.5, 0.002);
        factor->by_question[q].difference = estimate(difference, 0.003);
    }
}

static void set_bases(struct fixture *it)
{
    const struct answer_time loss = {estimate(0.75, 0.01), {1.5, 9.25, NAN}, {0.1, 0.2, NAN}, estimate(8.5, 0.1)};
    const struct answer_time deal = {estimate(0.0, 0.0), {NAN, NAN, NAN}, {NAN, NAN, NAN}, estimate(NAN, NAN)};
    static const char *const id[N_BASES] = {"khmeimim", "tartus"};

    for (size_t i = 0; i < N_BASES; i++)
        it->base[i] = (struct answer_place){
            .id = id[i],
            .name = "",
            .state = it->at_horizon,
            .spread = it->spread,
            .loss = loss,
            .deal = deal,
            .occupancy = it->occupancy,
            .incidence = it->incidence,
        };
    it->answer.all = (struct answer_place){.id = "all", .name = "", .loss = loss, .deal = deal};
    for (size_t s = 0; s < N_STATES; s++) {
        it->at_horizon[s] = estimate(s == 0 ? 0.25 : 0.75, 0.001);
        it->spread[s] = wide;
    }
    for (size_t m = 0; m < N_MONTHS; m++) {
        it->month[m] = (double)m;
        it->incidence[m] = it->occupancy[m] = estimate(0.125 * (double)m, 0.001);
        it->occupancy[N_MONTHS + m] = estimate(1.0 - 0.125 * (double)m, 0.001);
    }
    for (size_t n = 0; n <= N_BASES; n++)
        it->count[n] = estimate(n == 0 ? 0.5 : 0.25, 0.001);
}

static void set_drivers(struct fixture *it)
{
    static const char *const path[N_INPUTS] = {"levers.relief.chance", "transitions.exit.per_month"};
    static const char *const tag[N_INPUTS] = {NULL, "guess"};

    for (size_t i = 0; i < N_INPUTS; i++) {
        for (size_t q = 0; q < N_QUESTIONS; q++) {
            it->index[i][q] = i == 0 ? 0.001 : 0.6;
            it->index_se[i][q] = 0.01;
        }
        it->driver[i] = (struct answer_driver){path[i], tag[i], it->index[i], it->index_se[i]};
    }
}

static int set_up(void **state)
{
    struct fixture *it = calloc(1, sizeof *it);

    assert_non_null(it);
    set_question(&it->question[0], "held", "Are both held?", 0.573);
    set_question(&it->question[1], "deal", "", 0.1);
    it->asked[1] = 1;
    set_bases(it);
    set_factor(&it->factor[0], "quake", false, NAN);
    set_factor(&it->factor[1], "relief", true, 0.125);
    set_drivers(it);
    it->state[0] = "GONE";
    it->state[1] = "LIMBO";
    it->held[1] = true;
    it->transition[0] = "exit";
    it->answer = (struct answer){
        .name = "case",
        .scenario_id = "case",
        .analyst_id = "ipsc",
        .title = "A case",
        .model = "hazard",
        .as_of = "2024-12-16",
        .horizon = 24.0,
        .n_worlds = 10,
        .n_runs = 100,
        .n_draws = 1000,
        .complete = true,
        .n_questions = N_QUESTIONS,
        .asked = it->asked,
        .n_states = N_STATES,
        .n_bases = N_BASES,
        .n_transitions = 1,
        .n_factors = N_FACTORS,
        .n_inputs = N_INPUTS,
        .n_months = N_MONTHS,
        .question = it->question,
        .state = it->state,
        .transition = it->transition,
        .held = it->held,
        .month = it->month,
        .base = it->base,
        .all = it->answer.all,
        .bases_held = it->count,
        .factor = it->factor,
        .driver = it->driver,
        .n_stated = 3,
        .n_guess = 1,
        .has_deal = true,
    };
    *state = it;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *it = *state;

    for (size_t i = 0; i < N_FACTORS; i++)
        free(it->factor[i].by_question);
    free(it);
    return 0;
}

static const char *const argv[] = {"foothold", "run", "case.cfg", "bytes \xff"};
static const char *const file[] = {"case.cfg"}, *const file_sha256[] = {"c0ffee"};
static const struct provenance_scenario played = {.id = "case",
                                                  .effective = "format = 1;\n",
                                                  .sha256 = "abcdef",
                                                  .file = file,
                                                  .file_sha256 = file_sha256,
                                                  .n_files = 1};
static const struct provenance provenance = {
    .command = "run",
    .argc = 4,
    .argv = argv,
    .seed = UINT64_MAX,
    .seed_chosen = true,
    .design = "lattice",
    .scenario = &played,
    .n_scenarios = 1,
    .threads = 2,
    .seconds = 0.5,
    .cpu_seconds = 1.0,
    .precision = NAN,
    .libconfig_version = "1.5",
};

/* What a writer of an answer writes; freed by the caller. */
/* A table of a run as CSV. */
static void put_table(FILE *out, const struct answer *answer, const char *name)
{
    struct result result;

    result_begin(&result, "", &provenance);
    run_tables(&result, answer);
    dataset_csv(out, result_find(&result, name));
    result_free(&result);
}

static void csv_curves(FILE *out, const struct answer *answer)
{
    put_table(out, answer, "curves");
}

static void csv_levers(FILE *out, const struct answer *answer)
{
    put_table(out, answer, "levers");
}

static void summary_csv(FILE *out, const struct answer *answer)
{
    csv_summary(out, &answer, 1);
}

static void summary_json(FILE *out, const struct answer *answer)
{
    json_summary(out, &answer, 1);
}

static char *written(void (*write)(FILE *, const struct answer *), const struct answer *answer)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    write(stream, answer);
    assert_int_equal(fclose(stream), 0);
    return text;
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* Numbers */

static void numbers_round_trip_in_as_few_digits_as_it_takes(void **state)
{
    static const struct {
        double x;
        const char *text;
    } row[] = {
        {0.0, "0"},        {0.1, "0.1"},
        {24.0, "24"},      {1.0 / 3.0, "0.3333333333333333"},
        {1e300, "1e+300"}, {0.1 + 0.2, "0.30000000000000004"},
        {NAN, "NA"},       {-INFINITY, "-Inf"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char buffer[NUMBER_SIZE];
        const char *text = number_print(buffer, row[i].x);

        assert_string_equal(text, row[i].text);
        assert_true(isnan(row[i].x) || strtod(text, NULL) == row[i].x);
    }
}

static void percentages_have_no_more_digits_than_their_error(void **state)
{
    static const struct {
        double p, se;
        const char *percent, *error;
    } row[] = {
        {0.57312, 0.0021, "57.3", "0.2"},
        {0.57312, 0.03, "57", "3"},
        {0.57312, 0.0097, "57", "1"},
        {0.57312, 0.0, "57.3", "0"},
        {0.00412, 0.0001, "0.41", "0.01"},
        {1e-7, 1e-7, "<0.01", "0.01"},
        {0.999, 0.02, ">99", "2"},
        {0.0, 0.0, "0", "0"},
        {1.0, 0.0, "100", "0"},
        {NAN, NAN, "-", "-"},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        assert_string_equal(figure_percent(&arena, row[i].p, row[i].se), row[i].percent);
        assert_string_equal(figure_error(&arena, row[i].se), row[i].error);
    }
    assert_string_equal(figure_count(&arena, 2048000), "2,048,000");
    assert_string_equal(figure_count(&arena, 999), "999");
    assert_string_equal(figure_band(&arena, 8, 0.5, 0.25, 0.75), "██▓▓░░··");
    assert_string_equal(figure_bar(&arena, 4, 0.375), "█▌");
    arena_free(&arena);
}

/* CSV */

static void summary_csv_is_the_contract(void **state)
{
    struct fixture *it = *state;
    char *text = written(summary_csv, &it->answer);

    assert_true(has(text, "model_id,scenario_id,target,location,horizon,output_type,output_type_id,value,se,n\n"
                          "ipsc,case,held,all,12,mean,NA,0.573,0.002,1000\n"
                          "ipsc,case,held,all,12,quantile,0.05,0.25,0.01,1000\n"
                          "ipsc,case,held,all,12,quantile,0.5,0.5,0.01,1000\n"
                          "ipsc,case,held,all,12,quantile,0.95,0.75,0.01,1000\n"
                          "ipsc,case,deal,all,12,mean,NA,0.1,0.002,1000\n"));
    assert_true(has(text, "ipsc,case,state,khmeimim,24,pmf,GONE,0.25,0.001,1000\n"
                          "ipsc,case,state,khmeimim,24,pmf,LIMBO,0.75,0.001,1000\n"
                          "ipsc,case,state,tartus,24,pmf,GONE,0.25,0.001,1000\n"));
    assert_true(has(text, "ipsc,case,bases_held,all,24,pmf,0,0.5,0.001,1000\n"
                          "ipsc,case,bases_held,all,24,pmf,1,0.25,0.001,1000\n"
                          "ipsc,case,bases_held,all,24,pmf,2,0.25,0.001,1000\n"
                          "ipsc,case,time_to_loss,all,24,mean,NA,8.5,0.1,1000\n"
                          "ipsc,case,time_to_loss,all,24,quantile,0.05,1.5,0.1,1000\n"
                          "ipsc,case,time_to_loss,all,24,quantile,0.5,9.25,0.2,1000\n"
                          "ipsc,case,time_to_loss,all,24,quantile,0.95,NA,NA,1000\n"
                          "ipsc,case,time_to_loss,khmeimim,24,mean,NA,8.5,0.1,1000\n"));
    assert_true(has(text, "time_to_deal,tartus,24,mean,NA,NA,NA,1000\n"));
    free(text);
}

static void deals_are_told_only_where_some_state_is_one(void **state)
{
    struct fixture *it = *state;
    char *text;

    it->answer.has_deal = false;
    text = written(summary_csv, &it->answer);
    assert_false(has(text, "time_to_deal"));
    free(text);
    text = written(summary_json, &it->answer);
    assert_false(has(text, "time_to_deal"));
    free(text);
}

static void curves_csv_has_occupancy_then_incidence(void **state)
{
    struct fixture *it = *state;
    char *text = written(csv_curves, &it->answer);

    assert_true(has(text, "scenario_id,location,kind,name,month,value,se\n"
                          "case,khmeimim,occupancy,GONE,0,0,0.001\n"
                          "case,khmeimim,occupancy,GONE,1,0.125,0.001\n"
                          "case,khmeimim,occupancy,LIMBO,0,1,0.001\n"
                          "case,khmeimim,occupancy,LIMBO,1,0.875,0.001\n"
                          "case,khmeimim,incidence,exit,0,0,0.001\n"
                          "case,khmeimim,incidence,exit,1,0.125,0.001\n"
                          "case,tartus,occupancy,GONE,0,0,0.001\n"));
    free(text);
}

static void levers_csv_is_the_contract(void **state)
{
    struct fixture *it = *state;
    char *text = written(csv_levers, &it->answer);

    assert_string_equal(text, "id,question,p_comes,p_if_comes,p_if_not,difference,se\n"
                              "quake,held,0,NA,0.5,NA,0.003\n"
                              "quake,deal,0,NA,0.5,NA,0.003\n"
                              "relief,held,0.4,0.625,0.5,0.125,0.003\n"
                              "relief,deal,0.4,0.625,0.5,0.125,0.003\n");
    free(text);
}

static void worlds_csv_quotes_what_needs_it(void **state)
{
    const char *const input[] = {"levers.relief.chance", "a,\"b\""}, *const question[] = {"held"};
    const union cell cell[] = {
        {.text = "case"}, {.count = UINT64_MAX}, {.number = 0.1}, {.number = NAN}, {.number = 0.25}};
    struct arena arena = {0};
    struct dataset worlds;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    (void)state;
    assert_non_null(stream);
    worlds = run_worlds(&arena, input, 2, question, 1);
    dataset_csv_head(stream, &worlds);
    dataset_csv_row(stream, &worlds, cell);
    fclose(stream);
    arena_free(&arena);
    assert_string_equal(text, "scenario_id,world,in.levers.relief.chance,\"in.a,\"\"b\"\"\",p.held\n"
                              "case,18446744073709551615,0.1,NA,0.25\n");
    free(text);
}

/* JSON */

static json_t *at(json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    assert_non_null(value);
    return value;
}

static json_t *parsed(char *text)
{
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(root);
    free(text);
    return root;
}

static void summary_json_says_the_same(void **state)
{
    struct fixture *it = *state;
    json_t *root = parsed(written(summary_json, &it->answer));
    json_t *held = at(at(root, "questions"), "held"), *drivers = at(at(root, "drivers"), "held");
    json_t *relief = at(at(root, "levers"), "relief"), *loss = at(at(root, "time_to_loss"), "all");

    assert_true(json_is_true(at(root, "complete")));
    assert_string_equal(json_string_value(at(held, "text")), "Are both held?");
    assert_true(json_real_value(at(held, "probability")) == 0.573);
    assert_true(json_real_value(at(held, "p95")) == 0.75);
    assert_true(json_real_value(at(at(at(at(root, "states"), "tartus"), "LIMBO"), "probability")) == 0.75);
    assert_true(json_real_value(at(at(at(root, "bases_held"), "2"), "se")) == 0.001);
    assert_true(json_is_null(at(loss, "p95")));
    assert_true(json_real_value(at(loss, "mean")) == 8.5);
    assert_string_equal(json_string_value(at(relief, "kind")), "lever");
    assert_true(json_real_value(at(at(at(relief, "questions"), "deal"), "difference")) == 0.125);
    assert_string_equal(json_string_value(at(json_array_get(drivers, 0), "input")), "transitions.exit.per_month");
    assert_true(json_is_null(at(json_array_get(drivers, 1), "tag")));
    assert_int_equal(json_integer_value(at(at(root, "basis"), "stated")), 3);
    json_decref(root);
}

static void put_manifest(FILE *out, const struct answer *answer)
{
    const struct output_sum sum = {"summary.csv", 1u << 20, "c0ffee"};

    (void)answer;
    json_manifest(out, &provenance, &sum, 1);
}

static void manifest_keeps_seeds_and_bytes_as_text(void **state)
{
    struct fixture *it = *state;
    json_t *root = parsed(written(put_manifest, &it->answer));
    json_t *parameters = at(root, "parameters"), *scenario = at(root, "scenario");

    assert_string_equal(json_string_value(at(parameters, "seed")), "18446744073709551615");
    assert_string_equal(json_string_value(json_array_get(at(parameters, "argv"), 3)), "bytes \\xFF");
    assert_true(json_is_null(at(parameters, "precision")));
    assert_string_equal(json_string_value(at(scenario, "effective")), "format = 1;\n");
    assert_string_equal(json_string_value(at(json_array_get(at(scenario, "files"), 0), "sha256")), "c0ffee");
    assert_string_equal(json_string_value(at(at(root, "software"), "version")), FOOTHOLD_VERSION);
    assert_string_equal(json_string_value(at(at(root, "environment"), "libconfig")), "1.5");
    assert_true(json_integer_value(at(at(root, "resources"), "max_rss_bytes")) > 0);
    json_decref(root);
}

/* Text */

/* What people read: text so many columns wide, or with 0 the page. */
static char *page(const struct answer *answer, bool colour, int width)
{
    struct result result;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    result_begin(&result, answer->title, &provenance);
    run_tables(&result, answer);
    run_document(&result, answer, NULL);
    if (width)
        result_show(&result, stream, RESULT_TEXT, colour, width);
    else
        render_html(stream, &result.document);
    result_free(&result);
    fclose(stream);
    return text;
}

/* No line wider than the page, none ending in a space. */
static void check_lines(const char *text, int width)
{
    char *copy = strdup(text);

    assert_non_null(copy);
    for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n")) {
        assert_true(page_columns(line) <= width);
        assert_false(line[strlen(line) - 1] == ' ');
    }
    free(copy);
}

static void the_page_never_gives_one_number_alone(void **state)
{
    struct fixture *it = *state;
    char *text = page(&it->answer, false, 100);

    assert_true(has(text, "Are both held?  held, month 12\n"));
    assert_true(has(text, "57.3 %"));
    assert_true(has(text, "± 0.2 (simulation error)"));
    assert_true(
        has(text, "input uncertainty: 25 to 75 % (5 to 95 % range); chance is 80 % of the outcome's variance\n"));
    assert_true(has(text, "75 ± 1  1.5   9.2   >24"));
    assert_true(has(text, "+12.5 ± 0.3"));
    assert_true(has(text, "Always or never came: quake\n"));
    assert_true(has(text, "60 ± 1"));
    assert_true(has(text, "Of 2 uncertain quantities 1 are not significant.\n"));
    assert_true(has(text, "guesses account for 60 % of the input uncertainty"));
    assert_true(has(text, "seed 18446744073709551615"));
    assert_false(has(text, "STOPPED EARLY"));
    free(text);
}

/* Numbers of the answer, in JSON, and as text and page must show them. */
static void text_page_and_json_say_the_same(void **state)
{
    static const struct {
        const char *path[4]; /* in the JSON object */
        double number;
        const char *shown;
    } row[] = {
        {{"questions", "held", "probability"}, 0.573, "57.3"},
        {{"questions", "held", "p05"}, 0.25, "25 to 75"},
        {{"questions", "deal", "probability"}, 0.1, "10.0"},
        {{"questions", "held", "se"}, 0.002, "0.2"},
        {{"states", "tartus", "LIMBO", "probability"}, 0.75, "75.0"},
        {{"bases_held", "0", "probability"}, 0.5, "50.0"},
        {{"time_to_loss", "khmeimim", "probability"}, 0.75, "75 ± 1"},
        {{"time_to_loss", "khmeimim", "p50"}, 9.25, "9.2"},
    };
    struct fixture *it = *state;
    char *text = page(&it->answer, false, 100), *html = page(&it->answer, false, 0);
    json_t *root = parsed(written(summary_json, &it->answer)), *relief, *driver;

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        json_t *value = root;

        for (size_t k = 0; k < 4 && row[i].path[k]; k++)
            value = at(value, row[i].path[k]);
        assert_true(json_real_value(value) == row[i].number);
        assert_true(has(text, row[i].shown));
        assert_true(has(html, row[i].shown));
    }
    relief = at(at(at(at(root, "levers"), "relief"), "questions"), "held");
    assert_true(json_real_value(at(relief, "difference")) == 0.125);
    assert_true(has(text, "40.0      62.5       50.0         +12.5 ± 0.3"));
    assert_true(has(html, "<td class=\"n\">40.0</td>\n<td class=\"n\">62.5</td>\n<td class=\"n\">50.0</td>\n"
                          "<td class=\"n strong\">+12.5 ± 0.3</td>"));
    driver = json_array_get(at(at(root, "drivers"), "held"), 0);
    assert_true(json_real_value(at(driver, "index")) == 0.6);
    assert_true(has(text, "transitions.exit.per_month    60 ± 1  "));
    assert_true(has(html, "transitions.exit.per_month</th><td class=\"n\">60 ± 1</td>"));
    json_decref(root);
    free(text);
    free(html);
}

static void the_data_dictionary_names_every_column(void **state)
{
    struct fixture *it = *state;
    struct result result;

    result_begin(&result, "", &provenance);
    run_tables(&result, &it->answer);
    for (size_t i = 0; i < result.n_datasets; i++) {
        json_t *entry = dataset_describe(result.dataset[i]), *fields = at(at(entry, "schema"), "fields");

        assert_int_equal(json_array_size(fields), result.dataset[i]->n_columns);
        for (size_t k = 0; k < json_array_size(fields); k++) {
            json_t *field = json_array_get(fields, k);

            assert_string_equal(json_string_value(at(field, "name")), result.dataset[i]->column[k].name);
            assert_true(*json_string_value(at(field, "description")) != '\0');
        }
        json_decref(entry);
    }
    result_free(&result);
}

static void the_page_fits_its_width(void **state)
{
    struct fixture *it = *state;

    it->question[0].text = "A long question, with many words, that asks of the two coastal bases in Syria whether they "
                           "are both still held by those who held them in December 2024, on terms old or new?";
    for (int width = 80; width <= 120; width += 20) {
        char *text = page(&it->answer, false, width);

        check_lines(text, width);
        free(text);
    }
}

static void long_ids_are_cut_and_wide_tables_folded(void **state)
{
    static const char long_id[] = "a_64_byte_id_a_64_byte_id_a_64_byte_id_a_64_byte_id_a_64_byte_id";
    struct fixture *it = *state;
    char *text;

    it->question[0].id = it->base[0].id = it->factor[1].id = it->state[0] = it->state[1] = long_id;
    text = page(&it->answer, false, 80);
    check_lines(text, 80);
    assert_true(has(text, "a_64_byte_id_a_64_b…"));
    free(text);
}

static void colour_adds_escapes_and_nothing_else(void **state)
{
    struct fixture *it = *state;
    char *plain = page(&it->answer, false, 80), *coloured = page(&it->answer, true, 80), *to = coloured;

    assert_false(has(plain, "\033"));
    assert_true(has(coloured, "\033[1m"));
    for (const char *from = coloured; *from;) {
        if (*from == '\033')
            from = strchr(from, 'm') + 1;
        else
            *to++ = *from++;
    }
    *to = '\0';
    assert_string_equal(coloured, plain);
    free(plain);
    free(coloured);
}

static void nothing_from_a_scenario_commands_the_terminal(void **state)
{
    struct fixture *it = *state;
    char *text;

    it->answer.title = "\033]0;owned\007";
    it->question[0].text = "Red \033[31malert?";
    text = page(&it->answer, false, 80);
    assert_false(has(text, "\033"));
    assert_true(has(text, "\\x1B]0;owned\\x07"));
    free(text);
}

static void a_run_cut_short_says_so_first(void **state)
{
    struct fixture *it = *state;
    char *text;

    it->answer.complete = false;
    text = page(&it->answer, false, 80);
    assert_ptr_equal(strstr(text, "STOPPED EARLY"), text);
    free(text);
}

static void one_world_and_sure_things_are_told_in_words(void **state)
{
    struct fixture *it = *state;
    char *text;

    it->question[0].p = estimate(0.0, 0.0);
    for (size_t i = 0; i < ANSWER_LEVELS; i++)
        it->question[0].spread.quantile[i] = it->spread[0].quantile[i] = it->spread[1].quantile[i] = NAN;
    for (size_t i = 0; i < N_INPUTS; i++)
        it->index[i][0] = NAN;
    text = page(&it->answer, false, 80);
    assert_true(has(text, "never in 1,000 draws"));
    assert_true(has(text, "With one world, or one run a world"));
    assert_false(has(text, "What drives"));
    assert_false(has(text, "nan"));
    free(text);
}

/* What is said of two scenarios played together, as text of some width or as a page (0). */
static char *said_of_both(const struct answer *a, const struct answer *b, int width)
{
    const struct batch_row row[] = {
        {.name = "case", .status = BATCH_DONE, .answer = a, .page = "../a b/report.html"},
        {.name = "other", .status = BATCH_STOPPED, .answer = b},
        {.name = "wrong", .status = BATCH_FAILED, .message = "has mistakes"},
    };
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    struct result result;

    assert_non_null(stream);
    result_begin(&result, "Together", &provenance);
    batch_tables(&result, row, 3);
    batch_document(&result, row, 3);
    if (width)
        result_show(&result, stream, RESULT_TEXT, false, width);
    else
        render_html(stream, &result.document);
    result_free(&result);
    fclose(stream);
    return text;
}

static void a_batch_sets_scenarios_side_by_side(void **state)
{
    struct fixture *it = *state;
    struct answer other = it->answer;
    char *text, *html;

    other.name = other.scenario_id = "other";
    other.n_questions = 1;
    text = said_of_both(&it->answer, &other, 80);
    assert_true(has(text, "  question      case     other\n"
                          "  held          57.3      57.3\n"
                          "            25 to 75  25 to 75\n"
                          "  deal          10.0         -\n"
                          "            25 to 75\n"));
    assert_true(has(text, "held: Are both held?\n"));
    check_lines(text, 80);
    free(text);
    html = said_of_both(&it->answer, &other, 0);
    assert_true(has(html, "57.3 (25 to 75)"));
    assert_true(has(html, "<a href=\"../a%20b/report.html\">report.html</a>"));
    assert_true(has(html, "2 of 3 played"));
    assert_true(has(html, "failed: has mistakes"));
    assert_true(has(html, "stopped early"));
    free(html);
}

static void a_batch_cut_short_says_so_first(void **state)
{
    struct fixture *it = *state;
    struct answer other = it->answer;
    char *text;

    it->answer.complete = other.complete = false;
    it->answer.name = "case";
    other.name = "other";
    text = said_of_both(&it->answer, &other, 120);
    assert_ptr_equal(strstr(text, "STOPPED EARLY: case, after 1,000 draws; other, after 1,000 draws"), text);
    free(text);
}

/* Where there is no page to lead to, a path says where a link leads. */
static void a_link_is_a_path_in_text(void **state)
{
    static const struct doc_column column[] = {{"scenario", NULL, true}, {"page", NULL, true}};
    struct document document;
    struct doc_table *table;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    (void)state;
    assert_non_null(stream);
    document_begin(&document, "Links");
    table = document_table(&document, column, 2);
    doc_table_row(table, SHOWN_ALWAYS);
    doc_table_cell(table, value_text("first"));
    doc_table_cell(table, value_link("report.html", "first/report.html"));
    doc_table_row(table, SHOWN_ALWAYS);
    doc_table_cell(table, value_text("second"));
    doc_table_cell(table, value_link("report.html", NULL));
    render_text(stream, &document, false, 80, false);
    document_free(&document);
    fclose(stream);
    assert_true(has(text, "  first     first/report.html\n  second\n"));
    free(text);
}

/* A seed keeps all its digits. */
static void counts_have_no_exponent(void **state)
{
    const struct batch_row row = {.name = "a", .folder = "b", .seed = UINT64_C(1000000000000000)};
    struct result result;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    (void)state;
    assert_non_null(stream);
    result_begin(&result, "", &provenance);
    batch_tables(&result, &row, 1);
    dataset_csv(stream, result_find(&result, "batch"));
    result_free(&result);
    fclose(stream);
    assert_true(has(text, "\na,NA,NA,1000000000000000,NA,not_played,NA,b,NA\n"));
    free(text);
}

/* A folder for files */

static char folder[] = "/tmp/foothold-report-XXXXXX";

static const char *in_folder(struct arena *arena, const char *name)
{
    return arena_print(arena, "%s/%s", folder, name);
}

/* Plots */

static const struct column difference_column[] = {
    {"question", COLUMN_ID, true, NULL, "the question"},
    {"scenario_id", COLUMN_ID, true, NULL, "the scenario"},
    {"delta", COLUMN_DIFFERENCE, false, NULL, "the difference"},
    {"ci_low", COLUMN_DIFFERENCE, false, NULL, "its least"},
    {"ci_high", COLUMN_DIFFERENCE, false, NULL, "its most"},
};

static void fill_difference(const struct dataset *dataset, size_t i, union cell *cell)
{
    (void)dataset;
    cell[0].text = i / 2 ? "deal" : "held";
    cell[1].text = i % 2 ? "b" : "a";
    cell[2].number = 0.1 * (double)i - 0.1;
    cell[3].number = 0.1 * (double)i - 0.2;
    cell[4].number = 0.1 * (double)i;
}

static char *read_file(struct arena *arena, const char *path)
{
    char *text = arena_new(arena, 1 << 16, 1);
    FILE *stream = fopen(path, "r");

    assert_non_null(stream);
    assert_true(fread(text, 1, (1 << 16) - 1, stream) > 0);
    fclose(stream);
    return text;
}

/* A script finds its columns by name, whatever their order in the table. */
static void intervals_are_drawn_by_column_names(void **state)
{
    static const struct dataset dataset = {
        .name = "compare", .column = difference_column, .n_columns = 5, .n_rows = 4, .fill_row = fill_difference};
    static const struct plot_name row[] = {{"held", "held", NULL}, {"deal", "deal", NULL}},
                                  series[] = {{"a", "a", "#D55E00"}, {"b", "b", "#0072B2"}};
    const struct plot plot = {.kind = PLOT_INTERVALS,
                              .name = "compare",
                              .title = "differences",
                              .caption = "bars: 95 %",
                              .dataset = &dataset,
                              .x = "delta",
                              .low = "ci_low",
                              .high = "ci_high",
                              .row_column = "question",
                              .row = row,
                              .n_rows = 2,
                              .series_column = "scenario_id",
                              .series = series,
                              .n_series = 2,
                              .x_axis = {"difference", NAN, NAN}};
    struct arena arena = {0};
    struct output output;
    char *text, *svg = NULL, *at;
    size_t size = 0, n = 0;
    FILE *stream = open_memstream(&svg, &size);

    (void)state;
    output_begin(&output, folder);
    plot_gnuplot(&output, &plot);
    plot_vega(&output, &plot);
    dataset_csv(output_open(&output, "compare.csv"), &dataset);
    output_commit(&output);
    text = read_file(&arena, in_folder(&arena, "compare.gp"));
    assert_false(has(text, "$"));
    assert_false(has(text, "(null)"));
    assert_true(has(text,
                    "using (strcol('scenario_id') eq 'b' && strcol('question') eq 'deal' ? column('delta') : NaN):"
                    "(1.150):(column('ci_low')):(column('ci_high'))"));
    json_decref(parsed(strdup(read_file(&arena, in_folder(&arena, "compare.vl.json")))));
    assert_non_null(stream);
    plot_svg(stream, &plot);
    fclose(stream);
    for (at = svg; (at = strstr(at, "<circle")) != NULL; at++)
        n++;
    assert_int_equal(n, 4);
    free(svg);
    for (size_t i = 0; i < 3; i++)
        unlink(in_folder(&arena, ((const char *const[]){"compare.gp", "compare.vl.json", "compare.csv"})[i]));
    arena_free(&arena);
}

/* ---- maps, lines and points from one table, whose rows are in no order ---- */

static const struct column point_column[] = {
    {"x", COLUMN_NUMBER, false, NULL, ""},      {"y", COLUMN_NUMBER, false, NULL, ""},
    {"p", COLUMN_PROBABILITY, false, NULL, ""}, {"low", COLUMN_PROBABILITY, false, NULL, ""},
    {"n", COLUMN_COUNT, false, NULL, ""},       {"name", COLUMN_ID, false, NULL, ""},
};

static void fill_grid(const struct dataset *dataset, size_t i, union cell *cell)
{
    static const double x[] = {3.0, 1.0, 2.0, 1.0, 3.0, 2.0}, y[] = {0.5, 0.25, 0.5, 0.5, 0.25, 0.25},
                        p[] = {0.75, 0.125, 1.0, 0.0, NAN, 0.5};

    (void)dataset;
    cell[0].number = x[i];
    cell[1].number = y[i];
    cell[2].number = p[i];
    cell[3].number = 0.5 * p[i];
    cell[4].count = 7 * i;
    cell[5].text = y[i] > 0.3 ? "up" : "down";
}

static const struct dataset grid = {
    .name = "grid", .column = point_column, .n_columns = 6, .n_rows = 6, .fill_row = fill_grid};

/* The scripts have been written under the plot's name; the page's drawing is returned. */
static char *draw(struct arena *arena, const struct plot *plot, const char **script)
{
    char *svg = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&svg, &size);
    struct output output;

    assert_non_null(stream);
    output_begin(&output, folder);
    plot_gnuplot(&output, plot);
    plot_vega(&output, plot);
    output_commit(&output);
    plot_svg(stream, plot);
    assert_int_equal(fclose(stream), 0);
    *script = read_file(arena, in_folder(arena, arena_print(arena, "%s.gp", plot->name)));
    json_decref(parsed(strdup(read_file(arena, in_folder(arena, arena_print(arena, "%s.vl.json", plot->name))))));
    unlink(in_folder(arena, arena_print(arena, "%s.gp", plot->name)));
    unlink(in_folder(arena, arena_print(arena, "%s.vl.json", plot->name)));
    return svg;
}

static double attribute(const char *svg, const char *label, const char *name)
{
    const char *end = strstr(svg, label), *at = svg, *last = NULL;

    assert_non_null(end);
    while ((at = strstr(at, name)) != NULL && at < end)
        last = at++;
    assert_non_null(last);
    return strtod(last + strlen(name), NULL);
}

static void maps_have_axes_in_numeric_order_and_colours_from_0_to_1(void **state)
{
    const struct plot plot = {.kind = PLOT_MAP,
                              .name = "map",
                              .title = "a map",
                              .caption = "",
                              .dataset = &grid,
                              .x = "x",
                              .y = "y",
                              .value = "p",
                              .error = "low",
                              .x_axis.title = "across",
                              .y_axis.title = "up",
                              .value_axis = {"p", 0.0, 1.0}};
    struct arena arena = {0};
    const char *script;
    char *svg = draw(&arena, &plot, &script);

    (void)state;
    assert_true(plot_half_step(&plot, "x") == 0.5 && plot_half_step(&plot, "y") == 0.125);
    assert_true(has(script, "set cbrange [0:1]"));
    assert_true(attribute(svg, ">1</text>", "x=\"") < attribute(svg, ">2</text>", "x=\""));
    assert_true(attribute(svg, ">2</text>", "x=\"") < attribute(svg, ">3</text>", "x=\""));
    assert_true(attribute(svg, ">0.5</text>", "y=\"") < attribute(svg, ">0.25</text>", "y=\"")); /* upwards */
    assert_true(has(svg, "fill=\"rgb(0,114,178)\"") && has(svg, "fill=\"rgb(255,255,255)\""));   /* 1 and 0 */
    free(svg);
    arena_free(&arena);
}

static void lines_are_drawn_in_the_order_of_x(void **state)
{
    static const struct plot_name up = {"up", "up", "#0072B2"};
    const struct plot plot = {.kind = PLOT_LINES,
                              .name = "lines",
                              .title = "lines",
                              .caption = "",
                              .dataset = &grid,
                              .x = "x",
                              .y = "p",
                              .low = "low",
                              .high = "p",
                              .series_column = "name",
                              .series = &up,
                              .n_series = 1,
                              .x_axis = {"x", 1.0, 3.0},
                              .y_axis = {"p", 0.0, 1.0}};
    struct arena arena = {0};
    const char *script;
    char *svg = draw(&arena, &plot, &script);

    (void)state;
    assert_true(has(script, "smooth unique"));
    assert_true(has(svg, "M56.0 254.0L343.0 24.0L630.0 81.5\"")); /* (1, 0), (2, 1), (3, 0.75) */
    free(svg);
    arena_free(&arena);
}

static void points_stand_by_their_counts_and_over_intervals_diamonds(void **state)
{
    static const struct plot_name row[] = {{"up", "up", NULL}, {"down", "down", NULL}};
    const struct plot points = {.kind = PLOT_POINTS,
                                .name = "points",
                                .title = "points",
                                .caption = "",
                                .dataset = &grid,
                                .x = "p",
                                .y = "y",
                                .value = "n",
                                .x_axis = {"forecast", 0.0, 1.0},
                                .y_axis = {"frequency", 0.0, 1.0},
                                .value_axis = {"forecasts", NAN, NAN}};
    static const struct plot_name series[] = {{"up", "raised", "#000000"}};
    const struct plot over = {.dataset = &grid,
                              .x = "p",
                              .row_column = "name",
                              .row = row,
                              .n_rows = 2,
                              .series_column = "name",
                              .series = series,
                              .n_series = 1};
    const struct plot intervals = {.kind = PLOT_INTERVALS,
                                   .name = "layers",
                                   .title = "layers",
                                   .caption = "",
                                   .dataset = &grid,
                                   .x = "p",
                                   .low = "low",
                                   .high = "p",
                                   .row_column = "name",
                                   .row = row,
                                   .n_rows = 2,
                                   .x_axis = {"p", 0.0, 1.0},
                                   .over = &over};
    struct arena arena = {0};
    const char *script;
    char *svg = draw(&arena, &points, &script);

    (void)state;
    assert_true(has(script, "x with lines"));
    assert_true(has(svg, ">35</text>"));  /* the last row's count */
    assert_false(has(svg, ">28</text>")); /* a row without a value */
    assert_false(has(svg, "nan"));
    free(svg);
    svg = draw(&arena, &intervals, &script);
    assert_true(has(script, "with points pt 13") && has(script, "title 'raised'"));
    assert_false(has(script, "set arrow"));
    assert_non_null(strstr(svg, "fill=\"#000000\""));
    free(svg);
    arena_free(&arena);
}

/* Files */

/* Of any name, hidden ones too. */
static size_t count_files(const char *path)
{
    DIR *stream = opendir(path);
    const struct dirent *entry;
    size_t n = 0;

    assert_non_null(stream);
    while ((entry = readdir(stream)))
        n += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    closedir(stream);
    return n;
}

static void write_set(const char *path, const char *name, const char *text, size_t times)
{
    struct output output;
    FILE *stream;

    output_begin(&output, path);
    stream = output_open(&output, name);
    for (size_t i = 0; i < times; i++)
        fputs(text, stream);
    output_commit(&output);
}

static void check_file(const char *path, const char *expected)
{
    char text[64] = "";
    FILE *stream = fopen(path, "r");

    assert_non_null(stream);
    assert_int_equal(fread(text, 1, sizeof text - 1, stream), strlen(expected));
    assert_string_equal(text, expected);
    fclose(stream);
}

/* How a child that does this ends: its exit code, or -1. */
static int exit_of(void (*act)(const char *), const char *path)
{
    const pid_t child = fork();
    int status = 0;

    assert_true(child >= 0);
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(99);
        act(path);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_set_appears_in_a_folder_made_for_it(void **state)
{
    struct arena arena = {0};
    const char *path = in_folder(&arena, "a/b//c/");

    (void)state;
    write_set(path, "x.csv", "new", 1);
    check_file(in_folder(&arena, "a/b/c/x.csv"), "new");
    assert_int_equal(count_files(in_folder(&arena, "a/b/c")), 1);
    arena_free(&arena);
}

static void an_abandoned_set_leaves_no_trace(void **state)
{
    struct arena arena = {0};
    struct output output;

    (void)state;
    write_set(folder, "x.csv", "old", 1);
    output_begin(&output, folder);
    fputs("new", output_open(&output, "x.csv"));
    output_abandon(&output);
    check_file(in_folder(&arena, "x.csv"), "old");
    assert_int_equal(count_files(folder), 2); /* x.csv and a */
    arena_free(&arena);
}

/* As on a full disk: writing fails at the 64th KiB. */
static void overfill(const char *path)
{
    const struct rlimit limit = {64 * 1024, 64 * 1024};

    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    write_set(path, "x.csv", "0123456789", 100000);
}

static void a_full_disk_leaves_the_old_results(void **state)
{
    struct arena arena = {0};

    (void)state;
    write_set(folder, "x.csv", "old", 1);
    assert_int_equal(exit_of(overfill, folder), 1);
    check_file(in_folder(&arena, "x.csv"), "old");
    assert_int_equal(count_files(folder), 2);
    arena_free(&arena);
}

static void a_link_laid_in_the_way_is_not_followed(void **state)
{
    struct arena arena = {0};
    const char *victim = in_folder(&arena, "victim");

    (void)state;
    write_set(folder, "victim", "old", 1);
    assert_int_equal(symlink(victim, in_folder(&arena, "link.csv")), 0);
    write_set(folder, "link.csv", "new", 1);
    check_file(victim, "old");
    check_file(in_folder(&arena, "link.csv"), "new");
    assert_int_equal(unlink(in_folder(&arena, "link.csv")), 0);
    arena_free(&arena);
}

static void die_while_writing(const char *path)
{
    struct output output;
    FILE *stream;

    output_begin(&output, path);
    stream = output_open(&output, "x.csv");
    fputs("half", stream);
    fflush(stream);
    raise(SIGKILL);
}

/* Of a living process the parts stay, whatever their names. */
static void leftovers_of_the_dead_are_removed(void **state)
{
    struct arena arena = {0};
    struct output living;
    const size_t before = count_files(folder);

    (void)state;
    output_begin(&living, folder);
    fputs("slow", output_open(&living, "x.csv"));
    assert_int_equal(exit_of(die_while_writing, folder), -1);
    assert_int_equal(count_files(folder), before + 2);
    write_set(folder, "x.csv", "quick", 1);
    check_file(in_folder(&arena, "x.csv"), "quick");
    assert_int_equal(count_files(folder), before + 1);
    output_commit(&living);
    check_file(in_folder(&arena, "x.csv"), "slow");
    assert_int_equal(count_files(folder), before);
    arena_free(&arena);
}

static void lock_or_exit(const char *path)
{
    struct output output;

    output_begin(&output, path);
    if (output_lock(&output))
        _exit(7);
    output_commit(&output);
}

static void one_process_writes_to_a_folder(void **state)
{
    struct arena arena = {0};
    struct output output;

    (void)state;
    output_begin(&output, folder);
    assert_null(output_lock(&output));
    assert_int_equal(exit_of(lock_or_exit, folder), 7);
    output_commit(&output);
    assert_int_equal(exit_of(lock_or_exit, folder), 0);
    assert_int_equal(access(in_folder(&arena, OUTPUT_LOCK), F_OK), -1);
    arena_free(&arena);
}

/* ---- results with a manifest ---- */

static void deliver(const char *path, const char *first, const char *second)
{
    struct arena arena = {0};
    struct output output;
    const char *why = NULL;

    assert_int_equal(deliver_begin(&output, path, false, &arena, &why), DELIVER_FINE);
    fputs(first, output_open(&output, first));
    fputs(second, output_open(&output, second));
    deliver_end(&output, &provenance);
    arena_free(&arena);
}

static bool is_whole(const char *path)
{
    struct manifest manifest;
    bool whole = manifest_read(&manifest, path);

    if (!whole)
        return false;
    whole = manifest_fits_all(&manifest, path);
    manifest_free(&manifest);
    return whole;
}

static void put(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");

    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

/* What the old result had and the new one lacks goes, with the pictures of the old; what others changed or laid there stays. */
static void a_manifest_tells_whether_a_result_is_whole(void **state)
{
    struct arena arena = {0};
    const char *path = in_folder(&arena, "r"), *second = in_folder(&arena, "r/plot.gp");

    (void)state;
    deliver(path, "one.csv", "plot.gp");
    assert_true(is_whole(path));
    put(second, "plot.gq"); /* as long as it was */
    assert_false(is_whole(path));
    put(second, "plot.gp");
    assert_true(is_whole(path));
    put(in_folder(&arena, "r/plot.svg"), "old");
    put(in_folder(&arena, "r/mine.txt"), "stays");
    deliver(path, "one.csv", "two.csv");
    assert_true(is_whole(path));
    assert_int_equal(access(second, F_OK), -1);
    assert_int_equal(access(in_folder(&arena, "r/plot.svg"), F_OK), -1);
    assert_int_equal(count_files(path), 4);
    put(in_folder(&arena, "r/two.csv"), "changed");
    deliver(path, "one.csv", "three.csv");
    check_file(in_folder(&arena, "r/two.csv"), "changed");
    assert_int_equal(truncate(in_folder(&arena, "r/one.csv"), 0), 0);
    assert_false(is_whole(path));
    assert_int_equal(unlink(in_folder(&arena, "r/one.csv")), 0);
    assert_false(is_whole(path));
    arena_free(&arena);
}

/* A list that leads out of its folder is not ours: by it files would be removed. */
static void a_manifest_names_files_of_its_folder_alone(void **state)
{
    static const char *const name[] = {"../x.csv", "/etc/passwd", "", ".", "..", ".hidden"};
    struct arena arena = {0};
    const char *path = in_folder(&arena, "r");
    struct manifest manifest;

    (void)state;
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        put(in_folder(&arena, "r/manifest.json"),
            arena_print(&arena,
                        "{\"software\": {\"name\": \"foothold\"}, \"files\": [{\"name\": \"%s\", \"bytes\": 3, "
                        "\"sha256\": \"%064d\"}]}",
                        name[i], 0));
        assert_false(manifest_read(&manifest, path));
    }
    arena_free(&arena);
}

static void folders_of_others_are_refused(void **state)
{
    struct arena arena = {0};
    const char *path = in_folder(&arena, "r"), *why = NULL;
    struct output output;

    (void)state;
    put(in_folder(&arena, "r/manifest.json"), "{\"software\": {\"name\": \"another\"}}");
    assert_int_equal(deliver_begin(&output, path, false, &arena, &why), DELIVER_FOREIGN);
    assert_non_null(strstr(why, "manifest.json"));
    assert_int_equal(deliver_begin(&output, path, true, &arena, &why), DELIVER_FINE);
    output_abandon(&output);
    assert_int_equal(unlink(in_folder(&arena, "r/manifest.json")), 0);
    put(in_folder(&arena, "r/" OUTPUT_LOCK), ""); /* a run was killed there */
    assert_int_equal(deliver_begin(&output, path, false, &arena, &why), DELIVER_FINE);
    output_abandon(&output);
    assert_int_equal(deliver_begin(&output, path, false, &arena, &why), DELIVER_FOREIGN);
    arena_free(&arena);
}

static void say_something_to(const char *path)
{
    if (!freopen(path, "w", stdout))
        _exit(99);
    puts("something");
    output_check_stdout();
}

static void standard_output_that_does_not_arrive_is_a_failure(void **state)
{
    (void)state;
    assert_int_equal(exit_of(say_something_to, "/dev/full"), 1);
    assert_int_equal(exit_of(say_something_to, "/dev/null"), 0);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const name[] = {"a/b/c/x.csv", "a/b/c",     "a/b",         "a",          "x.csv", "victim",
                                       "r/one.csv",   "r/two.csv", "r/three.csv", "r/mine.txt", "r"};
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        remove(in_folder(&arena, name[i]));
    arena_free(&arena);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest answers[] = {
        cmocka_unit_test(numbers_round_trip_in_as_few_digits_as_it_takes),
        cmocka_unit_test(percentages_have_no_more_digits_than_their_error),
        cmocka_unit_test_setup_teardown(summary_csv_is_the_contract, set_up, tear_down),
        cmocka_unit_test_setup_teardown(deals_are_told_only_where_some_state_is_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(curves_csv_has_occupancy_then_incidence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(levers_csv_is_the_contract, set_up, tear_down),
        cmocka_unit_test(worlds_csv_quotes_what_needs_it),
        cmocka_unit_test_setup_teardown(summary_json_says_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(manifest_keeps_seeds_and_bytes_as_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_page_never_gives_one_number_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_page_and_json_say_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_data_dictionary_names_every_column, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_page_fits_its_width, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_ids_are_cut_and_wide_tables_folded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(colour_adds_escapes_and_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_from_a_scenario_commands_the_terminal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_run_cut_short_says_so_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_world_and_sure_things_are_told_in_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_batch_sets_scenarios_side_by_side, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_batch_cut_short_says_so_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_is_a_path_in_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_have_no_exponent, set_up, tear_down),
    };
    const struct CMUnitTest files[] = {
        cmocka_unit_test(intervals_are_drawn_by_column_names),
        cmocka_unit_test(maps_have_axes_in_numeric_order_and_colours_from_0_to_1),
        cmocka_unit_test(lines_are_drawn_in_the_order_of_x),
        cmocka_unit_test(points_stand_by_their_counts_and_over_intervals_diamonds),
        cmocka_unit_test(a_set_appears_in_a_folder_made_for_it),
        cmocka_unit_test(an_abandoned_set_leaves_no_trace),
        cmocka_unit_test(a_full_disk_leaves_the_old_results),
        cmocka_unit_test(a_link_laid_in_the_way_is_not_followed),
        cmocka_unit_test(leftovers_of_the_dead_are_removed),
        cmocka_unit_test(one_process_writes_to_a_folder),
        cmocka_unit_test(a_manifest_tells_whether_a_result_is_whole),
        cmocka_unit_test(a_manifest_names_files_of_its_folder_alone),
        cmocka_unit_test(folders_of_others_are_refused),
        cmocka_unit_test(standard_output_that_does_not_arrive_is_a_failure),
    };

    return cmocka_run_group_tests(answers, NULL, NULL) + cmocka_run_group_tests(files, make_folder, remove_folder);
}
