/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/scoring.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "sim/plan/model.h"
#include "sim/analysis/arms.h"
#include "sim/text/diag.h"

/* ---- whether a forecast covers a resolution ---- */

static size_t place_of_state(const struct scenario *scenario, const char *id)
{
    size_t s = 0;

    while (s < scenario->n_states && strcmp(scenario->state[s].entity.id, id) != 0)
        s++;
    return s;
}

static double month_of(const struct scenario *scenario, double day)
{
    return (day - scenario->as_of_day) / MONTH_DAYS;
}

/* A question's month need not be a whole number of days. */
static bool is_day(const struct scenario *scenario, double month, double day)
{
    return fabs(month_of(scenario, day) - month) * MONTH_DAYS <= 1.0;
}

static bool is_played(const struct scenario *scenario, double day)
{
    return day >= scenario->as_of_day && month_of(scenario, day) <= scenario->horizon + 1.0 / MONTH_DAYS;
}

static const char *date_of(struct arena *arena, double day)
{
    const time_t seconds = (time_t)lround(day) * 86400;
    struct tm date = {0};
    char text[32] = "";

    gmtime_r(&seconds, &date);
    strftime(text, sizeof text, "%Y-%m-%d", &date);
    return arena_copy(arena, text, strlen(text));
}

static const char *match_question(struct arena *arena, const struct scenario *scenario,
                                  const struct resolution *resolution, struct verdict *verdict)
{
    const struct question *question = scenario_question(scenario, resolution->question.text);

    verdict->k = 2;
    verdict->o = resolution->outcome;
    if (!question)
        return "it does not have that question";
    return isnan(resolution->day) || is_day(scenario, question->month, resolution->day)
               ? NULL
               : arena_print(arena, "its question is about %s, not %s",
                             date_of(arena, scenario->as_of_day + question->month * MONTH_DAYS),
                             date_of(arena, resolution->day));
}

static const char *match_state(const struct scenario *scenario, const struct resolution *resolution,
                               struct verdict *verdict)
{
    verdict->k = scenario->n_states;
    verdict->o = place_of_state(scenario, resolution->state.text);
    if (!scenario_has_base(scenario, resolution->base.text))
        return "it has no such base";
    if (verdict->o == scenario->n_states)
        return "it has no such state";
    return is_played(scenario, resolution->day) ? NULL : "the date lies outside its simulated period";
}

static const char *match_held(const struct scenario *scenario, const struct resolution *resolution,
                              struct verdict *verdict)
{
    verdict->k = resolution->of.n + 1;
    verdict->o = resolution->held;
    for (size_t i = 0; i < resolution->of.n; i++)
        if (!scenario_has_base(scenario, resolution->of.item[i].text))
            return "it does not have all these bases";
    return is_played(scenario, resolution->day) ? NULL : "the date lies outside its simulated period";
}

/* A frozen forecast has only what its run wrote. */
static const char *match_frozen(const struct forecast *forecast, const struct resolution *resolution)
{
    const struct scenario *scenario = forecast->scenario;

    if (resolution->kind != RESOLVED_QUESTION && !is_day(scenario, scenario->horizon, resolution->day))
        return "a frozen forecast has the states of bases at its horizon only";
    if (resolution->kind == RESOLVED_HELD && resolution->of.n != scenario->n_bases)
        return "a frozen forecast has the number held of all bases only";
    return NULL;
}

static void match_resolution(struct arena *arena, struct forecast *forecast, const struct resolution *resolution,
                             struct verdict *verdict)
{
    const struct scenario *scenario = forecast->scenario;

    verdict->why_not = resolution->kind == RESOLVED_QUESTION ? match_question(arena, scenario, resolution, verdict)
                       : resolution->kind == RESOLVED_STATE  ? match_state(scenario, resolution, verdict)
                                                             : match_held(scenario, resolution, verdict);
    if (!verdict->why_not && forecast->frozen)
        verdict->why_not = match_frozen(forecast, resolution);
}

/* ---- names that no forecast knows ---- */

