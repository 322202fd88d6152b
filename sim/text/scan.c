/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/text/scan.h"
#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/text/diag.h"
#include "sim/text/literal.h"
#include "sim/text/token.h"

enum {
    DEPTH_MAX = 64,       /* brackets within brackets */
    NAME_LENGTH_MAX = 64, /* characters */
    GROUP_MAX = 4096,     /* settings in one group */
    INDENT_MAX = 256,     /* blanks of an indent that are counted */
    HINT_MAX = 160        /* bytes */
};

/* libconfig searches a whole group for each name it adds, so its time grows with the sum of squares of the groups' sizes; at this
 * sum it takes a second or two. */
static const double squares_max = 1e8;

static const char form[] = "a setting is written: name = value;";

struct bracket {
    struct token token;
    size_t
        n_lost; /* the lexer's count of broken tokens when it was opened; a change means that the bracket may not be at fault */
};

struct name {
    const char *text;
    struct token token;
};

struct scan {
    struct lexer lexer;
    struct token token; /* the next token */
    struct token last;  /* the one before it */
    struct marks *marks;
    size_t max_marks;
    struct bracket open[DEPTH_MAX];
    size_t depth;
    struct name *name; /* of the open groups, the innermost group's last */
    size_t n_names, names_capacity;
    double squares;
    struct token suspect, suspect_end; /* the first '{' and '}' whose lines are indented differently */
};

struct group {
    size_t first_name; /* of scan.name */
    size_t n;
    size_t n_lost;
};

static enum literal read_value(struct scan *scan, struct place name);

/* ---- tokens ---- */

static void next_token(struct scan *scan)
{
    scan->last = scan->token;
    scan->token = token_next(&scan->lexer);
}

static const char *text_of(const struct scan *scan, struct token token)
{
    return scan->lexer.source->text + token.offset;
}

static struct place after_last(const struct scan *scan)
{
    return source_place(scan->lexer.source, scan->last.offset + scan->last.length, 0);
}

static bool is_separator(char kind)
{
    return kind == ';' || kind == ',';
}

static bool is_equals(char kind)
{
    return kind == '=' || kind == ':';
}

static bool is_opener(char kind)
{
    return kind == '(' || kind == '[' || kind == '{';
}

static bool is_closer(char kind)
{
    return kind == ')' || kind == ']' || kind == '}';
}

static char closer_of(char open)
{
    return open == '(' ? ')' : open == '[' ? ']' : '}';
}

static bool starts_setting(const struct scan *scan)
{
    return scan->token.kind == TOKEN_WORD && is_equals(token_peek(&scan->lexer));
}

/* The word as messages show it, cut when it is very long. */
static int shown_length(struct token token)
{
    return token.length < NAME_LENGTH_MAX ? (int)token.length : NAME_LENGTH_MAX;
}

/* ---- marks ---- */

/* In a text without mistakes a setting has its '=' and an element follows a '(', '[' or ','. */
static size_t count_values(const struct source *source)
{
    size_t n = 0;

    for (size_t i = 0; i < source->size; i++) {
        const char c = source->text[i];

        n += is_equals(c) || c == '(' || c == '[' || c == ',';
    }
    return n;
}

static void add_mark(struct scan *scan, struct place name)
{
    struct marks *marks = scan->marks;

    if (marks->n < scan->max_marks)
        marks->mark[marks->n++] = (struct mark){.name = name, .value = scan->token.place};
}

/* ---- brackets ---- */

static bool is_open(const struct scan *scan, char closer)
{
    for (size_t i = 0; i < scan->depth; i++)
        if (closer_of(scan->open[i].token.kind) == closer)
            return true;
    return false;
}

/* Blanks before the first word of the line. */
static size_t indent_of(const struct token *token)
{
    size_t size, n = 0;
    const char *line = source_line(token->place.source, token->place.line, &size);

    while (n < size && n < INDENT_MAX && (line[n] == ' ' || line[n] == '\t'))
        n++;
    return n;
}

/* After a missing bracket the next one closes the wrong group; the indentation often shows where. */
static void note_indent(struct scan *scan, const struct token *open)
{
    const struct token *end = &scan->token;

    if (scan->suspect.length == 0 && end->place.column == indent_of(end) + 1 && indent_of(open) != indent_of(end)) {
        scan->suspect = *open;
        scan->suspect_end = *end;
    }
}

