/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include "sim/report/compare.h"
#include "sim/report/csv_field.h"

const char *compare_place(struct arena *arena, struct place place)
{
    return place.source ? arena_print(arena, "%s:%u", place.source->name, place.line) : "-";
}

void csv_compare(FILE *out, const struct comparison *comparison)
{
    fputs("question,scenario_id,baseline_id,value,baseline,delta,se,ci_low,ci_high,ratio,ratio_se,narrower,location,"
          "month,value_se,baseline_se,n,ess,baseline_ess\n",
          out);
    for (size_t o = 0; o + 1 < comparison->n_arms; o++)
        for (size_t q = 0; q < comparison->targets.n; q++) {
            const struct comparison_arm *base = &comparison->arm[0], *arm = &comparison->arm[comparison->other[o].arm];
            const struct target *item = &comparison->targets.item[q];
            const struct arm_difference *it = &comparison->other[o].difference[q];

            csv_text(out, item->id);
            csv_next_text(out, arm->scenario->id);
            csv_next_text(out, base->scenario->id);
            csv_next_number(out, it->b.value);
            csv_next_number(out, it->a.value);
            csv_next_number(out, it->delta.value);
            csv_next_number(out, it->delta.se);
            csv_next_number(out, it->low);
            csv_next_number(out, it->high);
            csv_next_number(out, it->ratio);
            csv_next_number(out, it->ratio_se);
            csv_next_number(out, it->efficiency);
            csv_next_text(out, item->base ? item->base : "all");
            csv_next_number(out, item->month);
            csv_next_number(out, it->b.se);
            csv_next_number(out, it->a.se);
            fprintf(out, ",%" PRIu64, it->b.n);
            csv_next_number(out, arm->outcome.ess);
            csv_next_number(out, base->outcome.ess);
            putc('\n', out);
        }
}

void csv_assumptions(FILE *out, const struct comparison *comparison)
{
    struct arena arena = {0};

    fputs("assumption,scenario_id,baseline_id,value,baseline,place,baseline_place,group,changes_with,bears\n", out);
    for (size_t o = 0; o + 1 < comparison->n_arms; o++) {
        const struct differences *differences = &comparison->other[o].differences;

        for (size_t i = 0; i < differences->n; i++) {
            const struct difference *it = &differences->item[i];
            size_t first = 0;

            while (differences->item[first].bundle != it->bundle)
                first++;
            csv_text(out, it->path);
            csv_next_text(out, comparison->arm[comparison->other[o].arm].scenario->id);
            csv_next_text(out, comparison->arm[0].scenario->id);
            csv_next_text(out, it->text[1]);
            csv_next_text(out, it->text[0]);
            csv_next_text(out, compare_place(&arena, it->place[1]));
            csv_next_text(out, compare_place(&arena, it->place[0]));
            csv_next_text(out, it->group);
            csv_next_text(out, first == i ? "NA" : differences->item[first].path);
            fprintf(out, ",%d\n", it->bears);
        }
    }
    arena_free(&arena);
}

void csv_attribution(FILE *out, const struct comparison *comparison)
{
    fputs("question,assumption,contribution,se,ci_low,ci_high,scenario_id,baseline_id,delta,exact\n", out);
    for (size_t o = 0; o + 1 < comparison->n_arms; o++) {
        const struct comparison_other *other = &comparison->other[o];
        const struct attribution *attribution = &other->attribution;

        for (size_t q = 0; q < comparison->targets.n && attribution->share; q++)
            for (size_t i = 0; i < attribution->n_players; i++) {
                const struct estimate share = attribution->share[q][i];
                const double half = arm_interval(&comparison->arm[0].outcome, share.se);

                csv_text(out, comparison->targets.item[q].id);
                csv_next_text(out, attribution->player[i].name);
                csv_next_number(out, share.value);
                csv_next_number(out, share.se);
                csv_next_number(out, share.value - half);
                csv_next_number(out, share.value + half);
                csv_next_text(out, comparison->arm[other->arm].scenario->id);
                csv_next_text(out, comparison->arm[0].scenario->id);
                csv_next_number(out, other->difference[q].delta.value);
                fprintf(out, ",%d\n", attribution->game.n_pairs == 0);
            }
    }
}
