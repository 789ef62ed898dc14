/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a recipient may hold the fields of a share. */
#include "entitled.h"

#include "evaluate.h"
#include "pack.h"

#include <string.h>

enum { ASSIGNMENTS = 65536 };

struct terms { /* the share in the terms of one agreement */
    const struct agreement *a;
    const struct agreement_kind *kind;
    struct request request;
};

static bool
find_terms(
    struct terms *t, const struct agreement *a, const struct entry_share *e)
{
    int sender = agreement_party(a, e->sender);
    int recipient = agreement_party(a, e->recipient);
    int kind = agreement_kind(a, e->kind);
    int purpose = agreement_purpose(a, e->purpose);
    int ground = agreement_ground(a, e->ground);

    if (sender < 0 || recipient < 0 || kind < 0 || purpose < 0 || ground < 0)
        return false;
    *t = (struct terms){.a = a, .kind = &a->kinds[kind]};
    t->request = (struct request){.sender = (uint16_t)sender,
        .recipient = (uint16_t)recipient,
        .kind = (uint16_t)kind,
        .purpose = (uint16_t)purpose,
        .ground = (uint16_t)ground};
    for (size_t k = 0; k < t->kind->attributes_n; k++)
        t->request.attribute[k].state = VALUE_HIDDEN;
    return true;
}

static const struct agreement_attribute *
attribute(const struct terms *t, size_t k)
{
    return &t->a->attributes[t->kind->attributes[k]];
}

static int
position(const struct terms *t, struct slice name)
{
    for (size_t k = 0; k < t->kind->attributes_n; k++) {
        if (slice_equal(slice_str(attribute(t, k)->name), name))
            return (int)k;
    }
    return -1;
}

/* One msgpack value of attribute AT; false when it is not of its type. */
static bool
read_value(
    struct value *out, const struct agreement_attribute *at, struct slice bytes)
{
    struct cursor c;
    int v;

    cursor_init(&c, bytes);
    *out = (struct value){.state = VALUE_UNKNOWN};
    if (unpack_nil(&c))
        return cursor_end(&c) == DHK_OK;
    out->state = VALUE_KNOWN;
    switch (at->type) {
    case ATTRIBUTE_YES_NO:
        out->v = unpack_bool(&c);
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

/* A value into its place in T; what T does not know stays hidden. */
static bool
put_value(
    struct terms *t, struct slice name, struct slice bytes, bool by_broker)
{
    int k = position(t, name);

    if (k < 0 || attribute(t, (size_t)k)->by_broker != by_broker)
        return false;
    return read_value(&t->request.attribute[k], attribute(t, (size_t)k), bytes);
}

static bool
put_windows(struct terms *t, const struct entry_share *e)
{
    for (size_t i = 0; i < e->windows_n; i++) {
        bool found = false;

        for (size_t w = 0; w < t->a->windows_n && !found; w++) {
            found = slice_equal(slice_str(t->a->windows[w].name), e->window[i]);
            if (found)
                t->request.windows |= UINT32_C(1) << w;
        }
        if (!found)
            return false;
    }
    return true;
}

/* Names of what the sender opened and the broker states. With STRICT all must
 * be known; else the unknown is left open. */
static bool
put_values(struct terms *t, const struct entitled_question *q,
    const struct terms *by, bool strict)
{
    for (size_t i = 0; i < q->share->attributes_n; i++) {
        const struct envelope_attribute *x = &q->share->attribute[i];
        const char *name;

        if (x->k >= by->kind->attributes_n)
            return false;
        name = attribute(by, x->k)->name;
        if (!put_value(t, slice_str(name), x->value, false) && strict)
            return false;
    }
    for (size_t i = 0; i < q->entry->facts_n; i++) {
        const struct entry_fact *f = &q->entry->fact[i];

        if (!put_value(t, f->attribute, f->value, true) && strict)
            return false;
    }
    if (put_windows(t, q->entry))
        return true;
    t->request.windows_hidden = !strict;
    return !strict;
}

static bool
is_shaped(const struct terms *t, const struct share *s)
{
    return s->header.field_slots.n == t->kind->fields_n * SEAL_HASH &&
           s->header.attribute_slots.n == t->kind->attributes_n * SEAL_HASH &&
           s->header.recipient_slots.n == t->a->parties_n * SEAL_HASH;
}

/* Exactly the attributes that a rule for this route tests are opened: an
 * opening that was dropped would make a forbidden share look like one that may
 * be permitted. */
static bool
is_opened(const struct terms *t, const struct share *s)
{
    uint32_t opened = 0, want = evaluate_opened(t->a, t->request.sender,
                             t->request.recipient, t->request.kind);

    for (size_t i = 0; i < s->attributes_n; i++)
        opened |= UINT32_C(1) << s->attribute[i].k;
    return opened == want;
}

/* Exactly the facts that the broker has to state for this route are stated,
 * each once: a fact that was left out would make a share look like one that
 * may be permitted, and one too many tells what is not for this recipient. */
static bool
is_stated(const struct terms *t, const struct entry_share *e)
{
    uint32_t stated = 0, want = evaluate_stated(t->a, t->request.sender,
                             t->request.recipient, t->request.kind);

    for (size_t i = 0; i < e->facts_n; i++) {
        int k = position(t, e->fact[i].attribute);

        if (k < 0 || (stated >> k & 1) != 0)
            return false;
        stated |= UINT32_C(1) << k;
    }
    return stated == want;
}

/* The delivered fields in the terms of T: those that it does not have count as
 * never permitted (*UNKNOWN). */
static uint32_t
delivered(const struct terms *t, const struct terms *by, uint32_t fields,
    bool *unknown)
{
    uint32_t out = 0;

    for (size_t i = 0; i < by->kind->fields_n; i++) {
        int k;

        if ((fields >> i & 1) == 0)
            continue;
        k = agreement_field(t->kind, slice_str(by->kind->fields[i].name));
        if (k < 0)
            *unknown = true;
        else
            out |= UINT32_C(1) << k;
    }
    return out;
}

static uint64_t
parties(const struct agreement *a, const struct slice *names, size_t n)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < n; i++) {
        int p = agreement_party(a, names[i]);

        if (p >= 0)
            mask |= UINT64_C(1) << p;
    }
    return mask;
}

