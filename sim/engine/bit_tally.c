/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/bit_tally.h"
#include <stdlib.h>
#include <string.h>
#include "sim/system/vectors.h"

static const uint64_t one = (uint64_t)TALLY_ONE;

static bool is_of_factor(const struct plan_question *question)
{
    return question->of_clock && question->factor != UINT32_MAX;
}

static bool is_of_transition(const struct plan_question *question)
{
    return question->of_clock && question->factor == UINT32_MAX;
}

static size_t place_of(struct bit_tally *bits, double month)
{
    size_t i = 0;

    while (i < bits->n_asked && bits->asked[i] != month)
        i++;
    bits->asked[i] = month;
    bits->n_asked += i == bits->n_asked;
    return i;
}

void bit_tally_init(struct bit_tally *bits, const struct plan *plan, struct tally *tally)
{
    const size_t bases = plan->n_bases, questions = plan->n_questions;

    *bits = (struct bit_tally){.plan = plan, .tally = tally};
    bits->asked = memory_new(questions + 1, sizeof *bits->asked);
    bits->which = memory_new(questions, sizeof *bits->which);
    for (size_t q = 0; q < questions; q++)
        bits->which[q] = place_of(bits, plan->question[q].month);
    bits->horizon = place_of(bits, plan->horizon);
    bits->first = memory_vectors(plan->n_factors * BIT_TALLY_RUNS, sizeof *bits->first);
    bits->moved = memory_new(bits->n_asked * bases * plan->n_states, sizeof *bits->moved);
    bits->been_lost = memory_new(bases + 1, sizeof *bits->been_lost);
    bits->been_deal = memory_new(bases + 1, sizeof *bits->been_deal);
    bits->rang = memory_new(questions, sizeof *bits->rang);
    bits->yes = memory_new(questions, sizeof *bits->yes);
    bits->at_least = memory_new(bases + 2, sizeof *bits->at_least);
    bits->time = memory_new(2 * (bases + 1) * BIT_TALLY_RUNS + 1, sizeof *bits->time);
}

void bit_tally_free(struct bit_tally *bits)
{
    free(bits->first);
    free(bits->asked);
    free(bits->which);
    free(bits->moved);
    free(bits->been_lost);
    free(bits->been_deal);
    free(bits->rang);
    free(bits->yes);
    free(bits->at_least);
    free(bits->time);
}

/* Bases that begin in one of some states have been there, in all runs. */
static void begin_been(const struct plan *plan, uint64_t *been, uint64_t states)
{
    been[plan->n_bases] = 0;
    for (size_t b = 0; b < plan->n_bases; b++) {
        been[b] = states >> plan->base[b].initial & 1 ? UINT64_MAX : 0;
        been[plan->n_bases] |= been[b];
    }
}

void bit_tally_begin(struct bit_tally *bits, size_t replicate)
{
    const struct plan *plan = bits->plan;

    bits->block = tally_block(bits->tally, replicate);
    bits->n_runs = bits->n_times = 0;
    bits->counted = 0;
    memset(bits->moved, 0, bits->n_asked * plan->n_bases * plan->n_states * sizeof *bits->moved);
    memset(bits->rang, 0, plan->n_questions * sizeof *bits->rang);
    begin_been(plan, bits->been_lost, ~plan->held);
    begin_been(plan, bits->been_deal, plan->deal);
}

/* Whether a run has come to what is given. */
static bool came_true(const struct plan *plan, const struct history *history)
{
    for (uint32_t i = 0; i < plan->given.n_bases; i++)
        if (!(plan->given.states[i] >> history_state(history, plan, plan->given.base[i], plan->given.month) & 1))
            return false;
    for (uint32_t i = 0; i < plan->given.n_absent; i++)
        if (history->first[plan->factor[plan->given.absent[i]].clock] <= plan->given.month)
            return false;
    return true;
}

/* A time that counts if it is the first. No branch: whether it is cannot be foreseen. */
static void keep_time(struct bit_tally *bits, const struct tally_times *at, uint64_t *been, size_t b, uint64_t run,
                      struct tally_spot spot)
{
    bits->time[bits->n_times] =
        (struct bit_tally_time){tally_bin(at, b, spot.bin), at->months + b, spot.offset, spot.share};
    bits->n_times += (run & ~been[b]) > 0;
    been[b] |= run;
}

static void keep_times(struct bit_tally *bits, const struct move *move, uint64_t run)
{
    const struct plan *plan = bits->plan;
    const struct tally_spot spot = tally_spot(bits->tally, move->month);
    const uint64_t lost = plan->held >> move->to & 1 ? 0 : run, deal = plan->deal >> move->to & 1 ? run : 0;

    keep_time(bits, &bits->tally->at.loss, bits->been_lost, move->base, lost, spot);
    keep_time(bits, &bits->tally->at.loss, bits->been_lost, plan->n_bases, lost, spot);
    keep_time(bits, &bits->tally->at.deal, bits->been_deal, move->base, deal, spot);
    keep_time(bits, &bits->tally->at.deal, bits->been_deal, plan->n_bases, deal, spot);
}

