/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger records: entries in the record formats of Dutch government
 * standards. Nothing is shown before all of it has been verified: what is
 * written waits in a file without a name. */
#include "cmd_ledger_read.h"

#include <inttypes.h>

#include "records.h"

struct recording {
    struct cmd_ledger_read read;
    const char *format;
    FILE *spool; /* owned */
    struct records *records;
};

static enum dhk_err
take(void *ctx, const struct ledgerfile_record *record)
{
    const struct recording *x = ctx;
    return records_record(x->records, record);
}

static enum dhk_err
begin(struct recording *x)
{
    x->spool = tmpfile();
    if (x->spool == NULL) {
        x->read.what = "no temporary file can be made";
        return DHK_IO;
    }
    return records_new(&x->records, records_format_of(x->format), x->spool);
}

static enum dhk_err
finish(struct recording *x)
{
    enum dhk_err rc = records_finish(x->records);
    if (rc == DHK_OK && (fflush(x->spool) != 0 || ferror(x->spool) != 0)) {
        x->read.what = "the temporary file could not be written";
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
        return cli_fail(x->read.l.cli, DHK_IO, "the temporary file");
    if (records_missed(x->records) > 0)
        cli_say(x->read.l.cli,
            "%" PRIu64 " actions on shares that this ledger does not show are "
            "left out",
            records_missed(x->records));
    return CLI_OK;
}

static enum cli_exit
record(struct recording *x)
{
    enum cli_exit exit = CLI_OK;
    if (!cmd_ledger_read_begin(&x->read, &exit))
        return exit;
    enum dhk_err rc = begin(x);
    if (rc == DHK_OK)
        rc = cmd_ledger_read(&x->read);
    if (rc == DHK_OK)
        rc = finish(x);
    return rc == DHK_OK ? show(x) : cmd_ledger_read_failed(&x->read, rc, "");
}

enum cli_exit
cmd_ledger_records(struct cli *cli, int argc, char **argv)
{
    struct recording x = {
        .read = {.l = {.cli = cli, .timeout = 10}, .take = take, .ctx = &x}};
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"format", 'f', CLI_TEXT, "FORMAT",
            "ldv, adl or cloudevents (required)", &x.format},
        {"from", 0, CLI_TEXT, "FILE",
            "of 'ledger fetch', instead of the broker", &x.read.from},
        {"for", 0, CLI_TEXT, "PURPOSE",
            "of the question to the broker: lawfulness, internal, integrity "
            "or court",
            &x.read.l.purpose},
        {"signers", 's', CLI_TEXT, "FILE",
            "allowed_signers to believe, instead of a node's", &x.read.signers},
        CMD_LEDGER_TIMEOUT(&x.read.l),
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
    cmd_ledger_read_end(&x.read);
    return cli_flushed(cli, exit);
}
