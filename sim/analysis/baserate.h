/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baserate.h - base rates from survival data: how often spells end, by group, by cause and by time since their start.
 *
 * Times are in months and rates per month; reports convert to years. Limits are at 95 %, posteriors use Jeffreys' prior; bootstrap and
 * robust limits treat the rows of a host as one cluster. */
#ifndef FOOTHOLD_BASERATE_H
#define FOOTHOLD_BASERATE_H
#include "sim/math/survival.h"
#include "sim/scenario/spells.h"

struct baserate_settings {
    const double *
        grid; /* months at which hazards may change and survival is reported; increasing, n_grid of them, the first 0 or more */
    size_t n_grid;
    uint64_t n_replicates, seed; /* of the bootstrap */
};

struct baserate_rate {
    double from, to;               /* months on the clock; to: INFINITY in the last span */
    double events, exposure, rate; /* rate NAN where there is no exposure */
    struct limits limits, bootstrap;
    double p05, p50, p95; /* posterior */
};

struct baserate_point { /* a probability at a month of the grid */
    double month, at_risk, value, se;
    struct limits limits, robust, bootstrap;
};

struct baserate_group {
    const char *name;
    size_t n, n_hosts;
    struct baserate_rate *rate;   /* span by span, 1 + n_causes in each: all causes, then each. Span 0 is all time */
    struct baserate_point *point; /* month by month, 1 + n_causes in each: survival, then the incidence of each cause */
    struct spells_sorted spells;
    struct survival_curve curve;
    struct weibull_fit weibull;
    struct rate_ratio to_others; /* this group's rate over that of all others together; only where there are groups */
    struct rate_ratio to_reference; /* and over that of the group with the most exposure */
};

struct baserate {
    struct arena arena;
    const struct spells *spells;
    struct baserate_settings settings;
    size_t n_causes, n_spans, n_points; /* n_causes: 0 where there is only one, which "all" covers */
    struct baserate_group *group;       /* the first: all */
    size_t n_groups, reference;         /* reference: the index of a group; 0: none */
};

/* Spells are borrowed. Free with baserate_free. */
void baserate_estimate(struct baserate *it, const struct spells *spells, const struct baserate_settings *settings);
void baserate_free(struct baserate *it);

/* "all", or the cause's name; c from 0 to n_causes. */
const char *baserate_cause(const struct baserate *it, size_t c);

extern const double baserate_confidence;
#endif
