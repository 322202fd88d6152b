/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.h - all that a call leaves for its readers: a document, tables, figures, one JSON object, and how it came about.
 *
 * A builder a result fills one; result_deliver writes every file of it, so that a new output is written for all results at once.
 *
 *     struct result result;
 *
 *     result_begin(&result, title, provenance);
 *     run_tables(&result, answer);             what programs read
 *     run_document(&result, answer, scenario); what people read
 *     result_deliver(&result, &output);        every file, into a folder that was claimed
 *     result_show(&result, stdout, RESULT_TEXT, colour, width);
 *     result_free(&result);
 */
#ifndef FOOTHOLD_RESULT_H
#define FOOTHOLD_RESULT_H
#include "sim/analysis/arm_estimates.h"
#include "sim/analysis/targets.h"
#include "sim/report/document.h"
#include "sim/report/report.h"

enum result_format { RESULT_TEXT, RESULT_JSON, RESULT_CSV };

struct result {
    struct document document; /* its pool holds everything below */
    const struct provenance *provenance;
    const char *text_name, *json_name; /* "summary.txt", "summary.json"; NULL: not written */
    const struct dataset **dataset;    /* the first is what --format csv shows */
    struct dataset_part *part;         /* of the JSON object */
    const struct plot **plot;
    size_t n_datasets, n_parts, n_plots, dataset_room, part_room, plot_room;
};

void result_begin(struct result *result, const char *title, const struct provenance *provenance);
void result_free(struct result *result);

/* What is added is copied into the result's pool; the copy is returned. */
const struct dataset *result_dataset(struct result *result, struct dataset dataset); /* DATASET.csv */
const struct plot *result_plot(struct result *result, struct plot plot);             /* PLOT.gp, PLOT.vl.json */
void result_part(struct result *result, struct dataset dataset, struct dataset_part part);

/* One row whose cells are known at once; they are copied. */
void result_record(struct result *result, const struct column *column, size_t n, const union cell *cell,
                   struct dataset_part part);

/* What was added under a name, which must exist. */
const struct dataset *result_find(const struct result *result, const char *name);

/* Write text, page, JSON, plots and the tables that can compute their rows into a claimed folder, and deliver it (deliver.h). */
void result_deliver(const struct result *result, struct output *output);

/* To standard output, in one form. */
void result_show(const struct result *result, FILE *out, enum result_format format, bool colour, int width);

/* ---- builders ---- */

struct scenario;
struct plan;
struct comparison;
struct sweep;
struct pooling;
struct scoring;

/* A run of one scenario. scenario: for its sources; NULL: none are listed. */
void run_tables(struct result *result, const struct answer *answer);
void run_document(struct result *result, const struct answer *answer, const struct scenario *scenario);

/* The questions with their estimates, a part of the JSON object. */
const struct dataset *run_questions(const struct result *result);

/* summary.csv's columns, without rows. */
struct dataset run_summary(void);

/* Tables whose rows arise while scenarios are played: inputs by path, questions by id. */
struct dataset run_worlds(struct arena *arena, const char *const *input, size_t n_inputs, const char *const *question,
                          size_t n_questions);
struct dataset run_runs(struct arena *arena, const struct plan *plan);
struct dataset run_events(void);

/* Scenarios against the first of them. */
void compare_tables(struct result *result, const struct comparison *comparison);
void compare_document(struct result *result, const struct comparison *comparison);

/* A scenario over a grid of values. */
void sweep_tables(struct result *result, const struct sweep *sweep);
void sweep_document(struct result *result, const struct sweep *sweep);

/* Several analysts' answers made into one. */
void pool_tables(struct result *result, const struct pooling *pooling);
void pool_document(struct result *result, const struct pooling *pooling);
extern const char *const pool_method_name[]; /* by enum pooling_method */

/* Forecasts scored against what happened. */
void score_tables(struct result *result, const struct scoring *scoring);
void score_document(struct result *result, const struct scoring *scoring);

/* ---- parts that results share ---- */

/* "khmeimim DEAL", or a question's id; what is asked in words, or else that. */
const char *doc_item_name(struct arena *arena, const struct target *item);
const char *doc_item_words(struct arena *arena, const struct target *item);

/* "file.cfg:12"; "-" where there is none. */
const char *doc_place(struct arena *arena, struct place place);

/* How questions are asked alike of scenarios that start on different dates, and what is left of one of them; nothing where all
 * start on one date, or it is not earlier. */
void doc_dates(struct document *document, const struct targets *targets);
void doc_kept(struct document *document, const struct targets *targets, const struct scenario *scenario,
              const struct arm_estimates *estimates);

/* Questions that are not asked of all: a line each, with places for id and reason; in JSON an object of that name. */
void doc_left_out(struct document *document, const struct targets *targets, const char *words);
void result_left_out(struct result *result, const struct targets *targets, const char *name);

/* A figure of probabilities, a line each: a dot, its value beside it, and a band from low to high (NAN: none). colour: of the dot;
 * NULL: the usual one. */
struct doc_dot {
    const char *label;
    struct estimate p;
    double low, high;
    const char *colour;
};
void doc_dots(struct document *document, const char *title, const char *caption, const char *axis,
              const struct doc_dot *dot, size_t n);

/* "4 points of 1,000 worlds x 4 runs, on common random numbers; seed 1". plural: what is counted. */
void doc_sampling(struct document *document, size_t n, const char *singular, const char *plural, uint64_t n_worlds,
                  uint64_t n_runs, const struct provenance *provenance);

/* Sources, with the lines that cite them; how to get the same results again. */
void doc_sources(struct document *document, const struct scenario *scenario);
void doc_reproduce(struct document *document, const struct provenance *provenance);
#endif
