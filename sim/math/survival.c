/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/math/survival.h"
#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/system/memory.h"

__extension__ typedef unsigned __int128 wide;

/* ---- rates ---- */

/* The incomplete gamma and beta functions are implemented here: GSL's end the program where they do not converge, far out in a tail, and its
 * inversions fail for small shapes. These converge in about sqrt(shape) terms: 30,000 for ten million events. */
enum { MOST_TERMS = 1000000 };

/* x^a e^-x / Gamma(a + 1). For large a by Stirling's series about x = a, where the plain form would lose digits. */
static double gamma_term(double a, double x)
{
    const double u = (x - a) / a;

    if (a < 50.0)
        return exp(a * log(x) - x - lgamma(a + 1.0));
    return exp(-a * (u - log1p(u)) - 1.0 / (12.0 * a) + 1.0 / (360.0 * a * a * a)) / sqrt(2.0 * M_PI * a);
}

/* P(X <= x), or P(X > x) where `upper`, X ~ Gamma(a, 1): by the series below the mean (DLMF 8.11.4), by the continued fraction above
 * it (8.9.2), evaluated from the front (Lentz 1976). */
static double gamma_tail(double a, double x, bool upper)
{
    double sum = 1.0, term = 1.0, c, d, h;

    if (!(x > 0.0))
        return upper;
    if (x < a + 1.0) {
        for (int n = 1; n < MOST_TERMS && term > 1e-17 * sum; n++) {
            term *= x / (a + n);
            sum += term;
        }
        sum *= gamma_term(a, x);
        return upper ? 1.0 - sum : sum;
    }
    d = h = 1.0 / (x + 1.0 - a);
    c = INFINITY;
    for (int k = 1; k < MOST_TERMS; k++) {
        const double n = k, p = n * (a - n), q = x + 2.0 * n + 1.0 - a;

        d = 1.0 / (q + p * d);
        c = q + p / c;
        h *= c * d;
        if (fabs(c * d - 1.0) < 1e-16)
            break;
    }
    h *= a * gamma_term(a, x);
    return upper ? h : 1.0 - h;
}

/* The x with P(X <= x) = p, or with P(X > x) = p where `upper`, X ~ Gamma(shape, 1): by bisection on log x. */
static double gamma_quantile(double shape, double p, bool upper)
{
    double low = -700.0, high = log(shape + 40.0 * sqrt(shape) + 700.0);

    while (high - low > 2e-16 * fmax(fabs(low), 1.0)) {
        const double middle = 0.5 * (low + high);

        if (middle <= low || middle >= high)
            break;
        if ((gamma_tail(shape, exp(middle), upper) < p) != upper)
            low = middle;
        else
            high = middle;
    }
    return exp(0.5 * (low + high));
}

struct limits survival_rate_limits(double events, double exposure, double confidence)
{
    const double tail = 0.5 * (1.0 - confidence);

    return (struct limits){events > 0.0 ? gamma_quantile(events, tail, false) / exposure : 0.0,
                           gamma_quantile(events + 1.0, tail, true) / exposure};
}

double survival_rate_posterior(double events, double exposure, double p)
{
    return gamma_quantile(events + 0.5, p, false) / exposure;
}

/* P(X <= x), X ~ Beta(a, b), y = 1 - x: the continued fraction of DLMF 8.17.22, from the front, on the side where it converges. */
static double beta_below(double a, double b, double x, double y)
{
    double c = 1.0, d, h;

    if (!(x > 0.0) || !(y > 0.0))
        return x > 0.0;
    if (x > (a + 1.0) / (a + b + 2.0))
        return 1.0 - beta_below(b, a, y, x);
    d = h = 1.0 / (1.0 - (a + b) * x / (a + 1.0));
    for (int k = 1; k < MOST_TERMS; k++) {
        const double m = k, even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));

        d = 1.0 / (1.0 + even * d);
        c = 1.0 + even / c;
        h *= c * d;
        d = 1.0 / (1.0 + odd * d);
        c = 1.0 + odd / c;
        h *= c * d;
        if (fabs(c * d - 1.0) < 1e-16)
            break;
    }
    return h * exp(a * log(x) + b * log(y) + lgamma(a + b) - lgamma(a + 1.0) - lgamma(b));
}

