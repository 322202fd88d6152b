/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doc_compare.c - what is said of a comparison: by how much the answers differ, because of what, and where that is written. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/analysis/comparison.h"
#include "sim/report/rank.h"
#include "sim/report/result.h"
#include "sim/report/svg.h"

enum {
    MOST_SHARES = 10, /* told in brief, and drawn one by one */
    MOST_ELSEWHERE = 3,
    WIDEST_VALUE = 60 /* bytes of an assumption's value, in brief */
};

/* What is told: one scenario against the baseline. */
struct telling {
    struct result *result;
    struct document *document;
    struct arena *arena;
    const struct comparison *comparison;
    const struct comparison_other *other;
    const size_t *order; /* of the targets's items */
};

static const struct scenario *get_baseline(const struct telling *it)
{
    return it->comparison->arm[0].scenario;
}

static const struct scenario *get_other(const struct telling *it)
{
    return it->comparison->arm[it->other->arm].scenario;
}

static const struct target *get_item(const struct telling *it, size_t q)
{
    return &it->comparison->targets.item[q];
}

static struct value points_of(struct estimate difference)
{
    return value_points(difference.value, difference.se);
}

static struct value percent_of(struct estimate p)
{
    return value_percent(p.value, p.se);
}

/* ---- the scenarios ---- */

static void tell_scenarios(const struct telling *it)
{
    struct document *document = it->document;
    const char *others = "";

    for (size_t i = 1; i < it->comparison->n_arms; i++)
        others = arena_print(it->arena, "%s%s%s", others, i > 1 ? ", " : "", it->comparison->arm[i].scenario->id);
    document->title = arena_print(it->arena, "%s against %s", others, get_baseline(it)->id);
    for (size_t i = 0; i < it->comparison->n_arms; i++) {
        const struct scenario *scenario = it->comparison->arm[i].scenario;

        document_paragraph(
            document, SHOWN_ALWAYS, STYLE_DIM,
            PHRASE(document, i ? "{} · {} · as\u00a0of\u00a0{} · {}" : "{} (baseline) · {} · as\u00a0of\u00a0{} · {}",
                   value_text(scenario->id), value_text(scenario->analyst_id), value_text(scenario->as_of),
                   value_text(scenario->title)));
    }
}

/* ---- differences ---- */

static bool tell_same(const struct telling *it)
{
    const struct comparison_arm *arm = &it->comparison->arm[it->other->arm];

    if (arm->same_as == it->other->arm)
        return false;
    document_paragraph(it->document, SHOWN_ALWAYS, STYLE_STRONG,
                       PHRASE(it->document, "{} is the same as {}: nothing in it changes a number.",
                              value_text(arm->scenario->id),
                              value_text(it->comparison->arm[arm->same_as].scenario->id)));
    return arm->same_as == 0;
}

/* The first question in a sentence. */
static void tell_lead(const struct telling *it)
{
    const struct arm_difference *it_differs = &it->other->difference[it->order[0]];
    const struct estimate delta = it_differs->delta;
    struct document *document = it->document;
    struct phrase lead =
        PHRASE(document,
               *get_item(it, it->order[0])->text ? "{} {}: yes in {} of histories; {}: {}"
                                                 : "{}, {}: yes in {} of histories; {}: {}",
               value_text(doc_item_words(it->arena, get_item(it, it->order[0]))), value_text(get_other(it)->id),
               percent_of(it_differs->b), value_text(get_baseline(it)->id), percent_of(it_differs->a));

    lead = document_join(document, lead,
                         rank_stands_out(delta.value, delta.se)
                             ? PHRASE(document, "; difference {} points (95\u00a0%: {}).", points_of(delta),
                                      value_points_range(it_differs->low, it_differs->high, delta.se))
                             : plain("; the difference is not significant."));
    document_paragraph(document, SHOWN_ALWAYS, STYLE_LEAD, lead);
}

static struct plot_name *name_items(const struct telling *it)
{
    const size_t n = it->comparison->targets.n;
    struct plot_name *row = arena_new(it->arena, n, sizeof *row);

    for (size_t i = 0; i < n; i++) {
        const struct target *item = get_item(it, it->order[i]);

        row[i] = (struct plot_name){.id = item->id, .label = doc_item_name(it->arena, item)};
    }
    return row;
}

