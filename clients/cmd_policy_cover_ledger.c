/* SPDX-License-Identifier: EUPL-1.2
 *
 * The ledger for driehoek policy cover: verified as it is read. */
#include "cmd_ledger.h"
#include "cmd_policy_cover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verify_node.h"

struct reading {
    struct cmd_ledger l;
    struct verify_from from;
    struct verify *verify;
    struct verify_fault fault;
    struct ledgercases *out;
    const char *what; /* is wrong, besides the fault */
};

static enum dhk_err
read_records(struct reading *x, struct ledgerfile *f)
{
    struct ledgerfile_record *record = malloc(sizeof *record);
    enum dhk_err rc = record == NULL ? DHK_NOMEM : DHK_OK;
    while (rc == DHK_OK) {
        rc = ledgerfile_read(record, f, &x->what);
        if (rc != DHK_OK)
            break;
        rc = verify_record(x->verify, record, &x->fault);
        if (rc == DHK_OK)
            rc = ledgercases_record(x->out, record);
    }
    free(record);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
read_all(struct reading *x, FILE *file)
{
    struct verify_result *result = calloc(1, sizeof *result);
    struct ledgerfile *f = NULL;
    enum dhk_err rc = result == NULL ? DHK_NOMEM : DHK_OK;
    if (rc == DHK_OK)
        rc = verify_new(&x->verify, &x->from.input, &x->fault);
    if (rc == DHK_OK)
        rc = ledgerfile_open(&f, file);
    if (rc == DHK_VERSION)
        x->what = "this is not a ledger file of a version that this program "
                  "knows";
    if (rc == DHK_OK)
        rc = read_records(x, f);
    if (rc == DHK_OK)
        rc = verify_finish(x->verify, result, &x->fault);
    ledgerfile_destroy(&f);
    verify_destroy(&x->verify);
    free(result);
    return rc;
}

static enum cli_exit
failed(const struct reading *x, enum dhk_err rc)
{
    const char *path = x->l.cli->args[1];
    cli_say(x->l.cli, "%s: the ledger does not verify: %s", path,
        x->fault.text[0] != '\0' ? x->fault.text
        : x->what != NULL        ? x->what
                                 : dhk_strerror(rc));
    return rc == DHK_IO || rc == DHK_NOMEM ? CLI_LOCAL : CLI_INVALID;
}

static enum cli_exit
read_file(struct reading *x, const char *signers)
{
    struct dhk_problem problem = {""};
    const char *path = x->l.cli->args[1];
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        errno = errno != 0 ? errno : ENOENT;
        return cli_fail(x->l.cli, DHK_IO, path);
    }
    enum cli_exit exit = CLI_OK;
    enum dhk_err rc = verify_from_node(&x->from, x->l.node, signers, &problem);
    if (rc != DHK_OK) {
        cli_say(x->l.cli, "%s", problem.text);
        exit = CLI_LOCAL;
    } else {
        rc = read_all(x, file);
        exit = rc == DHK_OK ? CLI_OK : failed(x, rc);
    }
    (void)fclose(file);
    return exit;
}

enum cli_exit
cmd_policy_cover_ledger(struct ledgercases *out, struct cli *cli,
    const struct policyfile *agreement, const char *signers)
{
    struct reading *x = calloc(1, sizeof *x);
    enum cli_exit exit = CLI_OK;
    if (x == NULL || ledgercases_init(out, agreement->agreement,
                         slice_of(agreement->text, agreement->n)) != DHK_OK) {
        free(x);
        return cli_fail(cli, DHK_NOMEM, "cannot read the ledger");
    }
    x->l.cli = cli;
    x->out = out;
    if (signers == NULL && !cmd_ledger_offline(&x->l, &exit)) {
        if (exit == CLI_USAGE)
            cli_say(cli, "or give the signers to believe with --signers");
    } else {
        exit = read_file(x, signers);
    }
    verify_from_end(&x->from);
    cmd_ledger_end(&x->l);
    free(x);
    return exit;
}
