/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/npy.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum { HEADER_BYTES = 192 }; /* a multiple of 64 */
static_assert(sizeof(struct npy_draw) == 20, "records are written as they lie in memory");

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ORDER "<"
#else
#define ORDER ">"
#endif

static void header(FILE *out, uint64_t n)
{
    static const char magic[] = "\x93NUMPY\x01"; /* version 1.0, with the final 0 */
    char text[HEADER_BYTES - 10];
    const uint16_t length = sizeof text;
    const unsigned char size[2] = {length & 0xff, length >> 8};
    int used;

    memset(text, ' ', sizeof text);
    used = snprintf(text, sizeof text,
                    "{'descr': [('world', '" ORDER "u4'), ('run', '" ORDER "u4'), ('base', '" ORDER
                    "u2'), ('state', '" ORDER "u2'), ('lost', '" ORDER "f4'), ('deal', '" ORDER
                    "f4')], 'fortran_order': False, 'shape': (%" PRIu64 ",), }",
                    n);
    assert(used > 0 && used < (int)sizeof text);
    text[used] = ' ';
    text[sizeof text - 1] = '\n';
    fwrite(magic, 1, sizeof magic, out);
    fwrite(size, 1, sizeof size, out);
    fwrite(text, 1, sizeof text, out);
}

void npy_begin(FILE *out)
{
    header(out, 0);
}

void npy_write(FILE *out, const struct npy_draw *draw, size_t n)
{
    fwrite(draw, sizeof *draw, n, out);
}

void npy_end(FILE *out, uint64_t n)
{
    if (!fseek(out, 0, SEEK_SET))
        header(out, n);
}
