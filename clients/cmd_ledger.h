/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to the commands that ask the ledger: what they share. */
#ifndef CLIENTS_CMD_LEDGER_H
#define CLIENTS_CMD_LEDGER_H

#include "cmd.h"

#include "entryview.h"
#include "node.h"
#include "query.h"

struct cmd_ledger {
    struct cli *cli;
    struct dhk_node *node;
    const char *purpose; /* --for */
    int64_t timeout;     /* seconds */
    struct query query;
    /* where accepted entries were read, which tell what their shares
     * withhold; NULL: nowhere */
    struct dhk_query *about;
};

/* The options that every question takes. */
#define CMD_LEDGER_FOR(l)                                                      \
    {                                                                          \
        "for", 0, CLI_TEXT, "PURPOSE",                                         \
            "lawfulness, internal, integrity or court (required)",             \
            &(l)->purpose                                                      \
    }
#define CMD_LEDGER_TIMEOUT(l)                                                  \
    {                                                                          \
        "timeout", 't', CLI_NUMBER, "SECONDS", "wait for the broker (10)",     \
            &(l)->timeout                                                      \
    }

/* What was given with --for; false after a message, a wrong usage. */
bool cmd_ledger_purpose(
    const struct cli *cli, enum query_purpose *out, const char *text);
/* Reads --for, opens the node and connects. False: ends with *EXIT. */
bool cmd_ledger_begin(struct cmd_ledger *l, enum cli_exit *exit);
/* The same without a connection or passphrase. */
bool cmd_ledger_offline(struct cmd_ledger *l, enum cli_exit *exit);
/* The same, which SIGNERS (--signers, or NULL) do without. */
bool cmd_ledger_believe(
    struct cmd_ledger *l, const char *signers, enum cli_exit *exit);
void cmd_ledger_end(struct cmd_ledger *l);
/* Prints what went wrong with a question. */
enum cli_exit cmd_ledger_failed(const struct cmd_ledger *l, enum dhk_err rc,
    const struct dhk_problem *problem);
/* The end of a question about one entry, the first argument. */
enum cli_exit cmd_ledger_one(const struct cmd_ledger *l, enum dhk_err rc,
    const struct dhk_problem *problem);
/* What was given with --case and --outcome, or NULL; false after a message. */
bool cmd_ledger_case(
    const struct cli *cli, uint8_t handle[16], const char *text);
bool cmd_ledger_outcome(const struct cli *cli, const char *text);
/* Agreements that the node has, or fetches when it is connected. */
struct entryview_names cmd_ledger_names(struct cmd_ledger *l);
/* All that an entry says, a line for each thing. */
enum dhk_err cmd_ledger_print(
    struct cmd_ledger *l, uint64_t index, struct slice bytes, bool json);

/* cmd_ledger_*.c */
enum cli_exit cmd_ledger_export(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_ledger_fsck(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_ledger_list(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_ledger_fetch(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_ledger_verify(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_ledger_prove(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_ledger_check(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_ledger_query(struct cli *cli, int argc, char **argv);
/* cmd_ledger_report.c */
enum cli_exit cmd_ledger_report(struct cli *cli, int argc, char **argv);
/* cmd_ledger_heads.c */
enum cli_exit cmd_ledger_head(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_ledger_compare(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_ledger_records(struct cli *cli, int argc, char **argv);

#endif
