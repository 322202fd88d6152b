/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_compare.c - a comparison's tables: each file's columns and how a row follows from the comparison. */
#include "sim/analysis/comparison.h"
#include "sim/report/result.h"

enum { COMPARE_FORMAT = 1 };

#define COLUMNS(of) .column = (of), .n_columns = sizeof(of) / sizeof *(of)

static const struct scenario *scenario_of(const struct comparison *comparison, const struct comparison_other *other)
{
    return comparison->arm[other->arm].scenario;
}

/* ---- compare.csv: a question or a base's state, a scenario but the baseline ---- */

static const struct column compare_column[] = {
    {"question", COLUMN_ID, true, NULL, "a question's id, or a base's and its state's"},
    {"scenario_id", COLUMN_ID, true, NULL, "the scenario that is compared"},
    {"baseline_id", COLUMN_ID, true, NULL, "the scenario that it is compared with"},
    {"value", COLUMN_PROBABILITY, false, NULL, "the answer in the scenario"},
    {"baseline", COLUMN_PROBABILITY, false, NULL, "the answer in the baseline"},
    {"delta", COLUMN_DIFFERENCE, false, NULL, "value minus baseline"},
    {"se", COLUMN_DIFFERENCE, false, NULL, "Monte Carlo standard error of delta"},
    {"ci_low", COLUMN_DIFFERENCE, false, NULL, "lower end of delta's 95 % interval"},
    {"ci_high", COLUMN_DIFFERENCE, false, NULL, "upper end of delta's 95 % interval"},
    {"ratio", COLUMN_RATIO, false, NULL, "value / baseline"},
    {"ratio_se", COLUMN_RATIO, false, NULL, "Monte Carlo standard error of ratio"},
    {"narrower", COLUMN_RATIO, false, NULL,
     "how many times smaller se is than with independent random numbers; NA: no error is left"},
    {"location", COLUMN_ID, false, NULL, "the base, or all"},
    {"month", COLUMN_MONTHS, false, NULL, "months after the baseline's as_of"},
    {"value_se", COLUMN_PROBABILITY, false, NULL, "Monte Carlo standard error of value"},
    {"baseline_se", COLUMN_PROBABILITY, false, NULL, "Monte Carlo standard error of baseline"},
    {"n", COLUMN_COUNT, false, "runs", "runs behind value"},
    {"ess", COLUMN_NUMBER, false, "runs", "effective number of the scenario's runs"},
    {"baseline_ess", COLUMN_NUMBER, false, "runs", "effective number of the baseline's runs"},
};

static void fill_compare(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct comparison *comparison = dataset->source;
    const size_t q = i % comparison->targets.n;
    const struct comparison_other *other = &comparison->other[i / comparison->targets.n];
    const struct target *item = &comparison->targets.item[q];
    const struct arm_difference *it = &other->difference[q];

    cell[0].text = item->id;
    cell[1].text = scenario_of(comparison, other)->id;
    cell[2].text = comparison->arm[0].scenario->id;
    cell[3].number = it->b.value;
    cell[4].number = it->a.value;
    cell[5].number = it->delta.value;
    cell[6].number = it->delta.se;
    cell[7].number = it->low;
    cell[8].number = it->high;
    cell[9].number = it->ratio;
    cell[10].number = it->ratio_se;
    cell[11].number = it->efficiency;
    cell[12].text = item->base ? item->base : "all";
    cell[13].number = item->month;
    cell[14].number = it->b.se;
    cell[15].number = it->a.se;
    cell[16].count = it->b.n;
    cell[17].number = comparison->arm[other->arm].outcome.ess;
    cell[18].number = comparison->arm[0].outcome.ess;
}

/* ---- assumptions.csv and attribution.csv: as many rows of each scenario as it has ---- */

/* Row i of all is row *i of a scenario. */
static const struct comparison_other *find_other(const struct comparison *comparison, size_t *i,
                                                 size_t (*count)(const struct comparison *,
                                                                 const struct comparison_other *))
{
    const struct comparison_other *other = comparison->other;

    for (; *i >= count(comparison, other); other++)
        *i -= count(comparison, other);
    return other;
}

