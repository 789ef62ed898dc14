/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy simulate NEW --ledger [FILE]: what another agreement would
 * have made of what was shared. The ledger is verified as it is read. */
#include "cmd_ledger.h"
#include "cmd_policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ledgerfetch.h"
#include "policysimulate.h"
#include "verify_node.h"

struct simulating {
    struct cmd_ledger l;
    struct policyfile now;
    const char *signers;
    bool json;
    struct replay *replay;
    struct verify *verify;
    struct verify_from from;
    struct verify_fault fault;
    const char *what; /* is wrong, besides the fault */
};

static enum dhk_err
take(void *ctx, const struct ledgerfile_record *record)
{
    struct simulating *x = ctx;
    enum dhk_err rc = verify_record(x->verify, record, &x->fault);
    if (rc != DHK_OK)
        return rc;
    rc = replay_record(x->replay, record);
    if (rc == DHK_NOTFOUND) {
        x->what = "the time zone of an agreement is not known on this machine";
        rc = DHK_IO;
    } else if (rc != DHK_OK) {
        x->what = dhk_strerror(rc);
    }
    return rc;
}

static enum dhk_err
take_file(struct simulating *x, FILE *file)
{
    struct ledgerfile *f = NULL;
    struct ledgerfile_record *record = malloc(sizeof *record);
    enum dhk_err rc = record == NULL ? DHK_NOMEM : DHK_OK;
    if (rc == DHK_OK)
        rc = ledgerfile_open(&f, file);
    if (rc == DHK_VERSION)
        x->what = "this is not a ledger file of a version that this program "
                  "knows";
    while (rc == DHK_OK) {
        rc = ledgerfile_read(record, f, &x->what);
        if (rc == DHK_OK)
            rc = take(x, record);
        else if (rc == DHK_NOTFOUND)
            break;
    }
    ledgerfile_destroy(&f);
    free(record);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
begin(struct simulating *x, struct dhk_problem *problem)
{
    enum dhk_err rc =
        verify_from_node(&x->from, x->l.node, x->signers, problem);
    if (rc != DHK_OK)
        return rc;
    rc = verify_new(&x->verify, &x->from.input, &x->fault);
    if (rc == DHK_OK)
        rc = replay_new(&x->replay, x->now.agreement);
    return rc;
}

static enum dhk_err
finish(struct simulating *x)
{
    struct verify_result *result = calloc(1, sizeof *result);
    enum dhk_err rc = DHK_NOMEM;
    if (result != NULL)
        rc = verify_finish(x->verify, result, &x->fault);
    if (rc == DHK_OK)
        rc = replay_finish(x->replay);
    free(result);
    return rc;
}

static enum cli_exit
failed(struct simulating *x, enum dhk_err rc, const struct dhk_problem *problem)
{
    if (x->fault.text[0] != '\0')
        cli_say(x->l.cli, "the ledger does not verify: %s", x->fault.text);
    else if (x->what != NULL)
        cli_say(x->l.cli, "%s", x->what);
    else
        return cmd_ledger_failed(&x->l, rc, problem);
    return rc == DHK_IO || rc == DHK_NOMEM ? CLI_LOCAL : CLI_INVALID;
}

static enum cli_exit
show(const struct simulating *x)
{
    struct replay_result result;
    enum dhk_err rc = DHK_OK;
    replay_result(&result, x->replay);
    if (x->json)
        (void)json_print(stdout, policysimulate_json(&x->now, &result));
    else
        rc = policysimulate_print(stdout, &x->now, &result);
    return rc == DHK_OK ? CLI_OK : cli_fail(x->l.cli, rc, x->now.path);
}

static enum cli_exit
end(struct simulating *x, enum dhk_err rc, const struct dhk_problem *problem)
{
    if (rc == DHK_OK)
        rc = finish(x);
    return rc == DHK_OK ? show(x) : failed(x, rc, problem);
}

static enum cli_exit
from_file(struct simulating *x, const char *path)
{
    struct dhk_problem problem = {""};
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "re");
    if (file == NULL) {
        errno = errno != 0 ? errno : ENOENT;
        return cli_fail(x->l.cli, DHK_IO, path);
    }
    enum dhk_err rc = begin(x, &problem);
    if (rc == DHK_OK)
        rc = take_file(x, file);
    enum cli_exit exit = end(x, rc, &problem);
    if (!is_stdin)
        (void)fclose(file);
    return exit;
}

static enum cli_exit
from_broker(struct simulating *x)
{
    struct dhk_problem problem = {""};
    const struct ledgerfetch fetch = {.node = x->l.node,
        .purpose = x->l.query.purpose,
        .timeout_ms = (int)x->l.timeout * 1000,
        .emit = take,
        .ctx = x};
    enum dhk_err rc = begin(x, &problem);
    if (rc == DHK_OK)
        rc = ledgerfetch_run(&fetch, &problem);
    return end(x, rc, &problem);
}

static enum cli_exit
simulate(struct simulating *x)
{
    struct cli *cli = x->l.cli;
    enum cli_exit exit = CLI_OK;
    enum dhk_err rc = policyfile_load(&x->now, cli->args[0]);
    if (rc != DHK_OK)
        return policyfile_fail(cli, &x->now, rc);
    if (cli->args_n == 1)
        return cmd_ledger_begin(&x->l, &exit) ? from_broker(x) : exit;
    if (x->signers == NULL && !cmd_ledger_offline(&x->l, &exit)) {
        if (exit == CLI_USAGE)
            cli_say(cli, "or give the signers to believe with --signers");
        return exit;
    }
    return from_file(x, cli->args[1]);
}

enum cli_exit
cmd_policy_simulate(struct cli *cli, int argc, char **argv)
{
    struct simulating x = {.l = {.cli = cli, .timeout = 10}};
    bool ledger = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"ledger", 0, CLI_FLAG, NULL,
            "replay FILE (of 'ledger fetch'), or else the broker's (required)",
            &ledger},
        {"for", 0, CLI_TEXT, "PURPOSE",
            "of the question to the broker: lawfulness, internal, integrity "
            "or court",
            &x.l.purpose},
        {"signers", 's', CLI_TEXT, "FILE",
            "allowed_signers to believe, instead of a node's", &x.signers},
        {"json", 'j', CLI_FLAG, NULL, "one object", &x.json},
        CMD_LEDGER_TIMEOUT(&x.l),
    };
    const struct cli_usage usage = {
        "NEW --ledger [FILE] [--for PURPOSE] [--json]",
        "Replays what the ledger tells was decided under the agreement NEW: "
        "what would be\nnewly denied or delivered, and which fields lost or "
        "gained, by week and party. The\nledger is verified as it is read. Of "
        "the broker, an auditor gets all of it.",
        options, 5, 1, 2};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (!ledger)
        return cli_wrong(cli, "what is to be replayed? --ledger FILE, or "
                              "--ledger --for PURPOSE of the broker's");
    exit = simulate(&x);
    replay_destroy(&x.replay);
    verify_destroy(&x.verify);
    verify_from_end(&x.from);
    policyfile_done(&x.now);
    cmd_ledger_end(&x.l);
    return cli_flushed(cli, exit);
}
