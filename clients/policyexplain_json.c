/* SPDX-License-Identifier: EUPL-1.2
 *
 * An explanation as JSON; see policyexplain.h. Words for programs are English
 * in every language; sentences are not. */
#include "policyexplain.h"

#include "explain_words.h"

struct page {
    const struct policyexplain *x;
    const struct agreement *a;
    bool failed; /* memory was short */
};

/* Puts what was added to W, which it ends. */
static void
put_words(struct page *p, json_t *o, const char *name, struct words *w)
{
    const char *text;
    if (words_end(w, &text) != DHK_OK)
        p->failed = true;
    json_build_text(o, name, text);
    words_done(w);
}

static json_t *
rule_json(struct page *p, uint16_t rule)
{
    struct words w = {0};
    const char *because = explain_because(p->a, rule);
    json_t *o = json_build_object();
    json_build_text(o, "id", agreement_rule_id(p->a, rule));
    json_build_text(o, "title", agreement_rule_title(p->a, rule));
    json_build_uint(o, "line", agreement_rule_line(p->a, rule));
    render_rule(&w, p->a, rule, p->x->lang);
    put_words(p, o, "sentence", &w);
    if (because != NULL)
        json_build_text(o, "because", because);
    return o;
}

static void
put_rules(struct page *p, json_t *o, const char *name,
    const struct explain_rules *rules)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < rules->n; i++)
        json_build_add(list, rule_json(p, rules->rule[i]));
    json_build_put(o, name, list);
}

static void
put_ids(const struct page *p, json_t *o, const struct explain_rules *rules)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < rules->n; i++)
        json_build_add_text(list, agreement_rule_id(p->a, rules->rule[i]));
    json_build_put(o, "rules", list);
}

static void
put_parties(const struct page *p, json_t *o, const char *name, uint64_t set)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < p->a->parties_n; i++) {
        if ((set >> i & 1) != 0)
            json_build_add_text(list, p->a->parties[i]);
    }
    json_build_put(o, name, list);
}

/* --- the request --- */

static json_t *
value_json(struct page *p, size_t k)
{
    const struct request *req = p->x->req;
    const struct agreement_attribute *at =
        &p->a->attributes[p->a->kinds[req->kind].attributes[k]];
    struct value v = req->attribute[k];
    if (v.state != VALUE_KNOWN)
        return json_null();
    if (at->type == ATTRIBUTE_NUMBER)
        return json_integer((json_int_t)v.v);
    return json_string(agreement_value_name(at, v.v));
}

static json_t *
windows_json(const struct page *p, uint32_t set)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < p->a->windows_n; i++) {
        if ((set >> i & 1) != 0)
            json_build_add_text(list, p->a->windows[i].name);
    }
    return list;
}

static json_t *
request_json(struct page *p)
{
    const struct request *req = p->x->req;
    const struct agreement_kind *kind = &p->a->kinds[req->kind];
    json_t *o = json_build_object();
    json_t *attributes = json_build_object();
    json_build_text(o, "from", p->a->parties[req->sender]);
    json_build_text(o, "to", p->a->parties[req->recipient]);
    json_build_text(o, "kind", kind->name);
    json_build_text(o, "purpose", p->a->purposes[req->purpose].name);
    json_build_text(o, "ground", p->a->grounds[req->ground].name);
    for (size_t k = 0; k < kind->attributes_n; k++)
        json_build_put(attributes, p->a->attributes[kind->attributes[k]].name,
            value_json(p, k));
    json_build_put(o, "attributes", attributes);
    json_build_put(o, "windows", windows_json(p, req->windows));
    return o;
}

/* --- fields and obligations --- */

static json_t *
fields_json(const struct page *p)
{
    static const char *const fates[] = {
        [EXPLAIN_DENIED] = "denied",
        [EXPLAIN_NOT_SHARED] = "not-shared",
        [EXPLAIN_NEVER] = "never",
        [EXPLAIN_WITHHELD] = "withheld",
        [EXPLAIN_SHARED] = "shared",
    };
    const struct explain *e = p->x->why;
    const struct agreement_kind *kind = &p->a->kinds[p->x->req->kind];
    json_t *list = json_build_array();
    for (size_t i = 0; i < e->fields_n; i++) {
        json_t *o = json_build_object();
        json_build_text(o, "name", kind->fields[i].name);
        json_build_bool(o, "required", (kind->required >> i & 1) != 0);
        json_build_text(o, "outcome", fates[e->field[i].fate]);
        put_ids(p, o, &e->field[i].by);
        json_build_add(list, o);
    }
    return list;
}

static void
put_approval(const struct page *p, json_t *o, const struct duty_approval *d)
{
    json_t *approval = json_build_object();
    json_build_uint(approval, "count", d->count);
    if (d->of != 0)
        put_parties(p, approval, "of", d->of);
    json_build_put(o, "approval", approval);
}

static json_t *
duties_json(struct page *p)
{
    const struct explain *e = p->x->why;
    json_t *list = json_build_array();
    for (size_t i = 0; i < e->duties_n; i++) {
        const struct duties *d = &e->duty[i].only;
        struct words w = {0};
        json_t *o = json_build_object();
        if (d->has_at_most)
            json_build_uint(o, "retain_at_most_days", d->at_most);
        if (d->has_at_least)
            json_build_uint(o, "retain_at_least_days", d->at_least);
        if (d->onward_limited)
            put_parties(p, o, "onward_only_to", d->onward_to);
        if (d->notify != 0)
            put_parties(p, o, "notify", d->notify);
        if (d->log)
            json_build_bool(o, "log", true);
        if (d->approvals_n > 0)
            put_approval(p, o, &d->approval[0]);
        render_duties(&w, p->a, d, p->x->lang);
        put_words(p, o, "sentence", &w);
        put_ids(p, o, &e->duty[i].by);
        json_build_add(list, o);
    }
    return list;
}

