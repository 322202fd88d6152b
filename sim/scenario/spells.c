/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/scenario/spells.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/scenario/filter.h"
#include "sim/scenario/scenario.h"
#include "sim/text/diag.h"

const char *const spells_unit_name[] = {"years", "months", "days", NULL};
static const double unit_months[] = {12.0, 1.0, 1.0 / MONTH_DAYS};

static const char *const role_name[N_ROLES] = {
    [ROLE_HOST] = "host",   [ROLE_START] = "start",       [ROLE_END] = "end",     [ROLE_EVENT] = "event",
    [ROLE_CAUSE] = "cause", [ROLE_EXPOSURE] = "exposure", [ROLE_ENTRY] = "entry", [ROLE_YEAR] = "year",
};

/* A moment: a date, or a number in the request's unit. */
struct moment {
    enum { NO_MOMENT, NUMBER, YEAR_MONTH, DAY } form;
    double number; /* of a number as it stands; of a month, months since the year 0; of a day, days since 1970-01-01 */
};

/* A row of the table before it is put into a group. */
struct spell {
    const struct csv_row *row;
    const struct table_reader *reader;
    const char *host, *cause; /* cause NULL: no event */
    double entry, exposure;   /* months */
    double year;              /* of host-years */
    size_t cluster, cause_index;
};

struct table_reader {
    struct spells *spells;
    const struct spells_request *request;
    struct diag *diag;
    struct csv csv;
    size_t column[N_ROLES]; /* n_columns: none */
    const struct filter *where, *censor;
    size_t *by, n_by; /* columns */
    struct moment until;
    struct spell *spell;
    size_t n, capacity;
};

/* ---- columns ---- */

/* The next word of a list separated by commas, with its offset in the option; false at the end. */
struct list_word {
    const struct source *source;
    const char *text;
    size_t offset, length;
};

static bool next_list_word(struct arena *arena, const struct source *source, size_t *at, struct list_word *word)
{
    const char *text = source->text;
    size_t end, start = *at;

    if (start > source->size)
        return false;
    while (start < source->size && text[start] == ' ')
        start++;
    for (end = start; end < source->size && text[end] != ','; end++)
        ;
    *at = end + 1;
    while (end > start && text[end - 1] == ' ')
        end--;
    *word = (struct list_word){source, arena_copy(arena, text + start, end - start), start, end - start};
    return true;
}

/* The column that an option names; n_columns, with a diagnostic, when there is none. */
static size_t find_column(struct table_reader *it, const struct list_word *word, const char *name, size_t offset)
{
    const size_t column = csv_find(&it->csv, name);
    const char *near = column == it->csv.n_columns ? csv_nearest(&it->csv, name) : NULL;

    if (column == it->csv.n_columns)
        diag_error(it->diag, source_place(word->source, word->offset + offset, word->length - offset),
                   near ? arena_print(&it->spells->arena, "did you mean %s?", near) : NULL,
                   "the table has no column \"%s\"", name);
    return column;
}

/* One ROLE=COLUMN. */
static void assign_role(struct table_reader *it, const struct list_word *word)
{
    const char *equals = strchr(word->text, '=');
    const size_t length = equals ? (size_t)(equals - word->text) : word->length;
    const struct place place = source_place(word->source, word->offset, length);
    const char *name = arena_copy(&it->spells->arena, word->text, length), *near;

    for (size_t r = 0; equals && equals[1] && r < N_ROLES; r++)
        if (!strcmp(name, role_name[r])) {
            it->column[r] = find_column(it, word, equals + 1, length + 1);
            return;
        }
    near = diag_nearest(name, role_name, N_ROLES);
    diag_error(it->diag, place,
               near && strcmp(near, name)
                   ? arena_print(&it->spells->arena, "did you mean %s?", near)
                   : "ROLE=COLUMN, for instance exposure=exposure_years; roles are host, start, end, event, "
                     "cause, exposure, entry and year",
               equals && equals[1] ? "there is no role \"%s\"" : "\"%s\" names no column", name);
}

