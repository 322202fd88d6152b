/* tally.h - what many runs come to, counted.
 *
 * Everything is a whole number (months in units of 2^-20), so tallies of parts add up to the tally of the whole in any
 * order, to the last bit. Each count is kept for every replicate of the design, whose spread tells the error. */
#ifndef FOOTHOLD_TALLY_H
#define FOOTHOLD_TALLY_H
#include <stdint.h>
#include "sim/engine/history.h"
#include "sim/engine/world.h"

/* Times to a loss or a deal are counted by sqrt(month / horizon), so finer early on, in bins of 1 / TALLY_BINS; inside a bin
 * their offsets are summed in 2^-12 of it. */
enum { TALLY_BINS = 1024 };
#define TALLY_OFFSET 0x1p12

/* Where each count stands in a replicate's block. b: base, n_bases meaning `all`; s: state; q: question; f: factor;
 * t: transition; m: month of the grid. */
struct tally_layout {
    size_t runs;      /* 1 */
    size_t question;  /* [q] said yes */
    size_t state;     /* [b * n_states + s] at the horizon */
    size_t held;      /* [0 .. n_bases] so many held at the horizon */
    size_t came;      /* [f * n_questions + q] f had rung by q's month */
    size_t came_yes;  /* likewise, and q said yes */
    size_t occupancy; /* [(b * n_states + s) * n_months + m] change at m; sums to the occupancy */
    size_t incidence; /* [(b * n_transitions + t) * n_months + m] first rung in (m - 1, m] */
    struct tally_times {
        size_t n;      /* [b * TALLY_BINS + bin] first times */
        size_t sum;    /* likewise: their offsets in the bin, summed */
        size_t square; /* and squared */
        size_t months; /* [b] summed, in 2^-20 */
    } loss, deal;      /* first not held; first in a deal */
    size_t size;       /* counts a replicate */
};

struct tally {
    const struct plan *plan;
    struct tally_layout at;
    size_t n_months;
    double *month;   /* the grid: 0, 1, 2 ... and the horizon */
    uint64_t *count; /* [replicate * at.size + ...] */
    bool *yes;       /* scratch: per question, of the run counted last */
};

void tally_init(struct tally *tally, const struct plan *plan);
void tally_free(struct tally *tally);

/* Count a run of a replicate; tally->yes then tells how it answered each question. */
void tally_run(struct tally *tally, const struct history *history, size_t replicate);
void tally_merge(struct tally *into, const struct tally *from);

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

/* A share yes of n, counted in each replicate, and its standard error: from the spread of replicates where worlds differ,
 * binomial where nothing is uncertain or there is one world; never 0, since no number of runs proves a certainty. */
double tally_share_of(const struct plan *plan, const uint64_t yes[REPLICATES], const uint64_t n[REPLICATES],
                      double *se);

/* The share of runs counted in a cell. */
double tally_share(const struct tally *tally, size_t cell, double *se);
#endif
