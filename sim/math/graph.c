/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/math/graph.h"
#include <stdlib.h>
#include "sim/system/memory.h"

void graph_add(struct graph *graph, struct edge edge)
{
    graph->edge = memory_grow(graph->edge, graph->n_edges, &graph->edge_capacity, sizeof *graph->edge);
    graph->edge[graph->n_edges++] = edge;
}

struct signature { /* signature of a node: its colour, and for each edge the label and the colour it leads to */
    uint32_t node, colour, n;
    const struct edge *edge;
};

static int by_label_and_class(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;

    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

static int by_signature(const void *a, const void *b)
{
    const struct signature *x = a, *y = b;

    if (x->colour != y->colour)
        return x->colour < y->colour ? -1 : 1;
    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    for (uint32_t i = 0; i < x->n; i++) {
        const int order = by_label_and_class(&x->edge[i], &y->edge[i]);

        if (order)
            return order;
    }
    return 0;
}

static int by_signature_then_node(const void *a, const void *b)
{
    const struct signature *x = a, *y = b;
    const int order = by_signature(a, b);

    return order ? order : x->node < y->node ? -1 : x->node > y->node;
}

/* One round of refinement: split classes whose nodes differ in colour or in the classes their edges lead to. Returns the number of classes,
 * which never decreases; when it stays the same the partition is stable. */
static size_t refine_classes(const struct graph *graph, uint32_t *class, struct edge *edge, struct signature *signature)
{
    size_t n_classes = 0;

    for (size_t i = 0; i < graph->n_edges; i++)
        edge[i] = (struct edge){graph->edge[i].from, class[graph->edge[i].to], graph -> edge[i].label};
    for (size_t i = 0, e = 0; i < graph->n_nodes; i++) {
        const size_t first = e;

        while (e < graph->n_edges && edge[e].from == i)
            e++;
        if (e > first)
            qsort(edge + first, e - first, sizeof *edge, by_label_and_class);
        signature[i] = (struct signature){(uint32_t)i, class[i], (uint32_t)(e - first), edge + first};
    }
    qsort(signature, graph->n_nodes, sizeof *signature, by_signature_then_node);
    for (size_t i = 0; i < graph->n_nodes; i++) {
        n_classes += i == 0 || by_signature(&signature[i - 1], &signature[i]) != 0;
        class[signature[i].node] = (uint32_t)n_classes - 1;
    }
    return n_classes;
}

size_t graph_merge(struct graph *graph, uint32_t *first)
{
    struct edge *edge = memory_new(graph->n_edges, sizeof *edge);
    struct signature *signature = memory_new(graph->n_nodes, sizeof *signature);
    uint32_t *number = memory_new(graph->n_nodes, sizeof *number);
    size_t n = 0, before;

    do {
        before = n;
        n = refine_classes(graph, graph->colour, edge, signature);
    } while (n > before);
    for (size_t c = 0; c < n; c++)
        number[c] = UINT32_MAX;
    n = 0;
    for (size_t i = 0; i < graph->n_nodes; i++) {
        uint32_t *class = &number[graph->colour[i]];

        if (*class == UINT32_MAX) {
            first[n] = (uint32_t)i;
            *class = (uint32_t)n++;
        }
        graph->colour[i] = *class;
    }
    free(edge);
    free(signature);
    free(number);
    return n;
}

void graph_free(struct graph *graph)
{
    free(graph->colour);
    free(graph->edge);
}

void graph_contract(struct graph *graph, const uint32_t *first)
{
    size_t n = 0;

    for (size_t e = 0; e < graph->n_edges; e++) {
        const struct edge edge = graph->edge[e];

        if (first[graph->colour[edge.from]] == edge.from)
            graph->edge[n++] = (struct edge){graph->colour[edge.from], graph->colour[edge.to], edge.label};
    }
    graph->n_edges = n;
}
