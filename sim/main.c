/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hand the command line to its verb (command/list.c). */
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <string.h>
#include "sim/command/command.h"
#include "sim/command/watch.h"
#include "sim/report/output.h"
#include "sim/text/diag.h"

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
            return true;
    return false;
}

static int unknown_verb(const char *verb)
{
    const char *name[16], *near;

    for (size_t i = 0; i < command_count; i++)
        name[i] = command_list[i]->name;
    near = diag_nearest(verb, name, command_count);
    fputs("foothold: no such verb: ", stderr);
    diag_put_safe(stderr, verb, strlen(verb));
    fprintf(stderr, "\n  hint: %s%s%s\n", near ? "did you mean foothold " : "`foothold help` lists them",
            near ? near : "", near ? "?" : "");
    return EXIT_INPUT;
}

int main(int argc, char **argv)
{
    const struct command *command;
    char *help[] = {argv[0], argc > 1 ? argv[1] : NULL};

    gsl_set_error_handler_off(); /* its values are checked instead */
    if (argc < 2) {
        command_help.run(1, help);
        return EXIT_INPUT;
    }
    if (!strcmp(argv[1], "--version")) {
        puts("foothold " FOOTHOLD_VERSION);
        output_check_stdout();
        return EXIT_FINE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
        return command_help.run(1, help);
    command = command_find(argv[1]);
    if (!command)
        return unknown_verb(argv[1]);
    if (asks_for_help(argc - 1, argv + 1) && command != &command_help)
        return command_help.run(2, help);
    if (watch_is_asked(command, argc - 1, argv + 1))
        return watch(command, argc - 1, argv + 1);
    return command->run(argc - 1, argv + 1);
}
