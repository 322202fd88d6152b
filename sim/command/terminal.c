#include "sim/command/terminal.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

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
    *progress = (struct progress){.what = what, .started = terminal_seconds(), .on = !quiet && isatty(STDERR_FILENO)};
    progress->shown = progress->started;
}

void progress_show(void *context, uint64_t n_draws, double fraction)
{
    struct progress *progress = context;
    const double now = progress->on ? terminal_seconds() : 0.0, spent = now - progress->started;

    if (!progress->on || now - progress->shown < 0.25 || !(fraction > 0.0))
        return;
    progress->shown = now;
    fprintf(stderr, "\r%s  %3.0f %%  %.1f million draws/s  %.0f s left \033[K", progress->what, 100.0 * fraction,
            1e-6 * (double)n_draws / spent, spent * (1.0 - fraction) / fraction);
    (void)fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->on && progress->shown > progress->started)
        fputs("\r\033[K", stderr);
}
