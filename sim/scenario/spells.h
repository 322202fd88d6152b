/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spells.h - spells of presence, or of anything else that lasts and may end, from anybody's table.
 *
 * A row is a spell or a part of one: who it belongs to (`host`: rows of one host resemble each other), when it was under observation,
 * whether it then ended (`event` 1 or 0) and by what (`cause`). Roles are found by the names of columns, or by those that the
 * request gives. Observation is said in one of these ways:
 *   exposure               time at risk, on a clock that starts at `entry` (0 where that is not said)
 *   start, end             dates YYYY, YYYY-MM, YYYY-MM-DD, or plain numbers; the time between them is the exposure. Where exposure is
 *                          given too and is shorter, observation begins that much after the start (left truncation)
 *   year                   host-years: a row a host and a year, of exposure 1 year; consecutive years without an event are one spell
 * Plain numbers are years, or the request's unit. Everything that comes out is in months. */
#ifndef FOOTHOLD_SPELLS_H
#define FOOTHOLD_SPELLS_H
#include <stdbool.h>
#include "sim/math/survival.h"
#include "sim/text/csv.h"

enum spells_unit { SPELLS_YEARS, SPELLS_MONTHS, SPELLS_DAYS };
enum spells_role {
    ROLE_HOST,
    ROLE_START,
    ROLE_END,
    ROLE_EVENT,
    ROLE_CAUSE,
    ROLE_EXPOSURE,
    ROLE_ENTRY,
    ROLE_YEAR,
    N_ROLES
};

/* How to read a table; texts as on a command line, NULL where not given. */
struct spells_request {
    const char *columns; /* ROLE=COLUMN, joined by commas */
    const char *where;   /* which rows are read (filter.h) */
    const char *censor;  /* which events are not counted as such */
    const char *by;      /* columns, joined by commas, whose values make groups */
    const char *until;   /* a date: what comes later is not counted */
    double follow;       /* months of each spell that are counted; 0: all */
    enum spells_unit unit;
};

/* All rows of one value of the columns that groups are made by, in an order that does not depend on the table's. */
struct spells_group {
    const char *name; /* "guest=RUS;sure=yes"; "all" */
    struct spell_row *row;
    size_t n, n_hosts;
};

struct spells {
    struct arena arena;
    const struct source *source;
    const char *role_column[N_ROLES]; /* the column of each role; NULL: none */
    const char **cause;               /* names, in order; causes count from 1 in rows */
    size_t n_causes;
    struct spells_group *group; /* the first is of all rows; others only where they were asked for */
    size_t n_groups;
    size_t n_rows;           /* in the table */
    size_t n_excluded;       /* by `where` */
    size_t n_without;        /* without time at risk, once cut by until and follow */
    size_t n_events_without; /* of these, events */
    bool has_hosts;          /* else each row is taken as a host of its own */
};

/* Read PATH ("-": standard input). Mistakes go to diag; false when there were any. Free with spells_free in any case. */
bool spells_read(struct spells *spells, const char *path, const struct spells_request *request, struct diag *diag);
void spells_free(struct spells *spells);

extern const char *const spells_unit_name[]; /* by enum; NULL at the end */
#endif
