/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.h - a sweep written down. */
#ifndef FOOTHOLD_REPORT_SWEEP_H
#define FOOTHOLD_REPORT_SWEEP_H
#include "sim/analysis/sweep.h"
#include "sim/report/report.h"

void text_sweep(FILE *out, const struct sweep *sweep, const struct provenance *provenance, bool colour, int width);
void csv_sweep(FILE *out, const struct sweep *sweep); /* a point, a question or a base's state */
void json_sweep(FILE *out, const struct sweep *sweep);
void html_sweep(FILE *out, const struct sweep *sweep, const struct provenance *provenance);
#endif
