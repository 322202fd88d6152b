/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch.h - a verb again and again, whenever a file that it reads changes. */
#ifndef FOOTHOLD_WATCH_H
#define FOOTHOLD_WATCH_H
#include <stdbool.h>
#include "sim/command/command.h"

/* Whether arguments hold --watch, which is an option of the verb. */
bool watch_is_asked(const struct command *command, int argc, char **argv);

/* Run the verb with the other arguments, with the same seed each time, until a signal comes; returns the exit status. */
int watch(const struct command *command, int argc, char **argv);
#endif
