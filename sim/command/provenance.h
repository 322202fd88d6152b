/* SPDX-License-Identifier: GPL-3.0-or-later */
/* provenance.h - what is known of how results came about. */
#ifndef FOOTHOLD_PROVENANCE_H
#define FOOTHOLD_PROVENANCE_H
#include "sim/command/playing.h"
#include "sim/report/report.h"

/* Of n scenarios that were played as the arms of a result. Strings live in the arena or belong to the scenarios; the
 * arguments and the seconds are left to the caller. */
struct provenance provenance_of(struct arena *arena, const char *command, const struct playing *playing,
                                const struct play_settings *settings, const struct play_result *result,
                                const struct loaded *loaded, size_t n);

/* Of n scenarios from which n_played arms were played to the end (n_worlds and n_runs in the settings); computed: of each. */
struct provenance provenance_of_arms(struct arena *arena, const char *command, const struct playing *playing,
                                     const struct play_settings *settings, const struct loaded *loaded,
                                     const bool *computed, size_t n, size_t n_played);
#endif
