/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/play.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "sim/engine/propagate.h"
#include "sim/engine/bit_tally.h"
#include "sim/engine/path.h"

#ifndef FOOTHOLD_BLOCK_RUNS
#define FOOTHOLD_BLOCK_RUNS 8192
#endif

enum {
    SLICE_RUNS = 8192,                /* a world of more runs is cut, so that threads can share it */
    BLOCK_RUNS = FOOTHOLD_BLOCK_RUNS, /* what a thread takes at a time, */
    BLOCK_RUNS_MOST = 4 * BLOCK_RUNS, /* or more, where there are */
    BLOCKS = 16,                      /* so many a thread */
    CHUNK_WORLDS = 4096,              /* played before worlds are handed on in order, */
    CHUNK_NUMBERS = 1 << 23,          /* or fewer, so that what they keep stays bounded */
    RECORDED_NUMBERS = 64             /* of a run that is recorded, about */
};

_Static_assert((int)PATH_BATCH <= (int)BIT_TALLY_RUNS, "a batch is counted on one sheet");

/* What happened in the runs of a slice of a world, one after the other. */
struct event_log {
    struct event *event;
    size_t n, capacity;
    size_t *end; /* per run: of what happened in it */
    bool *yes;   /* [run * n_questions + question] */
};

/* One arm's share of a thread: all that a run needs, allocated once. */
struct workspace {
    struct world world;
    struct path path;
    struct history history;
    struct tally tally;
    struct bit_tally bits;             /* the runs being drawn */
    struct world_stats_column *column; /* of the block's world */
    /* where what bases do is computed: */
    bool computes;
    struct path guide;
    struct propagation propagation;
};

struct simulation {
    const struct plan *const *plan;
    size_t n_arms;
    const struct play_settings *settings;
    struct play_result *result;
    struct design *design;       /* per arm */
    struct workspace *workspace; /* [thread * n_arms + arm] */
    int threads;
    uint64_t n_slices; /* a world */
    /* of the chunk being played */
    uint64_t first_world, chunk_worlds, most_worlds;
    struct play_draw **draw;            /* per arm, if wanted: [(world * n_runs + run) * n_bases + base] */
    struct event_log **event_log;       /* per arm, if wanted: [world * n_slices + slice] */
    double **uniform, **value;          /* per arm: [world * n_inputs + input] */
    struct world_stats_column **column; /* per arm: [world * n_columns + column] */
    double *p;                          /* per question, to hand on */
    uint64_t *runs;                     /* per world: played so far */
    /* for progress: draws, and how many in all are to be expected; 0: not known yet */
    uint64_t n_done;
    double expected;
    bool runaway;
    uint64_t runaway_world;
};

/* What is kept of every world. */
static size_t columns_of(const struct plan *plan)
{
    return world_stats_columns(plan);
}

static size_t inputs_of(const struct plan *plan)
{
    return plan->answers_only ? 0 : plan->n_inputs;
}

static void init_workspace(struct workspace *workspace, const struct plan *plan, bool computes, bool recorded)
{
    world_init(&workspace->world, plan);
    path_init(&workspace->path, plan, NULL);
    history_init(&workspace->history, plan);
    workspace->history.recorded = recorded;
    tally_init(&workspace->tally, plan);
    bit_tally_init(&workspace->bits, plan, &workspace->tally);
    workspace->column = memory_new(columns_of(plan), sizeof *workspace->column);
    workspace->computes = computes;
    if (!computes)
        return;
    propagate_init(&workspace->propagation, plan);
    path_init(&workspace->guide, plan, &workspace->propagation.rate_path);
}

static void free_workspace(struct workspace *workspace)
{
    world_free(&workspace->world);
    path_free(&workspace->path);
    history_free(&workspace->history);
    tally_free(&workspace->tally);
    bit_tally_free(&workspace->bits);
    free(workspace->column);
    if (!workspace->computes)
        return;
    path_free(&workspace->guide);
    propagate_free(&workspace->propagation);
}

/* Whether a run never ended; the first world known to have one gives it its name. */
static bool check_overflow(struct simulation *simulation, const struct workspace *workspace, const struct path *path,
                           uint64_t index)
{
    if (!workspace->history.overflow)
        return false;
#pragma omp critical
    if (!simulation->result->runaway || index < simulation->runaway_world) {
        simulation->runaway_world = index;
        simulation->result->runaway = path_busiest(path);
    }
#pragma omp atomic write
    simulation->runaway = true;
    return true;
}

