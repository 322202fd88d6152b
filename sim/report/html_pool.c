/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_pool.c - the page of a pool: what the analysts say together, and how far apart they are. */
#include <math.h>
#include "sim/report/figure.h"
#include "sim/report/html.h"
#include "sim/report/pool.h"
#include "sim/report/result.h"
#include "sim/report/svg.h"

enum { WIDTH = 800 };

static const char *const method_label[] = {[POOL_LINEAR] = "pooled, linear",
                                           [POOL_LOGARITHMIC] = "pooled, logarithmic",
                                           [POOL_EXTREMISED] = "pooled, extremised"};

struct shown_pool {
    FILE *out;
    const struct pooling *pooling;
    struct arena arena;
};

static bool has_method(const struct pooling *pooling, size_t method)
{
    return method != POOL_EXTREMISED || !isnan(pooling->extreme);
}

static void lead(struct shown_pool *it)
{
    const struct pooling *pooling = it->pooling;
    const size_t first = targets_first(&pooling->targets);
    const struct pooled *pooled = &pooling->item[first];
    const struct estimate p = pooled->value[POOL_LINEAR];
    struct arena *arena = &it->arena;

    html_paragraph(it->out, "lead",
                   arena_print(arena, "%s Pooled, yes in %s of 100 histories; the %zu analysts say from %s to %s.",
                               doc_item_words(arena, &pooling->targets.item[first]),
                               figure_percent(arena, p.value, p.se), pooling->n,
                               figure_percent(arena, pooled->lowest, p.se),
                               figure_percent(arena, pooled->highest, p.se)));
    if (pooling->shared)
        html_paragraph(it->out, "strong",
                       arena_print(arena, "They share sources: %s. Their agreement is then worth less than it looks%s.",
                                   pooling->shared,
                                   isnan(pooling->extreme) ? ", and extremising it would be wrong" : ""));
    if (!pooling->targets.same_start)
        html_paragraph(it->out, NULL, doc_dates(arena, &pooling->targets));
}

static void list_analysts(struct shown_pool *it)
{
    static const char *const head[] = {"Scenario", "analyst", "as of", "weight", "title"};
    const struct pooling *pooling = it->pooling;

    html_table_begin(it->out, "Who is pooled", head, sizeof head / sizeof *head, "tttnt");
    for (size_t i = 0; i < pooling->n; i++) {
        html_row_begin(it->out, pooling->scenario[i]->id);
        html_cell(it->out, NULL, pooling->scenario[i]->analyst_id);
        html_cell(it->out, NULL, pooling->scenario[i]->as_of);
        html_cell(it->out, "n", arena_print(&it->arena, "%.3g", pooling->weight[i]));
        html_cell(it->out, NULL, pooling->scenario[i]->title);
        html_row_end(it->out);
    }
    html_table_end(it->out);
}

/* Each analyst with the spread of what that one does not know, the pools below them. */
static void draw_question(struct shown_pool *it, size_t q)
{
    const struct pooling *pooling = it->pooling;
    const struct target *item = &pooling->targets.item[q];
    struct arena *arena = &it->arena;
    const double row = 22.0;
    size_t n = pooling->n;
    double y;
    struct svg svg;

    for (size_t m = 0; m < POOL_METHODS; m++)
        n += has_method(pooling, m);
    svg_begin(&svg, it->out, arena_print(arena, "What each analyst says: %s", item->id), WIDTH, 60.0 + row * (double)n,
              190.0, 60.0, 14.0, 46.0);
    svg_axes(&svg, 0.0, 100.0, 0.0, 1.0);
    svg_ticks_x(&svg, 20.0, "% of histories");
    y = svg.top + 0.5 * row;
    for (size_t k = 0; k < pooling->n; k++) {
        const struct estimate p = arm_estimates_of(&pooling->outcome[k], q);
        const double sd = pooling->outcome[k].ignorance[q];

        if (sd > 0.0)
            svg_bar(&svg, 100.0 * fmax(0.0, p.value - sd), 100.0 * fmin(1.0, p.value + sd), y, 8.0, svg_colour(3), 0.8);
        svg_dot(&svg, 100.0 * p.value, y, svg_colour(4));
        svg_label(&svg, svg.left - 8.0, y + 4.0, "end", pooling->scenario[k]->id);
        svg_label(&svg, svg.left + svg.width + 8.0, y + 4.0, "start", figure_percent(arena, p.value, p.se));
        y += row;
    }
    for (size_t m = 0; m < POOL_METHODS; m++) {
        const struct estimate p = pooling->item[q].value[m];

        if (!has_method(pooling, m))
            continue;
        svg_dot(&svg, 100.0 * p.value, y, svg_colour(0));
        svg_label(&svg, svg.left - 8.0, y + 4.0, "end", method_label[m]);
        svg_label(&svg, svg.left + svg.width + 8.0, y + 4.0, "start", figure_percent(arena, p.value, p.se));
        y += row;
    }
    svg_end(&svg, arena_print(arena, "%s Bands: one standard deviation of what the analyst does not know.",
                              doc_item_words(arena, item)));
}

