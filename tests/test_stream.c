/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams: the published vectors, one luck for each name, and the same numbers one by one as in batches. */
#include <Random123/threefry.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "sim/system/portable.h"
#include "sim/engine/design.h"
#include "sim/engine/stream.h"

enum { N = 64, MANY = 400000 };

static const struct key128 nobody = {{0, 0}, 0};

/* Random123's tests/kat_vectors: threefry4x64, 20 and 13 rounds, counter and key all zero */
static void threefry_gives_its_published_vectors(void **state)
{
    static const uint64_t twenty[] = {UINT64_C(0x09218ebde6c85537), UINT64_C(0x55941f5266d86105),
                                      UINT64_C(0x4bd25e16282434dc), UINT64_C(0xee29ec846bd2e40b)};
    static const uint64_t thirteen[] = {UINT64_C(0x4071fabee1dc8e05), UINT64_C(0x02ed3113695c9c62),
                                        UINT64_C(0x397311b5b89f9d49), UINT64_C(0xe21292c3258024bc)};
    const threefry4x64_ctr_t zero = {{0, 0, 0, 0}};
    const threefry4x64_key_t key = {{0, 0, 0, 0}};
    const threefry4x64_ctr_t out = threefry4x64_R(20, zero, key);
    uint64_t word[STREAM_LANES];

    (void)state;
    assert_memory_equal(out.v, twenty, sizeof twenty);
    stream_words(word, 0, nobody, (struct stream_place){.world = 0});
    assert_memory_equal(word, thirteen, sizeof thirteen);
}

static void a_batch_is_the_same_as_one_by_one(void **state)
{
    const struct key128 key = plan_key("debt_relief");
    const uint64_t point[1] = {UINT64_C(0x123456789abcdef0)};
    const struct design_place place[] = {{.strata = 1}, {true, 77, 5, point, 0}, {true, 77, 5, point, 1}};
    double uniform[N], exponential[N];

    (void)state;
    for (uint64_t kind = 0; kind < 6; kind++) {
        const struct stream first = {7, 3, 128, place[kind / 2]};
        const uint64_t occurrence = kind % 2;

        stream_uniforms(uniform, N, &first, key, occurrence);
        stream_exponentials(exponential, N, &first, key, occurrence);
        for (uint64_t i = 0; i < N; i++) {
            const struct stream stream = {7, 3, 128 + i, first.place};

            assert_true(uniform[i] == stream_uniform(&stream, key, occurrence));
            assert_true(exponential[i] == stream_exponential(&stream, key, occurrence));
            assert_true(exponential[i] == -portable_log(uniform[i]));
        }
    }
}

static double first_draw(uint64_t world, uint64_t run)
{
    static const struct plan plan = {.n_coordinates = 1};
    static const struct design design = {.plan = &plan};
    const struct stream stream = {7, world, run, design_place(&design, NULL, world)};

    return stream_uniform(&stream, plan_key("debt_relief"), 0);
}

/* What is laid out by the design: over any 2^m worlds of a replicate in line a run fills all 2^m strata. */
static void a_run_fills_all_strata_over_worlds(void **state)
{
    (void)state;
    for (uint64_t run = 0; run < 8; run++)
        for (uint64_t block = 0; block < 8; block++) {
            bool filled[N] = {false};

            for (uint64_t k = block * N; k < (block + 1) * N; k++)
                filled[(size_t)(first_draw(k * REPLICATES + 3, run) * N)] = true;
            for (size_t s = 0; s < N; s++)
                assert_true(filled[s]);
        }
}

/* Of a world it is uniform. */
static void the_first_draws_of_a_world_are_uniform(void **state)
{
    enum { RUNS = 40000 };

    (void)state;
    for (uint64_t world = 0; world < 4; world++) {
        double sum = 0.0, squares = 0.0;

        for (uint64_t run = 0; run < RUNS; run++) {
            const double u = first_draw(world * 77777, run) - 0.5;

            sum += u;
            squares += u * u;
        }
        assert_true(fabs(sum / RUNS) < 6.0 * sqrt(1.0 / 12.0 / RUNS));
        assert_true(fabs(squares / RUNS - 1.0 / 12.0) < 6.0 * sqrt(1.0 / 180.0 / RUNS));
    }
}

