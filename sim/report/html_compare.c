/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_compare.c - the page of a comparison: by how much, because of what, and where that is written. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/compare.h"
#include "sim/report/figure.h"
#include "sim/report/html.h"
#include "sim/report/rank.h"
#include "sim/report/svg.h"

enum { WIDTH = 800, MOST_SHARES = 15 };

struct shown {
    FILE *out;
    const struct comparison *comparison;
    const struct comparison_other *other;
    size_t first; /* the targets's item told at length */
    struct arena arena;
};

static const struct scenario *opponent(const struct shown *it)
{
    return it->comparison->arm[it->other->arm].scenario;
}

/* Shares by size, largest first. */
struct ranked_share {
    size_t player;
    double size;
};

static int by_size(const void *a, const void *b)
{
    const struct ranked_share *x = a, *y = b;

    return x->size != y->size ? (x->size > y->size ? -1 : 1) : x->player < y->player ? -1 : x->player > y->player;
}

static struct ranked_share *rank_shares(struct shown *it)
{
    const struct attribution *attribution = &it->other->attribution;
    struct ranked_share *ranked = arena_new(&it->arena, attribution->n_players, sizeof *ranked);

    for (size_t i = 0; i < attribution->n_players; i++)
        ranked[i] = (struct ranked_share){i, fabs(attribution->share[it->first][i].value)};
    if (attribution->n_players)
        qsort(ranked, attribution->n_players, sizeof *ranked, by_size);
    return ranked;
}

static void lead(struct shown *it)
{
    struct arena *arena = &it->arena;
    const struct arm_difference *difference = &it->other->difference[it->first];
    const struct target *item = &it->comparison->targets.item[it->first];
    const char *question = compare_words(arena, item), *why = "";

    if (it->other->attribution.share && it->other->attribution.n_players) {
        const size_t top = rank_shares(it)[0].player;
        const struct estimate share = it->other->attribution.share[it->first][top];

        if (rank_stands_out(share.value, share.se))
            why = arena_print(arena, " Its view of %s accounts for %s of these points.",
                              it->other->attribution.player[top].name, figure_points(arena, share.value, share.se));
    }
    html_paragraph(it->out, "lead",
                   arena_print(arena, "%s %s says %s in 100, %s %s: %s points, 95 %% between %s and %s.%s", question,
                               opponent(it)->id, figure_percent(arena, difference->b.value, difference->b.se),
                               it->comparison->arm[0].scenario->id,
                               figure_percent(arena, difference->a.value, difference->a.se),
                               figure_points(arena, difference->delta.value, difference->delta.se),
                               figure_points(arena, difference->low, difference->delta.se),
                               figure_points(arena, difference->high, difference->delta.se), why));
}

static void draw_differences(struct shown *it)
{
    const struct targets *targets = &it->comparison->targets;
    const double row = 20.0;
    double most = 0.01;
    struct svg svg;

    for (size_t i = 0; i < targets->n; i++)
        if (it->other->difference[i].high > -INFINITY)
            most = fmax(most, fmax(fabs(it->other->difference[i].low), fabs(it->other->difference[i].high)));
    most *= 100.0;
    svg_begin(&svg, it->out, "Differences with their 95 % intervals", WIDTH, 60.0 + row * (double)targets->n, 190.0,
              60.0, 14.0, 46.0);
    svg_axes(&svg, -most, most, 0.0, 1.0);
    svg_ticks_x(&svg, most > 40.0 ? 20.0 : most > 12.0 ? 5.0 : most > 4.0 ? 2.0 : 0.5, "points");
    svg_rule(&svg, 0.0);
    for (size_t rank = 0, i = 0; i < targets->n; rank++)
        for (size_t k = 0; k < targets->n; k++) {
            const struct arm_difference *difference = &it->other->difference[k];
            const double y = svg.top + row * ((double)i + 0.5);

            if (targets->item[k].rank != rank)
                continue;
            if (difference->low > -INFINITY)
                svg_bar(&svg, 100.0 * difference->low, 100.0 * difference->high, y, 7.0, svg_colour(3), 0.9);
            svg_dot(&svg, 100.0 * difference->delta.value, y, svg_colour(4));
            svg_label(&svg, svg.left - 8.0, y + 4.0, "end", compare_name(&it->arena, &targets->item[k]));
            svg_label(&svg, svg.left + svg.width + 8.0, y + 4.0, "start",
                      figure_points(&it->arena, difference->delta.value, difference->delta.se));
            i++;
        }
    svg_end(&svg, arena_print(&it->arena, "%s less %s: dots with 95 %% intervals of simulation.", opponent(it)->id,
                              it->comparison->arm[0].scenario->id));
}

