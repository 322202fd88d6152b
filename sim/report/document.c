/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/document.h"
#include <assert.h>
#include <string.h>

void document_begin(struct document *document, const char *title)
{
    *document = (struct document){.title = title};
}

void document_free(struct document *document)
{
    arena_free(&document->arena);
    *document = (struct document){0};
}

/* ---- phrases ---- */

static size_t count_places(const char *text)
{
    size_t n = 0;

    for (; (text = strstr(text, "{}")) != NULL; text += 2)
        n++;
    return n;
}

struct phrase document_phrase(struct document *document, const char *words, const struct value *value, size_t n)
{
    struct value *copy = arena_new(&document->arena, n, sizeof *copy);

    assert(count_places(words) == n);
    memcpy(copy, value, n * sizeof *copy);
    return (struct phrase){words, copy, n};
}

struct phrase document_join(struct document *document, struct phrase first, struct phrase second)
{
    struct value *value = arena_new(&document->arena, first.n + second.n + 1, sizeof *value);

    if (first.n)
        memcpy(value, first.value, first.n * sizeof *value);
    if (second.n)
        memcpy(value + first.n, second.value, second.n * sizeof *value);
    return (struct phrase){arena_print(&document->arena, "%s%s", first.text, second.text), value, first.n + second.n};
}

struct value document_value(struct document *document, struct phrase phrase)
{
    struct phrase *kept = arena_new(&document->arena, 1, sizeof *kept);

    *kept = phrase;
    return (struct value){.kind = VALUE_PHRASE, .phrase = kept};
}

/* ---- blocks ---- */

static struct block *add_block(struct document *document, enum block_kind kind, enum shown shown)
{
    document->block =
        arena_grow(&document->arena, document->block, document->n, &document->capacity, sizeof *document->block);
    document->block[document->n] =
        (struct block){.kind = kind, .shown = shown, .phrase = plain(""), .remark = plain("")};
    return &document->block[document->n++];
}

void document_heading(struct document *document, enum shown shown, struct phrase title, struct phrase remark)
{
    struct block *block = add_block(document, BLOCK_HEADING, shown);

    block->phrase = title;
    block->remark = remark;
}

void document_paragraph(struct document *document, enum shown shown, enum style style, struct phrase phrase)
{
    struct block *block = add_block(document, BLOCK_PARAGRAPH, shown);

    block->style = style;
    block->phrase = phrase;
}

void document_remark(struct document *document, enum shown shown, enum style style, struct phrase phrase)
{
    document_paragraph(document, shown, style, phrase);
    document->block[document->n - 1].indented = true;
}

void document_probabilities(struct document *document, const struct probability *probability, size_t n)
{
    struct block *block = add_block(document, BLOCK_PROBABILITIES, SHOWN_ALWAYS);

    block->probability = probability;
    block->n = n;
}

void document_events(struct document *document, const struct doc_event *event, size_t n)
{
    struct block *block = add_block(document, BLOCK_EVENTS, SHOWN_ALWAYS);

    block->event = event;
    block->n = n;
}

void document_figure(struct document *document, const struct plot *plot)
{
    struct plot *kept = arena_new(&document->arena, 1, sizeof *kept);

    *kept = *plot;
    add_block(document, BLOCK_FIGURE, SHOWN_IN_FULL)->plot = kept;
}

void document_names(struct document *document, enum shown shown, const char *lead, const char *const *name, size_t n)
{
    struct block *block;

    if (!n)
        return;
    block = add_block(document, BLOCK_NAMES, shown);
    block->phrase = plain(lead);
    block->name = name;
    block->n = n;
}

void document_verbatim(struct document *document, enum shown shown, const char *text)
{
    add_block(document, BLOCK_VERBATIM, shown)->phrase = plain(text);
}

struct doc_table *document_table(struct document *document, const struct doc_column *column, size_t n_columns)
{
    struct doc_table *table = arena_new(&document->arena, 1, sizeof *table);
    struct doc_column *copy = arena_new(&document->arena, n_columns, sizeof *copy);

    memcpy(copy, column, n_columns * sizeof *copy);
    *table = (struct doc_table){.document = document, .column = copy, .n_columns = n_columns};
    add_block(document, BLOCK_TABLE, SHOWN_ALWAYS)->table = table;
    return table;
}

void doc_table_row(struct doc_table *table, enum shown shown)
{
    struct arena *arena = &table->document->arena;

    assert(!table->n || table->n_cells == table->n_columns);
    table->row = arena_grow(arena, table->row, table->n, &table->capacity, sizeof *table->row);
    table->row[table->n++] = (struct doc_row){shown, arena_new(arena, table->n_columns, sizeof(struct value))};
    table->n_cells = 0;
}

void doc_table_cell(struct doc_table *table, struct value value)
{
    assert(table->n && table->n_cells < table->n_columns);
    table->row[table->n - 1].cell[table->n_cells++] = value;
}
