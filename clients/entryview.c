/* SPDX-License-Identifier: EUPL-1.2
 *
 * Ledger entries as JSON. */
#include "entryview_inside.h"

#include "answer.h"
#include "card.h"
#include "pack.h"
#include "query.h"
#include "revocation.h"
#include "withdrawal.h"

static void
put_slices(json_t *o, const char *name, const struct slice *list, size_t n)
{
    json_t *array = json_build_array();
    for (size_t i = 0; i < n; i++)
        json_build_add_slice(array, list[i]);
    json_build_put(o, name, array);
}

static void
put_indexes(json_t *o, const char *name, const uint64_t *list, size_t n)
{
    json_t *array = json_build_array();
    for (size_t i = 0; i < n; i++)
        json_build_add(array, json_integer((json_int_t)list[i]));
    json_build_put(o, name, array);
}

static void
put_ids(json_t *o, struct slice ids)
{
    json_t *array = json_build_array();
    for (size_t i = 0; i + 32 <= ids.n; i += 32) {
        char hex[65];
        bytes_hex(hex, ids.p + i, 32);
        json_build_add_text(array, hex);
    }
    json_build_put(o, "ids", array);
}

/* The names of the fields in MASK, or their numbers. */
static void
put_fields(json_t *o, const char *name, uint32_t mask,
    const struct agreement_kind *kind)
{
    json_t *array = json_build_array();
    for (size_t i = 0; i < LIMIT_FIELDS; i++) {
        char number[16];
        if ((mask & (UINT32_C(1) << i)) == 0)
            continue;
        (void)snprintf(number, sizeof number, "%zu", i);
        json_build_add_text(array,
            kind != NULL && i < kind->fields_n ? kind->fields[i].name : number);
    }
    json_build_put(o, name, array);
}

static const struct agreement_kind *
kind_of(const struct entryview_names *names, const uint8_t hash[32],
    struct slice kind)
{
    const struct agreement *a = names->find(names->ctx, hash);
    int i = a != NULL ? agreement_kind(a, kind) : -1;
    return i >= 0 ? &a->kinds[i] : NULL;
}

static void
put_code(json_t *o, enum entry_code code)
{
    json_build_text(o, "code", entry_code_name(code));
}

/* The entry before of the same card, pair or partner. */
static void
put_before(json_t *o, uint64_t before)
{
    if (before > 0)
        json_build_uint(o, "before", before);
}

static void
put_accepted(json_t *o, const struct entry_accepted *a,
    const struct entryview_names *names)
{
    json_t *list = json_build_array();
    json_build_slice(o, "from", a->sender);
    entryview_put_hex(o, "card", a->card, 32);
    entryview_put_hex(o, "agreement", a->agreement, 32);
    for (size_t i = 0; i < a->n; i++) {
        const struct entry_mark *m = &a->mark[i];
        json_t *one = json_build_object();
        struct slice kind =
            m->kind < a->kinds_n ? a->kind[m->kind] : slice_str("");
        if ((i + 1) * 32 <= a->ids.n)
            entryview_put_hex(one, "id", a->ids.p + i * 32, 32);
        json_build_slice(one, "kind", kind);
        json_build_uint(one, "number", m->seq);
        put_fields(
            one, "fields", m->presence, kind_of(names, a->agreement, kind));
        if (m->code != ENTRY_CODE_NONE)
            put_code(one, m->code);
        json_build_add(list, one);
    }
    json_build_put(o, "signals", list);
    put_before(o, a->before);
}

static json_t *
duties_json(const struct entry_duties *d)
{
    json_t *o = json_build_object();
    if (d->has_at_most)
        json_build_uint(o, "retain_at_most_days", d->at_most);
    if (d->has_at_least)
        json_build_uint(o, "retain_at_least_days", d->at_least);
    if (d->onward_limited)
        put_slices(o, "onward_only_to", d->onward, d->onward_n);
    if (d->notify_n > 0)
        put_slices(o, "notify", d->notify, d->notify_n);
    json_build_bool(o, "log", d->log);
    return o;
}

