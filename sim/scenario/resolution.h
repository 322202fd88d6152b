/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolution.h - actual outcomes of the things that scenarios forecast: a file of its own, parsed like a scenario.
 *
 *   format = 1;
 *   resolutions = {
 *     both_held = { outcome = true; date = "2025-12-16"; };                    # of the question of that id, or of `question`
 *     the_port  = { base = "tartus"; state = "LIMBO"; date = "2025-12-16"; };
 *     the_coast = { held = 2; of = ["khmeimim", "tartus"]; date = "2025-12-16"; };
 *   }; */
#ifndef FOOTHOLD_RESOLUTION_H
#define FOOTHOLD_RESOLUTION_H
#include "sim/scenario/scenario.h"

enum resolution_kind { RESOLVED_QUESTION, RESOLVED_STATE, RESOLVED_HELD };

struct resolution {
    struct entity entity;
    enum resolution_kind kind;
    struct name question;
    bool outcome; /* of a question */
    struct name base, state;
    struct names of;
    size_t held;
    double day;        /* since 1970-01-01; NAN: at the question's own date */
    struct place date; /* of the date in the file */
};

struct resolutions {
    struct scenario *file; /* owns everything */
    struct resolution *item;
    size_t n;
};

/* All mistakes go to diag. Free with resolutions_free in any case. */
void resolutions_read(struct resolutions *resolutions, const char *path, struct diag *diag);
void resolutions_free(struct resolutions *resolutions);
#endif
