/* SPDX-License-Identifier: EUPL-1.2
 *
 * The verified content of a share, as canonical msgpack:
 *   [ 1, id, sender, kind, purpose, ground, case, reply | nil, created,
 *     expires, covert, accepted, fields, attributes, rules, at-most | nil,
 *     at-least | nil, onward | nil, notify, log, agreement, index, missing ]
 * and of a notice:
 *   [ 2, id, sender, event, reason, replacement | nil, withdrawn, share,
 *     index ] */
#include "parcel.h"

#include "pack.h"
#include "withdrawal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    VERSION = 1,
    MEMBERS = 23,
    NOTICE_VERSION = 2,
    NOTICE_MEMBERS = 9,
    NUMBER_TEXT = 16
};

/* --- writing --- */

static void
encode_fields(struct sink *out, const struct inspect *x,
    const struct inspect_context *ctx)
{
    const struct agreement *a = ctx->agreement;
    int kind = agreement_kind(a, x->share.header.kind);

    must(kind >= 0);
    pack_array(out, x->share.fields_n);
    for (size_t i = 0; i < x->share.fields_n; i++) {
        must(x->share.field[i].i < a->kinds[kind].fields_n);
        pack_array(out, 2);
        pack_cstr(out, a->kinds[kind].fields[x->share.field[i].i].name);
        pack_str(out, x->value[i]);
    }
}

/* The words that a person writes for an attribute's value. */
static void
encode_value(struct sink *out, struct slice value)
{
    char text[NUMBER_TEXT];
    struct cursor c;

    cursor_init(&c, value);
    switch (unpack_peek(&c)) {
    case PACK_BOOL:
        pack_cstr(out, unpack_bool(&c) ? "yes" : "no");
        break;
    case PACK_UINT:
        (void)snprintf(text, sizeof text, "%llu",
            (unsigned long long)unpack_uint(&c, UINT32_MAX));
        pack_cstr(out, text);
        break;
    case PACK_STR:
        pack_str(out, unpack_str(&c, LIMIT_NAME));
        break;
    case PACK_NIL:
    case PACK_NONE:
    case PACK_BIN:
    case PACK_ARRAY:
        pack_cstr(out, "unknown");
        break;
    }
}

static void
encode_attributes(struct sink *out, const struct inspect *x,
    const struct inspect_context *ctx)
{
    const struct agreement *a = ctx->agreement;
    int kind = agreement_kind(a, x->share.header.kind);

    must(kind >= 0);
    pack_array(out, x->share.attributes_n);
    for (size_t i = 0; i < x->share.attributes_n; i++) {
        const struct envelope_attribute *at = &x->share.attribute[i];
        const struct agreement_kind *k = &a->kinds[kind];

        must(at->k < k->attributes_n);
        pack_array(out, 2);
        pack_cstr(out, a->attributes[k->attributes[at->k]].name);
        encode_value(out, at->value);
    }
}

static void
encode_names(struct sink *out, const struct slice *list, size_t n)
{
    pack_array(out, n);
    for (size_t i = 0; i < n; i++)
        pack_str(out, list[i]);
}

static void
encode_days(struct sink *out, bool has, uint32_t days)
{
    if (has)
        pack_uint(out, days);
    else
        pack_nil(out);
}

static void
encode_duties(struct sink *out, const struct entry_duties *d)
{
    encode_days(out, d->has_at_most, d->at_most);
    encode_days(out, d->has_at_least, d->at_least);
    if (d->onward_limited)
        encode_names(out, d->onward, d->onward_n);
    else
        pack_nil(out);
    encode_names(out, d->notify, d->notify_n);
    pack_bool(out, d->log);
}

