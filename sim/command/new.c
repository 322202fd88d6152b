/* SPDX-License-Identifier: GPL-3.0-or-later */
/* new - write a first scenario, with comments that teach the language. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "sim/command/command.h"
#include "sim/report/output.h"
#include "sim/text/diag.h"
#include "sim/system/memory.h"

/* %s: the day it is written. */
static const char scenario[] =
    "# WHAT IS ASKED, in a sentence or two. Replace this, and every number below: all of it is made up.\n"
    "# `foothold check FILE` tells every mistake with its place, `foothold run FILE` plays it.\n"
    "format  = 1;\n"
    "title   = \"A new scenario\";\n"
    "as_of   = \"%s\";                 # what is known ends here; months count from this day\n"
    "horizon = 24.0;                         # months\n"
    "analyst = { id = \"me\"; name = \"Me\"; };\n"
    "\n"
    "# Where numbers come from. Each may name its `source` and say how: tag = \"stated\", \"reading\" or \"guess\".\n"
    "sources = { report = { title = \"What it is called\"; author = \"Who wrote it\"; date = \"%.4s\"; }; };\n"
    "\n"
    "# Who pulls which way: capability, salience and position from 0 (the guest is out) to 100 (all stays as it was).\n"
    "# A distribution says what is not known: (\"pert\", low, mode, high), (\"uniform\", low, high),\n"
    "# (\"lognormal\", p05, p95), (\"normal\", mean, sd), (\"beta\", mean, sample size) ...\n"
    "actors = {\n"
    "  guest = { role = \"guest\"; capability = (\"pert\", 40, 60, 80); salience = 70; position = 95; };\n"
    "  host  = { role = \"host\";  capability = 50; salience = 85; position = (\"pert\", 20, 40, 60); };\n"
    "};\n"
    "\n"
    "bases = {\n"
    "  airfield = { name = \"The airfield\"; kind = \"air\"; };\n"
    "  port     = { name = \"The port\"; kind = \"naval\"; rates = { exit = 0.9; }; };   # its own ratio on a "
    "transition\n"
    "};\n"
    "\n"
    "# What can become of a base, worst to best for the guest.\n"
    "states = {\n"
    "  WITHDRAWN = { held = false; final = true; };\n"
    "  LIMBO     = { held = true; initial = true; };\n"
    "  DEAL      = { held = true; deal = true; };\n"
    "};\n"
    "\n"
    "# How it goes from one to another: a rate, or a chance within so many months. One clock for each base.\n"
    "# pull: how far the actors' balance speeds it up (above 0: the better for the guest the sooner).\n"
    "transitions = {\n"
    "  exit = { from = \"LIMBO\"; to = \"WITHDRAWN\"; per_month = (\"lognormal\", 0.005, 0.03); pull = -0.2;\n"
    "           source = \"report\"; tag = \"guess\"; because = \"what it rests on\"; };\n"
    "  sign = { from = \"LIMBO\"; to = \"DEAL\"; chance = (\"beta\", 0.4, 12); within = 24.0; pull = 0.15; tag = "
    "\"guess\"; };\n"
    "};\n"
    "\n"
    "# What actors can offer or withhold: the chance that it comes, when if it does, and what it then multiplies.\n"
    "levers = {\n"
    "  debt_relief = { offered_by = \"guest\"; demanded_by = \"host\"; chance = (\"pert\", 0.2, 0.45, 0.7);\n"
    "                  when = (\"pert\", 3, 9, 20); effects = { sign = (\"lognormal\", 1.0, 3.0); exit = 0.9; };\n"
    "                  moves = { host = (\"pert\", 0, 8, 15); }; tag = \"guess\"; };   # points on the host's "
    "position\n"
    "};\n"
    "\n"
    "# What may intervene. lasts: months; recurs: may come again; requires = \"id\": only while that is on.\n"
    "events = {\n"
    "  unrest = { per_month = 0.1; lasts = (\"pert\", 1, 2, 4); recurs = true; effects = { exit = 1.5; }; tag = "
    "\"guess\"; };\n"
    "};\n"
    "\n"
    "# When one base falls the other is in greater danger.\n"
    "couplings = ( { when = \"airfield lost\"; effects = { port = { exit = 3.0; }; }; } );\n"
    "\n"
    "questions = {\n"
    "  both_held = { text = \"Are both bases held a year on?\"; are = \"held\"; month = 12.0; };\n"
    "  any_deal  = { text = \"Is any base on new terms by the end?\"; are = \"DEAL\"; count = \"any\"; month = 24.0; "
    "};\n"
    "  relief    = { text = \"Does debt relief come within a year?\"; happens = \"debt_relief\"; month = 12.0; };\n"
    "};\n";

static void write_to(FILE *out)
{
    const time_t now = time(NULL);
    struct tm tm;
    char day[16] = "2025-01-01";

    if (gmtime_r(&now, &tm))
        (void)strftime(day, sizeof day, "%Y-%m-%d", &tm);
    fprintf(out, scenario, day, day);
}

static int refuse(const char *path, const char *why, const char *hint)
{
    fputs("foothold new: ", stderr);
    diag_put_safe(stderr, path, strlen(path));
    fprintf(stderr, ": %s\n  hint: %s\n", why, hint);
    return EXIT_INPUT;
}

/* Never over something that is there. */
static int write_file(const char *path)
{
    const size_t length = strlen(path);
    int file;
    FILE *out;

    if (length < 5 || strcmp(path + length - 4, ".cfg") != 0 || path[length - 5] == '/')
        return refuse(path, "not usable", "a file whose name ends in .cfg, or - for standard output");
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0)
        return refuse(path, strerror(errno),
                      errno == EEXIST ? "give it another name" : "a file in a folder that is there");
    out = fdopen(file, "w");
    if (!out)
        die("cannot write %s: %s", path, strerror(errno));
    write_to(out);
    if (fflush(out) || ferror(out) || fclose(out)) {
        unlink(path);
        die("cannot write %s: %s", path, strerror(errno));
    }
    fputs("written; next: foothold check ", stderr);
    diag_put_safe(stderr, path, length);
    fputs(" && foothold run ", stderr);
    diag_put_safe(stderr, path, length);
    fputc('\n', stderr);
    return EXIT_FINE;
}

static int run(int argc, char **argv)
{
    struct operands operands;
    const bool good = options_parse("new", NULL, argc, argv, NULL, &operands);
    int status = EXIT_INPUT;

    if (good && operands.n == 1 && !strcmp(operands.item[0], "-")) {
        write_to(stdout);
        status = EXIT_FINE;
    } else if (good && operands.n == 1) {
        status = write_file(operands.item[0]);
    } else if (good) {
        fprintf(stderr, "foothold new: %s\n  hint: foothold new my.cfg\n",
                operands.n ? "one file at a time" : "no file given");
    }
    options_free(&operands, NULL);
    output_check_stdout();
    return status;
}

const struct command command_new = {
    .name = "new",
    .summary = "write a first scenario, with comments that teach the language",
    .usage = "foothold new FILE.cfg",
    .detail = "It checks and runs as it stands; all its numbers are made up. A file that is there is never written "
              "over; - is\n"
              "standard output.\n",
    .run = run,
};
