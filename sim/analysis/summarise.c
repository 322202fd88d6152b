#include "sim/analysis/summarise.h"
#include <math.h>
#include <stdlib.h>
#include "sim/analysis/estimate.h"
#include "sim/plan/plan.h"
#include "sim/scenario/scenario.h"

const double answer_level[ANSWER_LEVELS] = {0.05, 0.5, 0.95};

struct context {
    struct answer *answer;
    const struct plan *plan;
    const struct tally *tally;
    const struct spread *spread;
};

/* ---- times ---- */

struct time_cells {
    size_t bins, sum; /* cells of the tally */
    double level;
};

static double count_without(const struct tally *tally, size_t cell, size_t without)
{
    double total = 0.0;

    for (size_t r = 0; r < REPLICATES; r++)
        if (r != without)
            total += (double)tally_block(tally, r)[cell];
    return total;
}

/* The month by which a share `level` of runs have seen it, linear inside a bin; NAN when fewer see it within the horizon. */
static double time_quantile(const void *data, size_t without, const void *what)
{
    const struct tally *tally = data;
    const struct time_cells *cells = what;
    const double wanted = cells->level * count_without(tally, tally->at.runs, without);
    const double width = tally->plan->horizon / TALLY_BINS;
    double seen = 0.0;

    for (size_t bin = 0; bin < TALLY_BINS; bin++) {
        const double here = count_without(tally, cells->bins + bin, without);

        if (here > 0.0 && seen + here >= wanted)
            return width * ((double)bin + (wanted - seen) / here);
        seen += here;
    }
    return NAN;
}

static double happened(const struct tally *tally, const struct time_cells *cells, size_t without)
{
    double n = 0.0;

    for (size_t bin = 0; bin < TALLY_BINS; bin++)
        n += count_without(tally, cells->bins + bin, without);
    return n;
}

static double time_share(const void *data, size_t without, const void *what)
{
    return happened(data, what, without) / count_without(data, ((const struct tally *)data)->at.runs, without);
}

static double time_mean(const void *data, size_t without, const void *what)
{
    const struct time_cells *cells = what;
    const double n = happened(data, cells, without);

    return n > 0.0 ? count_without(data, cells->sum, without) * 0x1p-20 / n : NAN;
}

static struct answer_time answer_time(const struct context *context, size_t bins, size_t sum, size_t place)
{
    const struct tally *tally = context->tally;
    struct time_cells cells = {bins + place * TALLY_BINS, sum + place, 0.0};
    struct answer_time time;

    time.by_horizon = estimate_jackknife(tally, tally, time_share, &cells);
    time.mean = estimate_jackknife(tally, tally, time_mean, &cells);
    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        struct estimate quantile;

        cells.level = answer_level[i];
        quantile = estimate_jackknife(tally, tally, time_quantile, &cells);
        time.quantile[i] = quantile.value;
        time.se[i] = quantile.se;
    }
    return time;
}

/* ---- spread over worlds ---- */

struct spread_moments {
    double mean, sd_ignorance, sd_chance, shrink;
};

/* One-way analysis of variance: between worlds, less what N runs a world leave of chance (Sun, Apley & Staum 2011, Efficient
 * nested simulation for estimating the variance of a conditional expectation). */
static struct spread_moments moments_of(const struct spread *spread, size_t column, size_t without, double n_runs)
{
    struct spread_sums sum = {0};
    struct spread_moments moments;
    double worlds = 0.0, between;

    for (size_t r = 0; r < REPLICATES; r++)
        if (r != without) {
            const struct spread_sums *part = &spread->sums[r * spread->n_columns + column];

            sum.p += part->p;
            sum.p2 += part->p2;
            sum.within += part->within;
            worlds += (double)spread->worlds[r];
        }
    moments.mean = sum.p / worlds;
    between = (sum.p2 - worlds * moments.mean * moments.mean) / (worlds - 1.0);
    moments.sd_chance = sqrt(sum.within / worlds);
    moments.sd_ignorance = sqrt(fmax(0.0, between - sum.within / worlds / n_runs));
    moments.shrink = between > 0.0 ? moments.sd_ignorance / sqrt(between) : 0.0;
    return moments;
}

struct spread_level {
    size_t column;
    double level, n_runs;
};