static void draw_differences(const struct telling *it)
{
    struct plot *plot = arena_new(it->arena, 1, sizeof *plot);

    *plot = (struct plot){
        .kind = PLOT_INTERVALS,
        .title = arena_print(it->arena, "%s minus %s, with 95 %% intervals", get_other(it)->id, get_baseline(it)->id),
        .caption = arena_print(it->arena, "%s minus %s: dots with 95 %% intervals (simulation error).",
                               get_other(it)->id, get_baseline(it)->id),
        .dataset = result_find(it->result, "compare"),
        .x = "delta",
        .error = "se",
        .low = "ci_low",
        .high = "ci_high",
        .row_column = "question",
        .filter_column = "scenario_id",
        .filter = get_other(it)->id,
        .row = name_items(it),
        .n_rows = it->comparison->targets.n,
        .x_axis = {"points", NAN, NAN},
    };
    document_figure(it->document, plot);
}

static void add_difference(struct doc_table *table, const char *name, double month, const struct arm_difference *it)
{
    struct value delta = value_styled(points_of(it->delta), STYLE_STRONG);

    delta.with_error = true;
    doc_table_row(table, SHOWN_ALWAYS);
    doc_table_cell(table, value_text(name));
    doc_table_cell(table, value_number(month));
    doc_table_cell(table, percent_of(it->a));
    doc_table_cell(table, percent_of(it->b));
    doc_table_cell(table, delta);
    doc_table_cell(table, it->delta.value == 0.0 ? value_text("the same")
                          : rank_stands_out(it->delta.value, it->delta.se)
                              ? value_points_range(it->low, it->high, it->delta.se)
                              : value_styled(value_text("not significant"), STYLE_DIM));
    doc_table_cell(table, value_ratio(it->ratio));
    doc_table_cell(table, value_styled(value_times(it->efficiency), STYLE_DIM));
}

static void list_differences(const struct telling *it)
{
    const struct doc_column column[] = {
        {"", NULL, true},
        {"month", NULL, false},
        {get_baseline(it)->id, NULL, false},
        {get_other(it)->id, NULL, false},
        {"difference", NULL, false},
        {"95 %", NULL, false},
        {"ratio", NULL, false},
        {"error reduced", NULL, false},
    };
    struct doc_table *table = document_table(it->document, column, sizeof column / sizeof *column);

    for (size_t i = 0; i < it->comparison->targets.n; i++) {
        const struct target *item = get_item(it, it->order[i]);

        add_difference(table, doc_item_name(it->arena, item), item->month, &it->other->difference[it->order[i]]);
    }
    document_remark(
        it->document, SHOWN_ALWAYS, STYLE_DIM,
        plain("month: of states the last that both play; error reduced: how many times smaller the error of "
              "the difference is than with independent random numbers"));
}

/* ---- shares ---- */

struct ranked_share {
    size_t player;
    double size;
};

static int compare_sizes(const void *a, const void *b)
{
    const struct ranked_share *x = a, *y = b;

    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    return x->player < y->player ? -1 : x->player > y->player;
}

/* Players by the size of their shares in one question, largest first. */
static struct ranked_share *rank_shares(struct arena *arena, const struct attribution *attribution, size_t q)
{
    struct ranked_share *ranked = arena_new(arena, attribution->n_players, sizeof *ranked);

    for (size_t i = 0; i < attribution->n_players; i++)
        ranked[i] = (struct ranked_share){i, fabs(attribution->share[q][i].value)};
    if (attribution->n_players)
        qsort(ranked, attribution->n_players, sizeof *ranked, compare_sizes);
    return ranked;
}

static bool is_significant(struct estimate share)
{
    return rank_stands_out(share.value, share.se);
}

/* "Its view of actors.israel accounts for +11.2 of the +18.0 points." Shares have the sign with which they add up to the
 * difference. */
static void tell_largest_share(const struct telling *it, const struct ranked_share *ranked)
{
    const struct attribution *attribution = &it->other->attribution;
    const struct estimate delta = it->other->difference[it->order[0]].delta,
                          share = attribution->share[it->order[0]][ranked[0].player];
    struct document *document = it->document;

    if (!is_significant(delta)) {
        document_paragraph(document, SHOWN_ALWAYS, STYLE_PLAIN,
                           PHRASE(document, "The difference in {} is not significant; the shares below cancel.",
                                  value_text(get_item(it, it->order[0])->id)));
        return;
    }
    if (is_significant(share))
        document_paragraph(document, SHOWN_ALWAYS, STYLE_PLAIN,
                           PHRASE(document,
                                  share.value * delta.value < 0.0
                                      ? "{}'s view of {} accounts for {} of the {} points (against the difference)."
                                      : "{}'s view of {} accounts for {} of the {} points.",
                                  value_text(get_other(it)->id), value_text(attribution->player[ranked[0].player].name),
                                  points_of(share), points_of(delta)));
}

