/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/math/shapley.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/system/memory.h"

static void lay_out_all(struct shapley *it)
{
    const size_t n = it->n_players;

    it->n_coalitions = (size_t)1 << n;
    it->member = memory_new(it->n_coalitions * n, sizeof *it->member);
    for (size_t mask = 0; mask < it->n_coalitions; mask++)
        for (size_t i = 0; i < n; i++)
            it->member[mask * n + i] = mask >> i & 1;
}

/* ---- orders ---- */

/* Fisher-Yates shuffle, with a uniform number for each place. */
static void shuffle_order(size_t *order, size_t n, shapley_uniform *uniform, uint64_t seed, size_t pair)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i > 1; i--) {
        const size_t k = (size_t)(uniform(seed, pair, i) * (double)i), swap = order[i - 1];

        order[i - 1] = order[k];
        order[k] = swap;
    }
}

/* Find the coalition of these members, or add it. */
static size_t find_coalition(struct shapley *it, const bool *member)
{
    const size_t n = it->n_players;

    for (size_t c = 0; c < it->n_coalitions; c++)
        if (!memcmp(it->member + c * n, member, n * sizeof *member))
            return c;
    memcpy(it->member + it->n_coalitions * n, member, n * sizeof *member);
    return it->n_coalitions++;
}

/* Exchange the full coalition, number `all`, with the last one. */
static void put_last(struct shapley *it, size_t all)
{
    const size_t n = it->n_players, last = it->n_coalitions - 1, steps = 2 * it->n_pairs * (n + 1);

    memcpy(it->member + all * n, it->member + last * n, n * sizeof *it->member);
    for (size_t i = 0; i < n; i++)
        it->member[last * n + i] = true;
    for (size_t i = 0; i < steps; i++)
        it->step[i] = it->step[i] == all ? last : it->step[i] == last ? all : it->step[i];
}

static void lay_out_orders(struct shapley *it, shapley_uniform *uniform, uint64_t seed)
{
    const size_t n = it->n_players, orders = 2 * it->n_pairs;
    bool *member = memory_new(n, sizeof *member);

    it->order = memory_new(orders * n, sizeof *it->order);
    it->step = memory_new(orders * (n + 1), sizeof *it->step);
    it->member = memory_new((orders * n + 2) * n, sizeof *it->member);
    for (size_t o = 0; o < orders; o++) {
        size_t *order = it->order + o * n;

        if (o % 2 == 0)
            shuffle_order(order, n, uniform, seed, o / 2);
        for (size_t i = 0; i < n && o % 2; i++)
            order[i] = order[(ptrdiff_t)(n - 1 - i) - (ptrdiff_t)n];
        memset(member, 0, n * sizeof *member);
        for (size_t i = 0; i <= n; i++) {
            it->step[o * (n + 1) + i] = find_coalition(it, member);
            if (i < n)
                member[order[i]] = true;
        }
    }
    put_last(it, it->step[n]);
    free(member);
}

void shapley_init(struct shapley *shapley, size_t n_players, size_t n_pairs, shapley_uniform *uniform, uint64_t seed)
{
    *shapley = (struct shapley){.n_players = n_players};
    if (n_players <= SHAPLEY_EXACT) {
        lay_out_all(shapley);
        return;
    }
    shapley->n_pairs = n_pairs;
    lay_out_orders(shapley, uniform, seed);
}

void shapley_free(struct shapley *shapley)
{
    free(shapley->member);
    free(shapley->order);
    free(shapley->step);
}

/* ---- shares ---- */

/* |S|! (n - |S| - 1)! / n! = 1 / (n C(n - 1, |S|)), the same for |S| and n - 1 - |S|. */
static double coalition_weight(size_t n, size_t size)
{
    const size_t k = size < n - 1 - size ? size : n - 1 - size;
    double ways = 1.0;

    for (size_t i = 1; i <= k; i++)
        ways = ways * (double)(n - i) / (double)i;
    return 1.0 / ((double)n * ways);
}

static size_t size_of(size_t mask)
{
    size_t n = 0;

    for (; mask; mask &= mask - 1)
        n++;
    return n;
}

/* A coalition and its mirror (the complement without the player) are summed before anything else, so that exchanging v(S) and v(all but S)
 * changes signs only, to the last bit. */
static double exact_share(const struct shapley *it, const double *value, size_t player)
{
    const size_t bit = (size_t)1 << player, others = (it->n_coalitions - 1) & ~bit;
    double sum = 0.0;

    for (size_t mask = others; mask <= others; mask = (mask - 1) & others) {
        const size_t mirror = others & ~mask;
        const double here = value[mask | bit] - value[mask], there = value[mirror | bit] - value[mirror];

        if (mask > mirror)
            sum += coalition_weight(it->n_players, size_of(mask)) * (here + there);
        else if (mask == mirror)
            sum += coalition_weight(it->n_players, size_of(mask)) * here;
        if (!mask)
            break;
    }
    return sum;
}

/* The sum of what a player adds in the two orders of a pair. */
static double pair_share(const struct shapley *it, const double *value, size_t pair, size_t player)
{
    const size_t n = it->n_players;
    double added[2] = {0.0, 0.0};

    for (size_t k = 0; k < 2; k++) {
        const size_t *order = it->order + (2 * pair + k) * n, *step = it->step + (2 * pair + k) * (n + 1);

        for (size_t i = 0; i < n; i++)
            if (order[i] == player)
                added[k] = value[step[i + 1]] - value[step[i]];
    }
    return added[0] + added[1];
}

void shapley_shares(const struct shapley *shapley, const double *value, double *share)
{
    for (size_t i = 0; i < shapley->n_players; i++) {
        double sum = 0.0;

        for (size_t pair = 0; pair < shapley->n_pairs; pair++)
            sum += pair_share(shapley, value, pair, i);
        share[i] = shapley->n_pairs ? sum / (2.0 * (double)shapley->n_pairs) : exact_share(shapley, value, i);
    }
}

void shapley_errors(const struct shapley *shapley, const double *value, double *error)
{
    const double pairs = (double)shapley->n_pairs;

    for (size_t i = 0; i < shapley->n_players; i++) {
        double sum = 0.0, squares = 0.0;

        for (size_t pair = 0; pair < shapley->n_pairs; pair++) {
            const double share = 0.5 * pair_share(shapley, value, pair, i);

            sum += share;
            squares += share * share;
        }
        error[i] = !shapley->n_pairs       ? 0.0
                   : shapley->n_pairs == 1 ? NAN
                                           : sqrt(fmax(0.0, squares - sum * sum / pairs) / (pairs - 1.0) / pairs);
    }
}
