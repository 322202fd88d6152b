/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/text/literal.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "sim/text/diag.h"

enum { NUMBER_MAX = 40, HINT_MAX = 160, SHOWN_MAX = 40 };

static const char digits[] = "0123456789";
static const char hex_digits[] = "0123456789abcdefABCDEF";

/* A word stands in its source's text, which has a byte after it that belongs to no number: strtod and strspn
 * stop there by themselves. (Never strcspn, which would go on to the end of the text.) */
struct word {
    const char *text;
    size_t length;
};

static bool is_word(struct word word, const char *text)
{
    return strlen(text) == word.length && strncasecmp(word.text, text, word.length) == 0;
}

bool literal_is_bool(const char *word, size_t length)
{
    const struct word it = {word, length};

    return is_word(it, "true") || is_word(it, "false");
}

/* ---- numbers ---- */

static bool is_hex(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

/* An integer may end in L or LL. */
static enum literal integer_shape(const char *rest, const char *end)
{
    if (rest == end)
        return LITERAL_INTEGER;
    return strspn(rest, "L") == (size_t)(end - rest) && end - rest <= 2 ? LITERAL_LONG : LITERAL_NONE;
}

static enum literal float_shape(const char *rest, const char *end, size_t n_whole)
{
    size_t n_fraction = 0;

    if (*rest == '.') {
        n_fraction = strspn(++rest, digits);
        rest += n_fraction;
    }
    if (n_whole + n_fraction == 0)
        return LITERAL_NONE;
    if (*rest == 'e' || *rest == 'E') {
        rest += rest[1] == '+' || rest[1] == '-' ? 2 : 1;
        if (!isdigit((unsigned char)*rest))
            return LITERAL_NONE;
        rest += strspn(rest, digits);
    }
    return rest == end ? LITERAL_FLOAT : LITERAL_NONE;
}

/* libconfig's rules for numbers, except that at least one digit is required. */
static enum literal number_shape(struct word word)
{
    const char *const end = word.text + word.length;
    const char *text = word.text;
    enum literal shape;
    size_t n;

    if (is_hex(text)) {
        n = strspn(text + 2, hex_digits);
        return n ? integer_shape(text + 2 + n, end) : LITERAL_NONE;
    }
    if (*text == '+' || *text == '-')
        text++;
    n = strspn(text, digits);
    shape = n ? integer_shape(text + n, end) : LITERAL_NONE;
    return shape != LITERAL_NONE ? shape : float_shape(text + n, end, n);
}

bool literal_is_number(const char *word, size_t length)
{
    return number_shape((struct word){word, length}) != LITERAL_NONE;
}

/* Print like 1e10, with the fewest digits that read back as the same number. */
static void print_exponential(char *text, size_t size, double number)
{
    char digit[40];
    char *exponent;
    int precision = 0;

    do
        snprintf(digit, sizeof digit, "%.*e", precision, number);
    while (precision++ < 17 && strtod(digit, NULL) != number);
    exponent = strchr(digit, 'e');
    *exponent = '\0';
    snprintf(text, size, "%se%ld", digit, strtol(exponent + 1, NULL, 10));
}

static bool fits_integer(const char *text, enum literal shape)
{
    long long number;

    errno = 0;
    number = strtoll(text, NULL, is_hex(text) ? 16 : 10);
    return errno == 0 && (shape == LITERAL_LONG || (number >= INT32_MIN && number <= INT32_MAX));
}

static void check_integer(struct place place, struct word word, enum literal shape, struct diag *diag)
{
    char hint[HINT_MAX] = "write it as ";
    const size_t n = strlen(hint);

    if (fits_integer(word.text, shape))
        return;
    print_exponential(hint + n, sizeof hint - n, strtod(word.text, NULL));
    diag_error(diag, place, hint, "%.*s is too large for an integer of %d bits", (int)word.length, word.text,
               shape == LITERAL_LONG ? 64 : 32);
}

/* Bytes before the e of an exponent, or all. */
static size_t mantissa_length(struct word word)
{
    size_t n = 0;

    while (n < word.length && word.text[n] != 'e' && word.text[n] != 'E')
        n++;
    return n;
}

static bool has_digit_but_zero(struct word word)
{
    const size_t n = mantissa_length(word);

    for (size_t i = 0; i < n; i++)
        if (word.text[i] >= '1' && word.text[i] <= '9')
            return true;
    return false;
}

static void check_float(struct place place, struct word word, struct diag *diag)
{
    const double number = strtod(word.text, NULL);

    if (isinf(number))
        diag_error(diag, place, "the largest number is about 1.8e308", "%.*s is too large for a number",
                   (int)word.length, word.text);
    else if (fpclassify(number) == FP_ZERO && has_digit_but_zero(word))
        diag_error(diag, place, "write 0, or a number above 1e-307", "%.*s is too small to differ from 0",
                   (int)word.length, word.text);
}

static void check_number(struct place place, struct word word, enum literal shape, struct diag *diag)
{
    if (word.length > NUMBER_MAX)
        diag_error(diag, place, "17 digits determine a number exactly", "a number of %zu characters, more than %d",
                   word.length, NUMBER_MAX);
    else if (shape == LITERAL_FLOAT)
        check_float(place, word, diag);
    else
        check_integer(place, word, shape, diag);
}

/* ---- words that are not values: hints for common mistakes ---- */

static bool begins_number(const char *text)
{
    text += *text == '+' || *text == '-';
    text += *text == '.';
    return isdigit((unsigned char)*text);
}

static bool begins_with(struct word word, const char *start)
{
    return word.length >= strlen(start) && memcmp(word.text, start, strlen(start)) == 0;
}

/* Copy a word into a hint; one that does not fit is cut. */
static void clip_word(char *copy, size_t size, struct word word)
{
    const size_t length = word.length < size - 1 ? word.length : size - 1;

    memcpy(copy, word.text, length);
    copy[length] = '\0';
}

static bool advise_truth(struct word word, char *hint)
{
    static const char *const says[][2] = {{"yes", "true"}, {"on", "true"},   {"y", "true"},
                                          {"no", "false"}, {"off", "false"}, {"n", "false"}};

    for (size_t i = 0; i < sizeof says / sizeof says[0]; i++)
        if (is_word(word, says[i][0])) {
            snprintf(hint, HINT_MAX, "write %s, or text in quotes: \"%s\"", says[i][1], says[i][0]);
            return true;
        }
    return false;
}

static bool advise_infinite(struct word word, char *hint)
{
    static const char *const names[] = {"nan", "inf", "infinity", "na", "null", "none"};

    if (word.length > 1 && (*word.text == '+' || *word.text == '-'))
        word = (struct word){word.text + 1, word.length - 1};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is_word(word, names[i])) {
            snprintf(hint, HINT_MAX, "give a finite number, or leave the setting out when it has no value");
            return true;
        }
    return false;
}

