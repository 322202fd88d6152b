/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doc_run.c - what is said of a run: the answers first, then where the bases stand, how long it takes, why, how it was done. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "sim/report/rank.h"
#include "sim/report/result.h"
#include "sim/report/svg.h"

enum {
    BRIEF_FACTORS = 7, /* told one by one in brief; in full all are */
    BRIEF_DRIVERS = 5,
    MOST_ELSEWHERE = 3 /* levers and events told for each question but the first */
};

/* What the parts below need at hand. */
struct telling {
    struct result *result;
    struct document *document;
    struct arena *arena;
    const struct answer *answer;
};

static const struct answer_question *first_question(const struct answer *answer)
{
    return &answer->question[answer->asked[0]];
}

static struct value percent_of(struct estimate p)
{
    return value_percent(p.value, p.se);
}

static struct value spread_of(const struct answer_spread *spread)
{
    return value_range(spread->quantile[0], spread->quantile[ANSWER_LEVELS - 1],
                       fmax(spread->se[0], spread->se[ANSWER_LEVELS - 1]));
}

/* Whether input uncertainty can be told: a range that is not distinguishable from a point is not shown. */
static bool has_spread(const struct answer *answer, const struct answer_spread *spread)
{
    return answer->n_inputs > 0 && !isnan(spread->quantile[0]) && spread->measurable;
}

/* ---- the answers ---- */

static void tell_title(struct telling *it)
{
    const struct answer *answer = it->answer;
    struct document *document = it->document;

    if (!answer->complete)
        document->warning = PHRASE(document, "STOPPED EARLY: all below rests on the {} draws played until then.",
                                   value_count(answer->n_draws));
    document_paragraph(document, SHOWN_ALWAYS, STYLE_DIM,
                       PHRASE(document, "{} · {} · {} · as\u00a0of\u00a0{} · {}\u00a0months\u00a0ahead",
                              value_text(answer->scenario_id), value_text(answer->analyst_id),
                              value_text(answer->model), value_text(answer->as_of), value_number(answer->horizon)));
}

/* The first answer in a sentence. */
static void tell_lead(struct telling *it)
{
    const struct answer_question *question = first_question(it->answer);
    struct document *document = it->document;
    struct phrase lead = PHRASE(document, *question->text ? "{} Yes in {} of histories" : "{}: yes in {} of histories",
                                value_text(*question->text ? question->text : question->id), percent_of(question->p));

    if (has_spread(it->answer, &question->spread))
        lead = document_join(
            document, lead,
            PHRASE(document, "; input uncertainty: {} (5 to 95\u00a0% range)", spread_of(&question->spread)));
    document_paragraph(document, SHOWN_IN_FULL, STYLE_LEAD, document_join(document, lead, plain(".")));
}

static struct phrase describe_error(struct document *document, struct estimate p)
{
    if (p.value == 0.0)
        return PHRASE(document, "never in {} draws", value_count(p.n));
    if (p.value == 1.0)
        return PHRASE(document, "in all {} draws", value_count(p.n));
    return PHRASE(document, "± {} (simulation error)", value_error(p.se));
}

/* How far input uncertainty moves the answer, and how much of a single outcome's variance would remain if every input were known. */
static void set_uncertainty(struct telling *it, struct probability *line, const struct answer_spread *spread)
{
    const double chance = spread->sd_aleatory * spread->sd_aleatory,
                 input = spread->sd_epistemic * spread->sd_epistemic;
    struct document *document = it->document;

    if (!it->answer->n_inputs) {
        line->note = plain("The scenario has no uncertain inputs: all uncertainty is chance.");
        return;
    }
    if (!isnan(spread->quantile[0]) && !spread->measurable) {
        line->note = plain("No measurable input uncertainty.");
        return;
    }
    if (!has_spread(it->answer, spread)) {
        line->note = plain("With one world, or one run a world, input uncertainty cannot be estimated.");
        return;
    }
    line->spread = spread_of(spread);
    line->note = PHRASE(document, "input uncertainty: {} (5 to 95\u00a0% range)", line->spread);
    if (!(chance + input > 0.0))
        return;
    line->chance = value_percent(chance / (chance + input), 0.01);
    line->note =
        document_join(document, line->note, PHRASE(document, "; chance is {} of the outcome's variance", line->chance));
}

