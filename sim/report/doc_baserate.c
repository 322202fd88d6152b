/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doc_baserate.c - what is said of base rates: rates, hazards by time, who is left when, and how groups differ. */
#include <math.h>
#include "sim/report/baserate.h"
#include "sim/report/svg.h"

enum { YEAR = 12, MANY_GROUPS = 40, MANY_CURVES = 7, FEW_CURVES = 2, ROUND_FROM = 9999 };

/* What the parts below need at hand. */
struct telling {
    struct result *result;
    struct document *document;
    struct arena *arena;
    const struct baserate *it;
};

#define COLUMNS(of) (of), sizeof(of) / sizeof *(of)

/* ---- cells ---- */

static void add_text(struct doc_table *table, const char *text)
{
    doc_table_cell(table, value_text(text));
}

/* "-" where there is none; large ones in whole, since four digits of them read badly. */
static struct value make_number(double x)
{
    return isnan(x)          ? value_text("-")
           : isinf(x)        ? value_text("infinite")
           : x >= ROUND_FROM ? value_count((uint64_t)(x + 0.5))
                             : value_number(x);
}

static void add_number(struct doc_table *table, double x, enum style style)
{
    doc_table_cell(table, value_styled(make_number(x), style));
}

static void add_limits(struct doc_table *table, struct limits limits, double scale, enum style style)
{
    add_number(table, limits.low * scale, style);
    add_number(table, limits.high * scale, style);
}

/* Probabilities to a tenth of a point. */
static void add_probability(struct doc_table *table, double p, enum style style)
{
    doc_table_cell(table, value_styled(isnan(p) ? value_text("-") : value_percent(p, 0.001), style));
}

static void add_range(struct doc_table *table, struct limits limits, enum style style)
{
    const struct value value = isnan(limits.low) ? value_text("-") : value_range(limits.low, limits.high, 0.001);

    doc_table_cell(table, value_styled(value, style));
}

static const char *span_name(struct arena *arena, const struct baserate_rate *rate)
{
    return isinf(rate->to) ? arena_print(arena, "%g on", rate->from)
                           : arena_print(arena, "%g to %g", rate->from, rate->to);
}

/* ---- all rows together ---- */

static void tell_table(struct telling *it, const struct baserate_origin *origin)
{
    const struct spells *spells = it->it->spells;
    const struct baserate_group *all = &it->it->group[0];
    struct document *document = it->document;
    const struct baserate_rate *rate = &all->rate[0];

    document_paragraph(document, SHOWN_IN_FULL, STYLE_LEAD,
                       PHRASE(document, "{} of {} spells ended in {} years at risk: {} a year (95\u00a0% {} to {}).",
                              value_number(rate->events), value_count(all->n), value_number(rate->exposure / YEAR),
                              value_number(rate->rate * YEAR), value_number(rate->limits.low * YEAR),
                              value_number(rate->limits.high * YEAR)));
    document_paragraph(document, SHOWN_ALWAYS, STYLE_DIM,
                       PHRASE(document, "{} · {} rows · {} hosts", value_text(origin->path), value_count(all->n),
                              value_count(all->n_hosts)));
    if (spells->n_excluded || spells->n_without)
        document_paragraph(
            document, SHOWN_ALWAYS, STYLE_DIM,
            PHRASE(document, "Of {} rows {} are not selected and {} have no time at risk ({} of them with an event).",
                   value_count(spells->n_rows), value_count(spells->n_excluded), value_count(spells->n_without),
                   value_count(spells->n_events_without)));
    if (!spells->has_hosts)
        document_paragraph(document, SHOWN_ALWAYS, STYLE_DIM,
                           plain("There is no column host: each row is taken as a host of its own."));
}

