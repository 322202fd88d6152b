/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a scenario; if it compiles, a few worlds of it are played, computed and drawn, in every design. Whatever it says,
 * every probability lies between 0 and 1. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include "sim/plan/model.h"
#include "sim/analysis/summarise.h"
#include "sim/engine/play.h"
#include "sim/plan/plan.h"
#include "sim/scenario/scenario.h"
#include "tests/fuzz/fuzz.h"

enum { MOST_BASES = 4, MOST_BYTES = 6000 }; /* more is as good a test, but slower */

static void check_share(const char *what, double value)
{
    if (!(value >= 0.0 && value <= 1.0)) {
        fprintf(stderr, "%s: %.17g is not a probability\n", what, value);
        abort();
    }
}

/* The whole answer is found from one of the plays only: its errors take thirty times as long as the play. */
static void play_plan(const struct plan *plan, enum design_kind design, enum estimator estimator, bool whole)
{
    const struct play_settings settings = {.seed = 1,
                                           .n_worlds = 3,
                                           .n_runs = 2,
                                           .precision = NAN,
                                           .design = design,
                                           .estimator = estimator,
                                           .threads = 1};
    struct play_result result;

    play(&result, &plan, 1, &settings);
    if (result.complete && !result.runaway) {
        const struct tally *tally = &result.arm[0].tally;
        double se;

        for (size_t q = 0; q < plan->n_questions; q++)
            check_share("question", tally_share(tally, tally->at.question + q, &se));
        for (size_t i = 0; i < plan->n_bases * plan->n_states; i++)
            check_share("state", tally_share(tally, tally->at.state + i, &se));
        if (whole)
            answer_free(summarise(plan, &result, 0, settings.n_runs));
    }
    play_free(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag diag = {0};
    struct arena arena = {0};
    struct scenario *scenario;
    const struct model *model;
    struct plan *plan = NULL;

    if (size > MOST_BYTES)
        return -1; /* not into the corpus */
    gsl_set_error_handler_off();
    scenario = scenario_read(fuzz_write("case.cfg", data, size), NULL, 0, model_schemas(&arena), model_count, &diag);
    if (scenario->root && !scenario->is_frame && !diag.n_errors && scenario->n_models == 1 && !scenario->n_evidence &&
        scenario->n_bases <= MOST_BASES && (model = model_find(scenario->model[0].name.text)))
        plan = plan_compile(scenario, model, &diag);
    if (plan && !diag.n_errors) {
        play_plan(plan, DESIGN_STRATIFIED, ESTIMATOR_DRAW, size % 8 == 0);
        play_plan(plan, DESIGN_SOBOL, ESTIMATOR_AUTO, false);
        play_plan(plan, DESIGN_MC, ESTIMATOR_AUTO, false);
    }
    plan_free(plan);
    fuzz_end(&diag);
    scenario_free(scenario);
    arena_free(&arena);
    return 0;
}