static void list_shares(const struct telling *it, const struct ranked_share *ranked)
{
    static const struct doc_column column[] = {{"", NULL, true}, {"share", "points", false}, {"", NULL, false}};
    const struct attribution *attribution = &it->other->attribution;
    struct doc_table *table = document_table(it->document, column, sizeof column / sizeof *column);
    double rest = 0.0;
    size_t n = 0;

    for (size_t i = 0; i < attribution->n_players; i++) {
        const struct estimate share = attribution->share[it->order[0]][ranked[i].player];
        const bool brief = i == 0 || (i < MOST_SHARES && is_significant(share));
        struct value value = value_styled(points_of(share), is_significant(share) ? STYLE_STRONG : STYLE_DIM);

        value.with_error = true;
        doc_table_row(table, brief ? SHOWN_ALWAYS : SHOWN_IN_FULL);
        doc_table_cell(table, value_text(attribution->player[ranked[i].player].name));
        doc_table_cell(table, value);
        doc_table_cell(table, value_bar(ranked[i].size / ranked[0].size));
        n += !brief;
        rest += brief ? 0.0 : share.value;
    }
    if (n)
        document_remark(it->document, SHOWN_IN_BRIEF, STYLE_DIM,
                        PHRASE(it->document, "{} more, smaller or not significant: {} together", value_count(n),
                               value_points(rest, it->other->difference[it->order[0]].delta.se)));
}

/* ---- from the one answer to the other, a step for each share ---- */

struct step {
    const char *id; /* "0", "1" ... */
    double from, to, se;
};

static const struct column step_column[] = {
    {"step", COLUMN_ID, true, NULL, "index of the step"},
    {"from", COLUMN_PROBABILITY, false, NULL, "the answer before it"},
    {"to", COLUMN_PROBABILITY, false, NULL, "the answer after it"},
    {"se", COLUMN_PROBABILITY, false, NULL, "standard error of the step"},
};

static void fill_step(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct step *step = dataset->source;

    cell[0].text = step[i].id;
    cell[1].number = step[i].from;
    cell[2].number = step[i].to;
    cell[3].number = step[i].se;
}

/* The baseline, the largest shares, all others, the other scenario. */
static void draw_shares(const struct telling *it, const struct ranked_share *ranked)
{
    const struct attribution *attribution = &it->other->attribution;
    const struct arm_difference *differs = &it->other->difference[it->order[0]];
    const size_t n = attribution->n_players < MOST_SHARES ? attribution->n_players : MOST_SHARES, n_steps = n + 3;
    struct step *step = arena_new(it->arena, n_steps, sizeof *step);
    struct plot_name *row = arena_new(it->arena, n_steps, sizeof *row);
    struct dataset *dataset = arena_new(it->arena, 1, sizeof *dataset);
    struct plot *plot = arena_new(it->arena, 1, sizeof *plot);

    step[0] = (struct step){.from = differs->a.value, .to = differs->a.value, .se = differs->a.se};
    row[0].label = get_baseline(it)->id;
    for (size_t i = 0; i < n; i++) {
        const struct estimate share = attribution->share[it->order[0]][ranked[i].player];

        step[i + 1] = (struct step){.from = step[i].to, .to = step[i].to + share.value, .se = share.se};
        row[i + 1].label = attribution->player[ranked[i].player].name;
    }
    step[n + 1] = (struct step){.from = step[n].to, .to = differs->b.value, .se = differs->delta.se};
    row[n + 1].label = "all others";
    step[n + 2] = (struct step){.from = differs->b.value, .to = differs->b.value, .se = differs->b.se};
    row[n + 2].label = get_other(it)->id;
    for (size_t i = 0; i < n_steps; i++)
        row[i].id = step[i].id = arena_print(it->arena, "%zu", i);
    *dataset = (struct dataset){.name = "steps",
                                .column = step_column,
                                .n_columns = sizeof step_column / sizeof *step_column,
                                .n_rows = n_steps,
                                .fill_row = fill_step,
                                .source = step};
    *plot = (struct plot){
        .kind = PLOT_STEPS,
        .title = "Shares of the difference, step by step",
        .caption = arena_print(
            it->arena,
            "%s, from the one answer to the other: Shapley shares %s; to the right raises, to the left lowers.",
            get_item(it, it->order[0])->id, attribution->game.n_pairs ? "over sampled orders" : "over all coalitions"),
        .dataset = dataset,
        .x = "to",
        .error = "se",
        .low = "from",
        .high = "to",
        .row_column = "step",
        .row = row,
        .n_rows = n_steps,
        .x_axis = {"%", NAN, NAN},
    };
    document_figure(it->document, plot);
}

