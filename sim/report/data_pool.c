/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_pool.c - a pool's tables: each file's columns and how a row follows from the pooled answers. */
#include <math.h>
#include "sim/analysis/pooling.h"
#include "sim/report/result.h"

enum { POOL_FORMAT = 1 };

#define COLUMNS(of) .column = (of), .n_columns = sizeof(of) / sizeof *(of)

const char *const pool_method_name[] = {
    [POOL_LINEAR] = "linear", [POOL_LOGARITHMIC] = "logarithmic", [POOL_EXTREMISED] = "extremised"};

/* ---- pool.csv: a question or a base's state, a method ---- */

static const struct column pool_column[] = {
    {"question", COLUMN_ID, true, NULL, "a question's id, or a base's and its state's"},
    {"method", COLUMN_ID, true, NULL, "how it is pooled: linear, logarithmic (of the odds), extremised"},
    {"value", COLUMN_PROBABILITY, false, NULL, "the pooled answer; NA: the method was left out"},
    {"se", COLUMN_PROBABILITY, false, NULL, "Monte Carlo standard error of value"},
    {"location", COLUMN_ID, false, NULL, "the base, or all"},
    {"month", COLUMN_MONTHS, false, NULL, "months after the first scenario's as_of"},
    {"lowest", COLUMN_PROBABILITY, false, NULL, "the lowest of the analysts' answers"},
    {"highest", COLUMN_PROBABILITY, false, NULL, "the highest of the analysts' answers"},
    {"divergence_bits", COLUMN_NUMBER, false, "bits", "Jensen-Shannon divergence of the analysts' answers; 0: none"},
    {"sd_between", COLUMN_PROBABILITY, false, NULL, "standard deviation of the analysts' answers"},
    {"sd_within", COLUMN_PROBABILITY, false, NULL,
     "root mean square of the analysts' standard deviations over input uncertainty"},
    {"n_analysts", COLUMN_COUNT, false, "analysts", "analysts pooled"},
};

static void fill_pooled(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct pooling *pooling = dataset->source;
    const size_t q = i / POOL_METHODS, method = i % POOL_METHODS;
    const struct target *item = &pooling->targets.item[q];
    const struct pooled *it = &pooling->item[q];

    cell[0].text = item->id;
    cell[1].text = pool_method_name[method];
    cell[2].number = it->value[method].value;
    cell[3].number = it->value[method].se;
    cell[4].text = item->base ? item->base : "all";
    cell[5].number = item->month;
    cell[6].number = it->lowest;
    cell[7].number = it->highest;
    cell[8].number = it->divergence;
    cell[9].number = it->between;
    cell[10].number = it->within;
    cell[11].count = pooling->n;
}

/* ---- analysts.csv: the same, an analyst ---- */

static const struct column analysts_column[] = {
    {"question", COLUMN_ID, true, NULL, "a question's id, or a base's and its state's"},
    {"scenario_id", COLUMN_ID, true, NULL, "the analyst's scenario"},
    {"analyst_id", COLUMN_ID, false, NULL, "the analyst"},
    {"weight", COLUMN_NUMBER, false, "share", "the analyst's weight; weights sum to 1"},
    {"value", COLUMN_PROBABILITY, false, NULL, "the analyst's answer"},
    {"se", COLUMN_PROBABILITY, false, NULL, "Monte Carlo standard error of value"},
    {"sd_worlds", COLUMN_PROBABILITY, false, NULL, "its standard deviation over input uncertainty"},
    {"low", COLUMN_PROBABILITY, false, NULL, "value minus sd_worlds, not below 0"},
    {"high", COLUMN_PROBABILITY, false, NULL, "value plus sd_worlds, not above 1"},
    {"location", COLUMN_ID, false, NULL, "the base, or all"},
    {"month", COLUMN_MONTHS, false, NULL, "months after the first scenario's as_of"},
};

static void fill_analyst(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct pooling *pooling = dataset->source;
    const size_t q = i / pooling->n, k = i % pooling->n;
    const struct target *item = &pooling->targets.item[q];
    const struct estimate p = arm_estimates_of(&pooling->outcome[k], q);
    const double sd = pooling->outcome[k].ignorance[q];

    cell[0].text = item->id;
    cell[1].text = pooling->scenario[k]->id;
    cell[2].text = pooling->scenario[k]->analyst_id;
    cell[3].number = pooling->weight[k];
    cell[4].number = p.value;
    cell[5].number = p.se;
    cell[6].number = sd;
    cell[7].number = isnan(sd) ? p.value : fmax(0.0, p.value - sd);
    cell[8].number = isnan(sd) ? p.value : fmin(1.0, p.value + sd);
    cell[9].text = item->base ? item->base : "all";
    cell[10].number = item->month;
}

/* ---- pool.json ---- */

