/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layers.h - a scenario file, what it extends and the overrides on top, laid into one tree. */
#ifndef FOOTHOLD_LAYERS_H
#define FOOTHOLD_LAYERS_H
#include "sim/scenario/scenario.h"

/* The merged tree, or NULL with diagnostics. Fills scenario->file and n_files, the given file last. The path of
 * `extends` is taken from the file it stands in and must stay inside the tree: below the working folder, or below the
 * folder above the given file's. */
struct node *layers_read(struct scenario *scenario, const char *path, const struct override *override,
                         size_t n_overrides, struct diag *diag);
#endif
