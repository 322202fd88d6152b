/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/watch.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "sim/command/load.h"
#include "sim/command/playing.h"
#include "sim/scenario/batch_file.h"

enum { POLL_MS = 200 };

struct seen { /* a file or folder as it stood when the verb was run */
    const char *path;
    struct stat status; /* zero: it was not there */
};

struct watched {
    struct arena arena;
    struct seen *seen;
    size_t n, capacity;
};

static const struct option_row *find(const struct command *command, const char *name)
{
    for (const struct option_set *set = command->options; set; set = set->more)
        for (size_t i = 0; i < set->n; i++)
            if (!strcmp(set->row[i].name, name))
                return &set->row[i];
    return NULL;
}

/* An option's place among the arguments, given as --name, --name=... or --name ...; 0: it is not there. */
static int place(const char *name, int argc, char **argv)
{
    const size_t length = strlen(name);

    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
        if (!strncmp(argv[i], "--", 2) && !strncmp(argv[i] + 2, name, length) &&
            (argv[i][length + 2] == '\0' || argv[i][length + 2] == '='))
            return i;
    return 0;
}

bool watch_is_asked(const struct command *command, int argc, char **argv)
{
    const int at = place("watch", argc, argv);

    return find(command, "watch") && at && !strcmp(argv[at], "--watch");
}

/* ---- what is watched ---- */

static struct stat status_of(const char *path)
{
    struct stat status = {0};

    if (stat(path, &status))
        status = (struct stat){0};
    return status;
}

static void add(struct watched *watched, const char *path)
{
    for (size_t i = 0; i < watched->n; i++)
        if (!strcmp(watched->seen[i].path, path))
            return;
    watched->seen = arena_grow(&watched->arena, watched->seen, watched->n, &watched->capacity, sizeof *watched->seen);
    watched->seen[watched->n++] = (struct seen){arena_copy(&watched->arena, path, strlen(path)), status_of(path)};
}

static void add_scenarios(struct watched *watched, const struct operands *named);

static void add_batch(struct watched *watched, const char *path, struct diag *diag)
{
    struct batch_file file;

    batch_file_read(&file, path, diag);
    for (size_t i = 0; i < file.n; i++)
        add_scenarios(watched, &(struct operands){file.entry[i].path, file.entry[i].n_paths});
    batch_file_free(&file);
}

/* Scenarios, what they extend, and what a batch names. What is wrong with them is for the verb to tell. */
static void add_scenarios(struct watched *watched, const struct operands *named)
{
    const struct option_overrides none = {0};
    struct diag diag = {0};
    struct batch batch;

    load(&batch, named, &none, &diag);
    for (size_t i = 0; i < batch.n; i++) {
        const struct scenario *scenario = batch.item[i].scenario;

        add(watched, batch.item[i].path);
        for (size_t f = 0; f < scenario->n_files; f++)
            add(watched, scenario->file[f]->name);
        if (scenario->kind == KIND_BATCH)
            add_batch(watched, batch.item[i].path, &diag);
    }
    load_free(&batch);
    diag_free(&diag);
}

/* The arguments that name files or folders, and what is behind them. */
static void look(struct watched *watched, int argc, char **argv)
{
    struct operands named = {memory_new((size_t)argc, sizeof *named.item), 0};
    const int out = place("out", argc, argv), skip = out && !strcmp(argv[out], "--out") ? out + 1 : 0;

    *watched = (struct watched){0};
    for (int i = 1; i < argc; i++) {
        const struct stat status = status_of(argv[i]);
        const size_t length = strlen(argv[i]);

        if (i == skip || !(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)))
            continue;
        add(watched, argv[i]);
        if (S_ISDIR(status.st_mode) || (length > 4 && !strcmp(argv[i] + length - 4, ".cfg")))
            named.item[named.n++] = argv[i];
    }
    add_scenarios(watched, &named);
    free(named.item);
}

static bool differs(const struct stat *a, const struct stat *b)
{
    return a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec ||
           a->st_size != b->st_size || a->st_ino != b->st_ino || a->st_dev != b->st_dev;
}

/* The first that is not as it was; NULL: none. */
static const char *changed(const struct watched *watched)
{
    for (size_t i = 0; i < watched->n; i++) {
        const struct stat now = status_of(watched->seen[i].path);

        if (differs(&watched->seen[i].status, &now))
            return watched->seen[i].path;
    }
    return NULL;
}

/* ---- waiting ---- */

static void nap(void)
{
    const struct timespec poll = {.tv_nsec = POLL_MS * 1000000L};

    nanosleep(&poll, NULL);
}

/* Until something changes and then stays as it is for a moment, since editors write in several steps. */
static const char *wait_for_change(const struct watched *watched)
{
    const char *path = NULL;

    while (!playing_caught && !path) {
        nap();
        path = changed(watched);
    }
    if (path)
        nap();
    return playing_caught ? NULL : path;
}

/* Why the verb is about to run: at first, path NULL, or again. */
static void tell(const char *path, const struct watched *watched)
{
    const time_t now = time(NULL);
    struct tm tm;
    char clock[16] = "";

    if (localtime_r(&now, &tm))
        (void)strftime(clock, sizeof clock, "%H:%M:%S", &tm);
    if (path) {
        fprintf(stderr, "\n%s: ", clock);
        diag_put_safe(stderr, path, strlen(path));
        fputs(" has changed\n\n", stderr);
    } else {
        fprintf(stderr, "watching %zu files and folders; Ctrl-C ends\n\n", watched->n);
    }
}

/* The arguments without --watch, and with a seed, so that what differs between two answers is what was edited. */
static char **arguments(struct arena *arena, const struct command *command, int argc, char **argv, int *n)
{
    char **out = arena_new(arena, (size_t)argc + 3, sizeof *out);
    const int watch_at = place("watch", argc, argv);
    struct playing playing = {0};

    *n = 0;
    for (int i = 0; i < argc; i++) {
        if (i == watch_at)
            continue;
        out[(*n)++] = argv[i];
        if (i || !find(command, "seed") || place("seed", argc, argv))
            continue;
        playing_begin(&playing);
        out[(*n)++] = arena_print(arena, "--seed=%" PRIu64, playing.seed.seed);
    }
    return out;
}

/* Standard input does not change. */
static bool reads_standard_input(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "-") || !strcmp(argv[i], "--resolved=-"))
            return true;
    return false;
}

int watch(const struct command *command, int argc, char **argv)
{
    struct arena arena = {0};
    const char *path = NULL;
    int n, status = EXIT_FINE;
    char **line = arguments(&arena, command, argc, argv, &n);
    const bool quiet = place("quiet", argc, argv);

    if (reads_standard_input(argc, argv)) {
        fprintf(stderr, "foothold %s: --watch: standard input cannot be watched\n  hint: save it first\n",
                command->name);
        arena_free(&arena);
        return EXIT_INPUT;
    }
    do {
        struct watched watched;

        look(&watched, n, line);
        if (!quiet)
            tell(path, &watched);
        status = command->run(n, line);
        (void)fflush(stdout);
        playing_begin(&(struct playing){.seed.given = true}); /* a signal ends the waiting too */
        path = wait_for_change(&watched);
        path = path ? arena_print(&arena, "%s", path) : NULL;
        arena_free(&watched.arena);
    } while (path);
    arena_free(&arena);
    return playing_status(status);
}
