/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs come to, counted side by side, is what it is when each is looked at by itself. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "sim/engine/replay.h"
#include "sim/engine/bit_tally.h"
#include "tests/fixture.h"

static const char text[] =
    "format = 1; as_of = \"2025-01-01\"; horizon = 10.5; model = \"hazard\";"
    "states = { LOST = { held = false; final = true; }; LIMBO = { held = true; initial = true; };"
    "  DEAL = { held = true; deal = true; }; };"
    "bases = { port = { }; field = { initial = \"DEAL\"; }; camp = { }; };"
    "transitions = {"
    "  exit = { from = [\"LIMBO\", \"DEAL\"]; to = \"LOST\"; per_month = 0.05; };"
    "  sign = { from = \"LIMBO\"; to = \"DEAL\"; per_month = 0.2; };"
    "  back = { from = \"DEAL\"; to = \"LIMBO\"; per_month = 0.3; }; };"
    "levers = {"
    "  aid = { chance = 0.6; when = (\"uniform\", 0, 12); effects = { exit = 2.0; }; };"
    "  bid = { per_month = 0.2; lasts = 2.0; recurs = true; effects = { sign = 0.5; }; };"
    "  old = { at = 0.0; effects = { exit = 1.1; }; }; };"
    "couplings = ( { when = \"port lost\"; effects = { camp = { exit = 3.0; }; }; } );"
    "questions = {"
    "  all = { are = \"held\"; month = 6.0; };"
    "  two = { are = \"held\"; month = 10.5; count = 2; };"
    "  deal = { bases = [\"port\", \"camp\"]; are = [\"DEAL\"]; month = 6.0; count = 1; };"
    "  aid = { happens = \"aid\"; month = 4.0; };"
    "  sign = { happens = \"sign\"; month = 3.0; };"
    "  start = { are = \"held\"; month = 0.0; }; };";

enum { WORLDS = 40 };

static bool says_yes(const struct plan *plan, const struct history *history, const struct plan_question *question)
{
    uint32_t n = 0;

    if (question->of_clock && question->factor != UINT32_MAX)
        return history->first[plan->factor[question->factor].clock] <= question->month;
    if (question->of_clock) {
        for (uint32_t b = 0; b < plan->n_bases; b++)
            n += history->first[plan->base[b].clocks.first + question->transition] <= question->month;
        return n > 0;
    }
    for (uint32_t i = 0; i < question->n_bases; i++)
        n += (uint32_t)(question->states >> history_state(history, plan, question->base[i], question->month) & 1);
    return n >= question->at_least;
}

/* The first month a base was in one of some states; INFINITY: never. */
static double first_in(const struct plan *plan, const struct history *history, uint32_t b, uint64_t states)
{
    if (states >> plan->base[b].initial & 1)
        return 0.0;
    for (uint32_t i = 0; i < history->n_moves; i++)
        if (history->move[i].base == b && states >> history->move[i].to & 1)
            return history->move[i].month;
    return INFINITY;
}

static void add(struct tally *plain, size_t cell)
{
    tally_add(tally_block(plain, 0), cell, 1.0);
}

static void add_times(struct tally *plain, const struct history *history, const struct tally_times *at, uint64_t states)
{
    const struct plan *plan = plain->plan;
    double first = INFINITY;

    for (uint32_t b = 0; b < plan->n_bases; b++) {
        const double month = first_in(plan, history, b, states);

        if (month < INFINITY)
            tally_time(plain, tally_block(plain, 0), at, b, month, 1.0);
        first = fmin(first, month);
    }
    if (first < INFINITY)
        tally_time(plain, tally_block(plain, 0), at, plan->n_bases, first, 1.0);
}

/* Count one run, without any cunning. */
static void add_run(struct tally *plain, const struct history *history)
{
    const struct plan *plan = plain->plan;
    const struct tally_layout *at = &plain->at;
    const size_t months = plain->n_months;
    size_t held = 0;

    add(plain, at->runs);
    add(plain, at->squares);
    add(plain, at->tried);
    add(plain, at->answered);
    for (size_t q = 0; q < plan->n_questions; q++) {
        const bool yes = says_yes(plan, history, &plan->question[q]);

        if (yes) {
            add(plain, at->question + q);
            add(plain, at->as_drawn + q);
        }
        for (size_t f = 0; f < plan->n_factors; f++)
            if (history->first[plan->factor[f].clock] <= plan->question[q].month) {
                add(plain, at->came + f * plan->n_questions + q);
                if (yes)
                    add(plain, at->came_yes + f * plan->n_questions + q);
            }
    }
    for (uint32_t b = 0; b < plan->n_bases; b++) {
        add(plain, at->state + b * plan->n_states + history->state[b]);
        add(plain, at->occupancy + (b * plan->n_states + plan->base[b].initial) * months);
        held += plan->held >> history->state[b] & 1;
    }
    add(plain, at->held + held);
    for (uint32_t i = 0; i < history->n_moves; i++) {
        const struct move *move = &history->move[i];
        const size_t m = tally_grid_month(plain, move->month), row = move->base * plan->n_states;

        tally_add(tally_block(plain, 0), at->occupancy + (row + move->from) * months + m, -1.0);
        add(plain, at->occupancy + (row + move->to) * months + m);
        if (move->first)
            add(plain,
                at->incidence + (move->base * plan->n_transitions + plan->clock[move->clock].transition) * months + m);
    }
    add_times(plain, history, &at->loss, ~plan->held);
    add_times(plain, history, &at->deal, plan->deal);
}

