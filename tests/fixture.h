/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fixture.h - a scenario from a string, read and compiled, for tests that play it. */
#ifndef FOOTHOLD_TESTS_FIXTURE_H
#define FOOTHOLD_TESTS_FIXTURE_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sim/plan/model.h"
#include "sim/plan/plan.h"
#include "sim/text/diag.h"
#include "sim/scenario/scenario.h"

struct fixture {
    struct arena arena;
    struct scenario *scenario;
    struct plan *plan;
    struct diag diag;
};

/* NULL when it has mistakes; they are on standard error. */
static inline struct fixture *fixture_make(const char *text)
{
    struct fixture *it = calloc(1, sizeof *it);
    const char *tmp = getenv("TMPDIR");
    const ssize_t size = (ssize_t)strlen(text);
    char path[4096];
    int file;

    snprintf(path, sizeof path, "%s/foothold-test-XXXXXX.cfg", tmp ? tmp : P_tmpdir);
    file = mkstemps(path, 4);
    if (!it || file < 0 || write(file, text, (size_t)size) != size || close(file))
        return NULL;
    it->scenario = scenario_read(path, NULL, 0, model_schemas(&it->arena), model_count, &it->diag);
    unlink(path);
    if (!it->diag.n_errors)
        it->plan = plan_compile(it->scenario, model_find("hazard"), &it->diag);
    if (it->diag.n_errors)
        diag_print(&it->diag, stderr, false);
    return it->plan && !it->diag.n_errors ? it : NULL;
}

static inline void fixture_free(struct fixture *it)
{
    plan_free(it->plan);
    scenario_free(it->scenario);
    diag_free(&it->diag);
    arena_free(&it->arena);
    free(it);
}
#endif