static void tell_questions(struct telling *it)
{
    const struct answer *answer = it->answer;
    struct document *document = it->document;
    struct probability *line = arena_new(it->arena, answer->n_questions, sizeof *line);

    for (size_t i = 0; i < answer->n_questions; i++) {
        const struct answer_question *question = &answer->question[answer->asked[i]];
        const bool has_text = *question->text != '\0';

        line[i] = (struct probability){
            .title = PHRASE(document, "{}", value_text(has_text ? question->text : question->id)),
            .remark = has_text
                          ? PHRASE(document, "{}, month {}", value_text(question->id), value_number(question->month))
                          : PHRASE(document, "month {}", value_number(question->month)),
            .id = question->id,
            .month = question->month,
            .p = percent_of(question->p),
            .error = describe_error(document, question->p),
        };
        set_uncertainty(it, &line[i], &question->spread);
    }
    document_probabilities(document, line, answer->n_questions);
}

static void draw_questions(struct telling *it)
{
    const struct answer *answer = it->answer;
    struct plot_name *row = arena_new(it->arena, answer->n_questions, sizeof *row);
    struct plot *plot = arena_new(it->arena, 1, sizeof *plot);

    for (size_t i = 0; i < answer->n_questions; i++) {
        const char *id = answer->question[answer->asked[i]].id;

        row[i] = (struct plot_name){.id = id, .label = id};
    }
    *plot = (struct plot){
        .kind = PLOT_INTERVALS,
        .title = "Probability of each question, with its input uncertainty",
        .caption = "Dot: probability. Band: input uncertainty, 5 to 95 % range.",
        .dataset = run_questions(it->result),
        .x = "probability",
        .error = "se",
        .low = "p05",
        .high = "p95",
        .row_column = "question",
        .row = row,
        .n_rows = answer->n_questions,
        .x_axis = {"% of histories", 0.0, 1.0},
    };
    document_figure(it->document, plot);
}

/* ---- the bases ---- */

/* One error for a whole table keeps its digits even. */
static double largest_error(const struct answer *answer)
{
    double largest = 0.0;

    for (size_t i = 0; i < answer->n_bases; i++)
        for (size_t s = 0; s < answer->n_states; s++)
            largest = fmax(largest, answer->base[i].state[s].se);
    return largest;
}

static struct value state_of(const struct answer *answer, const struct answer_place *base, size_t s, double error)
{
    struct value value = value_percent(base->state[s].value, error);

    value.with_bar = true;
    if (has_spread(answer, &base->spread[s])) {
        value.with_range = true;
        value.low = base->spread[s].quantile[0];
        value.high = base->spread[s].quantile[ANSWER_LEVELS - 1];
        value.range_se = fmax(base->spread[s].se[0], base->spread[s].se[ANSWER_LEVELS - 1]);
    }
    return value;
}

static void tell_states(struct telling *it)
{
    const struct answer *answer = it->answer;
    struct document *document = it->document;
    struct doc_column *column = arena_new(it->arena, answer->n_states + 1, sizeof *column);
    const double error = largest_error(answer);
    struct doc_table *table;

    column[0] = (struct doc_column){"", NULL, true};
    for (size_t s = 0; s < answer->n_states; s++)
        column[s + 1] = (struct doc_column){answer->state[s], NULL, false};
    document_heading(document, SHOWN_ALWAYS,
                     PHRASE(document, "Where the bases stand in month {}, %", value_number(answer->horizon)),
                     PHRASE(document,
                            answer->n_inputs && !isnan(answer->base[0].spread[0].quantile[0])
                                ? "± {} (simulation error); with the 5 to 95\u00a0% range over input uncertainty"
                                : "± {} (simulation error)",
                            value_error(error)));
    table = document_table(document, column, answer->n_states + 1);
    for (size_t b = 0; b < answer->n_bases; b++) {
        doc_table_row(table, SHOWN_ALWAYS);
        doc_table_cell(table, value_text(answer->base[b].id));
        for (size_t s = 0; s < answer->n_states; s++)
            doc_table_cell(table, state_of(answer, &answer->base[b], s, error));
    }
}

