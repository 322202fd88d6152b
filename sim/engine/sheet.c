/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/sheet.h"
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

static size_t place_of(struct sheet *sheet, double month)
{
    size_t i = 0;

    while (i < sheet->n_asked && sheet->asked[i] != month)
        i++;
    sheet->asked[i] = month;
    sheet->n_asked += i == sheet->n_asked;
    return i;
}

void sheet_init(struct sheet *sheet, const struct plan *plan, struct tally *tally)
{
    const size_t bases = plan->n_bases, questions = plan->n_questions;

    *sheet = (struct sheet){.plan = plan, .tally = tally};
    sheet->asked = memory_new(questions + 1, sizeof *sheet->asked);
    sheet->which = memory_new(questions, sizeof *sheet->which);
    for (size_t q = 0; q < questions; q++)
        sheet->which[q] = place_of(sheet, plan->question[q].month);
    sheet->horizon = place_of(sheet, plan->horizon);
    sheet->first = memory_vectors(plan->n_factors * SHEET_RUNS, sizeof *sheet->first);
    sheet->moved = memory_new(sheet->n_asked * bases * plan->n_states, sizeof *sheet->moved);
    sheet->been_lost = memory_new(bases + 1, sizeof *sheet->been_lost);
    sheet->been_deal = memory_new(bases + 1, sizeof *sheet->been_deal);
    sheet->rang = memory_new(questions, sizeof *sheet->rang);
    sheet->yes = memory_new(questions, sizeof *sheet->yes);
    sheet->at_least = memory_new(bases + 2, sizeof *sheet->at_least);
    sheet->time = memory_new(2 * (bases + 1) * SHEET_RUNS + 1, sizeof *sheet->time);
}

