/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sections.c - the sections that describe what is simulated: states, actors, bases, and every clock (transitions, levers, events). */
#include <stddef.h>
#include <string.h>
#include "sim/scenario/read.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ENTITY(table)                                                                                                  \
    {                                                                                                                  \
        table, COUNT(table), &read_entity_keys                                                                         \
    }

static void read_given_bool(struct reader *reader, const struct node *node, const char *path, void *into)
{
    struct state *state = into;

    state->deal_given = true;
    read_bool(reader, node, path, &state->deal);
}

static void read_held(struct reader *reader, const struct node *node, const char *path, void *into)
{
    struct state *state = into;

    state->held_given = true;
    read_bool(reader, node, path, &state->held);
}

static const struct key state_key[] = {
    {"held", read_held, 0},
    {"final", read_bool, offsetof(struct state, final)},
    {"initial", read_bool, offsetof(struct state, initial)},
    {"deal", read_given_bool, 0},
};

static void read_role(struct reader *reader, const struct node *node, const char *path, void *into)
{
    read_text(reader, node, path, into);
    if (node->kind == NODE_STRING && strcmp(node->text, "guest") && strcmp(node->text, "host") &&
        strcmp(node->text, "third"))
        diag_error(reader->diag, node->at, "a role is \"guest\", \"host\" or \"third\"", "%s: \"%s\" is not a role",
                   path, node->text);
}

static const struct key actor_key[] = {
    {"role", read_role, offsetof(struct actor, role)},
    {"capability", read_quantity, offsetof(struct actor, capability)},
    {"salience", read_quantity, offsetof(struct actor, salience)},
    {"position", read_quantity, offsetof(struct actor, position)},
};

static const struct key base_key[] = {
    {"kind", read_text, offsetof(struct base, kind)},
    {"initial", read_name, offsetof(struct base, initial)},
    {"rates", read_keyed_quantities, offsetof(struct base, rates)},
};

struct draft { /* a clock with its timing keys, which are interpreted together afterwards */
    struct clock clock;
    struct timing_nodes timing;
    const char *kind;
    struct name offered_by, demanded_by, red_line_of;
};

#define CLOCK(member) offsetof(struct draft, clock) + offsetof(struct clock, member)
#define TIMING(member)                                                                                                 \
    {                                                                                                                  \
#member, read_node, offsetof(struct draft, timing) + offsetof(struct timing_nodes, member)                     \
    }
static const struct key timing_key[] = {TIMING(per_month), TIMING(per_year), TIMING(chance), TIMING(within),
                                        TIMING(when),      TIMING(on),       TIMING(at)};
static const struct keys timing_keys = ENTITY(timing_key);

static const struct key transition_key[] = {
    {"from", read_names, CLOCK(from)},
    {"to", read_name, CLOCK(to)},
    {"pull", read_quantity, CLOCK(pull)},
    {"requires", read_names, CLOCK(requires)},
};

static const struct key factor_key[] = {
    {"kind", read_text, offsetof(struct draft, kind)},
    {"offered_by", read_name, offsetof(struct draft, offered_by)},
    {"demanded_by", read_name, offsetof(struct draft, demanded_by)},
    {"red_line_of", read_name, offsetof(struct draft, red_line_of)},
    {"lasts", read_quantity, CLOCK(lasts)},
    {"recurs", read_bool, CLOCK(recurs)},
    {"requires", read_names, CLOCK(requires)},
    {"effects", read_effects, CLOCK(effects)},
    {"otherwise", read_effects, CLOCK(otherwise)},
    {"moves", read_keyed_quantities, CLOCK(moves)},
};

static void check_actor(struct reader *reader, struct name name, const char *path, const char *key)
{
    const struct node *actors = tree_get(reader->scenario->root, "actors");
    const char **id, *near;

    if (!name.text || tree_get(actors, name.text))
        return;
    id = arena_new(&reader->scenario->arena, actors ? actors->n : 0, sizeof *id);
    for (size_t i = 0; actors && i < actors->n; i++)
        id[i] = actors->child[i]->name;
    near = diag_nearest(name.text, id, actors ? actors->n : 0);
    diag_error(reader->diag, name.place,
               near ? arena_print(&reader->scenario->arena, "did you mean \"%s\"?", near) : NULL,
               "%s.%s: there is no actor \"%s\"", path, key, name.text);
}

static void add_clocks(struct reader *reader, const char *section, enum clock_kind kind, const struct keys *keys)
{
    struct scenario *scenario = reader->scenario;
    size_t n;
    struct draft *draft = read_entities(reader, section, sizeof *draft, keys, &n);
    struct clock *all = arena_new(&scenario->arena, scenario->n_clocks + n, sizeof *all);

    if (scenario->n_clocks)
        memcpy(all, scenario->clock, scenario->n_clocks * sizeof *all);
    for (size_t i = 0; i < n; i++) {
        struct clock *clock = &all[scenario->n_clocks + i];
        const char *path = read_path(reader, section, draft[i].clock.entity.id);

        *clock = draft[i].clock;
        clock->kind = kind;
        if (clock->entity.is_group)
            read_timing(reader, &draft[i].timing, path, clock->entity.place, &clock->timing);
        check_actor(reader, draft[i].offered_by, path, "offered_by");
        check_actor(reader, draft[i].demanded_by, path, "demanded_by");
        check_actor(reader, draft[i].red_line_of, path, "red_line_of");
    }
    scenario->clock = all;
    scenario->n_clocks += n;
}

