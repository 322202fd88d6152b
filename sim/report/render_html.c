/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render_html.c - a document as a page that stands alone: in full, with its figures. */
#include <math.h>
#include <string.h>
#include "sim/report/figure.h"
#include "sim/report/html.h"
#include "sim/report/render.h"

struct shown_page {
    FILE *out;
    struct arena arena;
};

static const char *class_of(enum style style)
{
    static const char *const class[] = {
        [STYLE_PLAIN] = NULL, [STYLE_STRONG] = "strong", [STYLE_DIM] = "dim", [STYLE_LEAD] = "lead"};

    return class[style];
}

static const char *print_phrase(struct shown_page *page, const struct phrase *phrase)
{
    return phrase_print(&page->arena, phrase, NULL); /* html_text makes the whole safe */
}

/* ---- answers ---- */

static void put_probabilities(struct shown_page *page, const struct block *block)
{
    static const char *const head[] = {
        "Question", "month", "%", "± simulation error", "input uncertainty, 5 to 95 %", "variance due to chance, %"};
    struct arena *arena = &page->arena;

    html_table_begin(page->out, "", head, sizeof head / sizeof *head, NULL);
    for (size_t i = 0; i < block->n; i++) {
        const struct probability *it = &block->probability[i];
        const struct value month = value_number(it->month), error = value_error(it->p.se);
        const bool sure = it->p.number == 0.0 || it->p.number == 1.0, known = it->spread.kind != VALUE_NONE;
        const char *title = print_phrase(page, &it->title);

        html_row_begin(page->out, strcmp(title, it->id) ? arena_print(arena, "%s (%s)", title, it->id) : title);
        html_cell(page->out, "n", value_print(arena, &month, false));
        html_cell(page->out, "n strong", value_print(arena, &it->p, false));
        html_cell(page->out, "n", sure ? print_phrase(page, &it->error) : value_print(arena, &error, false));
        html_cell(page->out, known ? "n" : NULL,
                  known ? value_print(arena, &it->spread, false) : print_phrase(page, &it->note));
        html_cell(page->out, "n", value_print(arena, &it->chance, false));
        html_row_end(page->out);
    }
    html_table_end(page->out);
}

/* ---- events ---- */

static void put_events(struct shown_page *page, const struct block *block)
{
    static const char *const head[] = {"Date", "month", "what happens", "why then", "from now on"};

    html_table_begin(page->out, "", head, sizeof head / sizeof *head, "tnttt");
    for (size_t i = 0; i < block->n; i++) {
        const struct doc_event *it = &block->event[i];

        html_row_begin(page->out, it->date);
        html_cell(page->out, "n", arena_print(&page->arena, "%.1f", it->month));
        html_cell(page->out, class_of(it->style), print_phrase(page, &it->what));
        html_cell(page->out, NULL, print_phrase(page, &it->why));
        html_cell(page->out, NULL, print_phrase(page, &it->since));
        html_row_end(page->out);
    }
    html_table_end(page->out);
}

/* ---- tables ---- */

static void put_cell(struct shown_page *page, const struct doc_column *column, const struct value *value)
{
    const char *text = value_print(&page->arena, value, false);

    if (value->kind == VALUE_BAR) {
        const double share = value->number > 0.0 ? fmin(1.0, value->number) : 0.0;

        fprintf(page->out, "<td><span class=\"bar\" style=\"width:%.1frem\"></span></td>\n", 6.0 * share);
        return;
    }
    if (value->kind == VALUE_LINK) {
        html_link(page->out, value->path, text);
        return;
    }
    if (value->with_range)
        text = arena_print(&page->arena, "%s (%s)", text,
                           figure_range(&page->arena, value->low, value->high, value->range_se));
    if (column->is_text)
        html_cell(page->out, class_of(value->style), text);
    else
        html_cell(page->out, value->style == STYLE_STRONG ? "n strong" : "n", text);
}

static bool is_shown(enum shown shown)
{
    return shown == SHOWN_ALWAYS || shown == SHOWN_IN_FULL;
}

static void put_heads(struct shown_page *page, const struct doc_table *table)
{
    const char **head = arena_new(&page->arena, table->n_columns, sizeof *head);
    char *kinds = arena_new(&page->arena, table->n_columns + 1, 1);

    for (size_t i = 0; i < table->n_columns; i++) {
        const struct doc_column *column = &table->column[i];

        head[i] = column->unit ? arena_print(&page->arena, "%s, %s", column->head, column->unit) : column->head;
        kinds[i] = column->is_text ? 't' : 'n';
    }
    html_table_begin(page->out, "", head, table->n_columns, kinds);
}

static void put_table(struct shown_page *page, const struct doc_table *table)
{
    bool any = false;

    for (size_t i = 0; i < table->n; i++)
        any = any || is_shown(table->row[i].shown);
    if (!any)
        return;
    put_heads(page, table);
    for (size_t i = 0; i < table->n; i++) {
        const struct value *cell = table->row[i].cell;

        if (!is_shown(table->row[i].shown))
            continue;
        html_row_begin(page->out, value_print(&page->arena, &cell[0], false));
        for (size_t c = 1; c < table->n_columns; c++)
            put_cell(page, &table->column[c], &cell[c]);
        html_row_end(page->out);
    }
    html_table_end(page->out);
}

/* ---- the rest ---- */

static void put_names(struct shown_page *page, const struct block *block)
{
    const char *text = print_phrase(page, &block->phrase);

    for (size_t i = 0; i < block->n; i++)
        text = arena_print(&page->arena, "%s%s %s", text, i ? "," : ":", block->name[i]);
    html_paragraph(page->out, "dim", text);
}

static void put_block(struct shown_page *page, const struct block *block)
{
    switch (block->kind) {
    case BLOCK_HEADING:
        html_heading(page->out, print_phrase(page, &block->phrase));
        if (*block->remark.text)
            html_paragraph(page->out, "dim", print_phrase(page, &block->remark));
        break;
    case BLOCK_PARAGRAPH:
        html_paragraph(page->out, class_of(block->style), print_phrase(page, &block->phrase));
        break;
    case BLOCK_PROBABILITIES:
        put_probabilities(page, block);
        break;
    case BLOCK_EVENTS:
        put_events(page, block);
        break;
    case BLOCK_TABLE:
        put_table(page, block->table);
        break;
    case BLOCK_FIGURE:
        plot_svg(page->out, block->plot);
        break;
    case BLOCK_NAMES:
        put_names(page, block);
        break;
    case BLOCK_VERBATIM:
        html_verbatim(page->out, block->phrase.text);
        break;
    }
}

void render_html(FILE *out, const struct document *document)
{
    struct shown_page page = {.out = out};

    html_begin(out, document->title);
    if (document->warning.text)
        html_paragraph(out, "strong", print_phrase(&page, &document->warning));
    for (size_t i = 0; i < document->n; i++)
        if (is_shown(document->block[i].shown))
            put_block(&page, &document->block[i]);
    html_end(out);
    arena_free(&page.arena);
}
