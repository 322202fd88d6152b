/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/propagate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/engine/propagate_simd.h"
#include "sim/plan/chain.h"
#include "sim/system/memory.h"

enum { L = RATE_PATH_LANES, R = RATE_PATH_RUNS };

/* Rows of a number a lane, aligned for vectors. */
static float *new_rows(size_t n)
{
    return memory_lanes(NULL, 0, n * L);
}

/* Rows of a number a run. */
static double *new_wide_rows(size_t n)
{
    return memory_new(n * R, sizeof(double));
}

/* Rows of nodes and of counting processes serve one group after the other, so that they are as long as the largest needs. */
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
    return group->n_counting;
}

/* Where losses and deals are counted: by the first counting processes of each group, of its bases one after the other, then of the first of
 * them all, a loss and a deal each. */
static void list_places(struct propagation *propagation)
{
    const size_t bases = propagation->plan->n_bases;

    for (uint32_t g = 0; g < propagation->chain->n_groups; g++) {
        const struct chain_group *group = &propagation->chain->group[g];

        for (uint32_t c = 0; c < group->n_times; c += 2) {
            const uint32_t which = group->counting[c].which;

            propagation->place[which == bases ? bases + g : which] = (struct propagate_place){g, c};
        }
    }
}

/* Transitions that are asked about; all groups have the same. */
static uint32_t count_asked(const struct chain_group *group)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < group->n_counting; i++)
        n += group->counting[i].what == COUNT_ASKED;
    return n;
}

/* The states in which a base is as a question asks; none if it is not asked about; question n_questions: held. */
static uint64_t matching_states(const struct plan *plan, size_t q, uint32_t base)
{
    if (q == plan->n_questions)
        return plan->held;
    for (uint32_t i = 0; i < plan->question[q].n_bases; i++)
        if (plan->question[q].base[i] == base)
            return plan->question[q].states;
    return 0;
}

/* How many bases of a group are as each question asks, in each node; the last row: are held. */
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

void propagate_init(struct propagation *propagation, const struct plan *plan)
{
    const struct chain *chain = plan->chain;
    const size_t nodes = most_of_groups(chain, nodes_of), counters = most_of_groups(chain, counters_of);
    const size_t bases = plan->n_bases, questions = plan->n_questions;
    size_t stops;

    *propagation = (struct propagation){
        .plan = plan, .chain = chain, .simd = propagate_simd_of_processor(), .n_asked = count_asked(&chain->group[0])};
    rate_path_init(&propagation->rate_path, plan);
    stops = propagation->rate_path.n_stops;
    propagation->in_world = memory_new(chain->n_rates, sizeof *propagation->in_world);
    propagation->came = new_wide_rows(plan->n_factors);
    propagation->as_drawn = new_wide_rows(questions);
    propagation->answer = new_wide_rows(questions);
    propagation->by_world = memory_new(R * (size_t)chain->n_rates, sizeof *propagation->by_world);
    propagation->length = new_rows(1);
    propagation->speed = new_rows(propagation->rate_path.n_clocks);
    propagation->factor = new_rows(chain->n_rates);
    propagation->rate = new_rows(chain->n_rates);
    propagation->exit_rate = new_rows(nodes);
    propagation->p = new_rows(nodes);
    propagation->term = new_rows(nodes);
    propagation->next = new_rows(nodes);
    propagation->sojourn = new_rows(nodes);
    propagation->count = new_rows(counters);
    propagation->shown = new_rows(bases * plan->n_states);
    propagation->asked = new_wide_rows(stops * chain->n_groups * propagation->n_asked);
    propagation->matches = new_wide_rows((questions + 1) * (bases + 1));
    propagation->state = new_wide_rows(bases * plan->n_states);
    propagation->uniform = new_wide_rows(1);
    propagation->weight = new_wide_rows(chain->n_groups + 1);
    propagation->own = memory_new(2 * (bases + 1), sizeof *propagation->own);
    propagation->is_asked = memory_new(stops, sizeof *propagation->is_asked);
    for (size_t q = 0; q < questions; q++)
        for (size_t stop = 0; stop < stops; stop++)
            propagation->is_asked[stop] |=
                !plan->question[q].of_clock && plan->question[q].month == propagation->rate_path.stop[stop];
    propagation->hits = memory_new(chain->n_groups, sizeof *propagation->hits);
    for (uint32_t g = 0; g < chain->n_groups; g++)
        propagation->hits[g] = list_hits(plan, &chain->group[g]);
    if (plan->answers_only)
        return;
    propagation->mean = new_rows(nodes);
    propagation->times_of = memory_new(chain->n_groups, sizeof *propagation->times_of);
    propagation->began = memory_new(R * (size_t)chain->n_groups, sizeof *propagation->began);
    propagation->place = memory_new(bases + chain->n_groups, sizeof *propagation->place);
    list_places(propagation);
    propagation->occupancy = memory_new(R * bases * plan->n_states * stops, sizeof *propagation->occupancy);
    propagation->incidence = memory_new(R * chain->n_marginalised * stops, sizeof *propagation->incidence);
}

