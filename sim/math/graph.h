/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graph.h - graphs whose nodes are merged when nothing tells them apart: neither their colours, nor the labels of their edges,
 * nor the colours and edges of where these lead, and so on (the coarsest bisimulation; Kanellakis & Smolka 1990, CCS
 * expressions, finite state processes, and three problems of equivalence). Internal to the plan folder. */
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
    uint32_t *colour;  /* per node: what it shows; once merged, its class */
    struct edge *edge; /* by from */
};

void graph_add(struct graph *graph, struct edge edge);
void graph_free(struct graph *graph);

/* Merge what cannot be told apart, and return the number of classes. They are numbered by their first nodes, which first[]
 * receives (room for all nodes), so that node 0 stays first. */
size_t graph_merge(struct graph *graph, uint32_t *first);

/* Then keep the edges of the classes' first nodes, as edges from class to class. */
void graph_contract(struct graph *graph, const uint32_t *first);
#endif
