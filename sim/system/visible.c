/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/system/visible.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Unicode 15, table 3-7: the lead byte gives the length and the range of the second byte, which keeps out
 * overlong forms, surrogates and what lies above U+10FFFF. */
static const struct lead {
    unsigned char first, last, length, low, high;
} leads[] = {
    {0x00, 0x7F, 1, 0x00, 0x00}, {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

/* Code points that are escaped: controls, bidirectional controls (Unicode TR 36, 9), and invisible ones (Default_Ignorable_Code_Point except
 * variation selectors, which letters and emoji need). */
static const struct range {
    uint32_t first, last;
} hidden[] = {
    {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C},
    {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180E, 0x180E},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},
    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE00FF}, {0xE01F0, 0xE0FFF},
};

size_t visible_utf8(const char *text, size_t size)
{
    const unsigned char first = (unsigned char)text[0];
    const struct lead *lead = leads;
    unsigned char second;

    if (first < 0x80)
        return 1;
    while (lead < leads + sizeof leads / sizeof leads[0] && !(first >= lead->first && first <= lead->last))
        lead++;
    if (lead == leads + sizeof leads / sizeof leads[0] || lead->length > size)
        return 0;
    second = (unsigned char)text[1];
    if (second < lead->low || second > lead->high)
        return 0;
    for (size_t i = 2; i < lead->length; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            return 0;
    return lead->length;
}

/* The code point of a well-formed character: what its lead byte leaves, then six bits of each byte that follows. */
static uint32_t code_point(const char *text, size_t length)
{
    static const unsigned char left[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t code = (unsigned char)text[0] & left[length];

    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3F);
    return code;
}

static bool is_hidden(const char *text, size_t length)
{
    const uint32_t code = code_point(text, length);

    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return true;
    return false;
}

size_t visible_unit(const char *text, size_t size, size_t *width)
{
    const size_t length = visible_utf8(text, size);

    *width = length == 0 ? 4 : is_hidden(text, length) ? 4 * length : 1;
    return length ? length : 1;
}

void visible_put(FILE *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size;) {
        size_t width;
        const size_t length = visible_unit(text + i, size - i, &width);

        if (width == 1)
            fwrite(text + i, 1, length, out);
        else
            for (size_t k = 0; k < length; k++)
                fprintf(out, "\\x%02X", (unsigned char)text[i + k]);
        i += length;
    }
}

void visible_line(FILE *out, const char *format, ...)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    va_list args;

    va_start(args, format);
    if (stream)
        vfprintf(stream, format, args);
    va_end(args);
    if (stream && !fclose(stream))
        visible_put(out, text, size);
    free(text);
    putc('\n', out);
}
