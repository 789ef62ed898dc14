/* SPDX-License-Identifier: EUPL-1.2
 *
 * Logboek Dataverwerkingen, specificaties, Interface: one record per action,
 * and so per case, for which the case handle stands: a pseudonym of which only
 * the partners know whom it is about. A refusal is no Error. Attributes are of
 * the namespace dpl.core and no other. */
#include "records_frame.h"

#include <string.h>

#include "answer.h"
#include "query.h"

enum { SENTENCE = 5 * LIMIT_NAME + 64, B64URL = 44 };

struct action {
    uint8_t trace[RECORDS_TRACE];
    uint8_t span[RECORDS_SPAN];
    const uint8_t *parent; /* span, or NULL */
    const char *status;
    char name[SENTENCE];
    uint64_t time; /* ms; the ledger knows the end of an action only */
    char activity[RECORDS_URI];
    const uint8_t *case_handle; /* or NULL: none is known */
    const char *fault;          /* of Error */
};

static enum dhk_err
emit(struct records *r, const struct action *x)
{
    json_t *o = json_build_object();
    json_t *attributes = json_build_object();
    json_t *resource = json_build_object();
    json_t *who = json_build_object();
    char type[RECORDS_URI];
    records_uri(type, r, "case", "");
    records_put_hex(o, "trace_id", x->trace, RECORDS_TRACE);
    records_put_hex(o, "span_id", x->span, RECORDS_SPAN);
    if (x->parent != NULL)
        records_put_hex(o, "parent_span_id", x->parent, RECORDS_SPAN);
    json_build_text(o, "status", x->status);
    json_build_text(o, "name", x->name);
    json_build_uint(o, "start_time", x->time);
    json_build_uint(o, "end_time", x->time);
    json_build_text(who, "service.name", "driehoekd");
    json_build_text(who, "service.namespace", r->origin);
    json_build_put(resource, "attributes", who);
    json_build_put(o, "resource", resource);
    if (x->activity[0] != '\0')
        json_build_text(
            attributes, "dpl.core.processing_activity_id", x->activity);
    if (x->case_handle != NULL) {
        records_put_hex(
            attributes, "dpl.core.data_subject_id", x->case_handle, 16);
        json_build_text(attributes, "dpl.core.data_subject_id_type", type);
    }
    if (x->fault != NULL)
        json_build_text(attributes, "exception.type", x->fault);
    json_build_put(o, "attributes", attributes);
    return records_emit(r, o);
}

/* RFC 6920: the agreement by its hash, and what of it; another agreement, or
 * another version, is another activity. */
static void
activity(char out[RECORDS_URI], const uint8_t agreement[SEAL_HASH],
    const char *kind, const char *purpose)
{
    char text[KEY_B64];
    const uint8_t none[SEAL_HASH] = {0};
    out[0] = '\0';
    if (memcmp(agreement, none, SEAL_HASH) == 0)
        return;
    key_base64(text, sizeof text, agreement, SEAL_HASH);
    for (char *p = text; *p != '\0'; p++) { /* base64url, without padding */
        if (*p == '+')
            *p = '-';
        else if (*p == '/')
            *p = '_';
        else if (*p == '=')
            *p = '\0';
    }
    (void)snprintf(out, RECORDS_URI, "ni:///sha-256;%s%s%s%s%s", text,
        kind[0] != '\0' ? "?kind=" : "", kind,
        purpose[0] != '\0' ? "&purpose=" : "", purpose);
}

/* The action of accepting or refusing the signal ID, which starts its trace. */
static void
root_span(uint8_t out[RECORDS_SPAN], const uint8_t id[SEAL_HASH])
{
    records_span(out, "signal", id, 0);
}

/* --- acceptance and refusal --- */

static enum dhk_err
emit_mark(struct records *r, size_t i, const struct records_share *share)
{
    const struct entry_accepted *a = &r->bundle->u.accepted;
    const struct entry_mark *m = &a->mark[i];
    struct action x = {.time = r->bundle->time,
        .status = m->code == ENTRY_CODE_NONE ? "Ok" : "Unset",
        .case_handle = share == NULL ? NULL : share->case_handle};
    char kind[LIMIT_NAME + 1] = "", from[LIMIT_NAME + 1] = "";
    struct slice id = slice_of(a->ids.p + i * SEAL_HASH, SEAL_HASH);
    if (m->kind < a->kinds_n &&
        slice_to_str(a->kind[m->kind], kind, sizeof kind) != DHK_OK)
        return DHK_FORMAT;
    if (slice_to_str(a->sender, from, sizeof from) != DHK_OK)
        return DHK_FORMAT;
    records_trace(x.trace, id);
    root_span(x.span, id.p);
    activity(x.activity, a->agreement, kind,
        share == NULL ? "" : r->routes[share->route].purpose);
    if (m->code == ENTRY_CODE_NONE)
        (void)snprintf(x.name, sizeof x.name, "%s of %s accepted", kind, from);
    else
        (void)snprintf(x.name, sizeof x.name, "%s of %s refused: %s", kind,
            from, entry_code_name(m->code));
    return emit(r, &x);
}