static void add_columns(struct simulation *simulation, size_t arm, uint64_t index,
                        const struct world_stats_column *from)
{
    const size_t columns = columns_of(simulation->plan[arm]);
    struct world_stats_column *to = simulation->column[arm] + (index - simulation->first_world) * columns;

    for (size_t i = 0; i < columns; i++) {
#pragma omp atomic
        to[i].p += from[i].p;
#pragma omp atomic
        to[i].p2 += from[i].p2;
#pragma omp atomic
        to[i].pw += from[i].pw;
    }
}

/* Where what bases do is drawn */

/* The first month a base was in one of some states. */
static float first_month(const struct history *history, const struct plan *plan, uint32_t base, uint64_t states)
{
    if (states >> plan->base[base].initial & 1)
        return 0.0f;
    for (uint32_t i = 0; i < history->n_moves; i++)
        if (history->move[i].base == base && states >> history->move[i].to & 1)
            return (float)history->move[i].month;
    return NAN;
}

static void keep_draw(struct simulation *simulation, const struct workspace *workspace, size_t arm, uint64_t index,
                      uint64_t run)
{
    const struct plan *plan = simulation->plan[arm];
    struct play_draw *draw = simulation->draw[arm] +
                             ((index - simulation->first_world) * simulation->settings->n_runs + run) * plan->n_bases;

    for (uint32_t b = 0; b < plan->n_bases; b++)
        draw[b] = (struct play_draw){.world = (uint32_t)index,
                                     .run = (uint32_t)run,
                                     .base = (uint16_t)b,
                                     .state = (uint16_t)workspace->history.state[b],
                                     .lost = first_month(&workspace->history, plan, b, ~plan->held),
                                     .deal = first_month(&workspace->history, plan, b, plan->deal)};
}

static void keep_events(struct simulation *simulation, const struct workspace *workspace, size_t arm, uint64_t index,
                        uint64_t run)
{
    const struct history *history = &workspace->history;
    struct event_log *event_log =
        &simulation->event_log[arm][(index - simulation->first_world) * simulation->n_slices + run / SLICE_RUNS];

    for (size_t i = 0; i < history->n_events; i++) {
        event_log->event = memory_grow(event_log->event, event_log->n, &event_log->capacity, sizeof *event_log->event);
        event_log->event[event_log->n++] = history->event[i];
    }
    event_log->end[run % SLICE_RUNS] = event_log->n;
}

/* And how they answer each question. */
static void keep_answers(struct simulation *simulation, const struct workspace *workspace, size_t arm, uint64_t index,
                         uint64_t first)
{
    const size_t n = simulation->plan[arm]->n_questions;

    for (size_t i = 0; i < workspace->bits.n_runs; i++) {
        const uint64_t run = first + i;
        struct event_log *event_log =
            &simulation->event_log[arm][(index - simulation->first_world) * simulation->n_slices + run / SLICE_RUNS];

        for (size_t q = 0; q < n; q++)
            event_log->yes[run % SLICE_RUNS * n + q] = workspace->bits.yes[q] >> i & 1;
    }
}

/* Draw lanes [first, first + n) of a batch: false when one never ends. */
static bool draw_lanes(struct simulation *simulation, struct workspace *workspace, size_t arm, uint64_t index,
                       size_t first, size_t n)
{
    const uint64_t batch = workspace->path.batch.stream.run;

    bit_tally_begin(&workspace->bits, index % REPLICATES);
    for (size_t lane = first; lane < first + n; lane++) {
        path_simulate(&workspace->path, &workspace->history, lane);
        if (check_overflow(simulation, workspace, &workspace->path, index))
            return false;
        bit_tally_keep(&workspace->bits, &workspace->history);
        if (simulation->settings->draws)
            keep_draw(simulation, workspace, arm, index, batch + lane);
        if (simulation->settings->recorded)
            keep_events(simulation, workspace, arm, index, batch + lane);
    }
    bit_tally_count(&workspace->bits, workspace->column);
    if (simulation->settings->recorded)
        keep_answers(simulation, workspace, arm, index, batch + first);
    return true;
}

/* Where it is computed */

/* Propagate the rate paths that have been kept, and count what comes of them. */
static void flush_paths(struct simulation *simulation, struct workspace *workspace, size_t arm)
{
    const size_t columns = columns_of(simulation->plan[arm]);

    if (!workspace->computes || !workspace->propagation.n_runs)
        return;
    propagate_paths(&workspace->propagation);
    for (uint32_t w = 0; w < workspace->propagation.n_worlds; w++) {
        memset(workspace->column, 0, columns * sizeof *workspace->column);
        propagate_tally(&workspace->propagation, &workspace->propagation.world[w], &workspace->tally,
                        workspace->column);
        add_columns(simulation, arm, workspace->propagation.world[w].index, workspace->column);
    }
    propagate_clear(&workspace->propagation);
}

