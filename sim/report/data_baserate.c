/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_baserate.c - the tables of base rates: each file's columns and how a row follows from the estimates. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "sim/report/baserate.h"

static const double year = 12.0; /* months */

#define COLUMNS(of) .column = (of), .n_columns = sizeof(of) / sizeof *(of)

/* What rows are made from: estimates, names fit for tables, and the curves one after the other. */
struct rate_tables {
    const struct baserate *it;
    const char **group, **cause; /* names */
    const char **series;         /* ids of curves: a group's survival, then its causes' incidences */
    size_t *first;               /* the row at which each curve begins; one more than there are */
    size_t n_curves;
};

/* Names come from anybody's table: one that a spreadsheet would take for a formula gets an apostrophe, as spreadsheets write it. */
static const char *safe_name(struct arena *arena, const char *name)
{
    return *name && strchr("=+-@\t", *name) ? arena_print(arena, "'%s", name) : name;
}

static struct rate_tables *make_tables(struct arena *arena, const struct baserate *it)
{
    const size_t m = 1 + it->n_causes;
    struct rate_tables *tables = arena_new(arena, 1, sizeof *tables);
    size_t n = 0;

    tables->it = it;
    tables->n_curves = it->n_groups * m;
    tables->group = arena_new(arena, it->n_groups, sizeof *tables->group);
    tables->cause = arena_new(arena, m, sizeof *tables->cause);
    tables->series = arena_new(arena, tables->n_curves, sizeof *tables->series);
    tables->first = arena_new(arena, tables->n_curves + 1, sizeof *tables->first);
    for (size_t c = 0; c < m; c++)
        tables->cause[c] = safe_name(arena, baserate_cause(it, c));
    for (size_t g = 0; g < it->n_groups; g++) {
        tables->group[g] = safe_name(arena, it->group[g].name);
        for (size_t c = 0; c < m; c++, n++) {
            const char *name = it->group[g].name;

            if (c)
                name = arena_print(arena, "%s_%s", name, baserate_cause(it, c));
            tables->series[n] = baserate_id(arena, name, tables->series, n);
            tables->first[n + 1] = tables->first[n] + it->group[g].curve.n + 2;
        }
    }
    return tables;
}

/* ---- baserate.csv ---- */

static const struct column rate_column[] = {
    {"group", COLUMN_TEXT, true, NULL, "the group, or all"},
    {"cause", COLUMN_TEXT, true, NULL, "what ended the spell, or all causes"},
    {"from", COLUMN_MONTHS, true, NULL, "where the span begins on the clock"},
    {"to", COLUMN_MONTHS, true, NULL, "and where it ends; Inf: it has no end"},
    {"events", COLUMN_NUMBER, false, "events", "spells that ended so within the span"},
    {"exposure", COLUMN_NUMBER, false, "years", "time at risk within the span"},
    {"rate", COLUMN_NUMBER, false, "1/year", "events over exposure"},
    {"ci_low", COLUMN_NUMBER, false, "1/year", "exact 95 % limit"},
    {"ci_high", COLUMN_NUMBER, false, "1/year", "exact 95 % limit"},
    {"boot_low", COLUMN_NUMBER, false, "1/year", "95 % limit, hosts resampled"},
    {"boot_high", COLUMN_NUMBER, false, "1/year", "95 % limit, hosts resampled"},
    {"p05", COLUMN_NUMBER, false, "1/year", "5 % of the posterior under Jeffreys' prior"},
    {"p50", COLUMN_NUMBER, false, "1/year", "50 % of it"},
    {"p95", COLUMN_NUMBER, false, "1/year", "95 % of it"},
    {"rows", COLUMN_COUNT, false, NULL, "rows of the group"},
    {"hosts", COLUMN_COUNT, false, NULL, "hosts of the group"},
};

