/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/json_tree.h"
#include "sim/report/sweep.h"

static json_t *point_of(const struct sweep *sweep, size_t point)
{
    json_t *out = json_tree_object(), *at = json_tree_object(), *questions = json_tree_object();

    for (size_t k = 0; k < sweep->n_paths; k++)
        json_tree_put(at, sweep->path[k].path, json_tree_number(sweep->path[k].value[sweep_place(sweep, point, k)]));
    for (size_t q = 0; q < sweep->targets.n; q++) {
        const struct estimate p = arm_estimates_of(&sweep->outcome[point], q);
        json_t *question = json_tree_object();

        json_tree_put(question, "probability", json_tree_number(p.value));
        json_tree_put(question, "se", json_tree_number(p.se));
        json_tree_put(questions, sweep->targets.item[q].id, question);
    }
    json_tree_put(out, "at", at);
    json_tree_put(out, "questions", questions);
    return out;
}

void json_sweep(FILE *out, const struct sweep *sweep)
{
    json_t *root = json_tree_object(), *points = json_tree_array();

    json_tree_put(root, "format", json_tree_count(1));
    json_tree_put(root, "scenario_id", json_tree_string(sweep->scenario->id));
    for (size_t point = 0; point < sweep->n_points; point++)
        json_tree_append(points, point_of(sweep, point));
    json_tree_put(root, "points", points);
    json_tree_put(root, "worlds", json_tree_count(sweep->n_worlds));
    json_tree_put(root, "runs", json_tree_count(sweep->n_runs));
    json_tree_write(out, root);
}