/* The odds x / (1 - x) at which a beta distribution has probability p below x; by bisection on the log odds. */
static double beta_odds(double a, double b, double p)
{
    double low = -700.0, high = 700.0;

    for (int i = 0; i < 100; i++) {
        const double middle = 0.5 * (low + high);

        if (beta_below(a, b, 1.0 / (1.0 + exp(-middle)), 1.0 / (1.0 + exp(middle))) < p)
            low = middle;
        else
            high = middle;
    }
    return exp(0.5 * (low + high));
}

/* P(X <= k) of a binomial with n trials, by the beta distribution. */
static double binomial_below(double k, double n, double chance)
{
    return k < 0.0 ? 0.0 : k >= n ? 1.0 : 1.0 - beta_below(k + 1.0, n - k, chance, 1.0 - chance);
}

struct rate_ratio survival_rate_ratio(double events_a, double exposure_a, double events_b, double exposure_b,
                                      double confidence)
{
    const double tail = 0.5 * (1.0 - confidence), per_odds = exposure_b / exposure_a, n = events_a + events_b;
    const double chance = exposure_a / (exposure_a + exposure_b);
    struct rate_ratio out = {.ratio = events_a / events_b * per_odds, .low = 0.0, .high = INFINITY, .p = 1.0};
    double above, below;

    if (!(n > 0.0)) {
        out.ratio = NAN;
        return out;
    }
    if (events_a > 0.0)
        out.low = beta_odds(events_a, events_b + 1.0, tail) * per_odds;
    if (events_b > 0.0)
        out.high = beta_odds(events_a + 1.0, events_b, 1.0 - tail) * per_odds;
    below = binomial_below(events_a, n, chance);
    above = 1.0 - binomial_below(events_a - 1.0, n, chance);
    out.p = fmin(1.0, 2.0 * fmin(below, above));
    return out;
}

/* ---- spells ---- */

struct time_index {
    double time;
    int second; /* among equal times */
    size_t index;
};

static int compare_times(const void *a, const void *b)
{
    const struct time_index *x = a, *y = b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->second != y->second)
        return x->second < y->second ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static const size_t *sort_indices(struct arena *arena, struct time_index *work, size_t n)
{
    size_t *out = arena_new(arena, n, sizeof *out);

    qsort(work, n, sizeof *work, compare_times);
    for (size_t i = 0; i < n; i++)
        out[i] = work[i].index;
    return out;
}

void survival_sort(struct spells_sorted *out, struct arena *arena, const struct spell_row *row, size_t n,
                   size_t n_causes, size_t n_clusters)
{
    struct time_index *work = memory_new(n + !n, sizeof *work);

    *out = (struct spells_sorted){.row = row, .n = n, .n_causes = n_causes, .n_clusters = n_clusters};
    for (size_t i = 0; i < n; i++) {
        assert(row[i].entry < row[i].exit && row[i].cause <= n_causes && row[i].cluster < n_clusters);
        work[i] = (struct time_index){row[i].entry, 0, i};
    }
    out->by_entry = sort_indices(arena, work, n);
    for (size_t i = 0; i < n; i++)
        work[i] = (struct time_index){row[i].exit, row[i].cause == 0, i};
    out->by_exit = sort_indices(arena, work, n);
    free(work);
}

static double weight_of(const double *weight, const struct spell_row *row)
{
    return weight ? weight[row->cluster] : 1.0;
}

double survival_tally(const struct spells_sorted *spells, double from, double to, double *events)
{
    double exposure = 0.0;

    for (size_t k = 0; k < spells->n_causes; k++)
        events[k] = 0.0;
    for (size_t i = 0; i < spells->n; i++) {
        const struct spell_row *row = &spells->row[i];

        exposure += fmax(fmin(row->exit, to) - fmax(row->entry, from), 0.0);
        if (row->cause && row->exit > from && row->exit <= to)
            events[row->cause - 1]++;
    }
    return exposure;
}

/* A pass over the times of events in their order. At each: how many are at risk (entered before, not left before) and how many events
 * there are of each cause. */
struct sweep {
    const struct spells_sorted *spells;
    const double *weight;
    size_t entered, left; /* so many of by_entry and by_exit are dealt with */
    double time, at_risk;
};

