/* csv_histories.h - runs.csv and events.csv: what became of each base in each run, and all that happened in it. Written while
 * runs are played: a header, then rows. */
#ifndef FOOTHOLD_CSV_HISTORIES_H
#define FOOTHOLD_CSV_HISTORIES_H
#include <stdio.h>
#include "sim/engine/play.h"

struct csv_histories {
    const struct plan *plan;
    struct csv_base { /* of the run being written */
        uint32_t state;
        double since, lost, deal; /* months; NAN: not */
    } * base;
};

void csv_histories_init(struct csv_histories *csv, const struct plan *plan);
void csv_histories_free(struct csv_histories *csv);

/* A row a base: scenario_id, world, run, location, weight, outcome (state at the horizon), month (it came to that),
 * month_lost, month_deal, and of each question whether the run says yes. */
void csv_runs_header(FILE *out, const struct csv_histories *csv);
void csv_runs_rows(FILE *out, struct csv_histories *csv, const struct play_told *told);

/* A row for what happens: scenario_id, world, run, month, kind (base, lever, event), id, from, to, cause: of a base its
 * transition, of the others what rang, or "ends". Levers and events go from off to on. */
void csv_events_header(FILE *out);
void csv_events_rows(FILE *out, const struct plan *plan, const struct play_told *told);
#endif
