/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger records: entries in the record formats of Dutch government
 * standards. Nothing is shown before all of it has been verified: what is
 * written waits in a file without a name. */
#include "cmd_ledger.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledgerfetch.h"
#include "records.h"
#include "verify_node.h"

struct recording {
    struct cmd_ledger l;
    const char *format, *from, *signers;
    FILE *spool; /* owned */
    struct records *records;
    struct verify *verify;
    struct verify_from start;
    struct verify_fault fault;
    const char *what; /* is wrong, besides the fault */
};

static enum dhk_err
take(void *ctx, const struct ledgerfile_record *record)
{
    struct recording *x = ctx;
    enum dhk_err rc = verify_record(x->verify, record, &x->fault);
    if (rc != DHK_OK)
        return rc;
    rc = records_record(x->records, record);
    if (rc != DHK_OK)
        x->what = dhk_strerror(rc);
    return rc;
}

static enum dhk_err
take_file(struct recording *x, FILE *file)
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
    }
    ledgerfile_destroy(&f);
    free(record);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
begin(struct recording *x, struct dhk_problem *problem)
{
    enum dhk_err rc =
        verify_from_node(&x->start, x->l.node, x->signers, problem);
    if (rc == DHK_OK)
        rc = verify_new(&x->verify, &x->start.input, &x->fault);
    if (rc != DHK_OK)
        return rc;
    x->spool = tmpfile();
    if (x->spool == NULL) {
        x->what = "no temporary file can be made";
        return DHK_IO;
    }
    return records_new(&x->records, records_format_of(x->format), x->spool);
}

static enum dhk_err
finish(struct recording *x)
{
    struct verify_result *result = calloc(1, sizeof *result);
    enum dhk_err rc = DHK_NOMEM;
    if (result != NULL)
        rc = verify_finish(x->verify, result, &x->fault);
    if (rc == DHK_OK)
        rc = records_finish(x->records);
    free(result);
    if (rc == DHK_OK && (fflush(x->spool) != 0 || ferror(x->spool) != 0)) {
        x->what = "the temporary file could not be written";
        rc = DHK_IO;
    }
    return rc;
}

static enum cli_exit
show(struct recording *x)
{
    char block[8192];
    size_t n;
    rewind(x->spool);
    while ((n = fread(block, 1, sizeof block, x->spool)) > 0) {
        if (fwrite(block, 1, n, stdout) != n)
            return CLI_OK; /* cli_flushed() says so */
    }
    if (ferror(x->spool) != 0)
        return cli_fail(x->l.cli, DHK_IO, "the temporary file");
    if (records_missed(x->records) > 0)
        cli_say(x->l.cli,
            "%" PRIu64 " actions on shares that this ledger does not show are "
            "left out",
            records_missed(x->records));
    return CLI_OK;
}

static enum cli_exit
end(struct recording *x, enum dhk_err rc, const struct dhk_problem *problem)
{
    if (rc == DHK_OK)
        rc = finish(x);
    if (rc == DHK_OK)
        return show(x);
    if (x->fault.text[0] != '\0')
        cli_say(x->l.cli, "the ledger does not verify: %s", x->fault.text);
    else if (x->what != NULL)
        cli_say(x->l.cli, "%s%s%s", x->from != NULL ? x->from : "",
            x->from != NULL ? ": " : "", x->what);
    else
        return cmd_ledger_failed(&x->l, rc, problem);
    return rc == DHK_IO || rc == DHK_NOMEM ? CLI_LOCAL : CLI_INVALID;
}

static enum cli_exit
from_file(struct recording *x)
{
    struct dhk_problem problem = {""};
    bool is_stdin = strcmp(x->from, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(x->from, "re");
    if (file == NULL) {
        errno = errno != 0 ? errno : ENOENT;
        return cli_fail(x->l.cli, DHK_IO, x->from);
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
from_broker(struct recording *x)
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
record(struct recording *x)
{
    enum cli_exit exit = CLI_OK;
    if (x->from == NULL)
        return cmd_ledger_begin(&x->l, &exit) ? from_broker(x) : exit;
    if (x->signers == NULL && !cmd_ledger_offline(&x->l, &exit)) {
        if (exit == CLI_USAGE)
            cli_say(x->l.cli, "or give the signers to believe with --signers");
        return exit;
    }
    return from_file(x);
}

enum cli_exit
cmd_ledger_records(struct cli *cli, int argc, char **argv)
{
    struct recording x = {.l = {.cli = cli, .timeout = 10}};
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"format", 'f', CLI_TEXT, "FORMAT",
            "ldv, adl or cloudevents (required)", &x.format},
        {"from", 0, CLI_TEXT, "FILE",
            "of 'ledger fetch', instead of the broker", &x.from},
        {"for", 0, CLI_TEXT, "PURPOSE",
            "of the question to the broker: lawfulness, internal, integrity "
            "or court",
            &x.l.purpose},
        {"signers", 's', CLI_TEXT, "FILE",
            "allowed_signers to believe, instead of a node's", &x.signers},
        CMD_LEDGER_TIMEOUT(&x.l),
    };
    const struct cli_usage usage = {
        "--format FORMAT --from FILE | --for PURPOSE",
        "Writes the ledger as records of Dutch government standards, one JSON "
        "object a line:\nLogboek Dataverwerkingen (ldv), Authorization "
        "Decision Log (adl) or the NL GOV\nprofile for CloudEvents "
        "(cloudevents). All of it is verified before any is shown.",
        options, 5, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (x.format == NULL || records_format_of(x.format) == RECORDS_NONE)
        return cli_wrong(cli, "--format wants ldv, adl or cloudevents");
    exit = record(&x);
    if (x.spool != NULL)
        (void)fclose(x.spool);
    records_destroy(&x.records);
    verify_destroy(&x.verify);
    verify_from_end(&x.start);
    cmd_ledger_end(&x.l);
    return cli_flushed(cli, exit);
}