static void tell_unknown(const struct scoring *it, const struct resolution *resolution, struct diag *diag)
{
    const char *path = resolution->entity.id;
    bool question = false, base = false, state = false;

    for (size_t i = 0; i < it->n; i++) {
        const struct scenario *scenario = it->forecast[i].scenario;

        question = question || (resolution->question.text && scenario_question(scenario, resolution->question.text));
        base = base || (resolution->base.text && scenario_has_base(scenario, resolution->base.text));
        state =
            state || (resolution->state.text && place_of_state(scenario, resolution->state.text) < scenario->n_states);
    }
    if (resolution->kind == RESOLVED_QUESTION && !question)
        diag_error(diag, resolution->question.place, "a question's id, as one of the scenarios asks it",
                   "resolutions.%s: no forecast asks \"%s\"", path, resolution->question.text);
    else if (resolution->kind == RESOLVED_STATE && !base)
        diag_warning(diag, resolution->base.place, NULL,
                     "resolutions.%s.base: no forecast has a base \"%s\": not scored", path, resolution->base.text);
    else if (resolution->kind == RESOLVED_STATE && !state)
        diag_error(diag, resolution->state.place, "a state's id, as the scenarios list them",
                   "resolutions.%s.state: no forecast has a state \"%s\"", path, resolution->state.text);
}

void scoring_init(struct scoring *scoring, const struct resolutions *resolutions, struct forecast *forecast, size_t n,
                  struct diag *diag)
{
    *scoring = (struct scoring){.resolutions = resolutions, .forecast = forecast, .n = n};
    for (size_t r = 0; r < resolutions->n; r++)
        tell_unknown(scoring, &resolutions->item[r], diag);
    for (size_t i = 0; i < n; i++) {
        forecast[i].verdict = arena_new(&scoring->arena, resolutions->n, sizeof *forecast[i].verdict);
        for (size_t r = 0; r < resolutions->n; r++) {
            struct verdict *verdict = &forecast[i].verdict[r];

            match_resolution(&scoring->arena, &forecast[i], &resolutions->item[r], verdict);
            forecast[i].n_scored += !verdict->why_not;
            verdict->p = arena_new(&scoring->arena, verdict->k, sizeof *verdict->p);
        }
    }
}

void scoring_free(struct scoring *scoring)
{
    tables_free(&scoring->tables);
    arena_free(&scoring->arena);
}

/* ---- simulation ---- */

/* Add the questions that resolutions need; their ids are numbered so that the plan, which sorts by id, keeps their order. */
static struct question *add_question(struct arena *arena, struct question *question, size_t *n)
{
    struct question *added = &question[*n];

    added->entity.id = added->entity.label = arena_print(arena, "q%06zu", (*n)++);
    added->entity.text = "";
    return added;
}

static struct names one_name(struct arena *arena, const char *text)
{
    struct names names = {arena_new(arena, 1, sizeof *names.item), 1};

    names.item[0].text = text;
    return names;
}

static void ask_resolution(struct arena *arena, const struct scenario *scenario, const struct resolution *resolution,
                           struct verdict *verdict, struct question *question, size_t *n)
{
    const double month = fmin(scenario->horizon, month_of(scenario, resolution->day));

    verdict->first = *n;
    if (resolution->kind == RESOLVED_QUESTION) {
        const struct question *asked = scenario_question(scenario, resolution->question.text);
        struct question *copy = add_question(arena, question, n);
        const struct entity entity = copy->entity;

        *copy = *asked;
        copy->entity = entity;
    } else if (resolution->kind == RESOLVED_STATE) {
        for (size_t s = 0; s < scenario->n_states; s++) {
            struct question *state = add_question(arena, question, n);

            state->bases = one_name(arena, resolution->base.text);
            state->are = one_name(arena, scenario->state[s].entity.id);
            state->count = COUNT_ALL;
            state->month = month;
        }
    } else {
        for (size_t k = 1; k <= resolution->of.n; k++) {
            struct question *held = add_question(arena, question, n);

            held->bases = resolution->of;
            held->are = one_name(arena, "held");
            held->count = (int)k;
            held->month = month;
        }
    }
}

