/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vectors.h - explicit SIMD vectors, for loops that compilers do not vectorise.
 *
 * Each lane is computed as it would be alone, so results are the same for any width. */
#ifndef FOOTHOLD_VECTORS_H
#define FOOTHOLD_VECTORS_H
#include <stdint.h>

#if defined __AVX512F__
enum { VECTOR_WIDTH = 8 };
#elif defined __AVX__
enum { VECTOR_WIDTH = 4 };
#else
enum { VECTOR_WIDTH = 2 };
#endif

typedef double vector_double __attribute__((vector_size(VECTOR_WIDTH * sizeof(double)), may_alias));
typedef int64_t vector_bits __attribute__((vector_size(VECTOR_WIDTH * sizeof(int64_t)))); /* true: all bits */

/* The vector at an aligned address (memory_vectors). */
static inline vector_double *vector_at(double *x)
{
    return (vector_double *)x;
}

static inline vector_double vector_of(const double *x)
{
    return *(const vector_double *)x;
}
#endif
