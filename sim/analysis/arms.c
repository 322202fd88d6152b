/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/arms.h"
#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 16 };

struct relay { /* passes the progress of one batch on as part of the total */
    const struct arms *arms;
    size_t done, n;
    uint64_t draws_before;
};

static void relay_progress(void *context, uint64_t n_draws, double fraction)
{
    const struct relay *it = context;
    const struct play_settings *settings = it->arms->settings;

    settings->progress(settings->context, it->draws_before + n_draws * it->n,
                       ((double)it->done + fraction * (double)it->n) / (double)it->arms->n);
}

static void free_arm(struct arm *arm)
{
    plan_free(arm->plan);
    scenario_free(arm->scenario);
    arena_free(&arm->arena);
}

static bool play_batch(const struct arms *arms, struct relay *progress, struct arm_estimates *outcome,
                       const char **runaway)
{
    struct play_settings settings = *arms->settings;
    const struct plan *plan[AT_ONCE] = {NULL};
    struct arm arm[AT_ONCE] = {0};
    struct play_result result;
    size_t n = 0;
    bool good = true;

    for (; n < progress->n && good; n++) {
        good = arms->make(arms->context, progress->done + n, &arm[n]);
        plan[n] = arm[n].plan;
    }
    if (good) {
        settings.world = NULL;
        settings.draws = NULL;
        settings.context = progress;
        settings.progress = arms->settings->progress ? relay_progress : NULL;
        play(&result, plan, n, &settings);
        good = result.complete;
        *runaway = result.runaway;
        for (size_t i = 0; i < n && good; i++)
            arm_estimates_init(&outcome[i], &result.arm[i]);
        progress->draws_before += result.n_draws * n;
        play_free(&result);
    }
    for (size_t i = 0; i < n; i++)
        free_arm(&arm[i]);
    return good;
}

bool arms_play(const struct arms *arms, struct arm_estimates *outcome, const char **runaway)
{
    struct relay progress = {.arms = arms};
    bool good = true;

    *runaway = NULL;
    for (; progress.done < arms->n && good; progress.done += good ? progress.n : 0) {
        progress.n = arms->n - progress.done < AT_ONCE ? arms->n - progress.done : AT_ONCE;
        good = play_batch(arms, &progress, outcome + progress.done, runaway);
    }
    for (size_t i = 0; i < progress.done && !good; i++)
        arm_estimates_free(&outcome[i]);
    return good;
}
