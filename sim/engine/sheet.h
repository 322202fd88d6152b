/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.h - runs of a world that were drawn, side by side: what is so in a run is a bit of a word.
 *
 * What one run comes to is kept as it is played; all of them are counted at once, which takes a few instructions for all where it
 * would take a few for each. */
#ifndef FOOTHOLD_SHEET_H
#define FOOTHOLD_SHEET_H
#include "sim/engine/spread.h"
#include "sim/engine/tally.h"

enum { SHEET_RUNS = 64 };

struct sheet {
    const struct plan *plan;
    struct tally *tally; /* which they are counted in, */
    uint64_t *block;     /* as runs of this replicate */
    size_t n_runs;
    uint64_t counted; /* runs in which what is given came true: no other counts */
    double *first;    /* [factor * SHEET_RUNS + run]: the month it first rang */
    size_t n_asked, horizon;
    double *asked; /* months that are asked about, each once, and the horizon: asked[horizon] */
    size_t *which; /* per question: its place in asked */
    /* [(asked * n_bases + base) * n_states + state]: it has been left or entered an odd number of times by then */
    uint64_t *moved;
    uint64_t *been_lost, *been_deal; /* per base, and of all: it has been in such a state */
    uint64_t *rang;                  /* per question about a transition: it has rung by then */
    uint64_t *yes;                   /* per question; valid once the sheet is counted */
    uint64_t *at_least;              /* scratch: so many bases */
    struct sheet_time {              /* first times, to be counted */
        size_t cell, sum;
        double offset, share;
    } * time;
    size_t n_times;
};

/* A sheet whose runs are counted in a tally of the same plan. */
void sheet_init(struct sheet *sheet, const struct plan *plan, struct tally *tally);
void sheet_free(struct sheet *sheet);

/* No runs yet; they will be of one replicate. */
void sheet_begin(struct sheet *sheet, size_t replicate);

/* Keep one more run, SHEET_RUNS at most. */
void sheet_keep(struct sheet *sheet, const struct history *history);

/* Count them, in the tally and in their world's columns; sheet->yes then tells how each run answered each question. */
void sheet_count(struct sheet *sheet, struct spread_column *column);
#endif
