/* SPDX-License-Identifier: EUPL-1.2 */
#include "seallist.h"

#include <stdlib.h>
#include <string.h>

#include "pack.h"

static const char label_case[] = "driehoek/v1/seal-case";
static const char label_salt[] = "driehoek/v1/seal-salt";
static const char label_row[] = "driehoek/v1/seal-row";

enum { REST_FIELDS = 4, LEAF = SEALLIST_BLINDED + MERKLE_HASH };

/* --- rows --- */

void
seallist_blind(uint8_t out[SEALLIST_BLINDED],
    const uint8_t list_salt[ENTRY_SALT], const uint8_t *case_handle)
{
    if (case_handle == NULL) {
        memset(out, 0, SEALLIST_BLINDED);
        return;
    }
    struct slice parts[2] = {
        slice_of(list_salt, ENTRY_SALT), slice_of(case_handle, PART_CASE)};

    seal_hash(out, label_case, parts, 2);
}

void
seallist_inner(uint8_t out[MERKLE_HASH], const uint8_t salt[SEALLIST_SALT],
    struct slice rest)
{
    struct slice parts[2] = {slice_of(salt, SEALLIST_SALT), rest};

    seal_hash(out, label_row, parts, 2);
}

void
seallist_row(struct seallist_row *out, const struct seallist_of *of,
    const struct part_row *part)
{
    uint8_t hash[SEAL_HASH];
    struct slice parts[3] = {slice_of(of->list_salt, ENTRY_SALT),
        slice_of(of->random, ENTRY_RANDOM),
        slice_of(of->blinded, SEALLIST_BLINDED)};
    struct sink s;

    memcpy(out->blinded, of->blinded, SEALLIST_BLINDED);
    seal_hash(hash, label_salt, parts, 3);
    memcpy(out->salt, hash, SEALLIST_SALT);
    sink_init(&s, out->rest, sizeof out->rest);
    pack_array(&s, REST_FIELDS);
    pack_uint(&s, (uint64_t)of->kind);
    pack_cstr(&s, part->signal);
    pack_uint(&s, part->code);
    pack_uint(&s, of->index);
    must(s.err == DHK_OK);
    out->rest_n = (uint8_t)s.n;
    seallist_inner(out->inner, out->salt, sink_done(&s));
}

enum dhk_err
seallist_rest_decode(struct seallist_rest *out, struct slice bytes)
{
    struct cursor c;
    struct seallist_rest got;

    cursor_init(&c, bytes);
    unpack_array_of(&c, REST_FIELDS);
    uint64_t kind = unpack_uint(&c, ENTRY_KINDS - 1);
    got.kind = (enum entry_kind)kind;
    got.signal = unpack_str(&c, LIMIT_NAME);
    got.code = unpack_uint(&c, INT64_MAX);
    got.index = unpack_uint(&c, INT64_MAX);
    enum dhk_err rc = cursor_end(&c);
    if (rc == DHK_OK)
        *out = got;
    return rc;
}

void
seallist_leaf(uint8_t out[MERKLE_HASH], const uint8_t blinded[SEALLIST_BLINDED],
    const uint8_t inner[MERKLE_HASH])
{
    uint8_t mem[LEAF];

    memcpy(mem, blinded, SEALLIST_BLINDED);
    memcpy(mem + SEALLIST_BLINDED, inner, MERKLE_HASH);
    merkle_leaf(out, slice_of(mem, sizeof mem));
}

/* --- lists --- */

