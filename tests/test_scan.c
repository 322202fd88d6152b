/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <libconfig.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "sim/text/diag.h"
#include "sim/text/scan.h"

/* ---- one text, scanned ---- */

struct trial {
    struct arena arena;
    struct diag diag;
    const struct source *source;
    struct marks marks;
    bool good;
};

static void trial_scan(struct trial *trial, const char *name, const char *text, size_t size)
{
    *trial = (struct trial){0};
    trial->source = source_from_text(&trial->arena, name, text, size);
    trial->good = scan(trial->source, &trial->arena, &trial->marks, &trial->diag);
}

static void trial_free(struct trial *trial)
{
    diag_free(&trial->diag);
    arena_free(&trial->arena);
}

/* What diag_print writes; *text is to be freed. */
static void print(const struct diag *diag, char **text)
{
    size_t size = 0;
    FILE *out = open_memstream(text, &size);

    assert_non_null(out);
    diag_print(diag, out, false);
    assert_int_equal(fclose(out), 0);
}

/* ---- refused texts ---- */

static const struct refusal {
    const char *text;
    unsigned line, column;
    const char *message, *hint; /* fragments; hint may be NULL */
} refusals[] = {
    /* bytes */
    {"a = 1; \x01 b = 2;", 1, 8, "control character", NULL},
    {"a = \"x\x1b[31m\";", 1, 7, "control character", NULL},
    {"a = \"x\xC2\x85\";", 1, 7, "control character", NULL},
    {"a = 1; # \x7F", 1, 10, "control character", NULL},
    {"a = 1;\rb = 2;\n", 1, 7, "carriage return", "LF or CRLF"},
    {"\xEF\xBB\xBF" /* a byte order mark is passed over, and moves no column */
     "a == 1;",
     1, 4, "a second '='", NULL},
    {"\xFF\xFE"
     "a\n",
     1, 1, "UTF-16", "UTF-8"},
    {"a = \"\xFF\";", 1, 6, "not UTF-8", "UTF-8"},
    {"a = \"\xC0\xAF\";", 1, 6, "not UTF-8", NULL},         /* overlong */
    {"a = \"\xE0\x80\xAF\";", 1, 6, "not UTF-8", NULL},     /* overlong */
    {"a = \"\xED\xA0\x80\";", 1, 6, "not UTF-8", NULL},     /* a surrogate */
    {"a = \"\xF4\x90\x80\x80\";", 1, 6, "not UTF-8", NULL}, /* above U+10FFFF */
    {"a = \"\xC3\";", 1, 6, "not UTF-8", NULL},
    /* strings */
    {"a = 1;\nb = \"x;\nc = 2;", 2, 5, "not closed on its line", "joined"},
    {"a = \"x\\\";\nb = 2;\n", 1, 5, "not closed on its line", NULL},
    {"a = (\"x, 0.5);\nb = 2;\n", 1, 6, "not closed on its line", NULL},
    {"g = { a = \"x; };\nb = 2;\n", 1, 11, "not closed on its line", NULL},
    {"a = \"x\\r\";", 1, 7, "control character in a string", "\\n and \\t"},
    {"a = \"x\\f\";", 1, 7, "control character in a string", NULL},
    {"a = \"C:\\dir\";", 1, 8, "unknown escape", "\\\\"},
    {"a = \"x\\x1b\";", 1, 7, "control character in a string", NULL},
    {"a = \"x\\x00\";", 1, 7, "control character in a string", NULL},
    {"a = \"\\xC2\\x85\";", 1, 6, "control character in a string", NULL},
    {"a = \"\\xff\";", 1, 6, "invalid UTF-8", NULL},
    {"a = \"\\xC3\";", 1, 6, "invalid UTF-8", NULL},
    {"a = \"\\x4\";", 1, 6, "unknown escape", NULL},
    {"a = \"He said \"yes\" to it\";", 1, 15, "';' is missing", "\\\""},
    /* comments and includes */
    {"a = 1;\n  /* b = 2;\n}", 2, 3, "comment is never closed", "*/"},
    {"g = { a = 1; /* };", 1, 14, "comment is never closed", NULL},
    {"@include \"/etc/passwd\"\na = 1;", 1, 1, "@include cannot be used", "extends"},
    {"g = {\n  @include \"x\"\n};", 2, 3, "@include cannot be used", "extends"},
    /* numbers */
    {"a = 99999999999;", 1, 5, "99999999999 is too large for an integer of 32 bits", "write it as 9.9999999999e10"},
    {"a = 10000000000;", 1, 5, "32 bits", "write it as 1e10"},
    {"a = 2147483648;", 1, 5, "32 bits", "2.147483648e9"},
    {"a = -2147483649;", 1, 5, "32 bits", "-2.147483649e9"},
    {"a = 0xFFFFFFFF;", 1, 5, "32 bits", "4.294967295e9"},
    {"a = 9223372036854775808L;", 1, 5, "64 bits", "9.223372036854776e18"},
    {"a = 99999999999999999999999;", 1, 5, "32 bits", "1e23"},
    {"a = 0xFFFFFFFFFFFFFFFFL;", 1, 5, "64 bits", NULL},
    {"a = 0.00000000000000000000000000000000000000001;", 1, 5, "43 characters", NULL},
    {"a = .;", 1, 5, ". is not a number", "digit"},
    {"a = -.;", 1, 5, "-. is not a number", "digit"},
    {"a = .e5;", 1, 5, ".e5 is not a ", NULL},
    {"a = 1e400;", 1, 5, "too large for a number", NULL},
    {"a = -1e400;", 1, 5, "too large for a number", NULL},
    {"a = 1e-400;", 1, 5, "too small", NULL},
    {"a = nan;", 1, 5, "nan is not a value", "finite"},
    {"a = -inf;", 1, 5, "-inf is not a value", "finite"},
    {"a = 50%;", 1, 5, "50% is not a number", "write 0.5"},
    {"a = 1/2;", 1, 5, "1/2 is not a number", "write 0.5"},
    {"a = 0,5;", 1, 5, "a comma in a number", "0.5"},
    {"a = 1,000,000;", 1, 5, "a comma in a number", NULL},
    {"a = 1.2.3;", 1, 5, "1.2.3 is not a number", "one decimal point"},
    {"a = 0.3foo;", 1, 5, "0.3foo is not a number", NULL},
    {"a = 1e;", 1, 5, "1e is not a number", "1e6"},
    {"a = 1e+;", 1, 5, "1e+ is not a number", "1e6"},
    {"a = 1_000;", 1, 5, "1_000 is not a number", "write 1000"},
    {"a = -0x10;", 1, 5, "-0x10 is not a number", "without a sign"},
    {"a = 5l;", 1, 5, "5l is not a number", "capital L"},
    {"a = 2024-12-16;", 1, 5, "2024-12-16 is not a number", "\"2024-12-16\""},
    {"a = \u22125;", 1, 5, "is not a value", "minus"},
    /* words */
    {"a = yes;", 1, 5, "yes is not a value", "write true"},
    {"a = Off;", 1, 5, "Off is not a value", "write false"},
    {"a = naval;", 1, 5, "naval is not a value", "\"naval\""},
    {"a = Russia keeps both;\nb = 2;", 1, 5, "Russia is not a value", "quotes"},
    {"a = 'air';", 1, 5, "'air' is not a value", "double quotes"},
    {"a = \u201Cair base\u201D;", 1, 5, "is not a value", "double quotes"},
    {"a = $x;", 1, 5, "$x is not a value", NULL},
    /* separators */
    {"a = 1;;", 1, 7, "';' without a setting", "leave it out"},
    {"a = 5 b = 6;", 1, 6, "';' is missing after the value of a", NULL},
    {"a = 5\nb = 6;", 1, 6, "';' is missing after the value of a", NULL},
    {"g = { a = 1; }\nb = 6;", 1, 15, "';' is missing after the value of g", NULL},
    {"a = 5 6;", 1, 6, "';' is missing after the value of a", "(1, 2, 3)"},
    {"a = (1, 2,);", 1, 10, "',' after the last value", "leave it out"},
    {"a = [1, 2,];", 1, 10, "',' after the last value", "leave it out"},
    {"a = (, 1);", 1, 6, "a value is missing before ','", NULL},
    {"a = (1,, 2);", 1, 8, "a value is missing before ','", NULL},
    {"a = (\"pert\" 1, 2);", 1, 12, "',' is missing", NULL},
    {"a = (1; 2);", 1, 7, "separated by ','", NULL},
    /* settings */
    {"a 5;", 1, 2, "'=' is missing after a", "name = value;"},
    {"a\n= 5; b { c = 1; };", 2, 7, "'=' is missing after b", NULL},
    {"a;", 1, 2, "'=' is missing after a", NULL},
    {"a = ;", 1, 4, "a value is missing", NULL},
    {"a =", 1, 4, "a value is missing", NULL},
    {"a == 5;", 1, 4, "a second '='", NULL},
    {"= 5;", 1, 1, "a name is missing before '='", NULL},
    {"{ a = 1; };", 1, 1, "a name is missing before '{'", NULL},
    {"\"a\": 1;", 1, 1, "a name in quotes", NULL},
    {"1a = 5;", 1, 1, "1a is not a name", "a letter"},
    {"_a = 5;", 1, 1, "_a is not a name", "a letter"},
    {"a.b = 5;", 1, 1, "a.b is not a name", "--set"},
    {"a*b = 5;", 1, 1, "a*b is not a name", NULL},
    {"\u00E4 = 5;", 1, 1, "\u00E4 is not a name", NULL},
    {"true = 5;", 1, 1, "true is a value", NULL},
    {"a1234567890123456789012345678901234567890123456789012345678901234 = 5;", 1, 1, "a name of 65 characters", NULL},
    {"a = 1;\nb = { a = 1; };\na = 2;", 3, 1, "a is set twice in one group, first in line 1", NULL},
    {"g = { b = 1; c = 1; b = 3; };", 1, 21, "b is set twice in one group, first in line 1", NULL},
    /* brackets */
    {"a = (1, 2\nb = 3;", 1, 5, "this '(' is never closed", "line 2"},
    {"a = (1, 2;\nb = 3;", 1, 5, "this '(' is never closed", "line 1"},
    {"a = [1, 2;\nb = 3;", 1, 5, "this '[' is never closed", NULL},
    {"a = (1, (2, 3);\nb = 3;", 1, 5, "this '(' is never closed", NULL},
    {"g = {\n  a = 1;\n", 1, 5, "this '{' is never closed", "'}' is missing"},
    {"g = {\n  a = {\n    b = 1;\n  c = 2;\n};\nd = 1;\n", 1, 5, "this '{' is never closed", "line 2"},
    {"a = (1, 2];", 1, 10, "']' does not close the '(' of line 1, column 5", NULL},
    {"a = (1, 2};\nb = 1;", 1, 10, "'}' does not close the '(' of line 1, column 5", NULL},
    {"a = ({ b = 1; );\nc = 1;", 1, 6, "this '{' is never closed", NULL},
    {"g = { a = 1; );\nb = 1;", 1, 14, "')' does not close the '{' of line 1, column 5", NULL},
    {"a = 1; };\nb = 2;", 1, 8, "'}' closes nothing", NULL},
    {"a = (b = 1);", 1, 6, "a setting in a list", "{ name = value; }"},
    {"a = [(1)];", 1, 6, "'(' in an array", "( )"},
    {"a = [1, 0.5];", 1, 9, "a decimal number after an integer", "write all alike"},
    {"a = [1, 2L];", 1, 9, "a long integer after an integer", NULL},
    {"a = [1, \"x\"];", 1, 9, "a string after an integer", "( )"},
};

