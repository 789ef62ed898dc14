/* SPDX-License-Identifier: EUPL-1.2 */
#include "decide.h"

#include <string.h>

#include "compiled.h"
#include "host/clock.h"
#include "pack.h"
#include "relation.h"

bool
decide_has_relations(const struct agreement *a, uint16_t kind)
{
    const struct agreement_kind *k = &a->kinds[kind];

    for (size_t i = 0; i < k->attributes_n; i++) {
        if (a->attributes[k->attributes[i]].by_broker)
            return true;
    }
    return false;
}

/* Which attributes of its kind are by broker. */
static void
find_relations(struct decide_signal *s)
{
    const struct agreement *a = s->agreement;
    const struct agreement_kind *k = &a->kinds[s->kind];

    for (size_t i = 0; i < k->attributes_n; i++) {
        const struct agreement_attribute *at = &a->attributes[k->attributes[i]];
        if (!at->by_broker)
            continue;
        s->relations |= UINT32_C(1) << i;
        s->per_recipient = s->per_recipient || relation_is_per_recipient(
                                                   relation_by_name(at->name));
    }
}

enum entry_code
decide_names(struct decide_signal *out, const struct agreement *a,
    const struct envelope_header *h)
{
    int sender = agreement_party(a, h->sender);
    int kind = agreement_kind(a, h->kind);
    int purpose = agreement_purpose(a, h->purpose);
    int ground = agreement_ground(a, h->ground);

    memset(out, 0, sizeof *out);
    if (sender < 0 || kind < 0 || purpose < 0 || ground < 0)
        return ENTRY_CODE_VOCABULARY;
    out->agreement = a;
    out->sender = (uint16_t)sender;
    out->kind = (uint16_t)kind;
    out->purpose = (uint16_t)purpose;
    out->ground = (uint16_t)ground;
    find_relations(out);
    return ENTRY_CODE_NONE;
}

enum entry_code
decide_words(struct decide_signal *out, const struct agreement *a,
    const struct envelope_header *h)
{
    enum entry_code code = decide_names(out, a, h);

    if (code != ENTRY_CODE_NONE)
        return code;
    const struct agreement_kind *k = &a->kinds[out->kind];
    if (h->field_slots.n != k->fields_n * 32 ||
        h->attribute_slots.n != k->attributes_n * 32 ||
        h->recipient_slots.n != a->parties_n * 32)
        return ENTRY_CODE_MANIFEST;
    return ENTRY_CODE_NONE;
}

/* One opened attribute; false when the value is not of its type. */
static bool
read_value(
    struct value *out, const struct agreement_attribute *at, struct slice bytes)
{
    struct cursor c;
    int v = -1;

    cursor_init(&c, bytes);
    if (unpack_nil(&c)) {
        *out = (struct value){.state = VALUE_UNKNOWN};
        return cursor_end(&c) == DHK_OK;
    }
    *out = (struct value){.state = VALUE_KNOWN};
    switch (at->type) {
    case ATTRIBUTE_YES_NO:
        out->v = unpack_bool(&c) ? 1 : 0;
        break;
    case ATTRIBUTE_LEVEL:
    case ATTRIBUTE_CHOICE:
        v = agreement_value(at, unpack_str(&c, LIMIT_NAME));
        if (v < 0)
            return false;
        out->v = (uint32_t)v;
        break;
    case ATTRIBUTE_NUMBER:
        out->v = (uint32_t)unpack_uint(&c, UINT32_MAX);
        if (out->v < at->min || out->v > at->max)
            return false;
        break;
    }
    return cursor_end(&c) == DHK_OK;
}

/* Served first: a yes, or the highest level. */
static bool
is_urgent(const struct agreement_attribute *at, struct value v)
{
    if (!at->urgent || v.state != VALUE_KNOWN)
        return false;
    return (at->type == ATTRIBUTE_YES_NO && v.v == 1) ||
           (at->type == ATTRIBUTE_LEVEL && v.v + 1 == at->values_n);
}

