#include "sim/report/report.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/json_tree.h"
#include "sim/report/rank.h"

enum { SUMMARY_FORMAT = 1, MOST_DRIVERS = 20 };

/* summary.json */

static json_t *estimate(struct estimate estimate)
{
    json_t *it = json_tree_object();

    json_tree_put(it, "probability", json_tree_number(estimate.value));
    json_tree_put(it, "se", json_tree_number(estimate.se));
    return it;
}

static void put_quantiles(json_t *it, const double *quantile)
{
    static const char *const key[ANSWER_LEVELS] = {"p05", "p50", "p95"};

    for (size_t i = 0; i < ANSWER_LEVELS; i++)
        json_tree_put(it, key[i], json_tree_number(quantile[i]));
}

static json_t *questions(const struct answer *answer)
{
    json_t *all = json_tree_object();

    for (size_t i = 0; i < answer->n_questions; i++) {
        const struct answer_question *question = &answer->question[i];
        json_t *it = json_tree_object();

        json_tree_put(it, "text", json_tree_string(question->text));
        json_tree_put(it, "month", json_tree_number(question->month));
        json_tree_put(it, "probability", json_tree_number(question->p.value));
        json_tree_put(it, "se", json_tree_number(question->p.se));
        put_quantiles(it, question->spread.quantile);
        json_tree_put(it, "sd_ignorance", json_tree_number(question->spread.sd_ignorance));
        json_tree_put(it, "sd_chance", json_tree_number(question->spread.sd_chance));
        json_tree_put(all, question->id, it);
    }
    return all;
}

static json_t *states(const struct answer *answer)
{
    json_t *all = json_tree_object();

    for (size_t i = 0; i < answer->n_bases; i++) {
        const struct answer_place *base = &answer->base[i];
        json_t *of_base = json_tree_object();

        for (size_t s = 0; s < answer->n_states; s++) {
            json_t *it = estimate(base->state[s]);

            put_quantiles(it, base->spread[s].quantile);
            json_tree_put(of_base, answer->state[s], it);
        }
        json_tree_put(all, base->id, of_base);
    }
    return all;
}

static json_t *bases_held(const struct answer *answer)
{
    json_t *all = json_tree_object();

    for (size_t i = 0; i <= answer->n_bases; i++) {
        char key[24];

        snprintf(key, sizeof key, "%zu", i);
        json_tree_put(all, key, estimate(answer->bases_held[i]));
    }
    return all;
}

static json_t *time_to(const struct answer_time *time)
{
    json_t *it = estimate(time->by_horizon);

    put_quantiles(it, time->quantile);
    json_tree_put(it, "mean", json_tree_number(time->mean.value));
    return it;
}

static json_t *times_to_loss(const struct answer *answer)
{
    json_t *all = json_tree_object();

    json_tree_put(all, "all", time_to(&answer->all.loss));
    for (size_t i = 0; i < answer->n_bases; i++)
        json_tree_put(all, answer->base[i].id, time_to(&answer->base[i].loss));
    return all;
}

static json_t *times_to_deal(const struct answer *answer)
{
    json_t *all = json_tree_object();

    json_tree_put(all, "all", time_to(&answer->all.deal));
    for (size_t i = 0; i < answer->n_bases; i++)
        json_tree_put(all, answer->base[i].id, time_to(&answer->base[i].deal));
    return all;
}

static json_t *factor_by_question(const struct answer *answer, const struct answer_factor *factor)
{
    json_t *all = json_tree_object();

    for (size_t q = 0; q < answer->n_questions; q++) {
        json_t *it = json_tree_object();

        json_tree_put(it, "comes", json_tree_number(factor->by_question[q].comes.value));
        json_tree_put(it, "if_comes", json_tree_number(factor->by_question[q].if_comes.value));
        json_tree_put(it, "if_not", json_tree_number(factor->by_question[q].if_not.value));
        json_tree_put(it, "difference", json_tree_number(factor->by_question[q].difference.value));
        json_tree_put(it, "se", json_tree_number(factor->by_question[q].difference.se));
        json_tree_put(all, answer->question[q].id, it);
    }
    return all;
}

