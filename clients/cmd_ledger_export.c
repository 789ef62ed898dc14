/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger export DIR, and fsck DIR. */
#include "cmd_ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "ledgerexport.h"
#include "progress.h"
#include "tilesfsck.h"
#include "verify_node.h"

static void
show_progress(void *ctx, uint64_t done, uint64_t total)
{
    progress_to(ctx, done, total);
}

/* --- export --- */

enum cli_exit
cmd_ledger_export(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct cmd_ledger l = {.cli = cli, .timeout = 10};
    struct progress progress;
    struct ledgerexport_result result;
    enum cli_exit exit;
    const struct cli_option options[] = {
        CMD_LEDGER_FOR(&l), CMD_LEDGER_TIMEOUT(&l)};
    const struct cli_usage usage = {"DIR --for PURPOSE",
        "Writes the whole ledger to DIR as the files of a transparency log "
        "(C2SP\ntlog-tiles), with the signed rosters and agreements. What DIR "
        "holds already is\nnot fetched again. For an auditor.",
        options, 2, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (cmd_ledger_begin(&l, &exit)) {
        const struct ledgerexport e = {l.node, l.query.purpose,
            (int)l.timeout * 1000, cli->args[0], show_progress, &progress};
        progress_start(&progress);
        enum dhk_err rc = ledgerexport_run(&e, &result, &problem);
        progress_end(&progress);
        exit = CLI_OK;
        if (rc == DHK_OK)
            printf("Exported: %" PRIu64 " entries to %s, of which %" PRIu64
                   " were there.\n",
                result.size, cli->args[0], result.before + result.taken);
        else
            exit = cmd_ledger_failed(&l, rc, &problem);
        if (rc == DHK_EXISTS)
            exit = CLI_NO;
    }
    cmd_ledger_end(&l);
    return cli_flushed(cli, exit);
}

/* --- fsck --- */

struct checking {
    struct cmd_ledger l;
    const char *signers;
    bool json;
    struct progress progress;
    struct verify_from from;
    struct tilesfsck_result tree;
    struct tilesfsck_signed result;
    struct tilesfsck_fault fault;
};

static json_t *
cosigners_json(const struct tilescosigned *c)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < c->by_n; i++) {
        if (c->by[i].size == 0)
            continue;
        json_t *o = json_build_object();
        json_build_text(o, "partner", c->by[i].partner);
        json_build_uint(o, "size", c->by[i].size);
        json_build_time(o, "time", (int64_t)c->by[i].time);
        json_build_add(list, o);
    }
    return list;
}

static void
print_cosigned(const struct tilescosigned *c)
{
    char when[21];
    for (size_t i = 0; i < c->by_n; i++) {
        if (c->by[i].size == 0)
            continue;
        clock_text(when, (int64_t)c->by[i].time);
        printf("  cosigned     %" PRIu64 " entries by %s at %s\n",
            c->by[i].size, c->by[i].partner, when);
    }
    if (c->quorum_size > 0)
        printf("  quorum       stands behind the first %" PRIu64 " entries\n",
            c->quorum_size);
    else
        printf("  quorum       of the roster's cosigners stands behind none of "
               "it in these files\n");
}

static json_t *
fsck_json(const struct checking *x, bool ok)
{
    json_t *o = json_build_object();
    json_build_bool(o, "verified", ok);
    if (!ok) {
        json_build_text(o, "fault", x->fault.text);
        if (x->fault.file[0] != '\0')
            json_build_text(o, "file", x->fault.file);
        if (x->fault.has_entry)
            json_build_uint(o, "entry", x->fault.entry);
        return o;
    }
    json_build_text(o, "origin", x->result.ledger.origin);
    json_build_uint(o, "size", x->tree.head.size);
    json_build_uint(o, "bundles", x->tree.bundles);
    json_build_uint(o, "tiles", x->tree.tiles);
    json_build_uint(o, "older", x->tree.older);
    json_build_uint(o, "beyond", x->tree.beyond);
    json_build_uint(o, "signatures", x->result.ledger.signatures);
    json_build_uint(o, "unchecked", x->result.ledger.unchecked);
    json_build_uint(o, "open", x->result.ledger.open);
    json_build_put(o, "cosigners", cosigners_json(&x->result.cosigned));
    json_build_uint(o, "quorum_size", x->result.cosigned.quorum_size);
    return o;
}

