/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/text/csv.h"
#include <stdlib.h>
#include <string.h>
#include "sim/text/diag.h"

static const char utf8_mark[] = "\xEF\xBB\xBF";

/* Report the first byte that is not text; such bytes seldom occur alone. */
static bool check_bytes(const struct source *source, struct diag *diag)
{
    size_t size;

    for (size_t at = 0; at < source->size; at += size) {
        size = source_utf8(source->text + at, source->size - at);
        if (!size || !source->text[at]) {
            diag_error(diag, source_place(source, at, 1), "save the table as text in UTF-8",
                       size ? "contains a byte 0, so it is not text" : "is not in UTF-8");
            return false;
        }
    }
    return true;
}

struct cursor {
    struct arena *arena;
    const struct source *source;
    struct diag *diag;
    size_t at, end; /* offsets */
    bool broken;    /* a mistake in this row was reported */
};

static void report_field(struct cursor *it, size_t offset, size_t length, const char *hint, const char *what)
{
    diag_error(it->diag, source_place(it->source, offset, length), hint, "%s", what);
    it->broken = true;
}

/* The quoted field that begins here; the cursor moves past its closing quote. */
static const char *read_quoted(struct cursor *it)
{
    const char *text = it->source->text;
    const size_t start = it->at++;
    char *out;
    size_t n = 0, close = it->at;

    while (close < it->end && (text[close] != '"' || (close + 1 < it->end && text[close + 1] == '"')))
        close += text[close] == '"' ? 2 : 1;
    if (close >= it->end) {
        report_field(it, start, 1, "a quote inside a quoted field is written twice: \"\"",
                     "a quoted field is not closed");
        close = it->end;
    }
    out = arena_new(it->arena, close - it->at + 1, 1);
    for (; it->at < close; it->at++) {
        it->at += text[it->at] == '"';
        out[n++] = text[it->at];
    }
    it->at += it->at < it->end;
    return out;
}

static bool ends_line(const struct cursor *it)
{
    const char *text = it->source->text;

    return it->at >= it->end || text[it->at] == '\n' ||
           (text[it->at] == '\r' && (it->at + 1 >= it->end || text[it->at + 1] == '\n'));
}

static struct csv_field read_field(struct cursor *it)
{
    const char *text = it->source->text;
    struct csv_field field = {.offset = it->at};

    if (it->at < it->end && text[it->at] == '"') {
        field.text = read_quoted(it);
        if (!ends_line(it) && text[it->at] != ',')
            report_field(it, it->at, 1, "a comma or the end of the line follows a closing quote",
                         "text after the closing quote of a field");
    }
    while (!ends_line(it) && text[it->at] != ',') {
        if (text[it->at] == '"')
            report_field(it, it->at, 1, "put the whole field into quotes and write a quote in it twice: \"\"",
                         "a quote within a field that does not begin with one");
        it->at++;
    }
    field.length = it->at - field.offset;
    if (!field.text)
        field.text = arena_copy(it->arena, text + field.offset, field.length);
    return field;
}

/* One row; fields grow in *field. Returns their number; 0: an empty line. */
static size_t read_row(struct cursor *it, struct csv_field **field, size_t *capacity)
{
    const size_t start = it->at;
    size_t n = 0;

    it->broken = false;
    for (;;) {
        *field = memory_grow(*field, n, capacity, sizeof **field);
        (*field)[n++] = read_field(it);
        if (ends_line(it))
            break;
        it->at++; /* the comma */
    }
    if (n == 1 && it->at == start)
        n = 0;
    it->at += it->at < it->end && it->source->text[it->at] == '\r';
    it->at += it->at < it->end;
    return n;
}

static const struct csv_field *copy_fields(struct arena *arena, const struct csv_field *field, size_t n)
{
    struct csv_field *out = arena_new(arena, n, sizeof *out);

    if (n)
        memcpy(out, field, n * sizeof *out);
    return out;
}

static void check_header(const struct csv *csv, struct diag *diag)
{
    if (csv->n_columns == 1 && strpbrk(csv->column[0].text, ";\t"))
        diag_error(diag, csv_place(csv, &csv->column[0]), "save the table with commas between fields (RFC 4180)",
                   "fields seem to be separated by %s", strchr(csv->column[0].text, ';') ? "semicolons" : "tabs");
    for (size_t i = 0; i < csv->n_columns; i++)
        for (size_t j = 0; j < i && *csv->column[i].text; j++)
            if (!strcmp(csv->column[i].text, csv->column[j].text)) {
                diag_error(diag, csv_place(csv, &csv->column[i]), "each column needs a name of its own",
                           "a second column \"%s\"", csv->column[i].text);
                break;
            }
}

bool csv_read(struct csv *csv, struct arena *arena, const struct source *source, struct diag *diag)
{
    struct cursor it = {.arena = arena, .source = source, .diag = diag, .end = source->size};
    struct csv_field *field = NULL;
    struct csv_row *row = NULL;
    size_t capacity = 0, n = 0;

    *csv = (struct csv){.source = source};
    if (!check_bytes(source, diag))
        return false;
    if (source->size >= 3 && !memcmp(source->text, utf8_mark, 3))
        it.at = 3;
    while (it.at < it.end && !n)
        n = read_row(&it, &field, &capacity);
    csv->column = copy_fields(arena, field, n);
    csv->n_columns = n;
    if (!n)
        diag_error(diag, (struct place){.source = source, .line = 1}, "the first line names the columns",
                   "there is no header line");
    else
        check_header(csv, diag);
    while (it.at < it.end && csv->n_columns) {
        n = read_row(&it, &field, &capacity);
        if (n && !it.broken && n != csv->n_columns)
            diag_error(diag, source_place(source, field[0].offset, field[0].length),
                       n < csv->n_columns ? "an empty field still needs its comma"
                                          : "a field that holds a comma is put into quotes",
                       "%zu field%s, but %zu column%s", n, n == 1 ? "" : "s", csv->n_columns,
                       csv->n_columns == 1 ? "" : "s");
        if (!n || it.broken || n != csv->n_columns)
            continue;
        row = arena_grow(arena, row, csv->n, &csv->capacity, sizeof *row);
        row[csv->n++].field = copy_fields(arena, field, n);
    }
    csv->row = row;
    free(field);
    return csv->n_columns > 0;
}

struct place csv_place(const struct csv *csv, const struct csv_field *field)
{
    return source_place(csv->source, field->offset, field->length);
}

size_t csv_find(const struct csv *csv, const char *name)
{
    size_t i = 0;

    while (i < csv->n_columns && strcmp(csv->column[i].text, name))
        i++;
    return i;
}

const char *csv_nearest(const struct csv *csv, const char *name)
{
    const char **names = memory_new(csv->n_columns + 1, sizeof *names), *near;

    for (size_t i = 0; i < csv->n_columns; i++)
        names[i] = csv->column[i].text;
    near = diag_nearest(name, names, csv->n_columns);
    free(names);
    return near;
}
