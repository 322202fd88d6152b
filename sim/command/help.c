/* help - what the verbs do and take. */
#include <stdio.h>
#include <string.h>
#include "sim/command/command.h"
#include "sim/report/output.h"
#include "sim/scenario/diag.h"

static void print_overview(void)
{
    puts("foothold plays scenarios about military bases on another state's soil: kept, kept on new terms, or lost, and "
         "when.\n");
    puts("  foothold run scenarios/syria            play every scenario of a folder, write results/, show the answers");
    puts("  foothold check my.cfg                   look a scenario over before running it\n");
    puts("verbs:");
    for (size_t i = 0; i < command_count; i++)
        printf("  %-8s %s\n", command_list[i]->name, command_list[i]->summary);
    puts("\n`foothold help VERB` says more. --version prints the version; NO_COLOR=1 turns colours off.");
    puts("Exit status: 0 done, 1 the machine failed, 2 the input is wrong, 130 or 143 stopped by a signal.");
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
    const struct command *command = argc > 1 ? command_find(argv[1]) : NULL;

    if (argc > 1 && !command) {
        fputs("foothold help: no such verb: ", stderr);
        diag_put_safe(stderr, argv[1], strlen(argv[1]));
        fputs("\n  hint: `foothold help` lists them\n", stderr);
        return EXIT_INPUT;
    }
    if (command)
        print_command(command);
    else
        print_overview();
    output_check_stdout();
    return EXIT_FINE;
}

const struct command command_help = {
    .name = "help",
    .summary = "say what a verb does and which options it takes",
    .usage = "foothold help [VERB]",
    .run = run,
};
