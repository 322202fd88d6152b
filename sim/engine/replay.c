/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/replay.h"

void replay_init(struct replay *replay, const struct plan *plan, enum design_kind design, uint64_t seed)
{
    *replay = (struct replay){.plan = plan};
    design_init(&replay->design, plan, design, seed);
    world_init(&replay->world, plan);
    path_init(&replay->path, plan, NULL);
    history_init(&replay->history, plan);
    replay->history.recorded = true;
}

void replay_free(struct replay *replay)
{
    history_free(&replay->history);
    path_free(&replay->path);
    world_free(&replay->world);
    design_free(&replay->design);
}

bool replay_run(struct replay *replay, uint64_t world, uint64_t run)
{
    const uint64_t group = run / STREAM_LANES * STREAM_LANES;

    world_draw(&replay->world, replay->plan, &replay->design, world);
    world_derive(&replay->world, replay->plan);
    path_setup(&replay->path, &replay->world, &replay->design, world);
    path_draw_batch(&replay->path, group, STREAM_LANES);
    path_simulate(&replay->path, &replay->history, (size_t)(run - group));
    replay->stream = replay->path.run.stream;
    replay->stream.run = run;
    return !replay->history.overflow;
}
