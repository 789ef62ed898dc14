/* SPDX-License-Identifier: EUPL-1.2
 *
 * The tables of core's store, each with its key and value. Numbers are u64
 * big-endian, so that the order of keys is the order of numbers; N(card) is
 * the ledger index of the card's entry. All but the first three can be made
 * again from the ledger and the texts, but for mail not yet delivered. */
#ifndef BROKER_TABLE_H
#define BROKER_TABLE_H

enum table {
    TABLE_ENTRY = 0, /* index -> ledger entry */
    TABLE_NODE,    /* number -> hash of a perfect subtree, in the order in which
                      they are completed: merkle_stored_count() */
    TABLE_NOTE,    /* size -> checkpoint signed by the keeper */
    TABLE_TEXT,    /* sha256 | "" -> agreement or roster or revocation text;
                      sha256 | principal -> its signature */
    TABLE_FORCE,   /* "agreement", "roster" -> u8 revoked | u64 entry | sha256;
                      what was put in force last;
                      "compiled " | sha256 -> its compiled hash, of every
                      agreement that ever was; how a restored store stands:
                      standing.h */
    TABLE_CARD,    /* N -> u64 entry that revoked it or 0 | card bytes */
    TABLE_NUMBER,  /* N | sequence number | u8 n -> u64 entry | id: the n-th
                      signal that came with this number of the card */
    TABLE_QUEUE,   /* what waits, a row of each kind: mailbox.c */
    TABLE_BUNDLE,  /* index of the accepted entry -> bundle bytes */
    TABLE_NOTICE,  /* partner | 0 | index -> N(by), N(sender): open notices */
    TABLE_NOTICED, /* partner | 0 | leaf hash -> index */
    TABLE_LATE,    /* partner | 0 | leaf hash -> index | u64 index of what
                      ended it, or 0: shares that ended without an answer */
    TABLE_WITHDRAWN, /* index of the accepted entry | position -> u64 first
                        entry | u64 entries */
    TABLE_COVERT,    /* case handle | index of the share entry -> nothing: those
                        that are covert until some time */
    TABLE_STATED,    /* case handle | hash of the statement's body -> index */
    TABLE_INDEX,     /* segment -> the block of its terms: index.h */
    TABLE_LAST,      /* 'c' | N -> index of the card's last accepted or refused
                        entry; 'p' | sender | 0 | recipient -> u64 number of
                        shares | u64 index of the last; 'k' ...: casebook.h */
    TABLE_SEAL,      /* partner -> index of its last seal | u64 end of it;
                        "0" -> u64 end of what all were sealed to | 0 */
    TABLE_COSIGN, /* partner -> u64 N(card) | u64 size | u64 time | u16 length
                     of the note | note with the log's line alone | the
                     partner's cosignature, a line */
    TABLES,
};
#define TABLE_NAMES                                                            \
    {                                                                          \
        "entry", "node", "note", "text", "force", "card", "number", "queue",   \
            "bundle", "notice", "noticed", "late", "withdrawn", "covert",      \
            "stated", "index", "last", "seal", "cosign"                        \
    }

#endif