static void check_message(const struct refusal *want, const struct trial *trial)
{
    char start[64], *text, *end;

    print(&trial->diag, &text);
    end = strchr(text, '\n');
    snprintf(start, sizeof start, "t.cfg:%u:%u: error: ", want->line, want->column);
    if (trial->diag.n_errors != 1 || strncmp(text, start, strlen(start)) != 0 || !strstr(text, want->message) ||
        strstr(text, want->message) > end || (want->hint && !strstr(end, want->hint)))
        fail_msg("wanted one: %s%s (%s) for:\n%s\ngot:\n%s", start, want->message, want->hint ? want->hint : "-",
                 want->text, text);
    free(text);
}

static void each_mistake_is_told_once_at_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct trial trial;

        trial_scan(&trial, "t.cfg", refusals[i].text, strlen(refusals[i].text));
        assert_false(trial.good);
        check_message(&refusals[i], &trial);
        trial_free(&trial);
    }
}

static void a_nul_byte_is_refused(void **state)
{
    static const char text[] = "a = 1;\nb = \"x\0y\";";
    const struct refusal want = {text, 2, 7, "a NUL byte", "plain text"};
    struct trial trial;

    (void)state;
    trial_scan(&trial, "t.cfg", text, sizeof text - 1);
    check_message(&want, &trial);
    trial_free(&trial);
}