/* The next time of an event; false when there is none. events: n_causes numbers. */
static bool sweep_next(struct sweep *it, double *events)
{
    const struct spells_sorted *spells = it->spells;
    const struct spell_row *row = spells->row;
    size_t i;

    /* rows that leave before the next event */
    for (i = it->left; i < spells->n && !row[spells->by_exit[i]].cause; i++)
        ;
    if (i == spells->n)
        return false;
    it->time = row[spells->by_exit[i]].exit;
    for (; it->entered < spells->n && row[spells->by_entry[it->entered]].entry < it->time; it->entered++)
        it->at_risk += weight_of(it->weight, &row[spells->by_entry[it->entered]]);
    for (; it->left < i; it->left++)
        it->at_risk -= weight_of(it->weight, &row[spells->by_exit[it->left]]);
    for (size_t k = 0; k < spells->n_causes; k++)
        events[k] = 0.0;
    for (; i < spells->n && row[spells->by_exit[i]].cause && row[spells->by_exit[i]].exit == it->time; i++)
        events[row[spells->by_exit[i]].cause - 1] += weight_of(it->weight, &row[spells->by_exit[i]]);
    return true;
}

/* The events of this time leave after it. */
static void sweep_leave(struct sweep *it)
{
    const struct spells_sorted *spells = it->spells;

    for (; it->left < spells->n; it->left++) {
        const struct spell_row *row = &spells->row[spells->by_exit[it->left]];

        if (!row->cause || row->exit != it->time)
            return;
        it->at_risk -= weight_of(it->weight, row);
    }
}

static size_t count_event_times(const struct spells_sorted *spells)
{
    double last = -INFINITY;
    size_t n = 0;

    for (size_t i = 0; i < spells->n; i++) {
        const struct spell_row *row = &spells->row[spells->by_exit[i]];

        n += row->cause && row->exit != last;
        last = row->cause ? row->exit : last;
    }
    return n;
}

/* One step of the covariance of p = (survival, incidences), (1 + K) x (1 + K), at hazards h_k = d_k / n:
 *   V <- (I + A)' V (I + A) + s^2 C,   A: survival loses sum h and incidence k gains h_k,
 * C the covariance of the multinomial with n trials, (diag(h) - h h') / n, filled up by survival's row so that all rows add up to 0.
 * s: survival before. */
static void step_covariance(double *v, size_t m, double s, const double *h, double total, double n, double *row)
{
    for (size_t i = 0; i < m; i++) { /* V (I + A): column 0 is spread over the others */
        const double from = v[i * m];

        v[i * m] = from * (1.0 - total);
        for (size_t k = 1; k < m; k++)
            v[i * m + k] += from * h[k - 1];
    }
    memcpy(row, v, m * sizeof *row);
    for (size_t j = 0; j < m; j++) { /* (I + A)' of that: row 0 is spread over the others */
        v[j] = row[j] * (1.0 - total);
        for (size_t k = 1; k < m; k++)
            v[k * m + j] += row[j] * h[k - 1];
    }
    for (size_t j = 0; j < m; j++)
        for (size_t k = 0; k < m; k++) {
            const double hj = j ? h[j - 1] : -total, hk = k ? h[k - 1] : -total;
            const double same = j && k ? (j == k ? h[j - 1] : 0.0) : !j && !k ? total : j ? -h[j - 1] : -h[k - 1];

            v[j * m + k] += s * s * (same - hj * hk) / n;
        }
}