void
parcel_encode(struct sink *out, const struct inspect *x,
    const struct inspect_context *ctx, uint64_t missing)
{
    const struct envelope_header *h = &x->share.header;
    const struct entry_share *e = &x->entry.u.share;

    pack_array(out, MEMBERS);
    pack_uint(out, VERSION);
    pack_bin(out, slice_of(h->id, sizeof h->id));
    pack_str(out, h->sender);
    pack_str(out, h->kind);
    pack_str(out, h->purpose);
    pack_str(out, h->ground);
    pack_bin(out, slice_of(h->case_handle, sizeof h->case_handle));
    if (h->is_reply)
        pack_bin(out, slice_of(h->reply_to, sizeof h->reply_to));
    else
        pack_nil(out);
    pack_uint(out, h->created);
    pack_uint(out, h->expires);
    pack_uint(out, h->covert);
    pack_uint(out, x->entry.time / 1000);
    encode_fields(out, x, ctx);
    encode_attributes(out, x, ctx);
    encode_names(out, e->rule, e->rules_n);
    encode_duties(out, &e->duties);
    pack_bin(out, slice_of(h->agreement, sizeof h->agreement));
    pack_uint(out, x->share.index);
    pack_uint(out, missing);
}

void
parcel_encode_notice(struct sink *out, const struct parcel_notice *n)
{
    const struct entry_withdrawn *e = &n->entry->u.withdrawn;
    const struct withdrawal *w = n->said;

    pack_array(out, NOTICE_MEMBERS);
    pack_uint(out, NOTICE_VERSION);
    pack_bin(out, slice_of(w->signal, sizeof w->signal));
    pack_str(out, e->sender);
    pack_cstr(out, entry_kind_name(n->entry->kind));
    pack_cstr(out, withdrawal_reason_name(w->reason));
    if (w->is_correction)
        pack_bin(out, slice_of(w->replacement, sizeof w->replacement));
    else
        pack_nil(out);
    pack_uint(out, n->entry->time / 1000);
    pack_uint(out, e->share);
    pack_uint(out, n->index);
}

/* --- reading --- */

/* Copies S behind the strings before it. A string has at least one byte more
 * in msgpack, so that with its NUL it always fits. */
static const char *
keep(struct parcel *p, struct slice s)
{
    char *at = p->text + p->text_n;

    if (s.n > 0)
        memcpy(at, s.p, s.n);
    at[s.n] = '\0';
    p->text_n += s.n + 1;
    return at;
}

static void
decode_hash(char *hex, size_t n, struct cursor *c)
{
    uint8_t mem[ENVELOPE_ID];

    unpack_fixed(c, mem, n);
    bytes_hex(hex, mem, n);
}

static size_t
decode_pairs(struct parcel *p, struct dhk_share_field *list, size_t max,
    struct cursor *c)
{
    size_t n = unpack_array(c, max);

    for (size_t i = 0; i < n; i++) {
        struct slice value;

        unpack_array_of(c, 2);
        list[i].name = keep(p, unpack_str(c, LIMIT_NAME));
        value = unpack_str(c, LIMIT_VALUE);
        list[i].value = keep(p, value);
        list[i].n = value.n;
    }
    return n;
}

static void
decode_names(struct parcel *p, const char **list, size_t max, struct cursor *c)
{
    size_t n = unpack_array(c, max);

    for (size_t i = 0; i < n; i++)
        list[i] = keep(p, unpack_str(c, LIMIT_NAME));
    list[n] = NULL;
}

static int32_t
decode_days(struct cursor *c)
{
    return unpack_nil(c) ? -1 : (int32_t)unpack_uint(c, INT32_MAX);
}

static void
decode_head(struct parcel *p, struct cursor *c)
{
    struct dhk_share *s = &p->pub;

    decode_hash(s->id, ENVELOPE_ID, c);
    s->sender = keep(p, unpack_str(c, LIMIT_NAME));
    s->kind = keep(p, unpack_str(c, LIMIT_NAME));
    s->purpose = keep(p, unpack_str(c, LIMIT_NAME));
    s->ground = keep(p, unpack_str(c, LIMIT_NAME));
    decode_hash(s->case_handle, ENVELOPE_CASE, c);
    if (!unpack_nil(c))
        decode_hash(s->in_reply_to, ENVELOPE_ID, c);
    s->created = (int64_t)unpack_uint(c, INT64_MAX);
    s->expires = (int64_t)unpack_uint(c, INT64_MAX);
    s->covert_until = (int64_t)unpack_uint(c, INT64_MAX);
    s->accepted = (int64_t)unpack_uint(c, INT64_MAX);
}

