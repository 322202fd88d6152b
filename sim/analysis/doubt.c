#include "sim/analysis/doubt.h"
#include <math.h>

struct moments {
    double mean;
    double ignorance; /* variance of the conditional probability */
    double noise;     /* variance that finitely many runs leave in a world's share */
    double chance;    /* variance of one run within a world */
    double shrink;    /* sd of the conditional probability over that of the worlds' shares */
};

/* One-way analysis of variance: between worlds, less what N runs a world leave of chance (Sun, Apley & Staum 2011, Efficient
 * nested simulation for estimating the variance of a conditional expectation). */
static struct moments moments_of(const struct counts *counts, size_t column, size_t of)
{
    const struct spread *spread = counts->spread;
    const double worlds = counts_worlds_of(counts, of);
    struct spread_sums sums = counts->sums_total[column];
    struct moments moments;
    double between;

    if (of != ALL) {
        const struct spread_sums *part = &spread->sums[counts_replicate(of) * spread->n_columns + column];

        sums.p = counts_choose(sums.p, part->p, of);
        sums.p2 = counts_choose(sums.p2, part->p2, of);
        sums.noise = counts_choose(sums.noise, part->noise, of);
        sums.chance = counts_choose(sums.chance, part->chance, of);
    }
    moments.mean = sums.p / worlds;
    moments.noise = sums.noise / worlds;
    moments.chance = sums.chance / worlds;
    between = (sums.p2 - worlds * moments.mean * moments.mean) / (worlds - 1.0);
    moments.ignorance = fmax(0.0, between - moments.noise);
    moments.shrink = between > 0.0 ? sqrt(moments.ignorance / between) : 0.0;
    return moments;
}

struct level {
    size_t column;
    double level;
};

/* The quantile of the worlds' shares, drawn in towards their mean by as much as chance spreads them. */
static double quantile(const struct counts *counts, size_t of, const void *what)
{
    const struct level *level = what;
    const struct spread *spread = counts->spread;
    const size_t row = spread->n_bins + 1, all = spread->n_columns * row;
    const struct moments moments = moments_of(counts, level->column, of);
    const double wanted = level->level * counts_worlds_of(counts, of);
    double seen = 0.0;

    for (size_t bin = 0; bin < row; bin++) {
        const size_t cell = level->column * row + bin;
        const double part = of == ALL ? 0.0 : spread->histogram[counts_replicate(of) * all + cell];
        const double here = counts_choose((double)counts->histogram_total[cell], part, of);

        if (here > 0.0 && seen + here >= wanted) {
            const double p = ((double)bin - 0.5 + (wanted - seen) / here) / (double)spread->n_bins;

            return fmin(1.0, fmax(0.0, moments.mean + moments.shrink * (p - moments.mean)));
        }
        seen += here;
    }
    return NAN;
}

/* Where the tally counts a column. */
static size_t cell_of(const struct counts *counts, size_t column)
{
    const size_t questions = counts->plan->n_questions;

    return column < questions ? counts->tally->at.question + column : counts->tally->at.state + column - questions;
}

/* With nothing uncertain there is but one world. */
static struct answer_spread no_doubt(const struct counts *counts, size_t column)
{
    const struct estimate p = estimate_share(counts, cell_of(counts, column));
    struct answer_spread out = {.sd_ignorance = 0.0, .sd_chance = sqrt(fmax(0.0, p.value * (1.0 - p.value)))};

    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        out.quantile[i] = p.value;
        out.se[i] = p.se;
    }
    return out;
}

/* Drawing quantiles in gets the spread right, but not always the shape; unmixing gets both, and where the two differ, or
 * the runs are too few to see finer, the answer is no surer than that. */
static void unmix_column(const struct counts *counts, struct unmix *unmix, size_t column, struct answer_spread *out)
{
    double unmixed[ANSWER_LEVELS];

    unmix_quantiles(unmix, unmixed, answer_level, ANSWER_LEVELS,
                    counts->histogram_total + column * (counts->spread->n_bins + 1));
    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        out->se[i] = hypot(hypot(out->se[i], unmixed[i] - out->quantile[i]), unmix_resolution(unmix, unmixed[i]));
        out->quantile[i] = unmixed[i];
    }
}

/* Where nothing better is known of the noise, a quantile is no surer than by how far it was drawn in. */
static void add_shape_error(const struct counts *counts, size_t column, struct answer_spread *out)
{
    const struct moments moments = moments_of(counts, column, ALL);

    for (size_t i = 0; moments.shrink > 0.0 && i < ANSWER_LEVELS; i++)
        out->se[i] = hypot(out->se[i], (out->quantile[i] - moments.mean) * (1.0 / moments.shrink - 1.0));
}

struct answer_spread doubt_spread(const struct counts *counts, struct unmix *unmix, size_t column)
{
    const bool known = counts->worlds_total >= 2.0 && counts->n_runs >= 2.0;
    struct answer_spread out = {.sd_ignorance = NAN, .sd_chance = NAN};

    if (!counts->plan->n_inputs)
        return no_doubt(counts, column);
    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        const struct level level = {column, answer_level[i]};
        const struct estimate drawn_in =
            known ? estimate_batches(counts, quantile, &level) : (struct estimate){NAN, NAN, 0};

        out.quantile[i] = drawn_in.value;
        out.se[i] = drawn_in.se;
    }
    if (known && unmix)
        unmix_column(counts, unmix, column, &out);
    else if (known)
        add_shape_error(counts, column, &out);
    if (known) {
        const struct moments moments = moments_of(counts, column, ALL);

        out.sd_ignorance = sqrt(moments.ignorance);
        out.sd_chance = sqrt(fmax(0.0, moments.chance));
    }
    return out;
}

struct driver {
    size_t input, question;
};

/* Var(E[p | input's stratum]) / Var(p), both without chance's share: the first-order index of Sobol (1993) from given data,
 * as Pearson's correlation ratio with what unrelated strata would differ by taken out. */
static double driver_index(const struct counts *counts, size_t of, const void *what)
{
    const struct driver *driver = what;
    const struct spread *spread = counts->spread;
    const struct moments moments = moments_of(counts, driver->question, of);
    const double total = moments.ignorance + moments.noise;
    const double all = counts_worlds_of(counts, of);
    double between = 0.0, strata = 0.0;

    for (size_t s = 0; s < SPREAD_STRATA; s++) {
        const size_t cell = driver->input * SPREAD_STRATA + s;
        double worlds = (double)counts->strata_worlds_total[cell];
        double p = counts->strata_p_total[cell * spread->n_questions + driver->question];

        if (of != ALL) {
            const size_t part = counts_replicate(of) * spread->n_inputs * SPREAD_STRATA + cell;

            worlds = counts_choose(worlds, spread->strata_worlds[part], of);
            p = counts_choose(p, spread->strata_p[part * spread->n_questions + driver->question], of);
        }
        if (worlds > 0.0) {
            between += worlds * (p / worlds - moments.mean) * (p / worlds - moments.mean);
            strata += 1.0;
        }
    }
    if (!(moments.ignorance > 0.0 && all > strata))
        return NAN;
    between -= (strata - 1.0) * (total * (all - 1.0) - between) / (all - strata);
    return between / all / moments.ignorance;
}

struct estimate doubt_driver(const struct counts *counts, size_t input, size_t question)
{
    const struct driver driver = {input, question};

    if (counts->worlds_total < 2.0 || counts->n_runs < 2.0)
        return (struct estimate){NAN, NAN, 0};
    return estimate_jackknife(counts, driver_index, &driver);
}
