/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value.c - quantities into slots and distributions, and whether they fit their fields. */
#include <math.h>
#include <string.h>
#include "sim/plan/lookup.h"
#include "sim/plan/value.h"

const struct range range_probability = {0.0, 1.0, false, "a probability", "a probability lies between 0 and 1"};
const struct range range_rate = {0.0, INFINITY, false, "a rate", "a rate is 0 or more"};
const struct range range_ratio = {0.0, INFINITY, false, "a hazard ratio",
                                  "a ratio is 0 or more: below 1 slows, above 1 speeds up"};
const struct range range_score = {0.0, 100.0, false, "a score from 0 to 100",
                                  "capability, salience and position run from 0 to 100"};
const struct range range_months = {0.0, INFINITY, true, "a length in months", "months are above 0"};
const struct range range_month = {0.0, INFINITY, false, "a month after as_of", "months count from as_of, 0 or more"};
const struct range range_points = {-100.0, 100.0, false, "a shift in points",
                                   "positions run from 0 to 100, shifts from -100 to 100"};
const struct range range_variance = {0.0, INFINITY, false, "a variance", "a variance is 0 or more"};

static const char *tag_of(const struct compiler *compiler, const struct quantity *quantity)
{
    return quantity->note.tag ? quantity->note.tag : compiler->note ? compiler->note->tag : NULL;
}

static void count_tag(struct plan *plan, const char *tag)
{
    size_t *n = !tag                      ? &plan->n_untagged
                : !strcmp(tag, "stated")  ? &plan->n_stated
                : !strcmp(tag, "reading") ? &plan->n_reading
                                          : &plan->n_guess;

    ++*n;
}

static slot_t new_slot(struct compiler *compiler, double value)
{
    struct plan *plan = compiler->plan;

    plan->value =
        arena_grow(compiler->arena, plan->value, plan->n_values, &compiler->value_capacity, sizeof *plan->value);
    plan->value[plan->n_values] = value;
    return (slot_t)plan->n_values++;
}

static slot_t new_input(struct compiler *compiler, const struct quantity *quantity, struct distribution *distribution)
{
    struct plan *plan = compiler->plan;

    if (distribution_is_constant(distribution))
        return new_slot(compiler, distribution_low(distribution));
    plan->input =
        arena_grow(compiler->arena, plan->input, plan->n_inputs, &compiler->input_capacity, sizeof *plan->input);
    plan->input[plan->n_inputs] = (struct plan_input){.path = quantity->path,
                                                      .tag = tag_of(compiler, quantity),
                                                      .slot = new_slot(compiler, 0.0),
                                                      .distribution = distribution,
                                                      .key = plan_key(quantity->path)};
    return plan->input[plan->n_inputs++].slot;
}

static void check_fit(struct compiler *compiler, const struct quantity *quantity,
                      const struct distribution *distribution, const struct range *range)
{
    const double low = distribution_low(distribution), high = distribution_high(distribution);
    const bool too_low = low < range->low || (range->above_low && distribution_cdf(distribution, range->low) > 0.0);
    const bool too_high = high > range->high;
    const char *hint = range->hint
                           ? arena_print(compiler->arena,
                                         "%s; (\"truncate\", ..., low, high) keeps a distribution inside", range->hint)
                           : NULL;

    if (!too_low && !too_high)
        return;
    if (distribution_is_constant(distribution))
        diag_error(compiler->diag, quantity->place, range->hint, "%s: %.10g is not %s", quantity->path, low,
                   range->what);
    else if (too_low)
        diag_error(compiler->diag, quantity->place, hint, "%s: reaches down to %.6g, which is not %s", quantity->path,
                   low, range->what);
    else
        diag_error(compiler->diag, quantity->place, hint, "%s: reaches up to %.6g, which is not %s", quantity->path,
                   high, range->what);
}

