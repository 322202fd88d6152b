#include "sim/analysis/pooling.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/analysis/arms.h"
#include "sim/text/diag.h"

/* ---- arithmetic ---- */

double pooling_probability(enum pooling_method method, const double *p, const double *weight, size_t n, double extreme)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        if (weight[i] > 0.0)
            sum += weight[i] * (method == POOL_LINEAR ? p[i] : log(p[i]) - log1p(-p[i]));
    if (method == POOL_LINEAR)
        return sum;
    return 1.0 / (1.0 + exp(method == POOL_EXTREMISED ? -extreme * sum : -sum));
}

void pooling_distribution(enum pooling_method method, const double *p, const double *weight, size_t n, size_t k,
                          double extreme, double *out)
{
    double all = 0.0;

    for (size_t s = 0; s < k; s++) {
        out[s] = 0.0;
        for (size_t i = 0; i < n; i++)
            if (weight[i] > 0.0)
                out[s] += weight[i] * (method == POOL_LINEAR ? p[i * k + s] : log(p[i * k + s]));
        if (method != POOL_LINEAR)
            out[s] = exp(method == POOL_EXTREMISED ? extreme * out[s] : out[s]);
        all += out[s];
    }
    for (size_t s = 0; s < k && all > 0.0; s++)
        out[s] /= all;
}

static double entropy(const double *p, size_t k)
{
    double bits = 0.0;

    for (size_t s = 0; s < k; s++)
        bits -= p[s] > 0.0 ? p[s] * log2(p[s]) : 0.0;
    return bits;
}

double pooling_divergence(const double *p, const double *weight, size_t n, size_t k)
{
    double *mean = memory_new(k, sizeof *mean), own = 0.0, bits;

    pooling_distribution(POOL_LINEAR, p, weight, n, k, 1.0, mean);
    for (size_t i = 0; i < n; i++)
        own += weight[i] * entropy(p + i * k, k);
    bits = entropy(mean, k) - own;
    free(mean);
    return bits > 0.0 ? bits : 0.0;
}

/* ---- analysts ---- */

/* The first source that two of the scenarios both cite. */
static const char *find_shared(struct pool *pool, const struct scenario *const *scenario, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            for (size_t s = 0; s < scenario[i]->n_sources; s++) {
                const struct entity *source = &scenario[i]->source[s];

                for (size_t r = 0; r < scenario[k]->n_sources; r++)
                    if (!strcmp(source->label, scenario[k]->source[r].label) &&
                        tree_cites(scenario[i]->root, source->id) &&
                        tree_cites(scenario[k]->root, scenario[k]->source[r].id))
                        return pool_print(pool, "%s and %s both rest on \"%s\"", scenario[k]->id, scenario[i]->id,
                                          source->label);
            }
    return NULL;
}

bool pooling_init(struct pooling *pooling, const struct scenario *const *scenario, size_t n, struct diag *diag)
{
    double all = 0.0;

    *pooling = (struct pooling){.scenario = scenario, .n = n, .extreme = NAN};
    pooling->weight = pool_new(&pooling->pool, n, sizeof *pooling->weight);
    for (size_t i = 0; i < n; i++)
        all += scenario[i]->analyst_weight;
    if (!(all > 0.0))
        diag_error(diag, (struct place){.source = scenario[0]->file[0]}, "give one an analyst = { weight = 1.0; };",
                   "no analyst has any weight");
    for (size_t i = 0; i < n; i++)
        pooling->weight[i] = scenario[i]->analyst_weight / all;
    agenda_make(&pooling->agenda, scenario, n);
    if (!pooling->agenda.n)
        diag_error(
            diag, (struct place){.source = scenario[0]->file[0]},
            "they need a question of the same id and meaning, or a base and the same states, at dates that all play",
            "the scenarios have nothing in common that could be pooled");
    pooling->shared = find_shared(&pooling->pool, scenario, n);
    return all > 0.0 && pooling->agenda.n;
}

void pooling_free(struct pooling *pooling)
{
    for (size_t i = 0; pooling->outcome && i < pooling->n; i++)
        outcome_free(&pooling->outcome[i]);
    free(pooling->outcome);
    agenda_free(&pooling->agenda);
    pool_free(&pooling->pool);
}

/* ---- pooled answers ---- */

struct wanted { /* an item pooled by a method */
    const struct pooling *pooling;
    size_t item;
    enum pooling_method method;
};

/* The items of an item's distribution: the states of its base, or itself. */
static size_t siblings(const struct agenda *agenda, size_t item, size_t *sibling)
{
    size_t n = 0;

    for (size_t i = 0; i < agenda->n; i++)
        if (i == item ||
            (agenda->item[item].base && agenda->item[i].base && !strcmp(agenda->item[i].base, agenda->item[item].base)))
            sibling[n++] = i;
    return n;
}