struct roster { /* the forecasts that are simulated */
    struct scoring *scoring;
    size_t *forecast;
};

static bool make_arm(void *context, size_t i, struct arm *arm)
{
    const struct roster *roster = context;
    struct scoring *it = roster->scoring;
    struct forecast *forecast = &it->forecast[roster->forecast[i]];
    const struct resolutions *resolutions = it->resolutions;
    struct diag diag = {0};
    size_t room = 0, n = 0;

    for (size_t r = 0; r < resolutions->n; r++)
        room += forecast->verdict[r].why_not ? 0 : forecast->verdict[r].k;
    arm->scenario =
        scenario_of_tree(forecast->scenario->root, forecast->scenario, model_schemas(&arm->arena), model_count, &diag);
    arm->scenario->question = arena_new(&arm->scenario->arena, room, sizeof *arm->scenario->question);
    for (size_t r = 0; r < resolutions->n; r++)
        if (!forecast->verdict[r].why_not)
            ask_resolution(&arm->scenario->arena, forecast->scenario, &resolutions->item[r], &forecast->verdict[r],
                           arm->scenario->question, &n);
    arm->scenario->n_questions = n;
    arm->plan = plan_compile_answers(arm->scenario, model_find(forecast->scenario->model[0].name.text), NULL,
                                     &it->tables, &diag);
    diag_free(&diag);
    return arm->plan != NULL;
}

/* ---- scores ---- */

struct judged {
    const struct arm_estimates *outcome;
    const struct resolution *resolution;
    struct verdict *verdict;
    double (*score)(const double *p, size_t k, size_t o);
};

/* The forecast's distribution over the categories, of all replicates or without one. */
static void fill_distribution(const struct judged *it, size_t leave_out)
{
    const struct verdict *verdict = it->verdict;
    double *p = verdict->p;

    if (it->resolution->kind == RESOLVED_QUESTION) {
        p[1] = arm_estimates_share(it->outcome, verdict->first, leave_out);
        p[0] = 1.0 - p[1];
        return;
    }
    for (size_t i = 0; i < verdict->k && it->resolution->kind == RESOLVED_STATE; i++)
        p[i] = arm_estimates_share(it->outcome, verdict->first + i, leave_out);
    for (size_t i = 0; i < verdict->k && it->resolution->kind == RESOLVED_HELD; i++)
        p[i] = (i ? arm_estimates_share(it->outcome, verdict->first + i - 1, leave_out) : 1.0) -
               (i + 1 < verdict->k ? arm_estimates_share(it->outcome, verdict->first + i, leave_out) : 0.0);
}

static double score_without(const void *what, size_t leave_out)
{
    const struct judged *it = what;

    fill_distribution(it, leave_out);
    if (it->score == score_log)
        it->verdict->p[it->verdict->o] = arm_estimates_open(it->outcome, it->verdict->p[it->verdict->o]);
    return it->score(it->verdict->p, it->verdict->k, it->verdict->o);
}

static void judge_forecast(struct forecast *forecast, const struct resolutions *resolutions,
                           const struct arm_estimates *outcome)
{
    for (size_t r = 0; r < resolutions->n; r++) {
        struct verdict *verdict = &forecast->verdict[r];
        struct judged it = {outcome, &resolutions->item[r], verdict, score_brier};

        if (verdict->why_not)
            continue;
        verdict->brier = arm_jackknife(score_without, &it, outcome);
        it.score = score_log;
        verdict->log = arm_jackknife(score_without, &it, outcome);
        it.score = score_rps;
        verdict->rps = arm_jackknife(score_without, &it, outcome);
        fill_distribution(&it, REPLICATES);
    }
}

