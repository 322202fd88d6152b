#include "sim/report/report.h"
#include <gsl/gsl_version.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "sim/report/rank.h"
#include "sim/scenario/diag.h"

enum { SCHEMA_VERSION = 1, MOST_DRIVERS = 20 };

/* Building blocks: jansson reports failures that a report cannot mend. */

static json_t *had(json_t *value)
{
    if (!value)
        die("out of memory (writing JSON)");
    return value;
}

static void put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, had(value)))
        die("out of memory (writing JSON)");
}

static void append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, had(value)))
        die("out of memory (writing JSON)");
}

static json_t *object(void)
{
    return had(json_object());
}

static json_t *array(void)
{
    return had(json_array());
}

/* JSON knows no NaN. */
static json_t *number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *count(uint64_t n)
{
    return json_integer((json_int_t)n);
}

/* A command line or a file's name need not be UTF-8. */
static json_t *escaped(const char *bytes)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    json_t *string;

    if (!stream)
        die("out of memory (writing JSON)");
    diag_put_safe(stream, bytes, strlen(bytes));
    if (fclose(stream))
        die("out of memory (writing JSON)");
    string = json_string(text);
    free(text);
    return string;
}

static json_t *string(const char *text)
{
    json_t *value;

    if (!text)
        return json_null();
    value = json_string(text);
    return value ? value : escaped(text);
}

static void write_out(FILE *out, json_t *root)
{
    const size_t flags = JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(17);

    if (json_dumpf(root, out, flags) && !ferror(out))
        die("out of memory (writing JSON)");
    putc('\n', out); /* a failed write stays with the stream: output_commit tells */
    json_decref(root);
}

/* summary.json */

static json_t *estimate(struct estimate estimate)
{
    json_t *it = object();

    put(it, "probability", number(estimate.value));
    put(it, "se", number(estimate.se));
    return it;
}

static void put_quantiles(json_t *it, const double *quantile)
{
    static const char *const key[ANSWER_LEVELS] = {"p05", "p50", "p95"};

    for (size_t i = 0; i < ANSWER_LEVELS; i++)
        put(it, key[i], number(quantile[i]));
}

static json_t *questions(const struct answer *answer)
{
    json_t *all = object();

    for (size_t i = 0; i < answer->n_questions; i++) {
        const struct answer_question *question = &answer->question[i];
        json_t *it = object();

        put(it, "text", string(question->text));
        put(it, "month", number(question->month));
        put(it, "probability", number(question->p.value));
        put(it, "se", number(question->p.se));
        put_quantiles(it, question->spread.quantile);
        put(it, "sd_ignorance", number(question->spread.sd_ignorance));
        put(it, "sd_chance", number(question->spread.sd_chance));
        put(all, question->id, it);
    }
    return all;
}

static json_t *states(const struct answer *answer)
{
    json_t *all = object();

    for (size_t i = 0; i < answer->n_bases; i++) {
        const struct answer_place *base = &answer->base[i];
        json_t *of_base = object();

        for (size_t s = 0; s < answer->n_states; s++) {
            json_t *it = estimate(base->state[s]);

            put_quantiles(it, base->spread[s].quantile);
            put(of_base, answer->state[s], it);
        }
        put(all, base->id, of_base);
    }
    return all;
}

static json_t *bases_held(const struct answer *answer)
{
    json_t *all = object();

    for (size_t i = 0; i <= answer->n_bases; i++) {
        char key[24];

        snprintf(key, sizeof key, "%zu", i);
        put(all, key, estimate(answer->bases_held[i]));
    }
    return all;
}

static json_t *time_to(const struct answer_time *time)
{
    json_t *it = estimate(time->by_horizon);

    put_quantiles(it, time->quantile);
    put(it, "mean", number(time->mean.value));
    return it;
}

static json_t *times_to_loss(const struct answer *answer)
{
    json_t *all = object();

    put(all, "all", time_to(&answer->all.loss));
    for (size_t i = 0; i < answer->n_bases; i++)
        put(all, answer->base[i].id, time_to(&answer->base[i].loss));
    return all;
}

static json_t *times_to_deal(const struct answer *answer)
{
    json_t *all = object();

    put(all, "all", time_to(&answer->all.deal));
    for (size_t i = 0; i < answer->n_bases; i++)
        put(all, answer->base[i].id, time_to(&answer->base[i].deal));
    return all;
}

static json_t *factor_by_question(const struct answer *answer, const struct answer_factor *factor)
{
    json_t *all = object();

    for (size_t q = 0; q < answer->n_questions; q++) {
        json_t *it = object();

        put(it, "comes", number(factor->by_question[q].comes.value));
        put(it, "if_comes", number(factor->by_question[q].if_comes.value));
        put(it, "if_not", number(factor->by_question[q].if_not.value));
        put(it, "difference", number(factor->by_question[q].difference.value));
        put(it, "se", number(factor->by_question[q].difference.se));
        put(all, answer->question[q].id, it);
    }
    return all;
}

static json_t *levers(const struct answer *answer)
{
    json_t *all = object();

    for (size_t i = 0; i < answer->n_factors; i++) {
        const struct answer_factor *factor = &answer->factor[i];
        json_t *it = object();

        put(it, "kind", string(factor->is_lever ? "lever" : "event"));
        put(it, "questions", factor_by_question(answer, factor));
        put(all, factor->id, it);
    }
    return all;
}

static json_t *drivers_of(const struct answer *answer, size_t question, struct ranked *ranked)
{
    const size_t n = rank_drivers(ranked, answer, question);
    json_t *all = array();

    for (size_t i = 0; i < n && i < MOST_DRIVERS; i++) {
        const struct answer_driver *driver = &answer->driver[ranked[i].at];
        json_t *it = object();

        put(it, "input", string(driver->path));
        put(it, "tag", string(driver->tag));
        put(it, "index", number(driver->index[question]));
        put(it, "se", number(driver->se[question]));
        append(all, it);
    }
    return all;
}

