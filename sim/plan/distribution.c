/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/plan/distribution.h"
#include <assert.h>
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "sim/math/beta.h"
#include "sim/math/tables.h"
#include "sim/text/diag.h"
#include "sim/scenario/quantity.h"

/* The context of making a distribution: its memory, its diagnostics. */
struct maker {
    struct arena *arena;
    struct tables *tables;
    struct diag *diag;
    const char *path;     /* of the outermost quantity */
    struct bounds bounds; /* of quantiles */
};

/* One form of quantity. `check` examines the numbers alone, so that mistakes in nested parts are all reported in one pass. `make` runs
 * once all are valid: it sets low, high and the form's own fields; it may still fail (false, with a diagnostic). */
struct form {
    const char *argument[5];
    bool nests, weighs; /* has parts; its parts have weights */
    bool (*check)(const struct maker *m, const struct quantity *q);
    bool (*make)(const struct maker *m, const struct quantity *q, struct distribution *d);
    double (*quantile)(const struct distribution *d, double u);
    void (*quantiles)(const struct distribution *d, const double *u, double *x, size_t n); /* NULL: one by one */
    double (*cdf)(const struct distribution *d, double x);
    double (*cdf_below)(const struct distribution *d, double x); /* NULL: no atoms, so the same as cdf */
    /* The upper tail, precise where the cdf rounds to 1: P(X > x), P(X >= x) and inf{x : P(X > x) <= v}. */
    double (*upper)(const struct distribution *d, double x);      /* NULL: 1 - cdf is exact */
    double (*upper_from)(const struct distribution *d, double x); /* NULL: no atoms, so the same as upper */
    double (*upper_quantile)(const struct distribution *d, double v);
};

struct atom {
    double value;
    double upto;   /* P(X <= value); 1 in the last */
    double beyond; /* P(X > value); 0 in the last */
};

struct distribution {
    const struct form *form;
    double low, high;
    const struct distribution **part; /* without those of weight 0 */
    double *share;                    /* weights that sum to 1 */
    size_t n_parts;
    union {
        double mode;             /* triangular */
        const struct beta *beta; /* pert, beta: on (0, 1), stretched to (low, high) */
        struct {
            double mu, sigma; /* normal; lognormal: of the logarithm */
        };
        struct {
            double metalog[5]; /* Keelin's a1 to a5 */
            struct bounds bounds;
        };
        struct {
            struct atom *atom; /* discrete, values rising */
            size_t n_atoms;
        };
        struct {
            double below, beyond, mass; /* truncate: the base's probability below low, above high, and between */
            bool from_above;            /* mass is a difference of upper tails */
        };
    };
};

static double clamp_to(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* ---- bisection ---- */

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* An order-preserving numbering of the doubles; -0 and 0 share a number. */
static const uint64_t number_of_zero = (uint64_t)1 << 63;

static uint64_t number_of(double x)
{
    const uint64_t size = bits_of(x) & INT64_MAX;

    return signbit(x) ? number_of_zero - size : number_of_zero + size;
}

static double of_number(uint64_t number)
{
    const uint64_t bits = number < number_of_zero ? number_of_zero - number : number - number_of_zero;
    double x;

    memcpy(&x, &bits, sizeof x);
    return number < number_of_zero ? -x : x;
}

/* The number with the most trailing zero bits in (under, upto]. Example: in (5, 13] it is 8. */
static uint64_t roundest_between(uint64_t under, uint64_t upto)
{
    const int bit = 63 - __builtin_clzll(under ^ upto); /* the first in which they differ */

    return upto >> bit << bit;
}

/* The least double in [low, high] at which `reaches` holds, else high. It bisects the number of doubles, not their distance, so that 64
 * steps find 1e-300 as well as 0.5. The probes form one fixed binary tree over all doubles (each is the roundest number left); a
 * narrower [low, high] only skips the top of it. The answer is therefore monotone in the target even where rounding makes `reaches` not
 * quite monotone in x, and it is the same for any valid bracket. */
static double least_reaching(bool (*reaches)(const struct distribution *d, double x, double target),
                             const struct distribution *d, double target, double low, double high)
{
    uint64_t under = number_of(low) - 1, reached = number_of(high);

    while (reached - 1 > under) {
        const uint64_t middle = roundest_between(under, reached - 1);

        if (reaches(d, of_number(middle), target))
            reached = middle;
        else
            under = middle;
    }
    return of_number(reached);
}

/* ---- checks ---- */

static const char *path_of(const struct maker *m, const struct quantity *q)
{
    return q->path ? q->path : m->path;
}

/* The limit on numbers that users write: products of two such numbers must not overflow. */
static const double largest = 1e100;

static const struct form form_of[QUANTITY_PARAMETER + 1]; /* the table, at the end */

static bool is_usable(const struct maker *m, const struct quantity *q, struct place place, const char *name, double x)
{
    if (fabs(x) <= largest)
        return true;
    diag_error(m->diag, place, "write a number between -1e100 and 1e100", "%s: %s %g is not a usable number",
               path_of(m, q), name, x);
    return false;
}

/* Whether arg[i] < arg[j]. */
static bool is_below(const struct maker *m, const struct quantity *q, int i, int j)
{
    const char *const *name = form_of[q->form].argument;

    if (q->arg[i] < q->arg[j])
        return true;
    diag_error(m->diag, q->arg_place[i],
               q->arg[i] > q->arg[j] ? "write the smaller number first" : "write the number alone",
               "%s: %s %.10g is not below %s %.10g", path_of(m, q), name[i], q->arg[i], name[j], q->arg[j]);
    return false;
}

static bool is_positive(const struct maker *m, const struct quantity *q, int i, const char *hint)
{
    if (q->arg[i] > 0.0)
        return true;
    diag_error(m->diag, q->arg_place[i], hint, "%s: %s %.10g is not above 0", path_of(m, q),
               form_of[q->form].argument[i], q->arg[i]);
    return false;
}

/* Strictly between 0 and 1. */
static bool is_inside_unit(const struct maker *m, const struct quantity *q, int i, const char *hint)
{
    if (q->arg[i] > 0.0 && q->arg[i] < 1.0)
        return true;
    diag_error(m->diag, q->arg_place[i], hint, "%s: %s %.10g is not strictly between 0 and 1", path_of(m, q),
               form_of[q->form].argument[i], q->arg[i]);
    return false;
}

static bool low_below_high(const struct maker *m, const struct quantity *q)
{
    return is_below(m, q, 0, 1);
}

/* low <= mode <= high, not all the same */
static bool mode_is_amid(const struct maker *m, const struct quantity *q)
{
    const double low = q->arg[0], mode = q->arg[1], high = q->arg[2];
    bool ok = true;

    if (low == mode && mode == high) {
        diag_error(m->diag, q->arg_place[0], "write the number alone", "%s: low, mode and high are all %.10g",
                   path_of(m, q), mode);
        return false;
    }
    if (low > mode)
        ok = is_below(m, q, 0, 1);
    if (mode > high)
        ok = is_below(m, q, 1, 2) && ok;
    return ok;
}

/* ---- upper tails ---- */

static double upper_tail(const struct distribution *d, double x)
{
    return d->form->upper ? d->form->upper(d, x) : 1.0 - d->form->cdf(d, x);
}

static double upper_tail_from(const struct distribution *d, double x)
{
    if (d->form->upper_from)
        return d->form->upper_from(d, x);
    return d->form->upper ? d->form->upper(d, x) : 1.0 - d->form->cdf_below(d, x);
}

static double upper_quantile(const struct distribution *d, double v)
{
    return d->form->upper_quantile ? d->form->upper_quantile(d, v) : d->low; /* a constant */
}

/* ---- number ---- */

static bool number_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    (void)m;
    d->low = d->high = q->arg[0];
    return true;
}

