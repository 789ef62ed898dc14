/* SPDX-License-Identifier: EUPL-1.2
 *
 * What was exported before is asked about first: the broker has to prove that
 * its ledger begins with it. */
#include "ledgerexport.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "heads.h"
#include "ledgerfetch.h"
#include "quorumhead.h"
#include "session.h"
#include "texts.h"
#include "tilescosigned.h"
#include "tileswriter.h"
#include "trust.h"

#include "file.h"

struct run {
    const struct ledgerexport *e;
    struct ledgerexport_result *result;
    struct dhk_problem *problem;
    struct tilesdir *d;
    struct tileswriter *w;
    bool has_head;
    struct checkpoint head; /* of the directory, until now */
    uint8_t head_note[LIMIT_CHECKPOINT];
    size_t head_n;
    uint8_t note[LIMIT_CHECKPOINT]; /* the new one */
    size_t note_n;
};

/* --- what is there --- */

static enum dhk_err
read_head(struct run *r)
{
    struct slice note;
    const struct checkpoint_vkey *log = trust_log(r->e->node->trust);
    enum dhk_err rc = tilesdir_read(r->d, &note, "checkpoint", sizeof r->note);
    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc == DHK_IO || rc == DHK_NOMEM)
        return problem_file(r->problem, rc, r->e->dir);
    if (rc == DHK_OK)
        rc = checkpoint_open(&r->head, note, NULL, NULL);
    if (rc != DHK_OK)
        return problem_set(r->problem, DHK_FORMAT,
            "%s/checkpoint is no checkpoint", r->e->dir);
    if (strcmp(r->head.origin, log->name) != 0)
        return problem_set(r->problem, DHK_EXISTS,
            "%s holds the ledger %s, not %s: export to another directory",
            r->e->dir, r->head.origin, log->name);
    rc = checkpoint_open(&r->head, note, log, NULL);
    if (rc != DHK_OK)
        return problem_set(r->problem, DHK_EXISTS,
            "%s/checkpoint is not signed by the key of the ledger %s: export "
            "to another directory",
            r->e->dir, log->name);
    memcpy(r->head_note, note.p, note.n);
    r->head_n = note.n;
    r->has_head = true;
    return DHK_OK;
}

/* --- that the broker's ledger begins with it --- */

static enum dhk_err
contradicts(struct run *r, struct slice shown)
{
    struct heads *heads = r->e->node->heads;
    heads_evidence(heads, "exported-note", slice_of(r->head_note, r->head_n));
    heads_evidence(heads, "shown-note", shown);
    return problem_set(r->problem, DHK_STATE,
        "the broker's ledger contradicts %s/checkpoint, which it signed; both "
        "checkpoints are kept as evidence-* in %s. Stop, and compare with "
        "another partner",
        r->e->dir, r->e->node->broker_dir);
}

/* Whether the newest tree begins with that of OLD; NOTE (LIMIT_CHECKPOINT
 * bytes) is its checkpoint. DHK_NOTFOUND: the ledger is shorter. */
static enum dhk_err
ask_consistency(
    struct run *r, const struct merkle_head *old, uint8_t *note, size_t *note_n)
{
    struct command ask = {
        .type = COMMAND_GET, .what = COMMAND_GET_CONSISTENCY, .a = old->size};
    struct command reply;
    struct cursor c;
    struct merkle_head new;
    struct checkpoint cp;
    const struct dhk_node *node = r->e->node;
    *note_n = 0;
    enum dhk_err rc = session_request(
        node->session, &ask, &reply, r->e->timeout_ms, r->problem);
    if (rc != DHK_OK)
        return rc;
    if (reply.type != COMMAND_OBJECT || reply.list_n != 2)
        return problem_set(
            r->problem, DHK_FORMAT, "the broker sent no proof of the ledger");
    command_list(&c, reply.list);
    struct slice shown = command_list_next(&c);
    rc = checkpoint_open(&cp, shown, trust_log(node->trust), NULL);
    if (rc != DHK_OK)
        return problem_set(r->problem, DHK_FORMAT,
            "the broker sent no signed checkpoint: %s", dhk_strerror(rc));
    memcpy(note, shown.p, shown.n);
    *note_n = shown.n;
    new.size = cp.size;
    memcpy(new.root, cp.root, sizeof new.root);
    return merkle_consistency_verify(old, &new, command_list_next(&c)) == DHK_OK
               ? DHK_OK
               : DHK_AUTH;
}