/* From one answer to the other, a step for each share. */
static void draw_shares(struct shown *it)
{
    const struct attribution *attribution = &it->other->attribution;
    const struct arm_difference *difference = &it->other->difference[it->first];
    const struct ranked_share *ranked = rank_shares(it);
    const size_t n = attribution->n_players < MOST_SHARES ? attribution->n_players : MOST_SHARES;
    const double row = 22.0;
    double low = fmin(difference->a.value, difference->b.value), high = fmax(difference->a.value, difference->b.value),
           at = difference->a.value;
    struct svg svg;

    for (size_t i = 0; i < n; i++) {
        at += attribution->share[it->first][ranked[i].player].value;
        low = fmin(low, at);
        high = fmax(high, at);
    }
    svg_begin(&svg, it->out, "Shares of the difference, step by step", WIDTH, 60.0 + row * (double)(n + 3), 260.0, 70.0,
              14.0, 46.0);
    svg_axes(&svg, 100.0 * low - 1.0, 100.0 * high + 1.0, 0.0, 1.0);
    svg_ticks_x(&svg, high - low > 0.3 ? 10.0 : high - low > 0.08 ? 2.0 : 1.0, "%");
    at = difference->a.value;
    for (size_t i = 0; i < n + 3; i++) {
        const double y = svg.top + row * ((double)i + 0.5);
        const bool step = i > 0 && i <= n, end = i == 0 || i == n + 2;
        const size_t player = step ? ranked[i - 1].player : 0;
        const struct estimate share = step ? attribution->share[it->first][player] : (struct estimate){0.0, 0.0, 0};
        const double to = step ? at + share.value : difference->b.value;
        const char *name = i == 0       ? it->comparison->arm[0].scenario->id
                           : i == n + 2 ? opponent(it)->id
                           : step       ? attribution->player[player].name
                                        : "all others";

        if (end) {
            svg_rule(&svg, 100.0 * (i ? difference->b.value : difference->a.value));
            svg_dot(&svg, 100.0 * (i ? difference->b.value : difference->a.value), y, "#1a1a1a");
        } else {
            svg_bar(&svg, 100.0 * at, 100.0 * to, y, 12.0, svg_colour(to >= at ? 4 : 0), 0.9);
        }
        svg_label(&svg, svg.left - 8.0, y + 4.0, "end", name);
        svg_label(&svg, svg.left + svg.width + 8.0, y + 4.0, "start",
                  end ? figure_percent(&it->arena, i ? difference->b.value : difference->a.value, difference->a.se)
                      : figure_points(&it->arena, to - at, step ? share.se : difference->delta.se));
        at = end ? at : to;
    }
    svg_end(&svg,
            arena_print(&it->arena,
                        "From the one answer to the other: Shapley shares %s; to the right raises, to the left lowers.",
                        attribution->game.n_pairs ? "over sampled orders" : "over all coalitions"));
}

static void list_differences(struct shown *it)
{
    const struct targets *targets = &it->comparison->targets;
    const char *const head[] = {
        "Question or state", it->comparison->arm[0].scenario->id, opponent(it)->id, "difference", "95 %", "ratio"};
    struct arena *arena = &it->arena;

    html_table_begin(it->out, "In %; differences in points", head, sizeof head / sizeof *head, NULL);
    for (size_t rank = 0, i = 0; i < targets->n; rank++)
        for (size_t k = 0; k < targets->n; k++) {
            const struct arm_difference *difference = &it->other->difference[k];

            if (targets->item[k].rank != rank)
                continue;
            html_row_begin(it->out, arena_print(arena, "%s, month %.3g", compare_name(arena, &targets->item[k]),
                                                targets->item[k].month));
            html_cell(it->out, "n", figure_percent(arena, difference->a.value, difference->a.se));
            html_cell(it->out, "n", figure_percent(arena, difference->b.value, difference->b.se));
            html_cell(it->out, "n strong", figure_points(arena, difference->delta.value, difference->delta.se));
            html_cell(it->out, "n",
                      rank_stands_out(difference->delta.value, difference->delta.se)
                          ? arena_print(arena, "%s to %s", figure_points(arena, difference->low, difference->delta.se),
                                        figure_points(arena, difference->high, difference->delta.se))
                          : "not told from 0");
            html_cell(it->out, "n", isnan(difference->ratio) ? "-" : arena_print(arena, "%.2f", difference->ratio));
            html_row_end(it->out);
            i++;
        }
    html_table_end(it->out);
}

static void list_assumptions(struct shown *it)
{
    const char *const head[] = {"Assumption", it->comparison->arm[0].scenario->id, opponent(it)->id};
    const struct differences *list = &it->other->differences;
    struct arena *arena = &it->arena;

    html_table_begin(it->out, arena_print(arena, "%zu assumptions differ, each with the line that sets it", list->n),
                     head, sizeof head / sizeof *head, "ttt");
    for (size_t i = 0; i < list->n; i++) {
        const struct difference *difference = &list->item[i];

        html_row_begin(it->out, difference->path);
        for (size_t side = 0; side < DIFFER_SIDES; side++)
            html_cell(
                it->out, NULL,
                arena_print(arena, "%s  (%s)", difference->text[side], compare_place(arena, difference->place[side])));
        html_row_end(it->out);
    }
    html_table_end(it->out);
}

static void tell_other(struct shown *it)
{
    html_heading(it->out,
                 arena_print(&it->arena, "%s against %s", opponent(it)->id, it->comparison->arm[0].scenario->id));
    lead(it);
    draw_differences(it);
    if (it->other->attribution.share && it->other->attribution.n_players)
        draw_shares(it);
    list_differences(it);
    list_assumptions(it);
}

void html_compare(FILE *out, const struct comparison *comparison, const struct provenance *provenance)
{
    struct shown it = {.out = out, .comparison = comparison, .first = targets_first(&comparison->targets)};

    html_begin(out, arena_print(&it.arena, "Against %s", comparison->arm[0].scenario->title));
    if (!comparison->targets.same_start)
        html_paragraph(
            out, NULL,
            arena_print(
                &it.arena,
                "The scenarios start on different dates: each question is compared at the earliest calendar date "
                "one of them asks it for, and what starts earlier counts by the histories that by the start of "
                "%s %s.",
                comparison->targets.last->id, compare_given(&comparison->targets)));
    for (size_t o = 0; o + 1 < comparison->n_arms; o++) {
        it.other = &comparison->other[o];
        tell_other(&it);
    }
    for (size_t i = 0; i < comparison->targets.n_left_out; i++)
        html_paragraph(out, "dim",
                       arena_print(&it.arena, "Not compared: %s, since %s.", comparison->targets.left_out[i].id,
                                   comparison->targets.left_out[i].why));
    html_reproduce(out, provenance);
    html_end(out);
    arena_free(&it.arena);
}