static void find_roles(struct table_reader *it)
{
    struct arena *arena = &it->spells->arena;
    const struct source *source;
    struct list_word word;

    for (size_t r = 0; r < N_ROLES; r++)
        it->column[r] = csv_find(&it->csv, role_name[r]);
    if (it->request->columns) {
        source = source_from_text(arena, "--columns", it->request->columns, strlen(it->request->columns));
        for (size_t at = 0; next_list_word(arena, source, &at, &word);)
            assign_role(it, &word);
    }
    for (size_t r = 0; r < N_ROLES; r++)
        if (it->column[r] < it->csv.n_columns)
            it->spells->role_column[r] = it->csv.column[it->column[r]].text;
}

static bool has_role(const struct table_reader *it, enum spells_role role)
{
    return it->column[role] < it->csv.n_columns;
}

/* Report columns that are missing. */
static void check_roles(struct table_reader *it)
{
    const struct place header = csv_place(&it->csv, &it->csv.column[0]);
    const bool dated = has_role(it, ROLE_START) && has_role(it, ROLE_END);

    if (!has_role(it, ROLE_EVENT))
        diag_error(it->diag, header,
                   "1 where the row ended by an event, else 0; if it has another name: --columns event=NAME",
                   "the table has no column \"event\"");
    if (!has_role(it, ROLE_EXPOSURE) && !dated && !has_role(it, ROLE_YEAR))
        diag_error(it->diag, header,
                   "columns exposure, or start and end, or year; if they have other names: --columns exposure=NAME",
                   "no column gives the time under observation");
    if (it->request->until && !has_role(it, ROLE_END) && !has_role(it, ROLE_YEAR))
        diag_error(it->diag, header, "a column end or year", "--until: no column gives the end of rows");
    it->spells->has_hosts = has_role(it, ROLE_HOST);
    if (has_role(it, ROLE_YEAR) && !has_role(it, ROLE_HOST) && !dated && !has_role(it, ROLE_EXPOSURE))
        diag_error(it->diag, header, "--columns host=NAME", "host-years need a column \"host\"");
}

static void find_groups(struct table_reader *it)
{
    struct arena *arena = &it->spells->arena;
    const struct source *source;
    struct list_word word;
    size_t capacity = 0;

    if (!it->request->by)
        return;
    source = source_from_text(arena, "--by", it->request->by, strlen(it->request->by));
    for (size_t at = 0; next_list_word(arena, source, &at, &word);) {
        it->by = arena_grow(arena, it->by, it->n_by, &capacity, sizeof *it->by);
        it->by[it->n_by++] = find_column(it, &word, word.text, 0);
    }
}

/* ---- moments ---- */

/* Days since 1970-01-01 in the Gregorian calendar; years begin in March here, so that the leap day is their last. */
static double day_of(long year, long month, long day)
{
    const long y = month > 2 ? year : year - 1, m = (month + 9) % 12;
    const long era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    const long days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + (m * 153 + 2) / 5 + day - 1 - 719468;

    return (double)days;
}

static bool is_digits(const char *text, size_t n)
{
    return strspn(text, "0123456789") >= n;
}

/* YYYY-MM, YYYY-MM-DD or a number. */
static bool parse_moment(const char *text, struct moment *moment)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const size_t length = strlen(text);
    long year, month, day;

    if ((length == 7 || length == 10) && is_digits(text, 4) && text[4] == '-' && is_digits(text + 5, 2)) {
        year = strtol(text, NULL, 10);
        month = strtol(text + 5, NULL, 10);
        if (month < 1 || month > 12)
            return false;
        *moment = (struct moment){YEAR_MONTH, (double)(year * 12 + month - 1)};
        if (length == 7)
            return true;
        day = strtol(text + 8, NULL, 10);
        if (text[7] != '-' || !is_digits(text + 8, 2) || day < 1 || day > days[month - 1] ||
            (month == 2 && day == 29 && (year % 4 || (year % 100 == 0 && year % 400))))
            return false;
        *moment = (struct moment){DAY, day_of(year, month, day)};
        return true;
    }
    moment->form = NUMBER;
    return filter_number(text, &moment->number);
}

static double to_months(struct moment it, enum spells_unit unit)
{
    return it.form == NUMBER ? it.number * unit_months[unit] : it.number;
}

static double to_days(struct moment it)
{
    double months, whole;

    if (it.form == DAY)
        return it.number;
    months = it.form == NUMBER ? it.number * 12.0 : it.number;
    whole = floor(months);
    return day_of((long)floor(whole / 12.0), (long)(whole - 12.0 * floor(whole / 12.0)) + 1, 1) +
           (months - whole) * MONTH_DAYS;
}

