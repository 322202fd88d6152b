/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help - what the verbs do and take. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "sim/command/command.h"
#include "sim/command/manual.h"
#include "sim/report/output.h"
#include "sim/text/diag.h"

struct help_options {
    bool man;
};

static const struct option_row option[] = {
    {"man", NULL, OPTION_FLAG, offsetof(struct help_options, man), "as a manual page, for man and mandoc", NULL},
};
static const struct option_set options_of_help = {option, sizeof option / sizeof *option, 0, NULL};

static void print_overview(void)
{
    puts("foothold plays scenarios about military bases on another state's soil: kept, kept on new terms, or lost, and "
         "when.\n");
    puts("  foothold run scenarios/syria            play every scenario of a folder, write results/, show the answers");
    puts("  foothold check my.cfg                   look a scenario over before running it\n");
    puts("verbs:");
    for (size_t i = 0; i < command_count; i++)
        printf("  %-10s %s\n", command_list[i]->name, command_list[i]->summary);
    puts("\n`foothold help VERB` says more. --version prints the version; NO_COLOR=1 turns colours off.");
    puts("Exit status: 0 done, 1 system error (disk, memory), 2 the input is wrong, 129, 130 or 143 stopped by a "
         "signal.");
}

static void print_option(const struct option_row *row)
{
    char name[64];

    snprintf(name, sizeof name, "--%s%s%s", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
    printf("  %-22s %s\n", name, row->help);
}

static void print_command(const struct command *command)
{
    printf("%s\n\n  %s\n", command->usage, command->summary);
    if (command->options)
        puts("\noptions:");
    for (const struct option_set *set = command->options; set; set = set->more)
        for (size_t i = 0; i < set->n; i++)
            print_option(&set->row[i]);
    if (command->detail)
        printf("\n%s", command->detail);
}

static int run(int argc, char **argv)
{
    struct help_options options = {0};
    struct operands operands;
    const bool good = options_parse("help", &options_of_help, argc, argv, &options, &operands);
    const char *verb = operands.n ? operands.item[0] : NULL;
    const struct command *command = verb ? command_find(verb) : NULL;
    int status = EXIT_INPUT;

    if (good && verb && !command) {
        fputs("foothold help: no such verb: ", stderr);
        diag_put_safe(stderr, verb, strlen(verb));
        fputs("\n  hint: `foothold help` lists them\n", stderr);
    } else if (good) {
        if (options.man)
            manual_print(command);
        else if (command)
            print_command(command);
        else
            print_overview();
        status = EXIT_FINE;
    }
    options_free(&operands, NULL);
    output_check_stdout();
    return status;
}

const struct command command_help = {
    .name = "help",
    .summary = "say what a verb does and which options it takes",
    .usage = "foothold help [options] [VERB]",
    .options = &options_of_help,
    .run = run,
};