static void
print_fsck(const struct checking *x)
{
    printf("Verified: %s, %" PRIu64 " entries.\n", x->result.ledger.origin,
        x->tree.head.size);
    printf("  files        %" PRIu64 " bundles of entries and %" PRIu64
           " tiles, all as the entries make them\n",
        x->tree.bundles, x->tree.tiles);
    if (x->tree.older > 0)
        printf("  older        %" PRIu64 " partial ones of smaller trees, "
               "which the present one begins with\n",
            x->tree.older);
    if (x->tree.beyond > 0)
        printf("  unfinished   %" PRIu64 " files that the checkpoint does not "
               "cover: export again\n",
            x->tree.beyond);
    printf("  checkpoint   its root is that of the entries, signed by the "
           "log's key\n");
    print_cosigned(&x->result.cosigned);
    printf("  signatures   %" PRIu64 " of partners, and those under roster "
           "and agreement\n",
        x->result.ledger.signatures);
    if (x->result.ledger.unchecked > 0)
        printf("  not checked  %" PRIu64 " refused statements\n",
            x->result.ledger.unchecked);
    printf("  shares       %" PRIu64 ", of which %" PRIu64
           " without an outcome yet\n",
        x->result.ledger.kinds[ENTRY_SHARE], x->result.ledger.open);
    if (x->result.ledger.seen == VERIFY_SEEN_EXTENDS)
        printf("  this node    what it saw before is contained unchanged\n");
    else if (x->result.ledger.seen == VERIFY_SEEN_OLDER)
        printf("  this node    has seen a longer ledger: export again\n");
}

static enum cli_exit
fsck_exit(const struct checking *x, enum dhk_err rc)
{
    if (x->json)
        (void)json_print(stdout, fsck_json(x, rc == DHK_OK));
    if (rc == DHK_OK) {
        if (!x->json)
            print_fsck(x);
        return CLI_OK;
    }
    cli_say(x->l.cli, "NOT verified: %s",
        x->fault.text[0] != '\0' ? x->fault.text : dhk_strerror(rc));
    return rc == DHK_IO || rc == DHK_NOMEM ? CLI_LOCAL : CLI_INVALID;
}

static enum cli_exit
fsck(struct checking *x, const char *dir)
{
    struct tilesdir *d = NULL;
    struct dhk_problem problem = {""};
    const struct tilesfsck_progress progress = {show_progress, &x->progress};
    const struct tilesfsck_verify how = {&x->from.input, progress};
    enum dhk_err rc =
        verify_from_node(&x->from, x->l.node, x->signers, &problem);
    if (rc == DHK_OK)
        rc = tilesdir_open(&d, dir, false, &problem);
    if (rc != DHK_OK) {
        cli_say(x->l.cli, "%s", problem.text);
        return CLI_LOCAL;
    }
    progress_start(&x->progress);
    rc = tilesfsck_tree(d, &x->tree, &x->fault, &progress);
    if (rc == DHK_OK)
        rc = tilesfsck_signatures(d, &how, &x->result, &x->fault);
    progress_end(&x->progress);
    tilesdir_close(&d);
    return fsck_exit(x, rc);
}

enum cli_exit
cmd_ledger_fsck(struct cli *cli, int argc, char **argv)
{
    struct checking *x = calloc(1, sizeof *x);
    enum cli_exit exit = CLI_OK;
    if (x == NULL)
        return cli_fail(cli, DHK_NOMEM, "fsck");
    x->l.cli = cli;
    const struct cli_option options[] = {
        {"signers", 's', CLI_TEXT, "FILE",
            "allowed_signers to believe, instead of a node's", &x->signers},
        {"json", 'j', CLI_FLAG, NULL, "the result as JSON", &x->json},
    };
    const struct cli_usage usage = {"DIR [--signers FILE] [--json]",
        "Verifies what 'driehoek ledger export' wrote, from the files alone: "
        "every tile\nand the root are made again from the entries, and every "
        "signature is checked.\nNames the first bad file and entry.",
        options, 2, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        goto out;
    if (cmd_ledger_believe(&x->l, x->signers, &exit))
        exit = fsck(x, cli->args[0]);
    verify_from_end(&x->from);
    cmd_ledger_end(&x->l);
    exit = cli_flushed(cli, exit);
out:
    free(x);
    return exit;
}
