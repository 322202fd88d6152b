/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.h - pooled answers written down. */
#ifndef FOOTHOLD_REPORT_POOL_H
#define FOOTHOLD_REPORT_POOL_H
#include "sim/analysis/pooling.h"
#include "sim/report/report.h"

void text_pool(FILE *out, const struct pooling *pooling, const struct provenance *provenance, bool colour, int width);
void csv_pool(FILE *out, const struct pooling *pooling);     /* a question or a base's state, a method */
void csv_analysts(FILE *out, const struct pooling *pooling); /* the same, an analyst: value +- sd over worlds */
void json_pool(FILE *out, const struct pooling *pooling);
void html_pool(FILE *out, const struct pooling *pooling, const struct provenance *provenance);

extern const char *const pool_method_name[]; /* by enum pooling_method */
#endif
