#include "sim/report/report.h"
#include <inttypes.h>
#include "sim/report/csv_field.h"
#include "sim/report/number.h"

/* summary.csv */

struct topic { /* what the rows at hand are about */
    FILE *out;
    const struct answer *answer;
    const char *target, *location;
    double horizon;
};

static void topic_row(const struct topic *topic, const char *type, const char *type_id, struct estimate estimate)
{
    FILE *out = topic->out;

    csv_text(out, topic->answer->analyst_id);
    csv_next_text(out, topic->answer->scenario_id);
    csv_next_text(out, topic->target);
    csv_next_text(out, topic->location);
    csv_next_number(out, topic->horizon);
    csv_next_text(out, type);
    csv_next_text(out, type_id);
    csv_next_number(out, estimate.value);
    csv_next_number(out, estimate.se);
    fprintf(out, ",%" PRIu64 "\n", estimate.n);
}

static void topic_quantiles(const struct topic *topic, const double *quantile, const double *se, uint64_t n)
{
    for (size_t i = 0; i < ANSWER_LEVELS; i++) {
        char level[NUMBER_SIZE];

        topic_row(topic, "quantile", number_print(level, answer_level[i]),
                  (struct estimate){.value = quantile[i], .se = se[i], .n = n});
    }
}

static void questions(FILE *out, const struct answer *answer)
{
    for (size_t i = 0; i < answer->n_questions; i++) {
        const struct answer_question *question = &answer->question[i];
        const struct topic topic = {out, answer, question->id, "all", question->month};

        topic_row(&topic, "mean", "NA", question->p);
        topic_quantiles(&topic, question->spread.quantile, question->spread.se, question->p.n);
    }
}

static void states(FILE *out, const struct answer *answer)
{
    for (size_t i = 0; i < answer->n_bases; i++) {
        const struct topic topic = {out, answer, "state", answer->base[i].id, answer->horizon};

        for (size_t s = 0; s < answer->n_states; s++)
            topic_row(&topic, "pmf", answer->state[s], answer->base[i].state[s]);
    }
}

static void bases_held(FILE *out, const struct answer *answer)
{
    const struct topic topic = {out, answer, "bases_held", "all", answer->horizon};

    for (size_t i = 0; i <= answer->n_bases; i++) {
        char count[NUMBER_SIZE];

        topic_row(&topic, "pmf", number_print(count, (double)i), answer->bases_held[i]);
    }
}

static void time_rows(const struct topic *topic, const struct answer_time *time)
{
    topic_row(topic, "mean", "NA", time->mean);
    topic_quantiles(topic, time->quantile, time->se, time->by_horizon.n);
}

static void times_to_loss(FILE *out, const struct answer *answer)
{
    struct topic topic = {out, answer, "time_to_loss", "all", answer->horizon};

    time_rows(&topic, &answer->all.loss);
    for (size_t i = 0; i < answer->n_bases; i++) {
        topic.location = answer->base[i].id;
        time_rows(&topic, &answer->base[i].loss);
    }
}

static void times_to_deal(FILE *out, const struct answer *answer)
{
    struct topic topic = {out, answer, "time_to_deal", "all", answer->horizon};

    if (!answer->has_deal)
        return;
    time_rows(&topic, &answer->all.deal);
    for (size_t i = 0; i < answer->n_bases; i++) {
        topic.location = answer->base[i].id;
        time_rows(&topic, &answer->base[i].deal);
    }
}

void csv_summary(FILE *out, const struct answer *const *answer, size_t n)
{
    fputs("model_id,scenario_id,target,location,horizon,output_type,output_type_id,value,se,n\n", out);
    for (size_t i = 0; i < n; i++) {
        questions(out, answer[i]);
        states(out, answer[i]);
        bases_held(out, answer[i]);
        times_to_loss(out, answer[i]);
        times_to_deal(out, answer[i]);
    }
}

/* curves.csv */

static void curve(FILE *out, const struct answer *answer, const char *location, const char *kind, const char *name,
                  const struct estimate *estimate)
{
    for (size_t i = 0; i < answer->n_months; i++) {
        csv_text(out, answer->scenario_id);
        csv_next_text(out, location);
        csv_next_text(out, kind);
        csv_next_text(out, name);
        csv_next_number(out, answer->month[i]);
        csv_next_number(out, estimate[i].value);
        csv_next_number(out, estimate[i].se);
        putc('\n', out);
    }
}

void csv_curves(FILE *out, const struct answer *answer)
{
    const size_t n = answer->n_months;

    fputs("scenario_id,location,kind,name,month,value,se\n", out);
    for (size_t i = 0; i < answer->n_bases; i++) {
        const struct answer_place *base = &answer->base[i];

        for (size_t s = 0; s < answer->n_states; s++)
            curve(out, answer, base->id, "occupancy", answer->state[s], base->occupancy + s * n);
        for (size_t t = 0; t < answer->n_transitions; t++)
            curve(out, answer, base->id, "incidence", answer->transition[t], base->incidence + t * n);
    }
}

/* levers.csv */

static void factor_rows(FILE *out, const struct answer *answer, const struct answer_factor *factor)
{
    for (size_t q = 0; q < answer->n_questions; q++) {
        csv_text(out, factor->id);
        csv_next_text(out, answer->question[q].id);
        csv_next_number(out, factor->by_question[q].comes.value);
        csv_next_number(out, factor->by_question[q].if_comes.value);
        csv_next_number(out, factor->by_question[q].if_not.value);
        csv_next_number(out, factor->by_question[q].difference.value);
        csv_next_number(out, factor->by_question[q].difference.se);
        putc('\n', out);
    }
}

void csv_levers(FILE *out, const struct answer *answer)
{
    fputs("id,question,p_comes,p_if_comes,p_if_not,difference,se\n", out);
    for (size_t i = 0; i < answer->n_factors; i++)
        factor_rows(out, answer, &answer->factor[i]);
}

/* worlds.csv */

static void next_name(FILE *out, const char *prefix, const char *name)
{
    char text[512]; /* a path is a few ids, 64 bytes each at most */

    snprintf(text, sizeof text, "%s%s", prefix, name);
    csv_next_text(out, text);
}

void csv_worlds_header(FILE *out, const char *const *input, size_t n_inputs, const char *const *question,
                       size_t n_questions)
{
    fputs("scenario_id,world", out);
    for (size_t i = 0; i < n_inputs; i++)
        next_name(out, "in.", input[i]);
    for (size_t i = 0; i < n_questions; i++)
        next_name(out, "p.", question[i]);
    putc('\n', out);
}

void csv_worlds_row(FILE *out, const char *scenario_id, uint64_t world, const double *input, size_t n_inputs,
                    const double *p, size_t n_questions)
{
    csv_text(out, scenario_id);
    fprintf(out, ",%" PRIu64, world);
    for (size_t i = 0; i < n_inputs; i++)
        csv_next_number(out, input[i]);
    for (size_t i = 0; i < n_questions; i++)
        csv_next_number(out, p[i]);
    putc('\n', out);
}
