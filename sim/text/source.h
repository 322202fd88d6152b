/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source.h - one text as the analyst wrote it, and places in it.
 *
 * Every value keeps its place, so every message can point at it. */
#ifndef FOOTHOLD_SOURCE_H
#define FOOTHOLD_SOURCE_H
#include <stddef.h>
#include "sim/system/memory.h"

struct source {
    const char *name;    /* as messages and manifests show it: a path as given, "-", or "--set" */
    const char *text;    /* may hold NULs, which the scan refuses; ended by LF NUL, as libconfig wants its comments */
    size_t size;         /* bytes, without that end */
    const size_t *start; /* offset of each line's first byte; n_lines + 1 entries */
    size_t n_lines;
    unsigned layer;      /* 0: the outermost ancestor; a child is above what it extends; --set above all */
    const char *problem; /* why it could not be read, its text being empty then; NULL: it was read */
};

/* Where a word stands. line and column count from 1, columns in bytes; column 0: only the line is known;
 * source NULL: no place (a default). */
struct place {
    const struct source *source;
    unsigned line, column, length;
};

enum { SOURCE_MAX = 8 * 1024 * 1024 }; /* bytes */

/* Read a regular file, or standard input for "-" (read once; later calls return the same bytes). Never NULL; `problem` is set when the
 * file is missing, unreadable, a folder, a device or FIFO (never opened), or longer than SOURCE_MAX. Owned by the arena. */
struct source *source_read(struct arena *arena, const char *path);

/* A source from text in memory (copied, without the byte order mark it may begin with), as --set and tests use it. */
struct source *source_from_text(struct arena *arena, const char *name, const char *text, size_t size);

/* The place of `length` bytes at an offset of the text. */
struct place source_place(const struct source *source, size_t offset, size_t length);

/* Bytes of the well-formed UTF-8 character that text begins with (size > 0), 0 when there is none. */
size_t source_utf8(const char *text, size_t size);

/* The line's bytes, without its end of line; *length receives their number. */
const char *source_line(const struct source *source, unsigned line, size_t *length);
#endif
