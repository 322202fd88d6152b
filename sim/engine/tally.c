/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/tally.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t one = (uint64_t)TALLY_ONE;

static void lay_out(struct tally_layout *at, const struct plan *plan, size_t n_months)
{
    const size_t bases = plan->n_bases, states = plan->n_states, questions = plan->n_questions;
    const size_t n_always = 5; /* rows that every tally has */
    const struct {
        size_t *offset, n;
    } row[] = {
        {&at->runs, 1},
        {&at->squares, 1},
        {&at->tried, 1},
        {&at->answered, 1},
        {&at->question, questions},
        {&at->state, bases * states},
        {&at->held, bases + 1},
        {&at->as_drawn, questions},
        {&at->came, plan->n_factors * questions},
        {&at->came_yes, plan->n_factors * questions},
        {&at->occupancy, bases * states * n_months},
        {&at->incidence, bases * plan->n_transitions * n_months},
        {&at->loss.bins, (bases + 1) * TALLY_BINS * TALLY_POWERS},
        {&at->loss.months, bases + 1},
        {&at->deal.bins, (bases + 1) * TALLY_BINS * TALLY_POWERS},
        {&at->deal.months, bases + 1},
    };

    at->size = 0;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        *row[i].offset = at->size;
        at->size += i < n_always || !plan->answers_only ? row[i].n : 0;
    }
}

void tally_init(struct tally *tally, const struct plan *plan)
{
    const size_t whole = (size_t)floor(plan->horizon);
    const bool more = plan->horizon > (double)whole;

    *tally = (struct tally){.plan = plan, .n_months = whole + 1 + more};
    tally->month = memory_new(tally->n_months, sizeof *tally->month);
    for (size_t m = 0; m < tally->n_months; m++)
        tally->month[m] = fmin((double)m, plan->horizon);
    lay_out(&tally->at, plan, tally->n_months);
    tally->count = memory_new(REPLICATES * tally->at.size, sizeof *tally->count);
}

void tally_free(struct tally *tally)
{
    free(tally->month);
    free(tally->count);
}

size_t tally_grid_month(const struct tally *tally, double month)
{
    const size_t m = (size_t)ceil(month);

    return m < tally->n_months ? m : tally->n_months - 1;
}

void tally_time(const struct tally *tally, uint64_t *block, const struct tally_times *at, size_t b, double month,
                double part)
{
    const struct tally_spot spot = tally_spot(tally, month);
    const size_t cell = tally_bin(at, b, spot.bin);

    tally_add(block, cell, part);
    tally_add(block, cell + 1, part * spot.offset);
    tally_add(block, cell + 2, part * spot.offset * spot.offset);
    tally_add(block, at->months + b, part * spot.share);
}

void tally_merge(struct tally *into, const struct tally *from)
{
    for (size_t i = 0; i < REPLICATES * into->at.size; i++)
        into->count[i] += from->count[i];
}

uint64_t tally_total(const struct tally *tally, size_t cell)
{
    uint64_t total = 0;

    for (size_t r = 0; r < REPLICATES; r++)
        total += tally_block(tally, r)[cell];
    return total;
}

uint64_t tally_runs(const struct tally *tally)
{
    return (uint64_t)((double)tally_total(tally, tally->at.tried) / TALLY_ONE);
}

/* The cell that a cell is a share of. */
static size_t whole_of(const struct tally *tally, size_t cell)
{
    const size_t first = tally->at.question;

    return cell >= first && cell < first + tally->plan->n_questions ? tally->at.answered : tally->at.runs;
}

uint64_t tally_counted(const struct tally *tally, size_t cell)
{
    return (uint64_t)((double)tally_total(tally, whole_of(tally, cell)) / TALLY_ONE);
}

void tally_add_answers(struct tally *into, const struct tally *from)
{
    for (size_t r = 0; r < REPLICATES; r++) {
        uint64_t *to = tally_block(into, r);
        const uint64_t *more = tally_block(from, r);

        to[into->at.tried] += more[from->at.tried];
        to[into->at.answered] += more[from->at.answered];
        for (size_t q = 0; q < into->plan->n_questions; q++)
            to[into->at.question + q] += more[from->at.question + q];
    }
}

/* Of a binomial share, at the Jeffreys estimate so that 0 of n is not called certain. */
static double binomial_se(uint64_t yes, uint64_t n)
{
    const double runs = (double)n / TALLY_ONE, p = ((double)yes / TALLY_ONE + 0.5) / (runs + 1.0);

    return sqrt(fmax(0.0, p * (1.0 - p)) / runs);
}

double tally_share_of(const uint64_t yes[REPLICATES], const uint64_t n[REPLICATES], double *se)
{
    uint64_t all_yes = 0, all = 0;
    size_t replicates = 0;
    double p, sum = 0.0;

    for (size_t r = 0; r < REPLICATES; r++) {
        all_yes += yes[r];
        all += n[r];
        replicates += n[r] > 0;
    }
    p = (double)all_yes / (double)all;
    for (size_t r = 0; r < REPLICATES; r++) {
        const double off = (double)yes[r] - p * (double)n[r];

        sum += off * off;
    }
    *se = binomial_se(all_yes, all);
    if (replicates > 1 && sum == 0.0 && all_yes % one) /* no whole number of runs: computed, and the same everywhere */
        *se = 0.0;
    if (replicates > 1 && sum > 0.0)
        *se = sqrt(sum * (double)replicates / (double)(replicates - 1)) / (double)all;
    return p;
}

double tally_share(const struct tally *tally, size_t cell, double *se)
{
    uint64_t yes[REPLICATES], n[REPLICATES];

    for (size_t r = 0; r < REPLICATES; r++) {
        yes[r] = tally_block(tally, r)[cell];
        n[r] = tally_block(tally, r)[whole_of(tally, cell)];
    }
    return tally_share_of(yes, n, se);
}
