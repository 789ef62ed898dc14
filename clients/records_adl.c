/* SPDX-License-Identifier: EUPL-1.2
 *
 * Authorization Decision Log, specifications, Interface: one record per
 * decision that the ledger tells, in AuthZEN's words. Policies are referred to
 * by hash, under attributes; request, response and information (what was known
 * of the attributes: their classes, never their values) stand in the body. A
 * denial is no Error. */
#include "records_frame.h"

#include <string.h>

struct decision_record {
    const struct records_at *at;
    struct slice id;          /* of the signal */
    const uint8_t *agreement; /* that decided; all zero: there was none */
    uint64_t number;          /* within its entry */
    json_t *request, *response, *information;
};

static json_t *
policies(const struct records *r, const uint8_t sha256[SEAL_HASH])
{
    const struct records_known *k = records_known(r, sha256);
    json_t *o = json_build_object();
    json_t *one = json_build_object();
    if (k != NULL)
        json_build_uint(one, "version", k->version);
    records_put_hex(one, "sha256", sha256, SEAL_HASH);
    if (k != NULL)
        records_put_hex(one, "compiled_sha256", k->compiled, SEAL_HASH);
    json_build_put(
        o, k != NULL && k->name[0] != '\0' ? k->name : "agreement", one);
    return o;
}

static enum dhk_err
emit(struct records *r, const struct decision_record *d)
{
    static const uint8_t none[SEAL_HASH] = {0};
    json_t *o = json_build_object();
    json_t *body = json_build_object();
    json_t *attributes = json_build_object();
    json_t *resource = json_build_object();
    uint8_t trace[RECORDS_TRACE], span[RECORDS_SPAN], root[RECORDS_SPAN];
    records_trace(trace, d->id);
    records_span(root, "signal", d->id.p, 0);
    records_span(span, "decision", d->at->leaf, d->number);
    records_put_hex(o, "trace_id", trace, sizeof trace);
    records_put_hex(o, "span_id", span, sizeof span);
    records_put_hex(o, "parent_span_id", root, sizeof root);
    json_build_text(o, "event_name", "adl.access_evaluation");
    json_build_uint(o, "timestamp", d->at->e->time);
    json_build_text(o, "status", "Ok");
    if (memcmp(d->agreement, none, SEAL_HASH) != 0)
        json_build_put(
            attributes, "adl.core.policies", policies(r, d->agreement));
    json_build_put(o, "attributes", attributes);
    json_build_text(resource, "service.name", "driehoekd");
    json_build_text(resource, "service.namespace", r->origin);
    json_build_put(o, "resource", resource);
    json_build_put(body, "adl.core.request", d->request);
    json_build_put(body, "adl.core.response", d->response);
    json_build_put(body, "adl.core.information", d->information);
    json_build_put(o, "body", body);
    return records_emit(r, o);
}

/* SUBJECT may ACTION the signal ID of KIND? */
static json_t *
request(struct slice subject, const char *action, const char *kind,
    struct slice id, json_t *context)
{
    json_t *o = json_build_object();
    json_t *name = json_build_object();
    json_t *partner = json_build_object();
    json_t *signal = json_build_object();
    json_build_text(partner, "type", "partner");
    json_build_slice(partner, "id", subject);
    json_build_text(name, "name", action);
    json_build_text(signal, "type", kind);
    records_put_hex(signal, "id", id.p, SEAL_HASH);
    json_build_put(o, "subject", partner);
    json_build_put(o, "action", name);
    json_build_put(o, "resource", signal);
    json_build_put(o, "context", context);
    return o;
}

static json_t *
response(bool decision, json_t *context)
{
    json_t *o = json_build_object();
    json_build_bool(o, "decision", decision);
    json_build_put(o, "context", context);
    return o;
}

static void
move(json_t *to, const json_t *from, const char *name)
{
    json_t *value = json_object_get(from, name);
    if (value != NULL)
        json_build_put(to, name, json_incref(value));
}

static json_t *
context_at(const struct records_at *at)
{
    json_t *o = json_build_object();
    json_build_time(o, "time", (int64_t)(at->e->time / 1000));
    return o;
}

/* --- information --- */

/* What the sender said of the attributes: the class of each, 0 for unknown. */
static void
put_classes(json_t *information, struct records *r,
    const uint8_t sha256[SEAL_HASH], struct slice kind, struct slice classes)
{
    const struct records_known *known = records_known(r, sha256);
    const struct agreement *a = known == NULL ? NULL : known->a;
    int k = a == NULL ? -1 : agreement_kind(a, kind);
    json_t *list = json_build_object();
    json_t *sender = json_build_object();
    if (k >= 0 && classes.n == a->kinds[k].attributes_n) {
        for (size_t i = 0; i < classes.n; i++)
            json_build_uint(list, a->attributes[a->kinds[k].attributes[i]].name,
                classes.p[i]);
    }
    json_build_put(sender, "attribute_classes", list);
    json_build_put(information, "sender", sender);
}

static void
put_card(json_t *information, const uint8_t card[32])
{
    json_t *o = json_build_object();
    records_put_hex(o, "id", card, 32);
    json_build_put(information, "card", o);
}

static void
put_broker(json_t *information, const json_t *view)
{
    json_t *o = json_build_object();
    json_build_put(o, "facts", json_build_object());
    json_build_put(o, "windows", json_build_array());
    move(o, view, "facts");
    move(o, view, "windows");
    json_build_put(information, "broker", o);
}

