/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shapley shares: closed forms, and what must hold of any game. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include "sim/engine/stream.h"
#include "sim/math/shapley.h"
#include "sim/system/memory.h"

static double uniform(uint64_t seed, size_t pair, size_t place)
{
    uint64_t word[STREAM_LANES];

    stream_words(word, seed, plan_key("test.order"), (struct stream_place){.world = pair, .group = place});
    return design_to_uniform(word[0]);
}

typedef double game_value(const bool *member, size_t n);

static double *values(const struct shapley *shapley, game_value *value, bool swapped)
{
    double *out = memory_new(shapley->n_coalitions, sizeof *out);
    bool *member = memory_new(shapley->n_players, sizeof *member);

    for (size_t c = 0; c < shapley->n_coalitions; c++) {
        for (size_t i = 0; i < shapley->n_players; i++)
            member[i] = shapley->member[c * shapley->n_players + i] != swapped;
        out[c] = value(member, shapley->n_players);
    }
    free(member);
    return out;
}

static double *shares(size_t n, size_t pairs, game_value *value, bool swapped)
{
    double *share = memory_new(n, sizeof *share), *v;
    struct shapley shapley;

    shapley_init(&shapley, n, pairs, uniform, 7);
    v = values(&shapley, value, swapped);
    shapley_shares(&shapley, v, share);
    free(v);
    shapley_free(&shapley);
    return share;
}

/* A logit of two analysts' numbers, with an interaction (Sobol's kind of check: nothing is additive). */
static double two_analysts(const bool *member, size_t n)
{
    const double z = (member[0] ? 0.2 : -0.5) + (member[1] ? 1.1 : 0.4) + (member[2] ? -1.0 : -0.3) +
                     (member[1] && member[2] ? 0.5 : 0.0);

    (void)n;
    return 1.0 / (1.0 + exp(-z));
}

static void logit_of_two_analysts(void **state)
{
    static const double expected[] = {0.164073241, 0.225906665, -0.101317765};
    double *share = shares(3, 0, two_analysts, false);

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_true(fabs(share[i] - expected[i]) < 5e-10);
    assert_true(fabs(share[0] + share[1] + share[2] - 0.288662141) < 5e-10);
    free(share);
}

/* Something with interactions of all orders; nothing hangs on player 2, 0 and 1 are alike. */
static double tangled(const bool *member, size_t n)
{
    double x = 0.1;

    for (size_t i = 0; i < n; i++)
        if (member[i] && i != 2)
            x = sin(3.0 * x) + 0.01 * (double)(i < 2 ? 1 : i);
    return x;
}

static double additive(const bool *member, size_t n)
{
    double x = 0.25;

    for (size_t i = 0; i < n; i++)
        x += member[i] ? (double)(i + 1) / 64.0 : 0.0;
    return x;
}

static void shares_add_up(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 15; n++) {
        double *share = shares(n, 5, tangled, false), sum = 0.0;
        bool *all = memory_new(2 * n, sizeof *all);

        for (size_t i = 0; i < n; i++) {
            sum += share[i];
            all[i] = true;
        }
        assert_true(fabs(sum - (tangled(all, n) - tangled(all + n, n))) < 1e-12);
        if (n > 2)
            assert_true(share[2] == 0.0);
        free(all);
        free(share);
    }
}

static void alike_players_share_alike(void **state)
{
    double *share = shares(9, 0, tangled, false);

    (void)state;
    assert_true(fabs(share[0] - share[1]) < 1e-15);
    free(share);
}

static void the_other_way_round_every_sign_turns(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 15; n++) {
        double *there = shares(n, 4, tangled, false), *back = shares(n, 4, tangled, true);

        for (size_t i = 0; i < n; i++)
            assert_true(there[i] == -back[i]);
        free(there);
        free(back);
    }
}

static void sampled_orders_are_exact_where_nothing_interacts(void **state)
{
    enum { N = 20 };
    double share[N], error[N], *v;
    struct shapley shapley;

    (void)state;
    shapley_init(&shapley, N, 3, uniform, 1);
    v = values(&shapley, additive, false);
    shapley_shares(&shapley, v, share);
    shapley_errors(&shapley, v, error);
    for (size_t i = 0; i < N; i++) {
        assert_true(share[i] == (double)(i + 1) / 64.0);
        assert_true(error[i] == 0.0);
    }
    free(v);
    shapley_free(&shapley);
}

/* The sampled shares of a game that can be had exactly lie within their errors: 13 players, 6 standard errors by Student's t
 * with 199 degrees of freedom, a false alarm in 1e8 each. */
static void sampled_orders_come_near(void **state)
{
    enum { N = 13, PAIRS = 200 };
    double share[N], error[N], exact[N] = {0.0}, *v;
    struct shapley shapley;
    bool member[N];

    (void)state;
    shapley_init(&shapley, N, PAIRS, uniform, 3);
    v = values(&shapley, tangled, false);
    shapley_shares(&shapley, v, share);
    shapley_errors(&shapley, v, error);
    for (size_t i = 0; i < N; i++)
        for (size_t mask = 0; mask < (size_t)1 << N; mask++) {
            double weight = 1.0 / N, without;
            size_t size = 0;

            if (mask >> i & 1)
                continue;
            for (size_t k = 0; k < N; k++) {
                member[k] = mask >> k & 1;
                size += member[k];
            }
            for (size_t k = 1; k <= size; k++)
                weight = weight * (double)k / (double)(N - k);
            without = tangled(member, N);
            member[i] = true;
            exact[i] += weight * (tangled(member, N) - without);
        }
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(share[i] - exact[i]) <= 6.0 * error[i] + 1e-15);
    free(v);
    shapley_free(&shapley);
}

static void orders_depend_on_the_seed_alone(void **state)
{
    struct shapley a, b, c;
    bool differs = false;

    (void)state;
    shapley_init(&a, 14, 6, uniform, 5);
    shapley_init(&b, 14, 9, uniform, 5); /* more orders begin with the same */
    shapley_init(&c, 14, 6, uniform, 6);
    for (size_t i = 0; i < (size_t)2 * 6 * 14; i++) {
        assert_int_equal(a.order[i], b.order[i]);
        differs = differs || a.order[i] != c.order[i];
    }
    assert_true(differs);
    shapley_free(&a);
    shapley_free(&b);
    shapley_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logit_of_two_analysts),
        cmocka_unit_test(shares_add_up),
        cmocka_unit_test(alike_players_share_alike),
        cmocka_unit_test(the_other_way_round_every_sign_turns),
        cmocka_unit_test(sampled_orders_are_exact_where_nothing_interacts),
        cmocka_unit_test(sampled_orders_come_near),
        cmocka_unit_test(orders_depend_on_the_seed_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
