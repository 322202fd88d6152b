/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outcome.h - how the histories of one arm answered an targets, replicate by replicate; and how two arms differ.
 *
 * Arms are played on the same luck, so what two of them have in common cancels from their difference, replicate by
 * replicate (common random numbers). Errors are by the jackknife over replicates (estimate.h). */
#ifndef FOOTHOLD_OUTCOME_H
#define FOOTHOLD_OUTCOME_H
#include "sim/analysis/answer.h"
#include "sim/engine/play.h"

struct arm_estimates {
    size_t n_questions;
    uint64_t *yes;             /* [question * REPLICATES + replicate], in units of 1 / TALLY_ONE */
    uint64_t runs[REPLICATES]; /* likewise: all, or as much of them as came to what was given */
    double evidence;           /* the share of histories that came to what was given */
    double ess;                /* effective number of runs: Kish's (sum w)^2 / sum w^2 */
    double *ignorance;         /* per question: sd of its probability over worlds; needs two runs a world */
    bool computed;
    struct play_too_fast too_fast; /* then drawn nevertheless */
};

/* Of an arm whose plan answers questions only. Free with arm_estimates_free. */
void arm_estimates_init(struct arm_estimates *outcome, const struct arm_result *arm);
void arm_estimates_free(struct arm_estimates *outcome);

/* The probability of a question, of all replicates or (leave_out < REPLICATES) without one; NAN where there are no runs. */
double arm_estimates_share(const struct arm_estimates *outcome, size_t question, size_t leave_out);
struct estimate arm_estimates_of(const struct arm_estimates *outcome, size_t question);

/* A probability for use in logarithms: of a drawn frequency, which proves no certainty, half a run where none, or all, of the
 * runs said yes. */
double arm_estimates_open(const struct arm_estimates *outcome, double p);

/* A statistic of some outcomes (struct of its own behind `what`) of all replicates but one, or of all. */
typedef double arm_statistic(const void *what, size_t leave_out);

/* The statistic and its jackknife error over the replicates that have runs in `like`. */
struct estimate arm_jackknife(arm_statistic *statistic, const void *what, const struct arm_estimates *like);

struct arm_difference {
    struct estimate a, b;   /* baseline, and the other */
    struct estimate delta;  /* b - a */
    double low, high;       /* 95 % interval of delta, by Student's t */
    double ratio, ratio_se; /* b / a; NAN where a is 0 */
    double efficiency;      /* how many times smaller pairing made the error; NAN where it left none */
};

struct arm_difference arm_compare(const struct arm_estimates *a, const struct arm_estimates *b, size_t question);

/* Half the width of a 95 % interval, from a jackknife error over so many replicates as have runs. */
double arm_interval(const struct arm_estimates *outcome, double se);
#endif
