/* SPDX-License-Identifier: EUPL-1.2
 *
 * Finding a signal's words in an agreement. */
#include "wording.h"

#include "pack.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

enum { NAMES = 128 };

/* "unknown CLASS WORD; did you mean NEAREST?" */
static enum dhk_err
unknown(struct dhk_problem *problem, const char *class_, struct slice word,
    const char *const *names, size_t n)
{
    const char *nearest = agreement_nearest(word, names, n);
    int len = (int)(word.n < LIMIT_NAME ? word.n : LIMIT_NAME);
    const char *p = text_is_plain(word, false) ? (const char *)word.p : "?";

    if (p[0] == '?')
        len = 1;
    if (nearest != NULL)
        return problem_set(problem, DHK_FORMAT,
            "unknown %s \"%.*s\"; did you mean \"%s\"?", class_, len, p,
            nearest);
    return problem_set(
        problem, DHK_FORMAT, "unknown %s \"%.*s\"", class_, len, p);
}

/* What an attribute may be; the word that was given is not repeated, for it may
 * be a value that slipped. */
static enum dhk_err
wrong_choice(struct dhk_problem *problem, const struct agreement_attribute *at,
    struct slice word)
{
    const char *const *names = (const char *const *)at->values;
    const char *nearest = agreement_nearest(word, names, at->values_n);
    char list[256] = "";
    size_t used = 0;

    for (size_t i = 0; i < at->values_n; i++) {
        size_t n = strlen(names[i]);

        if (used + n + 3 > sizeof list)
            break;
        memcpy(list + used, names[i], n);
        memcpy(list + used + n, ", ", 3);
        used += n + 2;
    }
    if (nearest != NULL)
        return problem_set(problem, DHK_FORMAT,
            "attribute \"%s\" is %sor unknown; did you mean \"%s\"?", at->name,
            list, nearest);
    return problem_set(problem, DHK_FORMAT, "attribute \"%s\" is %sor unknown",
        at->name, list);
}

static size_t
names_of(const char *names[NAMES], const struct agreement_named *list, size_t n)
{
    size_t i = 0;

    for (; i < n && i < NAMES; i++)
        names[i] = list[i].name;
    return i;
}

static enum dhk_err
find_kind(struct wording *w, struct dhk_problem *problem)
{
    const struct agreement *a = w->agreement;
    const char *word = w->signal->text[DHK_KIND], *names[NAMES];
    size_t n = 0;
    int i;

    if (word == NULL)
        return problem_set(problem, DHK_FORMAT, "the signal has no kind");
    i = agreement_kind(a, slice_str(word));
    if (i >= 0) {
        w->kind = (uint16_t)i;
        w->of = &a->kinds[i];
        if (!w->of->requires_psk)
            return DHK_OK;
        return problem_set(problem, DHK_DENIED,
            "kind \"%s\" requires a pre-shared key, which this version of "
            "the client does not keep",
            word);
    }
    for (; n < a->kinds_n && n < NAMES; n++)
        names[n] = a->kinds[n].name;
    return unknown(problem, "kind", slice_str(word), names, n);
}

static enum dhk_err
find_purpose_and_ground(struct wording *w, struct dhk_problem *problem)
{
    const struct agreement *a = w->agreement;
    const char *purpose = w->signal->text[DHK_PURPOSE];
    const char *ground = w->signal->text[DHK_GROUND], *names[NAMES];
    size_t n;
    int i, j;

    if (purpose == NULL || ground == NULL)
        return problem_set(problem, DHK_FORMAT, "the signal has no %s",
            purpose == NULL ? "purpose" : "ground");
    i = agreement_purpose(a, slice_str(purpose));
    j = agreement_ground(a, slice_str(ground));
    if (i < 0) {
        n = names_of(names, a->purposes, a->purposes_n);
        return unknown(problem, "purpose", slice_str(purpose), names, n);
    }
    if (j < 0) {
        n = names_of(names, a->grounds, a->grounds_n);
        return unknown(problem, "ground", slice_str(ground), names, n);
    }
    w->purpose = (uint16_t)i;
    w->ground = (uint16_t)j;
    return DHK_OK;
}