/* Who may give the approval: the parties named, or any signatory. */
static uint64_t
approvers(const struct agreement *a, uint64_t named)
{
    uint64_t mask = named;

    for (size_t i = 0; named == 0 && i < a->signatories_n; i++)
        mask |= UINT64_C(1) << a->signatories[i];
    return mask;
}

static uint64_t
stated_approvers(const struct agreement *a, const struct entry_approval *e)
{
    return e->of_n == 0 ? approvers(a, 0) : parties(a, e->of, e->of_n);
}

/* Whether the entry asks for all approvals that the agreement does. */
static bool
asks_enough(const struct agreement *a, const struct entry_duties *e,
    const struct duties *d)
{
    for (size_t i = 0; i < d->approvals_n; i++) {
        uint64_t want = approvers(a, d->approval[i].of);
        bool found = false;

        for (size_t j = 0; j < e->approvals_n && !found; j++)
            found = stated_approvers(a, &e->approval[j]) == want &&
                    e->approval[j].count >= d->approval[i].count;
        if (!found)
            return false;
    }
    return true;
}

static bool
has_approved(const struct entitled_question *q, const struct agreement *a,
    uint64_t of, uint16_t count)
{
    uint64_t by = parties(a, q->approved, q->approved_n) & of;

    return __builtin_popcountll(by) >= count;
}

/* The approvals that the entry asks for, counted by our own agreement. */
static bool
is_approved_as_stated(const struct entitled_question *q)
{
    const struct entry_duties *e = &q->entry->duties;
    bool all = true;

    for (size_t i = 0; i < e->approvals_n; i++)
        all = all &&
              has_approved(q, q->by, stated_approvers(q->by, &e->approval[i]),
                  e->approval[i].count);
    return all;
}

static bool
is_approved(const struct entitled_question *q, const struct agreement *a,
    const struct duties *d)
{
    bool all = true;

    for (size_t i = 0; i < d->approvals_n; i++)
        all = all && has_approved(q, a, approvers(a, d->approval[i].of),
                         d->approval[i].count);
    return all;
}

/* The duties that the entry states are at least those of the agreement. */
static bool
binds_enough(const struct agreement *a, const struct entry_duties *e,
    const struct duties *d)
{
    if (d->has_at_most && (!e->has_at_most || e->at_most > d->at_most))
        return false;
    if (d->has_at_least && (!e->has_at_least || e->at_least < d->at_least))
        return false;
    if (d->onward_limited &&
        (!e->onward_limited ||
            (parties(a, e->onward, e->onward_n) & ~d->onward_to) != 0))
        return false;
    if ((d->notify & ~parties(a, e->notify, e->notify_n)) != 0)
        return false;
    return (e->log || !d->log) && asks_enough(a, e, d);
}

/* Every assignment of the values that are hidden from us, one class after the
 * other, as an odometer. */
struct assignment {
    struct request request;
    size_t hidden[LIMIT_ATTRIBUTES]; /* positions */
    uint32_t class_[LIMIT_ATTRIBUTES];
    size_t n;
};

static bool
set_class(struct assignment *x, const struct terms *t, size_t i)
{
    size_t k = x->hidden[i];

    return evaluate_representative(&x->request.attribute[k], t->a,
               t->request.kind, k, x->class_[i]) == DHK_OK;
}

static void
first_assignment(struct assignment *x, const struct terms *t)
{
    *x = (struct assignment){.request = t->request};
    for (size_t k = 0; k < t->kind->attributes_n; k++) {
        if (t->request.attribute[k].state == VALUE_HIDDEN)
            x->hidden[x->n++] = k;
    }
    for (size_t i = 0; i < x->n; i++)
        must(set_class(x, t, i)); /* class 0: unknown */
}

