/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scalar.c - the December 2024 scenario as a careful analyst would program it by hand: plain C, GSL, one thread.
 *
 * What the engine is measured against (bench.sh), and an independent check of what it computes: the same questions about
 * the same world, from december.cfg and december-frame.cfg, with nothing of the engine's code.
 * It is exact in continuous time as the engine is. The factors are drawn first, since no base acts on them; between two
 * changes every hazard is constant, so the bases are walked from change to change.
 *
 *   scalar DRAWS SEED [DRAWS_A_WORLD]
 *
 * Programs like this one draw a new world each time. Sharing a world among several draws, as the engine does, shows how
 * much of a difference in speed that alone makes. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- what a scenario consists of ---- */

enum base { KHMEIMIM, TARTUS, N_BASES, BOTH = N_BASES };
enum state { WITHDRAWN = 1, NOTICED = 2, REDUCED = 4, LIMBO = 8, DEAL = 16 }; /* bits: sets are sums */
enum transition { EXIT, NOTICE, EXPEL, REDUCE, FADE, SIGN, LAPSE, N_TRANSITIONS };
enum actor { RUSSIA, DAMASCUS, TURKIYE, ISRAEL, US, EU, UK, IRAN, KURDS, N_ACTORS };

/* Events and levers; those that act on others come before them. */
enum factor {
    NO_FACTOR,
    DRAWDOWN,
    SUMMIT,
    US_LEAVES_NORTHEAST,
    COASTAL_VIOLENCE,
    SANCTIONS_LIFTED,
    HEZBOLLAH_ARMS,
    DEBT_RELIEF,
    FROZEN_FUNDS,
    LEASE_REVISION,
    EXTRADITION,
    FINANCIAL_AID,
    ENERGY,
    POLITICAL_BACKING,
    ARMS,
    RELIEF_CENTRE,
    SAFE_PASSAGE,
    UKRAINE_DRAIN,
    AFRICA_LOGISTICS,
    ALTERNATIVES,
    GRIEVANCE,
    WESTERN_MONEY,
    ILLEGITIMACY,
    ISRAELI_LOBBYING,
    US_BID_TARTUS,
    N_FACTORS
};

enum { MAX_STEPS = 2, N_CORRELATED = 7, N_CORRELATIONS = 5, MAX_CHANGES = 256 };

static const double horizon = 24.0, year = 12.0; /* months */

struct quantity {
    enum { ABSENT, IS_NUMBER, IS_PERT, IS_LOGNORMAL, IS_PAID_IN_KIND } form;
    double low, mode, high; /* of a lognormal its 5 % and 95 % quantiles are low and high */
    double first, second;   /* its parameters as GSL wants them: set by prepare */
};

/* clang-format off */
#define NUMBER(x)           {IS_NUMBER, (x), 0, 0, 0, 0}
#define PERT(l, m, h)       {IS_PERT, (l), (m), (h), 0, 0}
#define LOGNORMAL(p05, p95) {IS_LOGNORMAL, (p05), 0, (p95), 0, 0}
#define PAID_IN_KIND        {IS_PAID_IN_KIND, 0, 0, 0, 0, 0} /* a ratio that two levers share */
/* clang-format on */

struct actor_row {
    struct quantity capability, salience, position;
};

struct transition_row {
    unsigned from; /* a set of states */
    enum state to;
    struct {
        double month;
        struct quantity rate;
    } step[MAX_STEPS];
    double pull;
    bool is_frail;
};

struct factor_row {
    enum { BY_DATE, BY_RATE, FROM_THE_START } comes;
    struct quantity chance, when; /* by date */
    struct quantity per_month;    /* by rate */
    struct quantity lasts;
    bool recurs;
    enum factor requires;
    struct {
        enum factor by; /* while that is on, this one's hazard is multiplied */
        struct quantity ratio;
    } swayed;
    bool is_correlated; /* its chance, with others: set by prepare */
};

/* While a factor is on, it multiplies hazards and moves actors. */
struct effect_row {
    enum factor factor;
    enum transition on;
    enum base base;
    struct quantity ratio;
};

struct move_row {
    enum factor factor;
    enum actor actor;
    struct quantity points;
};

/* Spearman, between the chances of two. */
struct correlation_row {
    enum factor a, b;
    double rho;
};

/* ---- December 2024 ---- */

static const struct actor_row actors[N_ACTORS] = {
    [RUSSIA] = {PERT(55, 70, 85), PERT(60, 75, 90), PERT(85, 95, 100)},
    [DAMASCUS] = {PERT(45, 60, 75), PERT(70, 85, 95), PERT(20, 40, 60)},
    [TURKIYE] = {PERT(40, 55, 70), PERT(30, 50, 70), PERT(25, 45, 65)},
    [ISRAEL] = {PERT(35, 50, 65), PERT(35, 55, 75), PERT(0, 15, 35)},
    [US] = {PERT(55, 75, 90), PERT(20, 35, 55), PERT(5, 25, 50)},
    [EU] = {PERT(30, 45, 60), PERT(30, 45, 65), PERT(0, 10, 25)},
    [UK] = {PERT(20, 30, 40), PERT(25, 40, 55), PERT(0, 10, 25)},
    [IRAN] = {PERT(5, 15, 25), PERT(20, 40, 60), PERT(40, 70, 90)},
    [KURDS] = {PERT(5, 15, 25), PERT(20, 40, 60), PERT(40, 65, 85)},
};

