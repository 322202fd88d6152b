/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.h - the verbs of the command line, one table each. */
#ifndef FOOTHOLD_COMMAND_H
#define FOOTHOLD_COMMAND_H
#include <stddef.h>
#include "sim/command/options.h"

/* Exit codes; a signal's are 128 and its number. */
enum { EXIT_FINE = 0, EXIT_MACHINE = 1, EXIT_INPUT = 2 };

struct command {
    const char *name, *summary, *usage;
    const char *detail;                /* shown below the options; may be NULL */
    const struct option_set *options;  /* NULL: none */
    int (*run)(int argc, char **argv); /* arguments after the verb, argv[0] the verb itself */
};

extern const struct command command_new, command_check, command_paths, command_run, command_compare, command_sweep,
    command_pool, command_score, command_baserate, command_explain, command_plot, command_models, command_completion,
    command_help;

/* All verbs, in the order `foothold help` lists them; list.c has the table. */
extern const struct command *const command_list[];
extern const size_t command_count;

const struct command *command_find(const char *name);
#endif
