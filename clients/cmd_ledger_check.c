/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger check FILE: a C2SP tlog-proof or checkpoint, of our ledger
 * or of any other log. */
#include "cmd_ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "cmd_ledger_answer.h"
#include "fullanswer.h"
#include "clock.h"
#include "file.h"
#include "merkle.h"
#include "trust.h"

enum { KEYS_MAX = 32, INPUT_MAX = 128 * 1024 };

struct checking {
    struct cmd_ledger l;
    struct cli_list given; /* --key */
    const char *entry;     /* --entry */
    const char *roster;    /* --roster */
    struct roster *given_roster;
    bool json;
    struct checkpoint_vkey key[KEYS_MAX];
    size_t keys_n;
    const char *path;
    uint8_t *mem, *entry_mem;
    size_t n, entry_n;
    struct checkpoint_proof *proof;
    struct checkpoint cp;
    struct checkpoint_signature sig[CHECKPOINT_SIGNATURES];
    size_t sigs_n;
};

/* --- keys --- */

static bool
given_keys(struct checking *x, enum cli_exit *exit)
{
    if (x->given.n > KEYS_MAX) {
        *exit = cli_wrong(x->l.cli, "at most %d keys", KEYS_MAX);
        return false;
    }
    for (size_t i = 0; i < x->given.n; i++) {
        struct slice text = slice_str(x->given.item[i]);
        enum dhk_err rc = checkpoint_vkey_parse(&x->key[i], text);
        if (rc == DHK_OK)
            continue;
        *exit = cli_wrong(x->l.cli,
            rc == DHK_VERSION
                ? "a key of --key is of a type that this program does not "
                  "know: it knows Ed25519 of logs (1) and of witnesses (4)"
                : "--key wants a verifier key: NAME+ID+BASE64");
        return false;
    }
    x->keys_n = x->given.n;
    return true;
}

/* Believed as it is: who signed it is not looked at. */
static bool
read_roster(struct checking *x, enum cli_exit *exit)
{
    uint8_t *text = NULL;
    size_t n = 0;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = file_read(&text, &n, x->roster, LIMIT_TEXT);
    if (rc != DHK_OK) {
        *exit = cli_fail(x->l.cli, rc, x->roster);
        return false;
    }
    rc = roster_parse(&x->given_roster, slice_of(text, n), &diag);
    file_free(&text, n);
    if (rc == DHK_OK)
        return true;
    cli_say(x->l.cli, "%s: this is no roster: %s", x->roster,
        diag.what != NULL ? diag.what : dhk_strerror(rc));
    *exit = CLI_INVALID;
    return false;
}

/* Those that were given, or the log's of the roster that was, or of the
 * node's. */
static bool
find_keys(struct checking *x, enum cli_exit *exit)
{
    if (x->roster != NULL && !read_roster(x, exit))
        return false;
    if (x->given.n > 0)
        return given_keys(x, exit);
    if (x->given_roster != NULL) {
        checkpoint_vkey_make(&x->key[0], CHECKPOINT_ED25519,
            x->given_roster->origin, &x->given_roster->log_key);
        x->keys_n = 1;
        return true;
    }
    if (!cmd_ledger_offline(&x->l, exit)) {
        if (*exit == CLI_USAGE)
            cli_say(x->l.cli, "or give the roster to believe with --roster, or "
                              "the log's key with --key");
        return false;
    }
    if (trust_roster(x->l.node->trust) == NULL) {
        cli_say(x->l.cli, "the node knows no roster: give one with --roster, "
                          "or the log's key with --key");
        *exit = CLI_USAGE;
        return false;
    }
    x->key[0] = *trust_log(x->l.node->trust);
    x->keys_n = 1;
    return true;
}

/* --- checkpoints --- */

/* The form of NOTE and its signatures; *WHAT says what is wrong. */
static enum dhk_err
check_note(struct checking *x, struct slice note, const char **what)
{
    struct diag diag = {NULL, 0};
    enum dhk_err rc = checkpoint_open(&x->cp, note, NULL, &diag);
    if (rc != DHK_OK) {
        *what = diag.what;
        return rc;
    }
    rc = checkpoint_signatures(x->sig, &x->sigs_n, note, x->key, x->keys_n);
    *what = rc == DHK_AUTH
                ? "the checkpoint is not signed by the key, or by none of the "
                  "keys; or a signature of one of them does not verify"
                : dhk_strerror(rc);
    return rc;
}

/* Whether the log itself is among those whose signature was verified. */
static bool
is_of_log(const struct checking *x, const struct checkpoint_signature *s)
{
    return s->key >= 0 && x->key[s->key].type == CHECKPOINT_ED25519 &&
           strcmp(x->key[s->key].name, x->cp.origin) == 0;
}

static bool
has_log(const struct checking *x)
{
    for (size_t i = 0; i < x->sigs_n; i++)
        if (is_of_log(x, &x->sig[i]))
            return true;
    return false;
}

