/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_histories.c - runs.csv and events.csv: what became of each base in each run, and all that happened in it. */
#include <math.h>
#include <stdlib.h>
#include "sim/plan/model.h"
#include "sim/report/data_histories.h"
#include "sim/report/result.h"
#include "sim/scenario/scenario.h"

static const struct column run_column[] = {
    {"scenario_id", COLUMN_ID, true, NULL, "the scenario"},
    {"world", COLUMN_COUNT, true, NULL, "index of the world"},
    {"run", COLUMN_COUNT, true, NULL, "index of the run within the world"},
    {"location", COLUMN_ID, true, NULL, "the base"},
    {"weight", COLUMN_NUMBER, false, "1", "weight of the run"},
    {"outcome", COLUMN_ID, false, NULL, "the base's state at the horizon"},
    {"month", COLUMN_MONTHS, false, NULL, "when it came to that state"},
    {"month_lost", COLUMN_MONTHS, false, NULL, "when it was first not held; NA: never"},
    {"month_deal", COLUMN_MONTHS, false, NULL, "when it was first in a deal; NA: never"},
};
enum { RUN_COLUMNS = sizeof run_column / sizeof *run_column };

static const struct column event_column[] = {
    {"scenario_id", COLUMN_ID, true, NULL, "the scenario"},
    {"world", COLUMN_COUNT, true, NULL, "index of the world"},
    {"run", COLUMN_COUNT, true, NULL, "index of the run within the world"},
    {"month", COLUMN_MONTHS, true, NULL, "when it happens"},
    {"kind", COLUMN_ID, false, NULL, "base, lever or event"},
    {"id", COLUMN_ID, true, NULL, "what it happens to"},
    {"from", COLUMN_ID, false, NULL, "state before; levers and events: on or off"},
    {"to", COLUMN_ID, false, NULL, "state after"},
    {"cause", COLUMN_ID, false, NULL, "of a base its transition, of others the clock that fired, or ends"},
};
enum { EVENT_COLUMNS = sizeof event_column / sizeof *event_column };

struct dataset run_runs(struct arena *arena, const struct plan *plan)
{
    struct column *column = arena_new(arena, RUN_COLUMNS + plan->n_questions, sizeof *column);

    for (size_t i = 0; i < RUN_COLUMNS; i++)
        column[i] = run_column[i];
    for (size_t q = 0; q < plan->n_questions; q++)
        column[RUN_COLUMNS + q] = (struct column){arena_print(arena, "is.%s", plan->question[q].id), COLUMN_FLAG, false,
                                                  NULL, "1: the run answers the question with yes"};
    return (struct dataset){.name = "runs",
                            .row = "a base in a run, where it ends and since when",
                            .column = column,
                            .n_columns = RUN_COLUMNS + plan->n_questions};
}

struct dataset run_events(void)
{
    return (struct dataset){
        .name = "events", .row = "a thing that happens in a run", .column = event_column, .n_columns = EVENT_COLUMNS};
}

void histories_begin(struct histories *it, const struct plan *plan, FILE *runs, FILE *events)
{
    *it = (struct histories){.plan = plan, .runs_out = runs, .events_out = events, .events = run_events()};
    it->runs = run_runs(&it->arena, plan);
    it->base = arena_new(&it->arena, plan->n_bases, sizeof *it->base);
    it->cell = arena_new(&it->arena, it->runs.n_columns, sizeof *it->cell);
    if (runs)
        dataset_csv_head(runs, &it->runs);
    dataset_csv_head(events, &it->events);
}

void histories_free(struct histories *it)
{
    arena_free(&it->arena);
}

static void enter_state(struct history_base *base, const struct plan *plan, uint32_t state, double month)
{
    base->state = state;
    base->since = month;
    if (isnan(base->lost) && !(plan->held >> state & 1))
        base->lost = month;
    if (isnan(base->deal) && plan->deal >> state & 1)
        base->deal = month;
}

static void write_base(struct histories *it, const struct play_recorded *recorded, size_t b)
{
    const struct plan *plan = it->plan;
    const struct history_base *base = &it->base[b];
    union cell *cell = it->cell;

    cell[3].text = plan->base[b].id;
    cell[4].number = 1.0;
    cell[5].text = plan->state[base->state];
    cell[6].number = base->since;
    cell[7].number = base->lost;
    cell[8].number = base->deal;
    for (size_t q = 0; q < plan->n_questions; q++)
        cell[RUN_COLUMNS + q].count = recorded->yes[q];
    dataset_csv_row(it->runs_out, &it->runs, cell);
}

void histories_event(union cell *cell, const struct plan *plan, uint64_t world, uint64_t run, const struct event *what)
{
    const bool moves = what->kind == EVENT_MOVES, comes = what->kind == EVENT_COMES;

    cell[0].text = plan->scenario->id;
    cell[1].count = world;
    cell[2].count = run;
    cell[3].number = what->month;
    cell[4].text = moves ? "base" : plan->factor[what->which].is_lever ? "lever" : "event";
    cell[5].text = moves ? plan->base[what->which].id : plan->factor[what->which].id;
    cell[6].text = moves ? plan->state[what->from] : comes ? "off" : "on";
    cell[7].text = moves ? plan->state[what->to] : comes ? "on" : "off";
    cell[8].text = what->kind == EVENT_ENDS          ? "ends"
                   : what->clock == HISTORY_NO_CLOCK ? plan->model->name
                                                     : plan->clock[what->clock].id;
}

void histories_write(struct histories *it, const struct play_recorded *recorded)
{
    const struct plan *plan = it->plan;

    it->cell[0].text = plan->scenario->id;
    it->cell[1].count = recorded->world;
    it->cell[2].count = recorded->run;
    for (size_t b = 0; b < plan->n_bases; b++) {
        it->base[b].lost = it->base[b].deal = NAN;
        enter_state(&it->base[b], plan, plan->base[b].initial, 0.0);
    }
    for (size_t i = 0; i < recorded->n; i++) {
        const struct event *what = &recorded->event[i];

        if (what->kind == EVENT_MOVES)
            enter_state(&it->base[what->which], plan, what->to, what->month);
        histories_event(it->cell, plan, recorded->world, recorded->run, what);
        dataset_csv_row(it->events_out, &it->events, it->cell);
    }
    for (size_t b = 0; it->runs_out && b < plan->n_bases; b++)
        write_base(it, recorded, b);
}
