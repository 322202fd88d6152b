/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doc_pool.c - what is said of a pool: the analysts' answer together, how far apart they are, and why. */
#include <math.h>
#include "sim/analysis/pooling.h"
#include "sim/report/result.h"
#include "sim/report/svg.h"

/* What the parts below need at hand. */
struct telling {
    struct result *result;
    struct document *document;
    struct arena *arena;
    const struct pooling *pooling;
    const size_t *order; /* of the targets' items */
};

static const struct target *get_item(const struct telling *it, size_t q)
{
    return &it->pooling->targets.item[q];
}

static struct value percent_of(struct estimate p)
{
    return value_percent(p.value, p.se);
}

static bool has_method(const struct pooling *pooling, size_t method)
{
    return method != POOL_EXTREMISED || !isnan(pooling->extreme);
}

/* ---- who is pooled ---- */

static void tell_analysts(const struct telling *it)
{
    const struct pooling *pooling = it->pooling;
    struct document *document = it->document;

    document->title = arena_print(it->arena, "%zu analysts pooled", pooling->n);
    for (size_t k = 0; k < pooling->n; k++) {
        const struct scenario *scenario = pooling->scenario[k];

        document_paragraph(document, SHOWN_ALWAYS, STYLE_DIM,
                           PHRASE(document, "{} · {} · as\u00a0of\u00a0{} · weight {} · {}", value_text(scenario->id),
                                  value_text(scenario->analyst_id), value_text(scenario->as_of),
                                  value_text(arena_print(it->arena, "%.3g", pooling->weight[k])),
                                  value_text(scenario->title)));
    }
}

/* The first question in a sentence. */
static void tell_lead(const struct telling *it)
{
    const size_t first = it->order[0];
    const struct pooled *pooled = &it->pooling->item[first];
    const struct estimate p = pooled->value[POOL_LINEAR];

    document_paragraph(it->document, SHOWN_ALWAYS, STYLE_LEAD,
                       PHRASE(it->document,
                              *get_item(it, first)->text
                                  ? "{} Pooled (linear): yes in {} of histories; the {} analysts say from {} to {}."
                                  : "{}, pooled (linear): yes in {} of histories; the {} analysts say from {} to {}.",
                              value_text(doc_item_words(it->arena, get_item(it, first))), percent_of(p),
                              value_count(it->pooling->n), value_percent(pooled->lowest, p.se),
                              value_percent(pooled->highest, p.se)));
}

static void tell_shared(const struct telling *it)
{
    const struct pooling *pooling = it->pooling;
    struct document *document = it->document;

    if (pooling->shared)
        document_paragraph(document, SHOWN_ALWAYS, STYLE_STRONG,
                           PHRASE(document,
                                  isnan(pooling->extreme)
                                      ? "They share sources: {}. Their agreement is then worth less than it "
                                        "looks, and extremising it would be wrong."
                                      : "They share sources: {}. Their agreement is then worth less than it looks.",
                                  value_text(pooling->shared)));
    doc_dates(document, &pooling->targets);
    for (size_t k = 0; k < pooling->n; k++)
        doc_kept(document, &pooling->targets, pooling->scenario[k], &pooling->outcome[k]);
}

/* ---- answers ---- */

/* Each analyst with the spread over what that one does not know, the pools below them. */
static void draw_question(const struct telling *it, size_t q)
{
    static const char *const label[] = {[POOL_LINEAR] = "pooled, linear",
                                        [POOL_LOGARITHMIC] = "pooled, logarithmic",
                                        [POOL_EXTREMISED] = "pooled, extremised"};
    const struct pooling *pooling = it->pooling;
    struct doc_dot *dot = arena_new(it->arena, pooling->n + POOL_METHODS, sizeof *dot);
    size_t n = 0;

    for (size_t k = 0; k < pooling->n; k++) {
        const struct estimate p = arm_estimates_of(&pooling->outcome[k], q);
        const double sd = pooling->outcome[k].ignorance[q];

        dot[n++] =
            (struct doc_dot){pooling->scenario[k]->id, p, fmax(0.0, p.value - sd), fmin(1.0, p.value + sd), NULL};
        if (!(sd > 0.0))
            dot[n - 1].low = dot[n - 1].high = NAN;
    }
    for (size_t m = 0; m < POOL_METHODS; m++)
        if (!isnan(pooling->item[q].value[m].value))
            dot[n++] = (struct doc_dot){label[m], pooling->item[q].value[m], NAN, NAN, svg_colour(0)};
    doc_dots(it->document, arena_print(it->arena, "What each analyst says: %s", get_item(it, q)->id),
             arena_print(it->arena, "%s Bands: one standard deviation over input uncertainty.",
                         doc_item_words(it->arena, get_item(it, q))),
             "% of histories", dot, n);
}

