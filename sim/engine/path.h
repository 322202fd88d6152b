/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path.h - one sample path: every clock of a plan from as_of to the horizon, exactly, in continuous time.
 *
 * A scenario is a generalised semi-Markov process (Glynn 1989, A GSMP formalism for discrete event systems, Proc. IEEE 77): clocks
 * compete, and what fires changes the speeds of other clocks. It is simulated by the next-reaction method (Gibson & Bruck 2000,
 * J. Phys. Chem. A 104; with hazards that change with time: Anderson 2007, J. Chem. Phys. 127). Clock c owns a threshold E_c, an
 * Exp(1) number, and fires when
 *
 *     integral of r_c(t) dL_c(t), over the time it is enabled, reaches E_c,
 *
 * L_c being its cumulative baseline hazard and r_c the product of the hazard ratios in force. What is left of E_c is its residual
 * threshold. Ratios change only when something fires or ends, and baseline rates at months known beforehand; between two such
 * months every integral is in closed form, so there is no time step and no discretisation error.
 *
 * Example. Exit has rate 0.02 a month and E = 0.5. Unrest (ratio 1.5) is on from month 4 to month 10. By month 4 exit has used
 * 0.08 of its threshold, by month 10 a further 0.03 x 6 = 0.18; the residual 0.24 lasts 12 months at 0.02: it fires at month 22.
 *
 * Why every clock has a threshold of its own, where one exponential for the sum of all hazards (the direct method) would need fewer
 * random numbers: two arms that differ in one number then share all other numbers (common random numbers), and a run can be
 * replayed and explained clock by clock.
 *
 * A clock is handled in one of these ways (enum clock_method):
 *
 *   exogenous     influenced by exogenous clocks only: when it fires is found before the run is simulated (exogenous.h)
 *   scheduled     by a date, or at a given month: its firing month is computed anew whenever its ratio changes
 *   integrated    at a rate: from one month to the next it uses up hazard x time of its threshold, PATH_PAD clocks at a time
 *   marginalised  a base's transition where bases are computed: its hazard is written to a rate path (rate_path.h)
 *   off           a base's transition where the model decides on bases itself (model.h)
 *
 * Invariants. (1) An enabled integrated clock has a residual of at least 0, but for rounding: one that is left below 0 fires at once.
 * A blocked one has INFINITY, and what it had left is in residual_kept. (2) The month of a path never decreases. (3) At equal months
 * what ends goes first, then rates change, then levers and events fire, each after those it requires or that act on it
 * (plan_clock.rank), then bases move; equal ranks are broken by a draw. (4) A number drawn depends on seed, design, world, run, name
 * and occurrence, never on the order in which clocks are visited.
 *
 * The state is split by how long it lasts, one struct and one source file that writes it for each: struct path_layout is constant for
 * a plan (path_layout.c), path_world for a world (path_world.c), path_batch for the runs whose thresholds are drawn together
 * (path_batch.c; their exogenous firing times, path_times: exogenous.c), path_run for the run being simulated (path.c). */
#ifndef FOOTHOLD_PATH_H
#define FOOTHOLD_PATH_H
#include "sim/engine/calendar.h"
#include "sim/engine/hazard.h"
#include "sim/engine/history.h"
#include "sim/engine/rate_path.h"
#include "sim/engine/stream.h"
#include "sim/engine/world.h"

enum {
    PATH_BATCH = HAZARD_MOST, /* runs whose thresholds are drawn together: lanes of a batch */
    PATH_PAD = 8              /* slots come in groups of so many */
};

enum clock_method { CLOCK_EXOGENOUS, CLOCK_SCHEDULED, CLOCK_INTEGRATED, CLOCK_MARGINALISED, CLOCK_OFF };

/* Larger ratios and hazards change no result; up to here a product of a few is still finite. */
#define PATH_MAX_HAZARD 1e200

struct path_change { /* the rate of a clock with a slot changes */
    double month;
    uint32_t clock, step; /* step: in plan->step[] */
};

/* What happens, as entries of the calendar say it: clock * PATH_KINDS + kind; from n_clocks * PATH_KINDS on, rates change for the
 * first time, the second ...; or the run ends. FIRES_AGAIN: not for the first time, so that `otherwise` is off already. */
enum path_event_kind { PATH_ENDS /* what the clock has brought */, PATH_FIRES_AGAIN, PATH_FIRES, PATH_KINDS = 4 };
#define PATH_HORIZON UINT32_MAX

static inline uint32_t path_what(uint32_t c, enum path_event_kind kind)
{
    return c * PATH_KINDS + kind;
}

struct path_asked { /* a question about a lever or event whose probability is computed */
    uint32_t question, clock;
};

