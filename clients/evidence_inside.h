/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to evidence*.c. */
#ifndef CLIENTS_EVIDENCE_INSIDE_H
#define CLIENTS_EVIDENCE_INSIDE_H

#include "caselog.h"
#include "evidence.h"

enum { EVIDENCE_BUCKETS = 1024 };

struct evidence_word {
    struct evidence_word *next;
    char text[];
};
struct evidence_bytes { /* classes of one bundle */
    struct evidence_bytes *next;
    uint8_t b[];
};
struct evidence_inside {
    struct evidence_word *bucket[EVIDENCE_BUCKETS];
    struct evidence_bytes *bytes;
    struct entry *entry;           /* of the record at hand */
    struct evidence_text *pending; /* text read, its entry comes next */
    struct answer answer;
    struct caselog *cases; /* of a complete ledger */
    size_t *by_case;
};

/* TEXT as a name of E, or NULL: no memory. */
const char *evidence_intern(struct evidence *e, struct slice text);
/* LIST with room for one more; NULL: no memory. */
void *evidence_grow(void *list, size_t n, size_t *cap, size_t size);
struct evidence_share *evidence_share(struct evidence *e, uint64_t index);
/* The signal at that place of that acceptance, or NULL: it is not here. */
const struct evidence_signal *evidence_signal(
    const struct evidence *e, uint64_t index, uint32_t position);

/* evidence_signals.c */
DHK_MUST_USE enum dhk_err evidence_accepted(
    struct evidence *e, uint64_t index, const struct entry *entry);
DHK_MUST_USE enum dhk_err evidence_shared(
    struct evidence *e, uint64_t index, const struct entry *entry);
DHK_MUST_USE enum dhk_err evidence_refused(
    struct evidence *e, uint64_t index, const struct entry *entry);
/* evidence_ends.c */
DHK_MUST_USE enum dhk_err evidence_said_of_case(
    struct evidence *e, uint64_t index, const struct entry *entry);
DHK_MUST_USE enum dhk_err evidence_ended(
    struct evidence *e, uint64_t index, const struct entry *entry);

#endif