static bool
next_assignment(struct assignment *x, const struct terms *t)
{
    for (size_t i = 0; i < x->n; i++) {
        x->class_[i]++;
        if (set_class(x, t, i))
            return true;
        x->class_[i] = 0;
        must(set_class(x, t, i));
    }
    return false;
}

/* Whether D, for some assignment, is what the entry says of FIELDS. */
typedef bool fits(const struct entitled_question *q, const struct agreement *a,
    const struct decision *d);

static bool
is_as_stated(const struct entitled_question *q, const struct agreement *a,
    const struct decision *d)
{
    enum verdict want = q->entry->pending ? VERDICT_PENDING : VERDICT_PERMIT;

    return d->verdict == want && binds_enough(a, &q->entry->duties, &d->duties);
}

/* It may go, now that those approved it who did. */
static bool
is_let_go(const struct entitled_question *q, const struct agreement *a,
    const struct decision *d)
{
    return d->verdict == VERDICT_PERMIT ||
           (d->verdict == VERDICT_PENDING && is_approved(q, a, &d->duties));
}

/* Whether some assignment permits FIELDS and FITS. So many assignments that it
 * would take long count as one that does: that the fields are permitted is
 * known already. */
static bool
some_assignment(const struct terms *t, const struct entitled_question *q,
    uint32_t fields, fits *fit)
{
    struct assignment x;
    struct decision d;
    size_t tries = 0;

    first_assignment(&x, t);
    do {
        evaluate(&d, t->a, &x.request);
        if ((fields & ~d.fields) == 0 && fit(q, t->a, &d))
            return true;
    } while (next_assignment(&x, t) && ++tries < ASSIGNMENTS);
    return tries >= ASSIGNMENTS;
}

/* Without approvals only what needs none may be had. */
static enum answer_outcome
decide(const struct terms *t, const struct entitled_question *q,
    uint32_t fields, uint64_t *detail)
{
    struct decision d;
    uint32_t extra;

    if (evaluate_widest(&d, t->a, &t->request) != DHK_OK ||
        d.verdict == VERDICT_DENY ||
        (d.verdict == VERDICT_PENDING && !q->entry->pending))
        extra = fields;
    else
        extra = fields & ~d.fields;
    *detail = extra;
    return extra != 0 ? ANSWER_OVERSHARED : ANSWER_TAKEN;
}

static enum answer_outcome
check_in_force(const struct entitled_question *q, const struct terms *by,
    uint64_t *detail, const char **why)
{
    struct terms now;
    bool unknown = false;
    uint32_t fields;

    *why = "the agreement now in force does not permit it any more";
    *detail = q->entry->fields;
    if (!find_terms(&now, q->in_force, q->entry) ||
        !put_values(&now, q, by, false))
        return ANSWER_OVERSHARED;
    fields = delivered(&now, by, q->entry->fields, &unknown);
    if (decide(&now, q, fields, detail) != ANSWER_TAKEN || unknown ||
        (q->entry->pending && !some_assignment(&now, q, fields, is_let_go)))
        return ANSWER_OVERSHARED;
    return ANSWER_TAKEN;
}

enum answer_outcome
entitled_check(
    const struct entitled_question *q, uint64_t *detail, const char **why)
{
    struct terms by;
    enum answer_outcome outcome;

    *detail = q->entry->fields;
    *why = "the agreement does not know its words";
    if (!find_terms(&by, q->by, q->entry))
        return ANSWER_OVERSHARED;
    *detail = 0;
    *why = "its slots are not those of the agreement";
    if (!is_shaped(&by, q->share))
        return ANSWER_MALFORMED;
    *why = "other attributes are opened than the agreement says";
    if (!is_opened(&by, q->share))
        return ANSWER_NONE;
    *why = "other facts are stated than the agreement says";
    if (!is_stated(&by, q->entry))
        return ANSWER_BAD_ENTRY;
    *why = "a stated fact or an attribute is not of the agreement";
    if (!put_values(&by, q, &by, true))
        return ANSWER_BAD_ENTRY;
    *why = "the agreement does not permit these fields";
    outcome = decide(&by, q, q->entry->fields, detail);
    if (outcome != ANSWER_TAKEN)
        return outcome;
    *why = "fewer duties are stated than the agreement binds to, or it should "
           "not have waited";
    if (!some_assignment(&by, q, q->entry->fields, is_as_stated))
        return ANSWER_BAD_ENTRY;
    *why = "fewer have approved it than its duties ask for";
    if (!is_approved_as_stated(q))
        return ANSWER_NONE;
    if (q->in_force != q->by) {
        outcome = check_in_force(q, &by, detail, why);
        if (outcome != ANSWER_TAKEN)
            return outcome;
    }
    *why = NULL;
    *detail = 0;
    return ANSWER_TAKEN;
}
