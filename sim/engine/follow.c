/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/follow.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/engine/rows.h"
#include "sim/plan/chain.h"
#include "sim/system/memory.h"

enum { L = COURSE_LANES, R = COURSE_RUNS };

static float *new_rows(size_t n)
{
    return memory_lanes(NULL, 0, n * L);
}

static double *new_wide_rows(size_t n)
{
    return memory_new(n * R, sizeof(double));
}

static size_t most_of_groups(const struct chain *chain, size_t (*size)(const struct chain_group *group))
{
    size_t most = 1;

    for (uint32_t g = 0; g < chain->n_groups; g++)
        most = size(&chain->group[g]) > most ? size(&chain->group[g]) : most;
    return most;
}

static size_t nodes_of(const struct chain_group *group)
{
    return group->n_nodes;
}

static size_t counters_of(const struct chain_group *group)
{
    return group->n_counters;
}

/* Where losses and deals are counted: by the first counters of each group, of its bases one after the other, then of the first of
 * them all, a loss and a deal each. */
static void list_places(struct follow *follow)
{
    const size_t bases = follow->plan->n_bases;

    for (uint32_t g = 0; g < follow->chain->n_groups; g++) {
        const struct chain_group *group = &follow->chain->group[g];

        for (uint32_t c = 0; c < group->n_times; c += 2) {
            const uint32_t which = group->counter[c].which;

            follow->place[which == bases ? bases + g : which] = (struct follow_place){g, c};
        }
    }
}

static uint32_t count_asked(const struct chain_group *group)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < group->n_counters; i++)
        n += group->counter[i].what == COUNT_ASKED;
    return n;
}

static uint64_t matching_states(const struct plan *plan, size_t q, uint32_t base)
{
    if (q == plan->n_questions)
        return plan->held;
    for (uint32_t i = 0; i < plan->question[q].n_bases; i++)
        if (plan->question[q].base[i] == base)
            return plan->question[q].states;
    return 0;
}

static uint8_t *list_hits(const struct plan *plan, const struct chain_group *group)
{
    uint8_t *hits = memory_new((plan->n_questions + 1) * group->n_nodes, sizeof *hits);

    for (size_t q = 0; q <= plan->n_questions; q++)
        for (uint32_t n = 0; n < group->n_nodes; n++)
            for (uint32_t b = 0; b < group->n_bases; b++)
                hits[q * group->n_nodes + n] +=
                    (uint8_t)(matching_states(plan, q, group->base[b]) >> group->state[n * group->n_bases + b] & 1);
    return hits;
}

void follow_init(struct follow *follow, const struct plan *plan)
{
    const struct chain *chain = plan->chain;
    const size_t nodes = most_of_groups(chain, nodes_of), counters = most_of_groups(chain, counters_of);
    const size_t bases = plan->n_bases, questions = plan->n_questions;
    size_t stops;

    *follow = (struct follow){
        .plan = plan, .chain = chain, .rows = rows_of_processor(), .n_asked = count_asked(&chain->group[0])};
    course_init(&follow->course, plan);
    stops = follow->course.n_stops;
    follow->in_world = memory_new(chain->n_rates, sizeof *follow->in_world);
    follow->came = new_wide_rows(plan->n_factors);
    follow->told = new_wide_rows(questions);
    follow->answer = new_wide_rows(questions);
    follow->by_world = memory_new(R * (size_t)chain->n_rates, sizeof *follow->by_world);
    follow->length = new_rows(1);
    follow->speed = new_rows(follow->course.n_clocks);
    follow->factor = new_rows(chain->n_rates);
    follow->rate = new_rows(chain->n_rates);
    follow->gone = new_rows(nodes);
    follow->p = new_rows(nodes);
    follow->term = new_rows(nodes);
    follow->next = new_rows(nodes);
    follow->stay = new_rows(nodes);
    follow->count = new_rows(counters);
    follow->shown = new_rows(bases * plan->n_states);
    follow->asked = new_wide_rows(stops * chain->n_groups * follow->n_asked);
    follow->matches = new_wide_rows((questions + 1) * (bases + 1));
    follow->state = new_wide_rows(bases * plan->n_states);
    follow->uniform = new_wide_rows(1);
    follow->weight = new_wide_rows(chain->n_groups + 1);
    follow->own = memory_new(2 * (bases + 1), sizeof *follow->own);
    follow->is_asked = memory_new(stops, sizeof *follow->is_asked);
    for (size_t q = 0; q < questions; q++)
        for (size_t stop = 0; stop < stops; stop++)
            follow->is_asked[stop] |=
                !plan->question[q].of_clock && plan->question[q].month == follow->course.stop[stop];
    follow->hits = memory_new(chain->n_groups, sizeof *follow->hits);
    for (uint32_t g = 0; g < chain->n_groups; g++)
        follow->hits[g] = list_hits(plan, &chain->group[g]);
    if (plan->answers_only)
        return;
    follow->mean = new_rows(nodes);
    follow->times_of = memory_new(chain->n_groups, sizeof *follow->times_of);
    follow->began = memory_new(R * (size_t)chain->n_groups, sizeof *follow->began);
    follow->place = memory_new(bases + chain->n_groups, sizeof *follow->place);
    list_places(follow);
    follow->occupancy = memory_new(R * bases * plan->n_states * stops, sizeof *follow->occupancy);
    follow->incidence = memory_new(R * chain->n_followed * stops, sizeof *follow->incidence);
}