/* Months from a to b; NAN between a date and a plain number that is not a year. Years and months are counted in months, so that all years are
 * equally long; where either has a day, days are counted. */
static double months_between(struct moment a, struct moment b, enum spells_unit unit)
{
    if (unit != SPELLS_YEARS && (a.form == NUMBER) != (b.form == NUMBER))
        return NAN;
    if (a.form != DAY && b.form != DAY)
        return to_months(b, unit) - to_months(a, unit);
    return (to_days(b) - to_days(a)) / MONTH_DAYS;
}

static void read_until(struct table_reader *it)
{
    struct moment moment = {NO_MOMENT, 0.0};
    const char *text = it->request->until;

    if (!text)
        return;
    if (!parse_moment(text, &moment))
        diag_error(it->diag,
                   source_place(source_from_text(&it->spells->arena, "--until", text, strlen(text)), 0, strlen(text)),
                   "YYYY-MM-DD, YYYY-MM or YYYY", "\"%s\" is not a date", text);
    else
        it->until = moment;
}

/* ---- fields ---- */

static const struct csv_field *field_of(const struct table_reader *it, const struct csv_row *row, enum spells_role role)
{
    const struct csv_field *field = has_role(it, role) ? &row->field[it->column[role]] : NULL;

    return field && *field->text && strcmp(field->text, "NA") ? field : NULL;
}

/* The role's field, which must not be empty. */
static const struct csv_field *require_field(struct table_reader *it, const struct csv_row *row, enum spells_role role,
                                             const char *hint)
{
    const struct csv_field *field = field_of(it, row, role);

    if (!field)
        diag_error(it->diag, csv_place(&it->csv, &row->field[it->column[role]]), hint, "%s: is empty",
                   it->spells->role_column[role]);
    return field;
}

static void report_field(struct table_reader *it, const struct csv_field *field, enum spells_role role,
                         const char *hint, const char *what)
{
    diag_error(it->diag, csv_place(&it->csv, field), hint, "%s: \"%s\" %s", it->spells->role_column[role], field->text,
               what);
}

static bool read_event(struct table_reader *it, const struct csv_row *row, bool *event)
{
    static const char *const yes[] = {"1", "true", "TRUE", "True", "yes"}, *const no[] = {"0", "false", "FALSE",
                                                                                          "False", "no"};
    const struct csv_field *field = require_field(it, row, ROLE_EVENT, "1 where the row ended by an event, else 0");

    for (size_t i = 0; field && i < sizeof yes / sizeof *yes; i++)
        if (!strcmp(field->text, yes[i]) || !strcmp(field->text, no[i])) {
            *event = !strcmp(field->text, yes[i]);
            return true;
        }
    if (field)
        report_field(it, field, ROLE_EVENT, "1 or 0; its cause belongs in a column cause", "is not 1 or 0");
    return false;
}

/* A length of time in months. */
static bool read_length(struct table_reader *it, const struct csv_row *row, enum spells_role role, double *months)
{
    const struct csv_field *field = field_of(it, row, role);

    if (!field)
        return false;
    if (!filter_number(field->text, months) || *months < 0.0) {
        report_field(it, field, role, "a number of years, or of what --unit says", "is not a length of time");
        return false;
    }
    *months *= unit_months[it->request->unit];
    return true;
}

static bool read_moment(struct table_reader *it, const struct csv_field *field, enum spells_role role,
                        struct moment *moment)
{
    if (field && parse_moment(field->text, moment))
        return true;
    if (field)
        report_field(it, field, role, "YYYY-MM-DD, YYYY-MM, YYYY or a number", "is not a date");
    return false;
}

/* ---- rows ---- */

/* Censor at --until: an event after it is not counted. */
static void cut_end(const struct table_reader *it, struct spell *spell, struct moment end)
{
    const double over = months_between(it->until, end, it->request->unit);

    if (it->until.form == NO_MOMENT || !(over > 0.0))
        return;
    spell->exposure = fmax(spell->exposure - over, 0.0);
    spell->cause = NULL;
}

