/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tree.h - a parsed file as a tree of named groups, each value with its place; merging of layers.
 *
 * The only user of libconfig. */
#ifndef FOOTHOLD_TREE_H
#define FOOTHOLD_TREE_H
#include <stdbool.h>
#include "sim/text/source.h"

struct diag;

enum node_kind { NODE_GROUP, NODE_LIST, NODE_NUMBER, NODE_BOOL, NODE_STRING };

struct node {
    enum node_kind kind;
    const char *name;     /* NULL for an element of a list and for the root */
    struct place at_name; /* of the name, or of the value where there is none */
    struct place at;      /* of the value */
    double number;
    bool integer; /* was written without a fraction or exponent */
    bool truth;
    const char *text;
    struct node **child;
    size_t n;
};

/* Parse a source; NULL with diagnostics when its syntax is wrong. Nodes live in the arena. */
struct node *tree_parse(struct arena *arena, const struct source *source, struct diag *diag);

/* The child of a group by name, or NULL. */
struct node *tree_get(const struct node *group, const char *name);

/* Merge `above` into `below`, which is returned: groups merge member by member, any other value replaces the one below. warn: a value
 * that replaces an equal one, and an empty group, are reported as warnings. */
struct node *tree_merge(struct arena *arena, struct node *below, struct node *above, bool warn, struct diag *diag);

/* Whether a member of a group only documents (source, tag, because, name ...) and has no influence on the simulation. */
bool tree_is_note(const struct node *node);

/* Whether any value below a node cites a source, given by id. */
bool tree_cites(const struct node *node, const char *source);

/* Remove a child from a group. */
void tree_remove(struct node *group, const struct node *child);

/* Equal structure and values; places are ignored. */
bool tree_equal(const struct node *a, const struct node *b);

/* Version of the libconfig headers it was built with: "1.5". */
const char *tree_libconfig_version(void);
#endif