/* Sums over a world's runs are rounded as many runs at a time as fit, which must not depend on what was kept before. */
static void make_room(struct simulation *simulation, struct workspace *workspace, size_t arm, uint64_t left)
{
    const uint64_t most = workspace->propagation.rate_path.most_runs, n = left < most ? left : most;

    if (workspace->propagation.n_runs + n > most)
        flush_paths(simulation, workspace, arm);
}

/* The fastest of all, of equal ones the first by name, so that it does not depend on who comes first. */
static void count_too_fast(struct play_too_fast *count, const char *clock, double speed, uint64_t n)
{
    count->n += n;
    if (!count->clock || speed > count->speed || (speed == count->speed && strcmp(clock, count->clock) < 0)) {
        count->clock = clock;
        count->speed = speed;
    }
}

/* Simulate the levers and events of a run; where rates are too fast for its rate path, its bases are drawn too. */
static bool guide_lane(struct simulation *simulation, struct workspace *workspace, size_t arm, uint64_t index,
                       size_t at)
{
    const struct plan *plan = simulation->plan[arm];
    struct stream stream = workspace->guide.batch.stream;

    stream.run += at;
    propagate_begin_run(&workspace->propagation);
    path_simulate(&workspace->guide, &workspace->history, at);
    if (check_overflow(simulation, workspace, &workspace->guide, index))
        return false;
    if (workspace->propagation.rate_path.too_fast) {
        const uint64_t group = stream.run / STREAM_LANES * STREAM_LANES;
        const struct rate_path *rate_path = &workspace->propagation.rate_path;
        bool ends;

#pragma omp critical
        count_too_fast(&simulation->result->arm[arm].too_fast,
                       plan->clock[plan->base[0].clocks.first + rate_path->fastest_clock].name,
                       rate_path->fastest_hazard, 1);
        memset(workspace->column, 0, columns_of(plan) * sizeof *workspace->column);
        path_setup(&workspace->path, &workspace->world, &simulation->design[arm], index);
        path_draw_batch(&workspace->path, group, STREAM_LANES);
        ends = draw_lanes(simulation, workspace, arm, index, (size_t)(stream.run - group), 1);
        add_columns(simulation, arm, index, workspace->column);
        return ends;
    }
    propagate_keep_run(&workspace->propagation, &workspace->guide, &workspace->history);
    if (workspace->propagation.n_runs == workspace->propagation.rate_path.most_runs)
        flush_paths(simulation, workspace, arm);
    return true;
}

static bool guide_lanes(struct simulation *simulation, struct workspace *workspace, size_t arm, uint64_t index,
                        size_t n)
{
    for (size_t lane = 0; lane < n; lane++) {
        if (lane % workspace->propagation.rate_path.most_runs == 0)
            make_room(simulation, workspace, arm, n - lane);
        if (!guide_lane(simulation, workspace, arm, index, lane))
            return false;
    }
    return true;
}

/* What will be handed on of a world. */
static void keep_world(struct simulation *simulation, size_t arm, uint64_t index, const struct world *world)
{
    const struct plan *plan = simulation->plan[arm];
    const size_t n = inputs_of(plan), first = (index - simulation->first_world) * n;

    for (size_t i = 0; i < n; i++) {
        simulation->uniform[arm][first + i] = world->uniform[i];
        simulation->value[arm][first + i] = world->value[plan->input[i].slot];
    }
}

/* Runs [first, first + n) of a world, in one arm. */
static bool play_slice(struct simulation *simulation, struct workspace *workspace, size_t arm, uint64_t index,
                       uint64_t first, uint64_t n)
{
    const struct plan *plan = simulation->plan[arm];
    struct path *path = workspace->computes ? &workspace->guide : &workspace->path;

    memset(workspace->column, 0, columns_of(plan) * sizeof *workspace->column);
    world_draw(&workspace->world, plan, &simulation->design[arm], index);
    if (!first)
        keep_world(simulation, arm, index, &workspace->world);
    world_derive(&workspace->world, plan);
    path_setup(path, &workspace->world, &simulation->design[arm], index);
    if (workspace->computes)
        propagate_set_world(&workspace->propagation, &workspace->world, index);
    for (uint64_t run = first; run < first + n; run += PATH_BATCH) {
        const size_t lanes = first + n - run < PATH_BATCH ? (size_t)(first + n - run) : PATH_BATCH;

        path_draw_batch(path, run, lanes);
        if (!(workspace->computes ? guide_lanes(simulation, workspace, arm, index, lanes)
                                  : draw_lanes(simulation, workspace, arm, index, 0, lanes)))
            return false;
    }
    if (!workspace->computes)
        add_columns(simulation, arm, index, workspace->column);
    return true;
}

