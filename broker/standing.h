/* SPDX-License-Identifier: EUPL-1.2
 *
 * How a store stands that was put back from a backup. It may know less than was
 * signed once, so that it serves reads only until a quorum of the roster's
 * cosigners has shown the heads that they verified last. Are all of them within
 * the store, it goes on. Is one beyond it, or of another ledger of the same
 * name, the log is closed for good, at the highest head that was shown.
 *
 * In TABLE_FORCE: "restored" -> u64 time (ms); "shown " | partner -> note;
 * "ahead" -> note of what the keeper signed, when the store does not have it;
 * "closed" -> note of the head at which the log was closed. */
#ifndef BROKER_STANDING_H
#define BROKER_STANDING_H

#include "checkpoint.h"
#include "command.h"
#include "host/store.h"

#define STANDING_RESTORED_KEY "restored"
#define STANDING_SHOWN_KEY "shown "
#define STANDING_AHEAD_KEY "ahead"
#define STANDING_CLOSED_KEY "closed"

struct core;
struct peer;

struct standing {
    bool restored; /* waits for heads */
    bool closed;
    uint64_t since;         /* ms: when it was restored */
    struct checkpoint head; /* at which it was closed */
    size_t note_n;
    uint8_t note[LIMIT_CHECKPOINT]; /* the same */
};

/* Declares the store of T restored at NOW (ms). What was shown to it before is
 * forgotten; a closed log stays closed. */
DHK_MUST_USE enum dhk_err standing_mark(struct store_txn *t, uint64_t now);
/* DHK_FORMAT: the store is damaged. */
DHK_MUST_USE enum dhk_err standing_load(
    struct standing *out, struct store_txn *t);
/* Whether nothing may be written, signed or delivered. */
bool standing_reads_only(const struct core *c);
/* Whether a message of TYPE is taken: all are but those that are written down,
 * and, as a query is, signed for. */
bool standing_takes(const struct core *c, enum command_type type);
/* Says so in a WELCOME. */
void standing_tell(const struct core *c, struct command *welcome);
/* The keeper signed HEAD, which the store does not have. */
DHK_MUST_USE enum dhk_err standing_ahead(struct core *c,
    const struct checkpoint *head, const uint8_t sig[KEY_SIGNATURE]);
/* The SHOW message CMD of P. */
void standing_show(struct core *c, struct peer *p, const struct command *cmd);
/* How many cosigners have shown a head, of how many that must. */
void standing_count(struct core *c, size_t *shown, size_t *needed);

#endif
