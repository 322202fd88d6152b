/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/analysis/sweep.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/text/diag.h"

enum { ALL_DRAWS = 1 << 20, LEAST_WORLDS = 512 };

void sweep_init(struct sweep *sweep, const struct scenario *scenario, const char *file, const struct override *override,
                size_t n_overrides, struct diag *diag)
{
    sweep->scenario = scenario;
    sweep->file = file;
    sweep->override = override;
    sweep->n_overrides = n_overrides;
    sweep->diag = diag;
    sweep->n_points = 1;
    for (size_t k = 0; k < sweep->n_paths; k++)
        sweep->n_points *= sweep->path[k].n;
    targets_make(&sweep->targets, &scenario, 1, GIVEN_START);
}

void sweep_free(struct sweep *sweep)
{
    for (size_t i = 0; sweep->outcome && i < sweep->n_points; i++)
        arm_estimates_free(&sweep->outcome[i]);
    free(sweep->outcome);
    for (size_t i = 0; i < sweep->n_wrong; i++)
        scenario_free(sweep->wrong[i]);
    targets_free(&sweep->targets);
    arena_free(&sweep->arena);
}

size_t sweep_place(const struct sweep *sweep, size_t point, size_t path)
{
    for (size_t k = sweep->n_paths; k-- > path + 1;)
        point /= sweep->path[k].n;
    return point % sweep->path[path].n;
}

size_t sweep_next(const struct sweep *sweep, size_t point, size_t path)
{
    size_t stride = 1;

    for (size_t k = sweep->n_paths; k-- > path + 1;)
        stride *= sweep->path[k].n;
    return sweep_place(sweep, point, path) + 1 < sweep->path[path].n ? point + stride : SIZE_MAX;
}

/* The shortest digits that read back as the same number, as scenario files write a number with a fraction. */
static const char *print_value(struct arena *arena, double x)
{
    char text[40];
    size_t n;
    int precision = 1;

    do
        snprintf(text, sizeof text, "%.*g", precision, x);
    while (strtod(text, NULL) != x && precision++ < 17);
    n = strcspn(text, "e");
    return strcspn(text, ".") < n ? arena_print(arena, "%s", text)
                                  : arena_print(arena, "%.*s.0%s", (int)n, text, text + n);
}

/* Read the scenario with one path's value, or the values of all paths at a point, as overrides; mistakes go to diag. */
struct spot {
    size_t point;
    const struct sweep_path *only; /* NULL: all */
};

static struct override override_of(const struct sweep *sweep, struct arena *arena, size_t point, size_t k)
{
    const struct sweep_path *path = &sweep->path[k];

    assert(sweep->path && path->n);
    return (struct override){path->path, print_value(arena, path->value[sweep_place(sweep, point, k)]), "--vary"};
}

static struct scenario *read_spot(const struct sweep *sweep, struct arena *arena, struct spot spot, struct diag *diag)
{
    size_t n = sweep->n_overrides;
    struct override *override = arena_new(arena, n + sweep->n_paths, sizeof *override);

    if (n)
        memcpy(override, sweep->override, n * sizeof *override);
    for (size_t k = 0; k < sweep->n_paths; k++)
        if (!spot.only || spot.only == &sweep->path[k])
            override[n++] = override_of(sweep, arena, spot.point, k);
    return scenario_read(sweep->file, override, n, model_schemas(arena), model_count, diag);
}

static bool make_spot(struct sweep *sweep, struct spot spot, struct arm *arm)
{
    struct diag diag = {0};

    arm->scenario = read_spot(sweep, &arm->arena, spot, &diag);
    if (!diag.n_errors)
        arm->plan = targets_compile(&sweep->targets, arm->scenario, &diag);
    if (!arm->plan)
        sweep->why_not = arena_print(&sweep->arena, "%s", diag_first_error(&diag));
    diag_free(&diag);
    return arm->plan != NULL;
}

static bool make_arm(void *context, size_t point, struct arm *arm)
{
    return make_spot(context, (struct spot){.point = point}, arm);
}

/* Whether a node is a quantity: a number, a distribution, or a phrase or parameter that stands for one. */
static bool is_quantity(const struct node *node)
{
    const struct node *value = node->kind == NODE_GROUP ? tree_get(node, "value") : node;

    if (!value || value->kind == NODE_BOOL || value->kind == NODE_GROUP || tree_is_note(value))
        return false;
    return value->kind != NODE_LIST || (value->n && value->child[0]->kind == NODE_STRING);
}

/* Where a path leads; a step of a rate by its number. NULL: nowhere yet. */
static const struct node *find_node(const struct node *node, struct arena *arena, const char *path)
{
    while (node && *path) {
        const size_t length = strcspn(path, ".");
        const char *part = arena_copy(arena, path, length);
        char *end;
        const unsigned long index = strtoul(part, &end, 10);

        if (node->kind == NODE_LIST && *part && !*end)
            node = index < node->n && node->child[index]->n == 2 ? node->child[index]->child[1] : NULL;
        else
            node = node->kind == NODE_GROUP ? tree_get(node, part) : NULL;
        path += length + (path[length] == '.');
    }
    return node;
}

