/* SPDX-License-Identifier: EUPL-1.2
 *
 * The order of work for each record: form, hash, tree, signature, meaning. */
#include "verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "merkle.h"

enum { PAGE_MAX = 4096 };

/* A copy of a text record, until the entry after it. */
struct pending {
    enum ledgerfile_type type; /* NONE: there is none */
    uint8_t *mem;
    struct trust_text text;
};

struct verify {
    struct trust *trust;
    struct facts facts;
    struct merkle_frontier tree; /* complete */
    struct pending pending;
    struct entry *entry;
    uint64_t *page_index; /* partial: entries since the last checkpoint */
    uint8_t (*page_leaf)[MERKLE_HASH];
    size_t page_n;
    uint64_t next; /* least index that may come */
    struct merkle_head last;
    bool has_last, at_checkpoint, started;
    bool has_seen;
    struct checkpoint seen;
    struct verify_result result;
};

__attribute__((format(printf, 3, 4))) static enum dhk_err
fault_is(struct verify_fault *fault, enum dhk_err rc, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    return rc;
}

static enum dhk_err
entry_fault(struct verify_fault *fault, enum dhk_err rc, uint64_t index,
    const char *why)
{
    fault->has_entry = true;
    fault->from = index;
    fault->until = index + 1;
    return fault_is(fault, rc, "entry %" PRIu64 ": %s", index, why);
}

void
verify_destroy(struct verify **v)
{
    if (*v == NULL)
        return;
    facts_end(&(*v)->facts);
    trust_destroy(&(*v)->trust);
    free((*v)->pending.mem);
    free((*v)->entry);
    free((*v)->page_index);
    free((*v)->page_leaf);
    free(*v);
    *v = NULL;
}

enum dhk_err
verify_new(struct verify **out, const struct verify_input *in,
    struct verify_fault *fault)
{
    struct dhk_problem problem = {""};
    struct verify *v = calloc(1, sizeof *v);
    enum dhk_err rc = DHK_NOMEM;
    *out = NULL;
    memset(fault, 0, sizeof *fault);
    if (v == NULL)
        return fault_is(fault, rc, "out of memory");
    if (in->seen != NULL) {
        v->has_seen = true;
        v->seen = *in->seen;
    }
    merkle_frontier_init(&v->tree);
    v->entry = malloc(sizeof *v->entry);
    v->page_index = calloc(PAGE_MAX, sizeof *v->page_index);
    v->page_leaf = calloc(PAGE_MAX, sizeof *v->page_leaf);
    if (v->entry == NULL || v->page_index == NULL || v->page_leaf == NULL)
        goto out;
    rc = trust_new(&v->trust, in->signers, NULL, &problem);
    if (rc != DHK_OK) {
        (void)fault_is(fault, rc, "%s", problem.text);
        goto out;
    }
    rc = facts_init(&v->facts, v->trust);
    v->facts.others = in->others;
    v->facts.others_n = in->others_n;
    if (rc == DHK_OK) {
        *out = v;
        v = NULL;
    }
out:
    if (rc == DHK_NOMEM)
        (void)fault_is(fault, rc, "out of memory");
    verify_destroy(&v);
    return rc;
}

void
verify_tell_seals(struct verify *v,
    enum dhk_err (*sealed)(void *ctx, const struct facts_entry *at,
        const struct seallist_row *rows, size_t n),
    void *ctx)
{
    facts_seals_tell(&v->facts, sealed, ctx);
}

/* --- origin and texts
 * --------------------------------------------------------- */

static enum dhk_err
take_origin(struct verify *v, const struct ledgerfile_record *r,
    struct verify_fault *fault)
{
    v->started = true;
    v->facts.complete = r->complete;
    v->result.complete = r->complete;
    enum dhk_err rc =
        slice_to_str(r->origin, v->facts.origin, sizeof v->facts.origin);
    if (rc != DHK_OK || r->origin.n == 0)
        return fault_is(fault, DHK_FORMAT, "the origin is malformed");
    return DHK_OK;
}

