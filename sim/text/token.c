/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/text/token.h"
#include <assert.h>
#include <ctype.h>
#include <string.h>
#include "sim/text/diag.h"

static const char marks[] = "=:;,()[]{}";

/* ---- bytes ---- */

enum { FLAWS_MAX = 8 }; /* that any text may have */

enum flaw { NO_FLAW, NUL_BYTE, CONTROL, LONE_CR, BAD_UTF8, N_FLAWS };

static const struct {
    const char *message, *hint;
} flaws[N_FLAWS] = {
    [NUL_BYTE] = {"a NUL byte in the text", "a scenario is plain text in UTF-8"},
    [CONTROL] = {"a control character in the text", "only TAB and line ends may stand between the visible characters"},
    [LONE_CR] = {"a carriage return that ends no line", "save the file with LF or CRLF line ends"},
    [BAD_UTF8] = {"bytes that are not UTF-8", "save the file in UTF-8"},
};

/* Nearly every byte: a visible character of ASCII, or a blank. The look at the others takes longer. */
static bool is_plain(char byte)
{
    return isgraph((unsigned char)byte) || byte == ' ';
}

/* C1 controls are two bytes in UTF-8: U+0080 to U+009F. */
static bool is_control(const char *text, size_t length)
{
    const unsigned char first = (unsigned char)text[0];

    if (length == 1)
        return (first < 0x20 && first != '\t' && first != '\n') || first == 0x7F;
    return length == 2 && first == 0xC2 && (unsigned char)text[1] < 0xA0;
}

static enum flaw find_flaw(const struct source *source, size_t at, size_t *length)
{
    const char *text = source->text + at;

    *length = 1;
    if (is_plain(*text))
        return NO_FLAW;
    *length = source_utf8(text, source->size - at);
    if (*length == 0) {
        *length = 1;
        return BAD_UTF8;
    }
    if (text[0] == '\0')
        return NUL_BYTE;
    if (text[0] == '\r')
        return at + 1 < source->size && text[1] == '\n' ? NO_FLAW : LONE_CR;
    return is_control(text, *length) ? CONTROL : NO_FLAW;
}

static bool starts_with(const struct source *source, const char *bytes)
{
    return source->size >= strlen(bytes) && memcmp(source->text, bytes, strlen(bytes)) == 0;
}

/* Whether the bytes make no text at all; *first receives the first that does not belong. */
static bool is_binary(const struct source *source, size_t *first)
{
    size_t n_flaws = 0, length;

    for (size_t at = 0; at < source->size; at += length) {
        const enum flaw flaw = find_flaw(source, at, &length);

        if (flaw == NO_FLAW || flaw == LONE_CR)
            continue;
        if (n_flaws++ == 0)
            *first = at;
    }
    return n_flaws > FLAWS_MAX && n_flaws > source->size / 10;
}

/* Report each kind of flaw once a line: a file in another encoding would otherwise hide all other mistakes. */
static void report_flaws(const struct source *source, struct diag *diag)
{
    size_t next_line[N_FLAWS] = {0}; /* the first line on which this kind is reported again */
    size_t line = 0, length;

    for (size_t at = 0; at < source->size; at += length) {
        const enum flaw flaw = find_flaw(source, at, &length);

        if (flaw != NO_FLAW && next_line[flaw] <= line) {
            next_line[flaw] = line + 1;
            diag_error(diag, source_place(source, at, length), flaws[flaw].hint, "%s", flaws[flaw].message);
        }
        line += source->text[at] == '\n';
    }
}

bool token_check_bytes(const struct source *source, struct diag *diag)
{
    size_t first = 0;

    if (starts_with(source, "\xFF\xFE") || starts_with(source, "\xFE\xFF")) {
        diag_error(diag, source_place(source, 0, 2), "save the file in UTF-8", "the file is in UTF-16");
        return false;
    }
    if (is_binary(source, &first)) {
        diag_error(diag, source_place(source, first, 1), "a scenario is plain text in UTF-8",
                   "this is not a text in UTF-8");
        return false;
    }
    report_flaws(source, diag);
    return true;
}

/* ---- blanks and comments ---- */

static size_t bytes_left(const struct lexer *lexer)
{
    return lexer->source->size - lexer->at;
}

static const char *text_here(const struct lexer *lexer)
{
    return lexer->source->text + lexer->at;
}

static bool begins_with(const struct lexer *lexer, const char *mark)
{
    return bytes_left(lexer) >= strlen(mark) && memcmp(text_here(lexer), mark, strlen(mark)) == 0;
}

static struct place place_of(struct lexer *lexer, size_t offset, size_t length)
{
    const struct source *source = lexer->source;

