/* SPDX-License-Identifier: EUPL-1.2
 *
 * The verified content of a share, as the inbox keeps it (locked) and as the
 * application gets it. */
#ifndef CLIENTS_PARCEL_H
#define CLIENTS_PARCEL_H

#include "inspect.h"
#include "driehoek.h"

/* Bytes of a parcel at most. */
enum { PARCEL_BYTES = LIMIT_FIELDS * (LIMIT_VALUE + 64) + 64 * 1024 };

/* X is taken; MISSING: of the counters before it. */
void parcel_encode(struct sink *out, const struct inspect *x,
    const struct inspect_context *ctx, uint64_t missing);

/* A verified notice: entry INDEX, which is BYTES, and what it says. */
struct withdrawal;
struct parcel_notice {
    const struct entry *entry;
    const struct withdrawal *said;
    uint64_t index;
    struct slice bytes;
};
void parcel_encode_notice(struct sink *out, const struct parcel_notice *n);

struct parcel {
    struct dhk_share pub; /* the first member */
    uint64_t arrival;     /* the inbox's key */
    struct parcel *next;
    char *text; /* all strings, one after the other */
    size_t text_n;
    struct dhk_share_field fields[LIMIT_FIELDS];
    struct dhk_share_field attributes[LIMIT_ATTRIBUTES];
    const char *rules[LIMIT_RULES_USED + 1];
    const char *onward[LIMIT_PARTIES + 1];
    const char *notify[LIMIT_PARTIES + 1];
};
DHK_MUST_USE enum dhk_err parcel_decode(
    struct parcel **out, struct slice bytes);
void parcel_destroy(struct parcel **p); /* wipes */

struct parcel_list {
    struct parcel *first, *last;
};
/* P is in no other list. */
void parcel_append(struct parcel_list *l, struct parcel *p);

#endif
