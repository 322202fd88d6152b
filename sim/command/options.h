/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.h - options by rows: a name, what it takes, where it goes, what it does. */
#ifndef FOOTHOLD_OPTIONS_H
#define FOOTHOLD_OPTIONS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sim/scenario/scenario.h"

enum option_kind {
    OPTION_FLAG,     /* bool */
    OPTION_COUNT,    /* uint64_t, 1 or more */
    OPTION_SEED,     /* struct option_seed: 0 to 2^64 - 1 */
    OPTION_POSITIVE, /* double above 0 */
    OPTION_TEXT,     /* const char * */
    OPTION_CHOICE,   /* int: index into `choices` */
    OPTION_OVERRIDE, /* struct option_overrides: PATH=VALUE, repeatable */
    OPTION_RANGE     /* the same: PATH=LO:HI:STEPS or PATH=a,b,c */
};

struct option_row {
    const char *name;     /* without the dashes */
    const char *argument; /* shown in help; NULL for a flag */
    enum option_kind kind;
    size_t offset; /* in the struct that options_parse fills */
    const char *help;
    const char *const *choices; /* of OPTION_CHOICE, ending with NULL */
};

/* Rows of a verb's own, then those it shares with others; offsets count from `offset` in the struct that is filled. */
struct option_set {
    const struct option_row *row;
    size_t n, offset;
    const struct option_set *more; /* NULL: no more */
};

struct option_seed {
    uint64_t seed;
    bool given;
};

struct option_overrides {
    struct override *item;
    size_t n, capacity;
};

struct operands { /* what is no option, in order */
    const char **item;
    size_t n;
};

/* Fill `into` from the arguments after argv[0]. Names are taken whole: no abbreviations. Every mistake is told on
 * standard error with a hint; false when there was one. operands are allocated; free them with options_free. */
bool options_parse(const char *verb, const struct option_set *set, int argc, char **argv, void *into,
                   struct operands *operands);
void options_free(struct operands *operands, struct option_overrides *overrides);

/* Add a PATH=VALUE; false when it is none. The path is allocated, the value borrowed. */
bool options_override(struct option_overrides *overrides, const char *text);

/* Read a whole number of at least 1, as options do. */
bool options_count(const char *text, uint64_t *value);
#endif
