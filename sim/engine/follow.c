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

    *follow = (struct follow){.plan = plan,
                              .chain = chain,
                              .rows = rows_of_processor(),
                              .n_times = 2 * (uint32_t)(bases + chain->n_groups),
                              .n_asked = count_asked(&chain->group[0])};
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
    follow->begun = new_rows(counters);
    follow->shown = new_rows(bases * plan->n_states);
    follow->asked = new_wide_rows(stops * chain->n_groups * follow->n_asked);
    follow->matches = new_wide_rows((questions + 1) * (bases + 1));
    follow->state = new_wide_rows(bases * plan->n_states);
    follow->uniform = new_wide_rows(bases + 1);
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
    follow->occupancy = memory_new(R * bases * plan->n_states * stops, sizeof *follow->occupancy);
    follow->incidence = memory_new(R * chain->n_followed * stops, sizeof *follow->incidence);
}

void follow_free(struct follow *follow)
{
    void *const part[] = {follow->in_world,  follow->by_world, follow->length, follow->speed,  follow->came,
                          follow->told,      follow->answer,   follow->factor, follow->rate,   follow->gone,
                          follow->p,         follow->term,     follow->next,   follow->stay,   follow->count,
                          follow->begun,     follow->shown,    follow->times,  follow->asked,  follow->matches,
                          follow->state,     follow->uniform,  follow->own,    follow->weight, follow->is_asked,
                          follow->occupancy, follow->incidence};

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
    for (size_t b = 0; b < plan->n_bases; b++)
        follow->uniform[b * R + run] = stream_uniform(luck, plan->base[b].key_month, 0);
    follow->uniform[plan->n_bases * R + run] = stream_uniform(luck, plan->key_shared, 0);
}

/* ---- a group along the courses ---- */

/* Where a counter of losses or deals stands among the times. */
static size_t time_of(const struct follow *follow, size_t g, const struct chain_counter *counter)
{
    const size_t place = counter->which == follow->plan->n_bases ? follow->plan->n_bases + g : counter->which;

    return 2 * place + (counter->what == COUNT_DEAL);
}

static void keep_times(struct follow *follow, size_t g, size_t lane, size_t step)
{
    const struct chain_group *group = &follow->chain->group[g];
    float *times = follow->times + step * 2 * follow->n_times;

    for (uint32_t c = 0; c < group->n_times; c++) {
        const size_t time = time_of(follow, g, &group->counter[c]);

        times[time] = follow->count[c * L + lane];
        times[follow->n_times + time] = follow->begun[c * L + lane];
    }
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
    for (uint32_t n = 0; n < group->n_nodes; n++) {
        own[hits[n]] += follow->p[n * L + lane];
        all += follow->p[n * L + lane];
    }
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

    follow->lane[lane] = (struct follow_lane){.course = &follow->course.run[run], .run = run};
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
        const struct follow_lane *at = &follow->lane[lane];
        const size_t step = at->course ? at->course->first + at->step : 0;

        follow->length[lane] = at->course ? course->length[step] : 0.0f;
        for (uint32_t c = 0; c < course->n_clocks; c++)
            follow->speed[c * L + lane] = at->course ? course->speed[step * course->n_clocks + c] : 0.0f;
    }
}

static void take_step(struct follow *follow, const struct chain_group *group)
{
    const struct rows *rows = follow->rows;
    float fastest[L];

    rows->set_rates(follow->chain, group, follow->factor, follow->speed, follow->rate, follow->gone, fastest);
    memset(follow->begun, 0, group->n_times * L * sizeof *follow->begun);
    rows->flow_into(group, group->n_times, follow->rate, follow->p, follow->begun);
    for (uint32_t c = 0; c < group->n_times; c++)
        for (size_t lane = 0; lane < L; lane++)
            follow->begun[c * L + lane] *= follow->length[lane];
    rows->take_step(group, follow->length, fastest, follow->rate, follow->gone, follow->p, follow->term, follow->next,
                    follow->stay);
    rows->flow_into(group, group->n_counters, follow->rate, follow->stay, follow->count);
    if (!follow->plan->answers_only)
        rows->show(group, follow->plan->n_states, follow->p, follow->shown);
}

