/* SPDX-License-Identifier: EUPL-1.2
 *
 * Decides each share again, by the agreement in force, by what the ledger says
 * of the signal's attributes (their classes, not their values), and by the
 * course of its case: whether the broker shared what it might, under the rules
 * and duties that it names. */
#include "facts.h"

#include <string.h>

#include "clock.h"
#include "evaluate.h"
#include "pack.h"
#include "relation.h"

enum { CLASS_CUT = UINT8_MAX }; /* larger classes are all written so */

struct again {
    const struct agreement *a;
    const struct agreement_kind *kind;
    const struct entry_share *share;
    struct request req;
    bool exact;         /* every class is known */
    uint32_t by_broker; /* attributes, by place */
    bool of_reply;      /* some are of the signal that this one replies to */
    const struct course *course;
    int64_t seconds;
};

static bool
find_names(struct again *x)
{
    const struct entry_share *s = x->share;
    int sender = agreement_party(x->a, s->sender);
    int recipient = agreement_party(x->a, s->recipient);
    int kind = agreement_kind(x->a, s->kind);
    int purpose = agreement_purpose(x->a, s->purpose);
    int ground = agreement_ground(x->a, s->ground);
    if (sender < 0 || recipient < 0 || kind < 0 || purpose < 0 || ground < 0)
        return false;
    x->kind = &x->a->kinds[kind];
    x->req.sender = (uint16_t)sender;
    x->req.recipient = (uint16_t)recipient;
    x->req.kind = (uint16_t)kind;
    x->req.purpose = (uint16_t)purpose;
    x->req.ground = (uint16_t)ground;
    return true;
}

/* Those by broker are computed, and of no class. */
static bool
set_classes(struct again *x, struct slice classes)
{
    x->exact = true;
    if (classes.n != x->kind->attributes_n)
        return false;
    for (size_t i = 0; i < classes.n; i++) {
        uint8_t class_ = classes.p[i];
        x->req.attribute[i].state = VALUE_UNKNOWN;
        if ((x->by_broker >> i & 1) != 0)
            continue;
        x->exact = x->exact && class_ != CLASS_CUT;
        if (class_ != 0 && class_ != CLASS_CUT &&
            evaluate_representative(
                &x->req.attribute[i], x->a, x->req.kind, i, class_) != DHK_OK)
            return false;
    }
    return true;
}

bool
facts_value(
    struct value *out, const struct agreement_attribute *at, struct slice bytes)
{
    struct cursor c;
    cursor_init(&c, bytes);
    out->state = VALUE_KNOWN;
    switch (unpack_peek(&c)) {
    case PACK_BOOL:
        out->v = unpack_bool(&c) ? 1 : 0;
        return at->type == ATTRIBUTE_YES_NO;
    case PACK_UINT:
        out->v = (uint32_t)unpack_uint(&c, UINT32_MAX);
        return at->type == ATTRIBUTE_NUMBER && out->v >= at->min &&
               out->v <= at->max;
    case PACK_STR: {
        int v = agreement_value(at, unpack_str(&c, LIMIT_NAME));
        out->v = v < 0 ? 0 : (uint32_t)v;
        return v >= 0;
    }
    case PACK_NIL:
        out->state = VALUE_UNKNOWN;
        return true;
    case PACK_NONE:
    case PACK_BIN:
    case PACK_ARRAY:
        break;
    }
    return false;
}

/* The place of the fact F among the attributes of the kind, with its value;
 * false when there is no such attribute by broker, or no such value. */
static bool
read_fact(const struct again *x, const struct entry_fact *f, size_t *k,
    struct value *v)
{
    *k = 0;
    while (*k < x->kind->attributes_n &&
           !slice_equal(f->attribute,
               slice_str(x->a->attributes[x->kind->attributes[*k]].name)))
        (*k)++;
    return *k < x->kind->attributes_n && (x->by_broker >> *k & 1) != 0 &&
           facts_value(v, &x->a->attributes[x->kind->attributes[*k]], f->value);
}

