/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the C library wants it so, for syncfs */
#define _GNU_SOURCE
#include "sim/report/output.h"
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static const char part_start[] = ".foothold-", part_end[] = ".part";

struct output_file {
    const char *name, *path, *part;
    FILE *stream; /* NULL once closed */
};

/* ---- giving up ---- */

static void remove_parts(const struct output *output)
{
    for (size_t i = 0; i < output->n; i++) {
        if (output->file[i].stream)
            (void)fclose(output->file[i].stream);
        unlink(output->file[i].part); /* gone already when it was renamed */
    }
}

/* The file goes before the lock does: who then waits for a lock on it finds another in its place, or none. It stays where
 * only some of a set were renamed, and tells whose folder that is. */
static void unlock(struct output *output)
{
    if (!output->locked)
        return;
    if (!output->renaming)
        unlink(arena_print(&output->arena, "%s/%s", output->folder, OUTPUT_LOCK));
    close(output->lock);
    output->locked = false;
}

_Noreturn static void fail(struct output *output, const char *path)
{
    const int error = errno ? errno : EIO;

    remove_parts(output);
    unlock(output);
    die("cannot write %s: %s", path, strerror(error));
}

/* ---- beginning ---- */

static void make_folder(struct output *output, char *path)
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

static bool is_part(const char *name)
{
    const size_t length = strlen(name);

    return !strncmp(name, part_start, strlen(part_start)) && length > strlen(part_end) &&
           !strcmp(name + length - strlen(part_end), part_end);
}

/* Whoever writes a part holds a lock on it, so one that can be locked belongs to nobody any more. */
static void remove_leftovers(struct output *output)
{
    DIR *stream = opendir(output->folder);
    const struct dirent *entry;

    while (stream && (entry = readdir(stream))) {
        const char *path;
        int file;

        if (!is_part(entry->d_name))
            continue;
        path = arena_print(&output->arena, "%s/%s", output->folder, entry->d_name);
        file = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (file >= 0 && !flock(file, LOCK_EX | LOCK_NB))
            unlink(path);
        if (file >= 0)
            close(file);
    }
    if (stream)
        closedir(stream);
}

void output_begin(struct output *output, const char *folder)
{
    char *path;

    assert(*folder);
    *output = (struct output){0};
    path = arena_print(&output->arena, "%s", folder);
    output->folder = path;
    make_folder(output, path);
    remove_leftovers(output);
}

/* ---- the lock ---- */

/* Who holds a lock, as its file says: the process, and on which machine if it is another. */
static const char *holder(struct output *output, int file)
{
    char text[128] = "", here[64] = "", *host;
    long pid;

    if (pread(file, text, sizeof text - 1, 0) < 0)
        text[0] = '\0';
    pid = strtol(text, &host, 10);
    if (pid <= 0)
        return "another process is writing to it";
    host += strspn(host, " ");
    host[strcspn(host, "\n")] = '\0';
    (void)gethostname(here, sizeof here - 1);
    if (!*host || !strcmp(host, here))
        return arena_print(&output->arena, "process %ld is writing to it", pid);
    return arena_print(&output->arena, "process %ld on %s is writing to it", pid, host);
}

static bool is_still(int file, const char *path)
{
    struct stat mine, there;

    return !fstat(file, &mine) && !stat(path, &there) && mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
}

static void sign(int file)
{
    char host[64] = "", text[128];
    int size;

    (void)gethostname(host, sizeof host - 1);
    size = snprintf(text, sizeof text, "%ld %s\n", (long)getpid(), host);
    if (ftruncate(file, 0) || pwrite(file, text, (size_t)size, 0) < 0)
        return; /* it names nobody then, but holds all the same */
}

/* flock, which dies with its process, and which Linux passes on to the server of a network file system. */
const char *output_lock(struct output *output)
{
    const char *path = arena_print(&output->arena, "%s/%s", output->folder, OUTPUT_LOCK), *why = NULL;

    for (;;) {
        const int file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);

        if (file < 0)
            fail(output, path);
        if (flock(file, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
            why = holder(output, file);
            close(file);
            return why;
        }
        if (is_still(file, path)) {
            sign(file);
            output->lock = file;
            output->locked = true;
            return NULL;
        }
        close(file); /* its holder ended, and took the file with it */
    }
}

/* ---- files ---- */

