/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.h - names of the scenario resolved to indices of the plan. */
#ifndef FOOTHOLD_LOOKUP_H
#define FOOTHOLD_LOOKUP_H
#include "sim/plan/compiler.h"

/* Fill the compiler's lists of ids, sorted, and the plan's counts of what has one. Before any other function here. */
void lookup_list_all(struct compiler *compiler);

/* Report every id that two of the transitions, levers and events share: they have one namespace. */
void lookup_check_namespace(struct compiler *compiler);

/* Index in a list by id, or -1. */
long lookup_find(const struct id_list *list, const char *id);

/* The same; an unknown id is reported, with the nearest known one. path: of the reference; what: "state", "base" ... */
long lookup_require(struct compiler *compiler, const struct id_list *list, struct name name, const char *path,
                    const char *what);

/* The set of states that a name stands for: a state's bit, or all of the held or lost ones. 0, and reported, when there is none. */
uint64_t lookup_states(struct compiler *compiler, struct name name, const char *path);

/* Whether a place is in the scenario's own file, or in an override, and not in a file that it extends. */
bool lookup_is_own(const struct scenario *scenario, struct place place);
#endif
