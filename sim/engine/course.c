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
    if (plan->given.n_bases && plan->given.month > 0.0)
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
    *course = (struct course){.n_clocks = plan->chain->n_followed};
    list_stops(course, plan);
    course->reached = memory_new((size_t)course->n_stops * COURSE_LANES, sizeof *course->reached);
}

void course_free(struct course *course)
{
    free(course->stop);
    free(course->length);
    free(course->speed);
    free(course->reached);
}

void course_clear(struct course *course)
{
    memset(course->lane_steps, 0, sizeof course->lane_steps);
    memset(course->reached, 0, (size_t)course->n_stops * COURSE_LANES * sizeof *course->reached);
    course->n_steps = 0;
}

void course_begin(struct course *course, size_t lane, double boost)
{
    course->lane = lane;
    course->boost = boost;
    course->too_fast = false;
    course->lane_steps[lane] = 0;
    course->next_stop = 0;
    course->month = 0.0;
}

static void make_room(struct course *course, size_t step)
{
    const size_t before = course->capacity, more = before ? 2 * before : 64;

    if (step < before)
        return;
    course->length = memory_lanes(course->length, before * COURSE_LANES, more * COURSE_LANES);
    course->speed =
        memory_lanes(course->speed, before * course->n_clocks * COURSE_LANES, more * course->n_clocks * COURSE_LANES);
    course->capacity = more;
}

static void take_step(struct course *course, double length, const double *speed)
{
    const size_t step = course->lane_steps[course->lane]++;
    float *to;

    make_room(course, step);
    course->length[step * COURSE_LANES + course->lane] = (float)length;
    to = course->speed + step * course->n_clocks * COURSE_LANES + course->lane;
    for (uint32_t c = 0; c < course->n_clocks; c++)
        to[c * COURSE_LANES] = (float)speed[c];
}

static void take_steps(struct course *course, double month, const double *speed)
{
    const double length = month - course->month, n = fmax(1.0, ceil(course->fastest * length));

    course->month = month;
    if (!(n + (double)course->lane_steps[course->lane] < COURSE_MAX_STEPS)) {
        course->too_fast = true;
        return;
    }
    for (size_t i = 0; i < (size_t)n; i++)
        take_step(course, length / n, speed);
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
    if (!(course->fastest < 1e30 && course->boost < 1e30)) { /* beyond floats, or no number at all */
        course->too_fast = true;
        course->month = month;
        return;
    }
    while (course->next_stop < course->n_stops && course->stop[course->next_stop] <= month) {
        take_steps(course, course->stop[course->next_stop], speed);
        course->reached[course->next_stop++ * COURSE_LANES + course->lane] = (uint32_t)course->lane_steps[course->lane];
    }
    if (month > course->month)
        take_steps(course, month, speed);
}

void course_close(struct course *course)
{
    course->n_steps = 0;
    for (size_t lane = 0; lane < COURSE_LANES; lane++)
        if (course->lane_steps[lane] > course->n_steps)
            course->n_steps = course->lane_steps[lane];
    for (size_t lane = 0; lane < COURSE_LANES; lane++)
        for (size_t step = course->lane_steps[lane]; step < course->n_steps; step++) {
            course->length[step * COURSE_LANES + lane] = 0.0f;
            for (uint32_t c = 0; c < course->n_clocks; c++)
                course->speed[(step * course->n_clocks + c) * COURSE_LANES + lane] = 0.0f;
        }
}

uint32_t course_stop(const struct course *course, double month)
{
    uint32_t i = 0;

    while (i + 1 < course->n_stops && course->stop[i] < month)
        i++;
    return i;
}