static int
compare_bytes(struct slice a, struct slice b)
{
    int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

    return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

static int
compare_rows(const void *a, const void *b)
{
    const struct seallist_row *x = a, *y = b;
    int c = memcmp(x->blinded, y->blinded, SEALLIST_BLINDED);

    return c != 0 ? c
                  : compare_bytes(slice_of(x->rest, x->rest_n),
                        slice_of(y->rest, y->rest_n));
}

bool
seallist_sort(struct seallist_row *rows, size_t n)
{
    if (n > SEALLIST_ROWS)
        return false;
    if (n > 0)
        qsort(rows, n, sizeof *rows, compare_rows);
    for (size_t i = 1; i < n; i++) {
        if (compare_rows(&rows[i - 1], &rows[i]) == 0)
            return false;
    }
    return true;
}

void
seallist_root(
    uint8_t out[MERKLE_HASH], const struct seallist_row *rows, size_t n)
{
    struct merkle_frontier f;
    uint8_t leaf[MERKLE_HASH];

    merkle_frontier_init(&f);
    for (size_t i = 0; i < n; i++) {
        seallist_leaf(leaf, rows[i].blinded, rows[i].inner);
        must(merkle_frontier_append(&f, leaf, NULL) == DHK_OK);
    }
    merkle_frontier_root(out, &f);
}

void
seallist_find(size_t *lo, size_t *hi, const struct seallist_row *rows, size_t n,
    const uint8_t blinded[SEALLIST_BLINDED])
{
    size_t i = 0;

    while (i < n && memcmp(rows[i].blinded, blinded, SEALLIST_BLINDED) < 0)
        i++;
    *lo = i;
    while (i < n && memcmp(rows[i].blinded, blinded, SEALLIST_BLINDED) == 0)
        i++;
    *hi = i;
}

/* --- proofs --- */

struct nodes {
    uint8_t (*hash)[MERKLE_HASH];
};

static enum dhk_err
read_node(void *ctx, uint64_t stored, uint8_t hash[MERKLE_HASH])
{
    const struct nodes *nodes = ctx;

    memcpy(hash, nodes->hash[stored], MERKLE_HASH);
    return DHK_OK;
}

static void
make_nodes(struct nodes *out, const struct seallist_row *rows, size_t n)
{
    struct merkle_frontier f;
    struct merkle_nodes made;
    uint8_t leaf[MERKLE_HASH];

    merkle_frontier_init(&f);
    for (size_t i = 0; i < n; i++) {
        seallist_leaf(leaf, rows[i].blinded, rows[i].inner);
        must(merkle_frontier_append(&f, leaf, &made) == DHK_OK);
        memcpy(out->hash[made.first], made.hash, made.n * MERKLE_HASH);
    }
}

enum dhk_err
seallist_prove(struct sink *out, const struct seallist_row *rows, size_t n,
    size_t first, size_t shown)
{
    must(first <= n && shown <= n - first);
    if (shown == 0)
        return DHK_OK;
    struct nodes nodes = {calloc(2 * n, MERKLE_HASH)};
    uint64_t *index = calloc(shown, sizeof *index);
    enum dhk_err rc = DHK_NOMEM;

    if (nodes.hash != NULL && index != NULL) {
        struct merkle_reader reader = {read_node, &nodes};
        struct merkle_multi m = {.size = n, .index = index, .n = shown};
        make_nodes(&nodes, rows, n);
        for (size_t i = 0; i < shown; i++)
            index[i] = first + i;
        rc = merkle_multi_prove(out, &m, &reader);
    }
    free(nodes.hash);
    free(index);
    return rc;
}

/* The place of the rows among those shown, without the neighbours. */
struct range {
    size_t lo, hi;
};

/* A neighbour must be closed, and there unless the list ends. */
static enum dhk_err
find_range(struct range *out, const struct seallist_proof *p)
{
    uint64_t count = p->seal->count;
    bool left = p->first > 0;

    out->lo = 0;
    out->hi = p->n;
    if (p->first > count || p->n > count - p->first)
        return DHK_FORMAT;
    if (!p->has_case)
        return p->first == 0 && p->n == count ? DHK_OK : DHK_FORMAT;
    /* the row left of the case's is there when it is closed; the list can
     * begin with the case's rows, or end with them */
    bool shows_left = p->n > 0 && !p->row[0].open;
    uint8_t blinded[SEALLIST_BLINDED];
    seallist_blind(blinded, p->seal->salt, p->case_handle);
    if (shows_left && memcmp(p->row[0].blinded, blinded, sizeof blinded) < 0)
        out->lo = 1;
    else if (left)
        return DHK_FORMAT;
    if (out->hi > out->lo && !p->row[out->hi - 1].open)
        out->hi--;
    else if (p->first + p->n != count)
        return DHK_FORMAT;
    return DHK_OK;
}

/* Of the rows in the range each is open and, with a case, of that. */
static enum dhk_err
check_rows(const struct seallist_proof *p, const struct range *in)
{
    uint8_t blinded[SEALLIST_BLINDED];
    struct seallist_rest rest;

    seallist_blind(blinded, p->seal->salt, p->has_case ? p->case_handle : NULL);
    for (size_t i = in->lo; i < in->hi; i++) {
        const struct seallist_shown *r = &p->row[i];
        if (!r->open || r->rest.n > SEALLIST_REST ||
            seallist_rest_decode(&rest, r->rest) != DHK_OK ||
            rest.index < p->seal->from || rest.index >= p->seal->until)
            return DHK_FORMAT;
        if (p->has_case && memcmp(r->blinded, blinded, sizeof blinded) != 0)
            return DHK_FORMAT;
    }
    if (!p->has_case)
        return DHK_OK;
    if (in->lo > 0 &&
        memcmp(p->row[in->lo - 1].blinded, blinded, sizeof blinded) >= 0)
        return DHK_FORMAT;
    if (in->hi < p->n &&
        memcmp(p->row[in->hi].blinded, blinded, sizeof blinded) <= 0)
        return DHK_FORMAT;
    return DHK_OK;
}

static bool
is_ascending(const struct seallist_proof *p)
{
    for (size_t i = 1; i < p->n; i++) {
        const struct seallist_shown *a = &p->row[i - 1], *b = &p->row[i];
        int c = memcmp(a->blinded, b->blinded, SEALLIST_BLINDED);
        if (c == 0 && a->open && b->open)
            c = compare_bytes(a->rest, b->rest);
        if (c >= 0)
            return false;
    }
    return true;
}

static enum dhk_err
check_proof(const struct seallist_proof *p)
{
    uint64_t *index = calloc(p->n, sizeof *index);
    uint8_t *leaves = calloc(p->n, MERKLE_HASH);
    enum dhk_err rc = DHK_NOMEM;

    if (index == NULL || leaves == NULL)
        goto out;
    for (size_t i = 0; i < p->n; i++) {
        const struct seallist_shown *r = &p->row[i];
        uint8_t inner[MERKLE_HASH];
        memcpy(inner, r->inner, sizeof inner);
        if (r->open)
            seallist_inner(inner, r->salt, r->rest);
        seallist_leaf(leaves + i * MERKLE_HASH, r->blinded, inner);
        index[i] = p->first + i;
    }
    struct merkle_multi m = {p->seal->count, index, p->n, leaves, p->proof};
    rc = merkle_multi_verify(&m, p->seal->root);
out:
    free(index);
    free(leaves);
    return rc;
}

enum dhk_err
seallist_verify(const struct seallist_proof *p)
{
    struct range in;
    uint8_t empty[MERKLE_HASH];

    if (p->seal->count > SEALLIST_ROWS || p->n > SEALLIST_ROWS)
        return DHK_FORMAT;
    enum dhk_err rc = find_range(&in, p);
    if (rc == DHK_OK && !is_ascending(p))
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = check_rows(p, &in);
    if (rc != DHK_OK || p->n > 0)
        return rc != DHK_OK ? rc : check_proof(p);
    merkle_empty(empty);
    if (p->proof.n != 0)
        return DHK_FORMAT;
    return memcmp(p->seal->root, empty, sizeof empty) == 0 ? DHK_OK : DHK_AUTH;
}
