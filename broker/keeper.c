/* SPDX-License-Identifier: EUPL-1.2
 *
 * Core is not believed: whatever it asks to have signed must be proved. Ed25519
 * gives the same bytes for the same head, so a head that was signed but not
 * written before a crash does no harm. */
#include "keeper.h"

#include <errno.h>
#include <string.h>

#include "checkpoint.h"
#include "file.h"
#include "seal.h"

static enum dhk_err
read_head(struct keeper *k)
{
    struct checkpoint_vkey vkey;
    struct checkpoint cp;
    struct diag diag = {NULL, 0};
    uint8_t *p = NULL;
    size_t n = 0;
    enum dhk_err rc = file_read(&p, &n, k->path, LIMIT_CHECKPOINT);
    if (rc == DHK_IO && errno == ENOENT)
        return DHK_OK;
    if (rc != DHK_OK)
        return rc;
    checkpoint_vkey_make(&vkey, CHECKPOINT_ED25519, k->origin, &k->pk);
    rc = checkpoint_open(&cp, slice_of(p, n), &vkey, &diag);
    file_free(&p, n);
    if (rc == DHK_OK && strcmp(cp.origin, k->origin) != 0)
        rc = DHK_AUTH;
    if (rc != DHK_OK)
        return rc == DHK_NOMEM ? rc : DHK_AUTH;
    k->head.size = cp.size;
    memcpy(k->head.root, cp.root, sizeof cp.root);
    k->has = true;
    return DHK_OK;
}

/* Signs the checkpoint of HEAD. */
static enum dhk_err
sign_head(uint8_t sig[KEY_SIGNATURE], const struct keeper *k,
    const struct merkle_head *head)
{
    uint8_t mem[LIMIT_ORIGIN + 128];
    struct sink text;
    struct checkpoint cp = {.size = head->size};
    memcpy(cp.origin, k->origin, sizeof cp.origin);
    memcpy(cp.root, head->root, sizeof cp.root);
    sink_init(&text, mem, sizeof mem);
    enum dhk_err rc = checkpoint_text(&text, &cp);
    if (rc == DHK_OK)
        seal_sign_raw(sig, sink_done(&text), k->sk);
    return rc;
}

enum dhk_err
keeper_open(struct keeper *k, const char *origin, const char *path,
    const uint8_t seed[KEY_SEED])
{
    memset(k, 0, sizeof *k);
    enum dhk_err rc =
        slice_to_str(slice_str(origin), k->origin, sizeof k->origin);
    if (rc == DHK_OK)
        rc = slice_to_str(slice_str(path), k->path, sizeof k->path);
    if (rc == DHK_OK)
        rc = key_sign_from_seed(&k->sk, &k->pk, seed);
    merkle_empty(k->head.root);
    if (rc == DHK_OK)
        rc = read_head(k);
    if (rc == DHK_OK && k->has)
        rc = sign_head(k->signature, k, &k->head);
    if (rc != DHK_OK)
        keeper_close(k);
    return rc;
}

void
keeper_close(struct keeper *k)
{
    key_sign_destroy(&k->sk);
}

enum dhk_err
keeper_save(struct keeper *k)
{
    uint8_t mem[LIMIT_CHECKPOINT];
    struct sink note;
    struct checkpoint cp = {.size = k->head.size};
    if (!k->dirty)
        return DHK_OK;
    memcpy(cp.origin, k->origin, sizeof cp.origin);
    memcpy(cp.root, k->head.root, sizeof cp.root);
    sink_init(&note, mem, sizeof mem);
    enum dhk_err rc = checkpoint_assemble(&note, &cp, &k->pk, k->signature);
    if (rc == DHK_OK)
        rc = file_write(k->path, sink_done(&note), 0600);
    if (rc == DHK_OK)
        k->dirty = false;
    return rc;
}

static void
put_head(struct sink *out, const struct keeper *k)
{
    sink_u64(out, k->head.size);
    sink_put(out, k->head.root, MERKLE_HASH);
    sink_u8(out, k->has ? 1 : 0);
    sink_put(out, k->signature, KEY_SIGNATURE);
    sink_put(out, k->pk.b, KEY_BYTES);
    sink_slice(out, slice_str(k->origin));
}

static enum process_record
refuse(struct sink *out, uint64_t size, const char *why)
{
    sink_u64(out, size);
    sink_slice(out, slice_str(why));
    return PROCESS_SIGN_REFUSED;
}

static enum process_record
sign(struct keeper *k, struct sink *out, const struct merkle_head *want,
    uint64_t old, struct slice proof)
{
    uint8_t sig[KEY_SIGNATURE];
    if (old != k->head.size)
        return refuse(out, want->size, "the proof starts from another head");
    if (merkle_consistency_verify(&k->head, want, proof) != DHK_OK)
        return refuse(
            out, want->size, "the tree does not continue the last one signed");
    if (sign_head(sig, k, want) != DHK_OK)
        return refuse(out, want->size, "could not be signed");
    k->dirty = k->dirty || !k->has || want->size != k->head.size;
    k->head = *want;
    k->has = true;
    memcpy(k->signature, sig, sizeof sig);
    sink_u64(out, want->size);
    sink_put(out, want->root, MERKLE_HASH);
    sink_put(out, sig, sizeof sig);
    return PROCESS_SIGNED;
}

enum dhk_err
keeper_answer(struct keeper *k, enum process_record *reply, struct sink *out,
    enum process_record type, struct slice payload)
{
    struct cursor c;
    struct merkle_head want = {0, {0}};
    *reply = PROCESS_NONE;
    if (type == PROCESS_HEAD_ASK && payload.n == 0) {
        put_head(out, k);
        *reply = PROCESS_HEAD;
        return out->err;
    }
    if (type != PROCESS_SIGN)
        return DHK_FORMAT;
    cursor_init(&c, payload);
    want.size = cursor_u64(&c);
    struct slice root = cursor_bytes(&c, MERKLE_HASH);
    uint64_t old = cursor_u64(&c);
    struct slice proof = cursor_bytes(&c, c.left.n);
    if (cursor_end(&c) != DHK_OK || root.n != MERKLE_HASH)
        return DHK_FORMAT;
    memcpy(want.root, root.p, MERKLE_HASH);
    *reply = sign(k, out, &want, old, proof);
    return out->err;
}
