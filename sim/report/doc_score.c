/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doc_score.c - what is said of scores: how forecasts did against what happened, and how little that proves. */
#include <math.h>
#include "sim/analysis/scoring.h"
#include "sim/report/result.h"

enum { ENOUGH = 10 }; /* yes-or-no forecasts from which on calibration is shown; resolutions that prove something */

/* What the parts below need at hand. */
struct telling {
    struct result *result;
    struct document *document;
    struct arena *arena;
    const struct scoring *scoring;
};

static struct value name_of(const struct telling *it, const struct forecast *forecast)
{
    return value_text(arena_print(it->arena, "%s%s", forecast->scenario->id, forecast->frozen ? " (frozen)" : ""));
}

static const char *describe_outcome(struct arena *arena, const struct resolution *it)
{
    return it->kind == RESOLVED_STATE  ? it->state.text
           : it->kind == RESOLVED_HELD ? arena_print(arena, "%zu of %zu held", it->held, it->of.n)
           : it->outcome               ? "it happened"
                                       : "it did not happen";
}

/* ---- all resolutions together ---- */

static void tell_lead(const struct telling *it)
{
    const struct forecast *best = NULL, *worst = NULL;
    struct document *document = it->document;
    struct phrase lead = plain("None of the forecasts could be scored.");

    for (size_t i = 0; i < it->scoring->n; i++) {
        const struct forecast *forecast = &it->scoring->forecast[i];

        if (!forecast->n_scored)
            continue;
        best = !best || forecast->brier < best->brier ? forecast : best;
        worst = !worst || forecast->brier > worst->brier ? forecast : worst;
    }
    if (best && best == worst)
        lead = PHRASE(document,
                      best->n_scored == 1 ? "{} has a mean Brier score of {} over {} resolution."
                                          : "{} has a mean Brier score of {} over {} resolutions.",
                      name_of(it, best), value_score(best->brier), value_count(best->n_scored));
    else if (best)
        lead = PHRASE(document, "Mean Brier scores run from {} ({}) to {} ({}); lower is better.",
                      value_score(best->brier), name_of(it, best), value_score(worst->brier), name_of(it, worst));
    document_paragraph(document, SHOWN_ALWAYS, STYLE_LEAD, lead);
}

static void tell_caution(const struct telling *it)
{
    const size_t n = it->scoring->resolutions->n;

    if (n < ENOUGH)
        document_paragraph(
            it->document, SHOWN_ALWAYS, STYLE_STRONG,
            PHRASE(it->document,
                   "{} of one course of history: this shows how scoring works and proves next to nothing about who "
                   "forecasts better. What happened may well have been the less likely outcome.",
                   value_text(arena_print(it->arena, n == 1 ? "%zu resolution" : "%zu resolutions", n))));
}

static void list_means(const struct telling *it)
{
    static const struct doc_column column[] = {{"Forecast", NULL, true},
                                               {"scored", NULL, false},
                                               {"Brier", NULL, false},
                                               {"log", NULL, false},
                                               {"RPS", NULL, false}};
    struct doc_table *table;

    document_heading(it->document, SHOWN_ALWAYS, plain("Means"), plain("lower is better"));
    table = document_table(it->document, column, sizeof column / sizeof *column);
    for (size_t i = 0; i < it->scoring->n; i++) {
        const struct forecast *forecast = &it->scoring->forecast[i];

        doc_table_row(table, SHOWN_ALWAYS);
        doc_table_cell(table, name_of(it, forecast));
        doc_table_cell(table, value_count(forecast->n_scored));
        doc_table_cell(table, value_styled(value_score(forecast->n_scored ? forecast->brier : NAN), STYLE_STRONG));
        doc_table_cell(table, value_score(forecast->n_scored ? forecast->log : NAN));
        doc_table_cell(table, value_score(forecast->n_scored ? forecast->rps : NAN));
    }
    document_remark(it->document, SHOWN_ALWAYS, STYLE_DIM,
                    plain("Brier: squares summed over categories, 0 to 2 (halved where there are two); log: -ln of the "
                          "probability given to the actual outcome; RPS: over states in their order, 0 to 1. Forecasts "
                          "scored on different resolutions cannot be compared."));
}

/* ---- one resolution ---- */

static void draw_verdicts(const struct telling *it, size_t r)
{
    struct doc_dot *dot = arena_new(it->arena, it->scoring->n, sizeof *dot);
    size_t n = 0;

    for (size_t i = 0; i < it->scoring->n; i++) {
        const struct verdict *verdict = &it->scoring->forecast[i].verdict[r];

        if (verdict->why_not)
            continue;
        dot[n] = (struct doc_dot){name_of(it, &it->scoring->forecast[i]).text,
                                  {.value = verdict->p[verdict->o], .se = verdict->brier.se},
                                  0.0,
                                  verdict->p[verdict->o],
                                  NULL};
        n++;
    }
    if (n)
        doc_dots(it->document,
                 arena_print(it->arena, "Probability given to the actual outcome: %s",
                             it->scoring->resolutions->item[r].entity.id),
                 "The longer the bar, the better the forecast.", "probability given to the actual outcome, %", dot, n);
}

