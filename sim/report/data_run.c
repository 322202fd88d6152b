/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_run.c - a run's tables: each file's columns and how a row follows from the answer. */
#include <math.h>
#include <string.h>
#include "sim/report/json_tree.h"
#include "sim/report/number.h"
#include "sim/report/rank.h"
#include "sim/report/result.h"

enum { SUMMARY_FORMAT = 1, MOST_DRIVERS = 20 };

#define COLUMNS(of) .column = (of), .n_columns = sizeof(of) / sizeof *(of)

static const char *const level_name[ANSWER_LEVELS] = {"0.05", "0.5", "0.95"};

/* ---- summary.csv ---- */

static const struct column summary_column[] = {
    {"model_id", COLUMN_ID, true, NULL, "the analyst"},
    {"scenario_id", COLUMN_ID, true, NULL, "the scenario"},
    {"target", COLUMN_ID, true, NULL, "a question's id, or state, bases_held, time_to_loss, time_to_deal"},
    {"location", COLUMN_ID, true, NULL, "a base's id, or all"},
    {"horizon", COLUMN_MONTHS, true, NULL, "months after as_of that the row speaks of"},
    {"output_type", COLUMN_ID, true, NULL, "pmf, mean or quantile"},
    {"output_type_id", COLUMN_TEXT, true, NULL, "the state, the count of bases, or the level of the quantile"},
    {"value", COLUMN_NUMBER, false, "probability; of times months", "the estimate"},
    {"se", COLUMN_NUMBER, false, "that of value", "Monte Carlo standard error of value"},
    {"n", COLUMN_COUNT, false, "runs", "runs behind the estimate"},
};

/* Answers of one or more scenarios, and names of counts. */
struct summary {
    const struct answer *const *answer;
    size_t n;
    const char **count; /* "0", "1" ... */
};

struct summary_row {
    const char *target, *location, *type, *type_id;
    double horizon;
    struct estimate estimate;
};

static size_t count_summary(const struct answer *answer)
{
    return answer->n_questions * (1 + ANSWER_LEVELS) + answer->n_bases * answer->n_states + answer->n_bases + 1 +
           (answer->has_deal ? 2 : 1) * (answer->n_bases + 1) * (1 + ANSWER_LEVELS);
}

static void set_quantile(struct summary_row *row, size_t level, const double *quantile, const double *se, uint64_t n)
{
    row->type = "quantile";
    row->type_id = level_name[level];
    row->estimate = (struct estimate){quantile[level], se[level], n};
}

/* Row k of a block of a mean and its quantiles. */
static void set_question(struct summary_row *row, const struct answer_question *question, size_t k)
{
    row->target = question->id;
    row->horizon = question->month;
    row->estimate = question->p;
    if (k)
        set_quantile(row, k - 1, question->spread.quantile, question->spread.se, question->p.n);
}

static void set_time(struct summary_row *row, const struct answer_time *time, size_t k)
{
    row->estimate = time->mean;
    if (k)
        set_quantile(row, k - 1, time->quantile, time->se, time->by_horizon.n);
}

/* Row i of an answer: questions, then states, how many bases are held, times to a loss, times to a deal. */
static struct summary_row make_summary_row(const struct answer *answer, const char *const *count, size_t i)
{
    const size_t block = 1 + ANSWER_LEVELS, n_states = answer->n_bases * answer->n_states,
                 n_times = (answer->n_bases + 1) * block;
    struct summary_row row = {.location = "all", .type = "mean", .type_id = "NA", .horizon = answer->horizon};
    const struct answer_place *place;

