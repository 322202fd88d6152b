/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rank.h - what matters most first.
 *
 * Two standard errors from zero is the rule for telling an effect from noise, everywhere in the reports. */
#ifndef FOOTHOLD_RANK_H
#define FOOTHOLD_RANK_H
#include <stdbool.h>
#include "sim/analysis/answer.h"

struct ranked {
    double size;
    size_t at; /* in answer->factor or answer->driver */
};

/* Levers and events by |difference| for a question, drivers by index: largest first, equals as in the answer,
 * those of which nothing can be said (NAN) left out. ranked has room for all; returns how many there are. */
size_t rank_factors(struct ranked *ranked, const struct answer *answer, size_t question);
size_t rank_drivers(struct ranked *ranked, const struct answer *answer, size_t question);

/* Share of the first question's spread that quantities tagged as guesses account for, one by one; NAN: unknown. */
double rank_share_of_guesses(const struct answer *answer);

/* Can it be told from zero? */
bool rank_stands_out(double value, double se);
#endif
