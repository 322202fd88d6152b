/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attribute.h - how much each assumption in which two scenarios differ contributes to the difference of their answers.
 *
 * A cooperative game: its players are the assumptions (bundles of differences, differ.h), the entities they belong to, or their groups. A
 * coalition's value is the answer of the baseline with the coalition's assumptions replaced by the other scenario's, on common random
 * numbers. The players' Shapley shares (shapley.h) add up to the difference.
 *
 * Example. Baseline 0.30, other 0.50; with the first assumption alone replaced 0.36, with the second alone 0.40. Shares: first
 * ((0.36 - 0.30) + (0.50 - 0.40)) / 2 = 0.08, second 0.12. */
#ifndef FOOTHOLD_ATTRIBUTE_H
#define FOOTHOLD_ATTRIBUTE_H
#include "sim/analysis/targets.h"
#include "sim/analysis/arms.h"
#include "sim/math/shapley.h"
#include "sim/analysis/differ.h"

enum attribute_by { BY_ASSUMPTION, BY_THING, BY_GROUP, BY_NONE };

struct attribution_player {
    const char *name;     /* of its first difference, with the number that change with it; its entity; or its group */
    size_t n_differences; /* that it is made of */
    bool bears;           /* it can influence an answer; otherwise its shares are 0 and it is not simulated */
};

struct attribution {
    struct arena arena;
    struct targets *targets;
    const struct differences *differences;
    struct attribution_player *player;
    size_t *player_of; /* per bundle */
    size_t n_players, n_bearing;
    struct shapley game;           /* among the players that can influence an answer, in their order */
    struct estimate **share;       /* [question][player] */
    struct arm_estimates *outcome; /* per coalition */
    const char *why_not;           /* why there are no shares; NULL: there are */
};

/* Find the players and set up the game. n_pairs: sampled pairs of orders, where there are too many players for all coalitions. Free
 * with attribution_free. */
void attribution_init(struct attribution *attribution, struct targets *targets, const struct differences *differences,
                      enum attribute_by by, size_t n_pairs, uint64_t seed);
void attribution_free(struct attribution *attribution);

/* The coalition's scenario as an arm, as arms.h makes them; context: the attribution. A failure goes to why_not. */
bool attribution_make(void *context, size_t coalition, struct arm *arm);

/* The shares, from the outcomes of all coalitions (then owned by the attribution). */
void attribution_share(struct attribution *attribution, struct arm_estimates *outcome);
#endif
