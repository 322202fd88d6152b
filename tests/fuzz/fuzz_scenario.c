/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a scenario: read, compiled, printed, and what was printed read again: a scenario without mistakes prints as one
 * that means the same. */
#include "sim/plan/model.h"
#include "sim/plan/plan.h"
#include "sim/scenario/scenario.h"
#include "tests/fuzz/fuzz.h"

static void read_again(const char *printed, struct arena *arena)
{
    struct diag diag = {0};
    struct scenario *scenario;
    char *again;

    scenario = scenario_read(fuzz_write("again.cfg", printed, strlen(printed)), NULL, 0, model_schemas(arena),
                             model_count, &diag);
    again = scenario->root ? scenario_print(scenario, true) : NULL;
    if (!again || strcmp(again, printed)) {
        fprintf(stderr, "printed:\n%s\nread again and printed:\n%s\n", printed, again ? again : "(nothing)");
        diag_print(&diag, stderr, false);
        abort();
    }
    free(again);
    scenario_free(scenario);
    diag_free(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag diag = {0};
    struct arena arena = {0};
    struct scenario *scenario;

    scenario = scenario_read(fuzz_write("case.cfg", data, size), NULL, 0, model_schemas(&arena), model_count, &diag);
    if (scenario->root) {
        const bool good = diag.n_errors == 0;
        char *canonical = scenario_print(scenario, true);

        free(scenario_print(scenario, false));
        if (!scenario->is_frame)
            for (size_t i = 0; i < scenario->n_models; i++) {
                const struct model *model = model_find(scenario->model[i].name.text);

                plan_free(plan_compile(scenario, model ? model : model_list[0], &diag));
            }
        if (good)
            read_again(canonical, &arena);
        free(canonical);
    }
    fuzz_end(&diag);
    scenario_free(scenario);
    arena_free(&arena);
    return 0;
}