static void add_verdict(struct doc_table *table, const struct verdict *it)
{
    const bool scored = !it->why_not;
    struct value p = value_styled(value_percent(scored ? it->p[it->o] : NAN, it->brier.se), STYLE_STRONG);

    p.with_bar = scored;
    doc_table_cell(table, p);
    doc_table_cell(table, value_score(scored ? it->brier.value : NAN));
    doc_table_cell(table, value_score(scored ? it->log.value : NAN));
    doc_table_cell(table, value_score(scored ? it->rps.value : NAN));
}

static void tell_resolution(const struct telling *it, size_t r)
{
    static const struct doc_column column[] = {{"Forecast", NULL, true},
                                               {"probability", "%", false},
                                               {"Brier", NULL, false},
                                               {"log", NULL, false},
                                               {"RPS", NULL, false}};
    const struct resolution *resolution = &it->scoring->resolutions->item[r];
    const struct entity *entity = &resolution->entity;
    struct document *document = it->document;
    struct doc_table *table;

    document_heading(document, SHOWN_ALWAYS,
                     PHRASE(document, "{}: {}", value_text(entity->text ? entity->text : entity->id),
                            value_text(describe_outcome(it->arena, resolution))),
                     entity->text ? PHRASE(document, "{} · probability given to the actual outcome, and its scores",
                                           value_text(entity->id))
                                  : plain("probability given to the actual outcome, and its scores"));
    draw_verdicts(it, r);
    table = document_table(document, column, sizeof column / sizeof *column);
    for (size_t i = 0; i < it->scoring->n; i++) {
        const struct forecast *forecast = &it->scoring->forecast[i];
        const char *why_not = forecast->verdict[r].why_not;

        doc_table_row(table, SHOWN_ALWAYS);
        doc_table_cell(table, name_of(it, forecast));
        add_verdict(table, &forecast->verdict[r]);
        if (why_not)
            document_remark(document, SHOWN_ALWAYS, STYLE_DIM,
                            PHRASE(document, "{} is not scored: {}.", name_of(it, forecast), value_text(why_not)));
    }
}

/* ---- calibration ---- */

static void draw_calibration(const struct telling *it)
{
    document_figure(
        it->document,
        result_plot(it->result,
                    (struct plot){.kind = PLOT_POINTS,
                                  .name = "calibration",
                                  .title = "Calibration: forecasts against how often they happened",
                                  .caption = "On the broken line forecasts are calibrated. Beside each dot how many "
                                             "forecasts it stands for.",
                                  .dataset = result_find(it->result, "calibration"),
                                  .x = "forecast",
                                  .y = "frequency",
                                  .value = "n",
                                  .x_axis = {"forecast", 0.0, 1.0},
                                  .y_axis = {"frequency", 0.0, 1.0},
                                  .value_axis = {"forecasts", NAN, NAN}}));
}

static void list_bins(const struct telling *it)
{
    static const struct doc_column column[] = {{"forecast, %", NULL, true},
                                               {"n", NULL, false},
                                               {"happened", NULL, false},
                                               {"mean forecast", "%", false},
                                               {"frequency", "%", false}};
    struct doc_table *table = document_table(it->document, column, sizeof column / sizeof *column);

    for (size_t b = 0; b < SCORE_BINS; b++) {
        const struct calibration_bin *bin = &it->scoring->calibration.bin[b];

        if (!bin->n)
            continue;
        doc_table_row(table, SHOWN_ALWAYS);
        doc_table_cell(
            table, value_text(arena_print(it->arena, "%zu to %zu", b * 100 / SCORE_BINS, (b + 1) * 100 / SCORE_BINS)));
        doc_table_cell(table, value_count(bin->n));
        doc_table_cell(table, value_count(bin->came));
        doc_table_cell(table, value_percent(bin->forecast, 0.01));
        doc_table_cell(table, value_percent((double)bin->came / (double)bin->n, 0.01));
    }
}

static void tell_calibration(const struct telling *it)
{
    const struct calibration *calibration = &it->scoring->calibration;
    struct document *document = it->document;

    if (calibration->n < ENOUGH)
        return;
    document_heading(document, SHOWN_ALWAYS, plain("Calibration"),
                     PHRASE(document, "{} yes-or-no forecasts", value_count(calibration->n)));
    draw_calibration(it);
    list_bins(it);
    document_remark(
        document, SHOWN_ALWAYS, STYLE_PLAIN,
        PHRASE(document,
               calibration->within < -5e-4
                   ? "Brier {} = reliability {} - resolution {} + uncertainty {} - {} (variation within bins)"
                   : "Brier {} = reliability {} - resolution {} + uncertainty {} + {} (variation within bins)",
               value_score(calibration->brier), value_score(calibration->reliability),
               value_score(calibration->resolution), value_score(calibration->uncertainty),
               value_score(fabs(calibration->within))));
}

void score_document(struct result *result, const struct scoring *scoring)
{
    const struct telling it = {
        .result = result, .document = &result->document, .arena = &result->document.arena, .scoring = scoring};

    result->text_name = "score.txt";
    result->document.title = "Forecasts against what happened";
    tell_lead(&it);
    tell_caution(&it);
    list_means(&it);
    for (size_t r = 0; r < scoring->resolutions->n; r++)
        tell_resolution(&it, r);
    tell_calibration(&it);
    doc_reproduce(it.document, result->provenance);
}
