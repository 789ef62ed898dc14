/* SPDX-License-Identifier: EUPL-1.2
 *
 * A ledger of entries without pattern, the same in every run, with all kinds
 * of entries referring to each other as a broker's do; and beside it what each
 * entry is about, written down as it was made and not read from the entry. */
#ifndef TEST_RANDOM_LEDGER_H
#define TEST_RANDOM_LEDGER_H

#include "../proto/chance.h"
#include "ledger.h"

enum {
    RANDOM_PARTNERS = 8,
    RANDOM_WORDS = 6, /* kinds, purposes, rules */
    RANDOM_RING = 512,
};
extern const char *const random_partner[RANDOM_PARTNERS];
extern const char *const random_kind[RANDOM_WORDS];
extern const char *const random_purpose[RANDOM_WORDS];
extern const char *const random_rule[RANDOM_WORDS];

/* Numbers of names above; -1: none. */
struct random_line {
    int partner[2];
    int sender, recipient, kind, purpose;
    int64_t case_;  /* see random_case() */
    unsigned rules; /* bits */
    const char *outcome[2];
};
struct random_about {
    enum entry_kind kind;
    uint64_t time;
    bool all;
    int seen[2];
    size_t first, n; /* lines */
};
struct random_share {
    uint64_t index, accepted;
    struct random_line line;
    bool open;
};

struct random_ledger {
    struct chance chance;
    uint64_t cases; /* how many there are */
    uint64_t now;   /* ms */
    struct sign_secret *sk;
    struct ledger *ledger;
    struct store_txn *t;
    struct entry entry;
    struct random_share ring[RANDOM_RING]; /* the newest shares */
    uint64_t shares;
    bool keeps;     /* writes down: */
    uint64_t first; /* the first entry that it wrote */
    struct random_about *about;
    size_t about_n, about_cap;
    struct random_line *line;
    size_t line_n, line_cap;
    uint8_t mem[LIMIT_ENTRY];
};

void random_ledger_init(
    struct random_ledger *r, uint64_t seed, uint64_t cases, bool keeps);
void random_ledger_end(struct random_ledger *r);
/* Appends one entry, or an accepted bundle with its shares, to L in T. */
enum dhk_err random_ledger_event(
    struct random_ledger *r, struct ledger *l, struct store_txn *t);
void random_case(uint8_t handle[16], uint64_t number);
/* What entry INDEX is about. */
const struct random_about *random_ledger_about(
    const struct random_ledger *r, uint64_t index);

#endif