static double number_quantile(const struct distribution *d, double u)
{
    (void)u;
    return d->low;
}

static double number_cdf(const struct distribution *d, double x)
{
    return x >= d->low ? 1.0 : 0.0;
}

static double number_cdf_below(const struct distribution *d, double x)
{
    return x > d->low ? 1.0 : 0.0;
}

/* ---- pert and beta ---- */

static double stretched_quantile(const struct distribution *d, double u)
{
    return clamp_to(d->low + (d->high - d->low) * beta_quantile(d->beta, u), d->low, d->high);
}

static void stretched_quantiles(const struct distribution *d, const double *u, double *x, size_t n)
{
    beta_quantiles(d->beta, u, x, n);
    for (size_t i = 0; i < n; i++)
        x[i] = clamp_to(d->low + (d->high - d->low) * x[i], d->low, d->high);
}

static double stretched_cdf(const struct distribution *d, double x)
{
    const double width = d->high - d->low;

    return beta_cdf(d->beta, (x - d->low) / width, (d->high - x) / width);
}

static double stretched_upper(const struct distribution *d, double x)
{
    const double width = d->high - d->low;

    return beta_upper(d->beta, (x - d->low) / width, (d->high - x) / width);
}

static double stretched_upper_quantile(const struct distribution *d, double v)
{
    return clamp_to(d->low + (d->high - d->low) * beta_upper_quantile(d->beta, v), d->low, d->high);
}

static bool pert_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    const double low = q->arg[0], mode = q->arg[1], high = q->arg[2];

    d->low = low;
    d->high = high;
    d->beta = tables_beta(m->tables, 1.0 + 4.0 * (mode - low) / (high - low), 1.0 + 4.0 * (high - mode) / (high - low));
    return true;
}

/* With a smaller shape a beta variate is 0 or 1 to within double precision, and its table would consist of NaN. */
static const double least_shape = 1e-300;

static bool beta_form_check(const struct maker *m, const struct quantity *q)
{
    const bool mean_ok = is_inside_unit(m, q, 0, "the mean of a beta distribution lies between 0 and 1");
    const bool ess_ok = is_positive(m, q, 1, "say how many observations the mean is worth");
    const double mean = q->arg[0], ess = q->arg[1];

    if (!mean_ok || !ess_ok)
        return false;
    if (mean * ess >= least_shape && (1.0 - mean) * ess >= least_shape)
        return true;
    diag_error(m->diag, q->arg_place[ess < least_shape ? 1 : 0],
               "write (\"discrete\", (0, 1 - mean), (1, mean)), its limit, or a larger ess",
               "%s: with mean %.10g and ess %.10g it would never lie between 0 and 1", path_of(m, q), mean, ess);
    return false;
}

static bool beta_form_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    const double mean = q->arg[0], ess = q->arg[1];

    d->low = 0.0;
    d->high = 1.0;
    d->beta = tables_beta(m->tables, mean * ess, (1.0 - mean) * ess);
    return true;
}

/* ---- triangular ---- */

static bool triangular_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    (void)m;
    d->low = q->arg[0];
    d->mode = q->arg[1];
    d->high = q->arg[2];
    return true;
}

static double triangular_quantile(const struct distribution *d, double u)
{
    const double width = d->high - d->low, rise = d->mode - d->low, fall = d->high - d->mode;

    if (u * width < rise)
        return fmin(d->low + sqrt(u * width * rise), d->mode);
    return fmax(d->high - sqrt((1.0 - u) * width * fall), d->mode);
}

static double triangular_cdf(const struct distribution *d, double x)
{
    const double width = d->high - d->low, from_low = x - d->low, to_high = d->high - x;

    if (from_low <= 0.0 || to_high <= 0.0)
        return from_low <= 0.0 ? 0.0 : 1.0;
    if (x < d->mode)
        return from_low / width * (from_low / (d->mode - d->low));
    return 1.0 - to_high / width * (to_high / (d->high - d->mode));
}

static double triangular_upper(const struct distribution *d, double x)
{
    const double width = d->high - d->low, to_high = d->high - x;

    if (x < d->mode || to_high <= 0.0)
        return to_high <= 0.0 ? 0.0 : 1.0 - triangular_cdf(d, x);
    return to_high / width * (to_high / (d->high - d->mode));
}

