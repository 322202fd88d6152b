/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/json_tree.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/text/diag.h"
#include "sim/system/memory.h"

static json_t *had(json_t *value)
{
    if (!value)
        die("out of memory (writing JSON)");
    return value;
}

void json_tree_put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, had(value)))
        die("out of memory (writing JSON)");
}

void json_tree_append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, had(value)))
        die("out of memory (writing JSON)");
}

json_t *json_tree_object(void)
{
    return had(json_object());
}

json_t *json_tree_array(void)
{
    return had(json_array());
}

json_t *json_tree_number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

json_t *json_tree_count(uint64_t n)
{
    return json_integer((json_int_t)n);
}

/* A command line or a file's name need not be UTF-8. */
static json_t *escaped(const char *bytes)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    json_t *string;

    if (!stream)
        die("out of memory (writing JSON)");
    diag_put_safe(stream, bytes, strlen(bytes));
    if (fclose(stream))
        die("out of memory (writing JSON)");
    string = json_string(text);
    free(text);
    return string;
}

json_t *json_tree_string(const char *text)
{
    json_t *value;

    if (!text)
        return json_null();
    value = json_string(text);
    return value ? value : escaped(text);
}

void json_tree_write(FILE *out, json_t *root)
{
    const size_t flags = JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(17);

    if (json_dumpf(root, out, flags) && !ferror(out))
        die("out of memory (writing JSON)");
    putc('\n', out); /* a failed write stays with the stream: output_commit tells */
    json_decref(root);
}
