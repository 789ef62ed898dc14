/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to evidence*.c. */
#ifndef CLIENTS_EVIDENCE_INSIDE_H
#define CLIENTS_EVIDENCE_INSIDE_H

#include <stddef.h>

#include "caselog.h"
#include "evidence.h"

enum { EVIDENCE_BUCKETS = 1024 };

struct evidence_word {
    struct evidence_word *next;
    char text[];
};
struct evidence_bytes { /* classes of one bundle; facts of one share */
    struct evidence_bytes *next;
    _Alignas(max_align_t) uint8_t b[];
};
struct evidence_inside {
    struct evidence_word *bucket[EVIDENCE_BUCKETS];
    struct evidence_bytes *bytes;
    struct entry *entry;           /* of the record at hand */
    struct evidence_text *pending; /* text read, its entry comes next */
    struct answer answer;
    struct caselog *cases; /* of a complete ledger */
    size_t *shares_by_case, *stated_by_case;
    struct course course; /* of the case at hand */
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
/* N bytes that last as long as E; NULL: no memory. */
void *evidence_keep(struct evidence *e, size_t n);
/* evidence_ends.c */
DHK_MUST_USE enum dhk_err evidence_ended(
    struct evidence *e, uint64_t index, const struct entry *entry);
/* evidence_cases.c */
DHK_MUST_USE enum dhk_err evidence_said_of_case(
    struct evidence *e, uint64_t index, const struct entry *entry);
DHK_MUST_USE enum dhk_err evidence_released(
    struct evidence *e, uint64_t index, const struct entry *entry);
DHK_MUST_USE enum dhk_err evidence_join_cases(struct evidence *e);

#endif
