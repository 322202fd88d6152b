/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/calendar.h"
#include <stdlib.h>
#include <string.h>
#include "sim/system/memory.h"

static const double most_days = 1e9; /* a month; more would not fit numbers */

void calendar_free(struct calendar *calendar)
{
    free(calendar->entry);
    free(calendar->later);
    free(calendar->first);
    free(calendar->busy);
}

static void make_room(struct calendar *calendar, size_t n)
{
    calendar_free(calendar);
    calendar->room = 2 * n;
    calendar->entry = memory_new(calendar->room, sizeof *calendar->entry);
    calendar->later = memory_new(calendar->room, sizeof *calendar->later);
    calendar->first = memory_new(calendar->room + CALENDAR_WORD, sizeof *calendar->first);
    calendar->busy = memory_new(calendar->room / CALENDAR_WORD + 1, sizeof *calendar->busy);
}

void calendar_begin(struct calendar *calendar, size_t most, double until)
{
    if (most >= calendar->room)
        make_room(calendar, most + 1);
    calendar->n = calendar->word = 0;
    calendar->until = until;
}

void calendar_deal(struct calendar *calendar)
{
    const size_t words = calendar->n / CALENDAR_WORD + 1;
    const double days_a_month = (double)(words * CALENDAR_WORD - 1) / calendar->until;
    const double scale = days_a_month < most_days ? days_a_month : 0.0; /* 0: all on the first day */
    const struct calendar_entry *entry = calendar->entry;
    uint32_t *later = calendar->later, *first = calendar->first;
    uint64_t *busy = calendar->busy;

    memset(busy, 0, words * sizeof *busy);
    for (uint32_t i = 0; i < calendar->n; i++) {
        const uint32_t day = (uint32_t)(int)(entry[i].month * scale);
        uint64_t *bits = &busy[day / CALENDAR_WORD];
        const uint32_t is_busy = *bits >> day % CALENDAR_WORD & 1;

        later[i] = first[day] | (is_busy - 1); /* or CALENDAR_NOTHING; no branch */
        first[day] = i;
        *bits |= (uint64_t)1 << day % CALENDAR_WORD;
    }
}

const struct calendar_entry *calendar_sort_out(struct calendar *calendar, size_t day)
{
    uint32_t *best = &calendar->first[day], found;

    for (uint32_t *at = &calendar->later[*best]; *at != CALENDAR_NOTHING; at = &calendar->later[*at])
        if (calendar_is_before(&calendar->entry[*at], &calendar->entry[*best]))
            best = at;
    found = *best;
    *best = calendar->later[found];
    return &calendar->entry[found];
}
