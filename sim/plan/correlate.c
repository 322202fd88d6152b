/* SPDX-License-Identifier: GPL-3.0-or-later */
/* correlate.c - rank correlations between inputs, as the Cholesky factor of a Gaussian copula.
 *
 * Spearman's rho_s becomes Pearson's rho between the normals: 2 sin(pi rho_s / 6) where both quantities are continuous, otherwise by
 * solving for it (copula.h). Pairs that are not named are uncorrelated. Such a matrix need not be positive semi-definite (example: a-b 0.9,
 * b-c 0.9, a-c -0.9); then it is replaced by the nearest correlation matrix in the Frobenius norm (Higham 2002, Computing the nearest
 * correlation matrix - a problem from finance, IMA J. Numer. Anal. 22): alternating projections onto the semi-definite matrices and
 * onto those of unit diagonal, with Dykstra's correction, without which they converge to a matrix that is not the nearest. */
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/plan/compiler.h"
#include "sim/plan/copula.h"

static long input_by_path(const struct plan *plan, const char *path)
{
    for (size_t i = 0; i < plan->n_inputs; i++)
        if (!strcmp(plan->input[i].path, path))
            return (long)i;
    return -1;
}

/* The scenario's value at a path, or NULL. */
static const struct node *find_node(const struct node *node, const char *path)
{
    while (node && *path) {
        const size_t length = strcspn(path, ".");
        const struct node *found = NULL;

        for (size_t i = 0; i < node->n && !found; i++)
            if (node->child[i]->name && strlen(node->child[i]->name) == length &&
                !strncmp(node->child[i]->name, path, length))
                found = node->child[i];
        node = found;
        path += length + (path[length] == '.');
    }
    return node;
}

/* The input that a correlation names, -1 when there is none. An override can have made one of a pair constant: then the correlation has no
 * effect, which is only a warning. */
static long correlated_input(struct compiler *compiler, struct name path)
{
    const struct plan *plan = compiler->plan;
    const struct node *said = find_node(compiler->scenario->root, path.text);
    const char **name, *near;
    long found = input_by_path(plan, path.text);

    if (found < 0 && said && said->kind == NODE_STRING) /* a shared parameter, by a setting that uses it */
        found = input_by_path(plan, arena_print(compiler->arena, "parameters.%s", said->text));
    if (found >= 0)
        return found;
    if (said) {
        diag_warning(compiler->diag, path.place, NULL,
                     "correlations: \"%s\" is not uncertain here, so its correlation has no effect", path.text);
        return -1;
    }
    name = arena_new(compiler->arena, plan->n_inputs, sizeof *name);
    for (size_t i = 0; i < plan->n_inputs; i++)
        name[i] = plan->input[i].path;
    near = diag_nearest(path.text, name, plan->n_inputs);
    diag_warning(compiler->diag, path.place, near ? arena_print(compiler->arena, "did you mean \"%s\"?", near) : NULL,
                 "correlations: there is no \"%s\" in this scenario, so nothing correlates with it", path.text);
    return -1;
}

static bool is_repeated(const struct scenario *scenario, size_t i)
{
    const struct correlation *own = &scenario->correlation[i];

    for (size_t j = 0; j < i; j++) {
        const struct correlation *other = &scenario->correlation[j];

        if ((!strcmp(own->a.text, other->a.text) && !strcmp(own->b.text, other->b.text)) ||
            (!strcmp(own->a.text, other->b.text) && !strcmp(own->b.text, other->a.text)))
            return true;
    }
    return false;
}

/* Collect the inputs named in correlations, in the order of plan->input. */
static void collect_correlated(struct compiler *compiler)
{
    struct plan *plan = compiler->plan;
    bool *named = arena_new(compiler->arena, plan->n_inputs, sizeof *named);

    for (size_t i = 0; i < compiler->scenario->n_correlations; i++) {
        const long a = correlated_input(compiler, compiler->scenario->correlation[i].a);
        const long b = correlated_input(compiler, compiler->scenario->correlation[i].b);

        if (a >= 0 && a == b)
            diag_error(compiler->diag, compiler->scenario->correlation[i].place, NULL,
                       "correlations: a quantity with itself");
        if (is_repeated(compiler->scenario, i))
            diag_error(compiler->diag, compiler->scenario->correlation[i].place, "keep one of them",
                       "correlations: this pair is given twice");
        if (a >= 0 && b >= 0)
            named[a] = named[b] = true;
    }
    plan->correlated = arena_new(compiler->arena, plan->n_inputs, sizeof *plan->correlated);
    for (uint32_t i = 0; i < plan->n_inputs; i++)
        if (named[i])
            plan->correlated[plan->n_correlated++] = i;
}

static size_t position_of(const struct plan *plan, long input)
{
    size_t i = 0;

    while (plan->correlated[i] != (uint32_t)input)
        i++;
    return i;
}

/* The correlation of the normals behind two inputs; a warning where ties make the wanted rank correlation unattainable. */
static double normal_correlation(struct compiler *compiler, const struct correlation *correlation, long a, long b)
{
    const struct plan *plan = compiler->plan;
    const double asked = correlation->spearman;
    struct copula_limits limits;
    const double rho = copula_rho(plan->input[a].distribution, plan->input[b].distribution, asked, &limits);

    if (asked > limits.most + 1e-4 || asked < limits.least - 1e-4)
        diag_warning(
            compiler->diag, correlation->place, "the closest possible correlation is used",
            "correlations: \"%s\" and \"%s\" have tied values, with which a rank correlation of %g is impossible: "
            "%.3f is the %s possible",
            plan->input[a].path, plan->input[b].path, asked, asked > 0.0 ? limits.most : limits.least,
            asked > 0.0 ? "largest" : "smallest");
    return rho;
}

