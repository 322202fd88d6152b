/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/scenario/filter.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/text/diag.h"

enum filter_form { FILTER_OR, FILTER_AND, FILTER_NOT, FILTER_COMPARE };
enum comparison { EQUAL, UNEQUAL, BELOW, AT_MOST, ABOVE, AT_LEAST, N_COMPARISONS };
static const char *const sign_of[N_COMPARISONS] = {"==", "!=", "<", "<=", ">", ">="};

struct filter {
    enum filter_form form;
    const struct filter *left, *right; /* operands; NOT has the left only, a comparison none */
    size_t column;
    enum comparison comparison;
    const char *text;
    double number; /* NAN: compare as text */
};

bool filter_number(const char *text, double *number)
{
    char *end;

    text += strspn(text, " \t");
    if (!strchr("+-.0123456789", *text) || !*text)
        return false;
    *number = strtod(text, &end);
    end += strspn(end, " \t");
    return end > text && !*end && isfinite(*number) && !strpbrk(text, "xX");
}

enum word_kind { WORD_END, WORD_SIGN, WORD_PLAIN, WORD_QUOTED };

struct word {
    enum word_kind kind;
    const char *text; /* without its quotes */
    size_t offset, length;
};

struct parser {
    struct arena *arena;
    const struct source *source;
    const struct csv *csv;
    struct diag *diag;
    size_t at;
    struct word word; /* the next one */
    unsigned depth;   /* parentheses and negations that are open */
    bool wrong;
};

enum { DEEPEST = 200 };

static struct place place_of(const struct parser *it)
{
    return source_place(it->source, it->word.offset, it->word.length);
}

static void report_word(struct parser *it, const char *hint, const char *what)
{
    if (!it->wrong)
        diag_error(it->diag, place_of(it), hint, "%s", what);
    it->wrong = true;
}

static bool is_plain(char c)
{
    return isalnum((unsigned char)c) || strchr("_.+-:", c) || (unsigned char)c >= 0x80;
}

/* Both kinds of quotes are accepted, since the shell takes one of them. There is no escape: a text cannot contain both kinds. */
static void read_quoted(struct parser *it)
{
    const char *text = it->source->text;
    const char quote = text[it->at];
    size_t end = it->at + 1;

    while (end < it->source->size && text[end] != quote)
        end++;
    it->word = (struct word){WORD_QUOTED, NULL, it->at, end - it->at};
    if (end >= it->source->size)
        report_word(it, NULL, "a quote is not closed");
    else
        it->word.length++;
    it->word.text = arena_copy(it->arena, text + it->at + 1, end - it->at - 1);
    it->at = it->word.offset + it->word.length;
}

static void next_word(struct parser *it)
{
    const char *text = it->source->text;
    size_t length = 0;

    while (it->at < it->source->size && strchr(" \t\n", text[it->at]))
        it->at++;
    it->word = (struct word){WORD_END, "", it->at, 0};
    if (it->at >= it->source->size)
        return;
    if (text[it->at] == '"' || text[it->at] == '\'') {
        read_quoted(it);
        return;
    }
    while (it->at + length < it->source->size && text[it->at + length] && is_plain(text[it->at + length]))
        length++;
    if (length) {
        it->word.kind = WORD_PLAIN;
    } else {
        static const char *const two[] = {"==", "!=", "<=", ">=", "&&", "||"};

        it->word.kind = WORD_SIGN;
        length = 1;
        for (size_t i = 0; i < sizeof two / sizeof *two; i++)
            if (it->source->size - it->at >= 2 && !strncmp(text + it->at, two[i], 2))
                length = 2;
    }
    it->word.length = length;
    it->word.text = arena_copy(it->arena, text + it->at, length);
    it->at += length;
}

static bool is_sign(const struct parser *it, const char *sign)
{
    return it->word.kind == WORD_SIGN && !strcmp(it->word.text, sign);
}

static struct filter *add_node(struct parser *it, enum filter_form form, const struct filter *left,
                               const struct filter *right)
{
    struct filter *node = arena_new(it->arena, 1, sizeof *node);

    node->form = form;
    node->left = left;
    node->right = right;
    return node;
}