/* Any other question in a line. */
static void tell_shares_elsewhere(const struct telling *it, size_t q)
{
    const struct attribution *attribution = &it->other->attribution;
    const struct ranked_share *ranked = rank_shares(it->arena, attribution, q);
    struct document *document = it->document;
    struct phrase text = PHRASE(document, "{}:", value_text(get_item(it, q)->id));
    size_t n = 0;

    for (size_t i = 0; i < attribution->n_players && n < MOST_ELSEWHERE; i++) {
        const struct estimate share = attribution->share[q][ranked[i].player];

        if (is_significant(share))
            text = document_join(document, text,
                                 PHRASE(document, n++ ? ", {}\u00a0{}" : " {}\u00a0{}",
                                        value_text(attribution->player[ranked[i].player].name), points_of(share)));
    }
    document_remark(document, SHOWN_ALWAYS, STYLE_DIM,
                    n ? text : document_join(document, text, plain(" no share is significant")));
}

static void tell_shares(const struct telling *it)
{
    const struct attribution *attribution = &it->other->attribution;
    struct document *document = it->document;
    const struct ranked_share *ranked;

    if (!attribution->share && it->comparison->by != BY_NONE)
        document_paragraph(document, SHOWN_ALWAYS, STYLE_STRONG,
                           PHRASE(document, "No shares: {}.", value_text(attribution->why_not)));
    if (!attribution->share || !attribution->n_players)
        return;
    ranked = rank_shares(it->arena, attribution, it->order[0]);
    document_heading(
        document, SHOWN_ALWAYS, PHRASE(document, "Why {} differs", value_text(get_item(it, it->order[0])->id)),
        attribution->game.n_pairs ? PHRASE(document, "Shapley shares in points ± error, over {} sampled orders",
                                           value_count(2 * attribution->game.n_pairs))
                                  : plain("Shapley shares in points ± error, over all coalitions"));
    tell_largest_share(it, ranked);
    draw_shares(it, ranked);
    list_shares(it, ranked);
    for (size_t i = 1; i < it->comparison->targets.n; i++)
        if (!get_item(it, it->order[i])->base)
            tell_shares_elsewhere(it, it->order[i]);
}

/* ---- assumptions ---- */

/* No more than some bytes of a text, cut between characters. */
static const char *shorten(struct arena *arena, const char *text)
{
    size_t n = strlen(text);

    if (n <= WIDEST_VALUE)
        return text;
    for (n = WIDEST_VALUE - 1; n && ((unsigned char)text[n] & 0xC0) == 0x80;)
        n--;
    return arena_print(arena, "%.*s…", (int)n, text);
}

/* In full a row, in brief a line for the path and one for each side. */
static void add_assumption(const struct telling *it, struct doc_table *table, const struct difference *difference)
{
    const char *path =
        difference->bears ? difference->path : arena_print(it->arena, "%s (influences no answer)", difference->path);

    doc_table_row(table, SHOWN_IN_FULL);
    doc_table_cell(table, value_text(path));
    document_remark(it->document, SHOWN_IN_BRIEF, STYLE_PLAIN, PHRASE(it->document, "{}", value_text(path)));
    for (size_t side = 0; side < DIFFER_SIDES; side++) {
        const char *text = difference->text[side], *place = doc_place(it->arena, difference->place[side]);

        doc_table_cell(table, value_text(arena_print(it->arena, "%s  (%s)", text, place)));
        document_remark(
            it->document, SHOWN_IN_BRIEF, STYLE_DIM,
            PHRASE(it->document, "\u00a0\u00a0{}   {}", value_text(shorten(it->arena, text)), value_text(place)));
    }
}

static void tell_assumptions(const struct telling *it)
{
    const struct doc_column column[] = {
        {"Assumption", NULL, true}, {get_baseline(it)->id, NULL, true}, {get_other(it)->id, NULL, true}};
    const struct differences *list = &it->other->differences;
    struct doc_table *table;

    document_heading(
        it->document, SHOWN_ALWAYS,
        PHRASE(it->document, list->n == 1 ? "{} assumption differs" : "{} assumptions differ", value_count(list->n)),
        plain("baseline, then the other; each with the line that sets it"));
    table = document_table(it->document, column, 3);
    for (size_t i = 0; i < list->n; i++)
        add_assumption(it, table, &list->item[i]);
}

/* ---- files ---- */

static void plot_intervals(const struct telling *it, struct plot plot)
{
    plot.kind = PLOT_INTERVALS;
    plot.series_column = "scenario_id";
    plot.low = "ci_low";
    plot.high = "ci_high";
    plot.x_axis.from = plot.x_axis.to = NAN;
    result_plot(it->result, plot);
}

