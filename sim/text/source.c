#include "sim/text/source.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sim/text/diag.h"

enum { FIRST_READ = 64 * 1024 };

/* Bytes of a file as they come; one more than SOURCE_MAX is enough to know that it is too long. */
struct bytes {
    char *data;
    size_t size, capacity;
};

static const size_t *line_starts(struct pool *pool, const char *text, size_t size, size_t *n_lines)
{
    size_t n = 1;
    size_t *start;

    for (size_t i = 0; i < size; i++)
        n += text[i] == '\n';
    start = pool_new(pool, n + 1, sizeof *start);
    start[n] = size;
    *n_lines = n;
    n = 1;
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\n')
            start[n++] = i + 1;
    return start;
}

struct source *source_from_text(struct pool *pool, const char *name, const char *text, size_t size)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    struct source *source = pool_new(pool, 1, sizeof *source);
    char *copy;

    if (size >= 3 && !memcmp(text, byte_order_mark, 3)) {
        text += 3;
        size -= 3;
    }
    copy = pool_new(pool, size + 2, 1);
    if (size)
        memcpy(copy, text, size);
    copy[size] = '\n';
    source->name = pool_copy(pool, name, strlen(name));
    source->text = copy;
    source->size = size;
    source->start = line_starts(pool, source->text, size, &source->n_lines);
    return source;
}

static bool read_all(int fd, struct bytes *bytes)
{
    bytes->capacity = FIRST_READ;
    bytes->data = memory_new(bytes->capacity, 1);
    while (bytes->size <= SOURCE_MAX) {
        ssize_t got;

        bytes->data = memory_grow(bytes->data, bytes->size, &bytes->capacity, 1);
        got = read(fd, bytes->data + bytes->size, bytes->capacity - bytes->size);
        if (got == 0)
            return true;
        if (got > 0)
            bytes->size += (size_t)got;
        else if (errno != EINTR)
            return false;
    }
    return true;
}

static const char *kind_problem(mode_t mode)
{
    if (S_ISREG(mode))
        return NULL;
    return S_ISDIR(mode) ? "it is a folder, not a file" : "it is not a regular file";
}

/* What is not a regular file is not even opened: to open a FIFO can wait, to open a device can do things. The
 * path may have changed hands before the open, which therefore does not wait either, so the file is asked
 * again. */
static const char *open_regular(const char *path, int *fd)
{
    const char *problem;
    struct stat status;

    *fd = -1;
    if (stat(path, &status) != 0)
        return strerror(errno);
    problem = kind_problem(status.st_mode);
    if (problem)
        return problem;
    *fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (*fd < 0 || fstat(*fd, &status) != 0)
        return strerror(errno);
    return kind_problem(status.st_mode);
}

static void refuse(struct pool *pool, const char *path, const char *problem, struct diag *diag)
{
    const struct place place = {.source = source_from_text(pool, path, "", 0)};

    diag_error(diag, place, NULL, "cannot be read: %s", problem);
}

struct source *source_read(struct pool *pool, const char *path, struct diag *diag)
{
    const bool standard_input = strcmp(path, "-") == 0;
    struct source *source = NULL;
    struct bytes bytes = {0};
    const char *problem = NULL;
    int fd = STDIN_FILENO;

    if (!standard_input)
        problem = open_regular(path, &fd);
    if (!problem && !read_all(fd, &bytes))
        problem = strerror(errno);
    if (!problem && bytes.size > SOURCE_MAX)
        problem = "it is longer than 8 MiB";
    if (problem)
        refuse(pool, path, problem, diag);
    else
        source = source_from_text(pool, path, bytes.data, bytes.size);
    free(bytes.data);
    if (!standard_input && fd >= 0)
        close(fd);
    return source;
}

/* The last line that starts at or before the offset. */
static size_t line_of(const struct source *source, size_t offset)
{
    size_t low = 0, high = source->n_lines;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;

        if (source->start[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

struct place source_place(const struct source *source, size_t offset, size_t length)
{
    const size_t line = line_of(source, offset);

    assert(offset <= source->size && length <= source->size - offset);
    return (struct place){.source = source,
                          .line = (unsigned)line + 1,
                          .column = (unsigned)(offset - source->start[line]) + 1,
                          .length = (unsigned)length};
}

const char *source_line(const struct source *source, unsigned line, size_t *length)
{
    const size_t first = source->start[line - 1];
    size_t end = source->start[line];

    assert(line >= 1 && line <= source->n_lines);
    if (end > first && source->text[end - 1] == '\n') {
        end--;
        if (end > first && source->text[end - 1] == '\r')
            end--;
    }
    *length = end - first;
    return source->text + first;
}

/* Unicode 15, table 3-7: the lead byte gives the length and the range of the second byte, which keeps out
 * overlong forms, surrogates and what lies above U+10FFFF. */
static const struct lead {
    unsigned char first, last, length, low, high;
} leads[] = {
    {0x00, 0x7F, 1, 0x00, 0x00}, {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

size_t source_utf8(const char *text, size_t size)
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
