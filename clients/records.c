/* SPDX-License-Identifier: EUPL-1.2
 *
 * What all formats of records have in common; see records.h. The shares of a
 * bundle follow the entry that accepted it, before the next is accepted. */
#include "records_frame.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "roster.h"

enum records_format
records_format_of(const char *name)
{
    if (strcmp(name, "ldv") == 0)
        return RECORDS_LDV;
    if (strcmp(name, "adl") == 0)
        return RECORDS_ADL;
    return strcmp(name, "cloudevents") == 0 ? RECORDS_CLOUDEVENTS
                                            : RECORDS_NONE;
}

enum dhk_err
records_new(struct records **out, enum records_format format, FILE *file)
{
    struct records *r = calloc(1, sizeof *r);
    *out = r;
    if (r == NULL)
        return DHK_NOMEM;
    r->format = format;
    r->file = file;
    r->entry = malloc(sizeof *r->entry);
    r->bundle = malloc(sizeof *r->bundle);
    if (r->entry != NULL && r->bundle != NULL)
        return DHK_OK;
    records_destroy(out);
    return DHK_NOMEM;
}

void
records_destroy(struct records **out)
{
    struct records *r = *out;
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->known_n; i++)
        agreement_destroy(&r->known[i].a);
    free(r->known);
    free(r->routes);
    free(r->shares);
    free(r->entry);
    free(r->bundle);
    free(r);
    *out = NULL;
}

uint64_t
records_missed(const struct records *r)
{
    return r->missed;
}

/* --- identifiers: of random bytes in the end (an id has the header's nonce in
 * it, a leaf the entry's random bytes), and never of a person --- */

void
records_trace(uint8_t out[RECORDS_TRACE], struct slice id)
{
    uint8_t hash[SEAL_HASH];
    seal_hash(hash, "driehoek/v1/trace", &id, 1);
    memcpy(out, hash, RECORDS_TRACE);
}

void
records_span(uint8_t out[RECORDS_SPAN], const char *what,
    const uint8_t of[SEAL_HASH], uint64_t number)
{
    uint8_t hash[SEAL_HASH], bytes[8];
    struct slice parts[3] = {slice_str(what), slice_of(of, SEAL_HASH),
        slice_of(bytes, sizeof bytes)};
    bytes_put_u64(bytes, number);
    seal_hash(hash, "driehoek/v1/span", parts, 3);
    memcpy(out, hash, RECORDS_SPAN);
}

void
records_put_hex(json_t *o, const char *name, const uint8_t *p, size_t n)
{
    char hex[2 * SEAL_HASH + 1];
    must(n <= SEAL_HASH);
    bytes_hex(hex, p, n);
    json_build_text(o, name, hex);
}

/* RFC 3986: all but unreserved characters and '/' are escaped. */
void
records_origin(char out[RECORDS_ORIGIN], const struct records *r, char slash)
{
    size_t n = 0;
    for (const char *p = r->origin; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        bool plain = c < 0x80 && (isalnum(c) || strchr("-._~", c) != NULL);
        n += (size_t)snprintf(out + n, RECORDS_ORIGIN - n,
            plain || c == '/' ? "%c" : "%%%02X", c == '/' ? slash : c);
    }
    out[n] = '\0';
}

void
records_uri(char out[RECORDS_URI], const struct records *r, const char *what,
    const char *word)
{
    char origin[RECORDS_ORIGIN];
    records_origin(origin, r, '/');
    (void)snprintf(out, RECORDS_URI, "https://%s/%s%s", origin, what, word);
}

/* --- what was read --- */

const struct records_known *
records_known(const struct records *r, const uint8_t sha256[SEAL_HASH])
{
    for (size_t i = r->known_n; i > 0; i--) {
        if (memcmp(r->known[i - 1].sha256, sha256, SEAL_HASH) == 0)
            return &r->known[i - 1];
    }
    return NULL;
}

const struct records_share *
records_share(const struct records *r, uint64_t index)
{
    size_t from = 0, until = r->shares_n;
    while (from < until) {
        size_t mid = from + (until - from) / 2;
        if (r->shares[mid].index < index)
            from = mid + 1;
        else
            until = mid;
    }
    return from < r->shares_n && r->shares[from].index == index
               ? &r->shares[from]
               : NULL;
}