static const struct transition_row transitions[N_TRANSITIONS] = {
    [EXIT] = {LIMBO | NOTICED, WITHDRAWN, {{0, LOGNORMAL(0.005, 0.03)}}, -0.10, true},
    [NOTICE] = {LIMBO | REDUCED, NOTICED, {{0, LOGNORMAL(0.018, 0.09)}, {9, LOGNORMAL(0.005, 0.03)}}, -0.10, true},
    [EXPEL] = {NOTICED, WITHDRAWN, {{0, LOGNORMAL(0.04, 0.17)}}, 0.0, true},
    [REDUCE] = {LIMBO, REDUCED, {{0, LOGNORMAL(0.003, 0.02)}}, 0.0, false},
    [FADE] = {REDUCED, WITHDRAWN, {{0, LOGNORMAL(0.004, 0.03)}}, 0.0, true},
    [SIGN] =
        {LIMBO | NOTICED | REDUCED, DEAL, {{0, LOGNORMAL(0.004, 0.02)}, {6, LOGNORMAL(0.007, 0.035)}}, 0.10, false},
    [LAPSE] = {DEAL, NOTICED, {{0, LOGNORMAL(0.001, 0.006)}}, 0.0, false},
};

static const struct factor_row factors[N_FACTORS] = {
    [DRAWDOWN] = {.comes = FROM_THE_START, .lasts = PERT(1, 3, 8)},
    [SUMMIT] = {.chance = PERT(0.25, 0.50, 0.75), .when = PERT(2, 8, 20), .lasts = PERT(4, 8, 14)},
    [US_LEAVES_NORTHEAST] = {.chance = PERT(0.20, 0.45, 0.75), .when = PERT(4, 10, 22)},
    [COASTAL_VIOLENCE] = {.comes = BY_RATE,
                          .per_month = LOGNORMAL(0.02, 0.12),
                          .lasts = PERT(0.5, 1.5, 4),
                          .recurs = true},
    [SANCTIONS_LIFTED] = {.chance = PERT(0.20, 0.45, 0.75), .when = PERT(2, 7, 18)},
    [HEZBOLLAH_ARMS] = {.comes = BY_RATE, .per_month = LOGNORMAL(0.003, 0.03), .lasts = PERT(1, 3, 6), .recurs = true},
    [DEBT_RELIEF] = {.chance = PERT(0.10, 0.30, 0.55), .when = PERT(3, 10, 22), .swayed = {SUMMIT, NUMBER(1.3)}},
    [FROZEN_FUNDS] = {.chance = PERT(0.05, 0.20, 0.45), .when = PERT(3, 11, 23)},
    [LEASE_REVISION] = {.chance = PERT(0.15, 0.35, 0.60), .when = PERT(4, 12, 23)},
    [EXTRADITION] = {.chance = PERT(0.15, 0.35, 0.60), .when = PERT(1, 4, 12), .lasts = PERT(3, 9, 24)},
    [FINANCIAL_AID] = {.chance = PERT(0.10, 0.30, 0.55), .when = PERT(1, 6, 18)},
    [ENERGY] = {.chance = PERT(0.20, 0.45, 0.70), .when = PERT(1, 4, 14)},
    [POLITICAL_BACKING] = {.chance = PERT(0.25, 0.50, 0.75), .when = PERT(1, 5, 15)},
    [ARMS] = {.comes = BY_RATE, .per_month = LOGNORMAL(0.008, 0.05), .requires = POLITICAL_BACKING},
    [RELIEF_CENTRE] = {.chance = PERT(0.05, 0.20, 0.45), .when = PERT(2, 8, 20)},
    [SAFE_PASSAGE] = {.comes = FROM_THE_START, .lasts = PERT(8, 20, 48)},
    [UKRAINE_DRAIN] = {.comes = FROM_THE_START},
    [AFRICA_LOGISTICS] = {.comes = FROM_THE_START},
    [ALTERNATIVES] = {.chance = PERT(0.30, 0.55, 0.80),
                      .when = PERT(1, 4, 12),
                      .swayed = {US_LEAVES_NORTHEAST, NUMBER(1.3)}},
    [GRIEVANCE] = {.comes = FROM_THE_START},
    [WESTERN_MONEY] = {.chance = PERT(0.25, 0.50, 0.75),
                       .when = PERT(3, 9, 20),
                       .swayed = {SANCTIONS_LIFTED, LOGNORMAL(1.2, 3.0)}},
    [ILLEGITIMACY] = {.chance = PERT(0.03, 0.12, 0.30), .when = PERT(3, 10, 23), .swayed = {SUMMIT, NUMBER(0.7)}},
    [ISRAELI_LOBBYING] = {.chance = PERT(0.05, 0.20, 0.50),
                          .when = PERT(1, 5, 14),
                          .swayed = {HEZBOLLAH_ARMS, NUMBER(0.4)}},
    [US_BID_TARTUS] = {.chance = PERT(0.03, 0.12, 0.30),
                       .when = PERT(4, 10, 22),
                       .swayed = {US_LEAVES_NORTHEAST, NUMBER(0.7)}},
};