    while (lexer->line + 1 < source->n_lines && source->start[lexer->line + 1] <= offset)
        lexer->line++;
    return (struct place){.source = source,
                          .line = (unsigned)lexer->line + 1,
                          .column = (unsigned)(offset - source->start[lexer->line]) + 1,
                          .length = (unsigned)length};
}

static void check_length(struct lexer *lexer, size_t offset, const char *what)
{
    if (lexer->diag && lexer->at - offset > TOKEN_MAX)
        diag_error(lexer->diag, place_of(lexer, offset, lexer->at - offset), NULL, "%s longer than %d bytes", what,
                   TOKEN_MAX);
}

static void skip_line_comment(struct lexer *lexer)
{
    const size_t offset = lexer->at;
    const char *end = memchr(text_here(lexer), '\n', bytes_left(lexer));

    lexer->at = end ? (size_t)(end - lexer->source->text) : lexer->source->size;
    check_length(lexer, offset, "a comment line");
}

static void skip_block_comment(struct lexer *lexer)
{
    const size_t offset = lexer->at;

    lexer->at += 2;
    while (bytes_left(lexer) > 0 && !begins_with(lexer, "*/"))
        lexer->at++;
    if (bytes_left(lexer) > 0) {
        lexer->at += 2;
        return;
    }
    lexer->n_lost++;
    if (lexer->diag)
        diag_error(lexer->diag, place_of(lexer, offset, 2), "end it with */", "this comment is never closed");
}

static bool starts_comment(const struct lexer *lexer)
{
    return begins_with(lexer, "#") || begins_with(lexer, "//") || begins_with(lexer, "/*");
}

/* Bytes that token_check_bytes has reported count as blanks. */
static size_t blank_length(const struct lexer *lexer)
{
    const char *text = text_here(lexer);
    size_t length;

    if (isgraph((unsigned char)*text))
        return 0;
    if (isspace((unsigned char)*text))
        return 1;
    length = source_utf8(text, bytes_left(lexer));
    if (length == 0)
        return 1;
    return is_control(text, length) ? length : 0;
}

static void skip_blanks(struct lexer *lexer)
{
    while (bytes_left(lexer) > 0) {
        const size_t blank = blank_length(lexer);

        if (blank)
            lexer->at += blank;
        else if (begins_with(lexer, "/*"))
            skip_block_comment(lexer);
        else if (starts_comment(lexer))
            skip_line_comment(lexer);
        else
            return;
    }
}

/* ---- strings ---- */

enum { LATER_MAX = 1000 }; /* bytes of a text that runs over the end of its line */

static const char escapes[] = "\\\"nt";

static bool is_hex_escape(const char *text, size_t size)
{
    return size >= 4 && text[0] == '\\' && (text[1] == 'x' || text[1] == 'X') && isxdigit((unsigned char)text[2]) &&
           isxdigit((unsigned char)text[3]);
}

static unsigned hex_value(char c)
{
    return isdigit((unsigned char)c) ? (unsigned)(c - '0') : (unsigned)(tolower((unsigned char)c) - 'a') + 10;
}

/* The byte that \xNN, or else a plain byte, stands for; *length receives the bytes it is written with. */
static char decode_byte(const char *text, size_t size, size_t *length)
{
    *length = 1;
    if (!is_hex_escape(text, size))
        return text[0];
    *length = 4;
    return (char)(hex_value(text[2]) * 16 + hex_value(text[3]));
}

/* A byte written as \xNN may begin a character whose other bytes follow, written either way. */
static size_t check_hex(struct lexer *lexer, size_t offset, size_t end)
{
    const char *text = lexer->source->text;
    size_t written[4], n = 0, at = offset, length, bytes;
    char byte[4];

    do {
        byte[n] = decode_byte(text + at, end - at, &length);
        at += length;
        written[n++] = at;
    } while (n < 4 && at < end);
    bytes = source_utf8(byte, n);
    assert(bytes <= n);
    if (bytes == 0)
        diag_error(lexer->diag, source_place(lexer->source, offset, 4), "a string holds UTF-8",
                   "this escape makes the string invalid UTF-8");
    else if (is_control(byte, bytes))
        diag_error(lexer->diag, source_place(lexer->source, offset, written[bytes - 1] - offset),
                   "of these, only \\n and \\t may stand in a string", "a control character in a string");
    return written[bytes ? bytes - 1 : 0] - offset;
}

