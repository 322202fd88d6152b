/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages and drawings: nothing from a scenario is more than text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/html.h"
#include "sim/report/render.h"
#include "sim/report/result.h"
#include "sim/report/svg.h"

struct sheet {
    char *text;
    size_t size;
    FILE *out;
};

static struct sheet open_sheet(void)
{
    return (struct sheet){0};
}

static FILE *begin(struct sheet *sheet)
{
    sheet->out = open_memstream(&sheet->text, &sheet->size);
    assert_non_null(sheet->out);
    return sheet->out;
}

static const char *end(struct sheet *sheet)
{
    assert_int_equal(fclose(sheet->out), 0);
    return sheet->text;
}

static void text_is_only_text(void **state)
{
    struct sheet sheet = open_sheet();

    (void)state;
    html_text(begin(&sheet), "<script>alert('1')</script> & \"2\"");
    assert_string_equal(end(&sheet), "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;2&quot;");
    free(sheet.text);
    html_text(begin(&sheet), "a\033[31m\xE2\x80\xAE"
                             "b\xff");
    assert_string_equal(end(&sheet), "a\\x1B[31m\\xE2\\x80\\xAEb\\xFF");
    free(sheet.text);
}

/* Direction, no width, tags; letters, marks on them and pictures are shown. */
static void what_cannot_be_seen_is_shown(void **state)
{
    static const char *const hidden[] = {
        "\xC2\x9B",     "\xC2\xAD",     "\xCD\x8F",     "\xD8\x9C",         "\xE1\xA0\x8E",     "\xE2\x80\x8B",
        "\xE2\x80\x8D", "\xE2\x80\xAA", "\xE2\x81\xA0", "\xE2\x81\xA6",     "\xE2\x81\xAF",     "\xE3\x85\xA4",
        "\xEF\xBB\xBF", "\xEF\xBF\xB9", "\xEF\xBE\xA0", "\xF0\x9D\x85\xB3", "\xF3\xA0\x81\x81", "\x7F"};
    static const char *const shown[] = {"\xC3\xA9",     "e\xCC\x81",        "\xD8\xA7\xD9\x84", "\xE2\x80\xA7",
                                        "\xE2\x81\x9F", "\xEF\xB8\x8F",     "\xEF\xBF\xBD",     "\xE2\x80\x93",
                                        "\xC2\xA0",     "\xF0\x9F\x87\xB8", "\xF4\x8F\xBF\xBF"};

    (void)state;
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        struct sheet sheet = open_sheet();

        html_text(begin(&sheet), hidden[i]);
        assert_int_equal(strlen(end(&sheet)), 4 * strlen(hidden[i]));
        assert_string_equal(strpbrk(sheet.text, "\x80\xC2\xE2") ? "raw" : "", "");
        free(sheet.text);
    }
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        struct sheet sheet = open_sheet();

        html_text(begin(&sheet), shown[i]);
        assert_string_equal(end(&sheet), shown[i]);
        free(sheet.text);
    }
}

static size_t count(const char *text, const char *word)
{
    size_t n = 0;

    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        n++;
    return n;
}

static void pages_forbid_what_they_do_not_need(void **state)
{
    static const char *const head[] = {"A", "B <b>"};
    struct sheet sheet = open_sheet();
    FILE *out = begin(&sheet);
    const char *text;

    (void)state;
    html_begin(out, "</title><script>");
    html_table_begin(out, "c", head, 2, NULL);
    html_row_begin(out, "</th><img src=x>");
    html_cell(out, "n", "1");
    html_row_end(out);
    html_table_end(out);
    html_end(out);
    text = end(&sheet);
    assert_non_null(strstr(text, "default-src 'none'; style-src 'unsafe-inline'"));
    assert_int_equal(count(text, "<script"), 0);
    assert_int_equal(count(text, "<img"), 0);
    assert_int_equal(count(text, "<table"), count(text, "</table>"));
    assert_int_equal(count(text, "<tr"), count(text, "</tr>"));
    assert_int_equal(count(text, "scope=\"row\""), 1);
    free(sheet.text);
}

static void commands_are_quoted_for_a_shell(void **state)
{
    static const char *const argv[] = {"run", "it's <here>.cfg", "--set", "a.b=1"};
    static const struct provenance_scenario scenario = {.id = "here", .sha256 = "c0ffee"};
    const struct provenance provenance = {.argc = 4,
                                          .argv = argv,
                                          .seed = 7,
                                          .seed_chosen = true,
                                          .design = "mc",
                                          .scenario = &scenario,
                                          .n_scenarios = 1};
    struct document document;
    struct sheet sheet = open_sheet();

    (void)state;
    document_begin(&document, "t");
    doc_reproduce(&document, &provenance);
    render_html(begin(&sheet), &document);
    document_free(&document);
    assert_non_null(
        strstr(end(&sheet), "foothold run &#39;it&#39;\\&#39;&#39;s &lt;here&gt;.cfg&#39; --set a.b=1 --seed 7"));
    free(sheet.text);
}

/* Three names at one height are set apart; none leaves the drawing at the bottom. */
static void names_are_moved_apart(void **state)
{
    static const char *const name[] = {"first", "second", "third"};
    static const double y[] = {0.0, 0.0, 0.01};
    struct sheet sheet = open_sheet();
    struct svg svg;
    double last = 1e9;
    const char *at;
    size_t n = 0;

    (void)state;
    svg_begin(&svg, begin(&sheet), "t", 200.0, 100.0, 10.0, 50.0, 10.0, 20.0);
    svg_axes(&svg, 0.0, 1.0, 0.0, 1.0);
    svg_names(&svg, y, name, 3);
    svg_end(&svg, "caption");
    at = end(&sheet);
    while ((at = strstr(at, "<text x=")) != NULL) {
        const double here = strtod(strstr(at, " y=\"") + 4, NULL);

        assert_true(here <= 100.0 - 20.0 + 4.0 && here <= last - 13.9);
        last = here;
        at++;
        n++;
    }
    assert_int_equal(n, 3);
    free(sheet.text);
}

static void names_keep_their_colours(void **state)
{
    static const char *const name[] = {"inss", "column", "ipsc", "suciu", "eutoday", "analyst", "me"};
    static const char *const turned[] = {"me", "analyst", "eutoday", "suciu", "ipsc", "column", "inss"};
    const unsigned none[7] = {0}, third[7] = {0, 0, 0, 0, 0, 0, 3};
    size_t alone, colour[7], again[7];
    unsigned seen = 0;

    (void)state;
    svg_assign(colour, name, none, 7);
    svg_assign(again, turned, none, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(colour[i], again[6 - i]); /* whatever their order */
        seen |= 1u << colour[i];
    }
    assert_int_equal(seen, 127); /* all different */
    svg_assign(&alone, name + 5, none, 1);
    assert_int_equal(alone, colour[5]); /* the first in the alphabet has its own */
    svg_assign(colour, name, third, 7);
    assert_int_equal(colour[6], 2); /* and what is wished comes before all */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_only_text),
        cmocka_unit_test(what_cannot_be_seen_is_shown),
        cmocka_unit_test(pages_forbid_what_they_do_not_need),
        cmocka_unit_test(commands_are_quoted_for_a_shell),
        cmocka_unit_test(names_are_moved_apart),
        cmocka_unit_test(names_keep_their_colours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
