/* SPDX-License-Identifier: EUPL-1.2
 *
 * How the broker stands, as core tells it: partners' names, numbers, dates and
 * hashes; nothing of a signal, a case or a person. Core writes it, the parent
 * hands it on unread, and who shows it reads it here.
 *
 *   report = u8 version 5 | u8 numbers | u64 * numbers | text agreement |
 *            text roster | u8 events | (u64 total | u64 rate) * events |
 *            u8 length | origin | u32 cards left out | u32 cards | card *
 *   text   = u8 state | u32 version | 32 hash | u64 until (seconds) |
 *            u64 refused (ms) | u16 length | why
 *   card   = u8 length | partner | u64 serial | u8 flags | u64 from |
 *            u64 until (seconds) | u64 queue | u64 oldest (ms, 0: none) |
 *            u64 in flight | u64 credit | u64 sessions | 32 id */
#ifndef BROKER_REPORT_H
#define BROKER_REPORT_H

#include "bytes.h"
#include "err.h"
#include "limits.h"

/* Times are milliseconds since 1970 by the broker's clock, 0: never. */
enum report_number {
    REPORT_NOW = 0,
    REPORT_STARTED,         /* core, that is */
    REPORT_ENTRIES,         /* of the ledger */
    REPORT_CHECKPOINT,      /* entries under the newest signed head */
    REPORT_CHECKPOINT_TIME, /* when its signature came; after a restart, the
                               time of the last entry under it */
    REPORT_CONNECTIONS,
    REPORT_SESSIONS,
    REPORT_OPEN,    /* shares without an outcome */
    REPORT_OLDEST,  /* when the oldest of them was accepted */
    REPORT_PENDING, /* shares that wait for approvals; not among the open */
    REPORT_PENDING_OLDEST, /* when the oldest of them was accepted */
    REPORT_WAITING,        /* replies that wait for a signed head */
    REPORT_REJECTED,       /* messages without any right to an entry */
    REPORT_COMMITS,
    REPORT_COMMIT_TIME,   /* of the last one */
    REPORT_COMMIT_FAILED, /* 1: the last batch did not fit the store */
    REPORT_CLOCK_STOPPED, /* 1: a jump waits for an operator */
    REPORT_STORE_USED,    /* bytes of the map that were ever used */
    REPORT_STORE_LIMIT,
    REPORT_RESTORED,     /* 1: from a backup, waits for cosigners' heads */
    REPORT_SHOWN,        /* cosigners that have shown theirs, ... */
    REPORT_SHOWN_NEEDED, /* ... of how many that must */
    REPORT_CLOSED,       /* entries of the head at which the log was closed */
    REPORT_QUOTA_SHARES, /* the most in one mailbox, ... */
    REPORT_QUOTA_BYTES,
    REPORT_QUOTA_AGE, /* ... and days that its oldest may have waited; 0: any */
    REPORT_NUMBERS
};
/* "entries", "checkpoint-time", ... */
const char *report_number_name(enum report_number n);

/* What is counted since core started. */
enum report_event {
    REPORT_ACCEPTED = 0, /* signals */
    REPORT_REFUSED,      /* signals */
    REPORT_SHARED,       /* shares written for recipients */
    REPORT_ANSWERED,     /* shares */
    REPORT_RETURNED,
    REPORT_EXPIRED,
    REPORT_QUERIED, /* questions to the ledger */
    REPORT_EVENTS
};
const char *report_event_name(enum report_event e);
struct report_count {
    uint64_t total;
    uint64_t rate; /* thousandths per second, over the last minute */
};

enum report_state {
    REPORT_NONE = 0,
    REPORT_IN_FORCE,
    REPORT_OUTSIDE, /* its days have not come, or are over */
    REPORT_REVOKED,
    REPORT_STATES
};
const char *report_state_name(enum report_state s);
struct report_text { /* agreement or roster */
    enum report_state state;
    uint32_t version;
    uint8_t sha256[32];
    uint64_t until; /* seconds, the midnight that ends it */
    /* when another text was not put in force in its place, until one is; 0:
     * none was; and why, "FILE:LINE:COLUMN: ..." in plain ASCII */
    uint64_t refused;
    struct slice why;
};
enum { REPORT_WHY = 512 };

enum report_flag {
    REPORT_CARD_VALID = 1,
    REPORT_CARD_REVOKED = 2,
    REPORT_CARD_RECEIVES = 4,
    REPORT_CARD_FULL = 8, /* its mailbox takes nothing more */
    REPORT_CARD_FLAGS = 15
};
struct report_card {
    struct slice partner;
    uint64_t serial;
    uint8_t flags;
    uint64_t from, until; /* seconds */
    uint64_t queue;       /* open shares in its mailbox */
    uint64_t oldest;      /* when the oldest was accepted, ms; 0: none */
    uint64_t in_flight;   /* delivered, not answered */
    uint64_t credit;      /* shares that its connection will still take */
    uint64_t sessions;
    uint8_t id[32];
};

struct report {
    uint64_t number[REPORT_NUMBERS];
    struct report_text agreement, roster;
    struct report_count count[REPORT_EVENTS];
    struct slice origin;
    uint32_t cards_left; /* did not fit */
    uint32_t cards_n;
    struct slice cards; /* for report_card() */
};

/* Writes R with as many of the N cards as fit, whatever R says of cards. */
DHK_MUST_USE enum dhk_err report_encode(struct sink *out,
    const struct report *r, const struct report_card *cards, size_t n);
/* Reads and checks all, cards too; slices borrow from BYTES. */
DHK_MUST_USE enum dhk_err report_decode(struct report *out, struct slice bytes);
/* Cuts the next card off *CARDS of a decoded report; false after the last. */
bool report_card(struct report_card *out, struct slice *cards);

struct report_partner { /* the sum of its cards */
    struct slice name;
    uint64_t queue, oldest, in_flight, credit, sessions;
    uint64_t full; /* 1: the mailbox of one of them is */
};
/* Partners by name, to be freed. */
DHK_MUST_USE enum dhk_err report_partners(
    struct report_partner **out, size_t *n, const struct report *r);

#endif
