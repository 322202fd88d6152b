/* SPDX-License-Identifier: GPL-3.0-or-later */
/* visible.h - safe display of untrusted text.
 *
 * A title, a path or a line of a file can contain terminal escape sequences, bidirectional controls that make a text read as another, or
 * invisible characters. All of these, and bytes that are not UTF-8, are shown as \xNN. */
#ifndef FOOTHOLD_VISIBLE_H
#define FOOTHOLD_VISIBLE_H
#include <stddef.h>
#include <stdio.h>

/* Bytes of the well-formed UTF-8 character that text begins with (size > 0), 0 when there is none. */
size_t visible_utf8(const char *text, size_t size);

/* Bytes of the character that text begins with, or 1 where there is none; *width: the columns it takes when shown. */
size_t visible_unit(const char *text, size_t size, size_t *width);

void visible_put(FILE *out, const char *text, size_t size);

/* A line of a message, as printf would make it, shown safely: an end of line inside it does not end it. */
void visible_line(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
#endif