static double triangular_upper_quantile(const struct distribution *d, double v)
{
    const double width = d->high - d->low, fall = d->high - d->mode;

    if (v * width < fall)
        return fmax(d->high - sqrt(v * width * fall), d->mode);
    return triangular_quantile(d, 1.0 - v);
}

/* ---- uniform ---- */

static bool uniform_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    (void)m;
    d->low = q->arg[0];
    d->high = q->arg[1];
    return true;
}

static double uniform_quantile(const struct distribution *d, double u)
{
    return fmin(d->low + u * (d->high - d->low), d->high);
}

static double uniform_cdf(const struct distribution *d, double x)
{
    return clamp_to((x - d->low) / (d->high - d->low), 0.0, 1.0);
}

static double uniform_upper(const struct distribution *d, double x)
{
    return clamp_to((d->high - x) / (d->high - d->low), 0.0, 1.0);
}

static double uniform_upper_quantile(const struct distribution *d, double v)
{
    return fmax(d->high - v * (d->high - d->low), d->low);
}

/* ---- normal and lognormal ---- */

static bool normal_check(const struct maker *m, const struct quantity *q)
{
    return is_positive(m, q, 1, q->arg[1] == 0.0 ? "write the mean alone" : "a standard deviation is positive");
}

static bool normal_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    (void)m;
    d->low = -INFINITY;
    d->high = INFINITY;
    d->mu = q->arg[0];
    d->sigma = q->arg[1];
    return true;
}

static double normal_quantile(const struct distribution *d, double u)
{
    return d->mu + d->sigma * gsl_cdf_ugaussian_Pinv(u);
}

static double normal_cdf(const struct distribution *d, double x)
{
    return gsl_cdf_ugaussian_P((x - d->mu) / d->sigma);
}

static double normal_upper(const struct distribution *d, double x)
{
    return gsl_cdf_ugaussian_Q((x - d->mu) / d->sigma);
}

static double normal_upper_quantile(const struct distribution *d, double v)
{
    return d->mu + d->sigma * gsl_cdf_ugaussian_Qinv(v);
}

static bool lognormal_check(const struct maker *m, const struct quantity *q)
{
    const bool positive = is_positive(m, q, 0, "a lognormal quantity is positive: give its 5 % and 95 % quantiles");

    return is_below(m, q, 0, 1) && positive;
}

static bool lognormal_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    const double ln_p05 = log(q->arg[0]), ln_p95 = log(q->arg[1]);

    (void)m;
    d->low = 0.0;
    d->high = INFINITY;
    d->mu = (ln_p05 + ln_p95) / 2.0;
    d->sigma = (ln_p95 - ln_p05) / (2.0 * 1.6448536269514722); /* the standard normal's 95 % quantile */
    return true;
}

static double lognormal_quantile(const struct distribution *d, double u)
{
    return fmin(exp(normal_quantile(d, u)), DBL_MAX);
}

static double lognormal_cdf(const struct distribution *d, double x)
{
    return x > 0.0 ? normal_cdf(d, log(x)) : 0.0;
}

static double lognormal_upper(const struct distribution *d, double x)
{
    return x > 0.0 ? normal_upper(d, log(x)) : 1.0;
}

static double lognormal_upper_quantile(const struct distribution *d, double v)
{
    return fmin(exp(normal_upper_quantile(d, v)), DBL_MAX);
}

/* ---- quantiles: metalogs ----
 *
 * M(y) = a1 + a2 L + a3 (y - 1/2) L + a4 (y - 1/2) + a5 (y - 1/2)^2 with L = ln(y / (1 - y)): three terms through three
 * quantiles, five through five. In a field that is bounded M is not x but z = ln(x - low), or with an upper bound too
 * z = ln((x - low) / (high - x)), so that all of the distribution lies in the field and the quantiles are those written.
 * Keelin (2016), The metalog distributions. */

static const double level_of_three[] = {0.05, 0.5, 0.95}, level_of_five[] = {0.05, 0.25, 0.5, 0.75, 0.95};
static const double feasible_share = (1.0 - 1.66711 * (0.5 - 0.05)) / 2.0; /* of three, 0.05 being the outer level */

static double logit(double p)
{
    return log(p / (1.0 - p));
}

static double logistic(double z)
{
    return 1.0 / (1.0 + exp(-z));
}

static bool is_bounded_below(struct bounds bounds)
{
    return isfinite(bounds.low);
}

static bool is_bounded(struct bounds bounds)
{
    return isfinite(bounds.low) && isfinite(bounds.high);
}

static double into_bounds(struct bounds bounds, double z)
{
    if (is_bounded(bounds))
        return clamp_to(bounds.low + (bounds.high - bounds.low) * logistic(z), bounds.low, bounds.high);
    return is_bounded_below(bounds) ? fmin(bounds.low + exp(z), DBL_MAX) : z;
}

static double out_of_bounds(struct bounds bounds, double x)
{
    if (is_bounded(bounds))
        return logit((x - bounds.low) / (bounds.high - bounds.low));
    return is_bounded_below(bounds) ? log(x - bounds.low) : x;
}

static bool is_in_bounds(const struct maker *m, const struct quantity *q, int i)
{
    const double x = q->arg[i];

    if ((x > m->bounds.low && x < m->bounds.high) || !is_bounded_below(m->bounds))
        return true;
    if (is_bounded(m->bounds))
        diag_error(m->diag, q->arg_place[i], "quantiles lie inside what the field can be, not at its ends",
                   "%s: %s %.10g is not strictly between %.10g and %.10g", path_of(m, q), form_of[q->form].argument[i],
                   x, m->bounds.low, m->bounds.high);
    else
        diag_error(m->diag, q->arg_place[i], "quantiles lie inside what the field can be, not at its end",
                   "%s: %s %.10g is not above %.10g", path_of(m, q), form_of[q->form].argument[i], x, m->bounds.low);
    return false;
}

