/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/play.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "sim/engine/follow.h"
#include "sim/engine/sheet.h"
#include "sim/engine/walk.h"

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
    TOLD_NUMBERS = 64                 /* of a run that is told, about */
};

_Static_assert((int)WALK_BATCH <= (int)SHEET_RUNS, "a batch is counted on one sheet");

/* What happened in the runs of a slice of a world, one after the other. */
struct tape {
    struct happening *happening;
    size_t n, capacity;
    size_t *end; /* per run: of what happened in it */
    bool *yes;   /* [run * n_questions + question] */
};

/* One arm's share of a thread: all that a run needs, allocated once. */
struct seat {
    struct world world;
    struct walk walk;
    struct history history;
    struct tally tally;
    struct sheet sheet;           /* the runs being drawn */
    struct spread_column *column; /* of the block's world */
    /* where what bases do is computed: */
    bool computes;
    struct walk guide;
    struct follow follow;
};

struct game {
    const struct plan *const *plan;
    size_t n_arms;
    const struct play_settings *settings;
    struct play_result *result;
    struct design *design; /* per arm */
    struct seat *seat;     /* [thread * n_arms + arm] */
    int threads;
    uint64_t n_slices; /* a world */
    /* of the chunk being played */
    uint64_t first_world, chunk_worlds, most_worlds;
    struct play_draw **draw;       /* per arm, if wanted: [(world * n_runs + run) * n_bases + base] */
    struct tape **tape;            /* likewise: [world * n_slices + slice] */
    double **uniform, **value;     /* per arm: [world * n_inputs + input] */
    struct spread_column **column; /* per arm: [world * n_columns + column] */
    double *p;                     /* per question, to hand on */
    uint64_t *runs;                /* per world: played so far */
    /* for progress: draws, and how many in all are to be expected; 0: not known yet */
    uint64_t n_done;
    double expected;
    bool runaway;
    uint64_t runaway_world;
};

/* What is kept of every world. */
static size_t columns_of(const struct plan *plan)
{
    return spread_columns(plan);
}

static size_t inputs_of(const struct plan *plan)
{
    return plan->answers_only ? 0 : plan->n_inputs;
}

static void seat_init(struct seat *seat, const struct plan *plan, bool computes, bool told)
{
    world_init(&seat->world, plan);
    walk_init(&seat->walk, plan, NULL);
    history_init(&seat->history, plan);
    seat->history.told = told;
    tally_init(&seat->tally, plan);
    sheet_init(&seat->sheet, plan, &seat->tally);
    seat->column = memory_new(columns_of(plan), sizeof *seat->column);
    seat->computes = computes;
    if (!computes)
        return;
    follow_init(&seat->follow, plan);
    walk_init(&seat->guide, plan, &seat->follow.course);
}

static void seat_free(struct seat *seat)
{
    world_free(&seat->world);
    walk_free(&seat->walk);
    history_free(&seat->history);
    tally_free(&seat->tally);
    sheet_free(&seat->sheet);
    free(seat->column);
    if (!seat->computes)
        return;
    walk_free(&seat->guide);
    follow_free(&seat->follow);
}

/* Whether a run never ended; the first world known to have one gives it its name. */
static bool overflows(struct game *game, const struct seat *seat, const struct walk *walk, uint64_t index)
{
    if (!seat->history.overflow)
        return false;
#pragma omp critical
    if (!game->result->runaway || index < game->runaway_world) {
        game->runaway_world = index;
        game->result->runaway = walk_busiest(walk);
    }
#pragma omp atomic write
    game->runaway = true;
    return true;
}

