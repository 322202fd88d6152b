/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plots.h - figures of pooled answers beside their tables: analysts and what is made of them. */
#ifndef FOOTHOLD_PLOTS_H
#define FOOTHOLD_PLOTS_H
#include "sim/analysis/pooling.h"
#include "sim/report/output.h"

void plots_pool(struct output *output, const struct pooling *pooling);
#endif
