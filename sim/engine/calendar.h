/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar.h - what is known to happen, in order of time.
 *
 * A calendar queue (Brown 1988, Calendar queues, Comm. ACM 31): each day has a list, in no order, of what happens on it, and a bit
 * that says whether there is any, so that work grows with the number of entries and no faster. */
#ifndef FOOTHOLD_CALENDAR_H
#define FOOTHOLD_CALENDAR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct calendar_entry {
    double month;
    uint32_t order; /* among those of the same month; no two are the same */
    uint32_t what;
};

struct calendar {
    struct calendar_entry *entry;
    uint32_t *later; /* per entry: another of its day */
    uint32_t *first; /* per day: one of its entries, if it has any */
    uint64_t *busy;  /* per day, a bit: it has */
    size_t n, room, word;
    double until;
};

#define CALENDAR_NOTHING UINT32_MAX
enum { CALENDAR_WORD = 64 };

/* A zeroed calendar is a valid one. */
void calendar_free(struct calendar *calendar);

/* An empty calendar for so many entries at most, of which none after a month will be asked for. */
void calendar_begin(struct calendar *calendar, size_t most, double until);

/* Only an entry that will be asked for is kept. No branch: whether it will cannot be foreseen. */
static inline void calendar_add(struct calendar *calendar, double month, uint32_t order, uint32_t what)
{
    calendar->entry[calendar->n] = (struct calendar_entry){month, order, what};
    calendar->n += month <= calendar->until;
}

/* Once all are there. */
void calendar_deal(struct calendar *calendar);

static inline bool calendar_is_before(const struct calendar_entry *a, const struct calendar_entry *b)
{
    return a->month != b->month ? a->month < b->month : a->order < b->order;
}

/* Of a day with several entries, the one that comes first. */
const struct calendar_entry *calendar_sort_out(struct calendar *calendar, size_t day);

/* The entry that comes next, which is taken out but stays valid; there must be one. */
static inline const struct calendar_entry *calendar_next(struct calendar *calendar)
{
    size_t day;
    uint32_t i;

    while (!calendar->busy[calendar->word])
        calendar->word++;
    day = calendar->word * CALENDAR_WORD + (size_t)__builtin_ctzll(calendar->busy[calendar->word]);
    i = calendar->first[day];
    if (calendar->later[i] != CALENDAR_NOTHING)
        return calendar_sort_out(calendar, day);
    calendar->busy[calendar->word] &= calendar->busy[calendar->word] - 1;
    return &calendar->entry[i];
}
#endif
