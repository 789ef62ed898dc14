/* SPDX-License-Identifier: EUPL-1.2
 *
 * The ledger for driehoek policy cover: verified as it is read. */
#include "cmd_ledger_read.h"
#include "cmd_policy_cover.h"

#include <stdlib.h>

static enum dhk_err
take(void *ctx, const struct ledgerfile_record *record)
{
    return ledgercases_record(ctx, record);
}

enum cli_exit
cmd_policy_cover_ledger(struct ledgercases *out, struct cli *cli,
    const struct policyfile *agreement, const char *signers)
{
    struct cmd_ledger_read *r = calloc(1, sizeof *r);
    enum cli_exit exit = CLI_OK;
    if (r == NULL || ledgercases_init(out, agreement->agreement,
                         slice_of(agreement->text, agreement->n)) != DHK_OK) {
        free(r);
        return cli_fail(cli, DHK_NOMEM, "cannot read the ledger");
    }
    r->l.cli = cli;
    r->from = cli->args[1];
    r->signers = signers;
    r->take = take;
    r->ctx = out;
    if (cmd_ledger_read_begin(r, &exit)) {
        enum dhk_err rc = cmd_ledger_read(r);
        exit = rc == DHK_OK ? CLI_OK : cmd_ledger_read_failed(r, rc, "");
    }
    cmd_ledger_read_end(r);
    free(r);
    return exit;
}