static json_t *levers(const struct answer *answer)
{
    json_t *all = json_tree_object();

    for (size_t i = 0; i < answer->n_factors; i++) {
        const struct answer_factor *factor = &answer->factor[i];
        json_t *it = json_tree_object();

        json_tree_put(it, "kind", json_tree_string(factor->is_lever ? "lever" : "event"));
        json_tree_put(it, "questions", factor_by_question(answer, factor));
        json_tree_put(all, factor->id, it);
    }
    return all;
}

static json_t *drivers_of(const struct answer *answer, size_t question, struct ranked *ranked)
{
    const size_t n = rank_drivers(ranked, answer, question);
    json_t *all = json_tree_array();

    for (size_t i = 0; i < n && i < MOST_DRIVERS; i++) {
        const struct answer_driver *driver = &answer->driver[ranked[i].at];
        json_t *it = json_tree_object();

        json_tree_put(it, "input", json_tree_string(driver->path));
        json_tree_put(it, "tag", json_tree_string(driver->tag));
        json_tree_put(it, "index", json_tree_number(driver->index[question]));
        json_tree_put(it, "se", json_tree_number(driver->se[question]));
        json_tree_append(all, it);
    }
    return all;
}

static json_t *drivers(const struct answer *answer)
{
    struct ranked *ranked = memory_new(answer->n_inputs, sizeof *ranked);
    json_t *all = json_tree_object();

    for (size_t q = 0; q < answer->n_questions; q++)
        json_tree_put(all, answer->question[q].id, drivers_of(answer, q, ranked));
    free(ranked);
    return all;
}

static json_t *basis(const struct answer *answer)
{
    json_t *it = json_tree_object();

    json_tree_put(it, "stated", json_tree_count(answer->n_stated));
    json_tree_put(it, "reading", json_tree_count(answer->n_reading));
    json_tree_put(it, "guess", json_tree_count(answer->n_guess));
    json_tree_put(it, "untagged", json_tree_count(answer->n_untagged));
    return it;
}

static json_t *summary(const struct answer *answer)
{
    json_t *root = json_tree_object();

    json_tree_put(root, "format", json_tree_count(SUMMARY_FORMAT));
    json_tree_put(root, "scenario_id", json_tree_string(answer->scenario_id));
    json_tree_put(root, "analyst", json_tree_string(answer->analyst_id));
    json_tree_put(root, "title", json_tree_string(answer->title));
    json_tree_put(root, "model", json_tree_string(answer->model));
    json_tree_put(root, "as_of", json_tree_string(answer->as_of));
    json_tree_put(root, "horizon", json_tree_number(answer->horizon));
    json_tree_put(root, "worlds", json_tree_count(answer->n_worlds));
    json_tree_put(root, "runs", json_tree_count(answer->n_runs));
    json_tree_put(root, "draws", json_tree_count(answer->n_draws));
    json_tree_put(root, "estimator", json_tree_string(answer->computed ? "conditional" : "draw"));
    json_tree_put(root, "complete", json_boolean(answer->complete));
    json_tree_put(root, "questions", questions(answer));
    json_tree_put(root, "states", states(answer));
    json_tree_put(root, "bases_held", bases_held(answer));
    json_tree_put(root, "time_to_loss", times_to_loss(answer));
    if (answer->has_deal)
        json_tree_put(root, "time_to_deal", times_to_deal(answer));
    json_tree_put(root, "levers", levers(answer));
    json_tree_put(root, "drivers", drivers(answer));
    json_tree_put(root, "basis", basis(answer));
    return root;
}

void json_summary(FILE *out, const struct answer *const *answer, size_t n)
{
    json_t *all = n == 1 ? summary(answer[0]) : json_tree_array();

    for (size_t i = 0; n > 1 && i < n; i++)
        json_tree_append(all, summary(answer[i]));
    json_tree_write(out, all);
}