static bool
is_cosigned(const struct checking *x, const struct checkpoint_signature *s)
{
    return s->key >= 0 && x->key[s->key].type == CHECKPOINT_COSIGNATURE;
}

static void
print_signature(const struct checking *x, const struct checkpoint_signature *s)
{
    char when[21] = "";
    const char *name = s->key >= 0 ? x->key[s->key].name : "";
    if (s->key < 0) {
        printf("  not checked  %.*s+%08" PRIx32 ", whose key is not given\n",
            (int)s->name.n, (const char *)s->name.p, s->id);
    } else if (is_cosigned(x, s)) {
        clock_text(when, (int64_t)s->time);
        printf("  cosigned     %s at %s\n", name, when);
    } else {
        printf("  signed       %s%s\n", name,
            is_of_log(x, s) ? ", the log" : ", which is not the log");
    }
}

static void
print_note(const struct checking *x)
{
    char root[KEY_B64];
    key_base64(root, sizeof root, x->cp.root, sizeof x->cp.root);
    printf("Verified: a checkpoint of %s, %" PRIu64 " entries.\n", x->cp.origin,
        x->cp.size);
    printf("  root         %s\n", root);
    for (size_t i = 0; i < x->sigs_n; i++)
        print_signature(x, &x->sig[i]);
    if (!has_log(x))
        printf("  the log      its own signature was not checked: none of the "
               "keys is the log's\n");
}

static json_t *
signature_json(const struct checking *x, const struct checkpoint_signature *s)
{
    char id[9];
    uint8_t bytes[4];
    json_t *o = json_build_object();
    bytes_put_u32(bytes, s->id);
    bytes_hex(id, bytes, sizeof bytes);
    json_build_slice(o, "name", s->name);
    json_build_text(o, "key_id", id);
    json_build_bool(o, "verified", s->key >= 0);
    if (s->key >= 0)
        json_build_uint(o, "type", x->key[s->key].type);
    if (is_cosigned(x, s))
        json_build_time(o, "time", (int64_t)s->time);
    return o;
}

static json_t *
note_json(const struct checking *x)
{
    char root[KEY_B64];
    json_t *o = json_build_object();
    json_t *list = json_build_array();
    key_base64(root, sizeof root, x->cp.root, sizeof x->cp.root);
    for (size_t i = 0; i < x->sigs_n; i++)
        json_build_add(list, signature_json(x, &x->sig[i]));
    json_build_bool(o, "verified", true);
    json_build_text(o, "origin", x->cp.origin);
    json_build_uint(o, "size", x->cp.size);
    json_build_text(o, "root", root);
    json_build_bool(o, "log_signed", has_log(x));
    json_build_put(o, "signatures", list);
    return o;
}

static enum cli_exit
show_note(struct checking *x)
{
    const char *what = NULL;
    enum dhk_err rc = check_note(x, slice_of(x->mem, x->n), &what);
    if (rc != DHK_OK) {
        cli_say(x->l.cli, "%s: this is no proof, and no checkpoint either: %s",
            x->path, what);
        return CLI_INVALID;
    }
    if (x->json)
        (void)json_print(stdout, note_json(x));
    else
        print_note(x);
    return CLI_OK;
}

/* --- proofs --- */

/* The bytes that were hashed: --entry, or what the proof carries. */
static struct slice
leaf_of(const struct checking *x)
{
    return x->entry != NULL ? slice_of(x->entry_mem, x->entry_n)
                            : slice_of(x->proof->extra, x->proof->extra_n);
}

static enum dhk_err
check_proof(struct checking *x, const char **what)
{
    uint8_t leaf[MERKLE_HASH];
    struct diag diag = {NULL, 0};
    struct merkle_head head;
    *what = "this is not a proof file, or it was damaged";
    enum dhk_err rc =
        checkpoint_proof_decode(x->proof, slice_of(x->mem, x->n), &diag);
    if (rc != DHK_OK)
        return rc;
    *what = "the proof does not hold the entry itself: give the file with its "
            "bytes with --entry";
    if (!x->proof->has_extra && x->entry == NULL)
        return DHK_FORMAT;
    rc = check_note(x, x->proof->note, what);
    if (rc != DHK_OK)
        return rc;
    head.size = x->cp.size;
    memcpy(head.root, x->cp.root, sizeof head.root);
    merkle_leaf(leaf, leaf_of(x));
    *what = "the entry is not in the signed ledger at that place: entry, "
            "number or proof was altered";
    return merkle_inclusion_verify(&head, x->proof->index, leaf,
        slice_of(x->proof->hash[0], x->proof->hashes_n * MERKLE_HASH));
}

/* An entry of another log is bytes to us. */
static enum dhk_err
print_foreign(const struct checking *x)
{
    if (x->json) {
        json_t *o = json_build_object();
        json_build_bool(o, "proved", true);
        json_build_uint(o, "index", x->proof->index);
        json_build_text(o, "origin", x->cp.origin);
        json_build_uint(o, "size", x->cp.size);
        return json_print(stdout, o);
    }
    printf("The entry has %zu bytes and is not of a form that this program "
           "knows.\n",
        leaf_of(x).n);
    return DHK_OK;
}

