/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to records*.c: what the entries read so far tell of the next one. */
#ifndef CLIENTS_RECORDS_FRAME_H
#define CLIENTS_RECORDS_FRAME_H

#include "agreement.h"
#include "entry.h"
#include "entryview.h"
#include "records.h"

enum { RECORDS_TRACE = 16, RECORDS_SPAN = 8 };

struct records_known { /* an agreement that was in force */
    uint8_t sha256[SEAL_HASH];
    uint8_t compiled[SEAL_HASH];
    char name[LIMIT_NAME + 1];
    uint32_t version;
    struct agreement *a; /* owned; NULL: it cannot be read */
};
struct records_route { /* what many shares have in common */
    uint8_t agreement[SEAL_HASH];
    char from[LIMIT_NAME + 1], to[LIMIT_NAME + 1];
    char kind[LIMIT_NAME + 1], purpose[LIMIT_NAME + 1];
};
struct records_share { /* or the notice that withdraws it */
    uint64_t index;
    uint8_t id[SEAL_HASH]; /* of the signal */
    uint8_t case_handle[16];
    uint8_t span[RECORDS_SPAN];
    uint32_t route; /* index */
};
struct records {
    enum records_format format;
    FILE *file; /* borrowed */
    char origin[LIMIT_ORIGIN + 1];
    bool complete;
    char oin[21]; /* the operator's, or empty */
    struct records_known *known;
    size_t known_n, known_cap;
    struct records_route *routes;
    size_t routes_n, routes_cap;
    struct records_share *shares; /* by index */
    size_t shares_n, shares_cap;
    struct entry *entry;        /* owned: at hand */
    struct entry *bundle;       /* owned: the acceptance at hand */
    uint8_t bytes[LIMIT_ENTRY]; /* what that borrows from */
    uint64_t bundle_index;
    uint8_t bundle_leaf[SEAL_HASH];
    bool has_bundle;
    uint64_t told; /* positions of the bundle whose case is known */
    uint64_t missed;
};
struct records_at { /* the entry at hand */
    uint64_t index;
    const uint8_t *leaf;
    const struct entry *e;
};

/* One trace per signal; SPAN of PARTS (see records.c). */
void records_trace(uint8_t out[RECORDS_TRACE], struct slice id);
void records_span(uint8_t out[RECORDS_SPAN], const char *what,
    const uint8_t of[SEAL_HASH], uint64_t number);
void records_put_hex(json_t *o, const char *name, const uint8_t *p, size_t n);
const struct records_known *records_known(
    const struct records *r, const uint8_t sha256[SEAL_HASH]);
/* The share, or the notice of one, at INDEX; NULL: not read. */
const struct records_share *records_share(
    const struct records *r, uint64_t index);
/* Takes O. */
DHK_MUST_USE enum dhk_err records_emit(struct records *r, json_t *o);
/* For entryview_json(). */
struct entryview_names records_names(struct records *r);
/* The ledger's name, escaped, with SLASH for each '/'. */
enum { RECORDS_ORIGIN = 3 * LIMIT_ORIGIN + 1 };
void records_origin(
    char out[RECORDS_ORIGIN], const struct records *r, char slash);
/* "https://ORIGIN/WHAT", escaped; WHAT is a plain word. */
enum { RECORDS_URI = 3 * LIMIT_ORIGIN + 4 * LIMIT_NAME + 64 };
void records_uri(char out[RECORDS_URI], const struct records *r,
    const char *what, const char *word);

/* records_ldv.c, records_adl.c, records_events.c: what the entry at hand
 * says. records_ldv_bundle() comes after the shares of a bundle. */
DHK_MUST_USE enum dhk_err records_ldv(
    struct records *r, const struct records_at *at);
DHK_MUST_USE enum dhk_err records_ldv_bundle(struct records *r);
DHK_MUST_USE enum dhk_err records_adl(
    struct records *r, const struct records_at *at);
DHK_MUST_USE enum dhk_err records_event(
    struct records *r, const struct records_at *at);

#endif
