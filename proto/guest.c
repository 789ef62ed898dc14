/* SPDX-License-Identifier: EUPL-1.2 */
#include "guest.h"

#include <string.h>

#include "envelope.h"
#include "text.h"
#include "wire.h"

enum { CARD_FIELDS = 3, CARD_MAX = 64, PARTS = 2, HEAD_FIELDS = 10 };

static const char label_id[] = "driehoek/v1/guest-card";
static const char label_key[] = "driehoek/v1/guest-key";
static const char label_file[] = "DRIEHOEK GUEST CARD";

/* --- the card --- */

static void
give_id(struct guest_card *card, struct slice bytes)
{
    seal_hash(card->id, label_id, &bytes, 1);
}

enum dhk_err
guest_card_encode(struct sink *out, struct guest_card *card)
{
    size_t start = out->n;

    wire_begin(out, CARD_FIELDS);
    pack_bin(out, slice_of(card->case_handle, sizeof card->case_handle));
    pack_bin(out, slice_of(card->seal.b, KEY_BYTES));
    if (out->err == DHK_OK)
        give_id(card, slice_of(out->p + start, out->n - start));
    return out->err;
}

enum dhk_err
guest_card_decode(struct guest_card *out, struct slice bytes, struct diag *diag)
{
    struct guest_card card = {.id = {0}};
    struct cursor c;

    enum dhk_err rc = wire_size(bytes, CARD_MAX, diag);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, bytes);
    wire_open(&c, CARD_FIELDS);
    unpack_fixed(&c, card.case_handle, sizeof card.case_handle);
    unpack_fixed(&c, card.seal.b, KEY_BYTES);
    rc = wire_close(&c, diag);
    if (rc == DHK_OK)
        give_id(&card, bytes);
out:
    *out = rc == DHK_OK ? card : (struct guest_card){.id = {0}};
    return rc;
}

enum dhk_err
guest_card_file_encode(struct sink *out, struct guest_card *card)
{
    uint8_t mem[CARD_MAX];
    struct sink s;

    sink_init(&s, mem, sizeof mem);
    enum dhk_err rc = guest_card_encode(&s, card);
    if (rc == DHK_OK)
        text_armor(out, label_file, sink_done(&s));
    return rc == DHK_OK ? out->err : rc;
}

enum dhk_err
guest_card_file_decode(
    struct guest_card *out, struct slice text, struct diag *diag)
{
    uint8_t mem[CARD_MAX];
    size_t n = 0;

    *out = (struct guest_card){.id = {0}};
    enum dhk_err rc = text.n > GUEST_CARD_FILE_MAX
                          ? DHK_LIMIT
                          : text_unarmor(mem, sizeof mem, &n, label_file, text);
    if (rc == DHK_OK)
        return guest_card_decode(out, slice_of(mem, n), diag);
    if (diag != NULL)
        *diag = (struct diag){"not a guest card file", 0};
    return rc;
}

/* --- the extract --- */

/* Smallest length that holds N bytes of text; a length tells one of nine. */
static size_t
padded_size(size_t n)
{
    size_t block = GUEST_TEXT_MIN;

    while (block < n)
        block *= 2;
    return block;
}

static bool
is_padded_box(size_t n)
{
    return n >= GUEST_TEXT_MIN + SEAL_LOCKED_EXTRA &&
           padded_size(n - SEAL_LOCKED_EXTRA) == n - SEAL_LOCKED_EXTRA;
}

/* What is written out as JSON and read by people: text without a NUL. */
static bool
is_text(struct slice text)
{
    return text.n > 0 && bytes_is_utf8(text) &&
           memchr(text.p, 0, text.n) == NULL;
}

/* The key that both sides arrive at; OWN and THEIRS are one side's. The caller
 * wipes KEY. */
static enum dhk_err
derive_key(uint8_t key[SEAL_KEY], const struct guest_extract *x,
    const struct guest_card *card, const struct dh_secret *own,
    const struct dh_public *theirs)
{
    uint8_t secret[SEAL_KEY];
    const struct slice parts[] = {slice_of(x->ephemeral.b, KEY_BYTES),
        slice_of(card->seal.b, KEY_BYTES), x->head};
    enum dhk_err rc = seal_dh(secret, own, theirs);

    if (rc == DHK_OK)
        seal_keyed_hash(key, secret, label_key, parts, 3);
    key_wipe(secret, sizeof secret);
    return rc;
}

static void
write_head(struct sink *out, const struct guest_extract *x,
    const struct guest_card *card)
{
    wire_begin(out, HEAD_FIELDS);
    pack_str(out, x->origin);
    pack_str(out, x->desk);
    pack_bin(out, slice_of(card->id, sizeof card->id));
    pack_bin(out, slice_of(card->case_handle, sizeof card->case_handle));
    pack_uint(out, (uint64_t)x->until);
    pack_uint(out, x->share);
    pack_uint(out, x->handed);
    pack_uint(out, (uint64_t)x->made);
    pack_bin(out, slice_of(x->ephemeral.b, KEY_BYTES));
}

static enum dhk_err
read_head(struct guest_extract *x, struct diag *diag)
{
    struct cursor c;

    enum dhk_err rc = wire_size(x->head, GUEST_HEAD_MAX, diag);
    if (rc != DHK_OK)
        return rc;
    cursor_init(&c, x->head);
    wire_open(&c, HEAD_FIELDS);
    x->origin = wire_origin(&c);
    x->desk = unpack_name(&c);
    unpack_fixed(&c, x->card, sizeof x->card);
    unpack_fixed(&c, x->case_handle, sizeof x->case_handle);
    x->until = (int64_t)unpack_uint(&c, ENVELOPE_TIME_MAX);
    x->share = unpack_uint(&c, INT64_MAX);
    x->handed = unpack_uint(&c, INT64_MAX);
    x->made = (int64_t)unpack_uint(&c, ENVELOPE_TIME_MAX);
    unpack_fixed(&c, x->ephemeral.b, KEY_BYTES);
    if (c.err == DHK_OK && x->until <= x->made)
        cursor_fail(&c, DHK_FORMAT, "made after the admission ended");
    if (c.err == DHK_OK && (x->share == 0 || x->handed <= x->share))
        cursor_fail(&c, DHK_FORMAT, "handed before it was shared");
    return wire_close(&c, diag);
}