/* When a spell ends: at its own end, or at --until while it is still open. */
static bool read_end(struct table_reader *it, const struct csv_row *row, bool event, struct moment *end)
{
    const struct csv_field *field = field_of(it, row, ROLE_END);

    if (!field && !event && it->until.form != NO_MOMENT) {
        *end = it->until;
        return true;
    }
    field = require_field(it, row, ROLE_END,
                          event ? "when the event happened"
                                : "a spell that is still open needs --until DATE, the day it was last known to last");
    return read_moment(it, field, ROLE_END, end);
}

/* How imprecise the difference of two dates is, in months: exposure may exceed it by so much. Years are precise to a year, and so on. */
static double date_precision(struct moment a, struct moment b, enum spells_unit unit)
{
    const bool years = (a.form == NUMBER || b.form == NUMBER) && unit == SPELLS_YEARS;

    return years ? 12.0 : a.form == YEAR_MONTH || b.form == YEAR_MONTH ? 1.0 : 2.0 / MONTH_DAYS;
}

/* Exposure and entry from start and end. */
static bool read_dates(struct table_reader *it, const struct csv_row *row, bool event, struct spell *spell)
{
    const enum spells_unit unit = it->request->unit;
    const struct csv_field *field = require_field(it, row, ROLE_START, "when the spell began");
    struct moment start, end;
    double length, exposure;
    bool good = read_moment(it, field, ROLE_START, &start);

    good = read_end(it, row, event, &end) && good;
    if (!good)
        return false;
    length = months_between(start, end, unit);
    if (isnan(length) || length < 0.0) {
        report_field(it, &row->field[it->column[ROLE_END]], ROLE_END,
                     isnan(length) ? "write both as dates, or both as numbers" : NULL,
                     isnan(length) ? "and the start are not both dates" : "is before the start");
        return false;
    }
    if (!field_of(it, row, ROLE_EXPOSURE)) {
        spell->exposure = length;
    } else {
        if (!read_length(it, row, ROLE_EXPOSURE, &exposure))
            return false;
        if (exposure > length + date_precision(start, end, unit) + 1e-6 && !has_role(it, ROLE_ENTRY)) {
            report_field(it, field_of(it, row, ROLE_EXPOSURE), ROLE_EXPOSURE,
                         "--unit says what plain numbers are: years if not given", "is longer than from start to end");
            return false;
        }
        spell->exposure = exposure;
        spell->entry = fmax(length - exposure, 0.0);
    }
    cut_end(it, spell, end);
    return true;
}

static bool read_exposure(struct table_reader *it, const struct csv_row *row, struct spell *spell)
{
    struct moment end;

    if (!require_field(it, row, ROLE_EXPOSURE, "how long the row was under observation") ||
        !read_length(it, row, ROLE_EXPOSURE, &spell->exposure))
        return false;
    if (it->until.form != NO_MOMENT && has_role(it, ROLE_END)) {
        if (!read_moment(it, require_field(it, row, ROLE_END, "--until needs it"), ROLE_END, &end))
            return false;
        cut_end(it, spell, end);
    }
    return true;
}

static bool read_year(struct table_reader *it, const struct csv_row *row, struct spell *spell)
{
    const struct csv_field *field = require_field(it, row, ROLE_YEAR, NULL);

    if (!field)
        return false;
    if (!filter_number(field->text, &spell->year) || spell->year != floor(spell->year)) {
        report_field(it, field, ROLE_YEAR, "a whole number, for instance 1976", "is not a year");
        return false;
    }
    if (!field_of(it, row, ROLE_EXPOSURE))
        spell->exposure = 12.0;
    else if (!read_length(it, row, ROLE_EXPOSURE, &spell->exposure))
        return false;
    if (it->until.form != NO_MOMENT &&
        months_between(it->until, (struct moment){NUMBER, spell->year}, SPELLS_YEARS) > 0.0)
        spell->exposure = 0.0;
    return true;
}

static bool is_host_years(const struct table_reader *it)
{
    return has_role(it, ROLE_YEAR) && !(has_role(it, ROLE_START) && has_role(it, ROLE_END)) && has_role(it, ROLE_HOST);
}

