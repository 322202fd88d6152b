/* SPDX-License-Identifier: GPL-3.0-or-later */
/* field.h - a row that describes one thing a scenario may say: its key, range, unit, default and meaning.
 *
 * Models list their fields in such rows; the reader's checks and `foothold models` come from them. */
#ifndef FOOTHOLD_FIELD_H
#define FOOTHOLD_FIELD_H
#include <stddef.h>

enum field_place {
    FIELD_OF_MODEL,      /* in the group named after the model, or narrowed in its `bases` group */
    FIELD_OF_TRANSITION, /* in a transition */
    FIELD_OF_BASE,       /* in a base: a ratio for each transition named */
    FIELD_OF_DEPENDENCE  /* in a dependence */
};

enum field_kind {
    FIELD_QUANTITY,     /* one quantity, drawn once a world */
    FIELD_MONTH,        /* a date distribution in months after as_of, drawn once a run */
    FIELD_STATE,        /* a state's id */
    FIELD_BY_CLOCK,     /* a group: id of a lever or event = quantity */
    FIELD_BY_TRANSITION /* a group: id of a transition = quantity */
};

struct field {
    const char *key;
    enum field_place place;
    enum field_kind kind;
    double low, high; /* admissible closed range */
    double fallback;  /* the value when left out; NAN: see help */
    const char *unit, *help;
};
#endif
