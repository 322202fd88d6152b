/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/plan/chain.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/model.h"
#include "sim/plan/compiler.h"
#include "sim/math/graph.h"

enum { MAX_HISTORIES = 1 << 15, MAX_MARKS = 30, MAX_RATES = 1 << 12 };

/* ---- one base ---- */

/* What happens along an edge, in its label: these flags in the low bits, the clock above them. */
enum { FIRST_FIRING = 1, FIRST_LOSS = 2, FIRST_DEAL = 4, LABEL_BITS = 3 };

/* A base's state and past: which of its transitions have fired, whether it was ever lost or in a deal. Every one that can be reached
 * is a node, found by a search that grows the list it goes through; then those that no future tells apart are merged. */
struct past {
    uint64_t fired;
    uint32_t state;
    bool lost, deal;
};

struct local { /* a base by itself */
    struct graph graph;
    uint32_t n_nodes;
    uint32_t *state; /* per class */
};

static bool is_in(uint64_t states, uint32_t state)
{
    return states >> state & 1;
}

/* By going through all: a base has few. */
static uint32_t find_past(const struct past *past, size_t n, const struct past *wanted)
{
    for (size_t i = 0; i < n; i++)
        if (past[i].fired == wanted->fired && past[i].state == wanted->state && past[i].lost == wanted->lost &&
            past[i].deal == wanted->deal)
            return (uint32_t)i;
    return UINT32_MAX;
}

/* Enumerate every past that a base can have, and the moves between them. False when there are too many. */
static bool explore_base(struct local *local, const struct plan *plan, uint32_t b)
{
    enum { MAX_PASTS = 1024 };
    const struct span clocks = plan->base[b].clocks;
    struct past *past = memory_new(MAX_PASTS, sizeof *past);
    uint32_t *first = memory_new(MAX_PASTS, sizeof *first);
    const uint32_t initial = plan->base[b].initial;
    size_t n = 1;

    past[0] = (struct past){.state = initial};
    if (!plan->answers_only) {
        past[0].lost = !is_in(plan->held, initial);
        past[0].deal = is_in(plan->deal, initial);
    }
    for (size_t i = 0; i < n && n < MAX_PASTS; i++)
        for (uint32_t c = clocks.first; c < clocks.first + clocks.n && n < MAX_PASTS; c++) {
            const uint64_t bit = UINT64_C(1) << (c - clocks.first);
            struct past next = past[i];
            uint64_t label = (uint64_t)c << LABEL_BITS;
            uint32_t to;

            if (!is_in(plan->clock[c].from, past[i].state))
                continue;
            next.state = plan->clock[c].to;
            if (!plan->answers_only) {
                next.fired |= bit;
                next.lost = next.lost || !is_in(plan->held, next.state);
                next.deal = next.deal || is_in(plan->deal, next.state);
            }
            label |= (past[i].fired & bit ? 0 : FIRST_FIRING) | (next.lost != past[i].lost ? FIRST_LOSS : 0) |
                     (next.deal != past[i].deal ? FIRST_DEAL : 0);
            to = find_past(past, n, &next);
            if (to == UINT32_MAX) {
                to = (uint32_t)n;
                past[n++] = next;
            }
            graph_add(&local->graph, (struct edge){(uint32_t)i, to, label});
        }
    local->graph.n_nodes = n;
    local->graph.colour = memory_new(n, sizeof *local->graph.colour);
    local->state = memory_new(n, sizeof *local->state);
    for (size_t i = 0; i < n; i++)
        local->graph.colour[i] = past[i].state;
    if (n < MAX_PASTS) {
        local->n_nodes = (uint32_t)graph_merge(&local->graph, first);
        for (uint32_t i = 0; i < local->n_nodes; i++)
            local->state[i] = past[first[i]].state;
    }
    free(past);
    free(first);
    return n < MAX_PASTS;
}

/* ---- a group of bases ---- */

/* Marks of a group: whether any base has been lost, has had a deal, has made a move that a question asks about. */
enum { ANY_LOST = 1, ANY_DEAL = 2, ANY_ASKED = 4 };

struct maker {
    struct plan *plan;
    struct chain *chain;
    struct local *local; /* per base */
    uint32_t *asked;     /* transitions */
    uint32_t n_asked;
    size_t rate_capacity, link_capacity;
};

