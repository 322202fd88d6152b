/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/math/tables.h"
#include "sim/math/beta.h"
#include "sim/math/gamma.h"

struct tables_entry {
    double first, second; /* shapes of a beta, or lowest and highest variance */
    const struct beta *beta;
    const struct gamma *gamma; /* NULL: a beta */
};

static const struct tables_entry *find_entry(const struct tables *tables, double first, double second, bool is_gamma)
{
    for (size_t i = 0; i < tables->n; i++) {
        const struct tables_entry *entry = &tables->entry[i];

        if (entry->first == first && entry->second == second && (entry->gamma != NULL) == is_gamma)
            return entry;
    }
    return NULL;
}

static struct tables_entry *add_entry(struct tables *tables, double first, double second)
{
    struct tables_entry *entry;

    tables->entry = arena_grow(&tables->arena, tables->entry, tables->n, &tables->capacity, sizeof *tables->entry);
    entry = &tables->entry[tables->n++];
    *entry = (struct tables_entry){.first = first, .second = second};
    return entry;
}

const struct beta *tables_beta(struct tables *tables, double a, double b)
{
    const struct tables_entry *found = find_entry(tables, a, b, false);
    struct tables_entry *made;

    if (found)
        return found->beta;
    made = add_entry(tables, a, b);
    made->beta = beta_make(&tables->arena, a, b);
    return made->beta;
}

const struct gamma *tables_gamma(struct tables *tables, double low, double high)
{
    const struct tables_entry *found = find_entry(tables, low, high, true);
    struct tables_entry *made;

    if (found)
        return found->gamma;
    made = add_entry(tables, low, high);
    made->gamma = gamma_make(&tables->arena, low, high);
    return made->gamma;
}

void tables_free(struct tables *tables)
{
    arena_free(&tables->arena);
    *tables = (struct tables){0};
}
