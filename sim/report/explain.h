/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain.h - histories explained: events.csv, explain.json, and what people read. */
#ifndef FOOTHOLD_REPORT_EXPLAIN_H
#define FOOTHOLD_REPORT_EXPLAIN_H
#include "sim/analysis/explanation.h"
#include "sim/report/result.h"

void explain_tables(struct result *result, const struct explanation *explanation);
void explain_document(struct result *result, const struct explanation *explanation);
#endif
