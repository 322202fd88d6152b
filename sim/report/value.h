/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value.h - typed numbers with their errors, and sentences of words and such numbers; how both are written as text.
 *
 * Texts and phrases are borrowed: they must live as long as the value. */
#ifndef FOOTHOLD_VALUE_TEXT_H
#define FOOTHOLD_VALUE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sim/system/memory.h"

enum style { STYLE_PLAIN, STYLE_STRONG, STYLE_DIM, STYLE_LEAD };

/* ---- numbers ---- */

enum value_kind {
    VALUE_NONE,         /* an empty cell */
    VALUE_TEXT,         /* an id or any text of a scenario; made safe by the renderer */
    VALUE_PERCENT,      /* a probability or a share, told in percent with no more digits than se supports */
    VALUE_POINTS,       /* a difference of probabilities, in percentage points, with its sign */
    VALUE_ERROR,        /* a standard error of a probability, in points: se */
    VALUE_RANGE,        /* of a probability, from low to high */
    VALUE_POINTS_RANGE, /* of a difference, from low to high */
    VALUE_RATIO,        /* of probabilities: "0.92" */
    VALUE_TIMES,        /* "1.3x" */
    VALUE_INPUT,        /* a setting's value, to six digits */
    VALUE_MONTHS,       /* NAN: beyond `high`, told as ">24" */
    VALUE_COUNT,
    VALUE_INDEX,        /* count: which world, which run, which seed; its digits as they are */
    VALUE_NUMBER,       /* to four digits */
    VALUE_HAZARD_RATIO, /* "×1.8" */
    VALUE_SCORE,        /* to three decimals */
    VALUE_SECONDS,
    VALUE_BAR,    /* the length of a bar, number of 1 */
    VALUE_PHRASE, /* words with values of their own */
    VALUE_LINK    /* text, and the path of a file, relative to the page */
};

struct phrase;

struct value {
    enum value_kind kind;
    enum style style;
    const char *text, *path;
    const struct phrase *phrase;
    uint64_t count;
    double number, se;
    double low, high,
        range_se;    /* VALUE_RANGE; with_range: of the number over worlds; range_se: the larger of the ends' */
    bool with_error; /* "57 ± 1" */
    bool with_bar;   /* a small bar beside it where there is room */
    bool with_range;
};

struct value value_text(const char *text);
struct value value_percent(double p, double se);
struct value value_points(double difference, double se);
struct value value_error(double se);
struct value value_range(double low, double high, double se); /* se: the larger of the ends' */
struct value value_points_range(double low, double high, double se);
struct value value_ratio(double ratio);
struct value value_times(double times);
struct value value_input(double x);
struct value value_months(double months, double se, double horizon);
struct value value_count(uint64_t n);
struct value value_index(uint64_t i);
struct value value_number(double x);
struct value value_hazard_ratio(double x);
struct value value_score(double x);
struct value value_seconds(double x);
struct value value_bar(double share);
struct value value_link(const char *text, const char *path); /* path NULL: none */
struct value value_styled(struct value value, enum style style);

/* Its digits. alone: with the unit ("57.3 %"), as in a sentence; else as under a column's heading. The text of VALUE_TEXT as it
 * stands. */
const char *value_print(struct arena *arena, const struct value *value, bool alone);

/* ---- sentences ---- */

/* Our words with a place {} for each value; a no-break space (\u00a0) keeps words together. */
struct phrase {
    const char *text;
    const struct value *value;
    size_t n;
};

/* Words alone. */
static inline struct phrase plain(const char *words)
{
    return (struct phrase){.text = words};
}

/* A phrase as one text. safe: makes values' texts fit to show (NULL: as they stand); the pool holds the result. */
const char *phrase_print(struct arena *arena, const struct phrase *phrase,
                         const char *(*safe)(struct arena *arena, const char *text));
#endif