static enum dhk_err
find_case(struct wording *w, struct dhk_problem *problem)
{
    const char *handle = w->signal->text[DHK_CASE];
    const char *reply = w->signal->text[DHK_IN_REPLY_TO];

    if (handle == NULL)
        return problem_set(problem, DHK_FORMAT,
            "the signal has no case: make a handle with driehoek case new");
    if (bytes_unhex(w->case_handle, sizeof w->case_handle, slice_str(handle)) !=
        DHK_OK)
        return problem_set(problem, DHK_FORMAT,
            "the case must be a handle of 32 hex digits, as driehoek case "
            "new makes them; never a name or number");
    w->is_reply = reply != NULL;
    if (w->is_reply && bytes_unhex(w->reply_to, sizeof w->reply_to,
                           slice_str(reply)) != DHK_OK)
        return problem_set(problem, DHK_FORMAT,
            "in-reply-to must be the id of a signal, 64 hex digits");
    return DHK_OK;
}

/* Whether the eight bytes at P are printable ASCII, as nearly all are: no byte
 * has its highest bit, is below 0x20, or is 0x7f. */
static bool
is_printable8(const uint8_t *p)
{
    const uint64_t ones = 0x0101010101010101, high = 0x80 * ones;
    uint64_t v, del;

    memcpy(&v, p, sizeof v);
    del = v ^ (0x7f * ones);
    return ((v | (v - 0x20 * ones) | (del - ones)) & high) == 0;
}

/* UTF-8 with no control characters but newline and tab. */
static bool
is_value(struct slice v)
{
    if (!bytes_is_utf8(v))
        return false;
    for (size_t i = 0; i < v.n; i++) {
        if (v.n - i >= 8 && is_printable8(v.p + i)) {
            i += 7;
            continue;
        }
        if ((v.p[i] < 0x20 && v.p[i] != '\n' && v.p[i] != '\t') ||
            v.p[i] == 0x7f)
            return false;
        /* C1 controls: U+0080 to U+009F */
        if (v.p[i] == 0xc2 && i + 1 < v.n && v.p[i + 1] < 0xa0)
            return false;
    }
    return true;
}

static enum dhk_err
unknown_field(
    const struct wording *w, const char *word, struct dhk_problem *problem)
{
    const char *names[LIMIT_FIELDS];
    size_t n = 0;

    for (; n < w->of->fields_n; n++)
        names[n] = w->of->fields[n].name;
    return unknown(problem, "field", slice_str(word), names, n);
}

static enum dhk_err
find_fields(struct wording *w, struct dhk_problem *problem)
{
    for (size_t k = 0; k < w->signal->fields_n; k++) {
        const struct draft_pair *p = &w->signal->field[k];
        int i = agreement_field(w->of, slice_str(p->name));

        if (i < 0)
            return unknown_field(w, p->name, problem);
        if (p->n > LIMIT_VALUE)
            return problem_set(problem, DHK_LIMIT,
                "field \"%s\" is longer than %d bytes", p->name, LIMIT_VALUE);
        if (!is_value(slice_of(p->value, p->n)))
            return problem_set(problem, DHK_FORMAT,
                "field \"%s\" is not UTF-8, or has a control character other "
                "than newline and tab",
                p->name);
        w->presence |= UINT32_C(1) << i;
        w->value[i] = slice_of(p->value, p->n);
    }
    if (w->presence == 0)
        return problem_set(problem, DHK_FORMAT, "the signal has no field");
    return DHK_OK;
}

static enum dhk_err
read_attribute(struct value *out, const struct agreement_attribute *at,
    struct slice word, struct dhk_problem *problem)
{
    uint64_t number;
    int i;

