/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read.h - a tree into typed structs, driven by tables: each row has a key, the function that reads it and the field it fills.
 *
 * Internal to the scenario folder. A read function gets the node, its path and the field; it reports mistakes and leaves the field as it
 * was. Unknown keys are reported with the nearest known one. */
#ifndef FOOTHOLD_READ_H
#define FOOTHOLD_READ_H
#include "sim/text/diag.h"
#include "sim/scenario/scenario.h"

struct reader {
    struct scenario *scenario;
    struct diag *diag;
    const struct model_schema *model;
    size_t n_models;
};

typedef void read_function(struct reader *reader, const struct node *node, const char *path, void *into);

struct key {
    const char *name;
    read_function *read;
    size_t offset; /* of the field in the object */
};

struct keys { /* a table of keys, and another that it adds to (NULL: none) */
    const struct key *key;
    size_t n;
    const struct keys *more;
};

/* Fill an object from a group by its keys. */
void read_object(struct reader *reader, const struct node *node, const char *path, const struct keys *keys,
                 void *object);

/* One object for each member of a section, a group of named groups; size: of an object, which begins with a struct entity. Returns the
 * array of *n objects, NULL when the section is absent. */
void *read_entities(struct reader *reader, const char *section, size_t size, const struct keys *keys, size_t *n);

read_function read_text, read_bool, read_nothing; /* const char *, bool, ignored */
read_function read_number;                        /* double */
read_function read_name, read_names;              /* struct name, struct names: one id, or a list of them */
read_function read_condition;                     /* struct condition */
read_function read_quantity, read_probability;    /* struct quantity; the latter knows verbal probabilities */
read_function read_keyed_quantities;              /* struct keyed_quantities: any names */
read_function read_effects;                       /* struct effects */
read_function read_node;                          /* const struct node *: read later */

/* `source`, `tag`, `because`, `group`, `name`, `text` of every entity. */
extern const struct keys read_entity_keys;

bool read_is_kind(struct reader *reader, const struct node *node, enum node_kind kind, const char *path,
                  const char *wanted);
bool read_check_id(struct reader *reader, const char *id, struct place place, const char *path);

/* A hint that says as what R's read.csv or pandas' read_csv would misread this id; NULL when they read it as text. */
const char *read_misread_as(const char *id);
const char *read_path(struct reader *reader, const char *path, const char *name);

/* Read a date YYYY-MM-DD as days since 1970-01-01; false, with a diagnostic, when it is not a date. */
bool read_date(struct reader *reader, const struct node *node, const char *path, double *day);

/* The date of a day number, or of the day that contains a fractional one; in the scenario's arena. */
const char *read_date_text(struct reader *reader, double day);

/* A hint for a month outside the simulated period: where that ends, and the horizon that would include the month. */
const char *read_reaching_horizon(struct reader *reader, double month);

/* The timing keys of a clock, NULL where absent; read_timing checks the combination and fills in the timing. */
struct timing_nodes {
    const struct node *per_month, *per_year, *chance, *within, *when, *on, *at;
};
void read_timing(struct reader *reader, const struct timing_nodes *nodes, const char *path, struct place place,
                 struct timing *timing);

void read_sections(struct reader *reader);  /* states, actors, bases, clocks ... */
void read_questions(struct reader *reader); /* questions and evidence */
void read_models(struct reader *reader);    /* the model choice and the models' own groups */
#endif
