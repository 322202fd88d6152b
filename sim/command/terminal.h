/* SPDX-License-Identifier: GPL-3.0-or-later */
/* terminal.h - what standard output and error are: colours, width, a line of progress. */
#ifndef FOOTHOLD_TERMINAL_H
#define FOOTHOLD_TERMINAL_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Colours only on a terminal that has them, and not where NO_COLOR says no. */
bool terminal_has_colour(FILE *stream);
int terminal_width(void); /* of standard output; 100 where it is no terminal */

/* What is told of long work while it lasts, never less than was told before. Work may have parts, one after the other, each
 * of which tells how far it is. */
struct progress {
    const char *what;
    double started, shown;        /* seconds */
    double from, share;           /* of the part at hand, in fractions of the whole */
    double reached;               /* of the whole */
    uint64_t draws_before, draws; /* of earlier parts; of all */
    bool on, dirty;               /* dirty: a line stands there */
};
void progress_begin(struct progress *progress, const char *what, bool quiet);
void progress_part(struct progress *progress, const char *what, double from, double share);

/* fraction: of the part; 0: not known yet */
void progress_show(void *progress, uint64_t n_draws,
                   double fraction); /* as play_settings.progress calls it, the context being a struct progress */
void progress_end(struct progress *progress); /* takes the line away; another part may follow */

double terminal_seconds(void);     /* monotonic */
double terminal_cpu_seconds(void); /* of this process, all threads */
#endif
