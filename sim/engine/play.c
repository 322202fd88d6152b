#include "sim/engine/play.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "sim/engine/walk.h"

enum {
    SLICE_RUNS = 8192,  /* a world of more runs is cut, so that threads can share it */
    BLOCK_RUNS = 8192,  /* what a thread takes at a time */
    CHUNK_WORLDS = 4096 /* played before worlds are handed on in order: bounds the memory */
};

/* One arm's share of a thread: all that a run needs, allocated once. */
struct seat {
    struct world world;
    struct walk walk;
    struct history history;
    struct tally tally;
    uint64_t *yes; /* per column, of the block's world */
};

struct game {
    const struct plan *const *plan;
    size_t n_arms;
    const struct play_settings *settings;
    struct play_result *result;
    struct seat *seat; /* [thread * n_arms + arm] */
    int threads;
    uint64_t n_slices; /* a world */
    /* of the chunk being played */
    uint64_t first_world, chunk_worlds;
    uint64_t **yes;  /* per arm: [world * n_columns + column] */
    uint64_t *runs;  /* per world: played so far */
    uint64_t n_done; /* draws, for progress */
    bool runaway;
};

static size_t columns_of(const struct plan *plan)
{
    return plan->n_questions + plan->n_bases * plan->n_states;
}

static void seat_init(struct seat *seat, const struct plan *plan)
{
    world_init(&seat->world, plan);
    walk_init(&seat->walk, plan);
    history_init(&seat->history, plan);
    tally_init(&seat->tally, plan);
    seat->yes = memory_new(columns_of(plan), sizeof *seat->yes);
}

static void seat_free(struct seat *seat)
{
    world_free(&seat->world);
    walk_free(&seat->walk);
    history_free(&seat->history);
    tally_free(&seat->tally);
    free(seat->yes);
}

static void count_columns(const struct seat *seat, const struct plan *plan)
{
    for (size_t q = 0; q < plan->n_questions; q++)
        seat->yes[q] += seat->tally.yes[q];
    for (size_t b = 0; b < plan->n_bases; b++)
        seat->yes[plan->n_questions + b * plan->n_states + seat->history.state[b]]++;
}

/* Runs [first, first + n) of a world, in one arm. */
static void play_slice(struct game *game, struct seat *seat, size_t arm, uint64_t index, uint64_t first, uint64_t n)
{
    const struct plan *plan = game->plan[arm];
    const struct play_settings *settings = game->settings;
    const size_t columns = columns_of(plan);
    uint64_t *yes = game->yes[arm] + (index - game->first_world) * columns;

    memset(seat->yes, 0, columns * sizeof *seat->yes);
    world_draw(&seat->world, plan, settings->design, settings->seed, index);
    world_settle(&seat->world, plan);
    walk_world(&seat->walk, &seat->world, settings->seed, index);
    for (uint64_t run = first; run < first + n; run += WALK_BATCH) {
        const uint64_t left = first + n - run;
        /* where worlds are all the same, any runs are a sample of their own */
        const uint64_t replicate = (plan->n_inputs ? index : run / WALK_BATCH) % REPLICATES;

        walk_batch(&seat->walk, run, left);
        for (size_t lane = 0; lane < WALK_BATCH && lane < left; lane++) {
            walk_run(&seat->walk, &seat->history, lane);
            tally_run(&seat->tally, &seat->history, replicate);
            count_columns(seat, plan);
            if (seat->history.overflow) {
#pragma omp atomic write
                game->runaway = true;
                return;
            }
        }
    }
    for (size_t column = 0; column < columns; column++) {
#pragma omp atomic
        yes[column] += seat->yes[column];
    }
}

static void play_unit(struct game *game, uint64_t unit)
{
    const struct play_settings *settings = game->settings;
    const uint64_t world = unit / game->n_slices, first = unit % game->n_slices * SLICE_RUNS;
    const uint64_t n = settings->n_runs - first < SLICE_RUNS ? settings->n_runs - first : SLICE_RUNS;
    uint64_t n_done;

    for (size_t arm = 0; arm < game->n_arms; arm++)
        play_slice(game, &game->seat[(size_t)omp_get_thread_num() * game->n_arms + arm], arm, game->first_world + world,
                   first, n);
#pragma omp atomic
    game->runs[world] += n;
#pragma omp atomic capture
    n_done = game->n_done += n;
    if (settings->progress && omp_get_thread_num() == 0)
        settings->progress(settings->context, n_done,
                           (double)n_done /
                               ((double)(game->first_world + game->chunk_worlds) * (double)settings->n_runs));
}

static bool stopped(const struct game *game)
{
    bool runaway;

#pragma omp atomic read
    runaway = game->runaway;
    return runaway || (game->settings->stop && *game->settings->stop);
}

/* Blocks are handed out in order and each is played whole, so what is played when a signal comes is the beginning. */
static void play_chunk(struct game *game)
{
    const uint64_t units = game->chunk_worlds * game->n_slices;
    const uint64_t runs_a_unit = game->settings->n_runs < SLICE_RUNS ? game->settings->n_runs : SLICE_RUNS;
    const uint64_t block = runs_a_unit < BLOCK_RUNS ? BLOCK_RUNS / runs_a_unit : 1;
    const uint64_t blocks = (units + block - 1) / block;

#pragma omp parallel for schedule(dynamic, 1) num_threads(game->threads)
    for (uint64_t i = 0; i < blocks; i++) {
        const uint64_t end = (i + 1) * block < units ? (i + 1) * block : units;

        if (stopped(game))
            continue;
        for (uint64_t unit = i * block; unit < end; unit++)
            play_unit(game, unit);
    }
}

