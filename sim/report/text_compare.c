#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/compare.h"
#include "sim/report/figure.h"
#include "sim/report/rank.h"
#include "sim/report/table.h"

enum { INDENT = 2, BAR = 6, MOST_SHARES = 10, MOST_ELSEWHERE = 3, WIDEST_VALUE = 34 };

const char *compare_item(struct page *page, const struct agenda_item *item)
{
    return item->base ? pool_print(&page->pool, "%s %s", page_safe(page, item->base), page_safe(page, item->state))
                      : pool_print(&page->pool, "%s (%.3g)", page_safe(page, item->id), item->month);
}

const char *compare_name(struct pool *pool, const struct agenda_item *item)
{
    return item->base ? pool_print(pool, "%s %s", item->base, item->state) : item->id;
}

const char *compare_given(const struct agenda *agenda)
{
    return agenda->given == GIVEN_HELD
               ? "still hold the common bases"
               : "have every common base in the state in which it begins there, and in which no lever "
                 "or event has come that can still come there";
}

const char *compare_words(struct pool *pool, const struct agenda_item *item)
{
    return *item->text ? item->text : compare_name(pool, item);
}

/* What is being told: one arm against the baseline. */
struct telling {
    struct page *page;
    const struct comparison *comparison;
    const struct comparison_other *other;
};

static const struct scenario *baseline(const struct telling *it)
{
    return it->comparison->arm[0].scenario;
}

static const struct scenario *opponent(const struct telling *it)
{
    return it->comparison->arm[it->other->arm].scenario;
}

