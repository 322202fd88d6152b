/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/stored.h"
#include <jansson.h>
#include <math.h>
#include "sim/analysis/summarise.h"
#include "sim/scenario/scenario.h"

/* null: not applicable */
static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

static uint64_t count(const json_t *object, const char *key)
{
    const json_int_t value = json_integer_value(json_object_get(object, key));

    return value > 0 ? (uint64_t)value : 0;
}

static const char *text(struct arena *arena, const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value ? arena_copy(arena, value, strlen(value)) : "";
}

static bool read_question(struct answer_question *question, const struct plan_question *planned, const json_t *stored)
{
    static const char *const key[ANSWER_LEVELS] = {"p05", "p50", "p95"};
    const json_t *it = json_object_get(stored, planned->id);

    *question = (struct answer_question){.id = planned->id, .text = planned->text, .month = planned->month};
    question->p.value = number(it, "probability");
    question->p.se = number(it, "se");
    question->spread.sd_epistemic = number(it, "sd_ignorance");
    question->spread.sd_se = number(it, "sd_se");
    question->spread.measurable = json_is_true(json_object_get(it, "measurable"));
    question->spread.sd_aleatory = number(it, "sd_chance");
    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        question->spread.quantile[i] = number(it, key[i]);
        question->spread.se[i] = NAN;
    }
    return !isnan(question->p.value);
}

static bool read_answer(struct answer *answer, const json_t *root, const struct plan *plan)
{
    const json_t *stored = json_object_get(root, "questions");
    bool good = true;

    answer->scenario_id = plan->scenario->id;
    answer->analyst_id = plan->scenario->analyst_id;
    answer->title = plan->scenario->title;
    answer->name = answer->scenario_id;
    answer->model = text(&answer->arena, root, "model");
    answer->as_of = text(&answer->arena, root, "as_of");
    answer->horizon = number(root, "horizon");
    answer->n_worlds = count(root, "worlds");
    answer->n_runs = count(root, "runs");
    answer->n_draws = count(root, "draws");
    answer->complete = json_is_true(json_object_get(root, "complete"));
    answer->n_questions = plan->n_questions;
    answer->question = arena_new(&answer->arena, plan->n_questions, sizeof *answer->question);
    answer->asked = arena_new(&answer->arena, plan->n_questions, sizeof *answer->asked);
    for (size_t q = 0; q < plan->n_questions; q++) {
        good = read_question(&answer->question[q], &plan->question[q], stored) && good;
        answer->asked[plan->question[q].rank] = q;
    }
    return good;
}

struct answer *stored_answer(const char *folder, const struct plan *plan)
{
    struct arena arena = {0};
    json_t *root = json_load_file(arena_print(&arena, "%s/summary.json", folder), 0, NULL);
    struct answer *answer = memory_new(1, sizeof *answer);
    const bool good = root && read_answer(answer, root, plan);

    json_decref(root);
    arena_free(&arena);
    if (good)
        return answer;
    answer_free(answer);
    return NULL;
}
