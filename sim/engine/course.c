/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/course.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/chain.h"

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void list_stops(struct course *course, const struct plan *plan)
{
    const size_t whole = (size_t)floor(plan->horizon);
    uint32_t n = 0;

    course->stop = memory_new(whole + plan->n_questions + 2, sizeof *course->stop);
    for (size_t m = 1; m <= whole && !plan->answers_only; m++)
        course->stop[n++] = (double)m;
    for (size_t q = 0; q < plan->n_questions; q++)
        if (plan->question[q].month > 0.0)
            course->stop[n++] = plan->question[q].month;
    if (plan_is_conditioned(&plan->given) && plan->given.month > 0.0)
        course->stop[n++] = plan->given.month;
    if (!plan->answers_only || !n)
        course->stop[n++] = plan->horizon;
    qsort(course->stop, n, sizeof *course->stop, by_value);
    for (uint32_t i = 0; i < n; i++)
        if (!course->n_stops || course->stop[i] > course->stop[course->n_stops - 1])
            course->stop[course->n_stops++] = course->stop[i];
}

void course_init(struct course *course, const struct plan *plan)
{
    enum { MANY_CLOCKS = 64 }; /* so many that the steps of COURSE_RUNS runs would take much memory */

    *course = (struct course){.n_clocks = plan->chain->n_followed};
    course->most_runs = course->n_clocks > MANY_CLOCKS ? COURSE_LANES : COURSE_RUNS;
    list_stops(course, plan);
    course->reached = memory_new((size_t)course->n_stops * COURSE_RUNS, sizeof *course->reached);
}

void course_free(struct course *course)
{
    free(course->stop);
    free(course->length);
    free(course->stretch);
    free(course->speed);
    free(course->reached);
}

void course_begin(struct course *course, size_t run, double boost)
{
    course->run[run] = (struct course_run){0, 0, 0};
    if (run) {
        const struct course_run *before = &course->run[run - 1];

        course->run[run] = (struct course_run){before->first + before->n, 0, before->n_stretches};
    }
    course->writing = run;
    course->boost = boost;
    course->too_fast = false;
    course->next_stop = 0;
    course->month = 0.0;
}

/* Every stretch has a step, so that there is room for as many of both. */
static void make_room(struct course *course, size_t step)
{
    const size_t before = course->capacity, more = before ? 2 * before : 1024;
    uint32_t *stretch;

    if (step < before)
        return;
    stretch = memory_new(more, sizeof *stretch);
    for (size_t i = 0; i < before; i++)
        stretch[i] = course->stretch[i];
    free(course->stretch);
    course->stretch = stretch;
    course->length = memory_lanes(course->length, before, more);
    course->speed = memory_lanes(course->speed, before * course->n_clocks, more * course->n_clocks);
    course->capacity = more;
}

static void begin_stretch(struct course *course, const double *speed)
{
    struct course_run *run = &course->run[course->writing];
    float *to;

    make_room(course, run->first + run->n);
    to = course->speed + run->n_stretches++ * course->n_clocks;
    for (uint32_t c = 0; c < course->n_clocks; c++)
        to[c] = (float)speed[c];
}

static void take_step(struct course *course, double length)
{
    struct course_run *run = &course->run[course->writing];
    const size_t step = run->first + run->n++;

    make_room(course, step);
    course->length[step] = (float)length;
    course->stretch[step] = (uint32_t)run->n_stretches - 1;
}

/* What makes a run too fast to be computed: the fastest clock it ever had, the first one of several. */
static void give_up(struct course *course, const double *speed)
{
    if (!course->too_fast) {
        course->too_fast = true;
        course->its_speed = 0.0;
        course->fastest_clock = 0;
    }
    for (uint32_t c = 0; c < course->n_clocks; c++)
        if (speed[c] > course->its_speed) {
            course->its_speed = speed[c];
            course->fastest_clock = c;
        }
}

static void take_steps(struct course *course, double month, const double *speed)
{
    const double length = month - course->month, n = fmax(1.0, ceil(course->fastest * length));

    course->month = month;
    if (!(n + (double)course->run[course->writing].n < COURSE_MAX_STEPS)) {
        give_up(course, speed);
        return;
    }
    for (size_t i = 0; i < (size_t)n; i++)
        take_step(course, length / n);
}

void course_go(struct course *course, double month, const double *speed)
{
    double sum = 0.0;

    month = fmin(month, course->stop[course->n_stops - 1]);
    if (!(month > course->month))
        return;
    for (uint32_t c = 0; c < course->n_clocks; c++)
        sum += speed[c];
    course->fastest = sum * fmax(2.0, 0.5 * course->boost);
    /* beyond floats, or no number at all; or what is written is not wanted any more, and no step would follow a stretch */
    if (!(course->fastest < 1e30 && course->boost < 1e30) || course->too_fast) {
        give_up(course, speed);
        course->month = month;
        return;
    }
    begin_stretch(course, speed);
    while (course->next_stop < course->n_stops && course->stop[course->next_stop] <= month) {
        take_steps(course, course->stop[course->next_stop], speed);
        course->reached[course->writing * course->n_stops + course->next_stop++] =
            (uint32_t)course->run[course->writing].n;
    }
    if (month > course->month)
        take_steps(course, month, speed);
}

uint32_t course_stop(const struct course *course, double month)
{
    uint32_t i = 0;

    while (i + 1 < course->n_stops && course->stop[i] < month)
        i++;
    return i;
}