/* Whether the quantiles increase and lie inside the bounds. */
static bool quantiles_check(const struct maker *m, const struct quantity *q)
{
    const int n = q->form == QUANTITY_QUANTILES ? 3 : 5;
    bool ok = true;

    for (int i = 0; i < n; ++i)
        ok = is_in_bounds(m, q, i) && ok;
    for (int i = 1; i < n; ++i)
        ok = is_below(m, q, i - 1, i) && ok;
    return ok;
}

/* Three terms: M increases only if the median is at least feasible_share of the way from either outer quantile to the other. */
static bool three_are_feasible(const struct maker *m, const struct quantity *q, const double z[])
{
    const double margin = feasible_share * (z[2] - z[0]), least = z[0] + margin, most = z[2] - margin;

    if (z[1] > least && z[1] < most)
        return true;
    diag_error(m->diag, q->arg_place[1], "move the median to the middle, or use a mixture or another form",
               "%s: p50 %.10g is too near one end: with p05 %.10g and p95 %.10g it must lie between %.4g and %.4g",
               path_of(m, q), q->arg[1], q->arg[0], q->arg[2], into_bounds(m->bounds, least),
               into_bounds(m->bounds, most));
    return false;
}

static void three_terms(double a[], const double z[])
{
    const double outer = level_of_three[0], l95 = logit(1.0 - outer);

    a[0] = z[1];
    a[1] = (z[2] - z[0]) / (2.0 * l95);
    a[2] = (z[0] + z[2] - 2.0 * z[1]) / ((1.0 - 2.0 * outer) * l95);
}

/* Solve for the five coefficients. The levels are symmetric about 1/2, so sums of opposite quantiles contain only the even terms (a1, a3,
 * a5) and their differences only the odd ones (a2, a4): with a1 the median, two systems of two equations in two unknowns. */
static void five_terms(double a[], const double z[])
{
    const double c95 = level_of_five[4] - 0.5, c75 = level_of_five[3] - 0.5, l95 = logit(0.95), l75 = logit(0.75);
    const double even95 = (z[0] + z[4]) / 2.0 - z[2], even75 = (z[1] + z[3]) / 2.0 - z[2];
    const double odd95 = (z[4] - z[0]) / 2.0, odd75 = (z[3] - z[1]) / 2.0;
    const double even = c95 * l95 * c75 * c75 - c75 * l75 * c95 * c95, odd = l95 * c75 - l75 * c95;

    a[0] = z[2];
    a[1] = (odd95 * c75 - odd75 * c95) / odd;
    a[2] = (even95 * c75 * c75 - even75 * c95 * c95) / even;
    a[3] = (l95 * odd75 - l75 * odd95) / odd;
    a[4] = (c95 * l95 * even75 - c75 * l75 * even95) / even;
}

/* y (1 - y) M'(y), which has the sign of M' and stays finite: from a2 - a3 / 2 at y = 0 to a2 + a3 / 2 at y = 1. */
static double metalog_rise(const double a[], double l)
{
    const double y = logistic(l), share = y * logistic(-l), off = y - 0.5;

    return a[1] + a[2] * (off + l * share) + (a[3] + 2.0 * a[4] * off) * share;
}

/* Whether M increases everywhere, checked at every hundredth of L from -30 to 30; between two points metalog_rise can fall by no more
 * than half a step times its steepest slope. Otherwise *where is a y at which M does not increase. */
static bool is_increasing(const double a[], double *where)
{
    const double step = 0.01, most = 30.0;
    const double slack = 0.5 * step * (0.65 * fabs(a[2]) + 0.1 * fabs(a[3]) + 0.125 * fabs(a[4]));
    double least = INFINITY;

    *where = 0.5;
    for (int i = 0; i <= (int)(2.0 * most / step); ++i) {
        const double l = -most + i * step, rise = metalog_rise(a, l);

        if (rise < least) {
            least = rise;
            *where = logistic(l);
        }
    }
    return fmin(least - slack, a[1] - fabs(a[2]) / 2.0) > 0.0;
}

/* Five terms: feasibility has no closed form, so the slope is checked numerically. */
static bool five_are_feasible(const struct maker *m, const struct quantity *q, const double a[])
{
    double where;
    int i = 1;

    if (is_increasing(a, &where))
        return true;
    while (i < 4 && where > (level_of_five[i] + level_of_five[i + 1]) / 2.0)
        ++i;
    diag_error(m->diag, q->arg_place[i], "space them more evenly, or write p05, p50 and p95 alone, or a mixture",
               "%s: no metalog goes through these five: between them it would fall, near its %.2g %% quantile",
               path_of(m, q), 100.0 * where);
    return false;
}

static bool quantiles_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    const int n = q->form == QUANTITY_QUANTILES ? 3 : 5;
    double z[5] = {0.0}, a[5] = {0.0};

    d->bounds = m->bounds;
    d->low = is_bounded_below(m->bounds) ? m->bounds.low : -INFINITY;
    d->high = is_bounded(m->bounds) ? m->bounds.high : INFINITY;
    for (int i = 0; i < n; ++i)
        z[i] = out_of_bounds(m->bounds, q->arg[i]);
    if (n == 3)
        three_terms(a, z);
    else
        five_terms(a, z);
    memcpy(d->metalog, a, sizeof a);
    return n == 3 ? three_are_feasible(m, q, z) : five_are_feasible(m, q, a);
}

/* M at y = 1 - rest; both are passed since either may round to 1. */
static double metalog_at(const struct distribution *d, double y, double rest)
{
    const double *a = d->metalog;
    const double off = y < 0.5 ? y - 0.5 : 0.5 - rest;

    return into_bounds(d->bounds, a[0] + (a[1] + a[2] * off) * log(y / rest) + (a[3] + a[4] * off) * off);
}

static double metalog_quantile(const struct distribution *d, double u)
{
    return metalog_at(d, u, 1.0 - u);
}

static double metalog_upper_quantile(const struct distribution *d, double v)
{
    return metalog_at(d, 1.0 - v, v);
}

static bool metalog_reaches(const struct distribution *d, double u, double x)
{
    return metalog_quantile(d, u) >= x;
}

static bool metalog_upper_reaches(const struct distribution *d, double v, double x)
{
    return metalog_upper_quantile(d, v) <= x;
}

