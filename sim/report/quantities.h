/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantities.h - what each uncertain quantity of a scenario implies: its 5, 50 and 95 % quantiles, for the analyst to hold
 * against what was meant. */
#ifndef FOOTHOLD_QUANTITIES_H
#define FOOTHOLD_QUANTITIES_H
#include <jansson.h>
#include <stdio.h>

struct plan;

/* In order of paths. drawn: once a "world" (what the analyst does not know) or once a "run" (chance: dates, lengths).
 * CSV: scenario_id, path, drawn, p05, p50, p95, and the ends of the support, low and high (NA: none). */
void quantities_text(FILE *out, const struct plan *plan);
void quantities_csv_head(FILE *out);
void quantities_csv(FILE *out, const struct plan *plan);

/* The same as an object { scenario_id, quantities = [{ path, drawn, p05 ... }] }; null: no end. */
json_t *quantities_json(const struct plan *plan);
#endif
