/* SPDX-License-Identifier: EUPL-1.2
 *
 * Verifiers of proofs on hostile numbers and hashes. The first byte chooses
 * the verifier; numbers follow, and the rest is the proof. No input can know
 * a preimage, so that nothing may verify but what is trivially so. */
#include "merkle.h"

#include <string.h>

#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WANTED_MAX = 64, PROOF_MAX = LIMIT_MULTIPROOF * MERKLE_HASH };

/* The hash 0xaa.. of everything: as root it has no known preimage. */
static struct merkle_head
head_read(struct cursor *c)
{
    struct merkle_head head = {.size = cursor_u64(c)};
    memset(head.root, 0xaa, sizeof head.root);
    return head;
}

static void
inclusion(struct cursor *c)
{
    static const uint8_t leaf[MERKLE_HASH];
    struct merkle_head head = head_read(c);
    uint64_t index = cursor_u64(c);
    must(merkle_inclusion_verify(&head, index, leaf, c->left) != DHK_OK);
}

static void
consistency(struct cursor *c)
{
    struct merkle_head old = head_read(c);
    struct merkle_head head = head_read(c);
    if (merkle_consistency_verify(&old, &head, c->left) == DHK_OK)
        must(old.size == head.size && old.size > 0 && c->left.n == 0);
}

static void
multi(struct cursor *c)
{
    static const uint8_t leaves[WANTED_MAX * MERKLE_HASH];
    uint64_t index[WANTED_MAX];
    struct merkle_head head = head_read(c);
    struct merkle_multi m = {
        .size = head.size, .index = index, .leaves = leaves};
    uint64_t at = 0;
    m.n = cursor_u8(c) % WANTED_MAX;
    for (size_t i = 0; i < m.n; i++) {
        at += cursor_u32(c);
        index[i] = at++;
    }
    m.proof = c->left;
    must(merkle_multi_verify(&m, head.root) != DHK_OK);
    uint8_t mem[LIMIT_PROOF * MERKLE_HASH];
    struct sink path;
    sink_init(&path, mem, sizeof mem);
    if (merkle_multi_path(&path, &m, m.n / 2) == DHK_OK)
        must(path.n % MERKLE_HASH == 0 && m.n > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor c;
    if (size > PROOF_MAX + (size_t)MERKLE_HASH)
        return 0;
    cursor_init(&c, slice_of(data, size));
    switch (cursor_u8(&c) % 3) {
    case 0:
        inclusion(&c);
        break;
    case 1:
        consistency(&c);
        break;
    default:
        multi(&c);
        break;
    }
    return 0;
}