void propagate_free(struct propagation *propagation)
{
    void *const part[] = {propagation->in_world,  propagation->by_world,  propagation->length, propagation->speed,
                          propagation->came,      propagation->as_drawn,  propagation->answer, propagation->factor,
                          propagation->rate,      propagation->exit_rate, propagation->p,      propagation->term,
                          propagation->next,      propagation->sojourn,   propagation->mean,   propagation->count,
                          propagation->times_of,  propagation->shown,     propagation->times,  propagation->asked,
                          propagation->matches,   propagation->began,     propagation->place,  propagation->state,
                          propagation->uniform,   propagation->own,       propagation->weight, propagation->is_asked,
                          propagation->occupancy, propagation->incidence};

    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        free(part[i]);
    for (uint32_t g = 0; g < propagation->chain->n_groups; g++)
        free(propagation->hits[g]);
    free(propagation->hits);
    rate_path_free(&propagation->rate_path);
}

void propagate_clear(struct propagation *propagation)
{
    propagation->n_worlds = propagation->n_runs = 0;
}

/* What couplings multiply rates by in this world. Where that is beyond floats, boost is INFINITY, and every run is drawn. */
void propagate_set_world(struct propagation *propagation, const struct world *world, uint64_t index)
{
    const struct chain *chain = propagation->chain;

    propagation->boost = 1.0;
    for (uint32_t r = 0; r < chain->n_rates; r++) {
        const struct span links = chain->rate[r].links;

        propagation->in_world[r] = 1.0;
        for (uint32_t i = links.first; i < links.first + links.n; i++)
            propagation->in_world[r] *= world->factor[chain->link[i]];
        if (!(propagation->in_world[r] <= propagation->boost))
            propagation->boost = propagation->in_world[r] < 1e30 ? propagation->in_world[r] : INFINITY;
    }
    propagation->index = index;
}

void propagate_begin_run(struct propagation *propagation)
{
    rate_path_begin(&propagation->rate_path, propagation->n_runs, propagation->boost);
}

/* What levers and events did in a run; questions about them are answered by their probability, where that is computed. */
static void keep_factors(struct propagation *propagation, uint32_t run, const struct path *path,
                         const struct history *history)
{
    const struct plan *plan = propagation->plan;

    for (size_t f = 0; f < plan->n_factors; f++)
        propagation->came[f * R + run] = history->first[plan->factor[f].clock];
    for (size_t q = 0; q < plan->n_questions; q++) {
        const struct plan_question *question = &plan->question[q];

        if (question->of_clock && question->factor != UINT32_MAX)
            propagation->as_drawn[q * R + run] = propagation->answer[q * R + run] =
                propagation->came[question->factor * R + run] <= question->month;
    }
    for (uint32_t i = 0; i < path->layout.n_asked; i++)
        propagation->answer[path->layout.asked[i].question * R + run] = path_asked_probability(path, i);
}

/* Runs of one world are neighbours: a new world begins where the index changes. */
void propagate_keep_run(struct propagation *propagation, const struct path *path, const struct history *history)
{
    const uint32_t run = propagation->n_runs++, n_rates = propagation->chain->n_rates;

    if (!propagation->n_worlds || propagation->world[propagation->n_worlds - 1].index != propagation->index) {
        for (uint32_t r = 0; r < n_rates; r++)
            propagation->by_world[propagation->n_worlds * n_rates + r] = (float)propagation->in_world[r];
        propagation->world[propagation->n_worlds++] = (struct propagate_world){propagation->index, run, 0};
    }
    propagation->world[propagation->n_worlds - 1].n++;
    propagation->world_of[run] = propagation->n_worlds - 1;
    propagation->uniform[run] = stream_uniform(&path->run.stream, propagation->plan->key_shared, 0);
    keep_factors(propagation, run, path, history);
}

/* ---- a group along the rate paths ---- */

/* A round's rows of a group's losses and deals (PROPAGATE_TIMES). */
static float *times_of_round(struct propagation *propagation, size_t g, size_t round)
{
    const size_t n = PROPAGATE_TIMES * propagation->chain->group[g].n_times, row = propagation->times_of[g] + round * n;

    if (row + n > propagation->times_capacity) {
        const size_t more = 2 * (row + n);

        propagation->times = memory_lanes(propagation->times, propagation->times_capacity * L, more * L);
        propagation->times_capacity = more;
    }
    propagation->n_times = row + n;
    return propagation->times + row * L;
}

