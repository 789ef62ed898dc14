/* SPDX-License-Identifier: EUPL-1.2
 *
 * A signal as an application gives it: words and values, nothing checked
 * against an agreement yet (wording.h does that). Values are secrets: wiped
 * when destroyed, and never in a message. */
#ifndef CLIENTS_DRAFT_H
#define CLIENTS_DRAFT_H

#include "err.h"
#include "bytes.h"
#include "driehoek.h"
#include "limits.h"
#include "manifest.h"

enum { DRAFT_TEXTS = 5, DRAFT_EXPIRES = 30 * 86400 };
/* Bytes of an encoded signal at most. */
enum { DRAFT_BYTES = LIMIT_FIELDS * (LIMIT_VALUE + 64) + 32 * 1024 };

struct draft_pair {
    char *name;
    char *value; /* with a NUL */
    size_t n;
};
struct draft_exclusion {
    char *partner; /* NULL: all */
    char *field;   /* NULL: the whole share */
    enum manifest_code code;
};
struct dhk_signal {
    char *text[DRAFT_TEXTS]; /* by enum dhk_signal_text */
    struct draft_pair field[LIMIT_FIELDS];
    size_t fields_n;
    struct draft_pair attribute[LIMIT_ATTRIBUTES];
    size_t attributes_n;
    char *to[LIMIT_PARTIES];
    size_t to_n;
    struct draft_exclusion exclusion[LIMIT_EXCLUSIONS];
    size_t exclusions_n;
    uint32_t expires;     /* seconds from the push */
    int64_t expires_at;   /* seconds since 1970 UTC; 0: by `expires` */
    int64_t covert_until; /* the same; 0: it is not covert */
};

struct dhk_signal *draft_new(void);
void draft_destroy(struct dhk_signal **s);
DHK_MUST_USE enum dhk_err draft_set(
    struct dhk_signal *s, enum dhk_signal_text what, const char *text);
DHK_MUST_USE enum dhk_err draft_field(
    struct dhk_signal *s, const char *name, const char *value, size_t n);
DHK_MUST_USE enum dhk_err draft_attribute(
    struct dhk_signal *s, const char *name, const char *value);
DHK_MUST_USE enum dhk_err draft_to(struct dhk_signal *s, const char *partner);
DHK_MUST_USE enum dhk_err draft_exclude(struct dhk_signal *s,
    const char *partner, const char *field, const char *reason);

/* For the outbox, which locks it; at most draft_bound() bytes. */
size_t draft_bound(const struct dhk_signal *s);
void draft_encode(struct sink *out, const struct dhk_signal *s);
DHK_MUST_USE enum dhk_err draft_decode(
    struct dhk_signal **out, struct slice bytes);

#endif
