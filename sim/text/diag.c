/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/text/diag.h"
#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "sim/system/visible.h"

enum {
    SHOWN_MAX = 100, /* of errors, and of warnings */
    KEPT_MAX = 1000, /* a file of random bytes must not fill memory with messages */
    WINDOW = 100,    /* bytes of a source line that are shown */
    LEAD = 40,       /* how many of them come before the word */
    WORD_MAX = 64    /* longer words are not compared */
};

enum severity { ERROR, WARNING };

struct diag_entry {
    enum severity severity;
    struct place place;
    size_t source_number; /* sources are numbered in order of first mention */
    const char *message;
    const char *hint;
};

static const struct look {
    const char *label, *start;
} looks[] = {
    [ERROR] = {"error", "\033[1;31m"},
    [WARNING] = {"warning", "\033[1;35m"},
};
static const char bold[] = "\033[1m", plain[] = "\033[0m";

/* ---- collecting ---- */

static size_t number_source(const struct diag *diag, const struct source *source)
{
    size_t next = 0;

    for (size_t i = 0; i < diag->n; i++) {
        if (diag->entry[i].place.source == source)
            return diag->entry[i].source_number;
        if (diag->entry[i].source_number >= next)
            next = diag->entry[i].source_number + 1;
    }
    return next;
}

static bool is_repeated(const struct diag *diag, struct place place, const char *message)
{
    for (size_t i = 0; i < diag->n; i++) {
        const struct diag_entry *entry = &diag->entry[i];

        if (entry->place.source == place.source && entry->place.line == place.line &&
            entry->place.column == place.column && strcmp(entry->message, message) == 0)
            return true;
    }
    return false;
}

static const char *format_text(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static const char *format_text(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    char *text;
    int size;

    va_copy(again, args);
    size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (size < 0)
        die("cannot format a message");
    text = arena_new(arena, (size_t)size + 1, 1);
    vsnprintf(text, (size_t)size + 1, format, args);
    return text;
}

static void add_entry(struct diag *diag, enum severity severity, struct place place, const char *hint,
                      const char *format, va_list args) __attribute__((format(printf, 5, 0)));

static void add_entry(struct diag *diag, enum severity severity, struct place place, const char *hint,
                      const char *format, va_list args)
{
    size_t *n = severity == ERROR ? &diag->n_errors : &diag->n_warnings;
    const char *message;

    if (*n >= KEPT_MAX) {
        ++*n;
        return;
    }
    message = format_text(&diag->arena, format, args);
    if (is_repeated(diag, place, message))
        return;
    ++*n;
    diag->entry = memory_grow(diag->entry, diag->n, &diag->capacity, sizeof *diag->entry);
    diag->entry[diag->n] = (struct diag_entry){
        .severity = severity,
        .place = place,
        .source_number = number_source(diag, place.source),
        .message = message,
        .hint = hint ? arena_copy(&diag->arena, hint, strlen(hint)) : NULL,
    };
    diag->n++;
}

void diag_error(struct diag *diag, struct place place, const char *hint, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_entry(diag, ERROR, place, hint, format, args);
    va_end(args);
}

void diag_warning(struct diag *diag, struct place place, const char *hint, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_entry(diag, WARNING, place, hint, format, args);
    va_end(args);
}

bool diag_check_source(struct diag *diag, const struct source *source)
{
    if (source->problem)
        diag_error(diag, (struct place){.source = source}, NULL, "cannot be read: %s", source->problem);
    return !source->problem;
}

void diag_free(struct diag *diag)
{
    free(diag->entry);
    arena_free(&diag->arena);
    *diag = (struct diag){0};
}

/* ---- text that is safe for a terminal ---- */

void diag_put_safe(FILE *out, const char *text, size_t size)
{
    visible_put(out, text, size);
}

/* ---- showing the line ---- */

static void put_line(FILE *out, const char *text, size_t size)
{
    while (size > 0) {
        const char *tab = memchr(text, '\t', size);
        const size_t length = tab ? (size_t)(tab - text) : size;

        diag_put_safe(out, text, length);
        if (tab)
            putc('\t', out);
        text += length + (tab != NULL);
        size -= length + (tab != NULL);
    }
}

static size_t count_columns(const char *text, size_t size)
{
    size_t sum = 0, width;

    for (size_t i = 0; i < size; sum += width)
        i += visible_unit(text + i, size - i, &width);
    return sum;
}

/* Write blanks as wide as the text; tabs stay tabs. */
static void put_blanks(FILE *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size;) {
        size_t width;

        if (text[i] == '\t') {
            putc('\t', out);
            i++;
            continue;
        }
        i += visible_unit(text + i, size - i, &width);
        fprintf(out, "%*s", (int)width, "");
    }
}

static void put_carets(FILE *out, size_t n)
{
    putc('^', out);
    while (n-- > 1)
        putc('~', out);
}

/* Move an offset back to the start of its UTF-8 character. */
static size_t character_start(const char *text, size_t offset)
{
    for (int i = 0; i < 3 && offset > 0 && ((unsigned char)text[offset] & 0xC0) == 0x80; i++)
        offset--;
    return offset;
}