void follow_free(struct follow *follow)
{
    void *const part[] = {follow->in_world, follow->by_world, follow->length,   follow->speed,     follow->came,
                          follow->told,     follow->answer,   follow->factor,   follow->rate,      follow->gone,
                          follow->p,        follow->term,     follow->next,     follow->stay,      follow->mean,
                          follow->count,    follow->times_of, follow->shown,    follow->times,     follow->asked,
                          follow->matches,  follow->began,    follow->place,    follow->state,     follow->uniform,
                          follow->own,      follow->weight,   follow->is_asked, follow->occupancy, follow->incidence};

    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        free(part[i]);
    for (uint32_t g = 0; g < follow->chain->n_groups; g++)
        free(follow->hits[g]);
    free(follow->hits);
    course_free(&follow->course);
}

void follow_clear(struct follow *follow)
{
    follow->n_worlds = follow->n_runs = 0;
}

void follow_take_up(struct follow *follow, const struct world *world, uint64_t index)
{
    const struct chain *chain = follow->chain;

    follow->boost = 1.0;
    for (uint32_t r = 0; r < chain->n_rates; r++) {
        const struct span links = chain->rate[r].links;

        follow->in_world[r] = 1.0;
        for (uint32_t i = links.first; i < links.first + links.n; i++)
            follow->in_world[r] *= world->factor[chain->link[i]];
        if (!(follow->in_world[r] <= follow->boost))
            follow->boost = follow->in_world[r] < 1e30 ? follow->in_world[r] : INFINITY;
    }
    follow->index = index;
}

size_t follow_begin(struct follow *follow)
{
    course_begin(&follow->course, follow->n_runs, follow->boost);
    return follow->n_runs;
}

void follow_keep(struct follow *follow, const struct luck *luck)
{
    const struct plan *plan = follow->plan;
    const uint32_t run = follow->n_runs++, n_rates = follow->chain->n_rates;

    if (!follow->n_worlds || follow->world[follow->n_worlds - 1].index != follow->index) {
        for (uint32_t r = 0; r < n_rates; r++)
            follow->by_world[follow->n_worlds * n_rates + r] = (float)follow->in_world[r];
        follow->world[follow->n_worlds++] = (struct follow_world){follow->index, run, 0};
    }
    follow->world[follow->n_worlds - 1].n++;
    follow->world_of[run] = follow->n_worlds - 1;
    follow->uniform[run] = stream_uniform(luck, plan->key_shared, 0);
}

/* ---- a group along the courses ---- */

/* A round's rows of a group's losses and deals (follow.h). */
static float *times_of_round(struct follow *follow, size_t g, size_t round)
{
    const size_t n = FOLLOW_TIMES * follow->chain->group[g].n_times, row = follow->times_of[g] + round * n;

    if (row + n > follow->times_capacity) {
        const size_t more = 2 * (row + n);

        follow->times = memory_lanes(follow->times, follow->times_capacity * L, more * L);
        follow->times_capacity = more;
    }
    follow->n_times = row + n;
    return follow->times + row * L;
}