static enum dhk_err
copy_text(struct pending *p, const struct ledgerfile_record *r)
{
    size_t n = r->text.n + 1;
    for (size_t i = 0; i < r->sigs_n; i++)
        n += r->sig[i].armor.n;
    p->mem = malloc(n);
    if (p->mem == NULL)
        return DHK_NOMEM;
    struct sink s;
    sink_init(&s, p->mem, n);
    memset(&p->text, 0, sizeof p->text);
    p->text.text = slice_of(s.p, r->text.n);
    sink_slice(&s, r->text);
    p->text.sigs_n = r->sigs_n;
    for (size_t i = 0; i < r->sigs_n; i++) {
        p->text.sig[i] = r->sig[i];
        p->text.sig[i].armor = slice_of(s.p + s.n, r->sig[i].armor.n);
        sink_slice(&s, r->sig[i].armor);
    }
    p->type = r->type;
    return DHK_OK;
}

static void
drop_text(struct pending *p)
{
    free(p->mem);
    p->mem = NULL;
    p->type = LEDGERFILE_NONE;
}

static enum dhk_err
take_text(struct verify *v, const struct ledgerfile_record *r,
    struct verify_fault *fault)
{
    if (v->pending.type != LEDGERFILE_NONE)
        return fault_is(fault, DHK_FORMAT,
            "a roster or agreement that no entry puts in force");
    enum dhk_err rc = copy_text(&v->pending, r);
    if (rc != DHK_OK)
        return fault_is(fault, rc, "out of memory");
    return DHK_OK;
}

/* --- entries ---------------------------------------------------------------
 */

static enum dhk_err
add_to_tree(struct verify *v, const struct ledgerfile_record *r,
    struct verify_fault *fault)
{
    uint8_t root[MERKLE_HASH];
    if (!v->facts.complete) {
        if (v->page_n == PAGE_MAX)
            return fault_is(fault, DHK_LIMIT,
                "too many entries under one "
                "checkpoint");
        v->page_index[v->page_n] = r->index;
        memcpy(v->page_leaf[v->page_n++], r->leaf, MERKLE_HASH);
        return DHK_OK;
    }
    if (merkle_frontier_append(&v->tree, r->leaf, NULL) != DHK_OK)
        return fault_is(fault, DHK_LIMIT, "more entries than a tree can have");
    if (!v->has_seen || v->tree.size != v->seen.size)
        return DHK_OK;
    merkle_frontier_root(root, &v->tree);
    v->result.seen = VERIFY_SEEN_EXTENDS;
    if (memcmp(root, v->seen.root, MERKLE_HASH) == 0)
        return DHK_OK;
    fault->has_interval = true;
    fault->from = v->has_last ? v->last.size : 0;
    fault->until = v->seen.size;
    return fault_is(fault, DHK_STATE,
        "the first %" PRIu64 " entries are not those that this node saw: the "
        "ledger was rewritten",
        v->seen.size);
}

static enum dhk_err
check_place(const struct verify *v, const struct ledgerfile_record *r,
    struct verify_fault *fault)
{
    if (v->facts.complete && r->index != v->next)
        return fault_is(fault, DHK_FORMAT,
            "entry %" PRIu64 " should come next, but entry %" PRIu64
            " stands there",
            v->next, r->index);
    if (r->index < v->next)
        return entry_fault(fault, DHK_FORMAT, r->index, "it is out of order");
    return DHK_OK;
}

static enum dhk_err
take_meaning(struct verify *v, const struct ledgerfile_record *r,
    struct verify_fault *fault)
{
    struct diag diag = {NULL, 0};
    enum dhk_err rc = entry_decode(v->entry, r->entry, &diag);
    if (rc != DHK_OK)
        return entry_fault(fault, rc, r->index,
            diag.what != NULL ? diag.what : "it is malformed");
    bool is_text = v->pending.type != LEDGERFILE_NONE;
    enum entry_kind wanted =
        v->pending.type == LEDGERFILE_ROSTER ? ENTRY_ROSTER : ENTRY_AGREEMENT;
    if (is_text && v->entry->kind != wanted)
        return entry_fault(fault, DHK_FORMAT, r->index,
            "it does not put the text before it in force");
    struct facts_entry at = {r->index, r->leaf, r->entry, v->entry,
        is_text ? &v->pending.text : NULL};
    rc = facts_add(&v->facts, &at);
    if (rc == DHK_NOMEM)
        return fault_is(fault, rc, "out of memory");
    if (rc != DHK_OK)
        return entry_fault(fault, rc, r->index, v->facts.why);
    v->result.kinds[v->entry->kind]++;
    return DHK_OK;
}

