/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to the commands that read the ledger from its beginning to its end:
 * a file of 'driehoek ledger fetch' (--from FILE), or the broker's. It is
 * verified as it is read; nothing may be told of it before all of it is. */
#ifndef CLIENTS_CMD_LEDGER_READ_H
#define CLIENTS_CMD_LEDGER_READ_H

#include "cmd_ledger.h"
#include "progress.h"
#include "verify_node.h"

struct cmd_ledger_read {
    struct cmd_ledger l;
    const char *from;    /* the file, "-": standard input; NULL: the broker's */
    const char *signers; /* --signers, or NULL: the node's */
    /* may be NULL: gets each record once it is verified; an error of its own
     * ends it all, and it may say in `what` what is wrong */
    enum dhk_err (*take)(void *ctx, const struct ledgerfile_record *record);
    void *ctx;
    struct progress *progress; /* NULL: none is shown */
    struct verify_from start;
    /* what came of it */
    struct verify_result result;
    struct verify_fault fault;
    struct dhk_problem problem;
    const char *what; /* is wrong, besides the fault; static text */
};

/* Opens the node, unless FROM and SIGNERS do without it, and connects it when
 * there is no FROM; reads the signers. False: ends with *EXIT. */
bool cmd_ledger_read_begin(struct cmd_ledger_read *r, enum cli_exit *exit);
/* Reads and verifies all of it. */
DHK_MUST_USE enum dhk_err cmd_ledger_read(struct cmd_ledger_read *r);
/* Prints, after BEFORE, why RC was the end of it. */
enum cli_exit cmd_ledger_read_failed(
    const struct cmd_ledger_read *r, enum dhk_err rc, const char *before);
void cmd_ledger_read_end(struct cmd_ledger_read *r);

#endif
