/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.h - text for a terminal: styles, widths in columns, wrapping.
 *
 * A column is a code point of UTF-8. No meaning hangs on colour alone. */
#ifndef FOOTHOLD_PAGE_H
#define FOOTHOLD_PAGE_H
#include <stdbool.h>
#include <stdio.h>
#include "sim/system/memory.h"

/* A space at which no line breaks: "57.3" GLUE "%". No safe text holds it. */
#define GLUE "\037"

enum page_style { PAGE_PLAIN, PAGE_BOLD, PAGE_DIM };

struct page {
    FILE *out;
    bool colour;
    int width;
    struct arena arena; /* strings made for the page; the owner frees it */
};

/* Text from a scenario, made safe to show. */
const char *page_safe(struct page *page, const char *text);

int page_columns(const char *text);

/* The text, or so much of it that it fits with an ellipsis. */
const char *page_cut(struct page *page, const char *text, int columns);

void page_spaces(const struct page *page, int n);
void page_put(const struct page *page, enum page_style style, const char *text);
void page_end_line(const struct page *page);

/* Words from column `indent` on, on as many lines as it takes, each ended. */
void page_wrap(const struct page *page, enum page_style style, int indent, const char *text);

/* After an empty line a section's title, with a remark beside it, or below where the page is too narrow. */
void page_heading(const struct page *page, const char *title, const char *remark);
#endif