static void play_unit(struct simulation *simulation, uint64_t unit)
{
    const struct play_settings *settings = simulation->settings;
    const uint64_t world = unit / simulation->n_slices, first = unit % simulation->n_slices * SLICE_RUNS;
    const uint64_t n = settings->n_runs - first < SLICE_RUNS ? settings->n_runs - first : SLICE_RUNS;
    uint64_t n_done;

    for (size_t arm = 0; arm < simulation->n_arms; arm++)
        if (!play_slice(simulation, &simulation->workspace[(size_t)omp_get_thread_num() * simulation->n_arms + arm],
                        arm, simulation->first_world + world, first, n))
            return;
#pragma omp atomic
    simulation->runs[world] += n;
#pragma omp atomic capture
    n_done = simulation->n_done += n;
    if (settings->progress && omp_get_thread_num() == 0)
        settings->progress(settings->context, n_done,
                           simulation->expected > 0.0 ? fmin(1.0, (double)n_done / simulation->expected) : 0.0);
}

static bool is_stopped(const struct simulation *simulation)
{
    bool runaway;

#pragma omp atomic read
    runaway = simulation->runaway;
    return runaway || (simulation->settings->stop && *simulation->settings->stop);
}

/* How many units a thread takes at a time. */
static uint64_t units_a_block(const struct simulation *simulation)
{
    const uint64_t runs_a_unit = simulation->settings->n_runs < SLICE_RUNS ? simulation->settings->n_runs : SLICE_RUNS;
    const uint64_t share =
        simulation->chunk_worlds * simulation->settings->n_runs / (BLOCKS * (uint64_t)simulation->threads);
    const uint64_t most = share < BLOCK_RUNS_MOST ? share : BLOCK_RUNS_MOST,
                   runs = most > BLOCK_RUNS ? most : BLOCK_RUNS;
    const uint64_t runs_an_arm = runs / simulation->n_arms; /* so that few worlds of many arms are shared too */

    return runs_a_unit < runs_an_arm ? runs_an_arm / runs_a_unit : 1;
}

/* Whether a world before it never ended, so that nothing will come of it. */
static bool is_beyond(struct simulation *simulation, uint64_t world)
{
    bool beyond = false;

#pragma omp critical
    beyond = simulation->result->runaway && simulation->runaway_world < world;
    return beyond;
}

/* One replicate after the other, whose counts then stay in the processor's cache. */
static void play_block(struct simulation *simulation, uint64_t first, uint64_t end)
{
    for (uint64_t replicate = 0; replicate < REPLICATES; replicate++)
        for (uint64_t unit = first; unit < end; unit++)
            if ((simulation->first_world + unit / simulation->n_slices) % REPLICATES == replicate &&
                !is_beyond(simulation, simulation->first_world + unit / simulation->n_slices))
                play_unit(simulation, unit);
}

/* Blocks are handed out in order and each is played whole, so what is played when a signal comes is the beginning. */
static void play_chunk(struct simulation *simulation)
{
    const uint64_t units = simulation->chunk_worlds * simulation->n_slices, block = units_a_block(simulation);
    const uint64_t blocks = (units + block - 1) / block;

#pragma omp parallel for schedule(dynamic, 1) num_threads(simulation->threads)
    for (uint64_t i = 0; i < blocks; i++) {
        const uint64_t end = (i + 1) * block < units ? (i + 1) * block : units;

        if (is_stopped(simulation))
            continue;
        play_block(simulation, i * block, end);
        for (size_t arm = 0; arm < simulation->n_arms; arm++)
            flush_paths(simulation, &simulation->workspace[(size_t)omp_get_thread_num() * simulation->n_arms + arm],
                        arm);
    }
}

/* One replicate after the other, whose sums then stay in the processor's cache. */
static void add_worlds(struct simulation *simulation, size_t arm, uint64_t n)
{
    const struct plan *plan = simulation->plan[arm];

    for (uint64_t replicate = 0; replicate < REPLICATES; replicate++)
        for (uint64_t w = (replicate + REPLICATES - simulation->first_world % REPLICATES) % REPLICATES; w < n;
             w += REPLICATES)
            world_stats_add(&simulation->result->arm[arm].world_stats, simulation->first_world + w,
                            simulation->uniform[arm] + w * inputs_of(plan),
                            simulation->column[arm] + w * columns_of(plan), simulation->settings->n_runs);
}