/* Kept in the order of factors. */
static const struct effect_row effects[] = {
    {DRAWDOWN, EXIT, BOTH, LOGNORMAL(0.90, 1.90)},
    {SUMMIT, SIGN, BOTH, LOGNORMAL(1.00, 1.70)},
    {SUMMIT, NOTICE, BOTH, LOGNORMAL(0.60, 1.00)},
    {US_LEAVES_NORTHEAST, EXIT, BOTH, LOGNORMAL(0.80, 1.03)},
    {COASTAL_VIOLENCE, EXIT, BOTH, LOGNORMAL(1.00, 1.90)},
    {COASTAL_VIOLENCE, NOTICE, BOTH, LOGNORMAL(0.90, 1.50)},
    {HEZBOLLAH_ARMS, EXIT, TARTUS, LOGNORMAL(0.95, 1.60)},
    {DEBT_RELIEF, SIGN, BOTH, LOGNORMAL(0.9, 2.5)},
    {DEBT_RELIEF, EXIT, BOTH, LOGNORMAL(0.75, 1.08)},
    {FROZEN_FUNDS, SIGN, BOTH, LOGNORMAL(0.85, 2.0)},
    {FROZEN_FUNDS, EXIT, BOTH, LOGNORMAL(0.82, 1.10)},
    {LEASE_REVISION, SIGN, BOTH, LOGNORMAL(0.95, 1.90)},
    {LEASE_REVISION, EXIT, BOTH, LOGNORMAL(0.65, 0.98)},
    {LEASE_REVISION, NOTICE, BOTH, LOGNORMAL(0.65, 0.98)},
    {EXTRADITION, SIGN, BOTH, LOGNORMAL(0.11, 0.82)},
    {EXTRADITION, EXIT, BOTH, LOGNORMAL(0.95, 1.50)},
    {EXTRADITION, NOTICE, BOTH, LOGNORMAL(0.95, 1.50)},
    {FINANCIAL_AID, SIGN, BOTH, PAID_IN_KIND},
    {FINANCIAL_AID, EXIT, BOTH, LOGNORMAL(0.75, 1.08)},
    {ENERGY, SIGN, BOTH, PAID_IN_KIND},
    {ENERGY, EXIT, BOTH, LOGNORMAL(0.75, 1.08)},
    {POLITICAL_BACKING, SIGN, BOTH, LOGNORMAL(0.95, 1.50)},
    {POLITICAL_BACKING, EXIT, BOTH, LOGNORMAL(0.85, 1.06)},
    {ARMS, SIGN, BOTH, LOGNORMAL(0.95, 1.80)},
    {ARMS, EXIT, BOTH, LOGNORMAL(0.70, 1.03)},
    {RELIEF_CENTRE, SIGN, BOTH, LOGNORMAL(0.90, 1.34)},
    {RELIEF_CENTRE, EXIT, BOTH, LOGNORMAL(0.75, 1.08)},
    {RELIEF_CENTRE, REDUCE, KHMEIMIM, LOGNORMAL(1.5, 6.0)},
    {SAFE_PASSAGE, EXIT, BOTH, LOGNORMAL(0.40, 0.90)},
    {SAFE_PASSAGE, NOTICE, BOTH, LOGNORMAL(0.65, 0.98)},
    {SAFE_PASSAGE, SIGN, BOTH, LOGNORMAL(0.95, 1.50)},
    {UKRAINE_DRAIN, EXIT, BOTH, LOGNORMAL(1.05, 1.60)},
    {UKRAINE_DRAIN, SIGN, BOTH, LOGNORMAL(0.75, 1.08)},
    {AFRICA_LOGISTICS, EXIT, BOTH, LOGNORMAL(0.65, 0.98)},
    {AFRICA_LOGISTICS, SIGN, BOTH, LOGNORMAL(0.95, 1.50)},
    {ALTERNATIVES, EXIT, BOTH, LOGNORMAL(1.00, 1.44)},
    {ALTERNATIVES, SIGN, BOTH, LOGNORMAL(0.75, 1.08)},
    {GRIEVANCE, EXIT, BOTH, LOGNORMAL(1.00, 1.44)},
    {GRIEVANCE, NOTICE, BOTH, LOGNORMAL(1.00, 1.44)},
    {GRIEVANCE, SIGN, BOTH, LOGNORMAL(0.65, 0.98)},
    {WESTERN_MONEY, EXIT, BOTH, LOGNORMAL(1.00, 1.70)},
    {WESTERN_MONEY, NOTICE, BOTH, LOGNORMAL(1.00, 1.70)},
    {WESTERN_MONEY, SIGN, BOTH, LOGNORMAL(0.50, 0.98)},
    {ILLEGITIMACY, EXIT, BOTH, LOGNORMAL(1.10, 2.05)},
    {ILLEGITIMACY, NOTICE, BOTH, LOGNORMAL(1.10, 2.05)},
    {ILLEGITIMACY, SIGN, BOTH, LOGNORMAL(0.75, 1.08)},
    {ISRAELI_LOBBYING, EXIT, BOTH, LOGNORMAL(0.70, 1.03)},
    {ISRAELI_LOBBYING, SIGN, BOTH, LOGNORMAL(0.95, 1.27)},
    {US_BID_TARTUS, EXIT, TARTUS, LOGNORMAL(1.00, 1.44)},
    {US_BID_TARTUS, NOTICE, TARTUS, LOGNORMAL(1.00, 1.44)},
    {US_BID_TARTUS, SIGN, TARTUS, LOGNORMAL(0.75, 1.08)},
};