static bool advise_percent(struct word word, char *hint)
{
    char *end;
    const double number = strtod(word.text, &end);

    if (!begins_number(word.text) || end + 1 != word.text + word.length || *end != '%')
        return false;
    snprintf(hint, HINT_MAX, "write %.15g", number / 100.0);
    return true;
}

static bool advise_fraction(struct word word, char *hint)
{
    char *slash, *end;
    const double above = strtod(word.text, &slash);
    double below;

    if (!begins_number(word.text) || *slash != '/' || !begins_number(slash + 1))
        return false;
    below = strtod(slash + 1, &end);
    if (end != word.text + word.length || fpclassify(below) == FP_ZERO)
        return false;
    snprintf(hint, HINT_MAX, "write %.6g", above / below);
    return true;
}

/* 1_000 and 1'000. */
static bool advise_grouped(struct word word, char *hint)
{
    char number[NUMBER_MAX + 1];
    size_t n = 0;

    if (!begins_number(word.text) || word.length > NUMBER_MAX)
        return false;
    for (size_t i = 0; i < word.length; i++)
        if (word.text[i] != '_' && word.text[i] != '\'')
            number[n++] = word.text[i];
    number[n] = '\0';
    if (n == word.length || number_shape((struct word){number, n}) == LITERAL_NONE)
        return false;
    snprintf(hint, HINT_MAX, "write %s", number);
    return true;
}

static bool advise_date(struct word word, char *hint)
{
    if (word.length != 10 || strspn(word.text, digits) != 4 || word.text[4] != '-' ||
        strspn(word.text + 5, digits) != 2 || word.text[7] != '-' || strspn(word.text + 8, digits) != 2)
        return false;
    snprintf(hint, HINT_MAX, "a date stands in quotes: \"%.10s\"", word.text);
    return true;
}