    if (i < answer->n_questions * block) {
        set_question(&row, &answer->question[i / block], i % block);
        return row;
    }
    i -= answer->n_questions * block;
    if (i < n_states + answer->n_bases + 1)
        row.type = "pmf";
    if (i < n_states) {
        row.target = "state";
        row.location = answer->base[i / answer->n_states].id;
        row.type_id = answer->state[i % answer->n_states];
        row.estimate = answer->base[i / answer->n_states].state[i % answer->n_states];
        return row;
    }
    i -= n_states;
    if (i <= answer->n_bases) {
        row.target = "bases_held";
        row.type_id = count[i];
        row.estimate = answer->bases_held[i];
        return row;
    }
    i -= answer->n_bases + 1;
    row.target = i < n_times ? "time_to_loss" : "time_to_deal";
    place = i % n_times < block ? &answer->all : &answer->base[i % n_times / block - 1];
    row.location = i % n_times < block ? "all" : place->id;
    set_time(&row, i < n_times ? &place->loss : &place->deal, i % block);
    return row;
}

static void fill_summary(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct summary *summary = dataset->source;
    const struct answer *const *answer = summary->answer;
    struct summary_row row;

    for (; i >= count_summary(*answer); answer++)
        i -= count_summary(*answer);
    row = make_summary_row(*answer, summary->count, i);
    cell[0].text = (*answer)->analyst_id;
    cell[1].text = (*answer)->scenario_id;
    cell[2].text = row.target;
    cell[3].text = row.location;
    cell[4].number = row.horizon;
    cell[5].text = row.type;
    cell[6].text = row.type_id;
    cell[7].number = row.estimate.value;
    cell[8].number = row.estimate.se;
    cell[9].count = row.estimate.n;
}

static const char **name_counts(struct arena *arena, size_t most)
{
    const char **count = arena_new(arena, most + 1, sizeof *count);

    for (size_t i = 0; i <= most; i++)
        count[i] = arena_print(arena, "%zu", i);
    return count;
}

struct dataset run_summary(void)
{
    return (struct dataset){.name = "summary",
                            .row = "one number of the answer, in the hubverse format with se and n beside it",
                            COLUMNS(summary_column)};
}

static struct dataset summary_of(struct arena *arena, const struct answer *const *answer, size_t n)
{
    struct summary *summary = arena_new(arena, 1, sizeof *summary);
    const struct answer **kept = arena_new(arena, n, sizeof *kept);
    struct dataset it = run_summary();
    size_t most = 0;

    it.fill_row = fill_summary;
    it.source = summary;
    for (size_t i = 0; i < n; i++) {
        kept[i] = answer[i];
        most = answer[i]->n_bases > most ? answer[i]->n_bases : most;
        it.n_rows += count_summary(answer[i]);
    }
    *summary = (struct summary){kept, n, name_counts(arena, most)};
    return it;
}

/* ---- curves.csv ---- */

static const struct column curves_column[] = {
    {"scenario_id", COLUMN_ID, true, NULL, "the scenario"},
    {"location", COLUMN_ID, true, NULL, "the base"},
    {"kind", COLUMN_ID, true, NULL, "occupancy: of a state at that month; incidence: of a transition by that month"},
    {"name", COLUMN_ID, true, NULL, "the state or the transition"},
    {"month", COLUMN_MONTHS, true, NULL, "months after as_of"},
    {"value", COLUMN_PROBABILITY, false, NULL, "probability of the state, or that the transition has happened by then"},
    {"se", COLUMN_PROBABILITY, false, NULL, "Monte Carlo standard error of value"},
};

static void fill_curves(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct answer *answer = dataset->source;
    const size_t n = answer->n_months, of_base = n * (answer->n_states + answer->n_transitions),
                 series = i % of_base / n;
    const struct answer_place *base = &answer->base[i / of_base];
    const bool is_state = series < answer->n_states;
    const size_t which = is_state ? series : series - answer->n_states;
    const struct estimate p = (is_state ? base->occupancy : base->incidence)[which * n + i % n];

    cell[0].text = answer->scenario_id;
    cell[1].text = base->id;
    cell[2].text = is_state ? "occupancy" : "incidence";
    cell[3].text = is_state ? answer->state[which] : answer->transition[which];
    cell[4].number = answer->month[i % n];
    cell[5].number = p.value;
    cell[6].number = p.se;
}

static struct dataset curves_of(const struct answer *answer)
{
    return (struct dataset){.name = "curves",
                            .row = "a base, a state's occupancy or a transition's cumulative incidence, a month",
                            COLUMNS(curves_column),
                            .n_rows = answer->n_bases * answer->n_months * (answer->n_states + answer->n_transitions),
                            .fill_row = fill_curves,
                            .source = answer};
}