/* --- the nearest permits --- */

static const char *
name_of(const struct page *p, const struct explain_differ *d, size_t i)
{
    const struct agreement_attribute *at;
    switch (d->of) {
    case EXPLAIN_SENDER:
    case EXPLAIN_RECIPIENT:
        return p->a->parties[i];
    case EXPLAIN_PURPOSE:
        return p->a->purposes[i].name;
    case EXPLAIN_GROUND:
        return p->a->grounds[i].name;
    case EXPLAIN_ATTRIBUTE:
        at = &p->a->attributes[p->a->kinds[p->x->req->kind]
                                   .attributes[d->attribute]];
        return agreement_value_name(at, (uint32_t)i);
    case EXPLAIN_WINDOWS:
        break;
    }
    return p->a->windows[i].name;
}

static void
put_would(const struct page *p, json_t *o, const struct explain_differ *d)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < d->ranges_n; i++) {
        json_t *range = json_build_object();
        json_build_uint(range, "least", d->range[i].low);
        json_build_uint(range, "most", d->range[i].high);
        json_build_add(list, range);
    }
    for (uint64_t rest = d->set; rest != 0; rest &= rest - 1)
        json_build_add_text(list, name_of(p, d, (size_t)__builtin_ctzll(rest)));
    json_build_put(o, "would_do", list);
}

static json_t *
differ_json(struct page *p, const struct explain_differ *d)
{
    static const char *const of[] = {
        [EXPLAIN_SENDER] = "from",
        [EXPLAIN_RECIPIENT] = "to",
        [EXPLAIN_PURPOSE] = "purpose",
        [EXPLAIN_GROUND] = "ground",
        [EXPLAIN_WINDOWS] = "windows",
        [EXPLAIN_ATTRIBUTE] = "attribute",
    };
    const struct agreement_kind *kind = &p->a->kinds[p->x->req->kind];
    struct words w = {0};
    json_t *o = json_build_object();
    json_build_text(o, "of", of[d->of]);
    if (d->of == EXPLAIN_ATTRIBUTE)
        json_build_text(o, "attribute",
            p->a->attributes[kind->attributes[d->attribute]].name);
    if (d->of == EXPLAIN_WINDOWS) {
        json_build_put(o, "during", windows_json(p, d->during));
        json_build_put(o, "outside", windows_json(p, d->outside));
    } else {
        put_would(p, o, d);
    }
    explain_words_differ(&w, p->a, p->x->req, d, p->x->lang);
    put_words(p, o, "sentence", &w);
    return o;
}

static json_t *
nearest_json(struct page *p)
{
    static const char *const then[] = {
        [EXPLAIN_THEN_DENIED] = "denied",
        [EXPLAIN_THEN_DEPENDS] = "depends",
        [EXPLAIN_THEN_PERMITTED] = "permitted",
    };
    const struct explain *e = p->x->why;
    json_t *list = json_build_array();
    for (size_t i = 0; i < e->nearest_n; i++) {
        const struct explain_nearest *near = &e->nearest[i];
        json_t *o = rule_json(p, near->rule);
        json_t *differ = json_build_array();
        for (size_t k = 0; k < near->n; k++)
            json_build_add(differ, differ_json(p, &near->differ[k]));
        json_build_put(o, "if", differ);
        json_build_text(o, "then", then[near->then]);
        if (near->has_forbid)
            json_build_text(
                o, "forbidden_by", agreement_rule_id(p->a, near->forbid));
        json_build_add(list, o);
    }
    return list;
}

static void
put_verdict(json_t *o, const struct decision *d)
{
    static const char *const reasons[] = {
        [DENY_NONE] = "",
        [DENY_NO_PERMIT] = "no-permit",
        [DENY_FORBID] = "forbidden",
        [DENY_NO_FIELDS] = "no-field",
    };
    static const char *const verdicts[] = {
        [VERDICT_DENY] = "deny",
        [VERDICT_PERMIT] = "permit",
        [VERDICT_PENDING] = "pending",
    };
    json_build_text(o, "decision", verdicts[d->verdict]);
    if (d->verdict == VERDICT_DENY)
        json_build_text(o, "reason", reasons[d->reason]);
}

enum dhk_err
policyexplain_json(json_t **out, const struct policyexplain *x)
{
    struct page p = {.x = x, .a = x->file->agreement};
    const struct explain *e = x->why;
    json_t *o = json_build_object();
    json_build_text(o, "agreement", p.a->name);
    json_build_uint(o, "version", p.a->version);
    json_build_text(o, "sha256", x->file->sha256);
    json_build_put(o, "request", request_json(&p));
    put_verdict(o, &e->decision);
    put_rules(&p, o, "permits", &e->permits);
    put_rules(&p, o, "forbids", &e->forbids);
    put_rules(&p, o, "nevers", &e->nevers);
    json_build_put(o, "fields", fields_json(&p));
    json_build_put(o, "obligations", duties_json(&p));
    json_build_put(o, "nearest", nearest_json(&p));
    json_build_uint(o, "nearest_more", e->nearest_more);
    *out = o;
    return p.failed ? DHK_NOMEM : DHK_OK;
}
