/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - a run's answer written down: for people, for programs, and how it came about.
 *
 * The only place that formats numbers. Files are RFC 4180 CSV or JSON, UTF-8; doubles round-trip; NA where not
 * applicable. Nothing from a scenario becomes a path, a formula, markup or code. */
#ifndef FOOTHOLD_REPORT_H
#define FOOTHOLD_REPORT_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "sim/analysis/answer.h"
#include "sim/report/dataset.h"

/* A scenario that was played. */
struct provenance_scenario {
    const char *id;
    const char *effective; /* after merging */
    const char *sha256;    /* of that, lower-case hex */
    const char *const *file, *const *file_sha256;
    size_t n_files;
    bool computed;         /* what bases do; else drawn */
    const char *why_drawn; /* NULL: it could be computed */
    uint64_t n_too_fast;   /* runs drawn where the others are computed (answer.h) */
    const char *fastest;
    double fastest_rate;
};

/* How results came about. */
struct provenance {
    const char *command;
    int argc;
    const char *const *argv;
    uint64_t seed;
    bool seed_chosen; /* not given by the user */
    const char *design;
    uint64_t n_worlds, n_runs, n_draws; /* of each scenario; the draws of all */
    bool complete;                      /* false: stopped by a signal */
    const struct provenance_scenario *scenario;
    size_t n_scenarios;
    int threads;
    double seconds, cpu_seconds; /* reading, playing and tallying */
    double precision;            /* asked for; NAN if not */
    const char *libconfig_version;
    const struct dataset *const *dataset; /* the tables, for the data dictionary */
    size_t n_datasets;
    const char *data, *data_sha256; /* a table that was read, and of its bytes; NULL: none */
};

/* summary.csv of scenarios in one table. */
void csv_summary(FILE *out, const struct answer *const *answer, size_t n);

/* One object; of several scenarios an array of them. */
void json_summary(FILE *out, const struct answer *const *answer, size_t n);

/* How it came about, and the n files that hold it. */
struct output_sum;
void json_manifest(FILE *out, const struct provenance *provenance, const struct output_sum *sum, size_t n);
#endif
