#include "sim/report/why.h"
#include <math.h>
#include <string.h>
#include "sim/report/figure.h"
#include "sim/report/rank.h"
#include "sim/report/table.h"

enum {
    INDENT = 2,
    BAR = 6,
    ROOM_FOR_MORE = 40, /* columns: a long id, " and 12 more" */
    MOST_FACTORS = 7,   /* told one by one */
    MOST_DRIVERS = 5,
    MOST_ELSEWHERE = 3 /* levers and events told for each question but the first */
};

/* What the levers and events change */

struct names { /* that share a fate, told in one sentence */
    const char *lead;
    const char **name;
    size_t n;
};

static struct names names_new(struct page *page, const char *lead, size_t capacity)
{
    return (struct names){.lead = lead, .name = pool_new(&page->pool, capacity, sizeof(char *))};
}

/* "Smaller: a, b, c and 4 more": as many as fit in two lines. */
static void names_put(const struct names *names, struct page *page)
{
    const int room = 2 * (page->width - INDENT) - ROOM_FOR_MORE;
    const char *text = names->lead;

    for (size_t i = 0; i < names->n; i++) {
        const char *longer = pool_print(&page->pool, "%s%s %s", text, i > 0 ? "," : ":", names->name[i]);

        if (i > 0 && page_columns(longer) > room) {
            text = pool_print(&page->pool, "%s and" GLUE "%zu" GLUE "more", text, names->n - i);
            break;
        }
        text = longer;
    }
    if (names->n > 0)
        page_wrap(page, PAGE_DIM, INDENT, text);
}

/* The question told at length. */
static size_t first_asked(const struct answer *answer)
{
    return answer->asked[0];
}

static bool factor_stands_out(const struct answer_factor *factor, size_t question)
{
    return rank_stands_out(factor->by_question[question].difference.value, factor->by_question[question].difference.se);
}

static void add_factor(struct table *table, struct page *page, const struct answer_factor *factor, size_t question,
                       double largest)
{
    struct pool *pool = &page->pool;
    const struct estimate comes = factor->by_question[question].comes;
    const struct estimate if_comes = factor->by_question[question].if_comes;
    const struct estimate if_not = factor->by_question[question].if_not;
    const struct estimate difference = factor->by_question[question].difference;

    table_add(table, PAGE_PLAIN, page_safe(page, factor->id));
    table_add(table, PAGE_DIM, factor->is_lever ? "lever" : "event");
    table_add(table, PAGE_PLAIN, figure_percent(pool, comes.value, comes.se));
    table_add(table, PAGE_PLAIN, figure_percent(pool, if_comes.value, if_comes.se));
    table_add(table, PAGE_PLAIN, figure_percent(pool, if_not.value, if_not.se));
    table_add(table, PAGE_BOLD, figure_points(pool, difference.value, difference.se));
    table_add(table, PAGE_PLAIN, pool_print(pool, "± %s", figure_error(pool, difference.se)));
    table_add(table, PAGE_PLAIN, figure_bar(pool, BAR, fabs(difference.value) / largest));
}

/* The first question in full: ranked holds n factors, the largest difference first. */
static void factors_at_length(struct page *page, const struct answer *answer, const struct ranked *ranked, size_t n)
{
    static const struct table_column column[] = {
        {"", false},      {"", false},          {"comes", true}, {"if so", true},
        {"if not", true}, {"difference", true}, {"", false},     {"", false},
    };
    struct table table = {.column = column, .n_columns = sizeof column / sizeof *column, .indent = INDENT};
    struct names smaller = names_new(page, "Smaller", n);
    struct names noise = names_new(page, "Cannot be told from zero", n);
    size_t n_shown = 0;

    for (size_t i = 0; i < n; i++) {
        const struct answer_factor *factor = &answer->factor[ranked[i].at];

        if (!factor_stands_out(factor, first_asked(answer)))
            noise.name[noise.n++] = page_safe(page, factor->id);
        else if (n_shown++ < MOST_FACTORS)
            add_factor(&table, page, factor, first_asked(answer), ranked[0].size);
        else
            smaller.name[smaller.n++] = page_safe(page, factor->id);
    }
    if (n_shown > 0)
        table_print(&table, page);
    names_put(&smaller, page);
    names_put(&noise, page);
    table_free(&table);
}

/* Those that cannot be compared: they came in every draw, or in none. */
static void factors_untold(struct page *page, const struct answer *answer)
{
    struct names untold = names_new(page, "Always or never came", answer->n_factors);

    for (size_t i = 0; i < answer->n_factors; i++)
        if (isnan(answer->factor[i].by_question[first_asked(answer)].difference.value))
            untold.name[untold.n++] = page_safe(page, answer->factor[i].id);
    names_put(&untold, page);
}

