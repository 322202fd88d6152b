/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantity.h - a number or its distribution, as written. */
#ifndef FOOTHOLD_QUANTITY_H
#define FOOTHOLD_QUANTITY_H
#include <stddef.h>
#include "sim/text/source.h"

enum quantity_form {
    QUANTITY_ABSENT,
    QUANTITY_NUMBER,         /* arg: the number */
    QUANTITY_PERT,           /* low, mode, high */
    QUANTITY_TRIANGULAR,     /* low, mode, high */
    QUANTITY_UNIFORM,        /* low, high; an ICD 203 phrase becomes the uniform over its band */
    QUANTITY_NORMAL,         /* mean, sd */
    QUANTITY_LOGNORMAL,      /* p05, p95 */
    QUANTITY_BETA,           /* mean, ess */
    QUANTITY_QUANTILES,      /* p05, p50, p95: a metalog, inside the bounds of its field */
    QUANTITY_FIVE_QUANTILES, /* p05, p25, p50, p75, p95: a metalog, inside the bounds of its field */
    QUANTITY_DISCRETE,       /* weight[i] on value part[i].arg[0] */
    QUANTITY_MIXTURE,        /* weight[i] on part[i] */
    QUANTITY_TRUNCATE,       /* part[0] given low <= x <= high */
    QUANTITY_CLAMP,          /* part[0], with the probability beyond low and high moved to low and high */
    QUANTITY_PARAMETER       /* the shared quantity parameters.NAME */
};

/* The basis of a number: source, tag, reason. All may be NULL; the tag is "stated", "reading" or "guess". */
struct note {
    const char *source, *tag, *because, *group;
};

struct quantity {
    enum quantity_form form;
    double arg[5];
    struct place arg_place[5];
    struct quantity *part;
    double *weight;
    struct place *weight_place;
    size_t n_parts;
    const char *parameter;
    const char *path; /* levers.debt_relief.chance */
    struct place place;
    struct note note;
};
#endif