/* All rows of the scenarios before `end`. */
static size_t count_before(const struct comparison *comparison, size_t end,
                           size_t (*count)(const struct comparison *, const struct comparison_other *))
{
    size_t n = 0;

    for (size_t o = 0; o < end; o++)
        n += count(comparison, &comparison->other[o]);
    return n;
}

static const struct column assumptions_column[] = {
    {"assumption", COLUMN_ID, true, NULL, "path of the setting that differs"},
    {"scenario_id", COLUMN_ID, true, NULL, "the scenario that is compared"},
    {"baseline_id", COLUMN_ID, true, NULL, "the scenario that it is compared with"},
    {"value", COLUMN_TEXT, false, NULL, "what the scenario assumes; -: it has no such setting"},
    {"baseline", COLUMN_TEXT, false, NULL, "what the baseline assumes"},
    {"place", COLUMN_TEXT, false, NULL, "file and line that set value"},
    {"baseline_place", COLUMN_TEXT, false, NULL, "file and line that set baseline"},
    {"group", COLUMN_TEXT, false, NULL, "the assumption's group"},
    {"changes_with", COLUMN_ID, false, NULL, "the assumption that it can only change together with"},
    {"bears", COLUMN_FLAG, false, NULL, "whether it can influence an answer"},
};

static size_t count_assumptions(const struct comparison *comparison, const struct comparison_other *other)
{
    (void)comparison;
    return other->differences.n;
}

/* A comparison and what is made for its rows. */
struct assumptions {
    const struct comparison *comparison;
    const char **place; /* a row's, DIFFER_SIDES of them */
};

static void fill_assumption(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct assumptions *it = dataset->source;
    const char **place = it->place + DIFFER_SIDES * i;
    const struct comparison_other *other = find_other(it->comparison, &i, count_assumptions);
    const struct difference *all = other->differences.item;
    size_t first = 0;

    while (all[first].bundle != all[i].bundle)
        first++;
    cell[0].text = all[i].path;
    cell[1].text = scenario_of(it->comparison, other)->id;
    cell[2].text = it->comparison->arm[0].scenario->id;
    cell[3].text = all[i].text[1];
    cell[4].text = all[i].text[0];
    cell[5].text = place[1];
    cell[6].text = place[0];
    cell[7].text = all[i].group;
    cell[8].text = first == i ? NULL : all[first].path;
    cell[9].count = all[i].bears;
}

static struct dataset assumptions_of(struct arena *arena, const struct comparison *comparison)
{
    const size_t n = count_before(comparison, comparison->n_arms - 1, count_assumptions);
    struct assumptions *it = arena_new(arena, 1, sizeof *it);
    const char **next;

    *it = (struct assumptions){comparison, arena_new(arena, DIFFER_SIDES * n, sizeof *it->place)};
    next = it->place;
    for (size_t o = 0; o + 1 < comparison->n_arms; o++)
        for (size_t i = 0; i < comparison->other[o].differences.n; i++)
            for (size_t side = 0; side < DIFFER_SIDES; side++)
                *next++ = doc_place(arena, comparison->other[o].differences.item[i].place[side]);
    return (struct dataset){.name = "assumptions",
                            .row = "an assumption that differs between a scenario and the baseline",
                            COLUMNS(assumptions_column),
                            .n_rows = n,
                            .fill_row = fill_assumption,
                            .source = it};
}

static const struct column attribution_column[] = {
    {"question", COLUMN_ID, true, NULL, "a question's id, or a base's and its state's"},
    {"assumption", COLUMN_ID, true, NULL, "the assumption, or the thing or group that several belong to"},
    {"contribution", COLUMN_DIFFERENCE, false, NULL, "its Shapley share of delta; shares add up to delta"},
    {"se", COLUMN_DIFFERENCE, false, NULL, "standard error of contribution"},
    {"ci_low", COLUMN_DIFFERENCE, false, NULL, "lower end of the contribution's 95 % interval"},
    {"ci_high", COLUMN_DIFFERENCE, false, NULL, "upper end of the contribution's 95 % interval"},
    {"scenario_id", COLUMN_ID, true, NULL, "the scenario that is compared"},
    {"baseline_id", COLUMN_ID, true, NULL, "the scenario that it is compared with"},
    {"delta", COLUMN_DIFFERENCE, false, NULL, "the scenario's answer minus the baseline's"},
    {"exact", COLUMN_FLAG, false, NULL, "over all coalitions; else over sampled orders"},
};

