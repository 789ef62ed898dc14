/* SPDX-License-Identifier: EUPL-1.2
 *
 * Options and usage texts: every command says in a table what it takes, and
 * that table is both what getopt reads and what --help prints. */
#include "cli.h"

#include <getopt.h>
#include <string.h>

#include "agreement.h"

enum { MAX_OPTIONS = 24, COMMON = 4, FIRST_VAL = 256 };

/* The options as getopt wants them. */
struct table {
    struct cli_option all[MAX_OPTIONS];
    size_t n;
    struct option longs[MAX_OPTIONS + 1];
    char shorts[2 * MAX_OPTIONS + 8];
};

static bool
help_wanted(const struct table *t, int c)
{
    return c == 'h' || (c >= FIRST_VAL && t->all[c - FIRST_VAL].to == NULL);
}

static void
add(struct table *t, const struct cli_option *o)
{
    must(t->n < MAX_OPTIONS);
    int takes = o->type == CLI_FLAG    ? no_argument
                : o->type == CLI_MAYBE ? optional_argument
                                       : required_argument;
    t->longs[t->n] =
        (struct option){o->name, takes, NULL, FIRST_VAL + (int)t->n};
    if (o->letter != 0) {
        size_t at = strlen(t->shorts);
        t->shorts[at++] = o->letter;
        if (takes == required_argument)
            t->shorts[at++] = ':';
        t->shorts[at] = '\0';
    }
    t->all[t->n++] = *o;
}

static void
common(struct table *t, struct cli *cli, int64_t *fd)
{
    const struct cli_option options[COMMON] = {
        {"directory", 'C', CLI_TEXT, "DIR",
            "the node's directory (else DRIEHOEK_DIR)", &cli->dir},
        {"via", 0, CLI_TEXT, "NAME",
            "which of the node's brokers, when it has several", &cli->via},
        {"passphrase-fd", 0, CLI_NUMBER, "N",
            "read the passphrase from this file descriptor", fd},
        {"help", 'h', CLI_FLAG, NULL, "print this and stop", NULL},
    };
    for (size_t i = 0; i < COMMON; i++)
        add(t, &options[i]);
}

static void
print_options(const struct table *t)
{
    puts("\nOptions:");
    for (size_t i = 0; i < t->n; i++) {
        const struct cli_option *o = &t->all[i];
        char left[64];
        char dash[5] = "    ";
        if (o->letter != 0)
            (void)snprintf(dash, sizeof dash, "-%c, ", o->letter);
        (void)snprintf(left, sizeof left, "%s--%s%s%s%s", dash, o->name,
            o->type == CLI_MAYBE ? "[=" : (o->value != NULL ? " " : ""),
            o->value != NULL ? o->value : "", o->type == CLI_MAYBE ? "]" : "");
        printf("  %-28s %s\n", left, o->help);
    }
}

static void
print_usage(
    const struct cli *cli, const struct cli_usage *usage, const struct table *t)
{
    printf("Usage: %s %s\n\n%s\n", cli->path, usage->synopsis, usage->about);
    print_options(t);
}

