/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stored.h - what an earlier run answered, read back from its folder. */
#ifndef FOOTHOLD_STORED_H
#define FOOTHOLD_STORED_H
#include "sim/analysis/answer.h"
#include "sim/plan/plan.h"

/* The answers to a scenario's questions, from summary.json; curves, states and drivers are left out (their counts are 0). NULL
 * where the file does not fit the plan. Ids and texts are the scenario's. Free with answer_free. */
struct answer *stored_answer(const char *folder, const struct plan *plan);
#endif
