/* SPDX-License-Identifier: EUPL-1.2
 *
 * The conditions and obligations of a rule. Each condition becomes the set of
 * values for which it holds; one that no value meets is an error here. */
#include "resolve.h"

static void
say_wrong_test(struct resolver *r, const struct syntax_atom *from,
    const struct agreement_attribute *at)
{
    static const char *const type[] = {
        "a yes or no", "a level", "a choice", "a number"};
    static const char *const tests[] = {
        "'is yes', 'is no'",
        "'is', 'is not', 'is one of', 'at least', 'at most'",
        "'is', 'is not', 'is one of'",
        "'is', 'is not', 'at least', 'at most', 'below', 'above'",
    };

    findings_error(r->findings, from->name.at,
        "attribute '%s' is %s: it can be tested with %s", at->name,
        type[at->type], tests[at->type]);
}

/* Whether the operator has a meaning for the type. */
static bool
fits(enum attribute_type type, enum atom_op op)
{
    switch (op) {
    case OP_IS:
    case OP_IS_NOT:
        return true;
    case OP_ONE_OF:
        return type == ATTRIBUTE_LEVEL || type == ATTRIBUTE_CHOICE;
    case OP_AT_LEAST:
    case OP_AT_MOST:
        return type == ATTRIBUTE_LEVEL || type == ATTRIBUTE_NUMBER;
    case OP_BELOW:
    case OP_ABOVE:
        return type == ATTRIBUTE_NUMBER;
    case OP_DURING:
    case OP_OUTSIDE:
    case OP_APPROVAL:
        break;
    }
    return false;
}

/* low..high of the operator and V, within MIN..MAX; false: no value. */
static bool
to_range(struct atom *out, enum atom_op op, uint32_t v,
    const struct agreement_attribute *at)
{
    out->low = at->min;
    out->high = at->max;
    switch (op) {
    case OP_IS:
    case OP_IS_NOT:
        out->low = v;
        out->high = v;
        out->negate = op == OP_IS_NOT;
        return true;
    case OP_AT_LEAST:
        out->low = v;
        return true;
    case OP_AT_MOST:
        out->high = v;
        return true;
    case OP_BELOW:
        out->high = v - 1;
        return v > at->min;
    case OP_ABOVE:
        out->low = v + 1;
        return v < at->max;
    case OP_ONE_OF:
    case OP_DURING:
    case OP_OUTSIDE:
    case OP_APPROVAL:
        break;
    }
    return false;
}

static uint64_t
bits_up_to(uint32_t v)
{
    return v >= 63 ? UINT64_MAX : (UINT64_C(1) << (v + 1)) - 1;
}

static bool
value_list(struct resolver *r, struct atom *out, const struct syntax_atom *from,
    const struct agreement_attribute *at)
{
    bool good = true;
    uint32_t v;

    LIST_EACH(struct word, word, &from->values)
    {
        if (!resolve_value(r, &v, at, &word->token)) {
            good = false;
            continue;
        }
        if ((out->values >> v & 1) != 0) {
            findings_error(r->findings, word->token.at,
                "the value is in the list already");
            good = false;
        }
        out->values |= UINT64_C(1) << v;
    }
    return good;
}

static bool
attribute_atom(struct resolver *r, struct atom *out,
    const struct syntax_atom *from, const struct agreement_attribute *at)
{
    struct atom range = *out;
    uint64_t every = bits_up_to(at->max);
    uint32_t v;

    if (!fits(at->type, from->op)) {
        say_wrong_test(r, from, at);
        return false;
    }
    if (from->op == OP_ONE_OF) {
        return value_list(r, out, from, at);
    }
    if (slice_equal(from->value.text, slice_str("unknown"))) {
        findings_error(r->findings, from->value.at,
            "a rule cannot test for unknown: a permit never applies to an "
            "unknown value, a forbid or never always does");
        return false;
    }
    if (!resolve_value(r, &v, at, &from->value)) {
        return false;
    }
    if (!to_range(&range, from->op, v, at)) {
        findings_error(
            r->findings, from->value.at, "no value of '%s' is so", at->name);
        return false;
    }
    if (at->type == ATTRIBUTE_NUMBER) {
        *out = range;
        out->type = ATOM_RANGE;
        return true;
    }
    out->values = bits_up_to(range.high) &
                  ~(range.low == 0 ? 0 : bits_up_to(range.low - 1));
    if (range.negate) {
        out->values = every & ~out->values;
    }
    return true;
}

