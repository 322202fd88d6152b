/* SPDX-License-Identifier: GPL-3.0-or-later */
/* completion - scripts that let bash, zsh and fish complete verbs, options, files, and the paths of scenarios. */
#include <stdio.h>
#include <string.h>
#include "sim/command/command.h"
#include "sim/report/output.h"

enum shell { SHELL_BASH, SHELL_ZSH, SHELL_FISH, N_SHELLS };

static const char *const shell_name[] = {[SHELL_BASH] = "bash", [SHELL_ZSH] = "zsh", [SHELL_FISH] = "fish", NULL};

/* Call something for each option of a verb. */
static void each_option(const struct command *command, void (*call)(const struct command *, const struct option_row *))
{
    for (const struct option_set *set = command->options; set; set = set->more)
        for (size_t i = 0; i < set->n; i++)
            call(command, &set->row[i]);
}

static void put_choices(const struct option_row *row, const char *between)
{
    for (size_t i = 0; row->choices[i]; i++)
        printf("%s%s", i ? between : "", row->choices[i]);
}

/* Inside quotes: no text of ours holds a quote of the kind that is used but these. */
static void put_quoted(const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*text);
    }
}

static bool takes_path(const struct option_row *row)
{
    return row->kind == OPTION_OVERRIDE || row->kind == OPTION_RANGE;
}

/* ---- bash: what comes after an option that takes something, else the options of the verb ---- */

static void bash_value(const struct command *command, const struct option_row *row)
{
    if (!row->argument || row->kind == OPTION_COUNT || row->kind == OPTION_SEED || row->kind == OPTION_POSITIVE)
        return;
    printf("    %s:--%s) ", command->name, row->name);
    if (takes_path(row))
        printf("_foothold_paths%s", row->kind == OPTION_RANGE ? " --numbers" : "");
    else if (row->kind == OPTION_CHOICE) {
        fputs("COMPREPLY=($(compgen -W '", stdout);
        put_choices(row, " ");
        fputs("' -- \"$cur\"))", stdout);
    } else
        fputs("compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")", stdout);
    puts("; return ;;");
}

static void bash_option(const struct command *command, const struct option_row *row)
{
    (void)command;
    printf(" --%s", row->name);
}

static void put_verbs(void)
{
    for (size_t i = 0; i < command_count; i++)
        printf("%s%s", i ? " " : "", command_list[i]->name);
}

static void print_bash(void)
{
    puts("# bash completion for foothold: source it, or put it into share/bash-completion/completions/foothold\n"
         "_foothold_paths() {\n"
         "    local word files=()\n"
         "    for word in \"${COMP_WORDS[@]:2}\"; do [[ $word != -* && -e $word ]] && files+=(\"$word\"); done\n"
         "    ((${#files[@]})) || return\n"
         "    compopt -o nospace 2>/dev/null\n"
         "    COMPREPLY=($(compgen -S = -W \"$(\"${COMP_WORDS[0]}\" paths --names --quiet \"$@\" -- \"${files[@]}\" "
         "2>/dev/null)\" "
         "-- \"$cur\"))\n"
         "}\n"
         "_foothold() {\n"
         "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}\n"
         "    if [[ $cur == = ]]; then cur=; fi\n"
         "    if [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi");
    fputs("    if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W '", stdout);
    put_verbs();
    puts(" --help --version' -- \"$cur\")); return; fi\n    case $verb:$prev in");
    for (size_t i = 0; i < command_count; i++)
        each_option(command_list[i], bash_value);
    fputs("    help:*) COMPREPLY=($(compgen -W '", stdout);
    put_verbs();
    puts("' -- \"$cur\")); return ;;\n"
         "    completion:*) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$cur\")); return ;;\n"
         "    esac\n"
         "    if [[ $cur == -* ]]; then\n"
         "        case $verb in");
    for (size_t i = 0; i < command_count; i++) {
        printf("        %s) COMPREPLY=($(compgen -W '--help", command_list[i]->name);
        each_option(command_list[i], bash_option);
        puts("' -- \"$cur\")) ;;");
    }
    puts("        esac\n"
         "        return\n"
         "    fi\n"
         "    compopt -o filenames 2>/dev/null\n"
         "    mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"\n"
         "        [[ $verb == plot || $verb == baserate ]] || compgen -f -X '!*.cfg' -- \"$cur\"\n"
         "        [[ $verb == score || $verb == baserate ]] && compgen -f -X '!*.csv' -- \"$cur\")\n"
         "}\n"
         "complete -F _foothold foothold");
}

/* ---- zsh ---- */

/* In the description of an option brackets and colons mean something. */
static void zsh_text(const char *text)
{
    for (; *text; text++) {
        if (strchr("[]:\\", *text))
            putchar('\\');
        if (*text == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*text);
    }
}

static void zsh_option(const struct command *command, const struct option_row *row)
{
    (void)command;
    printf("            '%s--%s%s[", takes_path(row) ? "*" : "", row->name, row->argument ? "=" : "");
    zsh_text(row->help);
    putchar(']');
    if (row->argument)
        printf(":%s:", row->argument);
    if (row->kind == OPTION_CHOICE) {
        putchar('(');
        put_choices(row, " ");
        putchar(')');
    } else if (takes_path(row)) {
        fputs(row->kind == OPTION_RANGE ? "_foothold_numbers" : "_foothold_all_paths", stdout);
    } else if (row->kind == OPTION_TEXT) {
        fputs("_files", stdout);
    }
    puts("' \\");
}