static void fill_matrix(struct compiler *compiler, gsl_matrix *matrix)
{
    const struct plan *plan = compiler->plan;

    gsl_matrix_set_identity(matrix);
    for (size_t i = 0; i < compiler->scenario->n_correlations; i++) {
        const struct correlation *correlation = &compiler->scenario->correlation[i];
        const long a = correlated_input(compiler, correlation->a), b = correlated_input(compiler, correlation->b);
        double rho;

        if (a < 0 || b < 0)
            continue;
        rho = normal_correlation(compiler, correlation, a, b);
        gsl_matrix_set(matrix, position_of(plan, a), position_of(plan, b), rho);
        gsl_matrix_set(matrix, position_of(plan, b), position_of(plan, a), rho);
    }
}

/* The nearest positive semi-definite matrix: eigenvalues below `floor` raised to it. Returns the smallest one found. */
static double project_semidefinite(gsl_matrix *matrix, double floor)
{
    const size_t n = matrix->size1;
    gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(n);
    gsl_matrix *copy = gsl_matrix_alloc(n, n), *vectors = gsl_matrix_alloc(n, n);
    gsl_vector *values = gsl_vector_alloc(n);
    double smallest;

    gsl_matrix_memcpy(copy, matrix);
    gsl_eigen_symmv(copy, values, vectors, work);
    smallest = gsl_vector_min(values);
    gsl_matrix_set_zero(matrix);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                *gsl_matrix_ptr(matrix, i, j) += fmax(gsl_vector_get(values, k), floor) *
                                                 gsl_matrix_get(vectors, i, k) * gsl_matrix_get(vectors, j, k);
    gsl_vector_free(values);
    gsl_matrix_free(vectors);
    gsl_matrix_free(copy);
    gsl_eigen_symmv_free(work);
    return smallest;
}

/* Higham's algorithm 3.3; ends with a unit diagonal and eigenvalues of at least 1e-8 or so. Returns the largest change. */
static double nearest_correlation(gsl_matrix *matrix)
{
    const size_t n = matrix->size1;
    gsl_matrix *wanted = gsl_matrix_alloc(n, n), *correction = gsl_matrix_calloc(n, n),
               *before = gsl_matrix_alloc(n, n);
    double change;

    gsl_matrix_memcpy(wanted, matrix);
    for (int i = 0; i < 200; i++) {
        gsl_matrix_memcpy(before, matrix);
        gsl_matrix_sub(before, correction); /* R = Y - dS */
        gsl_matrix_memcpy(matrix, before);
        project_semidefinite(matrix, 1e-8);
        gsl_matrix_memcpy(correction, matrix);
        gsl_matrix_sub(correction, before); /* dS = X - R */
        for (size_t k = 0; k < n; k++)
            gsl_matrix_set(matrix, k, k, 1.0);
    }
    project_semidefinite(matrix, 1e-8);
    for (size_t i = 0; i < n; i++) {
        const double scale = sqrt(gsl_matrix_get(matrix, i, i));

        for (size_t j = 0; j < n; j++) {
            *gsl_matrix_ptr(matrix, i, j) /= scale;
            *gsl_matrix_ptr(matrix, j, i) /= scale;
        }
    }
    gsl_matrix_sub(wanted, matrix);
    change = fmax(gsl_matrix_max(wanted), -gsl_matrix_min(wanted));
    gsl_matrix_free(before);
    gsl_matrix_free(correction);
    gsl_matrix_free(wanted);
    return change;
}

void compile_correlations(struct compiler *compiler)
{
    struct plan *plan = compiler->plan;
    const size_t errors = compiler->diag->n_errors;
    gsl_matrix *matrix, *try;
    size_t n;

    collect_correlated(compiler);
    n = plan->n_correlated;
    if (!n || compiler->diag->n_errors > errors)
        return;
    matrix = gsl_matrix_alloc(n, n);
    try = gsl_matrix_alloc(n, n);
    if (!matrix || !try)
        die("out of memory");
    fill_matrix(compiler, matrix);
    gsl_matrix_memcpy(try, matrix);
    if (project_semidefinite(try, 0.0) < 1e-10) {
        const double change = nearest_correlation(matrix);

        diag_warning(compiler->diag, compiler->scenario->correlation[0].place,
                     "they are replaced by the nearest valid correlation matrix",
                     "correlations: no joint distribution has all of these; some are changed by up to %.2g", change);
    }
    if (gsl_linalg_cholesky_decomp1(matrix) != GSL_SUCCESS)
        diag_error(compiler->diag, compiler->scenario->correlation[0].place, "weaken some of them",
                   "correlations: these contradict each other");
    plan->cholesky = arena_new(compiler->arena, n * n, sizeof *plan->cholesky);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            plan->cholesky[i * n + j] = gsl_matrix_get(matrix, i, j);
    gsl_matrix_free(try);
    gsl_matrix_free(matrix);
}