/* One lane's distribution of how many bases are as a question asks: that of the groups so far, convolved with this group's, since groups
 * are independent given the rate path. Example: 0.9 for one base of one group and 0.8 for one of another give 0.72 for both, 0.26
 * for one, 0.02 for none. */
static void match_states(struct propagation *propagation, size_t g, size_t q, size_t lane)
{
    const struct plan *plan = propagation->plan;
    const struct chain_group *group = &propagation->chain->group[g];
    const uint8_t *hits = propagation->hits[g] + q * group->n_nodes;
    const size_t run = propagation->lane[lane].run;
    double *matches = propagation->matches + q * (plan->n_bases + 1) * R + run;
    double *own = propagation->own, *before = own + plan->n_bases + 1, all = 0.0;

    memset(own, 0, (group->n_bases + 1) * sizeof *own);
    for (uint32_t n = 0; n < group->n_nodes; n++)
        own[hits[n]] += propagation->p[n * L + lane];
    for (size_t k = 0; k <= group->n_bases; k++)
        all += own[k];
    for (size_t k = 0; k <= group->n_bases; k++) /* floats add up to the weight but for the seventh digit */
        own[k] = all > 0.0 ? fmax(0.0, own[k] / all * propagation->weight[g * R + run]) : 0.0;
    for (size_t k = 0; k <= plan->n_bases; k++) {
        before[k] = matches[k * R];
        matches[k * R] = 0.0;
    }
    for (size_t k = 0; k <= plan->n_bases; k++)
        for (size_t j = 0; j <= group->n_bases && j <= k; j++)
            matches[k * R] += before[k - j] * own[j];
}

/* Condition on what is given: go on only from nodes in which it has come true. The weight is the probability that it does; what follows is
 * conditional on it only once sums are divided by the sum of weights. */
static void keep_given(struct propagation *propagation, size_t g, size_t lane)
{
    const struct plan *plan = propagation->plan;
    const struct chain_group *group = &propagation->chain->group[g];
    double all = 0.0, kept = 0.0;

    for (uint32_t n = 0; n < group->n_nodes; n++) {
        float *p = &propagation->p[n * L + lane];
        bool fits = true;

        for (uint32_t b = 0; b < group->n_bases; b++)
            for (uint32_t i = 0; i < plan->given.n_bases; i++)
                fits = fits && (plan->given.base[i] != group->base[b] ||
                                plan->given.states[i] >> group->state[n * group->n_bases + b] & 1);
        all += *p;
        *p = fits ? *p : 0.0f;
        kept += *p;
    }
    propagation->weight[g * R + propagation->lane[lane].run] *= fmin(1.0, fmax(0.0, kept / all));
}

/* Fixed point: sums of integers are the same in any order, sums of floats are not. */
static int64_t to_units(float x)
{
    return (int64_t)((double)x * TALLY_ONE + 0.5);
}

/* A stop is reached: add states and counts to the sums over the world's runs, and answer what is asked of this month. */
static void record_stop(struct propagation *propagation, size_t g, uint32_t stop, size_t lane)
{
    const struct plan *plan = propagation->plan;
    const struct chain_group *group = &propagation->chain->group[g];
    const size_t run = propagation->lane[lane].run,
                 at = propagation->world_of[run] * propagation->rate_path.n_stops + stop;
    int64_t *occupancy = propagation->occupancy + at * plan->n_bases * plan->n_states;
    int64_t *incidence = propagation->incidence + at * propagation->chain->n_marginalised;
    uint32_t asked = 0;

    for (uint32_t b = 0; b < group->n_bases && !plan->answers_only; b++)
        for (size_t s = 0; s < plan->n_states; s++)
            occupancy[group->base[b] * plan->n_states + s] +=
                to_units(propagation->shown[(b * plan->n_states + s) * L + lane]);
    for (uint32_t c = group->n_times; c < group->n_counting; c++) {
        const struct chain_counting *counting = &group->counting[c];

        if (counting->what == COUNT_TRANSITION)
            incidence[counting->which - plan->base[0].clocks.first] += to_units(propagation->count[c * L + lane]);
        else
            propagation->asked[((stop * propagation->chain->n_groups + g) * propagation->n_asked + asked++) * R + run] =
                propagation->count[c * L + lane];
    }
    if (plan_is_conditioned(&plan->given) && plan->given.month == propagation->rate_path.stop[stop])
        keep_given(propagation, g, lane);
    for (size_t q = 0; propagation->is_asked[stop] && q < plan->n_questions; q++)
        if (!plan->question[q].of_clock && plan->question[q].month == propagation->rate_path.stop[stop])
            match_states(propagation, g, q, lane);
}