static double metalog_cdf(const struct distribution *d, double x)
{
    if (x <= d->low || x >= d->high)
        return x <= d->low ? 0.0 : 1.0;
    return least_reaching(metalog_reaches, d, x, DBL_MIN, 1.0);
}

static double metalog_upper(const struct distribution *d, double x)
{
    if (x <= d->low || x >= d->high)
        return x <= d->low ? 1.0 : 0.0;
    return least_reaching(metalog_upper_reaches, d, x, DBL_MIN, 1.0);
}

/* ---- discrete ---- */

static int compare_atoms(const void *left, const void *right)
{
    const double a = ((const struct atom *)left)->value, b = ((const struct atom *)right)->value;

    return (a > b) - (a < b);
}

/* Sort the values, merge equal ones, and sum weights from both ends, so that both tails are precise. */
static void gather_atoms(struct distribution *d)
{
    struct atom *last = d->atom;
    double sum = 0.0, weight = 0.0;

    qsort(d->atom, d->n_parts, sizeof *d->atom, compare_atoms);
    for (size_t i = 0; i < d->n_parts; ++i) {
        const struct atom next = d->atom[i];

        sum += next.upto;
        weight = i > 0 && next.value == last->value ? weight + next.upto : next.upto;
        last += i > 0 && next.value > last->value;
        *last = (struct atom){next.value, sum, weight};
    }
    last->upto = 1.0;
    sum = 0.0;
    for (struct atom *atom = last + 1; atom-- > d->atom;) {
        weight = atom->beyond;
        atom->beyond = sum;
        sum += weight;
    }
    d->n_atoms = (size_t)(last - d->atom) + 1;
    d->low = d->atom->value;
    d->high = last->value;
}

static bool discrete_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    bool ok = true;

    for (size_t i = 0; i < q->n_parts; ++i)
        if (q->part[i].form != QUANTITY_NUMBER) {
            diag_error(m->diag, q->part[i].place, "to weigh distributions, write a mixture",
                       "%s: a value of a discrete distribution is not a number", path_of(m, q));
            ok = false;
        }
    if (!ok)
        return false;
    d->atom = arena_new(m->arena, d->n_parts, sizeof *d->atom);
    for (size_t i = 0; i < d->n_parts; ++i)
        d->atom[i] = (struct atom){d->part[i]->low, d->share[i], 0.0};
    gather_atoms(d);
    return true;
}

static double discrete_quantile(const struct distribution *d, double u)
{
    size_t first = 0, last = d->n_atoms - 1;

    while (first < last) {
        const size_t middle = first + (last - first) / 2;

        if (d->atom[middle].upto >= u)
            last = middle;
        else
            first = middle + 1;
    }
    return d->atom[first].value;
}

static double discrete_cdf(const struct distribution *d, double x)
{
    double upto = 0.0;

    for (size_t i = 0; i < d->n_atoms && d->atom[i].value <= x; ++i)
        upto = d->atom[i].upto;
    return upto;
}

static double discrete_cdf_below(const struct distribution *d, double x)
{
    double upto = 0.0;

    for (size_t i = 0; i < d->n_atoms && d->atom[i].value < x; ++i)
        upto = d->atom[i].upto;
    return upto;
}

static double discrete_upper(const struct distribution *d, double x)
{
    double beyond = 1.0;

    for (size_t i = 0; i < d->n_atoms && d->atom[i].value <= x; ++i)
        beyond = d->atom[i].beyond;
    return beyond;
}

static double discrete_upper_from(const struct distribution *d, double x)
{
    double beyond = 1.0;

    for (size_t i = 0; i < d->n_atoms && d->atom[i].value < x; ++i)
        beyond = d->atom[i].beyond;
    return beyond;
}

static double discrete_upper_quantile(const struct distribution *d, double v)
{
    size_t i = 0;

    while (d->atom[i].beyond > v)
        ++i;
    return d->atom[i].value;
}

/* ---- mixture ---- */

static bool mixture_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    (void)m;
    (void)q;
    d->low = INFINITY;
    d->high = -INFINITY;
    for (size_t i = 0; i < d->n_parts; ++i) {
        d->low = fmin(d->low, d->part[i]->low);
        d->high = fmax(d->high, d->part[i]->high);
    }
    return true;
}

static double mixture_cdf(const struct distribution *d, double x)
{
    double sum = 0.0;

    for (size_t i = 0; i < d->n_parts; ++i)
        sum += d->share[i] * distribution_cdf(d->part[i], x);
    return x >= d->high ? 1.0 : fmin(sum, 1.0);
}

static double mixture_cdf_below(const struct distribution *d, double x)
{
    double sum = 0.0;

    for (size_t i = 0; i < d->n_parts; ++i)
        sum += d->share[i] * distribution_cdf_below(d->part[i], x);
    return x > d->high ? 1.0 : fmin(sum, 1.0);
}

static bool mixture_reaches(const struct distribution *d, double x, double u)
{
    return mixture_cdf(d, x) >= u;
}

/* Bound on the rounding error of a cdf. */
static const double waver = 0x1p-49;

/* A bracket of a mixture's quantile: its ends, and the cdf minus u at each. */
struct bracket {
    double end[2], miss[2];
    int moved; /* the end drawn in last; -1: none yet */
};

/* Move the end of the bracket on whose side x lies to x; false when x is so near the root that rounding hides the side. When the same end
 * stays twice its residual is reduced, which moves the next secant towards it: the Anderson-Bjorck variant of regula falsi (Anderson &
 * Bjorck 1973, BIT 13), which converges superlinearly where the plain one keeps an end for ever. */
static bool draw_in(struct bracket *at, double x, double miss)
{
    const int side = miss > 0.0;
    const double gain = 1.0 - miss / at->miss[side];

    if (fabs(miss) <= waver)
        return false;
    if (at->moved == side)
        at->miss[!side] *= gain > 0.0 ? gain : 0.5;
    at->end[side] = x;
    at->miss[side] = miss;
    at->moved = side;
    return true;
}