enum dhk_err
records_emit(struct records *r, json_t *o)
{
    return json_print(r->file, o);
}

static const struct agreement *
find_agreement(void *ctx, const uint8_t hash[SEAL_HASH])
{
    const struct records_known *k = records_known(ctx, hash);
    return k == NULL ? NULL : k->a;
}

struct entryview_names
records_names(struct records *r)
{
    struct entryview_names names = {.find = find_agreement, .ctx = r};
    if (r->has_bundle) {
        names.accepted = &r->bundle->u.accepted;
        names.accepted_index = r->bundle_index;
    }
    return names;
}

static enum dhk_err
keep_agreement(struct records *r, struct slice text)
{
    struct records_known *list =
        facts_grow(r->known, r->known_n, &r->known_cap, sizeof *list);
    struct findings *findings = malloc(sizeof *findings);
    enum dhk_err rc = DHK_NOMEM;
    if (list != NULL)
        r->known = list;
    if (list != NULL && findings != NULL) {
        struct records_known *k = &list[r->known_n];
        memset(k, 0, sizeof *k);
        seal_sha256(k->sha256, text);
        rc = agreement_recorded(&k->a, text, findings);
        r->known_n++;
    }
    free(findings);
    return rc == DHK_NOMEM ? rc : DHK_OK;
}

/* The OIN of the first operator that has one. */
static enum dhk_err
read_roster(struct records *r, struct slice text)
{
    struct roster *roster = NULL;
    enum dhk_err rc = roster_parse(&roster, text, NULL);
    r->oin[0] = '\0';
    for (size_t i = 0; rc == DHK_OK && i < roster->partners_n; i++) {
        const struct roster_partner *p = &roster->partners[i];
        if (p->role == ROSTER_OPERATOR && r->oin[0] == '\0')
            memcpy(r->oin, p->oin, sizeof r->oin);
    }
    if (rc == DHK_OK)
        roster_destroy(&roster);
    return rc;
}

static enum dhk_err
name_agreement(struct records *r, const struct entry_text *t)
{
    for (size_t i = 0; i < r->known_n; i++) {
        struct records_known *k = &r->known[i];
        if (memcmp(k->sha256, t->sha256, SEAL_HASH) != 0)
            continue;
        memcpy(k->compiled, t->compiled, SEAL_HASH);
        k->version = t->version;
        enum dhk_err rc = slice_to_str(t->name, k->name, sizeof k->name);
        if (rc != DHK_OK)
            return rc;
    }
    return DHK_OK;
}

/* --- shares --- */

static bool
same_route(const struct records_route *a, const struct records_route *b)
{
    return memcmp(a->agreement, b->agreement, SEAL_HASH) == 0 &&
           strcmp(a->from, b->from) == 0 && strcmp(a->to, b->to) == 0 &&
           strcmp(a->kind, b->kind) == 0 && strcmp(a->purpose, b->purpose) == 0;
}

static enum dhk_err
find_route(uint32_t *out, struct records *r, const struct entry_share *s)
{
    struct records_route route;
    memset(&route, 0, sizeof route);
    memcpy(route.agreement, s->agreement, SEAL_HASH);
    if (slice_to_str(s->sender, route.from, sizeof route.from) != DHK_OK ||
        slice_to_str(s->recipient, route.to, sizeof route.to) != DHK_OK ||
        slice_to_str(s->kind, route.kind, sizeof route.kind) != DHK_OK ||
        slice_to_str(s->purpose, route.purpose, sizeof route.purpose) != DHK_OK)
        return DHK_FORMAT;
    for (size_t i = r->routes_n; i > 0; i--) {
        *out = (uint32_t)(i - 1);
        if (same_route(&r->routes[i - 1], &route))
            return DHK_OK;
    }
    struct records_route *list =
        facts_grow(r->routes, r->routes_n, &r->routes_cap, sizeof *list);
    if (list == NULL)
        return DHK_NOMEM;
    r->routes = list;
    *out = (uint32_t)r->routes_n;
    r->routes[r->routes_n++] = route;
    return DHK_OK;
}

