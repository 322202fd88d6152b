/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <math.h>
#include "sim/report/figure.h"
#include "sim/report/pool.h"
#include "sim/report/result.h"
#include "sim/report/table.h"

enum { INDENT = 2, MOST_ANALYSTS = 12 };

static void head(struct page *page, const struct pooling *pooling)
{
    struct arena *arena = &page->arena;

    page_wrap(page, PAGE_BOLD, 0, arena_print(arena, "%zu analysts pooled", pooling->n));
    for (size_t i = 0; i < pooling->n; i++)
        page_wrap(page, PAGE_DIM, 0,
                  arena_print(arena, "%s · %s · as" GLUE "of" GLUE "%s · weight %.3g · %s",
                              page_safe(page, pooling->scenario[i]->id),
                              page_safe(page, pooling->scenario[i]->analyst_id),
                              page_safe(page, pooling->scenario[i]->as_of), pooling->weight[i],
                              page_safe(page, pooling->scenario[i]->title)));
    if (pooling->shared)
        page_wrap(page, PAGE_BOLD, 0,
                  arena_print(arena, "They share sources: %s. Their agreement is then worth less than it looks%s.",
                              page_safe(page, pooling->shared),
                              isnan(pooling->extreme) ? ", and extremising it would be wrong" : ""));
    if (!pooling->targets.same_start)
        page_wrap(page, PAGE_PLAIN, 0, doc_dates(arena, &pooling->targets));
    for (size_t i = 0; i < pooling->n && !pooling->targets.same_start; i++)
        if (pooling->scenario[i]->as_of_day < pooling->targets.start)
            page_wrap(page, PAGE_PLAIN, 2,
                      arena_print(arena, "%s: %s %% of its histories", page_safe(page, pooling->scenario[i]->id),
                                  figure_percent(arena, pooling->outcome[i].evidence, 0.001)));
}

/* "both_held (12)", "khmeimim DEAL": a question with its month after the first scenario's start. */
static const char *print_item(struct page *page, const struct target *item)
{
    const char *name = page_safe(page, doc_item_name(&page->arena, item));

    return item->base ? name : arena_print(&page->arena, "%s (%.3g)", name, item->month);
}

static void add_item(struct table *table, struct page *page, const struct pooling *pooling, size_t i)
{
    const struct target *item = &pooling->targets.item[i];
    const struct pooled *it = &pooling->item[i];
    struct arena *arena = &page->arena;

    table_add(table, PAGE_PLAIN, print_item(page, item));
    for (size_t m = 0; m < POOL_METHODS; m++)
        if (m != POOL_EXTREMISED || !isnan(pooling->extreme))
            table_add(table, m == POOL_LINEAR ? PAGE_BOLD : PAGE_PLAIN,
                      figure_percent(arena, it->value[m].value, it->value[m].se));
    table_add(table, PAGE_PLAIN,
              arena_print(arena, "%s to %s", figure_percent(arena, it->lowest, it->value[0].se),
                          figure_percent(arena, it->highest, it->value[0].se)));
    table_add(table, PAGE_PLAIN, figure_percent(arena, it->between, it->value[0].se));
    table_add(table, PAGE_PLAIN, figure_percent(arena, it->within, it->value[0].se));
    table_add(table, PAGE_PLAIN, arena_print(arena, "%.3f", it->divergence));
    for (size_t k = 0; k < pooling->n && k < MOST_ANALYSTS; k++) {
        const struct estimate p = arm_estimates_of(&pooling->outcome[k], i);

        table_add(table, PAGE_DIM, figure_percent(arena, p.value, p.se));
    }
}

static void answers(struct page *page, const struct pooling *pooling)
{
    const bool extremised = !isnan(pooling->extreme);
    struct table_column column[8 + MOST_ANALYSTS] = {{"", false}};
    struct table table = {.column = column, .indent = INDENT};
    size_t n = 1, rank = 0, most = 0;

    column[n++] = (struct table_column){"linear", true};
    column[n++] = (struct table_column){"log", true};
    if (extremised)
        column[n++] = (struct table_column){"extremised", true};
    column[n++] = (struct table_column){"analysts", true};
    column[n++] = (struct table_column){"between", true};
    column[n++] = (struct table_column){"within", true};
    column[n++] = (struct table_column){"bits", true};
    for (size_t k = 0; k < pooling->n && k < MOST_ANALYSTS; k++)
        column[n++] = (struct table_column){page_cut(page, page_safe(page, pooling->scenario[k]->id), 14), true};
    table.n_columns = n;
    for (size_t i = 0; i < pooling->targets.n; i++)
        most = pooling->targets.item[i].rank > most ? pooling->targets.item[i].rank : most;
    for (rank = 0; rank <= most; rank++) /* as the first scenario asks, then the states */
        for (size_t i = 0; i < pooling->targets.n; i++)
            if (pooling->targets.item[i].rank == rank)
                add_item(&table, page, pooling, i);
    page_heading(page, "Pooled answers", "in %");
    table_print(&table, page);
    table_free(&table);
    page_wrap(page, PAGE_DIM, INDENT,
              "in brackets the month; between: standard deviation of the analysts' answers; within: of each one's own "
              "over what it does not know; "
              "bits: Jensen-Shannon divergence, 0 where all agree");
}

void text_pool(FILE *out, const struct pooling *pooling, const struct provenance *provenance, bool colour, int width)
{
    struct page page = {.out = out, .colour = colour, .width = width};

    head(&page, pooling);
    answers(&page, pooling);
    for (size_t i = 0; i < pooling->targets.n; i++) {
        const char *why = pooling->item[i].no_odds ? pooling->item[i].no_odds : pooling->item[i].veto;

        if (why)
            page_wrap(&page, PAGE_PLAIN, 0,
                      arena_print(&page.arena, "%s: %s%s.", print_item(&page, &pooling->targets.item[i]),
                                  pooling->item[i].no_odds ? "no pool of odds, since " : "", page_safe(&page, why)));
    }
    for (size_t i = 0; i < pooling->targets.n_left_out; i++)
        page_wrap(&page, PAGE_DIM, 0,
                  arena_print(&page.arena, "Not pooled: %s, since %s.",
                              page_safe(&page, pooling->targets.left_out[i].id), pooling->targets.left_out[i].why));
    page_end_line(&page);
    page_wrap(&page, PAGE_DIM, 0,
              arena_print(&page.arena, "%s worlds x %s runs of each, all on the same luck; seed" GLUE "%" PRIu64 "%s",
                          figure_count(&page.arena, pooling->n_worlds), figure_count(&page.arena, pooling->n_runs),
                          provenance->seed, provenance->seed_chosen ? " (chosen by the program)" : ""));
    arena_free(&page.arena);
}
