/* SPDX-License-Identifier: EUPL-1.2
 *
 * The form of the file of a complete answer. */
#include "fullanswer.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "pack.h"
#include "withdrawal.h"

enum { HEADER_N = sizeof FULLANSWER_HEADER - 1, OPEN = 3, CLOSED = 2 };

/* --- reading --- */

static struct slice
unpack_hashes(struct cursor *c)
{
    struct slice s = unpack_bin(c, (size_t)LIMIT_MULTIPROOF * MERKLE_HASH);

    if (s.n % MERKLE_HASH != 0)
        cursor_fail(c, DHK_FORMAT, "a proof is not a list of hashes");
    return s;
}

static void
read_row(struct seallist_shown *out, struct cursor *c)
{
    size_t n = unpack_array(c, OPEN);

    memset(out, 0, sizeof *out);
    if (c->err == DHK_OK && n != OPEN && n != CLOSED)
        cursor_fail(c, DHK_FORMAT, "a row is neither open nor closed");
    unpack_fixed(c, out->blinded, sizeof out->blinded);
    out->open = n == OPEN;
    if (!out->open) {
        unpack_fixed(c, out->inner, sizeof out->inner);
        return;
    }
    unpack_fixed(c, out->salt, sizeof out->salt);
    out->rest = unpack_bin(c, SEALLIST_REST);
}

static void
read_rest(struct fullanswer_record *out, struct cursor *c)
{
    struct seallist_shown row;

    if (out->type == FULLANSWER_HEAD) {
        out->query = unpack_uint(c, INT64_MAX);
        out->note = unpack_bin(c, LIMIT_CHECKPOINT);
    } else if (out->type == FULLANSWER_ENTRY) {
        out->index = unpack_uint(c, INT64_MAX);
        out->entry = unpack_bin(c, LIMIT_ENTRY);
        out->proof = unpack_hashes(c);
    } else if (out->type == FULLANSWER_LIST) {
        out->seal = unpack_uint(c, INT64_MAX);
        out->first = unpack_uint(c, INT64_MAX);
        out->rows_n = unpack_array(c, SEALLIST_ROWS);
        out->rows = *c;
        for (size_t i = 0; i < out->rows_n && c->err == DHK_OK; i++)
            read_row(&row, c);
        out->proof = unpack_hashes(c);
    } else {
        out->records = unpack_uint(c, INT64_MAX);
    }
}

static enum dhk_err
decode(struct fullanswer_record *out, struct slice body, const char **what)
{
    static const size_t elements[] = {[FULLANSWER_HEAD] = 3,
        [FULLANSWER_ENTRY] = 4,
        [FULLANSWER_LIST] = 5,
        [FULLANSWER_END] = 2};
    struct cursor c;

    memset(out, 0, sizeof *out);
    cursor_init(&c, body);
    size_t n = unpack_array(&c, 5);
    uint64_t type = unpack_uint(&c, FULLANSWER_END);
    if (c.err == DHK_OK && (type == 0 || n != elements[type]))
        cursor_fail(&c, DHK_FORMAT, "a record of an unknown type");
    if (c.err == DHK_OK) {
        out->type = (enum fullanswer_type)type;
        read_rest(out, &c);
    }
    enum dhk_err rc = cursor_end(&c);
    *what = c.what != NULL ? c.what : "a record is malformed";
    return rc == DHK_OK ? rc : DHK_FORMAT;
}

enum dhk_err
fullanswer_open(struct fullanswer_reader *r, struct slice file)
{
    memset(r, 0, sizeof *r);
    cursor_init(&r->file, file);
    struct slice line = cursor_bytes(&r->file, HEADER_N);
    return slice_equal(line, slice_str(FULLANSWER_HEADER)) ? DHK_OK
                                                           : DHK_VERSION;
}

enum dhk_err
fullanswer_next(struct fullanswer_record *out, struct fullanswer_reader *r,
    const char **what)
{
    if (r->ended)
        return DHK_NOTFOUND;
    uint32_t n = cursor_u32(&r->file);
    *what = "the file was cut off: its last record is not the end mark";
    if (r->file.err != DHK_OK || n > FULLANSWER_RECORD)
        return DHK_FORMAT;
    struct slice body = cursor_bytes(&r->file, n);
    if (r->file.err != DHK_OK)
        return DHK_FORMAT;
    enum dhk_err rc = decode(out, body, what);
    if (rc != DHK_OK)
        return rc;
    if (out->type != FULLANSWER_END) {
        r->records++;
        return DHK_OK;
    }
    r->ended = true;
    *what = "records are missing, or too many, or something follows the end";
    return out->records == r->records && cursor_end(&r->file) == DHK_OK
               ? DHK_NOTFOUND
               : DHK_FORMAT;
}

