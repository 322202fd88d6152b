/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a frozen forecast: its summary.csv; what follows a NUL is the manifest.json beside it (without one, a whole
 * manifest), and it is scored against a few resolutions. */
#include "sim/analysis/scoring.h"
#include "sim/plan/model.h"
#include "tests/fuzz/fuzz.h"

static const char usual_manifest[] =
    "{\"scenario\": {\"id\": \"first\", \"effective\": \"format = 1; as_of = \\\"2025-01-01\\\"; horizon = 24.0;"
    " bases = { airfield = { }; port = { }; };"
    " states = { LOST = { held = false; final = true; }; LIMBO = { held = true; initial = true; }; };"
    " transitions = { exit = { from = \\\"LIMBO\\\"; to = \\\"LOST\\\"; per_month = 0.1; }; };"
    " questions = { both_held = { are = \\\"held\\\"; month = 12.0; }; };\"}}";
static const char came[] = "format = 1; resolutions = { both_held = { outcome = false; date = \"2026-01-01\"; };"
                           " the_port = { base = \"port\"; state = \"LOST\"; date = \"2027-01-01\"; };"
                           " how_many = { held = 1; of = [\"port\", \"airfield\"]; date = \"2027-01-01\"; }; };";

static void score_frozen(const struct frozen *frozen, struct diag *diag)
{
    const struct play_settings settings = {.seed = 1, .n_worlds = 1, .n_runs = 1, .threads = 1};
    struct forecast forecast = {.path = "summary.csv", .scenario = frozen->scenario, .frozen = frozen};
    struct resolutions resolutions;
    struct scoring scoring = {0};
    const char *runaway;

    resolutions_read(&resolutions, fuzz_write("resolved.cfg", came, sizeof came - 1), diag);
    scoring_init(&scoring, &resolutions, &forecast, 1, diag);
    if (!diag->n_errors)
        scoring_play(&scoring, &settings, &runaway);
    fuzz_end(diag); /* while what it points at is there */
    scoring_free(&scoring);
    resolutions_free(&resolutions);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size ? memchr(data, '\0', size) : NULL;
    const size_t csv = nul ? (size_t)(nul - data) : size;
    struct arena arena = {0};
    struct diag diag = {0};
    struct frozen frozen;

    if (nul)
        fuzz_write("manifest.json", nul + 1, size - csv - 1);
    else
        fuzz_write("manifest.json", usual_manifest, sizeof usual_manifest - 1);
    frozen_read(&frozen, fuzz_write("summary.csv", data, csv), model_schemas(&arena), model_count, &diag);
    frozen_find(&frozen, "both_held", "all", "mean", "NA");
    if (frozen.scenario && !diag.n_errors)
        score_frozen(&frozen, &diag);
    fuzz_end(&diag);
    frozen_free(&frozen);
    arena_free(&arena);
    return 0;
}