static void hand_on_events(struct simulation *simulation, size_t arm, uint64_t w)
{
    const struct play_settings *settings = simulation->settings;

    for (uint64_t run = 0; run < settings->n_runs; run++) {
        const struct event_log *event_log = &simulation->event_log[arm][w * simulation->n_slices + run / SLICE_RUNS];
        const size_t k = run % SLICE_RUNS, from = k ? event_log->end[k - 1] : 0;
        const struct play_recorded recorded = {.world = simulation->first_world + w,
                                               .run = run,
                                               .event = event_log->event + from,
                                               .n = event_log->end[k] - from,
                                               .yes = event_log->yes + k * simulation->plan[arm]->n_questions};

        settings->recorded(settings->context, arm, &recorded);
    }
}

/* Hand the chunk's worlds on, in order; those cut short by a signal count in the tallies only. */
static void hand_on(struct simulation *simulation)
{
    const struct play_settings *settings = simulation->settings;
    uint64_t n = 0;

    while (n < simulation->chunk_worlds && simulation->runs[n] == settings->n_runs)
        n++;
    for (size_t arm = 0; arm < simulation->n_arms && settings->draws; arm++)
        settings->draws(settings->context, arm, simulation->draw[arm],
                        n * settings->n_runs * simulation->plan[arm]->n_bases);
    for (uint64_t w = 0; w < n; w++) {
        const uint64_t index = simulation->first_world + w;

        for (size_t arm = 0; arm < simulation->n_arms && settings->world; arm++) {
            const struct world_stats_column *column = simulation->column[arm] + w * columns_of(simulation->plan[arm]);

            for (size_t q = 0; q < simulation->plan[arm]->n_questions; q++)
                simulation->p[q] = world_stats_p(&column[q], settings->n_runs);
            settings->world(settings->context, arm, index,
                            simulation->value[arm] + w * inputs_of(simulation->plan[arm]), simulation->p);
        }
        for (size_t arm = 0; arm < simulation->n_arms && settings->recorded; arm++)
            hand_on_events(simulation, arm, w);
    }
    for (size_t arm = 0; arm < simulation->n_arms; arm++)
        add_worlds(simulation, arm, n);
    simulation->result->n_worlds += n;
}

/* Play worlds [first, end), a chunk at a time; false when stopped. */
static bool play_worlds(struct simulation *simulation, uint64_t first, uint64_t end)
{
    const struct play_settings *settings = simulation->settings;

    while (first < end && !is_stopped(simulation)) {
        simulation->first_world = first;
        simulation->chunk_worlds = end - first < simulation->most_worlds ? end - first : simulation->most_worlds;
        memset(simulation->runs, 0, simulation->most_worlds * sizeof *simulation->runs);
        for (size_t arm = 0; arm < simulation->n_arms; arm++)
            memset(simulation->column[arm], 0,
                   simulation->most_worlds * columns_of(simulation->plan[arm]) * sizeof **simulation->column);
        for (size_t arm = 0; arm < simulation->n_arms && settings->recorded; arm++)
            for (size_t i = 0; i < simulation->most_worlds * simulation->n_slices; i++)
                simulation->event_log[arm][i].n = 0;
        play_chunk(simulation);
        hand_on(simulation);
        first += simulation->chunk_worlds;
    }
    return simulation->result->n_worlds == end;
}

static void gather_tallies(struct simulation *simulation)
{
    for (size_t arm = 0; arm < simulation->n_arms; arm++) {
        struct tally *tally = &simulation->result->arm[arm].tally;

        memset(tally->count, 0, REPLICATES * tally->at.size * sizeof *tally->count);
        for (int thread = 0; thread < simulation->threads; thread++) {
            struct tally *part = &simulation->workspace[(size_t)thread * simulation->n_arms + arm].tally;

            tally_merge(tally, part);
        }
    }
}

static double largest_se(const struct play_result *result)
{
    double largest = 0.0;

    for (size_t arm = 0; arm < result->n_arms; arm++)
        for (size_t q = 0; q < result->arm[arm].tally.plan->n_questions; q++) {
            double se;

            tally_share(&result->arm[arm].tally, result->arm[arm].tally.at.question + q, &se);
            largest = fmax(largest, se);
        }
    return largest;
}

/* How many worlds should do, judged by counts alone and so the same for any number of threads, in whole rounds of replicates.
 * An error told from 32 replicates is off by 13 %: to look again and again and stop when it happens to look small would make
 * it too small. So its first estimate sets the number, with a fifth to spare, and no later one cuts it short: Stein 1945, A
 * two-sample test for a linear hypothesis whose power is independent of the variance, Ann. Math. Stat. 16. What is still
 * missing then, by chance, is played in the same way. Sobol's points are even when they are a power of 2. */
