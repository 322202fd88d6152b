/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/attribute.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/engine/stream.h"
#include "sim/text/diag.h"

static const char *key_of(const struct difference *difference, enum attribute_by by)
{
    return by == BY_GROUP ? difference->group : by == BY_THING ? difference->owner : NULL;
}

static void unite_players(size_t *of, size_t n, size_t a, size_t b)
{
    const size_t low = of[a] < of[b] ? of[a] : of[b], high = of[a] < of[b] ? of[b] : of[a];

    for (size_t i = 0; i < n; i++)
        if (of[i] == high)
            of[i] = low;
}

/* Bundles of one entity, or of one group, are one player. */
static void find_players(struct attribution *it, enum attribute_by by)
{
    const struct differences *differences = it->differences;
    const size_t n = differences->n_bundles;

    it->player_of = arena_new(&it->arena, n, sizeof *it->player_of);
    for (size_t i = 0; i < n; i++)
        it->player_of[i] = i;
    for (size_t i = 0; i < differences->n; i++)
        for (size_t k = 0; k < i && by != BY_ASSUMPTION && by != BY_NONE; k++)
            if (!strcmp(key_of(&differences->item[i], by), key_of(&differences->item[k], by)))
                unite_players(it->player_of, n, differences->item[i].bundle, differences->item[k].bundle);
}

static void name_players(struct attribution *it, enum attribute_by by)
{
    const struct differences *differences = it->differences;
    size_t *number = arena_new(&it->arena, differences->n_bundles, sizeof *number);

    it->player = arena_new(&it->arena, differences->n_bundles, sizeof *it->player);
    for (size_t i = 0; i < differences->n_bundles; i++)
        if (it->player_of[i] == i)
            number[i] = it->n_players++;
    for (size_t i = 0; i < differences->n_bundles; i++)
        it->player_of[i] = number[it->player_of[i]];
    for (size_t i = 0; i < differences->n; i++) {
        const struct difference *difference = &differences->item[i];
        struct attribution_player *player = &it->player[it->player_of[difference->bundle]];
        const char *key = key_of(difference, by);

        if (!player->n_differences++)
            player->name = key ? key : difference->path;
        player->bears = player->bears || difference->bears;
    }
    for (size_t i = 0; i < it->n_players; i++) {
        struct attribution_player *player = &it->player[i];

        it->n_bearing += player->bears;
        if (by == BY_ASSUMPTION && player->n_differences > 1)
            player->name = arena_print(&it->arena, "%s (+%zu)", player->name, player->n_differences - 1);
    }
}

/* Orders of joining have a random stream of their own, so that they change no other draw. */
static double draw_order(uint64_t seed, size_t pair, size_t place)
{
    uint64_t word[STREAM_LANES];

    stream_words(word, seed, plan_key("shapley.order"),
                 (struct stream_place){.world = pair, .group = place, .kind = STREAM_DESIGN});
    return design_to_uniform(word[0]);
}

void attribution_init(struct attribution *attribution, struct targets *targets, const struct differences *differences,
                      enum attribute_by by, size_t n_pairs, uint64_t seed)
{
    *attribution = (struct attribution){.targets = targets, .differences = differences};
    find_players(attribution, by);
    name_players(attribution, by);
    shapley_init(&attribution->game, attribution->n_bearing, n_pairs, draw_order, seed);
}

void attribution_free(struct attribution *attribution)
{
    for (size_t i = 0; attribution->outcome && i < attribution->game.n_coalitions; i++)
        arm_estimates_free(&attribution->outcome[i]);
    free(attribution->outcome);
    shapley_free(&attribution->game);
    arena_free(&attribution->arena);
}