/* One lane's distribution of how many bases are as a question asks, with this group's. */
static void match(struct follow *follow, size_t g, size_t q, size_t lane)
{
    const struct plan *plan = follow->plan;
    const struct chain_group *group = &follow->chain->group[g];
    const uint8_t *hits = follow->hits[g] + q * group->n_nodes;
    const size_t run = follow->lane[lane].run;
    double *matches = follow->matches + q * (plan->n_bases + 1) * R + run;
    double *own = follow->own, *before = own + plan->n_bases + 1, all = 0.0;

    memset(own, 0, (group->n_bases + 1) * sizeof *own);
    for (uint32_t n = 0; n < group->n_nodes; n++)
        own[hits[n]] += follow->p[n * L + lane];
    for (size_t k = 0; k <= group->n_bases; k++)
        all += own[k];
    for (size_t k = 0; k <= group->n_bases; k++) /* floats add up to the weight but for the seventh digit */
        own[k] = all > 0.0 ? fmax(0.0, own[k] / all * follow->weight[g * R + run]) : 0.0;
    for (size_t k = 0; k <= plan->n_bases; k++) {
        before[k] = matches[k * R];
        matches[k * R] = 0.0;
    }
    for (size_t k = 0; k <= plan->n_bases; k++)
        for (size_t j = 0; j <= group->n_bases && j <= k; j++)
            matches[k * R] += before[k - j] * own[j];
}

/* Go on only from the nodes in which what is given has come true. */
static void keep_given(struct follow *follow, size_t g, size_t lane)
{
    const struct plan *plan = follow->plan;
    const struct chain_group *group = &follow->chain->group[g];
    double all = 0.0, kept = 0.0;

    for (uint32_t n = 0; n < group->n_nodes; n++) {
        float *p = &follow->p[n * L + lane];
        bool fits = true;

        for (uint32_t b = 0; b < group->n_bases; b++)
            for (uint32_t i = 0; i < plan->given.n_bases; i++)
                fits = fits && (plan->given.base[i] != group->base[b] ||
                                plan->given.states[i] >> group->state[n * group->n_bases + b] & 1);
        all += *p;
        *p = fits ? *p : 0.0f;
        kept += *p;
    }
    follow->weight[g * R + follow->lane[lane].run] *= fmin(1.0, fmax(0.0, kept / all));
}

static int64_t units(float x)
{
    return (int64_t)((double)x * TALLY_ONE + 0.5);
}

static void arrive(struct follow *follow, size_t g, uint32_t stop, size_t lane)
{
    const struct plan *plan = follow->plan;
    const struct chain_group *group = &follow->chain->group[g];
    const size_t run = follow->lane[lane].run, at = follow->world_of[run] * follow->course.n_stops + stop;
    int64_t *occupancy = follow->occupancy + at * plan->n_bases * plan->n_states;
    int64_t *incidence = follow->incidence + at * follow->chain->n_followed;
    uint32_t asked = 0;

    for (uint32_t b = 0; b < group->n_bases && !plan->answers_only; b++)
        for (size_t s = 0; s < plan->n_states; s++)
            occupancy[group->base[b] * plan->n_states + s] += units(follow->shown[(b * plan->n_states + s) * L + lane]);
    for (uint32_t c = group->n_times; c < group->n_counters; c++) {
        const struct chain_counter *counter = &group->counter[c];

        if (counter->what == COUNT_TRANSITION)
            incidence[counter->which - plan->base[0].clocks.first] += units(follow->count[c * L + lane]);
        else
            follow->asked[((stop * follow->chain->n_groups + g) * follow->n_asked + asked++) * R + run] =
                follow->count[c * L + lane];
    }
    if (plan_is_conditioned(&plan->given) && plan->given.month == follow->course.stop[stop])
        keep_given(follow, g, lane);
    for (size_t q = 0; follow->is_asked[stop] && q < plan->n_questions; q++)
        if (!plan->question[q].of_clock && plan->question[q].month == follow->course.stop[stop])
            match(follow, g, q, lane);
}

/* Whether none of the levers and events that must not have come by then has. */
static bool is_absent(const struct follow *follow, size_t run)
{
    const struct plan_given *given = &follow->plan->given;

    for (uint32_t i = 0; i < given->n_absent; i++)
        if (follow->came[given->absent[i] * R + run] <= given->month)
            return false;
    return true;
}

