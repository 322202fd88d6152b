/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attribute.h - which of the assumptions that two scenarios do not share make their answers differ, and by how much.
 *
 * The players of the game are the assumptions (bundles of differences, differ.h), the things they are said of, or their groups;
 * a coalition's value is the answer of the baseline with the coalition's assumptions taken from the other scenario, on the
 * same luck. Shapley shares (shapley.h) then add up to the difference. */
#ifndef FOOTHOLD_ATTRIBUTE_H
#define FOOTHOLD_ATTRIBUTE_H
#include "sim/analysis/targets.h"
#include "sim/analysis/arms.h"
#include "sim/math/shapley.h"
#include "sim/analysis/differ.h"

enum attribute_by { BY_ASSUMPTION, BY_THING, BY_GROUP, BY_NONE };

struct attribution_player {
    const char *name;     /* of its first difference, with how many more change with it; its thing; or its group */
    size_t n_differences; /* that it is made of */
    bool bears;           /* it can bear on an answer; else its shares are 0 and it is not played */
};

struct attribution {
    struct arena arena;
    struct targets *targets;
    const struct differences *differences;
    struct attribution_player *player;
    size_t *player_of; /* per bundle */
    size_t n_players, n_bearing;
    struct shapley game;           /* among those that bear, in their order */
    struct estimate **share;       /* [question][player] */
    struct arm_estimates *outcome; /* per coalition */
    const char *why_not;           /* why no shares could be had; NULL: they could */
};

/* Find the players and lay out the game. n_pairs: of orders, where there are too many players for all coalitions. Free with
 * attribution_free. */
void attribution_init(struct attribution *attribution, struct targets *targets, const struct differences *differences,
                      enum attribute_by by, size_t n_pairs, uint64_t seed);
void attribution_free(struct attribution *attribution);

/* The coalition's scenario as an arm, as arms.h makes them; context: the attribution. What ails it goes to why_not. */
bool attribution_make(void *context, size_t coalition, struct arm *arm);

/* The shares, from the outcomes of all coalitions (then owned by the attribution). */
void attribution_share(struct attribution *attribution, struct arm_estimates *outcome);
#endif
