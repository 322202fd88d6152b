/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/number.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { MAX_POWER = 27 }; /* 5^27 < 2^63 */

/* Slow but for any number: try 15, 16, 17 digits until they read back as the same. */
static void print_any(char text[NUMBER_SIZE], double x)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, NUMBER_SIZE, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
}

/* x = mantissa 2^exponent as N / 10^power, N rounded to nearest. False when 128 bits do not hold it, or when N would not
 * read back as x: it must lie within half a unit of the mantissa, which is 5^power / 2 in the units of the remainder, or
 * a quarter of one where x is a power of two and the units below are half as large. */
static bool decimal(uint64_t mantissa, int exponent, int power, uint64_t *n)
{
    static const uint64_t five[MAX_POWER + 1] = {1,
                                                 5,
                                                 25,
                                                 125,
                                                 625,
                                                 3125,
                                                 15625,
                                                 78125,
                                                 390625,
                                                 1953125,
                                                 9765625,
                                                 48828125,
                                                 244140625,
                                                 1220703125,
                                                 6103515625,
                                                 30517578125,
                                                 152587890625,
                                                 762939453125,
                                                 3814697265625,
                                                 19073486328125,
                                                 95367431640625,
                                                 476837158203125,
                                                 2384185791015625,
                                                 11920928955078125,
                                                 59604644775390625,
                                                 298023223876953125,
                                                 1490116119384765625,
                                                 7450580596923828125};
    const int shift = -(exponent + power);
    wide scaled, rounded, rest;

    if (power < 0 || power > MAX_POWER || shift < 1 || shift > 120)
        return false;
    scaled = (wide)mantissa * five[power];
    rounded = (scaled + ((wide)1 << (shift - 1))) >> shift;
    rest = scaled > rounded << shift ? scaled - (rounded << shift) : (rounded << shift) - scaled;
    *n = (uint64_t)rounded;
    return (mantissa == UINT64_C(1) << 52 ? 4 : 2) * rest < five[power];
}

enum { MAX_DIGITS = 20 };

/* The digits of n, two at a time, at the end of a text; returns where they begin. */
static size_t put_digits(char text[MAX_DIGITS], uint64_t n)
{
    static const char pair[] =
        "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
        "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    size_t at = MAX_DIGITS;

    for (; n >= 10; n /= 100) {
        at -= 2;
        memcpy(text + at, pair + n % 100 * 2, 2);
    }
    if (n)
        text[--at] = (char)('0' + n);
    return at;
}

/* n / 10^power without trailing zeros, n above 0. */
static void put_decimal(char *text, bool negative, uint64_t n, int power)
{
    char buffer[MAX_DIGITS], *digits;
    int size, whole;

    while (power > 0 && n % 10 == 0) {
        n /= 10;
        power--;
    }
    digits = buffer + put_digits(buffer, n);
    size = (int)(buffer + MAX_DIGITS - digits);
    whole = size - power; /* digits before the point; not above 0: as many zeros after it */
    if (negative)
        *text++ = '-';
    if (whole > 0) {
        memcpy(text, digits, (size_t)whole);
        text += whole;
        digits += whole;
        size -= whole;
    } else {
        *text++ = '0';
    }
    if (size)
        *text++ = '.';
    for (; whole < 0; whole++)
        *text++ = '0';
    memcpy(text, digits, (size_t)size);
    text[size] = '\0';
}

/* floor(log10 x) for 1e-4 <= x < 1e15 */
static int first_digit(double x)
{
    static const double power[] = {1e-3, 1e-2, 1e-1, 1e0,  1e1,  1e2,  1e3,  1e4,  1e5, 1e6,
                                   1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    int i = 0;

    while (x >= power[i])
        i++;
    return i - 4;
}

/* 15 to 17 digits in whole numbers, where x is of a common size. */
static bool print_common(char text[NUMBER_SIZE], double x)
{
    const double size = fabs(x);
    uint64_t bits, n;

    if (!(size >= 1e-4 && size < 1e15))
        return false;
    memcpy(&bits, &size, sizeof bits);
    for (int digits = 15, first = first_digit(size); digits <= 17; digits++)
        if (decimal((bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52, (int)(bits >> 52) - 1075,
                    digits - 1 - first, &n)) {
            put_decimal(text, x < 0.0, n, digits - 1 - first);
            return true;
        }
    return false;
}

const char *number_print(char text[NUMBER_SIZE], double x)
{
    if (isnan(x))
        return "NA";
    if (isinf(x))
        return x > 0.0 ? "Inf" : "-Inf";
    if (x == 0.0)
        return signbit(x) ? "-0" : "0";
    if (!print_common(text, x))
        print_any(text, x);
    return text;
}
