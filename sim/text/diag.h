/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diag.h - the user's mistakes, collected with their places and told all at once.
 *
 * Reading goes on after a mistake; diag_print shows them in the order of the text:
 *
 *   syria.cfg:88:12: error: levers.debt_relief.chance: 1.4 is not a probability
 *      88 |   chance = 1.4;
 *         |            ^~~
 *     hint: a probability lies between 0 and 1
 */
#ifndef FOOTHOLD_DIAG_H
#define FOOTHOLD_DIAG_H
#include <stdbool.h>
#include <stdio.h>
#include "sim/text/source.h"

struct diag {
    struct arena arena;
    struct diag_entry *entry;
    size_t n, capacity;
    size_t n_errors, n_warnings;
};

/* hint may be NULL; it and the message are copied. A message that repeats an earlier one at the same place is dropped. */
void diag_error(struct diag *diag, struct place place, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_warning(struct diag *diag, struct place place, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Every entry: by source in the order first met, then by line and column. At most 100 errors and 100 warnings, the
 * rest counted. Control bytes and invalid UTF-8 in what is quoted are shown as \xNN, so no text reaches the
 * terminal as a command. Colour: ANSI, for terminals. */
void diag_print(const struct diag *diag, FILE *out, bool colour);
void diag_free(struct diag *diag);

/* The message of the first error, NULL when there is none. */
const char *diag_first_error(const struct diag *diag);

/* Of n names, the one nearest to a misspelt word, or NULL when none is near enough to be meant. */
const char *diag_nearest(const char *word, const char *const *name, size_t n);

/* Write text as it may be shown: controls, what turns or hides text and invalid UTF-8 as \xNN (visible.h). */
void diag_put_safe(FILE *out, const char *text, size_t size);
#endif
