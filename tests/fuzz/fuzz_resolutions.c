/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of resolutions. */
#include "sim/scenario/resolution.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag diag = {0};
    struct resolutions resolutions;

    resolutions_read(&resolutions, fuzz_write("resolved.cfg", data, size), &diag);
    fuzz_end(&diag);
    resolutions_free(&resolutions);
    return 0;
}
