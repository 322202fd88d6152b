/* why.h - the part of the summary that tells what the answer depends on.
 *
 * The first question in full, the others in a line each. */
#ifndef FOOTHOLD_WHY_H
#define FOOTHOLD_WHY_H
#include "sim/analysis/answer.h"
#include "sim/report/page.h"

/* How the answer differs when a lever or event comes. */
void why_factors(struct page *page, const struct answer *answer);

/* Which uncertain quantities the spread of the answer comes from. */
void why_drivers(struct page *page, const struct answer *answer);

/* How many of the scenario's numbers are stated, read or guessed, and how much hangs on the guesses. */
void why_basis(struct page *page, const struct answer *answer);
#endif