/* Shrink the bracket by regula falsi until both ends are only just distinguishable from the root. least_reaching then bisects inside it and
 * finds the same double as it would from the full range, with far fewer evaluations. */
static void narrow_bracket(struct bracket *at, const struct distribution *d, double u)
{
    double x_before = at->end[0], miss_before = at->miss[0];

    for (int step = 0; step < 16; ++step) {
        const double x = at->end[0] + (at->end[1] - at->end[0]) * (at->miss[0] / (at->miss[0] - at->miss[1]));
        const double miss = mixture_cdf(d, x) - u;

        if (!draw_in(at, x, miss)) {
            const double margin = 2.0 * waver * (x - x_before) / (miss - miss_before);
            const double below = fmax(x - margin, at->end[0]), above = fmin(x + margin, at->end[1]);

            draw_in(at, below, mixture_cdf(d, below) - u);
            draw_in(at, above, mixture_cdf(d, above) - u);
            return;
        }
        x_before = x;
        miss_before = miss;
    }
}

/* A mixture's quantile lies between the smallest and the largest of its parts' quantiles. */
static double mixture_quantile(const struct distribution *d, double u)
{
    struct bracket at = {.end = {INFINITY, -INFINITY}, .moved = -1};

    for (size_t i = 0; i < d->n_parts; ++i) {
        const double x = distribution_quantile(d->part[i], u);

        at.end[0] = fmin(at.end[0], x);
        at.end[1] = fmax(at.end[1], x);
    }
    for (int side = 0; side < 2; ++side)
        at.miss[side] = mixture_cdf(d, at.end[side]) - u;
    if (at.miss[0] > waver)
        return at.end[0];
    if (at.miss[0] < -waver && at.miss[1] > waver)
        narrow_bracket(&at, d, u);
    return at.end[0] < at.end[1] ? least_reaching(mixture_reaches, d, u, at.end[0], at.end[1]) : at.end[1];
}

static double mixture_upper(const struct distribution *d, double x)
{
    double sum = 0.0;

    for (size_t i = 0; i < d->n_parts; ++i)
        sum += d->share[i] * upper_tail(d->part[i], x);
    return x >= d->high ? 0.0 : fmin(sum, 1.0);
}

static double mixture_upper_from(const struct distribution *d, double x)
{
    double sum = 0.0;

    for (size_t i = 0; i < d->n_parts; ++i)
        sum += d->share[i] * upper_tail_from(d->part[i], x);
    return x > d->high ? 0.0 : fmin(sum, 1.0);
}

static bool mixture_upper_reaches(const struct distribution *d, double x, double v)
{
    return mixture_upper(d, x) <= v;
}

static double mixture_upper_quantile(const struct distribution *d, double v)
{
    double low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < d->n_parts; ++i) {
        const double x = upper_quantile(d->part[i], v);

        low = fmin(low, x);
        high = fmax(high, x);
    }
    return low < high ? least_reaching(mixture_upper_reaches, d, v, low, high) : high;
}

/* ---- truncate and clamp ----
 *
 * Of the base's probability a truncation keeps what lies from low to high. It is counted from the end of the support that
 * is nearer: above its median the cdf rounds to 1, while P(X > x) keeps its digits however far out x is. (Of the standard
 * normal between 6 and 9: 1 - cdf(6) has seven digits left, cdf(9) is 1; the upper tails are 9.866e-10 and 1.1e-19.) */

/* The smallest share that a truncation may keep of the probability from its far end to the tail it is counted from: a narrower cut would
 * consist of rounding errors. */
static const double least_share = 1e-9;
static const double least_side = 1e-290; /* below this probabilities lose digits */

static bool truncate_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    const struct distribution *base = d->part[0];
    double side; /* the probability from the end that it is counted from to the far end of the cut */

    d->low = fmax(q->arg[0], base->low);
    d->high = fmin(q->arg[1], base->high);
    d->below = distribution_cdf_below(base, d->low);
    d->beyond = upper_tail(base, d->high);
    d->from_above = d->below > 0.5;
    side = d->from_above ? upper_tail_from(base, d->low) : distribution_cdf(base, d->high);
    d->mass = side - (d->from_above ? d->beyond : d->below);
    if (d->low <= d->high && side >= least_side && d->mass >= least_share * side)
        return true;
    if (d->low > d->high || side <= 0.0)
        diag_error(m->diag, q->arg_place[0], "move low and high to where the quantity can lie",
                   "%s: nothing of the quantity is left between %.10g and %.10g", path_of(m, q), q->arg[0], q->arg[1]);
    else
        diag_error(m->diag, q->arg_place[0],
                   "move low and high to where the quantity lies, or write (\"uniform\", low, high)",
                   "%s: too little of the quantity is left between %.10g and %.10g: %.2g of it", path_of(m, q),
                   q->arg[0], q->arg[1], fmax(d->mass, 0.0));
    return false;
}

static double inside_unit(double u)
{
    return clamp_to(u, DBL_MIN, 1.0 - DBL_EPSILON / 2.0);
}

static double truncate_quantile(const struct distribution *d, double u)
{
    const struct distribution *base = d->part[0];
    const double x = d->from_above ? upper_quantile(base, inside_unit(d->beyond + (1.0 - u) * d->mass))
                                   : distribution_quantile(base, inside_unit(d->below + u * d->mass));

    return clamp_to(x, d->low, d->high);
}

static double truncate_upper_quantile(const struct distribution *d, double v)
{
    const struct distribution *base = d->part[0];
    const bool from_above = d->from_above || d->beyond + v * d->mass < 0.5;
    const double x = from_above ? upper_quantile(base, inside_unit(d->beyond + v * d->mass))
                                : distribution_quantile(base, inside_unit(d->below + (1.0 - v) * d->mass));

    return clamp_to(x, d->low, d->high);
}

/* The truncated cdf or upper tail, from the base distribution's two tails at the same x, of which the smaller one is precise. */
static double truncate_cdf_of(const struct distribution *d, double cdf, double beyond)
{
    if (d->from_above)
        return clamp_to(1.0 - (beyond - d->beyond) / d->mass, 0.0, 1.0);
    return clamp_to((cdf - d->below) / d->mass, 0.0, 1.0);
}