static size_t count_shares(const struct comparison *comparison, const struct comparison_other *other)
{
    return other->attribution.share ? comparison->targets.n * other->attribution.n_players : 0;
}

static void fill_share(const struct dataset *dataset, size_t i, union cell *cell)
{
    const struct comparison *comparison = dataset->source;
    const struct comparison_other *other = find_other(comparison, &i, count_shares);
    const size_t q = i / other->attribution.n_players, player = i % other->attribution.n_players;
    const struct estimate share = other->attribution.share[q][player];
    const double half = arm_interval(&comparison->arm[0].outcome, share.se);

    cell[0].text = comparison->targets.item[q].id;
    cell[1].text = other->attribution.player[player].name;
    cell[2].number = share.value;
    cell[3].number = share.se;
    cell[4].number = share.value - half;
    cell[5].number = share.value + half;
    cell[6].text = scenario_of(comparison, other)->id;
    cell[7].text = comparison->arm[0].scenario->id;
    cell[8].number = other->difference[q].delta.value;
    cell[9].count = other->attribution.game.n_pairs == 0;
}

/* ---- compare.json ---- */

static const struct column arm_column[] = {
    {"scenario_id", COLUMN_ID, false, NULL, "the scenario"},
    {"analyst_id", COLUMN_ID, false, NULL, "who says so"},
    {"title", COLUMN_TEXT, false, NULL, "the scenario's title"},
    {"as_of", COLUMN_TEXT, false, NULL, "date at which it starts"},
    {"kept", COLUMN_PROBABILITY, false, NULL, "share of its histories that come to where the last scenario starts"},
    {"ess", COLUMN_NUMBER, false, "runs", "effective number of runs"},
    {"estimator", COLUMN_ID, false, NULL, "conditional: what bases do is computed; draw: it is drawn"},
    {"runs_too_fast", COLUMN_COUNT, false, NULL, "runs drawn where the others are computed"},
    {"same_as", COLUMN_ID, false, NULL, "the earlier scenario with the same numbers; null: there is none"},
};

static void add_arm(struct result *result, const struct comparison *comparison, size_t i, struct dataset_part part)
{
    const struct comparison_arm *arm = &comparison->arm[i];
    const union cell cell[] = {
        {.text = arm->scenario->id},
        {.text = arm->scenario->analyst_id},
        {.text = arm->scenario->title},
        {.text = arm->scenario->as_of},
        {.number = arm->outcome.evidence},
        {.number = arm->outcome.ess},
        {.text = arm->outcome.computed ? "conditional" : "draw"},
        {.count = arm->outcome.too_fast.n},
        {.text = arm->same_as == i ? NULL : comparison->arm[arm->same_as].scenario->id},
    };

    result_record(result, arm_column, sizeof cell / sizeof *cell, cell, part);
}

static const struct column method_column[] = {
    {"exact_attribution", COLUMN_FLAG, false, NULL, "shares are over all coalitions, not over sampled orders"},
    {"why_no_attribution", COLUMN_TEXT, false, NULL, "why there are no shares; null: there are, or none are wanted"},
};

static const struct column format_column[] = {{"format", COLUMN_COUNT, false, NULL, "version of the object's shape"}};

static const struct column size_column[] = {
    {"worlds", COLUMN_COUNT, false, NULL, "draws of the uncertain quantities, of each scenario"},
    {"runs", COLUMN_COUNT, false, NULL, "histories a world"},
    {"arms_played", COLUMN_COUNT, false, NULL, "scenarios played, those between them included"},
};

