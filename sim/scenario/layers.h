/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layers.h - a scenario file, the files it extends and the overrides, merged into one tree.
 *
 * A later layer replaces what an earlier one says, key by key: the outermost ancestor first, then each file that extends it, then
 * overrides (--set, --vary) in order. Every value keeps the place of the layer that set it. */
#ifndef FOOTHOLD_LAYERS_H
#define FOOTHOLD_LAYERS_H
#include "sim/scenario/scenario.h"

/* Parse a file and what it extends into one tree, in the scenario's arena; NULL with diagnostics. Fills scenario->file and n_files, the
 * given file first. The path in `extends` is relative to the file that contains it and must stay inside the tree of scenarios: below
 * the working folder, or below the parent of the given file's folder. */
struct node *layers_parse(struct scenario *scenario, const char *path, struct diag *diag);

/* Apply overrides to a parsed tree, and drop what a later layer superseded. False, with diagnostics, when one does not fit. */
bool layers_override(struct scenario *scenario, struct node *root, const struct override *override, size_t n_overrides,
                     struct diag *diag);
#endif