/* ---- limits ---- */

/* Text that is written piece by piece. */
struct text {
    char *byte;
    size_t size, capacity;
};

static void put(struct text *text, const char *piece)
{
    for (; *piece; piece++) {
        text->byte = memory_grow(text->byte, text->size + 1, &text->capacity, 1);
        text->byte[text->size++] = *piece;
    }
    if (text->byte)
        text->byte[text->size] = '\0';
}

static void put_times(struct text *text, const char *piece, size_t n)
{
    while (n-- > 0)
        put(text, piece);
}

static void check_limit(struct text *text, const char *message)
{
    struct trial trial;
    char *told;

    trial_scan(&trial, "t.cfg", text->byte, text->size);
    print(&trial.diag, &told);
    if (!message)
        assert_string_equal(told, "");
    else if (trial.diag.n_errors != 1 || !strstr(told, message))
        fail_msg("wanted one: %s, got %zu:\n%.2000s", message, trial.diag.n_errors, told);
    free(told);
    trial_free(&trial);
    free(text->byte);
    *text = (struct text){0};
}

static void brackets_are_64_deep_at_most(void **state)
{
    struct text text = {0};

    (void)state;
    for (size_t depth = 64; depth <= 65; depth++) {
        put(&text, "a = ");
        put_times(&text, "(", depth);
        put_times(&text, ")", depth);
        put(&text, ";");
        check_limit(&text, depth == 64 ? NULL : "t.cfg:1:69: error: more than 64 brackets");
    }
    put(&text, "a = ");
    put_times(&text, "(", 1000 * 1000);
    check_limit(&text, "t.cfg:1:69: error: more than 64 brackets");
}

