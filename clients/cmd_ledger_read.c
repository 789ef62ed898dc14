/* SPDX-License-Identifier: EUPL-1.2
 *
 * The ledger of a file or of the broker, for the commands that read it. */
#include "cmd_ledger_read.h"

#include <string.h>
#include <sys/stat.h>

bool
cmd_ledger_read_begin(struct cmd_ledger_read *r, enum cli_exit *exit)
{
    bool ready = r->from == NULL ? cmd_ledger_begin(&r->l, exit)
                                 : cmd_ledger_believe(&r->l, r->signers, exit);
    if (!ready)
        return false;
    if (verify_from_node(&r->start, r->l.node, r->signers, &r->problem) ==
        DHK_OK)
        return true;
    cli_say(r->l.cli, "%s", r->problem.text);
    *exit = CLI_LOCAL;
    return false;
}

void
cmd_ledger_read_end(struct cmd_ledger_read *r)
{
    verify_from_end(&r->start);
    cmd_ledger_end(&r->l);
}

/* --- reading --- */

static enum dhk_err
take(void *ctx, const struct ledgerfile_record *record)
{
    struct cmd_ledger_read *r = ctx;
    enum dhk_err rc = r->take == NULL ? DHK_OK : r->take(r->ctx, record);
    if (rc != DHK_OK && r->what == NULL)
        r->what = dhk_strerror(rc);
    return rc;
}

static void
broker_progress(void *ctx, uint64_t done, uint64_t total)
{
    const struct cmd_ledger_read *r = ctx;
    if (r->progress != NULL)
        progress_to(r->progress, done, total);
}

static void
file_progress(void *ctx, uint64_t bytes)
{
    const struct cmd_ledger_read *r = ctx;
    if (r->progress != NULL)
        progress_to(r->progress, bytes, r->progress->total);
}

static enum dhk_err
read_file(struct cmd_ledger_read *r)
{
    struct stat st;
    bool is_stdin = strcmp(r->from, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(r->from, "re");
    if (file == NULL)
        return problem_file(&r->problem, DHK_IO, r->from);
    if (r->progress != NULL && fstat(fileno(file), &st) == 0 &&
        S_ISREG(st.st_mode))
        r->progress->total = (uint64_t)st.st_size;
    const struct verify_file run = {
        file, &r->start.input, take, file_progress, r};
    enum dhk_err rc = verify_file(&run, &r->result, &r->fault);
    if (!is_stdin)
        (void)fclose(file);
    return rc;
}

enum dhk_err
cmd_ledger_read(struct cmd_ledger_read *r)
{
    const struct verify_node run = {.node = r->l.node,
        .input = &r->start.input,
        .purpose = r->l.query.purpose,
        .timeout_ms = (int)r->l.timeout * 1000,
        .take = take,
        .progress = broker_progress,
        .ctx = r};
    if (r->progress != NULL)
        progress_start(r->progress);
    enum dhk_err rc = r->from != NULL ? read_file(r)
                                      : verify_node_run(&run, &r->result,
                                            &r->fault, &r->problem);
    if (r->progress != NULL)
        progress_end(r->progress);
    return rc;
}

/* --- what is wrong --- */

enum cli_exit
cmd_ledger_read_failed(
    const struct cmd_ledger_read *r, enum dhk_err rc, const char *before)
{
    bool is_fault = r->fault.text[0] != '\0';
    if (!is_fault && r->what == NULL)
        return cmd_ledger_failed(&r->l, rc, &r->problem);
    cli_say(r->l.cli, "%s%s%s%s%s", before, r->from != NULL ? r->from : "",
        r->from != NULL ? ": " : "",
        is_fault ? "the ledger does not verify: " : "",
        is_fault ? r->fault.text : r->what);
    return rc == DHK_IO || rc == DHK_NOMEM ? CLI_LOCAL : CLI_INVALID;
}
