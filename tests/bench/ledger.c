/* SPDX-License-Identifier: EUPL-1.2
 *
 * Figures of the ledger: appending beside a bare LMDB table that gets the same
 * bytes, room on the disk, questions, proofs, start, and hashing all of it
 * again beside what SHA-256 alone takes. Usage: bench_ledger ENTRIES. */
#include "ledger_world.h"

#include "table.h"

enum { ROUNDS = 5, SIZES = 4, PROOFS = 2000, BLOCK = 64 * 1024 };

static int
compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static double
median(double *list, size_t n)
{
    qsort(list, n, sizeof *list, compare);
    return list[n / 2];
}

/* N entries in all, in turns; the ratio is the median of the rounds'. */
static void
append(struct world *w, uint64_t n, uint64_t batch)
{
    double ours[ROUNDS], bare[ROUNDS], ratio[ROUNDS], cpu[ROUNDS],
        bare_cpu[ROUNDS];
    uint64_t each = n / ROUNDS / batch * batch;

    if (each == 0)
        each = batch;
    for (size_t i = 0; i < ROUNDS; i++) {
        double before = world_cpu();
        ours[i] = world_append(w, each, batch) / (double)each;
        cpu[i] = (world_cpu() - before) / (double)each;
        before = world_cpu();
        bare[i] = world_append_bare(w, each, batch) / (double)each;
        bare_cpu[i] = (world_cpu() - before) / (double)each;
        ratio[i] = ours[i] / bare[i];
    }
    double us = median(ours, ROUNDS), bare_us = median(bare, ROUNDS);
    double times = median(ratio, ROUNDS); /* sorts them */
    (void)printf("%8llu %10.0f %9.2f %9.2f %7.2f [%.2f - %.2f] %9.2f %9.2f\n",
        (unsigned long long)batch, 1e6 / us, us, bare_us, times, ratio[0],
        ratio[ROUNDS - 1], median(cpu, ROUNDS), median(bare_cpu, ROUNDS));
    (void)fflush(stdout);
}

static void
append_all(struct world *w, uint64_t entries)
{
    static const uint64_t batch[SIZES] = {1000, 100, 10, 1};
    static const uint64_t part[SIZES] = {1, 10, 100, 1000};

    (void)printf(
        "== Appending %llu entries, each batch made durable (fsync): "
        "entry, tree and index;\n   beside it a bare table of the same "
        "bytes; medians of %d rounds in turns\n",
        (unsigned long long)entries, ROUNDS);
    (void)printf("%8s %10s %9s %9s %7s %-13s %9s %9s\n", "batch", "entries/s",
        "us each", "bare us", "ratio", "[min - max]", "CPU us", "bare CPU");
    for (size_t i = 0; i < SIZES; i++)
        append(w, entries / part[i], batch[i]);
}

static void
show_room(struct world *w)
{
    struct store_txn *t;
    uint64_t used, limit, blocks = 0, n = w->h->core->ledger.size;
    uint8_t from[8] = {0};
    struct slice key, value, at = slice_of(from, 8);

    ok(store_begin(&t, w->h->store, false));
    while (store_seek(t, TABLE_INDEX, at, &key, &value) == DHK_OK) {
        blocks += value.n;
        bytes_put_u64(from, bytes_get_u64(key.p) + 1);
    }
    store_abort(&t);
    store_room(w->h->store, &used, &limit);
    (void)printf("\n== Bytes an entry: %.0f of its own, %.0f on disk, of which "
                 "%.1f for the index\n",
        (double)w->bytes_n / (double)(n - w->from), (double)used / (double)n,
        (double)blocks / (double)n);
}

static void
show_proofs(struct world *w)
{
    uint8_t mem[LIMIT_PROOF * MERKLE_HASH];
    struct store_txn *t;
    struct sink out;
    uint64_t size = w->h->core->ledger.size;
    double us[PROOFS];

    ok(store_begin(&t, w->h->store, false));
    for (uint64_t i = 0; i < PROOFS; i++) {
        uint64_t index = i * UINT64_C(0x9e3779b97f4a7c15) % size;
        double start = world_now();
        sink_init(&out, mem, sizeof mem);
        ok(ledger_prove(t, &out, size, &index, 1));
        us[i] = world_now() - start;
    }
    store_abort(&t);
    double p50 = median(us, PROOFS);
    (void)printf("\n== Proof of one entry: p50 %.1f us, p99 %.1f us\n", p50,
        us[PROOFS * 99 / 100]);
}

static void
show_start(struct world *w)
{
    double start = world_now();

    harness_restart(w->h);
    (void)printf("\n== Start of core, until it serves: %.3f s\n",
        (world_now() - start) / 1e6);
}

/* Microseconds of SHA-256 for one byte, of long texts. */
static double
sha256_byte(void)
{
    static uint8_t text[BLOCK];
    uint8_t hash[MERKLE_HASH];
    double us[101];

    for (size_t i = 0; i < 101; i++) {
        double start = world_cpu();
        merkle_leaf(hash, slice_of(text, sizeof text));
        us[i] = world_cpu() - start;
    }
    return median(us, 101) / BLOCK;
}

/* What SHA-256 hashes for a text of N bytes: whole blocks, with the padding. */
static uint64_t
padded(uint64_t n)
{
    return (n + 9 + 63) / 64 * 64;
}

struct again {
    struct merkle_frontier f;
    uint64_t work; /* bytes that SHA-256 has to look at */
};

static enum dhk_err
hash_again(void *ctx, uint64_t index, struct slice bytes)
{
    struct again *a = ctx;
    uint8_t leaf[MERKLE_HASH];

    (void)index;
    a->work += padded(bytes.n + 1) + padded(1 + 2 * MERKLE_HASH);
    merkle_leaf(leaf, bytes);
    return merkle_frontier_append(&a->f, leaf, NULL);
}

static void
show_tree(struct world *w)
{
    struct again a = {.work = 0};
    struct store_txn *t;
    uint8_t root[MERKLE_HASH], stored[MERKLE_HASH];
    uint64_t size = w->h->core->ledger.size;
    double byte = sha256_byte(), start = world_cpu();

    merkle_frontier_init(&a.f);
    ok(store_begin(&t, w->h->store, false));
    ok(ledger_each(t, 0, size, hash_again, &a));
    merkle_frontier_root(root, &a.f);
    double us = world_cpu() - start;
    byte = (byte + sha256_byte()) / 2;
    ok(ledger_root(t, size, stored));
    assert_memory_equal(root, stored, sizeof root);
    store_abort(&t);
    (void)printf(
        "\n== Hashing the tree again from the store: %.2f s, %.2f us an "
        "entry; SHA-256 alone\n   of the same blocks, from a long "
        "text: %.2f s, that is %.0f %%\n",
        us / 1e6, us / (double)size, byte * (double)a.work / 1e6,
        100 * byte * (double)a.work / us);
}

int
main(int argc, char **argv)
{
    static struct world w;
    uint64_t entries = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;

    if (entries < 10000) {
        (void)fputs("usage: bench_ledger ENTRIES (10000 or more)\n", stderr);
        return 2;
    }
    world_new(&w);
    append_all(&w, entries);
    double start = world_now();
    world_sign(&w);
    (void)printf("\n== Looking at all of it again before it is signed: %.2f us "
                 "an entry\n",
        (world_now() - start) / (double)w.h->core->ledger.size);
    show_room(&w);
    show_start(&w);
    show_proofs(&w);
    show_tree(&w);
    world_ask(&w);
    world_end(&w);
    return 0;
}
