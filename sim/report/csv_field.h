/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_field.h - fields of CSV: RFC 4180, but for the line's end: LF, as R, pandas and gnuplot write. */
#ifndef FOOTHOLD_CSV_FIELD_H
#define FOOTHOLD_CSV_FIELD_H
#include <stdio.h>

/* Texts are quoted where they must be; doubles round-trip, NA for NAN (number.h). */
void csv_text(FILE *out, const char *text);
void csv_number(FILE *out, double x);

/* The same after a comma. */
void csv_next_text(FILE *out, const char *text);
void csv_next_number(FILE *out, double x);
#endif