static void read_sign(struct parser *it, struct filter *node)
{
    size_t i = 0;

    while (i < N_COMPARISONS && !is_sign(it, sign_of[i]))
        i++;
    if (i == N_COMPARISONS) {
        report_word(it, is_sign(it, "=") ? "write == to compare" : "for instance guest == \"RUS\" or threshold >= 1000",
                    "a comparison is expected here: == != < <= > >=");
        return;
    }
    node->comparison = (enum comparison)i;
    next_word(it);
}

static const struct filter *read_comparison(struct parser *it)
{
    struct filter *node = add_node(it, FILTER_COMPARE, NULL, NULL);
    const char *near;

    if (it->word.kind != WORD_PLAIN && it->word.kind != WORD_QUOTED) {
        report_word(it, "for instance guest == \"RUS\"", "a column is expected here");
        return node;
    }
    node->column = csv_find(it->csv, it->word.text);
    if (node->column == it->csv->n_columns && !it->wrong) {
        near = csv_nearest(it->csv, it->word.text);
        diag_error(it->diag, place_of(it), near ? arena_print(it->arena, "did you mean %s?", near) : NULL,
                   "the table has no column \"%s\"", it->word.text);
        it->wrong = true;
    }
    next_word(it);
    read_sign(it, node);
    if (it->word.kind != WORD_PLAIN && it->word.kind != WORD_QUOTED)
        report_word(it, "a number, a word, or a text in quotes", "a value is expected here");
    node->text = it->word.text;
    node->number = NAN;
    if (it->word.kind == WORD_PLAIN && !filter_number(node->text, &node->number))
        node->number = NAN;
    next_word(it);
    return node;
}

static const struct filter *read_or(struct parser *it);

static const struct filter *read_unary(struct parser *it)
{
    const struct filter *node;

    if (it->wrong || it->depth > DEEPEST) {
        report_word(it, NULL, "too many parentheses");
        return NULL;
    }
    if (!is_sign(it, "!") && !is_sign(it, "("))
        return read_comparison(it);
    it->depth++;
    if (is_sign(it, "!")) {
        next_word(it);
        node = add_node(it, FILTER_NOT, read_unary(it), NULL);
    } else {
        next_word(it);
        node = read_or(it);
        if (!is_sign(it, ")"))
            report_word(it, "each ( needs its )", "a ) is expected here");
        next_word(it);
    }
    it->depth--;
    return node;
}

static const struct filter *read_and(struct parser *it)
{
    const struct filter *node = read_unary(it);

    while (!it->wrong && is_sign(it, "&&")) {
        next_word(it);
        node = add_node(it, FILTER_AND, node, read_unary(it));
    }
    return node;
}

static const struct filter *read_or(struct parser *it)
{
    const struct filter *node = read_and(it);

    while (!it->wrong && is_sign(it, "||")) {
        next_word(it);
        node = add_node(it, FILTER_OR, node, read_and(it));
    }
    return node;
}

const struct filter *filter_parse(struct arena *arena, const char *name, const char *text, const struct csv *csv,
                                  struct diag *diag)
{
    struct parser it = {
        .arena = arena, .source = source_from_text(arena, name, text, strlen(text)), .csv = csv, .diag = diag};
    const struct filter *node;

    next_word(&it);
    node = read_or(&it);
    if (it.word.kind != WORD_END)
        report_word(&it, "comparisons are joined by && (and) or || (or)", "the end, && or || is expected here");
    return it.wrong ? NULL : node;
}

static bool compare_field(const struct filter *node, const char *field)
{
    double x;
    int difference;

    if (isnan(node->number))
        difference = strcmp(field, node->text);
    else if (filter_number(field, &x))
        difference = x < node->number ? -1 : x > node->number;
    else
        return node->comparison == UNEQUAL;
    switch (node->comparison) {
    case EQUAL:
        return difference == 0;
    case UNEQUAL:
        return difference != 0;
    case BELOW:
        return difference < 0;
    case AT_MOST:
        return difference <= 0;
    case ABOVE:
        return difference > 0;
    case AT_LEAST:
    default:
        return difference >= 0;
    }
}

bool filter_holds(const struct filter *filter, const struct csv_row *row)
{
    switch (filter->form) {
    case FILTER_OR:
        return filter_holds(filter->left, row) || filter_holds(filter->right, row);
    case FILTER_AND:
        return filter_holds(filter->left, row) && filter_holds(filter->right, row);
    case FILTER_NOT:
        return !filter_holds(filter->left, row);
    case FILTER_COMPARE:
    default:
        return compare_field(filter, row->field[filter->column].text);
    }
}
