/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graph.h - labelled graphs whose indistinguishable nodes are merged.
 *
 * Two nodes are indistinguishable if they have the same colour and, for every label, edges to indistinguishable nodes: the coarsest
 * bisimulation, found by partition refinement (Kanellakis & Smolka 1990, CCS expressions, finite state processes, and three problems of
 * equivalence, Inf. Comput. 86). When labels include rates it is ordinary lumpability of a Markov chain (Kemeny & Snell 1960, Finite
 * Markov Chains, 6.3), so that the merged chain is still Markov.
 *
 * Example. Nodes a -x-> c and b -x-> d, all of one colour: c and d have no edges, so they are one class, hence a and b are another. */
#ifndef FOOTHOLD_GRAPH_H
#define FOOTHOLD_GRAPH_H
#include <stddef.h>
#include <stdint.h>

struct edge {
    uint32_t from, to;
    uint64_t label;
};

struct graph {
    size_t n_nodes, n_edges, edge_capacity;
    uint32_t *colour;  /* per node: its colour; once merged, its class */
    struct edge *edge; /* by from */
};

void graph_add(struct graph *graph, struct edge edge);
void graph_free(struct graph *graph);

/* Merge indistinguishable nodes and return the number of classes. Classes are numbered by their first nodes, which first[] receives (room for
 * all nodes), so that node 0 stays first. */
size_t graph_merge(struct graph *graph, uint32_t *first);

/* Afterwards: keep the edges of each class's first node, as edges from class to class. */
void graph_contract(struct graph *graph, const uint32_t *first);
#endif