/* Runs of a world are independent: how many of 4 fall below p is binomial, for a run that falls into either half in turn with
 * its neighbour, so that counts come in pairs and have up to twice the variance. */
static void runs_of_a_world_are_independent(void **state)
{
    static const double p[] = {0.5, 0.25, 0.1};
    enum { WORLDS = 16384 };

    (void)state;
    for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
        static const double choose[] = {1, 4, 6, 4, 1};
        double seen[5] = {0.0};

        for (uint64_t world = 0; world < WORLDS; world++) {
            size_t n = 0;

            for (uint64_t run = 0; run < 4; run++)
                n += first_draw(world, run) < p[i];
            seen[n]++;
        }
        for (int n = 0; n <= 4; n++) {
            const double true_share = choose[n] * pow(p[i], n) * pow(1.0 - p[i], 4 - n);

            assert_true(fabs(seen[n] / WORLDS - true_share) <
                        6.0 * sqrt(2.0 * true_share * (1.0 - true_share) / WORLDS));
        }
    }
}

static void seed_name_world_run_and_occurrence_each_matter(void **state)
{
    const struct key128 key = plan_key("a"), other = plan_key("b");
    const struct stream stream = {0}, seed = {.seed = 1}, world = {.world = 1}, run = {.run = 1}, far = {.run = 4};
    const double u[] = {stream_uniform(&stream, key, 0), stream_uniform(&seed, key, 0),
                        stream_uniform(&world, key, 0),  stream_uniform(&run, key, 0),
                        stream_uniform(&far, key, 0),    stream_uniform(&stream, other, 0),
                        stream_uniform(&stream, key, 1)};

    (void)state;
    for (size_t i = 0; i < sizeof u / sizeof *u; i++)
        for (size_t j = 0; j < i; j++)
            assert_true(u[i] != u[j]);
}

static void uniforms_stay_inside_and_are_even(void **state)
{
    double sum = 0.0, squares = 0.0;

    (void)state;
    assert_true(design_to_uniform(0) > 0.0);
    assert_true(design_to_uniform(UINT64_MAX) < 1.0);
    for (uint64_t i = 0; i < MANY; i++) {
        const struct stream stream = {.seed = 11, .run = i};
        const double u = stream_uniform(&stream, nobody, 0) - 0.5;

        sum += u;
        squares += u * u;
    }
    assert_true(fabs(sum / MANY) < 6.0 * sqrt(1.0 / 12.0 / MANY));
    assert_true(fabs(squares / MANY - 1.0 / 12.0) < 6.0 * sqrt(1.0 / 180.0 / MANY));
}

static void own_log_and_exp_are_right_to_the_last_digits(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < MANY; i++) {
        const struct stream stream = {.seed = 9, .run = i};
        const double u = stream_uniform(&stream, nobody, 0), x = (u - 0.5) * 80.0;

        assert_true(fabs(portable_log(u) - log(u)) <= 4e-16 * fmax(fabs(log(u)), 0.1));
        assert_true(fabs(portable_exp(x) - exp(x)) <= 4e-16 * exp(x));
    }
    assert_true(portable_log(1.0) == 0.0);
    assert_true(portable_exp(0.0) == 1.0);
    assert_true(portable_exp(-800.0) == 0.0);
    assert_true(portable_exp(800.0) == INFINITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threefry_gives_its_published_vectors),
        cmocka_unit_test(a_batch_is_the_same_as_one_by_one),
        cmocka_unit_test(a_run_fills_all_strata_over_worlds),
        cmocka_unit_test(the_first_draws_of_a_world_are_uniform),
        cmocka_unit_test(runs_of_a_world_are_independent),
        cmocka_unit_test(seed_name_world_run_and_occurrence_each_matter),
        cmocka_unit_test(uniforms_stay_inside_and_are_even),
        cmocka_unit_test(own_log_and_exp_are_right_to_the_last_digits),
    };

    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