/* The probability of a category in a frozen forecast; NAN when its run did not write it. */
static double frozen_p(const struct forecast *forecast, const struct resolution *resolution, size_t i)
{
    struct arena arena = {0};
    const struct frozen *frozen = forecast->frozen;
    const struct frozen_row *row =
        resolution->kind == RESOLVED_QUESTION ? frozen_find(frozen, resolution->question.text, "all", "mean", "NA")
        : resolution->kind == RESOLVED_STATE
            ? frozen_find(frozen, "state", resolution->base.text, "pmf", forecast->scenario->state[i].entity.id)
            : frozen_find(frozen, "bases_held", "all", "pmf", arena_print(&arena, "%zu", i));
    const double p = row ? row->value : NAN;

    arena_free(&arena);
    return resolution->kind == RESOLVED_QUESTION && i == 0 ? 1.0 - p : p;
}

static void judge_frozen(struct arena *arena, struct forecast *forecast, const struct resolutions *resolutions)
{
    for (size_t r = 0; r < resolutions->n; r++) {
        struct verdict *verdict = &forecast->verdict[r];
        bool whole = true;
        double sum = 0.0;

        for (size_t i = 0; i < verdict->k && !verdict->why_not; i++) {
            verdict->p[i] = frozen_p(forecast, &resolutions->item[r], i);
            whole = whole && verdict->p[i] >= 0.0 && verdict->p[i] <= 1.0;
            sum += verdict->p[i];
        }
        if (whole && !verdict->why_not && fabs(sum - 1.0) > 1e-3) {
            verdict->why_not = arena_print(arena, "its probabilities in summary.csv sum to %.4g, not to 1", sum);
            forecast->n_scored--;
        }
        if (!whole) {
            verdict->why_not = "its summary.csv does not have it";
            forecast->n_scored--;
        }
        if (verdict->why_not)
            continue;
        verdict->brier = (struct estimate){score_brier(verdict->p, verdict->k, verdict->o), NAN, 0};
        verdict->log = (struct estimate){score_log(verdict->p, verdict->k, verdict->o), NAN, 0};
        verdict->rps = (struct estimate){score_rps(verdict->p, verdict->k, verdict->o), NAN, 0};
    }
}

static void sum_up(struct scoring *it)
{
    double *p = memory_new(it->n * it->resolutions->n, sizeof *p);
    bool *came = memory_new(it->n * it->resolutions->n, sizeof *came);
    size_t n = 0;

    for (size_t i = 0; i < it->n; i++) {
        struct forecast *forecast = &it->forecast[i];

        if (!forecast->n_scored)
            forecast->brier = forecast->log = forecast->rps = NAN;
        for (size_t r = 0; r < it->resolutions->n; r++) {
            const struct verdict *verdict = &forecast->verdict[r];

            if (verdict->why_not)
                continue;
            forecast->brier += verdict->brier.value / (double)forecast->n_scored;
            forecast->log += verdict->log.value / (double)forecast->n_scored;
            forecast->rps += verdict->rps.value / (double)forecast->n_scored;
            if (verdict->k == 2) {
                p[n] = verdict->p[1];
                came[n++] = verdict->o == 1;
            }
        }
    }
    it->calibration = score_calibration(p, came, n);
    free(p);
    free(came);
}

bool scoring_play(struct scoring *scoring, const struct play_settings *settings, const char **runaway)
{
    struct roster roster = {scoring, memory_new(scoring->n, sizeof *roster.forecast)};
    struct arms arms = {.make = make_arm, .context = &roster, .settings = settings};
    struct arm_estimates *outcome;
    bool good;

    *runaway = NULL;
    scoring->n_worlds = settings->n_worlds;
    scoring->n_runs = settings->n_runs;
    for (size_t i = 0; i < scoring->n; i++)
        if (scoring->forecast[i].frozen)
            judge_frozen(&scoring->arena, &scoring->forecast[i], scoring->resolutions);
        else if (scoring->forecast[i].n_scored)
            roster.forecast[arms.n++] = i;
    outcome = memory_new(arms.n, sizeof *outcome);
    good = arms_play(&arms, outcome, runaway);
    for (size_t i = 0; i < arms.n && good; i++) {
        judge_forecast(&scoring->forecast[roster.forecast[i]], scoring->resolutions, &outcome[i]);
        arm_estimates_free(&outcome[i]);
    }
    if (good)
        sum_up(scoring);
    free(outcome);
    free(roster.forecast);
    return good;
}
