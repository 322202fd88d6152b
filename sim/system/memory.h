/* SPDX-License-Identifier: GPL-3.0-or-later */
/* memory.h - allocation that succeeds or ends the program, and arenas, whose memory is freed at once.
 *
 * A command line program cannot do anything useful after a failed allocation: running out of memory prints one line and exits with 1. */
#ifndef FOOTHOLD_MEMORY_H
#define FOOTHOLD_MEMORY_H
#include <stdarg.h>
#include <stddef.h>

/* Print "foothold: message" (printf-like) on standard error and exit with 1: a system error, not a mistake of the user. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Zeroed memory for n items of the given size; never NULL; freed with free(). */
void *memory_new(size_t n, size_t size);

/* The same, aligned for the widest vector type. */
void *memory_vectors(size_t n, size_t size);

/* Make room for one more item: grows *array (items of the given size) when n has reached *capacity. */
void *memory_grow(void *array, size_t n, size_t *capacity, size_t size);

/* An array of n numbers aligned for vectors: the first n_before are copied from an array (NULL: none), which is freed; the rest are zero. */
float *memory_lanes(float *array, size_t n_before, size_t n);

/* Everything allocated from an arena lives until arena_free. A zeroed arena is a valid empty one. */
struct arena {
    struct pool_page *page;
};
void *arena_new(struct arena *arena, size_t n, size_t size); /* zeroed, aligned for any type */
void *arena_new_lines(struct arena *arena, size_t size);     /* the same, aligned to a cache line */
/* Room for one more item, as memory_grow; outgrown arrays stay in the arena. */
void *arena_grow(struct arena *arena, void *array, size_t n, size_t *capacity, size_t size);
char *arena_copy(struct arena *arena, const char *text, size_t size); /* size bytes and a final NUL */
char *arena_print(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_free(struct arena *arena);
#endif
