#include "sim/report/rank.h"
#include <math.h>
#include <stdlib.h>

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
