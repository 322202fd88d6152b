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
        {&at->told, questions},
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

static void list_months(struct tally *tally, const struct plan *plan)
{
    tally->asked = memory_new(plan->n_questions, sizeof *tally->asked);
    tally->which = memory_new(plan->n_questions, sizeof *tally->which);
    for (size_t q = 0; q < plan->n_questions; q++) {
        size_t i = 0;

        while (i < tally->n_asked && tally->asked[i] != plan->question[q].month)
            i++;
        tally->asked[i] = plan->question[q].month;
        tally->which[q] = i;
        tally->n_asked += i == tally->n_asked;
    }
    tally->state = memory_new(tally->n_asked * plan->n_bases, sizeof *tally->state);
}

static void init_few(struct tally *tally, const struct plan *plan)
{
    enum { VECTOR = 16 };
    struct tally_few *few = &tally->few;

    few->n_padded = (plan->n_factors + VECTOR - 1) / VECTOR * VECTOR;
    few->by = memory_new(tally->n_asked * few->n_padded, sizeof *few->by);
    few->came = memory_new(tally->n_asked * few->n_padded, sizeof *few->came);
    few->came_yes = memory_new(plan->n_questions * few->n_padded, sizeof *few->came_yes);
    few->room = 256 + 2 * (plan->n_bases + 1);
    few->first = memory_new(few->room, sizeof *few->first);
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
    tally->yes = memory_new(plan->n_questions, sizeof *tally->yes);
    list_months(tally, plan);
    init_few(tally, plan);
}

void tally_free(struct tally *tally)
{
    free(tally->month);
    free(tally->count);
    free(tally->yes);
    free(tally->asked);
    free(tally->which);
    free(tally->state);
    free(tally->few.by);
    free(tally->few.came);
    free(tally->few.came_yes);
    free(tally->few.first);
}

/* The first month of the grid at or after a month. */
static size_t grid_month(const struct tally *tally, double month)
{
    const size_t m = (size_t)ceil(month);

    return m < tally->n_months ? m : tally->n_months - 1;
}

static bool answer(const struct tally *tally, size_t q, const struct history *history)
{
    const struct plan *plan = tally->plan;
    const struct plan_question *question = &plan->question[q];
    const uint32_t *state = tally->state + tally->which[q] * plan->n_bases;
    uint32_t n = 0;

    if (question->of_clock && question->factor != UINT32_MAX)
        return history->first[plan->factor[question->factor].clock] <= question->month;
    if (question->of_clock) {
        for (uint32_t b = 0; b < plan->n_bases; b++)
            n += history->first[plan->base[b].clocks.first + question->transition] <= question->month;
        return n > 0;
    }
    for (uint32_t i = 0; i < question->n_bases; i++)
        n += (uint32_t)(question->states >> state[question->base[i]] & 1);
    return n >= question->at_least;
}

/* The bases' states at all months asked about. */
static void find_states(struct tally *tally, const struct history *history)
{
    const size_t n = tally->plan->n_bases;

    for (size_t i = 0; i < tally->n_asked; i++) {
        uint32_t *state = tally->state + i * n;

        for (size_t b = 0; b < n; b++)
            state[b] = tally->plan->base[b].initial;
        for (uint32_t k = 0; k < history->n_moves; k++) {
            const struct move *move = &history->move[k];

            state[move->base] = move->month <= tally->asked[i] ? move->to : state[move->base];
        }
    }
}

static void count_questions(struct tally *tally, uint64_t *count, const struct history *history)
{
    find_states(tally, history);
    for (size_t q = 0; q < tally->plan->n_questions; q++) {
        tally->yes[q] = answer(tally, q, history);
        count[tally->at.question + q] += tally->yes[q] * one;
    }
}

static void settle_times(struct tally *tally)
{
    struct tally_few *few = &tally->few;

    for (size_t i = 0; i < few->n_first; i++)
        tally_time(tally, tally_block(tally, few->replicate), few->first[i].at, few->first[i].b, few->first[i].month,
                   1.0);
    few->n_first = 0;
}

void tally_settle(struct tally *tally)
{
    struct tally_few *few = &tally->few;
    const size_t n = tally->plan->n_questions;
    uint64_t *count = tally_block(tally, few->replicate);

    if (!few->n_runs)
        return;
    for (size_t f = 0; f < tally->plan->n_factors; f++)
        for (size_t q = 0; q < n; q++) {
            count[tally->at.came + f * n + q] += few->came[tally->which[q] * few->n_padded + f] * one;
            count[tally->at.came_yes + f * n + q] += few->came_yes[q * few->n_padded + f] * one;
        }
    settle_times(tally);
    memset(few->came, 0, tally->n_asked * few->n_padded);
    memset(few->came_yes, 0, n * few->n_padded);
    few->n_runs = 0;
}

/* Bytes where another number masks them. Apart, where compilers see that they do not overlap and make vectors of it. */
__attribute__((noinline)) static void add_bytes(uint8_t *restrict to, const uint8_t *restrict from, uint8_t mask,
                                                size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)(to[i] + (from[i] & mask));
}

/* Which of n months have come by one: likewise. */
__attribute__((noinline)) static void come_by(uint8_t *restrict by, const double *restrict month, double asked,
                                              size_t n)
{
    for (size_t i = 0; i < n; i++)
        by[i] = month[i] <= asked;
}

