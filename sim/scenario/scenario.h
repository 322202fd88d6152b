/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario.h - what the analyst wrote, typed and checked, each value with its place.
 *
 * The scenario owns every string; plans and results borrow them. References between entities are still ids here; the plan resolves
 * them. */
#ifndef FOOTHOLD_SCENARIO_H
#define FOOTHOLD_SCENARIO_H
#include <stdbool.h>
#include <stddef.h>
#include "sim/scenario/field.h"
#include "sim/scenario/quantity.h"
#include "sim/text/tree.h"

struct diag;

#define MONTH_DAYS      30.4375
#define SCENARIO_MONTHS 1200.0 /* the longest horizon */
enum { SCENARIO_COLOURS = 7 };

struct name { /* an id as written; text NULL: absent */
    const char *text;
    struct place place;
};

struct names {
    struct name *item;
    size_t n;
};

struct entity { /* the common fields of everything that has an id */
    const char *id;
    const char *label; /* its `name`, or its id */
    const char *text;  /* its `text`, or NULL */
    bool is_group;     /* false: it is not a group, which was reported */
    struct place place;
    struct note note;
};

struct actor {
    struct entity entity;
    const char *role;
    struct quantity capability, salience, position;
};

struct state {
    struct entity entity;
    bool held, final, initial;
    bool held_given;
    bool deal, deal_given; /* new terms signed; when no state says so, held states above the initial ones */
};

struct keyed_quantity { /* ID = quantity */
    struct name key;
    struct quantity quantity;
};

struct keyed_quantities {
    struct keyed_quantity *item;
    size_t n;
};

struct base {
    struct entity entity;
    const char *kind;
    struct name initial;
    struct keyed_quantities rates;
};

struct effect { /* a ratio on a clock: a transition (of every base, or of one), a lever or an event */
    struct name target;
    struct name base;
    struct quantity ratio;
};

struct effects {
    struct effect *item;
    size_t n;
};

struct rate_step {
    double from; /* month */
    struct quantity rate;
};

enum timing_form {
    TIMING_NONE,
    TIMING_RATE,   /* step[0..n_steps), times per_year ? 1/12 : 1 */
    TIMING_WITHIN, /* chance within `within` months, at a constant rate */
    TIMING_WHEN,   /* chance (1 if absent) and a date distribution */
    TIMING_AT,     /* a month */
    TIMING_ON      /* a date, as months after as_of */
};

struct timing {
    enum timing_form form;
    struct place place;
    bool per_year;
    struct rate_step *step;
    size_t n_steps;
    struct quantity chance, within, when, at;
    double on;
};

enum clock_kind { CLOCK_TRANSITION, CLOCK_LEVER, CLOCK_EVENT };

struct clock { /* a transition, a lever or an event: anything that can fire */
    struct entity entity;
    enum clock_kind kind;
    struct timing timing;
    struct names requires;
    /* transitions */
    struct names from;
    struct name to;
    struct quantity pull;
    /* levers and events */
    struct quantity lasts;
    bool recurs;
    struct effects effects, otherwise;
    struct keyed_quantities moves;
};

struct condition { /* "khmeimim lost" */
    struct name base, is;
};

struct coupling {
    struct entity entity;
    struct condition when;
    struct effects effects;
};

struct dependence {
    struct entity entity;
    struct quantity variance;
    struct names on;
};

struct correlation {
    struct name a, b;
    double spearman;
    struct place place;
};

enum { COUNT_ALL = -1, COUNT_ANY = 1 };

struct question {
    struct entity entity;
    struct names bases; /* none: all */
    struct names are;   /* held, lost or states */
    int count;          /* at least so many, or COUNT_ALL */
    struct name happens;
    double month;
};

struct evidence {
    struct entity entity;
    struct names bases, are;
    double month, reliability;
};

struct model_setting { /* a value for one of a model's own fields */
    const char *model;
    const char *path;
    struct place place;
    const struct field *field;
    struct name base;              /* narrowed to it, or absent */
    struct quantity quantity;      /* FIELD_QUANTITY, FIELD_MONTH */
    struct name state;             /* FIELD_STATE */
    struct keyed_quantities keyed; /* FIELD_BY_CLOCK */
};

struct model_choice {
    struct name name;
    double weight;
};

/* The part of a model that reading a scenario needs: its name and fields. */
struct model_schema {
    const char *name;
    const struct field *field;
    size_t n_fields;
};

