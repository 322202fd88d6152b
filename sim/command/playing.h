/* SPDX-License-Identifier: GPL-3.0-or-later */
/* playing.h - what every verb that plays scenarios shares: its options, the settings that follow, an end in good order. */
#ifndef FOOTHOLD_PLAYING_H
#define FOOTHOLD_PLAYING_H
#include <signal.h>
#include "sim/command/load.h"
#include "sim/engine/play.h"
#include "sim/report/deliver.h"

/* As enum result_format. */
enum playing_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

/* First member of the options of such a verb. */
struct playing {
    struct option_overrides overrides;
    struct option_seed seed;
    uint64_t worlds, runs, threads; /* 0: not given */
    double precision;               /* likewise */
    const char *out;
    int format, design, estimator;
    bool force, watch, quiet; /* watch: seen to by watch.h */
};

extern const struct option_set playing_options;
extern const char *const playing_design_name[], *const playing_estimator_name[]; /* by enum; NULL at the end */

/* What the options ask of each other; what is wrong is told on standard error. */
bool playing_check(const char *verb, const struct playing *playing);

/* What they ask of a scenario: no estimator that it cannot have, no more runs than can be counted. drawn: nothing may be
 * computed. */
void playing_check_plan(const struct playing *playing, const struct loaded *loaded, bool drawn, struct diag *diag);

/* Choose a seed if none was given; from now on the first signal ends what is played in good order, the second at once. */
void playing_begin(struct playing *playing);
/* Claim the folder that results go to, before anything is played. Else the exit status, and why is told. */
enum delivery playing_claim(const char *verb, const struct playing *playing, struct output *output, const char *folder);
int playing_refused(enum delivery delivery);

extern volatile sig_atomic_t playing_caught; /* the signal's number, or 0 */

/* The exit status: that of a signal, if one came. */
int playing_status(int status);

/* What the options ask of arms that are to differ by no more than their assumptions: the same worlds, the same luck. */
void playing_check_arms(const struct playing *playing, struct diag *diag);

/* How to play arms, differences being wanted. computed: all of them can be. */
struct play_settings playing_arms_settings(const struct playing *playing, bool computed);

/* The exit status of a verb whose arms were stopped, or of which one ran away (the clock's id, else NULL), which is told. */
int playing_given_up(const char *verb, const char *runaway);

extern const char *const playing_given_name[]; /* by enum agenda_given; NULL at the end */

/* Say that too little of a scenario is left once it is conditioned on another's start; the exit status. */
int playing_too_rare(const char *verb, const struct scenario *scenario, double kept, const struct scenario *last);

/* How to play a plan; who is told of what (progress, world ...) is left to the caller. */
struct play_settings playing_settings(const struct playing *playing, const struct plan *plan, bool drawn);

/* Play a plan. Where a precision takes many worlds, most of them are played for the answers alone. */
void playing_play(struct play_result *result, const struct plan *plan, const struct play_settings *settings);
#endif