static void add_answer(const struct telling *it, struct doc_table *table, size_t q)
{
    const struct pooled *pooled = &it->pooling->item[q];
    const double se = pooled->value[POOL_LINEAR].se;

    doc_table_row(table, SHOWN_ALWAYS);
    doc_table_cell(table, value_text(doc_item_name(it->arena, get_item(it, q))));
    doc_table_cell(table, value_number(get_item(it, q)->month));
    for (size_t m = 0; m < POOL_METHODS; m++)
        if (has_method(it->pooling, m))
            doc_table_cell(table, value_styled(percent_of(pooled->value[m]), m ? STYLE_PLAIN : STYLE_STRONG));
    doc_table_cell(table, value_percent(pooled->lowest, se));
    doc_table_cell(table, value_percent(pooled->highest, se));
    doc_table_cell(table, value_percent(pooled->between, se));
    doc_table_cell(table, value_percent(pooled->within, se));
    doc_table_cell(table, value_score(pooled->divergence));
}

static void list_answers(const struct telling *it)
{
    static const char *const head[] = {
        [POOL_LINEAR] = "linear", [POOL_LOGARITHMIC] = "log", [POOL_EXTREMISED] = "extremised"};
    struct doc_column column[7 + POOL_METHODS] = {{"", NULL, true}, {"month", NULL, false}}, *kept;
    struct doc_table *table;
    size_t n = 2;

    for (size_t m = 0; m < POOL_METHODS; m++)
        if (has_method(it->pooling, m))
            column[n++] = (struct doc_column){head[m], NULL, false};
    column[n++] = (struct doc_column){"lowest", NULL, false};
    column[n++] = (struct doc_column){"highest", NULL, false};
    column[n++] = (struct doc_column){"between", NULL, false};
    column[n++] = (struct doc_column){"within", NULL, false};
    column[n++] = (struct doc_column){"bits", NULL, false};
    kept = arena_new(it->arena, n, sizeof *kept);
    for (size_t i = 0; i < n; i++)
        kept[i] = column[i];
    document_heading(it->document, SHOWN_ALWAYS, plain("Pooled answers"), plain("in %"));
    table = document_table(it->document, kept, n);
    for (size_t i = 0; i < it->pooling->targets.n; i++)
        add_answer(it, table, it->order[i]);
    document_remark(it->document, SHOWN_ALWAYS, STYLE_DIM,
                    plain("lowest, highest: of the analysts' answers; between: their standard deviation; within: "
                          "standard deviation of each analyst's own answer over input uncertainty; bits: "
                          "Jensen-Shannon divergence, 0 where all agree"));
}

static void list_analysts(const struct telling *it)
{
    const struct pooling *pooling = it->pooling;
    struct doc_column *column = arena_new(it->arena, pooling->n + 1, sizeof *column);
    struct doc_table *table;

    column[0] = (struct doc_column){"", NULL, true};
    for (size_t k = 0; k < pooling->n; k++)
        column[k + 1] = (struct doc_column){pooling->scenario[k]->id, NULL, false};
    document_heading(it->document, SHOWN_ALWAYS, plain("Each analyst's answers"), plain("in %"));
    table = document_table(it->document, column, pooling->n + 1);
    for (size_t i = 0; i < pooling->targets.n; i++) {
        doc_table_row(table, SHOWN_ALWAYS);
        doc_table_cell(table, value_text(doc_item_name(it->arena, get_item(it, it->order[i]))));
        for (size_t k = 0; k < pooling->n; k++)
            doc_table_cell(table, percent_of(arm_estimates_of(&pooling->outcome[k], it->order[i])));
    }
}

