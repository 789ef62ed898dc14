/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who would get what. */
#include "preview.h"

#include "compiled.h"
#include "field.h"
#include "unmet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { /* bytes of an envelope, each bounded from above */
    HEAD_BYTES = 1024,
    SLOT_BYTES = 34,
    FIELD_BYTES = 48,
    RECIPIENT_BYTES = 320,
    KEY_PACKED = 34,
    ATTRIBUTE_BYTES = 96,
    EXCLUSION_BYTES = 64,
};

/* Appends to LINE of PREVIEW_LINE bytes; what does not fit is left out. */
static void append(char *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void
append(char *line, const char *format, ...)
{
    size_t n = strlen(line);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line + n, PREVIEW_LINE - n, format, args);
    va_end(args);
}

static void
append_parties(char *line, const struct agreement *a, uint64_t mask)
{
    const char *comma = " ";

    for (size_t i = 0; i < a->parties_n; i++) {
        if ((mask >> i & 1) == 0)
            continue;
        append(line, "%s%s", comma, a->parties[i]);
        comma = ", ";
    }
}

static void
describe_duties(char *line, const struct agreement *a, const struct duties *d)
{
    const char *semicolon = "";

    if (d->has_at_most) {
        append(line, "retain at most %u days", d->at_most);
        semicolon = "; ";
    }
    if (d->has_at_least) {
        append(line, "%sretain at least %u days", semicolon, d->at_least);
        semicolon = "; ";
    }
    if (d->onward_limited) {
        append(line, "%s%s", semicolon,
            d->onward_to == 0 ? "no onward" : "onward only to");
        append_parties(line, a, d->onward_to);
        semicolon = "; ";
    }
    if (d->notify != 0) {
        append(line, "%snotify", semicolon);
        append_parties(line, a, d->notify);
        semicolon = "; ";
    }
    if (d->log) {
        append(line, "%slog", semicolon);
        semicolon = "; ";
    }
    for (size_t i = 0; i < d->approvals_n; i++) {
        append(line, "%sapproval by %u", semicolon, d->approval[i].count);
        if (d->approval[i].of != 0)
            append(line, " of");
        append_parties(line, a, d->approval[i].of);
        semicolon = "; ";
    }
}

static void
list_fields(const char **out, const struct agreement_kind *kind, uint32_t mask)
{
    size_t n = 0;

    for (size_t i = 0; i < kind->fields_n; i++) {
        if ((mask >> i & 1) != 0)
            out[n++] = kind->fields[i].name;
    }
    out[n] = NULL;
}

/* Permits first. */
static void
list_rules(
    struct preview_party *p, const struct wording *w, const struct decision *d)
{
    const struct agreement *a = w->agreement;
    size_t n = 0;
    bool permits;

    for (int first = 1; first >= 0; first--) {
        for (size_t i = 0; i < d->rules_n; i++) {
            (void)evaluate_rule_keeps(a, d->rules[i], w->kind, &permits);
            if (permits != (first == 1))
                continue;
            p->rules[n] = agreement_rule_id(a, d->rules[i]);
            p->titles[n++] = agreement_rule_title(a, d->rules[i]);
            p->permits += permits;
        }
    }
}

/* The rule that keeps FIELD back: a never, which says why, before a permit. */
static const char *
keeper_of(const struct wording *w, const struct decision *d, size_t field)
{
    const char *id = NULL;
    bool permits;

    if (d->reason == DENY_FORBID)
        return agreement_rule_id(w->agreement, d->rules[0]);
    for (size_t i = 0; i < d->rules_n; i++) {
        uint32_t keeps =
            evaluate_rule_keeps(w->agreement, d->rules[i], w->kind, &permits);

        if ((keeps >> field & 1) != 0 && (id == NULL || !permits))
            id = agreement_rule_id(w->agreement, d->rules[i]);
    }
    return id != NULL ? id : "no-rule";
}

/* What keeps back each of the withheld fields. */
static void
list_keepers(
    struct preview_party *p, const struct wording *w, const struct decision *d)
{
    uint32_t mask = w->presence & ~p->fields;
    size_t n = 0;

    for (size_t i = 0; i < w->of->fields_n; i++) {
        if ((mask >> i & 1) != 0)
            p->withheld_by[n++] =
                (p->given >> i & 1) != 0 ? "sender" : keeper_of(w, d, i);
    }
}

static struct request
request_for(const struct wording *w, uint16_t party)
{
    struct request r = {.sender = w->sender,
        .recipient = party,
        .kind = w->kind,
        .purpose = w->purpose,
        .ground = w->ground,
        .windows_hidden = true};

    memcpy(r.attribute, w->attribute, sizeof r.attribute);
    return r;
}

/* Whether some time of acceptance, or a fact that the broker does not know,
 * would give the party less than the widest outcome. */