/* Make a shared parameter an input, once. */
static void add_parameter(struct compiler *compiler, size_t i)
{
    const struct quantity *quantity = &compiler->scenario->parameters.item[compiler->parameters.original[i]].quantity;
    const struct note *note = compiler->note;

    if (!compiler->parameter[i] || compiler->parameter_slot[i] != NO_SLOT)
        return;
    compiler->note = NULL; /* its basis is its own, not that of the entity that uses it */
    count_tag(compiler->plan, tag_of(compiler, quantity));
    compiler->parameter_slot[i] = new_input(compiler, quantity, compiler->parameter[i]);
    compiler->note = note;
}

/* A quantity's own distribution, or that of the shared parameter it names, whose slot goes to *shared. */
static struct distribution *resolve_quantity(struct compiler *compiler, const struct quantity *quantity,
                                             const struct range *range, slot_t *shared)
{
    struct distribution *distribution;

    if (quantity->form == QUANTITY_ABSENT)
        return NULL;
    if (quantity->form == QUANTITY_PARAMETER) {
        const long i = lookup_find(&compiler->parameters, quantity->parameter);

        if (i < 0)
            return NULL; /* reported when it was read */
        compiler->parameter_used[i] = true;
        add_parameter(compiler, (size_t)i);
        distribution = compiler->parameter[i];
        *shared = compiler->parameter_slot[i];
    } else {
        distribution = distribution_make(compiler->arena, compiler->tables, quantity,
                                         (struct bounds){range->low, range->high}, compiler->diag);
        count_tag(compiler->plan, tag_of(compiler, quantity));
    }
    if (distribution)
        check_fit(compiler, quantity, distribution, range);
    return distribution;
}

slot_t compile_value(struct compiler *compiler, const struct quantity *quantity, const struct range *range)
{
    slot_t shared = NO_SLOT;
    struct distribution *distribution = resolve_quantity(compiler, quantity, range, &shared);

    if (!distribution || shared != NO_SLOT)
        return shared;
    return new_input(compiler, quantity, distribution);
}

struct distribution *compile_distribution(struct compiler *compiler, const struct quantity *quantity,
                                          const struct range *range)
{
    struct plan *plan = compiler->plan;
    struct distribution *distribution;
    slot_t shared = NO_SLOT;

    if (quantity->form == QUANTITY_PARAMETER)
        diag_error(compiler->diag, quantity->place, "write the distribution here; `at` takes a shared parameter",
                   "%s: is drawn in every run, a shared parameter once a world", quantity->path);
    distribution = resolve_quantity(compiler, quantity, range, &shared);
    if (distribution && !distribution_is_constant(distribution)) {
        plan->drawn =
            arena_grow(compiler->arena, plan->drawn, plan->n_drawn, &compiler->drawn_capacity, sizeof *plan->drawn);
        plan->drawn[plan->n_drawn++] = (struct plan_drawn){quantity->path, distribution};
    }
    return distribution;
}

/* Make the parameters' distributions. A parameter of the scenario's own file becomes an input whether it is used or not; one of a file that
 * it extends only if something uses it, since a template may list parameters to choose from. */
void compile_parameters(struct compiler *compiler)
{
    static const struct range any = {-INFINITY, INFINITY, false, "a number", NULL};
    const struct keyed_quantities *parameters = &compiler->scenario->parameters;
    const size_t n = parameters->n;

    compiler->note = NULL;
    compiler->parameter_slot = arena_new(compiler->arena, n, sizeof *compiler->parameter_slot);
    compiler->parameter_used = arena_new(compiler->arena, n, sizeof *compiler->parameter_used);
    compiler->parameter = arena_new(compiler->arena, n, sizeof *compiler->parameter);
    for (size_t i = 0; i < n; i++) {
        const struct quantity *quantity = &parameters->item[compiler->parameters.original[i]].quantity;

        compiler->parameter_slot[i] = NO_SLOT;
        if (quantity->form == QUANTITY_ABSENT)
            continue; /* reported when it was read */
        compiler->parameter[i] = distribution_make(compiler->arena, compiler->tables, quantity,
                                                   (struct bounds){any.low, any.high}, compiler->diag);
        if (compiler->parameter[i])
            check_fit(compiler, quantity, compiler->parameter[i], &any);
        if (lookup_is_own(compiler->scenario, quantity->place))
            add_parameter(compiler, i);
    }
}
