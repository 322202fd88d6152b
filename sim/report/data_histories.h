/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_histories.h - runs.csv and events.csv, written run by run while scenarios are played. */
#ifndef FOOTHOLD_DATA_HISTORIES_H
#define FOOTHOLD_DATA_HISTORIES_H
#include "sim/engine/play.h"
#include "sim/report/dataset.h"

struct histories {
    const struct plan *plan;
    struct arena arena;
    FILE *runs_out, *events_out;
    struct dataset runs, events;
    union cell *cell;     /* of the row being written */
    struct history_base { /* of the run being written */
        uint32_t state;
        double since, lost, deal; /* months; NAN: not */
    } * base;
};

/* Write the heads into both files, which belong to the caller. runs: NULL if not wanted. */
void histories_begin(struct histories *histories, const struct plan *plan, FILE *runs, FILE *events);

/* A row of events.csv. */
void histories_event(union cell *cell, const struct plan *plan, uint64_t world, uint64_t run, const struct event *what);

/* The rows of one run. */
void histories_write(struct histories *histories, const struct play_recorded *recorded);

/* A zeroed one may be freed. */
void histories_free(struct histories *histories);
#endif