static void tokens_are_64_kib_at_most(void **state)
{
    struct text text = {0};

    (void)state;
    put(&text, "a = \"");
    put_times(&text, "x", 65534);
    put(&text, "\";");
    check_limit(&text, NULL);
    put(&text, "a = \"");
    put_times(&text, "x", 65535);
    put(&text, "\";");
    check_limit(&text, "t.cfg:1:5: error: a string longer than 65536 bytes");
    put(&text, "a = 1; #");
    put_times(&text, "x", 65536);
    check_limit(&text, "t.cfg:1:8: error: a comment line longer than 65536 bytes");
}

static void put_group(struct text *text, size_t group, size_t n)
{
    char piece[48];

    snprintf(piece, sizeof piece, "g%zu = {\n", group);
    put(text, piece);
    for (size_t i = 0; i < n; i++) {
        snprintf(piece, sizeof piece, "s%zu = 1;\n", i);
        put(text, piece);
    }
    put(text, "};\n");
}

static void groups_are_of_a_size_libconfig_reads_fast(void **state)
{
    struct text text = {0};

    (void)state;
    put_group(&text, 0, 4096);
    check_limit(&text, NULL);
    put_group(&text, 0, 5000);
    check_limit(&text, "t.cfg:4098:1: error: more than 4096 settings");
    for (size_t i = 0; i < 6; i++)
        put_group(&text, i, 4096);
    check_limit(&text, "too many settings in large groups");
}

/* ---- accepted texts ---- */