/* As the broker stated; what is closed it states to nobody. */
static bool
set_facts(struct again *x)
{
    uint32_t told = 0, closed = 0;
    size_t k;
    for (size_t i = 0; i < x->share->facts_n; i++) {
        struct value v;
        if (!read_fact(x, &x->share->fact[i], &k, &v))
            return false;
        x->req.attribute[k] = v;
        told |= UINT32_C(1) << k;
    }
    for (k = 0; k < x->kind->attributes_n; k++) {
        if (x->a->attributes[x->kind->attributes[k]].closed)
            closed |= UINT32_C(1) << k;
    }
    x->exact = x->exact && (x->by_broker & closed & ~told) == 0;
    return true;
}

/* As the course says, for a signal that replies to REPLY_TO. */
static void
set_relations(struct again *x, const uint8_t *reply_to)
{
    const struct relation_question q = {.course = x->course,
        .sender = x->share->sender,
        .recipient = x->share->recipient,
        .reply_to = reply_to,
        .seconds = x->seconds};
    for (size_t k = 0; k < x->kind->attributes_n; k++) {
        if ((x->by_broker >> k & 1) != 0)
            x->req.attribute[k] =
                relation_value(&x->a->attributes[x->kind->attributes[k]], &q);
    }
}

/* Exactly what rules of the route test is stated, and as the course says. */
static bool
is_stated_so(const struct again *x)
{
    uint32_t told = 0, want = evaluate_stated(
                           x->a, x->req.sender, x->req.recipient, x->req.kind);
    for (size_t i = 0; i < x->share->facts_n; i++) {
        struct value v;
        size_t k;
        if (!read_fact(x, &x->share->fact[i], &k, &v) || (told >> k & 1) != 0 ||
            v.state != x->req.attribute[k].state ||
            (v.state == VALUE_KNOWN && v.v != x->req.attribute[k].v))
            return false;
        told |= UINT32_C(1) << k;
    }
    return told == want;
}

/* The ledger does not tell to which signal this one replies: to none, to one of
 * which nothing was stated, or to one that the course names. Number I of them;
 * false when there are no more. */
static bool
reply_to(const struct again *x, size_t i, const uint8_t **out)
{
    static const uint8_t nothing_of_it[32] = {0};
    *out = NULL;
    if (i == 0)
        return true;
    if (!x->of_reply)
        return false;
    *out = nothing_of_it;
    if (i == 1)
        return true;
    if (x->course == NULL || i - 2 >= x->course->items_n)
        return false;
    *out = x->course->item[i - 2].signal;
    return true;
}

static bool
set_windows(struct again *x)
{
    for (size_t i = 0; i < x->share->windows_n; i++) {
        size_t k = 0;
        while (k < x->a->windows_n && !slice_equal(x->share->window[i],
                                          slice_str(x->a->windows[k].name)))
            k++;
        if (k == x->a->windows_n)
            return false;
        x->req.windows |= UINT32_C(1) << k;
    }
    return true;
}

static bool
same_rules(const struct again *x, const struct decision *d)
{
    if (d->rules_n != x->share->rules_n)
        return false;
    for (size_t i = 0; i < d->rules_n; i++) {
        if (!slice_equal(x->share->rule[i],
                slice_str(agreement_rule_id(x->a, d->rules[i]))))
            return false;
    }
    return true;
}

static uint64_t
mask_of(const struct agreement *a, const struct slice *names, size_t n)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < n; i++) {
        int p = agreement_party(a, names[i]);
        mask |= p < 0 ? 0 : UINT64_C(1) << p;
    }
    return mask;
}