static void check_path(struct sweep *sweep, const struct sweep_path *path)
{
    const struct node *node = find_node(sweep->scenario->root, &sweep->arena, path->path);

    if (!strcmp(path->path, "horizon"))
        diag_error(sweep->diag, (struct place){0}, "ask questions at several months instead",
                   "--vary horizon: questions are asked at the scenario's own months");
    else if (node && !is_quantity(node))
        diag_error(sweep->diag, node->at, "a path ends in a number or a distribution: levers.debt_relief.chance",
                   "--vary %s: not a number", path->path);
    for (const struct sweep_path *other = sweep->path; other < path; other++)
        if (!strcmp(other->path, path->path))
            diag_error(sweep->diag, (struct place){0}, "list all its values in one --vary", "--vary %s: given twice",
                       path->path);
}

/* Whether a path is a field of a model other than the one in use. */
static bool is_of_other_model(const struct scenario *scenario, const char *path)
{
    const size_t length = strcspn(path, ".");
    const char *own = scenario->model[0].name.text;

    for (size_t m = 0; m < model_count; m++)
        if (strlen(model_list[m]->name) == length && !strncmp(model_list[m]->name, path, length))
            return strcmp(model_list[m]->name, own) != 0;
    return false;
}

/* Warn when both ends of a path give the same simulation: it names a note, a weight that only pools use, a field of another model. */
static void warn_unchanged(struct sweep *sweep, struct spot first, struct spot last)
{
    struct diag ignored = {0};
    struct arena arena = {0};
    struct scenario *end[2] = {read_spot(sweep, &arena, first, &ignored), read_spot(sweep, &arena, last, &ignored)};
    char *numbers[2] = {0};

    for (int i = 0; i < 2; i++)
        numbers[i] = end[i]->root ? scenario_print_numbers(end[i]) : NULL;
    if (first.point != last.point && numbers[0] && numbers[1] &&
        (!strcmp(numbers[0], numbers[1]) || is_of_other_model(end[0], first.only->path)))
        diag_warning(sweep->diag, (struct place){0}, NULL, "--vary %s: has no influence on the simulation",
                     first.only->path);
    for (int i = 0; i < 2; i++) {
        free(numbers[i]);
        scenario_free(end[i]);
    }
    arena_free(&arena);
    diag_free(&ignored);
}

/* Check a value and report why it is not valid. The scenario is then kept, since diagnostics point into it. */
static bool try_point(struct sweep *sweep, struct spot spot)
{
    struct scenario *scenario;
    struct arm arm = {0};
    const bool good = make_spot(sweep, spot, &arm);

    plan_free(arm.plan);
    scenario_free(arm.scenario);
    arena_free(&arm.arena);
    if (good)
        return true;
    scenario = read_spot(sweep, &sweep->arena, spot, sweep->diag);
    if (scenario->root)
        plan_free(targets_compile(&sweep->targets, scenario, sweep->diag));
    sweep->wrong[sweep->n_wrong++] = scenario;
    return false;
}

/* Check the ends of each path by themselves, before anything is simulated. */
void sweep_check(struct sweep *sweep)
{
    const size_t errors = sweep->diag->n_errors;
    bool good;

    sweep->wrong = arena_new(&sweep->arena, sweep->n_paths, sizeof *sweep->wrong);
    for (size_t k = 0; k < sweep->n_paths; k++)
        check_path(sweep, &sweep->path[k]);
    good = sweep->diag->n_errors == errors;
    for (size_t k = 0; k < sweep->n_paths && good; k++) {
        struct spot end = {0, &sweep->path[k]};
        const struct spot first = end;
        size_t next;

        if (!try_point(sweep, end))
            continue;
        while ((next = sweep_next(sweep, end.point, k)) != SIZE_MAX)
            end.point = next;
        if (try_point(sweep, end))
            warn_unchanged(sweep, first, end);
    }
}

bool sweep_play(struct sweep *sweep, bool worlds_given, struct play_settings *settings, const char **runaway)
{
    const struct arms arms = {.n = sweep->n_points, .make = make_arm, .context = sweep, .settings = settings};
    uint64_t worlds = ALL_DRAWS / sweep->n_points / settings->n_runs / REPLICATES * REPLICATES;

    worlds = worlds < LEAST_WORLDS ? LEAST_WORLDS : worlds;
    if (!worlds_given && worlds < settings->n_worlds)
        settings->n_worlds = worlds;
    sweep->n_worlds = settings->n_worlds;
    sweep->n_runs = settings->n_runs;
    sweep->outcome = memory_new(sweep->n_points, sizeof *sweep->outcome);
    if (arms_play(&arms, sweep->outcome, runaway))
        return true;
    free(sweep->outcome);
    sweep->outcome = NULL;
    return false;
}

struct estimate sweep_slope(const struct sweep *sweep, size_t question, size_t point, size_t path)
{
    const size_t next = sweep_next(sweep, point, path);
    const double *value = sweep->path[path].value;
    struct estimate slope = {NAN, NAN, 0};
    double step;

    if (next == SIZE_MAX)
        return slope;
    step = value[sweep_place(sweep, next, path)] - value[sweep_place(sweep, point, path)];
    slope = arm_compare(&sweep->outcome[point], &sweep->outcome[next], question).delta;
    slope.value /= step;
    slope.se /= fabs(step);
    return slope;
}
