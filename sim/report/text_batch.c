/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/report.h"
#include <math.h>
#include <string.h>
#include "sim/report/figure.h"
#include "sim/report/table.h"

enum { INDENT = 2 };

/* The n-th scenario is the first that asks it. */
static bool is_new(const struct answer *const *answer, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (answer_find(answer[i], id))
            return false;
    return true;
}

static const char *number(struct arena *arena, const struct answer_question *question)
{
    const char *percent = figure_percent(arena, question->p.value, question->p.se);

    if (isnan(question->spread.quantile[0]))
        return percent;
    return arena_print(arena, "%s (%s)", percent, figure_spread(arena, &question->spread));
}

static void add_question(struct table *table, struct page *page, const struct answer *const *answer, size_t n,
                         const char *id)
{
    table_add(table, PAGE_PLAIN, page_safe(page, id));
    for (size_t i = 0; i < n; i++) {
        const struct answer_question *question = answer_find(answer[i], id);

        table_add(table, PAGE_PLAIN, question ? number(&page->arena, question) : "-");
    }
}

static double largest_error(const struct answer *const *answer, size_t n)
{
    double largest = 0.0;

    for (size_t i = 0; i < n; i++)
        for (size_t q = 0; q < answer[i]->n_questions; q++)
            largest = fmax(largest, answer[i]->question[q].p.se);
    return largest;
}

static void put_texts(struct page *page, const struct answer *const *answer, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t q = 0; q < answer[i]->n_questions; q++) {
            const struct answer_question *question = &answer[i]->question[answer[i]->asked[q]];

            if (*question->text && is_new(answer, i, question->id))
                page_wrap(page, PAGE_DIM, 0,
                          arena_print(&page->arena, "%s: %s", page_safe(page, question->id),
                                      page_safe(page, question->text)));
        }
}

static void notes(struct page *page, const struct answer *const *answer, size_t n)
{
    struct arena *arena = &page->arena;

    page_end_line(page);
    page_wrap(page, PAGE_DIM, 0,
              arena_print(arena, "In %%, and 5 to 95 %% of what the analyst does not know; simulation: ± %s at most.",
                          figure_error(arena, largest_error(answer, n))));
    put_texts(page, answer, n);
}

static void put_stopped(struct page *page, const struct answer *const *answer, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!answer[i]->complete)
            page_wrap(page, PAGE_BOLD, 0,
                      arena_print(&page->arena, "STOPPED EARLY: %s, after %s draws.", page_safe(page, answer[i]->name),
                                  figure_count(&page->arena, answer[i]->n_draws)));
}

void text_batch(FILE *out, const struct answer *const *answer, size_t n, bool colour, int width)
{
    struct page page = {.out = out, .colour = colour, .width = width};
    struct table_column *column = arena_new(&page.arena, n + 1, sizeof *column);
    struct table table = {.column = column, .n_columns = n + 1};

    column[0].head = "";
    for (size_t i = 0; i < n; i++) {
        column[i + 1].head = page_safe(&page, answer[i]->name);
        for (size_t q = 0; q < answer[i]->n_questions; q++)
            if (is_new(answer, i, answer[i]->question[answer[i]->asked[q]].id))
                add_question(&table, &page, answer, n, answer[i]->question[answer[i]->asked[q]].id);
    }
    put_stopped(&page, answer, n);
    table_print(&table, &page);
    notes(&page, answer, n);
    table_free(&table);
    arena_free(&page.arena);
}
