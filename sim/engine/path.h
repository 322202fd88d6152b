/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path.h - one run: all clocks of a plan from as_of to the horizon, exactly, in continuous time.
 *
 * A clock rings when the integral of its ratio times its baseline hazard, over the time it is enabled, reaches its
 * threshold, an Exp(1) number of its own. Ratios change only when something rings, so between rings everything is in
 * closed form and there is no time step. A clock is played in one of three ways:
 *
 *   settled nothing can reach it but what is settled too: when it comes and goes is known from the start (exogenous.h)
 *   aimed   a date: its ring is computed anew whenever something changes
 *   rated   a rate: from one known time to the next it uses up hazard x time of its threshold
 *
 * or, where what the bases do is computed,
 *
 *   followed  a base's transition: its speed is written into a course whenever it changes (rate_path.h) */
#ifndef FOOTHOLD_PATH_H
#define FOOTHOLD_PATH_H
#include "sim/engine/calendar.h"
#include "sim/engine/rate_path.h"
#include "sim/engine/history.h"
#include "sim/engine/hazard.h"
#include "sim/engine/stream.h"
#include "sim/engine/world.h"

enum {
    PATH_BATCH = HAZARD_MOST, /* runs whose thresholds are drawn together */
    PATH_PAD = 8              /* slots come in groups of so many */
};

enum clock_method {
    CLOCK_EXOGENOUS,
    CLOCK_SCHEDULED,
    CLOCK_INTEGRATED,
    CLOCK_MARGINALISED,
    CLOCK_OFF /* the model does not play it */
};

/* Ratios and hazards that are so large make no difference if they grow, and are so small that no product of a few is infinite. */
#define PATH_MAX_HAZARD 1e200

struct path_change { /* a rated clock's rate changes */
    double month;
    uint32_t clock, step;
};

/* What happens, as the calendar's entries say it: clock * PATH_KINDS + kind; from n_clocks * PATH_KINDS on, the rates change for
 * the first time, the second ...; or the run ends. */
enum path_event_kind { PATH_ENDS /* what the clock has brought */, PATH_FIRES_AGAIN, PATH_FIRES, PATH_KINDS = 4 };
#define PATH_HORIZON UINT32_MAX

static inline uint32_t path_what(uint32_t c, enum path_event_kind kind)
{
    return c * PATH_KINDS + kind;
}

struct path_spell { /* of a settled clock that recurs, but its first */
    double comes, ends;
    uint32_t clock;
};

struct path_asked { /* of a lever or event that a question asks about: its hazard as if it had not rung */
    uint32_t question, clock;
    double since, hazard; /* hazard: from the start to since, without what that very month adds; INFINITY: to the end */
};

