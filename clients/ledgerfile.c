/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading and writing the ledger file. Everything in it is untrusted: a
 * length is a claim until the bytes are there, a record is bounded. */
#include "ledgerfile.h"

#include <stdlib.h>
#include <string.h>

#include "merkle.h"
#include "pack.h"

#define HEADER "driehoek-ledger@v1\n"
#define LABEL "driehoek/v1/ledger-file"

enum {
    HEADER_N = sizeof HEADER - 1,
    PROOF_MAX = LIMIT_MULTIPROOF * MERKLE_HASH,
    CONSISTENCY_MAX = LIMIT_PROOF * MERKLE_HASH,
    /* the longest text with as many signatures as may be */
    RECORD_MAX = LIMIT_TEXT + QUORUM_SIGNATURES * (LIMIT_SSHSIG + 64) + 64,
};

struct ledgerfile {
    FILE *file; /* borrowed */
    uint8_t *mem;
    size_t cap;
    uint8_t chain[SEAL_HASH];
    uint64_t entries;
    uint64_t at;
    bool ended;
};

static void
chain_first(uint8_t chain[SEAL_HASH])
{
    struct slice line = slice_str(HEADER);
    seal_hash(chain, LABEL, &line, 1);
}

static void
chain_next(uint8_t chain[SEAL_HASH], struct slice body)
{
    struct slice parts[2] = {slice_of(chain, SEAL_HASH), body};
    uint8_t next[SEAL_HASH];
    seal_hash(next, LABEL, parts, 2);
    memcpy(chain, next, SEAL_HASH);
}

/* At least N bytes of memory; grows by doubling. */
static enum dhk_err
reserve(struct ledgerfile *f, size_t n)
{
    size_t cap = f->cap;
    if (n > RECORD_MAX)
        return DHK_LIMIT;
    while (cap < n)
        cap *= 2;
    if (cap == f->cap)
        return DHK_OK;
    uint8_t *mem = realloc(f->mem, cap);
    if (mem == NULL)
        return DHK_NOMEM;
    f->mem = mem;
    f->cap = cap;
    return DHK_OK;
}

static enum dhk_err
new_file(struct ledgerfile **out, FILE *file)
{
    struct ledgerfile *f = calloc(1, sizeof *f);
    *out = NULL;
    if (f == NULL)
        return DHK_NOMEM;
    f->file = file;
    f->cap = 8192;
    f->mem = malloc(f->cap);
    if (f->mem == NULL) {
        free(f);
        return DHK_NOMEM;
    }
    chain_first(f->chain);
    *out = f;
    return DHK_OK;
}

void
ledgerfile_destroy(struct ledgerfile **f)
{
    if (*f == NULL)
        return;
    free((*f)->mem);
    free(*f);
    *f = NULL;
}

/* --- decoding ---------------------------------------------------------------
 */

static void
decode_text(struct ledgerfile_record *out, struct cursor *c)
{
    unpack_array_of(c, 3);
    (void)unpack_uint(c, LEDGERFILE_END);
    out->text = unpack_bin(c, LIMIT_TEXT);
    size_t n = unpack_array(c, QUORUM_SIGNATURES);
    for (size_t i = 0; i < n && c->err == DHK_OK; i++) {
        unpack_array_of(c, 2);
        struct slice name = unpack_name(c);
        out->sig[i].armor = unpack_bin(c, LIMIT_SSHSIG);
        if (c->err == DHK_OK)
            must(slice_to_str(name, out->sig[i].name,
                     sizeof out->sig[i].name) == DHK_OK);
    }
    out->sigs_n = n;
}

static struct slice
unpack_hashes(struct cursor *c, size_t max)
{
    struct slice s = unpack_bin(c, max);
    if (s.n % MERKLE_HASH != 0)
        cursor_fail(c, DHK_FORMAT, "a proof is not a list of hashes");
    return s;
}

