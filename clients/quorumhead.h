/* SPDX-License-Identifier: EUPL-1.2
 *
 * The head that a quorum of the roster's cosigners stands behind, as the broker
 * shows it (GET checkpoint, and the answer to COSIGN):
 *
 *   list = [ ] | [ head, lead, ( card, note, proof ) ... ]
 *   head   a note: the log's line, and the cosignatures of that very head
 *   lead   proof of consistency between it and the size that was asked for
 *   card   of one cosigner
 *   note   a later head with the log's line and this cosigner's, or empty: its
 *          line is in `head`
 *   proof  of consistency from `head` to `note`
 *
 * Cosigners work at their own pace, and seldom sign the same head while much is
 * shared. But who signs a later head that extends this one stands behind this
 * one too. What counts is decided here, by the roster that the signatories
 * signed and by the cosigners' own cards; the broker is believed in nothing.
 * Pure. */
#ifndef CLIENTS_QUORUMHEAD_H
#define CLIENTS_QUORUMHEAD_H

#include "checkpoint.h"
#include "roster.h"

struct command;

/* A note with the log's line and those of all cosigners. */
enum { QUORUMHEAD_NOTE = 640 + LIMIT_SIGNATORIES * 256 };

struct quorumhead {
    struct checkpoint cp;
    /* seconds: since then a quorum stands behind it; never after NOW */
    int64_t time;
    char by[LIMIT_SIGNATORIES][LIMIT_NAME + 1]; /* whose signatures count */
    size_t by_n;
    /* the head with the log's line and those of them that are on this very
     * head, and no others */
    uint8_t note[QUORUMHEAD_NOTE];
    size_t note_n;
    struct slice lead; /* borrowed from the message */
    /* every note in the message that the log signed, for who compares */
    struct slice seen[1 + LIMIT_SIGNATORIES];
    size_t seen_n;
};
struct quorumhead_by { /* what it is judged by */
    const struct roster *roster;
    const struct checkpoint_vkey *log;
    int64_t now; /* seconds */
};

/* Reads the list of OBJECT. DHK_NOTFOUND: there is no such head yet;
 * DHK_FORMAT; DHK_AUTH: the log did not sign it, or too few cosignatures count,
 * and DIAG says why the first that does not. A cosignature counts that is made
 * with the witness key of a card of a cosigner, valid at its time, of this head
 * or one that is proved to extend it; one for each partner, and for each key.
 * OUT's `seen` is filled in any case. */
DHK_MUST_USE enum dhk_err quorumhead_read(struct quorumhead *out,
    const struct command *object, const struct quorumhead_by *by,
    struct diag *diag);

#endif
