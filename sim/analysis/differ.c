/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/differ.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const head_key[] = {"format",  "title",     "id",       "extends", "analyst",
                                       "sources", "questions", "evidence", "as_of",   "horizon"};
static const char *const timing_key[] = {"per_month", "per_year", "chance", "within", "when",
                                         "on",        "at",       "recurs", "lasts"};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool is_one_of(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(word, list[i]))
            return true;
    return false;
}

/* The value of a number that is written with its basis. */
static const struct node *strip_basis(const struct node *node)
{
    const struct node *value = node && node->kind == NODE_GROUP ? tree_get(node, "value") : NULL;

    return value ? value : node;
}

/* Equal values, whatever the order of names and the notes; lists are ordered. */
static bool is_same(const struct node *a, const struct node *b);

/* Whether every member of a that is not a note is equal in b. */
static bool is_subset(const struct node *a, const struct node *b)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct node *other = tree_get(b, a->child[i]->name);

        if (!tree_is_note(a->child[i]) && !(other && is_same(a->child[i], other)))
            return false;
    }
    return true;
}

static bool is_same(const struct node *a, const struct node *b)
{
    a = strip_basis(a);
    b = strip_basis(b);
    if (a->kind != b->kind)
        return false;
    if (a->kind == NODE_GROUP)
        return is_subset(a, b) && is_subset(b, a);
    if (a->kind != NODE_LIST)
        return tree_equal(a, b);
    for (size_t i = 0; a->n == b->n && i < a->n; i++)
        if (!is_same(a->child[i], b->child[i]))
            return false;
    return a->n == b->n;
}

/* ---- differences ---- */

static const char *group_of(const struct node *node)
{
    const struct node *group = node && node->kind == NODE_GROUP ? tree_get(node, "group") : NULL;

    return group && group->kind == NODE_STRING ? group->text : NULL;
}

struct topic { /* the entity being compared */
    struct differences *to;
    const char *owner;
    const char *group; /* or NULL */
};

static struct difference *add_difference(const struct topic *topic, const char *path, const struct node *a,
                                         const struct node *b)
{
    struct differences *to = topic->to;
    struct difference *it;

    to->item = arena_grow(&to->arena, to->item, to->n, &to->capacity, sizeof *to->item);
    it = &to->item[to->n++];
    *it = (struct difference){.path = path,
                              .owner = topic->owner ? topic->owner : path,
                              .value = {a, b},
                              .group = group_of(a)   ? group_of(a)
                                       : group_of(b) ? group_of(b)
                                                     : topic->group};
    if (!it->group)
        it->group = it->owner;
    for (size_t side = 0; side < DIFFER_SIDES; side++) {
        it->text[side] = it->value[side] ? scenario_print_value(&to->arena, it->value[side]) : "-";
        if (it->value[side])
            it->place[side] = strip_basis(it->value[side])->at;
    }
    return it;
}

static const char *join_path(struct arena *arena, const char *path, const char *name)
{
    return *path ? arena_print(arena, "%s.%s", path, name) : name;
}

static void compare_nodes(const struct topic *topic, const char *path, const struct node *a, const struct node *b);

static void compare_members(const struct topic *topic, const char *path, const struct node *a, const struct node *b,
                            const char *const *skip, size_t n_skip)
{
    for (size_t i = 0; i < a->n; i++)
        if (!tree_is_note(a->child[i]) && !is_one_of(a->child[i]->name, skip, n_skip))
            compare_nodes(topic, join_path(&topic->to->arena, path, a->child[i]->name), a->child[i],
                          tree_get(b, a->child[i]->name));
    for (size_t i = 0; i < b->n; i++)
        if (!tree_is_note(b->child[i]) && !is_one_of(b->child[i]->name, skip, n_skip) &&
            !tree_get(a, b->child[i]->name))
            compare_nodes(topic, join_path(&topic->to->arena, path, b->child[i]->name), NULL, b->child[i]);
}

