/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/comparison.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "sim/text/diag.h"

enum { ALL_DRAWS = 1 << 20, LEAST_WORLDS = 128, GOOD_ARMS = 1024 };

static void mark_same(struct comparison *it)
{
    for (size_t i = 0; i < it->n_arms; i++) {
        it->arm[i].same_as = i;
        for (size_t k = 0; k < i && it->arm[i].same_as == i; k++) {
            struct differences differences;

            differences_find(&differences, it->arm[k].scenario, it->arm[i].scenario);
            if (!differences.n)
                it->arm[i].same_as = k;
            differences_free(&differences);
        }
    }
}

static size_t good_pairs(size_t n_players)
{
    const size_t pairs = n_players > 1 ? GOOD_ARMS / (2 * (n_players - 1)) : 1;

    return pairs < 4 ? 4 : pairs;
}

/* The arms of a comparison, in order: the scenarios, then the coalitions between the baseline and each other. */
struct roster {
    struct comparison *comparison;
};

/* How many coalitions of an attribution are simulated: all but the empty and the full one, which are the scenarios themselves. */
static size_t count_between(const struct attribution *attribution)
{
    const size_t n = attribution->game.n_coalitions;

    return !attribution->why_not && n > 2 ? n - 2 : 0;
}

static bool make_arm(void *context, size_t i, struct arm *arm)
{
    struct roster *roster = context;
    struct comparison *it = roster->comparison;
    struct diag diag = {0};

    if (i >= it->n_arms) {
        size_t k = i - it->n_arms, o = 0;

        while (k >= count_between(&it->other[o].attribution))
            k -= count_between(&it->other[o++].attribution);
        return attribution_make(&it->other[o].attribution, k + 1, arm);
    }
    arm->scenario = scenario_of_tree(it->arm[i].scenario->root, it->arm[i].scenario, model_schemas(&arm->arena),
                                     model_count, &diag);
    arm->plan = targets_compile(&it->targets, arm->scenario, &diag);
    diag_free(&diag);
    return arm->plan != NULL;
}

/* Try every single assumption before anything is simulated: whether a scenario between the two is not valid mostly shows there. */
static void try_coalitions(struct attribution *attribution)
{
    const struct shapley *game = &attribution->game;

    for (size_t k = 1; k <= count_between(attribution) && !attribution->why_not; k++) {
        struct arm arm = {0};
        size_t members = 0;

        for (size_t i = 0; i < game->n_players; i++)
            members += game->member[k * game->n_players + i];
        if (members != 1 && members + 1 != game->n_players)
            continue;
        attribution_make(attribution, k, &arm);
        plan_free(arm.plan);
        scenario_free(arm.scenario);
        arena_free(&arm.arena);
    }
}

static void prepare_attribution(struct comparison *it, const struct comparison_wish *wish,
                                const struct play_settings *settings)
{
    it->other = memory_new(it->n_arms - 1, sizeof *it->other);
    for (size_t o = 0; o + 1 < it->n_arms; o++) {
        struct comparison_other *other = &it->other[o];

        other->arm = o + 1;
        differences_find(&other->differences, it->arm[0].scenario, it->arm[o + 1].scenario);
        attribution_init(&other->attribution, &it->targets, &other->differences, wish->by,
                         wish->n_pairs ? wish->n_pairs : good_pairs(other->differences.n_bundles), settings->seed);
        if (wish->by == BY_NONE)
            other->attribution.why_not = "not asked for";
        try_coalitions(&other->attribution);
    }
}

static size_t count_arms(const struct comparison *it)
{
    size_t n = it->n_arms;

    for (size_t o = 0; o + 1 < it->n_arms; o++)
        n += count_between(&it->other[o].attribution);
    return n;
}

/* Choose the number of worlds: whole rounds of replicates, as many as the time allows. */
static uint64_t good_worlds(size_t n_arms, uint64_t most, uint64_t n_runs)
{
    uint64_t worlds;

    assert(n_arms > 0 && n_runs > 0);
    worlds = ALL_DRAWS / n_arms / n_runs / REPLICATES * REPLICATES;

    worlds = worlds < LEAST_WORLDS ? LEAST_WORLDS : worlds;
    return worlds < most ? worlds : most;
}

