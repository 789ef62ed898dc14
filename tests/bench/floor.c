/* SPDX-License-Identifier: EUPL-1.2
 *
 * The floor that no broker on this machine gets under: what each primitive
 * costs that a signal cannot do without. Prints one line a primitive:
 * name, microseconds per operation (median of the rounds), smallest and
 * largest round. Usage: floor DIRECTORY (for the disk's part). */
#include "clock.h"
#include "key.h"
#include "limits.h"
#include "merkle.h"
#include "seal.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 7, KIB = 1024 };

struct floor {
    struct sign_secret *sk;
    struct sign_public pk;
    struct dh_secret *dh;
    struct dh_public dh_pk;
    uint8_t sig[KEY_SIGNATURE];
    uint8_t key[SEAL_KEY];
    uint8_t text[KIB];
    uint8_t box[KIB + SEAL_TAG];
    struct store *store;
    uint64_t next;
    int fd;
};

static double
now_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
fail(const char *what)
{
    (void)fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(5);
}

static void
do_sign(struct floor *f)
{
    seal_sign_raw(f->sig, slice_of(f->text, KIB), f->sk);
}

static void
do_verify(struct floor *f)
{
    if (seal_verify_raw(f->sig, slice_of(f->text, KIB), &f->pk) != DHK_OK)
        fail("verify");
}

static void
do_dh(struct floor *f)
{
    uint8_t out[SEAL_KEY];

    if (seal_dh(out, f->dh, &f->dh_pk) != DHK_OK)
        fail("x25519");
}

static void
do_box(struct floor *f)
{
    seal_box(f->box, slice_of(f->text, KIB), slice_str("aad"), f->key);
}

static void
do_sha256(struct floor *f)
{
    merkle_leaf(f->key, slice_of(f->text, KIB));
}

static void
do_blake2b(struct floor *f)
{
    struct slice part = slice_of(f->text, KIB);

    seal_hash(f->key, "floor", &part, 1);
}

static void
do_fdatasync(struct floor *f)
{
    if (pwrite(f->fd, f->text, KIB, (off_t)((f->next++ % 4096) * KIB)) != KIB ||
        fdatasync(f->fd) != 0)
        fail("fdatasync");
}

static void
do_commit(struct floor *f)
{
    struct store_txn *t = NULL;
    uint8_t key[8];

    bytes_put_u64(key, f->next++);
    if (store_begin(&t, f->store, true) != DHK_OK ||
        store_append(t, 0, slice_of(key, 8), slice_of(f->text, KIB)) !=
            DHK_OK ||
        store_commit(&t) != DHK_OK)
        fail("commit");
}

static int
compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void
measure(const char *name, void (*run)(struct floor *), struct floor *f, int n)
{
    double us[ROUNDS];

    for (int r = 0; r < ROUNDS; r++) {
        double from = now_us();

        for (int i = 0; i < n; i++)
            run(f);
        us[r] = (now_us() - from) / n;
    }
    qsort(us, ROUNDS, sizeof us[0], compare);
    (void)printf("%-32s %10.2f us  [%.2f - %.2f]\n", name, us[ROUNDS / 2],
        us[0], us[ROUNDS - 1]);
}

int
main(int argc, char **argv)
{
    static const char *const tables[] = {"log"};
    static struct floor f;
    struct store_options o = {
        .tables = tables, .tables_n = 1, .map_bytes = (size_t)1 << 30};
    char path[4096];

    if (argc != 2) {
        (void)fputs("usage: floor DIRECTORY\n", stderr);
        return 2;
    }
    if (key_init() != DHK_OK || key_sign_new(&f.sk, &f.pk) != DHK_OK ||
        key_dh_new(&f.dh, &f.dh_pk) != DHK_OK)
        fail("keys");
    key_random(f.text, KIB);
    (void)snprintf(path, sizeof path, "%s/store", argv[1]);
    if (store_open(&f.store, path, &o) != DHK_OK)
        fail(path);
    (void)snprintf(path, sizeof path, "%s/file", argv[1]);
    f.fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (f.fd < 0)
        fail(path);

    measure("Ed25519 sign, 1 KiB", do_sign, &f, 300);
    measure("Ed25519 verify, 1 KiB", do_verify, &f, 200);
    measure("X25519", do_dh, &f, 200);
    measure("ChaCha20-Poly1305 seal, 1 KiB", do_box, &f, 5000);
    measure("SHA-256 (libcrypto), 1 KiB", do_sha256, &f, 5000);
    measure("BLAKE2b-256, 1 KiB", do_blake2b, &f, 5000);
    measure("write + fdatasync, 1 KiB", do_fdatasync, &f, 50);
    measure("LMDB commit of one 1 KiB value", do_commit, &f, 50);

    store_close(&f.store);
    (void)close(f.fd);
    key_sign_destroy(&f.sk);
    key_dh_destroy(&f.dh);
    return 0;
}
