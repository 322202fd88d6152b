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

/* What a distribution is made with: where its memory and its mistakes go. */
struct maker {
    struct pool *pool;
    struct tables *tables;
    struct diag *diag;
    const char *path; /* of the outermost quantity */
    bool on_probability;
};

/* One way to write a quantity. `check` looks at the numbers alone, so that mistakes in nested parts are told
 * in the same go; `make` runs when all are sound, sets low, high and what the form needs, and may still
 * refuse (false, told). */
struct form {
    const char *argument[3];
    bool nests, weighs; /* has parts; its parts have weights */
    bool (*check)(const struct maker *m, const struct quantity *q);
    bool (*make)(const struct maker *m, const struct quantity *q, struct distribution *d);
    double (*quantile)(const struct distribution *d, double u);
    void (*quantiles)(const struct distribution *d, const double *u, double *x, size_t n); /* NULL: one by one */
    double (*cdf)(const struct distribution *d, double x);
    double (*cdf_below)(const struct distribution *d, double x); /* NULL: no atoms, so the same as cdf */
};

struct atom {
    double value;
    double upto; /* the weight of this value and all below it; at last 1 */
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
            double metalog[3]; /* Keelin's a1, a2, a3 */
            bool on_logit;
        };
        struct {
            struct atom *atom; /* discrete, values rising */
            size_t n_atoms;
        };
        struct {
            double below, mass; /* truncate: the base's probability below low, and between low and high */
        };
    };
};