static void report_unclosed(struct scan *scan, const struct token *open)
{
    char hint[HINT_MAX];

    if (scan->token.kind != TOKEN_END)
        snprintf(hint, sizeof hint, "a '%c' is missing, at the latest in line %u", closer_of(open->kind),
                 scan->token.place.line);
    else if (scan->suspect.length)
        snprintf(hint, sizeof hint, "by the indentation, the '%c' of line %u is closed too late, in line %u",
                 scan->suspect.kind, scan->suspect.place.line, scan->suspect_end.place.line);
    else
        snprintf(hint, sizeof hint, "a '%c' is missing", closer_of(open->kind));
    diag_error(scan->lexer.diag, open->place, hint, "this '%c' is never closed", open->kind);
}

static void report_mismatch(struct scan *scan, const struct token *open)
{
    char hint[HINT_MAX];

    snprintf(hint, sizeof hint, "a '%c' is expected", closer_of(open->kind));
    diag_error(scan->lexer.diag, scan->token.place, hint, "'%c' does not close the '%c' of line %u, column %u",
               scan->token.kind, open->kind, open->place.line, open->place.column);
}

/* Close the innermost bracket; false when its closing bracket is missing. A wrong bracket is accepted in its place unless it
 * can close an outer group. Only one mistake is reported: until the brackets opened before it are closed, further mismatches may be
 * its consequence. */
static bool close_bracket(struct scan *scan)
{
    const struct bracket *bracket = &scan->open[--scan->depth];
    const bool to_tell = bracket->n_lost == scan->lexer.n_lost;
    const char kind = scan->token.kind;

    if (kind == closer_of(bracket->token.kind)) {
        note_indent(scan, &bracket->token);
        next_token(scan);
        return true;
    }
    if (!is_closer(kind) || (bracket->token.kind == '{' && is_open(scan, kind))) {
        if (to_tell)
            report_unclosed(scan, &bracket->token);
    } else {
        if (to_tell)
            report_mismatch(scan, &bracket->token);
        next_token(scan);
    }
    scan->lexer.n_lost++;
    return false;
}

static void skip_too_deep(struct scan *scan)
{
    size_t depth = 0;

    diag_error(scan->lexer.diag, scan->token.place, NULL, "more than %d brackets within each other", DEPTH_MAX);
    do {
        depth += is_opener(scan->token.kind);
        depth -= is_closer(scan->token.kind);
        next_token(scan);
    } while (depth > 0 && scan->token.kind != TOKEN_END);
    scan->lexer.n_lost += depth > 0;
}

/* ---- lists and arrays ---- */

/* Whether the next token shows that the list should have been closed before it: a setting on a later line, or a ';' followed by a
 * setting or the end of a group. */
static bool left_open(const struct scan *scan)
{
    char next;

    if (scan->token.kind != ';')
        return scan->token.place.line > scan->last.place.line && starts_setting(scan);
    next = token_peek(&scan->lexer);
    return next == '\0' || next == '}' || isalpha((unsigned char)next);
}

static bool at_list_end(const struct scan *scan)
{
    return scan->token.kind == TOKEN_END || is_closer(scan->token.kind) || left_open(scan);
}

static void read_comma(struct scan *scan, enum literal before)
{
    struct diag *diag = scan->lexer.diag;
    const struct token token = scan->token;

    if (token.kind == ',') {
        next_token(scan);
        if (is_closer(scan->token.kind))
            diag_error(diag, token.place, "leave it out", "',' after the last value");
    } else if (token.kind == ';') {
        diag_error(diag, token.place, NULL, "values in a list are separated by ',', not ';'");
        next_token(scan);
    } else if (before != LITERAL_NONE) {
        diag_error(diag, after_last(scan), NULL, "',' is missing between two values");
    }
}

static enum literal read_element(struct scan *scan)
{
    struct diag *diag = scan->lexer.diag;
    const struct token token = scan->token;

    if (starts_setting(scan)) {
        diag_error(diag, token.place, "settings stand in a group: { name = value; }", "a setting in a list");
        next_token(scan);
        next_token(scan);
    } else if (is_equals(token.kind)) {
        diag_error(diag, token.place, NULL, "'%c' in a list", token.kind);
        next_token(scan);
        return LITERAL_NONE;
    }
    return read_value(scan, (struct place){0});
}

