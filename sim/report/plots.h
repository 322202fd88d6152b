/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plots.h - for each table that people plot a gnuplot script and a Vega-Lite spec beside it, which draw the table as it stands.
 *
 * `gnuplot NAME.gp` in the folder makes NAME.svg and NAME.png; a spec is opened in any Vega-Lite viewer. Only ids are named in
 * them, which are letters, digits, _ and -. */
#ifndef FOOTHOLD_PLOTS_H
#define FOOTHOLD_PLOTS_H
#include "sim/analysis/comparison.h"
#include "sim/analysis/pooling.h"
#include "sim/analysis/sweep.h"
#include "sim/report/output.h"

void plots_compare(struct output *output, const struct comparison *comparison); /* compare, attribution */
void plots_sweep(struct output *output, const struct sweep *sweep);             /* sweep: a line, or a heat map */
void plots_pool(struct output *output, const struct pooling *pooling); /* pool: analysts and what is made of them */
void plots_score(struct output *output);                               /* calibration */
#endif
