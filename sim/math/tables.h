/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tables.h - tabulated distributions, shared by all plans that need the same one.
 *
 * Plans are compiled by one thread; tables are constant once made. */
#ifndef FOOTHOLD_TABLES_H
#define FOOTHOLD_TABLES_H
#include <stdbool.h>
#include <stddef.h>
#include "sim/system/memory.h"

struct beta;
struct gamma;

/* A zeroed struct is valid and empty. */
struct tables {
    struct arena arena;
    struct tables_entry *entry;
    size_t n, capacity;
};

/* As beta_make and gamma_make; they live until tables_free, and so must outlive the plans that were made with them. */
const struct beta *tables_beta(struct tables *tables, double a, double b);
const struct gamma *tables_gamma(struct tables *tables, double low, double high);
void tables_free(struct tables *tables);
#endif
