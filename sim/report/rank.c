/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/rank.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int larger_first(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;

    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

/* Append unless there is nothing to say; returns the new count. */
static size_t append(struct ranked *ranked, size_t n, double size, size_t at)
{
    if (isnan(size))
        return n;
    ranked[n] = (struct ranked){size, at};
    return n + 1;
}

size_t rank_factors(struct ranked *ranked, const struct answer *answer, size_t question)
{
    size_t n = 0;

    for (size_t i = 0; i < answer->n_factors; i++)
        n = append(ranked, n, fabs(answer->factor[i].by_question[question].difference.value), i);
    qsort(ranked, n, sizeof *ranked, larger_first);
    return n;
}

size_t rank_drivers(struct ranked *ranked, const struct answer *answer, size_t question)
{
    size_t n = 0;

    for (size_t i = 0; i < answer->n_inputs; i++)
        n = append(ranked, n, answer->driver[i].index[question], i);
    qsort(ranked, n, sizeof *ranked, larger_first);
    return n;
}

bool rank_stands_out(double value, double se)
{
    return value != 0.0 && fabs(value) >= 2.0 * se; /* false for NAN */
}

double rank_share_of_guesses(const struct answer *answer)
{
    const size_t question = answer->asked[0];
    double share = 0.0;
    bool known = false;

    for (size_t i = 0; i < answer->n_inputs; i++) {
        const struct answer_driver *driver = &answer->driver[i];

        known = known || !isnan(driver->index[question]);
        if (driver->tag && strcmp(driver->tag, "guess") == 0 &&
            rank_stands_out(driver->index[question], driver->se[question]))
            share += driver->index[question];
    }
    return known ? share : NAN;
}
