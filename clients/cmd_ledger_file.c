/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger fetch > FILE, and verify [FILE]. */
#include "cmd_ledger.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledgerfetch.h"
#include "progress.h"
#include "verify_node.h"

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
    struct cmd_ledger l;
    const char *path, *signers;
    bool json;
    struct progress progress;
    struct verify_from from;
    struct verify_result result;
    struct verify_fault fault;
};

static void
online_progress(void *ctx, uint64_t done, uint64_t total)
{
    struct verifying *x = ctx;
    progress_to(&x->progress, done, total);
}

static void
file_progress(void *ctx, uint64_t bytes)
{
    struct verifying *x = ctx;
    progress_to(&x->progress, bytes, x->progress.total);
}

/* The pinned signers and what this node saw. */
static bool
prepare(struct verifying *x)
{
    struct dhk_problem problem = {""};
    if (verify_from_node(&x->from, x->l.node, x->signers, &problem) == DHK_OK)
        return true;
    cli_say(x->l.cli, "%s", problem.text);
    return false;
}

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
        json_build_text(o, "fault", x->fault.text);
        if (x->fault.has_entry)
            json_build_uint(o, "entry", x->fault.from);
        if (x->fault.has_interval) {
            json_build_uint(o, "from", x->fault.from);
            json_build_uint(o, "until", x->fault.until);
        }
        return o;
    }
    json_t *kinds = json_build_object();
    for (int k = 1; k < VERIFY_KINDS; k++) {
        if (x->result.kinds[k] > 0)
            json_build_uint(
                kinds, entry_kind_name((enum entry_kind)k), x->result.kinds[k]);
    }
    json_build_text(o, "origin", x->result.origin);
    json_build_bool(o, "complete", x->result.complete);
    json_build_uint(o, "size", x->result.head.size);
    json_build_uint(o, "entries", x->result.entries);
    json_build_put(o, "events", kinds);
    json_build_uint(o, "signatures", x->result.signatures);
    json_build_uint(o, "unchecked", x->result.unchecked);
    json_build_uint(o, "checkpoints", x->result.checkpoints);
    json_build_uint(o, "open", x->result.open);
    json_build_uint(o, "notices", x->result.notices);
    json_build_put(o, "open_notices", open_notices(&x->result));
    return o;
}

static void
print_result(const struct verifying *x)
{
    const struct verify_result *r = &x->result;
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
        printf("  withdrawn    %" PRIu64 " notices wait for an answer\n",
            r->notices);
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
    if (x->json)
        (void)json_print(stdout, result_json(x, rc == DHK_OK));
    if (rc == DHK_OK) {
        if (!x->json)
            print_result(x);
        return CLI_OK;
    }
    cli_say(x->l.cli, "NOT verified: %s", x->fault.text);
    return rc == DHK_IO || rc == DHK_NOMEM ? CLI_LOCAL : CLI_INVALID;
}

static enum cli_exit
verify_fetched(struct verifying *x)
{
    struct stat st;
    enum cli_exit exit;
    bool is_stdin = strcmp(x->path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(x->path, "re");
    if (file == NULL) {
        errno = errno != 0 ? errno : ENOENT;
        return cli_fail(x->l.cli, DHK_IO, x->path);
    }
    if (fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode))
        x->progress.total = (uint64_t)st.st_size;
    if (prepare(x)) {
        progress_start(&x->progress);
        enum dhk_err rc = verify_file(
            file, &x->from.input, &x->result, &x->fault, file_progress, x);
        progress_end(&x->progress);
        exit = show_result(x, rc);
    } else {
        exit = CLI_LOCAL;
    }
    if (!is_stdin)
        (void)fclose(file);
    return exit;
}

static enum cli_exit
verify_online(struct verifying *x)
{
    struct dhk_problem problem = {""};
    const struct verify_node run = {x->l.node, &x->from.input,
        x->l.query.purpose, (int)x->l.timeout * 1000, online_progress, x};
    if (!prepare(x))
        return CLI_LOCAL;
    progress_start(&x->progress);
    enum dhk_err rc = verify_node_run(&run, &x->result, &x->fault, &problem);
    progress_end(&x->progress);
    if (rc != DHK_OK && x->fault.text[0] == '\0')
        return cmd_ledger_failed(&x->l, rc, &problem);
    return show_result(x, rc);
}

enum cli_exit
cmd_ledger_verify(struct cli *cli, int argc, char **argv)
{
    struct verifying x = {.l = {.cli = cli, .timeout = 10}};
    enum cli_exit exit = CLI_OK;
    bool ready = true;
    const struct cli_option options[] = {
        CMD_LEDGER_FOR(&x.l),
        {"signers", 's', CLI_TEXT, "FILE",
            "allowed_signers to believe, instead of a node's", &x.signers},
        {"json", 'j', CLI_FLAG, NULL, "the result as JSON", &x.json},
        CMD_LEDGER_TIMEOUT(&x.l),
    };
    const struct cli_usage usage = {"[FILE] [--for PURPOSE] [--json]",
        "Verifies the ledger: every entry's hash, the tree that the log "
        "signed, every\nactor's signature, and that entries refer to what is "
        "there. With FILE (of\n'driehoek ledger fetch') it asks nobody; "
        "without, it fetches the ledger and\nneeds --for.",
        options, 4, 0, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (cli->args_n == 1) {
        x.path = cli->args[0];
        if (x.signers == NULL)
            ready = cmd_ledger_offline(&x.l, &exit);
        if (!ready && exit == CLI_USAGE)
            cli_say(cli, "or give the signers to believe with --signers");
        if (ready)
            exit = verify_fetched(&x);
    } else if (cmd_ledger_begin(&x.l, &exit)) {
        exit = verify_online(&x);
    }
    verify_from_end(&x.from);
    cmd_ledger_end(&x.l);
    return cli_flushed(cli, exit);
}
