/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to the commands about cases. */
#ifndef CLIENTS_CMD_CASE_H
#define CLIENTS_CMD_CASE_H

#include "cmd.h"
#include "json.h"
#include "query.h"

/* What every command about the course of cases has. */
struct case_run {
    struct cli *cli;
    struct dhk_node *node;
    int64_t timeout; /* seconds */
    bool json, offline;
    bool reached;    /* the broker; else what was seen last counts */
    bool fresh;      /* wants what became of signals that were sent, too */
    char handle[33]; /* by cmd_case_handle() */
    /* for which a closed case's label is shown, see shield.h */
    enum query_purpose lifted;
};
enum { CASE_TIMEOUT = 5 };
#define CASE_OPTIONS(r)                                                        \
    {"timeout", 't', CLI_NUMBER, "SECONDS", "wait for the broker (5)",         \
        &(r)->timeout},                                                        \
        {"offline", 0, CLI_FLAG, NULL,                                         \
            "do not connect: by what was seen last", &(r)->offline},           \
    {                                                                          \
        "json", 'j', CLI_FLAG, NULL, "as JSON", &(r)->json                     \
    }

/* Connects NODE for cases, or for questions to the ledger (MODES), and first
 * takes what the broker has to tell of signals that were sent; where another
 * process works with the outbox, that does. Errors as dhk_connect(). */
DHK_MUST_USE enum dhk_err cmd_case_connect(struct dhk_node *node,
    unsigned modes, int timeout_ms, struct dhk_problem *problem);
/* Opens the node, tells what the broker refused since, and connects. Not
 * reachable: says so and goes on, with r->reached false. */
enum cli_exit cmd_case_begin(struct case_run *r);
/* Closes all; EXIT, or CLI_LOCAL. */
enum cli_exit cmd_case_end(struct case_run *r, enum cli_exit exit);
/* The handle that TEXT is: 32 hex digits, or the first of one that is known
 * here, 6 at least. Into r->handle. */
enum cli_exit cmd_case_handle(struct case_run *r, const char *text);
/* Brings r->handle, or (ALL) every case, up to date. */
enum cli_exit cmd_case_ask(struct case_run *r, bool all);
/* The command whose first argument is a handle: begins, brings that case up to
 * date, has SHOW show it, and ends. */
enum cli_exit cmd_case_look(
    struct case_run *r, enum cli_exit (*show)(struct case_run *r));
/* PROBLEM, or what RC means; the exit code for it. */
enum cli_exit cmd_case_failed(const struct case_run *r, enum dhk_err rc,
    const struct dhk_problem *problem);
/* The id of a signal: 64 hex digits, or the number in the outbox. */
enum cli_exit cmd_case_signal(
    const struct case_run *r, char id[65], const char *text);
/* The case, id and a share of a signal that this node sent: TEXT is the ledger
 * entry of a share of it, or its id. */
enum cli_exit cmd_case_sent(const struct case_run *r, const char *text,
    uint64_t *index, char handle[33], char id[65]);
/* The id of a third party's one-case card: TEXT is its file, or the id. */
enum cli_exit cmd_case_card(
    const struct case_run *r, char id[65], const char *text);
/* A share that waits for this partner's approval. */
enum cli_exit cmd_case_waits(
    const struct case_run *r, uint64_t index, char handle[33]);
/* Opens the node for its labels, which need its store key only and not the
 * card's secrets. Says what went wrong, with *EXIT. */
DHK_MUST_USE enum dhk_err cmd_case_labels(
    const struct cli *cli, struct dhk_node **out, enum cli_exit *exit);
enum { CMD_CASE_LINE = 1026 }; /* of a text to look for, with its end */
/* WORD, or for "-" the first line of standard input, as whoever may list
 * processes sees arguments. NULL after a message. The caller wipes LINE. */
const char *cmd_case_line(
    const struct cli *cli, char line[CMD_CASE_LINE], const char *word);
/* Its label, or "". False: it is shielded. */
bool cmd_case_label(
    const struct case_run *r, const char *handle, char *label, size_t cap);

/* States ACT and tells what became of it; *TAKEN: it is on the ledger. */
enum cli_exit cmd_case_state(
    struct case_run *r, const struct dhk_act *act, bool *taken);

/* cmd_case_act.c: every command that states one act */
enum cli_exit cmd_case_act(struct cli *cli, int argc, char **argv);
/* cmd_case_steps.c */
enum cli_exit cmd_case_open(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_case_invite(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_case_sign(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_case_waiting(struct cli *cli, int argc, char **argv);
/* cmd_case_find.c, cmd_case_list.c, cmd_case_show.c, cmd_case_timeline.c */
enum cli_exit cmd_case_find(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_case_list(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_case_show(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_case_timeline(struct cli *cli, int argc, char **argv);
/* cmd_case_end.c */
enum cli_exit cmd_case_destroy(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_case_hold(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_case_release(struct cli *cli, int argc, char **argv);
/* cmd_case_extract.c */
enum cli_exit cmd_case_extract(struct cli *cli, int argc, char **argv);

#endif
