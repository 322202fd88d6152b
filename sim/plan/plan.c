/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/plan/plan.h"
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

struct key128 plan_key(const char *name)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx context;
    struct key128 key = {{0, 0}, 0};

    sha256_init(&context);
    sha256_update(&context, strlen(name), (const uint8_t *)name);
    sha256_digest(&context, sizeof digest, digest);
    for (int i = 0; i < 16; i++)
        key.word[i / 8] = key.word[i / 8] << 8 | digest[i];
    return key;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    arena_free(&plan->arena);
    tables_free(&plan->tables);
    free(plan);
}