/* Whether none of the levers and events that must not have come by then has. */
static bool is_absent(const struct propagation *propagation, size_t run)
{
    const struct plan_given *given = &propagation->plan->given;

    for (uint32_t i = 0; i < given->n_absent; i++)
        if (propagation->came[given->absent[i] * R + run] <= given->month)
            return false;
    return true;
}

/* Put a run into a lane: all probability in the first node, nothing counted, and the couplings of its world. */
static void begin_run(struct propagation *propagation, size_t g, size_t lane, size_t run)
{
    const struct chain_group *group = &propagation->chain->group[g];

    propagation->lane[lane] =
        (struct propagate_lane){.rate_path = &propagation->rate_path.run[run], .run = run, .stretch = UINT32_MAX};
    for (uint32_t n = 0; n < group->n_nodes; n++)
        propagation->p[n * L + lane] = n == group->start ? 1.0f : 0.0f;
    for (uint32_t c = 0; c < group->n_counting; c++)
        propagation->count[c * L + lane] = 0.0f;
    for (uint32_t r = group->rates.first; r < group->rates.first + group->rates.n; r++)
        propagation->factor[r * L + lane] =
            propagation->by_world[propagation->world_of[run] * propagation->chain->n_rates + r];
    propagation->weight[g * R + run] = g || is_absent(propagation, run); /* once for all groups */
}

/* At the horizon. */
static void end_run(struct propagation *propagation, size_t g, size_t lane)
{
    const struct plan *plan = propagation->plan;
    const struct chain_group *group = &propagation->chain->group[g];
    const size_t run = propagation->lane[lane].run;

    for (uint32_t b = 0; b < group->n_bases && !plan->answers_only; b++)
        for (size_t s = 0; s < plan->n_states; s++)
            propagation->state[(group->base[b] * plan->n_states + s) * R + run] =
                fmin(1.0, fmax(0.0, propagation->shown[(b * plan->n_states + s) * L + lane]));
    if (!plan->answers_only)
        match_states(propagation, g, plan->n_questions, lane);
    propagation->lane[lane].rate_path = NULL;
}

/* The next step of each lane's path. One that has no more gets length 0, which changes nothing; hazards are copied only where a new
 * stretch begins. */
static void next_step(struct propagation *propagation)
{
    const struct rate_path *rate_path = &propagation->rate_path;

    for (size_t lane = 0; lane < L; lane++) {
        struct propagate_lane *at = &propagation->lane[lane];
        const size_t step = at->rate_path ? at->rate_path->first + at->step : 0;
        const float *speed;

        propagation->length[lane] = at->rate_path ? rate_path->length[step] : 0.0f;
        if (!at->rate_path || at->stretch == rate_path->stretch[step])
            continue;
        at->stretch = rate_path->stretch[step];
        speed = rate_path->hazard + (size_t)at->stretch * rate_path->n_clocks;
        for (uint32_t c = 0; c < rate_path->n_clocks; c++)
            propagation->speed[c * L + lane] = speed[c];
    }
}

/* One step of all lanes: p becomes p exp(Q h), and counting processes grow by rate x time spent in the nodes their edges leave. Of
 * losses and deals the speeds at both ends are kept too, for the months that are drawn from them. */
static void take_step(struct propagation *propagation, size_t g, size_t round)
{
    const struct chain_group *group = &propagation->chain->group[g];
    const struct propagate_simd *simd = propagation->simd;
    const uint32_t n = group->n_times;
    const bool whole = !propagation->plan->answers_only;
    float fastest[L], *times = whole ? times_of_round(propagation, g, round) : NULL;

    simd->set_rates(propagation->chain, group, propagation->factor, propagation->speed, propagation->rate,
                    propagation->exit_rate, fastest);
    if (whole) {
        memset(times, 0, PROPAGATE_TIMES * n * L * sizeof *times);
        simd->add_counts(group, 0, n, propagation->rate, propagation->p, times + PROPAGATE_FIRST_SPEED * n * L);
    }
    simd->take_step(group, propagation->length, fastest, propagation->rate, propagation->exit_rate, propagation->p,
                    propagation->term, propagation->next, propagation->sojourn, propagation->mean);
    simd->add_counts(group, n, group->n_counting - n, propagation->rate, propagation->sojourn,
                     propagation->count + n * L);
    if (whole) {
        const float *const value[PROPAGATE_SIMD_VALUES] = {propagation->sojourn, propagation->p, propagation->mean};
        float *const count[PROPAGATE_SIMD_VALUES] = {propagation->count, times + PROPAGATE_LAST_SPEED * n * L,
                                                     times + PROPAGATE_MEAN_GROWTH * n * L};

        simd->add_counts_together(group, n, propagation->rate, value, count);
        memcpy(times + PROPAGATE_BY * n * L, propagation->count, n * L * sizeof *times);
        simd->show(group, propagation->plan->n_states, propagation->p, propagation->shown);
    }
}

