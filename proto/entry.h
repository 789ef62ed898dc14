/* SPDX-License-Identifier: EUPL-1.2
 *
 * Ledger entries: one schema per kind, canonical msgpack of at most
 * LIMIT_ENTRY bytes, each beginning with 16 fresh random bytes (so that a
 * sibling's hash in a proof cannot be guessed). Entries carry the actors' own
 * signed statements. No name of a person, value, salt or key is ever in one.
 *
 *   entry = [ random:bin16, kind:uint, time:uint (ms, by the broker), ... ]
 *   GENESIS   origin:str, log-key:bin32, nil | [ origin:str, size:uint,
 *             root:bin32 ] (the head at which the log before was closed)
 *   ACCEPTED  sender:name, card:bin32, agreement:bin32, ids:bin32*n,
 *             signature:bin64, [ kind:name ... ],
 *             [ [ kind-index, presence, seq, code, classes:bin ] ... ],
 *             before:uint|nil (the entry before this one, ACCEPTED or REFUSED,
 *             of the same card)
 *             (code 0: accepted, else enum entry_code; one item per id; seq of
 *             the first item absolute, of the others the difference to the one
 *             before, at least 1; classes: one byte per attribute of the kind,
 *             see evaluate_class; shown to sender and auditors only)
 *   SHARE     accepted-index:uint, position:uint, id:bin32, sender:name,
 *             recipient:name, card:bin32 (recipient's), kind:name,
 *             purpose:name, ground:name, case:bin16, agreement:bin32,
 *             fields:uint, wrapped:uint, [ rule:str ... ], duties,
 *             [ [ attribute:name, value ] ... ] (facts stated by the broker),
 *             [ window:name ... ], pending:bool, expires:uint (seconds),
 *             covert:uint (seconds; 0: no term), nth:uint, before:uint|nil
 *             (the nth share from this sender to this recipient; the one
 *             before it)
 *   duties    = [ at-most:uint|nil, at-least:uint|nil, onward:nil|[name...],
 *             [ notify:name ... ], log:bool,
 *             [ [ count, [ name ... ] ] ... ] ]
 *   REFUSED   sender:name, card:bin32, agreement:bin32 (in force; zero: none),
 *             ids:bin32*n, signature:bin64, code:uint, [ seq ... ] (absolute;
 *             one per id, or none where they are not known), before:uint|nil
 *             (as in ACCEPTED)
 *   DELIVERED recipient:name, body:bin, signature:bin64, [ index ... ]
 *             (the recipient's answer; ledger indexes of its share entries)
 *   RETURNED  index:uint, code:uint, agreement:bin32 (in force)
 *   EXPIRED   [ index ... ]
 *   WITHDRAWN share:uint, sender:name, recipient:name, notice:bool, body:bin,
 *             signature:bin64 (the withdrawal; one entry for each share of the
 *             signal. notice: its recipient answered it and is told, else it
 *             ends or had ended without an answer)
 *   CORRECTED the same, of a withdrawal that names another signal
 *   AGREEMENT sha256:bin32, compiled:bin32, version:uint, name:str, [ [
 *             principal:name, fingerprint:str ] ... ] (compiled: the compiled
 *             hash of the text, as the broker reads it)
 *   ROSTER    the same without compiled
 *   REVOKED_TEXT sha256:bin32, by:name, sshsig:bin (the signatory's, without
 *             armor, over the text that quorum_revocation_text() makes)
 *   CARD      card:bin (as in card.h)
 *   REVOKED_CARD card:bin32, by:name, own:bin|nil (as in revocation.h, when
 *             the card's own partner revoked it), sshsig:bin|nil (when a
 *             signatory did); one of the two
 *   QUERIED   asker:name, body:bin, signature:bin64
 *   OPERATOR  code:uint
 *   SEAL      partner:name, from:uint, until:uint, count:uint, root:bin32,
 *             salt:bin16, before:uint|nil (commits the list of what the
 *             partner took part in, of entries from..until-1: seallist.h;
 *             before: the partner's seal before, which ends where this one
 *             begins)
 *   HELD      query:uint, [ index ... ] (of share entries that were left out
 *             of the subject's answer to the query of that index: covert)
 *   STATED    partner:name, all:bool, body:bin, signature:bin64, as:uint,
 *             of:uint, agreement:bin32 (of a case, as in statement.h; all: by
 *             an auditor, so that it binds everybody; as: 1 a party, 2 a
 * weigher of the agreement in force, bits; of: how many weighers that has;
 *             agreement: its hash, zero: none, or an auditor's)
 *   RELEASED  share:uint, [ index ... ] (a share that waited is delivered from
 *             here on; the STATED entries with the approvals)
 */
#ifndef PROTO_ENTRY_H
#define PROTO_ENTRY_H

#include "seal.h"
#include "limits.h"