static void begin_run(struct follow *follow, size_t g, size_t lane, size_t run)
{
    const struct chain_group *group = &follow->chain->group[g];

    follow->lane[lane] = (struct follow_lane){.course = &follow->course.run[run], .run = run, .stretch = UINT32_MAX};
    for (uint32_t n = 0; n < group->n_nodes; n++)
        follow->p[n * L + lane] = n == group->start ? 1.0f : 0.0f;
    for (uint32_t c = 0; c < group->n_counters; c++)
        follow->count[c * L + lane] = 0.0f;
    for (uint32_t r = group->rates.first; r < group->rates.first + group->rates.n; r++)
        follow->factor[r * L + lane] = follow->by_world[follow->world_of[run] * follow->chain->n_rates + r];
    follow->weight[g * R + run] = g || is_absent(follow, run); /* once for all groups */
}

static void end_run(struct follow *follow, size_t g, size_t lane)
{
    const struct plan *plan = follow->plan;
    const struct chain_group *group = &follow->chain->group[g];
    const size_t run = follow->lane[lane].run;

    for (uint32_t b = 0; b < group->n_bases && !plan->answers_only; b++)
        for (size_t s = 0; s < plan->n_states; s++)
            follow->state[(group->base[b] * plan->n_states + s) * R + run] =
                fmin(1.0, fmax(0.0, follow->shown[(b * plan->n_states + s) * L + lane]));
    if (!plan->answers_only)
        match(follow, g, plan->n_questions, lane);
    follow->lane[lane].course = NULL;
}

/* The next step of each lane's course; one that has no more stands still. */
static void next_step(struct follow *follow)
{
    const struct course *course = &follow->course;

    for (size_t lane = 0; lane < L; lane++) {
        struct follow_lane *at = &follow->lane[lane];
        const size_t step = at->course ? at->course->first + at->step : 0;
        const float *speed;

        follow->length[lane] = at->course ? course->length[step] : 0.0f;
        if (!at->course || at->stretch == course->stretch[step])
            continue;
        at->stretch = course->stretch[step];
        speed = course->speed + (size_t)at->stretch * course->n_clocks;
        for (uint32_t c = 0; c < course->n_clocks; c++)
            follow->speed[c * L + lane] = speed[c];
    }
}

static void take_step(struct follow *follow, size_t g, size_t round)
{
    const struct chain_group *group = &follow->chain->group[g];
    const struct rows *rows = follow->rows;
    const uint32_t n = group->n_times;
    const bool whole = !follow->plan->answers_only;
    float fastest[L], *times = whole ? times_of_round(follow, g, round) : NULL;

    rows->set_rates(follow->chain, group, follow->factor, follow->speed, follow->rate, follow->gone, fastest);
    if (whole) {
        memset(times, 0, FOLLOW_TIMES * n * L * sizeof *times);
        rows->flow_into(group, 0, n, follow->rate, follow->p, times + FOLLOW_FIRST_SPEED * n * L);
    }
    rows->take_step(group, follow->length, fastest, follow->rate, follow->gone, follow->p, follow->term, follow->next,
                    follow->stay, follow->mean);
    rows->flow_into(group, n, group->n_counters - n, follow->rate, follow->stay, follow->count + n * L);
    if (whole) {
        const float *const value[ROWS_VALUES] = {follow->stay, follow->p, follow->mean};
        float *const count[ROWS_VALUES] = {follow->count, times + FOLLOW_LAST_SPEED * n * L,
                                           times + FOLLOW_MEAN_GROWTH * n * L};

        rows->flow_side_by_side(group, n, follow->rate, value, count);
        memcpy(times + FOLLOW_BY * n * L, follow->count, n * L * sizeof *times);
        rows->show(group, follow->plan->n_states, follow->p, follow->shown);
    }
}

/* What a lane's run has come to after a step. */
static void look_around(struct follow *follow, size_t g, size_t lane)
{
    const struct course *course = &follow->course;
    struct follow_lane *at = &follow->lane[lane];

    at->step++;
    while (at->next_stop < course->n_stops && course->reached[at->run * course->n_stops + at->next_stop] == at->step)
        arrive(follow, g, at->next_stop++, lane);
    if (at->step == at->course->n)
        end_run(follow, g, lane);
}

