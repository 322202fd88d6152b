/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worlds and tallies: strata filled, orders independent, shares with honest errors, parts that add up to the whole. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "sim/engine/play.h"
#include "tests/fixture.h"

static const char text[] =
    "format = 1; as_of = \"2025-01-01\"; horizon = 24.0;"
    "states = { LOST = { held = false; final = true; }; LIMBO = { held = true; initial = true; }; };"
    "bases = { port = { }; field = { }; };"
    "transitions = { exit = { from = \"LIMBO\"; to = \"LOST\"; per_month = (\"uniform\", 0.01, 0.09); }; };"
    "events = { storm = { per_month = (\"lognormal\", 0.05, 0.2); effects = { exit = 2.0; }; }; };";

static int set_up(void **state)
{
    *state = fixture_make(text);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

enum { STRATA = 64 };

/* World k is point k / REPLICATES of replicate k % REPLICATES. */
static void each_replicate_fills_all_strata_of_each_coordinate(void **state)
{
    const struct fixture *it = *state;
    struct world world;

    world_init(&world, it->plan);
    for (size_t d = 0; d < 2; d++) {
        struct design design;

        design_init(&design, it->plan, d ? DESIGN_SOBOL : DESIGN_STRATIFIED, 1);
        for (size_t c = 0; c < (d ? it->plan->n_coordinates : it->plan->n_inputs); c++)
            for (uint64_t replicate = 0; replicate < REPLICATES; replicate++) {
                bool filled[STRATA] = {false};

                for (uint64_t k = 0; k < STRATA; k++) {
                    world_draw(&world, it->plan, &design, k * REPLICATES + replicate);
                    filled[world.point[c] / (UINT64_MAX / STRATA + 1)] = true;
                }
                for (size_t s = 0; s < STRATA; s++)
                    assert_true(filled[s]);
            }
        design_free(&design);
    }
    world_free(&world);
}

/* The first two dimensions of Sobol's sequence fill all squares of every shape. */
static void sobol_fills_the_squares_of_its_first_dimensions(void **state)
{
    const struct fixture *it = *state;
    struct design design;
    uint64_t *point = memory_new(it->plan->n_coordinates, sizeof *point);

    design_init(&design, it->plan, DESIGN_SOBOL, 5);
    for (unsigned wide = 0; wide <= 6; wide++) {
        bool filled[STRATA] = {false};

        for (uint64_t k = 0; k < STRATA; k++) {
            design_point(&design, point, k * REPLICATES);
            filled[(wide ? point[0] >> (64 - wide) : 0) << (6 - wide) | (wide < 6 ? point[1] >> (58 + wide) : 0)] =
                true;
        }
        for (size_t s = 0; s < STRATA; s++)
            assert_true(filled[s]);
    }
    design_free(&design);
    free(point);
}

/* Of Joe & Kuo's direction numbers the first d dimensions have property A (Sobol 1976): any aligned 2^d points have one in each of
 * the 2^d parts into which halving every axis cuts the cube. Scrambles keep that. */
static void sobol_fills_all_halves_of_many_dimensions(void **state)
{
    enum { D = 10 };
    static const char many[] =
        "format = 1; as_of = \"2025-01-01\"; horizon = 24.0;"
        "states = { LOST = { held = false; }; LIMBO = { held = true; initial = true; }; };"
        "bases = { port = { }; }; parameters = { a = (\"uniform\", 0, 1); b = (\"uniform\", 0, 1);"
        "c = (\"uniform\", 0, 1); d = (\"uniform\", 0, 1); e = (\"uniform\", 0, 1);"
        "f = (\"uniform\", 0, 1); g = (\"uniform\", 0, 1); h = (\"uniform\", 0, 1);"
        "i = (\"uniform\", 0, 1); j = (\"uniform\", 0, 1); };";
    struct fixture *it = fixture_make(many);
    struct design design;
    uint64_t *point;

    (void)state;
    assert_non_null(it);
    assert_true(it->plan->n_coordinates >= D);
    point = memory_new(it->plan->n_coordinates, sizeof *point);
    design_init(&design, it->plan, DESIGN_SOBOL, 9);
    for (size_t d = 1; d <= D; d++)
        for (uint64_t run = 0; run < 2; run++) {
            bool filled[1 << D] = {false};

            for (uint64_t k = 0; k < (uint64_t)1 << d; k++) {
                size_t part = 0;

                design_point(&design, point, ((run << d) + k) * REPLICATES);
                for (size_t c = 0; c < d; c++)
                    part = part << 1 | (size_t)(point[c] >> 63);
                assert_false(filled[part]);
                filled[part] = true;
            }
        }
    design_free(&design);
    free(point);
    fixture_free(it);
}

/* The correlation of N independent pairs has a standard deviation of about 1 / sqrt(N). */
static void inputs_run_through_their_strata_in_orders_of_their_own(void **state)
{
    static const enum design_kind kind[] = {DESIGN_STRATIFIED, DESIGN_MC};
    const struct fixture *it = *state;
    struct world world;
    enum { N = 32768 };

    world_init(&world, it->plan);
    assert_int_equal(it->plan->n_inputs, 2);
    for (size_t d = 0; d < 2; d++) {
        struct design design;
        double sum = 0.0;

        design_init(&design, it->plan, kind[d], 3);
        for (uint64_t k = 0; k < N; k++) {
            world_draw(&world, it->plan, &design, k);
            sum += (world.uniform[0] - 0.5) * (world.uniform[1] - 0.5);
        }
        assert_true(fabs(sum / N * 12.0) < 6.0 / sqrt(N));
        design_free(&design);
    }
    world_free(&world);
}

static struct play_settings settings(enum design_kind design, uint64_t seed, uint64_t worlds)
{
    return (struct play_settings){
        .seed = seed, .n_worlds = worlds, .n_runs = 16, .precision = NAN, .design = design, .threads = 1};
}

static void tallies_of_parts_add_up_to_the_whole(void **state)
{
    const struct fixture *it = *state;
    const struct plan *plan = it->plan;
    const struct play_settings few = settings(DESIGN_STRATIFIED, 2, 64), more = settings(DESIGN_STRATIFIED, 2, 128);
    struct play_result part, whole;
    const struct tally *half, *all;

    play(&part, &plan, 1, &few);
    play(&whole, &plan, 1, &more);
    half = &part.arm[0].tally;
    all = &whole.arm[0].tally;
    assert_true(tally_total(all, all->at.runs) == (uint64_t)(128 * 16 * TALLY_ONE));
    for (size_t q = 0; q < plan->n_questions; q++)
        assert_true(tally_total(half, half->at.question + q) <= tally_total(all, all->at.question + q));
    for (size_t b = 0; b < plan->n_bases; b++) {
        uint64_t n = 0;

        for (size_t s = 0; s < plan->n_states; s++)
            n += tally_total(all, all->at.state + b * plan->n_states + s);
        assert_true(fabs((double)n / TALLY_ONE / (128 * 16) - 1.0) < 1e-6); /* what is computed has six digits */
    }
    tally_merge(&part.arm[0].tally, &whole.arm[0].tally);
    assert_true(tally_total(half, half->at.runs) == (uint64_t)(192 * 16 * TALLY_ONE));
    play_free(&part);
    play_free(&whole);
}

/* The spread of a share over many seeds is what its standard error says, for either design. The ratio of the two is that of a
 * chi-square to its degrees of freedom, one less than the seeds: outside the limits less often than once in 10^8. And
 * strata help. */
static void the_error_of_a_share_is_its_spread_over_seeds(void **state)
{
    const struct fixture *it = *state;
    const struct plan *plan = it->plan;
    const bool quick = getenv("FOOTHOLD_QUICK") != NULL;
    const uint64_t seeds = quick ? 100 : 400;
    const double low = quick ? 0.35 : 0.65, high = quick ? 2.2 : 1.5;
    double spread[2];

    for (int d = 0; d < 2; d++) {
        double sum = 0.0, squares = 0.0, said = 0.0, mean;

        for (uint64_t seed = 0; seed < seeds; seed++) {
            const struct play_settings set = settings(d ? DESIGN_MC : DESIGN_STRATIFIED, seed, 64);
            struct play_result result;
            double se, p;

            play(&result, &plan, 1, &set);
            p = tally_share(&result.arm[0].tally, result.arm[0].tally.at.question, &se);
            sum += p;
            squares += p * p;
            said += se * se / (double)seeds;
            play_free(&result);
        }
        mean = sum / (double)seeds;
        spread[d] = squares / (double)seeds - mean * mean;
        assert_true(spread[d] / said > low && spread[d] / said < high);
    }
    assert_true(spread[0] < spread[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_replicate_fills_all_strata_of_each_coordinate),
        cmocka_unit_test(sobol_fills_the_squares_of_its_first_dimensions),
        cmocka_unit_test(sobol_fills_all_halves_of_many_dimensions),
        cmocka_unit_test(inputs_run_through_their_strata_in_orders_of_their_own),
        cmocka_unit_test(tallies_of_parts_add_up_to_the_whole),
        cmocka_unit_test(the_error_of_a_share_is_its_spread_over_seeds),
    };

    return cmocka_run_group_tests_name("world", tests, set_up, tear_down);
}