static enum dhk_err
take_entry(struct verify *v, const struct ledgerfile_record *r,
    struct verify_fault *fault)
{
    uint8_t leaf[MERKLE_HASH];
    enum dhk_err rc = check_place(v, r, fault);
    if (rc != DHK_OK)
        return rc;
    merkle_leaf(leaf, r->entry);
    if (memcmp(leaf, r->leaf, MERKLE_HASH) != 0)
        return entry_fault(fault, DHK_AUTH, r->index,
            "its bytes do not have the hash that was recorded for it: one of "
            "the two was altered");
    rc = add_to_tree(v, r, fault);
    if (rc == DHK_OK)
        rc = take_meaning(v, r, fault);
    drop_text(&v->pending);
    v->next = r->index + 1;
    v->result.entries++;
    v->at_checkpoint = false;
    return rc;
}

/* --- checkpoints
 * -------------------------------------------------------------- */

/* Before the first roster only the genesis entry names the log's key; that
 * roster must name the same. */
static enum dhk_err
open_note(struct verify *v, struct checkpoint *cp, struct slice note,
    struct verify_fault *fault)
{
    struct checkpoint_vkey vkey;
    struct diag diag = {NULL, 0};
    if (trust_roster(v->trust) != NULL)
        vkey = *trust_log(v->trust);
    else if (v->facts.has_log_key)
        checkpoint_vkey_make(
            &vkey, CHECKPOINT_ED25519, v->facts.origin, &v->facts.log_key);
    else
        return fault_is(fault, DHK_AUTH,
            "a checkpoint before any roster says "
            "whose key counts");
    enum dhk_err rc = checkpoint_open(cp, note, &vkey, &diag);
    if (rc == DHK_OK && strcmp(cp->origin, v->facts.origin) == 0)
        return DHK_OK;
    return fault_is(fault, rc == DHK_OK ? DHK_AUTH : rc,
        "the checkpoint after %" PRIu64 " entries: %s", v->next,
        rc == DHK_OK        ? "it is of another ledger"
        : diag.what != NULL ? diag.what
                            : "the log's signature does not verify");
}

static enum dhk_err
check_root(
    struct verify *v, const struct checkpoint *cp, struct verify_fault *fault)
{
    uint8_t root[MERKLE_HASH];
    if (cp->size != v->tree.size)
        return fault_is(fault, DHK_FORMAT,
            "a checkpoint of %" PRIu64 " entries stands after %" PRIu64,
            cp->size, v->tree.size);
    merkle_frontier_root(root, &v->tree);
    if (memcmp(root, cp->root, MERKLE_HASH) == 0)
        return DHK_OK;
    fault->has_interval = true;
    fault->from = v->has_last ? v->last.size : 0;
    fault->until = cp->size;
    return fault_is(fault, DHK_AUTH,
        "an entry from %" PRIu64 " up to %" PRIu64 " is not what the log "
        "signed: the checkpoint before them is right, the one after them is "
        "not",
        fault->from, cp->size > 0 ? cp->size - 1 : 0);
}

static enum dhk_err
check_page(struct verify *v, const struct checkpoint *cp,
    const struct ledgerfile_record *r, struct verify_fault *fault)
{
    struct merkle_head head = {.size = cp->size};
    struct merkle_multi multi = {
        cp->size, v->page_index, v->page_n, &v->page_leaf[0][0], r->proof};
    memcpy(head.root, cp->root, MERKLE_HASH);
    if (v->has_last &&
        merkle_consistency_verify(&v->last, &head, r->consistency) != DHK_OK)
        return fault_is(fault, DHK_AUTH,
            "the checkpoint of %" PRIu64 " entries does not extend the one of "
            "%" PRIu64 " before it",
            cp->size, v->last.size);
    if (v->page_n == 0)
        return r->proof.n == 0
                   ? DHK_OK
                   : fault_is(fault, DHK_FORMAT, "a proof of no entries");
    fault->from = v->page_index[0];
    fault->until = v->page_index[v->page_n - 1] + 1;
    if (merkle_multi_verify(&multi, cp->root) == DHK_OK)
        return DHK_OK;
    fault->has_interval = true;
    return fault_is(fault, DHK_AUTH,
        "an entry from %" PRIu64 " up to %" PRIu64 " is not what the log "
        "signed",
        fault->from, fault->until - 1);
}

