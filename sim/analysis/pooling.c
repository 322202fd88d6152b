/* SPDX-License-Identifier: GPL-3.0-or-later */
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

static double entropy_of(const double *p, size_t k)
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
        own += weight[i] * entropy_of(p + i * k, k);
    bits = entropy_of(mean, k) - own;
    free(mean);
    return bits > 0.0 ? bits : 0.0;
}

/* ---- analysts ---- */

/* The first source that two scenarios both cite; NULL: none. */
static const char *find_shared_source(struct arena *arena, const struct scenario *a, const struct scenario *b)
{
    for (size_t s = 0; s < b->n_sources; s++)
        for (size_t r = 0; r < a->n_sources; r++)
            if (!strcmp(b->source[s].label, a->source[r].label) && tree_cites(b->root, b->source[s].id) &&
                tree_cites(a->root, a->source[r].id))
                return arena_print(arena, "%s and %s both cite \"%s\"", a->id, b->id, b->source[s].label);
    return NULL;
}

/* A number of a scenario, and the place where it was set. */
struct leaf {
    const char *path;
    double number;
    struct place at;
};

struct leaves {
    struct arena arena;
    struct leaf *leaf;
    size_t n, capacity;
};

static void collect_leaves(struct leaves *leaves, const char *path, const struct node *node)
{
    if (node->kind == NODE_NUMBER) {
        leaves->leaf = arena_grow(&leaves->arena, leaves->leaf, leaves->n, &leaves->capacity, sizeof *leaves->leaf);
        leaves->leaf[leaves->n++] = (struct leaf){path, node->number, node->at};
    }
    for (size_t i = 0; i < node->n; i++)
        collect_leaves(leaves,
                       node->child[i]->name ? arena_print(&leaves->arena, "%s.%s", path, node->child[i]->name)
                                            : arena_print(&leaves->arena, "%s.%zu", path, i),
                       node->child[i]);
}

static void collect_numbers(struct leaves *leaves, const struct scenario *scenario)
{
    static const char *const section[] = {"actors",    "bases",      "transitions",  "levers",    "events",
                                          "couplings", "dependence", "correlations", "parameters"};

    for (size_t i = 0; i < sizeof section / sizeof *section; i++) {
        const struct node *node = tree_get(scenario->root, section[i]);

        if (node)
            collect_leaves(leaves, section[i], node);
    }
}

static const struct leaf *find_leaf(const struct leaves *leaves, const char *path)
{
    for (size_t i = 0; i < leaves->n; i++)
        if (!strcmp(leaves->leaf[i].path, path))
            return &leaves->leaf[i];
    return NULL;
}

/* Numbers that two scenarios share are one judgement, not two: nearly all of them (a copy under another analyst's name), or those of a
 * template that both extend, set by the same lines of the same file. */
static const char *find_shared_numbers(struct arena *arena, const struct scenario *a, const struct scenario *b)
{
    struct leaves of_a = {0}, of_b = {0};
    const char *frame = NULL, *found = NULL;
    size_t same = 0, framed = 0, most;

    collect_numbers(&of_a, a);
    collect_numbers(&of_b, b);
    for (size_t i = 0; i < of_a.n; i++) {
        const struct leaf *x = &of_a.leaf[i], *y = find_leaf(&of_b, x->path);

        if (!y || x->number != y->number)
            continue;
        same++;
        if (x->at.source && y->at.source && x->at.line == y->at.line && strcmp(x->at.source->name, "--set") &&
            !strcmp(x->at.source->name, y->at.source->name)) {
            framed++;
            frame = x->at.source->name;
        }
    }
    most = of_a.n > of_b.n ? of_a.n : of_b.n;
    if (most && 10 * same >= 9 * most)
        found = arena_print(arena, "%s and %s have %zu of %zu numbers in common", a->id, b->id, same, most);
    else if (framed)
        found = arena_print(arena, "%s and %s both take %zu of their numbers from %s%s", a->id, b->id, framed, frame,
                            framed > 1 ? " and what it extends" : "");
    arena_free(&of_a.arena);
    arena_free(&of_b.arena);
    return found;
}

