/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_score.c - the page of scores: how forecasts did, and how little that proves. */
#include <math.h>
#include "sim/report/figure.h"
#include "sim/report/html.h"
#include "sim/report/score.h"
#include "sim/report/svg.h"

enum { WIDTH = 800 };

struct shown {
    FILE *out;
    const struct scoring *scoring;
    struct arena arena;
};

static const char *number(struct arena *arena, double x)
{
    return isnan(x) ? "-" : isinf(x) ? "infinite" : arena_print(arena, "%.3f", x);
}

static const char *name_of(struct arena *arena, const struct forecast *forecast)
{
    return arena_print(arena, "%s%s", forecast->scenario->id, forecast->frozen ? " (frozen)" : "");
}

static const char *what_came(struct arena *arena, const struct resolution *it)
{
    return it->kind == RESOLVED_STATE  ? it->state.text
           : it->kind == RESOLVED_HELD ? arena_print(arena, "%zu of %zu held", it->held, it->of.n)
           : it->outcome               ? "it came true"
                                       : "it did not come true";
}

static void lead(struct shown *it)
{
    const struct scoring *scoring = it->scoring;
    const struct forecast *best = NULL, *worst = NULL;
    struct arena *arena = &it->arena;
    const size_t n = scoring->resolutions->n;

    for (size_t i = 0; i < scoring->n; i++) {
        const struct forecast *forecast = &scoring->forecast[i];

        if (!forecast->n_scored)
            continue;
        best = !best || forecast->brier < best->brier ? forecast : best;
        worst = !worst || forecast->brier > worst->brier ? forecast : worst;
    }
    if (!best)
        html_paragraph(it->out, "lead", "None of the forecasts could be scored.");
    else if (best == worst)
        html_paragraph(it->out, "lead",
                       arena_print(arena, "%s has a mean Brier score of %s over %zu resolutions.", best->scenario->id,
                                   number(arena, best->brier), best->n_scored));
    else
        html_paragraph(it->out, "lead",
                       arena_print(arena, "Mean Brier scores run from %s (%s) to %s (%s); lower is better.",
                                   number(arena, best->brier), name_of(arena, best), number(arena, worst->brier),
                                   name_of(arena, worst)));
    if (n < SCORE_ENOUGH)
        html_paragraph(
            it->out, "strong",
            arena_print(
                arena,
                "%zu resolution%s, and of one course of history: this shows how scoring works and proves next to "
                "nothing about who forecasts better. What came true may well have been the less likely thing.",
                n, n == 1 ? "" : "s"));
}

static void list_means(struct shown *it)
{
    static const char *const head[] = {"Forecast", "scored", "Brier", "log", "RPS"};

    html_table_begin(it->out, "Means; lower is better", head, sizeof head / sizeof *head, NULL);
    for (size_t i = 0; i < it->scoring->n; i++) {
        const struct forecast *forecast = &it->scoring->forecast[i];

        html_row_begin(it->out, name_of(&it->arena, forecast));
        html_cell(it->out, "n", arena_print(&it->arena, "%zu", forecast->n_scored));
        html_cell(it->out, "n strong", forecast->n_scored ? number(&it->arena, forecast->brier) : "-");
        html_cell(it->out, "n", forecast->n_scored ? number(&it->arena, forecast->log) : "-");
        html_cell(it->out, "n", forecast->n_scored ? number(&it->arena, forecast->rps) : "-");
        html_row_end(it->out);
    }
    html_table_end(it->out);
}

/* ---- one resolution ---- */

static void draw_given(struct shown *it, size_t r)
{
    const struct scoring *scoring = it->scoring;
    const double row = 22.0;
    struct svg svg;

    svg_begin(&svg, it->out, "Probability that each forecast gave to what came", WIDTH, 60.0 + row * (double)scoring->n,
              190.0, 60.0, 14.0, 46.0);
    svg_axes(&svg, 0.0, 100.0, 0.0, 1.0);
    svg_ticks_x(&svg, 20.0, "% given to what came");
    for (size_t i = 0; i < scoring->n; i++) {
        const struct verdict *verdict = &scoring->forecast[i].verdict[r];
        const double y = svg.top + row * ((double)i + 0.5);

        svg_label(&svg, svg.left - 8.0, y + 4.0, "end", name_of(&it->arena, &scoring->forecast[i]));
        if (verdict->why_not) {
            svg_label(&svg, svg.left + 6.0, y + 4.0, "start", verdict->why_not);
            continue;
        }
        svg_bar(&svg, 0.0, 100.0 * verdict->p[verdict->o], y, 10.0, svg_colour(4), 0.8);
        svg_label(&svg, svg.left + svg.width + 8.0, y + 4.0, "start",
                  figure_percent(&it->arena, verdict->p[verdict->o], verdict->brier.se));
    }
    svg_end(&svg, "The longer the bar, the better the forecast.");
}

