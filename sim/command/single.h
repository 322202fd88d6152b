/* SPDX-License-Identifier: GPL-3.0-or-later */
/* single.h - one scenario played into its folder. */
#ifndef FOOTHOLD_SINGLE_H
#define FOOTHOLD_SINGLE_H
#include "sim/analysis/answer.h"
#include "sim/command/playing.h"
#include "sim/command/terminal.h"

struct single {
    const struct loaded *loaded; /* with a plan */
    const struct playing *playing;
    const char *draws; /* file of raw draws; NULL: not wanted */
    bool histories;    /* runs.csv and events.csv are wanted */
    struct progress *progress;
    bool alone; /* not one of several: it is shown at length */
    int argc;
    char **argv;
};

/* Play it and write its files; of one alone also show it, as the options say. NULL when there is nothing to tell; if that is
 * not for a signal, *status is the exit status and *why says why in a few words. */
struct answer *single_play(const struct single *single, const char *folder, int *status, const char **why);
#endif