static void
decode_rest(struct ledgerfile_record *out, struct cursor *c)
{
    switch (out->type) {
    case LEDGERFILE_ORIGIN:
        unpack_array_of(c, 3);
        (void)unpack_uint(c, LEDGERFILE_END);
        out->origin = unpack_str(c, LIMIT_ORIGIN);
        out->complete = unpack_bool(c);
        return;
    case LEDGERFILE_ROSTER:
    case LEDGERFILE_AGREEMENT:
        decode_text(out, c);
        return;
    case LEDGERFILE_ENTRY:
        unpack_array_of(c, 4);
        (void)unpack_uint(c, LEDGERFILE_END);
        out->index = unpack_uint(c, MERKLE_SIZE_MAX);
        unpack_fixed(c, out->leaf, sizeof out->leaf);
        out->entry = unpack_bin(c, LIMIT_ENTRY);
        return;
    case LEDGERFILE_CHECKPOINT:
        unpack_array_of(c, 4);
        (void)unpack_uint(c, LEDGERFILE_END);
        out->note = unpack_bin(c, LIMIT_CHECKPOINT);
        out->consistency = unpack_hashes(c, CONSISTENCY_MAX);
        out->proof = unpack_hashes(c, PROOF_MAX);
        return;
    case LEDGERFILE_END:
        unpack_array_of(c, 3);
        (void)unpack_uint(c, LEDGERFILE_END);
        out->entries = unpack_uint(c, MERKLE_SIZE_MAX);
        unpack_fixed(c, out->chain, sizeof out->chain);
        return;
    case LEDGERFILE_NONE:
        break;
    }
    cursor_fail(c, DHK_FORMAT, "a record of an unknown type");
}

/* The type stands after the array's head; both are read again with the rest. */
static enum ledgerfile_type
peek_type(struct slice body)
{
    struct cursor c;
    cursor_init(&c, body);
    (void)unpack_array(&c, 4);
    return (enum ledgerfile_type)unpack_uint(&c, LEDGERFILE_END);
}

enum dhk_err
ledgerfile_decode(
    struct ledgerfile_record *out, struct slice body, struct diag *diag)
{
    struct cursor c;
    memset(out, 0, sizeof *out);
    cursor_init(&c, body);
    out->type = peek_type(body);
    decode_rest(out, &c);
    enum dhk_err rc = cursor_end(&c);
    if (rc != DHK_OK) {
        cursor_diag(&c, diag);
        memset(out, 0, sizeof *out);
    }
    return rc;
}

/* --- writing
 * -------------------------------------------------------------------- */

enum dhk_err
ledgerfile_create(struct ledgerfile **out, FILE *file)
{
    enum dhk_err rc = new_file(out, file);
    if (rc == DHK_OK && fwrite(HEADER, 1, HEADER_N, file) != HEADER_N) {
        ledgerfile_destroy(out);
        rc = DHK_IO;
    }
    return rc;
}

static void
encode(struct sink *s, const struct ledgerfile_record *r)
{
    bool is_short =
        r->type == LEDGERFILE_ORIGIN || r->type == LEDGERFILE_ROSTER ||
        r->type == LEDGERFILE_AGREEMENT || r->type == LEDGERFILE_END;
    pack_array(s, is_short ? 3 : 4);
    pack_uint(s, r->type);
    if (r->type == LEDGERFILE_ORIGIN) {
        pack_str(s, r->origin);
        pack_bool(s, r->complete);
    } else if (r->type == LEDGERFILE_ENTRY) {
        pack_uint(s, r->index);
        pack_bin(s, slice_of(r->leaf, sizeof r->leaf));
        pack_bin(s, r->entry);
    } else if (r->type == LEDGERFILE_CHECKPOINT) {
        pack_bin(s, r->note);
        pack_bin(s, r->consistency);
        pack_bin(s, r->proof);
    } else if (r->type == LEDGERFILE_END) {
        pack_uint(s, r->entries);
        pack_bin(s, slice_of(r->chain, sizeof r->chain));
    } else {
        pack_bin(s, r->text);
        pack_array(s, r->sigs_n);
        for (size_t i = 0; i < r->sigs_n; i++) {
            pack_array(s, 2);
            pack_cstr(s, r->sig[i].name);
            pack_bin(s, r->sig[i].armor);
        }
    }
}

