/* SPDX-License-Identifier: GPL-3.0-or-later */
/* telling.h - a story in words, for the terminal and the page alike. Strings live in the arena; ids stand as they are. */
#ifndef FOOTHOLD_TELLING_H
#define FOOTHOLD_TELLING_H
#include "sim/analysis/explanation.h"

/* "2025-03-02": so many months after a scenario's start. */
const char *telling_date(struct arena *arena, const struct scenario *scenario, double month);

/* "khmeimim: LIMBO to NOTICE (notice)", "debt_relief comes", "coastal_violence ends". */
const char *telling_what(struct arena *arena, const struct plan *plan, const struct happening *what);

/* "27 % likely by then; 0.012 a month x1.8: khmeimim lost x3, debt_relief x0.8"; "" where there is nothing to say. */
const char *telling_why(struct arena *arena, const struct plan *plan, const struct story_event *event);

/* "sign x2.1, exit@tartus cannot ring"; "" where it changes nothing. */
const char *telling_changes(struct arena *arena, const struct plan *plan, const struct story_event *event);

/* "tartus: LIMBO from the start on. Not: exit (31 % likely by then), sign (12 %)". */
const char *telling_end(struct arena *arena, const struct explanation *it, const struct story *story, size_t base);

/* Its words, or else its id. */
const char *telling_question(const struct plan_question *question);

/* "khmeimim LIMBO, tartus DEAL", or "yes". */
const char *telling_ending(struct arena *arena, const struct explanation *it, const struct typical_ending *ending);

/* "notice@tartus, exit@tartus"; "nothing". */
const char *telling_order(struct arena *arena, const struct plan *plan, const struct typical_order *order);

/* What gives a reason: a lever's or an event's id, "khmeimim lost", "the balance of the actors" ... */
const char *telling_reason(struct arena *arena, const struct plan *plan, const struct story_event *event,
                           const struct story_reason *reason);

/* "comes", "ends" or "moves". */
const char *telling_kind(enum happening_kind kind);
#endif