static void tell_bases_held(struct telling *it)
{
    const struct answer *answer = it->answer;
    const size_t n = answer->n_bases + 1;
    struct doc_column *column = arena_new(it->arena, n + 1, sizeof *column);
    struct doc_table *table;

    column[0] = (struct doc_column){"", NULL, true};
    for (size_t i = 0; i < n; i++)
        column[i + 1] = (struct doc_column){i ? arena_print(it->arena, "%4zu", i) : "none", NULL, false};
    table = document_table(it->document, column, n + 1);
    doc_table_row(table, SHOWN_ALWAYS);
    doc_table_cell(table, value_text("bases held"));
    for (size_t i = 0; i < n; i++) {
        struct value value = percent_of(answer->bases_held[i]);

        value.with_bar = true;
        doc_table_cell(table, value);
    }
}

static struct plot_name *name_series(struct arena *arena, const char *const *id, size_t n,
                                     const char *(*colour)(size_t))
{
    struct plot_name *series = arena_new(arena, n, sizeof *series);

    for (size_t i = 0; i < n; i++)
        series[i] = (struct plot_name){id[i], id[i], colour(i)};
    return series;
}

static struct plot_name *name_bases(struct telling *it)
{
    struct plot_name *facet = arena_new(it->arena, it->answer->n_bases, sizeof *facet);

    for (size_t b = 0; b < it->answer->n_bases; b++) {
        const struct answer_place *base = &it->answer->base[b];

        facet[b] = (struct plot_name){base->id, *base->name ? base->name : base->id, NULL};
    }
    return facet;
}

/* Of states their occupancy, of transitions their cumulative incidence: a drawing of each base. */
static void draw_curves(struct telling *it)
{
    const struct answer *answer = it->answer;
    struct plot plot = {
        .kind = PLOT_STACK,
        .name = "occupancy",
        .title = "probability of each state, month by month",
        .caption = "probability of each state over time, worst for the guest at the bottom.",
        .dataset = result_find(it->result, "curves"),
        .x = "month",
        .y = "value",
        .error = "se",
        .series_column = "name",
        .facet_column = "location",
        .filter_column = "kind",
        .filter = "occupancy",
        .series = name_series(it->arena, answer->state, answer->n_states, svg_colour),
        .facet = name_bases(it),
        .n_series = answer->n_states,
        .n_facets = answer->n_bases,
        .x_axis = {"months", 0.0, answer->horizon},
        .y_axis = {"probability", 0.0, 1.0},
    };

    document_figure(it->document, result_plot(it->result, plot));
    if (!answer->n_transitions)
        return;
    plot.kind = PLOT_LINES;
    plot.name = plot.filter = "incidence";
    plot.title = "what has happened by when";
    plot.caption = "probability that each transition has happened at least once; shaded: two simulation errors.";
    plot.series = name_series(it->arena, answer->transition, answer->n_transitions, svg_line_colour);
    plot.n_series = answer->n_transitions;
    plot.y_axis = (struct plot_axis){"probability that it has happened", 0.0, NAN};
    document_figure(it->document, result_plot(it->result, plot));
}

/* How each question's probability is distributed over worlds; worlds.csv alone holds them, so it is drawn from there only. */
static void plot_worlds(struct telling *it)
{
    const struct answer *answer = it->answer;
    struct plot_name *series = arena_new(it->arena, answer->n_questions, sizeof *series);

    for (size_t i = 0; i < answer->n_questions; i++) {
        const char *id = answer->question[answer->asked[i]].id;

        series[i] = (struct plot_name){arena_print(it->arena, "p.%s", id), id, svg_line_colour(i)};
    }
    result_plot(it->result, (struct plot){.kind = PLOT_HISTOGRAM,
                                          .name = "worlds",
                                          .dataset = result_find(it->result, "worlds"),
                                          .series = series,
                                          .n_series = answer->n_questions,
                                          .x_axis = {"probability in a world", 0.0, 1.0},
                                          .y_axis = {"share of worlds", 0.0, NAN},
                                          .bin = 0.02});
}

/* ---- how long it takes ---- */

