/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render.h - a document as people see it. */
#ifndef FOOTHOLD_RENDER_H
#define FOOTHOLD_RENDER_H
#include <stdio.h>
#include "sim/report/document.h"

/* Text for a terminal or a file. colour: ANSI; width: columns; on_screen: also what no file holds. */
void render_text(FILE *out, const struct document *document, bool colour, int width, bool on_screen);

/* A page that stands alone (html.h). */
void render_html(FILE *out, const struct document *document);
#endif