static void tell_rates(struct telling *it)
{
    static const struct doc_column column[] = {
        {"", NULL, true},        {"events", NULL, false}, {"years", NULL, false},
        {"a year", NULL, false}, {"from", NULL, false},   {"to", NULL, false},
        {"from", NULL, false},   {"to", NULL, false},     {"a month", NULL, false}};
    struct doc_table *table;

    document_heading(it->document, SHOWN_ALWAYS, plain("Rates"),
                     plain("events over time at risk; from and to: exact 95\u00a0% limits, then with hosts resampled"));
    table = document_table(it->document, COLUMNS(column));
    for (size_t c = 0; c <= it->it->n_causes; c++) {
        const struct baserate_rate *rate = &it->it->group[0].rate[c];

        doc_table_row(table, SHOWN_ALWAYS);
        add_text(table, baserate_cause(it->it, c));
        doc_table_cell(table, value_count((uint64_t)rate->events));
        add_number(table, rate->exposure / YEAR, STYLE_PLAIN);
        add_number(table, rate->rate * YEAR, STYLE_STRONG);
        add_limits(table, rate->limits, YEAR, STYLE_PLAIN);
        add_limits(table, rate->bootstrap, YEAR, STYLE_DIM);
        add_number(table, rate->rate, STYLE_PLAIN);
    }
}

static void add_hazard(struct telling *it, struct doc_table *table, size_t g, const struct baserate_rate *rate)
{
    doc_table_row(table, g ? SHOWN_IN_FULL : SHOWN_ALWAYS);
    add_text(table, g ? arena_print(it->arena, "%s: %s", it->it->group[g].name, span_name(it->arena, rate))
                      : span_name(it->arena, rate));
    doc_table_cell(table, value_count((uint64_t)rate->events));
    add_number(table, rate->exposure, STYLE_PLAIN);
    add_number(table, rate->rate, STYLE_STRONG);
    add_limits(table, rate->limits, 1.0, STYLE_PLAIN);
    add_number(table, rate->p05, STYLE_PLAIN);
    add_number(table, rate->p50, STYLE_PLAIN);
    add_number(table, rate->p95, STYLE_PLAIN);
}

static void tell_hazards(struct telling *it)
{
    static const struct doc_column column[] = {
        {"months", NULL, true},   {"events", NULL, false}, {"at risk", "months", false},
        {"a month", NULL, false}, {"from", NULL, false},   {"to", NULL, false},
        {"5 %", NULL, false},     {"50 %", NULL, false},   {"95 %", NULL, false}};
    const struct baserate *rates = it->it;
    struct doc_table *table;

    if (rates->n_spans <= 2)
        return;
    document_heading(it->document, SHOWN_ALWAYS, plain("Hazard by time since the start"),
                     plain("constant within each span; exact 95\u00a0% limits; posterior under Jeffreys' prior"));
    table = document_table(it->document, COLUMNS(column));
    for (size_t g = 0; g < rates->n_groups && (!g || rates->n_groups - 1 <= MANY_GROUPS); g++)
        for (size_t span = 1; span < rates->n_spans; span++)
            add_hazard(it, table, g, &rates->group[g].rate[span * (1 + rates->n_causes)]);
    if (rates->n_groups - 1 > MANY_GROUPS)
        document_remark(it->document, SHOWN_ALWAYS, STYLE_DIM, plain("Those of groups are in baserate.csv."));
}

static void tell_points(struct telling *it)
{
    static const struct doc_column column[] = {
        {"", NULL, true},      {"month", NULL, false},          {"at risk", NULL, false},        {"%", NULL, false},
        {"95 %", NULL, false}, {"robust by host", NULL, false}, {"hosts resampled", NULL, false}};
    const struct baserate *rates = it->it;
    const size_t m = 1 + rates->n_causes;
    struct doc_table *table;

    if (!rates->n_points)
        return;
    document_heading(it->document, SHOWN_ALWAYS, plain("What has become of them"),
                     plain(rates->n_causes ? "not ended: Kaplan-Meier; ended by a cause: Aalen-Johansen; log-log limits"
                                           : "not ended: Kaplan-Meier; log-log limits"));
    table = document_table(it->document, COLUMNS(column));
    for (size_t c = 0; c < m; c++)
        for (size_t i = 0; i < rates->n_points; i++) {
            const struct baserate_point *point = &rates->group[0].point[i * m + c];

            doc_table_row(table, SHOWN_ALWAYS);
            add_text(table, c ? baserate_cause(rates, c) : "not ended");
            add_number(table, point->month, STYLE_PLAIN);
            add_number(table, point->at_risk, STYLE_PLAIN);
            add_probability(table, point->value, STYLE_STRONG);
            add_range(table, point->limits, STYLE_PLAIN);
            add_range(table, point->robust, STYLE_PLAIN);
            add_range(table, point->bootstrap, STYLE_DIM);
        }
}