static enum dhk_err
check_head(struct run *r)
{
    uint8_t note[LIMIT_CHECKPOINT];
    size_t n = 0;
    struct merkle_head old = {.size = r->head.size};
    if (!r->has_head)
        return DHK_OK;
    memcpy(old.root, r->head.root, sizeof old.root);
    enum dhk_err rc = ask_consistency(r, &old, note, &n);
    if (rc == DHK_AUTH ||
        (rc == DHK_NOTFOUND && !session_is_unanswered(r->e->node->session))) {
        const struct heads *heads = r->e->node->heads;
        return contradicts(
            r, n > 0 ? slice_of(note, n) : heads_last_note(heads));
    }
    return rc;
}

/* The same for what an unfinished run left behind that. */
static enum dhk_err
check_taken(struct run *r)
{
    uint8_t note[LIMIT_CHECKPOINT];
    size_t n = 0;
    const struct tiles_tree *tree = tileswriter_tree(r->w);
    struct merkle_head old = {.size = tree->size};
    r->result->taken = tree->size - r->result->before;
    if (r->result->taken == 0)
        return DHK_OK;
    tiles_tree_root(old.root, tree);
    enum dhk_err rc = ask_consistency(r, &old, note, &n);
    if (rc == DHK_AUTH ||
        (rc == DHK_NOTFOUND && !session_is_unanswered(r->e->node->session)))
        return problem_set(r->problem, DHK_EXISTS,
            "%s has entries after the %" PRIu64 " of its checkpoint that are "
            "not of this ledger: move it away and export anew",
            r->e->dir, r->result->before);
    return rc;
}

/* --- what the cosigners signed --- */

static enum dhk_err
keep_cosigned(struct run *r, const struct quorumhead *q)
{
    enum dhk_err rc = DHK_OK;
    for (size_t i = 0; rc == DHK_OK && i < q->seen_n; i++) {
        rc = heads_check(r->e->node->heads, q->seen[i], r->problem);
        if (rc != DHK_OK)
            return rc;
        rc = tilescosigned_put(r->d, q->seen[i]);
        if (rc != DHK_OK)
            return problem_file(r->problem, rc, r->e->dir);
    }
    return rc;
}

/* Of what does not count nothing is kept, nor said: the node says so itself
 * when it has to rely on it. */
static enum dhk_err
take_cosigned(struct run *r)
{
    struct dhk_node *node = r->e->node;
    struct command ask = {.type = COMMAND_GET, .what = COMMAND_GET_CHECKPOINT};
    struct command reply;
    struct diag diag = {NULL, 0};
    struct quorumhead *q = malloc(sizeof *q);
    const struct quorumhead_by by = {
        trust_roster(node->trust), trust_log(node->trust), session_now(node)};
    if (q == NULL)
        return problem_set(r->problem, DHK_NOMEM, "out of memory");
    enum dhk_err rc = session_request(
        node->session, &ask, &reply, r->e->timeout_ms, r->problem);
    if (rc == DHK_OK && reply.type == COMMAND_OBJECT &&
        quorumhead_read(q, &reply, &by, &diag) == DHK_OK)
        rc = keep_cosigned(r, q);
    else if (rc == DHK_NOTFOUND && !session_is_unanswered(node->session))
        rc = DHK_OK;
    free(q);
    return rc;
}

/* --- what is new --- */

static enum dhk_err
store_text(struct run *r, const struct ledgerfile_record *record)
{
    char texts[NODE_PATH];
    bool is_roster = record->type == LEDGERFILE_ROSTER;
    const struct sshsig_signers *signers = trust_signers(r->e->node->trust);
    struct trust_text in = {.text = record->text, .sigs_n = record->sigs_n};
    struct quorum *q = calloc(1, sizeof *q);
    if (q == NULL)
        return problem_set(r->problem, DHK_NOMEM, "out of memory");
    memcpy(in.sig, record->sig, sizeof in.sig);
    enum dhk_err rc = quorum_check(q, in.text, in.sig, in.sigs_n,
        is_roster ? SSHSIG_NS_ROSTER : SSHSIG_NS_AGREEMENT, signers, NULL, 0,
        (int64_t)(record->time / 1000));
    if (rc == DHK_OK)
        rc = tilesdir_texts(texts, r->d);
    if (rc == DHK_OK)
        rc = file_mkdir(texts);
    if (rc == DHK_OK)
        rc = texts_store(
            texts, is_roster ? TEXTS_ROSTER : TEXTS_AGREEMENT, &in, q, signers);
    free(q);
    return rc == DHK_OK ? rc : problem_file(r->problem, rc, r->e->dir);
}

