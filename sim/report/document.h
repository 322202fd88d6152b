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
#include "sim/report/value.h"
#include "sim/system/memory.h"

/* Who is shown a block or a row. The page is read in full, the terminal in brief. */
enum shown {
    SHOWN_ALWAYS,
    SHOWN_IN_FULL,
    SHOWN_IN_BRIEF,
    SHOWN_ON_SCREEN /* in brief, but in no file: what differs from call to call, such as seconds */
};

/* ---- sentences ---- */

/* PHRASE(document, "{} of {} come", value_count(3), value_count(4)); plain("words alone") */
#define PHRASE(document, words, ...)                                                                                   \
    document_phrase(document, words, (const struct value[]){__VA_ARGS__},                                              \
                    sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value))

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
#endif
