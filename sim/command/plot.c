/* plot - draw the plots beside the tables of a folder of results, by gnuplot. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sim/command/command.h"
#include "sim/report/output.h"
#include "sim/text/diag.h"

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The scripts of a folder, in order of names; NULL when it cannot be read. */
static const char **list_scripts(struct pool *pool, const char *folder, size_t *n)
{
    DIR *stream = opendir(folder);
    const char **name = pool_new(pool, 1, sizeof *name);
    const struct dirent *entry;
    size_t capacity = 1;

    *n = 0;
    if (!stream)
        return NULL;
    while ((entry = readdir(stream))) {
        const size_t length = strlen(entry->d_name);

        if (length < 4 || strcmp(entry->d_name + length - 3, ".gp") != 0)
            continue;
        name = pool_grow(pool, name, *n, &capacity, sizeof *name);
        name[(*n)++] = pool_copy(pool, entry->d_name, length);
    }
    closedir(stream);
    if (*n)
        qsort(name, *n, sizeof *name, by_text);
    return name;
}

enum { NO_GNUPLOT = 127, NO_FOLDER = 126 };

/* gnuplot's exit status on a script, run in its folder. */
static int draw(const char *folder, const char *script)
{
    int status = 0;
    const pid_t child = fork();

    if (child < 0)
        die("cannot start gnuplot: %s", strerror(errno));
    if (!child) {
        if (chdir(folder))
            _exit(NO_FOLDER);
        execlp("gnuplot", "gnuplot", script, (char *)NULL);
        _exit(NO_GNUPLOT);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : NO_FOLDER;
}

static void name_folder(const char *what, const char *folder)
{
    fputs("foothold plot: ", stderr);
    diag_put_safe(stderr, folder, strlen(folder));
    fprintf(stderr, ": %s\n", what);
}

static int draw_folder(const char *folder)
{
    struct pool pool = {0};
    size_t n, drawn = 0;
    const char **script = list_scripts(&pool, folder, &n);
    int status = EXIT_FINE;

    if (!script || !n) {
        name_folder(script ? "no plots in it\n  hint: a folder that run, compare, sweep or score wrote"
                           : strerror(errno),
                    folder);
        pool_free(&pool);
        return EXIT_INPUT;
    }
    for (size_t i = 0; i < n && status == EXIT_FINE; i++) {
        const int code = draw(folder, script[i]);

        if (code == NO_GNUPLOT) {
            fputs("foothold plot: gnuplot is not there\n  hint: apt-get install gnuplot-nox\n", stderr);
            status = EXIT_MACHINE;
        } else if (code) {
            fprintf(stderr, "foothold plot: gnuplot failed on %s\n", script[i]);
            status = EXIT_MACHINE;
        } else {
            drawn++;
        }
    }
    if (drawn)
        printf("%zu plot%s drawn in %s/, as .svg and .png\n", drawn, drawn == 1 ? "" : "s", folder);
    pool_free(&pool);
    return status;
}

static int run(int argc, char **argv)
{
    struct operands operands;
    int status = EXIT_INPUT;

    if (options_parse("plot", NULL, argc, argv, NULL, &operands)) {
        if (!operands.n)
            fputs("foothold plot: no folder given\n  hint: foothold plot results/2024-12/run\n", stderr);
        else
            status = EXIT_FINE;
        for (size_t i = 0; i < operands.n && status == EXIT_FINE; i++)
            status = draw_folder(operands.item[i]);
    }
    options_free(&operands, NULL);
    output_check_stdout();
    return status;
}

const struct command command_plot = {
    .name = "plot",
    .summary = "draw the plots of folders of results as SVG and PNG, by gnuplot",
    .usage = "foothold plot DIR...",
    .detail =
        "run, compare, sweep, pool and score leave a gnuplot script and a Vega-Lite spec beside each table that people "
        "plot.\n",
    .run = run,
};