enum dhk_err
guest_decode(struct guest_extract *out, struct slice bytes, struct diag *diag)
{
    struct guest_extract x = {.until = 0};
    struct cursor c;

    enum dhk_err rc = wire_size(bytes, GUEST_EXTRACT_MAX, diag);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, bytes);
    unpack_array_of(&c, PARTS);
    x.head = unpack_bin(&c, GUEST_HEAD_MAX);
    x.box = unpack_bin(&c, GUEST_BOX_MAX);
    if (c.err == DHK_OK && !is_padded_box(x.box.n))
        cursor_fail(&c, DHK_FORMAT, "not padded");
    rc = wire_close(&c, diag);
    if (rc == DHK_OK)
        rc = read_head(&x, diag);
out:
    *out = rc == DHK_OK ? x : (struct guest_extract){.until = 0};
    return rc;
}

/* Fills X's card, case, key and head, the last in MEM. */
static enum dhk_err
make_head(struct guest_extract *x, uint8_t mem[GUEST_HEAD_MAX],
    const struct guest_card *card)
{
    struct guest_extract again = {.until = 0};
    struct sink s;

    sink_init(&s, mem, GUEST_HEAD_MAX);
    write_head(&s, x, card);
    if (s.err != DHK_OK)
        return s.err;
    x->head = sink_done(&s);
    again.head = x->head;
    /* what nobody could read is not sealed */
    return read_head(&again, NULL);
}

static enum dhk_err
put_box(struct sink *out, const struct guest_extract *x,
    const uint8_t key[SEAL_KEY], struct slice text)
{
    size_t n = padded_size(text.n);
    struct key_pool pool = {.left = 0};
    void *plain = key_secret_new(n),
         *box = key_secret_new(n + SEAL_LOCKED_EXTRA);
    enum dhk_err rc = DHK_NOMEM;

    if (plain != NULL && box != NULL) {
        memset(plain, 0, n);
        memcpy(plain, text.p, text.n);
        seal_locked(box, slice_of(plain, n), x->head, key, &pool);
        pack_array(out, PARTS);
        pack_bin(out, x->head);
        pack_bin(out, slice_of(box, n + SEAL_LOCKED_EXTRA));
        rc = out->err;
    }
    key_wipe(&pool, sizeof pool);
    key_secret_destroy(&plain);
    key_secret_destroy(&box);
    return rc;
}

enum dhk_err
guest_seal(struct sink *out, const struct guest_extract *x,
    const struct guest_card *card, struct slice text)
{
    struct guest_extract made = *x;
    struct dh_secret *own = NULL;
    uint8_t mem[GUEST_HEAD_MAX], key[SEAL_KEY];
    size_t start = out->n;
    enum dhk_err rc = DHK_LIMIT;

    if (text.n > LIMIT_EXTRACT_TEXT)
        return rc;
    if (!is_text(text) || x->until < 0 || x->made < 0)
        return DHK_FORMAT;
    rc = key_dh_new(&own, &made.ephemeral);
    if (rc == DHK_OK)
        rc = make_head(&made, mem, card);
    if (rc == DHK_OK)
        rc = derive_key(key, &made, card, own, &card->seal);
    if (rc == DHK_OK)
        rc = put_box(out, &made, key, text);
    key_wipe(key, sizeof key);
    key_dh_destroy(&own);
    if (rc != DHK_OK)
        out->n = start;
    return rc;
}

/* The text before the zeros; DHK_FORMAT when it is none, or padded otherwise
 * than we do. */
static enum dhk_err
unpad(struct slice *text, struct slice plain)
{
    const uint8_t *end = memchr(plain.p, 0, plain.n);
    size_t n = end == NULL ? plain.n : (size_t)(end - plain.p);

    for (size_t i = n; i < plain.n; i++) {
        if (plain.p[i] != 0)
            return DHK_FORMAT;
    }
    *text = slice_of(plain.p, n);
    return is_text(*text) && padded_size(n) == plain.n ? DHK_OK : DHK_FORMAT;
}

enum dhk_err
guest_open(struct slice *text, uint8_t *mem, const struct guest_extract *x,
    const struct guest_card *card, const struct dh_secret *sk, int64_t now)
{
    uint8_t key[SEAL_KEY] = {0};
    enum dhk_err rc = DHK_AUTH;

    *text = slice_of(NULL, 0);
    if (memcmp(x->card, card->id, sizeof x->card) != 0 ||
        memcmp(x->case_handle, card->case_handle, sizeof x->case_handle) != 0)
        goto out;
    rc = derive_key(key, x, card, sk, &x->ephemeral);
    if (rc == DHK_OK)
        rc = seal_unlocked(mem, x->box, x->head, key);
    if (rc == DHK_OK && now >= x->until)
        rc = DHK_DENIED;
    if (rc == DHK_OK)
        rc = unpad(text, slice_of(mem, x->box.n - SEAL_LOCKED_EXTRA));
out:
    key_wipe(key, sizeof key);
    if (rc != DHK_OK) {
        *text = slice_of(NULL, 0);
        key_wipe(mem, x->box.n);
    }
    return rc;
}