static enum dhk_err
keep(struct records *r, const struct records_share *share)
{
    struct records_share *list =
        facts_grow(r->shares, r->shares_n, &r->shares_cap, sizeof *list);
    if (list == NULL)
        return DHK_NOMEM;
    r->shares = list;
    r->shares[r->shares_n++] = *share;
    return DHK_OK;
}

static enum dhk_err
keep_share(struct records *r, const struct records_at *at)
{
    const struct entry_share *s = &at->e->u.share;
    struct records_share share = {.index = at->index};
    memcpy(share.id, s->id, SEAL_HASH);
    memcpy(share.case_handle, s->case_handle, sizeof share.case_handle);
    records_span(share.span, "share", at->leaf, 0);
    enum dhk_err rc = find_route(&share.route, r, s);
    return rc == DHK_OK ? keep(r, &share) : rc;
}

/* Its recipient's answer names the notice, not the share. */
static enum dhk_err
keep_notice(struct records *r, const struct records_at *at)
{
    const struct records_share *of = records_share(r, at->e->u.withdrawn.share);
    if (of == NULL)
        return DHK_OK;
    struct records_share notice = *of;
    notice.index = at->index;
    records_span(notice.span, "withdraw", at->leaf, 0);
    return keep(r, &notice);
}

/* --- the records --- */

static enum dhk_err
end_bundle(struct records *r)
{
    enum dhk_err rc = DHK_OK;
    if (r->has_bundle && r->format == RECORDS_LDV)
        rc = records_ldv_bundle(r);
    r->has_bundle = false;
    return rc;
}

static enum dhk_err
begin_bundle(struct records *r, const struct ledgerfile_record *record)
{
    enum dhk_err rc = end_bundle(r);
    if (rc != DHK_OK)
        return rc;
    if (record->entry.n > sizeof r->bytes)
        return DHK_FORMAT;
    memcpy(r->bytes, record->entry.p, record->entry.n);
    rc = entry_decode(r->bundle, slice_of(r->bytes, record->entry.n), NULL);
    r->has_bundle = rc == DHK_OK;
    r->bundle_index = record->index;
    memcpy(r->bundle_leaf, record->leaf, SEAL_HASH);
    r->told = 0;
    return rc;
}

static enum dhk_err
learn(struct records *r, const struct ledgerfile_record *record,
    const struct records_at *at)
{
    enum entry_kind kind = at->e->kind;
    if (kind == ENTRY_ACCEPTED)
        return begin_bundle(r, record);
    if (kind == ENTRY_SHARE)
        return keep_share(r, at);
    if (kind == ENTRY_WITHDRAWN || kind == ENTRY_CORRECTED)
        return keep_notice(r, at);
    return kind == ENTRY_AGREEMENT ? name_agreement(r, &at->e->u.text) : DHK_OK;
}

static enum dhk_err
take_entry(struct records *r, const struct ledgerfile_record *record)
{
    const struct records_at at = {record->index, record->leaf, r->entry};
    enum dhk_err rc = entry_decode(r->entry, record->entry, NULL);
    if (rc == DHK_OK)
        rc = learn(r, record, &at);
    if (rc != DHK_OK)
        return rc;
    switch (r->format) {
    case RECORDS_LDV:
        return records_ldv(r, &at);
    case RECORDS_ADL:
        return records_adl(r, &at);
    case RECORDS_CLOUDEVENTS:
        return records_event(r, &at);
    case RECORDS_NONE:
        break;
    }
    return DHK_OK;
}

enum dhk_err
records_record(struct records *r, const struct ledgerfile_record *record)
{
    switch (record->type) {
    case LEDGERFILE_ORIGIN:
        r->complete = record->complete;
        return slice_to_str(record->origin, r->origin, sizeof r->origin);
    case LEDGERFILE_ROSTER:
        return read_roster(r, record->text);
    case LEDGERFILE_AGREEMENT:
        return keep_agreement(r, record->text);
    case LEDGERFILE_ENTRY:
        return take_entry(r, record);
    case LEDGERFILE_NONE:
    case LEDGERFILE_CHECKPOINT:
    case LEDGERFILE_END:
        break;
    }
    return DHK_OK;
}

enum dhk_err
records_finish(struct records *r)
{
    return end_bundle(r);
}
