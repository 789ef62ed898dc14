/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reads a true ledger and writes one that is not. */
#include "ledger_forge.h"

#include <stdlib.h>
#include <string.h>

#include "../proto/tree.h"
#include "merkle.h"

struct forge {
    struct forging how;
    struct ledgerfile *in, *out;
    struct tree tree; /* what the log signed */
    uint64_t last;    /* size of the checkpoint before */
    uint64_t index[LEDGER_ENTRIES_MAX];
    size_t n; /* entries since */
    bool has_roster, changed;
    struct ledgerfile_record kept; /* to come again */
    uint8_t entry[LIMIT_ENTRY], again[LIMIT_ENTRY];
    uint8_t text[8192], armor[2048];
    uint8_t consistency[TREE_PROOF], proof[TREE_PROOF];
};

static void
ok(enum dhk_err rc)
{
    assert_int_equal(rc, DHK_OK);
}

static void
put(struct forge *f, const struct ledgerfile_record *r)
{
    ok(ledgerfile_write(f->out, r));
}

static struct slice
copied(uint8_t *mem, size_t cap, struct slice from)
{
    assert_true(from.n <= cap);
    memcpy(mem, from.p, from.n);
    return slice_of(mem, from.n);
}

static bool
is_left_out(const struct forge *f, const struct ledgerfile_record *r)
{
    if (!f->how.partial)
        return false;
    if (r->type == LEDGERFILE_ENTRY)
        return r->index == 0 || r->index == 5 || r->index == 9;
    /* only the roster says whose key counts */
    return r->type == LEDGERFILE_CHECKPOINT && !f->has_roster;
}

static void
forge_entry(struct forge *f, struct ledgerfile_record *r)
{
    enum ledger_forgery what = f->how.what;
    tree_add(&f->tree, r->leaf);
    f->index[f->n] = r->index;
    f->n += !is_left_out(f, r);
    if (r->index != f->how.entry)
        return;
    if (what == FORGE_TEXT) {
        put(f, &f->kept);
        f->changed = true;
    } else if (what == FORGE_NUMBER) {
        r->index++;
        f->changed = true;
    } else if (what == FORGE_REPEAT) {
        f->kept = *r;
        f->kept.entry = copied(f->again, sizeof f->again, r->entry);
    } else if ((what == FORGE_BYTE || what == FORGE_UNDER_LEAF) &&
               f->how.byte < r->entry.n) {
        r->entry = copied(f->entry, sizeof f->entry, r->entry);
        f->entry[f->how.byte] ^= 1;
        if (what == FORGE_BYTE)
            merkle_leaf(r->leaf, r->entry);
        f->changed = true;
    }
}

static void
forge_text(struct forge *f, struct ledgerfile_record *r)
{
    f->has_roster = f->has_roster || r->type == LEDGERFILE_ROSTER;
    if (f->how.what == FORGE_REPEAT)
        return;
    f->kept = *r;
    f->kept.text = copied(f->text, sizeof f->text, r->text);
    f->kept.sig[0].armor = copied(f->armor, sizeof f->armor, r->sig[0].armor);
    if (f->how.what == FORGE_TWO_TEXTS) {
        put(f, r);
        f->changed = true;
    }
}

/* The entry from before comes again: its number stands first. */
static void
repeat(struct forge *f)
{
    put(f, &f->kept);
    memmove(&f->index[1], &f->index[0], f->n * sizeof f->index[0]);
    f->index[0] = f->kept.index;
    f->n++;
    f->kept.type = LEDGERFILE_NONE;
    f->changed = true;
}

