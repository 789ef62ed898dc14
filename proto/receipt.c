/* SPDX-License-Identifier: EUPL-1.2
 *
 * Many entries under one checkpoint. Allocates what the list of indexes is
 * long, which is at most as many bytes as were received times their size. */
#include "receipt.h"

#include <stdlib.h>

#include "merkle.h"
#include "wire.h"

enum { RECEIPT_FIELDS = 5 };

enum dhk_err
receipt_encode(struct sink *out, struct slice note, const uint64_t *index,
    const struct slice *entry, size_t n, struct slice proof)
{
    size_t start = out->n;
    wire_begin(out, RECEIPT_FIELDS);
    pack_bin(out, note);
    pack_array(out, n);
    for (size_t i = 0; i < n; i++)
        pack_uint(out, index[i]);
    pack_array(out, n);
    for (size_t i = 0; i < n; i++)
        pack_bin(out, entry[i]);
    pack_bin(out, proof);
    if (out->err == DHK_OK &&
        (n > RECEIPT_ENTRIES || out->n - start > LIMIT_MESSAGE))
        out->err = DHK_LIMIT;
    return out->err;
}

static struct receipt *
receipt_new(size_t n)
{
    struct receipt *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    must(n > 0);
    r->n = n;
    r->index = calloc(n, sizeof *r->index);
    r->entry = calloc(n, sizeof *r->entry);
    r->leaf = calloc(n, sizeof *r->leaf);
    if (r->index == NULL || r->entry == NULL || r->leaf == NULL)
        receipt_destroy(&r);
    return r;
}

void
receipt_destroy(struct receipt **r)
{
    if (r == NULL || *r == NULL)
        return;
    free((*r)->index);
    free((*r)->entry);
    free((*r)->leaf);
    free(*r);
    *r = NULL;
}

static void
read_lists(struct receipt *r, struct cursor *c)
{
    for (size_t i = 0; i < r->n && c->err == DHK_OK; i++) {
        r->index[i] = unpack_uint(c, INT64_MAX);
        if (i > 0 && r->index[i] <= r->index[i - 1])
            cursor_fail(c, DHK_FORMAT, "indexes do not ascend");
    }
    unpack_array_of(c, r->n);
    for (size_t i = 0; i < r->n && c->err == DHK_OK; i++)
        r->entry[i] = unpack_bin(c, LIMIT_ENTRY);
    r->proof = wire_hashes(c, 0, LIMIT_MULTIPROOF);
}

enum dhk_err
receipt_decode(struct receipt **out, struct slice bytes, struct diag *diag)
{
    struct receipt *r = NULL;
    struct cursor c;

    *out = NULL;
    enum dhk_err rc = wire_size(bytes, LIMIT_MESSAGE, diag);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, bytes);
    wire_open(&c, RECEIPT_FIELDS);
    struct slice note = unpack_bin(&c, LIMIT_CHECKPOINT);
    size_t n = unpack_array(&c, RECEIPT_ENTRIES);
    if (c.err == DHK_OK && n == 0)
        cursor_fail(&c, DHK_FORMAT, "a receipt for nothing");
    rc = c.err;
    if (rc != DHK_OK) {
        cursor_diag(&c, diag);
        goto out;
    }
    rc = DHK_NOMEM;
    r = receipt_new(n);
    if (r == NULL)
        goto out;
    r->note = note;
    read_lists(r, &c);
    rc = wire_close(&c, diag);
    if (rc != DHK_OK)
        goto out;
    *out = r;
    r = NULL;
out:
    receipt_destroy(&r);
    return rc;
}

static struct merkle_multi
multi_of(const struct receipt *r)
{
    return (struct merkle_multi){.size = r->checkpoint.size,
        .index = r->index,
        .n = r->n,
        .leaves = r->leaf[0],
        .proof = r->proof};
}

enum dhk_err
receipt_verify(
    struct receipt *r, const struct checkpoint_vkey *log, struct diag *diag)
{
    struct checkpoint cp;
    r->verified = false;
    enum dhk_err rc = checkpoint_open(&cp, r->note, log, diag);
    return rc == DHK_OK ? receipt_verify_in(r, &cp, diag) : rc;
}

enum dhk_err
receipt_verify_in(
    struct receipt *r, const struct checkpoint *cp, struct diag *diag)
{
    r->verified = false;
    r->checkpoint = *cp;
    for (size_t i = 0; i < r->n; i++)
        merkle_leaf(r->leaf[i], r->entry[i]);
    const struct merkle_multi m = multi_of(r);
    enum dhk_err rc = merkle_multi_verify(&m, r->checkpoint.root);
    if (rc != DHK_OK && diag != NULL)
        *diag = (struct diag){"the entries are not in the tree", 0};
    r->verified = rc == DHK_OK;
    return rc;
}

enum dhk_err
receipt_proof(struct sink *out, const struct receipt *r, size_t i)
{
    uint8_t mem[LIMIT_PROOF * MERKLE_HASH];
    struct checkpoint_proof proof = {.has_extra = true, .note = r->note};
    struct sink path, extra;

    if (!r->verified || i >= r->n)
        return DHK_STATE;
    const struct merkle_multi m = multi_of(r);
    sink_init(&path, mem, sizeof mem);
    enum dhk_err rc = merkle_multi_path(&path, &m, i);
    if (rc != DHK_OK)
        return rc;
    sink_init(&extra, proof.extra, sizeof proof.extra);
    sink_slice(&extra, r->entry[i]);
    proof.extra_n = extra.n;
    proof.index = r->index[i];
    proof.hashes_n = path.n / MERKLE_HASH;
    struct sink hashes;
    sink_init(&hashes, proof.hash, sizeof proof.hash);
    sink_slice(&hashes, sink_done(&path));
    return checkpoint_proof_encode(out, &proof);
}
