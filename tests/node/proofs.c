/* SPDX-License-Identifier: EUPL-1.2
 *
 * Proofs, trees and a cosigned checkpoint of our prover, one JSON object a
 * line, for the implementations of others to verify (proofs.test.mjs). With the
 * file of a card as argument only the verifier key of its witness. */
#include <stdio.h>

#include "card.h"
#include "checkpoint.h"
#include "tree.h"

enum { ALL = 48, FEW = 512, ENTRY = 8 };

static void
put_hex(const uint8_t *p, size_t n)
{
    printf("\"");
    for (size_t i = 0; i < n; i++)
        printf("%02x", p[i]);
    printf("\"");
}

static void
put_hashes(struct slice hashes)
{
    printf("[");
    for (size_t i = 0; i < hashes.n; i += MERKLE_HASH) {
        printf(i > 0 ? "," : "");
        put_hex(hashes.p + i, MERKLE_HASH);
    }
    printf("]");
}

/* As tree_grow() makes it. */
static void
put_entry(uint64_t index)
{
    uint8_t entry[ENTRY];
    bytes_put_u64(entry, index);
    put_hex(entry, sizeof entry);
}

static void
put_root(const char *name, uint64_t size, struct tree *t)
{
    uint8_t root[MERKLE_HASH];
    struct merkle_reader r = tree_reader(t);
    must(merkle_root(root, size, &r) == DHK_OK);
    printf("\"%s\":", name);
    put_hex(root, sizeof root);
}

static void
put_tree(struct tree *t, uint64_t size)
{
    printf("{\"kind\":\"tree\",\"entries\":[");
    for (uint64_t i = 0; i < size; i++) {
        printf(i > 0 ? "," : "");
        put_entry(i);
    }
    printf("],");
    put_root("root", size, t);
    printf("}\n");
}

static void
put_inclusion(struct tree *t, uint64_t index, uint64_t size)
{
    uint8_t mem[LIMIT_PROOF * MERKLE_HASH];
    struct sink out;
    struct merkle_reader r = tree_reader(t);
    sink_init(&out, mem, sizeof mem);
    must(merkle_inclusion_prove(&out, index, size, &r) == DHK_OK);
    printf("{\"kind\":\"inclusion\",\"index\":%u,\"size\":%u,\"entry\":",
        (unsigned)index, (unsigned)size);
    put_entry(index);
    printf(",\"hashes\":");
    put_hashes(sink_done(&out));
    printf(",");
    put_root("root", size, t);
    printf("}\n");
}

static void
put_consistency(struct tree *t, uint64_t old, uint64_t size)
{
    uint8_t mem[LIMIT_PROOF * MERKLE_HASH];
    struct sink out;
    struct merkle_reader r = tree_reader(t);
    sink_init(&out, mem, sizeof mem);
    must(merkle_consistency_prove(&out, old, size, &r) == DHK_OK);
    printf("{\"kind\":\"consistency\",\"old\":%u,\"size\":%u,\"hashes\":",
        (unsigned)old, (unsigned)size);
    put_hashes(sink_done(&out));
    printf(",");
    put_root("oldRoot", old, t);
    printf(",");
    put_root("root", size, t);
    printf("}\n");
}

/* A key, and its vkey as TEXT of KEY_VKEY_MAX bytes. */
static struct sign_secret *
new_key(struct sign_public *pk, char *text, uint8_t type, const char *name)
{
    struct sign_secret *sk = NULL;
    struct checkpoint_vkey vkey;
    must(key_sign_new(&sk, pk) == DHK_OK);
    checkpoint_vkey_make(&vkey, type, name, pk);
    checkpoint_vkey_text(text, &vkey);
    return sk;
}

static void
put_note(struct tree *t, uint64_t size)
{
    static const char *const names[] = {"gemeente", "politie"};
    static const uint64_t times[] = {1764374400, 4102444800};
    char vkey[3][KEY_VKEY_MAX];
    uint8_t mem[LIMIT_CHECKPOINT];
    struct sign_public pk;
    struct sink note;
    struct checkpoint cp = {
        .origin = "ledger.voorbeeldstad.example/1", .size = size};
    struct merkle_reader r = tree_reader(t);
    must(merkle_root(cp.root, size, &r) == DHK_OK);
    sink_init(&note, mem, sizeof mem);
    struct sign_secret *sk =
        new_key(&pk, vkey[2], CHECKPOINT_ED25519, cp.origin);
    must(checkpoint_sign(&note, &cp, sk, &pk) == DHK_OK);
    key_sign_destroy(&sk);
    for (int i = 0; i < 2; i++) {
        sk = new_key(&pk, vkey[i], CHECKPOINT_COSIGNATURE, names[i]);
        must(checkpoint_cosign(&note, &cp, names[i], sk, &pk, times[i]) ==
             DHK_OK);
        key_sign_destroy(&sk);
    }
    printf(
        "{\"kind\":\"note\",\"size\":%u,\"log\":\"%s\",\"cosigners\":[\"%s\","
        "\"%s\"],\"times\":[%llu,%llu],\"note\":\"",
        (unsigned)size, vkey[2], vkey[0], vkey[1], (unsigned long long)times[0],
        (unsigned long long)times[1]);
    for (size_t i = 0; i < note.n; i++)
        if (mem[i] == '\n')
            printf("\\n");
        else
            putchar(mem[i]);
    printf("\"}\n");
}

static int
put_witness(const char *path)
{
    char text[KEY_VKEY_MAX];
    uint8_t file[CARD_FILE_MAX], mem[CARD_FILE_MAX];
    struct slice bytes;
    struct card card;
    struct checkpoint_vkey vkey;
    FILE *f = fopen(path, "rb");
    must(f != NULL);
    size_t n = fread(file, 1, sizeof file, f);
    (void)fclose(f);
    must(card_file_decode(&bytes, mem, slice_of(file, n), NULL) == DHK_OK);
    must(card_decode(&card, bytes, NULL) == DHK_OK);
    checkpoint_vkey_make(
        &vkey, CHECKPOINT_COSIGNATURE, card.partner, &card.witness);
    checkpoint_vkey_text(text, &vkey);
    return puts(text) >= 0 ? 0 : 5;
}

int
main(int argc, char **argv)
{
    static const uint64_t sizes[] = {
        100, 127, 128, 129, 255, 256, 257, 511, 512};
    static struct tree t;
    must(key_init() == DHK_OK);
    if (argc == 2)
        return put_witness(argv[1]);
    tree_grow(&t, FEW);
    for (uint64_t size = 0; size <= ALL; size++)
        put_tree(&t, size);
    for (uint64_t size = 1; size <= ALL; size++)
        for (uint64_t i = 0; i < size; i++)
            put_inclusion(&t, i, size);
    for (uint64_t size = 2; size <= ALL; size++)
        for (uint64_t old = 1; old < size; old++)
            put_consistency(&t, old, size);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        put_tree(&t, sizes[i]);
        for (uint64_t old = 1; old < sizes[i]; old += 37) {
            put_inclusion(&t, old, sizes[i]);
            put_consistency(&t, old, sizes[i]);
        }
    }
    put_note(&t, FEW);
    return fflush(stdout) == 0 ? 0 : 5;
}
