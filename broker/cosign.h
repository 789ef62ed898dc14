/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cosignatures of the roster's cosigners: the newest of each partner, and what
 * makes of them the newest head that a quorum stands behind. Nobody waits for
 * one to be durable, so it goes with the next batch that writes something else,
 * or after a second; what is lost before is made again at the cosigner's next
 * connection. Nothing here decides what counts: nodes do, by the signed
 * roster. */
#ifndef BROKER_COSIGN_H
#define BROKER_COSIGN_H

#include <stdbool.h>

#include "bytes.h"
#include "err.h"
#include "limits.h"

struct command;
struct core;
struct peer;
struct store_txn;

/* Of a note with one line, and of a line of cosignature/v1. */
enum { COSIGN_NOTE = 640, COSIGN_LINE = 256 };
struct cosign { /* the newest of one partner */
    char partner[LIMIT_NAME + 1];
    uint64_t card; /* N of the card that it was made with */
    uint64_t size;
    uint64_t time;  /* seconds, by the cosigner's clock */
    uint64_t taken; /* monotonic ms; 0: before this core began */
    bool stored;    /* it goes with the next commit */
    size_t note_n, line_n;
    uint8_t note[COSIGN_NOTE]; /* with the log's line alone */
    uint8_t line[COSIGN_LINE];
};
struct cosigns {
    struct cosign list[LIMIT_SIGNATORIES];
    size_t n;
    uint64_t since; /* monotonic ms: the oldest that is not stored */
};

/* Reads them from the store. DHK_FORMAT: it is damaged. */
DHK_MUST_USE enum dhk_err cosign_load(struct cosigns *s, struct store_txn *t);

/* The COSIGN message CMD of P: kept when P's partner is a cosigner by the
 * roster in force, the note is a head of this very ledger, and the line is made
 * with the witness key of P's card. Answered with what cosign_show() shows. */
void cosign_take(struct core *c, struct peer *p, const struct command *cmd);
/* Sends P, for its request NUMBER, the newest head that a quorum cosigned, with
 * a proof between it and the tree of size LEAD (0: none is wanted); or an empty
 * list. DHK_NOTFOUND: LEAD is beyond the ledger. */
DHK_MUST_USE enum dhk_err cosign_show(
    struct core *c, const struct peer *p, uint64_t number, uint64_t lead);
/* At the end of a batch, and when it is durable. */
void cosign_apply(struct core *c);
void cosign_done(struct core *c);

#endif
