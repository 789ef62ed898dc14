/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to ledger_course*.c: a ledger of cases that is being made. */
#ifndef UNIT_CLIENTS_LEDGER_COURSER_H
#define UNIT_CLIENTS_LEDGER_COURSER_H

#include "ledger_course.h"

#include "card.h"
#include "merkle.h"

#define ORIGIN "ledger.example.org/1"
enum { WEIGHERS = 3, TEXT = 4096, SHARES = 64 };

extern const char ledger_course_text[];
extern const char *const ledger_course_names[LEDGER_PARTIES];

struct owner {
    struct sign_secret *identity, *signer; /* signer: of texts, a weigher's */
    struct sign_public identity_pk, signer_pk;
    struct card card;
    struct card_secret secret;
    uint8_t bytes[LIMIT_CARD];
    size_t n;
    uint64_t last, seq; /* accepted entry of its card; 0: none */
};
struct put { /* a share that was put */
    uint64_t index;
    uint8_t leaf[32];
    int from, to;
};
struct pair {
    uint64_t nth, last;
};
struct ledger_course {
    bool partial;
    struct ledger_made made;
    struct sign_secret *log;
    struct sign_public log_pk;
    struct owner owner[LEDGER_PARTIES];
    char roster[TEXT];
    struct ledgerfile *file;
    FILE *stream;
    char *mem;
    size_t mem_n;
    struct merkle_frontier tree;
    uint64_t time;
    struct entry entry;
    uint8_t case_handle[16];
    enum ledger_lie lie;
    struct put put[SHARES];
    size_t put_n;
    struct pair pair[LEDGER_PARTIES][LEDGER_PARTIES];
};

static inline void
ok(enum dhk_err rc)
{
    assert_int_equal(rc, DHK_OK);
}

/* A new entry of KIND in c->entry, a second later; to be filled in. */
struct entry *ledger_course_fresh(
    struct ledger_course *c, enum entry_kind kind);
uint64_t ledger_course_put(struct ledger_course *c, uint8_t leaf[32]);

#endif