/* Kept in the order of factors. */
static const struct move_row moves[] = {
    {US_LEAVES_NORTHEAST, KURDS, PERT(0, 6, 15)},
    {SANCTIONS_LIFTED, DAMASCUS, PERT(-4, -1, 0)},
    {HEZBOLLAH_ARMS, ISRAEL, PERT(-12, -6, 0)},
    {HEZBOLLAH_ARMS, IRAN, PERT(0, 4, 10)},
    {DEBT_RELIEF, DAMASCUS, PERT(0, 6, 12)},
    {FROZEN_FUNDS, DAMASCUS, PERT(0, 4, 9)},
    {LEASE_REVISION, DAMASCUS, PERT(0, 6, 14)},
    {FINANCIAL_AID, DAMASCUS, PERT(0, 4, 10)},
    {ENERGY, DAMASCUS, PERT(0, 4, 10)},
    {POLITICAL_BACKING, DAMASCUS, PERT(0, 3, 7)},
    {ARMS, DAMASCUS, PERT(0, 4, 10)},
    {ARMS, ISRAEL, PERT(-10, -4, 0)},
    {WESTERN_MONEY, DAMASCUS, PERT(-12, -6, 0)},
    {ISRAELI_LOBBYING, US, PERT(0, 8, 20)},
    {US_BID_TARTUS, DAMASCUS, PERT(-8, -4, 0)},
};

enum { N_EFFECTS = sizeof effects / sizeof *effects, N_MOVES = sizeof moves / sizeof *moves };

static const enum factor correlated[N_CORRELATED] = {
    DEBT_RELIEF, FROZEN_FUNDS, LEASE_REVISION, FINANCIAL_AID, ENERGY, WESTERN_MONEY, SANCTIONS_LIFTED,
};

static const struct correlation_row correlations[N_CORRELATIONS] = {
    {DEBT_RELIEF, FROZEN_FUNDS, 0.6}, {DEBT_RELIEF, LEASE_REVISION, 0.5},     {FROZEN_FUNDS, LEASE_REVISION, 0.5},
    {FINANCIAL_AID, ENERGY, 0.6},     {WESTERN_MONEY, SANCTIONS_LIFTED, 0.5},
};

/* The tables with GSL's parameters filled in, and what stands in none. */
struct scenario {
    struct actor_row actor[N_ACTORS];
    struct transition_row transition[N_TRANSITIONS];
    struct factor_row factor[N_FACTORS];
    struct effect_row effect[N_EFFECTS];
    struct move_row move[N_MOVES];
    int first_effect[N_FACTORS + 1], first_move[N_FACTORS + 1]; /* of each factor */
    struct quantity israel_pleads;                              /* its position when it wants the bases to stay */
    struct quantity unrevised;                                  /* on sign, until the leases are revised */
    struct quantity tartus_exit, contagion, paid_in_kind, variance;
};

static const double p_israel_pleads = 0.3;

static const struct scenario december = {
    .israel_pleads = PERT(50, 70, 85),
    .unrevised = LOGNORMAL(0.60, 0.94),
    .tartus_exit = LOGNORMAL(0.65, 1.25),
    .contagion = LOGNORMAL(2.0, 8.0),
    .paid_in_kind = LOGNORMAL(1.0, 1.96),
    .variance = PERT(0.1, 0.4, 1.0),
};

/* ---- before the first draw ---- */

/* A pert is a beta with these two shapes, stretched; of a lognormal the logarithm has this mean and deviation. */
static void prepare_quantity(struct quantity *q)
{
    if (q->form == IS_PERT) {
        q->first = 1.0 + 4.0 * (q->mode - q->low) / (q->high - q->low);
        q->second = 1.0 + 4.0 * (q->high - q->mode) / (q->high - q->low);
    } else if (q->form == IS_LOGNORMAL) {
        q->first = (log(q->low) + log(q->high)) / 2.0;
        q->second = (log(q->high) - log(q->low)) / (2.0 * gsl_cdf_ugaussian_Pinv(0.95));
    }
}

static void prepare_factor(struct factor_row *factor)
{
    prepare_quantity(&factor->chance);
    prepare_quantity(&factor->when);
    prepare_quantity(&factor->per_month);
    prepare_quantity(&factor->lasts);
    prepare_quantity(&factor->swayed.ratio);
}

/* The quantities of the tables. */
static void prepare_rows(struct scenario *scenario)
{
    for (int a = 0; a < N_ACTORS; a++) {
        prepare_quantity(&scenario->actor[a].capability);
        prepare_quantity(&scenario->actor[a].salience);
        prepare_quantity(&scenario->actor[a].position);
    }
    for (int t = 0; t < N_TRANSITIONS; t++)
        for (int s = 0; s < MAX_STEPS; s++)
            prepare_quantity(&scenario->transition[t].step[s].rate);
    for (int f = 1; f < N_FACTORS; f++)
        prepare_factor(&scenario->factor[f]);
    for (int e = 0; e < N_EFFECTS; e++)
        prepare_quantity(&scenario->effect[e].ratio);
    for (int m = 0; m < N_MOVES; m++)
        prepare_quantity(&scenario->move[m].points);
}

