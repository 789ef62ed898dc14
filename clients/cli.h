/* SPDX-License-Identifier: EUPL-1.2
 *
 * What every subcommand of `driehoek` has in common: the options that all of
 * them take, usage texts, messages on standard error, exit codes, passphrases.
 * Messages name files, lines, fields and rules; never the value of a field. */
#ifndef CLIENTS_CLI_H
#define CLIENTS_CLI_H

#include "err.h"
#include "driehoek.h"

#include <stdio.h>

enum cli_exit {
    CLI_OK = 0,      /* done, or yes */
    CLI_NO = 1,      /* no, refused, differs */
    CLI_USAGE = 2,   /* the command line is wrong */
    CLI_WAITING = 3, /* unreachable, or still waiting (kept in the outbox) */
    CLI_INVALID = 4, /* input is invalid, or does not verify */
    CLI_LOCAL = 5,   /* this machine: files, memory, terminal */
};

struct cli {
    char path[96];     /* "driehoek ledger list", for messages */
    const char *dir;   /* -C or DRIEHOEK_DIR; NULL: neither */
    const char *via;   /* name of the broker in the directory, or NULL */
    int passphrase_fd; /* -1: none given */
    char **args;       /* what is left after the options */
    size_t args_n;
};

struct cli_command {
    const char *name;
    enum cli_exit (*run)(struct cli *cli, int argc, char **argv);
    const char *description; /* one line for the list of commands */
};
struct cli_group {
    const char *about; /* a paragraph above the list */
    const struct cli_command *commands;
    size_t n;
};
/* Takes common options, then runs the command that the next word names. */
enum cli_exit cli_run_group(
    struct cli *cli, const struct cli_group *group, int argc, char **argv);

enum cli_type {
    CLI_FLAG = 1, /* bool */
    CLI_TEXT,     /* const char * */
    CLI_NUMBER,   /* int64_t, 0 or more */
    CLI_MAYBE,    /* struct cli_maybe; the number may be left out */
    CLI_LIST,     /* struct cli_list; may be given again */
};
enum { CLI_LIST_MAX = 64 };
struct cli_list {
    const char *item[CLI_LIST_MAX];
    size_t n;
};
struct cli_maybe {
    bool given;
    int64_t number; /* its default beforehand */
};
struct cli_option {
    const char *name; /* without the dashes */
    char letter;      /* or 0 */
    enum cli_type type;
    const char *value; /* what stands for the value in the help */
    const char *help;
    void *to; /* see enum cli_type */
};
struct cli_usage {
    const char *synopsis; /* after the command's name */
    const char *about;
    const struct cli_option *options;
    size_t options_n;
    size_t args_min, args_max;
};
/* Reads the options of a command into their places and the rest into
 * CLI->args. False: the command ends with *EXIT (help, or wrong usage). */
bool cli_parse(struct cli *cli, const struct cli_usage *usage, int argc,
    char **argv, enum cli_exit *exit);

/* A sentence on standard error, after the command's name. */
void cli_say(const struct cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for wrong usage: points to --help, returns CLI_USAGE. */
enum cli_exit cli_wrong(const struct cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Prints WHAT and the reason of RC; returns cli_exit_of(RC). */
enum cli_exit cli_fail(
    const struct cli *cli, enum dhk_err rc, const char *what);
enum cli_exit cli_exit_of(enum dhk_err rc);
/* Flushes standard output; CLI_LOCAL with a message when it could not be
 * written (full disk, closed pipe), else EXIT. */
enum cli_exit cli_flushed(const struct cli *cli, enum cli_exit exit);

/* The node directory, or NULL after a message. */
const char *cli_dir(const struct cli *cli);
/* A passphrase in guarded memory, from --passphrase-fd or the terminal; TWICE
 * asks again to be sure. DHK_NOTFOUND: neither is there. The caller ends it
 * with key_secret_destroy(). */
DHK_MUST_USE enum dhk_err cli_passphrase(const struct cli *cli,
    const char *prompt, bool twice, uint8_t **out, size_t *n);
/* One that was asked for; zeros before. */
struct cli_pass {
    uint8_t *text;
    size_t n;
};
void cli_forget(struct cli_pass *pass);
/* Opens the node in DIR; asks for a passphrase when its key file needs one and
 * PASS has none yet. PASS serves again for another broker of that directory;
 * the caller ends it with cli_forget(). What is wrong is in PROBLEM. */
DHK_MUST_USE enum dhk_err cli_open(const struct cli *cli, const char *dir,
    struct cli_pass *pass, struct dhk_node **out, struct dhk_problem *problem);
/* What that means when it is all that a command does. */
enum cli_exit cli_exit_of_open(enum dhk_err rc);
/* The same for the one node that a command works with. Prints what is wrong. */
DHK_MUST_USE enum dhk_err cli_node(
    const struct cli *cli, struct dhk_node **out, enum cli_exit *exit);
/* Says loudly, at every command, that two views of the ledger were shown. */
void cli_warn(const struct cli *cli, const struct dhk_node *node);
/* For dhk_report(); CTX is the struct cli. */
void cli_report(void *ctx, const char *sentence);

/* 0 or more; false when TEXT is not a plain decimal number. */
bool cli_number(int64_t *out, const char *text);

#endif
