/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a batch file. */
#include "sim/scenario/batch_file.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag diag = {0};
    struct batch_file batch;

    batch_file_read(&batch, fuzz_write("batch.cfg", data, size), &diag);
    fuzz_end(&diag);
    batch_file_free(&batch);
    return 0;
}
