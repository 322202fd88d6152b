/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/explanation.h"
#include <stdlib.h>

struct listener { /* forwards the callbacks that it does not handle */
    struct typical *typical;
    const struct play_settings *settings;
};

static void add_recorded_run(void *context, size_t arm, const struct play_recorded *recorded)
{
    const struct listener *listener = context;

    (void)arm;
    typical_add(listener->typical, recorded);
}

static void on_progress(void *context, uint64_t n_draws, double fraction)
{
    const struct listener *listener = context;

    if (listener->settings->progress)
        listener->settings->progress(listener->settings->context, n_draws, fraction);
}

/* Replay a run and append its story. */
static bool tell_run(struct explanation *it, struct replay *replay, uint64_t world, uint64_t run)
{
    if (!replay_run(replay, world, run)) {
        it->runaway = path_busiest(&replay->path);
        return false;
    }
    story_init(&it->story[it->n++], replay, world, run);
    return true;
}

bool explanation_of_run(struct explanation *it, const struct plan *plan, const struct play_settings *settings,
                        uint64_t world, uint64_t run)
{
    struct replay replay;
    bool good;

    *it = (struct explanation){.scenario = plan->scenario, .plan = plan, .single = true, .question = SIZE_MAX};
    it->story = memory_new(1, sizeof *it->story);
    replay_init(&replay, plan, settings->design, settings->seed);
    good = tell_run(it, &replay, world, run);
    replay_free(&replay);
    return good;
}

bool explanation_of_endings(struct explanation *it, const struct plan *plan, const struct play_settings *settings,
                            size_t question)
{
    struct play_settings listening = *settings;
    struct listener listener = {.typical = &it->typical, .settings = settings};
    struct replay replay;
    bool good = true;

    *it = (struct explanation){.scenario = plan->scenario, .plan = plan, .question = question};
    typical_init(&it->typical, plan, question);
    listening.recorded = add_recorded_run;
    listening.progress = on_progress;
    listening.context = &listener;
    play(&it->result, &plan, 1, &listening);
    it->runaway = it->result.runaway;
    if (it->runaway || !it->typical.n_runs)
        return false;
    typical_finish(&it->typical, EXPLANATION_ENDINGS);
    it->story = memory_new(it->typical.n_endings, sizeof *it->story);
    replay_init(&replay, plan, settings->design, settings->seed);
    for (size_t i = 0; i < it->typical.n_endings && good; i++)
        good = tell_run(it, &replay, it->typical.ending[i].world, it->typical.ending[i].run);
    replay_free(&replay);
    return good;
}

void explanation_free(struct explanation *it)
{
    for (size_t i = 0; i < it->n; i++)
        story_free(&it->story[i]);
    free(it->story);
    typical_free(&it->typical);
    if (it->result.arm)
        play_free(&it->result);
    *it = (struct explanation){0};
}
