/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes that nothing tells apart are merged, others are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "sim/math/graph.h"
#include "sim/system/memory.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct graph make(size_t n, const uint32_t *colour, const struct edge *edge, size_t n_edges)
{
    struct graph graph = {.n_nodes = n, .colour = memory_new(n, sizeof *graph.colour)};

    for (size_t i = 0; i < n; i++)
        graph.colour[i] = colour[i];
    for (size_t e = 0; e < n_edges; e++)
        graph_add(&graph, edge[e]);
    return graph;
}

/* 1 and 2 lead to the end alike, so 0's two ways are one; 3 leads there by another label. */
static void equal_ways_are_one(void **state)
{
    static const uint32_t colour[] = {0, 0, 0, 0, 1};
    static const struct edge edge[] = {{0, 1, 7}, {0, 2, 8}, {0, 3, 9}, {1, 4, 5}, {2, 4, 5}, {3, 4, 6}};
    struct graph graph = make(COUNT(colour), colour, edge, COUNT(edge));
    uint32_t first[COUNT(colour)];

    (void)state;
    assert_int_equal(graph_merge(&graph, first), 4);
    assert_int_equal(graph.colour[0], 0);
    assert_int_equal(graph.colour[1], graph.colour[2]);
    assert_int_not_equal(graph.colour[1], graph.colour[3]);
    assert_int_equal(first[graph.colour[3]], 3);
    graph_contract(&graph, first);
    assert_int_equal(graph.n_edges, 5);
    assert_true(graph.edge[0].to == graph.colour[1] && graph.edge[1].to == graph.colour[1]);
    graph_free(&graph);
}

/* Colours and what lies far ahead tell apart. */
static void what_comes_later_counts(void **state)
{
    static const uint32_t colour[] = {0, 0, 0, 0, 1, 2};
    static const struct edge edge[] = {{0, 1, 1}, {0, 2, 1}, {1, 3, 1}, {2, 4, 1}, {3, 5, 1}, {4, 5, 1}};
    struct graph graph = make(COUNT(colour), colour, edge, COUNT(edge));
    uint32_t first[COUNT(colour)];

    (void)state;
    assert_int_equal(graph_merge(&graph, first), 6);
    graph_free(&graph);
}

/* Rings that go round alike are one node, whatever their length. */
static void rings_close(void **state)
{
    static const uint32_t colour[] = {3, 3, 3, 3, 3};
    static const struct edge edge[] = {{0, 1, 1}, {1, 2, 1}, {2, 0, 1}, {3, 4, 1}, {4, 3, 1}};
    struct graph graph = make(COUNT(colour), colour, edge, COUNT(edge));
    uint32_t first[COUNT(colour)];

    (void)state;
    assert_int_equal(graph_merge(&graph, first), 1);
    graph_contract(&graph, first);
    assert_int_equal(graph.n_edges, 1);
    assert_true(graph.edge[0].from == 0 && graph.edge[0].to == 0);
    graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_ways_are_one),
        cmocka_unit_test(what_comes_later_counts),
        cmocka_unit_test(rings_close),
    };

    return cmocka_run_group_tests_name("graph", tests, NULL, NULL);
}