static void read_row(struct table_reader *it, const struct csv_row *row)
{
    const struct csv_field *host = NULL, *cause = field_of(it, row, ROLE_CAUSE), *entry = field_of(it, row, ROLE_ENTRY);
    struct spell spell = {.row = row, .reader = it, .host = ""};
    bool event = false, good = read_event(it, row, &event);

    if (has_role(it, ROLE_HOST)) {
        host = require_field(it, row, ROLE_HOST, "whose spell it is");
        good = good && host;
        spell.host = host ? host->text : "";
    }
    event = event && !(it->censor && filter_holds(it->censor, row));
    spell.cause = !event ? NULL : cause ? cause->text : has_role(it, ROLE_CAUSE) ? "unknown" : "event";
    if (has_role(it, ROLE_START) && has_role(it, ROLE_END))
        good = read_dates(it, row, event, &spell) && good;
    else if (is_host_years(it))
        good = read_year(it, row, &spell) && good;
    else
        good = read_exposure(it, row, &spell) && good;
    if (entry)
        good = read_length(it, row, ROLE_ENTRY, &spell.entry) && good;
    if (!good)
        return;
    it->spell = arena_grow(&it->spells->arena, it->spell, it->n, &it->capacity, sizeof *it->spell);
    it->spell[it->n++] = spell;
}

/* ---- host-years ---- */

static int compare_years(const void *a, const void *b)
{
    const struct spell *x = a, *y = b;
    const int order = strcmp(x->host, y->host);

    return order ? order : x->year < y->year ? -1 : x->year > y->year;
}

/* Join consecutive years of a host into one spell, up to an event: the time since its start continues. */
static void join_years(struct table_reader *it)
{
    qsort(it->spell, it->n, sizeof *it->spell, compare_years);
    for (size_t i = 1; i < it->n; i++) {
        struct spell *now = &it->spell[i], *before = &it->spell[i - 1];

        if (strcmp(now->host, before->host))
            continue;
        if (now->year == before->year) {
            const bool swap = now->row->field->offset < before->row->field->offset;

            report_field(it, &(swap ? before : now)->row->field[it->column[ROLE_YEAR]], ROLE_YEAR,
                         "each host and year belongs in one row; --where selects rows",
                         arena_print(&it->spells->arena, "is there twice for %s", now->host));
        } else if (now->year == before->year + 1.0 && !before->cause && !has_role(it, ROLE_ENTRY)) {
            now->entry = before->entry + before->exposure;
        }
    }
}

/* ---- groups ---- */

static int compare_fields(const char *a, const char *b)
{
    double x, y;

    if (filter_number(a, &x) && filter_number(b, &y) && x != y)
        return x < y ? -1 : 1;
    return strcmp(a, b);
}

static int compare_groups(const struct spell *a, const struct spell *b)
{
    int order = 0;

    for (size_t i = 0; i < a->reader->n_by && !order; i++)
        order = compare_fields(a->row->field[a->reader->by[i]].text, b->row->field[b->reader->by[i]].text);
    return order;
}

/* By host, then by everything else in the row: rows that this order does not distinguish are identical. */
static int compare_within(const void *a, const void *b)
{
    const struct spell *x = a, *y = b;
    int order = strcmp(x->host, y->host);

    if (!order && x->entry != y->entry)
        order = x->entry < y->entry ? -1 : 1;
    if (!order && x->exposure != y->exposure)
        order = x->exposure < y->exposure ? -1 : 1;
    return order ? order : strcmp(x->cause ? x->cause : "", y->cause ? y->cause : "");
}

static int compare_spells(const void *a, const void *b)
{
    const int order = compare_groups(a, b);

    return order ? order : compare_within(a, b);
}

static const char *group_name(struct table_reader *it, const struct spell *spell)
{
    struct arena *arena = &it->spells->arena;
    const char *name = "";

    for (size_t i = 0; i < it->n_by; i++)
        name = arena_print(arena, "%s%s%s=%s", name, i ? ";" : "", it->csv.column[it->by[i]].text,
                           spell->row->field[it->by[i]].text);
    return name;
}

/* Rows i to j of the sorted spells, hosts together, as a group. */
static void add_group(struct table_reader *it, const char *name, const struct spell *spell, size_t n)
{
    struct spells_group *group = &it->spells->group[it->spells->n_groups++];

    group->name = name;
    group->row = arena_new(&it->spells->arena, n, sizeof *group->row);
    group->n = n;
    for (size_t i = 0; i < n; i++) {
        group->n_hosts += !i || !it->spells->has_hosts || strcmp(spell[i].host, spell[i - 1].host);
        group->row[i] = (struct spell_row){.entry = spell[i].entry,
                                           .exit = spell[i].entry + spell[i].exposure,
                                           .cause = spell[i].cause_index,
                                           .cluster = group->n_hosts - 1};
    }
}

