/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/scenario/scenario.h"
#include <ctype.h>
#include <math.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include "sim/scenario/layers.h"
#include "sim/scenario/read.h"

struct head {
    double format, horizon;
    const struct node *horizon_node, *as_of_node, *format_node;
    const char *title, *id;
};

struct analyst {
    struct entity entity;
    const char *id;
    double weight, colour;
};

static void read_analyst_id(struct reader *reader, const struct node *node, const char *path, void *into)
{
    read_text(reader, node, path, into);
    if (node->kind == NODE_STRING)
        read_check_id(reader, node->text, node->at, path);
}

static const struct key analyst_key[] = {
    {"id", read_analyst_id, offsetof(struct analyst, id)},
    {"date", read_nothing, 0},
    {"weight", read_number, offsetof(struct analyst, weight)},
    {"colour", read_number, offsetof(struct analyst, colour)},
};

static const struct key head_key[] = {
    {"format", read_node, offsetof(struct head, format_node)},
    {"id", read_text, offsetof(struct head, id)},
    {"title", read_text, offsetof(struct head, title)},
    {"text", read_nothing, 0},
    {"as_of", read_node, offsetof(struct head, as_of_node)},
    {"horizon", read_node, offsetof(struct head, horizon_node)},
    {"extends", read_nothing, 0},
    {"model", read_nothing, 0},
    {"analyst", read_nothing, 0},
    {"sources", read_nothing, 0},
    {"actors", read_nothing, 0},
    {"bases", read_nothing, 0},
    {"states", read_nothing, 0},
    {"transitions", read_nothing, 0},
    {"levers", read_nothing, 0},
    {"events", read_nothing, 0},
    {"couplings", read_nothing, 0},
    {"dependence", read_nothing, 0},
    {"correlations", read_nothing, 0},
    {"parameters", read_nothing, 0},
    {"questions", read_nothing, 0},
    {"evidence", read_nothing, 0},
};

/* The keys of the whole scenario: those above, and a group for each model with fields of its own. */
static void read_root(struct reader *reader, struct head *head)
{
    struct keys own, fixed = {head_key, sizeof head_key / sizeof *head_key, &own};
    struct key *model = arena_new(&reader->scenario->arena, reader->n_models, sizeof *model);
    size_t n = 0;

    for (size_t i = 0; i < reader->n_models; i++)
        for (size_t f = 0; f < reader->model[i].n_fields; f++)
            if (reader->model[i].field[f].place == FIELD_OF_MODEL) {
                model[n++] = (struct key){reader->model[i].name, read_nothing, 0};
                break;
            }
    own = (struct keys){model, n, NULL};
    read_object(reader, reader->scenario->root, "", &fixed, head);
}

static struct place start_of(const struct scenario *scenario)
{
    return (struct place){.source = scenario->file[0]};
}

/* A number of months after as_of, or a date, which stays the same when as_of moves. */
static void read_horizon(struct reader *reader, const struct node *node)
{
    struct scenario *scenario = reader->scenario;
    const size_t errors = reader->diag->n_errors;
    double months = 0.0, day;

    scenario->horizon_place = node->at;
    if (node->kind == NODE_STRING) {
        scenario->horizon_is_date = true;
        if (read_date(reader, node, "horizon", &day) && scenario->as_of)
            months = (day - scenario->as_of_day) / MONTH_DAYS;
    } else if (read_is_kind(reader, node, NODE_NUMBER, "horizon", "a number of months, or a date,")) {
        months = node->number;
    }
    if (months > 0.0 && months <= SCENARIO_MONTHS) {
        scenario->horizon = months;
        return;
    }
    if (scenario->as_of ||
        node->kind == NODE_NUMBER)           /* otherwise as_of was reported, or it is a template without one */
        scenario->horizon = SCENARIO_MONTHS; /* so that no month is reported as lying beyond a wrong horizon */
    if (reader->diag->n_errors > errors)
        return;
    if (node->kind == NODE_NUMBER)
        diag_error(reader->diag, node->at, "months after as_of: above 0, at most 1200", "horizon: %g is not a horizon",
                   node->number);
    else if (scenario->as_of)
        diag_error(reader->diag, node->at,
                   arena_print(&scenario->arena, "a date after as_of, %s, by at most 1200 months", scenario->as_of),
                   "horizon: \"%s\" is not a horizon", node->text);
}

static void read_head(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    struct head head = {0};

    read_root(reader, &head);
    scenario->title = head.title;
    scenario->id = head.id;
    if (!head.format_node)
        diag_error(reader->diag, start_of(scenario), "begin the file with format = 1;", "format is missing");
    else if (head.format_node->kind != NODE_NUMBER || head.format_node->number != 1.0)
        diag_error(reader->diag, head.format_node->at, "this program reads format = 1;",
                   "format: not a format known here");
    scenario->is_frame = !head.as_of_node;
    if (head.as_of_node && read_date(reader, head.as_of_node, "as_of", &scenario->as_of_day))
        scenario->as_of = head.as_of_node->text;
    scenario->horizon = 24.0;
    if (head.horizon_node)
        read_horizon(reader, head.horizon_node);
    else if (!scenario->is_frame)
        diag_error(reader->diag, head.as_of_node->at_name, "add horizon = 24.0; (months after as_of)",
                   "horizon is missing");
}