static void compare_nodes(const struct topic *topic, const char *path, const struct node *a, const struct node *b)
{
    if (a && b && strip_basis(a)->kind == NODE_GROUP && strip_basis(b)->kind == NODE_GROUP)
        compare_members(topic, path, strip_basis(a), strip_basis(b), NULL, 0);
    else if (!a || !b || !is_same(a, b))
        add_difference(topic, path, a, b);
}

/* The timing keys of a clock as a group of their own. */
static struct node *timing_of(struct arena *arena, const struct node *thing)
{
    struct node *timing = arena_new(arena, 1, sizeof *timing);

    *timing = *thing;
    timing->n = 0;
    timing->child = arena_new(arena, COUNT(timing_key), sizeof *timing->child);
    for (size_t i = 0; i < COUNT(timing_key); i++) {
        struct node *node = tree_get(thing, timing_key[i]);

        if (node)
            timing->child[timing->n++] = node;
    }
    if (timing->n)
        timing->at = strip_basis(timing->child[0])->at;
    return timing;
}

static bool has_same_names(const struct node *a, const struct node *b)
{
    for (size_t i = 0; i < a->n; i++)
        if (!tree_get(b, a->child[i]->name))
            return false;
    return a->n == b->n;
}

/* Two versions of one clock. Where the same timing keys are given they are compared one by one; where the form differs (a rate here, a date
 * there) the timing as a whole is one difference, since a mixture of both would be invalid. */
static void compare_clocks(const struct topic *topic, const char *path, const struct node *a, const struct node *b)
{
    struct arena *arena = &topic->to->arena;
    const struct node *timing_a = timing_of(arena, a), *timing_b = timing_of(arena, b);
    const struct node *recurs_a = tree_get(timing_a, "recurs"), *recurs_b = tree_get(timing_b, "recurs");

    if (has_same_names(timing_a, timing_b) && (!recurs_a || is_same(recurs_a, recurs_b))) {
        compare_members(topic, path, a, b, NULL, 0);
        return;
    }
    add_difference(topic, join_path(arena, path, "timing"), timing_a, timing_b)->what = DIFFERENCE_TIMING;
    compare_members(topic, path, a, b, timing_key, COUNT(timing_key));
}

static void compare_section(struct differences *to, const char *section, const struct node *a, const struct node *b)
{
    static const struct node empty = {.kind = NODE_GROUP};
    static const char *const clock_section[] = {"transitions", "levers", "events"};
    const struct node *side[DIFFER_SIDES] = {a ? a : &empty, b ? b : &empty};

    for (size_t s = 0; s < DIFFER_SIDES; s++)
        for (size_t i = 0; i < side[s]->n; i++) {
            const char *id = side[s]->child[i]->name, *path = join_path(&to->arena, section, id);
            const struct node *mine = tree_get(side[0], id), *other = tree_get(side[1], id);
            const struct topic topic = {to, path, group_of(mine) ? group_of(mine) : group_of(other)};

            if (s == 1 && mine)
                continue; /* compared already */
            if (mine && other && is_one_of(section, clock_section, COUNT(clock_section)))
                compare_clocks(&topic, path, mine, other);
            else
                compare_nodes(&topic, path, mine, other);
        }
}

static void compare_start(struct differences *to, const struct scenario *a, const struct scenario *b)
{
    const struct topic topic = {to, NULL, NULL};
    const struct node *date_a = tree_get(a->root, "as_of"), *date_b = tree_get(b->root, "as_of");
    struct difference *it;

    if (a->as_of_day == b->as_of_day) {
        compare_nodes(&topic, "horizon", tree_get(a->root, "horizon"), tree_get(b->root, "horizon"));
        return;
    }
    it = add_difference(&topic, "as_of", date_a, date_b);
    it->what = DIFFERENCE_START;
    it->text[0] = arena_print(&to->arena, "%s, %.10g months", a->as_of, a->horizon);
    it->text[1] = arena_print(&to->arena, "%s, %.10g months", b->as_of, b->horizon);
}

/* States are ordered from worst to best, so another order is a difference. */
static bool is_same_order(const struct node *a, const struct node *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++)
        if (strcmp(a->child[i]->name, b->child[i]->name) != 0)
            return false;
    return a->n == b->n;
}

