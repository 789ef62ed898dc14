/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger fetch > FILE, and verify [FILE]. */
#include "cmd_ledger_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledgerfetch.h"

/* --- fetch
 * ---------------------------------------------------------------------- */

struct fetching {
    struct ledgerfile *file;
    struct progress progress;
    bool io; /* the output could not be written */
};

static enum dhk_err
to_file(void *ctx, const struct ledgerfile_record *record)
{
    struct fetching *f = ctx;
    enum dhk_err rc = ledgerfile_write(f->file, record);
    f->io = rc == DHK_IO;
    return rc;
}

static void
fetch_progress(void *ctx, uint64_t done, uint64_t total)
{
    struct fetching *f = ctx;
    progress_to(&f->progress, done, total);
}

enum cli_exit
cmd_ledger_fetch(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct cmd_ledger l = {.cli = cli, .timeout = 10};
    struct fetching f = {.io = false};
    enum cli_exit exit;
    const struct cli_option options[] = {
        CMD_LEDGER_FOR(&l), CMD_LEDGER_TIMEOUT(&l)};
    const struct cli_usage usage = {"--for PURPOSE > FILE",
        "Writes the ledger, as far as this node may see it, to a file that "
        "stands on\nits own: 'driehoek ledger verify FILE' verifies it "
        "offline.",
        options, 2, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (isatty(STDOUT_FILENO))
        return cli_wrong(cli, "a ledger is no text: send it to a file with >");
    if (!cmd_ledger_begin(&l, &exit)) {
        cmd_ledger_end(&l);
        return exit;
    }
    progress_start(&f.progress);
    const struct ledgerfetch run = {.node = l.node,
        .purpose = l.query.purpose,
        .timeout_ms = (int)l.timeout * 1000,
        .emit = to_file,
        .progress = fetch_progress,
        .ctx = &f};
    enum dhk_err rc = ledgerfile_create(&f.file, stdout);
    if (rc == DHK_OK)
        rc = ledgerfetch_run(&run, &problem);
    if (rc == DHK_OK)
        rc = ledgerfile_finish(f.file);
    progress_end(&f.progress);
    exit = CLI_OK;
    if (rc != DHK_OK)
        exit = f.io ? cli_fail(cli, rc, "the output could not be written")
                    : cmd_ledger_failed(&l, rc, &problem);
    ledgerfile_destroy(&f.file);
    cmd_ledger_end(&l);
    return cli_flushed(cli, exit);
}

/* --- verify
 * --------------------------------------------------------------------- */

struct verifying {
    struct cmd_ledger_read read;
    bool json;
    struct progress progress;
};

/* How many of the open notices are named. */
static size_t
shown_notices(const struct verify_result *r)
{
    return r->notices < VERIFY_NOTICES ? (size_t)r->notices : VERIFY_NOTICES;
}

static json_t *
open_notices(const struct verify_result *r)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < shown_notices(r); i++)
        json_build_add(list, json_integer((json_int_t)r->notice[i]));
    return list;
}

static json_t *
result_json(const struct verifying *x, bool ok)
{
    json_t *o = json_build_object();
    json_build_bool(o, "verified", ok);
    if (!ok) {
        json_build_text(o, "fault", x->read.fault.text);
        if (x->read.fault.has_entry)
            json_build_uint(o, "entry", x->read.fault.from);
        if (x->read.fault.has_interval) {
            json_build_uint(o, "from", x->read.fault.from);
            json_build_uint(o, "until", x->read.fault.until);
        }
        return o;
    }
    json_t *kinds = json_build_object();
    for (int k = 1; k < VERIFY_KINDS; k++) {
        if (x->read.result.kinds[k] > 0)
            json_build_uint(kinds, entry_kind_name((enum entry_kind)k),
                x->read.result.kinds[k]);
    }
    json_build_text(o, "origin", x->read.result.origin);
    json_build_bool(o, "complete", x->read.result.complete);
    json_build_uint(o, "size", x->read.result.head.size);
    json_build_uint(o, "entries", x->read.result.entries);
    json_build_put(o, "events", kinds);
    json_build_uint(o, "signatures", x->read.result.signatures);
    json_build_uint(o, "unchecked", x->read.result.unchecked);
    json_build_uint(o, "checkpoints", x->read.result.checkpoints);
    json_build_uint(o, "open", x->read.result.open);
    json_build_uint(o, "notices", x->read.result.notices);
    json_build_put(o, "open_notices", open_notices(&x->read.result));
    return o;
}

