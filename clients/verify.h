/* SPDX-License-Identifier: EUPL-1.2
 *
 * The ledger, verified from nothing but its records and the pinned signers:
 * leaf hashes and roots, the log's signature on every checkpoint, the
 * signatories' on roster and agreement, each actor's on what it said, and
 * that entries refer to what is there. Asks nobody; believes no record. */
#ifndef CLIENTS_VERIFY_H
#define CLIENTS_VERIFY_H

#include "checkpoint.h"
#include "entry.h"
#include "ledgerfile.h"

enum { VERIFY_KINDS = ENTRY_KINDS, VERIFY_NOTICES = 100 };

struct verify;

struct verify_input {
    struct slice signers; /* text of the pinned allowed_signers file */
    /* the newest checkpoint that this node verified, or NULL */
    const struct checkpoint *seen;
    /* the newest that it verified of its other brokers' ledgers, for one that
     * goes on for a closed one; borrowed as long as the verification lasts */
    const struct checkpoint *others;
    size_t others_n;
};

enum verify_seen {
    VERIFY_SEEN_NONE = 0, /* this node saw none yet */
    VERIFY_SEEN_EXTENDS,  /* the file extends or equals what it saw */
    VERIFY_SEEN_OLDER,    /* the file ends before it: not comparable offline */
    VERIFY_SEEN_UNKNOWN,  /* a partial file cannot tell */
};

struct verify_result {
    char origin[LIMIT_ORIGIN + 1];
    bool complete;
    struct checkpoint head; /* the last checkpoint */
    uint64_t entries;
    uint64_t kinds[VERIFY_KINDS]; /* entries by enum entry_kind */
    uint64_t checkpoints;         /* signatures of the log */
    uint64_t signatures;          /* of partners */
    uint64_t unchecked; /* whose card, or what they are about, is not in the
                           file (never in a complete one, but for refusals) */
    uint64_t open;      /* shares without an outcome yet */
    uint64_t notices;   /* of withdrawals, without an answer yet; ... */
    uint64_t notice[VERIFY_NOTICES]; /* ... the first of them, by index */
    enum verify_seen seen;
};

struct verify_fault {
    bool has_entry;    /* `from` is the entry at fault */
    bool has_interval; /* some entry from..until-1, but it cannot be told
                          which */
    uint64_t from, until;
    char text[400]; /* a sentence; no value of a field is ever in one */
};

/* Errors, of all: DHK_AUTH (does not verify), DHK_DENIED (was shared against
 * the agreement), DHK_FORMAT (malformed), DHK_STATE
 * (contradicts the checkpoint that this node saw), DHK_NOMEM; FAULT says. */
DHK_MUST_USE enum dhk_err verify_new(struct verify **out,
    const struct verify_input *in, struct verify_fault *fault);
void verify_destroy(struct verify **v);
/* Is told of each seal once its list was made again, with the list in order:
 * see facts.h. An error of its own ends the verification. */
struct facts_entry;
struct seallist_row;
void verify_tell_seals(struct verify *v,
    enum dhk_err (*sealed)(void *ctx, const struct facts_entry *at,
        const struct seallist_row *rows, size_t n),
    void *ctx);
/* The next record, in the file's order; not END. */
DHK_MUST_USE enum dhk_err verify_record(struct verify *v,
    const struct ledgerfile_record *record, struct verify_fault *fault);
/* After the last one. */
DHK_MUST_USE enum dhk_err verify_finish(
    struct verify *v, struct verify_result *result, struct verify_fault *fault);

/* All of the above over a file. */
struct verify_file {
    FILE *file;
    const struct verify_input *input;
    /* may be NULL: gets each record once it is verified; an error of its own
     * ends it all and is passed on, without a fault */
    enum dhk_err (*take)(void *ctx, const struct ledgerfile_record *record);
    /* may be NULL: bytes read so far */
    void (*progress)(void *ctx, uint64_t bytes);
    void *ctx;
};
/* Also DHK_IO, and DHK_VERSION for another kind of file. */
DHK_MUST_USE enum dhk_err verify_file(const struct verify_file *run,
    struct verify_result *result, struct verify_fault *fault);

#endif
