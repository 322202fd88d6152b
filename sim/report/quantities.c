/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/quantities.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/distribution.h"
#include "sim/plan/plan.h"
#include "sim/report/csv_field.h"
#include "sim/report/json_tree.h"
#include "sim/scenario/scenario.h"

enum { P05, P50, P95, LOW, HIGH, FIGURES };
static const char *const figure_name[] = {[P05] = "p05", [P50] = "p50", [P95] = "p95", [LOW] = "low", [HIGH] = "high"};

struct row {
    const char *path, *drawn;
    double figure[FIGURES];
};

static struct row row_of(const char *path, const char *drawn, const struct distribution *distribution)
{
    struct row row = {.path = path, .drawn = drawn};

    row.figure[P05] = distribution_quantile(distribution, 0.05);
    row.figure[P50] = distribution_quantile(distribution, 0.5);
    row.figure[P95] = distribution_quantile(distribution, 0.95);
    row.figure[LOW] = distribution_low(distribution);
    row.figure[HIGH] = distribution_high(distribution);
    for (int i = LOW; i <= HIGH; i++)
        if (isinf(row.figure[i]))
            row.figure[i] = NAN;
    return row;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct row *)a)->path, ((const struct row *)b)->path);
}

/* All rows by path; the caller frees them. */
static struct row *make_rows(const struct plan *plan, size_t *n)
{
    struct row *row = memory_new(plan->n_inputs + plan->n_drawn, sizeof *row);

    *n = 0;
    for (size_t i = 0; i < plan->n_inputs; i++)
        row[(*n)++] = row_of(plan->input[i].path, "world", plan->input[i].distribution);
    for (size_t i = 0; i < plan->n_drawn; i++)
        row[(*n)++] = row_of(plan->drawn[i].path, "run", plan->drawn[i].distribution);
    if (*n)
        qsort(row, *n, sizeof *row, compare_paths);
    return row;
}

void quantities_text(FILE *out, const struct plan *plan)
{
    size_t n;
    struct row *row = make_rows(plan, &n);
    int width = 0;

    for (size_t i = 0; i < n; i++)
        width = (int)strlen(row[i].path) > width ? (int)strlen(row[i].path) : width;
    if (n)
        fprintf(out, "  %-*s  %10s  %10s  %10s  drawn once a\n", width, "", "5 %", "50 %", "95 %");
    for (size_t i = 0; i < n; i++)
        fprintf(out, "  %-*s  %10.4g  %10.4g  %10.4g  %s\n", width, row[i].path, row[i].figure[P05], row[i].figure[P50],
                row[i].figure[P95], row[i].drawn);
    free(row);
}

void quantities_csv_head(FILE *out)
{
    fputs("scenario_id,path,drawn", out);
    for (int i = 0; i < FIGURES; i++)
        csv_next_text(out, figure_name[i]);
    putc('\n', out);
}

void quantities_csv(FILE *out, const struct plan *plan)
{
    size_t n;
    struct row *row = make_rows(plan, &n);

    for (size_t i = 0; i < n; i++) {
        csv_text(out, plan->scenario->id);
        csv_next_text(out, row[i].path);
        csv_next_text(out, row[i].drawn);
        for (int k = 0; k < FIGURES; k++)
            csv_next_number(out, row[i].figure[k]);
        putc('\n', out);
    }
    free(row);
}

json_t *quantities_json(const struct plan *plan)
{
    size_t n;
    struct row *row = make_rows(plan, &n);
    json_t *object = json_tree_object(), *list = json_tree_array();

    for (size_t i = 0; i < n; i++) {
        json_t *one = json_tree_object();

        json_tree_put(one, "path", json_tree_string(row[i].path));
        json_tree_put(one, "drawn", json_tree_string(row[i].drawn));
        for (int k = 0; k < FIGURES; k++)
            json_tree_put(one, figure_name[k], json_tree_number(row[i].figure[k]));
        json_tree_append(list, one);
    }
    free(row);
    json_tree_put(object, "scenario_id", json_tree_string(plan->scenario->id));
    json_tree_put(object, "quantities", list);
    return object;
}
