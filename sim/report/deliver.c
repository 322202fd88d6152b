/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/deliver.h"
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

/* ---- manifests that are there ---- */

/* A name that we would give: of a file in the folder itself, not hidden. */
static bool is_name(const char *name)
{
    return name && *name && *name != '.' && !strchr(name, '/');
}

static bool read_sum(struct arena *arena, const json_t *it, struct output_sum *sum)
{
    const char *name = json_string_value(json_object_get(it, "name"));
    const char *sha256 = json_string_value(json_object_get(it, "sha256"));
    const json_t *bytes = json_object_get(it, "bytes");

    if (!is_name(name) || !sha256 || strlen(sha256) + 1 != sizeof sum->sha256 || !json_is_integer(bytes))
        return false;
    sum->name = arena_copy(arena, name, strlen(name));
    sum->bytes = (uint64_t)json_integer_value(bytes);
    memcpy(sum->sha256, sha256, sizeof sum->sha256);
    return true;
}

static json_t *load(const char *folder)
{
    struct arena arena = {0};
    struct stat status;
    const char *path = arena_print(&arena, "%s/%s", folder, DELIVER_MANIFEST);
    json_t *root = lstat(path, &status) || !S_ISREG(status.st_mode) ? NULL : json_load_file(path, 0, NULL);
    const char *name = json_string_value(json_object_get(json_object_get(root, "software"), "name"));

    arena_free(&arena);
    if (name && !strcmp(name, "foothold"))
        return root;
    json_decref(root);
    return NULL;
}

bool manifest_read(struct manifest *manifest, const char *folder)
{
    json_t *root = load(folder), *files = json_object_get(root, "files");
    const size_t n = json_array_size(files);
    bool good = n > 0;

    *manifest = (struct manifest){.root = root};
    manifest->file = arena_new(&manifest->arena, n, sizeof *manifest->file);
    for (; manifest->n < n && good; manifest->n++)
        good = read_sum(&manifest->arena, json_array_get(files, manifest->n), &manifest->file[manifest->n]);
    if (!good)
        manifest_free(manifest);
    return good;
}

void manifest_free(struct manifest *manifest)
{
    json_decref(manifest->root);
    arena_free(&manifest->arena);
    *manifest = (struct manifest){0};
}

const struct output_sum *manifest_find(const struct manifest *manifest, const char *name)
{
    for (size_t i = 0; i < manifest->n; i++)
        if (!strcmp(manifest->file[i].name, name))
            return &manifest->file[i];
    return NULL;
}

/* The length first, which costs nothing. */
bool manifest_fits(const struct output_sum *listed, const char *folder)
{
    struct arena arena = {0};
    struct output_sum found = {0};
    struct stat status;
    const char *path = arena_print(&arena, "%s/%s", folder, listed->name);
    const bool fits = !stat(path, &status) && (uint64_t)status.st_size == listed->bytes &&
                      output_sum_file(path, &found) && !strcmp(found.sha256, listed->sha256);

    arena_free(&arena);
    return fits;
}

bool manifest_fits_all(const struct manifest *manifest, const char *folder)
{
    for (size_t i = 0; i < manifest->n; i++)
        if (!manifest_fits(&manifest->file[i], folder))
            return false;
    return true;
}

/* ---- delivering ---- */

/* Whether a folder's manifest is ours, be it cut short. */
static bool is_ours(const char *folder)
{
    struct arena arena = {0};
    char text[512] = "";
    FILE *file = fopen(arena_print(&arena, "%s/%s", folder, DELIVER_MANIFEST), "r");
    const bool ours = file && fread(text, 1, sizeof text - 1, file) && strstr(text, "\"name\": \"foothold\"");

    if (file)
        (void)fclose(file);
    arena_free(&arena);
    return ours;
}

/* A file that nobody knows to be ours, first by name; NULL: none, or a result is there, or was on its way when its process
 * was killed. What is hidden or a folder is never written over. */
static const char *foreign(struct arena *arena, const char *folder)
{
    DIR *stream = opendir(folder);
    const bool ours = is_ours(folder);
    const char *first = NULL;
    const struct dirent *entry;
    struct stat status;

    while (stream && !ours && (entry = readdir(stream))) {
        if (!strcmp(entry->d_name, OUTPUT_LOCK)) {
            first = NULL;
            break;
        }
        if (entry->d_name[0] != '.' && (!first || strcmp(entry->d_name, first) < 0) &&
            !lstat(arena_print(arena, "%s/%s", folder, entry->d_name), &status) && !S_ISDIR(status.st_mode))
            first = arena_print(arena, "%s", entry->d_name);
    }
    if (stream)
        closedir(stream);
    return first;
}

enum delivery deliver_begin(struct output *output, const char *folder, bool overwrite, struct arena *arena,
                            const char **why)
{
    const char *file = overwrite ? NULL : foreign(arena, folder), *busy;

    if (file) {
        *why = arena_print(arena, "%s holds files that no run left there, such as %s", folder, file);
        return DELIVER_FOREIGN;
    }
    output_begin(output, folder);
    busy = output_lock(output);
    if (!busy)
        return DELIVER_FINE;
    *why = arena_print(arena, "%s: %s", folder, busy);
    output_abandon(output);
    return DELIVER_BUSY;
}

static bool is_new(const struct output_sum *sum, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(sum[i].name, name))
            return true;
    return false;
}

/* The pictures that `foothold plot` drew from a script show the old result. */
static void retire_pictures(struct output *output, const char *script)
{
    const size_t length = strlen(script);

    if (length < 4 || strcmp(script + length - 3, ".gp") != 0)
        return;
    output_retire(output, arena_print(&output->arena, "%.*s.svg", (int)length - 3, script));
    output_retire(output, arena_print(&output->arena, "%.*s.png", (int)length - 3, script));
}

/* The manifest first: from then on nobody takes what is there for a result. */
static void retire_old(struct output *output, const struct output_sum *sum, size_t n)
{
    struct manifest old;

    output_retire(output, DELIVER_MANIFEST);
    if (!manifest_read(&old, output->folder))
        return;
    for (size_t i = 0; i < old.n; i++) {
        retire_pictures(output, old.file[i].name);
        if (!is_new(sum, n, old.file[i].name) && manifest_fits(&old.file[i], output->folder))
            output_retire(output, old.file[i].name);
    }
    manifest_free(&old);
}

void deliver_end(struct output *output, const struct provenance *provenance)
{
    size_t n;
    const struct output_sum *sum = output_sums(output, &n);

    retire_old(output, sum, n);
    json_manifest(output_open(output, DELIVER_MANIFEST), provenance, sum, n);
    output_commit(output);
}