static enum dhk_err
take_entry(struct run *r, const struct ledgerfile_record *record)
{
    if (record->index != tileswriter_tree(r->w)->size)
        return problem_set(r->problem, DHK_AUTH,
            "the broker left out entry %" PRIu64, tileswriter_tree(r->w)->size);
    return tileswriter_append(r->w, record->entry, r->problem);
}

static enum dhk_err
take_note(struct run *r, struct slice note)
{
    if (note.n > sizeof r->note)
        return problem_set(r->problem, DHK_LIMIT, "a checkpoint is too long");
    memcpy(r->note, note.p, note.n);
    r->note_n = note.n;
    return DHK_OK;
}

static enum dhk_err
take(void *ctx, const struct ledgerfile_record *record)
{
    struct run *r = ctx;
    switch (record->type) {
    case LEDGERFILE_ROSTER:
    case LEDGERFILE_AGREEMENT:
        return store_text(r, record);
    case LEDGERFILE_ENTRY:
        return take_entry(r, record);
    case LEDGERFILE_CHECKPOINT:
        return take_note(r, record->note);
    case LEDGERFILE_ORIGIN:
    case LEDGERFILE_END:
    case LEDGERFILE_NONE:
        break;
    }
    return DHK_OK;
}

static void
progress(void *ctx, uint64_t done, uint64_t total)
{
    const struct run *r = ctx;
    if (r->e->progress != NULL)
        r->e->progress(
            r->e->ctx, r->result->before + r->result->taken + done, total);
}

static enum dhk_err
fetch(struct run *r)
{
    struct merkle_frontier after;
    tiles_tree_frontier(&after, tileswriter_tree(r->w));
    const struct ledgerfetch f = {.node = r->e->node,
        .purpose = r->e->purpose,
        .timeout_ms = r->e->timeout_ms,
        .emit = take,
        .progress = progress,
        .ctx = r,
        .after = &after};
    enum dhk_err rc = ledgerfetch_run(&f, r->problem);
    if (rc == DHK_OK)
        rc = tileswriter_finish(r->w, slice_of(r->note, r->note_n), r->problem);
    if (rc == DHK_OK)
        r->result->size = tileswriter_tree(r->w)->size;
    return rc;
}

/* --- all of it --- */

static enum dhk_err
check_role(const struct run *r)
{
    const struct dhk_node *node = r->e->node;
    const struct roster_partner *own =
        roster_find(trust_roster(node->trust), slice_str(node->name));
    if (own != NULL && own->role == ROSTER_AUDITOR)
        return DHK_OK;
    return problem_set(r->problem, DHK_DENIED,
        "only an auditor sees the whole ledger, which an export needs; "
        "'driehoek ledger fetch' writes what %s may see",
        node->name);
}

enum dhk_err
ledgerexport_run(const struct ledgerexport *e,
    struct ledgerexport_result *result, struct dhk_problem *problem)
{
    struct run *r = calloc(1, sizeof *r);
    memset(result, 0, sizeof *result);
    if (r == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    r->e = e;
    r->result = result;
    r->problem = problem;
    enum dhk_err rc = check_role(r);
    if (rc == DHK_OK)
        rc = tilesdir_open(&r->d, e->dir, true, problem);
    if (rc == DHK_OK)
        rc = read_head(r);
    if (rc == DHK_OK)
        rc = check_head(r);
    if (rc == DHK_OK)
        rc = tileswriter_new(
            &r->w, r->d, r->has_head ? &r->head : NULL, problem);
    if (rc == DHK_OK) {
        result->before = tileswriter_tree(r->w)->size;
        rc = tileswriter_take_over(r->w, problem);
    }
    if (rc == DHK_OK)
        rc = check_taken(r);
    if (rc == DHK_OK) /* first: then the entries that follow cover it */
        rc = take_cosigned(r);
    if (rc == DHK_OK)
        rc = fetch(r);
    tileswriter_destroy(&r->w);
    tilesdir_close(&r->d);
    free(r);
    return rc;
}
