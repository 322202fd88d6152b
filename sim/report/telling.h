/* SPDX-License-Identifier: GPL-3.0-or-later */
/* telling.h - a history in words: phrases with typed values, for every renderer alike.
 *
 * Phrases live in the document; their text is "" where there is nothing to say. */
#ifndef FOOTHOLD_TELLING_H
#define FOOTHOLD_TELLING_H
#include "sim/analysis/explanation.h"
#include "sim/report/document.h"

/* "2025-03-02": so many months after a scenario's start. */
const char *telling_date(struct arena *arena, const struct scenario *scenario, double month);

/* "comes", "ends" or "moves". */
const char *telling_kind(enum event_kind kind);

/* "khmeimim: LIMBO to NOTICE (notice)", "debt_relief comes", "coastal_violence ends". */
struct phrase telling_what(struct document *document, const struct plan *plan, const struct event *what);

/* "probability of having fired by then: 27 %; hazard 0.012 a month ×1.8: khmeimim lost ×3, debt_relief ×0.6". */
struct phrase telling_why(struct document *document, const struct plan *plan, const struct story_event *event);

/* "sign ×2.1, exit@tartus cannot fire". */
struct phrase telling_changes(struct document *document, const struct plan *plan, const struct story_event *event);

/* What gives a reason: a lever's or an event's id, "khmeimim lost", "the balance of the actors" ... */
struct phrase telling_reason(struct document *document, const struct plan *plan, const struct story_event *event,
                             const struct story_reason *reason);

/* Where a base stands at the horizon: "tartus: LIMBO all along"; and what could have moved it on: "did not occur: exit (31 %
 * probability), sign (12 % probability)". */
struct phrase telling_end(struct document *document, const struct explanation *it, const struct story *story, size_t b);
struct phrase telling_rivals(struct document *document, const struct plan *plan, const struct story_base *base);

/* Where all bases stand: "khmeimim LIMBO, tartus DEAL". state: of each; NULL: at the start. */
struct phrase telling_states(struct document *document, const struct plan *plan, const uint32_t *state);

/* The same of an ending, or of a question "yes" or "no". */
struct phrase telling_ending(struct document *document, const struct explanation *it,
                             const struct typical_ending *ending);

/* "notice@tartus, exit@tartus"; "nothing". */
struct phrase telling_order(struct document *document, const struct plan *plan, const struct typical_order *order);
#endif