/* Whether a coalition takes a bundle from the other scenario; never one that influences no answer. */
static bool *taken_by(const struct attribution *it, size_t coalition)
{
    bool *member = memory_new(it->n_players, sizeof *member);
    bool *taken = memory_new(it->differences->n_bundles, sizeof *taken);

    for (size_t i = 0, k = 0; i < it->n_players; i++)
        if (it->player[i].bears)
            member[i] = it->game.member[coalition * it->n_bearing + k++];
    for (size_t b = 0; b < it->differences->n_bundles; b++)
        taken[b] = member[it->player_of[b]];
    free(member);
    return taken;
}

bool attribution_make(void *context, size_t coalition, struct arm *arm)
{
    struct attribution *it = context;
    struct diag diag = {0};
    bool *taken = taken_by(it, coalition);
    const struct node *root = differences_blend(it->differences, &arm->arena, taken);

    free(taken);
    arm->scenario = scenario_of_tree(root, it->differences->side[0], model_schemas(&arm->arena), model_count, &diag);
    if (!diag.n_errors)
        arm->plan = targets_compile(it->targets, arm->scenario, &diag);
    if (!arm->plan)
        it->why_not = arena_print(&it->arena, "a scenario between the two is not valid: %s", diag_first_error(&diag));
    diag_free(&diag);
    return arm->plan != NULL;
}

/* ---- shares ---- */

struct share { /* one player's share in a question, for the jackknife */
    const struct attribution *attribution;
    double *value; /* scratch: per coalition */
    double *all;   /* scratch: per player */
    size_t question;
};

static void value_coalitions(const struct share *share, size_t leave_out)
{
    const struct attribution *it = share->attribution;

    for (size_t c = 0; c < it->game.n_coalitions; c++)
        share->value[c] = arm_estimates_share(&it->outcome[c], share->question, leave_out);
    shapley_shares(&it->game, share->value, share->all);
}

/* Compute the shares of all players for every set of replicates at once, since the jackknife asks for one player after the other. */
static void share_question(struct attribution *it, struct share *scratch, size_t question)
{
    const size_t n = it->n_bearing;
    double *part = memory_new((REPLICATES + 1) * n, sizeof *part), *error = memory_new(n, sizeof *error);
    const struct arm_estimates *first = &it->outcome[0];
    size_t replicates = 0;

    scratch->question = question;
    for (size_t r = 0; r <= REPLICATES; r++) {
        if (r < REPLICATES && !first->runs[r])
            continue;
        value_coalitions(scratch, r);
        memcpy(part + (r < REPLICATES ? replicates++ : REPLICATES) * n, scratch->all, n * sizeof *part);
    }
    shapley_errors(&it->game, scratch->value, error); /* the values of all replicates, which were filled in last */
    for (size_t i = 0, k = 0; i < it->n_players; i++) {
        struct estimate *share = &it->share[question][i];
        double mean = 0.0, squares = 0.0;

        if (!it->player[i].bears)
            continue;
        for (size_t r = 0; r < replicates; r++)
            mean += part[r * n + k] / (double)replicates;
        for (size_t r = 0; r < replicates; r++)
            squares += (part[r * n + k] - mean) * (part[r * n + k] - mean);
        share->value = part[REPLICATES * n + k];
        share->se =
            replicates > 1 ? hypot(sqrt(squares * (double)(replicates - 1) / (double)replicates), error[k]) : NAN;
        k++;
    }
    free(part);
    free(error);
}

void attribution_share(struct attribution *attribution, struct arm_estimates *outcome)
{
    const size_t questions = attribution->targets->n;
    struct share scratch = {.attribution = attribution,
                            .value = memory_new(attribution->game.n_coalitions, sizeof *scratch.value),
                            .all = memory_new(attribution->n_bearing, sizeof *scratch.all)};

    attribution->outcome = outcome;
    attribution->share = arena_new(&attribution->arena, questions, sizeof *attribution->share);
    for (size_t q = 0; q < questions; q++) {
        attribution->share[q] = arena_new(&attribution->arena, attribution->n_players, sizeof **attribution->share);
        share_question(attribution, &scratch, q);
    }
    free(scratch.value);
    free(scratch.all);
}