static void follow_group(struct follow *follow, size_t g)
{
    const struct chain_group *group = &follow->chain->group[g];
    uint32_t n_begun = 0, n_open, round = 0;

    memset(follow->p, 0, group->n_nodes * L * sizeof *follow->p);
    memset(follow->count, 0, group->n_counters * L * sizeof *follow->count);
    memset(follow->lane, 0, sizeof follow->lane);
    for (;;) {
        n_open = 0;
        for (size_t lane = 0; lane < L; lane++) {
            if (!follow->lane[lane].course && n_begun < follow->n_runs) {
                const uint32_t run = follow->order[n_begun++];

                begin_run(follow, g, lane, run);
                if (!follow->plan->answers_only)
                    follow->began[g * R + run] = (struct follow_began){round, (uint32_t)lane};
            }
            n_open += follow->lane[lane].course != NULL;
        }
        if (!n_open)
            return;
        next_step(follow);
        take_step(follow, g, round++);
        for (size_t lane = 0; lane < L; lane++)
            if (follow->lane[lane].course)
                look_around(follow, g, lane);
    }
}

/* ---- all groups ---- */

static void begin_matches(struct follow *follow)
{
    const size_t n = follow->plan->n_bases + 1;

    memset(follow->matches, 0, (follow->plan->n_questions + 1) * n * R * sizeof *follow->matches);
    for (size_t q = 0; q <= follow->plan->n_questions; q++)
        for (size_t run = 0; run < R; run++)
            follow->matches[q * n * R + run] = 1.0;
}

static void answer_of_bases(struct follow *follow, size_t q)
{
    const size_t n = follow->plan->n_bases + 1;
    double *answer = follow->answer + q * R;

    memset(answer, 0, R * sizeof *answer);
    for (size_t k = follow->plan->question[q].at_least; k < n; k++)
        for (size_t run = 0; run < R; run++)
            answer[run] = fmin(1.0, answer[run] + follow->matches[(q * n + k) * R + run]);
}

/* Whether a transition of any base has rung. */
static void answer_of_transition(struct follow *follow, size_t q)
{
    const struct plan_question *question = &follow->plan->question[q];
    const size_t groups = follow->chain->n_groups, stop = course_stop(&follow->course, question->month);
    double *answer = follow->answer + q * R;

    for (size_t run = 0; run < R; run++) {
        double none = 1.0;

        for (size_t g = 0; g < groups && question->month > 0.0; g++)
            none *= 1.0 - follow->asked[((stop * groups + g) * follow->n_asked + question->counter) * R + run];
        answer[run] = fmin(1.0, fmax(0.0, 1.0 - none));
    }
}

/* At month 0 everything is as it begins. */
static void answer_at_once(struct follow *follow, size_t q)
{
    const struct plan *plan = follow->plan;
    uint32_t n = 0;

    for (uint32_t i = 0; i < plan->question[q].n_bases; i++)
        n += (uint32_t)(plan->question[q].states >> plan->base[plan->question[q].base[i]].initial & 1);
    for (size_t run = 0; run < R; run++)
        follow->answer[q * R + run] = n >= plan->question[q].at_least;
}

/* The weight of each course as a whole; what its levers and events say counts by it. */
static void weigh(struct follow *follow)
{
    const struct plan *plan = follow->plan;
    const size_t groups = follow->chain->n_groups;
    double *weight = follow->weight + groups * R;

    for (size_t run = 0; run < R; run++) {
        weight[run] = 1.0;
        for (size_t g = 0; g < groups; g++)
            weight[run] *= follow->weight[g * R + run];
    }
    for (size_t q = 0; q < plan->n_questions && plan_is_conditioned(&plan->given); q++)
        if (plan->question[q].of_clock || plan->question[q].month <= 0.0)
            for (size_t run = 0; run < R; run++)
                follow->answer[q * R + run] *= weight[run];
}

/* The longest courses first, so that lanes end together. */
static void order_runs(struct follow *follow)
{
    const struct course_run *course = follow->course.run;

    for (uint32_t i = 0; i < follow->n_runs; i++) {
        uint32_t k = i;

        for (; k && course[follow->order[k - 1]].n < course[i].n; k--)
            follow->order[k] = follow->order[k - 1];
        follow->order[k] = i;
    }
}

