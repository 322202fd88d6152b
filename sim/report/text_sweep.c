/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <math.h>
#include "sim/report/figure.h"
#include "sim/report/rank.h"
#include "sim/report/sweep.h"
#include "sim/report/table.h"

enum { INDENT = 2, BAR = 20, MOST_ROWS = 41, MOST_COLUMNS = 9 };

/* Of so many values of a path, those that are shown: all, or some with the ends among them. */
static size_t shown(size_t n, size_t most)
{
    return n < most ? n : most;
}

static size_t place_shown(size_t i, size_t n, size_t most)
{
    return n <= most ? i : i * (n - 1) / (most - 1);
}

static const char *value_of(struct arena *arena, const struct sweep_path *path, size_t i)
{
    return arena_print(arena, "%.6g", path->value[i]);
}

static double largest_error(const struct sweep *sweep, size_t q)
{
    double largest = 0.0;

    for (size_t i = 0; i < sweep->n_points; i++)
        largest = fmax(largest, arm_estimates_of(&sweep->outcome[i], q).se);
    return largest;
}

/* One path: a row a value, the first question with a bar and the slope to the next, then the others. */
static void line(struct page *page, const struct sweep *sweep, size_t first)
{
    const struct targets *targets = &sweep->targets;
    const struct sweep_path *path = &sweep->path[0];
    struct arena *arena = &page->arena;
    struct table_column column[4 + MOST_COLUMNS] = {{page_safe(page, path->path), true},
                                                    {page_safe(page, targets->item[first].id), true},
                                                    {"", false},
                                                    {"to the next", true}};
    struct table table = {.column = column, .n_columns = 4, .indent = INDENT};
    size_t others[MOST_COLUMNS], n = 0;

    for (size_t q = 0; q < targets->n && n < MOST_COLUMNS - 4; q++)
        if (q != first && !targets->item[q].base) {
            column[table.n_columns++] = (struct table_column){page_safe(page, targets->item[q].id), true};
            others[n++] = q;
        }
    for (size_t i = 0; i < shown(path->n, MOST_ROWS); i++) {
        const size_t point = place_shown(i, path->n, MOST_ROWS);
        const struct estimate p = arm_estimates_of(&sweep->outcome[point], first);
        const size_t next = sweep_next(sweep, point, 0);
        const struct estimate step = next == SIZE_MAX
                                         ? (struct estimate){NAN, NAN, 0}
                                         : arm_compare(&sweep->outcome[point], &sweep->outcome[next], first).delta;

        table_add(&table, PAGE_PLAIN, value_of(arena, path, point));
        table_add(&table, PAGE_BOLD, figure_percent(arena, p.value, p.se));
        table_add(&table, PAGE_PLAIN, figure_bar(arena, BAR, p.value));
        table_add(&table, PAGE_PLAIN,
                  next == SIZE_MAX ? ""
                                   : arena_print(arena, "%s ± %s", figure_points(arena, step.value, step.se),
                                                 figure_error(arena, step.se)));
        for (size_t k = 0; k < n; k++) {
            const struct estimate other = arm_estimates_of(&sweep->outcome[point], others[k]);

            table_add(&table, PAGE_PLAIN, figure_percent(arena, other.value, other.se));
        }
    }
    page_heading(
        page, page_safe(page, *targets->item[first].text ? targets->item[first].text : targets->item[first].id),
        arena_print(arena, "in %%; simulation: ± %s at most", figure_error(arena, largest_error(sweep, first))));
    table_print(&table, page);
    table_free(&table);
}

/* Two paths: a grid of the first question. */
static void grid(struct page *page, const struct sweep *sweep, size_t first)
{
    const struct sweep_path *down = &sweep->path[0], *across = &sweep->path[1];
    const struct target *item = &sweep->targets.item[first];
    struct arena *arena = &page->arena;
    struct table_column column[1 + MOST_COLUMNS] = {{"", true}};
    struct table table = {.column = column, .indent = INDENT};

    table.n_columns = 1 + shown(across->n, MOST_COLUMNS);
    for (size_t k = 0; k + 1 < table.n_columns; k++)
        column[1 + k] = (struct table_column){value_of(arena, across, place_shown(k, across->n, MOST_COLUMNS)), true};
    for (size_t i = 0; i < shown(down->n, MOST_ROWS); i++) {
        const size_t row = place_shown(i, down->n, MOST_ROWS);

        table_add(&table, PAGE_DIM, value_of(arena, down, row));
        for (size_t k = 0; k + 1 < table.n_columns; k++) {
            const size_t point = row * across->n + place_shown(k, across->n, MOST_COLUMNS);
            const struct estimate p = arm_estimates_of(&sweep->outcome[point], first);

            table_add(&table, PAGE_PLAIN, figure_percent(arena, p.value, p.se));
        }
    }
    page_heading(
        page, page_safe(page, *item->text ? item->text : item->id),
        arena_print(arena, "in %%; down: %s, across: %s", page_safe(page, down->path), page_safe(page, across->path)));
    table_print(&table, page);
    table_free(&table);
}

/* From a path's first value to its last, the others at their first. */
static void in_all(struct page *page, const struct sweep *sweep, size_t q)
{
    struct arena *arena = &page->arena;

    for (size_t k = 0; k < sweep->n_paths; k++) {
        const struct sweep_path *path = &sweep->path[k];
        struct estimate delta;
        size_t last = 0, next;

        while ((next = sweep_next(sweep, last, k)) != SIZE_MAX)
            last = next;
        delta = arm_compare(&sweep->outcome[0], &sweep->outcome[last], q).delta;
        page_wrap(page, PAGE_PLAIN, INDENT,
                  arena_print(arena, "%s from %s to %s: %s %s ± %s points%s", page_safe(page, path->path),
                              value_of(arena, path, 0), value_of(arena, path, path->n - 1),
                              page_safe(page, sweep->targets.item[q].id), figure_points(arena, delta.value, delta.se),
                              figure_error(arena, delta.se),
                              rank_stands_out(delta.value, delta.se) ? "" : ", which cannot be told from zero"));
    }
}

void text_sweep(FILE *out, const struct sweep *sweep, const struct provenance *provenance, bool colour, int width)
{
    struct page page = {.out = out, .colour = colour, .width = width};
    const size_t first = targets_first(&sweep->targets);

    page_wrap(&page, PAGE_BOLD, 0, page_safe(&page, sweep->scenario->title));
    if (sweep->n_paths == 1)
        line(&page, sweep, first);
    else if (sweep->n_paths == 2)
        grid(&page, sweep, first);
    else
        page_wrap(&page, PAGE_PLAIN, 0, "The grid has more than two paths: sweep.csv has it.");
    page_end_line(&page);
    in_all(&page, sweep, first);
    page_end_line(&page);
    page_wrap(&page, PAGE_DIM, 0,
              arena_print(&page.arena,
                          "%s points of %s worlds x %s runs, all on the same luck; seed" GLUE "%" PRIu64 "%s",
                          figure_count(&page.arena, sweep->n_points), figure_count(&page.arena, sweep->n_worlds),
                          figure_count(&page.arena, sweep->n_runs), provenance->seed,
                          provenance->seed_chosen ? " (chosen by the program)" : ""));
    arena_free(&page.arena);
}