static const char *const accepted[] = {
    "",
    "\n",
    "# only a comment",
    "a = 1",
    "a : 1, b = 2;",
    "a = +5; b = -5; c = .5; d = 5.; e = 5.e3; f = 1E-3; g = -.5;",
    "a = 0x7FFFFFFF; b = 0x7FFFFFFFFFFFFFFFL; c = 5L; d = 5LL; e = 007;",
    "a = -2147483648; b = 2147483647; c = -9223372036854775808L;",
    "a = TRUE; b = fAlSe; c = [true, FALSE];",
    "a = (); b = []; c = {};",
    "a = \"x\" \"y\"\n  # between\n  \"z\";",
    "a = \"\\\\ \\\" \\n \\t \\x41 \\xC3\\xA9 \u00E9\";",
    "a = (1, 0.5, \"x\", (true), [1, 2], { b = 1 }); /* c */ // d",
    "a = 1;\r\nb = \"x\"\r\n;\r\n",
    "trueness = 1; no = 2; nan = 3; a-b = 4; a_b = 5; e5 = 6;",
    "a = 0.0; b = 0e-400; c = 1e308; d = 5e-324;",
};

/* ---- agreement with libconfig ---- */

struct walk {
    const struct trial *trial;
    size_t n; /* marks met so far */
};

static bool same_name(const char *name, struct place place)
{
    const char *word;
    size_t size;

    if (!name)
        return place.line == 0;
    word = source_line(place.source, place.line, &size) + place.column - 1;
    return strlen(name) == place.length && memcmp(word, name, place.length) == 0;
}

/* libconfig tells the line of a string in a list only after having read what follows the string. */
static bool same_line(const config_setting_t *setting, const struct mark *mark)
{
    const unsigned line = config_setting_source_line(setting);

    if (mark->name.line)
        return line == mark->name.line;
    return config_setting_type(setting) == CONFIG_TYPE_STRING ? line >= mark->value.line : line == mark->value.line;
}

static bool same_number(const config_setting_t *setting, const struct mark *mark)
{
    size_t size;
    const char *word = source_line(mark->value.source, mark->value.line, &size) + mark->value.column - 1;
    const int base = word[0] == '0' && (word[1] == 'x' || word[1] == 'X') ? 16 : 10;

    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
        return config_setting_get_int(setting) == strtoll(word, NULL, base);
    case CONFIG_TYPE_INT64:
        return config_setting_get_int64(setting) == strtoll(word, NULL, base);
    case CONFIG_TYPE_FLOAT:
        return !(config_setting_get_float(setting) < strtod(word, NULL)) &&
               !(config_setting_get_float(setting) > strtod(word, NULL));
    default:
        return true;
    }
}

static bool agrees_below(struct walk *walk, const config_setting_t *setting)
{
    const struct marks *marks = &walk->trial->marks;

    for (int i = 0; config_setting_is_aggregate(setting) && i < config_setting_length(setting); i++) {
        const config_setting_t *child = config_setting_get_elem(setting, (unsigned)i);
        const struct mark *mark = &marks->mark[walk->n];

        if (walk->n++ >= marks->n || !same_name(config_setting_name(child), mark->name) || !same_line(child, mark) ||
            !same_number(child, mark) || !agrees_below(walk, child))
            return false;
    }
    return true;
}

/* What the scan lets through, libconfig reads, and sees the same. */
static void check_agreement(const struct trial *trial)
{
    struct walk walk = {.trial = trial};
    config_t config;

    config_init(&config);
    if (config_read_string(&config, trial->source->text) != CONFIG_TRUE)
        fail_msg("libconfig refuses line %d: %s\n%s", config_error_line(&config), config_error_text(&config),
                 trial->source->text);
    if (!agrees_below(&walk, config_root_setting(&config)) || walk.n != trial->marks.n)
        fail_msg("libconfig sees other settings, near number %zu of %zu:\n%s", walk.n, trial->marks.n,
                 trial->source->text);
    config_destroy(&config);
}

static void check_accepted(const char *text)
{
    struct trial trial;

    trial_scan(&trial, "t.cfg", text, strlen(text));
    if (!trial.good) {
        char *told;

        print(&trial.diag, &told);

        fail_msg("refused: %s\n%s", text, told);
    }
    check_agreement(&trial);
    trial_free(&trial);
}

static void what_libconfig_reads_rightly_is_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++)
        check_accepted(accepted[i]);
}