/* ---- levers.csv; the same numbers in JSON go by shorter names ---- */

#define LEVER_COLUMNS(p)                                                                                               \
    {"id", COLUMN_ID, true, NULL, "the lever or event"}, {"question", COLUMN_ID, true, NULL, "the question"},          \
        {p "comes", COLUMN_PROBABILITY, false, NULL, "that it comes by the question's month"},                         \
        {p "if_comes", COLUMN_PROBABILITY, false, NULL, "of the question, in histories in which it comes"},            \
        {p "if_not", COLUMN_PROBABILITY, false, NULL, "of the question, in histories in which it does not"},           \
        {"difference", COLUMN_DIFFERENCE, false, NULL, "if_comes minus if_not: an association"},                       \
    {                                                                                                                  \
        "se", COLUMN_DIFFERENCE, false, NULL, "Monte Carlo standard error of difference"                               \
    }
static const struct column levers_column[] = {LEVER_COLUMNS("p_")}, levers_in_json[] = {LEVER_COLUMNS("")};

static void fill_levers(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct answer *answer = dataset->source;
    const struct answer_factor *factor = &answer->factor[i / answer->n_questions];
    const size_t q = i % answer->n_questions;

    cell[0].text = factor->id;
    cell[1].text = answer->question[q].id;
    cell[2].number = factor->by_question[q].comes.value;
    cell[3].number = factor->by_question[q].if_comes.value;
    cell[4].number = factor->by_question[q].if_not.value;
    cell[5].number = factor->by_question[q].difference.value;
    cell[6].number = factor->by_question[q].difference.se;
}

static struct dataset levers_of(const struct answer *answer)
{
    return (struct dataset){.name = "levers",
                            .row = "a lever or event and a question: how often it comes by then, the answer if it does "
                                   "and if it does not",
                            COLUMNS(levers_column),
                            .n_rows = answer->n_factors * answer->n_questions,
                            .fill_row = fill_levers,
                            .source = answer};
}

/* ---- worlds.csv, written while worlds are played ---- */

struct dataset run_worlds(struct arena *arena, const char *const *input, size_t n_inputs, const char *const *question,
                          size_t n_questions)
{
    struct column *column = arena_new(arena, 2 + n_inputs + n_questions, sizeof *column), *next = column;

    *next++ = (struct column){"scenario_id", COLUMN_ID, true, NULL, "the scenario"};
    *next++ = (struct column){"world", COLUMN_COUNT, true, NULL, "index of the world"};
    for (size_t i = 0; i < n_inputs; i++)
        *next++ = (struct column){arena_print(arena, "in.%s", input[i]), COLUMN_NUMBER, false, "that of the setting",
                                  "an uncertain quantity's value in the world"};
    for (size_t i = 0; i < n_questions; i++)
        *next++ = (struct column){arena_print(arena, "p.%s", question[i]), COLUMN_PROBABILITY, false, NULL,
                                  "of the question, in the world"};
    return (struct dataset){.name = "worlds",
                            .row = "one world, that is one draw of the uncertain quantities",
                            .column = column,
                            .n_columns = (size_t)(next - column)};
}

/* ---- summary.json ---- */

static const struct column head_column[] = {
    {"format", COLUMN_COUNT, false, NULL, "version of this object's shape"},
    {"scenario_id", COLUMN_ID, false, NULL, "the scenario"},
    {"analyst", COLUMN_ID, false, NULL, "who says so"},
    {"title", COLUMN_TEXT, false, NULL, "the scenario's title"},
    {"model", COLUMN_ID, false, NULL, "the model"},
    {"as_of", COLUMN_TEXT, false, NULL, "date at which months begin"},
    {"horizon", COLUMN_MONTHS, false, NULL, "months played"},
    {"worlds", COLUMN_COUNT, false, NULL, "draws of the uncertain quantities"},
    {"runs", COLUMN_COUNT, false, NULL, "histories a world"},
    {"draws", COLUMN_COUNT, false, NULL, "histories in all"},
    {"estimator", COLUMN_ID, false, NULL, "conditional: what bases do is computed; draw: it is drawn"},
    {"complete", COLUMN_FLAG, false, NULL, "false: stopped early"},
    {"runs_too_fast", COLUMN_COUNT, false, NULL,
     "runs drawn where the others are computed: transitions fire too fast in them"},
    {"fastest", COLUMN_ID, false, NULL, "the fastest transition of these, transition@base"},
    {"fastest_rate", COLUMN_NUMBER, false, "per month", "how fast it fires at most"},
};

