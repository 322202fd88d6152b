/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/scenario/frozen.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/text/diag.h"

enum { TARGET, LOCATION, HORIZON, TYPE, TYPE_ID, VALUE, SE, COLUMNS, MOST_FIELDS = 64 };
static const char *const column_name[COLUMNS] = {"target",         "location", "horizon", "output_type",
                                                 "output_type_id", "value",    "se"};

struct cursor {
    struct frozen *to;
    const struct source *source;
    const char *at, *end;
    struct diag *diag;
    unsigned line;
    bool good;
};

static void report_line(struct cursor *cursor, const char *hint, const char *what)
{
    diag_error(cursor->diag, (struct place){.source = cursor->source, .line = cursor->line}, hint, "%s", what);
    cursor->good = false;
}

/* A field up to its comma or line's end, unquoted (RFC 4180); *last: it ends the line. */
static const char *read_field(struct cursor *cursor, bool *last)
{
    const bool quoted = cursor->at < cursor->end && *cursor->at == '"';
    char *text = arena_new(&cursor->to->arena, (size_t)(cursor->end - cursor->at) + 1, 1), *out = text;

    cursor->at += quoted;
    for (; cursor->at < cursor->end; cursor->at++) {
        if (quoted ? *cursor->at == '"' : strchr(",\r\n", *cursor->at) != NULL) {
            if (!quoted || cursor->at + 1 == cursor->end || cursor->at[1] != '"')
                break;
            cursor->at++;
        }
        *out++ = *cursor->at;
    }
    cursor->at += quoted && cursor->at < cursor->end;
    cursor->at += cursor->at < cursor->end && *cursor->at == '\r';
    *last = cursor->at >= cursor->end || *cursor->at != ',';
    cursor->at += cursor->at < cursor->end;
    return text;
}

/* The end of the line, so that a field needs no more room than its line. */
static const char *line_end(const char *at, const char *end)
{
    bool quoted = false;

    for (; at < end && (quoted || *at != '\n'); at++)
        quoted = quoted != (*at == '"');
    return at < end ? at + 1 : end;
}

/* The fields of a line, and where each begins. */
static size_t read_fields(struct cursor *cursor, const char **out, const char **begin)
{
    const char *end = cursor->end;
    size_t n = 0;
    bool last = false;

    cursor->end = line_end(cursor->at, end);
    while (!last && n < MOST_FIELDS) {
        begin[n] = cursor->at;
        out[n++] = read_field(cursor, &last);
    }
    cursor->at = cursor->end;
    cursor->end = end;
    return n;
}

static struct place place_of(const struct cursor *cursor, const char *begin, const char *text)
{
    return source_place(cursor->source, (size_t)(begin - cursor->source->text), strlen(text));
}

/* A number, or NAN for "NA", the only way to write a missing one. */
static double read_number(struct cursor *cursor, const char *text, const char *begin, const char *name)
{
    char *end;
    double x;

    if (!strcmp(text, "NA"))
        return NAN;
    x = strtod(text, &end);
    if (end != text && !*end && isfinite(x))
        return x;
    diag_error(cursor->diag, place_of(cursor, begin, text), "a number as foothold writes it, or NA",
               "%s: \"%s\" is not a number", name, text);
    cursor->good = false;
    return NAN;
}

static bool find_columns(struct cursor *cursor, size_t *place)
{
    const char *name[MOST_FIELDS], *begin[MOST_FIELDS];
    const size_t n = read_fields(cursor, name, begin);

    for (size_t c = 0; c < COLUMNS; c++) {
        place[c] = n;
        for (size_t i = 0; i < n; i++)
            if (!strcmp(name[i], column_name[c]))
                place[c] = i;
        if (place[c] == n)
            report_line(cursor, "a frozen forecast is the summary.csv of a run",
                        arena_print(&cursor->to->arena, "has no column \"%s\"", column_name[c]));
    }
    return cursor->good;
}

static void add_row(struct cursor *cursor, const size_t *place, const char *const *text, const char *const *begin)
{
    struct frozen *to = cursor->to;
    const size_t h = place[HORIZON], v = place[VALUE], e = place[SE];

    to->row = arena_grow(&to->arena, to->row, to->n, &to->capacity, sizeof *to->row);
    to->row[to->n++] = (struct frozen_row){.target = text[place[TARGET]],
                                           .location = text[place[LOCATION]],
                                           .type = text[place[TYPE]],
                                           .type_id = text[place[TYPE_ID]],
                                           .horizon = read_number(cursor, text[h], begin[h], column_name[HORIZON]),
                                           .value = read_number(cursor, text[v], begin[v], column_name[VALUE]),
                                           .se = read_number(cursor, text[e], begin[e], column_name[SE]),
                                           .at = place_of(cursor, begin[v], text[v])};
}

static void read_rows(struct cursor *cursor)
{
    size_t place[COLUMNS], most = 0;

    if (!find_columns(cursor, place))
        return;
    for (size_t c = 0; c < COLUMNS; c++)
        most = place[c] > most ? place[c] : most;
    while (cursor->at < cursor->end) {
        const char *text[MOST_FIELDS], *begin[MOST_FIELDS];

        cursor->line++;
        if (read_fields(cursor, text, begin) <= most)
            report_line(cursor, NULL, "a row with too few fields");
        else
            add_row(cursor, place, text, begin);
    }
}

static bool same_cell(const struct frozen_row *a, const struct frozen_row *b)
{
    return !strcmp(a->target, b->target) && !strcmp(a->location, b->location) && !strcmp(a->type, b->type) &&
           (a->horizon == b->horizon || (isnan(a->horizon) && isnan(b->horizon)));
}

