/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histories explained: text, page, JSON and CSV say the same. */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "sim/report/explain.h"
#include "sim/report/render.h"
#include "tests/fixture.h"

enum { WIDE = 100000 /* columns: no line wraps */ };

static const char scenario[] =
    "format = 1; as_of = \"2025-01-01\"; horizon = 24.0; title = \"Two bases\";"
    "states = { LOST = { held = false; final = true; }; LIMBO = { held = true; initial = true; };"
    "  DEAL = { held = true; }; };"
    "bases = { port = { rates = { exit = 1.4; }; }; field = { }; };"
    "transitions = { exit = { from = \"LIMBO\"; to = \"LOST\"; per_month = (\"uniform\", 0.01, 0.09); };"
    "  sign = { from = \"LIMBO\"; to = \"DEAL\"; chance = 0.4; within = 24.0; }; };"
    "levers = { relief = { chance = 0.7; when = (\"pert\", 3, 9, 20); effects = { sign = 2.5; exit = 0.7; }; }; };"
    "events = { storm = { per_month = 0.2; lasts = 2.0; recurs = true; effects = { exit = 2.0; }; };"
    "  truce = { per_month = 0.05; lasts = 3.0; effects = { exit = 0.0; }; }; };"
    "dependence = { common = { variance = 0.5; on = [\"exit\"]; }; };"
    "questions = { both = { are = \"held\"; month = 12.0; }; };";

static const struct provenance_scenario played = {.id = "two", .sha256 = "00"};
static const struct provenance provenance = {.seed = 7,
                                             .design = "stratified",
                                             .scenario = &played,
                                             .n_scenarios = 1,
                                             .n_worlds = 128,
                                             .n_runs = 8,
                                             .precision = NAN};

/* All that is said of an explanation. */
struct said {
    struct result result;
    struct explanation explanation;
    json_t *json;
    char *text, *page; /* with plain spaces */
};

