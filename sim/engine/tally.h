/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tally.h - what many runs come to, counted.
 *
 * Everything is a whole number of units of 1 / TALLY_ONE: a run that was drawn counts one where it came out, a run whose
 * outcome was computed counts a part of one in each. So tallies of parts add up to the tally of the whole in any order, to
 * the last bit. Each count is kept for every replicate of the design, whose spread tells the error. */
#ifndef FOOTHOLD_TALLY_H
#define FOOTHOLD_TALLY_H
#include <math.h>
#include <stdint.h>
#include "sim/engine/history.h"
#include "sim/engine/world.h"

/* What one run counts; a count holds 2^34 runs. */
#define TALLY_ONE 0x1p30

/* Times to a loss or a deal are counted by sqrt(month / horizon), so finer early on, in bins of 1 / TALLY_BINS; inside a bin
 * the powers of their offsets, as shares of it, are summed: how many, the offsets, their squares. */
enum { TALLY_BINS = 1024, TALLY_POWERS = 3 };

/* Where each count stands in a replicate's block; in a plan of answers only what follows `question` is not there. b: base,
 * n_bases meaning `all`; s: state; q: question; f: factor; t: transition; m: month of the grid. */
struct tally_layout {
    size_t runs;      /* 1; where something is given, as much of it as came true */
    size_t squares;   /* that, squared */
    size_t tried;     /* 1 in any case */
    size_t answered;  /* as runs, but of runs that were played for their answers only too */
    size_t question;  /* [q] said yes */
    size_t state;     /* [b * n_states + s] at the horizon */
    size_t held;      /* [0 .. n_bases] so many held at the horizon */
    size_t as_drawn;  /* [q] said yes, where what a lever's question says is what was drawn */
    size_t came;      /* [f * n_questions + q] f had fired by q's month */
    size_t came_yes;  /* [f * n_questions + q] that, and q said yes, as drawn */
    size_t occupancy; /* [(b * n_states + s) * n_months + m] change at m; sums to the occupancy */
    size_t incidence; /* [(b * n_transitions + t) * n_months + m] first fired in (m - 1, m] */
    struct tally_times {
        size_t bins;   /* [(b * TALLY_BINS + bin) * TALLY_POWERS + power] first times */
        size_t months; /* [b] summed, as shares of the horizon */
    } loss, deal;      /* first not held; first in a deal */
    size_t size;       /* counts a replicate */
};

struct tally {
    const struct plan *plan;
    struct tally_layout at;
    size_t n_months;
    double *month;   /* the grid: 0, 1, 2 ... and the horizon */
    uint64_t *count; /* [replicate * at.size + ...] */
};

void tally_init(struct tally *tally, const struct plan *plan);
void tally_free(struct tally *tally);

/* Count part of a run in a cell of a replicate's block. */
static inline void tally_add(uint64_t *block, size_t cell, double part)
{
    block[cell] += (uint64_t)(int64_t)(part * TALLY_ONE + (part < 0.0 ? -0.5 : 0.5));
}

/* The first month of the grid at or after a month: its place. */
size_t tally_grid_month(const struct tally *tally, double month);

/* Where a time is counted. */
struct tally_spot {
    size_t bin;
    double offset, share; /* in the bin; of the horizon */
};

static inline struct tally_spot tally_spot(const struct tally *tally, double month)
{
    const double share = month / tally->plan->horizon, root = sqrt(share);
    const double place = (root < 1.0 ? root : 1.0) * TALLY_BINS;
    const size_t bin = place < TALLY_BINS ? (size_t)place : TALLY_BINS - 1;

    return (struct tally_spot){bin, place - (double)bin, share};
}

/* Count part of a run whose first time, of a base or of all (b = n_bases), was at a month. */
void tally_time(const struct tally *tally, uint64_t *block, const struct tally_times *at, size_t b, double month,
                double part);
void tally_merge(struct tally *into, const struct tally *from);

/* Where the first times of a bin are counted. */
static inline size_t tally_bin(const struct tally_times *at, size_t b, size_t bin)
{
    return at->bins + (b * TALLY_BINS + bin) * TALLY_POWERS;
}

/* The counts of a replicate, and a count summed over all of them. */
static inline uint64_t *tally_block(const struct tally *tally, size_t replicate)
{
    return tally->count + replicate * tally->at.size;
}

/* The month at a place among the bins of times. */
static inline double tally_month(const struct tally *tally, double place)
{
    return place / TALLY_BINS * (place / TALLY_BINS) * tally->plan->horizon;
}

uint64_t tally_total(const struct tally *tally, size_t cell);

/* How many runs were played; how many are counted in a cell's share. */
uint64_t tally_runs(const struct tally *tally);
uint64_t tally_counted(const struct tally *tally, size_t cell);

/* Add the answers of more runs, counted with a plan that asks the same and answers only. */
void tally_add_answers(struct tally *into, const struct tally *from);

/* A share yes of n, counted in each replicate, and its standard error from the spread of the replicates. Where they are
 * too few, or all the same, that of a binomial share: no number of runs proves a certainty. 0 where each run's share was
 * computed and nothing else in it was drawn. */
double tally_share_of(const uint64_t yes[REPLICATES], const uint64_t n[REPLICATES], double *se);

/* The share of runs counted in a cell: of a question's cell among all that answered. */
double tally_share(const struct tally *tally, size_t cell, double *se);
#endif