static void check_element(struct scan *scan, struct token element, enum literal kind, enum literal *first)
{
    static const char *const kinds[] = {[LITERAL_BOOL] = "a bool",
                                        [LITERAL_INTEGER] = "an integer",
                                        [LITERAL_LONG] = "a long integer",
                                        [LITERAL_FLOAT] = "a decimal number",
                                        [LITERAL_STRING] = "a string"};
    const bool numbers =
        kind != LITERAL_STRING && *first != LITERAL_STRING && kind != LITERAL_BOOL && *first != LITERAL_BOOL;

    if (kind == LITERAL_NONE)
        return;
    if (kind == LITERAL_NESTED)
        diag_error(scan->lexer.diag, element.place, "( ) holds values of all kinds", "'%c' in an array [ ]",
                   element.kind);
    else if (*first == LITERAL_NONE)
        *first = kind;
    else if (kind != *first)
        diag_error(scan->lexer.diag, element.place,
                   numbers ? "write all alike, such as 1.0 and 0.5, or use ( ) for [ ]" : "use ( ) for [ ]",
                   "%s after %s in an array [ ]", kinds[kind], kinds[*first]);
}

static void read_elements(struct scan *scan, bool array)
{
    enum literal first = LITERAL_NONE;

    while (!at_list_end(scan)) {
        const struct token element = scan->token;
        enum literal kind;

        if (is_separator(element.kind)) {
            diag_error(scan->lexer.diag, element.place, NULL, "a value is missing before '%c'", element.kind);
            next_token(scan);
            continue;
        }
        kind = read_element(scan);
        if (array)
            check_element(scan, element, kind, &first);
        if (!at_list_end(scan))
            read_comma(scan, kind);
    }
}

/* ---- groups ---- */

static int compare_names(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order;

    if (a->token.length != b->token.length)
        return a->token.length < b->token.length ? -1 : 1;
    order = memcmp(a->text, b->text, a->token.length);
    if (order != 0)
        return order;
    return a->token.offset < b->token.offset ? -1 : a->token.offset > b->token.offset;
}

static bool same_name(const struct name *a, const struct name *b)
{
    return a->token.length == b->token.length && memcmp(a->text, b->text, a->token.length) == 0;
}

static void check_duplicates(struct scan *scan, size_t first)
{
    const size_t n = scan->n_names - first;
    const struct name *earliest;

    if (n < 2)
        return;
    earliest = scan->name + first;
    qsort(scan->name + first, n, sizeof *scan->name, compare_names);
    for (const struct name *name = earliest + 1; name < scan->name + scan->n_names; name++) {
        if (same_name(earliest, name))
            diag_error(scan->lexer.diag, name->token.place, "remove or rename one of them",
                       "%.*s is set twice in one group, first in line %u", shown_length(name->token), name->text,
                       earliest->token.place.line);
        else
            earliest = name;
    }
}

static void check_squares(struct scan *scan, size_t n)
{
    const double before = scan->squares;

    scan->squares += (double)n * (double)n;
    if (before <= squares_max && scan->squares > squares_max)
        diag_error(scan->lexer.diag, scan->token.place, "use lists, or several files joined by extends",
                   "too many settings in large groups");
}

static void add_name(struct scan *scan, struct group *group)
{
    group->n++;
    if (group->n == GROUP_MAX + 1)
        diag_error(scan->lexer.diag, scan->token.place, "use a list, or groups within the group",
                   "more than %d settings in one group", GROUP_MAX);
    if (group->n > GROUP_MAX)
        return;
    scan->name = memory_grow(scan->name, scan->n_names, &scan->names_capacity, sizeof *scan->name);
    scan->name[scan->n_names++] = (struct name){text_of(scan, scan->token), scan->token};
}

/* Skip the rest of a malformed setting and its separator. */
static void skip_setting(struct scan *scan)
{
    while (scan->token.kind != TOKEN_END && !is_closer(scan->token.kind) && !starts_setting(scan)) {
        const char kind = scan->token.kind;

        if (is_opener(kind))
            read_value(scan, (struct place){0});
        else
            next_token(scan);
        if (is_separator(kind))
            return;
    }
}

static bool check_name(struct scan *scan)
{
    static const char rule[] = "a name is a letter, then letters, digits, _ or -";
    const struct token token = scan->token;
    const char *word = text_of(scan, token);
    const int shown = shown_length(token);
    struct diag *diag = scan->lexer.diag;

    if (literal_is_bool(word, token.length))
        diag_error(diag, token.place, "choose another name", "%.*s is a value, not a name", shown, word);
    else if (!token_is_name(word, token.length))
        diag_error(diag, token.place,
                   isalpha((unsigned char)*word) && memchr(word, '.', token.length)
                       ? "in a file, write the groups: a = { b = 1; }; points are for --set"
                       : rule,
                   "%.*s is not a name", shown, word);
    else if (token.length > NAME_LENGTH_MAX)
        diag_error(diag, token.place, NULL, "a name of %zu characters, more than %d", token.length, NAME_LENGTH_MAX);
    else
        return true;
    return false;
}

