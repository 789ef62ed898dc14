/* SPDX-License-Identifier: EUPL-1.2
 *
 * How long what is about a case is kept: the link between its handle and a
 * person at the nodes, and its entries. Five years after the case was last
 * processed (W 9), never less than four (Wjsg 39j, Wpg 25: what looks
 * back), and never before a hold ends. Pure. */
#ifndef CLIENTS_TERMS_H
#define CLIENTS_TERMS_H

#include "evidence.h"

enum { TERMS_YEARS = 5, TERMS_YEARS_LEAST = 4 };

/* What the term of an entry is counted from. */
enum terms_rule {
    TERMS_OF_CASE = 1, /* the last processing of its case */
    TERMS_OF_ENTRY,    /* its own time: it is about no case */
    TERMS_OF_LEDGER,   /* no term: without it nothing else verifies */
};
enum terms_rule terms_rule(enum entry_kind kind);

/* SECONDS, so many calendar years later (UTC; 29 February becomes 1 March). */
int64_t terms_later(int64_t seconds, int years);

struct terms {
    int64_t first, last; /* processing, seconds; 0: nothing is known of any */
    int64_t due; /* the link must be gone then, for the case was closed or
                    rejected; 0: it was not */
    int64_t held_until; /* by the longest hold that stands; 0: none */
    const char *held_by;
};
/* Those of case HANDLE at NOW (seconds), for PARTNER, whose own holds count;
 * NULL: what binds everybody. */
void terms_of_case(struct terms *out, const struct evidence *e,
    const uint8_t handle[16], const char *partner, int64_t now);
/* When the link must be gone, if nothing is processed any more: a rejected
 * report at once (B 16), a closed case on the date that was set, neither ever
 * later than five years after the last processing. */
int64_t terms_link_end(const struct terms *t);
/* Before which an entry of KIND, made at TIME, must not be destroyed; T is that
 * of its case (NULL: it has none). INT64_MAX: as long as the ledger is there.
 */
int64_t terms_entry_end(
    enum entry_kind kind, int64_t time, const struct terms *t);

#endif
