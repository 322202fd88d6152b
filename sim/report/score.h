/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score.h - scores of forecasts written down. */
#ifndef FOOTHOLD_REPORT_SCORE_H
#define FOOTHOLD_REPORT_SCORE_H
#include "sim/analysis/scoring.h"
#include "sim/report/plot.h"
#include "sim/report/report.h"

enum { SCORE_ENOUGH = 10 }; /* yes-or-no forecasts, from which on calibration is shown */

void text_score(FILE *out, const struct scoring *scoring, bool colour, int width);
void csv_score(FILE *out, const struct scoring *scoring); /* a forecast on a resolution */
void json_score(FILE *out, const struct scoring *scoring);

/* calibration.csv, a bin of forecasts a row; and its diagram, which is drawn from it. */
struct dataset score_bins(const struct scoring *scoring);
struct plot score_diagram(const struct dataset *bins);
void html_score(FILE *out, const struct scoring *scoring, const struct provenance *provenance);
#endif
