/* SPDX-License-Identifier: GPL-3.0-or-later */
/* npy.h - raw draws as a NumPy array of records: numpy.load(FILE), or memory-mapped.
 *
 * One record a base of a run: world, run (u4), base, state (u2: indices in the order of ids and of the scenario's states), lost,
 * deal (f4: the month it first was, NaN if it was not within the horizon). */
#ifndef FOOTHOLD_NPY_H
#define FOOTHOLD_NPY_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct npy_draw {
    uint32_t world, run;
    uint16_t base, state;
    float lost, deal;
};

/* Leave room for the header, then write records, then put the header in front of them. */
void npy_begin(FILE *out);
void npy_write(FILE *out, const struct npy_draw *draw, size_t n);
void npy_end(FILE *out, uint64_t n);
#endif
