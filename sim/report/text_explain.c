/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <math.h>
#include "sim/report/explain.h"
#include "sim/report/figure.h"
#include "sim/report/rank.h"
#include "sim/report/table.h"
#include "sim/report/telling.h"
#include "sim/scenario/scenario.h"

enum { INDENT = 2, WORDS = 22 /* where what happens stands, after its date and month */, MOST_FACTORS = 4 };

static void title(struct page *page, const struct explanation *it)
{
    const struct scenario *scenario = it->scenario;

    page_wrap(page, PAGE_BOLD, 0, page_safe(page, *scenario->title ? scenario->title : scenario->id));
    page_wrap(page, PAGE_DIM, 0,
              arena_print(&page->arena, "%s · %s · as" GLUE "of" GLUE "%s · %.4g" GLUE "months" GLUE "ahead",
                          page_safe(page, scenario->id), page_safe(page, scenario->analyst_id), scenario->as_of,
                          it->plan->horizon));
    if (!it->single && !it->result.complete)
        page_wrap(page, PAGE_BOLD, 0, "STOPPED EARLY: all below rests on what was played until then.");
}

/* ---- how runs end ---- */

static void endings(struct page *page, const struct explanation *it)
{
    static const struct table_column column[] = {{"", false}, {"%", true}, {"±", true}, {"typical", false}};
    struct table table = {.column = column, .n_columns = sizeof column / sizeof *column, .indent = INDENT};
    struct arena *arena = &page->arena;
    const struct typical *typical = &it->typical;
    const struct plan_question *question = it->question == SIZE_MAX ? NULL : &it->plan->question[it->question];

    if (question)
        page_heading(page, page_safe(page, telling_question(question)),
                     arena_print(arena, "%s, month %.4g", page_safe(page, question->id), question->month));
    else
        page_heading(page, arena_print(arena, "How it ends in month %.4g", it->plan->horizon), "of all histories");
    for (size_t i = 0; i < typical->n_endings; i++) {
        const struct typical_ending *ending = &typical->ending[i];

        table_add(&table, PAGE_PLAIN, page_safe(page, telling_ending(arena, it, ending)));
        table_add(&table, PAGE_PLAIN, figure_percent(arena, ending->share.value, ending->share.se));
        table_add(&table, PAGE_PLAIN, figure_error(arena, ending->share.se));
        table_add(&table, PAGE_PLAIN,
                  arena_print(arena, "world %" PRIu64 ", run %" PRIu64, ending->world, ending->run));
    }
    if (typical->rest.value > 0.0) {
        table_add(&table, PAGE_PLAIN, "otherwise");
        table_add(&table, PAGE_PLAIN, figure_percent(arena, typical->rest.value, typical->rest.se));
        table_add(&table, PAGE_PLAIN, figure_error(arena, typical->rest.se));
        table_add(&table, PAGE_PLAIN, "");
    }
    table_print(&table, page);
    table_free(&table);
}

/* ---- one run ---- */

static void dated(struct page *page, const struct explanation *it, double month, enum page_style style,
                  const char *text)
{
    page_spaces(page, INDENT);
    page_put(page, PAGE_DIM,
             arena_print(&page->arena, "%s %6.1f  ", telling_date(&page->arena, it->scenario, month), month));
    page_put(page, style, page_cut(page, page_safe(page, text), page->width - WORDS));
    page_end_line(page);
}

static void below(struct page *page, const char *text)
{
    if (*text)
        page_wrap(page, PAGE_DIM, WORDS + INDENT, page_safe(page, text));
}

static const char *beginning(struct arena *arena, const struct plan *plan)
{
    const char *text = "";

    for (size_t b = 0; b < plan->n_bases; b++)
        text =
            arena_print(arena, "%s%s%s %s", text, b ? ", " : "", plan->base[b].id, plan->state[plan->base[b].initial]);
    return text;
}

static void tell_event(struct page *page, const struct explanation *it, const struct story_event *event)
{
    struct arena *arena = &page->arena;
    const char *changes = telling_changes(arena, it->plan, event);

    dated(page, it, event->what.month, event->what.kind == HAPPENING_MOVES ? PAGE_BOLD : PAGE_PLAIN,
          telling_what(arena, it->plan, &event->what));
    below(page, telling_why(arena, it->plan, event));
    if (*changes)
        below(page, arena_print(arena, "from now on %s", changes));
}

/* What happens by a month. */
static size_t count_by(const struct story *story, double month)
{
    size_t n = 0;

    while (n < story->n_events && story->event[n].what.month <= month)
        n++;
    return n;
}

