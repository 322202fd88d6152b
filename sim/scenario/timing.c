/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timing.c - dates, and the timing of a clock: its forms, and which keys go together. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "sim/scenario/read.h"

/* Days from 1970-01-01 to a date of the Gregorian calendar. Counting years from March puts the leap day last in its year. */
static double day_number(int year, int month, int day)
{
    const int y = month <= 2 ? year - 1 : year;
    const int month_from_march = (month + 9) % 12;
    const int day_of_year = (153 * month_from_march + 2) / 5 + day - 1;

    return 365.0 * y + floor(y / 4.0) - floor(y / 100.0) + floor(y / 400.0) + day_of_year - 719468.0;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

bool read_date(struct reader *reader, const struct node *node, const char *path, double *day)
{
    int number[3] = {0};
    bool good;

    if (!read_is_kind(reader, node, NODE_STRING, path, "a date \"YYYY-MM-DD\""))
        return false;
    good = strlen(node->text) == 10;
    for (int i = 0, part = 0; good && i < 10; i++) {
        const char c = node->text[i];

        if (i == 4 || i == 7) {
            good = c == '-';
            part++;
        } else if ((good = isdigit((unsigned char)c))) {
            number[part] = number[part] * 10 + (c - '0');
        }
    }
    if (!good || number[0] < 1 || number[1] < 1 || number[1] > 12 || number[2] < 1 ||
        number[2] > days_in(number[0], number[1])) {
        diag_error(reader->diag, node->at, "a date is written \"2025-06-15\"", "%s: \"%s\" is not a date", path,
                   node->text);
        return false;
    }
    *day = day_number(number[0], number[1], number[2]);
    return true;
}

const char *read_date_text(struct reader *reader, double day)
{
    const time_t seconds = (time_t)floor(day) * 86400;
    struct tm date;
    char text[40];

    if (!gmtime_r(&seconds, &date) || !strftime(text, sizeof text, "%Y-%m-%d", &date))
        return "";
    return arena_print(&reader->scenario->arena, "%s", text);
}

static void read_step(struct reader *reader, const struct node *node, const char *path, struct timing *timing)
{
    struct rate_step *step = &timing->step[timing->n_steps];
    const char *hint = "a rate that changes is ((0.0, rate), (6.0, rate), ...)";
    double from;

    if (node->kind != NODE_LIST || node->n != 2 || node->child[0]->kind != NODE_NUMBER) {
        diag_error(reader->diag, node->at, hint, "%s: a pair (from month, rate) is expected here", path);
        return;
    }
    from = node->child[0]->number;
    if (!(from >= 0.0))
        diag_error(reader->diag, node->child[0]->at, NULL, "%s: month %g lies before as_of", path, from);
    else if (timing->n_steps && from <= step[-1].from)
        diag_error(reader->diag, node->child[0]->at, "list the steps in order of time",
                   "%s: month %g does not come after month %g", path, from, step[-1].from);
    step->from = from;
    read_quantity(reader, node->child[1], arena_print(&reader->scenario->arena, "%s.%zu", path, timing->n_steps),
                  &step->rate);
    timing->n_steps++;
}

static void read_rate(struct reader *reader, const struct node *node, const char *path, struct timing *timing)
{
    const bool steps = node->kind == NODE_LIST && node->n && node->child[0]->kind == NODE_LIST;

    timing->form = TIMING_RATE;
    timing->step = arena_new(&reader->scenario->arena, steps ? node->n : 1, sizeof *timing->step);
    if (!steps) {
        read_quantity(reader, node, path, &timing->step[0].rate);
        timing->n_steps = 1;
        return;
    }
    for (size_t i = 0; i < node->n; i++)
        read_step(reader, node->child[i], path, timing);
}

/* A chance without `within` or `when` is a constant rate that gives this chance by the horizon. */
static void read_chance(struct reader *reader, const struct timing_nodes *nodes, const char *path,
                        struct timing *timing)
{
    if (nodes->chance)
        read_probability(reader, nodes->chance, read_path(reader, path, "chance"), &timing->chance);
    if (nodes->when) {
        timing->form = TIMING_WHEN;
        read_quantity(reader, nodes->when, read_path(reader, path, "when"), &timing->when);
        return;
    }
    timing->form = TIMING_WITHIN;
    if (!nodes->chance)
        diag_error(reader->diag, nodes->within->at_name, "add chance = ...;", "%s: within needs a chance", path);
    if (nodes->within)
        read_quantity(reader, nodes->within, read_path(reader, path, "within"), &timing->within);
    else
        timing->within = (struct quantity){.form = QUANTITY_NUMBER,
                                           .arg = {reader->scenario->horizon},
                                           .path = "horizon",
                                           .place = reader->scenario->horizon_place};
}

const char *read_reaching_horizon(struct reader *reader, double month)
{
    struct scenario *scenario = reader->scenario;
    const char *end = read_date_text(reader, scenario->as_of_day + scenario->horizon * MONTH_DAYS);

    if (month < 0.0 || month > SCENARIO_MONTHS)
        return arena_print(&scenario->arena, "the simulation runs from %s to %s", scenario->as_of, end);
    return arena_print(&scenario->arena, "the simulation ends on %s; horizon = \"%s\"; would include it", end,
                       read_date_text(reader, ceil(scenario->as_of_day + month * MONTH_DAYS)));
}

static void read_on(struct reader *reader, const struct node *node, const char *path, struct timing *timing)
{
    double day;

    timing->form = TIMING_ON;
    if (!read_date(reader, node, path, &day))
        return;
    if (!reader->scenario->is_frame && !reader->scenario->as_of)
        return; /* as_of is missing or wrong, which was reported */
    timing->on = (day - reader->scenario->as_of_day) / MONTH_DAYS;
    if (!reader->scenario->is_frame && timing->on < 0.0)
        diag_warning(reader->diag, node->at, NULL,
                     "%s: %s lies before as_of: it is in force from the start, for the rest of its duration", path,
                     node->text);
    if (!reader->scenario->is_frame && timing->on > reader->scenario->horizon)
        diag_warning(reader->diag, node->at, read_reaching_horizon(reader, timing->on),
                     "%s: %s lies after the horizon: it never occurs", path, node->text);
}

/* Whether exactly one form of timing is given; every further one is reported at its place. */
static bool has_one_form(struct reader *reader, const struct timing_nodes *nodes, const char *path, struct place place)
{
    const struct node *chance = nodes->chance ? nodes->chance : nodes->within ? nodes->within : nodes->when;
    const struct node *const way[] = {nodes->per_month, nodes->per_year, chance, nodes->on, nodes->at};
    const struct node *first = NULL;

    for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
        if (first && way[i])
            diag_error(reader->diag, way[i]->at_name,
                       "one of: per_month; per_year; chance and within; chance and when; on; at",
                       "%s: gives its timing twice: %s and %s", path, first->name, way[i]->name);
        if (!first)
            first = way[i];
    }
    if (nodes->within && nodes->when)
        diag_error(reader->diag, nodes->within->at_name, "leave one out", "%s: within and when exclude each other",
                   path);
    if (!first)
        diag_error(reader->diag, place, "one of: per_month; per_year; chance and within; chance and when; on; at",
                   "%s: gives no timing", path);
    return first;
}

void read_timing(struct reader *reader, const struct timing_nodes *nodes, const char *path, struct place place,
                 struct timing *timing)
{
    if (!has_one_form(reader, nodes, path, place))
        return;
    if (nodes->per_month || nodes->per_year) {
        const struct node *node = nodes->per_month ? nodes->per_month : nodes->per_year;

        timing->per_year = !nodes->per_month;
        timing->place = node->at_name;
        read_rate(reader, node, read_path(reader, path, node->name), timing);
    } else if (nodes->chance || nodes->within || nodes->when) {
        timing->place = (nodes->chance ? nodes->chance : nodes->within ? nodes->within : nodes->when)->at_name;
        read_chance(reader, nodes, path, timing);
    } else if (nodes->on) {
        timing->place = nodes->on->at_name;
        read_on(reader, nodes->on, read_path(reader, path, "on"), timing);
    } else {
        timing->form = TIMING_AT;
        timing->place = nodes->at->at_name;
        read_quantity(reader, nodes->at, read_path(reader, path, "at"), &timing->at);
    }
}
