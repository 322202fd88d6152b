/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/replay.h"

void replay_init(struct replay *replay, const struct plan *plan, enum design_kind design, uint64_t seed)
{
    *replay = (struct replay){.plan = plan};
    design_init(&replay->design, plan, design, seed);
    world_init(&replay->world, plan);
    walk_init(&replay->walk, plan, NULL);
    history_init(&replay->history, plan);
    replay->history.told = true;
}

void replay_free(struct replay *replay)
{
    history_free(&replay->history);
    walk_free(&replay->walk);
    world_free(&replay->world);
    design_free(&replay->design);
}

bool replay_run(struct replay *replay, uint64_t world, uint64_t run)
{
    const uint64_t group = run / STREAM_LANES * STREAM_LANES;

    world_draw(&replay->world, replay->plan, &replay->design, world);
    world_settle(&replay->world, replay->plan);
    walk_world(&replay->walk, &replay->world, &replay->design, world);
    walk_batch(&replay->walk, group, STREAM_LANES);
    walk_run(&replay->walk, &replay->history, (size_t)(run - group));
    replay->luck = replay->walk.luck;
    replay->luck.run = run;
    return !replay->history.overflow;
}
