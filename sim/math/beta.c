/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/math/beta.h"
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_log.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "sim/system/memory.h"
#include "sim/system/portable.h"

/* Method. Quantiles are needed for every draw, and inverting the incomplete beta function takes microseconds, so the quantile function is
 * tabulated once per pair of shapes and interpolated.
 *
 * The table has two halves: v = u below the median and v = 1 - u above it. Each half is divided into octaves of v ([1/4, 1/2), [1/8, 1/4)
 * ...) with equal steps in each, so that a step's number is given by the leading bits of v, and the tails are as fine as the middle.
 * Example: with 2 step bits, v = 0.375 = 1.5 x 2^-2 lies in the first octave, in its third step of four.
 *
 * In each step z is a quintic polynomial in the position t within the step, which matches value, slope and curvature at both ends. z is x;
 * where a shape is below 1, the logit of x, which stays smooth where x accumulates at 0 or 1. Steps are numbered in order of z through both
 * halves, so that the cdf can find its step from z.
 *
 * Invariants. (1) z increases with u: a step's quintic is used only if its Bezier points increase. (2) cdf and quantile are inverse to each
 * other, since both use the same polynomials. (3) The error in v is below v_error, checked inside every step. Where (1) or (3) fails, and
 * beyond the outermost nodes, GSL's cdf is used directly, and quantiles are found by bisection: correct, but far slower. */

enum { OCTAVES = 20, STEP_BITS = 3, STEPS = 1 << STEP_BITS, SIDE = OCTAVES * STEPS, CELLS = 256 };

static const double v_least = 0x1p-21; /* = 2^-(OCTAVES + 1) */
static const double v_error = 1e-8;    /* a step's quintic may miss v by no more */
static const uint64_t whole_step = (uint64_t)1 << (DBL_MANT_DIG - 1 - STEP_BITS); /* in the bits of v */

/* Everything that a quantile needs of a step, in one cache line. */
struct step {
    /* z = c0 + c1 t + ... + c5 t^5, t from 0 to 1 as v rises; c1 is NaN where it is not accurate. */
    double quintic[6];
    double least, most; /* z at its two ends */
};