/* The slots whose hazards a switch multiplies: [first, first + n), by world.row[on ...] when it goes on, by row[off ...] when off. */
struct path_effect {
    uint32_t first, n;
    size_t on, off;
    bool marginalised, asked; /* it acts on a marginalised clock; on one that is asked about */
    struct span scheduled;    /* and on these scheduled clocks: links, in scheduled_link[] */
};

/* The slots that an entry of the calendar changes (see path_event_kind), by world.row[at ...]. */
struct path_update {
    uint32_t first, n;
    size_t at;
};

struct path_frail { /* a frailty that acts on a slot */
    uint32_t slot, dependence;
};

/* Slots are places in arrays of numbers, one for each integrated, then each marginalised clock. Between the two are slots of no
 * clock, which never fire, so that whole groups of PATH_PAD hold all integrated clocks. */
struct path_layout {
    struct arena arena;
    enum clock_method *method;                                   /* per clock */
    uint32_t *exogenous, *scheduled, *integrated, *marginalised; /* clocks by method; exogenous: in topological order */
    uint32_t n_exogenous, n_scheduled, n_integrated, n_marginalised;
    uint32_t *slot;    /* per clock that has one */
    uint32_t n_padded; /* integrated clocks, and slots of no clock after them */
    uint32_t n_slots;  /* all, in whole groups */
    uint32_t *lasting; /* factors that may end and are not exogenous */
    uint32_t n_lasting;
    struct path_change *change; /* in order of time */
    double *change_month;       /* the months of changes, each once */
    uint32_t n_changes, n_change_months;
    struct path_asked *asked;
    uint32_t n_asked;
    struct path_effect *effect; /* per switch */
    struct path_update *update; /* per kind of entry */
    uint32_t *scheduled_link;
    struct path_frail *frail;
    uint32_t n_frail;
    size_t n_row;        /* numbers in world.row */
    struct span *leaves; /* [base * n_states + state]: the clocks that can fire in it, in leaving[] */
    uint32_t *leaving;
    bool bases_only;    /* all other clocks are exogenous: where no base can move any more, nothing can change */
    uint32_t n_movable; /* bases that can move from where they begin */
};

struct path_awaited {    /* an exogenous clock fires, or what it brought ends */
    const double *month; /* per lane: in path_times */
    uint32_t clock, order, what;
};

/* How every run of a world begins, and by what its hazards are multiplied. */
struct path_world {
    struct arena arena;
    const struct world *drawn;
    struct stream stream; /* of the world; its run is 0 */
    double *row;          /* of ratios, for effects and updates */
    double *rates;        /* [changes * n_slots + slot]: the rate, after so many months of change */
    bool *can_return; /* per switch: its ratios can be undone by dividing: none is near 0, nor all together too large */
    bool *is_plain;   /* per kind of entry: it multiplies hazards of slots and does nothing else */
    bool *is_anew;    /* per kind of entry: hazards must be computed anew, since no finite ratio leads to them */
    double *start_ratio;                   /* per clock, before frailties */
    double *start_hazard;                  /* per slot, before frailties */
    double *start_blocked;                 /* per slot: INFINITY where it is blocked, else 0 */
    uint32_t *start_n_blocks;              /* per clock */
    bool *start_on;                        /* per switch */
    bool *is_in_force;                     /* per clock: a factor in force from the start, for good */
    uint32_t *in_force;                    /* such exogenous clocks */
    struct path_awaited *awaited, *ending; /* firings and endings of the other exogenous clocks */
    uint32_t n_awaited, n_ending, n_in_force;
};

/* Numbers drawn for PATH_BATCH runs side by side. */
struct path_batch {
    struct arena arena;
    struct stream stream; /* of the first run */
    size_t n_lanes;       /* lanes that are drawn */
    double *threshold;    /* [clock * PATH_BATCH + lane]: the first one of each scheduled or integrated clock */
    double *frailties;    /* [dependence * PATH_BATCH + lane] */
};

struct path_spell { /* an exogenous clock that recurs: not its first spell */
    double comes, ends;
    uint32_t clock;
};

/* When exogenous clocks fire in the runs of a batch, [clock * PATH_BATCH + lane]. */
struct path_times {
    struct arena arena;
    double *comes;       /* the month of its first firing; INFINITY: not by the horizon */
    double *ends_by;     /* the month that spell ends */
    struct span *again;  /* later spells, in order of time: in the lane's spell[] */
    struct path_spells { /* all later spells of a lane, clock after clock */
        struct path_spell *spell;
        size_t n, capacity;
    } spells[PATH_BATCH];
};

struct path_hazard { /* of a lever or event asked about: as if it had not fired */
    double since,
        hazard; /* hazard: from the start to since, without what that very month adds; INFINITY: it is closed */
};