static uint64_t more_worlds(uint64_t worlds, double se, const struct play_settings *settings)
{
    const double ratio = se / settings->precision, most = PLAY_MAX_RUNS / (double)settings->n_runs;
    const double wanted = (double)worlds * fmax(1.1, 1.2 * ratio * ratio);

    if (settings->design == DESIGN_SOBOL)
        return 2 * worlds;
    return wanted < most ? ((uint64_t)wanted / REPLICATES + 1) * REPLICATES : (uint64_t)most / REPLICATES * REPLICATES;
}

/* How many draws a precision is going to take, as far as its error tells by now: that of a mean falls with their root. */
static double expected_draws(uint64_t worlds, uint64_t end, double se, const struct play_settings *settings)
{
    const double precision = settings->precision;
    const double wanted = fmax((double)end, 1.05 * (double)worlds * se * se / (precision * precision));
    double all = (double)end;

    while (settings->design == DESIGN_SOBOL && all < wanted)
        all *= 2.0;
    return fmax(all, wanted) * (double)settings->n_runs;
}

/* How many worlds are kept at a time. */
static uint64_t chunk_of(const struct plan *const *arm, size_t n_arms, const struct play_settings *settings)
{
    uint64_t numbers = 1, worlds;

    for (size_t a = 0; a < n_arms; a++)
        numbers += 2 * (inputs_of(arm[a]) + columns_of(arm[a])) +
                   (settings->draws ? 3 * settings->n_runs * arm[a]->n_bases : 0) +
                   (settings->recorded ? RECORDED_NUMBERS * settings->n_runs : 0);
    worlds = CHUNK_NUMBERS / numbers;
    return worlds < 1 ? 1 : worlds > CHUNK_WORLDS ? CHUNK_WORLDS : worlds;
}

static struct event_log *new_event_logs(const struct simulation *simulation, size_t arm)
{
    const uint64_t n = simulation->most_worlds * simulation->n_slices, n_runs = simulation->settings->n_runs;
    const uint64_t runs = n_runs < SLICE_RUNS ? n_runs : SLICE_RUNS;
    struct event_log *event_log = memory_new(n, sizeof *event_log);

    for (uint64_t i = 0; i < n; i++) {
        event_log[i].end = memory_new(runs, sizeof *event_log[i].end);
        event_log[i].yes = memory_new(runs * simulation->plan[arm]->n_questions, sizeof *event_log[i].yes);
    }
    return event_log;
}

static void free_event_logs(const struct simulation *simulation, struct event_log *event_log)
{
    for (uint64_t i = 0; event_log && i < simulation->most_worlds * simulation->n_slices; i++) {
        free(event_log[i].event);
        free(event_log[i].end);
        free(event_log[i].yes);
    }
    free(event_log);
}

/* All that playing arms needs, and their results, empty. */
static void set_up(struct simulation *simulation, const struct plan *const *arm, size_t n_arms,
                   const struct play_settings *settings, struct play_result *result)
{
    const int threads = settings->threads ? settings->threads : play_processors();
    size_t most = 0;

    *simulation = (struct simulation){.plan = arm, .n_arms = n_arms, .settings = settings, .result = result};
    simulation->threads = threads < PLAY_MAX_THREADS ? threads : PLAY_MAX_THREADS;
    simulation->n_slices = (settings->n_runs + SLICE_RUNS - 1) / SLICE_RUNS;
    *result = (struct play_result){
        .arm = memory_new(n_arms, sizeof *result->arm), .n_arms = n_arms, .threads = simulation->threads};
    simulation->workspace = memory_new((size_t)simulation->threads * n_arms, sizeof *simulation->workspace);
    simulation->design = memory_new(n_arms, sizeof *simulation->design);
    simulation->column = memory_new(n_arms, sizeof *simulation->column);
    simulation->uniform = memory_new(n_arms, sizeof *simulation->uniform);
    simulation->value = memory_new(n_arms, sizeof *simulation->value);
    simulation->draw = memory_new(n_arms, sizeof *simulation->draw);
    simulation->event_log = memory_new(n_arms, sizeof *simulation->event_log);
    simulation->most_worlds = chunk_of(arm, n_arms, settings);
    simulation->runs = memory_new(simulation->most_worlds, sizeof *simulation->runs);
    for (size_t a = 0; a < n_arms; a++) {
        design_init(&simulation->design[a], arm[a], settings->design, settings->seed);
        tally_init(&result->arm[a].tally, arm[a]);
        result->arm[a].computed = arm[a]->chain && settings->estimator != ESTIMATOR_DRAW;
        world_stats_init(&result->arm[a].world_stats, arm[a], settings->n_runs, !result->arm[a].computed);
        result->arm[a].world_stats_runs = settings->n_runs;
        simulation->column[a] = memory_new(simulation->most_worlds * columns_of(arm[a]), sizeof **simulation->column);
        simulation->uniform[a] = memory_new(simulation->most_worlds * inputs_of(arm[a]), sizeof **simulation->uniform);
        if (settings->draws)
            simulation->draw[a] =
                memory_new(simulation->most_worlds * settings->n_runs * arm[a]->n_bases, sizeof **simulation->draw);
        if (settings->recorded)
            simulation->event_log[a] = new_event_logs(simulation, a);
        simulation->value[a] = memory_new(simulation->most_worlds * inputs_of(arm[a]), sizeof **simulation->value);
        most = arm[a]->n_questions > most ? arm[a]->n_questions : most;
        for (int thread = 0; thread < simulation->threads; thread++)
            init_workspace(&simulation->workspace[(size_t)thread * n_arms + a], arm[a], result->arm[a].computed,
                           settings->recorded != NULL);
    }
    simulation->p = memory_new(most, sizeof *simulation->p);
}

