#include "sim/report/report.h"
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include "sim/report/figure.h"
#include "sim/report/table.h"
#include "sim/report/why.h"

enum {
    INDENT = 2,
    BAND = 40,    /* columns of a question's bar */
    NOTE = 10,    /* where the bar begins, and the words under it */
    SMALL_BAR = 6 /* in tables */
};

static void title(struct page *page, const struct answer *answer)
{
    if (!answer->complete)
        page_wrap(page, PAGE_BOLD, 0,
                  pool_print(&page->pool, "STOPPED EARLY: all below rests on the %s draws played until then.",
                             figure_count(&page->pool, answer->n_draws)));
    page_wrap(page, PAGE_BOLD, 0, page_safe(page, *answer->title ? answer->title : answer->scenario_id));
    page_wrap(page, PAGE_DIM, 0,
              pool_print(&page->pool, "%s · %s · %s · as" GLUE "of" GLUE "%s · %.4g" GLUE "months" GLUE "ahead",
                         page_safe(page, answer->scenario_id), page_safe(page, answer->analyst_id),
                         page_safe(page, answer->model), page_safe(page, answer->as_of), answer->horizon));
}

/* The questions */

static const char *simulation_error(struct pool *pool, struct estimate p)
{
    if (p.value == 0.0)
        return pool_print(pool, "never in %s draws", figure_count(pool, p.n));
    if (p.value == 1.0)
        return pool_print(pool, "in all %s draws", figure_count(pool, p.n));
    return pool_print(pool, "± %s (simulation)", figure_error(pool, p.se));
}

/* How much of a single outcome's variance no better knowledge of the inputs would remove. */
static const char *share_of_chance(struct pool *pool, const struct answer_spread *spread)
{
    const double chance = spread->sd_chance * spread->sd_chance;
    const double ignorance = spread->sd_ignorance * spread->sd_ignorance;

    if (!(chance + ignorance > 0.0))
        return "";
    return pool_print(pool, "; %.0f" GLUE "%% of the doubt is chance", 100.0 * chance / (chance + ignorance));
}

static const char *ignorance(struct pool *pool, const struct answer *answer, const struct answer_spread *spread)
{
    if (answer->n_inputs == 0)
        return "The scenario leaves nothing uncertain: all the doubt is chance.";
    if (isnan(spread->quantile[0]))
        return "With one world, or one run a world, nothing can be said about what the analyst does not know.";
    return pool_print(pool, "%s (what the analyst does not know)%s", figure_spread(pool, spread),
                      share_of_chance(pool, spread));
}

static void question(struct page *page, const struct answer *answer, const struct answer_question *it)
{
    struct pool *pool = &page->pool;
    const struct answer_spread *spread = &it->spread;
    const char *id = page_safe(page, it->id);

    if (*it->text)
        page_heading(page, page_safe(page, it->text), pool_print(pool, "%s, month %.3g", id, it->month));
    else
        page_heading(page, id, pool_print(pool, "month %.3g", it->month));
    page_put(page, PAGE_BOLD, pool_print(pool, "%6s %%", figure_percent(pool, it->p.value, it->p.se)));
    page_spaces(page, INDENT);
    page_put(page, PAGE_PLAIN,
             figure_band(pool, BAND, it->p.value, spread->quantile[0], spread->quantile[ANSWER_LEVELS - 1]));
    page_spaces(page, INDENT);
    page_put(page, PAGE_PLAIN, simulation_error(pool, it->p));
    page_end_line(page);
    page_wrap(page, PAGE_PLAIN, NOTE, ignorance(pool, answer, spread));
}

static void questions(struct page *page, const struct answer *answer)
{
    for (size_t i = 0; i < answer->n_questions; i++)
        question(page, answer, &answer->question[answer->asked[i]]);
    if (answer->n_inputs > 0)
        page_wrap(page, PAGE_DIM, NOTE, "█▓ up to the answer, ▓░ 5 to 95 % of what the analyst does not know");
}

/* Where the bases stand */

/* One error for a whole table keeps its digits even. */
static const char *percent_with_bar(struct pool *pool, double p, double se)
{
    return pool_print(pool, "%4s %s", figure_percent(pool, p, se), figure_bar(pool, SMALL_BAR, p));
}

static double largest_error(const struct answer *answer)
{
    double largest = 0.0;

    for (size_t i = 0; i < answer->n_bases; i++)
        for (size_t s = 0; s < answer->n_states; s++)
            largest = fmax(largest, answer->base[i].state[s].se);
    return largest;
}

static void add_base(struct table *table, struct page *page, const struct answer *answer,
                     const struct answer_place *base, double se)
{
    struct pool *pool = &page->pool;

    table_add(table, PAGE_PLAIN, page_safe(page, base->id));
    for (size_t s = 0; s < answer->n_states; s++)
        table_add(table, PAGE_PLAIN, percent_with_bar(pool, base->state[s].value, se));
    if (answer->n_inputs == 0 || isnan(base->spread[0].quantile[0]))
        return;
    table_add(table, PAGE_DIM, "");
    for (size_t s = 0; s < answer->n_states; s++)
        table_add(table, PAGE_DIM, figure_spread(pool, &base->spread[s]));
}

