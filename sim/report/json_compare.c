/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/compare.h"
#include "sim/report/json_tree.h"

static json_t *arm(const struct comparison_arm *it)
{
    json_t *out = json_tree_object();

    json_tree_put(out, "scenario_id", json_tree_string(it->scenario->id));
    json_tree_put(out, "analyst_id", json_tree_string(it->scenario->analyst_id));
    json_tree_put(out, "title", json_tree_string(it->scenario->title));
    json_tree_put(out, "as_of", json_tree_string(it->scenario->as_of));
    json_tree_put(out, "kept", json_tree_number(it->outcome.evidence));
    json_tree_put(out, "ess", json_tree_number(it->outcome.ess));
    json_tree_put(out, "estimator", json_tree_string(it->outcome.computed ? "conditional" : "draw"));
    if (it->outcome.computed)
        json_tree_put(out, "runs_too_fast", json_tree_count(it->outcome.too_fast.n));
    return out;
}

static json_t *difference(const struct arm_difference *it)
{
    json_t *out = json_tree_object();

    json_tree_put(out, "value", json_tree_number(it->b.value));
    json_tree_put(out, "value_se", json_tree_number(it->b.se));
    json_tree_put(out, "baseline", json_tree_number(it->a.value));
    json_tree_put(out, "baseline_se", json_tree_number(it->a.se));
    json_tree_put(out, "delta", json_tree_number(it->delta.value));
    json_tree_put(out, "se", json_tree_number(it->delta.se));
    json_tree_put(out, "ci_low", json_tree_number(it->low));
    json_tree_put(out, "ci_high", json_tree_number(it->high));
    json_tree_put(out, "ratio", json_tree_number(it->ratio));
    json_tree_put(out, "ratio_se", json_tree_number(it->ratio_se));
    json_tree_put(out, "narrower", json_tree_number(it->efficiency));
    return out;
}

static json_t *shares(const struct attribution *attribution, size_t q)
{
    json_t *out = json_tree_object();

    for (size_t i = 0; i < attribution->n_players; i++) {
        json_t *share = json_tree_object();

        json_tree_put(share, "contribution", json_tree_number(attribution->share[q][i].value));
        json_tree_put(share, "se", json_tree_number(attribution->share[q][i].se));
        json_tree_put(out, attribution->player[i].name, share);
    }
    return out;
}

static json_t *assumption(const struct difference *it)
{
    struct arena arena = {0};
    json_t *out = json_tree_object();

    json_tree_put(out, "path", json_tree_string(it->path));
    json_tree_put(out, "group", json_tree_string(it->group));
    json_tree_put(out, "baseline", json_tree_string(it->text[0]));
    json_tree_put(out, "value", json_tree_string(it->text[1]));
    json_tree_put(out, "baseline_place", json_tree_string(compare_place(&arena, it->place[0])));
    json_tree_put(out, "place", json_tree_string(compare_place(&arena, it->place[1])));
    json_tree_put(out, "bears", json_boolean(it->bears));
    arena_free(&arena);
    return out;
}

static json_t *other(const struct comparison *comparison, const struct comparison_other *it)
{
    json_t *out = arm(&comparison->arm[it->arm]), *questions = json_tree_object(), *assumptions = json_tree_array();

    for (size_t q = 0; q < comparison->targets.n; q++) {
        json_t *question = difference(&it->difference[q]);

        if (it->attribution.share)
            json_tree_put(question, "attribution", shares(&it->attribution, q));
        json_tree_put(questions, comparison->targets.item[q].id, question);
    }
    for (size_t i = 0; i < it->differences.n; i++)
        json_tree_append(assumptions, assumption(&it->differences.item[i]));
    json_tree_put(out, "questions", questions);
    json_tree_put(out, "assumptions", assumptions);
    json_tree_put(out, "exact_attribution", json_boolean(it->attribution.share && !it->attribution.game.n_pairs));
    json_tree_put(out, "why_no_attribution", json_tree_string(it->attribution.why_not));
    return out;
}

void json_compare(FILE *out, const struct comparison *comparison)
{
    json_t *root = json_tree_object(), *others = json_tree_array(), *left_out = json_tree_object();

    json_tree_put(root, "format", json_tree_count(1));
    json_tree_put(root, "baseline", arm(&comparison->arm[0]));
    for (size_t o = 0; o + 1 < comparison->n_arms; o++)
        json_tree_append(others, other(comparison, &comparison->other[o]));
    json_tree_put(root, "scenarios", others);
    for (size_t i = 0; i < comparison->targets.n_left_out; i++)
        json_tree_put(left_out, comparison->targets.left_out[i].id,
                      json_tree_string(comparison->targets.left_out[i].why));
    json_tree_put(root, "not_compared", left_out);
    json_tree_put(root, "worlds", json_tree_count(comparison->n_worlds));
    json_tree_put(root, "runs", json_tree_count(comparison->n_runs));
    json_tree_put(root, "arms_played", json_tree_count(comparison->n_played));
    json_tree_write(out, root);
}
