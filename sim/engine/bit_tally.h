/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bit_tally.h - runs of a world that were drawn, side by side: what is so in a run is a bit of a word.
 *
 * What one run comes to is kept as it is played; all of them are counted at once, which takes a few instructions for all where it
 * would take a few for each. */
#ifndef FOOTHOLD_BIT_TALLY_H
#define FOOTHOLD_BIT_TALLY_H
#include "sim/engine/world_stats.h"
#include "sim/engine/tally.h"

enum { BIT_TALLY_RUNS = 64 };

struct bit_tally {
    const struct plan *plan;
    struct tally *tally; /* which they are counted in, */
    uint64_t *block;     /* as runs of this replicate */
    size_t n_runs;
    uint64_t counted; /* runs in which what is given came true: no other counts */
    double *first;    /* [factor * BIT_TALLY_RUNS + run]: the month it first fired */
    size_t n_asked, horizon;
    double *asked; /* months that are asked about, each once, and the horizon: asked[horizon] */
    size_t *which; /* per question: its place in asked */
    /* [(asked * n_bases + base) * n_states + state]: it has been left or entered an odd number of times by then */
    uint64_t *moved;
    uint64_t *been_lost, *been_deal; /* per base, and of all: it has been in such a state */
    uint64_t *rang;                  /* per question about a transition: it has fired by then */
    uint64_t *yes;                   /* per question; valid once the sheet is counted */
    uint64_t *at_least;              /* scratch: so many bases */
    struct bit_tally_time {          /* first times, to be counted */
        size_t cell, sum;
        double offset, share;
    } * time;
    size_t n_times;
};

/* A sheet whose runs are counted in a tally of the same plan. */
void bit_tally_init(struct bit_tally *bits, const struct plan *plan, struct tally *tally);
void bit_tally_free(struct bit_tally *bits);

/* No runs yet; they will be of one replicate. */
void bit_tally_begin(struct bit_tally *bits, size_t replicate);

/* Keep one more run, BIT_TALLY_RUNS at most. */
void bit_tally_keep(struct bit_tally *bits, const struct history *history);

/* Count them, in the tally and in their world's columns; bits->yes then says how each run answered each question. */
void bit_tally_count(struct bit_tally *bits, struct world_stats_column *column);
#endif
