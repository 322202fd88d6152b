/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diag.h - diagnostics: the user's mistakes, collected with their places and reported together.
 *
 * Reading continues after a mistake; diag_print shows all of them in the order of the text:
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

/* Report a source that could not be read (source_read); returns whether it was read. */
bool diag_check_source(struct diag *diag, const struct source *source);

/* Print every entry: by source in order of first mention, then by line and column. At most 100 errors and 100 warnings are
 * printed, the rest counted. Control bytes and invalid UTF-8 in quoted text are shown as \xNN, so that no text can act as a
 * terminal command. colour: ANSI escapes, for terminals. */
void diag_print(const struct diag *diag, FILE *out, bool colour);
void diag_free(struct diag *diag);

/* The message of the first error, NULL when there is none. */
const char *diag_first_error(const struct diag *diag);

/* The one of n names nearest to a misspelt word by edit distance, or NULL when none is close enough to be intended. */
const char *diag_nearest(const char *word, const char *const *name, size_t n);

/* Write text safely: control, bidirectional and invisible characters and invalid UTF-8 as \xNN (visible.h). */
void diag_put_safe(FILE *out, const char *text, size_t size);
#endif
