/* html_run.c - the page of a run: the answer first, then figures, tables, what it rests on, how to get it again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/figure.h"
#include "sim/report/html.h"
#include "sim/report/rank.h"
#include "sim/report/svg.h"
#include "sim/scenario/scenario.h"

enum { WIDTH = 800, MOST_FACTORS = 12, MOST_DRIVERS = 12, MOST_LINES = 24 };

struct shown {
    FILE *out;
    const struct answer *answer;
    struct pool pool;
};

static const char *name_of(const struct answer_question *question)
{
    return *question->text ? question->text : question->id;
}

/* ---- the answer ---- */

static void lead(struct shown *it)
{
    const struct answer_question *question = &it->answer->question[it->answer->asked[0]];
    struct pool *pool = &it->pool;
    const bool known = !isnan(question->spread.quantile[0]) && it->answer->n_inputs > 0;

    if (!it->answer->complete)
        html_paragraph(it->out, "strong", "Stopped early: all below rests on what was played until then.");
    html_paragraph(it->out, "lead",
                   pool_print(pool, "%s Yes in %s of 100 histories%s.", name_of(question),
                              figure_percent(pool, question->p.value, question->p.se),
                              known ? pool_print(pool, "; %s over what the analyst does not know",
                                                 figure_spread(pool, &question->spread))
                                    : ""));
    html_paragraph(
        it->out, "dim",
        pool_print(pool, "%s, analyst %s, as of %s, %.4g months ahead. Simulation error of that answer: %s points.",
                   it->answer->scenario_id, it->answer->analyst_id, it->answer->as_of, it->answer->horizon,
                   figure_error(pool, question->p.se)));
}

static void draw_questions(struct shown *it)
{
    const struct answer *answer = it->answer;
    const double row = 26.0;
    struct svg svg;

    svg_begin(&svg, it->out, "Probability of each question, with the range over what the analyst does not know", WIDTH,
              60.0 + row * (double)answer->n_questions, 180.0, 60.0, 14.0, 46.0);
    svg_axes(&svg, 0.0, 100.0, 0.0, 1.0);
    svg_ticks_x(&svg, 20.0, "% of histories");
    for (size_t i = 0; i < answer->n_questions; i++) {
        const struct answer_question *question = &answer->question[answer->asked[i]];
        const double y = svg.top + row * ((double)i + 0.5);

        if (!isnan(question->spread.quantile[0]))
            svg_bar(&svg, 100.0 * question->spread.quantile[0], 100.0 * question->spread.quantile[ANSWER_LEVELS - 1], y,
                    9.0, svg_colour(3), 0.8);
        svg_dot(&svg, 100.0 * question->p.value, y, svg_colour(4));
        svg_label(&svg, svg.left - 8.0, y + 4.0, "end", question->id);
        svg_label(&svg, svg.left + svg.width + 8.0, y + 4.0, "start",
                  figure_percent(&it->pool, question->p.value, question->p.se));
    }
    svg_end(&svg, "Dot: probability. Band: 5 to 95 % of it over what the analyst does not know.");
}

static void list_questions(struct shown *it)
{
    static const char *const head[] = {"Question", "month", "%", "± simulation", "5 to 95 % of what is not known"};
    const struct answer *answer = it->answer;
    struct pool *pool = &it->pool;

    html_table_begin(it->out, "Every question", head, sizeof head / sizeof *head, NULL);
    for (size_t i = 0; i < answer->n_questions; i++) {
        const struct answer_question *question = &answer->question[answer->asked[i]];

        html_row_begin(it->out,
                       *question->text ? pool_print(pool, "%s (%s)", question->text, question->id) : question->id);
        html_cell(it->out, "n", pool_print(pool, "%.4g", question->month));
        html_cell(it->out, "n strong", figure_percent(pool, question->p.value, question->p.se));
        html_cell(it->out, "n", figure_error(pool, question->p.se));
        html_cell(it->out, "n", isnan(question->spread.quantile[0]) ? "-" : figure_spread(pool, &question->spread));
        html_row_end(it->out);
    }
    html_table_end(it->out);
}

/* ---- the bases ---- */

/* States stacked over time, each named at the end. */
static void draw_occupancy(struct shown *it, const struct answer_place *base)
{
    const struct answer *answer = it->answer;
    const size_t n = answer->n_months;
    double *low = memory_new(2 * n + answer->n_states, sizeof *low), *high = low + n, *middle = high + n;
    const char **name = pool_new(&it->pool, answer->n_states, sizeof *name);
    size_t n_named = 0;
    struct svg svg;

    svg_begin(&svg, it->out, pool_print(&it->pool, "Where %s stands, month by month", base->name), WIDTH, 300.0, 56.0,
              170.0, 24.0, 46.0);
    svg_axes(&svg, 0.0, answer->horizon, 0.0, 1.0);
    svg_ticks_y(&svg, 0.25, 100.0, "%");
    svg_ticks_x(&svg, svg_months(answer->horizon), "months");
    for (size_t s = 0; s < answer->n_states; s++) {
        for (size_t m = 0; m < n; m++) {
            low[m] = high[m];
            high[m] = fmin(1.0, low[m] + base->occupancy[s * n + m].value);
        }
        svg_area(&svg, answer->month, low, high, n, svg_colour(s), 0.85);
        if (high[n - 1] - low[n - 1] > 0.002) {
            middle[n_named] = 0.5 * (low[n - 1] + high[n - 1]);
            name[n_named++] = pool_print(&it->pool, "%s %.0f %%", answer->state[s], 100.0 * base->state[s].value);
        }
    }
    svg_names(&svg, middle, name, n_named);
    svg_end(&svg, pool_print(&it->pool, "%s: probability of each state over time, worst for the guest at the bottom.",
                             base->name));
    free(low);
}

