/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_score.c - scores for programs. */
#include <inttypes.h>
#include <math.h>
#include "sim/report/csv_field.h"
#include "sim/report/json_tree.h"
#include "sim/report/score.h"

static const char *kind_name(const struct resolution *resolution)
{
    static const char *const name[] = {
        [RESOLVED_QUESTION] = "question", [RESOLVED_STATE] = "state", [RESOLVED_HELD] = "bases_held"};

    return name[resolution->kind];
}

void csv_score(FILE *out, const struct scoring *scoring)
{
    fputs("resolution,scenario_id,model_id,kind,categories,p_outcome,brier,brier_se,log,log_se,rps,rps_se,frozen,not_"
          "scored\n",
          out);
    for (size_t i = 0; i < scoring->n; i++)
        for (size_t r = 0; r < scoring->resolutions->n; r++) {
            const struct forecast *forecast = &scoring->forecast[i];
            const struct verdict *it = &forecast->verdict[r];
            const struct resolution *resolution = &scoring->resolutions->item[r];
            const bool scored = !it->why_not;

            csv_text(out, resolution->entity.id);
            csv_next_text(out, forecast->scenario->id);
            csv_next_text(out, forecast->scenario->analyst_id);
            csv_next_text(out, kind_name(resolution));
            fprintf(out, ",%zu", it->k);
            csv_next_number(out, scored ? it->p[it->o] : NAN);
            csv_next_number(out, scored ? it->brier.value : NAN);
            csv_next_number(out, scored ? it->brier.se : NAN);
            csv_next_number(out, scored ? it->log.value : NAN);
            csv_next_number(out, scored ? it->log.se : NAN);
            csv_next_number(out, scored ? it->rps.value : NAN);
            csv_next_number(out, scored ? it->rps.se : NAN);
            fprintf(out, ",%d", forecast->frozen != NULL);
            csv_next_text(out, scored ? "NA" : it->why_not);
            putc('\n', out);
        }
}

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

struct dataset score_bins(const struct scoring *scoring)
{
    return (struct dataset){.name = "calibration",
                            .row = "a bin of yes-or-no forecasts",
                            .column = bin_column,
                            .n_columns = sizeof bin_column / sizeof *bin_column,
                            .n_rows = SCORE_BINS,
                            .fill_row = fill_bin,
                            .source = scoring};
}

struct plot score_diagram(const struct dataset *bins)
{
    return (struct plot){.kind = PLOT_POINTS,
                         .name = "calibration",
                         .title = "Calibration: forecasts against how often they happened",
                         .caption =
                             "On the broken line forecasts are calibrated. Beside each dot how many forecasts it "
                             "stands for.",
                         .dataset = bins,
                         .x = "forecast",
                         .y = "frequency",
                         .value = "n",
                         .x_axis = {"forecast", 0.0, 1.0},
                         .y_axis = {"frequency", 0.0, 1.0},
                         .value_axis = {"forecasts", NAN, NAN}};
}

/* JSON has no infinity: null with log_infinite true is one, where what came was called impossible; null alone: no score. */
static void put_log(json_t *out, double log)
{
    json_tree_put(out, "log", json_tree_number(log));
    json_tree_put(out, "log_infinite", json_boolean(isinf(log)));
}

static json_t *verdict_of(const struct verdict *it)
{
    json_t *out = json_tree_object(), *p = json_tree_array();

    if (it->why_not) {
        json_tree_put(out, "not_scored", json_tree_string(it->why_not));
        json_decref(p);
        return out;
    }
    for (size_t i = 0; i < it->k; i++)
        json_tree_append(p, json_tree_number(it->p[i]));
    json_tree_put(out, "p", p);
    json_tree_put(out, "outcome", json_tree_count(it->o));
    json_tree_put(out, "brier", json_tree_number(it->brier.value));
    put_log(out, it->log.value);
    json_tree_put(out, "rps", json_tree_number(it->rps.value));
    return out;
}

static json_t *forecast_of(const struct scoring *scoring, const struct forecast *it)
{
    json_t *out = json_tree_object(), *verdicts = json_tree_object();

    for (size_t r = 0; r < scoring->resolutions->n; r++)
        json_tree_put(verdicts, scoring->resolutions->item[r].entity.id, verdict_of(&it->verdict[r]));
    json_tree_put(out, "scenario_id", json_tree_string(it->scenario->id));
    json_tree_put(out, "model_id", json_tree_string(it->scenario->analyst_id));
    json_tree_put(out, "frozen", json_boolean(it->frozen != NULL));
    json_tree_put(out, "n", json_tree_count(it->n_scored));
    json_tree_put(out, "brier", json_tree_number(it->brier));
    put_log(out, it->log);
    json_tree_put(out, "rps", json_tree_number(it->rps));
    json_tree_put(out, "resolutions", verdicts);
    return out;
}

void json_score(FILE *out, const struct scoring *scoring)
{
    json_t *root = json_tree_object(), *forecasts = json_tree_array(), *calibration = json_tree_object();

    json_tree_put(root, "format", json_tree_count(1));
    for (size_t i = 0; i < scoring->n; i++)
        json_tree_append(forecasts, forecast_of(scoring, &scoring->forecast[i]));
    json_tree_put(root, "forecasts", forecasts);
    json_tree_put(calibration, "n", json_tree_count(scoring->calibration.n));
    json_tree_put(calibration, "brier", json_tree_number(scoring->calibration.brier));
    json_tree_put(calibration, "reliability", json_tree_number(scoring->calibration.reliability));
    json_tree_put(calibration, "resolution", json_tree_number(scoring->calibration.resolution));
    json_tree_put(calibration, "uncertainty", json_tree_number(scoring->calibration.uncertainty));
    json_tree_put(root, "yes_or_no", calibration);
    json_tree_write(out, root);
}