static double between(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* ---- solving by halving ---- */

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* The doubles in rising order, numbered; -0 and 0 share a number. */
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

/* The roundest number, in binary, above `under` and up to `upto`. */
static uint64_t roundest(uint64_t under, uint64_t upto)
{
    const int bit = 63 - __builtin_clzll(under ^ upto); /* the first in which they differ */

    return upto >> bit << bit;
}

/* The least double in [low, high] at which `reaches` holds, else high. It halves the number of doubles, not
 * their distance, so 64 steps find 1e-300 as they find 0.5. Each step is at the roundest number left, so that low
 * and high only skip steps: even where rounding makes `reaches` waver, a larger target never gets a smaller answer. */
static double least_reaching(bool (*reaches)(const struct distribution *d, double x, double target),
                             const struct distribution *d, double target, double low, double high)
{
    uint64_t under = number_of(low) - 1, reached = number_of(high);

    while (reached - 1 > under) {
        const uint64_t middle = roundest(under, reached - 1);

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

/* So large, and no larger, that products of two such numbers do not overflow. */
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
    return between(d->low + (d->high - d->low) * beta_quantile(d->beta, u), d->low, d->high);
}

static void stretched_quantiles(const struct distribution *d, const double *u, double *x, size_t n)
{
    beta_quantiles(d->beta, u, x, n);
    for (size_t i = 0; i < n; i++)
        x[i] = between(d->low + (d->high - d->low) * x[i], d->low, d->high);
}

static double stretched_cdf(const struct distribution *d, double x)
{
    const double width = d->high - d->low;

    return beta_cdf(d->beta, (x - d->low) / width, (d->high - x) / width);
}

static bool pert_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    const double low = q->arg[0], mode = q->arg[1], high = q->arg[2];

    d->low = low;
    d->high = high;
    d->beta = tables_beta(m->tables, 1.0 + 4.0 * (mode - low) / (high - low), 1.0 + 4.0 * (high - mode) / (high - low));
    return true;
}

static bool beta_form_check(const struct maker *m, const struct quantity *q)
{
    const bool mean_ok = is_inside_unit(m, q, 0, "the mean of a beta distribution lies between 0 and 1");
    const bool ess_ok = is_positive(m, q, 1, "say how many observations the mean is worth");

    return mean_ok && ess_ok;
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
    return between((x - d->low) / (d->high - d->low), 0.0, 1.0);
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

/* ---- quantiles: the metalog of three terms ----
 *
 * M(y) = a1 + a2 L + a3 (y - 1/2) L with L = ln(y / (1 - y)), on a probability of the logit: Keelin (2016).
 */

static const double outer_level = 0.05;
static const double feasible_share = (1.0 - 1.66711 * (0.5 - 0.05)) / 2.0; /* at outer_level */

static double logit(double p)
{
    return log(p / (1.0 - p));
}

static double logistic(double z)
{
    return 1.0 / (1.0 + exp(-z));
}

/* The three quantiles, as logits on a probability. */
struct triplet {
    double p05, p50, p95;
};

static struct triplet triplet_of(const struct maker *m, const struct quantity *q)
{
    const double *p = q->arg;

    if (m->on_probability)
        return (struct triplet){logit(p[0]), logit(p[1]), logit(p[2])};
    return (struct triplet){p[0], p[1], p[2]};
}

/* M rises only when the median stands feasible_share of the way, or more, from either end. */
static bool is_feasible(const struct maker *m, const struct quantity *q)
{
    const struct triplet p = triplet_of(m, q);
    const double margin = feasible_share * (p.p95 - p.p05), least = p.p05 + margin, most = p.p95 - margin;

    if (p.p50 > least && p.p50 < most)
        return true;
    diag_error(m->diag, q->arg_place[1], "move the median to the middle, or use a mixture or another form",
               "%s: p50 %.10g is too near one end: with p05 %.10g and p95 %.10g it must lie between %.4g and %.4g",
               path_of(m, q), q->arg[1], q->arg[0], q->arg[2], m->on_probability ? logistic(least) : least,
               m->on_probability ? logistic(most) : most);
    return false;
}

static bool quantiles_check(const struct maker *m, const struct quantity *q)
{
    bool ok = true;

    for (int i = 0; m->on_probability && i < 3; ++i)
        ok = is_inside_unit(m, q, i, "quantiles of a probability lie strictly between 0 and 1") && ok;
    ok = is_below(m, q, 0, 1) && ok;
    ok = is_below(m, q, 1, 2) && ok;
    return ok && is_feasible(m, q);
}

static bool quantiles_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    const struct triplet p = triplet_of(m, q);
    const double l95 = logit(1.0 - outer_level);

    d->on_logit = m->on_probability;
    d->low = d->on_logit ? 0.0 : -INFINITY;
    d->high = d->on_logit ? 1.0 : INFINITY;
    d->metalog[0] = p.p50;
    d->metalog[1] = (p.p95 - p.p05) / (2.0 * l95);
    d->metalog[2] = (p.p05 + p.p95 - 2.0 * p.p50) / ((1.0 - 2.0 * outer_level) * l95);
    return true;
}

static double metalog_quantile(const struct distribution *d, double u)
{
    const double *a = d->metalog;
    const double m = a[0] + (a[1] + a[2] * (u - 0.5)) * logit(u);

    return d->on_logit ? logistic(m) : m;
}

static bool metalog_reaches(const struct distribution *d, double u, double x)
{
    return metalog_quantile(d, u) >= x;
}

static double metalog_cdf(const struct distribution *d, double x)
{
    if (x <= d->low || x >= d->high)
        return x <= d->low ? 0.0 : 1.0;
    return least_reaching(metalog_reaches, d, x, DBL_MIN, 1.0);
}

/* ---- discrete ---- */

static int compare_atoms(const void *left, const void *right)
{
    const double a = ((const struct atom *)left)->value, b = ((const struct atom *)right)->value;

    return (a > b) - (a < b);
}

/* Sorted, equal values as one, weights summed up. */
static void gather_atoms(struct distribution *d)
{
    struct atom *last = d->atom;
    double sum = 0.0;

    qsort(d->atom, d->n_parts, sizeof *d->atom, compare_atoms);
    for (size_t i = 0; i < d->n_parts; ++i) {
        const struct atom next = d->atom[i];

        sum += next.upto;
        last += i > 0 && next.value > last->value;
        *last = (struct atom){next.value, sum};
    }
    last->upto = 1.0;
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
    d->atom = pool_new(m->pool, d->n_parts, sizeof *d->atom);
    for (size_t i = 0; i < d->n_parts; ++i)
        d->atom[i] = (struct atom){d->part[i]->low, d->share[i]};
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

/* Rounding may make a cdf miss by so much, or less. */
static const double waver = 0x1p-49;

/* Where a mixture's quantile lies: its low end and its high end, and by how much the cdf misses u there. */
struct bracket {
    double end[2], miss[2];
    int moved; /* the end drawn in last; -1: none yet */
};

/* Draw in the end on whose side x is; false when x is so near that rounding hides the side. The miss at an end that
 * stays twice is lessened, so that the next chord comes nearer to it (Anderson & Bjorck 1973). */
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

/* Regula falsi, until both ends are just clearly off. least_reaching, which then asks between them only, finds the
 * very double that it would without. */
static void narrow(struct bracket *at, const struct distribution *d, double u)
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

/* It lies between the least and the greatest of the parts' quantiles. */
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
        narrow(&at, d, u);
    return at.end[0] < at.end[1] ? least_reaching(mixture_reaches, d, u, at.end[0], at.end[1]) : at.end[1];
}

/* ---- truncate and clamp ---- */

static const double least_mass = 1e-9; /* of its quantity that a truncation may keep */

static bool truncate_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    const struct distribution *base = d->part[0];

    d->low = fmax(q->arg[0], base->low);
    d->high = fmin(q->arg[1], base->high);
    d->below = distribution_cdf_below(base, d->low);
    d->mass = distribution_cdf(base, d->high) - d->below;
    if (d->mass >= least_mass)
        return true;
    diag_error(m->diag, q->arg_place[0], "move low and high to where the quantity can lie",
               "%s: nothing of the quantity is left between %.10g and %.10g", path_of(m, q), q->arg[0], q->arg[1]);
    return false;
}