static void fill_rate(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct rate_tables *tables = dataset->source;
    const size_t m = 1 + tables->it->n_causes, per_group = tables->it->n_spans * m, g = i / per_group;
    const struct baserate_group *group = &tables->it->group[g];
    const struct baserate_rate *rate = &group->rate[i % per_group];

    cell[0].text = tables->group[g];
    cell[1].text = tables->cause[i % m];
    cell[2].number = rate->from;
    cell[3].number = rate->to;
    cell[4].number = rate->events;
    cell[5].number = rate->exposure / year;
    cell[6].number = rate->rate * year;
    cell[7].number = rate->limits.low * year;
    cell[8].number = rate->limits.high * year;
    cell[9].number = rate->bootstrap.low * year;
    cell[10].number = rate->bootstrap.high * year;
    cell[11].number = rate->p05 * year;
    cell[12].number = rate->p50 * year;
    cell[13].number = rate->p95 * year;
    cell[14].count = group->n;
    cell[15].count = group->n_hosts;
}

/* ---- survival.csv ---- */

static const struct column curve_column[] = {
    {"series", COLUMN_ID, true, NULL, "the curve: an id made of the group and the cause"},
    {"group", COLUMN_TEXT, false, NULL, "the group, or all"},
    {"kind", COLUMN_ID, false, NULL,
     "survival: not ended by then (Kaplan-Meier); incidence: ended so by then (Aalen-Johansen)"},
    {"cause", COLUMN_TEXT, false, NULL, "what ended the spell, or all causes"},
    {"month", COLUMN_MONTHS, true, NULL, "on the clock: the start, each time of an event, and the end of observation"},
    {"value", COLUMN_PROBABILITY, false, NULL, "the probability from then to the next row"},
    {"se", COLUMN_PROBABILITY, false, NULL, "its standard error: Greenwood's, for incidences the multinomial's"},
    {"ci_low", COLUMN_PROBABILITY, false, NULL, "95 % limit on the scale log(-log)"},
    {"ci_high", COLUMN_PROBABILITY, false, NULL, "95 % limit on the scale log(-log)"},
    {"at_risk", COLUMN_NUMBER, false, "rows", "under observation just before"},
    {"events", COLUMN_NUMBER, false, "events", "at that time, of the cause"},
};

