/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot - draw the plots beside the tables of a folder of results, by gnuplot. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sim/command/command.h"
#include "sim/report/deliver.h"
#include "sim/scenario/scenario.h"
#include "sim/system/visible.h"

enum { NO_GNUPLOT = 127, NO_FOLDER = 126 };

static bool is_script(const char *name)
{
    const size_t length = strlen(name);

    return length > 3 && !strcmp(name + length - 3, ".gp");
}

static FILE *copy_script(const char *folder, const struct output_sum *listed)
{
    struct arena arena = {0};
    FILE *file = fopen(arena_print(&arena, "%s/%s", folder, listed->name), "r"), *copy = tmpfile();
    char *text = memory_new(listed->bytes + 1, 1), hex[65] = "";
    const size_t got = file ? fread(text, 1, listed->bytes + 1, file) : 0;

    if (!copy)
        die("cannot write a temporary file: %s", strerror(errno));
    scenario_sha256(text, got, hex);
    if (strcmp(hex, listed->sha256) != 0 || fwrite(text, 1, got, copy) != got || fflush(copy) ||
        lseek(fileno(copy), 0, SEEK_SET)) {
        (void)fclose(copy);
        copy = NULL;
    }
    if (file)
        (void)fclose(file);
    free(text);
    arena_free(&arena);
    return copy;
}

/* A script may run commands, so none is drawn but as it was written: a copy of what the manifest lists is taken, held against
 * it, and that very copy is what gnuplot reads. NULL: it cannot be had, or differs. */
static FILE *take_script(const char *folder, const struct output_sum *listed)
{
    return manifest_fits(listed, folder) ? copy_script(folder, listed) : NULL;
}

/* gnuplot's exit status on a script, run in its folder. */
static int draw(const char *folder, FILE *script)
{
    int status = 0;
    const pid_t child = fork();

    if (child < 0)
        die("cannot start gnuplot: %s", strerror(errno));
    if (!child) {
        if (chdir(folder) || dup2(fileno(script), STDIN_FILENO) < 0)
            _exit(NO_FOLDER);
        execlp("gnuplot", "gnuplot", "/dev/stdin", (char *)NULL); /* at mistakes in a file it stops */
        _exit(NO_GNUPLOT);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : NO_FOLDER;
}

static int draw_script(const char *folder, const struct output_sum *listed)
{
    FILE *script = take_script(folder, listed);
    int code;

    if (!script) {
        visible_line(stderr, "foothold plot: %s/%s is not as it was written: not drawn", folder, listed->name);
        visible_line(stderr, "  hint: if that is your own doing: cd %s && gnuplot ./%s", folder, listed->name);
        return EXIT_INPUT;
    }
    code = draw(folder, script);
    (void)fclose(script);
    if (code == NO_GNUPLOT)
        fputs("foothold plot: gnuplot is not there\n  hint: apt-get install gnuplot-nox\n", stderr);
    else if (code)
        visible_line(stderr, "foothold plot: gnuplot failed on %s", listed->name);
    return code ? EXIT_MACHINE : EXIT_FINE;
}

static int refuse(const char *folder, const char *what, const char *hint)
{
    visible_line(stderr, "foothold plot: %s: %s", folder, what);
    fprintf(stderr, "  hint: %s\n", hint);
    return EXIT_INPUT;
}

static int draw_listed(const char *folder, const struct manifest *manifest)
{
    size_t drawn = 0, scripts = 0;
    int status = EXIT_FINE;

    for (size_t i = 0; i < manifest->n && status != EXIT_MACHINE; i++) {
        int code;

        if (!is_script(manifest->file[i].name))
            continue;
        scripts++;
        code = draw_script(folder, &manifest->file[i]);
        status = code == EXIT_FINE ? status : code;
        drawn += code == EXIT_FINE;
    }
    if (drawn)
        visible_line(stdout, "%zu plot%s drawn in %s/, as .svg and .png", drawn, drawn == 1 ? "" : "s", folder);
    return scripts ? status
                   : refuse(folder, "no plots in it", "a folder that run, compare, sweep, pool or score wrote");
}

static int draw_folder(const char *folder)
{
    struct manifest manifest;
    struct stat there;
    int status;

    if (stat(folder, &there) || !S_ISDIR(there.st_mode))
        return refuse(folder, S_ISREG(there.st_mode) ? "not a folder" : strerror(errno),
                      "a folder that run, compare, sweep, pool or score wrote");
    if (!manifest_read(&manifest, folder))
        return refuse(folder, "no manifest.json that lists its files: not a whole result",
                      "a folder that run, compare, sweep, pool or score wrote");
    status = draw_listed(folder, &manifest);
    manifest_free(&manifest);
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
        "plot.\n"
        "Only those are drawn that the folder's manifest.json lists, and as they were written. They are programs all "
        "the "
        "same,\n"
        "and so is a manifest that somebody else sends: draw folders that you trust.\n",
    .run = run,
};
