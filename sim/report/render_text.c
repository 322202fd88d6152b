/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render_text.c - a document in columns of text: brief, bars for probabilities, no figures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/figure.h"
#include "sim/report/page.h"
#include "sim/report/render.h"
#include "sim/report/table.h"

enum {
    INDENT = 2,
    BAND = 40,         /* columns of an answer's bar */
    NOTE = 10,         /* where the bar begins, and the words under it */
    SMALL_BAR = 6,     /* in tables */
    EVENT = 22,        /* where what happens stands, after its date and month; remarks on it stand further in */
    ROOM_FOR_MORE = 40 /* columns: a long id, " and 12 more" */
};

static enum page_style style_of(enum style style)
{
    return style == STYLE_STRONG || style == STYLE_LEAD ? PAGE_BOLD : style == STYLE_DIM ? PAGE_DIM : PAGE_PLAIN;
}

static const char *make_safe(struct arena *arena, const char *text)
{
    struct page page = {.arena = *arena};
    const char *safe = page_safe(&page, text);

    *arena = page.arena;
    return safe;
}

/* No-break spaces as the page has them. */
static const char *glue(struct arena *arena, const char *text)
{
    static const char no_break[] = "\u00a0";

    for (const char *at; (at = strstr(text, no_break)) != NULL;)
        text = arena_print(arena, "%.*s" GLUE "%s", (int)(at - text), text, at + sizeof no_break - 1);
    return text;
}

static const char *print_phrase(struct page *page, const struct phrase *phrase)
{
    return glue(&page->arena, phrase_print(&page->arena, phrase, make_safe));
}

static const char *print_value(struct page *page, const struct value *value)
{
    const char *text;

    if (value->kind == VALUE_PHRASE)
        return print_phrase(page, value->phrase);
    text = value_print(&page->arena, value, false);
    return value->kind == VALUE_TEXT   ? page_safe(page, text)
           : value->kind == VALUE_LINK ? page_safe(page, value->path) /* the words alone lead nowhere */
                                       : text;
}

/* ---- answers ---- */

static void put_probability(struct page *page, const struct probability *it)
{
    const bool known = it->spread.kind != VALUE_NONE;

    page_heading(page, print_phrase(page, &it->title), print_phrase(page, &it->remark));
    page_put(page, PAGE_BOLD, arena_print(&page->arena, "%6s %%", value_print(&page->arena, &it->p, false)));
    page_spaces(page, INDENT);
    page_put(
        page, PAGE_PLAIN,
        figure_band(&page->arena, BAND, it->p.number, known ? it->spread.low : NAN, known ? it->spread.high : NAN));
    page_spaces(page, INDENT);
    page_put(page, PAGE_PLAIN, print_phrase(page, &it->error));
    page_end_line(page);
    page_wrap(page, PAGE_PLAIN, NOTE, print_phrase(page, &it->note));
}

static void put_probabilities(struct page *page, const struct block *block)
{
    bool any = false;

    for (size_t i = 0; i < block->n; i++) {
        put_probability(page, &block->probability[i]);
        any = any || block->probability[i].spread.kind != VALUE_NONE;
    }
    if (any)
        page_wrap(page, PAGE_DIM, NOTE, "█▓ up to the probability, ▓░ input uncertainty (5 to 95 % range)");
}

/* ---- events ---- */

static void put_event(struct page *page, const struct doc_event *it)
{
    page_spaces(page, INDENT);
    page_put(page, PAGE_DIM, arena_print(&page->arena, "%s %6.1f  ", it->date, it->month));
    page_put(page, style_of(it->style), page_cut(page, print_phrase(page, &it->what), page->width - EVENT));
    page_end_line(page);
    if (*it->why.text)
        page_wrap(page, PAGE_DIM, EVENT + INDENT, print_phrase(page, &it->why));
    if (*it->since.text)
        page_wrap(page, PAGE_DIM, EVENT + INDENT,
                  arena_print(&page->arena, "from now on %s", print_phrase(page, &it->since)));
}

/* ---- tables ---- */

static bool is_shown(enum shown shown, bool on_screen)
{
    return shown == SHOWN_ALWAYS || shown == SHOWN_IN_BRIEF || (shown == SHOWN_ON_SCREEN && on_screen);
}

