/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/system/memory.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/system/visible.h"

enum { PAGE_BYTES = 64 * 1024 };

struct pool_page {
    struct pool_page *next;
    size_t used, size;
    max_align_t data[];
};

void die(const char *format, ...)
{
    char text[1024]; /* allocates nothing, since memory may be exhausted */
    va_list args;

    (void)fflush(stdout);
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fputs("foothold: ", stderr);
    visible_put(stderr, text, strlen(text));
    fputc('\n', stderr);
    exit(1);
}

void *memory_new(size_t n, size_t size)
{
    void *memory = calloc(n ? n : 1, size ? size : 1);

    if (!memory)
        die("out of memory (%zu items of %zu bytes)", n, size);
    return memory;
}

void *memory_vectors(size_t n, size_t size)
{
    enum { ALIGNMENT = 64 };
    const size_t bytes = n < SIZE_MAX / 2 / size ? (n * size / ALIGNMENT + 1) * ALIGNMENT : 0;
    void *memory = bytes ? aligned_alloc(ALIGNMENT, bytes) : NULL;

    if (!memory)
        die("out of memory (%zu items of %zu bytes)", n, size);
    return memset(memory, 0, bytes);
}

float *memory_lanes(float *array, size_t n_before, size_t n)
{
    float *grown = memory_vectors(n, sizeof *grown);

    if (n_before)
        memcpy(grown, array, n_before * sizeof(float));
    free(array);
    return grown;
}

void *memory_grow(void *array, size_t n, size_t *capacity, size_t size)
{
    size_t wanted = *capacity ? *capacity * 2 : 16;
    void *grown;

    if (n < *capacity)
        return array;
    grown = wanted > SIZE_MAX / size ? NULL : realloc(array, wanted * size);
    if (!grown)
        die("out of memory (%zu items of %zu bytes)", wanted, size);
    *capacity = wanted;
    return grown;
}

void *arena_new(struct arena *arena, size_t n, size_t size)
{
    const size_t unit = sizeof(max_align_t);
    struct pool_page *page = arena->page;
    size_t bytes;
    char *memory;

    if (size && n > (SIZE_MAX / 4) / size)
        die("out of memory (%zu items of %zu bytes)", n, size);
    bytes = (n * size + unit - 1) / unit * unit;
    if (!page || page->size - page->used < bytes) {
        const size_t room = bytes > PAGE_BYTES ? bytes : PAGE_BYTES;

        page = memory_new(1, sizeof *page + room);
        page->size = room;
        page->next = arena->page;
        arena->page = page;
    }
    memory = (char *)page->data + page->used;
    page->used += bytes;
    return memory;
}

void *arena_new_lines(struct arena *arena, size_t size)
{
    enum { LINE = 64 };
    char *memory = arena_new(arena, 1, size + LINE);

    return memory + (LINE - (uintptr_t)memory % LINE) % LINE;
}

void *arena_grow(struct arena *arena, void *array, size_t n, size_t *capacity, size_t size)
{
    const size_t wanted = *capacity ? *capacity * 2 : 16;
    void *grown;

    if (n < *capacity)
        return array;
    grown = arena_new(arena, wanted, size);
    if (n)
        memcpy(grown, array, n * size);
    *capacity = wanted;
    return grown;
}

char *arena_copy(struct arena *arena, const char *text, size_t size)
{
    char *copy = arena_new(arena, size + 1, 1);

    if (size)
        memcpy(copy, text, size);
    return copy;
}

char *arena_print(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    char *text;
    int size;

    va_start(args, format);
    va_copy(again, args);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0)
        die("cannot format a message");
    text = arena_new(arena, (size_t)size + 1, 1);
    vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}

void arena_free(struct arena *arena)
{
    while (arena->page) {
        struct pool_page *next = arena->page->next;

        free(arena->page);
        arena->page = next;
    }
}
