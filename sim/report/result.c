/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/result.h"
#include <assert.h>
#include <string.h>
#include "sim/report/deliver.h"
#include "sim/report/json_tree.h"
#include "sim/report/render.h"

enum { FILE_WIDTH = 100 }; /* columns of the text in a file */

void result_begin(struct result *result, const char *title, const struct provenance *provenance)
{
    *result = (struct result){.provenance = provenance, .text_name = "summary.txt", .json_name = "summary.json"};
    document_begin(&result->document, title);
}

void result_free(struct result *result)
{
    document_free(&result->document);
}

static const struct dataset *keep_dataset(struct result *result, struct dataset dataset)
{
    struct dataset *kept = arena_new(&result->document.arena, 1, sizeof *kept);

    *kept = dataset;
    return kept;
}

const struct dataset *result_dataset(struct result *result, struct dataset dataset)
{
    result->dataset = arena_grow(&result->document.arena, result->dataset, result->n_datasets, &result->dataset_room,
                                 sizeof *result->dataset);
    return result->dataset[result->n_datasets++] = keep_dataset(result, dataset);
}

const struct plot *result_plot(struct result *result, struct plot plot)
{
    struct plot *kept = arena_new(&result->document.arena, 1, sizeof *kept);

    *kept = plot;
    result->plot =
        arena_grow(&result->document.arena, result->plot, result->n_plots, &result->plot_room, sizeof *result->plot);
    return result->plot[result->n_plots++] = kept;
}

void result_part(struct result *result, struct dataset dataset, struct dataset_part part)
{
    result->part =
        arena_grow(&result->document.arena, result->part, result->n_parts, &result->part_room, sizeof *result->part);
    part.dataset = keep_dataset(result, dataset);
    result->part[result->n_parts++] = part;
}

static void fill_record(const struct dataset *dataset, size_t i, union cell *cell)
{
    const union cell *kept = dataset->source;

    for (size_t k = 0; k < dataset->n_columns; k++)
        cell[i + k] = kept[k];
}

void result_record(struct result *result, const struct column *column, size_t n, const union cell *cell,
                   struct dataset_part part)
{
    union cell *kept = arena_new(&result->document.arena, n, sizeof *kept);

    if (n)
        memcpy(kept, cell, n * sizeof *kept);
    result_part(
        result,
        (struct dataset){.column = column, .n_columns = n, .n_rows = 1, .fill_row = fill_record, .source = kept}, part);
}

const struct dataset *result_find(const struct result *result, const char *name)
{
    size_t i = 0;

    while (i < result->n_datasets && strcmp(result->dataset[i]->name, name) != 0)
        i++;
    assert(i < result->n_datasets);
    return result->dataset[i];
}

static json_t *make_json(const struct result *result)
{
    return dataset_json(result->part, result->n_parts);
}

void result_deliver(const struct result *result, struct output *output)
{
    struct provenance described = *result->provenance;

    described.dataset = result->dataset;
    described.n_datasets = result->n_datasets;
    if (result->text_name)
        render_text(output_open(output, result->text_name), &result->document, false, FILE_WIDTH, false);
    for (size_t i = 0; i < result->n_datasets; i++)
        if (result->dataset[i]->fill_row)
            dataset_csv(output_open(output, arena_print(&output->arena, "%s.csv", result->dataset[i]->name)),
                        result->dataset[i]);
    if (result->json_name)
        json_tree_write(output_open(output, result->json_name), make_json(result));
    for (size_t i = 0; i < result->n_plots; i++) {
        plot_gnuplot(output, result->plot[i]);
        plot_vega(output, result->plot[i]);
    }
    render_html(output_open(output, "report.html"), &result->document);
    deliver_end(output, &described);
}

void result_show(const struct result *result, FILE *out, enum result_format format, bool colour, int width)
{
    switch (format) {
    case RESULT_TEXT:
        render_text(out, &result->document, colour, width, true);
        return;
    case RESULT_JSON:
        json_tree_write(out, make_json(result));
        return;
    case RESULT_CSV:
        dataset_csv(out, result->dataset[0]);
    }
}