/* Where each factor's effects and moves begin. */
static void prepare_spans(struct scenario *scenario)
{
    for (int f = 0; f <= N_FACTORS; f++) {
        int e = 0, m = 0;

        while (e < N_EFFECTS && (int)effects[e].factor < f)
            e++;
        while (m < N_MOVES && (int)moves[m].factor < f)
            m++;
        scenario->first_effect[f] = e;
        scenario->first_move[f] = m;
    }
}

static void prepare(struct scenario *scenario)
{
    *scenario = december;
    memcpy(scenario->actor, actors, sizeof actors);
    memcpy(scenario->transition, transitions, sizeof transitions);
    memcpy(scenario->factor, factors, sizeof factors);
    memcpy(scenario->effect, effects, sizeof effects);
    memcpy(scenario->move, moves, sizeof moves);
    for (int i = 0; i < N_CORRELATED; i++)
        scenario->factor[correlated[i]].is_correlated = true;
    prepare_rows(scenario);
    prepare_spans(scenario);
    prepare_quantity(&scenario->israel_pleads);
    prepare_quantity(&scenario->unrevised);
    prepare_quantity(&scenario->tartus_exit);
    prepare_quantity(&scenario->contagion);
    prepare_quantity(&scenario->paid_in_kind);
    prepare_quantity(&scenario->variance);
}

static size_t place_of(enum factor factor)
{
    size_t i = 0;

    while (correlated[i] != factor)
        i++;
    return i;
}

/* The Cholesky factor of the normal scores' correlations: Spearman's rho is Pearson's 2 sin(pi rho / 6) there. */
static gsl_matrix *correlate(void)
{
    gsl_matrix *matrix = gsl_matrix_alloc(N_CORRELATED, N_CORRELATED);

    gsl_matrix_set_identity(matrix);
    for (int i = 0; i < N_CORRELATIONS; i++) {
        const size_t a = place_of(correlations[i].a), b = place_of(correlations[i].b);
        const double pearson = 2.0 * sin(M_PI * correlations[i].rho / 6.0);

        gsl_matrix_set(matrix, a, b, pearson);
        gsl_matrix_set(matrix, b, a, pearson);
    }
    gsl_linalg_cholesky_decomp1(matrix);
    return matrix;
}

/* ---- a world: what the analyst does not know ---- */

struct world {
    double chance[N_FACTORS], per_month[N_FACTORS], sway[N_FACTORS];
    double effect[N_EFFECTS];
    double move[N_MOVES]; /* of the balance, in points */
    double rate[N_TRANSITIONS][MAX_STEPS];
    double balance; /* of the actors' positions */
    double unrevised, tartus_exit, contagion, paid_in_kind, variance;
};

/* What draws need besides the scenario: allocated once. */
struct tools {
    gsl_rng *rng;
    gsl_matrix *cholesky;
    gsl_vector *zero, *score;
};

static double draw(const struct quantity *q, gsl_rng *rng)
{
    switch (q->form) {
    case IS_NUMBER:
        return q->low;
    case IS_PERT:
        return q->low + (q->high - q->low) * gsl_ran_beta(rng, q->first, q->second);
    case IS_LOGNORMAL:
        return gsl_ran_lognormal(rng, q->first, q->second);
    case IS_PAID_IN_KIND: /* drawn once a world, by draw_factors */
    case ABSENT:
        break;
    }
    return 0.0;
}

/* Fills share: the weight of each actor, capability times salience, in the whole. */
static void draw_actors(struct world *world, double share[N_ACTORS], const struct scenario *scenario, gsl_rng *rng)
{
    double weight = 0.0, sum = 0.0;

    for (int a = 0; a < N_ACTORS; a++) {
        const struct actor_row *actor = &scenario->actor[a];
        const bool pleads = a == ISRAEL && gsl_rng_uniform(rng) < p_israel_pleads;

        share[a] = draw(&actor->capability, rng) * draw(&actor->salience, rng);
        weight += share[a];
        sum += share[a] * draw(pleads ? &scenario->israel_pleads : &actor->position, rng);
    }
    for (int a = 0; a < N_ACTORS; a++)
        share[a] /= weight;
    world->balance = sum / weight;
}

static void draw_factors(struct world *world, const double share[N_ACTORS], const struct scenario *scenario,
                         gsl_rng *rng)
{
    for (int f = 1; f < N_FACTORS; f++) {
        if (!scenario->factor[f].is_correlated)
            world->chance[f] = draw(&scenario->factor[f].chance, rng);
        world->per_month[f] = draw(&scenario->factor[f].per_month, rng);
        world->sway[f] = draw(&scenario->factor[f].swayed.ratio, rng);
    }
    for (int e = 0; e < N_EFFECTS; e++) {
        const struct quantity *ratio = &scenario->effect[e].ratio;

        world->effect[e] = ratio->form == IS_PAID_IN_KIND ? world->paid_in_kind : draw(ratio, rng);
    }
    for (int m = 0; m < N_MOVES; m++)
        world->move[m] = draw(&scenario->move[m].points, rng) * share[scenario->move[m].actor];
}

