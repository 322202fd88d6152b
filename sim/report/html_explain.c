/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_explain.c - the page of told runs: how they end, then each as a drawing and as a table. */
#include <inttypes.h>
#include <math.h>
#include "sim/report/explain.h"
#include "sim/report/figure.h"
#include "sim/report/html.h"
#include "sim/report/rank.h"
#include "sim/report/svg.h"
#include "sim/report/telling.h"
#include "sim/scenario/scenario.h"

enum { WIDTH = 800, LEFT = 180, MOST_ROWS = 40, MOST_FACTORS = 8 };

struct shown {
    FILE *out;
    const struct explanation *it;
    struct arena arena;
};

/* ---- how runs end ---- */

static void lead(struct shown *shown)
{
    const struct explanation *it = shown->it;
    const struct typical_ending *first = it->single ? NULL : &it->typical.ending[0];
    struct arena *arena = &shown->arena;

    if (it->single)
        html_paragraph(shown->out, "lead",
                       arena_print(arena, "One history of many: world %" PRIu64 ", run %" PRIu64 ".",
                                   it->story[0].world, it->story[0].run));
    else if (it->question != SIZE_MAX)
        html_paragraph(shown->out, "lead",
                       arena_print(arena, "%s Most often %s: in %s of 100 histories.",
                                   telling_question(&it->plan->question[it->question]), first->yes ? "yes" : "no",
                                   figure_percent(arena, first->share.value, first->share.se)));
    else
        html_paragraph(shown->out, "lead",
                       arena_print(arena, "It ends most often with %s: in %s of 100 histories.",
                                   telling_ending(arena, it, first),
                                   figure_percent(arena, first->share.value, first->share.se)));
    html_paragraph(shown->out, "dim",
                   arena_print(arena, "%s, analyst %s, as of %s, %.4g months ahead.", it->scenario->id,
                               it->scenario->analyst_id, it->scenario->as_of, it->plan->horizon));
}

static void list_endings(struct shown *shown)
{
    static const char *const head[] = {"Ending", "%", "± simulation", "world", "run"};
    const struct typical *typical = &shown->it->typical;
    struct arena *arena = &shown->arena;

    html_table_begin(shown->out, "How histories end, and the typical one of each", head, sizeof head / sizeof *head,
                     NULL);
    for (size_t i = 0; i < typical->n_endings; i++) {
        const struct typical_ending *ending = &typical->ending[i];

        html_row_begin(shown->out, telling_ending(arena, shown->it, ending));
        html_cell(shown->out, "n strong", figure_percent(arena, ending->share.value, ending->share.se));
        html_cell(shown->out, "n", figure_error(arena, ending->share.se));
        html_cell(shown->out, "n", arena_print(arena, "%" PRIu64, ending->world));
        html_cell(shown->out, "n", arena_print(arena, "%" PRIu64, ending->run));
        html_row_end(shown->out);
    }
    if (typical->rest.value > 0.0) {
        html_row_begin(shown->out, "otherwise");
        html_cell(shown->out, "n strong", figure_percent(arena, typical->rest.value, typical->rest.se));
        html_cell(shown->out, "n", figure_error(arena, typical->rest.se));
        html_cell(shown->out, "n", "");
        html_cell(shown->out, "n", "");
        html_row_end(shown->out);
    }
    html_table_end(shown->out);
}

/* ---- one run, drawn: a row a base, then a row for what came ---- */

static void draw_base(const struct svg *svg, const struct shown *shown, const struct story *story, uint32_t b, double y)
{
    const struct plan *plan = shown->it->plan;
    uint32_t state = plan->base[b].initial;
    double since = 0.0;

    svg_label(svg, svg->left - 8.0, y + 4.0, "end", plan->base[b].id);
    for (size_t i = 0; i <= story->n_events; i++) {
        const bool ends = i == story->n_events;
        const struct happening *what = ends ? NULL : &story->event[i].what;
        const double until = ends ? shown->it->plan->horizon : what->month;

        if (!ends && (what->kind != HAPPENING_MOVES || what->which != b))
            continue;
        svg_bar(svg, since, until, y, 18.0, svg_colour(state), 0.85);
        if (svg_x(svg, until) - svg_x(svg, since) > 70.0)
            svg_label(svg, svg_x(svg, since) + 5.0, y + 4.0, "start", plan->state[state]);
        if (!ends)
            state = what->to;
        since = until;
    }
    svg_label(svg, svg->left + svg->width + 8.0, y + 4.0, "start", plan->state[state]);
}

