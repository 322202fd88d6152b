/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manual.h - manual pages in mdoc(7), from the tables that --help prints. */
#ifndef FOOTHOLD_MANUAL_H
#define FOOTHOLD_MANUAL_H
#include "sim/command/command.h"

/* The page of a verb, foothold-VERB(1); NULL: of the program, foothold(1). On standard output. */
void manual_print(const struct command *command);
#endif