/* The run being simulated. */
struct path_run {
    struct arena arena;
    struct stream stream;
    double month;
    bool *is_on;        /* per switch */
    double *ends;       /* per factor: the month it ends; INFINITY: not on, or for good */
    double *frailty;    /* per dependence */
    uint32_t *n_fired;  /* per clock: how often */
    uint32_t *n_blocks; /* per clock: how many reasons keep it from being enabled */
    bool *spent;        /* per clock: it has fired and has no threshold until it is enabled again */
    uint32_t n_moving;  /* bases that can move */
    /* integrated clocks, per slot (hazard and rate: marginalised ones too) */
    double *residual, *residual_then; /* of the threshold, now and at the next known month; INFINITY while blocked, */
    double *residual_kept;            /* and this is what was left then */
    double *hazard;                   /* while enabled */
    const double *rate;               /* baseline: in world.rates */
    double *marginal_hazard;          /* per marginalised clock: its hazard while it is enabled, else 0 */
    /* scheduled clocks, per clock */
    double *clock_residual, *clock_ratio;
    double *fires_at; /* the month it fires if nothing changes; INFINITY: never */
    /* its cumulative baseline hazard when clock_residual was brought up to date, without what a date that can be that very month
     * adds, unless it has fired then */
    double *used_baseline;
    struct path_hazard *asked;               /* per layout.asked */
    uint64_t n_ties;                         /* broken by a draw so far */
    struct calendar calendar;                /* all that is known from the start, and the horizon */
    const struct calendar_entry *next_known; /* what comes next of it */
    struct calendar_entry next_scheduled;    /* of scheduled clocks and of endings that are not exogenous */
    bool next_is_stale;                      /* next_scheduled must be found anew */
    uint32_t next_change;                    /* in layout.change[] */
};

struct path {
    const struct plan *plan;
    struct rate_path *rate_path; /* where hazards of marginalised clocks go; NULL: bases are drawn */
    struct path_layout layout;
    struct path_world world;
    struct path_batch batch;
    struct path_times times;
    struct path_run run;
};

/* With a rate path (which needs plan->chain) bases stay where they begin and the hazards of their transitions go there. */
void path_init(struct path *path, const struct plan *plan, struct rate_path *rate_path);
void path_free(struct path *path);

/* The parts of path_init: each allocates its struct, and path_layout_init fills it. */
void path_layout_init(struct path *path);
void path_world_init(struct path *path);
void path_batch_init(struct path *path);
void path_times_init(struct path *path);

/* n items of the given size, zeroed and aligned for vectors. */
static inline void *path_new(struct arena *arena, size_t n, size_t size)
{
    return n < SIZE_MAX / 4 / size ? arena_new_lines(arena, (n + !n) * size)
                                   : arena_new(arena, n, size); /* which says what is wrong */
}

/* Whether a clock has a slot. */
static inline bool path_has_slot(const struct path_layout *layout, uint32_t c)
{
    return layout->method[c] == CLOCK_INTEGRATED || layout->method[c] == CLOCK_MARGINALISED;
}

/* Take up a world whose coefficients are derived; it must stay as it is while its runs are simulated. */
void path_setup(struct path *path, const struct world *world, const struct design *design, uint64_t index);

/* Draw the first thresholds of n_runs runs, PATH_BATCH at most, from a first one, a multiple of STREAM_LANES. */
void path_draw_batch(struct path *path, uint64_t first_run, uint64_t n_runs);

/* Simulate the batch's run of a lane, levers and events and the moves of bases, into a history. */
void path_simulate(struct path *path, struct history *history, size_t lane);

/* The probability that the lever or event of asked[i] comes by its question's month, given what else happened in the run. */
double path_asked_probability(const struct path *path, uint32_t i);

/* How much of its present threshold a base's clock has used up by the horizon, once a run is simulated: its cumulative hazard, as
 * things went. stream: of the run. */
double path_used_threshold(const struct path *path, const struct stream *stream, uint32_t c);

/* A clock's rate, per month, at a month before its ratio is applied; NAN where it has a date instead. */
double path_rate(const struct path *path, uint32_t c, double month);

/* The id of the clock that has fired most often in the run. */
const char *path_busiest(const struct path *path);

/* Of what happens at the same month endings come first, by factor, then changes of rates, then what fires, causes first
 * (plan_clock.rank), each followed by its ending where it ends at the very month it comes. */
static inline uint32_t path_order_of_change(const struct plan *plan)
{
    return (uint32_t)plan->n_factors;
}
static inline uint32_t path_order_of_firing(const struct plan *plan, uint32_t c)
{
    return path_order_of_change(plan) + 1 + 2 * plan->clock[c].rank;
}

/* The product of the run's frailties that act on a clock. */
double path_frailty(const struct path *path, uint32_t c);

/* A clock's ratio in the path's world with some switches on, frailties apart. From scratch, so that it can come back
 * from 0. */
double path_ratio(const struct path *path, const bool *is_on, uint32_t c);
#endif
