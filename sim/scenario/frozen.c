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

static void complain(struct cursor *cursor, const char *hint, const char *what)
{
    diag_error(cursor->diag, (struct place){.source = cursor->source, .line = cursor->line}, hint, "%s", what);
    cursor->good = false;
}

/* A field up to its comma or line's end, unquoted (RFC 4180); *last: it ends the line. */
static const char *field(struct cursor *cursor, bool *last)
{
    const bool quoted = cursor->at < cursor->end && *cursor->at == '"';
    char *text = pool_new(&cursor->to->pool, (size_t)(cursor->end - cursor->at) + 1, 1), *out = text;

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

static size_t fields(struct cursor *cursor, const char **out)
{
    const char *end = cursor->end;
    size_t n = 0;
    bool last = false;

    cursor->end = line_end(cursor->at, end);
    while (!last && n < MOST_FIELDS)
        out[n++] = field(cursor, &last);
    cursor->at = cursor->end;
    cursor->end = end;
    return n;
}

static double number(struct cursor *cursor, const char *text)
{
    char *end;
    double x;

    if (!strcmp(text, "NA"))
        return NAN;
    x = strtod(text, &end);
    if (end == text || *end)
        complain(cursor, "as foothold writes it", pool_print(&cursor->to->pool, "\"%s\" is not a number", text));
    return x;
}

static bool find_columns(struct cursor *cursor, size_t *place)
{
    const char *name[MOST_FIELDS];
    const size_t n = fields(cursor, name);

    for (size_t c = 0; c < COLUMNS; c++) {
        place[c] = n;
        for (size_t i = 0; i < n; i++)
            if (!strcmp(name[i], column_name[c]))
                place[c] = i;
        if (place[c] == n)
            complain(cursor, "a frozen forecast is the summary.csv of a run",
                     pool_print(&cursor->to->pool, "has no column \"%s\"", column_name[c]));
    }
    return cursor->good;
}

static void read_rows(struct cursor *cursor)
{
    struct frozen *to = cursor->to;
    size_t place[COLUMNS];

    if (!find_columns(cursor, place))
        return;
    while (cursor->at < cursor->end && cursor->good) {
        const char *text[MOST_FIELDS];
        size_t n, most = 0;

        cursor->line++;
        n = fields(cursor, text);
        for (size_t c = 0; c < COLUMNS; c++)
            most = place[c] > most ? place[c] : most;
        if (n <= most) {
            complain(cursor, NULL, "a row with too few fields");
            return;
        }
        to->row = pool_grow(&to->pool, to->row, to->n, &to->capacity, sizeof *to->row);
        to->row[to->n++] = (struct frozen_row){.target = text[place[TARGET]],
                                               .location = text[place[LOCATION]],
                                               .type = text[place[TYPE]],
                                               .type_id = text[place[TYPE_ID]],
                                               .horizon = number(cursor, text[place[HORIZON]]),
                                               .value = number(cursor, text[place[VALUE]]),
                                               .se = number(cursor, text[place[SE]])};
    }
}

/* The scenario that the manifest keeps, with its id. */
static struct scenario *read_scenario(struct frozen *frozen, const char *path, const struct model_schema *model,
                                      size_t n_models, struct diag *diag)
{
    const char *slash = strrchr(path, '/');
    const char *manifest =
        slash ? pool_print(&frozen->pool, "%.*s/manifest.json", (int)(slash - path), path) : "manifest.json";
    json_t *root = json_load_file(manifest, 0, NULL), *scenario = json_object_get(root, "scenario");
    const char *text = json_string_value(json_object_get(scenario, "effective"));
    const char *id = json_string_value(json_object_get(scenario, "id"));
    struct scenario like = {0}, *out = NULL;
    const struct source *source;
    const struct node *tree;

    if (!text || !id) {
        diag_error(diag, (struct place){0}, "keep the run's folder together: it tells when the forecast starts",
                   "%s: has no manifest.json with a scenario beside it", path);
        json_decref(root);
        return NULL;
    }
    source = source_from_text(&frozen->pool, manifest, text, strlen(text));
    tree = tree_parse(&frozen->pool, source, diag);
    like.id = pool_copy(&frozen->pool, id, strlen(id));
    like.file = &source;
    like.n_files = 1;
    json_decref(root);
    if (tree)
        out = scenario_of_tree(tree, &like, model, n_models, diag);
    if (out) {
        out->file = pool_new(&frozen->pool, 1, sizeof *out->file);
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
    source = source_read(&frozen->pool, path, diag);
    if (!source)
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
}

void frozen_free(struct frozen *frozen)
{
    scenario_free(frozen->scenario);
    pool_free(&frozen->pool);
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
