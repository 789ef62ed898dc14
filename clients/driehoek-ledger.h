/* SPDX-License-Identifier: EUPL-1.2
 *
 * The part of driehoek.h that is about the ledger; it includes this. */
#ifndef DRIEHOEK_LEDGER_H
#define DRIEHOEK_LEDGER_H

#ifndef DRIEHOEK_H
#include "driehoek.h"
#endif

/* ---- ask the ledger --------------------------------------------------------
 * Over a connection with DHK_QUERY. An auditor sees every entry, a partner
 * those that it takes part in. No name of a person and no value is on it. */
/* Why it is asked: the law's closed list. */
enum dhk_purpose {
    DHK_FOR_LAWFULNESS = 1, /* of the processing */
    DHK_FOR_INTERNAL,       /* internal control */
    DHK_FOR_INTEGRITY,      /* of data and security */
    DHK_FOR_COURT,          /* proceedings */
};
struct dhk_question {
    enum dhk_purpose purpose; /* required: the question itself becomes an
                                 entry, with this in it */
    bool one;                 /* only the entry `index`; the filters below are
                                 not looked at */
    uint64_t index;
    const char *partner;     /* only what it takes part in; NULL: of anybody */
    const char *case_handle; /* 32 hex digits; NULL: of any case */
    int64_t since, until; /* seconds since 1970 UTC, half-open; 0: no bound */
    uint64_t from;        /* only entries with this index and later ones */
    /* Of one and the same share, when several are given; NULL: any. */
    const char *sender, *recipient; /* of signals, of shares */
    const char *kind;               /* of signal */
    const char *share_purpose;      /* the agreement's, for which it shared */
    const char *rule;               /* the id of a rule that decided */
    const char
        *outcome; /* "accepted", "refused", "returned", "expired",
                     "withdrawn", "corrected", "released", a broker's code or a
                     recipient's outcome: see driehoek-ledger(1) */
};
/* What an entry says, as far as it has such a thing: texts are else NULL or
 * empty. The keys of driehoek-ledger(1), --json, have the same names. */
struct dhk_entry {
    uint64_t index;
    int64_t time;          /* seconds, the broker's */
    const char *event;     /* "accepted", "share", "delivered" ... */
    const char *from, *to; /* who acted; the recipient */
    const char *kind;      /* of a share; so is what follows */
    const char *purpose;   /* also that of an earlier question */
    const char *ground;
    char case_handle[33];        /* also that of an earlier question */
    char id[65];                 /* of the signal */
    const char *const *fields;   /* the recipient got; NULL-terminated; by
                                    number where the agreement is unknown */
    const char *const *withheld; /* had a value and were not for it; NULL:
                                    not known, see dhk_query_next() */
    const char *const *rules;    /* ids of the rules that decided */
    const char *const *facts;    /* of the case, which the broker stated:
                                    "name=value"; NULL-terminated */
    bool pending;                /* it waits for approvals */
    /* what a partner stated of a case; see driehoek-case(1) */
    const char *stated;  /* "report", "vote", "designate" ... */
    const char *partner; /* whom it names */
    const char *code;    /* "yes", "goal-reached" ..., or a number; also why
                            it was returned */
    int64_t until;       /* its term, in seconds; 0: it has none */
    uint64_t about;      /* the entry that it is about; 0: none */
    char ref[65];        /* a signal, or a third party's card */
    /* of what was released, returned or withdrawn: the share's entry; 0: none.
     * Of what was released, those that stated the approvals */
    uint64_t share;
    const uint64_t *approvals;
    size_t approvals_n;
    const void *bytes; /* the entry itself, as it is hashed: see */
    size_t n;          /* section 10.1 of PROTOCOL.md */
};
struct dhk_query;
/* Asks. Every entry is proved to be in the signed ledger, which is proved to
 * extend what this node saw before, before it is handed out. Errors:
 * DHK_FORMAT (no such purpose or outcome; not a name, handle or time),
 * DHK_NOTFOUND (no answer in TIMEOUT_MS, which is for each page), DHK_DENIED
 * (the broker does not answer this card), DHK_AUTH (an answer does not verify),
 * DHK_STATE (not connected with DHK_QUERY, or the ledger contradicts what it
 * showed before). *OUT ends with dhk_query_close(), before the node does. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_query_open(struct dhk_query **out,
    struct dhk_node *node, const struct dhk_question *question, int timeout_ms,
    struct dhk_problem *problem);
/* The next entry, by ascending index; *OUT lives until the next call.
 * DHK_NOTFOUND: no more; when one is asked for and none came, there is none,
 * or it is not this node's to see. DHK_IO: no answer in time, and so not the
 * end. What a share withheld is known when its accepted entry came before it
 * in the same question, which no recipient gets to see. Whether the broker
 * left entries out shows dhk_ledger_verify(), and to an auditor only. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_query_next(struct dhk_query *query,
    const struct dhk_entry **out, struct dhk_problem *problem);
/* The C2SP tlog-proof of the entry that came last, with the entry in its
 * `extra` line; malloc()ed text that the caller free()s. DHK_STATE: none came
 * yet. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_query_proof(
    const struct dhk_query *query, char **text);
DHK_EXPORT void dhk_query_close(struct dhk_query **query);

struct dhk_verified {
    char origin[129]; /* of the ledger */
    bool complete;    /* an auditor's: every entry. Else this partner's */
    uint64_t size;    /* entries of the ledger */
    uint64_t entries; /* that were read and verified */
    uint64_t signatures, checkpoints; /* of partners, of the log; all good */
    uint64_t unchecked; /* statements about what this node may not see */
    uint64_t open;      /* shares without an outcome yet */
    uint64_t notices;   /* of withdrawals, without an answer yet */
    /* After an error: whether the ledger is at fault (else it could not be
     * read), and which entries from..until - 1, where that can be told. */
    bool is_faulty;
    bool has_place;
    uint64_t from, until;
};
/* Reads all that this node may see of the ledger and verifies it from the
 * pinned signers alone: hashes, tree, checkpoints, rosters, agreements, cards
 * and every actor's signature, that what entries refer to is there, and the
 * course of every case, with all that was decided by it. *OUT is filled in any
 * case, and PROBLEM says what is wrong. Errors: as dhk_query_open(); of the
 * ledger itself DHK_AUTH (does not verify), DHK_FORMAT (malformed), DHK_DENIED
 * (shared against the agreement) or DHK_STATE (contradicts what this node saw).
 */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_ledger_verify(struct dhk_node *node,
    enum dhk_purpose purpose, int timeout_ms, struct dhk_verified *out,
    struct dhk_problem *problem);

#endif
