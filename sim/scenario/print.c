/* SPDX-License-Identifier: GPL-3.0-or-later */
/* print.c - the scenario after merging, as text that is itself a scenario file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/scenario/scenario.h"

struct printer {
    FILE *out;
    bool canonical;
};

static void put_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else if (*text == '\n')
            fputs("\\n", out);
        else if (*text == '\t')
            fputs("\\t", out);
        else
            fputc(*text, out);
    }
    fputc('"', out);
}

/* The fewest digits that read back as the same number; with a point or an exponent where the number was written with one. */
static void put_number(FILE *out, const struct node *node)
{
    char digits[40];
    int precision = 15;

    if (node->integer && node->number >= -2147483648.0 && node->number <= 2147483647.0) {
        fprintf(out, "%.0f", node->number);
        return;
    }
    do
        snprintf(digits, sizeof digits, "%.*g", precision, node->number);
    while (strtod(digits, NULL) != node->number && precision++ < 17);
    fprintf(out, "%s%s", digits, strpbrk(digits, ".e") ? "" : ".0");
}

static int by_name(const void *a, const void *b)
{
    const struct node *const *left = a, *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

static void put_value(const struct printer *printer, const struct node *node, int depth);

static void put_place(const struct printer *printer, const struct node *node)
{
    if (!printer->canonical && node->at.source)
        fprintf(printer->out, "  # %s:%u", node->at.source->name, node->at.line);
    fputc('\n', printer->out);
}

static void put_settings(const struct printer *printer, const struct node *group, int depth, bool sorted)
{
    struct node **child = memory_new(group->n, sizeof *child);

    if (group->n)
        memcpy(child, group->child, group->n * sizeof *child);
    if (sorted)
        qsort(child, group->n, sizeof *child, by_name);
    for (size_t i = 0; i < group->n; i++) {
        /* states are ordered from worst to best, so they are not sorted */
        const bool ordered = depth == 0 && !strcmp(child[i]->name, "states");

        if (depth == 0 && !strcmp(child[i]->name, "extends"))
            continue;
        fprintf(printer->out, "%*s%s = ", 2 * depth, "", child[i]->name);
        if (child[i]->kind == NODE_GROUP) {
            fputs("{\n", printer->out);
            put_settings(printer, child[i], depth + 1, printer->canonical && !ordered);
            fprintf(printer->out, "%*s};\n", 2 * depth, "");
        } else {
            put_value(printer, child[i], depth);
            fputc(';', printer->out);
            put_place(printer, child[i]);
        }
    }
    free(child);
}

static void put_value(const struct printer *printer, const struct node *node, int depth)
{
    switch (node->kind) {
    case NODE_NUMBER:
        put_number(printer->out, node);
        break;
    case NODE_BOOL:
        fputs(node->truth ? "true" : "false", printer->out);
        break;
    case NODE_STRING:
        put_string(printer->out, node->text);
        break;
    case NODE_LIST:
        fputc('(', printer->out);
        for (size_t i = 0; i < node->n; i++) {
            if (i)
                fputs(", ", printer->out);
            put_value(printer, node->child[i], depth + 1);
        }
        fputc(')', printer->out);
        break;
    case NODE_GROUP:
        fputs("{\n", printer->out);
        put_settings(printer, node, depth + 1, printer->canonical);
        fprintf(printer->out, "%*s}", 2 * depth, "");
    }
}

static bool is_head(const struct node *node)
{
    static const char *const key[] = {"format", "id", "title", "extends", "analyst", "sources"};

    for (size_t i = 0; i < sizeof key / sizeof *key; i++)
        if (!strcmp(node->name, key[i]))
            return true;
    return false;
}

static void put_inline(FILE *out, const struct node *node)
{
    const struct node *value = node->kind == NODE_GROUP ? tree_get(node, "value") : NULL;
    const char *between = "";

    if (value) {
        put_inline(out, value);
    } else if (node->kind == NODE_NUMBER) {
        put_number(out, node);
    } else if (node->kind == NODE_BOOL) {
        fputs(node->truth ? "true" : "false", out);
    } else if (node->kind == NODE_STRING) {
        put_string(out, node->text);
    } else if (node->kind == NODE_LIST) {
        fputc('(', out);
        for (size_t i = 0; i < node->n; i++, between = ", ") {
            fputs(between, out);
            put_inline(out, node->child[i]);
        }
        fputc(')', out);
    } else {
        fputs("{ ", out);
        for (size_t i = 0; i < node->n; i++)
            if (!tree_is_note(node->child[i])) {
                fprintf(out, "%s = ", node->child[i]->name);
                put_inline(out, node->child[i]);
                fputs("; ", out);
            }
        fputc('}', out);
    }
}

/* The members of a group by name, except states, which are ordered from worst to best. */
static void put_numbers(FILE *out, const struct node *group, int depth)
{
    struct node **child = memory_new(group->n, sizeof *child);

    if (group->n)
        memcpy(child, group->child, group->n * sizeof *child);
    if (group->n && !(depth == 1 && !strcmp(group->name, "states")))
        qsort(child, group->n, sizeof *child, by_name);
    for (size_t i = 0; i < group->n; i++) {
        if (tree_is_note(child[i]) || (depth == 0 && is_head(child[i])))
            continue;
        fprintf(out, "%s=", child[i]->name);
        if (child[i]->kind == NODE_GROUP && !tree_get(child[i], "value")) {
            fputc('{', out);
            put_numbers(out, child[i], depth + 1);
            fputc('}', out);
        } else {
            put_inline(out, child[i]);
        }
        fputc(';', out);
    }
    free(child);
}

char *scenario_print_numbers(const struct scenario *scenario)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        die("out of memory");
    put_numbers(out, scenario->root, 0);
    if (fclose(out))
        die("out of memory");
    return text;
}

const char *scenario_print_value(struct arena *arena, const struct node *node)
{
    char *text = NULL;
    size_t size = 0;
    const char *kept;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        die("out of memory");
    put_inline(out, node);
    if (fclose(out))
        die("out of memory");
    kept = arena_copy(arena, text, size);
    free(text);
    return kept;
}

char *scenario_print(const struct scenario *scenario, bool canonical)
{
    char *text = NULL;
    size_t size = 0;
    struct printer printer = {open_memstream(&text, &size), canonical};

    if (!printer.out)
        die("out of memory");
    put_settings(&printer, scenario->root, 0, canonical);
    if (fclose(printer.out))
        die("out of memory");
    return text;
}
