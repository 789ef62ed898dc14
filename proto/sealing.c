/* SPDX-License-Identifier: EUPL-1.2
 *
 * Order of work: head, manifest, fields, recipients, attributes; each leaves
 * its digest. The header's length is known before its digests are: its place
 * is kept free in the output and filled last. Keys are wiped on every path. */
#include "sealing.h"

#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "wire.h"

enum { HEADER_FIELDS = 21, ENVELOPE_FIELDS = 5, NOBODY = LIMIT_PARTIES };

struct work {
    const struct sealing_plan *plan;
    struct sealing_key *key;
    struct sink *out;
    struct envelope_header h; /* what fields and wraps are bound to */
    uint8_t field_key[LIMIT_FIELDS][32];
    uint8_t place[LIMIT_PARTIES]; /* slot -> recipient of the plan, NOBODY */
    uint8_t field_slot[LIMIT_FIELDS][WIRE_HASH];
    uint8_t recipient_slot[LIMIT_PARTIES][WIRE_HASH];
    uint8_t attribute_slot[LIMIT_ATTRIBUTES][WIRE_HASH];
    uint8_t manifest_slot[WIRE_HASH];
};

enum dhk_err
sealing_key_new(struct sealing_key **out)
{
    struct sealing_key *k = calloc(1, sizeof *k);
    enum dhk_err rc = DHK_NOMEM;

    if (k != NULL)
        rc = key_dh_new(&k->own, &k->pk);
    if (rc != DHK_OK)
        sealing_key_destroy(&k);
    *out = k;
    return rc;
}

void
sealing_key_destroy(struct sealing_key **k)
{
    if (*k == NULL)
        return;
    key_dh_destroy(&(*k)->own);
    key_wipe(*k, sizeof **k);
    free(*k);
    *k = NULL;
}

void
sealing_key_spend(struct sealing_key *k)
{
    size_t n = 0;

    key_dh_wipe(k->own);
    for (size_t i = 0; i < k->agreed_n; i++) {
        if (k->used[i])
            k->agreed[n++].theirs = k->agreed[i].theirs;
    }
    for (size_t i = 0; i < k->agreed_n; i++) {
        key_wipe(k->agreed[i].secret, sizeof k->agreed[i].secret);
        k->agreed[i].is_set = k->used[i] = false;
    }
    key_wipe(&k->pool, sizeof k->pool);
    k->agreed_n = n;
    k->state = SEALING_SPENT;
}

static void
renew(struct sealing_key *k)
{
    if (k->state == SEALING_USED)
        sealing_key_spend(k);
    if (k->state == SEALING_SPENT)
        key_dh_renew(k->own, &k->pk);
    k->state = SEALING_READY;
}

void
sealing_key_begin(struct sealing_key *k)
{
    renew(k);
    k->pool.left = 0;
}

void
sealing_key_prepare(struct sealing_key *k)
{
    if (k->state != SEALING_SPENT)
        return;
    renew(k);
    for (size_t i = 0; i < k->agreed_n; i++) {
        const struct dh_public theirs = k->agreed[i].theirs;
        /* who has a key that yields no secret is refused when it comes to it */
        enum dhk_err rc = wrap_agree(&k->agreed[i], k->own, &theirs);
        (void)rc;
    }
}

/* What the key agreed on with THEIRS; NULL: an all-zero secret. */
static const uint8_t *
agree(struct sealing_key *k, const struct dh_public *theirs)
{
    struct wrap_agreed *a = k->agreed;
    size_t i = 0;

    while (i < k->agreed_n && memcmp(&a[i].theirs, theirs, sizeof *theirs) != 0)
        i++;
    /* more keys than parties: cards changed meanwhile; the last place serves */
    if (i == LIMIT_PARTIES)
        i--;
    if (wrap_agree(&a[i], k->own, theirs) != DHK_OK)
        return NULL;
    if (i == k->agreed_n)
        k->agreed_n++;
    k->used[i] = true;
    return a[i].secret;
}

/* --- the plan ------------------------------------------------------------ */