static void clear_up(struct simulation *simulation)
{
    for (size_t i = 0; i < (size_t)simulation->threads * simulation->n_arms; i++)
        free_workspace(&simulation->workspace[i]);
    for (size_t a = 0; a < simulation->n_arms; a++) {
        design_free(&simulation->design[a]);
        free(simulation->column[a]);
        free(simulation->uniform[a]);
        free(simulation->value[a]);
        free(simulation->draw[a]);
        free_event_logs(simulation, simulation->event_log[a]);
    }
    free(simulation->design);
    free(simulation->workspace);
    free(simulation->column);
    free(simulation->uniform);
    free(simulation->value);
    free(simulation->draw);
    free(simulation->event_log);
    free(simulation->p);
    free(simulation->runs);
}

/* The later worlds of a precise run, which are played for their answers only. */
struct later {
    struct play_settings settings;
    struct play_result result;
    struct simulation simulation;
    bool begun;
};

/* Play worlds up to an end; true when all were. */
static bool play_later(struct simulation *simulation, struct later *later, uint64_t end)
{
    struct play_result *result = simulation->result;
    bool whole;

    if (!later->begun) {
        later->settings = *simulation->settings;
        later->settings.world = NULL;
        set_up(&later->simulation, simulation->settings->answers, simulation->n_arms, &later->settings, &later->result);
        later->result.n_worlds = result->n_worlds;
        later->simulation.n_done = simulation->n_done;
        later->begun = true;
    }
    later->simulation.expected = simulation->expected;
    whole = play_worlds(&later->simulation, result->n_worlds, end);
    gather_tallies(&later->simulation);
    result->n_worlds = later->result.n_worlds;
    result->runaway = later->result.runaway;
    simulation->runaway = later->simulation.runaway;
    return whole;
}

/* What all worlds played so far come to. */
static void gather_all(struct simulation *simulation, const struct later *later)
{
    gather_tallies(simulation);
    for (size_t arm = 0; arm < simulation->n_arms && later->begun; arm++)
        tally_add_answers(&simulation->result->arm[arm].tally, &later->result.arm[arm].tally);
    simulation->result->n_draws = tally_runs(&simulation->result->arm[0].tally);
}

/* Play worlds up to an end, those after the first PLAY_WHOLE_WORLDS for their answers only, if that can be. */
static bool play_on(struct simulation *simulation, struct later *later, uint64_t end)
{
    const uint64_t played = simulation->result->n_worlds;
    const uint64_t whole = !simulation->settings->answers || end < PLAY_WHOLE_WORLDS ? end : PLAY_WHOLE_WORLDS;

    if (played < whole && !play_worlds(simulation, played, whole))
        return false;
    return simulation->result->n_worlds == end || play_later(simulation, later, end);
}

