/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include "sim/report/csv_field.h"
#include "sim/report/sweep.h"

static void header(FILE *out, const struct sweep *sweep)
{
    struct arena arena = {0};

    fputs("point", out);
    for (size_t k = 0; k < sweep->n_paths; k++)
        csv_next_text(out, arena_print(&arena, "in.%s", sweep->path[k].path));
    fputs(",question,value,se,ci_low,ci_high,delta,delta_se", out);
    for (size_t k = 0; k < sweep->n_paths; k++) {
        csv_next_text(out, arena_print(&arena, "slope.%s", sweep->path[k].path));
        csv_next_text(out, arena_print(&arena, "slope_se.%s", sweep->path[k].path));
    }
    fputs(",scenario_id,location,month,n\n", out);
    arena_free(&arena);
}

static void row(FILE *out, const struct sweep *sweep, size_t point, size_t q)
{
    const struct target *item = &sweep->targets.item[q];
    const struct arm_difference it = arm_compare(&sweep->outcome[0], &sweep->outcome[point], q);
    const double half = arm_interval(&sweep->outcome[point], it.b.se);

    fprintf(out, "%zu", point);
    for (size_t k = 0; k < sweep->n_paths; k++)
        csv_next_number(out, sweep->path[k].value[sweep_place(sweep, point, k)]);
    csv_next_text(out, item->id);
    csv_next_number(out, it.b.value);
    csv_next_number(out, it.b.se);
    csv_next_number(out, it.b.value - half < 0.0 ? 0.0 : it.b.value - half);
    csv_next_number(out, it.b.value + half > 1.0 ? 1.0 : it.b.value + half);
    csv_next_number(out, it.delta.value);
    csv_next_number(out, it.delta.se);
    for (size_t k = 0; k < sweep->n_paths; k++) {
        const struct estimate slope = sweep_slope(sweep, q, point, k);

        csv_next_number(out, slope.value);
        csv_next_number(out, slope.se);
    }
    csv_next_text(out, sweep->scenario->id);
    csv_next_text(out, item->base ? item->base : "all");
    csv_next_number(out, item->month);
    fprintf(out, ",%" PRIu64 "\n", it.b.n);
}

void csv_sweep(FILE *out, const struct sweep *sweep)
{
    header(out, sweep);
    for (size_t point = 0; point < sweep->n_points; point++)
        for (size_t q = 0; q < sweep->targets.n; q++)
            row(out, sweep, point, q);
}