/* Correlated normal scores, each then taken to the same quantile of its chance. */
static void correlate_chances(struct world *world, const struct scenario *scenario, const struct tools *tools)
{
    gsl_ran_multivariate_gaussian(tools->rng, tools->zero, tools->cholesky, tools->score);
    for (size_t i = 0; i < N_CORRELATED; i++) {
        const enum factor f = correlated[i];
        const struct quantity *q = &scenario->factor[f].chance;
        const double u = gsl_cdf_ugaussian_P(gsl_vector_get(tools->score, i));

        world->chance[f] = q->low + (q->high - q->low) * gsl_cdf_beta_Pinv(u, q->first, q->second);
    }
}

static void draw_world(struct world *world, const struct scenario *scenario, const struct tools *tools)
{
    double share[N_ACTORS];

    world->unrevised = draw(&scenario->unrevised, tools->rng);
    world->tartus_exit = draw(&scenario->tartus_exit, tools->rng);
    world->contagion = draw(&scenario->contagion, tools->rng);
    world->paid_in_kind = draw(&scenario->paid_in_kind, tools->rng);
    world->variance = draw(&scenario->variance, tools->rng);
    draw_actors(world, share, scenario, tools->rng);
    for (int t = 0; t < N_TRANSITIONS; t++)
        for (int s = 0; s < MAX_STEPS; s++)
            world->rate[t][s] = draw(&scenario->transition[t].step[s].rate, tools->rng);
    draw_factors(world, share, scenario, tools->rng);
    correlate_chances(world, scenario, tools);
}

/* ---- a schedule: when levers and events come and go, and rates change ---- */

struct change {
    double month;
    enum what { COMES, ENDS, NEXT_STEP } what;
    int which; /* a factor, or a transition */
};

struct schedule {
    double first[N_FACTORS]; /* when each first comes; INFINITY: it does not */
    struct change change[MAX_CHANGES];
    int n;
};

/* Kept in order of months; what would be after the horizon is left out. */
static void schedule_add(struct schedule *schedule, double month, enum what what, int which)
{
    int i = schedule->n;

    if (month > horizon)
        return;
    if (schedule->n == MAX_CHANGES)
        abort();
    for (; i > 0 && schedule->change[i - 1].month > month; i--)
        schedule->change[i] = schedule->change[i - 1];
    schedule->change[i] = (struct change){month, what, which};
    schedule->n++;
}

/* When a thing rings that has not come by `month` and whose hazard is from now on `ratio` times that of its chance and
 * date: the cumulative hazard is L = -ln(1 - chance G), and has an exponential amount to go. */
static double ring_after(const struct quantity *date, double chance, double month, double ratio, gsl_rng *rng)
{
    const double width = date->high - date->low, x = (month - date->low) / width;
    const double g = gsl_cdf_beta_P(fmax(x, 0.0), date->first, date->second);
    const double hazard = -log(1.0 - chance * g) + gsl_ran_exponential(rng, 1.0) / ratio;
    const double u = (1.0 - exp(-hazard)) / chance;

    return u < 1.0 ? date->low + width * gsl_cdf_beta_Pinv(u, date->first, date->second) : INFINITY;
}

/* Drawn as if nothing swayed it, and anew whenever what sways it comes or ends before it rings. */
static double ring_by_date(const struct schedule *schedule, const struct scenario *scenario, const struct world *world,
                           int f, gsl_rng *rng)
{
    const struct factor_row *factor = &scenario->factor[f];
    double ring = gsl_rng_uniform(rng) < world->chance[f] ? draw(&factor->when, rng) : INFINITY;

    for (int i = 0; factor->swayed.by && i < schedule->n; i++) {
        const struct change *change = &schedule->change[i];

        if (change->month >= fmin(ring, factor->when.high))
            break;
        if (change->what != NEXT_STEP && change->which == (int)factor->swayed.by)
            ring = ring_after(&factor->when, world->chance[f], change->month,
                              change->what == COMES ? world->sway[f] : 1.0, rng);
    }
    return ring;
}

static double ring(const struct schedule *schedule, const struct scenario *scenario, const struct world *world, int f,
                   double month, gsl_rng *rng)
{
    const struct factor_row *factor = &scenario->factor[f];

    switch (factor->comes) {
    case BY_DATE:
        return ring_by_date(schedule, scenario, world, f, rng);
    case BY_RATE:
        if (factor->requires)
            month = schedule->first[factor->requires];
        return month + gsl_ran_exponential(rng, 1.0 / world->per_month[f]);
    case FROM_THE_START:
        break;
    }
    return 0.0;
}