static void play_all(struct simulation *simulation, struct later *later)
{
    const struct play_settings *settings = simulation->settings;
    struct play_result *result = simulation->result;
    uint64_t end = settings->n_worlds;

    if (!(settings->precision > 0.0))
        simulation->expected = (double)end * (double)settings->n_runs;
    result->complete = play_worlds(simulation, 0, end);
    gather_all(simulation, later);
    while (result->complete && settings->precision > 0.0) {
        const double se = largest_se(result);

        if (se < settings->precision)
            return;
        simulation->expected = expected_draws(end, more_worlds(end, se, settings), se, settings);
        end = more_worlds(end, se, settings);
        if (end <= result->n_worlds || (double)end * (double)settings->n_runs > PLAY_MAX_RUNS)
            return; /* as precise as counts can be */
        result->complete = play_on(simulation, later, end);
        gather_all(simulation, later);
    }
}

enum { FEW_RUNS = 16, PAIRED_RUNS = 32, PAIRED_RUNS_OF_FEW = 64, PAIRED_WORLDS_LEAST = 128, PAIRED_WORLDS_MOST = 1024 };

/* Whether input uncertainty needs a sample of its own. */
static bool needs_sample(const struct simulation *simulation)
{
    const struct play_settings *settings = simulation->settings;
    bool uncertain = false;

    for (size_t arm = 0; arm < simulation->n_arms; arm++)
        uncertain |= inputs_of(simulation->plan[arm]) > 0;
    return uncertain && settings->n_runs > 1 && (settings->design == DESIGN_SOBOL || settings->n_runs < FEW_RUNS);
}

/* How large it is, judged by counts alone: at most as many runs as were played, half as many where those are not few a world. */
static void size_sample(struct play_settings *sample, const struct play_result *result)
{
    const bool few = sample->n_runs < FEW_RUNS;
    const uint64_t least = few ? PAIRED_RUNS_OF_FEW : PAIRED_RUNS;
    const uint64_t runs = sample->n_runs > least ? sample->n_runs : least;
    uint64_t worlds = result->n_draws / runs / (few ? 1 : 2) / REPLICATES * REPLICATES;

    worlds = worlds < PAIRED_WORLDS_LEAST ? PAIRED_WORLDS_LEAST : worlds;
    worlds = worlds > PAIRED_WORLDS_MOST ? PAIRED_WORLDS_MOST : worlds;
    sample->n_worlds = worlds < result->n_worlds ? worlds : result->n_worlds;
    sample->n_runs = runs;
}

/* Play it; its spread takes the place of the other. */
static void play_sample(struct play_result *result, const struct plan *const *arm, size_t n_arms,
                        const struct play_settings *settings)
{
    struct play_settings sample = *settings;
    struct play_result paired;
    struct simulation simulation;

    sample.progress = NULL;
    sample.world = NULL;
    sample.draws = NULL;
    sample.recorded = NULL;
    size_sample(&sample, result);
    set_up(&simulation, arm, n_arms, &sample, &paired);
    for (size_t a = 0; a < n_arms; a++)
        simulation.design[a].own_orders = true;
    play_worlds(&simulation, 0, sample.n_worlds);
    for (size_t a = 0; a < n_arms && !simulation.runaway && !arm[a]->answers_only; a++) {
        const struct world_stats world_stats = result->arm[a].world_stats;

        result->arm[a].world_stats = paired.arm[a].world_stats;
        paired.arm[a].world_stats = world_stats;
        result->arm[a].world_stats_runs = sample.n_runs;
    }
    clear_up(&simulation);
    play_free(&paired);
}

void play(struct play_result *result, const struct plan *const *arm, size_t n_arms,
          const struct play_settings *settings)
{
    struct later later = {.begun = false};
    struct simulation simulation;

    set_up(&simulation, arm, n_arms, settings, result);
    play_all(&simulation, &later);
    if (simulation.runaway)
        result->complete = false;
    else if (needs_sample(&simulation) && result->n_worlds > 0)
        play_sample(result, arm, n_arms, settings);
    clear_up(&simulation);
    for (size_t a = 0; a < n_arms && later.begun; a++)
        if (later.result.arm[a].too_fast.n) {
            const struct play_too_fast *more = &later.result.arm[a].too_fast;

            count_too_fast(&result->arm[a].too_fast, more->clock, more->speed, more->n);
        }
    if (later.begun) {
        clear_up(&later.simulation);
        play_free(&later.result);
    }
}

void play_free(struct play_result *result)
{
    for (size_t a = 0; a < result->n_arms; a++) {
        tally_free(&result->arm[a].tally);
        world_stats_free(&result->arm[a].world_stats);
    }
    free(result->arm);
}

/* OMP_NUM_THREADS counts as a wish; libgomp takes any number and falls over large ones. */
int play_processors(void)
{
    const int threads = omp_get_max_threads();

    return threads < 1 ? 1 : threads > PLAY_MAX_THREADS ? PLAY_MAX_THREADS : threads;
}
