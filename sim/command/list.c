/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of verbs. */
#include <string.h>
#include "sim/command/command.h"

const struct command *const command_list[] = {&command_new,        &command_check,   &command_paths, &command_run,
                                              &command_compare,    &command_sweep,   &command_pool,  &command_score,
                                              &command_baserate,   &command_explain, &command_plot,  &command_models,
                                              &command_completion, &command_help};
const size_t command_count = sizeof command_list / sizeof *command_list;

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (!strcmp(command_list[i]->name, name))
            return command_list[i];
    return NULL;
}