/* What this node saw last, when it is this very checkpoint. */
static enum dhk_err
compare_seen(
    struct verify *v, const struct checkpoint *cp, struct verify_fault *fault)
{
    if (!v->has_seen || cp->size != v->seen.size)
        return DHK_OK;
    v->result.seen = VERIFY_SEEN_EXTENDS;
    if (memcmp(cp->root, v->seen.root, MERKLE_HASH) == 0)
        return DHK_OK;
    return fault_is(fault, DHK_STATE,
        "the checkpoint of %" PRIu64 " entries contradicts the one that this "
        "node saw: the log shows different ledgers",
        cp->size);
}

static enum dhk_err
take_checkpoint(struct verify *v, const struct ledgerfile_record *r,
    struct verify_fault *fault)
{
    struct checkpoint cp = {.size = 0};
    if (v->pending.type != LEDGERFILE_NONE)
        return fault_is(fault, DHK_FORMAT,
            "a roster or agreement that no entry puts in force");
    enum dhk_err rc = open_note(v, &cp, r->note, fault);
    if (rc != DHK_OK)
        return rc;
    if (v->facts.complete && (r->proof.n != 0 || r->consistency.n != 0))
        return fault_is(
            fault, DHK_FORMAT, "a proof where every entry is there");
    rc = v->facts.complete ? check_root(v, &cp, fault)
                           : check_page(v, &cp, r, fault);
    if (rc == DHK_OK)
        rc = compare_seen(v, &cp, fault);
    v->last.size = cp.size;
    memcpy(v->last.root, cp.root, MERKLE_HASH);
    v->has_last = true;
    v->at_checkpoint = true;
    v->page_n = 0;
    v->result.head = cp;
    v->result.checkpoints++;
    return rc;
}

/* --- all of it ---------------------------------------------------------------
 */

enum dhk_err
verify_record(struct verify *v, const struct ledgerfile_record *record,
    struct verify_fault *fault)
{
    memset(fault, 0, sizeof *fault);
    if (v->started == (record->type == LEDGERFILE_ORIGIN))
        return fault_is(fault, DHK_FORMAT, "the origin stands first, and once");
    switch (record->type) {
    case LEDGERFILE_ORIGIN:
        return take_origin(v, record, fault);
    case LEDGERFILE_ROSTER:
    case LEDGERFILE_AGREEMENT:
        return take_text(v, record, fault);
    case LEDGERFILE_ENTRY:
        return take_entry(v, record, fault);
    case LEDGERFILE_CHECKPOINT:
        return take_checkpoint(v, record, fault);
    case LEDGERFILE_END:
    case LEDGERFILE_NONE:
        break;
    }
    return fault_is(fault, DHK_FORMAT, "a record of an unknown type");
}

enum dhk_err
verify_finish(
    struct verify *v, struct verify_result *result, struct verify_fault *fault)
{
    memset(fault, 0, sizeof *fault);
    if (!v->started || !v->has_last)
        return fault_is(
            fault, DHK_AUTH, "no checkpoint of the log vouches for the file");
    if (!v->at_checkpoint) {
        fault->has_interval = true;
        fault->from = v->last.size;
        fault->until = v->next;
        return fault_is(fault, DHK_AUTH,
            "no checkpoint of the log vouches for the last entries, from "
            "%" PRIu64 " on",
            v->last.size);
    }
    if (facts_is_due(&v->facts))
        return fault_is(fault, DHK_AUTH,
            "it ends before the entry that had to follow the last one: what a "
            "question left out, or the end of a share's waiting");
    if (trust_roster(v->trust) == NULL)
        return fault_is(fault, DHK_AUTH,
            "no signed roster vouches for the "
            "log's key");
    if (v->has_seen && v->result.seen == VERIFY_SEEN_NONE)
        v->result.seen =
            !v->facts.complete ? VERIFY_SEEN_UNKNOWN : VERIFY_SEEN_OLDER;
    v->result.signatures = v->facts.signatures;
    v->result.unchecked = v->facts.unchecked;
    v->result.open = v->facts.open;
    v->result.notices =
        facts_notices(v->result.notice, VERIFY_NOTICES, &v->facts);
    memcpy(v->result.origin, v->facts.origin, sizeof v->result.origin);
    *result = v->result;
    return DHK_OK;
}