static double truncate_upper_of(const struct distribution *d, double cdf, double beyond)
{
    if (d->from_above || beyond < 0.5)
        return clamp_to((beyond - d->beyond) / d->mass, 0.0, 1.0);
    return 1.0 - truncate_cdf_of(d, cdf, beyond);
}

static double truncate_cdf(const struct distribution *d, double x)
{
    if (x < d->low || x >= d->high)
        return x < d->low ? 0.0 : 1.0;
    return truncate_cdf_of(d, distribution_cdf(d->part[0], x), d->from_above ? upper_tail(d->part[0], x) : 0.0);
}

static double truncate_cdf_below(const struct distribution *d, double x)
{
    if (x <= d->low || x > d->high)
        return x <= d->low ? 0.0 : 1.0;
    return truncate_cdf_of(d, distribution_cdf_below(d->part[0], x),
                           d->from_above ? upper_tail_from(d->part[0], x) : 0.0);
}

static double truncate_upper(const struct distribution *d, double x)
{
    if (x < d->low || x >= d->high)
        return x < d->low ? 1.0 : 0.0;
    return truncate_upper_of(d, distribution_cdf(d->part[0], x), upper_tail(d->part[0], x));
}

static double truncate_upper_from(const struct distribution *d, double x)
{
    if (x <= d->low || x > d->high)
        return x <= d->low ? 1.0 : 0.0;
    return truncate_upper_of(d, distribution_cdf_below(d->part[0], x), upper_tail_from(d->part[0], x));
}

static bool clamp_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    (void)m;
    d->low = clamp_to(d->part[0]->low, q->arg[0], q->arg[1]);
    d->high = clamp_to(d->part[0]->high, q->arg[0], q->arg[1]);
    return true;
}

static double clamp_quantile(const struct distribution *d, double u)
{
    return clamp_to(distribution_quantile(d->part[0], u), d->low, d->high);
}

static double clamp_cdf(const struct distribution *d, double x)
{
    if (x < d->low || x >= d->high)
        return x < d->low ? 0.0 : 1.0;
    return distribution_cdf(d->part[0], x);
}

static double clamp_cdf_below(const struct distribution *d, double x)
{
    if (x <= d->low || x > d->high)
        return x <= d->low ? 0.0 : 1.0;
    return distribution_cdf_below(d->part[0], x);
}

static double clamp_upper(const struct distribution *d, double x)
{
    if (x < d->low || x >= d->high)
        return x < d->low ? 1.0 : 0.0;
    return upper_tail(d->part[0], x);
}

static double clamp_upper_from(const struct distribution *d, double x)
{
    if (x <= d->low || x > d->high)
        return x <= d->low ? 1.0 : 0.0;
    return upper_tail_from(d->part[0], x);
}

static double clamp_upper_quantile(const struct distribution *d, double v)
{
    return clamp_to(upper_quantile(d->part[0], v), d->low, d->high);
}

/* ---- the forms ---- */

static const struct form form_of[QUANTITY_PARAMETER + 1] = {
    [QUANTITY_NUMBER] = {.argument = {"value"},
                         .make = number_make,
                         .quantile = number_quantile,
                         .cdf = number_cdf,
                         .cdf_below = number_cdf_below},
    [QUANTITY_PERT] = {.argument = {"low", "mode", "high"},
                       .check = mode_is_amid,
                       .make = pert_make,
                       .quantile = stretched_quantile,
                       .quantiles = stretched_quantiles,
                       .cdf = stretched_cdf,
                       .upper = stretched_upper,
                       .upper_quantile = stretched_upper_quantile},
    [QUANTITY_TRIANGULAR] = {.argument = {"low", "mode", "high"},
                             .check = mode_is_amid,
                             .make = triangular_make,
                             .quantile = triangular_quantile,
                             .cdf = triangular_cdf,
                             .upper = triangular_upper,
                             .upper_quantile = triangular_upper_quantile},
    [QUANTITY_UNIFORM] = {.argument = {"low", "high"},
                          .check = low_below_high,
                          .make = uniform_make,
                          .quantile = uniform_quantile,
                          .cdf = uniform_cdf,
                          .upper = uniform_upper,
                          .upper_quantile = uniform_upper_quantile},
    [QUANTITY_NORMAL] = {.argument = {"mean", "sd"},
                         .check = normal_check,
                         .make = normal_make,
                         .quantile = normal_quantile,
                         .cdf = normal_cdf,
                         .upper = normal_upper,
                         .upper_quantile = normal_upper_quantile},
    [QUANTITY_LOGNORMAL] = {.argument = {"p05", "p95"},
                            .check = lognormal_check,
                            .make = lognormal_make,
                            .quantile = lognormal_quantile,
                            .cdf = lognormal_cdf,
                            .upper = lognormal_upper,
                            .upper_quantile = lognormal_upper_quantile},
    [QUANTITY_BETA] = {.argument = {"mean", "ess"},
                       .check = beta_form_check,
                       .make = beta_form_make,
                       .quantile = stretched_quantile,
                       .quantiles = stretched_quantiles,
                       .cdf = stretched_cdf,
                       .upper = stretched_upper,
                       .upper_quantile = stretched_upper_quantile},
    [QUANTITY_QUANTILES] = {.argument = {"p05", "p50", "p95"},
                            .check = quantiles_check,
                            .make = quantiles_make,
                            .quantile = metalog_quantile,
                            .cdf = metalog_cdf,
                            .upper = metalog_upper,
                            .upper_quantile = metalog_upper_quantile},
    [QUANTITY_FIVE_QUANTILES] = {.argument = {"p05", "p25", "p50", "p75", "p95"},
                                 .check = quantiles_check,
                                 .make = quantiles_make,
                                 .quantile = metalog_quantile,
                                 .cdf = metalog_cdf,
                                 .upper = metalog_upper,
                                 .upper_quantile = metalog_upper_quantile},
    [QUANTITY_DISCRETE] = {.nests = true,
                           .weighs = true,
                           .make = discrete_make,
                           .quantile = discrete_quantile,
                           .cdf = discrete_cdf,
                           .cdf_below = discrete_cdf_below,
                           .upper = discrete_upper,
                           .upper_from = discrete_upper_from,
                           .upper_quantile = discrete_upper_quantile},
    [QUANTITY_MIXTURE] = {.nests = true,
                          .weighs = true,
                          .make = mixture_make,
                          .quantile = mixture_quantile,
                          .cdf = mixture_cdf,
                          .cdf_below = mixture_cdf_below,
                          .upper = mixture_upper,
                          .upper_from = mixture_upper_from,
                          .upper_quantile = mixture_upper_quantile},
    [QUANTITY_TRUNCATE] = {.argument = {"low", "high"},
                           .nests = true,
                           .check = low_below_high,
                           .make = truncate_make,
                           .quantile = truncate_quantile,
                           .cdf = truncate_cdf,
                           .cdf_below = truncate_cdf_below,
                           .upper = truncate_upper,
                           .upper_from = truncate_upper_from,
                           .upper_quantile = truncate_upper_quantile},
    [QUANTITY_CLAMP] = {.argument = {"low", "high"},
                        .nests = true,
                        .check = low_below_high,
                        .make = clamp_make,
                        .quantile = clamp_quantile,
                        .cdf = clamp_cdf,
                        .cdf_below = clamp_cdf_below,
                        .upper = clamp_upper,
                        .upper_from = clamp_upper_from,
                        .upper_quantile = clamp_upper_quantile},
};