static void add_head(struct result *result, const struct answer *answer)
{
    const union cell cell[] = {
        {.count = SUMMARY_FORMAT},
        {.text = answer->scenario_id},
        {.text = answer->analyst_id},
        {.text = answer->title},
        {.text = answer->model},
        {.text = answer->as_of},
        {.number = answer->horizon},
        {.count = answer->n_worlds},
        {.count = answer->n_runs},
        {.count = answer->n_draws},
        {.text = answer->computed ? "conditional" : "draw"},
        {.count = answer->complete},
        {.count = answer->n_too_fast},
        {.text = answer->fastest},
        {.number = answer->fastest_rate},
    };

    result_record(result, head_column, sizeof cell / sizeof *cell, cell, (struct dataset_part){0});
}

static void fill_quantiles(union cell *cell, const double *quantile)
{
    for (size_t i = 0; i < ANSWER_LEVELS; i++)
        cell[i].number = quantile[i];
}

#define QUANTILE_COLUMNS(kind, of)                                                                                     \
    {"p05", kind, false, NULL, "5 % quantile " of}, {"p50", kind, false, NULL, "median " of},                          \
    {                                                                                                                  \
        "p95", kind, false, NULL, "95 % quantile " of                                                                  \
    }
#define PROBABILITY_COLUMNS                                                                                            \
    {"probability", COLUMN_PROBABILITY, false, NULL, "the estimate"},                                                  \
    {                                                                                                                  \
        "se", COLUMN_PROBABILITY, false, NULL, "Monte Carlo standard error of probability"                             \
    }

static const struct column question_column[] = {
    {"question", COLUMN_ID, true, NULL, "the question's id"},
    {"text", COLUMN_TEXT, false, NULL, "the question's words"},
    {"month", COLUMN_MONTHS, false, NULL, "months after as_of"},
    PROBABILITY_COLUMNS,
    QUANTILE_COLUMNS(COLUMN_PROBABILITY, "of the probability over input uncertainty"),
    {"sd_ignorance", COLUMN_PROBABILITY, false, NULL, "its standard deviation over input uncertainty"},
    {"sd_se", COLUMN_PROBABILITY, false, NULL, "standard error of that"},
    {"measurable", COLUMN_FLAG, false, NULL,
     "whether input uncertainty is distinguishable from none: its variance is above two errors"},
    {"sd_chance", COLUMN_PROBABILITY, false, NULL, "standard deviation of one outcome within a world: chance"},
};

static void fill_question(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct answer *answer = dataset->source;
    const struct answer_question *question = &answer->question[i];

    cell[0].text = question->id;
    cell[1].text = question->text;
    cell[2].number = question->month;
    cell[3].number = question->p.value;
    cell[4].number = question->p.se;
    fill_quantiles(cell + 5, question->spread.quantile);
    cell[8].number = question->spread.sd_epistemic;
    cell[9].number = question->spread.sd_se;
    cell[10].count = question->spread.measurable;
    cell[11].number = question->spread.sd_aleatory;
}

static const struct column state_column[] = {
    {"base", COLUMN_ID, true, NULL, "the base"},
    {"state", COLUMN_ID, true, NULL, "its state at the horizon"},
    PROBABILITY_COLUMNS,
    QUANTILE_COLUMNS(COLUMN_PROBABILITY, "of the probability over input uncertainty"),
};

