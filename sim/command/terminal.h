/* terminal.h - what standard output and error are: colours, width, a line of progress. */
#ifndef FOOTHOLD_TERMINAL_H
#define FOOTHOLD_TERMINAL_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Colours only on a terminal that has them, and not where NO_COLOR says no. */
bool terminal_has_colour(FILE *stream);
int terminal_width(void); /* of standard output; 100 where it is no terminal */

struct progress {
    const char *what;
    double started, shown; /* seconds */
    bool on;
};
void progress_begin(struct progress *progress, const char *what, bool quiet);
void progress_show(void *progress, uint64_t n_draws,
                   double fraction); /* as play_settings.progress calls it, the context being a struct progress */
void progress_end(struct progress *progress);

double terminal_seconds(void);     /* monotonic */
double terminal_cpu_seconds(void); /* of this process, all threads */
#endif
