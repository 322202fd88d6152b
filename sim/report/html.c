/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/html.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "sim/text/diag.h"
#include "sim/system/memory.h"

static const char style[] =
    ":root{color-scheme:light}"
    "body{font:16px/1.5 Georgia,'Times New Roman',serif;color:#1a1a1a;background:#fff;max-width:54rem;margin:2rem auto;"
    "padding:0 1rem}"
    "h1{font-size:1.6rem;line-height:1.25;margin:0 0 .3rem}h2{font-size:1.2rem;margin:2rem 0 .4rem}"
    "p{margin:.4rem 0}.lead{font-size:1.2rem}.dim{color:#555}.strong{font-weight:bold}"
    "table{border-collapse:collapse;margin:.6rem 0;font-size:.92rem;width:100%}"
    "caption{text-align:left;color:#555;padding-bottom:.2rem}"
    "th,td{padding:.2rem .6rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}"
    "thead th{border-bottom:2px solid #1a1a1a}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "th{font-weight:normal}thead th{font-weight:bold}th:first-child{min-width:11rem}td:not(.n){min-width:7rem}"
    "td,th{overflow-wrap:break-word}"
    "figure{margin:1rem 0;overflow-x:auto}figcaption{color:#555;font-size:.92rem}"
    "svg{max-width:100%;min-width:36rem;height:auto;display:block}"
    "svg text{font:12px Arial,Helvetica,sans-serif;fill:#1a1a1a}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f4;padding:.6rem;font-size:.85rem}"
    ".wide{overflow-x:auto}.bar{display:inline-block;height:.7em;background:#56B4E9}"
    "@media (max-width:40rem){th:first-child{min-width:6rem}}"
    "@media "
    "print{body{max-width:none;margin:0;font-size:11pt}.wide{overflow:visible}.wide table{font-size:.75em}"
    "figure,table,tr{break-inside:avoid}h2{break-after:avoid}}";

/* Control bytes, direction marks and invalid UTF-8 made visible. */
static char *visible(const char *text)
{
    char *safe = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&safe, &size);

    if (!stream)
        die("out of memory");
    diag_put_safe(stream, text, strlen(text));
    if (fclose(stream))
        die("out of memory");
    return safe;
}

void html_text(FILE *out, const char *text)
{
    char *safe = visible(text);

    for (const char *c = safe; *c; c++)
        switch (*c) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            putc(*c, out);
        }
    free(safe);
}

void html_begin(FILE *out, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<title>",
          out);
    html_text(out, title);
    fprintf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n<h1>", style);
    html_text(out, title);
    fputs("</h1>\n", out);
}

void html_end(FILE *out)
{
    fputs("</main>\n</body>\n</html>\n", out);
}

void html_heading(FILE *out, const char *text)
{
    fputs("<h2>", out);
    html_text(out, text);
    fputs("</h2>\n", out);
}

static void element(FILE *out, const char *name, const char *class, const char *text)
{
    fprintf(out, class ? "<%s class=\"%s\">" : "<%s>", name, class);
    html_text(out, text);
    fprintf(out, "</%s>\n", name);
}

void html_paragraph(FILE *out, const char *class, const char *text)
{
    element(out, "p", class, text);
}

/* html_text would show a line's end as a byte. */
void html_verbatim(FILE *out, const char *text)
{
    struct arena arena = {0};

    fputs("<pre>", out);
    while (*text) {
        const size_t size = strcspn(text, "\n");

        html_text(out, arena_copy(&arena, text, size));
        text += size;
        if (*text++ == '\n')
            putc('\n', out);
        else
            break;
    }
    fputs("</pre>\n", out);
    arena_free(&arena);
}

void html_table_begin(FILE *out, const char *caption, const char *const *head, size_t n, const char *kinds)
{
    fputs("<div class=\"wide\"><table>\n", out);
    if (*caption)
        element(out, "caption", NULL, caption);
    fputs("<thead><tr>", out);
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "<th scope=\"col\"%s>", (kinds ? kinds[i] == 'n' : i > 0) ? " class=\"n\"" : "");
        html_text(out, head[i]);
        fputs("</th>", out);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
}

void html_row_begin(FILE *out, const char *head)
{
    fputs("<tr><th scope=\"row\">", out);
    html_text(out, head);
    fputs("</th>", out);
}

void html_cell(FILE *out, const char *class, const char *text)
{
    element(out, "td", class, text);
}

void html_link(FILE *out, const char *path, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";

    if (!path) {
        html_cell(out, NULL, "");
        return;
    }
    fputs("<td><a href=\"", out);
    for (; *path; path++)
        fprintf(out, strchr(plain, *path) ? "%c" : "%%%02X", (unsigned char)*path);
    fputs("\">", out);
    html_text(out, text);
    fputs("</a></td>\n", out);
}

void html_row_end(FILE *out)
{
    fputs("</tr>\n", out);
}

void html_table_end(FILE *out)
{
    fputs("</tbody></table></div>\n", out);
}
