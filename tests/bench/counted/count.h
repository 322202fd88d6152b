/* SPDX-License-Identifier: GPL-3.0-or-later */
/* count.h - how many random numbers, logarithms and exponentials a run takes, told when it ends: for bench.sh, in a build that
 * takes the two headers beside this one for those of the engine. One thread. */
#ifndef FOOTHOLD_COUNT_H
#define FOOTHOLD_COUNT_H
#include <stdio.h>

/* Every object file has these, and all are one. */
__attribute__((weak)) double count_uniforms, count_logs, count_exps;
void count_tell(void);

__attribute__((weak, destructor)) void count_tell(void)
{
    if (count_uniforms > 0.0)
        fprintf(stderr, "%.0f %.0f %.0f\n", count_uniforms, count_logs, count_exps);
    count_uniforms = 0.0; /* it is called for every object file */
}
#endif