static void add_time(struct doc_table *table, const struct answer *answer, const struct answer_time *time)
{
    struct value chance = percent_of(time->by_horizon);

    chance.with_error = true;
    doc_table_cell(table, chance);
    for (size_t i = 0; i < ANSWER_LEVELS; i++)
        doc_table_cell(table, value_months(time->quantile[i], time->se[i], answer->horizon));
}

static void add_place(struct doc_table *table, const struct answer *answer, const struct answer_place *place,
                      const char *name)
{
    doc_table_row(table, SHOWN_ALWAYS);
    doc_table_cell(table, value_text(name));
    add_time(table, answer, &place->loss);
    if (answer->has_deal)
        add_time(table, answer, &place->deal);
}

static void tell_times(struct telling *it)
{
    static const struct doc_column column[] = {
        {"", NULL, true},     {"lost", "%", false}, {"5 %", NULL, false},  {"50 %", NULL, false}, {"95 %", NULL, false},
        {"deal", "%", false}, {"5 %", NULL, false}, {"50 %", NULL, false}, {"95 %", NULL, false},
    };
    const struct answer *answer = it->answer;
    struct document *document = it->document;
    struct doc_table *table;

    document_heading(
        document, SHOWN_ALWAYS, plain(answer->has_deal ? "Months to a loss and to a deal" : "Months to a loss"),
        PHRASE(document,
               "probability ± simulation error, then 5, 50 and 95\u00a0% quantiles; >{}: not within {} months",
               value_number(answer->horizon), value_number(answer->horizon)));
    table = document_table(document, column, 1 + (ANSWER_LEVELS + 1) * (answer->has_deal ? 2 : 1));
    for (size_t b = 0; b < answer->n_bases; b++)
        add_place(table, answer, &answer->base[b], answer->base[b].id);
    if (answer->n_bases > 1)
        add_place(table, answer, &answer->all, "any base");
}

/* ---- levers and events ---- */

static bool is_significant(const struct answer_factor *factor, size_t question)
{
    const struct estimate difference = factor->by_question[question].difference;

    return rank_stands_out(difference.value, difference.se);
}

static void add_factor(struct doc_table *table, enum shown shown, const struct answer_factor *factor, size_t question,
                       double largest)
{
    const struct estimate difference = factor->by_question[question].difference;
    struct value value = value_points(difference.value, difference.se);

    value.with_error = true;
    doc_table_row(table, shown);
    doc_table_cell(table, value_text(factor->id));
    doc_table_cell(table, value_styled(value_text(factor->is_lever ? "lever" : "event"), STYLE_DIM));
    doc_table_cell(table, percent_of(factor->by_question[question].comes));
    doc_table_cell(table, percent_of(factor->by_question[question].if_comes));
    doc_table_cell(table, percent_of(factor->by_question[question].if_not));
    if (is_significant(factor, question)) {
        doc_table_cell(table, value_styled(value, STYLE_STRONG));
        doc_table_cell(table, value_bar(fabs(difference.value) / largest));
    } else {
        doc_table_cell(table, value_styled(value_text("not significant"), STYLE_DIM));
        doc_table_cell(table, (struct value){0});
    }
}

/* The first question in full, the largest difference first; in brief the smaller ones by name. */
static void tell_first_factors(struct telling *it, const struct ranked *ranked, size_t n)
{
    static const struct doc_column column[] = {
        {"lever or event", NULL, true},
        {"", NULL, true},
        {"comes", "%", false},
        {"if so", "%", false},
        {"if not", "%", false},
        {"difference", "points", false},
        {"", NULL, false},
    };
    const struct answer *answer = it->answer;
    const size_t q = answer->asked[0];
    const char **smaller = arena_new(it->arena, answer->n_factors, sizeof *smaller);
    const char **noise = arena_new(it->arena, answer->n_factors, sizeof *noise);
    const char **never = arena_new(it->arena, answer->n_factors, sizeof *never);
    struct doc_table *table = document_table(it->document, column, sizeof column / sizeof *column);
    size_t n_brief = 0, n_smaller = 0, n_noise = 0, n_never = 0;

    for (size_t i = 0; i < n; i++) {
        const struct answer_factor *factor = &answer->factor[ranked[i].at];
        const bool significant = is_significant(factor, q), brief = significant && n_brief < BRIEF_FACTORS;

        add_factor(table, brief ? SHOWN_ALWAYS : SHOWN_IN_FULL, factor, q, ranked[0].size);
        n_brief += brief;
        if (!significant)
            noise[n_noise++] = factor->id;
        else if (!brief)
            smaller[n_smaller++] = factor->id;
    }
    for (size_t i = 0; i < answer->n_factors; i++)
        if (isnan(answer->factor[i].by_question[q].difference.value))
            never[n_never++] = answer->factor[i].id;
    document_names(it->document, SHOWN_IN_BRIEF, "Smaller", smaller, n_smaller);
    document_names(it->document, SHOWN_IN_BRIEF, "Not significant", noise, n_noise);
    document_names(it->document, SHOWN_ALWAYS, "Always or never came", never, n_never);
}