/* Signals of which no share is there: refused, or not for this node to see. */
enum dhk_err
records_ldv_bundle(struct records *r)
{
    const struct entry_accepted *a = &r->bundle->u.accepted;
    enum dhk_err rc = DHK_OK;
    for (size_t i = 0; rc == DHK_OK && i < a->n; i++) {
        if ((r->told & (UINT64_C(1) << i)) == 0 &&
            (i + 1) * SEAL_HASH <= a->ids.n)
            rc = emit_mark(r, i, NULL);
    }
    return rc;
}

static enum dhk_err
refused(struct records *r, const struct records_at *at)
{
    const struct entry_refused *e = &at->e->u.refused;
    char from[LIMIT_NAME + 1];
    enum dhk_err rc = slice_to_str(e->sender, from, sizeof from);
    for (size_t i = 0; rc == DHK_OK && (i + 1) * SEAL_HASH <= e->ids.n; i++) {
        struct action x = {.time = at->e->time, .status = "Unset"};
        struct slice id = slice_of(e->ids.p + i * SEAL_HASH, SEAL_HASH);
        records_trace(x.trace, id);
        /* the same id may be refused again, which is another action */
        records_span(x.span, "refused", at->leaf, i);
        activity(x.activity, e->agreement, "", "");
        (void)snprintf(x.name, sizeof x.name, "signal of %s refused: %s", from,
            entry_code_name(e->code));
        rc = emit(r, &x);
    }
    return rc;
}

/* --- what becomes of a share --- */

/* An action on SHARE by the entry at hand; PARENT is its span or NULL. */
static void
begin(struct action *x, const struct records *r, const struct records_at *at,
    const struct records_share *share, const uint8_t *parent)
{
    const struct records_route *route = &r->routes[share->route];
    memset(x, 0, sizeof *x);
    x->time = at->e->time;
    x->status = "Ok";
    x->parent = parent;
    x->case_handle = share->case_handle;
    records_trace(x->trace, slice_of(share->id, SEAL_HASH));
    activity(x->activity, route->agreement, route->kind, route->purpose);
}

static enum dhk_err
shared(struct records *r, const struct records_at *at)
{
    const struct entry_share *s = &at->e->u.share;
    const struct records_share *share = records_share(r, at->index);
    enum dhk_err rc = DHK_OK;
    struct action x;
    must(share != NULL);
    if (r->has_bundle && s->accepted == r->bundle_index &&
        s->position < r->bundle->u.accepted.n &&
        (r->told & (UINT64_C(1) << s->position)) == 0) {
        r->told |= UINT64_C(1) << s->position;
        rc = emit_mark(r, s->position, share);
    }
    if (rc != DHK_OK)
        return rc;
    uint8_t root[RECORDS_SPAN];
    const struct records_route *route = &r->routes[share->route];
    root_span(root, share->id);
    begin(&x, r, at, share, root);
    memcpy(x.span, share->span, RECORDS_SPAN);
    if (s->pending)
        x.status = "Unset";
    (void)snprintf(x.name, sizeof x.name, "%s of %s for %s %s %s", route->kind,
        route->from, route->purpose,
        s->pending ? "waits for approval before it goes to" : "shared with",
        route->to);
    return emit(r, &x);
}

/* Ended by the broker: WHY. */
static enum dhk_err
ended(struct records *r, const struct records_at *at, uint64_t index,
    const char *why)
{
    const struct records_share *share = records_share(r, index);
    struct action x;
    if (share == NULL) {
        r->missed++;
        return DHK_OK;
    }
    const struct records_route *route = &r->routes[share->route];
    begin(&x, r, at, share, share->span);
    x.status = "Unset";
    records_span(x.span, "ended", at->leaf, index);
    (void)snprintf(x.name, sizeof x.name, "%s of %s to %s %s", route->kind,
        route->from, route->to, why);
    return emit(r, &x);
}

static enum dhk_err
expired(struct records *r, const struct records_at *at)
{
    const struct entry_expired *e = &at->e->u.expired;
    enum dhk_err rc = DHK_OK;
    for (size_t i = 0; rc == DHK_OK && i < e->n; i++)
        rc = ended(r, at, e->index[i], "expired");
    return rc;
}