/* The quantile of the worlds' shares, drawn in towards their mean by as much as chance spreads them. */
static double spread_quantile(const void *data, size_t without, const void *what)
{
    const struct spread *spread = data;
    const struct spread_level *level = what;
    const struct spread_moments moments = moments_of(spread, level->column, without, level->n_runs);
    double worlds = 0.0, seen = 0.0;

    for (size_t r = 0; r < REPLICATES; r++)
        worlds += r == without ? 0.0 : (double)spread->worlds[r];
    for (size_t bin = 0; bin <= spread->n_bins; bin++) {
        for (size_t r = 0; r < REPLICATES; r++)
            if (r != without)
                seen += spread->histogram[(r * spread->n_columns + level->column) * (spread->n_bins + 1) + bin];
        if (seen >= level->level * worlds) {
            const double p = (double)bin / (double)spread->n_bins;

            return fmin(1.0, fmax(0.0, moments.mean + moments.shrink * (p - moments.mean)));
        }
    }
    return NAN;
}

static struct answer_spread answer_spread(const struct context *context, size_t column)
{
    const double n_runs = (double)context->answer->n_runs;
    struct answer_spread out = {.sd_ignorance = NAN, .sd_chance = NAN};
    struct spread_moments moments;

    for (size_t i = 0; i < ANSWER_LEVELS; i++)
        out.quantile[i] = out.se[i] = NAN;
    if (context->answer->n_worlds < 2 || context->answer->n_runs < 2) /* one run a world cannot tell chance from ignorance */
        return out;
    moments = moments_of(context->spread, column, REPLICATES, n_runs);
    out.sd_ignorance = context->plan->n_inputs ? moments.sd_ignorance : 0.0;
    out.sd_chance = moments.sd_chance;
    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        const struct spread_level level = {column, answer_level[i], n_runs};
        const struct estimate quantile = estimate_jackknife(context->tally, context->spread, spread_quantile, &level);

        out.quantile[i] = context->plan->n_inputs ? quantile.value : moments.mean;
        out.se[i] = context->plan->n_inputs ? quantile.se : moments.sd_chance / sqrt(n_runs * (double)context->answer->n_worlds);
    }
    return out;
}

/* ---- drivers ---- */

struct driver_cells {
    size_t input, question;
    double n_runs;
};

/* Var(E[p | input's stratum]) / Var(p), both without chance's share: the first-order index of Sobol (1993) from given data,
 * as the correlation ratio of Pearson with the bias of finitely many worlds a stratum taken out. */
static double driver_index(const void *data, size_t without, const void *what)
{
    const struct spread *spread = data;
    const struct driver_cells *cells = what;
    const struct spread_moments moments = moments_of(spread, cells->question, without, cells->n_runs);
    const double total_within = moments.sd_chance * moments.sd_chance / cells->n_runs;
    const double total = moments.sd_ignorance * moments.sd_ignorance + total_within;
    double between = 0.0, strata = 0.0, all = 0.0;

    if (!(moments.sd_ignorance > 0.0))
        return NAN;
    for (size_t s = 0; s < SPREAD_STRATA; s++) {
        double worlds = 0.0, p = 0.0;

        for (size_t r = 0; r < REPLICATES; r++)
            if (r != without) {
                const size_t cell = (r * spread->n_inputs + cells->input) * SPREAD_STRATA + s;

                worlds += spread->strata_worlds[cell];
                p += spread->strata_p[cell * spread->n_questions + cells->question];
            }
        if (worlds > 0.0) {
            between += worlds * (p / worlds - moments.mean) * (p / worlds - moments.mean);
            strata += 1.0;
            all += worlds;
        }
    }
    /* what strata of unrelated worlds would differ by: (strata - 1) / (worlds - strata) of the rest */
    if (!(all > strata))
        return NAN;
    between = (between - (strata - 1.0) * (total * (all - 1.0) - between) / (all - strata)) / all;
    return between / (moments.sd_ignorance * moments.sd_ignorance);
}

