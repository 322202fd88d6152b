/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document.h - what is said of a result, once, for every reader: the terminal (render_text.c) and the page (render_html.c).
 *
 * A document is a list of blocks: headings, paragraphs, answers, tables, figures. It holds typed numbers with their errors; only
 * renderers turn them into digits (value_print), so that all of them show the same. A builder a result fills one (doc_run.c).
 * Everything lives in the document's pool but texts of the scenario and the result, which are borrowed. */
#ifndef FOOTHOLD_DOCUMENT_H
#define FOOTHOLD_DOCUMENT_H
#include <stdbool.h>
#include <stdint.h>
#include "sim/report/plot.h"
#include "sim/system/memory.h"

enum style { STYLE_PLAIN, STYLE_STRONG, STYLE_DIM, STYLE_LEAD };

/* Who is shown a block or a row. The page is read in full, the terminal in brief. */
enum shown {
    SHOWN_ALWAYS,
    SHOWN_IN_FULL,
    SHOWN_IN_BRIEF,
    SHOWN_ON_SCREEN /* in brief, but in no file: what differs from call to call, such as seconds */
};

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

/* PHRASE(document, "{} of {} come", value_count(3), value_count(4)); plain("words alone") */
#define PHRASE(document, words, ...)                                                                                   \
    document_phrase(document, words, (const struct value[]){__VA_ARGS__},                                              \
                    sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value))
static inline struct phrase plain(const char *words)
{
    return (struct phrase){.text = words};
}

/* ---- blocks ---- */

/* An answer: a probability with its bar and all that is known of its error. */
struct probability {
    struct phrase title, remark; /* the question; its id and month */
    const char *id;
    double month;
    struct value p, spread,
        chance;          /* spread: 5 to 95 % over worlds; chance: share of the outcome's variance; none: unknown */
    struct phrase error; /* "± 0.2 (simulation error)" */
    struct phrase note;  /* the spread and chance in words, or why they are unknown */
};

/* What happens on a day, and what is said of it. */
struct doc_event {
    const char *date;
    double month;
    enum style style;
    struct phrase what, why,
        since; /* since: what it changes from then on; why, since: text "" where there is nothing */
};

struct doc_column {
    const char *head; /* "": none. May be an id */
    const char *unit; /* "%", "points"; NULL: none */
    bool is_text;     /* set to the left */
};

struct doc_row {
    enum shown shown;
    struct value *cell; /* a column each */
};

struct doc_table {
    struct document *document;
    const struct doc_column *column;
    size_t n_columns;
    struct doc_row *row;
    size_t n, capacity, n_cells; /* n_cells: of the last row, filled so far */
};

enum block_kind {
    BLOCK_HEADING, /* phrase, remark */
    BLOCK_PARAGRAPH,
    BLOCK_PROBABILITIES,
    BLOCK_EVENTS,
    BLOCK_TABLE,
    BLOCK_FIGURE,
    BLOCK_NAMES,   /* phrase: "Smaller"; names of a scenario, which may be cut short in brief */
    BLOCK_VERBATIM /* phrase: lines as they stand */
};

struct block {
    enum block_kind kind;
    enum shown shown;
    enum style style;
    bool indented; /* a paragraph that belongs to the table above it */
    struct phrase phrase, remark;
    const struct probability *probability;
    const struct doc_event *event;
    const struct doc_table *table;
    const struct plot *plot;
    const char *const *name;
    size_t n; /* probabilities, events, names */
};

struct document {
    struct arena arena;
    const char *title;
    struct phrase warning; /* before all else; text NULL: none */
    struct block *block;
    size_t n, capacity;
};

void document_begin(struct document *document, const char *title);
void document_free(struct document *document);

struct phrase document_phrase(struct document *document, const char *words, const struct value *value, size_t n);
struct phrase document_join(struct document *document, struct phrase first, struct phrase second);
struct value document_value(struct document *document, struct phrase phrase); /* VALUE_PHRASE */

void document_heading(struct document *document, enum shown shown, struct phrase title, struct phrase remark);
void document_paragraph(struct document *document, enum shown shown, enum style style, struct phrase phrase);
void document_remark(struct document *document, enum shown shown, enum style style,
                     struct phrase phrase); /* on the above */
void document_probabilities(struct document *document, const struct probability *probability, size_t n);
void document_events(struct document *document, const struct doc_event *event, size_t n); /* in order of time */
void document_figure(struct document *document, const struct plot *plot);                 /* in full; it is copied */
void document_names(struct document *document, enum shown shown, const char *lead, const char *const *name, size_t n);
void document_verbatim(struct document *document, enum shown shown, const char *text);

/* A table that grows: rows from the top, cells from the left. A table without rows is not shown. Columns are copied. */
struct doc_table *document_table(struct document *document, const struct doc_column *column, size_t n_columns);
void doc_table_row(struct doc_table *table, enum shown shown);
void doc_table_cell(struct doc_table *table, struct value value);

/* A phrase as one text. safe: makes values' texts fit to show (NULL: as they stand); the pool holds the result. */
const char *phrase_print(struct arena *arena, const struct phrase *phrase,
                         const char *(*safe)(struct arena *arena, const char *text));
#endif