static bool advise_points(struct word word, char *hint)
{
    const char *point = memchr(word.text, '.', word.length);

    if (!begins_number(word.text) || strspn(word.text, "+-.0123456789") != word.length || !point ||
        !memchr(point + 1, '.', (size_t)(word.text + word.length - point - 1)))
        return false;
    snprintf(hint, HINT_MAX, "a number has one decimal point; text stands in quotes");
    return true;
}

static bool advise_exponent(struct word word, char *hint)
{
    const size_t mantissa = mantissa_length(word);

    if (mantissa == word.length || strspn(word.text + mantissa + 1, "+-") != word.length - mantissa - 1 ||
        number_shape((struct word){word.text, mantissa}) == LITERAL_NONE)
        return false;
    snprintf(hint, HINT_MAX, "digits are missing after the e: 1e6 is a million");
    return true;
}

static bool advise_digit(struct word word, char *hint)
{
    if (strspn(word.text, "+-.") != word.length)
        return false;
    snprintf(hint, HINT_MAX, "a number has at least one digit");
    return true;
}

/* Office software turns - and " into signs of its own. */
static bool advise_minus(struct word word, char *hint)
{
    static const char *const minus[] = {"\u2212", "\u2013", "\u2014"};

    for (size_t i = 0; i < sizeof minus / sizeof minus[0]; i++)
        if (begins_with(word, minus[i])) {
            snprintf(hint, HINT_MAX, "the minus sign is the plain -, not %s", minus[i]);
            return true;
        }
    return false;
}

static bool advise_quote(struct word word, char *hint)
{
    static const char *const quotes[] = {"'",      "`",      "\u201C", "\u201D", "\u201E",
                                         "\u2018", "\u2019", "\u00AB", "\u00BB"};

    for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++)
        if (begins_with(word, quotes[i])) {
            snprintf(hint, HINT_MAX, "text stands in plain double quotes: \"text\", not in %s", quotes[i]);
            return true;
        }
    return false;
}

static bool advise_hex(struct word word, char *hint)
{
    const bool is_signed = *word.text == '+' || *word.text == '-';

    if (!is_hex(word.text + is_signed))
        return false;
    snprintf(hint, HINT_MAX, "a hexadecimal number is 0x and digits 0-9, a-f, without a sign");
    return true;
}

static bool advise_long(struct word word, char *hint)
{
    const size_t n = strspn(word.text, "+-0123456789");

    if (n == 0 || n == word.length || strspn(word.text + n, "lL") != word.length - n)
        return false;
    snprintf(hint, HINT_MAX, "a long integer ends in a capital L");
    return true;
}

static bool advise_number(struct word word, char *hint)
{
    if (!begins_number(word.text))
        return false;
    snprintf(hint, HINT_MAX, "a number stands alone, without a unit or a sum; text stands in quotes");
    return true;
}

static bool advise_text(struct word word, char *hint)
{
    char copy[SHOWN_MAX + 1];

    clip_word(copy, sizeof copy, word);
    if (word.length > SHOWN_MAX)
        snprintf(hint, HINT_MAX, "text stands in quotes");
    else
        snprintf(hint, HINT_MAX, "text stands in quotes: \"%s\"", copy);
    return true;
}

/* The first that fits is given; the last always fits. */
static bool (*const advices[])(struct word word, char *hint) = {
    advise_truth, advise_infinite, advise_percent,  advise_fraction, advise_grouped,
    advise_date,  advise_points,   advise_exponent, advise_digit,    advise_hex,
    advise_long,  advise_minus,    advise_quote,    advise_number,   advise_text,
};

static void tell_no_value(struct place place, struct word word, struct diag *diag)
{
    const bool number = begins_number(word.text) || strspn(word.text, "+-.") == word.length;
    char hint[HINT_MAX], copy[SHOWN_MAX + 1];
    size_t i = 0;

    while (!advices[i](word, hint))
        i++;
    clip_word(copy, sizeof copy, word);
    diag_error(diag, place, hint, "%s%s is not a %s", copy, word.length > SHOWN_MAX ? "..." : "",
               number ? "number" : "value");
}

enum literal literal_read(struct place place, const char *word, size_t length, struct diag *diag)
{
    const struct word it = {word, length};
    const enum literal shape = literal_is_bool(word, length) ? LITERAL_BOOL : number_shape(it);

    if (shape == LITERAL_NONE)
        tell_no_value(place, it, diag);
    else if (shape != LITERAL_BOOL)
        check_number(place, it, shape, diag);
    return shape;
}