static void list_answers(struct shown_pool *it)
{
    const struct pooling *pooling = it->pooling;
    struct arena *arena = &it->arena;
    const char *head[POOL_METHODS + 5] = {"Question or state"};
    size_t n = 1;

    for (size_t m = 0; m < POOL_METHODS; m++)
        if (has_method(pooling, m))
            head[n++] = pool_method_name[m];
    head[n++] = "analysts";
    head[n++] = "sd between";
    head[n++] = "sd within";
    head[n++] = "bits";
    html_table_begin(it->out, "Pooled answers, in %", head, n, NULL);
    for (size_t rank = 0, i = 0; i < pooling->targets.n; rank++)
        for (size_t q = 0; q < pooling->targets.n; q++) {
            const struct pooled *pooled = &pooling->item[q];
            const double se = pooled->value[POOL_LINEAR].se;

            if (pooling->targets.item[q].rank != rank)
                continue;
            html_row_begin(it->out,
                           arena_print(arena, "%s, month %.3g", doc_item_name(arena, &pooling->targets.item[q]),
                                       pooling->targets.item[q].month));
            for (size_t m = 0; m < POOL_METHODS; m++)
                if (has_method(pooling, m))
                    html_cell(it->out, m == POOL_LINEAR ? "n strong" : "n",
                              figure_percent(arena, pooled->value[m].value, pooled->value[m].se));
            html_cell(it->out, "n",
                      arena_print(arena, "%s to %s", figure_percent(arena, pooled->lowest, se),
                                  figure_percent(arena, pooled->highest, se)));
            html_cell(it->out, "n", figure_percent(arena, pooled->between, se));
            html_cell(it->out, "n", figure_percent(arena, pooled->within, se));
            html_cell(it->out, "n", arena_print(arena, "%.3f", pooled->divergence));
            html_row_end(it->out);
            i++;
        }
    html_table_end(it->out);
    html_paragraph(
        it->out, "dim",
        "Between: standard deviation of the analysts' answers. Within: of each one's own over what he does not "
        "know. Bits: their Jensen-Shannon divergence, 0 where all say the same.");
}

void html_pool(FILE *out, const struct pooling *pooling, const struct provenance *provenance)
{
    struct shown_pool it = {.out = out, .pooling = pooling};

    html_begin(out, arena_print(&it.arena, "%zu analysts pooled", pooling->n));
    lead(&it);
    for (size_t rank = 0, i = 0; i < pooling->targets.n; rank++)
        for (size_t q = 0; q < pooling->targets.n; q++)
            if (pooling->targets.item[q].rank == rank) {
                if (!pooling->targets.item[q].base)
                    draw_question(&it, q);
                i++;
            }
    list_answers(&it);
    list_analysts(&it);
    for (size_t i = 0; i < pooling->targets.n; i++) {
        const char *why = pooling->item[i].no_odds ? pooling->item[i].no_odds : pooling->item[i].veto;

        if (why)
            html_paragraph(out, NULL,
                           arena_print(&it.arena, "%s: %s%s.", doc_item_name(&it.arena, &pooling->targets.item[i]),
                                       pooling->item[i].no_odds ? "no pool of odds, since " : "", why));
    }
    html_reproduce(out, provenance);
    html_end(out);
    arena_free(&it.arena);
}
