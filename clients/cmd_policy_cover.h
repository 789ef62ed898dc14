/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to cmd_policy_cover*.c. */
#ifndef CLIENTS_CMD_POLICY_COVER_H
#define CLIENTS_CMD_POLICY_COVER_H

#include "ledgercases.h"
#include "policyfile.h"

/* Verifies the ledger in the second file that CLI's arguments name, and reads
 * the requests that AGREEMENT decided into OUT, for ledgercases_done(). SIGNERS
 * are those to believe, NULL: those of the node. Else prints why not. */
enum cli_exit cmd_policy_cover_ledger(struct ledgercases *out, struct cli *cli,
    const struct policyfile *agreement, const char *signers);

#endif