static void tell(struct page *page, const struct explanation *it, size_t s)
{
    const struct story *story = &it->story[s];
    const struct plan_question *question = it->question == SIZE_MAX ? NULL : &it->plan->question[it->question];
    const size_t asked = question ? count_by(story, question->month) : SIZE_MAX;

    dated(page, it, 0.0, PAGE_PLAIN, beginning(&page->arena, it->plan));
    for (size_t i = 0; i <= story->n_events; i++) {
        if (i == asked)
            dated(page, it, question->month, PAGE_BOLD,
                  arena_print(&page->arena, "%s: %s", question->id, it->typical.ending[s].yes ? "yes" : "no"));
        if (i < story->n_events)
            tell_event(page, it, &story->event[i]);
    }
    dated(page, it, it->plan->horizon, PAGE_PLAIN, "the end:");
    for (size_t b = 0; b < it->plan->n_bases; b++)
        page_wrap(page, PAGE_PLAIN, WORDS, page_safe(page, telling_end(&page->arena, it, story, b)));
}

/* ---- of an ending ---- */

static const char *order_told(struct arena *arena, struct page *page, const struct plan *plan,
                              const struct typical_order *order)
{
    return arena_print(arena, "%s" GLUE "±" GLUE "%s" GLUE "%%: %s",
                       figure_percent(arena, order->share.value, order->share.se), figure_error(arena, order->share.se),
                       page_safe(page, telling_order(arena, plan, order)));
}

static void orders(struct page *page, const struct explanation *it, const char *of, const struct typical_order *order,
                   size_t n)
{
    page_wrap(page, PAGE_PLAIN, INDENT, of);
    for (size_t i = 0; i < n; i++)
        page_wrap(page, PAGE_DIM, 2 * INDENT, order_told(&page->arena, page, it->plan, &order[i]));
}

/* Levers and events that come more or less often with this ending than otherwise. */
static void factors(struct page *page, const struct explanation *it, const struct typical_ending *ending)
{
    struct arena *arena = &page->arena;
    const char *text = "";
    size_t n = 0;

    for (size_t f = 0; f < it->plan->n_factors && n < MOST_FACTORS; f++) {
        const struct typical_factor *factor = &ending->factor[f];

        if (!rank_stands_out(factor->here.value - factor->all.value, hypot(factor->here.se, factor->all.se)))
            continue;
        text = arena_print(arena, "%s%s %s in %s" GLUE "%% (of all histories %s" GLUE "%%)", text, n++ ? ";" : "",
                           page_safe(page, it->plan->factor[factor->factor].id),
                           figure_percent(arena, factor->here.value, factor->here.se),
                           figure_percent(arena, factor->all.value, factor->all.se));
    }
    if (n)
        page_wrap(page, PAGE_PLAIN, INDENT, arena_print(arena, "what comes unusually often or seldom:%s", text));
}

static void ending(struct page *page, const struct explanation *it, size_t i)
{
    struct arena *arena = &page->arena;
    const struct typical_ending *ending = &it->typical.ending[i];

    page_heading(page, page_safe(page, telling_ending(arena, it, ending)),
                 arena_print(arena, "%s %% of histories; the typical one: world %" PRIu64 ", run %" PRIu64,
                             figure_percent(arena, ending->share.value, ending->share.se), ending->world, ending->run));
    tell(page, it, i);
    page_end_line(page);
    factors(page, it, ending);
    orders(page, it, "commonest orders of what the bases do:", ending->moves, ending->n_moves);
    orders(page, it,
           arena_print(arena,
                       "of all that comes, up to the last move of a base (%zu different orders in %zu histories%s",
                       ending->n_different, ending->n_compared, ending->n_all ? "):" : ", none more than twice)"),
           ending->all, ending->n_all);
}

static void sampling(struct page *page, const struct explanation *it, const struct provenance *provenance)
{
    struct arena *arena = &page->arena;
    const char *seed = arena_print(arena, "seed" GLUE "%" PRIu64 "%s", provenance->seed,
                                   provenance->seed_chosen ? " (chosen by the program)" : "");

    page_end_line(page);
    page_wrap(page, PAGE_DIM, 0,
              it->single
                  ? seed
                  : arena_print(arena, "%s world%s x %s runs, %s", figure_count(arena, provenance->n_worlds),
                                provenance->n_worlds == 1 ? "" : "s", figure_count(arena, provenance->n_runs), seed));
    page_wrap(page, PAGE_DIM, 0,
              "\"likely by then\": that the clock had rung by then, as all else went; ×: hazard ratios");
}

void text_explain(FILE *out, const struct explanation *it, const struct provenance *provenance, bool colour, int width)
{
    struct page page = {.out = out, .colour = colour, .width = width};

    title(&page, it);
    if (it->single) {
        page_heading(&page,
                     arena_print(&page.arena, "World %" PRIu64 ", run %" PRIu64, it->story[0].world, it->story[0].run),
                     "the history asked for");
        tell(&page, it, 0);
    } else {
        endings(&page, it);
        for (size_t i = 0; i < it->n; i++)
            ending(&page, it, i);
    }
    sampling(&page, it, provenance);
    arena_free(&page.arena);
}
