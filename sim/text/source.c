/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/text/source.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sim/system/visible.h"

enum { FIRST_READ = 64 * 1024 };

/* The bytes read so far. Reading stops after SOURCE_MAX: any more, and the file is too long. */
struct bytes {
    char *data;
    size_t size, capacity;
};

static const size_t *line_starts(struct arena *arena, const char *text, size_t size, size_t *n_lines)
{
    size_t n = 1;
    size_t *start;

    for (size_t i = 0; i < size; i++)
        n += text[i] == '\n';
    start = arena_new(arena, n + 1, sizeof *start);
    start[n] = size;
    *n_lines = n;
    n = 1;
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\n')
            start[n++] = i + 1;
    return start;
}

struct source *source_from_text(struct arena *arena, const char *name, const char *text, size_t size)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    struct source *source = arena_new(arena, 1, sizeof *source);
    char *copy;

    if (size >= 3 && !memcmp(text, byte_order_mark, 3)) {
        text += 3;
        size -= 3;
    }
    copy = arena_new(arena, size + 2, 1);
    if (size)
        memcpy(copy, text, size);
    copy[size] = '\n';
    source->name = arena_copy(arena, name, strlen(name));
    source->text = copy;
    source->size = size;
    source->start = line_starts(arena, source->text, size, &source->n_lines);
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

/* Only regular files are opened: opening a FIFO can block, and opening a device can have side effects. The path may be replaced
 * between stat and open, so the open does not block either and the type is checked again on the descriptor. */
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

/* Read a file's bytes, which the caller frees. Returns what went wrong, or NULL. */
static const char *read_file(const char *path, struct bytes *bytes)
{
    int fd;
    const char *problem = open_regular(path, &fd);

    if (!problem && !read_all(fd, bytes))
        problem = strerror(errno);
    if (fd >= 0)
        close(fd);
    return problem;
}

/* Standard input can be read only once but may be asked for again, so its bytes are kept until the program ends. */
static const char *read_input(struct bytes *bytes)
{
    static struct bytes kept;
    static const char *problem;

    if (!kept.data && !read_all(STDIN_FILENO, &kept))
        problem = strerror(errno);
    *bytes = kept;
    return problem;
}

struct source *source_read(struct arena *arena, const char *path)
{
    const bool standard_input = strcmp(path, "-") == 0;
    struct source *source;
    struct bytes bytes = {0};
    const char *problem = standard_input ? read_input(&bytes) : read_file(path, &bytes);

    if (!problem && bytes.size > SOURCE_MAX)
        problem = "it is longer than 8 MiB";
    source = source_from_text(arena, path, bytes.data, problem ? 0 : bytes.size);
    source->problem = problem;
    if (!standard_input)
        free(bytes.data);
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

size_t source_utf8(const char *text, size_t size)
{
    return visible_utf8(text, size);
}