static enum dhk_err
returned(struct records *r, const struct records_at *at)
{
    const struct entry_returned *e = &at->e->u.returned;
    char why[LIMIT_NAME + 16];
    (void)snprintf(why, sizeof why, "returned: %s", entry_code_name(e->code));
    return ended(r, at, e->index, why);
}

/* Taken and done as asked is Ok; that the recipient cannot open what was
 * sealed for it is a fault, and all else a refusal. */
static const char *
status_of(enum answer_outcome outcome)
{
    if (outcome == ANSWER_TAKEN || answer_is_of_notice(outcome))
        return "Ok";
    return outcome == ANSWER_UNDECRYPTABLE ? "Error" : "Unset";
}

static enum dhk_err
answered(struct records *r, const struct records_at *at,
    const struct answer_item *item, size_t i)
{
    uint64_t index = at->e->u.delivered.index[i];
    const struct records_share *share = records_share(r, index);
    const char *outcome = answer_outcome_name(item->outcome);
    struct action x;
    if (index == 0)
        return DHK_OK; /* answered before: that was the action */
    if (share == NULL) {
        r->missed++;
        return DHK_OK;
    }
    const struct records_route *route = &r->routes[share->route];
    begin(&x, r, at, share, share->span);
    x.status = status_of(item->outcome);
    if (item->outcome == ANSWER_UNDECRYPTABLE)
        x.fault = outcome;
    records_span(x.span, "answer", at->leaf, i);
    (void)snprintf(x.name, sizeof x.name, "%s of %s answered by %s: %s",
        route->kind, route->from, route->to, outcome);
    return emit(r, &x);
}

static enum dhk_err
delivered(struct records *r, const struct records_at *at)
{
    const struct entry_delivered *d = &at->e->u.delivered;
    struct answer a;
    enum dhk_err rc = answer_from_body(&a, d->body, d->signature, NULL);
    for (size_t i = 0; rc == DHK_OK && i < d->n && i < a.items_n; i++)
        rc = answered(r, at, &a.item[i], i);
    return rc;
}

static enum dhk_err
withdrawn(struct records *r, const struct records_at *at)
{
    const struct entry_withdrawn *e = &at->e->u.withdrawn;
    const struct records_share *share = records_share(r, e->share);
    const struct records_share *notice = records_share(r, at->index);
    struct action x;
    if (share == NULL || notice == NULL) {
        r->missed++;
        return DHK_OK;
    }
    const struct records_route *route = &r->routes[share->route];
    begin(&x, r, at, share, share->span);
    memcpy(x.span, notice->span, RECORDS_SPAN);
    (void)snprintf(x.name, sizeof x.name, "%s of %s to %s %s", route->kind,
        route->from, route->to,
        at->e->kind == ENTRY_CORRECTED ? "corrected" : "withdrawn");
    return emit(r, &x);
}

/* Looking at the ledger is processing too; of a case when it names one. */
static enum dhk_err
queried(struct records *r, const struct records_at *at)
{
    const struct entry_queried *e = &at->e->u.queried;
    struct query q;
    struct action x = {.time = at->e->time, .status = "Ok"};
    char asker[LIMIT_NAME + 1];
    enum dhk_err rc = query_from_body(&q, e->body, e->signature, NULL);
    if (rc == DHK_OK)
        rc = slice_to_str(e->asker, asker, sizeof asker);
    if (rc != DHK_OK)
        return rc;
    records_trace(x.trace, slice_of(at->leaf, SEAL_HASH));
    records_span(x.span, "query", at->leaf, 0);
    records_uri(x.activity, r, "query/", query_purpose_name(q.purpose));
    if (q.has_case)
        x.case_handle = q.case_handle;
    (void)snprintf(x.name, sizeof x.name, "ledger queried by %s for %s", asker,
        query_purpose_name(q.purpose));
    return emit(r, &x);
}

/* Acceptances come with their shares; other entries are about nobody. */
enum dhk_err
records_ldv(struct records *r, const struct records_at *at)
{
    static const struct {
        enum entry_kind kind;
        enum dhk_err (*tell)(struct records *, const struct records_at *);
    } actions[] = {
        {ENTRY_SHARE, shared},
        {ENTRY_REFUSED, refused},
        {ENTRY_DELIVERED, delivered},
        {ENTRY_RETURNED, returned},
        {ENTRY_EXPIRED, expired},
        {ENTRY_WITHDRAWN, withdrawn},
        {ENTRY_CORRECTED, withdrawn},
        {ENTRY_QUERIED, queried},
    };
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (actions[i].kind == at->e->kind)
            return actions[i].tell(r, at);
    }
    return DHK_OK;
}