static bool
same_approvals(const struct agreement *a, const struct entry_duties *said,
    const struct duties *d)
{
    bool same = said->approvals_n == d->approvals_n;
    for (size_t i = 0; same && i < d->approvals_n; i++) {
        bool found = false;
        for (size_t j = 0; j < said->approvals_n && !found; j++) {
            const struct entry_approval *x = &said->approval[j];
            found = x->count == d->approval[i].count &&
                    mask_of(a, x->of, x->of_n) == d->approval[i].of;
        }
        same = found;
    }
    return same;
}

static bool
same_duties(const struct agreement *a, const struct entry_duties *said,
    const struct duties *d)
{
    return said->has_at_most == d->has_at_most &&
           said->has_at_least == d->has_at_least &&
           (!d->has_at_most || said->at_most == d->at_most) &&
           (!d->has_at_least || said->at_least == d->at_least) &&
           said->onward_limited == d->onward_limited && said->log == d->log &&
           (!d->onward_limited ||
               mask_of(a, said->onward, said->onward_n) == d->onward_to) &&
           mask_of(a, said->notify, said->notify_n) == d->notify &&
           same_approvals(a, said, d);
}

static void
find_relations(struct again *x)
{
    for (size_t k = 0; k < x->kind->attributes_n; k++) {
        const struct agreement_attribute *at =
            &x->a->attributes[x->kind->attributes[k]];
        enum relation r = relation_by_name(at->name);
        if (!at->by_broker)
            continue;
        x->by_broker |= UINT32_C(1) << k;
        x->of_reply =
            x->of_reply || r == RELATION_THIRD_PARTY_RULE || r == RELATION_VETO;
    }
}

/* False when the share has words that its agreement does not know. What is by
 * broker is set by others. */
static bool
read_again(struct again *x, struct slice classes)
{
    if (!find_names(x))
        return false;
    find_relations(x);
    return set_classes(x, classes) && set_windows(x);
}

static const char *
differs(const struct again *x, const struct decision *d)
{
    const struct entry_share *s = x->share;
    if (d->verdict == VERDICT_DENY)
        return "the agreement does not permit this recipient to have anything";
    if ((s->fields & ~d->fields) != 0)
        return "it shares a field that the agreement does not permit";
    if (s->pending != (d->verdict == VERDICT_PENDING))
        return "it should wait for an approval, or should not";
    if (!same_rules(x, d) || !same_duties(x->a, &s->duties, &d->duties))
        return "the agreement decides it by other rules or with other duties";
    return NULL;
}

/* By what the broker states, which a partial file does not let us check. */
static enum dhk_err
decide_as_stated(struct facts *f, struct again *x)
{
    struct decision d;
    if (!set_facts(x))
        return facts_no(f, DHK_AUTH,
            "it has words that its agreement does not "
            "know");
    if (!x->exact || x->share->facts_n > 0)
        f->unchecked++;
    if (!x->exact)
        return DHK_OK;
    evaluate(&d, x->a, &x->req);
    const char *why = differs(x, &d);
    return why == NULL ? DHK_OK : facts_no(f, DHK_DENIED, why);
}

/* By what the course says: of the signals that it may reply to, one. */
static enum dhk_err
decide_by_course(struct facts *f, struct again *x)
{
    const char *why = "it states of the case what its course does not say, or "
                      "not what its recipient has to know";
    enum dhk_err rc = DHK_AUTH;
    const uint8_t *reply;
    for (size_t i = 0; reply_to(x, i, &reply); i++) {
        struct decision d;
        set_relations(x, reply);
        if (!is_stated_so(x))
            continue;
        if (!x->exact) {
            f->unchecked++;
            return DHK_OK;
        }
        evaluate(&d, x->a, &x->req);
        why = differs(x, &d);
        rc = DHK_DENIED;
        if (why == NULL)
            return DHK_OK;
    }
    return facts_no(f, rc, why);
}