struct joint {      /* the nodes of a group before they are merged: a class for each base, and marks */
    uint32_t *node; /* [i * (n_bases + 1)]; the last is the marks */
    size_t n, capacity, width;
    uint32_t *bucket, *next; /* found by hash */
};

enum { BUCKETS = 1 << 12 };

/* Multiplicative hashing by 2^64 / golden ratio (Knuth, The Art of Computer Programming 3, 6.4). */
static uint32_t hash_node(const uint32_t *node, size_t width)
{
    uint64_t x = 0;

    for (size_t i = 0; i < width; i++)
        x = (x ^ node[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(x >> 40) % BUCKETS;
}

/* The number of a joint node, which is added if it is new; UINT32_MAX: there are too many. */
static uint32_t find_node(struct joint *joint, const uint32_t *node)
{
    const uint32_t bucket = hash_node(node, joint->width);

    for (uint32_t i = joint->bucket[bucket]; i != UINT32_MAX; i = joint->next[i])
        if (!memcmp(joint->node + i * joint->width, node, joint->width * sizeof *node))
            return i;
    if (joint->n == MAX_HISTORIES)
        return UINT32_MAX;
    memcpy(joint->node + joint->n * joint->width, node, joint->width * sizeof *node);
    joint->next[joint->n] = joint->bucket[bucket];
    joint->bucket[bucket] = (uint32_t)joint->n;
    return (uint32_t)joint->n++;
}

/* The label of a clock's rate while those couplings are on that the states of all bases switch on. state: per base of the plan. The list of
 * links is written at the end of chain->link and taken back where an equal label exists: two edges have the same rate in every world
 * if, and only if, they have the same label. */
static uint32_t rate_of(struct maker *maker, uint32_t first_rate, uint32_t c, const uint32_t *state)
{
    const struct plan *plan = maker->plan;
    struct chain *chain = maker->chain;
    const struct span incoming = plan->clock[c].incoming;
    const uint32_t first = chain->n_links;

    for (uint32_t i = incoming.first; i < incoming.first + incoming.n; i++) {
        const uint32_t its_switch = plan->link[plan->incoming[i]].from_switch;

        for (size_t k = 0; k < plan->n_conditions; k++)
            if (plan->condition[k].its_switch == its_switch &&
                is_in(plan->condition[k].states, state[plan->condition[k].base])) {
                chain->link = arena_grow(&maker->plan->arena, chain->link, chain->n_links, &maker->link_capacity,
                                         sizeof *chain->link);
                chain->link[chain->n_links++] = plan->incoming[i];
            }
    }
    for (uint32_t r = first_rate; r < chain->n_rates; r++)
        if (chain->rate[r].clock == c && chain->rate[r].links.n == chain->n_links - first &&
            (chain->n_links == first || !memcmp(chain->link + chain->rate[r].links.first, chain->link + first,
                                                chain->rate[r].links.n * sizeof *chain->link))) {
            chain->n_links = first;
            return r;
        }
    chain->rate =
        arena_grow(&maker->plan->arena, chain->rate, chain->n_rates, &maker->rate_capacity, sizeof *chain->rate);
    chain->rate[chain->n_rates] =
        (struct chain_rate){c, c - plan->base[0].clocks.first, {first, chain->n_links - first}};
    return chain->n_rates++;
}

/* A joint edge's label: marks newly made (from bit 34), rate, local label (the lowest LABEL_BITS bits). */
static uint64_t joint_label(uint32_t marks, uint32_t rate, uint64_t local)
{
    return (uint64_t)marks << 34 | (uint64_t)rate << LABEL_BITS | (local & ((1 << LABEL_BITS) - 1));
}

/* The marks that a move into a state by a clock makes (UINT32_MAX: by none, at the start). */
static uint32_t marks_of(const struct maker *maker, uint32_t c, uint32_t state)
{
    const struct plan *plan = maker->plan;
    uint32_t marks = 0;

    if (!plan->answers_only)
        marks = (is_in(plan->held, state) ? 0 : ANY_LOST) | (is_in(plan->deal, state) ? ANY_DEAL : 0);

    for (uint32_t i = 0; c != UINT32_MAX && i < maker->n_asked; i++)
        if (plan->clock[c].transition == maker->asked[i])
            marks |= (uint32_t)ANY_ASKED << i;
    return marks;
}

/* All nodes of a group that can be reached and the moves between them, one base at a time: in continuous time no two move at once. False
 * when they are too many. */
static bool explore_group(struct maker *maker, const struct chain_group *group, struct joint *joint,
                          struct graph *graph)
{
    const struct plan *plan = maker->plan;
    uint32_t *node = memory_new(joint->width, sizeof *node), *state = memory_new(plan->n_bases, sizeof *state);
    bool fits = true;

    for (uint32_t i = 0; i < group->n_bases; i++)
        node[group->n_bases] |= marks_of(maker, UINT32_MAX, plan->base[group->base[i]].initial);
    find_node(joint, node);
    for (uint32_t from = 0; from < joint->n && fits; from++) {
        const uint32_t *at = joint->node + from * joint->width;

        for (uint32_t i = 0; i < group->n_bases; i++)
            state[group->base[i]] = maker->local[group->base[i]].state[at[i]];
        for (uint32_t i = 0; i < group->n_bases; i++) {
            const struct local *local = &maker->local[group->base[i]];

            for (size_t e = 0; e < local->graph.n_edges && fits; e++) {
                const struct edge *edge = &local->graph.edge[e];
                const uint32_t c = (uint32_t)(edge->label >> LABEL_BITS), before = at[group->n_bases];
                uint32_t to;

                if (edge->from != at[i])
                    continue;
                memcpy(node, at, joint->width * sizeof *node);
                node[i] = edge->to;
                node[group->n_bases] |= marks_of(maker, c, local->state[edge->to]);
                to = find_node(joint, node);
                fits = to != UINT32_MAX && maker->chain->n_rates < MAX_RATES;
                graph_add(graph, (struct edge){from, to,
                                               joint_label(node[group->n_bases] & ~before,
                                                           rate_of(maker, group->rates.first, c, state), edge->label)});
            }
        }
    }
    free(node);
    free(state);
    return fits;
}

/* The rate in a joint label. */
static uint32_t rate_in(const struct edge *edge)
{
    return (uint32_t)(edge->label >> LABEL_BITS & 0x7fffffff);
}

/* Which edges a counting process counts. */
static bool counts_edge(const struct maker *maker, const struct chain_counting *counting, const struct edge *edge)
{
    const struct plan *plan = maker->plan;
    const uint32_t c = maker->chain->rate[rate_in(edge)].clock, marks = (uint32_t)(edge->label >> 34);

    switch (counting->what) {
    case COUNT_TRANSITION:
        return c == counting->which && edge->label & FIRST_FIRING;
    case COUNT_LOSS:
        return counting->which == plan->n_bases ? marks & ANY_LOST
                                                : plan->clock[c].base == counting->which && edge->label & FIRST_LOSS;
    case COUNT_DEAL:
        return counting->which == plan->n_bases ? marks & ANY_DEAL
                                                : plan->clock[c].base == counting->which && edge->label & FIRST_DEAL;
    case COUNT_ASKED:
        break;
    }
    return marks & (uint32_t)ANY_ASKED << counting->which;
}

static int by_rate(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;

    if (rate_in(x) != rate_in(y))
        return rate_in(x) < rate_in(y) ? -1 : 1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

/* The longest series of evenly spaced edges at one rate that begins with an edge; its edges are marked as taken. A series is stored as one flow. */
static struct chain_run find_run(const struct edge *edge, size_t n, bool *taken, size_t first)
{
    struct chain_run run = {rate_in(&edge[first]), edge[first].from, 0, 1};

    taken[first] = true;
    for (size_t e = first + 1; e < n && rate_in(&edge[e]) == run.rate; e++) {
        const uint32_t stride = edge[e].from - (run.from + (run.n - 1) * run.stride);

        if (taken[e] || (run.n > 1 && stride != run.stride))
            continue;
        run.stride = stride;
        run.n++;
        taken[e] = true;
    }
    return run;
}

/* Its edges, sorted by rate and source, then gathered into runs; each edge is taken once. Example: sources 2, 5, 8 and 9 at one rate
 * are a run of three with stride 3, and a run of one. */
static void add_counting(struct maker *maker, struct chain_group *group, const struct graph *graph, size_t *capacity,
                         struct chain_counting counting)
{
    struct edge *edge = memory_new(graph->n_edges, sizeof *edge);
    bool *taken;
    size_t n = 0;

    for (size_t e = 0; e < graph->n_edges; e++)
        if (counts_edge(maker, &counting, &graph->edge[e]))
            edge[n++] = graph->edge[e];
    taken = memory_new(n, sizeof *taken);
    if (n)
        qsort(edge, n, sizeof *edge, by_rate);
    counting.runs.first = group->n_runs;
    for (size_t e = 0; e < n; e++)
        if (!taken[e]) {
            group->run = arena_grow(&maker->plan->arena, group->run, group->n_runs, capacity, sizeof *group->run);
            group->run[group->n_runs++] = find_run(edge, n, taken, e);
        }
    counting.runs.n = group->n_runs - counting.runs.first;
    group->counting[group->n_counting++] = counting;
    free(taken);
    free(edge);
}

/* The counting processes of a group: losses and deals of each base and of the first; transitions that are asked about; each base's
 * transitions. */
static void add_group_counting(struct maker *maker, struct chain_group *group, const struct graph *graph)
{
    const struct plan *plan = maker->plan;
    const uint32_t all = (uint32_t)plan->n_bases;
    size_t capacity = 0, n = 2 * ((size_t)group->n_bases + 1) + maker->n_asked;

    for (uint32_t i = 0; i < group->n_bases; i++)
        n += plan->base[group->base[i]].clocks.n;
    group->counting = arena_new(&maker->plan->arena, n, sizeof *group->counting);
    for (uint32_t i = 0; i <= group->n_bases && !plan->answers_only; i++) {
        const uint32_t b = i < group->n_bases ? group->base[i] : all;

        add_counting(maker, group, graph, &capacity, (struct chain_counting){COUNT_LOSS, b, {0, 0}});
        add_counting(maker, group, graph, &capacity, (struct chain_counting){COUNT_DEAL, b, {0, 0}});
    }
    group->n_times = group->n_counting;
    for (uint32_t i = 0; i < maker->n_asked; i++)
        add_counting(maker, group, graph, &capacity, (struct chain_counting){COUNT_ASKED, i, {0, 0}});
    for (uint32_t i = 0; i < group->n_bases && !plan->answers_only; i++) {
        const struct span clocks = plan->base[group->base[i]].clocks;

        for (uint32_t c = clocks.first; c < clocks.first + clocks.n; c++)
            add_counting(maker, group, graph, &capacity, (struct chain_counting){COUNT_TRANSITION, c, {0, 0}});
    }
}

static int by_place(uint32_t x, uint32_t y, const void *a, const void *b)
{
    return x != y ? (x < y ? -1 : 1) : by_rate(a, b);
}

static int by_source(const void *a, const void *b)
{
    return by_place(((const struct edge *)a)->from, ((const struct edge *)b)->from, a, b);
}

static int by_target(const void *a, const void *b)
{
    return by_place(((const struct edge *)a)->to, ((const struct edge *)b)->to, a, b);
}

struct numbered { /* a merged node and what it stands for: a row of the joint nodes */
    uint32_t class;
    size_t width;
    const uint32_t *node;
};

/* By marks, then by base after base: nodes that differ in one base only are then evenly spaced, which makes long series. */
static int by_bases(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;

    if (x->node[x->width - 1] != y->node[x->width - 1])
        return x->node[x->width - 1] < y->node[x->width - 1] ? -1 : 1;
    for (size_t i = 0; i + 1 < x->width; i++)
        if (x->node[i] != y->node[i])
            return x->node[i] < y->node[i] ? -1 : 1;
    return 0;
}

/* Number the merged nodes by marks, then base after base, and edges with them: then edges of one rate leave nodes at even distances, which
 * find_run gathers into runs. */
static void number_nodes(const struct maker *maker, struct chain_group *group, struct graph *graph,
                         const struct joint *joint, const uint32_t *first)
{
    struct numbered *numbered = memory_new(group->n_nodes, sizeof *numbered);
    uint32_t *place = memory_new(group->n_nodes, sizeof *place);

    for (uint32_t k = 0; k < group->n_nodes; k++)
        numbered[k] = (struct numbered){k, joint->width, joint->node + first[k] * joint->width};
    qsort(numbered, group->n_nodes, sizeof *numbered, by_bases);
    group->state = arena_new(&maker->plan->arena, (size_t)group->n_nodes * group->n_bases, sizeof *group->state);
    for (uint32_t k = 0; k < group->n_nodes; k++) {
        place[numbered[k].class] = k;
        for (uint32_t i = 0; i < group->n_bases; i++)
            group->state[k * group->n_bases + i] = maker->local[group->base[i]].state[numbered[k].node[i]];
    }
    group->start = place[0];
    for (size_t e = 0; e < graph->n_edges; e++) {
        graph->edge[e].from = place[graph->edge[e].from];
        graph->edge[e].to = place[graph->edge[e].to];
    }
    free(numbered);
    free(place);
}

/* Edges sorted by source make exit rates, by target what flows in: both loops of the arithmetic then go through memory in order. */
static void lay_out_group(struct maker *maker, struct chain_group *group, struct graph *graph,
                          const struct joint *joint, const uint32_t *first)
{
    struct arena *arena = &maker->plan->arena;

    number_nodes(maker, group, graph, joint, first);
    group->in = arena_new(arena, group->n_nodes, sizeof *group->in);
    group->out = arena_new(arena, group->n_nodes, sizeof *group->out);
    group->edge = arena_new(arena, graph->n_edges, sizeof *group->edge);
    group->out_rate = arena_new(arena, graph->n_edges, sizeof *group->out_rate);
    if (graph->n_edges)
        qsort(graph->edge, graph->n_edges, sizeof *graph->edge, by_source);
    for (size_t e = 0; e < graph->n_edges; e++) {
        const struct edge *edge = &graph->edge[e];

        if (!group->out[edge->from].n++)
            group->out[edge->from].first = (uint32_t)e;
        group->out_rate[e] = rate_in(edge);
    }
    if (graph->n_edges)
        qsort(graph->edge, graph->n_edges, sizeof *graph->edge, by_target);
    for (size_t e = 0; e < graph->n_edges; e++) {
        const struct edge *edge = &graph->edge[e];

        if (!group->in[edge->to].n++)
            group->in[edge->to].first = (uint32_t)e;
        group->edge[e] = (struct chain_edge){edge->from, rate_in(edge)};
    }
    add_group_counting(maker, group, graph);
}

/* Explore, merge, number, lay out. False when there are too many nodes. */
static bool make_group(struct maker *maker, struct chain_group *group)
{
    struct joint joint = {.width = group->n_bases + 1};
    struct graph graph = {0};
    uint32_t *first = memory_new(MAX_HISTORIES, sizeof *first);
    bool fits = pow((double)maker->plan->n_states, group->n_bases) < 0x1p32; /* all states have a colour */

    joint.node = memory_new(MAX_HISTORIES * joint.width, sizeof *joint.node);
    joint.next = memory_new(MAX_HISTORIES, sizeof *joint.next);
    joint.bucket = memory_new(BUCKETS, sizeof *joint.bucket);
    memset(joint.bucket, 0xff, BUCKETS * sizeof *joint.bucket);
    group->rates.first = maker->chain->n_rates;
    fits = fits && explore_group(maker, group, &joint, &graph);
    if (fits) {
        graph.n_nodes = joint.n;
        graph.colour = memory_new(joint.n, sizeof *graph.colour);
        for (size_t i = 0; i < joint.n; i++)
            for (uint32_t k = 0; k < group->n_bases; k++)
                graph.colour[i] = graph.colour[i] * (uint32_t)maker->plan->n_states +
                                  maker->local[group->base[k]].state[joint.node[i * joint.width + k]];
        group->n_nodes = (uint32_t)graph_merge(&graph, first);
        graph_contract(&graph, first);
        fits = group->n_nodes <= CHAIN_MAX_NODES;
    }
    group->rates.n = maker->chain->n_rates - group->rates.first;
    if (fits)
        lay_out_group(maker, group, &graph, &joint, first);
    graph_free(&graph);
    free(joint.node);
    free(joint.next);
    free(joint.bucket);
    free(first);
    return fits;
}

/* ---- the plan ---- */

/* Why the bases' probabilities cannot be computed; NULL when they can. */
static const char *why_not_computed(struct plan *plan)
{
    if (!plan->model->balance_ratio)
        return arena_print(&plan->arena, "model %s decides on the bases itself", plan->model->name);
    for (size_t c = 0; c < plan->n_clocks; c++) {
        const struct plan_clock *clock = &plan->clock[c];

        if (clock->moves_base && clock->baseline != BASELINE_RATE && clock->baseline != BASELINE_ODDS)
            return arena_print(&plan->arena, "transition %s has a date distribution, not a rate", clock->id);
    }
    for (size_t i = 0; i < plan->n_conditions; i++) {
        const struct span links = plan->switch_links[plan->condition[i].its_switch];

        for (uint32_t l = links.first; l < links.first + links.n; l++)
            if (!plan->clock[plan->link[l].clock].moves_base)
                return arena_print(&plan->arena, "a coupling lets bases influence %s",
                                   plan->clock[plan->link[l].clock].id);
    }
    for (size_t q = 0; q < plan->n_questions && plan_is_conditioned(&plan->given); q++)
        if (plan->question[q].of_clock && plan->question[q].factor == UINT32_MAX)
            return "a question asks whether a transition fires, given that bases are held at some month";
    for (size_t b = 0; b < plan->n_bases; b++)
        if (plan->base[b].clocks.n > 64)
            return "a base has more than 64 transitions";
    return NULL;
}

/* Bases that are asked about, or that by way of couplings influence one that is; all, where more than answers is wanted. */
static bool *find_needed(const struct plan *plan)
{
    bool *needed = memory_new(plan->n_bases, sizeof *needed), more = true;

    for (size_t b = 0; b < plan->n_bases; b++)
        needed[b] = !plan->answers_only;
    for (uint32_t i = 0; i < plan->given.n_bases; i++)
        needed[plan->given.base[i]] = true;
    for (size_t q = 0; q < plan->n_questions; q++) {
        const struct plan_question *question = &plan->question[q];

        for (size_t b = 0; b < plan->n_bases && question->of_clock && question->factor == UINT32_MAX; b++)
            needed[b] = true;
        for (uint32_t i = 0; i < question->n_bases; i++)
            needed[question->base[i]] = true;
    }
    while (more) {
        more = false;
        for (size_t i = 0; i < plan->n_conditions; i++) {
            const struct span links = plan->switch_links[plan->condition[i].its_switch];

            for (uint32_t l = links.first; l < links.first + links.n && !needed[plan->condition[i].base]; l++)
                more = needed[plan->condition[i].base] = needed[plan->clock[plan->link[l].clock].base];
        }
    }
    return needed;
}

/* Bases that couplings tie together share a number, that of the first: connected components, merged link by link. */
static uint32_t *tie_bases(const struct plan *plan, const bool *needed)
{
    uint32_t *tie = memory_new(plan->n_bases, sizeof *tie);

    for (uint32_t b = 0; b < plan->n_bases; b++)
        tie[b] = b;
    for (size_t i = 0; i < plan->n_conditions; i++) {
        const struct span links = plan->switch_links[plan->condition[i].its_switch];

        for (uint32_t l = links.first; l < links.first + links.n; l++) {
            const uint32_t a = tie[plan->condition[i].base], b = tie[plan->clock[plan->link[l].clock].base];

            for (uint32_t k = 0; a != b && needed[plan->clock[plan->link[l].clock].base] && k < plan->n_bases; k++)
                if (tie[k] == a || tie[k] == b)
                    tie[k] = a < b ? a : b;
        }
    }
    return tie;
}

/* One group for each such number, but for bases that nothing asks about. */
static void group_bases(struct plan *plan, struct chain *chain)
{
    bool *needed = find_needed(plan);
    uint32_t *tie = tie_bases(plan, needed);

    chain->group = arena_new(&plan->arena, plan->n_bases, sizeof *chain->group);
    for (uint32_t b = 0; b < plan->n_bases; b++) {
        struct chain_group *group = &chain->group[chain->n_groups];

        if (tie[b] != b || !needed[b])
            continue;
        chain->n_groups++;
        group->base = arena_new(&plan->arena, plan->n_bases, sizeof *group->base);
        for (uint32_t k = b; k < plan->n_bases; k++)
            if (tie[k] == b)
                group->base[group->n_bases++] = k;
    }
    free(tie);
    free(needed);
}

/* Transitions that are asked about, each once: the marks of COUNT_ASKED. */
static void list_asked(struct maker *maker)
{
    const struct plan *plan = maker->plan;

    maker->asked = arena_new(&maker->plan->arena, plan->n_questions, sizeof *maker->asked);
    for (size_t q = 0; q < plan->n_questions; q++) {
        const struct plan_question *question = &plan->question[q];
        uint32_t i = 0;

        if (!question->of_clock || question->factor != UINT32_MAX)
            continue;
        while (i < maker->n_asked && maker->asked[i] != question->transition)
            i++;
        maker->asked[i] = question->transition;
        maker->n_asked += i == maker->n_asked;
    }
}

/* Whether what is kept of all rate paths side by side fits some hundred megabytes at the worst. */
static bool is_small(const struct plan *plan, uint32_t n_asked)
{
    const double stops = plan->horizon + (double)plan->n_questions + 1.0, bases = (double)plan->n_bases;

    return plan->n_bases <= CHAIN_MAX_BASES && bases * (double)plan->n_states * stops < 1e6 &&
           bases * n_asked * stops < 1e6;
}

/* Bases by themselves, then the groups. False where a limit is met. */
static bool make_groups(struct maker *maker)
{
    struct plan *plan = maker->plan;
    bool fits = true;
    uint32_t n_nodes = 0;

    list_asked(maker);
    fits = maker->n_asked <= MAX_MARKS - 2 && is_small(plan, maker->n_asked);
    for (uint32_t b = 0; b < plan->n_bases && fits; b++)
        fits = explore_base(&maker->local[b], plan, b);
    for (uint32_t b = 0; b < plan->n_bases && fits; b++) {
        struct local *local = &maker->local[b];
        uint32_t *first = memory_new(local->n_nodes, sizeof *first);

        for (size_t i = local->graph.n_nodes; i-- > 0;)
            first[local->graph.colour[i]] = (uint32_t)i;
        graph_contract(&local->graph, first);
        free(first);
    }
    if (fits)
        group_bases(plan, maker->chain);
    for (uint32_t g = 0; g < maker->chain->n_groups && fits; g++) {
        fits = make_group(maker, &maker->chain->group[g]);
        n_nodes += maker->chain->group[g].n_nodes;
        fits = fits && n_nodes <= CHAIN_MAX_NODES;
    }
    return fits;
}

/* Where a limit is met, why_drawn says which, and plan->chain stays NULL. */
void compile_chain(struct compiler *compiler)
{
    struct plan *plan = compiler->plan;
    struct maker maker = {.plan = plan};
    bool fits;

    plan->why_drawn = why_not_computed(plan);
    if (plan->why_drawn)
        return;
    maker.chain = arena_new(&plan->arena, 1, sizeof *maker.chain);
    maker.local = memory_new(plan->n_bases, sizeof *maker.local);
    fits = make_groups(&maker);
    for (uint32_t b = 0; b < plan->n_bases; b++) {
        graph_free(&maker.local[b].graph);
        free(maker.local[b].state);
    }
    free(maker.local);
    if (!fits) {
        plan->why_drawn =
            is_small(plan, maker.n_asked)
                ? arena_print(&plan->arena, "the bases have more than %d joint states", (int)CHAIN_MAX_NODES)
                : "there are too many bases, states and months";
        return;
    }
    maker.chain->n_marginalised = (uint32_t)(plan->n_clocks - plan->base[0].clocks.first);
    for (uint32_t i = 0; i < maker.n_asked; i++)
        for (size_t q = 0; q < plan->n_questions; q++)
            if (plan->question[q].of_clock && plan->question[q].factor == UINT32_MAX &&
                plan->question[q].transition == maker.asked[i])
                plan->question[q].counting = i;
    plan->chain = maker.chain;
}
