#include "sim/report/csv_histories.h"
#include <math.h>
#include <stdlib.h>
#include "sim/plan/model.h"
#include "sim/report/csv_field.h"
#include "sim/scenario/scenario.h"

void csv_histories_init(struct csv_histories *csv, const struct plan *plan)
{
    *csv = (struct csv_histories){.plan = plan, .base = memory_new(plan->n_bases, sizeof *csv->base)};
}

void csv_histories_free(struct csv_histories *csv)
{
    free(csv->base);
}

static void begin_row(FILE *out, const struct plan *plan, const struct play_told *told)
{
    csv_text(out, plan->scenario->id);
    csv_next_number(out, (double)told->world);
    csv_next_number(out, (double)told->run);
}

/* ---- runs.csv ---- */

void csv_runs_header(FILE *out, const struct csv_histories *csv)
{
    struct pool pool = {0};

    fputs("scenario_id,world,run,location,weight,outcome,month,month_lost,month_deal", out);
    for (size_t q = 0; q < csv->plan->n_questions; q++)
        csv_next_text(out, pool_print(&pool, "is.%s", csv->plan->question[q].id));
    putc('\n', out);
    pool_free(&pool);
}

static void enter(struct csv_base *base, const struct plan *plan, uint32_t state, double month)
{
    base->state = state;
    base->since = month;
    if (isnan(base->lost) && !(plan->held >> state & 1))
        base->lost = month;
    if (isnan(base->deal) && plan->deal >> state & 1)
        base->deal = month;
}

void csv_runs_rows(FILE *out, struct csv_histories *csv, const struct play_told *told)
{
    const struct plan *plan = csv->plan;

    for (size_t b = 0; b < plan->n_bases; b++) {
        csv->base[b].lost = csv->base[b].deal = NAN;
        enter(&csv->base[b], plan, plan->base[b].initial, 0.0);
    }
    for (size_t i = 0; i < told->n; i++)
        if (told->happening[i].kind == HAPPENING_MOVES)
            enter(&csv->base[told->happening[i].which], plan, told->happening[i].to, told->happening[i].month);
    for (size_t b = 0; b < plan->n_bases; b++) {
        const struct csv_base *base = &csv->base[b];

        begin_row(out, plan, told);
        csv_next_text(out, plan->base[b].id);
        csv_next_number(out, 1.0);
        csv_next_text(out, plan->state[base->state]);
        csv_next_number(out, base->since);
        csv_next_number(out, base->lost);
        csv_next_number(out, base->deal);
        for (size_t q = 0; q < plan->n_questions; q++)
            csv_next_number(out, told->yes[q]);
        putc_unlocked('\n', out);
    }
}

/* ---- events.csv ---- */

void csv_events_header(FILE *out)
{
    fputs("scenario_id,world,run,month,kind,id,from,to,cause\n", out);
}

void csv_events_rows(FILE *out, const struct plan *plan, const struct play_told *told)
{
    for (size_t i = 0; i < told->n; i++) {
        const struct happening *what = &told->happening[i];
        const bool moves = what->kind == HAPPENING_MOVES, comes = what->kind == HAPPENING_COMES;

        begin_row(out, plan, told);
        csv_next_number(out, what->month);
        csv_next_text(out, moves ? "base" : plan->factor[what->which].is_lever ? "lever" : "event");
        csv_next_text(out, moves ? plan->base[what->which].id : plan->factor[what->which].id);
        csv_next_text(out, moves ? plan->state[what->from] : comes ? "off" : "on");
        csv_next_text(out, moves ? plan->state[what->to] : comes ? "on" : "off");
        csv_next_text(out, what->kind == HAPPENING_ENDS      ? "ends"
                           : what->clock == HISTORY_NO_CLOCK ? plan->model->name
                                                             : plan->clock[what->clock].id);
        putc_unlocked('\n', out);
    }
}