enum entry_kind {
    ENTRY_NONE = 0,
    ENTRY_GENESIS = 1,
    ENTRY_ACCEPTED = 2,
    ENTRY_SHARE = 3,
    ENTRY_REFUSED = 4,
    ENTRY_DELIVERED = 5,
    ENTRY_RETURNED = 6,
    ENTRY_EXPIRED = 7,
    ENTRY_WITHDRAWN = 8,
    ENTRY_CORRECTED = 9,
    ENTRY_AGREEMENT = 10,
    ENTRY_ROSTER = 11,
    ENTRY_REVOKED_TEXT = 12,
    ENTRY_CARD = 13,
    ENTRY_REVOKED_CARD = 14,
    ENTRY_QUERIED = 15,
    ENTRY_OPERATOR = 16,
    ENTRY_SEAL = 17,
    ENTRY_HELD = 18,
    ENTRY_STATED = 19,
    ENTRY_RELEASED = 20,
};
enum { ENTRY_KINDS = 21 };                      /* more than any kind */
const char *entry_kind_name(enum entry_kind k); /* "accepted", ... */

/* Why the broker refuses a signal or returns a share. Closed list. */
enum entry_code {
    ENTRY_CODE_NONE = 0,
    ENTRY_CODE_DENIED = 1,          /* the agreement permits nobody */
    ENTRY_CODE_STALE_AGREEMENT = 2, /* not the one in force */
    ENTRY_CODE_NO_AGREEMENT = 3,    /* none is in force */
    ENTRY_CODE_CARD = 4,            /* card revoked, expired or not sending */
    ENTRY_CODE_SEQUENCE = 5,        /* number used before, other bytes */
    ENTRY_CODE_MANIFEST = 6,        /* slots or presence not of the kind */
    ENTRY_CODE_RECIPIENTS = 7,      /* a permitted recipient is left out, or
                                       one is named who is not permitted */
    ENTRY_CODE_EXPIRED = 8,         /* expires passed, or out of bounds */
    ENTRY_CODE_VOCABULARY = 9,      /* name not in the agreement */
    ENTRY_CODE_RECIPIENT_CARD = 10, /* wrapped to a card that is not current */
    ENTRY_CODE_QUOTA = 11,          /* the recipient's mailbox is full */
    ENTRY_CODE_CHANGED_AGREEMENT = 12, /* would be decided otherwise now */
    ENTRY_CODE_OVERSHARED = 13,   /* wraps more than the agreement permits */
    ENTRY_CODE_ORIGIN = 14,       /* made for another ledger */
    ENTRY_CODE_CHANGED_CASE = 15, /* the case changed: decided otherwise now */
    ENTRY_CODE_DECLINED = 16,     /* an approval that it waited for: no */
    ENTRY_CODE_INCOMPLETE = 17,   /* lacks a field that its kind requires */
};
enum { ENTRY_CODES = 18 };
const char *entry_code_name(enum entry_code c);   /* "denied", ... */
const char *entry_code_advice(enum entry_code c); /* what to do, a sentence */

enum {
    ENTRY_RANDOM = 16,
    ENTRY_WINDOWS = 8,
    ENTRY_SIGNERS = 16,
    ENTRY_EXPIRED_MAX = 64,
    ENTRY_HELD_MAX = 128
};