static size_t check_escape(struct lexer *lexer, size_t offset, size_t end)
{
    const char *text = lexer->source->text + offset;

    if (is_hex_escape(text, end - offset))
        return check_hex(lexer, offset, end);
    if (text[1] == 'r' || text[1] == 'f')
        diag_error(lexer->diag, source_place(lexer->source, offset, 2),
                   "of these, only \\n and \\t may stand in a string", "a control character in a string");
    else if (!strchr(escapes, text[1]))
        diag_error(lexer->diag, source_place(lexer->source, offset, 2),
                   "a backslash itself is written \\\\; known are \\\" \\n \\t and \\xNN", "an unknown escape");
    return 2;
}

static void check_escapes(struct lexer *lexer, size_t offset, size_t end)
{
    const char *text = lexer->source->text;

    while (lexer->diag && offset + 1 < end) {
        const char *backslash = memchr(text + offset, '\\', end - offset - 1);

        if (!backslash)
            return;
        offset = (size_t)(backslash - text);
        offset += check_escape(lexer, offset, end);
    }
}

/* Where a string without its closing quote seems to end in a later line: at the next quote, unless that one looks
 * like the opening of another string. 0 when it cannot be determined. */
static size_t later_end(const struct lexer *lexer)
{
    const char *from = text_here(lexer);
    const char *quote = memchr(from, '"', bytes_left(lexer));
    const char *before = quote;

    if (!quote || quote - from > LATER_MAX)
        return 0;
    while (before > from && (before[-1] == ' ' || before[-1] == '\t'))
        before--;
    return strchr("\n=:,([", before[-1]) ? 0 : (size_t)(quote + 1 - lexer->source->text);
}

static void report_unclosed(struct lexer *lexer, size_t offset)
{
    if (lexer->diag)
        diag_error(lexer->diag, place_of(lexer, offset, lexer->at - offset),
                   "close it with \"; a long text is several strings, one a line, which are joined",
                   "this string is not closed on its line");
}

/* From the opening quote to past the closing one, or to the end of the line where there is none: false. */
static bool read_string(struct lexer *lexer)
{
    const size_t offset = lexer->at++;
    size_t end;

    while (bytes_left(lexer) > 0 && *text_here(lexer) != '"' && *text_here(lexer) != '\n')
        lexer->at += *text_here(lexer) == '\\' && bytes_left(lexer) > 1 && text_here(lexer)[1] != '\n' ? 2 : 1;
    check_escapes(lexer, offset + 1, lexer->at);
    if (bytes_left(lexer) > 0 && *text_here(lexer) == '"') {
        lexer->at++;
        check_length(lexer, offset, "a string");
        return true;
    }
    if (lexer->at > offset + 1 && text_here(lexer)[-1] == '\r')
        lexer->at--;
    report_unclosed(lexer, offset);
    end = later_end(lexer);
    if (end)
        lexer->at = end;
    else
        lexer->n_lost++;
    return false;
}

/* ---- tokens ---- */

static bool ends_word(const struct lexer *lexer)
{
    if (isalnum((unsigned char)*text_here(lexer)))
        return false;
    return blank_length(lexer) > 0 || *text_here(lexer) == '"' || strchr(marks, *text_here(lexer)) ||
           starts_comment(lexer);
}

static void read_word(struct lexer *lexer)
{
    const size_t offset = lexer->at;

    do
        lexer->at += source_utf8(text_here(lexer), bytes_left(lexer));
    while (bytes_left(lexer) > 0 && !ends_word(lexer));
    check_length(lexer, offset, "a word");
}

struct token token_next(struct lexer *lexer)
{
    struct token token;

    skip_blanks(lexer);
    token = (struct token){.kind = TOKEN_END, .offset = lexer->at, .place = place_of(lexer, lexer->at, 0)};
    if (bytes_left(lexer) == 0)
        return token;
    token.kind = *text_here(lexer);
    if (token.kind == TOKEN_STRING) {
        token.broken = !read_string(lexer);
    } else if (strchr(marks, token.kind)) {
        lexer->at++;
    } else {
        token.kind = TOKEN_WORD;
        read_word(lexer);
    }
    token.length = lexer->at - token.offset;
    token.place.length = (unsigned)token.length;
    return token;
}

char token_peek(const struct lexer *lexer)
{
    struct lexer ahead = *lexer;

    ahead.diag = NULL;
    skip_blanks(&ahead);
    return bytes_left(&ahead) > 0 ? *text_here(&ahead) : '\0';
}

bool token_is_name(const char *word, size_t length)
{
    if (length == 0 || !isalpha((unsigned char)word[0]))
        return false;
    for (size_t i = 1; i < length; i++)
        if (!isalnum((unsigned char)word[i]) && word[i] != '_' && word[i] != '-')
            return false;
    return true;
}
