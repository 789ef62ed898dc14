/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to ledger_make*.c: a ledger that is being made. */
#ifndef UNIT_CLIENTS_LEDGER_MAKER_H
#define UNIT_CLIENTS_LEDGER_MAKER_H

#include "ledger_make.h"

#include "card.h"
#include "answer.h"
#include "merkle.h"
#include "query.h"

#define ORIGIN "ledger.example.org/1"

struct party {
    const char *name;
    struct sign_secret *identity;
    struct sign_public identity_pk;
    struct card card;
    struct card_secret secret;
    uint8_t bytes[LIMIT_CARD];
    size_t n;
};
enum { POLITIE, GEMEENTE, TOEZICHT, PARTIES };

struct maker {
    enum ledger_fault fault;
    struct ledger_made *out;
    bool partial;
    struct sign_secret *om, *fido, *guest, *log, *stranger;
    struct sign_public om_pk, fido_pk, guest_pk, log_pk, stranger_pk;
    struct party party[PARTIES];
    char roster[2][2048]; /* the second gives gemeente another identity */
    const char *agreement;
    struct ledgerfile *file;
    FILE *stream;
    char *mem;
    size_t mem_n;
    struct merkle_frontier tree;
    uint64_t time; /* ms */
    struct entry entry;
    uint8_t share_leaf[32];
    uint64_t share_index;
    uint64_t accepted_index;
    uint64_t sealed, sealed_until; /* last seal, and where it ends */
    uint64_t card_index;           /* of the sender's card; ... */
    uint8_t card_random[ENTRY_RANDOM], accepted_random[ENTRY_RANDOM];
    uint64_t last; /* accepted entry of the sender's card; 0: none */
    enum answer_outcome outcome; /* of the next answer */
    uint8_t ids[32];
    uint8_t case_handle[16];
};

static inline void
ok(enum dhk_err rc)
{
    assert_int_equal(rc, DHK_OK);
}

/* A new entry of KIND in m->entry, a second later; to be filled in. */
struct entry *ledger_fresh(struct maker *m, enum entry_kind kind);
void ledger_put_in_force(
    struct maker *m, enum entry_kind kind, const char *text);
void ledger_put_accepted(struct maker *m);
uint64_t ledger_put(struct maker *m, uint8_t leaf[32]);

/* ledger_make_seal.c: a seal of the entry made last, when there are seals. */
void ledger_put_seal(struct maker *m);
/* The same of the sender's list, up to between the accepted entry and its
 * share. */
void ledger_put_seal_between(struct maker *m);

/* ledger_make_ends.c: what ends cards and the agreement, and what is wrong
 * with that. */
void ledger_put_revoked_card(struct maker *m);
void ledger_put_ends(struct maker *m);
/* ledger_make_case.c: an auditor's question; until when the share is covert;
 * what is stated of its case, a question for its subject, and what that left
 * out. */
void ledger_put_queried(struct maker *m, enum query_what what);
uint64_t ledger_covert(const struct maker *m);
void ledger_put_case(struct maker *m);
/* The line of om's FIDO key, which may only revoke, and of a guest's. */
void ledger_put_revokers(struct maker *m, struct sink *signers);

#endif