void survival_curve(struct survival_curve *out, struct arena *arena, const struct spells_sorted *spells)
{
    const size_t n = count_event_times(spells), K = spells->n_causes, m = K + 1;
    double *v = memory_new(m * m + 2 * m, sizeof *v), *row = v + m * m, *h = row + m, s = 1.0;
    struct sweep sweep = {.spells = spells};

    *out = (struct survival_curve){.n = n, .n_causes = K};
    out->time = arena_new(arena, n, sizeof *out->time);
    out->at_risk = arena_new(arena, n, sizeof *out->at_risk);
    out->survival = arena_new(arena, n, sizeof *out->survival);
    out->survival_se = arena_new(arena, n, sizeof *out->survival_se);
    out->events = arena_new(arena, n * K, sizeof *out->events);
    out->incidence = arena_new(arena, n * K, sizeof *out->incidence);
    out->incidence_se = arena_new(arena, n * K, sizeof *out->incidence_se);
    for (size_t i = 0; i < n && sweep_next(&sweep, &out->events[i * K]); i++, sweep_leave(&sweep)) {
        double total = 0.0;

        for (size_t k = 0; k < K; k++) {
            h[k] = out->events[i * K + k] / sweep.at_risk;
            total += out->events[i * K + k];
        }
        total /= sweep.at_risk;
        step_covariance(v, m, s, h, total, sweep.at_risk, row);
        for (size_t k = 0; k < K; k++) {
            out->incidence[i * K + k] = (i ? out->incidence[(i - 1) * K + k] : 0.0) + s * h[k];
            out->incidence_se[i * K + k] = sqrt(fmax(v[(k + 1) * m + k + 1], 0.0));
        }
        s *= 1.0 - total;
        out->time[i] = sweep.time;
        out->at_risk[i] = sweep.at_risk;
        out->survival[i] = s;
        out->survival_se[i] = sqrt(fmax(v[0], 0.0));
    }
    out->last = spells->n ? spells->row[spells->by_exit[spells->n - 1]].exit : 0.0;
    free(v);
}