/* The agenda's items that are questions, in the file's order, then the states by base. */
static size_t *in_order(struct pool *pool, const struct agenda *agenda)
{
    size_t *order = pool_new(pool, agenda->n, sizeof *order), n = 0;

    for (size_t i = 0; i < agenda->n; i++) {
        size_t k = n++;

        for (; k && agenda->item[order[k - 1]].rank > agenda->item[i].rank; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    return order;
}

static void head(struct page *page, const struct comparison *comparison)
{
    const char *others = "";

    for (size_t i = 1; i < comparison->n_arms; i++)
        others = pool_print(&page->pool, "%s%s%s", others, i > 1 ? ", " : "",
                            page_safe(page, comparison->arm[i].scenario->id));
    page_wrap(page, PAGE_BOLD, 0,
              pool_print(&page->pool, "%s against %s", others, page_safe(page, comparison->arm[0].scenario->id)));
    for (size_t i = 0; i < comparison->n_arms; i++) {
        const struct scenario *scenario = comparison->arm[i].scenario;

        page_wrap(page, PAGE_DIM, 0,
                  pool_print(&page->pool, "%s%s · %s · as" GLUE "of" GLUE "%s · %s", page_safe(page, scenario->id),
                             i ? "" : " (baseline)", page_safe(page, scenario->analyst_id),
                             page_safe(page, scenario->as_of), page_safe(page, scenario->title)));
    }
}

/* Where the scenarios start on different dates. */
static void dates(struct page *page, const struct comparison *comparison)
{
    const struct agenda *agenda = &comparison->agenda;

    if (agenda->same_start)
        return;
    page_wrap(
        page, PAGE_PLAIN, 0,
        pool_print(&page->pool,
                   "They start on different dates: each question is compared at the earliest calendar date one of them "
                   "asks it for, and what starts earlier counts by the histories that by the start of %s %s.",
                   page_safe(page, agenda->last->id), compare_given(agenda)));
    for (size_t i = 0; i < comparison->n_arms; i++) {
        const struct comparison_arm *arm = &comparison->arm[i];

        if (arm->scenario->as_of_day < agenda->start)
            page_wrap(page, PAGE_PLAIN, INDENT,
                      pool_print(&page->pool, "%s: %s" GLUE "%% of its histories; as good as %s runs",
                                 page_safe(page, arm->scenario->id),
                                 figure_percent(&page->pool, arm->outcome.evidence, 0.001),
                                 figure_count(&page->pool, (uint64_t)arm->outcome.ess)));
    }
}

static const char *times(struct pool *pool, double narrower)
{
    return isnan(narrower) ? "-" : pool_print(pool, narrower < 10.0 ? "%.1f" : "%.0f", narrower);
}

static void add_difference(struct table *table, struct page *page, const char *name,
                           const struct outcome_difference *it)
{
    struct pool *pool = &page->pool;
    const bool stands_out = rank_stands_out(it->delta.value, it->delta.se);

    table_add(table, PAGE_PLAIN, name);
    table_add(table, PAGE_PLAIN, figure_percent(pool, it->a.value, it->a.se));
    table_add(table, PAGE_PLAIN, figure_percent(pool, it->b.value, it->b.se));
    table_add(table, PAGE_BOLD, figure_points(pool, it->delta.value, it->delta.se));
    table_add(table, PAGE_PLAIN, pool_print(pool, "± %s", figure_error(pool, it->delta.se)));
    table_add(table, PAGE_PLAIN,
              it->delta.value == 0.0 ? "the same"
              : stands_out           ? pool_print(pool, "%s to %s", figure_points(pool, it->low, it->delta.se),
                                                  figure_points(pool, it->high, it->delta.se))
                                     : "not told from 0");
    table_add(table, PAGE_PLAIN, isnan(it->ratio) ? "-" : pool_print(pool, "%.2f", it->ratio));
    table_add(table, PAGE_DIM, times(pool, it->narrower));
}

static void differences(const struct telling *it)
{
    struct page *page = it->page;
    const struct agenda *agenda = &it->comparison->agenda;
    const size_t *order = in_order(&page->pool, agenda);
    struct table_column column[] = {{"", false},
                                    {page_cut(page, page_safe(page, baseline(it)->id), 14), true},
                                    {page_cut(page, page_safe(page, opponent(it)->id), 14), true},
                                    {"difference", true},
                                    {"", false},
                                    {"95 %", true},
                                    {"ratio", true},
                                    {"narrower", true}};
    struct table table = {.column = column, .n_columns = sizeof column / sizeof *column, .indent = INDENT};

    page_heading(
        page,
        pool_print(&page->pool, "%s less %s", page_safe(page, opponent(it)->id), page_safe(page, baseline(it)->id)),
        "in %; differences in points ± simulation");
    for (size_t i = 0; i < agenda->n; i++) {
        const struct agenda_item *item = &agenda->item[order[i]];

        add_difference(&table, page, compare_item(page, item), &it->other->difference[order[i]]);
    }
    table_print(&table, page);
    table_free(&table);
    page_wrap(page, PAGE_DIM, INDENT,
              "in brackets the month, of states the last that both play; narrower: how many times smaller the error of "
              "the difference is because both played the same luck");
}

/* ---- shares ---- */

struct ranked_share {
    size_t player;
    double size;
};

static int by_size(const void *a, const void *b)
{
    const struct ranked_share *x = a, *y = b;

    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    return x->player < y->player ? -1 : x->player > y->player;
}

static struct ranked_share *rank_shares(struct pool *pool, const struct attribution *attribution, size_t q)
{
    struct ranked_share *ranked = pool_new(pool, attribution->n_players, sizeof *ranked);

    for (size_t i = 0; i < attribution->n_players; i++)
        ranked[i] = (struct ranked_share){i, fabs(attribution->share[q][i].value)};
    if (attribution->n_players)
        qsort(ranked, attribution->n_players, sizeof *ranked, by_size);
    return ranked;
}

static const char *player(struct page *page, const struct attribution *attribution, size_t i)
{
    return page_safe(page, attribution->player[i].name);
}

/* "their view of actors.israel accounts for +11.2 of the +18.0" */
static void in_words(const struct telling *it, size_t q, const struct ranked_share *ranked)
{
    struct page *page = it->page;
    struct pool *pool = &page->pool;
    const struct attribution *attribution = &it->other->attribution;
    const struct estimate delta = it->other->difference[q].delta;
    const struct estimate share = attribution->share[q][ranked[0].player];
    const struct agenda_item *item = &it->comparison->agenda.item[q];

    if (!rank_stands_out(delta.value, delta.se)) {
        page_wrap(page, PAGE_PLAIN, 0,
                  pool_print(pool, "On %s the two cannot be told apart; the shares below cancel.",
                             page_safe(page, item->id)));
        return;
    }
    page_wrap(page, PAGE_PLAIN, 0,
              pool_print(pool, "%s puts %s %s points %s than %s; its view of %s accounts for %s of these points%s.",
                         page_safe(page, opponent(it)->id), page_safe(page, item->id),
                         figure_points(pool, fabs(delta.value), delta.se) + 1, delta.value > 0.0 ? "higher" : "lower",
                         page_safe(page, baseline(it)->id), player(page, attribution, ranked[0].player),
                         figure_points(pool, delta.value > 0.0 ? share.value : -share.value, share.se),
                         share.value * delta.value < 0.0 ? " (it pulls the other way)" : ""));
}

static void add_shares(const struct telling *it, size_t q, const struct ranked_share *ranked)
{
    struct page *page = it->page;
    struct pool *pool = &page->pool;
    const struct attribution *attribution = &it->other->attribution;
    struct table_column column[] = {{"", false}, {"share", true}, {"", false}, {"", false}};
    struct table table = {.column = column, .n_columns = 4, .indent = INDENT};
    double rest = 0.0;
    size_t n = 0;

    for (size_t i = 0; i < attribution->n_players; i++) {
        const struct estimate share = attribution->share[q][ranked[i].player];

        if (i >= MOST_SHARES || (!rank_stands_out(share.value, share.se) && i > 0)) {
            rest += share.value;
            n++;
            continue;
        }
        table_add(&table, PAGE_PLAIN, player(page, attribution, ranked[i].player));
        table_add(&table, PAGE_BOLD, figure_points(pool, share.value, share.se));
        table_add(&table, PAGE_PLAIN, pool_print(pool, "± %s", figure_error(pool, share.se)));
        table_add(&table, PAGE_PLAIN, figure_bar(pool, BAR, ranked[i].size / ranked[0].size));
    }
    table_print(&table, page);
    table_free(&table);
    if (n)
        page_wrap(page, PAGE_DIM, INDENT,
                  pool_print(pool, "%zu more, smaller or not told from zero: %s together", n,
                             figure_points(pool, rest, it->other->difference[q].delta.se)));
}

static void elsewhere(const struct telling *it, size_t q)
{
    struct page *page = it->page;
    struct pool *pool = &page->pool;
    const struct attribution *attribution = &it->other->attribution;
    const struct ranked_share *ranked = rank_shares(pool, attribution, q);
    const char *text = pool_print(pool, "%s:", page_safe(page, it->comparison->agenda.item[q].id));
    size_t n = 0;

    for (size_t i = 0; i < attribution->n_players && n < MOST_ELSEWHERE; i++) {
        const struct estimate share = attribution->share[q][ranked[i].player];

        if (rank_stands_out(share.value, share.se))
            text = pool_print(pool, "%s%s %s %s", text, n++ ? "," : "", player(page, attribution, ranked[i].player),
                              figure_points(pool, share.value, share.se));
    }
    page_wrap(page, PAGE_DIM, INDENT, n ? text : pool_print(pool, "%s nothing can be told from zero", text));
}

static void shares(const struct telling *it)
{
    struct page *page = it->page;
    const struct attribution *attribution = &it->other->attribution;
    const struct agenda *agenda = &it->comparison->agenda;
    const size_t *order = in_order(&page->pool, agenda);
    const struct ranked_share *ranked;

    if (!attribution->share) {
        if (it->comparison->by != BY_NONE)
            page_wrap(page, PAGE_BOLD, 0,
                      pool_print(&page->pool, "No shares: %s.", page_safe(page, attribution->why_not)));
        return;
    }
    if (!attribution->n_players)
        return;
    ranked = rank_shares(&page->pool, attribution, order[0]);
    page_heading(page, pool_print(&page->pool, "Why %s differs", page_safe(page, agenda->item[order[0]].id)),
                 attribution->game.n_pairs
                     ? pool_print(&page->pool, "Shapley shares in points, over %zu sampled orders",
                                  2 * attribution->game.n_pairs)
                     : "Shapley shares in points, over all coalitions");
    in_words(it, order[0], ranked);
    add_shares(it, order[0], ranked);
    for (size_t i = 1; i < agenda->n; i++)
        if (!agenda->item[order[i]].base)
            elsewhere(it, order[i]);
}

/* ---- assumptions ---- */

static void assumptions(const struct telling *it)
{
    struct page *page = it->page;
    struct pool *pool = &page->pool;
    const struct differences *list = &it->other->differences;

    page_heading(
        page, pool_print(pool, "%zu assumption%s differ%s", list->n, list->n == 1 ? "" : "s", list->n == 1 ? "s" : ""),
        "baseline, then the other; each with the line that sets it");
    for (size_t i = 0; i < list->n; i++) {
        const struct difference *difference = &list->item[i];

        page_wrap(page, PAGE_PLAIN, INDENT,
                  pool_print(pool, "%s%s", page_safe(page, difference->path),
                             difference->bears ? "" : " (bears on nothing that is asked)"));
        for (size_t side = 0; side < DIFFER_SIDES; side++)
            page_wrap(page, PAGE_DIM, 2 * INDENT,
                      pool_print(pool, "%s   %s",
                                 page_cut(page, page_safe(page, difference->text[side]), page->width - 40),
                                 page_safe(page, compare_place(pool, difference->place[side]))));
    }
}

static void left_out(struct page *page, const struct agenda *agenda)
{
    for (size_t i = 0; i < agenda->n_left_out; i++)
        page_wrap(page, PAGE_DIM, 0,
                  pool_print(&page->pool, "Not compared: %s, since %s.", page_safe(page, agenda->left_out[i].id),
                             agenda->left_out[i].why));
}

static void sampling(struct page *page, const struct comparison *comparison, const struct provenance *provenance)
{
    struct pool *pool = &page->pool;

    page_end_line(page);
    page_wrap(page, PAGE_DIM, 0,
              pool_print(pool, "%s arm%s of %s worlds x %s runs, all on the same luck; seed" GLUE "%" PRIu64 "%s",
                         figure_count(pool, comparison->n_played), comparison->n_played == 1 ? "" : "s",
                         figure_count(pool, comparison->n_worlds), figure_count(pool, comparison->n_runs),
                         provenance->seed, provenance->seed_chosen ? " (chosen by the program)" : ""));
}

void text_compare(FILE *out, const struct comparison *comparison, const struct provenance *provenance, bool colour,
                  int width)
{
    struct page page = {.out = out, .colour = colour, .width = width};

    head(&page, comparison);
    dates(&page, comparison);
    for (size_t o = 0; o + 1 < comparison->n_arms; o++) {
        const struct telling telling = {&page, comparison, &comparison->other[o]};
        const struct comparison_arm *arm = &comparison->arm[comparison->other[o].arm];

        if (arm->same_as != comparison->other[o].arm)
            page_wrap(&page, PAGE_BOLD, 0,
                      pool_print(&page.pool, "%s is the same as %s: nothing in it changes a number.",
                                 page_safe(&page, arm->scenario->id),
                                 page_safe(&page, comparison->arm[arm->same_as].scenario->id)));
        differences(&telling);
        shares(&telling);
        assumptions(&telling);
    }
    left_out(&page, &comparison->agenda);
    sampling(&page, comparison, provenance);
    pool_free(&page.pool);
}