/* After a step: the stops that a lane's run has reached, and whether it has ended. */
static void pass_stops(struct propagation *propagation, size_t g, size_t lane)
{
    const struct rate_path *rate_path = &propagation->rate_path;
    struct propagate_lane *at = &propagation->lane[lane];

    at->step++;
    while (at->next_stop < rate_path->n_stops &&
           rate_path->reached[at->run * rate_path->n_stops + at->next_stop] == at->step)
        record_stop(propagation, g, at->next_stop++, lane);
    if (at->step == at->rate_path->n)
        end_run(propagation, g, lane);
}

/* All runs along one group, RATE_PATH_LANES at a time. A lane whose run has ended takes the next one at once, so that lanes stand idle
 * at the very end only. */
static void propagate_group(struct propagation *propagation, size_t g)
{
    const struct chain_group *group = &propagation->chain->group[g];
    uint32_t n_begun = 0, n_open, round = 0;

    memset(propagation->p, 0, group->n_nodes * L * sizeof *propagation->p);
    memset(propagation->count, 0, group->n_counting * L * sizeof *propagation->count);
    memset(propagation->lane, 0, sizeof propagation->lane);
    for (;;) {
        n_open = 0;
        for (size_t lane = 0; lane < L; lane++) {
            if (!propagation->lane[lane].rate_path && n_begun < propagation->n_runs) {
                const uint32_t run = propagation->order[n_begun++];

                begin_run(propagation, g, lane, run);
                if (!propagation->plan->answers_only)
                    propagation->began[g * R + run] = (struct propagate_begun){round, (uint32_t)lane};
            }
            n_open += propagation->lane[lane].rate_path != NULL;
        }
        if (!n_open)
            return;
        next_step(propagation);
        take_step(propagation, g, round++);
        for (size_t lane = 0; lane < L; lane++)
            if (propagation->lane[lane].rate_path)
                pass_stops(propagation, g, lane);
    }
}

/* ---- all groups ---- */

/* Of no group yet: no base is as asked, for certain. */
static void begin_matches(struct propagation *propagation)
{
    const size_t n = propagation->plan->n_bases + 1;

    memset(propagation->matches, 0, (propagation->plan->n_questions + 1) * n * R * sizeof *propagation->matches);
    for (size_t q = 0; q <= propagation->plan->n_questions; q++)
        for (size_t run = 0; run < R; run++)
            propagation->matches[q * n * R + run] = 1.0;
}

/* The probability that at least so many bases are as asked. */
static void answer_of_bases(struct propagation *propagation, size_t q)
{
    const size_t n = propagation->plan->n_bases + 1;
    double *answer = propagation->answer + q * R;

    memset(answer, 0, R * sizeof *answer);
    for (size_t k = propagation->plan->question[q].at_least; k < n; k++)
        for (size_t run = 0; run < R; run++)
            answer[run] = fmin(1.0, answer[run] + propagation->matches[(q * n + k) * R + run]);
}

/* Whether a transition of any base has fired: 1 - the product over groups of its not having fired. */
static void answer_of_transition(struct propagation *propagation, size_t q)
{
    const struct plan_question *question = &propagation->plan->question[q];
    const size_t groups = propagation->chain->n_groups,
                 stop = rate_path_stop_index(&propagation->rate_path, question->month);
    double *answer = propagation->answer + q * R;

    for (size_t run = 0; run < R; run++) {
        double none = 1.0;

        for (size_t g = 0; g < groups && question->month > 0.0; g++)
            none *=
                1.0 - propagation->asked[((stop * groups + g) * propagation->n_asked + question->counting) * R + run];
        answer[run] = fmin(1.0, fmax(0.0, 1.0 - none));
    }
}

/* At month 0 everything is as it begins. */
static void answer_at_once(struct propagation *propagation, size_t q)
{
    const struct plan *plan = propagation->plan;
    uint32_t n = 0;

    for (uint32_t i = 0; i < plan->question[q].n_bases; i++)
        n += (uint32_t)(plan->question[q].states >> plan->base[plan->question[q].base[i]].initial & 1);
    for (size_t run = 0; run < R; run++)
        propagation->answer[q * R + run] = n >= plan->question[q].at_least;
}