/* The number of event times at or before a time. */
static size_t steps_until(const struct survival_curve *curve, double time)
{
    size_t low = 0, high = curve->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (curve->time[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct survival_point survival_at(const struct survival_curve *curve, const struct spells_sorted *spells, double time,
                                  size_t cause)
{
    const size_t n = steps_until(curve, time), K = curve->n_causes;
    struct survival_point out = {.value = cause ? 0.0 : 1.0};

    for (size_t i = 0; i < spells->n; i++)
        out.at_risk += spells->row[i].entry < time && spells->row[i].exit >= time;
    if (time > curve->last && !(n && curve->survival[n - 1] <= 0.0)) {
        out.value = out.se = NAN;
    } else if (n) {
        out.value = cause ? curve->incidence[(n - 1) * K + cause - 1] : curve->survival[n - 1];
        out.se = cause ? curve->incidence_se[(n - 1) * K + cause - 1] : curve->survival_se[n - 1];
    }
    return out;
}

struct limits survival_limits(double p, double se, double confidence)
{
    const double z = gsl_cdf_ugaussian_Qinv(0.5 * (1.0 - confidence));
    double width;

    if (!(p > 0.0 && p < 1.0) || isnan(se))
        return (struct limits){NAN, NAN};
    width = z * se / (p * -log(p));
    return (struct limits){pow(p, exp(width)), pow(p, exp(-width))};
}

/* ---- robust standard errors ----
 *
 * The influence of row i on the hazard of cause k at a time t of events is (dN_ik - Y_i h_k) / n: what one more such row would change.
 * On the estimates it acts through products of (I + A), so that for survival
 *   u_i(t) = -S(t) sum over s <= t of (dN_i - Y_i h) / (n (1 - h)),
 * and for incidence k
 *   u_ik(t) = sum over s <= t of u_i(s-) h_k + S(s-) (dN_ik - Y_i h_k) / n.
 * Sums over the times at which a row is at risk are differences of sums over all times, kept for every time in `sums`: a row then
 * costs a few operations and not one for each time. */
struct influence_sums {
    const struct survival_curve *curve;
    double *c; /* sum of h / (n (1 - h)), at 0 ... n times */
    double *g; /* sum of S(s-) h_k / n: (n + 1) x K */
    double *m; /* sum of S(s-) c(s-) h_k */
};

static void sum_influences(struct influence_sums *sums, const struct survival_curve *curve)
{
    const size_t K = curve->n_causes;

    sums->curve = curve;
    sums->c = memory_new((curve->n + 1) * (1 + 2 * K), sizeof *sums->c);
    sums->g = sums->c + curve->n + 1;
    sums->m = sums->g + (curve->n + 1) * K;
    for (size_t i = 0; i < curve->n; i++) {
        const double n = curve->at_risk[i], s = i ? curve->survival[i - 1] : 1.0;
        double d = 0.0;

        for (size_t k = 0; k < K; k++) {
            const double h = curve->events[i * K + k] / n;

            d += curve->events[i * K + k];
            sums->g[(i + 1) * K + k] = sums->g[i * K + k] + s * h / n;
            sums->m[(i + 1) * K + k] = sums->m[i * K + k] + s * sums->c[i] * h;
        }
        /* once none survive nothing moves any more */
        sums->c[i + 1] = sums->c[i] + (d < n ? d / (n * (n - d)) : 0.0);
    }
}

static double incidence_after(const struct survival_curve *curve, size_t steps, size_t k)
{
    return steps ? curve->incidence[(steps - 1) * curve->n_causes + k] : 0.0;
}

/* Add the influence of a row on the estimates after so many steps to u, survival first. */
static void add_influence(double *u, const struct influence_sums *sums, const struct spell_row *row, size_t steps)
{
    const struct survival_curve *curve = sums->curve;
    const size_t K = curve->n_causes, a = steps_until(curve, row->entry), x = steps_until(curve, row->exit);
    const size_t b = x < steps ? x : steps;               /* at risk at steps a ... b - 1 */
    const bool event = row->cause && x <= steps && x > a; /* its event is at step x - 1 */
    const double s = x > 1 ? curve->survival[x - 2] : 1.0;
    double gone = 0.0; /* -u_i / S after its event: the influence on survival */

    if (b <= a)
        return;
    if (event) {
        double d = 0.0;

        for (size_t k = 0; k < K; k++)
            d += curve->events[(x - 1) * K + k];
        gone = d < curve->at_risk[x - 1] ? 1.0 / (curve->at_risk[x - 1] - d) : 0.0;
    }
    u[0] += steps ? curve->survival[steps - 1] * (sums->c[b] - sums->c[a] - gone) : 0.0;
    for (size_t k = 0; k < K; k++) {
        const double during = sums->m[b * K + k] - sums->m[a * K + k] -
                              sums->c[a] * (incidence_after(curve, b, k) - incidence_after(curve, a, k));
        const double after =
            (sums->c[b] - sums->c[a] - gone) * (incidence_after(curve, steps, k) - incidence_after(curve, b, k));
        const double own = event && row->cause == k + 1 ? s / curve->at_risk[x - 1] : 0.0;

        u[k + 1] += during + after + own - (sums->g[b * K + k] - sums->g[a * K + k]);
    }
}

void survival_robust(double *se, const struct survival_curve *curve, const struct spells_sorted *spells, double time)
{
    const size_t m = curve->n_causes + 1, steps = steps_until(curve, time);
    double *u = memory_new(spells->n_clusters * m + 1, sizeof *u);
    struct influence_sums sums;

    sum_influences(&sums, curve);
    for (size_t i = 0; i < spells->n; i++)
        add_influence(&u[spells->row[i].cluster * m], &sums, &spells->row[i], steps);
    for (size_t j = 0; j < m; j++) {
        se[j] = 0.0;
        for (size_t c = 0; c < spells->n_clusters; c++)
            se[j] += u[c * m + j] * u[c * m + j];
        se[j] = sqrt(se[j]);
    }
    free(sums.c);
    free(u);
}

void survival_weighted(double *out, const struct spells_sorted *spells, const double *weight, const double *time,
                       size_t n_times)
{
    const size_t K = spells->n_causes, m = K + 1;
    double *events = memory_new(K + m, sizeof *events), *p = events + K, last = 0.0;
    struct sweep sweep = {.spells = spells, .weight = weight};
    size_t done = 0;

    p[0] = 1.0;
    for (size_t i = 0; i < spells->n; i++)
        if (weight_of(weight, &spells->row[i]) > 0.0)
            last = fmax(last, spells->row[i].exit);
    while (done < n_times && sweep_next(&sweep, events)) {
        const double s = p[0], n = sweep.at_risk;
        double total = 0.0;

        for (; done < n_times && time[done] < sweep.time; done++)
            memcpy(&out[done * m], p, m * sizeof *p);
        for (size_t k = 0; k < K; k++)
            total += events[k];
        for (size_t k = 0; total > 0.0 && k < K; k++)
            p[k + 1] += s * events[k] / n;
        if (total > 0.0)
            p[0] = total < n ? s * (1.0 - total / n) : 0.0;
        sweep_leave(&sweep);
    }
    for (; done < n_times; done++)
        memcpy(&out[done * m], p, m * sizeof *p);
    for (size_t i = 0; i < n_times; i++) {
        const bool known = time[i] <= last || !(out[i * m] > 0.0);

        for (size_t j = 0; j < m && !known; j++)
            out[i * m + j] = NAN;
    }
    free(events);
}

/* ---- Weibull ----
 *
 * With a = log scale, k = exp(b) the shape and z = k (log t - a), the cumulative hazard is H = exp(z) and
 *   log L = sum over events of (b + z - log t) - sum over rows of (H(exit) - H(entry)).
 * For a given k the maximum over the scale is in closed form: scale^k = sum (exit^k - entry^k) / d. That leaves a one-dimensional profile
 * likelihood. With left truncation it can have several maxima, so it is scanned, and its derivative is bisected around the largest. */

struct weibull_sums {
    double events;
    double log_likelihood;
    double score_a, score_b; /* first derivatives */
    double i_aa, i_ab, i_bb; /* observed information */
    double *cluster;         /* scores by cluster, a and b in turn; may be NULL */
};

static void add_weibull(struct weibull_sums *sums, const struct spell_row *row, double a, double b)
{
    const double k = exp(b), t = log(row->exit), z = k * (t - a), H = exp(z), d = row->cause != 0;
    const double ze = row->entry > 0.0 ? k * (log(row->entry) - a) : 0.0, He = row->entry > 0.0 ? exp(ze) : 0.0;
    const double score_a = k * (H - He - d), score_b = d * (1.0 + z) - (z * H - ze * He);

    sums->events += d;
    sums->log_likelihood += d * (b + z - t) - (H - He);
    sums->score_a += score_a;
    sums->score_b += score_b;
    sums->i_aa += k * k * (H - He);
    sums->i_ab += k * d - k * (H * (1.0 + z) - He * (1.0 + ze));
    sums->i_bb += -d * z + (H * z * (1.0 + z) - He * ze * (1.0 + ze));
    if (sums->cluster) {
        sums->cluster[2 * row->cluster] += score_a;
        sums->cluster[2 * row->cluster + 1] += score_b;
    }
}

static double best_log_scale(const struct spells_sorted *spells, double b, double events)
{
    const double k = exp(b), top = log(spells->row[spells->by_exit[spells->n - 1]].exit);
    double sum = 0.0; /* of (t / top)^k, so that nothing overflows */

    for (size_t i = 0; i < spells->n; i++) {
        const struct spell_row *row = &spells->row[i];

        sum += exp(k * (log(row->exit) - top)) - (row->entry > 0.0 ? exp(k * (log(row->entry) - top)) : 0.0);
    }
    return top + log(sum / events) / k;
}

/* Everything at the best scale for a shape. */
static struct weibull_sums profile_shape(const struct spells_sorted *spells, double b, double events, double *a,
                                         double *cluster)
{
    struct weibull_sums sums = {.cluster = cluster};

    *a = best_log_scale(spells, b, events);
    for (size_t i = 0; i < spells->n; i++)
        add_weibull(&sums, &spells->row[i], *a, b);
    return sums;
}

enum { SCAN = 100 };
static const double lowest_b = -5.0, highest_b = 5.0; /* shapes from 0.007 to 148 */

/* The log shape of the largest profile likelihood; false: it lies at the end of the range, so there is none. */
static bool find_shape(const struct spells_sorted *spells, double events, double *b)
{
    double best = -INFINITY, low, high, a;
    int at = 0;

    for (int i = 0; i <= SCAN; i++) {
        const double here = lowest_b + (highest_b - lowest_b) * i / SCAN;
        const double value = profile_shape(spells, here, events, &a, NULL).log_likelihood;

        if (value > best) {
            best = value;
            at = i;
        }
    }
    if (at == 0 || at == SCAN)
        return false;
    low = lowest_b + (highest_b - lowest_b) * (at - 1) / SCAN;
    high = lowest_b + (highest_b - lowest_b) * (at + 1) / SCAN;
    for (int i = 0; i < 60; i++) {
        *b = 0.5 * (low + high);
        if (profile_shape(spells, *b, events, &a, NULL).score_b > 0.0)
            low = *b;
        else
            high = *b;
    }
    return true;
}

static struct limits log_limits(double log_value, double variance, double z)
{
    const double width = z * sqrt(variance);

    return (struct limits){exp(log_value - width), exp(log_value + width)};
}

struct weibull_fit survival_weibull(const struct spells_sorted *spells, double confidence)
{
    const double z = gsl_cdf_ugaussian_Qinv(0.5 * (1.0 - confidence));
    struct weibull_fit fit = {.found = false};
    double *cluster = memory_new(2 * spells->n_clusters + 2, sizeof *cluster), events = 0.0, a, b = 0.0;
    double v[3], m[3] = {0.0, 0.0, 0.0},
                 determinant; /* v: inverse information aa, ab, bb; m: squared scores by cluster */
    struct weibull_sums sums;

    for (size_t i = 0; i < spells->n; i++)
        events += spells->row[i].cause != 0;
    fit.found = events > 0.0 && find_shape(spells, events, &b);
    if (fit.found) {
        sums = profile_shape(spells, b, events, &a, cluster);
        determinant = sums.i_aa * sums.i_bb - sums.i_ab * sums.i_ab;
        fit.found = determinant > 0.0;
        v[0] = sums.i_bb / determinant;
        v[1] = -sums.i_ab / determinant;
        v[2] = sums.i_aa / determinant;
        for (size_t c = 0; c < spells->n_clusters; c++) {
            m[0] += cluster[2 * c] * cluster[2 * c];
            m[1] += cluster[2 * c] * cluster[2 * c + 1];
            m[2] += cluster[2 * c + 1] * cluster[2 * c + 1];
        }
        fit.shape = exp(b);
        fit.scale = exp(a);
        fit.log_likelihood = sums.log_likelihood;
        fit.scale_limits = log_limits(a, v[0], z);
        fit.shape_limits = log_limits(b, v[2], z);
        /* the sandwich: v m v */
        fit.scale_robust = log_limits(a, v[0] * v[0] * m[0] + 2.0 * v[0] * v[1] * m[1] + v[1] * v[1] * m[2], z);
        fit.shape_robust = log_limits(b, v[1] * v[1] * m[0] + 2.0 * v[1] * v[2] * m[1] + v[2] * v[2] * m[2], z);
    }
    free(cluster);
    return fit;
}

/* ---- bootstrap ---- */

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Of n sorted numbers, interpolated between neighbours (Hyndman & Fan 1996, type 7: R's default). */
static double quantile_of(const double *sorted, size_t n, double p)
{
    const double at = p * (double)(n - 1), below = floor(at);
    const size_t i = (size_t)below;

    return i + 1 < n ? sorted[i] + (at - below) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

void survival_bootstrap(struct limits *out, size_t n_statistics, survival_statistic *statistic, void *data,
                        size_t n_clusters, uint64_t n_replicates, double confidence, survival_draw *draw, void *context)
{
    double *weight = memory_new(n_clusters + n_statistics + 2, sizeof *weight), *one = weight + n_clusters + 1;
    double *all = memory_new(n_statistics * (size_t)n_replicates + 1, sizeof *all); /* a statistic after the other */
    const double tail = 0.5 * (1.0 - confidence);

    for (uint64_t r = 0; r < n_replicates; r++) {
        for (size_t c = 0; c < n_clusters; c++)
            weight[c] = 0.0;
        for (size_t c = 0; c < n_clusters; c++) /* n times the draw as a fraction of 1 */
            weight[(size_t)(((wide)draw(context, r, c) * n_clusters) >> 64)] += 1.0;
        statistic(data, weight, one);
        for (size_t s = 0; s < n_statistics; s++)
            all[s * n_replicates + r] = one[s];
    }
    for (size_t s = 0; s < n_statistics; s++) {
        double *value = &all[s * n_replicates];
        size_t n = 0;

        for (uint64_t r = 0; r < n_replicates; r++)
            if (!isnan(value[r]))
                value[n++] = value[r];
        qsort(value, n, sizeof *value, compare_doubles);
        out[s] = 2 * n < n_replicates || !n
                     ? (struct limits){NAN, NAN}
                     : (struct limits){quantile_of(value, n, tail), quantile_of(value, n, 1.0 - tail)};
    }
    free(all);
    free(weight);
}
