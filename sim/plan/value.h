/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value.h - quantities of the scenario as slots and distributions of the plan, checked against the range of their field. */
#ifndef FOOTHOLD_VALUE_H
#define FOOTHOLD_VALUE_H
#include "sim/plan/compiler.h"

/* The values a field admits, a closed range unless above_low. */
struct range {
    double low, high;
    bool above_low;   /* low itself is not admitted */
    const char *what; /* in messages: "a probability" */
    const char *hint; /* NULL: none */
};
extern const struct range range_probability, range_rate, range_ratio, range_score, range_months, range_month,
    range_points, range_variance;

/* The slot of a quantity; NO_SLOT when it is absent or wrong. A quantity outside its range is reported. */
slot_t compile_value(struct compiler *compiler, const struct quantity *quantity, const struct range *range);

/* The distribution of a quantity that is drawn in every run; NULL when it is absent or wrong. */
struct distribution *compile_distribution(struct compiler *compiler, const struct quantity *quantity,
                                          const struct range *range);
void compile_parameters(struct compiler *compiler);
#endif
