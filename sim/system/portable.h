/* SPDX-License-Identifier: GPL-3.0-or-later */
/* portable.h - exp and log that give the same bits with every compiler, instruction set and C library; and minima.
 *
 * C libraries choose an implementation by processor, so that counts could differ between machines. Plain polynomials, no tables, by
 * Estrin's scheme, whose terms are independent of each other; errors are below two units in the last place over the ranges used here. */
#ifndef FOOTHOLD_PORTABLE_H
#define FOOTHOLD_PORTABLE_H
#include <math.h>
#include <stdint.h>
#include <string.h>

/* For arguments that are not NaN; the C library's versions are not inlined. */
static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* Natural logarithm of a positive normal number. */
static inline double portable_log(double x)
{
    uint64_t bits, mantissa, exponent;
    double m, s, z, z2, z4, p, e;

    memcpy(&bits, &x, sizeof bits);
    /* x = 2^e m with m in [sqrt(1/2), sqrt(2)) */
    mantissa = bits - UINT64_C(0x3fe6a09e667f3bcd);
    exponent = (mantissa + (UINT64_C(1023) << 52)) >> 52 | UINT64_C(0x4330000000000000); /* 2^52 + 1023 + e */
    memcpy(&e, &exponent, sizeof e);
    e -= 4503599627371519.0;
    mantissa = (mantissa & UINT64_C(0xfffffffffffff)) + UINT64_C(0x3fe6a09e667f3bcd);
    memcpy(&m, &mantissa, sizeof m);
    /* log m = 2 atanh s, s = (m - 1) / (m + 1), |s| <= 0.1716 */
    s = (m - 1.0) / (m + 1.0);
    z = s * s;
    z2 = z * z;
    z4 = z2 * z2;
    p = ((1.0 / 3.0 + 1.0 / 5.0 * z) + (1.0 / 7.0 + 1.0 / 9.0 * z) * z2) +
        ((1.0 / 11.0 + 1.0 / 13.0 * z) + (1.0 / 15.0 + 1.0 / 17.0 * z) * z2) * z4 +
        (1.0 / 19.0 + 1.0 / 21.0 * z) * (z4 * z4);
    /* ln 2 in two parts, the first with trailing zeros so that e times it is exact */
    return e * 6.93147180369123816490e-01 + (2.0 * s + (2.0 * s * z * p + e * 1.90821492927058770002e-10));
}

/* e to the x; 0 and INFINITY beyond the range of doubles. */
static inline double portable_exp(double x)
{
    double k, r, r2, r4, p, scale;
    uint64_t bits;

    if (!(x > -708.0))
        return x != x ? x : 0.0;
    if (x > 709.0)
        return INFINITY;
    /* x = k ln 2 + r, |r| <= ln 2 / 2; adding and subtracting 1.5 * 2^52 rounds to nearest */
    k = x * 1.44269504088896338700 + 6755399441055744.0;
    k -= 6755399441055744.0;
    r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    r2 = r * r;
    r4 = r2 * r2;
    p = ((0.5 + 1.0 / 6.0 * r) + (1.0 / 24.0 + 1.0 / 120.0 * r) * r2) +
        ((1.0 / 720.0 + 1.0 / 5040.0 * r) + (1.0 / 40320.0 + 1.0 / 362880.0 * r) * r2) * r4 +
        ((1.0 / 3628800.0 + 1.0 / 39916800.0 * r) + (1.0 / 479001600.0 + 1.0 / 6227020800.0 * r) * r2) * (r4 * r4);
    p = p * r2 + r + 1.0;
    bits = (uint64_t)((int64_t)k + 1023) << 52;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}
#endif
