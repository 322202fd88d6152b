/* SPDX-License-Identifier: GPL-3.0-or-later */
/* questions.c - the questions of a scenario, and evidence observed since it was written. */
#include <stddef.h>
#include <string.h>
#include "sim/scenario/read.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct draft {
    struct question question;
    const struct node *on, *month, *count;
};

static const struct key question_key[] = {
    {"bases", read_names, offsetof(struct draft, question.bases)},
    {"are", read_names, offsetof(struct draft, question.are)},
    {"count", read_node, offsetof(struct draft, count)},
    {"happens", read_name, offsetof(struct draft, question.happens)},
    {"on", read_node, offsetof(struct draft, on)},
    {"month", read_node, offsetof(struct draft, month)},
};

/* Whether a month is the horizon, to within a day. A month is 30.4375 days, so two calendar years can differ from 24 months: from
 * 2024-01-01 to 2026-01-01 are 24.02, from 2025-01-01 to 2027-01-01 are 23.98. Where one end is a date, a month up to a day beyond the
 * horizon is therefore accepted as the horizon. */
static bool is_within_a_day(const struct scenario *scenario, double month)
{
    return month > scenario->horizon && (month - scenario->horizon) * MONTH_DAYS <= 1.0;
}

/* The month given by `on` or `month`, or the horizon if by neither. Reported: both given, or a month outside the simulated period. */
static double read_month(struct reader *reader, const char *path, const struct node *on, const struct node *month)
{
    const struct scenario *scenario = reader->scenario;
    const struct node *node = on ? on : month;
    double value = scenario->horizon, day;

    if (!scenario->is_frame && !scenario->as_of)
        return value; /* reported by read_date or read_number */
    if (on && month)
        diag_error(reader->diag, month->at_name, "leave one out", "%s: gives both on and month", path);
    if (on && read_date(reader, on, read_path(reader, path, "on"), &day))
        value = (day - scenario->as_of_day) / MONTH_DAYS;
    else if (!on && month)
        read_number(reader, month, read_path(reader, path, "month"), &value);
    if ((on || scenario->horizon_is_date) && is_within_a_day(scenario, value))
        value = scenario->horizon;
    if (node && !scenario->is_frame && !(value >= 0.0 && value <= scenario->horizon))
        diag_error(reader->diag, node->at, read_reaching_horizon(reader, value),
                   "%s.%s: lies outside the simulated period (month %.6g)", path, node->name, value);
    return value;
}

static int read_count(struct reader *reader, const char *path, const struct node *node)
{
    if (!node || (node->kind == NODE_STRING && !strcmp(node->text, "all")))
        return COUNT_ALL;
    if (node->kind == NODE_STRING && !strcmp(node->text, "any"))
        return COUNT_ANY;
    if (node->kind == NODE_NUMBER && node->integer && node->number >= 1.0 && node->number <= 1e6)
        return (int)node->number;
    diag_error(reader->diag, node->at, "count is \"all\", \"any\" or a whole number: at least so many bases",
               "%s.count: not a count", path);
    return COUNT_ALL;
}

/* Report names that summary.csv uses for its own tables. */
static void check_target(struct reader *reader, const struct question *question, const char *path)
{
    static const char *const taken[] = {"state", "bases_held", "time_to_loss", "time_to_deal"};

    for (size_t i = 0; i < COUNT(taken); i++)
        if (!strcmp(question->entity.id, taken[i]))
            diag_error(reader->diag, question->entity.place, "choose another",
                       "%s: summary.csv uses this name for a table of its own", path);
}

static void check_question(struct reader *reader, const struct draft *draft, const char *path)
{
    const struct question *question = &draft->question;

    if (question->happens.text && (question->are.n || question->bases.n || draft->count))
        diag_error(reader->diag, question->happens.place, "ask them as two questions",
                   "%s: asks about a lever or event and about bases at once", path);
    if (!question->happens.text && !question->are.n)
        diag_error(reader->diag, question->entity.place,
                   "are = \"held\"; or are = \"DEAL\"; or happens = \"debt_relief\";", "%s: does not say what is asked",
                   path);
}

