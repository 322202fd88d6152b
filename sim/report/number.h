/* SPDX-License-Identifier: GPL-3.0-or-later */
/* number.h - a double as text that programs read back to the same double. */
#ifndef FOOTHOLD_NUMBER_H
#define FOOTHOLD_NUMBER_H

enum { NUMBER_SIZE = 32 };

/* The shortest of 15, 16 or 17 digits that round-trips; NA for NAN, Inf and -Inf as R and Python write them.
 * Valid as long as text. */
const char *number_print(char text[NUMBER_SIZE], double x);
#endif
