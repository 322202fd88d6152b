/* outcome.h - how the histories of one arm answered an agenda, replicate by replicate; and how two arms differ.
 *
 * Arms are played on the same luck, so what two of them have in common cancels from their difference, replicate by
 * replicate (common random numbers). Errors are by the jackknife over replicates (estimate.h). */
#ifndef FOOTHOLD_OUTCOME_H
#define FOOTHOLD_OUTCOME_H
#include "sim/analysis/answer.h"
#include "sim/engine/play.h"

struct outcome {
    size_t n_questions;
    uint64_t *yes;             /* [question * REPLICATES + replicate], in units of 1 / TALLY_ONE */
    uint64_t runs[REPLICATES]; /* likewise: all, or as much of them as came to what was given */
    double evidence;           /* the share of histories that came to what was given */
    double ess;                /* effective number of runs: Kish's (sum w)^2 / sum w^2 */
    double *ignorance;         /* per question: sd of its probability over worlds; needs two runs a world */
    bool computed;
    struct play_too_fast too_fast; /* then drawn nevertheless */
};

/* Of an arm whose plan answers questions only. Free with outcome_free. */
void outcome_init(struct outcome *outcome, const struct arm_result *arm);
void outcome_free(struct outcome *outcome);

/* The probability of a question, of all replicates or (leave_out < REPLICATES) without one; NAN where there are no runs. */
double outcome_share(const struct outcome *outcome, size_t question, size_t leave_out);
struct estimate outcome_estimate(const struct outcome *outcome, size_t question);

/* A probability for use in logarithms: of a drawn frequency, which proves no certainty, half a run where none, or all, of the
 * runs said yes. */
double outcome_open(const struct outcome *outcome, double p);

/* A statistic of some outcomes (struct of its own behind `what`) of all replicates but one, or of all. */
typedef double outcome_statistic(const void *what, size_t leave_out);

/* The statistic and its jackknife error over the replicates that have runs in `like`. */
struct estimate outcome_jackknife(outcome_statistic *statistic, const void *what, const struct outcome *like);

struct outcome_difference {
    struct estimate a, b;   /* baseline, and the other */
    struct estimate delta;  /* b - a */
    double low, high;       /* 95 % interval of delta, by Student's t */
    double ratio, ratio_se; /* b / a; NAN where a is 0 */
    double narrower;        /* how many times smaller pairing made the error; NAN where it left none */
};

struct outcome_difference outcome_compare(const struct outcome *a, const struct outcome *b, size_t question);

/* Half the width of a 95 % interval, from a jackknife error over so many replicates as have runs. */
double outcome_interval(const struct outcome *outcome, double se);
#endif
