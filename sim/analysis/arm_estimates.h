/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arm_estimates.h - the answers of one arm to the targets, replicate by replicate, and how two arms differ.
 *
 * Arms use common random numbers: what two of them share cancels from their difference, replicate by replicate, so that the difference
 * has a smaller error than either answer. Errors are by the jackknife over replicates (jackknife.h). */
#ifndef FOOTHOLD_ARM_ESTIMATES_H
#define FOOTHOLD_ARM_ESTIMATES_H
#include "sim/analysis/answer.h"
#include "sim/engine/play.h"

struct arm_estimates {
    size_t n_questions;
    uint64_t *yes; /* [question * REPLICATES + replicate], in units of 1 / TALLY_ONE */
    uint64_t
        runs[REPLICATES]; /* in units of 1 / TALLY_ONE: all runs, or the part that meets the condition (plan->given) */
    double evidence;      /* the share of histories that meet the condition; 1 without one */
    double ess;           /* effective number of runs: Kish's (sum w)^2 / sum w^2 */
    double *ignorance;    /* per question: epistemic sd, of its probability over worlds; needs two runs a world */
    bool computed;
    struct play_too_fast too_fast; /* runs that were drawn although computed is true */
};

/* Of an arm whose plan answers questions only. Free with arm_estimates_free. */
void arm_estimates_init(struct arm_estimates *outcome, const struct arm_result *arm);
void arm_estimates_free(struct arm_estimates *outcome);

/* The probability of a question, of all replicates or (leave_out < REPLICATES) without one; NAN where there are no runs. */
double arm_estimates_share(const struct arm_estimates *outcome, size_t question, size_t leave_out);
struct estimate arm_estimates_of(const struct arm_estimates *outcome, size_t question);

/* A probability for use in logarithms. Of a drawn frequency 0 or 1, which does not prove impossibility or certainty, it counts half a run
 * as the other outcome. */
double arm_estimates_open(const struct arm_estimates *outcome, double p);

/* A statistic of arms' estimates, without one replicate, or of all (leave_out == REPLICATES). what: the caller's own struct. */
typedef double arm_statistic(const void *what, size_t leave_out);

/* The statistic and its jackknife error over the replicates that have runs in `like`. */
struct estimate arm_jackknife(arm_statistic *statistic, const void *what, const struct arm_estimates *like);

struct arm_difference {
    struct estimate a, b;   /* baseline, and the other */
    struct estimate delta;  /* b - a */
    double low, high;       /* 95 % interval of delta, by Student's t */
    double ratio, ratio_se; /* b / a; NAN where a is 0 */
    double efficiency; /* efficiency gain: by how much common random numbers divided the error; NAN where it is 0 */
};

struct arm_difference arm_compare(const struct arm_estimates *a, const struct arm_estimates *b, size_t question);

/* Half the width of a 95 % interval by Student's t, from a jackknife error over the replicates that have runs. */
double arm_interval(const struct arm_estimates *outcome, double se);
#endif