/* The first clocks are the levers' and events', by their numbers. Nobody asks beyond the horizon, so what has not come counts
 * nothing. */
static void count_factors(struct tally *tally, uint64_t *count, const struct history *history, size_t replicate)
{
    struct tally_few *few = &tally->few;
    const struct plan *plan = tally->plan;

    if (few->n_runs == UINT8_MAX || few->replicate != replicate)
        tally_settle(tally);
    few->replicate = replicate;
    few->n_runs++;
    for (size_t i = 0; i < tally->n_asked; i++)
        come_by(few->by + i * few->n_padded, history->first, tally->asked[i], plan->n_factors);
    add_bytes(few->came, few->by, UINT8_MAX, tally->n_asked * few->n_padded);
    for (size_t q = 0; q < plan->n_questions; q++) {
        count[tally->at.told + q] += tally->yes[q] * one;
        add_bytes(few->came_yes + q * few->n_padded, few->by + tally->which[q] * few->n_padded,
                  tally->yes[q] ? UINT8_MAX : 0, few->n_padded);
    }
}

void tally_time(const struct tally *tally, uint64_t *block, const struct tally_times *at, size_t b, double month,
                double part)
{
    const double share = month / tally->plan->horizon;
    const double place = fmin(sqrt(share), 1.0) * TALLY_BINS;
    const size_t bin = place < TALLY_BINS ? (size_t)place : TALLY_BINS - 1;
    const size_t cell = tally_bin(at, b, bin);
    const double offset = place - (double)bin;

    tally_add(block, cell, part);
    tally_add(block, cell + 1, part * offset);
    tally_add(block, cell + 2, part * offset * offset);
    tally_add(block, at->months + b, part * share);
}

static void keep_first(struct tally *tally, const struct tally_times *at, size_t b, double month)
{
    tally->few.first[tally->few.n_first++] = (struct tally_first){at, b, month};
}

/* First times into a set of states, for each base and for all. Bases that begin there are there at month 0. */
static void count_first(struct tally *tally, const struct history *history, uint64_t states,
                        const struct tally_times *at)
{
    const struct plan *plan = tally->plan;
    bool any = false;

    for (uint32_t b = 0; b < plan->n_bases; b++)
        if (states >> plan->base[b].initial & 1) {
            keep_first(tally, at, b, 0.0);
            if (!any)
                keep_first(tally, at, plan->n_bases, 0.0);
            any = true;
        }
    for (uint32_t i = 0; i < history->n_moves; i++) {
        const struct move *move = &history->move[i];
        bool before = states >> plan->base[move->base].initial & 1;

        if (!(states >> move->to & 1) || states >> move->from & 1)
            continue;
        for (uint32_t j = 0; j < i && !before; j++)
            before = history->move[j].base == move->base && states >> history->move[j].to & 1;
        if (before)
            continue;
        keep_first(tally, at, move->base, move->month);
        if (!any)
            keep_first(tally, at, plan->n_bases, move->month);
        any = true;
    }
}

static void count_curves(const struct tally *tally, uint64_t *count, const struct history *history)
{
    const struct plan *plan = tally->plan;
    const size_t n = tally->n_months;

    for (size_t b = 0; b < plan->n_bases; b++)
        count[tally->at.occupancy + (b * plan->n_states + plan->base[b].initial) * n] += one;
    for (uint32_t i = 0; i < history->n_moves; i++) {
        const struct move *move = &history->move[i];
        const size_t m = grid_month(tally, move->month);

        count[tally->at.occupancy + (move->base * plan->n_states + move->from) * n + m] -= one;
        count[tally->at.occupancy + (move->base * plan->n_states + move->to) * n + m] += one;
        if (move->first)
            count[tally->at.incidence + (move->base * plan->n_transitions + plan->clock[move->clock].transition) * n +
                  m] += one;
    }
}

/* Whether a run has come to what is given. */
static bool came_true(const struct plan *plan, const struct history *history)
{
    for (uint32_t i = 0; i < plan->given.n_bases; i++)
        if (!(plan->held >> history_state(history, plan, plan->given.base[i], plan->given.month) & 1))
            return false;
    return true;
}

bool tally_run(struct tally *tally, const struct history *history, size_t replicate)
{
    const struct plan *plan = tally->plan;
    uint64_t *count = tally_block(tally, replicate);
    size_t held = 0;

    count[tally->at.tried] += one;
    if (!came_true(plan, history))
        return false;
    count[tally->at.runs] += one;
    count[tally->at.squares] += one;
    count[tally->at.answered] += one;
    count_questions(tally, count, history);
    if (plan->answers_only)
        return true;
    for (size_t b = 0; b < plan->n_bases; b++) {
        count[tally->at.state + b * plan->n_states + history->state[b]] += one;
        held += plan->held >> history->state[b] & 1;
    }
    count[tally->at.held + held] += one;
    count_factors(tally, count, history, replicate);
    count_curves(tally, count, history);
    if (tally->few.n_first + 2 * (plan->n_bases + 1) > tally->few.room)
        settle_times(tally);
    count_first(tally, history, ~plan->held, &tally->at.loss);
    count_first(tally, history, plan->deal, &tally->at.deal);
    return true;
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