static bool
is_conditional(
    const struct wording *w, uint16_t party, const struct decision *widest)
{
    const struct agreement *a = w->agreement;
    struct request r = request_for(w, party);
    struct decision d;

    r.windows_hidden = false;
    for (size_t k = 0; k < w->of->attributes_n; k++) {
        if (r.attribute[k].state == VALUE_HIDDEN)
            r.attribute[k].state = VALUE_UNKNOWN;
    }
    for (size_t i = 0; i < a->window_sets_n; i++) {
        r.windows = a->window_sets[i];
        compiled_decide_by(&d, a, &r);
        if (d.fields != widest->fields || d.verdict != widest->verdict)
            return true;
    }
    return false;
}

/* "another purpose, another value of ernst": what R is for, without a value. */
static void
explain_rule(struct preview_party *p, const struct wording *w,
    const struct unmet_rule *r)
{
    const struct agreement *a = w->agreement;
    const char *comma = " asks for ";

    append(p->why, "rule %s", agreement_rule_id(a, r->rule));
    if (r->purpose) {
        append(p->why, "%sanother purpose", comma);
        comma = ", ";
    }
    if (r->ground) {
        append(p->why, "%sanother ground", comma);
        comma = ", ";
    }
    for (size_t k = 0; k < w->of->attributes_n; k++) {
        if ((r->attributes >> k & 1) == 0)
            continue;
        append(p->why, "%sanother value of %s", comma,
            a->attributes[w->of->attributes[k]].name);
        comma = ", ";
    }
}

/* What a sender could look at again: which conditions of the nearest rules it
 * does not meet. */
static void
explain_unmet(struct preview_party *p, const struct wording *w, uint16_t party)
{
    struct request r = request_for(w, party);
    struct unmet unmet;

    append(p->why, "no rule permits it");
    unmet_find(&unmet, w->agreement, &r);
    if (!unmet.route)
        append(p->why, ": none is about this kind of signal and recipient");
    for (size_t i = 0; i < unmet.n; i++) {
        append(p->why, "%s", i == 0 ? ": " : "; ");
        explain_rule(p, w, &unmet.list[i]);
    }
}

static void
explain_denial(struct preview_party *p, const struct wording *w, uint16_t party,
    const struct decision *d)
{
    const struct agreement *a = w->agreement;

    switch (d->reason) {
    case DENY_FORBID:
        append(p->why, "rule %s forbids it: %s",
            agreement_rule_id(a, d->rules[0]),
            agreement_rule_title(a, d->rules[0]));
        break;
    case DENY_NO_FIELDS:
        append(p->why, "the rules leave no field");
        break;
    case DENY_NO_PERMIT:
    case DENY_NONE:
        explain_unmet(p, w, party);
        break;
    }
}

/* What is left of FIELDS when the sender has kept back what it will. */
static uint32_t
narrow(const struct wording *w, uint16_t party, uint32_t fields)
{
    if (w->to != 0 && (w->to >> party & 1) == 0)
        return 0;
    return fields & ~wording_excluded(w, party);
}

static void
explain_narrowing(
    const struct wording *w, uint16_t party, struct preview_party *p)
{
    if (w->to != 0 && (w->to >> party & 1) == 0)
        append(p->why, "not among the recipients that you named");
    else if (p->fields == 0)
        append(p->why, "%s",
            wording_excluded(w, party) == UINT32_MAX
                ? "you excluded it"
                : "you withheld all that it may have");
}

static void
describe(struct preview *v, uint16_t party, const struct decision *d)
{
    const struct wording *w = &v->wording;
    const struct agreement *a = w->agreement;
    struct preview_party *p = &v->party[party];

    list_rules(p, w, d);
    list_keepers(p, w, d);
    if (d->verdict == VERDICT_DENY) {
        explain_denial(p, w, party, d);
    } else if (p->given == 0) {
        append(p->why, "none of the fields that it may have is present");
    } else {
        explain_narrowing(w, party, p);
        if (p->fields == 0)
            return;
        describe_duties(p->duties, a, &d->duties);
        if (d->verdict == VERDICT_PENDING)
            append(p->why, "waits for approval before it is delivered");
        else if (p->conditional && p->why[0] == '\0')
            append(p->why, "may be less: depends on what the broker "
                           "establishes when it accepts the signal");
    }
}

static enum dhk_err
decide(struct preview *v, uint16_t party, bool brief)
{
    const struct wording *w = &v->wording;
    const struct agreement *a = w->agreement;
    struct preview_party *p = &v->party[party];
    struct request r = request_for(w, party);
    struct decision d;
    enum dhk_err rc = evaluate_widest(&d, a, &r);

    if (rc != DHK_OK)
        return rc;
    if (d.verdict != VERDICT_DENY) {
        p->given = d.fields & w->presence;
        p->fields = narrow(w, party, p->given);
    }
    if (p->fields != 0)
        p->conditional = is_conditional(w, party, &d);
    if (!brief)
        describe(v, party, &d);
    list_fields(p->shown, w->of, p->fields);
    list_fields(p->withheld, w->of, w->presence & ~p->fields);
    return DHK_OK;
}