/* What a file of scenario syntax holds; only a KIND_SCENARIO is interpreted here (resolution.h, batch_file.h have the others). */
enum scenario_kind { KIND_SCENARIO, KIND_RESOLUTIONS, KIND_BATCH };

struct scenario {
    struct arena arena;
    const struct node *root; /* after merging; NULL when there were mistakes of syntax */
    struct node *tree;       /* the same while overrides may still change it; NULL in what scenario_of_tree makes */
    const struct source **file;
    size_t n_files;
    const char *id, *title, *analyst_id;
    double analyst_weight;   /* 0 or more; 1 by default */
    unsigned analyst_colour; /* in plots of several scenarios: 1 to SCENARIO_COLOURS; 0: not given */
    const char *as_of;       /* YYYY-MM-DD */
    double as_of_day;        /* days since 1970-01-01 */
    double horizon;          /* months after as_of */
    bool horizon_is_date;    /* written as one */
    struct place horizon_place;
    bool is_frame; /* a template: it has no as_of, and is to be extended, not run */
    enum scenario_kind kind;
    struct model_choice *model;
    size_t n_models;
    struct actor *actor;
    size_t n_actors;
    struct base *base;
    size_t n_bases;
    struct state *state;
    size_t n_states;
    struct clock *clock; /* transitions, levers, events, in this order */
    size_t n_clocks;
    struct coupling *coupling;
    size_t n_couplings;
    struct dependence *dependence;
    size_t n_dependences;
    struct correlation *correlation;
    size_t n_correlations;
    struct keyed_quantities parameters;
    struct question *question;
    size_t n_questions;
    struct evidence *evidence;
    size_t n_evidence;
    struct model_setting *setting;
    size_t n_settings, setting_capacity;
    struct entity *source;
    size_t n_sources;
};

/* One --set PATH=VALUE. */
struct override {
    const char *path, *value;
    const char *option; /* name in messages; NULL: "--set" */
};

/* What a parsed file holds, by its sections; KIND_SCENARIO also for NULL. */
enum scenario_kind scenario_kind(const struct node *root);

/* Reading in two steps, for a caller that needs to know what a file is before it says how to read it. First parse: a file ("-": standard
 * input) and what it extends, into files, root and kind. Then interpret a KIND_SCENARIO here, or hand a KIND_BATCH to
 * batch_file_interpret; so no file is parsed twice. All mistakes go to diag. Free with scenario_free in any case. */
struct scenario *scenario_parse(const char *path, struct diag *diag);

/* Apply overrides and fill in everything else; path as given to scenario_parse. When diag->n_errors has not grown since before the
 * parse, the scenario is complete (or a template, is_frame). */
void scenario_interpret(struct scenario *scenario, const char *path, const struct override *override,
                        size_t n_overrides, const struct model_schema *model, size_t n_models, struct diag *diag);

/* Both steps. */
struct scenario *scenario_read(const char *path, const struct override *override, size_t n_overrides,
                               const struct model_schema *model, size_t n_models, struct diag *diag);

/* Interpret a tree, which must outlive the scenario; files and id are taken from `like`. */
struct scenario *scenario_of_tree(const struct node *root, const struct scenario *like,
                                  const struct model_schema *model, size_t n_models, struct diag *diag);
void scenario_free(struct scenario *scenario);

/* The scenario after merging, as the text of a scenario file; the caller frees it. canonical: values only, names sorted except
 * states, whose order has a meaning; this text is hashed. Otherwise in the order written, each value with the file and line that set
 * it. */
char *scenario_print(const struct scenario *scenario, bool canonical);

/* The part of the scenario that influences results, in canonical form, without notes and titles; the caller frees it. Scenarios that
 * differ only in names and notes have the same text. */
char *scenario_print_numbers(const struct scenario *scenario);

/* A value as it would be written in a file, on one line and without notes; in the arena. */
const char *scenario_print_value(struct arena *arena, const struct node *node);

/* SHA-256 in lower-case hex, of the canonical text and of a file's bytes. hex: 65 bytes. */
void scenario_sha256(const char *text, size_t size, char *hex);

/* The question with this id; NULL when there is none. */
const struct question *scenario_question(const struct scenario *scenario, const char *id);
bool scenario_has_base(const struct scenario *scenario, const char *id);
#endif
