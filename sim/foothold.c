/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/foothold.h"
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/analysis/summarise.h"
#include "sim/command/playing.h"
#include "sim/report/report.h"

struct foothold {
    struct arena arena; /* the caller's strings */
    struct batch batch; /* of one */
    struct option_overrides overrides;
    struct answer *answer; /* NULL: not played */
};

static const struct foothold_number unknown = {NAN, NAN, NAN, NAN, NAN};

struct foothold *foothold_read(const char *path, const char *const *set, FILE *messages)
{
    gsl_error_handler_t *const before = gsl_set_error_handler_off(); /* its values are checked instead */
    struct foothold *it = memory_new(1, sizeof *it);
    const char *copy = arena_copy(&it->arena, path, strlen(path));
    const struct operands operands = {&copy, 1};
    struct diag diag = {0};

    for (; set && *set; set++)
        if (!options_override(&it->overrides, arena_copy(&it->arena, *set, strlen(*set))))
            diag_error(&diag, (struct place){0}, "for instance levers.debt_relief.chance=0.5", "%s: not usable", *set);
    load_to_play(&it->batch, &operands, &it->overrides, &diag);
    if (!diag.n_errors && it->batch.n != 1)
        diag_error(&diag, (struct place){0}, "one file", "%s: holds %zu scenarios", path, it->batch.n);
    if (messages)
        diag_print(&diag, messages, false);
    if (diag.n_errors) {
        foothold_free(it);
        it = NULL;
    }
    diag_free(&diag);
    gsl_set_error_handler(before);
    return it;
}

void foothold_free(struct foothold *it)
{
    if (!it)
        return;
    answer_free(it->answer);
    load_free(&it->batch);
    options_free(&(struct operands){0}, &it->overrides);
    arena_free(&it->arena);
    free(it);
}

int foothold_play(struct foothold *it, const struct foothold_settings *settings)
{
    gsl_error_handler_t *const before = gsl_set_error_handler_off();
    const struct plan *plan = it->batch.item[0].plan;
    struct playing playing = {0};
    struct play_settings how;
    struct play_result result;
    bool good;

    if (settings) {
        playing.seed = (struct option_seed){settings->seed, true};
        playing.worlds = settings->worlds;
        playing.runs = settings->runs;
        playing.precision = settings->precision;
        playing.threads = settings->threads > 0 ? (uint64_t)settings->threads : 0;
    }
    answer_free(it->answer);
    it->answer = NULL;
    how = playing_settings(&playing, plan, false);
    how.stop = NULL;
    good = (double)how.n_worlds * (double)how.n_runs <= PLAY_MAX_RUNS;
    if (good) {
        playing_play(&result, plan, &how);
        good = !result.runaway;
        if (good)
            it->answer = summarise(plan, &result, 0, how.n_runs);
        play_free(&result);
    }
    gsl_set_error_handler(before);
    return good ? 0 : -1;
}

const char *foothold_question(const struct foothold *it, size_t i)
{
    const struct plan *plan = it->batch.item[0].plan;

    return i < plan->n_questions ? plan->question[i].id : NULL;
}

static struct foothold_number number(struct estimate estimate, const struct answer_spread *spread)
{
    return (struct foothold_number){estimate.value, estimate.se, spread->quantile[0], spread->quantile[1],
                                    spread->quantile[2]};
}

struct foothold_number foothold_answer(const struct foothold *it, const char *question)
{
    const struct answer_question *found = it->answer ? answer_find(it->answer, question) : NULL;

    return found ? number(found->p, &found->spread) : unknown;
}

struct foothold_number foothold_state(const struct foothold *it, const char *base, const char *state)
{
    const struct answer *answer = it->answer;

    for (size_t b = 0; answer && b < answer->n_bases; b++)
        for (size_t s = 0; s < answer->n_states; s++)
            if (!strcmp(answer->base[b].id, base) && !strcmp(answer->state[s], state))
                return number(answer->base[b].state[s], &answer->base[b].spread[s]);
    return unknown;
}

void foothold_write_csv(const struct foothold *it, FILE *out)
{
    const struct answer *answer = it->answer;

    if (answer)
        csv_summary(out, &answer, 1);
}

void foothold_write_json(const struct foothold *it, FILE *out)
{
    const struct answer *answer = it->answer;

    if (answer)
        json_summary(out, &answer, 1);
}

const char *foothold_version(void)
{
    return FOOTHOLD_VERSION;
}
