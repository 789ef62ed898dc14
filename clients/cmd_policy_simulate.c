/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy simulate NEW --ledger [FILE]: what another agreement would
 * have made of what was shared. The ledger is verified as it is read. */
#include "cmd_ledger_read.h"
#include "cmd_policy.h"

#include "policysimulate.h"

struct simulating {
    struct cmd_ledger_read read;
    struct policyfile now;
    bool json;
    struct replay *replay;
};

/* What came of a step of the replay. */
static enum dhk_err
replayed(struct simulating *x, enum dhk_err rc)
{
    if (rc != DHK_NOTFOUND)
        return rc;
    x->read.what = "the time zone of an agreement is not known on this machine";
    return DHK_IO;
}

static enum dhk_err
take(void *ctx, const struct ledgerfile_record *record)
{
    struct simulating *x = ctx;
    return replayed(x, replay_record(x->replay, record));
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
    return rc == DHK_OK ? CLI_OK : cli_fail(x->read.l.cli, rc, x->now.path);
}

static enum cli_exit
simulate(struct simulating *x)
{
    struct cli *cli = x->read.l.cli;
    enum cli_exit exit = CLI_OK;
    enum dhk_err rc = policyfile_load(&x->now, cli->args[0]);
    if (rc != DHK_OK)
        return policyfile_fail(cli, &x->now, rc);
    x->read.from = cli->args_n > 1 ? cli->args[1] : NULL;
    if (!cmd_ledger_read_begin(&x->read, &exit))
        return exit;
    rc = replay_new(&x->replay, x->now.agreement);
    if (rc == DHK_OK)
        rc = cmd_ledger_read(&x->read);
    if (rc == DHK_OK)
        rc = replayed(x, replay_finish(x->replay));
    return rc == DHK_OK ? show(x) : cmd_ledger_read_failed(&x->read, rc, "");
}

enum cli_exit
cmd_policy_simulate(struct cli *cli, int argc, char **argv)
{
    struct simulating x = {
        .read = {.l = {.cli = cli, .timeout = 10}, .take = take, .ctx = &x}};
    bool ledger = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"ledger", 0, CLI_FLAG, NULL,
            "replay FILE (of 'ledger fetch'), or else the broker's (required)",
            &ledger},
        {"for", 0, CLI_TEXT, "PURPOSE",
            "of the question to the broker: lawfulness, internal, integrity "
            "or court",
            &x.read.l.purpose},
        {"signers", 's', CLI_TEXT, "FILE",
            "allowed_signers to believe, instead of a node's", &x.read.signers},
        {"json", 'j', CLI_FLAG, NULL, "one object", &x.json},
        CMD_LEDGER_TIMEOUT(&x.read.l),
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
    policyfile_done(&x.now);
    cmd_ledger_read_end(&x.read);
    return cli_flushed(cli, exit);
}