/* Which curve a row belongs to. */
static size_t find_curve(const struct rate_tables *tables, size_t row)
{
    size_t low = 0, high = tables->n_curves;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;

        if (tables->first[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Row 0 of a curve is the start, then come its events, then the end of observation. */
static void fill_curve(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct rate_tables *tables = dataset->source;
    const size_t at = find_curve(tables, i), m = 1 + tables->it->n_causes, c = at % m;
    const struct survival_curve *curve = &tables->it->group[at / m].curve;
    const bool is_end = i - tables->first[at] > curve->n;
    const size_t step = i - tables->first[at] - is_end, k = step ? (step - 1) * curve->n_causes : 0;
    struct limits limits;

    cell[0].text = tables->series[at];
    cell[1].text = tables->group[at / m];
    cell[2].text = c ? "incidence" : "survival";
    cell[3].text = tables->cause[c];
    cell[4].number = is_end ? curve->last : step ? curve->time[step - 1] : 0.0;
    cell[5].number = !step ? !c : c ? curve->incidence[k + c - 1] : curve->survival[step - 1];
    cell[6].number = !step ? 0.0 : c ? curve->incidence_se[k + c - 1] : curve->survival_se[step - 1];
    limits = survival_limits(cell[5].number, cell[6].number, baserate_confidence);
    cell[7].number = limits.low;
    cell[8].number = limits.high;
    cell[9].number = step && !is_end ? curve->at_risk[step - 1] : NAN;
    cell[10].number = 0.0;
    for (size_t j = 0; step && !is_end && j < curve->n_causes; j++)
        cell[10].number += !c || j + 1 == c ? curve->events[k + j] : 0.0;
}

/* ---- survival_at.csv ---- */

static const struct column point_column[] = {
    {"group", COLUMN_TEXT, true, NULL, "the group, or all"},
    {"kind", COLUMN_ID, true, NULL,
     "survival: not ended by then (Kaplan-Meier); incidence: ended so by then (Aalen-Johansen)"},
    {"cause", COLUMN_TEXT, true, NULL, "what ended the spell, or all causes"},
    {"month", COLUMN_MONTHS, true, NULL, "on the clock"},
    {"value", COLUMN_PROBABILITY, false, NULL, "the probability"},
    {"se", COLUMN_PROBABILITY, false, NULL, "its standard error, rows taken as independent"},
    {"ci_low", COLUMN_PROBABILITY, false, NULL, "95 % limit on the scale log(-log)"},
    {"ci_high", COLUMN_PROBABILITY, false, NULL, "95 % limit on the scale log(-log)"},
    {"robust_low", COLUMN_PROBABILITY, false, NULL, "the same, rows of a host taken together"},
    {"robust_high", COLUMN_PROBABILITY, false, NULL, "the same, rows of a host taken together"},
    {"boot_low", COLUMN_PROBABILITY, false, NULL, "95 % limit, hosts resampled"},
    {"boot_high", COLUMN_PROBABILITY, false, NULL, "95 % limit, hosts resampled"},
    {"at_risk", COLUMN_NUMBER, false, "rows", "under observation just before"},
};

static void fill_point(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct rate_tables *tables = dataset->source;
    const size_t m = 1 + tables->it->n_causes, per_group = tables->it->n_points * m;
    const struct baserate_point *point = &tables->it->group[i / per_group].point[i % per_group];

    cell[0].text = tables->group[i / per_group];
    cell[1].text = i % m ? "incidence" : "survival";
    cell[2].text = tables->cause[i % m];
    cell[3].number = point->month;
    cell[4].number = point->value;
    cell[5].number = point->se;
    cell[6].number = point->limits.low;
    cell[7].number = point->limits.high;
    cell[8].number = point->robust.low;
    cell[9].number = point->robust.high;
    cell[10].number = point->bootstrap.low;
    cell[11].number = point->bootstrap.high;
    cell[12].number = point->at_risk;
}

/* ---- weibull.csv ---- */

static const struct column weibull_column[] = {
    {"group", COLUMN_TEXT, true, NULL, "the group, or all"},
    {"shape", COLUMN_RATIO, false, NULL, "below 1: the hazard falls with time"},
    {"shape_low", COLUMN_RATIO, false, NULL, "95 % limit from the observed information"},
    {"shape_high", COLUMN_RATIO, false, NULL, "95 % limit from the observed information"},
    {"shape_robust_low", COLUMN_RATIO, false, NULL, "the same, rows of a host taken together"},
    {"shape_robust_high", COLUMN_RATIO, false, NULL, "the same, rows of a host taken together"},
    {"scale", COLUMN_MONTHS, false, NULL, "by when 63.2 % have ended"},
    {"scale_low", COLUMN_MONTHS, false, NULL, "95 % limit"},
    {"scale_high", COLUMN_MONTHS, false, NULL, "95 % limit"},
    {"scale_robust_low", COLUMN_MONTHS, false, NULL, "the same, rows of a host taken together"},
    {"scale_robust_high", COLUMN_MONTHS, false, NULL, "the same, rows of a host taken together"},
    {"log_likelihood", COLUMN_NUMBER, false, "nats", "of the times in months"},
};

static void fill_weibull(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct rate_tables *tables = dataset->source;
    const struct weibull_fit *fit = &tables->it->group[i].weibull;
    const double number[] = {fit->shape,
                             fit->shape_limits.low,
                             fit->shape_limits.high,
                             fit->shape_robust.low,
                             fit->shape_robust.high,
                             fit->scale,
                             fit->scale_limits.low,
                             fit->scale_limits.high,
                             fit->scale_robust.low,
                             fit->scale_robust.high,
                             fit->log_likelihood};

    cell[0].text = tables->group[i];
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        cell[k + 1].number = fit->found ? number[k] : NAN;
}

/* ---- ratios.csv ---- */

static const struct column ratio_column[] = {
    {"group", COLUMN_TEXT, true, NULL, "the group"},
    {"against", COLUMN_TEXT, true, NULL, "others: all other groups together; else the group with the most exposure"},
    {"ratio", COLUMN_RATIO, false, NULL, "the group's rate over the other's, all causes, over all time"},
    {"ci_low", COLUMN_RATIO, false, NULL, "exact 95 % limit"},
    {"ci_high", COLUMN_RATIO, false, NULL, "exact 95 % limit"},
    {"p_value", COLUMN_PROBABILITY, false, NULL, "twice the smaller tail if the rates were equal"},
};

/* Two rows a group, but one for the group that is the reference. */
static void fill_ratio(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct rate_tables *tables = dataset->source;
    const struct baserate *it = tables->it;
    const size_t before = 2 * (it->reference - 1) + 1, at = i < before ? i : i + 1; /* as if the reference had two */
    const struct baserate_group *group = &it->group[at / 2 + 1];
    const struct rate_ratio *ratio = at % 2 ? &group->to_reference : &group->to_others;

    cell[0].text = tables->group[at / 2 + 1];
    cell[1].text = at % 2 ? tables->group[it->reference] : "others";
    cell[2].number = ratio->ratio;
    cell[3].number = ratio->low;
    cell[4].number = ratio->high;
    cell[5].number = ratio->p;
}

/* ---- how the table was read, for JSON ---- */

static const struct column origin_column[] = {
    {"path", COLUMN_TEXT, false, NULL, "the table"},
    {"sha256", COLUMN_ID, false, NULL, "of its bytes"},
    {"where", COLUMN_TEXT, false, NULL, "--where"},
    {"censor", COLUMN_TEXT, false, NULL, "--censor"},
    {"by", COLUMN_TEXT, false, NULL, "--by"},
    {"until", COLUMN_TEXT, false, NULL, "--until"},
    {"rows", COLUMN_COUNT, false, NULL, "rows of the table"},
    {"not_selected", COLUMN_COUNT, false, NULL, "rows that --where leaves out"},
    {"without_time_at_risk", COLUMN_COUNT, false, NULL, "rows left out since they have none"},
    {"bootstrap_replicates", COLUMN_COUNT, false, NULL, "how often hosts were drawn anew"},
    {"seed", COLUMN_ID, false, NULL, "of the bootstrap"},
};

struct origin_row {
    const struct baserate *it;
    const struct baserate_origin *origin;
    const char *seed;
};

static void fill_origin(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct origin_row *row = dataset->source;
    const struct baserate_origin *origin = row->origin;

    (void)i;
    cell[0].text = origin->path;
    cell[1].text = origin->sha256;
    cell[2].text = origin->request->where;
    cell[3].text = origin->request->censor;
    cell[4].text = origin->request->by;
    cell[5].text = origin->request->until;
    cell[6].count = row->it->spells->n_rows;
    cell[7].count = row->it->spells->n_excluded;
    cell[8].count = row->it->spells->n_without;
    cell[9].count = row->it->settings.n_replicates;
    cell[10].text = row->seed;
}

/* ---- all together ---- */

/* A table, and a list of the same name in the JSON object. */
static void add_table(struct result *result, struct dataset dataset, const char *in_json)
{
    result_dataset(result, dataset);
    if (in_json)
        result_part(result, dataset, (struct dataset_part){.path = {in_json}, .is_list = true});
}

void baserate_tables(struct result *result, const struct baserate *it, const struct baserate_origin *origin)
{
    struct arena *arena = &result->document.arena;
    const struct rate_tables *tables = make_tables(arena, it);
    const size_t m = 1 + it->n_causes;
    struct origin_row *row = arena_new(arena, 1, sizeof *row);

    result->text_name = "baserate.txt";
    result->json_name = "baserate.json";
    *row = (struct origin_row){it, origin, arena_print(arena, "%" PRIu64, it->settings.seed)};
    result_part(result, (struct dataset){"data", "how the table was read", COLUMNS(origin_column), 1, fill_origin, row},
                (struct dataset_part){.path = {"data"}});
    add_table(result,
              (struct dataset){"baserate", "a group, a cause, a span of the clock", COLUMNS(rate_column),
                               it->n_groups * it->n_spans * m, fill_rate, tables},
              "rates");
    add_table(result,
              (struct dataset){"survival", "a curve, a time of an event", COLUMNS(curve_column),
                               tables->first[tables->n_curves], fill_curve, tables},
              NULL);
    if (it->n_points)
        add_table(result,
                  (struct dataset){"survival_at", "a group, a cause, a month of the grid", COLUMNS(point_column),
                                   it->n_groups * it->n_points * m, fill_point, tables},
                  "survival");
    add_table(result,
              (struct dataset){"weibull", "a group's fit", COLUMNS(weibull_column), it->n_groups, fill_weibull, tables},
              "weibull");
    if (it->n_groups > 1)
        add_table(result,
                  (struct dataset){"ratios", "a group's rate against another's", COLUMNS(ratio_column),
                                   2 * (it->n_groups - 1) - 1, fill_ratio, tables},
                  "ratios");
}