/* Where odds cannot be pooled or one analyst decides them, and what is not pooled at all. */
static void tell_exceptions(const struct telling *it)
{
    struct document *document = it->document;

    for (size_t i = 0; i < it->pooling->targets.n; i++) {
        const struct pooled *pooled = &it->pooling->item[it->order[i]];

        if (pooled->no_odds || pooled->veto)
            document_paragraph(document, SHOWN_ALWAYS, STYLE_PLAIN,
                               PHRASE(document, pooled->no_odds ? "{}: no pool of odds, since {}." : "{}: {}.",
                                      value_text(doc_item_name(it->arena, get_item(it, it->order[i]))),
                                      value_text(pooled->no_odds ? pooled->no_odds : pooled->veto)));
    }
    doc_left_out(document, &it->pooling->targets, "Not pooled: {}, since {}.");
}

/* ---- files ---- */

/* The analysts, each in its colour. */
static struct plot_name *name_analysts(const struct telling *it)
{
    const size_t n = it->pooling->n;
    const char **id = arena_new(it->arena, n, sizeof *id);
    unsigned *wished = arena_new(it->arena, n, sizeof *wished);
    size_t *colour = arena_new(it->arena, n, sizeof *colour);
    struct plot_name *series = arena_new(it->arena, n, sizeof *series);

    for (size_t k = 0; k < n; k++) {
        id[k] = it->pooling->scenario[k]->id;
        wished[k] = it->pooling->scenario[k]->analyst_colour;
    }
    svg_assign(colour, id, wished, n);
    for (size_t k = 0; k < n; k++)
        series[k] = (struct plot_name){id[k], id[k], svg_line_colour(colour[k])};
    return series;
}

/* All questions and states in one picture, the linear pool over the analysts. */
static void plot_files(const struct telling *it)
{
    static const struct plot_name linear = {"linear", "pooled, linear", "#000000"};
    const size_t n = it->pooling->targets.n;
    struct plot_name *row = arena_new(it->arena, n, sizeof *row);
    struct plot *over = arena_new(it->arena, 1, sizeof *over);

    for (size_t i = 0; i < n; i++)
        row[i] = (struct plot_name){get_item(it, it->order[i])->id, get_item(it, it->order[i])->id, NULL};
    *over = (struct plot){.dataset = result_find(it->result, "pool"),
                          .x = "value",
                          .row_column = "question",
                          .row = row,
                          .n_rows = n,
                          .series_column = "method",
                          .series = &linear,
                          .n_series = 1,
                          .x_axis = {"probability", 0.0, 1.0}};
    result_plot(it->result,
                (struct plot){.kind = PLOT_INTERVALS,
                              .name = "pool",
                              .dataset = result_find(it->result, "analysts"),
                              .x = "value",
                              .low = "low",
                              .high = "high",
                              .row_column = "question",
                              .row = row,
                              .n_rows = n,
                              .series_column = "scenario_id",
                              .series = name_analysts(it),
                              .n_series = it->pooling->n,
                              .x_axis = {"probability; bars: one standard deviation over input uncertainty", 0.0, 1.0},
                              .over = over});
}

void pool_document(struct result *result, const struct pooling *pooling)
{
    struct arena *arena = &result->document.arena;
    const struct telling it = {.result = result,
                               .document = &result->document,
                               .arena = arena,
                               .pooling = pooling,
                               .order = targets_order(arena, &pooling->targets)};

    result->text_name = "pool.txt";
    tell_analysts(&it);
    tell_lead(&it);
    tell_shared(&it);
    for (size_t i = 0; i < pooling->targets.n; i++)
        if (!get_item(&it, it.order[i])->base)
            draw_question(&it, it.order[i]);
    list_answers(&it);
    list_analysts(&it);
    tell_exceptions(&it);
    plot_files(&it);
    doc_sampling(it.document, pooling->n, "analyst", "analysts", pooling->n_worlds, pooling->n_runs,
                 result->provenance);
    doc_reproduce(it.document, result->provenance);
}