enum dhk_err
ledgerfile_write(struct ledgerfile *f, const struct ledgerfile_record *record)
{
    uint8_t length[4];
    struct sink s;
    enum dhk_err rc = reserve(f, RECORD_MAX);
    if (rc != DHK_OK)
        return rc;
    sink_init(&s, f->mem, f->cap);
    encode(&s, record);
    if (s.err != DHK_OK)
        return s.err;
    chain_next(f->chain, sink_done(&s));
    if (record->type == LEDGERFILE_ENTRY)
        f->entries++;
    bytes_put_u32(length, (uint32_t)s.n);
    if (fwrite(length, 1, sizeof length, f->file) != sizeof length ||
        fwrite(s.p, 1, s.n, f->file) != s.n)
        return DHK_IO;
    return DHK_OK;
}

enum dhk_err
ledgerfile_finish(struct ledgerfile *f)
{
    struct ledgerfile_record end = {
        .type = LEDGERFILE_END, .entries = f->entries};
    memcpy(end.chain, f->chain, sizeof end.chain);
    enum dhk_err rc = ledgerfile_write(f, &end);
    if (rc == DHK_OK && fflush(f->file) != 0)
        rc = DHK_IO;
    return rc;
}

/* --- reading
 * -------------------------------------------------------------------- */

/* Exactly N bytes, as far as the file has them; their number. */
static size_t
take(struct ledgerfile *f, void *to, size_t n)
{
    size_t got = fread(to, 1, n, f->file);
    f->at += got;
    return got;
}

enum dhk_err
ledgerfile_open(struct ledgerfile **out, FILE *file)
{
    char line[HEADER_N];
    enum dhk_err rc = new_file(out, file);
    if (rc != DHK_OK)
        return rc;
    if (take(*out, line, HEADER_N) == HEADER_N &&
        memcmp(line, HEADER, HEADER_N) == 0)
        return DHK_OK;
    rc = ferror(file) ? DHK_IO : DHK_VERSION;
    ledgerfile_destroy(out);
    return rc;
}

static enum dhk_err
read_body(struct slice *body, struct ledgerfile *f, const char **what)
{
    uint8_t length[4];
    size_t got = take(f, length, sizeof length);
    *what = "the file was cut off: its last record is not the end mark";
    if (got < sizeof length)
        return ferror(f->file) ? DHK_IO : DHK_FORMAT;
    size_t n = bytes_get_u32(length);
    *what = "a record is longer than any can be";
    if (n > RECORD_MAX)
        return DHK_FORMAT;
    /* memory follows what is there, not what the length claims */
    size_t have = 0;
    *what = "the file was cut off in the middle of a record";
    while (have < n) {
        size_t step = n - have < 65536 ? n - have : 65536;
        enum dhk_err rc = reserve(f, have + step);
        if (rc != DHK_OK)
            return rc;
        got = take(f, f->mem + have, step);
        if (got < step)
            return ferror(f->file) ? DHK_IO : DHK_FORMAT;
        have += got;
    }
    *body = slice_of(f->mem, n);
    return DHK_OK;
}

static enum dhk_err
check_end(struct ledgerfile *f, const struct ledgerfile_record *end,
    const char **what)
{
    uint8_t more;
    f->ended = true;
    *what = "entries are missing, or too many: the end mark counts otherwise";
    if (end->entries != f->entries)
        return DHK_FORMAT;
    *what = "the file was damaged: its bytes do not have the hash that its "
            "end mark says";
    if (memcmp(end->chain, f->chain, SEAL_HASH) != 0)
        return DHK_FORMAT;
    *what = "something follows the end mark";
    if (take(f, &more, 1) != 0)
        return DHK_FORMAT;
    return DHK_NOTFOUND;
}

enum dhk_err
ledgerfile_read(
    struct ledgerfile_record *out, struct ledgerfile *f, const char **what)
{
    struct slice body;
    struct diag diag = {NULL, 0};
    if (f->ended)
        return DHK_NOTFOUND;
    enum dhk_err rc = read_body(&body, f, what);
    if (rc != DHK_OK)
        return rc;
    rc = ledgerfile_decode(out, body, &diag);
    if (rc != DHK_OK) {
        *what = diag.what != NULL ? diag.what : "a record is malformed";
        return DHK_FORMAT;
    }
    if (out->type == LEDGERFILE_END)
        return check_end(f, out, what);
    chain_next(f->chain, body);
    if (out->type == LEDGERFILE_ENTRY)
        f->entries++;
    return DHK_OK;
}

uint64_t
ledgerfile_at(const struct ledgerfile *f)
{
    return f->at;
}