static void
decode_rest(struct parcel *p, struct cursor *c)
{
    struct dhk_share *s = &p->pub;

    s->fields_n = decode_pairs(p, p->fields, LIMIT_FIELDS, c);
    s->attributes_n = decode_pairs(p, p->attributes, LIMIT_ATTRIBUTES, c);
    decode_names(p, p->rules, LIMIT_RULES_USED, c);
    s->retain_at_most = decode_days(c);
    s->retain_at_least = decode_days(c);
    s->onward_limited = !unpack_nil(c);
    if (s->onward_limited)
        decode_names(p, p->onward, LIMIT_PARTIES, c);
    decode_names(p, p->notify, LIMIT_PARTIES, c);
    s->log = unpack_bool(c);
    decode_hash(s->agreement, SEAL_HASH, c);
    s->index = unpack_uint(c, UINT64_MAX);
    s->missing = unpack_uint(c, UINT64_MAX);
    s->fields = p->fields;
    s->attributes = p->attributes;
    s->rules = p->rules;
    s->onward = p->onward;
    s->notify = p->notify;
}

static void
decode_notice(struct parcel *p, struct cursor *c)
{
    struct dhk_share *s = &p->pub;

    decode_hash(s->id, ENVELOPE_ID, c);
    s->sender = keep(p, unpack_str(c, LIMIT_NAME));
    s->notice = keep(p, unpack_str(c, LIMIT_NAME));
    s->reason = keep(p, unpack_str(c, LIMIT_NAME));
    if (!unpack_nil(c))
        decode_hash(s->replaced_by, ENVELOPE_ID, c);
    s->accepted = (int64_t)unpack_uint(c, INT64_MAX);
    s->share = unpack_uint(c, UINT64_MAX);
    s->index = unpack_uint(c, UINT64_MAX);
    s->kind = s->purpose = s->ground = "";
    s->retain_at_most = s->retain_at_least = -1;
    s->fields = p->fields;
    s->attributes = p->attributes;
    s->rules = p->rules;
    s->onward = p->onward;
    s->notify = p->notify;
}

static void
decode(struct parcel *p, struct cursor *c)
{
    size_t n = unpack_array(c, MEMBERS);
    uint64_t version = unpack_uint(c, UINT32_MAX);

    if (version == NOTICE_VERSION && n == NOTICE_MEMBERS) {
        decode_notice(p, c);
        return;
    }
    if (c->err == DHK_OK && (version != VERSION || n != MEMBERS))
        cursor_fail(c, DHK_VERSION, "version of the inbox");
    if (c->err == DHK_OK)
        decode_head(p, c);
    if (c->err == DHK_OK)
        decode_rest(p, c);
}

enum dhk_err
parcel_decode(struct parcel **out, struct slice bytes)
{
    struct cursor c;
    struct parcel *p = calloc(1, sizeof *p);
    enum dhk_err rc;

    *out = NULL;
    if (p == NULL)
        return DHK_NOMEM;
    p->text = malloc(bytes.n + 64);
    if (p->text == NULL) {
        parcel_destroy(&p);
        return DHK_NOMEM;
    }
    cursor_init(&c, bytes);
    decode(p, &c);
    rc = cursor_end(&c);
    if (rc != DHK_OK)
        parcel_destroy(&p);
    *out = p;
    return rc;
}

void
parcel_destroy(struct parcel **p)
{
    if (*p == NULL)
        return;
    if ((*p)->text != NULL)
        key_wipe((*p)->text, (*p)->text_n);
    free((*p)->text);
    free(*p);
    *p = NULL;
}

void
parcel_append(struct parcel_list *l, struct parcel *p)
{
    p->next = NULL;
    if (l->last == NULL)
        l->first = p;
    else
        l->last->next = p;
    l->last = p;
}