/* By each transition: the probability that it has happened at least once. */
static void draw_incidence(struct shown *it, const struct answer_place *base)
{
    const struct answer *answer = it->answer;
    const size_t n = answer->n_months;
    double *y = memory_new(3 * n + answer->n_transitions, sizeof *y), *low = y + n, *high = low + n, *last = high + n;
    double top = 0.05;
    struct svg svg;

    for (size_t i = 0; i < answer->n_transitions * n; i++)
        top = fmax(top, base->incidence[i].value);
    svg_begin(&svg, it->out, pool_print(&it->pool, "What has happened to %s by when", base->name), WIDTH, 300.0, 56.0,
              170.0, 24.0, 46.0);
    svg_axes(&svg, 0.0, answer->horizon, 0.0, 1.05 * top);
    svg_ticks_y(&svg, top > 0.5 ? 0.2 : top > 0.2 ? 0.1 : 0.02, 100.0, "%");
    svg_ticks_x(&svg, svg_months(answer->horizon), "months");
    for (size_t t = 0; t < answer->n_transitions; t++) {
        for (size_t m = 0; m < n; m++) {
            const struct estimate p = base->incidence[t * n + m];

            y[m] = p.value;
            low[m] = fmax(0.0, p.value - 2.0 * p.se);
            high[m] = fmin(1.05 * top, p.value + 2.0 * p.se);
        }
        svg_area(&svg, answer->month, low, high, n, svg_line_colour(t), 0.25);
        svg_line(&svg, answer->month, y, n, svg_line_colour(t), (int)(t % 4));
        last[t] = y[n - 1];
    }
    svg_names(&svg, last, answer->transition, answer->n_transitions);
    svg_end(&svg, pool_print(
                      &it->pool,
                      "%s: probability that each transition has happened at least once; shaded: two simulation errors.",
                      base->name));
    free(y);
}

static void list_bases(struct shown *it)
{
    const struct answer *answer = it->answer;
    const char **head = pool_new(&it->pool, answer->n_states + 1, sizeof *head);

    head[0] = "Base";
    for (size_t s = 0; s < answer->n_states; s++)
        head[s + 1] = answer->state[s];
    html_table_begin(it->out,
                     pool_print(&it->pool,
                                "Where the bases stand at month %.4g, in %%, and 5 to 95 %% of what is not known",
                                answer->horizon),
                     head, answer->n_states + 1, NULL);
    for (size_t b = 0; b < answer->n_bases; b++) {
        html_row_begin(it->out, answer->base[b].name);
        for (size_t s = 0; s < answer->n_states; s++) {
            const struct answer_place *base = &answer->base[b];
            const char *p = figure_percent(&it->pool, base->state[s].value, base->state[s].se);

            html_cell(it->out, "n",
                      isnan(base->spread[s].quantile[0])
                          ? p
                          : pool_print(&it->pool, "%s (%s)", p, figure_spread(&it->pool, &base->spread[s])));
        }
        html_row_end(it->out);
    }
    html_table_end(it->out);
}

/* ---- why ---- */

static void list_factors(struct shown *it)
{
    static const char *const head[] = {"Lever or event", "comes, %", "if so, %", "if not, %", "difference, points"};
    const struct answer *answer = it->answer;
    const size_t q = answer->asked[0];
    struct pool *pool = &it->pool;
    struct ranked *ranked = pool_new(pool, answer->n_factors, sizeof *ranked);
    const size_t n = rank_factors(ranked, answer, q);

    if (!n)
        return;
    html_heading(it->out, "Levers and events");
    html_table_begin(it->out, pool_print(pool, "How %s differs with each", answer->question[q].id), head,
                     sizeof head / sizeof *head, NULL);
    for (size_t i = 0; i < n && i < MOST_FACTORS; i++) {
        const struct answer_factor *factor = &answer->factor[ranked[i].at];
        const struct estimate comes = factor->by_question[q].comes, so = factor->by_question[q].if_comes,
                              not = factor->by_question[q].if_not, difference = factor->by_question[q].difference;

        html_row_begin(it->out, factor->id);
        html_cell(it->out, "n", figure_percent(pool, comes.value, comes.se));
        html_cell(it->out, "n", figure_percent(pool, so.value, so.se));
        html_cell(it->out, "n", figure_percent(pool, not .value, not .se));
        html_cell(it->out, "n",
                  rank_stands_out(difference.value, difference.se)
                      ? pool_print(pool, "%s ± %s", figure_points(pool, difference.value, difference.se),
                                   figure_error(pool, difference.se))
                      : "cannot be told from 0");
        html_row_end(it->out);
    }
    html_table_end(it->out);
}