static void show_line(FILE *out, const struct place *place, bool colour, const char *start)
{
    size_t size, word, from = 0, to, length;
    const char *line = source_line(place->source, place->line, &size);
    const char *dots;

    word = place->column ? place->column - 1 : 0;
    if (word > size)
        word = size;
    if (size > WINDOW && word > WINDOW - LEAD)
        from = character_start(line, word - LEAD);
    to = size - from > WINDOW ? character_start(line, from + WINDOW) : size;
    dots = from > 0 ? "..." : "";

    fprintf(out, "%5u | %s", place->line, dots);
    put_line(out, line + from, to - from);
    fprintf(out, "%s\n", to < size ? "..." : "");
    if (place->column == 0)
        return;
    length = place->length < to - word ? place->length : to - word;
    fprintf(out, "      | %*s", (int)strlen(dots), "");
    put_blanks(out, line + from, word - from);
    fputs(colour ? start : "", out);
    put_carets(out, count_columns(line + word, length));
    fprintf(out, "%s\n", colour ? plain : "");
}

/* ---- printing all ---- */

static void put_place(FILE *out, const struct place *place)
{
    if (!place->source)
        return;
    diag_put_safe(out, place->source->name, strlen(place->source->name));
    if (place->line)
        fprintf(out, ":%u", place->line);
    if (place->line && place->column)
        fprintf(out, ":%u", place->column);
    fputs(": ", out);
}

static void put_entry(FILE *out, const struct diag_entry *entry, bool colour)
{
    const struct look *look = &looks[entry->severity];

    fputs(colour ? bold : "", out);
    put_place(out, &entry->place);
    fprintf(out, "%s%s: %s", colour ? look->start : "", look->label, colour ? plain : "");
    diag_put_safe(out, entry->message, strlen(entry->message));
    putc('\n', out);
    if (entry->place.source && entry->place.line)
        show_line(out, &entry->place, colour, look->start);
    if (entry->hint) {
        fputs("  hint: ", out);
        diag_put_safe(out, entry->hint, strlen(entry->hint));
        putc('\n', out);
    }
}

static int compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* By source, line and column; entries at one place keep the order in which they were reported. */
static int compare_entries(const void *left, const void *right)
{
    const struct diag_entry *a = *(const struct diag_entry *const *)left;
    const struct diag_entry *b = *(const struct diag_entry *const *)right;

    if (a->source_number != b->source_number)
        return compare_sizes(a->source_number, b->source_number);
    if (a->place.line != b->place.line)
        return compare_sizes(a->place.line, b->place.line);
    if (a->place.column != b->place.column)
        return compare_sizes(a->place.column, b->place.column);
    return (a > b) - (a < b);
}

static void put_rest(FILE *out, size_t n, const char *what)
{
    if (n > SHOWN_MAX)
        fprintf(out, "... and %zu more %s%s\n", n - SHOWN_MAX, what, n - SHOWN_MAX > 1 ? "s" : "");
}

void diag_print(const struct diag *diag, FILE *out, bool colour)
{
    const struct diag_entry **order = memory_new(diag->n, sizeof *order);
    size_t shown[] = {[ERROR] = 0, [WARNING] = 0};

    for (size_t i = 0; i < diag->n; i++)
        order[i] = &diag->entry[i];
    qsort(order, diag->n, sizeof *order, compare_entries);
    for (size_t i = 0; i < diag->n; i++)
        if (shown[order[i]->severity]++ < SHOWN_MAX)
            put_entry(out, order[i], colour);
    put_rest(out, diag->n_errors, looks[ERROR].label);
    put_rest(out, diag->n_warnings, looks[WARNING].label);
    free(order);
}

/* ---- misspelt words ---- */

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, each at a cost of 1 (Damerau 1964,
 * Comm. ACM 7). Case is ignored. row[j] is the distance from the first i letters of a to the first j of b; it depends on the two rows
 * before it only, so three rows of the table suffice. Example: "lasst" to "lasts" is 1, one swap. */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];

    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *const oldest = before;

        before = above;
        above = row;
        row = oldest;
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            const int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);

            row[j] = min_size(above[j - 1] + (x != y), min_size(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) && y == tolower((unsigned char)a[i - 2]))
                row[j] = min_size(row[j], before[j - 2] + 1);
        }
    }
    return row[m];
}

const char *diag_nearest(const char *word, const char *const *name, size_t n)
{
    const size_t length = strlen(word);
    size_t best =
        1 + length / 4 + 1; /* the smallest distance that is too far: one mistake, and one more for each four letters */
    const char *nearest = NULL;

    if (length == 0 || length > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        const size_t size = strlen(name[i]);
        size_t d;

        if (size == 0 || size > WORD_MAX)
            continue;
        d = edit_distance(word, length, name[i], size);
        /* A distance as long as the longer word means that no letter is shared. */
        if (d < best && d < (length > size ? length : size)) {
            best = d;
            nearest = name[i];
        }
    }
    return nearest;
}

const char *diag_first_error(const struct diag *diag)
{
    for (size_t i = 0; i < diag->n; i++)
        if (diag->entry[i].severity == ERROR)
            return diag->entry[i].message;
    return NULL;
}