/* Sort rows of one distribution next to each other, then by category, then by place in the file. */
static int by_cell(const void *left, const void *right)
{
    const struct frozen_row *a = *(const struct frozen_row *const *)left, *b = *(const struct frozen_row *const *)right;
    int order = strcmp(a->target, b->target);

    order = order ? order : strcmp(a->location, b->location);
    order = order ? order : strcmp(a->type, b->type);
    order = order ? order : (a->horizon > b->horizon) - (a->horizon < b->horizon);
    order = order ? order : isnan(a->horizon) - isnan(b->horizon);
    order = order ? order : strcmp(a->type_id, b->type_id);
    return order ? order : (a > b) - (a < b);
}

/* A probability: of a category of a distribution, or the answer to a question. */
static bool is_probability(const struct frozen *frozen, const struct frozen_row *row)
{
    if (!strcmp(row->type, "pmf"))
        return true;
    for (size_t q = 0; frozen->scenario && q < frozen->scenario->n_questions; q++)
        if (!strcmp(row->target, frozen->scenario->question[q].entity.id))
            return !strcmp(row->type, "mean");
    return false;
}

/* Report numbers that no run can have written, which would otherwise be scored as a forecast. */
static void check_rows(const struct frozen *frozen, struct diag *diag)
{
    const double slack = 1e-3; /* allowed for numbers rounded by hand */
    const struct frozen_row **row = memory_new(frozen->n + 1, sizeof *row);
    double sum = 0.0;

    for (size_t i = 0; i < frozen->n; i++)
        row[i] = &frozen->row[i];
    qsort(row, frozen->n, sizeof(const struct frozen_row *), by_cell);
    for (size_t i = 0; i < frozen->n; i++) {
        const struct frozen_row *it = row[i];
        const bool again = i && same_cell(it, row[i - 1]), last = i + 1 == frozen->n || !same_cell(it, row[i + 1]);

        if (again && !strcmp(it->type_id, row[i - 1]->type_id))
            diag_error(diag, it->at, "keep one of the two", "value: \"%s\" of %s is already on line %u", it->target,
                       it->location, row[i - 1]->at.line);
        if (is_probability(frozen, it) && (it->value < 0.0 || it->value > 1.0))
            diag_error(diag, it->at, "a probability lies between 0 and 1", "value: %g is not a probability", it->value);
        sum = (again ? sum : 0.0) + (isnan(it->value) ? 0.0 : it->value);
        if (last && !strcmp(it->type, "pmf") && sum > 1.0 + slack)
            diag_error(diag, it->at, "the probabilities of all categories sum to 1",
                       "value: the distribution of \"%s\" of %s sums to %g", it->target, it->location, sum);
    }
    free(row);
}

/* The scenario kept in the manifest, with its id. */
static struct scenario *read_scenario(struct frozen *frozen, const char *path, const struct model_schema *model,
                                      size_t n_models, struct diag *diag)
{
    const char *slash = strrchr(path, '/');
    const char *manifest =
        slash ? arena_print(&frozen->arena, "%.*s/manifest.json", (int)(slash - path), path) : "manifest.json";
    json_t *root = json_load_file(manifest, 0, NULL), *scenario = json_object_get(root, "scenario");
    const char *text = json_string_value(json_object_get(scenario, "effective"));
    const char *id = json_string_value(json_object_get(scenario, "id"));
    struct scenario like = {0}, *out = NULL;
    const struct source *source;
    const struct node *tree;

    if (!text || !id) {
        diag_error(diag, (struct place){0},
                   "keep the run's folder together: the manifest holds the date on which the forecast starts",
                   "%s: there is no manifest.json with a scenario in its folder", path);
        json_decref(root);
        return NULL;
    }
    source = source_from_text(&frozen->arena, manifest, text, strlen(text));
    tree = tree_parse(&frozen->arena, source, diag);
    like.id = arena_copy(&frozen->arena, id, strlen(id));
    like.file = &source;
    like.n_files = 1;
    json_decref(root);
    if (tree)
        out = scenario_of_tree(tree, &like, model, n_models, diag);
    if (out) {
        out->file = arena_new(&frozen->arena, 1, sizeof *out->file);
        out->file[0] = source;
    }
    return out;
}

void frozen_read(struct frozen *frozen, const char *path, const struct model_schema *model, size_t n_models,
                 struct diag *diag)
{
    const struct source *source;
    struct cursor cursor;

    *frozen = (struct frozen){0};
    source = source_read(&frozen->arena, path);
    if (!diag_check_source(diag, source))
        return;
    cursor = (struct cursor){.to = frozen,
                             .source = source,
                             .at = source->text,
                             .end = source->text + source->size,
                             .diag = diag,
                             .line = 1,
                             .good = true};
    read_rows(&cursor);
    if (cursor.good)
        frozen->scenario = read_scenario(frozen, path, model, n_models, diag);
    if (cursor.good)
        check_rows(frozen, diag);
}

void frozen_free(struct frozen *frozen)
{
    scenario_free(frozen->scenario);
    arena_free(&frozen->arena);
}

const struct frozen_row *frozen_find(const struct frozen *frozen, const char *target, const char *location,
                                     const char *type, const char *type_id)
{
    for (size_t i = 0; i < frozen->n; i++) {
        const struct frozen_row *row = &frozen->row[i];

        if (!strcmp(row->target, target) && !strcmp(row->location, location) && !strcmp(row->type, type) &&
            !strcmp(row->type_id, type_id))
            return row;
    }
    return NULL;
}
