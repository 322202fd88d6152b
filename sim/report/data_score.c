/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_score.c - tables of scores: each file's columns and how a row follows from the scored forecasts. */
#include <math.h>
#include "sim/analysis/scoring.h"
#include "sim/report/result.h"

enum { SCORE_FORMAT = 1 };

#define COLUMNS(of) .column = (of), .n_columns = sizeof(of) / sizeof *(of)

/* ---- score.csv: a forecast on a resolution ---- */

static const struct column score_column[] = {
    {"resolution", COLUMN_ID, true, NULL, "the resolution's id"},
    {"scenario_id", COLUMN_ID, true, NULL, "the forecast's scenario"},
    {"model_id", COLUMN_ID, false, NULL, "the analyst"},
    {"kind", COLUMN_ID, false, NULL, "question, state or bases_held"},
    {"categories", COLUMN_COUNT, false, "categories", "outcomes that the forecast gives probabilities to"},
    {"p_outcome", COLUMN_PROBABILITY, false, NULL, "probability given to the actual outcome"},
    {"brier", COLUMN_NUMBER, false, NULL, "Brier score"},
    {"brier_se", COLUMN_NUMBER, false, NULL, "Monte Carlo standard error of brier"},
    {"log", COLUMN_NUMBER, false, NULL, "logarithmic score, -ln p_outcome; Inf: the outcome was called impossible"},
    {"log_se", COLUMN_NUMBER, false, NULL, "Monte Carlo standard error of log"},
    {"rps", COLUMN_NUMBER, false, NULL, "ranked probability score"},
    {"rps_se", COLUMN_NUMBER, false, NULL, "Monte Carlo standard error of rps"},
    {"frozen", COLUMN_FLAG, true, NULL, "whether the forecast is an earlier run's"},
    {"not_scored", COLUMN_TEXT, false, NULL, "why it is not scored; NA: it is"},
};

static const char *kind_name(const struct resolution *resolution)
{
    static const char *const name[] = {
        [RESOLVED_QUESTION] = "question", [RESOLVED_STATE] = "state", [RESOLVED_HELD] = "bases_held"};

    return name[resolution->kind];
}

static void fill_score(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct scoring *scoring = dataset->source;
    const size_t r = i % scoring->resolutions->n;
    const struct forecast *forecast = &scoring->forecast[i / scoring->resolutions->n];
    const struct verdict *it = &forecast->verdict[r];
    const bool scored = !it->why_not;

    cell[0].text = scoring->resolutions->item[r].entity.id;
    cell[1].text = forecast->scenario->id;
    cell[2].text = forecast->scenario->analyst_id;
    cell[3].text = kind_name(&scoring->resolutions->item[r]);
    cell[4].count = it->k;
    cell[5].number = scored ? it->p[it->o] : NAN;
    cell[6].number = scored ? it->brier.value : NAN;
    cell[7].number = scored ? it->brier.se : NAN;
    cell[8].number = scored ? it->log.value : NAN;
    cell[9].number = scored ? it->log.se : NAN;
    cell[10].number = scored ? it->rps.value : NAN;
    cell[11].number = scored ? it->rps.se : NAN;
    cell[12].count = forecast->frozen != NULL;
    cell[13].text = it->why_not;
}

/* ---- calibration.csv: a bin of forecasts ---- */

static const struct column bin_column[] = {
    {"bin_low", COLUMN_PROBABILITY, true, NULL, "lower end of the bin"},
    {"bin_high", COLUMN_PROBABILITY, true, NULL, "upper end of the bin"},
    {"n", COLUMN_COUNT, false, "forecasts", "forecasts in the bin"},
    {"came", COLUMN_COUNT, false, "forecasts", "how many of them happened"},
    {"forecast", COLUMN_PROBABILITY, false, NULL, "their mean forecast"},
    {"frequency", COLUMN_PROBABILITY, false, NULL, "came / n"},
};

static void fill_bin(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct scoring *scoring = dataset->source;
    const struct calibration_bin *bin = &scoring->calibration.bin[i];

    cell[0].number = (double)i / SCORE_BINS;
    cell[1].number = (double)(i + 1) / SCORE_BINS;
    cell[2].count = bin->n;
    cell[3].count = bin->came;
    cell[4].number = bin->n ? bin->forecast : NAN;
    cell[5].number = bin->n ? (double)bin->came / (double)bin->n : NAN;
}

/* ---- score.json ---- */

