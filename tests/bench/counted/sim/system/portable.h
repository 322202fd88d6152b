/* SPDX-License-Identifier: GPL-3.0-or-later */
#define portable_log uncounted_log
#define portable_exp uncounted_exp
#include "../../../../../sim/system/portable.h"
#undef portable_log
#undef portable_exp
#ifndef FOOTHOLD_COUNTED_PORTABLE_H
#define FOOTHOLD_COUNTED_PORTABLE_H
#include "../../count.h"

static inline double portable_log(double x)
{
    count_logs++;
    return uncounted_log(x);
}

static inline double portable_exp(double x)
{
    count_exps++;
    return uncounted_exp(x);
}
#endif
