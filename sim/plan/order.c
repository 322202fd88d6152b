/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order.c - the order of clocks that fire in the same month: causes before what they influence.
 *
 * A lever or event influences another by an effect, by an `otherwise`, or because it is required. The ranks number the strongly connected
 * components of this graph in topological order (Tarjan 1972, Depth-first search and linear graph algorithms, SIAM J. Comput. 1): a cause
 * has a smaller rank than what it influences; clocks that influence each other share a rank, and their order is drawn. Example: with
 * `m = { requires = "l"; }`, l has rank 0 and m rank 1, whatever their names are. Bases come last, all with the same rank.
 *
 * Why not by id or place in the file: then renaming a lever would change results.
 *
 * Invariants of the search (Tarjan's): low[f] is the smallest number reachable from f by tree edges and one edge to an open node; f is the
 * first node found of its component exactly when low[f] == number[f]; components are closed effects first, so ranks are counted
 * backwards from the number of components. */
#include <stdlib.h>
#include "sim/plan/compiler.h"

struct visit { /* a frame of the search: a factor, and the next of its targets to visit */
    uint32_t factor, next;
};

struct search {
    const struct plan *plan;
    struct span *out; /* per factor: those it influences, in target[] */
    uint32_t *target;
    uint32_t *number, *low; /* number: from 1 on, in the order of discovery; 0: not yet found */
    uint32_t *component;    /* from 1 on, effects first; 0: not yet known */
    uint32_t *open;         /* stack of nodes that are found but not yet in a component */
    struct visit *visit;
    uint32_t n_open, n_found, n_components;
};

/* List every pair of factors of which one influences the other. Called twice: first to count and allocate, then (keep) to fill in. */
static void list_targets(struct search *search, bool keep)
{
    const struct plan *plan = search->plan;
    uint32_t n = 0;

    for (uint32_t f = 0; f < plan->n_factors; f++) {
        const struct plan_clock *clock = &plan->clock[plan->factor[f].clock];

        search->out[f].first = n;
        for (uint32_t s = f * SWITCHES_A_FACTOR; s < (f + 1) * SWITCHES_A_FACTOR; s++)
            for (uint32_t l = plan->switch_links[s].first; l < plan->switch_links[s].first + plan->switch_links[s].n;
                 l++)
                if (!plan->clock[plan->link[l].clock].moves_base) {
                    if (keep)
                        search->target[n] = plan->clock[plan->link[l].clock].factor;
                    n++;
                }
        for (uint32_t i = clock->unlocks.first; i < clock->unlocks.first + clock->unlocks.n; i++)
            if (!plan->clock[plan->index[i]].moves_base) {
                if (keep)
                    search->target[n] = plan->clock[plan->index[i]].factor;
                n++;
            }
        search->out[f].n = n - search->out[f].first;
    }
    if (!keep)
        search->target = memory_new(n, sizeof *search->target);
}

static void discover_factor(struct search *search, uint32_t f, uint32_t *depth)
{
    search->number[f] = search->low[f] = ++search->n_found;
    search->open[search->n_open++] = f;
    search->visit[(*depth)++] = (struct visit){f, 0};
}

/* Called when all targets of a factor are done. If none leads back beyond it, the open nodes from it on are a component. */
static void close_component(struct search *search, uint32_t f)
{
    if (search->low[f] != search->number[f])
        return;
    search->n_components++;
    while (!search->component[f])
        search->component[search->open[--search->n_open]] = search->n_components;
}

/* Depth-first search with an explicit stack, since chains of requirements can be longer than the call stack allows. */
static void search_from(struct search *search, uint32_t root)
{
    uint32_t depth = 0;

    discover_factor(search, root, &depth);
    while (depth) {
        struct visit *top = &search->visit[depth - 1];
        const uint32_t f = top->factor;

        if (top->next < search->out[f].n) {
            const uint32_t to = search->target[search->out[f].first + top->next++];

            if (!search->number[to])
                discover_factor(search, to, &depth);
            else if (!search->component[to] && search->number[to] < search->low[f])
                search->low[f] = search->number[to];
            continue;
        }
        close_component(search, f);
        if (--depth && search->low[f] < search->low[search->visit[depth - 1].factor])
            search->low[search->visit[depth - 1].factor] = search->low[f];
    }
}

void compile_order(struct plan *plan)
{
    const size_t n = plan->n_factors;
    struct search search = {.plan = plan,
                            .out = memory_new(n, sizeof *search.out),
                            .number = memory_new(n, sizeof *search.number),
                            .low = memory_new(n, sizeof *search.low),
                            .component = memory_new(n, sizeof *search.component),
                            .open = memory_new(n, sizeof *search.open),
                            .visit = memory_new(n, sizeof *search.visit)};

    list_targets(&search, false);
    list_targets(&search, true);
    for (uint32_t f = 0; f < n; f++)
        if (!search.number[f])
            search_from(&search, f);
    for (size_t c = 0; c < plan->n_clocks; c++)
        plan->clock[c].rank = plan->clock[c].moves_base ? search.n_components
                                                        : search.n_components - search.component[plan->clock[c].factor];
    free(search.out);
    free(search.target);
    free(search.number);
    free(search.low);
    free(search.component);
    free(search.open);
    free(search.visit);
}