/* JSON has no infinity: null with log_infinite true is one, where the outcome was called impossible; null alone: no score. */
static const struct column forecast_column[] = {
    {"scenario_id", COLUMN_ID, false, NULL, "the forecast's scenario"},
    {"model_id", COLUMN_ID, false, NULL, "the analyst"},
    {"frozen", COLUMN_FLAG, false, NULL, "whether the forecast is an earlier run's"},
    {"n", COLUMN_COUNT, false, NULL, "resolutions it is scored on"},
    {"brier", COLUMN_NUMBER, false, NULL, "mean Brier score"},
    {"log", COLUMN_NUMBER, false, NULL, "mean logarithmic score"},
    {"log_infinite", COLUMN_FLAG, false, NULL, "whether log is infinite"},
    {"rps", COLUMN_NUMBER, false, NULL, "mean ranked probability score"},
};

static const struct column not_scored_column[] = {{"not_scored", COLUMN_TEXT, false, NULL, "why it is not scored"}};

static const struct column p_column[] = {{"p", COLUMN_PROBABILITY, false, NULL, "of each category"}};

static const struct column verdict_column[] = {
    {"outcome", COLUMN_COUNT, false, NULL, "the category that happened, from 0"},
    {"brier", COLUMN_NUMBER, false, NULL, "Brier score"},
    {"log", COLUMN_NUMBER, false, NULL, "logarithmic score"},
    {"log_infinite", COLUMN_FLAG, false, NULL, "whether log is infinite"},
    {"rps", COLUMN_NUMBER, false, NULL, "ranked probability score"},
};

static void fill_p(const struct dataset *dataset, size_t i, union cell *cell)
{
    cell[0].number = ((const double *)dataset->source)[i];
}

static void add_verdict(struct result *result, const struct verdict *it, struct dataset_part part)
{
    const union cell cell[] = {{.count = it->o},
                               {.number = it->brier.value},
                               {.number = it->log.value},
                               {.count = isinf(it->log.value) != 0},
                               {.number = it->rps.value}};
    struct dataset_part list = part;

    if (it->why_not) {
        result_record(result, not_scored_column, 1, &(const union cell){.text = it->why_not}, part);
        return;
    }
    list.path[3] = "p";
    list.is_list = list.is_plain = true;
    result_part(result, (struct dataset){COLUMNS(p_column), .n_rows = it->k, .fill_row = fill_p, .source = it->p},
                list);
    result_record(result, verdict_column, sizeof cell / sizeof *cell, cell, part);
}

static void add_forecast(struct result *result, const struct scoring *scoring, size_t i)
{
    const struct forecast *it = &scoring->forecast[i];
    const union cell cell[] = {{.text = it->scenario->id},     {.text = it->scenario->analyst_id},
                               {.count = it->frozen != NULL},  {.count = it->n_scored},
                               {.number = it->brier},          {.number = it->log},
                               {.count = isinf(it->log) != 0}, {.number = it->rps}};

    result_record(result, forecast_column, sizeof cell / sizeof *cell, cell,
                  (struct dataset_part){.path = {"forecasts"}, .is_list = true});
    for (size_t r = 0; r < scoring->resolutions->n; r++)
        add_verdict(result, &it->verdict[r],
                    (struct dataset_part){.path = {"forecasts", "resolutions", scoring->resolutions->item[r].entity.id},
                                          .element = i + 1});
}

static const struct column format_column[] = {{"format", COLUMN_COUNT, false, NULL, "version of the object's shape"}};

static const struct column calibration_column[] = {
    {"n", COLUMN_COUNT, false, NULL, "yes-or-no forecasts"},
    {"brier", COLUMN_NUMBER, false, NULL, "their mean Brier score"},
    {"reliability", COLUMN_NUMBER, false, NULL, "its part from miscalibration"},
    {"resolution", COLUMN_NUMBER, false, NULL, "its part from forecasts that differ, to be subtracted"},
    {"uncertainty", COLUMN_NUMBER, false, NULL, "its part from the outcomes"},
};

void score_tables(struct result *result, const struct scoring *scoring)
{
    const struct calibration *it = &scoring->calibration;
    const union cell cell[] = {{.count = it->n},
                               {.number = it->brier},
                               {.number = it->reliability},
                               {.number = it->resolution},
                               {.number = it->uncertainty}};

    result->json_name = "score.json";
    result_dataset(result, (struct dataset){.name = "score",
                                            .row = "a forecast on a resolution",
                                            COLUMNS(score_column),
                                            .n_rows = scoring->n * scoring->resolutions->n,
                                            .fill_row = fill_score,
                                            .source = scoring});
    result_dataset(result, (struct dataset){.name = "calibration",
                                            .row = "a bin of yes-or-no forecasts",
                                            COLUMNS(bin_column),
                                            .n_rows = SCORE_BINS,
                                            .fill_row = fill_bin,
                                            .source = scoring});
    result_record(result, format_column, 1, &(const union cell){.count = SCORE_FORMAT}, (struct dataset_part){0});
    for (size_t i = 0; i < scoring->n; i++)
        add_forecast(result, scoring, i);
    result_record(result, calibration_column, sizeof cell / sizeof *cell, cell,
                  (struct dataset_part){.path = {"yes_or_no"}});
}