static bool
recipients_hold(const struct sealing_plan *p)
{
    for (size_t i = 0; i < p->recipients_n; i++) {
        const struct sealing_recipient *r = &p->recipient[i];
        if (r->fields == 0 || (r->fields & ~p->presence) != 0)
            return false;
        if (r->counter == 0 || (r->psk.n == 0) != (r->psk_id.n == 0))
            return false;
        for (size_t k = 0; k < i; k++)
            if (slice_equal(p->recipient[k].partner, r->partner))
                return false;
    }
    return true;
}

static bool
attributes_hold(const struct sealing_plan *p)
{
    for (size_t k = 0; k < p->attributes_n; k++) {
        struct cursor c;
        if (p->attribute[k].n == 0)
            continue;
        cursor_init(&c, p->attribute[k]);
        (void)wire_value(&c);
        if (cursor_end(&c) != DHK_OK)
            return false;
    }
    return true;
}

/* Names and times are left to the decoder, which reads the header at last. */
static enum dhk_err
check_plan(const struct sealing_plan *p)
{
    if (p->fields_n > LIMIT_FIELDS || p->parties_n > LIMIT_PARTIES ||
        p->attributes_n > LIMIT_ATTRIBUTES ||
        p->exclusions_n > LIMIT_EXCLUSIONS)
        return DHK_LIMIT;
    if (p->recipients_n == 0 || p->recipients_n > p->parties_n)
        return DHK_FORMAT;
    if (p->fields_n < 32 && p->presence >> p->fields_n != 0)
        return DHK_FORMAT;
    return recipients_hold(p) && attributes_hold(p) ? DHK_OK : DHK_FORMAT;
}

/* --- head and header ----------------------------------------------------- */

static void
write_head(struct sink *out, const struct sealing_plan *p,
    const struct envelope_header *h)
{
    wire_begin(out, HEADER_FIELDS);
    pack_uint(out, ENVELOPE_SUITE);
    pack_str(out, p->origin);
    pack_bin(out, slice_of(p->agreement, 32));
    pack_str(out, p->sender);
    pack_bin(out, slice_of(p->card, 32));
    pack_str(out, p->kind);
    pack_str(out, p->purpose);
    pack_str(out, p->ground);
    pack_bin(out, slice_of(p->case_handle, ENVELOPE_CASE));
    wire_put_maybe(out, p->reply_to != NULL, p->reply_to, ENVELOPE_ID);
    pack_uint(out, p->created);
    pack_uint(out, p->expires);
    pack_uint(out, p->covert);
    pack_bin(out, slice_of(p->actor, 16));
    pack_bin(out, slice_of(h->nonce, sizeof h->nonce));
    pack_bin(out, slice_of(h->ephemeral.b, KEY_BYTES));
}

static void
write_header(struct sink *out, const struct work *w)
{
    const struct sealing_plan *p = w->plan;
    sink_slice(out, w->h.head);
    pack_bin(out, slice_of(w->field_slot, p->fields_n * WIRE_HASH));
    pack_bin(out, slice_of(w->recipient_slot, p->parties_n * WIRE_HASH));
    pack_bin(out, slice_of(w->attribute_slot, p->attributes_n * WIRE_HASH));
    pack_bin(out, slice_of(w->manifest_slot, sizeof w->manifest_slot));
}

/* --- recipients' places -------------------------------------------------- */

/* A number below N, all equally likely but for less than one part in 2^58. */
static size_t
below(struct work *w, size_t n)
{
    uint64_t v = 0;
    must(n > 0);
    key_pool_draw(&w->key->pool, &v, sizeof v);
    return (size_t)(v % n);
}

/* Fisher and Yates: the recipients and the empty slots in any order. */
static void
shuffle(struct work *w)
{
    size_t n = w->plan->parties_n;
    for (size_t j = 0; j < n; j++)
        w->place[j] = (uint8_t)(j < w->plan->recipients_n ? j : NOBODY);
    for (size_t j = n - 1; j > 0; j--) {
        size_t k = below(w, j + 1);
        uint8_t kept = w->place[j];
        w->place[j] = w->place[k];
        w->place[k] = kept;
    }
}

/* --- the parts ----------------------------------------------------------- */