    out->state = VALUE_UNKNOWN;
    if (text_is(word, "unknown"))
        return DHK_OK;
    out->state = VALUE_KNOWN;
    switch (at->type) {
    case ATTRIBUTE_YES_NO:
        out->v = text_is(word, "yes");
        if (out->v == 1 || text_is(word, "no"))
            return DHK_OK;
        return problem_set(problem, DHK_FORMAT,
            "attribute \"%s\" is yes, no or unknown", at->name);
    case ATTRIBUTE_LEVEL:
    case ATTRIBUTE_CHOICE:
        i = agreement_value(at, word);
        out->v = (uint32_t)i;
        if (i >= 0)
            return DHK_OK;
        return wrong_choice(problem, at, word);
    case ATTRIBUTE_NUMBER:
        if (text_uint(&number, word, at->max) == DHK_OK && number >= at->min) {
            out->v = (uint32_t)number;
            return DHK_OK;
        }
        break;
    }
    return problem_set(problem, DHK_FORMAT,
        "attribute \"%s\" is a number from %u to %u, or unknown", at->name,
        at->min, at->max);
}

/* Position of NAME among the kind's attributes, or -1. */
static int
position(const struct wording *w, const char *name)
{
    const struct agreement *a = w->agreement;

    for (size_t k = 0; k < w->of->attributes_n; k++) {
        if (strcmp(a->attributes[w->of->attributes[k]].name, name) == 0)
            return (int)k;
    }
    return -1;
}

static enum dhk_err
unknown_attribute(
    const struct wording *w, const char *word, struct dhk_problem *problem)
{
    const char *names[LIMIT_ATTRIBUTES];
    size_t n = 0;

    for (; n < w->of->attributes_n; n++)
        names[n] = w->agreement->attributes[w->of->attributes[n]].name;
    return unknown(problem, "attribute", slice_str(word), names, n);
}

static enum dhk_err
find_given_attributes(struct wording *w, struct dhk_problem *problem)
{
    const struct agreement_attribute *at;
    enum dhk_err rc;

    for (size_t i = 0; i < w->signal->attributes_n; i++) {
        const struct draft_pair *p = &w->signal->attribute[i];
        int k = position(w, p->name);

        if (k < 0)
            return unknown_attribute(w, p->name, problem);
        at = &w->agreement->attributes[w->of->attributes[k]];
        if (at->by_broker)
            return problem_set(problem, DHK_FORMAT,
                "attribute \"%s\" is computed by the broker: leave it out",
                at->name);
        rc = read_attribute(
            &w->attribute[k], at, slice_of(p->value, p->n), problem);
        if (rc != DHK_OK)
            return rc;
    }
    return DHK_OK;
}

static enum dhk_err
find_attributes(struct wording *w, struct dhk_problem *problem)
{
    enum dhk_err rc = find_given_attributes(w, problem);

    for (size_t k = 0; rc == DHK_OK && k < w->of->attributes_n; k++) {
        const struct agreement_attribute *at =
            &w->agreement->attributes[w->of->attributes[k]];

        if (at->by_broker)
            w->attribute[k].state = VALUE_HIDDEN;
        else if (w->attribute[k].state == VALUE_NA)
            rc = problem_set(problem, DHK_FORMAT,
                "attribute \"%s\" is missing; \"unknown\" is a value too",
                at->name);
    }
    return rc;
}

static enum dhk_err
find_party(uint16_t *out, const struct wording *w, const char *word,
    struct dhk_problem *problem)
{
    const struct agreement *a = w->agreement;
    int i = agreement_party(a, slice_str(word));

    *out = (uint16_t)i;
    if (i >= 0)
        return DHK_OK;
    return unknown(problem, "partner", slice_str(word),
        (const char *const *)a->parties, a->parties_n);
}