static void read_analyst(struct reader *reader)
{
    static const struct keys keys = {analyst_key, sizeof analyst_key / sizeof *analyst_key, &read_entity_keys};
    struct scenario *scenario = reader->scenario;
    const struct node *node = tree_get(scenario->root, "analyst");
    struct analyst analyst = {.id = "analyst", .weight = 1.0};

    if (node)
        read_object(reader, node, "analyst", &keys, &analyst);
    if (!(analyst.weight >= 0.0))
        diag_error(reader->diag, tree_get(node, "weight")->at, "0 or more", "analyst.weight: %g is not a weight",
                   analyst.weight);
    if (node && tree_get(node, "colour") &&
        !(analyst.colour >= 1.0 && analyst.colour <= SCENARIO_COLOURS && analyst.colour == floor(analyst.colour)))
        diag_error(reader->diag, tree_get(node, "colour")->at, "a whole number, 1 to 7",
                   "analyst.colour: %g is not a colour", analyst.colour);
    else
        scenario->analyst_colour = (unsigned)analyst.colour;
    scenario->analyst_id = analyst.id;
    scenario->analyst_weight = analyst.weight;
}

/* The file's name without folder and ending. Dates make good names, so it may begin with a digit. */
static void name_scenario(struct reader *reader, const char *path)
{
    struct scenario *scenario = reader->scenario;
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    const struct node *id = tree_get(scenario->root, "id");
    size_t length = strlen(name);
    bool good = true;

    if (scenario->id) {
        read_check_id(reader, scenario->id, id->at, "id");
    } else {
        if (length > 4 && !strcmp(name + length - 4, ".cfg"))
            length -= 4;
        scenario->id = strcmp(path, "-") ? arena_copy(&scenario->arena, name, length) : "stdin";
        for (size_t i = 0; scenario->id[i]; i++)
            good = good && (isalnum((unsigned char)scenario->id[i]) || (i && strchr("_-", scenario->id[i])));
        if (!good || !*scenario->id || strlen(scenario->id) > 64)
            diag_error(reader->diag, start_of(scenario), "add id = \"...\";: a letter, then letters, digits, _ or -",
                       "the file's name \"%s\" does not make an id", scenario->id);
        else if (read_misread_as(scenario->id))
            diag_error(reader->diag, start_of(scenario),
                       arena_print(&scenario->arena, "%s, or add id = \"...\";", read_misread_as(scenario->id)),
                       "the file's name \"%s\" does not make an id", scenario->id);
    }
    if (!scenario->title)
        scenario->title = scenario->id;
}

static void read_all(struct reader *reader, const char *path)
{
    read_head(reader);
    read_analyst(reader);
    name_scenario(reader, path);
    read_models(reader);
    read_sections(reader);
    read_questions(reader);
}

enum scenario_kind scenario_kind(const struct node *root)
{
    return tree_get(root, "resolutions") ? KIND_RESOLUTIONS : tree_get(root, "batch") ? KIND_BATCH : KIND_SCENARIO;
}

struct scenario *scenario_of_tree(const struct node *root, const struct scenario *like,
                                  const struct model_schema *model, size_t n_models, struct diag *diag)
{
    struct scenario *scenario = memory_new(1, sizeof *scenario);
    struct reader reader = {scenario, diag, model, n_models};

    scenario->root = root;
    scenario->file = like->file;
    scenario->n_files = like->n_files;
    read_all(&reader, like->id);
    return scenario;
}

struct scenario *scenario_parse(const char *path, struct diag *diag)
{
    struct scenario *scenario = memory_new(1, sizeof *scenario);

    scenario->root = scenario->tree = layers_parse(scenario, path, diag);
    scenario->kind = scenario_kind(scenario->root);
    return scenario;
}

void scenario_interpret(struct scenario *scenario, const char *path, const struct override *override,
                        size_t n_overrides, const struct model_schema *model, size_t n_models, struct diag *diag)
{
    struct reader reader = {scenario, diag, model, n_models};

    if (!scenario->root)
        return;
    if (!layers_override(scenario, scenario->tree, override, n_overrides, diag)) {
        scenario->root = NULL;
        return;
    }
    scenario->kind = scenario_kind(scenario->root); /* an override can add a section */
    scenario->is_frame = scenario->kind != KIND_SCENARIO;
    if (scenario->kind == KIND_SCENARIO)
        read_all(&reader, path);
}

struct scenario *scenario_read(const char *path, const struct override *override, size_t n_overrides,
                               const struct model_schema *model, size_t n_models, struct diag *diag)
{
    struct scenario *scenario = scenario_parse(path, diag);

    scenario_interpret(scenario, path, override, n_overrides, model, n_models, diag);
    return scenario;
}

void scenario_free(struct scenario *scenario)
{
    if (!scenario)
        return;
    arena_free(&scenario->arena);
    free(scenario);
}

void scenario_sha256(const char *text, size_t size, char *hex)
{
    static const char digit[] = "0123456789abcdef";
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, size, (const uint8_t *)text);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        hex[2 * i] = digit[digest[i] >> 4];
        hex[2 * i + 1] = digit[digest[i] & 15];
    }
    hex[2 * sizeof digest] = '\0';
}

const struct question *scenario_question(const struct scenario *scenario, const char *id)
{
    for (size_t q = 0; q < scenario->n_questions; q++)
        if (!strcmp(scenario->question[q].entity.id, id))
            return &scenario->question[q];
    return NULL;
}

bool scenario_has_base(const struct scenario *scenario, const char *id)
{
    for (size_t b = 0; b < scenario->n_bases; b++)
        if (!strcmp(scenario->base[b].entity.id, id))
            return true;
    return false;
}