/* Hand the chunk's worlds on, in order; those cut short by a signal count in the tallies only. */
static void hand_on(struct game *game)
{
    const struct play_settings *settings = game->settings;

    for (uint64_t w = 0; w < game->chunk_worlds && game->runs[w] == settings->n_runs; w++) {
        const uint64_t index = game->first_world + w;

        for (size_t arm = 0; arm < game->n_arms; arm++) {
            const uint64_t *yes = game->yes[arm] + w * columns_of(game->plan[arm]);
            struct world *world = &game->seat[arm].world;

            world_draw(world, game->plan[arm], settings->design, settings->seed, index);
            spread_world(&game->result->arm[arm].spread, index, world->uniform, yes, settings->n_runs);
            if (settings->world)
                settings->world(settings->context, arm, index, world, yes, settings->n_runs);
        }
        game->result->n_worlds++;
    }
}

/* Play worlds [first, end), a chunk at a time; false when stopped. */
static bool play_worlds(struct game *game, uint64_t first, uint64_t end)
{
    while (first < end && !stopped(game)) {
        game->first_world = first;
        game->chunk_worlds = end - first < CHUNK_WORLDS ? end - first : CHUNK_WORLDS;
        memset(game->runs, 0, CHUNK_WORLDS * sizeof *game->runs);
        for (size_t arm = 0; arm < game->n_arms; arm++)
            memset(game->yes[arm], 0, CHUNK_WORLDS * columns_of(game->plan[arm]) * sizeof **game->yes);
        play_chunk(game);
        hand_on(game);
        first += game->chunk_worlds;
    }
    return game->result->n_worlds == end;
}

static void gather(struct game *game)
{
    for (size_t arm = 0; arm < game->n_arms; arm++) {
        struct tally *tally = &game->result->arm[arm].tally;

        memset(tally->count, 0, REPLICATES * tally->at.size * sizeof *tally->count);
        for (int thread = 0; thread < game->threads; thread++)
            tally_merge(tally, &game->seat[(size_t)thread * game->n_arms + arm].tally);
    }
    game->result->n_draws = tally_total(&game->result->arm[0].tally, game->result->arm[0].tally.at.runs);
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

/* How many worlds should do, judged by counts alone and so the same for any number of threads: at least a tenth more, at
 * most twice as many, in whole rounds of replicates. */
static uint64_t more_worlds(uint64_t worlds, double se, double precision)
{
    const double wanted = (double)worlds * fmin(2.0, fmax(1.1, 1.05 * se * se / (precision * precision)));

    return ((uint64_t)wanted / REPLICATES + 1) * REPLICATES;
}

static void play_all(struct game *game)
{
    const struct play_settings *settings = game->settings;
    struct play_result *result = game->result;
    uint64_t end = settings->n_worlds;

    result->complete = play_worlds(game, 0, end);
    gather(game);
    while (result->complete && settings->precision > 0.0) {
        const double se = largest_se(result);

        if (se < settings->precision)
            return;
        end = more_worlds(end, se, settings->precision);
        result->complete = play_worlds(game, result->n_worlds, end);
        gather(game);
    }
}

static void name_runaway(struct game *game)
{
    const struct seat *seat = game->seat;

    game->result->complete = false;
    for (size_t i = 0; i < (size_t)game->threads * game->n_arms; i++)
        if (seat[i].history.overflow) {
            const struct plan *plan = game->plan[i % game->n_arms];
            uint32_t most = 0;

            for (uint32_t c = 0; c < plan->n_clocks; c++)
                if (seat[i].walk.rung[c] > seat[i].walk.rung[most])
                    most = c;
            game->result->runaway = plan->clock[most].id;
        }
}

void play(struct play_result *result, const struct plan *const *arm, size_t n_arms,
          const struct play_settings *settings)
{
    const int threads = settings->threads ? settings->threads : play_processors();
    struct game game = {.plan = arm, .n_arms = n_arms, .settings = settings, .result = result};

    game.threads = threads < PLAY_MAX_THREADS ? threads : PLAY_MAX_THREADS;
    game.n_slices = (settings->n_runs + SLICE_RUNS - 1) / SLICE_RUNS;
    *result =
        (struct play_result){.arm = memory_new(n_arms, sizeof *result->arm), .n_arms = n_arms, .threads = game.threads};
    game.seat = memory_new((size_t)game.threads * n_arms, sizeof *game.seat);
    game.yes = memory_new(n_arms, sizeof *game.yes);
    game.runs = memory_new(CHUNK_WORLDS, sizeof *game.runs);
    for (size_t a = 0; a < n_arms; a++) {
        tally_init(&result->arm[a].tally, arm[a]);
        spread_init(&result->arm[a].spread, arm[a], settings->n_runs);
        game.yes[a] = memory_new(CHUNK_WORLDS * columns_of(arm[a]), sizeof **game.yes);
        for (int thread = 0; thread < game.threads; thread++)
            seat_init(&game.seat[(size_t)thread * n_arms + a], arm[a]);
    }
    play_all(&game);
    if (game.runaway)
        name_runaway(&game);
    for (size_t i = 0; i < (size_t)game.threads * n_arms; i++)
        seat_free(&game.seat[i]);
    for (size_t a = 0; a < n_arms; a++)
        free(game.yes[a]);
    free(game.seat);
    free(game.yes);
    free(game.runs);
}

void play_free(struct play_result *result)
{
    for (size_t a = 0; a < result->n_arms; a++) {
        tally_free(&result->arm[a].tally);
        spread_free(&result->arm[a].spread);
    }
    free(result->arm);
}

/* OMP_NUM_THREADS counts as a wish; libgomp takes any number and falls over large ones. */
int play_processors(void)
{
    const int threads = omp_get_max_threads();

    return threads < 1 ? 1 : threads > PLAY_MAX_THREADS ? PLAY_MAX_THREADS : threads;
}
