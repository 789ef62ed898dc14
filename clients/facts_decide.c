/* SPDX-License-Identifier: EUPL-1.2
 *
 * Decides each share again, by the agreement in force and what the ledger says
 * of the signal's attributes (their classes, not their values): whether the
 * broker shared what it might, under the rules and duties that it names. */
#include "facts.h"

#include <string.h>

#include "evaluate.h"
#include "pack.h"

enum { CLASS_CUT = UINT8_MAX }; /* larger classes are all written so */

struct again {
    const struct agreement *a;
    const struct agreement_kind *kind;
    const struct entry_share *share;
    struct request req;
    bool exact; /* every class is known */
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

static bool
set_classes(struct again *x, struct slice classes)
{
    x->exact = true;
    if (classes.n != x->kind->attributes_n)
        return false;
    for (size_t i = 0; i < classes.n; i++) {
        uint8_t class_ = classes.p[i];
        x->exact = x->exact && class_ != CLASS_CUT;
        x->req.attribute[i].state = VALUE_UNKNOWN;
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

static bool
set_facts(struct again *x)
{
    for (size_t i = 0; i < x->share->facts_n; i++) {
        const struct entry_fact *f = &x->share->fact[i];
        size_t k = 0;
        while (k < x->kind->attributes_n &&
               !slice_equal(f->attribute,
                   slice_str(x->a->attributes[x->kind->attributes[k]].name)))
            k++;
        if (k == x->kind->attributes_n)
            return false;
        const struct agreement_attribute *at =
            &x->a->attributes[x->kind->attributes[k]];
        if (!at->by_broker || !facts_value(&x->req.attribute[k], at, f->value))
            return false;
    }
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

static bool
same_duties(const struct entry_duties *said, const struct duties *d)
{
    return said->has_at_most == d->has_at_most &&
           said->has_at_least == d->has_at_least &&
           (!d->has_at_most || said->at_most == d->at_most) &&
           (!d->has_at_least || said->at_least == d->at_least) &&
           said->onward_limited == d->onward_limited && said->log == d->log;
}

/* False when the share has words that its agreement does not know. */
static bool
read_again(struct again *x, struct slice classes)
{
    return find_names(x) && set_classes(x, classes) && set_facts(x) &&
           set_windows(x);
}

enum dhk_err
facts_decide(struct facts *f, const struct entry_share *s, struct slice classes)
{
    struct decision d;
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
    if (!x.exact) {
        f->unchecked++;
        return DHK_OK;
    }
    evaluate(&d, x.a, &x.req);
    if (d.verdict == VERDICT_DENY)
        return facts_no(f, DHK_DENIED,
            "the agreement does not permit this "
            "recipient to have anything");
    if ((s->fields & ~d.fields) != 0)
        return facts_no(f, DHK_DENIED,
            "it shares a field that the agreement "
            "does not permit");
    if (s->pending != (d.verdict == VERDICT_PENDING))
        return facts_no(f, DHK_DENIED,
            "it should wait for an approval, or "
            "should not");
    if (!same_rules(&x, &d) || !same_duties(&s->duties, &d.duties))
        return facts_no(f, DHK_DENIED,
            "the agreement decides it by other "
            "rules or with other duties");
    return DHK_OK;
}

bool
facts_request(struct request *out, const struct agreement *a,
    const struct entry_share *s, struct slice classes)
{
    struct again x = {.a = a, .share = s};
    if (!read_again(&x, classes))
        return false;
    *out = x.req;
    return x.exact;
}