/* The weight of each run as a whole, a product over groups; answers about levers and events count by it. */
static void weigh_runs(struct propagation *propagation)
{
    const struct plan *plan = propagation->plan;
    const size_t groups = propagation->chain->n_groups;
    double *weight = propagation->weight + groups * R;

    for (size_t run = 0; run < R; run++) {
        weight[run] = 1.0;
        for (size_t g = 0; g < groups; g++)
            weight[run] *= propagation->weight[g * R + run];
    }
    for (size_t q = 0; q < plan->n_questions && plan_is_conditioned(&plan->given); q++)
        if (plan->question[q].of_clock || plan->question[q].month <= 0.0)
            for (size_t run = 0; run < R; run++)
                propagation->answer[q * R + run] *= weight[run];
}

/* The longest paths first, so that lanes end at about the same time (longest processing time first: Graham 1969, SIAM J. Appl. Math.
 * 17). Insertion: there are few. */
static void order_runs(struct propagation *propagation)
{
    const struct rate_path_run *rate_path = propagation->rate_path.run;

    for (uint32_t i = 0; i < propagation->n_runs; i++) {
        uint32_t k = i;

        for (; k && rate_path[propagation->order[k - 1]].n < rate_path[i].n; k--)
            propagation->order[k] = propagation->order[k - 1];
        propagation->order[k] = i;
    }
}

/* Group after group, all runs along each; then what depends on all groups: answers and weights. */
void propagate_paths(struct propagation *propagation)
{
    const struct plan *plan = propagation->plan;
    const size_t stops = propagation->rate_path.n_stops;

    order_runs(propagation);
    if (!plan->answers_only) {
        memset(propagation->occupancy, 0,
               propagation->n_worlds * plan->n_bases * plan->n_states * stops * sizeof *propagation->occupancy);
        memset(propagation->incidence, 0,
               propagation->n_worlds * propagation->chain->n_marginalised * stops * sizeof *propagation->incidence);
    }
    begin_matches(propagation);
    propagation->n_times = 0;
    for (size_t g = 0; g < propagation->chain->n_groups; g++) {
        if (!plan->answers_only)
            propagation->times_of[g] = propagation->n_times;
        propagate_group(propagation, g);
    }
    for (size_t q = 0; q < plan->n_questions; q++) {
        const struct plan_question *question = &plan->question[q];

        if (question->of_clock && question->factor == UINT32_MAX)
            answer_of_transition(propagation, q);
        else if (!question->of_clock && question->month <= 0.0)
            answer_at_once(propagation, q);
        else if (!question->of_clock)
            answer_of_bases(propagation, q);
    }
    weigh_runs(propagation);
}

/* ---- counting ---- */

/* Over the runs of a world. */
static double sum_of(const double *row, const struct propagate_world *world)
{
    double sum = 0.0;

    for (size_t run = world->first; run < world->first + world->n; run++)
        sum += row[run];
    return sum;
}

static double sum_of_products(const double *a, const double *b, const struct propagate_world *world)
{
    double sum = 0.0;

    for (size_t run = world->first; run < world->first + world->n; run++)
        sum += a[run] * b[run];
    return sum;
}

/* Sums of p and p^2 over a world's runs, from which its mean and the noise of that mean follow (world_stats.h). */
static void add_column(struct world_stats_column *column, const double *row, const struct propagate_world *world)
{
    column->p += (uint64_t)(sum_of(row, world) * TALLY_ONE + 0.5);
    column->p2 += (uint64_t)(sum_of_products(row, row, world) * TALLY_ONE + 0.5);
}

static void tally_answers(const struct propagation *propagation, const struct propagate_world *world,
                          const struct tally *tally, uint64_t *block, struct world_stats_column *column)
{
    const double *weight = propagation->weight + propagation->chain->n_groups * R;

    tally_add(block, tally->at.runs, sum_of(weight, world));
    tally_add(block, tally->at.squares, sum_of_products(weight, weight, world));
    tally_add(block, tally->at.tried, world->n);
    tally_add(block, tally->at.answered, sum_of(weight, world));
    for (size_t q = 0; q < propagation->plan->n_questions; q++) {
        tally_add(block, tally->at.question + q, sum_of(propagation->answer + q * R, world));
        add_column(&column[q], propagation->answer + q * R, world);
        if (propagation->plan->answers_only)
            column[q].pw += (uint64_t)(sum_of_products(propagation->answer + q * R, weight, world) * TALLY_ONE + 0.5);
    }
    if (propagation->plan->answers_only)
        add_column(&column[propagation->plan->n_questions], weight, world);
}

