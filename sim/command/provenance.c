/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/provenance.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct provenance_scenario describe(struct arena *arena, const struct loaded *loaded,
                                           const struct arm_result *arm)
{
    const struct scenario *scenario = loaded->scenario;
    const char **file = arena_new(arena, scenario->n_files, sizeof *file);
    const char **sha256 = arena_new(arena, scenario->n_files, sizeof *sha256);
    char *effective = scenario_print(scenario, true), hex[65];
    struct provenance_scenario out = {.id = scenario->id,
                                      .effective = arena_copy(arena, effective, strlen(effective)),
                                      .file = file,
                                      .file_sha256 = sha256,
                                      .n_files = scenario->n_files,
                                      .computed = arm->computed,
                                      .why_drawn = loaded->plan->why_drawn,
                                      .n_too_fast = arm->too_fast.n,
                                      .fastest = arm->too_fast.clock,
                                      .fastest_rate = arm->too_fast.n ? arm->too_fast.speed : NAN};

    for (size_t i = 0; i < scenario->n_files; i++) {
        scenario_sha256(scenario->file[i]->text, scenario->file[i]->size, hex);
        file[i] = scenario->file[i]->name;
        sha256[i] = arena_copy(arena, hex, 64);
    }
    scenario_sha256(effective, strlen(effective), hex);
    out.sha256 = arena_copy(arena, hex, 64);
    free(effective);
    return out;
}

struct provenance provenance_of(struct arena *arena, const char *command, const struct playing *playing,
                                const struct play_settings *settings, const struct play_result *result,
                                const struct loaded *loaded, size_t n)
{
    struct provenance_scenario *scenario = arena_new(arena, n, sizeof *scenario);

    for (size_t i = 0; i < n; i++)
        scenario[i] = describe(arena, &loaded[i], &result->arm[i]);
    return (struct provenance){.command = command,
                               .seed = settings->seed,
                               .seed_chosen = !playing->seed.given,
                               .design = playing_design_name[settings->design],
                               .n_worlds = result->n_worlds,
                               .n_runs = settings->n_runs,
                               .n_draws = result->n_draws,
                               .complete = result->complete,
                               .scenario = scenario,
                               .n_scenarios = n,
                               .threads = result->threads,
                               .precision = settings->precision > 0.0 ? settings->precision : NAN,
                               .libconfig_version = tree_libconfig_version()};
}

struct provenance provenance_of_arms(struct arena *arena, const char *command, const struct playing *playing,
                                     const struct play_settings *settings, const struct loaded *loaded,
                                     const bool *computed, size_t n, size_t n_played)
{
    struct arm_result *arm = arena_new(arena, n, sizeof *arm);
    const struct play_result result = {.arm = arm,
                                       .n_arms = n,
                                       .n_worlds = settings->n_worlds,
                                       .n_draws = settings->n_worlds * settings->n_runs * n_played,
                                       .threads = settings->threads ? settings->threads : play_processors(),
                                       .complete = true};

    for (size_t i = 0; i < n; i++)
        arm[i].computed = computed[i];
    return provenance_of(arena, command, playing, settings, &result, loaded, n);
}
