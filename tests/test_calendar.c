/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calendar gives back what was put in, in order. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "sim/engine/calendar.h"

enum { MOST = 3000 };

static int by_time(const void *a, const void *b)
{
    return calendar_is_before(a, b) ? -1 : 1;
}

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* n entries, many of them at the same months and some of them too late, and one at the very last month. */
static void check(struct calendar *calendar, uint32_t n, double until, uint64_t *state)
{
    struct calendar_entry entry[MOST + 1];
    uint32_t kept = 0;

    calendar_begin(calendar, n + 1, until);
    for (uint32_t i = 0; i <= n; i++) {
        const uint64_t draw = next(state) % 100;
        double month = until * 1.2 * (double)(next(state) % 1000000) / 1e6;

        if (draw < 20)
            month = until * (double)(draw % 4) / 4.0;
        else if (draw < 25)
            month = INFINITY;
        if (i == n)
            month = until;
        calendar_add(calendar, month, n - i, i);
        if (month <= until)
            entry[kept++] = (struct calendar_entry){month, n - i, i};
    }
    qsort(entry, kept, sizeof *entry, by_time);
    calendar_deal(calendar);
    for (uint32_t i = 0; i < kept; i++) {
        const struct calendar_entry *found = calendar_next(calendar);

        assert_true(found->month == entry[i].month);
        assert_int_equal(found->order, entry[i].order);
        assert_int_equal(found->what, entry[i].what);
    }
}

static void gives_back_in_order(void **state)
{
    static const double until[] = {24.0, 1.0 / 3.0, 7.25, 1200.0, 1e-12, 1e-300, 1e300};
    struct calendar calendar = {0};
    uint64_t stream = 1;

    (void)state;
    for (size_t u = 0; u < sizeof until / sizeof *until; u++) {
        for (uint32_t n = 0; n < 300; n++)
            check(&calendar, n, until[u], &stream);
        check(&calendar, MOST, until[u], &stream);
    }
    calendar_free(&calendar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_in_order),
    };

    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
