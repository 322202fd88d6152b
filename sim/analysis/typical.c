/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/typical.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One firing of a clock. */
struct firing {
    uint32_t label;
    double month;
};

struct kept { /* a run that others are compared with */
    uint64_t world, run;
    struct firing *in_order, *by_label; /* n of each */
    size_t n;
    size_t n_relevant; /* of in_order, up to the last move of a base; all where none moves */
};

/* An ending while runs are added. */
struct typical_class {
    uint32_t *state; /* per base */
    bool yes;
    uint64_t n, count[REPLICATES], *came;
    struct kept *kept;
    size_t n_kept, capacity;
};

static const uint64_t one = (uint64_t)TALLY_ONE;

void typical_init(struct typical *typical, const struct plan *plan, size_t question)
{
    *typical = (struct typical){.plan = plan, .question = question};
    typical->class = arena_new(&typical->arena, TYPICAL_ENDINGS, sizeof *typical->class);
    typical->came = arena_new(&typical->arena, plan->n_factors * REPLICATES, sizeof *typical->came);
    typical->state = arena_new(&typical->arena, plan->n_bases, sizeof *typical->state);
    typical->seen = arena_new(&typical->arena, plan->n_factors, sizeof *typical->seen);
}

void typical_free(struct typical *typical)
{
    for (size_t i = 0; typical->class && i < TYPICAL_ENDINGS; i++)
        free(typical->class[i].kept);
    arena_free(&typical->arena);
    *typical = (struct typical){0};
}

/* ---- adding runs ---- */

static bool is_move(const struct plan *plan, uint32_t label)
{
    return label >= plan->n_clocks || plan->clock[label].moves_base;
}

static uint32_t label_of(const struct plan *plan, const struct event *what)
{
    return what->clock != HISTORY_NO_CLOCK ? what->clock
                                           : (uint32_t)(plan->n_clocks + what->which * plan->n_states + what->to);
}

static struct typical_class *class_of(struct typical *typical, bool yes)
{
    const struct plan *plan = typical->plan;
    const uint32_t *state = typical->state;
    struct typical_class *class = typical->class;

    for (size_t i = 0; i < typical->n_endings; i++, class ++)
        if (typical->question == SIZE_MAX ? !memcmp(class->state, state, plan->n_bases * sizeof *state)
                                          : class->yes == yes)
            return class;
    if (typical->n_endings == TYPICAL_ENDINGS)
        return NULL;
    typical->n_endings++;
    class->yes = yes;
    class->state = arena_new(&typical->arena, plan->n_bases, sizeof *class->state);
    memcpy(class->state, state, plan->n_bases * sizeof *state);
    class->came = arena_new(&typical->arena, plan->n_factors * REPLICATES, sizeof *class->came);
    return class;
}

static int by_label(const void *a, const void *b)
{
    const struct firing *x = a, *y = b;

    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    return x->month < y->month ? -1 : x->month > y->month;
}

/* Events after the month of the question cannot influence its answer, so they are ignored. */
static double last_month(const struct typical *typical)
{
    return typical->question == SIZE_MAX ? INFINITY : typical->plan->question[typical->question].month;
}

static void keep_run(struct typical *typical, struct typical_class *class, const struct play_recorded *recorded)
{
    const struct plan *plan = typical->plan;
    struct kept *kept;

    if (class->n_kept == TYPICAL_COMPARED)
        return;
    class->kept = memory_grow(class->kept, class->n_kept, &class->capacity, sizeof *class->kept);
    kept = &class->kept[class->n_kept++];
    *kept = (struct kept){.world = recorded->world, .run = recorded->run};
    kept->in_order = arena_new(&typical->arena, recorded->n, sizeof *kept->in_order);
    kept->by_label = arena_new(&typical->arena, recorded->n, sizeof *kept->by_label);
    for (size_t i = 0; i < recorded->n && recorded->event[i].month <= last_month(typical); i++)
        if (recorded->event[i].kind != EVENT_ENDS) {
            kept->in_order[kept->n++] = (struct firing){label_of(plan, &recorded->event[i]), recorded->event[i].month};
            if (recorded->event[i].kind == EVENT_MOVES)
                kept->n_relevant = kept->n;
        }
    if (!kept->n_relevant)
        kept->n_relevant = kept->n;
    memcpy(kept->by_label, kept->in_order, kept->n * sizeof *kept->by_label);
    if (kept->n)
        qsort(kept->by_label, kept->n, sizeof *kept->by_label, by_label);
}

/* Mark the levers and events that occurred by then. */
static void mark_factors(struct typical *typical, const struct play_recorded *recorded)
{
    memset(typical->seen, 0, typical->plan->n_factors * sizeof *typical->seen);
    for (size_t i = 0; i < recorded->n && recorded->event[i].month <= last_month(typical); i++)
        if (recorded->event[i].kind == EVENT_COMES)
            typical->seen[recorded->event[i].which] = true;
}

