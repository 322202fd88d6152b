/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz.h - a file made of the bytes that libFuzzer hands over, for readers that take a path.
 *
 * The file stands in a folder of this process's own, made at the first call; libFuzzer ends a process without warning, so
 * tests/fuzz/fuzz.sh sets TMPDIR to a folder that it removes itself. */
#ifndef FOOTHOLD_TESTS_FUZZ_H
#define FOOTHOLD_TESTS_FUZZ_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/text/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline const char *fuzz_path(const char *name)
{
    static char folder[4096], path[4096 + 64];
    const char *tmp = getenv("TMPDIR");

    if (!*folder) {
        snprintf(folder, sizeof folder, "%s/foothold-fuzz-XXXXXX", tmp ? tmp : "/tmp");
        if (!mkdtemp(folder))
            abort();
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* Write the bytes to a file of that name, in place of what it held; its path stays valid until the next call. */
static inline const char *fuzz_write(const char *name, const void *data, size_t size)
{
    const char *path = fuzz_path(name);
    FILE *file = fopen(path, "wb");

    if (!file || fwrite(data, 1, size, file) != size || fclose(file))
        abort();
    return path;
}

/* Print what was found wrong, so that the printing is tried too, and forget it. The texts it points at must still be there. */
static inline void fuzz_end(struct diag *diag)
{
    static FILE *nowhere;

    if (!nowhere)
        nowhere = fopen("/dev/null", "w");
    if (!nowhere)
        abort();
    diag_print(diag, nowhere, true);
    diag_free(diag);
    *diag = (struct diag){0};
}
#endif
