/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survival.h - incidence rates, survival and competing risks from partly observed spells.
 *
 * Independent of scenarios: spells are rows of a counting process, at risk on (entry, exit] of a clock, then an event of one of several
 * causes or none. Rows may begin late (left truncation) and end early (right censoring); rows of one cluster (a host, whose
 * spells resemble each other) are resampled together and counted together in robust limits. Time is in any one unit, and rates are
 * per that unit.
 *
 * Garwood (1936), Fiducial limits for the Poisson distribution, Biometrika 28; Clopper & Pearson (1934), Biometrika 26, and
 * Przyborowski & Wilenski (1940), Biometrika 31 (ratio of two rates); Jeffreys (1946), Proc. R. Soc. A 186; Kaplan & Meier (1958),
 * JASA 53; Greenwood (1926); Kalbfleisch & Prentice (1980), section 1.3 (log-log limits); Aalen & Johansen (1978), Scand. J. Stat. 5;
 * Andersen, Borgan, Gill & Keiding (1993), Statistical Models Based on Counting Processes, IV.4 (covariance); Therneau & Grambsch
 * (2000), Modeling Survival Data, and Lin & Wei (1989), JASA 84 (infinitesimal jackknife by cluster); Cameron, Gelbach & Miller
 * (2008), Rev. Econ. Stat. 90 (cluster bootstrap). */
#ifndef FOOTHOLD_SURVIVAL_H
#define FOOTHOLD_SURVIVAL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct limits {
    double low, high;
};

/* ---- rates ---- */

/* d events in an exposure: d / exposure with exact limits of that confidence (0.95): quantiles of gamma distributions, the
 * Poisson's chi-square limits. exposure > 0. */
struct limits survival_rate_limits(double events, double exposure, double confidence);

/* The posterior of a rate under Jeffreys' prior is Gamma(events + 1/2, exposure): its quantile at p, 0 < p < 1. */
double survival_rate_posterior(double events, double exposure, double p);

/* Ratio of two rates, a's over b's. Given the sum of events, a's are binomial with chance E_a r / (E_a r + E_b); exact limits on
 * that chance give those on r. `ratio` is INFINITY or NAN where b has no events; p is twice the smaller tail under r = 1. */
struct rate_ratio {
    double ratio, low, high, p;
};
struct rate_ratio survival_rate_ratio(double events_a, double exposure_a, double events_b, double exposure_b,
                                      double confidence);

/* ---- spells ---- */

struct spell_row {
    double entry, exit; /* 0 <= entry < exit */
    size_t cause;       /* 0: no event; else 1 to n_causes */
    size_t cluster;     /* below n_clusters */
};

/* Rows and the two orders in which they come under observation and leave it. Rows are borrowed. */
struct spells_sorted {
    const struct spell_row *row;
    size_t n, n_causes, n_clusters;
    const size_t *by_entry, *by_exit; /* indices; by_exit: events before what is censored at the same time */
};
void survival_sort(struct spells_sorted *out, struct arena *arena, const struct spell_row *row, size_t n,
                   size_t n_causes, size_t n_clusters);

/* Events of each cause and exposure between two times of the clock, from < t <= to (to may be INFINITY): the sufficient statistics
 * of a piecewise-constant hazard. events: n_causes numbers. Returns the exposure. */
double survival_tally(const struct spells_sorted *spells, double from, double to, double *events);

/* Kaplan-Meier and Aalen-Johansen estimates at each distinct time of an event, with the covariance of the multinomial (for survival:
 * Greenwood's formula). Incidences: n x n_causes, row by row. At every time survival and incidences add up to 1. */
struct survival_curve {
    size_t n, n_causes;
    double *time, *at_risk;
    double *events; /* n x n_causes */
    double *survival, *survival_se;
    double *incidence, *incidence_se; /* n x n_causes */
    double last;                      /* when the last row leaves observation: nothing is known beyond */
};
void survival_curve(struct survival_curve *out, struct arena *arena, const struct spells_sorted *spells);

/* The value of a curve at a time: cause 0 is survival. NAN beyond the last observation, unless none survive there. */
struct survival_point {
    double value, se;
    double at_risk; /* just before */
};
struct survival_point survival_at(const struct survival_curve *curve, const struct spells_sorted *spells, double time,
                                  size_t cause);

/* Limits of a probability on the scale log(-log p), within 0 and 1; NAN where p is 0 or 1 or se is not known. */
struct limits survival_limits(double p, double se, double confidence);

/* Robust standard errors, valid when rows of a cluster are correlated: the influence of each row on survival and on the
 * incidence of each cause at a time, summed within clusters, squared and summed. With one row a cluster, and none that begins late,
 * they equal those of survival_curve. se: 1 + n_causes numbers, survival first. */
void survival_robust(double *se, const struct survival_curve *curve, const struct spells_sorted *spells, double time);

/* The same estimates as survival_curve at n_times increasing times with a weight for each cluster: (1 + n_causes) numbers a time,
 * survival first; NAN beyond the last observation. scratch: 1 + n_causes numbers. */
void survival_weighted(double *out, const struct spells_sorted *spells, const double *weight, const double *time,
                       size_t n_times);

/* Weibull hazard (shape / scale) (t / scale)^(shape - 1) by maximum likelihood, with limits from the observed information on the log
 * scale, and from the sandwich by cluster. not found: no event, or the likelihood has no maximum (all events at one time). */
struct weibull_fit {
    bool found;
    double shape, scale, log_likelihood; /* of the density in the rows' unit of time */
    struct limits shape_limits, scale_limits, shape_robust, scale_robust;
};
struct weibull_fit survival_weibull(const struct spells_sorted *spells, double confidence);

/* ---- bootstrap ---- */

/* 64 random bits for the i-th draw of a replicate: a pure function of its arguments. */
typedef uint64_t survival_draw(void *context, uint64_t replicate, uint64_t i);

/* Statistics of data in which each cluster has a weight; n_statistics numbers, NAN where one is not defined. */
typedef void survival_statistic(void *data, const double *weight, double *out);

/* Clusters drawn with replacement, as many as there are, n_replicates times: percentile limits of each statistic over replicates in
 * which it is defined (NAN where fewer than half are). */
void survival_bootstrap(struct limits *out, size_t n_statistics, survival_statistic *statistic, void *data,
                        size_t n_clusters, uint64_t n_replicates, double confidence, survival_draw *draw,
                        void *context);
#endif