/* A named signal that lacks the attribute would slip past the condition. */
static bool
is_carried(struct resolver *r, const struct syntax_atom *from, int attribute,
    const struct syntax_set *kinds)
{
    bool good = true;

    if (kinds == NULL || kinds->any) {
        return true;
    }
    LIST_EACH(struct word, word, &kinds->names)
    {
        int k = agreement_kind(r->a, word->token.text);

        if (k >= 0 && r->a->kinds[k].position[attribute] == NO_POSITION) {
            findings_error(r->findings, from->name.at,
                "signal '%s' does not carry attribute '%s'",
                r->a->kinds[k].name, r->a->attributes[attribute].name);
            good = false;
        }
    }
    return good;
}

bool
resolve_atom(struct resolver *r, struct atom *out,
    const struct syntax_atom *from, const struct syntax_set *kinds)
{
    int i;

    out->unless = from->unless;
    out->at = from->name.at;
    if (from->op == OP_DURING || from->op == OP_OUTSIDE) {
        i = resolve_window(r, &from->name);
        if (i < 0) {
            return false;
        }
        out->type = ATOM_WINDOW;
        out->attribute = (uint16_t)i;
        out->negate = from->op == OP_OUTSIDE;
        r->used.windows |= UINT64_C(1) << i;
        return true;
    }
    i = resolve_attribute(r, &from->name);
    if (i < 0) {
        return false;
    }
    out->attribute = (uint16_t)i;
    r->used.attributes |= UINT64_C(1) << i;
    return is_carried(r, from, i, kinds) &&
           attribute_atom(r, out, from, &r->a->attributes[i]);
}

static bool
days(struct resolver *r, bool *has, uint32_t *out,
    const struct syntax_duty *from)
{
    enum { CENTURY = 36525 };

    if (*has) {
        findings_error(
            r->findings, from->at, "the rule has such a retention already");
        return false;
    }
    *has = true;
    if (from->number.number < 1 || from->number.number > CENTURY) {
        findings_error(r->findings, from->number.at,
            "a retention is of 1 to %d days", (int)CENTURY);
        return false;
    }
    *out = from->number.number;
    return true;
}

static bool
approval(struct resolver *r, struct duties *out, const struct syntax_duty *from)
{
    struct duty_approval *new;
    uint64_t of = resolve_parties(r, &from->names);
    uint64_t voters = of;

    for (size_t i = 0; of == 0 && i < r->a->signatories_n; i++) {
        voters |= UINT64_C(1) << r->a->signatories[i];
    }
    if (from->number.number < 1 ||
        from->number.number > (uint32_t)__builtin_popcountll(voters)) {
        findings_error(r->findings, from->number.at,
            "an approval needs 1 to %d of those who may give it",
            __builtin_popcountll(voters));
        return false;
    }
    if (out->approvals_n == DUTY_APPROVALS_MAX) {
        findings_error(r->findings, from->at, "more than %d approvals",
            (int)DUTY_APPROVALS_MAX);
        return false;
    }
    new = &out->approval[out->approvals_n++];
    new->count = (uint16_t)from->number.number;
    new->of = of;
    return true;
}

bool
resolve_duty(
    struct resolver *r, struct duties *out, const struct syntax_duty *from)
{
    uint64_t to;

    switch (from->op) {
    case DUTY_AT_LEAST:
        return days(r, &out->has_at_least, &out->at_least, from);
    case DUTY_AT_MOST:
        return days(r, &out->has_at_most, &out->at_most, from);
    case DUTY_NO_ONWARD:
        out->onward_limited = true;
        out->onward_to = 0;
        return true;
    case DUTY_ONWARD_ONLY:
        to = resolve_party_set(r, &from->set);
        out->onward_to = out->onward_limited ? out->onward_to & to : to;
        out->onward_limited = true;
        return true;
    case DUTY_APPROVAL:
        return approval(r, out, from);
    case DUTY_NOTIFY:
        out->notify |= resolve_parties(r, &from->names);
        return true;
    case DUTY_LOG:
        out->log = true;
        return true;
    }
    return false;
}