/* A new file that nobody else writes to, however its name was found; -1, with errno, when it cannot be had. */
static int make_part(struct output *output, struct output_file *file)
{
    for (int tries = 0; tries < 100; tries++) {
        uint64_t tag;
        int descriptor;
        struct stat status;

        if (getrandom(&tag, sizeof tag, 0) != (ssize_t)sizeof tag)
            return -1;
        file->part = arena_print(&output->arena, "%s/%s%016" PRIx64 "-%s%s", output->folder, part_start, tag,
                                 file->name, part_end);
        descriptor = open(file->part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (descriptor < 0 && errno != EEXIST)
            return -1;
        if (descriptor < 0)
            continue;
        /* one that clears away leftovers may have come between */
        if ((!flock(descriptor, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK) && !fstat(descriptor, &status) &&
            status.st_nlink)
            return descriptor;
        close(descriptor);
    }
    return -1;
}

FILE *output_open(struct output *output, const char *name)
{
    struct output_file *file;
    int descriptor;

    assert(!strchr(name, '/') && name[0] != '.');
    output->file = memory_grow(output->file, output->n, &output->capacity, sizeof *output->file);
    file = &output->file[output->n];
    file->name = arena_print(&output->arena, "%s", name);
    file->path = arena_print(&output->arena, "%s/%s", output->folder, name);
    descriptor = make_part(output, file);
    if (descriptor < 0)
        fail(output, file->path);
    output->n++;
    file->stream = fdopen(descriptor, "w");
    if (!file->stream) {
        close(descriptor);
        fail(output, file->path);
    }
    return file->stream;
}

static bool sum_descriptor(int descriptor, struct output_sum *sum)
{
    enum { BLOCK = 1 << 16 };
    static const char digit[] = "0123456789abcdef";
    uint8_t digest[SHA256_DIGEST_SIZE], *block = memory_new(BLOCK, 1);
    struct sha256_ctx context;
    ssize_t got;

    sha256_init(&context);
    sum->bytes = 0;
    while ((got = pread(descriptor, block, BLOCK, (off_t)sum->bytes)) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0)
            continue;
        sha256_update(&context, (size_t)got, block);
        sum->bytes += (uint64_t)got;
    }
    free(block);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        sum->sha256[2 * i] = digit[digest[i] >> 4];
        sum->sha256[2 * i + 1] = digit[digest[i] & 15];
    }
    sum->sha256[2 * sizeof digest] = '\0';
    return got == 0;
}

bool output_sum_file(const char *path, struct output_sum *sum)
{
    const int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    const bool good = file >= 0 && !fstat(file, &status) && S_ISREG(status.st_mode) && sum_descriptor(file, sum);

    if (file >= 0)
        close(file);
    return good;
}

static void flush_all(struct output *output)
{
    for (size_t i = 0; i < output->n; i++) {
        errno = 0;
        if (fflush(output->file[i].stream) || ferror(output->file[i].stream))
            fail(output, output->file[i].path);
    }
}

const struct output_sum *output_sums(struct output *output, size_t *n)
{
    struct output_sum *sum = arena_new(&output->arena, output->n, sizeof *sum);

    flush_all(output);
    for (size_t i = 0; i < output->n; i++) {
        sum[i].name = output->file[i].name;
        if (!sum_descriptor(fileno(output->file[i].stream), &sum[i]))
            fail(output, output->file[i].path);
    }
    *n = output->n;
    return sum;
}

void output_retire(struct output *output, const char *name)
{
    output->retired = arena_grow(&output->arena, output->retired, output->n_retired, &output->retired_capacity,
                                 sizeof *output->retired);
    output->retired[output->n_retired++] = arena_print(&output->arena, "%s/%s", output->folder, name);
}

/* ---- the end ---- */

/* All that was written is on the disk, or false: one call for the whole file system, where one for each file would wait
 * for the disk each time. */
static bool sync_parts(const struct output *output)
{
#if defined __linux__
    return !output->n || !syncfs(fileno(output->file[0].stream));
#else
    for (size_t i = 0; i < output->n; i++)
        if (fsync(fileno(output->file[i].stream)))
            return false;
    return true;
#endif
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
    unlock(output);
    free(output->file);
    arena_free(&output->arena);
    *output = (struct output){0};
}

/* A network file system may tell only here that the disk is full. The lock on the part ends, which the lock on the folder,
 * or the rename that follows at once, makes good. */
static void close_all(struct output *output)
{
    for (size_t i = 0; i < output->n; i++) {
        FILE *stream = output->file[i].stream;

        output->file[i].stream = NULL;
        errno = 0;
        if (fclose(stream))
            fail(output, output->file[i].path);
    }
}

void output_commit(struct output *output)
{
    flush_all(output);
    errno = 0;
    if (!sync_parts(output))
        fail(output, output->folder);
    if (output->locked)
        close_all(output);
    output->renaming = true;
    for (size_t i = 0; i < output->n_retired; i++)
        if (unlink(output->retired[i]) && errno != ENOENT)
            fail(output, output->retired[i]);
    for (size_t i = 0; i < output->n; i++)
        if (rename(output->file[i].part, output->file[i].path))
            fail(output, output->file[i].path);
    if (!output->locked)
        close_all(output); /* the locks kept others from taking the parts for leftovers */
    if (!sync_folder(output->folder))
        fail(output, output->folder);
    output->renaming = false;
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