/* What stands on the command line and is no option of ours. */
static enum cli_exit
unknown(const struct cli *cli, const struct table *t, const char *word)
{
    const char *names[MAX_OPTIONS];
    char typed[64];
    if (word[0] != '-' || word[1] != '-')
        return cli_wrong(
            cli, "there is no option -%c", word[0] == '-' ? word[1] : word[0]);
    for (size_t i = 0; i < t->n; i++)
        names[i] = t->all[i].name;
    (void)snprintf(
        typed, sizeof typed, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    const char *near = agreement_nearest(slice_str(typed), names, t->n);
    if (near != NULL)
        return cli_wrong(
            cli, "there is no option --%s; did you mean --%s?", typed, near);
    return cli_wrong(cli, "there is no option --%s", typed);
}

static enum cli_exit
store(const struct cli *cli, const struct cli_option *o, const char *value)
{
    switch (o->type) {
    case CLI_FLAG:
        *(bool *)o->to = true;
        return CLI_OK;
    case CLI_TEXT:
        *(const char **)o->to = value;
        return CLI_OK;
    case CLI_MAYBE: {
        struct cli_maybe *maybe = o->to;
        maybe->given = true;
        if (value != NULL && !cli_number(&maybe->number, value))
            return cli_wrong(cli, "--%s wants a number", o->name);
        return CLI_OK;
    }
    case CLI_NUMBER:
        if (!cli_number(o->to, value))
            return cli_wrong(cli, "--%s wants a number", o->name);
        return CLI_OK;
    case CLI_LIST: {
        struct cli_list *list = o->to;
        if (list->n == CLI_LIST_MAX)
            return cli_wrong(cli, "too many times --%s", o->name);
        list->item[list->n++] = value;
        return CLI_OK;
    }
    default:
        break;
    }
    return cli_wrong(cli, "--%s cannot be given", o->name);
}

/* "--wait 30" means "--wait=30": getopt alone would take 30 for a file. */
static const char *
number_after(int argc, char **argv)
{
    int64_t number;
    if (optind < argc && cli_number(&number, argv[optind]))
        return argv[optind++];
    return NULL;
}

/* The option that C, a return value of getopt, stands for. */
static const struct cli_option *
option_of(const struct table *t, int c)
{
    if (c >= FIRST_VAL)
        return &t->all[c - FIRST_VAL];
    for (size_t i = 0; i < t->n; i++) {
        if (t->all[i].letter == c)
            return &t->all[i];
    }
    return NULL;
}

/* -1: go on after the options. */
static int
read_options(
    const struct cli *cli, const struct table *t, int argc, char **argv)
{
    opterr = 0;
    optind = 0; /* glibc: start afresh */
    for (;;) {
        int c = getopt_long(argc, argv, t->shorts, t->longs, NULL);
        if (c == -1)
            return -1;
        if (c == '?') {
            char letter[3] = {'-', (char)optopt, '\0'};
            bool is_short = optopt > 0 && optopt < FIRST_VAL;
            return (int)unknown(cli, t, is_short ? letter : argv[optind - 1]);
        }
        if (c == ':')
            return (int)cli_wrong(cli, "%s wants a value", argv[optind - 1]);
        if (help_wanted(t, c))
            return 'h';
        const struct cli_option *o = option_of(t, c);
        must(o != NULL);
        const char *value = optarg;
        if (o->type == CLI_MAYBE && value == NULL)
            value = number_after(argc, argv);
        enum cli_exit exit = store(cli, o, value);
        if (exit != CLI_OK)
            return (int)exit;
    }
}

bool
cli_parse(struct cli *cli, const struct cli_usage *usage, int argc, char **argv,
    enum cli_exit *exit)
{
    struct table t = {.n = 0};
    int64_t fd = cli->passphrase_fd;
    strcpy(t.shorts, ":");
    for (size_t i = 0; i < usage->options_n; i++)
        add(&t, &usage->options[i]);
    common(&t, cli, &fd);
    int rc = read_options(cli, &t, argc, argv);
    if (rc == 'h') {
        print_usage(cli, usage, &t);
        *exit = cli_flushed(cli, CLI_OK);
        return false;
    }
    *exit = CLI_USAGE;
    if (rc != -1)
        return false;
    cli->passphrase_fd = (int)fd;
    cli->args = argv + optind;
    cli->args_n = (size_t)(argc - optind);
    if (cli->args_n < usage->args_min) {
        (void)cli_wrong(
            cli, "something is missing: %s %s", cli->path, usage->synopsis);
        return false;
    }
    if (cli->args_n > usage->args_max) {
        (void)cli_wrong(
            cli, "there is a word too many: '%s'", cli->args[usage->args_max]);
        return false;
    }
    return true;
}

static void
print_commands(const struct cli *cli, const struct cli_group *g)
{
    printf("Usage: %s COMMAND [options]\n\n%s\n\nCommands:\n", cli->path,
        g->about);
    for (size_t i = 0; i < g->n; i++)
        printf("  %-10s %s\n", g->commands[i].name, g->commands[i].description);
    printf("\n%s COMMAND --help tells what a command takes.\n", cli->path);
}

static enum cli_exit
unknown_command(
    const struct cli *cli, const struct cli_group *g, const char *word)
{
    const char *names[MAX_OPTIONS];
    must(g->n <= MAX_OPTIONS);
    for (size_t i = 0; i < g->n; i++)
        names[i] = g->commands[i].name;
    const char *near = agreement_nearest(slice_str(word), names, g->n);
    if (near != NULL)
        return cli_wrong(
            cli, "there is no command '%s'; did you mean '%s'?", word, near);
    return cli_wrong(cli, "there is no command '%s'", word);
}

enum cli_exit
cli_run_group(
    struct cli *cli, const struct cli_group *group, int argc, char **argv)
{
    struct table t = {.n = 0};
    int64_t fd = cli->passphrase_fd;
    strcpy(t.shorts, "+:");
    common(&t, cli, &fd);
    int rc = read_options(cli, &t, argc, argv);
    if (rc == 'h') {
        print_commands(cli, group);
        return cli_flushed(cli, CLI_OK);
    }
    if (rc != -1)
        return CLI_USAGE;
    cli->passphrase_fd = (int)fd;
    if (optind >= argc)
        return cli_wrong(cli, "a command is missing");
    const char *word = argv[optind];
    for (size_t i = 0; i < group->n; i++) {
        const struct cli_command *c = &group->commands[i];
        if (strcmp(c->name, word) != 0)
            continue;
        size_t at = strlen(cli->path);
        (void)snprintf(cli->path + at, sizeof cli->path - at, " %s", word);
        return c->run(cli, argc - optind, argv + optind);
    }
    return unknown_command(cli, group, word);
}