struct beta {
    struct step step[2 * SIDE];
    double a, b, ln_beta;
    bool on_logit;
    double node[2 * SIDE + 1]; /* z where steps meet; node[SIDE] is the median */
    /* An index from z to nodes: their range in CELLS equal cells; per cell, the number of nodes in the cells before it. */
    uint16_t nodes_before[CELLS + 1];
    double first_cell, cells_per_z;
};

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double of_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static double clamp_to(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* ---- the distribution itself ---- */

/* x and 1 - x; both are kept since either may round to 1. */
struct split {
    double x, y;
};

/* Monotone in z, even in rounding. */
static double logistic(double z)
{
    return z < -40.0 ? exp(z) : 1.0 / (1.0 + exp(-z));
}

static struct split split_of(const struct beta *beta, double z)
{
    if (!beta->on_logit)
        return (struct split){z, 1.0 - z};
    return (struct split){logistic(z), logistic(-z)};
}

static double z_of(const struct beta *beta, struct split at)
{
    return beta->on_logit ? log(at.x / at.y) : at.x;
}

/* With both shapes this large GSL's continued fraction does not converge. The signed root of the deviance is then normal to within 1e-7; shapes
 * are reduced by 1/3, which makes the median exact to this order. */
static const double large_shape = 2e5;

static double large_shape_tail(double a, double b, double x, bool above)
{
    const double a3 = a - 1.0 / 3.0, b3 = b - 1.0 / 3.0, median = a3 / (a3 + b3), off = x - median;
    const double half_deviance =
        -a3 * gsl_sf_log_1plusx_mx(off / median) - b3 * gsl_sf_log_1plusx_mx(-off / (1.0 - median));
    const double deviance = isnan(half_deviance) ? INFINITY : 2.0 * fmax(half_deviance, 0.0); /* NaN: ln 0 */
    const double deviate = copysign(sqrt(deviance), off);

    return above ? gsl_cdf_ugaussian_Q(deviate) : gsl_cdf_ugaussian_P(deviate);
}

/* With one shape this large and the other one not, the distribution near the small end is a gamma distribution to within about a^2 / b; GSL's
 * fraction is wrong from about 1e50 on. */
static const double gamma_shape = 1e17;

/* P(X <= x), or P(X > x) where `above`, to full relative precision in both tails. */
static double exact_tail(const struct beta *beta, struct split at, bool above)
{
    if (at.x <= 0.0 || at.y <= 0.0)
        return (at.x <= 0.0) == above ? 1.0 : 0.0;
    if (beta->a > large_shape && beta->b > large_shape)
        return large_shape_tail(beta->a, beta->b, at.x, above);
    if (beta->b > gamma_shape)
        return above ? gsl_cdf_gamma_Q(at.x, beta->a, 1.0 / beta->b) : gsl_cdf_gamma_P(at.x, beta->a, 1.0 / beta->b);
    if (beta->a > gamma_shape)
        return above ? gsl_cdf_gamma_P(at.y, beta->b, 1.0 / beta->a) : gsl_cdf_gamma_Q(at.y, beta->b, 1.0 / beta->a);
    if (at.x > at.y)
        return above ? gsl_cdf_beta_P(at.y, beta->b, beta->a) : gsl_cdf_beta_Q(at.y, beta->b, beta->a);
    return above ? gsl_cdf_beta_Q(at.x, beta->a, beta->b) : gsl_cdf_beta_P(at.x, beta->a, beta->b);
}

static bool reaches_tail(const struct beta *beta, double x, double v, bool above)
{
    const double tail = exact_tail(beta, (struct split){x, 1.0 - x}, above);

    return above ? tail <= v : tail >= v;
}

/* The x of tail probability v, by bisection on the number of doubles, so that 1e-300 is found in as many steps as 0.5. The probes are always
 * from the same binary tree: quantiles are monotone even where rounding makes the cdf not quite monotone. */
static double solve_quantile(const struct beta *beta, double v, bool above)
{
    uint64_t under = 0, reached = bits_of(1.0);

    while (reached - under > 1) {
        const uint64_t middle = under + (reached - under) / 2;

        if (reaches_tail(beta, of_bits(middle), v, above))
            reached = middle;
        else
            under = middle;
    }
    return of_bits(reached);
}

static double solve_z(const struct beta *beta, double v, bool above)
{
    const double x = solve_quantile(beta, v, above);

    return z_of(beta, (struct split){x, 1.0 - x});
}

/* The density as a function of z, and the first and second derivative of its logarithm. */
struct density {
    double value, log_slope, log_bend;
};

static inline struct density density_on_logit(const struct beta *beta, double z)
{
    const struct split at = split_of(beta, z);
    const double ln_large = -log1p(exp(-fabs(z)));

    return (struct density){
        .value = exp(beta->a * (fmin(z, 0.0) + ln_large) + beta->b * (fmin(-z, 0.0) + ln_large) - beta->ln_beta),
        .log_slope = beta->a * at.y - beta->b * at.x,
        .log_bend = -(beta->a + beta->b) * at.x * at.y,
    };
}

static inline struct density density_on_x(const struct beta *beta, double x)
{
    const double a = beta->a - 1.0, b = beta->b - 1.0, y = 1.0 - x;

    return (struct density){
        .value = exp(a * log(x) + b * log1p(-x) - beta->ln_beta),
        .log_slope = a / x - b / y,
        .log_bend = -a / (x * x) - b / (y * y),
    };
}

static inline struct density density_at(const struct beta *beta, double z)
{
    return beta->on_logit ? density_on_logit(beta, z) : density_on_x(beta, z);
}

/* ---- the nodes ---- */

/* Step i of a half extends from v to v + width. */
struct strip {
    double v, width;
};

static struct strip strip_of(size_t i)
{
    const uint64_t bits = bits_of(v_least) + i * whole_step;
    const double octave = of_bits(bits >> (DBL_MANT_DIG - 1) << (DBL_MANT_DIG - 1));

    return (struct strip){of_bits(bits), octave / STEPS};
}

/* Index in node[] and step[] of node and step i of a half. */
static size_t node_place(size_t i, bool above)
{
    return above ? 2 * SIDE - i : i;
}

static size_t step_place(size_t i, bool above)
{
    return above ? 2 * SIDE - 1 - i : i;
}

/* The density's integral from z to z + dz by Gauss-Legendre quadrature with four points. */
static double mass_of(const struct beta *beta, double z, double dz)
{
    static const double off[] = {0.069431844202973712, 0.33000947820757187};
    static const double weight[] = {0.17392742256872693, 0.32607257743127307};
    double sum = 0.0;

    for (int i = 0; i < 2; ++i)
        sum += weight[i] * (density_at(beta, z + off[i] * dz).value + density_at(beta, z + (1.0 - off[i]) * dz).value);
    return sum * dz;
}

/* The change of z for a change du of the cdf, by the first three terms of the Taylor series of the quantile function. */
static double advance_by(struct density f, double du)
{
    const double first = du / f.value, g = f.log_slope;

    return first * (1.0 - first * (g / 2.0 - first * (2.0 * g * g - f.log_bend) / 6.0));
}

/* The median, by Newton's method from the mean; by bisection if it diverges. */
static double find_median(const struct beta *beta)
{
    double z = z_of(beta, (struct split){beta->a / (beta->a + beta->b), beta->b / (beta->a + beta->b)});

    for (int step = 0; step < 8; ++step) {
        const double gap = 0.5 - exact_tail(beta, split_of(beta, z), false);

        z += advance_by(density_at(beta, z), gap);
        if (isnan(z)) /* shapes so large that their density is a difference of infinities */
            break;
        if (fabs(gap) < 1e-5) /* the error left is of the order of its cube */
            return z;
    }
    return solve_z(beta, 0.5, false);
}

/* Compute the nodes of one half from the median outwards: each is predicted from the one before by the Taylor series, then corrected by the
 * difference between the step's width and the density's integral between the two. Nearly none needs a call of the exact cdf. */
static void fill_table(struct beta *beta, bool above, struct density density[])
{
    for (size_t i = SIDE; i-- > 0;) {
        const size_t from = node_place(i + 1, above), to = node_place(i, above);
        const double z = beta->node[from], du = above ? strip_of(i).width : -strip_of(i).width;
        const double dz = advance_by(density[from], du);
        const double left = du - mass_of(beta, z, dz);

        beta->node[to] = z + dz + advance_by(density_at(beta, z + dz), left);
        density[to] = density_at(beta, beta->node[to]);
    }
}

/* Errors of this march accumulate, so it is checked at the outermost node. If they are too large all nodes are solved for one by one. */
static void make_nodes(struct beta *beta, bool above, struct density density[])
{
    const size_t outermost = node_place(0, above);

    fill_table(beta, above, density);
    if (fabs(exact_tail(beta, split_of(beta, beta->node[outermost]), above) - v_least) <= v_error)
        return;
    for (size_t i = 0; i < SIDE; ++i) {
        const size_t place = node_place(i, above);

        beta->node[place] = solve_z(beta, strip_of(i).v, above);
        density[place] = density_at(beta, beta->node[place]);
    }
}

/* ---- the steps ---- */

/* c1 + c2 t + ... + c5 t^4, by Estrin's scheme, whose pairs are computed in parallel. */
static double chord_slope(const double c[6], double t)
{
    const double square = t * t;

    return (c[1] + t * c[2]) + square * ((c[3] + t * c[4]) + square * c[5]);
}

static double quintic_at(const double c[6], double t)
{
    return c[0] + t * chord_slope(c, t);
}

static double quintic_slope(const double c[6], double t)
{
    const double square = t * t;

    return (c[1] + 2.0 * t * c[2]) + square * ((3.0 * c[3] + 4.0 * t * c[4]) + square * 5.0 * c[5]);
}

/* The t at which the quintic equals z; rise: its increase over the step. The root of a parabola, improved by two Newton steps. */
static double quintic_inverse(const double c[6], double rise, double z)
{
    const double way = z - c[0], share = way / rise;
    double t = share + share * (1.0 - share) * (1.0 - c[1] / rise);

    for (int step = 0; step < 2; ++step)
        t -= (t * chord_slope(c, t) - way) / quintic_slope(c, t);
    return clamp_to(t, 0.0, 1.0);
}

/* A value with its first and second derivative in t. */
struct jet {
    double z, slope, bend;
};

static struct jet jet_of(double z, struct density f, double du)
{
    const double slope = du / f.value;

    return (struct jet){z, slope, -f.log_slope * slope * slope};
}

/* The quintic with given value, slope and curvature at both ends; false where it may not be monotone, that is, where its Bezier control points
 * do not increase. */
static bool make_quintic(double c[6], struct jet p, struct jet q)
{
    const double rise = q.z - p.z, sign = copysign(1.0, rise);
    const double amid = 5.0 * rise - 2.0 * (p.slope + q.slope) + 0.25 * (q.bend - p.bend);

    c[0] = p.z;
    c[1] = p.slope;
    c[2] = 0.5 * p.bend;
    c[3] = 10.0 * rise - 6.0 * p.slope - 4.0 * q.slope - 0.5 * (3.0 * p.bend - q.bend);
    c[4] = -15.0 * rise + 8.0 * p.slope + 7.0 * q.slope + 0.5 * (3.0 * p.bend - 2.0 * q.bend);
    c[5] = 6.0 * rise - 3.0 * (p.slope + q.slope) - 0.5 * (p.bend - q.bend);
    return sign * p.slope > 0.0 && sign * (p.slope + 0.25 * p.bend) >= 0.0 && sign * amid >= 0.0 &&
           sign * (q.slope - 0.25 * q.bend) >= 0.0 && sign * q.slope > 0.0;
}

/* Whether the quintic is accurate: its slope at t is compared with the density, and its inverse must lead back to t. The error in v is less
 * than a third of the error of the slope at a quarter and at three quarters of the step. */
static bool is_fit(const struct beta *beta, const double c[6], double rise, double du, double t)
{
    const double z = quintic_at(c, t), f = density_at(beta, z).value;

    return fabs(quintic_slope(c, t) * f - du) <= 3.0 * v_error && fabs(du * (quintic_inverse(c, rise, z) - t)) <= 1e-13;
}

static void make_step(struct beta *beta, size_t i, bool above, const struct density density[])
{
    const size_t outer = node_place(i, above), inner = node_place(i + 1, above);
    const double z0 = beta->node[outer], z1 = beta->node[inner];
    const double du = above ? -strip_of(i).width : strip_of(i).width;
    struct step *step = &beta->step[step_place(i, above)];
    double *c = step->quintic;

    step->least = above ? z1 : z0;
    step->most = above ? z0 : z1;
    if (!make_quintic(c, jet_of(z0, density[outer], du), jet_of(z1, density[inner], du)) ||
        !is_fit(beta, c, z1 - z0, du, 0.25) || !is_fit(beta, c, z1 - z0, du, 0.75))
        c[1] = NAN;
}

/* ---- finding the step of a z ---- */

/* With a tiny shape nodes can lie at infinity, and infinity minus itself is NaN: cells use the largest finite z instead. */
static double finite_z(double z)
{
    return clamp_to(z, -DBL_MAX / 4.0, DBL_MAX / 4.0);
}

static size_t cell_of(const struct beta *beta, double z)
{
    return (size_t)clamp_to((finite_z(z) - beta->first_cell) * beta->cells_per_z, 0.0, CELLS - 1);
}

static void make_cells(struct beta *beta)
{
    const double first = finite_z(beta->node[0]), last = finite_z(beta->node[2 * SIDE]);

    beta->first_cell = first;
    beta->cells_per_z = last > first ? fmin(CELLS / (last - first), DBL_MAX) : 0.0;
    for (size_t k = 0; k <= 2 * SIDE; ++k)
        ++beta->nodes_before[cell_of(beta, beta->node[k]) + 1];
    for (size_t cell = 0; cell < CELLS; ++cell)
        beta->nodes_before[cell + 1] = (uint16_t)(beta->nodes_before[cell + 1] + beta->nodes_before[cell]);
}

/* The last node at or below z, for z inside the table: it is in z's cell, or the last one of the cells before. */
static size_t step_of(const struct beta *beta, double z)
{
    const size_t cell = cell_of(beta, z), n = beta->nodes_before[cell];
    size_t at = n > 0 ? n - 1 : 0, beyond = beta->nodes_before[cell + 1];

    while (beyond - at > 1) {
        const size_t middle = at + (beyond - at) / 2;

        if (beta->node[middle] <= z)
            at = middle;
        else
            beyond = middle;
    }
    return at;
}

/* ---- construction and evaluation ---- */

struct beta *beta_make(struct arena *arena, double a, double b)
{
    struct beta *beta = arena_new_lines(arena, sizeof *beta);
    struct density density[2 * SIDE + 1]; /* at the nodes */

    beta->a = a;
    beta->b = b;
    beta->ln_beta = gsl_sf_lnbeta(a, b);
    beta->on_logit = a < 1.0 || b < 1.0;
    beta->node[SIDE] = find_median(beta);
    density[SIDE] = density_at(beta, beta->node[SIDE]);
    for (int above = 0; above < 2; ++above) {
        make_nodes(beta, above, density);
        for (size_t i = 0; i < SIDE; ++i)
            make_step(beta, i, above, density);
    }
    make_cells(beta);
    return beta;
}

/* By bisection, between the nodes on either side. Step -1 is everything beyond the table. */
static double solve_within(const struct beta *beta, double v, bool above, ptrdiff_t i)
{
    const double inner = split_of(beta, beta->node[node_place((size_t)(i + 1), above)]).x;
    const double edge = above ? 1.0 : 0.0;
    const double outer = i < 0 ? edge : split_of(beta, beta->node[node_place((size_t)i, above)]).x;

    return clamp_to(solve_quantile(beta, v, above), fmin(inner, outer), fmax(inner, outer));
}

/* The x with P(X <= x) = v, or from above P(X > x) = v; v at most 1/2. */
static inline double tail_quantile(const struct beta *beta, double v, bool above)
{
    const uint64_t past = bits_of(v) - bits_of(v_least);
    const struct step *step;
    size_t i;
    double z;

    if (v < v_least)
        return solve_within(beta, v, above, -1);
    i = past / whole_step;
    if (i == SIDE) /* v is 1/2 */
        return split_of(beta, beta->node[SIDE]).x;
    step = &beta->step[step_place(i, above)];
    z = quintic_at(step->quintic, (double)(int64_t)(past % whole_step) / (double)whole_step);
    if (isnan(z))
        return solve_within(beta, v, above, (ptrdiff_t)i);
    z = smaller(larger(z, step->least), step->most);
    return beta->on_logit ? logistic(z) : z;
}

static inline double table_quantile(const struct beta *beta, double u)
{
    return tail_quantile(beta, smaller(u, 1.0 - u), u >= 0.5); /* exact; no branch */
}

double beta_quantile(const struct beta *beta, double u)
{
    return table_quantile(beta, u);
}

double beta_upper_quantile(const struct beta *beta, double v)
{
    return tail_quantile(beta, smaller(v, 1.0 - v), v <= 0.5);
}

void beta_quantiles(const struct beta *beta, const double *u, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = table_quantile(beta, u[i]);
}

/* A probability by its smaller tail: P(X <= x) = v, or, from above, P(X > x) = v. */
struct tail {
    double v;
    bool above;
};

static struct tail tail_in_step(const struct beta *beta, struct split at, double z, size_t step)
{
    const bool above = step >= SIDE;
    const struct strip strip = strip_of(step_place(step, above));
    const double *c = beta->step[step].quintic, rise = beta->node[step + 1] - beta->node[step];
    double v;

    if (isnan(c[1]))
        v = clamp_to(exact_tail(beta, at, above), strip.v, strip.v + strip.width);
    else
        v = strip.v + strip.width * quintic_inverse(c, above ? -rise : rise, z);
    return (struct tail){v, above};
}

static struct tail tail_of(const struct beta *beta, double x, double y)
{
    const struct split at = {x, y};
    double z;

    if (x <= 0.0 || y <= 0.0)
        return (struct tail){0.0, x > 0.0};
    z = z_of(beta, at);
    if (z >= beta->node[0] && z < beta->node[2 * SIDE])
        return tail_in_step(beta, at, z, step_of(beta, z));
    /* GSL's 1 - P can round to less than 0 */
    return (struct tail){clamp_to(exact_tail(beta, at, z >= beta->node[0]), 0.0, v_least), z >= beta->node[0]};
}

double beta_cdf(const struct beta *beta, double x, double y)
{
    const struct tail tail = tail_of(beta, x, y);

    return tail.above ? 1.0 - tail.v : tail.v;
}

double beta_upper(const struct beta *beta, double x, double y)
{
    const struct tail tail = tail_of(beta, x, y);

    return tail.above ? tail.v : 1.0 - tail.v;
}
