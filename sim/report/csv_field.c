/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/csv_field.h"
#include <string.h>
#include "sim/report/number.h"

void csv_text(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

void csv_number(FILE *out, double x)
{
    char text[NUMBER_SIZE];
    const char *printed = number_print(text, x);

    fwrite_unlocked(printed, 1, strlen(printed), out); /* one thread writes a file */
}

void csv_next_text(FILE *out, const char *text)
{
    putc_unlocked(',', out);
    csv_text(out, text);
}

void csv_next_number(FILE *out, double x)
{
    putc_unlocked(',', out);
    csv_number(out, x);
}
