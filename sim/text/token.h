/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token.h - the lexer: the tokens of a scenario's text in order, each with its place.
 *
 * A word is everything up to a blank, a quote, a bracket, a separator or a comment, so that "50%", "1/2" and
 * "0.3foo" are one word and one mistake. Malformed bytes, comments and strings are reported here; the meaning of words is left to
 * literal.h and scan.h. */
#ifndef FOOTHOLD_TOKEN_H
#define FOOTHOLD_TOKEN_H
#include <stdbool.h>
#include "sim/text/source.h"

struct diag;

enum { TOKEN_END = '\0', TOKEN_WORD = 'w', TOKEN_STRING = '"', TOKEN_MAX = 64 * 1024 }; /* TOKEN_MAX: bytes */

struct token {
    char kind; /* one of the above, or the character itself: = : ; , ( ) [ ] { } */
    size_t offset, length;
    struct place place;
    bool broken; /* an unclosed string, which was reported */
};

struct lexer {
    const struct source *source;
    struct diag *diag; /* NULL: tell nothing */
    size_t at;         /* offset of the next byte */
    size_t line;       /* its line, from 0 */
    size_t n_lost;     /* how often it became uncertain which brackets are open */
};

/* Tell of bytes that no scenario holds: NUL, control characters, invalid UTF-8, a byte order mark, lone CRs.
 * false when the rest is not worth reading: the text is in UTF-16, or no text. */
bool token_check_bytes(const struct source *source, struct diag *diag);

struct token token_next(struct lexer *lexer);

/* The first byte of the next token; NUL at the end. */
char token_peek(const struct lexer *lexer);

/* A name as a setting may have it: a letter, then letters, digits, "_" or "-". */
bool token_is_name(const char *word, size_t length);
#endif
