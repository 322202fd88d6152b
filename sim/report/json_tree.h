/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_tree.h - trees of JSON from numbers and texts that may be anything.
 *
 * jansson tells of failures that a report cannot mend: they end the program. */
#ifndef FOOTHOLD_JSON_TREE_H
#define FOOTHOLD_JSON_TREE_H
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

json_t *json_tree_object(void);
json_t *json_tree_array(void);
json_t *json_tree_number(double x); /* null where it is not finite */
json_t *json_tree_count(uint64_t n);
json_t *json_tree_string(const char *bytes); /* NULL: null. What is not UTF-8 as \\xNN */

/* The value is taken over. */
void json_tree_put(json_t *object, const char *key, json_t *value);
void json_tree_append(json_t *array, json_t *value);

/* Write a tree, doubles in full, and free it. */
void json_tree_write(FILE *out, json_t *root);
#endif