/* A fact of the broker's: one msgpack value. */
static void
put_fact(json_t *o, const struct entry_fact *f)
{
    struct cursor c;
    char name[LIMIT_NAME + 1];
    if (slice_to_str(f->attribute, name, sizeof name) != DHK_OK)
        return;
    cursor_init(&c, f->value);
    switch (unpack_peek(&c)) {
    case PACK_UINT:
        json_build_uint(o, name, unpack_uint(&c, UINT32_MAX));
        return;
    case PACK_BOOL:
        json_build_bool(o, name, unpack_bool(&c));
        return;
    case PACK_STR:
        json_build_slice(o, name, unpack_str(&c, LIMIT_NAME));
        return;
    case PACK_NONE:
    case PACK_NIL:
    case PACK_BIN:
    case PACK_ARRAY:
        break;
    }
    json_build_null(o, name);
}

/* The fields that were present and did not go to this recipient: known with the
 * accepted entry only, which recipients never see. */
static void
put_withheld(json_t *o, const struct entry_share *s,
    const struct entryview_names *names, const struct agreement_kind *kind)
{
    const struct entry_accepted *a = names->accepted;
    if (a == NULL || names->accepted_index != s->accepted ||
        s->position >= a->n)
        return;
    put_fields(o, "withheld", a->mark[s->position].presence & ~s->fields, kind);
}

static void
put_share(
    json_t *o, const struct entry_share *s, const struct entryview_names *names)
{
    const struct agreement_kind *kind = kind_of(names, s->agreement, s->kind);
    json_build_slice(o, "from", s->sender);
    json_build_slice(o, "to", s->recipient);
    json_build_slice(o, "kind", s->kind);
    json_build_slice(o, "purpose", s->purpose);
    json_build_slice(o, "ground", s->ground);
    entryview_put_hex(o, "case", s->case_handle, 16);
    put_fields(o, "fields", s->fields, kind);
    put_withheld(o, s, names, kind);
    put_fields(o, "not_shared", s->wrapped & ~s->fields, kind);
    put_slices(o, "rules", s->rule, s->rules_n);
    json_build_put(o, "obligations", duties_json(&s->duties));
    if (s->facts_n > 0) {
        json_t *facts = json_build_object();
        for (size_t i = 0; i < s->facts_n; i++)
            put_fact(facts, &s->fact[i]);
        json_build_put(o, "facts", facts);
    }
    if (s->windows_n > 0)
        put_slices(o, "windows", s->window, s->windows_n);
    json_build_bool(o, "pending", s->pending);
    json_build_time(o, "expires", (int64_t)s->expires);
    if (s->covert != 0)
        json_build_time(o, "covert_until", (int64_t)s->covert);
    entryview_put_hex(o, "id", s->id, 32);
    json_build_uint(o, "accepted", s->accepted);
    json_build_uint(o, "nth", s->nth);
    put_before(o, s->before);
    entryview_put_hex(o, "card", s->card, 32);
    entryview_put_hex(o, "agreement", s->agreement, 32);
}

static void
put_delivered(json_t *o, const struct entry_delivered *d)
{
    struct answer a;
    json_t *list = json_build_array();
    bool readable = answer_from_body(&a, d->body, d->signature, NULL) == DHK_OK;
    if (readable)
        json_build_slice(o, "from", a.sender);
    json_build_slice(o, "to", d->recipient);
    for (size_t i = 0; i < d->n; i++) {
        json_t *one = json_build_object();
        if (d->index[i] == 0)
            json_build_null(one, "share"); /* answered before */
        else
            json_build_uint(one, "share", d->index[i]);
        if (readable && i < a.items_n) {
            json_build_text(
                one, "outcome", answer_outcome_name(a.item[i].outcome));
            if (a.item[i].outcome == ANSWER_TAKEN)
                json_build_uint(one, "missing", a.item[i].detail);
        }
        json_build_add(list, one);
    }
    json_build_put(o, "answers", list);
}

