/* SPDX-License-Identifier: GPL-3.0-or-later */
/* foothold.h - play scenarios from a program of your own.
 *
 * Read a scenario, play it, ask for its answers; the same seed gives the numbers that `foothold run` gives. Different scenarios may be
 * read and played by different threads, one scenario by one at a time. Running out of memory ends the program with a line on
 * standard error. Link with what `pkg-config --libs foothold` says. */
#ifndef FOOTHOLD_H
#define FOOTHOLD_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct foothold;

/* How to play; what is 0 is chosen as `foothold run` does, but for the seed, which is taken as it is. */
struct foothold_settings {
    uint64_t seed;
    uint64_t worlds, runs; /* runs: a world */
    double precision;      /* play more worlds until the standard error of every question is below */
    int threads;
};

/* A probability, its Monte Carlo standard error, and its quantiles over what the analyst does not know. All NAN where there is
 * nothing of that name, or nothing was played; the quantiles also with one world, or one run a world. */
struct foothold_number {
    double value, se, p05, p50, p95;
};

/* Read a scenario file and lay values over it: "PATH=VALUE" each, in the file's own syntax, NULL at the end; set may be NULL.
 * Mistakes and warnings are written to `messages`, with their places and hints, unless that is NULL. NULL when there was a
 * mistake. Free with foothold_free. */
struct foothold *foothold_read(const char *path, const char *const *set, FILE *messages);
void foothold_free(struct foothold *scenario); /* NULL: nothing happens */

/* Play it, in place of what was played before. NULL: all settings as chosen by default, seed 0. Returns 0; or -1 when it asks for
 * more runs than can be counted, or a clock rings over and over: its rates are beyond reason. */
int foothold_play(struct foothold *scenario, const struct foothold_settings *settings);

/* The questions it asks, by number, in the order of their ids; NULL beyond the last. Valid until foothold_free. */
const char *foothold_question(const struct foothold *scenario, size_t i);

/* Its answers: how likely a question's is yes, or a base to be in a state at the horizon. */
struct foothold_number foothold_answer(const struct foothold *scenario, const char *question);
struct foothold_number foothold_state(const struct foothold *scenario, const char *base, const char *state);

/* All of the answer, as summary.csv and summary.json have it. Nothing when nothing was played. */
void foothold_write_csv(const struct foothold *scenario, FILE *out);
void foothold_write_json(const struct foothold *scenario, FILE *out);

const char *foothold_version(void); /* "0.1.0" */

#ifdef __cplusplus
}
#endif
#endif
