/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shapley.h - Shapley shares of a cooperative game: to each player what it adds on joining, averaged over all orders of joining.
 *
 * share_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)); shares add up to v(all) - v(none).
 * Shapley (1953), A value for n-person games. For many players orders are sampled, each with its reverse (Castro, Gomez &
 * Tejada 2009, Polynomial calculation of the Shapley value based on sampling; antithetic pairs: Mitchell et al. 2022, Sampling
 * permutations for Shapley value estimation). The same game with v(S) and v(all but S) exchanged gives the same shares with
 * their signs turned, to the last bit. */
#ifndef FOOTHOLD_SHAPLEY_H
#define FOOTHOLD_SHAPLEY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHAPLEY_EXACT = 12 }; /* players; beyond that 2^n coalitions are too many */

struct shapley {
    size_t n_players, n_coalitions;
    bool *member;   /* [coalition * n_players + player]; coalition 0 is none, the last is all */
    size_t n_pairs; /* of orders; 0: exact */
    size_t *order;  /* [order * n_players + place], each pair two orders */
    size_t *step;   /* [order * (n_players + 1) + place]: the coalition of the first `place` of them */
};

/* A number in (0, 1) for a place of a pair of orders: a pure function of its arguments. */
typedef double shapley_uniform(uint64_t seed, size_t pair, size_t place);

/* List the coalitions whose values are needed. n_pairs and uniform: used when there are more players than SHAPLEY_EXACT. Free with
 * shapley_free. */
void shapley_init(struct shapley *shapley, size_t n_players, size_t n_pairs, shapley_uniform *uniform, uint64_t seed);
void shapley_free(struct shapley *shapley);

/* Each player's share (n_players) of the values of the coalitions. */
void shapley_shares(const struct shapley *shapley, const double *value, double *share);

/* Each player's standard error from having sampled orders; 0 where none were. */
void shapley_errors(const struct shapley *shapley, const double *value, double *error);
#endif