void follow_courses(struct follow *follow)
{
    const struct plan *plan = follow->plan;
    const size_t stops = follow->course.n_stops;

    order_runs(follow);
    if (!plan->answers_only) {
        memset(follow->occupancy, 0,
               follow->n_worlds * plan->n_bases * plan->n_states * stops * sizeof *follow->occupancy);
        memset(follow->incidence, 0, follow->n_worlds * follow->chain->n_followed * stops * sizeof *follow->incidence);
    }
    begin_matches(follow);
    follow->n_times = 0;
    for (size_t g = 0; g < follow->chain->n_groups; g++) {
        if (!plan->answers_only)
            follow->times_of[g] = follow->n_times;
        follow_group(follow, g);
    }
    for (size_t q = 0; q < plan->n_questions; q++) {
        const struct plan_question *question = &plan->question[q];

        if (question->of_clock && question->factor == UINT32_MAX)
            answer_of_transition(follow, q);
        else if (!question->of_clock && question->month <= 0.0)
            answer_at_once(follow, q);
        else if (!question->of_clock)
            answer_of_bases(follow, q);
    }
    weigh(follow);
}

/* ---- counting ---- */

static double sum_of(const double *row, const struct follow_world *world)
{
    double sum = 0.0;

    for (size_t run = world->first; run < world->first + world->n; run++)
        sum += row[run];
    return sum;
}

static double sum_of_products(const double *a, const double *b, const struct follow_world *world)
{
    double sum = 0.0;

    for (size_t run = world->first; run < world->first + world->n; run++)
        sum += a[run] * b[run];
    return sum;
}

static void add_column(struct spread_column *column, const double *row, const struct follow_world *world)
{
    column->p += (uint64_t)(sum_of(row, world) * TALLY_ONE + 0.5);
    column->p2 += (uint64_t)(sum_of_products(row, row, world) * TALLY_ONE + 0.5);
}

static void tally_answers(const struct follow *follow, const struct follow_world *world, const struct tally *tally,
                          uint64_t *block, struct spread_column *column)
{
    const double *weight = follow->weight + follow->chain->n_groups * R;

    tally_add(block, tally->at.runs, sum_of(weight, world));
    tally_add(block, tally->at.squares, sum_of_products(weight, weight, world));
    tally_add(block, tally->at.tried, world->n);
    tally_add(block, tally->at.answered, sum_of(weight, world));
    for (size_t q = 0; q < follow->plan->n_questions; q++) {
        tally_add(block, tally->at.question + q, sum_of(follow->answer + q * R, world));
        add_column(&column[q], follow->answer + q * R, world);
        if (follow->plan->answers_only)
            column[q].pw += (uint64_t)(sum_of_products(follow->answer + q * R, weight, world) * TALLY_ONE + 0.5);
    }
    if (follow->plan->answers_only)
        add_column(&column[follow->plan->n_questions], weight, world);
}

static void tally_questions(const struct follow *follow, const struct follow_world *world, const struct tally *tally,
                            uint64_t *block)
{
    const struct plan *plan = follow->plan;
    const size_t questions = plan->n_questions;

    for (size_t q = 0; q < questions; q++) {
        const struct plan_question *question = &plan->question[q];
        const double *answer = follow->answer + q * R;
        const double *told = question->of_clock && question->factor != UINT32_MAX ? follow->told + q * R : answer;

        tally_add(block, tally->at.told + q, sum_of(told, world));
        for (size_t f = 0; f < plan->n_factors; f++) {
            const double *came = follow->came + f * R;
            double comes = 0.0, yes = 0.0;

            for (size_t run = world->first; run < world->first + world->n; run++)
                if (came[run] <= question->month) {
                    comes += 1.0;
                    yes += told[run];
                }
            if (comes > 0.0) {
                tally_add(block, tally->at.came + f * questions + q, comes);
                tally_add(block, tally->at.came_yes + f * questions + q, yes);
            }
        }
    }
}

static void tally_states(const struct follow *follow, const struct follow_world *world, const struct tally *tally,
                         uint64_t *block, struct spread_column *column)
{
    const struct plan *plan = follow->plan;

    for (size_t i = 0; i < plan->n_bases * plan->n_states; i++) {
        tally_add(block, tally->at.state + i, sum_of(follow->state + i * R, world));
        add_column(&column[plan->n_questions + i], follow->state + i * R, world);
    }
    for (size_t k = 0; k <= plan->n_bases; k++)
        tally_add(block, tally->at.held + k,
                  sum_of(follow->matches + (plan->n_questions * (plan->n_bases + 1) + k) * R, world));
}