static void print_zsh(void)
{
    puts("#compdef foothold\n"
         "# zsh completion for foothold: put it into a folder of $fpath as _foothold\n"
         "_foothold_paths() {\n"
         "    local -a files paths\n"
         "    files=(${(Q)^${words[2,-1]:#-*}}(N))\n"
         "    ((${#files})) || return\n"
         "    paths=(${(f)\"$(\"${COMP_WORDS[0]}\" paths --names --quiet \"$@\" -- $files 2>/dev/null)\"})\n"
         "    compadd -S = -a paths\n"
         "}\n"
         "_foothold_all_paths() { _foothold_paths }\n"
         "_foothold_numbers() { _foothold_paths --numbers }\n"
         "_foothold() {\n"
         "    local -a verbs\n"
         "    if ((CURRENT == 2)); then\n"
         "        verbs=(");
    for (size_t i = 0; i < command_count; i++) {
        printf("            '%s:", command_list[i]->name);
        put_quoted(command_list[i]->summary);
        puts("'");
    }
    puts("        )\n"
         "        _describe verb verbs\n"
         "        return\n"
         "    fi\n"
         "    shift words\n"
         "    ((CURRENT--))\n"
         "    case $words[1] in");
    for (size_t i = 0; i < command_count; i++) {
        printf("    %s)\n        _arguments -S \\\n", command_list[i]->name);
        puts("            '--help[say what it does and which options it takes]' \\");
        each_option(command_list[i], zsh_option);
        if (command_list[i] == &command_help) {
            fputs("            '1:verb:(", stdout);
            put_verbs();
            puts(")' ;;");
        } else if (command_list[i] == &command_completion) {
            puts("            '1:shell:(bash zsh fish)' ;;");
        } else {
            printf("            '*:file:_files -g \"*.(cfg|csv)(-.)\"' ;;\n");
        }
    }
    puts("    esac\n"
         "}\n"
         "_foothold \"$@\"");
}

/* ---- fish ---- */

static void fish_option(const struct command *command, const struct option_row *row)
{
    printf("complete -c foothold -n '__fish_seen_subcommand_from %s' -l %s -d '", command->name, row->name);
    for (const char *text = row->help; *text; text++)
        printf(*text == '\'' ? "\\'" : "%c", *text);
    putchar('\'');
    if (row->kind == OPTION_CHOICE) {
        fputs(" -x -a '", stdout);
        put_choices(row, " ");
        putchar('\'');
    } else if (takes_path(row)) {
        printf(" -x -a '(__foothold_paths%s)'", row->kind == OPTION_RANGE ? " --numbers" : "");
    } else if (row->kind == OPTION_TEXT) {
        fputs(" -r -F", stdout);
    } else if (row->argument) {
        fputs(" -x", stdout);
    }
    putchar('\n');
}

static void print_fish(void)
{
    puts("# fish completion for foothold: put it into a folder of $fish_complete_path as foothold.fish\n"
         "function __foothold_paths\n"
         "    set -l files\n"
         "    for word in (commandline -opc)[3..-1]\n"
         "        string match -q -- '-*' $word; or test -e $word; and set -a files $word\n"
         "    end\n"
         "    test -n \"$files\"; and foothold paths --names --quiet $argv -- $files 2>/dev/null | string replace -r "
         "'$' '='\n"
         "end");
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = command_list[i];

        printf("complete -c foothold -n __fish_use_subcommand -f -a %s -d '", command->name);
        for (const char *text = command->summary; *text; text++)
            printf(*text == '\'' ? "\\'" : "%c", *text);
        puts("'");
        each_option(command, fish_option);
    }
    fputs("complete -c foothold -n '__fish_seen_subcommand_from help' -f -a '", stdout);
    put_verbs();
    puts("'\ncomplete -c foothold -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'");
}

static int run(int argc, char **argv)
{
    static void (*const print[])(void) = {print_bash, print_zsh, print_fish};
    struct operands operands;
    const bool good = options_parse("completion", NULL, argc, argv, NULL, &operands);
    int status = EXIT_INPUT;

    for (int i = 0; good && operands.n == 1 && i < N_SHELLS; i++)
        if (!strcmp(operands.item[0], shell_name[i])) {
            print[i]();
            status = EXIT_FINE;
        }
    if (good && status != EXIT_FINE)
        fputs("foothold completion: for which shell?\n  hint: bash, zsh or fish; for instance eval \"$(foothold "
              "completion bash)\"\n",
              stderr);
    options_free(&operands, NULL);
    output_check_stdout();
    return status;
}

const struct command command_completion = {
    .name = "completion",
    .summary = "print a script that lets bash, zsh or fish complete verbs, options, files and paths",
    .usage = "foothold completion bash|zsh|fish",
    .detail = "`make install` puts them where the shells look. In a bash that is running: eval \"$(foothold completion "
              "bash)\"\n",
    .run = run,
};