/* Why analysts are not independent: what the first pair shares; NULL: no pair shares anything. */
static const char *find_shared(struct arena *arena, const struct scenario *const *scenario, size_t n)
{
    const char *found = NULL;

    for (size_t i = 0; i < n && !found; i++)
        for (size_t k = 0; k < i && !found; k++)
            found = find_shared_source(arena, scenario[k], scenario[i]);
    for (size_t i = 0; i < n && !found; i++)
        for (size_t k = 0; k < i && !found; k++)
            found = find_shared_numbers(arena, scenario[k], scenario[i]);
    return found;
}

bool pooling_init(struct pooling *pooling, const struct scenario *const *scenario, size_t n, enum agenda_given given,
                  struct diag *diag)
{
    double all = 0.0;

    *pooling = (struct pooling){.scenario = scenario, .n = n, .extreme = NAN};
    pooling->weight = arena_new(&pooling->arena, n, sizeof *pooling->weight);
    for (size_t i = 0; i < n; i++)
        all += scenario[i]->analyst_weight;
    if (!(all > 0.0))
        diag_error(diag, (struct place){.source = scenario[0]->file[0]}, "give one an analyst = { weight = 1.0; };",
                   "no analyst has a weight above 0");
    for (size_t i = 0; i < n; i++)
        pooling->weight[i] = scenario[i]->analyst_weight / all;
    targets_make(&pooling->targets, scenario, n, given);
    if (!pooling->targets.n)
        diag_error(diag, (struct place){.source = scenario[0]->file[0]},
                   "they need a question of the same id and meaning, or a base and the same states, at dates that all "
                   "simulate",
                   "the scenarios have no question or base in common that could be pooled");
    pooling->shared = find_shared(&pooling->arena, scenario, n);
    return all > 0.0 && pooling->targets.n;
}

void pooling_free(struct pooling *pooling)
{
    for (size_t i = 0; pooling->outcome && i < pooling->n; i++)
        arm_estimates_free(&pooling->outcome[i]);
    free(pooling->outcome);
    targets_free(&pooling->targets);
    arena_free(&pooling->arena);
}

/* ---- pooled answers ---- */

struct wanted { /* an item pooled by a method */
    const struct pooling *pooling;
    size_t item;
    enum pooling_method method;
};

/* The items of an item's distribution: the states of its base, or itself. */
static size_t find_siblings(const struct targets *targets, size_t item, size_t *sibling)
{
    size_t n = 0;

    for (size_t i = 0; i < targets->n; i++)
        if (i == item || (targets->item[item].base && targets->item[i].base &&
                          !strcmp(targets->item[i].base, targets->item[item].base)))
            sibling[n++] = i;
    return n;
}

