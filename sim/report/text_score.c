/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include "sim/report/figure.h"
#include "sim/report/score.h"
#include "sim/report/table.h"

enum { INDENT = 2, BAR = 20 };

static const char *number(struct arena *arena, double x)
{
    return isnan(x) ? "-" : isinf(x) ? "infinite" : arena_print(arena, "%.3f", x);
}

static void verdicts(struct page *page, const struct scoring *scoring, size_t r)
{
    static const struct table_column column[] = {
        {"", false}, {"gave what came", true}, {"", false}, {"Brier", true}, {"log", true}, {"RPS", true}};
    const struct resolution *resolution = &scoring->resolutions->item[r];
    struct table table = {.column = column, .n_columns = sizeof column / sizeof *column, .indent = INDENT};
    struct arena *arena = &page->arena;

    page_heading(page, page_safe(page, resolution->entity.text ? resolution->entity.text : resolution->entity.id),
                 page_safe(page, resolution->kind == RESOLVED_STATE ? resolution->state.text
                                 : resolution->kind == RESOLVED_HELD
                                     ? arena_print(arena, "%zu of %zu held", resolution->held, resolution->of.n)
                                 : resolution->outcome ? "it came true"
                                                       : "it did not come true"));
    for (size_t i = 0; i < scoring->n; i++) {
        const struct forecast *forecast = &scoring->forecast[i];
        const struct verdict *it = &forecast->verdict[r];

        table_add(
            &table, PAGE_PLAIN,
            arena_print(arena, "%s%s", page_safe(page, forecast->scenario->id), forecast->frozen ? " (frozen)" : ""));
        if (it->why_not) {
            table_add(&table, PAGE_DIM, "not scored");
            table_add(&table, PAGE_DIM, it->why_not);
            for (size_t k = 0; k < 3; k++)
                table_add(&table, PAGE_DIM, "");
            continue;
        }
        table_add(&table, PAGE_BOLD, arena_print(arena, "%s %%", figure_percent(arena, it->p[it->o], it->brier.se)));
        table_add(&table, PAGE_PLAIN, figure_bar(arena, BAR, it->p[it->o]));
        table_add(&table, PAGE_PLAIN, number(arena, it->brier.value));
        table_add(&table, PAGE_PLAIN, number(arena, it->log.value));
        table_add(&table, PAGE_PLAIN, number(arena, it->rps.value));
    }
    table_print(&table, page);
    table_free(&table);
}

static void means(struct page *page, const struct scoring *scoring)
{
    static const struct table_column column[] = {
        {"", false}, {"scored", true}, {"Brier", true}, {"log", true}, {"RPS", true}};
    struct table table = {.column = column, .n_columns = sizeof column / sizeof *column, .indent = INDENT};
    struct arena *arena = &page->arena;

    page_heading(page, "Means", "lower is better");
    for (size_t i = 0; i < scoring->n; i++) {
        const struct forecast *it = &scoring->forecast[i];

        table_add(&table, PAGE_PLAIN, page_safe(page, it->scenario->id));
        table_add(&table, PAGE_PLAIN, figure_count(arena, it->n_scored));
        table_add(&table, PAGE_PLAIN, number(arena, it->n_scored ? it->brier : NAN));
        table_add(&table, PAGE_PLAIN, number(arena, it->n_scored ? it->log : NAN));
        table_add(&table, PAGE_PLAIN, number(arena, it->n_scored ? it->rps : NAN));
    }
    table_print(&table, page);
    table_free(&table);
    page_wrap(
        page, PAGE_DIM, INDENT,
        "Brier: squares summed over categories, 0 to 2 (halved where there are two); log: -ln of what was given to "
        "what "
        "came; RPS: over states in their order, 0 to 1. Forecasts scored on different resolutions do not compare.");
}

static void calibration(struct page *page, const struct calibration *it)
{
    static const struct table_column column[] = {
        {"forecast, %", false}, {"n", true}, {"came", true}, {"mean, %", true}, {"came, %", true}};
    struct table table = {.column = column, .n_columns = sizeof column / sizeof *column, .indent = INDENT};
    struct arena *arena = &page->arena;

    page_heading(page, "Calibration", arena_print(arena, "%zu yes-or-no forecasts", it->n));
    for (size_t b = 0; b < SCORE_BINS; b++) {
        const struct calibration_bin *bin = &it->bin[b];

        if (!bin->n)
            continue;
        table_add(&table, PAGE_PLAIN,
                  arena_print(arena, "%zu to %zu", b * 100 / SCORE_BINS, (b + 1) * 100 / SCORE_BINS));
        table_add(&table, PAGE_PLAIN, figure_count(arena, bin->n));
        table_add(&table, PAGE_PLAIN, figure_count(arena, bin->came));
        table_add(&table, PAGE_PLAIN, arena_print(arena, "%.0f", 100.0 * bin->forecast));
        table_add(&table, PAGE_PLAIN, arena_print(arena, "%.0f", 100.0 * (double)bin->came / (double)bin->n));
    }
    table_print(&table, page);
    table_free(&table);
    page_wrap(page, PAGE_PLAIN, INDENT,
              arena_print(arena, "Brier %.3f = reliability %.3f - resolution %.3f + uncertainty %.3f%s", it->brier,
                          it->reliability, it->resolution, it->uncertainty,
                          fabs(it->within) > 5e-4
                              ? arena_print(arena, " %+.3f (what forecasts within a tenth differ by)", it->within)
                              : ""));
}

/* How little it proves. */
static void caution(struct page *page, const struct scoring *scoring)
{
    const size_t n = scoring->resolutions->n;

    page_end_line(page);
    if (n < SCORE_ENOUGH)
        page_wrap(page, PAGE_BOLD, 0,
                  arena_print(
                      &page->arena,
                      "%zu resolution%s, and of one course of history: this shows how scoring works and proves next to "
                      "nothing about who forecasts better. What came true may well have been the less likely thing.",
                      n, n == 1 ? "" : "s"));
}

void text_score(FILE *out, const struct scoring *scoring, bool colour, int width)
{
    struct page page = {.out = out, .colour = colour, .width = width};

    for (size_t r = 0; r < scoring->resolutions->n; r++)
        verdicts(&page, scoring, r);
    means(&page, scoring);
    if (scoring->calibration.n >= SCORE_ENOUGH)
        calibration(&page, &scoring->calibration);
    caution(&page, scoring);
    arena_free(&page.arena);
}