static double truncate_quantile(const struct distribution *d, double u)
{
    const double u_base = between(d->below + u * d->mass, DBL_MIN, 1.0 - DBL_EPSILON / 2.0);

    return between(distribution_quantile(d->part[0], u_base), d->low, d->high);
}

static double truncate_cdf(const struct distribution *d, double x)
{
    return x >= d->high ? 1.0 : between((distribution_cdf(d->part[0], x) - d->below) / d->mass, 0.0, 1.0);
}

static double truncate_cdf_below(const struct distribution *d, double x)
{
    return x > d->high ? 1.0 : between((distribution_cdf_below(d->part[0], x) - d->below) / d->mass, 0.0, 1.0);
}

static bool clamp_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    (void)m;
    d->low = between(d->part[0]->low, q->arg[0], q->arg[1]);
    d->high = between(d->part[0]->high, q->arg[0], q->arg[1]);
    return true;
}

static double clamp_quantile(const struct distribution *d, double u)
{
    return between(distribution_quantile(d->part[0], u), d->low, d->high);
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
                       .cdf = stretched_cdf},
    [QUANTITY_TRIANGULAR] = {.argument = {"low", "mode", "high"},
                             .check = mode_is_amid,
                             .make = triangular_make,
                             .quantile = triangular_quantile,
                             .cdf = triangular_cdf},
    [QUANTITY_UNIFORM] = {.argument = {"low", "high"},
                          .check = low_below_high,
                          .make = uniform_make,
                          .quantile = uniform_quantile,
                          .cdf = uniform_cdf},
    [QUANTITY_NORMAL] = {.argument = {"mean", "sd"},
                         .check = normal_check,
                         .make = normal_make,
                         .quantile = normal_quantile,
                         .cdf = normal_cdf},
    [QUANTITY_LOGNORMAL] = {.argument = {"p05", "p95"},
                            .check = lognormal_check,
                            .make = lognormal_make,
                            .quantile = lognormal_quantile,
                            .cdf = lognormal_cdf},
    [QUANTITY_BETA] = {.argument = {"mean", "ess"},
                       .check = beta_form_check,
                       .make = beta_form_make,
                       .quantile = stretched_quantile,
                       .quantiles = stretched_quantiles,
                       .cdf = stretched_cdf},
    [QUANTITY_QUANTILES] = {.argument = {"p05", "p50", "p95"},
                            .check = quantiles_check,
                            .make = quantiles_make,
                            .quantile = metalog_quantile,
                            .cdf = metalog_cdf},
    [QUANTITY_DISCRETE] = {.nests = true,
                           .weighs = true,
                           .make = discrete_make,
                           .quantile = discrete_quantile,
                           .cdf = discrete_cdf,
                           .cdf_below = discrete_cdf_below},
    [QUANTITY_MIXTURE] = {.nests = true,
                          .weighs = true,
                          .make = mixture_make,
                          .quantile = mixture_quantile,
                          .cdf = mixture_cdf,
                          .cdf_below = mixture_cdf_below},
    [QUANTITY_TRUNCATE] = {.argument = {"low", "high"},
                           .nests = true,
                           .check = low_below_high,
                           .make = truncate_make,
                           .quantile = truncate_quantile,
                           .cdf = truncate_cdf,
                           .cdf_below = truncate_cdf_below},
    [QUANTITY_CLAMP] = {.argument = {"low", "high"},
                        .nests = true,
                        .check = low_below_high,
                        .make = clamp_make,
                        .quantile = clamp_quantile,
                        .cdf = clamp_cdf,
                        .cdf_below = clamp_cdf_below},
};

/* ---- making ---- */

static bool numbers_fit(const struct maker *m, const struct quantity *q)
{
    const struct form *form = &form_of[q->form];
    bool ok = true;

    for (int i = 0; i < 3 && form->argument[i]; ++i)
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

/* The parts, and their shares, but those of weight 0. */
static bool parts_make(const struct maker *m, const struct quantity *q, struct distribution *d)
{
    const bool weighs = form_of[q->form].weighs;
    bool ok = !weighs || weights_fit(m, q);
    double sum = 0.0;

    assert(weighs || q->n_parts == 1);
    d->part = pool_new(m->pool, q->n_parts, sizeof *d->part);
    d->share = pool_new(m->pool, q->n_parts, sizeof *d->share);
    for (size_t i = 0; i < q->n_parts; ++i) {
        const double weight = weighs ? q->weight[i] : 1.0;
        const struct distribution *part = make_any(m, &q->part[i]);

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
    d = pool_new(m->pool, 1, sizeof *d);
    d->form = form;
    ok = numbers_fit(m, q);
    if (form->nests)
        ok = parts_make(m, q, d) && ok;
    return ok && form->make(m, q, d) ? d : NULL;
}

struct distribution *distribution_make(struct pool *pool, struct tables *tables, const struct quantity *quantity,
                                       bool on_probability, struct diag *diag)
{
    const struct maker m = {pool, tables, diag, quantity->path, on_probability};

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