enum entry_code
decide_attributes(struct decide_signal *s, const struct envelope *e)
{
    const struct agreement *a = s->agreement;
    const struct agreement_kind *k = &a->kinds[s->kind];
    size_t next = 0;

    for (size_t i = 0; i < k->attributes_n; i++) {
        const struct agreement_attribute *at = &a->attributes[k->attributes[i]];
        bool opened = next < e->attributes_n && e->attribute[next].k == i;
        if (opened == at->by_broker)
            return ENTRY_CODE_MANIFEST;
        s->attribute[i] = (struct value){.state = VALUE_UNKNOWN};
        if (!opened)
            continue;
        if (!read_value(&s->attribute[i], at, e->attribute[next].value))
            return ENTRY_CODE_VOCABULARY;
        s->urgent = s->urgent || is_urgent(at, s->attribute[i]);
        next++;
    }
    return next == e->attributes_n ? ENTRY_CODE_NONE : ENTRY_CODE_MANIFEST;
}

void
decide_relations(struct decide_signal *s, const struct course *course,
    const struct envelope_header *h, uint64_t now)
{
    s->course = course;
    s->reply_to = h->is_reply ? h->reply_to : NULL;
    s->seconds = (int64_t)(now / 1000);
}

/* The value of attribute I, by broker, for PARTY. */
static struct value
relation_of(const struct decide_signal *s, size_t i, uint16_t party)
{
    const struct agreement *a = s->agreement;
    const struct relation_question q = {.course = s->course,
        .sender = slice_str(a->parties[s->sender]),
        .recipient = slice_str(a->parties[party]),
        .reply_to = s->reply_to,
        .seconds = s->seconds};

    if (s->seconds == 0)
        return (struct value){.state = VALUE_UNKNOWN};
    return relation_value(&a->attributes[a->kinds[s->kind].attributes[i]], &q);
}

void
decide_windows(struct decide_signal *s, uint64_t now)
{
    unsigned minute;
    int64_t day;

    s->windows = 0;
    if (s->agreement->windows_n == 0)
        return; /* the zone's file is read each time */
    /* without the zone nothing holds: an agreement in force proves it known */
    s->windows = clock_local(s->agreement->timezone, now, &minute, &day)
                     ? agreement_windows_at(s->agreement, minute)
                     : 0;
}

static struct request
request_for(const struct decide_signal *s, uint16_t party)
{
    struct request req = {
        .sender = s->sender,
        .recipient = party,
        .kind = s->kind,
        .purpose = s->purpose,
        .ground = s->ground,
        .windows = s->windows,
    };
    memcpy(req.attribute, s->attribute, sizeof req.attribute);
    for (uint32_t left = s->relations; left != 0; left &= left - 1) {
        size_t i = (size_t)__builtin_ctz(left);
        req.attribute[i] = relation_of(s, i, party);
    }
    return req;
}

void
decide_for(struct decision *out, const struct decide_signal *s, uint16_t party)
{
    struct request req = request_for(s, party);

    memset(out, 0, sizeof *out);
    if (party != s->sender)
        compiled_decide(out, s->agreement->table, &req);
}

void
decide_all(struct decision *out, const struct decide_signal *s)
{
    for (size_t p = 0; s->per_recipient && p < s->agreement->parties_n; p++)
        decide_for(&out[p], s, (uint16_t)p);
    if (s->per_recipient)
        return;
    struct request req = request_for(s, s->sender);
    memset(&out[s->sender], 0, sizeof *out);
    compiled_fan_out(
        out, s->agreement->table, &req, ~(UINT64_C(1) << s->sender));
}

void
decide_widest(
    struct decision *out, const struct decide_signal *s, uint16_t party)
{
    struct request req = request_for(s, party);

    memset(out, 0, sizeof *out);
    if (party == s->sender)
        return;
    req.windows = 0;
    req.windows_hidden = true;
    for (uint32_t left = s->relations; left != 0; left &= left - 1)
        req.attribute[__builtin_ctz(left)] =
            (struct value){.state = VALUE_HIDDEN};
    if (evaluate_widest(out, s->agreement, &req) != DHK_OK)
        memset(out, 0, sizeof *out);
}

uint32_t
decide_excluded(const struct manifest *m, struct slice partner)
{
    uint32_t out = 0;

    for (size_t i = 0; i < m->exclusions_n; i++) {
        const struct manifest_exclusion *x = &m->exclusion[i];
        if (x->partner.n == 0 || slice_equal(x->partner, partner))
            out |= x->fields == 0 ? UINT32_MAX : x->fields;
    }
    return out;
}