static const struct key coupling_key[] = {
    {"when", read_condition, offsetof(struct coupling, when)},
    {"effects", read_effects, offsetof(struct coupling, effects)},
};

static void read_couplings(struct reader *reader)
{
    static const struct keys keys = ENTITY(coupling_key);
    struct scenario *scenario = reader->scenario;
    const struct node *list = tree_get(scenario->root, "couplings");

    if (!list || !read_is_kind(reader, list, NODE_LIST, "couplings", "a list ( { ... }, { ... } )"))
        return;
    scenario->coupling = arena_new(&scenario->arena, list->n, sizeof *scenario->coupling);
    for (size_t i = 0; i < list->n; i++) {
        struct coupling *coupling = &scenario->coupling[scenario->n_couplings++];
        const char *path = arena_print(&scenario->arena, "couplings.%zu", i);

        coupling->entity.place = list->child[i]->at;
        read_object(reader, list->child[i], path, &keys, coupling);
        if (list->child[i]->kind == NODE_GROUP && !tree_get(list->child[i], "when"))
            diag_error(reader->diag, coupling->entity.place, "for instance when = \"tartus lost\";",
                       "%s: when is missing", path);
    }
}

static const struct key dependence_key[] = {
    {"variance", read_quantity, offsetof(struct dependence, variance)},
    {"on", read_names, offsetof(struct dependence, on)},
};

static void read_correlations(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    const struct node *list = tree_get(scenario->root, "correlations");

    if (!list || !read_is_kind(reader, list, NODE_LIST, "correlations", "a list ((path, path, correlation), ...)"))
        return;
    scenario->correlation = arena_new(&scenario->arena, list->n, sizeof *scenario->correlation);
    for (size_t i = 0; i < list->n; i++) {
        const struct node *node = list->child[i];
        struct correlation *correlation = &scenario->correlation[scenario->n_correlations];

        if (node->kind != NODE_LIST || node->n != 3 || node->child[0]->kind != NODE_STRING ||
            node->child[1]->kind != NODE_STRING || node->child[2]->kind != NODE_NUMBER) {
            diag_error(reader->diag, node->at, "for instance (\"levers.a.chance\", \"levers.b.chance\", 0.5)",
                       "correlations: two paths and a rank correlation are expected here");
            continue;
        }
        if (!(node->child[2]->number > -1.0 && node->child[2]->number < 1.0)) {
            diag_error(reader->diag, node->child[2]->at, "for two quantities that are the same use a shared parameter",
                       "correlations: %g is not a correlation between -1 and 1", node->child[2]->number);
            continue;
        }
        correlation->a = (struct name){node->child[0]->text, node->child[0]->at};
        correlation->b = (struct name){node->child[1]->text, node->child[1]->at};
        correlation->spearman = node->child[2]->number;
        correlation->place = node->at;
        scenario->n_correlations++;
    }
}

static void read_parameters(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    const struct node *group = tree_get(scenario->root, "parameters");

    if (!group || !read_is_kind(reader, group, NODE_GROUP, "parameters", "a group { id = quantity; }"))
        return;
    scenario->parameters.n = group->n;
    scenario->parameters.item = arena_new(&scenario->arena, group->n, sizeof *scenario->parameters.item);
    for (size_t i = 0; i < group->n; i++) {
        struct keyed_quantity *parameter = &scenario->parameters.item[i];
        const struct node *node = group->child[i];
        const char *path = read_path(reader, "parameters", node->name);

        read_check_id(reader, node->name, node->at_name, path);
        parameter->key = (struct name){node->name, node->at_name};
        read_probability(reader, node, path, &parameter->quantity);
        if (parameter->quantity.form == QUANTITY_PARAMETER) {
            diag_error(reader->diag, parameter->quantity.place, "write its number or distribution",
                       "%s: a parameter cannot be another parameter", path);
            parameter->quantity.form = QUANTITY_ABSENT;
        }
    }
}

static const struct key source_key[] = {
    {"title", read_text, offsetof(struct entity, label)},
    {"author", read_nothing, 0},
    {"date", read_nothing, 0},
    {"url", read_nothing, 0},
    {"publisher", read_nothing, 0},
    {"accessed", read_nothing, 0},
    {"file", read_nothing, 0},
};

void read_sections(struct reader *reader)
{
    static const struct keys states = ENTITY(state_key), actors = ENTITY(actor_key), bases = ENTITY(base_key),
                             dependences = ENTITY(dependence_key), sources = ENTITY(source_key),
                             transitions = {transition_key, COUNT(transition_key), &timing_keys},
                             factors = {factor_key, COUNT(factor_key), &timing_keys};
    struct scenario *scenario = reader->scenario;

    scenario->state = read_entities(reader, "states", sizeof(struct state), &states, &scenario->n_states);
    scenario->actor = read_entities(reader, "actors", sizeof(struct actor), &actors, &scenario->n_actors);
    scenario->base = read_entities(reader, "bases", sizeof(struct base), &bases, &scenario->n_bases);
    scenario->source = read_entities(reader, "sources", sizeof(struct entity), &sources, &scenario->n_sources);
    scenario->dependence =
        read_entities(reader, "dependence", sizeof(struct dependence), &dependences, &scenario->n_dependences);
    read_parameters(reader);
    add_clocks(reader, "transitions", CLOCK_TRANSITION, &transitions);
    add_clocks(reader, "levers", CLOCK_LEVER, &factors);
    add_clocks(reader, "events", CLOCK_EVENT, &factors);
    read_couplings(reader);
    read_correlations(reader);
}