static const struct dataset_field question_field[] = {
    {"question", "question", true},
    {"value", "value", false},
    {"value_se", "value_se", false},
    {"baseline", "baseline", false},
    {"baseline_se", "baseline_se", false},
    {"delta", "delta", false},
    {"se", "se", false},
    {"ci_low", "ci_low", false},
    {"ci_high", "ci_high", false},
    {"ratio", "ratio", false},
    {"ratio_se", "ratio_se", false},
    {"narrower", "narrower", false},
};
static const struct dataset_field share_field[] = {
    {"question", "question", true},
    {"assumption", "assumption", true},
    {"contribution", "contribution", false},
    {"se", "se", false},
};
static const struct dataset_field assumption_field[] = {
    {"assumption", "path", false},
    {"group", "group", false},
    {"baseline", "baseline", false},
    {"value", "value", false},
    {"baseline_place", "baseline_place", false},
    {"place", "place", false},
    {"bears", "bears", false},
};
#define FIELDS(of) of, sizeof(of) / sizeof *(of)

/* What is said of one scenario: the same rows as in the files. */
static void add_other(struct result *result, const struct comparison *comparison, size_t o)
{
    const struct comparison_other *other = &comparison->other[o];
    const struct dataset *compare = result_find(result, "compare"), *shares = result_find(result, "attribution"),
                         *assumptions = result_find(result, "assumptions");
    const struct dataset_part questions = {.path = {"scenarios", "questions"}, .element = o + 1};
    struct dataset_part attributed = questions, listed = questions;
    struct arena *arena = &result->document.arena;

    attributed.between = "attribution";
    listed.path[1] = "assumptions";
    listed.is_list = true;
    result_part(result,
                dataset_view(arena, compare, o * comparison->targets.n, comparison->targets.n, FIELDS(question_field)),
                questions);
    if (other->attribution.share) /* empty where no assumption differs */
        result_part(result,
                    dataset_view(arena, compare, o * comparison->targets.n, comparison->targets.n, question_field, 1),
                    attributed);
    result_part(result,
                dataset_view(arena, shares, count_before(comparison, o, count_shares), count_shares(comparison, other),
                             FIELDS(share_field)),
                attributed);
    result_part(result,
                dataset_view(arena, assumptions, count_before(comparison, o, count_assumptions), other->differences.n,
                             FIELDS(assumption_field)),
                listed);
    result_record(result, method_column, 2,
                  (const union cell[]){{.count = other->attribution.share && !other->attribution.game.n_pairs},
                                       {.text = other->attribution.why_not}},
                  (struct dataset_part){.path = {"scenarios"}, .element = o + 1});
}

void compare_tables(struct result *result, const struct comparison *comparison)
{
    const size_t n_others = comparison->n_arms - 1;
    struct arena *arena = &result->document.arena;

    result->json_name = "compare.json";
    result_dataset(result, (struct dataset){.name = "compare",
                                            .row = "a question or a base's state, a scenario minus the baseline",
                                            COLUMNS(compare_column),
                                            .n_rows = n_others * comparison->targets.n,
                                            .fill_row = fill_compare,
                                            .source = comparison});
    result_dataset(result, assumptions_of(arena, comparison));
    result_dataset(result, (struct dataset){.name = "attribution",
                                            .row = "an assumption's share of the difference in one question",
                                            COLUMNS(attribution_column),
                                            .n_rows = count_before(comparison, n_others, count_shares),
                                            .fill_row = fill_share,
                                            .source = comparison});
    result_record(result, format_column, 1, &(const union cell){.count = COMPARE_FORMAT}, (struct dataset_part){0});
    add_arm(result, comparison, 0, (struct dataset_part){.path = {"baseline"}});
    for (size_t o = 0; o < n_others; o++)
        add_arm(result, comparison, comparison->other[o].arm,
                (struct dataset_part){.path = {"scenarios"}, .is_list = true});
    for (size_t o = 0; o < n_others; o++)
        add_other(result, comparison, o);
    result_left_out(result, &comparison->targets, "not_compared");
    result_record(result, size_column, 3,
                  (const union cell[]){
                      {.count = comparison->n_worlds}, {.count = comparison->n_runs}, {.count = comparison->n_played}},
                  (struct dataset_part){0});
}
