/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts.c - what the engine cannot do without, and nothing else; for bench.sh.
 *
 *   parts limit UNIFORMS LOGS EXPS   so many random numbers, logarithms and exponentials, as the engine makes them
 *   parts own N | libc N          N doubles written as text, by number_print and by snprintf
 *   parts npy N                   N records of raw draws; all to /dev/null */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/engine/stream.h"
#include "sim/report/npy.h"
#include "sim/report/number.h"
#include "sim/system/portable.h"

enum { BATCH = 64 };

static double limit(double uniforms, double logs, double exps)
{
    const struct key128 key = {{1, 2}, 0};
    struct stream stream = {.seed = 1, .place = {.laid_out = true}};
    double out[BATCH], sum = 0.0;

    for (double i = 0.0; i < uniforms; i += BATCH) {
        if (i < logs)
            stream_exponentials(out, BATCH, &stream, key, 0);
        else
            stream_uniforms(out, BATCH, &stream, key, 0);
        for (size_t k = 0; i < exps && k < BATCH; k++)
            out[k] = portable_exp(-out[k]);
        stream.run += BATCH;
        sum += out[0];
    }
    return sum;
}

static void write_numbers(double n, int own)
{
    FILE *out = fopen("/dev/null", "w");
    const struct key128 key = {{1, 2}, 0};
    struct stream stream = {.seed = 1};
    double x[BATCH];
    char text[64];

    if (!out)
        exit(1);
    for (double i = 0.0; i < n; i += BATCH) {
        stream_uniforms(x, BATCH, &stream, key, 0);
        stream.run += BATCH;
        for (int k = 0; k < BATCH; k++) {
            if (own)
                number_print(text, x[k]); /* never NA here */
            else /* the fewest digits that read back as the same number, as number_print finds them */
                for (int digits = 15; digits <= 17; digits++) {
                    snprintf(text, sizeof text, "%.*g", digits, x[k]);
                    if (strtod(text, NULL) == x[k])
                        break;
                }
            fwrite_unlocked(text, 1, strlen(text), out);
            putc_unlocked('\n', out);
        }
    }
    fclose(out);
}

static void write_draws(double n)
{
    FILE *out = fopen("/dev/null", "w");
    struct npy_draw draw = {0, 0, 0, 0, 1.0f, 2.0f};

    if (!out)
        exit(1);
    npy_begin(out);
    for (double i = 0.0; i < n; i++) {
        draw.run = (uint32_t)i;
        npy_write(out, &draw, 1);
    }
    npy_end(out, (uint64_t)n);
    fclose(out);
}

int main(int argc, char **argv)
{
    const double n = argc > 2 ? strtod(argv[2], NULL) : 0.0;

    if (argc == 5 && !strcmp(argv[1], "limit"))
        printf("%g\n", limit(n, strtod(argv[3], NULL), strtod(argv[4], NULL)));
    else if (argc == 3 && !strcmp(argv[1], "npy"))
        write_draws(n);
    else if (argc == 3)
        write_numbers(n, !strcmp(argv[1], "own"));
    else
        return 2;
    return 0;
}