static void list_drivers(struct shown *it)
{
    static const char *const head[] = {"Quantity", "share, %", "± simulation", "tag"};
    const struct answer *answer = it->answer;
    const size_t q = answer->asked[0];
    struct pool *pool = &it->pool;
    struct ranked *ranked = pool_new(pool, answer->n_inputs, sizeof *ranked);
    const size_t n = rank_drivers(ranked, answer, q);
    const double guessed = rank_share_of_guesses(answer);

    html_heading(it->out, "What the range comes from, and what rests on guesses");
    html_table_begin(it->out, "Share of what the analyst does not know that each quantity alone accounts for", head,
                     sizeof head / sizeof *head, NULL);
    for (size_t i = 0; i < n && i < MOST_DRIVERS; i++) {
        const struct answer_driver *driver = &answer->driver[ranked[i].at];

        if (!rank_stands_out(driver->index[q], driver->se[q]))
            continue;
        html_row_begin(it->out, driver->path);
        html_cell(it->out, "n", pool_print(pool, "%.0f", 100.0 * driver->index[q]));
        html_cell(it->out, "n", pool_print(pool, "%.1f", 100.0 * driver->se[q]));
        html_cell(it->out, "n", driver->tag ? driver->tag : "untagged");
        html_row_end(it->out);
    }
    html_table_end(it->out);
    html_paragraph(
        it->out, NULL,
        pool_print(pool,
                   "Of the numbers in the scenario a source states %zu, %zu are read from one, %zu are guessed, %zu do "
                   "not say where they come from%s.",
                   answer->n_stated, answer->n_reading, answer->n_guess, answer->n_untagged,
                   isnan(guessed) ? ""
                                  : pool_print(pool, "; guesses account for %.0f %% of the range", 100.0 * guessed)));
}

/* ---- sources ---- */

/* The lines that cite a source, so many of them. */
static void find_lines(struct pool *pool, const struct node *node, const char *source, const char **text, size_t *n)
{
    for (size_t i = 0; i < node->n; i++) {
        const struct node *child = node->child[i];

        if (child->kind == NODE_STRING && child->name && !strcmp(child->name, "source") &&
            !strcmp(child->text, source) && child->at.source && (*n)++ < MOST_LINES)
            *text = pool_print(pool, "%s%s%s:%u", *text, **text ? ", " : "", child->at.source->name, child->at.line);
        find_lines(pool, child, source, text, n);
    }
}

static void list_sources(struct shown *it, const struct scenario *scenario)
{
    static const char *const head[] = {"Source", "numbers", "set at"}, *const detail[] = {"author", "date", "url"};
    const struct node *sources = tree_get(scenario->root, "sources");
    struct pool *pool = &it->pool;

    if (!scenario->n_sources)
        return;
    html_heading(it->out, "Sources");
    html_table_begin(it->out, "What each supports", head, sizeof head / sizeof *head, "tnt");
    for (size_t s = 0; s < scenario->n_sources; s++) {
        const struct node *source = tree_get(sources, scenario->source[s].id);
        const char *lines = "", *title = scenario->source[s].label;
        size_t n = 0;

        for (size_t d = 0; d < sizeof detail / sizeof *detail; d++) {
            const struct node *value = source ? tree_get(source, detail[d]) : NULL;

            if (value && value->kind == NODE_STRING)
                title = pool_print(pool, "%s. %s", title, value->text);
        }
        find_lines(pool, scenario->root, scenario->source[s].id, &lines, &n);
        html_row_begin(it->out, title);
        html_cell(it->out, "n", figure_count(pool, n));
        html_cell(it->out, NULL, n > MOST_LINES ? pool_print(pool, "%s and %zu more", lines, n - MOST_LINES) : lines);
        html_row_end(it->out);
    }
    html_table_end(it->out);
}

void html_run(FILE *out, const struct answer *answer, const struct provenance *provenance,
              const struct scenario *scenario)
{
    struct shown it = {.out = out, .answer = answer};

    html_begin(out, answer->title);
    lead(&it);
    draw_questions(&it);
    list_questions(&it);
    html_heading(out, "The bases");
    list_bases(&it);
    for (size_t b = 0; b < answer->n_bases; b++) {
        draw_occupancy(&it, &answer->base[b]);
        if (answer->n_transitions)
            draw_incidence(&it, &answer->base[b]);
    }
    list_factors(&it);
    if (answer->n_inputs)
        list_drivers(&it);
    list_sources(&it, scenario);
    html_reproduce(out, provenance);
    html_end(out);
    pool_free(&it.pool);
}