/* The tally's curves are changes from month to month. */
static void tally_curve(const struct follow *follow, const struct tally *tally, uint64_t *block, size_t cell,
                        uint64_t begin, const int64_t *at_stop, size_t stride)
{
    uint64_t before = begin * (uint64_t)TALLY_ONE;
    size_t stop = 0;

    block[cell] += before;
    for (size_t m = 1; m < tally->n_months; m++) {
        uint64_t now;

        while (follow->course.stop[stop] < tally->month[m])
            stop++;
        now = at_stop[stop * stride] > 0 ? (uint64_t)at_stop[stop * stride] : 0; /* changes sum to no less than 0 */
        block[cell + m] += now - before;
        before = now;
    }
}

static void tally_curves(const struct follow *follow, const struct follow_world *world, const struct tally *tally,
                         uint64_t *block)
{
    const struct plan *plan = follow->plan;
    const size_t months = tally->n_months, first_stop = (size_t)(world - follow->world) * follow->course.n_stops;
    const size_t states = plan->n_bases * plan->n_states, followed = follow->chain->n_followed;

    for (size_t b = 0; b < plan->n_bases; b++)
        for (size_t s = 0; s < plan->n_states; s++) {
            const size_t i = b * plan->n_states + s;

            tally_curve(follow, tally, block, tally->at.occupancy + i * months,
                        s == plan->base[b].initial ? world->n : 0, follow->occupancy + first_stop * states + i, states);
        }
    for (size_t c = 0; c < followed; c++)
        tally_curve(follow, tally, block, tally->at.incidence + c * months, 0,
                    follow->incidence + first_stop * followed + c, followed);
}

/* ---- the month of a first loss or deal ---- */

/* One group's probability that it has happened, along a step: `before` by its beginning, and then, at a share s of the step,
 *
 *     G(s) = growth (3 s^2 - 2 s^3) + first (s - 2 s^2 + s^3) + last (s^3 - s^2) + bulge s^2 (1 - s)^2,
 *
 * the polynomial that has the right growth, the right speeds at both ends (as growth a step), and by `bulge` the right mean over
 * the step. So means of months are exact, and where bases move at k a step, G is off by 7e-5 k^5, k at most 1/2 without couplings
 * (course.h): less than floats are. */
struct growth {
    double before, growth, first, last, bulge;
};

/* Where the first number kept of a run's step stands, that of FOLLOW_BY. */
static const float *times_at(const struct follow *follow, const struct follow_place *place, size_t deal, size_t run,
                             size_t step)
{
    const struct follow_began *began = &follow->began[place->group * R + run];
    const size_t n = follow->chain->group[place->group].n_times;

    return follow->times +
           (follow->times_of[place->group] + (began->round + step) * FOLLOW_TIMES * n + place->counter + deal) * L +
           began->lane;
}

static struct growth growth_of(const struct follow *follow, const struct follow_place *place, size_t deal, size_t run,
                               size_t step)
{
    const size_t n = follow->chain->group[place->group].n_times, width = FOLLOW_TIMES * n * L;
    const float *at = times_at(follow, place, deal, run, step);
    const double length = follow->course.length[follow->course.run[run].first + step];
    struct growth is = {.before = step ? (at - width)[0] : 0.0,
                        .first = length * at[FOLLOW_FIRST_SPEED * n * L],
                        .last = length * at[FOLLOW_LAST_SPEED * n * L]};

    is.growth = at[0] - is.before;
    is.bulge = 30.0 * (at[FOLLOW_MEAN_GROWTH * n * L] - 0.5 * is.growth) - 2.5 * (is.first - is.last);
    return is;
}

/* The probability that any of n groups has seen it by a share of a step, and how fast it grows. */
static double grown(const struct growth *is, size_t n, double s, double *speed)
{
    double none = 1.0;

    *speed = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double r = 1.0 - s, inside = s * r;
        const double growth =
            is[i].growth * s * s * (3.0 - 2.0 * s) + inside * (is[i].first * r - is[i].last * s + is[i].bulge * inside);
        const double slope = 6.0 * is[i].growth * inside + is[i].first * r * (1.0 - 3.0 * s) +
                             is[i].last * s * (3.0 * s - 2.0) + 2.0 * is[i].bulge * inside * (r - s);
        const double not_yet = 1.0 - is[i].before - growth;

        *speed = *speed * not_yet + none * slope; /* of the product */
        none *= not_yet;
    }
    return 1.0 - none;
}