static const char *print_cell(struct page *page, const struct value *value)
{
    const char *text = print_value(page, value);

    if (value->kind == VALUE_BAR)
        return figure_bar(&page->arena, SMALL_BAR, value->number);
    if (value->with_bar)
        return arena_print(&page->arena, "%4s %s", text, figure_bar(&page->arena, SMALL_BAR, value->number));
    return text;
}

/* A row, and below it what its numbers range over. */
static void put_row(struct table *table, struct page *page, const struct doc_row *row)
{
    bool any = false;

    for (size_t i = 0; i < table->n_columns; i++) {
        table_add(table, style_of(row->cell[i].style), print_cell(page, &row->cell[i]));
        any = any || row->cell[i].with_range;
    }
    for (size_t i = 0; any && i < table->n_columns; i++) {
        const struct value *it = &row->cell[i];

        table_add(table, PAGE_DIM, it->with_range ? figure_range(&page->arena, it->low, it->high, it->range_se) : "");
    }
}

/* Numbers stand to the right, but those with a bar, which all begin at one place. */
static bool is_right(const struct doc_table *table, size_t column)
{
    if (table->column[column].is_text)
        return false;
    for (size_t i = 0; i < table->n; i++)
        if (table->row[i].cell[column].with_bar || table->row[i].cell[column].kind == VALUE_BAR)
            return false;
    return true;
}

static void put_table(struct page *page, const struct doc_table *it, bool on_screen)
{
    struct table_column *column = arena_new(&page->arena, it->n_columns, sizeof *column);
    struct table table = {.column = column, .n_columns = it->n_columns, .indent = INDENT};

    for (size_t i = 0; i < it->n_columns; i++) {
        column[i].head = page_safe(page, it->column[i].head);
        if (it->column[i].unit)
            column[i].head = arena_print(&page->arena, "%s, %s", column[i].head, it->column[i].unit);
        column[i].right = is_right(it, i);
    }
    for (size_t i = 0; i < it->n; i++)
        if (is_shown(it->row[i].shown, on_screen))
            put_row(&table, page, &it->row[i]);
    if (table.n)
        table_print(&table, page);
    table_free(&table);
}

/* ---- the rest ---- */

/* "Smaller: a, b, c and 4 more": as many as fit in two lines. */
static void put_names(struct page *page, const struct block *block)
{
    const int room = 2 * (page->width - INDENT) - ROOM_FOR_MORE;
    const char *text = print_phrase(page, &block->phrase);

    for (size_t i = 0; i < block->n; i++) {
        const char *longer = arena_print(&page->arena, "%s%s %s", text, i ? "," : ":", page_safe(page, block->name[i]));

        if (i && page_columns(longer) > room) {
            text = arena_print(&page->arena, "%s and" GLUE "%zu" GLUE "more", text, block->n - i);
            break;
        }
        text = longer;
    }
    page_wrap(page, PAGE_DIM, INDENT, text);
}

static void put_block(struct page *page, const struct block *block, bool on_screen)
{
    switch (block->kind) {
    case BLOCK_HEADING:
        page_heading(page, print_phrase(page, &block->phrase), print_phrase(page, &block->remark));
        break;
    case BLOCK_PARAGRAPH:
        page_wrap(page, style_of(block->style), block->indented ? INDENT : 0, print_phrase(page, &block->phrase));
        break;
    case BLOCK_PROBABILITIES:
        put_probabilities(page, block);
        break;
    case BLOCK_EVENTS:
        for (size_t i = 0; i < block->n; i++)
            put_event(page, &block->event[i]);
        break;
    case BLOCK_TABLE:
        put_table(page, block->table, on_screen);
        break;
    case BLOCK_NAMES:
        put_names(page, block);
        break;
    case BLOCK_VERBATIM:
        page_put(page, PAGE_PLAIN, page_safe(page, block->phrase.text));
        page_end_line(page);
        break;
    case BLOCK_FIGURE:
        break;
    }
}

void render_text(FILE *out, const struct document *document, bool colour, int width, bool on_screen)
{
    struct page page = {.out = out, .colour = colour, .width = width};

    if (document->warning.text)
        page_wrap(&page, PAGE_BOLD, 0, print_phrase(&page, &document->warning));
    page_wrap(&page, PAGE_BOLD, 0, page_safe(&page, document->title));
    for (size_t i = 0; i < document->n; i++)
        if (is_shown(document->block[i].shown, on_screen))
            put_block(&page, &document->block[i], on_screen);
    arena_free(&page.arena);
}