/* --- decisions --- */

/* One recipient of one signal. */
static enum dhk_err
shared(struct records *r, const struct records_at *at)
{
    static const char *const asked[] = {"from", "purpose", "ground", "case"};
    static const char *const said[] = {"fields", "withheld", "not_shared",
        "rules", "obligations", "pending", "expires"};
    const struct entry_share *s = &at->e->u.share;
    struct entryview_names names = records_names(r);
    json_t *view = entryview_json(at->index, at->e, &names);
    json_t *context = context_at(at), *answer = json_build_object();
    const char *kind = json_string_value(json_object_get(view, "kind"));
    struct slice id = slice_of(s->id, SEAL_HASH);
    struct decision_record d = {
        at, id, s->agreement, 0, NULL, NULL, json_build_object()};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        move(context, view, asked[i]);
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        move(answer, view, said[i]);
    d.request = request(
        s->recipient, "receive", kind != NULL ? kind : "signal", id, context);
    d.response = response(!s->pending, answer);
    put_card(d.information, s->card);
    put_broker(d.information, view);
    if (names.accepted != NULL && names.accepted_index == s->accepted &&
        s->position < names.accepted->n)
        put_classes(d.information, r, s->agreement, s->kind,
            names.accepted->mark[s->position].classes);
    json_decref(view);
    return emit(r, &d);
}

static json_t *
denied(enum entry_code code)
{
    json_t *o = json_build_object();
    json_build_text(o, "code", entry_code_name(code));
    return response(false, o);
}

/* A signal that was refused in an accepted bundle. */
static enum dhk_err
refused_mark(struct records *r, const struct records_at *at, size_t i)
{
    const struct entry_accepted *a = &at->e->u.accepted;
    const struct entry_mark *m = &a->mark[i];
    struct slice id = slice_of(a->ids.p + i * SEAL_HASH, SEAL_HASH);
    struct slice name =
        m->kind < a->kinds_n ? a->kind[m->kind] : slice_str("signal");
    char kind[LIMIT_NAME + 1];
    enum dhk_err rc = slice_to_str(name, kind, sizeof kind);
    struct decision_record d = {at, id, a->agreement, i, NULL, NULL, NULL};
    if (rc != DHK_OK)
        return rc;
    d.information = json_build_object();
    put_card(d.information, a->card);
    put_classes(d.information, r, a->agreement, name, m->classes);
    d.request = request(a->sender, "send", kind, id, context_at(at));
    d.response = denied(m->code);
    return emit(r, &d);
}

static enum dhk_err
accepted(struct records *r, const struct records_at *at)
{
    const struct entry_accepted *a = &at->e->u.accepted;
    enum dhk_err rc = DHK_OK;
    for (size_t i = 0; rc == DHK_OK && i < a->n; i++) {
        if (a->mark[i].code != ENTRY_CODE_NONE &&
            (i + 1) * SEAL_HASH <= a->ids.n)
            rc = refused_mark(r, at, i);
    }
    return rc;
}

static enum dhk_err
refused(struct records *r, const struct records_at *at)
{
    const struct entry_refused *e = &at->e->u.refused;
    enum dhk_err rc = DHK_OK;
    for (size_t i = 0; rc == DHK_OK && (i + 1) * SEAL_HASH <= e->ids.n; i++) {
        struct slice id = slice_of(e->ids.p + i * SEAL_HASH, SEAL_HASH);
        struct decision_record d = {at, id, e->agreement, i,
            request(e->sender, "send", "signal", id, context_at(at)),
            denied(e->code), json_build_object()};
        put_card(d.information, e->card);
        rc = emit(r, &d);
    }
    return rc;
}

/* Decided again, and otherwise: by an agreement that is in force since, or
 * because the card is not valid any more. A full mailbox decides nothing. */
static enum dhk_err
returned(struct records *r, const struct records_at *at)
{
    const struct entry_returned *e = &at->e->u.returned;
    const struct records_share *share = records_share(r, e->index);
    if (e->code == ENTRY_CODE_QUOTA)
        return DHK_OK;
    if (share == NULL) {
        r->missed++;
        return DHK_OK;
    }
    const struct records_route *route = &r->routes[share->route];
    struct slice id = slice_of(share->id, SEAL_HASH);
    json_t *context = context_at(at);
    json_build_text(context, "from", route->from);
    json_build_text(context, "purpose", route->purpose);
    records_put_hex(context, "case", share->case_handle, 16);
    struct decision_record d = {at, id, e->agreement, 0,
        request(slice_str(route->to), "receive", route->kind, id, context),
        denied(e->code), json_build_object()};
    json_t *before = json_build_object();
    json_build_uint(before, "entry", e->index);
    json_build_put(d.information, "share", before);
    return emit(r, &d);
}

/* Other entries are no decisions of the agreement's. */
enum dhk_err
records_adl(struct records *r, const struct records_at *at)
{
    enum entry_kind kind = at->e->kind;
    if (kind == ENTRY_ACCEPTED)
        return accepted(r, at);
    if (kind == ENTRY_SHARE)
        return shared(r, at);
    if (kind == ENTRY_REFUSED)
        return refused(r, at);
    return kind == ENTRY_RETURNED ? returned(r, at) : DHK_OK;
}
