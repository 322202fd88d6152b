/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chain.h - the bases' joint Markov chain, given when levers and events come and go.
 *
 * Once that is known, every transition of a base has a hazard that is constant between two such months. What the bases do is then a
 * continuous-time Markov chain with a piecewise-constant generator Q, and its probabilities are computed instead of drawn:
 * p'(t) = p(t) Q (Kolmogorov's forward equations). Averaging these conditional probabilities over drawn levers and events is
 * conditional Monte Carlo (Asmussen & Glynn 2007, Stochastic Simulation, V.4): unbiased, and without the noise of the bases.
 *
 * Nodes. A node says where each base stands, and as much of its past as answers need: which transitions would be first ones, whether a
 * base was ever lost or in a deal, whether any base of the group was, which transitions that are asked about any base has made. Bases
 * that couplings tie together form a group with joint nodes; groups are independent given levers and events.
 *
 * Lumping. Histories that no future can tell apart are merged: nodes of equal states whose outgoing edges have equal labels (rate, and
 * what happens for the first time along it) and lead into equal classes (the coarsest bisimulation, graph.h, which here implies
 * ordinary lumpability: Kemeny & Snell 1960, Finite Markov Chains, 6.3). First each base by itself, then the group. Example: a
 * base that begins in LIMBO and goes from there to DEAL or LOST, for good, has three nodes, as many as states, since where it stands
 * tells its past; the two coupled bases of scenarios/syria/2024-12.cfg have 25 joint states and 55 nodes.
 *
 * Counting processes. The probability that something has happened once grows by what flows along the edges that bring it about:
 * that of a first loss is the integral of p(node) x rate over these edges. Edges of one rate whose sources lie at even distances are
 * kept as one run (struct chain_run), so that they are summed without looking up each.
 *
 * Limits. More than CHAIN_MAX_NODES nodes, transitions that fire by a date, couplings that act on levers or events and a few more cannot
 * be computed (plan->why_drawn says which); such plans are drawn. Constant once made. */
#ifndef FOOTHOLD_CHAIN_H
#define FOOTHOLD_CHAIN_H
#include "sim/plan/plan.h"

enum { CHAIN_MAX_NODES = 512, CHAIN_MAX_BASES = 64 };

/* A transition's rate while certain couplings are on. */
struct chain_rate {
    uint32_t clock;        /* in plan->clock[] */
    uint32_t marginalised; /* its place among the marginalised clocks */
    struct span links;     /* in chain->link[]: of the couplings that are on */
};

struct chain_edge { /* into a node */
    uint32_t from, rate;
};

/* Edges of one rate from nodes `from`, from + stride, and so on: n in all. What one base does while another stands anywhere is
 * such a run. */
struct chain_run {
    uint32_t rate, from, stride, n;
};

/* A counting process: something that happens at most once, whose probability grows by what flows along some edges. */
struct chain_counting {
    enum { COUNT_TRANSITION, COUNT_LOSS, COUNT_DEAL, COUNT_ASKED } what;
    uint32_t which;   /* transition's clock; base, or n_bases for the first of the group; transition */
    struct span runs; /* in run[] */
};

struct chain_group {
    uint32_t n_bases, n_nodes, *base;
    uint32_t *state;         /* [node * n_bases + i] */
    uint32_t start;          /* the node it begins in */
    struct span *in;         /* per node: in edge[] */
    struct span *out;        /* per node: in out_rate[] */
    struct chain_edge *edge; /* by target */
    uint32_t *out_rate;
    struct chain_counting *counting;
    struct chain_run *run;
    uint32_t n_counting, n_runs, n_times; /* the first n_times counting processes are of losses and deals */
    struct span rates;                    /* in chain->rate[] */
};

struct chain {
    struct chain_group *group;
    struct chain_rate *rate;
    uint32_t *link; /* in plan->link[] */
    uint32_t n_groups, n_rates, n_links, n_marginalised;
};
#endif