static enum dhk_err
find_narrowing(struct wording *w, struct dhk_problem *problem)
{
    const struct dhk_signal *s = w->signal;
    uint16_t party;
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < s->to_n; i++) {
        rc = find_party(&party, w, s->to[i], problem);
        if (rc == DHK_OK)
            w->to |= UINT64_C(1) << party;
    }
    for (size_t i = 0; rc == DHK_OK && i < s->exclusions_n; i++) {
        const struct draft_exclusion *x = &s->exclusion[i];
        struct manifest_exclusion *e = &w->exclusion[w->exclusions_n++];
        int field = 0;

        *e = (struct manifest_exclusion){.code = x->code};
        if (x->partner != NULL) {
            rc = find_party(&party, w, x->partner, problem);
            e->partner = slice_str(x->partner);
        }
        if (x->field != NULL)
            field = agreement_field(w->of, slice_str(x->field));
        if (field < 0)
            return unknown_field(w, x->field, problem);
        if (x->field != NULL)
            e->fields = UINT32_C(1) << field;
    }
    return rc;
}

/* Fields that say something, and not kept from everybody. */
static uint32_t
filled(const struct wording *w)
{
    uint32_t out = w->presence;

    for (size_t i = 0; i < w->of->fields_n; i++) {
        if (text_is_blank(w->value[i]))
            out &= ~(UINT32_C(1) << i);
    }
    for (size_t i = 0; i < w->exclusions_n; i++) {
        if (w->exclusion[i].partner.n == 0)
            out &= ~w->exclusion[i].fields;
    }
    return out;
}

static enum dhk_err
find_lacking(const struct wording *w, struct dhk_problem *problem)
{
    uint32_t lacking = agreement_lacking(w->of, filled(w));
    size_t first = lacking == 0 ? 0 : (size_t)__builtin_ctz(lacking);

    if (lacking == 0)
        return DHK_OK;
    return problem_set(problem, DHK_FORMAT,
        "field \"%s\" is %s: by the agreement there is no signal \"%s\" "
        "without it; %s, or send nothing",
        w->of->fields[first].name,
        text_is_blank(w->value[first]) ? "missing" : "kept from everybody",
        w->of->name,
        text_is_blank(w->value[first]) ? "fill it in"
                                       : "keep it from recipients by name");
}

enum dhk_err
wording_find(struct wording *out, const struct agreement *a, const char *sender,
    const struct dhk_signal *s, struct dhk_problem *problem)
{
    int i = agreement_party(a, slice_str(sender));
    enum dhk_err rc;

    *out = (struct wording){.agreement = a, .signal = s};
    if (i < 0)
        return problem_set(problem, DHK_DENIED,
            "%s is no party to the agreement in force", sender);
    out->sender = (uint16_t)i;
    rc = find_kind(out, problem);
    if (rc == DHK_OK)
        rc = find_purpose_and_ground(out, problem);
    if (rc == DHK_OK)
        rc = find_case(out, problem);
    if (rc == DHK_OK)
        rc = find_fields(out, problem);
    if (rc == DHK_OK)
        rc = find_attributes(out, problem);
    if (rc == DHK_OK)
        rc = find_narrowing(out, problem);
    if (rc == DHK_OK)
        rc = find_lacking(out, problem);
    return rc;
}

uint32_t
wording_excluded(const struct wording *w, uint16_t party)
{
    struct slice name = slice_str(w->agreement->parties[party]);
    uint32_t out = 0;

    for (size_t i = 0; i < w->exclusions_n; i++) {
        const struct manifest_exclusion *x = &w->exclusion[i];

        if (x->partner.n == 0 || slice_equal(x->partner, name))
            out |= x->fields == 0 ? UINT32_MAX : x->fields;
    }
    return out;
}

void
wording_put_attribute(struct sink *out, const struct wording *w, size_t k)
{
    const struct agreement_attribute *at =
        &w->agreement->attributes[w->of->attributes[k]];
    const struct value *v = &w->attribute[k];

    if (at->by_broker)
        return;
    if (v->state != VALUE_KNOWN) {
        pack_nil(out);
        return;
    }
    switch (at->type) {
    case ATTRIBUTE_YES_NO:
        pack_bool(out, v->v == 1);
        break;
    case ATTRIBUTE_LEVEL:
    case ATTRIBUTE_CHOICE:
        pack_cstr(out, at->values[v->v]);
        break;
    case ATTRIBUTE_NUMBER:
        pack_uint(out, v->v);
        break;
    }
}
