/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/rate_path.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/chain.h"

static int compare_values(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void list_stops(struct rate_path *rate_path, const struct plan *plan)
{
    const size_t whole = (size_t)floor(plan->horizon);
    uint32_t n = 0;

    rate_path->stop = memory_new(whole + plan->n_questions + 2, sizeof *rate_path->stop);
    for (size_t m = 1; m <= whole && !plan->answers_only; m++)
        rate_path->stop[n++] = (double)m;
    for (size_t q = 0; q < plan->n_questions; q++)
        if (plan->question[q].month > 0.0)
            rate_path->stop[n++] = plan->question[q].month;
    if (plan_is_conditioned(&plan->given) && plan->given.month > 0.0)
        rate_path->stop[n++] = plan->given.month;
    if (!plan->answers_only || !n)
        rate_path->stop[n++] = plan->horizon;
    qsort(rate_path->stop, n, sizeof *rate_path->stop, compare_values);
    for (uint32_t i = 0; i < n; i++)
        if (!rate_path->n_stops || rate_path->stop[i] > rate_path->stop[rate_path->n_stops - 1])
            rate_path->stop[rate_path->n_stops++] = rate_path->stop[i];
}

void rate_path_init(struct rate_path *rate_path, const struct plan *plan)
{
    enum { MANY_CLOCKS = 64 }; /* so many that the steps of RATE_PATH_RUNS runs would take much memory */

    *rate_path = (struct rate_path){.n_clocks = plan->chain->n_marginalised};
    rate_path->most_runs = rate_path->n_clocks > MANY_CLOCKS ? RATE_PATH_LANES : RATE_PATH_RUNS;
    list_stops(rate_path, plan);
    rate_path->reached = memory_new((size_t)rate_path->n_stops * RATE_PATH_RUNS, sizeof *rate_path->reached);
}

void rate_path_free(struct rate_path *rate_path)
{
    free(rate_path->stop);
    free(rate_path->length);
    free(rate_path->stretch);
    free(rate_path->hazard);
    free(rate_path->reached);
}

/* Runs are written one after the other into the same arrays: a run begins where the one before it ends. */
void rate_path_begin(struct rate_path *rate_path, size_t run, double boost)
{
    rate_path->run[run] = (struct rate_path_run){0, 0, 0};
    if (run) {
        const struct rate_path_run *before = &rate_path->run[run - 1];

        rate_path->run[run] = (struct rate_path_run){before->first + before->n, 0, before->n_stretches};
    }
    rate_path->writing = run;
    rate_path->boost = boost;
    rate_path->too_fast = false;
    rate_path->next_stop = 0;
    rate_path->month = 0.0;
}

/* Every stretch has a step, so that there is room for as many of both. */
static void make_room(struct rate_path *rate_path, size_t step)
{
    const size_t before = rate_path->capacity, more = before ? 2 * before : 1024;
    uint32_t *stretch;

    if (step < before)
        return;
    stretch = memory_new(more, sizeof *stretch);
    for (size_t i = 0; i < before; i++)
        stretch[i] = rate_path->stretch[i];
    free(rate_path->stretch);
    rate_path->stretch = stretch;
    rate_path->length = memory_lanes(rate_path->length, before, more);
    rate_path->hazard = memory_lanes(rate_path->hazard, before * rate_path->n_clocks, more * rate_path->n_clocks);
    rate_path->capacity = more;
}

/* New hazards. */
static void begin_stretch(struct rate_path *rate_path, const double *hazard)
{
    struct rate_path_run *run = &rate_path->run[rate_path->writing];
    float *to;

    make_room(rate_path, run->first + run->n);
    to = rate_path->hazard + run->n_stretches++ * rate_path->n_clocks;
    for (uint32_t c = 0; c < rate_path->n_clocks; c++)
        to[c] = (float)hazard[c];
}

static void add_step(struct rate_path *rate_path, double length)
{
    struct rate_path_run *run = &rate_path->run[rate_path->writing];
    const size_t step = run->first + run->n++;

    make_room(rate_path, step);
    rate_path->length[step] = (float)length;
    rate_path->stretch[step] = (uint32_t)run->n_stretches - 1;
}

/* What makes a run too fast to be computed: the fastest clock it ever had, the first one of several. */
static void mark_too_fast(struct rate_path *rate_path, const double *hazard)
{
    if (!rate_path->too_fast) {
        rate_path->too_fast = true;
        rate_path->fastest_hazard = 0.0;
        rate_path->fastest_clock = 0;
    }
    for (uint32_t c = 0; c < rate_path->n_clocks; c++)
        if (hazard[c] > rate_path->fastest_hazard) {
            rate_path->fastest_hazard = hazard[c];
            rate_path->fastest_clock = c;
        }
}

/* Up to a month at the present hazards, in equal steps of at most 1 / fastest. Example: 3 months at fastest = 1.2 are ceil(3.6) = 4
 * steps of 0.75 months. */
static void add_steps(struct rate_path *rate_path, double month, const double *hazard)
{
    const double length = month - rate_path->month, n = fmax(1.0, ceil(rate_path->fastest * length));

    rate_path->month = month;
    if (!(n + (double)rate_path->run[rate_path->writing].n < RATE_PATH_MAX_STEPS)) {
        mark_too_fast(rate_path, hazard);
        return;
    }
    for (size_t i = 0; i < (size_t)n; i++)
        add_step(rate_path, length / n);
}

/* Hazards have been the same since the last call. Stops in between end a step each, and how many steps it takes to reach them is noted:
 * only there are probabilities looked at. */
void rate_path_extend(struct rate_path *rate_path, double month, const double *hazard)
{
    double sum = 0.0;

    month = fmin(month, rate_path->stop[rate_path->n_stops - 1]);
    if (!(month > rate_path->month))
        return;
    for (uint32_t c = 0; c < rate_path->n_clocks; c++)
        sum += hazard[c];
    rate_path->fastest = sum * fmax(2.0, 0.5 * rate_path->boost);
    /* beyond floats, or no number at all; or what is written is not wanted any more, and no step would follow a stretch */
    if (!(rate_path->fastest < 1e30 && rate_path->boost < 1e30) || rate_path->too_fast) {
        mark_too_fast(rate_path, hazard);
        rate_path->month = month;
        return;
    }
    begin_stretch(rate_path, hazard);
    while (rate_path->next_stop < rate_path->n_stops && rate_path->stop[rate_path->next_stop] <= month) {
        add_steps(rate_path, rate_path->stop[rate_path->next_stop], hazard);
        rate_path->reached[rate_path->writing * rate_path->n_stops + rate_path->next_stop++] =
            (uint32_t)rate_path->run[rate_path->writing].n;
    }
    if (month > rate_path->month)
        add_steps(rate_path, month, hazard);
}

uint32_t rate_path_stop_index(const struct rate_path *rate_path, double month)
{
    uint32_t i = 0;

    while (i + 1 < rate_path->n_stops && rate_path->stop[i] < month)
        i++;
    return i;
}