static const struct column analyst_column[] = {
    {"scenario_id", COLUMN_ID, false, NULL, "the analyst's scenario"},
    {"analyst_id", COLUMN_ID, false, NULL, "the analyst"},
    {"weight", COLUMN_NUMBER, false, "share", "the analyst's weight; weights sum to 1"},
    {"kept", COLUMN_PROBABILITY, false, NULL, "share of its histories that come to where the last scenario starts"},
};

static void add_analyst(struct result *result, const struct pooling *pooling, size_t k)
{
    static const struct dataset_field field[] = {{"question", "question", true},
                                                 {"value", "probability", false},
                                                 {"se", "se", false},
                                                 {"sd_worlds", "sd_worlds", false}};
    const union cell cell[] = {{.text = pooling->scenario[k]->id},
                               {.text = pooling->scenario[k]->analyst_id},
                               {.number = pooling->weight[k]},
                               {.number = pooling->outcome[k].evidence}};

    result_record(result, analyst_column, 4, cell, (struct dataset_part){.path = {"analysts"}, .is_list = true});
    for (size_t q = 0; q < pooling->targets.n; q++)
        result_part(result,
                    dataset_view(&result->document.arena, result_find(result, "analysts"), q * pooling->n + k, 1, field,
                                 sizeof field / sizeof *field),
                    (struct dataset_part){.path = {"analysts", "questions"}, .element = k + 1});
}

static const struct column disagreement_column[] = {
    {"question", COLUMN_ID, true, NULL, "a question's id, or a base's and its state's"},
    {"no_odds", COLUMN_TEXT, false, NULL, "why odds cannot be pooled; null: they can"},
    {"veto", COLUMN_TEXT, false, NULL, "who holds it impossible or certain; null: nobody"},
    {"divergence_bits", COLUMN_NUMBER, false, "bits", "Jensen-Shannon divergence of the analysts' answers"},
    {"sd_between", COLUMN_PROBABILITY, false, NULL, "standard deviation of the analysts' answers"},
    {"sd_within", COLUMN_PROBABILITY, false, NULL, "root mean square of their own over input uncertainty"},
};

static void fill_disagreement(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct pooling *pooling = dataset->source;
    const struct pooled *it = &pooling->item[i];

    cell[0].text = pooling->targets.item[i].id;
    cell[1].text = it->no_odds;
    cell[2].text = it->veto;
    cell[3].number = it->divergence;
    cell[4].number = it->between;
    cell[5].number = it->within;
}

static const struct column format_column[] = {{"format", COLUMN_COUNT, false, NULL, "version of the object's shape"}};

static const struct column method_column[] = {
    {"extremised_by", COLUMN_NUMBER, false, NULL, "power of the odds; null: not extremised"},
    {"shared_source", COLUMN_TEXT, false, NULL, "what two analysts share; null: nothing"},
    {"worlds", COLUMN_COUNT, false, NULL, "draws of the uncertain quantities, of each scenario"},
    {"runs", COLUMN_COUNT, false, NULL, "histories a world"},
};

static void add_json(struct result *result, const struct pooling *pooling)
{
    static const struct dataset_field field[] = {{"question", "question", true},
                                                 {"method", "method", true},
                                                 {"value", "probability", false},
                                                 {"se", "se", false}};
    const struct dataset *pool = result_find(result, "pool");

    result_record(result, format_column, 1, &(const union cell){.count = POOL_FORMAT}, (struct dataset_part){0});
    for (size_t k = 0; k < pooling->n; k++)
        add_analyst(result, pooling, k);
    result_part(result,
                dataset_view(&result->document.arena, pool, 0, pool->n_rows, field, sizeof field / sizeof *field),
                (struct dataset_part){.path = {"questions"}});
    result_part(result,
                (struct dataset){COLUMNS(disagreement_column), .n_rows = pooling->targets.n,
                                 .fill_row = fill_disagreement, .source = pooling},
                (struct dataset_part){.path = {"questions"}});
    result_left_out(result, &pooling->targets, "not_pooled");
    result_record(result, method_column, 4,
                  (const union cell[]){{.number = pooling->extreme},
                                       {.text = pooling->shared},
                                       {.count = pooling->n_worlds},
                                       {.count = pooling->n_runs}},
                  (struct dataset_part){0});
}

void pool_tables(struct result *result, const struct pooling *pooling)
{
    result->json_name = "pool.json";
    result_dataset(result, (struct dataset){.name = "pool",
                                            .row = "a question or a base's state, a method of pooling",
                                            COLUMNS(pool_column),
                                            .n_rows = pooling->targets.n * POOL_METHODS,
                                            .fill_row = fill_pooled,
                                            .source = pooling});
    result_dataset(result, (struct dataset){.name = "analysts",
                                            .row = "a question or a base's state, an analyst",
                                            COLUMNS(analysts_column),
                                            .n_rows = pooling->targets.n * pooling->n,
                                            .fill_row = fill_analyst,
                                            .source = pooling});
    add_json(result, pooling);
}