/* How many runs say yes, and how many of those in which a lever or event had come by then. */
static void tally_questions(const struct propagation *propagation, const struct propagate_world *world,
                            const struct tally *tally, uint64_t *block)
{
    const struct plan *plan = propagation->plan;
    const size_t questions = plan->n_questions;

    for (size_t q = 0; q < questions; q++) {
        const struct plan_question *question = &plan->question[q];
        const double *answer = propagation->answer + q * R;
        const double *as_drawn =
            question->of_clock && question->factor != UINT32_MAX ? propagation->as_drawn + q * R : answer;

        tally_add(block, tally->at.as_drawn + q, sum_of(as_drawn, world));
        for (size_t f = 0; f < plan->n_factors; f++) {
            const double *came = propagation->came + f * R;
            double comes = 0.0, yes = 0.0;

            for (size_t run = world->first; run < world->first + world->n; run++)
                if (came[run] <= question->month) {
                    comes += 1.0;
                    yes += as_drawn[run];
                }
            if (comes > 0.0) {
                tally_add(block, tally->at.came + f * questions + q, comes);
                tally_add(block, tally->at.came_yes + f * questions + q, yes);
            }
        }
    }
}

/* States at the horizon, and how many bases are held then. */
static void tally_states(const struct propagation *propagation, const struct propagate_world *world,
                         const struct tally *tally, uint64_t *block, struct world_stats_column *column)
{
    const struct plan *plan = propagation->plan;

    for (size_t i = 0; i < plan->n_bases * plan->n_states; i++) {
        tally_add(block, tally->at.state + i, sum_of(propagation->state + i * R, world));
        add_column(&column[plan->n_questions + i], propagation->state + i * R, world);
    }
    for (size_t k = 0; k <= plan->n_bases; k++)
        tally_add(block, tally->at.held + k,
                  sum_of(propagation->matches + (plan->n_questions * (plan->n_bases + 1) + k) * R, world));
}

/* The tally's curves are kept as changes from month to month, in units of 1 / TALLY_ONE, so that they add up exactly. */
static void tally_curve(const struct propagation *propagation, const struct tally *tally, uint64_t *block, size_t cell,
                        uint64_t begin, const int64_t *at_stop, size_t stride)
{
    uint64_t before = begin * (uint64_t)TALLY_ONE;
    size_t stop = 0;

    block[cell] += before;
    for (size_t m = 1; m < tally->n_months; m++) {
        uint64_t now;

        while (propagation->rate_path.stop[stop] < tally->month[m])
            stop++;
        now = at_stop[stop * stride] > 0 ? (uint64_t)at_stop[stop * stride] : 0; /* changes sum to no less than 0 */
        block[cell + m] += now - before;
        before = now;
    }
}

/* Occupancy by month, and the incidence of each transition: its first firing by then. */
static void tally_curves(const struct propagation *propagation, const struct propagate_world *world,
                         const struct tally *tally, uint64_t *block)
{
    const struct plan *plan = propagation->plan;
    const size_t months = tally->n_months,
                 first_stop = (size_t)(world - propagation->world) * propagation->rate_path.n_stops;
    const size_t states = plan->n_bases * plan->n_states, marginalised = propagation->chain->n_marginalised;

    for (size_t b = 0; b < plan->n_bases; b++)
        for (size_t s = 0; s < plan->n_states; s++) {
            const size_t i = b * plan->n_states + s;

            tally_curve(propagation, tally, block, tally->at.occupancy + i * months,
                        s == plan->base[b].initial ? world->n : 0, propagation->occupancy + first_stop * states + i,
                        states);
        }
    for (size_t c = 0; c < marginalised; c++)
        tally_curve(propagation, tally, block, tally->at.incidence + c * months, 0,
                    propagation->incidence + first_stop * marginalised + c, marginalised);
}

/* ---- the month of a first loss or deal ---- */

/* One group's probability that it has happened, along a step: `before` by its beginning, and then, at a share s of the step,
 *
 *     G(s) = growth (3 s^2 - 2 s^3) + first (s - 2 s^2 + s^3) + last (s^3 - s^2) + bulge s^2 (1 - s)^2,
 *
 * the polynomial that has the right growth, the right speeds at both ends (as growth a step), and by `bulge` the right mean over
 * the step. So means of months are exact, and where bases move at k a step, G is off by 7e-5 k^5, k at most 1/2 without couplings
 * (rate_path.h): less than floats are. */
struct growth {
    double before, growth, first, last, bulge;
};

/* Where the first number kept of a run's step stands, that of PROPAGATE_BY. */
static const float *times_at(const struct propagation *propagation, const struct propagate_place *place, size_t deal,
                             size_t run, size_t step)
{
    const struct propagate_begun *began = &propagation->began[place->group * R + run];
    const size_t n = propagation->chain->group[place->group].n_times;

    return propagation->times +
           (propagation->times_of[place->group] + (began->round + step) * PROPAGATE_TIMES * n + place->counting +
            deal) *
               L +
           began->lane;
}