static void tell_weibull(struct telling *it)
{
    const struct weibull_fit *fit = &it->it->group[0].weibull;
    struct document *document = it->document;

    document_heading(document, SHOWN_ALWAYS, plain("Weibull"), plain("maximum likelihood"));
    if (!fit->found) {
        document_paragraph(document, SHOWN_ALWAYS, STYLE_PLAIN,
                           plain("There is none: too few events, or all at one time."));
        return;
    }
    document_paragraph(
        document, SHOWN_ALWAYS, STYLE_PLAIN,
        PHRASE(document,
               "Shape {} (95\u00a0% {} to {}; robust {} to {}), scale {} months ({} to {}); log likelihood {}. {}",
               value_number(fit->shape), value_number(fit->shape_limits.low), make_number(fit->shape_limits.high),
               value_number(fit->shape_robust.low), value_number(fit->shape_robust.high), make_number(fit->scale),
               make_number(fit->scale_limits.low), make_number(fit->scale_limits.high),
               value_number(fit->log_likelihood),
               value_text(fit->shape_limits.high < 1.0  ? "The hazard falls with time: what has lasted goes on lasting."
                          : fit->shape_limits.low > 1.0 ? "The hazard rises with time."
                                                        : "A constant hazard is not ruled out.")));
}

/* ---- groups ---- */

static void add_group(struct telling *it, struct doc_table *table, size_t g)
{
    const struct baserate_group *group = &it->it->group[g];
    const struct baserate_rate *rate = &group->rate[0];
    const struct rate_ratio none = {NAN, NAN, NAN, NAN};
    const struct rate_ratio others = group->to_others, largest = g == it->it->reference ? none : group->to_reference;

    doc_table_row(table, SHOWN_ALWAYS);
    add_text(table, group->name);
    doc_table_cell(table, value_count((uint64_t)rate->events));
    add_number(table, rate->exposure / YEAR, STYLE_PLAIN);
    add_number(table, rate->rate * YEAR, STYLE_STRONG);
    add_number(table, others.ratio, STYLE_STRONG);
    add_limits(table, (struct limits){others.low, others.high}, 1.0, STYLE_PLAIN);
    add_number(table, largest.ratio, STYLE_STRONG);
    add_limits(table, (struct limits){largest.low, largest.high}, 1.0, STYLE_PLAIN);
}

static void tell_groups(struct telling *it)
{
    static const struct doc_column column[] = {
        {"", NULL, true},        {"events", NULL, false},       {"years", NULL, false},
        {"a year", NULL, false}, {"over others", NULL, false},  {"from", NULL, false},
        {"to", NULL, false},     {"over largest", NULL, false}, {"from", NULL, false},
        {"to", NULL, false}};
    const struct baserate *rates = it->it;
    struct doc_table *table;

    if (rates->n_groups < 2)
        return;
    document_heading(it->document, SHOWN_ALWAYS, plain("Groups"),
                     PHRASE(it->document, "ratios of rates, exact 95\u00a0% limits; the largest: {}",
                            value_text(rates->group[rates->reference].name)));
    table = document_table(it->document, COLUMNS(column));
    for (size_t g = 1; g < rates->n_groups && g <= MANY_GROUPS; g++)
        add_group(it, table, g);
    if (rates->n_groups - 1 > MANY_GROUPS)
        document_remark(
            it->document, SHOWN_ALWAYS, STYLE_DIM,
            PHRASE(it->document, "{} more are in the files.", value_count(rates->n_groups - 1 - MANY_GROUPS)));
}

