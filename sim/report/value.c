/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value.c - values and phrases as text, the same for every renderer. */
#include "sim/report/value.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "sim/report/figure.h"

struct value value_text(const char *text)
{
    return (struct value){.kind = VALUE_TEXT, .text = text};
}

struct value value_percent(double p, double se)
{
    return (struct value){.kind = VALUE_PERCENT, .number = p, .se = se};
}

struct value value_points(double difference, double se)
{
    return (struct value){.kind = VALUE_POINTS, .number = difference, .se = se};
}

struct value value_error(double se)
{
    return (struct value){.kind = VALUE_ERROR, .se = se};
}

struct value value_range(double low, double high, double se)
{
    return (struct value){.kind = VALUE_RANGE, .low = low, .high = high, .range_se = se};
}

struct value value_points_range(double low, double high, double se)
{
    return (struct value){.kind = VALUE_POINTS_RANGE, .low = low, .high = high, .range_se = se};
}

struct value value_ratio(double ratio)
{
    return (struct value){.kind = VALUE_RATIO, .number = ratio};
}

struct value value_times(double times)
{
    return (struct value){.kind = VALUE_TIMES, .number = times};
}

struct value value_input(double x)
{
    return (struct value){.kind = VALUE_INPUT, .number = x};
}

struct value value_months(double months, double se, double horizon)
{
    return (struct value){.kind = VALUE_MONTHS, .number = months, .se = se, .high = horizon};
}

struct value value_count(uint64_t n)
{
    return (struct value){.kind = VALUE_COUNT, .count = n};
}

struct value value_index(uint64_t i)
{
    return (struct value){.kind = VALUE_INDEX, .count = i};
}

struct value value_number(double x)
{
    return (struct value){.kind = VALUE_NUMBER, .number = x};
}

struct value value_hazard_ratio(double x)
{
    return (struct value){.kind = VALUE_HAZARD_RATIO, .number = x};
}

struct value value_score(double x)
{
    return (struct value){.kind = VALUE_SCORE, .number = x};
}

struct value value_seconds(double x)
{
    return (struct value){.kind = VALUE_SECONDS, .number = x};
}

struct value value_bar(double share)
{
    return (struct value){.kind = VALUE_BAR, .number = share};
}

struct value value_link(const char *text, const char *path)
{
    return path ? (struct value){.kind = VALUE_LINK, .text = text, .path = path} : (struct value){0};
}

struct value value_styled(struct value value, enum style style)
{
    value.style = style;
    return value;
}

static const char *print_number(struct arena *arena, const struct value *value)
{
    switch (value->kind) {
    case VALUE_TEXT:
    case VALUE_LINK:
        return value->text;
    case VALUE_PHRASE:
        return phrase_print(arena, value->phrase, NULL);
    case VALUE_PERCENT:
        return figure_percent(arena, value->number, value->se);
    case VALUE_POINTS:
        return figure_points(arena, value->number, value->se);
    case VALUE_ERROR:
        return figure_error(arena, value->se);
    case VALUE_RANGE:
        return figure_range(arena, value->low, value->high, value->range_se);
    case VALUE_POINTS_RANGE:
        return arena_print(arena, "%s to %s", figure_points(arena, value->low, value->range_se),
                           figure_points(arena, value->high, value->range_se));
    case VALUE_RATIO:
        return isnan(value->number) ? "-" : arena_print(arena, "%.2f", value->number);
    case VALUE_TIMES:
        return isnan(value->number) ? "-" : arena_print(arena, value->number < 10.0 ? "%.1fx" : "%.0fx", value->number);
    case VALUE_INPUT:
        return arena_print(arena, "%.6g", value->number);
    case VALUE_MONTHS:
        return isnan(value->number) ? arena_print(arena, ">%.4g", value->high)
                                    : figure_months(arena, value->number, value->se);
    case VALUE_COUNT:
        return figure_count(arena, value->count);
    case VALUE_INDEX:
        return arena_print(arena, "%" PRIu64, value->count);
    case VALUE_HAZARD_RATIO:
        return arena_print(arena, "×%.3g", value->number);
    case VALUE_NUMBER:
        return arena_print(arena, "%.4g", value->number);
    case VALUE_SCORE:
        return isnan(value->number)   ? "-"
               : isinf(value->number) ? "infinite"
                                      : arena_print(arena, "%.3f", value->number);
    case VALUE_SECONDS:
        return arena_print(arena, "%.*f", value->number < 10.0 ? 2 : 0, value->number);
    case VALUE_NONE:
    case VALUE_BAR:
        break;
    }
    return "";
}

const char *value_print(struct arena *arena, const struct value *value, bool alone)
{
    const char *text = print_number(arena, value);
    const bool in_percent = value->kind == VALUE_PERCENT || value->kind == VALUE_RANGE;

    if (value->with_error)
        text = arena_print(arena, "%s ± %s", text, figure_error(arena, value->se));
    if (alone && in_percent)
        text = arena_print(arena, "%s\u00a0%%", text);
    if (alone && value->kind == VALUE_SECONDS)
        text = arena_print(arena, "%s\u00a0s", text);
    return text;
}

const char *phrase_print(struct arena *arena, const struct phrase *phrase,
                         const char *(*safe)(struct arena *arena, const char *text))
{
    const char *text = "", *rest = phrase->text;

    for (size_t i = 0; i < phrase->n; i++) {
        const char *place = strstr(rest, "{}"), *value = value_print(arena, &phrase->value[i], true);

        if (safe && phrase->value[i].kind == VALUE_TEXT)
            value = safe(arena, value);
        else if (safe && phrase->value[i].kind == VALUE_PHRASE)
            value = phrase_print(arena, phrase->value[i].phrase, safe);
        text = arena_print(arena, "%s%.*s%s", text, (int)(place - rest), rest, value);
        rest = place + 2;
    }
    return arena_print(arena, "%s%s", text, rest);
}
