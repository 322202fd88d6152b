/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chain.h - the bases' joint Markov chain, for a given course of levers and events.
 *
 * Once it is known when each lever and event comes and goes, every transition of a base has a rate that is constant from one
 * of these months to the next, so that what the bases do can be computed instead of drawn: p' = p Q. Bases that couplings
 * tie together move in one group, whose nodes are what can be told of them all: their states, and as much of their past as
 * decides whether a move still is a first one. Histories that nothing tells apart are one node (graph.h).
 *
 * Constant once made. */
#ifndef FOOTHOLD_CHAIN_H
#define FOOTHOLD_CHAIN_H
#include "sim/plan/plan.h"

enum { CHAIN_MAX_NODES = 512, CHAIN_MAX_BASES = 64 };

/* A transition's rate while certain couplings are on. */
struct chain_rate {
    uint32_t clock;        /* in plan->clock[] */
    uint32_t marginalised; /* its place among the followed clocks */
    struct span links;     /* in chain->link[]: of the couplings that are on */
};

struct chain_edge {
    uint32_t from, rate;
};

/* Flows at one rate from nodes `from`, from + stride, and so on: n in all. What one base does while another stands anywhere is
 * such a run. */
struct chain_run {
    uint32_t rate, from, stride, n;
};

/* Something that happens once, whose probability grows by what flows along some edges. */
struct chain_counting {
    enum { COUNT_TRANSITION, COUNT_LOSS, COUNT_DEAL, COUNT_ASKED } what;
    uint32_t which;   /* transition's clock; base, or n_bases for the first of the group; transition */
    struct span runs; /* in run[] */
};

struct chain_group {
    uint32_t n_bases, n_nodes, *base;
    uint32_t *state;         /* [node * n_bases + i] */
    uint32_t start;          /* the node it begins in */
    struct span *in;         /* per node: in flow[] */
    struct span *out;        /* per node: in out_rate[] */
    struct chain_edge *edge; /* by target */
    uint32_t *out_rate;
    struct chain_counting *counting;
    struct chain_run *run;
    uint32_t n_counting, n_runs, n_times; /* the first n_times counters are of losses and deals */
    struct span rates;                    /* in chain->rate[] */
};

struct chain {
    struct chain_group *group;
    struct chain_rate *rate;
    uint32_t *link; /* in plan->link[] */
    uint32_t n_groups, n_rates, n_links, n_marginalised;
};
#endif