/* Any other question in a line. */
static void tell_other_factors(struct telling *it, size_t question, const struct ranked *ranked, size_t n)
{
    const struct answer *answer = it->answer;
    struct document *document = it->document;
    struct phrase text = PHRASE(document, "{}:", value_text(answer->question[question].id));
    size_t n_shown = 0;

    for (size_t i = 0; i < n && n_shown < MOST_ELSEWHERE; i++) {
        const struct answer_factor *factor = &answer->factor[ranked[i].at];
        const struct estimate difference = factor->by_question[question].difference;

        if (!is_significant(factor, question))
            continue;
        text = document_join(document, text,
                             PHRASE(document, n_shown ? ", {}\u00a0{}\u00a0±\u00a0{}" : " {}\u00a0{}\u00a0±\u00a0{}",
                                    value_text(factor->id), value_points(difference.value, difference.se),
                                    value_error(difference.se)));
        n_shown++;
    }
    if (!n_shown)
        text = document_join(document, text, plain(" no lever or event makes a significant difference"));
    document_remark(document, SHOWN_ALWAYS, STYLE_PLAIN, text);
}

static void tell_factors(struct telling *it)
{
    const struct answer *answer = it->answer;
    struct ranked *ranked = arena_new(it->arena, answer->n_factors, sizeof *ranked);

    if (!answer->n_factors)
        return;
    document_heading(
        it->document, SHOWN_ALWAYS,
        PHRASE(it->document, "How {} differs with each lever and event", value_text(first_question(answer)->id)),
        plain("an association; in points ± simulation error"));
    tell_first_factors(it, ranked, rank_factors(ranked, answer, answer->asked[0]));
    for (size_t i = 1; i < answer->n_questions; i++)
        tell_other_factors(it, answer->asked[i], ranked, rank_factors(ranked, answer, answer->asked[i]));
}

/* ---- what the range comes from ---- */

static void tell_drivers(struct telling *it)
{
    static const struct doc_column column[] = {
        {"input", NULL, true}, {"share", "%", false}, {"", NULL, false}, {"basis", NULL, true}};
    const struct answer *answer = it->answer;
    struct document *document = it->document;
    struct ranked *ranked = arena_new(it->arena, answer->n_inputs, sizeof *ranked);
    const size_t q = answer->asked[0], n = rank_drivers(ranked, answer, q);
    struct doc_table *table;
    size_t n_clear = 0;

    if (!n)
        return;
    document_heading(document, SHOWN_ALWAYS, PHRASE(document, "What drives {}", value_text(first_question(answer)->id)),
                     plain("share of its input uncertainty that each quantity alone accounts for"));
    table = document_table(document, column, sizeof column / sizeof *column);
    for (size_t i = 0; i < n; i++) {
        const struct answer_driver *driver = &answer->driver[ranked[i].at];
        struct value share = value_percent(driver->index[q], driver->se[q]);

        if (!rank_stands_out(driver->index[q], driver->se[q]))
            continue;
        share.with_error = true;
        doc_table_row(table, n_clear++ < BRIEF_DRIVERS ? SHOWN_ALWAYS : SHOWN_IN_FULL);
        doc_table_cell(table, value_text(driver->path));
        doc_table_cell(table, share);
        doc_table_cell(table, value_bar(driver->index[q]));
        doc_table_cell(table, value_styled(value_text(driver->tag ? driver->tag : "untagged"), STYLE_DIM));
    }
    document_remark(document, SHOWN_ALWAYS, STYLE_DIM,
                    PHRASE(document, "Of {} uncertain quantities {} are not significant.", value_count(n),
                           value_count(n - n_clear)));
}