static void answer_drivers(const struct context *context)
{
    struct answer *answer = context->answer;
    const struct plan *plan = context->plan;

    answer->n_inputs = plan->n_inputs;
    answer->driver = pool_new(&answer->pool, plan->n_inputs, sizeof *answer->driver);
    for (size_t i = 0; i < plan->n_inputs; i++) {
        struct answer_driver *driver = &answer->driver[i];

        driver->path = plan->input[i].path;
        driver->tag = plan->input[i].tag;
        driver->index = pool_new(&answer->pool, plan->n_questions, sizeof *driver->index);
        driver->se = pool_new(&answer->pool, plan->n_questions, sizeof *driver->se);
        for (size_t q = 0; q < plan->n_questions; q++) {
            const struct driver_cells cells = {i, q, (double)answer->n_runs};
            const struct estimate index = answer->n_worlds > 1 ? estimate_jackknife(context->tally, context->spread,
                                                                                   driver_index, &cells)
                                                               : (struct estimate){NAN, NAN, 0};

            driver->index[q] = index.value;
            driver->se[q] = index.se;
        }
    }
}

/* ---- levers and events ---- */

struct factor_cells {
    size_t came, came_yes, yes;
    enum { IF_COMES, IF_NOT, DIFFERENCE } which;
};

static double conditional(const void *data, size_t without, const void *what)
{
    const struct tally *tally = data;
    const struct factor_cells *cells = what;
    const double came = count_without(tally, cells->came, without);
    const double came_yes = count_without(tally, cells->came_yes, without);
    const double not = count_without(tally, tally->at.runs, without) - came;
    const double if_comes = came > 0.0 ? came_yes / came : NAN;
    const double if_not = not > 0.0 ? (count_without(tally, cells->yes, without) - came_yes) / not : NAN;

    return cells->which == IF_COMES ? if_comes : cells->which == IF_NOT ? if_not : if_comes - if_not;
}

static void answer_factors(const struct context *context)
{
    struct answer *answer = context->answer;
    const struct plan *plan = context->plan;
    const struct tally *tally = context->tally;

    answer->n_factors = plan->n_factors;
    answer->factor = pool_new(&answer->pool, plan->n_factors, sizeof *answer->factor);
    for (size_t f = 0; f < plan->n_factors; f++) {
        struct answer_factor *factor = &answer->factor[f];

        factor->id = plan->factor[f].id;
        factor->is_lever = plan->factor[f].is_lever;
        factor->by_question = pool_new(&answer->pool, plan->n_questions, sizeof *factor->by_question);
        for (size_t q = 0; q < plan->n_questions; q++) {
            struct factor_cells cells = {tally->at.came + f * plan->n_questions + q,
                                         tally->at.came_yes + f * plan->n_questions + q, tally->at.question + q, IF_COMES};

            factor->by_question[q].comes = estimate_share(tally, cells.came);
            factor->by_question[q].if_comes = estimate_jackknife(tally, tally, conditional, &cells);
            cells.which = IF_NOT;
            factor->by_question[q].if_not = estimate_jackknife(tally, tally, conditional, &cells);
            cells.which = DIFFERENCE;
            factor->by_question[q].difference = estimate_jackknife(tally, tally, conditional, &cells);
        }
    }
}

/* ---- bases ---- */

/* Occupancy and incidence are kept as changes from month to month: sum them up, in each replicate, for its error. */
static void accumulate(const struct context *context, size_t first, size_t n_rows, struct estimate *out)
{
    struct tally *sums = &(struct tally){.plan = context->plan, .at = {.size = 2, .runs = 0}};
    uint64_t count[2 * REPLICATES] = {0};
    const size_t months = context->tally->n_months;

    sums->count = count;
    for (size_t r = 0; r < REPLICATES; r++)
        count[2 * r] = tally_block(context->tally, r)[context->tally->at.runs];
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t r = 0; r < REPLICATES; r++)
            count[2 * r + 1] = 0;
        for (size_t m = 0; m < months; m++) {
            for (size_t r = 0; r < REPLICATES; r++)
                count[2 * r + 1] += tally_block(context->tally, r)[first + row * months + m];
            out[row * months + m] = estimate_share(sums, 1);
        }
    }
}

static void answer_base(const struct context *context, size_t b)
{
    struct answer *answer = context->answer;
    const struct plan *plan = context->plan;
    const struct tally *tally = context->tally;
    struct answer_place *place = &answer->base[b];
    const size_t months = tally->n_months;

    place->id = plan->base[b].id;
    place->name = plan->base[b].label;
    place->state = pool_new(&answer->pool, plan->n_states, sizeof *place->state);
    place->spread = pool_new(&answer->pool, plan->n_states, sizeof *place->spread);
    for (size_t s = 0; s < plan->n_states; s++) {
        place->state[s] = estimate_share(tally, tally->at.state + b * plan->n_states + s);
        place->spread[s] = answer_spread(context, plan->n_questions + b * plan->n_states + s);
    }
    place->occupancy = pool_new(&answer->pool, plan->n_states * months, sizeof *place->occupancy);
    place->incidence = pool_new(&answer->pool, plan->n_transitions * months, sizeof *place->incidence);
    accumulate(context, tally->at.occupancy + b * plan->n_states * months, plan->n_states, place->occupancy);
    accumulate(context, tally->at.incidence + b * plan->n_transitions * months, plan->n_transitions, place->incidence);
    place->loss = answer_time(context, tally->at.loss, tally->at.loss_sum, b);
    place->deal = answer_time(context, tally->at.deal, tally->at.deal_sum, b);
}