/* ---- making ---- */

static bool numbers_fit(const struct maker *m, const struct quantity *q)
{
    const struct form *form = &form_of[q->form];
    bool ok = true;

    for (int i = 0; i < 5 && form->argument[i]; ++i)
        ok = is_usable(m, q, q->arg_place[i], form->argument[i], q->arg[i]) && ok;
    return ok && (!form->check || form->check(m, q));
}

static bool weights_fit(const struct maker *m, const struct quantity *q)
{
    double sum = 0.0;
    bool ok = true;

    for (size_t i = 0; i < q->n_parts; ++i) {
        sum += q->weight[i];
        if (q->weight[i] >= 0.0 && q->weight[i] <= largest)
            continue;
        diag_error(m->diag, q->weight_place[i], "a weight is a number from 0 up", "%s: weight %.10g is not usable",
                   path_of(m, q), q->weight[i]);
        ok = false;
    }
    if (!ok || sum > 0.0)
        return ok;
    diag_error(m->diag, q->place, "give at least one part a weight above 0",
               q->n_parts ? "%s: all weights are 0" : "%s: there are no parts", path_of(m, q));
    return false;
}

static struct distribution *make_any(const struct maker *m, const struct quantity *q);

/* Make the parts and their shares, except those of weight 0. */
static bool parts_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    const bool weighs = form_of[q->form].weighs;
    struct maker within = *m;
    bool ok = !weighs || weights_fit(m, q);
    double sum = 0.0;

    assert(weighs || q->n_parts == 1);
    if (!weighs &&
        !(m->bounds.low == 0.0 && m->bounds.high == 1.0)) /* a cut, and not of a probability: it sets the bounds */
        within.bounds = (struct bounds){-INFINITY, INFINITY};
    d->part = arena_new(m->arena, q->n_parts, sizeof *d->part);
    d->share = arena_new(m->arena, q->n_parts, sizeof *d->share);
    for (size_t i = 0; i < q->n_parts; ++i) {
        const double weight = weighs ? q->weight[i] : 1.0;
        const struct distribution *part = make_any(&within, &q->part[i]);

        ok = part && ok;
        if (weight == 0.0)
            continue;
        sum += weight;
        d->part[d->n_parts] = part;
        d->share[d->n_parts++] = weight;
    }
    for (size_t i = 0; i < d->n_parts; ++i)
        d->share[i] /= sum;
    return ok;
}

static struct distribution *make_any(const struct maker *m, const struct quantity *q)
{
    const struct form *form = &form_of[q->form];
    struct distribution *d;
    bool ok;

    if (q->form == QUANTITY_PARAMETER) {
        diag_error(m->diag, q->place, "write the parameter's own distribution here, or the parameter alone",
                   "%s: a shared parameter cannot stand inside a distribution", path_of(m, q));
        return NULL;
    }
    assert(form->make);
    d = arena_new(m->arena, 1, sizeof *d);
    d->form = form;
    ok = numbers_fit(m, q);
    if (form->nests)
        ok = parts_make(m, q, d) && ok;
    return ok && form->make(m, q, d) ? d : NULL;
}

struct distribution *distribution_make(struct arena *arena, struct tables *tables, const struct quantity *quantity,
                                       struct bounds bounds, struct diag *diag)
{
    const struct maker m = {arena, tables, diag, quantity->path, bounds};

    assert(quantity->form != QUANTITY_ABSENT && quantity->form != QUANTITY_PARAMETER);
    return make_any(&m, quantity);
}

/* ---- asking ---- */

double distribution_low(const struct distribution *d)
{
    return d->low;
}

double distribution_high(const struct distribution *d)
{
    return d->high;
}

bool distribution_is_constant(const struct distribution *d)
{
    return d->low == d->high;
}

double distribution_quantile(const struct distribution *d, double u)
{
    double x;

    assert(u > 0.0 && u < 1.0);
    x = d->form->quantile(d, u);
    assert(x >= d->low && x <= d->high); /* so not NaN */
    return x;
}

void distribution_quantiles(const struct distribution *d, const double *u, double *x, size_t n)
{
    if (!d->form->quantiles) {
        for (size_t i = 0; i < n; i++)
            x[i] = distribution_quantile(d, u[i]);
        return;
    }
    d->form->quantiles(d, u, x, n);
}

double distribution_cdf(const struct distribution *d, double x)
{
    return d->form->cdf(d, x);
}

double distribution_cdf_below(const struct distribution *d, double x)
{
    return d->form->cdf_below ? d->form->cdf_below(d, x) : d->form->cdf(d, x);
}