static void compare_root(struct differences *to, const struct node *a, const struct node *b)
{
    const struct topic topic = {to, NULL, NULL};

    for (size_t s = 0; s < DIFFER_SIDES; s++) {
        const struct node *root = s ? b : a;

        for (size_t i = 0; i < root->n; i++) {
            const char *name = root->child[i]->name;
            const struct node *mine = tree_get(a, name), *other = tree_get(b, name);

            if (tree_is_note(root->child[i]) || is_one_of(name, head_key, COUNT(head_key)) || (s == 1 && mine))
                continue;
            if (!strcmp(name, "states") && mine && other) {
                if (!is_same(mine, other) || !is_same_order(mine, other))
                    add_difference(&topic, name, mine, other);
            } else if (root->child[i]->kind == NODE_GROUP && strcmp(name, "model") != 0) {
                compare_section(to, name, mine, other);
            } else {
                compare_nodes(&topic, name, mine, other);
            }
        }
    }
}

/* ---- bundles: differences that can only change together ----
 *
 * A union-find over differences, with the index of the representative in `bundle`; there are few differences, so uniting is a loop. Rule: where
 * one side alone has an id (of an entity or a state), every difference whose path or value mentions it belongs to the one that adds it. */

/* Whether a text names an id, among others or in a path. */
static bool names_id(const char *text, const char *id)
{
    const size_t length = strlen(id);

    for (const char *at = strstr(text, id); at; at = strstr(at + 1, id)) {
        const unsigned char before = at > text ? (unsigned char)at[-1] : ' ', after = (unsigned char)at[length];

        if (!isalnum(before) && !strchr("_-", before) && !isalnum(after) && !(after && strchr("_-", after)))
            return true;
    }
    return false;
}

static bool mentions_id(const struct node *node, const char *id)
{
    if (node->kind == NODE_STRING && names_id(node->text, id))
        return true;
    for (size_t i = 0; i < node->n; i++) {
        const struct node *child = node->child[i];

        if (!tree_is_note(child) && ((child->name && !strcmp(child->name, id)) || mentions_id(child, id)))
            return true;
    }
    return false;
}

static void unite_bundles(struct differences *to, size_t a, size_t b)
{
    const size_t from = to->item[a].bundle, into = to->item[b].bundle;

    for (size_t i = 0; i < to->n; i++)
        if (to->item[i].bundle == from)
            to->item[i].bundle = into;
}

/* Unite every difference that mentions an id with the one that adds it. */
static void bind_bundle(struct differences *to, size_t adder, const char *id)
{
    for (size_t i = 0; i < to->n; i++)
        for (size_t s = 0; s < DIFFER_SIDES; s++) {
            const struct node *value = to->item[i].value[s];

            if (i != adder && value && (mentions_id(value, id) || names_id(to->item[i].path, id)))
                unite_bundles(to, i, adder);
        }
}

static void bind_all(struct differences *to)
{
    for (size_t i = 0; i < to->n; i++) {
        const struct difference *it = &to->item[i];
        const bool thing = !strcmp(it->path, it->owner) && strchr(it->path, '.');

        if (thing && (!it->value[0] || !it->value[1]))
            bind_bundle(to, i, strchr(it->path, '.') + 1);
        if (strcmp(it->path, "states") != 0 || !it->value[0] || !it->value[1])
            continue;
        for (size_t s = 0; s < DIFFER_SIDES; s++)
            for (size_t k = 0; k < it->value[s]->n; k++)
                if (!tree_get(it->value[1 - s], it->value[s]->child[k]->name))
                    bind_bundle(to, i, it->value[s]->child[k]->name);
    }
}

static void number_bundles(struct differences *to)
{
    size_t *number = arena_new(&to->arena, to->n, sizeof *number);

    for (size_t i = 0; i < to->n; i++)
        if (to->item[i].bundle == i)
            number[i] = to->n_bundles++;
    for (size_t i = 0; i < to->n; i++)
        to->item[i].bundle = number[to->item[i].bundle];
}

