/* SPDX-License-Identifier: EUPL-1.2
 *
 * Looking names up, each in its own class, with a suggestion from that class
 * alone when there is none. */
#include "resolve.h"

#include <string.h>

void
resolve_unknown(struct resolver *r, const struct token *name, const char *class,
    const struct nearest *nearest)
{
    if (nearest->name != NULL) {
        findings_error(r->findings, name->at,
            "unknown %s '%.*s'; did you mean '%s'?", class, (int)name->text.n,
            (const char *)name->text.p, nearest->name);
    } else {
        findings_error(r->findings, name->at, "unknown %s '%.*s'", class,
            (int)name->text.n, (const char *)name->text.p);
    }
}

int
resolve_party(struct resolver *r, const struct token *name)
{
    struct nearest nearest;
    int i = agreement_party(r->a, name->text);

    if (i >= 0) {
        return i;
    }
    names_nearest_init(&nearest, name->text);
    for (size_t k = 0; k < r->a->parties_n; k++) {
        names_nearest_offer(&nearest, r->a->parties[k]);
    }
    resolve_unknown(r, name, "party", &nearest);
    return -1;
}

/* Bits of the party or group NAME; 0 after a finding. */
static uint64_t
party_or_group(struct resolver *r, const struct token *name)
{
    struct nearest nearest;
    int i = agreement_party(r->a, name->text);

    if (i >= 0) {
        r->used.parties |= UINT64_C(1) << i;
        return UINT64_C(1) << i;
    }
    names_nearest_init(&nearest, name->text);
    for (size_t k = 0; k < r->a->groups_n; k++) {
        if (slice_equal(name->text, slice_str(r->a->groups[k].name))) {
            r->used.groups |= UINT64_C(1) << k;
            r->used.parties |= r->a->groups[k].members;
            return r->a->groups[k].members;
        }
        names_nearest_offer(&nearest, r->a->groups[k].name);
    }
    for (size_t k = 0; k < r->a->parties_n; k++) {
        names_nearest_offer(&nearest, r->a->parties[k]);
    }
    resolve_unknown(r, name, "party or group", &nearest);
    return 0;
}

uint64_t
resolve_parties(struct resolver *r, const struct list *names)
{
    uint64_t all = 0;

    LIST_EACH(struct word, word, names)
    {
        uint64_t bits = party_or_group(r, &word->token);

        if (bits != 0 && (bits & ~all) == 0) {
            findings_error(r->findings, word->token.at,
                "'%.*s' is in the list already", (int)word->token.text.n,
                (const char *)word->token.text.p);
        }
        all |= bits;
    }
    return all;
}

uint64_t
resolve_party_set(struct resolver *r, const struct syntax_set *set)
{
    uint64_t named = resolve_parties(r, &set->names);
    uint64_t every = r->a->parties_n == 64
                         ? UINT64_MAX
                         : (UINT64_C(1) << r->a->parties_n) - 1;

    if (!set->any) {
        return named;
    }
    /* there are others than those that a baseline declares */
    if ((every & ~named) == 0 && r->syntax->goal != SYNTAX_BASELINE) {
        findings_error(
            r->findings, set->at, "nobody is left: every party is excepted");
    }
    return every & ~named;
}

int
resolve_kind(struct resolver *r, const struct token *name)
{
    struct nearest nearest;
    int i = agreement_kind(r->a, name->text);

    if (i >= 0) {
        return i;
    }
    names_nearest_init(&nearest, name->text);
    for (size_t k = 0; k < r->a->kinds_n; k++) {
        names_nearest_offer(&nearest, r->a->kinds[k].name);
    }
    resolve_unknown(r, name, "signal", &nearest);
    return -1;
}

static int
no_named(struct resolver *r, const struct token *name, const char *class,
    const struct agreement_named *list, size_t n)
{
    struct nearest nearest;

    names_nearest_init(&nearest, name->text);
    for (size_t k = 0; k < n; k++) {
        names_nearest_offer(&nearest, list[k].name);
    }
    resolve_unknown(r, name, class, &nearest);
    return -1;
}

int
resolve_purpose(struct resolver *r, const struct token *name)
{
    int i = agreement_purpose(r->a, name->text);

    return i >= 0
               ? i
               : no_named(r, name, "purpose", r->a->purposes, r->a->purposes_n);
}

int
resolve_ground(struct resolver *r, const struct token *name)
{
    int i = agreement_ground(r->a, name->text);

    return i >= 0 ? i
                  : no_named(r, name, "ground", r->a->grounds, r->a->grounds_n);
}

int
resolve_attribute(struct resolver *r, const struct token *name)
{
    struct nearest nearest;
    int i = agreement_attribute(r->a, name->text);

    if (i >= 0) {
        return i;
    }
    names_nearest_init(&nearest, name->text);
    for (size_t k = 0; k < r->a->attributes_n; k++) {
        names_nearest_offer(&nearest, r->a->attributes[k].name);
    }
    resolve_unknown(r, name, "attribute", &nearest);
    return -1;
}

int
resolve_window(struct resolver *r, const struct token *name)
{
    struct nearest nearest;

    names_nearest_init(&nearest, name->text);
    for (size_t k = 0; k < r->a->windows_n; k++) {
        if (slice_equal(name->text, slice_str(r->a->windows[k].name))) {
            return (int)k;
        }
        names_nearest_offer(&nearest, r->a->windows[k].name);
    }
    resolve_unknown(r, name, "window", &nearest);
    return -1;
}

static bool
number_value(struct resolver *r, uint32_t *out,
    const struct agreement_attribute *at, const struct token *value)
{
    if (value->kind != LEXER_INT) {
        findings_error(r->findings, value->at,
            "attribute '%s' is a number from %u to %u", at->name, at->min,
            at->max);
        return false;
    }
    if (value->number < at->min || value->number > at->max) {
        findings_error(r->findings, value->at,
            "attribute '%s' runs from %u to %u only", at->name, at->min,
            at->max);
        return false;
    }
    *out = value->number;
    return true;
}

bool
resolve_value(struct resolver *r, uint32_t *out,
    const struct agreement_attribute *at, const struct token *value)
{
    struct nearest nearest;
    char class[LIMIT_NAME + 16];
    struct sink text;
    int i;

    if (at->type == ATTRIBUTE_NUMBER) {
        return number_value(r, out, at, value);
    }
    i = agreement_value(at, value->text);
    if (i >= 0) {
        *out = (uint32_t)i;
        return true;
    }
    names_nearest_init(&nearest, value->text);
    for (size_t k = 0; k < at->values_n; k++) {
        names_nearest_offer(&nearest, at->values[k]);
    }
    if (at->type == ATTRIBUTE_YES_NO) {
        names_nearest_offer(&nearest, "yes");
        names_nearest_offer(&nearest, "no");
    }
    memset(class, 0, sizeof class);
    sink_init(&text, class, sizeof class - 1);
    sink_slice(&text, slice_str("value of "));
    sink_slice(&text, slice_str(at->name));
    resolve_unknown(r, value, class, &nearest);
    return false;
}