static void answer_bases(const struct context *context)
{
    struct answer *answer = context->answer;
    const struct plan *plan = context->plan;
    const struct tally *tally = context->tally;

    answer->n_bases = plan->n_bases;
    answer->base = pool_new(&answer->pool, plan->n_bases, sizeof *answer->base);
    for (size_t b = 0; b < plan->n_bases; b++)
        answer_base(context, b);
    answer->all = (struct answer_place){.id = "all", .name = "all bases"};
    answer->all.loss = answer_time(context, tally->at.loss, tally->at.loss_sum, plan->n_bases);
    answer->all.deal = answer_time(context, tally->at.deal, tally->at.deal_sum, plan->n_bases);
    answer->bases_held = pool_new(&answer->pool, plan->n_bases + 1, sizeof *answer->bases_held);
    for (size_t n = 0; n <= plan->n_bases; n++)
        answer->bases_held[n] = estimate_share(tally, tally->at.held + n);
}

static void answer_questions(const struct context *context)
{
    struct answer *answer = context->answer;
    const struct plan *plan = context->plan;

    answer->n_questions = plan->n_questions;
    answer->question = pool_new(&answer->pool, plan->n_questions, sizeof *answer->question);
    for (size_t q = 0; q < plan->n_questions; q++)
        answer->question[q] = (struct answer_question){.id = plan->question[q].id,
                                                       .text = plan->question[q].text,
                                                       .month = plan->question[q].month,
                                                       .rank = plan->question[q].rank,
                                                       .p = estimate_share(context->tally, context->tally->at.question + q),
                                                       .spread = answer_spread(context, q)};
}

static void answer_head(const struct context *context, const struct play_result *result, uint64_t n_runs)
{
    struct answer *answer = context->answer;
    const struct plan *plan = context->plan;
    const struct scenario *scenario = plan->scenario;

    answer->scenario_id = scenario->id;
    answer->analyst_id = scenario->analyst_id;
    answer->title = scenario->title;
    answer->model = scenario->model[0].name.text;
    answer->as_of = scenario->as_of;
    answer->horizon = plan->horizon;
    answer->n_worlds = result->n_worlds;
    answer->n_runs = n_runs;
    answer->n_draws = tally_total(context->tally, context->tally->at.runs);
    answer->complete = result->complete;
    answer->n_states = plan->n_states;
    answer->state = plan->state;
    answer->n_transitions = plan->n_transitions;
    answer->transition = plan->transition;
    answer->held = pool_new(&answer->pool, plan->n_states, sizeof *answer->held);
    for (size_t s = 0; s < plan->n_states; s++)
        answer->held[s] = plan->held >> s & 1;
    answer->has_deal = plan->deal != 0;
    answer->n_months = context->tally->n_months;
    answer->month = pool_new(&answer->pool, answer->n_months, sizeof *answer->month);
    for (size_t m = 0; m < answer->n_months; m++)
        answer->month[m] = context->tally->month[m];
    answer->n_stated = plan->n_stated;
    answer->n_reading = plan->n_reading;
    answer->n_guess = plan->n_guess;
    answer->n_untagged = plan->n_untagged;
}

struct answer *summarise(const struct plan *plan, const struct play_result *result, size_t arm, uint64_t n_runs)
{
    struct answer *answer = memory_new(1, sizeof *answer);
    const struct context context = {answer, plan, &result->arm[arm].tally, &result->arm[arm].spread};

    answer_head(&context, result, n_runs);
    answer_questions(&context);
    answer_bases(&context);
    answer_factors(&context);
    answer_drivers(&context);
    return answer;
}

void answer_free(struct answer *answer)
{
    if (!answer)
        return;
    pool_free(&answer->pool);
    free(answer);
}
