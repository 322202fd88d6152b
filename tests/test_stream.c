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
    double uniform[N], exponential[N];

    (void)state;
    for (uint64_t kind = 0; kind < 4; kind++) {
        const struct luck first = {7, 3, 128, kind / 2 ? point : NULL};
        const uint64_t occurrence = kind % 2;

        stream_uniforms(uniform, N, &first, key, occurrence);
        stream_exponentials(exponential, N, &first, key, occurrence);
        for (uint64_t i = 0; i < N; i++) {
            const struct luck luck = {7, 3, 128 + i, first.point};

            assert_true(uniform[i] == stream_uniform(&luck, key, occurrence));
            assert_true(exponential[i] == stream_exponential(&luck, key, occurrence));
            assert_true(exponential[i] == -portable_log(uniform[i]));
        }
    }
}

/* What is laid out by the design: within a world runs differ by what they are in any other world of its replicate. */
static void a_point_moves_all_runs_alike(void **state)
{
    const struct key128 key = plan_key("debt_relief");
    const uint64_t none[1] = {0}, half[1] = {UINT64_C(1) << 63};

    (void)state;
    for (uint64_t run = 0; run < N; run++) {
        const struct luck luck = {7, 3, run, none}, same = {7, 3 + REPLICATES, run, none}, moved = {7, 3, run, half};
        const double u = stream_uniform(&luck, key, 0);

        assert_true(u == stream_uniform(&same, key, 0));
        assert_true(fabs(fabs(u - stream_uniform(&moved, key, 0)) - 0.5) < 1e-15);
        assert_true(stream_uniform(&luck, key, 1) != stream_uniform(&same, key, 1));
    }
}

static void seed_name_world_run_and_occurrence_each_matter(void **state)
{
    const struct key128 key = plan_key("a"), other = plan_key("b");
    const struct luck luck = {0, 0, 0, NULL}, seed = {1, 0, 0, NULL}, world = {0, 1, 0, NULL}, run = {0, 0, 1, NULL},
                      far = {0, 0, 4, NULL};
    const double u[] = {stream_uniform(&luck, key, 0), stream_uniform(&seed, key, 0), stream_uniform(&world, key, 0),
                        stream_uniform(&run, key, 0),  stream_uniform(&far, key, 0),  stream_uniform(&luck, other, 0),
                        stream_uniform(&luck, key, 1)};

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
        const struct luck luck = {11, 0, i, NULL};
        const double u = stream_uniform(&luck, nobody, 0) - 0.5;

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
        const struct luck luck = {9, 0, i, NULL};
        const double u = stream_uniform(&luck, nobody, 0), x = (u - 0.5) * 80.0;

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
        cmocka_unit_test(a_point_moves_all_runs_alike),
        cmocka_unit_test(seed_name_world_run_and_occurrence_each_matter),
        cmocka_unit_test(uniforms_stay_inside_and_are_even),
        cmocka_unit_test(own_log_and_exp_are_right_to_the_last_digits),
    };

    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
