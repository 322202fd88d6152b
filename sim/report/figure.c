/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/figure.h"
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MOST_DECIMALS = 2, BLOCK_BYTES = 3 }; /* a block is three bytes of UTF-8 */

/* The place of the error's first digit is the last worth printing. */
static int decimals(double se)
{
    if (!(se > 0.0))
        return se == 0.0 ? 1 : 0;
    for (int places = 0; places < MOST_DECIMALS; places++)
        if (se >= 0.95 * pow(10.0, -places))
            return places;
    return MOST_DECIMALS;
}

/* However small the error, nobody reads hundredths of a percent but near 0 and 100. */
static int readable(int places, bool extreme)
{
    return places > 1 && !extreme ? 1 : places;
}

static const char *percent_to(struct arena *arena, double p, int places)
{
    const double unit = pow(10.0, -places), percent = 100.0 * p;

    if (isnan(p))
        return "-";
    if (p == 0.0 || p == 1.0)
        return p == 0.0 ? "0" : "100";
    if (percent < 0.5 * unit)
        return arena_print(arena, "<%.*f", places, unit);
    if (percent > 100.0 - 0.5 * unit)
        return arena_print(arena, ">%.*f", places, 100.0 - unit);
    return arena_print(arena, "%.*f", places, percent);
}

const char *figure_percent(struct arena *arena, double p, double se)
{
    return percent_to(arena, p, readable(decimals(100.0 * se), p < 0.01 || p > 0.99));
}

const char *figure_points(struct arena *arena, double difference, double se)
{
    const int places = readable(decimals(100.0 * se), fabs(difference) < 0.01);

    if (isnan(difference))
        return "-";
    if (fabs(100.0 * difference) < 0.5 * pow(10.0, -places))
        return "0";
    return arena_print(arena, "%+.*f", places, 100.0 * difference);
}

const char *figure_error(struct arena *arena, double se)
{
    const int places = decimals(100.0 * se);

    if (isnan(se))
        return "-";
    if (se == 0.0)
        return "0";
    return arena_print(arena, "%.*f", places, fmax(100.0 * se, pow(10.0, -places)));
}

/* Two digits of the width say all there is to say about input uncertainty. */
const char *figure_range(struct arena *arena, double low, double high, double se)
{
    const int places = decimals(100.0 * fmax(se, (high - low) / 10.0));

    return arena_print(arena, "%s to %s", percent_to(arena, low, places), percent_to(arena, high, places));
}

const char *figure_months(struct arena *arena, double months, double se)
{
    return isnan(months) ? "-" : arena_print(arena, "%.*f", se < 0.95 ? 1 : 0, months);
}

const char *figure_count(struct arena *arena, uint64_t n)
{
    char digit[24];
    const int length = snprintf(digit, sizeof digit, "%" PRIu64, n);
    char *text = arena_new(arena, 2 * sizeof digit, 1), *end = text;

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *end++ = ',';
        *end++ = digit[i];
    }
    return text;
}

const char *figure_band(struct arena *arena, int columns, double p, double low, double high)
{
    char *text = arena_new(arena, (size_t)columns * BLOCK_BYTES + 1, 1);

    for (int i = 0; i < columns; i++) {
        const double middle = (i + 0.5) / columns;
        const bool reached = middle <= p, banded = low <= middle && middle <= high;

        strcat(text, reached ? (banded ? "▓" : "█") : (banded ? "░" : "·"));
    }
    return text;
}

const char *figure_bar(struct arena *arena, int columns, double share)
{
    static const char *const eighth[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const double within = share > 0.0 ? fmin(share, 1.0) : 0.0; /* NAN: none */
    const int eighths = (int)lround(within * columns * 8.0);
    char *text = arena_new(arena, (size_t)(columns + 1) * BLOCK_BYTES + 1, 1);

    for (int i = 0; i < eighths / 8; i++)
        strcat(text, "█");
    return strcat(text, eighth[eighths % 8]);
}
