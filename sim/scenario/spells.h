/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spells.h - survival data: spells of presence, or of any other state that lasts and may end, from a table.
 *
 * A row is a spell or a part of one: the cluster it belongs to (`host`), when it was under observation, whether it then ended (`event` 1 or
 * 0) and by which cause (`cause`). The roles are found by the names of columns, or as the request assigns them. Time under observation
 * is given in one of these ways:
 *   exposure               time at risk, on a clock that starts at `entry` (0 where that is not said)
 *   start, end             dates YYYY, YYYY-MM, YYYY-MM-DD, or plain numbers; the time between them is the exposure. Where exposure is
 *                          given too and is shorter, observation begins that much after the start (left truncation)
 *   year                   host-years: a row a host and a year, of exposure 1 year; consecutive years without an event are one spell
 * Plain numbers are years, or the request's unit. All results are in months. */
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
    const char *where;   /* condition on the rows to read (filter.h) */
    const char *censor;  /* condition on events to treat as censored (filter.h) */
    const char *by;      /* columns, joined by commas, whose values make groups */
    const char *until;   /* administrative censoring at this date */
    double follow;       /* censoring after so many months of each spell; 0: none */
    enum spells_unit unit;
};

/* All rows with the same values in the columns of `by`, in an order that does not depend on the order in the table. */
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
    struct spells_group *group; /* the first has all rows; others only with `by` */
    size_t n_groups;
    size_t n_rows;           /* in the table */
    size_t n_excluded;       /* by `where` */
    size_t n_without;        /* rows left without time at risk by until and follow */
    size_t n_events_without; /* of these, events */
    bool has_hosts;          /* otherwise each row counts as a host of its own */
};

/* Read PATH ("-": standard input). Mistakes go to diag; false when there were any. Free with spells_free in any case. */
bool spells_read(struct spells *spells, const char *path, const struct spells_request *request, struct diag *diag);
void spells_free(struct spells *spells);

extern const char *const spells_unit_name[]; /* by enum; NULL at the end */
#endif