/* Make the first difference of each bundle its representative, so that bundles are numbered in order of path. */
static void lead_bundles(struct differences *to)
{
    for (size_t i = 0; i < to->n; i++)
        for (size_t k = 0; k < i; k++)
            if (to->item[k].bundle == to->item[i].bundle) {
                unite_bundles(to, i, k);
                break;
            }
    for (size_t i = to->n; i-- > 0;) {
        const size_t bundle = to->item[i].bundle;
        size_t first = i;

        for (size_t k = 0; k < i; k++)
            if (to->item[k].bundle == bundle) {
                first = k;
                break;
            }
        for (size_t k = 0; k < to->n; k++)
            if (to->item[k].bundle == bundle)
                to->item[k].bundle = first;
    }
}

/* ---- which can influence an answer ---- */

/* Whether the effects or moves of a lever or event mention an id. */
static bool acts_on(const struct node *thing, const char *id)
{
    static const char *const acting[] = {"effects", "otherwise", "moves"};

    for (size_t i = 0; i < COUNT(acting); i++) {
        const struct node *acts = tree_get(thing, acting[i]);

        if (acts && mentions_id(acts, id))
            return true;
    }
    return false;
}

static bool is_asked(const struct scenario *scenario, const char *id)
{
    for (size_t q = 0; q < scenario->n_questions; q++)
        if (scenario->question[q].happens.text && !strcmp(scenario->question[q].happens.text, id))
            return true;
    return false;
}

/* Mark the clocks of one scenario that can influence a base or a question: a fixed point, starting from transitions, questions and moves of actors,
 * and going backwards along effects and requirements. */
static void find_influential(const struct scenario *scenario, bool *bears)
{
    const struct node *levers = tree_get(scenario->root, "levers"), *events = tree_get(scenario->root, "events");
    bool more = true;

    while (more) {
        more = false;
        for (size_t c = 0; c < scenario->n_clocks; c++) {
            const struct clock *clock = &scenario->clock[c];
            const struct node *group = clock->kind == CLOCK_LEVER ? levers : events;
            const struct node *thing = group ? tree_get(group, clock->entity.id) : NULL;

            if (bears[c])
                continue;
            bears[c] = clock->kind == CLOCK_TRANSITION || is_asked(scenario, clock->entity.id) ||
                       (thing && tree_get(thing, "moves"));
            for (size_t d = 0; d < scenario->n_clocks && !bears[c]; d++) {
                bears[c] = bears[d] && thing && acts_on(thing, scenario->clock[d].entity.id);
                for (size_t r = 0; bears[d] && r < scenario->clock[d].requires.n; r++)
                    bears[c] = bears[c] || !strcmp(scenario->clock[d].requires.item[r].text, clock->entity.id);
            }
            more = more || bears[c];
        }
    }
}

/* Differences that belong to no lever or event are taken to influence answers. */
static void mark_bearing(struct differences *to)
{
    bool *bears[DIFFER_SIDES];

    for (size_t s = 0; s < DIFFER_SIDES; s++) {
        bears[s] = arena_new(&to->arena, to->side[s]->n_clocks, sizeof **bears);
        find_influential(to->side[s], bears[s]);
    }
    for (size_t i = 0; i < to->n; i++) {
        const char *id = strchr(to->item[i].owner, '.');

        to->item[i].bears =
            strncmp(to->item[i].owner, "levers.", 7) != 0 && strncmp(to->item[i].owner, "events.", 7) != 0;
        for (size_t s = 0; s < DIFFER_SIDES && id; s++)
            for (size_t c = 0; c < to->side[s]->n_clocks; c++)
                if (bears[s][c] && !strcmp(to->side[s]->clock[c].entity.id, id + 1))
                    to->item[i].bears = true;
    }
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct difference *)a)->path, ((const struct difference *)b)->path);
}

void differences_find(struct differences *differences, const struct scenario *a, const struct scenario *b)
{
    *differences = (struct differences){.side = {a, b}};
    compare_start(differences, a, b);
    compare_root(differences, a->root, b->root);
    if (differences->n)
        qsort(differences->item, differences->n, sizeof *differences->item, by_path);
    for (size_t i = 0; i < differences->n; i++)
        differences->item[i].bundle = i;
    bind_all(differences);
    lead_bundles(differences);
    number_bundles(differences);
    mark_bearing(differences);
}