/* Read the name of a setting; false when there is none and the setting must be skipped. */
static bool scan_name(struct scan *scan, struct group *group)
{
    struct diag *diag = scan->lexer.diag;
    const struct token token = scan->token;
    bool good = false;

    if (token.kind == TOKEN_WORD) {
        good = check_name(scan);
        if (good)
            add_name(scan, group);
        next_token(scan);
    } else if (token.kind == TOKEN_STRING) {
        if (!token.broken)
            diag_error(diag, token.place, form,
                       is_equals(token_peek(&scan->lexer)) ? "a name in quotes" : "a string where a name is expected");
        next_token(scan);
    } else {
        diag_error(diag, token.place, form, "a name is missing before '%c'", token.kind);
        return true;
    }
    return good || is_equals(scan->token.kind);
}

static bool starts_value(const struct scan *scan)
{
    const char *word = text_of(scan, scan->token);
    const size_t length = scan->token.length;

    if (scan->token.kind == TOKEN_WORD)
        return literal_is_bool(word, length) || literal_is_number(word, length);
    return is_opener(scan->token.kind) || scan->token.kind == TOKEN_STRING;
}

/* The '=' after a name; where it is missing, the value may be there all the same. */
static bool read_equals(struct scan *scan, struct token name)
{
    struct diag *diag = scan->lexer.diag;

    if (!is_equals(scan->token.kind)) {
        if (name.kind == TOKEN_WORD)
            diag_error(diag, after_last(scan), form, "'=' is missing after %.*s", shown_length(name),
                       text_of(scan, name));
        return starts_value(scan) && !starts_setting(scan);
    }
    next_token(scan);
    if (is_equals(scan->token.kind)) {
        diag_error(diag, scan->token.place, NULL, "a second '%c'", scan->token.kind);
        next_token(scan);
    }
    return true;
}

/* Suggest how to write a number with commas: a single one is a decimal sign, several separate thousands. */
static void comma_hint(char *hint, size_t size, const char *number, size_t length, size_t n_commas)
{
    size_t n = (size_t)snprintf(hint, size, n_commas == 1 ? "the decimal sign is a point: " : "write ");

    for (size_t i = 0; i < length && n + 1 < size; i++)
        if (number[i] != ',')
            hint[n++] = number[i];
        else if (n_commas == 1)
            hint[n++] = '.';
    hint[n] = '\0';
}

/* To the grammar 0,5 is the value 0 and a stray 5; the author meant 0.5. */
static void read_decimal_comma(struct scan *scan, struct token value)
{
    const struct source *source = scan->lexer.source;
    size_t n_commas = 0, length;
    char hint[HINT_MAX];

    while (scan->token.kind == ',' && scan->token.offset == scan->last.offset + scan->last.length &&
           isdigit((unsigned char)text_of(scan, scan->token)[1])) {
        n_commas++;
        next_token(scan);
        next_token(scan);
    }
    if (n_commas == 0)
        return;
    length = scan->last.offset + scan->last.length - value.offset;
    comma_hint(hint, sizeof hint, text_of(scan, value), length, n_commas);
    diag_error(scan->lexer.diag, source_place(source, value.offset, length), hint, "a comma in a number");
}

static const char *separator_hint(const struct scan *scan)
{
    if (starts_setting(scan))
        return NULL;
    if (scan->last.kind == TOKEN_STRING)
        return "is a quote missing before it? one within a text is written \\\"";
    return "several values make a list: (1, 2, 3)";
}

static void end_setting(struct scan *scan, struct token name, bool sound)
{
    const char kind = scan->token.kind;

    if (is_separator(kind)) {
        next_token(scan);
        return;
    }
    if (kind == TOKEN_END || is_closer(kind))
        return;
    if (sound)
        diag_error(scan->lexer.diag, after_last(scan), separator_hint(scan), "';' is missing after the value of %.*s",
                   name.kind == TOKEN_WORD ? shown_length(name) : 12,
                   name.kind == TOKEN_WORD ? text_of(scan, name) : "this setting");
    skip_setting(scan);
}