/* How many of the scenario's numbers are stated, read or guessed, and how much hangs on the guesses. */
static void tell_basis(struct telling *it)
{
    const struct answer *answer = it->answer;
    struct document *document = it->document;
    const size_t n = answer->n_stated + answer->n_reading + answer->n_guess + answer->n_untagged;
    const double guessed = rank_share_of_guesses(answer);
    struct phrase text;

    if (n == answer->n_untagged) {
        document_remark(
            document, SHOWN_ALWAYS, STYLE_PLAIN,
            PHRASE(document, "None of the {} numbers in the scenario says where it comes from.", value_count(n)));
        return;
    }
    text =
        PHRASE(document,
               "Of {} numbers in the scenario a source states {}, {} are read from a source, {} are guesses, {} do not "
               "say where they come from",
               value_count(n), value_count(answer->n_stated), value_count(answer->n_reading),
               value_count(answer->n_guess), value_count(answer->n_untagged));
    if (!isnan(guessed))
        text = document_join(
            document, text,
            PHRASE(document, "; guesses account for {} of the input uncertainty", value_percent(guessed, 0.01)));
    document_remark(document, SHOWN_ALWAYS, STYLE_PLAIN, document_join(document, text, plain(".")));
}

/* ---- how it was done ---- */

static void tell_method(struct telling *it)
{
    const struct answer *answer = it->answer;
    const struct provenance *provenance = it->result->provenance;
    struct document *document = it->document;

    document_heading(document, SHOWN_ALWAYS, plain("How it was computed"), plain(""));
    document_remark(document, SHOWN_ALWAYS, STYLE_PLAIN,
                    PHRASE(document,
                           answer->n_worlds == 1 ? "{} world x {} runs: {} draws; seed\u00a0{}{}"
                                                 : "{} worlds x {} runs: {} draws; seed\u00a0{}{}",
                           value_count(answer->n_worlds), value_count(answer->n_runs), value_count(answer->n_draws),
                           value_text(arena_print(it->arena, "%" PRIu64, provenance->seed)),
                           value_text(provenance->seed_chosen ? " (chosen by the program)" : "")));
    if (provenance->seconds > 0.0)
        document_remark(document, SHOWN_ON_SCREEN, STYLE_PLAIN,
                        PHRASE(document, "{}, {} draws a second", value_seconds(provenance->seconds),
                               value_count((uint64_t)((double)answer->n_draws / provenance->seconds))));
    if (answer->computed && answer->n_too_fast)
        document_remark(
            document, SHOWN_ALWAYS, STYLE_PLAIN,
            PHRASE(document,
                   "Levers and events are drawn; what bases then do is computed, but drawn in {} of the {} runs, where "
                   "transitions fire too fast to be computed ({} at up to {} a month).",
                   value_count(answer->n_too_fast), value_count(answer->n_draws), value_text(answer->fastest),
                   value_number(answer->fastest_rate)));
    else if (answer->computed)
        document_remark(document, SHOWN_ALWAYS, STYLE_PLAIN,
                        plain("Levers and events are drawn; what bases then do is computed."));
    else if (answer->why_drawn)
        document_remark(
            document, SHOWN_ALWAYS, STYLE_PLAIN,
            PHRASE(document, "What bases do is drawn, since it cannot be computed: {}", value_text(answer->why_drawn)));
    else
        document_remark(document, SHOWN_ALWAYS, STYLE_PLAIN, plain("What bases do is drawn."));
}

void run_document(struct result *result, const struct answer *answer, const struct scenario *scenario)
{
    static void (*const part[])(struct telling *) = {
        tell_title,  tell_lead,  draw_questions, tell_questions, tell_states, tell_bases_held, draw_curves,
        plot_worlds, tell_times, tell_factors,   tell_drivers,   tell_basis,  tell_method,
    };
    struct telling it = {
        .result = result, .document = &result->document, .arena = &result->document.arena, .answer = answer};

    assert(answer->n_questions > 0);
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        part[i](&it);
    doc_sources(&result->document, scenario);
    doc_reproduce(&result->document, result->provenance);
}