/* The empty and the full coalition are the two scenarios, which need no arms of their own. */
static struct arm_estimates *outcomes_of(const struct comparison *it, const struct comparison_other *other,
                                         const struct arm_estimates *played)
{
    const size_t n = other->attribution.game.n_coalitions;
    struct arm_estimates *outcome = memory_new(n, sizeof *outcome);

    for (size_t c = 0; c < n; c++) {
        const struct arm_estimates *from = c == 0       ? &it->arm[0].outcome
                                           : c == n - 1 ? &it->arm[other->arm].outcome
                                                        : &played[c - 1];

        outcome[c] = *from;
        if (c != 0 && c != n - 1)
            continue;
        outcome[c].ignorance = NULL;
        outcome[c].yes = memory_new(from->n_questions * REPLICATES, sizeof *from->yes);
        memcpy(outcome[c].yes, from->yes, from->n_questions * REPLICATES * sizeof *from->yes);
    }
    return outcome;
}

static void compare_arms(struct comparison *it, const struct arm_estimates *outcome)
{
    const struct arm_estimates *played = outcome + it->n_arms;

    for (size_t i = 0; i < it->n_arms; i++)
        it->arm[i].outcome = outcome[i];
    for (size_t o = 0; o + 1 < it->n_arms; o++) {
        struct comparison_other *other = &it->other[o];

        other->difference = arena_new(&it->arena, it->targets.n, sizeof *other->difference);
        for (size_t q = 0; q < it->targets.n; q++)
            other->difference[q] = arm_compare(&it->arm[0].outcome, &it->arm[other->arm].outcome, q);
        if (!other->attribution.why_not)
            attribution_share(&other->attribution, outcomes_of(it, other, played));
        played += count_between(&other->attribution);
    }
}

static bool play_all(struct comparison *it, const struct play_settings *settings, const char **runaway)
{
    struct roster roster = {.comparison = it};
    const struct arms arms = {.n = count_arms(it), .make = make_arm, .context = &roster, .settings = settings};
    struct arm_estimates *outcome = memory_new(arms.n, sizeof *outcome);
    const bool good = arms_play(&arms, outcome, runaway);

    it->n_played = arms.n;
    if (good)
        compare_arms(it, outcome);
    free(outcome);
    return good;
}

bool comparison_play(struct comparison *comparison, const struct scenario *const *scenario, size_t n,
                     const struct comparison_wish *wish, struct play_settings *settings, const char **runaway)
{
    const uint64_t most = settings->n_worlds;
    size_t n_arms;

    comparison->n_arms = n;
    comparison->by = wish->by;
    comparison->arm = memory_new(n, sizeof *comparison->arm);
    for (size_t i = 0; i < n; i++)
        comparison->arm[i].scenario = scenario[i];
    mark_same(comparison);
    prepare_attribution(comparison, wish, settings);
    do {
        n_arms = count_arms(comparison);
        settings->n_worlds = wish->worlds_given ? most : good_worlds(n_arms, most, settings->n_runs);
        comparison->n_worlds = settings->n_worlds;
        comparison->n_runs = settings->n_runs;
        if (play_all(comparison, settings, runaway))
            return true;
    } while (count_arms(comparison) < n_arms); /* an attribution turned out not to be possible: repeat without it */
    return false;
}

void comparison_free(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->n_arms; i++)
        arm_estimates_free(&comparison->arm[i].outcome);
    for (size_t o = 0; comparison->other && o + 1 < comparison->n_arms; o++) {
        attribution_free(&comparison->other[o].attribution);
        differences_free(&comparison->other[o].differences);
    }
    free(comparison->arm);
    free(comparison->other);
    targets_free(&comparison->targets);
    arena_free(&comparison->arena);
}