/* From when it comes until it ends, each time. */
static void draw_factor(const struct svg *svg, const struct shown *shown, const struct story *story, uint32_t f,
                        double y)
{
    double since = NAN;

    svg_label(svg, svg->left - 8.0, y + 4.0, "end", shown->it->plan->factor[f].id);
    for (size_t i = 0; i < story->n_events; i++) {
        const struct happening *what = &story->event[i].what;

        if (what->kind == HAPPENING_MOVES || what->which != f)
            continue;
        if (what->kind == HAPPENING_ENDS)
            svg_bar(svg, since, what->month, y, 7.0, svg_colour(7), 0.9);
        since = what->kind == HAPPENING_COMES ? what->month : NAN;
        if (what->kind == HAPPENING_COMES)
            svg_dot(svg, what->month, y, svg_colour(4));
    }
    if (!isnan(since))
        svg_bar(svg, since, shown->it->plan->horizon, y, 7.0, svg_colour(7), 0.9);
}

static bool has_come(const struct story *story, uint32_t f)
{
    for (size_t i = 0; i < story->n_events; i++)
        if (story->event[i].what.kind == HAPPENING_COMES && story->event[i].what.which == f)
            return true;
    return false;
}

static void draw(struct shown *shown, const struct story *story)
{
    const struct plan *plan = shown->it->plan;
    const double row = 24.0;
    double y;
    size_t n = plan->n_bases;
    struct svg svg;

    for (uint32_t f = 0; f < plan->n_factors && n < MOST_ROWS; f++)
        n += has_come(story, f);
    svg_begin(&svg, shown->out, "What happened when", WIDTH, 60.0 + row * (double)n, LEFT, 110.0, 14.0, 46.0);
    svg_axes(&svg, 0.0, shown->it->plan->horizon, 0.0, 1.0);
    svg_ticks_x(&svg, svg_months(plan->horizon), "months");
    y = svg.top + 0.5 * row;
    for (uint32_t b = 0; b < plan->n_bases; b++) {
        draw_base(&svg, shown, story, b, y);
        y += row;
    }
    for (uint32_t f = 0; f < plan->n_factors && y < svg.top + svg.height; f++)
        if (has_come(story, f)) {
            draw_factor(&svg, shown, story, f, y);
            y += row;
        }
    if (shown->it->question != SIZE_MAX)
        svg_rule(&svg, plan->question[shown->it->question].month);
    svg_end(&svg, shown->it->question == SIZE_MAX
                      ? "Above: where the bases stand. Below: levers and events, from when they come."
                      : "Above: where the bases stand. Below: levers and events, from when they come. Broken line: the "
                        "question's month.");
}

/* ---- and told ---- */

static void list_events(struct shown *shown, const struct story *story)
{
    static const char *const head[] = {"Date", "month", "what happens", "why then", "from now on"};
    const struct explanation *it = shown->it;
    struct arena *arena = &shown->arena;

    html_table_begin(shown->out, "All that happens, in order", head, sizeof head / sizeof *head, "tnttt");
    for (size_t i = 0; i < story->n_events; i++) {
        const struct story_event *event = &story->event[i];

        html_row_begin(shown->out, telling_date(arena, it->scenario, event->what.month));
        html_cell(shown->out, "n", arena_print(arena, "%.1f", event->what.month));
        html_cell(shown->out, event->what.kind == HAPPENING_MOVES ? "strong" : NULL,
                  telling_what(arena, it->plan, &event->what));
        html_cell(shown->out, NULL, telling_why(arena, it->plan, event));
        html_cell(shown->out, NULL, telling_changes(arena, it->plan, event));
        html_row_end(shown->out);
    }
    html_table_end(shown->out);
}