static void
publish(struct preview *v)
{
    const struct agreement *a = v->wording.agreement;

    for (size_t i = 0; i < a->parties_n; i++) {
        const struct preview_party *p = &v->party[i];

        if (i == v->wording.sender)
            continue;
        v->list[v->pub.n++] = (struct dhk_preview_recipient){
            .partner = a->parties[i],
            .permitted = p->fields != 0,
            .fields = p->shown,
            .withheld = p->withheld,
            .rules = p->rules,
            .titles = p->titles,
            .duties = p->duties,
            .why = p->why[0] == '\0' ? NULL : p->why,
            .conditional = p->conditional,
            .withheld_by = p->withheld_by,
            .permits = p->permits,
        };
        v->pub.permitted_n += p->fields != 0;
    }
    v->pub.list = v->list;
    bytes_hex(v->pub.agreement, v->agreement, sizeof v->agreement);
    v->pub.covert_until = v->wording.signal->covert_until;
}

/* Somebody may have it, and whoever was named is among them. */
static enum dhk_err
check_recipients(const struct preview *v, struct dhk_problem *problem)
{
    const struct wording *w = &v->wording;
    uint32_t given = 0;

    for (size_t i = 0; i < w->agreement->parties_n; i++) {
        const struct preview_party *p = &v->party[i];

        given |= p->given;
        if ((w->to >> i & 1) != 0 && i == w->sender)
            return problem_set(
                problem, DHK_DENIED, "the sender is named as a recipient");
        if ((w->to >> i & 1) != 0 && p->fields == 0)
            return problem_set(problem, DHK_DENIED,
                "%s may not receive this: %s", w->agreement->parties[i],
                p->why);
    }
    if (v->pub.permitted_n == 0)
        return problem_set(problem, DHK_DENIED, "%s",
            given != 0 ? "you left out everybody who may receive this signal"
                       : "nobody may receive this signal for this purpose and "
                         "ground");
    if (preview_sealed_size(v) > LIMIT_BUNDLE_BYTES)
        return problem_set(problem, DHK_LIMIT,
            "the signal is too long: its fields and recipients together do "
            "not fit in %d bytes",
            LIMIT_BUNDLE_BYTES);
    return DHK_OK;
}

static struct preview *
allocate(size_t parties)
{
    struct preview *v = calloc(
        1, sizeof *v + parties * (sizeof v->party[0] + sizeof v->list[0]));
    union { /* aligned as the parties are: both hold pointers */
        struct preview_party *party;
        struct dhk_preview_recipient *list;
    } end;

    if (v == NULL)
        return NULL;
    end.party = v->party + parties;
    v->list = end.list;
    return v;
}

enum dhk_err
preview_make(struct preview **out, const struct preview_question *q,
    struct dhk_problem *problem)
{
    struct preview *v = allocate(q->agreement->parties_n);
    enum dhk_err rc;

    *out = NULL;
    if (v == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    memcpy(v->agreement, q->hash, sizeof v->agreement);
    rc = wording_find(&v->wording, q->agreement, q->sender, q->signal, problem);
    for (size_t i = 0; rc == DHK_OK && i < q->agreement->parties_n; i++) {
        if (i == v->wording.sender)
            continue;
        rc = decide(v, (uint16_t)i, q->brief);
        if (rc != DHK_OK)
            (void)problem_set(
                problem, rc, "the agreement is too large to decide by");
    }
    if (rc != DHK_OK) {
        preview_destroy(&v);
        return rc;
    }
    publish(v);
    *out = v;
    rc = check_recipients(v, problem);
    if (rc != DHK_DENIED || !q->brief)
        return rc;
    preview_destroy(out);
    struct preview_question again = *q;
    again.brief = false;
    return preview_make(out, &again, problem);
}

void
preview_destroy(struct preview **p)
{
    free(*p);
    *p = NULL;
}

struct preview *
preview_of(const struct dhk_preview *pub)
{
    union {
        const struct dhk_preview *pub;
        struct preview *whole;
    } u = {.pub = pub};

    return u.whole;
}

static size_t
count(uint32_t mask)
{
    return (size_t)__builtin_popcount(mask);
}

size_t
preview_sealed_size(const struct preview *v)
{
    const struct wording *w = &v->wording;
    const struct agreement *a = w->agreement;
    size_t n = HEAD_BYTES + SLOT_BYTES * (w->of->fields_n + a->parties_n +
                                             w->of->attributes_n);

    for (size_t i = 0; i < w->of->fields_n; i++) {
        if ((w->presence >> i & 1) != 0)
            n += FIELD_BYTES + field_ciphertext_size(w->value[i].n);
    }
    for (size_t i = 0; i < a->parties_n; i++) {
        if (v->party[i].fields != 0)
            n += RECIPIENT_BYTES + KEY_PACKED * count(v->party[i].fields);
    }
    return n + ATTRIBUTE_BYTES * w->of->attributes_n +
           EXCLUSION_BYTES * w->exclusions_n;
}