/* From the four numbers kept of the step, and the value at the end of the one before. The bulge makes the mean of G over the step right: the
 * integral over [0, 1] of the other terms is growth / 2 + (first - last) / 12, that of s^2 (1 - s)^2 is 1 / 30. */
static struct growth growth_of(const struct propagation *propagation, const struct propagate_place *place, size_t deal,
                               size_t run, size_t step)
{
    const size_t n = propagation->chain->group[place->group].n_times, width = PROPAGATE_TIMES * n * L;
    const float *at = times_at(propagation, place, deal, run, step);
    const double length = propagation->rate_path.length[propagation->rate_path.run[run].first + step];
    struct growth is = {.before = step ? (at - width)[0] : 0.0,
                        .first = length * at[PROPAGATE_FIRST_SPEED * n * L],
                        .last = length * at[PROPAGATE_LAST_SPEED * n * L]};

    is.growth = at[0] - is.before;
    is.bulge = 30.0 * (at[PROPAGATE_MEAN_GROWTH * n * L] - 0.5 * is.growth) - 2.5 * (is.first - is.last);
    return is;
}

/* The probability that any of n groups has seen it by a share of a step, and how fast it grows. */
static double evaluate_growth(const struct growth *is, size_t n, double s, double *speed)
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
        const double over = evaluate_growth(is, n, s, &speed) - wanted;

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
static double time_by(const struct propagation *propagation, const struct propagate_place *place, size_t n, size_t deal,
                      size_t run, size_t step)
{
    double none = 1.0;

    for (size_t i = 0; i < n; i++)
        none *= 1.0 - times_at(propagation, &place[i], deal, run, step)[0];
    return 1.0 - none;
}

/* The month at a share of a run's step. */
static double month_of_step(const struct propagation *propagation, size_t run, size_t step, double share)
{
    const struct rate_path *rate_path = &propagation->rate_path;
    const uint32_t *reached = rate_path->reached + run * rate_path->n_stops;
    size_t first = 0, stop = 0, beyond = rate_path->n_stops;
    double month = 0.0;

    while (stop < beyond) { /* stops reached by the beginning of the step */
        const size_t middle = stop + (beyond - stop) / 2;

        if (reached[middle] <= step)
            stop = middle + 1;
        else
            beyond = middle;
    }
    if (stop) {
        month = rate_path->stop[stop - 1];
        first = reached[stop - 1];
    }
    for (size_t i = first; i < step; i++)
        month += rate_path->length[rate_path->run[run].first + i];
    return month + share * rate_path->length[rate_path->run[run].first + step];
}

/* A month drawn from a time's distribution along a run, given that it comes, into the bin it falls in. The same uniform serves all
 * places, so that those that are the same have the same month. */
static void tally_place(const struct propagation *propagation, const struct tally *tally, uint64_t *block, size_t b,
                        size_t deal, size_t run)
{
    const size_t bases = propagation->plan->n_bases, last = propagation->rate_path.run[run].n - 1;
    const struct propagate_place *place = propagation->place + b;
    const size_t n = b < bases ? 1 : propagation->chain->n_groups;
    const double all = time_by(propagation, place, n, deal, run, last), wanted = propagation->uniform[run] * all;
    struct growth is[CHAIN_MAX_BASES];
    size_t step = 0, beyond = last;

    if (!(all > 0.0))
        return;
    while (step < beyond) {
        const size_t middle = step + (beyond - step) / 2;

        if (time_by(propagation, place, n, deal, run, middle) < wanted)
            step = middle + 1;
        else
            beyond = middle;
    }
    for (size_t i = 0; i < n; i++)
        is[i] = growth_of(propagation, &place[i], deal, run, step);
    tally_time(tally, block, deal ? &tally->at.deal : &tally->at.loss, b,
               fmin(month_of_step(propagation, run, step, share_of_step(is, n, wanted)), propagation->plan->horizon),
               all);
}

/* Losses (0) and deals (1), of each base and of the first of all. Who is lost or in a deal from the start has month 0. */
static void tally_times(const struct propagation *propagation, const struct propagate_world *world,
                        const struct tally *tally, uint64_t *block)
{
    const struct plan *plan = propagation->plan;

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
                    tally_place(propagation, tally, block, place, deal, run);
        }
    }
}

void propagate_tally(struct propagation *propagation, const struct propagate_world *world, struct tally *tally,
                     struct world_stats_column *column)
{
    uint64_t *block = tally_block(tally, world->index % REPLICATES);

    tally_answers(propagation, world, tally, block, column);
    if (propagation->plan->answers_only)
        return;
    tally_questions(propagation, world, tally, block);
    tally_states(propagation, world, tally, block, column);
    tally_curves(propagation, world, tally, block);
    tally_times(propagation, world, tally, block);
}