/* The scenarios but the baseline, each in its colour. */
static struct plot_name *name_others(const struct telling *it)
{
    const size_t n = it->comparison->n_arms;
    const char **id = arena_new(it->arena, n, sizeof *id);
    unsigned *wished = arena_new(it->arena, n, sizeof *wished);
    size_t *colour = arena_new(it->arena, n, sizeof *colour);
    struct plot_name *series = arena_new(it->arena, n, sizeof *series);

    for (size_t i = 0; i < n; i++) {
        id[i] = it->comparison->arm[i].scenario->id;
        wished[i] = it->comparison->arm[i].scenario->analyst_colour;
    }
    svg_assign(colour, id, wished, n);
    for (size_t i = 0; i + 1 < n; i++)
        series[i] = (struct plot_name){id[i + 1], id[i + 1], svg_line_colour(colour[i + 1])};
    return series;
}

/* Players of all scenarios, those of the first before those that only later ones have, each by the size of its shares. */
static struct plot_name *name_players(const struct telling *it, size_t *n)
{
    struct plot_name *row = NULL;
    size_t capacity = 0;

    *n = 0;
    for (size_t o = 0; o + 1 < it->comparison->n_arms; o++) {
        const struct attribution *attribution = &it->comparison->other[o].attribution;
        const struct ranked_share *ranked;

        if (!attribution->share)
            continue;
        ranked = rank_shares(it->arena, attribution, it->order[0]);
        for (size_t i = 0; i < attribution->n_players; i++) {
            const char *name = attribution->player[ranked[i].player].name;
            size_t k = 0;

            while (k < *n && strcmp(row[k].id, name) != 0)
                k++;
            if (k < *n)
                continue;
            row = arena_grow(it->arena, row, *n, &capacity, sizeof *row);
            row[(*n)++] = (struct plot_name){name, name, NULL};
        }
    }
    return row;
}

static void plot_files(const struct telling *it)
{
    const struct plot_name *series = name_others(it);
    const size_t n_series = it->comparison->n_arms - 1;
    const char *first = get_item(it, it->order[0])->id;
    size_t n_players;
    const struct plot_name *player = name_players(it, &n_players);

    plot_intervals(it,
                   (struct plot){.name = "compare",
                                 .dataset = result_find(it->result, "compare"),
                                 .x = "delta",
                                 .row_column = "question",
                                 .row = name_items(it),
                                 .n_rows = it->comparison->targets.n,
                                 .series = series,
                                 .n_series = n_series,
                                 .x_axis.title = arena_print(it->arena, "difference from %s", get_baseline(it)->id)});
    if (n_players)
        plot_intervals(it, (struct plot){.name = "attribution",
                                         .dataset = result_find(it->result, "attribution"),
                                         .x = "contribution",
                                         .row_column = "assumption",
                                         .filter_column = "question",
                                         .filter = first,
                                         .row = player,
                                         .n_rows = n_players,
                                         .series = series,
                                         .n_series = n_series,
                                         .x_axis.title = arena_print(it->arena, "share of the difference in %s from %s",
                                                                     first, get_baseline(it)->id)});
}

static void tell_other(const struct telling *it)
{
    document_heading(
        it->document, SHOWN_ALWAYS,
        PHRASE(it->document, "{} minus {}", value_text(get_other(it)->id), value_text(get_baseline(it)->id)),
        plain("in %; differences in points ± simulation error"));
    if (!tell_same(it))
        tell_lead(it);
    draw_differences(it);
    list_differences(it);
    tell_shares(it);
    tell_assumptions(it);
}

void compare_document(struct result *result, const struct comparison *comparison)
{
    struct arena *arena = &result->document.arena;
    struct telling it = {.result = result,
                         .document = &result->document,
                         .arena = arena,
                         .comparison = comparison,
                         .order = targets_order(arena, &comparison->targets)};

    result->text_name = "compare.txt";
    tell_scenarios(&it);
    doc_dates(it.document, &comparison->targets);
    for (size_t i = 0; i < comparison->n_arms; i++)
        doc_kept(it.document, &comparison->targets, comparison->arm[i].scenario, &comparison->arm[i].outcome);
    for (size_t o = 0; o + 1 < comparison->n_arms; o++) {
        it.other = &comparison->other[o];
        tell_other(&it);
    }
    doc_left_out(it.document, &comparison->targets, "Not compared: {}, since {}.");
    plot_files(&it);
    doc_sampling(it.document, comparison->n_played, "arm", "arms", comparison->n_worlds, comparison->n_runs,
                 result->provenance);
    doc_reproduce(it.document, result->provenance);
}
