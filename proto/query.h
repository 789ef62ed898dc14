/* SPDX-License-Identifier: EUPL-1.2
 *
 * A signed question to the ledger. Every one is itself an entry, with a
 * purpose of the law's closed list.
 *
 *   query = [ body:bin, signature:bin64 ]
 *   body  = [ 1, origin:str, card:bin32, nonce:bin32, number:uint,
 *             purpose:uint, what:uint, from:uint, until:uint,
 *             partner:name|nil, case:bin16|nil, since:uint, before:uint,
 *             sender:name|nil, recipient:name|nil, kind:name|nil,
 *             share-purpose:name|nil, rule:str|nil, outcome:name|nil ]
 *   signature = Ed25519(card.sign, "driehoek/v1/query", body)
 * nonce is the session's challenge, number grows within the session. from and
 * until are ledger indexes (half-open; until 0: the end), since and before
 * milliseconds since 1970 UTC (before 0: no end). The filters are those of
 * QUERY_LIST and QUERY_SUBJECT, nil is any: PROTOCOL.md, section 12, says what
 * passes them. */
#ifndef PROTO_QUERY_H
#define PROTO_QUERY_H

#include "seal.h"
#include "limits.h"

enum query_purpose {
    QUERY_PURPOSE_NONE = 0,
    QUERY_LAWFULNESS = 1,
    QUERY_INTERNAL = 2,
    QUERY_INTEGRITY = 3,
    QUERY_COURT = 4,
};
enum { QUERY_PURPOSES = 5 };
const char *query_purpose_name(enum query_purpose p); /* "lawfulness" ... */
enum query_purpose query_purpose_find(struct slice name);

enum query_what {
    QUERY_WHAT_NONE = 0,
    QUERY_LIST = 1,    /* entries by filter */
    QUERY_FETCH = 2,   /* entries from..until, all that the asker may see */
    QUERY_SHOW = 3,    /* the entry at `from` */
    QUERY_PROVE = 4,   /* the entry at `from` with its inclusion proof */
    QUERY_ANSWER = 5,  /* a complete answer */
    QUERY_SUBJECT = 6, /* of a case, for the person whom it is about: without
                          what is covert */
};
struct query {
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
    struct slice origin;
    uint8_t card[32];
    uint8_t nonce[32];
    uint64_t number;
    enum query_purpose purpose;
    enum query_what what;
    uint64_t from, until;
    bool has_case;
    uint8_t case_handle[16];
    uint64_t since, before;
    /* filters; empty: any */
    struct slice partner, sender, recipient;
    struct slice kind;          /* of the signal */
    struct slice share_purpose; /* the agreement's, not that of the question */
    struct slice rule;          /* a rule's id */
    struct slice outcome;       /* see query_is_outcome() */
};
/* Whether Q asks for what passes its filters: a list, or for a subject. */
bool query_is_filtered(const struct query *q);
/* Whether NAME is what an entry may tell of a signal or share: "accepted",
 * "refused", "returned", "expired", "withdrawn", "corrected", the name of a
 * code of the broker's (entry_code_name()) or of an outcome that a recipient
 * answers (answer_outcome_name()). */
bool query_is_outcome(struct slice name);
DHK_MUST_USE enum dhk_err query_issue(
    struct sink *out, const struct query *q, const struct sign_secret *sk);
DHK_MUST_USE enum dhk_err query_decode(
    struct query *out, struct slice bytes, struct diag *diag);
DHK_MUST_USE enum dhk_err query_from_body(struct query *out, struct slice body,
    const uint8_t sig[KEY_SIGNATURE], struct diag *diag);
DHK_MUST_USE enum dhk_err query_verify(
    const struct query *q, const struct sign_public *pk);

#endif