static void list_verdicts(struct shown *it, size_t r)
{
    static const char *const head[] = {"Forecast", "gave what came, %", "Brier", "log", "RPS", "not scored because"};
    const struct scoring *scoring = it->scoring;
    struct arena *arena = &it->arena;

    html_table_begin(it->out, scoring->resolutions->item[r].entity.id, head, sizeof head / sizeof *head, "tnnnnt");
    for (size_t i = 0; i < scoring->n; i++) {
        const struct verdict *verdict = &scoring->forecast[i].verdict[r];

        html_row_begin(it->out, name_of(arena, &scoring->forecast[i]));
        html_cell(it->out, "n strong",
                  verdict->why_not ? "-" : figure_percent(arena, verdict->p[verdict->o], verdict->brier.se));
        html_cell(it->out, "n", verdict->why_not ? "-" : number(arena, verdict->brier.value));
        html_cell(it->out, "n", verdict->why_not ? "-" : number(arena, verdict->log.value));
        html_cell(it->out, "n", verdict->why_not ? "-" : number(arena, verdict->rps.value));
        html_cell(it->out, NULL, verdict->why_not ? verdict->why_not : "");
        html_row_end(it->out);
    }
    html_table_end(it->out);
}

/* ---- calibration ---- */

static void draw_calibration(struct shown *it)
{
    const struct dataset bins = score_bins(it->scoring);
    const struct plot plot = score_diagram(&bins);

    plot_svg(it->out, &plot);
}

static void list_calibration(struct shown *it)
{
    static const char *const head[] = {"Forecast, %", "n", "came", "mean, %", "came, %"};
    const struct calibration *calibration = &it->scoring->calibration;
    struct arena *arena = &it->arena;

    html_table_begin(it->out, arena_print(arena, "%zu yes-or-no forecasts", calibration->n), head,
                     sizeof head / sizeof *head, NULL);
    for (size_t b = 0; b < SCORE_BINS; b++) {
        const struct calibration_bin *bin = &calibration->bin[b];

        if (!bin->n)
            continue;
        html_row_begin(it->out, arena_print(arena, "%zu to %zu", b * 100 / SCORE_BINS, (b + 1) * 100 / SCORE_BINS));
        html_cell(it->out, "n", figure_count(arena, bin->n));
        html_cell(it->out, "n", figure_count(arena, bin->came));
        html_cell(it->out, "n", arena_print(arena, "%.0f", 100.0 * bin->forecast));
        html_cell(it->out, "n", arena_print(arena, "%.0f", 100.0 * (double)bin->came / (double)bin->n));
        html_row_end(it->out);
    }
    html_table_end(it->out);
    html_paragraph(it->out, NULL,
                   arena_print(arena,
                               "Brier %.3f = reliability %.3f - resolution %.3f + uncertainty %.3f %+.3f (what "
                               "forecasts within a tenth differ by).",
                               calibration->brier, calibration->reliability, calibration->resolution,
                               calibration->uncertainty, calibration->within));
}

void html_score(FILE *out, const struct scoring *scoring, const struct provenance *provenance)
{
    struct shown it = {.out = out, .scoring = scoring};

    html_begin(out, "Forecasts and what came");
    lead(&it);
    list_means(&it);
    html_paragraph(
        out, "dim",
        "Brier: squares summed over categories, 0 to 2 (halved where there are two); log: -ln of what was given "
        "to what came; RPS: over states in their order, 0 to 1. Forecasts scored on different resolutions do "
        "not compare.");
    for (size_t r = 0; r < scoring->resolutions->n; r++) {
        const struct resolution *resolution = &scoring->resolutions->item[r];

        html_heading(out, arena_print(&it.arena, "%s: %s",
                                      resolution->entity.text ? resolution->entity.text : resolution->entity.id,
                                      what_came(&it.arena, resolution)));
        draw_given(&it, r);
        list_verdicts(&it, r);
    }
    if (scoring->calibration.n >= SCORE_ENOUGH) {
        html_heading(out, "Calibration");
        draw_calibration(&it);
        list_calibration(&it);
    }
    html_reproduce(out, provenance);
    html_end(out);
    arena_free(&it.arena);
}