static void fill_state(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct answer *answer = dataset->source;
    const struct answer_place *base = &answer->base[i / answer->n_states];
    const size_t s = i % answer->n_states;

    cell[0].text = base->id;
    cell[1].text = answer->state[s];
    cell[2].number = base->state[s].value;
    cell[3].number = base->state[s].se;
    fill_quantiles(cell + 4, base->spread[s].quantile);
}

static const struct column held_column[] = {
    {"held", COLUMN_ID, true, NULL, "how many bases are held at the horizon"},
    PROBABILITY_COLUMNS,
};

static void fill_held(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct summary *summary = dataset->source;

    cell[0].text = summary->count[i];
    cell[1].number = summary->answer[0]->bases_held[i].value;
    cell[2].number = summary->answer[0]->bases_held[i].se;
}

static const struct column time_column[] = {
    {"location", COLUMN_ID, true, NULL, "a base's id, or all: the first of them"},
    {"probability", COLUMN_PROBABILITY, false, NULL, "that it happens within the horizon"},
    {"se", COLUMN_PROBABILITY, false, NULL, "Monte Carlo standard error of probability"},
    QUANTILE_COLUMNS(COLUMN_MONTHS, "of the time; NA: not within the horizon"),
    {"mean", COLUMN_MONTHS, false, NULL, "mean time, where it happens within the horizon"},
};

static void fill_time(const struct answer *answer, size_t i, bool is_deal, union cell *cell)
{
    const struct answer_place *place = i ? &answer->base[i - 1] : &answer->all;
    const struct answer_time *time = is_deal ? &place->deal : &place->loss;

    cell[0].text = i ? place->id : "all";
    cell[1].number = time->by_horizon.value;
    cell[2].number = time->by_horizon.se;
    fill_quantiles(cell + 3, time->quantile);
    cell[6].number = time->mean.value;
}

static void fill_loss(const struct dataset *dataset, size_t i, union cell *cell)
{
    fill_time(dataset->source, i, false, cell);
}

static void fill_deal(const struct dataset *dataset, size_t i, union cell *cell)
{
    fill_time(dataset->source, i, true, cell);
}

static const struct column factor_column[] = {
    {"id", COLUMN_ID, true, NULL, "the lever or event"},
    {"kind", COLUMN_ID, false, NULL, "lever or event"},
};

static void fill_factor(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct answer *answer = dataset->source;

    cell[0].text = answer->factor[i].id;
    cell[1].text = answer->factor[i].is_lever ? "lever" : "event";
}

static const struct column driver_column[] = {
    {"input", COLUMN_ID, true, NULL, "the uncertain quantity's path"},
    {"tag", COLUMN_ID, false, NULL, "stated, reading, guess; null: untagged"},
    {"index", COLUMN_NUMBER, false, "share", "first-order index: Var(E[p | input]) / Var(p)"},
    {"se", COLUMN_NUMBER, false, "share", "standard error of index"},
};

/* The quantities that drive one question most, in order. */
struct drivers {
    const struct answer *answer;
    size_t question;
    struct ranked *ranked;
};

static void fill_driver(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct drivers *it = dataset->source;
    const struct answer_driver *driver = &it->answer->driver[it->ranked[i].at];

    cell[0].text = driver->path;
    cell[1].text = driver->tag;
    cell[2].number = driver->index[it->question];
    cell[3].number = driver->se[it->question];
}

static void add_drivers(struct result *result, const struct answer *answer, size_t question)
{
    struct arena *arena = &result->document.arena;
    struct drivers *it = arena_new(arena, 1, sizeof *it);
    size_t n;

    *it = (struct drivers){answer, question, arena_new(arena, answer->n_inputs, sizeof *it->ranked)};
    n = rank_drivers(it->ranked, answer, question);
    result_part(result,
                (struct dataset){COLUMNS(driver_column), .n_rows = n < MOST_DRIVERS ? n : MOST_DRIVERS,
                                 .fill_row = fill_driver, .source = it},
                (struct dataset_part){.path = {"drivers", answer->question[question].id}, .is_list = true});
}