/* A scenario without questions asks whether all bases are held at the horizon, and whether any is lost. */
static void add_default_questions(struct scenario *scenario)
{
    static const struct {
        const char *id, *text, *are;
        int count;
    } row[] = {{"all_held", "Are all bases still held at the horizon?", "held", COUNT_ALL},
               {"any_lost", "Is any base lost by the horizon?", "lost", COUNT_ANY}};

    scenario->n_questions = COUNT(row);
    scenario->question = arena_new(&scenario->arena, COUNT(row), sizeof *scenario->question);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct question *question = &scenario->question[i];

        question->entity = (struct entity){.id = row[i].id, .label = row[i].id, .text = row[i].text};
        question->count = row[i].count;
        question->month = scenario->horizon;
        question->are = (struct names){arena_new(&scenario->arena, 1, sizeof(struct name)), 1};
        question->are.item[0].text = row[i].are;
    }
}

struct evidence_draft { /* begins with the evidence's entity, which the common keys fill */
    struct evidence evidence;
    const struct node *on, *month;
};

static const struct key evidence_key[] = {
    {"bases", read_names, offsetof(struct evidence_draft, evidence.bases)},
    {"are", read_names, offsetof(struct evidence_draft, evidence.are)},
    {"on", read_node, offsetof(struct evidence_draft, on)},
    {"month", read_node, offsetof(struct evidence_draft, month)},
    {"reliability", read_number, offsetof(struct evidence_draft, evidence.reliability)},
};

static void read_evidence(struct reader *reader)
{
    static const struct keys keys = {evidence_key, COUNT(evidence_key), &read_entity_keys};
    struct scenario *scenario = reader->scenario;
    const struct node *list = tree_get(scenario->root, "evidence");

    if (!list || !read_is_kind(reader, list, NODE_LIST, "evidence", "a list ( { ... }, { ... } )"))
        return;
    scenario->evidence = arena_new(&scenario->arena, list->n, sizeof *scenario->evidence);
    for (size_t i = 0; i < list->n; i++) {
        const char *path = arena_print(&scenario->arena, "evidence.%zu", i);
        struct evidence_draft draft = {.evidence.reliability = 1.0};

        draft.evidence.entity.place = list->child[i]->at;
        read_object(reader, list->child[i], path, &keys, &draft);
        if (list->child[i]->kind != NODE_GROUP)
            continue;
        if (!draft.evidence.are.n)
            diag_error(reader->diag, draft.evidence.entity.place, "for instance are = \"held\";", "%s: are is missing",
                       path);
        if (!(draft.evidence.reliability > 0.0 && draft.evidence.reliability <= 1.0))
            diag_error(reader->diag, tree_get(list->child[i], "reliability")->at, "above 0, at most 1",
                       "%s.reliability: %g is not a reliability", path, draft.evidence.reliability);
        draft.evidence.month = read_month(reader, path, draft.on, draft.month);
        scenario->evidence[scenario->n_evidence++] = draft.evidence;
    }
}

void read_questions(struct reader *reader)
{
    static const struct keys keys = {question_key, COUNT(question_key), &read_entity_keys};
    struct scenario *scenario = reader->scenario;
    size_t n;
    struct draft *draft = read_entities(reader, "questions", sizeof *draft, &keys, &n);

    read_evidence(reader);
    if (!n) {
        add_default_questions(scenario);
        return;
    }
    scenario->question = arena_new(&scenario->arena, n, sizeof *scenario->question);
    scenario->n_questions = n;
    for (size_t i = 0; i < n; i++) {
        const char *path = read_path(reader, "questions", draft[i].question.entity.id);

        draft[i].question.count = read_count(reader, path, draft[i].count);
        draft[i].question.month = read_month(reader, path, draft[i].on, draft[i].month);
        check_question(reader, &draft[i], path);
        check_target(reader, &draft[i].question, path);
        scenario->question[i] = draft[i].question;
    }
}