void sheet_free(struct sheet *sheet)
{
    free(sheet->first);
    free(sheet->asked);
    free(sheet->which);
    free(sheet->moved);
    free(sheet->been_lost);
    free(sheet->been_deal);
    free(sheet->rang);
    free(sheet->yes);
    free(sheet->at_least);
    free(sheet->time);
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

void sheet_begin(struct sheet *sheet, size_t replicate)
{
    const struct plan *plan = sheet->plan;

    sheet->block = tally_block(sheet->tally, replicate);
    sheet->n_runs = sheet->n_times = 0;
    sheet->counted = 0;
    memset(sheet->moved, 0, sheet->n_asked * plan->n_bases * plan->n_states * sizeof *sheet->moved);
    memset(sheet->rang, 0, plan->n_questions * sizeof *sheet->rang);
    begin_been(plan, sheet->been_lost, ~plan->held);
    begin_been(plan, sheet->been_deal, plan->deal);
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
static void keep_time(struct sheet *sheet, const struct tally_times *at, uint64_t *been, size_t b, uint64_t run,
                      struct tally_spot spot)
{
    sheet->time[sheet->n_times] =
        (struct sheet_time){tally_bin(at, b, spot.bin), at->months + b, spot.offset, spot.share};
    sheet->n_times += (run & ~been[b]) > 0;
    been[b] |= run;
}

static void keep_times(struct sheet *sheet, const struct move *move, uint64_t run)
{
    const struct plan *plan = sheet->plan;
    const struct tally_spot spot = tally_spot(sheet->tally, move->month);
    const uint64_t lost = plan->held >> move->to & 1 ? 0 : run, deal = plan->deal >> move->to & 1 ? run : 0;

    keep_time(sheet, &sheet->tally->at.loss, sheet->been_lost, move->base, lost, spot);
    keep_time(sheet, &sheet->tally->at.loss, sheet->been_lost, plan->n_bases, lost, spot);
    keep_time(sheet, &sheet->tally->at.deal, sheet->been_deal, move->base, deal, spot);
    keep_time(sheet, &sheet->tally->at.deal, sheet->been_deal, plan->n_bases, deal, spot);
}

/* Curves are changes from month to month. */
static void count_curves(const struct sheet *sheet, const struct move *move)
{
    const struct plan *plan = sheet->plan;
    const struct tally *tally = sheet->tally;
    const size_t n = tally->n_months, m = tally_grid_month(tally, move->month);
    uint64_t *occupancy = sheet->block + tally->at.occupancy + move->base * plan->n_states * n + m;

    occupancy[move->from * n] -= one;
    occupancy[move->to * n] += one;
    if (move->first)
        sheet->block[tally->at.incidence +
                     (move->base * plan->n_transitions + plan->clock[move->clock].transition) * n + m] += one;
}

static void keep_moves(struct sheet *sheet, const struct history *history, size_t run)
{
    const struct plan *plan = sheet->plan;

    for (uint32_t k = 0; k < history->n_moves; k++) {
        const struct move *move = &history->move[k];

        for (size_t i = 0; i < sheet->n_asked; i++) {
            const uint64_t by = (uint64_t)(move->month <= sheet->asked[i]) << run;
            uint64_t *moved = sheet->moved + (i * plan->n_bases + move->base) * plan->n_states;

            moved[move->from] ^= by;
            moved[move->to] ^= by;
        }
        if (plan->answers_only)
            continue;
        count_curves(sheet, move);
        keep_times(sheet, move, (uint64_t)1 << run);
    }
}

static void keep_rings(struct sheet *sheet, const struct history *history, size_t run)
{
    const struct plan *plan = sheet->plan;

    for (size_t q = 0; q < plan->n_questions; q++)
        for (uint32_t b = 0; is_of_transition(&plan->question[q]) && b < plan->n_bases; b++) {
            const uint32_t c = plan->base[b].clocks.first + plan->question[q].transition;

            sheet->rang[q] |= (uint64_t)(history->first[c] <= plan->question[q].month) << run;
        }
}

void sheet_keep(struct sheet *sheet, const struct history *history)
{
    const size_t run = sheet->n_runs++;

    if (!came_true(sheet->plan, history))
        return;
    sheet->counted |= (uint64_t)1 << run;
    keep_moves(sheet, history, run);
    keep_rings(sheet, history, run);
    for (size_t f = 0; f < sheet->plan->n_factors; f++) /* the first clocks are theirs, by their numbers */
        sheet->first[f * SHEET_RUNS + run] = history->first[f];
}

/* Counting */

/* The runs in which a month of theirs has come by one. */
static uint64_t come_by(const double month[SHEET_RUNS], double asked)
{
    vector_bits runs = {0}, by = {0};
    uint64_t all = 0;

    for (size_t k = 0; k < VECTOR_WIDTH; k++)
        runs[k] = (int64_t)1 << k;
#pragma GCC unroll 8
    for (size_t run = 0; run < SHEET_RUNS; run += VECTOR_WIDTH, runs <<= VECTOR_WIDTH)
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
static uint64_t runs_in(const struct sheet *sheet, size_t asked, size_t b, uint64_t states)
{
    const struct plan *plan = sheet->plan;
    const uint64_t *moved = sheet->moved + (asked * plan->n_bases + b) * plan->n_states;
    uint64_t runs = states >> plan->base[b].initial & 1 ? sheet->counted : 0;

    for (size_t s = 0; s < plan->n_states; s++)
        runs ^= states >> s & 1 ? moved[s] : 0;
    return runs;
}

/* at_least[k]: the counted runs in which k of the bases added so far are in their states. */
static void begin_bases(struct sheet *sheet, size_t most)
{
    memset(sheet->at_least, 0, (most + 1) * sizeof *sheet->at_least);
    sheet->at_least[0] = sheet->counted;
}

static void add_base(struct sheet *sheet, size_t most, uint64_t runs)
{
    for (size_t k = most; k > 0; k--)
        sheet->at_least[k] |= sheet->at_least[k - 1] & runs;
}

static uint64_t runs_saying_yes(struct sheet *sheet, size_t q)
{
    const struct plan_question *question = &sheet->plan->question[q];

    if (is_of_factor(question))
        return come_by(sheet->first + question->factor * SHEET_RUNS, question->month) & sheet->counted;
    if (is_of_transition(question))
        return sheet->rang[q];
    begin_bases(sheet, question->at_least);
    for (uint32_t i = 0; i < question->n_bases; i++)
        add_base(sheet, question->at_least, runs_in(sheet, sheet->which[q], question->base[i], question->states));
    return sheet->at_least[question->at_least];
}

static void count_column(struct spread_column *column, uint64_t n)
{
    column->p += n * one;
    column->p2 += n * one;
    column->pw += n * one;
}

static void count_questions(struct sheet *sheet, struct spread_column *column)
{
    for (size_t q = 0; q < sheet->plan->n_questions; q++) {
        uint64_t n;

        sheet->yes[q] = runs_saying_yes(sheet, q);
        n = n_in(sheet->yes[q]);
        sheet->block[sheet->tally->at.question + q] += n * one;
        count_column(&column[q], n);
    }
}

static void count_states(struct sheet *sheet, struct spread_column *column)
{
    const struct plan *plan = sheet->plan;
    const struct tally_layout *at = &sheet->tally->at;
    const uint64_t n = n_in(sheet->counted);

    begin_bases(sheet, plan->n_bases + 1);
    for (size_t b = 0; b < plan->n_bases; b++) {
        for (size_t s = 0; s < plan->n_states; s++) {
            const uint64_t n_there = n_in(runs_in(sheet, sheet->horizon, b, (uint64_t)1 << s));

            sheet->block[at->state + b * plan->n_states + s] += n_there * one;
            count_column(&column[b * plan->n_states + s], n_there);
        }
        add_base(sheet, plan->n_bases, runs_in(sheet, sheet->horizon, b, plan->held));
        sheet->block[at->occupancy + (b * plan->n_states + plan->base[b].initial) * sheet->tally->n_months] += n * one;
    }
    for (size_t k = 0; k <= plan->n_bases; k++)
        sheet->block[at->held + k] += n_in(sheet->at_least[k] & ~sheet->at_least[k + 1]) * one;
}

/* Nobody asks beyond the horizon, so what has not come by it counts nothing. */
static void count_factors(const struct sheet *sheet)
{
    const size_t n = sheet->plan->n_questions;

    for (size_t q = 0; q < n; q++)
        sheet->block[sheet->tally->at.told + q] += n_in(sheet->yes[q]) * one;
    for (size_t f = 0; f < sheet->plan->n_factors; f++) {
        uint64_t *came = sheet->block + sheet->tally->at.came + f * n;
        uint64_t *came_yes = sheet->block + sheet->tally->at.came_yes + f * n;

        for (size_t i = 0; i < sheet->n_asked; i++) {
            const uint64_t by = come_by(sheet->first + f * SHEET_RUNS, sheet->asked[i]) & sheet->counted,
                           n_by = n_in(by);

            for (size_t q = 0; q < n; q++)
                if (sheet->which[q] == i) {
                    came[q] += n_by * one;
                    came_yes[q] += n_in(by & sheet->yes[q]) * one;
                }
        }
    }
}

static void count_first(struct sheet *sheet, const struct tally_times *at, uint64_t states)
{
    const struct plan *plan = sheet->plan;
    const double n = (double)n_in(sheet->counted);
    bool any = false;

    for (size_t b = 0; b < plan->n_bases; b++)
        if (states >> plan->base[b].initial & 1) {
            tally_time(sheet->tally, sheet->block, at, b, 0.0, n);
            any = true;
        }
    if (any)
        tally_time(sheet->tally, sheet->block, at, plan->n_bases, 0.0, n);
}

static void count_times(struct sheet *sheet)
{
    uint64_t *block = sheet->block;

    count_first(sheet, &sheet->tally->at.loss, ~sheet->plan->held);
    count_first(sheet, &sheet->tally->at.deal, sheet->plan->deal);
    for (size_t i = 0; i < sheet->n_times; i++) /* so that they wait for their bins together */
        __builtin_prefetch(&block[sheet->time[i].cell], 1);
    for (size_t i = 0; i < sheet->n_times; i++) {
        const struct sheet_time *time = &sheet->time[i];

        block[time->cell] += one;
        tally_add(block, time->cell + 1, time->offset);
        tally_add(block, time->cell + 2, time->offset * time->offset);
        tally_add(block, time->sum, time->share);
    }
}

void sheet_count(struct sheet *sheet, struct spread_column *column)
{
    const struct tally_layout *at = &sheet->tally->at;
    const uint64_t n = n_in(sheet->counted);

    sheet->block[at->tried] += sheet->n_runs * one;
    sheet->block[at->runs] += n * one;
    sheet->block[at->squares] += n * one;
    sheet->block[at->answered] += n * one;
    count_questions(sheet, column);
    column += sheet->plan->n_questions;
    if (sheet->plan->answers_only) {
        count_column(column, n);
        return;
    }
    count_states(sheet, column);
    count_factors(sheet);
    count_times(sheet);
}