static void schedule_draw(struct schedule *schedule, const struct scenario *scenario, const struct world *world,
                          gsl_rng *rng)
{
    schedule->n = 0;
    for (int t = 0; t < N_TRANSITIONS; t++)
        if (scenario->transition[t].step[1].rate.form != ABSENT)
            schedule_add(schedule, scenario->transition[t].step[1].month, NEXT_STEP, t);
    for (int f = 1; f < N_FACTORS; f++) {
        const struct factor_row *factor = &scenario->factor[f];
        double month = ring(schedule, scenario, world, f, 0.0, rng);

        schedule->first[f] = month;
        while (month <= horizon) {
            schedule_add(schedule, month, COMES, f);
            if (factor->lasts.form == ABSENT)
                break;
            month += draw(&factor->lasts, rng);
            schedule_add(schedule, month, ENDS, f);
            if (!factor->recurs)
                break;
            month = ring(schedule, scenario, world, f, month, rng);
        }
    }
}

/* ---- a history: the bases, walked from change to change ---- */

struct history {
    enum state state[N_BASES]; /* at the horizon, or so far */
    enum state at_year[N_BASES];
};

/* What each transition's hazard is made of at present. */
struct hazards {
    double rate[N_TRANSITIONS], pulled[N_TRANSITIONS], ratio[N_BASES][N_TRANSITIONS];
    double balance;
};

static void set_balance(struct hazards *hazards, const struct scenario *scenario, double balance)
{
    hazards->balance = balance;
    for (int t = 0; t < N_TRANSITIONS; t++) {
        const double pull = scenario->transition[t].pull;

        hazards->pulled[t] = pull != 0.0 ? exp(pull * (balance - 50.0) / 10.0) : 1.0;
    }
}

static void multiply(struct hazards *hazards, enum transition transition, enum base base, double by)
{
    for (int b = 0; b < N_BASES; b++)
        if (base == BOTH || (int)base == b)
            hazards->ratio[b][transition] *= by;
}

static void begin(struct hazards *hazards, const struct scenario *scenario, const struct world *world, gsl_rng *rng)
{
    const double frailty = gsl_ran_gamma(rng, 1.0 / world->variance, world->variance);

    for (int t = 0; t < N_TRANSITIONS; t++) {
        hazards->rate[t] = world->rate[t][0];
        for (int b = 0; b < N_BASES; b++)
            hazards->ratio[b][t] = scenario->transition[t].is_frail ? frailty : 1.0;
    }
    hazards->ratio[TARTUS][EXIT] *= world->tartus_exit;
    multiply(hazards, SIGN, BOTH, world->unrevised);
    set_balance(hazards, scenario, world->balance);
}

static void turn_factor(struct hazards *hazards, const struct scenario *scenario, const struct world *world, int f,
                        bool comes)
{
    double balance = hazards->balance;

    if (f == LEASE_REVISION) /* it does not end */
        multiply(hazards, SIGN, BOTH, 1.0 / world->unrevised);
    for (int e = scenario->first_effect[f]; e < scenario->first_effect[f + 1]; e++)
        multiply(hazards, effects[e].on, effects[e].base, comes ? world->effect[e] : 1.0 / world->effect[e]);
    for (int m = scenario->first_move[f]; m < scenario->first_move[f + 1]; m++)
        balance += comes ? world->move[m] : -world->move[m];
    if (balance != hazards->balance)
        set_balance(hazards, scenario, balance);
}

static void apply(struct hazards *hazards, const struct scenario *scenario, const struct world *world,
                  const struct change *change)
{
    if (change->what == NEXT_STEP)
        hazards->rate[change->which] = world->rate[change->which][1];
    else
        turn_factor(hazards, scenario, world, change->which, change->what == COMES);
}

static bool can(const struct scenario *scenario, const struct history *history, int b, int t)
{
    return scenario->transition[t].from & history->state[b];
}

static double hazard(const struct hazards *hazards, int b, int t)
{
    return hazards->rate[t] * hazards->pulled[t] * hazards->ratio[b][t];
}

static double total_hazard(const struct hazards *hazards, const struct scenario *scenario,
                           const struct history *history)
{
    double total = 0.0;

    for (int b = 0; b < N_BASES; b++)
        for (int t = 0; t < N_TRANSITIONS; t++)
            if (can(scenario, history, b, t))
                total += hazard(hazards, b, t);
    return total;
}

/* One of the possible transitions, by its share of the hazard. */
static void pick(int *base, int *transition, const struct hazards *hazards, const struct scenario *scenario,
                 const struct history *history, double point)
{
    for (int b = 0; b < N_BASES; b++)
        for (int t = 0; t < N_TRANSITIONS; t++)
            if (can(scenario, history, b, t)) {
                *base = b; /* the last one if rounding leaves the point beyond all */
                *transition = t;
                point -= hazard(hazards, b, t);
                if (point < 0.0)
                    return;
            }
}

static void move_base(struct history *history, struct hazards *hazards, const struct scenario *scenario,
                      const struct world *world, double month, gsl_rng *rng)
{
    const double point = gsl_rng_uniform(rng) * total_hazard(hazards, scenario, history);
    int b = 0, t = 0;

    pick(&b, &t, hazards, scenario, history, point);
    history->state[b] = scenario->transition[t].to;
    if (month <= year)
        history->at_year[b] = history->state[b];
    if (history->state[b] == WITHDRAWN) { /* the other base is drawn after it */
        hazards->ratio[1 - b][EXIT] *= world->contagion;
        hazards->ratio[1 - b][NOTICE] *= world->contagion;
    }
}

