/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fragment_baserate.c - base rates as shared parameters of a scenario that others extend. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/baserate.h"

enum { LONGEST_ID = 64 }; /* bytes, as scenarios have it */

/* What may stand in a comment or in a string of a scenario: bytes of a table could end either. */
static void put_plain(FILE *out, const char *text)
{
    for (; *text; text++)
        putc((unsigned char)*text < 0x20 || *text == 0x7F || *text == '"' || *text == '\\' ? '\'' : *text, out);
}

/* A name as scenarios take it, cut to what an id may be. */
static char *make_id(struct arena *arena, const char *text)
{
    char *id = arena_print(arena, "%s%s", isalpha((unsigned char)*text) ? "" : "x", text);

    for (char *c = id; *c; c++)
        if (!isalnum((unsigned char)*c))
            *c = '_';
    if (strlen(id) > LONGEST_ID)
        id[LONGEST_ID] = '\0';
    return id;
}

const char *baserate_id(struct arena *arena, const char *name, const char *const *taken, size_t n)
{
    const char *id = make_id(arena, name), *out = id;

    for (size_t number = 2, i = 0; i < n; i++)
        if (!strcmp(out, taken[i])) {
            const char *end = arena_print(arena, "_%zu", number++);
            const size_t room = LONGEST_ID - strlen(end), length = strlen(id) < room ? strlen(id) : room;

            out = arena_print(arena, "%.*s%s", (int)length, id, end);
            i = (size_t)-1; /* look through all again */
        }
    return out;
}

static const char *name_of(struct arena *arena, const struct baserate *it, size_t g, const struct baserate_rate *rate,
                           size_t c, bool whole)
{
    const char *group = g ? arena_print(arena, "%s_", it->group[g].name) : "";
    const char *cause = c ? arena_print(arena, "_%s", baserate_cause(it, c)) : "";
    const char *span = whole             ? ""
                       : isinf(rate->to) ? arena_print(arena, "_%g_on", rate->from)
                                         : arena_print(arena, "_%g_%g", rate->from, rate->to);

    return arena_print(arena, "%send%s%s", group, cause, span);
}

static void put_parameter(FILE *out, const struct baserate *it, const struct baserate_origin *origin, const char *id,
                          const struct baserate_rate *rate, size_t g, size_t c)
{
    fprintf(out,
            "  %s = {\n    value = (\"lognormal\", %.4g, %.4g);\n    source = \"%s\"; tag = \"reading\"; group = "
            "\"base_rates\";\n",
            id, rate->p05, rate->p95, origin->id);
    fprintf(out, "    because = \"%g event%s in %.1f years", rate->events, rate->events == 1.0 ? "" : "s",
            rate->exposure / 12.0);
    if (c) {
        fputs(", cause ", out);
        put_plain(out, baserate_cause(it, c));
    }
    if (g) {
        fputs(", ", out);
        put_plain(out, it->group[g].name);
    }
    if (rate->from > 0.0 || !isinf(rate->to))
        fprintf(out, isinf(rate->to) ? ", from month %g on" : ", months %g to %g", rate->from, rate->to);
    fprintf(out, "; exact 95 %% %.3g to %.3g a month\";\n  };\n", rate->limits.low, rate->limits.high);
}

static void put_selection(FILE *out, const struct baserate_origin *origin)
{
    const struct {
        const char *option, *text;
    } said[] = {{"where", origin->request->where},
                {"censor", origin->request->censor},
                {"by", origin->request->by},
                {"until", origin->request->until},
                {"columns", origin->request->columns}};

    fputs("# From ", out);
    put_plain(out, origin->path);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (said[i].text) {
            fprintf(out, "\n#   --%s ", said[i].option);
            put_plain(out, said[i].text);
        }
    fprintf(out, "\n# SHA-256 %s\n", origin->sha256);
}

void baserate_fragment(FILE *out, const struct baserate *it, const struct baserate_origin *origin)
{
    const size_t m = 1 + it->n_causes, per_group = it->n_spans * m;
    const struct baserate_rate *all = &it->group[0].rate[0];
    struct arena arena = {0};
    const char **id = memory_new(it->n_groups * per_group, sizeof *id), *last = NULL;
    size_t n = 0;

    fputs("# Base rates, written by foothold baserate: rates a month at which what is like this ends, as shared "
          "parameters.\n"
          "# Extend this file (extends = \"baserate.cfg\";) and name them where a rate is wanted:\n"
          "#   per_month = \"end\";\n"
          "# Each is a lognormal with the 5 and 95 % of the rate's posterior under Jeffreys' prior. Mind the unit: a "
          "rate of whole\n"
          "# presences is not one of single bases.\n",
          out);
    put_selection(out, origin);
    fprintf(out, "format = 1;\ntitle = \"Base rates\";\n\nsources = {\n  %s = {\n    title = \"Base rates from ",
            origin->id);
    last = strrchr(origin->path, '/');
    put_plain(out, last ? last + 1 : origin->path);
    fprintf(out, ": %g events in %.1f years, %zu hosts\";\n  };\n};\n\nparameters = {\n", all->events,
            all->exposure / 12.0, it->group[0].n_hosts);
    for (size_t g = 0; g < it->n_groups; g++)
        for (size_t span = 0; span < (it->n_spans == 2 ? 1 : it->n_spans);
             span++) /* with two, the second is all time again */
            for (size_t c = 0; c < m; c++) {
                const struct baserate_rate *rate = &it->group[g].rate[span * m + c];

                if (!(rate->exposure > 0.0))
                    continue;
                id[n] = baserate_id(&arena, name_of(&arena, it, g, rate, c, !span), id, n);
                put_parameter(out, it, origin, id[n++], rate, g, c);
            }
    fputs("};\n", out);
    free(id);
    arena_free(&arena);
}
