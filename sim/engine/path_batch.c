/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_batch.c - what is drawn for PATH_BATCH runs side by side, so that the same operations on all of them vectorise. */
#include "sim/engine/exogenous.h"
#include "sim/engine/path.h"
#include "sim/math/gamma.h"

void path_batch_init(struct path *path)
{
    struct path_batch *batch = &path->batch;

    batch->threshold = path_new(&batch->arena, path->plan->n_clocks * PATH_BATCH, sizeof *batch->threshold);
    batch->frailties = path_new(&batch->arena, path->plan->n_dependences * PATH_BATCH, sizeof *batch->frailties);
}

/* First thresholds; later ones are drawn when a clock that has fired is enabled again. */
static void draw_thresholds(struct path *path, uint32_t c)
{
    const struct plan_clock *clock = &path->plan->clock[c];

    if (clock->baseline != BASELINE_AT)
        stream_exponentials(path->batch.threshold + c * PATH_BATCH, path->batch.n_lanes, &path->batch.stream,
                            clock->key, 0);
}

static void draw_frailties(struct path *path, size_t d)
{
    const struct plan_dependence *dependence = &path->plan->dependence[d];
    double uniform[PATH_BATCH];

    stream_uniforms(uniform, path->batch.n_lanes, &path->batch.stream, dependence->key, 0);
    gamma_quantiles(dependence->gamma, path->world.drawn->variance[d], uniform, path->batch.frailties + d * PATH_BATCH,
                    path->batch.n_lanes);
}

/* Whole calls of the generator, of STREAM_LANES numbers each, even where fewer runs are wanted. Frailties first: exogenous times need
 * them. */
void path_draw_batch(struct path *path, uint64_t first_run, uint64_t n_runs)
{
    const struct plan *plan = path->plan;
    const uint64_t whole = (n_runs + STREAM_LANES - 1) / STREAM_LANES * STREAM_LANES;

    path->batch.n_lanes = whole < PATH_BATCH ? (size_t)whole : PATH_BATCH;
    path->batch.stream = path->world.stream;
    path->batch.stream.run = first_run;
    for (size_t d = 0; d < plan->n_dependences; d++)
        draw_frailties(path, d);
    exogenous_resolve_batch(path);
    for (uint32_t c = 0; c < plan->n_clocks; c++)
        if (path->layout.method[c] == CLOCK_SCHEDULED || path->layout.method[c] == CLOCK_INTEGRATED)
            draw_thresholds(path, c);
}