static void make_groups(struct table_reader *it)
{
    struct spells *spells = it->spells;

    qsort(it->spell, it->n, sizeof *it->spell, compare_within);
    spells->group = arena_new(&spells->arena, it->n + 1, sizeof *spells->group);
    add_group(it, "all", it->spell, it->n);
    if (!it->n_by)
        return;
    qsort(it->spell, it->n, sizeof *it->spell, compare_spells);
    for (size_t i = 0, j; i < it->n; i = j) {
        for (j = i + 1; j < it->n && !compare_groups(&it->spell[i], &it->spell[j]); j++)
            ;
        add_group(it, group_name(it, &it->spell[i]), &it->spell[i], j - i);
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_causes(struct table_reader *it)
{
    struct spells *spells = it->spells;
    size_t n = 0;

    spells->cause = arena_new(&spells->arena, it->n + 1, sizeof *spells->cause);
    for (size_t i = 0; i < it->n; i++)
        if (it->spell[i].cause)
            spells->cause[n++] = it->spell[i].cause;
    qsort(spells->cause, n, sizeof *spells->cause, compare_names);
    for (size_t i = 0; i < n; i++)
        if (!i || strcmp(spells->cause[i], spells->cause[i - 1]))
            spells->cause[spells->n_causes++] = spells->cause[i];
    for (size_t i = 0; i < it->n; i++) {
        const char **found = it->spell[i].cause ? bsearch(&it->spell[i].cause, spells->cause, spells->n_causes,
                                                          sizeof *spells->cause, compare_names)
                                                : NULL;

        it->spell[i].cause_index = found ? (size_t)(found - spells->cause) + 1 : 0;
    }
}

/* Censor spells at `follow` months, then drop those without time at risk. */
static void cut_spells(struct table_reader *it)
{
    const double follow = it->request->follow > 0.0 ? it->request->follow : INFINITY;
    size_t n = 0;

    for (size_t i = 0; i < it->n; i++) {
        struct spell *spell = &it->spell[i];

        if (spell->entry + spell->exposure > follow) {
            spell->exposure = fmax(follow - spell->entry, 0.0);
            spell->cause = NULL;
        }
        if (spell->entry + spell->exposure > spell->entry) {
            it->spell[n++] = *spell;
        } else {
            it->spells->n_without++;
            it->spells->n_events_without += spell->cause != NULL;
        }
    }
    it->n = n;
}

static void read_rows(struct table_reader *it)
{
    const size_t errors = it->diag->n_errors;

    it->spells->n_rows = it->csv.n;
    for (size_t i = 0; i < it->csv.n; i++)
        if (it->where && !filter_holds(it->where, &it->csv.row[i]))
            it->spells->n_excluded++;
        else
            read_row(it, &it->csv.row[i]);
    if (is_host_years(it) && it->n)
        join_years(it);
    cut_spells(it);
    if (it->diag->n_errors > errors)
        return;
    if (!it->n)
        diag_error(it->diag, (struct place){.source = it->csv.source, .line = 1},
                   it->spells->n_excluded ? "--where leaves out all rows" : NULL, "no row has time at risk");
    else
        list_causes(it);
    if (it->n)
        make_groups(it);
}

bool spells_read(struct spells *spells, const char *path, const struct spells_request *request, struct diag *diag)
{
    struct table_reader it = {.spells = spells, .request = request, .diag = diag};
    const size_t errors = diag->n_errors;
    size_t of_rows; /* errors of malformed rows, despite which the header is still checked */

    *spells = (struct spells){0};
    spells->source = source_read(&spells->arena, path);
    if (!diag_check_source(diag, spells->source) || !csv_read(&it.csv, &spells->arena, spells->source, diag))
        return false;
    of_rows = diag->n_errors;
    find_roles(&it);
    check_roles(&it);
    find_groups(&it);
    read_until(&it);
    if (request->where)
        it.where = filter_parse(&spells->arena, "--where", request->where, &it.csv, diag);
    if (request->censor)
        it.censor = filter_parse(&spells->arena, "--censor", request->censor, &it.csv, diag);
    if (diag->n_errors == of_rows)
        read_rows(&it);
    return diag->n_errors == errors;
}

void spells_free(struct spells *spells)
{
    arena_free(&spells->arena);
}