static void
put_withdrawn(json_t *o, const struct entry_withdrawn *e)
{
    struct withdrawal w;
    json_build_slice(o, "from", e->sender);
    json_build_slice(o, "to", e->recipient);
    json_build_uint(o, "share", e->share);
    json_build_bool(o, "notice", e->notice);
    if (withdrawal_from_body(&w, e->body, e->signature, NULL) != DHK_OK)
        return;
    entryview_put_hex(o, "id", w.signal, sizeof w.signal);
    json_build_text(o, "reason", withdrawal_reason_name(w.reason));
    if (w.is_correction)
        entryview_put_hex(
            o, "replaced_by", w.replacement, sizeof w.replacement);
    json_build_time(o, "made", w.made);
    entryview_put_hex(o, "card", w.card, sizeof w.card);
}

static void
put_text(json_t *o, const struct entry_text *t, bool agreement)
{
    json_t *list = json_build_array();
    json_build_slice(o, "name", t->name);
    json_build_uint(o, "version", t->version);
    entryview_put_hex(o, "sha256", t->sha256, 32);
    if (agreement)
        entryview_put_hex(o, "compiled_sha256", t->compiled, 32);
    for (size_t i = 0; i < t->signers_n; i++) {
        json_t *one = json_build_object();
        json_build_slice(one, "principal", t->signer[i].principal);
        json_build_slice(one, "fingerprint", t->signer[i].fingerprint);
        json_build_add(list, one);
    }
    json_build_put(o, "signed_by", list);
}

static void
put_card(json_t *o, struct slice bytes)
{
    struct card card;
    if (card_decode(&card, bytes, NULL) != DHK_OK)
        return;
    json_build_text(o, "from", card.partner);
    json_build_uint(o, "serial", card.serial);
    json_build_time(o, "valid_from", card.from);
    json_build_time(o, "valid_until", card.until);
    json_build_bool(o, "receives", card.receives);
    entryview_put_hex(o, "card", card.id, CARD_ID);
}

static void
put_revoked(json_t *o, const struct entry_revoked *e, bool card)
{
    struct revocation r;
    entryview_put_hex(o, card ? "card" : "sha256", e->id, sizeof e->id);
    json_build_slice(o, "by", e->by);
    if (!card)
        return;
    json_build_bool(o, "own", e->own.n > 0);
    if (revocation_decode(&r, e->own, NULL) == DHK_OK)
        json_build_time(o, "made", r.made);
}

static const char *
what_name(enum query_what what)
{
    static const char *const names[] = {
        "", "list", "fetch", "show", "prove", "answer", "subject"};
    return (size_t)what < sizeof names / sizeof names[0] ? names[what] : "?";
}

static void
put_queried(json_t *o, const struct entry_queried *q)
{
    struct query query;
    const struct {
        const char *name;
        const struct slice *value;
    } filters[] = {{"sender", &query.sender}, {"recipient", &query.recipient},
        {"kind", &query.kind}, {"share_purpose", &query.share_purpose},
        {"rule", &query.rule}, {"outcome", &query.outcome}};
    json_build_slice(o, "from", q->asker);
    if (query_from_body(&query, q->body, q->signature, NULL) != DHK_OK)
        return;
    json_build_text(o, "for", query_purpose_name(query.purpose));
    json_build_text(o, "asked", what_name(query.what));
    if (query.partner.n > 0)
        json_build_slice(o, "partner", query.partner);
    if (query.has_case)
        entryview_put_hex(o, "case", query.case_handle, 16);
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        if (filters[i].value->n > 0)
            json_build_slice(o, filters[i].name, *filters[i].value);
    }
    json_build_uint(o, "entries_from", query.from);
    if (query.until > 0)
        json_build_uint(o, "entries_until", query.until);
}

static void
put_seal(json_t *o, const struct entry_seal *s)
{
    json_build_slice(o, "from", s->partner);
    json_build_uint(o, "entries_from", s->from);
    json_build_uint(o, "entries_until", s->until);
    json_build_uint(o, "rows", s->count);
    entryview_put_hex(o, "root", s->root, sizeof s->root);
    put_before(o, s->before);
}

