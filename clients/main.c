/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek: the one command over libdriehoek. Which subcommands there are;
 * what each does is in cmd_<name>.c. */
#include "cmd.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "file.h"
#include "key.h"

enum { HELP_WORDS = 2 };

static enum cli_exit help(struct cli *cli, int argc, char **argv);
static enum cli_exit version(struct cli *cli, int argc, char **argv);

static const struct cli_command commands[] = {
    {"init", cmd_init, "make a node directory for a partner"},
    {"key", cmd_key, "make the identity key and the daily key cards"},
    {"join", cmd_join, "tie the node to a broker"},
    {"kinds", cmd_kinds, "which signals there are, and a template to fill"},
    {"case", cmd_case, "make, find, hold and destroy case handles"},
    {"guest", cmd_guest, "a third party's key for one case, and extracts"},
    {"push", cmd_push, "send signals, after showing who gets what"},
    {"status", cmd_status, "what became of the signals that were sent"},
    {"outbox", cmd_outbox, "signals that have not been sent yet"},
    {"withdraw", cmd_withdraw, "take back a signal that was sent"},
    {"correct", cmd_correct, "send another signal in the place of one"},
    {"receive", cmd_receive, "take in the shares that are for this node"},
    {"ledger", cmd_ledger, "look at the ledger, verify and prove it"},
    {"policy", cmd_policy,
        "ask what an agreement means, before it is signed and after"},
    {"help", help, "print this, or what a command takes"},
    {"version", version, "print the version"},
};
static const struct cli_group driehoek = {
    "Send and receive signals under a signed agreement. Every command takes\n"
    "-C DIR, the node's directory, or DRIEHOEK_DIR in the environment.\n\n"
    "Exit codes: 0 done or yes; 1 no, refused, differs; 2 wrong usage;\n"
    "3 waiting or unreachable; 4 invalid or not verified; 5 local trouble.",
    commands, sizeof commands / sizeof commands[0]};

/* "help ledger verify" is "ledger verify --help". */
static enum cli_exit
help(struct cli *cli, int argc, char **argv)
{
    char *words[HELP_WORDS + 3] = {argv[0]};
    int n = 1;
    for (int i = 1; i < argc && n <= HELP_WORDS; i++)
        words[n++] = argv[i];
    words[n++] = (char[]){"--help"};
    strcpy(cli->path, "driehoek");
    return cli_run_group(cli, &driehoek, n, words);
}

static enum cli_exit
version(struct cli *cli, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    printf("driehoek %s\n", dhk_version());
    return cli_flushed(cli, CLI_OK);
}

/* Names and values are UTF-8, whatever the environment says; only how wide a
 * character is on the screen depends on it. */
static void
set_locale(void)
{
    if (setlocale(LC_CTYPE, "") == NULL ||
        strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
}

int
main(int argc, char **argv)
{
    struct cli cli = {.path = "driehoek", .passphrase_fd = -1};
    file_protect_process();
    (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error to report */
    set_locale();
    if (key_init() != DHK_OK) {
        cli_say(&cli, "no random numbers, or a faulty libsodium");
        return CLI_LOCAL;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return (int)version(&cli, argc, argv);
    return (int)cli_run_group(&cli, &driehoek, argc, argv);
}