static const struct column basis_column[] = {
    {"stated", COLUMN_COUNT, false, NULL, "numbers that a source states"},
    {"reading", COLUMN_COUNT, false, NULL, "numbers read from a source"},
    {"guess", COLUMN_COUNT, false, NULL, "numbers guessed"},
    {"untagged", COLUMN_COUNT, false, NULL, "numbers that do not say where they come from"},
};

static void add_basis(struct result *result, const struct answer *answer)
{
    const union cell cell[] = {{.count = answer->n_stated},
                               {.count = answer->n_reading},
                               {.count = answer->n_guess},
                               {.count = answer->n_untagged}};

    result_record(result, basis_column, sizeof cell / sizeof *cell, cell, (struct dataset_part){.path = {"basis"}});
}

static struct dataset levers_json(const struct answer *answer)
{
    struct dataset it = levers_of(answer);

    it.column = levers_in_json;
    return it;
}

/* A table of an answer's, as a part of the object. */
#define ADD(columns, rows, fill, ...)                                                                                  \
    result_part(result, (struct dataset){COLUMNS(columns), .n_rows = (rows), .fill_row = (fill), .source = answer},    \
                (struct dataset_part){__VA_ARGS__})

static void add_json(struct result *result, const struct answer *answer, const struct dataset *summary)
{
    add_head(result, answer);
    ADD(question_column, answer->n_questions, fill_question, .path = {"questions"});
    ADD(state_column, answer->n_bases * answer->n_states, fill_state, .path = {"states"});
    result_part(result,
                (struct dataset){COLUMNS(held_column), .n_rows = answer->n_bases + 1, .fill_row = fill_held,
                                 .source = summary->source},
                (struct dataset_part){.path = {"bases_held"}});
    ADD(time_column, answer->n_bases + 1, fill_loss, .path = {"time_to_loss"});
    if (answer->has_deal)
        ADD(time_column, answer->n_bases + 1, fill_deal, .path = {"time_to_deal"});
    ADD(factor_column, answer->n_factors, fill_factor, .path = {"levers"});
    result_part(result, levers_json(answer), (struct dataset_part){.path = {"levers"}, .between = "questions"});
    for (size_t q = 0; q < answer->n_questions; q++)
        add_drivers(result, answer, q);
    add_basis(result, answer);
}

void run_tables(struct result *result, const struct answer *answer)
{
    struct arena *arena = &result->document.arena;
    const char **input = arena_new(arena, answer->n_inputs + answer->n_questions, sizeof *input);
    const char **question = input + answer->n_inputs;
    const struct dataset *summary = result_dataset(result, summary_of(arena, &answer, 1));

    for (size_t i = 0; i < answer->n_inputs; i++)
        input[i] = answer->driver[i].path;
    for (size_t i = 0; i < answer->n_questions; i++)
        question[i] = answer->question[i].id;
    result_dataset(result, curves_of(answer));
    result_dataset(result, levers_of(answer));
    result_dataset(result, run_worlds(arena, input, answer->n_inputs, question, answer->n_questions));
    add_json(result, answer, summary);
}

const struct dataset *run_questions(const struct result *result)
{
    size_t i = 0;

    while (result->part[i].dataset->column != question_column)
        i++;
    return result->part[i].dataset;
}

/* ---- of several scenarios ---- */

void csv_summary(FILE *out, const struct answer *const *answer, size_t n)
{
    struct arena arena = {0};
    const struct dataset summary = summary_of(&arena, answer, n);

    dataset_csv(out, &summary);
    arena_free(&arena);
}

static json_t *json_of(const struct answer *answer)
{
    struct result result;
    json_t *it;

    result_begin(&result, "", NULL);
    run_tables(&result, answer);
    it = dataset_json(result.part, result.n_parts);
    result_free(&result);
    return it;
}

void json_summary(FILE *out, const struct answer *const *answer, size_t n)
{
    json_t *all = n == 1 ? json_of(answer[0]) : json_tree_array();

    for (size_t i = 0; n > 1 && i < n; i++)
        json_tree_append(all, json_of(answer[i]));
    json_tree_write(out, all);
}
