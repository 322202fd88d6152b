/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/manual.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/system/memory.h"

enum { LINE = 78 };

/* A word of running text: what roff would take for its own is escaped. Returns its length on the line. */
static int put_piece(const char *word, size_t length, bool at_start)
{
    int n = 0;

    if (at_start && strchr(".'", *word))
        n += printf("\\&");
    for (size_t i = 0; i < length; i++)
        n += printf(word[i] == '\\' ? "\\e" : word[i] == '-' ? "\\-" : "%c", word[i]);
    return n;
}

/* Text as lines of input, none too long; a sentence begins a line. */
static void put_text(const char *text)
{
    int column = 0;
    bool ended = false;

    for (text += strspn(text, " \n"); *text; text += strspn(text, " \n")) {
        const size_t length = strcspn(text, " \n");
        const bool breaks = column + (int)length >= LINE || (ended && isupper((unsigned char)*text));

        if (column && breaks)
            putchar('\n');
        else if (column)
            putchar(' ');
        column = breaks ? 0 : column + (column > 0);
        column += put_piece(text, length, !column);
        ended = strchr(".?!", text[length - 1]) != NULL;
        text += length;
    }
    putchar('\n');
}

/* A word of a usage line as a macro's argument: --vary, FILE, a literal. */
static void put_word(const char *word, size_t length)
{
    if (length > 2 && !strncmp(word, "--", 2))
        printf(" Fl \\-%.*s", (int)(length - 2), word + 2);
    else if (length == 1 && *word == '|')
        fputs(" |", stdout);
    else
        printf(" Ar %.*s", (int)length, word);
}

/* What stands between brackets, or one word outside them. */
static const char *put_part(const char *usage)
{
    const bool optional = *usage == '[';
    const char *end = usage + (optional ? strcspn(usage, "]") : strcspn(usage, " "));

    fputs(optional ? ".Op" : ".", stdout);
    for (const char *word = usage + optional; word < end;) {
        const size_t rest = (size_t)(end - word), length = strcspn(word, " ");

        if (!optional)
            fputs(!strncmp(word, "--", 2) ? "Fl" : "Ar", stdout);
        if (optional)
            put_word(word, length < rest ? length : rest);
        else
            printf(" %s%.*s", !strncmp(word, "--", 2) ? "\\-" : "", (int)rest - (!strncmp(word, "--", 2) ? 2 : 0),
                   word + (!strncmp(word, "--", 2) ? 2 : 0));
        word += (length < rest ? length : rest);
        word += *word == ' ';
    }
    putchar('\n');
    end += optional && *end == ']';
    return end + strspn(end, " ");
}

static void put_synopsis(const struct command *command)
{
    const char *usage = command->usage + strlen("foothold ") + strlen(command->name);

    printf(".Sh SYNOPSIS\n.Nm \"foothold %s\"\n", command->name);
    for (usage += strspn(usage, " "); *usage;)
        usage = put_part(usage);
}

static void put_options(const struct command *command)
{
    fputs(".Bl -tag -width Ds\n", stdout);
    for (const struct option_set *set = command->options; set; set = set->more)
        for (size_t i = 0; i < set->n; i++) {
            const struct option_row *row = &set->row[i];

            printf(".It Fl \\-%s%s%s\n", row->name, row->argument ? " Ar " : "", row->argument ? row->argument : "");
            put_text(row->help);
        }
    fputs(".El\n", stdout);
}

static void put_head(const char *name, const char *summary)
{
    fputs(".Dd " FOOTHOLD_DATE "\n.Dt ", stdout);
    for (const char *c = name; *c; c++)
        putchar(toupper((unsigned char)*c));
    printf(" 1\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", name);
    put_text(summary);
}

static int by_name(const void *a, const void *b)
{
    const struct command *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

/* The other pages, in the order of their names. */
static void put_others(const struct command *but)
{
    const struct command **other = memory_new(command_count, sizeof *other);
    size_t n = 0;

    for (size_t i = 0; i < command_count; i++)
        if (command_list[i] != but)
            other[n++] = command_list[i];
    qsort(other, n, sizeof *other, by_name);
    if (but)
        puts(".Xr foothold 1 ,");
    for (size_t i = 0; i < n; i++)
        printf(".Xr foothold-%s 1%s\n", other[i]->name, i + 1 < n ? " ," : "");
    free(other);
}

static void put_tail(const struct command *but)
{
    puts(".Sh ENVIRONMENT\n.Bl -tag -width OMP_NUM_THREADS\n"
         ".It Ev NO_COLOR\nIf it is set to anything, nothing is shown in colour.\n"
         ".It Ev OMP_NUM_THREADS\nHow many threads play where\n.Fl \\-threads\nis not given.\n.El\n"
         ".Sh EXIT STATUS");
    put_text("0 done; 1 system error (disk, memory); 2 the input is wrong; 129, 130 or 143 stopped by a signal.");
    puts(".Sh SEE ALSO");
    put_others(but);
}

static void print_program(void)
{
    put_head("foothold", "play scenarios about military bases on another state's soil");
    puts(".Sh SYNOPSIS\n.Nm foothold\n.Ar verb\n.Op Ar option ...\n.Op Ar file ...\n"
         ".Sh DESCRIPTION\n"
         "A state keeps bases on another state's soil; something has just changed.\n"
         ".Nm");
    put_text(
        "plays scenarios that analysts write forward by Monte Carlo, and says whether the bases will be kept, kept on "
        "new terms, or lost, when, and what would have to be true for the answer to change.");
    puts(".Pp\nThe verbs:\n.Bl -tag -width completion");
    for (size_t i = 0; i < command_count; i++) {
        printf(".It Cm %s\n", command_list[i]->name);
        put_text(command_list[i]->summary);
    }
    puts(".El\n"
         ".Pp\nEach has a page of its own, and\n.Fl \\-help .\n"
         ".Fl \\-version\nprints the version.");
    put_tail(NULL);
}

void manual_print(const struct command *command)
{
    char name[64];

    if (!command) {
        print_program();
        return;
    }
    snprintf(name, sizeof name, "foothold-%s", command->name);
    put_head(name, command->summary);
    put_synopsis(command);
    puts(".Sh DESCRIPTION");
    put_text(command->detail ? command->detail : command->summary);
    if (command->options) {
        puts(".Pp\nThe options:");
        put_options(command);
    }
    put_tail(command);
}