static void
prove(struct forge *f, struct ledgerfile_record *r)
{
    struct merkle_reader reader = tree_reader(&f->tree);
    struct merkle_multi m = {
        .size = f->tree.size, .index = f->index, .n = f->n};
    struct sink s;
    sink_init(&s, f->consistency, sizeof f->consistency);
    ok(merkle_consistency_prove(&s, f->last, f->tree.size, &reader));
    r->consistency = sink_done(&s);
    if (f->how.what == FORGE_CONSISTENCY && r->consistency.n > 0) {
        f->consistency[r->consistency.n / 2] ^= 1;
        f->changed = true;
    }
    sink_init(&s, f->proof, sizeof f->proof);
    if (f->n > 0)
        ok(merkle_multi_prove(&s, &m, &reader));
    r->proof = sink_done(&s);
}

static void
forge_checkpoint(struct forge *f, struct ledgerfile_record *r)
{
    bool end = f->tree.size > 9;
    if (f->how.what == FORGE_LAST_TEXT && end) {
        put(f, &f->kept);
        f->changed = true;
    }
    if (f->how.partial)
        prove(f, r);
    if (f->how.what == FORGE_PROOF && end) {
        memset(f->proof + r->proof.n, 0, MERKLE_HASH);
        r->proof = slice_of(f->proof, r->proof.n + MERKLE_HASH);
        f->changed = true;
    }
    f->last = f->tree.size;
    f->n = 0;
}

static void
forge_record(struct forge *f, struct ledgerfile_record *r)
{
    switch (r->type) {
    case LEDGERFILE_ORIGIN:
        r->complete = !f->how.partial;
        if (f->how.what != FORGE_ORIGIN)
            break;
        r->origin = slice_str("ledger.example.org/2");
        f->changed = true;
        break;
    case LEDGERFILE_ROSTER:
    case LEDGERFILE_AGREEMENT:
        forge_text(f, r);
        break;
    case LEDGERFILE_ENTRY:
        forge_entry(f, r);
        break;
    case LEDGERFILE_CHECKPOINT:
        forge_checkpoint(f, r);
        break;
    case LEDGERFILE_END:
    case LEDGERFILE_NONE:
        break;
    }
}

static void
forge_all(struct forge *f)
{
    const char *what = NULL;
    struct ledgerfile_record *r = malloc(sizeof *r);
    assert_non_null(r);
    while (ledgerfile_read(r, f->in, &what) == DHK_OK) {
        bool checkpoint = r->type == LEDGERFILE_CHECKPOINT;
        forge_record(f, r);
        if (!is_left_out(f, r))
            put(f, r);
        if (checkpoint && f->how.what == FORGE_REPEAT &&
            f->kept.type == LEDGERFILE_ENTRY)
            repeat(f);
    }
    free(r);
}

bool
ledger_forge(struct ledger_made *out, const struct ledger_made *made,
    const struct forging *how)
{
    struct forge *f = calloc(1, sizeof *f);
    char *mem = NULL;
    size_t n = 0;
    FILE *from = fmemopen(made->bytes, made->n, "r");
    FILE *to = open_memstream(&mem, &n);
    assert_true(f != NULL && from != NULL && to != NULL);
    f->how = *how;
    f->tree.fail_at = UINT64_MAX;
    ok(ledgerfile_open(&f->in, from));
    ok(ledgerfile_create(&f->out, to));
    forge_all(f);
    ok(ledgerfile_finish(f->out));
    ledgerfile_destroy(&f->in);
    ledgerfile_destroy(&f->out);
    (void)fclose(from);
    (void)fclose(to);
    bool changed = f->changed;
    free(f);
    *out = *made;
    out->bytes = (uint8_t *)mem;
    out->n = n;
    return changed;
}

enum dhk_err
ledger_verify(const struct ledger_made *made, const struct checkpoint *seen,
    struct verify_result *result, struct verify_fault *fault)
{
    struct verify_input in = {
        .signers = slice_str(made->signers), .seen = seen};
    FILE *file = fmemopen(made->bytes, made->n, "r");
    assert_non_null(file);
    const struct verify_file run = {.file = file, .input = &in};
    memset(fault, 0, sizeof *fault);
    enum dhk_err rc = verify_file(&run, result, fault);
    (void)fclose(file);
    return rc;
}