static void count_seen(const struct typical *typical, uint64_t *came, size_t replicate)
{
    for (size_t f = 0; f < typical->plan->n_factors; f++)
        if (typical->seen[f])
            came[f * REPLICATES + replicate] += one;
}

void typical_add(struct typical *typical, const struct play_recorded *recorded)
{
    const struct plan *plan = typical->plan;
    const size_t replicate = recorded->world % REPLICATES;
    struct typical_class *class;

    for (size_t b = 0; b < plan->n_bases; b++)
        typical->state[b] = plan->base[b].initial;
    for (size_t i = 0; i < recorded->n; i++)
        if (recorded->event[i].kind == EVENT_MOVES)
            typical->state[recorded->event[i].which] = recorded->event[i].to;
    typical->n_runs++;
    typical->tried[replicate] += one;
    mark_factors(typical, recorded);
    count_seen(typical, typical->came, replicate);
    class = class_of(typical, typical->question != SIZE_MAX && recorded->yes[typical->question]);
    if (!class) {
        typical->left_out[replicate] += one;
        return;
    }
    class->n++;
    class->count[replicate] += one;
    count_seen(typical, class->came, replicate);
    keep_run(typical, class, recorded);
}

/* ---- the typical run ---- */

static double min_double(double a, double b)
{
    return a < b ? a : b;
}

/* Firings are sorted by clock and month, so one merge pass pairs the k-th firing of a clock in both runs: O(n). */
static double distance_between(const struct kept *a, const struct kept *b, double horizon)
{
    const double a_month = 2.0 / horizon;
    size_t i = 0, j = 0;
    double sum = 0.0;

    while (i < a->n && j < b->n) {
        const struct firing *x = &a->by_label[i], *y = &b->by_label[j];

        if (x->label == y->label) {
            sum += min_double(1.0, a_month * fabs(x->month - y->month));
            i++;
            j++;
        } else {
            sum += 1.0;
            if (x->label < y->label)
                i++;
            else
                j++;
        }
    }
    return sum + (double)(a->n - i) + (double)(b->n - j);
}

/* All pairs: TYPICAL_COMPARED^2 / 2 distances. Ties go to the earlier run, so the result does not depend on the number of threads. */
static void find_medoid(const struct typical *typical, const struct typical_class *class, struct typical_ending *ending)
{
    double *sum = memory_new(class->n_kept, sizeof *sum);
    size_t best = 0;

    for (size_t i = 0; i < class->n_kept; i++)
        for (size_t j = 0; j < i; j++) {
            const double d = distance_between(&class->kept[i], &class->kept[j], typical->plan->horizon);

            sum[i] += d;
            sum[j] += d;
        }
    for (size_t i = 1; i < class->n_kept; i++)
        if (sum[i] < sum[best])
            best = i;
    ending->world = class->kept[best].world;
    ending->run = class->kept[best].run;
    ending->distance = class->n_kept > 1 ? sum[best] / (double)(class->n_kept - 1) : NAN;
    ending->n_compared = class->n_kept;
    free(sum);
}

/* ---- orders ---- */

struct sequence {
    uint32_t *label;
    size_t n;
    uint64_t world;
};