static enum dhk_err
put_manifest(struct work *w)
{
    const struct sealing_plan *p = w->plan;
    struct manifest m = {.seq = p->seq,
        .presence = p->presence,
        .to = p->to,
        .has_previous = p->previous != NULL,
        .exclusions_n = p->exclusions_n};
    uint8_t mem[LIMIT_MANIFEST], salt[ENVELOPE_SALT];
    struct sink s;

    if (p->previous != NULL)
        memcpy(m.previous, p->previous, sizeof m.previous);
    memcpy(m.exclusion, p->exclusion, sizeof m.exclusion);
    for (uint16_t j = 0; j < p->parties_n; j++) {
        if (w->place[j] == NOBODY)
            continue;
        const struct sealing_recipient *r = &p->recipient[w->place[j]];
        struct manifest_recipient *to = &m.recipient[m.recipients_n++];
        *to = (struct manifest_recipient){
            .j = j, .partner = r->partner, .fields = r->fields};
        memcpy(to->card, r->card, sizeof to->card);
    }
    sink_init(&s, mem, sizeof mem);
    manifest_encode(&s, &m);
    if (s.err != DHK_OK)
        return s.err;
    /* what the broker could not read is not sealed */
    enum dhk_err rc = manifest_decode(&m, sink_done(&s), NULL);
    if (rc != DHK_OK)
        return rc;
    key_pool_draw(&w->key->pool, salt, sizeof salt);
    envelope_digest_manifest(w->manifest_slot, w->h.nonce, salt, sink_done(&s));
    pack_array(w->out, 2);
    pack_bin(w->out, slice_of(salt, sizeof salt));
    pack_bin(w->out, sink_done(&s));
    return DHK_OK;
}

static unsigned
count_bits(uint32_t v)
{
    unsigned n = 0;
    for (; v != 0; v &= v - 1)
        n++;
    return n;
}

static enum dhk_err
put_field(struct work *w, uint16_t i)
{
    uint8_t mem[FIELD_CIPHERTEXT_MAX], *key = w->field_key[i];
    struct envelope_field f = {.i = i};
    key_pool_draw(&w->key->pool, key, sizeof w->field_key[i]);
    enum dhk_err rc = field_seal(&f, mem, &w->h, w->plan->value[i], key);
    if (rc != DHK_OK)
        return rc;
    envelope_digest_field(w->field_slot[i], w->h.nonce, &f);
    envelope_field_encode(w->out, &f);
    return DHK_OK;
}

static enum dhk_err
put_fields(struct work *w)
{
    enum dhk_err rc = DHK_OK;
    pack_array(w->out, count_bits(w->plan->presence));
    for (uint16_t i = 0; i < w->plan->fields_n && rc == DHK_OK; i++) {
        if ((w->plan->presence >> i & 1) != 0)
            rc = put_field(w, i);
        else
            key_pool_draw(&w->key->pool, w->field_slot[i], WIRE_HASH);
    }
    w->h.field_slots = slice_of(w->field_slot, w->plan->fields_n * WIRE_HASH);
    return rc;
}

static enum dhk_err
put_recipient(struct work *w, uint16_t j)
{
    const struct sealing_recipient *to = &w->plan->recipient[w->place[j]];
    struct envelope_recipient r = {.j = j, .partner = to->partner};
    struct wrap wrap = {.fields = to->fields, .counter = to->counter};
    const struct wrap_keys keys = {.secret = agree(w->key, &to->seal),
        .seal = &to->seal,
        .psk_id = to->psk_id,
        .psk = to->psk};
    uint8_t mem[LIMIT_WRAP];

    if (keys.secret == NULL)
        return DHK_AUTH;
    memcpy(r.card, to->card, sizeof r.card);
    key_pool_draw(&w->key->pool, r.salt, sizeof r.salt);
    for (uint16_t i = 0; i < w->plan->fields_n; i++)
        if ((to->fields >> i & 1) != 0)
            memcpy(wrap.key[i], w->field_key[i], sizeof wrap.key[i]);
    enum dhk_err rc = wrap_seal(&r, mem, &w->h, &wrap, &keys);
    wrap_wipe(&wrap);
    if (rc != DHK_OK)
        return rc;
    envelope_digest_recipient(w->recipient_slot[j], w->h.nonce, &r);
    envelope_recipient_encode(w->out, &r);
    return DHK_OK;
}