static enum cli_exit
show_proof(struct checking *x)
{
    const char *what = NULL;
    struct entry *e = malloc(sizeof *e);
    x->proof = malloc(sizeof *x->proof);
    if (x->proof == NULL || e == NULL) {
        free(e);
        return cli_fail(x->l.cli, DHK_NOMEM, x->path);
    }
    enum dhk_err rc = check_proof(x, &what);
    if (rc != DHK_OK) {
        cli_say(x->l.cli, "%s: %s", x->path, what);
        free(e);
        return CLI_INVALID;
    }
    if (!x->json)
        printf("Proved: entry %" PRIu64 " stands in the ledger %s, signed at "
               "%" PRIu64 " entries.\n",
            x->proof->index, x->cp.origin, x->cp.size);
    bool ours = leaf_of(x).n <= LIMIT_ENTRY &&
                entry_decode(e, leaf_of(x), NULL) == DHK_OK;
    free(e);
    rc = ours ? cmd_ledger_print(&x->l, x->proof->index, leaf_of(x), x->json)
              : print_foreign(x);
    return rc == DHK_OK ? CLI_OK : cli_fail(x->l.cli, rc, "the entry");
}

/* --- answers --- */

static enum cli_exit
show_answer(struct checking *x)
{
    struct cmd_ledger_answer a = {.cli = x->l.cli,
        .path = x->path,
        .file = slice_of(x->mem, x->n),
        .key = x->key,
        .keys_n = x->keys_n,
        .roster = x->given_roster,
        .json = x->json};
    if (a.roster == NULL && x->l.node != NULL)
        a.roster = trust_roster(x->l.node->trust);
    return cmd_ledger_answer_check(&a);
}

/* --- the command --- */

static enum cli_exit
check_file(struct checking *x)
{
    static const char proof[] = "c2sp.org/tlog-proof@";
    struct cli *cli = x->l.cli;
    x->path = cli->args[0];
    enum dhk_err rc = file_read(&x->mem, &x->n, x->path, FULLANSWER_FILE);
    bool answer = rc == DHK_OK && cmd_ledger_answer_is(slice_of(x->mem, x->n));
    if (rc == DHK_OK && !answer && x->n > INPUT_MAX)
        rc = DHK_LIMIT;
    if (rc != DHK_OK)
        return cli_fail(cli, rc, x->path);
    if (answer)
        return show_answer(x);
    if (x->entry != NULL)
        rc = file_read(&x->entry_mem, &x->entry_n, x->entry, INPUT_MAX);
    if (rc != DHK_OK)
        return cli_fail(cli, rc, x->entry);
    if (x->n >= sizeof proof - 1 &&
        memcmp(x->mem, proof, sizeof proof - 1) == 0)
        return show_proof(x);
    if (x->entry != NULL)
        return cli_wrong(cli, "--entry belongs to a proof");
    return show_note(x);
}

enum cli_exit
cmd_ledger_check(struct cli *cli, int argc, char **argv)
{
    struct checking *x = calloc(1, sizeof *x);
    enum cli_exit exit = CLI_OK;
    if (x == NULL)
        return cli_fail(cli, DHK_NOMEM, "check");
    x->l.cli = cli;
    const struct cli_option options[] = {
        {"key", 'k', CLI_LIST, "VKEY",
            "believe this key of a log or witness (may be repeated)",
            &x->given},
        {"entry", 'e', CLI_TEXT, "FILE",
            "the bytes of the entry, for a proof that does not hold them",
            &x->entry},
        {"roster", 'r', CLI_TEXT, "FILE",
            "believe this roster: its log's key, its partners (else the "
            "node's)",
            &x->roster},
        {"json", 'j', CLI_FLAG, NULL, "as JSON", &x->json},
    };
    const struct cli_usage usage = {
        "FILE [--key VKEY]... [--roster FILE] [--entry FILE] [--json]",
        "Checks a proof that an entry is in a log (C2SP tlog-proof) and shows "
        "the entry,\nor a checkpoint (C2SP tlog-checkpoint) and says who "
        "signed "
        "it: ours, as\n'driehoek ledger prove' and 'export' write them, or "
        "those of any log; or a\ncomplete answer of 'driehoek ledger query'. "
        "Asks nobody.",
        options, 4, 1, 1};
    if (cli_parse(cli, &usage, argc, argv, &exit)) {
        if (find_keys(x, &exit))
            exit = check_file(x);
        cmd_ledger_end(&x->l);
        exit = cli_flushed(cli, exit);
    }
    file_free(&x->mem, x->n);
    file_free(&x->entry_mem, x->entry_n);
    free(x->proof);
    roster_destroy(&x->given_roster);
    free(x);
    return exit;
}
