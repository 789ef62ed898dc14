/* SPDX-License-Identifier: EUPL-1.2
 *
 * NL GOV profile for CloudEvents 1.0: one event per entry. It tells that there
 * is one and which, not what it says ("informatiearm"): who may know that asks
 * the ledger for the entry. So nothing sensitive is in context or data. */
#include "records_frame.h"

enum { SOURCE = RECORDS_ORIGIN + 64 };

/* urn:nld with the operator's OIN where the roster gives one, else with the
 * ledger's name; RFC 8141: what is no plain character is escaped. */
static void
put_source(json_t *o, const struct records *r)
{
    char source[SOURCE], origin[RECORDS_ORIGIN];
    records_origin(origin, r, ':');
    if (r->oin[0] != '\0')
        (void)snprintf(source, sizeof source,
            "urn:nld:oin:%s:systeem:driehoek:%s", r->oin, origin);
    else
        (void)snprintf(source, sizeof source, "urn:nld:driehoek:%s", origin);
    json_build_text(o, "source", source);
}

enum dhk_err
records_event(struct records *r, const struct records_at *at)
{
    char type[96], text[24];
    json_t *o = json_build_object();
    json_t *data = json_build_object();
    json_build_text(o, "specversion", "1.0");
    records_put_hex(o, "id", at->leaf, SEAL_HASH);
    put_source(o, r);
    (void)snprintf(
        type, sizeof type, "nl.driehoek.%s.v1", entry_kind_name(at->e->kind));
    json_build_text(o, "type", type);
    json_build_time(o, "time", (int64_t)(at->e->time / 1000));
    if (r->complete) { /* a partner's has gaps */
        (void)snprintf(
            text, sizeof text, "%llu", (unsigned long long)at->index + 1);
        json_build_text(o, "sequence", text);
        json_build_text(o, "sequencetype", "Integer");
    }
    json_build_text(o, "datacontenttype", "application/json");
    json_build_text(data, "ledger", r->origin);
    json_build_uint(data, "entry", at->index);
    json_build_put(o, "data", data);
    return records_emit(r, o);
}
