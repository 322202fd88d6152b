/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read.h - reading a tree into typed structs by rows: each key with its reader and where its value goes.
 *
 * Internal to the scenario folder. A reader is given the node, its path and the field to fill; it tells what is wrong and
 * goes on. Unknown keys are told with the nearest known one. */
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
    size_t offset; /* of what is filled, in the object */
};

struct keys { /* a table and the table it builds on */
    const struct key *key;
    size_t n;
    const struct keys *more;
};

/* Fill an object from a group by its keys. */
void read_object(struct reader *reader, const struct node *node, const char *path, const struct keys *keys,
                 void *object);

/* One object of the given size for each member of a group of named groups; each begins with a struct entity. Returns
 * the array, NULL when the group is absent. */
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

/* What R's read.csv or pandas' read_csv would make of a column of this id other than text, as a hint to whoever chose it;
 * NULL: they keep it. */
const char *read_misread_as(const char *id);
const char *read_path(struct reader *reader, const char *path, const char *name);

/* A date YYYY-MM-DD as days since 1970-01-01; false with a diagnostic when it is none. */
bool read_date(struct reader *reader, const struct node *node, const char *path, double *day);

/* The other way round: the date of a day, or of the day in which a moment falls; in the scenario's pool. */
const char *read_date_text(struct reader *reader, double day);

/* A hint for what lies at a month outside what is played: how far that goes, and the horizon that would reach. */
const char *read_reaching_horizon(struct reader *reader, double month);

/* The keys of timing as found, and what they come to together. */
struct timing_nodes {
    const struct node *per_month, *per_year, *chance, *within, *when, *on, *at;
};
void read_timing(struct reader *reader, const struct timing_nodes *nodes, const char *path, struct place place,
                 struct timing *timing);

void read_sections(struct reader *reader);  /* states, actors, bases, clocks ... */
void read_questions(struct reader *reader); /* questions and evidence */
void read_models(struct reader *reader);    /* the model choice and the models' own groups */
#endif