static void marks_stand_in_the_order_of_the_text(void **state)
{
    static const char text[] = "a = 1;\ng = {\n  b = (2, \"x\" \"y\");\n};\n";
    static const unsigned want[][4] = {/* line and column of the name, of the value */
                                       {1, 1, 1, 5},
                                       {2, 1, 2, 5},
                                       {3, 3, 3, 7},
                                       {0, 0, 3, 8},
                                       {0, 0, 3, 11}};
    struct trial trial;

    (void)state;
    trial_scan(&trial, "t.cfg", text, sizeof text - 1);
    assert_true(trial.good);
    assert_int_equal(trial.marks.n, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(trial.marks.mark[i].name.line, want[i][0]);
        assert_int_equal(trial.marks.mark[i].name.column, want[i][1]);
        assert_int_equal(trial.marks.mark[i].value.line, want[i][2]);
        assert_int_equal(trial.marks.mark[i].value.column, want[i][3]);
    }
    assert_int_equal(trial.marks.mark[4].value.length, 3);
    trial_free(&trial);
}

/* ---- random texts ---- */

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t below(uint64_t *state, size_t n)
{
    return (size_t)(splitmix(state) % n);
}

#define PICK(state, pieces) ((pieces)[below((state), sizeof(pieces) / sizeof((pieces)[0]))])

static const char *const blanks[] = {"", "", " ", " ", "\n", "\r\n", "\t", " # note\n", " /* a\n b */ ", "// x\n"};
static const char *const integers[] = {"0", "1", "-7", "+3", "010", "0x1F", "2147483647"};
static const char *const floats[] = {"0.5", "-.5", "5.", "1e3", "2.5E-3", "+0.25"};
static const char *const longs[] = {"5L", "9999999999L", "0xFFL", "7LL"};
static const char *const bools[] = {"true", "False", "TRUE"};
static const char *const strings[] = {"\"\"",           "\"pert\"",    "\"a b\"",      "\"\\\"q\\\" \\x41\"",
                                      "\"\u00E9\"",     "\"x\" \"y\"", "\"x\"\n\"y\"", "\"# no comment\"",
                                      "\"/* nor this\""};

static void put_value(struct text *text, uint64_t *state, size_t depth);

static const char *scalar(uint64_t *state, size_t kind)
{
    switch (kind) {
    case 0:
        return PICK(state, integers);
    case 1:
        return PICK(state, floats);
    case 2:
        return PICK(state, longs);
    case 3:
        return PICK(state, bools);
    default:
        return PICK(state, strings);
    }
}

static void put_elements(struct text *text, uint64_t *state, size_t depth, bool array)
{
    const size_t n = below(state, 5), kind = below(state, 5);

    put(text, array ? "[" : "(");
    for (size_t i = 0; i < n; i++) {
        put(text, i ? "," : "");
        put(text, PICK(state, blanks));
        if (array)
            put(text, scalar(state, kind));
        else
            put_value(text, state, depth);
        put(text, PICK(state, blanks));
    }
    put(text, array ? "]" : ")");
}

static void put_settings(struct text *text, uint64_t *state, size_t depth)
{
    static const char *const names[] = {"chance", "rates", "to", "e5", "A-b_", "trueness", "per_month"};
    const size_t n = below(state, 6);
    char number[24];

    for (size_t i = 0; i < n; i++) {
        put(text, PICK(state, blanks));
        put(text, PICK(state, names));
        snprintf(number, sizeof number, "%zu", i);
        put(text, number);
        put(text, PICK(state, blanks));
        put(text, below(state, 4) ? "=" : ":");
        put(text, PICK(state, blanks));
        put_value(text, state, depth);
        put(text, PICK(state, blanks));
        if (i + 1 < n || below(state, 3))
            put(text, below(state, 4) ? ";" : ",");
    }
    put(text, PICK(state, blanks));
}

static void put_value(struct text *text, uint64_t *state, size_t depth)
{
    const size_t kind = below(state, depth ? 9 : 6);

    if (kind < 5) {
        put(text, scalar(state, kind));
    } else if (kind == 6) {
        put(text, "{");
        put_settings(text, state, depth - 1);
        put(text, "}");
    } else {
        put_elements(text, state, depth ? depth - 1 : 0, kind < 7 || depth == 0);
    }
}

static void random_text(struct text *text, uint64_t *state)
{
    text->size = 0;
    put(text, "\n");
    put_settings(text, state, 3);
}