static void tell_story(struct shown *shown, const struct story *story)
{
    const struct explanation *it = shown->it;

    draw(shown, story);
    if (story->n_events)
        list_events(shown, story);
    else
        html_paragraph(shown->out, NULL, "Nothing happens.");
    for (size_t b = 0; b < it->plan->n_bases; b++)
        html_paragraph(shown->out, NULL, telling_end(&shown->arena, it, story, b));
}

/* ---- of an ending ---- */

static void list_orders(struct shown *shown, const char *caption, const struct typical_order *order, size_t n)
{
    static const char *const head[] = {"Order", "%", "± simulation"};
    struct arena *arena = &shown->arena;

    html_table_begin(shown->out, caption, head, sizeof head / sizeof *head, NULL);
    for (size_t i = 0; i < n; i++) {
        html_row_begin(shown->out, telling_order(arena, shown->it->plan, &order[i]));
        html_cell(shown->out, "n", figure_percent(arena, order[i].share.value, order[i].share.se));
        html_cell(shown->out, "n", figure_error(arena, order[i].share.se));
        html_row_end(shown->out);
    }
    html_table_end(shown->out);
}

static void list_factors(struct shown *shown, const struct typical_ending *ending)
{
    static const char *const head[] = {"Lever or event", "comes here, %", "in all histories, %", "difference, points"};
    const struct plan *plan = shown->it->plan;
    struct arena *arena = &shown->arena;

    if (!plan->n_factors)
        return;
    html_table_begin(shown->out, "What comes more or less often with this ending", head, sizeof head / sizeof *head,
                     NULL);
    for (size_t f = 0; f < plan->n_factors && f < MOST_FACTORS; f++) {
        const struct typical_factor *factor = &ending->factor[f];
        const double difference = factor->here.value - factor->all.value, se = hypot(factor->here.se, factor->all.se);

        html_row_begin(shown->out, plan->factor[factor->factor].id);
        html_cell(shown->out, "n", figure_percent(arena, factor->here.value, factor->here.se));
        html_cell(shown->out, "n", figure_percent(arena, factor->all.value, factor->all.se));
        html_cell(shown->out, "n",
                  rank_stands_out(difference, se)
                      ? arena_print(arena, "%s ± %s", figure_points(arena, difference, se), figure_error(arena, se))
                      : "cannot be told from 0");
        html_row_end(shown->out);
    }
    html_table_end(shown->out);
}

static void show_ending(struct shown *shown, size_t i)
{
    const struct explanation *it = shown->it;
    const struct typical_ending *ending = &it->typical.ending[i];
    struct arena *arena = &shown->arena;

    html_heading(shown->out, arena_print(arena, "%s: %s %%", telling_ending(arena, it, ending),
                                         figure_percent(arena, ending->share.value, ending->share.se)));
    html_paragraph(shown->out, "dim",
                   arena_print(arena, "The typical one of %zu such histories: world %" PRIu64 ", run %" PRIu64 ".",
                               ending->n_compared, ending->world, ending->run));
    tell_story(shown, &it->story[i]);
    list_factors(shown, ending);
    list_orders(shown, "Commonest orders of what the bases do", ending->moves, ending->n_moves);
    list_orders(shown,
                arena_print(arena,
                            "Commonest orders of all that comes, up to the last move of a base (%zu different ones in "
                            "%zu histories)",
                            ending->n_different, ending->n_compared),
                ending->all, ending->n_all);
}

void html_explain(FILE *out, const struct explanation *explanation, const struct provenance *provenance)
{
    struct shown shown = {.out = out, .it = explanation};

    html_begin(out, *explanation->scenario->title ? explanation->scenario->title : explanation->scenario->id);
    lead(&shown);
    if (explanation->single) {
        tell_story(&shown, &explanation->story[0]);
    } else {
        list_endings(&shown);
        for (size_t i = 0; i < explanation->n; i++)
            show_ending(&shown, i);
    }
    html_paragraph(out, "dim",
                   "\"Likely by then\": that the clock had rung by then, as all else went. ×: hazard ratios.");
    html_reproduce(out, provenance);
    html_end(out);
    arena_free(&shown.arena);
}