static void check_columns(const struct world_stats_column *column, const struct tally *tally)
{
    const struct plan *plan = tally->plan;

    for (size_t i = 0; i < world_stats_columns(plan); i++) {
        const size_t cell = i < plan->n_questions ? tally->at.question + i : tally->at.state + i - plan->n_questions;

        assert_int_equal(column[i].p, tally_total(tally, cell));
        assert_int_equal(column[i].p2, column[i].p);
    }
}

static void counts_what_each_run_comes_to(void **state)
{
    struct fixture *it = fixture_make(text);
    struct world_stats_column column[64] = {{0}};
    struct tally counted, plain;
    struct replay replay;
    struct bit_tally bits;
    size_t n_moves = 0;

    (void)state;
    assert_non_null(it);
    replay_init(&replay, it->plan, DESIGN_MC, 5);
    tally_init(&counted, it->plan);
    tally_init(&plain, it->plan);
    bit_tally_init(&bits, it->plan, &counted);
    for (uint64_t world = 0; world < WORLDS; world++) {
        bool yes[BIT_TALLY_RUNS][8];

        bit_tally_begin(&bits, 0);
        for (uint64_t run = 0; run < BIT_TALLY_RUNS - world; run++) {
            assert_true(replay_run(&replay, world, run));
            bit_tally_keep(&bits, &replay.history);
            add_run(&plain, &replay.history);
            n_moves += replay.history.n_moves;
            for (size_t q = 0; q < it->plan->n_questions; q++)
                yes[run][q] = says_yes(it->plan, &replay.history, &it->plan->question[q]);
        }
        bit_tally_count(&bits, column);
        for (uint64_t run = 0; run < BIT_TALLY_RUNS - world; run++)
            for (size_t q = 0; q < it->plan->n_questions; q++)
                assert_int_equal(bits.yes[q] >> run & 1, yes[run][q]);
    }
    assert_true(n_moves > 4000);
    for (size_t cell = 0; cell < counted.at.size; cell++)
        assert_int_equal(tally_total(&counted, cell), tally_total(&plain, cell));
    check_columns(column, &counted);
    bit_tally_free(&bits);
    tally_free(&counted);
    tally_free(&plain);
    replay_free(&replay);
    fixture_free(it);
}

/* Of a plan of answers, runs in which what is given has not come true count as tried only. */
static void counts_only_what_is_given(void **state)
{
    static const char *const held[] = {"camp", "port"};
    struct fixture *it = fixture_make(text);
    struct plan *answers = plan_compile_answers(it->scenario, model_find("hazard"),
                                                &(struct known_then){.month = 4.0, .base = held, .n_bases = 2},
                                                &it->plan->tables, &it->diag);
    struct world_stats_column column[8] = {{0}};
    uint64_t yes[8] = {0}, n = 0, tried = 0;
    struct tally counted;
    struct replay replay;
    struct bit_tally bits;

    (void)state;
    assert_non_null(answers);
    replay_init(&replay, answers, DESIGN_MC, 6);
    tally_init(&counted, answers);
    bit_tally_init(&bits, answers, &counted);
    for (uint64_t world = 0; world < WORLDS; world++) {
        bit_tally_begin(&bits, 0);
        for (uint64_t run = 0; run < BIT_TALLY_RUNS; run++) {
            bool given = true;

            assert_true(replay_run(&replay, world, run));
            bit_tally_keep(&bits, &replay.history);
            tried++;
            for (uint32_t i = 0; i < answers->given.n_bases; i++)
                given =
                    given && answers->held >> history_state(&replay.history, answers, answers->given.base[i], 4.0) & 1;
            n += given;
            for (size_t q = 0; q < answers->n_questions && given; q++)
                yes[q] += says_yes(answers, &replay.history, &answers->question[q]);
        }
        bit_tally_count(&bits, column);
    }
    assert_true(n > tried / 4 && n < tried);
    assert_int_equal(tally_runs(&counted), tried);
    assert_true((double)tally_total(&counted, counted.at.answered) == (double)n * TALLY_ONE);
    for (size_t q = 0; q < answers->n_questions; q++) {
        assert_true((double)tally_total(&counted, counted.at.question + q) == (double)yes[q] * TALLY_ONE);
        assert_true((double)column[q].p == (double)yes[q] * TALLY_ONE);
    }
    assert_true((double)column[answers->n_questions].p == (double)n * TALLY_ONE);
    bit_tally_free(&bits);
    tally_free(&counted);
    replay_free(&replay);
    plan_free(answers);
    fixture_free(it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_each_run_comes_to),
        cmocka_unit_test(counts_only_what_is_given),
    };

    return cmocka_run_group_tests_name("sheet", tests, NULL, NULL);
}