static int set_up(void **state)
{
    *state = fixture_make(scenario);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

/* No-break spaces become spaces. */
static char *render(const struct said *it, bool as_page)
{
    char *text = NULL, *to;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    if (as_page)
        render_html(out, &it->result.document);
    else
        render_text(out, &it->result.document, false, WIDE, false);
    assert_int_equal(fclose(out), 0);
    to = text;
    for (const char *from = text; *from; to++) {
        const bool is_space = !strncmp(from, "\u00a0", 2);

        *to = is_space ? ' ' : *from;
        from += is_space ? 2 : 1;
    }
    *to = '\0';
    return text;
}

static void say(struct said *it, const struct plan *plan, size_t question, bool single)
{
    const struct play_settings settings = {
        .seed = 7, .n_worlds = 128, .n_runs = 8, .precision = NAN, .estimator = ESTIMATOR_DRAW};

    if (single)
        assert_true(explanation_of_run(&it->explanation, plan, &settings, 3, 2));
    else
        assert_true(explanation_of_endings(&it->explanation, plan, &settings, question));
    result_begin(&it->result, "Two bases", &provenance);
    explain_tables(&it->result, &it->explanation);
    explain_document(&it->result, &it->explanation);
    it->json = dataset_json(it->result.part, it->result.n_parts);
    it->text = render(it, false);
    it->page = render(it, true);
}

static void forget(struct said *it)
{
    json_decref(it->json);
    free(it->text);
    free(it->page);
    result_free(&it->result);
    explanation_free(&it->explanation);
}

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Places reached so far in text and page: what JSON says next must come after. */
struct places {
    struct document scratch;
    const char *text, *page;
    size_t n;
};

static void expect(struct places *it, struct phrase phrase)
{
    const char *wanted = phrase_print(&it->scratch.arena, &phrase, NULL);

    for (char *at; (at = strstr(wanted, "\u00a0")) != NULL;)
        wanted = arena_print(&it->scratch.arena, "%.*s %s", (int)(at - wanted), wanted, at + 2);
    it->text = strstr(it->text, wanted);
    it->page = strstr(it->page, wanted);
    if (!it->text || !it->page)
        print_error("\"%s\" is missing in the %s\n", wanted, it->text ? "page" : "text");
    assert_true(it->text && it->page);
    it->n++;
}

#define EXPECT(words, ...) expect(it, PHRASE(&it->scratch, words, __VA_ARGS__))

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void expect_event(struct places *it, const json_t *event)
{
    const double likely = number(event, "likely_by_then"), rate = number(event, "rate_per_month");
    const json_t *reason;
    size_t i;

    EXPECT("{}", value_text(text_of(event, "date")));
    EXPECT("{}", value_text(text_of(event, "id")));
    if (isnan(likely))
        return;
    EXPECT("probability of having fired by then: {}", value_percent(likely, 0.01));
    if (!isnan(rate))
        EXPECT("; hazard {} a month", value_number(rate));
    if (json_array_size(json_object_get(event, "reasons")))
        EXPECT(" {}:", value_hazard_ratio(number(event, "ratio")));
    json_array_foreach(json_object_get(event, "reasons"), i, reason)
        EXPECT(" {} {}", value_text(text_of(reason, "because")), value_hazard_ratio(number(reason, "ratio")));
}

static void expect_story(struct places *it, json_t *story)
{
    const json_t *value;
    const char *id;
    json_t *base;
    size_t i;

    json_array_foreach(json_object_get(story, "events"), i, value) expect_event(it, value);
    json_object_foreach(json_object_get(story, "bases"), id, base)
    {
        EXPECT("{}: {}", value_text(id), value_text(text_of(base, "state")));
        json_array_foreach(json_object_get(base, "did_not_ring"), i, value)
            EXPECT(" ({} probability)", value_percent(number(value, "likely_by_then"), 0.01));
    }
}

static void expect_orders(struct places *it, const json_t *orders)
{
    const json_t *order;
    size_t i;

    json_array_foreach(orders, i, order)
    {
        struct value share = value_percent(number(order, "share"), number(order, "se"));

        share.with_error = true;
        EXPECT("{}: {}", share, value_text(text_of(order, "order")));
    }
}

static void expect_ending(struct places *it, const json_t *ending)
{
    json_t *typical = json_object_get(ending, "typical");

    EXPECT("{} of histories; the typical one of {} compared: world {}, run {}",
           value_percent(number(ending, "share"), number(ending, "se")),
           value_count((uint64_t)number(ending, "compared")), value_index((uint64_t)number(typical, "world")),
           value_index((uint64_t)number(typical, "run")));
    expect_story(it, typical);
    expect_orders(it, json_object_get(ending, "orders_of_moves"));
    expect_orders(it, json_object_get(ending, "orders"));
}

static void text_page_and_json_agree_on_endings(void **state)
{
    const struct fixture *fixture = *state;

    for (size_t question = 0; question <= 1; question++) {
        struct places places = {0}, *it = &places;
        struct said said;
        const json_t *ending;
        size_t i;

        say(&said, fixture->plan, question ? SIZE_MAX : 0, false);
        it->text = said.text;
        it->page = said.page;
        assert_true(json_array_size(json_object_get(said.json, "endings")) >= 2);
        json_array_foreach(json_object_get(said.json, "endings"), i, ending) expect_ending(it, ending);
        assert_true(it->n > 30);
        arena_free(&it->scratch.arena);
        forget(&said);
    }
}

static void text_page_and_json_agree_on_one_history(void **state)
{
    const struct fixture *fixture = *state;
    struct places places = {0}, *it = &places;
    struct said said;

    say(&said, fixture->plan, SIZE_MAX, true);
    it->text = said.text;
    it->page = said.page;
    EXPECT("World {}, run {}", value_index(3), value_index(2));
    expect_story(it, json_object_get(said.json, "story"));
    assert_null(json_object_get(said.json, "endings"));
    arena_free(&it->scratch.arena);
    forget(&said);
}

/* events.csv has a row for each event of explain.json, of the same month. */
static void tables_and_json_have_the_same_events(void **state)
{
    const struct fixture *fixture = *state;
    const struct dataset *events;
    const json_t *ending, *event;
    union cell cell[16];
    struct said said;
    size_t row = 0, e, i;

    say(&said, fixture->plan, 0, false);
    events = result_find(&said.result, "events");
    json_array_foreach(json_object_get(said.json, "endings"), e, ending)
        json_array_foreach(json_object_get(json_object_get(ending, "typical"), "events"), i, event)
    {
        assert_true(row < events->n_rows);
        events->fill_row(events, row++, cell);
        assert_true(cell[dataset_column(events, "month")].number == number(event, "month"));
        assert_string_equal(cell[dataset_column(events, "id")].text, text_of(event, "id"));
    }
    assert_int_equal(row, events->n_rows);
    assert_true(row > 5);
    forget(&said);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(text_page_and_json_agree_on_endings),
        cmocka_unit_test(text_page_and_json_agree_on_one_history),
        cmocka_unit_test(tables_and_json_have_the_same_events),
    };

    return cmocka_run_group_tests(test, set_up, tear_down);
}