/* Curves are changes from month to month. */
static void count_curves(const struct bit_tally *bits, const struct move *move)
{
    const struct plan *plan = bits->plan;
    const struct tally *tally = bits->tally;
    const size_t n = tally->n_months, m = tally_grid_month(tally, move->month);
    uint64_t *occupancy = bits->block + tally->at.occupancy + move->base * plan->n_states * n + m;

    occupancy[move->from * n] -= one;
    occupancy[move->to * n] += one;
    if (move->first)
        bits->block[tally->at.incidence + (move->base * plan->n_transitions + plan->clock[move->clock].transition) * n +
                    m] += one;
}

static void keep_moves(struct bit_tally *bits, const struct history *history, size_t run)
{
    const struct plan *plan = bits->plan;

    for (uint32_t k = 0; k < history->n_moves; k++) {
        const struct move *move = &history->move[k];

        for (size_t i = 0; i < bits->n_asked; i++) {
            const uint64_t by = (uint64_t)(move->month <= bits->asked[i]) << run;
            uint64_t *moved = bits->moved + (i * plan->n_bases + move->base) * plan->n_states;

            moved[move->from] ^= by;
            moved[move->to] ^= by;
        }
        if (plan->answers_only)
            continue;
        count_curves(bits, move);
        keep_times(bits, move, (uint64_t)1 << run);
    }
}

static void keep_rings(struct bit_tally *bits, const struct history *history, size_t run)
{
    const struct plan *plan = bits->plan;

    for (size_t q = 0; q < plan->n_questions; q++)
        for (uint32_t b = 0; is_of_transition(&plan->question[q]) && b < plan->n_bases; b++) {
            const uint32_t c = plan->base[b].clocks.first + plan->question[q].transition;

            bits->rang[q] |= (uint64_t)(history->first[c] <= plan->question[q].month) << run;
        }
}

void bit_tally_keep(struct bit_tally *bits, const struct history *history)
{
    const size_t run = bits->n_runs++;

    if (!came_true(bits->plan, history))
        return;
    bits->counted |= (uint64_t)1 << run;
    keep_moves(bits, history, run);
    keep_rings(bits, history, run);
    for (size_t f = 0; f < bits->plan->n_factors; f++) /* the first clocks are theirs, by their numbers */
        bits->first[f * BIT_TALLY_RUNS + run] = history->first[f];
}

/* Counting */

/* The runs in which a month of theirs has come by one. */
static uint64_t come_by(const double month[BIT_TALLY_RUNS], double asked)
{
    vector_bits runs = {0}, by = {0};
    uint64_t all = 0;

    for (size_t k = 0; k < VECTOR_WIDTH; k++)
        runs[k] = (int64_t)1 << k;
#pragma GCC unroll 8
    for (size_t run = 0; run < BIT_TALLY_RUNS; run += VECTOR_WIDTH, runs <<= VECTOR_WIDTH)
        by |= (vector_of(month + run) <= asked) & runs;
    for (size_t k = 0; k < VECTOR_WIDTH; k++)
        all |= (uint64_t)by[k];
    return all;
}

static uint64_t n_in(uint64_t runs)
{
    return (uint64_t)__builtin_popcountll(runs);
}

/* The counted runs in which a base is in one of some states at a month that is asked about. */
static uint64_t runs_in(const struct bit_tally *bits, size_t asked, size_t b, uint64_t states)
{
    const struct plan *plan = bits->plan;
    const uint64_t *moved = bits->moved + (asked * plan->n_bases + b) * plan->n_states;
    uint64_t runs = states >> plan->base[b].initial & 1 ? bits->counted : 0;

    for (size_t s = 0; s < plan->n_states; s++)
        runs ^= states >> s & 1 ? moved[s] : 0;
    return runs;
}

/* at_least[k]: the counted runs in which k of the bases added so far are in their states. */
static void begin_bases(struct bit_tally *bits, size_t most)
{
    memset(bits->at_least, 0, (most + 1) * sizeof *bits->at_least);
    bits->at_least[0] = bits->counted;
}

static void add_base(struct bit_tally *bits, size_t most, uint64_t runs)
{
    for (size_t k = most; k > 0; k--)
        bits->at_least[k] |= bits->at_least[k - 1] & runs;
}