static void walk(struct history *history, const struct scenario *scenario, const struct world *world,
                 const struct schedule *schedule, gsl_rng *rng)
{
    double month = 0.0, left = gsl_ran_exponential(rng, 1.0); /* of the hazard to the next move */
    struct hazards hazards;
    int next = 0;

    begin(&hazards, scenario, world, rng);
    for (int b = 0; b < N_BASES; b++)
        history->state[b] = history->at_year[b] = LIMBO;
    for (;;) {
        const double until = next < schedule->n ? schedule->change[next].month : horizon;
        const double total = total_hazard(&hazards, scenario, history);

        if (left < total * (until - month)) {
            month += left / total;
            move_base(history, &hazards, scenario, world, month, rng);
            left = gsl_ran_exponential(rng, 1.0);
            continue;
        }
        left -= total * (until - month);
        month = until;
        if (next == schedule->n)
            return;
        apply(&hazards, scenario, world, &schedule->change[next++]);
    }
}

/* ---- the questions ---- */

enum question { BOTH_HELD, EITHER_HELD, NONE_HELD, BOTH_HELD_24, IN_LIMBO, DEAL_24, RELIEF, WEST, N_QUESTIONS };

static const char *const question_id[N_QUESTIONS] = {
    [BOTH_HELD] = "both_held", [EITHER_HELD] = "either_held",
    [NONE_HELD] = "none_held", [BOTH_HELD_24] = "both_held_24",
    [IN_LIMBO] = "limbo",      [DEAL_24] = "deal_24",
    [RELIEF] = "relief",       [WEST] = "west",
};

/* How many bases are in a state. */
static int count(const enum state state[N_BASES], enum state which)
{
    return (state[KHMEIMIM] == which) + (state[TARTUS] == which);
}

static void answer(int yes[N_QUESTIONS], const struct history *history, const struct schedule *schedule)
{
    const int lost = count(history->at_year, WITHDRAWN);

    yes[BOTH_HELD] += lost == 0;
    yes[EITHER_HELD] += lost < N_BASES;
    yes[NONE_HELD] += lost == N_BASES;
    yes[BOTH_HELD_24] += count(history->state, WITHDRAWN) == 0;
    yes[IN_LIMBO] += count(history->at_year, LIMBO) == N_BASES;
    yes[DEAL_24] += count(history->state, DEAL) > 0;
    yes[RELIEF] += schedule->first[DEBT_RELIEF] <= year;
    yes[WEST] += schedule->first[WESTERN_MONEY] <= year;
}

/* Over worlds: the sum of the shares that said yes, and of their squares. */
struct tally {
    long n;
    double sum[N_QUESTIONS], squares[N_QUESTIONS];
};

static void tally_add(struct tally *tally, const int yes[N_QUESTIONS], int n_draws)
{
    tally->n++;
    for (int q = 0; q < N_QUESTIONS; q++) {
        const double share = (double)yes[q] / n_draws;

        tally->sum[q] += share;
        tally->squares[q] += share * share;
    }
}

static void play(struct tally *tally, const struct scenario *scenario, const struct tools *tools, int n_draws)
{
    int yes[N_QUESTIONS] = {0};
    struct world world;
    struct schedule schedule;
    struct history history;

    draw_world(&world, scenario, tools);
    for (int i = 0; i < n_draws; i++) {
        schedule_draw(&schedule, scenario, &world, tools->rng);
        walk(&history, scenario, &world, &schedule, tools->rng);
        answer(yes, &history, &schedule);
    }
    tally_add(tally, yes, n_draws);
}

static void print(const struct tally *tally)
{
    const double n = (double)tally->n;

    printf("%-14s %11s %9s\n", "question", "probability", "se");
    for (int q = 0; q < N_QUESTIONS; q++) {
        const double p = tally->sum[q] / n;

        printf("%-14s %11.6f %9.6f\n", question_id[q], p, sqrt((tally->squares[q] / n - p * p) / (n - 1.0)));
    }
}

int main(int argc, char **argv)
{
    const long n_draws = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
    const int draws_a_world = argc > 3 ? atoi(argv[3]) : 1;
    struct scenario scenario;
    struct tally tally = {0};
    struct tools tools;
    clock_t start;

    if (draws_a_world < 1 || n_draws < 2L * draws_a_world) {
        fprintf(stderr, "usage: scalar DRAWS SEED [DRAWS_A_WORLD], for two worlds at least\n");
        return 2;
    }
    prepare(&scenario);
    tools = (struct tools){gsl_rng_alloc(gsl_rng_mt19937), correlate(), gsl_vector_calloc(N_CORRELATED),
                           gsl_vector_alloc(N_CORRELATED)};
    gsl_rng_set(tools.rng, strtoul(argv[2], NULL, 10));
    start = clock();
    while (tally.n < n_draws / draws_a_world)
        play(&tally, &scenario, &tools, draws_a_world);
    print(&tally);
    printf("%.0f draws/s\n", (double)tally.n * draws_a_world / ((double)(clock() - start) / CLOCKS_PER_SEC));
    gsl_vector_free(tools.score);
    gsl_vector_free(tools.zero);
    gsl_matrix_free(tools.cholesky);
    gsl_rng_free(tools.rng);
    return 0;
}