struct path {
    const struct plan *plan;
    const struct world *world;
    struct rate_path *rate_path; /* NULL: bases are drawn */
    struct stream stream;
    size_t n_lanes;      /* of the batch that are drawn */
    double *threshold;   /* [clock * PATH_BATCH + lane]: first thresholds of the batch's clocks that are not settled */
    double *comes;       /* likewise, of settled clocks: the month they first ring; INFINITY: not by the horizon */
    double *ends_by;     /* likewise, the month they go off then */
    double *frailties;   /* [dependence * PATH_BATCH + lane] */
    struct path_spells { /* [lane]: all later ones of settled clocks */
        struct path_spell *spell;
        size_t n, capacity;
    } spells[PATH_BATCH];
    struct span *again;        /* [clock * PATH_BATCH + lane]: which of these are the clock's, in order of time */
    enum clock_method *method; /* per clock */
    uint32_t *exogenous, *scheduled, *integrated,
        *marginalised; /* clocks played each way; settled: after those that bear on them */
    /* per rated, then followed clock: its place in the arrays `per slot` below. Between the two are slots of no clock, which never
     * ring, so that groups of PATH_PAD hold all that is rated */
    uint32_t *slot;
    uint32_t *lasting;          /* factors that may end, and are not settled */
    struct path_change *change; /* in order of time */
    struct path_asked *asked;
    double *change_month; /* when there are changes, each month once */
    uint32_t n_exogenous, n_scheduled, n_integrated, n_marginalised, n_lasting, n_changes, n_change_months, n_asked;
    uint32_t n_padded; /* n_rated, and the slots of no clock */
    uint32_t n_slots;  /* with those of followed clocks, in whole groups */
    /* a switch that goes on multiplies the hazards of slots [first, first + n) by row[on ...], and by row[off ...] when it goes
     * off */
    struct path_effect {
        uint32_t first, n;
        size_t on, off;
        bool can_return; /* every ratio can be undone by multiplying: none is near 0, nor all together too large */
        bool marginalised, asked;
        struct span scheduled; /* and changes these aimed clocks: links, in aimed_link[] */
    } * effect;
    struct path_update { /* likewise, what happens: see path_event_kind */
        uint32_t first, n;
        size_t at;
        bool plain; /* and does nothing else */
        bool anew;  /* or rather, hazards must be computed anew */
    } * update;
    uint32_t *scheduled_link;
    struct path_frail {
        uint32_t slot, dependence;
    } * frail;           /* frailties that bear on slots */
    struct span *leaves; /* [base * n_states + state]: the clocks that can ring in it, in leaving[] */
    uint32_t *leaving;   /* by base, state and clock */
    uint32_t n_frail;
    bool bases_only;    /* all else is settled: where no base can move any more, nothing can change */
    uint32_t n_movable; /* bases that can move from where they begin */
    /* how every run of the world begins */
    double *row;           /* of ratios, for switches and turns */
    double *rates;         /* [changes * n_slots + slot]: the rate, after so many months of change */
    double *start_ratio;   /* per clock, before frailties */
    double *start_hazard;  /* per slot, before frailties */
    double *start_blocked; /* per slot: INFINITY: it waits; 0: it does not */
    uint32_t *start_n_blocks;
    bool *start_on;          /* per switch */
    struct path_awaited {    /* when a settled clock rings, and when what it brings ends */
        const double *month; /* per lane */
        uint32_t clock, order, what;
    } * awaited, *ending;
    uint32_t *in_force; /* settled clocks: those that are standing */
    uint32_t n_awaited, n_ending, n_in_force;
    bool *is_in_force; /* per clock: a factor in force from the start, for good */
    /* the run being played */
    double month;
    double *frailty;    /* per dependence */
    double *ends;       /* per factor: the month it goes off; INFINITY: not on, or for good */
    bool *is_on;        /* per switch */
    uint32_t *n_fired;  /* per clock: how often */
    uint32_t *n_blocks; /* per clock: reasons why it is not enabled */
    bool *spent;        /* per clock: it has rung and used up its threshold */
    double *residual,
        *residual_then;      /* per slot: of its threshold, now and at the next known time; INFINITY while it waits, */
    double *residual_kept;   /* and this is what it had left */
    double *hazard;          /* per slot: while it is enabled */
    const double *rate;      /* per slot: its baseline */
    double *marginal_hazard; /* per followed clock: its hazard while it is enabled, else 0 */
    uint32_t n_moving;       /* bases that can move */
    double *clock_residual, *clock_ratio; /* per clock */
    double *fires_at;                     /* per aimed clock: the month it rings if nothing changes; INFINITY: never */
    double *
        used_baseline; /* per aimed clock: its cumulative baseline hazard when aimed_left was brought up to date, without what a date
                     * that can be that very month adds, unless it has fired then */
    uint64_t n_ties;                         /* settled by a draw so far */
    struct calendar calendar;                /* all that is known from the start, and the horizon */
    const struct calendar_entry *next_known; /* what comes next of it */
    uint32_t next_change;
    struct calendar_entry next_scheduled; /* of aimed clocks and of endings that are not settled */
    bool next_is_stale;
};

/* With a course (which needs plan->chain) the bases stay where they begin and their transitions' speeds go there. */
void path_init(struct path *path, const struct plan *plan, struct rate_path *rate_path);
void path_free(struct path *path);

/* Take up a world whose coefficients are settled; it must stay as it is while its runs are played. */
void path_setup(struct path *path, const struct world *world, const struct design *design, uint64_t index);

/* Draw the first thresholds of n_runs runs, PATH_BATCH at most, from a first one, a multiple of STREAM_LANES. */
void path_draw_batch(struct path *path, uint64_t first_run, uint64_t n_runs);

/* Play the batch's run of a lane, levers and events and the bases' moves, into a history. */
void path_simulate(struct path *path, struct history *history, size_t lane);

/* The probability that what asked[i] is about rings by its question's month, given what else happened in the run. */
double path_asked_probability(const struct path *path, uint32_t i);

/* How much of its present threshold a base's clock has used up by the horizon, once a run is played: its hazard, as things
 * went. luck: of the run. */
double path_used_threshold(const struct path *path, const struct stream *stream, uint32_t c);

/* A clock's rate at a month before its ratio is applied, a month; NAN where it has a date instead. */
double path_rate(const struct path *path, uint32_t c, double month);

/* The id of what has rung most often in a run. */
const char *path_busiest(const struct path *path);

/* A ring's place among what happens at the same month. */
uint32_t path_order_of_firing(const struct plan *plan, uint32_t c);

/* The product of a run's frailties that bear on a clock. */
double path_frailty(const struct path *path, uint32_t c);

/* A clock's ratio in the walk's world with some switches on, frailties apart. From scratch, so that it can come back
 * from 0. */
double path_ratio(const struct path *path, const bool *is_on, uint32_t c);
#endif
