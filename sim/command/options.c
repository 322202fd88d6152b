/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/options.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/text/diag.h"

static void complain(const char *verb, const char *what, const char *option, const char *hint)
{
    fprintf(stderr, "foothold %s: %s%s", verb, what, *option ? ": " : "");
    diag_put_safe(stderr, option, strlen(option));
    fprintf(stderr, "\n  hint: %s\n", hint);
}

static bool whole(const char *text, int base, uint64_t *value)
{
    char *end;

    if (!strchr("0123456789", text[0]) || !text[0])
        return false;
    errno = 0;
    *value = strtoull(text, &end, base);
    return !*end && !errno;
}

bool options_count(const char *text, uint64_t *value)
{
    char *end;
    double number;

    if (whole(text, 10, value))
        return *value >= 1;
    number = strtod(text, &end); /* 1e6 is a natural way to say a million */
    if (text[strspn(text, "0123456789.eE+")] || end == text || *end || !(number >= 1.0 && number <= 1e18) ||
        number != floor(number))
        return false;
    *value = (uint64_t)number;
    return true;
}

static bool choose(const struct option_row *row, const char *text, int *choice)
{
    for (int i = 0; row->choices[i]; i++)
        if (!strcmp(row->choices[i], text)) {
            *choice = i;
            return true;
        }
    return false;
}

bool options_override(struct option_overrides *overrides, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : 0;
    char *path;

    while (length && text[length - 1] == ' ')
        length--;
    if (!length || !equals[1])
        return false;
    path = memory_new(length + 1, 1);
    memcpy(path, text, length);
    overrides->item = memory_grow(overrides->item, overrides->n, &overrides->capacity, sizeof *overrides->item);
    overrides->item[overrides->n++] = (struct override){path, equals + 1, NULL};
    return true;
}

static bool set(const struct option_row *row, const char *text, void *field)
{
    struct option_seed *seed = field;
    char *end;

    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return true;
    case OPTION_COUNT:
        return options_count(text, field);
    case OPTION_SEED:
        seed->given = true;
        return whole(text, strncmp(text, "0x", 2) ? 10 : 16, &seed->seed);
    case OPTION_POSITIVE:
        *(double *)field = strtod(text, &end);
        return !text[strspn(text, "0123456789.eE+-")] && end != text && !*end && *(double *)field > 0.0 &&
               isfinite(*(double *)field);
    case OPTION_TEXT:
        *(const char **)field = text;
        return *text != '\0';
    case OPTION_CHOICE:
        return choose(row, text, field);
    case OPTION_OVERRIDE:
    case OPTION_RANGE:
        return options_override(field, text);
    }
    return false;
}

static const char *wanted(const struct option_row *row, char *text, size_t size)
{
    static const char *const shape[] = {
        [OPTION_COUNT] = "a whole number of 1 or more, for instance 1000 or 1e6",
        [OPTION_SEED] = "a whole number from 0 to 18446744073709551615",
        [OPTION_POSITIVE] = "a number above 0, for instance 0.001",
        [OPTION_TEXT] = "it may not be empty",
        [OPTION_OVERRIDE] = "for instance --set levers.debt_relief.chance=0.5",
        [OPTION_RANGE] = "for instance --vary levers.debt_relief.chance=0:1:11, or =0.2,0.5,0.9",
    };
    size_t n = 0;

    if (row->kind != OPTION_CHOICE)
        return shape[row->kind];
    for (int i = 0; row->choices[i]; i++)
        n += (size_t)snprintf(text + n, size - n, "%s%s", i ? ", " : "one of: ", row->choices[i]);
    return text;
}

/* *offset receives where the option's value goes. */
static const struct option_row *find(const struct option_set *set, const char *name, size_t length, size_t *offset)
{
    for (; set; set = set->more)
        for (size_t i = 0; i < set->n; i++)
            if (strlen(set->row[i].name) == length && !strncmp(set->row[i].name, name, length)) {
                *offset = set->offset + set->row[i].offset;
                return &set->row[i];
            }
    return NULL;
}

static void unknown(const char *verb, const struct option_set *set, const char *argument)
{
    const char *name[64], *near;
    char hint[128];
    size_t n = 0;

    for (; set; set = set->more)
        for (size_t i = 0; i < set->n && n < sizeof name / sizeof *name; i++)
            name[n++] = set->row[i].name;
    near = diag_nearest(argument + strspn(argument, "-"), name, n);
    if (near)
        snprintf(hint, sizeof hint, "did you mean --%s?", near);
    else
        snprintf(hint, sizeof hint, "`foothold help %s` lists the options", verb);
    complain(verb, "unknown option", argument, hint);
}

/* One option, whose value may be the next argument: returns how many arguments it took, 0 when it is wrong. */
static int take(const char *verb, const struct option_set *set_of_verb, int argc, char **argv, void *into)
{
    const char *name = argv[0] + 2, *value = strchr(name, '=');
    const size_t length = value ? (size_t)(value - name) : strlen(name);
    size_t offset = 0;
    const struct option_row *option = find(set_of_verb, name, length, &offset);
    char text[256], what[64];
    int taken = 1;

    if (!option) {
        unknown(verb, set_of_verb, argv[0]);
        return 0;
    }
    if (!option->argument && value) {
        complain(verb, "takes no value", argv[0], option->help);
        return 0;
    }
    if (!option->argument)
        value = ""; /* a flag is set by its name */
    else if (value)
        value++;
    else if (argc > 1)
        value = argv[taken++];
    if (!value || !set(option, value, (char *)into + offset)) {
        snprintf(what, sizeof what, "--%s: %s", option->name, value ? "not usable" : "needs a value");
        complain(verb, what, value ? value : "", wanted(option, text, sizeof text));
        return value ? -taken : 0;
    }
    return taken;
}

bool options_parse(const char *verb, const struct option_set *set_of_verb, int argc, char **argv, void *into,
                   struct operands *operands)
{
    bool good = true, only_operands = false;
    int taken, n_inputs = 0;

    operands->n = 0;
    operands->item = memory_new((size_t)argc, sizeof *operands->item);
    for (int i = 1; i < argc; i += taken) {
        taken = 1;
        if (!only_operands && !strcmp(argv[i], "--")) {
            only_operands = true;
        } else if (!only_operands && !strncmp(argv[i], "--", 2)) {
            taken = take(verb, set_of_verb, argc - i, argv + i, into);
            good = good && taken > 0;
            taken = taken > 0 ? taken : taken < 0 ? -taken : 1;
        } else if (!only_operands && argv[i][0] == '-' && argv[i][1]) {
            unknown(verb, set_of_verb, argv[i]);
            good = false;
        } else {
            operands->item[operands->n++] = argv[i];
            n_inputs += !strcmp(argv[i], "-");
        }
    }
    if (n_inputs > 1)
        complain(verb, "named twice", "-", "standard input holds one file; save the others, and name them");
    return good && n_inputs <= 1;
}

void options_free(struct operands *operands, struct option_overrides *overrides)
{
    free(operands->item);
    for (size_t i = 0; overrides && i < overrides->n; i++) {
        union {
            const char *given;
            char *owned;
        } path = {overrides->item[i].path};

        free(path.owned);
    }
    if (overrides)
        free(overrides->item);
}