uint32_t
decide_lacking(const struct decide_signal *s, const struct manifest *m)
{
    const struct slice nobody = {.n = 0};

    return agreement_lacking(&s->agreement->kinds[s->kind],
        m->presence & ~decide_excluded(m, nobody));
}

/* Names of the parties in MASK. */
static size_t
parties_of(
    struct slice *out, size_t max, const struct agreement *a, uint64_t mask)
{
    size_t n = 0;

    for (size_t i = 0; i < a->parties_n && n < max; i++) {
        if ((mask >> i & 1) != 0)
            out[n++] = slice_str(a->parties[i]);
    }
    return n;
}

static void
describe_duties(
    struct entry_duties *out, const struct agreement *a, const struct duties *d)
{
    memset(out, 0, sizeof *out);
    out->has_at_most = d->has_at_most;
    out->has_at_least = d->has_at_least;
    out->at_most = d->at_most;
    out->at_least = d->at_least;
    out->onward_limited = d->onward_limited;
    if (d->onward_limited)
        out->onward_n = parties_of(out->onward, LIMIT_PARTIES, a, d->onward_to);
    out->notify_n = parties_of(out->notify, LIMIT_PARTIES, a, d->notify);
    out->log = d->log;
    for (size_t i = 0; i < d->approvals_n; i++) {
        struct entry_approval *x = &out->approval[out->approvals_n++];
        x->count = d->approval[i].count;
        x->of_n = parties_of(x->of, LIMIT_SIGNATORIES, a, d->approval[i].of);
    }
}

/* V, of AT, as it stands in an entry. */
static struct slice
write_value(uint8_t mem[LIMIT_NAME + 2], const struct agreement_attribute *at,
    struct value v)
{
    struct sink out;

    sink_init(&out, mem, LIMIT_NAME + 2);
    if (v.state != VALUE_KNOWN)
        pack_nil(&out);
    else if (at->type == ATTRIBUTE_YES_NO)
        pack_bool(&out, v.v == 1);
    else
        pack_cstr(&out, agreement_value_name(at, v.v));
    return sink_done(&out);
}

/* What the broker states of the share: what its recipient must know to decide
 * alike. */
static void
describe_facts(struct entry_share *out, const struct decide_signal *s,
    struct decide_facts *f)
{
    const struct agreement *a = s->agreement;
    uint32_t stated =
        s->relations == 0
            ? 0
            : evaluate_stated(a, s->sender, f->party, s->kind) & s->relations;

    out->facts_n = 0;
    for (; stated != 0; stated &= stated - 1) {
        size_t i = (size_t)__builtin_ctz(stated), n = out->facts_n++;
        const struct agreement_attribute *at =
            &a->attributes[a->kinds[s->kind].attributes[i]];
        out->fact[n] = (struct entry_fact){slice_str(at->name),
            write_value(f->value[n], at, relation_of(s, i, f->party))};
    }
}

void
decide_describe(struct entry_share *out, const struct decide_signal *s,
    const struct decision *d, struct decide_facts *f)
{
    const struct agreement *a = s->agreement;

    out->rules_n = 0;
    for (size_t i = 0; i < d->rules_n; i++)
        out->rule[out->rules_n++] =
            slice_str(agreement_rule_id(a, d->rules[i]));
    describe_duties(&out->duties, a, &d->duties);
    out->windows_n = 0;
    for (size_t i = 0; i < a->windows_n && out->windows_n < ENTRY_WINDOWS;
         i++) {
        if ((s->windows >> i & 1) != 0)
            out->window[out->windows_n++] = slice_str(a->windows[i].name);
    }
    out->pending = d->verdict == VERDICT_PENDING;
    describe_facts(out, s, f);
}

size_t
decide_classes(uint8_t out[LIMIT_ATTRIBUTES], const struct decide_signal *s)
{
    size_t n = s->agreement->kinds[s->kind].attributes_n;

    for (size_t i = 0; i < n; i++) {
        uint32_t c = evaluate_class(s->agreement, s->kind, i, s->attribute[i]);
        out[i] = (uint8_t)(c < UINT8_MAX ? c : UINT8_MAX);
    }
    return n;
}