/* Change, remove, double or insert a few bytes. */
static void mutate(struct text *text, uint64_t *state)
{
    static const char bytes[] = "=:;,(){}[]\"\\/*#@.-+eExL0159aT \n\r\t%_\x80\xC3\x01";

    for (size_t n = 1 + below(state, 3); n > 0 && text->size > 0; n--) {
        const size_t at = below(state, text->size);
        const char byte = bytes[below(state, sizeof bytes - 1)];

        switch (below(state, 3)) {
        case 0:
            text->byte[at] = byte;
            break;
        case 1:
            memmove(text->byte + at, text->byte + at + 1, text->size - at);
            text->size--;
            break;
        default:
            put(text, " ");
            memmove(text->byte + at + 1, text->byte + at, text->size - at - 1);
            text->byte[at] = byte;
        }
    }
}

enum { N_RANDOM = 20000 };

static void random_scenarios_are_accepted_and_read_alike(void **state)
{
    struct text text = {0};

    (void)state;
    for (uint64_t i = 0; i < N_RANDOM; i++) {
        uint64_t seed = i;

        random_text(&text, &seed);
        check_accepted(text.byte);
    }
    free(text.byte);
}

static void damaged_scenarios_are_refused_or_read_alike(void **state)
{
    struct text text = {0};
    size_t n_good = 0;

    (void)state;
    for (uint64_t i = 0; i < N_RANDOM; i++) {
        uint64_t seed = ~i;
        struct trial trial;

        random_text(&text, &seed);
        mutate(&text, &seed);
        trial_scan(&trial, "t.cfg", text.byte, text.size);
        assert_true(trial.good == (trial.diag.n_errors == 0));
        if (trial.good)
            check_agreement(&trial);
        n_good += trial.good;
        trial_free(&trial);
    }
    assert_in_range(n_good, N_RANDOM / 20, N_RANDOM / 2);
    free(text.byte);
}

/* ---- cases as files: NAME.cfg and the NAME.expected that it prints ---- */

static const char folder[] = "tests/cases/scan/";

static char *read_whole(const char *path, size_t *size)
{
    struct text text = {0};
    FILE *file = fopen(path, "rb");
    int c;

    if (!file)
        fail_msg("%s is missing", path);
    while ((c = getc(file)) != EOF) {
        text.byte = memory_grow(text.byte, text.size + 1, &text.capacity, 1);
        text.byte[text.size++] = (char)c;
    }
    fclose(file);
    put(&text, "\n"); /* ends the text with a NUL */
    text.byte[--text.size] = '\0';
    *size = text.size;
    return text.byte;
}

static void check_case(const char *name)
{
    char path[512];
    size_t size, unused;
    struct trial trial;
    char *text, *want, *got;

    snprintf(path, sizeof path, "%s%s", folder, name);
    text = read_whole(path, &size);
    snprintf(path, sizeof path, "%s%.*s.expected", folder, (int)(strlen(name) - 4), name);
    want = read_whole(path, &unused);
    trial_scan(&trial, name, text, size);
    print(&trial.diag, &got);
    if (strcmp(got, want) != 0)
        fail_msg("%s%s tells:\n%s\nnot:\n%s", folder, name, got, want);
    trial_free(&trial);
    free(text);
    free(want);
    free(got);
}

static void the_case_files_are_told_as_expected(void **state)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    size_t n = 0;

    (void)state;
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        const char *end = strrchr(entry->d_name, '.');

        if (end && strcmp(end, ".cfg") == 0) {
            check_case(entry->d_name);
            n++;
        }
    }
    closedir(dir);
    assert_true(n > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_told_once_at_its_place),
        cmocka_unit_test(a_nul_byte_is_refused),
        cmocka_unit_test(brackets_are_64_deep_at_most),
        cmocka_unit_test(tokens_are_64_kib_at_most),
        cmocka_unit_test(groups_are_of_a_size_libconfig_reads_fast),
        cmocka_unit_test(what_libconfig_reads_rightly_is_accepted),
        cmocka_unit_test(marks_stand_in_the_order_of_the_text),
        cmocka_unit_test(random_scenarios_are_accepted_and_read_alike),
        cmocka_unit_test(damaged_scenarios_are_refused_or_read_alike),
        cmocka_unit_test(the_case_files_are_told_as_expected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
