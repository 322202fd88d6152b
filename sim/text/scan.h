/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scan.h - a strict check of a scenario's text before libconfig parses it.
 *
 * libconfig accepts much that an analyst did not intend (wrapped integers, a lone ".", unclosed comments, missing separators), reports
 * only the first syntax error and knows no columns. The scan checks the grammar strictly, reports every mistake with its place, and
 * returns a mark for each setting and list element in the order of the text. tree.c compares each mark with libconfig's node, so
 * the two grammars cannot drift apart unnoticed. */
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

/* True when the text is valid; otherwise every mistake is in diag. */
bool scan(const struct source *source, struct arena *arena, struct marks *marks, struct diag *diag);
#endif
