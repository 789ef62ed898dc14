/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to report_make*.c: the ledger that is made. */
#ifndef UNIT_CLIENTS_REPORT_MAKE_INSIDE_H
#define UNIT_CLIENTS_REPORT_MAKE_INSIDE_H

#include "report_make.h"

enum { MAKE_CARDS = 16, MAKE_SHARES = 256 };

struct making {
    struct evidence *e;
    struct sign_secret *key;
    struct sign_public public;
    struct entry entry;
    uint8_t bytes[LIMIT_ENTRY];
    uint64_t index, time;
    struct agreement *a; /* in force */
    uint8_t sha256[SEAL_HASH];
    struct make_signal signal;
    uint64_t accepted, covert;
    const char *facts;
    bool pending;
    uint8_t id[SEAL_HASH];
    struct {
        const char *partner;
        uint8_t id[SEAL_HASH];
        uint64_t seq;
    } card[MAKE_CARDS];
    size_t cards_n;
    struct {
        char from[LIMIT_NAME + 1], to[LIMIT_NAME + 1];
        uint8_t id[SEAL_HASH];
    } share[MAKE_SHARES];
    struct verify_result verified;
};
extern struct making making;

#define ok(call) assert_int_equal((call), DHK_OK)

/* The entry to be put next: of KIND, at the time of now, the rest zero. */
struct entry *make_fresh(enum entry_kind kind);
/* Puts it; its index. */
uint64_t make_put(void);
/* The place of PARTNER's newest card; one of zeros when it has none. */
size_t make_card_of(const char *partner);

#endif
