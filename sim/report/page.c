/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/page.h"
#include <stdlib.h>
#include <string.h>
#include "sim/text/diag.h"

enum { REMARK_GAP = 2 };

static const char *const style_on[] = {[PAGE_PLAIN] = "", [PAGE_BOLD] = "\033[1m", [PAGE_DIM] = "\033[2m"};

const char *page_safe(struct page *page, const char *text)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    const char *safe;

    if (!stream)
        die("out of memory (writing a report)");
    diag_put_safe(stream, text, strlen(text));
    if (fclose(stream))
        die("out of memory (writing a report)");
    safe = arena_copy(&page->arena, bytes, size);
    free(bytes);
    return safe;
}

static bool starts_column(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80; /* not a continuation byte */
}

int page_columns(const char *text)
{
    int columns = 0;

    for (; *text; text++)
        columns += starts_column(*text);
    return columns;
}

/* Bytes of the first so many columns. */
static size_t prefix(const char *text, int columns)
{
    size_t size = 0;

    while (text[size] && (columns > 0 || !starts_column(text[size])))
        columns -= starts_column(text[size++]);
    return size;
}

const char *page_cut(struct page *page, const char *text, int columns)
{
    if (page_columns(text) <= columns)
        return text;
    return arena_print(&page->arena, "%.*s…", (int)prefix(text, columns - 1), text);
}

void page_spaces(const struct page *page, int n)
{
    fprintf(page->out, "%*s", n > 0 ? n : 0, "");
}

static void put_bytes(const struct page *page, enum page_style style, const char *text, size_t size)
{
    const bool styled = page->colour && style != PAGE_PLAIN && size > 0;

    if (styled)
        fputs(style_on[style], page->out);
    for (size_t i = 0; i < size; i++)
        putc(text[i] == GLUE[0] ? ' ' : text[i], page->out);
    if (styled)
        fputs("\033[0m", page->out);
}

void page_put(const struct page *page, enum page_style style, const char *text)
{
    put_bytes(page, style, text, strlen(text));
}

void page_end_line(const struct page *page)
{
    putc('\n', page->out);
}

/* Bytes of the words that fit on a line: at least one word, however long. */
static size_t line_size(const char *text, int columns)
{
    const size_t room = prefix(text, columns);
    size_t size = strcspn(text, " ");

    for (;;) {
        const size_t gap = size + strspn(text + size, " ");
        const size_t next = gap + strcspn(text + gap, " ");

        if (next == gap || next > room)
            return size;
        size = next;
    }
}

void page_wrap(const struct page *page, enum page_style style, int indent, const char *text)
{
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        const size_t size = line_size(text, page->width - indent);

        page_spaces(page, indent);
        put_bytes(page, style, text, size);
        page_end_line(page);
        text += size;
    }
}

void page_heading(const struct page *page, const char *title, const char *remark)
{
    page_end_line(page);
    if (!*remark) {
        page_wrap(page, PAGE_BOLD, 0, title);
        return;
    }
    if (page_columns(title) + REMARK_GAP + page_columns(remark) > page->width) {
        page_wrap(page, PAGE_BOLD, 0, title);
        page_wrap(page, PAGE_DIM, REMARK_GAP, remark);
        return;
    }
    page_put(page, PAGE_BOLD, title);
    page_spaces(page, REMARK_GAP);
    page_put(page, PAGE_DIM, remark);
    page_end_line(page);
}