/* The share of each group that has not ended by each month of the grid. */
static void tell_groups_left(struct telling *it)
{
    const struct baserate *rates = it->it;
    const size_t m = 1 + rates->n_causes;
    struct doc_column *column = arena_new(it->arena, 2 * rates->n_points + 1, sizeof *column);
    struct doc_table *table;
    size_t n = 0;

    if (rates->n_groups < 2 || !rates->n_points)
        return;
    column[n++] = (struct doc_column){"", NULL, true};
    for (size_t i = 0; i < rates->n_points; i++) {
        column[n++] = (struct doc_column){arena_print(it->arena, "month %g", rates->settings.grid[i + 1]), NULL, false};
        column[n++] = (struct doc_column){"95 %", NULL, false};
    }
    document_heading(it->document, SHOWN_ALWAYS, plain("Not ended by then, by group"),
                     plain("%: Kaplan-Meier, log-log limits"));
    table = document_table(it->document, column, n);
    for (size_t g = 1; g < rates->n_groups && g <= MANY_GROUPS; g++) {
        doc_table_row(table, SHOWN_ALWAYS);
        add_text(table, rates->group[g].name);
        for (size_t i = 0; i < rates->n_points; i++) {
            add_probability(table, rates->group[g].point[i * m].value, STYLE_STRONG);
            add_range(table, rates->group[g].point[i * m].limits, STYLE_PLAIN);
        }
    }
}

/* ---- figures ---- */

/* Curves of one kind: of all groups' survival, or of all causes' incidence. Their ids are those of the table. */
static void draw_curves(struct telling *it, const char *name, const char *title, const char *y_title, double top,
                        const size_t *curve, size_t n)
{
    const struct dataset *dataset = result_find(it->result, "survival");
    const size_t series_at = dataset_column(dataset, "series");
    struct plot_name *series = arena_new(it->arena, n, sizeof *series);
    union cell *cell = arena_new(it->arena, dataset->n_columns, sizeof *cell);
    const struct baserate *rates = it->it;
    const size_t m = 1 + rates->n_causes;
    double longest = 0.0;

    for (size_t s = 0; s < n; s++) {
        size_t row = 0; /* the curve's first */

        for (size_t c = 0; c < curve[s]; c++)
            row += rates->group[c / m].curve.n + 2;
        dataset->fill_row(dataset, row, cell);
        series[s] = (struct plot_name){cell[series_at].text, cell[series_at].text, svg_line_colour(s)};
        longest = fmax(longest, rates->group[curve[s] / m].curve.last);
    }
    document_figure(
        it->document,
        result_plot(it->result,
                    (struct plot){.kind = PLOT_LINES,
                                  .is_step = true,
                                  .name = name,
                                  .title = title,
                                  .caption = n > FEW_CURVES
                                                 ? title
                                                 : arena_print(it->arena, "%s. Shaded: two standard errors.", title),
                                  .dataset = dataset,
                                  .x = "month",
                                  .y = "value",
                                  .error = n > FEW_CURVES ? NULL : "se",
                                  .series_column = "series",
                                  .series = series,
                                  .n_series = n,
                                  .x_axis = {"months", 0.0, longest},
                                  .y_axis = {y_title, 0.0, top}}));
}

static void draw(struct telling *it)
{
    const struct baserate *rates = it->it;
    const size_t m = 1 + rates->n_causes;
    size_t curve[MANY_CURVES], n = 0;

    if (!rates->group[0].curve.n)
        return;
    for (size_t g = rates->n_groups > 1; g < rates->n_groups && n < MANY_CURVES; g++)
        curve[n++] = g * m;
    draw_curves(it, "survival", "Share that has not ended by each month", "not ended", 1.0, curve, n);
    for (n = 0; n < rates->n_causes && n < MANY_CURVES; n++)
        curve[n] = 1 + n;
    if (n)
        draw_curves(it, "incidence", "Share that has ended by each month, by cause", "ended", NAN, curve, n);
}

void baserate_document(struct result *result, const struct baserate *rates, const struct baserate_origin *origin)
{
    struct telling it = {result, &result->document, &result->document.arena, rates};

    tell_table(&it, origin);
    tell_rates(&it);
    tell_hazards(&it);
    tell_points(&it);
    draw(&it);
    tell_weibull(&it);
    tell_groups(&it);
    tell_groups_left(&it);
    doc_reproduce(it.document, result->provenance);
}