static void add_columns(struct game *game, size_t arm, uint64_t index, const struct spread_column *from)
{
    const size_t columns = columns_of(game->plan[arm]);
    struct spread_column *to = game->column[arm] + (index - game->first_world) * columns;

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

static void keep_draw(struct game *game, const struct seat *seat, size_t arm, uint64_t index, uint64_t run)
{
    const struct plan *plan = game->plan[arm];
    struct play_draw *draw =
        game->draw[arm] + ((index - game->first_world) * game->settings->n_runs + run) * plan->n_bases;

    for (uint32_t b = 0; b < plan->n_bases; b++)
        draw[b] = (struct play_draw){.world = (uint32_t)index,
                                     .run = (uint32_t)run,
                                     .base = (uint16_t)b,
                                     .state = (uint16_t)seat->history.state[b],
                                     .lost = first_month(&seat->history, plan, b, ~plan->held),
                                     .deal = first_month(&seat->history, plan, b, plan->deal)};
}

static void keep_told(struct game *game, const struct seat *seat, size_t arm, uint64_t index, uint64_t run)
{
    const struct history *history = &seat->history;
    struct tape *tape = &game->tape[arm][(index - game->first_world) * game->n_slices + run / SLICE_RUNS];

    for (size_t i = 0; i < history->n_happenings; i++) {
        tape->happening = memory_grow(tape->happening, tape->n, &tape->capacity, sizeof *tape->happening);
        tape->happening[tape->n++] = history->happening[i];
    }
    tape->end[run % SLICE_RUNS] = tape->n;
}

/* Likewise, what the runs of the sheet say. */
static void keep_answers(struct game *game, const struct seat *seat, size_t arm, uint64_t index, uint64_t first)
{
    const size_t n = game->plan[arm]->n_questions;

    for (size_t i = 0; i < seat->sheet.n_runs; i++) {
        const uint64_t run = first + i;
        struct tape *tape = &game->tape[arm][(index - game->first_world) * game->n_slices + run / SLICE_RUNS];

        for (size_t q = 0; q < n; q++)
            tape->yes[run % SLICE_RUNS * n + q] = seat->sheet.yes[q] >> i & 1;
    }
}

/* Draw lanes [first, first + n) of a batch: false when one never ends. */
static bool draw_lanes(struct game *game, struct seat *seat, size_t arm, uint64_t index, size_t first, size_t n)
{
    const uint64_t batch = seat->walk.luck.run;

    sheet_begin(&seat->sheet, index % REPLICATES);
    for (size_t lane = first; lane < first + n; lane++) {
        walk_run(&seat->walk, &seat->history, lane);
        if (overflows(game, seat, &seat->walk, index))
            return false;
        sheet_keep(&seat->sheet, &seat->history);
        if (game->settings->draws)
            keep_draw(game, seat, arm, index, batch + lane);
        if (game->settings->told)
            keep_told(game, seat, arm, index, batch + lane);
    }
    sheet_count(&seat->sheet, seat->column);
    if (game->settings->told)
        keep_answers(game, seat, arm, index, batch + first);
    return true;
}

/* Where it is computed */

/* Follow the courses that have been kept. */
static void flush(struct game *game, struct seat *seat, size_t arm)
{
    const size_t columns = columns_of(game->plan[arm]);

    if (!seat->computes || !seat->follow.n_runs)
        return;
    follow_courses(&seat->follow);
    for (uint32_t w = 0; w < seat->follow.n_worlds; w++) {
        memset(seat->column, 0, columns * sizeof *seat->column);
        follow_tally(&seat->follow, &seat->follow.world[w], &seat->tally, seat->column);
        add_columns(game, arm, seat->follow.world[w].index, seat->column);
    }
    follow_clear(&seat->follow);
}

/* Sums over a world's runs are rounded as many runs at a time as fit, which must not depend on what was kept before. */
static void make_room(struct game *game, struct seat *seat, size_t arm, uint64_t left)
{
    const uint64_t most = seat->follow.course.most_runs, n = left < most ? left : most;

    if (seat->follow.n_runs + n > most)
        flush(game, seat, arm);
}

/* What a run's levers and events say. */
static void keep_run(struct seat *seat, const struct plan *plan, size_t run, struct luck luck)
{
    struct follow *follow = &seat->follow;

    for (size_t f = 0; f < plan->n_factors; f++)
        follow->came[f * COURSE_RUNS + run] = seat->history.first[plan->factor[f].clock];
    for (size_t q = 0; q < plan->n_questions; q++) {
        const struct plan_question *question = &plan->question[q];

        if (question->of_clock && question->factor != UINT32_MAX)
            follow->told[q * COURSE_RUNS + run] = follow->answer[q * COURSE_RUNS + run] =
                follow->came[question->factor * COURSE_RUNS + run] <= question->month;
    }
    for (uint32_t i = 0; i < seat->guide.n_asked; i++)
        follow->answer[seat->guide.asked[i].question * COURSE_RUNS + run] = walk_asked_probability(&seat->guide, i);
    follow_keep(follow, &luck);
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

/* Play the levers and events of a run; where rates are too fast to be followed, the run is drawn. */
static bool guide_lane(struct game *game, struct seat *seat, size_t arm, uint64_t index, size_t at)
{
    const struct plan *plan = game->plan[arm];
    struct luck luck = seat->guide.luck;
    const size_t run = follow_begin(&seat->follow);

    luck.run += at;
    walk_run(&seat->guide, &seat->history, at);
    if (overflows(game, seat, &seat->guide, index))
        return false;
    if (seat->follow.course.too_fast) {
        const uint64_t group = luck.run / STREAM_LANES * STREAM_LANES;
        const struct course *course = &seat->follow.course;
        bool ends;

#pragma omp critical
        count_too_fast(&game->result->arm[arm].too_fast,
                       plan->clock[plan->base[0].clocks.first + course->fastest_clock].name, course->its_speed, 1);
        memset(seat->column, 0, columns_of(plan) * sizeof *seat->column);
        walk_world(&seat->walk, &seat->world, &game->design[arm], index);
        walk_batch(&seat->walk, group, STREAM_LANES);
        ends = draw_lanes(game, seat, arm, index, (size_t)(luck.run - group), 1);
        add_columns(game, arm, index, seat->column);
        return ends;
    }
    keep_run(seat, plan, run, luck);
    if (seat->follow.n_runs == seat->follow.course.most_runs)
        flush(game, seat, arm);
    return true;
}

static bool guide_lanes(struct game *game, struct seat *seat, size_t arm, uint64_t index, size_t n)
{
    for (size_t lane = 0; lane < n; lane++) {
        if (lane % seat->follow.course.most_runs == 0)
            make_room(game, seat, arm, n - lane);
        if (!guide_lane(game, seat, arm, index, lane))
            return false;
    }
    return true;
}

/* What will be handed on of a world. */
static void keep_world(struct game *game, size_t arm, uint64_t index, const struct world *world)
{
    const struct plan *plan = game->plan[arm];
    const size_t n = inputs_of(plan), first = (index - game->first_world) * n;

    for (size_t i = 0; i < n; i++) {
        game->uniform[arm][first + i] = world->uniform[i];
        game->value[arm][first + i] = world->value[plan->input[i].slot];
    }
}

/* Runs [first, first + n) of a world, in one arm. */
static bool play_slice(struct game *game, struct seat *seat, size_t arm, uint64_t index, uint64_t first, uint64_t n)
{
    const struct plan *plan = game->plan[arm];
    struct walk *walk = seat->computes ? &seat->guide : &seat->walk;

    memset(seat->column, 0, columns_of(plan) * sizeof *seat->column);
    world_draw(&seat->world, plan, &game->design[arm], index);
    if (!first)
        keep_world(game, arm, index, &seat->world);
    world_settle(&seat->world, plan);
    walk_world(walk, &seat->world, &game->design[arm], index);
    if (seat->computes)
        follow_take_up(&seat->follow, &seat->world, index);
    for (uint64_t run = first; run < first + n; run += WALK_BATCH) {
        const size_t lanes = first + n - run < WALK_BATCH ? (size_t)(first + n - run) : WALK_BATCH;

        walk_batch(walk, run, lanes);
        if (!(seat->computes ? guide_lanes(game, seat, arm, index, lanes)
                             : draw_lanes(game, seat, arm, index, 0, lanes)))
            return false;
    }
    if (!seat->computes)
        add_columns(game, arm, index, seat->column);
    return true;
}

static void play_unit(struct game *game, uint64_t unit)
{
    const struct play_settings *settings = game->settings;
    const uint64_t world = unit / game->n_slices, first = unit % game->n_slices * SLICE_RUNS;
    const uint64_t n = settings->n_runs - first < SLICE_RUNS ? settings->n_runs - first : SLICE_RUNS;
    uint64_t n_done;

    for (size_t arm = 0; arm < game->n_arms; arm++)
        if (!play_slice(game, &game->seat[(size_t)omp_get_thread_num() * game->n_arms + arm], arm,
                        game->first_world + world, first, n))
            return;
#pragma omp atomic
    game->runs[world] += n;
#pragma omp atomic capture
    n_done = game->n_done += n;
    if (settings->progress && omp_get_thread_num() == 0)
        settings->progress(settings->context, n_done,
                           game->expected > 0.0 ? fmin(1.0, (double)n_done / game->expected) : 0.0);
}

static bool stopped(const struct game *game)
{
    bool runaway;

#pragma omp atomic read
    runaway = game->runaway;
    return runaway || (game->settings->stop && *game->settings->stop);
}

/* How many units a thread takes at a time. */
static uint64_t units_a_block(const struct game *game)
{
    const uint64_t runs_a_unit = game->settings->n_runs < SLICE_RUNS ? game->settings->n_runs : SLICE_RUNS;
    const uint64_t share = game->chunk_worlds * game->settings->n_runs / (BLOCKS * (uint64_t)game->threads);
    const uint64_t most = share < BLOCK_RUNS_MOST ? share : BLOCK_RUNS_MOST,
                   runs = most > BLOCK_RUNS ? most : BLOCK_RUNS;
    const uint64_t runs_an_arm = runs / game->n_arms; /* so that few worlds of many arms are shared too */

    return runs_a_unit < runs_an_arm ? runs_an_arm / runs_a_unit : 1;
}

/* Whether a world before it never ended, so that nothing will come of it. */
static bool is_beyond(struct game *game, uint64_t world)
{
    bool beyond = false;

#pragma omp critical
    beyond = game->result->runaway && game->runaway_world < world;
    return beyond;
}

/* One replicate after the other, whose counts then stay in the processor's cache. */
static void play_block(struct game *game, uint64_t first, uint64_t end)
{
    for (uint64_t replicate = 0; replicate < REPLICATES; replicate++)
        for (uint64_t unit = first; unit < end; unit++)
            if ((game->first_world + unit / game->n_slices) % REPLICATES == replicate &&
                !is_beyond(game, game->first_world + unit / game->n_slices))
                play_unit(game, unit);
}

/* Blocks are handed out in order and each is played whole, so what is played when a signal comes is the beginning. */
static void play_chunk(struct game *game)
{
    const uint64_t units = game->chunk_worlds * game->n_slices, block = units_a_block(game);
    const uint64_t blocks = (units + block - 1) / block;

#pragma omp parallel for schedule(dynamic, 1) num_threads(game->threads)
    for (uint64_t i = 0; i < blocks; i++) {
        const uint64_t end = (i + 1) * block < units ? (i + 1) * block : units;

        if (stopped(game))
            continue;
        play_block(game, i * block, end);
        for (size_t arm = 0; arm < game->n_arms; arm++)
            flush(game, &game->seat[(size_t)omp_get_thread_num() * game->n_arms + arm], arm);
    }
}

/* One replicate after the other, whose sums then stay in the processor's cache. */
static void spread_worlds(struct game *game, size_t arm, uint64_t n)
{
    const struct plan *plan = game->plan[arm];

    for (uint64_t replicate = 0; replicate < REPLICATES; replicate++)
        for (uint64_t w = (replicate + REPLICATES - game->first_world % REPLICATES) % REPLICATES; w < n;
             w += REPLICATES)
            spread_world(&game->result->arm[arm].spread, game->first_world + w,
                         game->uniform[arm] + w * inputs_of(plan), game->column[arm] + w * columns_of(plan),
                         game->settings->n_runs);
}

static void tell_world(struct game *game, size_t arm, uint64_t w)
{
    const struct play_settings *settings = game->settings;

    for (uint64_t run = 0; run < settings->n_runs; run++) {
        const struct tape *tape = &game->tape[arm][w * game->n_slices + run / SLICE_RUNS];
        const size_t k = run % SLICE_RUNS, from = k ? tape->end[k - 1] : 0;
        const struct play_told told = {.world = game->first_world + w,
                                       .run = run,
                                       .happening = tape->happening + from,
                                       .n = tape->end[k] - from,
                                       .yes = tape->yes + k * game->plan[arm]->n_questions};

        settings->told(settings->context, arm, &told);
    }
}

/* Hand the chunk's worlds on, in order; those cut short by a signal count in the tallies only. */
static void hand_on(struct game *game)
{
    const struct play_settings *settings = game->settings;
    uint64_t n = 0;

    while (n < game->chunk_worlds && game->runs[n] == settings->n_runs)
        n++;
    for (size_t arm = 0; arm < game->n_arms && settings->draws; arm++)
        settings->draws(settings->context, arm, game->draw[arm], n * settings->n_runs * game->plan[arm]->n_bases);
    for (uint64_t w = 0; w < n; w++) {
        const uint64_t index = game->first_world + w;

        for (size_t arm = 0; arm < game->n_arms && settings->world; arm++) {
            const struct spread_column *column = game->column[arm] + w * columns_of(game->plan[arm]);

            for (size_t q = 0; q < game->plan[arm]->n_questions; q++)
                game->p[q] = spread_p(&column[q], settings->n_runs);
            settings->world(settings->context, arm, index, game->value[arm] + w * inputs_of(game->plan[arm]), game->p);
        }
        for (size_t arm = 0; arm < game->n_arms && settings->told; arm++)
            tell_world(game, arm, w);
    }
    for (size_t arm = 0; arm < game->n_arms; arm++)
        spread_worlds(game, arm, n);
    game->result->n_worlds += n;
}

/* Play worlds [first, end), a chunk at a time; false when stopped. */
static bool play_worlds(struct game *game, uint64_t first, uint64_t end)
{
    const struct play_settings *settings = game->settings;

    while (first < end && !stopped(game)) {
        game->first_world = first;
        game->chunk_worlds = end - first < game->most_worlds ? end - first : game->most_worlds;
        memset(game->runs, 0, game->most_worlds * sizeof *game->runs);
        for (size_t arm = 0; arm < game->n_arms; arm++)
            memset(game->column[arm], 0, game->most_worlds * columns_of(game->plan[arm]) * sizeof **game->column);
        for (size_t arm = 0; arm < game->n_arms && settings->told; arm++)
            for (size_t i = 0; i < game->most_worlds * game->n_slices; i++)
                game->tape[arm][i].n = 0;
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
        for (int thread = 0; thread < game->threads; thread++) {
            struct tally *part = &game->seat[(size_t)thread * game->n_arms + arm].tally;

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
 * missing then, for want of luck, is played likewise. Sobol's points are even when they are a power of 2. */
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
                   (settings->told ? TOLD_NUMBERS * settings->n_runs : 0);
    worlds = CHUNK_NUMBERS / numbers;
    return worlds < 1 ? 1 : worlds > CHUNK_WORLDS ? CHUNK_WORLDS : worlds;
}

static struct tape *new_tapes(const struct game *game, size_t arm)
{
    const uint64_t n = game->most_worlds * game->n_slices, n_runs = game->settings->n_runs;
    const uint64_t runs = n_runs < SLICE_RUNS ? n_runs : SLICE_RUNS;
    struct tape *tape = memory_new(n, sizeof *tape);

    for (uint64_t i = 0; i < n; i++) {
        tape[i].end = memory_new(runs, sizeof *tape[i].end);
        tape[i].yes = memory_new(runs * game->plan[arm]->n_questions, sizeof *tape[i].yes);
    }
    return tape;
}

static void free_tapes(const struct game *game, struct tape *tape)
{
    for (uint64_t i = 0; tape && i < game->most_worlds * game->n_slices; i++) {
        free(tape[i].happening);
        free(tape[i].end);
        free(tape[i].yes);
    }
    free(tape);
}

/* All that playing arms needs, and their results, empty. */
static void set_up(struct game *game, const struct plan *const *arm, size_t n_arms,
                   const struct play_settings *settings, struct play_result *result)
{
    const int threads = settings->threads ? settings->threads : play_processors();
    size_t most = 0;

    *game = (struct game){.plan = arm, .n_arms = n_arms, .settings = settings, .result = result};
    game->threads = threads < PLAY_MAX_THREADS ? threads : PLAY_MAX_THREADS;
    game->n_slices = (settings->n_runs + SLICE_RUNS - 1) / SLICE_RUNS;
    *result = (struct play_result){
        .arm = memory_new(n_arms, sizeof *result->arm), .n_arms = n_arms, .threads = game->threads};
    game->seat = memory_new((size_t)game->threads * n_arms, sizeof *game->seat);
    game->design = memory_new(n_arms, sizeof *game->design);
    game->column = memory_new(n_arms, sizeof *game->column);
    game->uniform = memory_new(n_arms, sizeof *game->uniform);
    game->value = memory_new(n_arms, sizeof *game->value);
    game->draw = memory_new(n_arms, sizeof *game->draw);
    game->tape = memory_new(n_arms, sizeof *game->tape);
    game->most_worlds = chunk_of(arm, n_arms, settings);
    game->runs = memory_new(game->most_worlds, sizeof *game->runs);
    for (size_t a = 0; a < n_arms; a++) {
        design_init(&game->design[a], arm[a], settings->design, settings->seed);
        tally_init(&result->arm[a].tally, arm[a]);
        result->arm[a].computed = arm[a]->chain && settings->estimator != ESTIMATOR_DRAW;
        spread_init(&result->arm[a].spread, arm[a], settings->n_runs, !result->arm[a].computed);
        result->arm[a].spread_runs = settings->n_runs;
        game->column[a] = memory_new(game->most_worlds * columns_of(arm[a]), sizeof **game->column);
        game->uniform[a] = memory_new(game->most_worlds * inputs_of(arm[a]), sizeof **game->uniform);
        if (settings->draws)
            game->draw[a] = memory_new(game->most_worlds * settings->n_runs * arm[a]->n_bases, sizeof **game->draw);
        if (settings->told)
            game->tape[a] = new_tapes(game, a);
        game->value[a] = memory_new(game->most_worlds * inputs_of(arm[a]), sizeof **game->value);
        most = arm[a]->n_questions > most ? arm[a]->n_questions : most;
        for (int thread = 0; thread < game->threads; thread++)
            seat_init(&game->seat[(size_t)thread * n_arms + a], arm[a], result->arm[a].computed,
                      settings->told != NULL);
    }
    game->p = memory_new(most, sizeof *game->p);
}

static void clear_up(struct game *game)
{
    for (size_t i = 0; i < (size_t)game->threads * game->n_arms; i++)
        seat_free(&game->seat[i]);
    for (size_t a = 0; a < game->n_arms; a++) {
        design_free(&game->design[a]);
        free(game->column[a]);
        free(game->uniform[a]);
        free(game->value[a]);
        free(game->draw[a]);
        free_tapes(game, game->tape[a]);
    }
    free(game->design);
    free(game->seat);
    free(game->column);
    free(game->uniform);
    free(game->value);
    free(game->draw);
    free(game->tape);
    free(game->p);
    free(game->runs);
}

/* The later worlds of a precise run, which are played for their answers only. */
struct later {
    struct play_settings settings;
    struct play_result result;
    struct game game;
    bool begun;
};

/* Play worlds up to an end; true when all were. */
static bool play_later(struct game *game, struct later *later, uint64_t end)
{
    struct play_result *result = game->result;
    bool whole;

    if (!later->begun) {
        later->settings = *game->settings;
        later->settings.world = NULL;
        set_up(&later->game, game->settings->answers, game->n_arms, &later->settings, &later->result);
        later->result.n_worlds = result->n_worlds;
        later->game.n_done = game->n_done;
        later->begun = true;
    }
    later->game.expected = game->expected;
    whole = play_worlds(&later->game, result->n_worlds, end);
    gather(&later->game);
    result->n_worlds = later->result.n_worlds;
    result->runaway = later->result.runaway;
    game->runaway = later->game.runaway;
    return whole;
}

/* What all worlds played so far come to. */
static void gather_all(struct game *game, const struct later *later)
{
    gather(game);
    for (size_t arm = 0; arm < game->n_arms && later->begun; arm++)
        tally_add_answers(&game->result->arm[arm].tally, &later->result.arm[arm].tally);
    game->result->n_draws = tally_runs(&game->result->arm[0].tally);
}

/* Play worlds up to an end, those after the first PLAY_WHOLE_WORLDS for their answers only, if that can be. */
static bool play_on(struct game *game, struct later *later, uint64_t end)
{
    const uint64_t played = game->result->n_worlds;
    const uint64_t whole = !game->settings->answers || end < PLAY_WHOLE_WORLDS ? end : PLAY_WHOLE_WORLDS;

    if (played < whole && !play_worlds(game, played, whole))
        return false;
    return game->result->n_worlds == end || play_later(game, later, end);
}

static void play_all(struct game *game, struct later *later)
{
    const struct play_settings *settings = game->settings;
    struct play_result *result = game->result;
    uint64_t end = settings->n_worlds;

    if (!(settings->precision > 0.0))
        game->expected = (double)end * (double)settings->n_runs;
    result->complete = play_worlds(game, 0, end);
    gather_all(game, later);
    while (result->complete && settings->precision > 0.0) {
        const double se = largest_se(result);

        if (se < settings->precision)
            return;
        game->expected = expected_draws(end, more_worlds(end, se, settings), se, settings);
        end = more_worlds(end, se, settings);
        if (end <= result->n_worlds || (double)end * (double)settings->n_runs > PLAY_MAX_RUNS)
            return; /* as precise as counts can be */
        result->complete = play_on(game, later, end);
        gather_all(game, later);
    }
}

enum { FEW_RUNS = 16, PAIRED_RUNS = 32, PAIRED_RUNS_OF_FEW = 64, PAIRED_WORLDS_LEAST = 128, PAIRED_WORLDS_MOST = 1024 };

/* Whether input uncertainty needs a sample of its own. */
static bool needs_sample(const struct game *game)
{
    const struct play_settings *settings = game->settings;
    bool uncertain = false;

    for (size_t arm = 0; arm < game->n_arms; arm++)
        uncertain |= inputs_of(game->plan[arm]) > 0;
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
    struct game game;

    sample.progress = NULL;
    sample.world = NULL;
    sample.draws = NULL;
    sample.told = NULL;
    size_sample(&sample, result);
    set_up(&game, arm, n_arms, &sample, &paired);
    for (size_t a = 0; a < n_arms; a++)
        game.design[a].own_orders = true;
    play_worlds(&game, 0, sample.n_worlds);
    for (size_t a = 0; a < n_arms && !game.runaway && !arm[a]->answers_only; a++) {
        const struct spread spread = result->arm[a].spread;

        result->arm[a].spread = paired.arm[a].spread;
        paired.arm[a].spread = spread;
        result->arm[a].spread_runs = sample.n_runs;
    }
    clear_up(&game);
    play_free(&paired);
}

void play(struct play_result *result, const struct plan *const *arm, size_t n_arms,
          const struct play_settings *settings)
{
    struct later later = {.begun = false};
    struct game game;

    set_up(&game, arm, n_arms, settings, result);
    play_all(&game, &later);
    if (game.runaway)
        result->complete = false;
    else if (needs_sample(&game) && result->n_worlds > 0)
        play_sample(result, arm, n_arms, settings);
    clear_up(&game);
    for (size_t a = 0; a < n_arms && later.begun; a++)
        if (later.result.arm[a].too_fast.n) {
            const struct play_too_fast *more = &later.result.arm[a].too_fast;

            count_too_fast(&result->arm[a].too_fast, more->clock, more->speed, more->n);
        }
    if (later.begun) {
        clear_up(&later.game);
        play_free(&later.result);
    }
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
