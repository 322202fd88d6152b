/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manifest.c - how results came about, in the shape of tskit's provenance. */
#include <gsl/gsl_version.h>
#include <inttypes.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "sim/report/json_tree.h"
#include "sim/report/output.h"
#include "sim/report/report.h"

enum { SCHEMA_VERSION = 1 };

#if defined __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static json_t *software(void)
{
    json_t *it = json_tree_object();

    json_tree_put(it, "name", json_tree_string("foothold"));
    json_tree_put(it, "version", json_tree_string(FOOTHOLD_VERSION));
    json_tree_put(it, "compiler", json_tree_string(COMPILER));
    return it;
}

/* A string, since programs that read numbers as doubles would change it. */
static json_t *seed(uint64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, value);
    return json_tree_string(text);
}

static json_t *parameters(const struct provenance *provenance)
{
    const struct provenance_scenario *first = provenance->n_scenarios == 1 ? provenance->scenario : NULL;
    json_t *it = json_tree_object(), *argv = json_tree_array();

    for (int i = 0; i < provenance->argc; i++)
        json_tree_append(argv, json_tree_string(provenance->argv[i]));
    json_tree_put(it, "argv", argv);
    json_tree_put(it, "command", json_tree_string(provenance->command));
    json_tree_put(it, "seed", seed(provenance->seed));
    json_tree_put(it, "seed_chosen", json_boolean(provenance->seed_chosen));
    json_tree_put(it, "design", json_tree_string(provenance->design));
    if (provenance->n_worlds) { /* of a batch each scenario's own manifest tells */
        json_tree_put(it, "worlds", json_tree_count(provenance->n_worlds));
        json_tree_put(it, "runs", json_tree_count(provenance->n_runs));
        json_tree_put(it, "draws", json_tree_count(provenance->n_draws));
    }
    if (first) {
        json_tree_put(it, "estimator", json_tree_string(first->computed ? "conditional" : "draw"));
        json_tree_put(it, "why_drawn", json_tree_string(first->why_drawn));
        if (first->computed) {
            json_tree_put(it, "runs_too_fast", json_tree_count(first->n_too_fast));
            json_tree_put(it, "fastest", json_tree_string(first->fastest));
            json_tree_put(it, "fastest_rate", json_tree_number(first->fastest_rate));
        }
    }
    json_tree_put(it, "precision", json_tree_number(provenance->precision));
    return it;
}

static json_t *scenario(const struct provenance_scenario *scenario)
{
    json_t *it = json_tree_object(), *files = json_tree_array();

    for (size_t i = 0; i < scenario->n_files; i++) {
        json_t *file = json_tree_object();

        json_tree_put(file, "path", json_tree_string(scenario->file[i]));
        json_tree_put(file, "sha256", json_tree_string(scenario->file_sha256[i]));
        json_tree_append(files, file);
    }
    json_tree_put(it, "id", json_tree_string(scenario->id));
    json_tree_put(it, "sha256", json_tree_string(scenario->sha256));
    json_tree_put(it, "effective", json_tree_string(scenario->effective));
    json_tree_put(it, "estimator", json_tree_string(scenario->computed ? "conditional" : "draw"));
    json_tree_put(it, "files", files);
    return it;
}

/* `scenario` where there is one, `scenarios` where there are several. */
static void put_scenarios(json_t *root, const struct provenance *provenance)
{
    json_t *list;

    if (provenance->n_scenarios == 1) {
        json_tree_put(root, "scenario", scenario(&provenance->scenario[0]));
        return;
    }
    if (!provenance->n_scenarios)
        return;
    list = json_tree_array();
    for (size_t i = 0; i < provenance->n_scenarios; i++)
        json_tree_append(list, scenario(&provenance->scenario[i]));
    json_tree_put(root, "scenarios", list);
}

/* The data dictionary: each table's columns and what they mean. */
static json_t *tables(const struct provenance *provenance)
{
    json_t *list = json_tree_array();

    for (size_t i = 0; i < provenance->n_datasets; i++)
        json_tree_append(list, dataset_describe(provenance->dataset[i]));
    return list;
}

static void put_data(json_t *root, const struct provenance *provenance)
{
    json_t *it;

    if (!provenance->data)
        return;
    it = json_tree_object();
    json_tree_put(it, "path", json_tree_string(provenance->data));
    json_tree_put(it, "sha256", json_tree_string(provenance->data_sha256));
    json_tree_put(root, "data", it);
}

static json_t *os(void)
{
    struct utsname name;
    json_t *it = json_tree_object();

    if (uname(&name) < 0)
        return it;
    json_tree_put(it, "system", json_tree_string(name.sysname));
    json_tree_put(it, "release", json_tree_string(name.release));
    json_tree_put(it, "machine", json_tree_string(name.machine));
    return it;
}

static json_t *openmp(void)
{
#if defined _OPENMP
    return json_integer(_OPENMP); /* the standard's year and month */
#else
    return json_null();
#endif
}

static json_t *environment(const struct provenance *provenance)
{
    json_t *it = json_tree_object();

    json_tree_put(it, "os", os());
    json_tree_put(it, "gsl", json_tree_string(gsl_version));
    json_tree_put(it, "libconfig", json_tree_string(provenance->libconfig_version));
    json_tree_put(it, "jansson", json_tree_string(jansson_version_str()));
    json_tree_put(it, "openmp", openmp());
    json_tree_put(it, "threads", json_integer(provenance->threads));
    json_tree_put(it, "processors", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
    return it;
}

static json_t *resources(const struct provenance *provenance)
{
    struct rusage usage = {0};
    json_t *it = json_tree_object();

    getrusage(RUSAGE_SELF, &usage);
    json_tree_put(it, "seconds", json_tree_number(provenance->seconds));
    json_tree_put(it, "cpu_seconds", json_tree_number(provenance->cpu_seconds));
    json_tree_put(it, "max_rss_bytes", json_integer((json_int_t)usage.ru_maxrss * 1024)); /* Linux counts in KiB */
    return it;
}

static json_t *files(const struct output_sum *sum, size_t n)
{
    json_t *all = json_tree_array();

    for (size_t i = 0; i < n; i++) {
        json_t *file = json_tree_object();

        json_tree_put(file, "name", json_tree_string(sum[i].name));
        json_tree_put(file, "bytes", json_tree_count(sum[i].bytes));
        json_tree_put(file, "sha256", json_tree_string(sum[i].sha256));
        json_tree_append(all, file);
    }
    return all;
}

void json_manifest(FILE *out, const struct provenance *provenance, const struct output_sum *sum, size_t n)
{
    json_t *root = json_tree_object();

    json_tree_put(root, "schema_version", json_tree_count(SCHEMA_VERSION));
    json_tree_put(root, "software", software());
    json_tree_put(root, "parameters", parameters(provenance));
    put_scenarios(root, provenance);
    if (provenance->n_datasets)
        json_tree_put(root, "tables", tables(provenance));
    put_data(root, provenance);
    json_tree_put(root, "complete", json_boolean(provenance->complete));
    json_tree_put(root, "files", files(sum, n));
    json_tree_put(root, "environment", environment(provenance));
    json_tree_put(root, "resources", resources(provenance));
    json_tree_put(
        root, "citation",
        json_tree_string("foothold " FOOTHOLD_VERSION ": a Monte Carlo engine for scenarios of foreign bases"));
    json_tree_write(out, root);
}
