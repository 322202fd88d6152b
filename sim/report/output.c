#include "sim/report/output.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct output_file {
    const char *path, *part;
    FILE *stream; /* NULL once closed */
};

static void remove_parts(const struct output *output)
{
    for (size_t i = 0; i < output->n; i++) {
        if (output->file[i].stream)
            (void)fclose(output->file[i].stream);
        unlink(output->file[i].part); /* gone already when it was renamed */
    }
}

_Noreturn static void fail(const struct output *output, const char *path)
{
    const int error = errno ? errno : EIO;

    remove_parts(output);
    die("cannot write %s: %s", path, strerror(error));
}

static void make_folder(const struct output *output, char *path)
{
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        if (mkdir(path, 0777) && errno != EEXIST)
            fail(output, path);
        if (!slash)
            return;
        *slash = '/';
    }
}

void output_begin(struct output *output, const char *folder)
{
    char *path;

    assert(*folder);
    *output = (struct output){0};
    path = pool_print(&output->pool, "%s", folder);
    output->folder = path;
    make_folder(output, path);
}

FILE *output_open(struct output *output, const char *name)
{
    struct output_file *file;
    int descriptor;

    assert(!strchr(name, '/'));
    output->file = memory_grow(output->file, output->n, &output->capacity, sizeof *output->file);
    file = &output->file[output->n];
    file->path = pool_print(&output->pool, "%s/%s", output->folder, name);
    file->part = pool_print(&output->pool, "%s.part", file->path);
    /* One fixed name: a killed run leaves at most one part behind, and the next run takes it over. */
    descriptor = open(file->part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor < 0)
        fail(output, file->part);
    output->n++;
    file->stream = fdopen(descriptor, "w");
    if (!file->stream) {
        close(descriptor);
        fail(output, file->part);
    }
    return file->stream;
}

/* All of it is on the disk, or false. */
static bool finish(struct output_file *file)
{
    bool written;

    errno = 0;
    written = !fflush(file->stream) && !ferror(file->stream) && !fsync(fileno(file->stream));
    if (written) {
        written = !fclose(file->stream);
        file->stream = NULL;
    }
    return written;
}

/* The new names must outlast a crash too. Some file systems cannot sync a folder: EINVAL. */
static bool sync_folder(const char *folder)
{
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced;
    int error;

    if (descriptor < 0)
        return false;
    synced = !fsync(descriptor) || errno == EINVAL;
    error = errno;
    close(descriptor);
    errno = error;
    return synced;
}

static void release(struct output *output)
{
    free(output->file);
    pool_free(&output->pool);
    *output = (struct output){0};
}

void output_commit(struct output *output)
{
    for (size_t i = 0; i < output->n; i++)
        if (!finish(&output->file[i]))
            fail(output, output->file[i].path);
    for (size_t i = 0; i < output->n; i++)
        if (rename(output->file[i].part, output->file[i].path))
            fail(output, output->file[i].path);
    if (!sync_folder(output->folder))
        fail(output, output->folder);
    release(output);
}

void output_abandon(struct output *output)
{
    remove_parts(output);
    release(output);
}

void output_check_stdout(void)
{
    int copy;

    errno = 0;
    if (fflush(stdout) || ferror(stdout))
        die("cannot write standard output: %s", strerror(errno ? errno : EIO));
    /* Closing a copy makes a network file system tell of late failures, and leaves standard output open. */
    copy = dup(STDOUT_FILENO);
    if (copy >= 0 && close(copy))
        die("cannot write standard output: %s", strerror(errno));
}