/* What a lane's run has come to after a step. */
static void look_around(struct follow *follow, size_t g, size_t lane)
{
    const struct course *course = &follow->course;
    struct follow_lane *at = &follow->lane[lane];

    if (!follow->plan->answers_only)
        keep_times(follow, g, lane, at->course->first + at->step);
    at->step++;
    while (at->next_stop < course->n_stops && course->reached[at->run * course->n_stops + at->next_stop] == at->step)
        arrive(follow, g, at->next_stop++, lane);
    if (at->step == at->course->n)
        end_run(follow, g, lane);
}

static void follow_group(struct follow *follow, size_t g)
{
    const struct chain_group *group = &follow->chain->group[g];
    uint32_t n_begun = 0, n_open;

    memset(follow->p, 0, group->n_nodes * L * sizeof *follow->p);
    memset(follow->count, 0, group->n_counters * L * sizeof *follow->count);
    memset(follow->lane, 0, sizeof follow->lane);
    for (;;) {
        n_open = 0;
        for (size_t lane = 0; lane < L; lane++) {
            if (!follow->lane[lane].course && n_begun < follow->n_runs)
                begin_run(follow, g, lane, follow->order[n_begun++]);
            n_open += follow->lane[lane].course != NULL;
        }
        if (!n_open)
            return;
        next_step(follow);
        take_step(follow, group);
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
    if (!plan->answers_only && follow->course.capacity > follow->step_capacity) {
        follow->step_capacity = follow->course.capacity;
        follow->times = memory_lanes(follow->times, 0, follow->step_capacity * 2 * follow->n_times);
    }
    if (!plan->answers_only) {
        memset(follow->occupancy, 0,
               follow->n_worlds * plan->n_bases * plan->n_states * stops * sizeof *follow->occupancy);
        memset(follow->incidence, 0, follow->n_worlds * follow->chain->n_followed * stops * sizeof *follow->incidence);
    }
    begin_matches(follow);
    for (size_t g = 0; g < follow->chain->n_groups; g++)
        follow_group(follow, g);
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

/* The probability of a time by the end of a step of a run (begun: that it would have grown by since its beginning, at its first
 * speed), of a base or of the first of all. times: the run's. */
static double time_by(const struct follow *follow, const float *times, size_t place, size_t deal, size_t step,
                      double *begun)
{
    const size_t bases = follow->plan->n_bases, groups = follow->chain->n_groups, width = 2 * follow->n_times;
    double none = 1.0, none_before = 1.0, slope = 0.0;

    if (place < bases || groups == 1) {
        const float *at = times + step * width + 2 * place + deal;

        *begun = at[follow->n_times];
        return at[0];
    }
    for (size_t g = 0; g < groups; g++) {
        const float *at = times + step * width + 2 * (bases + g) + deal;
        const double before = step ? at[-(ptrdiff_t)width] : 0.0;

        none *= 1.0 - at[0];
        none_before *= 1.0 - before;
        slope += at[follow->n_times] / fmax(1.0 - before, 1e-300);
    }
    *begun = slope * none_before;
    return 1.0 - none;
}

/* The share of a step by which so much of its growth has come: growth begun s + (growth - begun) s^2, as well as it goes. */
static double share_of_step(double growth, double begun, double wanted)
{
    const double b = fmin(fmax(begun, 0.0), 2.0 * growth), a = growth - b;
    const double root = sqrt(fmax(0.0, b * b + 4.0 * a * wanted)) + b;

    return root > 0.0 ? fmin(1.0, 2.0 * wanted / root) : 1.0;
}

/* A month drawn from a time's distribution along a run, given that it comes, into the bin it falls in. */
static void tally_place(const struct follow *follow, const struct tally *tally, uint64_t *block, size_t place,
                        size_t deal, size_t run)
{
    const struct course_run *course = &follow->course.run[run];
    const float *length = follow->course.length + course->first;
    const float *times = follow->times + course->first * 2 * follow->n_times;
    double begun, by, before = 0.0, month = 0.0;
    const double all = time_by(follow, times, place, deal, course->n - 1, &begun);
    const double wanted = follow->uniform[place * R + run] * all;
    size_t step = 0;

    if (!(all > 0.0))
        return;
    while ((by = time_by(follow, times, place, deal, step, &begun)) < wanted && step + 1 < course->n) {
        month += length[step++];
        before = by;
    }
    month += length[step] * share_of_step(by - before, begun, wanted - before);
    tally_time(tally, block, deal ? &tally->at.deal : &tally->at.loss, place, fmin(month, follow->plan->horizon), all);
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