struct entry_mark { /* one signal of an accepted bundle */
    uint16_t kind;  /* index into kinds */
    uint32_t presence;
    uint64_t seq; /* absolute */
    enum entry_code code;
    struct slice classes;
};
struct entry_accepted {
    struct slice sender;
    uint8_t card[32];
    uint8_t agreement[32];
    struct slice ids;
    uint8_t signature[KEY_SIGNATURE];
    struct slice kind[LIMIT_BUNDLE];
    size_t kinds_n;
    struct entry_mark mark[LIMIT_BUNDLE];
    size_t n;
    uint64_t before; /* index, of the same card; 0: none */
};
struct entry_approval {
    uint16_t count;
    struct slice of[LIMIT_SIGNATORIES];
    size_t of_n;
};
struct entry_duties {
    bool has_at_most, has_at_least;
    uint32_t at_most, at_least; /* days */
    bool onward_limited;
    struct slice onward[LIMIT_PARTIES]; /* empty: to nobody */
    size_t onward_n;
    struct slice notify[LIMIT_PARTIES];
    size_t notify_n;
    bool log;
    struct entry_approval approval[8];
    size_t approvals_n;
};
struct entry_fact {
    struct slice attribute;
    struct slice value; /* one canonical msgpack value */
};
struct entry_share {
    uint64_t accepted;
    uint32_t position;
    uint8_t id[32];
    struct slice sender, recipient;
    uint8_t card[32];
    struct slice kind, purpose, ground;
    uint8_t case_handle[16];
    uint8_t agreement[32];
    uint32_t fields;  /* shared */
    uint32_t wrapped; /* what the sender wrapped for it */
    struct slice rule[LIMIT_RULES_USED];
    size_t rules_n;
    struct entry_duties duties;
    struct entry_fact fact[LIMIT_FACTS];
    size_t facts_n;
    struct slice window[ENTRY_WINDOWS];
    size_t windows_n;
    bool pending;
    uint64_t expires;
    uint64_t covert; /* as the signal's header says */
    uint64_t nth;    /* of this sender to this recipient, from 1 */
    uint64_t before; /* index, of the same two; 0: none */
};
struct entry_refused {
    struct slice sender;
    uint8_t card[32];
    uint8_t agreement[32];
    struct slice ids;
    uint8_t signature[KEY_SIGNATURE];
    enum entry_code code;
    uint64_t seq[LIMIT_BUNDLE];
    size_t n;
    uint64_t before; /* as in accepted */
};
struct entry_delivered {
    struct slice recipient;
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
    uint64_t index[LIMIT_ANSWER]; /* of each item's entry; 0: it is not open
                                     (any more) */
    size_t n;
};
struct entry_returned {
    uint64_t index;
    enum entry_code code;
    uint8_t agreement[32];
};
struct entry_expired {
    uint64_t index[ENTRY_EXPIRED_MAX];
    size_t n;
};
struct entry_withdrawn { /* WITHDRAWN, CORRECTED */
    uint64_t share;
    struct slice sender, recipient;
    bool notice;
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
};
struct entry_signer {
    struct slice principal, fingerprint;
};
struct entry_text { /* AGREEMENT, ROSTER */
    uint8_t sha256[32];
    uint8_t compiled[32]; /* of an agreement */
    uint32_t version;
    struct slice name;
    struct entry_signer signer[ENTRY_SIGNERS];
    size_t signers_n;
};
struct entry_card {
    struct slice card;
};
struct entry_revoked { /* REVOKED_TEXT, REVOKED_CARD */
    uint8_t id[32];    /* SHA-256 of the text; card id */
    struct slice by;
    struct slice own;    /* the revocation by the card's own partner; or */
    struct slice sshsig; /* a signatory's signature */
};
struct entry_queried {
    struct slice asker;
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
};
struct entry_genesis {
    struct slice origin;
    struct sign_public log_key;
    bool has_before; /* this log goes on where that one was closed */
    struct {
        struct slice origin;
        uint64_t size;
        uint8_t root[32];
    } before;
};
struct entry_held {
    uint64_t query; /* ledger index */
    uint64_t index[ENTRY_HELD_MAX];
    size_t n;
};
struct entry_stated {
    struct slice partner;
    bool all;
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
    unsigned as; /* ACT_BY_PARTY, ACT_BY_WEIGHER */
    unsigned of; /* at most LIMIT_SIGNATORIES */
    uint8_t agreement[32];
};
struct entry_released {
    uint64_t share;
    uint64_t index[LIMIT_APPROVALS]; /* of STATED entries, ascending */
    size_t n;
};
enum { ENTRY_SALT = 16 };
struct entry_seal {
    struct slice partner;
    uint64_t from, until; /* ledger indexes, half-open */
    uint64_t count;       /* rows of the list */
    uint8_t root[32];
    uint8_t salt[ENTRY_SALT];
    uint64_t before; /* index of the partner's seal before; 0: none */
};
enum entry_operator_code {
    ENTRY_OPERATOR_NONE = 0,
    ENTRY_OPERATOR_CLOCK = 1, /* a jump of the clock is explained */
};

/* About 8 KiB: on the heap or static in a process. */
struct entry {
    enum entry_kind kind;
    uint8_t random[ENTRY_RANDOM];
    uint64_t time; /* ms since 1970 UTC */
    union {
        struct entry_genesis genesis;
        struct entry_accepted accepted;
        struct entry_share share;
        struct entry_refused refused;
        struct entry_delivered delivered;
        struct entry_returned returned;
        struct entry_expired expired;
        struct entry_withdrawn withdrawn;
        struct entry_text text;
        struct entry_card card;
        struct entry_revoked revoked;
        struct entry_queried queried;
        struct entry_seal seal;
        struct entry_held held;
        struct entry_stated stated;
        struct entry_released released;
        enum entry_operator_code operator_code;
    } u;
};
/* DHK_LIMIT when it would be over LIMIT_ENTRY; the caller fills `random`. A
 * sender finds out whether a bundle's accepted entry will fit by encoding one
 * with the right lengths: see PROTOCOL.md, "How large a bundle may be". */
DHK_MUST_USE enum dhk_err entry_encode(struct sink *out, const struct entry *e);
/* Whether E ends the share with ledger index SHARE before its recipient has
 * answered: it went back, ran out or was withdrawn. */
bool entry_ends_share(const struct entry *e, uint64_t share);
/* Whether it would be within LIMIT_ENTRY; what it says is not checked. */
bool entry_fits(const struct entry *e);
DHK_MUST_USE enum dhk_err entry_decode(
    struct entry *out, struct slice bytes, struct diag *diag);

#endif
