/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data_pool.c - pooled answers for programs. */
#include <inttypes.h>
#include <math.h>
#include "sim/report/csv_field.h"
#include "sim/report/json_tree.h"
#include "sim/report/pool.h"

const char *const pool_method_name[] = {
    [POOL_LINEAR] = "linear", [POOL_LOGARITHMIC] = "logarithmic", [POOL_EXTREMISED] = "extremised"};

void csv_pool(FILE *out, const struct pooling *pooling)
{
    fputs("question,method,value,se,location,month,lowest,highest,divergence_bits,sd_between,sd_within,n_analysts\n",
          out);
    for (size_t i = 0; i < pooling->targets.n; i++)
        for (size_t m = 0; m < POOL_METHODS; m++) {
            const struct target *item = &pooling->targets.item[i];
            const struct pooled *it = &pooling->item[i];

            csv_text(out, item->id);
            csv_next_text(out, pool_method_name[m]);
            csv_next_number(out, it->value[m].value);
            csv_next_number(out, it->value[m].se);
            csv_next_text(out, item->base ? item->base : "all");
            csv_next_number(out, item->month);
            csv_next_number(out, it->lowest);
            csv_next_number(out, it->highest);
            csv_next_number(out, it->divergence);
            csv_next_number(out, it->between);
            csv_next_number(out, it->within);
            fprintf(out, ",%zu\n", pooling->n);
        }
}

void csv_analysts(FILE *out, const struct pooling *pooling)
{
    fputs("question,scenario_id,analyst_id,weight,value,se,sd_worlds,low,high,location,month\n", out);
    for (size_t i = 0; i < pooling->targets.n; i++)
        for (size_t k = 0; k < pooling->n; k++) {
            const struct target *item = &pooling->targets.item[i];
            const struct estimate p = arm_estimates_of(&pooling->outcome[k], i);
            const double sd = pooling->outcome[k].ignorance[i];

            csv_text(out, item->id);
            csv_next_text(out, pooling->scenario[k]->id);
            csv_next_text(out, pooling->scenario[k]->analyst_id);
            csv_next_number(out, pooling->weight[k]);
            csv_next_number(out, p.value);
            csv_next_number(out, p.se);
            csv_next_number(out, sd);
            csv_next_number(out, isnan(sd) ? p.value : fmax(0.0, p.value - sd));
            csv_next_number(out, isnan(sd) ? p.value : fmin(1.0, p.value + sd));
            csv_next_text(out, item->base ? item->base : "all");
            csv_next_number(out, item->month);
            putc('\n', out);
        }
}

static json_t *analyst(const struct pooling *pooling, size_t i)
{
    json_t *out = json_tree_object(), *questions = json_tree_object();

    json_tree_put(out, "scenario_id", json_tree_string(pooling->scenario[i]->id));
    json_tree_put(out, "analyst_id", json_tree_string(pooling->scenario[i]->analyst_id));
    json_tree_put(out, "weight", json_tree_number(pooling->weight[i]));
    json_tree_put(out, "kept", json_tree_number(pooling->outcome[i].evidence));
    for (size_t q = 0; q < pooling->targets.n; q++) {
        const struct estimate p = arm_estimates_of(&pooling->outcome[i], q);
        json_t *question = json_tree_object();

        json_tree_put(question, "probability", json_tree_number(p.value));
        json_tree_put(question, "se", json_tree_number(p.se));
        json_tree_put(question, "sd_worlds", json_tree_number(pooling->outcome[i].ignorance[q]));
        json_tree_put(questions, pooling->targets.item[q].id, question);
    }
    json_tree_put(out, "questions", questions);
    return out;
}

static json_t *pooled(const struct pooled *it)
{
    json_t *out = json_tree_object();

    for (size_t m = 0; m < POOL_METHODS; m++) {
        json_t *method = json_tree_object();

        json_tree_put(method, "probability", json_tree_number(it->value[m].value));
        json_tree_put(method, "se", json_tree_number(it->value[m].se));
        json_tree_put(out, pool_method_name[m], method);
    }
    json_tree_put(out, "no_odds", json_tree_string(it->no_odds));
    json_tree_put(out, "veto", json_tree_string(it->veto));
    json_tree_put(out, "divergence_bits", json_tree_number(it->divergence));
    json_tree_put(out, "sd_between", json_tree_number(it->between));
    json_tree_put(out, "sd_within", json_tree_number(it->within));
    return out;
}

void json_pool(FILE *out, const struct pooling *pooling)
{
    json_t *root = json_tree_object(), *analysts = json_tree_array(), *questions = json_tree_object(),
           *left_out = json_tree_object();

    json_tree_put(root, "format", json_tree_count(1));
    for (size_t i = 0; i < pooling->n; i++)
        json_tree_append(analysts, analyst(pooling, i));
    json_tree_put(root, "analysts", analysts);
    for (size_t q = 0; q < pooling->targets.n; q++)
        json_tree_put(questions, pooling->targets.item[q].id, pooled(&pooling->item[q]));
    json_tree_put(root, "questions", questions);
    for (size_t i = 0; i < pooling->targets.n_left_out; i++)
        json_tree_put(left_out, pooling->targets.left_out[i].id, json_tree_string(pooling->targets.left_out[i].why));
    json_tree_put(root, "not_pooled", left_out);
    json_tree_put(root, "extremised_by", json_tree_number(pooling->extreme));
    json_tree_put(root, "shared_source", json_tree_string(pooling->shared));
    json_tree_put(root, "worlds", json_tree_count(pooling->n_worlds));
    json_tree_put(root, "runs", json_tree_count(pooling->n_runs));
    json_tree_write(out, root);
}