/* The share of a step by which the probability is as wanted: Newton's method, inside the interval known to hold it. */
static double share_of_step(const struct growth *is, size_t n, double wanted)
{
    enum { MOST_ROUNDS = 60 };
    const double close = 1e-9;
    double low = 0.0, high = 1.0, s = 0.5;

    for (int i = 0; i < MOST_ROUNDS && high - low > close; i++) {
        double speed, next;
        const double over = grown(is, n, s, &speed) - wanted;

        if (over < 0.0)
            low = s;
        else
            high = s;
        next = s - over / speed;
        if (!(next > low && next < high)) /* no number, or outside */
            next = 0.5 * (low + high);
        else if (fabs(next - s) < close)
            return next;
        s = next;
    }
    return s;
}

/* The probability by the end of a step. */
static double time_by(const struct follow *follow, const struct follow_place *place, size_t n, size_t deal, size_t run,
                      size_t step)
{
    double none = 1.0;

    for (size_t i = 0; i < n; i++)
        none *= 1.0 - times_at(follow, &place[i], deal, run, step)[0];
    return 1.0 - none;
}

/* The month at a share of a run's step. */
static double month_of_step(const struct follow *follow, size_t run, size_t step, double share)
{
    const struct course *course = &follow->course;
    const uint32_t *reached = course->reached + run * course->n_stops;
    size_t first = 0, stop = 0, beyond = course->n_stops;
    double month = 0.0;

    while (stop < beyond) { /* stops reached by the beginning of the step */
        const size_t middle = stop + (beyond - stop) / 2;

        if (reached[middle] <= step)
            stop = middle + 1;
        else
            beyond = middle;
    }
    if (stop) {
        month = course->stop[stop - 1];
        first = reached[stop - 1];
    }
    for (size_t i = first; i < step; i++)
        month += course->length[course->run[run].first + i];
    return month + share * course->length[course->run[run].first + step];
}

/* A month drawn from a time's distribution along a run, given that it comes, into the bin it falls in. The same uniform serves all
 * places, so that those that are the same have the same month. */
static void tally_place(const struct follow *follow, const struct tally *tally, uint64_t *block, size_t b, size_t deal,
                        size_t run)
{
    const size_t bases = follow->plan->n_bases, last = follow->course.run[run].n - 1;
    const struct follow_place *place = follow->place + b;
    const size_t n = b < bases ? 1 : follow->chain->n_groups;
    const double all = time_by(follow, place, n, deal, run, last), wanted = follow->uniform[run] * all;
    struct growth is[CHAIN_MAX_BASES];
    size_t step = 0, beyond = last;

    if (!(all > 0.0))
        return;
    while (step < beyond) {
        const size_t middle = step + (beyond - step) / 2;

        if (time_by(follow, place, n, deal, run, middle) < wanted)
            step = middle + 1;
        else
            beyond = middle;
    }
    for (size_t i = 0; i < n; i++)
        is[i] = growth_of(follow, &place[i], deal, run, step);
    tally_time(tally, block, deal ? &tally->at.deal : &tally->at.loss, b,
               fmin(month_of_step(follow, run, step, share_of_step(is, n, wanted)), follow->plan->horizon), all);
}

static void tally_times(const struct follow *follow, const struct follow_world *world, const struct tally *tally,
                        uint64_t *block)
{
    const struct plan *plan = follow->plan;

    for (size_t deal = 0; deal < 2; deal++) {
        const uint64_t states = deal ? plan->deal : ~plan->held;
        bool any = false;

        for (size_t place = 0; place <= plan->n_bases; place++) {
            const bool from_start = place < plan->n_bases ? states >> plan->base[place].initial & 1 : any;

            any = any || from_start;
            if (from_start)
                tally_time(tally, block, deal ? &tally->at.deal : &tally->at.loss, place, 0.0, world->n);
            else
                for (size_t run = world->first; run < world->first + world->n; run++)
                    tally_place(follow, tally, block, place, deal, run);
        }
    }
}

void follow_tally(struct follow *follow, const struct follow_world *world, struct tally *tally,
                  struct spread_column *column)
{
    uint64_t *block = tally_block(tally, world->index % REPLICATES);

    tally_answers(follow, world, tally, block, column);
    if (follow->plan->answers_only)
        return;
    tally_questions(follow, world, tally, block);
    tally_states(follow, world, tally, block, column);
    tally_curves(follow, world, tally, block);
    tally_times(follow, world, tally, block);
}
