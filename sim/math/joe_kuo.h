/* SPDX-License-Identifier: GPL-3.0-or-later */
/* joe_kuo.h - direction numbers of Sobol's sequence. */
#ifndef FOOTHOLD_JOE_KUO_H
#define FOOTHOLD_JOE_KUO_H
#include <stdint.h>

enum { JOE_KUO_DIMENSIONS = 1024, JOE_KUO_DEGREE = 13 };

struct joe_kuo {
    uint16_t polynomial;            /* bit i: the coefficient of x^i */
    uint16_t first[JOE_KUO_DEGREE]; /* as many as its degree; odd */
};

extern const struct joe_kuo joe_kuo[JOE_KUO_DIMENSIONS];
#endif