static void
print_result(const struct verifying *x)
{
    const struct verify_result *r = &x->read.result;
    printf("Verified: %s, %" PRIu64 " entries.\n", r->origin, r->entries);
    printf("  tree         %s\n",
        r->complete ? "every entry has its hash; together they are what the "
                      "log signed"
                    : "every entry shown to this node is in the signed tree");
    printf("  checkpoints  %" PRIu64 ", the last one at %" PRIu64 " entries\n",
        r->checkpoints, r->head.size);
    printf("  signatures   %" PRIu64 " of partners, and those under roster "
           "and agreement\n",
        r->signatures);
    if (r->unchecked > 0)
        printf("  not checked  %" PRIu64 " statements about what this node may "
               "not see\n",
            r->unchecked);
    printf("  shares       %" PRIu64 ", of which %" PRIu64
           " without an outcome yet\n",
        r->kinds[ENTRY_SHARE], r->open);
    if (r->kinds[ENTRY_WITHDRAWN] + r->kinds[ENTRY_CORRECTED] > 0)
        printf("  withdrawn    %" PRIu64 " %s for an answer\n", r->notices,
            r->notices == 1 ? "notice waits" : "notices wait");
    for (size_t i = 0; i < shown_notices(r); i++)
        printf("               entry %" PRIu64 "\n", r->notice[i]);
    if (r->seen == VERIFY_SEEN_EXTENDS)
        printf("  this node    what it saw before is contained unchanged\n");
    else if (r->seen == VERIFY_SEEN_OLDER)
        printf("  this node    has seen a longer ledger: compare them with "
               "'driehoek ledger verify'\n");
}

static enum cli_exit
show_result(const struct verifying *x, enum dhk_err rc)
{
    if (rc != DHK_OK && x->read.fault.text[0] == '\0')
        return cmd_ledger_failed(&x->read.l, rc, &x->read.problem);
    if (x->json)
        (void)json_print(stdout, result_json(x, rc == DHK_OK));
    if (rc == DHK_OK) {
        if (!x->json)
            print_result(x);
        return CLI_OK;
    }
    cli_say(x->read.l.cli, "NOT verified: %s", x->read.fault.text);
    return rc == DHK_IO || rc == DHK_NOMEM ? CLI_LOCAL : CLI_INVALID;
}

enum cli_exit
cmd_ledger_verify(struct cli *cli, int argc, char **argv)
{
    struct verifying x = {
        .read = {.l = {.cli = cli, .timeout = 10}, .progress = &x.progress}};
    enum cli_exit exit = CLI_OK;
    const struct cli_option options[] = {
        CMD_LEDGER_FOR(&x.read.l),
        {"signers", 's', CLI_TEXT, "FILE",
            "allowed_signers to believe, instead of a node's", &x.read.signers},
        {"json", 'j', CLI_FLAG, NULL, "the result as JSON", &x.json},
        CMD_LEDGER_TIMEOUT(&x.read.l),
    };
    const struct cli_usage usage = {"[FILE] [--for PURPOSE] [--json]",
        "Verifies the ledger: every entry's hash, the tree that the log "
        "signed, every\nactor's signature, and that entries refer to what is "
        "there. With FILE (of\n'driehoek ledger fetch') it asks nobody; "
        "without, it fetches the ledger and\nneeds --for.",
        options, 4, 0, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    x.read.from = cli->args_n == 1 ? cli->args[0] : NULL;
    if (cmd_ledger_read_begin(&x.read, &exit))
        exit = show_result(&x, cmd_ledger_read(&x.read));
    cmd_ledger_read_end(&x.read);
    return cli_flushed(cli, exit);
}
