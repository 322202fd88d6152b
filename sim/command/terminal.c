/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/terminal.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "sim/system/visible.h"

bool terminal_has_colour(FILE *stream)
{
    const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(fileno(stream)) && !(no_colour && *no_colour) && !(term && !strcmp(term, "dumb"));
}

int terminal_width(void)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < 40)
        return 100;
    return size.ws_col > 140 ? 140 : size.ws_col;
}

double terminal_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double terminal_cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

void progress_begin(struct progress *progress, const char *what, bool quiet)
{
    *progress = (struct progress){
        .what = what, .started = terminal_seconds(), .share = 1.0, .on = !quiet && isatty(STDERR_FILENO)};
    progress->shown = progress->started;
}

void progress_part(struct progress *progress, const char *what, double from, double share)
{
    progress->what = what;
    progress->from = from;
    progress->share = share;
    progress->draws_before = progress->draws;
}

void progress_show(void *context, uint64_t n_draws, double fraction)
{
    struct progress *progress = context;
    const double now = progress->on ? terminal_seconds() : 0.0, spent = now - progress->started;
    const double reached = progress->from + progress->share * fraction;
    double rate;

    progress->draws = progress->draws_before + n_draws;
    progress->reached = reached > progress->reached ? reached : progress->reached;
    if (!progress->on || now - progress->shown < 0.25)
        return;
    progress->shown = now;
    rate = (double)progress->draws / spent;
    putc('\r', stderr);
    visible_put(stderr, progress->what, strlen(progress->what));
    if (progress->reached > 0.0)
        fprintf(stderr, "  %3.0f %%", 100.0 * progress->reached);
    if (rate < 1e6)
        fprintf(stderr, "  %.0f thousand draws/s", 1e-3 * rate);
    else
        fprintf(stderr, "  %.1f million draws/s", 1e-6 * rate);
    if (progress->reached > 0.0)
        fprintf(stderr, "  %.0f s left", spent * (1.0 - progress->reached) / progress->reached);
    fputs(" \033[K", stderr);
    progress->dirty = true;
    (void)fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->dirty)
        fputs("\r\033[K", stderr);
    progress->dirty = false;
}