static void states(struct page *page, const struct answer *answer)
{
    struct pool *pool = &page->pool;
    struct table_column *column = pool_new(pool, answer->n_states + 1, sizeof *column);
    struct table table = {.column = column, .n_columns = answer->n_states + 1, .indent = INDENT};
    const double largest = largest_error(answer);

    column[0].head = "";
    for (size_t s = 0; s < answer->n_states; s++)
        column[s + 1].head = page_safe(page, answer->state[s]);
    for (size_t i = 0; i < answer->n_bases; i++)
        add_base(&table, page, answer, &answer->base[i], largest);
    page_heading(
        page, pool_print(pool, "Where the bases stand in month %.4g, %%", answer->horizon),
        pool_print(pool, "± %s (simulation)%s", figure_error(pool, largest),
                   answer->n_worlds > 1 && answer->n_inputs > 0 ? "; below, what the analyst does not know" : ""));
    table_print(&table, page);
    table_free(&table);
}

static void bases_held(struct page *page, const struct answer *answer)
{
    struct pool *pool = &page->pool;
    const size_t n = answer->n_bases + 1;
    struct table_column *column = pool_new(pool, n + 1, sizeof *column);
    struct table table = {.column = column, .n_columns = n + 1, .indent = INDENT};

    column[0].head = "";
    table_add(&table, PAGE_PLAIN, "bases held");
    for (size_t i = 0; i < n; i++) {
        column[i + 1].head = i == 0 ? "none" : pool_print(pool, "%4zu", i);
        table_add(&table, PAGE_PLAIN, percent_with_bar(pool, answer->bases_held[i].value, answer->bases_held[i].se));
    }
    table_print(&table, page);
    table_free(&table);
}

/* How long it takes */

static void add_time(struct table *table, struct pool *pool, const struct answer *answer,
                     const struct answer_time *time)
{
    table_add(table, PAGE_PLAIN,
              pool_print(pool, "%s ± %s", figure_percent(pool, time->by_horizon.value, time->by_horizon.se),
                         figure_error(pool, time->by_horizon.se)));
    for (size_t i = 0; i < ANSWER_LEVELS; i++)
        table_add(table, PAGE_PLAIN,
                  isnan(time->quantile[i]) ? pool_print(pool, ">%.4g", answer->horizon)
                                           : figure_months(pool, time->quantile[i], time->se[i]));
}

static void add_place(struct table *table, struct page *page, const struct answer *answer,
                      const struct answer_place *place, const char *name)
{
    table_add(table, PAGE_PLAIN, name);
    add_time(table, &page->pool, answer, &place->loss);
    if (answer->has_deal)
        add_time(table, &page->pool, answer, &place->deal);
}

static void times(struct page *page, const struct answer *answer)
{
    static const struct table_column column[] = {
        {"", false},       {"lost, %", true}, {"5 %", true},  {"50 %", true}, {"95 %", true},
        {"deal, %", true}, {"5 %", true},     {"50 %", true}, {"95 %", true},
    };
    const size_t n_columns = 1 + (ANSWER_LEVELS + 1) * (answer->has_deal ? 2 : 1);
    struct table table = {.column = column, .n_columns = n_columns, .indent = INDENT};
    struct pool *pool = &page->pool;

    for (size_t i = 0; i < answer->n_bases; i++)
        add_place(&table, page, answer, &answer->base[i], page_safe(page, answer->base[i].id));
    if (answer->n_bases > 1)
        add_place(&table, page, answer, &answer->all, "any base");
    page_heading(page, answer->has_deal ? "Months to a loss and to a deal" : "Months to a loss",
                 pool_print(pool, "chance, then 5, 50 and 95 %%; >%.4g: not within %.4g months", answer->horizon,
                            answer->horizon));
    table_print(&table, page);
    table_free(&table);
}

/* How it was computed */

static const char *speed(struct pool *pool, uint64_t n_draws, double seconds)
{
    const double rate = (double)n_draws / seconds;

    if (!(seconds > 0.0))
        return "";
    return pool_print(pool, " in %.*f" GLUE "s (%s a second)", seconds < 10.0 ? 2 : 0, seconds,
                      rate < 1e6 ? figure_count(pool, (uint64_t)rate)
                                 : pool_print(pool, "%.1f" GLUE "million", rate / 1e6));
}

static void sampling(struct page *page, const struct answer *answer, const struct provenance *provenance)
{
    struct pool *pool = &page->pool;

    page_end_line(page);
    page_wrap(page, PAGE_DIM, 0,
              pool_print(pool, "%s world%s x %s runs: %s draws%s; seed" GLUE "%" PRIu64 "%s",
                         figure_count(pool, answer->n_worlds), answer->n_worlds == 1 ? "" : "s",
                         figure_count(pool, answer->n_runs), figure_count(pool, answer->n_draws),
                         speed(pool, answer->n_draws, provenance->seconds), provenance->seed,
                         provenance->seed_chosen ? " (chosen by the program)" : ""));
    page_wrap(page, PAGE_DIM, 0,
              answer->computed ? "levers and events are drawn, what bases then do is computed"
              : answer->why_drawn
                  ? pool_print(pool, "what bases do is drawn, since it cannot be computed: %s", answer->why_drawn)
                  : "what bases do is drawn");
}

void text_summary(FILE *out, const struct answer *answer, const struct provenance *provenance, bool colour, int width)
{
    static void (*const section[])(struct page *, const struct answer *) = {
        title, questions, states, bases_held, times, why_factors, why_drivers, why_basis,
    };
    struct page page = {.out = out, .colour = colour, .width = width};

    assert(answer->n_questions > 0);
    for (size_t i = 0; i < sizeof section / sizeof *section; i++)
        section[i](&page, answer);
    sampling(&page, answer, provenance);
    pool_free(&page.pool);
}