static uint64_t runs_saying_yes(struct bit_tally *bits, size_t q)
{
    const struct plan_question *question = &bits->plan->question[q];

    if (is_of_factor(question))
        return come_by(bits->first + question->factor * BIT_TALLY_RUNS, question->month) & bits->counted;
    if (is_of_transition(question))
        return bits->rang[q];
    begin_bases(bits, question->at_least);
    for (uint32_t i = 0; i < question->n_bases; i++)
        add_base(bits, question->at_least, runs_in(bits, bits->which[q], question->base[i], question->states));
    return bits->at_least[question->at_least];
}

static void count_column(struct world_stats_column *column, uint64_t n)
{
    column->p += n * one;
    column->p2 += n * one;
    column->pw += n * one;
}

static void count_questions(struct bit_tally *bits, struct world_stats_column *column)
{
    for (size_t q = 0; q < bits->plan->n_questions; q++) {
        uint64_t n;

        bits->yes[q] = runs_saying_yes(bits, q);
        n = n_in(bits->yes[q]);
        bits->block[bits->tally->at.question + q] += n * one;
        count_column(&column[q], n);
    }
}

static void count_states(struct bit_tally *bits, struct world_stats_column *column)
{
    const struct plan *plan = bits->plan;
    const struct tally_layout *at = &bits->tally->at;
    const uint64_t n = n_in(bits->counted);

    begin_bases(bits, plan->n_bases + 1);
    for (size_t b = 0; b < plan->n_bases; b++) {
        for (size_t s = 0; s < plan->n_states; s++) {
            const uint64_t n_there = n_in(runs_in(bits, bits->horizon, b, (uint64_t)1 << s));

            bits->block[at->state + b * plan->n_states + s] += n_there * one;
            count_column(&column[b * plan->n_states + s], n_there);
        }
        add_base(bits, plan->n_bases, runs_in(bits, bits->horizon, b, plan->held));
        bits->block[at->occupancy + (b * plan->n_states + plan->base[b].initial) * bits->tally->n_months] += n * one;
    }
    for (size_t k = 0; k <= plan->n_bases; k++)
        bits->block[at->held + k] += n_in(bits->at_least[k] & ~bits->at_least[k + 1]) * one;
}

/* Nobody asks beyond the horizon, so what has not come by it counts nothing. */
static void count_factors(const struct bit_tally *bits)
{
    const size_t n = bits->plan->n_questions;

    for (size_t q = 0; q < n; q++)
        bits->block[bits->tally->at.as_drawn + q] += n_in(bits->yes[q]) * one;
    for (size_t f = 0; f < bits->plan->n_factors; f++) {
        uint64_t *came = bits->block + bits->tally->at.came + f * n;
        uint64_t *came_yes = bits->block + bits->tally->at.came_yes + f * n;

        for (size_t i = 0; i < bits->n_asked; i++) {
            const uint64_t by = come_by(bits->first + f * BIT_TALLY_RUNS, bits->asked[i]) & bits->counted,
                           n_by = n_in(by);

            for (size_t q = 0; q < n; q++)
                if (bits->which[q] == i) {
                    came[q] += n_by * one;
                    came_yes[q] += n_in(by & bits->yes[q]) * one;
                }
        }
    }
}

static void count_first(struct bit_tally *bits, const struct tally_times *at, uint64_t states)
{
    const struct plan *plan = bits->plan;
    const double n = (double)n_in(bits->counted);
    bool any = false;

    for (size_t b = 0; b < plan->n_bases; b++)
        if (states >> plan->base[b].initial & 1) {
            tally_time(bits->tally, bits->block, at, b, 0.0, n);
            any = true;
        }
    if (any)
        tally_time(bits->tally, bits->block, at, plan->n_bases, 0.0, n);
}

static void count_times(struct bit_tally *bits)
{
    uint64_t *block = bits->block;

    count_first(bits, &bits->tally->at.loss, ~bits->plan->held);
    count_first(bits, &bits->tally->at.deal, bits->plan->deal);
    for (size_t i = 0; i < bits->n_times; i++) /* so that they wait for their bins together */
        __builtin_prefetch(&block[bits->time[i].cell], 1);
    for (size_t i = 0; i < bits->n_times; i++) {
        const struct bit_tally_time *time = &bits->time[i];

        block[time->cell] += one;
        tally_add(block, time->cell + 1, time->offset);
        tally_add(block, time->cell + 2, time->offset * time->offset);
        tally_add(block, time->sum, time->share);
    }
}

void bit_tally_count(struct bit_tally *bits, struct world_stats_column *column)
{
    const struct tally_layout *at = &bits->tally->at;
    const uint64_t n = n_in(bits->counted);

    bits->block[at->tried] += bits->n_runs * one;
    bits->block[at->runs] += n * one;
    bits->block[at->squares] += n * one;
    bits->block[at->answered] += n * one;
    count_questions(bits, column);
    column += bits->plan->n_questions;
    if (bits->plan->answers_only) {
        count_column(column, n);
        return;
    }
    count_states(bits, column);
    count_factors(bits);
    count_times(bits);
}