static double pool_item(const void *what, size_t leave_out)
{
    const struct wanted *wanted = what;
    const struct pooling *it = wanted->pooling;
    const bool states = it->agenda.item[wanted->item].base != NULL;
    size_t *sibling = memory_new(it->agenda.n, sizeof *sibling);
    const size_t k = siblings(&it->agenda, wanted->item, sibling);
    double *p = memory_new((it->n + 1) * k, sizeof *p), *out = p + it->n * k, value = NAN;

    for (size_t i = 0; i < it->n; i++)
        for (size_t s = 0; s < k; s++) {
            p[i * k + s] = outcome_share(&it->outcome[i], sibling[s], leave_out);
            if (wanted->method != POOL_LINEAR)
                p[i * k + s] = outcome_open(&it->outcome[i], p[i * k + s]);
        }
    if (!states)
        value = pooling_probability(wanted->method, p, it->weight, it->n, it->extreme);
    else
        pooling_distribution(wanted->method, p, it->weight, it->n, k, it->extreme, out);
    for (size_t s = 0; s < k && states; s++)
        if (sibling[s] == wanted->item)
            value = out[s];
    free(p);
    free(sibling);
    return value;
}

static double divergence_of(const struct pooling *it, size_t item)
{
    size_t *sibling = memory_new(it->agenda.n, sizeof *sibling);
    const bool states = it->agenda.item[item].base != NULL;
    const size_t n = siblings(&it->agenda, item, sibling), k = states ? n : 2;
    double *p = memory_new(it->n * k, sizeof *p), bits;

    for (size_t i = 0; i < it->n; i++) {
        for (size_t s = 0; s < n; s++)
            p[i * k + s] = outcome_share(&it->outcome[i], sibling[s], REPLICATES);
        if (!states)
            p[i * k + 1] = 1.0 - p[i * k];
    }
    bits = pooling_divergence(p, it->weight, it->n, k);
    free(p);
    free(sibling);
    return bits;
}

static void disagree(const struct pooling *it, size_t item, struct pooled *pooled)
{
    double mean = 0.0, between = 0.0, within = 0.0;

    pooled->lowest = INFINITY;
    pooled->highest = -INFINITY;
    for (size_t i = 0; i < it->n; i++)
        mean += it->weight[i] * outcome_share(&it->outcome[i], item, REPLICATES);
    for (size_t i = 0; i < it->n; i++) {
        const double p = outcome_share(&it->outcome[i], item, REPLICATES);

        between += it->weight[i] * (p - mean) * (p - mean);
        within += it->weight[i] * it->outcome[i].ignorance[item] * it->outcome[i].ignorance[item];
        pooled->lowest = fmin(pooled->lowest, p);
        pooled->highest = fmax(pooled->highest, p);
    }
    pooled->between = sqrt(between);
    pooled->within = it->n_runs > 1 ? sqrt(within) : NAN;
    pooled->divergence = divergence_of(it, item);
}

static bool make(void *context, size_t i, struct arm *arm)
{
    struct pooling *it = context;
    struct diag diag = {0};

    arm->scenario =
        scenario_of_tree(it->scenario[i]->root, it->scenario[i], model_schemas(&arm->pool), model_count, &diag);
    arm->plan = agenda_compile(&it->agenda, arm->scenario, &diag);
    diag_free(&diag);
    return arm->plan != NULL;
}

bool pooling_play(struct pooling *pooling, const struct play_settings *settings, const char **runaway)
{
    const struct arms arms = {.n = pooling->n, .make = make, .context = pooling, .settings = settings};
    struct outcome *outcome = memory_new(pooling->n, sizeof *outcome);

    pooling->n_worlds = settings->n_worlds;
    pooling->n_runs = settings->n_runs;
    if (!arms_play(&arms, outcome, runaway)) {
        free(outcome);
        return false;
    }
    pooling->outcome = outcome;
    pooling->item = pool_new(&pooling->pool, pooling->agenda.n, sizeof *pooling->item);
    for (size_t i = 0; i < pooling->agenda.n; i++) {
        for (size_t m = 0; m < POOL_METHODS; m++) {
            const struct wanted wanted = {pooling, i, (enum pooling_method)m};

            pooling->item[i].value[m] = m == POOL_EXTREMISED && isnan(pooling->extreme)
                                            ? (struct estimate){NAN, NAN, 0}
                                            : outcome_jackknife(pool_item, &wanted, &outcome[0]);
        }
        disagree(pooling, i, &pooling->item[i]);
    }
    return true;
}
