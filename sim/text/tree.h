/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tree.h - a scenario as a tree of named groups, each value with its place; merging of layers.
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

/* Parse a source; NULL with diagnostics when it is not a scenario's text. Nodes live in the arena. */
struct node *tree_parse(struct arena *arena, const struct source *source, struct diag *diag);

/* The child of a group by name, or NULL. */
struct node *tree_get(const struct node *group, const char *name);

/* Lay `above` over `below`: groups merge, all else is replaced; changes `below` and returns it. A value that replaces an
 * equal one, and an empty group, are told as warnings when `warn` is set. */
struct node *tree_merge(struct arena *arena, struct node *below, struct node *above, bool warn, struct diag *diag);

/* Whether a member of a group tells where a value comes from, or what it is called, and means nothing to the play. */
bool tree_is_note(const struct node *node);

/* Whether a value in it says that it comes from a source (an id). */
bool tree_cites(const struct node *node, const char *source);

/* Remove a child from a group. */
void tree_remove(struct node *group, const struct node *child);

/* Same shape and values, places aside. */
bool tree_equal(const struct node *a, const struct node *b);
/* "1.5": of the headers built with. */
const char *tree_libconfig_version(void);
#endif
