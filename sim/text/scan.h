/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scan.h - the look at a scenario's text before libconfig sees it.
 *
 * libconfig accepts much that an analyst did not mean (wrapped integers, a lone ".", unclosed comments, missing
 * separators) and tells no columns. The scan checks the grammar strictly, reports every mistake with its place, and
 * leaves a mark for each setting and list element in the order of the text. */
#ifndef FOOTHOLD_SCAN_H
#define FOOTHOLD_SCAN_H
#include <stdbool.h>
#include "sim/text/source.h"

struct diag;

struct mark {
    struct place name;  /* a setting's name; zero for an element of a list or array */
    struct place value; /* the first token of the value: a number, string or bool whole, or the opening ( [ { */
};

struct marks {
    struct mark *mark; /* pre-order: a setting, then what it holds, then its next sibling; owned by the arena */
    size_t n;
};

/* true when nothing was found wrong; otherwise every mistake is in diag. */
bool scan(const struct source *source, struct arena *arena, struct marks *marks, struct diag *diag);
#endif