/* Any other question in a line. */
static void factors_in_short(struct page *page, const struct answer *answer, size_t question,
                             const struct ranked *ranked, size_t n)
{
    struct pool *pool = &page->pool;
    const char *text = "";
    size_t n_shown = 0;

    for (size_t i = 0; i < n && n_shown < MOST_ELSEWHERE; i++) {
        const struct answer_factor *factor = &answer->factor[ranked[i].at];
        const struct estimate difference = factor->by_question[question].difference;

        if (!factor_stands_out(factor, question))
            continue;
        text = pool_print(pool, "%s%s %s" GLUE "%s" GLUE "±" GLUE "%s", text, n_shown++ > 0 ? "," : "",
                          page_safe(page, factor->id), figure_points(pool, difference.value, difference.se),
                          figure_error(pool, difference.se));
    }
    page_wrap(page, PAGE_PLAIN, INDENT,
              pool_print(pool, "%s:%s", page_safe(page, answer->question[question].id),
                         n_shown > 0 ? text : " no lever or event can be told from zero"));
}

void why_factors(struct page *page, const struct answer *answer)
{
    struct ranked *ranked;

    if (answer->n_factors == 0)
        return;
    ranked = pool_new(&page->pool, answer->n_factors, sizeof *ranked);
    page_heading(page,
                 pool_print(&page->pool, "How %s differs with each lever and event",
                            page_safe(page, answer->question[first_asked(answer)].id)),
                 "in %; differences in points ± simulation");
    factors_at_length(page, answer, ranked, rank_factors(ranked, answer, first_asked(answer)));
    factors_untold(page, answer);
    for (size_t i = 1; i < answer->n_questions; i++) {
        const size_t q = answer->asked[i];

        factors_in_short(page, answer, q, ranked, rank_factors(ranked, answer, q));
    }
}

/* What the answer rests on */

static void add_driver(struct table *table, struct page *page, const struct answer_driver *driver, size_t question)
{
    struct pool *pool = &page->pool;

    table_add(table, PAGE_PLAIN, page_safe(page, driver->path));
    table_add(table, PAGE_PLAIN,
              pool_print(pool, "%s ± %s %%", figure_percent(pool, driver->index[question], driver->se[question]),
                         figure_error(pool, driver->se[question])));
    table_add(table, PAGE_PLAIN, figure_bar(pool, BAR, driver->index[question]));
    table_add(table, PAGE_DIM, driver->tag ? page_safe(page, driver->tag) : "untagged");
}

void why_drivers(struct page *page, const struct answer *answer)
{
    static const struct table_column column[] = {{"", false}, {"", true}, {"", false}, {"", false}};
    struct table table = {.column = column, .n_columns = sizeof column / sizeof *column, .indent = INDENT};
    struct ranked *ranked = pool_new(&page->pool, answer->n_inputs, sizeof *ranked);
    const size_t question = first_asked(answer), n = rank_drivers(ranked, answer, question);
    size_t n_clear = 0;

    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        const struct answer_driver *driver = &answer->driver[ranked[i].at];

        if (rank_stands_out(driver->index[question], driver->se[question]) && n_clear++ < MOST_DRIVERS)
            add_driver(&table, page, driver, question);
    }
    page_heading(page,
                 pool_print(&page->pool, "What drives %s", page_safe(page, answer->question[first_asked(answer)].id)),
                 "share of what the analyst does not know that each quantity alone accounts for");
    if (n_clear > 0)
        table_print(&table, page);
    table_free(&table);
    page_wrap(page, PAGE_DIM, INDENT,
              pool_print(&page->pool, "Of %zu uncertain quantities %zu cannot be told from zero.", n, n - n_clear));
}

void why_basis(struct page *page, const struct answer *answer)
{
    const size_t n = answer->n_stated + answer->n_reading + answer->n_guess + answer->n_untagged;
    const double guessed = rank_share_of_guesses(answer);
    struct pool *pool = &page->pool;
    const char *text;

    if (n == answer->n_untagged) {
        page_wrap(page, PAGE_PLAIN, INDENT,
                  pool_print(pool, "None of the %zu numbers in the scenario says where it comes from.", n));
        return;
    }
    text = pool_print(pool,
                      "Of %zu numbers in the scenario a source states %zu, %zu are read from one, %zu "
                      "guessed, %zu untagged",
                      n, answer->n_stated, answer->n_reading, answer->n_guess, answer->n_untagged);
    if (!isnan(guessed))
        text = pool_print(pool, "%s; guesses account for %.0f" GLUE "%% of what drives it", text, 100.0 * guessed);
    page_wrap(page, PAGE_PLAIN, INDENT, pool_print(pool, "%s.", text));
}