static void read_include(struct scan *scan)
{
    diag_error(scan->lexer.diag, scan->token.place, "extends = \"other.cfg\"; merges this file over another",
               "%.*s cannot be used here", shown_length(scan->token), text_of(scan, scan->token));
    next_token(scan);
    skip_setting(scan);
}

static void read_extra_separator(struct scan *scan)
{
    diag_error(scan->lexer.diag, scan->token.place, "leave it out", "'%c' without a setting before it",
               scan->token.kind);
    next_token(scan);
}

static void read_setting(struct scan *scan, struct group *group)
{
    const struct token name = scan->token;
    const size_t n_lost = scan->lexer.n_lost;
    struct token value;
    bool sound;

    if (is_separator(name.kind)) {
        read_extra_separator(scan);
        return;
    }
    if (name.kind == TOKEN_WORD && *text_of(scan, name) == '@') {
        read_include(scan);
        return;
    }
    if (!scan_name(scan, group) || !read_equals(scan, name)) {
        skip_setting(scan);
        return;
    }
    value = scan->token;
    sound = read_value(scan, name.place) != LITERAL_NONE;
    if (value.kind == TOKEN_WORD)
        read_decimal_comma(scan, value);
    end_setting(scan, name, sound && n_lost == scan->lexer.n_lost);
}

/* A closing bracket when none is open. */
static void read_stray(struct scan *scan)
{
    if (scan->lexer.n_lost == 0)
        diag_error(scan->lexer.diag, scan->token.place, "remove it, or open it before", "'%c' closes nothing",
                   scan->token.kind);
    next_token(scan);
    if (is_separator(scan->token.kind))
        next_token(scan);
}

static void read_settings(struct scan *scan)
{
    struct group group = {.first_name = scan->n_names, .n_lost = scan->lexer.n_lost};

    while (scan->token.kind != TOKEN_END) {
        if (!is_closer(scan->token.kind))
            read_setting(scan, &group);
        else if (scan->depth == 0)
            read_stray(scan);
        else
            break;
    }
    /* Settings that a missing bracket put into one group are not duplicates. */
    if (group.n_lost == scan->lexer.n_lost)
        check_duplicates(scan, group.first_name);
    check_squares(scan, group.n);
    scan->n_names = group.first_name;
}

/* ---- values ---- */

static enum literal read_nested(struct scan *scan)
{
    const struct token open = scan->token;

    if (scan->depth == DEPTH_MAX) {
        skip_too_deep(scan);
        return LITERAL_NESTED;
    }
    scan->open[scan->depth++] = (struct bracket){open, scan->lexer.n_lost};
    next_token(scan);
    if (open.kind == '{')
        read_settings(scan);
    else
        read_elements(scan, open.kind == '[');
    return close_bracket(scan) ? LITERAL_NESTED : LITERAL_NONE;
}

static enum literal read_word(struct scan *scan)
{
    const struct token token = scan->token;
    const enum literal kind = literal_read(token.place, text_of(scan, token), token.length, scan->lexer.diag);

    next_token(scan);
    return kind;
}

static enum literal read_strings(struct scan *scan)
{
    while (scan->token.kind == TOKEN_STRING)
        next_token(scan);
    return LITERAL_STRING;
}

/* A word on the next line that is followed by '=' is the name of a setting, not a value. */
static bool is_value(const struct scan *scan)
{
    return scan->token.kind == TOKEN_WORD && (scan->token.place.line == scan->last.place.line || !starts_setting(scan));
}

static enum literal read_value(struct scan *scan, struct place name)
{
    add_mark(scan, name);
    if (is_opener(scan->token.kind))
        return read_nested(scan);
    if (scan->token.kind == TOKEN_STRING)
        return read_strings(scan);
    if (is_value(scan))
        return read_word(scan);
    diag_error(scan->lexer.diag, after_last(scan), NULL, "a value is missing");
    return LITERAL_NONE;
}

bool scan(const struct source *source, struct arena *arena, struct marks *marks, struct diag *diag)
{
    const size_t n_errors = diag->n_errors;
    struct scan scan = {.lexer = {.source = source, .diag = diag}, .marks = marks};

    *marks = (struct marks){0};
    if (!token_check_bytes(source, diag))
        return false;
    scan.max_marks = count_values(source);
    marks->mark = arena_new(arena, scan.max_marks, sizeof *marks->mark);
    next_token(&scan);
    read_settings(&scan);
    assert(scan.depth == 0 && scan.n_names == 0);
    free(scan.name);
    return diag->n_errors == n_errors;
}
