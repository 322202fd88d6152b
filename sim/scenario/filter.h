/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter.h - a condition on the rows of a table: `guest == "RUS" && (sure == sure || threshold >= 1000)`.
 *
 * A comparison is a column, one of == != < <= > >=, and a value; comparisons are joined by && and ||, negated by !, and grouped by
 * parentheses. A value that is a number is compared with fields that are numbers, as numbers (a field that is not a number is unequal to it);
 * any other value, or one in quotes, as text. A column whose name is not a plain word is quoted. "" is an empty field. */
#ifndef FOOTHOLD_FILTER_H
#define FOOTHOLD_FILTER_H
#include <stdbool.h>
#include "sim/text/csv.h"

struct filter;

/* Parse a condition; name: what messages call it ("--where"). NULL, with diagnostics, when it is wrong. Nodes live in the arena. */
const struct filter *filter_parse(struct arena *arena, const char *name, const char *text, const struct csv *csv,
                                  struct diag *diag);

bool filter_holds(const struct filter *filter, const struct csv_row *row);

/* Read a number, ignoring blanks around it; false when the text is not a number. */
bool filter_number(const char *text, double *number);
#endif