void
fullanswer_rows(
    struct seallist_shown *out, const struct fullanswer_record *list)
{
    struct cursor c = list->rows;

    for (size_t i = 0; i < list->rows_n; i++)
        read_row(&out[i], &c);
    must(c.err == DHK_OK);
}

/* --- writing --- */

static void
encode_row(struct sink *s, const struct seallist_shown *r)
{
    pack_array(s, r->open ? OPEN : CLOSED);
    pack_bin(s, slice_of(r->blinded, sizeof r->blinded));
    if (r->open) {
        pack_bin(s, slice_of(r->salt, sizeof r->salt));
        pack_bin(s, r->rest);
    } else {
        pack_bin(s, slice_of(r->inner, sizeof r->inner));
    }
}

static void
encode(struct sink *s, const struct fullanswer_record *r,
    const struct seallist_shown *rows)
{
    if (r->type == FULLANSWER_HEAD) {
        pack_array(s, 3);
        pack_uint(s, r->type);
        pack_uint(s, r->query);
        pack_bin(s, r->note);
    } else if (r->type == FULLANSWER_ENTRY) {
        pack_array(s, 4);
        pack_uint(s, r->type);
        pack_uint(s, r->index);
        pack_bin(s, r->entry);
        pack_bin(s, r->proof);
    } else if (r->type == FULLANSWER_LIST) {
        pack_array(s, 5);
        pack_uint(s, r->type);
        pack_uint(s, r->seal);
        pack_uint(s, r->first);
        pack_array(s, r->rows_n);
        for (size_t i = 0; i < r->rows_n; i++)
            encode_row(s, &rows[i]);
        pack_bin(s, r->proof);
    } else {
        pack_array(s, 2);
        pack_uint(s, r->type);
        pack_uint(s, r->records);
    }
}

enum dhk_err
fullanswer_write(FILE *file, const struct fullanswer_record *r,
    const struct seallist_shown *rows)
{
    uint8_t length[4];
    uint8_t *mem = malloc(FULLANSWER_RECORD);
    struct sink s;
    enum dhk_err rc = DHK_NOMEM;

    if (mem == NULL)
        return rc;
    sink_init(&s, mem, FULLANSWER_RECORD);
    encode(&s, r, rows);
    rc = s.err;
    if (rc == DHK_OK) {
        bytes_put_u32(length, (uint32_t)s.n);
        if (fwrite(length, 1, sizeof length, file) != sizeof length ||
            fwrite(s.p, 1, s.n, file) != s.n)
            rc = DHK_IO;
    }
    free(mem);
    return rc;
}

/* --- filters --- */

/* The words that a row's entry and code have in a question. */
static bool
has_outcome(const struct seallist_rest *row, struct slice wanted)
{
    const char *code = "";
    bool refused = row->kind == ENTRY_ACCEPTED && row->code != ENTRY_CODE_NONE;

    if (row->kind == ENTRY_DELIVERED && row->code < ANSWER_OUTCOMES)
        code = answer_outcome_name((enum answer_outcome)row->code);
    else if (row->kind == ENTRY_REFUSED || row->kind == ENTRY_RETURNED ||
             refused)
        code = row->code < ENTRY_CODES
                   ? entry_code_name((enum entry_code)row->code)
                   : "";
    if (slice_equal(wanted, slice_str(code)))
        return true;
    return slice_equal(wanted,
        slice_str(entry_kind_name(refused ? ENTRY_REFUSED : row->kind)));
}

bool
fullanswer_can(const struct query *q)
{
    return q->from == 0 &&
           q->sender.n + q->recipient.n + q->share_purpose.n + q->rule.n == 0;
}

bool
fullanswer_fits(const struct query *q, const struct seallist_rest *row)
{
    if (q->kind.n > 0 && !slice_equal(q->kind, row->signal))
        return false;
    return q->outcome.n == 0 || has_outcome(row, q->outcome);
}
