/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order.c - which of the clocks that fire in the same month goes first: causes before what they bear on.
 *
 * A lever or event bears on another by an effect, by what holds otherwise, or because it is required. The ranks are a topological
 * order of the strongly connected components of that graph (Tarjan 1972, Depth-first search and linear graph algorithms, SIAM J.
 * Comput. 1): a cause has a smaller rank than what it bears on, things that bear on each other share one. So l, m with `m =
 * { requires = "l"; }` have ranks 0 and 1 whatever their names are. Bases come last, all with the same rank. */
#include <stdlib.h>
#include "sim/plan/compiler.h"

struct visit { /* of a factor whose targets are being gone through */
    uint32_t factor, next;
};

struct search {
    const struct plan *plan;
    struct span *out; /* per factor: what it bears on, in target[] */
    uint32_t *target;
    uint32_t *number, *low; /* number: from 1 on, in the order of discovery; 0: not yet found */
    uint32_t *component;    /* from 1 on, effects first; 0: not yet known */
    uint32_t *open;         /* found, but of no component yet */
    struct visit *visit;
    uint32_t n_open, n_found, n_components;
};

/* Calls for every pair of factors of which one bears on the other; counts them, and keeps them where there is room. */
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

static void find(struct search *search, uint32_t f, uint32_t *depth)
{
    search->number[f] = search->low[f] = ++search->n_found;
    search->open[search->n_open++] = f;
    search->visit[(*depth)++] = (struct visit){f, 0};
}

/* A factor all of whose targets are done: where none leads back beyond it, all that is open from it on is a component. */
static void close_component(struct search *search, uint32_t f)
{
    if (search->low[f] != search->number[f])
        return;
    search->n_components++;
    while (!search->component[f])
        search->component[search->open[--search->n_open]] = search->n_components;
}

/* A depth-first search with a stack of its own, since chains of requirements may be long. */
static void search_from(struct search *search, uint32_t root)
{
    uint32_t depth = 0;

    find(search, root, &depth);
    while (depth) {
        struct visit *top = &search->visit[depth - 1];
        const uint32_t f = top->factor;

        if (top->next < search->out[f].n) {
            const uint32_t to = search->target[search->out[f].first + top->next++];

            if (!search->number[to])
                find(search, to, &depth);
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
