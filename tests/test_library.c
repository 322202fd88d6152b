/* SPDX-License-Identifier: GPL-3.0-or-later */
/* foothold.h: what a program of one's own can do, and what happens when it asks for too much. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "sim/foothold.h"

static const char scenario[] = "scenarios/first.cfg";
static const struct foothold_settings few = {.seed = 1, .worlds = 64, .runs = 4, .threads = 2};

static void mistakes_are_told(void **state)
{
    const char *const set[] = {"levers.debt_relief.chance=1.4", "nonsense", NULL};
    char *text = NULL;
    size_t size = 0;
    FILE *messages = open_memstream(&text, &size);

    (void)state;
    assert_null(foothold_read("no/such.cfg", NULL, NULL));
    assert_null(foothold_read("scenarios/syria", NULL, NULL)); /* several */
    assert_null(foothold_read(scenario, set, messages));
    fclose(messages);
    assert_non_null(strstr(text, "1.4 is not a probability"));
    assert_non_null(strstr(text, "nonsense: not usable"));
    free(text);
}

static void what_is_not_there_is_nan(void **state)
{
    struct foothold *it = foothold_read(scenario, NULL, NULL);

    (void)state;
    assert_non_null(it);
    assert_true(isnan(foothold_answer(it, "both_held").value)); /* not played yet */
    foothold_write_csv(it, stdout);                             /* nothing */
    assert_int_equal(foothold_play(it, &few), 0);
    assert_true(!isnan(foothold_answer(it, "both_held").value));
    assert_true(isnan(foothold_answer(it, "nobody_asks").value));
    assert_true(isnan(foothold_state(it, "port", "ELSEWHERE").value));
    assert_true(isnan(foothold_state(it, "nowhere", "LOST").value));
    assert_string_equal(foothold_question(it, 0), "both_held");
    assert_null(foothold_question(it, 1));
    foothold_free(it);
    foothold_free(NULL);
}

/* What the caller gave may be gone once it is read; a scenario can be played again, and alike. */
static void a_scenario_stands_by_itself(void **state)
{
    char path[64], value[64];
    const char *const set[] = {value, NULL};
    struct foothold *it;
    double first, sum = 0.0;

    (void)state;
    strcpy(path, scenario);
    strcpy(value, "levers.debt_relief.chance=0.5");
    it = foothold_read(path, set, NULL);
    assert_non_null(it);
    memset(path, 'x', sizeof path);
    memset(value, 'x', sizeof value);
    assert_int_equal(foothold_play(it, &few), 0);
    first = foothold_answer(it, "both_held").value;
    assert_int_equal(foothold_play(it, &(struct foothold_settings){.seed = 1, .precision = 0.0005}), 0);
    assert_true(foothold_answer(it, "both_held").se < 0.0005);
    assert_int_equal(foothold_play(it, &few), 0);
    assert_true(foothold_answer(it, "both_held").value == first);
    sum = foothold_state(it, "port", "LOST").value + foothold_state(it, "port", "LIMBO").value +
          foothold_state(it, "port", "DEAL").value;
    assert_true(fabs(sum - 1.0) < 1e-6);
    foothold_free(it);
}

static void too_much_is_refused(void **state)
{
    struct foothold *it = foothold_read(scenario, NULL, NULL);
    const char *const set[] = {"events.unrest.per_month=1e9", "events.unrest.lasts=1e-9", NULL};

    (void)state;
    assert_int_equal(foothold_play(it, &(struct foothold_settings){.worlds = 1 << 20, .runs = 1 << 20}), -1);
    assert_true(isnan(foothold_answer(it, "both_held").value));
    foothold_free(it);
    it = foothold_read(scenario, set, NULL);
    assert_non_null(it);
    assert_int_equal(foothold_play(it, &few), -1);
    assert_true(isnan(foothold_answer(it, "both_held").value));
    foothold_free(it);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(what_is_not_there_is_nan),
        cmocka_unit_test(a_scenario_stands_by_itself),
        cmocka_unit_test(too_much_is_refused),
    };

    return cmocka_run_group_tests(test, NULL, NULL);
}
