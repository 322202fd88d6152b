/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hazard - competing risks in continuous time.
 *
 * Each transition of each base is a clock; the first to ring moves the base. Its hazard is the baseline times the base's
 * own ratio, the effects in force, the couplings, a gamma frailty shared by all bases, and exp(pull (B - 50) / 10) with B
 * the balance of the actors' positions, sum(c s x) / sum(c s) (Achen's compromise model).
 * Prentice et al. (1978), The analysis of failure times in the presence of competing risks, Biometrics 34;
 * Putter, Fiocco & Geskus (2007), Tutorial in biostatistics: competing risks and multi-state models, Stat. Med. 26;
 * Achen (2006), Institutional realism and bargaining models, in The European Union Decides. */
#include <math.h>
#include "sim/plan/model.h"
#include "sim/system/portable.h"

static const struct field field[] = {
    {"pull", FIELD_OF_TRANSITION, FIELD_QUANTITY, -INFINITY, INFINITY, 0.0, "per 10 points",
     "how the balance of positions bears on the transition: its ratio is exp(pull (B - 50) / 10)"},
    {"rates", FIELD_OF_BASE, FIELD_BY_TRANSITION, 0.0, INFINITY, 1.0, "ratio", "this base's own ratio on a transition"},
    {"variance", FIELD_OF_DEPENDENCE, FIELD_QUANTITY, 0.0, INFINITY, NAN, "squared ratio",
     "of the gamma frailty, mean 1, that the named transitions of all bases share in a run"},
};

static double balance_ratio(double pull, double points)
{
    return portable_exp(pull * points / 10.0);
}

const struct model model_hazard = {
    .name = "hazard",
    .summary = "each base's transitions compete as clocks; levers and events multiply their hazards",
    .paper = "Prentice et al. 1978; Putter, Fiocco & Geskus 2007",
    .field = field,
    .n_fields = sizeof field / sizeof *field,
    .balance_ratio = balance_ratio,
};