static json_t *drivers(const struct answer *answer)
{
    struct ranked *ranked = memory_new(answer->n_inputs, sizeof *ranked);
    json_t *all = object();

    for (size_t q = 0; q < answer->n_questions; q++)
        put(all, answer->question[q].id, drivers_of(answer, q, ranked));
    free(ranked);
    return all;
}

static json_t *basis(const struct answer *answer)
{
    json_t *it = object();

    put(it, "stated", count(answer->n_stated));
    put(it, "reading", count(answer->n_reading));
    put(it, "guess", count(answer->n_guess));
    put(it, "untagged", count(answer->n_untagged));
    return it;
}

static json_t *summary(const struct answer *answer)
{
    json_t *root = object();

    put(root, "format", count(SCHEMA_VERSION));
    put(root, "scenario_id", string(answer->scenario_id));
    put(root, "analyst", string(answer->analyst_id));
    put(root, "title", string(answer->title));
    put(root, "model", string(answer->model));
    put(root, "as_of", string(answer->as_of));
    put(root, "horizon", number(answer->horizon));
    put(root, "worlds", count(answer->n_worlds));
    put(root, "runs", count(answer->n_runs));
    put(root, "draws", count(answer->n_draws));
    put(root, "estimator", string(answer->computed ? "conditional" : "draw"));
    put(root, "complete", json_boolean(answer->complete));
    put(root, "questions", questions(answer));
    put(root, "states", states(answer));
    put(root, "bases_held", bases_held(answer));
    put(root, "time_to_loss", times_to_loss(answer));
    if (answer->has_deal)
        put(root, "time_to_deal", times_to_deal(answer));
    put(root, "levers", levers(answer));
    put(root, "drivers", drivers(answer));
    put(root, "basis", basis(answer));
    return root;
}

void json_summary(FILE *out, const struct answer *const *answer, size_t n)
{
    json_t *all = n == 1 ? summary(answer[0]) : array();

    for (size_t i = 0; n > 1 && i < n; i++)
        append(all, summary(answer[i]));
    write_out(out, all);
}

/* manifest.json, in the shape of tskit's provenance */

#if defined __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static json_t *software(void)
{
    json_t *it = object();

    put(it, "name", string("foothold"));
    put(it, "version", string(FOOTHOLD_VERSION));
    put(it, "compiler", string(COMPILER));
    return it;
}

/* A string, since programs that read numbers as doubles would change it. */
static json_t *seed(uint64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, value);
    return string(text);
}

static json_t *parameters(const struct answer *answer, const struct provenance *provenance)
{
    json_t *it = object(), *argv = array();

    for (int i = 0; i < provenance->argc; i++)
        append(argv, string(provenance->argv[i]));
    put(it, "argv", argv);
    put(it, "command", string("run"));
    put(it, "seed", seed(provenance->seed));
    put(it, "seed_chosen", json_boolean(provenance->seed_chosen));
    put(it, "design", string(provenance->design));
    put(it, "worlds", count(answer->n_worlds));
    put(it, "runs", count(answer->n_runs));
    put(it, "draws", count(answer->n_draws));
    put(it, "estimator", string(answer->computed ? "conditional" : "draw"));
    put(it, "why_drawn", answer->why_drawn ? string(answer->why_drawn) : json_null());
    put(it, "precision", number(provenance->precision));
    return it;
}

static json_t *scenario(const struct answer *answer, const struct provenance *provenance)
{
    json_t *it = object(), *files = array();

    for (size_t i = 0; i < provenance->n_files; i++) {
        json_t *file = object();

        put(file, "path", string(provenance->file[i]));
        put(file, "sha256", string(provenance->file_sha256[i]));
        append(files, file);
    }
    put(it, "id", string(answer->scenario_id));
    put(it, "sha256", string(provenance->sha256));
    put(it, "effective", string(provenance->effective));
    put(it, "files", files);
    return it;
}

static json_t *os(void)
{
    struct utsname name;
    json_t *it = object();

    if (uname(&name) < 0)
        return it;
    put(it, "system", string(name.sysname));
    put(it, "release", string(name.release));
    put(it, "machine", string(name.machine));
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
    json_t *it = object();

    put(it, "os", os());
    put(it, "gsl", string(gsl_version));
    put(it, "libconfig", string(provenance->libconfig_version));
    put(it, "jansson", string(jansson_version_str()));
    put(it, "openmp", openmp());
    put(it, "threads", json_integer(provenance->threads));
    put(it, "processors", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
    return it;
}

static json_t *resources(const struct provenance *provenance)
{
    struct rusage usage = {0};
    json_t *it = object();

    getrusage(RUSAGE_SELF, &usage);
    put(it, "seconds", number(provenance->seconds));
    put(it, "cpu_seconds", number(provenance->cpu_seconds));
    put(it, "max_rss_bytes", json_integer((json_int_t)usage.ru_maxrss * 1024)); /* Linux counts in KiB */
    return it;
}

void json_manifest(FILE *out, const struct answer *answer, const struct provenance *provenance)
{
    json_t *root = object();

    put(root, "schema_version", count(SCHEMA_VERSION));
    put(root, "software", software());
    put(root, "parameters", parameters(answer, provenance));
    put(root, "scenario", scenario(answer, provenance));
    put(root, "complete", json_boolean(answer->complete));
    put(root, "environment", environment(provenance));
    put(root, "resources", resources(provenance));
    put(root, "citation", string("foothold " FOOTHOLD_VERSION ": a Monte Carlo engine for scenarios of foreign bases"));
    write_out(out, root);
}