enum dhk_err
facts_decide(struct facts *f, const struct facts_entry *at,
    const struct entry_share *s, struct slice classes)
{
    struct again x = {.share = s};
    x.a = trust_agreement_by_hash(f->trust, s->agreement);
    if (x.a == NULL) {
        f->unchecked++;
        return DHK_OK;
    }
    if (!read_again(&x, classes))
        return facts_no(f, DHK_AUTH,
            "it has words that its agreement does not "
            "know");
    if (!f->complete)
        return decide_as_stated(f, &x);
    x.seconds = (int64_t)(at->e->time / 1000);
    enum dhk_err rc = facts_course_now(&x.course, f, s->case_handle);
    return rc == DHK_OK ? decide_by_course(f, &x) : rc;
}

/* --- what was decided before, decided once more --- */

/* False: the zone of the agreement is not known on this machine. */
static bool
windows_at(struct again *x, uint64_t time)
{
    unsigned minute;
    int64_t day;
    if (x->a->windows_n == 0)
        return true;
    if (!clock_local(x->a->timezone, time, &minute, &day))
        return false;
    x->req.windows = agreement_windows_at(x->a, minute);
    return true;
}

/* Which fields its sender kept back is not on the ledger. */
static void
compare(struct facts_again *out, const struct again *x, uint32_t presence)
{
    const struct entry_share *s = x->share;
    struct decision d;
    evaluate(&d, x->a, &x->req);
    bool same = d.verdict == (s->pending ? VERDICT_PENDING : VERDICT_PERMIT) &&
                (s->fields & ~d.fields) == 0 &&
                same_duties(x->a, &s->duties, &d.duties);
    out->same = out->same || same;
    out->other = out->other || !same || (d.fields & presence & ~s->fields) != 0;
}

enum dhk_err
facts_decide_now(struct facts_again *out, struct facts *f,
    const struct entry_share *s, uint64_t time)
{
    struct again x = {.share = s, .seconds = (int64_t)(time / 1000)};
    const struct facts_accepted *kept = facts_accepted(f, s->accepted);
    const struct entry_accepted *a = &f->scratch->u.accepted;
    const uint8_t *reply;
    *out = (struct facts_again){true, true};
    x.a = trust_agreement_by_hash(f->trust, s->agreement);
    if (x.a == NULL || x.a != trust_agreement(f->trust) || kept == NULL)
        return DHK_OK;
    if (entry_decode(f->scratch, slice_of(kept->bytes, kept->n), NULL) !=
            DHK_OK ||
        s->position >= a->n)
        return DHK_FORMAT;
    if (!read_again(&x, a->mark[s->position].classes) || !x.exact ||
        !windows_at(&x, time))
        return DHK_OK;
    enum dhk_err rc = facts_course_now(&x.course, f, s->case_handle);
    *out = (struct facts_again){false, false};
    for (size_t i = 0; rc == DHK_OK && reply_to(&x, i, &reply); i++) {
        set_relations(&x, reply);
        compare(out, &x, a->mark[s->position].presence);
    }
    return rc;
}

/* One request, when all signals that it may reply to make the same of it. */
static bool
ask_course(struct again *x)
{
    struct request first = {.sender = 0};
    const uint8_t *reply;
    bool found = false;
    for (size_t i = 0; reply_to(x, i, &reply); i++) {
        set_relations(x, reply);
        if (!is_stated_so(x))
            continue;
        if (found && memcmp(first.attribute, x->req.attribute,
                         sizeof first.attribute) != 0)
            return false;
        first = x->req;
        found = true;
    }
    x->req = first;
    return found;
}

bool
facts_request(struct request *out, const struct facts_asked *asked)
{
    struct again x = {.a = asked->a,
        .share = asked->s,
        .course = asked->course,
        .seconds = (int64_t)(asked->time / 1000)};
    if (!read_again(&x, asked->classes) ||
        !(asked->has_course ? ask_course(&x) : set_facts(&x)))
        return false;
    *out = x.req;
    return x.exact;
}