static int compare_labels(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
    for (size_t i = 0; i < n_a && i < n_b; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return n_a < n_b ? -1 : n_a > n_b;
}

static int by_labels(const void *a, const void *b)
{
    const struct sequence *x = a, *y = b;

    return compare_labels(x->label, x->n, y->label, y->n);
}

static int commonest_first(const void *a, const void *b)
{
    const struct typical_order *x = a, *y = b;

    if (x->share.value != y->share.value)
        return x->share.value > y->share.value ? -1 : 1;
    return compare_labels(x->label, x->n, y->label, y->n);
}

/* The share of n equal sequences, from[0] to from[n - 1], among all of them, with its error over replicates. */
static struct estimate share_of(const struct sequence *from, size_t n, const struct sequence *all, size_t n_all)
{
    uint64_t yes[REPLICATES] = {0}, tried[REPLICATES] = {0};
    struct estimate share = {.n = n_all};

    for (size_t i = 0; i < n; i++)
        yes[from[i].world % REPLICATES] += one;
    for (size_t i = 0; i < n_all; i++)
        tried[all[i].world % REPLICATES] += one;
    share.value = tally_share_of(yes, tried, &share.se);
    return share;
}

/* Find the commonest orders by sorting the runs' sequences and counting equal neighbours. Returns how many are reported, TYPICAL_ORDERS at
 * most and without those seen only once or twice, which are no pattern; *n_different: how many there are. */
static size_t find_orders(struct typical *typical, const struct typical_class *class, bool moves_only,
                          struct typical_order **orders, size_t *n_different)
{
    struct arena *arena = &typical->arena;
    struct sequence *sequence = arena_new(arena, class->n_kept, sizeof *sequence);
    struct typical_order *order = arena_new(arena, class->n_kept, sizeof *order);
    size_t n = 0;

    for (size_t i = 0; i < class->n_kept; i++) {
        const struct kept *kept = &class->kept[i];

        sequence[i] =
            (struct sequence){.label = arena_new(arena, kept->n, sizeof *sequence->label), .world = kept->world};
        for (size_t k = 0; k < kept->n_relevant; k++)
            if (!moves_only || is_move(typical->plan, kept->in_order[k].label))
                sequence[i].label[sequence[i].n++] = kept->in_order[k].label;
    }
    qsort(sequence, class->n_kept, sizeof *sequence, by_labels);
    for (size_t i = 0, end; i < class->n_kept; i = end) {
        for (end = i + 1; end < class->n_kept && !by_labels(&sequence[i], &sequence[end]);)
            end++;
        order[n++] = (struct typical_order){sequence[i].label, sequence[i].n,
                                            share_of(&sequence[i], end - i, sequence, class->n_kept)};
    }
    *orders = order;
    *n_different = n;
    qsort(order, n, sizeof *order, commonest_first);
    n = n < TYPICAL_ORDERS ? n : TYPICAL_ORDERS;
    while (n && order[n - 1].share.value * (double)class->n_kept < 2.5)
        n--;
    return n;
}

/* ---- levers and events ---- */

static double difference_in_share(const struct typical_factor *factor)
{
    return fabs(factor->here.value - factor->all.value);
}

static int most_apart_first(const void *a, const void *b)
{
    const struct typical_factor *x = a, *y = b;

    if (difference_in_share(x) != difference_in_share(y))
        return difference_in_share(x) > difference_in_share(y) ? -1 : 1;
    return x->factor < y->factor ? -1 : x->factor > y->factor;
}

static void find_factors(struct typical *typical, const struct typical_class *class, struct typical_ending *ending)
{
    const size_t n = typical->plan->n_factors;

    ending->factor = arena_new(&typical->arena, n, sizeof *ending->factor);
    for (size_t f = 0; f < n; f++) {
        struct typical_factor *factor = &ending->factor[f];

        *factor = (struct typical_factor){.factor = (uint32_t)f};
        factor->here.value = tally_share_of(class->came + f * REPLICATES, class->count, &factor->here.se);
        factor->all.value = tally_share_of(typical->came + f * REPLICATES, typical->tried, &factor->all.se);
        factor->here.n = class->n;
        factor->all.n = typical->n_runs;
    }
    if (n)
        qsort(ending->factor, n, sizeof *ending->factor, most_apart_first);
}

/* ---- results ---- */

static int commonest_class_first(const void *a, const void *b)
{
    const struct typical_class *x = a, *y = b;

    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return x->kept[0].world != y->kept[0].world ? (x->kept[0].world < y->kept[0].world ? -1 : 1)
                                                : (x->kept[0].run < y->kept[0].run ? -1 : 1);
}

void typical_finish(struct typical *typical, size_t most)
{
    uint64_t rest[REPLICATES];

    memcpy(rest, typical->left_out, sizeof rest);
    if (typical->n_endings)
        qsort(typical->class, typical->n_endings, sizeof *typical->class, commonest_class_first);
    for (size_t i = most; i < typical->n_endings; i++)
        for (size_t r = 0; r < REPLICATES; r++)
            rest[r] += typical->class[i].count[r];
    typical->rest = (struct estimate){.n = typical->n_runs};
    typical->rest.value = tally_share_of(rest, typical->tried, &typical->rest.se);
    typical->n_endings = typical->n_endings < most ? typical->n_endings : most;
    typical->ending = arena_new(&typical->arena, typical->n_endings, sizeof *typical->ending);
    for (size_t i = 0; i < typical->n_endings; i++) {
        const struct typical_class *class = &typical->class[i];
        struct typical_ending *ending = &typical->ending[i];
        size_t n_different;

        *ending = (struct typical_ending){.state = class->state, .yes = class->yes, .n = class->n};
        ending->share.n = typical->n_runs;
        ending->share.value = tally_share_of(class->count, typical->tried, &ending->share.se);
        find_medoid(typical, class, ending);
        ending->n_moves = find_orders(typical, class, true, &ending->moves, &n_different);
        ending->n_all = find_orders(typical, class, false, &ending->all, &ending->n_different);
        find_factors(typical, class, ending);
    }
}