void differences_free(struct differences *differences)
{
    arena_free(&differences->arena);
}

/* ---- blends of the two scenarios ---- */

static int by_name(const void *a, const void *b)
{
    const struct node *const *left = a, *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

/* Copy groups, sorted and without notes; all other nodes are shared with the original. */
static struct node *copy_node(struct arena *arena, const struct node *node, bool ordered)
{
    struct node *out = arena_new(arena, 1, sizeof *out);

    *out = *node;
    if (node->kind != NODE_GROUP)
        return out;
    out->n = 0;
    out->child = arena_new(arena, node->n, sizeof *out->child);
    for (size_t i = 0; i < node->n; i++)
        if (!tree_is_note(node->child[i]))
            out->child[out->n++] = copy_node(arena, node->child[i], false);
    if (!ordered && out->n)
        qsort(out->child, out->n, sizeof *out->child, by_name);
    return out;
}

static void put_child(struct arena *arena, struct node *group, const char *name, const struct node *value)
{
    struct node *old = tree_get(group, name), *above = arena_new(arena, 1, sizeof *above);

    if (old)
        tree_remove(group, old);
    if (!value)
        return;
    above->kind = NODE_GROUP;
    above->n = 1;
    above->child = arena_new(arena, 1, sizeof *above->child);
    above->child[0] = copy_node(arena, value, !strcmp(name, "states"));
    tree_merge(arena, group, above, false, NULL);
    if (group->n)
        qsort(group->child, group->n, sizeof *group->child, by_name);
}

/* The group that a path's last part is in, created where it is missing; *name receives the last part. */
static struct node *group_at(struct arena *arena, struct node *root, const char *path, const char **name)
{
    static const struct node empty = {.kind = NODE_GROUP};

    for (const char *dot = strchr(path, '.'); dot; path = dot + 1, dot = strchr(path, '.')) {
        const char *part = arena_copy(arena, path, (size_t)(dot - path));
        struct node *group = tree_get(root, part);

        if (!group) {
            struct node named = empty;

            named.name = part;
            put_child(arena, root, part, &named);
            group = tree_get(root, part);
        }
        root =
            tree_get(group, "value") && tree_get(group, "value")->kind == NODE_GROUP ? tree_get(group, "value") : group;
    }
    *name = path;
    return root;
}

static void take_difference(struct arena *arena, struct node *root, const struct difference *difference,
                            const struct scenario *other)
{
    const char *name;
    struct node *group;

    if (difference->what == DIFFERENCE_START) {
        put_child(arena, root, "as_of", tree_get(other->root, "as_of"));
        put_child(arena, root, "horizon", tree_get(other->root, "horizon"));
        return;
    }
    group = group_at(arena, root, difference->path, &name);
    if (difference->what != DIFFERENCE_TIMING) {
        put_child(arena, group, name, difference->value[1]);
        return;
    }
    for (size_t i = 0; i < COUNT(timing_key); i++)
        put_child(arena, group, timing_key[i], tree_get(difference->value[1], timing_key[i]));
}

struct node *differences_blend(const struct differences *differences, struct arena *arena, const bool *from_other)
{
    const struct node *from = differences->side[0]->root;
    static const char *const left_out[] = {"questions", "evidence", "extends", "sources", "analyst", "title", "id"};
    struct node *root = arena_new(arena, 1, sizeof *root);

    *root = *from;
    root->n = 0;
    root->child = arena_new(arena, from->n, sizeof *root->child);
    for (size_t i = 0; i < from->n; i++)
        if (!tree_is_note(from->child[i]) && !is_one_of(from->child[i]->name, left_out, COUNT(left_out)))
            root->child[root->n++] = copy_node(arena, from->child[i], !strcmp(from->child[i]->name, "states"));
    if (root->n)
        qsort(root->child, root->n, sizeof *root->child, by_name);
    for (size_t i = 0; i < differences->n; i++)
        if (from_other[differences->item[i].bundle])
            take_difference(arena, root, &differences->item[i], differences->side[1]);
    return root;
}