static void
put_genesis(json_t *o, const struct entry_genesis *g)
{
    char key[KEY_B64];

    json_build_slice(o, "origin", g->origin);
    key_base64(key, sizeof key, g->log_key.b, KEY_BYTES);
    json_build_text(o, "log_key", key);
    if (!g->has_before)
        return;
    json_t *before = json_build_object();
    json_build_slice(before, "origin", g->before.origin);
    json_build_uint(before, "size", g->before.size);
    entryview_put_hex(before, "root", g->before.root, 32);
    json_build_put(o, "before", before);
}

static void
put_small(json_t *o, const struct entry *e)
{
    if (e->kind == ENTRY_GENESIS) {
        put_genesis(o, &e->u.genesis);
    } else if (e->kind == ENTRY_REFUSED) {
        const struct entry_refused *r = &e->u.refused;
        json_build_slice(o, "from", r->sender);
        put_code(o, r->code);
        put_ids(o, r->ids);
        entryview_put_hex(o, "card", r->card, 32);
        entryview_put_hex(o, "agreement", r->agreement, 32);
        put_before(o, r->before);
    } else if (e->kind == ENTRY_SEAL) {
        put_seal(o, &e->u.seal);
    } else if (e->kind == ENTRY_RETURNED) {
        json_build_uint(o, "share", e->u.returned.index);
        put_code(o, e->u.returned.code);
        entryview_put_hex(o, "agreement", e->u.returned.agreement, 32);
    } else if (e->kind == ENTRY_EXPIRED) {
        put_indexes(o, "shares", e->u.expired.index, e->u.expired.n);
    } else if (e->kind == ENTRY_RELEASED) {
        json_build_uint(o, "share", e->u.released.share);
        put_indexes(o, "approvals", e->u.released.index, e->u.released.n);
    } else if (e->kind == ENTRY_HELD) {
        json_build_uint(o, "query", e->u.held.query);
        put_indexes(o, "shares", e->u.held.index, e->u.held.n);
    } else if (e->kind == ENTRY_OPERATOR) {
        json_build_text(o, "code",
            e->u.operator_code == ENTRY_OPERATOR_CLOCK ? "clock" : "?");
    }
}

json_t *
entryview_json(
    uint64_t index, const struct entry *e, const struct entryview_names *names)
{
    json_t *o = json_build_object();
    json_build_uint(o, "index", index);
    json_build_time(o, "time", (int64_t)(e->time / 1000));
    json_build_text(o, "event", entry_kind_name(e->kind));
    switch (e->kind) {
    case ENTRY_ACCEPTED:
        put_accepted(o, &e->u.accepted, names);
        break;
    case ENTRY_SHARE:
        put_share(o, &e->u.share, names);
        break;
    case ENTRY_DELIVERED:
        put_delivered(o, &e->u.delivered);
        break;
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
        put_withdrawn(o, &e->u.withdrawn);
        break;
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
        put_text(o, &e->u.text, e->kind == ENTRY_AGREEMENT);
        break;
    case ENTRY_REVOKED_TEXT:
    case ENTRY_REVOKED_CARD:
        put_revoked(o, &e->u.revoked, e->kind == ENTRY_REVOKED_CARD);
        break;
    case ENTRY_CARD:
        put_card(o, e->u.card.card);
        break;
    case ENTRY_QUERIED:
        put_queried(o, &e->u.queried);
        break;
    case ENTRY_STATED:
        entryview_put_stated(o, &e->u.stated);
        break;
    case ENTRY_GENESIS:
    case ENTRY_HELD:
    case ENTRY_RELEASED:
    case ENTRY_REFUSED:
    case ENTRY_RETURNED:
    case ENTRY_EXPIRED:
    case ENTRY_OPERATOR:
    case ENTRY_SEAL:
        put_small(o, e);
        break;
    case ENTRY_NONE:
        break;
    }
    return o;
}
