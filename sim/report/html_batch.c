/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_batch.c - the page of a batch: each question over all that was played, and where each one's own page is. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "sim/report/figure.h"
#include "sim/report/html.h"
#include "sim/report/svg.h"

enum { WIDTH = 800 };

struct shown {
    FILE *out;
    const struct batch_row *row;
    size_t n;
    struct arena arena;
};

static size_t count_played(const struct shown *it)
{
    size_t n = 0;

    for (size_t i = 0; i < it->n; i++)
        n += it->row[i].answer != NULL;
    return n;
}

/* The n-th row is the first that asks it. */
static bool is_new(const struct shown *it, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (it->row[i].answer && answer_find(it->row[i].answer, id))
            return false;
    return true;
}

/* ---- the answer ---- */

static const struct answer *first_answer(const struct shown *it)
{
    for (size_t i = 0; i < it->n; i++)
        if (it->row[i].answer)
            return it->row[i].answer;
    return NULL;
}

static void lead(struct shown *it)
{
    const struct answer *answer = first_answer(it);
    const struct answer_question *question = answer ? &answer->question[answer->asked[0]] : NULL;
    const struct batch_row *low = NULL, *high = NULL;
    double lowest = INFINITY, highest = -INFINITY;
    struct arena *arena = &it->arena;

    for (size_t i = 0; question && i < it->n; i++) {
        const struct answer_question *other = it->row[i].answer ? answer_find(it->row[i].answer, question->id) : NULL;

        if (other && other->p.value < lowest) {
            lowest = other->p.value;
            low = &it->row[i];
        }
        if (other && other->p.value > highest) {
            highest = other->p.value;
            high = &it->row[i];
        }
    }
    if (!low || !high)
        html_paragraph(it->out, "lead", "Nothing was played.");
    else if (low == high)
        html_paragraph(it->out, "lead",
                       arena_print(arena, "%s Yes in %s of 100 histories of %s.",
                                   *question->text ? question->text : question->id,
                                   figure_percent(arena, question->p.value, question->p.se), low->name));
    else
        html_paragraph(it->out, "lead",
                       arena_print(arena, "%s Yes in %s (%s) to %s (%s) of 100 histories.",
                                   *question->text ? question->text : question->id,
                                   figure_percent(arena, lowest, question->p.se), low->name,
                                   figure_percent(arena, highest, question->p.se), high->name));
}

/* ---- a drawing for each question ---- */

static void draw_question(struct shown *it, const struct answer_question *asked)
{
    const double line = 22.0;
    double y;
    size_t n = 0;
    struct svg svg;

    for (size_t i = 0; i < it->n; i++)
        n += it->row[i].answer && answer_find(it->row[i].answer, asked->id);
    svg_begin(&svg, it->out, arena_print(&it->arena, "%s over all that was played", asked->id), WIDTH,
              60.0 + line * (double)n, 190.0, 60.0, 14.0, 46.0);
    svg_axes(&svg, 0.0, 100.0, 0.0, 1.0);
    svg_ticks_x(&svg, 20.0, "% of histories");
    y = svg.top + 0.5 * line;
    for (size_t i = 0; i < it->n; i++) {
        const struct answer_question *question = it->row[i].answer ? answer_find(it->row[i].answer, asked->id) : NULL;

        if (!question)
            continue;
        if (!isnan(question->spread.quantile[0]))
            svg_bar(&svg, 100.0 * question->spread.quantile[0], 100.0 * question->spread.quantile[ANSWER_LEVELS - 1], y,
                    8.0, svg_colour(3), 0.8);
        svg_dot(&svg, 100.0 * question->p.value, y, svg_colour(4));
        svg_label(&svg, svg.left - 8.0, y + 4.0, "end", it->row[i].name);
        svg_label(&svg, svg.left + svg.width + 8.0, y + 4.0, "start",
                  figure_percent(&it->arena, question->p.value, question->p.se));
        y += line;
    }
    svg_end(&svg, arena_print(&it->arena, "%s Bands: 5 to 95 %% of it over what the analyst does not know.",
                              *asked->text ? asked->text : asked->id));
}

/* ---- all that was to be played ---- */

static void list_rows(struct shown *it)
{
    static const char *const head[] = {"Played", "analyst", "as of", "draws", "its page", "remark"};
    struct arena *arena = &it->arena;

    html_table_begin(it->out, arena_print(arena, "%zu of %zu played", count_played(it), it->n), head,
                     sizeof head / sizeof *head, "tttntt");
    for (size_t i = 0; i < it->n; i++) {
        const struct batch_row *row = &it->row[i];

        html_row_begin(it->out, row->name);
        html_cell(it->out, NULL, row->answer ? row->answer->analyst_id : "");
        html_cell(it->out, NULL, row->answer ? row->answer->as_of : "");
        html_cell(it->out, "n", row->answer ? figure_count(arena, row->answer->n_draws) : "");
        html_link(it->out, row->page, "report.html");
        html_cell(it->out, NULL, row->remark);
        html_row_end(it->out);
    }
    html_table_end(it->out);
}

void html_batch(FILE *out, const struct batch_row *row, size_t n, const struct provenance *provenance)
{
    struct shown it = {.out = out, .row = row, .n = n};

    html_begin(out, "Scenarios played together");
    lead(&it);
    for (size_t i = 0; i < n; i++)
        for (size_t q = 0; row[i].answer && q < row[i].answer->n_questions; q++) {
            const struct answer_question *question = &row[i].answer->question[row[i].answer->asked[q]];

            if (is_new(&it, i, question->id))
                draw_question(&it, question);
        }
    list_rows(&it);
    html_reproduce(out, provenance);
    html_end(out);
    arena_free(&it.arena);
}