static double pool_item(const void *what, size_t leave_out)
{
    const struct wanted *wanted = what;
    const struct pooling *it = wanted->pooling;
    const bool states = it->targets.item[wanted->item].base != NULL;
    size_t *sibling = memory_new(it->targets.n, sizeof *sibling);
    const size_t k = find_siblings(&it->targets, wanted->item, sibling);
    double *p = memory_new((it->n + 1) * k, sizeof *p), *out = p + it->n * k, value = NAN;

    for (size_t i = 0; i < it->n; i++)
        for (size_t s = 0; s < k; s++)
            p[i * k + s] = arm_estimates_share(&it->outcome[i], sibling[s], leave_out);
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

/* Why an analyst's drawn frequencies are too imprecise for odds; NULL: they are precise enough, or computed. */
static const char *find_few(struct pooling *it, size_t analyst, const size_t *sibling, size_t n)
{
    const struct arm_estimates *outcome = &it->outcome[analyst];

    if (outcome->computed || !(it->weight[analyst] > 0.0))
        return NULL;
    for (size_t s = 0; s < n; s++) {
        const struct estimate p = arm_estimates_of(outcome, sibling[s]);
        const double runs = (double)p.n, hits = p.value * runs, rarer = n > 1 ? hits : fmin(hits, runs - hits);

        if (rarer < POOLING_LEAST - 0.5)
            return arena_print(
                &it->arena, "drawn, %s has only %.0f %s in %.0f runs: fewer than %d have no odds to pool",
                it->scenario[analyst]->id, rarer, hits <= rarer ? "hits" : "misses", runs, (int)POOLING_LEAST);
    }
    return NULL;
}

/* A probability of exactly 0 or 1 decides a pool of odds alone, whatever the others are. */
static const char *find_veto(struct pooling *it, size_t analyst, size_t item)
{
    const double p = arm_estimates_share(&it->outcome[analyst], item, REPLICATES);

    if (!it->outcome[analyst].computed || !(it->weight[analyst] > 0.0) || (p > 0.0 && p < 1.0))
        return NULL;
    return arena_print(&it->arena, "%s calls it %s, which alone decides the pools of odds", it->scenario[analyst]->id,
                       p > 0.0 ? "certain" : "impossible");
}

static void check_odds(struct pooling *it, size_t item)
{
    size_t *sibling = memory_new(it->targets.n, sizeof *sibling);
    const size_t n = find_siblings(&it->targets, item, sibling);
    struct pooled *pooled = &it->item[item];

    for (size_t i = 0; i < it->n; i++) {
        pooled->no_odds = pooled->no_odds ? pooled->no_odds : find_few(it, i, sibling, n);
        pooled->veto = pooled->veto ? pooled->veto : find_veto(it, i, item);
    }
    free(sibling);
}

static double divergence_of(const struct pooling *it, size_t item)
{
    size_t *sibling = memory_new(it->targets.n, sizeof *sibling);
    const bool states = it->targets.item[item].base != NULL;
    const size_t n = find_siblings(&it->targets, item, sibling), k = states ? n : 2;
    double *p = memory_new(it->n * k, sizeof *p), bits;

    for (size_t i = 0; i < it->n; i++) {
        for (size_t s = 0; s < n; s++)
            p[i * k + s] = arm_estimates_share(&it->outcome[i], sibling[s], REPLICATES);
        if (!states)
            p[i * k + 1] = 1.0 - p[i * k];
    }
    bits = pooling_divergence(p, it->weight, it->n, k);
    free(p);
    free(sibling);
    return bits;
}

static void measure_disagreement(const struct pooling *it, size_t item, struct pooled *pooled)
{
    double mean = 0.0, between = 0.0, within = 0.0;

    pooled->lowest = INFINITY;
    pooled->highest = -INFINITY;
    for (size_t i = 0; i < it->n; i++)
        mean += it->weight[i] * arm_estimates_share(&it->outcome[i], item, REPLICATES);
    for (size_t i = 0; i < it->n; i++) {
        const double p = arm_estimates_share(&it->outcome[i], item, REPLICATES);

        between += it->weight[i] * (p - mean) * (p - mean);
        within += it->weight[i] * it->outcome[i].ignorance[item] * it->outcome[i].ignorance[item];
        pooled->lowest = fmin(pooled->lowest, p);
        pooled->highest = fmax(pooled->highest, p);
    }
    pooled->between = sqrt(between);
    pooled->within = it->n_runs > 1 ? sqrt(within) : NAN;
    pooled->divergence = divergence_of(it, item);
}

static bool make_arm(void *context, size_t i, struct arm *arm)
{
    struct pooling *it = context;
    struct diag diag = {0};

    arm->scenario =
        scenario_of_tree(it->scenario[i]->root, it->scenario[i], model_schemas(&arm->arena), model_count, &diag);
    arm->plan = targets_compile(&it->targets, arm->scenario, &diag);
    diag_free(&diag);
    return arm->plan != NULL;
}

bool pooling_play(struct pooling *pooling, const struct play_settings *settings, const char **runaway)
{
    const struct arms arms = {.n = pooling->n, .make = make_arm, .context = pooling, .settings = settings};
    struct arm_estimates *outcome = memory_new(pooling->n, sizeof *outcome);

    pooling->n_worlds = settings->n_worlds;
    pooling->n_runs = settings->n_runs;
    if (!arms_play(&arms, outcome, runaway)) {
        free(outcome);
        return false;
    }
    pooling->outcome = outcome;
    pooling->item = arena_new(&pooling->arena, pooling->targets.n, sizeof *pooling->item);
    for (size_t i = 0; i < pooling->targets.n; i++) {
        check_odds(pooling, i);
        for (size_t m = 0; m < POOL_METHODS; m++) {
            const struct wanted wanted = {pooling, i, (enum pooling_method)m};

            pooling->item[i].value[m] =
                (m != POOL_LINEAR && pooling->item[i].no_odds) || (m == POOL_EXTREMISED && isnan(pooling->extreme))
                    ? (struct estimate){NAN, NAN, 0}
                    : arm_jackknife(pool_item, &wanted, &outcome[0]);
        }
        measure_disagreement(pooling, i, &pooling->item[i]);
    }
    return true;
}
