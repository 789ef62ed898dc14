/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger prove ENTRY, and check FILE: the proof is a C2SP tlog-proof
 * with the entry in it, so that anybody can check it without asking. */
#include "cmd_ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "file.h"
#include "merkle.h"
#include "reader.h"
#include "trust.h"

enum { PROOF_FILE = 32 * 1024 };

static enum dhk_err
prove(struct cmd_ledger *l, uint64_t wanted, struct dhk_problem *problem)
{
    struct reader *reader = NULL;
    struct slice bytes;
    struct sink text;
    uint64_t index = 0;
    uint8_t *mem = malloc(PROOF_FILE);
    enum dhk_err rc = DHK_NOMEM;
    if (mem == NULL)
        return rc;
    sink_init(&text, mem, PROOF_FILE);
    rc = reader_open(
        &reader, l->node, &l->query, (int)l->timeout * 1000, problem);
    if (rc == DHK_OK)
        rc = reader_next(reader, &index, &bytes, problem);
    if (rc == DHK_OK && index != wanted)
        rc = problem_set(problem, DHK_AUTH,
            "the broker answered with another "
            "entry");
    if (rc == DHK_OK)
        rc = receipt_proof(&text, reader_page(reader), reader_place(reader));
    if (rc == DHK_OK && fwrite(text.p, 1, text.n, stdout) != text.n)
        rc = DHK_IO;
    reader_close(&reader);
    free(mem);
    return rc;
}

enum cli_exit
cmd_ledger_prove(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct cmd_ledger l = {.cli = cli, .timeout = 10};
    int64_t wanted;
    enum cli_exit exit;
    const struct cli_option options[] = {
        CMD_LEDGER_FOR(&l), CMD_LEDGER_TIMEOUT(&l)};
    const struct cli_usage usage = {"ENTRY --for PURPOSE > FILE",
        "Writes a proof that the entry is in the signed ledger. It holds the "
        "entry\nitself; 'driehoek ledger check FILE' checks it anywhere, "
        "offline.",
        options, 2, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (!cli_number(&wanted, cli->args[0]))
        return cli_wrong(cli, "an entry is meant by its number");
    l.query.what = QUERY_PROVE;
    l.query.from = (uint64_t)wanted;
    if (cmd_ledger_begin(&l, &exit)) {
        enum dhk_err rc = prove(&l, (uint64_t)wanted, &problem);
        exit = cmd_ledger_one(&l, rc, &problem);
    }
    cmd_ledger_end(&l);
    return cli_flushed(cli, exit);
}

/* --- check ------------------------------------------------------------------
 */

/* The log's key: given as a vkey, or of the node's roster. */
static bool
log_key(struct cmd_ledger *l, struct checkpoint_vkey *out, const char *text,
    enum cli_exit *exit)
{
    if (text != NULL) {
        if (checkpoint_vkey_parse(out, slice_str(text)) == DHK_OK)
            return true;
        *exit = cli_wrong(l->cli, "--key wants a verifier key: "
                                  "NAME+ID+BASE64");
        return false;
    }
    if (!cmd_ledger_offline(l, exit)) {
        if (*exit == CLI_USAGE)
            cli_say(l->cli, "or give the log's key with --key");
        return false;
    }
    if (trust_roster(l->node->trust) == NULL) {
        cli_say(l->cli, "the node knows no roster: give the log's key with "
                        "--key");
        *exit = CLI_USAGE;
        return false;
    }
    *out = *trust_log(l->node->trust);
    return true;
}

static enum dhk_err
check(struct checkpoint *cp, struct checkpoint_proof *proof, struct slice text,
    const struct checkpoint_vkey *key, const char **what)
{
    uint8_t leaf[MERKLE_HASH];
    struct diag diag = {NULL, 0};
    struct merkle_head head;
    *what = "this is not a proof file, or it was damaged";
    enum dhk_err rc = checkpoint_proof_decode(proof, text, &diag);
    if (rc != DHK_OK)
        return rc;
    *what = "the proof does not hold the entry itself";
    if (!proof->has_extra)
        return DHK_FORMAT;
    *what = "the checkpoint is not signed by the log's key";
    rc = checkpoint_open(cp, proof->note, key, &diag);
    if (rc != DHK_OK)
        return rc;
    head.size = cp->size;
    memcpy(head.root, cp->root, sizeof head.root);
    merkle_leaf(leaf, slice_of(proof->extra, proof->extra_n));
    *what = "the entry is not in the signed ledger at that place: entry, "
            "number or proof was altered";
    return merkle_inclusion_verify(&head, proof->index, leaf,
        slice_of(proof->hash, proof->hashes_n * MERKLE_HASH));
}

static enum cli_exit
check_file(struct cmd_ledger *l, const char *path,
    const struct checkpoint_vkey *key, bool json)
{
    const char *what = NULL;
    struct checkpoint cp;
    uint8_t *text = NULL;
    size_t n = 0;
    enum cli_exit exit;
    struct checkpoint_proof *proof = malloc(sizeof *proof);
    if (proof == NULL)
        return cli_fail(l->cli, DHK_NOMEM, path);
    enum dhk_err rc = file_read(&text, &n, path, PROOF_FILE);
    if (rc != DHK_OK) {
        exit = cli_fail(l->cli, rc, path);
        goto out;
    }
    rc = check(&cp, proof, slice_of(text, n), key, &what);
    if (rc != DHK_OK) {
        cli_say(l->cli, "%s: %s", path, what);
        exit = CLI_INVALID;
        goto out;
    }
    if (!json)
        printf("Proved: entry %" PRIu64 " stands in the ledger %s, signed at "
               "%" PRIu64 " entries.\n",
            proof->index, cp.origin, cp.size);
    rc = cmd_ledger_print(
        l, proof->index, slice_of(proof->extra, proof->extra_n), json);
    exit = rc == DHK_OK ? CLI_OK : cli_fail(l->cli, rc, "the entry");
out:
    file_free(&text, n);
    free(proof);
    return exit;
}

enum cli_exit
cmd_ledger_check(struct cli *cli, int argc, char **argv)
{
    struct cmd_ledger l = {.cli = cli};
    struct checkpoint_vkey key;
    const char *vkey = NULL;
    bool json = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"key", 'k', CLI_TEXT, "VKEY",
            "the log's key (else the one of the node's roster)", &vkey},
        {"json", 'j', CLI_FLAG, NULL, "the entry as JSON", &json},
    };
    const struct cli_usage usage = {"FILE [--key VKEY] [--json]",
        "Checks a proof of 'driehoek ledger prove' and shows its entry. Asks "
        "nobody.",
        options, 2, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (log_key(&l, &key, vkey, &exit))
        exit = check_file(&l, cli->args[0], &key, json);
    cmd_ledger_end(&l);
    return cli_flushed(cli, exit);
}
