/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html.h - pages that stand alone: nothing loaded, no script, every name escaped.
 *
 * A content security policy in the page forbids what it does not need, so that no text from a scenario can do more than be read. */
#ifndef FOOTHOLD_HTML_H
#define FOOTHOLD_HTML_H
#include <stdio.h>
#include "sim/report/report.h"

void html_begin(FILE *out, const char *title);
void html_end(FILE *out);

/* Text that may be anything: escaped for HTML, also within quotes; control and direction marks as \xNN. */
void html_text(FILE *out, const char *text);

/* <h2>, <p> and cells of such text; class: NULL or a class of the page's style ("n" for numbers, "dim", "strong"). */
void html_heading(FILE *out, const char *text);
void html_paragraph(FILE *out, const char *class, const char *text);
void html_verbatim(FILE *out, const char *text); /* <pre>; its lines are kept */

/* A table with a caption and n column heads. kinds: a letter a column, 't' text, 'n' numbers, whose head stands to the right; NULL:
 * the first is text, the others numbers. */
void html_table_begin(FILE *out, const char *caption, const char *const *head, size_t n, const char *kinds);
void html_row_begin(FILE *out, const char *head); /* the row's own head, its first cell */
void html_cell(FILE *out, const char *class, const char *text);
void html_link(FILE *out, const char *path,
               const char *text); /* a cell; path: a file's, from the page's folder; NULL: none */
void html_row_end(FILE *out);
void html_table_end(FILE *out);
#endif