static enum dhk_err
put_recipients(struct work *w)
{
    enum dhk_err rc = DHK_OK;
    pack_array(w->out, w->plan->recipients_n);
    for (uint16_t j = 0; j < w->plan->parties_n && rc == DHK_OK; j++) {
        if (w->place[j] != NOBODY)
            rc = put_recipient(w, j);
        else
            key_pool_draw(&w->key->pool, w->recipient_slot[j], WIRE_HASH);
    }
    return rc;
}

static void
put_attributes(struct work *w)
{
    const struct sealing_plan *p = w->plan;
    size_t n = 0;
    for (size_t k = 0; k < p->attributes_n; k++)
        n += p->attribute[k].n > 0;
    pack_array(w->out, n);
    for (uint16_t k = 0; k < p->attributes_n; k++) {
        struct envelope_attribute a = {.k = k, .value = p->attribute[k]};
        if (a.value.n == 0) {
            key_pool_draw(&w->key->pool, w->attribute_slot[k], WIRE_HASH);
            continue;
        }
        key_pool_draw(&w->key->pool, a.salt, sizeof a.salt);
        envelope_digest_attribute(w->attribute_slot[k], w->h.nonce, &a);
        envelope_attribute_encode(w->out, &a);
    }
}

/* --- all together -------------------------------------------------------- */

/* Writes all but the header's bytes, for which it keeps *AT free. */
static enum dhk_err
put_all(struct work *w, size_t *at)
{
    static const uint8_t zeros[LIMIT_HEADER];
    uint8_t mem[LIMIT_HEADER];
    struct sink s;

    sink_init(&s, mem, sizeof mem);
    write_header(&s, w);
    if (s.err != DHK_OK)
        return s.err;
    pack_array(w->out, ENVELOPE_FIELDS);
    pack_bin(w->out, slice_of(zeros, s.n));
    if (w->out->err != DHK_OK)
        return w->out->err;
    *at = w->out->n - s.n;
    shuffle(w);
    enum dhk_err rc = put_manifest(w);
    if (rc == DHK_OK)
        rc = put_fields(w);
    if (rc == DHK_OK)
        rc = put_recipients(w);
    if (rc == DHK_OK)
        put_attributes(w);
    return rc != DHK_OK ? rc : w->out->err;
}

static enum dhk_err
finish(const struct work *w, uint8_t id[ENVELOPE_ID], size_t at)
{
    struct envelope_header again;
    struct sink s;
    sink_init(&s, w->out->p + at, w->out->n - at);
    write_header(&s, w);
    must(s.err == DHK_OK);
    enum dhk_err rc = envelope_header_parse(&again, sink_done(&s), NULL);
    if (rc == DHK_OK)
        envelope_header_id(id, &again);
    return rc;
}

enum dhk_err
sealing_envelope(struct sink *out, uint8_t id[ENVELOPE_ID],
    const struct sealing_plan *plan, struct sealing_key *key)
{
    struct work w;
    uint8_t head[LIMIT_HEADER];
    struct sink s;
    size_t start = out->n, at = 0;

    enum dhk_err rc = check_plan(plan);
    if (rc != DHK_OK)
        return rc;
    must(key->state != SEALING_SPENT);
    key->state = SEALING_USED;
    /* its tables are written before they are read: not cleared */
    w.plan = plan;
    w.key = key;
    w.out = out;
    memset(&w.h, 0, sizeof w.h);
    key_pool_draw(&key->pool, w.h.nonce, sizeof w.h.nonce);
    w.h.ephemeral = key->pk;
    sink_init(&s, head, sizeof head);
    write_head(&s, plan, &w.h);
    rc = s.err;
    if (rc != DHK_OK)
        goto out;
    w.h.head = sink_done(&s);
    seal_hash(w.h.head_hash, "driehoek/v1/head", &w.h.head, 1);
    rc = put_all(&w, &at);
    if (rc == DHK_OK)
        rc = finish(&w, id, at);
    if (rc == DHK_OK && out->n - start > LIMIT_BUNDLE_BYTES)
        rc = DHK_LIMIT;
out:
    key_wipe(w.field_key, sizeof w.field_key);
    if (rc != DHK_OK)
        out->n = start;
    return rc;
}
