/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/compare.h"
#include "sim/report/figure.h"
#include "sim/report/rank.h"
#include "sim/report/table.h"

enum { INDENT = 2, BAR = 6, MOST_SHARES = 10, MOST_ELSEWHERE = 3, WIDEST_VALUE = 34 };

const char *compare_item(struct page *page, const struct target *item)
{
    return item->base ? arena_print(&page->arena, "%s %s", page_safe(page, item->base), page_safe(page, item->state))
                      : arena_print(&page->arena, "%s (%.3g)", page_safe(page, item->id), item->month);
}

const char *compare_name(struct arena *arena, const struct target *item)
{
    return item->base ? arena_print(arena, "%s %s", item->base, item->state) : item->id;
}

const char *compare_given(const struct targets *targets)
{
    return targets->given == GIVEN_HELD
               ? "still hold the common bases"
               : "have every common base in the state in which it begins there, and in which no lever "
                 "or event has come that can still come there";
}

const char *compare_words(struct arena *arena, const struct target *item)
{
    return *item->text ? item->text : compare_name(arena, item);
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

/* The targets's items that are questions, in the file's order, then the states by base. */
static size_t *in_order(struct arena *arena, const struct targets *targets)
{
    size_t *order = arena_new(arena, targets->n, sizeof *order), n = 0;

    for (size_t i = 0; i < targets->n; i++) {
        size_t k = n++;

        for (; k && targets->item[order[k - 1]].rank > targets->item[i].rank; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    return order;
}

static void head(struct page *page, const struct comparison *comparison)
{
    const char *others = "";

    for (size_t i = 1; i < comparison->n_arms; i++)
        others = arena_print(&page->arena, "%s%s%s", others, i > 1 ? ", " : "",
                             page_safe(page, comparison->arm[i].scenario->id));
    page_wrap(page, PAGE_BOLD, 0,
              arena_print(&page->arena, "%s against %s", others, page_safe(page, comparison->arm[0].scenario->id)));
    for (size_t i = 0; i < comparison->n_arms; i++) {
        const struct scenario *scenario = comparison->arm[i].scenario;

        page_wrap(page, PAGE_DIM, 0,
                  arena_print(&page->arena, "%s%s · %s · as" GLUE "of" GLUE "%s · %s", page_safe(page, scenario->id),
                              i ? "" : " (baseline)", page_safe(page, scenario->analyst_id),
                              page_safe(page, scenario->as_of), page_safe(page, scenario->title)));
    }
}

/* Where the scenarios start on different dates. */
static void dates(struct page *page, const struct comparison *comparison)
{
    const struct targets *targets = &comparison->targets;

    if (targets->same_start)
        return;
    page_wrap(page, PAGE_PLAIN, 0,
              arena_print(
                  &page->arena,
                  "They start on different dates: each question is compared at the earliest calendar date one of them "
                  "asks it for, and what starts earlier counts by the histories that by the start of %s %s.",
                  page_safe(page, targets->last->id), compare_given(targets)));
    for (size_t i = 0; i < comparison->n_arms; i++) {
        const struct comparison_arm *arm = &comparison->arm[i];

        if (arm->scenario->as_of_day < targets->start)
            page_wrap(page, PAGE_PLAIN, INDENT,
                      arena_print(&page->arena, "%s: %s" GLUE "%% of its histories; as good as %s runs",
                                  page_safe(page, arm->scenario->id),
                                  figure_percent(&page->arena, arm->outcome.evidence, 0.001),
                                  figure_count(&page->arena, (uint64_t)arm->outcome.ess)));
    }
}

static const char *times(struct arena *arena, double efficiency)
{
    return isnan(efficiency) ? "-" : arena_print(arena, efficiency < 10.0 ? "%.1f" : "%.0f", efficiency);
}

static void add_difference(struct table *table, struct page *page, const char *name, const struct arm_difference *it)
{
    struct arena *arena = &page->arena;
    const bool stands_out = rank_stands_out(it->delta.value, it->delta.se);

    table_add(table, PAGE_PLAIN, name);
    table_add(table, PAGE_PLAIN, figure_percent(arena, it->a.value, it->a.se));
    table_add(table, PAGE_PLAIN, figure_percent(arena, it->b.value, it->b.se));
    table_add(table, PAGE_BOLD, figure_points(arena, it->delta.value, it->delta.se));
    table_add(table, PAGE_PLAIN, arena_print(arena, "± %s", figure_error(arena, it->delta.se)));
    table_add(table, PAGE_PLAIN,
              it->delta.value == 0.0 ? "the same"
              : stands_out           ? arena_print(arena, "%s to %s", figure_points(arena, it->low, it->delta.se),
                                                   figure_points(arena, it->high, it->delta.se))
                                     : "not told from 0");
    table_add(table, PAGE_PLAIN, isnan(it->ratio) ? "-" : arena_print(arena, "%.2f", it->ratio));
    table_add(table, PAGE_DIM, times(arena, it->efficiency));
}

static void differences(const struct telling *it)
{
    struct page *page = it->page;
    const struct targets *targets = &it->comparison->targets;
    const size_t *order = in_order(&page->arena, targets);
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
        arena_print(&page->arena, "%s less %s", page_safe(page, opponent(it)->id), page_safe(page, baseline(it)->id)),
        "in %; differences in points ± simulation");
    for (size_t i = 0; i < targets->n; i++) {
        const struct target *item = &targets->item[order[i]];

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

static struct ranked_share *rank_shares(struct arena *arena, const struct attribution *attribution, size_t q)
{
    struct ranked_share *ranked = arena_new(arena, attribution->n_players, sizeof *ranked);

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
    struct arena *arena = &page->arena;
    const struct attribution *attribution = &it->other->attribution;
    const struct estimate delta = it->other->difference[q].delta;
    const struct estimate share = attribution->share[q][ranked[0].player];
    const struct target *item = &it->comparison->targets.item[q];

    if (!rank_stands_out(delta.value, delta.se)) {
        page_wrap(page, PAGE_PLAIN, 0,
                  arena_print(arena, "On %s the two cannot be told apart; the shares below cancel.",
                              page_safe(page, item->id)));
        return;
    }
    page_wrap(page, PAGE_PLAIN, 0,
              arena_print(arena, "%s puts %s %s points %s than %s; its view of %s accounts for %s of these points%s.",
                          page_safe(page, opponent(it)->id), page_safe(page, item->id),
                          figure_points(arena, fabs(delta.value), delta.se) + 1, delta.value > 0.0 ? "higher" : "lower",
                          page_safe(page, baseline(it)->id), player(page, attribution, ranked[0].player),
                          figure_points(arena, delta.value > 0.0 ? share.value : -share.value, share.se),
                          share.value * delta.value < 0.0 ? " (it pulls the other way)" : ""));
}

static void add_shares(const struct telling *it, size_t q, const struct ranked_share *ranked)
{
    struct page *page = it->page;
    struct arena *arena = &page->arena;
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
        table_add(&table, PAGE_BOLD, figure_points(arena, share.value, share.se));
        table_add(&table, PAGE_PLAIN, arena_print(arena, "± %s", figure_error(arena, share.se)));
        table_add(&table, PAGE_PLAIN, figure_bar(arena, BAR, ranked[i].size / ranked[0].size));
    }
    table_print(&table, page);
    table_free(&table);
    if (n)
        page_wrap(page, PAGE_DIM, INDENT,
                  arena_print(arena, "%zu more, smaller or not told from zero: %s together", n,
                              figure_points(arena, rest, it->other->difference[q].delta.se)));
}

static void elsewhere(const struct telling *it, size_t q)
{
    struct page *page = it->page;
    struct arena *arena = &page->arena;
    const struct attribution *attribution = &it->other->attribution;
    const struct ranked_share *ranked = rank_shares(arena, attribution, q);
    const char *text = arena_print(arena, "%s:", page_safe(page, it->comparison->targets.item[q].id));
    size_t n = 0;

    for (size_t i = 0; i < attribution->n_players && n < MOST_ELSEWHERE; i++) {
        const struct estimate share = attribution->share[q][ranked[i].player];

        if (rank_stands_out(share.value, share.se))
            text = arena_print(arena, "%s%s %s %s", text, n++ ? "," : "", player(page, attribution, ranked[i].player),
                               figure_points(arena, share.value, share.se));
    }
    page_wrap(page, PAGE_DIM, INDENT, n ? text : arena_print(arena, "%s nothing can be told from zero", text));
}

static void shares(const struct telling *it)
{
    struct page *page = it->page;
    const struct attribution *attribution = &it->other->attribution;
    const struct targets *targets = &it->comparison->targets;
    const size_t *order = in_order(&page->arena, targets);
    const struct ranked_share *ranked;

    if (!attribution->share) {
        if (it->comparison->by != BY_NONE)
            page_wrap(page, PAGE_BOLD, 0,
                      arena_print(&page->arena, "No shares: %s.", page_safe(page, attribution->why_not)));
        return;
    }
    if (!attribution->n_players)
        return;
    ranked = rank_shares(&page->arena, attribution, order[0]);
    page_heading(page, arena_print(&page->arena, "Why %s differs", page_safe(page, targets->item[order[0]].id)),
                 attribution->game.n_pairs
                     ? arena_print(&page->arena, "Shapley shares in points, over %zu sampled orders",
                                   2 * attribution->game.n_pairs)
                     : "Shapley shares in points, over all coalitions");
    in_words(it, order[0], ranked);
    add_shares(it, order[0], ranked);
    for (size_t i = 1; i < targets->n; i++)
        if (!targets->item[order[i]].base)
            elsewhere(it, order[i]);
}

/* ---- assumptions ---- */

static void assumptions(const struct telling *it)
{
    struct page *page = it->page;
    struct arena *arena = &page->arena;
    const struct differences *list = &it->other->differences;

    page_heading(
        page,
        arena_print(arena, "%zu assumption%s differ%s", list->n, list->n == 1 ? "" : "s", list->n == 1 ? "s" : ""),
        "baseline, then the other; each with the line that sets it");
    for (size_t i = 0; i < list->n; i++) {
        const struct difference *difference = &list->item[i];

        page_wrap(page, PAGE_PLAIN, INDENT,
                  arena_print(arena, "%s%s", page_safe(page, difference->path),
                              difference->bears ? "" : " (bears on nothing that is asked)"));
        for (size_t side = 0; side < DIFFER_SIDES; side++)
            page_wrap(page, PAGE_DIM, 2 * INDENT,
                      arena_print(arena, "%s   %s",
                                  page_cut(page, page_safe(page, difference->text[side]), page->width - 40),
                                  page_safe(page, compare_place(arena, difference->place[side]))));
    }
}

static void left_out(struct page *page, const struct targets *targets)
{
    for (size_t i = 0; i < targets->n_left_out; i++)
        page_wrap(page, PAGE_DIM, 0,
                  arena_print(&page->arena, "Not compared: %s, since %s.", page_safe(page, targets->left_out[i].id),
                              targets->left_out[i].why));
}

static void sampling(struct page *page, const struct comparison *comparison, const struct provenance *provenance)
{
    struct arena *arena = &page->arena;

    page_end_line(page);
    page_wrap(page, PAGE_DIM, 0,
              arena_print(arena, "%s arm%s of %s worlds x %s runs, all on the same luck; seed" GLUE "%" PRIu64 "%s",
                          figure_count(arena, comparison->n_played), comparison->n_played == 1 ? "" : "s",
                          figure_count(arena, comparison->n_worlds), figure_count(arena, comparison->n_runs),
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
                      arena_print(&page.arena, "%s is the same as %s: nothing in it changes a number.",
                                  page_safe(&page, arm->scenario->id),
                                  page_safe(&page, comparison->arm[arm->same_as].scenario->id)));
        differences(&telling);
        shares(&telling);
        assumptions(&telling);
    }
    left_out(&page, &comparison->targets);
    sampling(&page, comparison, provenance);
    arena_free(&page.arena);
}
