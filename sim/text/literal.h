/* SPDX-License-Identifier: GPL-3.0-or-later */
/* literal.h - the type of a word used as a value: a bool, a number, or not a value.
 *
 * Numbers that libconfig 1.5 would misread without a word are refused here: it wraps large integers, and reads "." as 0 and
 * 1e400 as infinity. */
#ifndef FOOTHOLD_LITERAL_H
#define FOOTHOLD_LITERAL_H
#include <stdbool.h>
#include "sim/text/token.h"

/* Kinds of values, as far as libconfig tells them apart in arrays. */
enum literal {
    LITERAL_NONE,
    LITERAL_BOOL,
    LITERAL_INTEGER,
    LITERAL_LONG,
    LITERAL_FLOAT,
    LITERAL_STRING,
    LITERAL_NESTED
};

/* The kind of value a word is; LITERAL_NONE when it is none. Mistakes go to diag; a number that is merely too large or too long
 * keeps its kind. */
enum literal literal_read(struct place place, const char *word, size_t length, struct diag *diag);

/* "true" or "false", in any case. */
bool literal_is_bool(const char *word, size_t length);

/* A number of any kind. */
bool literal_is_number(const char *word, size_t length);
#endif
