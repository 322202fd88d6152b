/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask.c - questions with their names resolved, and which of them can be computed. */
#include "sim/plan/lookup.h"
#include <stdlib.h>
#include <string.h>

static void report_unknown_clock(struct compiler *compiler, struct name name, const char *path)
{
    const char **known = arena_new(compiler->arena, compiler->factors.n + compiler->transitions.n, sizeof *known);
    const char *near;
    size_t n = 0;

    for (size_t i = 0; i < compiler->factors.n; i++)
        known[n++] = compiler->factors.id[i];
    for (size_t i = 0; i < compiler->transitions.n; i++)
        known[n++] = compiler->transitions.id[i];
    near = diag_nearest(name.text, known, n);
    diag_error(compiler->diag, name.place, near ? arena_print(compiler->arena, "did you mean \"%s\"?", near) : NULL,
               "%s: there is no lever, event or transition \"%s\"", path, name.text);
}

static void ask_of_clock(struct compiler *compiler, const struct question *source, struct plan_question *question,
                         const char *path)
{
    const long f = lookup_find(&compiler->factors, source->happens.text);
    const long t = lookup_find(&compiler->transitions, source->happens.text);

    question->of_clock = true;
    if (f >= 0)
        question->factor = (uint32_t)f;
    else if (t >= 0)
        question->transition = (uint32_t)t;
    else
        report_unknown_clock(compiler, source->happens, arena_print(compiler->arena, "%s.happens", path));
}

static void ask_of_bases(struct compiler *compiler, const struct question *source, struct plan_question *question,
                         const char *path)
{
    const struct plan *plan = compiler->plan;
    const size_t n = source->bases.n ? source->bases.n : plan->n_bases;

    question->base = arena_new(compiler->arena, n, sizeof *question->base);
    for (size_t i = 0; i < n; i++) {
        const long b = source->bases.n ? lookup_require(compiler, &compiler->bases, source->bases.item[i],
                                                        arena_print(compiler->arena, "%s.bases", path), "base")
                                       : (long)i;

        for (uint32_t j = 0; b >= 0 && j < question->n_bases; j++)
            if (question->base[j] == (uint32_t)b)
                diag_error(compiler->diag, source->bases.item[i].place, NULL, "%s.bases: \"%s\" is named twice", path,
                           source->bases.item[i].text);
        if (b >= 0)
            question->base[question->n_bases++] = (uint32_t)b;
    }
    for (size_t i = 0; i < source->are.n; i++)
        question->states |= lookup_states(compiler, source->are.item[i], arena_print(compiler->arena, "%s.are", path));
    question->at_least = source->count == COUNT_ALL ? question->n_bases : (uint32_t)source->count;
    if (source->count > (int)n)
        diag_error(compiler->diag, source->entity.place, NULL, "%s.count: asks for %d of %zu bases", path,
                   source->count, n);
}

/* Evidence is not used in runs yet, but its names are checked. */
static void check_evidence(struct compiler *compiler)
{
    const struct scenario *scenario = compiler->scenario;

    for (size_t i = 0; i < scenario->n_evidence; i++) {
        const struct evidence *evidence = &scenario->evidence[i];

        for (size_t b = 0; b < evidence->bases.n; b++)
            lookup_require(compiler, &compiler->bases, evidence->bases.item[b],
                           arena_print(compiler->arena, "evidence.%zu.bases", i), "base");
        for (size_t s = 0; s < evidence->are.n; s++)
            lookup_states(compiler, evidence->are.item[s], arena_print(compiler->arena, "evidence.%zu.are", i));
    }
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct plan_question *)a)->id, ((const struct plan_question *)b)->id);
}

void compile_questions(struct compiler *compiler)
{
    const struct scenario *scenario = compiler->scenario;
    struct plan *plan = compiler->plan;

    check_evidence(compiler);
    plan->n_questions = scenario->n_questions;
    plan->question = arena_new(compiler->arena, plan->n_questions, sizeof *plan->question);
    for (uint32_t i = 0; i < plan->n_questions; i++) {
        const struct question *source = &scenario->question[i];
        struct plan_question *question = &plan->question[i];
        const char *path = arena_print(compiler->arena, "questions.%s", source->entity.id);

        *question = (struct plan_question){.id = source->entity.id,
                                           .text = source->entity.text ? source->entity.text : "",
                                           .month = source->month,
                                           .factor = UINT32_MAX,
                                           .rank = i};
        if (source->happens.text)
            ask_of_clock(compiler, source, question, path);
        else
            ask_of_bases(compiler, source, question, path);
    }
    if (plan->n_questions)
        qsort(plan->question, plan->n_questions, sizeof *plan->question, by_id);
}

/* Whether a clock influences itself through other levers and events: a search along links and requirements. */
static bool influences_itself(const struct plan *plan, uint32_t c, bool *reached)
{
    uint32_t *todo = memory_new(plan->n_clocks + 1, sizeof *todo);
    size_t n = 1;

    memset(reached, 0, plan->n_clocks * sizeof *reached);
    todo[0] = c;
    for (size_t i = 0; i < n; i++) {
        const struct plan_clock *clock = &plan->clock[todo[i]];

        for (uint32_t s = 0; s < SWITCHES_A_FACTOR; s++) {
            const struct span links = plan->switch_links[clock->factor * SWITCHES_A_FACTOR + s];

            for (uint32_t l = links.first; l < links.first + links.n; l++) {
                const uint32_t to = plan->link[l].clock;

                if (!plan->clock[to].moves_base && !reached[to]) {
                    reached[to] = true;
                    todo[n++] = to;
                }
            }
        }
        for (uint32_t u = clock->unlocks.first; u < clock->unlocks.first + clock->unlocks.n; u++)
            if (!plan->clock[plan->index[u]].moves_base && !reached[plan->index[u]]) {
                reached[plan->index[u]] = true;
                todo[n++] = plan->index[u];
            }
    }
    free(todo);
    return reached[c];
}

/* Mark the questions "has it occurred by month t?" that the conditional estimator can answer. Given when the other levers and events
 * occur, the clock's hazard is known until it first fires, and the answer is 1 - exp(-integral), which has less variance than yes or no.
 * This needs that its own firing does not change the others' times, that is, no feedback; and that the month is not certain. */
void compile_computed(struct plan *plan)
{
    bool *reached = memory_new(plan->n_clocks, sizeof *reached);

    for (size_t q = 0; q < plan->n_questions; q++) {
        struct plan_question *question = &plan->question[q];

        if (question->of_clock && question->factor != UINT32_MAX) {
            const uint32_t c = plan->factor[question->factor].clock;

            question->computed = question->month > 0.0 && plan->clock[c].baseline != BASELINE_AT &&
                                 !plan->given.n_absent && !influences_itself(plan, c, reached);
        }
    }
    free(reached);
}
